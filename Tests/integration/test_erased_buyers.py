"""A user is erased while orders, refunds and notifications are under way: nothing is credited to nobody."""

import concurrent.futures
import uuid

import pytest

from support.console import Operator
from support.stack import Stack, wait_for
from support.stripe_fake import StripeFake
from support.stripe_fixtures import SETTINGS
from support.stripe_site import Shop

ALARM = "money came for an order of an erased user"


@pytest.fixture(scope="module")
def fake():
    with StripeFake() as stripe:
        yield stripe


@pytest.fixture(scope="module")
def site(fake):
    with Stack("erased", **SETTINGS, STRIPE_API_URL=fake.url) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def shop(site, fake):
    yield Shop(site, fake, site.new_user())
    fake.behave()
    fake.hooks.drop()


def user_id(site, shop):
    return site.value(f"SELECT id FROM users WHERE username = '{shop.user.username}'")


def erase(site, shop):
    return site.coinpay("user", "erase", shop.user.username, "--reason", "asked for it").stdout


def stored(site, order):
    return site.sql(
        "SELECT o.status, p.status FROM coin_orders o JOIN payments p ON p.order_id = o.id "
        f"WHERE o.order_no = '{order['order_no']}' ORDER BY p.id")


def balance(site, number):
    return int(site.value(f"SELECT COALESCE(SUM(balance), 0) FROM wallets WHERE user_id = {number}"))


def suspense(site, order):
    return [row[0] for row in site.sql(
        "SELECT s.reason FROM suspense_entries s JOIN payment_events e ON e.id = s.event_id "
        f"WHERE e.out_trade_no LIKE '{order['order_no']}%' AND s.resolved_at IS NULL")]


def test_open_orders_are_cancelled_and_closed_at_the_provider(site, shop, fake):
    number, order = user_id(site, shop), shop.order()
    assert "1 open order was cancelled" in erase(site, shop)
    wait_for(lambda: stored(site, order) == [["CANCELLED", "CLOSED"]])
    assert fake.book.objects[order["number"]]["status"] == "canceled"
    assert balance(site, number) == 0


def test_money_that_comes_later_is_in_suspense(site, shop, fake):
    number, order = user_id(site, shop), shop.order()
    fake.misbehave("unavailable", "cancel|GET /v1/payment_intents")
    assert "still open" in erase(site, shop)
    fake.behave()
    shop.pay(order)
    shop.flush()
    wait_for(lambda: stored(site, order) == [["CANCELLED", "SUSPICIOUS"]])
    assert suspense(site, order) == ["erased"] and balance(site, number) == 0
    assert ALARM in site.worker_log() and "erased" in site.coinpay("suspense", "list").stdout
    site.assert_ledger_holds()


@pytest.mark.parametrize("turn", range(4))
def test_erased_while_a_notification_is_in_flight(site, shop, fake, turn):
    number, order = user_id(site, shop), shop.order()
    shop.pay(order)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        erasing = pool.submit(erase, site, shop)
        pool.submit(lambda: fake.hooks.flush()).result()
        erasing.result()
    fake.hooks.flush()
    wait_for(lambda: stored(site, order)[0][1] in ("SUCCEEDED", "SUSPICIOUS"))
    credited = stored(site, order)[0] == ["PAID", "SUCCEEDED"]
    assert balance(site, number) == (100 if credited else 0)
    assert credited or set(suspense(site, order)) == {"erased"}
    site.assert_ledger_holds()


def test_erased_while_a_second_payment_waits_for_its_refund(site, shop, fake):
    number, order = user_id(site, shop), shop.order()
    again = shop.user.data(shop.user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "MOCK"}))
    shop.user.data(shop.user.post(f"/api/payment/mock/success/{again['mock_payment_id']}"))
    fake.misbehave("unavailable", "/v1/refunds")
    if fake.book.objects[order["number"]]["status"] == "canceled":
        pytest.skip("it was closed before it could be paid")
    shop.pay(order)
    shop.flush()
    assert sorted(row[1] for row in stored(site, order)) == ["DUPLICATE", "SUCCEEDED"]
    erase(site, shop)
    fake.behave()
    site.sql("UPDATE refunds SET next_attempt_at = NOW(6) WHERE status IN ('REQUESTED', 'PENDING')")
    wait_for(lambda: site.value(
        "SELECT r.status FROM refunds r JOIN payments p ON p.id = r.payment_id "
        f"WHERE p.provider_txn_id = '{order['number']}'") == "SUCCEEDED", seconds=60)
    wait_for(lambda: suspense(site, order) == [])
    assert balance(site, number) == 100
    site.assert_ledger_holds()


def test_an_open_refund_comes_to_its_end(site, shop, fake):
    number, order = user_id(site, shop), shop.paid()
    fake.misbehave("unavailable", "/v1/refunds")
    site.coinpay("refund", order["order_no"], "--reason", "wish of the buyer")
    erase(site, shop)
    fake.behave()
    site.sql("UPDATE refunds SET next_attempt_at = NOW(6) WHERE status IN ('REQUESTED', 'PENDING')")
    wait_for(lambda: stored(site, order)[0][0] == "REFUNDED", seconds=60)
    assert balance(site, number) == 0


@pytest.fixture(scope="module")
def boss(site):
    return Operator(site, "administrator")


def key():
    return uuid.uuid4().hex


def test_what_waits_for_a_second_person_ends_with_the_erasure(site, shop, boss):
    other, number = Operator(site, "administrator"), user_id(site, shop)
    coins = {"coins": 900_000, "reason": "test", "key": key()}
    asked = other.act(f"/users/{shop.user.username}/grant", coins)
    assert asked["outcome"] == "WAITING"
    order = shop.user.order(package=3, method="MOCK")
    word = other.act(f"/orders/{order['order_no']}/confirm",
                     {"out_trade_no": order["order_no"], "reason": "test", "key": key()})
    assert word["outcome"] == "WAITING"
    erase(site, shop)
    for address in (f"/requests/{asked['request_id']}", f"/confirmations/{word['confirmation_id']}"):
        assert boss.post(f"/api/admin{address}/approve").status_code == 409
    assert site.value(f"SELECT status FROM operator_requests WHERE id = {asked['request_id']}") == "REJECTED"
    assert site.value(f"SELECT status FROM confirmations WHERE id = {word['confirmation_id']}") == "REJECTED"
    assert balance(site, number) == 0
    site.assert_ledger_holds()


def test_nothing_is_done_to_an_erased_account(site, shop, boss):
    number = user_id(site, shop)
    erase(site, shop)
    name = f"erased-{number}"
    coins = {"coins": 5, "reason": "test", "key": key()}
    for action, body in (("grant", coins), ("deduct", coins), ("enable", {"reason": "x"}), ("disable", {"reason": "x"}),
                         ("role", {"role": "operator", "reason": "x"}), ("second-factor/invite", {"reason": "x"}),
                         ("second-factor/reset", {"reason": "x"})):
        answer = boss.post(f"/api/admin/users/{name}/{action}", body, headers={"Accept-Language": "en"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "USER_ERASED"), (action, answer.text)
        assert "erased" in answer.json()["error"]["message"]
    for command in (("user", "enable", name), ("user", "disable", name), ("user", "role", name, "operator"),
                    ("user", "password", name), ("coins", "grant", name, "5", "--reason", "x"),
                    ("coins", "deduct", name, "5", "--reason", "x")):
        said = site.coinpay(*command, check=False, stdin="a long new password\n")
        assert said.returncode == 1 and "is erased" in said.stderr, (command, said.stderr)
    assert balance(site, number) == 0
    assert site.sql(f"SELECT role, disabled_at IS NULL, password_hash IS NULL FROM users WHERE id = {number}") == [
        ["user", "0", "1"]]


def test_the_console_says_erased_and_offers_nothing(site, shop, boss):
    number = user_id(site, shop)
    assert f'/api/admin/users/{shop.user.username}/grant' in boss.get(f"/admin/users/{shop.user.username}").text
    erase(site, shop)
    page = boss.get(f"/admin/users/erased-{number}")
    assert "已删除" in page.text and "/api/admin/users/" not in page.text
    assert "Erased" in boss.get("/admin/users?q=erased-", headers={"Accept-Language": "en"}).text
    assert boss.read(f"/users/erased-{number}")["user"]["is_erased"] is True


def test_a_request_to_enrol_a_device_ends_with_the_erasure(site):
    person = Operator(site, "operator", admitted=False)
    number = site.value(f"SELECT id FROM users WHERE username = '{person.username}'")
    assert site.value(f"SELECT COUNT(*) FROM enrolment_codes WHERE user_id = {number}") == "1"
    site.coinpay("user", "erase", person.username, "--reason", "asked for it")
    assert site.value(f"SELECT COUNT(*) FROM enrolment_codes WHERE user_id = {number}") == "0"
