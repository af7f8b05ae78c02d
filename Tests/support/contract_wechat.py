"""WeChat Pay's side of the contract, by interface v2 and by v3."""

import datetime

from .contract import Adapter
from .wechat_book import BEIJING, beijing_now
from .wechat_news import is_accepted
from .wechat_site import deliver, made, version


class WeChatAdapter(Adapter):
    method, price, currency, zone, start_field = "WECHAT", 990, "CNY", BEIJING, "qr_code"
    start_call, refund_call = r"/unifiedorder$|/native$", r"/refunds?$"

    @classmethod
    def settings(cls, server, mode):
        """Interface v2 gives nothing back without the merchant's certificate, which only TLS can show."""
        return {"COINPAY_CA_FILE": server.ca_file, **server.settings(mode, tls=mode == "v2")}

    def begun(self, order):
        return made(self.site, order)

    def starts(self, order):
        """What came of an order's start; the signature of interface v3 stands beside it and has a time of its own."""
        calls = self.server.calls("/pay/", order["order_no"])
        return [(c.target, c.body) for c in calls if c.path.endswith(("/unifiedorder", "/native"))]

    def trades(self, order):
        """The numbers under which the provider knows an order."""
        with self.server.book.lock:
            return {number for _, number in self.server.book.trades if number.startswith(order["order_no"])}

    def trade(self, order):
        return self.server.trade(self.mode, order["number"])

    def asked(self, order):
        return self.trade(order).amount, "CNY"

    def received(self, order):
        """What the buyer paid, whatever was given back since."""
        trade = self.trade(order)
        return trade.amount if trade.is_paid else 0

    def refunded(self, order):
        return sum(r.amount for r in self.trade(order).refunds if r.status in ("PROCESSING", "SUCCESS"))

    def is_closed(self, order):
        return self.trade(order).state == "CLOSED"

    def pay(self, order, days_ago=0):
        self.server.pay(self.mode, order["number"], at=beijing_now() - datetime.timedelta(days=days_ago))

    def let_it_be_closed(self, order):
        """WeChat Pay closes no trade in its first five minutes."""
        self.site.sql("UPDATE payments SET created_at = created_at - INTERVAL 6 MINUTE "
                      f"WHERE out_trade_no = '{order['number']}'")

    def finish_refund(self, order):
        for refund in self.trade(order).refunds:
            deliver(self.site, self.mode, self.server.finish_refund(self.mode, refund.out_refund_no))

    def news(self, order, **changes):
        return self.server.payment_news(self.mode, self.trade(order), **changes)

    def letter(self, order):
        news = self.news(order)
        return lambda: news.post(self.site.base)

    def altered(self, order):
        """With interface v2 the sum; with v3 the body's bytes alone, since what it says is encrypted."""
        news = self.news(order)
        body = news.body.replace(b"990", b"991") if version(self.mode) == "v2" else news.body + b" "
        assert body != news.body
        return lambda: news.with_body(body).post(self.site.base)

    def foreign(self, order):
        other = self.server.accounts["v2-md5" if version(self.mode) == "v2" else "v3-platform"]
        news = self.news(order, **{"mch_id" if version(self.mode) == "v2" else "mchid": other.mch_id})
        return lambda: news.post(self.site.base)

    def is_accepted(self, answer):
        return is_accepted(answer, version(self.mode))

    def problems(self):
        return self.server.problems
