"""Notifications of v3 that must be refused, and genuine ones that must move no money; each made by a forger."""

import base64
import json
import time

from .wechat_forger import FOREIGN, HELD, NOBODYS, WITHOUT_MONEY
from .wechat_keys import Signer, new_key
from .wechat_news import v3_envelope


def flip_last_bit(text):
    raw = bytearray(base64.b64decode(text))
    raw[-1] ^= 1
    return base64.b64encode(raw).decode()


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
    "the other kind of key": lambda f: f.v3_signed(
        signer=f.platform.bare if f.signer.certificate else f.platform.certified[0]),
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
    "inside a key stands twice, once in disguise": lambda f: f.v3_plain(
        json.dumps(f.resource()).encode()[:-1] + rb', "trade\u005fstate": "SUCCESS"}'),
    "inside a key stands twice, deep": lambda f: f.v3_plain(
        json.dumps(f.resource()).encode()[:-1] + b', "more": [{"total": 1, "total": 990}]}'),
    "more than 1 MiB": lambda f: f.v3(attach="a" * 1_100_000),
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

# A platform certificate that is not known may be a new one: when WeChat Pay was asked for its
# certificates a moment ago, it is to send the notification again.
V3_UNKNOWN_CERTIFICATES = {
    "a key that nobody knows", "the right key under another serial", "serial in lower case", "serial as a path"}

V3_KEPT = {
    "another total": (lambda f: f.v3_amount(991), HELD),
    "a total of nothing": (lambda f: f.v3_amount(0), HELD),
    "a total below nothing": (lambda f: f.v3_amount(-1), HELD),
    "1e2": (lambda f: f.v3_plain(json.dumps(f.resource()).replace('"total": 990', '"total": 1e2').encode()), HELD),
    "the total and 2^32": (lambda f: f.v3_amount(990 + 2**32), HELD),
    "another currency": (lambda f: f.v3_amount(990, currency="USD"), HELD),
    "order number in lower case": (lambda f: f.v3(out_trade_no=f.trade.out_trade_no.lower()), FOREIGN),
    "order number of nobody": (lambda f: f.v3(out_trade_no="COIN_20200101_99999998"), NOBODYS),
    "order number with a space": (lambda f: f.v3(out_trade_no=f.trade.out_trade_no + " "), WITHOUT_MONEY),
    **{f"success of a trade in state {state}": (lambda f, state=state: f.v3(trade_state=state), WITHOUT_MONEY)
       for state in ("NOTPAY", "CLOSED", "PAYERROR", "USERPAYING", "success", "NEW")},
    "trade_state missing": (lambda f: f.v3_plain(json.dumps(f.resource(trade_state=None)).encode()), WITHOUT_MONEY),
    "a payment told as a refund": (lambda f: f.sign(
        v3_envelope(f.resource(), f.merchant, "REFUND.SUCCESS", "refund")), WITHOUT_MONEY),
    "an event that is no payment": (lambda f: f.v3_envelope(event_type="COUPON.USE"), WITHOUT_MONEY),
    "a currency that begins like ours": (lambda f: f.v3_amount(990, currency="CNYX"), HELD),
}

# Genuine, about a payment of ours, and with a number that no column can keep: stored as far as it can be read, and parked.
V3_UNSTORABLE = {
    "order number of 300": lambda f: f.v3(out_trade_no=f.trade.out_trade_no + "0" * 280),
    "order number with a family": lambda f: f.v3(out_trade_no=f.trade.out_trade_no + "👨‍👩‍👧‍👦"),
    "order number with control characters": lambda f: f.v3(out_trade_no=f.trade.out_trade_no + "\u0000\r\n"),
    "transaction number of 300": lambda f: f.v3(transaction_id="4" * 300),
    "transaction number of a family": lambda f: f.v3(transaction_id="👨‍👩‍👧‍👦"),
    "transaction number with control characters": lambda f: f.v3(transaction_id="4200\u0000"),
}
