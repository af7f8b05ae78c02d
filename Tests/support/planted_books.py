"""The three providers' books behind one interface: what happens there, what the shop is told, what is planted.

Everything counts as having happened at noon of yesterday, in the provider's own zone, once `date_back` was called.
"""

import datetime
import secrets

import requests

from .alipay_site import visited
from .stripe_fixtures import PATH as STRIPE_PATH
from .stripe_fixtures import WEBHOOK_SECRET
from .wechat_book import BEIJING, Trade
from .wechat_site import deliver

WECHAT_MODE, ALIPAY_MODE = "v3-public-key", "key"


def yesterday(zone):
    return (datetime.datetime.now(zone) - datetime.timedelta(days=1)).date()


def noon(zone):
    return datetime.datetime.combine(yesterday(zone), datetime.time(12), zone)


def first_attempts(orders):
    """The number of an order's first payment is the order's."""
    for order in orders:
        order["number"] = order["order_no"]
    return orders


def unknown_number():
    return f"COIN_20200101_{secrets.randbelow(10**8):08}"


class AlipayBooks:
    method, zone = "ALIPAY", BEIJING

    def __init__(self, site, server):
        self.site, self.server = site, server

    def do(self, verb, **arguments):
        return self.server.control(verb, mode=ALIPAY_MODE, **arguments)

    def visit(self, orders):
        for order in orders:
            visited(order | {"number": order["order_no"]})
        return first_attempts(orders)

    def pay(self, order):
        self.do("pay", out_trade_no=order["number"])

    def tell(self, order):
        assert self.server.notify(ALIPAY_MODE, order["number"])["accepted"]

    def foreign_payment(self, number=None):
        """Paid, but not by an order of ours; with a number of our form unless it is said to be another's."""
        number = number or unknown_number()
        answer = self.do("ask", call="api_alipay_trade_precreate", arguments={
            "subject": "another shop's", "out_trade_no": number, "total_amount": "5.00", "timeout_express": "30m",
            "notify_url": "https://other.example.com/notify"})
        assert "error" not in answer, answer
        self.do("pay", out_trade_no=number)
        return number

    def forget(self, order):
        self.do("forget", out_trade_no=order["number"])

    def change_amount(self, order):
        self.do("change_amount", out_trade_no=order["number"], by=100)

    def console_refund(self, order, amount, number=None):
        number = number or "CONSOLE" + secrets.token_hex(8)
        self.do("refund", out_trade_no=order["number"], amount=amount, number=number)
        return number

    def finish_refund(self, order, number):
        """Alipay's are finished at once."""

    def forget_refund(self, order, number):
        self.do("forget_refund", out_trade_no=order["number"], number=number)

    def change_refund(self, order, number):
        self.do("change_refund", out_trade_no=order["number"], number=number, by=10)

    def refuse_refunds(self):
        self.server.misbehave("failure", "alipay.trade.refund$", sub_code="ACQ.SELLER_BALANCE_NOT_ENOUGH")

    def behave(self):
        self.server.behave()

    def contradict_refund(self, order, number, amount):
        """The refund was refused, and made all the same."""
        self.console_refund(order, amount, number)

    def date_back(self):
        self.do("date_back", at=noon(self.zone).replace(tzinfo=None).isoformat())


class WeChatBooks:
    method, zone = "WECHAT", BEIJING

    def __init__(self, site, server):
        self.site, self.server = site, server
        self.merchant = server.accounts[WECHAT_MODE]

    def trade(self, order):
        return self.server.trade(WECHAT_MODE, order["number"])

    def visit(self, orders):
        return first_attempts(orders)

    def pay(self, order):
        self.server.pay(WECHAT_MODE, order["number"])

    def tell(self, order):
        deliver(self.site, WECHAT_MODE, self.server.payment_news(WECHAT_MODE, self.trade(order)))

    def foreign_payment(self, number=None):
        """Paid, but not by an order of ours; with a number of our form unless it is said to be another's."""
        number = number or unknown_number()
        trade = Trade(self.merchant.mch_id, number, 500, "NATIVE", {}, None, "https://other.example.com", None)
        self.server.book.open(trade)
        self.server.book.pay(trade)
        return number

    def forget(self, order):
        del self.server.book.trades[self.merchant.mch_id, order["number"]]

    def change_amount(self, order):
        self.trade(order).amount += 100

    def refund_of(self, number):
        return self.server.book.find_refund(self.merchant.mch_id, number)[1]

    def console_refund(self, order, amount, number=None):
        number = number or "CONSOLE" + secrets.token_hex(8)
        trade = self.trade(order)
        self.server.book.refund(trade, number, amount, trade.amount).status = "SUCCESS"
        return number

    def finish_refund(self, order, number):
        deliver(self.site, WECHAT_MODE, self.server.finish_refund(WECHAT_MODE, number))

    def forget_refund(self, order, number):
        self.trade(order).refunds.remove(self.refund_of(number))

    def change_refund(self, order, number):
        self.refund_of(number).amount += 10

    def refuse_refunds(self):
        """They are taken on, and come to nothing later."""

    def behave(self):
        self.server.behave()

    def contradict_refund(self, order, number, amount):
        """The refund that we were told of was taken back."""
        self.refund_of(number).status = "CLOSED"

    def date_back(self):
        with self.server.book.lock:
            for trade in self.server.book.trades.values():
                if trade.mch_id == self.merchant.mch_id and trade.paid_at:
                    trade.paid_at = noon(self.zone)
                    for refund in trade.refunds:
                        refund.created_at = noon(self.zone)


class StripeBooks:
    method, zone = "STRIPE", datetime.timezone.utc

    def __init__(self, site, fake):
        self.site, self.fake, self.book = site, fake, fake.book
        fake.hooks.register(site.base + STRIPE_PATH, WEBHOOK_SECRET)

    def visit(self, orders):
        numbers = dict(self.site.sql("SELECT out_trade_no, provider_txn_id FROM payments WHERE provider = 'STRIPE'"))
        for order in orders:
            order["number"] = numbers[order["order_no"]]
        return orders

    def pay(self, order):
        self.fake.hooks.drop()
        self.fake.checkout.pay(order["number"])

    def tell(self, order):
        statuses = self.fake.hooks.flush(lose=lambda event: event["type"] != "payment_intent.succeeded")
        assert [status for _, status in statuses] == [200], statuses

    def charge(self, order):
        return self.book.objects[self.book.objects[order["number"]]["latest_charge"]]

    def foreign_payment(self, number=None):
        intent = self.book.add_intent(500, "usd", {"out_trade_no": number or unknown_number()})
        self.fake.checkout.pay(intent["id"])
        return intent["id"]

    def forget(self, order):
        self.book.lines[:] = [x for x in self.book.lines if x["source"] != self.charge(order)["id"]]

    def change_amount(self, order):
        self.charge(order)["amount"] += 100

    def take_payment_back(self, order):
        """A bank took back what had counted as paid."""
        charge = self.charge(order)
        self.book.line("payment_failure_refund", -charge["amount"], charge)

    def dispute(self, order):
        return self.book.dispute(order["number"])["id"]

    def console_refund(self, order, amount, number=None):
        return self.book.add_refund(self.charge(order), amount, "requested_by_customer", {})["id"]

    def finish_refund(self, order, number):
        """Stripe's are finished at once."""

    def refund_of(self, number):
        return next(r for r in self.book.all("refund") if r["metadata"].get("out_request_no") == number)

    def forget_refund(self, order, number):
        refund = self.refund_of(number)
        self.book.lines[:] = [x for x in self.book.lines if x["source"] != refund["id"]]

    def change_refund(self, order, number):
        self.refund_of(number)["amount"] += 10

    def refuse_refunds(self):
        """They are made, and come back later."""

    def behave(self):
        self.fake.behave()

    def contradict_refund(self, order, number, amount):
        """The bank sent the money of the refund back."""
        self.book.finish_refund(self.refund_of(number)["id"], "failed")

    def date_back(self):
        with self.book.lock:
            for line in self.book.lines:
                line["created"] = int(noon(self.zone).timestamp())
