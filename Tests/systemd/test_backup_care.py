"""What becomes of backups that fail, die, get old, or find no room; and who is told."""

import pytest
from test_backup import fact, start

from support.stack import wait_for
from support.vault import SETS, new_key


def alarms(shop, unit):
    return shop.run("journalctl", "--no-pager", "--output=cat", "--identifier=coinpay-alarm").stdout.count(f"{unit} failed")


def fails_and_alarms(shop, duty):
    unit = f"coinpay-backup@{duty}.service"
    shop.run("rm", "-f", f"/var/lib/coinpay/alarms/known/{unit}")
    before = alarms(shop, unit)
    assert start(shop, duty) != 0
    wait_for(lambda: alarms(shop, unit) == before + 1)
    shop.run("systemctl", "reset-failed", unit)
    return shop.journal(unit)


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
        shop.run("kill", "-9", shop.show(unit, "MainPID"))
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
