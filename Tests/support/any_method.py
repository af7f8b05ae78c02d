"""An order by whichever method, with the number by which the played provider knows its trade."""

from .alipay_site import made as made_by_alipay
from .alipay_site import visited
from .wechat_site import made as made_by_wechat


def made(site, user, method):
    order = user.order(method=method)
    if method == "ALIPAY":
        return visited(made_by_alipay(site, order))
    if method == "WECHAT":
        return made_by_wechat(site, order)
    order["number"] = site.value(
        f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
    return order
