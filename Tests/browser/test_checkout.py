"""The checkout under a buyer's eyes: other tabs, reloads, other clocks, codes that run out, second thoughts."""

import datetime
import re
import zoneinfo

import pytest
import requests

from browser import PHONE
from conftest import WECHAT_MODE
from support.alipay_site import PHONE as PHONE_AGENT
from support.stack import wait_for
from support.wechat_site import deliver, made
from test_buying import start_order

FAST_CLOCK = "const later = window.setTimeout; window.setTimeout = (work, ms, ...more) => later(work, ms / 100, ...more);"
WRONG_CLOCK = """
    const now = Date.now;
    Date.now = () => now() + 7 * 86400000;"""


def seconds_left(browser):
    minutes, seconds = re.findall(r"\d+", browser.text("[data-left]"))
    return int(minutes) * 60 + int(seconds)


def run_before_pages(browser, script):
    return browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=script)["identifier"]


def pay_at_wechat(site, wechat, order, deliver_news=True):
    trade = wechat.pay(WECHAT_MODE, made(site, order)["number"])
    if deliver_news:
        deliver(site, WECHAT_MODE, wechat.payment_news(WECHAT_MODE, trade))


@pytest.fixture
def scanned(site, user, browser):
    """An order that waits to be paid by WeChat, on its page."""
    order = user.order(method="WECHAT")
    browser.open(f"/coin/pay/{order['order_no']}")
    browser.see("figure.qr img")
    return order


def test_a_second_payment_is_warned_about_and_the_first_is_still_welcome(site, wechat, user, browser, scanned):
    browser.click("summary")
    browser.click("details [data-switch=ALIPAY]")
    assert "不要再付一次" in browser.text("[data-switch-dialog] p") and "支付宝" in browser.text("[data-switch-confirm]")
    browser.click("[data-switch-dialog] [data-close-dialog]")
    browser.until(lambda: not browser.shown("dialog"), "the dialog to close")
    assert user.status(scanned["order_no"])["payment_method"] == "WECHAT"
    browser.click("details [data-switch=ALIPAY]")
    browser.click("[data-switch-confirm]")
    assert browser.text(".actions a.button.primary") == "前往支付宝付款"
    # WeChat Pay closes nothing that is younger than five minutes.
    assert "微信支付" in browser.text(".caution:not([hidden])")
    pay_at_wechat(site, wechat, scanned)
    browser.wait_state("PAID")
    assert user.balance() == 100
    site.assert_ledger_holds()


def test_i_have_paid_asks_the_provider_at_once(site, wechat, user, browser, scanned):
    browser.click("[data-check] button")
    browser.until(lambda: "尚未确认收款" in browser.text("[data-poll]"), "the answer")
    assert re.search(r"约 \d+ 秒后自动再查", browser.text("[data-poll]"))
    pay_at_wechat(site, wechat, scanned, deliver_news=False)
    # The provider is asked about one payment every five seconds at most.
    browser.until(lambda: browser.shown('[data-state="PAID"]') or press_again(browser), "the coins")
    assert user.balance() == 100


def press_again(browser):
    for button in browser.shown("[data-check] button"):
        if button.is_enabled():
            button.click()
    return False


def test_two_tabs_tell_the_same(user, browser):
    order = user.order()
    path = f"/coin/pay/{order['order_no']}"
    browser.open(path)
    browser.see("dialog[data-mock]")
    browser.new_tab(path)
    browser.click("[data-mock-result=success]")
    browser.wait_state("PAID")
    browser.look_at_tab(0)
    browser.wait_state("PAID")
    assert browser.text("[data-new-balance] [data-balance]") == "100" and user.balance() == 100


def test_a_reload_goes_on_where_it_was_by_the_servers_clock(site, user, browser):
    number = user.order(method="WECHAT")["order_no"]
    script = run_before_pages(browser, WRONG_CLOCK)
    try:
        browser.open(f"/coin/pay/{number}")
        before = seconds_left(browser)
        assert 1700 < before <= 1800
        site.sql(f"UPDATE coin_orders SET expires_at = expires_at - INTERVAL 10 MINUTE WHERE order_no = '{number}'")
        # The next question brings the server's count to the page that is open.
        browser.until(lambda: seconds_left(browser) <= before - 590, "the server's count")
        browser.driver.refresh()
        assert 1000 < seconds_left(browser) <= before - 600
        assert browser.shown("figure.qr img") and browser.shown('[data-state="PENDING"]')
    finally:
        browser.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=script)


def test_a_code_that_runs_out_is_replaced_by_a_fresh_one(site, wechat, user, browser):
    order = made(site, user.order(method="WECHAT"))
    site.sql("UPDATE payments SET presentation_expires_at = UTC_TIMESTAMP(6) + INTERVAL 3 SECOND "
             f"WHERE out_trade_no = '{order['number']}'")
    browser.open(f"/coin/pay/{order['order_no']}")
    browser.see("figure.qr img")
    assert browser.text("[data-stale] p") == "付款码已过期"
    assert not browser.shown("figure.qr")
    browser.driver.refresh()
    browser.click("[data-stale] button")
    browser.see("figure.qr img")
    assert "付款码已更新" in browser.text(".done")
    # The same trade at WeChat Pay: whichever code is scanned, it is paid once.
    assert made(site, dict(order))["number"] == order["number"]
    pay_at_wechat(site, wechat, order)
    browser.wait_state("PAID")


def test_on_a_phone_wechat_opens_by_itself(site, wechat, user, open_browser):
    browser = open_browser(site, user, size=PHONE, agent=PHONE_AGENT)
    number = start_order(browser, "WECHAT")
    link = browser.see(".actions a.button.primary")
    assert link.text == "前往微信付款" and "wx.tenpay.com" in link.get_attribute("href")
    order = made(site, {"order_no": number})
    site.sql("UPDATE payments SET presentation_expires_at = UTC_TIMESTAMP(6) "
             f"WHERE out_trade_no = '{order['number']}'")
    browser.driver.refresh()
    browser.click("[data-stale] button")
    browser.see(".actions a.button.primary")
    pay_at_wechat(site, wechat, order)
    browser.wait_state("PAID")


def test_a_provider_that_does_not_answer_is_told_apart_and_tried_again(site, wechat, user, browser):
    wechat.misbehave("system-error", "transactions/native")
    try:
        browser.open("/coin")
        browser.click(".choice:has([value=WECHAT])")
        browser.click("#buy [type=submit]")
        assert browser.text("#buy [data-error]") == "该支付方式暂不可用，请换一种"
    finally:
        wechat.behave()
    number = user.data(user.get("/api/coin/orders"))["items"][0]["order_no"]
    browser.open(f"/coin/pay/{number}")
    assert "没有被扣款" in browser.text(".fresh p")
    browser.click(".fresh button")
    browser.see("figure.qr img")
    assert any("503" in problem for problem in browser.problems())


def test_a_failure_is_told_with_its_cause_without_a_reload(user, browser):
    order = user.order()
    browser.open(f"/coin/pay/{order['order_no']}")
    browser.click("dialog[open] [data-close-dialog]")
    user.data(user.post(f"/api/payment/mock/failure/{order['mock_payment_id']}"))
    browser.wait_state("FAILED")
    assert browser.text("[data-failure]") == "银行或支付机构拒绝了这笔付款"


def test_after_thirty_questions_the_buyer_asks_on(user, browser):
    number = user.order()["order_no"]
    script = run_before_pages(browser, FAST_CLOCK)
    try:
        browser.open(f"/coin/pay/{number}")
        browser.click("dialog[open] [data-close-dialog]")
        button = browser.see("[data-poll-again] button")
        asked = "return performance.getEntriesByType('resource').filter((e) => e.name.includes('/status/')).length"
        assert browser.driver.execute_script(asked) == 30
        assert "继续查询" in browser.text("[data-poll]")
        button.click()
        browser.until(lambda: browser.driver.execute_script(asked) > 30, "another question")
    finally:
        browser.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=script)


def test_times_are_in_the_readers_zone(site, user, open_browser):
    user.order()
    browser = open_browser(site, user, zone="America/New_York")
    browser.open("/coin/orders")
    shown = browser.see(".orders time")
    moment = datetime.datetime.fromisoformat(shown.get_attribute("datetime"))
    assert moment.utcoffset() == datetime.timedelta(hours=8)
    assert shown.text == moment.astimezone(zoneinfo.ZoneInfo("America/New_York")).strftime("%Y-%m-%d %H:%M:%S")
    assert "America/New_York" in browser.text("[data-zone]")
    browser.click("select[name=status] option[value=PENDING]")
    browser.driver.execute_script("document.querySelector('#from').value = arguments[0]", shown.text[:10])
    browser.click("[data-filter] button")
    browser.until(lambda: "offset=-" in browser.driver.current_url, "the filter")
    assert browser.driver.current_url.endswith(("offset=-300", "offset=-240")) and browser.shown(".orders li")


@pytest.mark.parametrize("zone, day, offsets", [
    ("America/New_York", "2026-03-08", "offset=-300&to_offset=-240"),
    ("America/New_York", "2026-11-01", "offset=-240&to_offset=-300"),
    # Its first moment is one o'clock, four hours after midnight of UTC.
    ("America/Santiago", "2026-09-06", "offset=-240&to_offset=-180"),
    ("Asia/Shanghai", "2026-03-08", "offset=480&to_offset=480"),
])
def test_a_day_of_the_readers_zone_has_the_hours_of_its_clock(site, user, open_browser, zone, day, offsets):
    browser = open_browser(site, user, zone=zone)
    browser.open("/coin/orders")
    for field in ("#from", "#to"):
        browser.driver.execute_script("document.querySelector(arguments[0]).value = arguments[1]", field, day)
    browser.click("[data-filter] button")
    browser.until(lambda: "offset=" in browser.driver.current_url, "the filter")
    assert browser.driver.current_url.endswith(offsets)


def test_everything_up_to_the_state_works_without_a_script(site, alipay, open_browser):
    browser = open_browser(site, script=False)
    browser.open("/coin")
    browser.wait_path("/login")
    browser.click(".other a")
    browser.fill(username="n" + site.folder.name[-6:], password="long-password")
    browser.click("main [type=submit]")
    browser.click(".card:nth-child(2)")
    browser.click(".choice:has([value=ALIPAY])")
    assert [price.text for price in browser.shown(".card-price")][:2] == ["¥9.90", "¥49.00"]
    browser.click("#buy [type=submit]")
    assert browser.text(".state-text") == "等待支付" and "分" in browser.text("[data-left]")
    link = browser.see(".actions a.button.primary")
    assert link.get_attribute("href").startswith(alipay.url)
    browser.click("[data-check] button")
    assert browser.text(".done") == "已向支付机构查询最新结果"
    browser.click("summary")
    browser.click("details [data-switch=MOCK]")
    assert "不要再付一次" in browser.text("[data-switch-dialog]")
    browser.click("[data-switch-confirm]")
    assert "模拟支付" in browser.text(".facts")
    browser.click("[data-cancel]")
    browser.click("[data-cancel-confirm]")
    assert "订单已取消" in browser.text(".state")
    browser.click(".me [type=submit]")
    browser.wait_path("/login")



@pytest.fixture
def control(site):
    """Switches something as an operator does; at the end everything is as before."""
    yield lambda *words: site.coinpay(*words, "--reason", "a test")
    site.coinpay("resume", "--reason", "a test has ended")
    site.coinpay("method", "on", "WECHAT", "--reason", "a test has ended")
    wait_for(lambda: "WECHAT" in offered(site) and site.new_user().order())


def offered(site):
    answer = requests.get(site.base + "/api/payment/methods", timeout=10).json()
    return [item["payment_method"] for item in answer["data"]]


def test_maintenance_is_told_and_what_began_goes_on(site, wechat, user, browser, scanned, control):
    control("method", "off", "WECHAT")
    wait_for(lambda: "WECHAT" not in offered(site))
    browser.driver.refresh()
    assert "正在维护" in browser.text(".actions .caution") and browser.shown("figure.qr img")
    browser.open("/coin")
    assert "暂不可用" in browser.text(".choice.off") and not browser.all(".choice [value=WECHAT]")
    control("pause", "--zh", "今晚 <b>维护</b>", "--en", "Maintenance <b>tonight</b>")
    wait_for(lambda: user.post("/api/coin/order", {"package_id": 1, "payment_method": "MOCK"}).status_code == 503)
    form = browser.all("#buy [type=submit]")
    form[0].click()
    assert browser.text("#buy [data-error]").startswith("今晚 <b>维护</b>")
    browser.driver.refresh()
    assert browser.text(".maintenance").startswith("今晚 <b>维护</b>") and not browser.shown("#buy [type=submit]")
    browser.speak("en")
    for path in ("/coin/orders", "/coin/account", f"/coin/pay/{scanned['order_no']}"):
        browser.open(path)
        assert browser.text(".maintenance").startswith("Maintenance <b>tonight</b>")
    pay_at_wechat(site, wechat, scanned)
    browser.wait_state("PAID")
    assert user.balance() == 100
    assert all("503" in problem for problem in browser.problems())
