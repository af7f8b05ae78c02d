"""Who may do what behind the counter: every route as every role, and the second factor."""

import time

import pyotp
import pytest
import requests

from support.console import Operator, enrolment_code
from support.stack import Client, Stack

ROLES = ["anonymous", "user", "viewer", "operator", "administrator"]
RANK = {role: rank for rank, role in enumerate(ROLES)}

# Every route of the console with the least role that may use it, and whether the second factor comes first.
# A route that is not here fails the first test.
ROUTES = {
    ("GET", "/admin"): ("viewer", True),
    ("GET", "/admin/audit"): ("viewer", True),
    ("GET", "/admin/confirmations"): ("viewer", True),
    ("GET", "/admin/events/{id}"): ("administrator", True),
    ("GET", "/admin/orders"): ("viewer", True),
    ("GET", "/admin/orders/{order_no}"): ("viewer", True),
    ("GET", "/admin/packages"): ("viewer", True),
    ("GET", "/admin/queue"): ("viewer", True),
    ("GET", "/admin/reconciliation"): ("viewer", True),
    ("GET", "/admin/reconciliation/{id}"): ("viewer", True),
    ("GET", "/admin/security"): ("viewer", True),
    ("GET", "/admin/settings"): ("administrator", True),
    ("GET", "/admin/users"): ("viewer", True),
    ("GET", "/admin/users/{username}"): ("viewer", True),
    ("GET", "/admin/verify"): ("viewer", False),
    ("GET", "/api/admin/audit"): ("viewer", True),
    ("GET", "/api/admin/confirmations"): ("viewer", True),
    ("GET", "/api/admin/requests"): ("viewer", True),
    ("GET", "/api/admin/events/{id}"): ("administrator", True),
    ("GET", "/admin/controls"): ("viewer", True),
    ("GET", "/admin/dashboard"): ("viewer", True),
    ("GET", "/api/admin/controls"): ("viewer", True),
    ("POST", "/api/admin/controls/backup"): ("operator", True),
    ("POST", "/api/admin/controls/method"): ("operator", True),
    ("POST", "/api/admin/controls/order"): ("operator", True),
    ("POST", "/api/admin/controls/pause"): ("operator", True),
    ("POST", "/api/admin/controls/resume"): ("operator", True),
    ("POST", "/api/admin/controls/stop-payments"): ("administrator", True),
    ("GET", "/api/admin/statistics"): ("viewer", True),
    ("GET", "/api/admin/statistics.csv"): ("viewer", True),
    ("GET", "/api/admin/me"): ("viewer", False),
    ("GET", "/api/admin/orders"): ("viewer", True),
    ("GET", "/api/admin/orders/{order_no}"): ("viewer", True),
    ("GET", "/api/admin/packages"): ("viewer", True),
    ("GET", "/api/admin/queue"): ("viewer", True),
    ("GET", "/api/admin/reconciliation"): ("viewer", True),
    ("GET", "/api/admin/reconciliation/{id}"): ("viewer", True),
    ("GET", "/api/admin/routes"): ("administrator", True),
    ("GET", "/api/admin/settings"): ("administrator", True),
    ("GET", "/api/admin/suspense"): ("viewer", True),
    ("GET", "/api/admin/users"): ("viewer", True),
    ("GET", "/api/admin/users/{username}"): ("viewer", True),
    ("POST", "/api/admin/confirmations/{id}/approve"): ("operator", True),
    ("POST", "/api/admin/confirmations/{id}/reject"): ("operator", True),
    ("POST", "/api/admin/requests/{id}/approve"): ("administrator", True),
    ("POST", "/api/admin/requests/{id}/reject"): ("operator", True),
    ("POST", "/api/admin/orders/{order_no}/close"): ("operator", True),
    ("POST", "/api/admin/orders/{order_no}/confirm"): ("operator", True),
    ("POST", "/api/admin/orders/{order_no}/give-up-refund"): ("operator", True),
    ("POST", "/api/admin/orders/{order_no}/query"): ("operator", True),
    ("POST", "/api/admin/orders/{order_no}/refund"): ("operator", True),
    ("POST", "/api/admin/orders/{order_no}/resettle"): ("operator", True),
    ("POST", "/api/admin/packages"): ("administrator", True),
    ("POST", "/api/admin/packages/{id}"): ("administrator", True),
    ("POST", "/api/admin/packages/{id}/active"): ("administrator", True),
    ("POST", "/api/admin/differences/{id}/resolve"): ("operator", True),
    ("POST", "/api/admin/queue/{id}/discard"): ("operator", True),
    ("POST", "/api/admin/queue/{id}/retry"): ("operator", True),
    ("POST", "/api/admin/second-factor/begin"): ("viewer", False),
    ("POST", "/api/admin/second-factor/recovery-codes"): ("viewer", True),
    ("POST", "/api/admin/second-factor/verify"): ("viewer", False),
    ("POST", "/api/admin/suspense/{id}/resolve"): ("operator", True),
    ("POST", "/api/admin/users/{username}/deduct"): ("operator", True),
    ("POST", "/api/admin/users/{username}/disable"): ("operator", True),
    ("POST", "/api/admin/users/{username}/enable"): ("operator", True),
    ("POST", "/api/admin/users/{username}/grant"): ("operator", True),
    ("POST", "/api/admin/users/{username}/role"): ("administrator", True),
    ("POST", "/api/admin/users/{username}/second-factor/reset"): ("administrator", True),
    ("POST", "/api/admin/users/{username}/second-factor/invite"): ("administrator", True),
}


@pytest.fixture(scope="module")
def people(console_site):
    """One of each role, let in; and one of each who has not given a code yet."""
    admitted = {role: Operator(console_site, role) for role in ("viewer", "operator", "administrator")}
    waiting = {role: Operator(console_site, role, admitted=False) for role in ("operator", "administrator")}
    return {
        **admitted, "user": console_site.new_user(), "anonymous": Client(console_site.base),
        **{f"{role}, not let in": person for role, person in waiting.items()},
    }


def test_an_error_of_the_console_is_told_by_the_console(people):
    """In its own words and with a way back, for whoever is behind the counter."""
    viewer = people["viewer"]
    for path, status in (("/admin/nothing", 404), ("/admin/settings", 403), ("/admin/users/nobody-here", 404)):
        answer = viewer.get(path)
        assert answer.status_code == status and 'href="/admin"' in answer.text and "/admin/orders" in answer.text, path
    wrong = viewer.get("/admin/orders?status=NOTHING")
    assert wrong.status_code == 400 and "筛选条件不正确" in wrong.text
    buyer = people["user"].get("/admin/orders")
    assert buyer.status_code == 403 and "/admin/orders" not in buyer.text.replace("/admin/orders?", "") \
        and "/coin/orders" in buyer.text


def test_a_search_takes_numbers_as_people_paste_them(console_site, people):
    number = people["user"].order()["order_no"]
    for text in (f"  {number} ", number.lower(), f" {people['user'].username.upper()} "):
        found = people["viewer"].session.get(
            console_site.base + "/api/admin/orders", params={"q": text}, timeout=20).json()["data"]["items"]
        assert number in [order["order_no"] for order in found], text


def ask(person, method, pattern):
    """Asks for something that does not exist, so that nothing changes: 404 means that the door is open."""
    path = pattern.replace("{order_no}", "COIN_20260102_00000000").replace("{username}", "nobody-here")
    path = path.replace("{id}", "999999999")
    if method == "GET":
        return person.get(path)
    return person.session.post(person.base + path, json={}, timeout=60, allow_redirects=False)


def verdict(answer, pattern):
    """What an answer says about the door."""
    if answer.status_code in (401, 403):
        code = answer.json()["error"]["code"] if pattern.startswith("/api/") else "FORBIDDEN"
        return code if code in ("LOGIN_REQUIRED", "FORBIDDEN", "SECOND_FACTOR_REQUIRED") else "open"
    if answer.status_code == 303 and answer.headers["Location"].startswith("/login"):
        return "LOGIN_REQUIRED"
    if answer.status_code == 303 and answer.headers["Location"].startswith("/admin/verify"):
        return "SECOND_FACTOR_REQUIRED"
    assert answer.status_code < 500, answer.text
    return "open"


def expected(name, minimum, needs_factor):
    role = name.split(",")[0]
    if role == "anonymous":
        return "LOGIN_REQUIRED"
    if RANK[role] < RANK[minimum]:
        return "FORBIDDEN"
    return "SECOND_FACTOR_REQUIRED" if needs_factor and "not let in" in name else "open"


def test_every_route_is_in_the_table(people):
    listed = {(r["method"], r["path"]): (r["minimum_role"], r["needs_second_factor"])
              for r in people["administrator"].read("/routes")}
    assert listed == ROUTES


@pytest.mark.parametrize("method, pattern", sorted(ROUTES))
def test_each_role_meets_the_door_it_should(people, method, pattern):
    minimum, needs_factor = ROUTES[method, pattern]
    for name, person in people.items():
        assert verdict(ask(person, method, pattern), pattern) == expected(name, minimum, needs_factor), name


@pytest.mark.parametrize("pattern", sorted(p for m, p in ROUTES if m == "POST"))
def test_no_other_site_can_make_an_operator_act(people, pattern):
    person = people["administrator"]
    path = person.base + pattern.replace("{order_no}", "COIN_20260102_00000000").replace("{id}", "1").replace(
        "{username}", "nobody-here")
    for headers, status in (({"Origin": "https://evil.example"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403),
                            ({"Sec-Fetch-Site": "same-site"}, 403)):
        assert person.session.post(path, json={}, headers=headers, timeout=60).status_code == status
    assert person.session.post(path, data={"reason": "x"}, timeout=60).status_code == 415
    assert person.session.post(path, data="{}", headers={"Content-Type": "text/plain"}, timeout=60).status_code == 415


def test_a_session_that_is_not_let_in_is_led_to_its_code_and_back(people):
    waiting = people["operator, not let in"]
    answer = waiting.get("/admin/orders?status=PAID")
    assert answer.headers["Location"] == "/admin/verify?next=%2Fadmin%2Forders%3Fstatus%3DPAID"
    waiting.data(waiting.post("/api/admin/second-factor/begin", {"code": waiting.enrolment_code}))
    page = waiting.get(answer.headers["Location"])
    assert page.status_code == 200 and 'data-next="/admin/orders?status=PAID"' in page.text
    for evil in ("https://evil.example", "//evil.example", "/\\evil.example", "/%09/evil.example"):
        assert 'data-next="/admin"' in waiting.get("/admin/verify?next=" + evil).text


def test_no_code_works_twice_and_neither_does_an_older_one(console_site):
    person = Operator(console_site, "operator")
    used = person.present_code()
    assert person.step_up(used).json()["error"]["code"] == "INVALID_CODE"
    fresh = person.fresh_code()
    assert person.step_up(fresh).status_code == 200
    assert person.step_up(fresh).json()["error"]["code"] == "INVALID_CODE"
    person.fresh_code()
    for seconds in (-30, 30):
        other = person.app.at(time.time() + seconds)
        assert person.step_up(other).json()["error"]["code"] == "INVALID_CODE"
    assert person.step_up(person.present_code()).status_code == 200
    assert person.step_up(person.app.at(time.time() - 30)).json()["error"]["code"] == "INVALID_CODE"


def test_codes_cannot_be_guessed(console_site):
    person = Operator(console_site, "operator", admitted=False)
    secret = person.data(person.post("/api/admin/second-factor/begin", {"code": person.enrolment_code}))["secret"]
    answers = [person.step_up("000000").status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]
    # The right code is refused too while the limit lasts.
    assert person.step_up(pyotp.TOTP(secret).now()).status_code == 429
    assert person.get("/api/admin/orders").status_code == 403


def test_a_recovery_code_works_once(console_site):
    person = Operator(console_site, "operator")
    assert len(set(person.recovery_codes)) == 10
    stored = console_site.sql(
        f"SELECT HEX(hash) FROM recovery_codes c JOIN users u ON u.id = c.user_id WHERE username = '{person.username}'")
    assert len(stored) == 10
    code = person.recovery_codes[3]
    assert person.step_up(code.upper().replace("-", " ")).status_code == 200
    assert person.step_up(code).json()["error"]["code"] == "INVALID_CODE"
    assert person.read("/me")["recovery_codes_left"] == 9
    assert person.post("/api/admin/second-factor/recovery-codes").status_code == 400
    wrong = person.post("/api/admin/second-factor/recovery-codes", {"code": "000000"})
    assert wrong.json()["error"]["code"] == "INVALID_CODE"
    renewed = person.act("/second-factor/recovery-codes", {"code": person.fresh_code()})["recovery_codes"]
    # Base 32: five bits each.
    assert all(len(code.replace("-", "")) * 5 >= 112 for code in renewed)
    assert len(set(renewed) | set(person.recovery_codes)) == 20
    assert person.step_up(person.recovery_codes[4]).json()["error"]["code"] == "INVALID_CODE"
    assert person.step_up(renewed[0]).status_code == 200


def test_being_let_in_does_not_last(console_site):
    person = Operator(console_site, "operator")
    assert person.get("/api/admin/orders").status_code == 200
    console_site.sql("UPDATE sessions s JOIN users u ON u.id = s.user_id SET s.stepped_up_at = NOW(6) - INTERVAL 8 HOUR "
                     f"WHERE u.username = '{person.username}'")
    assert person.get("/api/admin/orders").json()["error"]["code"] == "SECOND_FACTOR_REQUIRED"
    assert person.step_up().status_code == 200
    assert person.get("/api/admin/orders").status_code == 200
    # Another session of the same user has to give a code of its own.
    other = Client(console_site.base)
    other.sign_in(person.username, "long-password")
    assert other.get("/api/admin/orders").json()["error"]["code"] == "SECOND_FACTOR_REQUIRED"


def test_the_secret_is_sealed_and_bound_to_its_row(console_site):
    one, two = Operator(console_site, "operator"), Operator(console_site, "operator")
    where = "f JOIN users u ON u.id = f.user_id WHERE u.username ="
    sealed = console_site.value(f"SELECT HEX(secret) FROM second_factors {where} '{one.username}'")
    assert one.app.byte_secret().hex().upper() not in sealed
    console_site.sql(f"UPDATE second_factors f JOIN users u ON u.id = f.user_id SET secret = UNHEX('{sealed}') "
                     f"WHERE u.username = '{two.username}'")
    assert two.step_up(one.fresh_code()).status_code == 500


def test_a_lost_phone_is_replaced_by_command_and_the_record_knows(console_site):
    person = Operator(console_site, "operator")
    result = console_site.coinpay("user", "totp", "reset", person.username, "--reason", "the phone was lost")
    assert "enrol" in result.stdout
    person.enrolment_code = enrolment_code(result.stdout)
    assert person.get("/api/admin/me").status_code == 401
    person.sign_in(person.username, "long-password")
    assert person.get("/api/admin/orders").json()["error"]["code"] == "SECOND_FACTOR_REQUIRED"
    person.enrol()
    assert person.get("/api/admin/orders").status_code == 200
    record = console_site.coinpay("audit", "--count", "10").stdout
    assert "RESET_FACTOR" in record and "the phone was lost" in record and "ENROL_FACTOR" in record
    again = console_site.coinpay("user", "totp", "reset", "demo", "--reason", "x", check=False)
    assert again.returncode == 1 and "no second factor" in again.stderr
    console_site.assert_ledger_holds()


def test_a_lower_role_counts_at_once(console_site):
    person = Operator(console_site, "administrator")
    assert person.get("/api/admin/routes").status_code == 200
    console_site.coinpay("user", "role", person.username, "viewer")
    assert person.get("/api/admin/routes").json()["error"]["code"] == "FORBIDDEN"
    console_site.coinpay("user", "role", person.username, "user")
    assert person.get("/admin/orders").status_code == 403


def test_production_never_does_without_the_second_factor(site):
    checked = site.coinpay("config", "show")
    assert "COINPAY_SECOND_FACTOR: optional" in checked.stdout
    with_production = Stack("unused", COINPAY_ENV="production", COINPAY_SECOND_FACTOR="optional",
                            COINPAY_BASE_URL="https://shop.example")
    with_production.environment["COINPAY_DEV_DIR"] = str(site.folder)
    result = with_production.coinpay("config", "check", check=False)
    assert result.returncode == 78 and "COINPAY_SECOND_FACTOR must be required in production" in result.stderr


def test_a_developer_may_look_without_a_phone_until_one_is_enrolled(site):
    admin = site.client("admin", "admin-password")
    assert admin.get("/admin/orders").status_code == 200
    person = Operator(site, "administrator", admitted=False)
    assert person.get("/api/admin/orders").status_code == 200
    person.enrol()
    again = Client(site.base)
    again.sign_in(person.username, "long-password")
    assert again.get("/api/admin/orders").json()["error"]["code"] == "SECOND_FACTOR_REQUIRED"


def test_a_password_alone_enrols_no_phone(console_site, people):
    owner = Operator(console_site, "operator", admitted=False)
    begin = "/api/admin/second-factor/begin"
    assert owner.post(begin).json()["error"]["code"] == "ENROLMENT_CODE_NEEDED"
    assert owner.post(begin, {"code": "aaaa-bbbb-cccc"}).json()["error"]["code"] == "INVALID_CODE"
    page = owner.get("/admin/verify").text
    assert "enrolment-code" in page or 'data-post="/api/admin/second-factor/begin"' in page
    secret = owner.data(owner.post(begin, {"code": owner.enrolment_code}))["secret"]
    assert secret in owner.get("/admin/verify").text
    # A thief who knows the password meanwhile sees nothing of it, and cannot confirm what another began.
    thief = Client(console_site.base)
    thief.sign_in(owner.username, "long-password")
    assert secret not in thief.get("/admin/verify").text
    assert thief.post(begin).json()["error"]["code"] == "ENROLMENT_CODE_NEEDED"
    code = {"code": pyotp.TOTP(secret).now()}
    assert thief.post("/api/admin/second-factor/verify", code).json()["error"]["code"] == "CONFLICT"
    owner.enrol()
    # Once.
    console_site.coinpay("user", "totp", "reset", owner.username, "--reason", "test")
    thief.sign_in(owner.username, "long-password")
    used = thief.post(begin, {"code": owner.enrolment_code}).json()["error"]
    assert used["code"] == "INVALID_CODE" and "绑定码不正确、已使用或已过期" in used["message"]
    # Another administrator may give the next one.
    boss = people["administrator"]
    given = boss.act(f"/users/{owner.username}/second-factor/invite", {"reason": "asked by telephone"})
    owner.enrolment_code = given["enrolment_code"]
    owner.sign_in(owner.username, "long-password")
    owner.enrol()
    again = boss.post(f"/api/admin/users/{owner.username}/second-factor/invite", {"reason": "x"})
    assert again.status_code == 409
    itself = boss.post(f"/api/admin/users/{boss.username}/second-factor/invite", {"reason": "x"})
    assert itself.json()["error"]["code"] == "NOT_YOURSELF"
    assert "INVITE_FACTOR" in console_site.coinpay("audit", "--count", "20").stdout


def test_an_enrolment_code_ends(console_site):
    owner = Operator(console_site, "operator", admitted=False)
    console_site.sql("UPDATE enrolment_codes c JOIN users u ON u.id = c.user_id SET c.expires_at = UTC_TIMESTAMP(6) "
                     f"WHERE u.username = '{owner.username}'")
    answer = owner.post("/api/admin/second-factor/begin", {"code": owner.enrolment_code})
    assert answer.json()["error"]["code"] == "INVALID_CODE"


def token_of(client):
    return client.session.cookies["coinpay_session"]


def works(client, token):
    answer = requests.get(client.base + "/api/auth/me", cookies={"coinpay_session": token}, timeout=20)
    return answer.status_code == 200


def test_a_session_goes_on_under_another_token_at_each_proof(console_site):
    person = Operator(console_site, "operator", admitted=False)
    before = token_of(person)
    person.enrol()
    enrolled = token_of(person)
    assert person.step_up().status_code == 200
    stepped = token_of(person)
    person.act("/second-factor/recovery-codes", {"code": person.fresh_code()})
    renewed = token_of(person)
    assert len({before, enrolled, stepped, renewed}) == 4
    assert [works(person, t) for t in (before, enrolled, stepped, renewed)] == [False, False, False, True]
    assert person.get("/api/admin/orders").status_code == 200


@pytest.mark.parametrize("role, column, minutes, is_over", [
    ("operator", "last_seen_at", 29, False), ("operator", "last_seen_at", 31, True),
    ("viewer", "last_seen_at", 31, True), ("operator", "created_at", 13 * 60, True),
    ("user", "last_seen_at", 6 * 24 * 60, False), ("user", "last_seen_at", 8 * 24 * 60, True),
])
def test_an_idle_session_ends(console_site, role, column, minutes, is_over):
    person = console_site.new_user() if role == "user" else Operator(console_site, role, admitted=False)
    console_site.sql(f"UPDATE sessions s JOIN users u ON u.id = s.user_id SET s.{column} = UTC_TIMESTAMP(6) "
                     f"- INTERVAL {minutes} MINUTE WHERE u.username = '{person.username}'")
    assert (person.get("/api/auth/me").status_code == 401) == is_over
    # Use keeps it alive.
    if not is_over:
        assert person.get("/api/auth/me").status_code == 200
        age = console_site.value("SELECT MIN(TIMESTAMPDIFF(SECOND, s.last_seen_at, UTC_TIMESTAMP(6))) FROM sessions s "
                                 f"JOIN users u ON u.id = s.user_id WHERE u.username = '{person.username}'")
        assert int(age) < 30
