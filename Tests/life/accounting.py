"""What every order, refund and wallet has to be in the end, from the orders and the providers' books alone."""

from dataclasses import dataclass


def share(coins, amount, paid):
    """The coins that belong to a part of the money, rounded up."""
    return coins if amount >= paid else -(-coins * amount // paid)


@dataclass(frozen=True)
class Due:
    """What an order has to be: one of some states, with so many coins left in the wallet."""

    states: frozenset
    coins: int


UNPAID = frozenset({"PENDING", "EXPIRED", "CANCELLED", "FAILED"})


def due(coins, bonus, deals):
    """`deals` are the books of every deal of an order, the one that was credited first.

    Every other deal that was paid has to be given back whole.
    """
    paid = [books for books in deals if books.paid]
    if not paid:
        return Due(UNPAID, 0)
    first = paid[0]
    gone = min(first.paid, first.refunded + first.disputed)
    left = coins + bonus - share(coins, gone, first.paid) - share(bonus, gone, first.paid)
    if first.disputed:
        state = "DISPUTED"
    elif first.refunded == first.paid:
        state = "REFUNDED"
    else:
        state = "PARTIALLY_REFUNDED" if first.refunded else "PAID"
    return Due(frozenset({state}), left)
