"""As many futures as it takes: the rule by which an experiment goes on until an interval is narrow enough.

After a *minimum* of futures the interval of the chosen outcome is looked at, that of every policy's difference from the
reference; the widest counts. If half its width is more than was asked for, a quarter as many futures again are played,
or more where n · (half-width / target)² says so, but not more than twice as many; and so on up to a *maximum*. To look
again and again and stop at the first narrow interval favours samples that vary too little by chance (Chow and Robbins
1965: the coverage is right in the limit of narrow intervals). A minimum of a hundred and few looks keep that small;
``docs/comparison.md`` says how small it was measured to be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import numpy as np

from exportsim.analysis.intervals import intervals
from exportsim.arguments import BOUND, chosen, whole
from exportsim.errors import ExportsimError
from exportsim.outcomes import DAYS, SHARE
from exportsim.plan import Float
from exportsim.scenario.marks import meant
from exportsim.scenario.quantities import Money, as_float

OUTCOME = "exports"
MINIMUM, MAXIMUM = 100, 10_000
LEAST_GROWTH, MOST_GROWTH = 1.25, 2.0
SPARE = 1.1  # what is thought to be needed is a guess too


class Aim(NamedTuple):
    """How narrow an interval is to be."""

    outcome: str
    share: bool  # whether the outcome is one
    asked: str  # as it was written
    width: float  # half the interval's: in the outcome's unit, or as a part of the reference's mean
    relative: bool  # the latter
    minimum: int
    maximum: int


class Look(NamedTuple):
    """What was found after so many futures."""

    futures: int
    half: float  # half the width of the widest interval; infinite if one is not known
    target: float
    defined: int  # futures in which the difference is defined, the fewest of any policy

    @property
    def enough(self) -> bool:
        """Whether the interval is as narrow as it is to be."""
        return self.half <= self.target


def aim_of(
    asked: str | float | None,
    outcome: str | None,
    units: dict[str, str],
    minimum: int | None,
    maximum: int | None,
    futures: int | None = None,
) -> Aim | None:
    """Read what was asked for, if it is a precision and no number of futures."""
    if asked is not None and futures is not None:
        raise ExportsimError("futures and precision: the one decides the other, give one of them")
    if asked is None:
        for name, value in (("outcome", outcome), ("minimum", minimum), ("maximum", maximum)):
            if value is not None:
                raise ExportsimError(f"{name}: goes with a precision, and none was given")
        return None
    name = chosen(OUTCOME if outcome is None else outcome, tuple(units), "outcome")
    least = whole(MINIMUM if minimum is None else minimum, "minimum", least=2, most=BOUND)
    most = max(MAXIMUM, least) if maximum is None else whole(maximum, "maximum", least=2, most=BOUND)
    if minimum is not None and least > most:
        raise ExportsimError(f"minimum: found {least}, expected no more than the maximum, {most}")
    text = str(asked).strip()
    relative, money = text.endswith("%"), units[name] not in (DAYS, SHARE)
    # A number is what it is; what a person wrote may be a thousand times as much.
    doubtful = money and not relative and text[-1:].isdigit()
    if isinstance(asked, str) and (doubtful or "," in text) and (expected := meant(text)):
        raise ExportsimError(f"precision: found {asked!r}, expected {expected}")
    width = _number(text.removesuffix("%"), money=False) / 100 if relative else _number(text, money=money)
    if isinstance(asked, bool) or not 0 < width < math.inf:
        raise ExportsimError(
            f"precision: found {asked!r}, expected a share of the reference's mean such as `1%`, or an amount above 0 "
            "in the outcome's unit such as `500k`"
        )
    return Aim(name, units[name] == SHARE, text, width, relative, min(least, most), most)


def look(figures: Float, reference: int, aim: Aim) -> Look:
    """Look at what has been found so far of the outcome aimed at, shape (policies, futures)."""
    standard = figures[reference]
    others = np.delete(figures, reference, axis=0)
    differences: Sequence[Float] = list(others - standard) or [standard]
    of_policies = intervals(differences, shares=[aim.share] * len(differences))
    defined = standard[~np.isnan(standard)]
    mean = abs(math.fsum(defined) / len(defined)) if len(defined) else math.nan
    return Look(
        figures.shape[1],
        max(math.inf if math.isnan(interval.half) else interval.half for interval in of_policies),
        aim.width * mean if aim.relative else aim.width,
        min(interval.n for interval in of_policies),
    )


def futures_next(last: Look, aim: Aim) -> int:
    """How many futures to look at next, of which those played so far are the first."""
    needed = math.inf
    if last.target > 0:
        needed = SPARE * last.futures * (last.half / last.target) ** 2
    growth = min(max(needed, LEAST_GROWTH * last.futures), MOST_GROWTH * last.futures)
    return min(aim.maximum, math.ceil(growth))


def record_of(aim: Aim, looks: Sequence[Look]) -> dict[str, Any]:
    """What provenance says of it: the aim, the looks and whether it was reached."""
    last = looks[-1] if looks else Look(0, math.inf, math.inf, 0)
    known = math.isfinite(last.half) and math.isfinite(last.target)
    return {
        "asked": aim.asked,
        "outcome": aim.outcome,
        "minimum": aim.minimum,
        "maximum": aim.maximum,
        "looks": [look.futures for look in looks],
        "half_width": last.half if known else None,
        "target": last.target if known else None,
        "defined": last.defined if looks else None,
        "reached": bool(looks) and last.enough,
    }


def _number(text: str, *, money: bool) -> float:
    """An amount in an outcome's unit; NaN if it is none."""
    if money:
        with suppress(ValueError):  # it may yet be a number with an exponent
            return Money.parse(text).cents / 100
    try:
        return as_float(Decimal(text))
    except InvalidOperation:
        return math.nan
