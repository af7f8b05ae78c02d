"""Visitors and providers who never rest, each request on a fresh connection; prints what they got.

usage: load.py BASE CA_FILE FOLDER     runs until FOLDER/stop exists, writes FOLDER/count and FOLDER/result
"""

import http.client
import json
import random
import socket
import ssl
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support.stripe_fixtures import PATH, event, intent, sign  # noqa: E402

THREADS = 12
PAUSE_SECONDS = 0.015
base, authority, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
domain = base.removeprefix("https://")
cookies = json.loads((folder / "cookies").read_text())
context = ssl.create_default_context(cafile=authority)
failures, counts, lock = [], {}, threading.Lock()


class Connection(http.client.HTTPSConnection):
    """From an address of its own, so that limits for each address see many visitors."""

    def connect(self):
        source = f"127.{random.randint(1, 250)}.{random.randint(0, 250)}.{random.randint(2, 250)}"
        plain = socket.create_connection(("127.0.0.1", 443), timeout=40, source_address=(source, 0))
        self.sock = context.wrap_socket(plain, server_hostname=domain)


def wish():
    """Method, path, headers, body and the statuses that are right."""
    chance = random.random()
    cookie = {"Cookie": "__Host-coinpay_session=" + random.choice(cookies)}
    if chance < 0.25:
        body = json.dumps(event(intent("pi_of_another_shop", 149)))
        return "POST", PATH, {"Content-Type": "application/json", "Stripe-Signature": sign(body)}, body, {200}
    if chance < 0.30:
        body = json.dumps({"package_id": 1, "payment_method": "STRIPE"})
        return "POST", "/api/coin/order", {**cookie, "Content-Type": "application/json"}, body, {200}
    if chance < 0.60:
        return "GET", "/coin", cookie, None, {200}
    return "GET", "/api/coin/info", cookie, None, {200}


def visit():
    while not (folder / "stop").exists():
        method, path, headers, body, right = wish()
        try:
            connection = Connection(domain, context=context)
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            wrong = None if answer.status in right else f"{answer.status} {text[:200]}"
            connection.close()
        except (OSError, http.client.HTTPException) as error:
            wrong = repr(error)
        with lock:
            counts[method] = counts.get(method, 0) + 1
            if wrong:
                failures.append(f"{time.time():.3f} {method} {path}: {wrong}")
        time.sleep(PAUSE_SECONDS)


threads = [threading.Thread(target=visit) for _ in range(THREADS)]
for thread in threads:
    thread.start()
while any(thread.is_alive() for thread in threads):
    (folder / "count").write_text(str(sum(counts.values())))
    time.sleep(0.2)
(folder / "result").write_text(json.dumps({"counts": counts, "failures": failures}))
