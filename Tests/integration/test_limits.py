"""The web server's own limits, with the rates of production."""

import concurrent.futures
import os
import pathlib
import signal

import requests

from support import fastcgi
from support.stack import Client, Stack, wait_for


def test_too_many_orders_sign_ins_or_exports_get_429_in_our_shape():
    with Stack("limits", COINPAY_DEV_LIMITS="on") as site:
        client = site.client()
        wish = {"package_id": 1, "payment_method": "MOCK"}
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            orders = list(pool.map(lambda _: client.post("/api/coin/order", wish), range(60)))
            wrong = {"username": "nobody", "password": "wrong-password"}
            sign_ins = list(pool.map(
                lambda _: Client(site.base).post("/api/auth/login", wrong, headers={"Accept-Language": "en"}), range(60)))
            confirmations = list(pool.map(
                lambda _: client.post("/api/auth/confirm", {"password": "wrong-password"}), range(60)))
            exports = list(pool.map(lambda _: client.get("/api/auth/export"), range(60)))
        assert {answer.status_code for answer in exports} == {200, 429}
        assert {answer.status_code for answer in orders} == {200, 429}
        assert {answer.status_code for answer in sign_ins} <= {401, 429}
        # Passwords given again are refused before they reach the worker, as those of signing in are.
        assert {answer.status_code for answer in confirmations} <= {403, 429}
        assert any("upstream=- " in line for line in access_log(site) if " /api/auth/confirm " in line)
        for answer in [a for a in orders + sign_ins + confirmations + exports if a.status_code == 429]:
            body = answer.json()
            assert body["error"]["code"] == "RATE_LIMITED" and body["error"]["message"]
            assert int(answer.headers["Retry-After"]) > 0
        # Pages and states go on meanwhile.
        assert client.get("/coin").status_code == 200
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            forms = list(pool.map(
                lambda _: client.session.post(site.base + "/coin/order", data={"x": 1}, timeout=60), range(60)))
        assert {answer.status_code for answer in forms} == {403, 429}
        assert_is_a_page(next(a for a in forms if a.status_code == 429), "操作过于频繁")
        # Each of these may call a provider.
        order = next(a for a in orders if a.status_code == 200).json()["data"]
        for action, body in [("pay", {"payment_method": "MOCK"}), ("check", {}), ("cancel", {})]:
            path = f"/api/coin/order/{order['order_no']}/{action}"
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                answers = list(pool.map(lambda _, path=path, body=body: client.post(path, body), range(60)))
            assert 429 in {answer.status_code for answer in answers}, action
        site.kill_worker()
        for language, words in [("zh-CN", "系统繁忙"), ("en", "The service is busy")]:
            answer = requests.get(site.base + "/coin", headers={"Accept-Language": language}, timeout=10)
            assert answer.status_code == 503
            assert_is_a_page(answer, words)
        assert requests.get(site.base + "/api/coin/info", timeout=10).json()["error"]["code"] == "OVERLOADED"


def access_log(site):
    return (site.folder / "logs" / "nginx-access.log").read_text().splitlines()


def children(process):
    return set(pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split())


def registrations(site, addresses):
    """What the web server and the worker answer to empty wishes of some visitors behind a proxy."""
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        return {answer.status_code for answer in pool.map(
            lambda address: Client(site.base).post("/api/auth/register", {}, headers={"X-Forwarded-For": address}),
            addresses)}


def test_visitors_whose_ipv4_is_written_as_ipv6_are_counted_each_by_itself():
    with Stack("mapped", COINPAY_DEV_LIMITS="on") as site:
        (site.folder / "nginx" / "coinpay-real-ip.conf").write_text(
            "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;\n")
        master = site.pid("nginx")
        old = children(master)
        os.kill(master, signal.SIGHUP)
        # Until they have gone, workers of the old configuration may take requests, too.
        wait_for(lambda: not old & children(master) and client_is_believed(site))
        assert_for_the_machine_itself(site, ["/readyz", "/metrics", "/metrics/notifications"])
        assert registrations(site, [f"::ffff:203.0.{number}.7" for number in range(60)]) == {400}
        assert 429 in registrations(site, ["::ffff:198.51.100.7", "198.51.100.7"] * 30)
        assert 429 in registrations(site, [f"2001:db8::{number}" for number in range(60)])


def assert_for_the_machine_itself(site, paths):
    """Neither the web server nor the worker tells somebody elsewhere what is wrong here."""
    for path in paths:
        assert requests.get(site.base + path, timeout=10).status_code == 200
        assert requests.get(site.base + path, headers={"X-Forwarded-For": "192.0.2.77"}, timeout=10).status_code == 403
        socket = site.run_folder / ("webhook.sock" if path.endswith("notifications") else "web.sock")
        status, text = fastcgi.post(socket, path, b"", address="192.0.2.77", REQUEST_METHOD="GET")
        assert status == 404 and b"ready\n" not in text and b"coinpay_pool" not in text


def client_is_believed(site):
    requests.get(site.base + "/coin", headers={"X-Forwarded-For": "192.0.2.77"}, timeout=10)
    return any(line.startswith("192.0.2.77 ") for line in access_log(site))


def assert_is_a_page(answer, words):
    """Somebody who looks at it reads words, not JSON."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8" and int(answer.headers["Retry-After"]) > 0
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert words in answer.content.decode() and 'href="/coin"' in answer.text
