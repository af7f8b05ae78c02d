"""Every command of the runbook, in the trouble that its section is about; afterwards the site sells again."""

import datetime
import re

import pyotp
import pytest

from support import noted_secrets
from support.alipay import AlipayServer
from support.console import enrolment_code
from support.machine import DOMAIN
from support.packages import repack
from support.runbook import Section, sections
from support.stack import wait_for
from support.stripe_fixtures import PATH, SETTINGS, WEBHOOK_SECRET, deliver, event, intent
from support.vault import destroy_data
from support.wechat import WeChatServer

PRICE = 149
COINS = 100
DISK_MEGABYTES = 400


class Site:
    """The shop, its buyers, and Stripe's side of them."""

    def __init__(self, shop, stripe):
        self.shop, self.stripe = shop, stripe
        self.buyer = shop.client().register()
        stripe.hooks.register(shop.base + PATH, WEBHOOK_SECRET)

    def order(self):
        order = self.buyer.order(method="STRIPE")
        order["intent"] = order["client_secret"].split("_secret_")[0]
        return order

    def pay(self, order, tell=True):
        """The buyer pays at Stripe; the notification waits there or is lost."""
        self.stripe.checkout.pay(order["intent"])
        if not tell:
            self.stripe.hooks.drop()
            # Nobody asks, either, before somebody follows the runbook.
            self.shop.sql(f"UPDATE payments SET next_query_at = NULL WHERE provider_txn_id = '{order['intent']}'")

    def notify(self):
        """Stripe sends what waits; what was not accepted goes on waiting."""
        return [status for _, status in self.stripe.hooks.flush()]

    def status(self, order):
        return self.shop.sql(f"SELECT status FROM coin_orders WHERE order_no = '{order['order_no']}'")[0][0]

    def assert_sells(self):
        wait_for(self.shop.is_ready)
        # Workers know within seconds that the site is open again.
        self.buyer = wait_for(lambda: register(self.shop))
        # Other threads notice only now that the database was away.
        order = wait_for(self.try_order)
        self.pay(order)
        wait_for(lambda: set(self.notify()) <= {200})
        wait_for(lambda: self.status(order) == "PAID")
        assert self.buyer.balance() == COINS
        verified = self.shop.run("coinpay", "ledger", "verify")
        assert "the ledger holds" in verified.stdout

    def try_order(self):
        answer = self.buyer.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"})
        # Not yet open again, or asked too often for that.
        if answer.status_code in (429, 503):
            return None
        order = self.buyer.data(answer)
        order["intent"] = order["client_secret"].split("_secret_")[0]
        return order

    def set(self, **settings):
        """Settings, and files that they name, as an administrator gives them."""
        given = {}
        for name, value in settings.items():
            if value.startswith("/"):
                target = self.shop.shared / name.lower()
                target.write_text(open(value).read())
                value = f"/shared/{target.name}"
            given[name] = value
        self.shop.setup(**given)


@pytest.fixture(scope="module")
def site(shop, stripe):
    # The machine trusts the authority of its site's certificate, as it does on the internet.
    shop.shell("cp /shared/ca.pem /usr/local/share/ca-certificates/test.crt; update-ca-certificates 2>/dev/null")
    stripe.routes.endpoints = [{
        "id": "we_1", "object": "webhook_endpoint", "url": "https://shop.example.com" + PATH, "status": "enabled",
        "enabled_events": ["*"], "created": 1}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(shop.shared / "ca.pem"))
        patch.setenv("NO_PROXY", "*")
        yield Site(shop, stripe)


def follow(heading, site, **values):
    return Section(heading, site.shop, DOMAIN=DOMAIN, COLOUR="blue", **values)


def look_first(site, _):
    section = follow("Look first", site)
    # This machine has no time server, and its site no public name.
    section.run("coinpay doctor", status=(0, 1, 2))
    assert "blue" in section.run("coinpay deploy status")
    section.run("systemctl --failed")
    assert "ready" in section.run("curl")
    section.run("journalctl", status=(0, 1))
    section.run("df")
    assert "settlement: on" in section.run("coinpay method show")
    assert "the ledger holds" in section.run("coinpay ledger verify")
    return section


def callbacks_fail(site, _):
    site.set(STRIPE_WEBHOOK_SECRET="whsec_of_another_endpoint")
    order = site.order()
    site.pay(order)
    assert set(site.notify()) == {400}
    section = follow("Callbacks fail", site)
    assert "reason=signature_wrong" in section.run("journalctl")
    assert " 400 " in section.run("tail")
    section.run("coinpay provider check")
    section.run("date")
    section.run("coinpay setup", stdin=f"STRIPE_WEBHOOK_SECRET={WEBHOOK_SECRET}\n")
    assert set(site.notify()) == {200} and site.status(order) == "PAID"
    section.run("coinpay provider check")
    section.run("tail")
    return section


def states_differ(site, _):
    wrong, booked = site.order(), site.order()
    # A notification of another amount than the order's.
    assert deliver(site.shop.base, event(intent(wrong["intent"], PRICE + 1)), session=site.buyer.session).status_code == 200
    site.pay(booked)
    assert set(site.notify()) == {200}
    # And yesterday's books name another amount than was booked.
    charge = site.stripe.book.objects[site.stripe.book.objects[booked["intent"]]["latest_charge"]]
    charge["amount"] += 100
    noon = datetime.datetime.now(datetime.timezone.utc).replace(hour=12, minute=0) - datetime.timedelta(days=1)
    for line in site.stripe.book.lines:
        line["created"] = int(noon.timestamp())
    site.shop.sql("UPDATE payments SET created_at = created_at - INTERVAL 1 DAY, succeeded_at = succeeded_at - INTERVAL 1 DAY")
    assert site.shop.run("systemctl", "start", "coinpay-task@reconcile.service", check=False).returncode != 0
    # As old as their histories again.
    site.shop.sql("UPDATE payments SET created_at = created_at + INTERVAL 1 DAY, succeeded_at = succeeded_at + INTERVAL 1 DAY")
    site.pay(wrong, tell=False)
    difference = site.shop.sql("SELECT id FROM reconciliation_items WHERE resolved_at IS NULL ORDER BY id")
    suspense = site.shop.sql("SELECT id FROM suspense_entries WHERE resolved_at IS NULL")
    section = follow("States differ", site, ORDER_NO=wrong["order_no"])
    assert "AMOUNT_DIFFERS" in section.run("coinpay reconcile show")
    assert wrong["intent"] in section.run("coinpay suspense list")
    assert "SUSPICIOUS" in section.run("coinpay order show")
    assert "PAID" in section.run("coinpay order resettle")
    assert len(difference) == len(suspense) == 1
    section.values["NUMBER"] = difference[0][0]
    section.run("coinpay reconcile resolve")
    section.values["NUMBER"] = suspense[0][0]
    section.run("coinpay suspense resolve")
    assert "AMOUNT_DIFFERS" not in section.run("coinpay reconcile show")
    assert "no money is in suspense" in section.run("coinpay suspense list")
    section.run("coinpay ledger verify")
    return section


def coins_are_missing(site, _):
    lost, late = site.order(), site.order()
    site.pay(lost, tell=False)
    site.pay(late, tell=False)
    # An event that was tried for the last time, before the cause was mended.
    site.shop.run("coinpay", "stop-payments", "--reason", "test")
    key = event(intent(late["intent"], PRICE))
    assert deliver(site.shop.base, key, session=site.buyer.session).status_code == 200
    site.shop.sql(f"UPDATE payment_events SET state = 'PARKED', next_attempt_at = NULL, attempts = 12, last_error = 'test' WHERE event_key = '{key['id']}'")
    site.shop.run("coinpay", "resume", "--reason", "test")
    section = follow("Coins are missing", site, ORDER_NO=lost["order_no"])
    assert "PENDING" in section.run("coinpay order show")
    assert f"order {lost['order_no']} is PAID" in section.run("coinpay order query")
    assert "1 are parked" in section.run("coinpay queue status", status=1)
    assert "PAID" in section.run("coinpay order resettle")
    section.run("coinpay queue retry")
    wait_for(lambda: site.status(late) == "PAID")
    assert "PAID" in section.run("coinpay order show")
    section.run("coinpay queue status")
    section.run("coinpay ledger verify")
    return section


def provider_is_down(site, _):
    site.stripe.misbehave("unavailable")
    try:
        section = follow("A provider is down", site)
        section.run("coinpay provider check", status=1)
        section.run("coinpay method off")
        shown = section.run("coinpay method show")
        assert "STRIPE: off, backup ALIPAY" in shown
    finally:
        site.stripe.behave()
    section.run("coinpay provider check")
    section.run("coinpay method on")
    assert "STRIPE: on" in section.run("coinpay method show")
    return section


def database_is_down(site, _):
    order = site.order()
    site.shop.run("systemctl", "stop", "mariadb")
    site.pay(order)
    assert 503 in site.notify()
    assert site.buyer.get("/coin").status_code == site.buyer.post("/api/coin/order").status_code == 503
    assert "coinpay_database_up 0" in site.shop.client().get("/metrics").text
    section = follow("The database is down", site)
    assert "inactive" in section.run("systemctl status", status=3)
    section.run("journalctl")
    section.run("df")
    section.run("systemctl start")
    wait_for(site.shop.is_ready)
    assert "ready" in section.run("curl")
    wait_for(lambda: set(site.notify()) <= {200})
    assert site.status(order) == "PAID"
    section.run("coinpay queue status")
    section.run("coinpay ledger verify")
    return section


class SmallDisk:
    """The database and a folder of old logs on a disk of their own."""

    def __init__(self, shop):
        self.shop = shop

    def __enter__(self):
        self.shop.shell(f"""
            systemctl stop mariadb
            mkdir -p /mnt/small /var/log/old
            mount -t tmpfs -o size={DISK_MEGABYTES}m tmpfs /mnt/small
            cp -a /var/lib/mysql /mnt/small/mysql
            mkdir /mnt/small/old
            mount --bind /mnt/small/mysql /var/lib/mysql
            mount --bind /mnt/small/old /var/log/old
            systemctl start mariadb""")
        wait_for(self.shop.is_ready)
        return self

    def fill(self):
        self.shop.shell("""
            fallocate -l "$(df --output=avail -B1 /var/lib/mysql | tail -1)" /var/log/old/big.gz
            touch -d '9 days ago' /var/log/old/big.gz""")

    def __exit__(self, *_):
        self.shop.shell("""
            systemctl stop mariadb
            umount /var/lib/mysql /var/log/old
            rm -rf /var/lib/mysql
            cp -a /mnt/small/mysql /var/lib/mysql
            umount /mnt/small
            systemctl start mariadb""")


def order_until_it_fails(site):
    """The orders that were made, and the answer to the first that could not be."""
    made, failures = [], 0
    while True:
        if len(made) % 15 == 0:
            # The site limits what comes from one address.
            site.buyer = wait_for(lambda: register(site.shop))
        answer = site.buyer.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"})
        if answer.status_code != 200:
            # The first use of a connection that MariaDB's restart ended fails, too.
            failures += 1
            if "is full" in site.shop.journal("coinpay*@blue.service"):
                return made, answer
            assert failures < 100, answer.text
            continue
        order = answer.json()["data"]
        made.append(order | {"intent": order["client_secret"].split("_secret_")[0]})
        assert len(made) < 5000, "the disk is not full"


def register(shop):
    try:
        return shop.client().register()
    except AssertionError:
        return None


def disk_is_full(site, _):
    with SmallDisk(site.shop) as disk:
        site.assert_sells()
        disk.fill()
        orders, refused = order_until_it_fails(site)
        assert refused.status_code == 503 and refused.headers["Retry-After"], refused.text
        for order in orders:
            site.pay(order)
        # Whatever is acknowledged is stored; the rest comes again.
        assert set(site.notify()) <= {200, 503}
        assert site.shop.client().get("/coin").status_code in (200, 302, 303)
        assert "is full" in site.shop.journal("coinpay*@blue.service")
        section = follow("The disk is full", site)
        assert "100%" in section.run("df")
        section.run("du")
        section.run("journalctl")
        section.run("apt-get")
        section.run("find")
        # MariaDB may have ended for want of room.
        wait_for(lambda: site.shop.run("mariadb", "-e", "SELECT 1", check=False).returncode == 0, 60)
        section.run("mariadb")
        assert "100%" not in section.run("df")
        section.run("curl")
        section.run("coinpay queue status", status=(0, 1))
        section.run("coinpay queue retry", status=(0, 1))
        section.run("coinpay ledger verify")
        wait_for(lambda: set(site.notify()) <= {200})
        for order in orders:
            wait_for(lambda: site.status(order) == "PAID")
    return section


def key_has_leaked(site, _):
    section = follow("A key has leaked", site)
    section.run("coinpay stop-payments")
    assert "settlement: stopped" in site.shop.run("coinpay", "method", "show").stdout
    section.run("coinpay resume")
    section.run("coinpay reconcile", status=(0, 1, 75))
    assert "a key has leaked" in section.run("coinpay audit")
    section.run("coinpay ledger verify")
    return section


def stripe_secret_key(site, _):
    section = follow("Stripe: secret key", site)
    site.stripe.secret_key = "sk_test_rolled"
    try:
        section.run("coinpay setup", stdin="STRIPE_SECRET_KEY=sk_test_rolled\n")
        section.run("coinpay provider check")
        site.assert_sells()
    finally:
        site.stripe.secret_key = SETTINGS["STRIPE_SECRET_KEY"]
    section.run("coinpay setup", stdin=f"STRIPE_SECRET_KEY={site.stripe.secret_key}\n", again=True)
    return section


def stripe_webhook_secret(site, _):
    section = follow("Stripe: webhook secret", site)
    section.run("coinpay setup", stdin="STRIPE_WEBHOOK_SECRET=whsec_rolled\n")
    section.run("coinpay provider check")
    site.stripe.hooks.register(site.shop.base + PATH, "whsec_rolled")
    site.assert_sells()
    # Nobody can sign with the old one any more.
    assert deliver(site.shop.base, event(intent("pi_x", PRICE)), session=site.buyer.session).status_code == 400
    section.run("coinpay setup", stdin=f"STRIPE_WEBHOOK_SECRET={WEBHOOK_SECRET}\n", again=True)
    site.stripe.hooks.register(site.shop.base + PATH, WEBHOOK_SECRET)
    return section


def alipay_key(site, _):
    with AlipayServer() as alipay:
        site.set(**alipay.settings("key"))
        before = site.shop.read("/etc/coinpay/credentials/alipay/private_key")
        section = follow("Alipay: the application's key", site)
        section.run("(umask 077 && openssl genrsa")
        assert "BEGIN PUBLIC KEY" in section.run("openssl rsa")
        alipay.control("replace_key", mode="key", private=site.shop.read("/root/alipay.key"))
        assert site.shop.run("coinpay", "provider", "check", "ALIPAY", check=False).returncode == 1
        section.run("coinpay setup", stdin="ALIPAY_PRIVATE_KEY=/root/alipay.key\n")
        section.run("coinpay provider check")
        section.run("shred")
        assert site.shop.read("/etc/coinpay/credentials/alipay/private_key") != before
        switch_off(site, "ALIPAY")
    return section


def switch_off(site, prefix):
    site.shop.shell(f"""sed -i '/^{prefix}_/d' /etc/coinpay/coinpay.env; rm -f /etc/coinpay/credentials/{prefix.lower()}/*
        systemctl restart coinpay@blue""")


def wechat_keys(site, _):
    section = follow("WeChat Pay: keys of v2 and v3", site)
    with WeChatServer() as wechat:
        for mode, name, attribute in (("v2", "WECHAT_API_KEY", "api_key"), ("v3-public-key", "WECHAT_API_V3_KEY", "api_v3_key")):
            site.set(**wechat.settings(mode))
            new = "0123456789abcdef" * 2
            setattr(wechat.accounts[mode], attribute, new)
            section.run("coinpay setup", stdin=f"{name}={new}\n", again=mode != "v2")
            section.run("coinpay provider check", again=mode != "v2")
            switch_off(site, "WECHAT")
    return section


def session_key(site, _):
    assert site.buyer.get("/api/auth/me").status_code == 200
    section = follow("Session key", site)
    section.run("coinpay setup")
    assert site.buyer.get("/api/auth/me").status_code == 401
    return section


def encryption_key(site, _):
    keys = "/etc/coinpay/credentials/coinpay/encryption_keys"
    before = site.shop.read(keys)
    site.order()
    section = follow("Encryption key", site)
    section.run("cp")
    section.run("coinpay setup")
    section.run("coinpay keys rotate")
    assert "may be removed" in section.run("coinpay keys status")
    section.run("coinpay setup")
    assert "may be removed" not in section.run("coinpay keys status")
    assert before not in site.shop.read(keys)
    return section


def database_password(site, _):
    before = site.shop.read("/etc/coinpay/credentials/coinpay/db_password")
    section = follow("Database password", site)
    section.run("coinpay setup")
    assert "ready" in section.run("curl")
    section.run("coinpay ledger verify")
    refused = site.shop.run("env", f"MYSQL_PWD={before}", "mariadb", "-u", "coinpay_worker", "-e", "SELECT 1", check=False)
    assert "Access denied" in refused.stderr
    return section


def operators_password(site, _):
    boss = site.shop.client()
    boss.sign_in("boss", "operator-password")
    invited = site.shop.run("coinpay", "user", "totp", "invite", "boss", "--reason", "test")
    begun = boss.data(boss.post("/api/admin/second-factor/begin", {"code": enrolment_code(invited.stdout)}))
    boss.data(boss.post("/api/admin/second-factor/verify", {"code": pyotp.parse_uri(begun["otpauth_url"]).now()}))
    section = follow("An operator's password or telephone", site, NAME="boss")
    section.run("coinpay user disable")
    assert boss.get("/api/auth/me").status_code == 401
    section.run("coinpay audit")
    section.run("coinpay user password", stdin="another-password\n")
    section.run("coinpay user totp reset")
    section.run("coinpay user enable")
    boss.sign_in("boss", "another-password")
    refused = boss.post("/api/auth/login", {"username": "boss", "password": "operator-password"})
    assert refused.status_code == 401
    site.shop.run("coinpay", "user", "password", "boss", stdin="operator-password\n")
    return section


def backup_key(site, _):
    section = follow("Backup key", site)
    printed = re.search("AGE-SECRET-KEY-.*", section.run("coinpay backup key")).group() + "\n"
    noted_secrets.note("backup key", printed.strip())
    section.run("coinpay backup full")
    section.run("coinpay backup verify", stdin=printed)
    section.run("coinpay backup list")
    # What the next section restores from.
    site.backup_key = printed
    return section


def machine_is_lost(site, _):
    destroy_data(site.shop)
    # As it is copied to another machine.
    site.shop.shell("cp -r $(ls -d /var/lib/coinpay/backups/*Z | tail -1) /root/copied-set")
    section = follow("The machine is lost", site, FOLDER="/root/copied-set")
    section.run("coinpay backup list")
    section.run("coinpay restore newest", stdin=site.backup_key)
    destroy_data(site.shop)
    section.run("coinpay restore FOLDER", stdin=site.backup_key)
    assert "the ledger holds" in section.run("coinpay ledger verify")
    wait_for(site.shop.is_ready)
    assert "ready" in section.run("curl")
    section.run("coinpay reconcile", status=(0, 1, 75))
    section.run("coinpay suspense list")
    section.run("coinpay backup full")
    return section


def alarms_do_not_arrive(site, _):
    section = follow("Alarms do not arrive", site)
    assert "coinpay-alarms.service" in section.run("systemctl status", status=(0, 3))
    return section


def selling_stops(site, _):
    section = follow("Selling has to stop for a while", site)
    section.run("coinpay pause --zh")
    wait_for(lambda: site.buyer.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"}).status_code == 503)
    section.run("coinpay pause --read-only")
    section.run("coinpay resume")
    return section


def data_is_repaired(site, _):
    order = site.order()
    section = follow("Data has to be repaired", site, ORDER_NO=order["order_no"])
    section.run("coinpay stop-payments")
    site.pay(order)
    assert set(site.notify()) == {200} and site.status(order) == "PENDING"
    section.run("coinpay ledger verify")
    section.run("coinpay resume")
    wait_for(lambda: site.status(order) == "PAID")
    return section


def ledger_is_broken(site, _):
    wallet = site.shop.sql("SELECT id FROM wallets WHERE balance > 0 LIMIT 1")[0][0]
    site.shop.sql(f"UPDATE wallets SET balance = balance + 1 WHERE id = {wallet}")
    section = follow("The ledger is broken", site)
    section.run("coinpay stop-payments")
    section.run("(umask 077 && mariadb-dump")
    assert "wallet_balance" in section.run("coinpay ledger verify", status=1)
    site.shop.sql(f"UPDATE wallets SET balance = balance - 1 WHERE id = {wallet}")
    assert "the ledger holds" in section.run("coinpay ledger verify")
    section.run("coinpay resume")
    return section


def unit_failed(site, _):
    site.shop.shell("""echo COINPAY_ORDER_TTL_SECONDS=soon >>/etc/coinpay/coinpay.env
        systemctl restart coinpay@blue.service || true""")
    section = follow("A unit failed", site)
    wait_for(lambda: site.shop.show("coinpay@blue.service", "ActiveState") == "failed")
    assert "coinpay@blue.service" in section.run("systemctl --failed")
    assert "COINPAY_ORDER_TTL_SECONDS" in section.run("journalctl")
    assert "COINPAY_ORDER_TTL_SECONDS" in section.run("coinpay config check", status=78)
    site.shop.shell("sed -i '/^COINPAY_ORDER_TTL_SECONDS=soon/d' /etc/coinpay/coinpay.env")
    section.run("systemctl reset-failed")
    section.run("systemctl start")
    assert "ready" in section.run("curl")
    section.run("systemctl reload")
    section.run("systemctl start")
    section.run("coinpay backup full")
    assert "restored and proved" in section.run("coinpay backup drill")
    return section


def version_is_worse(site, package_folder):
    package, folder = package_folder
    site.shop.install(repack(package, "9.0.1", folder))
    site.shop.run("coinpay", "deploy", "upgrade", "--seconds", "1")
    section = follow("A new version is worse", site)
    section.run("coinpay deploy rollback")
    assert re.search("blue: .* 100 % of the traffic, active", section.run("coinpay deploy status"))
    return section


SCENARIOS = {
    "Look first": look_first, "Callbacks fail": callbacks_fail, "States differ": states_differ,
    "Coins are missing": coins_are_missing, "A provider is down": provider_is_down,
    "The database is down": database_is_down, "The disk is full": disk_is_full, "A key has leaked": key_has_leaked,
    "Stripe: secret key": stripe_secret_key, "Stripe: webhook secret": stripe_webhook_secret,
    "Alipay: the application's key": alipay_key, "WeChat Pay: keys of v2 and v3": wechat_keys,
    "Session key": session_key, "Encryption key": encryption_key, "Database password": database_password,
    "An operator's password or telephone": operators_password, "Backup key": backup_key, "The machine is lost": machine_is_lost, "Alarms do not arrive": alarms_do_not_arrive,
    "Selling has to stop for a while": selling_stops,
    "Data has to be repaired": data_is_repaired, "The ledger is broken": ledger_is_broken, "A unit failed": unit_failed,
    "A new version is worse": version_is_worse,
}


@pytest.mark.parametrize("heading", sections())
def test_following_the_runbook(site, package, tmp_path, heading):
    SCENARIOS[heading](site, (package, tmp_path)).assert_done()
    site.assert_sells()
