"""What the contract of a provider asks of its played gateway: an adapter for each provider.

An adapter knows the provider's own record of trades and money, in the currency's smallest unit, and what the provider
tells the shop: `letter`, `altered`, `foreign` and `of_other_mode` each give a function that posts one notification,
the same bytes every time, and gives the answer.
"""

import contextlib
import uuid

from .stack import wait_for

# Played by the program itself: there is no gateway whose record could contradict it.
WITHOUT_GATEWAY = {"MOCK"}


class Adapter:
    """One provider, configured in one of its ways (`mode`), and the site that sells by it."""

    # Also of a subclass: `method`, `price` of the first package, `zone` of the days of the books.
    # By `start_field` the buyer is sent on; `start_call` and `refund_call` are how the gateway knows the calls.

    def __init__(self, site, server, mode):
        self.site, self.server, self.mode = site, server, mode

    def order(self, user):
        """A new order, begun at the provider, with the `number` by which the provider knows it."""
        return self.begun(user.order_when_it_works(method=self.method, key=uuid.uuid4().hex))

    def paid(self, user):
        order = self.order(user)
        self.pay(order)
        answer = self.letter(order)()
        assert self.is_accepted(answer), answer.text
        return order

    def lose_answers(self, call):
        if call:
            self.server.misbehave("lose-answer", call)

    def behave(self):
        self.server.behave()

    def finish_refund(self, order):
        """Of a provider whose refunds wait for a bank: the bank's word, and the notification about it."""

    def let_it_be_closed(self, order):
        """What a provider needs before it closes an unpaid trade."""

    @contextlib.contextmanager
    def in_mode(self, mode):
        """The site in another mode than its payments, for a provider whose notifications name none."""
        self.site.environment[f"{self.method}_MODE"] = mode
        self.restart()
        try:
            yield
        finally:
            del self.site.environment[f"{self.method}_MODE"]
            self.restart()

    def restart(self):
        self.site.start_worker()
        self.site.wait_ready()

    def of_other_mode(self, order):
        letter = self.letter(order)

        def post():
            with self.in_mode("sandbox"):
                return letter()
        return post

    def hurry(self):
        """Every open refund is due now."""
        self.site.sql("UPDATE refunds SET next_attempt_at = NOW(6) WHERE next_attempt_at IS NOT NULL")

    def silence(self):
        """No questions: what is not told stays unknown."""
        self.site.sql("UPDATE payments SET next_query_at = NULL")

    def wait_for_refund(self, order, amount):
        """Until the provider has given back so much in all."""
        wait_for(lambda: (self.hurry(), self.refunded(order) == amount)[1])
