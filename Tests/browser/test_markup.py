"""Markup that somebody planted is text on every page, and the security policy would stop it if it were not."""

import pytest

# Each planted text names its place; if one of them became an element, the test would find it.
PLANTED = '<b class=planted>{place}</b><img src=x onerror=planted=1>\'"&'


def text(place):
    return PLANTED.format(place=place)


def quoted(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


@pytest.fixture
def order(site, user):
    """A paid order of a user whose every text is markup."""
    site.sql("UPDATE coin_packages SET name_zh = " + quoted(text("zh")) + ", name_en = " + quoted(text("en"))
             + " WHERE id = 1")
    order = user.order()
    user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    number = order["order_no"]
    name = quoted("<b class=planted>" + user.username[:8] + "</b>")
    site.sql(f"UPDATE users SET username = {name} WHERE username = '{user.username}'")
    site.sql(f"UPDATE payments SET provider_txn_id = {quoted('<b class=planted>' + number + '</b>')} "
             f"WHERE out_trade_no = '{number}'")
    yield order
    site.sql("UPDATE coin_packages SET name_zh = '体验包', name_en = 'Starter' WHERE id = 1")


def test_planted_markup_is_text_on_every_page(site, user, browser, order):
    waiting = user.order(method="WECHAT")["order_no"]
    number, evil = order["order_no"], "%3Cb%20class=planted%3Eaddress%3C/b%3E"
    site.coinpay("pause", "--zh", text("notice"), "--en", text("notice"), "--reason", "a test")
    try:
        browser.until(lambda: browser.open("/coin") or browser.shown(".maintenance"), "the notice")
        shown = {
            "/coin": "zh", f"/coin?error={evil}&done={evil}": "zh", "/coin/orders": "zh",
            f"/coin/orders?status=&from=&to=&x={evil}": "zh", "/coin/transactions": "notice",
            "/coin/account": "notice", f"/coin/pay/{number}": "zh", f"/coin/pay/{waiting}?switch={evil}&ask={evil}": "zh",
            f"/payment/success?order_no={number}": "zh", f"/coin/orders/{number}/receipt": "zh",
            f"/coin/{evil}": "notice", f"/login?next=/{evil}": "notice", f"/register?next=/{evil}": "notice",
            "/coin/orders?from=" + evil: "notice",
        }
        for language in ("zh-CN", "en"):
            browser.speak(language)
            for path, place in shown.items():
                browser.open(path)
                assert browser.all(".planted, img[src=x]") == [], path
                assert browser.driver.execute_script("return window.planted") is None, path
                place = "en" if place == "zh" and language == "en" else place
                assert text(place) in browser.driver.execute_script("return document.body.textContent"), path
    finally:
        site.coinpay("resume", "--reason", "a test has ended")
        browser.until(lambda: browser.open("/coin") or not browser.shown(".maintenance"), "the end of the notice")
    assert all("404" in problem or "400" in problem for problem in browser.problems())


def test_the_policy_stops_what_is_inline_or_from_elsewhere(site, user, browser):
    for path in ("/coin", f"/coin/pay/{user.order(method='WECHAT')['order_no']}"):
        policy = user.get(path).headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy and "form-action 'self'" in policy
        assert ("stripe.com" in policy) == path.startswith("/coin/pay/")
        browser.open(path)
        ran = browser.driver.execute_script("""
            const script = document.createElement("script");
            script.textContent = "window.inline = 1";
            document.head.append(script);
            const element = document.createElement("div");
            element.setAttribute("style", "color: red");
            document.body.append(element);
            return [window.inline, getComputedStyle(element).color];""")
        assert ran[0] is None and ran[1] != "rgb(255, 0, 0)"
    assert all("Content Security Policy" in problem for problem in browser.problems())
