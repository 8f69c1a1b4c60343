"""Exports over time: how far a policy has moved them so far, and what was exported in each quarter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.analysis.intervals import FROM_ZERO, interval
from exportsim.arguments import chosen
from exportsim.language import text
from exportsim.plan import Float
from exportsim.report.document import Table
from exportsim.report.number_format import percent_number, three_digits, unit_of
from exportsim.report.plots.findings import exports_lead, quarters_lead
from exportsim.report.plots.registry import figure
from exportsim.report.plots.results import (
    by_other_policy,
    by_policy,
    by_year,
    exports_of,
    last_months,
    others_of,
    policies_of,
    reference_of,
)
from exportsim.report.plots.sheet import Drawing, Label, Sheet, sheet
from exportsim.report.plots.styles import DASHES, SOLID
from exportsim.report.plots.time_axis import at, month_ends, time_axis
from exportsim.study.monthly_exports import SHARES, monthly, months_together, quarterly
from exportsim.study.naming import policy_title
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exportsim.report.amounts import Amounts

__all__ = ["cumulated_difference", "exports_by_quarter"]

MOST_FUTURES = (0.05, 0.95)  # between which nine in ten of the futures are
MOST_BESIDE = 3  # other policies that are named, on a sheet that is wide


def _numbers_of_cumulated(amounts: Amounts, closely: str) -> Table:
    result, others = amounts.result, others_of(amounts.result)
    reference, ends = exports_of(result, result.scenario.reference), last_months(result).values()
    so_far = [np.cumsum(exports_of(result, policy) - reference, axis=1) for policy in others]
    columns = [[amounts.cell(interval(table[:, end])) for end in ends] for table in so_far]
    against = policy_title(result, result.scenario.reference)
    caption = text("figures.cumulated_difference.numbers", reference=against, unit=amounts.unit)
    return by_year("numbers-cumulated", caption, result, [policy_title(result, name) for name in others], columns)


@figure(Result, 5, drawings=by_other_policy, numbers=_numbers_of_cumulated)
def cumulated_difference(
    result: Result,
    policy: str,
    policies: Sequence[str] | None = None,
    reference: str | None = None,
    **how: Unpack[Drawing],
) -> Axes:
    """Exports above or below the reference's so far: the mean over futures, between what nine in ten futures are, and
    the policy's measures at their dates.

    It ends at the difference of :meth:`exportsim.Result.compare`. Of ``policies``, all by default, the others are drawn
    faintly. Where doubt about inputs was played, a bracket at the end holds eight in ten of the input sets.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    others = [name for name in policies_of(result.policies, policies, but=reference) if name != policy]
    so_far = {name: _so_far(result, name, reference) for name in [policy, *others]}
    low, high = np.quantile(so_far[policy], MOST_FUTURES, axis=0)
    means = {name: futures.mean(axis=0) for name, futures in so_far.items()}
    factor, unit = unit_of(
        result.scenario.currency, [*low, *high, *(value for each in means.values() for value in each)]
    )
    against, looked_at = policy_title(result, reference), policy_title(result, policy)
    with sheet(result, **how) as drawn:
        ends = month_ends(result)
        edges = np.append(at(result, np.array([0])), ends)
        drawn.ax.axhline(0, color=drawn.style.ink, linewidth=1, gid="zero")
        drawn.label_end(Label(0.0, against, drawn.style.ink, SOLID))
        for number_of, name in enumerate(others):
            dash = DASHES[number_of % len(DASHES)]
            mean = np.append(0, means[name]) / factor
            drawn.ax.plot(
                edges, mean, color=drawn.style.soft, linestyle=dash, linewidth=0.9, alpha=0.8, gid=f"mean/{name}"
            )
            if not drawn.narrow and len(others) <= MOST_BESIDE:
                drawn.label_end(Label(float(mean[-1]), policy_title(result, name), drawn.style.soft, dash, 0.9))
        colour = drawn.style.hues[0]
        mean = np.append(0, means[policy]) / factor
        if result.futures > 1:
            drawn.band(edges, np.append(0, low) / factor, np.append(0, high) / factor, colour, 0.2, f"futures/{policy}")
        drawn.ax.plot(edges, mean, color=colour, linewidth=2.4, gid=f"mean/{policy}")
        drawn.label_end(Label(float(mean[-1]), _end_words(result, policy, reference, float(mean[-1]), factor), colour,
                              SOLID, 2.4, bold=True))  # fmt: skip
        time_axis(drawn, result, policy)
        inputs = _draw_inputs(drawn, result, policy, reference, factor, float(edges[-1]))
        shown = "one_future" if result.futures == 1 else "shown"
        drawn.describe(
            exports_lead(result, policy, reference),
            text(f"figures.cumulated_difference.{shown}", policy=looked_at, reference=against, unit=unit),
            inputs,
            text("figures.cumulated_difference.others", number=len(others)) if others else "",
        )
    return drawn.ax


def _end_words(result: Result, policy: str, reference: str, end: float, factor: float) -> str:
    """The name of the line that is looked at, with where it ends."""
    before = float(exports_of(result, reference).sum(axis=1).mean()) / factor
    amount = three_digits(end)
    words = {"policy": policy_title(result, policy), "amount": f"+{amount}" if end > 0 else amount}
    if before <= 0:
        return text("figures.end_amount", **words)
    share = percent_number(end / before)
    return text("figures.end_percent", percent=f"+{share}" if end > 0 else share, **words)


def _draw_inputs(drawn: Sheet, result: Result, policy: str, reference: str, factor: float, end: float) -> str:
    """A bracket for the range over inputs where it was played, and what it is."""
    doubt = getattr(result, "doubt", None)
    if doubt is None:
        return ""
    low, high, *_ = doubt.range("exports", policy, reference)
    ink = drawn.style.ink
    drawn.ax.plot([end, end], [low / factor, high / factor], color=ink, linewidth=2, clip_on=False, gid="inputs",
                  marker="_", markersize=9, markeredgewidth=2, zorder=5)  # fmt: skip
    ends = (three_digits(value / factor) for value in (low, high))
    return text("figures.cumulated_difference.inputs", low=next(ends), high=next(ends))


def _numbers_of_exports(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    policies = list(dict.fromkeys([result.scenario.reference, closely]))
    starts = [0, *(end + 1 for end in last_months(result).values())][:-1]
    yearly = [np.add.reduceat(exports_of(result, policy), starts, axis=1).T for policy in policies]
    columns = [[amounts.text(interval(year, bounds=FROM_ZERO)) for year in years] for years in yearly]
    caption = text("figures.exports_by_quarter.numbers", unit=amounts.unit)
    return by_year("numbers-exports", caption, result, [policy_title(result, name) for name in policies], columns)


@figure(Result, 30, drawings=by_policy, numbers=_numbers_of_exports)
def exports_by_quarter(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """Exports of each quarter: the mean of the futures, and the bands that hold half and nine tenths of them. The
    policy's measures are marked at their dates.

    Quarters are of three months from the start of the period; a last one that is not whole is left out. A period of
    less than two years is drawn by single months.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    names, long = list(dict.fromkeys((reference, policy))), months_together(result.plan)
    sums = {name: quarterly(result, name) for name in names}
    bands = {name: np.quantile(table, SHARES, axis=0) for name, table in sums.items()}
    factor, unit = unit_of(result.scenario.currency, (value for table in bands.values() for value in table.flat))
    with sheet(result, **how) as drawn:
        ends = month_ends(result)[long - 1 :: long]
        edges = np.append(at(result, np.array([0])), ends)
        for name in names:
            look = drawn.look(name)
            low, below, _, above, high = (np.append(row, row[-1:]) / factor for row in bands[name])
            if result.futures > 1:
                for ends_of, alpha, gid in (((low, high), 0.13, f"90/{name}"), ((below, above), 0.25, f"50/{name}")):
                    drawn.ax.fill_between(
                        edges, *ends_of, color=look.colour, alpha=alpha, linewidth=0, step="post", gid=gid
                    )
            mean = sums[name].mean(axis=0) / factor
            drawn.ax.step(
                edges, np.append(mean, mean[-1:]), where="post", color=look.colour, linestyle=look.dash, linewidth=1.6,
                gid=f"mean/{name}",
            )  # fmt: skip
            drawn.label_end(Label(float(mean[-1]), policy_title(result, name), *look))
        drawn.ax.set_ylim(bottom=0)
        time_axis(drawn, result, policy)
        of = "quarter" if long > 1 else "month"
        drawn.describe(
            quarters_lead(result, policy, reference),
            text(f"figures.exports_by_quarter.shown_{of}", unit=unit),
            text("figures.exports_by_quarter.bands") if result.futures > 1 else "",
        )
    return drawn.ax


def _so_far(result: Result, policy: str, reference: str) -> Float:
    """A policy's exports so far less another's, in currency units, by future and month."""
    exports = monthly(result).exports
    difference = exports[result.policies.index(policy)] - exports[result.policies.index(reference)]
    return np.asarray(np.cumsum(difference, axis=1) / 100, dtype=np.float64)
