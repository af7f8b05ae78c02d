"""Alipay for tests: its gateway with an application for either way to hold keys, and its buyers."""

import base64
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import requests

from . import noted_secrets
from .alipay_book import BUYER
from .stack import ROOT

PATH = "/api/payment/webhook/alipay"
MODES = ("key", "cert")


def python_of(variable, folder):
    return os.environ.get(variable, str(ROOT / ".venv" / folder / "bin" / "python"))


@dataclass(frozen=True)
class Notice:
    """A notification as it goes over the wire."""

    url: str
    body: bytes
    content_type: str = "application/x-www-form-urlencoded; charset=utf-8"

    def with_body(self, body):
        """Changed after it was signed."""
        return replace(self, body=body if isinstance(body, bytes) else body.encode())

    def post(self, url=None, timeout=60):
        return requests.post(
            url or self.url, data=self.body, headers={"Content-Type": self.content_type}, timeout=timeout)


def is_accepted(answer):
    """Whether it is exactly the answer after which Alipay sends no more."""
    return answer.status_code == 200 and answer.content == b"success" and (
        answer.headers["Content-Type"].startswith("text/plain"))


class AlipayServer:
    """The gateway's process. `control` and what builds on it is the gateway's remote control."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [python_of("ALIPAY_PYTHON", "alipay"), str(ROOT / "Tests" / "support" / "run_alipay_gateway.py")],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.base = self.process.stdout.readline().strip()
        assert self.base, "Alipay's gateway did not start"
        self.folder = tempfile.TemporaryDirectory(prefix="alipay-gateway-")
        self.url = self.base + "/gateway.do"
        return self

    def __exit__(self, *_):
        self.behave()
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def control(self, verb, **arguments):
        answer = requests.post(f"{self.base}/_control/{verb}", json=arguments, timeout=90)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def settings(self, mode, site="https://coins.example.com", form="pkcs8", **more):
        """The `ALIPAY_*` environment of a site; `form` is how the keys are written."""
        noted_secrets.note("personal data", BUYER["buyer_user_id"])
        keys = self.control("keys", mode=mode)
        settings = {
            "ALIPAY_APP_ID": keys["app_id"], "ALIPAY_GATEWAY_URL": self.url, "ALIPAY_SELLER_ID": keys["seller_id"],
            "ALIPAY_NOTIFY_URL": site + PATH, "ALIPAY_RETURN_URL": site + "/payment/success",
            "ALIPAY_PRIVATE_KEY": self.key_text(keys["private_pkcs1" if "pkcs1" in form else "private_pkcs8"], form)}
        if mode == "key":
            return settings | {"ALIPAY_PUBLIC_KEY": self.key_text(keys["alipay_public"], form)} | more
        return settings | {
            "ALIPAY_APP_CERT": self.file(f"appCertPublicKey_{keys['app_id']}.crt", keys["app_certificate"]),
            "ALIPAY_CERT": self.file("alipayCertPublicKey_RSA2.crt", keys["alipay_certificate"]),
            "ALIPAY_ROOT_CERT": self.file("alipayRootCert.crt", keys["root_certificates"])} | more

    def key_text(self, pem, form):
        if "file" in form:
            return self.file(f"{abs(hash(pem))}.pem", pem)
        if "pem" in form:
            return pem
        lines = pem.splitlines()[1:-1]
        return "\r\n".join(lines) + "\r\n" if "crlf" in form else "".join(lines)

    def file(self, name, text):
        path = Path(self.folder.name) / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    def pay(self, mode, out_trade_no, **options):
        """The buyer pays in the app; the notification is left to `notify` or `notice`."""
        self.control("pay", mode=mode, out_trade_no=out_trade_no, **options)

    def trade(self, mode, out_trade_no):
        return self.control("trade", mode=mode, out_trade_no=out_trade_no)

    def notice(self, mode, out_trade_no, **options):
        """A signed notification about the trade's present state; `changes` are signed, `after` are not."""
        notice = self.control("notice", mode=mode, out_trade_no=out_trade_no, **options)
        return Notice(notice["url"], notice["body"].encode(), notice["content_type"])

    def notify(self, mode, out_trade_no, **options):
        """Has the gateway post one itself."""
        return self.control("notify", mode=mode, out_trade_no=out_trade_no, **options)

    def sign(self, mode, data, **options):
        return self.control("sign", mode=mode, data=base64.b64encode(data).decode(), **options)

    def misbehave(self, mode, method="", **options):
        self.control("misbehave", mode=mode, method=method, **options)

    def behave(self):
        self.control("behave")

    def problems(self):
        return self.control("problems")

    def requests(self, method="", since=0):
        return self.control("requests", method=method, since=since)

    def wait_for_requests(self, count):
        assert self.control("wait_for_requests", count=count) >= count, "no request came"


class OfficialSDK:
    """Alipay's own SDK in a process of its own, as a second judge of signatures and as a client."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [python_of("ALIPAY_OFFICIAL_PYTHON", "alipay-official"),
             str(ROOT / "Tests" / "support" / "verify_with_alipay_sdk.py")],
            env={**os.environ, "TZ": "CST-8", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def do(self, command, **arguments):
        """The result, or the error as `{"error": …}`."""
        self.process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["result"] if "result" in answer else answer
