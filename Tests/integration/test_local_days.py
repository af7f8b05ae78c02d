"""Days of 23 and 25 hours, and days that begin at one: filters and statistics hold each row once."""

import csv
import datetime
import io
import re

import pytest

from support.stack import Stack, wait_for

# Zone, the days around a change of the clocks, and the moments of UTC at which these days and the next one begin.
CHANGES = [
    ("America/New_York", ("2026-03-07", "2026-03-08", "2026-03-09"),
     ("2026-03-07 05:00", "2026-03-08 05:00", "2026-03-09 04:00", "2026-03-10 04:00")),
    ("America/New_York", ("2026-10-31", "2026-11-01", "2026-11-02"),
     ("2026-10-31 04:00", "2026-11-01 04:00", "2026-11-02 05:00", "2026-11-03 05:00")),
    ("Europe/Berlin", ("2026-03-28", "2026-03-29", "2026-03-30"),
     ("2026-03-27 23:00", "2026-03-28 23:00", "2026-03-29 22:00", "2026-03-30 22:00")),
    ("America/Santiago", ("2026-09-05", "2026-09-06", "2026-09-07"),
     ("2026-09-05 04:00", "2026-09-06 04:00", "2026-09-07 03:00", "2026-09-08 03:00")),
    ("Africa/Cairo", ("2026-04-23", "2026-04-24", "2026-04-25"),
     ("2026-04-22 22:00", "2026-04-23 22:00", "2026-04-24 21:00", "2026-04-25 21:00"))]
# What the forms of a browser in New York say of its days, which the site in Shanghai cannot know.
OFFSETS = {"2026-03-07": (-300, -300), "2026-03-08": (-300, -240), "2026-03-09": (-240, -240)}


@pytest.fixture(scope="module", params=sorted({zone for zone, _, _ in CHANGES}))
def shop(request):
    with Stack("days", COINPAY_TIME_ZONE=request.param) as site:
        site.zone = request.param
        yield site


def moved(site, user, moments):
    """Paid orders that were made and paid at these moments."""
    numbers = []
    for moment in moments:
        order = user.order()
        user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
        numbers.append(order["order_no"])
        site.sql(f"""
            UPDATE coin_orders SET created_at = '{moment}', paid_at = '{moment}' WHERE order_no = '{numbers[-1]}';
            UPDATE payments SET created_at = '{moment}', succeeded_at = '{moment}' WHERE out_trade_no LIKE '{numbers[-1]}%';
            INSERT IGNORE INTO statistics_stale (quarter) VALUES (TIMESTAMPDIFF(SECOND, '1970-01-01', '{moment}') DIV 900)""")
    return numbers


def edges(starts):
    """The first and the last second of each day, and one in the middle."""
    starts = [datetime.datetime.fromisoformat(start) for start in starts]
    return [[start, start + datetime.timedelta(hours=11), end - datetime.timedelta(seconds=1)]
            for start, end in zip(starts, starts[1:])]


def listed(client, path, pattern):
    page = client.get(path)
    assert page.status_code == 200, page.text
    return sorted(re.findall(pattern, page.text))


def test_filters_and_statistics_hold_every_order_of_a_day_once(shop):
    operator = shop.client("admin", "admin-password")
    for zone, days, starts in CHANGES:
        if zone != shop.zone:
            continue
        user = shop.new_user()
        expected = {}
        for day, moments in zip(days, edges(starts)):
            expected[day] = sorted(moved(shop, user, moments))
        wait_for(lambda: shop.value("SELECT COUNT(*) FROM statistics_stale WHERE quarter < "
                                    "TIMESTAMPDIFF(SECOND, '1970-01-01', '2026-11-20') DIV 900") == "0", 60)
        for day, numbers in expected.items():
            own = listed(user, f"/coin/orders?from={day}&to={day}", r'href="/coin/pay/(COIN_\d+_\d+)"')
            assert own == numbers, (zone, day)
            of_all = listed(operator, f"/admin/orders?from={day}&until={day}", r'href="/admin/orders/(COIN_\d+_\d+)"')
            assert sorted(set(of_all)) == numbers, (zone, day)
            rows = list(csv.DictReader(io.StringIO(shop.coinpay("statistics", "--from", day, "--by", "hour").stdout)))
            assert sum(int(row["paid"]) for row in rows) == len(numbers), (zone, day, rows)
        whole = listed(user, f"/coin/orders?from={days[0]}&to={days[-1]}", r'href="/coin/pay/(COIN_\d+_\d+)"')
        assert whole == sorted(sum(expected.values(), [])), zone


def test_days_of_a_reader_elsewhere_have_the_hours_of_the_readers_clock(site):
    _, days, starts = CHANGES[0]
    user = site.new_user()
    for day, moments in zip(days, edges(starts)):
        numbers = sorted(moved(site, user, moments))
        first, last = OFFSETS[day]
        found = listed(user, f"/coin/orders?from={day}&to={day}&offset={first}&to_offset={last}",
                       r'href="/coin/pay/(COIN_\d+_\d+)"')
        assert found == numbers, day
    assert user.get("/coin/orders?to=2026-03-08&to_offset=900").status_code == 400
