"""The bill (对账单) of a day: the same text in v2 and v3, with back-ticks, in yuan."""

from .wechat_book import Refusal, beijing_now

COLUMNS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注")
TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def line(values):
    return ",".join("`" + str(value) for value in values)


def payment_values(merchant, trade):
    return [
        f"{trade.paid_at:%Y-%m-%d %H:%M:%S}", merchant.app_id, merchant.mch_id, 0, "", trade.transaction_id,
        trade.out_trade_no, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", trade.trade_type, "SUCCESS", "OTHERS", "CNY",
        yuan(trade.amount - trade.coupon), yuan(trade.coupon), 0, 0, "0.00", "0.00", "", "",
        trade.terms.get("subject", ""), trade.attach or "", "0.00000", "0.60%", yuan(trade.amount), "0.00", ""]


def refund_values(merchant, trade, refund):
    status = {"ABNORMAL": "CHANGE", "CLOSED": "FAIL"}.get(refund.status, refund.status)
    values = payment_values(merchant, trade)
    values[0], values[9] = f"{refund.created_at:%Y-%m-%d %H:%M:%S}", "REFUND"
    values[12] = values[13] = values[24] = "0.00"
    values[14:20] = [refund.refund_id, refund.out_refund_no, yuan(refund.amount), "0.00", "ORIGINAL", status]
    values[25] = yuan(refund.amount)
    return values


def bill(book, merchant, day, kind="ALL"):
    """The text of a day's bill with its byte order mark."""
    if day >= beijing_now().date():
        raise Refusal("NO_BILL")
    with book.lock:
        trades = [t for t in book.trades.values() if t.mch_id == merchant.mch_id]
        paid = book.paid_on(merchant.mch_id, day) if kind != "REFUND" else []
        refunds = [(t, r) for t in trades for r in t.refunds
                   if r.created_at.date() == day] if kind != "SUCCESS" else []
    if not paid and not refunds:
        raise Refusal("NO_BILL")
    rows = [line(payment_values(merchant, t)) for t in paid]
    rows += [line(refund_values(merchant, t, r)) for t, r in refunds]
    sold, given = sum(t.amount for t in paid), sum(r.amount for _, r in refunds)
    settled = sum(t.amount - t.coupon for t in paid)
    totals = line([len(rows), yuan(settled), yuan(given), "0.00", "0.00000", yuan(sold), yuan(given)])
    return ("\ufeff" + "\r\n".join([COLUMNS, *rows, TOTALS, totals]) + "\r\n").encode(errors="surrogateescape")
