"""What Alipay's documentation asks of every request; a list of what is wrong with one."""

import datetime
import re

from .alipay_book import BEIJING, beijing_now

# Business fields per method: those that must be there and those that may.
PAY = {"out_trade_no", "total_amount", "subject"}
PAY_OPTIONS = {"product_code", "time_expire", "timeout_express", "goods_type", "body", "passback_params"}
TRADE = {"out_trade_no", "trade_no"}
FIELDS = {
    "alipay.trade.page.pay": (PAY | {"product_code"}, PAY_OPTIONS | {"qr_pay_mode", "qrcode_width"}),
    "alipay.trade.wap.pay": (PAY | {"product_code", "quit_url"}, PAY_OPTIONS),
    "alipay.trade.precreate": (PAY, PAY_OPTIONS | {"qr_code_timeout_express"}),
    "alipay.trade.query": (set(), TRADE | {"query_options"}),
    "alipay.trade.close": (set(), TRADE | {"operator_id"}),
    "alipay.trade.refund": ({"refund_amount"}, TRADE | {"refund_reason", "out_request_no"}),
    "alipay.trade.fastpay.refund.query": ({"out_request_no"}, TRADE | {"query_options"}),
    "alipay.data.dataservice.bill.downloadurl.query": ({"bill_type", "bill_date"}, set()),
    "alipay.open.app.alipaycert.download": ({"alipay_cert_sn"}, set()),
}
PRODUCTS = {
    "alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY", "alipay.trade.wap.pay": "QUICK_WAP_WAY",
    "alipay.trade.precreate": "FACE_TO_FACE_PAYMENT"}
PAGES = ("alipay.trade.page.pay", "alipay.trade.wap.pay")
COMMON = {
    "app_id", "method", "format", "charset", "sign_type", "sign", "timestamp", "version", "notify_url", "return_url",
    "biz_content", "app_cert_sn", "alipay_root_cert_sn"}
FORMS = {
    "out_trade_no": r"[0-9A-Za-z_]{1,64}", "trade_no": r"\d{1,64}", "out_request_no": r"[0-9A-Za-z_]{1,64}",
    "total_amount": r"(0|[1-9]\d{0,8})(\.\d{1,2})?", "refund_amount": r"(0|[1-9]\d{0,8})(\.\d{1,2})?",
    "subject": r"[^/=&]{1,256}", "body": r".{1,128}", "goods_type": r"[01]", "refund_reason": r".{1,256}",
    "bill_type": r"trade|signcustomer", "bill_date": r"\d{4}-\d\d(-\d\d)?", "alipay_cert_sn": r"[0-9a-f]{32}"}


def moment(text):
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        return None


def problems(params, content):
    """`content` is biz_content as an object, or None when it is none."""
    method = params.get("method", "")
    found = common_problems(params)
    if method not in FIELDS:
        return found + ["method"]
    if content is None:
        return found + ["biz_content"]
    required, optional = FIELDS[method]
    found += [f"{name} missing" for name in required - set(content)]
    found += [f"{name} unknown" for name in set(content) - required - optional]
    if TRADE & optional and not TRADE & set(content):
        found.append("neither out_trade_no nor trade_no")
    for name, form in FORMS.items():
        if name in content and not (isinstance(content[name], str) and re.fullmatch(form, content[name], re.A)):
            found.append(name)
    if method in PRODUCTS:
        found += pay_problems(method, params, content)
    return found


def common_problems(params):
    found = [f"{name} empty" for name, value in params.items() if value == ""]
    found += [f"{name} unknown" for name in set(params) - COMMON]
    fixed = {"charset": "utf-8", "sign_type": "RSA2", "version": "1.0"}
    found += [name for name, value in fixed.items() if params.get(name, "").lower() != value.lower()]
    if params.get("format", "JSON") not in ("JSON", "json"):
        found.append("format")
    sent = moment(params.get("timestamp", ""))
    if sent is None or abs(beijing_now() - sent) > datetime.timedelta(minutes=5):
        found.append("timestamp")
    for name in ("notify_url", "return_url"):
        url = params.get(name)
        if url is not None and not re.fullmatch(r"https?://[!-~]{1,240}", url):
            found.append(name)
    if set("?#") & set(params.get("notify_url", "")):
        found.append("notify_url has a query")
    return found


def pay_problems(method, params, content):
    found = [] if "notify_url" in params else ["notify_url missing"]
    if method in PAGES and "return_url" not in params:
        found.append("return_url missing")
    if content.get("product_code", PRODUCTS[method]) != PRODUCTS[method]:
        found.append("product_code")
    if content.get("total_amount") in ("0", "0.0", "0.00"):
        found.append("total_amount is nothing")
    if "time_expire" in content:
        deadline, shortest = moment(content["time_expire"]), 5 if method == "alipay.trade.wap.pay" else 1
        ahead = deadline - beijing_now() if deadline else datetime.timedelta()
        if not datetime.timedelta(minutes=shortest) <= ahead <= datetime.timedelta(days=15):
            found.append("time_expire")
    elif not re.fullmatch(r"[1-9]\d*[mhdc]", content.get("timeout_express", "")):
        found.append("no time to pay")
    return found
