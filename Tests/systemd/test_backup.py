"""Backups: what is kept, what is refused, what is told, and the weekly drill."""

import pytest
from test_service import buy

from support.stack import wait_for
from support.vault import SETS, Vault, new_key

DUTIES = ("backup-full", "backup-incremental", "drill")


@pytest.fixture(scope="module")
def buyer(shop):
    return shop.client().register()


@pytest.fixture(scope="module")
def vault(shop, buyer):
    """With the key that the operator was shown, and a first purchase."""
    printed = shop.run("coinpay", "backup", "key").stdout
    buy(shop, buyer)
    return Vault(shop, printed)


@pytest.fixture(scope="module")
def kept(vault, shop, buyer):
    """A set with an increment."""
    vault.back_up()
    buy(shop, buyer)
    return vault.back_up("incremental")


def fact(shop, duty, name):
    return shop.read(f"/var/lib/coinpay/status/{duty}/{name}").strip()


def start(shop, duty):
    """Runs a duty as its timer does."""
    return shop.run("systemctl", "start", f"coinpay-backup@{duty}.service", check=False).returncode


def alarms(shop, unit):
    return shop.run("journalctl", "--no-pager", "--output=cat", "--identifier=coinpay-alarm").stdout.count(f"{unit} failed")


def fails_and_alarms(shop, duty):
    unit = f"coinpay-backup@{duty}.service"
    shop.run("rm", "-f", f"/var/lib/coinpay/alarms/{unit}")
    before = alarms(shop, unit)
    assert start(shop, duty) != 0
    wait_for(lambda: alarms(shop, unit) == before + 1)
    shop.run("systemctl", "reset-failed", unit)
    return shop.journal(unit)


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
    search = "find /etc /var /run /tmp /usr/lib/coinpay -xdev -type f -newer /etc/machine-id -print0 | xargs -0 grep -lFf <(cat) || true"
    return shop.run("bash", "-c", search, stdin=secret).stdout.split()


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


def test_a_drill_of_broken_books_alarms(vault, shop):
    wallet = shop.sql("SELECT id FROM wallets WHERE balance > 0 LIMIT 1")[0][0]
    shop.sql(f"UPDATE wallets SET balance = balance + 1 WHERE id = {wallet}")
    vault.back_up()
    shop.sql(f"UPDATE wallets SET balance = balance - 1 WHERE id = {wallet}")
    assert "BROKEN wallet_balance" in fails_and_alarms(shop, "drill")
    assert fact(shop, "drill", "result") == "exit-code"
    vault.back_up()
    assert start(shop, "drill") == 0


def test_a_drill_of_a_damaged_file_alarms(vault, shop):
    name = vault.back_up()
    shop.shell(f"printf x | dd of={SETS}/{name}/full.mbs.zst.age bs=1 seek=5000 conv=notrunc 2>/dev/null")
    assert "its checksum is wrong" in fails_and_alarms(shop, "drill")
    shop.run("rm", "-r", f"{SETS}/{name}")


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


def test_several_operators_have_keys(vault, shop):
    second = new_key()
    vault.set_setting("COINPAY_BACKUP_RECIPIENT", ",".join(
        line.split(": ")[1] for key in (vault.key, second) for line in key.splitlines() if "public key" in line))
    name = vault.back_up()
    for key in (vault.key, second):
        vault.verify(name, key)


def test_a_backup_that_dies_halfway_is_not_taken_for_one(vault, shop):
    before, unit = vault.sets(), "coinpay-backup@full.service"
    # It stays in the middle until it is killed.
    shop.write("/usr/local/bin/zstd", "#!/bin/sh\nhead -c 100000\nsleep 600\n")
    shop.run("chmod", "+x", "/usr/local/bin/zstd")
    try:
        shop.run("systemctl", "start", "--no-block", unit)
        wait_for(lambda: shop.shell(f"find {SETS} -name 'full*.partial' -size +0"))
        shop.run("systemctl", "kill", "--signal=KILL", unit)
        wait_for(lambda: shop.show(unit, "ActiveState") == "failed")
    finally:
        shop.run("rm", "/usr/local/bin/zstd")
    assert fact(shop, "backup-full", "result") == "signal"
    assert vault.sets() == before
    vault.verify(before[-1])
    # An increment that dies leaves its set as it was, and the next goes on in it.
    assert vault.back_up("incremental") == before[-1]
    shop.write(f"{SETS}/{before[-1]}/incremental-0002.mbs.zst.age.partial", "half")
    assert vault.back_up("incremental") == before[-1]
    vault.verify(before[-1])
    assert not shop.shell(f"find {SETS} -name '*.partial'")


def test_two_backups_wait_for_each_other(vault, shop):
    before = len(vault.sets())
    running = [shop.start("coinpay", "backup", "full") for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert len(vault.sets()) == before + 2
    for name in vault.sets()[-2:]:
        vault.verify(name)


def test_no_backup_fills_the_disk(vault, shop):
    shop.run("mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", SETS)
    try:
        refused = shop.run("coinpay", "backup", "full", check=False)
        assert refused.returncode == 1 and "free and" in refused.stderr and "are needed" in refused.stderr
        assert not shop.shell(f"ls {SETS}")
    finally:
        shop.run("umount", SETS)


def test_old_sets_go_and_the_newest_stays(vault, shop):
    newest = vault.back_up()
    shop.shell(f"""
        cd {SETS}
        for day in 13 15; do cp -a {newest} $(date -u -d "-$day days" +%Y%m%dT%H%M%SZ); done
        touch configuration-$(date -u -d '-15 days' +%Y%m%dT%H%M%SZ)-0.1.0.tar.gz configuration-$(date -u +%Y%m%dT%H%M%SZ)-0.1.0.tar.gz""")
    young, = [name for name in vault.sets() if name < newest[:8]][1:]
    vault.back_up()
    assert vault.sets()[0] == young
    assert len(shop.shell(f"ls {SETS}/configuration-*").split()) == 1
    # However old, the last one is never removed.
    vault.set_setting("COINPAY_BACKUP_KEEP_DAYS", "1")
    shop.shell(f"cd {SETS}; rm -r [0-9]*Z; mkdir hidden; cd hidden")
    name = vault.back_up()
    shop.shell(f"cd {SETS}; rmdir hidden; mv {name} 20200101T000000Z")
    assert vault.back_up("incremental") == "20200101T000000Z"
    name = vault.back_up()
    assert vault.sets() == [name]


def test_each_backup_is_copied_where_the_operator_wants_it(vault, shop):
    shop.write("/usr/local/bin/copy-backup", "#!/bin/sh\nmkdir -p /var/lib/coinpay/elsewhere\ncp -a \"$2\" \"/var/lib/coinpay/$1\"\n")
    shop.run("chmod", "+x", "/usr/local/bin/copy-backup")
    vault.set_setting("COINPAY_BACKUP_COPY_COMMAND", "/usr/local/bin/copy-backup elsewhere")
    name = vault.back_up()
    vault.verify(f"/var/lib/coinpay/elsewhere/{name}")
    vault.back_up("incremental")
    shop.run("diff", "-r", f"{SETS}/{name}", f"/var/lib/coinpay/elsewhere/{name}")
    vault.set_setting("COINPAY_BACKUP_COPY_COMMAND", "false")
    assert "COINPAY_BACKUP_COPY_COMMAND failed" in fails_and_alarms(shop, "full")
    assert vault.sets()[-1] > name
    vault.verify()
