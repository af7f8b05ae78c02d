"""The command line and the settings."""

import os
import re
import subprocess
import uuid

import pytest

from support.stack import ROOT, Client
from support.terminal import Terminal


def run(site, settings, *arguments, remove=()):
    lines = site.dev("env").stdout.splitlines()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COINPAY_", "STRIPE_"))}
    environment |= dict(re.fullmatch(r"export (\w+)='(.*)'", line).groups() for line in lines)
    environment |= settings
    for name in remove:
        environment.pop(name, None)
    binary = subprocess.run(["readlink", f"/proc/{site.pid('worker')}/exe"], capture_output=True, text=True).stdout.strip()
    return subprocess.run([binary, *arguments], env=environment, capture_output=True, text=True, timeout=60)


def test_all_problems_of_the_settings_are_told_at_once(site):
    result = run(site, {"COINPAY_ORDER_TTL_SECONDS": "soon", "COINPAY_ENCRYPTION_KEYS": "k1:abc",
                        "COINPAY_TIME_ZONE": "Mars/Olympus", "COINPAY_WEB_THREADS": "0"},
                 "config", "check", remove=["COINPAY_DB_NAME"])
    assert result.returncode == 78
    for name in ["COINPAY_DB_NAME", "COINPAY_ORDER_TTL_SECONDS", "COINPAY_ENCRYPTION_KEYS",
                 "COINPAY_TIME_ZONE", "COINPAY_WEB_THREADS"]:
        assert name in result.stderr, result.stderr
    assert "abc" not in result.stderr


@pytest.mark.parametrize("settings,problem", [
    ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET is missing"),
    ({"STRIPE_PUBLISHABLE_KEY": "pk_live_x"}, "must both be live or both test"),
    ({"COINPAY_ENV": "production"}, "COINPAY_BASE_URL must begin with https://"),
    ({"COINPAY_DB_SOCKET": "", "COINPAY_DB_HOST": "db", "COINPAY_ENV": "production"}, "COINPAY_DB_TLS_CA is missing"),
    ({"COINPAY_DB_REPLICA_HOST": "db2"}, "does not support it"),
    ({"COINPAY_AUTH": "magic"}, "must be one of"),
])
def test_half_a_configuration_is_refused(site, settings, problem):
    result = run(site, settings, "serve", "--web-socket", "/tmp/x.sock", "--webhook-socket", "/tmp/y.sock")
    assert result.returncode == 78 and problem in result.stderr, result.stderr


def test_settings_are_shown_without_secrets(site):
    result = site.coinpay("config", "show")
    assert "COINPAY_ENV: development" in result.stdout and "<secret>" in result.stdout
    for secret in (site.folder / "secrets").iterdir():
        assert secret.read_text() not in result.stdout
        assert secret.read_text() not in site.worker_log()


def test_credentials_of_systemd_are_settings(site, tmp_path):
    (tmp_path / "coinpay_order_ttl_seconds").write_text("77\n")
    result = run(site, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, "config", "show")
    assert "COINPAY_ORDER_TTL_SECONDS: 77\n" in result.stdout, result.stderr


def test_users_are_made_and_changed(site):
    name = "op" + uuid.uuid4().hex[:8]
    made = site.coinpay("user", "create", name, "--role", "operator", stdin="first-password\n")
    assert f"made user {name} (operator)" in made.stdout
    assert site.coinpay("user", "create", name, stdin="first-password\n", check=False).returncode == 1
    client = Client(site.base)
    client.sign_in(name, "first-password")
    assert client.data(client.get("/api/auth/me"))["role"] == "operator"
    site.coinpay("user", "password", name, stdin="second-password\n")
    assert client.get("/api/auth/me").status_code == 401
    client.sign_in(name, "second-password")
    site.coinpay("user", "role", name, "viewer")
    assert client.data(client.get("/api/auth/me"))["role"] == "viewer"
    site.coinpay("user", "disable", name)
    assert client.get("/api/auth/me").status_code == 401
    answer = client.post("/api/auth/login", {"username": name, "password": "second-password"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ACCOUNT_DISABLED")
    site.coinpay("user", "enable", name)
    client.sign_in(name, "second-password")
    assert site.coinpay("user", "disable", "nobody-here", check=False).returncode == 1


def actions_on(site, name):
    return [row[0] for row in site.sql(
        "SELECT a.action FROM operator_actions a JOIN users u ON a.subject = CONCAT('user:', u.id) "
        f"WHERE u.username = '{name}' AND a.actor LIKE 'cli:%' ORDER BY a.id")]


def test_who_makes_users_and_sets_passwords_is_in_the_audit_log(site):
    name = "op" + uuid.uuid4().hex[:8]
    site.coinpay("user", "create", name, stdin="first-password\n")
    site.coinpay("user", "password", name, stdin="second-password\n")
    assert actions_on(site, name) == ["CREATE_USER", "SET_PASSWORD"]


def test_nobody_becomes_staff_with_a_password_of_buyers(site):
    client = Client(site.base)
    name = "u" + uuid.uuid4().hex[:8]
    client.data(client.post("/api/auth/register", {"username": name, "password": "tenletters"}))
    refused = site.coinpay("user", "role", name, "operator", check=False)
    assert refused.returncode == 1 and "12 characters" in refused.stderr
    assert client.data(client.get("/api/auth/me"))["role"] == "user"
    site.coinpay("user", "password", name, stdin="more than ten letters\n")
    site.coinpay("user", "role", name, "operator")
    client.sign_in(name, "more than ten letters")
    assert client.data(client.get("/api/auth/me"))["role"] == "operator"


def test_a_password_is_asked_for_at_a_terminal_and_not_shown(site):
    name = "op" + uuid.uuid4().hex[:8]
    command = ["env", *(f"{k}={v}" for k, v in site.environment.items()), str(ROOT / "nginx" / "dev"), "coinpay"]
    for arguments in (("create", name), ("password", name)):
        with Terminal([*command, "user", *arguments]) as terminal:
            terminal.expect("Password:")
            assert not terminal.shows_typing()
            terminal.type("typed-and-not-shown")
            assert terminal.wait() == 0, terminal.seen
        assert "typed-and-not-shown" not in terminal.seen
    Client(site.base).sign_in(name, "typed-and-not-shown")


def test_registering_ends_the_session_that_the_browser_had(site):
    client = site.new_user()
    before = client.session.cookies.copy()
    name = "u" + uuid.uuid4().hex[:8]
    client.data(client.post("/api/auth/register", {"username": name, "password": "long-password"}))
    assert client.data(client.get("/api/auth/me"))["username"] == name
    client.session.cookies = before
    assert client.get("/api/auth/me").status_code == 401


def test_packages_are_made_and_taken_off_sale(site, user):
    made = site.coinpay("package", "create", "7", "--bonus", "1", "--zh", "测试", "--en", "Test<b>",
                        "--price", "CNY:0.70", "--price", "USD:0.50").stdout
    number = re.search(r"package (\d+)", made).group(1)
    assert number in [str(p["id"]) for p in user.data(user.get("/api/coin/packages"))]
    assert "Test&lt;b&gt;" in user.get("/coin", headers={"Accept-Language": "en"}).text
    site.coinpay("package", "disable", number)
    answer = user.post("/api/coin/order", {"package_id": int(number), "payment_method": "MOCK"})
    assert answer.json()["error"]["code"] == "PACKAGE_NOT_FOUND"
    assert "off" in site.coinpay("package", "list").stdout
    assert site.coinpay("package", "create", "7", "--zh", "x", "--en", "y", "--price", "CNY:1.234", check=False).returncode == 64


def test_a_package_that_a_method_cannot_sell_is_warned_about_and_not_sold_by_it(site, user):
    made = site.coinpay("package", "create", "7", "--zh", "美元", "--en", "Dollars", "--price", "USD:0.50")
    assert "no price in CNY and cannot be bought by MOCK" in made.stderr
    number = re.search(r"package (\d+)", made.stdout).group(1)
    answer = user.post("/api/coin/order", {"package_id": int(number), "payment_method": "MOCK"})
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "PACKAGE_NOT_FOR_METHOD"
    # Another method sells it.
    page = user.get("/coin").text
    assert f'value="{number}" required>' in page and 'data-method="MOCK">该支付方式不支持此套餐<' in page
    site.coinpay("package", "disable", number)


def test_a_package_that_no_method_can_sell_cannot_be_chosen(site, user):
    made = site.coinpay("package", "create", "7", "--zh", "日元", "--en", "Yen", "--price", "JPY:100")
    assert "cannot be bought by MOCK" in made.stderr and "cannot be bought by STRIPE" in made.stderr
    number = re.search(r"package (\d+)", made.stdout).group(1)
    assert f'value="{number}" required disabled>' in user.get("/coin").text
    site.coinpay("package", "disable", number)


def test_packages_that_commands_change_are_in_the_audit_log(site):
    made = site.coinpay("package", "create", "9", "--zh", "甲", "--en", "A", "--price", "CNY:0.90", "--reason", "spring").stdout
    number = re.search(r"package (\d+)", made).group(1)
    site.coinpay("package", "disable", number)
    log = site.coinpay("audit").stdout
    assert re.search(rf"cli:(?!unknown)\S+\s+CREATE_PACKAGE\s+{number}\s.*spring", log), log
    assert re.search(rf"cli:\S+\s+DEACTIVATE_PACKAGE\s+{number}\s.*by command", log), log


def test_a_command_that_is_refused_shows_its_own_usage(site):
    answer = site.coinpay("package", "create", "9", "--zh", "甲", "--en", "A", "--price", "USD:0.20", check=False)
    assert answer.returncode == 64 and "the minimum is 0.50 USD" in answer.stderr
    assert "Usage: coinpay package create" in answer.stderr
    large = site.coinpay("package", "create", "9", "--zh", "甲", "--en", "A", "--price", "USD:1000000.00", check=False)
    assert large.returncode == 64 and "the maximum is 999999.99 USD" in large.stderr


def test_the_workers_database_user_cannot_rewrite_history(site):
    lines = dict(re.fullmatch(r"export (\w+)='(.*)'", line).groups() for line in site.dev("env").stdout.splitlines())
    client = ["mariadb", "--no-defaults", f"--socket={lines['COINPAY_DB_SOCKET']}", "-u", lines["COINPAY_DB_USER"],
              f"-p{lines['COINPAY_DB_PASSWORD']}", lines["COINPAY_DB_NAME"], "-e"]
    for statement in ["UPDATE ledger_entries SET coins = 1", "DELETE FROM ledger_entries",
                      "UPDATE order_transitions SET cause = ''", "DELETE FROM order_transitions",
                      "DROP TABLE ledger_entries", "CREATE TABLE x (a INT)", "ALTER TABLE wallets ADD x INT",
                      "TRUNCATE ledger_entries", "DELETE FROM schema_migrations"]:
        result = subprocess.run([*client, statement], capture_output=True, text=True)
        assert "denied" in result.stderr, statement


def test_more_threads_than_the_database_has_connections_are_refused(site):
    # Enough for the worker that runs, too few for one with more threads.
    site.sql("SET GLOBAL max_connections = 60")
    try:
        result = run(site, {"COINPAY_WEB_THREADS": "60"}, "serve", "--web-socket", "/tmp/x.sock", "--webhook-socket", "/tmp/y.sock")
        assert result.returncode == 78 and "max_connections is 60" in result.stderr
    finally:
        site.sql("SET GLOBAL max_connections = 400")


def test_a_socket_that_is_in_use_is_refused(site):
    path = str(site.run_folder / "web.sock")
    result = run(site, {}, "serve", "--web-socket", path, "--webhook-socket", "/tmp/y.sock")
    assert result.returncode == 69 and path in result.stderr
    assert site.client().balance() >= 0


def test_a_migration_with_another_text_is_refused(site):
    site.sql("UPDATE schema_migrations SET checksum = UNHEX(REPEAT('00', 32)) WHERE number = 1")
    try:
        owner = dict(re.fullmatch(r"export (\w+)='(.*)'", line).groups()
                     for line in site.dev("env", "--owner").stdout.splitlines())
        result = run(site, owner, "migrate")
        assert result.returncode == 1 and "applied with another text" in result.stderr
    finally:
        site.sql("DELETE FROM schema_migrations")
    # Not recorded, as after a crash: it can be run again, by two at once.
    import concurrent.futures
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: run(site, owner, "migrate"), range(2)))
    assert [r.returncode for r in results] == [0, 0], [r.stderr for r in results]
    migrations = len(list((ROOT / "Sources" / "Schema" / "Migrations").glob("*.sql")))
    assert sorted(r.stdout.splitlines()[-1] for r in results) == [f"applied {migrations} migration(s)", "the schema is current"]
