"""The operators' console as a client: an operator with a phone."""

import re
import time
import uuid

import pyotp

from support import noted_secrets
from support.stack import Client, wait_for

PASSWORD = "long-password"


class Operator(Client):
    """Somebody with a role, signed in, and with the second factor of an app that is not ours."""

    def __init__(self, stack, role, admitted=True):
        super().__init__(stack.base)
        self.username = f"{role[:4]}-{uuid.uuid4().hex[:10]}"
        self.stack = stack
        made = stack.coinpay("user", "create", self.username, "--role", role, stdin=PASSWORD + "\n")
        self.enrolment_code = enrolment_code(made.stdout)
        self.actor = f"operator:{number_of(stack, self.username)}"
        self.sign_in(self.username, PASSWORD)
        self.recovery_codes = []
        self.app = None
        if admitted:
            self.enrol()

    def enrol(self):
        begun = self.data(self.post("/api/admin/second-factor/begin", {"code": self.enrolment_code}))
        self.app = pyotp.parse_uri(begun["otpauth_url"])
        assert self.app.secret == begun["secret"]
        answer = self.data(self.post("/api/admin/second-factor/verify", {"code": self.present_code()}))
        self.recovery_codes = answer["recovery_codes"]

    def present_code(self):
        """What the phone shows now; not in the last moments of a step, which would be over on arrival."""
        wait_for(lambda: time.time() % self.app.interval < self.app.interval - 2)
        return self.app.now()

    def fresh_code(self):
        """A code as of a phone that has shown none before."""
        self.stack.sql("UPDATE second_factors f JOIN users u ON u.id = f.user_id SET f.last_step = 0 "
                       f"WHERE u.username = '{self.username}'")
        return self.present_code()

    def step_up(self, code=None):
        return self.post("/api/admin/second-factor/verify", {"code": code or self.fresh_code()})

    def act(self, path, body=None):
        """An action that has to work."""
        return self.data(self.post("/api/admin" + path, body))

    def read(self, path):
        return self.data(self.get("/api/admin" + path))


def enrolment_code(said):
    """What a command printed."""
    code = re.search(r"^enrolment code, for \d+ hours: (\S+)$", said, re.M).group(1)
    noted_secrets.note("recovery code", code)
    return code


def number_of(site, username):
    return site.value(f"SELECT id FROM users WHERE username = '{username}'")


def settled(site, order_no, status="PAID"):
    wait_for(lambda: site.value(f"SELECT status FROM coin_orders WHERE order_no = '{order_no}'") == status)
