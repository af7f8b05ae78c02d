"""Alipay's official SDK as a second judge: one JSON command a line on the standard input, one answer a line.

verify          whether a public key verifies bytes (base64)
verify_request  the same for the parameters of a request, sorted and joined by the SDK
sign            signs a text in a charset with a private key (PKCS #1)
call            has the SDK's client call a gateway
"""

import base64
import http.client
import importlib
import json
import sys
import urllib.parse
from pathlib import Path

# The SDK is called alipay, like a file beside this one.
sys.path[0] = str(Path(__file__).resolve().parents[1])

import rsa  # noqa: E402
from alipay.aop.api.AlipayClientConfig import AlipayClientConfig  # noqa: E402
from alipay.aop.api.DefaultAlipayClient import DefaultAlipayClient  # noqa: E402
from alipay.aop.api.util import SignatureUtils, WebUtils  # noqa: E402


def is_valid(public_key, message, signature):
    try:
        # The SDK takes SHA-1 as well.
        return SignatureUtils.verify_with_rsa(public_key, message, signature) and (
            rsa.find_signature_hash(base64.b64decode(signature), rsa_key(public_key)) == "SHA-256")
    except (rsa.VerificationError, ValueError):
        return False


def rsa_key(public_key):
    return rsa.PublicKey.load_pkcs1_openssl_pem(SignatureUtils.fill_public_key_marker(public_key))


def verify(public_key, data, signature):
    return is_valid(public_key, base64.b64decode(data), signature)


def verify_request(public_key, params):
    signed = {name: value for name, value in params.items() if name != "sign"}
    return is_valid(public_key, SignatureUtils.get_sign_content(signed).encode(), params["sign"])


def sign(private_key, text, charset):
    return SignatureUtils.sign_with_rsa2(private_key, text, charset)


def connection_to(url, query, timeout):
    """The SDK's own function fails for an address with a port."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.path}?{query}", http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)


def call(gateway, app_id, private_key, public_key, name, content):
    config = AlipayClientConfig()
    config.server_url, config.app_id = gateway, app_id
    config.app_private_key, config.alipay_public_key = private_key, public_key
    module = importlib.import_module(f"alipay.aop.api.request.{name}")
    request = getattr(module, name)()
    request.biz_content = content
    WebUtils.get_http_connection = connection_to
    return json.loads(DefaultAlipayClient(config).execute(request))


COMMANDS = {"verify": verify, "verify_request": verify_request, "sign": sign, "call": call}
for line in sys.stdin:
    command = json.loads(line)
    try:
        answer = {"result": COMMANDS[command.pop("do")](**command)}
    except Exception as error:  # Whatever the SDK thinks of its input is an answer.
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
