"""What a scenario says, worked out anew, not as the compiler or the engines do; for rules of plans and of ledgers."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from exportsim.scenario.quantities import Rate
from exportsim.scenario.schema import DemandLine, Measure, Scenario, Scope

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


def first_day(scenario: Scenario) -> date:
    """The day in whose first minute the run begins."""
    return scenario.period.start - timedelta(days=math.ceil(scenario.period.warm_up.minutes / 1440))


def is_announced(scenario: Scenario, measure: Measure) -> bool:
    """Whether orders may come ahead of a measure that makes things worse for them: it is announced, and of the run."""
    of_the_run = measure.on is not None and measure.on > first_day(scenario)
    return measure.announced is not None and of_the_run


def is_worse(scenario: Scenario, measure: Measure, authority: str) -> bool:
    """Whether a measure makes things worse for those who need a permit of an authority."""
    approval, written = measure.approval, scenario.authorities.get(authority)  # which a wrong plan may not have
    if written is not None and approval not in (None, "standard") and exact(approval) < exact(written.approval):
        return True
    own = [] if written is None else [*written.review, *(written.case_by_case.review if written.case_by_case else ())]
    for stage in own:
        factor = measure.work.get(stage.stage) if isinstance(measure.work, dict) else measure.work
        if factor not in (None, "standard") and exact(factor) > 1:
            return True
    stopped = measure.applications in ("case_by_case", "hold", "deny") or measure.permits == "suspended"
    return stopped or measure.cancel is not None


class Stated(NamedTuple):
    """A measure as it holds under a policy."""

    measure: Measure
    exceptions: list[Scope]
    luck: str
    """The name of its luck: its own, or that of who lists it and where."""


def stated_measures(scenario: Scenario, policy: str) -> list[Stated]:
    """The history, which nothing is excepted from, what a policy takes over, less its exceptions, and its own measures.

    Those of days before the run, which act together in its first minute, stand at the head, by their days.
    """
    found: list[Stated] = []
    for lister in listers_of(scenario, policy):
        written = scenario.policies[lister]
        found = [each._replace(exceptions=each.exceptions + written.except_) for each in found]
        found += _stated(written.measures, f"policy/{lister}")
    found = _stated(scenario.history, "history") + found
    begins = first_day(scenario)
    early = [each for each in found if each.measure.on is not None and each.measure.on < begins]
    days = sorted({each.measure.on for each in early if each.measure.on is not None})
    return [each for day in days for each in early if each.measure.on == day] + [
        each for each in found if each not in early
    ]


def _stated(measures: list[Measure], lister: str) -> list[Stated]:
    return [
        Stated(measure, list(measure.except_), f"measure/{measure.name}" if measure.name else f"{lister}/{number}")
        for number, measure in enumerate(measures, start=1)
    ]
