"""Alipay's gateway (gateway.do) for tests, on loopback.

Every request is verified and every answer signed by python-alipay-sdk. It checks requests with the rules of
Alipay's documentation, keeps trades as Alipay does and collects `problems`. It can be told to misbehave, for one
method or for all. Runs in a process of its own, because the SDK and others exclude each other; `alipay_control`
is how a test reaches it.
"""

import json
import re
import threading
import time
import urllib.parse

from .alipay_answers import DEAF_MODES, TWISTS, envelope, failure, twisted
from .alipay_book import Book, Refusal
from .alipay_control import Control
from .alipay_keys import World
from .alipay_methods import Methods
from .alipay_rules import PAGES, problems
from .alipay_signing import alipay_side, is_genuine, our_side
from .loopback import QuietHandler, QuietServer

HANG_SECONDS_MAX = 20


class Gateway:
    def __init__(self):
        self.world, self.book = World(), Book()
        self.methods = Methods(self.world, self.book)
        self.requests, self.problems = [], []
        self.modes, self.delay_seconds, self.sub_code = {}, 0, ""
        self.released = threading.Event()
        self.arrived = threading.Condition()
        self.server = QuietServer(("127.0.0.1", 0), type("Handler", (Handler,), {"owner": self}))
        self.base = self.methods.base = f"http://127.0.0.1:{self.server.server_port}"
        self.control = Control(self)

    def start(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def misbehave(self, mode, method="", seconds=0, sub_code=""):
        """Misbehaves for methods that match a pattern, until `behave`."""
        assert mode in DEAF_MODES | TWISTS, mode
        self.released.clear()
        self.delay_seconds, self.sub_code = seconds, sub_code
        self.modes[method] = mode

    def behave(self):
        self.modes.clear()
        self.released.set()

    def mode_for(self, method):
        return next((mode for pattern, mode in self.modes.items() if re.search(pattern, method)), "normal")

    def note(self, params, http_method, content_type):
        with self.arrived:
            self.requests.append({"http": http_method, "type": content_type, "params": params})
            self.arrived.notify_all()

    def merchant(self, app_id):
        return next((m for m in self.world.merchants.values() if m.app_id == app_id), None)

    def sdk(self, merchant, pair=None, sign_type="RSA2"):
        return alipay_side(self.world, merchant, pair, sign_type)

    def refusal(self, merchant, params):
        """Why a request is not accepted as our application's; None when it is."""
        if merchant is None:
            return "isv.invalid-app-id"
        if params.get("sign_type") != "RSA2":
            return "isv.invalid-signature-type"
        if not is_genuine(self.sdk(merchant), params):
            return "isv.invalid-signature"
        if merchant.uses_certificates:
            ours = our_side(self.world, merchant, self.base)
            if params.get("app_cert_sn") != ours.app_cert_sn:
                return "isv.app-cert-sn-not-match"
            if params.get("alipay_root_cert_sn") != ours.alipay_root_cert_sn:
                return "isv.root-cert-sn-not-match"
        return None

    def answer(self, params, twist):
        """The status, the type and the body of the answer to a request."""
        merchant, method = self.merchant(params.get("app_id")), params.get("method", "")
        content = business_content(params)
        wrong = problems(params, content)
        refusal = self.refusal(merchant, params)
        if refusal or wrong:
            self.problems += [f"{method}: {text}" for text in wrong + [refusal] * bool(refusal)]
            return self.error(method, refusal or "isv.invalid-parameter")
        if method in PAGES:
            return self.page(merchant, params, content)
        if twist == "failure":
            node = failure(self.sub_code)
        else:
            node = twisted(self.methods.node(merchant, params, content), twist)
        pair = self.world.alipay if merchant.uses_certificates else None
        body = envelope(
            method, node, self.sdk(merchant), self.sdk(merchant, self.world.stranger), pair, twist)
        return 200, "text/html;charset=utf-8", body

    def page(self, merchant, params, content):
        try:
            text = self.methods.page(merchant, params, content)
        except Refusal as refusal:
            text = f"<title>支付宝</title><p>{refusal}</p>"
        return 200, "text/html;charset=utf-8", text.encode()

    def error(self, method, sub_code):
        """A gateway error is not signed."""
        name = method.replace(".", "_") + "_response" if method in self.methods.handlers else "error_response"
        node = {"code": "40002", "msg": "Invalid Arguments", "sub_code": sub_code, "sub_msg": "参数无效"}
        return 200, "text/html;charset=utf-8", json.dumps({name: node}).encode()

    def download(self, token):
        data, valid_until = self.methods.bills.get(token, (None, 0))
        if time.monotonic() > valid_until:
            return 404, "text/html", b"<html>expired</html>"
        return 200, "application/octet-stream", data


def business_content(params):
    try:
        content = json.loads(params.get("biz_content", ""))
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


class Handler(QuietHandler):
    def serve(self, body):
        url = urllib.parse.urlsplit(self.path)
        if url.path.startswith("/_control/"):
            return self.send(*self.owner.control.answer(url.path.removeprefix("/_control/"), body))
        if url.path == "/download":
            return self.send(*self.owner.download(dict(urllib.parse.parse_qsl(url.query)).get("token")))
        if url.path != "/gateway.do":
            self.owner.problems.append(f"there is no {url.path}")
            return self.send(404, "text/html", b"")
        self.gateway(url.query, body)

    def gateway(self, query, body):
        params = self.parameters(query, body)
        if not params:
            return self.send(200, "text/html;charset=utf-8", self.owner.error("", "isv.missing-method")[2])
        mode = self.owner.mode_for(params.get("method", ""))
        self.owner.note(params, self.command, self.headers.get("Content-Type"))
        if mode in DEAF_MODES:
            return self.ignore(mode)
        answer = self.owner.answer(params, mode)
        if mode == "lose-answer":
            self.close_connection = True
            return
        if mode == "delay":
            self.owner.released.wait(self.owner.delay_seconds)
        self.send(*answer)

    def parameters(self, query, body):
        """Of the address and the body; only the charset may stand in both."""
        params = {}
        for part in (query, body.decode("ascii", "replace")):
            pairs = urllib.parse.parse_qsl(part, keep_blank_values=True, encoding="utf-8", errors="replace")
            for name, value in pairs:
                if params.setdefault(name, value) != value or pairs.count((name, value)) > 1:
                    self.owner.problems.append(f"{name} stands twice")
        return params if set(params) - {"charset"} else {}

    def ignore(self, mode):
        if mode == "hang":
            self.owner.released.wait(HANG_SECONDS_MAX)
            self.close_connection = True
        elif mode == "reset":
            self.connection.close()
            self.close_connection = True
        elif mode == "garbage":
            self.send(200, "text/html", b"<html>neither \xff nor {")
        elif mode == "error":
            self.send(500, "text/html", b"<html>500</html>")
        elif mode == "huge":
            self.send(200, "text/html", b"{" + b" " * 10_000_000 + b"}")
        elif mode == "redirect":
            self.send(302, "text/html", b"", {"Location": self.owner.base + "/redirected"})

    def send(self, status, content_type, body, headers=None):
        try:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True
