"""How the orders of one run ended: which of them came to a fate, to be looked at one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from exportsim.analysis.fates import Mover, fates
from exportsim.analysis.ledger_rows import rows_of
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import Plan


class Ending(NamedTuple):
    """How one order ended under one policy."""

    line: int
    order: int
    ordered: int  # minute
    ended: int  # minute of its last delivery or of its loss, its arrival if there is neither
    cents: int
    fates: Mapping[str, int]  # cents by fate, as in exportsim.analysis.fates

    @property
    def open(self) -> bool:
        """Whether some of it is open at the end of the period."""
        return "pending" in self.fates

    @property
    def whole(self) -> bool:
        """Whether all of it was delivered."""
        return not self.open and not self.under("lost")

    def under(self, fate: str) -> int:
        """Cents whose fate is a certain one, or of a kind: ``lost`` is all of ``lost/…``."""
        return sum(cents for name, cents in self.fates.items() if fate in (name, *name.split("/")))


#: What may be asked for: the cents of an order that ended so, given its ending and that under the other policy.
WHY: dict[str, Callable[[Ending, Ending | None], int]] = {
    "delivered": lambda here, _: here.under("delivered") if here.whole else 0,
    "lost": lambda here, _: here.under("lost"),
    "refused": lambda here, _: here.under("refused"),
    "cancelled": lambda here, _: here.under("cancelled"),
    "impatient": lambda here, _: here.under("impatient"),
    "unserved": lambda here, _: here.under("unserved"),
    "pending": lambda here, _: here.under("pending"),
    "delayed": lambda here, there: here.under("delivered") if there is not None and _later(here, there) else 0,
}


def _later(here: Ending, there: Ending) -> bool:
    """Whether an order was delivered whole in both, and later here."""
    return here.whole and there.whole and here.ended > there.ended


def endings(plan: Plan, ledger: Ledger) -> dict[tuple[int, int], Ending]:
    """How every order of a run ended."""
    mover, words = Mover(plan), fates(plan)
    split: dict[tuple[int, int], dict[str, int]] = {}
    for line, order, place, cents in mover.splits(rows_of(ledger)).tolist():
        fate = words[mover.layout.policy[mover.layout.cell_first[line] + place]]
        split.setdefault((line, order), {})[fate] = cents
    last: dict[tuple[int, int], int] = {}
    for row in np.flatnonzero(np.isin(ledger.fact, (Fact.DELIVERED, Fact.LOST))).tolist():
        last[int(ledger.line[row]), int(ledger.order[row])] = int(ledger.minute[row])
    found = {}
    for row in np.flatnonzero(ledger.fact == Fact.ORDERED).tolist():
        key = int(ledger.line[row]), int(ledger.order[row])
        minute = int(ledger.minute[row])
        found[key] = Ending(*key, minute, last.get(key, minute), int(ledger.amount[row]), split[key])
    return found
