"""Another way to set up, and what is left when the package goes."""

import pytest

from support.machine import DOMAIN
from support.stack import wait_for
from support.stripe_fixtures import SETTINGS
from support.vault import Vault

# Stands in for certbot: notes how it was asked and puts certificates where certbot does.
CERTBOT = """#!/bin/bash
echo "$*" >/shared/certbot-arguments
mkdir -p /etc/letsencrypt/live/%(domain)s
cp /shared/site.pem /etc/letsencrypt/live/%(domain)s/fullchain.pem
cp /shared/site.key /etc/letsencrypt/live/%(domain)s/privkey.pem
cp /shared/ca.pem /etc/letsencrypt/live/%(domain)s/chain.pem
""" % {"domain": DOMAIN}


@pytest.fixture(scope="module")
def remote(machine):
    """The database as another machine has it: by TCP, with TLS."""
    machine.shell("""
        cp /shared/site.pem /shared/site.key /shared/ca.pem /etc/mysql/
        chown mysql /etc/mysql/site.key
        printf '[mariadbd]\\nssl_cert=/etc/mysql/site.pem\\nssl_key=/etc/mysql/site.key\\nssl_ca=/etc/mysql/ca.pem\\nskip_name_resolve=1\\n' \
            >/etc/mysql/mariadb.conf.d/99-test.cnf
        systemctl restart mariadb
        mariadb -e "CREATE USER dba@'%' IDENTIFIED BY 'dba-password'; GRANT ALL ON *.* TO dba@'%' WITH GRANT OPTION" """)
    machine.write("/root/dba.cnf", "[client]\nuser=dba\npassword=dba-password\n")
    return machine


@pytest.fixture(scope="module")
def encrypted(remote, package, stripe):
    """With certbot, a database elsewhere, and secrets that only this machine can read."""
    remote.install(package)
    remote.write("/usr/bin/certbot", CERTBOT)
    remote.run("chmod", "+x", "/usr/bin/certbot")
    remote.setup("--domain", DOMAIN, "--certbot", "ops@shop.test", "--db-host", DOMAIN, "--db-ca", "/shared/ca.pem",
                 "--db-admin-file", "/root/dba.cnf", "--encrypt-credentials", STRIPE_API_URL=stripe.url, **SETTINGS)
    return remote


def test_a_certificate_comes_by_certbot(encrypted):
    asked = (encrypted.shared / "certbot-arguments").read_text()
    assert "certonly --nginx" in asked and f"--domain {DOMAIN}" in asked and "systemctl reload nginx" in asked
    assert encrypted.is_ready()


def test_the_database_is_reached_by_tls_only(encrypted):
    users = encrypted.sql("SELECT User, Host, ssl_type FROM mysql.user WHERE User LIKE 'coinpay%' ORDER BY User")
    assert users == [[f"coinpay_{name}", "%", "ANY"] for name in ("keeper", "owner", "worker")]
    assert "COINPAY_DB_TLS_CA=/etc/coinpay/tls/database-ca.pem" in encrypted.read("/etc/coinpay/coinpay.env")


def test_secrets_are_kept_encrypted_and_used(encrypted):
    for name in ("stripe/secret_key", "coinpay/db_password", "owner/db_password"):
        kept = encrypted.read(f"/etc/coinpay/credentials/{name}")
        assert SETTINGS["STRIPE_SECRET_KEY"] not in kept and len(kept) > 80
    shown = encrypted.run("coinpay", "config", "show").stdout
    assert "Stripe: on" in shown
    encrypted.setup()
    assert encrypted.is_ready()
    for duty in ("verify", "purge"):
        encrypted.run("systemctl", "start", f"coinpay-task@{duty}.service")
    assert "removed 0 orders" in encrypted.run("coinpay", "purge").stdout


def test_a_database_elsewhere_is_kept_and_restored_by_dumps(encrypted):
    vault = Vault(encrypted, encrypted.run("coinpay", "backup", "key").stdout)
    name = vault.back_up()
    assert vault.pieces(name)[0]["kind"] == "dump"
    assert "restored and proved" in encrypted.run("coinpay", "backup", "drill").stderr
    encrypted.sql("SET foreign_key_checks = 0; DROP TABLE ledger_entries")
    vault.restore(name)
    assert encrypted.ledger_holds() and encrypted.is_ready()


def test_a_purge_keeps_the_books_and_their_keys(encrypted):
    # What had failed is not listed for ever.
    assert encrypted.run("systemctl", "start", "coinpay-task@no-such-duty.service", check=False).returncode != 0
    output = encrypted.run("apt-get", "purge", "-y", "coinpay").stdout
    assert "COINPAY_PURGE_DATA=yes" in output
    # systemd forgets units a moment after they have gone.
    wait_for(lambda: encrypted.shell("systemctl list-units --all 'coinpay*' --no-legend --plain").strip() == "")
    assert not encrypted.shell("ls /usr/lib/coinpay /usr/bin/coinpay /etc/nginx/sites-enabled/coinpay 2>/dev/null || true")
    assert encrypted.run("nginx", "-t", check=False).returncode == 0
    assert encrypted.read("/etc/coinpay/credentials/coinpay/encryption_keys")
    assert int(encrypted.sql("SELECT COUNT(*) FROM users")[0][0]) >= 0


def test_installed_again_it_goes_on_where_it_was(encrypted, package):
    encrypted.install(package)
    encrypted.setup()
    assert encrypted.is_ready()
    assert "the ledger holds" in encrypted.run("coinpay", "ledger", "verify").stdout


def test_a_purge_that_takes_the_data_along_leaves_nothing(encrypted):
    """Here with the database on this machine, which setup can be told as well."""
    encrypted.run("mariadb", "-e", "CREATE USER coinpay_owner@localhost, coinpay_worker@localhost, coinpay_keeper@localhost")
    encrypted.shell("sed -i 's#^COINPAY_DB_SOCKET=.*#COINPAY_DB_SOCKET=/run/mysqld/mysqld.sock#' /etc/coinpay/coinpay.env")
    encrypted.run("env", "COINPAY_PURGE_DATA=yes", "apt-get", "purge", "-y", "coinpay")
    left = encrypted.shell("ls -d /etc/coinpay /var/lib/coinpay /usr/lib/coinpay /run/coinpay /etc/systemd/system/coinpay* 2>/dev/null || true")
    assert not left, left
    assert "coinpay" not in encrypted.run("mariadb", "-N", "-e", "SHOW DATABASES").stdout.split()
    assert encrypted.run("nginx", "-t", check=False).returncode == 0
