"""What a test can write into the gateway's books so that they differ from a shop's."""

import datetime

from .alipay_book import BEIJING


class Planting:
    """Verbs of the control API."""

    def forget(self, mode, out_trade_no):
        """There never was such a trade."""
        del self.gateway.book.trades[self.merchant(mode).app_id, out_trade_no]

    def change_amount(self, mode, out_trade_no, by):
        self.offered(mode, out_trade_no).amount += by

    def refund_of(self, mode, out_trade_no, number):
        return next(r for r in self.offered(mode, out_trade_no).refunds if r.out_request_no == number)

    def forget_refund(self, mode, out_trade_no, number):
        refunds = self.offered(mode, out_trade_no).refunds
        refunds.remove(self.refund_of(mode, out_trade_no, number))

    def change_refund(self, mode, out_trade_no, number, by):
        self.refund_of(mode, out_trade_no, number).amount += by

    def date_back(self, mode, at):
        """Everything happened at a moment of Beijing's time."""
        moment = datetime.datetime.fromisoformat(at).replace(tzinfo=BEIJING)
        for trade in self.gateway.book.trades.values():
            if trade.app_id == self.merchant(mode).app_id and trade.paid_at:
                trade.paid_at = moment
                for refund in trade.refunds:
                    refund.made_at = moment
