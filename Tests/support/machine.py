"""A machine with a running systemd for tests: a copy of this one that forgets everything; see Tests/systemd/boot."""

import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import time
import uuid
from pathlib import Path

import requests

from . import noted_secrets
from .stack import ARTEFACTS, LOG_BYTES_MAX, ROOT, SECRET_COMMANDS, Client, wait_for
from .stripe_fixtures import deliver, event, intent

DOMAIN = "shop.test"
CLONE_NEWNET = 0x40000000
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive"}
# What is kept beside the journal.
LOG_FILES = {"coinpay.log": "/var/log/nginx/coinpay.log", "error.log": "/var/log/nginx/error.log",
             "mariadb.log": "/var/log/mysql/error.log"}
LIBC = ctypes.CDLL(None, use_errno=True)


def enter_network(path):
    """Lets this thread, and those that it starts, use another network."""
    with open(path) as file:
        assert LIBC.setns(file.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())


class Machine:
    """Boots systemd. This process uses its network meanwhile, its command lines run in it by `run`."""

    def __init__(self):
        self.folder = ROOT / ".test" / f"machine-{uuid.uuid4().hex[:6]}"
        self.shared = self.folder / "shared"
        self.base = f"https://{DOMAIN}"

    def __enter__(self):
        self.folder.mkdir(parents=True)
        self.log = (self.folder / "boot.log").open("w")
        self.boot = subprocess.Popen(
            [ROOT / "Tests" / "systemd" / "boot", self.folder], stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, start_new_session=True)
        try:
            self.pid = wait_for(self.find_systemd)
            self.home_network = os.open("/proc/self/ns/net", os.O_RDONLY)
            enter_network(f"/proc/{self.pid}/ns/net")
            wait_for(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip() == "running")
        except BaseException:
            print((self.folder / "boot.log").read_text())
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            self.keep_logs()
        finally:
            os.kill(self.boot.pid, signal.SIGKILL)
            self.boot.wait()
            if hasattr(self, "home_network"):
                enter_network(f"/proc/self/fd/{self.home_network}")
                os.close(self.home_network)
            shutil.rmtree(self.folder, ignore_errors=True)

    def find_systemd(self):
        assert self.boot.poll() is None, (self.folder / "boot.log").read_text()
        children = Path(f"/proc/{self.boot.pid}/task/{self.boot.pid}/children").read_text().split()
        for child in children:
            if b"systemd" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[0]:
                return int(child)

    def keep_logs(self):
        folder = ARTEFACTS / "logs" / self.folder.name
        folder.mkdir(parents=True, exist_ok=True)
        self.note_secrets()
        if (self.folder / "commands.log").exists():
            shutil.copy(self.folder / "commands.log", folder)
        journal = self.run("journalctl", "--no-pager", "--all", "--output=short-precise", check=False).stdout
        (folder / "journal.log").write_text(journal[-LOG_BYTES_MAX:])
        for name, path in LOG_FILES.items():
            kept = self.run("tail", "--bytes", str(LOG_BYTES_MAX), path, check=False)
            if kept.returncode == 0:
                (folder / name).write_text(kept.stdout)

    def note_secrets(self):
        """What setup made and was given; encrypted files hold nothing to look for."""
        for path in self.shared.glob("*.key"):
            noted_secrets.note("private key", path.read_text())
        if self.run("test", "-e", "/etc/coinpay/credentials/encrypted", check=False).returncode == 0:
            return
        files = self.run("find", "/etc/coinpay/credentials", "-type", "f", check=False).stdout.split()
        settings = {"_".join(file.split("/")[-2:]).upper(): self.read(file).strip() for file in files}
        noted_secrets.note_settings(settings)

    # Commands

    def command(self, *words):
        setting = [f"{name}={value}" for name, value in ENVIRONMENT.items()]
        return ["nsenter", "--target", str(self.pid), "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup",
                "env", "-i", *setting, *map(str, words)]

    def run(self, *words, check=True, stdin=None, seconds=180):
        result = subprocess.run(
            self.command(*words), input=stdin, stdin=subprocess.DEVNULL if stdin is None else None, text=True,
            capture_output=True, timeout=seconds)
        if words[0] == "coinpay" and tuple(words[:3]) not in SECRET_COMMANDS:
            with (self.folder / "commands.log").open("a") as log:
                log.write(f"$ {' '.join(map(str, words))}\n{result.stdout}{result.stderr}")
        assert not check or result.returncode == 0, f"{words}\n{result.stdout}\n{result.stderr}\n{self.journal()[-3000:]}"
        return result

    def start(self, *words):
        return subprocess.Popen(self.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def shell(self, script, **options):
        return self.run("bash", "-euc", script, **options).stdout

    def read(self, path):
        return self.run("cat", path).stdout

    def write(self, path, text):
        self.run("tee", path, stdin=text)

    def journal(self, unit=None):
        return self.run("journalctl", "--no-pager", "--output=cat", *(["--unit", unit] if unit else []), check=False).stdout

    def show(self, unit, *properties):
        """Properties of a unit, one or several."""
        lines = self.run("systemctl", "show", "--property", ",".join(properties), unit).stdout.splitlines()
        values = dict(line.split("=", 1) for line in lines)
        return values[properties[0]] if len(properties) == 1 else values

    def worker_pid(self, colour="blue"):
        return int(self.show(f"coinpay@{colour}.service", "MainPID"))

    def sql(self, query):
        return [line.split("\t") for line in self.run("mariadb", "-N", "-B", "coinpay", "-e", query).stdout.splitlines()]

    # The site

    def install(self, package):
        """As `apt install ./package` does."""
        target = self.shared / package.name
        shutil.copy(package, target)
        return self.run("apt-get", "install", "-y", "--no-install-recommends", "--allow-downgrades", f"/shared/{package.name}").stdout

    def setup(self, *options, check=True, **settings):
        noted_secrets.note_settings(settings)
        (self.shared / "settings").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        return self.run("coinpay", "setup", "--non-interactive", "--settings", "/shared/settings", *options, check=check)

    def client(self):
        return ShopClient(self.base, self.shared / "ca.pem")

    def ledger_holds(self):
        return "the ledger holds" in self.run("coinpay", "ledger", "verify").stdout

    def is_ready(self):
        try:
            return self.client().get("/readyz").status_code == 200
        except requests.RequestException:
            return False


class FromElsewhere(requests.adapters.HTTPAdapter):
    """From an address of its own, since the site limits what each address may do."""

    def init_poolmanager(self, *arguments, **options):
        address = f"127.{random.randint(1, 250)}.{random.randint(0, 250)}.{random.randint(2, 250)}"
        super().init_poolmanager(*arguments, source_address=(address, 0), **options)


class ShopClient(Client):
    """A browser at the machine's site, over TLS that it checks."""

    def __init__(self, base, authority):
        super().__init__(base)
        self.session.verify = str(authority)
        # A proxy or authorities of the machine outside are not for this site.
        self.session.trust_env = False
        self.session.mount("https://", FromElsewhere())

    def register(self):
        name = "u" + uuid.uuid4().hex[:12]
        answer = self.post("/api/auth/register", {"username": name, "password": "long-password"})
        assert answer.status_code == 200, answer.text
        return self

    def buy(self):
        """A purchase from order to coins."""
        order = self.order(method="STRIPE")
        self.pay(order)
        return order

    def pay(self, order):
        intent_id = order["client_secret"].split("_secret_")[0]
        answer = deliver(self.base, event(intent(intent_id, 149)), session=self.session)
        assert answer.status_code == 200, answer.text


class Authority:
    """A certificate authority that also answers about revocation."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                     "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem")

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def issue(self, name, domain, days=90, responder_port=None):
        """Writes NAME.pem, with the authority's certificate behind it, and NAME.key."""
        extensions = f"subjectAltName=DNS:{domain}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n"
        if responder_port:
            extensions += f"authorityInfoAccess=OCSP;URI:http://127.0.0.1:{responder_port}\n"
        (self.folder / "extensions").write_text(extensions)
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={domain}",
                     "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                     "-days", str(days), "-extfile", "extensions", "-out", f"{name}.crt")
        chain = (self.folder / f"{name}.crt").read_text() + (self.folder / "ca.pem").read_text()
        (self.folder / f"{name}.pem").write_text(chain)


def resolve_here(names):
    """Lets this process find names on loopback."""
    real = socket.getaddrinfo

    def lookup(host, *arguments, **options):
        return real("127.0.0.1" if host in names else host, *arguments, **options)

    socket.getaddrinfo = lookup
