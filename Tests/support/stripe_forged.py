"""What claims to come from Stripe and must not be believed, and what is genuine but must move no money."""

import hashlib
import hmac
import json
import time

from .stripe_fixtures import WEBHOOK_SECRET, event, intent, sign

LATE_SECONDS = 331


class Forger:
    """Somebody with an unpaid intent who would like it to count as paid."""

    def __init__(self, number, order_no, other_number="pi_other"):
        self.number, self.order_no, self.other_number = number, order_no, other_number
        self.now = int(time.time())
        self.body = self.text()
        self.good = sign(self.body)
        self.t, self.v1 = self.good.split(",")

    def intent(self, **changes):
        return {**intent(self.number, 149, metadata={"order_no": self.order_no, "out_trade_no": self.order_no}),
                **changes}

    def text(self, _intent=None, **changes):
        return json.dumps(event(self.intent(**(_intent or {})), **changes))

    def with_body(self, body):
        """Changed after it was signed."""
        return body, self.good

    def with_header(self, header):
        return self.body, header

    def signed(self, body):
        """With a genuine signature, as if Stripe itself had gone wrong."""
        data = body if isinstance(body, bytes) else body.encode()
        return data, sign(data.decode("utf-8", "surrogateescape")) if data.isascii() else raw_signature(data)

    def replaced(self, old, new):
        assert old in self.body, old
        return self.signed(self.body.replace(old, new, 1))

    def claim(self, **changes):
        return self.signed(self.text(changes))

    def envelope(self, **changes):
        return self.signed(self.text(**changes))


def raw_signature(data):
    """The SDK signs text only."""
    moment = int(time.time())
    code = hmac.new(WEBHOOK_SECRET.encode(), f"{moment}.".encode() + data, hashlib.sha256).hexdigest()
    return f"t={moment},v1={code}"


def other_digit(header, place):
    """The header with another digit at a place of its v1."""
    digits = list(header)
    digits[place] = "0" if digits[place] != "0" else "1"
    return "".join(digits)


# The signature does not prove the body.
UNPROVEN = {
    "no header": lambda f: (f.body, False),
    "no v1": lambda f: f.with_header(f.t),
    "v0 only": lambda f: f.with_header(f.good.replace("v1=", "v0=")),
    "v2 only": lambda f: f.with_header(f.good.replace("v1=", "v2=")),
    "V1 in upper case": lambda f: f.with_header(f.good.replace("v1=", "V1=")),
    "no t": lambda f: f.with_header(f.v1),
    "two t": lambda f: f.with_header(f"{f.t},{f.good}"),
    "two different t": lambda f: f.with_header(f"t={f.now - 1},{f.good}"),
    "t not a number": lambda f: f.with_header(f.good.replace(f.t, "t=now")),
    "t with a sign": lambda f: f.with_header(f.good.replace("t=", "t=+")),
    "t with a space": lambda f: f.with_header(f.good.replace("t=", "t= ")),
    "t with a zero in front": lambda f: f.with_header(f.good.replace("t=", "t=0")),
    "t empty": lambda f: f.with_header(f"t=,{f.v1}"),
    "t huge": lambda f: f.with_header(f"t={'9' * 40},{f.v1}"),
    "t hexadecimal": lambda f: f.with_header(f"t=0x12,{f.v1}"),
    "t with a fraction": lambda f: f.with_header(f"{f.t}.0,{f.v1}"),
    "first digit of the signature": lambda f: f.with_header(other_digit(f.good, -64)),
    "last digit of the signature": lambda f: f.with_header(other_digit(f.good, -1)),
    "signature cut short": lambda f: f.with_header(f.good[:-2]),
    "signature too long": lambda f: f.with_header(f.good + "00"),
    "signature in upper case": lambda f: f.with_header(f"{f.t},v1={f.v1[3:].upper()}"),
    "signature not hex": lambda f: f.with_header(f"{f.t},v1=zz{f.v1[5:]}"),
    "signature empty": lambda f: f.with_header(f"{f.t},v1="),
    "signature of zeros": lambda f: f.with_header(f"{f.t},v1={'0' * 64}"),
    "wrong secret": lambda f: (f.body, sign(f.body, "whsec_other")),
    "secret without its prefix": lambda f: (f.body, sign(f.body, WEBHOOK_SECRET.removeprefix("whsec_"))),
    "empty secret": lambda f: (f.body, sign(f.body, "")),
    "too old": lambda f: (f.body, sign(f.body, timestamp=f.now - LATE_SECONDS)),
    "from the future": lambda f: (f.body, sign(f.body, timestamp=f.now + LATE_SECONDS)),
    "year 1970": lambda f: (f.body, sign(f.body, timestamp=0)),
    "milliseconds": lambda f: (f.body, sign(f.body, timestamp=f.now * 1000)),
    "t of another signature": lambda f: (
        f.body, sign(f.body, timestamp=f.now - 5).replace(f"t={f.now - 5}", f"t={f.now}")),
    "header of 10 kB": lambda f: f.with_header(f.good + ",v1=" + "0" * 10_000),
    "garbage": lambda f: f.with_header("garbage"),
    "commas": lambda f: f.with_header(",,,,"),
    "equals": lambda f: f.with_header("===="),
    "amount changed": lambda f: f.with_body(f.body.replace("149", "148")),
    "order changed": lambda f: f.with_body(f.body.replace("COIN_2", "COIN_3")),
    "space added": lambda f: f.with_body(f.body + " "),
    "newline added": lambda f: f.with_body(f.body + "\n"),
    "BOM added": lambda f: f.with_body("\ufeff" + f.body),
    "NUL added": lambda f: f.with_body(f.body + "\0"),
    "cut off": lambda f: f.with_body(f.body[:-20]),
    "written anew": lambda f: f.with_body(json.dumps(json.loads(f.body), separators=(",", ":"))),
    "written anew with sorted keys": lambda f: f.with_body(json.dumps(json.loads(f.body), sort_keys=True)),
    "empty": lambda f: f.with_body(""),
}

# The signature is genuine; the body is nothing that Stripe would send.
MALFORMED = {
    "nothing": lambda f: f.signed(""),
    "an empty object": lambda f: f.signed("{}"),
    "null": lambda f: f.signed("null"),
    "an array": lambda f: f.signed("[" + f.body + "]"),
    "no JSON": lambda f: f.signed("nonsense"),
    "a form": lambda f: f.signed("id=evt_1&type=payment_intent.succeeded"),
    "BOM": lambda f: f.signed("\ufeff" + f.body),
    "NUL at the end": lambda f: f.signed(f.body + "\0"),
    "NUL inside": lambda f: f.replaced('"usd"', '"us\0d"'),
    "UTF-16": lambda f: f.signed(f.body.encode("utf-16")),
    "cut off": lambda f: f.signed(f.body[:-20]),
    "two events": lambda f: f.signed(f.body + f.body),
    "50,000 brackets": lambda f: f.signed("[" * 50_000),
    "8,000 objects in each other": lambda f: f.signed('{"a":' * 8_000),
    "nesting inside the event": lambda f: f.replaced(
        '"metadata": {', '"x": ' + "[" * 100 + "]" * 100 + ', "metadata": {'),
    "amount twice": lambda f: f.replaced('"amount_received"', '"amount_received": 1, "amount_received"'),
    "amount twice in disguise": lambda f: f.replaced(
        '"amount_received"', '"amount_receive\\u0064": 1, "amount_received"'),
    "type twice": lambda f: f.replaced('"type"', '"type": "customer.created", "type"'),
    "livemode twice": lambda f: f.replaced('"livemode"', '"livemode": true, "livemode"'),
    "amount as text": lambda f: f.claim(amount_received="149"),
    "amount with a fraction": lambda f: f.claim(amount_received=149.5),
    "amount beyond 64 bits": lambda f: f.claim(amount_received=2**64 + 149),
    "amount 1e300": lambda f: f.claim(amount_received=1e300),
    "amount true": lambda f: f.claim(amount_received=True),
    "amount in an array": lambda f: f.claim(amount_received=[149]),
    "NaN": lambda f: f.claim(amount_received=float("nan")),
    "no amount": lambda f: f.claim(amount=None),
    "no currency": lambda f: f.claim(currency=None),
    "no status": lambda f: f.claim(status=None),
    "metadata not text": lambda f: f.claim(metadata={"out_trade_no": 1}),
    "another object": lambda f: f.claim(object="charge"),
    "no object": lambda f: f.signed(json.dumps({**json.loads(f.body), "data": {}})),
    "two modes": lambda f: f.signed(f.text({"livemode": True}, livemode=False)),
    "event id a number": lambda f: f.envelope(event_id=7),
    "intent id empty": lambda f: f.claim(id=""),
}

# Genuine and kept, but contradicting the payment: it waits for an operator. With what the log says.
HELD = {
    "amount too small": (lambda f: f.claim(amount_received=148), "amount"),
    "amount too large": (lambda f: f.claim(amount_received=150), "amount"),
    "amount 0": (lambda f: f.claim(amount_received=0), "amount"),
    "amount below 0": (lambda f: f.claim(amount_received=-149), "amount"),
    "amount -1": (lambda f: f.claim(amount_received=-1), "amount"),
    "amount of 2^32 more": (lambda f: f.claim(amount_received=149 + 2**32), "amount"),
    "amount of 64 bits": (lambda f: f.claim(amount_received=2**63 - 1), "amount"),
    "amount in dollars": (lambda f: f.claim(amount_received=1), "amount"),
    "amount times 100": (lambda f: f.claim(amount_received=14_900), "amount"),
    "amount 1e2": (lambda f: f.replaced('"amount_received": 149', '"amount_received": 1e2'), "amount"),
    "another currency": (lambda f: f.claim(currency="eur"), "currency"),
    "the other currency of ours": (lambda f: f.claim(currency="cny"), "currency"),
    "usdt": (lambda f: f.claim(currency="usdt"), "currency"),
    "no letters": (lambda f: f.claim(currency=""), "currency"),
    "currency with a space": (lambda f: f.claim(currency="usd "), "currency"),
    "invalid UTF-8 in the currency": (
        lambda f: f.signed(f.body.encode().replace(b'"usd"', b'"us\xff"')), "currency"),
    "Chinese currency": (lambda f: f.claim(currency="\u5143"), "currency"),
    "long currency": (lambda f: f.claim(currency="u" * 5000), "currency"),
    "live mode": (lambda f: f.signed(f.text({"livemode": True})), "live_mode"),
    "a connected account": (lambda f: f.envelope(account="acct_other"), "merchant_account"),
    "a foreign intent with our metadata": (lambda f: f.claim(id="pi_foreign" + f.order_no), "transaction_id"),
}

# Genuine and acknowledged, and nothing comes of it.
NOTHING = {
    "an unknown type": lambda f: f.envelope(kind="payment_intent.invented"),
    "the type in upper case": lambda f: f.envelope(kind="PAYMENT_INTENT.SUCCEEDED"),
    "the type with a space": lambda f: f.envelope(kind="payment_intent.succeeded "),
    "of an intent that was made": lambda f: f.envelope(kind="payment_intent.created"),
    "of a customer": lambda f: f.envelope(kind="customer.created"),
    "a thin event": lambda f: f.envelope(object="v2.core.event"),
    "succeeded in the type only": lambda f: f.signed(f.text({"status": "processing"})),
    "status in upper case": lambda f: f.claim(status="SUCCEEDED"),
    "status unheard of": lambda f: f.claim(status="partially_succeeded"),
    "waiting for capture": lambda f: f.claim(status="requires_capture"),
    "an intent that is nobody's": lambda f: f.claim(id=f.other_number, metadata={}),
    "another shop's number": lambda f: f.claim(id=f.other_number, metadata={"out_trade_no": "x" * 300}),
    "a session that is nobody's": lambda f: f.signed(json.dumps(event(
        {"id": "cs_test_nobody" + f.order_no, "object": "checkout.session", "mode": "payment", "status": "complete",
         "payment_status": "paid", "amount_total": 149, "currency": "usd", "livemode": False,
         "client_reference_id": None, "payment_intent": f.number, "url": None}, "checkout.session.completed"))),
    "a subscription": lambda f: f.signed(json.dumps(event(
        {"id": "cs_test_x", "object": "checkout.session", "mode": "subscription", "status": "complete",
         "payment_status": "paid", "amount_total": 149, "currency": "usd", "livemode": False,
         "client_reference_id": f.order_no, "payment_intent": None, "url": None}, "checkout.session.completed"))),
    "an intent that says it is of a session": lambda f: f.claim(
        metadata={"out_trade_no": f.order_no, "checkout": "session"}),
}

# Genuine, about a payment of ours, and with a number that no column can keep: stored as far as it can be read, and parked.
UNSTORABLE = {
    "event id with a space": lambda f: f.envelope(event_id="evt with space"),
    "event id of 200": lambda f: f.envelope(event_id="e" * 200),
    "intent id not ASCII": lambda f: f.claim(id="pi_1\u4e2d"),
    "event id of 300": lambda f: f.envelope(event_id="evt_" + "e" * 300),
    "event id of a family": lambda f: f.envelope(event_id="evt_👨‍👩‍👧‍👦"),
    "event id with control characters": lambda f: f.envelope(event_id="evt_\r\n\x1b"),
    "intent id of 300": lambda f: f.claim(id="pi_" + "1" * 300),
    "intent id with control characters": lambda f: f.claim(id="pi_\x01"),
    "order number of 300": lambda f: f.claim(metadata={"out_trade_no": f.order_no + "0" * 280}),
    "order number with a family": lambda f: f.claim(metadata={"out_trade_no": f.order_no + "👨‍👩‍👧‍👦"}),
    "account of 300": lambda f: f.envelope(account="acct_" + "1" * 300),
}
