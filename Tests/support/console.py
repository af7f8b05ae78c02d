"""The operators' console as a client: an operator with a phone."""

import time
import uuid

import pyotp

from support.stack import Client, wait_for

PASSWORD = "long-password"


class Operator(Client):
    """Somebody with a role, signed in, and with the second factor of an app that is not ours."""

    def __init__(self, stack, role, admitted=True):
        super().__init__(stack.base)
        self.username = f"{role[:4]}-{uuid.uuid4().hex[:10]}"
        stack.coinpay("user", "create", self.username, "--role", role, stdin=PASSWORD + "\n")
        self.actor = f"operator:{number_of(stack, self.username)}"
        self.sign_in(self.username, PASSWORD)
        self.recovery_codes = []
        self.app = None
        if admitted:
            self.enrol()

    def enrol(self):
        begun = self.data(self.post("/api/admin/second-factor/begin"))
        self.app = pyotp.parse_uri(begun["otpauth_url"])
        assert self.app.secret == begun["secret"]
        answer = self.data(self.post("/api/admin/second-factor/verify", {"code": self.app.now()}))
        self.recovery_codes = answer["recovery_codes"]

    def fresh_code(self):
        """A code of a step that was not used yet."""
        return self.app.at(time.time() + self.app.interval)

    def step_up(self, code=None):
        return self.post("/api/admin/second-factor/verify", {"code": code or self.fresh_code()})

    def act(self, path, body=None):
        """An action that has to work."""
        return self.data(self.post("/api/admin" + path, body))

    def read(self, path):
        return self.data(self.get("/api/admin" + path))


def number_of(site, username):
    return site.value(f"SELECT id FROM users WHERE username = '{username}'")


def settled(site, order_no, status="PAID"):
    wait_for(lambda: site.value(f"SELECT status FROM coin_orders WHERE order_no = '{order_no}'") == status)
