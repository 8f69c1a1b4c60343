"""Exports over time: what was exported, and how far a policy has moved it so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.analysis.intervals import FROM_ZERO, Interval, interval, intervals
from exportsim.arguments import chosen
from exportsim.plan import Float
from exportsim.report.document import Table
from exportsim.report.number_format import unit_of
from exportsim.report.plots.choice_of_axes import (
    by_policy,
    if_compared,
    month_ends,
    others_of,
    policies_of,
    reference_of,
    span,
    titled,
)
from exportsim.report.plots.labels import Label, label_ends
from exportsim.report.plots.measure_marks import draw_marks
from exportsim.report.plots.registry import figure
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.report.plots.years import exports_of, last_months, years
from exportsim.study.monthly_exports import monthly
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exportsim.report.amounts import Amounts

__all__ = ["cumulated_difference", "exports_by_month"]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
YEAR = 12  # months


def _numbers_of_exports(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    policies = list(dict.fromkeys([result.scenario.reference, closely]))
    columns = [_yearly(result, policy) for policy in policies]
    return Table(
        "numbers-exports",
        f"Exports of each year, {amounts.unit}: means of the futures",
        ["year", *policies],
        [[year, *map(amounts.text, row)] for year, *row in zip(years(result), *columns, strict=True)],
    )


@figure(Result, 30, "Exports under {policy}", drawings=by_policy, numbers=_numbers_of_exports)
def exports_by_month(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """Exports of the twelve months up to each month's end: the median of the futures, and the bands that hold half and
    nine tenths of them. The policy's measures are marked at their dates.

    A single month's exports are a few deliveries, whose quantiles are mostly noise; a year's can be set beside the
    figures that authorities publish. A period of less than two years is drawn by single months.

    Parameters
    ----------
    result : Result
    policy : str
        Whose measures are marked.
    reference : str, optional
        The reference by default.
    **how
        ``ax``: axes to draw on, of a new figure by default; ``size``: its width and height in inches; ``style``:
        ``"light"`` or ``"dark"``. So it is for all figures.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    names = list(dict.fromkeys((reference, policy)))
    fans, window = {name: fan(result, name) for name in names}, _window(result)
    factor, unit = unit_of(result.scenario.currency, (value for table in fans.values() for value in table.flat))
    with sheet(result, **how) as drawn:
        ends, bands = month_ends(result), result.futures > 1
        for name in names:
            look = drawn.look(name)
            low, below, middle, above, high = fans[name] / factor
            if bands:
                drawn.band(ends, low, high, look.colour, 0.13, f"90/{name}")
                drawn.band(ends, below, above, look.colour, 0.25, f"50/{name}")
            drawn.line(ends, middle, look, f"median/{name}")
        drawn.ax.set_ylim(bottom=0)
        span(drawn, result)
        drawn.ax.set_ylabel(unit)
        drawn.title(f"Exports {'in 12 months' if window > 1 else 'by month'} under {titled(result, policy)}")
        what = "Exports of the 12 months up to each month's end" if window > 1 else "Exports of each month"
        drawn.note(f"{what}{'. Line: median of futures; bands: 50 % and 90 % of them.' if bands else '.'}")
        draw_marks(drawn, result, policy)
        label_ends(drawn, [Label(fans[name][2, -1] / factor, name, *drawn.look(name)) for name in names])
    return drawn.ax


def _numbers_of_cumulated(amounts: Amounts, closely: str) -> Table:
    result, others = amounts.result, others_of(amounts.result)
    reference, ends = exports_of(result, result.scenario.reference), last_months(result)
    so_far = [np.cumsum(exports_of(result, policy) - reference, axis=1) for policy in others]
    columns = [[amounts.cell(interval(table[:, end])) for end in ends] for table in so_far]
    return Table(
        "numbers-cumulated",
        f"Exports less those under {result.scenario.reference} up to the end of each year, {amounts.unit}",
        ["year", *others],
        [[year, *row] for year, *row in zip(years(result), *columns, strict=True)],
    )


@figure(Result, 20, "When it does it", drawings=if_compared, numbers=_numbers_of_cumulated)
def cumulated_difference(
    result: Result, policies: Sequence[str] | None = None, reference: str | None = None, **how: Unpack[Drawing]
) -> Axes:
    """Exports above or below the reference's so far: the mean over futures and its 95 % interval.

    Its lines end at the differences of :meth:`exportsim.Result.compare`.

    Parameters
    ----------
    result : Result
    policies : sequence of str, optional
        All but the reference by default.
    reference : str, optional
        The reference by default.
    """
    reference = reference_of(result, reference)
    names = policies_of(result.policies, policies, but=reference)
    tables = {name: difference(result, name, reference) for name in names}
    factor, unit = unit_of(result.scenario.currency, (value for table in tables.values() for value in table.flat))
    with sheet(result, **how) as drawn:
        ends = month_ends(result)
        drawn.ax.axhline(0, color=drawn.look(reference).colour, linewidth=1)
        for name in names:
            mean, low, high = tables[name] / factor
            drawn.band(ends, low, high, drawn.look(name).colour, 0.2, f"interval/{name}")
            drawn.line(ends, mean, drawn.look(name), f"mean/{name}")
        span(drawn, result)
        drawn.ax.set_ylabel(unit)
        drawn.title(f"Exports so far: difference from {reference}")
        more = " and its 95 % interval" if result.futures > 1 else ""
        drawn.note(f"Cumulated exports: mean difference from {reference} in the same futures{more}.")
        labels = [Label(0.0, reference, *drawn.look(reference))]
        labels += [Label(tables[name][0, -1] / factor, name, *drawn.look(name)) for name in names]
        label_ends(drawn, labels)
    return drawn.ax


def fan(result: Result, policy: str) -> Float:
    """Quantiles of the exports of the last twelve months, or of the month in a short period.

    Returns
    -------
    ndarray of float64, shape (5, months)
        At :data:`LEVELS`, in currency units; NaN where there are not yet so many months.
    """
    exports = monthly(result).exports[result.policies.index(policy)]
    window = _window(result)
    so_far = np.append(np.zeros((len(exports), 1), dtype=np.int64), np.cumsum(exports, axis=1), axis=1)
    sums = np.full(exports.shape, np.nan)
    sums[:, window - 1 :] = (so_far[:, window:] - so_far[:, :-window]) / 100
    found: Float = np.quantile(sums, LEVELS, axis=0)
    return found


def difference(result: Result, policy: str, reference: str) -> Float:
    """The mean of a policy's exports so far less another's, and its interval.

    Returns
    -------
    ndarray of float64, shape (3, months)
        Mean, low and high, in currency units.
    """
    exports = monthly(result).exports
    each = np.cumsum(exports[result.policies.index(policy)] - exports[result.policies.index(reference)], axis=1) / 100
    return np.array([month[:3] for month in intervals(list(each.T), shares=[False] * each.shape[1])]).T


def _window(result: Result) -> int:
    return YEAR if len(month_ends(result)) >= 2 * YEAR else 1


def _yearly(result: Result, policy: str) -> list[Interval]:
    starts = [0, *(end + 1 for end in last_months(result)[:-1])]
    return [interval(year, bounds=FROM_ZERO) for year in np.add.reduceat(exports_of(result, policy), starts, axis=1).T]
