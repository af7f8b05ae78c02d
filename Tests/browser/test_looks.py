"""Every page on a phone and a desk, light and dark, in both languages: nothing sticks out. The
screenshots are kept for people to look at."""

import pytest

from browser import DESK, PHONE
from support.stack import ARTEFACTS

SCREENSHOTS = ARTEFACTS / "screenshots"
TRANSFER_BYTES_MAX = 60_000
LOOKS = [
    (size, dark, language)
    for size in (PHONE, DESK) for dark in (False, True) for language in ("zh-CN", "en")
]


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
    client.orders = {
        "paid": order["order_no"], "failed": failed["order_no"], "cancelled": cancelled["order_no"],
        "mock": client.order(package=2)["order_no"],
        "card": client.order(package=2, method="STRIPE")["order_no"],
    }
    return client


def pages(customer):
    orders = customer.orders
    return {
        "coin": "/coin", "orders": "/coin/orders", "transactions": "/coin/transactions",
        "transactions-paged": "/coin/transactions?page=2&per_page=2",
        **{f"pay-{state}": f"/coin/pay/{number}" for state, number in orders.items()},
        "success": f"/payment/success?order_no={orders['paid']}",
        "success-waiting": f"/payment/success?order_no={orders['mock']}",
        "missing": "/coin/nothing-here", "login": "/login", "register": "/register",
    }


@pytest.mark.parametrize("size, dark, language", LOOKS,
                         ids=[f"{s[0]}-{'dark' if d else 'light'}-{n}" for s, d, n in LOOKS])
def test_no_page_overflows(site, customer, open_browser, size, dark, language):
    browser = open_browser(site, customer, size=size, dark=dark)
    browser.speak(language)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for name, path in pages(customer).items():
        browser.open(path)
        assert browser.see("html").get_attribute("lang") == language
        if name == "pay-card":
            browser.until(lambda: browser.see("[data-card] button").is_enabled(), "the card form")
        shot(browser, f"{name}-{size[0]}-{'dark' if dark else 'light'}-{language}")
        if name == "pay-mock":
            browser.click("[data-mock] [data-close-dialog]")
            shot(browser, f"{name}-closed-{size[0]}-{'dark' if dark else 'light'}-{language}")
        assert browser.overflow() == [], f"{name} is too wide"
    # The page that is not there is noted by the browser, as it should be.
    assert all("404" in problem for problem in browser.problems())


def shot(browser, name):
    assert browser.driver.get_screenshot_as_file(str(SCREENSHOTS / f"{name}.png"))


def test_the_empty_pages_of_a_newcomer_look_well(site, user, open_browser):
    browser = open_browser(site, user, size=PHONE)
    for name in ("coin", "orders", "transactions"):
        browser.open("/coin" if name == "coin" else f"/coin/{name}")
        assert browser.shown(".empty")
        shot(browser, f"{name}-empty-390-light-zh-CN")
        assert browser.overflow() == []


def test_the_coin_centre_is_light(site, customer, open_browser):
    browser = open_browser(site, customer)
    browser.open("/coin")
    sizes = browser.driver.execute_script("""
        return ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
          .map((entry) => [entry.name, entry.transferSize]);""")
    assert len(sizes) >= 4 and sum(size for _, size in sizes) < TRANSFER_BYTES_MAX, sizes


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
