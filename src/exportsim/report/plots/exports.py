"""Exports over time: what was exported, and how far a policy has moved it so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.intervals import intervals
from exportsim.arguments import chosen
from exportsim.plan import Float
from exportsim.report.number_format import scale_of
from exportsim.report.plots.choice_of_axes import month_ends, policies_of, reference_of, span
from exportsim.report.plots.labels import Label, label_ends
from exportsim.report.plots.measure_marks import draw_marks, marks
from exportsim.report.plots.sheet import SIZE, Sheet, sheet, titled
from exportsim.report.plots.styles import StyleName
from exportsim.study.monthly_exports import monthly
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
YEAR = 12  # months


def exports_by_month(
    result: Result,
    policy: str,
    reference: str | None = None,
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
) -> Axes:
    """Exports of the twelve months up to each month's end, under a policy and the reference, in quantiles of futures.

    A single month's exports are a few deliveries, whose quantiles are mostly noise; a year's can be set beside the
    figures that authorities publish. A period of less than two years is drawn by single months.

    Parameters
    ----------
    result : Result
    policy : str
        Whose measures are marked.
    reference : str, optional
        The reference by default.
    ax : Axes, optional
        To draw on; of a new figure by default.
    size : pair of float
        Width and height in inches of a new figure.
    style : str
        ``"light"`` or ``"dark"``.

    Returns
    -------
    Axes
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    names = list(dict.fromkeys((reference, policy)))
    fans, window = {name: fan(result, name) for name in names}, _window(result)
    factor, word = scale_of(value for found in fans.values() for value in found.flat)
    with sheet(result, ax, size=size, style=style) as drawn:
        ends, bands = month_ends(result), result.futures > 1
        for name in names:
            colour, dash = drawn.look(name)
            low, below, middle, above, high = fans[name] / factor
            if bands:
                drawn.ax.fill_between(ends, low, high, color=colour, alpha=0.13, linewidth=0, gid=f"90/{name}")
                drawn.ax.fill_between(ends, below, above, color=colour, alpha=0.25, linewidth=0, gid=f"50/{name}")
            drawn.ax.plot(ends, middle, color=colour, linestyle=dash, linewidth=1.6, gid=f"median/{name}")
        drawn.ax.set_ylim(bottom=0)
        span(drawn)
        drawn.ax.set_ylabel(_unit(result, word))
        drawn.title(f"Exports {'in 12 months' if window > 1 else 'by month'} under {titled(result, policy)}")
        what = "Exports of the 12 months up to each month's end" if window > 1 else "Exports of each month"
        drawn.note(f"{what}{'. Line: median of futures; bands: 50 % and 90 % of them.' if bands else '.'}")
        draw_marks(drawn, marks(result, policy))
        label_ends(drawn, [Label(fans[name][2, -1] / factor, name, *drawn.look(name)) for name in names])
    return drawn.ax


def cumulated_difference(
    result: Result,
    policies: Sequence[str] | None = None,
    reference: str | None = None,
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
) -> Axes:
    """What a policy's exports are above or below the reference's so far: mean over futures and its 95 % interval.

    Parameters
    ----------
    result : Result
    policies : sequence of str, optional
        All but the reference by default.
    reference : str, optional
        The reference by default.
    ax, size, style
        See :func:`exports_by_month`.

    Returns
    -------
    Axes
        Its lines end at the differences of :meth:`exportsim.Result.compare`.
    """
    reference = reference_of(result, reference)
    names = policies_of(result, policies, but=reference)
    found = {name: difference(result, name, reference) for name in names}
    factor, word = scale_of(value for table in found.values() for value in table.flat)
    with sheet(result, ax, size=size, style=style) as drawn:
        ends = month_ends(result)
        drawn.ax.axhline(0, color=drawn.look(reference).colour, linewidth=1)
        for name in names:
            colour, dash = drawn.look(name)
            mean, low, high = found[name] / factor
            drawn.ax.fill_between(ends, low, high, color=colour, alpha=0.2, linewidth=0, gid=f"interval/{name}")
            drawn.ax.plot(ends, mean, color=colour, linestyle=dash, linewidth=1.6, gid=f"mean/{name}")
        span(drawn)
        drawn.ax.set_ylabel(_unit(result, word))
        drawn.title(f"Exports so far: difference from {reference}")
        drawn.note(_interval_note(drawn, f"Cumulated exports: mean difference from {reference} in the same futures"))
        labels = [Label(0.0, reference, drawn.look(reference).colour, drawn.look(reference).dash)]
        labels += [Label(found[name][0, -1] / factor, name, *drawn.look(name)) for name in names]
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


def _unit(result: Result, word: str) -> str:
    return f"{result.scenario.currency} {word}".strip()


def _interval_note(drawn: Sheet, what: str) -> str:
    return f"{what}{' and its 95 % interval' if drawn.result.futures > 1 else ''}."
