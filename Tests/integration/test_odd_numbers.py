"""Odd numbers in every parameter, path and body of every route: each is answered, and no process dies of one."""

import itertools
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.stack import ROOT, Client, Stack

SMALLEST, LARGEST = -2**63, 2**63 - 1
# What traps in arithmetic: the ends of 64 bits, as such and as the parts of a cursor or a date.
TRAPS = [str(SMALLEST), str(LARGEST), f"{SMALLEST + 1}_1", f"{LARGEST}_{LARGEST}"]
OTHERS = ["", "金币", "\U0001f469\u200d\U0001f467", "Ä", "'", "%", "\u202e1", "-", "-0", "-1", "0", "1_" + str(SMALLEST), str(2**53 + 1), "9" * 400, "1e400", "-1e-400", "NaN", "0x7f",
          "９", "+1", "9999-12-31", "0001-01-01", "-9999-01-01", f"{LARGEST}-01-01", "1970-01-01", "9999999999"]
NUMBERS = [SMALLEST, SMALLEST + 1, -1, 0, 2**53 + 1, LARGEST, LARGEST + 1, 10**400, 1.5, 1e308]
# They end the session, or the sale, that the other requests need.
LEFT_OUT = re.compile("logout|stop-payments")


def sources(*rooms):
    return "\n".join(path.read_text() for room in rooms for path in sorted((ROOT / "Sources" / room).glob("*.swift")))


def routes():
    """Method and pattern of every address that the worker answers."""
    text = sources("Routes", "AdminRoutes")
    rows = re.findall(r"\bRow\(\s*\.(\w+),\s*\"(/[^\"]*)\"", text) + re.findall(
        r"\.(get|post)\(\s*\"(/(?:api/)?admin[^\"]*)\"", text)
    return sorted({row for row in rows if not LEFT_OUT.search(row[1])})


def parameters():
    """Every name that a route looks up in an address."""
    found = re.findall(r"query\[\"(\w+)\"\]|(?:filter|choice|startOfDay|field|number|midnight|day)\(\s*(?:call, )?\"(\w+)\"",
                       sources("Routes", "AdminRoutes"))
    return sorted({name for pair in found for name in pair if name})


def members():
    """Every member of a body that a route reads, with its type."""
    text = sources("Routes", "AdminRoutes")
    found = {}
    for body in re.findall(r"struct \w+: Decodable \{(.*?)\n  ?\}", text, re.S):
        for name, kind in re.findall(r"let (\w+): (\w+)", body):
            found[re.sub("([A-Z])", lambda m: "_" + m[1].lower(), name)] = kind
    return found


def body(number):
    values = {"OutsideNumber": number, "Bool": True}
    return {name: values.get(kind, "CNY:1.00" if name == "prices" else "1") for name, kind in members().items()}


@pytest.fixture(scope="module")
def odd_site():
    with Stack("odd-numbers") as stack:
        yield stack


@pytest.fixture(scope="module")
def admin(odd_site):
    return odd_site.client("admin", "admin-password")


def ask_all(site, admin, requests):
    """Sends requests of (method, path, options); none may be answered as a fault or end the worker."""
    worker = site.pid("worker")

    def ask(request):
        method, path, options = request
        client = Client(site.base)
        client.session.cookies.update(admin.session.cookies)
        answer = client.session.request(method.upper(), site.base + path, timeout=60, allow_redirects=False, **options)
        return answer.status_code, method, path, options

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, requests))
    os.kill(worker, 0)
    assert site.pid("worker") == worker
    assert len(answers) == len(requests) > 100
    assert {(answer[0], answer[1], answer[2][:200]): answer[3] for answer in answers if answer[0] >= 500} == {}


def test_the_sources_are_understood():
    assert len(routes()) > 80
    assert {"offset", "after", "page", "per_page", "from", "to", "until", "after_order"} <= set(parameters())
    assert members()["package_id"] == "OutsideNumber"


def test_parameters(odd_site, admin):
    gets = [pattern.replace("{", "").replace("}", "") for method, pattern in routes() if method == "get"]
    traps = itertools.product(gets, parameters(), TRAPS)
    lists = [path for path in gets if re.search("orders|transactions|export|audit|reconciliation|statistics|users", path)]
    others = itertools.product(lists, ["q", "actor", "action", "subject", "after", "offset", "page", "from", "to", "until", "after_entry"], OTHERS)
    ask_all(odd_site, admin, [("get", path, {"params": {name: value, **({"from": "2026-01-01"} if name == "offset" else {})}})
                              for path, name, value in itertools.chain(traps, others)])


def test_paths(odd_site, admin):
    odd = [*TRAPS, *(value for value in OTHERS if value)]
    ask_all(odd_site, admin, [
        (method, re.sub(r"\{\w+\}", value, pattern), {} if method == "get" else {"json": body(1)})
        for method, pattern in routes() if "{" in pattern for value in odd])


def test_bodies(odd_site, admin):
    ask_all(odd_site, admin, [
        (method, re.sub(r"\{\w+\}", "1", pattern), {"json": body(number)})
        for method, pattern in routes() if method in ("post", "put") for number in NUMBERS])


def test_forms(odd_site, admin):
    page = admin.session.get(odd_site.base + "/coin").text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    forms = [pattern for method, pattern in routes() if method == "post" and not pattern.startswith("/api")]
    ask_all(odd_site, admin, [
        ("post", pattern.replace("{order_no}", "COIN_20260101_00000000"),
         {"data": {**fields, "payment_method": "ALIPAY", "key": "1", "package_id": value}})
        for pattern in forms for value in [*TRAPS, *OTHERS]])
