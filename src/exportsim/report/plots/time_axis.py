"""The period of a result along an axis, with its months, and a policy's measures as lines with short names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.language import short_months, text
from exportsim.plan import NEVER, Float, Int
from exportsim.report.number_format import percent_number
from exportsim.report.periods import short_month
from exportsim.report.plots.flags import Flag
from exportsim.report.plots.sheet import Sheet
from exportsim.report.plots.styles import SOLID, Dash
from exportsim.scenario.policies import SCOPES, resolved_measures
from exportsim.scenario.schema import Act, Measure, Scenario
from exportsim.study.monthly_exports import monthly
from exportsim.study.result import Result
from exportsim.working_time import DAY

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # of matplotlib
DOTTED: Dash = (0, (1, 2))
#: What a measure may do, the gravest first: a date with many of them is named by the first.
DEEDS = (
    "cancel_all", "cancel_suspended", "suspended", "deny", "hold", "case_by_case", "exempt", "open", "in_force",
    "officers", "by_chance", "nothing",
)  # fmt: skip


def at(result: Result, minutes: Int) -> Float:
    """Minutes as matplotlib counts time: days from an epoch of its own."""
    from matplotlib.dates import date2num

    return float(date2num(result.plan.origin.replace(tzinfo=None))) + minutes / DAY


def month_ends(result: Result) -> Float:
    """The end of each month of the period, as matplotlib counts time."""
    return at(result, months(result.plan)[1])


def time_axis(drawn: Sheet, result: Result, policy: str | None = None) -> None:
    """Let the axes run over the whole period, with ticks at years or months, and mark the measures of a policy."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    start, end = at(result, np.array([0, result.plan.end]))
    drawn.ax.set_xlim(float(start), float(end))
    locator = AutoDateLocator(minticks=3, maxticks=max(4, int(1.6 * drawn.width)))
    drawn.ax.xaxis.set_major_locator(locator)
    called = dict(zip(MONTHS, short_months(), strict=True))

    class Dates(ConciseDateFormatter):
        """matplotlib's, with months by the names that the language has for them."""

        def format_ticks(self, values: list[float]) -> list[str]:
            return [called.get(tick, tick) for tick in super().format_ticks(values)]  # type: ignore[no-untyped-call]

    drawn.ax.xaxis.set_major_formatter(Dates(locator, show_offset=False))  # type: ignore[no-untyped-call]
    drawn.grid("y")
    if policy is not None:
        _draw_marks(drawn, result, marks(result, policy))


class Mark(NamedTuple):
    """A date on which measures first act."""

    minute: int
    exact: bool
    """The same wherever it comes; else the median."""
    share: float
    """Of the futures in which it comes at all."""
    deeds: tuple[str, ...]
    """What they do, of :data:`DEEDS`, the gravest first."""
    in_part: bool
    """Whether the gravest is done to some orders only."""


def marks(result: Result, policy: str) -> list[Mark]:
    """When the measures of a policy first act within the period, and what they do; by date."""
    acts = monthly(result).acts[result.policies.index(policy)]
    by_date: dict[tuple[int, bool, float], list[tuple[int, bool]]] = {}
    for measure, minutes in zip(resolved_measures(result.scenario, policy), acts.T, strict=True):
        happened = minutes[minutes < NEVER]
        before = measure.on is not None and measure.on < result.scenario.period.start
        if before or not len(happened) or happened.max() < 0:
            continue
        middle = int(np.sort(happened)[(len(happened) - 1) // 2])
        when = middle, bool((happened == middle).all()), len(happened) / len(minutes)
        gravest = min(DEEDS.index(deed) for deed in _deeds(measure))
        by_date.setdefault(when, []).append((gravest, _is_limited(measure, result.scenario)))
    return [
        Mark(*when, tuple(DEEDS[deed] for deed in sorted({deed for deed, _ in done})), min(done)[1])
        for when, done in sorted(by_date.items())
    ]


def _draw_marks(drawn: Sheet, result: Result, marked: list[Mark]) -> None:
    """A line at each date, up to what is done then in a few words."""
    if not marked:
        return
    dates = at(result, np.array([mark.minute for mark in marked])).tolist()
    for mark, date in zip(marked, dates, strict=True):
        dash = SOLID if mark.exact else DOTTED
        drawn.ax.axvline(date, color=drawn.style.soft, linewidth=0.7, linestyle=dash, zorder=1.5, gid="measure")
        origin = result.plan.origin
        drawn.flag(Flag(date, mark_words(mark, origin), dash, mark_words(mark._replace(share=1.0), origin)))


def deed_words(measure: Measure, scenario: Scenario) -> str:
    """The gravest thing that a measure does, in a few words: ``applications on hold (in part)``."""
    deed = text(f"figures.deeds.{min(_deeds(measure), key=DEEDS.index)}")
    return text("figures.in_part", deed=deed) if _is_limited(measure, scenario) else deed


def mark_words(mark: Mark, origin: datetime) -> str:
    """A date and what is done then: ``Oct 2019: applications on hold``."""
    deed = text(f"figures.deeds.{mark.deeds[0]}")
    if mark.in_part:
        deed = text("figures.in_part", deed=deed)
    month = short_month(origin + timedelta(minutes=mark.minute))
    if mark.share < 1:
        return text("figures.measure_sometimes", month=month, deed=deed, percent=percent_number(mark.share))
    return text("figures.measure" if mark.exact else "figures.measure_about", month=month, deed=deed)


def _deeds(measure: Measure) -> Iterator[str]:
    """What a measure does first; what chance decides is none of them."""
    if measure.outcomes:
        each = [tuple(_deeds_of(outcome)) for outcome in measure.outcomes]
        yield from each[0] if len(set(each)) == 1 else ("by_chance",)
    else:
        yield from _deeds_of(measure)


def _deeds_of(act: Act) -> Iterator[str]:
    found = [
        act.cancel and f"cancel_{act.cancel}",
        act.permits,
        act.applications,
        "officers" if act.officers else None,
    ]
    yield from [deed for deed in found if deed] or ["nothing"]


def _is_limited(measure: Measure, scenario: Scenario) -> bool:
    """Whether a measure reaches only some of what is ordered."""
    known = {
        "authorities": set(scenario.authorities),
        "destinations": {line.destination for line in scenario.demand.values()},
        "goods": {line.goods for line in scenario.demand.values()},
    }
    named = {kind: getattr(measure, kind) for kind in SCOPES}
    return bool(measure.except_) or any(
        names and not known.get(kind, {""}) <= set(names) for kind, names in named.items()
    )
