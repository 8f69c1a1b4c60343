"""What policies change in all: the differences beside each other, and one difference taken apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np

from exportsim.analysis.intervals import Verdict, verdict
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.report.amounts import Amounts, intervals_of
from exportsim.report.document import Table
from exportsim.report.number_format import estimate, number, percent_number, places, unit_of
from exportsim.report.plots.findings import waterfall_lead
from exportsim.report.plots.registry import figure
from exportsim.report.plots.results import (
    by_other_policy,
    if_compared,
    others_of,
    policies_of,
    reference_of,
)
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.report.plots.styles import fill_of
from exportsim.study.naming import fate_words, outcome_words, policy_title
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["differences", "waterfall"]

MOST_BARS = 9  # between the two totals
LEAST_BAR = 0.012  # of the larger total: what is narrower cannot be seen
SMALL = "small"  # what bars that are put together are called, with which they are and their number


class Row(NamedTuple):
    """A policy's difference from the reference, with its interval."""

    policy: str
    mean: float
    low: float
    high: float


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
    against = policy_title(result, result.scenario.reference)
    return Table(
        "numbers-differences",
        text("figures.differences.numbers", reference=against, unit=amounts.unit),
        text("figures.differences.columns").split("|"),
        [[policy_title(result, name), amounts.cell(amounts.change(name, "exports"))] for name in others_of(result)],
    )


@figure(Result, 10, drawings=if_compared, numbers=_numbers_of_differences)
def differences(
    result: Result,
    policies: Sequence[str] | None = None,
    reference: str | None = None,
    *,
    outcome: str = "exports",
    policy: str | None = None,
    **how: Unpack[Drawing],
) -> Axes:
    """Each policy's exports less the reference's, in the same futures: the mean and its 95 % interval, the lowest on
    top; hollow where it is not distinguishable from none.

    The outcome is one of :attr:`exportsim.Result.units`; ``policy`` is picked out, the first that is not the reference
    by default.
    """
    reference, outcome = reference_of(result, reference), chosen(outcome, tuple(result.units), "outcome")
    names = policies_of(result.policies, policies, but=reference)
    picked = chosen(policy, result.policies, "policy") if policy is not None else next(iter(others_of(result)), None)
    table = result.compare(reference).loc[[(name, outcome) for name in names]]
    values = table[["mean", "low", "high"]].to_numpy().tolist()
    rows = sorted((Row(name, *row) for name, row in zip(names, values, strict=True)), key=lambda row: row.mean)
    factor, unit = unit_of(result.units[outcome], (value for row in rows for value in row[1:]))
    against, words = policy_title(result, reference), outcome_words(result, outcome)
    with sheet(result, **how) as drawn:
        drawn.ax.axvline(0, color=drawn.style.ink, linewidth=0.9)
        doubtful = False
        for row, (name, mean, low, high) in enumerate(rows):
            colour = drawn.style.hues[0] if name == picked else drawn.style.soft
            unclear = verdict(mean, low, high) is Verdict.DOUBTFUL
            doubtful |= unclear
            drawn.interval(low / factor, high / factor, row, colour, solid_capstyle="butt", gid=f"interval/{name}")
            drawn.ax.plot(
                [mean / factor], [row], "o", color=colour, markersize=0.7 * drawn.font, markeredgewidth=1.4,
                markerfacecolor=drawn.style.ground if unclear else colour, gid=f"mean/{name}",
            )  # fmt: skip
            amount = estimate(mean / factor, low / factor, high / factor)
            drawn.beside(row, f"({amount})" if unclear else amount, colour=drawn.style.soft if unclear else None)
        drawn.name_rows([policy_title(result, row.policy) for row in rows])
        for label, each in zip(drawn.ax.get_yticklabels(), rows, strict=True):
            label.set_fontweight("bold" if each.policy == picked else "normal")
        drawn.ax.margins(x=0.06)
        drawn.describe(
            _differences_lead(result, rows, outcome, reference),
            text("figures.differences.shown", outcome=words, unit=unit, reference=against),
            text("figures.differences.intervals") if result.futures > 1 else "",
            text("figures.differences.hollow") if doubtful else "",
        )
    return drawn.ax


def _differences_lead(result: Result, rows: list[Row], outcome: str, reference: str) -> str:
    """Which policy moves the outcome most, if any does beyond doubt."""
    words = {"outcome": outcome_words(result, outcome), "reference": policy_title(result, reference)}
    clear = [
        (mean, name)
        for name, mean, low, high in rows
        if verdict(mean, low, high) not in (Verdict.DOUBTFUL, Verdict.SAME) and mean
    ]
    if not clear:
        return text("figures.differences.lead_none", number=len(rows), **words)
    mean, name = max(clear, key=lambda each: abs(each[0]))
    before = float(np.mean(result.values[result.policies.index(reference), :, list(result.units).index(outcome)]))
    if outcome != "exports" or before <= 0:
        return text("figures.differences.lead_most", policy=policy_title(result, name), **words)
    way = "down" if mean < 0 else "up"
    share = percent_number(abs(mean) / before)
    return text(f"figures.differences.lead_{way}", policy=policy_title(result, name), percent=share, **words)


def _numbers_of_waterfall(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    table = result.waterfall(closely)
    rows = zip(table["bar"], intervals_of(table), strict=True)
    ends = {"reference": policy_title(result, result.scenario.reference), "policy": policy_title(result, closely)}
    caption = text("figures.waterfall.numbers", unit=amounts.unit, **ends)
    head = text("figures.waterfall.columns").split("|")
    names = (ends.get(str(bar)) or fate_words(result, str(bar)) for bar in table["bar"])
    return Table(
        "numbers-waterfall",
        caption,
        head,
        [[name, amounts.text(value)] for name, (_, value) in zip(names, rows, strict=True)],
    )


@figure(Result, 40, drawings=by_other_policy, numbers=_numbers_of_waterfall)
def waterfall(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """From the reference's exports to the policy's: what comes after the period, what others take over, what is lost
    and what is gained. The bars add up to the difference, to the cent.

    Changes that are too small to be seen are put together, and the smallest where more than nine would change.
    """
    reference = reference_of(result, reference)
    drawn_bars = bars(result, policy, reference)
    factor, unit = unit_of(result.scenario.currency, (bar.mean for bar in drawn_bars if bar.part == "exports"))
    unseen = [bar for bar in drawn_bars if bar.part == "change" and abs(bar.mean) < _least(drawn_bars)]
    shown = [bar for bar in drawn_bars if bar not in unseen]
    titles = policy_title(result, reference), policy_title(result, policy)
    with sheet(result, **how) as drawn:
        for row, bar in enumerate(shown):
            change = "gained" if bar.mean > 0 else bar.name.partition("/")[0]
            fill, hatch = fill_of(drawn.style, "licensed" if bar.part == "exports" else change)
            drawn.ax.barh(
                row, bar.mean / factor, left=bar.start / factor, height=0.68, color=fill, hatch=hatch,
                edgecolor=drawn.style.ground, linewidth=0, gid=f"bar/{bar.name}",
            )  # fmt: skip
            end = (bar.start + bar.mean) / factor
            if row + 1 < len(shown):  # the level that is handed on
                drawn.ax.plot([end, end], [row - 0.34, row + 1.34], color=drawn.style.soft, linewidth=0.6)
            amount = (value / factor for value in (bar.mean, bar.low, bar.high))
            drawn.beside(row, estimate(*amount, plus=bar.part == "change"))
        drawn.name_rows([titles[0], *(_worded(result, bar.name) for bar in shown[1:-1]), titles[1]])
        drawn.ax.set_xlim(left=0)
        left_out = ""
        if unseen:
            total = number(unseen[0].mean / factor, places(abs(unseen[0].mean / factor), 2))
            left_out = text("figures.waterfall.left_out", changes=_worded(result, unseen[0].name), total=total)
        drawn.describe(
            waterfall_lead(result, policy, reference),
            text("figures.waterfall.shown", unit=unit, reference=titles[0], policy=titles[1]),
            text("figures.waterfall.intervals") if result.futures > 1 else "",
            left_out,
        )
    return drawn.ax


def bars(result: Result, policy: str, reference: str | None = None) -> list[Bar]:
    """The reference's exports, what changes, the policy's exports; together what cannot be seen by itself."""
    table = result.waterfall(policy, reference)
    if len(table) < 3:
        raise ExportsimError("there is no waterfall without exports")
    # Sums are exact where means have been rounded.
    means = table["cents"] / (100 * result.futures)
    rows = [Bar(*row) for row in zip(table["bar"], table["part"], means, table["low"], table["high"], strict=True)]
    totals = {row.name: row for row in rows if row.part == "exports"}
    drawn, level = [totals["reference"]], totals["reference"].mean
    for change in _gathered([row for row in rows if row.part == "change"], _least(list(totals.values()))):
        drawn.append(change._replace(start=level))
        level += change.mean
    return [*drawn, totals["policy"]]


def _least(rows: list[Bar]) -> float:
    """Below what a bar cannot be seen."""
    return LEAST_BAR * max(bar.mean for bar in rows if bar.part == "exports")


def _gathered(changes: list[Bar], least: float) -> list[Bar]:
    """The changes in their order, the smallest put together: of each direction, or all where that cannot be seen."""
    by_size = sorted((change for change in changes if abs(change.mean) >= least), key=lambda each: -abs(each.mean))
    large = by_size if len(by_size) <= MOST_BARS else by_size[: MOST_BARS - 2]
    small = [change for change in changes if change not in large]
    if not small:
        return changes
    sides = [[change for change in small if (change.mean < 0) is losses] for losses in (True, False)]
    kept = [[change for change in large if (change.mean < 0) is losses] for losses in (True, False)]
    if all(not side or abs(math.fsum(each.mean for each in side)) >= least for side in sides):
        gathered = [_together(side, word) for side, word in zip(sides, ("losses", "gains"), strict=True)]
        return [*kept[0], *gathered[0], *kept[1], *gathered[1]]
    return [*kept[0], *kept[1], *_together(small, "changes")]


def _together(side: list[Bar], word: str) -> list[Bar]:
    """Changes as one, whose interval is not known; one alone as it is."""
    if len(side) < 2 and word != "changes":
        return side
    total = math.fsum(change.mean for change in side)
    return [Bar(f"{SMALL}/{word}/{len(side)}", "change", total, math.nan, math.nan)]


def _worded(result: Result, name: str) -> str:
    """A bar's name as a label."""
    if not name.startswith(f"{SMALL}/"):
        return fate_words(result, name)
    _, word, count = name.split("/")
    return text(f"figures.waterfall.{word}", number=int(count))
