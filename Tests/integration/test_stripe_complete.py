"""All that happens to a payment by Stripe, in both ways to pay: on our page and on Stripe's."""

import pytest
import stripe

from support.stripe_fixtures import WEBHOOK_SECRET
from support.stripe_site import OLD_SECRET, wait_until

sessions_only = pytest.mark.parametrize("checkout", ["session"], indirect=True)


# Paying

def test_an_order_is_paid_and_credited_once(shop, stripe_fake, checkout):
    order = shop.order()
    there = stripe_fake.book.objects[order["number"]]
    if checkout == "session":
        assert order["payment_url"] == there["url"] and "client_secret" not in order
        assert there["client_reference_id"] == order["order_no"] and there["amount_total"] == 149
        assert "{CHECKOUT_SESSION_ID}" in there["success_url"]
    else:
        assert order["client_secret"] == there["client_secret"]
    assert shop.status(order) == "PENDING"
    shop.pay(order)
    sent = shop.flush(times=3)
    assert "payment_intent.succeeded" in sent
    assert shop.status(order) == "PAID" and shop.coins() == 100
    assert shop.payment_status(order) == "SUCCEEDED"


def test_going_on_to_pay_gives_the_same_payment(shop, checkout):
    order = shop.order()
    again = shop.user.data(shop.user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "STRIPE"}))
    name = "payment_url" if checkout == "session" else "client_secret"
    assert again[name] == order[name]
    page = shop.user.get(f"/coin/pay/{order['order_no']}").text
    assert (order["payment_url"] in page) if checkout == "session" else ("data-card" in page)


def test_events_in_any_order_credit_once(shop):
    order = shop.order()
    shop.pay(order)
    shop.flush(reverse=True, times=2)
    assert shop.status(order) == "PAID" and shop.coins() == 100


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_bank_debit_waits_until_it_is_cleared(shop, checkout, succeeds):
    order = shop.order()
    shop.pay(order, "bank")
    shop.flush()
    shop.site.coinpay("order", "query", order["order_no"])
    assert shop.status(order) == "PENDING" and shop.coins() == 0
    shop.fake.checkout.clear(shop.intent(order), succeeds)
    shop.flush()
    if succeeds:
        assert shop.status(order) == "PAID" and shop.coins() == 100
    else:
        # An intent can be paid by something else; a session that failed is over.
        assert shop.status(order) == ("FAILED" if checkout == "session" else "PENDING") and shop.coins() == 0


@sessions_only
def test_a_failed_bank_debit_is_found_by_asking(shop):
    order = shop.order()
    shop.pay(order, "bank")
    shop.fake.checkout.clear(shop.intent(order), succeeds=False)
    shop.fake.hooks.drop()
    shop.site.coinpay("order", "query", order["order_no"])
    assert shop.status(order) == "FAILED"


@sessions_only
def test_an_expired_page_closes_the_payment_and_leaves_the_order(shop):
    order = shop.order()
    shop.fake.checkout.expire(order["number"])
    assert shop.flush() == ["checkout.session.expired"]
    assert shop.payment_status(order) == "CLOSED" and shop.status(order) == "PENDING"


def test_cancelling_makes_the_payment_unpayable_at_stripe(shop, checkout):
    order = shop.order()
    assert shop.user.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200
    there = shop.fake.book.objects[order["number"]]
    wait_until(lambda: there["status"] == ("expired" if checkout == "session" else "canceled"), "it stays payable")
    wait_until(lambda: shop.payment_status(order) == "CLOSED", "it was not closed here")
    shop.flush()
    assert shop.status(order) == "CANCELLED"


def test_cancelling_too_late_still_credits(shop):
    order = shop.order()
    shop.pay(order)
    shop.fake.hooks.drop()
    shop.user.post(f"/api/coin/order/{order['order_no']}/cancel")
    wait_until(lambda: shop.status(order) == "PAID", "the money was not found")
    assert shop.coins() == 100


@pytest.mark.parametrize("spoilt", ["other-amount", "other-mode", "garbage", "error-after"])
def test_a_spoilt_answer_starts_nothing(shop, stripe_fake, spoilt):
    stripe_fake.misbehave(spoilt, "payment_intents$|sessions$")
    answer = shop.user.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"})
    assert answer.status_code == 503, answer.text
    stripe_fake.behave()
    wait_until(
        lambda: shop.user.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"}).ok, "it stays closed")


# Secrets

def test_either_secret_is_believed_while_they_are_exchanged(shop):
    for secrets in [[WEBHOOK_SECRET], [OLD_SECRET], [OLD_SECRET, WEBHOOK_SECRET], ["whsec_other", OLD_SECRET]]:
        order = shop.order()
        shop.pay(order)
        shop.flush(secrets=secrets)
        assert shop.status(order) == "PAID"
    order = shop.order()
    shop.pay(order)
    assert {status for _, status in shop.fake.hooks.flush(secrets=["whsec_other"])} == {400}
    assert shop.status(order) == "PENDING"
    assert {status for _, status in shop.fake.hooks.flush(seconds_ago=400)} == {400}
    # Stripe sends again, with a new time and signature.
    shop.flush()
    assert shop.status(order) == "PAID" and shop.coins() == 500


# What is not ours

@pytest.mark.parametrize("change", [{"account": "acct_other"}, {"livemode": True}])
def test_news_of_another_account_or_mode_moves_nothing(shop, stripe_fake, change):
    order = shop.paid()
    stripe_fake.book.dispute(shop.intent(order))
    charge = stripe_fake.book.objects[stripe_fake.book.objects[shop.intent(order)]["latest_charge"]]
    stripe_fake.book.add_refund(charge, 149, None, {})
    for event in stripe_fake.hooks.drop():
        if "livemode" in change and "livemode" in event["data"]["object"]:
            event["data"]["object"]["livemode"] = True
        assert stripe_fake.hooks.post({**event, **change}).status_code == 200
    assert shop.status(order) == "PAID" and shop.coins() == 100


def test_when_stripe_does_not_answer_the_notification_is_wanted_again(shop, stripe_fake):
    order = shop.paid()
    stripe_fake.book.dispute(shop.intent(order))
    stripe_fake.misbehave("rate-limit", "sessions|payment_intents")
    assert {status for _, status in stripe_fake.hooks.flush()} == {503}
    assert shop.status(order) == "PAID"
    stripe_fake.behave()
    shop.flush()
    assert shop.status(order) == "DISPUTED"


OUR_URL = "https://shop.example.com/api/payment/webhook/stripe"


def endpoint(**changes):
    return {"id": "we_1", "object": "webhook_endpoint", "url": OUR_URL, "status": "enabled", "enabled_events": ["*"],
            "api_version": stripe.api_version, "created": 1, **changes}


def destination(**changes):
    return {"id": "ed_1", "object": "v2.core.event_destination", "type": "webhook_endpoint", "status": "enabled",
            "event_payload": "thin", "enabled_events": ["v1.charge.refunded"], "snapshot_api_version": None,
            "webhook_endpoint": {"url": OUR_URL}, **changes}


def checked(shop, *endpoints, destinations=()):
    """Level and text of what is said of the endpoints."""
    shop.fake.routes.endpoints, shop.fake.routes.destinations = list(endpoints), list(destinations)
    try:
        report = shop.site.coinpay("provider", "check", "STRIPE", check=False)
        return report.returncode, report.stdout
    finally:
        shop.fake.routes.endpoints, shop.fake.routes.destinations = [], []


def test_stripe_is_found_in_order(shop):
    status, text = checked(shop, endpoint())
    assert "accepted, test mode" in text and "all that matter are sent" in text
    assert f"webhook version: snapshot payload of API version {stripe.api_version}" in text
    status, text = checked(shop)
    assert status == 1 and "no webhook endpoint" in text


def test_an_endpoint_of_another_version_is_told_what_to_do(shop):
    status, text = checked(shop, endpoint(api_version="2019-12-03"))
    assert status == 0 and f"of API version 2019-12-03, and {stripe.api_version} was checked" in text
    _, text = checked(shop, endpoint(api_version=None))
    assert "of the account's API version" in text


def test_thin_payload_is_named(shop):
    status, text = checked(shop, destinations=[destination(), destination(id="ed_2", webhook_endpoint={"url": "https://x.example/"})])
    assert status == 0 and text.count("sends thin payload") == 1 and "v1.payment_intent.succeeded, " in text
    assert "v1.charge.refunded" not in text
    # A snapshot destination is listed in both.
    _, text = checked(shop, endpoint(), destinations=[destination(id="we_1", event_payload="snapshot", enabled_events=["*"])])
    assert "thin" not in text and text.count("all that matter are sent") == 1


def test_missing_events_and_a_disabled_endpoint_are_named(shop):
    _, text = checked(shop, endpoint(enabled_events=["payment_intent.succeeded"]))
    assert "does not send payment_intent.payment_failed, " in text and "charge.dispute.closed" in text
    status, text = checked(shop, endpoint(status="disabled"))
    assert status == 1 and "Stripe disabled" in text
