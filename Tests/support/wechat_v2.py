"""WeChat Pay's interface v2: XML calls. wechatpy signs, verifies and writes the XML."""

import datetime
import gzip
import json
import re
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.pay.utils import calculate_signature, calculate_signature_hmac, dict_to_xml
from wechatpy.utils import random_string

from . import wechat_rules as rules
from .wechat_bill import bill
from .wechat_book import OPEN_ID, Refusal, Trade
from .wechat_call import Answer

COMMON = {"appid", "mch_id", "nonce_str", "sign"}
OPTIONAL = {"sign_type"}
FIELDS = {
    "/pay/unifiedorder": (
        {"body", "out_trade_no", "total_fee", "spbill_create_ip", "notify_url", "trade_type"},
        {"fee_type", "time_start", "time_expire", "attach", "detail", "product_id", "scene_info", "device_info"}),
    "/pay/orderquery": (set(), {"out_trade_no", "transaction_id"}),
    "/pay/closeorder": ({"out_trade_no"}, set()),
    "/secapi/pay/refund": (
        {"out_refund_no", "total_fee", "refund_fee"},
        {"transaction_id", "out_trade_no", "refund_fee_type", "refund_desc", "notify_url", "op_user_id",
         "refund_account"}),
    "/pay/refundquery": (set(), {"refund_id", "out_refund_no", "transaction_id", "out_trade_no"}),
    "/pay/downloadbill": ({"bill_date", "bill_type"}, {"tar_type"}),
}
REFUND_STATUS = {"ABNORMAL": "CHANGE", "CLOSED": "REFUNDCLOSE"}


def sign(fields, key, sign_type):
    calculate = calculate_signature_hmac if sign_type == "HMAC-SHA256" else calculate_signature
    return calculate({k: str(v) for k, v in fields.items()}, key)


def signed_xml(fields, key, sign_type):
    return dict_to_xml(fields, sign(fields, key, sign_type))


def parse(body):
    """The fields of a flat document; None when it is anything else."""
    try:
        text = body.decode()
        parsed = xmltodict.parse(text, strip_whitespace=False) if "<!" not in text.replace("<![CDATA[", "") else {}
    except (UnicodeDecodeError, ExpatError, ValueError):
        return None
    root = parsed.get("xml")
    if not isinstance(root, dict):
        return None
    fields = {k: v for k, v in root.items() if k != "#text"}
    is_flat = all(v is None or isinstance(v, str) for v in fields.values())
    return fields if is_flat and not root.get("#text", "").strip() else None


class V2:
    def __init__(self, owner):
        self.owner, self.book = owner, owner.book
        self.calls = {
            "/pay/unifiedorder": self.open, "/pay/orderquery": self.query, "/pay/closeorder": self.close,
            "/secapi/pay/refund": self.refund, "/pay/refundquery": self.query_refund,
            "/pay/downloadbill": self.download,
        }

    def answer(self, call):
        fields = parse(call.body)
        if call.path.startswith("/secapi/") and not call.has_client_certificate:
            self.owner.problem("client certificate", call)
            return Answer(400, b"<html><h1>400 No required SSL certificate was sent</h1></html>", "text/html")
        if call.method != "POST":
            return self.failure(call, "REQUIRE_POST_METHOD")
        if fields is None:
            return self.failure(call, "XML_FORMAT_ERROR")
        merchant = self.owner.merchants.get(fields.get("mch_id"))
        if merchant is None:
            return self.failure(call, "MCHID_NOT_EXIST")
        given, sign_type = dict(fields), fields.get("sign_type", "MD5")
        if given.pop("sign", None) != sign(
                {k: v for k, v in given.items() if v}, merchant.api_key, sign_type):
            return self.failure(call, "SIGNERROR")
        problems = self.common_problems(call, fields, merchant)
        if call.path == "/pay/unifiedorder":
            problems += self.open_problems(fields)
        for problem in problems:
            self.owner.problem(problem, call)
        if problems:
            return self.failure(call, "PARAM_ERROR")
        try:
            if call.twist == "refuse":
                raise Refusal(self.owner.refusal[1])
            result = self.calls[call.path](fields, merchant)
        except Refusal as refusal:
            result = {"result_code": "FAIL", "err_code": str(refusal), "err_code_des": str(refusal).lower()}
            if str(refusal) == "NO_BILL":
                return self.xml({"return_code": "FAIL", "return_msg": "No Bill Exist", "error_code": "20002"})
        return result if isinstance(result, Answer) else self.signed(result, merchant, sign_type, call)

    def common_problems(self, call, fields, merchant):
        required, optional = FIELDS[call.path]
        present = {k for k, v in fields.items() if v}
        problems = [f"{name} is missing" for name in (COMMON | required) - present]
        problems += [f"{name} is unknown" for name in set(fields) - COMMON - OPTIONAL - required - optional]
        problems += [f"{name} is empty" for name in set(fields) - present]
        if not rules.NONCE.fullmatch(fields.get("nonce_str", "")) or self.owner.is_repeated(fields["nonce_str"], call.body):
            problems.append("nonce_str")
        if fields.get("sign_type", "MD5") != merchant.sign_type:
            problems.append("sign_type")
        if fields.get("appid") != merchant.app_id:
            problems.append("appid")
        if "xml" not in call.headers.get("Content-Type", "") or not call.headers.get("User-Agent"):
            problems.append("headers")
        for name, pattern in (("out_trade_no", rules.OUT_TRADE_NO), ("out_refund_no", rules.OUT_REFUND_NO)):
            if name in fields and not pattern.fullmatch(fields[name]):
                problems.append(name)
        for name in ("total_fee", "refund_fee"):
            if name in fields and not (fields[name].isascii() and fields[name].isdigit() and fields[name][0] != "0"):
                problems.append(name)
        if "notify_url" in fields and not rules.is_notify_url(fields["notify_url"]):
            problems.append("notify_url")
        if call.path in ("/pay/orderquery", "/pay/refundquery", "/secapi/pay/refund") and len(
                present & {"out_trade_no", "transaction_id", "refund_id"}
                | (present & {"out_refund_no"} if call.path == "/pay/refundquery" else set())) != 1:
            problems.append("exactly one number names the trade or refund")
        return problems

    def open_problems(self, fields):
        problems = []
        start, expire = (rules.compact_time(fields.get(n, "")) for n in ("time_start", "time_expire"))
        if "time_start" in fields and start is None or "time_expire" in fields and expire is None:
            problems.append("a time is malformed")
        if expire and not rules.is_payable_until(expire):
            problems.append("time_expire")
        if start and expire and expire - start <= datetime.timedelta(minutes=1):
            problems.append("time_expire is too near to time_start")
        if not rules.is_text(fields.get("body"), 127) or len(fields["body"].encode()) > 128:
            problems.append("body")
        if "attach" in fields and not rules.is_text(fields["attach"], 127):
            problems.append("attach")
        if fields.get("fee_type", "CNY") != "CNY":
            problems.append("fee_type")
        if not rules.is_address(fields.get("spbill_create_ip", "")):
            problems.append("spbill_create_ip")
        if fields.get("trade_type") == "NATIVE":
            if not rules.is_text(fields.get("product_id"), 32):
                problems.append("product_id")
        elif fields.get("trade_type") != "MWEB" or not self.is_scene(fields.get("scene_info", "")):
            problems.append("trade_type or scene_info")
        return problems

    @staticmethod
    def is_scene(text):
        try:
            scene = json.loads(text)["h5_info"]
            site = re.fullmatch(r"https?://[^/]+", scene.get("wap_url", "")) and scene.get("wap_name")
            is_whole = scene["type"] != "Wap" or bool(site)
            return scene["type"] in ("Wap", "IOS", "Android") and is_whole and len(text) <= 256
        except (ValueError, KeyError, TypeError):
            return False

    def open(self, fields, merchant):
        without = ("nonce_str", "sign", "spbill_create_ip", "time_start")
        terms = {k: v for k, v in fields.items() if k not in without} | {"subject": fields["body"]}
        trade = self.book.open(Trade(
            merchant.mch_id, fields["out_trade_no"], int(fields["total_fee"]), fields["trade_type"], terms,
            fields.get("attach"), fields["notify_url"], rules.compact_time(fields.get("time_expire"))))
        prepay_id = self.book.number("wx")
        code = ({"code_url": f"weixin://wxpay/bizpayurl?pr={prepay_id}"} if trade.trade_type == "NATIVE" else
                {"mweb_url": f"https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id={prepay_id}&package=1"})
        return {"trade_type": trade.trade_type, "prepay_id": prepay_id, **code}

    def query(self, fields, merchant):
        trade = self.book.find(merchant.mch_id, fields.get("out_trade_no"), fields.get("transaction_id"))
        return trade_fields(trade)

    def close(self, fields, merchant):
        self.book.close(merchant.mch_id, fields["out_trade_no"])
        return {}

    def refund(self, fields, merchant):
        trade = self.book.find(merchant.mch_id, fields.get("out_trade_no"), fields.get("transaction_id"))
        refund = self.book.refund(
            trade, fields["out_refund_no"], int(fields["refund_fee"]), int(fields["total_fee"]))
        return {
            "transaction_id": trade.transaction_id, "out_trade_no": trade.out_trade_no,
            "out_refund_no": refund.out_refund_no, "refund_id": refund.refund_id,
            "refund_fee": refund.amount, "total_fee": trade.amount, "cash_fee": trade.cash}

    def query_refund(self, fields, merchant):
        number = fields.get("refund_id") or fields.get("out_refund_no")
        if number:
            trade, refund = self.book.find_refund(merchant.mch_id, number)
            refunds = [refund]
        else:
            trade = self.book.find(merchant.mch_id, fields.get("out_trade_no"), fields.get("transaction_id"))
            refunds = trade.refunds
        if not refunds:
            raise Refusal("REFUNDNOTEXIST")
        result = {
            "transaction_id": trade.transaction_id, "out_trade_no": trade.out_trade_no,
            "total_fee": trade.amount, "cash_fee": trade.cash, "refund_count": len(refunds)}
        for n, refund in enumerate(refunds):
            result |= {
                f"out_refund_no_{n}": refund.out_refund_no, f"refund_id_{n}": refund.refund_id,
                f"refund_channel_{n}": "ORIGINAL", f"refund_fee_{n}": refund.amount,
                f"refund_status_{n}": REFUND_STATUS.get(refund.status, refund.status),
                f"refund_recv_accout_{n}": "支付用户零钱"}
            if refund.finished_at:
                result[f"refund_success_time_{n}"] = f"{refund.finished_at:%Y-%m-%d %H:%M:%S}"
        return result

    def download(self, fields, merchant):
        day = rules.compact_time(fields["bill_date"] + "000000")
        if day is None or fields["bill_type"] not in ("ALL", "SUCCESS", "REFUND"):
            raise Refusal("PARAM_ERROR")
        text = bill(self.book, merchant, day.date(), fields["bill_type"])
        return Answer(200, gzip.compress(text) if fields.get("tar_type") == "GZIP" else text, "text/plain")

    def signed(self, result, merchant, sign_type, call):
        twist, key = call.twist, merchant.api_key
        if twist == "system-error":
            result = {"result_code": "FAIL", "err_code": "SYSTEMERROR", "err_code_des": "系统超时"}
        fields = {
            "return_code": "SUCCESS", "return_msg": "OK", "appid": merchant.app_id, "mch_id": merchant.mch_id,
            "nonce_str": random_string(32), "result_code": "SUCCESS", **result}
        if twist == "other-order":
            fields["out_trade_no" if "out_trade_no" in fields else "mch_id"] = "COIN_20200101_00000000"
        elif twist == "other-amount" and "total_fee" in fields:
            fields["total_fee"] = fields["total_fee"] * 2
        if twist == "unsigned":
            return self.xml(fields)
        text = signed_xml(fields, random_string(32) if twist == "wrong-signature" else key, sign_type)
        if twist == "doctype":
            text = '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + text
        return Answer(200, text.encode(), "text/xml")

    def failure(self, call, code):
        """What WeChat Pay says when it does not even look at the business: unsigned."""
        self.owner.problem(code, call)
        return self.xml({"return_code": "FAIL", "return_msg": code})

    @staticmethod
    def xml(fields):
        return Answer(200, dict_to_xml(fields).encode(), "text/xml")


def trade_fields(trade):
    """A trade as queries tell it."""
    fields = {
        "out_trade_no": trade.out_trade_no, "trade_state": trade.state, "total_fee": trade.amount,
        "trade_state_desc": {"NOTPAY": "订单未支付", "SUCCESS": "支付成功"}.get(trade.state, trade.state)}
    if not trade.is_paid:
        return fields
    return fields | payment_fields(trade)


def payment_fields(trade):
    """What a buyer's payment adds, in queries and in notifications."""
    fields = {
        "openid": OPEN_ID, "is_subscribe": "N", "trade_type": trade.trade_type,
        "bank_type": "OTHERS", "total_fee": trade.amount, "fee_type": "CNY", "cash_fee": trade.cash,
        "cash_fee_type": "CNY", "transaction_id": trade.transaction_id, "out_trade_no": trade.out_trade_no,
        "time_end": f"{trade.paid_at:%Y%m%d%H%M%S}"}
    if trade.coupon:
        fields |= {
            "settlement_total_fee": trade.cash, "coupon_fee": trade.coupon, "coupon_count": 1,
            "coupon_id_0": "10000", "coupon_fee_0": trade.coupon, "coupon_type_0": "CASH"}
    if trade.attach:
        fields["attach"] = trade.attach
    return fields
