import pytest

from browser import Browser
from stripe_script import StripeScript
from support.stack import Stack
from support.stripe_fixtures import PATH, SETTINGS, WEBHOOK_SECRET
from support.stripe_server import StripeServer

SHORT_ORDER_SECONDS = 8


@pytest.fixture(scope="session")
def stripe_server():
    with StripeServer() as server:
        yield server


@pytest.fixture(scope="session")
def stripe_script(stripe_server, tmp_path_factory):
    with StripeScript(tmp_path_factory.mktemp("stripe"), stripe_server) as script:
        yield script


@pytest.fixture(scope="session")
def site(stripe_server):
    with Stack("browser", STRIPE_API_URL=stripe_server.url, **SETTINGS) as stack:
        stripe_server.register_webhook(stack.base + PATH, WEBHOOK_SECRET)
        yield stack


@pytest.fixture(scope="session")
def hasty_site():
    with Stack("hasty", COINPAY_ORDER_TTL_SECONDS=SHORT_ORDER_SECONDS) as stack:
        yield stack


@pytest.fixture
def open_browser(stripe_script):
    """Opens browsers; at the end none of them may have complained about anything."""
    browsers = []

    def launch(site, client=None, **options):
        browser = Browser(site.base, stripe_script.port, **options)
        browsers.append(browser)
        if client:
            browser.take_session(client)
        return browser

    yield launch
    problems = [problem for browser in browsers for problem in browser.problems()]
    for browser in browsers:
        browser.quit()
    assert problems == []


@pytest.fixture
def user(site):
    return site.new_user()


@pytest.fixture
def browser(site, user, open_browser):
    """A browser in which a new user is signed in."""
    return open_browser(site, user)
