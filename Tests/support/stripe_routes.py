"""The endpoints of the fake: a request's parameters in, an object or a `Refusal` out."""

import copy
import re

from . import stripe_rules as rules
from .stripe_rules import conflict, invalid, missing

DAY_SECONDS, HALF_HOUR_SECONDS, CLOCK_SECONDS = 86_400, 1_800, 5
LISTS = {
    "refunds": "refund", "disputes": "dispute", "charges": "charge", "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent"}
PATHS = {
    **{kind: path for path, kind in LISTS.items()}, "balance_transaction": "balance_transactions", "event": "events",
    "webhook_endpoint": "webhook_endpoints"}


class Routes:
    def __init__(self, book, checkout, account):
        self.book, self.checkout, self.account = book, checkout, account
        self.endpoints, self.destinations = [], []
        self.refund_status = "succeeded"
        self.table = [
            ("POST", r"/v1/payment_intents", "create_intent", self.create_intent),
            ("POST", r"/v1/payment_intents/(\w+)/cancel", "cancel_intent", self.cancel_intent),
            ("POST", r"/v1/checkout/sessions", "create_session", self.create_session),
            ("POST", r"/v1/checkout/sessions/(\w+)/expire", "expire_session", self.expire_session),
            ("POST", r"/v1/refunds", "create_refund", self.create_refund),
            ("GET", r"/v1/account", "retrieve", lambda fields: {"id": self.account, "object": "account"}),
            ("GET", r"/v1/balance", "retrieve", self.balance),
            ("GET", r"/v1/webhook_endpoints", "list", self.list_endpoints),
            ("GET", r"/v2/core/event_destinations", "destinations", self.list_destinations),
            ("GET", r"/v1/balance_transactions", "list", self.list_lines),
            ("GET", r"/v1/events", "list", self.list_events),
            ("GET", r"/v1/events/(\w+)", "retrieve", self.retrieve_event),
            *(("GET", rf"/v1/{path}", "list", self.lister(kind)) for path, kind in LISTS.items()),
            *(("GET", rf"/v1/{path}/(\w+)", "retrieve", self.retriever(kind)) for path, kind in LISTS.items()),
            ("GET", r"/v1/balance_transactions/(\w+)", "retrieve", self.retriever("balance_transaction")),
        ]

    def answer(self, method, path, fields):
        for known_method, pattern, name, endpoint in self.table:
            match = re.fullmatch(pattern, path)
            if match and method == known_method:
                rules.check_names(name, fields)
                with self.book.lock:
                    return self.expanded(endpoint(fields, *match.groups()), fields)
        raise rules.Refusal(
            404, "invalid_request_error", None, f"Unrecognized request URL ({method}: {path}).")

    def expanded(self, answer, fields):
        answer = copy.deepcopy(answer)
        for name, path in fields.items():
            if re.fullmatch(rules.EXPAND, name):
                if path.count(".") > 3:
                    raise invalid("property_expansion_max_depth", "You cannot expand more than 4 levels", name)
                self.expand(answer, path.split("."), name)
        return answer

    def expand(self, thing, path, param):
        head, rest = path[0], path[1:]
        things = thing if isinstance(thing, list) else [thing]
        for item in things:
            if head not in item:
                raise invalid(None, f"This property cannot be expanded ({head}).", param)
            if isinstance(item[head], str):
                if item[head] not in self.book.objects:
                    raise invalid(None, f"This property cannot be expanded ({head}).", param)
                item[head] = copy.deepcopy(self.book.objects[item[head]])
            if rest and item[head] is not None:
                self.expand(item[head], rest, param)

    def find(self, kind, number):
        thing = self.book.objects.get(number)
        if not thing or thing["object"] != kind:
            raise missing(kind, number)
        return thing

    def retriever(self, kind):
        return lambda fields, number: self.find(kind, number)

    def retrieve_event(self, fields, number):
        return next((e for e in self.book.events if e["id"] == number), None) or self.raise_(missing("event", number))

    def raise_(self, refusal):
        raise refusal

    # Lists

    def lister(self, kind):
        def listed(fields):
            intent = fields.get("payment_intent")
            things = [t for t in self.book.all(kind) if intent is None or t.get("payment_intent") == intent]
            return self.page(things, fields, kind)
        return listed

    def list_lines(self, fields):
        kind = fields.get("type")
        return self.page(
            [x for x in self.book.lines if kind in (None, x["type"])], fields, "balance_transaction")

    def list_events(self, fields):
        kind = fields.get("type")
        return self.page([x for x in self.book.events if kind in (None, x["type"])], fields, "event")

    def list_endpoints(self, fields):
        return self.page(self.endpoints, fields, "webhook_endpoint")

    def list_destinations(self, fields):
        """Addresses are told to those who ask for them."""
        is_told = "webhook_endpoint.url" in [v for k, v in fields.items() if k.startswith("include")]
        return {"data": [d if is_told else d | {"webhook_endpoint": {"url": None}} for d in self.destinations],
                "next_page_url": None, "previous_page_url": None}

    def page(self, things, fields, kind):
        limit = rules.integer(fields.get("limit", "10"), "limit", 1, rules.PAGE_MAX)
        bounds = {"gt": lambda a, b: a > b, "gte": lambda a, b: a >= b, "lt": lambda a, b: a < b,
                  "lte": lambda a, b: a <= b}
        for name, holds in bounds.items():
            if bound := fields.get(f"created[{name}]"):
                seconds = rules.integer(bound, f"created[{name}]", 0, 10**11)
                things = [x for x in things if holds(x["created"], seconds)]
        if after := fields.get("starting_after"):
            numbers = [x["id"] for x in things]
            if after not in numbers:
                raise missing(kind, after)
            things = things[numbers.index(after) + 1:]
        return {"object": "list", "url": f"/v1/{PATHS[kind]}", "has_more": len(things) > limit, "data": things[:limit]}

    def balance(self, fields):
        return {"object": "balance", "livemode": False, "available": [{"amount": 0, "currency": "usd"}], "pending": []}

    # Payment intents

    def create_intent(self, fields):
        amount = rules.integer(rules.required(fields, "amount"), "amount", rules.AMOUNT_MIN, rules.AMOUNT_MAX)
        currency = rules.currency(rules.required(fields, "currency"), "currency")
        if fields.get("automatic_payment_methods[enabled]") != "true":
            raise invalid("parameter_missing", "automatic_payment_methods must be enabled", "automatic_payment_methods")
        description = rules.text(fields.get("description"), "description", 1000)
        return self.book.add_intent(amount, currency, rules.metadata(fields), description)

    def cancel_intent(self, fields, number):
        intent = self.find("payment_intent", number)
        reason = rules.choice(fields.get("cancellation_reason"), "cancellation_reason", rules.CANCEL_REASONS)
        if any(s["payment_intent"] == number for s in self.book.all("checkout.session")):
            raise conflict("payment_intent_unexpected_state", "It was created by a Checkout Session: expire that.")
        if intent["status"] in ("succeeded", "canceled", "processing"):
            raise conflict(
                "payment_intent_unexpected_state",
                f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.")
        self.book.cancel(intent, reason)
        return intent

    # Checkout sessions

    def create_session(self, fields):
        if rules.required(fields, "mode") != "payment":
            raise invalid("parameter_invalid", "The fake knows mode=payment only", "mode")
        item = "line_items[0]"
        amount = rules.integer(
            rules.required(fields, f"{item}[price_data][unit_amount]"), "amount", rules.AMOUNT_MIN, rules.AMOUNT_MAX)
        quantity = rules.integer(rules.required(fields, f"{item}[quantity]"), f"{item}[quantity]", 1, 999_999)
        name = rules.required(fields, f"{item}[price_data][product_data][name]")
        rules.text(name, "name", 5000)
        currency = rules.currency(rules.required(fields, f"{item}[price_data][currency]"), "currency")
        success = rules.address(rules.required(fields, "success_url"), "success_url")
        cancel = rules.address(fields["cancel_url"], "cancel_url") if "cancel_url" in fields else None
        data = "payment_intent_data"
        return self.checkout.add_session(
            {"total": amount * quantity, "currency": currency},
            {"metadata": rules.metadata(fields, f"{data}[metadata]"),
             "description": rules.text(fields.get(f"{data}[description]"), "description", 1000)},
            success_url=success, cancel_url=cancel, metadata=rules.metadata(fields), expires_at=self.end(fields),
            client_reference_id=rules.text(fields.get("client_reference_id"), "client_reference_id", 200))

    def end(self, fields):
        now = self.book.now()
        if "expires_at" not in fields:
            return now + DAY_SECONDS
        end = rules.integer(fields["expires_at"], "expires_at", 0, 10**11)
        if not now + HALF_HOUR_SECONDS - CLOCK_SECONDS <= end <= now + DAY_SECONDS + CLOCK_SECONDS:
            raise invalid(
                "parameter_invalid", "The `expires_at` timestamp must be between 30 minutes and 24 hours from "
                "Checkout Session creation.", "expires_at")
        return end

    def expire_session(self, fields, number):
        session = self.find("checkout.session", number)
        if session["status"] != "open":
            raise conflict(
                None, f"Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a "
                f"status of {session['status']}.")
        return self.checkout.expire(number)

    # Refunds

    def create_refund(self, fields):
        intent = self.find("payment_intent", rules.required(fields, "payment_intent"))
        reason = rules.choice(fields.get("reason"), "reason", rules.REFUND_REASONS)
        metadata = rules.metadata(fields)
        charge = self.book.objects.get(intent["latest_charge"])
        if intent["status"] != "succeeded" or not charge:
            raise conflict(
                "payment_intent_unexpected_state", "This PaymentIntent does not have a successful charge to refund.")
        rest = self.book.refundable(charge)
        if rest == 0:
            raise conflict("charge_already_refunded", f"Charge {charge['id']} has already been refunded.")
        if charge["disputed"] and not all(d["is_charge_refundable"] for d in self.book.all("dispute")
                                          if d["charge"] == charge["id"]):
            raise conflict("charge_disputed", f"Charge {charge['id']} has been charged back; cannot issue a refund.")
        amount = rest
        if "amount" in fields:
            amount = rules.integer(fields["amount"], "amount", 1, rules.AMOUNT_MAX)
        if amount > rest:
            raise conflict(
                "amount_too_large", f"Refund amount ({amount}) is greater than unrefunded amount on charge ({rest})")
        return self.book.add_refund(charge, amount, reason, metadata, self.refund_status)
