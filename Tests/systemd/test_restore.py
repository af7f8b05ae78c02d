"""A machine comes back to a moment, from dumps, and on another machine; and when it cannot."""

import time

import pytest

from support.machine import DOMAIN, Machine
from support.stack import wait_for
from support.vault import SETS, Vault, destroy_data

BINLOGS = "/var/log/mysql"


@pytest.fixture(scope="module")
def logged(shop, vault):
    """Binary logs in a folder of their own, as on another disk."""
    shop.shell(f"install -d -o mysql -g mysql {BINLOGS}")
    shop.write("/etc/mysql/mariadb.conf.d/99-binlog.cnf", f"[mariadbd]\nlog_bin={BINLOGS}/mysql-bin\n")
    shop.run("systemctl", "restart", "mariadb")
    wait_for(shop.is_ready)
    return vault


def moment(shop):
    """A moment with whole seconds of silence around it."""
    time.sleep(1.1)
    text = shop.shell("date -u '+%Y-%m-%d %H:%M:%S'").strip()
    time.sleep(1.1)
    return text


def test_what_was_there_before_is_kept_and_the_way_back_works(vault, shop, buyer):
    balance = buyer.balance()
    name = vault.back_up()
    buyer.buy()
    # The server does not come up with the restored data.
    shop.shell("mkdir -p /run/systemd/system/mariadb.service.d")
    shop.write("/run/systemd/system/mariadb.service.d/test.conf", "[Service]\nExecStartPre=/bin/false\n")
    shop.run("systemctl", "daemon-reload")
    failed = vault.restore(name, check=False)
    assert failed.returncode != 0 and "NOT FINISHED" in failed.stderr
    shop.run("rm", "-r", "/run/systemd/system/mariadb.service.d")
    shop.run("systemctl", "daemon-reload")
    shop.shell(failed.stderr.split("To go back to what was there before:\n")[1])
    wait_for(shop.is_ready)
    assert buyer.balance() == balance + 100 and shop.ledger_holds()
    result = vault.restore(name)
    assert buyer.balance() == balance
    kept = result.stderr.split("are kept in ")[1].split(";")[0]
    assert shop.shell(f"ls {kept}/coinpay/ledger_entries.ibd")


def test_a_set_of_broken_books_is_not_restored(vault, shop):
    wallet = shop.sql("SELECT id FROM wallets WHERE balance > 0 LIMIT 1")[0][0]
    shop.sql(f"UPDATE wallets SET balance = balance + 1 WHERE id = {wallet}")
    name = vault.back_up()
    shop.sql(f"UPDATE wallets SET balance = balance - 1 WHERE id = {wallet}")
    before = vault.state_of_the_data()
    refused = vault.restore(name, check=False)
    assert refused.returncode == 1 and "BROKEN wallet_balance" in refused.stderr and "nothing was changed" in refused.stderr
    assert vault.state_of_the_data() == before
    shop.run("rm", "-r", f"{SETS}/{name}")


def test_it_asks_before_it_stops_the_site(vault, shop):
    refused = shop.run("coinpay", "restore", "newest", "--identity", "-", stdin=vault.key, check=False)
    assert refused.returncode == 1 and "--yes" in refused.stderr and "nothing was changed" in refused.stderr


def test_with_binary_logs_nothing_older_than_their_last_event_is_lost(logged, shop, buyer):
    logged.back_up()
    buyer.buy()
    name = logged.back_up("incremental")
    buyer.buy()
    logged.back_up("incremental")
    buyer.buy()
    balance, newest = buyer.balance(), shop.run("coinpay", "ledger", "newest").stdout
    destroy_data(shop)
    result = logged.restore(name, "--binlogs", BINLOGS)
    assert "binary logs" in result.stderr
    assert buyer.balance() == balance and shop.ledger_holds()
    assert shop.run("coinpay", "ledger", "newest").stdout == newest


def test_the_books_go_back_to_before_a_mistake(logged, shop, buyer):
    name = logged.back_up()
    buyer.buy()
    logged.back_up("incremental")
    buyer.buy()
    balance, before = buyer.balance(), moment(shop)
    shop.sql("SET foreign_key_checks = 0; DROP TABLE ledger_entries; UPDATE wallets SET balance = 1000000")
    # Books without a ledger are not kept, but the logs up to now are, in the set before.
    refused = shop.run("coinpay", "backup", "full", check=False)
    assert refused.returncode == 1 and "the ledger cannot be read" in refused.stderr and logged.sets()[-1] == name
    result = logged.restore(name, "--until", before)
    assert buyer.balance() == balance and shop.ledger_holds(), result.stderr
    too_old = logged.restore(name, "--until", "2020-01-01 00:00:00", check=False)
    assert "choose an older one" in too_old.stderr and too_old.returncode == 1


def test_a_gap_in_the_binary_logs_is_recognised(logged, shop, buyer):
    name = logged.back_up()
    for _ in range(3):
        buyer.buy()
        shop.sql("FLUSH BINARY LOGS")
    first = logged.pieces(name, "full")[0]["binlog"]
    logs = sorted(path for path in shop.shell(f"ls {BINLOGS}").split() if path[-1].isdigit() and path >= first)
    shop.shell(f"rm -rf /root/logs; mkdir /root/logs; cp {BINLOGS}/mysql-bin.[0-9]* /root/logs; rm /root/logs/{logs[1]}")
    before = logged.state_of_the_data()
    refused = logged.restore(name, "--binlogs", "/root/logs", check=False)
    assert f"{logs[1]} is missing" in refused.stderr and logged.state_of_the_data() == before


def test_a_binary_log_that_a_crash_cut_off_is_repeated_as_far_as_it_goes(logged, shop, buyer):
    name = logged.back_up()
    buyer.buy()
    balance = buyer.balance()
    buyer.buy()
    last = shop.sql("SHOW BINARY LOGS")[-1][0]
    shop.shell(f"rm -rf /root/logs; mkdir /root/logs; cp {BINLOGS}/mysql-bin.[0-9]* /root/logs; truncate --size=-20 /root/logs/{last}")
    logged.restore(name, "--binlogs", "/root/logs")
    assert shop.ledger_holds() and buyer.balance() in (balance, balance + 100)


def test_a_damaged_binary_log_changes_nothing(logged, shop, buyer):
    name = logged.back_up()
    buyer.buy()
    log = logged.pieces(name, "full")[0]["binlog"]
    shop.sql("FLUSH BINARY LOGS")
    shop.shell(f"""
        rm -rf /root/logs; mkdir /root/logs; cp {BINLOGS}/mysql-bin.[0-9]* /root/logs
        dd if=/dev/zero of=/root/logs/{log} bs=1 seek=$(($(stat -c %s /root/logs/{log}) - 300)) count=200 conv=notrunc 2>/dev/null""")
    before = logged.state_of_the_data()
    refused = logged.restore(name, "--binlogs", "/root/logs", check=False)
    assert "cannot be repeated" in refused.stderr and logged.state_of_the_data() == before


def test_a_small_site_is_kept_and_restored_by_dumps(logged, shop, buyer):
    logged.set_setting("COINPAY_BACKUP_METHOD", "dump")
    try:
        name = logged.back_up("incremental")
        assert [piece["kind"] for piece in logged.pieces(name)][:2] == ["dump", "configuration"]
        buyer.buy()
        assert logged.back_up("incremental") == name
        balance = buyer.balance()
        assert "restored and proved" in shop.run("coinpay", "backup", "drill").stderr
        buyer.buy()
        newest, before = buyer.balance(), moment(shop)
        shop.sql("SET foreign_key_checks = 0; DROP TABLE ledger_entries")
        result = logged.restore(name)
        assert buyer.balance() == balance and shop.ledger_holds()
        kept = result.stderr.split("are kept in ")[1].split(";")[0]
        assert shop.run("bash", "-c", f"age -d -i <(cat) {kept} | zstd -dc | tail -1", stdin=logged.key).stdout.startswith("-- Dump completed")
        assert logged.restore(name, "--until", before, "--binlogs", BINLOGS) and buyer.balance() == newest and shop.ledger_holds()
        buyer.buy()
    finally:
        logged.set_setting("COINPAY_BACKUP_METHOD", "physical")


@pytest.fixture
def spare():
    """Another machine, fresh from Debian; the test is in its network until it ends."""
    with Machine() as spare:
        spare.write("/etc/hosts", f"127.0.0.1 localhost {DOMAIN}\n")
        spare.run("rm", "-f", "/var/lib/man-db/auto-update")
        spare.run("systemctl", "start", "mariadb", "nginx")
        yield spare


@pytest.mark.parametrize("method", ["physical", "dump"])
def test_a_lost_machine_comes_back_on_another(vault, shop, buyer, package, request, method):
    vault.set_setting("COINPAY_BACKUP_METHOD", method)
    if method == "dump":
        # What only the lost machine could decrypt must come back, too.
        shop.setup("--encrypt-credentials")
    name, balance = vault.back_up(), buyer.balance()
    secrets = "cat /etc/coinpay/credentials/coinpay/encryption_keys" if method == "physical" else \
        "systemd-creds decrypt --name=coinpay_encryption_keys /etc/coinpay/credentials/coinpay/encryption_keys -"
    keys = shop.shell(secrets)
    shop.shell(f"cp -a {SETS}/{name} /shared/")
    spare = request.getfixturevalue("spare")
    (spare.shared / "set").mkdir()
    for file in (shop.shared / name).iterdir():
        (spare.shared / "set" / file.name).write_bytes(file.read_bytes())
    spare.install(package)
    on_spare = Vault(spare, vault.key)
    on_spare.restore("/shared/set", "--configuration")
    assert "the ledger holds" in spare.run("coinpay", "ledger", "verify").stdout
    assert spare.shell(secrets) == keys
    # The certificate came back with the configuration, and its issuer stands in it.
    spare.run("cp", "/etc/coinpay/tls/chain.pem", "/shared/ca.pem")
    client = spare.client()
    client.session.cookies = buyer.session.cookies
    assert client.balance() == balance
    for unit in ("coinpay@blue.service", "coinpay-backup-full.timer", "nginx.service"):
        assert spare.show(unit, "ActiveState") == "active"
    on_spare.verify(on_spare.back_up())
