"""Every page on a phone and a desk, light and dark, in both languages: nothing sticks out, and people who
hear pages or use no mouse are not left out (axe-core). The screenshots are kept for people to look at."""

import uuid
from pathlib import Path

import axe_core_python
import pytest
from PIL import Image

from browser import DESK, PHONE
from support.stack import ARTEFACTS

SCREENSHOTS = ARTEFACTS / "screenshots"
TRANSFER_BYTES_MAX = 60_000
LOOKS = [
    (size, dark, language)
    for size in (PHONE, DESK) for dark in (False, True) for language in ("zh-CN", "en")
]
# The rules of axe ask for colours, names and roles, which do not depend on the language.
EXAMINED = [(PHONE, True, "en"), (DESK, False, "zh-CN")]
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
STICKING_OUT = """
    const [holder, part] = arguments;
    return [...document.querySelectorAll(part)].filter((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getBoundingClientRect().right > element.closest(holder).getBoundingClientRect().right + 1;
    }).map((element) => element.textContent);"""
THUMB_WIDTHS = {PHONE[0]: 195, DESK[0]: 480}
THUMBS_PER_ROW = {PHONE[0]: 12, DESK[0]: 5}


@pytest.fixture(scope="module")
def customer(site):
    """A user with some history."""
    client = site.new_user()
    for package in (1, 2, 3):
        order = client.order(package=package)
        client.data(client.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    failed = client.order()
    client.post(f"/api/payment/mock/failure/{failed['mock_payment_id']}")
    cancelled = client.order()
    client.post(f"/api/coin/order/{cancelled['order_no']}/cancel")
    expired = client.order()
    stale = client.order(package=2, method="WECHAT")
    switched = client.order(package=2, method="WECHAT")
    client.data(client.post(f"/api/coin/order/{switched['order_no']}/pay", {"payment_method": "ALIPAY"}))
    client.orders = {
        "paid": order["order_no"], "failed": failed["order_no"], "cancelled": cancelled["order_no"],
        "expired": expired["order_no"], "mock": client.order(package=2)["order_no"],
        "card": client.order(package=2, method="STRIPE")["order_no"],
        "wechat": client.order(package=2, method="WECHAT")["order_no"],
        "stale": stale["order_no"], "switched": switched["order_no"],
    }
    site.sql(
        "UPDATE coin_orders SET expires_at = created_at + INTERVAL 1 MICROSECOND "
        f"WHERE order_no = '{expired['order_no']}'")
    site.sql(
        f"UPDATE payments SET presentation_expires_at = created_at WHERE out_trade_no = '{stale['order_no']}'")
    return client


def pages(customer):
    orders = customer.orders
    return {
        "coin": "/coin", "orders": "/coin/orders", "orders-none": "/coin/orders?status=DISPUTED",
        "transactions": "/coin/transactions", "transactions-paged": "/coin/transactions?page=2&per_page=2",
        "account": "/coin/account", "account-done": "/coin/account?done=password",
        "account-failed": "/coin/account?error=WRONG_PASSWORD",
        **{f"pay-{state}": f"/coin/pay/{number}" for state, number in orders.items()},
        "pay-ask-switch": f"/coin/pay/{orders['wechat']}?switch=ALIPAY",
        "pay-ask-cancel": f"/coin/pay/{orders['wechat']}?ask=cancel",
        "receipt": f"/coin/orders/{orders['paid']}/receipt",
        "success": f"/payment/success?order_no={orders['paid']}",
        "success-waiting": f"/payment/success?order_no={orders['mock']}",
        "missing": "/coin/nothing-here", "login": "/login", "register": "/register",
    }


def look_name(size, dark, language):
    return f"{size[0]}-{'dark' if dark else 'light'}-{language}"


@pytest.mark.parametrize("size, dark, language", LOOKS, ids=[look_name(*look) for look in LOOKS])
def test_every_page_fits_and_can_be_used_by_all(site, customer, open_browser, size, dark, language):
    browser = open_browser(site, customer, size=size, dark=dark)
    browser.speak(language)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    is_examined = (size, dark, language) in EXAMINED
    look = look_name(size, dark, language)
    if is_examined:
        # Kept by the browser, so that it need not be sent again for every page.
        script = browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=AXE)["identifier"]
    for name, path in pages(customer).items():
        browser.open(path)
        assert browser.see("html").get_attribute("lang") == language
        if name == "pay-card":
            browser.until(lambda: browser.see("[data-card] button").is_enabled(), "the card form")
        if name == "pay-mock":
            shot(browser, f"pay-mock-dialog-{look}")
            browser.click("[data-mock] [data-close-dialog]")
        shot(browser, f"{name}-{look}")
        assert browser.overflow() == [], f"{name} is too wide"
        if is_examined:
            assert complaints(browser) == [], f"{name} is hard to use"
    if is_examined:
        browser.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
    # The page that is not there is noted by the browser, as it should be.
    assert all("404" in problem for problem in browser.problems())


def complaints(browser):
    """What axe-core finds wrong."""
    found = browser.driver.execute_async_script("""
        const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ["violations"], iframes: false }).then(
          (result) => done(result.violations.map((rule) => rule.id + ": "
            + rule.nodes.map((node) => node.html.slice(0, 160) + " " + node.failureSummary).join(" | "))),
          (error) => done([String(error)]));""")
    return found


def shot(browser, name):
    assert browser.driver.get_screenshot_as_file(str(SCREENSHOTS / f"{name}.png"))


def test_the_empty_pages_of_a_newcomer_look_well(site, user, open_browser):
    browser = open_browser(site, user, size=PHONE)
    for name in ("coin", "orders", "transactions"):
        browser.open("/coin" if name == "coin" else f"/coin/{name}")
        assert browser.shown(".empty")
        shot(browser, f"{name}-empty-390-light-zh-CN")
        assert browser.overflow() == []


def test_the_longest_name_stays_in_its_card_and_no_method_breaks_in_two(site, open_browser):
    client = site.visitor()
    client.data(client.post("/api/auth/register", {"username": "w" * 24 + uuid.uuid4().hex[:8], "password": "long-password"}))
    order = client.order()
    client.data(client.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    browser = open_browser(site, client, size=PHONE)
    for path in ("/coin/account", f"/coin/orders/{order['order_no']}/receipt"):
        browser.open(path)
        browser.see(".facts")
        assert browser.driver.execute_script(STICKING_OUT, ".facts", ".facts dd") == []
    browser.open(f"/coin/pay/{client.order(package=3, method='WECHAT')['order_no']}")
    browser.click("summary")
    # The prices stand on the line of the names.
    assert len({button.size["height"] for button in browser.shown("details [data-switch]")}) == 1


def test_the_coin_centre_is_light(site, customer, open_browser):
    browser = open_browser(site, customer)
    browser.open("/coin")
    sizes = browser.driver.execute_script("""
        return ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
          .map((entry) => [entry.name, entry.transferSize]);""")
    assert len(sizes) >= 4 and sum(size for _, size in sizes) < TRANSFER_BYTES_MAX, sizes


def test_nobody_else_is_asked_for_anything_but_stripe_on_its_own_page(site, customer, open_browser):
    browser = open_browser(site, customer)
    others = """
        return performance.getEntriesByType("resource").map((entry) => entry.name)
          .filter((name) => !name.startsWith(location.origin));"""
    for name, path in pages(customer).items():
        browser.open(path)
        if name == "pay-card":
            browser.until(lambda: browser.see("[data-card] button").is_enabled(), "the card form")
            assert browser.driver.execute_script(others) == ["https://js.stripe.com/v3/", "https://js.stripe.com/v3/payment"]
        else:
            assert browser.driver.execute_script(others) == [], name
    browser.problems()


def test_nothing_jumps_while_the_coin_centre_loads(site, customer, open_browser):
    browser = open_browser(site, customer, size=PHONE)
    browser.open("/coin")
    shift = browser.driver.execute_async_script("""
        const done = arguments[0];
        new PerformanceObserver((list) => {
          done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0));
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(0), 500);""")
    assert shift < 0.01


def test_the_screenshots_fit_on_one_sheet():
    """All of them in one picture, a row of phones above a row of desks for each look."""
    strips = []
    for size, dark, language in LOOKS:
        files = sorted(SCREENSHOTS.glob(f"*-{look_name(size, dark, language)}.png"))
        assert len(files) >= 20
        width, per_row = THUMB_WIDTHS[size[0]], THUMBS_PER_ROW[size[0]]
        thumbs = []
        for file in files:
            with Image.open(file) as picture:
                size_of_thumb = (width, width * picture.height // picture.width)
                thumbs.append(picture.convert("RGB").resize(size_of_thumb, Image.Resampling.BOX))
        height = max(thumb.height for thumb in thumbs)
        for start in range(0, len(thumbs), per_row):
            strip = Image.new("RGB", ((width + 6) * per_row, height + 6), "#777777")
            for place, thumb in enumerate(thumbs[start:start + per_row]):
                strip.paste(thumb, (place * (width + 6) + 3, 3))
            strips.append(strip)
    sheet = Image.new("RGB", (max(s.width for s in strips), sum(s.height for s in strips)), "#777777")
    top = 0
    for strip in strips:
        sheet.paste(strip, (0, top))
        top += strip.height
    sheet.save(SCREENSHOTS / "contact-sheet.png", compress_level=1)
    assert (SCREENSHOTS / "contact-sheet.png").stat().st_size > 100_000
