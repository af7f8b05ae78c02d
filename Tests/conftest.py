import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from support.alipay import AlipayServer
from support.wechat import WeChatServer


@pytest.fixture(scope="module")
def alipay():
    with AlipayServer() as server:
        yield server


@pytest.fixture(scope="module")
def wechat():
    with WeChatServer() as server:
        yield server


@pytest.fixture
def alipay_as_documented(alipay):
    """Every request of the test follows Alipay's documentation."""
    alipay.problems()
    yield
    alipay.behave()
    assert alipay.problems() == []


@pytest.fixture
def wechat_as_documented(wechat):
    """Every request of the test follows WeChat Pay's documentation."""
    wechat.problems.clear()
    yield
    wechat.behave()
    assert wechat.problems == []
