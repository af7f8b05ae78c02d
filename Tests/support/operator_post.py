"""Where an operator's alarms arrive on a machine: an address that takes POSTs, and a mailbox."""

import http.server
import json
import threading


class OperatorPost:
    """Receives what COINPAY_ALARM_TO leads to; either can be away."""

    MAIL = "ops@shop.test"

    def __init__(self, machine):
        self.machine, self.posts, self.refuses = machine, [], False

    def __enter__(self):
        post = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if not post.refuses:
                    post.posts.append(body)
                self.send_response(503 if post.refuses else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        # Mail goes into a file, unless the server is away.
        self.machine.write("/usr/sbin/sendmail", """#!/bin/sh
            [ ! -e /shared/mail-is-away ] || exit 75
            { echo "arguments: $*"; cat; } >>/shared/mail
            """)
        self.machine.run("chmod", "+x", "/usr/sbin/sendmail")
        self.machine.run("chmod", "1777", "/shared")
        return self

    def __exit__(self, *_):
        self.server.shutdown()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_port}/alarm?token=of-the-operators-chat"

    def send_mail_away(self):
        self.machine.run("touch", "/shared/mail-is-away")

    def bring_mail_back(self):
        self.machine.run("rm", "-f", "/shared/mail-is-away")

    @property
    def mail(self):
        return self.machine.shell("cat /shared/mail 2>/dev/null || true")

    def clear(self):
        self.posts.clear()
        self.machine.run("rm", "-f", "/shared/mail")
