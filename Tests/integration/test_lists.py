"""Filters, pages and receipts of what a user ordered and received."""

import re

import pytest

from support.stack import Client, wait_for


@pytest.fixture(scope="module")
def customer(site):
    """Three paid orders, a failed one, a cancelled one, one that waits and one whose time is over."""
    client = site.new_user()
    client.numbers = {}
    for package in (1, 2, 3):
        order = client.order(package=package)
        client.data(client.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
        client.numbers.setdefault("PAID", []).append(order["order_no"])
    failed = client.order()
    client.data(client.post(f"/api/payment/mock/failure/{failed['mock_payment_id']}"))
    cancelled = client.order()
    client.data(client.post(f"/api/coin/order/{cancelled['order_no']}/cancel"))
    over = client.order()
    site.sql(f"UPDATE coin_orders SET expires_at = created_at + INTERVAL 1 MICROSECOND WHERE order_no = '{over['order_no']}'")
    client.numbers |= {"FAILED": [failed["order_no"]], "CANCELLED": [cancelled["order_no"]],
                       "EXPIRED": [over["order_no"]], "PENDING": [client.order()["order_no"]]}
    return client


def listed(client, query):
    page = client.get("/coin/orders?" + query)
    assert page.status_code == 200, page.text
    return sorted(re.findall(r'href="/coin/pay/(COIN_\d+_\d+)"', page.text))


@pytest.mark.parametrize("status", ["PAID", "FAILED", "CANCELLED", "EXPIRED", "PENDING"])
def test_orders_are_found_by_what_their_owner_sees_of_them(customer, status):
    assert listed(customer, f"status={status}") == sorted(customer.numbers[status])
    answer = customer.data(customer.get(f"/api/coin/orders?status={status}"))
    assert answer["total"] == len(customer.numbers[status]) == len(answer["items"])


def test_days_are_meant_in_the_readers_zone(site, customer):
    number = customer.numbers["PAID"][0]
    before = site.value(f"SELECT created_at FROM coin_orders WHERE order_no = '{number}'")
    # Half past three in the morning of the second in Shanghai is still the first in New York.
    site.sql(f"UPDATE coin_orders SET created_at = '2026-03-01 19:30:00' WHERE order_no = '{number}'")
    try:
        for query, is_found in [
            ("from=2026-03-02&to=2026-03-02", True), ("from=2026-03-01&to=2026-03-01", False),
            ("from=2026-03-01&to=2026-03-01&offset=-300", True), ("from=2026-03-02&to=2026-03-02&offset=-300", False),
            ("from=2026-03-02&to=2026-03-02&offset=480", True), ("to=2026-03-02", True), ("to=2026-03-01", False),
        ]:
            assert (listed(customer, query) == [number]) == is_found, query
    finally:
        site.sql(f"UPDATE coin_orders SET created_at = '{before}' WHERE order_no = '{number}'")


@pytest.mark.parametrize("query", [
    "status=NOTHING", "from=yesterday", "from=2026-02-30", "to=2026-1-1", "offset=x", "offset=900", "page=0"])
def test_what_no_form_sends_is_refused(customer, query):
    page = customer.get("/coin/orders?" + query)
    assert page.status_code == 400 and "参数无效" in page.text


def test_empty_fields_ask_for_nothing(customer):
    assert len(listed(customer, "status=&from=&to=&offset=")) == 7


def test_ledger_lines_are_found_by_kind_and_paged(customer):
    answer = customer.data(customer.get("/api/coin/transactions?kind=BONUS"))
    assert answer["total"] == 2 and {item["kind"] for item in answer["items"]} == {"BONUS"}
    page = customer.get("/coin/transactions?kind=PURCHASE&per_page=2")
    assert page.text.count("<tr><td>购买</td>") == 2 and "第 1 / 2 页" in page.text
    assert 'href="?kind=PURCHASE&amp;page=2"' in page.text
    assert "没有符合条件的记录" in customer.get("/coin/transactions?kind=DISPUTE_HOLD").text


def test_a_receipt_is_there_for_what_was_paid_and_for_its_owner_only(site, customer):
    paid = customer.numbers["PAID"][1]
    receipt = customer.get(f"/coin/orders/{paid}/receipt")
    for text in (paid, "¥49.00", "500", customer.username, "模拟支付"):
        assert text in receipt.text
    assert "已退金额" not in receipt.text
    for number in (*customer.numbers["CANCELLED"], *customer.numbers["FAILED"], *customer.numbers["PENDING"]):
        assert customer.get(f"/coin/orders/{number}/receipt").status_code == 404
    assert site.new_user().get(f"/coin/orders/{paid}/receipt").status_code == 404
    assert Client(site.base).get(f"/coin/orders/{paid}/receipt").status_code == 303


def test_a_receipt_tells_what_was_given_back(site):
    client = site.new_user()
    order = client.order(package=2)
    client.data(client.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    site.coinpay("refund", order["order_no"], "--amount", "4.90", "--reason", "a test")
    path = f"/coin/orders/{order['order_no']}/receipt"
    wait_for(lambda: "已退金额" in client.get(path).text)
    text = client.get(path).text
    assert "¥4.90" in text and "部分退款" in text


def test_asking_at_once_answers_with_the_time_of_the_next_question(site, customer):
    number = customer.order()["order_no"]
    answer = customer.data(customer.post(f"/api/coin/order/{number}/check"))
    assert answer["status"] == "PENDING" and 1 <= answer["next_check_seconds"] <= 30
    assert 1790 <= answer["seconds_left"] <= 1800 and answer["failure"] is None
    assert customer.data(customer.post(f"/api/coin/order/{customer.numbers['PAID'][0]}/check"))["status"] == "PAID"
    assert site.new_user().post(f"/api/coin/order/{number}/check").status_code == 404


def test_a_failure_is_told_with_its_cause(customer):
    answer = customer.status(customer.numbers["FAILED"][0])
    assert answer["failure"] == "银行或支付机构拒绝了这笔付款" and answer["seconds_left"] == 0


@pytest.mark.parametrize("path", ["/coin/orders", "/coin/transactions"])
def test_a_page_behind_the_last_one_shows_the_last_one(site, path):
    user = site.new_user()
    order = user.order()
    user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    answer = user.get(path + "?page=99", headers={"Accept-Language": "en"})
    assert answer.status_code == 200 and order["order_no"] in answer.text
    assert "No orders yet" not in answer.text


def test_an_error_page_does_not_ask_somebody_who_is_there_to_sign_in(site, user):
    for path in ["/coin/nothing-here", "/coin/pay/COIN_20260101_00000000", "/coin/orders?from=x"]:
        answer = user.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code in (400, 404) and "Sign in" not in answer.text
