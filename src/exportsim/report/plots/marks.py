"""A policy's measures as marked dates: a thin line and a number for each date, and what the numbers mean in the note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from exportsim.experiment.monthly import monthly
from exportsim.experiment.result import Result
from exportsim.plan import NEVER
from exportsim.report.plots.labels import spread
from exportsim.report.plots.sheet import Sheet, text_width
from exportsim.report.speaker import day
from exportsim.scenario.policies import SCOPES, resolved_measures
from exportsim.scenario.schema import Act, Measure, Scenario, Scope


class Mark(NamedTuple):
    """A date on which measures first act."""

    when: datetime
    exact: bool
    """The same in all futures; else their median."""
    share: float
    """Of the futures in which it comes at all."""
    text: str


def marks(result: Result, policy: str) -> list[Mark]:
    """When the measures of a policy first act within the period, and what they do; by date.

    Parameters
    ----------
    result : Result
    policy : str

    Returns
    -------
    list of Mark
        Measures with the same date in every future are one mark. One that acts in no future has none.
    """
    acts = monthly(result).acts[result.policies.index(policy)]
    found: dict[tuple[int, bool, float], list[str]] = {}
    for measure, minutes in zip(resolved_measures(result.scenario, policy), acts.T, strict=True):
        happened = minutes[minutes < NEVER]
        if not len(happened) or happened.max() < 0:
            continue
        middle = int(np.sort(happened)[(len(happened) - 1) // 2])
        exact = bool((happened == middle).all()) and len(happened) == len(minutes)
        texts = found.setdefault((middle, exact, len(happened) / len(minutes)), [])
        text = said(measure, result.scenario)
        texts += [text] if text not in texts else []
    plan = result.plan
    return [
        Mark((plan.origin + timedelta(minutes=minute)).replace(tzinfo=None), exact, share, ", ".join(texts))
        for (minute, exact, share), texts in sorted(found.items())
    ]


def said(measure: Measure, scenario: Scenario) -> str:
    """A measure in very few words: what it does, and to what if not to all."""
    branches = [measure, *measure.outcomes, *([measure.then] if measure.then else [])]
    does = " or ".join(dict.fromkeys(word for branch in branches if (word := _does(branch))))
    reached = _reached(measure, scenario)
    spared = [text for scope in measure.except_ if (text := _reached(scope, scenario))]
    limits = [*([reached] if reached else []), *(f"except {text}" for text in dict.fromkeys(spared))]
    return f"{does} ({', '.join(limits)})" if limits else does


def draw_marks(sheet: Sheet, marked: Sequence[Mark]) -> None:
    """Mark the dates on axes over time, and tell them in the note."""
    from matplotlib.dates import date2num

    if not marked:
        return
    ax, style = sheet.ax, sheet.style
    across = ax.get_xaxis_transform()
    places = [float(date2num(mark.when)) for mark in marked]
    numbers = []
    for number, (mark, place) in enumerate(zip(marked, places, strict=True), start=1):
        dash = "-" if mark.exact else (0, (1, 2))
        ax.axvline(place, color=style.soft, linewidth=0.7, linestyle=dash, zorder=1.5, gid="measure")
        numbers.append(
            ax.text(
                place,
                1.01,
                str(number),
                transform=across,
                ha="center",
                va="bottom",
                fontsize=sheet.small,
                color=style.ink,
                gid="measure-number",
            )
        )
    told = "; ".join(f"{number} {_told(mark)}" for number, mark in enumerate(marked, start=1))
    sheet.note(f"Measures: {told}.")

    def apart() -> None:
        left, right = ax.get_xlim()
        point = (right - left) / sheet.size()[0]
        gap = (text_width("00" if len(marked) > 9 else "0", numbers[0]) + 2) * point
        for number, place in zip(numbers, spread(places, gap, left, right), strict=True):
            number.set_x(place)

    sheet.later(apart)


def _told(mark: Mark) -> str:
    when = day(mark.when) if mark.exact else f"about {mark.when:%Y}-{mark.when.month:02}"
    often = f" in {100 * mark.share:.0f} % of futures" if mark.share < 1 else ""
    return f"{when} {mark.text}{often}"


def _does(act: Act) -> str:
    """An act in very few words."""
    words = [act.applications.replace("_", " ")] if act.applications else []
    words += [act.permits.replace("_", " ")] if act.permits else []
    words += [f"cancel {act.cancel}"] if act.cancel else []
    words += [f"{count} officers at {stage}" for stage, count in act.officers.items()]
    return " and ".join(words)


def _reached(scope: Scope, scenario: Scenario) -> str:
    """What a scope names of what there are several of."""
    there = {
        "authorities": set(scenario.authorities),
        "destinations": {line.destination for line in scenario.demand.values()},
        "goods": {line.goods for line in scenario.demand.values()},
    }
    named = [
        "/".join(names)
        for kind in SCOPES
        if (names := getattr(scope, kind)) and not there.get(kind, {""}) <= set(names)
    ]
    return " ".join(named)
