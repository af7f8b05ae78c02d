"""Alipay's gateway of the tests, checked by other people's clients: python-alipay-sdk and Alipay's official SDK."""

import base64
import datetime
import io
import urllib.parse
import uuid
import zipfile

import pytest
import requests

from support.alipay import MODES, OfficialSDK

pytestmark = pytest.mark.usefixtures("alipay_as_documented")

NOTIFY_URL = "https://coins.example.com/api/payment/webhook/alipay"
BEIJING = datetime.timezone(datetime.timedelta(hours=8))


@pytest.fixture(scope="module")
def official():
    with OfficialSDK() as sdk:
        yield sdk


@pytest.fixture(params=MODES)
def client(alipay, request):
    return Client(alipay, request.param)


def new_number():
    return "COIN_" + uuid.uuid4().hex[:20]


class Client:
    """python-alipay-sdk as a merchant uses it, in either mode."""

    def __init__(self, alipay, mode):
        self.alipay, self.mode = alipay, mode

    def ask(self, call, **arguments):
        return self.alipay.control("ask", mode=self.mode, call=call, arguments=arguments)

    def do(self, call, **arguments):
        answer = self.ask("api_alipay_" + call, **arguments)
        assert "error" not in answer, answer
        return answer["answer"]

    def fails(self, sub_code, call, **arguments):
        answer = self.do(call, **arguments)
        assert (answer["code"], answer["sub_code"]) == ("40004", sub_code), answer

    def precreate(self, number, **changes):
        return self.do("trade_precreate", **{
            "subject": "100 金币", "out_trade_no": number, "total_amount": "9.90", "notify_url": NOTIFY_URL,
            "timeout_express": "30m", **changes})

    def page(self, number, kind="page", **changes):
        query = self.do(f"trade_{kind}_pay", **{
            "subject": "100 金币", "out_trade_no": number, "total_amount": "9.90", "notify_url": NOTIFY_URL,
            "return_url": "https://coins.example.com/payment/success", "timeout_express": "30m", **changes})
        return requests.get(self.alipay.url + "?" + query, timeout=10)


def test_a_code_sells_and_gives_back(alipay, client):
    number = new_number()
    assert client.precreate(number)["qr_code"].startswith("https://qr.alipay.com/bax")
    client.fails("ACQ.TRADE_NOT_EXIST", "trade_query", out_trade_no=number)
    client.fails("ACQ.TRADE_NOT_EXIST", "trade_close", out_trade_no=number)
    alipay.control("scan", mode=client.mode, out_trade_no=number)
    assert client.do("trade_query", out_trade_no=number)["trade_status"] == "WAIT_BUYER_PAY"
    client.fails("ACQ.TRADE_STATUS_ERROR", "trade_refund", out_trade_no=number, refund_amount="1.00",
                 out_request_no="R1")
    alipay.pay(client.mode, number)
    found = client.do("trade_query", out_trade_no=number)
    assert [found[n] for n in ("trade_status", "total_amount")] == ["TRADE_SUCCESS", "9.90"]
    assert client.do("trade_query", trade_no=found["trade_no"], out_trade_no="x")["out_trade_no"] == number
    client.fails("ACQ.REASON_TRADE_STATUS_INVALID", "trade_close", out_trade_no=number)
    refund = {"out_trade_no": number, "refund_amount": "3.00", "out_request_no": number + "_R1"}
    assert client.do("trade_refund", **refund)["fund_change"] == "Y"
    assert client.do("trade_refund", **refund)["fund_change"] == "N"
    client.fails("ACQ.DISCORDANT_REPEAT_REQUEST", "trade_refund", **{**refund, "refund_amount": "3.01"})
    client.fails("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "trade_refund",
                 **{**refund, "refund_amount": "6.91", "out_request_no": number + "_R2"})
    state = client.do("trade_fastpay_refund_query", out_request_no=number + "_R1", out_trade_no=number)
    assert (state["refund_status"], state["refund_amount"]) == ("REFUND_SUCCESS", "3.00")
    unknown = client.do("trade_fastpay_refund_query", out_request_no=number + "_R2", out_trade_no=number)
    assert unknown["code"] == "10000" and "refund_status" not in unknown
    rest = client.do("trade_refund", out_trade_no=number, refund_amount="6.90", out_request_no=number + "_R2")
    assert rest["refund_fee"] == "9.90"
    assert client.do("trade_query", out_trade_no=number)["trade_status"] == "TRADE_CLOSED"


@pytest.mark.parametrize("kind,code", [("page", "FAST_INSTANT_TRADE_PAY"), ("wap", "QUICK_WAP_WAY")])
def test_a_page_makes_a_trade_when_the_buyer_pays(alipay, client, kind, code):
    number = new_number()
    more = {"quit_url": "https://coins.example.com/coin"} if kind == "wap" else {}
    for _ in range(2):
        shown = client.page(number, kind, product_code=code, **more)
        assert shown.status_code == 200 and number in shown.text and "9.90" in shown.text
    client.fails("ACQ.TRADE_NOT_EXIST", "trade_query", out_trade_no=number)
    assert "ACQ.CONTEXT_INCONSISTENT" in client.page(
        number, kind, product_code=code, total_amount="9.91", **more).text
    alipay.pay(client.mode, number)
    assert "ACQ.TRADE_HAS_SUCCESS" in client.page(number, kind, product_code=code, **more).text
    alipay.control("finish", mode=client.mode, out_trade_no=number)
    assert client.do("trade_query", out_trade_no=number)["trade_status"] == "TRADE_FINISHED"
    client.fails("ACQ.TRADE_HAS_FINISHED", "trade_refund", out_trade_no=number, refund_amount="9.90",
                 out_request_no=number)


def test_a_closed_trade_stays_closed(alipay, client):
    number = new_number()
    client.precreate(number)
    alipay.control("scan", mode=client.mode, out_trade_no=number)
    assert client.do("trade_close", out_trade_no=number)["out_trade_no"] == number
    client.fails("ACQ.TRADE_STATUS_ERROR", "trade_close", out_trade_no=number)
    assert client.do("trade_query", out_trade_no=number)["trade_status"] == "TRADE_CLOSED"
    client.fails("ACQ.TRADE_HAS_CLOSE", "trade_precreate", subject="x", out_trade_no=number, total_amount="9.90",
                 notify_url=NOTIFY_URL, timeout_express="30m")


@pytest.mark.parametrize("changes,problem", [
    ({"total_amount": 9.9}, "total_amount"), ({"total_amount": "9.905"}, "total_amount"),
    ({"total_amount": "0.00"}, "total_amount is nothing"), ({"subject": "a/b"}, "subject"),
    ({"product_code": "QUICK_WAP_PAY"}, "product_code"),
    ({"notify_url": NOTIFY_URL + "?a=b"}, "notify_url has a query"),
    ({"out_trade_no": "a-b"}, "out_trade_no"), ({"time_expire": "2020-01-01 00:00:00"}, "time_expire"),
    ({"colour": "red"}, "colour unknown"), ({"timeout_express": None}, "no time to pay"),
])
def test_a_request_that_breaks_a_rule_is_reported(alipay, changes, problem):
    arguments = {"subject": "x", "out_trade_no": new_number(), "total_amount": "9.90", "notify_url": NOTIFY_URL,
                 "timeout_express": "30m", **changes}
    if arguments["timeout_express"] is None:
        del arguments["timeout_express"]
    answer = Client(alipay, "key").ask("api_alipay_trade_precreate", **arguments)
    assert "40002" in str(answer)
    assert alipay.problems() == [f"alipay.trade.precreate: {problem}"]


def test_a_bill_of_a_past_day_is_an_archive_in_gbk(alipay, client):
    number, day = new_number(), datetime.datetime.now(BEIJING).date() - datetime.timedelta(days=1)
    client.precreate(number)
    alipay.pay(client.mode, number, days_ago=1)
    alipay.control("refund", mode=client.mode, out_trade_no=number, amount=300, number=number + "_R1")
    ask = {"api_name": "alipay.data.dataservice.bill.downloadurl.query"}
    answer = client.ask("server_api", **ask, biz_content={"bill_type": "trade", "bill_date": str(day)})["answer"]
    files = zipfile.ZipFile(io.BytesIO(requests.get(answer["bill_download_url"], timeout=10).content))
    names = [entry.orig_filename.encode("cp437").decode("gbk") for entry in files.infolist()]
    assert names[0].endswith("_业务明细.csv") and names[1].endswith("_业务明细(汇总).csv")
    lines = files.read(files.infolist()[0]).decode("gbk").splitlines()
    [line] = [line for line in lines if number in line]
    assert lines[0].startswith("#") and f"{number}\t,交易\t,100 金币\t" in line and ",9.90,9.90," in line
    header = next(line for line in lines if line.startswith("支付宝交易号"))
    assert line.count(",") == header.count(",") == 24
    refused = [client.ask("server_api", **ask, biz_content={"bill_type": "trade", "bill_date": date})
               for date in ("2020-01-01", str(datetime.datetime.now(BEIJING).date()))]
    assert refused[0]["answer"]["sub_code"] == "isp.bill_not_exist"
    assert refused[1]["answer"]["sub_code"] == "isv.invalid_arguments"


def test_the_official_sdk_believes_the_answers(alipay, official):
    number, keys = new_number(), alipay.control("keys", mode="key")
    who = {"gateway": alipay.url, "app_id": keys["app_id"],
           "private_key": alipay.key_text(keys["private_pkcs1"], "pkcs1"),
           "public_key": alipay.key_text(keys["alipay_public"], "bare")}
    Client(alipay, "key").precreate(number)
    alipay.pay("key", number)
    answer = official.do("call", **who, name="AlipayTradeQueryRequest", content={"out_trade_no": number})
    assert answer.get("trade_status") == "TRADE_SUCCESS", (answer, alipay.problems())
    alipay.misbehave("wrong-signature")
    refused = official.do("call", **who, name="AlipayTradeQueryRequest", content={"out_trade_no": number})
    assert "verify failed" in refused["error"] or "Verification" in refused["error"], refused


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_the_official_sdk_believes_the_notifications(alipay, official, client, charset):
    number = new_number()
    client.precreate(number)
    alipay.pay(client.mode, number)
    form = dict(urllib.parse.parse_qsl(
        alipay.notice(client.mode, number, charset=charset).body.decode(), encoding=charset))
    signature = form.pop("sign")
    assert form.pop("sign_type") == "RSA2" and form["subject"] == "100 金币"
    text = "&".join(f"{name}={form[name]}" for name in sorted(form))
    key = alipay.key_text(alipay.control("keys", mode=client.mode)["alipay_public"], "bare")
    data = base64.b64encode(text.encode(charset)).decode()
    assert official.do("verify", public_key=key, data=data, signature=signature)
    other = base64.b64encode(text.replace("9.90", "9.91").encode(charset)).decode()
    assert not official.do("verify", public_key=key, data=other, signature=signature)


@pytest.mark.parametrize("mode", ["unsigned", "wrong-signature", "system-error", "garbage", "error", "reset"])
def test_a_client_notices_misbehaviour(alipay, client, mode):
    number = new_number()
    client.precreate(number)
    alipay.pay(client.mode, number)
    alipay.misbehave(mode, "query")
    answer = client.ask("api_alipay_trade_query", out_trade_no=number)
    assert answer.get("answer", {"code": "none"})["code"] in ("none", "20000")
    alipay.behave()
    assert client.do("trade_query", out_trade_no=number)["trade_status"] == "TRADE_SUCCESS"


def test_a_new_certificate_can_be_downloaded(alipay):
    client = Client(alipay, "cert")
    serial = alipay.control("rotate")
    answer = client.ask("server_api", api_name="alipay.open.app.alipaycert.download",
                        biz_content={"alipay_cert_sn": serial})["answer"]
    assert "BEGIN CERTIFICATE" in base64.b64decode(answer["alipay_cert_content"]).decode()
