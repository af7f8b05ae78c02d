"""The emergency controls: on all workers within five seconds, and payments that exist go on."""

import os
import re
import shlex
import subprocess
import time

import pytest
import requests

from support.console import Operator
from support.forms import Form, form_with, place, send
from support.stack import ROOT, wait_for
from support.stripe_fixtures import deliver, event, intent

KNOWN_SECONDS = 5
MARKUP = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def untouched(site):
    yield
    site.coinpay("resume", "--reason", "a test has ended")
    for method in ("MOCK", "STRIPE"):
        site.coinpay("method", "on", method, "--reason", "a test has ended")
        site.coinpay("method", "backup", method, "--reason", "a test has ended")
    site.coinpay("method", "order", "--reason", "a test has ended")
    wait_for(lambda: methods(site) == ["MOCK", "STRIPE"] and order(site.client()).status_code == 200)


def control(site, *arguments):
    return site.coinpay(*arguments, "--reason", "a test")


def methods(site):
    answer = requests.get(site.base + "/api/payment/methods", timeout=10).json()
    return [item["payment_method"] for item in answer["data"]]


def order(user, method="MOCK", **options):
    return user.post("/api/coin/order", {"package_id": 1, "payment_method": method}, **options)


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def known_within(condition):
    began = time.monotonic()
    wait_for(condition, KNOWN_SECONDS)
    return time.monotonic() - began


def test_a_method_that_is_off_is_offered_to_nobody_and_its_backup_first(site, user):
    control(site, "method", "off", "mock", "--backup", "stripe")
    known_within(lambda: methods(site) == ["STRIPE"])
    answer = order(user)
    assert code(answer) == (503, "PAYMENT_METHOD_UNAVAILABLE")
    assert answer.json()["error"]["available_methods"] == ["STRIPE"] and "Retry-After" in answer.headers
    page = user.get("/coin").text
    assert 'value="STRIPE"' in page and 'value="MOCK"' not in page
    control(site, "method", "on", "mock")
    known_within(lambda: methods(site) == ["MOCK", "STRIPE"])
    assert order(user).status_code == 200


def test_the_order_of_methods_is_what_operators_say(site):
    control(site, "method", "order", "STRIPE")
    known_within(lambda: methods(site) == ["STRIPE", "MOCK"])
    shown = site.coinpay("method", "show").stdout
    assert shown.index("STRIPE: on") < shown.index("MOCK: on") and "site: OPEN" in shown


def test_payments_of_a_method_that_is_off_go_on(site, user):
    placed, other = user.order(), user.order(package=2)
    control(site, "method", "off", "MOCK")
    known_within(lambda: methods(site) == ["STRIPE"])
    # The payment that is open can be gone on with, a new one by the method cannot be begun.
    again = user.post(f"/api/coin/order/{placed['order_no']}/pay", {"payment_method": "MOCK"})
    assert user.data(again)["mock_payment_id"] == placed["mock_payment_id"]
    user.data(user.post(f"/api/payment/mock/success/{placed['mock_payment_id']}"))
    assert user.balance() == 100
    user.data(user.post(f"/api/payment/mock/failure/{other['mock_payment_id']}"))
    again = user.post(f"/api/coin/order/{other['order_no']}/pay", {"payment_method": "MOCK"})
    assert code(again) == (503, "PAYMENT_METHOD_UNAVAILABLE")
    assert user.data(user.post(f"/api/coin/order/{other['order_no']}/pay", {"payment_method": "STRIPE"}))
    site.assert_ledger_holds()


def test_a_pause_is_told_as_text_in_both_languages_and_orders_that_exist_are_paid(site, user):
    placed = user.order()
    control(site, "pause", "--zh", f"维护中 {MARKUP}", "--en", f"Back soon {MARKUP}", "--minutes", "30")
    known_within(lambda: order(user).status_code == 503)
    answer = order(user, headers={"Accept-Language": "en"})
    assert code(answer) == (503, "ORDERS_PAUSED")
    assert answer.json()["error"]["message"].startswith(f"Back soon {MARKUP} (expected to end 20")
    assert 1700 < int(answer.headers["Retry-After"]) <= 1800
    for path in ("/coin", "/coin/orders", f"/coin/pay/{placed['order_no']}", "/login", "/nothing-here"):
        for language, words in (("zh-CN", "维护中"), ("en", "Back soon")):
            page = user.get(path, headers={"Accept-Language": language}).text
            assert f"{words} &lt;script&gt;" in page and MARKUP not in page, path
    user.data(user.post(f"/api/payment/mock/success/{placed['mock_payment_id']}"))
    assert user.status(placed["order_no"])["status"] == "PAID"
    assert site.new_user().balance() == 0
    control(site, "resume")
    known_within(lambda: order(user).status_code == 200)
    assert "Back soon" not in user.get("/coin", headers={"Accept-Language": "en"}).text


def test_a_pause_ends_by_itself(site, user):
    control(site, "pause", "--minutes", "1")
    known_within(lambda: order(user).status_code == 503)
    site.sql("UPDATE site_controls SET ends_at = UTC_TIMESTAMP(6) + INTERVAL 3 SECOND")
    wait_for(lambda: order(user).status_code == 200)
    assert site.value("SELECT mode FROM site_controls") == "ORDERS_PAUSED"


def test_a_repeated_request_finds_its_order_during_a_pause(site, user):
    first = user.data(order(user, headers={"Idempotency-Key": "once"}))
    control(site, "pause")
    known_within(lambda: order(user).status_code == 503)
    assert user.data(order(user, headers={"Idempotency-Key": "once"}))["order_no"] == first["order_no"]


def test_users_change_nothing_while_the_site_is_read_only(site, user):
    placed = user.order(method="STRIPE")
    pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{placed['order_no']}'")
    control(site, "pause", "--read-only")
    known_within(lambda: order(user).status_code == 503)
    path = f"/api/coin/order/{placed['order_no']}"
    assert code(user.post(path + "/cancel")) == (503, "READ_ONLY")
    assert code(user.post(path + "/pay", {"payment_method": "MOCK"})) == (503, "READ_ONLY")
    sign_up = {"username": "u-never-made", "password": "long-password"}
    assert code(user.post("/api/auth/register", sign_up)) == (503, "READ_ONLY")
    path = "/coin/pay/" + placed["order_no"]
    form = form_with(user.get("/coin"), "package_id")
    for action in ("cancel", "pay", "renew"):
        answer = send(user, path, Form({"action": path}), token=form.fields["token"], action=action, payment_method="MOCK")
        assert place(answer) == path + "?error=READ_ONLY"
    page = user.get(path).text
    assert "data-cancel" not in page and 'class="maintenance"' in page
    # Whoever has an account signs in and reads; the provider's word still settles.
    site.client()
    assert deliver(site.base, event(intent(pi, 149))).status_code == 200
    assert user.status(placed["order_no"])["status"] == "PAID" and user.balance() == 100


def test_stopped_payments_keep_what_arrives_for_later(site, user):
    placed, mock = user.order(method="STRIPE"), user.order()
    pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{placed['order_no']}'")
    assert "coinpay resume" in control(site, "stop-payments").stdout
    assert code(order(user)) == (503, "ORDERS_PAUSED")
    notice = event(intent(pi, 149))
    for _ in range(2):
        assert deliver(site.base, notice).status_code == 200
    assert user.post(f"/api/payment/mock/success/{mock['mock_payment_id']}").status_code == 200
    kept = f"SELECT state, COUNT(*) FROM payment_events WHERE provider_txn_id = '{pi}' AND kind = 'SUCCEEDED' GROUP BY 1"
    assert site.sql(kept) == [["PENDING", "1"]]
    # Nothing else moves either: an order does not even expire.
    site.sql(f"UPDATE coin_orders SET expires_at = NOW(6) WHERE order_no = '{mock['order_no']}'")
    retries = "SELECT SUM(attempts) FROM payment_events WHERE state = 'PENDING'"
    time.sleep(2.5)
    assert site.value(f"SELECT status FROM coin_orders WHERE order_no = '{mock['order_no']}'") == "PENDING"
    assert site.value(retries) == "0" and user.balance() == 0
    assert "settlement: stopped" in site.coinpay("method", "show").stdout
    control(site, "resume")
    wait_for(lambda: user.balance() == 200)
    assert site.sql(kept) == [["SETTLED", "1"]]
    record = site.coinpay("audit").stdout
    assert "STOP_PAYMENTS" in record and "RESUME" in record
    site.assert_ledger_holds()


def test_operators_ask_settle_close_and_refund_nothing_while_payments_are_stopped(site, user):
    paid, placed, word = user.order(), user.order(method="STRIPE"), user.order()
    user.data(user.post(f"/api/payment/mock/success/{paid['mock_payment_id']}"))
    operator, boss = Operator(site, "operator"), Operator(site, "administrator")
    own = operator.order()
    operator.data(operator.post(f"/api/payment/mock/success/{own['mock_payment_id']}"))
    asked = operator.act(f"/orders/{own['order_no']}/refund", {"reason": "x", "rule": "take-back", "key": "own"})
    waiting = operator.act(f"/orders/{word['order_no']}/confirm",
                           {"out_trade_no": word["order_no"], "reason": "x", "key": "word"})
    assert asked["outcome"] == waiting["outcome"] == "WAITING"
    deliver(site.base, event(intent("pi_of_nobody", 149)))
    site.sql("UPDATE payment_events SET state = 'PARKED' WHERE provider_txn_id = 'pi_of_nobody'")
    control(site, "stop-payments")
    everything = [f"SELECT COUNT(*) FROM {table}" for table in ("refunds", "ledger_entries", "operator_actions", "provider_calls")]
    before = [site.value(count) for count in everything]
    orders = f"/orders/{paid['order_no']}", f"/orders/{placed['order_no']}"
    reason = {"reason": "x"}
    for person, path, body in (
            (operator, orders[0] + "/refund", {**reason, "rule": "take-back", "key": "one"}),
            (operator, orders[1] + "/query", {}), (operator, orders[1] + "/resettle", reason),
            (operator, orders[1] + "/close", reason),
            (operator, orders[1] + "/confirm", {**reason, "out_trade_no": placed["order_no"], "key": "two"}),
            (boss, f"/requests/{asked['request_id']}/approve", {}),
            (boss, f"/confirmations/{waiting['confirmation_id']}/approve", {})):
        answer = person.post("/api/admin" + path, body)
        assert code(answer) == (409, "CONFLICT") and answer.json()["error"]["message"] == "结算已停止", path
    for command in (["refund", paid["order_no"], "--reason", "x"], ["order", "query", placed["order_no"]],
                    ["order", "resettle", placed["order_no"], "--reason", "x"],
                    ["order", "close", placed["order_no"], "--reason", "x"], ["queue", "retry"]):
        said = site.coinpay(*command, check=False)
        assert said.returncode == 1 and "settlement is stopped" in said.stderr, (command, said.stderr)
    assert [site.value(count) for count in everything] == before
    assert user.status(placed["order_no"])["status"] == "PENDING" and user.balance() == 100
    control(site, "resume")
    assert boss.act(f"/requests/{asked['request_id']}/approve")["outcome"] == "DONE"
    operator.act(orders[1] + "/close", reason)
    site.coinpay("queue", "retry", check=False)


def second_worker(site, folder):
    """Another worker on the same database, as the other colour is during an upgrade."""
    lines = site.dev("env").stdout.splitlines()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COINPAY_", "STRIPE_"))}
    environment |= dict(re.fullmatch(r"export (\w+)='(.*)'", line).groups() for line in lines)
    binary = os.readlink(f"/proc/{site.pid('worker')}/exe")
    return subprocess.Popen(
        [binary, "serve", "--web-socket", folder + "/w.sock", "--webhook-socket", folder + "/h.sock"],
        env=environment, stderr=subprocess.PIPE, text=True)


def test_every_worker_knows_within_five_seconds(site, tmp_path):
    worker = second_worker(site, str(tmp_path))
    lines = []
    try:
        while not any(" ready " in line for line in lines):
            lines.append(worker.stderr.readline())
        began = time.monotonic()
        control(site, "method", "off", "MOCK")
        switched = time.monotonic()
        while "methods_off=MOCK" not in lines[-1]:
            lines.append(worker.stderr.readline())
        known_within(lambda: methods(site) == ["STRIPE"])
        assert time.monotonic() - switched < KNOWN_SECONDS, time.monotonic() - began
    finally:
        worker.terminate()
        assert worker.wait(30) == 0


def test_what_makes_no_sense_is_refused(site):
    for arguments in (["pause"], ["pause", "--reason", ""], ["pause", "--zh", "x", "--reason", "x"],
                      ["pause", "--minutes", "0", "--reason", "x"], ["method", "off", "CASH", "--reason", "x"],
                      ["method", "off", "MOCK", "--backup", "MOCK", "--reason", "x"],
                      ["method", "order", "MOCK", "MOCK", "--reason", "x"], ["stop-payments"], ["resume"]):
        assert site.coinpay(*arguments, check=False).returncode == 64, arguments


def test_the_runbook_works_as_written(site):
    runbook = (ROOT / "Sources/coinpay/Documentation.docc/Runbook.md").read_text()
    lines = [line for block in re.findall(r"```sh\n(.*?)```", runbook, re.S) for line in block.splitlines()
             if re.match(r"coinpay (method|pause|resume|stop-payments|ledger) ", line)]
    assert len(lines) >= 9
    for line in lines:
        result = site.coinpay(*shlex.split(line)[1:], check=False)
        assert result.returncode == 0, line + "\n" + result.stderr
