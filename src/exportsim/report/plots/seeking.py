"""Figures of a search: in how many futures a target is met, and how much of two levers it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.report.number_format import percent_number
from exportsim.report.plots.registry import figure, once
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.report.plots.sweeps import dress
from exportsim.report.seek import sentences, wanted
from exportsim.study.naming import axis_words, path_words, policy_title
from exportsim.study.parameter_axes import Axis, axes, plain
from exportsim.study.seek import NEVER, Seek

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["frontier", "share_met"]


@figure(Seek, 10, drawings=lambda study: once(len(study.levers) == 1 and len(study.answers) == 1))
def share_met(found: Seek, **how: Unpack[Drawing]) -> Axes:
    """The share of futures in which the target is met, for every value of the lever that was played, with its 95 %
    interval; the share that is asked for; and the value sought, with those that chance leaves open.
    """
    _need_answer(found)
    path, answer = found.levers[0].path, found.answers.iloc[0]
    (axis,) = axes(found.table, [path])
    order = np.argsort(axis.values, kind="stable")
    x, table = axis.values[order], found.table.iloc[order]
    with sheet(found, **how) as drawn:
        hue = drawn.style.hues[0]
        drawn.band(x, 100 * table["low"], 100 * table["high"], hue, 0.18, "interval")
        drawn.ax.plot(x, 100 * table["share"], "-o", color=hue, linewidth=1.2, markersize=3.5, gid="share")
        drawn.ax.axhline(100 * found.probability, color=drawn.style.ink, linewidth=0.9, linestyle="--", gid="asked")
        if (least := _place(axis, found.table[path], answer["least"])) is not None:
            low, high = (_place(axis, found.table[path], answer[name]) for name in ("low", "high"))
            ends = sorted([least if low is None else low, float(axis.values[-1]) if high is None else high])
            drawn.ax.axvspan(*ends, color=drawn.style.hues[1], alpha=0.16, linewidth=0, gid="open")
            drawn.ax.axvline(least, color=drawn.style.hues[1], linewidth=1.4, gid="least")
        drawn.ax.set_ylim(-2, 102)
        dress(drawn, axis)
        drawn.grid("y")
        drawn.describe(
            sentences(found)[0],
            text("figures.share_met.shown", wanted=wanted(found), policy=policy_title(found, found.target.policy)),
            text("figures.share_met.note", percent=percent_number(found.probability)),
            x=axis_words(found, axis),
            y=text("figures.share_met.up"),
        )
    return drawn.ax


@figure(Seek, 20, drawings=lambda study: once(len(study.levers) > 1 and len(study.answers) > 0))
def frontier(found: Seek, **how: Unpack[Drawing]) -> Axes:
    """The least value of the first lever for each value of the second, with those that chance leaves open. Nothing is
    drawn where no value is enough.
    """
    _need_answer(found)
    own, other = (lever.path for lever in found.levers)
    values = list(found.table[own].unique())
    up = axes(found.table, [own])[0]
    (across,) = axes(found.answers[[other]], [other])
    column = found.table[own]
    least, low, high = (
        np.array([_or_nan(_place(up, column, value)) for value in found.answers[name]])
        for name in ("least", "low", "high")
    )
    last = float(up.values[list(column).index(values[-1])])
    order = np.argsort(across.values, kind="stable")
    x, least = across.values[order], least[order]
    low, high = np.where(np.isnan(low[order]), least, low[order]), np.where(np.isnan(high[order]), last, high[order])
    with sheet(found, **how) as drawn:
        hue = drawn.style.hues[0]
        drawn.band(
            x, np.where(np.isnan(least), np.nan, low), np.where(np.isnan(least), np.nan, high), hue, 0.18, "open"
        )
        drawn.ax.plot(x, least, "-o", color=hue, linewidth=1.2, markersize=4, gid="least")
        dress(drawn, across)
        drawn.grid("both")
        said = {"own": path_words(found, own), "other": path_words(found, other)}
        drawn.describe(
            _lead(found, said),
            text("figures.frontier.shown", wanted=wanted(found), policy=policy_title(found, found.target.policy),
                 percent=percent_number(found.probability)),
            text("figures.frontier.note"),
            x=axis_words(found, across),
            y=axis_words(found, up),
        )  # fmt: skip
    return drawn.ax


def _need_answer(found: Seek) -> None:
    if not len(found.answers):
        raise ExportsimError("the search ended before its answer was found: there is nothing to draw")


def _lead(found: Seek, said: dict[str, str]) -> str:
    """What is needed of the first lever with the first and with the last value of the second that make do."""
    enough = found.answers[found.answers["case"] != NEVER]
    if not len(enough):
        return text("figures.frontier.none", **said)
    ends = [(row[found.levers[1].path], row["least"]) for _, row in enough.iloc[[0, -1]].iterrows()]
    (first, least), (last, other_least) = [(plain(at) if isinstance(at, float) else str(at), each) for at, each in ends]
    return text("figures.frontier.lead", first=first, least=least, last=last, other_least=other_least, **said)


def _place(axis: Axis, column: pd.Series, value: object) -> float | None:
    """Where a value of a lever stands on its axis."""
    return None if value is None else float(axis.values[list(column).index(value)])


def _or_nan(place: float | None) -> float:
    return float("nan") if place is None else place
