"""The operators' console in a real browser: the way in with a phone, an operator's refund, and how it looks."""

import uuid

import pyotp
import pytest

from browser import PHONE
from support.console import PASSWORD, Operator, settled
from test_looks import AXE, EXAMINED, LOOKS, SCREENSHOTS, complaints, look_name, shot


@pytest.fixture(scope="module")
def trade(console_site, administrator):
    """Orders in many states, with something on every page."""
    buyer = console_site.new_user()
    paid = buyer.order(package=2)["mock_payment_id"]
    buyer.data(buyer.post(f"/api/payment/mock/success/{paid}"))
    failed = buyer.order()["mock_payment_id"]
    buyer.post(f"/api/payment/mock/failure/{failed}")
    buyer.large = buyer.order(package=3)["order_no"]
    administrator.act(f"/orders/{buyer.large}/confirm",
                      {"out_trade_no": buyer.large, "reason": "银行流水可见", "key": uuid.uuid4().hex})
    administrator.act(f"/orders/{paid}/refund",
                      {"amount": "10", "reason": "客户要求", "rule": "take-back", "key": uuid.uuid4().hex})
    settled(console_site, paid, "PARTIALLY_REFUNDED")
    buyer.paid = paid
    return buyer


def sign_in(browser, username):
    browser.open("/admin/orders")
    browser.wait_path("/login")
    browser.fill(username=username, password=PASSWORD)
    browser.click("main [type=submit]")
    browser.wait_path("/admin/verify")


def test_the_first_visit_enrols_a_phone_and_the_next_asks_for_its_code(console_site, open_browser):
    person = Operator(console_site, "operator", admitted=False)
    browser = open_browser(console_site)
    sign_in(browser, person.username)
    browser.fill(code=person.enrolment_code)
    browser.click("main [type=submit]")
    browser.until(lambda: browser.shown("figure.picture svg"), "the picture of the secret")
    app = pyotp.TOTP(browser.text(".facts .code"))
    secret, form = browser.see(".facts").rect, browser.see("form.card").rect
    assert form["y"] >= secret["y"] + secret["height"] + 10
    browser.fill(code=app.now())
    browser.click("main [type=submit]")
    codes = browser.until(lambda: [e.text for e in browser.shown(".codes li")], "recovery codes")
    assert len(set(codes)) == 10
    browser.click("main button.primary")
    browser.wait_path("/admin/orders")
    browser.click(".me [type=submit]")
    browser.wait_path("/login")
    sign_in(browser, person.username)
    assert not browser.shown("figure.picture svg")
    browser.fill(code=codes[0])
    browser.click("main [type=submit]")
    browser.wait_path("/admin/orders")
    assert browser.shown(".side [aria-current=page]")


def test_an_administrator_reads_out_an_enrolment_code(console_site, administrator, open_browser):
    person = Operator(console_site, "operator", admitted=False)
    browser = open_browser(console_site, administrator)
    browser.open(f"/admin/users/{person.username}")
    browser.click("[data-open=second-factor-invite]")
    browser.see("#second-factor-invite [name=reason]").send_keys("asked by telephone")
    browser.click("#second-factor-invite [type=submit]")
    browser.until(lambda: len(browser.shown(".codes li")) == 1, "the code")
    # It is for somebody else: nobody is asked to keep it.
    assert "当面或电话告知本人" in browser.text("main .notice") and "恢复码" not in browser.text("main .notice")


def test_an_operator_gives_money_back(console_site, open_browser):
    operator, buyer = Operator(console_site, "operator"), console_site.new_user()
    order = buyer.order()
    buyer.data(buyer.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    browser = open_browser(console_site, operator)
    browser.open("/admin/orders")
    browser.fill(q=order["order_no"])
    browser.click(".filters [type=submit]")
    browser.until(lambda: len(browser.shown("tbody tr")) == 1, "one order")
    browser.click("tbody a")
    browser.wait_path("/admin/orders/COIN")
    browser.click("[data-open=refund]")
    browser.see("#refund [name=amount]").send_keys("4.50")
    browser.click("#refund [type=submit]")
    # Without a reason the browser does not send it.
    assert browser.focused("name") == "reason"
    browser.see("#refund [name=reason]").send_keys("wrong package")
    browser.click("#refund [type=submit]")
    assert "¥4.50" in browser.text("main [role=status]")
    settled(console_site, order["order_no"], "PARTIALLY_REFUNDED")
    console_site.assert_ledger_holds()


def test_a_phone_shows_which_page_of_the_console_it_is(console_site, administrator, open_browser):
    browser = open_browser(console_site, administrator, size=PHONE)
    for page in ("dashboard", "reconciliation", "security"):
        browser.open(f"/admin/{page}")
        place = browser.see(".side [aria-current=page]").rect
        assert 0 <= place["x"] and place["x"] + place["width"] <= PHONE[0], page


def test_the_records_name_the_people_behind_the_counter(console_site, administrator, trade, open_browser):
    browser = open_browser(console_site, administrator)
    who = f"{administrator.username} ({administrator.actor})"
    for path in (f"/admin/orders/{trade.paid}", "/admin/audit"):
        browser.open(path)
        assert who in browser.text("main")
    browser.open(f"/admin/orders/{trade.paid}")
    assert "退款或争议" in browser.text("main") and "refund_or_dispute" not in browser.text("main")


def pages(trade):
    return {
        "dashboard": "/admin/dashboard", "controls": "/admin/controls",
        "orders": "/admin/orders", "order": f"/admin/orders/{trade.paid}",
        "order-waiting": f"/admin/orders/{trade.large}", "orders-none": "/admin/orders?q=nothing",
        "confirmations": "/admin/confirmations", "users": "/admin/users",
        "user": f"/admin/users/{trade.username}", "packages": "/admin/packages", "queue": "/admin/queue",
        "reconciliation": "/admin/reconciliation",
        "audit": "/admin/audit", "settings": "/admin/settings", "security": "/admin/security",
        "verify": "/admin/verify", "missing": "/admin/users/nobody-here",
    }


@pytest.mark.parametrize("size, dark, language", LOOKS, ids=[look_name(*look) for look in LOOKS])
def test_every_page_of_the_console_fits_and_can_be_used_by_all(
        console_site, administrator, trade, figures, open_browser, size, dark, language):
    browser = open_browser(console_site, administrator, size=size, dark=dark)
    browser.speak(language)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    look, is_examined = look_name(size, dark, language), (size, dark, language) in EXAMINED
    if is_examined:
        script = browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=AXE)["identifier"]
    for name, path in pages(trade).items():
        browser.open(path)
        assert browser.see("html").get_attribute("lang") == language
        shot(browser, f"admin-{name}-{look}")
        assert browser.overflow() == [], f"{name} is too wide"
        if is_examined:
            assert complaints(browser) == [], f"{name} is hard to use"
    if is_examined:
        browser.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
    browser.open(f"/admin/orders/{trade.paid}")
    browser.click("[data-open=refund]")
    browser.see("#refund [name=reason]")
    shot(browser, f"admin-refund-{look}")
    # The page that is not there is noted by the browser, as it should be.
    assert all("404" in problem for problem in browser.problems())


def test_what_waits_for_a_second_person_is_not_shown_as_done(console_site, administrator, open_browser):
    browser = open_browser(console_site, administrator)
    for user, notice in (administrator.username, "undone"), (console_site.new_user().username, "done"):
        browser.open(f"/admin/users/{user}")
        browser.click("[data-open=grant]")
        browser.see("#grant [name=coins]").send_keys("5")
        browser.see("#grant [name=reason]").send_keys("a present")
        browser.click("#grant [type=submit]")
        browser.until(lambda: browser.shown(f"main p.{notice}") or browser.shown("dialog[open] [data-error]"), notice)
        assert len(browser.shown(f"main p.{notice}")) == 1
        assert not browser.shown("main p.done" if notice == "undone" else "main p.undone")
