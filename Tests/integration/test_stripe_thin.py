"""Events that only name what changed, and states that nobody knows: stored first, then asked about."""

import time

import pytest

from support.stripe_site import wait_until

KINDS = {"payment_intent": "payment_intents", "charge": "charges", "refund": "refunds", "dispute": "disputes",
         "checkout.session": "checkout/sessions"}


def thin(kind, thing, **changes):
    """As an event destination with thin payload sends it: created is text, and there is no object."""
    return {
        "id": f"evt_test_{thing['id'][-12:]}_{time.monotonic_ns()}", "object": "v2.core.event", "type": f"v1.{kind}",
        "created": time.strftime("%Y-%m-%dT%H:%M:%S.123Z", time.gmtime()), "livemode": False, "context": None,
        "reason": None, "changes": None, "snapshot_event": f"evt_{thing['id']}",
        "related_object": {"id": thing["id"], "type": thing["object"],
                           "url": f"/v1/{KINDS.get(thing['object'], 'others')}/{thing['id']}"}, **changes}


def send_thin(shop):
    """All that Stripe has to say, by thin events alone."""
    for event in shop.fake.hooks.drop():
        answer = shop.fake.hooks.post(thin(event["type"], event["data"]["object"]))
        assert answer.status_code == 200, (event["type"], answer.text)


def events(shop, key):
    return shop.site.sql(f"SELECT state, outcome, attempts FROM payment_events WHERE event_key = '{key}'")


def critical(shop):
    return [line for line in shop.site.worker_log().splitlines() if " critical " in line]


def make_due(shop):
    shop.site.sql("UPDATE payment_events SET next_attempt_at = NOW(6) WHERE state = 'PENDING'")


def test_a_payment_its_refund_and_its_dispute_are_followed_by_thin_events(shop):
    order = shop.order()
    shop.pay(order)
    send_thin(shop)
    wait_until(lambda: shop.status(order) == "PAID", "the payment was not read")
    assert shop.coins() == 100
    charge = shop.fake.book.objects[shop.fake.book.objects[shop.intent(order)]["latest_charge"]]
    shop.fake.book.add_refund(charge, 50, None, {})
    send_thin(shop)
    wait_until(lambda: shop.status(order) == "PARTIALLY_REFUNDED", "the refund was not read")
    # 0.50 of 1.49 are 33.6 coins, rounded up.
    assert shop.coins() == 66 and len(shop.refunds(order)) == 1
    shop.fake.book.dispute(shop.intent(order), amount=50)
    send_thin(shop)
    wait_until(lambda: shop.disputes(order) == ["OPENED"], "the dispute was not read")
    # The line is written after the commit.
    wait_until(lambda: [line.count("a buyer disputes a payment") for line in critical(shop)][-1:] == [1], "nobody is told")
    wait_until(lambda: shop.site.value(
        "SELECT COUNT(*) FROM payment_events WHERE kind = 'CHANGED' AND state <> 'SETTLED'") == "0", "questions are open")


def test_a_thin_event_is_durable_before_stripe_is_asked(shop):
    order = shop.order()
    shop.pay(order)
    thing = shop.fake.book.objects[order["number"]]
    shop.fake.hooks.drop()
    shop.fake.misbehave("error", f"GET .*/{order['number']}")
    event = thin("checkout.session.completed" if order["number"].startswith("cs_") else "payment_intent.succeeded", thing)
    assert shop.fake.hooks.post(event).status_code == 200
    wait_until(lambda: int(events(shop, event["id"])[0][2]) > 0, "it was not asked")
    assert events(shop, event["id"])[0][0] == "PENDING" and shop.status(order) == "PENDING"
    shop.fake.behave()
    make_due(shop)
    wait_until(lambda: events(shop, event["id"])[0][:2] == ["SETTLED", "READ"], "it was not read")
    assert shop.status(order) == "PAID" and shop.coins() == 100
    # Again: nothing more.
    assert shop.fake.hooks.post(event).status_code == 200
    assert shop.coins() == 100


@pytest.mark.parametrize("event", [
    {"type": "v2.core.account.updated", "related_object": {"id": "acct_1", "type": "v2.core.account", "url": "/v2/x"}},
    {"type": "v1.customer.created", "related_object": {"id": "cus_1", "type": "customer", "url": "/v1/customers/cus_1"}},
    {"type": "v2.core.event_destination.ping", "related_object": None},
    {"type": "v1.refund.created", "related_object": {"id": "../../v1/accounts", "type": "customer", "url": "https://evil.example/"}},
    {"type": "v1.refund.created", "related_object": {"id": 5, "type": ["refund"]}},
    {"type": "v1.refund.created", "created": 5, "related_object": "re_1"},
])
def test_thin_events_about_anything_else_are_acknowledged(shop, event):
    before = shop.site.value("SELECT COUNT(*) FROM payment_events")
    answer = shop.fake.hooks.post(thin("x", {"id": "x_1234567890ab", "object": "x"}, **event))
    assert answer.status_code == 200 and shop.site.value("SELECT COUNT(*) FROM payment_events") == before


def test_a_thin_event_without_our_signature_is_refused(shop):
    event = thin("refund.created", {"id": "re_1", "object": "refund"})
    assert shop.fake.hooks.post(event, secrets=["whsec_wrong"]).status_code == 400


def test_a_refund_in_a_state_that_nobody_knows_is_asked_about(shop):
    order = shop.paid()
    charge = shop.fake.book.objects[shop.fake.book.objects[shop.intent(order)]["latest_charge"]]
    refund = shop.fake.book.add_refund(charge, 149, None, {}, status="on_hold")
    # Neither refused nor guessed, by the refund's event or the charge's.
    shop.flush()
    assert shop.coins() == 100 and shop.status(order) == "PAID"
    assert shop.refunds(order) == []
    make_due(shop)
    shop.fake.book.objects[refund["id"]]["status"] = "succeeded"

    def is_given_back():
        make_due(shop)
        return shop.status(order) == "REFUNDED"
    wait_until(is_given_back, "the refund was not read")
    assert shop.coins() == 0 and len(shop.refunds(order)) == 1


def test_a_dispute_in_a_state_that_nobody_knows_is_asked_about_and_alarmed_at_last(shop):
    order = shop.paid()
    dispute = shop.fake.book.dispute(shop.intent(order))
    for event in shop.fake.hooks.drop():
        event["data"]["object"]["status"] = "arbitration"
        shop.fake.hooks.take(event)
    shop.fake.book.objects[dispute["id"]]["status"] = "arbitration"
    shop.flush()
    assert shop.disputes(order) == [] and shop.coins() == 100
    shop.site.sql("UPDATE payment_events SET attempts = 11, next_attempt_at = NOW(6) "
                  f"WHERE news_id = '{dispute['id']}' AND state = 'PENDING'")
    wait_until(lambda: any("could not be found out" in line and dispute["id"] in line for line in critical(shop)), "no alarm")
    shop.fake.book.objects[dispute["id"]]["status"] = "needs_response"
    shop.site.coinpay("queue", "retry")
    wait_until(lambda: shop.disputes(order) == ["OPENED"], "the dispute was not read")


def test_an_authorization_that_was_released_moves_no_coins(shop):
    order = shop.order()
    intent = shop.fake.book.objects.get(shop.intent(order) or "") or {"id": "pi_none", "metadata": {"out_trade_no": order["order_no"]}}
    charge = {
        "id": "ch_released", "object": "charge", "status": "succeeded", "captured": False, "amount": 149,
        "amount_captured": 0, "amount_refunded": 149, "currency": "usd", "livemode": False, "refunded": True,
        "payment_intent": intent["id"], "metadata": intent["metadata"]}
    shop.fake.book.tell("charge.refunded", charge)
    shop.flush()
    assert shop.status(order) == "PENDING" and shop.coins() == 0
