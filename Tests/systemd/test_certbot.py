"""A certificate by the real certbot with its nginx plug-in, from an ACME server of our own, and its renewal under load."""

import json
import threading

import pytest
import requests

from support.machine import DOMAIN, Authority
from support.stack import wait_for
from support.stripe_fixtures import SETTINGS

VISITORS = 4


@pytest.fixture(scope="module")
def acme(machine):
    """Pebble, which asks the site on port 80 as Let's Encrypt does."""
    authority = Authority.__new__(Authority)
    authority.folder = machine.shared
    authority.issue("acme", "localhost")
    (machine.shared / "pebble.json").write_text(json.dumps({"pebble": {
        "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "certificate": "/shared/acme.pem",
        "privateKey": "/shared/acme.key", "httpPort": 80, "tlsPort": 443}}))
    server = machine.start("env", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0", "pebble", "-config", "/shared/pebble.json")
    root = wait_for(lambda: ask_root(machine))
    (machine.shared / "ca.pem").write_text(root)
    machine.shell("mkdir -p /etc/letsencrypt")
    machine.write("/etc/letsencrypt/cli.ini", "server = https://localhost:14000/dir\nno-verify-ssl = true\n")
    yield machine
    server.kill()
    server.wait()


def ask_root(machine):
    try:
        return requests.get("https://localhost:15000/roots/0", verify=machine.shared / "ca.pem", timeout=5).text
    except requests.RequestException:
        return None


@pytest.fixture(scope="module")
def site(acme, package, stripe):
    acme.install(package)
    acme.setup("--domain", DOMAIN, "--certbot", "ops@shop.test", STRIPE_API_URL=stripe.url, **SETTINGS)
    return acme


def served(site):
    """Number and issuer of the certificate that visitors get."""
    return site.shell(f"""openssl s_client -connect 127.0.0.1:443 -servername {DOMAIN} </dev/null 2>/dev/null |
        openssl x509 -noout -serial -issuer""")


def test_the_site_has_a_certificate_that_visitors_trust(site):
    assert site.is_ready()
    assert "Pebble" in served(site)


def test_what_is_not_for_certbot_is_sent_to_https(site):
    answer = requests.get(f"http://{DOMAIN}/.well-known/acme-challenge/none", allow_redirects=False, timeout=10)
    assert answer.status_code == 301 and answer.headers["Location"].startswith(f"https://{DOMAIN}/")


def test_a_renewal_fails_no_request(site):
    failures, counts, stop = [], [0] * VISITORS, threading.Event()

    def visit(number):
        while not stop.is_set():
            counts[number] += 1
            try:
                answer = site.client().get("/readyz")
                if answer.status_code != 200:
                    failures.append(answer.text)
            except requests.RequestException as error:
                failures.append(repr(error))

    before = served(site)
    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    try:
        site.run("certbot", "renew", "--force-renewal", "--no-random-sleep-on-renew")
        wait_for(lambda: served(site) != before)
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join()
    assert sum(counts) > 20 and not failures, failures[:5]
    # The settings of the renewal are kept: it is what certbot's own timer does.
    assert "systemctl reload nginx" in site.read(f"/etc/letsencrypt/renewal/{DOMAIN}.conf")


def test_setup_can_be_repeated(site):
    before = served(site)
    site.setup()
    assert site.is_ready() and served(site) == before
