"""Every error code with its status, in both languages, and the limits of a request."""

import concurrent.futures
import http.client
import re
import uuid

import pytest
import requests

from support.stack import Client, wait_for


def code(answer):
    body = answer.json()
    assert body["success"] is False and body["error"]["message"] and body["request_id"]
    return answer.status_code, body["error"]["code"]


def test_each_wrong_request_gets_its_code(site, user):
    stranger = Client(site.base)
    order = {"package_id": 1, "payment_method": "MOCK"}
    cases = [
        (stranger.get("/api/coin/info"), (401, "LOGIN_REQUIRED")),
        (stranger.post("/api/coin/order", order), (401, "LOGIN_REQUIRED")),
        (user.post("/api/coin/order", {"package_id": "one", "payment_method": "MOCK"}), (400, "INVALID_PARAMETERS")),
        (user.post("/api/coin/order", {"payment_method": "MOCK"}), (400, "INVALID_PARAMETERS")),
        (user.post("/api/coin/order", {**order, "payment_method": "PAYPAL"}), (400, "INVALID_PAYMENT_METHOD")),
        (user.post("/api/coin/order", {**order, "payment_method": "ALIPAY"}), (400, "INVALID_PAYMENT_METHOD")),
        (user.post("/api/coin/order", {**order, "package_id": 9999}), (404, "PACKAGE_NOT_FOUND")),
        (user.post("/api/coin/order", {**order, "package_id": -1}), (404, "PACKAGE_NOT_FOUND")),
        (user.post("/api/coin/order", order, headers={"Idempotency-Key": "x" * 256}), (400, "INVALID_PARAMETERS")),
        (user.get("/api/coin/order/status/COIN_20260101_00000000"), (404, "ORDER_NOT_FOUND")),
        (user.get("/api/coin/order/status/nonsense"), (404, "ORDER_NOT_FOUND")),
        (user.get("/api/nothing"), (404, "NOT_FOUND")),
        (user.get("/api/coin/order"), (405, "METHOD_NOT_ALLOWED")),
        (user.get("/api/coin/orders?page=0"), (400, "INVALID_PARAMETERS")),
        (user.get("/api/coin/orders?page=1e3"), (400, "INVALID_PARAMETERS")),
        (user.get("/api/coin/orders?per_page=101"), (400, "INVALID_PARAMETERS")),
        (user.post("/api/auth/login", {"username": "demo", "password": "wrong-password"}), (401, "INVALID_CREDENTIALS")),
        (user.post("/api/auth/register", {"username": "demo", "password": "long-password"}), (409, "USERNAME_TAKEN")),
        (user.post("/api/auth/register", {"username": "x", "password": "long-password"}), (400, "INVALID_PARAMETERS")),
        (user.post("/api/auth/register", {"username": "valid", "password": "short"}), (400, "INVALID_PARAMETERS")),
        (requests.post(site.base + "/api/payment/webhook/alipay", timeout=10), (503, "PAYMENT_METHOD_UNAVAILABLE")),
        (requests.post(site.base + "/api/payment/wechat/notify", timeout=10), (503, "PAYMENT_METHOD_UNAVAILABLE")),
    ]
    for number, (answer, expected) in enumerate(cases):
        assert code(answer) == expected, (number, answer.text)


def test_a_fault_of_ours_is_500_and_shows_nothing_of_its_cause(site, user):
    site.sql("RENAME TABLE coin_package_prices TO hidden_prices")
    try:
        answer = user.get("/api/coin/packages")
        assert code(answer) == (500, "INTERNAL")
        assert "coin_package" not in answer.text and "SQL" not in answer.text
        page = user.get("/coin")
        assert page.status_code == 500 and "coin_package" not in page.text
        assert page.headers["X-Request-Id"] in page.text
    finally:
        site.sql("RENAME TABLE hidden_prices TO coin_package_prices")
    assert user.get("/api/coin/packages").status_code == 200


def test_messages_follow_the_readers_language(site):
    answer = requests.get(site.base + "/api/coin/info", timeout=10)
    assert answer.json()["error"]["message"] == "请先登录"
    answer = requests.get(site.base + "/api/coin/info", headers={"Accept-Language": "en-GB"}, timeout=10)
    assert answer.json()["error"]["message"] == "Please sign in first"


def test_every_answer_carries_the_request_id_that_the_log_has(site):
    answer = requests.get(site.base + "/api/coin/info", timeout=10)
    number = answer.headers["X-Request-Id"]
    assert answer.json()["request_id"] == number
    # The line is written behind the answer.
    wait_for(lambda: number in site.worker_log())


@pytest.mark.parametrize("headers,status", [
    ({"Content-Type": "text/plain"}, 415),
    ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ({}, 415),
    ({"Content-Type": "application/json", "Origin": "https://evil.example"}, 403),
    ({"Content-Type": "application/json", "Origin": "null"}, 403),
    ({"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}, 403),
    ({"Content-Type": "application/json", "Sec-Fetch-Site": "same-site"}, 403),
])
def test_posts_of_other_sites_are_refused(site, user, headers, status):
    answer = user.session.post(
        site.base + "/api/coin/order", data='{"package_id":1,"payment_method":"MOCK"}', headers=headers, timeout=10)
    assert answer.status_code == status, answer.text


def test_posts_of_our_own_pages_are_taken(site, user):
    headers = {"Origin": site.base, "Sec-Fetch-Site": "same-origin"}
    answer = user.post("/api/coin/order", {"package_id": 1, "payment_method": "MOCK"}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("body", [
    b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"package_id":1e400,"payment_method":"MOCK"}',
    b'{"package_id":9223372036854775808,"payment_method":"MOCK"}', b'{"package_id":1.5,"payment_method":"MOCK"}',
    b'{"package_id":1,"payment_method":"MOCK","package_id":2}', b'{"packageId":1,"paymentMethod":"MOCK"}',
    rb'{"package_id":1,"payment_method":"MOCK","payment\u005fmethod":"MOCK"}',
    b'{"package_id":1,"payment_method":"MOCK","more":[{"a":1,"a":1}]}',
    b"[" * 60_000, b'{"a":' * 10_000, b'"' + b"x" * 60_000, b'{"package_id":1,"payment_method":"MOCK\x00"}',
])
def test_bad_bodies_get_400_and_the_worker_lives(site, user, body):
    worker = site.pid("worker")
    answer = user.session.post(
        site.base + "/api/coin/order", data=body, headers={"Content-Type": "application/json"}, timeout=10)
    assert answer.status_code == 400, (body[:40], answer.text)
    assert site.pid("worker") == worker
    assert requests.get(site.base + "/healthz", timeout=10).status_code == 200


def test_a_body_above_64_kib_gets_413(site, user):
    for size, status in [(64 * 1024, 400), (64 * 1024 + 1, 413)]:
        answer = user.session.post(
            site.base + "/api/coin/order", data=b" " * size, headers={"Content-Type": "application/json"}, timeout=10)
        assert answer.status_code == status
        assert answer.json()["success"] is False
    assert code(answer) == (413, "PAYLOAD_TOO_LARGE")


def test_signing_in_is_limited_where_the_guesses_come_from(site):
    name = "victim" + uuid.uuid4().hex[:8]
    client = Client(site.base)
    assert client.post("/api/auth/register", {"username": name, "password": "right-password"}).status_code == 200
    attacker = Client(site.base)
    for _ in range(5):
        answer = attacker.post("/api/auth/login", {"username": name, "password": "wrong-password"})
        assert code(answer) == (401, "INVALID_CREDENTIALS")
    answer = attacker.post("/api/auth/login", {"username": name.upper(), "password": "right-password"})
    assert code(answer) == (429, "RATE_LIMITED") and int(answer.headers["Retry-After"]) > 0
    assert re.search(r"请在 \d+ (分钟|秒)后重试", answer.json()["error"]["message"])
    # The browser that signed in before is not counted with those that guess.
    answer = client.post("/api/auth/login", {"username": name, "password": "right-password"})
    assert answer.status_code == 200
    site.sql("DELETE FROM sign_in_failures")


def test_guesses_at_once_are_no_way_around_the_limit(site):
    name = site.new_user().username
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda number: code(Client(site.base).post(
            "/api/auth/login", {"username": name, "password": f"wrong-password-{number}"})), range(20)))
    assert answers.count((401, "INVALID_CREDENTIALS")) <= 5
    assert set(answers) <= {(401, "INVALID_CREDENTIALS"), (429, "RATE_LIMITED"), (503, "OVERLOADED")}
    site.sql("DELETE FROM sign_in_failures")


@pytest.mark.parametrize("name, password, right", [
    ("plain-name-{}", "plain-name-{}", (400, "WEAK_PASSWORD")), ("u{}", "password1234", (400, "WEAK_PASSWORD")),
    ("u{}", "QWERTYUIOP", (400, "WEAK_PASSWORD")), ("u{}", "123456789", (400, "INVALID_PARAMETERS")),
    ("u{}", "a" * 257, (400, "INVALID_PARAMETERS")), ("support", "a whole sentence", (409, "USERNAME_TAKEN")),
    ("admin-1", "a whole sentence", (409, "USERNAME_TAKEN")),
])
def test_a_guessable_password_or_a_name_of_the_house_is_refused(site, name, password, right):
    unique = uuid.uuid4().hex[:8]
    wish = {"username": name.format(unique), "password": password.format(unique)}
    assert code(Client(site.base).post("/api/auth/register", wish)) == right


@pytest.mark.parametrize("password", ["a  b  c  d", "月亮代表我的心你问我爱你", "🌙" * 256, "é" * 256])
def test_a_password_is_taken_as_it_was_given(site, password):
    name = "u" + uuid.uuid4().hex[:12]
    client = Client(site.base)
    assert client.post("/api/auth/register", {"username": name, "password": password}).status_code == 200
    other = Client(site.base)
    other.sign_in(name, password)
    assert other.post("/api/auth/login", {"username": name, "password": password[:-1]}).status_code == 401


def policies(answer):
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {part[0]: part[1:] for part in parts if part}


def test_security_headers_and_policies(site, user):
    order = user.order()
    page = user.get("/coin")
    headers = page.headers
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "stripe" not in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers
    pay = user.get(f"/coin/pay/{order['order_no']}")
    policy = policies(pay)
    stripe = ["https://js.stripe.com", "https://*.js.stripe.com"]
    assert policy["script-src"] == ["'self'"] + stripe
    assert policy["frame-src"] == stripe + ["https://hooks.stripe.com"]
    assert policy["connect-src"] == ["'self'", "https://api.stripe.com"]
    # Wallets answer from windows of their own; no other page talks with windows that it opened.
    assert pay.headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    missing = user.get("/coin/pay/COIN_20200101_00000000")
    assert missing.headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    secure = requests.get(f"https://localhost:{site.https_port}/login", verify=False, timeout=10)
    assert "max-age=63072000" in secure.headers["Strict-Transport-Security"]
    assert requests.get(site.base + "/.git/config", timeout=10).status_code == 404


def test_cookies_are_out_of_reach_of_scripts(site):
    answer = Client(site.base).post("/api/auth/login", {"username": "demo", "password": "demo-password"})
    cookie = answer.headers["Set-Cookie"]
    assert "coinpay_session=" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    secure = requests.post(
        f"https://localhost:{site.https_port}/api/auth/login", verify=False, timeout=10,
        json={"username": "demo", "password": "demo-password"})
    assert "Secure" in secure.headers["Set-Cookie"]


def test_signing_out_ends_the_session(site, user):
    assert user.get("/api/auth/me").status_code == 200
    token = user.session.cookies["coinpay_session"]
    user.post("/api/auth/logout")
    answer = requests.get(site.base + "/api/auth/me", cookies={"coinpay_session": token}, timeout=10)
    assert answer.status_code == 401


def test_sign_in_never_leads_to_another_site(site):
    for target in ["//evil.example", "https://evil.example", "/\\evil.example"]:
        page = requests.get(site.base + "/login", params={"next": target}, timeout=10)
        assert "evil.example" not in re.search(r'data-next="([^"]*)"', page.text).group(1)


def test_assets_are_cached_for_ever_under_hashed_names(site, user):
    for path in re.findall(r'(?:href|src)="(/assets/[^"]+)"', user.get("/coin").text):
        answer = requests.get(site.base + path, timeout=10)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_raw_nonsense_does_not_hurt(site):
    for raw in [b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET /coin?%zz HTTP/1.1\r\nHost: x\r\n\r\n", b"FOO /coin HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET /coin HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=b; " * 1000 + b"\r\n\r\n"]:
        connection = http.client.socket.create_connection(("127.0.0.1", site.http_port), timeout=10)
        connection.sendall(raw)
        assert connection.recv(100).startswith(b"HTTP/1.1 ")
        connection.close()
    assert requests.get(site.base + "/healthz", timeout=10).status_code == 200
