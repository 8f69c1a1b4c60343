"""What a scenario says, worked out anew, not as the compiler or the engines do; for rules of plans and of ledgers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from exportsim.scenario.quantities import Rate
from exportsim.scenario.schema import DemandLine, Scenario

NO_PROGRAMME = "none"
NEARLY = Fraction(1, 10**9)
"""Chances that differ from 1 by no more add up to 1, as far as the checks of a scenario can tell."""


def exact(number: Any) -> Fraction:
    """A number as it was written: 0.1 is a tenth."""
    return Fraction(str(number))


def digest(name: str) -> int:
    """The address of a name: the first eight hexadecimal digits of its SHA-256."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], base=16)


def chances_of(programmes: Mapping[str, float]) -> dict[str, Fraction]:
    """What an order can have, with its chance: programmes in alphabetical order, then none, if that can be."""
    written = {name: exact(programmes[name]) for name in sorted(programmes) if programmes[name] > 0}
    total = sum(written.values(), Fraction(0))
    if abs(total - 1) <= NEARLY:
        return {name: chance / total for name, chance in written.items()}
    return written | {NO_PROGRAMME: 1 - total}


def programmes_of(line: DemandLine, recorded: Iterable[str | None] | None) -> set[str]:
    """What programmes the orders of a line have, if there are any: those of its records, or those with a chance."""
    drawn = set(chances_of(line.programmes))
    if recorded is not None:
        known = set(recorded)
        return {name for name in known if name is not None} | (drawn if None in known else set())
    rates = line.orders.values() if isinstance(line.orders, dict) else [line.orders]
    return drawn if any(isinstance(rate, Rate) and rate.per_year for rate in rates) else set()


def listers_of(scenario: Scenario, policy: str) -> list[str]:
    """The policies that list the measures of one: those that it extends, the lowest first, and itself."""
    found: list[str] = []
    lister: str | None = policy
    while lister is not None:
        found.insert(0, lister)
        lister = scenario.policies[lister].extends
    return found


def luck_of(scenario: Scenario, lister: str) -> list[str]:
    """The names of the luck of the measures that a policy lists: a measure's own, or that of who lists it and where."""
    names = [measure.name for measure in scenario.policies[lister].measures]
    return [f"measure/{name}" if name else f"policy/{lister}/{number}" for number, name in enumerate(names, start=1)]
