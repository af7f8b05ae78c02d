"""A site with four methods of payment, its buyers, its operator and all that goes wrong with them."""

import contextlib
import itertools
import os
import random
import signal
import threading
import time
import uuid

import requests

from support.console import Operator
from support.stack import Stack
from support.stripe_fake import StripeFake
from support.stripe_fixtures import SETTINGS

from .accounting import due
from .providers import AlipaySide, Books, MockSide, NotNow, StripeSide, WeChatSide

USERS = 10
KILL_SECONDS = 20
METHODS = ["ALIPAY", "WECHAT", "STRIPE", "MOCK"]
PATHS = {"ALIPAY": "/api/payment/webhook/alipay", "WECHAT": "/api/payment/webhook/wechat",
         "STRIPE": "/api/payment/webhook/stripe"}
COINS_OF_ORDERS = """
  SELECT o.order_no, SUM(IF(e.credit_account LIKE 'wallet:%', e.coins, -e.coins))
  FROM ledger_entries e JOIN coin_orders o ON o.id = e.order_id GROUP BY o.order_no"""


class World:
    def __init__(self, dice, alipay, wechat):
        # A thread of its own has dice of its own, so that a seed tells the deeds.
        self.dice, self.dice_of_kills = dice, random.Random(dice.random())
        self.stripe_fake = StripeFake()
        self.sides = {"ALIPAY": AlipaySide(alipay), "WECHAT": WeChatSide(wechat), "STRIPE": StripeSide(self.stripe_fake),
                      "MOCK": MockSide()}
        # Number of an order: who bought, what, and the deals that came of it.
        self.orders, self.news, self.counts = {}, [], {}
        self.is_over, self.lock = threading.Event(), threading.RLock()

    def __enter__(self):
        self.stripe_fake.__enter__()
        self.site = Stack("life", STRIPE_API_URL=self.stripe_fake.url, COINPAY_ORDER_TTL_SECONDS=240,
                          COINPAY_OPERATOR_COINS_MAX=10**9, COINPAY_TWO_PERSONS_ABOVE="CNY:10000.00,USD:10000.00",
                          **SETTINGS, **self.sides["WECHAT"].server.settings("v3-public-key"))
        self.site.environment |= self.sides["ALIPAY"].server.settings("key", site=self.site.base)
        self.site.__enter__()
        self.sides["STRIPE"].connect(self.site)
        self.users = [self.site.new_user() for _ in range(USERS)]
        self.packages = {p["id"]: p for p in self.users[0].data(self.users[0].get("/api/coin/packages"))}
        return self

    def __exit__(self, *_):
        self.behave()
        self.site.__exit__()
        self.stripe_fake.__exit__()

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    # What people and machines do

    def buy(self):
        user, key = self.dice.choice(self.users), uuid.uuid4().hex
        package, method = self.dice.choice(list(self.packages)), self.dice.choice(METHODS)
        # A buyer who gets no answer asks again with the same key.
        for _ in range(1 + (self.dice.random() < 0.2)):
            answer = user.post("/api/coin/order", {"package_id": package, "payment_method": method},
                               headers={"Idempotency-Key": key})
            if answer.status_code == 200:
                self.note(user, package, answer.json()["data"])

    def note(self, user, package, order):
        number = order["order_no"]
        known = self.orders.setdefault(number, {"user": user, "package": package, "deals": []})
        with contextlib.suppress(NotNow):
            deal, visit = self.sides[order["payment_method"]].deal(order, user)
            if (order["payment_method"], deal) not in known["deals"]:
                known["deals"].append((order["payment_method"], deal))
            if self.dice.random() < 0.8:
                visit()

    def some_order(self):
        if not self.orders:
            raise NotNow("nothing was bought yet")
        # The latest are the likeliest.
        numbers = list(self.orders)
        return numbers[-1 - min(int(self.dice.expovariate(1 / 12)), len(numbers) - 1)]

    def order_with_books(self):
        """An order whose money a provider holds, so that what is given back can be looked up there."""
        number = self.some_order()
        if any(method == "MOCK" for method, _ in self.orders[number]["deals"]):
            raise NotNow("nobody holds the money")
        return number

    def some_deal(self, method=None):
        deals = [deal for deal in self.orders[self.some_order()]["deals"] if method in (None, deal[0])]
        if not deals:
            raise NotNow("no deal")
        return self.dice.choice(deals)

    def change_method(self):
        number = self.order_with_books()
        order, method = self.orders[number], self.dice.choice(METHODS[:3])
        answer = order["user"].post(f"/api/coin/order/{number}/pay", {"payment_method": method})
        if answer.status_code == 200:
            self.note(order["user"], order["package"], answer.json()["data"])

    def cancel(self):
        number = self.some_order()
        self.orders[number]["user"].post(f"/api/coin/order/{number}/cancel")

    def look(self):
        number = self.some_order()
        self.orders[number]["user"].get(f"/api/coin/order/status/{number}")

    def pay(self):
        method, deal = self.some_deal()
        self.hear(self.sides[method].pay(deal), may_be_lost=True)

    def operator_refund(self):
        number = self.order_with_books()
        options = [] if self.dice.random() < 0.4 else ["--amount", f"{self.dice.randint(1, 300) / 100:.2f}"]
        self.site.coinpay("refund", number, "--reason", "客户要求 🙂", *options, check=False)

    def console_refund(self):
        method, deal = self.some_deal()
        self.hear(self.sides[method].give_back(deal, self.dice.randint(1, 300)))

    def failing_refund(self):
        self.hear(self.sides["STRIPE"].fail_refund(self.some_deal("STRIPE")[1]))

    def dispute(self):
        self.hear(self.sides["STRIPE"].dispute(self.some_deal("STRIPE")[1], self.dice.randint(1, 149)))

    def end_dispute(self):
        self.hear(self.sides["STRIPE"].close_dispute(
            self.some_deal("STRIPE")[1], self.dice.choice(["won", "lost"])))

    def bank_answers(self):
        self.hear(self.sides["WECHAT"].finish(self.dice))

    def forge(self):
        method, deal = self.some_deal()
        url, body, headers = self.sides[method].forged(deal)
        answer = requests.post(url or self.site.base + PATHS[method], body, headers=headers, timeout=60)
        assert answer.status_code >= 400, (method, answer.status_code, answer.text)

    def misbehave(self):
        side = self.dice.choice(list(self.sides.values()))
        side.misbehave(self.dice.choice(["lose-answer", "error", "reset"]), self.dice.choice(["refund", "query", "close"]))

    def behave(self):
        for side in self.sides.values():
            side.behave()

    # How the site hears of it

    def hear(self, news, may_be_lost=False):
        """News are lost for ever, told at once, told several times, or told later in any order."""
        for send in news:
            if may_be_lost and self.dice.random() < 0.25:
                self.count("news lost")
                continue
            if self.dice.random() < 0.6:
                for _ in range(self.dice.choice([1, 1, 2, 4])):
                    if not self.tell(send):
                        self.news.append(send)
            else:
                self.news.append(send)

    def tell(self, send):
        try:
            is_accepted = send(self.site)
        except requests.RequestException:
            is_accepted = False
        self.count("news told" if is_accepted else "news refused")
        return is_accepted

    def tell_old_news(self):
        self.dice.shuffle(self.news)
        waiting, self.news = self.news[:5], self.news[5:]
        self.news += [send for send in waiting if not self.tell(send)]

    # How it goes on

    DEEDS = {
        buy: 20, pay: 18, change_method: 6, cancel: 4, look: 8, operator_refund: 6, console_refund: 5,
        failing_refund: 3, dispute: 5, end_dispute: 4, bank_answers: 4, forge: 3, misbehave: 2, behave: 3,
        tell_old_news: 10}

    def live(self, seconds):
        killer = threading.Thread(target=self.kill_now_and_then)
        killer.start()
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                deed = self.dice.choices(list(self.DEEDS), list(self.DEEDS.values()))[0]
                try:
                    deed(self)
                    self.count(deed.__name__)
                except NotNow:
                    self.count(f"{deed.__name__}: not now")
                except requests.RequestException:
                    self.count(f"{deed.__name__}: no answer")
        finally:
            self.is_over.set()
            killer.join()
            self.behave()

    def kill_now_and_then(self):
        """Both at once, and by turns one before the other: the worker sees the database go, or not."""
        for number in itertools.count():
            if self.is_over.wait(KILL_SECONDS):
                return
            for part in ["worker", "mariadb"] if number % 2 else ["mariadb", "worker"]:
                with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                    os.kill(self.site.pid(part), signal.SIGKILL)
                    self.count(f"{part} killed")
                time.sleep(self.dice_of_kills.random())
            self.site.dev("restart-database")
            self.site.start_worker()

    def come_to_rest(self, seconds=900):
        """All news is told that is not lost for ever, the banks have answered, and what is not yet right is asked for again.
        Returns what is wrong then."""
        self.site.wait_ready()
        end = time.monotonic() + seconds
        while self.news:
            assert time.monotonic() < end, f"{len(self.news)} pieces of news are refused for ever"
            self.tell_old_news()
        while True:
            for side in self.sides.values():
                self.hear_all(side.finish(self.dice))
            wrong = self.differences()
            if not wrong or time.monotonic() > end:
                return [line for lines in wrong.values() for line in lines]
            for subject in wrong:
                if subject in self.orders:
                    self.site.coinpay("order", "resettle", subject, "--reason", "end of the day", check=False)
            self.decide_what_is_held()
            self.give_back_what_was_paid_twice()
            time.sleep(2)

    def decide_what_is_held(self):
        """WeChat tells that money was given back, not how much, when it was never told of the payment: an operator looks at
        the merchant platform, gives a word for the payment, and what waited for it is settled. A payment of an order that
        another one has paid is given back there."""
        held = self.site.sql("SELECT o.order_no, p.provider, p.out_trade_no, EXISTS (SELECT 1 FROM payments x "
                             "WHERE x.order_id = o.id AND x.status = 'SUCCEEDED') FROM payments p JOIN coin_orders o "
                             "ON o.id = p.order_id WHERE p.status = 'SUSPICIOUS'")
        if not held:
            return
        operator = Operator(self.site, "operator")
        # One payment of each order: what was said of it decides what the next one is.
        for order, method, number, is_paid_otherwise in {row[0]: row for row in held}.values():
            assert method == "WECHAT" and self.books((method, number)).refunded, (order, number)
            if is_paid_otherwise == "1":
                self.give_back_the_rest(number)
            else:
                operator.act(f"/orders/{order}/confirm",
                             {"out_trade_no": number, "reason": "seen at the provider", "key": uuid.uuid4().hex})
                self.count("held payment confirmed")

    def give_back_what_was_paid_twice(self):
        """Where the bank has refused all tries to give it back, an operator does it at the provider."""
        for method, ours, theirs in self.site.sql(
                "SELECT p.provider, p.out_trade_no, p.provider_txn_id FROM payments p "
                "JOIN payment_events e ON e.payment_id = p.id JOIN suspense_entries s ON s.event_id = e.id "
                "WHERE p.status = 'DUPLICATE' AND s.resolved_at IS NULL AND NOT EXISTS ("
                "SELECT 1 FROM refunds r WHERE r.payment_id = p.id AND r.status IN ('REQUESTED', 'PENDING'))"):
            number = theirs if method == "STRIPE" else ours
            if not self.books((method, number)).disputed:
                self.give_back_what_is_left(method, number, "paid twice and given back by hand")

    def give_back_what_is_left(self, method, number, deed):
        books = self.books((method, number))
        if books.paid > books.refunded:
            self.hear_all(self.sides[method].give_back(number, books.paid - books.refunded))
            self.count(deed)

    def give_back_the_rest(self, number):
        self.give_back_what_is_left("WECHAT", number, "held payment given back")
        for entry, in self.site.sql("SELECT s.id FROM suspense_entries s JOIN payment_events e ON e.id = s.event_id "
                                    f"WHERE s.resolved_at IS NULL AND e.out_trade_no = '{number}'"):
            self.site.coinpay("suspense", "resolve", entry, "--reason", "given back on the merchant platform")

    def hear_all(self, news):
        self.news += news
        for _ in range(3):
            self.news = [send for send in self.news if not self.tell(send)]

    # Whether it is right

    def differences(self):
        """Where the site and the accounting differ: lines by order or user."""
        wrong, wallets = {}, dict.fromkeys(range(USERS), 0)
        moved = {number: int(coins) for number, coins in self.site.sql(COINS_OF_ORDERS)}
        stories = self.site_stories()
        for number, order in self.orders.items():
            package = self.packages[order["package"]]
            story = stories[number]
            credited = [p["number"] for p in story["payments"] if p["status"] == "SUCCEEDED"]
            names = sorted(order["deals"], key=lambda deal: deal[1] not in credited)
            deals = [self.books(deal) for deal in names]
            expected = due(package["coins"], package["bonus_coins"], deals)
            wallets[self.users.index(order["user"])] += expected.coins
            lines = [f"{number} was paid twice and not given back: {deals}"
                     for books in [books for books in deals if books.paid][1:]
                     if books.refunded != books.paid and not books.disputed]
            # What is held has no refunds here before somebody decides.
            returned = {p["number"]: p["refunded"] for p in story["payments"]}
            held = [p["number"] for p in story["payments"] if p["status"] == "SUSPICIOUS"]
            lines += [f"{name} had {returned.get(name[1], 0)} given back here, {books.refunded} at its provider"
                      for name, books in zip(names, deals) if name[0] != "MOCK" and name[1] not in held
                      and returned.get(name[1], 0) != books.refunded]
            if story["status"] not in expected.states:
                lines.append(f"{number} is {story['status']}, has to be {sorted(expected.states)}: {deals}")
            if moved.get(number, 0) != expected.coins:
                lines.append(f"{number} has {moved.get(number, 0)} coins, has to have {expected.coins}: {deals}")
            if lines:
                wrong[number] = lines
        for index, coins in wallets.items():
            balance = self.users[index].balance()
            if balance != coins:
                wrong[index] = [f"user {index} has {balance} coins, has to have {coins}"]
        return wrong

    def undecided(self):
        """Held payments of orders that no other payment has paid."""
        return self.site.sql("SELECT p.out_trade_no FROM payments p WHERE p.status = 'SUSPICIOUS' AND NOT EXISTS ("
                             "SELECT 1 FROM payments x WHERE x.order_id = p.order_id AND x.status = 'SUCCEEDED')")

    def open_suspense(self):
        """Money in suspense that no dispute holds there."""
        rows = self.site.sql("SELECT e.provider, e.out_trade_no, e.provider_txn_id FROM suspense_entries s "
                             "JOIN payment_events e ON e.id = s.event_id WHERE s.resolved_at IS NULL")
        return [row for row in rows if not self.books((row[0], row[2] if row[0] == "STRIPE" else row[1])).disputed]

    def site_stories(self):
        """State and payments of every order."""
        stories = {}
        for number, status, provider, ours, theirs, paid, returned in self.site.sql(
                "SELECT o.order_no, o.status, p.provider, p.out_trade_no, p.provider_txn_id, p.status, "
                "(SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.payment_id = p.id AND r.status = 'SUCCEEDED') "
                "FROM coin_orders o LEFT JOIN payments p ON p.order_id = o.id"):
            story = stories.setdefault(number, {"status": status, "payments": []})
            story["payments"].append(
                {"number": theirs if provider == "STRIPE" else ours, "status": paid, "refunded": int(returned)})
        return stories

    def books(self, deal):
        try:
            return self.sides[deal[0]].books(deal[1])
        except NotNow:
            return Books(0, 0, 0)
