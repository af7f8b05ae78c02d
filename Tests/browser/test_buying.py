"""Buying coins as a person does: by mouse, by keyboard, in vain and again."""

import re
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


SHORT_ORDER_SECONDS = 6


def start_order(browser, method="MOCK", package=1):
    browser.open("/coin")
    browser.click(f".card:nth-child({package})")
    browser.click(f".choice:has([value={method}])")
    browser.click("#buy [type=submit]")
    browser.wait_path("/coin/pay/")
    return browser.path.rsplit("/", 1)[1]


def test_buying_raises_the_balance_before_the_buyers_eyes(site, user, browser):
    browser.open("/coin")
    assert browser.balance == 0
    number = start_order(browser, package=2)
    browser.click("[data-mock-result=success]")
    browser.wait_state("PAID")
    browser.until(lambda: browser.text("[data-new-balance] [data-balance]") == "550", "the new balance")
    assert not browser.shown(".left, .actions, [data-cancel]")
    browser.click(".after:not([hidden]) a")
    browser.wait_path("/coin")
    assert browser.balance == 550
    assert number in browser.driver.find_element(By.TAG_NAME, "table").get_attribute("textContent")
    assert user.status(number)["status"] == "PAID"
    site.assert_ledger_holds()


def test_what_a_method_does_not_sell_cannot_be_chosen_with_it(site, browser):
    made = site.coinpay("package", "create", "7", "--zh", "美元包", "--en", "Dollars", "--price", "USD:0.50")
    number = re.search(r"package (\d+)", made.stdout)[1]
    try:
        browser.open("/coin")
        card = f".card:has([value='{number}'])"
        browser.click(".choice:has([value=STRIPE])")
        browser.click(card)
        assert browser.text("[data-sum]") == "$0.50" and browser.shown("#buy [type=submit]:enabled")
        browser.click(".choice:has([value=MOCK])")
        assert "不支持此套餐" in browser.text(card) and browser.text("[data-sum]") == "–"
        assert browser.all(f"{card} input:disabled:not(:checked)") and browser.all("#buy [type=submit]:disabled")
        browser.click(".choice:has([value=STRIPE])")
        assert "不支持此套餐" not in browser.text(card)
        browser.click(card)
        assert browser.shown("#buy [type=submit]:enabled")
    finally:
        site.coinpay("package", "disable", number)


def test_a_failed_payment_can_be_paid_again(user, browser):
    number = start_order(browser)
    browser.click("[data-mock-result=failure]")
    browser.wait_state("FAILED")
    assert not browser.shown(".left, [data-poll]") and user.balance() == 0
    browser.click(".retry [data-switch=MOCK]")
    browser.click("[data-mock-result=success]")
    browser.wait_state("PAID")
    assert user.balance() == 100 and browser.path.endswith(number)


def test_an_order_expires_before_the_buyers_eyes(site, user, browser):
    number = user.order()["order_no"]
    site.sql(
        f"UPDATE coin_orders SET expires_at = UTC_TIMESTAMP(6) + INTERVAL {SHORT_ORDER_SECONDS} SECOND "
        f"WHERE order_no = '{number}'")
    began = time.monotonic()
    browser.open(f"/coin/pay/{number}")
    browser.click("dialog[open] [data-close-dialog]")
    assert "秒" in browser.text("[data-left]")
    browser.wait_state("EXPIRED")
    assert time.monotonic() - began < SHORT_ORDER_SECONDS + 7
    assert not browser.shown(".actions, .retry, .left")
    assert user.status(number)["status"] == "EXPIRED" and user.balance() == 0
    browser.click(".after:not([hidden]) a")
    browser.wait_path("/coin")


def test_an_order_can_be_cancelled_after_a_second_thought(user, browser):
    number = start_order(browser)
    browser.click("dialog[open] [data-close-dialog]")
    browser.click("[data-cancel]")
    browser.click("[data-cancel-dialog] [data-close-dialog]")
    assert user.status(number)["status"] == "PENDING"
    browser.click("[data-cancel]")
    browser.click("[data-cancel-confirm]")
    browser.wait_state("CANCELLED")
    assert user.status(number)["status"] == "CANCELLED"
    assert not browser.shown(".actions, .retry")


def test_a_double_click_makes_one_order(user, browser):
    browser.open("/coin")
    browser.driver.execute_script("""
        const form = document.querySelector("#buy");
        form.requestSubmit();
        form.requestSubmit();""")
    browser.wait_path("/coin/pay/")
    assert user.data(user.get("/api/coin/orders"))["total"] == 1


def test_a_lost_network_is_told_and_asking_goes_on(user, browser):
    number = start_order(browser)
    browser.click("dialog[open] [data-close-dialog]")
    browser.offline(True)
    browser.until(lambda: "网络" in browser.text("[data-poll]"), "the word about the network")
    assert browser.problems()
    order = user.data(user.post(f"/api/coin/order/{number}/pay", {"payment_method": "MOCK"}))
    user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    browser.offline(False)
    browser.wait_state("PAID")
    browser.problems()


def test_buying_needs_no_mouse(user, browser):
    browser.open("/coin")
    def press(*texts):
        for text in texts:
            browser.driver.switch_to.active_element.send_keys(text)

    def tab_to(selector):
        for _ in range(30):
            press(Keys.TAB)
            if browser.focused(f"matches('{selector}')"):
                return
        raise AssertionError(f"{selector} cannot be reached by the tab key")

    press(Keys.TAB)
    assert browser.focused("matches('.skip')") and browser.shown(".skip")
    tab_to("[name=package_id]")
    press(Keys.ARROW_RIGHT)
    assert browser.focused("value") == "2"
    outline = "getComputedStyle(document.activeElement.nextElementSibling).outlineStyle"
    assert browser.driver.execute_script("return " + outline) == "solid"
    tab_to("[name=payment_method]")
    for _ in range(4):
        if browser.focused("value") == "MOCK":
            break
        press(Keys.ARROW_DOWN)
    tab_to("#buy [type=submit]")
    press(Keys.ENTER)
    browser.wait_path("/coin/pay/")
    browser.see("dialog[data-mock]")
    assert browser.focused("matches('dialog[open] *')"), "the dialog takes the focus"
    press(Keys.ESCAPE)
    browser.until(lambda: not browser.shown("dialog"), "the dialog to close")
    tab_to("[data-open-mock]")
    press(Keys.ENTER)
    if not browser.focused("matches('[data-mock-result=success]')"):
        tab_to("[data-mock-result=success]")
    press(Keys.SPACE)
    browser.wait_state("PAID")
    assert user.balance() == 550


