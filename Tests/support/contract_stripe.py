"""Stripe's side of the contract, on our page (elements) and on Stripe's (session)."""

import copy
import datetime
import json

from .contract import Adapter
from .stack import wait_for
from .stripe_book import API_VERSION
from .stripe_fixtures import SETTINGS, deliver
from .stripe_site import Shop

DAY_SECONDS = 86_400
ENDPOINT = {
    "id": "we_1", "object": "webhook_endpoint", "url": "https://shop.example.com/api/payment/webhook/stripe",
    "status": "enabled", "enabled_events": ["*"], "api_version": API_VERSION, "created": 1}


class StripeAdapter(Adapter):
    method, price, currency, zone = "STRIPE", 149, "USD", datetime.timezone.utc
    start_call, refund_call = "payment_intents$|sessions$", "POST .*refunds$"

    def __init__(self, site, server, mode):
        super().__init__(site, server, mode)
        self.shop, self.book = Shop(site, server, None), server.book
        self.start_field = "client_secret" if mode == "elements" else "payment_url"
        server.routes.endpoints = [ENDPOINT]

    @classmethod
    def settings(cls, server, mode):
        return {**SETTINGS, "STRIPE_API_URL": server.url, "STRIPE_CHECKOUT": mode}

    def begun(self, order):
        order["number"] = self.site.value(
            "SELECT provider_txn_id FROM payments WHERE provider = 'STRIPE' "
            f"AND out_trade_no LIKE '{order['order_no']}%' ORDER BY id DESC LIMIT 1")
        return order

    def starts(self, order):
        """What came of an order's start, with the key by which Stripe knows a repetition."""
        return [(c.path, c.headers["Idempotency-Key"], json.dumps(c.fields))
                for c in self.server.sent("POST", "/v1/(payment_intents|checkout/sessions)")
                if c.fields.get("metadata[order_no]") == order["order_no"]]

    def trades(self, order):
        """The numbers under which the provider knows an order."""
        kind = "payment_intent" if self.mode == "elements" else "checkout.session"
        return {thing["id"] for thing in self.book.all(kind) if thing["metadata"].get("order_no") == order["order_no"]}

    def trade(self, order):
        return self.book.objects[order["number"]]

    def intent(self, order):
        """None as long as nobody has paid on Stripe's page."""
        return self.book.objects.get(self.shop.intent(order))

    def asked(self, order):
        trade = self.trade(order)
        return trade.get("amount_total", trade.get("amount")), trade["currency"].upper()

    def received(self, order):
        """What the buyer paid, whatever was given back since."""
        intent = self.intent(order)
        return intent["amount_received"] if intent else 0

    def refunded(self, order):
        return self.book.objects[self.intent(order)["latest_charge"]]["amount_refunded"]

    def is_closed(self, order):
        return self.trade(order)["status"] == ("canceled" if self.mode == "elements" else "expired")

    def pay(self, order, days_ago=0):
        self.server.hooks.drop()
        self.book.clock_offset = -days_ago * DAY_SECONDS
        self.shop.pay(order)
        self.book.clock_offset = 0

    def finish_refund(self, order):
        """Stripe's refund is made at once; the news of it comes twice."""
        def is_told():
            sent = self.server.hooks.flush(lose=lambda event: "refund" not in event["type"], times=2)
            return all(status == 200 for _, status in sent)
        wait_for(is_told)

    def event(self, order):
        """The one that settles."""
        kind = "payment_intent.succeeded" if self.mode == "elements" else "checkout.session.completed"
        return next(copy.deepcopy(e) for e in self.book.events
                    if e["type"] == kind and e["data"]["object"]["id"] == order["number"])

    def posting(self, event):
        body = json.dumps(event)
        return lambda: deliver(self.site.base, body)

    def letter(self, order):
        return self.posting(self.event(order))

    def altered(self, order):
        body = json.dumps(self.event(order))
        other = body.replace("149", "148")
        assert other != body
        return lambda: deliver(self.site.base, other, self.server.hooks.header(body))

    def foreign(self, order):
        return self.posting({**self.event(order), "account": "acct_other"})

    def of_other_mode(self, order):
        """Stripe's notifications say it themselves."""
        event = self.event(order)
        event["livemode"] = event["data"]["object"]["livemode"] = True
        return self.posting(event)

    def is_accepted(self, answer):
        return answer.status_code == 200 and answer.json() == {"received": True}

    def problems(self):
        return self.server.problems
