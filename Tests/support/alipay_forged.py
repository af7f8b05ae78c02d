"""Notifications that must be refused, and genuine ones that must move no money; each made by a forger."""

import base64
import json
from urllib.parse import unquote_plus

from .alipay_forger import FOREIGN, HELD, NOBODYS, WITHOUT_MONEY, form

SIGNATURES = {
    "sum changed": lambda f: f.changed("total_amount=9.90", "total_amount=9.91"),
    "order number changed": lambda f: f.changed("out_trade_no=COIN", "out_trade_no=COIM"),
    "Alipay's number changed": lambda f: f.changed("&trade_no=2026", "&trade_no=2027"),
    "status changed": lambda f: f.changed("TRADE_SUCCESS", "TRADE_FINISHED"),
    "one bit of the body": lambda f: f.changed("sales%40", "rales%40"),
    "case of a name changed": lambda f: f.changed("seller_email=", "Seller_email="),
    "field added": lambda f: f.extended("&body=x"),
    "field removed": lambda f: f.changed("&seller_email=sales%40example.com", ""),
    "space added to a value": lambda f: f.changed("example.com", "example.com+"),
    **{f"bit in byte {n} of the signature": lambda f, n=n: f.with_bit(n) for n in (0, 1, 127, 255)},
    "signature empty": lambda f: f.with_signature(lambda s: ""),
    "signature missing": lambda f: f.notice(form(f.fields().items())),
    "signature of zeros": lambda f: f.with_signature(lambda s: base64.b64encode(bytes(256)).decode()),
    "signature of ones": lambda f: f.with_signature(lambda s: base64.b64encode(bytes(255) + b"\1").decode()),
    "signature cut short": lambda f: f.with_signature(lambda s: s[:-8]),
    "signature without padding": lambda f: f.with_signature(lambda s: s.rstrip("=")),
    "signature too long": lambda f: f.with_signature(lambda s: s + s),
    "signature in hexadecimal": lambda f: f.with_signature(lambda s: base64.b64decode(s).hex()),
    "signature in the alphabet of addresses": lambda f: f.with_signature(
        lambda s: s.replace("=", "").replace("+", "-").replace("/", "_") + "__"),
    "signature with a line break": lambda f: f.with_signature(lambda s: s[:76] + "\n" + s[76:]),
    "signature with its plus signs unescaped": lambda f: f.with_plus_unescaped(),
    "signature of another notification": lambda f: f.notice(form(
        [*f.fields().items(), f.pairs(f.fields())[-1]])),
    "wrong key": lambda f: f.signed(signer="stranger"),
    "our own key": lambda f: f.signed(signer="app"),
    "RSA with SHA-1 that says so": lambda f: f.changed("sign_type=RSA2", "sign_type=RSA", algorithm="RSA"),
    "RSA with SHA-1 that says RSA2": lambda f: f.signed(algorithm="RSA"),
    "sign_type RSA for RSA2": lambda f: f.changed("sign_type=RSA2", "sign_type=RSA"),
    "sign_type missing": lambda f: f.changed("&sign_type=RSA2", ""),
    "sign_type empty": lambda f: f.changed("sign_type=RSA2", "sign_type="),
    "sign_type in lower case": lambda f: f.changed("sign_type=RSA2", "sign_type=rsa2"),
    "sign_type of another world": lambda f: f.changed("sign_type=RSA2", "sign_type=HMAC-SHA256"),
    "sign_type kept in the signed text": lambda f: f.signed(kept=("sign_type",)),
    "sign_type kept as in a request": lambda f: f.signed(kept=("sign_type",), notify_type=None),
    "an empty value kept in the signed text": lambda f: f.signed(kept=("body",), body=""),
    "signed in the order of the body": lambda f: f.signed_over(
        lambda text, fields: b"&".join(reversed(text.split(b"&")))),
    "signed as it is encoded": lambda f: f.signed_over(lambda text, fields: form(sorted(
        (n, v) for n, v in fields.items() if n != "sign_type"))),
    "signed without the names": lambda f: f.signed_over(
        lambda text, fields: b"&".join(part.split(b"=", 1)[1] for part in text.split(b"&"))),
    "signed with a line break at the end": lambda f: f.signed_over(lambda text, fields: text + b"\n"),
    "signed as decoded twice": lambda f: f.signed_over(
        lambda text, fields: text.replace(b"a%2Bb", b"a+b"), passback_params="a%2Bb"),
    "signed in GBK, sent in UTF-8": lambda f: f.signed_over(
        lambda text, fields: text.decode().encode("gbk"), subject="金币"),
}

FORMS = {
    "encoded twice": lambda f: f.form_twice_encoded(),
    "decoded": lambda f: f.notice(unquote_plus(f.signed(passback_params="a&b=c").body.decode())),
    "sum stands twice, the same": lambda f: f.extended("&total_amount=9.90"),
    "sum stands twice, another first": lambda f: f.preceded("total_amount=0.01&"),
    "sum stands twice, another last": lambda f: f.extended("&total_amount=0.01"),
    "sum stands twice, once in disguise": lambda f: f.extended("&total%5Famount=0.01"),
    "signature stands twice": lambda f: f.extended("&sign=AAAA"),
    "sign_type stands twice": lambda f: f.extended("&sign_type=RSA"),
    "order number stands twice": lambda f: f.preceded("out_trade_no=COIN_20200101_99999999&"),
    **{f"charset {name}": lambda f, name=name: f.notice(form(f.pairs(f.fields(charset=name)))) for name in (
        "klingon", "utf-16", "utf-7", "iso-8859-1", "big5", "utf-8,gbk", " utf-8", "../gbk")},
    "byte order mark": lambda f: f.preceded(b"\xef\xbb\xbf"),
    "byte order mark in disguise": lambda f: f.preceded(b"%EF%BB%BF"),
    "NUL": lambda f: f.extended(b"\0"),
    "NUL in a signed value": lambda f: f.signed(subject="金\0币"),
    "NUL after the order number": lambda f: f.signed(out_trade_no=f.number + "\0"),
    "line break at the end": lambda f: f.extended("\r\n"),
    "cut off": lambda f: f.notice(f.signed().body[:-20]),
    "cut off in the middle": lambda f: f.notice(f.signed().body[:300]),
    "cut off in an escape": lambda f: f.notice(f.signed().body.rsplit(b"%3D", 1)[0] + b"%3"),
    "broken escape": lambda f: f.changed("sales%40", "sales%4G"),
    "escape of the sign of percent": lambda f: f.changed("sales%40", "sales%2540"),
    "semicolons": lambda f: f.notice(f.signed().body.replace(b"&", b";")),
    "no equals signs": lambda f: f.notice(f.signed().body.replace(b"=", b"&")),
    "empty": lambda f: f.notice(b""),
    "nothing but separators": lambda f: f.notice(b"&&&==&&="),
    "more than 1 MiB": lambda f: f.signed(body="a" * 1_100_000),
    "10 MB": lambda f: f.extended("&a=" + "a" * 10_000_000),
    "1,000 fields": lambda f: f.signed(**{f"a{n}": "1" for n in range(1_000)}),
    "JSON": lambda f: f.notice(json.dumps(dict(f.pairs(f.fields()))), "application/json"),
    "JSON that says it is a form": lambda f: f.notice(json.dumps(dict(f.pairs(f.fields())))),
    "XML": lambda f: f.notice("<xml><total_amount>9.90</total_amount></xml>", "text/xml"),
    "a form that says it is text": lambda f: f.as_type("text/plain"),
    "a form that says it is JSON": lambda f: f.as_type("application/json"),
    "a form that says it has parts": lambda f: f.as_type("multipart/form-data; boundary=x"),
    "a form that does not say what it is": lambda f: f.as_type(None),
}

FACTS = {
    "another application": lambda f: f.signed(app_id=f.other_app_id),
    "application missing": lambda f: f.signed(app_id=None),
    "application empty": lambda f: f.signed(app_id=""),
    "application with a space": lambda f: f.signed(app_id=f.fields()["app_id"] + " "),
    "application in full-width digits": lambda f: f.signed(app_id=f.fields()["app_id"].replace("2", "２")),
    "another seller": lambda f: f.signed(seller_id="2088000000000000"),
    "seller with a space": lambda f: f.signed(seller_id=" " + f.fields()["seller_id"]),
    **{f"{name} missing": lambda f, name=name: f.signed(**{name: None}) for name in (
        "out_trade_no", "trade_no", "trade_status", "total_amount", "notify_id")},
    **{f"{name} empty": lambda f, name=name: f.signed(**{name: ""}) for name in (
        "out_trade_no", "trade_no", "trade_status", "total_amount", "notify_id")},
    **{f"sum {text!r}": lambda f, text=text: f.signed(total_amount=text) for text in (
        "1e2", "9.9e0", "-1", "-9.90", "+9.9", " 9.9", "9.9 ", "9.9\n", "９.９０", "9．90", "٩.٩", "९.९", "9.900",
        "9.90000000000000001", "009.9", "09.90", "9,90", "9.", ".9", "9.9.0", "0x9", "NaN", "inf", "9.9元", "¥9.9",
        "10,000", "9_0", "1" * 30, "92233720368547758.08", "184467440737095526.06", "1000000000")},
    **{f"status {text!r}": lambda f, text=text: f.signed(trade_status=text) for text in (
        "trade_success", "TRADE_SUCCESS ", " TRADE_SUCCESS", "TRADE_SUCCESS\n", "SUCCESS", "TRADE_PENDING",
        "ＴRADE_SUCCESS")},
    **{f"refunded {text!r}": lambda f, text=text: f.signed(refund_fee=text, gmt_refund="2026-01-01 00:00:00.000")
       for text in ("-1", "1e2", "９", " 1")},
}

REFUSED = {**SIGNATURES, **FORMS, **FACTS}

KEPT = {
    "another sum": (lambda f: f.signed(total_amount="9.91"), HELD),
    "a sum of one fen": (lambda f: f.signed(total_amount="0.01"), HELD),
    "the sum and 2^32 fen": (lambda f: f.signed(total_amount="42949682.86"), HELD),
    "the sum of nothing": (lambda f: f.signed(total_amount="0.00"), HELD),
    "ten times the sum": (lambda f: f.signed(total_amount="99"), HELD),
    "fen in place of yuan": (lambda f: f.signed(total_amount="990"), HELD),
    "another sum of a finished trade": (
        lambda f: f.signed(trade_status="TRADE_FINISHED", total_amount="9.89"), HELD),
    "order number in lower case": (lambda f: f.signed(out_trade_no=f.number.lower()), FOREIGN),
    "order number of nobody": (lambda f: f.signed(out_trade_no="COIN_20200101_99999999"), NOBODYS),
    "order number cut": (lambda f: f.signed(out_trade_no=f.number[:-1]), NOBODYS),
    "order number and a digit": (lambda f: f.signed(out_trade_no=f.number + "0"), NOBODYS),
    "order number as a pattern": (lambda f: f.signed(out_trade_no="COIN_%"), FOREIGN),
    "order number of SQL": (lambda f: f.signed(out_trade_no="'or'1'='1"), FOREIGN),
    "order number with a space behind": (lambda f: f.signed(out_trade_no=f.number + " "), WITHOUT_MONEY),
    "order number with a space before": (lambda f: f.signed(out_trade_no=" " + f.number), WITHOUT_MONEY),
    "order number of a thousand characters": (lambda f: f.signed(out_trade_no="COIN_" * 200), WITHOUT_MONEY),
    "order number in full-width letters": (
        lambda f: f.signed(out_trade_no=f.number.replace("COIN", "ＣＯＩＮ")), WITHOUT_MONEY),
    "waiting for the buyer": (lambda f: f.signed(trade_status="WAIT_BUYER_PAY"), WITHOUT_MONEY),
    "news of another kind": (lambda f: f.signed(notify_type="servicemarket_order_notify"), WITHOUT_MONEY),
}

# Genuine, and with bytes of no character in what nobody reads: settled.
ODD_BYTES = {
    "bytes that are no UTF-8": lambda f: f.signed(subject=b"\xff\xfe"),
    "UTF-8 that is longer than it needs": lambda f: f.signed(subject=b"\xc0\x80"),
    "half a pair in UTF-8": lambda f: f.signed(subject=b"\xed\xa0\x80"),
    "bytes that are no GBK": lambda f: f.notice(form(f.pairs(f.fields(charset="gbk", subject=b"\xff\xff")))),
    "half a character of GBK": lambda f: f.notice(form(f.pairs(f.fields(charset="gbk", subject=b"\xbd")))),
    "GBK that says UTF-8": lambda f: f.signed(subject="金币".encode("gbk")),
    "0x80 in GBK": lambda f: f.notice(form(f.pairs(f.fields(charset="gbk", subject=b"\x80")))),
    "a cut name in several fields": lambda f: f.signed(subject=b"\xe9\x87", body=b"\xe9", passback_params=b"\x80"),
}

# Genuine, about a payment of ours, and with a number that no column can keep: stored as far as it can be read, and parked.
UNSTORABLE = {
    "Alipay's number of a thousand characters": lambda f: f.signed(trade_no="2" * 1_000),
    "name of the notification of a thousand characters": lambda f: f.signed(notify_id="a" * 1_000),
    "order number of 300 characters": lambda f: f.signed(out_trade_no=f.number + "0" * 280),
    "order number with a family behind": lambda f: f.signed(out_trade_no=f.number + "👨‍👩‍👧‍👦"),
    "order number with control characters": lambda f: f.signed(out_trade_no=f.number + "\r\n\x1b[31m"),
    "order number with a byte of no character": lambda f: f.signed(out_trade_no=f.number.encode() + b"\x80"),
    "Alipay's number with a family": lambda f: f.signed(trade_no="2026👨‍👩‍👧‍👦"),
    "Alipay's number with control characters": lambda f: f.signed(trade_no="2026\x01\x7f"),
    "name of the notification with a family": lambda f: f.signed(notify_id="👨‍👩‍👧‍👦"),
    "name of the notification with control characters": lambda f: f.signed(notify_id="a\tb\x01"),
    **{f"number of a refund {name}": lambda f, number=number: f.signed(
        refund_fee="1.00", gmt_refund="2026-01-02 03:04:05.000", out_biz_no=number) for name, number in (
            ("of 300 characters", "R" * 300), ("of a family", "👨‍👩‍👧‍👦"), ("of control characters", "R\x01\x02"))},
}
