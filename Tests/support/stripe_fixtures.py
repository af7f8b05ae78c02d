"""Stripe's side of a notification: events in Stripe's shape, signed by Stripe's own SDK."""

import json
import time
import uuid

import requests
import stripe

WEBHOOK_SECRET = "whsec_test_1b7f0c7a2d3e4f5061728394"
SETTINGS = {
    "STRIPE_PUBLISHABLE_KEY": "pk_test_coinpay",
    "STRIPE_SECRET_KEY": "sk_test_coinpay",
    "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
}
PATH = "/api/payment/webhook/stripe"


def intent(intent_id, amount, currency="usd", status="succeeded", **changes):
    return {
        "id": intent_id, "object": "payment_intent", "amount": amount,
        "amount_received": amount if status == "succeeded" else 0, "currency": currency,
        "status": status, "livemode": False, "metadata": {}, "client_secret": f"{intent_id}_secret_x",
        "last_payment_error": None, "latest_charge": "ch_1", **changes,
    }


def event(payment_intent, kind="payment_intent.succeeded", event_id=None, **changes):
    return {
        "id": event_id or "evt_" + uuid.uuid4().hex, "object": "event", "type": kind,
        "api_version": "2026-10-28.endive", "created": int(time.time()),
        "livemode": payment_intent["livemode"], "data": {"object": payment_intent},
        "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None}, **changes,
    }


def sign(body, secret=WEBHOOK_SECRET, timestamp=None):
    return stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=timestamp)


def deliver(base, body, signature=None, session=None, timeout=60):
    """Posts a notification as Stripe does; `body` is text or an event."""
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if signature is not False:
        headers["Stripe-Signature"] = signature or sign(text)
    return (session or requests).post(
        base + PATH, data=text.encode(), headers=headers, timeout=timeout)
