"""What WeChat Pay's documentation asks of the fields of a request, whatever its version."""

import datetime
import ipaddress
import re
import urllib.parse

from .wechat_book import BEIJING, beijing_now

OUT_TRADE_NO = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
OUT_REFUND_NO = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
NONCE = re.compile(r"[0-9A-Za-z]{1,32}")
CLOCK_SECONDS_MAX = 300


def is_address(text):
    try:
        return not ipaddress.ip_address(text).is_unspecified
    except ValueError:
        return False


def is_notify_url(text):
    """Public https, or this machine; without query and fragment, at most 255 characters."""
    try:
        parts = urllib.parse.urlsplit(text)
    except ValueError:
        return False
    is_loopback = parts.hostname in ("localhost", "127.0.0.1")
    return (len(text) <= 255 and bool(parts.hostname) and "?" not in text and "#" not in text
            and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback)))


def is_text(text, characters_max):
    return isinstance(text, str) and 1 <= len(text) <= characters_max and not re.search(r"[\x00-\x1f\x7f]", text)


def is_current(seconds_text):
    return (re.fullmatch(r"\d{10}", seconds_text) is not None
            and abs(int(seconds_text) - datetime.datetime.now().timestamp()) < CLOCK_SECONDS_MAX)


def compact_time(text):
    """`yyyyMMddHHmmss` in Beijing time; None when it is none."""
    if not re.fullmatch(r"\d{14}", text or ""):
        return None
    try:
        return datetime.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
    except ValueError:
        return None


def offset_time(text):
    """RFC 3339 in whole seconds with the offset of Beijing; None when it is none."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", text):
        return None
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return None


def is_payable_until(moment):
    """More than a minute and at most fifteen days ahead."""
    ahead = (moment - beijing_now()).total_seconds()
    return 60 < ahead <= 15 * 86_400
