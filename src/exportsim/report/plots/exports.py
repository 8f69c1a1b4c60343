"""Exports over time: what was exported, how far a policy has moved it so far, and who delivers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.analysis.intervals import FROM_ZERO, interval, intervals
from exportsim.arguments import chosen
from exportsim.plan import Float
from exportsim.report.document import Table
from exportsim.report.number_format import unit_of
from exportsim.report.plots.registry import figure
from exportsim.report.plots.results import (
    by_policy,
    by_year,
    exports_of,
    if_compared,
    last_months,
    mean_text,
    others_of,
    policies_of,
    reference_of,
    series_of,
    titled,
)
from exportsim.report.plots.sheet import Drawing, Label, sheet
from exportsim.report.plots.styles import SOLID
from exportsim.report.plots.time_axis import at, month_ends, time_axis
from exportsim.study.monthly_exports import monthly
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exportsim.report.amounts import Amounts

__all__ = ["cumulated_difference", "exports_by_month", "suppliers_shares"]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
YEAR, QUARTER = 12, 3  # months
MOST_SUPPLIERS = 3  # of each kind; more are put together
OTHERS = {True: "other licensed", False: "others"}  # suppliers put together, by whether an authority licenses them
HATCHES = ("///", "...", "xxx")


def _numbers_of_exports(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    policies = list(dict.fromkeys([result.scenario.reference, closely]))
    starts = [0, *(end + 1 for end in last_months(result).values())][:-1]
    yearly = [np.add.reduceat(exports_of(result, policy), starts, axis=1).T for policy in policies]
    columns = [[amounts.text(interval(year, bounds=FROM_ZERO)) for year in years] for years in yearly]
    caption = f"Exports of each year, {amounts.unit}: means of the futures"
    return by_year("numbers-exports", caption, result, policies, columns)


@figure(Result, 30, "Exports under {policy}", drawings=by_policy, numbers=_numbers_of_exports)
def exports_by_month(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """Exports of the twelve months up to each month's end: the median of the futures, and the bands that hold half and
    nine tenths of them. The policy's measures are marked at their dates.

    A single month's exports are a few deliveries, whose quantiles are mostly noise; a year's can be set beside the
    figures that authorities publish. A period of less than two years is drawn by single months.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    names = list(dict.fromkeys((reference, policy)))
    fans, window = {name: _fan(result, name) for name in names}, _window(result)
    factor, unit = unit_of(result.scenario.currency, (value for table in fans.values() for value in table.flat))
    with sheet(result, **how) as drawn:
        ends, bands = month_ends(result), result.futures > 1
        for name in names:
            look = drawn.look(name)
            low, below, middle, above, high = fans[name] / factor
            if bands:
                drawn.band(ends, low, high, look.colour, 0.13, f"90/{name}")
                drawn.band(ends, below, above, look.colour, 0.25, f"50/{name}")
            drawn.line(ends, middle, look, f"median/{name}", label=name)
        drawn.ax.set_ylim(bottom=0)
        what = "Exports of the 12 months up to each month's end" if window > 1 else "Exports of each month"
        drawn.describe(
            f"Exports {'in 12 months' if window > 1 else 'by month'} under {titled(result, policy)}",
            f"{what}{'. Line: median of futures; bands: 50 % and 90 % of them.' if bands else '.'}",
            y=unit,
        )
        time_axis(drawn, result, policy)
    return drawn.ax


def _numbers_of_cumulated(amounts: Amounts, closely: str) -> Table:
    result, others = amounts.result, others_of(amounts.result)
    reference, ends = exports_of(result, result.scenario.reference), last_months(result).values()
    so_far = [np.cumsum(exports_of(result, policy) - reference, axis=1) for policy in others]
    columns = [[amounts.cell(interval(table[:, end])) for end in ends] for table in so_far]
    caption = f"Exports less those under {result.scenario.reference} up to the end of each year, {amounts.unit}"
    return by_year("numbers-cumulated", caption, result, others, columns)


@figure(Result, 20, "When it does it", drawings=if_compared, numbers=_numbers_of_cumulated)
def cumulated_difference(
    result: Result, policies: Sequence[str] | None = None, reference: str | None = None, **how: Unpack[Drawing]
) -> Axes:
    """Exports above or below the reference's so far: the mean over futures and its 95 % interval.

    Its lines end at the differences of :meth:`exportsim.Result.compare`.
    """
    reference = reference_of(result, reference)
    names = policies_of(result.policies, policies, but=reference)
    tables = {name: _difference(result, name, reference) for name in names}
    factor, unit = unit_of(result.scenario.currency, (value for table in tables.values() for value in table.flat))
    with sheet(result, **how) as drawn:
        ends = month_ends(result)
        drawn.ax.axhline(0, color=drawn.look(reference).colour, linewidth=1)
        drawn.label_end(Label(0.0, reference, *drawn.look(reference)))
        for name in names:
            mean, low, high = tables[name] / factor
            drawn.band(ends, low, high, drawn.look(name).colour, 0.2, f"interval/{name}")
            drawn.line(ends, mean, drawn.look(name), f"mean/{name}", label=name)
        time_axis(drawn, result)
        more = " and its 95 % interval" if result.futures > 1 else ""
        drawn.describe(
            f"Exports so far: difference from {reference}",
            f"Cumulated exports: mean difference from {reference} in the same futures{more}.",
            y=unit,
        )
    return drawn.ax


def _numbers_of_shares(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    table, _ = series_of(result, closely)
    value = table.groupby([table["month"].dt.year, "supplier"], observed=True)["delivered_value"].sum()
    by_supplier = value.unstack(fill_value=0).reindex(list(last_months(result)), fill_value=0.0)
    names = [name for name in result.plan.names.suppliers if name in by_supplier.columns and by_supplier[name].any()]
    values = by_supplier[names]
    percent = (100 * values).div(values.sum(axis=1), axis=0)
    columns = [[mean_text(share) for share in percent[name]] for name in names]
    return by_year("numbers-shares", f"Shares of the value delivered under {closely}, %", result, names, columns)


@figure(Result, 60, "Who delivers under {policy}", drawings=by_policy, numbers=_numbers_of_shares)
def suppliers_shares(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """Suppliers' shares of the value delivered, by quarter.

    Licensed ones are below, others above; a line is the licensed suppliers' share under the reference.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    by_supplier = shares(result, policy)
    licensed = [name for name in by_supplier if _licensed(result, name)]
    others = [name for name in by_supplier if name not in licensed]
    with sheet(result, **how) as drawn:
        ends = month_ends(result)
        edges = np.concatenate([at(result, np.array([0])), ends[QUARTER - 1 : -1 : QUARTER], ends[-1:]])
        base = np.zeros(len(edges) - 1)
        for name, share in by_supplier.items():
            palette, alike = (drawn.style.licensed, licensed) if name in licensed else (drawn.style.unlicensed, others)
            number = alike.index(name)
            drawn.ax.fill_between(
                edges, _stepped(100 * base), _stepped(100 * (base + share)), step="post", facecolor=palette[number],
                hatch="" if name in licensed else HATCHES[number % 3], edgecolor=drawn.style.ground, linewidth=0.3,
                gid=f"share/{name}",
            )  # fmt: skip
            last = np.flatnonzero(base + share > 0)
            if len(last):
                height = 100 * float(base[last[-1]] + share[last[-1]] / 2)
                drawn.label_end(Label(height, name, drawn.style.soft, SOLID, 0.7))
            base = base + share
        if reference != policy:
            level = np.zeros(len(edges) - 1)
            for name, share in shares(result, reference).items():
                level = level + share if _licensed(result, name) else level
            drawn.ax.step(
                edges, _stepped(100 * level), where="post", color=drawn.style.ink, linewidth=1.2, gid="reference"
            )
        drawn.ax.set_ylim(0, 100)
        line = f"; line: licensed suppliers under {reference}" if reference != policy else ""
        drawn.describe(
            f"Who delivers under {titled(result, policy)}",
            f"Value delivered, by quarter, of all futures; licensed suppliers plain, others hatched{line}.",
            y="% of value",
        )
        time_axis(drawn, result, policy)
    return drawn.ax


def _fan(result: Result, policy: str) -> Float:
    """Quantiles of the exports of the last twelve months, or of the month in a short period.

    Shape (5, months): at :data:`LEVELS`, in currency units; NaN where there are not yet so many months.
    """
    exports = monthly(result).exports[result.policies.index(policy)]
    window = _window(result)
    so_far = np.append(np.zeros((len(exports), 1), dtype=np.int64), np.cumsum(exports, axis=1), axis=1)
    sums = np.full(exports.shape, np.nan)
    sums[:, window - 1 :] = (so_far[:, window:] - so_far[:, :-window]) / 100
    quantiles: Float = np.quantile(sums, LEVELS, axis=0)
    return quantiles


def _difference(result: Result, policy: str, reference: str) -> Float:
    """Mean, low and high of a policy's exports so far less another's, in currency units: shape (3, months)."""
    exports = monthly(result).exports
    so_far = np.cumsum(exports[result.policies.index(policy)] - exports[result.policies.index(reference)], axis=1) / 100
    return np.array([month[:3] for month in intervals(list(so_far.T), shares=[False] * so_far.shape[1])]).T


def _window(result: Result) -> int:
    return YEAR if len(month_ends(result)) >= 2 * YEAR else 1


def shares(result: Result, policy: str) -> dict[str, Float]:
    """Each supplier's share of the value delivered, by quarter: of all futures together.

    Licensed suppliers first, then others, each by value; the smallest of each kind are put together.
    """
    plan, (table, month) = result.plan, series_of(result, policy)
    quarters = -(-len(months(plan)[1]) // QUARTER)
    value = np.zeros((len(plan.names.suppliers) + 1, quarters))  # the last is no supplier, who delivers nothing
    np.add.at(value, (table["supplier"].cat.codes.to_numpy(), month // QUARTER), table["delivered_value"].to_numpy())
    total = value.sum(axis=0)
    share = np.divide(value, total, out=np.zeros_like(value), where=total > 0)
    by_supplier: dict[str, Float] = {}
    for licensed, together in OTHERS.items():
        rows = [
            row
            for row, name in enumerate(plan.names.suppliers)
            if _licensed(result, name) == licensed and value[row].any()
        ]
        rows.sort(key=lambda row: -value[row].sum())
        shown = len(rows) if len(rows) <= MOST_SUPPLIERS + 1 else MOST_SUPPLIERS
        by_supplier |= {plan.names.suppliers[row]: share[row] for row in rows[:shown]}
        if rows[shown:]:
            by_supplier[together] = share[rows[shown:]].sum(axis=0)
    return by_supplier


def _licensed(result: Result, name: str) -> bool:
    supplier = result.scenario.suppliers.get(name)
    return name == OTHERS[True] if supplier is None else supplier.authority is not None


def _stepped(values: Float) -> Float:
    """Values from each edge on, the last until the end."""
    return np.append(values, values[-1:])
