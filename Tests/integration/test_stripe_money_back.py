"""Refunds and disputes of payments by Stripe, in both ways to pay."""

import time

import pytest

from support.console import Operator
from support.stripe_site import Shop, wait_until


# Refunds


def test_partial_refunds_take_their_share(shop):
    order = shop.paid()
    shop.refund(order, "--amount", "0.49")
    wait_until(lambda: shop.status(order) == "PARTIALLY_REFUNDED", "the refund was not settled")
    shop.flush()
    assert shop.coins() == 67 and shop.status(order) == "PARTIALLY_REFUNDED"
    shop.refund(order)
    wait_until(lambda: shop.status(order) == "REFUNDED", "the rest was not refunded")
    shop.flush()
    assert shop.coins() == 0 and [row[:2] for row in shop.refunds(order)] == [["SUCCEEDED", "49"], ["SUCCEEDED", "100"]]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_refund_that_fails_after_it_succeeded_gives_the_coins_back(shop, stripe_fake, reverse):
    order = shop.paid()
    stripe_fake.routes.refund_status = "pending"
    shop.refund(order)
    wait_until(lambda: shop.refunds(order)[0][0] == "PENDING", "the refund is not under way")
    shop.flush()
    assert shop.status(order) == "REFUNDING" and shop.coins() == 0
    number = shop.refunds(order)[0][2]
    stripe_fake.book.finish_refund(number, "succeeded")
    if not reverse:
        shop.flush()
        assert shop.status(order) == "REFUNDED"
    stripe_fake.book.finish_refund(number, "failed", "expired_or_canceled_card")
    shop.flush(reverse=reverse, times=2)
    assert shop.refunds(order)[0][0] == "FAILED" and shop.coins() == 100 and shop.status(order) == "PAID"


def test_a_refund_whose_answer_was_lost_is_made_once(shop, stripe_fake):
    order = shop.paid()
    stripe_fake.misbehave("lose-answer", "POST .*refunds$")
    shop.refund(order)
    stripe_fake.behave()
    # A day later Stripe has forgotten the key; the number in the metadata is found.
    stripe_fake.forget_keys()
    stripe_fake.hooks.drop()
    shop.site.sql("UPDATE refunds SET next_attempt_at = UTC_TIMESTAMP(6) WHERE status = 'REQUESTED'")
    wait_until(lambda: shop.status(order) == "REFUNDED", "the refund was not found", seconds=60)
    assert len([r for r in stripe_fake.book.all("refund") if r["payment_intent"] == shop.intent(order)]) == 1


@pytest.mark.parametrize("reverse", [False, True])
def test_a_refund_of_the_dashboard_is_booked_once(shop, stripe_fake, reverse):
    order = shop.paid()
    charge = stripe_fake.book.objects[stripe_fake.book.objects[shop.intent(order)]["latest_charge"]]
    stripe_fake.book.add_refund(charge, 49, None, {})
    shop.flush(reverse=reverse, times=2)
    assert shop.status(order) == "PARTIALLY_REFUNDED" and shop.coins() == 67
    second = stripe_fake.book.add_refund(charge, 100, "requested_by_customer", {})
    shop.flush(reverse=reverse)
    assert shop.status(order) == "REFUNDED" and shop.coins() == 0 and len(shop.refunds(order)) == 2
    stripe_fake.book.finish_refund(second["id"], "failed")
    shop.flush(reverse=reverse)
    assert shop.status(order) == "PARTIALLY_REFUNDED" and shop.coins() == 67


def test_a_refunded_charge_alone_tells_everything(shop, stripe_fake):
    order = shop.order()
    shop.pay(order)
    charge = stripe_fake.book.objects[stripe_fake.book.objects[shop.intent(order)]["latest_charge"]]
    stripe_fake.book.add_refund(charge, 49, None, {})
    shop.flush(lose=lambda event: event["type"] != "charge.refunded")
    assert shop.status(order) == "PARTIALLY_REFUNDED" and shop.coins() == 67


def paid_twice(shop, stripe_fake):
    """An order that was paid by Mock first, and then at Stripe; what Stripe tells of it waits."""
    order = shop.order()
    other = shop.user.data(shop.user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "MOCK"}))
    shop.user.post(f"/api/payment/mock/success/{other['mock_payment_id']}")
    there = stripe_fake.book.objects[order["number"]]
    if there["status"] in ("expired", "canceled"):
        # The other payment closed it in time; the buyer was faster in this story.
        there["status"] = "open" if there["object"] == "checkout.session" else "requires_payment_method"
    stripe_fake.hooks.drop()
    shop.pay(order)
    return order


def test_money_paid_twice_goes_back_by_itself(shop, stripe_fake):
    order = paid_twice(shop, stripe_fake)
    shop.flush()
    assert shop.payment_status(order) == "DUPLICATE" and shop.coins() == 100
    wait_until(lambda: shop.refunds(order) and shop.refunds(order)[0][0] == "SUCCEEDED", "it was not refunded")
    shop.flush()
    assert shop.status(order) == "PAID" and shop.coins() == 100
    assert stripe_fake.sent("POST", "/v1/refunds")[-1].fields["metadata[reason]"] == "paid twice"


@pytest.mark.parametrize("end,given_back", [("won", 149), ("lost", 99)])
def test_money_paid_twice_and_disputed_goes_back_once_the_bank_has_decided(shop, stripe_fake, end, given_back):
    order = paid_twice(shop, stripe_fake)
    number = stripe_fake.book.dispute(shop.intent(order), amount=50)["id"]
    shop.flush()
    wait_until(lambda: [row[0] for row in shop.refunds(order)] == ["FAILED"], "Stripe does not refund what is disputed")
    shop.flush(times=2)
    assert len(shop.refunds(order)) == 1, "the bank has to decide first"
    stripe_fake.book.close_dispute(number, end)
    for dispute in stripe_fake.book.all("dispute"):
        dispute["is_charge_refundable"] = True
    shop.flush(times=2)
    shop.site.sql("UPDATE refunds SET next_attempt_at = UTC_TIMESTAMP(6) WHERE status = 'REQUESTED'")
    wait_until(lambda: [row[0] for row in shop.refunds(order)] == ["FAILED", "SUCCEEDED"], "it was not refunded")
    shop.flush()
    assert sum(r["amount"] for r in stripe_fake.book.all("refund") if r["payment_intent"] == shop.intent(order)) == given_back
    assert shop.status(order) == "PAID" and shop.coins() == 100
    assert shop.site.value(
        "SELECT COUNT(*) FROM suspense_entries s JOIN payment_events e ON e.id = s.event_id JOIN payments p "
        f"ON p.id = e.payment_id WHERE p.provider_txn_id = '{shop.intent(order)}' AND s.resolved_at IS NULL") == "0"
    shop.site.assert_ledger_holds()


def given_back_outside(shop, stripe_fake, allowed):
    """The coins that are left when 60 of 100 are spent and the whole payment is refunded in the dashboard."""
    buyer = Shop(shop.site, stripe_fake, shop.site.new_user())
    order = buyer.paid()
    if allowed:
        shop.site.coinpay("coins", "allow-negative", buyer.user.username, "on", "--reason", "test")
    shop.site.coinpay("coins", "deduct", buyer.user.username, "60", "--reason", "spent")
    charge = stripe_fake.book.objects[stripe_fake.book.objects[buyer.intent(order)]["latest_charge"]]
    stripe_fake.book.add_refund(charge, 149, None, {})
    buyer.flush()
    assert buyer.status(order) == "REFUNDED"
    return buyer.coins()


def test_the_operator_sets_what_becomes_of_the_coins(shop, stripe_fake):
    site, expected = shop.site, {"take-back": [0, -60], "take-back-to-zero": [0, 0], "leave": [40, 40]}
    try:
        for rule, left in expected.items():
            site.environment["COINPAY_REFUND_RULE"] = rule
            site.start_worker()
            site.wait_ready()
            assert [given_back_outside(shop, stripe_fake, allowed) for allowed in (False, True)] == left, rule
        order = shop.paid()
        page = Operator(site, "operator").get(f"/admin/orders/{order['order_no']}").text
        assert '<option value="leave" selected' in page, "the console suggests what is set"
        shop.refund(order)
        wait_until(lambda: shop.status(order) == "REFUNDED", "the refund was not settled")
        assert shop.coins() == 100, "an operator's refund that says nothing else follows the setting"
        site.environment["COINPAY_REFUND_RULE"] = "keep"
        wrong = site.coinpay("config", "check", check=False)
        assert wrong.returncode == 78 and "COINPAY_REFUND_RULE must be one of: take-back," in wrong.stderr
    finally:
        del site.environment["COINPAY_REFUND_RULE"]
        site.start_worker()
        site.wait_ready()
    site.assert_ledger_holds()


def test_coins_that_were_spent_are_told(shop, stripe_fake):
    given_back_outside(shop, stripe_fake, allowed=False)
    told = [line for line in shop.site.worker_log().splitlines() if "could not be taken back; they were spent" in line]
    assert told and "missing_coins=60" in told[-1] and "order_no=" in told[-1]


# Disputes

def test_a_dispute_about_a_part_takes_its_share_and_may_change_its_end(shop, stripe_fake):
    order = shop.paid()
    number = stripe_fake.book.dispute(shop.intent(order), amount=50)["id"]
    shop.flush(times=2)
    assert shop.status(order) == "DISPUTED" and shop.coins() == 66
    second = stripe_fake.book.dispute(shop.intent(order), amount=99)["id"]
    shop.flush()
    assert shop.coins() == 0
    stripe_fake.book.close_dispute(second, "won")
    shop.flush()
    assert shop.coins() == 66
    for end, coins in [("lost", 66), ("won", 100), ("lost", 66)]:
        stripe_fake.book.close_dispute(number, end)
        shop.flush(times=2)
        assert shop.coins() == coins and shop.disputes(order)[0] == end.upper()
    alarms = [line for line in shop.site.worker_log().splitlines() if "has changed its end" in line and order["order_no"] in line]
    assert len(alarms) == 2
    shop.site.assert_ledger_holds()


@pytest.mark.parametrize("end,status,coins", [("won", "PAID", 100), ("lost", "DISPUTED", 0)])
def test_a_dispute_freezes_the_coins_until_it_is_decided(shop, stripe_fake, end, status, coins):
    order = shop.paid()
    number = stripe_fake.book.dispute(shop.intent(order))["id"]
    shop.flush(times=2)
    assert shop.status(order) == "DISPUTED" and shop.coins() == 0
    refused = shop.site.coinpay("refund", order["order_no"], "--reason", "test", check=False)
    assert refused.returncode == 1 and "a refund would pay it twice" in refused.stderr
    story = shop.site.coinpay("order", "show", order["order_no"]).stdout
    assert f"dispute  {number}  OPENED  1.49 USD  100 coins" in story and "evidence until" in story
    alarms = [line for line in shop.site.worker_log().splitlines() if "a buyer disputes a payment" in line]
    assert any(order["order_no"] in line and "respond_by=" in line for line in alarms)
    stripe_fake.book.answer_dispute(number)
    stripe_fake.book.close_dispute(number, end)
    shop.flush(times=2)
    assert shop.status(order) == status and shop.coins() == coins and shop.disputes(order) == [end.upper()]


def test_an_inquiry_freezes_nothing(shop, stripe_fake):
    order = shop.paid()
    number = stripe_fake.book.dispute(shop.intent(order), is_inquiry=True)["id"]
    shop.flush()
    assert shop.status(order) == "PAID" and shop.coins() == 100 and shop.disputes(order) == ["INQUIRY"]
    stripe_fake.book.close_dispute(number, "warning_closed")
    shop.flush()
    assert shop.status(order) == "PAID" and shop.coins() == 100


def test_an_inquiry_heard_of_late_releases_nothing(shop, stripe_fake):
    order = shop.paid()
    number = stripe_fake.book.dispute(shop.intent(order), is_inquiry=True)["id"]
    stripe_fake.book.escalate(number)
    shop.flush(reverse=True)
    assert shop.status(order) == "DISPUTED" and shop.coins() == 0
    stripe_fake.book.close_dispute(number, "won")
    shop.flush()
    assert shop.status(order) == "PAID" and shop.coins() == 100


def test_an_inquiry_about_a_part_may_become_a_dispute_about_all(shop, stripe_fake):
    order = shop.paid()
    dispute = stripe_fake.book.dispute(shop.intent(order), amount=50, is_inquiry=True)
    shop.flush()
    assert shop.coins() == 100
    dispute["amount"] = 149
    stripe_fake.book.escalate(dispute["id"])
    shop.flush()
    assert shop.status(order) == "DISPUTED" and shop.coins() == 0
    shop.site.assert_ledger_holds()


def test_all_refunds_of_a_payment_are_found_however_many(shop, stripe_fake):
    order = shop.paid()
    charge = stripe_fake.book.objects[stripe_fake.book.objects[shop.intent(order)]["latest_charge"]]
    for _ in range(120):
        stripe_fake.book.add_refund(charge, 1, None, {})
    stripe_fake.hooks.drop()
    shop.site.coinpay("order", "resettle", order["order_no"], "--reason", "test")
    assert shop.status(order) == "PARTIALLY_REFUNDED" and shop.coins() == 100 - -(-100 * 120 // 149)
    shop.site.assert_ledger_holds()


def test_asking_again_follows_a_dispute_back_to_an_end_that_it_had_before(shop, stripe_fake):
    order = shop.paid()
    number = stripe_fake.book.dispute(shop.intent(order))["id"]
    shop.flush()
    for end, is_told, status in (("lost", False, "DISPUTED"), ("won", True, "PAID"), ("lost", False, "DISPUTED")):
        # Stripe tells times by the second.
        time.sleep(1.1)
        stripe_fake.book.close_dispute(number, end)
        if is_told:
            shop.flush()
        else:
            stripe_fake.hooks.drop()
            shop.site.coinpay("order", "resettle", order["order_no"], "--reason", "test")
        assert shop.status(order) == status and shop.coins() == (100 if status == "PAID" else 0)
