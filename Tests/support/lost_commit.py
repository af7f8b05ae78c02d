"""A way to the database that is cut when the first COMMIT has gone to the server, before its answer comes back."""

import contextlib
import socket
import threading
from pathlib import Path

# A packet of the protocol: three bytes of length, its number, COM_QUERY and the text.
COMMIT = b"\x07\x00\x00\x00\x03COMMIT"


@contextlib.contextmanager
def lost_commit(server, folder):
    """Gives the path of a socket that leads to the one of a server."""
    path = Path(folder) / "lost-commit.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        threading.Thread(target=accept, args=(listener, str(server)), daemon=True).start()
        yield path


def accept(listener, server):
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(server)
            is_cut = threading.Event()
            threading.Thread(target=pass_on, args=(client, upstream, is_cut, True), daemon=True).start()
            threading.Thread(target=pass_on, args=(upstream, client, is_cut, False), daemon=True).start()


def pass_on(source, target, is_cut, is_client):
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            if is_cut.is_set():
                break
            if is_client and data == COMMIT:
                is_cut.set()
                target.sendall(data)
                source.shutdown(socket.SHUT_RDWR)
                return
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)
