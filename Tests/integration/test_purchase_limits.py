"""Limits on purchases: clear answers, counted rightly when many ask at once, and never in the way of paid money."""

import concurrent.futures
import uuid

import pytest

from support.stack import Stack

WISH = {"package_id": 1, "payment_method": "MOCK"}


@pytest.fixture(scope="module")
def shop():
    with Stack("limited", COINPAY_PENDING_ORDERS_MAX=3, COINPAY_DAILY_ORDERS_MAX=6, COINPAY_HOURLY_CANCELS_MAX=2,
               COINPAY_DAILY_AMOUNT_MAX="CNY:100.00", COINPAY_AMOUNT_LIMITS="MOCK:CNY:1.00-60.00") as stack:
        yield stack


@pytest.fixture
def user(shop):
    return shop.new_user()


def ask(user, package=1, key=None):
    headers = {"Idempotency-Key": key} if key else {}
    return user.post("/api/coin/order", WISH | {"package_id": package}, headers=headers)


def code(answer):
    return answer.status_code, answer.json().get("error", {}).get("code")


def pay(user, order):
    return user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")


def test_unpaid_orders_are_few(shop, user):
    orders = [user.data(ask(user)) for _ in range(3)]
    assert code(ask(user)) == (409, "TOO_MANY_PENDING_ORDERS")
    user.post(f"/api/coin/order/{orders[0]['order_no']}/cancel")
    assert ask(user).status_code == 200
    # What is pending can always be paid.
    assert pay(user, orders[1]).status_code == 200 and user.balance() == 100


def test_many_at_once_are_counted_one_after_the_other(shop, user):
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: ask(user), range(12)))
    assert sorted(a.status_code for a in answers) == [200] * 3 + [409] * 9


def test_a_repeated_request_is_no_new_order(shop, user):
    key = uuid.uuid4().hex
    first = user.data(ask(user, key=key))
    for _ in range(2):
        user.data(ask(user))
    assert code(ask(user)) == (409, "TOO_MANY_PENDING_ORDERS")
    assert user.data(ask(user, key=key))["order_no"] == first["order_no"]


def test_a_day_has_its_limit_and_says_when_it_ends(shop, user):
    for _ in range(6):
        pay(user, user.data(ask(user)))
    answer = ask(user)
    assert code(answer) == (429, "PURCHASE_LIMIT")
    assert 1 <= int(answer.headers["Retry-After"]) <= 86_400
    shop.sql("UPDATE coin_orders SET paid_at = paid_at - INTERVAL 1 DAY WHERE user_id = "
             f"(SELECT id FROM users WHERE username = '{user.username}')")
    assert ask(user).status_code == 200


def test_the_money_of_a_day_has_its_limit(shop, user):
    pay(user, user.data(ask(user, package=2)))
    pay(user, user.data(ask(user, package=2)))
    answer = ask(user, package=2)
    assert code(answer) == (429, "PURCHASE_LIMIT")


def test_cancelling_over_and_over_ends(shop, user):
    for _ in range(2):
        order = user.data(ask(user))
        assert user.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200
    order = user.data(ask(user))
    answer = user.post(f"/api/coin/order/{order['order_no']}/cancel")
    assert code(answer) == (429, "CANCEL_LIMIT") and answer.headers["Retry-After"] == "3600"
    assert user.status(order["order_no"])["status"] == "PENDING"


def test_a_method_takes_prices_within_its_bounds(shop, user):
    assert code(ask(user, package=3)) == (409, "AMOUNT_LIMIT")


def test_an_order_is_found_again_after_its_package_left(shop, user):
    key = uuid.uuid4().hex
    first = user.data(ask(user, key=key))
    shop.coinpay("package", "disable", "1")
    try:
        assert user.data(ask(user, key=key))["order_no"] == first["order_no"]
        assert code(ask(user)) == (404, "PACKAGE_NOT_FOUND")
    finally:
        shop.coinpay("package", "enable", "1")


@pytest.mark.parametrize("setting, value", [
    ("COINPAY_PENDING_ORDERS_MAX", "0"), ("COINPAY_DAILY_AMOUNT_MAX", "CNY"), ("COINPAY_DAILY_AMOUNT_MAX", "CNY:1,CNY:2"),
    ("COINPAY_AMOUNT_LIMITS", "MOCK:CNY:5"), ("COINPAY_AMOUNT_LIMITS", "MOCK:CNY:5-1"), ("COINPAY_CONFIRM_ABOVE", "500"),
])
def test_a_limit_that_cannot_be_read_stops_the_start(shop, setting, value):
    plain = dict(shop.environment)
    shop.environment[setting] = value
    try:
        result = shop.coinpay("config", "check", check=False)
    finally:
        shop.environment = plain
    assert result.returncode == 78 and setting in result.stderr
