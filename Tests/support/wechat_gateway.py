"""The server api.mch.weixin.qq.com for tests, on loopback: v2 and v3 over http and over TLS.

Over TLS a client may show a certificate, and the path of v2 refunds demands the merchant's. It checks every
request with the rules of WeChat Pay's documentation, keeps trades as WeChat Pay does and collects `problems`. It
can be told to misbehave, for one path or for all.
"""

import re
import ssl
import tempfile
import threading
from pathlib import Path

from .loopback import QuietHandler, QuietServer
from .wechat_book import Book
from .wechat_call import Answer, Call
from .wechat_keys import Authority, Platform, certificate_pem, new_key, private_pem
from .wechat_v2 import FIELDS, V2
from .wechat_v3 import V3

# The request is not acted upon.
DEAF_MODES = {"hang", "reset", "garbage", "error", "huge", "redirect"}
# The request is acted upon, and the answer is spoilt or lost.
TWISTS = {
    "unsigned", "wrong-signature", "signtest", "stale", "unknown-serial", "other-order", "other-amount", "doctype",
    "system-error", "lose-answer", "delay", "wrong-hash"}
# The request is not acted upon, and the answer is a genuine refusal.
REFUSE = "refuse"
HANG_SECONDS_MAX = 20


class Gateway:
    def __init__(self):
        self.authority = Authority("WeChat Pay test CA")
        self.platform = Platform(self.authority)
        self.book, self.merchants = Book(), {}
        self.v2, self.v3 = V2(self), V3(self)
        self.requests, self.problems, self.nonces = [], [], {}
        self.modes, self.delay_seconds, self.refusal = {}, 0, None
        self.lock, self.released = threading.RLock(), threading.Event()
        self.arrived = threading.Condition(self.lock)

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="wechat-gateway-")
        self.ca_file = self.file("ca.pem", certificate_pem(self.authority.certificate))
        self.servers = [self.serve(None), self.serve(self.tls())]
        self.url = f"http://127.0.0.1:{self.servers[0].server_port}"
        self.tls_url = f"https://127.0.0.1:{self.servers[1].server_port}"
        return self

    def __exit__(self, *_):
        self.behave()
        for server in self.servers:
            server.shutdown()
            server.server_close()
        self.folder.cleanup()

    def file(self, name, text):
        """Writes a file that lives as long as the gateway; its path."""
        path = Path(self.folder.name) / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    def tls(self):
        key = new_key()
        certificate = self.authority.issue("127.0.0.1", key, addresses=["127.0.0.1"])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(
            self.file("server.pem", certificate_pem(certificate)), self.file("server.key", private_pem(key)))
        context.load_verify_locations(self.ca_file)
        context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def serve(self, context):
        server = QuietServer(("127.0.0.1", 0), type("Handler", (Handler,), {"owner": self}))
        if context:
            # The handshake waits for the thread of its connection.
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server

    def misbehave(self, mode, path="", seconds=0, status=400, code=""):
        """Misbehaves for paths that match a pattern, until `behave`; `refuse` names the code and for v3 the status."""
        assert mode in DEAF_MODES | TWISTS | {REFUSE}, mode
        self.refusal = (status, code)
        self.released.clear()
        self.delay_seconds = seconds
        self.modes[path] = mode

    def behave(self):
        self.modes.clear()
        self.released.set()

    def mode_for(self, path):
        return next((mode for pattern, mode in self.modes.items() if re.search(pattern, path)), "normal")

    def problem(self, text, call):
        with self.lock:
            self.problems.append(f"{call.method} {call.path}: {text}")

    def is_repeated(self, nonce, content=None):
        """Whether a nonce came before, except with the very same content."""
        with self.lock:
            if nonce not in self.nonces:
                self.nonces[nonce] = content
                return False
            return content is None or self.nonces[nonce] != content

    def note(self, call):
        with self.lock:
            self.requests.append(call)
            self.arrived.notify_all()

    def wait_for_calls(self, count, seconds=10):
        """Waits until so many requests have come since the beginning."""
        with self.lock:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, seconds), "no request came"

    def answer(self, call):
        self.note(call)
        if call.path.startswith("/v3/"):
            return self.v3.answer(call)
        if call.path in FIELDS:
            return self.v2.answer(call)
        self.problem("there is no such path", call)
        return Answer(404, b"", "text/plain")


class Handler(QuietHandler):
    def serve(self, body):
        is_tls = isinstance(self.connection, ssl.SSLSocket)
        call = Call(
            self.command, self.path, self.headers, body,
            has_client_certificate=is_tls and bool(self.connection.getpeercert()),
            base=self.owner.tls_url if is_tls else self.owner.url)
        mode = self.owner.mode_for(call.path)
        if mode in DEAF_MODES:
            self.owner.note(call)
            return self.ignore(mode)
        call.twist = mode
        answer = self.owner.answer(call)
        if mode == "lose-answer":
            self.close_connection = True
            return
        if mode == "delay":
            self.owner.released.wait(self.owner.delay_seconds)
        self.send(answer)

    def ignore(self, mode):
        if mode == "hang":
            self.owner.released.wait(HANG_SECONDS_MAX)
            self.close_connection = True
        elif mode == "reset":
            self.connection.close()
            self.close_connection = True
        elif mode == "garbage":
            self.send(Answer(200, b"<html>neither \xff nor {", "text/html"))
        elif mode == "error":
            self.send(Answer(500, b"<html>500</html>", "text/html"))
        elif mode == "huge":
            self.send(Answer(200, b"<xml>" + b" " * 10_000_000 + b"</xml>", "text/xml"))
        elif mode == "redirect":
            self.send(Answer(302, b"", "text/html", {"Location": self.owner.url + "/redirected"}))

    def send(self, answer):
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)
        except OSError:
            self.close_connection = True
