"""Critical log lines reach the operator without Prometheus: by mail and by POST, each message once, none lost."""

import json
import re
import time

import pytest

from support import noted_secrets
from support.operator_post import OperatorPost
from support.stack import ROOT, wait_for
from support.stripe_fixtures import SETTINGS, deliver, event, intent

CONTRADICTION = ("event contradicts the stored payment; nothing was credited. "
                 "Compare the payment at the provider")


@pytest.fixture(scope="module")
def operator(shop):
    with OperatorPost(shop) as operator:
        shop.setup("--alarm", f"{operator.address},{operator.MAIL}")
        # The tests decide when to look.
        shop.run("systemctl", "stop", "coinpay-alarms.timer")
        look(shop)
        yield operator


@pytest.fixture(autouse=True)
def nothing_told(shop, operator):
    """Every test begins with an operator who knows nothing and whom everything reaches."""
    operator.bring_mail_back()
    operator.refuses = False
    look(shop)
    shop.shell("rm -rf /var/lib/coinpay/alarms/known/* /var/lib/coinpay/alarms/outbox/*")
    operator.clear()


def look(shop, check=True):
    return shop.run("systemctl", "start", "coinpay-alarms.service", check=check).returncode


def write(shop, line, priority="crit", identifier="coinpay", unit="coinpay-task-test"):
    """A line as a unit of the package writes it."""
    shop.run("systemd-run", "--quiet", "--wait", "--collect", f"--unit={unit}", f"--property=SyslogIdentifier={identifier}",
             f"--property=SyslogLevel={priority}", "printf", "%b\\n", line.replace("\\", "\\\\"))
    shop.run("journalctl", "--sync")


def contradict(shop):
    """A buyer's genuine notification names another amount."""
    order = shop.client().register().order(method="STRIPE")
    intent_id = order["client_secret"].split("_secret_")[0]
    assert deliver(shop.base, event(intent(intent_id, 999)), session=shop.client().session).status_code == 200
    shop.run("journalctl", "--sync")
    return order["order_no"]


def let_time_pass(shop, seconds=3601):
    """As if the last messages were sent so long ago."""
    shop.shell(f"""
        cd /var/lib/coinpay/alarms/known
        for file in *; do
          read -r last held <"$file"
          sed -i "1s/.*/$((last - {seconds})) $held/" "$file"
        done""")


def test_a_contradiction_is_told_once_by_post_and_by_mail(shop, operator):
    order_no = contradict(shop)
    look(shop)
    alarm, = operator.posts
    assert alarm["subject"] == alarm["alarm"] == CONTRADICTION and alarm["host"] == "coinpay-test"
    for field in (f"order_no={order_no}", "outcome=SUSPICIOUS", "mismatch=amount", "provider=STRIPE", "request_id="):
        assert field in alarm["text"]
    assert re.search(r" user=\d+$", alarm["text"]) and "duration_ms=" in alarm["text"]
    mail = operator.mail
    assert mail.count(f"Subject: [CoinPay coinpay-test] {CONTRADICTION}") == 1
    assert f"To: {operator.MAIL}" in mail and "arguments: -t -i" in mail and order_no in mail
    look(shop)
    assert len(operator.posts) == 1 and operator.mail == mail


def test_the_second_one_within_the_hour_is_held_back_counted_and_told_later(shop, operator):
    first = contradict(shop)
    look(shop)
    second, third = contradict(shop), contradict(shop)
    look(shop)
    assert [first in post["text"] for post in operator.posts] == [True]
    # When the time is over it is told, although nothing more comes.
    let_time_pass(shop)
    look(shop)
    alarm = operator.posts[1]
    assert alarm["subject"] == f"{CONTRADICTION} (2 more since the last message)"
    assert second in alarm["text"] and third in alarm["text"] and first not in alarm["text"]
    let_time_pass(shop)
    look(shop)
    assert len(operator.posts) == 2 and operator.mail.count("Subject: ") == 2


def test_each_message_is_an_alarm_of_its_own_whatever_its_fields(shop, operator):
    for number in range(3):
        write(shop, f"2026-01-31T00:00:0{number}Z critical money is missing event_id={number} provider=STRIPE")
    write(shop, '{"event_id":"3","level":"critical","message":"money is missing","time":"2026-01-31T00:00:00Z"}')
    write(shop, "2026-01-31T00:00:00.5Z critical something else")
    look(shop)
    assert sorted(post["subject"] for post in operator.posts) == ["money is missing (3 more since the last message)", "something else"]
    text = next(post["text"] for post in operator.posts if "missing" in post["subject"])
    assert len(text.splitlines()) == 4 and '"event_id":"3"' in text


def test_only_critical_lines_of_ours_are_told(shop, operator):
    write(shop, "2026-01-31T00:00:00Z error not so bad", priority="err")
    write(shop, "somebody else's trouble", identifier="kernel-of-somebody")
    # Any account of the machine can say that it is coinpay.
    write(shop, "2026-01-31T00:00:00Z critical made up", unit="somebody-else")
    for text in ("2026-01-31T00:00:00Z critical made up", ""):
        shop.run("runuser", "-u", "nobody", "--", "systemd-cat", "--identifier=coinpay", "--priority=crit", "printf", "%s\\n", text)
    shop.run("journalctl", "--sync")
    look(shop)
    assert not operator.posts and not operator.mail


def test_what_a_command_of_an_operator_has_to_say_is_told(shop, operator):
    line = "2026-01-31T00:00:00Z critical found by a command order_no=COIN_20260131_12345678"
    shop.shell(f". /usr/lib/coinpay/lib.sh; with_site logger --tag coinpay --priority user.crit '{line}'")
    shop.run("journalctl", "--sync")
    look(shop)
    assert [post["subject"] for post in operator.posts] == ["found by a command"]


def test_an_odd_line_never_stops_the_next(shop, operator):
    odd = ["2026-01-31T00:00:00Z critical ", " ", "2026-01-31T00:00:00Z critical a]b $(touch /shared/ran) `id` [$x] \\ \"",
           '{"message":"","level":"critical"}', "\x80\xff", "__CURSOR=s=1;i=1", '"MESSAGE":"', "x" * 20_000, "\u202egnp", "2026-01-31T00:00:00Z critical \x1b[31mred"]
    for line in odd:
        write(shop, line)
    write(shop, "2026-01-31T00:00:00Z critical money is missing")
    look(shop)
    subjects = [post["subject"] for post in operator.posts]
    assert "money is missing" in subjects and " [31mred" in subjects and len(subjects) >= 7, subjects
    assert any(subject.startswith("a critical line that cannot be read") for subject in subjects)
    assert shop.run("test", "-e", "/shared/ran", check=False).returncode != 0


def test_while_the_mail_server_is_away_nothing_is_lost_and_the_other_way_works(shop, operator):
    operator.send_mail_away()
    order_no = contradict(shop)
    assert look(shop, check=False) != 0
    assert order_no in operator.posts[0]["text"] and not operator.mail
    assert look(shop, check=False) != 0 and len(operator.posts) == 1
    assert "could not be sent; it is kept" in shop.journal("coinpay-alarms.service")
    # As the runbook says.
    status = shop.run("systemctl", "status", "coinpay-alarms.service", check=False).stdout
    assert "could not be sent" in status and order_no in shop.shell("cat /var/lib/coinpay/alarms/outbox/*")
    operator.bring_mail_back()
    assert look(shop) == 0
    assert operator.mail.count("Subject: ") == 1 and order_no in operator.mail and len(operator.posts) == 1
    assert look(shop) == 0 and operator.mail.count("Subject: ") == 1


def test_what_a_failed_unit_has_to_say_is_sent_later_too(shop, operator):
    operator.send_mail_away()
    operator.refuses = True
    unit = "coinpay-alarm@coinpay-task@verify.service.service"
    assert shop.run("systemctl", "start", unit, check=False).returncode != 0
    operator.bring_mail_back()
    operator.refuses = False
    look(shop)
    assert [post["subject"] for post in operator.posts] == ["coinpay-task@verify.service failed"]
    assert operator.mail.count("coinpay-task@verify.service failed") >= 1


def test_more_than_one_look_takes_is_told_in_the_next(shop, operator):
    drop_in(shop, "ExecStart=\nExecStart=/usr/lib/coinpay/coinpay alarm journal --lines 10")
    try:
        for number in range(25):
            write(shop, f"2026-01-31T00:00:00Z critical many event_id={number:02}")
        for _ in range(3):
            look(shop)
        let_time_pass(shop)
        look(shop)
    finally:
        drop_in(shop, "")
    told = "\n".join(post["text"] for post in operator.posts)
    assert [f"event_id={number:02}" in told for number in range(25)] == [True] * 25


def test_a_lost_or_broken_cursor_sends_no_history(shop, operator):
    write(shop, "2026-01-31T00:00:00Z critical old news")
    shop.run("rm", "/var/lib/coinpay/alarms/cursor")
    look(shop)
    assert not operator.posts
    write(shop, "2026-01-31T00:00:00Z critical fresh news")
    look(shop)
    assert [post["subject"] for post in operator.posts] == ["fresh news"]
    # One that cannot be read is worth a look at the last minutes; what was told already is held back.
    shop.write("/var/lib/coinpay/alarms/cursor", "nonsense")
    write(shop, "2026-01-31T00:00:00Z critical the latest news")
    for _ in range(2):
        look(shop)
        subjects = [post["subject"] for post in operator.posts]
        assert subjects.count("fresh news") == subjects.count("the latest news") == 1


def test_no_secret_is_told_or_shown(shop, operator):
    shop.note_secrets()
    contradict(shop)
    write(shop, "2026-01-31T00:00:00Z critical \U0001f4a5 quotes \" and \\ and 金币 cause=\"li\"")
    # A sender that hangs can be looked at.
    shop.shell("mv /usr/sbin/sendmail /usr/sbin/sendmail.real; printf '#!/bin/sh\\nsleep 2\\nexec /usr/sbin/sendmail.real \"$@\"\\n' >/usr/sbin/sendmail; chmod +x /usr/sbin/sendmail")
    try:
        shop.run("systemctl", "start", "--no-block", "coinpay-alarms.service")
        wait_for(lambda: "sendmail" in shop.shell("ps -eww -o args"))
        processes = shop.shell("ps -eww -o args")
        wait_for(lambda: shop.show("coinpay-alarms.service", "ActiveState") == "inactive")
    finally:
        shop.run("mv", "/usr/sbin/sendmail.real", "/usr/sbin/sendmail")
    assert operator.MAIL not in processes and "of-the-operators-chat" not in processes
    told = operator.mail + json.dumps(operator.posts, ensure_ascii=False)
    assert "金币" in told and len(operator.posts) == 2
    for kind, texts in noted_secrets.read().items():
        assert not [text for text in texts if text in told], kind
    assert SETTINGS["STRIPE_WEBHOOK_SECRET"] not in told
    assert shop.shell("stat -c %a /var/lib/coinpay/alarms/outbox") == "700\n"


def test_the_timer_looks_every_minute(shop, operator):
    drop_in(shop, "OnCalendar=\nOnCalendar=*-*-* *:*:0/1\nRandomizedDelaySec=0\nAccuracySec=100ms", unit="coinpay-alarms.timer", section="Timer")
    shop.run("systemctl", "start", "coinpay-alarms.timer")
    try:
        contradict(shop)
        wait_for(lambda: operator.posts and operator.mail)
    finally:
        drop_in(shop, "", unit="coinpay-alarms.timer", section="Timer")
        shop.run("systemctl", "stop", "coinpay-alarms.timer")
    calendar = shop.shell("systemctl cat coinpay-alarms.timer")
    assert "OnCalendar=*-*-* *:*:00" in calendar
    # It starts and ends without a line.
    assert "Finished" not in shop.journal("coinpay-alarms.service")


def drop_in(shop, text, unit="coinpay-alarms.service", section="Service"):
    shop.run("mkdir", "-p", f"/run/systemd/system/{unit}.d")
    shop.write(f"/run/systemd/system/{unit}.d/test.conf", f"[{section}]\n{text}\n")
    shop.run("systemctl", "daemon-reload")


def test_the_journal_is_read_as_the_readme_says(shop):
    order_no = contradict(shop)
    commands = re.findall(r"^journalctl .*$", (ROOT / "README.md").read_text(), re.M)
    today, worse, everything = [
        shop.shell(f"{re.sub('COIN_[0-9]+_[0-9]+', order_no, command)} --no-pager") for command in commands]
    assert f"order_no={order_no}" in today and " info request " in today
    assert f"order_no={order_no}" in worse and " request " not in worse and "<2>" not in worse
    for line in ("order made", "payment started", CONTRADICTION):
        assert len(re.findall(re.escape(line), everything)) == 1, everything
    shop.run("coinpay", "coins", "grant", "boss", "5", "--reason", "a present for li@mail.example")
    acted = shop.run("journalctl", "-q", "--no-pager", "-t", "coinpay", "-g", "an operator acted").stdout.splitlines()[-1]
    assert "action=GRANT_COINS" in acted and "actor=cli:" in acted and "audit=" in acted and "user=" in acted
    assert "present" not in acted and "boss" not in acted


def test_json_and_levels_by_settings(shop):
    shop.run("cp", "/etc/coinpay/coinpay.env", "/tmp/coinpay.env")
    try:
        shop.shell("printf 'COINPAY_LOG_FORMAT=json\\nCOINPAY_LOG_LEVEL=notice\\n' >>/etc/coinpay/coinpay.env")
        since = f"@{int(time.time())}"
        shop.run("systemctl", "restart", "coinpay@blue.service", "coinpay-webhook@blue.service")
        order_no = contradict(shop)
        lines = [json.loads(line) for line in shop.run(
            "journalctl", "-q", "-o", "cat", "-u", "coinpay-webhook@blue", "-t", "coinpay", "--since", since).stdout.splitlines() if line.startswith("{")]
        assert {line["level"] for line in lines} <= {"notice", "warning", "error", "critical"}
        line, = [line for line in lines if line["level"] == "critical"]
        assert line["order_no"] == order_no and line["message"] == CONTRADICTION
    finally:
        shop.run("cp", "/tmp/coinpay.env", "/etc/coinpay/coinpay.env")
        shop.run("systemctl", "restart", "coinpay@blue.service", "coinpay-webhook@blue.service")
