"""Connections that the database has closed meanwhile: nobody who comes next sees an error because of them."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.stack import Stack, wait_for

# More at once than the worker has threads, so that every one of them and its connection is used.
AT_ONCE = 32
ROUNDS = 3
# After so long without a statement MariaDB closes a connection, in seconds.
IDLE_SECONDS = 1
WORKERS_CONNECTIONS = "FROM information_schema.processlist WHERE user LIKE 'coinpay%' AND command = 'Sleep'"


@pytest.fixture(scope="module")
def site():
    with Stack("lost-connections") as stack:
        yield stack
        stack.sql("SET GLOBAL wait_timeout = 28800")
        stack.assert_ledger_holds()


@pytest.fixture(scope="module")
def crowd(site):
    return [site.new_user() for _ in range(AT_ONCE)]


def visit(client):
    """What a buyer does: reads, a wish, its notice; the status of each answer."""
    key = f"lost-{time.monotonic_ns()}"
    wish = {"package_id": 1, "payment_method": "MOCK"}
    made = client.post("/api/coin/order", wish, headers={"Idempotency-Key": key})
    answers = [client.get("/api/coin/info"), made, client.get("/coin/orders"), client.get("/coin")]
    if made.status_code == 200:
        number = made.json()["data"]["order_no"]
        answers.append(client.post(f"/api/coin/order/{number}/cancel"))
        answers.append(client.get(f"/api/coin/order/status/{number}"))
    return [answer.status_code for answer in answers]


def statuses(crowd):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [status for _ in range(ROUNDS) for answers in pool.map(visit, crowd) for status in answers]


def kill_all(site):
    for (number,) in site.sql(f"SELECT id {WORKERS_CONNECTIONS}"):
        try:
            site.sql(f"KILL CONNECTION {number}")
        except Exception as error:  # one that ended by itself meanwhile
            assert "Unknown thread id" in str(error), error


def close_the_idle(site):
    """Sessions keep the time that was set when they began."""
    site.sql(f"SET GLOBAL wait_timeout = {IDLE_SECONDS}")
    kill_all(site)


def test_connections_that_are_cut_cost_nobody_an_error(site, crowd):
    assert set(statuses(crowd)) == {200}
    assert len(site.sql(f"SELECT id {WORKERS_CONNECTIONS}")) >= 8
    kill_all(site)
    assert set(statuses(crowd)) == {200}


def test_a_restart_of_the_database_costs_nobody_an_error_afterwards(site, crowd):
    assert set(statuses(crowd)) == {200}
    site.dev("restart-database")
    assert set(statuses(crowd)) == {200}


def test_idle_connections_that_the_database_closes_cost_nobody_an_error(site, crowd):
    close_the_idle(site)
    assert set(statuses(crowd)) == {200}
    for _ in range(2):
        closed = int(site.sql("SHOW GLOBAL STATUS LIKE 'Aborted_clients'")[0][1])
        wait_for(lambda: int(site.sql("SHOW GLOBAL STATUS LIKE 'Aborted_clients'")[0][1]) >= closed + 8)
        assert set(statuses(crowd)) == {200}
