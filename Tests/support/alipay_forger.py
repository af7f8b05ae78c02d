"""Somebody who sends our route what Alipay never would. Signatures are the SDK's, over whatever bytes are wished."""

import base64
from dataclasses import dataclass
from urllib.parse import quote_plus

from .alipay import AlipayServer, Notice

# A genuine notification that contradicts the payment: kept, and the payment waits for an operator.
HELD = "held"
# Genuine, kept, and about no payment of ours.
NOBODYS = "nobody's"
# Genuine, and by its number another software's of the same account: counted and not kept.
FOREIGN = "foreign"
# Genuine, and without money; kept or not, it moves nothing.
WITHOUT_MONEY = "without money"


def as_bytes(text, charset="utf-8"):
    return text if isinstance(text, bytes) else text.encode(charset)


def form(pairs, charset="utf-8"):
    """Names and values as texts or bytes, encoded once."""
    return b"&".join(
        as_bytes(quote_plus(as_bytes(name, charset)) + "=" + quote_plus(as_bytes(value, charset)))
        for name, value in pairs)


@dataclass
class Forger:
    """Somebody with an unpaid trade who would like it to count as paid."""

    alipay: AlipayServer
    mode: str
    number: str
    url: str
    other_app_id: str

    def fields(self, **changes):
        """Of a notification about a payment that never was; a change to None takes a field away."""
        told = self.alipay.control("facts", mode=self.mode, out_trade_no=self.number, pretend_paid=True)
        return {name: value for name, value in {**told, **changes}.items() if value is not None}

    def content(self, fields, kept=(), charset="utf-8"):
        """The text to be signed; `kept` are fields that do not belong into it and stay in all the same."""
        left_out = {"sign", "sign_type"} - set(kept)
        signed = {n: v for n, v in fields.items() if n not in left_out and (v or n in kept)}
        return b"&".join(
            as_bytes(name) + b"=" + as_bytes(signed[name], charset) for name in sorted(signed))

    def sign(self, data, **options):
        return self.alipay.sign(self.mode, data, **options)

    def notice(self, body, content_type="application/x-www-form-urlencoded; charset=utf-8"):
        return Notice(self.url, as_bytes(body), content_type)

    def pairs(self, fields, kept=(), charset="utf-8", **options):
        """The fields in their order, with the signature last."""
        return [*fields.items(), ("sign", self.sign(self.content(fields, kept, charset), **options))]

    def signed(self, charset="utf-8", kept=(), signer="alipay", algorithm="RSA2", **changes):
        """A notification in which the changes are signed in earnest."""
        fields = self.fields(**changes)
        return self.notice(form(
            self.pairs(fields, kept, charset, signer=signer, sign_type=algorithm), charset))

    def signed_over(self, rewrite, **changes):
        """A notification whose signature is in earnest, but over another text."""
        fields = self.fields(**changes)
        return self.notice(form([*fields.items(), ("sign", self.sign(rewrite(self.content(fields), fields)))]))

    def changed(self, old, new, **changes):
        """A part of the body changed after signing."""
        body = self.signed(**changes).body
        assert as_bytes(old) in body, (old, body)
        return self.notice(body.replace(as_bytes(old), as_bytes(new)))

    def with_signature(self, change):
        """With a signature that was changed."""
        fields = self.fields()
        return self.notice(form([*fields.items(), ("sign", change(self.sign(self.content(fields))))]))

    def with_bit(self, position):
        """With one bit of the signature's bytes flipped."""
        def flip(signature):
            data = bytearray(base64.b64decode(signature))
            data[position] ^= 1
            return base64.b64encode(data).decode()
        return self.with_signature(flip)

    def with_plus_unescaped(self):
        """The signature as it is: every plus sign in it means a space."""
        while True:
            fields = self.fields()
            signature = self.sign(self.content(fields))
            if "+" in signature:
                return self.notice(form(fields.items()) + b"&sign=" + signature.encode())

    def extended(self, text):
        """With an addition to the body after signing."""
        return self.notice(self.signed().body + as_bytes(text))

    def preceded(self, text):
        return self.notice(as_bytes(text) + self.signed().body)

    def form_twice_encoded(self):
        pairs = self.pairs(self.fields())
        return self.notice(form((name, quote_plus(as_bytes(value))) for name, value in pairs))

    def as_type(self, content_type):
        return self.notice(self.signed().body, content_type)
