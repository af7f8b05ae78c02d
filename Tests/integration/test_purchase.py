"""The ways of a mock order: paid, failed, expired, repeated, cancelled, another user's."""

import uuid


def test_paying_credits_the_coins_once(site, user):
    order = user.order(package=2)
    assert order["coins"] == 550 and order["amount"] == 49 and order["currency"] == "CNY"
    assert user.status(order["order_no"])["status"] == "PENDING"
    for _ in range(3):
        paid = user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
        assert paid["status"] == "PAID" and paid["paid_at"]
    assert user.balance() == 550
    entries = user.data(user.get("/api/coin/transactions"))
    assert [(e["kind"], e["coins"]) for e in entries["items"]] == [("BONUS", 50), ("PURCHASE", 500)]
    site.assert_ledger_holds()


def test_a_failed_payment_credits_nothing_and_can_be_paid_again(site, user):
    order = user.order()
    failed = user.data(user.post(f"/api/payment/mock/failure/{order['mock_payment_id']}"))
    assert failed["status"] == "FAILED" and user.balance() == 0
    again = user.data(user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "MOCK"}))
    assert again["order_no"] == order["order_no"]
    assert again["mock_payment_id"] != order["mock_payment_id"]
    paid = user.data(user.post(f"/api/payment/mock/success/{again['mock_payment_id']}"))
    assert paid["status"] == "PAID" and user.balance() == 100
    site.assert_ledger_holds()


def test_an_order_past_its_time_reads_expired_and_cannot_be_paid_by_mock(site, user):
    order = user.order()
    site.sql(f"UPDATE coin_orders SET expires_at = '2020-01-01' WHERE order_no = '{order['order_no']}'")
    assert user.status(order["order_no"])["status"] == "EXPIRED"
    answer = user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
    assert answer.status_code == 409 and answer.json()["error"]["code"] == "CONFLICT"
    assert user.balance() == 0
    again = user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "MOCK"})
    assert again.status_code == 409


def test_the_same_idempotency_key_gives_the_same_order(site, user):
    key = uuid.uuid4().hex
    first, second = user.order(key=key), user.order(key=key)
    assert first == second
    other = user.post("/api/coin/order", {"package_id": 2, "payment_method": "MOCK"},
                      headers={"Idempotency-Key": key})
    assert other.status_code == 409 and other.json()["error"]["code"] == "CONFLICT"
    stranger = site.new_user().order(key=key)
    assert stranger["order_no"] != first["order_no"]
    assert user.data(user.get("/api/coin/orders"))["total"] == 1


def test_cancelling_ends_the_order_and_its_payment(site, user):
    order = user.order()
    path = f"/api/coin/order/{order['order_no']}/cancel"
    assert user.data(user.post(path))["status"] == "CANCELLED"
    assert user.data(user.post(path))["status"] == "CANCELLED"
    assert user.post(f"/api/payment/mock/success/{order['mock_payment_id']}").status_code == 409
    payment = site.value(f"SELECT p.status FROM payments p JOIN coin_orders o ON o.id = p.order_id "
                         f"WHERE o.order_no = '{order['order_no']}'")
    assert payment == "CLOSED"
    site.assert_ledger_holds()


def test_a_mock_payment_that_was_replaced_cannot_be_paid(site, user):
    order = user.order()
    number = order["order_no"]
    user.data(user.post(f"/api/coin/order/{number}/pay", {"payment_method": "STRIPE"}))
    assert user.post(f"/api/payment/mock/success/{order['mock_payment_id']}").status_code == 409
    assert user.balance() == 0 and user.status(number)["status"] == "PENDING"
    site.assert_ledger_holds()


def test_nobody_sees_or_touches_another_users_order(site, user):
    order = user.order()
    stranger, number = site.new_user(), order["order_no"]
    answers = [
        stranger.get(f"/api/coin/order/status/{number}"),
        stranger.post(f"/api/coin/order/{number}/pay", {"payment_method": "MOCK"}),
        stranger.post(f"/api/coin/order/{number}/cancel"),
        stranger.post(f"/api/payment/mock/success/{order['mock_payment_id']}"),
        stranger.get(f"/coin/pay/{number}"),
        stranger.get(f"/payment/success?order_no={number}"),
    ]
    assert [a.status_code for a in answers] == [404] * len(answers)
    assert answers[0].json()["error"]["code"] == "ORDER_NOT_FOUND"
    assert user.status(number)["status"] == "PENDING"


def test_order_numbers_have_the_promised_form(user):
    import re
    assert re.fullmatch(r"COIN_\d{8}_\d{8,12}", user.order()["order_no"])


def test_every_page_of_a_buyer_is_served(user):
    order = user.order()
    for path in ["/coin", "/coin/orders", "/coin/transactions", f"/coin/pay/{order['order_no']}",
                 f"/payment/success?order_no={order['order_no']}"]:
        page = user.get(path)
        assert page.status_code == 200 and page.text.startswith("<!DOCTYPE html>"), path
        english = user.get(path, headers={"Accept-Language": "en"})
        assert '<html lang="en">' in english.text
        assert "style=" not in page.text and "<script>" not in page.text
    assert user.get("/").headers["Location"] == "/coin"
