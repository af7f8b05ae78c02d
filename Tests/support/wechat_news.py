"""WeChat Pay's notifications, ready to be posted."""

import base64
import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass, replace

import requests
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechatpy.pay.utils import dict_to_xml
from wechatpy.utils import random_string

from .wechat_book import beijing_now
from .wechat_v2 import REFUND_STATUS, payment_fields, signed_xml
from .wechat_v3 import encrypted, signature_headers, trade_resource

PATH = "/api/payment/webhook/wechat"
ACCEPTED_XML = (
    "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>")


@dataclass(frozen=True)
class News:
    """A notification as it goes over the wire."""

    body: bytes
    headers: dict

    def with_body(self, body):
        """Changed after it was signed."""
        return replace(self, body=body if isinstance(body, bytes) else body.encode())

    def with_headers(self, **headers):
        """`None` takes a header away; `_` stands for `-`."""
        changed = dict(self.headers)
        for name, value in headers.items():
            changed.pop(name.replace("_", "-"), None)
            if value is not None:
                changed[name.replace("_", "-")] = value
        return replace(self, headers=changed)

    def post(self, base, path=PATH, session=None, timeout=60):
        return (session or requests).post(base + path, data=self.body, headers=self.headers, timeout=timeout)


def is_accepted(answer, version):
    """Whether it is exactly the answer after which WeChat Pay sends no more."""
    if version == "v3":
        return answer.status_code == 204 and answer.content == b""
    return answer.status_code == 200 and answer.text == ACCEPTED_XML and answer.headers["Content-Type"].startswith(
        "text/xml")


def pretend_paid(trade):
    """A trade as a forger describes it: paid, though WeChat Pay knows nothing of that."""
    return replace(trade, state="SUCCESS", transaction_id="4200" + uuid.uuid4().hex[:24], paid_at=beijing_now())


def xml_news(text):
    return News(text if isinstance(text, bytes) else text.encode(), {"Content-Type": "text/xml"})


def v2_payment_fields(merchant, trade, **changes):
    """The fields of a payment notification; a change to `None` takes a field away."""
    fields = {
        "return_code": "SUCCESS", "result_code": "SUCCESS", "appid": merchant.app_id, "mch_id": merchant.mch_id,
        "nonce_str": random_string(32), **payment_fields(trade), **changes}
    return {name: value for name, value in fields.items() if value is not None}


def v2_payment(merchant, trade, sign_type=None, key=None, **changes):
    """Signed after the changes."""
    fields = v2_payment_fields(merchant, trade, **changes)
    return xml_news(signed_xml(fields, key or merchant.api_key, sign_type or merchant.sign_type))


def sealed_refund(text, key):
    """`req_info`: AES-256-ECB under the lower-case hexadecimal MD5 of the API key."""
    pad = padding.PKCS7(128).padder()
    aes = Cipher(algorithms.AES(hashlib.md5(key.encode()).hexdigest().encode()), modes.ECB()).encryptor()
    return base64.b64encode(aes.update(pad.update(text.encode()) + pad.finalize()) + aes.finalize()).decode()


def v2_refund(merchant, trade, refund, key=None, **changes):
    status = REFUND_STATUS.get(refund.status, refund.status)
    fields = {
        "out_refund_no": refund.out_refund_no, "out_trade_no": trade.out_trade_no, "refund_account":
        "REFUND_SOURCE_RECHARGE_FUNDS", "refund_fee": refund.amount, "refund_id": refund.refund_id,
        "refund_recv_accout": "支付用户零钱", "refund_request_source": "API", "refund_status": status,
        "settlement_refund_fee": refund.amount, "settlement_total_fee": trade.amount, "success_time":
        f"{refund.finished_at or beijing_now():%Y-%m-%d %H:%M:%S}", "total_fee": trade.amount,
        "transaction_id": trade.transaction_id, **changes}
    plain = dict_to_xml(fields).replace("<xml>", "<root>").replace("</xml>", "</root>")
    return xml_news(dict_to_xml({
        "return_code": "SUCCESS", "appid": merchant.app_id, "mch_id": merchant.mch_id,
        "nonce_str": random_string(32), "req_info": sealed_refund(plain, key or merchant.api_key)}))


def v3_envelope(resource, merchant, event_type, original_type, key=None, **changes):
    """The notification around an encrypted resource, as text."""
    plain = resource if isinstance(resource, bytes) else json.dumps(resource, ensure_ascii=False).encode()
    return json.dumps({
        "id": str(uuid.uuid4()), "create_time": beijing_now().isoformat(), "resource_type": "encrypt-resource",
        "event_type": event_type, "summary": "支付成功",
        "resource": {"original_type": original_type, **encrypted(plain, key or merchant.api_v3_key, original_type)},
        **changes}, ensure_ascii=False)


def signed_news(text, signer, timestamp=None, serial=None):
    body = text if isinstance(text, bytes) else text.encode()
    headers = signature_headers(body, signer, timestamp, serial)
    return News(body, {"Content-Type": "application/json", "Request-ID": secrets.token_hex(16), **headers})


def v3_payment(merchant, signer, trade, event_type="TRANSACTION.SUCCESS", **changes):
    """Encrypted and signed after the changes, which are those of the resource."""
    resource = {**trade_resource(merchant, trade), **changes}
    return signed_news(v3_envelope(resource, merchant, event_type, "transaction"), signer)


def v3_refund_resource(merchant, trade, refund, **changes):
    resource = {
        "mchid": merchant.mch_id, "out_trade_no": trade.out_trade_no, "transaction_id": trade.transaction_id,
        "out_refund_no": refund.out_refund_no, "refund_id": refund.refund_id, "refund_status": refund.status,
        "user_received_account": "支付用户零钱", "amount": {
            "total": trade.amount, "refund": refund.amount, "payer_total": trade.cash, "payer_refund": refund.amount}}
    if refund.finished_at:
        resource["success_time"] = refund.finished_at.isoformat()
    return {**resource, **changes}


def v3_refund(merchant, signer, trade, refund, **changes):
    resource = v3_refund_resource(merchant, trade, refund, **changes)
    return signed_news(v3_envelope(resource, merchant, f"REFUND.{refund.status}", "refund"), signer)
