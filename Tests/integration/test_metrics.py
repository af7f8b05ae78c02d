"""The figures that Prometheus reads, and the rules that are made of them."""

import json
import re
import subprocess

import pytest
import requests

from support.stack import ROOT, Stack, wait_for
from support.stripe_fixtures import SETTINGS, deliver, event, intent

MONITORING = ROOT / "systemd" / "monitoring"
NAME = re.compile(r"\bcoinpay_[a-z_]+")


@pytest.fixture(scope="module")
def status_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("status")


@pytest.fixture(scope="module")
def site(stripe_server, status_folder):
    with Stack("metrics", STRIPE_API_URL=stripe_server.url, COINPAY_STATUS_DIR=status_folder, **SETTINGS) as stack:
        yield stack


@pytest.fixture
def metrics(site):
    def read():
        answer = requests.get(site.base + "/metrics", timeout=10)
        assert answer.status_code == 200
        return answer.text

    return read


def value(text, series):
    for line in text.splitlines():
        if line.startswith(series + " "):
            return float(line.rsplit(" ", 1)[1])
    return 0.0


def test_what_is_told_passes_promtool(site, user, metrics):
    order = user.order()
    user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
    text = metrics()
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text, text=True, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (checked.stdout + checked.stderr).strip() == ""


def test_a_purchase_is_counted_once(site, user, metrics):
    credited = 'coinpay_settlements_total{provider="MOCK",source="MOCK",outcome="CREDITED"}'
    orders = 'coinpay_orders_total{method="MOCK"}'
    paid = 'coinpay_time_to_payment_seconds_count{provider="MOCK"}'
    before = metrics()
    order = user.order(key="one-wish")
    user.order(key="one-wish")
    for _ in range(3):
        user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
    after = metrics()
    for series in credited, orders, paid:
        assert value(after, series) - value(before, series) == 1, series


def test_routes_are_counted_by_their_pattern(site, user, metrics):
    series = 'coinpay_http_requests_total{method="GET",route="/api/coin/order/status/{order_no}",status="404"}'
    before = value(metrics(), series)
    for number in "COIN_20260101_00000001", "COIN_20260101_00000002":
        assert user.get(f"/api/coin/order/status/{number}").status_code == 404
    assert value(metrics(), series) - before == 2


def test_refused_notifications_and_calls_are_counted(site, user, metrics):
    refused = 'coinpay_notifications_refused_total{provider="STRIPE",reason="not_signed"}'
    calls = 'coinpay_provider_calls_total{provider="STRIPE",outcome="2xx"}'
    before = metrics()
    assert requests.post(site.base + "/api/payment/webhook/stripe", data=b"{}", timeout=10).status_code == 400
    user.order(method="STRIPE")
    after = metrics()
    names = [line for line in after.splitlines() if line.startswith("coinpay_notifications_refused_total")]
    assert sum(float(line.rsplit(" ", 1)[1]) for line in names) >= 1, names
    assert value(after, refused) - value(before, refused) == 1, names
    assert value(after, calls) - value(before, calls) >= 1


def test_news_of_other_software_on_the_account_is_counted_and_not_kept(site, metrics):
    foreign = 'coinpay_foreign_notifications_total{provider="STRIPE"}'
    before, kept = metrics(), site.value("SELECT COUNT(*) FROM payment_events")
    for number in "pi_of_another_shop_1", "pi_of_another_shop_2":
        assert deliver(site.base, event(intent(number, 149))).status_code == 200
    assert value(metrics(), foreign) - value(before, foreign) == 2
    assert site.value("SELECT COUNT(*) FROM payment_events") == kept and "critical" not in site.worker_log()


def test_what_waits_is_told(site, user, metrics):
    user.order()
    text = metrics()
    assert value(text, 'coinpay_open_work{kind="payments"}') >= 1
    assert value(text, "coinpay_database_up") == 1
    assert value(text, 'coinpay_provider_available{provider="STRIPE"}') == 1


def test_pools_are_told(site, metrics):
    text = metrics()
    assert value(text, 'coinpay_pool_threads{pool="web"}') == 16
    assert value(text, 'coinpay_pool_threads{pool="webhook"}') == 64
    # The thread that tells it is at work.
    assert value(text, 'coinpay_pool_busy_threads{pool="web"}') >= 1
    wait_for(lambda: value(metrics(), 'coinpay_pool_busy_threads{pool="webhook"}') == 0)


def test_what_duties_noted_is_told(site, metrics, status_folder):
    def note(duty, **facts):
        (status_folder / duty).mkdir(exist_ok=True)
        for name, fact in facts.items():
            (status_folder / duty / name).write_text(f"{fact}\n")

    assert 'duty="verify"' not in metrics()
    note("verify", ended=1800000100, result="exit-code", succeeded=1800000000)
    text = metrics()
    assert value(text, 'coinpay_duty_success{duty="verify"}') == 0
    assert value(text, 'coinpay_duty_ended_timestamp_seconds{duty="verify"}') == 1800000100
    assert value(text, 'coinpay_duty_succeeded_timestamp_seconds{duty="verify"}') == 1800000000
    note("certificates", ended=1800000100, result="success", succeeded=1800000100, site_expires=1900000000)
    note("drill", ended=1800000100, result="success", succeeded=1800000100, seconds=42)
    note("backup-full", ended=1800000100, result="success", succeeded=1800000100, bytes=123456)
    text = metrics()
    assert value(text, 'coinpay_certificate_expiry_timestamp_seconds{certificate="site"}') == 1900000000
    assert value(text, "coinpay_restore_drill_duration_seconds") == 42
    assert value(text, "coinpay_backup_size_bytes") == 123456
    assert value(text, 'coinpay_duty_success{duty="drill"}') == 1


def test_when_books_were_compared_is_told(site, metrics):
    site.sql("INSERT INTO reconciliation_runs (provider, book_day, state, started_at, ended_at, completed_at) VALUES "
             "('STRIPE', '2026-01-01', 'COMPLETE', '2026-01-02 10:00', '2026-01-02 10:01', '2026-01-02 10:01')")
    try:
        assert value(metrics(), 'coinpay_reconciliation_complete_timestamp_seconds{provider="STRIPE"}') == 1767348060
    finally:
        site.sql("DELETE FROM reconciliation_runs WHERE book_day = '2026-01-01'")


def test_figures_go_on_without_the_database(site, metrics):
    site.dev("stop-database")
    try:
        text = wait_for(lambda: "coinpay_database_up 0" in (t := metrics()) and t)
        assert "coinpay_http_requests_total" in text
    finally:
        site.dev("restart-database")
        site.wait_ready()


def test_rules_and_dashboard_name_figures_that_exist(site, user, metrics):
    order = user.order()
    user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
    requests.post(site.base + "/api/payment/webhook/stripe", data=b"{}", timeout=10)
    user.order(method="STRIPE")
    known = set(re.findall(r"^# TYPE (\S+)", metrics(), re.M))
    known |= {f"{name}_{part}" for name in known for part in ("bucket", "sum", "count")}
    # Counted only when something is given up, or contradicts what came before, or when books were compared.
    known |= {"coinpay_events_parked_total", "coinpay_events_contradicting_total",
              "coinpay_reconciliation_complete_timestamp_seconds"}
    texts = [(MONITORING / "coinpay.rules.yml").read_text()]
    texts += [
        target["expr"]
        for panel in json.loads((MONITORING / "grafana-dashboard.json").read_text())["panels"]
        for target in panel["targets"]
    ]
    assert set(NAME.findall("\n".join(texts))) <= known


def test_rules_do_what_they_say():
    for command in ["check", "rules", "coinpay.rules.yml"], ["test", "rules", "coinpay.rules.test.yml"]:
        done = subprocess.run(
            ["promtool", *command], cwd=MONITORING, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
