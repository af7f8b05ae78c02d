"""Stripe's API for tests: localstripe behind a relay.

localstripe refuses some parameters that Stripe wants, and ignores idempotency keys. The relay checks
every request of ours with the rules of Stripe's documentation, answers repetitions as Stripe does and
passes the rest on. It can be told to misbehave.
"""

import os
import subprocess
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

from . import noted_secrets
from .stack import ROOT, free_port

CARD = "4242424242424242"
REFUSED_BY_LOCALSTRIPE = ("automatic_payment_methods[enabled]", "description")


class StripeServer:
    def __init__(self):
        self.port, self.backend_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.requests = []
        self.problems = []
        self.mode = "normal"
        self.replays = {}
        self.lock = threading.Lock()

    def __enter__(self):
        python = os.environ.get("LOCALSTRIPE_PYTHON", str(ROOT / ".venv" / "localstripe" / "bin" / "python"))
        self.backend = subprocess.Popen(
            [python, str(ROOT / "Tests" / "support" / "run_localstripe.py")],
            env={**os.environ, "LOCALSTRIPE_PORT": str(self.backend_port)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while True:
            try:
                requests.get(f"http://127.0.0.1:{self.backend_port}/", timeout=1)
                break
            except requests.RequestException:
                assert time.monotonic() < end, "localstripe did not start"
                time.sleep(0.1)
        handler = type("Handler", (RelayHandler,), {"owner": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.mode = "normal"
        self.server.shutdown()
        self.backend.terminate()
        self.backend.wait()

    def call(self, method, path, **fields):
        """Talks to localstripe as Stripe's own dashboard or browser script would."""
        answer = requests.request(
            method, f"http://127.0.0.1:{self.backend_port}{path}", data=fields,
            auth=("sk_test_coinpay", ""), timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pay(self, intent_id):
        """The user's browser: attaches a test card and confirms."""
        noted_secrets.note("card number", CARD)
        method = self.call("POST", "/v1/payment_methods", **{
            "type": "card", "card[number]": CARD, "card[exp_month]": "12",
            "card[exp_year]": "2040", "card[cvc]": "123"})
        self.call("POST", f"/v1/payment_intents/{intent_id}", payment_method=method["id"])
        return self.call("POST", f"/v1/payment_intents/{intent_id}/confirm")

    def register_webhook(self, url, secret):
        answer = requests.post(
            f"http://127.0.0.1:{self.backend_port}/_config/webhooks/test",
            json={"url": url, "secret": secret}, timeout=10)
        assert answer.status_code == 200, answer.text


class RelayHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.relay("GET", b"")

    def do_POST(self):
        self.relay("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def relay(self, method, body):
        owner = self.owner
        fields = urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body))
        with owner.lock:
            owner.requests.append((method, self.path, dict(fields), dict(self.headers)))
        if self.misbehave(owner.mode):
            return
        self.check(method, fields)
        key = self.headers.get("Idempotency-Key")
        with owner.lock:
            known = owner.replays.get(key) if method == "POST" else None
            if known and known[0] != (self.path, fields):
                return self.answer(400, b'{"error":{"type":"idempotency_error","message":"other parameters"}}')
            if known and owner.mode == "lose-answer":
                self.close_connection = True
                return
            if known:
                return self.answer(known[1], known[2], replayed=True)
            passed = [(n, v) for n, v in fields if n not in REFUSED_BY_LOCALSTRIPE and n != "cancellation_reason"]
            answer = requests.request(
                method, f"http://127.0.0.1:{owner.backend_port}{self.path}", data=passed,
                headers={"Authorization": self.headers.get("Authorization", "")}, timeout=10)
            if key:
                owner.replays[key] = ((self.path, fields), answer.status_code, answer.content)
        if owner.mode == "lose-answer":
            self.close_connection = True
            return
        self.answer(answer.status_code, answer.content)

    def check(self, method, fields):
        """What Stripe's documentation asks of every request."""
        problems, names = [], dict(fields)
        if self.headers.get("Authorization") != "Bearer sk_test_coinpay":
            problems.append("Authorization")
        if not self.headers.get("Stripe-Version", "").startswith("20"):
            problems.append("Stripe-Version")
        if method == "POST":
            if self.headers.get("Content-Type") != "application/x-www-form-urlencoded":
                problems.append("Content-Type")
            if not 1 <= len(self.headers.get("Idempotency-Key", "")) <= 255:
                problems.append("Idempotency-Key")
        if self.path == "/v1/payment_intents":
            if not names.get("amount", "").isdigit():
                problems.append("amount")
            if names.get("currency") != names.get("currency", "").lower():
                problems.append("currency")
            if names.get("automatic_payment_methods[enabled]") != "true":
                problems.append("automatic_payment_methods")
            if not names.get("metadata[order_no]", "").startswith("COIN_"):
                problems.append("metadata")
        with self.owner.lock:
            self.owner.problems += problems

    def misbehave(self, mode):
        if mode == "hang":
            time.sleep(15)
            self.close_connection = True
        elif mode == "reset":
            self.connection.close()
            self.close_connection = True
        elif mode == "error":
            self.answer(500, b'{"error":{"type":"api_error"}}')
        elif mode == "garbage":
            self.answer(200, b"<html>not json</html>")
        elif mode == "huge":
            self.answer(200, b"{" + b" " * 10_000_000 + b"}")
        elif mode == "redirect":
            self.answer(302, b"", location="http://127.0.0.1:1/")
        elif mode == "other-amount":
            self.answer(200, b'{"id":"pi_x","object":"payment_intent","status":"requires_payment_method",'
                        b'"amount":1,"currency":"usd","livemode":false,"client_secret":"s"}')
        else:
            return False
        return True

    def answer(self, status, body, replayed=False, location=None):
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Request-Id", "req_test")
            if replayed:
                self.send_header("Idempotent-Replayed", "true")
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass
