"""The period of a result along an axis, with its months, and a policy's measures as lines with numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.language import short_day as day
from exportsim.plan import NEVER, Float, Int
from exportsim.report.plots.sheet import Sheet, spread, text_width
from exportsim.report.plots.styles import SOLID, Dash
from exportsim.scenario.policies import SCOPES, resolved_measures
from exportsim.scenario.schema import Act, Measure, Scenario, Scope
from exportsim.study.monthly_exports import monthly
from exportsim.study.result import Result
from exportsim.working_time import DAY

DOTTED: Dash = (0, (1, 2))


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
    drawn.ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
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
    text: str


def marks(result: Result, policy: str) -> list[Mark]:
    """When the measures of a policy first act within the period, and what they do; by date."""
    acts = monthly(result).acts[result.policies.index(policy)]
    by_date: dict[tuple[int, bool, float], dict[str, list[str]]] = {}
    for measure, minutes in zip(resolved_measures(result.scenario, policy), acts.T, strict=True):
        happened = minutes[minutes < NEVER]
        if not len(happened) or happened.max() < 0:
            continue
        middle = int(np.sort(happened)[(len(happened) - 1) // 2])
        when = middle, bool((happened == middle).all()), len(happened) / len(minutes)
        by_date.setdefault(when, {}).setdefault(_deed(measure), []).append(_limits(measure, result.scenario))
    return [Mark(*when, _listed(deeds)) for when, deeds in sorted(by_date.items())]


def _draw_marks(drawn: Sheet, result: Result, marked: list[Mark]) -> None:
    """A line and a number for each date, and what the numbers mean in the note."""
    if not marked:
        return
    ax, style = drawn.ax, drawn.style
    dates = at(result, np.array([mark.minute for mark in marked])).tolist()
    numbers, texts = [], []
    for number, (mark, date) in enumerate(zip(marked, dates, strict=True), start=1):
        dash = SOLID if mark.exact else DOTTED
        ax.axvline(date, color=style.soft, linewidth=0.7, linestyle=dash, zorder=1.5, gid="measure")
        written = ax.text(
            date, 1.01, str(number), transform=ax.get_xaxis_transform(), ha="center", va="bottom",
            fontsize=drawn.small, color=style.ink, gid="measure-number",
        )  # fmt: skip
        numbers.append(written)
        texts.append(f"({number})\u00a0{_worded(mark, result.plan.origin)}")
    drawn.note(f"Measures: {'; '.join(texts)}.")

    def apart() -> None:
        left, right = ax.get_xlim()
        point = (right - left) / drawn.size()[0]
        gap = (text_width("00" if len(marked) > 9 else "0", numbers[0]) + 2) * point
        for number, date in zip(numbers, spread(dates, gap, left, right), strict=True):
            number.set_x(date)

    drawn.later(apart)


def _worded(mark: Mark, origin: datetime) -> str:
    when = day(origin + timedelta(minutes=mark.minute)).replace(" ", "\u00a0")
    often = f", in {100 * mark.share:.0f}\u00a0% of futures" if mark.share < 1 else ""
    return f"{when if mark.exact else f'about {when[-8:]}'}{often}: {mark.text}"


def _listed(deeds: dict[str, list[str]]) -> str:
    """What is done, and to what, each said once."""
    return ", ".join(
        deed if "" in limits else f"{deed} ({'; '.join(dict.fromkeys(limits))})" for deed, limits in deeds.items()
    )


def _deed(measure: Measure) -> str:
    """What a measure does, in very few words."""
    branches = [measure, *measure.outcomes, *([measure.then] if measure.then else [])]
    return " or ".join(dict.fromkeys(words for branch in branches if (words := _act(branch))))


def _act(act: Act) -> str:
    words = [act.applications.replace("_", " ")] if act.applications else []
    words += [f"permits {act.permits.replace('_', ' ')}"] if act.permits else []
    words += [f"{act.cancel} permits cancelled"] if act.cancel else []
    words += [f"{count} officers at {stage}" for stage, count in act.officers.items()]
    return " and ".join(words)


def _limits(measure: Measure, scenario: Scenario) -> str:
    """To what a measure does it, if not to all."""
    reached = _reached(measure, scenario)
    spared = dict.fromkeys(text for scope in measure.except_ if (text := _reached(scope, scenario)))
    return ", ".join([*([reached] if reached else []), *(f"except {text}" for text in spared)])


def _reached(scope: Scope, scenario: Scenario) -> str:
    """What a scope names of what there are several of."""
    known = {
        "authorities": set(scenario.authorities),
        "destinations": {line.destination for line in scenario.demand.values()},
        "goods": {line.goods for line in scenario.demand.values()},
    }
    named = [
        "/".join(names)
        for kind in SCOPES
        if (names := getattr(scope, kind)) and not known.get(kind, {""}) <= set(names)
    ]
    return " ".join(named)
