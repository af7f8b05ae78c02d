"""A user's own data: the e-mail address, the export and the erasure."""

import json
import os
import re
import subprocess
import uuid

import pymysql
import pytest

from support.stack import Client, wait_for
from support.stripe_fixtures import deliver, event, intent


def email(user, address):
    return user.session.put(user.base + "/api/auth/email", json={"email": address}, timeout=60)


def test_a_user_sets_changes_and_removes_an_address(user):
    for address in ["a@b.example", "名字@例子.example", "x" * 64 + "@b.example"]:
        assert user.data(email(user, address)) == {"email": address}
        assert user.data(user.get("/api/auth/export"))["account"]["email"] == address
    removed = user.session.delete(user.base + "/api/auth/email", json={}, timeout=60)
    assert removed.status_code == 200
    assert user.data(user.get("/api/auth/export"))["account"].get("email") is None


@pytest.mark.parametrize("address", ["", "a", "@b.example", "a@", "a@b", "a@b.", "a b@c.example", "a@b@c.example",
                                     "a\n@b.example", "<a@b.example>", "a" * 250 + "@b.example", None, 5])
def test_what_is_no_address_is_refused(user, address):
    assert email(user, address).status_code == 400


def test_an_address_can_be_given_when_registering(site):
    name, client = "u" + uuid.uuid4().hex[:12], Client(site.base)
    body = {"username": name, "password": "long-password", "email": "nonsense"}
    assert client.post("/api/auth/register", body).status_code == 400
    assert client.post("/api/auth/register", {**body, "email": "a@b.example"}).status_code == 200
    assert client.data(client.get("/api/auth/export"))["account"]["email"] == "a@b.example"


def test_nobody_is_exported_or_changed_without_a_session(site):
    stranger = Client(site.base)
    assert stranger.get("/api/auth/export").status_code == 401
    assert email(stranger, "a@b.example").status_code == 401
    user = site.new_user()
    foreign = user.session.put(site.base + "/api/auth/email", json={"email": "a@b.example"},
                               headers={"Origin": "https://evil.example"}, timeout=60)
    assert foreign.status_code == 403


def bought(site, user):
    order = user.order(method="STRIPE")
    pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
    assert deliver(site.base, event(intent(pi, 149))).status_code == 200
    return order["order_no"]


def exported(user):
    """All parts of the export, followed by `next`."""
    path, orders, ledger, parts = "/api/auth/export", [], [], 0
    while path:
        part = user.data(user.get(path))
        orders += part["orders"]
        ledger += part["ledger"]
        path, parts = part["next"], parts + 1
        assert len(part["orders"]) <= 50 and len(part["ledger"]) <= 200
    return part["account"], orders, ledger, parts


def test_an_export_holds_all_of_one_user_and_nothing_of_another(site):
    user, other = site.new_user(), site.new_user()
    email(user, "own@mail.example")
    email(other, "other@mail.example")
    foreign = bought(site, other)
    number = bought(site, user)
    site.coinpay("refund", number, "--amount", "0.50", "--reason", "test")
    pending = [user.order()["order_no"] for _ in range(52)]
    account, orders, ledger, parts = exported(user)
    assert parts == 2 and [o["order_no"] for o in orders] == [number, *pending]
    assert account["email"] == "own@mail.example" and account["balance"] == user.balance()
    first = orders[0]
    assert first["amount"] == 1.49 and first["payments"][0]["provider"] == "STRIPE"
    assert first["refunds"][0]["amount"] == 0.5 and first["history"][0]["to"] == "PENDING"
    assert sum(entry["coins"] for entry in ledger) == user.balance()
    by_command = json.loads(site.coinpay("user", "export", user.username).stdout)
    assert [o["order_no"] for o in by_command["orders"]] == [o["order_no"] for o in orders]
    assert by_command["ledger"] == ledger and by_command["account"]["username"] == user.username
    for text in (json.dumps(by_command), json.dumps(orders + ledger)):
        assert foreign not in text and "other@mail.example" not in text and other.username not in text
    assert user.get("/api/auth/export?after_order=x").status_code == 400
    assert site.coinpay("user", "export", "nobody-here", check=False).returncode == 1


def test_erasing_leaves_the_books_and_takes_the_person(site):
    user = site.new_user()
    email(user, "gone@mail.example")
    number = bought(site, user)
    user.order(key="a-key-of-theirs")
    site.coinpay("coins", "grant", user.username, "5", "--reason", "test")
    site.sql("INSERT INTO second_factors (user_id, secret, created_at) SELECT id, 'x', NOW(6) FROM users "
             f"WHERE username = '{user.username}'")
    user_id = user.data(user.get("/api/auth/me"))["user_id"]
    assert site.coinpay("user", "erase", user.username, check=False).returncode == 64
    said = site.coinpay("user", "erase", user.username, "--reason", "asked for it").stdout
    assert f"erased-{user_id}" in said and "105 coins are left" in said
    assert user.get("/api/auth/me").status_code == 401
    again = Client(site.base).post("/api/auth/login", {"username": user.username, "password": "long-password"})
    assert again.status_code == 401
    row = site.sql("SELECT username, password_hash, email, role, erased_at IS NOT NULL, disabled_at IS NOT NULL "
                   f"FROM users WHERE id = {user_id}")[0]
    assert row == [f"erased-{user_id}", "NULL", "NULL", "user", "1", "1"]
    of_user = f"JOIN coin_orders o ON o.id = p.order_id WHERE o.user_id = {user_id}"
    assert site.value(f"SELECT COUNT(presentation) FROM payments p {of_user}") == "0"
    assert site.value(f"SELECT COUNT(e.body) FROM payment_events e JOIN payments p ON p.id = e.payment_id {of_user}") == "0"
    assert site.value(f"SELECT COUNT(idempotency_key) FROM coin_orders WHERE user_id = {user_id}") == "0"
    assert site.value(f"SELECT COUNT(*) FROM second_factors WHERE user_id = {user_id}") == "0"
    # The books: the order, its payment and the coins are as they were, under the number.
    assert site.value(f"SELECT status FROM coin_orders WHERE order_no = '{number}'") == "PAID"
    assert site.value(f"SELECT balance FROM wallets WHERE user_id = {user_id}") == "105"
    audit = site.coinpay("audit", "--count", "5").stdout
    assert f"ERASE_USER  user:{user_id}" in audit and "asked for it" in audit and user.username not in audit
    site.assert_ledger_holds()
    # The name is free again, and nobody can pretend to be the one who was erased.
    for name, status in [(user.username, 200), (f"erased-{user_id}", 409), ("erased-1000000", 409)]:
        answer = Client(site.base).post("/api/auth/register", {"username": name, "password": "long-password"})
        assert answer.status_code == status, name


def test_evidence_of_an_open_matter_stays_until_it_is_over(site):
    user = site.new_user()
    number = bought(site, user)
    user_id = user.data(user.get("/api/auth/me"))["user_id"]
    site.sql("INSERT INTO disputes (payment_id, dispute_id, status, amount, currency, reason, created_at, updated_at) "
             f"SELECT id, 'du_{user_id}', 'INQUIRY', 149, 'USD', 'x', NOW(6), NOW(6) FROM payments WHERE out_trade_no = '{number}'")
    said = site.coinpay("user", "erase", user.username, "--reason", "asked for it").stdout
    assert "stay as evidence" in said
    site.sql(f"UPDATE disputes SET status = 'WON' WHERE dispute_id = 'du_{user_id}'")
    said = site.coinpay("user", "erase", f"erased-{user_id}", "--reason", "asked for it").stdout
    assert "1 notifications erased" in said and "evidence" not in said
    # No event told of it.
    site.sql(f"DELETE FROM disputes WHERE dispute_id = 'du_{user_id}'")
    site.assert_ledger_holds()


def test_a_notification_that_could_not_be_settled_is_erased_too(site):
    """It is not linked to its payment, but has its numbers."""
    user = site.new_user()
    order = user.order(method="STRIPE")["order_no"]
    pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order}'")
    site.sql("CREATE TRIGGER stop_ledger BEFORE INSERT ON ledger_entries FOR EACH ROW "
             "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stopped by a test'")
    try:
        assert deliver(site.base, event(intent(pi, 149))).status_code == 200
        number = site.value(f"SELECT id FROM payment_events WHERE provider_txn_id = '{pi}' AND kind = 'SUCCEEDED'")
        site.sql(f"UPDATE payment_events SET state = 'PARKED', next_attempt_at = NULL WHERE id = {number}")
    finally:
        site.sql("DROP TRIGGER stop_ledger")
    user_id = user.data(user.get("/api/auth/me"))["user_id"]
    body = f"SELECT body IS NOT NULL, payment_id FROM payment_events WHERE id = {number}"
    said = site.coinpay("user", "erase", user.username, "--reason", "asked for it").stdout
    assert "1 notifications stay as evidence" in said and site.sql(body) == [["1", "NULL"]]
    site.coinpay("queue", "discard", number, "--reason", "a test")
    site.coinpay("order", "close", order, "--reason", "a test")
    wait_for(lambda: site.value(f"SELECT status FROM payments WHERE out_trade_no = '{order}'") == "CLOSED")
    said = site.coinpay("user", "erase", f"erased-{user_id}", "--reason", "asked for it").stdout
    assert "evidence" not in said and site.sql(body) == [["0", "NULL"]]
    site.assert_ledger_holds()


def test_an_erasure_that_is_killed_is_finished_by_the_next(site):
    user = site.new_user()
    order = bought(site, user)
    user_id = user.data(user.get("/api/auth/me"))["user_id"]
    of_user = ("FROM payment_events e JOIN payments p ON p.id = e.payment_id "
               f"WHERE p.out_trade_no = '{order}' AND e.body IS NOT NULL")
    settings = dict(re.findall(r"export (\w+)='(.*)'", site.dev("env").stdout))
    command = [os.readlink(f"/proc/{site.pid('worker')}/exe"), "user", "erase", user.username, "--reason", "asked for it"]
    with pymysql.connect(unix_socket=str(site.run_folder / "mariadb.sock"), user="root", database="coinpay") as other:
        other.cursor().execute(f"SELECT e.id {of_user} FOR UPDATE")
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
        wait_for(lambda: site.value("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS "
                                    "WHERE VARIABLE_NAME = 'INNODB_ROW_LOCK_CURRENT_WAITS'") != "0")
        process.kill()
        process.wait()
    # Nobody can come in any more, and all that is left can still be found by the name.
    assert user.get("/api/auth/me").status_code == 401
    assert site.value(f"SELECT username FROM users WHERE id = {user_id}") == user.username
    said = site.coinpay("user", "erase", user.username, "--reason", "asked for it").stdout
    assert f"erased-{user_id}" in said and site.value(f"SELECT COUNT(*) {of_user}") == "0"
    site.assert_ledger_holds()
