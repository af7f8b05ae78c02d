"""Somebody who sends our route what WeChat Pay never would."""

import base64
import hmac
import json
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from wechatpy.pay.utils import calculate_signature_hmac, dict_to_xml, format_url

from .wechat_keys import Merchant, Platform, Signer
from .wechat_news import sealed_refund, signed_news, v2_payment, v2_payment_fields, v3_envelope, v3_payment, xml_news
from .wechat_v3 import trade_resource

# A genuine notification that contradicts the payment: kept, and the payment waits for an operator.
HELD = "held"
# Genuine, kept, and about no payment of ours.
NOBODYS = "nobody's"
# Genuine, and by its number another software's of the same account: counted and not kept.
FOREIGN = "foreign"
# Genuine, and without money; kept or not, it moves nothing.
WITHOUT_MONEY = "without money"


@dataclass
class Forger:
    """Somebody with an unpaid trade who would like it to count as paid."""

    merchant: Merchant
    other: Merchant
    trade: object
    signer: Signer
    platform: Platform

    def v2(self, **changes):
        return v2_payment(self.merchant, self.trade, **changes)

    def v2_bytes(self, **changes):
        """Signed in earnest over bytes, whatever characters they are of."""
        fields = {name: value if isinstance(value, bytes) else str(value).encode() for name, value in v2_payment_fields(
            self.merchant, self.trade, **changes).items()}
        content = b"&".join(name.encode() + b"=" + fields[name] for name in sorted(fields) if fields[name])
        key = self.merchant.api_key.encode()
        fields["sign"] = hmac.new(key, content + b"&key=" + key, "sha256").hexdigest().upper().encode()
        return xml_news(b"<xml>" + b"".join(
            b"<%s><![CDATA[%s]]></%s>" % (name.encode(), value, name.encode()) for name, value in fields.items()) + b"</xml>")

    def v2_text(self, **changes):
        return self.v2(**changes).body.decode()

    def v2_changed(self, old, new, **changes):
        """Changed after signing."""
        text = self.v2_text(**changes)
        assert old in text, (old, text)
        return xml_news(text.replace(old, new))

    def v2_sign(self, change):
        """With a signature that was changed."""
        fields = v2_payment_fields(self.merchant, self.trade)
        return xml_news(dict_to_xml(fields, change(calculate_signature_hmac(
            {k: str(v) for k, v in fields.items()}, self.merchant.api_key))))

    def v2_keyed_only(self):
        """HMAC under the API key, which the signed text lacks."""
        fields = v2_payment_fields(self.merchant, self.trade)
        text = format_url({k: str(v) for k, v in fields.items()})
        return xml_news(dict_to_xml(
            fields, hmac.new(self.merchant.api_key.encode(), text, "sha256").hexdigest().upper()))

    def v2_unsigned(self, end=""):
        return self.v2_text().split("<sign>")[0] + end + "</xml>"

    def v2_inside(self, text):
        """An addition before the end of the root, after signing."""
        return self.v2_changed("</xml>", text + "</xml>")

    def refund_text(self, out_refund_no):
        """What news of a refund says inside."""
        return (f"<root><out_trade_no>{self.trade.out_trade_no}</out_trade_no><out_refund_no>{out_refund_no}</out_refund_no>"
                "<refund_id>50000</refund_id><refund_status>SUCCESS</refund_status></root>")

    def refund(self, plain, key=None, **changes):
        fields = {
            "return_code": "SUCCESS", "appid": self.merchant.app_id, "mch_id": self.merchant.mch_id,
            "nonce_str": "n" * 32, "req_info": sealed_refund(plain, key or self.merchant.api_key), **changes}
        return xml_news(dict_to_xml(fields))

    def v3(self, **changes):
        return v3_payment(self.merchant, self.signer, self.trade, **changes)

    def resource(self, **changes):
        resource = {**trade_resource(self.merchant, self.trade), **changes}
        return {name: value for name, value in resource.items() if value is not None}

    def v3_amount(self, total, **changes):
        amount = {"total": total, "payer_total": 990, "currency": "CNY", "payer_currency": "CNY", **changes}
        return self.v3(amount={name: value for name, value in amount.items() if value is not None})

    def v3_plain(self, plain):
        """A resource of any bytes, encrypted and signed in earnest."""
        return self.sign(v3_envelope(plain, self.merchant, "TRANSACTION.SUCCESS", "transaction"))

    def v3_sealed(self, **changes):
        """An envelope whose encrypted part was changed, signed in earnest."""
        envelope = json.loads(v3_envelope(self.resource(), self.merchant, "TRANSACTION.SUCCESS", "transaction"))
        for name, change in changes.items():
            envelope["resource"][name] = change(envelope["resource"][name]) if callable(change) else change
        envelope["resource"] = {k: v for k, v in envelope["resource"].items() if v is not None}
        return self.sign(json.dumps(envelope))

    def v3_envelope(self, key=None, **changes):
        """An envelope that was changed, signed in earnest."""
        envelope = v3_envelope(self.resource(), self.merchant, "TRANSACTION.SUCCESS", "transaction", key)
        return self.sign(json.dumps({**json.loads(envelope), **changes}))

    def sign(self, text, signer=None, **options):
        return signed_news(text, signer or self.signer, **options)

    def v3_signed(self, **options):
        return self.sign(self.v3().body, **options)

    def v3_sha1(self):
        news = self.v3()
        h = news.headers
        text = f"{h['Wechatpay-Timestamp']}\n{h['Wechatpay-Nonce']}\n{news.body.decode()}\n"
        return news.with_headers(Wechatpay_Signature=base64.b64encode(
            self.signer.key.sign(text.encode(), PKCS1v15(), hashes.SHA1())).decode())
