"""Operators are not above the rules: beyond a day's coins, and for an account of their own, a second person agrees."""

import concurrent.futures
import re
import uuid

import pytest

from support.console import Operator, number_of, settled
from support.stack import Stack, wait_for

COINS_MAX = 1_000


@pytest.fixture(scope="module")
def site():
    with Stack("second-person", COINPAY_OPERATOR_COINS_MAX=COINS_MAX, COINPAY_TWO_PERSONS_ABOVE="CNY:1000.00") as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def operator(site):
    return Operator(site, "operator")


@pytest.fixture(scope="module")
def boss(site):
    return Operator(site, "administrator")


@pytest.fixture
def buyer(site):
    return site.new_user()


def key():
    return uuid.uuid4().hex


def coins(person, direction, user, number, **more):
    return person.act(f"/users/{user.username}/{direction}", {"coins": number, "reason": "test", "key": key(), **more})


def paid(buyer, package=1):
    order = buyer.order(package=package)
    buyer.data(buyer.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    return order["order_no"]


def refused(person, path, code, body=None):
    answer = person.post("/api/admin" + path, body)
    assert answer.status_code >= 400 and answer.json()["error"]["code"] == code, answer.text


def test_a_day_has_a_limit_for_all_deeds_together(site, operator, boss, buyer):
    assert coins(operator, "grant", buyer, 900)["balance"] == 900
    waiting = coins(operator, "grant", buyer, 101)
    assert waiting["outcome"] == "WAITING" and buyer.balance() == 900
    assert coins(operator, "deduct", buyer, 100)["balance"] == 800
    assert coins(operator, "deduct", buyer, 1)["outcome"] == "WAITING" and buyer.balance() == 800
    refused(operator, f"/requests/{waiting['request_id']}/approve", "FORBIDDEN")
    listed = {r["id"]: r for r in boss.read("/requests")["open"]}
    assert listed[waiting["request_id"]]["coins"] == 101
    assert boss.act(f"/requests/{waiting['request_id']}/approve")["outcome"] == "DONE" and buyer.balance() == 901
    refused(boss, f"/requests/{waiting['request_id']}/approve", "CONFLICT")
    assert buyer.balance() == 901
    actions = [i["action"] for i in boss.read(f"/audit?subject=user:{number_of(site, buyer.username)}")["items"]]
    assert "REQUEST_DEED" in actions and "APPROVE_DEED" in actions
    page = boss.get("/admin/confirmations").text
    assert "等待管理员批准的操作" in page and f"{operator.username} (operator:" in page
    english = boss.get("/admin/confirmations", headers={"Accept-Language": "en"}).text
    assert "Actions waiting for an administrator" in english


def test_two_at_once_do_not_pass_the_limit_together(operator, buyer):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: coins(operator, "grant", buyer, 600), range(4)))
    assert sum("balance" in d for d in done) == 1 and buyer.balance() == 600


def test_the_same_key_asks_once(boss, operator, buyer):
    same = key()
    first = coins(operator, "grant", buyer, 2_000, key=same)
    assert coins(operator, "grant", buyer, 2_000, key=same)["request_id"] == first["request_id"]
    for direction, number in (("grant", 2_001), ("deduct", 2_000)):
        answer = operator.post(
            f"/api/admin/users/{buyer.username}/{direction}", {"coins": number, "reason": "test", "key": same})
        assert answer.status_code == 409, answer.text
    boss.act(f"/requests/{first['request_id']}/approve")
    assert coins(operator, "grant", buyer, 2_000, key=same).get("balance") is None and buyer.balance() == 2_000


def test_what_waits_is_counted_on_every_page_of_the_console(boss, operator, buyer):
    waiting = coins(operator, "grant", buyer, 5_000)["request_id"]
    shown = re.search(r'审批 <span class="count">(\d+)</span>', boss.get("/admin/orders").text)
    assert shown and int(shown[1]) >= 1
    assert f'href="/admin/confirmations">{shown[1]}</a>' in boss.get("/admin/dashboard").text
    boss.act(f"/requests/{waiting}/reject", {"reason": "test"})
    left = re.search(r'审批 <span class="count">(\d+)</span>', boss.get("/admin/orders").text)
    assert (int(left[1]) if left else 0) == int(shown[1]) - 1


def test_what_stands_in_the_way_is_told_in_words(site, boss, operator, buyer):
    coins(operator, "grant", buyer, 10)
    waiting = coins(operator, "deduct", buyer, 5_000)["request_id"]
    site.environment["SUDO_USER"] = "somebody"
    said = site.coinpay("requests", "approve", str(waiting), check=False)
    assert said.returncode == 1 and "the wallet has only 10 coins" in said.stderr
    boss.act(f"/requests/{waiting}/reject", {"reason": "test"})


def test_at_most_once_when_two_approve_at_once(site, boss, operator, buyer):
    other = Operator(site, "administrator")
    waiting = coins(operator, "grant", buyer, 5_000)["request_id"]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda p: p.post(f"/api/admin/requests/{waiting}/approve"), (boss, other)))
    assert sorted(a.status_code for a in answers) == [200, 409] and buyer.balance() == 5_000


def test_nobody_serves_an_account_of_their_own(site, boss, operator):
    """Whatever the size: coins, a refund, and a word for a payment."""
    other = Operator(site, "administrator")
    waiting = coins(boss, "grant", boss, 1)
    assert waiting["outcome"] == "WAITING" and boss.balance() == 0
    refused(boss, f"/requests/{waiting['request_id']}/approve", "SECOND_PERSON_NEEDED")
    mine = coins(operator, "grant", boss, 5_000)
    refused(boss, f"/requests/{mine['request_id']}/approve", "SECOND_PERSON_NEEDED")
    other.act(f"/requests/{waiting['request_id']}/approve")
    assert boss.balance() == 1
    number = paid(boss)
    body = {"reason": "test", "rule": "take-back", "key": key()}
    asked = boss.act(f"/orders/{number}/refund", body)
    assert asked["outcome"] == "WAITING" and boss.balance() == 101
    assert boss.act(f"/orders/{number}/refund", body)["request_id"] == asked["request_id"]
    other.act(f"/requests/{asked['request_id']}/approve")
    settled(site, number, "REFUNDED")
    assert boss.balance() == 1
    order = boss.order()
    word = boss.act(f"/orders/{order['order_no']}/confirm",
                    {"out_trade_no": order["order_no"], "reason": "test", "key": key()})
    assert word["outcome"] == "WAITING" and boss.balance() == 1
    refused(boss, f"/confirmations/{word['confirmation_id']}/approve", "SECOND_PERSON_NEEDED")


def test_refunds_that_leave_coins_count(site, boss, operator, buyer):
    coins(operator, "grant", buyer, 950)
    number = paid(buyer)
    asked = operator.act(f"/orders/{number}/refund", {"reason": "test", "rule": "leave", "key": key()})
    assert asked["outcome"] == "WAITING"
    assert site.sql("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id "
                    f"WHERE p.out_trade_no = '{number}'") == [["0"]]
    operator.act(f"/orders/{number}/refund", {"reason": "test", "rule": "take-back", "amount": "3.30", "key": key()})
    # Less is left than was asked for.
    refused(boss, f"/requests/{asked['request_id']}/approve", "CONFLICT")
    boss.act(f"/requests/{asked['request_id']}/reject", {"reason": "too late"})
    refused(boss, f"/requests/{asked['request_id']}/approve", "CONFLICT")


def confirmed(person, order, **more):
    return person.act(f"/orders/{order['order_no']}/confirm",
                      {"out_trade_no": order["order_no"], "reason": "a transfer", "key": key(), **more})


def test_words_for_payments_count_to_the_coins_of_the_day(site, boss, operator, buyer):
    other = Operator(site, "operator")
    first, second = buyer.order(package=2), buyer.order(package=2)
    assert first["coins"] * 2 > COINS_MAX >= first["coins"]
    assert confirmed(operator, first)["outcome"] == "SETTLED" and buyer.balance() == first["coins"]
    # What was done alone on the day has no room for these.
    waiting = confirmed(operator, second)
    assert waiting["outcome"] == "WAITING" and buyer.balance() == first["coins"]
    assert coins(operator, "grant", buyer, COINS_MAX - first["coins"] + 1)["outcome"] == "WAITING"
    path = f"/confirmations/{waiting['confirmation_id']}/approve"
    refused(other, path, "SECOND_PERSON_NEEDED")
    assert boss.act(path)["outcome"] == "SETTLED" and buyer.balance() == first["coins"] * 2
    # Agreed to by an administrator, it leaves the day of whoever asked as it was.
    assert coins(operator, "grant", buyer, COINS_MAX - first["coins"])["balance"] == first["coins"] + COINS_MAX


def test_a_word_beyond_the_days_coins_or_for_an_own_order_needs_an_administrator(site, boss, operator, buyer):
    other = Operator(site, "operator")
    for order in buyer.order(package=3), operator.order():
        waiting = confirmed(operator, order)
        assert waiting["outcome"] == "WAITING"
        path = f"/confirmations/{waiting['confirmation_id']}/approve"
        answer = other.post("/api/admin" + path, headers={"Accept-Language": "en"})
        assert answer.json()["error"]["code"] == "SECOND_PERSON_NEEDED" and "administrator" in answer.text
        assert boss.act(path)["outcome"] == "SETTLED"


def test_the_shell_has_the_same_limit_and_the_same_person(site, boss, buyer):
    name = f"sh-{uuid.uuid4().hex[:8]}"
    site.environment["SUDO_USER"] = name
    said = site.coinpay("coins", "grant", buyer.username, "1001", "--reason", "test", check=False)
    assert said.returncode == 75 and "another administrator" in said.stdout and buyer.balance() == 0
    request = site.value("SELECT MAX(id) FROM operator_requests")
    assert site.coinpay("requests", "approve", request, check=False).returncode == 1 and buyer.balance() == 0
    assert "1001 coins" in site.coinpay("requests", "list").stdout
    site.environment["SUDO_USER"] = "somebody"
    site.coinpay("requests", "approve", request)
    assert buyer.balance() == 1001
    # The account of the same name is the same person.
    site.environment["SUDO_USER"] = boss.username
    spent = coins(boss, "grant", buyer, 700)
    assert spent.get("balance") == 1701
    assert site.coinpay("coins", "grant", buyer.username, "400", "--reason", "x", check=False).returncode == 75
    assert site.coinpay("coins", "grant", boss.username, "1", "--reason", "x", check=False).returncode == 75
    number = paid(buyer)
    left = site.coinpay("refund", number, "--reason", "x", "--rule", "leave", "--amount", "9.90", check=False)
    assert left.returncode == 0, left.stderr
    number = paid(boss)
    own = site.coinpay("refund", number, "--reason", "x", check=False)
    assert own.returncode == 75, own.stdout


@pytest.mark.parametrize("leave", ["disable", "role"])
def test_what_somebody_asked_for_ends_when_they_may_not_ask_any_more(site, boss, buyer, leave):
    asker = Operator(site, "operator")
    waiting = coins(asker, "grant", buyer, 1_500)["request_id"]
    by_shell = asked_by_shell(site, asker.username.upper(), buyer)
    order = boss.order(package=3)
    word = asker.act(f"/orders/{order['order_no']}/confirm",
                     {"out_trade_no": order["order_no"], "reason": "test", "key": key()})
    other = Operator(site, "administrator")
    body = {"reason": "left us"} | ({"role": "viewer"} if leave == "role" else {})
    other.act(f"/users/{asker.username}/{leave}", body)
    for number in (waiting, by_shell):
        assert site.value(f"SELECT status FROM operator_requests WHERE id = {number}") == "REJECTED"
        refused(boss, f"/requests/{number}/approve", "CONFLICT")
    assert site.value(f"SELECT status FROM confirmations WHERE id = {word['confirmation_id']}") == "REJECTED"
    assert buyer.balance() == 0


def asked_by_shell(site, name, buyer):
    site.environment["SUDO_USER"] = name
    said = site.coinpay("coins", "grant", buyer.username, "1001", "--reason", "test", check=False)
    del site.environment["SUDO_USER"]
    assert said.returncode == 75
    return site.value("SELECT MAX(id) FROM operator_requests")


def test_what_somebody_asked_for_who_lost_the_role_is_not_done(site, boss, buyer):
    """However the role was lost, such as by a hand in the database."""
    asker = Operator(site, "operator")
    waiting = coins(asker, "grant", buyer, 1_500)["request_id"]
    for loss in ("role = 'viewer'", "disabled_at = NOW(6)"):
        site.sql(f"UPDATE users SET {loss} WHERE username = '{asker.username}'")
        refused(boss, f"/requests/{waiting}/approve", "CONFLICT")
        site.sql(f"UPDATE users SET role = 'operator', disabled_at = NULL WHERE username = '{asker.username}'")
    boss.act(f"/requests/{waiting}/approve")
    assert buyer.balance() == 1_500


def test_the_name_of_the_shell_is_the_same_in_capitals(site, boss):
    site.environment["SUDO_USER"] = boss.username.upper()
    own = site.coinpay("coins", "grant", boss.username, "1", "--reason", "x", check=False)
    below = site.coinpay("coins", "allow-negative", boss.username, "on", "--reason", "x", check=False)
    del site.environment["SUDO_USER"]
    assert own.returncode == 75
    assert below.returncode == 1 and "your own account" in below.stderr
    assert site.value(f"SELECT may_go_negative FROM wallets WHERE user_id = {number_of(site, boss.username)}") == "0"


def test_a_person_has_a_bounded_number_of_open_requests(site, boss, buyer):
    operator = Operator(site, "operator")
    waiting = [coins(operator, "grant", buyer, 2_000 + n)["request_id"] for n in range(20)]
    wish = {"coins": 3_000, "reason": "test", "key": key()}
    path = f"/api/admin/users/{buyer.username}/grant"
    for language, words in ("zh-CN", "过多"), ("en", "waiting already"):
        answer = operator.post(path, wish, headers={"Accept-Language": language})
        assert answer.status_code == 409 and words in answer.json()["error"]["message"], answer.text
    site.environment["SUDO_USER"] = operator.username
    shell = site.coinpay("coins", "grant", buyer.username, "3000", "--reason", "test", check=False)
    assert shell.returncode == 1 and "wait already" in shell.stderr
    refund = {"reason": "test", "rule": "leave", "key": key()}
    number = paid(buyer, package=3)
    assert operator.post(f"/api/admin/orders/{number}/refund", refund).status_code == 409
    # What is asked for again is no further request.
    operator.act(f"/requests/{waiting[0]}/reject", {"reason": "test"})
    assert operator.act(f"/users/{buyer.username}/grant", wish)["outcome"] == "WAITING"


def test_every_request_that_waits_is_found_part_by_part(site, boss, buyer):
    for _ in range(6):
        operator = Operator(site, "operator")
        for _ in range(20):
            coins(operator, "grant", buyer, 2_000)
    open_now = int(site.value("SELECT COUNT(*) FROM operator_requests WHERE status = 'OPEN'"))
    seen, after = [], ""
    while after is not None:
        part = boss.read(f"/requests?after={after}")
        seen += [request["id"] for request in part["open"]]
        assert part["more"] == open_now - len(seen)
        after = part.get("next")
    assert open_now > 100 and len(seen) == len(set(seen)) == open_now
    page = boss.get("/admin/confirmations", headers={"Accept-Language": "en"}).text
    assert f"More waiting: {open_now - 100}" in page and f"?deeds_after={seen[99]}" in page
    rest = boss.get(f"/admin/confirmations?deeds_after={seen[99]}").text
    assert f"/requests/{seen[-1]}/approve" in rest and f"/requests/{seen[0]}/approve" not in rest
    said = site.coinpay("requests", "list").stdout
    assert f"{open_now - 100} more wait: coinpay requests list --after {seen[99]}" in said
    assert f"{seen[-1]}  " in site.coinpay("requests", "list", "--after", str(seen[99])).stdout


def test_requests_end(site, boss, operator, buyer):
    waiting = coins(operator, "grant", buyer, 1_500)["request_id"]
    site.sql(f"UPDATE operator_requests SET expires_at = NOW(6) - INTERVAL 1 SECOND WHERE id = {waiting}")
    refused(boss, f"/requests/{waiting}/approve", "CONFLICT")
    wait_for(lambda: site.value(f"SELECT status FROM operator_requests WHERE id = {waiting}") == "EXPIRED")
    assert buyer.balance() == 0


def test_a_request_that_was_changed_in_the_database_is_not_done(site, boss, operator, buyer):
    waiting = coins(operator, "grant", buyer, 1_500)["request_id"]
    site.sql(f"UPDATE operator_requests SET coins = 150000 WHERE id = {waiting}")
    refused(boss, f"/requests/{waiting}/approve", "CONFLICT")
    assert buyer.balance() == 0 and site.verify_ledger() == (False, ["request_has_actions"])
    site.sql(f"UPDATE operator_requests SET coins = 1500 WHERE id = {waiting}")
