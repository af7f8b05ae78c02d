"""`coinpay provider check` tells what is wrong with a provider before the first buyer does, and start refuses mix-ups."""

import subprocess

import pytest

from support.stack import Stack
from support.wechat_keys import certificate_pem

# Days until a certificate ends, with what is said of it.
near_the_end = pytest.mark.parametrize(
    "days,level,text", [(29, "WARNING", "valid until"), (-1, "FAILED", "expired on")], ids=["soon", "expired"])


@pytest.fixture(scope="module")
def shop():
    """The database and binary; each test brings its own settings."""
    with Stack("check") as stack:
        yield stack


def check(shop, method, settings, command=("provider", "check")):
    plain = {k: v for k, v in shop.environment.items()}
    shop.environment.update(settings)
    try:
        arguments = [*command, method] if method else command
        return shop.coinpay(*arguments, check=False)
    finally:
        shop.environment = plain


def findings(result):
    """Subject and level of each line."""
    return {line[9:].split(":")[0]: line[:7].strip() for line in result.stdout.splitlines()}


@pytest.mark.parametrize("mode", ["key", "cert"])
def test_a_sound_alipay_is_found_sound(shop, alipay, mode):
    result = check(shop, "ALIPAY", alipay.settings(mode))
    found = findings(result)
    assert result.returncode == 0, result.stdout + result.stderr
    assert found["private key"] == found["gateway"] == found["clock"] == found["notify URL"] == "ok"
    assert ("application certificate" in found) == (mode == "cert")


def test_keys_of_another_alipay_application_are_named(shop, alipay):
    mixed = alipay.settings("key") | {"ALIPAY_PRIVATE_KEY": alipay.settings("cert")["ALIPAY_PRIVATE_KEY"]}
    result = check(shop, "ALIPAY", mixed)
    assert result.returncode == 1 and findings(result)["gateway"] == "FAILED"
    assert "isv.invalid-signature" in result.stdout


def assert_told(result, subject, level, text):
    """Only what has ended is a failure."""
    assert findings(result)[subject] == level, result.stdout
    assert f"{subject}: {text} 20" in result.stdout
    assert result.returncode == (1 if level == "FAILED" else 0), result.stdout + result.stderr


@near_the_end
@pytest.mark.parametrize("whose,subject", [("app", "application certificate"), ("alipay", "Alipay's certificate")])
def test_the_end_of_a_certificate_of_alipay_is_told(shop, alipay, whose, subject, days, level, text):
    alipay.control("renew", mode="cert", whose=whose, days=days)
    try:
        result = check(shop, "ALIPAY", alipay.settings("cert"))
    finally:
        alipay.control("renew", mode="cert", whose=whose, days=365)
    assert_told(result, subject, level, text)
    assert findings(result)["gateway"] == "ok"


def test_an_address_that_alipay_cannot_call_is_named(shop, alipay):
    result = check(shop, "ALIPAY", alipay.settings("key") | {"ALIPAY_NOTIFY_URL": "https://10.0.0.7/notify"})
    assert result.returncode == 1 and findings(result)["notify URL"] == "FAILED"


def test_our_own_public_key_in_place_of_alipays_stops_the_start(shop, alipay, tmp_path):
    settings = alipay.settings("key", form="pem-pkcs8")
    key = tmp_path / "key.pem"
    key.write_text(settings["ALIPAY_PRIVATE_KEY"] if "BEGIN" in settings["ALIPAY_PRIVATE_KEY"] else
                   open(settings["ALIPAY_PRIVATE_KEY"]).read())
    own = subprocess.run(["openssl", "pkey", "-in", key, "-pubout"], capture_output=True, text=True, check=True).stdout
    result = check(shop, None, settings | {"ALIPAY_PUBLIC_KEY": own}, command=("config", "check"))
    assert result.returncode == 78 and "ALIPAY_PUBLIC_KEY is the public half of ALIPAY_PRIVATE_KEY" in result.stderr
    assert "BEGIN" not in result.stderr


@pytest.mark.parametrize("change, complaint", [
    ({"ALIPAY_PRIVATE_KEY": ""}, "ALIPAY_PRIVATE_KEY is missing"),
    ({"ALIPAY_PRIVATE_KEY": "not a key!"}, "ALIPAY_PRIVATE_KEY cannot be read: it is not base64"),
    ({"ALIPAY_PRIVATE_KEY": "/no/such/file"}, "names the file /no/such/file, which cannot be read"),
    ({"ALIPAY_NOTIFY_URL": "https://shop.example/notify?x=1"}, "ALIPAY_NOTIFY_URL must not have a query"),
    ({"ALIPAY_APP_ID": "abc"}, "ALIPAY_APP_ID must be digits only"),
    ({"ALIPAY_PRODUCT": "jsapi"}, "ALIPAY_PRODUCT must be one of: page, precreate"),
])
def test_wrong_settings_of_alipay_are_named(shop, alipay, change, complaint):
    result = check(shop, None, alipay.settings("key") | change, command=("config", "check"))
    assert result.returncode == 78 and complaint in result.stderr, result.stderr


@pytest.mark.parametrize("mode", ["v2", "v2-md5", "v3-public-key", "v3-platform", "v3-switching"])
def test_a_sound_wechat_is_found_sound(shop, wechat, mode):
    result = check(shop, "WECHAT", wechat.settings(mode))
    found = findings(result)
    assert result.returncode == 0, result.stdout + result.stderr
    assert found["gateway"] == found["clock"] == found["notify URL"] == "ok"


@pytest.mark.parametrize("mode, change", [
    ("v2", {"WECHAT_API_KEY": "0" * 32}), ("v3-public-key", {"WECHAT_MCH_CERT_SERIAL": "AB12"}),
    ("v3-platform", {"WECHAT_API_V3_KEY": "0" * 32, "WECHAT_PLATFORM_CERT": ""}),
])
def test_a_wrong_key_of_wechat_is_named(shop, wechat, mode, change):
    result = check(shop, "WECHAT", wechat.settings(mode) | change)
    wechat.problems.clear()
    assert result.returncode == 1 and "FAILED" in findings(result).values(), result.stdout


@pytest.mark.parametrize("mode, change, complaint", [
    ("v2", {"WECHAT_API_KEY": "short"}, "WECHAT_API_KEY must have 32 characters"),
    ("v2", {"WECHAT_MCH_ID": ""}, "WECHAT_MCH_ID is missing"),
    ("v2", {"WECHAT_CLIENT_KEY": ""}, "WECHAT_CLIENT_KEY is missing"),
    ("v3-public-key", {"WECHAT_PAY_PUBLIC_KEY_ID": "123"}, "WECHAT_PAY_PUBLIC_KEY_ID must begin with PUB_KEY_ID_"),
    ("v3-public-key", {"WECHAT_MCH_CERT_SERIAL": "xyz"}, "WECHAT_MCH_CERT_SERIAL must be hexadecimal"),
    ("v2", {"WECHAT_NOTIFY_URL": "https://shop.example/n?a=b"}, "WECHAT_NOTIFY_URL must not have a query"),
])
def test_wrong_settings_of_wechat_are_named(shop, wechat, mode, change, complaint):
    result = check(shop, None, wechat.settings(mode) | change, command=("config", "check"))
    assert result.returncode == 78 and complaint in result.stderr, result.stderr


@near_the_end
def test_the_end_of_a_client_certificate_is_told(shop, wechat, days, level, text):
    merchant = wechat.accounts["v2"]
    ending = wechat.authority.issue(merchant.mch_id, merchant.key, days=days)
    result = check(shop, "WECHAT", wechat.settings("v2") | {
        "WECHAT_CLIENT_CERT": wechat.file("ending.pem", certificate_pem(ending))})
    assert_told(result, "client certificate", level, text)
    assert findings(result)["gateway"] == "ok"


@near_the_end
@pytest.mark.parametrize("change", [{}, {"WECHAT_PLATFORM_CERT": ""}], ids=["configured", "downloaded"])
def test_the_end_of_the_platform_certificate_is_told(shop, wechat, change, days, level, text):
    platform = wechat.platform
    others = list(platform.certified)
    platform.certified[:] = [platform.rotate(days)]
    try:
        result = check(shop, "WECHAT", wechat.settings("v3-platform") | change)
    finally:
        platform.certified[:] = others
    assert_told(result, "platform certificate", level, text)
    # What an ended certificate signed is not believed.
    assert findings(result)["gateway"] == ("FAILED" if level == "FAILED" else "ok")


def test_a_certificate_of_another_key_is_named(shop, wechat):
    other = wechat.settings("v2-md5")["WECHAT_CLIENT_KEY"]
    result = check(shop, None, wechat.settings("v2") | {"WECHAT_CLIENT_KEY": other}, command=("config", "check"))
    assert result.returncode == 78 and "WECHAT_CLIENT_KEY is not the key of WECHAT_CLIENT_CERT" in result.stderr


def test_a_provider_that_is_off_is_said_to_be_off(shop):
    result = check(shop, "ALIPAY", {})
    assert result.returncode == 1 and "ALIPAY is off" in result.stderr
    assert check(shop, "MOCK", {}).returncode == 64
