"""How long it takes from a notification to the coins, in both modes of taking notifications, at moderate load.

Measured as a buyer sees it: from sending the notification until the order's state is PAID. The baseline is one
settlement's SQL alone, from plain libmariadb, in the same run.
"""

import concurrent.futures
import json
import statistics
import time

from support.stripe_fixtures import deliver, event, intent

BUYERS = 16
PER_BUYER = 40
# Each buyer pays this often: 64 payments a second in all.
PAUSE_SECONDS = 0.25
MEDIAN_MILLISECONDS_MAX = 100


class Buyers:
    """Users with a session each, and payments of theirs made by SQL."""

    def __init__(self, site, payments):
        self.payments = payments
        self.clients = [site.new_user() for _ in range(BUYERS)]
        names = ",".join(f"'{client.username}'" for client in self.clients)
        first, last = site.sql(f"SELECT MIN(id), MAX(id) FROM users WHERE username IN ({names})")[0]
        assert int(last) - int(first) == BUYERS - 1, "somebody else registered meanwhile"
        payments.first_user, payments.users = int(first), BUYERS

    def numbers(self):
        """For each buyer the numbers of fresh payments."""
        first, last = self.payments.make(BUYERS * PER_BUYER)
        return [[n for n in range(first, last + 1) if n % BUYERS == buyer] for buyer in range(BUYERS)]


def wait_for_coins(site, client, numbers):
    waits = []
    for number in numbers:
        began = time.monotonic()
        answer = deliver(site.base, event(intent(f"pi_bench_{number}", 149)), session=client.session)
        assert answer.status_code == 200, answer.text
        while client.status(f"COIN_20990101_{number:08d}")["status"] != "PAID":
            assert time.monotonic() - began < 30
        waits.append((time.monotonic() - began) * 1000)
        time.sleep(max(0, PAUSE_SECONDS - (time.monotonic() - began)))
    return waits


def measure(site, payments):
    buyers = Buyers(site, payments)
    result = {}
    for mode in ("settle", "queue"):
        site.environment["COINPAY_WEBHOOK_MODE"] = mode
        site.start_worker()
        site.wait_ready()
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(BUYERS) as pool:
            waits = sorted(sum(pool.map(
                lambda pair: wait_for_coins(site, *pair), zip(buyers.clients, buyers.numbers())), []))
        result[mode] = {"rate": len(waits) / (time.monotonic() - began), "p50": statistics.median(waits),
                        "p99": waits[int(len(waits) * 0.99)]}
    return result


def report(result, baseline):
    print("\nfrom a notification to the coins, as the buyer sees it")
    print(f"{'mode':<8} {'per second':>10} {'p50 ms':>8} {'p99 ms':>8} {'p50 of plain SQL':>17}")
    for mode, figures in result.items():
        print(f"{mode:<8} {figures['rate']:>10.0f} {figures['p50']:>8.1f} {figures['p99']:>8.1f} "
              f"{figures['p50'] / baseline['p50']:>17.1f}")
    print(json.dumps({"plain SQL p50 ms": round(baseline["p50"], 2)}))
    slow = [mode for mode, figures in result.items() if figures["p50"] > MEDIAN_MILLISECONDS_MAX]
    assert not slow, f"coins take longer than {MEDIAN_MILLISECONDS_MAX} ms in mode {', '.join(slow)}"
