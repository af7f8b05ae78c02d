"""A machine's backups as its operator sees them; the private key is here and never on the machine."""

import subprocess

from . import noted_secrets

SETS = "/var/lib/coinpay/backups"


class Vault:
    def __init__(self, machine, key):
        self.machine = machine
        self.key = key

    def back_up(self, kind="full"):
        self.machine.run("coinpay", "backup", kind)
        return self.sets()[-1]

    def sets(self):
        listed = self.machine.run("coinpay", "backup", "list").stdout
        return [line.split()[0] for line in listed.splitlines()]

    def pieces(self, name="newest", kind=""):
        """What the manifest says about each piece."""
        lines = self.machine.read(f"{SETS}/{self.sets()[-1] if name == 'newest' else name}/manifest").splitlines()
        told = [dict(word.split("=", 1) for word in line.split()[1:]) for line in lines if line.startswith("piece ")]
        return [piece for piece in told if piece["kind"].startswith(kind)]

    def verify(self, name="newest", key=None, check=True):
        return self.machine.run(
            "coinpay", "backup", "verify", name, "--identity", "-", stdin=key or self.key, check=check)

    def restore(self, name, *options, key=None, check=True):
        return self.machine.run(
            "coinpay", "restore", name, "--identity", "-", "--yes", *options, stdin=key or self.key, check=check)

    def set_setting(self, name, value):
        self.machine.shell(f"sed -i '/^#*{name}=/d' /etc/coinpay/coinpay.env; echo '{name}={value}' >>/etc/coinpay/coinpay.env")

    def state_of_the_data(self):
        """Changes when the data folder or the server is replaced."""
        data = self.machine.shell("stat -c '%i %W' /var/lib/mysql /var/lib/mysql/ibdata1")
        return data, self.machine.show("mariadb.service", "MainPID"), self.machine.worker_pid()


def new_key():
    key = subprocess.run(["age-keygen"], check=True, capture_output=True, text=True).stdout
    noted_secrets.note("backup key", *(line for line in key.splitlines() if not line.startswith("#")))
    return key


def destroy_data(machine):
    """As a broken disk: the server dies in the middle, and nothing of its folder is left."""
    machine.run("kill", "-9", machine.show("mariadb.service", "MainPID"))
    machine.run("systemctl", "stop", "mariadb", check=False)
    machine.shell("rm -rf /var/lib/mysql; mkdir /var/lib/mysql")
