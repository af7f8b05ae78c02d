"""A day's bill of very many lines is compared in little memory: 100,000 of them here, a million by `Tests/run books`."""

import json
import os
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from support.memory import run_measured
from support.planted_books import yesterday
from support.stack import ARTEFACTS, ROOT, Stack
from support.wechat_bill import COLUMNS, TOTALS, line, yuan
from support.wechat_book import BEIJING

LINES = int(os.environ.get("COINPAY_TEST_BOOK_LINES", "100000"))
MERCHANT, APP = "1900000109", "wx8888888888888888"
# Twice what was measured, and the same for any number of lines.
RSS_KB_MAX = 100_000
# Every so many lines one of each kind of difference, none of them near midnight.
EVERY = LINES // 5
LOST, MISSING_THERE, OTHER_AMOUNT = EVERY // 2, EVERY // 2 + 1, EVERY // 2 + 2
DAY = yesterday(BEIJING)
AMOUNT = 990


def number(place):
    return f"COIN_{DAY:%Y%m%d}_{place:08d}"


def bill_line(place, amount=AMOUNT):
    second = place * 86_400 // (LINES + 1)
    moment = f"{DAY} {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return line([
        moment, APP, MERCHANT, 0, "", f"42000{place:023d}", number(place), "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "NATIVE",
        "SUCCESS", "OTHERS", "CNY", yuan(amount), "0.00", 0, 0, "0.00", "0.00", "", "", "金币 100", "", "0.00000",
        "0.60%", yuan(amount), "0.00", ""])


def bill():
    """The bill, a part at a time; the planted differences are marked by their place."""
    yield "\ufeff" + COLUMNS + "\r\n"
    part = []
    for place in range(1, LINES + 1):
        if place % EVERY == MISSING_THERE:
            continue
        part.append(bill_line(place, AMOUNT + 10 if place % EVERY == OTHER_AMOUNT else AMOUNT))
        if len(part) == 5_000:
            yield "\r\n".join(part) + "\r\n"
            part = []
    yield "\r\n".join([*part, TOTALS, line([LINES, "0", "0", "0", "0", "0", "0"])]) + "\r\n"


class BillServer(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/pay/downloadbill":
            self.send_error(404)
            return
        self.send_response(200)
        self.end_headers()
        for part in bill():
            self.wfile.write(part.encode())


@pytest.fixture(scope="module")
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), BillServer)
    Thread(target=server.serve_forever, daemon=True).start()
    settings = {
        "COINPAY_DEV_MARIADB_OPTIONS": "--innodb-buffer-pool-size=1G --innodb-log-file-size=512M",
        "WECHAT_APP_ID": APP, "WECHAT_MCH_ID": MERCHANT, "WECHAT_API_KEY": "0123456789abcdef0123456789abcdef",
        "WECHAT_NOTIFY_URL": "https://coins.example.com/api/payment/webhook/wechat",
        "WECHAT_GATEWAY_URL": f"http://127.0.0.1:{server.server_port}"}
    with Stack("large-books", **settings) as stack:
        fill(stack)
        yield stack
    server.shutdown()


def fill(stack):
    """As many paid orders as the bill has lines; some are not booked here."""
    stack.new_user()
    moment = f"TIMESTAMP('{DAY}') - INTERVAL 8 HOUR + INTERVAL n.seq * 86400 DIV {LINES + 1} SECOND"
    is_lost = f"n.seq % {EVERY} = {LOST}"
    source = f"FROM seq_1_to_{LINES} n ORDER BY n.seq"
    order_no = f"CONCAT('COIN_{DAY:%Y%m%d}_', LPAD(n.seq, 8, '0'))"
    transaction = "CONCAT('42000', LPAD(n.seq, 23, '0'))"
    stack.sql(
        "SET foreign_key_checks = 0; SET @user = (SELECT MAX(id) FROM users); "
        "INSERT INTO coin_orders (id, order_no, user_id, package_id, coins, bonus_coins, amount, currency, "
        "payment_method, status, created_at, expires_at, paid_at, updated_at) "
        f"SELECT n.seq, {order_no}, @user, 1, 100, 0, {AMOUNT}, 'CNY', 'WECHAT', IF({is_lost}, 'EXPIRED', 'PAID'), "
        f"{moment}, {moment}, IF({is_lost}, NULL, {moment}), {moment} {source}; "
        "INSERT INTO payments (id, order_id, attempt, provider, merchant_account, live_mode, out_trade_no, "
        "provider_txn_id, amount, currency, status, created_at, succeeded_at, updated_at) "
        f"SELECT n.seq, n.seq, 1, 'WECHAT', '{MERCHANT}', FALSE, {order_no}, IF({is_lost}, NULL, {transaction}), "
        f"{AMOUNT}, 'CNY', IF({is_lost}, 'CLOSED', 'SUCCEEDED'), {moment}, IF({is_lost}, NULL, {moment}), "
        f"{moment} {source}; "
        "INSERT INTO payment_events (provider, event_key, source, kind, out_trade_no, provider_txn_id, "
        "merchant_account, live_mode, amount, currency, occurred_at, received_at, payment_id, state, outcome, "
        f"settled_at) SELECT 'WECHAT', CONCAT('e', n.seq), 'NOTIFICATION', 'SUCCEEDED', {order_no}, {transaction}, "
        f"'{MERCHANT}', FALSE, {AMOUNT}, 'CNY', {moment}, {moment}, n.seq, 'SETTLED', 'CREDITED', {moment} "
        f"FROM seq_1_to_{LINES} n WHERE n.seq % {EVERY} = {MISSING_THERE}")


def reconcile(site):
    """The result, what was said, peak memory in KB and seconds."""
    began = time.monotonic()
    result, memory_kb = run_measured(
        [ROOT / "nginx" / "dev", "coinpay", "reconcile", "--method", "WECHAT", "--date", str(DAY), "--json"], site.environment)
    assert result.returncode == 1, result.stderr[-3000:]
    return json.loads(result.stdout)["runs"][0], result.stderr, memory_kb, time.monotonic() - began


def test_a_large_bill_is_compared_in_little_memory(site):
    run, said, memory_kb, seconds = reconcile(site)
    report = {"lines": run["lines"], "peak_rss_kb": memory_kb, "seconds": round(seconds, 1)}
    print(report)
    (ARTEFACTS / "large-books.json").write_text(json.dumps(report))
    assert run["lines"] == LINES - 5
    assert run["differences"] == {"MISSING_HERE": 5, "MISSING_THERE": 5, "AMOUNT_DIFFERS": 5, "STATUS_DIFFERS": 0}
    assert run["matched"] == LINES - 15 and run["open"] == 10
    assert 0 < memory_kb < RSS_KB_MAX, report
    counts = [int(count) for count in re.findall(r"(\d+) lines compared", said)]
    assert counts == sorted(counts) and (counts or seconds < 10), "progress is shown"
    assert site.value("SELECT COUNT(*) FROM reconciliation_matches") == str(LINES - 5)
