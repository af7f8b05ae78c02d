"""Stripe's API on loopback, with the state and the rules that localstripe lacks.

It keeps payment intents, Checkout Sessions, refunds, disputes and the books as Stripe does, answers repetitions by
their idempotency key, checks every request by the documentation (`problems`), and can be told to misbehave.
"""

import json
import re
import secrets
import threading
import urllib.parse

from .loopback import QuietHandler, QuietServer
from .stripe_book import Book
from .stripe_checkout import Checkout
from .stripe_hooks import Hooks
from .stripe_routes import Routes
from .stripe_rules import Refusal, header_problems

# The request is not acted upon.
DEAF_MODES = {"hang", "reset", "garbage", "error", "huge", "redirect", "rate-limit", "unavailable"}
# The request is acted upon, and the answer is spoilt, late or lost.
TWISTS = {"lose-answer", "delay", "error-after", "other-amount", "other-mode"}
# The request is not acted upon: Stripe says no.
REFUSE = "refuse"
HANG_SECONDS_MAX = 20


class StripeFake:
    def __init__(self, secret_key="sk_test_coinpay", account="acct_coinpay"):
        self.secret_key = secret_key
        self.hooks = Hooks()
        self.book = Book(self.hooks.take)
        self.checkout = Checkout(self.book)
        self.routes = Routes(self.book, self.checkout, account)
        self.requests, self.problems, self.modes, self.patience = [], [], {}, {}
        self.remembered, self.running, self.delay_seconds = {}, set(), 0
        self.lock, self.released = threading.RLock(), threading.Event()

    def __enter__(self):
        self.server = QuietServer(("127.0.0.1", 0), type("Handler", (Handler,), {"owner": self}))
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.behave()
        self.hooks.stop()
        self.server.shutdown()
        self.server.server_close()

    def misbehave(self, mode, pattern="", seconds=0, after=0):
        """Misbehaves for requests like `POST /v1/refunds` that match a pattern, after some, until `behave`."""
        assert mode in DEAF_MODES | TWISTS | {REFUSE}, mode
        self.released.clear()
        self.delay_seconds = seconds
        self.patience[pattern] = after
        self.modes[pattern] = mode

    def behave(self):
        self.modes.clear()
        self.released.set()

    def mode_for(self, call):
        request = f"{call.method} {call.path}"
        with self.lock:
            for pattern, mode in self.modes.items():
                if re.search(pattern, request):
                    self.patience[pattern] -= 1
                    return mode if self.patience[pattern] < 0 else "normal"
        return "normal"

    def answer(self, call, mode):
        """Status, object and whether it is a repetition."""
        problems = header_problems(call.method, call.headers)
        with self.lock:
            self.problems += [f"{call.method} {call.path}: {p}" for p in problems]
        if call.headers.get("Authorization") != f"Bearer {self.secret_key}":
            return *refused(Refusal(401, "invalid_request_error", None, "Invalid API Key provided")), False
        key = call.headers.get("Idempotency-Key") if call.method == "POST" else None
        if key is None:
            return *self.perform(call, mode)[:2], False
        return self.once(key, call, mode)

    def once(self, key, call, mode):
        """Source: docs.stripe.com/api/idempotent_requests."""
        with self.lock:
            if key in self.running:
                return *refused(Refusal(
                    409, "idempotency_error", "idempotency_key_in_use", "Another request with this key runs.")), False
            known = self.remembered.get(key)
            if known and known[0] != (call.path, call.fields):
                return *refused(Refusal(
                    400, "idempotency_error", None, "Keys for idempotent requests can only be used with the same "
                    "parameters they were first used with.")), False
            if known:
                return known[1], known[2], True
            self.running.add(key)
        try:
            status, answer, is_stored = self.perform(call, mode)
            if is_stored:
                with self.lock:
                    self.remembered[key] = ((call.path, call.fields), status, answer)
            return status, answer, False
        finally:
            with self.lock:
                self.running.discard(key)

    def perform(self, call, mode):
        try:
            answer = self.routes.answer(call.method, call.path, call.fields)
        except Refusal as refusal:
            if not refusal.is_stored and refusal.status == 400:
                with self.lock:
                    self.problems.append(f"{call.method} {call.path}: {refusal}")
            return *refused(refusal), refusal.is_stored
        if mode == "error-after":
            return 500, {"error": {"type": "api_error", "message": "An error occurred."}}, True
        return 200, answer, True

    def forget_keys(self):
        """A day has passed."""
        with self.lock:
            self.remembered.clear()

    def sent(self, method, pattern):
        """The requests that came, for what was asked of Stripe."""
        with self.lock:
            return [r for r in self.requests if r.method == method and re.fullmatch(pattern, r.path)]


def refused(refusal):
    return refusal.status, {"error": {k: v for k, v in refusal.error.items() if v is not None}}


class Call:
    def __init__(self, method, target, headers, body):
        parts = urllib.parse.urlsplit(target)
        self.method, self.path, self.headers = method, parts.path, headers
        text = body.decode() if method == "POST" else parts.query
        self.fields = dict(urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))


class Handler(QuietHandler):
    def serve(self, body):
        owner, call = self.owner, Call(self.command, self.path, self.headers, body)
        with owner.lock:
            owner.requests.append(call)
        mode = owner.mode_for(call)
        if mode == REFUSE:
            refusal = Refusal(400, "invalid_request_error", "account_restricted", "Your account cannot do this.")
            return self.send(400, json.dumps(refused(refusal)[1]).encode())
        if mode in DEAF_MODES:
            return self.ignore(mode)
        status, answer, is_replayed = owner.answer(call, mode)
        if mode == "lose-answer":
            self.close_connection = True
            return
        if mode == "delay":
            owner.released.wait(owner.delay_seconds)
        if mode == "other-amount":
            answer = {**answer, "amount": 1, "amount_total": 1}
        if mode == "other-mode":
            answer = {**answer, "livemode": True}
        self.send(status, json.dumps(answer, indent=2).encode(), is_replayed=is_replayed)

    def ignore(self, mode):
        if mode == "hang":
            self.owner.released.wait(HANG_SECONDS_MAX)
            self.close_connection = True
        elif mode == "reset":
            self.connection.close()
            self.close_connection = True
        elif mode == "garbage":
            self.send(200, b"<html>not json {")
        elif mode == "error":
            self.send(500, b'{"error":{"type":"api_error"}}')
        elif mode == "unavailable":
            self.send(503, b"<html>503</html>")
        elif mode == "rate-limit":
            self.send(429, b'{"error":{"type":"invalid_request_error","code":"rate_limit"}}')
        elif mode == "huge":
            self.send(200, b"{" + b" " * 10_000_000 + b"}")
        elif mode == "redirect":
            self.send(302, b"", location="http://127.0.0.1:1/")

    def send(self, status, body, is_replayed=False, location=None):
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Request-Id", "req_" + secrets.token_hex(6))
            if is_replayed:
                self.send_header("Idempotent-Replayed", "true")
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True
