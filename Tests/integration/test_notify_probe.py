"""Whether what a provider sends arrives as it was sent: doctor's probe of the notify addresses, and what meddles with it."""

import base64
import hashlib
import hmac
import subprocess
import time

import pytest
import requests

from support.alipay import AlipayServer
from support.doctor import diagnose
from support.meddler import Meddler
from support.stack import Stack
from support.wechat import WeChatServer

PATHS = {"alipay": "/api/payment/webhook/alipay", "wechat": "/api/payment/webhook/wechat"}


@pytest.fixture(scope="module")
def shop():
    with AlipayServer() as alipay, WeChatServer() as wechat:
        stack = Stack("probe", **wechat.settings("v2"))
        stack.environment |= alipay.settings("key", site=stack.base)
        stack.environment["WECHAT_NOTIFY_URL"] = stack.base + PATHS["wechat"]
        with stack:
            yield stack


def probed(shop, base, **settings):
    return diagnose(shop, ALIPAY_NOTIFY_URL=base + PATHS["alipay"], WECHAT_NOTIFY_URL=base + PATHS["wechat"], **settings)


@pytest.fixture(scope="module")
def meddler(shop):
    with Meddler(shop.base) as meddler:
        yield meddler


def test_what_arrives_as_it_was_sent_is_well(shop, meddler):
    meddler.way, meddler.seen = "forward", []
    found = probed(shop, meddler.base)
    for provider in PATHS:
        found.assert_found(f"notify.{provider}_arrival", "ok", "arrives as it was sent")
    agents = {headers["User-Agent"] for headers, _ in meddler.seen}
    types = {headers["Content-Type"] for headers, _ in meddler.seen}
    assert agents == {"Mozilla/4.0"}
    assert types == {"application/x-www-form-urlencoded; charset=gbk", "text/xml", "application/json"}


WAYS = [
    ("redirect", "failure", "redirected (301) to https://www.shop.example"),
    ("get", "failure", "as another method"),
    ("decoded", "failure", "body was changed"),
    ("retyped", "failure", "arrived as text/plain"),
    ("challenge", "failure", "(403): a check for bots"),
    ("page", "failure", "(200): a check for bots"),
    ("blocked", "failure", "blocked on the way (403)"),
    ("other", "failure", "something else than the worker answers (200)"),
    ("down", "failure", "something else than the worker answers (502)"),
    ("stripped", "failure", "knows the probe not as ours"),
    ("hang", "warning", "hairpin NAT"),
]


@pytest.mark.parametrize("way, level, words", WAYS)
def test_what_meddles_is_named(shop, meddler, way, level, words):
    meddler.way = way
    probed(shop, meddler.base).assert_found("notify.alipay_arrival", level, words)


def test_a_line_less_at_the_end_is_noticed(shop, meddler):
    """No form ends in one, but XML and JSON do."""
    meddler.way = "trimmed"
    probed(shop, meddler.base).assert_found("notify.wechat_arrival", "failure", "body was changed")


def test_tls_that_ends_in_front_is_noticed(shop):
    certificate = [shop.folder / "tls" / name for name in ("fullchain.pem", "privkey.pem")]
    with Meddler(shop.base, certificate) as meddler:
        found = probed(shop, meddler.base, COINPAY_CA_FILE=certificate[0])
        found.assert_found("notify.alipay_arrival", "failure", "by plain http")


def test_a_certificate_that_nobody_knows_is_named(shop):
    base = f"https://localhost:{shop.https_port}"
    probed(shop, base).assert_found("notify.alipay_arrival", "failure", "certificate is not accepted")
    authority = shop.folder / "tls" / "fullchain.pem"
    assert probed(shop, base, COINPAY_CA_FILE=authority)["notify.alipay_arrival"]["level"] == "ok"


def test_an_address_that_cannot_be_reached_says_how_to_ask_from_elsewhere(shop):
    found = probed(shop, "http://127.0.0.1:9")
    found.assert_found("notify.alipay_arrival", "warning", "cannot be reached from here", "hairpin NAT")
    command = found["notify.alipay_arrival"]["action"].split("all is well: ")[1]
    # As one would ask from elsewhere, where the name leads to the site.
    shown = subprocess.run(command.replace("http://127.0.0.1:9", shop.base), shell=True, text=True, capture_output=True, check=True)
    assert "200 OK" in shown.stdout and '"body_sha256"' in shown.stdout


# The worker's side

def header(shop, moment=None, nonce="ab" * 16, key=None):
    key = key or base64.b64decode((shop.folder / "secrets" / "session_key").read_text())
    derived = hmac.digest(key, b"coinpay-notify-probe", "sha256")
    content = f"{int(moment or time.time())}.{nonce}"
    return f"{content}.{hmac.digest(derived, content.encode(), 'sha256').hex()}"


def ask(shop, path, value, body=b"a=1", **headers):
    return requests.post(shop.base + path, data=body, headers={"X-CoinPay-Probe": value, **headers}, timeout=10)


def stored(shop):
    tables = ("payment_events", "coin_orders", "ledger_entries", "suspense_entries", "operator_actions", "provider_calls")
    return [shop.value(f"SELECT COUNT(*) FROM {table}") for table in tables]


@pytest.mark.parametrize("path", [*PATHS.values(), "/api/payment/wechat/notify"])
def test_the_worker_tells_what_arrived_and_does_nothing(shop, path):
    before = stored(shop)
    value = header(shop)
    # Coming again is harmless.
    for _ in range(3):
        answer = ask(shop, path, value, b"\xd6\xa7+%2B\n", **{"Content-Type": "text/odd"})
        assert answer.status_code == 200
        told = answer.json()
        assert told.pop("request_id") == answer.headers["X-Request-Id"]
        assert told == {
            "method": "POST", "path": path, "scheme": "http", "host": shop.base.split("//")[1], "content_type": "text/odd",
            "body_bytes": 7, "body_sha256": hashlib.sha256(b"\xd6\xa7+%2B\n").hexdigest(),
            "address": "127.0.0.1", "is_forwarded": False}
    assert stored(shop) == before


def test_who_has_not_the_key_is_an_ordinary_stranger(shop):
    now = time.time()
    strangers = ["", "x", "1.2.3", header(shop, key=b"0" * 32), header(shop, moment=now - 310), header(shop, moment=now + 310),
                 header(shop)[:-2] + "00"]
    for value in strangers:
        answer = ask(shop, PATHS["alipay"], value)
        assert "body_sha256" not in answer.text and answer.text == requests.post(
            shop.base + PATHS["alipay"], data=b"a=1", timeout=10).text, value


def test_a_probe_of_an_address_that_is_none_is_not_found(shop):
    assert ask(shop, "/api/payment/webhook/paypal", header(shop)).status_code == 404
