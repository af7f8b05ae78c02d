import pytest

from support.stack import Stack
from support.stripe_fixtures import SETTINGS
from support.stripe_server import StripeServer


@pytest.fixture(scope="session")
def stripe_server():
    with StripeServer() as server:
        yield server


@pytest.fixture(scope="session")
def site(stripe_server):
    with Stack("integration", STRIPE_API_URL=stripe_server.url, **SETTINGS) as stack:
        yield stack


@pytest.fixture
def user(site):
    return site.new_user()
