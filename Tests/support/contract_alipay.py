"""Alipay's side of the contract: its trades begin in the buyer's browser, at an address that the program signs."""

import json

from .alipay import PATH, is_accepted
from .alipay_book import BEIJING, PAID
from .alipay_site import made, visited
from .contract import Adapter


class AlipayAdapter(Adapter):
    method, price, currency, zone, start_field = "ALIPAY", 990, "CNY", BEIJING, "payment_url"
    start_call, refund_call = None, "alipay.trade.refund"

    @classmethod
    def settings(cls, server, mode):
        return server.settings(mode)

    def begun(self, order):
        return visited(made(self.site, order))

    def starts(self, order):
        """What came of an order's start, each as it was sent."""
        return [json.dumps(r["params"]) for r in self.server.requests("page.pay")
                if order["order_no"] in r["params"]["biz_content"]]

    def trades(self, order):
        """The numbers under which the provider knows an order."""
        return {json.loads(json.loads(params)["biz_content"])["out_trade_no"] for params in self.starts(order)}

    def trade(self, order):
        return self.server.trade(self.mode, order["number"])

    def asked(self, order):
        trade = self.trade(order)
        return trade["amount"], "CNY"

    def received(self, order):
        """What the buyer paid, whatever was given back since."""
        trade = self.trade(order)
        return trade["amount"] if trade["status"] in PAID or trade["refunded"] else 0

    def refunded(self, order):
        return self.trade(order)["refunded"]

    def is_closed(self, order):
        return self.trade(order)["status"] == "TRADE_CLOSED" and not self.received(order)

    def pay(self, order, days_ago=0):
        self.server.pay(self.mode, order["number"], days_ago=days_ago)

    def let_it_be_closed(self, order):
        """There is no trade before the buyer has signed in."""
        self.server.control("scan", mode=self.mode, out_trade_no=order["number"])

    def posting(self, order, **options):
        notice = self.server.notice(self.mode, order["number"], **options)
        return lambda: notice.post(self.site.base + PATH)

    def letter(self, order):
        return self.posting(order)

    def altered(self, order):
        return self.posting(order, after={"total_amount": "9.91"})

    def foreign(self, order):
        other = self.server.control("keys", mode="cert" if self.mode == "key" else "key")
        return self.posting(order, changes={"app_id": other["app_id"], "auth_app_id": other["app_id"]})

    def is_accepted(self, answer):
        return is_accepted(answer)

    def problems(self):
        return self.server.problems()
