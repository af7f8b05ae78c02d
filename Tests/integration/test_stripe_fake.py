"""The fake of Stripe's API keeps Stripe's rules, as Stripe's own SDK sees it."""

import concurrent.futures
import time

import pytest
import stripe

from support.stripe_fake import StripeFake
from support.stripe_hooks import Hooks
from support.stripe_rules import AMOUNT_MAX

INTENT = {"amount": 149, "currency": "usd", "automatic_payment_methods": {"enabled": True}, "description": "Coins",
          "metadata": {"order_no": "COIN_20260101_00000001"}}


@pytest.fixture
def fake():
    with StripeFake() as fake:
        yield fake


@pytest.fixture
def client(fake):
    return stripe.StripeClient("sk_test_coinpay", base_addresses={"api": fake.url}, max_network_retries=0)


def session_wish(**changes):
    return {
        "mode": "payment", "client_reference_id": "COIN_20260101_00000001",
        "success_url": "https://shop.example/ok?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/back", "expires_at": int(time.time()) + 3600,
        "line_items": [{"quantity": 1, "price_data": {
            "currency": "usd", "unit_amount": 149, "product_data": {"name": "Coins"}}}],
        "payment_intent_data": {"metadata": {"order_no": "COIN_20260101_00000001"}}, **changes}


def paid(fake, client, method="card", **changes):
    intent = client.v1.payment_intents.create({**INTENT, **changes})
    fake.checkout.pay(intent.id, method)
    return intent.id


def kinds(fake):
    return [event["type"] for event in reversed(fake.book.events)]


def refused(call, code=None, error=stripe.InvalidRequestError):
    with pytest.raises(error) as raised:
        call()
    assert code is None or raised.value.code == code, raised.value
    return raised.value


# Requests

def test_a_request_without_the_key_is_refused(fake):
    stranger = stripe.StripeClient("sk_test_other", base_addresses={"api": fake.url}, max_network_retries=0)
    refused(lambda: stranger.v1.balance.retrieve(), error=stripe.AuthenticationError)


def test_the_sdks_own_requests_break_no_rule(fake, client):
    paid(fake, client)
    client.v1.checkout.sessions.create(session_wish())
    client.v1.balance_transactions.list({"limit": 100, "expand": ["data.source"]})
    assert fake.problems == [] and client.v1.balance.retrieve().livemode is False


@pytest.mark.parametrize("changes,code", [
    ({"amount": 49}, "amount_too_small"), ({"amount": AMOUNT_MAX + 1}, "amount_too_large"),
    ({"amount": "1.5"}, "parameter_invalid_integer"), ({"amount": "1e3"}, "parameter_invalid_integer"),
    ({"currency": "USD"}, "invalid_currency"), ({"currency": "usdt"}, "invalid_currency"),
    ({"metadata": {"k" * 41: "v"}}, "parameter_invalid_string_too_long"),
    ({"metadata": {"k": "v" * 501}}, "parameter_invalid_string_too_long"),
    ({"metadata": {f"k{n}": "v" for n in range(51)}}, "parameter_invalid"),
    ({"unheard_of": "x"}, "parameter_unknown"),
])
def test_wrong_parameters_are_refused_and_noted(fake, client, changes, code):
    refused(lambda: client.v1.payment_intents.create({**INTENT, **changes}), code)
    assert len(fake.problems) == 1


def test_what_does_not_exist_is_404(client):
    assert refused(lambda: client.v1.payment_intents.retrieve("pi_none"), "resource_missing").http_status == 404
    assert refused(lambda: client.v1.refunds.retrieve("re_none"), "resource_missing").http_status == 404


# Idempotency

def test_the_same_key_gives_the_same_intent_and_says_so(fake, client):
    first = client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"})
    again = client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"})
    assert again.id == first.id and again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    fake.forget_keys()
    assert client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"}).id != first.id


def test_the_same_key_with_other_parameters_is_an_error(client):
    client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"})
    error = refused(lambda: client.v1.payment_intents.create({**INTENT, "amount": 150}, {"idempotency_key": "k"}),
                    error=stripe.IdempotencyError)
    assert error.http_status == 400


def test_a_500_is_replayed_once_the_endpoint_had_begun(fake, client):
    fake.misbehave("error-after")
    refused(lambda: client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"}), error=stripe.APIError)
    fake.behave()
    error = refused(lambda: client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"}), error=stripe.APIError)
    assert error.headers["Idempotent-Replayed"] == "true" and len(fake.book.all("payment_intent")) == 1


def test_what_was_refused_before_it_began_is_not_remembered(fake, client):
    refused(lambda: client.v1.payment_intents.create({**INTENT, "amount": 1}, {"idempotency_key": "k"}))
    assert client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"}).amount == 149


def test_what_the_state_refused_is_remembered(fake, client):
    intent = client.v1.payment_intents.create(INTENT)
    for _ in range(2):
        refused(lambda: client.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "k"}),
                "payment_intent_unexpected_state")
        fake.checkout.pay(intent.id) if intent.status != "succeeded" else None
        intent = client.v1.payment_intents.retrieve(intent.id)


def test_a_key_in_use_is_409(fake, client):
    fake.running.add("k")
    error = refused(lambda: client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"}),
                    error=stripe.StripeError)
    assert error.http_status == 409


def test_twenty_at_once_with_one_key_make_one_intent(fake, client):
    def create():
        try:
            return client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"}).id
        except stripe.StripeError as error:
            assert error.http_status == 409
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        made = {f.result() for f in [pool.submit(create) for _ in range(20)]} - {None}
    assert len(made) == len(fake.book.all("payment_intent")) == 1


# Payment intents

def test_an_intent_goes_from_new_to_paid(fake, client):
    intent = client.v1.payment_intents.create(INTENT)
    assert intent.status == "requires_payment_method" and intent.client_secret.startswith(intent.id)
    fake.checkout.challenge(intent.id)
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_action"
    fake.checkout.decline(intent.id)
    declined = client.v1.payment_intents.retrieve(intent.id)
    assert declined.status == "requires_payment_method"
    assert declined.last_payment_error.decline_code == "insufficient_funds"
    fake.checkout.pay(intent.id)
    done = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})
    assert done.status == "succeeded" and done.amount_received == 149
    assert done.latest_charge.metadata["order_no"] == INTENT["metadata"]["order_no"]
    assert done.latest_charge.balance_transaction.amount == 149
    assert kinds(fake) == ["payment_intent.created", "payment_intent.requires_action",
                           "payment_intent.payment_failed", "charge.succeeded", "payment_intent.succeeded"]


def test_what_can_be_cancelled_is_cancelled_and_nothing_else(fake, client):
    intent = client.v1.payment_intents.create(INTENT)
    params = {"cancellation_reason": "abandoned"}
    assert client.v1.payment_intents.cancel(intent.id, params).status == "canceled"
    processing = client.v1.payment_intents.create(INTENT).id
    fake.checkout.pay(processing, "bank")
    for number in [intent.id, paid(fake, client), processing]:
        refused(lambda number=number: client.v1.payment_intents.cancel(number, params),
                "payment_intent_unexpected_state")


@pytest.mark.parametrize("succeeds,status", [(True, "succeeded"), (False, "requires_payment_method")])
def test_a_bank_debit_is_processing_first(fake, client, succeeds, status):
    number = paid(fake, client, "bank")
    assert client.v1.payment_intents.retrieve(number).status == "processing"
    fake.checkout.clear(number, succeeds)
    assert client.v1.payment_intents.retrieve(number).status == status


# Checkout sessions

def test_a_session_has_an_address_and_makes_its_intent_when_paid(fake, client):
    session = client.v1.checkout.sessions.create(session_wish())
    assert session.status == "open" and session.payment_status == "unpaid" and session.payment_intent is None
    assert session.url.startswith("https://") and session.amount_total == 149
    fake.checkout.pay_session(session.id)
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (done.status, done.payment_status, done.payment_intent.status) == ("complete", "paid", "succeeded")
    assert done.payment_intent.metadata["order_no"] == INTENT["metadata"]["order_no"]
    found = client.v1.checkout.sessions.list({"payment_intent": done.payment_intent.id})
    assert [s.id for s in found.data] == [session.id]
    refused(lambda: client.v1.checkout.sessions.expire(session.id))


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_session_paid_by_bank_debit_is_complete_and_unpaid(fake, client, succeeds):
    session = client.v1.checkout.sessions.create(session_wish())
    fake.checkout.pay_session(session.id, "bank")
    there = client.v1.checkout.sessions.retrieve(session.id)
    assert (there.status, there.payment_status) == ("complete", "unpaid")
    fake.checkout.clear(there.payment_intent, succeeds)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == ("paid" if succeeds else "unpaid")
    assert kinds(fake)[-1] == f"checkout.session.async_payment_{'succeeded' if succeeds else 'failed'}"


def test_a_session_is_expired_once_and_its_intent_is_not_cancelled_by_itself(fake, client):
    session = client.v1.checkout.sessions.create(session_wish())
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    refused(lambda: client.v1.checkout.sessions.expire(session.id))
    assert kinds(fake) == ["checkout.session.expired"]


@pytest.mark.parametrize("changes", [
    {"expires_at": int(time.time()) + 60}, {"expires_at": int(time.time()) + 90_000}, {"success_url": "shop"},
    {"client_reference_id": "x" * 201}, {"mode": "subscription"},
])
def test_a_wrong_session_is_refused(fake, client, changes):
    refused(lambda: client.v1.checkout.sessions.create(session_wish(**changes)))
    assert fake.problems


# Refunds

def test_refunds_are_partial_until_nothing_is_left(fake, client):
    intent = paid(fake, client)
    first = client.v1.refunds.create({"payment_intent": intent, "amount": 49, "metadata": {"n": "1"}})
    assert (first.status, first.amount, first.payment_intent) == ("succeeded", 49, intent)
    refused(lambda: client.v1.refunds.create({"payment_intent": intent, "amount": 101}), "amount_too_large")
    rest = client.v1.refunds.create({"payment_intent": intent, "reason": "duplicate"})
    assert rest.amount == 100
    refused(lambda: client.v1.refunds.create({"payment_intent": intent}), "charge_already_refunded")
    assert [r.id for r in client.v1.refunds.list({"payment_intent": intent}).data] == [rest.id, first.id]
    charge = client.v1.charges.list().data[0]
    assert charge.refunded and charge.amount_refunded == 149
    refunded = [e["data"] for e in reversed(fake.book.events) if e["type"] == "charge.refunded"]
    assert [d["object"]["amount_refunded"] for d in refunded] == [49, 149], "it is cumulative"


def test_a_refund_fails_even_after_it_succeeded(fake, client):
    intent = paid(fake, client)
    fake.routes.refund_status = "pending"
    refund = client.v1.refunds.create({"payment_intent": intent})
    assert refund.status == "pending"
    fake.book.finish_refund(refund.id, "succeeded")
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    fake.book.finish_refund(refund.id, "failed", "lost_or_stolen_card")
    failed = client.v1.refunds.retrieve(refund.id)
    assert failed.status == "failed" and failed.failure_reason == "lost_or_stolen_card"
    assert client.v1.charges.list().data[0].amount_refunded == 0
    assert kinds(fake)[-3:] == ["refund.updated", "charge.refund.updated", "refund.failed"]


@pytest.mark.parametrize("changes,code", [
    ({"reason": "because"}, "parameter_invalid"), ({"amount": 0}, "parameter_invalid"),
    ({"amount": "1.5"}, "parameter_invalid_integer"), ({"payment_intent": "pi_none"}, "resource_missing"),
])
def test_a_wrong_refund_is_refused(fake, client, changes, code):
    intent = paid(fake, client)
    error = changes.copy()
    if code == "parameter_invalid" and "amount" in changes:
        code = "amount_too_small"
    refused(lambda: client.v1.refunds.create({"payment_intent": intent, **error}), code)


# Disputes

@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_dispute_takes_the_money_until_it_is_won(fake, client, end):
    intent = paid(fake, client)
    number = fake.book.dispute(intent)["id"]
    refused(lambda: client.v1.refunds.create({"payment_intent": intent}), "charge_disputed")
    fake.book.answer_dispute(number)
    fake.book.close_dispute(number, end)
    dispute = client.v1.disputes.retrieve(number)
    assert dispute.status == end and dispute.payment_intent == intent and dispute.evidence_details.due_by
    assert sum(t.amount for t in dispute.balance_transactions) == (0 if end == "won" else -149)
    expected = ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.updated",
                *(["charge.dispute.funds_reinstated"] if end == "won" else []), "charge.dispute.closed"]
    assert [k for k in kinds(fake) if "dispute" in k] == expected


def test_an_inquiry_moves_no_money_until_it_escalates(fake, client):
    intent = paid(fake, client)
    number = fake.book.dispute(intent, is_inquiry=True)["id"]
    assert client.v1.disputes.retrieve(number).balance_transactions == []
    fake.book.escalate(number)
    assert client.v1.disputes.retrieve(number).status == "needs_response"
    assert len(client.v1.balance_transactions.list({"type": "adjustment"}).data) == 1


# The books

def test_the_books_are_read_page_by_page(fake, client):
    for _ in range(105):
        paid(fake, client)
    fake.book.payout(500)
    first = client.v1.balance_transactions.list({"limit": 100, "expand": ["data.source"]})
    assert first.has_more and len(first.data) == 100 and first.data[1].source.object == "charge"
    rest = client.v1.balance_transactions.list({"limit": 100, "starting_after": first.data[-1].id})
    assert not rest.has_more and len(rest.data) == 6 and isinstance(rest.data[0].source, str)
    everything = list(client.v1.balance_transactions.list({"limit": 100}).auto_paging_iter())
    assert len({t.id for t in everything}) == 106
    refused(lambda: client.v1.balance_transactions.list({"limit": 101}))


def test_the_books_of_a_day_hold_that_day_only(fake, client):
    fake.book.clock_offset = -86_400
    paid(fake, client)
    fake.book.clock_offset = 0
    intent = paid(fake, client)
    client.v1.refunds.create({"payment_intent": intent, "amount": 49})
    bounds = {"created": {"gte": int(time.time()) - 3600, "lt": int(time.time()) + 3600}}
    lines = client.v1.balance_transactions.list(bounds).data
    assert [(t.type, t.amount) for t in lines] == [("refund", -49), ("charge", 149)]
    assert all(t.net == t.amount - t.fee for t in lines)


def test_events_can_be_read_later(fake, client):
    intent = paid(fake, client)
    events = client.v1.events.list({"type": "payment_intent.succeeded"}).data
    assert [e.data.object["id"] for e in events] == [intent]
    assert client.v1.events.retrieve(events[0].id).type == "payment_intent.succeeded"


# Misbehaviour

@pytest.mark.parametrize("mode", [
    "reset", "error", "garbage", "redirect", "rate-limit", "unavailable", "lose-answer"])
def test_the_fake_can_misbehave_and_recover(fake, client, mode):
    fake.misbehave(mode, "payment_intents")
    refused(lambda: client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"}), error=stripe.StripeError)
    assert client.v1.balance.retrieve().object == "balance", "other paths are not touched"
    fake.behave()
    assert client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"}).amount == 149
    assert len(fake.book.all("payment_intent")) == 1


# Webhooks

def test_the_sdk_accepts_what_the_fake_signs_with_any_of_two_secrets():
    hooks = Hooks()
    hooks.register("http://unused", "whsec_new", "whsec_old")
    body = '{"id": "evt_1", "object": "event"}'
    for secret in ["whsec_new", "whsec_old"]:
        assert stripe.Webhook.construct_event(body, hooks.header(body), secret).id == "evt_1"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, hooks.header(body), "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, hooks.header(body, int(time.time()) - 301), "whsec_new")
