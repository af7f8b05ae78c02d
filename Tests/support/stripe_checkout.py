"""Checkout Sessions of the fake, and the buyers on Stripe's page or in front of the Payment Element."""


class Checkout:
    def __init__(self, book):
        self.book, self.intent_data = book, {}

    def add_session(self, item, intent_data, **fields):
        session = self.book.add(
            "checkout.session", "cs_test", amount_subtotal=item["total"], amount_total=item["total"],
            currency=item["currency"], livemode=False, mode="payment", payment_intent=None,
            payment_method_types=["card"], payment_status="unpaid", status="open", ui_mode="hosted_page",
            customer=None, **fields)
        session["url"] = f"https://checkout.stripe.com/c/pay/{session['id']}#fid"
        self.intent_data[session["id"]] = intent_data
        return session

    def expire(self, session_id):
        session = self.book.objects[session_id]
        session.update(status="expired", url=None)
        self.book.tell("checkout.session.expired", session)
        return session

    def intent_of(self, session):
        """It comes into being when the buyer pays; of the metadata only `payment_intent_data` reaches it."""
        data = self.intent_data[session["id"]]
        intent = self.book.add_intent(
            session["amount_total"], session["currency"], data["metadata"], data["description"])
        session["payment_intent"] = intent["id"]
        return intent

    def pay_session(self, session_id, method="card"):
        """By card the money is there at once, by bank debit after days."""
        session = self.book.objects[session_id]
        assert session["status"] == "open", session["status"]
        intent = self.intent_of(session)
        self.pay(intent["id"], method)
        session.update(
            status="complete", url=None, payment_status="paid" if intent["status"] == "succeeded" else "unpaid")
        self.book.tell("checkout.session.completed", session)
        return session

    def pay(self, intent_id, method="card"):
        intent = self.book.objects[intent_id]
        assert intent["status"] in ("requires_payment_method", "requires_action"), intent["status"]
        if method == "bank":
            self.book.charge(intent, "bank", "pending")
            intent["status"] = "processing"
            self.book.tell("payment_intent.processing", intent)
        else:
            self.book.charge(intent)
            self.book.succeed(intent)
        return intent

    def challenge(self, intent_id):
        """The bank wants to see the buyer first."""
        intent = self.book.objects[intent_id]
        intent.update(status="requires_action", next_action={"type": "use_stripe_sdk"})
        self.book.tell("payment_intent.requires_action", intent)

    def decline(self, intent_id, decline_code="insufficient_funds"):
        intent = self.book.objects[intent_id]
        self.book.fail(intent, "card_declined", decline_code)

    def clear(self, intent_id, succeeds=True):
        """A bank debit arrives, or comes back."""
        intent = self.book.objects[intent_id]
        assert intent["status"] == "processing", intent["status"]
        if succeeds:
            self.book.succeed(intent)
        else:
            self.book.objects[intent["latest_charge"]]["status"] = "failed"
            self.book.fail(intent, "payment_intent_payment_attempt_failed")
        session = next((s for s in self.book.all("checkout.session") if s["payment_intent"] == intent_id), None)
        if session:
            session["payment_status"] = "paid" if succeeds else "unpaid"
            end = "succeeded" if succeeds else "failed"
            self.book.tell(f"checkout.session.async_payment_{end}", session)
        return intent
