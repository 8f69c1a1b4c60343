"""Whose hands orders change between two policies, in money: read from the fates, for exports of some authorities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from exportsim.analysis.counting_tables import licensing
from exportsim.analysis.fates import fates
from exportsim.study.order_by_order import moved_by_line
from exportsim.study.result import Result

DELIVERED, LOST, PENDING, BEFORE = "delivered", "lost", "pending", "before"

Fate = tuple[str, str]  # a kind, and the supplier, or why it is lost


class MovedOrders:
    """By how much orders have other fates under a policy than under the reference: means of a future.

    Attributes
    ----------
    away : Counter
        Of what is exported under the reference and not under the policy: by its fate under the policy.
    gained : Counter
        Of what is exported under the policy alone: by its fate under the reference.
    moves : Counter
        All that has another fate, by its fates under both.
    """

    def __init__(self, result: Result, policy: str, authorities: Sequence[str]) -> None:
        names, licensed = result.plan.names, licensing(result.plan)
        reached = {names.authorities.index(name) for name in authorities}
        known = [_fate(name) for name in fates(result.plan)]

        def exported(line: int, fate: Fate) -> bool:
            if fate[0] != DELIVERED:
                return False
            return int(licensed[line, names.suppliers.index(fate[1])]) in reached

        self.away: Counter[Fate] = Counter()
        self.gained: Counter[Fate] = Counter()
        self.moves: Counter[tuple[Fate, Fate]] = Counter()
        for line, *ends, cents in moved_by_line(result, policy):
            there, here = (known[fate] for fate in ends)
            if there == here:
                continue
            value: Any = cents / (100 * result.futures)  # a Counter is typed as one of whole numbers
            self.moves[there, here] += value
            before, after = exported(line, there), exported(line, here)
            if before and not after:
                self.away[here] += value
            elif after and not before:
                self.gained[there] += value


def _fate(name: str) -> Fate:
    kind, _, part = name.partition("/")
    return kind, part
