"""A worker that starts and is ready, but fails every request or takes its time.

usage: broken.py fail|SECONDS, with the sockets that systemd hands over
"""

import os
import socket
import struct
import sys
import threading
import time

BODY = b"X-Request-Id: broken\r\nContent-Type: text/plain\r\n\r\n"


def answer(connection):
    data = b""
    # Until the empty record that ends the body (type 5, length 0).
    while True:
        piece = connection.recv(65536)
        if not piece:
            return
        data += piece
        at, ended, parameters = 0, False, b""
        while at + 8 <= len(data):
            _, kind, _, length, padding = struct.unpack(">BBHHB", data[at:at + 7])
            if at + 8 + length + padding > len(data):
                break
            if kind == 4:
                parameters += data[at + 8:at + 8 + length]
            ended = ended or (kind == 5 and length == 0)
            at += 8 + length + padding
        if ended:
            break
    if b"/readyz" in parameters:
        head, text = b"Status: 200 OK\r\n", b"ready\n"
    elif sys.argv[1] == "fail":
        head, text = b"Status: 500 Internal Server Error\r\n", b"broken\n"
    else:
        time.sleep(float(sys.argv[1]))
        head, text = b"Status: 200 OK\r\n", b"late\n"
    content = head + BODY + text
    for kind, part in ((6, content), (6, b""), (3, b"\0" * 8)):
        connection.sendall(struct.pack(">BBHHBB", 1, kind, 1, len(part), 0, 0) + part)
    connection.close()


def serve(descriptor):
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


for descriptor in (3, 4):
    threading.Thread(target=serve, args=(descriptor,), daemon=True).start()
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
    manager.connect(os.environ["NOTIFY_SOCKET"])
    while True:
        manager.send(b"READY=1\nWATCHDOG=1")
        time.sleep(5)
