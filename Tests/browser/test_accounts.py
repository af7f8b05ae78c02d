"""Signing in and out, registering, and the words in both languages."""

import uuid

import pytest


def test_signing_in_leads_to_where_one_wanted_to_go(site, open_browser):
    browser = open_browser(site)
    browser.open("/coin/orders")
    browser.wait_path("/login")
    browser.fill(username="demo", password="demo-password")
    browser.click("main [type=submit]")
    browser.wait_path("/coin/orders")
    assert browser.text(".user") == "demo"
    assert browser.shown("nav [href='/coin/orders'][aria-current=page]")
    browser.click(".me [type=submit]")
    browser.wait_path("/login")
    browser.open("/coin")
    browser.wait_path("/login")


def test_a_wrong_password_is_told_beside_the_form(site, open_browser):
    browser = open_browser(site)
    browser.open("/login")
    browser.fill(username="demo", password="not-the-password")
    browser.click("main [type=submit]")
    assert browser.text("main [role=alert]") == "用户名或密码不正确"
    assert browser.see("main [type=submit]").is_enabled()
    # The browser notes every 401; nothing else may be wrong.
    problems = browser.problems()
    assert len(problems) == 1 and "401" in problems[0]


def test_a_missing_field_is_told_and_gets_the_focus(site, open_browser):
    browser = open_browser(site)
    browser.open("/register")
    browser.fill(username="ab", password="long-password")
    browser.click("main [type=submit]")
    # In the page's language, whatever the browser speaks.
    assert browser.text("main [role=alert]") == "用户名：3–32 个字符：字母、数字、. _ -"
    assert browser.focused("name") == "username"
    assert browser.see("[name=username]").get_attribute("aria-invalid") == "true"
    assert browser.path == "/register"


def test_who_registers_reads_only_what_concerns_buyers(site, open_browser):
    browser = open_browser(site)
    browser.open("/register")
    assert browser.text("#password-hint") == "至少 10 个字符，可以是一句话"


def test_registering_signs_in(site, open_browser):
    browser = open_browser(site)
    browser.open("/register")
    name = "u" + uuid.uuid4().hex[:10]
    browser.fill(username=name, password="long-password")
    browser.click("main [type=submit]")
    browser.wait_path("/coin")
    assert browser.text(".user") == name and browser.balance == 0


@pytest.mark.parametrize("path", ["/coin", "/coin/orders?page=1", "/payment/success?order_no={number}"])
def test_the_language_changes_where_one_is(site, user, browser, path):
    path = path.format(number=user.order()["order_no"])
    browser.open(path)
    assert browser.see("html").get_attribute("lang") == "zh-CN"
    browser.click(".lang")
    browser.until(lambda: browser.see("html").get_attribute("lang") == "en", "English")
    assert browser.driver.current_url == browser.base + path
    browser.click(".lang")
    browser.until(lambda: browser.see("html").get_attribute("lang") == "zh-CN", "Chinese")
