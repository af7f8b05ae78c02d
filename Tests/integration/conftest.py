import pytest

from support.stack import Stack
from support.stripe_fake import StripeFake
from support.stripe_fixtures import SETTINGS
from support.stripe_server import StripeServer
from support.stripe_site import TWO_SECRETS, Shop


@pytest.fixture(scope="session")
def stripe_server():
    with StripeServer() as server:
        yield server


@pytest.fixture(scope="session")
def site(stripe_server):
    with Stack("integration", STRIPE_API_URL=stripe_server.url, **SETTINGS) as stack:
        yield stack


@pytest.fixture(scope="session")
def console_site(stripe_server):
    """A site whose operators have to give a code, and two of them for large sums."""
    with Stack("console", COINPAY_SECOND_FACTOR="required", COINPAY_TWO_PERSONS_ABOVE="CNY:50.00,USD:10.00",
               STRIPE_API_URL=stripe_server.url, **SETTINGS) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def user(site):
    return site.new_user()


@pytest.fixture(scope="session")
def stripe_fake():
    with StripeFake() as fake:
        yield fake
        assert fake.problems == []


@pytest.fixture(scope="session", params=["elements", "session"])
def checkout(request):
    """Where the buyer pays: on our page or on Stripe's."""
    return request.param


@pytest.fixture(scope="session")
def shop_site(stripe_fake, checkout):
    with Stack(f"stripe-{checkout}", STRIPE_API_URL=stripe_fake.url, STRIPE_CHECKOUT=checkout, **TWO_SECRETS) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def shop(shop_site, stripe_fake):
    yield Shop(shop_site, stripe_fake, shop_site.new_user())
    stripe_fake.behave()
    stripe_fake.routes.refund_status = "succeeded"
