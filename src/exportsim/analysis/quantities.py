"""The quantities of the monthly series: what each is, and which facts of a ledger it is made of."""

from __future__ import annotations

from typing import NamedTuple

from exportsim.lifecycle import Fact


class Quantity(NamedTuple):
    """One quantity of the series."""

    name: str
    what: str
    facts: tuple[Fact, ...] = ()
    """With which it flows, or after which an order stands in it."""
    stock: bool = False
    """Standing at the end of the month, rather than flowing in it."""


SPEND, OPEN = "spend", "open"

#: Every quantity, in the order of its number.
SERIES: tuple[Quantity, ...] = (
    Quantity("ordered", "orders placed, and their value", (Fact.ORDERED,)),
    Quantity("applied", "applications made, and the value applied for", (Fact.APPLIED,)),
    Quantity(
        "approved",
        "permits issued (without application in exempt cells), and the value authorised",
        (Fact.APPROVED,),
    ),
    Quantity("denied", "applications denied, and the value that was open", (Fact.DENIED,)),
    Quantity(
        "withdrawn",
        "attempts ended by the buyer's patience in review or suspension, and the value open",
        (Fact.WITHDRAWN,),
    ),
    Quantity("cancelled", "permits cancelled, and the value authorised and undelivered", (Fact.CANCELLED,)),
    Quantity("expired", "permits expired, and the value authorised and undelivered", (Fact.EXPIRED,)),
    Quantity("delivered", "parts delivered, and their value", (Fact.DELIVERED,)),
    Quantity("lost", "orders of which nobody will deliver the rest, and the value of the rest", (Fact.LOST,)),
    Quantity(SPEND, "what buyers pay for the parts delivered: value × price"),
    Quantity(
        "in_review",
        "applications at a stage of review, and the value applied for",
        (Fact.APPLIED, Fact.REFERRED),
        stock=True,
    ),
    Quantity("held", "applications reviewed and undecided, and the value applied for", (Fact.HELD,), stock=True),
    Quantity(
        "in_force",
        "permits in force and not used up, and the value authorised and undelivered",
        (Fact.APPROVED, Fact.REINSTATED, Fact.DELIVERED),
        stock=True,
    ),
    Quantity("suspended", "permits suspended, and the value authorised and undelivered", (Fact.SUSPENDED,), stock=True),
    Quantity("unserved", "orders that no source may serve now, and the value open", (Fact.UNSERVED,), stock=True),
    Quantity(OPEN, "orders neither delivered nor lost, and the value open", stock=True),
)
#: Where each quantity is in a table that plays are counted into: what one fact changes lies side by side. In the slot
#: of what is open stands what is in no other stock, since an order that is open stands in one of them or in none.
SLOT = {
    name: slot
    for slot, name in enumerate(
        (
            *("delivered", "spend", "in_force", "open"),
            *("ordered", "applied", "in_review", "approved"),
            *("held", "denied", "withdrawn", "suspended"),
            *("cancelled", "expired", "lost", "unserved"),
        )
    )
}
