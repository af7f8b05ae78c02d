"""`coinpay reconcile` finds every difference that was planted in three providers' books, and nothing else."""

import collections
import concurrent.futures
import datetime
import uuid
import json
import os
import signal
import subprocess

import pytest

from support.alipay import AlipayServer
from support.console import Operator
from support.planted_books import ALIPAY_MODE, WECHAT_MODE, AlipayBooks, StripeBooks, WeChatBooks, yesterday
from support.stack import ROOT, Stack, wait_for
from support.stripe_fake import StripeFake
from support.stripe_fixtures import SETTINGS
from support.wechat import WeChatServer
from support.wechat_book import BEIJING

COINPAY = ROOT / "nginx" / "dev"
Planted = collections.namedtuple("Planted", "provider kind subject number")
MATCHED = 8
# How many of each per provider: 200 in all.
LOST, FOREIGN, MISSING_THERE, AMOUNT = 14, 9, 11, 11
CONSOLE_REFUNDS, REFUND_MISSING_THERE, REFUND_AMOUNT, REFUND_STATUS = 10, 3, 3, 3
STRIPE_TAKEN_BACK, STRIPE_DISPUTES = 5, 3


@pytest.fixture(scope="module")
def servers():
    with AlipayServer() as alipay, WeChatServer() as wechat, StripeFake() as stripe:
        yield {"alipay": alipay, "wechat": wechat, "stripe": stripe}
        assert stripe.problems == []


@pytest.fixture(scope="module")
def site(servers):
    stack = Stack("reconcile", STRIPE_API_URL=servers["stripe"].url, **SETTINGS,
                  **servers["wechat"].settings(WECHAT_MODE))
    stack.environment |= servers["alipay"].settings(ALIPAY_MODE, site=stack.base)
    with stack:
        yield stack


@pytest.fixture(scope="module")
def houses(site, servers):
    return [AlipayBooks(site, servers["alipay"]), WeChatBooks(site, servers["wechat"]),
            StripeBooks(site, servers["stripe"])]


def reconcile(site, *options, expected=0):
    """What it came to for each provider, without the times of the run."""
    result = site.coinpay("reconcile", *options, "--json", check=False)
    assert result.returncode == expected, result.stdout + result.stderr
    runs = json.loads(result.stdout)["runs"]
    return {run["payment_method"]: {name: run[name] for name in run if not name.endswith("ed_at")} for run in runs}, result.stderr


def items(site, *options):
    found, after = [], 0
    while True:
        page = json.loads(site.coinpay(
            "reconcile", "show", *options, "--after", str(after), "--count", "150", "--json").stdout)["items"]
        found += page
        if len(page) < 150:
            return found
        after = page[-1]["id"]


def silence(site):
    """No questions: what is not told stays unknown."""
    site.sql("UPDATE payments SET next_query_at = NULL")


def own_refund(house, order, amount):
    """A refund of ours, known to both sides; its number."""
    house.site.coinpay("refund", order["order_no"], "--amount", amount, "--reason", "test", "--rule", "leave")
    return order["order_no"] + "_R1"


def refund_states(site, numbers):
    texts = ", ".join(f"'{number}'" for number in numbers)
    return {row[0] for row in site.sql(f"SELECT status FROM refunds WHERE out_request_no IN ({texts})")}


class Field:
    """Plants differences in one provider's books."""

    def __init__(self, house):
        self.house, self.site, self.user = house, house.site, house.site.new_user()
        self.planted = []

    def add(self, kind, subject, number):
        self.planted.append(Planted(self.house.method, kind, subject, number))

    def orders(self, count):
        made = self.house.visit([self.user.order(method=self.house.method) for _ in range(count)])
        silence(self.site)
        return made

    def paid(self, count):
        """Orders that both sides know to be paid."""
        made = self.orders(count)
        for order in made:
            self.house.pay(order)
            self.house.tell(order)
        return made

    def plant(self):
        house = self.house
        self.paid(MATCHED)
        self.lost = self.orders(LOST)
        for order in self.lost:
            house.pay(order)
            self.add("MISSING_HERE", "PAYMENT", order["number"])
        for _ in range(FOREIGN):
            self.add("MISSING_HERE", "PAYMENT", house.foreign_payment())
        for order in self.paid(MISSING_THERE):
            house.forget(order)
            self.add("MISSING_THERE", "PAYMENT", order["number"])
        for order in self.paid(AMOUNT):
            house.change_amount(order)
            self.add("AMOUNT_DIFFERS", "PAYMENT", order["number"])
        self.console = self.paid(CONSOLE_REFUNDS)
        for order in self.console:
            self.add("MISSING_HERE", "REFUND", house.console_refund(order, 50))
        self.plant_own_refunds()
        if house.method == "STRIPE":
            for order in self.paid(STRIPE_TAKEN_BACK):
                house.take_payment_back(order)
                self.add("STATUS_DIFFERS", "PAYMENT", order["number"])
            for order in self.paid(STRIPE_DISPUTES):
                self.add("MISSING_HERE", "DISPUTE", house.dispute(order))

    def plant_own_refunds(self):
        house = self.house
        plain = self.paid(REFUND_MISSING_THERE + REFUND_AMOUNT)
        told = [(order, own_refund(house, order, "0.50")) for order in plain]
        self.wait_for_end(told)
        house.refuse_refunds()
        refused = [(order, own_refund(house, order, "0.50")) for order in self.paid(REFUND_STATUS)]
        self.wait_for_end(refused)
        house.behave()
        for order, number in told[:REFUND_MISSING_THERE]:
            house.forget_refund(order, number)
            self.add("MISSING_THERE", "REFUND", number)
        for order, number in told[REFUND_MISSING_THERE:]:
            house.change_refund(order, number)
            self.add("AMOUNT_DIFFERS", "REFUND", number)
        for order, number in refused:
            house.contradict_refund(order, number, 50)
            self.add("STATUS_DIFFERS", "REFUND", number)

    def wait_for_end(self, refunds):
        """The worker has carried them out, and the provider's bank has answered."""
        numbers = [number for _, number in refunds]
        wait_for(lambda: "REQUESTED" not in refund_states(self.site, numbers))
        for order, number in refunds:
            self.house.finish_refund(order, number)
        wait_for(lambda: refund_states(self.site, numbers) <= {"SUCCEEDED", "FAILED"})


def date_back(site, houses):
    """Ours and theirs happened at noon of yesterday."""
    for house in houses:
        house.date_back()
        moment = f"'{yesterday(house.zone)} {'12' if house.method == 'STRIPE' else '04'}:00:00'"
        site.sql(
            f"UPDATE payments SET succeeded_at = {moment} WHERE provider = '{house.method}' "
            "AND succeeded_at IS NOT NULL; "
            f"UPDATE payment_events SET occurred_at = {moment} WHERE provider = '{house.method}'; "
            f"UPDATE refunds r JOIN payments p ON p.id = r.payment_id SET r.created_at = {moment}, "
            f"r.updated_at = {moment} WHERE p.provider = '{house.method}'")


@pytest.fixture(scope="module")
def fields(site, houses):
    fields = [Field(house) for house in houses]
    with concurrent.futures.ThreadPoolExecutor(len(fields)) as pool:
        list(pool.map(Field.plant, fields))
    date_back(site, houses)
    return fields


def number_of(item):
    """What a planted difference is known by."""
    if item["subject"] == "DISPUTE":
        return item["provider_refund_id"]
    if item["subject"] == "REFUND":
        ours = item.get("refund_no")
        return ours or item["provider_refund_id"]
    return item["provider_txn_id"] if item["payment_method"] == "STRIPE" else item["out_trade_no"]


def what_it_left(site):
    """Everything that running a day again must not change."""
    return site.sql(
        "SELECT COUNT(*), MAX(id) FROM payment_events UNION ALL SELECT COUNT(*), MAX(id) FROM ledger_entries UNION ALL "
        "SELECT COUNT(*), MAX(id) FROM refunds UNION ALL SELECT COUNT(*), SUM(resolved_at IS NULL) "
        "FROM reconciliation_items UNION ALL SELECT COUNT(*), 0 FROM reconciliation_matches UNION ALL "
        "SELECT COUNT(*), 0 FROM suspense_entries UNION ALL SELECT COUNT(*), 0 FROM order_transitions")


def test_every_planted_difference_is_found_and_nothing_else(site, houses, fields):
    planted = [x for field in fields for x in field.planted]
    assert len(planted) == len(set(planted)) == 200
    runs, said = reconcile(site, expected=1)
    assert {run["day"] for run in runs.values()} == {str(yesterday(house.zone)) for house in houses}
    found = [Planted(i["payment_method"], i["kind"], i["subject"], number_of(i)) for house in houses
             for i in items(site, str(runs[house.method]["id"]))]
    assert len(found) == len(set(found))
    assert set(found) == set(planted), (set(found) - set(planted), set(planted) - set(found))
    for field in fields:
        run = runs[field.house.method]
        counts = collections.Counter(x.kind for x in field.planted)
        assert run["differences"] == counts and run["matched"] >= MATCHED, run
    # What could be settled was, by the one path.
    for field in fields:
        assert {field.user.status(order["order_no"])["status"] for order in field.lost} == {"PAID"}
        states = {field.user.status(order["order_no"])["status"] for order in field.console}
        assert states == {"PARTIALLY_REFUNDED"}
    assert site.value("SELECT COUNT(*) FROM suspense_entries WHERE reason = 'unmatched'") == str(3 * FOREIGN)
    # Alipay's books know of refunds that failed here: it is asked whether they were made after all.
    # Stripe is asked how the disputes stand that nobody told of, and its answers are news.
    disputes = sum(x.kind == "MISSING_HERE" and x.subject == "DISPUTE" for x in planted)
    expected = [["NOTIFICATION", str(disputes)], [
        "RECONCILIATION", str(3 * (LOST + FOREIGN + CONSOLE_REFUNDS) + REFUND_STATUS + disputes)]]
    wait_for(lambda: site.sql(
        "SELECT source, COUNT(*) FROM payment_events WHERE event_key LIKE 'books:%' GROUP BY source") == expected)
    # The rest alarms and waits for somebody.
    is_settled = [x.kind == "MISSING_HERE" and x.subject != "DISPUTE" for x in planted]
    still_open = items(site)
    assert len(still_open) == len(planted) - sum(is_settled) == sum(run["open"] for run in runs.values())
    assert said.count("critical the provider's books and ours differ;") == len(still_open)
    site.assert_ledger_holds()


def test_running_a_day_again_changes_nothing(site, houses, fields):
    days = {house.method: str(yesterday(house.zone)) for house in houses}
    # What was settled since is closed by the first.
    first, _ = reconcile(site, "--date", days["ALIPAY"], "--method", "ALIPAY", expected=1)
    before = what_it_left(site)
    again, said = reconcile(site, "--date", days["ALIPAY"], "--method", "ALIPAY", expected=1)
    assert first == again and "critical" not in said
    assert what_it_left(site) == before
    nothing = site.coinpay("reconcile")
    assert "nothing is left" in nothing.stdout


def test_the_story_of_an_order_tells_of_the_books(site, fields):
    order = fields[0].lost[0]
    shown = site.coinpay("order", "show", order["order_no"]).stdout
    assert "RECONCILIATION SUCCEEDED -> CREDITED" in shown and "MISSING_HERE" in shown


def test_a_run_that_does_not_exist_is_said_to(site):
    answer = site.coinpay("reconcile", "show", "999999", check=False)
    assert answer.returncode == 1 and "there is no run 999999" in answer.stderr and not answer.stdout


def test_an_operator_resolves_a_difference_once(site, fields):
    item = items(site)[0]
    site.coinpay("reconcile", "resolve", str(item["id"]), "--reason", "a test of the bank's")
    assert item["id"] not in [i["id"] for i in items(site)]
    twice = site.coinpay("reconcile", "resolve", str(item["id"]), "--reason", "again", check=False)
    assert twice.returncode == 1 and "no open difference" in twice.stderr
    assert f"RESOLVE_DIFFERENCE  {item['id']}" in site.coinpay("audit").stdout
    listed = site.coinpay("reconcile", "list").stdout
    left = len(items(site))
    assert f"{left} {'difference is' if left == 1 else 'differences are'} open" in listed
    site.assert_ledger_holds()


def test_the_console_shows_the_books_and_resolves(site, fields):
    viewer, operator = Operator(site, "viewer"), Operator(site, "operator")
    runs = viewer.read("/reconciliation?method=WECHAT")["items"]
    run = next(run for run in runs if run["day"] == str(yesterday(BEIJING)))
    assert run["payment_method"] == "WECHAT" and run["open"] > 0
    path = f"/reconciliation/{run['id']}"
    shown, after = [], 0
    while after is not None:
        page = viewer.read(f"{path}?kind=AMOUNT_DIFFERS&open=yes&after={after}")
        shown += page["items"]
        after = page.get("next")
    told = [item["id"] for item in items(site, str(run["id"]), "--kind", "AMOUNT_DIFFERS") if not item.get("resolved_at")]
    assert [item["id"] for item in shown] == told and told
    assert viewer.post(f"/api/admin/differences/{told[0]}/resolve", {"reason": "no"}).status_code == 403
    operator.act(f"/differences/{told[0]}/resolve", {"reason": "the bank's rounding"})
    assert operator.post(f"/api/admin/differences/{told[0]}/resolve", {"reason": "again"}).status_code == 404
    recorded = operator.read(f"/audit?action=RESOLVE_DIFFERENCE&subject={told[0]}")["items"]
    assert [(item["actor"], item["reason"]) for item in recorded] == [(operator.actor, "the bank's rounding")]
    for address in "/admin/reconciliation", "/admin" + path, f"/admin/orders/{shown[0]['out_trade_no']}":
        page = viewer.get(address)
        assert page.status_code == 200 and "the bank&#39;s rounding" in page.text or address == "/admin/reconciliation"


def test_books_that_are_not_there_yet_are_another_exit_code(site, houses):
    today = str(yesterday(houses[0].zone).fromordinal(yesterday(houses[0].zone).toordinal() + 1))
    runs, said = reconcile(site, "--date", today, "--method", "ALIPAY", expected=75)
    assert runs["ALIPAY"]["state"] == "NOT_READY" and "not there yet" in said


def test_one_provider_in_trouble_does_not_stop_the_others(site, houses, servers, fields):
    day = str(yesterday(houses[0].zone))
    servers["alipay"].misbehave("reset", "bill")
    try:
        runs, said = reconcile(site, "--date", day, expected=1)
    finally:
        servers["alipay"].behave()
    assert {runs["ALIPAY"]["state"], runs["WECHAT"]["state"]} == {"FAILED", "COMPLETE"}
    assert "could not be read to their end" in said


def test_a_run_that_is_killed_is_finished_by_the_next(site, houses, servers, fields):
    """Dies at each of several points of Stripe's books, which come in pages of 100 lines."""
    stripe, day = houses[2], str(yesterday(houses[2].zone))
    user = site.new_user()
    lost = stripe.visit([user.order(method="STRIPE") for _ in range(120)])
    silence(site)
    for order in lost:
        stripe.pay(order)
    servers["stripe"].hooks.drop()
    stripe.date_back()
    for pages in (1, 2):
        seen = len(servers["stripe"].sent("GET", "/v1/balance_transactions"))
        servers["stripe"].misbehave("hang", "GET /v1/balance_transactions", after=pages)
        process = subprocess.Popen(
            [COINPAY, "coinpay", "reconcile", "--method", "STRIPE", "--date", day], env=site.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        wait_for(lambda: len(servers["stripe"].sent("GET", "/v1/balance_transactions")) > seen + pages)
        busy, _ = reconcile(site, "--method", "STRIPE", "--date", day, expected=75)
        assert busy["STRIPE"]["state"] == "BUSY"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        servers["stripe"].behave()
        assert site.value(f"SELECT state FROM reconciliation_runs WHERE provider = 'STRIPE' AND book_day = '{day}'") \
            == "RUNNING"
    found, _ = reconcile(site, "--method", "STRIPE", "--date", day, expected=1)
    planted = collections.Counter(x.kind for x in fields[2].planted)
    planted["MISSING_HERE"] += len(lost)
    assert found["STRIPE"]["differences"] == planted
    assert {user.status(order["order_no"])["status"] for order in lost} == {"PAID"}
    before = what_it_left(site)
    assert reconcile(site, "--method", "STRIPE", "--date", day, expected=1)[0] == found
    assert what_it_left(site) == before
    site.assert_ledger_holds()


def test_a_payment_near_midnight_is_judged_when_both_days_were_read(site, houses):
    """Ours says five minutes past midnight, and no books have it: only the second day's run may say so."""
    wechat, user = houses[1], site.new_user()
    [order] = wechat.visit([user.order(method="WECHAT")])
    silence(site)
    wechat.pay(order)
    wechat.tell(order)
    wechat.forget(order)
    day = yesterday(wechat.zone)
    midnight = datetime.datetime.combine(day, datetime.time(0), wechat.zone).astimezone(datetime.timezone.utc)
    moment = f"{midnight + datetime.timedelta(minutes=5):%Y-%m-%d %H:%M:%S}"
    site.sql(f"UPDATE payments SET succeeded_at = '{moment}' WHERE out_trade_no = '{order['number']}'; "
             f"UPDATE payment_events SET occurred_at = '{moment}' WHERE out_trade_no = '{order['number']}'")

    def is_found():
        return order["number"] in [i.get("out_trade_no") for i in items(site)]

    reconcile(site, "--method", "WECHAT", "--date", str(day), expected=1)
    assert not is_found()
    before = str(day - datetime.timedelta(days=1))
    reconcile(site, "--method", "WECHAT", "--date", before, expected=1)
    assert is_found()


def test_money_in_suspense_is_not_put_there_twice(site, houses, servers):
    """A notification told of money that is nobody's; then the books tell of it."""
    stripe, day = houses[2], str(yesterday(houses[2].zone))
    servers["stripe"].hooks.drop()
    number = stripe.foreign_payment()
    stripe.tell({"number": number})
    stripe.date_back()
    reconcile(site, "--method", "STRIPE", "--date", day, expected=1)
    assert site.value("SELECT COUNT(*) FROM suspense_entries s JOIN payment_events e ON e.id = s.event_id "
                      f"WHERE e.provider_txn_id = '{number}'") == "1"
    assert site.sql(f"SELECT kind, resolution FROM reconciliation_items WHERE provider_txn_id = '{number}'") \
        == [["MISSING_HERE", "IN_SUSPENSE"]]


def test_the_books_confirm_money_that_waits_for_its_confirmation(site, houses, servers):
    """A success was told that has to be confirmed, and nobody could be asked; then the books tell of it."""
    stripe, day = houses[2], str(yesterday(houses[2].zone))
    buyer = site.new_user()
    [order] = stripe.visit([buyer.order(method="STRIPE")])
    site.sql("CREATE TRIGGER nobody_asks BEFORE UPDATE ON payments FOR EACH ROW "
             "SET NEW.next_query_at = IF(NEW.confirming, NULL, NEW.next_query_at)")
    entry = ("SELECT s.reason, s.resolution FROM suspense_entries s JOIN payment_events e ON e.id = s.event_id "
             f"WHERE e.provider_txn_id = '{order['number']}'")
    site.environment["COINPAY_CONFIRM_ABOVE"] = "USD:0.01"
    try:
        site.start_worker()
        site.wait_ready()
        stripe.pay(order)
        stripe.tell(order)
        assert site.sql(entry) == [["unconfirmed", "NULL"]] and buyer.balance() == 0
        stripe.date_back()
        reconcile(site, "--method", "STRIPE", "--date", day, expected=1)
    finally:
        del site.environment["COINPAY_CONFIRM_ABOVE"]
        site.sql("DROP TRIGGER nobody_asks")
        site.start_worker()
        site.wait_ready()
    assert buyer.balance() == 100 and site.sql(entry) == [["unconfirmed", "the provider confirmed it"]]
    assert site.sql("SELECT kind, resolution FROM reconciliation_items "
                    f"WHERE provider_txn_id = '{order['number']}'") == [["MISSING_HERE", "CREDITED"]]
    site.assert_ledger_holds()


def test_every_missed_day_is_made_up_for(site, houses):
    last = yesterday(houses[1].zone) - datetime.timedelta(days=17)
    site.sql("INSERT IGNORE INTO reconciliation_runs (provider, book_day, state, started_at, ended_at, completed_at) "
             f"VALUES ('WECHAT', '{last}', 'COMPLETE', NOW(6), NOW(6), NOW(6))")
    site.coinpay("reconcile", "--method", "WECHAT", check=False)
    read = site.value("SELECT COUNT(*) FROM reconciliation_runs WHERE provider = 'WECHAT' AND completed_at IS NOT NULL "
                      f"AND book_day >= '{last}'")
    # The books of yesterday may not be there yet.
    assert read in ("17", "18")


def test_other_software_on_the_same_account_is_counted_and_nothing_else(site, houses, servers):
    for house in houses:
        house.foreign_payment(number="OTHER" + uuid.uuid4().hex[:16])
    servers["stripe"].hooks.drop()
    date_back(site, houses)
    before = site.value("SELECT COUNT(*) FROM suspense_entries"), len(items(site))
    for house in (houses[0], houses[1], houses[2]):
        runs, said = reconcile(site, "--method", house.method, "--date", str(yesterday(house.zone)), expected=1)
        assert runs[house.method]["foreign"] >= 1, runs
    assert (site.value("SELECT COUNT(*) FROM suspense_entries"), len(items(site))) == before
