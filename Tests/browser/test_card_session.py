"""Paying by card on Stripe's own page: the shop's page leads there, and tells what Stripe says."""

import pytest

from support.stripe_fake import StripeFake
from support.stripe_site import TWO_SECRETS, Shop


@pytest.fixture
def fake(site):
    """The site with Stripe's Checkout Sessions; afterwards it is as before."""
    before = dict(site.environment)
    with StripeFake() as fake:
        site.environment |= {"STRIPE_API_URL": fake.url, "STRIPE_CHECKOUT": "session", **TWO_SECRETS}
        site.start_worker()
        site.wait_ready()
        yield fake
    site.environment.clear()
    site.environment.update(before)
    site.start_worker()
    site.wait_ready()


def test_a_refused_card_is_told_with_its_cause_and_another_pays(site, fake, user, browser):
    shop = Shop(site, fake, user)
    order = shop.order()
    browser.open(f"/coin/pay/{order['order_no']}")
    link = browser.see(".actions a.button.primary")
    assert link.text == "前往 Stripe 付款" and link.get_attribute("href").startswith("https://checkout.stripe.com/")
    intent = fake.checkout.intent_of(fake.book.objects[order["number"]])
    fake.checkout.decline(intent["id"])
    shop.flush()
    assert browser.text("[data-failure]").startswith("余额不足") and browser.shown('[data-state="PENDING"]')
    browser.speak("en")
    browser.driver.refresh()
    assert browser.text("[data-failure]").startswith("There was not enough money")
    fake.checkout.pay(intent["id"])
    shop.flush()
    browser.wait_state("PAID")
    assert not browser.shown("[data-why]") and user.balance() == 100
