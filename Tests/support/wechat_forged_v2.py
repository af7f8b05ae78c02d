"""Notifications of v2 that must be refused, and genuine ones that must move no money; each made by a forger."""

import base64
import json

from .wechat_forger import FOREIGN, HELD, NOBODYS, WITHOUT_MONEY
from .wechat_news import News, v2_payment_fields, xml_news

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
    "signature empty": lambda f: xml_news(f.v2_unsigned("<sign></sign>")),
    "signature missing": lambda f: xml_news(f.v2_unsigned()),
    "wrong key": lambda f: f.v2(key="0" * 32),
    "wrong key with MD5": lambda f: f.v2(key="0" * 32, sign_type="MD5"),
    "another merchant's key": lambda f: f.v2(key=f.other.api_key),
    "the key of v3": lambda f: f.v2(key=f.merchant.api_v3_key),
    "the key in upper case": lambda f: f.v2(key=f.merchant.api_key.upper()),
    "key not appended": lambda f: f.v2_keyed_only(),
    "signature of another notification": lambda f: xml_news(
        f.v2_unsigned("<sign>" + f.v2_text().split("<sign>")[1].removesuffix("</xml>"))),
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
    "more than 1 MiB": lambda f: f.v2(attach="a" * 1_100_000),
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
    "order number in lower case": (lambda f: f.v2(out_trade_no=f.trade.out_trade_no.lower()), FOREIGN),
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

# Genuine, about a payment of ours, and with a number that no column can keep: stored as far as it can be read, and parked.
V2_UNSTORABLE = {
    "order number of 300": lambda f: f.v2(out_trade_no=f.trade.out_trade_no + "0" * 280),
    "order number with a family": lambda f: f.v2(out_trade_no=f.trade.out_trade_no + "👨‍👩‍👧‍👦"),
    "order number with control characters": lambda f: f.v2_bytes(out_trade_no=f.trade.out_trade_no.encode() + b"\t\n\x7f"),
    "transaction number of 300": lambda f: f.v2(transaction_id="4" * 300),
    "transaction number of a family": lambda f: f.v2(transaction_id="👨‍👩‍👧‍👦"),
    "transaction number with a byte of no character": lambda f: f.v2_bytes(transaction_id=b"4200\x80"),
    "refund number of 300": lambda f: f.refund(f.refund_text("R" * 300)),
    "refund number of a family": lambda f: f.refund(f.refund_text("👨‍👩‍👧‍👦")),
}
