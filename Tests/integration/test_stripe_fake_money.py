"""Refunds, disputes and the books of the fake of Stripe's API, as Stripe's own SDK sees them."""

import time

import pytest

from support.stripe_fake import StripeFake
from support.stripe_sdk import kinds, paid, refused, sdk


@pytest.fixture
def fake():
    with StripeFake() as fake:
        yield fake


@pytest.fixture
def client(fake):
    return sdk(fake)


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
