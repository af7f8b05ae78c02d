"""The bytes of the gateway's answers, in earnest and twisted."""

import json

from .alipay_signing import Exact, certificate_serial, sign

# The request is not acted upon.
DEAF_MODES = {"hang", "reset", "garbage", "error", "huge", "redirect"}
# The request is acted upon, except for `failure`, and the answer is spoilt or lost.
TWISTS = {
    "unsigned", "wrong-signature", "decoy-name", "decoy-text", "duplicate-node", "duplicate-sign", "other-order",
    "other-amount", "system-error", "failure", "lose-answer", "delay"}
# What a liar would like to be read in place of the genuine node.
LIE = {
    "code": "10000", "msg": "Success", "trade_status": "TRADE_SUCCESS", "total_amount": "9.90",
    "trade_no": "2026000000000000000000000000", "qr_code": "https://qr.alipay.com/lie"}


def json_text(value):
    """JSON as Alipay writes it, with escaped slashes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")


def failure(sub_code):
    """The gateway did not do it."""
    return {"code": "40004", "msg": "Business Failed", "sub_code": sub_code, "sub_msg": "业务处理失败"}


def twisted(node, twist):
    """The facts that a twist changes before the answer is signed."""
    if twist == "system-error":
        return {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "isp.unknow-error",
                "sub_msg": "系统繁忙"}
    if twist == "other-order" and "out_trade_no" in node:
        return {**node, "out_trade_no": "COIN_20200101_99999999"}
    if twist == "other-amount" and "total_amount" in node:
        return {**node, "total_amount": "0.01"}
    return node


def envelope(method, node, sdk, other_sdk, pair, twist=""):
    """The body around a node; `pair` is set where answers name the certificate of their signature."""
    name = method.replace(".", "_") + "_response"
    text = json_text(node)
    signature = sign(other_sdk if twist == "wrong-signature" else sdk, Exact(text.encode()))
    lie = json_text({**LIE, "out_trade_no": node.get("out_trade_no", "")})
    members = [f'"{name}":{text}']
    if twist == "decoy-name":
        members.insert(0, f'"x_{name}":{lie}')
    elif twist == "decoy-text":
        members.insert(0, f'"note":{json.dumps(f"{name}:{lie}")}')
    elif twist == "duplicate-node":
        members.insert(0, f'"{name}":{lie}')
    if twist != "unsigned":
        if pair:
            members.append(f'"alipay_cert_sn":"{certificate_serial(pair.certificate)}"')
        members += [f'"sign":{json_text(signature)}'] * (2 if twist == "duplicate-sign" else 1)
    return ("{" + ",".join(members) + "}").encode()
