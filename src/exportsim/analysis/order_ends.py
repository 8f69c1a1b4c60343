"""How the orders of one run ended: which of them came to a fate, to be looked at one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from exportsim.analysis.fates import Mover, fates
from exportsim.analysis.ledger_rows import FACT, rows_of
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
    def complete(self) -> bool:
        """Whether all of it was delivered."""
        return not self.open and not self.under("lost")

    def under(self, fate: str) -> int:
        """Cents whose fate is a certain one, or of a kind: ``lost`` is all of ``lost/…``."""
        return sum(cents for name, cents in self.fates.items() if fate in (name, *name.split("/")))

    def came_to(self, fate: str, other: Ending | None) -> int:
        """Cents of it that came to one of :data:`WHY`, given how it ended under the other policy."""
        if fate == "delayed":
            later = other is not None and self.complete and other.complete and self.ended > other.ended
            return self.under("delivered") if later else 0
        return self.under(fate) if fate != "delivered" or self.complete else 0


#: What may be asked for: orders delivered whole, under both policies and later under the first (``delayed``), or of
#: which some value came to a fate.
WHY = ("delivered", "lost", "refused", "cancelled", "impatient", "unserved", "pending", "delayed")


def endings(plan: Plan, ledger: Ledger) -> dict[tuple[int, int], Ending]:
    """How every order of a run ended."""
    words, rows = fates(plan), rows_of(ledger)
    split: dict[tuple[int, int], dict[str, int]] = {}
    for line, order, fate, cents in Mover(plan).splits(rows).tolist():
        split.setdefault((line, order), {})[words[fate]] = cents
    ends = rows[np.isin(rows[:, FACT], (Fact.DELIVERED, Fact.LOST))]
    last = {(line, order): minute for minute, _, line, order, *_ in ends.tolist()}
    return {
        (line, order): Ending(line, order, minute, last.get((line, order), minute), cents, split[line, order])
        for minute, _, line, order, *_, cents in rows[rows[:, FACT] == Fact.ORDERED].tolist()
    }
