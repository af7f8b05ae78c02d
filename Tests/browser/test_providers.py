"""Paying by Alipay and WeChat Pay as a person does: scanning what the page shows, going to the provider's page, coming back."""

import subprocess
import urllib.parse

import pytest
import requests

from browser import DESK, PHONE
from conftest import ALIPAY_MODE, WECHAT_MODE
from support.stack import ARTEFACTS
from support.wechat_site import deliver
from test_buying import start_order

SCREENSHOTS = ARTEFACTS / "screenshots"


def out_trade_no(site, order_no):
    return site.value(
        "SELECT p.out_trade_no FROM payments p JOIN coin_orders o ON o.id = p.order_id "
        f"WHERE o.order_no = '{order_no}' ORDER BY p.id DESC LIMIT 1")


def keep(browser, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    browser.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))


def test_the_code_on_the_page_is_what_wechat_gave_and_paying_it_turns_the_page(site, wechat, open_browser, tmp_path):
    user = site.new_user()
    browser = open_browser(site, user)
    start_order(browser, "WECHAT")
    browser.wait_path("/coin/pay/")
    order_no = browser.path.rsplit("/", 1)[1]
    picture = browser.see("figure.qr img")
    browser.until(lambda: browser.driver.execute_script("return arguments[0].naturalWidth > 0", picture), "the picture")
    picture.screenshot(str(tmp_path / "code.png"))
    scanned = subprocess.run(
        ["zbarimg", "--raw", "-q", str(tmp_path / "code.png")], capture_output=True, text=True, check=True).stdout.strip()
    assert scanned.startswith("weixin://wxpay/")
    number = out_trade_no(site, order_no)
    again = user.data(user.post(f"/api/coin/order/{order_no}/pay", {"payment_method": "WECHAT"}))
    assert again["qr_code"] == scanned
    assert browser.overflow() == []
    keep(browser, "pay-wechat-1440-light-zh-CN")
    deliver(site, WECHAT_MODE, wechat.payment_news(WECHAT_MODE, wechat.pay(WECHAT_MODE, number)))
    browser.wait_state("PAID")
    assert user.balance() == 100


def test_the_code_is_for_its_owner_only(site, wechat):
    owner, stranger = site.new_user(), site.new_user()
    order = owner.order(method="WECHAT")
    assert owner.get(order["qr_image"]).status_code == 200
    assert stranger.get(order["qr_image"]).status_code == 404
    assert owner.get(order["qr_image"]).headers["Cache-Control"] == "no-store"
    assert requests.get(site.base + order["qr_image"], timeout=10).status_code == 401
    deliver(site, WECHAT_MODE, wechat.payment_news(WECHAT_MODE, wechat.pay(WECHAT_MODE, out_trade_no(site, order["order_no"]))))
    assert owner.get(order["qr_image"]).status_code == 404


@pytest.mark.parametrize("size, dark, language", [(PHONE, False, "zh-CN"), (PHONE, True, "en"), (DESK, True, "en")])
def test_the_code_fits_every_screen(site, open_browser, size, dark, language):
    user = site.new_user()
    browser = open_browser(site, user, size=size, dark=dark)
    browser.speak(language)
    browser.open("/coin/pay/" + user.order(method="WECHAT")["order_no"])
    browser.see("figure.qr img")
    assert browser.overflow() == []
    keep(browser, f"pay-wechat-{size[0]}-{'dark' if dark else 'light'}-{language}")


def test_going_to_alipay_paying_and_coming_back(site, alipay, open_browser):
    user = site.new_user()
    browser = open_browser(site, user)
    start_order(browser, "ALIPAY")
    browser.wait_path("/coin/pay/")
    order_no = browser.path.rsplit("/", 1)[1]
    number = out_trade_no(site, order_no)
    assert browser.overflow() == []
    assert browser.see(".actions a.button.primary").text == "前往支付宝付款"
    keep(browser, "pay-alipay-1440-light-zh-CN")
    browser.click(".actions a.button.primary")
    browser.until(lambda: browser.driver.current_url.startswith(alipay.url), "Alipay's page")
    alipay.pay(ALIPAY_MODE, number)
    # What Alipay hands the browser is signed and names the order; it proves nothing, and the provider is asked.
    query = alipay.control("back", mode=ALIPAY_MODE, out_trade_no=number)
    query = query if isinstance(query, str) else urllib.parse.urlencode(query)
    browser.open("/payment/success?" + query)
    assert order_no in browser.text("main")
    browser.open(f"/coin/pay/{order_no}")
    browser.wait_state("PAID")
    assert user.balance() == 100
    browser.open("/payment/success?" + query.replace("sign=", "sign=AAAA"))
    assert order_no not in browser.text("main")
    assert any("404" in problem for problem in browser.problems())
    site.assert_ledger_holds()
