"""The numbers in the figures, as tables for those who do not see them or want to read them off."""

from __future__ import annotations

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.analysis.intervals import FROM_ZERO, Interval, interval
from exportsim.plan import Float
from exportsim.report.amounts import Amounts, intervals_of
from exportsim.report.document import Cell, Table, cells
from exportsim.report.number_format import estimate
from exportsim.report.plots.stocks_and_shares import STOCKS
from exportsim.report.result import left_out
from exportsim.study.monthly_exports import monthly
from exportsim.study.result import Result

MOST_MOVES = 15  # rows of a table of fates


def differences(amounts: Amounts, closely: str) -> Table:
    """Each policy's difference in exports."""
    return Table(
        "numbers-differences",
        f"Exports less those under {amounts.result.scenario.reference}, {amounts.unit}",
        ["policy", "difference"],
        [[Cell(policy), amounts.cell(amounts.change(policy, "exports"))] for policy in _others(amounts.result)],
    )


def by_year(amounts: Amounts, closely: str) -> Table:
    """The cumulated difference in exports at the end of each year."""
    result = amounts.result
    others, reference = _others(result), _exports(result, result.scenario.reference)
    sofar = {policy: np.cumsum(_exports(result, policy) - reference, axis=1) for policy in others}
    ends = _last_months(result)
    columns = [[interval(sofar[policy][:, end]) for end in ends] for policy in others]
    return Table(
        "numbers-cumulated",
        f"Exports less those under {result.scenario.reference} up to the end of each year, {amounts.unit}",
        ["year", *others],
        [
            [Cell(year), *(amounts.cell(column[row]) for column in columns)]
            for row, year in enumerate(_years(result))
        ],
    )  # fmt: skip


def exports(amounts: Amounts, closely: str) -> Table:
    """The exports of each year."""
    result = amounts.result
    policies = list(dict.fromkeys([result.scenario.reference, closely]))
    columns = [_yearly(result, policy) for policy in policies]
    return Table(
        "numbers-exports",
        f"Exports of each year, {amounts.unit}: means of the futures",
        ["year", *policies],
        [
            [Cell(year), *(Cell(amounts.text(column[row])) for column in columns)]
            for row, year in enumerate(_years(result))
        ],
    )  # fmt: skip


def waterfall(amounts: Amounts, closely: str) -> Table:
    """The bars of the waterfall."""
    table = amounts.result.waterfall(closely)
    rows = [
        cells(_spoken(str(bar)), amounts.text(found))
        for bar, found in zip(table["bar"], intervals_of(table), strict=True)
    ]
    return Table("numbers-waterfall", f"From reference to {closely}, {amounts.unit}", ["what", "value"], rows)


def fates(amounts: Amounts, closely: str) -> Table:
    """The largest moves between fates."""
    result = amounts.result
    table = result.fates(closely).sort_values("value", ascending=False, kind="stable")
    rows = [
        [Cell(f"{_spoken(str(before))} → {_spoken(str(after))}"), Cell(amounts.number(value))]
        for before, after, value in zip(
            table["reference_fate"].head(MOST_MOVES),
            table["policy_fate"].head(MOST_MOVES),
            table["value"].head(MOST_MOVES),
            strict=True,
        )
    ]
    left = len(table) - len(rows)
    return Table(
        "numbers-fates",
        f"Orders by fate under {result.scenario.reference} → under {closely}, {amounts.unit}: means of the futures",
        ["fates", "value"],
        rows,
        f"{left} smaller moves are left out." if left > 0 else "",
    )


def shares(amounts: Amounts, closely: str) -> Table:
    """Suppliers' shares of what is delivered in each year."""
    result = amounts.result
    table = result.series()
    table = table[table["policy"] == closely]
    year = table["month"].dt.year
    value = table.groupby([year, "supplier"], observed=True)["delivered_value"].sum().unstack(fill_value=0)
    names = [name for name in result.plan.names.suppliers if name in value.columns and value[name].any()]
    rows = []
    for label in _years(result):
        found = {name: float(value[name].get(int(label), 0.0)) for name in names}
        whole = sum(found.values())
        rows.append(
            cells(label, *(estimate(100 * found[name] / whole, np.nan, np.nan) if whole else "–" for name in names))
        )  # fmt: skip
    return Table("numbers-shares", f"Shares of the value delivered under {closely}, %", ["year", *names], rows)


def stocks(amounts: Amounts, closely: str) -> Table:
    """Permits and applications at the end of each year."""
    result = amounts.result
    table = result.series()
    table = table[table["policy"] == closely].groupby("month")[list(STOCKS)].sum()
    labels = months(result.plan)[0]
    rows = []
    for year, end in zip(_years(result), _last_months(result), strict=True):
        month = np.datetime64(labels[end].replace(tzinfo=None, day=1))
        found = {name: float(table[name].get(month, 0.0)) for name in STOCKS}
        rows.append(cells(year, *(estimate(found[name], np.nan, np.nan) for name in STOCKS)))
    heads = ["permits in force", "permits suspended", "applications in review", "applications held"]
    return Table("numbers-stocks", f"At the end of each year under {closely}: means", ["year", *heads], rows)


def processing(amounts: Amounts, closely: str) -> Table:
    """Processing times by policy."""
    names = ("processing_time_median", "processing_time_p90", "within_standard")
    return Table(
        "numbers-processing",
        "Days from application to decision, and what was decided within the standard: means of the futures",
        ["policy", "median, days", "90th percentile, days", "within standard, %"],
        [
            [Cell(policy), *(Cell(amounts.text(amounts.of(policy, name), name)) for name in names)]
            for policy in amounts.result.policies
        ],
        " ".join(left_out(amounts.result, amounts.summary, names)),
    )


def _others(result: Result) -> list[str]:
    return [policy for policy in result.policies if policy != result.scenario.reference]


def _exports(result: Result, policy: str) -> Float:
    """By future and month, in currency units."""
    found: Float = monthly(result).exports[result.policies.index(policy)] / 100
    return found


def _yearly(result: Result, policy: str) -> list[Interval]:
    starts = [0, *(end + 1 for end in _last_months(result)[:-1])]
    return [interval(year, bounds=FROM_ZERO) for year in np.add.reduceat(_exports(result, policy), starts, axis=1).T]


def _years(result: Result) -> list[str]:
    return list(dict.fromkeys(str(label.year) for label in months(result.plan)[0]))


def _last_months(result: Result) -> list[int]:
    """The number of each year's last month."""
    return list(_last(result).values())


def _last(result: Result) -> dict[int, int]:
    return {label.year: place for place, label in enumerate(months(result.plan)[0])}


def _spoken(fate: str) -> str:
    """A fate or a bar in words: ``taken_over/aselsan`` as ``taken over by aselsan``."""
    kind, slash, rest = fate.partition("/")
    word = kind.replace("_", " ")
    if not slash:
        return word
    if kind in ("delivered", "taken_over"):
        return f"{word} by {rest}"
    if kind == "gained":
        return f"gained, was {_spoken(rest)}"
    if kind == "kept":
        return f"kept by {'the same supplier' if rest == 'same' else 'another licensed supplier'}"
    return f"{word}, {rest}"
