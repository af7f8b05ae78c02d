"""WeChat Pay's interface v3: JSON calls. wechatpayv3 signs, `cryptography` verifies and encrypts."""

import base64
import gzip
import hashlib
import json
import re
import secrets
import time
import urllib.parse
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from wechatpayv3.utils import rsa_sign

from . import wechat_rules as rules
from .wechat_bill import bill
from .wechat_book import OPEN_ID, Refusal, Trade
from .wechat_call import Answer
from .wechat_keys import certificate_pem

SCHEME = "WECHATPAY2-SHA256-RSA2048"
STATUS = {
    "ORDERPAID": (400, "ORDERPAID"), "ORDERCLOSED": (400, "ORDER_CLOSED"), "OUT_TRADE_NO_USED": (403, "OUT_TRADE_NO_USED"),
    "ORDERNOTEXIST": (404, "ORDER_NOT_EXIST"), "REFUNDNOTEXIST": (404, "RESOURCE_NOT_EXISTS"),
    "RESOURCE_NOT_EXISTS": (404, "RESOURCE_NOT_EXISTS"), "NO_BILL": (400, "NO_STATEMENT_EXIST"),
    "PARAM_ERROR": (400, "PARAM_ERROR"), "SIGN_ERROR": (401, "SIGN_ERROR"),
}
PAYMENT_FIELDS = {"appid", "mchid", "description", "out_trade_no", "notify_url", "amount"}


def encrypted(plain, key, associated_data):
    """AEAD_AES_256_GCM as in resources and certificates."""
    nonce = secrets.token_hex(6)
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), plain, associated_data.encode())
    return {"algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": associated_data, "nonce": nonce}


def signature_headers(body, signer, timestamp=None, serial=None):
    """The Wechatpay-* headers of an answer or a notification."""
    timestamp, nonce = str(timestamp or int(time.time())), secrets.token_hex(16)
    return {
        "Wechatpay-Timestamp": timestamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": serial or signer.serial,
        "Wechatpay-Signature": rsa_sign(signer.key, f"{timestamp}\n{nonce}\n{body.decode()}\n"),
        "Wechatpay-Signature-Type": SCHEME}


def distinct(pairs):
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key stands twice")
    return fields


class V3:
    def __init__(self, owner):
        self.owner, self.book, self.downloads = owner, owner.book, {}
        self.calls = [
            ("POST", r"/v3/pay/transactions/(native|h5)", self.open),
            ("GET", r"/v3/pay/transactions/out-trade-no/([^/]+)", self.query),
            ("GET", r"/v3/pay/transactions/(id)/([^/]+)", self.query_by_id),
            ("POST", r"/v3/pay/transactions/out-trade-no/([^/]+)/close", self.close),
            ("POST", r"/v3/refund/domestic/refunds", self.refund),
            ("GET", r"/v3/refund/domestic/refunds/([^/]+)", self.query_refund),
            ("GET", r"/v3/bill/tradebill", self.bill),
            ("GET", r"/v3/billdownload/file", self.download),
            ("GET", r"/v3/certificates", self.certificates),
        ]

    def answer(self, call):
        merchant, problem = self.authenticate(call)
        if merchant is None:
            self.owner.problem(problem, call)
            return self.signed(401, {"code": "SIGN_ERROR", "message": problem}, None, call)
        problems = self.header_problems(call, merchant)
        try:
            fields = json.loads(call.body, object_pairs_hook=distinct) if call.body else {}
        except ValueError:
            fields, problems = {}, problems + ["JSON"]
        for problem in problems:
            self.owner.problem(problem, call)
        if problems:
            return self.signed(400, {"code": "PARAM_ERROR", "message": ", ".join(problems)}, merchant, call)
        if call.twist == "refuse":
            status, code = self.owner.refusal
            return self.signed(status, {"code": code, "message": code.lower()}, merchant, call)
        try:
            return self.dispatch(call, merchant, fields)
        except Refusal as refusal:
            status, code = STATUS.get(str(refusal), (400, "INVALID_REQUEST"))
            return self.signed(status, {"code": code, "message": str(refusal).lower()}, merchant, call)

    def dispatch(self, call, merchant, fields):
        for method, pattern, answer in self.calls:
            match = re.fullmatch(pattern, call.path)
            if match and method == call.method:
                parts = [urllib.parse.unquote(part) for part in match.groups()]
                query = dict(urllib.parse.parse_qsl(call.target.partition("?")[2], strict_parsing=False))
                result = answer(merchant, fields, query, call, *parts)
                return result if isinstance(result, Answer) else self.signed(
                    200 if result is not None else 204, result, merchant, call)
        self.owner.problem("there is no such call", call)
        raise Refusal("RESOURCE_NOT_EXISTS")

    def authenticate(self, call):
        """The merchant whose key signed the request, or what is wrong."""
        scheme, _, rest = call.headers.get("Authorization", "").partition(" ")
        pairs = re.findall(r'(?:^|,)([a-z_]+)="([^"]*)"', rest)
        fields = dict(pairs)
        expected = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}
        if scheme != SCHEME or set(fields) != expected or len(pairs) != len(expected):
            return None, "Authorization"
        merchant = self.owner.merchants.get(fields["mchid"])
        if merchant is None or merchant.serial != fields["serial_no"]:
            return None, "mchid or serial_no"
        if not rules.is_current(fields["timestamp"]):
            return None, "timestamp"
        if not rules.NONCE.fullmatch(fields["nonce_str"]) or self.owner.is_repeated(fields["nonce_str"]):
            return None, "nonce_str"
        head = f"{call.method}\n{call.target}\n{fields['timestamp']}\n{fields['nonce_str']}\n"
        try:
            merchant.key.public_key().verify(
                base64.b64decode(fields["signature"], validate=True), head.encode() + call.body + b"\n",
                PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return None, "signature"
        return merchant, None

    def header_problems(self, call, merchant):
        problems, serial = [], call.headers.get("Wechatpay-Serial")
        if "application/json" not in call.headers.get("Accept", ""):
            problems.append("Accept")
        if call.method == "POST" and call.headers.get("Content-Type", "").split(";")[0] != "application/json":
            problems.append("Content-Type")
        if call.method == "GET" and call.body:
            problems.append("a GET with a body")
        if not call.headers.get("User-Agent"):
            problems.append("User-Agent")
        if merchant.uses_public_key and serial != self.owner.platform.bare.serial:
            problems.append("Wechatpay-Serial")
        elif not merchant.uses_public_key and serial not in (
                None, *(signer.serial for signer in self.owner.platform.certified)):
            problems.append("Wechatpay-Serial")
        return problems

    def demand(self, call, **checks):
        """Records what is wrong with the fields of a request and refuses it as WeChat Pay does."""
        wrong = [name for name, is_right in checks.items() if not is_right]
        for name in wrong:
            self.owner.problem(name, call)
        if wrong:
            raise Refusal("PARAM_ERROR")

    def open(self, merchant, fields, _, call, kind):
        amount, scene = fields.get("amount", {}), fields.get("scene_info", {})
        expires = rules.offset_time(fields.get("time_expire"))
        allowed = PAYMENT_FIELDS | {"time_expire", "attach", "scene_info", "support_fapiao", "detail"}
        self.demand(
            call, fields=PAYMENT_FIELDS <= set(fields) <= allowed, appid=fields.get("appid") == merchant.app_id,
            mchid=fields.get("mchid") == merchant.mch_id, description=rules.is_text(fields.get("description"), 127),
            out_trade_no=rules.OUT_TRADE_NO.fullmatch(str(fields.get("out_trade_no"))),
            notify_url=rules.is_notify_url(str(fields.get("notify_url"))),
            time_expire="time_expire" not in fields or (expires and rules.is_payable_until(expires)),
            attach="attach" not in fields or rules.is_text(fields["attach"], 128),
            total=type(amount.get("total")) is int and amount["total"] >= 1,
            currency=amount.get("currency", "CNY") == "CNY", amount=set(amount) <= {"total", "currency"},
            payer_client_ip=rules.is_address(scene.get("payer_client_ip", "")) or (kind == "native" and not scene),
            h5_info=kind == "native" or scene.get("h5_info", {}).get("type") in ("Wap", "iOS", "Android"))
        terms = {k: v for k, v in fields.items() if k != "scene_info"} | {
            "kind": kind, "subject": fields["description"]}
        trade = self.book.open(Trade(
            merchant.mch_id, fields["out_trade_no"], amount["total"], {"native": "NATIVE", "h5": "MWEB"}[kind],
            terms, fields.get("attach"), fields["notify_url"], expires))
        prepay_id = self.book.number("wx")
        if trade.trade_type == "NATIVE":
            return {"code_url": f"weixin://wxpay/bizpayurl?pr={prepay_id}"}
        return {"h5_url": f"https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id={prepay_id}&package=1"}

    def query(self, merchant, _, query, call, number):
        self.demand(call, mchid=query == {"mchid": merchant.mch_id})
        return trade_resource(merchant, self.book.find(merchant.mch_id, number))

    def query_by_id(self, merchant, _, query, call, __, number):
        self.demand(call, mchid=query == {"mchid": merchant.mch_id})
        return trade_resource(merchant, self.book.find(merchant.mch_id, transaction_id=number))

    def close(self, merchant, fields, _, call, number):
        self.demand(call, fields=fields == {"mchid": merchant.mch_id})
        self.book.close(merchant.mch_id, number)

    def refund(self, merchant, fields, _, call):
        amount = fields.get("amount", {})
        self.demand(
            call, out_refund_no=rules.OUT_REFUND_NO.fullmatch(str(fields.get("out_refund_no"))),
            number=("transaction_id" in fields) != ("out_trade_no" in fields),
            fields=set(fields) <= {
                "transaction_id", "out_trade_no", "out_refund_no", "reason", "notify_url", "amount", "funds_account"},
            reason="reason" not in fields or len(str(fields["reason"]).encode()) <= 80,
            notify_url="notify_url" not in fields or rules.is_notify_url(fields["notify_url"]),
            amount=type(amount.get("refund")) is int and type(amount.get("total")) is int,
            currency=amount.get("currency") == "CNY")
        trade = self.book.find(merchant.mch_id, fields.get("out_trade_no"), fields.get("transaction_id"))
        refund = self.book.refund(trade, fields["out_refund_no"], amount["refund"], amount["total"])
        return refund_answer(trade, refund)

    def query_refund(self, merchant, _, query, call, number):
        self.demand(call, query=not query)
        return refund_answer(*self.book.find_refund(merchant.mch_id, number))

    def bill(self, merchant, _, query, call):
        self.demand(
            call, bill_date=re.fullmatch(r"\d{4}-\d\d-\d\d", query.get("bill_date", "")),
            bill_type=query.get("bill_type", "ALL") in ("ALL", "SUCCESS", "REFUND"),
            tar_type=query.get("tar_type", "GZIP") == "GZIP")
        text = bill(self.book, merchant, date.fromisoformat(query["bill_date"]), query.get("bill_type", "ALL"))
        token = secrets.token_urlsafe(24)
        self.downloads[token] = gzip.compress(text) if "tar_type" in query else text
        digest = hashlib.sha1(text).hexdigest()
        return {
            "hash_type": "SHA1", "hash_value": digest[::-1] if call.twist == "wrong-hash" else digest,
            "download_url": f"{call.base}/v3/billdownload/file?token={token}"}

    def download(self, _, __, query, ___):
        content = self.downloads.get(query.get("token"))
        if content is None:
            raise Refusal("RESOURCE_NOT_EXISTS")
        return Answer(200, content, "text/plain")

    def certificates(self, merchant, *_):
        if not merchant.has_certificates:
            raise Refusal("RESOURCE_NOT_EXISTS")
        return {"data": [{
            "serial_no": signer.serial,
            "effective_time": signer.certificate.not_valid_before_utc.isoformat(),
            "expire_time": signer.certificate.not_valid_after_utc.isoformat(),
            "encrypt_certificate": encrypted(
                certificate_pem(signer.certificate).encode(), merchant.api_v3_key, "certificate"),
        } for signer in self.owner.platform.certified]}

    def signed(self, status, result, merchant, call):
        """The answer with WeChat Pay's signature; nobody signs for a merchant that is not known."""
        twist, platform = call.twist, self.owner.platform
        if twist == "system-error":
            status, result = 500, {"code": "SYSTEM_ERROR", "message": "系统异常，请稍后重试"}
        elif twist == "other-order" and result and "out_trade_no" in result:
            result = {**result, "out_trade_no": "COIN_20200101_00000000"}
        elif twist == "other-amount" and result and "amount" in result:
            result = {**result, "amount": {**result["amount"], "total": result["amount"]["total"] * 2}}
        body = b"" if result is None else json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {}
        if merchant and twist != "unsigned":
            signer = platform.stranger if twist in ("unknown-serial", "wrong-signature") else (
                platform.signer_for(merchant))
            serial = platform.signer_for(merchant).serial if twist == "wrong-signature" else None
            headers = signature_headers(body, signer, int(time.time()) - 600 if twist == "stale" else None, serial)
        if merchant and twist == "signtest":
            headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]
        return Answer(status, body, "application/json", headers | {"Request-ID": secrets.token_hex(16).upper()})


def trade_resource(merchant, trade):
    """A trade as queries and notifications tell it."""
    resource = {
        "appid": merchant.app_id, "mchid": merchant.mch_id, "out_trade_no": trade.out_trade_no,
        "trade_state": trade.state, "trade_state_desc": trade.state, "attach": trade.attach or "",
        "amount": {"total": trade.amount, "currency": "CNY"}}
    if trade.is_paid:
        resource |= {
            "transaction_id": trade.transaction_id, "trade_type": trade.trade_type, "bank_type": "OTHERS",
            "success_time": trade.paid_at.isoformat(), "payer": {"openid": OPEN_ID},
            "amount": {"total": trade.amount, "payer_total": trade.cash, "currency": "CNY", "payer_currency": "CNY"}}
    return resource


def refund_answer(trade, refund):
    answer = {
        "refund_id": refund.refund_id, "out_refund_no": refund.out_refund_no, "transaction_id": trade.transaction_id,
        "out_trade_no": trade.out_trade_no, "channel": "ORIGINAL", "user_received_account": "支付用户零钱",
        "create_time": refund.created_at.isoformat(), "status": refund.status,
        "amount": {
            "total": trade.amount, "refund": refund.amount, "payer_total": trade.cash,
            "payer_refund": refund.amount, "settlement_refund": refund.amount, "settlement_total": trade.amount,
            "discount_refund": 0, "currency": "CNY"}}
    if refund.finished_at:
        answer["success_time"] = refund.finished_at.isoformat()
    return answer
