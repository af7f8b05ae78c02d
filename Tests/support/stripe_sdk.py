"""Stripe's own SDK as a client of the fake."""

import time

import pytest
import stripe

INTENT = {"amount": 149, "currency": "usd", "automatic_payment_methods": {"enabled": True}, "description": "Coins",
          "metadata": {"order_no": "COIN_20260101_00000001"}}


def sdk(fake, key="sk_test_coinpay"):
    return stripe.StripeClient(key, base_addresses={"api": fake.url}, max_network_retries=0)


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
