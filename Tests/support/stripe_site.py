"""A site that sells by Stripe, as its buyers and Stripe see it."""

import time

from .stripe_fixtures import PATH, SETTINGS, WEBHOOK_SECRET

OLD_SECRET = "whsec_test_older_0f1e2d3c4b5a69788796"
TWO_SECRETS = {**SETTINGS, "STRIPE_WEBHOOK_SECRET": f"{WEBHOOK_SECRET},{OLD_SECRET}"}


def wait_until(found, what, seconds=30):
    """Waits for something true and gives it back."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return value


class Shop:
    """One buyer's dealings with a site whose Stripe is the fake."""

    def __init__(self, site, fake, user):
        self.site, self.fake, self.user = site, fake, user
        fake.hooks.register(site.base + PATH, WEBHOOK_SECRET)
        fake.hooks.drop()

    def order(self, package=1):
        order = self.user.order(package, method="STRIPE")
        order["number"] = self.site.value(
            "SELECT provider_txn_id FROM payments WHERE provider = 'STRIPE' "
            f"AND out_trade_no LIKE '{order['order_no']}%' ORDER BY id DESC LIMIT 1")
        return order

    def paid(self, package=1):
        order = self.order(package)
        self.pay(order)
        self.flush()
        assert self.status(order) == "PAID"
        return order

    def pay(self, order, method="card"):
        if order["number"].startswith("cs_"):
            self.fake.checkout.pay_session(order["number"], method)
        else:
            self.fake.checkout.pay(order["number"], method)

    def intent(self, order):
        """The number of the intent, also behind a session."""
        thing = self.fake.book.objects[order["number"]]
        return thing["payment_intent"] if thing["object"] == "checkout.session" else thing["id"]

    def flush(self, **options):
        """Sends what Stripe has to say; all of it has to be acknowledged."""
        statuses = self.fake.hooks.flush(**options)
        assert all(status == 200 for _, status in statuses), statuses
        return [kind for kind, _ in statuses]

    def status(self, order):
        return self.user.status(order["order_no"])["status"]

    def payment_status(self, order):
        return self.site.value(f"SELECT status FROM payments WHERE provider_txn_id = '{order['number']}'")

    def refund(self, order, *options):
        """An operator's refund, and the worker's call to Stripe."""
        before = len(self.fake.sent("POST", "/v1/refunds"))
        self.site.coinpay("refund", order["order_no"], "--reason", "wish of the buyer", *options)
        wait_until(lambda: len(self.fake.sent("POST", "/v1/refunds")) > before, "no refund was asked for")

    def refunds(self, order):
        """Status, amount and number at Stripe of each refund."""
        return self.site.sql(
            "SELECT r.status, r.amount, r.provider_refund_id FROM refunds r JOIN payments p ON p.id = r.payment_id "
            f"WHERE p.provider_txn_id = '{order['number']}' ORDER BY r.id")

    def disputes(self, order):
        return [row[0] for row in self.site.sql(
            "SELECT d.status FROM disputes d JOIN payments p ON p.id = d.payment_id "
            f"WHERE p.provider_txn_id = '{order['number']}' ORDER BY d.id")]

    def coins(self):
        return self.user.balance()
