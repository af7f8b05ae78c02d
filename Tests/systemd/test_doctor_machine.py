"""`coinpay doctor` on a machine that the package was installed on, as root and as the hourly duty."""

import pytest

from support.doctor import Diagnosis
from support.machine import Authority
from support.stack import wait_for
from support.stripe_fixtures import SETTINGS

# Providers take no address of an inner network, as those under .test are.
DOMAIN = "shop.coinpay.example"
# This machine has no time server, and nobody gave it a target for alarms or a key for backups.
EXPECTED = {"clock.synchronized", "alarms.target", "backups.recipient"}


@pytest.fixture(scope="module")
def site(machine, package, stripe):
    """A machine whose site has a public name and a certificate that the machine trusts."""
    Authority(machine.shared).issue("public", DOMAIN)
    machine.write("/etc/hosts", f"127.0.0.1 localhost {DOMAIN}\n")
    machine.shell("cp /shared/ca.pem /usr/local/share/ca-certificates/test.crt; update-ca-certificates")
    machine.install(package)
    (machine.shared / "password").write_text("operator-password\n")
    machine.told = machine.setup(
        "--domain", DOMAIN, "--certificate", "/shared/public.pem", "--key", "/shared/public.key", "--admin", "boss",
        "--admin-password-file", "/shared/password", STRIPE_API_URL=stripe.url, **SETTINGS).stderr
    return machine


def diagnose(site, *options):
    return Diagnosis(site.run("coinpay", "doctor", "--json", *options, check=False))


def problems(found):
    """The provider is a fake whose endpoint is another address; that is for test_provider_check."""
    return {name for name in found.named("failure") | found.named("warning") if not name.startswith("providers.")}


def test_a_machine_after_setup_is_well(site):
    found = diagnose(site)
    assert problems(found) <= EXPECTED, found.text
    for name in ("sockets.web", "sockets.web_access", "sockets.webhook", "nginx.configuration", "nginx.site", "nginx.answer",
                 "certificate.expiry", "certificate.loaded", "certificate.host_name", "certificate.chain", "disk.data", "disk.logs",
                 "disk.backups", "timers.verify", "timers.doctor", "database.grants", "schema.version", "keys.encryption",
                 "notify.stripe_address", "notify.stripe_arrival"):
        assert found[name]["level"] == "ok", found[name]
    assert not {name for name in found.named("skipped") if not name.startswith("timers.")}


def test_setup_ends_with_what_is_left_to_do(site):
    assert f"https://{DOMAIN}/coin answers" in site.told
    assert "WARNING  alarms target" in site.told and "do: coinpay setup --alarm" in site.told
    assert "\nok " not in site.told


def test_the_settings_are_for_root_only_and_doctor_says_so(site):
    result = site.run("runuser", "-u", "nobody", "--", "coinpay", "doctor", check=False)
    assert result.returncode == 77 and "use sudo" in result.stderr


def test_facts_hold_no_secret(site):
    facts = site.run("/usr/lib/coinpay/coinpay", "machine-facts").stdout
    secrets = site.shell("find /etc/coinpay/credentials -type f -exec cat {} + ").split()
    assert secrets and not [secret for secret in secrets if secret in facts]
    assert "BEGIN" not in facts


def test_facts_go_into_a_new_file_and_through_no_link(site):
    site.shell("mkdir /tmp/facts; cd /tmp/facts; mkfifo pipe; echo kept >file; "
               "ln -s /dev/full device; ln -s pipe waiting; ln -s file known; ln -s nowhere dangling")
    for name in ("device", "waiting", "known", "dangling", "file", "pipe"):
        # A pipe that was opened would wait for a reader.
        written = site.run("timeout", "60", "/usr/lib/coinpay/coinpay", "machine-facts", f"/tmp/facts/{name}", check=False)
        assert written.returncode not in (0, 124), name
    assert site.shell("cat /tmp/facts/file; ls /tmp/facts | tr '\\n' ' '") == "kept\ndangling device file known pipe waiting "
    site.run("/usr/lib/coinpay/coinpay", "machine-facts", "/tmp/facts/new")
    assert "nginx_configuration ok" in site.read("/tmp/facts/new")


LOCATIONS = "/etc/coinpay/nginx/coinpay-notify.conf"


def rewriting(rule):
    """What an administrator may have put before the notify addresses."""
    return (f"sed -i.kept '/location.*webhook/a {rule}' {LOCATIONS}; systemctl reload nginx",
            f"mv {LOCATIONS}.kept {LOCATIONS}; systemctl reload nginx")


FAULTS = [
    (*rewriting("return 301 https://www.coinpay.example$request_uri;"), "notify.stripe_arrival", "redirected (301) to https://www."),
    (*rewriting("return 403;"), "notify.stripe_arrival", "(403)"),
    (*rewriting("deny all;"), "notify.stripe_arrival", "(403)"),
    ("rm /etc/nginx/sites-enabled/coinpay", "ln -s /etc/nginx/sites-available/coinpay /etc/nginx/sites-enabled/", "nginx.site", "not enabled"),
    ("echo 'broken' >/etc/nginx/conf.d/broken.conf", "rm /etc/nginx/conf.d/broken.conf", "nginx.configuration", "[emerg]"),
    ("systemctl stop nginx", "systemctl start nginx", "nginx.answer", "curl"),
    ("chmod 666 /run/coinpay/blue/webhook.sock", "chmod 660 /run/coinpay/blue/webhook.sock", "sockets.webhook_access", "666"),
    ("systemctl disable --now coinpay-verify.timer", "systemctl enable --now coinpay-verify.timer", "timers.verify", "enable --now"),
    ("mariadb coinpay -e 'GRANT UPDATE ON ledger_entries TO coinpay_worker@localhost'",
     "mariadb coinpay -e 'REVOKE UPDATE ON ledger_entries FROM coinpay_worker@localhost'", "database.grants", "UPDATE ON ledger_entries"),
    ("sed -i.kept 's/^COINPAY_BASE_URL=.*/COINPAY_BASE_URL=https:\\/\\/other.coinpay.example/' /etc/coinpay/coinpay.env",
     "mv /etc/coinpay/coinpay.env.kept /etc/coinpay/coinpay.env", "certificate.host_name", "not for other.coinpay.example"),
]


@pytest.mark.parametrize("fault, remedy, name, words", FAULTS, ids=[f"{fault[2]}-{number}" for number, fault in enumerate(FAULTS)])
def test_what_is_broken_is_named(site, fault, remedy, name, words):
    site.shell(fault)
    try:
        # nginx takes a moment to load what has changed.
        wait_for(lambda: name in diagnose(site).named("failure"))
        diagnose(site).assert_found(name, "failure", words)
    finally:
        site.shell(remedy)
    wait_for(lambda: name not in diagnose(site).named("failure"))


def test_a_renewed_certificate_that_nginx_has_not_loaded_is_named(site):
    site.shell("cp /shared/public.pem /shared/old.pem")
    Authority(site.shared).issue("public", DOMAIN)
    try:
        diagnose(site, "--offline").assert_found("certificate.loaded", "failure", "systemctl reload nginx")
        site.shell("cp /shared/ca.pem /usr/local/share/ca-certificates/test.crt; update-ca-certificates; systemctl reload nginx")
        wait_for(lambda: diagnose(site, "--offline")["certificate.loaded"]["level"] == "ok")
    finally:
        site.run("systemctl", "reload", "nginx")


def test_the_hourly_duty_fails_on_failures_only(site):
    folder = "/run/systemd/system/coinpay-task@doctor.service.d"
    site.run("mkdir", "-p", folder)
    site.write(f"{folder}/offline.conf", "[Service]\nExecStart=\nExecStart=/usr/lib/coinpay/coinpay duty run doctor -- --offline\n")
    site.run("systemctl", "daemon-reload")
    try:
        site.run("systemctl", "start", "coinpay-task@doctor.service")
        told = site.journal("coinpay-task@doctor.service")
        assert "WARNING  backups recipient" in told and "not looked at" in told and "FAILED" not in told
        assert site.read("/var/lib/coinpay/status/doctor/result").strip() == "success"
        site.run("systemctl", "disable", "--now", "coinpay-purge.timer")
        assert site.run("systemctl", "start", "coinpay-task@doctor.service", check=False).returncode != 0
        assert "FAILED   timers purge" in site.journal("coinpay-task@doctor.service")
        wait_for(lambda: "COINPAY_ALARM_TO is not set" in site.journal("coinpay-alarm@coinpay-task@doctor.service.service"))
        assert site.read("/var/lib/coinpay/status/doctor/result").strip() == "exit-code"
    finally:
        site.run("systemctl", "enable", "--now", "coinpay-purge.timer")
        site.shell(f"rm {folder}/offline.conf; systemctl daemon-reload")


def test_the_worker_tells_what_duties_noted(site):
    site.run("systemctl", "start", "coinpay-task@verify.service")
    site.run("systemctl", "start", "coinpay-task@certificates.service", check=False)
    text = site.run("curl", "-fsS", f"https://{DOMAIN}/metrics").stdout
    assert 'coinpay_duty_success{duty="verify"} 1' in text
    assert 'coinpay_certificate_expiry_timestamp_seconds{certificate="site"} ' in text
    assert 'coinpay_pool_threads{pool="web"} 16' in text and 'pool="webhook"' not in text
    # The process for notifications counts for itself.
    text = site.run("curl", "-fsS", f"https://{DOMAIN}/metrics/notifications").stdout
    assert 'coinpay_pool_threads{pool="webhook"} 64' in text and "coinpay_duty" not in text
