"""All that happens to a payment by Stripe, in both ways to pay: on our page and on Stripe's."""

import time

import pytest

from support.stack import Stack
from support.stripe_fake import StripeFake
from support.stripe_fixtures import WEBHOOK_SECRET
from support.stripe_site import OLD_SECRET, TWO_SECRETS, Shop, wait_until


@pytest.fixture(scope="module")
def fake():
    with StripeFake() as fake:
        yield fake
        assert fake.problems == []


@pytest.fixture(scope="module", params=["elements", "session"])
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def site(fake, mode):
    with Stack(f"stripe-{mode}", STRIPE_API_URL=fake.url, STRIPE_CHECKOUT=mode, **TWO_SECRETS) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def shop(site, fake, user):
    yield Shop(site, fake, user)
    fake.behave()
    fake.routes.refund_status = "succeeded"


sessions_only = pytest.mark.parametrize("mode", ["session"], indirect=True)


# Paying

def test_an_order_is_paid_and_credited_once(shop, fake, mode):
    order = shop.order()
    there = fake.book.objects[order["number"]]
    if mode == "session":
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


def test_going_on_to_pay_gives_the_same_payment(shop, mode):
    order = shop.order()
    again = shop.user.data(shop.user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "STRIPE"}))
    name = "payment_url" if mode == "session" else "client_secret"
    assert again[name] == order[name]
    page = shop.user.get(f"/coin/pay/{order['order_no']}").text
    assert (order["payment_url"] in page) if mode == "session" else ("data-card" in page)


def test_events_in_any_order_credit_once(shop):
    order = shop.order()
    shop.pay(order)
    shop.flush(reverse=True, times=2)
    assert shop.status(order) == "PAID" and shop.coins() == 100


def test_lost_notifications_are_made_up_for_by_asking(shop):
    order = shop.order()
    shop.pay(order)
    shop.fake.hooks.drop()
    shop.site.coinpay("order", "query", order["order_no"])
    assert shop.status(order) == "PAID" and shop.coins() == 100


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_bank_debit_waits_until_it_is_cleared(shop, mode, succeeds):
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
        assert shop.status(order) == ("FAILED" if mode == "session" else "PENDING") and shop.coins() == 0


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


def test_cancelling_makes_the_payment_unpayable_at_stripe(shop, mode):
    order = shop.order()
    assert shop.user.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200
    there = shop.fake.book.objects[order["number"]]
    wait_until(lambda: there["status"] == ("expired" if mode == "session" else "canceled"), "it stays payable")
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


def test_an_answer_that_was_lost_is_found_again(shop, fake):
    fake.misbehave("lose-answer", "payment_intents$|sessions$")
    wish = {"package_id": 1, "payment_method": "STRIPE"}
    headers = {"Idempotency-Key": f"lost-{time.monotonic()}"}
    assert shop.user.post("/api/coin/order", wish, headers=headers).status_code == 503
    fake.behave()
    kind = "checkout.session" if "session" in shop.site.environment["STRIPE_CHECKOUT"] else "payment_intent"
    made = len(fake.book.all(kind))
    answer = wait_until(lambda: (a := shop.user.post("/api/coin/order", wish, headers=headers)).ok and a, "no payment")
    assert answer.json()["data"]["order_no"] and len(fake.book.all(kind)) == made


@pytest.mark.parametrize("spoilt", ["other-amount", "other-mode", "garbage", "error-after"])
def test_a_spoilt_answer_starts_nothing(shop, fake, spoilt):
    fake.misbehave(spoilt, "payment_intents$|sessions$")
    answer = shop.user.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"})
    assert answer.status_code == 503, answer.text
    fake.behave()
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


# Refunds

def test_an_operators_refund_reaches_stripe_and_takes_the_coins(shop, fake):
    order = shop.paid()
    shop.refund(order)
    wait_until(lambda: shop.status(order) == "REFUNDED", "the refund was not settled")
    shop.flush(times=2)
    assert shop.status(order) == "REFUNDED" and shop.coins() == 0
    request = fake.sent("POST", "/v1/refunds")[-1].fields
    assert request["payment_intent"] == shop.intent(order) and request["amount"] == "149"
    assert [r["amount"] for r in fake.book.all("refund") if r["payment_intent"] == shop.intent(order)] == [149]


def test_partial_refunds_take_their_share(shop):
    order = shop.paid()
    shop.refund(order, "--amount", "0.49")
    wait_until(lambda: shop.status(order) == "PARTIALLY_REFUNDED", "the refund was not settled")
    shop.flush()
    assert shop.coins() == 67 and shop.status(order) == "PARTIALLY_REFUNDED"
    shop.refund(order)
    wait_until(lambda: shop.status(order) == "REFUNDED", "the rest was not refunded")
    shop.flush()
    assert shop.coins() == 0 and [row[:2] for row in shop.refunds(order)] == [["SUCCEEDED", "49"], ["SUCCEEDED", "100"]]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_refund_that_fails_after_it_succeeded_gives_the_coins_back(shop, fake, reverse):
    order = shop.paid()
    fake.routes.refund_status = "pending"
    shop.refund(order)
    wait_until(lambda: shop.refunds(order)[0][0] == "PENDING", "the refund is not under way")
    shop.flush()
    assert shop.status(order) == "REFUNDING" and shop.coins() == 0
    number = shop.refunds(order)[0][2]
    fake.book.finish_refund(number, "succeeded")
    if not reverse:
        shop.flush()
        assert shop.status(order) == "REFUNDED"
    fake.book.finish_refund(number, "failed", "expired_or_canceled_card")
    shop.flush(reverse=reverse, times=2)
    assert shop.refunds(order)[0][0] == "FAILED" and shop.coins() == 100 and shop.status(order) == "PAID"


def test_a_refund_whose_answer_was_lost_is_made_once(shop, fake):
    order = shop.paid()
    fake.misbehave("lose-answer", "POST .*refunds$")
    shop.refund(order)
    fake.behave()
    # A day later Stripe has forgotten the key; the number in the metadata is found.
    fake.forget_keys()
    fake.hooks.drop()
    shop.site.sql("UPDATE refunds SET next_attempt_at = UTC_TIMESTAMP(6) WHERE status = 'REQUESTED'")
    wait_until(lambda: shop.status(order) == "REFUNDED", "the refund was not found", seconds=60)
    assert len([r for r in fake.book.all("refund") if r["payment_intent"] == shop.intent(order)]) == 1


@pytest.mark.parametrize("reverse", [False, True])
def test_a_refund_of_the_dashboard_is_booked_once(shop, fake, reverse):
    order = shop.paid()
    charge = fake.book.objects[fake.book.objects[shop.intent(order)]["latest_charge"]]
    fake.book.add_refund(charge, 49, None, {})
    shop.flush(reverse=reverse, times=2)
    assert shop.status(order) == "PARTIALLY_REFUNDED" and shop.coins() == 67
    second = fake.book.add_refund(charge, 100, "requested_by_customer", {})
    shop.flush(reverse=reverse)
    assert shop.status(order) == "REFUNDED" and shop.coins() == 0 and len(shop.refunds(order)) == 2
    fake.book.finish_refund(second["id"], "failed")
    shop.flush(reverse=reverse)
    assert shop.status(order) == "PARTIALLY_REFUNDED" and shop.coins() == 67


def test_a_refunded_charge_alone_tells_everything(shop, fake):
    order = shop.order()
    shop.pay(order)
    charge = fake.book.objects[fake.book.objects[shop.intent(order)]["latest_charge"]]
    fake.book.add_refund(charge, 49, None, {})
    shop.flush(lose=lambda event: event["type"] != "charge.refunded")
    assert shop.status(order) == "PARTIALLY_REFUNDED" and shop.coins() == 67


def test_money_paid_twice_goes_back_by_itself(shop, fake):
    order = shop.order()
    other = shop.user.data(shop.user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "MOCK"}))
    shop.user.post(f"/api/payment/mock/success/{other['mock_payment_id']}")
    there = fake.book.objects[order["number"]]
    if there["status"] in ("expired", "canceled"):
        # The other payment closed it in time; the buyer was faster in this story.
        there["status"] = "open" if there["object"] == "checkout.session" else "requires_payment_method"
    fake.hooks.drop()
    shop.pay(order)
    shop.flush()
    assert shop.payment_status(order) == "DUPLICATE" and shop.coins() == 100
    wait_until(lambda: shop.refunds(order) and shop.refunds(order)[0][0] == "SUCCEEDED", "it was not refunded")
    shop.flush()
    assert shop.status(order) == "PAID" and shop.coins() == 100
    assert fake.sent("POST", "/v1/refunds")[-1].fields["metadata[reason]"] == "paid twice"


# Disputes

@pytest.mark.parametrize("end,status,coins", [("won", "PAID", 100), ("lost", "DISPUTED", 0)])
def test_a_dispute_freezes_the_coins_until_it_is_decided(shop, fake, end, status, coins):
    order = shop.paid()
    number = fake.book.dispute(shop.intent(order))["id"]
    shop.flush(times=2)
    assert shop.status(order) == "DISPUTED" and shop.coins() == 0
    fake.book.answer_dispute(number)
    fake.book.close_dispute(number, end)
    shop.flush(times=2)
    assert shop.status(order) == status and shop.coins() == coins and shop.disputes(order) == [end.upper()]


def test_an_inquiry_freezes_nothing(shop, fake):
    order = shop.paid()
    number = fake.book.dispute(shop.intent(order), is_inquiry=True)["id"]
    shop.flush()
    assert shop.status(order) == "PAID" and shop.coins() == 100 and shop.disputes(order) == ["INQUIRY"]
    fake.book.close_dispute(number, "warning_closed")
    shop.flush()
    assert shop.status(order) == "PAID" and shop.coins() == 100


def test_an_inquiry_heard_of_late_releases_nothing(shop, fake):
    order = shop.paid()
    number = fake.book.dispute(shop.intent(order), is_inquiry=True)["id"]
    fake.book.escalate(number)
    shop.flush(reverse=True)
    assert shop.status(order) == "DISPUTED" and shop.coins() == 0
    fake.book.close_dispute(number, "won")
    shop.flush()
    assert shop.status(order) == "PAID" and shop.coins() == 100


# What is not ours

@pytest.mark.parametrize("change", [{"account": "acct_other"}, {"livemode": True}])
def test_news_of_another_account_or_mode_moves_nothing(shop, fake, change):
    order = shop.paid()
    fake.book.dispute(shop.intent(order))
    charge = fake.book.objects[fake.book.objects[shop.intent(order)]["latest_charge"]]
    fake.book.add_refund(charge, 149, None, {})
    for event in fake.hooks.drop():
        if "livemode" in change and "livemode" in event["data"]["object"]:
            event["data"]["object"]["livemode"] = True
        assert fake.hooks.post({**event, **change}).status_code == 200
    assert shop.status(order) == "PAID" and shop.coins() == 100


def test_when_stripe_does_not_answer_the_notification_is_wanted_again(shop, fake):
    order = shop.paid()
    fake.book.dispute(shop.intent(order))
    fake.misbehave("rate-limit", "sessions")
    assert {status for _, status in fake.hooks.flush()} == {503}
    assert shop.status(order) == "PAID"
    fake.behave()
    shop.flush()
    assert shop.status(order) == "DISPUTED"


def test_stripe_is_found_in_order(shop, fake):
    fake.routes.endpoints = [{
        "id": "we_1", "object": "webhook_endpoint", "url": "https://shop.example.com/api/payment/webhook/stripe",
        "status": "enabled", "enabled_events": ["*"], "created": 1}]
    report = shop.site.coinpay("provider", "check", "STRIPE")
    assert "accepted, test mode" in report.stdout and "all that matter are sent" in report.stdout
    fake.routes.endpoints = []
    report = shop.site.coinpay("provider", "check", "STRIPE", check=False)
    assert report.returncode == 1 and "no webhook endpoint" in report.stdout
