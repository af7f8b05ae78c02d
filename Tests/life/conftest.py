import os
import random

import pytest

from life.world import World

# A whole life; a shorter one by COINPAY_TEST_LIFE_SECONDS.
LIFE_SECONDS = 1200


@pytest.fixture(scope="module")
def life_seconds():
    return int(os.environ.get("COINPAY_TEST_LIFE_SECONDS", LIFE_SECONDS))


@pytest.fixture(scope="module")
def dice():
    seed = int(os.environ.get("COINPAY_TEST_LIFE_SEED", random.SystemRandom().randrange(2**32)))
    print(f"\nCOINPAY_TEST_LIFE_SEED={seed}")
    return random.Random(seed)


@pytest.fixture(scope="module")
def world(dice, alipay, wechat):
    with World(dice, alipay, wechat) as world:
        yield world
