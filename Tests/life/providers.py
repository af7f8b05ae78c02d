"""What happens at the providers, each in the same words: a deal is one payment of an order as the provider knows it.

Nothing here reads the product's tables. `books` tells what the provider holds in the end.
"""

import json
import urllib.parse
from dataclasses import dataclass

import requests

from support.alipay import is_accepted as alipay_accepts
from support.stripe_fixtures import PATH as STRIPE_PATH
from support.stripe_fixtures import WEBHOOK_SECRET
from support.wechat_news import is_accepted as wechat_accepts


@dataclass(frozen=True)
class Books:
    """Minor units that the provider holds of one deal: paid, given back, and taken by disputes."""

    paid: int
    refunded: int
    disputed: int


class NotNow(Exception):
    """The provider does not allow it in this state."""


class AlipaySide:
    method, mode = "ALIPAY", "key"

    def __init__(self, server):
        self.server = server

    def deal(self, order, buyer):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(order["payment_url"]).query))
        number = json.loads(query["biz_content"])["out_trade_no"]
        return number, lambda: requests.get(order["payment_url"], timeout=30)

    def control(self, verb, number, **arguments):
        try:
            return self.server.control(verb, mode=self.mode, out_trade_no=number, **arguments)
        except AssertionError as error:
            raise NotNow(str(error)) from error

    def pay(self, number):
        self.control("pay", number)
        return [self.news(number)]

    def news(self, number):
        notice = self.control("notice", number)
        def send(site):
            return alipay_accepts(requests.post(
                notice["url"], notice["body"].encode(), headers={"Content-Type": notice["content_type"]}, timeout=60))
        return send

    def forged(self, number):
        notice = self.control("notice", number, after={"total_amount": "0.01"})
        return notice["url"], notice["body"].encode(), {"Content-Type": notice["content_type"]}

    def give_back(self, number, amount):
        self.control("refund", number, amount=amount)
        return [self.news(number)]

    def books(self, number):
        try:
            trade = self.control("trade", number)
        except NotNow:
            return Books(0, 0, 0)
        is_paid = trade["status"] in ("TRADE_SUCCESS", "TRADE_FINISHED") or trade["refunded"] > 0
        return Books(trade["amount"] if is_paid else 0, trade["refunded"], 0)

    def finish(self, dice):
        return []

    def misbehave(self, mode, operation):
        self.server.misbehave(mode, {"refund": "trade.refund$", "query": "query", "close": "close"}[operation])

    def behave(self):
        self.server.behave()


class WeChatSide:
    method, mode = "WECHAT", "v3-public-key"

    def __init__(self, server):
        self.server = server

    @property
    def mch_id(self):
        return self.server.accounts[self.mode].mch_id

    def deal(self, order, buyer):
        with self.server.book.lock:
            numbers = [n for m, n in self.server.book.trades if m == self.mch_id and n.startswith(order["order_no"])]
        if not numbers:
            raise NotNow("the start did not reach the provider")
        return sorted(numbers, key=lambda n: (len(n), n))[-1], lambda: None

    def trade(self, number):
        return self.server.book.find(self.mch_id, number)

    def pay(self, number):
        try:
            self.server.pay(self.mode, number)
        except AssertionError as error:
            raise NotNow(str(error)) from error
        return [self.sender(self.server.payment_news(self.mode, self.trade(number)))]

    def sender(self, news):
        return lambda site: wechat_accepts(news.post(site.base), "v3")

    def forged(self, number):
        news = self.server.payment_news(self.mode, self.trade(number))
        body = news.body.replace(b"TRANSACTION", b"TRANSACTIoN")
        return None, body, news.headers

    def give_back(self, number, amount):
        trade = self.trade(number)
        try:
            refund = self.server.book.refund(
                trade, f"CONSOLE{self.server.book.number('')}", amount, trade.amount)
        except Exception as error:
            raise NotNow(str(error)) from error
        return [self.end(refund.out_refund_no, "SUCCESS")]

    def end(self, out_refund_no, status):
        return self.sender(self.server.finish_refund(self.mode, out_refund_no, status))

    def books(self, number):
        trade = self.trade(number)
        refunded = sum(r.amount for r in trade.refunds if r.status == "SUCCESS")
        return Books(trade.amount if trade.is_paid else 0, refunded, 0)

    def finish(self, dice):
        """The banks answer for what is still under way."""
        with self.server.book.lock:
            open_refunds = [r.out_refund_no for t in self.server.book.trades.values() if t.mch_id == self.mch_id
                            for r in t.refunds if r.status == "PROCESSING"]
        return [self.end(number, "SUCCESS" if dice.random() < 0.8 else "CLOSED") for number in open_refunds]

    def misbehave(self, mode, operation):
        self.server.misbehave(mode, {"refund": "/refunds$", "query": "out-trade-no", "close": "/close$"}[operation])

    def behave(self):
        self.server.behave()


class StripeSide:
    method = "STRIPE"

    def __init__(self, fake):
        self.fake = fake

    def connect(self, site):
        self.fake.hooks.register(site.base + STRIPE_PATH, WEBHOOK_SECRET)

    def deal(self, order, buyer):
        with self.fake.book.lock:
            intents = [i for i in self.fake.book.all("payment_intent") if order["order_no"] in i["metadata"].values()]
        if not intents:
            raise NotNow("the start did not reach the provider")
        return intents[0]["id"], lambda: None

    def told(self):
        return [self.sender(event) for event in self.fake.hooks.drop()]

    def sender(self, event):
        return lambda site: 200 <= self.fake.hooks.post(event).status_code < 300

    def pay(self, number):
        try:
            self.fake.checkout.pay(number)
        except AssertionError as error:
            raise NotNow(str(error)) from error
        return self.told()

    def forged(self, number):
        from support.stripe_fixtures import event, intent, sign
        body = json.dumps(event(intent(number, 1)))
        return None, body.encode(), {"Stripe-Signature": sign(body, "whsec_of_somebody_else"),
                                     "Content-Type": "application/json"}

    def charge(self, number):
        charge = self.fake.book.objects[number]["latest_charge"]
        if not charge:
            raise NotNow("not paid")
        return self.fake.book.objects[charge]

    def give_back(self, number, amount):
        charge = self.charge(number)
        if amount > self.fake.book.refundable(charge) - self.disputed(number):
            raise NotNow("more than is left")
        self.fake.book.add_refund(charge, amount, None, {})
        return self.told()

    def fail_refund(self, number):
        refunds = [r for r in self.fake.book.all("refund")
                   if r["payment_intent"] == number and r["status"] == "succeeded"]
        if not refunds:
            raise NotNow("there is no refund")
        self.fake.book.finish_refund(refunds[0]["id"], "failed", "expired_or_canceled_card")
        return self.told()

    def disputes(self, number):
        return [d for d in self.fake.book.all("dispute") if d["payment_intent"] == number]

    def disputed(self, number):
        return sum(d["amount"] for d in self.disputes(number) if d["status"] not in ("won", "warning_closed"))

    def dispute(self, number, amount):
        charge = self.charge(number)
        if amount > self.fake.book.refundable(charge) - self.disputed(number):
            raise NotNow("more than is left")
        self.fake.book.dispute(number, amount)
        return self.told()

    def close_dispute(self, number, status):
        running = [d for d in self.disputes(number) if d["status"] == "needs_response"]
        if not running:
            raise NotNow("there is no dispute")
        self.fake.book.close_dispute(running[0]["id"], status)
        return self.told()

    def books(self, number):
        intent = self.fake.book.objects[number]
        refunded = sum(r["amount"] for r in self.fake.book.all("refund")
                       if r["payment_intent"] == number and r["status"] == "succeeded")
        return Books(intent["amount_received"], refunded, self.disputed(number))

    def finish(self, dice):
        return self.told()

    def misbehave(self, mode, operation):
        self.fake.misbehave(mode, {"refund": "POST /v1/refunds", "query": "GET /v1/payment_intents",
                                   "close": "POST .*/cancel"}[operation])

    def behave(self):
        self.fake.behave()


class MockSide:
    """Payments of a development site: the buyer's own word, which goes the way of a notification. Nothing is given back."""

    method = "MOCK"

    def __init__(self):
        self.buyers, self.amounts, self.paid = {}, {}, set()

    def deal(self, order, buyer):
        number = order["mock_payment_id"]
        self.buyers[number], self.amounts[number] = buyer, round(order["amount"] * 100)
        return number, lambda: None

    def pay(self, number):
        def send(site):
            status = self.buyers[number].post(f"/api/payment/mock/success/{number}").status_code
            # It is over: cancelled, or paid by an attempt whose answer was lost.
            if status == 200 or status == 409 and self.buyers[number].status(number)["status"] == "PAID":
                self.paid.add(number)
            return status in (200, 409)
        return [send]

    def forged(self, number):
        buyer = self.buyers[number]
        return f"{buyer.base}/api/payment/mock/success/{number}", b"{}", {"Content-Type": "application/json"}

    def give_back(self, number, amount):
        raise NotNow("there is no console")

    def books(self, number):
        return Books(self.amounts[number] if number in self.paid else 0, 0, 0)

    def finish(self, dice):
        return []

    def misbehave(self, mode, operation):
        raise NotNow("it makes no calls")

    def behave(self):
        pass
