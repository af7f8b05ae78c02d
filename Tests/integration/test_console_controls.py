"""The emergency controls and the figures by the operators' console and its API."""

import csv
import html
import io
import json
import re

import pytest

from support.console import Operator
from support.stack import wait_for

MARKUP = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def operator(console_site):
    return Operator(console_site, "operator")


@pytest.fixture(autouse=True)
def open_again(operator):
    yield
    operator.act("/controls/resume", {"reason": "a test has ended"})
    operator.act("/controls/method", {"method": "MOCK", "is_off": False, "reason": "a test has ended"})


def methods(client):
    return [method["payment_method"] for method in client.data(client.get("/api/payment/methods"))]


def test_an_operator_switches_a_method_and_it_is_recorded(console_site, operator):
    operator.act("/controls/backup", {"method": "MOCK", "backup": "STRIPE", "reason": "a test"})
    state = operator.act("/controls/method", {"method": "MOCK", "is_off": True, "reason": "it is slow"})
    assert state["offered"] == ["STRIPE"] and methods(operator) == ["STRIPE"]
    actor = console_site.value(f"SELECT id FROM users WHERE username = '{operator.username}'")
    assert f"operator:{actor}  SWITCH_METHOD  MOCK  off  it is slow" in console_site.coinpay("audit").stdout
    page = operator.get("/admin/controls", headers={"Accept-Language": "en"}).text
    assert 'data-post="/api/admin/controls/method"' in page and "Switch on" in page
    assert operator.act("/controls/method", {"method": "MOCK", "is_off": False, "reason": "x"})["offered"] == ["MOCK", "STRIPE"]
    assert operator.act("/controls/order", {"methods": "STRIPE MOCK", "reason": "x"})["offered"] == ["STRIPE", "MOCK"]
    operator.act("/controls/order", {"methods": "", "reason": "x"})


def test_a_notice_is_shown_as_text_on_the_console_too(operator):
    operator.act("/controls/pause", {"mode": "ORDERS_PAUSED", "notice_zh": f"维护 {MARKUP}", "notice_en": f"Soon {MARKUP}",
                                     "minutes": 10, "reason": "a test"})
    page = operator.get("/admin/controls").text
    assert html.escape(f"维护 {MARKUP}") in page and MARKUP not in page
    answer = operator.post("/api/coin/order", {"package_id": 1, "payment_method": "MOCK"})
    assert answer.status_code == 503 and answer.json()["error"]["code"] == "ORDERS_PAUSED"
    assert operator.act("/controls/resume", {"reason": "done"})["mode"] == "OPEN"


@pytest.mark.parametrize("minutes", [None, "abc", "30", "", 0, 10_081, 1.5, -1, True])
def test_minutes_that_mean_nothing_are_no_pause_without_an_end(operator, minutes):
    body = {"mode": "ORDERS_PAUSED", "minutes": minutes, "reason": "a test"}
    for language, words in ("zh-CN", "1–10080 的整数"), ("en", "a whole number of minutes"):
        answer = operator.post("/api/admin/controls/pause", body, headers={"Accept-Language": language})
        assert answer.status_code == 400 and words in answer.json()["error"]["message"], answer.text
    assert operator.read("/controls")["mode"] == "OPEN"


def test_a_pause_without_minutes_ends_by_hand(operator):
    state = operator.act("/controls/pause", {"mode": "ORDERS_PAUSED", "reason": "a test"})
    assert state["mode"] == "ORDERS_PAUSED" and state.get("ends_at") is None


@pytest.mark.parametrize("path, body", [
    ("method", {"method": "CASH", "is_off": True, "reason": "x"}), ("method", {"method": "MOCK", "is_off": True, "reason": ""}),
    ("backup", {"method": "MOCK", "backup": "MOCK", "reason": "x"}), ("order", {"methods": "MOCK MOCK", "reason": "x"}),
    ("pause", {"mode": "OPEN", "reason": "x"}), ("pause", {"mode": "READ_ONLY", "minutes": 0, "reason": "x"}),
    ("pause", {"mode": "READ_ONLY", "notice_zh": "只有中文", "reason": "x"}), ("resume", {})])
def test_what_makes_no_sense_changes_nothing(operator, path, body):
    before = operator.read("/controls")
    assert operator.post("/api/admin/controls/" + path, body).status_code == 400
    assert operator.read("/controls") == before


def test_the_dashboard_shows_what_the_api_and_the_tables_say(console_site, operator):
    user = console_site.new_user()
    order = user.order()
    user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))

    def mock_line():
        lines = [line for line in operator.read("/statistics?by=day")["slots"] if line["payment_method"] == "MOCK"]
        return lines and lines[0]["paid"] == int(console_site.value(
            "SELECT COUNT(*) FROM payments WHERE provider = 'MOCK' AND status = 'SUCCEEDED'")) and lines[0]
    line = wait_for(mock_line, 150)
    assert line["paid_amount"] == pytest.approx(line["net_amount"] + line["refunded_amount"])
    answer = operator.get("/api/admin/statistics.csv?by=day")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = {row["method"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert int(rows["MOCK"]["paid"]) == line["paid"] and float(rows["MOCK"]["paid_amount"]) == line["paid_amount"]
    for table in ("causes", "durations"):
        assert operator.get("/api/admin/statistics.csv?table=" + table).text.startswith("method,")
    page = operator.get("/admin/dashboard", headers={"Accept-Language": "en"}).text
    charts = [json.loads(html.unescape(text)) for text in re.findall(r'data-chart="([^"]*)"', page)]
    assert len(charts) >= 3 and "Mock payment" in [series["name"] for series in charts[0]["series"]]
    assert f"{line['success_percent']}" in page and "/assets/chart.js" in page
    chart = operator.get("/assets/chart.js")
    assert chart.status_code == 200 and "javascript" in chart.headers["Content-Type"] and "Chart.js" in chart.text[:200]


@pytest.mark.parametrize("query", ["from=2026-02-30", "from=2026-02-02&to=2026-02-01", "by=minute", "table=users",
                                   "from=2020-01-01&to=2026-01-01"])
def test_a_period_that_makes_no_sense_is_refused(operator, query):
    assert operator.get("/api/admin/statistics.csv?" + query).status_code == 400


def test_a_period_that_ends_before_it_begins_is_told_so(operator):
    answer = operator.get("/admin/dashboard?from=2026-02-02&to=2026-02-01", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 400 and "结束日期不能早于开始日期" in answer.text
