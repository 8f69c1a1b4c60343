"""What stands where over time: who delivers, and what lies with the authorities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.analysis.series import frame
from exportsim.arguments import chosen
from exportsim.plan import Float, Int
from exportsim.report.document import Table
from exportsim.report.number_format import estimate
from exportsim.report.plots.choice_of_axes import at, by_policy, month_ends, reference_of, span, titled
from exportsim.report.plots.labels import Label, label_ends
from exportsim.report.plots.measure_marks import draw_marks
from exportsim.report.plots.registry import Drawings, figure
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.report.plots.styles import DASHES, SOLID, Look
from exportsim.report.plots.years import last_months, years
from exportsim.study.result import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from exportsim.report.amounts import Amounts

__all__ = ["permits_and_review", "suppliers_shares"]

QUARTER = 3  # months
MOST_SUPPLIERS = 3  # of each kind; more are put together
STOCKS = ("in_force", "suspended", "in_review", "held")
HATCHES = ("", "///", "...", "xxx")


def _numbers_of_shares(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    table = result.series()
    table = table[table["policy"] == closely]
    value = table.groupby([table["month"].dt.year, "supplier"], observed=True)["delivered_value"].sum()
    by_year = value.unstack(fill_value=0)
    names = [name for name in result.plan.names.suppliers if name in by_year.columns and by_year[name].any()]
    rows: list[list[str]] = []
    for year in years(result):
        values = [float(by_year[name].get(int(year), 0.0)) for name in names]
        every = sum(values)
        rows.append([year, *(_mean(100 * value / every) if every else "–" for value in values)])
    return Table("numbers-shares", f"Shares of the value delivered under {closely}, %", ["year", *names], rows)


@figure(Result, 60, "Who delivers under {policy}", drawings=by_policy, numbers=_numbers_of_shares)
def suppliers_shares(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """Suppliers' shares of the value delivered, by quarter.

    Licensed ones are below, others above. The shares are those of :func:`shares`.

    Parameters
    ----------
    result : Result
    policy : str
        Whose measures are marked.
    reference : str, optional
        Under which the licensed suppliers' share is drawn as a line; the reference by default.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    by_supplier = shares(result, policy)
    licensed = [name for name in by_supplier if _licensed(result, name)]
    others = [name for name in by_supplier if name not in licensed]
    with sheet(result, **how) as drawn:
        edges = _quarters(result)
        base = np.zeros(len(edges) - 1)
        labels = []
        for name, share in by_supplier.items():
            palette, alike = (drawn.style.licensed, licensed) if name in licensed else (drawn.style.unlicensed, others)
            place = alike.index(name)
            drawn.ax.fill_between(
                edges, _stepped(100 * base), _stepped(100 * (base + share)), step="post", facecolor=palette[place],
                hatch="" if name in licensed else HATCHES[1 + place % 3], edgecolor=drawn.style.ground, linewidth=0.3,
                gid=f"share/{name}",
            )  # fmt: skip
            last = np.flatnonzero(base + share > 0)
            if len(last):
                height = 100 * float(base[last[-1]] + share[last[-1]] / 2)
                labels.append(Label(height, name, drawn.style.soft, SOLID, 0.7))
            base = base + share
        if reference != policy:
            level = np.zeros(len(edges) - 1)
            for name, share in shares(result, reference).items():
                level = level + share if _licensed(result, name) else level
            drawn.ax.step(
                edges, _stepped(100 * level), where="post", color=drawn.style.ink, linewidth=1.2, gid="reference"
            )
        drawn.ax.set_ylim(0, 100)
        span(drawn, result)
        drawn.ax.set_ylabel("% of value")
        drawn.title(f"Who delivers under {titled(result, policy)}")
        line = f"; line: licensed suppliers under {reference}" if reference != policy else ""
        drawn.note(f"Value delivered, by quarter, of all futures; licensed suppliers plain, others hatched{line}.")
        draw_marks(drawn, result, policy)
        label_ends(drawn, labels)
    return drawn.ax


def _numbers_of_stocks(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    stocks, heads = standing(result, closely), [_named(name) for name in STOCKS]
    rows: list[list[str]] = [
        [year, *(_mean(float(stocks[name][end])) for name in STOCKS)]
        for year, end in zip(years(result), last_months(result), strict=True)
    ]
    return Table("numbers-stocks", f"At the end of each year under {closely}: means", ["year", *heads], rows)


def _if_licensed(result: Result) -> Drawings:
    return by_policy(result) if result.plan.names.authorities else {}


@figure(Result, 70, "Permits and applications under {policy}", drawings=_if_licensed, numbers=_numbers_of_stocks)
def permits_and_review(result: Result, policy: str, **how: Unpack[Drawing]) -> Axes:
    """Permits in force and suspended, applications in review and held, at each month's end: means of the futures.

    The numbers are those of :meth:`exportsim.Result.series`.

    Parameters
    ----------
    result : Result
    policy : str
        Whose measures are marked.
    """
    policy = chosen(policy, result.policies, "policy")
    stocks = standing(result, policy)
    with sheet(result, **how) as drawn:
        ends, style = month_ends(result), drawn.style
        looks = (
            Look(style.licensed[0], SOLID),
            Look(style.unlicensed[1], DASHES[0]),
            Look(style.ink, DASHES[1]),
            Look(style.unlicensed[0], SOLID),
        )
        labels = []
        for name, look, width in zip(STOCKS, looks, (2.2, 1.6, 1.6, 1.1), strict=True):
            drawn.line(ends, stocks[name], look, f"stock/{name}", linewidth=width)
            labels.append(Label(float(stocks[name][-1]), _named(name), *look))
        drawn.ax.set_ylim(bottom=0)
        span(drawn, result)
        drawn.ax.set_ylabel("number")
        drawn.title(f"Permits and review under {titled(result, policy)}")
        drawn.note("At each month's end, mean of futures; without the authorities' other applications.")
        draw_marks(drawn, result, policy)
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


def _named(stock: str) -> str:
    return f"{'permits' if stock in STOCKS[:2] else 'applications'} {stock.replace('_', ' ')}"


def _mean(value: float) -> str:
    return estimate(value, np.nan, np.nan)
