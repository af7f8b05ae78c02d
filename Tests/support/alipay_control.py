"""What a test can ask of the gateway's process: buyers' deeds, notifications, signatures, misbehaviour."""

import base64
import dataclasses
import datetime
import json
import secrets
import urllib.error
import urllib.request

from cryptography.hazmat.primitives import serialization

from .alipay_book import Refusal, beijing_now
from .alipay_keys import Pair
from .alipay_news import changed, fields, return_query, signed_form
from .alipay_planting import Planting
from .alipay_signing import certificate_serial, our_side, sign

SIGNERS = ("alipay", "stranger", "app")


class Control(Planting):
    """The methods whose names are verbs of the control API; arguments and results are JSON."""

    VERBS = {
        "keys", "is_offered", "scan", "pay", "close", "finish", "refund", "trade", "notice", "notify", "back",
        "facts", "sign", "misbehave", "behave", "problems", "requests", "wait_for_requests", "rotate", "renew",
        "replace_key", "ask", "forget", "change_amount", "forget_refund", "change_refund", "date_back",
        "tell_refunds", "write_oddly"}

    def __init__(self, gateway):
        self.gateway = gateway

    def answer(self, verb, body):
        try:
            assert verb in self.VERBS, f"no verb {verb}"
            result = getattr(self, verb)(**json.loads(body))
        except (AssertionError, KeyError, Refusal, TypeError, ValueError) as error:
            return 400, "text/plain", repr(error).encode()
        return 200, "application/json", json.dumps(result).encode()

    def merchant(self, mode):
        return self.gateway.world.merchants[mode]

    def offered(self, mode, out_trade_no):
        return self.gateway.book.offered(self.merchant(mode).app_id, out_trade_no)

    def is_offered(self, mode, out_trade_no):
        return (self.merchant(mode).app_id, out_trade_no) in self.gateway.book.trades

    def keys(self, mode):
        return self.gateway.world.keys(self.merchant(mode))

    def trade(self, mode, out_trade_no):
        trade = self.offered(mode, out_trade_no)
        return {"status": trade.status, "trade_no": trade.trade_no, "amount": trade.amount, "method": trade.method,
                "content": trade.content, "refunded": trade.refunded}

    def scan(self, mode, out_trade_no):
        self.gateway.book.scan(self.offered(mode, out_trade_no))

    def pay(self, mode, out_trade_no, days_ago=0):
        at = beijing_now() - datetime.timedelta(days=days_ago)
        self.gateway.book.pay(self.offered(mode, out_trade_no), at)

    def write_oddly(self, mode, out_trade_no, subject=None, trade_no=None):
        """Texts in which a lone surrogate such as U+DC80 stands for a byte that is of no character."""
        trade = self.offered(mode, out_trade_no)
        trade.content["subject"] = subject or trade.content["subject"]
        trade.trade_no = trade_no or trade.trade_no

    def close(self, mode, out_trade_no):
        """The time to pay is over."""
        self.gateway.book.close(self.offered(mode, out_trade_no))

    def finish(self, mode, out_trade_no):
        self.gateway.book.finish(self.offered(mode, out_trade_no))

    def refund(self, mode, out_trade_no, amount, number=None):
        """The merchant refunds in Alipay's own console."""
        trade = self.offered(mode, out_trade_no)
        self.gateway.book.refund(trade, number or "R" + secrets.token_hex(10), amount)

    def tell_refunds(self, on):
        """From now on the answer to a query tells what was given back, or does not."""
        self.gateway.methods.tells_refunds = on

    def facts(self, mode, out_trade_no, charset="utf-8", pretend_paid=False):
        """The unsigned fields of a notification; of a payment that never was, if it is to be pretended."""
        trade = self.offered(mode, out_trade_no)
        if pretend_paid:
            trade = dataclasses.replace(
                trade, status="TRADE_SUCCESS", trade_no="2026" + str(secrets.randbelow(10**24)).zfill(24),
                paid_at=beijing_now())
        return fields(self.merchant(mode), trade, charset)

    def notice(self, mode, out_trade_no, charset="utf-8", changes=None, after=None):
        """A signed notification that is not posted yet."""
        trade = self.offered(mode, out_trade_no)
        told = changed(fields(self.merchant(mode), trade, charset), changes or {})
        return {
            "url": trade.notify_url, "body": signed_form(self.gateway.sdk(self.merchant(mode)), told, after),
            "content_type": f"application/x-www-form-urlencoded; charset={charset}"}

    def notify(self, mode, out_trade_no, **options):
        """Posts a notification as Alipay does; anything but exactly `success` makes Alipay send it again."""
        notice = self.notice(mode, out_trade_no, **options)
        request = urllib.request.Request(
            notice["url"], notice["body"].encode(), {"Content-Type": notice["content_type"]})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                status, body = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        return {"status": status, "body": body.decode("utf-8", "replace"),
                "accepted": status == 200 and body == b"success"}

    def back(self, mode, out_trade_no):
        """The query with which Alipay's page sends the browser back."""
        merchant = self.merchant(mode)
        return return_query(self.gateway.sdk(merchant), merchant, self.offered(mode, out_trade_no))

    def sign(self, mode, data, signer="alipay", sign_type="RSA2"):
        """Signs any bytes (base64), by the SDK."""
        world, merchant = self.gateway.world, self.merchant(mode)
        pair = dict(zip(SIGNERS, (world.alipay, world.stranger, merchant.pair)))[signer]
        return sign(self.gateway.sdk(merchant, pair, sign_type), base64.b64decode(data))

    def rotate(self, trusted=True):
        """Alipay signs with a new certificate, of its own authority or of nobody's."""
        world = self.gateway.world
        world.alipay = Pair(world.authority if trusted else world.foreign_authority, "Alipay RSA2 next")
        return certificate_serial(world.alipay.certificate)

    def renew(self, mode, whose, days):
        """Another certificate of the application's key or of Alipay's."""
        {"app": self.merchant(mode).pair, "alipay": self.gateway.world.alipay}[whose].renew(days)

    def replace_key(self, mode, private):
        """The owner of the application puts another key into the console."""
        self.merchant(mode).pair.key = serialization.load_pem_private_key(private.encode(), None)

    def misbehave(self, **options):
        self.gateway.misbehave(**options)

    def behave(self):
        self.gateway.behave()

    def problems(self):
        """What was wrong with the requests since the last time."""
        found, self.gateway.problems = self.gateway.problems, []
        return found

    def requests(self, method="", since=0):
        return [r for r in self.gateway.requests[since:] if method in r["params"].get("method", "")]

    def wait_for_requests(self, count, seconds=10):
        """Waits until so many requests have come since the beginning; how many have come."""
        with self.gateway.arrived:
            self.gateway.arrived.wait_for(lambda: len(self.gateway.requests) >= count, seconds)
            return len(self.gateway.requests)

    def ask(self, mode, call, arguments):
        """Has the SDK call the gateway as a merchant would."""
        client = our_side(self.gateway.world, self.merchant(mode), self.gateway.base + "/gateway.do")
        try:
            return {"answer": getattr(client, call)(**arguments)}
        except Exception as error:  # The SDK's own exceptions say what the gateway answered.
            return {"error": f"{type(error).__name__}: {error}"}
