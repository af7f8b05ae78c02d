"""What operators do by command: coins without money, the queue of parked events, and the record of it all."""

import concurrent.futures
import json
import uuid

from support.lost_commit import lost_commit
from support.stack import wait_for
from support.stripe_fixtures import deliver, event, intent


def audit(site):
    return site.coinpay("audit", "--count", "20").stdout


def test_coins_are_given_and_taken_with_a_reason(site, user):
    assert "has 250 coins now" in site.coinpay("coins", "grant", user.username, "250", "--reason", "a prize").stdout
    assert "has 200 coins now" in site.coinpay("coins", "deduct", user.username, "50", "--reason", "a mistake").stdout
    assert user.balance() == 200
    kinds = [line["kind"] for line in user.data(user.get("/api/coin/transactions"))["items"]]
    assert kinds == ["DEDUCTION", "GRANT"]
    record = audit(site)
    assert "GRANT_COINS" in record and "250 coins  a prize" in record and "cli:" in record
    site.assert_ledger_holds()


def test_a_wallet_is_never_taken_below_zero(site, user):
    site.coinpay("coins", "grant", user.username, "10", "--reason", "test")
    result = site.coinpay("coins", "deduct", user.username, "11", "--reason", "test", check=False)
    assert result.returncode == 1 and "has only 10 coins" in result.stderr and user.balance() == 10


def test_a_wallet_goes_below_zero_where_an_operator_allows_it(site, user):
    def allow(choice, *options, check=True):
        return site.coinpay("coins", "allow-negative", user.username, choice, *options, check=check)

    deduct = ("coins", "deduct", user.username, "11", "--reason", "test")
    assert allow("on", check=False).returncode == 64 and allow("maybe", "--reason", "x", check=False).returncode == 64
    assert "may go below zero now" in allow("on", "--reason", "a friend").stdout
    assert "was so before" in allow("on", "--reason", "again").stdout
    site.coinpay(*deduct)
    assert user.balance() == -11
    owing = allow("off", "--reason", "no friend", check=False)
    assert owing.returncode == 1 and "has -11 coins" in owing.stderr
    site.coinpay("coins", "grant", user.username, "11", "--reason", "test")
    assert "may not go below zero now" in allow("off", "--reason", "no friend").stdout
    assert site.coinpay(*deduct, check=False).returncode == 1 and user.balance() == 0
    user_id = user.data(user.get("/api/auth/me"))["user_id"]
    actions = [row[0] for row in site.sql(
        f"SELECT action FROM operator_actions WHERE subject = 'user:{user_id}' AND action LIKE '%NEGATIVE' ORDER BY id")]
    assert actions == ["ALLOW_NEGATIVE", "FORBID_NEGATIVE"]
    site.assert_ledger_holds()


def test_the_same_key_gives_once_however_many_try(site, user):
    key = uuid.uuid4().hex
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: site.coinpay(
            "coins", "grant", user.username, "5", "--reason", "test", "--key", key, check=False), range(6)))
    assert [r.returncode for r in results] == [0] * 6, [r.stderr for r in results]
    assert sum("has 5 coins now" in r.stdout for r in results) == 1 and user.balance() == 5
    site.assert_ledger_holds()


def test_what_makes_no_sense_is_refused(site, user):
    for arguments in (["grant", user.username, "0", "--reason", "x"], ["grant", user.username, "5"],
                      ["grant", user.username, "5", "--reason", ""], ["grant", "a b", "5", "--reason", "x"],
                      ["grant", user.username, "5", "--reason", "x", "--key", "a b"]):
        assert site.coinpay("coins", *arguments, check=False).returncode == 64, arguments
    result = site.coinpay("coins", "grant", "nobody-here", "5", "--reason", "x", check=False)
    assert result.returncode == 1 and "there is no user" in result.stderr


def parked(site, user):
    """A notification that was tried for the last time."""
    order = user.order(method="STRIPE")
    pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
    site.sql("CREATE TRIGGER stop_ledger BEFORE INSERT ON ledger_entries FOR EACH ROW "
             "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stopped by a test'")
    assert deliver(site.base, event(intent(pi, 149))).status_code == 200
    number = site.value(f"SELECT id FROM payment_events WHERE provider_txn_id = '{pi}' AND kind = 'SUCCEEDED'")
    site.sql(f"UPDATE payment_events SET attempts = 11, next_attempt_at = NOW(6) WHERE id = {number}")
    wait_for(lambda: site.value(f"SELECT state FROM payment_events WHERE id = {number}") == "PARKED")
    site.sql("DROP TRIGGER stop_ledger")
    return number


def test_a_parked_event_is_settled_when_an_operator_says_so(site, user):
    number = parked(site, user)
    status = site.coinpay("queue", "status", check=False)
    assert status.returncode == 1 and "stopped by a test" in status.stdout
    assert "event was tried for the last time and is parked" in site.worker_log()
    assert site.coinpay("queue", "retry", number).returncode == 0
    wait_for(lambda: user.balance() == 100)
    status = site.coinpay("queue", "status", check=False)
    # Other tests of the same site may have left what cannot be stored.
    left = int(site.value("SELECT COUNT(*) FROM payment_events WHERE state = 'PARKED'"))
    assert "stopped by a test" not in status.stdout and status.returncode == (1 if left else 0)
    assert "RETRY_EVENT" in audit(site)
    assert site.coinpay("queue", "retry", number, check=False).returncode == 1
    site.assert_ledger_holds()


def test_a_parked_event_is_discarded_with_a_reason(site, user):
    number = parked(site, user)
    assert site.coinpay("queue", "discard", number, "--reason", "a test").returncode == 0
    assert site.value(f"SELECT outcome FROM payment_events WHERE id = {number}") == "DISCARDED"
    assert "DISCARD_EVENT" in audit(site) and user.balance() == 0
    assert site.coinpay("queue", "discard", number, "--reason", "a test", check=False).returncode == 1
    site.assert_ledger_holds()


def test_a_key_stands_for_one_user_amount_and_direction(site, user):
    other, key = site.new_user(), "key-" + uuid.uuid4().hex
    grant = ["coins", "grant", user.username, "5", "--reason", "test", "--key", key]
    assert "has 5 coins now" in site.coinpay(*grant).stdout
    assert "did this before" in site.coinpay(*grant).stdout
    for wish in (["grant", other.username, "5"], ["grant", user.username, "6"], ["deduct", user.username, "5"]):
        refused = site.coinpay("coins", *wish, "--reason", "test", "--key", key, check=False)
        assert refused.returncode == 1 and "belongs to another action" in refused.stderr, wish
    assert user.balance() == 5 and other.balance() == 0


def test_a_command_that_moves_coins_makes_a_key_and_tells_it(site, user):
    said = site.coinpay("coins", "grant", user.username, "5", "--reason", "test").stdout
    key = next(line for line in said.splitlines() if line.startswith("key ")).split()[1]
    again = site.coinpay("coins", "grant", user.username, "5", "--reason", "test", "--key", key)
    assert "did this before" in again.stdout and user.balance() == 5


def test_what_strangers_wrote_is_only_text_on_a_terminal(site, user):
    reason = "a\u202eb\u2066\x1b[2Jc\x9bd 金币 👩\u200d👩\u200d👧"
    order = user.order()
    user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    site.coinpay("refund", order["order_no"], "--reason", reason)
    shown = r"a\u{202E}b\u{2066}\u{1B}[2Jc\u{9B}d 金币 👩‍👩‍👧"
    for command in (("order", "show", order["order_no"]), ("audit",)):
        said = site.coinpay(*command).stdout
        assert shown in said and not set(said) & set("\u202e\u2066\x1b\x9b"), said
    said = site.coinpay("order", "show", order["order_no"], "--json").stdout
    assert not set(said) & set("\u202e\u2066\x1b\x9b")
    assert reason in [refund["reason"] for refund in json.loads(said)["refunds"]]


def test_a_command_whose_outcome_nobody_knows_tells_the_way_to_learn_it(site, user, tmp_path):
    command = ("coins", "grant", user.username, "5", "--reason", "test")
    with lost_commit(site.run_folder / "mariadb.sock", tmp_path) as path:
        site.environment["COINPAY_DB_SOCKET"] = str(path)
        try:
            lost = site.coinpay(*command, check=False)
        finally:
            del site.environment["COINPAY_DB_SOCKET"]
    key = next(line for line in lost.stdout.splitlines() if line.startswith("key ")).split()[1]
    assert lost.returncode == 69 and "nobody knows whether it was done" in lost.stderr and f"--key {key}" in lost.stderr
    wait_for(lambda: user.balance() == 5)
    assert "did this before" in site.coinpay(*command, "--key", key).stdout and user.balance() == 5
