"""The web server's side of FastCGI, for asking the worker itself."""

import socket
import struct

BEGIN, PARAMS, STDIN, STDOUT, END = 1, 4, 5, 6, 3
RECORD_BYTES_MAX = 65_535


def record(kind, content=b""):
    parts = [content[i:i + RECORD_BYTES_MAX] for i in range(0, len(content), RECORD_BYTES_MAX)] or [b""]
    return b"".join(struct.pack("!BBHHBx", 1, kind, 1, len(part), 0) + part for part in parts)


def pair(name, value):
    sizes = b"".join(struct.pack("!B" if len(x) < 128 else "!I", len(x) if len(x) < 128 else len(x) | 1 << 31)
                     for x in (name.encode(), value.encode()))
    return sizes + name.encode() + value.encode()


def read(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def post(path, target, body, headers=None, address="192.0.2.7", **variables):
    """Sends a POST to a socket; gives back the status and the body of the answer."""
    all_variables = {
        "REQUEST_METHOD": "POST", "REQUEST_URI": target, "REMOTE_ADDR": address, "HTTP_HOST": "localhost",
        "CONTENT_LENGTH": str(len(body)), **variables}
    for name, value in (headers or {}).items():
        key = name.upper().replace("-", "_")
        all_variables[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(path))
        parameters = b"".join(pair(*item) for item in all_variables.items())
        connection.sendall(record(BEGIN, struct.pack("!HB5x", 1, 0)) + record(PARAMS, parameters) + record(PARAMS))
        try:
            connection.sendall((record(STDIN, body) if body else b"") + record(STDIN))
        except BrokenPipeError:
            pass  # It was refused before it was sent as a whole.
        output = b""
        while True:
            kind, length, padding = struct.unpack("!xBxxHBx", read(connection, 8))
            content = read(connection, length)
            read(connection, padding)
            if kind == STDOUT:
                output += content
            elif kind == END:
                break
    head, _, rest = output.partition(b"\r\n\r\n")
    status = next((int(line.split()[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"status:")), 200)
    return status, rest
