"""A policy's measures as marked dates: a line and a number for each date, and what the numbers mean in the note."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from exportsim.plan import NEVER
from exportsim.report.plots.choice_of_axes import at
from exportsim.report.plots.labels import spread
from exportsim.report.plots.sheet import Sheet, text_width
from exportsim.report.plots.styles import SOLID, Dash
from exportsim.report.titles import day
from exportsim.scenario.policies import SCOPES, resolved_measures
from exportsim.scenario.schema import Act, Measure, Scenario, Scope
from exportsim.study.monthly_exports import monthly
from exportsim.study.result import Result

DOTTED: Dash = (0, (1, 2))


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
    found: dict[tuple[int, bool, float], dict[str, list[str]]] = {}
    for measure, minutes in zip(resolved_measures(result.scenario, policy), acts.T, strict=True):
        happened = minutes[minutes < NEVER]
        if not len(happened) or happened.max() < 0:
            continue
        middle = int(np.sort(happened)[(len(happened) - 1) // 2])
        exact = bool((happened == middle).all())
        does, limits = said(measure, result.scenario)
        found.setdefault((middle, exact, len(happened) / len(minutes)), {}).setdefault(does, []).append(limits)
    return [Mark(*when, _listed(acts)) for when, acts in sorted(found.items())]


def said(measure: Measure, scenario: Scenario) -> tuple[str, str]:
    """A measure in very few words: what it does, and to what if not to all."""
    branches = [measure, *measure.outcomes, *([measure.then] if measure.then else [])]
    does = " or ".join(dict.fromkeys(word for branch in branches if (word := _does(branch))))
    reached = _reached(measure, scenario)
    spared = [text for scope in measure.except_ if (text := _reached(scope, scenario))]
    limits = [*([reached] if reached else []), *(f"except {text}" for text in dict.fromkeys(spared))]
    return does, ", ".join(limits)


def _listed(acts: dict[str, list[str]]) -> str:
    """What is done, and to what, each said once."""
    return ", ".join(
        does if "" in limits else f"{does} ({'; '.join(dict.fromkeys(limits))})" for does, limits in acts.items()
    )


def draw_marks(sheet: Sheet, result: Result, policy: str) -> None:
    """Mark the dates of a policy's measures on axes over time, and tell them in the note."""
    marked = marks(result, policy)
    if not marked:
        return
    ax, style = sheet.ax, sheet.style
    across = ax.get_xaxis_transform()
    places = at(result, np.array([mark.minute for mark in marked])).tolist()
    numbers = []
    for number, (mark, place) in enumerate(zip(marked, places, strict=True), start=1):
        dash = SOLID if mark.exact else DOTTED
        ax.axvline(place, color=style.soft, linewidth=0.7, linestyle=dash, zorder=1.5, gid="measure")
        written = ax.text(
            place, 1.01, str(number), transform=across, ha="center", va="bottom", fontsize=sheet.small,
            color=style.ink, gid="measure-number",
        )  # fmt: skip
        numbers.append(written)
    texts = [f"({number})\u00a0{_worded(mark, result.plan.origin)}" for number, mark in enumerate(marked, start=1)]
    sheet.note(f"Measures: {'; '.join(texts)}.")

    def apart() -> None:
        left, right = ax.get_xlim()
        point = (right - left) / sheet.size()[0]
        gap = (text_width("00" if len(marked) > 9 else "0", numbers[0]) + 2) * point
        for number, place in zip(numbers, spread(places, gap, left, right), strict=True):
            number.set_x(place)

    sheet.later(apart)


def _worded(mark: Mark, origin: datetime) -> str:
    when = day(origin + timedelta(minutes=mark.minute)).replace(" ", "\u00a0")
    often = f", in {100 * mark.share:.0f}\u00a0% of futures" if mark.share < 1 else ""
    return f"{when if mark.exact else f'about {when[-8:]}'}{often}: {mark.text}"


def _does(act: Act) -> str:
    """An act in very few words."""
    words = [act.applications.replace("_", " ")] if act.applications else []
    words += [f"permits {act.permits.replace('_', ' ')}"] if act.permits else []
    words += [f"{act.cancel} permits cancelled"] if act.cancel else []
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
