import pytest

from support.stack import Stack
from support.stripe_fixtures import SETTINGS
from support.stripe_server import StripeServer


@pytest.fixture(scope="module")
def site():
    with StripeServer() as server, Stack("fault", STRIPE_API_URL=server.url, **SETTINGS) as stack:
        yield stack
