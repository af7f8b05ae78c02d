import os
import subprocess
import time

import pytest

from support.machine import DOMAIN, Authority, Machine, resolve_here
from support.stack import ROOT
from support.stripe_fake import StripeFake
from support.stripe_fixtures import SETTINGS
from support.vault import Vault

resolve_here({DOMAIN})
# Part of the source as far as a package is concerned: one moment for all builds of a run.
os.environ.setdefault("SOURCE_DATE_EPOCH", str(int(time.time())))


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """The package of this source; a build of the worker that is there already is used."""
    folder = tmp_path_factory.mktemp("package")
    options = ["--binary", os.environ["COINPAY_DEV_BINARY"]] if "COINPAY_DEV_BINARY" in os.environ else []
    built = subprocess.run([ROOT / "systemd" / "build-deb", "--output", folder, "--compression", "gzip", *options], check=True, text=True,
                           stdout=subprocess.PIPE)
    return folder / built.stdout.split("/")[-1].strip()


@pytest.fixture(scope="module")
def machine():
    """Without the package: MariaDB and nginx as Debian installs them, and a certificate to use."""
    if os.geteuid() != 0:
        pytest.skip("booting systemd needs root")
    with Machine() as machine:
        Authority(machine.shared).issue("site", DOMAIN)
        machine.write("/etc/hosts", f"127.0.0.1 localhost {DOMAIN}\n")
        # Pages of the manual are indexed for seconds at each installation.
        machine.run("rm", "-f", "/var/lib/man-db/auto-update")
        # The machine outside may be in the middle of an installation of its own.
        machine.run("dpkg", "--configure", "-a")
        # Doctor would alarm about names under .test, which no provider can call, in the middle of some test.
        machine.shell("mkdir -p /run/systemd/system/coinpay-doctor.timer.d")
        machine.write("/run/systemd/system/coinpay-doctor.timer.d/test.conf", "[Timer]\nOnCalendar=\nOnCalendar=yearly\n")
        machine.run("systemctl", "start", "mariadb", "nginx")
        yield machine


@pytest.fixture(scope="module")
def stripe(machine):
    with StripeFake() as stripe:
        yield stripe


@pytest.fixture(scope="module")
def shop(machine, package, stripe):
    """A machine on which an administrator did what the README says."""
    machine.install(package)
    (machine.shared / "password").write_text("operator-password\n")
    machine.setup(
        "--domain", DOMAIN, "--certificate", "/shared/site.pem", "--key", "/shared/site.key", "--admin", "boss",
        "--admin-password-file", "/shared/password", STRIPE_API_URL=stripe.url, COINPAY_PENDING_ORDERS_MAX=100000,
        COINPAY_DAILY_ORDERS_MAX=100000, **SETTINGS)
    machine.run("coinpay", "package", "create", "100", "--zh", "一百", "--en", "Hundred", "--price", "USD:1.49")
    return machine


@pytest.fixture(scope="module")
def buyer(shop):
    return shop.client().register()


@pytest.fixture(scope="module")
def vault(shop, buyer):
    """With the key that the operator was shown, and a first purchase."""
    printed = shop.run("coinpay", "backup", "key").stdout
    buyer.buy()
    return Vault(shop, printed)
