"""`coinpay provider books` reads what each provider wrote down of a day."""

import datetime
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from support.alipay_site import made as made_by_alipay
from support.alipay_site import visited
from support.stack import Stack
from support.stripe_fake import StripeFake
from support.stripe_fixtures import SETTINGS
from support.wechat_site import made as made_by_wechat

BEIJING = datetime.timezone(datetime.timedelta(hours=8))


def beijing_day(days_ago):
    return str((datetime.datetime.now(BEIJING) - datetime.timedelta(days=days_ago)).date())


@pytest.fixture(scope="module")
def fake():
    with StripeFake() as server:
        yield server


@pytest.fixture(scope="module", params=["key", "cert"])
def alipay_site(alipay, request):
    with Stack(f"books-{request.param}", **alipay.settings(request.param)) as stack:
        stack.mode = request.param
        yield stack


@pytest.fixture(scope="module", params=["v2", "v3-public-key"])
def wechat_site(wechat, request):
    with Stack(f"books-{request.param}", **wechat.settings(request.param)) as stack:
        stack.mode = request.param
        yield stack


def books(site, method, day, expected=0):
    result = site.coinpay("provider", "books", method, "--date", day, check=False)
    assert result.returncode == expected, result.stdout + result.stderr
    return [line.split("  ") for line in result.stdout.splitlines()], result.stderr


def test_alipays_archive_is_read(alipay_site, alipay):
    user = alipay_site.new_user()
    order = visited(made_by_alipay(alipay_site, user.order(method="ALIPAY")))
    number = order["number"]
    alipay.pay(alipay_site.mode, number, days_ago=1)
    alipay.control("refund", mode=alipay_site.mode, out_trade_no=number, amount=300, number=number + "_R1")
    lines, said = books(alipay_site, "ALIPAY", beijing_day(1))
    mine = [line for line in lines if line[5] == number]
    assert [line[1:5] for line in mine] == [["PAYMENT", "SUCCEEDED", "990", "CNY"]]
    assert "lines" in said
    today, _ = books(alipay_site, "ALIPAY", "2020-01-01")
    assert today == []
    _, said = books(alipay_site, "ALIPAY", beijing_day(0), expected=75)
    assert "not there yet" in said


def test_wechats_bill_is_read(wechat_site, wechat):
    user = wechat_site.new_user()
    order = made_by_wechat(wechat_site, user.order(method="WECHAT"))
    yesterday = datetime.datetime.now(BEIJING).replace(microsecond=0) - datetime.timedelta(days=1)
    wechat.pay(wechat_site.mode, order["number"], coupon=100, at=yesterday)
    lines, _ = books(wechat_site, "WECHAT", beijing_day(1))
    mine = [line for line in lines if line[5] == order["number"]]
    assert [line[1:5] for line in mine] == [["PAYMENT", "SUCCEEDED", "990", "CNY"]]
    assert books(wechat_site, "WECHAT", "2020-01-01")[0] == []


def test_stripes_pages_are_read(fake):
    with Stack("books-stripe", STRIPE_API_URL=fake.url, **SETTINGS) as site:
        user = site.new_user()
        fake.book.clock_offset = -86_400
        numbers = []
        for _ in range(3):
            order = user.order(method="STRIPE")
            number = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
            fake.checkout.pay(number)
            numbers.append(number)
        fake.book.clock_offset = 0
        day = str((datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)).date())
        lines, _ = books(site, "STRIPE", day)
        assert sorted(line[6] for line in lines) == sorted(numbers)
        assert {tuple(line[1:5]) for line in lines} == {("PAYMENT", "SUCCEEDED", "149", "USD")}
        today = str(datetime.datetime.now(datetime.timezone.utc).date())
        books(site, "STRIPE", today, expected=75)
        assert site.coinpay("provider", "books", "STRIPE", "--date", "2026-02-30", check=False).returncode == 64


class Proxy(BaseHTTPRequestHandler):
    """An ordinary HTTP proxy that remembers what it was asked for."""

    seen = []

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.seen.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "proxy-connection")}
        answer = requests.post(self.path, data=body, headers=headers, timeout=20)
        self.send_response(answer.status_code)
        for name in ("Content-Type", "Date"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def do_GET(self):
        self.seen.append(self.path)
        self.send_error(502)


def test_a_proxy_of_the_environment_is_used(wechat_site, wechat):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    plain = dict(wechat_site.environment)
    wechat_site.environment |= {"http_proxy": f"http://127.0.0.1:{server.server_port}", "no_proxy": ""}
    try:
        wechat_site.coinpay("provider", "check", "WECHAT", check=False)
    finally:
        wechat_site.environment = plain
        server.shutdown()
    assert any(path.startswith(wechat.url) for path in Proxy.seen), Proxy.seen
