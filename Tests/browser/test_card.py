"""Paying by card: Stripe's script is loaded on the pay page only, and what it says is shown."""

import pytest

from test_buying import start_order


@pytest.fixture(autouse=True)
def accepting(stripe_script):
    stripe_script.decline, stripe_script.loads, stripe_script.keys = None, 0, []


def test_paying_by_card_ends_on_a_page_that_tells_the_truth(site, user, browser, stripe_script):
    number = start_order(browser, "STRIPE")
    browser.until(lambda: browser.see("[data-card] button").is_enabled(), "the card form")
    assert "$1.49" in browser.text("[data-card] button")
    assert "_secret" not in browser.driver.page_source and "pk_test" not in browser.driver.page_source
    browser.click("[data-card] button")
    browser.wait_path("/payment/success")
    browser.wait_state("PAID")
    assert stripe_script.keys == ["pk_test_coinpay"]
    browser.until(lambda: user.balance() == 100, "the coins")
    assert user.status(number)["status"] == "PAID"
    site.assert_ledger_holds()


def test_a_declined_card_is_told_in_stripes_words(user, browser, stripe_script):
    stripe_script.decline = "Your card was declined."
    number = start_order(browser, "STRIPE")
    browser.until(lambda: browser.see("[data-card] button").is_enabled(), "the card form")
    browser.click("[data-card] button")
    assert browser.text("[data-error]") == "Your card was declined."
    assert browser.see("[data-card] button").is_enabled()
    assert user.status(number)["status"] == "PENDING"


def test_stripes_script_is_loaded_only_to_pay_by_card(browser, stripe_script):
    browser.open("/coin")
    start_order(browser, "MOCK")
    browser.see("[data-mock]")
    assert stripe_script.loads == 0
    browser.click("dialog[open] [data-close-dialog]")
    browser.click("summary")
    browser.click("details [data-switch=STRIPE]")
    browser.click("[data-switch-confirm]")
    browser.until(lambda: browser.see("[data-card] button").is_enabled(), "the card form")
    assert stripe_script.loads == 1
    assert browser.text(".price") == "$1.49"


def test_a_success_page_opened_early_says_that_nothing_is_paid_yet(user, browser):
    order = user.order()
    browser.open(f"/payment/success?order_no={order['order_no']}")
    assert browser.shown('.state-text[data-when="PENDING"]') and not browser.shown('.state-text[data-when="PAID"]')
    user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    browser.wait_state("PAID")
    assert browser.text("[data-new-balance] [data-balance]") == "100"
