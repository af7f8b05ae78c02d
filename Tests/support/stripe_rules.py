"""What Stripe's documentation asks of a request: its headers and its parameters."""

import re

import stripe

METADATA_KEYS_MAX, METADATA_KEY_MAX, METADATA_VALUE_MAX = 50, 40, 500
AMOUNT_MIN, AMOUNT_MAX = 50, 99_999_999
PAGE_MAX = 100
REFUND_REASONS = {"duplicate", "fraudulent", "requested_by_customer"}
CANCEL_REASONS = {"duplicate", "fraudulent", "requested_by_customer", "abandoned"}
METADATA = r"metadata\[[^\[\]]+\]"
EXPAND = r"expand\[\d*\]"

# The parameters that each endpoint of the fake knows.
KNOWN = {
    "create_intent": rf"amount|currency|automatic_payment_methods\[enabled\]|description|{METADATA}|{EXPAND}",
    "cancel_intent": rf"cancellation_reason|{EXPAND}",
    "create_session":
        r"mode|client_reference_id|success_url|cancel_url|expires_at|line_items\[\d\]\[quantity\]|"
        r"line_items\[\d\]\[price_data\]\[(currency|unit_amount|product_data\]\[name)\]|"
        rf"{METADATA}|payment_intent_data\[(description|metadata\]\[[^\[\]]+)\]|{EXPAND}",
    "expire_session": EXPAND,
    "create_refund": rf"payment_intent|amount|reason|{METADATA}|{EXPAND}",
    "retrieve": EXPAND,
    "destinations": r"limit|page|include\[\d\]",
    "list": rf"limit|starting_after|payment_intent|type|created\[(gt|gte|lt|lte)\]|{EXPAND}",
}


class Refusal(Exception):
    """An answer of Stripe's that says no."""

    def __init__(self, status, kind, code, message, param=None, is_stored=False):
        super().__init__(message)
        self.status, self.is_stored = status, is_stored
        self.error = {"type": kind, "code": code, "message": message, "param": param, "doc_url": "https://stripe.com"}


def invalid(code, message, param=None):
    """Refused before the endpoint began: an idempotency key does not remember it."""
    return Refusal(400, "invalid_request_error", code, message, param)


def conflict(code, message):
    """Refused by the state of things, after the endpoint began."""
    return Refusal(400, "invalid_request_error", code, message, is_stored=True)


def missing(thing, number):
    return Refusal(404, "invalid_request_error", "resource_missing", f"No such {thing}: '{number}'", "id")


def header_problems(method, headers):
    problems = []
    if not re.fullmatch(r"Bearer (sk|rk)_test_\w+", headers.get("Authorization", "")):
        problems.append("Authorization")
    if headers.get("Stripe-Version") != stripe.api_version:
        problems.append("Stripe-Version")
    if method == "POST":
        if headers.get("Content-Type") != "application/x-www-form-urlencoded":
            problems.append("Content-Type")
        if not 1 <= len(headers.get("Idempotency-Key", "")) <= 255:
            problems.append("Idempotency-Key")
    return problems


def check_names(endpoint, fields):
    known = re.compile(KNOWN[endpoint])
    for name in fields:
        if not known.fullmatch(name):
            raise invalid("parameter_unknown", f"Received unknown parameter: {name}", name)


def required(fields, name):
    if not fields.get(name):
        raise invalid("parameter_missing", f"Missing required param: {name}.", name)
    return fields[name]


def integer(text, name, low, high):
    if not re.fullmatch(r"-?\d{1,18}", text or ""):
        raise invalid("parameter_invalid_integer", f"Invalid integer: {text}", name)
    if int(text) < low:
        raise invalid("amount_too_small" if name == "amount" else "parameter_invalid", f"{name} is too small", name)
    if int(text) > high:
        raise invalid("amount_too_large" if name == "amount" else "parameter_invalid", f"{name} is too large", name)
    return int(text)


def currency(text, name):
    if not re.fullmatch(r"[a-z]{3}", text):
        raise invalid("invalid_currency", f"Invalid currency: {text}", name)
    return text


def choice(text, name, choices):
    if text is not None and text not in choices:
        raise invalid("parameter_invalid", f"Invalid {name}: must be one of {sorted(choices)}", name)
    return text


def text(value, name, characters_max):
    if value is not None and len(value) > characters_max:
        raise invalid("parameter_invalid_string_too_long", f"{name} is too long", name)
    return value


def address(value, name):
    if not re.match(r"https?://[^/]+/", value):
        raise invalid("url_invalid", f"Not a valid URL: {value}", name)
    return text(value, name, 5000)


def metadata(fields, prefix="metadata"):
    pattern = re.compile(re.escape(prefix) + r"\[([^\[\]]+)\]")
    found = {match[1]: value for name, value in fields.items() if (match := pattern.fullmatch(name))}
    if len(found) > METADATA_KEYS_MAX:
        raise invalid("parameter_invalid", "Metadata can have up to 50 keys", prefix)
    for key, value in found.items():
        text(key, f"{prefix} key", METADATA_KEY_MAX)
        text(value, f"{prefix}[{key}]", METADATA_VALUE_MAX)
    return found
