import pytest

from browser import Browser
from stripe_script import StripeScript
from support.alipay import AlipayServer
from support.stack import Stack
from support.stripe_fixtures import PATH, SETTINGS, WEBHOOK_SECRET
from support.stripe_server import StripeServer
from support.wechat import WeChatServer

WECHAT_MODE = "v3-public-key"
ALIPAY_MODE = "key"


@pytest.fixture(scope="session")
def stripe_server():
    with StripeServer() as server:
        yield server


@pytest.fixture(scope="session")
def stripe_script(stripe_server, tmp_path_factory):
    with StripeScript(tmp_path_factory.mktemp("stripe"), stripe_server) as script:
        yield script


@pytest.fixture(scope="session")
def wechat():
    with WeChatServer() as server:
        yield server


@pytest.fixture(scope="session")
def alipay():
    with AlipayServer() as server:
        yield server


@pytest.fixture(scope="session")
def site(stripe_server, wechat, alipay):
    """One site with every method for all tests."""
    stack = Stack("browser", STRIPE_API_URL=stripe_server.url, **SETTINGS, **wechat.settings(WECHAT_MODE))
    stack.environment |= alipay.settings(ALIPAY_MODE, site=stack.base)
    with stack:
        stripe_server.register_webhook(stack.base + PATH, WEBHOOK_SECRET)
        yield stack


@pytest.fixture(scope="session")
def console_site():
    with Stack("console", COINPAY_SECOND_FACTOR="required", COINPAY_TWO_PERSONS_ABOVE="CNY:50.00") as stack:
        yield stack


@pytest.fixture(scope="session")
def chromium(stripe_script):
    """One browser for all tests; each begins in it as a new visitor."""
    browser = Browser("", stripe_script.port)
    yield browser
    browser.quit()


@pytest.fixture
def open_browser(chromium):
    """Begins as a visitor, or as a client that has signed in; at the end the browser may not have
    complained about anything."""

    def launch(site, client=None, **options):
        chromium.begin(site.base, **options)
        if client:
            chromium.take_session(client)
        return chromium

    yield launch
    assert chromium.problems() == []


@pytest.fixture
def user(site):
    return site.new_user()


@pytest.fixture
def browser(site, user, open_browser):
    """A browser in which a new user is signed in."""
    return open_browser(site, user)
