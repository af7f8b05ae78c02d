"""Backups: what is kept, what is refused, what is told, and the weekly drill."""

import pytest

from support.stack import wait_for
from support.vault import SETS, destroy_data, new_key

DUTIES = ("backup-full", "backup-incremental", "drill")


@pytest.fixture(scope="module")
def kept(vault, shop, buyer):
    """A set with an increment."""
    vault.back_up()
    buyer.buy()
    return vault.back_up("incremental")


def fact(shop, duty, name):
    return shop.read(f"/var/lib/coinpay/status/{duty}/{name}").strip()


def start(shop, duty):
    """Runs a duty as its timer does."""
    return shop.run("systemctl", "start", f"coinpay-backup@{duty}.service", check=False).returncode


def test_the_timers_are_on(shop):
    for name in DUTIES:
        assert shop.show(f"coinpay-{name}.timer", "ActiveState") == "active"


def test_without_a_key_nothing_is_kept_and_nobody_is_alarmed(shop):
    for duty in ("full", "incremental", "drill"):
        assert start(shop, duty) == 0
        assert shop.show(f"coinpay-backup@{duty}.service", "Result") == "exec-condition"
    assert "NO BACKUPS are made" in shop.setup().stderr
    assert shop.run("coinpay", "backup", "full", check=False).returncode == 1
    assert not shop.shell(f"ls {SETS}; ls /var/lib/coinpay/status | grep backup || true").strip()


def test_a_recipient_that_is_no_key_is_refused(shop):
    refused = shop.setup("--backup-recipient", "age1nobody", check=False)
    assert refused.returncode == 1 and "no public key" in refused.stderr


def test_the_private_key_is_nowhere_on_the_machine(vault, shop):
    assert "already" in shop.run("coinpay", "backup", "key", check=False).stderr
    secret = vault.key.splitlines()[-1]
    assert secret.startswith("AGE-SECRET-KEY-1")
    vault.back_up()
    vault.verify()
    assert files_with(shop, secret) == [] and "AGE-SECRET" not in shop.journal()
    # Where it would be found.
    shop.write("/var/lib/coinpay/planted", vault.key)
    assert files_with(shop, secret) == ["/var/lib/coinpay/planted"]
    shop.run("rm", "/var/lib/coinpay/planted")


def files_with(shop, secret):
    """Of the files that were written since the machine runs."""
    search = "read -r secret; find /etc /var /run /tmp /usr/lib/coinpay -type f -newer /etc/machine-id -print0 | xargs -0 grep -lFe \"$secret\" || true"
    return shop.run("bash", "-c", search, stdin=secret + "\n").stdout.split()


def test_a_set_grows_by_what_changed(vault, kept):
    states = vault.pieces(kept, "full") + vault.pieces(kept, "incremental")
    assert [int(state["entry"]) for state in states] == [1, 2]
    assert states[1]["from_lsn"] == states[0]["to_lsn"]
    assert "are whole, newest ledger entry 2" in vault.verify(kept).stderr


def test_duties_run_in_their_sandbox_and_note_what_doctor_reads(vault, shop):
    for duty, name in (("full", "backup-full"), ("incremental", "backup-incremental"), ("drill", "drill")):
        assert start(shop, duty) == 0, shop.journal(f"coinpay-backup@{duty}.service")
        assert fact(shop, name, "result") == "success" and int(fact(shop, name, "succeeded")) > 0
    assert int(fact(shop, "backup-full", "bytes")) == int(vault.pieces(kind="full")[0]["bytes"])
    assert 0 <= int(fact(shop, "drill", "seconds")) < 60


def test_a_drill_proves_a_set_and_gives_its_key_up(vault, shop):
    name = vault.back_up()
    drilled = shop.run("coinpay", "backup", "drill").stderr
    assert f"restoring {name}" in drilled and "restored and proved" in drilled
    assert not shop.shell("ls /run/coinpay/drill.key /var/lib/coinpay/drill 2>/dev/null || true")
    # What the key read before is for the operator alone now; the next drill needs a set of its own.
    drilled = shop.run("coinpay", "backup", "drill").stderr
    assert vault.sets()[-1] != name and f"restoring {vault.sets()[-1]}" in drilled
    assert shop.run("systemctl", "is-active", "coinpay-throwaway.service", check=False).stdout.strip() == "inactive"


def test_after_the_disk_broke_nothing_older_than_the_last_backup_is_lost(vault, shop, buyer):
    vault.back_up()
    buyer.buy()
    name = vault.back_up("incremental")
    balance = buyer.balance()
    buyer.buy()
    destroy_data(shop)
    result = vault.restore(name)
    assert shop.ledger_holds() and buyer.balance() == balance
    newest = shop.run("coinpay", "ledger", "newest").stdout.strip()
    assert f"newest ledger entry {newest}" in result.stderr and newest.split()[0] == vault.pieces(name)[-2]["entry"]
    # Debian's start of MariaDB finds nothing to upgrade: that would lock up with the restore's grants.
    assert "MariaDB" in shop.read("/var/lib/mysql/mysql_upgrade_info") and "mysql_upgrade" not in shop.journal("mariadb.service").split("ready for connections")[-1]
    # Selling goes on, and the next addition begins a set of its own.
    buyer.buy()
    assert vault.back_up("incremental") != name and shop.ledger_holds()
    for unit in ("coinpay@blue.socket", "coinpay-webhook@blue.socket", "coinpay-backup-full.timer", "coinpay-verify.timer"):
        assert shop.show(unit, "ActiveState") == "active"


def written_anchors(shop):
    return shop.run("journalctl", "--no-pager", "--output=cat", "--unit=coinpay@blue.service").stdout.count("the books reach as far as this anchor")


def verify_tonight(shop):
    """Runs the duty as its timer does. Whether it ended well, and what it said."""
    unit = "coinpay-task@verify.service"
    shop.run("systemctl", "reset-failed", unit, check=False)
    status = shop.run("systemctl", "start", unit, check=False).returncode
    number = shop.show(unit, "InvocationID")
    shop.run("journalctl", "--sync")
    return status == 0, shop.run("journalctl", "--no-pager", "--output=cat", f"_SYSTEMD_INVOCATION_ID={number}").stdout


def act_and_cut(vault, shop, log_format):
    """Removes an operator's newest action, with every trace of it in the tables, which an anchor saw."""
    vault.set_setting("COINPAY_LOG_FORMAT", log_format)
    shop.sql("CREATE OR REPLACE TABLE mysql.head_before AS SELECT * FROM audit_head")
    shop.run("coinpay", "package", "create", "200", "--zh", "二百", "--en", "Two hundred", "--price", "USD:2.49")
    before = written_anchors(shop)
    shop.run("systemctl", "restart", "coinpay@blue.service")
    wait_for(lambda: written_anchors(shop) > before)
    holds, said = verify_tonight(shop)
    assert holds and "ok     anchors" in said, said
    shop.sql("CREATE OR REPLACE TABLE mysql.action AS SELECT * FROM operator_actions ORDER BY id DESC LIMIT 1; "
             "CREATE OR REPLACE TABLE mysql.head AS SELECT * FROM audit_head; DELETE FROM operator_actions ORDER BY id DESC LIMIT 1; "
             "DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM mysql.head_before")
    assert shop.ledger_holds()


def test_the_nightly_duty_misses_what_was_cut_off_unless_a_restore_left_it_out(vault, shop):
    name = vault.back_up()
    for log_format in ("json", "text"):
        act_and_cut(vault, shop, log_format)
        holds, said = verify_tonight(shop)
        assert not holds and "BROKEN anchors" in said and said.count("BROKEN") == 2, said
        shop.sql("INSERT INTO operator_actions SELECT * FROM mysql.action; DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM mysql.head")
        assert verify_tonight(shop)[0]
    vault.restore(name)
    holds, said = verify_tonight(shop)
    assert holds and "ok     anchors" in said, said
    mark = "/var/lib/coinpay/status/restore/anchor"
    assert shop.shell(f"stat -c '%a %U' {mark}").split() == ["644", "root"] and shop.read(mark).startswith("anchor=v1:")
    # It is the restore's mark alone that makes the difference.
    shop.run("mv", mark, f"{mark}.away")
    assert not verify_tonight(shop)[0]
    shop.run("mv", f"{mark}.away", mark)
    # What the journal does not tell is said, and the tables are proved without it.
    folder = "/run/systemd/system/coinpay-task@verify.service.d"
    shop.run("mkdir", "-p", folder)
    shop.write(f"{folder}/zz-test.conf", "[Service]\nSupplementaryGroups=\n")
    shop.run("systemctl", "daemon-reload")
    try:
        holds, said = verify_tonight(shop)
        assert holds and "the journal cannot be read" in said and "the ledger holds" in said, said
    finally:
        shop.run("rm", "-r", folder)
        shop.run("systemctl", "daemon-reload")


def damage(shop, kept, how):
    """A copy of a set with something wrong, and what has to be said about it."""
    copy = f"/root/{how}"
    shop.shell(f"rm -rf {copy}; cp -a {SETS}/{kept} {copy}")
    piece = f"{copy}/incremental-0001.mbs.zst.age"
    flip = f"printf x | dd of={piece} bs=1 seek=70000 conv=notrunc 2>/dev/null"
    cut = f"truncate --size=-65536 {piece}"
    hide = f"""
        old=$(grep -o 'bytes=[0-9]* sha256=[0-9a-f]*' <<<"$(grep kind=incremental {copy}/manifest)")
        sed -i "s/$old/bytes=$(stat -c %s {piece}) sha256=$(sha256sum {piece} | cut -d ' ' -f 1)/" {copy}/manifest"""
    script, words = {
        "flipped": (flip, "checksum is wrong"),
        "cut": (cut, "and should have"),
        "lost": (f"rm {piece}", "missing"),
        "gap": (f"sed -i '/kind=full/s/to_lsn=[0-9]*/to_lsn=1/' {copy}/manifest", "the increment before it is missing"),
        # By somebody who can count checksums, but has no key.
        "flipped-by-hand": (flip + hide, "damaged or cut off"),
        "cut-by-hand": (cut + hide, "damaged or cut off"),
    }[how]
    shop.shell(script)
    return copy, words


@pytest.mark.parametrize("how", ["flipped", "cut", "lost", "gap", "flipped-by-hand", "cut-by-hand"])
def test_a_damaged_backup_is_recognised_and_touches_nothing(vault, shop, kept, how):
    copy, words = damage(shop, kept, how)
    before = vault.state_of_the_data()
    for result in (vault.verify(copy, check=False), vault.restore(copy, check=False)):
        assert result.returncode == 1 and words in result.stderr, result.stderr
    assert "nothing was changed" in result.stderr and vault.state_of_the_data() == before
    if "hand" not in how:
        assert shop.run("coinpay", "backup", "verify", copy, check=False).returncode == 1


def test_another_key_is_recognised(vault, shop, kept):
    before = vault.state_of_the_data()
    for result in (vault.verify(kept, new_key(), check=False), vault.restore(kept, key=new_key(), check=False)):
        assert result.returncode == 1 and "encrypted to other keys than this one" in result.stderr
    assert vault.state_of_the_data() == before
