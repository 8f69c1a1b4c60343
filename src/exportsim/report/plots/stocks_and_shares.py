"""What stands where over time: who delivers, and what lies with the authorities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.analysis.series import frame
from exportsim.arguments import chosen
from exportsim.plan import Float, Int
from exportsim.report.plots.choice_of_axes import at, month_ends, reference_of, span
from exportsim.report.plots.labels import Label, label_ends
from exportsim.report.plots.measure_marks import draw_marks, marks
from exportsim.report.plots.sheet import SIZE, sheet, titled
from exportsim.report.plots.styles import DASHES, SOLID, StyleName
from exportsim.study.result import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

QUARTER = 3  # months
MOST_SUPPLIERS = 3  # of each kind; more are put together
STOCKS = ("in_force", "suspended", "in_review", "held")
HATCHES = ("", "///", "...", "xxx")


def suppliers_shares(
    result: Result,
    policy: str,
    reference: str | None = None,
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
) -> Axes:
    """Who delivers: suppliers' shares of the value delivered in each quarter, licensed ones below, others above.

    Parameters
    ----------
    result : Result
    policy : str
        Whose measures are marked.
    reference : str, optional
        Under which the licensed suppliers' share is drawn as a line; the reference by default.
    ax, size, style
        See :func:`exportsim.report.plots.exports_by_month`.

    Returns
    -------
    Axes
        The shares are those of :func:`shares`.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    found = shares(result, policy)
    licensed = [name for name in found if _licensed(result, name)]
    with sheet(result, ax, size=size, style=style) as drawn:
        edges = _quarters(result)
        base = np.zeros(len(edges) - 1)
        labels = []
        for name, share in found.items():
            ours = name in licensed
            palette = drawn.style.licensed if ours else drawn.style.unlicensed
            place = (licensed if ours else [other for other in found if other not in licensed]).index(name)
            drawn.ax.fill_between(
                edges,
                _stepped(100 * base),
                _stepped(100 * (base + share)),
                step="post",
                facecolor=palette[place],
                hatch="" if ours else HATCHES[1 + place % 3],
                edgecolor=drawn.style.ground,
                linewidth=0.3,
                gid=f"share/{name}",
            )
            last = np.flatnonzero(base + share > 0)
            if len(last):
                labels.append(
                    Label(100 * float(base[last[-1]] + share[last[-1]] / 2), name, drawn.style.soft, SOLID, 0.7)
                )
            base = base + share
        if reference != policy:
            other = shares(result, reference)
            level = np.sum([share for name, share in other.items() if _licensed(result, name)], axis=0)
            drawn.ax.step(
                edges,
                _stepped(100 * level * np.ones(len(edges) - 1)),
                where="post",
                color=drawn.style.ink,
                linewidth=1.2,
                gid="reference",
            )
        drawn.ax.set_ylim(0, 100)
        span(drawn)
        drawn.ax.set_ylabel("% of value")
        drawn.title(f"Who delivers under {titled(result, policy)}")
        line = f"; line: licensed suppliers under {reference}" if reference != policy else ""
        drawn.note(f"Value delivered, by quarter, of all futures; licensed suppliers plain, others hatched{line}.")
        draw_marks(drawn, marks(result, policy))
        label_ends(drawn, labels)
    return drawn.ax


def permits_and_review(
    result: Result,
    policy: str,
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
) -> Axes:
    """Permits in force and suspended, applications in review and held, at each month's end: means over futures.

    Parameters
    ----------
    result : Result
    policy : str
        Whose measures are marked.
    ax, size, style
        See :func:`exportsim.report.plots.exports_by_month`.

    Returns
    -------
    Axes
        The numbers are those of :meth:`exportsim.Result.series`.
    """
    policy = chosen(policy, result.policies, "policy")
    stocks = standing(result, policy)
    with sheet(result, ax, size=size, style=style) as drawn:
        ends, style_ = month_ends(result), drawn.style
        dashes = (SOLID, DASHES[0], DASHES[1], SOLID)
        colours = (style_.licensed[0], style_.unlicensed[1], style_.ink, style_.unlicensed[0])
        widths = (2.2, 1.6, 1.6, 1.1)
        labels = []
        for name, colour, dash, width in zip(STOCKS, colours, dashes, widths, strict=True):
            drawn.ax.plot(ends, stocks[name], color=colour, linestyle=dash, linewidth=width, gid=f"stock/{name}")
            what = "permits" if name in STOCKS[:2] else "applications"
            labels.append(Label(float(stocks[name][-1]), f"{what} {name.replace('_', ' ')}", colour, dash))
        drawn.ax.set_ylim(bottom=0)
        span(drawn)
        drawn.ax.set_ylabel("number")
        drawn.title(f"Permits and review under {titled(result, policy)}")
        drawn.note("At each month's end, mean of futures; without the authorities' other applications.")
        draw_marks(drawn, marks(result, policy))
        label_ends(drawn, labels)
    return drawn.ax


def shares(result: Result, policy: str) -> dict[str, Float]:
    """Each supplier's share of the value delivered, by quarter: of all futures together."""
    plan = result.plan
    table = _series(result, policy)
    quarter = _month_numbers(result, table) // QUARTER
    number = -(-len(months(plan)[1]) // QUARTER)
    value = np.zeros((len(plan.names.suppliers) + 1, number))  # the last is no supplier, who delivers nothing
    np.add.at(value, (table["supplier"].cat.codes.to_numpy(), quarter), table["delivered_value"].to_numpy())
    whole = value.sum(axis=0)
    share = np.divide(value, whole, out=np.zeros_like(value), where=whole > 0)
    found: dict[str, Float] = {}
    for ours in (True, False):
        names = [
            name
            for row, name in enumerate(plan.names.suppliers)
            if _licensed(result, name) == ours and value[row].any()
        ]
        ranked = sorted(names, key=lambda name: -value[plan.names.suppliers.index(name)].sum())
        kept = ranked if len(ranked) <= MOST_SUPPLIERS + 1 else ranked[:MOST_SUPPLIERS]
        for name in kept:
            found[name] = share[plan.names.suppliers.index(name)]
        rest = [plan.names.suppliers.index(name) for name in ranked if name not in kept]
        if rest:
            found[OTHERS[ours]] = share[rest].sum(axis=0)
    return found


OTHERS = {True: "other licensed", False: "others"}


def standing(result: Result, policy: str) -> dict[str, Float]:
    """How many permits and applications stand where at each month's end: means over futures."""
    table = _series(result, policy)
    month = _month_numbers(result, table)
    found = {name: np.zeros(len(months(result.plan)[1])) for name in STOCKS}
    for name in STOCKS:
        np.add.at(found[name], month, table[name].to_numpy(dtype=float))
    return found


def _licensed(result: Result, name: str) -> bool:
    supplier = result.scenario.suppliers.get(name)
    return name == OTHERS[True] if supplier is None else supplier.authority is not None


def _series(result: Result, policy: str) -> pd.DataFrame:
    """The rows of a policy in the series of a result, without spreading those of all others."""
    return frame(result.totals[policy], result.plan, futures=result.futures)


def _month_numbers(result: Result, table: pd.DataFrame) -> Int:
    origin, when = result.plan.origin, table["month"].dt
    return np.asarray(12 * (when.year - origin.year) + when.month - origin.month, dtype=np.int64)


def _quarters(result: Result) -> Float:
    """The edges of the quarters."""
    ends = month_ends(result)
    return np.concatenate([at(result, np.array([0])), ends[QUARTER - 1 : -1 : QUARTER], ends[-1:]])


def _stepped(values: Float) -> Float:
    """Values from each edge on, the last until the end."""
    return np.append(values, values[-1:])
