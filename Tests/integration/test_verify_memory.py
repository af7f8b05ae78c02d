"""`coinpay ledger verify` takes the same memory for any number of rows."""

import time

import pytest

from support.memory import run_measured
from support.planted_ledger import grow, plant
from support.stack import ROOT, Stack

# More rows than are read at once, already for the small one.
USERS = 4_000
ROUNDS = 4
# What differs from run to run. Held rows would take some 400 bytes each, and there are 24,000 more of the ledger alone.
GROWTH_KB_MAX = 4_000


@pytest.fixture(scope="module")
def site():
    with Stack("verify-memory") as stack:
        yield stack


def verify(site):
    began = time.monotonic()
    result, memory_kb = run_measured([ROOT / "nginx" / "dev", "coinpay", "ledger", "verify"], site.environment)
    assert result.returncode == 0 and "the ledger holds" in result.stdout, result.stdout[-3000:] + result.stderr
    lines = int(site.value("SELECT COUNT(*) FROM ledger_entries"))
    return {"lines": lines, "peak_rss_kb": memory_kb, "seconds": round(time.monotonic() - began, 1)}


def test_memory_does_not_grow_with_the_rows(site):
    plant(site.sql, 2 * USERS, users=USERS)
    small = verify(site)
    grow(site.sql, range(2, ROUNDS + 1))
    large = verify(site)
    print(small, large)
    assert large["lines"] == ROUNDS * small["lines"] == 2 * USERS * ROUNDS
    assert 0 < large["peak_rss_kb"] - GROWTH_KB_MAX < small["peak_rss_kb"], (small, large)
