"""Addresses that a stranger makes up never lead away, and none is too long to be answered."""

import pytest
import requests

# As nginx and the worker take them: what is longer is refused by nginx itself.
LONG = [500, 1500, 2500, 3500]


def raw(site, path):
    """A path as it is, which a client would tidy up."""
    request = requests.Request("GET", site.base).prepare()
    request.url = site.base + path
    return requests.Session().send(request, allow_redirects=False, timeout=30)


@pytest.mark.parametrize("path", ["//stranger.example/x", "//stranger.example/x?lang=en", "/%2Fstranger.example",
                                  "/\\stranger.example", "///stranger.example"])
def test_nothing_leads_to_a_stranger(site, path):
    answer = raw(site, path)
    for begin in ("//", "/\\", "https://stranger", "http://stranger"):
        assert f'="{begin}' not in answer.text
        assert not answer.headers.get("Location", "").startswith(begin)


@pytest.mark.parametrize("length", LONG)
@pytest.mark.parametrize("text", ["x", "%E9%87%91", "%25", "%2B"])
@pytest.mark.parametrize("path", ["/coin/orders?status={}", "/admin/orders?q={}", "/coin?lang=en&x={}", "/coin/{}?lang=en",
                                  "/login?next=/{}&lang=en"])
def test_a_long_address_is_answered(site, path, text, length):
    answer = raw(site, path.format(text * (length // len(text))))
    assert answer.status_code < 500
    assert len(answer.headers.get("Location", "")) <= 2048
