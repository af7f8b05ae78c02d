"""The pages' forms without a script: they work, and nobody else can send them."""

import uuid

import pytest
import requests

from support.forms import form_with, forms, place, send
from support.stack import Client, Stack, wait_for


def buy(client, **fields):
    return send(client, "/coin", form_with(client.get("/coin"), "package_id"), payment_method="MOCK", **fields)


def test_an_order_is_made_seen_switched_and_cancelled_without_a_script(site, user):
    # A test before may have left Stripe's breaker open.
    wait_for(lambda: "STRIPE" in [m["payment_method"] for m in user.data(user.get("/api/payment/methods"))])
    path = place(buy(user, package_id="2"))
    assert path.startswith("/coin/pay/COIN_")
    page = user.get(path)
    assert page.status_code == 200 and "等待支付" in page.text and "¥49.00" in page.text
    # The package's price in dollars.
    assert '<b class="new-price">$6.99</b>' in page.text
    ask = form_with(page, "switch", "STRIPE")
    assert ask.method == "get"
    asked = user.get(path + "?switch=STRIPE")
    assert "请不要再付一次" in asked.text
    confirm = next(form for form in forms(asked) if form.fields.get("payment_method") == "STRIPE")
    assert place(send(user, path, confirm, action="pay")) == path
    number = path.rsplit("/", 1)[1]
    assert user.status(number)["payment_method"] == "STRIPE"
    cancel = form_with(user.get(path + "?ask=cancel"), "action", "cancel")
    assert place(send(user, path, cancel, action="cancel")) == path
    assert "订单已取消" in user.get(path).text and user.status(number)["status"] == "CANCELLED"


def test_the_same_page_sent_twice_makes_one_order(user):
    form = form_with(user.get("/coin"), "package_id")
    first, second = (place(send(user, "/coin", form, payment_method="MOCK")) for _ in range(2))
    assert first == second
    assert place(send(user, "/coin", form, payment_method="MOCK", package_id="3")) != first
    assert user.data(user.get("/api/coin/orders"))["total"] == 2


@pytest.mark.parametrize("fields, code", [
    ({"package_id": "9999"}, "PACKAGE_NOT_FOUND"), ({"package_id": "x"}, "INVALID_PARAMETERS"),
    ({"payment_method": "PAYPAL"}, "INVALID_PAYMENT_METHOD"),
])
def test_a_refusal_is_told_on_the_page_that_the_form_was_on(user, fields, code):
    form = form_with(user.get("/coin"), "package_id")
    path = place(send(user, "/coin", form, **{"payment_method": "MOCK", **fields}))
    assert path == f"/coin?error={code}"
    assert 'class="error" role="alert">' in user.get(path).text


def test_only_words_of_ours_can_be_put_on_a_page_by_its_address(user):
    page = user.get("/coin?error=%3Cb%3Ehello%3C/b%3E&done=nothing")
    assert "hello" not in page.text and 'class="done"' not in page.text


def test_signing_in_out_and_registering_need_no_script(site):
    client = Client(site.base)
    name = "u" + uuid.uuid4().hex[:10]
    form = form_with(client.get("/register?next=/coin/orders"), "password")
    refused = send(client, "/register", form, username=name, password="short")
    assert refused.status_code == 400 and f'value="{name}"' in refused.text
    assert place(send(client, "/register", form, username=name, password="long-password")) == "/coin/orders"
    page = client.get("/coin/orders")
    assert name in page.text
    out = next(f for f in forms(page) if f.action == "/logout")
    assert place(send(client, "/logout", out)) == "/login"
    assert client.get("/coin").status_code == 303
    form = form_with(client.get("/login"), "password")
    wrong = send(client, "/login", form, username=name, password="not-the-password")
    assert wrong.status_code == 401 and "用户名或密码不正确" in wrong.text
    assert place(send(client, "/login", form, username=name, password="long-password")) == "/coin"


POSTS = ["/coin/order", "/coin/pay/COIN_20260101_12345678", "/coin/account", "/login", "/register", "/logout"]


@pytest.mark.parametrize("path", POSTS)
def test_no_form_is_taken_from_elsewhere(site, user, path):
    token = form_with(user.get("/coin"), "package_id").fields["token"]
    stranger = form_with(site.new_user().get("/coin"), "package_id").fields["token"]
    good = {"Origin": site.base, "Sec-Fetch-Site": "same-origin"}
    for headers, fields in [
        ({**good, "Origin": "https://evil.example"}, {"token": token}),
        ({**good, "Sec-Fetch-Site": "cross-site"}, {"token": token}),
        ({**good, "Sec-Fetch-Site": "same-site"}, {"token": token}),
        ({"Origin": "null"}, {"token": token}),
        (good, {}), (good, {"token": ""}), (good, {"token": stranger}), (good, {"token": token + "A"}),
    ]:
        answer = user.session.post(
            site.base + path, data={"action": "check", **fields}, headers=headers, allow_redirects=False, timeout=20)
        assert answer.status_code == 403, (headers, fields, answer.status_code)
    answer = user.session.post(site.base + path, json={"token": token}, headers=good, timeout=20)
    assert answer.status_code == 415
    assert user.get("/api/auth/me").status_code == 200


@pytest.mark.parametrize("target", [
    "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/%09/evil.example",
    "\\\\evil.example", "javascript:alert(1)", "/ /evil.example", "", "coin", "/" + "a" * 3000,
])
def test_nobody_is_led_to_another_site(site, target):
    client = Client(site.base)
    page = client.session.get(site.base + "/login", params={"next": target}, timeout=20)
    form = form_with(page, "password")
    if target != "/%09/evil.example":
        assert form.fields["next"] == "/coin"
    answer = send(client, "/login", form, username="demo", password="demo-password", next=target)
    leads = place(answer)
    assert leads.startswith("/") and not leads.startswith(("//", "/\\")) and "\t" not in leads
    assert leads == "/coin" or leads == target


@pytest.mark.filterwarnings("ignore:Unverified HTTPS")
def test_cookies_are_out_of_reach(site):
    def flags(base, **options):
        with requests.Session() as session:
            login = session.get(base + "/login", timeout=20, **options)
            client = Client(base)
            client.session = session
            form = form_with(login, "password")
            signed_in = session.post(
                base + "/login", data={**form.fields, "username": "demo", "password": "demo-password"},
                headers={"Origin": base}, allow_redirects=False, timeout=20, **options)
            assert signed_in.status_code == 303
            language = session.get(base + "/coin?lang=en", allow_redirects=False, timeout=20, **options)
            return {a.headers["Set-Cookie"].split("=")[0]: a.headers["Set-Cookie"]
                    for a in (login, signed_in, language)}

    plain = flags(site.base)
    assert set(plain) == {"coinpay_form", "coinpay_session", "coinpay_lang"}
    secure = flags(f"https://localhost:{site.https_port}", verify=False)
    for name, cookie in {**plain, **secure}.items():
        assert "HttpOnly" in cookie and "Path=/" in cookie and "Domain" not in cookie
        assert ("SameSite=Strict" if name == "coinpay_form" else "SameSite=Lax") in cookie
    assert all("; Secure" in cookie for cookie in secure.values())
    assert not any("; Secure" in cookie for cookie in plain.values())


def test_a_new_password_ends_other_sessions_and_needs_the_old_one(site, user):
    other = Client(site.base)
    other.sign_in(user.username, "long-password")
    form = form_with(user.get("/coin/account"), "current")
    wrong = {"action": "password", "current": "not-the-password", "new": "another-password"}
    assert place(send(user, "/coin/account", form, **wrong)) == "/coin/account?error=WRONG_PASSWORD"
    short = {"action": "password", "current": "long-password", "new": "short"}
    assert place(send(user, "/coin/account", form, **short)) == "/coin/account?error=INVALID_PASSWORD"
    assert other.get("/api/auth/me").status_code == 200
    right = {**wrong, "current": "long-password"}
    assert place(send(user, "/coin/account", form, **right)) == "/coin/account?done=password"
    assert "密码已修改" in user.get("/coin/account?done=password").text
    assert other.get("/api/auth/me").status_code == 401
    other.sign_in(user.username, "another-password")
    form = form_with(user.get("/coin/account"), "action", "sessions")
    assert place(send(user, "/coin/account", form, action="sessions")) == "/coin/account?done=sessions"
    assert other.get("/api/auth/me").status_code == 401 and user.get("/api/auth/me").status_code == 200


def test_guessing_the_current_password_is_slowed_down(site, user):
    form = form_with(user.get("/coin/account"), "current")
    wish = {"action": "password", "current": "wrong-password", "new": "another-password"}
    answers = [place(send(user, "/coin/account", form, **wish)).rsplit("=")[-1] for _ in range(6)]
    assert answers == ["WRONG_PASSWORD"] * 5 + ["RATE_LIMITED"]
    site.sql("DELETE FROM sign_in_failures")


def sessions_of(client):
    return client.data(client.get("/api/auth/sessions"))["sessions"]


def end(client, name, **options):
    return client.session.delete(f"{client.base}/api/auth/sessions/{name}", timeout=20,
                                 headers={"Content-Type": "application/json"}, **options)


def make_stale(site, client):
    """As if the password had been given a while ago."""
    site.sql("UPDATE sessions s JOIN users u ON u.id = s.user_id SET s.authenticated_at = UTC_TIMESTAMP(6) "
             f"- INTERVAL 11 MINUTE WHERE u.username = '{client.username}'")


def test_a_user_sees_and_ends_each_of_the_sessions(site, user):
    phone, tablet = Client(site.base), Client(site.base)
    phone.session.headers["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    tablet.session.headers["User-Agent"] = "<script>alert(1)</script>"
    for client in (phone, tablet):
        client.sign_in(user.username, "long-password")
    listed = sessions_of(user)
    assert len(listed) == 3 and sorted(s["device"] for s in listed) == ["", "", "Safari · iPhone"]
    assert [s["is_current"] for s in listed].count(True) == 1
    name = next(s["id"] for s in listed if s["device"])
    # Nobody else's.
    assert end(site.new_user(), name).status_code == 404
    assert end(user, "zz").status_code == 404 and phone.get("/api/auth/me").status_code == 200
    assert end(user, name).status_code == 200
    assert phone.get("/api/auth/me").status_code == 401 and tablet.get("/api/auth/me").status_code == 200
    # The same without a script, and with the password once it is a while ago.
    make_stale(site, user)
    other = next(s["id"] for s in sessions_of(user) if not s["is_current"])
    form = form_with(user.get("/coin/account"), "session", other)
    assert "current" in form.fields
    assert end(user, other).json()["error"]["code"] == "PASSWORD_NEEDED"
    form.fields.pop("current")
    assert place(send(user, "/coin/account", form, session=other)) == "/coin/account?error=PASSWORD_NEEDED"
    wrong = send(user, "/coin/account", form, session=other, current="not-the-password")
    assert place(wrong) == "/coin/account?error=WRONG_PASSWORD"
    assert tablet.get("/api/auth/me").status_code == 200
    right = send(user, "/coin/account", form, session=other, current="long-password")
    assert place(right) == "/coin/account?done=session"
    assert tablet.get("/api/auth/me").status_code == 401 and user.get("/api/auth/me").status_code == 200
    site.sql("DELETE FROM sign_in_failures")


def test_what_changes_how_people_sign_in_needs_a_recent_proof(site, user):
    def set_email():
        return user.session.put(site.base + "/api/auth/email", json={"email": "a@b.example"}, timeout=20)
    assert set_email().status_code == 200
    make_stale(site, user)
    assert set_email().json()["error"]["code"] == "PASSWORD_NEEDED"
    assert user.post("/api/auth/confirm", {"password": "not-the-password"}).json()["error"]["code"] == "WRONG_PASSWORD"
    before = user.session.cookies["coinpay_session"]
    assert user.post("/api/auth/confirm", {"password": "long-password"}).status_code == 200
    assert user.session.cookies["coinpay_session"] != before
    assert set_email().status_code == 200
    site.sql("DELETE FROM sign_in_failures")


def test_the_token_changes_at_sign_in_and_with_the_password(site, user):
    def works(token):
        return requests.get(site.base + "/api/auth/me", cookies={"coinpay_session": token}, timeout=20).status_code == 200
    first = user.session.cookies["coinpay_session"]
    user.sign_in(user.username, "long-password")
    second = user.session.cookies["coinpay_session"]
    form = form_with(user.get("/coin/account"), "current")
    change = {"action": "password", "current": "long-password", "new": "a longer sentence"}
    assert place(send(user, "/coin/account", form, **change)) == "/coin/account?done=password"
    third = user.session.cookies["coinpay_session"]
    assert [works(token) for token in (first, second, third)] == [False, False, True]


def test_signing_out_leaves_nothing_in_the_browser(site, user):
    out = next(f for f in forms(user.get("/coin")) if f.action == "/logout")
    answer = send(user, "/logout", out)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "coinpay_session=; " in answer.headers["Set-Cookie"] and "Max-Age=0" in answer.headers["Set-Cookie"]
    again = site.new_user()
    assert again.post("/api/auth/logout").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_cookies_of_a_site_that_is_reached_by_https_are_for_its_host_alone():
    with Stack("secure-cookies", COINPAY_BASE_URL="https://localhost") as stack:
        client = stack.visitor()
        answers = [client.get("/login"), client.get("/coin?lang=en"), client.post(
            "/api/auth/login", {"username": "demo", "password": "demo-password"})]
        cookies = [line for answer in answers for line in answer.raw.headers.getlist("Set-Cookie")]
        assert {line.split("=")[0] for line in cookies} == {
            "__Host-coinpay_form", "__Host-coinpay_lang", "__Host-coinpay_session", "__Host-coinpay_device"}
        for line in cookies:
            assert "; Secure" in line and "; HttpOnly" in line and "; Path=/" in line and "Domain" not in line
        assert client.get("/api/auth/me").status_code == 200
        # The name without the prefix could have been planted by a neighbour.
        token = client.session.cookies["__Host-coinpay_session"]
        planted = requests.get(stack.base + "/api/auth/me", cookies={"coinpay_session": token}, timeout=20)
        assert planted.status_code == 401
        # Over plain http the answer is as strict.
        plain = requests.post(stack.base + "/api/auth/login", timeout=20,
                              json={"username": "demo", "password": "demo-password"})
        assert "__Host-coinpay_session" in plain.headers["Set-Cookie"] and "; Secure" in plain.headers["Set-Cookie"]
