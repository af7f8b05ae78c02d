"""A shop with a bit of everything that can happen to money, and a copy of its tables to come back to."""

import json
import os
import re
import subprocess
import uuid

from . import console
from .stack import wait_for
from .stripe_fixtures import deliver, event, intent

# What corruptions are planted in.
TABLES = [
    "users", "wallets", "ledger_entries", "coin_orders", "order_transitions", "payments", "payment_events", "refunds",
    "disputes", "suspense_entries", "confirmations", "operator_actions",
    "audit_head", "coin_packages", "coin_package_prices", "seal_keys", "coin_order_prices", "operator_requests", "operator_days",
]


class Life:
    """What happened: names of rows for tests to spoil."""

    def __init__(self, site, shop, fake):
        self.site, self.shop, self.fake, self.names = site, shop, fake, {}
        self.user, self.other = shop.user, site.new_user()
        self.sell()
        self.give_back()
        self.dispute()
        self.suspend()
        self.adjust()
        self.confirm()
        self.ask()
        self.leave_open()

    def mock(self, user, package=1):
        order = user.order(package=package)
        user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
        return order["order_no"]

    def sell(self):
        site, user = self.site, self.user
        self.names["plain"] = self.mock(user)
        self.names["order"] = self.mock(user, package=2)
        self.names["others"] = self.mock(self.other, package=2)
        twice = user.order(method="STRIPE")
        pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{twice['order_no']}'")
        other = user.data(user.post(f"/api/coin/order/{twice['order_no']}/pay", {"payment_method": "MOCK"}))
        user.post(f"/api/payment/mock/success/{other['mock_payment_id']}")
        deliver(site.base, event(intent(pi, 149)))
        self.names.update(twice=twice["order_no"], pi=pi)
        for name, user in (("wallet", self.user), ("other", self.other)):
            self.names[name] = site.value(
                f"SELECT w.id FROM wallets w JOIN users u ON u.id = w.user_id WHERE u.username = '{user.username}'")

    def give_back(self):
        number = self.mock(self.user)
        self.site.coinpay("refund", number, "--amount", "1", "--reason", "test")
        wait_for(lambda: self.user.status(number)["status"] == "PARTIALLY_REFUNDED")
        paid = self.shop.paid()
        objects = self.fake.book.objects
        self.fake.book.add_refund(objects[objects[self.shop.intent(paid)]["latest_charge"]], 49, None, {})
        self.shop.flush()
        self.names.update(refunded=number, foreign=paid["order_no"])

    def dispute(self):
        for end in ("won", "lost"):
            order = self.shop.paid()
            number = self.fake.book.dispute(self.shop.intent(order))["id"]
            self.shop.flush()
            self.fake.book.close_dispute(number, end)
            self.shop.flush()
            self.names[end], self.names[f"{end}_id"] = order["order_no"], number

    def suspend(self):
        site = self.site
        self.names["stranger"] = "pi_" + uuid.uuid4().hex
        deliver(site.base, event(intent(self.names["stranger"], 149, metadata={"out_trade_no": self.names["foreign"]})))
        for name in ("resolved", "unmatched"):
            self.names[name] = "pi_" + uuid.uuid4().hex
            deliver(site.base, event(intent(self.names[name], 4200, metadata={"out_trade_no": "COIN_20200101_00000000"})))
        number = site.value("SELECT s.id FROM suspense_entries s JOIN payment_events e ON e.id = s.event_id "
                            f"WHERE e.provider_txn_id = '{self.names['resolved']}'")
        site.coinpay("suspense", "resolve", number, "--reason", "another shop's")

    def adjust(self):
        site = self.site
        for user, coins in ((self.user, "5"), (self.other, "7")):
            site.coinpay("coins", "grant", user.username, coins, "--reason", "test")
        site.coinpay("coins", "deduct", self.user.username, "3", "--reason", "test")
        site.coinpay("coins", "allow-negative", self.other.username, "on", "--reason", "test")
        site.coinpay("package", "create", "7", "--zh", "记录", "--en", "Recorded", "--price", "CNY:0.70", "--price", "JPY:70", "--price", "KWD:1.230")

    def confirm(self):
        # The large ones are beyond what the first may do on a day.
        first, second = (console.Operator(self.site, role) for role in ("operator", "administrator"))
        for name, package, told in (("small", 1, {}), ("large", 3, {}), ("refused", 3, {}), ("waiting", 3, {"provider_txn_id": "T1"})):
            number = self.other.order(package=package)["order_no"]
            asked = first.act(f"/orders/{number}/confirm",
                              {"out_trade_no": number, "reason": "seen", "key": uuid.uuid4().hex, **told})
            self.names[name] = number
            if name == "large":
                second.act(f"/confirmations/{asked['confirmation_id']}/approve")
            if name == "refused":
                second.act(f"/confirmations/{asked['confirmation_id']}/reject", {"reason": "no such transfer"})

    def ask(self):
        """What one person may not do alone, and some that they may."""
        operator, boss = (console.Operator(self.site, role) for role in ("operator", "administrator"))
        coins = lambda number: operator.act(
            f"/users/{self.other.username}/grant", {"coins": number, "reason": "test", "key": uuid.uuid4().hex})
        assert "balance" in coins(10)
        for name, decision in (("open", None), ("done", "approve"), ("refused", "reject")):
            number = coins(2_000)["request_id"]
            self.names[f"deed_{name}"] = number
            if decision:
                boss.act(f"/requests/{number}/{decision}", {"reason": "no"} if decision == "reject" else None)
        order = self.mock(self.other, package=4)
        left = operator.act(f"/orders/{order}/refund", {"reason": "test", "rule": "leave", "key": uuid.uuid4().hex})
        self.names["deed_refund"] = left["request_id"]

    def leave_open(self):
        cancelled = self.user.order()["order_no"]
        self.user.post(f"/api/coin/order/{cancelled}/cancel")
        self.names.update(cancelled=cancelled, pending=self.user.order()["order_no"])


class Copy:
    """The tables as they are now. A proof by the program itself, without the site's scripts around it, takes a second."""

    def __init__(self, site):
        self.site = site
        # A site at rest: nothing else writes while tests spoil and restore tables.
        wait_for(lambda: site.value("SELECT COUNT(*) FROM payment_events WHERE state = 'PENDING'") == "0")
        # Stripe does not know what was paid twice: that refund would be tried for ever.
        site.sql("UPDATE refunds SET next_attempt_at = NULL")
        site.sql("DROP DATABASE IF EXISTS kept; CREATE DATABASE kept")
        for table in TABLES:
            site.sql(f"CREATE TABLE kept.{table} LIKE {table}; INSERT INTO kept.{table} SELECT * FROM {table}")
        self.settings = dict(re.findall(r"export (\w+)='(.*)'", site.dev("env").stdout))
        self.program = os.readlink(f"/proc/{site.pid('worker')}/exe")

    def restore(self):
        self.site.sql("SET SESSION foreign_key_checks = 0; " + "".join(
            f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept.{table}; " for table in TABLES))

    def spoil(self, statements):
        self.site.sql("SET SESSION foreign_key_checks = 0, check_constraint_checks = 0; " + statements)

    def run(self, *arguments):
        return subprocess.run([self.program, *arguments], env={**os.environ, **self.settings}, text=True, capture_output=True)

    def broken(self, *options):
        """Names of what does not hold; none when the program says that all holds."""
        result = self.run("ledger", "verify", "--json", *options)
        report = json.loads(result.stdout)
        broken = [i["name"] for i in report["invariants"] if not i["holds"]]
        assert result.returncode == (1 if broken else 0), result.stderr
        return broken
