"""What stands between a provider and a site and does not leave its hands off: a proxy, a CDN, a bot check."""

import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

CHALLENGE = b"<!DOCTYPE html><title>Just a moment...</title><p>Checking your browser"
# Longer than the call of `coinpay doctor` waits.
HANG_SECONDS = 12


class Meddler:
    """Serves the address of a site in one of the ways named by `way`."""

    def __init__(self, site, certificate=None):
        self.site, self.way, self.seen = site, "forward", []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.base = f"{scheme}://localhost:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def forward(self, method, path, headers, body):
        headers = {k: v for k, v in headers.items() if k.lower() not in ("host", "content-length", "connection")}
        answer = requests.request(method, self.site + path, headers=headers, data=body, allow_redirects=False, timeout=30)
        kept = {k: v for k, v in answer.headers.items() if k.lower() in ("content-type", "x-request-id", "allow")}
        return answer.status_code, kept, answer.content

    def answer(self, path, headers, body):
        html = {"Content-Type": "text/html; charset=utf-8"}
        match self.way:
            case "forward":
                return self.forward("POST", path, headers, body)
            case "redirect":
                return 301, {"Location": "https://www.shop.example" + path}, b""
            case "get":
                return self.forward("GET", path, headers, None)
            case "decoded":
                return self.forward("POST", path, headers, body.replace(b"%2B", b"+").replace(b"\\/", b"/"))
            case "trimmed":
                return self.forward("POST", path, headers, body.rstrip(b"\n&"))
            case "retyped":
                return self.forward("POST", path, {**headers, "Content-Type": "text/plain"}, body)
            case "challenge":
                return 403, html, CHALLENGE
            case "page":
                return 200, html, b"<title>Welcome</title>"
            case "blocked":
                return 403, {"Content-Type": "text/plain"}, b"denied"
            case "other":
                return 200, {"Content-Type": "application/json"}, b'{"ok":true}'
            case "down":
                return 502, {"Content-Type": "text/plain"}, b"bad gateway"
            case "stripped":
                return self.forward("POST", path, {k: v for k, v in headers.items() if k.lower() != "x-coinpay-probe"}, body)
            case "hang":
                time.sleep(HANG_SECONDS)
                return 504, {}, b""

    def handler(meddler):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                meddler.seen.append((dict(self.headers), body))
                status, headers, content = meddler.answer(self.path, dict(self.headers), body)
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    # Who asked has stopped waiting.
                    pass

            def log_message(self, *_):
                pass

        return Handler
