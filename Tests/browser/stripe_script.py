"""A stand-in for Stripe.js and for what it talks to.

It is served over https for the hosts js.stripe.com and api.stripe.com, so that the page's content
security policy is tried with the addresses that the real script uses.
"""

import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SCRIPT = """
"use strict";
window.Stripe = (key) => ({
  elements: ({ clientSecret }) => ({
    clientSecret,
    create: (kind) => ({
      mount(selector) {
        const frame = document.createElement("iframe");
        frame.src = "https://js.stripe.com/v3/" + kind;
        frame.title = "Secure payment input frame";
        frame.width = "100%";
        frame.height = "64";
        document.querySelector(selector).append(frame);
      },
    }),
  }),
  async confirmPayment({ elements, confirmParams }) {
    const response = await fetch("https://api.stripe.com/v1/confirm", {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      body: JSON.stringify({ key, secret: elements.clientSecret }),
    });
    const answer = await response.json();
    if (answer.error) return answer;
    location.assign(confirmParams.return_url);
    return new Promise(() => {});
  },
});
"""

ELEMENT = """<!DOCTYPE html><meta charset="utf-8"><title>Card</title>
<p style="font:15px sans-serif;margin:8px;padding:12px;border:1px solid #ccc;border-radius:8px;background:#fff">
4242 4242 4242 4242 &nbsp; 12 / 40 &nbsp; 123</p>"""


class StripeScript:
    def __init__(self, folder, stripe_server):
        self.folder, self.stripe_server = folder, stripe_server
        self.decline = None
        self.loads = 0
        self.keys = []

    def __enter__(self):
        certificate, key = self.folder / "stripe.pem", self.folder / "stripe-key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", "/CN=js.stripe.com", "-keyout", key, "-out", certificate],
            check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        handler = type("Handler", (ScriptHandler,), {"owner": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        # The handshake belongs to the connection's thread: an idle connection must not hold up others.
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def confirm(self, wish):
        self.keys.append(wish["key"])
        if self.decline:
            return {"error": {"type": "card_error", "message": self.decline}}
        intent = wish["secret"].split("_secret")[0]
        return {"paymentIntent": {"status": self.stripe_server.pay(intent)["status"]}}


class ScriptHandler(BaseHTTPRequestHandler):
    owner = None
    timeout = 30

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = urlsplit(self.path).path
        if path == "/v3/":
            self.owner.loads += 1
            self.answer("text/javascript", SCRIPT)
        elif path == "/v3/payment":
            self.answer("text/html", ELEMENT)
        else:
            self.send_error(404)

    def do_POST(self):
        wish = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer("application/json", json.dumps(self.owner.confirm(wish)))

    def answer(self, kind, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind + "; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body)
