"""Trades and refunds as Alipay keeps them, in no wire format."""

import datetime
import itertools
import threading
from dataclasses import dataclass, field

BEIJING = datetime.timezone(datetime.timedelta(hours=8))
BUYER = {"buyer_user_id": "2088102169481075", "buyer_logon_id": "csq***@sandbox.com"}
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")


def beijing_now():
    return datetime.datetime.now(BEIJING).replace(microsecond=0)


class Refusal(Exception):
    """A business failure (40004) with its sub_code."""


@dataclass
class Refund:
    out_request_no: str
    amount: int
    reason: str
    made_at: datetime.datetime


@dataclass
class Trade:
    """`status` is None as long as only a code or an address exists, which the buyer has not used."""

    app_id: str
    out_trade_no: str
    amount: int
    method: str
    content: dict
    notify_url: str
    return_url: str | None
    expires_at: datetime.datetime | None
    created_at: datetime.datetime = field(default_factory=beijing_now)
    status: str | None = None
    trade_no: str | None = None
    paid_at: datetime.datetime | None = None
    closed_at: datetime.datetime | None = None
    refunds: list = field(default_factory=list)

    @property
    def refunded(self):
        return sum(refund.amount for refund in self.refunds)


class Book:
    def __init__(self):
        self.trades = {}
        self.numbers = itertools.count(1)
        self.lock = threading.RLock()

    def offer(self, trade):
        """A code or an address to pay at; the same number with the same amount is the same trade."""
        with self.lock:
            known = self.trades.setdefault((trade.app_id, trade.out_trade_no), trade)
            if known.status in PAID:
                raise Refusal("ACQ.TRADE_HAS_SUCCESS")
            if known.status == "TRADE_CLOSED":
                raise Refusal("ACQ.TRADE_HAS_CLOSE")
            if known.amount != trade.amount:
                raise Refusal("ACQ.CONTEXT_INCONSISTENT")
            return known

    def offered(self, app_id, out_trade_no):
        with self.lock:
            return self.trades[app_id, out_trade_no]

    def find(self, app_id, out_trade_no=None, trade_no=None):
        """A trade that came into being; `trade_no` wins."""
        with self.lock:
            for trade in self.trades.values():
                if trade.app_id == app_id and trade.status and (
                        trade.trade_no == trade_no if trade_no else trade.out_trade_no == out_trade_no):
                    return trade
        raise Refusal("ACQ.TRADE_NOT_EXIST")

    def scan(self, trade):
        """The buyer scans the code or signs in: only now there is a trade."""
        with self.lock:
            if trade.status is None:
                now = beijing_now()
                assert trade.expires_at is None or now < trade.expires_at, "the time to pay is over"
                trade.status = "WAIT_BUYER_PAY"
                trade.trade_no = f"{now:%Y%m%d}2200140{next(self.numbers):013d}"

    def pay(self, trade, at=None):
        with self.lock:
            self.scan(trade)
            assert trade.status == "WAIT_BUYER_PAY", f"a trade in {trade.status} cannot be paid"
            trade.status, trade.paid_at = "TRADE_SUCCESS", at or beijing_now()

    def close(self, trade):
        with self.lock:
            if trade.status in PAID:
                raise Refusal("ACQ.REASON_TRADE_STATUS_INVALID")
            if trade.status == "TRADE_CLOSED":
                raise Refusal("ACQ.TRADE_STATUS_ERROR")
            trade.status, trade.closed_at = "TRADE_CLOSED", beijing_now()

    def finish(self, trade):
        """The time in which the trade could be refunded is over."""
        with self.lock:
            assert trade.status == "TRADE_SUCCESS"
            trade.status = "TRADE_FINISHED"

    def refund(self, trade, out_request_no, amount, reason=""):
        """Moves money once for a number.
        Returns whether it moved now."""
        with self.lock:
            known = next((r for r in trade.refunds if r.out_request_no == out_request_no), None)
            if known:
                if known.amount != amount:
                    raise Refusal("ACQ.DISCORDANT_REPEAT_REQUEST")
                return False
            if trade.status == "TRADE_FINISHED":
                raise Refusal("ACQ.TRADE_HAS_FINISHED")
            if trade.status != "TRADE_SUCCESS":
                raise Refusal("ACQ.TRADE_STATUS_ERROR")
            if not 1 <= amount <= trade.amount - trade.refunded:
                raise Refusal("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
            trade.refunds.append(Refund(out_request_no, amount, reason, beijing_now()))
            if trade.refunded == trade.amount:
                trade.status, trade.closed_at = "TRADE_CLOSED", beijing_now()
            return True

    def of_day(self, app_id, day):
        """The payments and the refunds that were finished on a day."""
        with self.lock:
            trades = [t for t in self.trades.values() if t.app_id == app_id and t.paid_at]
            return ([t for t in trades if t.paid_at.date() == day],
                    [(t, r) for t in trades for r in t.refunds if r.made_at.date() == day])
