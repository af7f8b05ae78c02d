"""Upgrade, canary, rollback and a new certificate while visitors and providers never rest."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time

import pytest

from support.machine import DOMAIN, Authority
from support.packages import repack
from support.stack import ROOT, wait_for

REQUESTS_MIN = 20_000
# Long enough for the requests that a comparison needs, short enough for a test.
SECONDS = "5"
FIRST = re.search('static let text = "(.*)"', (ROOT / "Sources" / "Service" / "CoinPay.swift").read_text()).group(1)

# Starts, is ready, and answers everything else by 500; asks the real program about all but requests.
BROKEN = """#!/bin/bash
if [ "$1" != serve ]; then exec /usr/lib/coinpay/real "$@"; fi
exec python3 /usr/lib/coinpay/broken.py {delay}
"""


class Load:
    """Visitors in the background."""

    def __init__(self, shop):
        self.folder = shop.shared / "load"
        self.folder.mkdir()
        cookies = [shop.client().register().session.cookies["__Host-coinpay_session"] for _ in range(60)]
        (self.folder / "cookies").write_text(json.dumps(cookies))
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "Tests" / "systemd" / "load.py", shop.base, shop.shared / "ca.pem", self.folder])
        wait_for(lambda: self.count() > 50)

    def count(self):
        try:
            return int((self.folder / "count").read_text() or 0)
        except (FileNotFoundError, ValueError):
            return 0

    def stop(self):
        (self.folder / "stop").touch()
        assert self.process.wait(60) == 0
        return json.loads((self.folder / "result").read_text())


@pytest.fixture(scope="module")
def load(shop):
    load = Load(shop)
    yield load
    load.process.kill()
    load.process.wait()


def deploy(shop, *words, check=True):
    result = shop.run("coinpay", "deploy", *words, check=False, seconds=300)
    print(result.stdout, result.stderr)
    assert not check or result.returncode == 0, result.stderr
    return result


def status(shop):
    return deploy(shop, "status").stdout


def restart(shop):
    """As a restart of the machine: all units end, what is in /run goes, and what is enabled starts."""
    shop.shell("""
        # Debian's packages enable them; the tests' machine begins without.
        systemctl --quiet enable mariadb nginx
        systemctl stop nginx 'coinpay*.socket' 'coinpay*.service' 'coinpay*.timer' mariadb
        rm -rf /run/coinpay /run/coinpay-blue /run/coinpay-green
        systemctl daemon-reload
        systemd-tmpfiles --create --boot
        systemctl start multi-user.target sockets.target timers.target""")
    wait_for(shop.is_ready)


def test_a_restart_of_the_machine_keeps_a_canary(shop, package, tmp_path):
    """Before visitors come: those of a machine that is off get nothing."""
    shop.install(repack(package, "9.0.0", tmp_path))
    deploy(shop, "canary", "25", "--seconds", "1")
    before = status(shop), shop.read("/etc/coinpay/nginx/coinpay-traffic.conf")
    assert "green: 9.0.0, 25 % of the traffic, active" in before[0]
    restart(shop)
    assert (status(shop), shop.read("/etc/coinpay/nginx/coinpay-traffic.conf")) == before
    mark = shop.shell("wc -l </var/log/nginx/coinpay.log").strip()
    assert {shop.client().get("/readyz").status_code for _ in range(60)} == {200}
    log = shop.shell(f"tail -n +{int(mark) + 1} /var/log/nginx/coinpay.log")
    assert {"blue", "green"} == set(re.findall(r"to=unix:/run/coinpay/(\w+)/", log))
    # It goes on where it was.
    deploy(shop, "rollback")
    assert "green: 9.0.0, 0 % of the traffic, inactive" in status(shop)
    restart(shop)
    assert "green: 9.0.0, 0 % of the traffic, inactive" in status(shop) and shop.is_ready()
    shop.install(package)


def test_the_first_version_answers(shop, load):
    assert f"blue: {FIRST}, 100 % of the traffic, active" in status(shop)
    assert deploy(shop, "upgrade", check=False).returncode == 1
    assert deploy(shop, "promote", check=False).returncode == 1


def test_an_upgrade_in_steps(shop, load, package, tmp_path):
    pid = shop.worker_pid("blue")
    assert "coinpay deploy upgrade" in shop.install(repack(package, "9.0.1", tmp_path))
    # The old version runs on, with a newer schema than it knows as well.
    assert shop.worker_pid("blue") == pid
    shop.sql("INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (9999, 'later', REPEAT('x', 32), NOW())")
    assert shop.is_ready()
    shop.sql("DELETE FROM schema_migrations WHERE number = 9999")
    # One timer is new in this version, another one the operator has switched off.
    shop.shell("systemctl disable --now coinpay-purge.timer coinpay-verify.timer; sed -i /purge/d /var/lib/coinpay/deploy/timers")
    told = deploy(shop, "upgrade", "--seconds", SECONDS).stderr
    assert shop.show("coinpay-purge.timer", "UnitFileState", "ActiveState") == {"UnitFileState": "enabled", "ActiveState": "active"}
    assert shop.show("coinpay-verify.timer", "UnitFileState", "ActiveState") == {"UnitFileState": "disabled", "ActiveState": "inactive"}
    for share in (10, 50, 100):
        assert f"green has {share} % of the traffic" in told
    assert "green: 9.0.1, 100 % of the traffic, active" in status(shop)
    assert f"blue: {FIRST}, 0 % of the traffic, inactive" in status(shop)
    kept = shop.shell(f"tar -tzf $(ls /var/lib/coinpay/backups/configuration-*-{FIRST}.tar.gz | tail -1)").splitlines()
    assert "etc/coinpay/coinpay.env" in kept
    # Secrets would lie beside the encrypted backups in clear.
    assert not [path for path in kept if path.startswith(("etc/coinpay/credentials", "etc/coinpay/tls"))]
    assert shop.show("coinpay@green.service", "UnitFileState") == "enabled"
    assert shop.show("coinpay@blue.service", "UnitFileState") == "disabled"


def test_back_to_the_version_before(shop, load):
    deploy(shop, "rollback")
    assert f"blue: {FIRST}, 100 % of the traffic, active" in status(shop)


def test_a_canary_has_its_share_until_it_is_promoted(shop, load):
    deploy(shop, "canary", "25", "--seconds", SECONDS)
    assert "green: 9.0.1, 25 % of the traffic, active" in status(shop)
    mark = load.count()
    wait_for(lambda: load.count() > mark + 800)
    log = shop.read("/var/log/nginx/coinpay.log").splitlines()[-600:]
    colours = re.findall(r"to=unix:/run/coinpay/(\w+)/", "\n".join(log))
    assert 0.10 < colours.count("green") / len(colours) < 0.45
    assert "promote it or roll it back first" in deploy(shop, "upgrade", check=False).stderr
    deploy(shop, "rollback")
    assert "green: 9.0.1, 0 % of the traffic, inactive" in status(shop)
    deploy(shop, "canary", "25", "--seconds", "2")
    deploy(shop, "promote")
    assert "green: 9.0.1, 100 % of the traffic, active" in status(shop)


def test_a_version_that_does_not_start_changes_nothing(shop, load, package, tmp_path):
    shop.install(repack(package, "9.0.2", tmp_path, BROKEN.format(delay=0).replace("exec python3", "exit 1; exec python3")))
    told = deploy(shop, "upgrade", check=False)
    assert told.returncode == 1 and "9.0.2 does not start; green answers as before" in told.stderr
    assert "green: 9.0.1, 100 % of the traffic, active" in status(shop)
    assert "blue: 9.0.2, 0 % of the traffic, inactive" in status(shop)


def served_number():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", 443)) as plain, context.wrap_socket(plain, server_hostname=DOMAIN) as tls:
        return hash(tls.getpeercert(binary_form=True))


def test_a_new_certificate(shop, load):
    before = served_number()
    authority = Authority.__new__(Authority)
    authority.folder = shop.shared
    # In place, as a renewal does it.
    authority.issue("site", DOMAIN)
    shop.run("systemctl", "reload", "nginx")
    wait_for(lambda: served_number() != before)


def test_nobody_noticed(shop, load):
    wait_for(lambda: load.count() > REQUESTS_MIN, seconds=300)
    result = load.stop()
    print(result["counts"])
    assert not result["failures"], (len(result["failures"]), result["failures"][:10])
    assert sum(result["counts"].values()) >= REQUESTS_MIN and result["counts"]["POST"] >= REQUESTS_MIN / 5
    # Every notification is in the books, once.
    assert "the ledger holds" in shop.run("coinpay", "ledger", "verify").stdout


@pytest.mark.parametrize("version,delay,reason", [("9.0.3", "fail", "requests failed"), ("9.0.4", "0.8", "took up to")])
def test_a_broken_version_rolls_back_by_itself(shop, load, package, tmp_path, version, delay, reason):
    (load.folder / "stop").unlink(missing_ok=True)
    shutil.rmtree(load.folder)
    again = Load(shop)
    try:
        shop.install(repack(package, version, tmp_path, BROKEN.format(delay=delay)))
        told = deploy(shop, "upgrade", "--shares", "20", "--seconds", "20", check=False)
        assert told.returncode == 1 and "rolled back" in told.stderr and reason in told.stderr, told.stderr
        assert "green: 9.0.1, 100 % of the traffic, active" in status(shop)
        mark = time.time()
        count = again.count()
        wait_for(lambda: again.count() > count + 300)
    finally:
        result = again.stop()
    # Afterwards all is well, and meanwhile only the share of the broken version was hit.
    assert not [line for line in result["failures"] if float(line.split()[0]) > mark]
    assert len(result["failures"]) < 0.5 * sum(result["counts"].values())
