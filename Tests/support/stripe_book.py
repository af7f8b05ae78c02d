"""What Stripe knows of an account: its objects and how they change. Shapes as in Stripe's API reference."""

import copy
import secrets
import threading
import time

import stripe

API_VERSION = stripe.api_version
DISPUTE_FEE = 1500
SECONDS_TO_ANSWER_A_DISPUTE = 7 * 86_400


def new_id(prefix):
    return f"{prefix}_{secrets.token_hex(12)}"


def fee_of(amount):
    return amount * 29 // 1000 + 30


class Book:
    """`on_event` is told of every event, as an endpoint that asked for all of them is."""

    def __init__(self, on_event=lambda event: None):
        self.objects, self.lines, self.events = {}, [], []
        self.lock = threading.RLock()
        self.clock_offset = 0
        self.on_event = on_event

    def now(self):
        return int(time.time()) + self.clock_offset

    def add(self, kind, prefix, **fields):
        thing = {"id": new_id(prefix), "object": kind, "created": self.now(), **fields}
        with self.lock:
            self.objects[thing["id"]] = thing
        return thing

    def all(self, kind):
        """Newest first, as Stripe lists."""
        with self.lock:
            return [thing for thing in reversed(self.objects.values()) if thing["object"] == kind]

    def tell(self, kind, thing, previous=None):
        data = {"object": copy.deepcopy(thing)}
        if previous:
            data["previous_attributes"] = previous
        event = {
            "id": new_id("evt"), "object": "event", "type": kind, "api_version": API_VERSION, "created": self.now(),
            "livemode": False, "data": data, "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None}}
        with self.lock:
            self.events.insert(0, event)
        self.on_event(event)
        return event

    def line(self, kind, amount, source, fee=0, category=None):
        """A balance transaction."""
        line = self.add(
            "balance_transaction", "txn", amount=amount, available_on=self.now() + 2 * 86_400,
            currency=source.get("currency", "usd"), description=None, exchange_rate=None, fee=fee, fee_details=[],
            net=amount - fee, reporting_category=category or kind, source=source["id"], status="pending", type=kind)
        with self.lock:
            self.lines.insert(0, line)
        return line

    # Payment intents and their charges

    def add_intent(self, amount, currency, metadata, description=None, methods=("card",)):
        intent = self.add(
            "payment_intent", "pi", amount=amount, amount_capturable=0, amount_received=0,
            automatic_payment_methods={"enabled": True, "allow_redirects": "always"}, canceled_at=None,
            cancellation_reason=None, capture_method="automatic_async", confirmation_method="automatic",
            currency=currency, customer=None, description=description, last_payment_error=None, latest_charge=None,
            livemode=False, metadata=metadata, next_action=None, payment_method=None,
            payment_method_types=list(methods), processing=None, receipt_email=None, status="requires_payment_method")
        intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_hex(8)}"
        self.tell("payment_intent.created", intent)
        return intent

    def charge(self, intent, method="card", status="succeeded"):
        charge = self.add(
            "charge", "py" if method == "bank" else "ch", amount=intent["amount"],
            amount_captured=intent["amount"] if status == "succeeded" else 0, amount_refunded=0,
            balance_transaction=None, captured=status == "succeeded", currency=intent["currency"],
            description=intent["description"], disputed=False, failure_code=None, livemode=False,
            metadata=dict(intent["metadata"]), paid=status == "succeeded", payment_intent=intent["id"],
            refunded=False, status=status,
            payment_method_details={"type": "us_bank_account" if method == "bank" else "card"})
        intent["latest_charge"] = charge["id"]
        if status == "succeeded":
            self.book_charge(charge)
        return charge

    def book_charge(self, charge):
        kind = "payment" if charge["id"].startswith("py_") else "charge"
        line = self.line(kind, charge["amount"], charge, fee_of(charge["amount"]), "charge")
        charge["balance_transaction"] = line["id"]

    def succeed(self, intent):
        charge = self.objects[intent["latest_charge"]]
        if charge["status"] != "succeeded":
            charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
            self.book_charge(charge)
        intent.update(status="succeeded", amount_received=intent["amount"], last_payment_error=None)
        self.tell("charge.succeeded", charge)
        self.tell("payment_intent.succeeded", intent)

    def fail(self, intent, code, decline_code=None):
        error = {"type": "card_error", "code": code, "message": "It was declined.", "charge": intent["latest_charge"]}
        if decline_code:
            error["decline_code"] = decline_code
        intent.update(status="requires_payment_method", last_payment_error=error)
        self.tell("payment_intent.payment_failed", intent)

    def cancel(self, intent, reason):
        intent.update(status="canceled", canceled_at=self.now(), cancellation_reason=reason)
        self.tell("payment_intent.canceled", intent)

    # Refunds

    def refundable(self, charge):
        return charge["amount_captured"] - charge["amount_refunded"]

    def add_refund(self, charge, amount, reason, metadata, status="succeeded"):
        refund = self.add(
            "refund", "re", amount=amount, balance_transaction=None, charge=charge["id"],
            currency=charge["currency"], destination_details={"type": "card"}, metadata=metadata,
            payment_intent=charge["payment_intent"], reason=reason, receipt_number=None, status=status)
        is_payment = charge["id"].startswith("py_")
        line = self.line("payment_refund" if is_payment else "refund", -amount, refund, category="refund")
        refund["balance_transaction"] = line["id"]
        before = charge["amount_refunded"]
        charge["amount_refunded"] += amount
        charge["refunded"] = self.refundable(charge) == 0
        self.tell("refund.created", refund)
        self.tell("charge.refunded", charge, {"amount_refunded": before})
        return refund

    def finish_refund(self, refund_id, status, failure_reason=None):
        """The bank's word on a refund; a failure may come after a success."""
        refund = self.objects[refund_id]
        previous = {"status": refund["status"]}
        refund["status"] = status
        if status in ("failed", "canceled"):
            charge = self.objects[refund["charge"]]
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            refund["failure_reason"] = failure_reason or "unknown"
            line = self.line("refund_failure", refund["amount"], refund)
            refund["failure_balance_transaction"] = line["id"]
        self.tell("refund.updated", refund, previous)
        self.tell("charge.refund.updated", refund, previous)
        if status == "failed":
            self.tell("refund.failed", refund, previous)
        return refund

    # Disputes

    def dispute(self, intent_id, amount=None, reason="fraudulent", is_inquiry=False):
        charge = self.objects[self.objects[intent_id]["latest_charge"]]
        dispute = self.add(
            "dispute", "du", amount=amount or charge["amount"], balance_transactions=[], charge=charge["id"],
            currency=charge["currency"], evidence={}, is_charge_refundable=is_inquiry, livemode=False, metadata={},
            evidence_details={"due_by": self.now() + SECONDS_TO_ANSWER_A_DISPUTE, "has_evidence": False,
                              "past_due": False, "submission_count": 0},
            payment_intent=intent_id, reason=reason,
            status="warning_needs_response" if is_inquiry else "needs_response")
        charge["disputed"] = True
        self.tell("charge.dispute.created", dispute)
        if not is_inquiry:
            self.withdraw(dispute)
        return dispute

    def withdraw(self, dispute):
        dispute["balance_transactions"].append(
            self.line("adjustment", -dispute["amount"], dispute, DISPUTE_FEE, "dispute"))
        self.tell("charge.dispute.funds_withdrawn", dispute)

    def escalate(self, dispute_id):
        """An inquiry becomes a dispute: now the money goes."""
        dispute = self.objects[dispute_id]
        previous = {"status": dispute["status"]}
        dispute.update(status="needs_response", is_charge_refundable=False)
        self.tell("charge.dispute.updated", dispute, previous)
        self.withdraw(dispute)

    def answer_dispute(self, dispute_id):
        dispute = self.objects[dispute_id]
        previous = {"status": dispute["status"]}
        dispute["status"] = "under_review"
        self.tell("charge.dispute.updated", dispute, previous)

    def close_dispute(self, dispute_id, status):
        dispute = self.objects[dispute_id]
        assert status in ("won", "lost", "warning_closed"), status
        dispute["status"] = status
        if status == "won":
            dispute["balance_transactions"].append(
                self.line("adjustment", dispute["amount"], dispute, 0, "dispute_reversal"))
            self.tell("charge.dispute.funds_reinstated", dispute)
        self.tell("charge.dispute.closed", dispute)
        return dispute

    def payout(self, amount, currency="usd"):
        """A line of the books that is about no payment."""
        payout = self.add("payout", "po", amount=amount, currency=currency, livemode=False, status="paid")
        return self.line("payout", -amount, payout)
