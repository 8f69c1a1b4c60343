"""What policies change in all: the differences beside each other, and one difference taken apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Unpack

from exportsim.analysis.intervals import Verdict, verdict
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.report.amounts import Amounts, intervals_of
from exportsim.report.document import Table
from exportsim.report.number_format import estimate, unit_of
from exportsim.report.plots.registry import figure
from exportsim.report.plots.results import (
    by_other_policy,
    if_compared,
    in_words,
    others_of,
    policies_of,
    reference_of,
    titled,
)
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.report.plots.styles import fill_of
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["differences", "waterfall"]

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
    start: float = 0.0
    """Where it begins; it ends at start + mean."""


def _numbers_of_differences(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    return Table(
        "numbers-differences",
        f"Exports less those under {result.scenario.reference}, {amounts.unit}",
        ["policy", "difference"],
        [[policy, amounts.cell(amounts.change(policy, "exports"))] for policy in others_of(result)],
    )


@figure(Result, 10, "What each policy does to exports", drawings=if_compared, numbers=_numbers_of_differences)
def differences(
    result: Result,
    policies: Sequence[str] | None = None,
    reference: str | None = None,
    *,
    outcome: str = "exports",
    **how: Unpack[Drawing],
) -> Axes:
    """Each policy's exports less the reference's, in the same futures: the mean and its 95 % interval; hollow where it
    is not distinguishable from none.

    The outcome is one of :attr:`exportsim.Result.units`.
    """
    reference, outcome = reference_of(result, reference), chosen(outcome, tuple(result.units), "outcome")
    names = policies_of(result.policies, policies, but=reference)
    table = result.compare(reference).loc[[(name, outcome) for name in names]]
    rows = list(zip(names, table[["mean", "low", "high"]].to_numpy().tolist(), strict=True))
    factor, unit = unit_of(result.units[outcome], (value for _, values in rows for value in values))
    with sheet(result, **how) as drawn:
        drawn.ax.axvline(0, color=drawn.style.ink, linewidth=0.9)
        doubtful = False
        for row, (name, (mean, low, high)) in enumerate(rows):
            colour, unclear = drawn.look(name).colour, verdict(mean, low, high) is Verdict.DOUBTFUL
            doubtful |= unclear
            drawn.interval(low / factor, high / factor, row, colour, solid_capstyle="butt", gid=f"interval/{name}")
            drawn.ax.plot(
                [mean / factor], [row], "o", color=colour, markersize=0.7 * drawn.font, markeredgewidth=1.4,
                markerfacecolor=drawn.style.ground if unclear else colour, gid=f"mean/{name}",
            )  # fmt: skip
            text = estimate(mean / factor, low / factor, high / factor)
            drawn.beside(row, f"({text})" if unclear else text, colour=drawn.style.soft if unclear else None)
        drawn.name_rows([drawn.short(name) for name in names])
        drawn.ax.margins(x=0.06)
        words = outcome.replace("_", " ")
        drawn.describe(
            f"{words.capitalize()}: difference from {reference}",
            f"Mean difference from {reference} in the same futures"
            + (", ± half its 95 % interval or [low to high]" if result.futures > 1 else "")
            + ("; hollow, in brackets: not distinguishable from none." if doubtful else "."),
            x=f"difference in {words}, {unit}",
        )
    return drawn.ax


def _numbers_of_waterfall(amounts: Amounts, closely: str) -> Table:
    table = amounts.result.waterfall(closely)
    rows = zip(table["bar"], intervals_of(table), strict=True)
    return Table(
        "numbers-waterfall",
        f"From reference to {closely}, {amounts.unit}",
        ["what", "value"],
        [[in_words(str(bar)), amounts.text(value)] for bar, value in rows],
    )


@figure(Result, 40, "Where the exports went under {policy}", drawings=by_other_policy, numbers=_numbers_of_waterfall)
def waterfall(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """From the reference's exports to the policy's: what comes after the period, what others take over, what is lost
    and what is gained. The bars add up to the difference, to the cent.

    Where more than nine would change, the smallest losses and the smallest gains are put together.
    """
    reference = reference_of(result, reference)
    drawn_bars = bars(result, policy, reference)
    factor, unit = unit_of(result.scenario.currency, (bar.mean for bar in drawn_bars if bar.part == "exports"))
    with sheet(result, **how) as drawn:
        for row, bar in enumerate(drawn_bars):
            change = "gained" if bar.mean > 0 else bar.name.partition("/")[0]
            fill, hatch = fill_of(drawn.style, "licensed" if bar.part == "exports" else change)
            drawn.ax.barh(
                row, bar.mean / factor, left=bar.start / factor, height=0.68, color=fill, hatch=hatch,
                edgecolor=drawn.style.ground, linewidth=0, gid=f"bar/{bar.name}",
            )  # fmt: skip
            end = (bar.start + bar.mean) / factor
            if row + 1 < len(drawn_bars):  # the level that is handed on
                drawn.ax.plot([end, end], [row - 0.34, row + 1.34], color=drawn.style.soft, linewidth=0.6)
            amount = (value / factor for value in (bar.mean, bar.low, bar.high))
            drawn.beside(row, estimate(*amount, plus=bar.part == "change"), size=0.86)
        names = {0: reference, len(drawn_bars) - 1: policy}
        drawn.name_rows([drawn.short(names.get(row, _worded(bar.name))) for row, bar in enumerate(drawn_bars)])
        drawn.ax.set_xlim(left=0)
        drawn.describe(
            f"From {reference} to {titled(result, policy)}",
            "Mean of futures" + (", ± half its 95 % interval or [low to high]." if result.futures > 1 else "."),
            x=f"exports, {unit}",
        )
    return drawn.ax


def bars(result: Result, policy: str, reference: str | None = None) -> list[Bar]:
    """The bars as drawn: the reference's exports, what changes, the policy's exports."""
    table = result.waterfall(policy, reference)
    if len(table) < 3:
        raise ExportsimError("there is no waterfall without exports")
    # Sums are exact where means have been rounded.
    means = table["cents"] / (100 * result.futures)
    rows = [Bar(*row) for row in zip(table["bar"], table["part"], means, table["low"], table["high"], strict=True)]
    totals = {row.name: row for row in rows if row.part == "exports"}
    drawn, level = [totals["reference"]], totals["reference"].mean
    for change in _gathered([row for row in rows if row.part == "change"]):
        drawn.append(change._replace(start=level))
        level += change.mean
    return [*drawn, totals["policy"]]


def _gathered(changes: list[Bar]) -> list[Bar]:
    """The changes in their order, the smallest of each direction put together at its end."""
    if len(changes) <= MOST_BARS:
        return changes
    large = sorted(changes, key=lambda change: -abs(change.mean))[: MOST_BARS - 2]
    gathered = []
    for sign, word in ((-1, "losses"), (1, "gains")):
        side = [change for change in changes if math.copysign(1, change.mean) == sign]
        rest = [change for change in side if change not in large]
        if len(rest) > 1:
            total = math.fsum(change.mean for change in rest)
            side = [change for change in side if change in large]
            side.append(Bar(f"{len(rest)} smaller {word}", "change", total, math.nan, math.nan))
        gathered += side
    return gathered


def _worded(name: str) -> str:
    """A bar's name as a label."""
    kind, _, rest = name.partition("/")
    if kind == "gained":
        return f"gained: {rest.removeprefix('delivered/').replace('/', ', ')}"
    return f"{kind.replace('_', ' ')}: {rest}" if rest else name
