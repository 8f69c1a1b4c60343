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
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import Plan
from exportsim.scenario import load

SCENARIO = Path(__file__).parent.parent / "scenarios" / "uk-licensing.yaml"
DAY = 1440
TRAFFIC = -1  # the line of applications that are nobody's order


class Decisions(NamedTuple):
    """The applications decided in a span of time, in the order of the decisions."""

    days: NDArray[np.float64]
    """Working days from application to decision, on the authority's calendar."""
    line: NDArray[np.int64]
    authority: NDArray[np.int64]
    denied: NDArray[np.bool_]


def minute_of(ledger: Ledger, day: date) -> int:
    """The minute of a midnight, from the start of the period."""
    return int((datetime(day.year, day.month, day.day) - ledger.origin).total_seconds()) // 60


def decisions(ledger: Ledger, plan: Plan, start: date, end: date) -> Decisions:
    """The applications approved or denied from one day to before another.

    Parameters
    ----------
    ledger : Ledger
    plan : Plan
        That the ledger was played from.
    start, end : date

    Returns
    -------
    Decisions
        Permits issued without an application are not among them.
    """
    first, last = minute_of(ledger, start), minute_of(ledger, end)
    applied = np.flatnonzero(ledger.fact == Fact.APPLIED)
    ended = np.flatnonzero(
        np.isin(ledger.fact, (Fact.APPROVED, Fact.DENIED)) & (ledger.minute >= first) & (ledger.minute < last)
    )
    # The application that a row ends is the last before it of the same order and attempt.
    whose = np.unique(_attempt(ledger, np.concatenate([applied, ended])), return_inverse=True)[1].reshape(-1)
    of_applied, of_ended = whose[: len(applied)], whose[len(applied) :]
    order = np.lexsort((applied, of_applied))
    of_applied, applied = of_applied[order], applied[order]
    place = np.searchsorted(of_applied * len(ledger) + applied, of_ended * len(ledger) + ended) - 1
    known = (place >= 0) & (of_applied[place] == of_ended)
    applied, ended = applied[place[known]], ended[known]
    authority = ledger.detail[applied]
    days = np.zeros(len(ended))
    for number in np.unique(authority):
        ours = authority == number
        days[ours] = _worked(plan, number, ledger.minute[ended[ours]])
        days[ours] -= _worked(plan, number, ledger.minute[applied[ours]])
    return Decisions(days, ledger.line[ended], authority, ledger.fact[ended] == Fact.DENIED)


def _attempt(ledger: Ledger, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each order and attempt. Other traffic is numbered by authority, orders by line."""
    line = ledger.line[rows].astype(np.int64)
    stream = np.where(line == TRAFFIC, -1 - ledger.detail[rows].astype(np.int64), line)
    return (stream << 48) + (ledger.order[rows].astype(np.int64) << 16) + ledger.attempt[rows]


def _worked(plan: Plan, authority: int, minutes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Working days from the calendar's origin: :func:`exportsim.working_time.elapsed` over an array."""
    day, rest = np.divmod(minutes - plan.calendars.origin, DAY)
    return plan.calendars.before[authority][day] + plan.calendars.working[authority][day] * rest / DAY


class Year(NamedTuple):
    """What is published of a year's decisions."""

    decided: float
    within_20: float
    within_60: float
    median: float
    """Working days."""
    refused: float
    """Share of the decisions."""


def year_of(ledger: Ledger, plan: Plan, year: int) -> Year:
    """The published figures of one year of a play."""
    found = decisions(ledger, plan, date(year, 1, 1), date(year + 1, 1, 1))
    return Year(
        len(found.days),
        float((found.days <= 20).mean()),
        float((found.days <= 60).mean()),
        float(np.median(found.days)),
        float(found.denied.mean()),
    )


def everyone_else(ledger: Ledger, plan: Plan, start: date, end: date) -> list[float]:
    """Mean working days that other traffic took in a span of time, by authority."""
    found = decisions(ledger, plan, start, end)
    others = found.line == TRAFFIC
    return [float(found.days[others & (found.authority == n)].mean()) for n in range(len(plan.names.authorities))]


def main() -> None:
    """Print what the national scenario makes of each policy."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--futures", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    plan = compile_plan(load(SCENARIO))
    years: dict[str, list[Year]] = {}
    others: dict[str, list[list[float]]] = {}
    first: list[Year] = []
    for number, policy in enumerate(plan.names.policies):
        for future in range(chosen.futures):
            ledger = simulate(plan, number, seed=chosen.seed, future=future, engine="compiled")
            if number == 0:
                first.append(year_of(ledger, plan, 2022))
            years.setdefault(policy, []).append(year_of(ledger, plan, 2023))
            others.setdefault(policy, []).append(everyone_else(ledger, plan, date(2023, 1, 1), date(2025, 1, 1)))
    print(
        "2022:",
        *(f"{name} {_said(values)}" for name, values in zip(Year._fields, zip(*first, strict=True), strict=True)),
        sep="\n  ",
    )
    base = np.array(others[plan.names.policies[0]])
    for policy in plan.names.policies:
        print(f"{policy}, of 2023:")
        for name, values in zip(Year._fields, zip(*years[policy], strict=True), strict=True):
            print(f"  {name} {_said(values)}")
        for place, authority in enumerate(plan.names.authorities):
            found = np.array(others[policy])[:, place]
            print(f"  others at {authority}, 2023 and 2024: {_said(found)} working days")
            print(f"    less than the reference by {_said(base[:, place] - found)}")


def _said(values: Iterable[float]) -> str:
    found = interval(values)
    return f"{found.mean:.4g} ± {found.half:.2g}, sd {found.sd:.2g}"


if __name__ == "__main__":
    main()
