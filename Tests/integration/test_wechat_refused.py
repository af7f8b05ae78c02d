"""What our route refuses or holds when it claims to come from WeChat Pay, in both versions."""

import base64
import json
import time
from dataclasses import dataclass

import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from wechatpy.pay.utils import calculate_signature_hmac, dict_to_xml

from support.stack import Stack
from support.wechat import WeChatServer
from support.wechat_keys import Merchant, Signer, new_key
from support.wechat_news import (
    PATH, News, is_accepted, pretend_paid, sealed_refund, signed_news, v2_payment, v2_payment_fields, v3_envelope,
    v3_payment, xml_news)
from support.wechat_v3 import trade_resource

# Nothing durable, and an answer after which WeChat Pay sends again.
REFUSED = "refused"
# A genuine notification that contradicts the payment: kept, and the payment waits for an operator.
HELD = "held"
# Genuine, kept, and about no payment of ours.
NOBODYS = "nobody's"
# Genuine, and without money; kept or not, it moves nothing.
WITHOUT_MONEY = "without money"


@dataclass
class Forger:
    """Somebody with an unpaid trade who would like it to count as paid."""

    merchant: Merchant
    other: Merchant
    trade: object
    signer: Signer
    platform: object

    def v2(self, **changes):
        return v2_payment(self.merchant, self.trade, **changes)

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

    def v2_inside(self, text):
        """An addition before the end of the root, after signing."""
        return self.v2_changed("</xml>", text + "</xml>")

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
        return self.sign(v3_envelope(
            self.resource(), self.merchant, "TRANSACTION.SUCCESS", "transaction", key, **changes))

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


def flip_last_bit(text):
    raw = bytearray(base64.b64decode(text))
    raw[-1] ^= 1
    return base64.b64encode(raw).decode()


BOMB = ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>")

V2_CASES = {
    "total_fee changed": lambda f: f.v2_changed("<total_fee>990<", "<total_fee>991<"),
    "order number changed": lambda f: f.v2_changed("<out_trade_no><![CDATA[COIN", "<out_trade_no><![CDATA[COIM"),
    "one bit of the signature": lambda f: f.v2_sign(lambda s: ("0" if s[0] != "0" else "1") + s[1:]),
    "signature in lower case": lambda f: f.v2_sign(str.lower),
    "signature cut short": lambda f: f.v2_sign(lambda s: s[:-1]),
    "signature too long": lambda f: f.v2_sign(lambda s: s + "0"),
    "signature with a space": lambda f: f.v2_sign(lambda s: s + " "),
    "signature of zeros": lambda f: f.v2_sign(lambda s: "0" * 64),
    "signature of MD5's length": lambda f: f.v2_sign(lambda s: s[:32]),
    "signature empty": lambda f: f.v2_changed("<sign>", "<sign/><sign_>").with_body(
        f.v2_text().split("<sign>")[0] + "<sign></sign></xml>"),
    "signature missing": lambda f: f.v2().with_body(f.v2_text().split("<sign>")[0] + "</xml>"),
    "wrong key": lambda f: f.v2(key="0" * 32),
    "wrong key with MD5": lambda f: f.v2(key="0" * 32, sign_type="MD5"),
    "another merchant's key": lambda f: f.v2(key=f.other.api_key),
    "the key of v3": lambda f: f.v2(key=f.merchant.api_v3_key),
    "the key in upper case": lambda f: f.v2(key=f.merchant.api_key.upper()),
    "key not appended": lambda f: f.v2_sign(lambda s: calculate_signature_hmac({}, f.merchant.api_key)),
    "signature of another notification": lambda f: f.v2().with_body(
        f.v2_text().split("<sign>")[0] + "<sign>" + f.v2_text().split("<sign>")[1]),
    "element added": lambda f: f.v2_inside("<attach>x</attach>"),
    "element removed": lambda f: f.v2_changed("<is_subscribe><![CDATA[N]]></is_subscribe>", ""),
    "space added to a value": lambda f: f.v2_changed("<![CDATA[OTHERS]]>", "<![CDATA[OTHERS ]]>"),
    "sum stands twice, the same": lambda f: f.v2_inside("<total_fee>990</total_fee>"),
    "sum stands twice, before": lambda f: f.v2_changed("<xml>", "<xml><total_fee>1</total_fee>"),
    "signature stands twice": lambda f: f.v2_inside("<sign>00</sign>"),
    "nested element": lambda f: f.v2_changed("<total_fee>990", "<total_fee><a>990</a>"),
    "everything one level down": lambda f: xml_news(f"<xml>{f.v2_text()}</xml>"),
    "doctype": lambda f: xml_news("<!DOCTYPE xml>" + f.v2_text()),
    "doctype in lower case": lambda f: xml_news("<!doctype xml>" + f.v2_text()),
    "doctype in UTF-16": lambda f: xml_news(("<!DOCTYPE xml>" + f.v2_text()).encode("utf-16")),
    "entity bomb": lambda f: xml_news(BOMB + f.v2_text().replace("OTHERS", "]]>&j;<![CDATA[")),
    "external entity": lambda f: xml_news(
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + f.v2_text().replace("OTHERS", "]]>&e;<![CDATA[")),
    "external doctype": lambda f: xml_news('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + f.v2_text()),
    "unknown entity": lambda f: f.v2_changed("<total_fee>990", "<total_fee>990&nothing;"),
    "invalid UTF-8": lambda f: xml_news(f.v2().body.replace(b"OTHERS", b"\xff\xfe\xc0\x80")),
    "Latin-1 by declaration": lambda f: xml_news(
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + f.v2().body.replace(b"OTHERS", b"\xe9")),
    "UTF-16": lambda f: xml_news(f.v2_text().encode("utf-16")),
    "NUL": lambda f: f.v2_changed("OTHERS", "OTH\0ERS"),
    "NUL at the end": lambda f: xml_news(f.v2_text() + "\0"),
    "cut off": lambda f: xml_news(f.v2_text()[:-20]),
    "text after the root": lambda f: xml_news(f.v2_text() + "<xml/>"),
    "another root": lambda f: xml_news(f.v2_text().replace("<xml>", "<root>").replace("</xml>", "</root>")),
    "empty": lambda f: xml_news(""),
    "an empty root": lambda f: xml_news("<xml></xml>"),
    "JSON": lambda f: News(json.dumps(v2_payment_fields(f.merchant, f.trade)).encode(), {
        "Content-Type": "application/json"}),
    "a form": lambda f: News(b"total_fee=990", {"Content-Type": "application/x-www-form-urlencoded"}),
    "no XML": lambda f: xml_news("success"),
    "a v3 notification": lambda f: f.v3(),
    "deep nesting": lambda f: xml_news("<xml>" * 10_000),
    "deep nesting, closed": lambda f: xml_news("<a>" * 8_000 + "</a>" * 8_000),
    "4,000 elements": lambda f: f.v2_inside("".join(f"<a{n}>1</a{n}>" for n in range(4_000))),
    "more than 64 KiB": lambda f: f.v2(attach="a" * 70_000),
    "10 MB": lambda f: f.v2(attach="a" * 10_000_000),
    "another appid": lambda f: f.v2(appid=f.other.app_id),
    "another mch_id": lambda f: f.v2(mch_id=f.other.mch_id),
    "appid missing": lambda f: f.v2(appid=None),
    "mch_id missing": lambda f: f.v2(mch_id=None),
    "mch_id with a space": lambda f: f.v2(mch_id=f.merchant.mch_id + " "),
    "order number missing": lambda f: f.v2(out_trade_no=None),
    "transaction number missing": lambda f: f.v2(transaction_id=None),
    "sum missing": lambda f: f.v2(total_fee=None),
    "sum empty": lambda f: f.v2_changed("<total_fee>990</total_fee>", "<total_fee></total_fee>"),
    **{f"sum {sum!r}": lambda f, sum=sum: f.v2(total_fee=sum) for sum in (
        "1e2", "9.9e2", "-1", "-990", "+990", "９９０", "٩٩٠", " 990", "990 ", "990\n", "9.90", "990.0", "0x3DE",
        "1" * 30, "18446744073709552606", "990元", "९९०")},
    "refund under a wrong key": lambda f: f.refund("<root><refund_status>SUCCESS</refund_status></root>", "0" * 32),
    "refund that is no base64": lambda f: f.refund("", req_info="***"),
    "refund that is no whole block": lambda f: f.refund("", req_info=base64.b64encode(b"x" * 17).decode()),
    "refund with a doctype": lambda f: f.refund("<!DOCTYPE root><root></root>"),
    "refund that is no XML": lambda f: f.refund("refund"),
    "refund of another merchant": lambda f: f.refund("<root></root>", mch_id=f.other.mch_id),
}

V2_KEPT = {
    "another sum": (lambda f: f.v2(total_fee=991), HELD),
    "a sum of one fen": (lambda f: f.v2(total_fee=1), HELD),
    "the sum and 2^32": (lambda f: f.v2(total_fee=990 + 2**32), HELD),
    "the sum of nothing": (lambda f: f.v2(total_fee="0"), HELD),
    "another currency": (lambda f: f.v2(fee_type="USD"), HELD),
    "a currency in lower case": (lambda f: f.v2(fee_type="usd"), HELD),
    "order number in lower case": (lambda f: f.v2(out_trade_no=f.trade.out_trade_no.lower()), NOBODYS),
    "order number of nobody": (lambda f: f.v2(out_trade_no="COIN_20200101_99999999"), NOBODYS),
    "order number cut": (lambda f: f.v2(out_trade_no=f.trade.out_trade_no[:-1]), NOBODYS),
    "order number with a space": (
        lambda f: f.v2(out_trade_no=f.trade.out_trade_no + " "), WITHOUT_MONEY),
    "order number with a zero": (lambda f: f.v2(out_trade_no=f.trade.out_trade_no + "%00"), WITHOUT_MONEY),
    "result_code FAIL": (lambda f: f.v2(result_code="FAIL", err_code="SYSTEMERROR"), WITHOUT_MONEY),
    "result_code missing": (lambda f: f.v2(result_code=None), WITHOUT_MONEY),
    "result_code in lower case": (lambda f: f.v2(result_code="success"), WITHOUT_MONEY),
    "return_code FAIL": (lambda f: f.v2(return_code="FAIL"), WITHOUT_MONEY),
    "MD5 for an unpaid trade": (lambda f: f.v2(sign_type="MD5"), WITHOUT_MONEY),
}

V3_CASES = {
    "signature missing": lambda f: f.v3().with_headers(Wechatpay_Signature=None),
    "timestamp missing": lambda f: f.v3().with_headers(Wechatpay_Timestamp=None),
    "nonce missing": lambda f: f.v3().with_headers(Wechatpay_Nonce=None),
    "serial missing": lambda f: f.v3().with_headers(Wechatpay_Serial=None),
    "signature empty": lambda f: f.v3().with_headers(Wechatpay_Signature=""),
    "serial empty": lambda f: f.v3().with_headers(Wechatpay_Serial=""),
    "one bit of the signature": lambda f: f.v3().with_headers(
        Wechatpay_Signature=flip_last_bit(f.v3().headers["Wechatpay-Signature"])),
    "signature that is no base64": lambda f: f.v3().with_headers(Wechatpay_Signature="*" * 344),
    "signature of one byte": lambda f: f.v3().with_headers(Wechatpay_Signature="AA=="),
    "signature of zeros": lambda f: f.v3().with_headers(
        Wechatpay_Signature=base64.b64encode(bytes(256)).decode()),
    "signature of another notification": lambda f: f.v3().with_headers(
        Wechatpay_Signature=f.v3().headers["Wechatpay-Signature"]),
    "SIGNTEST": lambda f: f.v3().with_headers(
        Wechatpay_Signature="WECHATPAY/SIGNTEST/" + f.v3().headers["Wechatpay-Signature"]),
    "SIGNTEST alone": lambda f: f.v3().with_headers(Wechatpay_Signature="WECHATPAY/SIGNTEST/"),
    "SHA-1": lambda f: f.v3_sha1(),
    "another signature type": lambda f: f.v3().with_headers(Wechatpay_Signature_Type="WECHATPAY2-SM2-WITH-SM3"),
    "wrong key under our serial": lambda f: f.v3_signed(signer=Signer(f.signer.serial, new_key())),
    "the merchant's own key": lambda f: f.v3_signed(signer=Signer(f.signer.serial, f.merchant.key)),
    "a key that nobody knows": lambda f: f.v3_signed(signer=f.platform.stranger),
    "the other kind of key": lambda f: f.v3_signed(signer=f.platform.certified[0]),
    "the right key under another serial": lambda f: f.v3_signed(serial=f.platform.stranger.serial),
    "serial in lower case": lambda f: f.v3_signed(serial=f.signer.serial.lower()),
    "serial as a path": lambda f: f.v3_signed(serial="../../../etc/passwd"),
    "serial of 5,000 characters": lambda f: f.v3_signed(serial="A" * 5_000),
    "five minutes old": lambda f: f.v3_signed(timestamp=int(time.time()) - 301),
    "five minutes ahead": lambda f: f.v3_signed(timestamp=int(time.time()) + 330),
    "a day old": lambda f: f.v3_signed(timestamp=int(time.time()) - 86_400),
    "the year 1970": lambda f: f.v3_signed(timestamp=1),
    "timestamp before 1970": lambda f: f.v3_signed(timestamp=-1),
    "timestamp of 40 digits": lambda f: f.v3_signed(timestamp="9" * 40),
    "timestamp with a sign": lambda f: f.v3_signed(timestamp=f"+{int(time.time())}"),
    "timestamp with a fraction": lambda f: f.v3_signed(timestamp=f"{int(time.time())}.0"),
    "timestamp in words": lambda f: f.v3_signed(timestamp="now"),
    "timestamp moved": lambda f: f.v3_signed(timestamp=int(time.time()) - 5).with_headers(
        Wechatpay_Timestamp=str(int(time.time()))),
    "nonce changed": lambda f: f.v3().with_headers(Wechatpay_Nonce="0" * 32),
    "body changed": lambda f: f.v3().with_body(f.v3().body.replace(b"TRANSACTION", b"TRANSACTIoN")),
    "space added": lambda f: (lambda news: news.with_body(news.body + b" "))(f.v3()),
    "newline added": lambda f: (lambda news: news.with_body(news.body + b"\n"))(f.v3()),
    "re-encoded": lambda f: (lambda news: news.with_body(
        json.dumps(json.loads(news.body), separators=(",", ":"))))(f.v3()),
    "empty": lambda f: f.sign(""),
    "null": lambda f: f.sign("null"),
    "a list": lambda f: f.sign("[]"),
    "an empty object": lambda f: f.sign("{}"),
    "no JSON": lambda f: f.sign("success"),
    "cut off": lambda f: f.sign(f.v3().body[:-10]),
    "text after the object": lambda f: f.sign(f.v3().body + b"{}"),
    "deep nesting": lambda f: f.sign("[" * 50_000),
    "deep nesting of objects": lambda f: f.sign('{"a":' * 10_000 + "1" + "}" * 10_000),
    "invalid UTF-8": lambda f: (lambda news: news.with_body(b'{"id":"\xff"}'))(f.v3()),
    "NUL": lambda f: f.sign(f.v3().body.replace(b'"id"', b'"i\0d"')),
    "BOM": lambda f: f.sign("\ufeff" + f.v3().body.decode()),
    "XML": lambda f: f.v2(),
    "signed XML": lambda f: f.sign(f.v2().body),
    "resource stands twice": lambda f: f.sign(f.v3().body[:-1] + b', "resource": {}}'),
    "event type stands twice": lambda f: f.sign(f.v3().body[:-1] + b', "event_type": "TRANSACTION.SUCCESS"}'),
    "resource missing": lambda f: f.v3_envelope(resource=None),
    "resource a text": lambda f: f.v3_envelope(resource="x"),
    "another resource type": lambda f: f.v3_envelope(resource_type="plain-resource"),
    "another algorithm": lambda f: f.v3_sealed(algorithm="AEAD_AES_128_GCM"),
    "wrong key inside": lambda f: f.v3_envelope(key="0" * 32),
    "the key of v2 inside": lambda f: f.v3_envelope(key=f.merchant.api_key),
    "another nonce inside": lambda f: f.v3_sealed(nonce="0" * 12),
    "a nonce of 16 characters": lambda f: f.v3_sealed(nonce="0" * 16),
    "an empty nonce": lambda f: f.v3_sealed(nonce=""),
    "nonce missing inside": lambda f: f.v3_sealed(nonce=None),
    "other associated data": lambda f: f.v3_sealed(associated_data="refund"),
    "associated data missing": lambda f: f.v3_sealed(associated_data=None),
    "one bit of the tag": lambda f: f.v3_sealed(ciphertext=flip_last_bit),
    "tag cut off": lambda f: f.v3_sealed(ciphertext=lambda c: base64.b64encode(base64.b64decode(c)[:-16]).decode()),
    "ciphertext shorter than a tag": lambda f: f.v3_sealed(ciphertext="AAAA"),
    "ciphertext empty": lambda f: f.v3_sealed(ciphertext=""),
    "ciphertext that is no base64": lambda f: f.v3_sealed(ciphertext="*" * 100),
    "inside no JSON": lambda f: f.v3_plain(b"success"),
    "inside empty": lambda f: f.v3_plain(b""),
    "inside invalid UTF-8": lambda f: f.v3_plain(b'{"out_trade_no":"\xff"}'),
    "inside a key stands twice": lambda f: f.v3_plain(
        json.dumps(f.resource()).encode()[:-1] + b', "trade_state": "SUCCESS"}'),
    "more than 64 KiB": lambda f: f.v3(attach="a" * 70_000),
    "10 MB": lambda f: f.sign(" " * 10_000_000),
    "another appid": lambda f: f.v3(appid=f.other.app_id),
    "another mchid": lambda f: f.v3(mchid=f.other.mch_id),
    "appid missing": lambda f: f.v3_plain(json.dumps(f.resource(appid=None)).encode()),
    "mchid missing": lambda f: f.v3_plain(json.dumps(f.resource(mchid=None)).encode()),
    "order number missing": lambda f: f.v3_plain(json.dumps(f.resource(out_trade_no=None)).encode()),
    "order number a number": lambda f: f.v3(out_trade_no=1),
    "transaction number missing": lambda f: f.v3_plain(json.dumps(f.resource(transaction_id=None)).encode()),
    "amount missing": lambda f: f.v3_plain(json.dumps(f.resource(amount=None)).encode()),
    "total missing": lambda f: f.v3_amount(None),
    **{f"total {total!r}": lambda f, total=total: f.v3_amount(total) for total in (
        "990", "９９０", 990.5, 1e300, 2**64, 2**64 + 990, True, [990], {"total": 990})},
}

V3_KEPT = {
    "another total": (lambda f: f.v3_amount(991), HELD),
    "a total of nothing": (lambda f: f.v3_amount(0), HELD),
    "a total below nothing": (lambda f: f.v3_amount(-1), HELD),
    "1e2": (lambda f: f.v3_plain(json.dumps(f.resource()).replace('"total": 990', '"total": 1e2').encode()), HELD),
    "the total and 2^32": (lambda f: f.v3_amount(990 + 2**32), HELD),
    "another currency": (lambda f: f.v3_amount(990, currency="USD"), HELD),
    "order number in lower case": (lambda f: f.v3(out_trade_no=f.trade.out_trade_no.lower()), NOBODYS),
    "order number of nobody": (lambda f: f.v3(out_trade_no="COIN_20200101_99999998"), NOBODYS),
    "order number with a space": (lambda f: f.v3(out_trade_no=f.trade.out_trade_no + " "), WITHOUT_MONEY),
    **{f"success of a trade in state {state}": (lambda f, state=state: f.v3(trade_state=state), WITHOUT_MONEY)
       for state in ("NOTPAY", "CLOSED", "PAYERROR", "USERPAYING", "success", "NEW")},
    "trade_state missing": (lambda f: f.v3_plain(json.dumps(f.resource(trade_state=None)).encode()), WITHOUT_MONEY),
    "a payment told as a refund": (lambda f: f.sign(
        v3_envelope(f.resource(), f.merchant, "REFUND.SUCCESS", "refund")), WITHOUT_MONEY),
    "an event that is no payment": (lambda f: f.v3_envelope(event_type="COUPON.USE"), WITHOUT_MONEY),
    "the lowest total in words": (lambda f: f.v3_amount(990, currency="CNYX"), HELD),
}


@pytest.fixture(scope="module")
def wechat():
    with WeChatServer() as server:
        yield server


@pytest.fixture(scope="module", params=["v2", "v3-public-key"])
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def site(wechat, mode):
    with Stack(f"wechat-refused-{mode}", **wechat.settings(mode)) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def forger(site, wechat, mode, user):
    order = user.order(method="WECHAT")
    number = site.value(
        "SELECT out_trade_no FROM payments p JOIN coin_orders o ON o.id = p.order_id "
        f"WHERE o.order_no = '{order['order_no']}'")
    merchant = wechat.accounts[mode]
    return Forger(
        merchant, wechat.accounts["v2-md5" if mode == "v2" else "v3-platform"],
        pretend_paid(wechat.trade(mode, number)), wechat.platform.signer_for(merchant), wechat.platform)


def cases(v2, v3):
    return pytest.mark.parametrize("mode,name", [
        *(("v2", name) for name in v2), *(("v3-public-key", name) for name in v3)], indirect=["mode"])


def events_about(site, forger):
    return int(site.value(
        f"SELECT COUNT(*) FROM payment_events WHERE out_trade_no LIKE '{forger.trade.out_trade_no}%'"))


def payment_status(site, forger):
    return site.value(f"SELECT status FROM payments WHERE out_trade_no = '{forger.trade.out_trade_no}'")


def assert_is_refusal(answer, mode):
    """WeChat Pay sends again after it, and learns nothing of the cause."""
    assert answer.status_code in (400, 413), (answer.status_code, answer.text)
    if answer.status_code == 400 and mode == "v2":
        assert "<return_code><![CDATA[FAIL]]></return_code>" in answer.text
    elif answer.status_code == 400:
        assert answer.json()["code"] == "FAIL" and answer.json()["message"]


@cases(V2_CASES, V3_CASES)
def test_what_cannot_be_believed_is_refused_and_leaves_nothing(site, mode, user, forger, name):
    news = (V2_CASES if mode == "v2" else V3_CASES)[name](forger)
    before, worker = site.value("SELECT COUNT(*) FROM payment_events"), site.pid("worker")
    answer = news.post(site.base)
    assert_is_refusal(answer, mode)
    assert site.value("SELECT COUNT(*) FROM payment_events") == before and events_about(site, forger) == 0
    assert user.balance() == 0 and payment_status(site, forger) == "PENDING"
    assert site.pid("worker") == worker


@cases(V2_KEPT, V3_KEPT)
def test_what_is_genuine_but_wrong_moves_no_money(site, mode, user, forger, name):
    build, expected = (V2_KEPT if mode == "v2" else V3_KEPT)[name]
    before, worker = int(site.value("SELECT COUNT(*) FROM payment_events")), site.pid("worker")
    answer = build(forger).post(site.base)
    stored = int(site.value("SELECT COUNT(*) FROM payment_events")) - before
    if expected in (HELD, NOBODYS):
        assert is_accepted(answer, mode[:2]) and stored == 1, answer.text
        assert payment_status(site, forger) == ("SUSPICIOUS" if expected == HELD else "PENDING")
    else:
        assert is_accepted(answer, mode[:2]) or answer.status_code in (400, 503), answer.text
        assert payment_status(site, forger) == "PENDING"
    assert user.balance() == 0 and site.pid("worker") == worker


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_notification_is_a_post(site, mode, user, forger, method):
    news = forger.v2() if mode == "v2" else forger.v3()
    answer = requests.request(method, site.base + PATH, data=news.body, headers=news.headers, timeout=60)
    assert answer.status_code == 405 and user.balance() == 0


def test_the_same_forger_can_be_believed(site, mode, user, forger):
    """The tables above refuse for their own reasons, not for a mistake that all their cases share."""
    assert is_accepted((forger.v2() if mode == "v2" else forger.v3()).post(site.base), mode[:2])
    assert user.balance() == 100 and payment_status(site, forger) == "SUCCEEDED"


def test_both_addresses_of_the_route_are_alike(site, mode, user, forger):
    news = forger.v2() if mode == "v2" else forger.v3()
    assert_is_refusal(news.with_body(news.body[:-9]).post(site.base, "/api/payment/wechat/notify"), mode)
    assert is_accepted(news.post(site.base, "/api/payment/wechat/notify"), mode[:2])
    assert user.balance() == 100
