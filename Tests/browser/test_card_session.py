"""What Stripe says about cards, and paying on Stripe's own page: the shop's page tells it and leads there."""

import pytest

from support.stripe_fake import StripeFake
from support.stripe_site import TWO_SECRETS, Shop


@pytest.fixture
def shop(site, user, request):
    """The site with a Stripe that does what the test wants; afterwards it is as before."""
    before = dict(site.environment)
    with StripeFake() as fake:
        site.environment |= {"STRIPE_API_URL": fake.url, "STRIPE_CHECKOUT": request.param, **TWO_SECRETS}
        site.start_worker()
        site.wait_ready()
        yield Shop(site, fake, user)
    site.environment.clear()
    site.environment.update(before)
    site.start_worker()
    site.wait_ready()


@pytest.mark.parametrize("shop", ["session"], indirect=True)
def test_on_stripes_own_page_a_buyer_pays_and_this_page_turns(shop, user, browser):
    order = shop.order()
    browser.open(f"/coin/pay/{order['order_no']}")
    link = browser.see(".actions a.button.primary")
    assert link.text == "前往 Stripe 付款" and link.get_attribute("href").startswith("https://checkout.stripe.com/")
    shop.pay(order)
    shop.flush()
    browser.wait_state("PAID")
    assert user.balance() == 100


@pytest.mark.parametrize("shop", ["elements"], indirect=True)
def test_a_refused_card_is_told_with_its_cause_and_another_pays(shop, user, browser):
    order = shop.order()
    browser.open(f"/coin/pay/{order['order_no']}")
    shop.fake.checkout.decline(order["number"])
    shop.flush()
    assert browser.text("[data-failure]").startswith("余额不足") and browser.shown('[data-state="PENDING"]')
    browser.speak("en")
    browser.driver.refresh()
    assert browser.text("[data-failure]").startswith("Insufficient funds")
    shop.pay(order)
    shop.flush()
    browser.wait_state("PAID")
    assert not browser.shown("[data-why]") and user.balance() == 100
