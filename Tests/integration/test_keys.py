"""Encryption keys: rotation while the site runs, and a start without a key that stored values need."""

import json
import os
import re
import secrets
import subprocess
import threading
from base64 import b64encode

import pytest

from support import noted_secrets
from support.stack import Stack
from support.stripe_fixtures import SETTINGS, deliver, event, intent

KEYS = {name: f"{name}:{b64encode(secrets.token_bytes(32)).decode()}" for name in ("k1", "k2", "k3")}
BUYER = "buyer.of.the.test@mail.example"


@pytest.fixture(scope="module")
def shop(stripe_server):
    with Stack("keys", STRIPE_API_URL=stripe_server.url, COINPAY_ENCRYPTION_KEYS=KEYS["k1"], **SETTINGS) as stack:
        yield stack


def use_keys(shop, *names):
    shop.environment["COINPAY_ENCRYPTION_KEYS"] = ",".join(KEYS[name] for name in names)
    shop.start_worker()
    shop.wait_ready()


def keys(shop):
    return {key["id"]: key for key in json.loads(shop.coinpay("keys", "status", "--json").stdout)}


def start_with(shop, setting):
    """What a worker with these keys says; it must not come up."""
    settings = dict(re.fullmatch(r"export (\w+)='(.*)'", line).groups() for line in shop.dev("env").stdout.splitlines())
    return subprocess.run(
        [os.environ.get("COINPAY_DEV_BINARY") or os.readlink(f"/proc/{shop.pid('worker')}/exe"), "serve",
         "--web-socket", str(shop.run_folder / "x.sock"), "--webhook-socket", str(shop.run_folder / "y.sock")],
        env={**os.environ, **settings, "COINPAY_ENCRYPTION_KEYS": setting}, capture_output=True, text=True, timeout=60)


def paid(shop, user):
    order = user.order(method="STRIPE", key=secrets.token_hex(8))
    pi = shop.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
    assert deliver(shop.base, event(intent(pi, 149, receipt_email=BUYER))).status_code == 200
    return order


def test_what_is_personal_is_nowhere_in_clear(shop):
    noted_secrets.note("personal data", BUYER)
    user = shop.new_user()
    address = "somebody.of.the.test@mail.example"
    assert user.session.put(shop.base + "/api/auth/email", json={"email": address}).status_code == 200
    paid(shop, user)
    settings = dict(re.findall(r"export (\w+)='(.*)'", shop.dev("env").stdout))
    dump = subprocess.run(
        ["mariadb-dump", "--no-defaults", f"--socket={settings['COINPAY_DB_SOCKET']}", "-u", "root", "coinpay"],
        capture_output=True, check=True).stdout
    assert user.username.encode() in dump
    assert address.encode() not in dump and BUYER.encode() not in dump
    assert address not in shop.worker_log() and BUYER not in shop.worker_log()


def test_keys_are_rotated_under_load_and_the_old_one_goes(shop):
    user = shop.new_user()
    order = user.order(method="STRIPE", key="the-same-order")
    for _ in range(10):
        paid(shop, shop.new_user())
    assert set(keys(shop)) == {"k1"} and not keys(shop)["k1"]["may_be_removed"]
    use_keys(shop, "k1", "k2")
    use_keys(shop, "k2", "k1")
    before = keys(shop)
    assert before["k1"]["values"]["payment_events.body"] >= 10 and before["k2"]["encrypts"]

    stop, failures, rounds = threading.Event(), [], []

    def load():
        buyer = shop.new_user()
        while not stop.is_set() or len(rounds) < 20:
            try:
                paid(shop, buyer)
                assert buyer.session.put(
                    shop.base + "/api/auth/email", json={"email": f"{len(rounds)}@mail.example"}).status_code == 200
                rounds.append(buyer)
            except Exception as error:  # noqa: BLE001
                failures.append(error)
                return

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        while len(rounds) < 5 and not failures:
            pass
        rotated = [shop.coinpay("keys", "rotate", check=False) for _ in range(3)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures, failures
    assert [r.returncode for r in rotated] == [0, 0, 0], [r.stdout + r.stderr for r in rotated]
    assert "payments.presentation: 0 re-encrypted" not in rotated[0].stdout
    after = keys(shop)
    assert after["k1"]["may_be_removed"] and after["k1"]["values"] == {} and len(after["k2"]["values"]) >= 5
    use_keys(shop, "k2")
    assert set(keys(shop)) == {"k2"}
    # What was sealed by the key that is gone is read as before.
    again = user.order(method="STRIPE", key="the-same-order")
    assert again["order_no"] == order["order_no"] and again["client_secret"] == order["client_secret"]
    shop.assert_ledger_holds()


@pytest.mark.parametrize("setting,says", [
    (KEYS["k3"], "lacks the key 'k2'"),
    (KEYS["k3"].replace("k3:", "k2:"), "is another one than the key that sealed"),
], ids=["lost", "swapped"])
def test_a_lost_or_swapped_key_is_noticed_at_start(shop, setting, says):
    use_keys(shop, "k2")
    paid(shop, shop.new_user())
    result = start_with(shop, setting)
    assert result.returncode == 78 and says in result.stderr and "stored values" in result.stderr, result.stderr
    assert setting.split(":")[1] not in result.stderr
    shop.environment["COINPAY_ENCRYPTION_KEYS"] = setting
    assert shop.coinpay("keys", "status", check=False).returncode == 1
    assert shop.coinpay("keys", "rotate", check=False).returncode == 78
    use_keys(shop, "k2")


def test_a_worker_that_still_uses_the_old_key_is_told_of(shop):
    """The rotation's first key is newer than the running worker's."""
    use_keys(shop, "k2", "k3")
    stop = threading.Event()

    def load():
        user, number = shop.new_user(), 0
        while not stop.is_set():
            number += 1
            user.session.put(shop.base + "/api/auth/email", json={"email": f"{number}@mail.example"})

    thread = threading.Thread(target=load)
    thread.start()
    try:
        shop.environment["COINPAY_ENCRYPTION_KEYS"] = KEYS["k3"] + "," + KEYS["k2"]
        results = [shop.coinpay("keys", "rotate", check=False) for _ in range(3)]
    finally:
        stop.set()
        thread.join()
    assert 75 in [r.returncode for r in results] and any("restart the workers" in r.stderr for r in results)
    use_keys(shop, "k3", "k2")
    assert shop.coinpay("keys", "rotate").returncode == 0
