"""`coinpay doctor` finds what was planted, names it and says what to do."""

import base64
import contextlib
import os
import re
import secrets
import shlex
import subprocess
import time
from pathlib import Path

import pytest

from support.alipay_site import made, visited
from support.doctor import WARNINGS, Diagnosis, diagnose
from support.stack import ROOT, Stack, free_port, wait_for

MODE = "key"
EXPECTED = {"settings.environment", "alarms.target"}
DAY = 86_400


@pytest.fixture(scope="module")
def server_certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("database-tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def shop(alipay, server_certificate):
    port = free_port()
    options = ("--innodb-log-file-size=32M --log-bin --server-id=1 --sync-binlog=1 --binlog-format=ROW --skip-networking=0 "
               f"--bind-address=127.0.0.1 --port={port} --ssl-cert={server_certificate}/cert.pem --ssl-key={server_certificate}/key.pem")
    stack = Stack("doctor", COINPAY_DEV_MARIADB_OPTIONS=options)
    stack.environment |= alipay.settings(MODE, site=stack.base)
    stack.database_port = port
    with stack:
        yield stack
        stack.assert_ledger_holds()


@contextlib.contextmanager
def planted(site, fault, remedy):
    site.sql(fault)
    try:
        yield
    finally:
        site.sql(remedy)


def test_a_sound_site_has_no_failures(shop):
    found = diagnose(shop)
    assert found.code == WARNINGS and found.named("warning") == EXPECTED, found.text
    for name in ("database.grants", "schema.version", "keys.encryption", "providers.alipay_gateway", "notify.alipay_arrival",
                 "database.binary_log_sync", "clock.database"):
        assert found[name]["level"] == "ok", found[name]


def test_people_read_the_same_and_what_to_do(shop):
    result = shop.coinpay("doctor", "--problems", "--offline", check=False)
    lines = result.stdout.splitlines()
    assert result.returncode == WARNINGS
    assert lines[0].startswith("WARNING  settings environment: COINPAY_ENV is development")
    assert lines[1].startswith("         do: set COINPAY_ENV=production")
    assert re.fullmatch(r"\d+ well, 2 warnings, 0 failures, \d+ not looked at", lines[-1])
    assert "ok     " not in result.stdout


def test_what_doctor_prints_holds_no_secret(shop):
    shown = shop.coinpay("doctor", check=False).stdout + diagnose(shop).text
    for file in (shop.folder / "secrets").iterdir():
        assert file.read_text().strip() not in shown
    assert shop.environment["ALIPAY_PRIVATE_KEY"][:40] not in shown


GLOBALS = [
    ("innodb_flush_log_at_trx_commit", 2, "database.redo_log_flush", "failure"),
    ("sync_binlog", 0, "database.binary_log_sync", "warning"),
    ("binlog_format", "STATEMENT", "database.binary_log_format", "failure"),
    ("wait_timeout", 60, "database.idle_wait", "warning"),
    ("lock_wait_timeout", 3, "database.table_lock_wait", "warning"),
    ("max_connections", 60, "database.connections", "warning"),
    ("max_connections", 30, "database.connections", "failure"),
]


@pytest.mark.parametrize("variable, value, name, level", GLOBALS)
def test_a_server_that_is_set_up_wrongly_is_found(shop, variable, value, name, level):
    usual = shop.value(f"SELECT @@global.{variable}")
    with planted(shop, f"SET GLOBAL {variable} = '{value}'" if isinstance(value, str) else f"SET GLOBAL {variable} = {value}",
                 f"SET GLOBAL {variable} = '{usual}'" if isinstance(value, str) else f"SET GLOBAL {variable} = {usual}"):
        found = diagnose(shop, "--offline")
    found.assert_found(name, level, variable)


def test_the_servers_own_isolation_does_not_matter(shop):
    """Each session asks for what it needs."""
    with planted(shop, "SET GLOBAL tx_isolation = 'REPEATABLE-READ'", "SET GLOBAL tx_isolation = 'READ-COMMITTED'"):
        diagnose(shop, "--offline").assert_found("database.isolation", "ok", "READ-COMMITTED")


@pytest.mark.parametrize("fault, remedy, words", [
    ("GRANT DELETE ON ledger_entries TO coinpay_worker@localhost",
     "REVOKE DELETE ON ledger_entries FROM coinpay_worker@localhost", ("may do more", "DELETE ON ledger_entries")),
    ("GRANT CREATE ON coinpay.* TO coinpay_worker@localhost",
     "REVOKE CREATE ON coinpay.* FROM coinpay_worker@localhost", ("may do more", "CREATE ON coinpay.*")),
    ("REVOKE INSERT ON ledger_entries FROM coinpay_worker@localhost",
     "GRANT INSERT ON ledger_entries TO coinpay_worker@localhost", ("lacks", "INSERT ON ledger_entries")),
])
def test_rights_too_many_and_too_few_are_named(shop, fault, remedy, words):
    with planted(shop, fault, remedy):
        found = diagnose(shop, "--offline")
    found.assert_found("database.grants", "failure", *words)
    assert "PASSWORD" not in found.text


@pytest.mark.parametrize("fault, remedy, level, words", [
    ("UPDATE schema_migrations SET checksum = REVERSE(checksum) WHERE number = 3",
     "UPDATE schema_migrations SET checksum = REVERSE(checksum) WHERE number = 3", "failure", "with another text"),
    ("INSERT INTO schema_migrations VALUES (900, 'later', '', NOW(6), 0)",
     "DELETE FROM schema_migrations WHERE number = 900", "warning", "newer"),
    ("INSERT INTO schema_migrations VALUES (900, 'later', '', NOW(6), 900)",
     "DELETE FROM schema_migrations WHERE number = 900", "failure", "newer"),
    ("CREATE TABLE kept AS SELECT * FROM schema_migrations; DELETE FROM schema_migrations WHERE number > 10",
     "INSERT INTO schema_migrations SELECT * FROM kept WHERE number > 10; DROP TABLE kept", "failure", "missing, from number 11"),
])
def test_another_schema_than_this_versions_is_found(shop, fault, remedy, level, words):
    with planted(shop, fault, remedy):
        diagnose(shop, "--offline").assert_found("schema.version", level, words)


def test_prices_that_no_provider_charges_are_named(shop):
    with planted(shop, "UPDATE coin_package_prices SET amount = 20 WHERE package_id = 1 AND currency = 'USD'",
                 "UPDATE coin_package_prices SET amount = 149 WHERE package_id = 1 AND currency = 'USD'"):
        diagnose(shop, "--offline").assert_found("work.prices", "warning", "package 1", "0.50")
    diagnose(shop, "--offline").assert_found("work.prices", "ok", "can be charged")


def test_a_key_that_stored_values_need_is_missed(shop):
    shop.new_user().order(method="ALIPAY")
    other = "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()
    found = diagnose(shop, "--offline", COINPAY_ENCRYPTION_KEYS=other)
    found.assert_found("keys.encryption", "failure", "k1", "another one")
    assert other[3:] not in found.text


def test_settings_that_are_wrong_are_named_and_the_rest_is_looked_at(shop):
    found = diagnose(shop, "--offline", COINPAY_SESSION_KEY="too-short", COINPAY_WEB_THREADS=0)
    found.assert_found("settings.coinpay_session_key", "failure", "base64 of 32 bytes")
    found.assert_found("settings.coinpay_web_threads", "failure", "whole number")
    assert "alarms.target" in found.named("warning") and "too-short" not in found.text


@pytest.mark.parametrize("is_secure, level, words", [(True, "ok", "TLS"), (False, "failure", "plain text")])
def test_a_database_elsewhere_has_to_be_reached_by_tls(shop, server_certificate, is_secure, level, words):
    exports = shlex.split(shop.dev("env").stdout)
    settings = dict(word.split("=", 1) for word in exports if word != "export")
    del settings["COINPAY_DB_SOCKET"]
    settings |= {"COINPAY_DB_HOST": "localhost", "COINPAY_DB_PORT": str(shop.database_port)}
    if is_secure:
        settings["COINPAY_DB_TLS_CA"] = str(server_certificate / "cert.pem")
    program = os.environ.get("COINPAY_DEV_BINARY") or ROOT / ".build" / "debug" / "coinpay"
    result = subprocess.run([program, "doctor", "--json", "--offline"], env=settings, text=True, capture_output=True, check=False)
    Diagnosis(result).assert_found("database.tls", level, words)


def test_a_database_that_is_away_is_a_finding(shop):
    found = diagnose(shop, "--offline", COINPAY_DB_SOCKET="/no/such/socket")
    found.assert_found("database.connection", "failure", "mariadb")


def test_a_clock_that_is_wrong_is_found(shop):
    libraries = list(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    assert libraries, "apt install libfaketime"
    found = diagnose(shop, LD_PRELOAD=libraries[0], FAKETIME="+900s", DONT_FAKE_MONOTONIC=1)
    found.assert_found("clock.database", "failure", "900 s", "timedatectl")
    assert found["providers.alipay_clock"]["level"] == "failure"


@pytest.mark.parametrize("change, words", [
    ({"ALIPAY_NOTIFY_URL": "https://shop.example/notify"}, "has to be /api/payment/webhook/alipay"),
    ({"ALIPAY_NOTIFY_URL": "https://old.example/api/payment/webhook/alipay"}, "another host"),
    ({"ALIPAY_NOTIFY_URL": "https://shop.example:8443/api/payment/webhook/alipay"}, "another host"),
])
def test_a_notify_address_that_is_not_ours_is_named(shop, change, words):
    production = {"COINPAY_ENV": "production", "COINPAY_BASE_URL": "https://shop.example", **change}
    diagnose(shop, "--offline", **production).assert_found("notify.alipay_address", "failure", words, "ALIPAY_NOTIFY_URL")


@pytest.mark.parametrize("path", ["/api/payment/webhook/alipay", "/api/payment/alipay/notify"])
def test_both_addresses_of_a_provider_are_good(shop, path):
    found = diagnose(shop, "--offline", COINPAY_ENV="production", COINPAY_BASE_URL="https://shop.example",
                     ALIPAY_NOTIFY_URL="https://shop.example" + path)
    assert found["notify.alipay_address"]["level"] == "ok"


@pytest.mark.parametrize("target, level", [("", "warning"), ("https://ops.example/alarm", "ok"), ("https://a.example,ops@shop.example", "mail")])
def test_alarms_need_somebody_to_tell_and_mail_a_way(shop, target, level):
    found = diagnose(shop, "--offline", COINPAY_ALARM_TO=target)
    if level == "mail" and not Path("/usr/sbin/sendmail").exists():
        found.assert_found("alarms.sendmail", "failure", "/usr/sbin/sendmail is not there")
    else:
        assert found["alarms.target"]["level"] == level.replace("mail", "ok")


# What only root may see

@pytest.fixture
def healthy():
    """Facts as `coinpay machine-facts` tells them of a machine that is well."""
    end = int(time.time()) + 60 * DAY
    return {
        "colour": "blue", "clock_synchronized": "yes", "socket_web": "660 root www-data", "socket_web_answers": "yes",
        "socket_webhook": "660 root www-data", "socket_webhook_answers": "yes", "nginx_configuration": "ok",
        "nginx_site": "enabled", "site_answer": "ready", "certificate_ends": end, "certificate_shown": "sha256 AB",
        "certificate_file": "sha256 AB", "certificate_host": "ok", "certificate_chain": "ok",
        "disk_data": f"/var/lib/mysql {40 * 2**30} 60 90", "disk_logs": f"/var/log {40 * 2**30} 60 -",
        "timer_verify": "enabled active success", "timer_doctor": "enabled active success",
        "timer_backup-full": "enabled active success"}


@pytest.fixture
def noted(tmp_path):
    """Has a duty note something; without names, what doctor is told of it."""
    folder = tmp_path / "status"

    def note(duty=None, **facts):
        if duty is None:
            return folder
        (folder / duty).mkdir(parents=True, exist_ok=True)
        for name, value in facts.items():
            (folder / duty / name).write_text(f"{value}\n")
        return folder

    now = int(time.time())
    for duty in ("verify", "backup-full", "backup-incremental", "drill"):
        note(duty, ended=now - 60, result="success", succeeded=now - 60)
    return note


@pytest.fixture
def examined(shop, noted, tmp_path):
    def examine(facts, recipient="age1example"):
        file = tmp_path / "facts"
        file.write_text("".join(f"{name} {value}\n" for name, value in facts.items()))
        return diagnose(shop, "--offline", "--machine-facts", str(file), COINPAY_STATUS_DIR=noted(),
                        COINPAY_BACKUP_RECIPIENT=recipient)

    return examine


def test_a_machine_that_is_well_is_found_well(examined, healthy):
    found = examined(healthy)
    assert found.named("failure") == set() and found.named("warning") == EXPECTED, found.text
    assert found.named("skipped") == {"providers.providers", "notify.alipay_arrival"}


FACTS = [
    ("clock_synchronized", "no", "clock.synchronized", "warning", "timedatectl"),
    ("socket_web", "666 root www-data", "sockets.web_access", "failure", "666"),
    ("socket_webhook", "missing", "sockets.webhook", "failure", "coinpay-webhook@blue.socket"),
    ("socket_webhook_answers", "no", "sockets.webhook", "failure", "does not answer"),
    ("nginx_configuration", "nginx: [emerg] unexpected }", "nginx.configuration", "failure", "[emerg]"),
    ("nginx_site", "missing", "nginx.site", "failure", "sites-enabled"),
    ("site_answer", "curl: (7) Failed to connect", "nginx.answer", "failure", "curl: (7)"),
    ("certificate_ends", int(time.time()) + 10 * DAY, "certificate.expiry", "warning", "9 days"),
    ("certificate_ends", int(time.time()) + 5 * DAY, "certificate.expiry", "failure", "4 days"),
    ("certificate_ends", int(time.time()) - 60, "certificate.expiry", "failure", "ended on"),
    ("certificate_shown", "sha256 CD", "certificate.loaded", "failure", "reload nginx"),
    ("certificate_host", "it is not for shop.example", "certificate.host_name", "failure", "shop.example"),
    ("certificate_chain", "(unable to get local issuer certificate)", "certificate.chain", "failure", "fullchain.pem"),
    ("disk_data", f"/var/lib/mysql {2**30} 60 90", "disk.data", "warning", "1024 MiB"),
    ("disk_data", f"/var/lib/mysql {2**28} 60 90", "disk.data", "failure", "/var/lib/mysql"),
    ("disk_logs", f"/var/log {40 * 2**30} 60 2", "disk.logs", "failure", "inodes 2 %"),
    ("timer_verify", "disabled active success", "timers.verify", "failure", "systemctl enable --now coinpay-verify.timer"),
    ("timer_verify", "enabled inactive success", "timers.verify", "failure", "inactive"),
]


@pytest.mark.parametrize("fact, value, name, level, words", FACTS, ids=[f"{f[0]}-{f[3]}-{i}" for i, f in enumerate(FACTS)])
def test_what_is_wrong_with_the_machine_is_named(examined, healthy, fact, value, name, level, words):
    examined({**healthy, fact: value}).assert_found(name, level, words)


def test_a_site_that_shows_no_certificate_is_found(examined, healthy):
    del healthy["certificate_ends"]
    examined(healthy).assert_found("certificate.site", "failure", "nginx shows none")


DUTIES = [
    ("verify", "exit-code", 1, "timers.verify", "failure", "coinpay-task@verify"),
    ("verify", "success", 3 * DAY, "timers.verify", "warning", "72 h ago"),
    ("backup-full", "exit-code", 1, "backups.backup-full", "failure", "coinpay-backup@full"),
    ("backup-full", "success", 37 * 3600, "backups.backup-full", "failure", "37 h old"),
    ("backup-incremental", "success", 4 * 3600, "backups.backup-incremental", "failure", "4 h old"),
    ("drill", "exit-code", 1, "backups.drill", "failure", "drill failed"),
    ("drill", "success", 11 * DAY, "backups.drill", "failure", "264 h old"),
]


@pytest.mark.parametrize("duty, result, age, name, level, words", DUTIES)
def test_duties_that_fail_or_do_not_run_are_named(examined, healthy, noted, duty, result, age, name, level, words):
    then = int(time.time()) - age
    noted(duty, ended=then, result=result, succeeded=then)
    examined(healthy).assert_found(name, level, words)


def test_doctors_own_last_failure_is_no_news(examined, healthy, noted):
    noted("doctor", ended=int(time.time()), result="exit-code")
    assert examined(healthy)["timers.doctor"]["level"] == "ok"


def test_a_site_without_backups_is_warned(examined, healthy):
    found = examined({**healthy, "timer_backup-full": "disabled inactive success"}, recipient="")
    found.assert_found("backups.recipient", "warning", "there are no backups")
    assert found["timers.backup-full"]["level"] == "skipped"


def test_backups_that_were_never_made_are_a_warning(examined, healthy, noted):
    for file in (noted() / "drill").iterdir():
        file.unlink()
    examined(healthy).assert_found("backups.drill", "warning", "not made yet")


# Notifications that do not come

def sold(shop, alipay, count, told=False):
    """Orders that are paid and credited, by asking or because Alipay tells."""
    for _ in range(count):
        user = shop.new_user()
        order = visited(made(shop, user.order(method="ALIPAY")))
        alipay.pay(MODE, order["number"])
        if told:
            alipay.notify(MODE, order["number"])
        # By asking it takes half a minute when the first question comes just before the money.
        wait_for(lambda: user.status(order["order_no"])["status"] == "PAID", seconds=120)


def told_so_far(shop):
    return int(shop.value("SELECT COUNT(*) FROM payment_events WHERE source = 'NOTIFICATION' AND kind = 'SUCCEEDED'"))


def make_older(shop, minutes):
    shop.sql(f"UPDATE payment_events SET received_at = received_at - INTERVAL {minutes} MINUTE")


def unnotified(shop):
    lines = shop.client().get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith('coinpay_unnotified_payments{provider="ALIPAY"}'))


def test_notifications_that_are_lost_are_noticed_and_the_next_one_ends_it(shop, alipay):
    sold(shop, alipay, 1)
    # They may still come.
    assert diagnose(shop, "--offline")["notifications.arrival"]["level"] == "ok" and unnotified(shop) == 0
    make_older(shop, 11)
    diagnose(shop, "--offline").assert_found("notifications.alipay", "warning", "1 payments of ALIPAY")
    sold(shop, alipay, 2)
    make_older(shop, 11)
    diagnose(shop, "--offline").assert_found("notifications.alipay", "failure", "3 payments of ALIPAY", "notification refused")
    assert unnotified(shop) == 3
    before = told_so_far(shop)
    sold(shop, alipay, 1, told=True)
    wait_for(lambda: told_so_far(shop) == before + 1)
    assert diagnose(shop, "--offline")["notifications.arrival"]["level"] == "ok" and unnotified(shop) == 0
