"""What a scenario says that matters, and how much: a weighted sum of outcomes, in money.

Money is weighed by a number, anything else by an amount of money: what a day, one incident, or a whole share of 1 is to
count. So nothing is added to money that is none. Nothing that is played depends on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Annotated

from pydantic import Field
from pydantic_core import PydanticCustomError

from exportsim.outcomes import DAYS, MONEY, NUMBER, SHARE, row
from exportsim.scenario.distributions import impossible
from exportsim.scenario.fields import Part, TextOrNumber
from exportsim.scenario.marks import meant
from exportsim.scenario.messages import Complaint
from exportsim.scenario.quantities import Money, show, wrong
from exportsim.scenario.schema_paths import near

HEAVIEST = 1_000_000  # what a unit of money may count
EACH = {DAYS: "each day", SHARE: "the whole, a share of 1", NUMBER: "each one"}  # of what an amount of money is


class Objective(Part):
    """What matters, and how much: a weighted sum of outcomes, of which more is better."""

    title: str = ""
    """How output speaks of it. Example: `What it costs us`"""
    weights: Annotated[dict[str, TextOrNumber], Field(min_length=1, max_length=50)]
    """By outcome: a number for money (`1`, `-0.5`), an amount of money for all else (`-10M` for each one).

    Example: `{exports: 1, incidents: -10M}`
    """

    @property
    def amounts(self) -> dict[str, Fraction]:
        """By outcome: what one unit of it counts, in currency units."""
        return {outcome: weight(written, row(outcome).unit) for outcome, written in self.weights.items()}


def weight(written: TextOrNumber, unit: str) -> Fraction:
    """What one unit of an outcome counts, in currency units."""
    if unit == MONEY:
        if isinstance(written, str) or not math.isfinite(written):
            raise wrong(written, "a number such as `1` or `-0.5`, since this outcome is money itself")
        if abs(written) > HEAVIEST:
            raise wrong(written, f"a number from -{HEAVIEST} to {HEAVIEST}")
        return Fraction(str(written))
    if not isinstance(written, str) and written == 0:
        return Fraction(0)
    if not isinstance(written, str):
        raise impossible(
            f"found {show(written)}, which would add to money what is none; expected an amount of money with `k`, `M` "
            f"or `bn`, such as `-10M`, for {EACH[unit]}"
        )
    text = written.strip()
    less = text.startswith("-") and not text.startswith("--")
    try:
        money = Money.parse(text[less:])
    except PydanticCustomError:
        money = None
    if money is None or not money.multiple:
        expected = f"an amount of money with `k`, `M` or `bn`, such as `-0.5k` or `-10M`, for {EACH[unit]}"
        raise wrong(written, meant(text) or expected)
    return Fraction(-money.cents if less else money.cents, 100)


def objective_faults(objective: Objective, known: Iterable[str]) -> Iterator[Complaint]:
    """What is wrong with an objective of a scenario that has these outcomes."""
    known = list(known)
    for outcome, written in objective.weights.items():
        if outcome not in known:
            message = f"there is no outcome {show(outcome)}{near(outcome, known)}"
            yield Complaint(("objective", "weights", outcome), message, key=True)
            continue
        try:
            weight(written, row(outcome).unit)
        except PydanticCustomError as problem:
            yield Complaint(("objective", "weights", outcome), problem.message())
