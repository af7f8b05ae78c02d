"""`coinpay setup` as a person sees it: its questions, wrong answers, and giving up in the middle."""

import pytest

from support.machine import DOMAIN
from support.stripe_fixtures import SETTINGS
from support.terminal import Terminal


@pytest.fixture(scope="module")
def installed(machine, package):
    """The package, and no site yet."""
    machine.install(package)
    machine.shell("openssl genrsa 2048 >/shared/other.key; rm -f /usr/bin/certbot")
    return machine


def setup(machine, *options):
    return Terminal(machine.command("env", "TERM=dumb", "coinpay", "setup", *options))


def everything(machine):
    """All files that setup may write, with what is in them."""
    return machine.shell("""find /etc/coinpay /etc/nginx /etc/systemd/system /var/lib/coinpay /usr/lib/coinpay -type f -print0 |
        sort -z | xargs -0 sha256sum; find /etc/coinpay /etc/nginx -type l -printf '%p %l\\n' | sort
        mariadb -N -e "SHOW DATABASES; SELECT User FROM mysql.user ORDER BY User" """)


def give_certificate(person):
    person.answer("The domain of the site:", DOMAIN)
    person.answer("The certificate with its chain (PEM file):", "/shared/site.pem")
    person.answer("Its private key (PEM file):", "/shared/site.key")


def test_giving_up_leaves_everything_as_it_was(installed):
    before = everything(installed)
    for step in range(4):
        with setup(installed) as person:
            person.expect("The domain of the site:")
            if step > 0:
                person.at = 0
                give_certificate(person)
                person.expect("Payments by Alipay")
            if step > 1:
                person.type("yes")
                person.answer("ALIPAY_APP_ID", "2021000000000000")
                person.expect("ALIPAY_PRIVATE_KEY")
            person.interrupt() if step < 3 else person.type("\x04")
            if step == 3:
                # The end of the input in the middle of the questions.
                person.type("\x04")
                person.interrupt()
            assert person.wait() != 0
        assert everything(installed) == before, step


def test_giving_up_at_the_password_gives_the_terminal_back(installed):
    before = everything(installed)
    with setup(installed) as person:
        give_certificate(person)
        for provider in ("Alipay", "WeChat Pay", "Stripe"):
            person.answer(f"Payments by {provider}", "")
        person.answer("Where alarms go", "")
        person.answer("Behind a CDN or proxy", "none")
        person.answer("Public key that backups are encrypted to", "none")
        person.answer("first administrator [admin]:", "")
        person.expect("Password of admin:")
        assert not person.shows_typing()
        person.interrupt()
        assert person.wait() != 0
        assert person.shows_typing()
    assert everything(installed) == before


def test_wrong_answers_are_asked_again_with_the_reason(installed, stripe):
    installed.write("/shared/settings", f"STRIPE_API_URL={stripe.url}\n")
    with setup(installed, "--settings", "/shared/settings") as person:
        person.answer("The domain of the site:", "")
        person.expect("an answer is needed")
        person.answer("The domain of the site:", "no domain/at all")
        person.expect("'no domain/at all' is no domain")
        person.answer("The domain of the site:", DOMAIN)
        person.answer("The certificate with its chain", "/shared/nowhere.pem")
        person.expect(f"/shared/nowhere.pem is not a certificate for {DOMAIN}")
        person.answer("The certificate with its chain", "/shared/ca.pem")
        person.expect(f"/shared/ca.pem is not a certificate for {DOMAIN}")
        person.answer("The certificate with its chain", "/shared/site.pem")
        person.answer("Its private key", "/shared/site.pem")
        person.expect("is not a private key")
        person.answer("Its private key", "/shared/other.key")
        person.expect("/shared/other.key is not the key of /shared/site.pem")
        person.answer("The certificate with its chain", "/shared/site.pem")
        person.answer("Its private key", "/shared/site.key")
        person.answer("Payments by Alipay (yes or no) [no]:", "maybe")
        person.expect("answer yes or no")
        person.answer("Payments by Alipay (yes or no) [no]:", "")
        person.answer("Payments by WeChat Pay (v3) (yes or no) [no]:", "no")
        person.answer("Payments by Stripe (yes or no) [no]:", "yes")
        person.answer("STRIPE_PUBLISHABLE_KEY:", "pk_live_other")
        person.answer("STRIPE_SECRET_KEY:", SETTINGS["STRIPE_SECRET_KEY"])
        person.answer("STRIPE_WEBHOOK_SECRET:", "")
        person.expect("an answer is needed")
        person.answer("STRIPE_WEBHOOK_SECRET:", SETTINGS["STRIPE_WEBHOOK_SECRET"])
        person.expect("must both be live or both test")
        person.answer("STRIPE_PUBLISHABLE_KEY:", SETTINGS["STRIPE_PUBLISHABLE_KEY"])
        person.answer("STRIPE_SECRET_KEY:", SETTINGS["STRIPE_SECRET_KEY"])
        person.answer("Where alarms go (mail address or https address):", "somebody")
        person.expect("'somebody' is neither a mail address nor an https address")
        person.answer("Where alarms go", "ops@shop.test")
        person.answer("Behind a CDN or proxy", "everybody")
        person.expect("'everybody' is no address or network")
        person.answer("Behind a CDN or proxy", "203.0.113.0/24,2001:db8:100::/40")
        person.answer("The header in which it names the visitor [X-Forwarded-For]:", "CF-Connecting-IP")
        person.answer("Public key that backups are encrypted to", "age1 of nobody")
        person.answer("Public key that backups are encrypted to", "none")
        person.answer("User name of the first administrator [admin]:", "a!")
        person.expect("3 to 32 characters")
        person.answer("User name of the first administrator [admin]:", "")
        person.answer("Password of admin:", "short")
        person.expect("12 to 256 characters")
        person.answer("Password of admin:", "operator-password")
        person.answer("The same again:", "operator-passwort")
        person.expect("the two differ")
        person.answer("Password of admin:", "operator-password")
        person.answer("The same again:", "operator-password")
        person.expect(f"https://{DOMAIN}/coin answers")
        assert person.wait() == 0
        assert "operator-password" not in person.seen
    assert installed.is_ready()
    administrator = installed.client()
    administrator.sign_in("admin", "operator-password")
    assert administrator.data(administrator.get("/api/auth/me"))["username"] == "admin"
    assert installed.run("coinpay", "config", "show").stdout.count("Stripe: on") == 1
    real_ip = installed.read("/etc/coinpay/nginx/coinpay-real-ip.conf")
    assert "set_real_ip_from 203.0.113.0/24;" in real_ip and "set_real_ip_from 2001:db8:100::/40;" in real_ip
    assert "real_ip_header CF-Connecting-IP;" in real_ip
    assert "COINPAY_ALARM_TO=ops@shop.test" in installed.read("/etc/coinpay/coinpay.env")


def test_the_second_time_it_asks_only_what_may_change(installed):
    with setup(installed) as person:
        person.answer("Payments by Alipay", "")
        person.answer("Payments by WeChat Pay", "")
        person.answer("Where alarms go (mail address or https address) [ops@shop.test]:", "")
        person.answer("Behind a CDN or proxy", "none")
        person.answer("Public key that backups are encrypted to", "none")
        person.expect(f"https://{DOMAIN}/coin answers")
        assert person.wait() == 0
    assert installed.is_ready()


def test_wrong_settings_of_a_file_change_nothing(installed):
    before = everything(installed)
    refused = installed.setup(COINPAY_ORDER_TTL_SECONDS="soon", STRIPE_WEBHOOK_SECRET="", check=False)
    assert refused.returncode == 78 and "COINPAY_ORDER_TTL_SECONDS" in refused.stderr
    assert "STRIPE_WEBHOOK_SECRET" in refused.stderr and SETTINGS["STRIPE_SECRET_KEY"] not in refused.stderr
    assert everything(installed) == before
    assert installed.is_ready()


def test_secrets_that_leaked_are_made_anew(installed, stripe):
    def secrets():
        return [installed.read(f"/etc/coinpay/credentials/{name}") for name in (
            "coinpay/session_key", "coinpay/db_password", "owner/db_password", "keeper/db_password", "coinpay/encryption_keys")]

    before = secrets()
    client = installed.client().register()
    # What the order needs is stored encrypted.
    installed.run("coinpay", "package", "create", "100", "--zh", "一百", "--en", "Hundred", "--price", "USD:1.49")
    client.order(method="STRIPE")
    installed.run("coinpay", "setup", "--non-interactive", "--replace", "session-key", "--replace", "database-passwords",
                  "--replace", "encryption-key")
    after = secrets()
    assert all(new != old for new, old in zip(after, before)) and len(set(after)) == 5
    assert after[4].startswith("k2:") and after[4].endswith("," + before[4])
    assert client.get("/api/auth/me").status_code == 401
    with_old = installed.run("env", f"MYSQL_PWD={before[1]}", "mariadb", "-u", "coinpay_worker", "-e", "SELECT 1", check=False)
    assert with_old.returncode != 0 and "Access denied" in with_old.stderr
    for duty in ("verify", "purge"):
        installed.run("systemctl", "start", f"coinpay-task@{duty}.service")
    refused = installed.run("coinpay", "setup", "--non-interactive", "--remove-old-encryption-keys", check=False)
    assert (refused.returncode, "coinpay keys rotate" in refused.stderr) == (1, True)
    assert secrets()[4] == after[4] and installed.is_ready()
    installed.run("coinpay", "keys", "rotate")
    installed.run("coinpay", "setup", "--non-interactive", "--remove-old-encryption-keys")
    assert secrets()[4] == after[4].split(",")[0]
    assert installed.is_ready() and "the ledger holds" in installed.run("coinpay", "ledger", "verify").stdout
