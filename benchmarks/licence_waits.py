"""How long licence applications took, in working days: of orders and of other traffic alike, decision by decision.

An outcome of exportsim is one number a play; the shares that Britain publishes are of all decisions of a year, whoever
applied. They are read from the ledger here, for the programs and tests that hold scenarios against those shares.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.analysis.intervals import interval
from exportsim.analysis.ledger_rows import UNDECIDED, applications, processing_times, working_days
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.packed_rows import rows_of
from exportsim.plan import Plan
from exportsim.scenario import load
from exportsim.study.calibration.figures import Figures
from exportsim.study.prediction.asked import PredictedFigure

SCENARIO = Path(__file__).parent.parent / "scenarios" / "uk-licensing.yaml"
DAY = 1440
TRAFFIC = -1  # the line of applications that are nobody's order

#: Who is told apart: by destinations, other traffic having none.
GROUPS: dict[str, tuple[str, ...]] = {
    "other applications": (),
    "six allies": ("US", "DE", "FR", "IT", "CA", "AU"),
    "Türkiye, Israel, Saudi Arabia": ("TR", "IL", "SA"),
}

SPANS = {
    "2023": (date(2023, 1, 1), date(2024, 1, 1)),
    "January to March 2024": (date(2024, 1, 1), date(2024, 4, 1)),
    "2024": (date(2024, 1, 1), date(2025, 1, 1)),
}


class Closed(NamedTuple):
    """Applications that were decided or withdrawn in a span of time, in the order in which they were made."""

    days: NDArray[np.float64]
    """Working days from application to its end, on the authority's calendar, less those for which it was sent back."""
    line: NDArray[np.int64]
    authority: NDArray[np.int64]
    by: NDArray[np.int64]
    """The fact that ended it."""


def minute_of(ledger: Ledger, day: date) -> int:
    """The minute of a midnight, from the start of the period."""
    return int((datetime(day.year, day.month, day.day) - ledger.origin).total_seconds()) // 60


def closed(ledger: Ledger, plan: Plan, start: date, end: date) -> Closed:
    """The applications approved, denied or withdrawn from one day to before another.

    Parameters
    ----------
    ledger : Ledger
    plan : Plan
        That the ledger was played from.
    start, end : date

    Returns
    -------
    Closed
        Permits issued without an application are not among them.
    """
    made = applications(rows_of(ledger), plan)
    inside = (made.ended >= minute_of(ledger, start)) & (made.ended < minute_of(ledger, end))
    chosen = np.flatnonzero(inside & (made.by != UNDECIDED))
    times = working_days(plan), made.authority[chosen], made.applied[chosen], made.ended[chosen]
    minutes = processing_times(*times) - made.away[chosen, 1]  # while it is sent back the office's clock stands still
    return Closed(minutes / DAY, made.line[chosen], made.authority[chosen], made.by[chosen])


def decisions(ledger: Ledger, plan: Plan, start: date, end: date) -> Closed:
    """Those of them that were approved or denied."""
    found = closed(ledger, plan, start, end)
    decided = found.by != Fact.WITHDRAWN
    return Closed(*(column[decided] for column in found))


class Year(NamedTuple):
    """What is published of a year's decisions."""

    decided: float
    within_20: float
    """Of those decided or withdrawn, in whole days."""
    within_60: float
    median: float
    """Working days."""
    refused: float
    """Share of the decisions."""


#: The outcomes of a record that these are.
OUTCOMES = ("decided", "within_20bd", "within_60bd", "processing_time_median_bd", "denied_share")


def year_of(ledger: Ledger, plan: Plan, year: int) -> Year:
    """The published figures of one year of a play."""
    start, end = (minute_of(ledger, date(number, 1, 1)) for number in (year, year + 1))
    figures = [PredictedFigure(outcome, str(year), start, end, (), "") for outcome in OUTCOMES]
    return Year(*Figures(plan, figures).of(rows_of(ledger)).tolist())


def by_group(ledger: Ledger, plan: Plan, start: date, end: date) -> list[float]:
    """Mean working days to a decision in a span of time: of each of :data:`GROUPS`, then of everybody."""
    found = decisions(ledger, plan, start, end)
    destination = np.array([*plan.lines.destination, -1])[found.line]  # other traffic is of none
    means = []
    for destinations in GROUPS.values():
        numbers = [plan.names.destinations.index(name) for name in destinations] or [-1]
        days = found.days[np.isin(destination, numbers)]
        means.append(float(days.mean()) if len(days) else float("nan"))
    return [*means, float(found.days.mean())]


def main() -> None:
    """Print what the national scenario makes of each policy."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--futures", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    plan = compile_plan(load(SCENARIO))
    years: dict[str, list[Year]] = {}
    groups: dict[str, list[list[float]]] = {}
    first: list[Year] = []
    for number, policy in enumerate(plan.names.policies):
        for future in range(chosen.futures):
            ledger = simulate(plan, number, seed=chosen.seed, future=future, engine="compiled")
            if number == 0:
                first.append(year_of(ledger, plan, 2022))
            years.setdefault(policy, []).append(year_of(ledger, plan, 2023))
            groups.setdefault(policy, []).append(
                [days for span in SPANS.values() for days in by_group(ledger, plan, *span)]
            )
    print(
        "2022:",
        *(f"{name} {_said(values)}" for name, values in zip(Year._fields, zip(*first, strict=True), strict=True)),
        sep="\n  ",
    )
    base = np.array(groups[plan.names.policies[0]])
    columns = [f"{group}, {span}" for span in SPANS for group in (*GROUPS, "everybody")]
    for policy in plan.names.policies:
        print(f"{policy}, of 2023:")
        for name, values in zip(Year._fields, zip(*years[policy], strict=True), strict=True):
            print(f"  {name} {_said(values)}")
        for place, column in enumerate(columns):
            found = np.array(groups[policy])[:, place]
            print(f"  {column}: {_said(found)} working days")
            print(f"    less than the reference by {_said(base[:, place] - found)}")


def _said(values: Iterable[float]) -> str:
    found = interval(values)
    return f"{found.mean:.4g} ± {found.half:.2g}, sd {found.sd:.2g}"


if __name__ == "__main__":
    main()
