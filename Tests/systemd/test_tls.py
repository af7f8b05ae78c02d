"""What visitors of the production site get of TLS."""

import json
import re
import subprocess

import pytest

from support.machine import DOMAIN, Authority
from support.stack import free_port, wait_for

# What a site cannot avoid here: the certificate is of a test's authority, without a log or a name server.
UNAVOIDABLE = {
    "cert_chain_of_trust", "cert_trust", "cert_ocspRevoked", "cert_crlRevoked", "cert_revocation",
    "certificate_transparency", "DNS_CAArecord", "overall_grade",
}


@pytest.fixture(scope="module")
def stapling(shop):
    """The site with a certificate whose issuer answers about revocation."""
    port = free_port()
    authority = Authority.__new__(Authority)
    authority.folder = shop.shared
    authority.issue("stapled", DOMAIN, responder_port=port)
    number = subprocess.run(["openssl", "x509", "-in", shop.shared / "stapled.crt", "-noout", "-serial"],
                            check=True, capture_output=True, text=True).stdout.strip().split("=")[1]
    (shop.shared / "index").write_text(f"V\t401231235959Z\t\t{number}\tunknown\t/CN={DOMAIN}\n")
    responder = shop.start("openssl", "ocsp", "-port", port, "-index", "/shared/index", "-CA", "/shared/ca.pem",
                           "-rsigner", "/shared/ca.pem", "-rkey", "/shared/ca.key", "-nmin", "60", "-ignore_err")
    shop.setup("--certificate", "/shared/stapled.pem", "--key", "/shared/stapled.key", "--chain", "/shared/ca.pem")
    yield shop
    responder.kill()
    responder.wait()


def test_the_answer_about_revocation_is_stapled(stapling):
    def asked():
        result = stapling.run("openssl", "s_client", "-connect", f"{DOMAIN}:443", "-servername", DOMAIN, "-status",
                              "-CAfile", "/shared/ca.pem", stdin="", check=False)
        return result.stdout if "OCSP Response Status: successful" in result.stdout else None

    # nginx asks the issuer when the first visitors come.
    told = wait_for(asked)
    assert "Cert Status: good" in told and "Verify return code: 0 (ok)" in told


def test_browsers_are_told_to_use_https_only(shop):
    answer = shop.client().get("/coin")
    assert re.fullmatch(r"max-age=(\d+); includeSubDomains", answer.headers["Strict-Transport-Security"])
    plain = shop.run("curl", "-sI", "-H", f"Host: {DOMAIN}", "http://127.0.0.1/coin?a=1").stdout
    assert "301" in plain and f"Location: https://{DOMAIN}/coin?a=1" in plain
    assert answer.headers["Server"] == "nginx"


def test_testssl_finds_nothing_that_can_be_avoided(stapling):
    stapling.run("env", "ADDITIONAL_CA_FILES=/shared/ca.pem", "testssl", "--warnings=batch", "--color", "0", "--nodns=min",
                 "--ip=127.0.0.1", "--jsonfile", "/shared/testssl.json", f"{DOMAIN}:443", check=False, seconds=400)
    report = json.loads((stapling.shared / "testssl.json").read_text())
    found = [f"{line['id']}: {line['severity']}: {line['finding']}" for line in report
             if line["severity"] in ("LOW", "MEDIUM", "HIGH", "CRITICAL") and line["id"].split(" ")[0] not in UNAVOIDABLE]
    assert len(report) > 80
    assert not found, found
