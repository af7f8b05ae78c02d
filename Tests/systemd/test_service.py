"""The service under a real systemd: buying, dying, hanging, alarms and timers."""

import re
import threading
import time

import pytest

from support.operator_post import OperatorPost
from support.stack import wait_for


@pytest.fixture(scope="module")
def operator(shop):
    """Where alarms arrive."""
    with OperatorPost(shop) as operator:
        shop.setup("--alarm", f"{operator.address},{operator.MAIL}")
        yield operator


def test_coins_are_bought_over_tls(shop, buyer):
    before = buyer.balance()
    order = buyer.buy()
    assert buyer.status(order["order_no"])["status"] == "PAID"
    assert buyer.balance() == before + 100
    assert "the ledger holds" in shop.run("coinpay", "ledger", "verify").stdout


def test_who_may_connect_to_the_sockets(shop):
    for name in ("web", "webhook"):
        assert shop.shell(f"stat -c '%a %U %G' /run/coinpay/blue/{name}.sock").strip() == "660 root www-data"


def test_a_killed_worker_is_replaced_and_requests_wait_in_the_socket(shop, buyer):
    order = buyer.order(method="STRIPE")
    pid = shop.worker_pid()
    shop.run("kill", "-9", str(pid))
    # What a dying process has accepted is lost, nothing else.
    wait_for(lambda: shop.run("kill", "-0", str(pid), check=False).returncode != 0)
    # Not one of these is told that nobody is there.
    for _ in range(5):
        assert buyer.get("/api/coin/info").status_code == 200
    buyer.pay(order)
    assert buyer.status(order["order_no"])["status"] == "PAID"
    assert shop.worker_pid() not in (0, pid)
    assert shop.show("coinpay@blue.service", "NRestarts") == "1"


def test_a_restart_loses_no_request(shop, buyer):
    failures, stop = [], threading.Event()

    def ask():
        while not stop.is_set():
            answer = shop.client().get("/readyz")
            if answer.status_code != 200:
                failures.append(answer.text)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        shop.run("systemctl", "restart", "coinpay@blue.service")
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures and "did not end in time" not in shop.journal("coinpay@blue.service")


def test_a_worker_that_hangs_is_replaced(shop, buyer):
    shop.shell("mkdir -p /run/systemd/system/coinpay@blue.service.d")
    shop.write("/run/systemd/system/coinpay@blue.service.d/test.conf", "[Service]\nWatchdogSec=2\nTimeoutAbortSec=1\n")
    shop.run("systemctl", "daemon-reload")
    shop.run("systemctl", "restart", "coinpay@blue.service")
    pid = shop.worker_pid()
    # It lives as long as it gives signs of life.
    time.sleep(3)
    assert shop.worker_pid() == pid
    shop.run("kill", "-STOP", str(pid))
    wait_for(lambda: shop.worker_pid() not in (0, pid))
    assert "Watchdog timeout" in shop.journal("coinpay@blue.service")
    assert buyer.get("/api/coin/info").status_code == 200
    shop.run("rm", "-r", "/run/systemd/system/coinpay@blue.service.d")
    shop.run("systemctl", "daemon-reload")
    shop.run("systemctl", "restart", "coinpay@blue.service")


def restarts(shop, unit):
    return int(shop.show(unit, "NRestarts"))


@pytest.mark.parametrize("pool", ["coinpay", "coinpay-webhook"])
def test_no_number_of_crashes_ends_the_shop_or_the_other_process(shop, buyer, pool):
    unit, other = f"{pool}@blue.service", {"coinpay": "coinpay-webhook", "coinpay-webhook": "coinpay"}[pool] + "@blue.service"
    kept = shop.show(other, "MainPID")
    for _ in range(12):
        # Without the pauses, which have a test of their own.
        shop.shell(f"rm -f /run/{pool}-blue/failures")
        pid = wait_for(lambda: int(shop.show(unit, "MainPID")) or None)
        before = restarts(shop, unit)
        shop.run("kill", "-9", str(pid))
        wait_for(lambda: restarts(shop, unit) > before and shop.show(unit, "ActiveState") == "active")
    assert kept == shop.show(other, "MainPID") != "0"
    for socket in ("coinpay@blue.socket", "coinpay-webhook@blue.socket"):
        assert shop.show(socket, "ActiveState") == "active"
    buyer.buy()
    told = shop.run("journalctl", "-q", "-o", "cat", "-u", unit, "-p", "crit", "--no-pager").stdout
    assert told.count("the service failed and is started again result=signal") >= 12


def test_a_request_that_ends_the_process_is_told(shop):
    """Under way when the process was killed, it is named; the board is that of the process for pages."""
    assert shop.shell("stat -c '%a %U' /run/coinpay-blue/requests /run/coinpay-webhook-blue/requests").split() == ["600", "coinpay"] * 2


def test_restarts_after_failures_are_spread(shop):
    paused = shop.shell("""
        file=$(mktemp)
        export SERVICE_RESULT=success; for _ in 1 2 3; do /usr/lib/coinpay/backoff note $file; done
        export SERVICE_RESULT=signal
        for _ in 1 2 3; do /usr/lib/coinpay/backoff note $file; /usr/lib/coinpay/backoff wait $file; done
        printf '%s\\n' $(($(date +%s) - 301)) $(($(date +%s) - 302)) $(($(date +%s) - 303)) >$file
        /usr/lib/coinpay/backoff wait $file""")
    assert re.findall("waiting (.*) s", paused) == ["1", "2"], paused
    assert paused.count("<2>the service failed and is started again result=signal") == 3


def test_limits_are_in_force(shop):
    limits = shop.show("coinpay@blue.service", "MemoryMax", "TasksMax", "LimitCORE", "NoNewPrivileges")
    assert limits == {"MemoryMax": str(512 << 20), "TasksMax": "512", "LimitCORE": "0", "NoNewPrivileges": "yes"}
    pid = shop.worker_pid()
    assert shop.shell(f"cat /sys/fs/cgroup/memory$(sed -n 's/.*:memory://p' /proc/{pid}/cgroup)/memory.limit_in_bytes").strip() == str(512 << 20)
    status = shop.read(f"/proc/{pid}/status")
    assert "CapEff:\t0000000000000000" in status and "Seccomp:\t2" in status
    # Nothing of the machine can be written, and secrets of other sites cannot be read.
    inside = ["nsenter", "--target", str(pid), "--mount", "setpriv", "--reuid=coinpay", "--regid=coinpay", "--clear-groups"]
    assert shop.run(*inside, "touch", "/var/lib/coinpay/x", check=False).returncode != 0
    assert shop.run(*inside, "cat", "/etc/coinpay/credentials/owner/db_password", check=False).returncode != 0


def test_a_failure_is_told_once(shop, buyer, operator):
    shop.run("systemctl", "start", "coinpay-task@verify.service")
    wallet = shop.sql("SELECT id FROM wallets WHERE balance > 0 LIMIT 1")[0][0]
    shop.sql(f"UPDATE wallets SET balance = balance + 1 WHERE id = {wallet}")
    try:
        for told in ("coinpay-task@verify.service failed\n", "held back"):
            assert shop.run("systemctl", "start", "coinpay-task@verify.service", check=False).returncode != 0
            wait_for(lambda: told in shop.journal() and operator.posts)
        alarm, = [post for post in operator.posts if "verify" in post["alarm"]]
        assert alarm["subject"] == "coinpay-task@verify.service failed" and alarm["host"] == "coinpay-test"
        assert "wallet_balance" in alarm["text"]
        mail = operator.mail
        assert mail.count("Subject: [CoinPay coinpay-test] coinpay-task@verify.service failed") == 1
        assert "To: ops@shop.test" in mail and "arguments: -t -i" in mail
    finally:
        shop.sql(f"UPDATE wallets SET balance = balance - 1 WHERE id = {wallet}")
    # When the time is up, what was held back is told.
    shop.shell("""
        cd /var/lib/coinpay/alarms/known
        read -r last held <coinpay-task@verify.service
        sed -i "1s/.*/$((last - 3601)) $held/" coinpay-task@verify.service""")
    shop.run("systemctl", "start", "coinpay-alarms.service")
    wait_for(lambda: "(1 more since the last message)" in operator.posts[-1]["subject"])


def test_a_worker_that_cannot_start_alarms(shop, operator):
    operator.clear()
    shop.run("rm", "-f", "/var/lib/coinpay/alarms/known/coinpay@blue.service")
    shop.run("cp", "/etc/coinpay/coinpay.env", "/tmp/coinpay.env")
    shop.shell("echo COINPAY_TIME_ZONE=Mars/Olympus >>/etc/coinpay/coinpay.env")
    try:
        shop.run("systemctl", "restart", "coinpay@blue.service", check=False)
        wait_for(lambda: operator.posts)
        assert operator.posts[0]["subject"] == "coinpay@blue.service failed"
        text = operator.posts[0]["text"]
        assert "COINPAY_TIME_ZONE is not a time zone" in text and "ExecMainStatus=78" in text
        # What is wrong with settings is found by its priority, too.
        assert "COINPAY_TIME_ZONE" in shop.run("journalctl", "-p", "err", "-u", "coinpay@blue").stdout
    finally:
        shop.run("cp", "/tmp/coinpay.env", "/etc/coinpay/coinpay.env")
        shop.run("systemctl", "reset-failed", "coinpay@blue.service", "coinpay@blue.socket", "coinpay-webhook@blue.socket", check=False)
        shop.run("systemctl", "start", "coinpay@blue.socket", "coinpay-webhook@blue.socket", "coinpay@blue.service", "coinpay-webhook@blue.service")
    wait_for(shop.is_ready)


def test_timers_wait_and_fire(shop, operator):
    names = shop.shell("ls /lib/systemd/system/ | grep 'coinpay-.*timer'").split()
    assert names
    for name in names:
        timer = shop.show(name, "ActiveState", "Persistent", "RandomizedDelayUSec")
        assert timer["ActiveState"] == "active" and timer["Persistent"] == "yes" and timer["RandomizedDelayUSec"] != "0"
    shop.shell("mkdir -p /run/systemd/system/coinpay-verify.timer.d")
    shop.write("/run/systemd/system/coinpay-verify.timer.d/test.conf",
               "[Timer]\nOnCalendar=\nOnCalendar=*-*-* *:*:0/2\nRandomizedDelaySec=0\nAccuracySec=100ms\n")
    shop.run("systemctl", "daemon-reload")
    shop.run("systemctl", "restart", "coinpay-verify.timer")
    wait_for(lambda: shop.show("coinpay-verify.timer", "LastTriggerUSec"))
    wait_for(lambda: shop.show("coinpay-task@verify.service", "Result") == "success")
    shop.run("rm", "-r", "/run/systemd/system/coinpay-verify.timer.d")
    shop.run("systemctl", "daemon-reload")
    shop.run("systemctl", "restart", "coinpay-verify.timer")


def test_a_missed_night_is_caught_up(shop):
    """As after a machine was off: the stamp of the last run is old."""
    shop.run("systemctl", "stop", "coinpay-verify.timer")
    # One that the test before began may still run: it would be taken for the one to come.
    wait_for(lambda: shop.show("coinpay-task@verify.service", "ActiveState") in ("inactive", "failed"))
    before = shop.show("coinpay-task@verify.service", "InactiveExitTimestampMonotonic")
    shop.shell("""mkdir -p /run/systemd/system/coinpay-verify.timer.d
        printf '[Timer]\\nRandomizedDelaySec=0\\n' >/run/systemd/system/coinpay-verify.timer.d/test.conf
        systemctl daemon-reload; touch -d '3 days ago' /var/lib/systemd/timers/stamp-coinpay-verify.timer
        systemctl start coinpay-verify.timer""")
    wait_for(lambda: shop.show("coinpay-task@verify.service", "InactiveExitTimestampMonotonic") != before)
    shop.run("rm", "-r", "/run/systemd/system/coinpay-verify.timer.d")
    shop.run("systemctl", "daemon-reload")


def test_the_nightly_purge_has_an_account_of_its_own(shop):
    shop.run("systemctl", "start", "coinpay-task@purge.service")
    assert "removed 0 orders" in shop.journal("coinpay-task@purge.service")
    assert "removed 0 orders" in shop.run("coinpay", "purge").stdout


def test_how_a_duty_ended_is_noted(shop):
    def facts(duty):
        return dict(line.split(":", 1) for line in shop.shell(
            f"cd /var/lib/coinpay/status/{duty}; runuser -u coinpay -- grep -H . *").splitlines())

    shop.run("systemctl", "start", "coinpay-task@verify.service")
    done = facts("verify")
    assert done["result"] == "success" and done["ended"] == done["succeeded"]
    shop.shell("mariadb coinpay -e 'UPDATE wallets SET balance = balance + 1 LIMIT 1'; systemctl start coinpay-task@verify.service || true;"
               "mariadb coinpay -e 'UPDATE wallets SET balance = balance - 1 LIMIT 1'")
    failed = facts("verify")
    assert failed["result"] == "exit-code" and failed["succeeded"] == done["succeeded"]
    shop.run("systemctl", "reset-failed", "coinpay-task@verify.service")
    shop.run("systemctl", "start", "coinpay-task@certificates.service", check=False)
    assert 80 < (int(facts("certificates")["site_expires"]) - time.time()) / 86400 < 91


def expire(shop, order, minutes):
    """Lets an order be overdue, and runs the duty that ends such orders."""
    shop.sql(f"UPDATE coin_orders SET expires_at = NOW(6) - INTERVAL {minutes} MINUTE WHERE order_no = '{order['order_no']}'")
    ended = shop.run("systemctl", "start", "coinpay-task@expiry.service", check=False).returncode == 0
    return ended, shop.sql(f"SELECT status FROM coin_orders WHERE order_no = '{order['order_no']}'")[0][0]


def test_overdue_orders_are_ended_without_the_worker_as_well(shop, buyer, operator):
    late, later, stopped = (buyer.order(method="STRIPE") for _ in range(3))
    units = ["coinpay@blue.socket", "coinpay-webhook@blue.socket", "coinpay@blue.service", "coinpay-webhook@blue.service"]
    shop.run("systemctl", "stop", *units)
    try:
        assert expire(shop, late, 1) == (True, "EXPIRED")
        operator.clear()
        # For so long a worker would not have left it.
        assert expire(shop, later, 11) == (False, "EXPIRED")
        alarm, = wait_for(lambda: [post for post in operator.posts if post["subject"] == "coinpay-task@expiry.service failed"])
        assert "1 of them were overdue for more than 10 minutes" in alarm["text"]
        shop.run("coinpay", "stop-payments", "--reason", "test")
        assert expire(shop, stopped, 11) == (True, "PENDING")
        shop.run("coinpay", "resume", "--reason", "test")
    finally:
        shop.run("systemctl", "start", *units)
    # A worker that has just come back is given time to end it.
    assert expire(shop, stopped, 11) == (True, "EXPIRED")
    assert shop.shell("cat /var/lib/coinpay/status/expiry/result").strip() == "success"


def test_the_books_are_compared_daily(shop):
    shop.run("systemctl", "start", "coinpay-task@reconcile.service")
    assert shop.sql("SELECT COUNT(*) FROM reconciliation_runs") != [["0"]]


def test_an_old_certificate_is_noticed(shop, operator):
    operator.clear()
    result = shop.shell("set -a; . /etc/coinpay/coinpay.env; "
                        "/usr/lib/coinpay/coinpay duty run certificates --certificate-days 100 2>&1 || true")
    assert "ends within 100 days" in result, result
