"""The summaries against figures that are computed here from the rows, in several zones and across midnight."""

import csv
import io
import random
import subprocess
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from support.stack import ROOT, Stack, wait_for

UTC = timezone.utc
# Clocks are put back in Berlin on 25 October and in New York on 1 November 2026.
FIRST, DAYS = date(2026, 10, 23), 11
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC"]
COUNTED_SECONDS = 150


@pytest.fixture(scope="module")
def site():
    with Stack("statistics") as stack:
        yield stack


def text(moment):
    return "NULL" if moment is None else f"'{moment:%Y-%m-%d %H:%M:%S.%f}'"


class Rows:
    """A shop's fortnight of payments, refunds and refused attempts, made up at random."""

    ENDS = [("SUCCEEDED", None, 55), ("FAILED", "declined: card_declined", 8), ("FAILED", "insufficient_funds: x", 5),
            ("CLOSED", "expired: never_begun", 12), ("CLOSED", "cancelled: closed_by_us", 8), ("CLOSED", "odd words", 2),
            ("PENDING", None, 6), ("SUSPICIOUS", "amountDiffers", 2), ("DUPLICATE", "paid_twice", 2)]
    METHODS = [("ALIPAY", "CNY", 990), ("WECHAT", "CNY", 4900), ("STRIPE", "USD", 149), ("STRIPE", "JPY", 500)]

    def __init__(self, seed, count=1500):
        self.random = random.Random(seed)
        self.lines = []
        for number in range(1, count + 1):
            self.order(number)

    def order(self, number):
        pick = self.random
        begun = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(
            seconds=pick.uniform(-86_400, (DAYS + 1) * 86_400))
        # Many near midnight of one zone or another, to the microsecond.
        if pick.random() < 0.3:
            begun = begun.replace(minute=pick.choice([0, 15, 30, 45]), second=0, microsecond=0)
            begun -= timedelta(microseconds=pick.choice([0, 1]))
        status, cause, _ = pick.choices(self.ENDS, [weight for *_, weight in self.ENDS])[0]
        method, currency, amount = pick.choice(self.METHODS)
        # A first attempt by another method now and then, so that an order is older than its payment.
        ordered = begun - timedelta(seconds=pick.choice([0, 0, 0, 90.5]))
        paid = status in ("SUCCEEDED", "DUPLICATE")
        arrived = begun + timedelta(seconds=pick.expovariate(1 / 40) + 0.004) if paid else None
        order, payment = 10_000 + number, 20_000 + number
        credited = arrived if status == "SUCCEEDED" else begun if status == "DUPLICATE" else None
        self.lines.append(
            "INSERT INTO coin_orders (id, order_no, user_id, package_id, coins, bonus_coins, amount, currency,"
            " payment_method, status, created_at, expires_at, paid_at, updated_at) VALUES"
            f" ({order}, 'COIN_20261101_{number:08}', 1, 1, 100, 0, {amount}, '{currency}', '{method}',"
            f" '{'PAID' if paid else 'EXPIRED'}', {text(ordered)}, {text(ordered)}, {text(credited)}, {text(ordered)})")
        self.lines.append(
            "INSERT INTO payments (id, order_id, attempt, provider, merchant_account, live_mode, out_trade_no, amount,"
            " currency, status, cause, created_at, succeeded_at, updated_at) VALUES"
            f" ({payment}, {order}, 1, '{method}', 'm', 0, 'T{number}', {amount}, '{currency}', '{status}',"
            f" {repr(cause) if cause else 'NULL'}, {text(begun)}, {text(arrived)}, {text(begun)})")
        self.changed(order, payment, status, begun)
        if paid and pick.random() < 0.2:
            self.refund(number, payment, currency, amount, arrived)
        if pick.random() < 0.1:
            self.refused(number, method, begun)

    def changed(self, order, payment, status, moment):
        self.lines.append(
            "INSERT INTO order_transitions (order_id, payment_id, from_status, to_status, actor, cause, created_at)"
            f" VALUES ({order}, {payment}, NULL, '{status}', 'test', 'test', {text(moment)})")

    def refund(self, number, payment, currency, amount, arrived):
        asked = arrived + timedelta(hours=self.random.uniform(0, 40))
        status = self.random.choice(["SUCCEEDED", "SUCCEEDED", "FAILED", "PENDING"])
        self.lines.append(
            "INSERT INTO refunds (payment_id, out_request_no, amount, currency, status, reason, actor, created_at,"
            f" updated_at) VALUES ({payment}, 'T{number}_R1', {self.random.randint(1, amount)}, '{currency}', '{status}',"
            f" 'test', 'test', {text(asked)}, {text(asked + timedelta(minutes=5))})")

    def refused(self, number, method, begun):
        told = begun + timedelta(seconds=30)
        self.lines.append(
            "INSERT INTO payment_events (provider, event_key, source, kind, merchant_account, live_mode, cause,"
            " occurred_at, received_at, state, outcome, settled_at) VALUES"
            f" ('{method}', 'refused:{number}', 'NOTIFICATION', 'ATTEMPT_FAILED', 'm', 0, 'authentication_failed: 3ds',"
            f" {text(told)}, {text(told)}, 'SETTLED', 'IGNORED', {text(told)})")

    def insert(self, site):
        site.dev("sql", stdin="SET autocommit = 0;\n" + ";\n".join(self.lines) + ";\nCOMMIT;\n")


def rows(site, query):
    def value(word):
        if word == "NULL":
            return None
        if len(word) == 26 and word[4] == "-":
            return datetime.fromisoformat(word).replace(tzinfo=UTC)
        return int(word) if word.lstrip("-").isdigit() else word
    return [[value(word) for word in row] for row in site.sql(query)]


class Expected:
    """What the figures of a period are, from the rows themselves."""

    def __init__(self, site, zone, first, last, by):
        self.zone, self.first, self.last, self.by = ZoneInfo(zone), first, last, by
        self.slots = defaultdict(Counter)
        self.causes = Counter()
        self.durations = defaultdict(list)
        for payment in rows(site, "SELECT p.provider, p.currency, p.status, p.amount, SUBSTRING_INDEX(p.cause, ':', 1),"
                                  " p.created_at, p.succeeded_at, o.created_at, o.paid_at FROM payments p"
                                  " JOIN coin_orders o ON o.id = p.order_id"):
            self.payment(*payment)
        for refund in rows(site, "SELECT p.provider, r.currency, r.status, r.amount, r.created_at FROM refunds r"
                                 " JOIN payments p ON p.id = r.payment_id WHERE p.status <> 'DUPLICATE'"):
            self.refund(*refund)
        for provider, received in rows(site, "SELECT provider, received_at FROM payment_events"
                                             " WHERE kind = 'ATTEMPT_FAILED'"):
            if self.slot(received):
                self.causes[provider, "authentication_failed"] += 1

    def slot(self, moment):
        local = moment.astimezone(self.zone)
        if not self.first <= local.date() <= self.last:
            return None
        if self.by == "day":
            return local.strftime("%Y-%m-%d")
        # An hour that clocks pass twice is one slot, named by its first beginning.
        return local.replace(minute=0, second=0, microsecond=0, fold=0).isoformat().replace("+00:00", "Z")

    def count(self, moment, provider, currency, **counts):
        if slot := self.slot(moment):
            self.slots[slot, provider, currency].update(counts)

    def payment(self, provider, currency, status, amount, cause, begun, arrived, ordered, paid):
        self.count(begun, provider, currency, begun=1)
        ending = {"SUCCEEDED": "begun_succeeded", "DUPLICATE": "begun_succeeded",
                  "FAILED": "begun_failed", "CLOSED": "begun_closed"}.get(status)
        if ending:
            self.count(begun, provider, currency, **{ending: 1})
        if status in ("FAILED", "CLOSED") and self.slot(begun):
            self.causes[provider, "other" if cause == "odd words" else cause] += 1
        if status == "SUCCEEDED":
            self.count(arrived, provider, currency, paid=1, paid_amount=amount)
            if self.slot(arrived):
                self.durations[provider].append((paid - ordered) // timedelta(milliseconds=1))
        if status == "DUPLICATE":
            self.count(arrived, provider, currency, duplicates=1, duplicates_amount=amount)

    def refund(self, provider, currency, status, amount, asked):
        if status != "FAILED":
            self.count(asked, provider, currency, refunds=1)
        if status == "SUCCEEDED":
            self.count(asked, provider, currency, refunded=1, refunded_amount=amount)

    def percentile(self, provider, percent):
        values = sorted(self.durations[provider])
        return values[max(-(-len(values) * percent // 100), 1) - 1]


NAMES = ["begun", "begun_succeeded", "begun_failed", "begun_closed", "paid", "paid_amount", "duplicates",
         "duplicates_amount", "refunds", "refunded", "refunded_amount"]


def table(site, zone, first, last, by, name):
    output = subprocess.run(
        [ROOT / "nginx" / "dev", "coinpay", "statistics", "--from", str(first), "--to", str(last), "--by", by,
         "--table", name], env={**site.environment, "COINPAY_TIME_ZONE": zone}, capture_output=True, text=True,
        check=True).stdout
    return list(csv.DictReader(io.StringIO(output)))


def minor(amount, currency):
    return int(amount) if currency == "JPY" else int(amount.replace(".", ""))


def counted(site, zone, first, last, by):
    slots = {}
    for row in table(site, zone, first, last, by, "slots"):
        figures = {name: minor(row[name], row["currency"]) if name.endswith("amount") else int(row[name])
                   for name in NAMES}
        assert minor(row["net_amount"], row["currency"]) == figures["paid_amount"] - figures["refunded_amount"]
        slots[row["slot"], row["method"], row["currency"]] = {k: v for k, v in figures.items() if v}
    return slots


def check(site, zone, first, last, by):
    expected = Expected(site, zone, first, last, by)
    assert counted(site, zone, first, last, by) == {key: dict(value) for key, value in expected.slots.items()}
    causes = {(r["method"], r["cause"]): int(r["count"]) for r in table(site, zone, first, last, by, "causes")}
    assert causes == dict(expected.causes)
    for row in table(site, zone, first, last, by, "durations"):
        assert int(row["count"]) == len(expected.durations[row["method"]])
        for name, percent in (("p50_ms", 50), ("p95_ms", 95)):
            exact = expected.percentile(row["method"], percent)
            assert exact <= int(row[name]) <= exact * 17 / 16, (row, exact)
    return expected


def wait_counted(site, payment):
    """The keeper has seen the change of a payment and counted everything."""
    seen = f"SELECT transition_id >= (SELECT MAX(id) FROM order_transitions WHERE payment_id = {payment}) FROM statistics_progress"
    wait_for(lambda: site.value(seen) == "1" and site.value("SELECT COUNT(*) FROM statistics_stale") == "0",
             COUNTED_SECONDS)


@pytest.fixture(scope="module")
def made(site):
    made = Rows(seed=6)
    made.insert(site)
    wait_counted(site, 21_500)
    return made


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_those_of_the_zone(site, made, zone):
    expected = check(site, zone, FIRST, FIRST + timedelta(days=DAYS - 1), "day")
    assert len({slot for slot, *_ in expected.slots}) == DAYS and len(expected.causes) > 12


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu"])
def test_hours_are_those_of_the_zone(site, made, zone):
    check(site, zone, date(2026, 10, 24), date(2026, 10, 26), "hour")


def test_a_single_day_is_counted_from_its_quarters(site, made):
    check(site, "Asia/Kathmandu", date(2026, 10, 28), date(2026, 10, 28), "day")


def test_what_changes_later_is_counted_again_where_it_belongs(site, made):
    later = Rows(seed=7, count=0)
    pending = [row[0] for row in rows(site, "SELECT id FROM payments WHERE status = 'PENDING' ORDER BY id LIMIT 20")]
    for payment in pending:
        later.lines += [
            f"UPDATE payments SET status = 'SUCCEEDED', succeeded_at = created_at + INTERVAL 3 DAY WHERE id = {payment}",
            "UPDATE coin_orders SET status = 'PAID', paid_at = created_at + INTERVAL 3 DAY"
            f" WHERE id = (SELECT order_id FROM payments WHERE id = {payment})"]
        later.changed(payment - 10_000, payment, "SUCCEEDED", datetime(2026, 11, 5, tzinfo=UTC))
    later.lines.append("UPDATE refunds SET status = 'FAILED', updated_at = UTC_TIMESTAMP(6)"
                       " WHERE status = 'SUCCEEDED' ORDER BY id LIMIT 10")
    before = counted(site, "Asia/Shanghai", FIRST, FIRST + timedelta(days=DAYS - 1), "day")
    later.insert(site)
    wait_counted(site, pending[-1])
    wait_for(lambda: counted(site, "Asia/Shanghai", FIRST, FIRST + timedelta(days=DAYS - 1), "day") != before)
    wait_for(lambda: site.value("SELECT COUNT(*) FROM statistics_stale") == "0")
    check(site, "Asia/Shanghai", FIRST, FIRST + timedelta(days=DAYS - 1), "day")


def test_counting_everything_again_gives_the_same(site, made):
    def summaries():
        return [site.sql("SELECT * FROM statistics_quarters ORDER BY 1, 2, 3"),
                site.sql("SELECT * FROM statistics_counts ORDER BY 1, 2, 3, 4, 5")]
    before = summaries()
    assert len(before[0]) > 500 and len(before[1]) > 1_000
    site.sql("DELETE FROM statistics_quarters; DELETE FROM statistics_counts; UPDATE statistics_progress SET"
             " transition_id = 0, changed_since = '1970-01-01'")
    wait_counted(site, 21_500)
    assert summaries() == before


def test_news_of_a_day_keeps_no_earlier_one_waiting(site, made):
    # A change that lies ahead is news whenever the keeper looks.
    site.sql("UPDATE refunds SET updated_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR ORDER BY created_at DESC LIMIT 1")
    earlier = "quarter < (SELECT MIN(quarter) + 96 * 5 FROM statistics_quarters)"
    site.sql(f"INSERT INTO statistics_stale SELECT DISTINCT quarter FROM statistics_quarters WHERE {earlier}")
    wait_for(lambda: site.value(f"SELECT COUNT(*) FROM statistics_stale WHERE {earlier}") == "0")
    site.sql("UPDATE refunds SET updated_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR WHERE updated_at > UTC_TIMESTAMP(6)")


def test_what_is_bought_now_is_counted_within_seconds(site, made):
    user = site.new_user()
    order = user.order()
    user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    user.order()
    zone = "Asia/Shanghai"
    today = datetime.now(ZoneInfo(zone)).date()
    key = (str(today), "MOCK", "CNY")
    figures = wait_for(
        lambda: (found := counted(site, zone, today, today, "day").get(key, {})).get("begun") == 2 and found,
        COUNTED_SECONDS)
    assert figures["begun_succeeded"] == figures["paid"] == 1 and figures["paid_amount"] == 990
    check(site, zone, today, today, "hour")


def test_a_period_that_makes_no_sense_is_refused(site):
    for arguments in (["--from", "2026-02-30"], ["--from", "2026-02-02", "--to", "2026-02-01"],
                      ["--from", "2026-01-01", "--to", "2027-01-02"],
                      ["--from", "2026-01-01", "--to", "2026-02-01", "--by", "hour"]):
        assert site.coinpay("statistics", *arguments, check=False).returncode == 64, arguments
