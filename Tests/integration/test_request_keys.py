"""A request key stands for one wish of an operator, whole, also when two use it at the same moment."""

import concurrent.futures
import threading
import uuid

import pytest

from support.console import Operator
from support.stack import Client, Stack


@pytest.fixture(scope="module")
def site():
    with Stack("request-keys", COINPAY_TWO_PERSONS_ABOVE="CNY:1000.00") as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture(scope="module")
def operator(site):
    return Operator(site, "operator")


@pytest.fixture
def buyer(site):
    return site.new_user()


@pytest.fixture
def key():
    return uuid.uuid4().hex


def paid(buyer):
    order = buyer.order()
    buyer.data(buyer.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    return order["order_no"]


def refund(number, key, **more):
    return f"/api/admin/orders/{number}/refund", {"reason": "test", "rule": "take-back", "key": key, **more}


def word(number, key, **more):
    return f"/api/admin/orders/{number}/confirm", {"out_trade_no": number, "reason": "test", "key": key, **more}


def coins(user, key, number=5, **more):
    return f"/api/admin/users/{user.username}/grant", {"coins": number, "reason": "test", "key": key, **more}


def at_once(operator, wishes):
    """Each on a connection of its own."""
    ready = threading.Barrier(len(wishes))

    def send(wish):
        client = Client(operator.base)
        client.session.cookies.update(operator.session.cookies)
        client.get("/healthz")
        ready.wait()
        return client.post(*wish)

    with concurrent.futures.ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(send, wishes))


def reused(answer):
    return answer.status_code == 409 and answer.json()["error"]["code"] == "KEY_REUSED"


@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.parametrize("wish", [refund, word])
def test_one_key_for_two_orders_at_the_same_moment_is_one_deed(operator, buyer, key, wish, attempt):
    numbers = [paid(buyer) if wish is refund else buyer.order()["order_no"] for _ in range(2)]
    answers = at_once(operator, [wish(number, key) for number in numbers])
    assert sorted(a.status_code for a in answers) == [200, 409], [a.text for a in answers]
    assert sum(map(reused, answers)) == 1


@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.parametrize("wish", [refund, word])
def test_a_double_click_gets_the_first_answer_twice(operator, buyer, key, wish, attempt):
    number = paid(buyer) if wish is refund else buyer.order()["order_no"]
    answers = at_once(operator, [wish(number, key)] * 4)
    assert [a.status_code for a in answers] == [200] * 4, [a.text for a in answers]
    told = [{k: v for k, v in a.json()["data"].items() if k not in ("status", "notice")} for a in answers]
    assert all(data == told[0] for data in told)
    again = operator.post(*wish(number, key))
    assert again.status_code == 200 and buyer.balance() == (0 if wish is refund else 100)


def test_coins_under_one_key_at_the_same_moment_are_given_once(site, operator, buyer, key):
    other = site.new_user()
    answers = at_once(operator, [coins(buyer, key), coins(other, key)])
    assert sorted(a.status_code for a in answers) == [200, 409] and sum(map(reused, answers)) == 1
    assert buyer.balance() + other.balance() == 5


def test_another_wish_under_the_key_of_a_refund_is_refused(operator, buyer, key):
    number = paid(buyer)
    first = operator.data(operator.post(*refund(number, key, amount="1.00")))
    for wish in (refund(number, key), refund(number, key, amount="1.01"), refund(number, key, amount="1.00", rule="leave"),
                 refund(number, key, amount="1.00", reason="another"), refund(paid(buyer), key, amount="1.00"),
                 word(buyer.order()["order_no"], key), coins(buyer, key)):
        assert reused(operator.post(*wish)), wish
    again = operator.post(*refund(number, key, amount="1.00"))
    assert again.json()["data"]["refund_no"] == first["refund_no"]


def test_a_refund_of_all_that_is_left_is_not_one_of_that_amount(site, operator, buyer, key):
    number = paid(buyer)
    assert operator.post(*refund(number, key)).status_code == 200
    assert reused(operator.post(*refund(number, key, amount="9.90")))
    assert operator.post(*refund(number, key)).status_code == 200
    other = paid(buyer)
    site.coinpay("refund", other, "--reason", "test", "--amount", "1.00", "--key", key + "x")
    site.coinpay("refund", other, "--reason", "test", "--amount", "1.00", "--key", key + "x")
    for changed in ([], ["--amount", "2.00"], ["--amount", "1.00", "--rule", "leave"]):
        said = site.coinpay("refund", other, "--reason", "test", *changed, "--key", key + "x", check=False)
        assert said.returncode == 1 and "belongs to another wish" in said.stderr, changed


def test_another_wish_under_the_key_of_a_word_is_refused(operator, buyer, key):
    number = buyer.order()["order_no"]
    first = operator.post(*word(number, key, provider_txn_id=f"AAA-{key}"))
    assert first.status_code == 200
    for wish in (word(number, key), word(number, key, provider_txn_id=f"BBB-{key}"),
                 word(number, key, provider_txn_id=f"AAA-{key}", reason="another"),
                 word(buyer.order()["order_no"], key), refund(paid(buyer), key), coins(buyer, key)):
        assert reused(operator.post(*wish)), wish
    assert operator.post(*word(number, key, provider_txn_id=f"AAA-{key}")).json() == first.json()


def test_another_wish_under_the_key_of_coins_is_refused(operator, buyer, key):
    assert operator.post(*coins(buyer, key)).status_code == 200
    for wish in (coins(buyer, key, 6), coins(buyer, key, reason="another"), refund(paid(buyer), key),
                 word(buyer.order()["order_no"], key)):
        assert reused(operator.post(*wish)), wish
    assert operator.post(*coins(buyer, key)).status_code == 200
