"""What policies change in all: the differences beside each other, and one difference taken apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from exportsim.analysis.intervals import Verdict, verdict
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.report.number_format import estimate, scale_of
from exportsim.report.plots.choice_of_axes import policies_of, reference_of
from exportsim.report.plots.sheet import SIZE, sheet, titled
from exportsim.report.plots.styles import Style, StyleName
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 9  # between the two totals


class Bar(NamedTuple):
    """A bar of the waterfall, in currency units."""

    name: str
    part: str
    """``exports`` or ``change``."""
    mean: float
    low: float
    high: float
    """Its interval; NaN where it is not known."""
    start: float
    """Where it begins; it ends at start + mean."""


def differences(
    result: Result,
    policies: Sequence[str] | None = None,
    reference: str | None = None,
    *,
    outcome: str = "exports",
    ax: Axes | None = None,
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
) -> Axes:
    """Each policy's mean difference from the reference and its 95 % interval, paired future by future.

    Parameters
    ----------
    result : Result
    policies : sequence of str, optional
        All but the reference by default.
    reference : str, optional
        The reference by default.
    outcome : str
        One of :attr:`exportsim.Result.units`.
    ax, size, style
        See :func:`exportsim.report.plots.exports_by_month`.

    Returns
    -------
    Axes
    """
    reference, outcome = reference_of(result, reference), chosen(outcome, tuple(result.units), "outcome")
    names = policies_of(result, policies, but=reference)
    table = result.compare(reference).loc[[(name, outcome) for name in names]]
    found = list(zip(names, table["mean"], table["low"], table["high"], strict=True))
    money = result.units[outcome] == result.scenario.currency
    factor, word = scale_of(value for _, *values in found for value in values) if money else (1.0, "")
    with sheet(result, ax, size=size, style=style) as drawn:
        drawn.ax.axvline(0, color=drawn.style.ink, linewidth=0.9)
        doubtful = False
        for row, (name, mean, low, high) in enumerate(found):
            colour, unclear = drawn.look(name).colour, verdict(mean, low, high) is Verdict.DOUBTFUL
            doubtful |= unclear
            drawn.ax.plot(
                [low / factor, high / factor],
                [row, row],
                color=colour,
                linewidth=1.6,
                solid_capstyle="butt",
                gid=f"interval/{name}",
            )
            drawn.ax.plot(
                [mean / factor],
                [row],
                "o",
                color=colour,
                markersize=0.7 * drawn.font,
                markeredgewidth=1.4,
                markerfacecolor=drawn.style.ground if unclear else colour,
                gid=f"mean/{name}",
            )
            text = estimate(mean / factor, low / factor, high / factor)
            drawn.ax.annotate(
                f"({text})" if unclear else text,
                (1, row),
                xycoords=drawn.ax.get_yaxis_transform(),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=0.92 * drawn.font,
                color=drawn.style.soft if unclear else drawn.style.ink,
                annotation_clip=False,
            )
        drawn.ax.set_yticks(range(len(names)), [drawn.short(name) for name in names])
        drawn.ax.set_ylim(len(names) - 0.4, -0.6)
        drawn.ax.margins(x=0.06)
        drawn.ax.tick_params(axis="y", length=0)
        drawn.ax.spines["left"].set_visible(False)
        drawn.ax.grid(axis="x", color=drawn.style.rule, linewidth=0.5)
        drawn.ax.set_axisbelow(True)
        unit = f"{result.scenario.currency} {word}".strip() if money else result.units[outcome]
        drawn.ax.set_xlabel(f"difference in {outcome.replace('_', ' ')}, {unit}")
        drawn.title(f"{outcome.replace('_', ' ').capitalize()}: difference from {reference}")
        drawn.note(
            f"Mean difference from {reference} in the same futures"
            + (", ± half its 95 % interval or [low to high]" if result.futures > 1 else "")
            + ("; hollow, in brackets: not distinguishable from none." if doubtful else ".")
        )
    return drawn.ax


def waterfall(
    result: Result,
    policy: str,
    reference: str | None = None,
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
) -> Axes:
    """From the reference's exports to the policy's, bar by bar: delayed, taken over, lost, gained.

    Parameters
    ----------
    result : Result
    policy : str
    reference : str, optional
        The reference by default.
    ax, size, style
        See :func:`exportsim.report.plots.exports_by_month`.

    Returns
    -------
    Axes
        The bars are those of :func:`bars`.
    """
    reference = reference_of(result, reference)
    found = bars(result, policy, reference)
    factor, word = scale_of(bar.mean for bar in found if bar.part == "exports")
    with sheet(result, ax, size=size, style=style) as drawn:
        for row, bar in enumerate(found):
            fill, hatch = _dressed(bar, drawn.style)
            drawn.ax.barh(
                row,
                bar.mean / factor,
                left=bar.start / factor,
                height=0.68,
                color=fill,
                hatch=hatch,
                edgecolor=drawn.style.ground,
                linewidth=0,
                gid=f"bar/{bar.name}",
            )
            end = (bar.start + bar.mean) / factor
            if row + 1 < len(found):  # the level that is handed on
                drawn.ax.plot([end, end], [row - 0.34, row + 1.34], color=drawn.style.soft, linewidth=0.6)
            drawn.ax.annotate(
                estimate(*(value / factor for value in (bar.mean, bar.low, bar.high)), plus=bar.part == "change"),
                (1, row),
                xycoords=drawn.ax.get_yaxis_transform(),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=0.86 * drawn.font,
                color=drawn.style.ink,
                annotation_clip=False,
            )
        names = {0: reference, len(found) - 1: policy}
        drawn.ax.set_yticks(
            range(len(found)), [drawn.short(names.get(row, _worded(bar.name))) for row, bar in enumerate(found)]
        )
        drawn.ax.set_ylim(len(found) - 0.4, -0.6)
        drawn.ax.set_xlim(left=0)
        drawn.ax.tick_params(axis="y", length=0)
        drawn.ax.spines["left"].set_visible(False)
        drawn.ax.grid(axis="x", color=drawn.style.rule, linewidth=0.5)
        drawn.ax.set_axisbelow(True)
        drawn.ax.set_xlabel(f"exports, {result.scenario.currency} {word}".strip())
        drawn.title(f"From {reference} to {titled(result, policy)}")
        drawn.note("Mean of futures" + (", ± half its 95 % interval or [low to high]." if result.futures > 1 else "."))
    return drawn.ax


def bars(result: Result, policy: str, reference: str | None = None) -> list[Bar]:
    """The bars as drawn: the reference's exports, what changes, the policy's exports.

    Where more than :data:`MOST_BARS` would change, the smallest losses and the smallest gains are put together.
    """
    table = result.waterfall(policy, reference)
    if len(table) < 3:
        raise ExportsimError("there is no waterfall without exports")
    # Sums are exact where means have been rounded.
    means = table["cents"] / (100 * result.futures)
    rows = list(zip(table["bar"], table["part"], means, table["low"], table["high"], strict=True))
    changes = [(name, mean, low, high) for name, part, mean, low, high in rows if part == "change"]
    totals = {name: (mean, low, high) for name, part, mean, low, high in rows if part == "exports"}
    drawn, level = [Bar("reference", "exports", *totals["reference"], 0.0)], totals["reference"][0]
    for name, mean, low, high in _gathered(changes):
        drawn.append(Bar(name, "change", mean, low, high, level))
        level += mean
    return [*drawn, Bar("policy", "exports", *totals["policy"], 0.0)]


def _gathered(changes: list[tuple[str, float, float, float]]) -> list[tuple[str, float, float, float]]:
    """The changes in their order, the smallest of each direction put together at its end."""
    if len(changes) <= MOST_BARS:
        return changes
    large = {name for name, *_ in sorted(changes, key=lambda change: -abs(change[1]))[: MOST_BARS - 2]}
    gathered = []
    for sign, word in ((-1, "losses"), (1, "gains")):
        side = [change for change in changes if math.copysign(1, change[1]) == sign]
        rest = [change for change in side if change[0] not in large]
        if len(rest) > 1:
            side = [change for change in side if change[0] in large]
            side.append((f"{len(rest)} smaller {word}", math.fsum(mean for _, mean, *_ in rest), math.nan, math.nan))
        gathered += side
    return gathered


def _worded(name: str) -> str:
    """A bar's name as a label."""
    kind, _, rest = name.partition("/")
    if kind == "gained":
        return f"gained: {rest.removeprefix('delivered/').replace('/', ', ')}"
    return f"{kind.replace('_', ' ')}: {rest}" if rest else name


def _dressed(bar: Bar, style: Style) -> tuple[str, str]:
    """Fill and hatch: direction and kind, told apart in grey as well."""
    if bar.part == "exports":
        return style.licensed[0], ""
    if bar.mean > 0:
        return style.licensed[1], ""
    kind = bar.name.partition("/")[0]
    fills = {
        "taken_over": (style.unlicensed[1], "///"),
        "lost": (style.unlicensed[0], ""),
        "delayed": (style.waiting, ""),
    }
    return fills.get(kind, (style.waiting, "..."))
