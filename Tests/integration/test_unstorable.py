"""Genuine news that the inbox cannot keep as it was sent: stored as far as it can be read, parked, told and acknowledged."""

import json
import uuid

import pytest

from support.alipay import PATH as ALIPAY_PATH
from support.alipay import is_accepted as is_accepted_by_alipay
from support.alipay_forged import UNSTORABLE as ALIPAY_UNSTORABLE
from support.alipay_forger import Forger as AlipayForger
from support.alipay_site import alipay_stack, visited
from support.alipay_site import made as made_by_alipay
from support.alipay_site import payment_status as alipay_status
from support.stack import Stack
from support.stripe_fixtures import SETTINGS, deliver, event, intent
from support.stripe_forged import UNSTORABLE as STRIPE_UNSTORABLE
from support.stripe_forged import Forger as StripeForger
from support.wechat_forged_v2 import V2_UNSTORABLE
from support.wechat_forged_v3 import V3_UNSTORABLE
from support.wechat_forger import Forger as WeChatForger
from support.wechat_news import is_accepted, pretend_paid
from support.wechat_site import made as made_by_wechat
from support.wechat_site import payment_status as wechat_status
from support.wechat_site import sites_of, version

TOLD = "an event cannot be stored as it was sent"
ODD = {"300 characters": "x" * 300, "a family": "👨‍👩‍👧‍👦", "control characters": "a\r\n\x1b[31mb\0"}


def parked(site):
    return site.sql("SELECT id, event_key, last_error FROM payment_events WHERE state = 'PARKED' ORDER BY id")


class Watch:
    """What one genuine notification leaves behind."""

    def __init__(self, site):
        self.site, self.parked, self.said = site, len(parked(site)), site.worker_log().count(TOLD)

    def check(self, events=1):
        """Parked and alarmed once, however often it comes."""
        new = parked(self.site)[self.parked:]
        assert len(new) == events, new
        assert all(row[2].startswith("cannot be stored as it was sent: ") for row in new), new
        lines = [line for line in self.site.worker_log().splitlines() if TOLD in line][self.said:]
        assert len(lines) == events and all(" critical " in line for line in lines), lines


@pytest.fixture(scope="module")
def alipay_site(alipay):
    with alipay_stack(alipay, "key", "unstorable") as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture(scope="module")
def wechat_sites(wechat):
    with sites_of(wechat, "wechat-unstorable") as sites:
        yield sites


@pytest.mark.parametrize("name", ALIPAY_UNSTORABLE)
def test_news_of_alipay(alipay_site, alipay, name):
    user = alipay_site.new_user()
    order = visited(made_by_alipay(alipay_site, user.order(method="ALIPAY")))
    forger = AlipayForger(alipay, "key", order["number"], alipay_site.base + ALIPAY_PATH, "x")
    notice, watch = ALIPAY_UNSTORABLE[name](forger), Watch(alipay_site)
    for _ in range(2):
        answer = notice.post()
        assert is_accepted_by_alipay(answer), (answer.status_code, answer.text)
    watch.check()
    # The payment that a refund follows is told in words that can be stored.
    paid = name.startswith("number of a refund")
    assert alipay_status(alipay_site, order) == ("SUCCEEDED" if paid else "PENDING")
    assert user.balance() == (100 if paid else 0)


@pytest.mark.parametrize("mode,name", [("v2", n) for n in V2_UNSTORABLE] + [("v3-public-key", n) for n in V3_UNSTORABLE])
def test_news_of_wechat(wechat_sites, wechat, mode, name):
    site = wechat_sites(mode)
    user = site.new_user()
    order = made_by_wechat(site, user.order(method="WECHAT"))
    merchant = wechat.accounts[mode]
    forger = WeChatForger(merchant, wechat.accounts["v2-md5"], pretend_paid(wechat.trade(mode, order["number"])),
                          wechat.platform.signer_for(merchant), wechat.platform)
    news, watch = (V2_UNSTORABLE if mode == "v2" else V3_UNSTORABLE)[name](forger), Watch(site)
    for _ in range(2):
        answer = news.post(site.base)
        assert is_accepted(answer, version(mode)), (answer.status_code, answer.text)
    watch.check()
    assert wechat_status(site, order) == "PENDING" and user.balance() == 0


@pytest.fixture
def forger(site, user):
    order = user.order(method="STRIPE")
    number = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
    return StripeForger(number, order["order_no"], "pi_" + uuid.uuid4().hex)


@pytest.mark.parametrize("name", STRIPE_UNSTORABLE)
def test_news_of_stripe(site, user, forger, name):
    body, signature = STRIPE_UNSTORABLE[name](forger)
    watch = Watch(site)
    for _ in range(2):
        answer = deliver(site.base, body.decode(), signature)
        assert answer.status_code == 200, answer.text
    watch.check()
    assert user.balance() == 0
    site.assert_ledger_holds()


@pytest.mark.parametrize("odd", ODD)
def test_disputes_and_refunds_of_stripe(shop, stripe_fake, odd):
    order = shop.paid()
    about = {"payment_intent": shop.intent(order), "amount": 149, "currency": "usd", "metadata": {}}
    dispute = {"id": "du_" + ODD[odd], "object": "dispute", "status": "needs_response", "reason": "fraudulent",
               "livemode": False, **about}
    refund = {"id": "re_" + ODD[odd], "object": "refund", "status": "failed", "failure_reason": "unknown", **about}
    for kind, thing in [("charge.dispute.created", dispute), ("refund.failed", refund)]:
        watch = Watch(shop.site)
        news = event({"livemode": False}, kind)
        news["data"]["object"] = thing
        for _ in range(2):
            assert deliver(shop.site.base, news).status_code == 200
        watch.check()
    thin = {"id": "evt_" + uuid.uuid4().hex, "object": "v2.core.event", "type": "v1.charge.dispute.created",
            "livemode": False, "created": "2026-01-01T00:00:00.000Z",
            "related_object": {"id": "du_" + ODD[odd], "type": "dispute", "url": "/v1/disputes/x"}}
    watch = Watch(shop.site)
    assert deliver(shop.site.base, thin).status_code == 200
    watch.check()
    assert shop.status(order) == "PAID" and shop.coins() == 100


def test_times_beyond_all_calendars_are_settled(site, user):
    order = user.order(method="STRIPE")
    pi = site.value("SELECT provider_txn_id FROM payments WHERE provider = 'STRIPE' AND out_trade_no LIKE "
                    f"'{order['order_no']}%'")
    assert deliver(site.base, event(intent(pi, 149), created=2**62)).status_code == 200
    assert user.balance() == 100


@pytest.fixture(scope="module")
def narrow_site(stripe_server):
    with Stack("narrow", STRIPE_API_URL=stripe_server.url, **SETTINGS) as stack:
        yield stack


# Errors of a column or a constraint.
@pytest.mark.parametrize("number", [1264, 1366, 1406, 4025])
def test_a_row_that_the_database_refuses_is_parked_as_far_as_it_goes(narrow_site, number):
    site = narrow_site
    user = site.new_user()
    order = user.order(method="STRIPE")
    pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
    site.sql("CREATE TRIGGER refuses BEFORE INSERT ON payment_events FOR EACH ROW IF NEW.kind = 'SUCCEEDED' THEN "
             f"SIGNAL SQLSTATE '22001' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'refused'; END IF")
    watch, news = Watch(site), event(intent(pi, 149))
    try:
        for _ in range(2):
            assert deliver(site.base, news).status_code == 200
    finally:
        site.sql("DROP TRIGGER refuses")
    watch.check()
    assert user.balance() == 0
    # The next word about the payment is settled.
    assert deliver(site.base, event(intent(pi, 149))).status_code == 200 and user.balance() == 100
    site.assert_ledger_holds()


def test_news_of_other_software_is_only_counted(site, user):
    watch = Watch(site)
    for odd in ODD.values():
        foreign = intent("pi_" + odd, 149, metadata={"out_trade_no": odd})
        assert deliver(site.base, json.dumps(event(foreign))).status_code == 200
    watch.check(events=0)
