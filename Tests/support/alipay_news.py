"""Alipay's notifications (异步通知) and what its page hands to the browser, signed by the SDK."""

import json
import secrets
import urllib.parse

from .alipay_bill import yuan
from .alipay_book import BUYER, beijing_now
from .alipay_methods import text_of
from .alipay_signing import content, sign


def fields(merchant, trade, charset="utf-8"):
    """What is said about a trade in its present state. A pretended trade serves as well as a real one."""
    told = {
        "notify_time": text_of(beijing_now()), "notify_type": "trade_status_sync", "notify_id": secrets.token_hex(17),
        "app_id": merchant.app_id, "auth_app_id": merchant.app_id, "charset": charset, "version": "1.0",
        "sign_type": "RSA2", "trade_no": trade.trade_no, "out_trade_no": trade.out_trade_no,
        "buyer_id": BUYER["buyer_user_id"], "buyer_logon_id": BUYER["buyer_logon_id"],
        "seller_id": merchant.seller_id, "seller_email": "sales@example.com", "trade_status": trade.status,
        "total_amount": yuan(trade.amount), "subject": trade.content["subject"],
        "gmt_create": text_of(trade.created_at)}
    if trade.paid_at:
        told |= {
            "gmt_payment": text_of(trade.paid_at), "receipt_amount": yuan(trade.amount),
            "invoice_amount": yuan(trade.amount), "buyer_pay_amount": yuan(trade.amount), "point_amount": "0.00",
            "fund_bill_list": json.dumps(
                [{"amount": yuan(trade.amount), "fundChannel": "ALIPAYACCOUNT"}], separators=(",", ":"))}
    if trade.refunds:
        told |= {
            "refund_fee": yuan(trade.refunded), "out_biz_no": trade.refunds[-1].out_request_no,
            "gmt_refund": text_of(trade.refunds[-1].made_at) + ".000"}
    if trade.closed_at:
        told["gmt_close"] = text_of(trade.closed_at)
    return told


def changed(told, changes):
    """A change to None takes a field away."""
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


def signed_form(sdk, told, after=None):
    """The body; `after` are changes that the signature does not know."""
    charset = told.get("charset", "utf-8")
    signature = sign(sdk, content(sdk, {k: v for k, v in told.items() if k != "sign_type"}, charset))
    return urllib.parse.urlencode(changed({**told, "sign": signature}, after or {}), encoding=charset)


def return_query(sdk, merchant, trade):
    """The query with which the browser comes back to `return_url`."""
    told = {
        "app_id": merchant.app_id, "auth_app_id": merchant.app_id, "charset": "utf-8", "version": "1.0",
        "sign_type": "RSA2", "method": trade.method + ".return", "out_trade_no": trade.out_trade_no,
        "trade_no": trade.trade_no, "total_amount": yuan(trade.amount), "seller_id": merchant.seller_id,
        "timestamp": text_of(beijing_now())}
    return signed_form(sdk, told)
