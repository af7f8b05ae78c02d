"""A whole site for tests: nginx/dev with its own folder, ports and settings."""

import fcntl
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
import uuid
from pathlib import Path

import pymysql
import requests
from pymysql.constants import CLIENT

from . import noted_secrets

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / ".test" / "artefacts"
UP_SECONDS = 900
# Below the ports that the system lends to outgoing connections, which may take one before its server does.
PORTS = range(10_000, 32_000)
# Of each file that is kept; of longer ones the end.
LOG_BYTES_MAX = 32 << 20
# MariaDB's number of a lost deadlock, and how often a statement is run at most because of it.
DEADLOCK, DEADLOCK_TRIES = 1213, 5
# Commands that print secrets because they are asked to.
SECRET_COMMANDS = [("env",), ("coinpay", "user", "export"), ("coinpay", "user", "create"), ("coinpay", "user", "totp")]
# The rules of the ledger that a test's own statement breaks, for the rest of a site's life.
MADE_UNTRUE = {
    "paid_when_recorded": re.compile(r"UPDATE (payments|coin_orders)\b[^;]*\b(paid_at|succeeded_at) ="),
    "payment_cause": re.compile(r"UPDATE payments\b[^;]*\bcause ="),
}
# Tests write little: a large redo log is only more to create.
MARIADB_OPTIONS = "--innodb-log-file-size=32M"


# What nginx/dev makes, by kind.
FILES_OF_SECRETS = {"db_owner": "database password", "db_worker": "database password",
                    "session_key": "session key", "encryption_key": "encryption key"}


def keep(folder, target):
    """Copies the logs of a folder, bounded in size."""
    for path in folder.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - LOG_BYTES_MAX))
                copy.write_bytes(file.read(LOG_BYTES_MAX))


def free_port():
    while True:
        with socket.socket() as probe:
            port = random.choice(PORTS)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def wait_for(condition, seconds=30):
    """The first true value of a condition."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return value


class Template:
    """A database with tables, demo accounts and packages, made once for a program; new sites begin with a copy."""

    def __init__(self, binary):
        stat = os.stat(binary)
        self.name = f"template-{stat.st_ino}-{stat.st_mtime_ns}"
        self.folder = ROOT / ".test" / self.name

    def copy_to(self, folder):
        (ROOT / ".test").mkdir(exist_ok=True)
        # One of the processes that run tests makes it, the others wait.
        with open(ROOT / ".test" / "template.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.folder / "complete").exists():
                self.make()
        folder.mkdir()
        for part in ("data", "secrets", "tls"):
            shutil.copytree(self.folder / part, folder / part)

    def make(self):
        for outdated in (ROOT / ".test").glob("template-*"):
            shutil.rmtree(outdated)
        with Stack(self.name, template=None) as stack:
            stack.dev("down")
            stack.folder.rename(self.folder)
        (self.folder / "complete").touch()


class Stack:
    def __init__(self, name, template=Template, **settings):
        self.folder = ROOT / ".test" / f"{name}-{uuid.uuid4().hex[:6]}"
        self.http_port, self.https_port = free_port(), free_port()
        self.made_untrue = set()
        self.base = f"http://localhost:{self.http_port}"
        # Where people reach the site by https, no browser sends its cookies otherwise.
        self.is_secure = str(settings.get("COINPAY_BASE_URL", "")).startswith("https://")
        self.environment = {
            **{k: v for k, v in os.environ.items() if not re.match(r"(COINPAY|STRIPE|ALIPAY|WECHAT)_", k)},
            **{k: v for k, v in os.environ.items() if k.startswith("COINPAY_DEV_")},
            "COINPAY_DEV_DIR": str(self.folder),
            "COINPAY_DEV_HTTP_PORT": str(self.http_port),
            "COINPAY_DEV_HTTPS_PORT": str(self.https_port),
            "COINPAY_DEV_LIMITS": "off", "COINPAY_DEV_ACCESS_LOG": "on",
            # Tests order more in a minute than a person in a month.
            "COINPAY_PENDING_ORDERS_MAX": "100000", "COINPAY_DAILY_ORDERS_MAX": "100000",
            "COINPAY_HOURLY_CANCELS_MAX": "100000", "COINPAY_MINUTELY_CALLS_MAX": "100000",
            "COINPAY_DEV_MARIADB_OPTIONS": MARIADB_OPTIONS,
            **{k: str(v) for k, v in settings.items()},
        }
        # A site in production has no demo accounts, and without a program there is nothing to copy yet.
        binary = os.environ.get("COINPAY_DEV_BINARY")
        is_usual = binary and not {"COINPAY_ENV", "COINPAY_DEV_MARIADB_OPTIONS", "COINPAY_ENCRYPTION_KEYS"} & set(settings)
        self.template = template(binary) if template and is_usual else None

    def __enter__(self):
        if self.template:
            self.template.copy_to(self.folder)
        try:
            self.dev("up")
        except subprocess.CalledProcessError as error:
            self.keep_logs()
            self.dev("down", check=False)
            raise AssertionError(f"nginx/dev up failed:\n{error.stderr}") from error
        return self

    def __exit__(self, *_):
        self.dev("down", check=False)
        self.keep_logs()
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep_logs(self):
        if not self.folder.exists():
            return
        keep(self.folder / "logs", ARTEFACTS / "logs" / self.folder.name)

    def dev(self, *arguments, check=True, stdin=None):
        result = subprocess.run(
            [ROOT / "nginx" / "dev", *arguments], env=self.environment, text=True,
            input=stdin, stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True, timeout=UP_SECONDS)
        self.note(arguments, stdin, result)
        if check:
            result.check_returncode()
        return result

    def note(self, arguments, stdin, result):
        """Notes the secrets that a command had to do with, and keeps what it said."""
        noted_secrets.note_settings(self.environment)
        for path in (self.folder / "secrets").glob("*"):
            noted_secrets.note(FILES_OF_SECRETS[path.name], path.read_text())
        if (key := self.folder / "tls" / "privkey.pem").exists():
            noted_secrets.note("private key", key.read_text())
        if stdin and arguments[:2] == ("coinpay", "user"):
            noted_secrets.note("password", stdin)
        is_secret = any(arguments[:len(command)] == command for command in SECRET_COMMANDS)
        if arguments[0] == "coinpay" and not is_secret and (self.folder / "logs").exists():
            with open(self.folder / "logs" / "commands.log", "a") as log:
                log.write(f"$ {' '.join(map(str, arguments))}\n{result.stdout}{result.stderr}")

    def coinpay(self, *arguments, check=True, stdin=None):
        return self.dev("coinpay", *arguments, check=check, stdin=stdin)

    def sql(self, query):
        """What the database's administrator gets: the rows of all the query's statements as lists of texts.

        A first statement that loses a deadlock against the site's own work is run again.
        """
        rows = []
        self.made_untrue |= {name for name, statement in MADE_UNTRUE.items() if statement.search(query)}
        with pymysql.connect(
                unix_socket=str(self.run_folder / "mariadb.sock"), user="root", database="coinpay", charset="utf8mb4",
                autocommit=True, conv={}, client_flag=CLIENT.MULTI_STATEMENTS, ssl_disabled=True) as connection:
            with connection.cursor() as cursor:
                for tries_left in reversed(range(DEADLOCK_TRIES)):
                    try:
                        cursor.execute(query)
                        break
                    except pymysql.err.OperationalError as error:
                        if error.args[0] != DEADLOCK or not tries_left:
                            raise
                rows += cursor.fetchall()
                while cursor.nextset():
                    rows += cursor.fetchall()
        return [["NULL" if cell is None else cell for cell in row] for row in rows]

    def value(self, query):
        return self.sql(query)[0][0]

    @property
    def run_folder(self):
        remembered = self.folder / "run-folder"
        return Path(remembered.read_text().strip()) if remembered.exists() else self.folder / "run"

    def pid(self, part):
        return int((self.run_folder / f"{part}.pid").read_text())

    def kill_worker(self):
        os.kill(self.pid("worker"), signal.SIGKILL)

    def start_worker(self):
        self.dev("restart-worker")

    def worker_log(self):
        return (self.folder / "logs" / "worker.log").read_text()

    def wait_ready(self, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if requests.get(self.base + "/readyz", timeout=5).status_code == 200:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise AssertionError("the site is not ready")

    def verify_ledger(self, without_seals=False):
        options = ["--without-seals"] if without_seals else []
        result = self.coinpay("ledger", "verify", "--json", *options, check=False)
        report = json.loads(result.stdout)
        return result.returncode == 0, [i["name"] for i in report["invariants"] if not i["holds"]]

    def assert_ledger_holds(self, without_seals=False):
        """Rows that a test planted by SQL have no seals; what its own statements made untrue stays so."""
        holds, broken = self.verify_ledger(without_seals)
        assert holds or set(broken) <= self.made_untrue, broken

    def visitor(self):
        if not self.is_secure:
            return Client(self.base)
        client = Client(f"https://localhost:{self.https_port}")
        client.session.verify = str(self.folder / "tls" / "fullchain.pem")
        # Which would name another authority.
        client.session.trust_env = False
        return client

    def client(self, username="demo", password="demo-password"):
        client = self.visitor()
        client.sign_in(username, password)
        return client

    def new_user(self):
        name = "u" + uuid.uuid4().hex[:12]
        client = self.visitor()
        answer = client.post("/api/auth/register", {"username": name, "password": "long-password"})
        assert answer.status_code == 200, answer.text
        client.username = name
        return client


class Client:
    """A browser without a screen: keeps cookies and speaks JSON."""

    def __init__(self, base):
        self.base = base
        self.session = requests.Session()
        self.session.hooks["response"].append(noted_secrets.note_answer)

    def sign_in(self, username, password):
        answer = self.post("/api/auth/login", {"username": username, "password": password})
        assert answer.status_code == 200, answer.text

    def get(self, path, **options):
        return self.session.get(self.base + path, timeout=60, allow_redirects=False, **options)

    def post(self, path, body=None, **options):
        return self.session.post(
            self.base + path, json={} if body is None else body, timeout=60, **options)

    def data(self, answer):
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def order(self, package=1, method="MOCK", key=None):
        headers = {"Idempotency-Key": key} if key else {}
        return self.data(
            self.post("/api/coin/order", {"package_id": package, "payment_method": method}, headers=headers))

    def order_when_it_works(self, package=1, *, method, key):
        """The order of a key, as soon as its method is offered again: its breaker may be open for some seconds."""
        wish = {"package_id": package, "payment_method": method}
        return self.data(wait_for(
            lambda: (answer := self.post("/api/coin/order", wish, headers={"Idempotency-Key": key})).status_code == 200 and answer))

    def status(self, order_no):
        return self.data(self.get(f"/api/coin/order/status/{order_no}"))

    def balance(self):
        return self.data(self.get("/api/coin/info"))["balance"]
