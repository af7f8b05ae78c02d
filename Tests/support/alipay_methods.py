"""What the gateway does for each method; the nodes of its answers."""

import base64
import datetime
import re
import secrets
import time

from .alipay_answers import failure
from .alipay_bill import bill, yuan
from .alipay_book import BUYER, Refusal, Trade, beijing_now
from .alipay_keys import certificate_pem
from .alipay_rules import PAGES, PRODUCTS, moment
from .alipay_signing import certificate_serial

BILL_SECONDS = 30


class BadArgument(Exception):
    """A gateway error (40002) with its sub_code."""


def fen(text):
    if not isinstance(text, str) or not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", text, re.A):
        raise Refusal("ACQ.INVALID_PARAMETER")
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def text_of(when):
    return f"{when:%Y-%m-%d %H:%M:%S}"


class Methods:
    def __init__(self, world, book):
        self.world, self.book = world, book
        self.bills = {}
        # Whether the answer to a query tells what was given back, which Alipay leaves open.
        self.tells_refunds = False
        self.base = None
        self.handlers = {
            "alipay.trade.precreate": self.precreate, "alipay.trade.query": self.query,
            "alipay.trade.close": self.close, "alipay.trade.refund": self.refund,
            "alipay.trade.fastpay.refund.query": self.refund_query,
            "alipay.data.dataservice.bill.downloadurl.query": self.bill_address,
            "alipay.open.app.alipaycert.download": self.certificate}

    def node(self, merchant, params, content):
        """The node of an answer."""
        try:
            fields = self.handlers[params["method"]](merchant, params, content)
        except Refusal as refusal:
            return failure(str(refusal))
        except BadArgument as error:
            return {"code": "40002", "msg": "Invalid Arguments", "sub_code": str(error), "sub_msg": "参数无效"}
        return {"code": "10000", "msg": "Success", **fields}

    def offer(self, merchant, params, content):
        expires = moment(content.get("time_expire", "")) or beijing_now() + datetime.timedelta(hours=3)
        return self.book.offer(Trade(
            merchant.app_id, content["out_trade_no"], fen(content["total_amount"]), params["method"], content,
            params.get("notify_url"), params.get("return_url"), expires))

    def precreate(self, merchant, params, content):
        trade = self.offer(merchant, params, content)
        return {"out_trade_no": trade.out_trade_no, "qr_code": "https://qr.alipay.com/bax" + secrets.token_hex(12)}

    def find(self, merchant, content):
        return self.book.find(merchant.app_id, content.get("out_trade_no"), content.get("trade_no"))

    def query(self, merchant, params, content):
        trade = self.find(merchant, content)
        fields = {
            **BUYER, "buyer_pay_amount": "0.00", "invoice_amount": "0.00", "out_trade_no": trade.out_trade_no,
            "point_amount": "0.00", "receipt_amount": "0.00", "total_amount": yuan(trade.amount),
            "trade_no": trade.trade_no, "trade_status": trade.status}
        if trade.paid_at:
            fields |= {"send_pay_date": text_of(trade.paid_at), "receipt_amount": yuan(trade.amount),
                       "buyer_pay_amount": yuan(trade.amount), "invoice_amount": yuan(trade.amount)}
        if trade.refunded and self.tells_refunds:
            fields["refund_fee"] = yuan(trade.refunded)
        return fields

    def close(self, merchant, params, content):
        trade = self.find(merchant, content)
        self.book.close(trade)
        return {"out_trade_no": trade.out_trade_no, "trade_no": trade.trade_no}

    def refund(self, merchant, params, content):
        trade, amount = self.find(merchant, content), fen(content["refund_amount"])
        number = content.get("out_request_no")
        if number is None and amount != trade.amount:
            raise Refusal("ACQ.INVALID_PARAMETER")
        moved = self.book.refund(trade, number or trade.out_trade_no, amount, content.get("refund_reason", ""))
        return {
            **BUYER, "fund_change": "Y" if moved else "N", "gmt_refund_pay": text_of(beijing_now()),
            "out_trade_no": trade.out_trade_no, "refund_fee": yuan(trade.refunded), "trade_no": trade.trade_no,
            "send_back_fee": "0.00"}

    def refund_query(self, merchant, params, content):
        trade = self.find(merchant, content)
        refund = next((r for r in trade.refunds if r.out_request_no == content["out_request_no"]), None)
        if refund is None:
            return {}
        fields = {
            "out_request_no": refund.out_request_no, "out_trade_no": trade.out_trade_no,
            "refund_amount": yuan(refund.amount), "refund_status": "REFUND_SUCCESS",
            "total_amount": yuan(trade.amount), "trade_no": trade.trade_no}
        if "gmt_refund_pay" in content.get("query_options", []):
            fields["gmt_refund_pay"] = text_of(refund.made_at)
        return fields

    def bill_address(self, merchant, params, content):
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", content["bill_date"]):
            raise BadArgument("isv.invalid_arguments")
        day = datetime.date.fromisoformat(content["bill_date"])
        try:
            data = bill(self.book, merchant, day)
        except Refusal as refusal:
            if str(refusal) == "isv.invalid_arguments":
                raise BadArgument(str(refusal)) from refusal
            raise
        token = secrets.token_hex(16)
        self.bills[token] = (data, time.monotonic() + BILL_SECONDS)
        return {"bill_download_url": f"{self.base}/download?token={token}"}

    def certificate(self, merchant, params, content):
        for pair in (self.world.alipay, self.world.stranger):
            if certificate_serial(pair.certificate) == content["alipay_cert_sn"]:
                text = certificate_pem(pair.certificate)
                return {"alipay_cert_content": base64.b64encode(text.encode()).decode()}
        raise BadArgument("isv.invalid-arguments")

    def page(self, merchant, params, content):
        """The page that the buyer's browser shows; paying is left to the test."""
        assert params["method"] in PAGES and content["product_code"] == PRODUCTS[params["method"]]
        trade = self.offer(merchant, params, content)
        return f"<title>支付宝</title><p>{trade.out_trade_no}</p><p>{yuan(trade.amount)}</p>"
