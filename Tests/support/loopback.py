"""What the servers that play providers on loopback have in common."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """Clients that go away are part of the tests."""


class QuietHandler(BaseHTTPRequestHandler):
    """Hands each GET and POST to `serve`, with its body."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    # The provider that is played.
    owner = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve(self.read_body())

    def do_POST(self):
        self.serve(self.read_body())

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))
