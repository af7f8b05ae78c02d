"""Kills and restarts while notifications rain; nothing acknowledged is lost, nothing is doubled."""

import json
import queue
import threading
import time

import requests

from support.stripe_fixtures import deliver, event, intent

ORDERS = 300
COPIES = 8
SENDERS = 32
KILLS = 20
DATABASE_RESTARTS_AFTER = (6, 13)


def make_orders(site, user, count):
    bodies = {}
    for _ in range(count):
        order = user.order(method="STRIPE")
        pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
        bodies[order["order_no"]] = json.dumps(event(intent(pi, 149)))
    return bodies


def rain(site, bodies, done):
    """Sends every body COPIES times, each until it is acknowledged."""
    work = queue.Queue()
    for _ in range(COPIES):
        for number, body in bodies.items():
            work.put((number, body))
    acknowledged, lock = {}, threading.Lock()

    def send():
        session = requests.Session()
        while not done.is_set():
            try:
                number, body = work.get_nowait()
            except queue.Empty:
                return
            while not done.is_set():
                try:
                    answer = deliver(site.base, body, session=session, timeout=30)
                    assert answer.status_code != 400, answer.text
                    if answer.status_code == 200:
                        with lock:
                            acknowledged[number] = acknowledged.get(number, 0) + 1
                        break
                except requests.RequestException:
                    session = requests.Session()
                time.sleep(0.02)

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    return threads, acknowledged


def test_a_storm_with_20_kills_and_two_database_restarts(site):
    user = site.new_user()
    bodies = make_orders(site, user, ORDERS)
    done = threading.Event()
    threads, acknowledged = rain(site, bodies, done)
    try:
        for number in range(KILLS):
            time.sleep(0.3)
            site.kill_worker()
            if number in DATABASE_RESTARTS_AFTER:
                site.dev("restart-database")
            site.start_worker()
        site.wait_ready()
        deadline = time.monotonic() + 180
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
        assert not any(thread.is_alive() for thread in threads), "notifications are still refused"
    finally:
        done.set()
    assert acknowledged == {number: COPIES for number in bodies}
    # What was stored but not settled is settled by the queue.
    end = time.monotonic() + 60
    while int(site.value("SELECT COUNT(*) FROM payment_events WHERE state = 'PENDING'")) > 0:
        assert time.monotonic() < end, "events stay pending"
        time.sleep(0.2)
    assert user.balance() == ORDERS * 100
    site.assert_ledger_holds()
    before = site.sql("SELECT COUNT(*), SUM(coins) FROM ledger_entries") + site.sql("SELECT COUNT(*) FROM payment_events")
    for body in bodies.values():
        assert deliver(site.base, body).status_code == 200
    after = site.sql("SELECT COUNT(*), SUM(coins) FROM ledger_entries") + site.sql("SELECT COUNT(*) FROM payment_events")
    assert before == after
    site.assert_ledger_holds()


def test_a_graceful_restart_loses_no_request_in_flight(site):
    """Requests that the worker accepted are answered; only those that found no socket may be repeated."""
    user = site.new_user()
    bodies = make_orders(site, user, 40)
    done = threading.Event()
    threads, acknowledged = rain(site, bodies, done)
    for _ in range(3):
        time.sleep(0.2)
        site.dev("restart-worker")
    for thread in threads:
        thread.join(60)
    done.set()
    assert acknowledged == {number: COPIES for number in bodies}
    assert "info stopped" in site.worker_log() and "did not end in time" not in site.worker_log()
    assert user.balance() == 40 * 100
    site.assert_ledger_holds()


def test_without_a_database_requests_get_503_and_recover(site):
    user = site.new_user()
    order = user.order()
    site.dev("stop-database")
    try:
        answer = user.get(f"/api/coin/order/status/{order['order_no']}")
        assert answer.status_code == 503 and answer.json()["error"]["code"] == "OVERLOADED"
        assert "Retry-After" in answer.headers
        assert requests.get(site.base + "/readyz", timeout=10).status_code == 503
        assert requests.get(site.base + "/healthz", timeout=10).status_code == 200
        assert deliver(site.base, event(intent("pi_nobody", 1))).status_code == 503
    finally:
        site.dev("restart-database")
    site.wait_ready()
    end = time.monotonic() + 15
    while user.get(f"/api/coin/order/status/{order['order_no']}").status_code != 200:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert user.status(order["order_no"])["status"] == "PENDING"


def test_without_a_worker_nginx_answers_503_with_retry_after(site):
    import os
    import signal
    user = site.new_user()
    pid = site.pid("worker")
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 30
    while os.path.exists(f"/proc/{pid}") and open(f"/proc/{pid}/stat").read().split(")")[1].split()[0] != "Z":
        assert time.monotonic() < end
        time.sleep(0.05)
    answer = user.get("/api/coin/info", headers={"Accept-Language": "en"})
    assert answer.status_code == 503 and answer.json()["error"] == {
        "code": "OVERLOADED", "message": "The service is busy; please try again soon"}
    assert int(answer.headers["Retry-After"]) > 0 and answer.json()["request_id"]
    site.start_worker()
    site.wait_ready()
    assert user.get("/api/coin/info").status_code == 200
