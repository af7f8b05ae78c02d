"""The production site answers to its own name alone: nobody else's gets a certificate, a page or a way to elsewhere."""

import os
import re
import shutil
import socket
import ssl
import subprocess

import pytest

from support.stack import ROOT, free_port, wait_for

NAME = "shop.example"


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    """The files of the package with other paths and ports; the port of http and the one of https."""
    folder, plain, tls = tmp_path_factory.mktemp("nginx"), free_port(), free_port()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                    "-subj", f"/CN={NAME}", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
                   check=True, capture_output=True)
    shutil.copy(folder / "fullchain.pem", folder / "chain.pem")
    written = tmp_path_factory.mktemp("written")
    subprocess.run([os.environ["COINPAY_DEV_BINARY"], "config", "nginx", written], check=True)
    for file in [*(ROOT / "nginx" / "snippets").glob("*.conf"), *written.glob("*.conf"), ROOT / "nginx" / "coinpay.conf"]:
        text = re.sub("/etc/coinpay/(nginx|tls)/", f"{folder}/", file.read_text()).replace("/var/log/nginx", str(folder))
        text = re.sub(r"listen (\[::\]:)?80;", lambda found: f"listen {found[1] or ''}{plain};", text)
        text = re.sub(r"listen (\[::\]:)?443 ", lambda found: f"listen {found[1] or ''}{tls} ", text)
        (folder / file.name).write_text(text)
    files = ["real-ip", "http", "upstreams"]
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ "
        + "".join(f"include {folder}/coinpay-{name}.conf; " for name in files) + f"include {folder}/coinpay.conf; }}")
    with subprocess.Popen(["nginx", "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"]) as process:
        try:
            wait_for(lambda: (folder / "pid").exists() and (folder / "pid").read_text())
            yield plain, tls
        finally:
            process.terminate()


def ask(port, host, name=None, path="/"):
    """What a server answers first; `name` is the one of TLS."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        if name is not None:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection = context.wrap_socket(connection, server_hostname=name or None)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()


@pytest.mark.parametrize("name", ["other.example", "shop.example.evil.example", "localhost", ""])
def test_no_certificate_for_another_name(nginx, name):
    with pytest.raises(ssl.SSLError, match="(?i)unrecognized.name"):
        ask(nginx[1], NAME, name)


def test_no_page_for_another_host(nginx):
    # Its own name reaches the worker, of which there is none here.
    assert " 503 " in ask(nginx[1], NAME, NAME, "/coin").splitlines()[0]
    for host in ("other.example", "127.0.0.1", f"{NAME}.evil.example"):
        for path in ("/", "/coin", "/api/payment/methods", "/assets/coinpay.css"):
            assert " 421 " in ask(nginx[1], host, NAME, path).splitlines()[0]


def test_http_leads_to_the_site_whoever_is_named(nginx):
    for host in (NAME, "other.example"):
        assert f"Location: https://{NAME}/coin?x=1\r\n" in ask(nginx[0], host, path="/coin?x=1")
