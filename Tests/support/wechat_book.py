"""Trades and refunds as WeChat Pay keeps them, in no wire format."""

import datetime
import itertools
import threading
from dataclasses import dataclass, field

BEIJING = datetime.timezone(datetime.timedelta(hours=8))
# Of the one buyer.
OPEN_ID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"


def beijing_now():
    return datetime.datetime.now(BEIJING).replace(microsecond=0)


class Refusal(Exception):
    """A business error; the names are those of v2, which v3 translates."""


@dataclass
class Refund:
    out_refund_no: str
    refund_id: str
    amount: int
    created_at: datetime.datetime
    status: str = "PROCESSING"
    finished_at: datetime.datetime | None = None


@dataclass
class Trade:
    mch_id: str
    out_trade_no: str
    amount: int
    trade_type: str
    terms: dict
    attach: str | None
    notify_url: str
    expires_at: datetime.datetime | None
    created_at: datetime.datetime = field(default_factory=beijing_now)
    state: str = "NOTPAY"
    transaction_id: str | None = None
    paid_at: datetime.datetime | None = None
    coupon: int = 0
    refunds: list = field(default_factory=list)

    @property
    def is_paid(self):
        return self.state in ("SUCCESS", "REFUND")

    @property
    def cash(self):
        """What the buyer paid; coupons make it less than the amount."""
        return self.amount - self.coupon


class Book:
    def __init__(self):
        self.trades = {}
        self.numbers = itertools.count(1)
        self.lock = threading.RLock()
        self.opened = threading.Condition(self.lock)

    def number(self, prefix):
        return f"{prefix}{beijing_now():%Y%m%d%H%M%S}{next(self.numbers):010d}"

    def open(self, trade):
        """Creates a trade; the same number with the same terms gives the same trade."""
        with self.lock:
            known = self.trades.setdefault((trade.mch_id, trade.out_trade_no), trade)
            self.opened.notify_all()
            if known.is_paid:
                raise Refusal("ORDERPAID")
            if known.state == "CLOSED":
                raise Refusal("ORDERCLOSED")
            if known.terms != trade.terms:
                raise Refusal("OUT_TRADE_NO_USED")
            return known

    def wait_for_trades(self, known, seconds=10):
        """The numbers of the trades that are new since `known`, as soon as there are some."""
        with self.lock:
            assert self.opened.wait_for(lambda: set(self.trades) - known, seconds), "no trade was opened"
            return [number for _, number in set(self.trades) - known]

    def find(self, mch_id, out_trade_no=None, transaction_id=None):
        with self.lock:
            for trade in self.trades.values():
                if trade.mch_id == mch_id and (
                        trade.transaction_id == transaction_id if transaction_id
                        else trade.out_trade_no == out_trade_no):
                    return trade
        raise Refusal("ORDERNOTEXIST")

    def close(self, mch_id, out_trade_no):
        with self.lock:
            trade = self.find(mch_id, out_trade_no)
            if trade.is_paid:
                raise Refusal("ORDERPAID")
            if trade.state == "CLOSED":
                raise Refusal("ORDERCLOSED")
            trade.state = "CLOSED"

    def pay(self, trade, coupon=0, at=None):
        """The buyer pays in the app."""
        with self.lock:
            assert trade.state == "NOTPAY", f"a trade in state {trade.state} cannot be paid"
            assert trade.expires_at is None or beijing_now() < trade.expires_at, "the code has expired"
            trade.state, trade.coupon = "SUCCESS", coupon
            trade.paid_at, trade.transaction_id = at or beijing_now(), self.number("42000")

    def refund(self, trade, out_refund_no, amount, total):
        """Accepts a refund; the same number moves money once."""
        with self.lock:
            known = [r for t in self.trades.values() if t.mch_id == trade.mch_id
                     for r in t.refunds if r.out_refund_no == out_refund_no]
            if known:
                if known[0] not in trade.refunds or known[0].amount != amount:
                    raise Refusal("REFUND_FEE_MISMATCH")
                return known[0]
            if not trade.is_paid:
                raise Refusal("TRADE_STATE_ERROR")
            given = sum(r.amount for r in trade.refunds if r.status in ("PROCESSING", "SUCCESS"))
            if total != trade.amount or not 1 <= amount <= trade.amount - given or len(trade.refunds) >= 50:
                raise Refusal("INVALID_REQUEST")
            refund = Refund(out_refund_no, self.number("503000"), amount, beijing_now())
            trade.refunds.append(refund)
            trade.state = "REFUND"
            return refund

    def find_refund(self, mch_id, number):
        """By our number of the refund or by WeChat Pay's."""
        with self.lock:
            for trade in self.trades.values():
                for refund in trade.refunds:
                    if trade.mch_id == mch_id and number in (refund.out_refund_no, refund.refund_id):
                        return trade, refund
        raise Refusal("REFUNDNOTEXIST")

    def paid_on(self, mch_id, day):
        with self.lock:
            return [t for t in self.trades.values()
                    if t.mch_id == mch_id and t.paid_at and t.paid_at.date() == day]
