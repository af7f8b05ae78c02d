"""The WeChat Pay gateway of the tests, checked by other people's clients: wechatpy (v2) and wechatpayv3."""

import datetime
import gzip
import hashlib
import json
import uuid

import pytest
import requests
import wechatpayv3
import wechatpy.pay
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.pay.utils import calculate_signature, calculate_signature_hmac

from support.wechat import NOTIFY_URL, WeChatServer
from support.wechat_book import beijing_now
from support.wechat_clients import V2Client, create, new_v3
from support.wechat_v2 import signed_xml


@pytest.fixture(scope="module")
def gateway():
    with WeChatServer() as server:
        yield server


@pytest.fixture(autouse=True)
def clean(gateway):
    gateway.problems.clear()
    yield
    gateway.behave()


@pytest.fixture(params=["v2", "v2-md5"])
def v2(gateway, request):
    client = V2Client(gateway, request.param)
    client.mode = request.param
    return client


def new_number():
    return "COIN_" + uuid.uuid4().hex[:20]


@pytest.fixture(params=["v3-public-key", "v3-platform"])
def v3(gateway, request):
    client = new_v3(gateway, request.param)
    client.mode = request.param
    return client


def test_the_sample_of_the_documentation_has_the_documented_signatures():
    sample = {"appid": "wxd930ea5d5a258f4f", "body": "test", "device_info": "1000", "mch_id": "10000100",
              "nonce_str": "ibuaiVcKdpRxkhJA"}
    key = "192006250b4c09247ec02edce69f6a2d"
    assert calculate_signature(sample, key) == "9A0A8659F005D6984697E2CA0A9CF3B7"
    assert calculate_signature_hmac(sample, key) == (
        "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6")


def test_v2_sells_and_gives_back(gateway, v2):
    number = new_number()
    made = v2.create(number)
    assert made["code_url"].startswith("weixin://") and made["prepay_id"]
    sign = made.pop("sign")
    assert sign == (calculate_signature if v2.mode == "v2-md5" else calculate_signature_hmac)(made, v2.api_key)
    assert v2.order.query(out_trade_no=number)["trade_state"] == "NOTPAY"
    trade = gateway.pay(v2.mode, number, coupon=90)
    found = v2.order.query(out_trade_no=number)
    assert [found[n] for n in ("trade_state", "total_fee", "cash_fee")] == ["SUCCESS", "990", "900"]
    v2.fails("ORDERPAID", v2.order.close, number)
    v2.fails("ORDERPAID", v2.create, number)
    first = v2.refund.apply(990, 300, number + "_R1", out_trade_no=number)
    assert v2.refund.apply(990, 300, number + "_R1", out_trade_no=number)["refund_id"] == first["refund_id"]
    v2.fails("REFUND_FEE_MISMATCH", v2.refund.apply, 990, 301, number + "_R1", out_trade_no=number)
    v2.fails("INVALID_REQUEST", v2.refund.apply, 990, 691, number + "_R2", out_trade_no=number)
    assert v2.order.query(out_trade_no=number)["trade_state"] == "REFUND"
    assert v2.refund.query(out_refund_no=number + "_R1")["refund_status_0"] == "PROCESSING"
    notice = v2.parse_refund_notify_result(gateway.finish_refund(v2.mode, number + "_R1").body.decode())
    assert notice["refund_status"] == "SUCCESS" and notice["refund_fee"] == 300
    assert v2.refund.query(out_refund_no=number + "_R1")["refund_status_0"] == "SUCCESS"
    assert trade.transaction_id == found["transaction_id"] and gateway.problems == []


def test_v2_knows_closed_changed_and_unknown_numbers(gateway, v2):
    number = new_number()
    v2.fails("ORDERNOTEXIST", v2.order.query, out_trade_no=number)
    v2.create(number)
    v2.fails("OUT_TRADE_NO_USED", v2.create, number, fee=991)
    v2.order.close(number)
    assert v2.order.query(out_trade_no=number)["trade_state"] == "CLOSED"
    v2.fails("ORDERCLOSED", v2.order.close, number)
    v2.fails("ORDERCLOSED", v2.create, number)
    v2.fails("REFUNDNOTEXIST", v2.refund.query, out_refund_no=number)
    assert gateway.problems == []


def test_v2_makes_a_bill_of_a_past_day(gateway, v2):
    number, yesterday = new_number(), beijing_now() - datetime.timedelta(days=1)
    v2.create(number, trade_type="MWEB", product_id=None, scene_info={"h5_info": {
        "type": "Wap", "wap_url": "https://coins.example.com", "wap_name": "Coins"}})
    gateway.pay(v2.mode, number, at=yesterday)
    text = v2.tools.download_bill(yesterday)
    lines = text.splitlines()
    assert text.startswith("\ufeff交易时间") and f"`{number}" in lines[1] and "`9.90" in lines[1]
    assert lines[2].startswith("总交易单数") and lines[3].startswith("`1,`9.90") and len(lines) == 4
    v2.fails("No Bill Exist", v2.tools.download_bill, beijing_now())
    assert gateway.problems == []


def test_v2_notifications_are_what_wechatpy_expects(gateway):
    client, number = V2Client(gateway, "v2-md5"), new_number()
    client.create(number)
    trade = gateway.pay("v2-md5", number)
    notice = gateway.payment_news("v2-md5", trade)
    assert client.parse_payment_result(notice.body)["total_fee"] == 990
    with pytest.raises(InvalidSignatureException):
        client.parse_payment_result(notice.body.replace(b"990", b"991"))


@pytest.mark.parametrize("changes,problem", [
    ({"body": "长" * 43}, "body"), ({"total_fee": "9.9"}, "total_fee"), ({"fee_type": "USD"}, "fee_type"),
    ({"notify_url": NOTIFY_URL + "?a=1"}, "notify_url"), ({"notify_url": "http://coins.example.com/"}, "notify_url"),
    ({"client_ip": "here"}, "spbill_create_ip"), ({"out_trade_no": "12345"}, "out_trade_no"),
    ({"product_id": None}, "product_id"), ({"trade_type": "MWEB"}, "scene_info"), ({"nonce_str": "a" * 33}, "nonce_str"),
    ({"time_expire": beijing_now() - datetime.timedelta(hours=8)}, "time_expire"), ({"colour": "red"}, "colour"),
    ({"sign_type": "MD5"}, "sign_type"), ({"appid": "wx0"}, "appid"),
])
def test_v2_sees_what_is_wrong_with_a_request(gateway, changes, problem):
    client = V2Client(gateway, "v2")
    client.sign_type = changes.get("sign_type", client.sign_type)
    options = {k: v for k, v in changes.items() if k not in ("sign_type", "appid")}
    client.appid = changes.get("appid", client.appid)
    client.fails("PARAM_ERROR", client.create, **{"number": new_number(), "fee": 990} | {
        {"out_trade_no": "number", "total_fee": "fee"}.get(k, k): v for k, v in options.items()})
    assert any(problem in text for text in gateway.problems)


@pytest.mark.parametrize("body,code", [
    (b"<xml><a>1</a>", b"XML_FORMAT_ERROR"), (b"{}", b"XML_FORMAT_ERROR"),
    (b"<!DOCTYPE xml><xml><mch_id>1</mch_id></xml>", b"XML_FORMAT_ERROR"),
    (b"<xml><mch_id>1900000001</mch_id><sign>00</sign></xml>", b"SIGNERROR"),
    (b"<xml><mch_id>1</mch_id></xml>", b"MCHID_NOT_EXIST"),
])
def test_v2_refuses_what_it_cannot_trust(gateway, body, code):
    assert code in requests.post(gateway.url + "/pay/orderquery", data=body, timeout=10).content
    assert gateway.problems


def test_v2_refunds_need_the_client_certificate(gateway):
    client = V2Client(gateway, "v2")
    client.mch_cert = None
    with pytest.raises(wechatpy.exceptions.WeChatPayException) as caught:
        client.refund.apply(990, 300, new_number(), out_trade_no=new_number())
    assert caught.value.response.status_code == 400 and "client certificate" in gateway.problems[0]


def test_v3_sells_and_gives_back(gateway, v3):
    number = new_number()
    status, made = create(v3, number)
    assert status == 200 and json.loads(made)["code_url"].startswith("weixin://")
    assert create(v3, number, fee=991)[0] == 403
    trade = gateway.pay(v3.mode, number, coupon=90)
    found = json.loads(v3.query(out_trade_no=number)[1])
    assert found["trade_state"] == "SUCCESS" and found["amount"]["total"] == 990
    assert found["amount"]["payer_total"] == 900
    assert json.loads(v3.query(transaction_id=trade.transaction_id)[1])["out_trade_no"] == number
    assert v3.close(number)[0] == 400
    money = {"refund": 300, "total": 990, "currency": "CNY"}
    first, again = (json.loads(v3.refund(number + "_R1", money, out_trade_no=number)[1]) for _ in range(2))
    assert first["refund_id"] == again["refund_id"] and first["status"] == "PROCESSING"
    assert v3.refund(number + "_R2", {**money, "refund": 691}, out_trade_no=number)[0] == 400
    notice = gateway.finish_refund(v3.mode, number + "_R1")
    resource = v3.callback(notice.headers, notice.body)["resource"]
    assert resource["refund_status"] == "SUCCESS" and resource["amount"]["refund"] == 300
    assert json.loads(v3.query_refund(number + "_R1")[1])["status"] == "SUCCESS"
    assert v3.query_refund(number + "_R9")[0] == 404 and gateway.problems == []


def test_v3_closes_with_a_signed_empty_answer(gateway, v3):
    number = new_number()
    assert v3.close(number)[0] == 404
    v3.pay("100 coins", number, {"total": 1, "currency": "CNY"}, pay_type=wechatpayv3.WeChatPayType.H5,
           scene_info={"payer_client_ip": "203.0.113.9", "h5_info": {"type": "Wap"}})
    assert v3.close(number) == (204, "")
    assert json.loads(v3.query(out_trade_no=number)[1])["trade_state"] == "CLOSED"
    assert v3.close(number)[0] == 400 and gateway.problems == []


def test_v3_makes_a_bill_of_a_past_day(gateway, v3):
    number, yesterday = new_number(), beijing_now() - datetime.timedelta(days=1)
    create(v3, number)
    gateway.pay(v3.mode, number, at=yesterday)
    offer = json.loads(v3.trade_bill(f"{yesterday:%Y-%m-%d}")[1])
    text = gzip.decompress(v3.download_bill(offer["download_url"])[1])
    assert hashlib.sha1(text).hexdigest() == offer["hash_value"] and number.encode() in text
    assert text.startswith(b"\xef\xbb\xbf")
    assert v3.trade_bill(f"{beijing_now():%Y-%m-%d}")[0] == 400 and gateway.problems == []


def test_v3_notifications_are_what_wechatpayv3_expects(gateway, v3):
    number = new_number()
    create(v3, number)
    notice = gateway.payment_news(v3.mode, gateway.pay(v3.mode, number))
    resource = v3.callback(notice.headers, notice.body)["resource"]
    assert resource["out_trade_no"] == number and resource["trade_state"] == "SUCCESS"
    assert not v3.callback(notice.headers, notice.body.replace(b"TRANSACTION", b"TRANSACTIoN"))


def test_v3_platform_certificates_rotate(gateway):
    client = new_v3(gateway, "v3-platform")
    create(client, new_number())
    newer = gateway.platform.rotate()
    assert create(client, new_number())[0] == 200
    known = {certificate.serial_number for certificate in client._core._certificates}
    assert int(newer.serial, 16) in known and len(known) == len(gateway.platform.certified)
    assert new_v3(gateway, "v3-public-key")._core.request("/v3/certificates")[0] == 404


@pytest.mark.parametrize("mode", ["unsigned", "wrong-signature", "signtest", "unknown-serial"])
def test_v3_spoilt_answers_are_not_believed_by_the_client(gateway, v3, mode):
    gateway.misbehave(mode)
    with pytest.raises(Exception):
        create(v3, new_number())


@pytest.mark.parametrize("changes,problem", [
    ({"number": "12345"}, "out_trade_no"), ({"fee": 0}, "total"), ({"fee": 9.9}, "total"), ({"fee": "990"}, "total"),
    ({"notify_url": NOTIFY_URL + "?a=1"}, "notify_url"), ({"attach": "a" * 129}, "attach"),
    ({"pay_type": wechatpayv3.WeChatPayType.H5, "scene_info": {"h5_info": {"type": "Wap"}}}, "payer_client_ip"),
    ({"appid": "wx0"}, "appid"), ({"goods_tag": "x"}, "fields"),
])
def test_v3_sees_what_is_wrong_with_a_request(gateway, v3, changes, problem):
    assert create(v3, **{"number": new_number()} | changes)[0] == 400
    assert any(problem in text for text in gateway.problems)


def test_v3_refuses_what_is_not_signed_by_the_merchant(gateway, v3):
    v3._core._private_key = gateway.accounts["v2"].key
    assert create(v3, new_number())[0] == 401 and "signature" in gateway.problems[0]
    answer = requests.get(gateway.url + "/v3/certificates", timeout=10)
    assert answer.status_code == 401


def test_v3_public_key_mode_asks_for_the_serial_header(gateway):
    client = new_v3(gateway, "v3-public-key")
    client._core._public_key_id = None
    assert create(client, new_number())[0] == 400 and "Wechatpay-Serial" in gateway.problems[0]


@pytest.mark.parametrize("mode", ["lose-answer", "system-error", "unsigned", "wrong-signature"])
def test_a_spoilt_answer_does_not_mean_that_nothing_was_done(gateway, v3, mode):
    number = new_number()
    gateway.misbehave(mode, "native")
    try:
        assert create(v3, number)[0] == 500
    except Exception as error:
        assert mode != "system-error", error
    assert json.loads(v3.query(out_trade_no=number)[1])["trade_state"] == "NOTPAY"


@pytest.mark.parametrize("mode,status", [("error", 500), ("redirect", 302), ("garbage", 200), ("huge", 200)])
def test_a_deaf_gateway_does_nothing(gateway, v2, mode, status):
    number = new_number()
    gateway.misbehave(mode, "/pay/unifiedorder")
    answer = requests.post(gateway.url + "/pay/unifiedorder", data=b"<xml/>", timeout=10, allow_redirects=False)
    assert answer.status_code == status
    v2.fails("ORDERNOTEXIST", v2.order.query, out_trade_no=number)


@pytest.mark.parametrize("mode", ["hang", "reset"])
def test_a_silent_gateway_gives_no_answer(gateway, mode):
    gateway.misbehave(mode)
    with pytest.raises((requests.Timeout, requests.ConnectionError)):
        requests.post(gateway.url + "/pay/unifiedorder", data=b"<xml/>", timeout=0.3)


def test_a_doctype_comes_with_a_genuine_signature(gateway):
    client, number = V2Client(gateway, "v2"), new_number()
    client.create(number)
    gateway.misbehave("doctype")
    merchant = gateway.accounts["v2"]
    fields = {"appid": merchant.app_id, "mch_id": merchant.mch_id, "nonce_str": uuid.uuid4().hex,
              "out_trade_no": number, "sign_type": "HMAC-SHA256"}
    body = signed_xml(fields, merchant.api_key, "HMAC-SHA256").encode()
    answer = requests.post(
        gateway.url + "/pay/orderquery", data=body, headers={"Content-Type": "text/xml"}, timeout=10).text
    assert answer.startswith("<!DOCTYPE") and "<result_code><![CDATA[SUCCESS]]>" in answer and gateway.problems == []


@pytest.mark.parametrize("twist,name,expected", [
    ("other-order", "out_trade_no", "COIN_20200101_00000000"), ("other-amount", "total_fee", "1980")])
def test_an_answer_about_something_else_is_signed_too(gateway, v2, twist, name, expected):
    number = new_number()
    v2.create(number)
    gateway.misbehave(twist, "orderquery")
    found = v2.order.query(out_trade_no=number)
    sign = found.pop("sign")
    assert found[name] == expected
    assert sign == (calculate_signature if v2.mode == "v2-md5" else calculate_signature_hmac)(found, v2.api_key)
