"""`coinpay order show|resettle|close`: the whole story of an order, and its repair by the one settlement path."""

import json

import pytest

from support.stack import Stack, wait_for
from support.wechat_site import deliver, made

MODE = "v3-public-key"


@pytest.fixture(scope="module")
def shop(wechat):
    with Stack("repair", **wechat.settings(MODE)) as stack:
        yield stack
        # Some rows were planted by SQL.
        stack.assert_ledger_holds(without_seals=True)


@pytest.fixture
def buyer(shop):
    return shop.new_user()


def order_of(shop, buyer):
    order = made(shop, buyer.order(method="WECHAT"))
    shop.sql(f"UPDATE payments SET next_query_at = NULL WHERE out_trade_no = '{order['number']}'")
    return order


def story(shop, order):
    return json.loads(shop.coinpay("order", "show", order["order_no"], "--json").stdout)


def state(buyer, order):
    return buyer.status(order["order_no"])["status"]


def test_money_that_nobody_told_of_is_credited_by_the_providers_word(shop, wechat, buyer):
    order = order_of(shop, buyer)
    unpaid = shop.coinpay("order", "resettle", order["order_no"], "--reason", "the buyer says that it was paid")
    assert "IGNORED" in unpaid.stdout and buyer.balance() == 0
    wechat.pay(MODE, order["number"])
    paid = shop.coinpay("order", "resettle", order["order_no"], "--reason", "now it was")
    assert "answered, CREDITED" in paid.stdout and "is PAID" in paid.stdout
    assert buyer.balance() == 100
    again = shop.coinpay("order", "resettle", order["order_no"], "--reason", "once more")
    assert "answered, IGNORED" in again.stdout and buyer.balance() == 100
    told = story(shop, order)
    assert [x["action"] for x in told["actions"]] == ["RESETTLE_ORDER"] * 3
    assert ("OPERATOR", "SUCCEEDED", "CREDITED") in [(x["source"], x["kind"], x["outcome"]) for x in told["events"]]


def test_a_parked_event_is_settled_again(shop, wechat, buyer):
    order = order_of(shop, buyer)
    shop.sql("INSERT INTO payment_events (provider, event_key, source, kind, out_trade_no, merchant_account, live_mode, "
             "occurred_at, received_at, state, attempts) SELECT provider, 'parked-test', 'NOTIFICATION', 'PENDING', "
             "out_trade_no, merchant_account, live_mode, NOW(6), NOW(6), 'PARKED', 20 FROM payments "
             f"WHERE out_trade_no = '{order['number']}'")
    assert any(x["state"] == "PARKED" for x in story(shop, order)["events"])
    shop.coinpay("order", "resettle", order["order_no"], "--reason", "the fault is mended")
    assert wait_for(lambda: any((x["kind"], x["outcome"], x["event_key"]) == ("PENDING", "IGNORED", "parked-test")
                                for x in story(shop, order)["events"] if x["state"] == "SETTLED"))


def test_without_the_providers_answer_nothing_changes(shop, wechat, buyer):
    order = order_of(shop, buyer)
    wechat.pay(MODE, order["number"])
    wechat.misbehave("error", "out-trade-no")
    try:
        silent = shop.coinpay("order", "resettle", order["order_no"], "--reason", "test", check=False)
    finally:
        wechat.behave()
    assert silent.returncode == 1 and "no clear answer" in silent.stdout
    assert state(buyer, order) == "PENDING" and buyer.balance() == 0


def test_closing_ends_the_order_and_its_payment(shop, wechat, buyer):
    order = order_of(shop, buyer)
    young = shop.coinpay("order", "close", order["order_no"], "--reason", "the buyer asked for it")
    assert "goes on closing" in young.stdout and state(buyer, order) == "CANCELLED"
    other = order_of(shop, buyer)
    shop.sql(f"UPDATE payments SET created_at = created_at - INTERVAL 1 HOUR WHERE out_trade_no = '{other['number']}'")
    closed = shop.coinpay("order", "close", other["order_no"], "--reason", "the buyer asked for it")
    assert "is closed" in closed.stdout and wechat.trade(MODE, other["number"]).state == "CLOSED"
    told = story(shop, other)
    assert told["order"]["status"] == "CANCELLED" and told["payments"][0]["status"] == "CLOSED"
    assert any(x["what"] == "order" and x["actor"].startswith("cli:") for x in told["history"])


def test_money_that_arrived_meanwhile_wins_over_closing(shop, wechat, buyer):
    order = order_of(shop, buyer)
    wechat.pay(MODE, order["number"])
    refused = shop.coinpay("order", "close", order["order_no"], "--reason", "too late", check=False)
    assert refused.returncode == 1 and "coinpay refund" in refused.stderr
    assert state(buyer, order) == "PAID" and buyer.balance() == 100


def test_the_story_names_calls_refunds_and_actors(shop, wechat, buyer):
    order = order_of(shop, buyer)
    deliver(shop, MODE, wechat.payment_news(MODE, wechat.pay(MODE, order["number"])))
    shop.coinpay("refund", order["order_no"], "--amount", "1.00", "--reason", "asked by the buyer")
    wait_for(lambda: wechat.trade(MODE, order["number"]).refunds)
    wait_for(lambda: {x["operation"] for x in story(shop, order)["provider_calls"]} >= {"start", "refund"})
    told = story(shop, order)
    for call in told["provider_calls"]:
        assert call["out_trade_no"] == order["number"] and call["status"] == 200 and call["duration_ms"] >= 0
    [start] = [x for x in told["provider_calls"] if x["operation"] == "start"]
    assert start["request_id"], "the buyer's request made it"
    assert [x["reason"] for x in told["refunds"]] == ["asked by the buyer"]
    lines = shop.coinpay("order", "show", order["order_no"]).stdout
    assert "call WECHAT refund" in lines and "NOTIFICATION SUCCEEDED -> CREDITED" in lines
    assert "provider:WECHAT" in lines and "cli:" in lines


def test_old_calls_are_deleted(shop, wechat, buyer):
    shop.sql("INSERT INTO provider_calls (provider, operation, address, http_status, duration_ms, created_at) "
             "VALUES ('WECHAT', 'query', 'https://old.example.com/', 200, 1, NOW(6) - INTERVAL 100 DAY)")
    shop.start_worker()
    shop.wait_ready()
    wait_for(lambda: shop.value("SELECT COUNT(*) FROM provider_calls WHERE address LIKE '%old%'") == "0")


def test_an_order_that_is_not_there_is_said_so(shop):
    for command in (["show"], ["resettle", "--reason", "x"], ["close", "--reason", "x"]):
        result = shop.coinpay("order", command[0], "COIN_20200101_00000000", *command[1:], check=False)
        assert result.returncode == 1 and "there is no order" in result.stderr
