"""What is reported of a sensitivity analysis."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from exportsim.report.amounts import any_doubtful
from exportsim.report.document import UNTITLED, Block, Document, Line, Table
from exportsim.report.number_format import counted, estimate, number, unit_of
from exportsim.report.sweep import BRACKETS
from exportsim.study.indices import LEADING
from exportsim.study.sensitivity import Sensitivity

if TYPE_CHECKING:
    import pandas as pd

WIDEST = 30  # of a line of a path
MOST_PAIRS = 10
MOST_SETTLING = 6  # parameters of which it is shown how they settled
PERCENT = 0.01
COLUMNS = {"sobol": ("total", "first"), "morris": ("mu_star", "mu", "sigma")}
NAMES = {"mu_star": "mean size", "mu": "mean", "sigma": "deviation"}
MUCH = 0.1  # of the variance left to the luck of the futures

DEPENDS = "What {outcome} depends on: its mean over the same {futures} at every point"
UNDER = "{outcome} under {policy}"
BETWEEN = "the difference in {outcome} between {policy} and {reference}"
INDICES = {"sobol": "Indices", "morris": "Elementary effects, from lowest to highest level"}
PAIRS = "Pairs: what two do together beyond what each does, {unit}"
MORE_PAIRS = "and {number} pairs more; --out FILE writes all"
SETTLING = "{index} by number of base samples, {unit}"
STRONGEST = "the strongest; --json has all"
ENDS = "Means where an uncertainty is in its lowest and its highest {end}, {unit}"
END = {"sobol": "fifth", "morris": "quarter"}
METHODS = {
    "sobol": "First: the part of the variance that would go if this one were known; total: the part that would stay if "
    "all others were. What total has beyond first is interplay with others.",
    "morris": "What one uncertainty alone changes, over all trajectories: the mean of its size, the mean, and how much "
    "it differs from place to place (deviation), which is interplay or a bend.",
}
INTERVALS = (
    "± half or [low to high]: the 95 % interval that the samples leave; futures: the standard error of the leading "
    "index by the choice of the futures."
)
ONE_FUTURE = "One future: how much is its luck cannot be told."
LUCK = "Luck of these {futures} futures: {share} % of the variance between points"
MUCH_LUCK = ", which is much; more futures make it less."
LEFT_OUT = (
    "{left} of {futures} futures are left out, in which {outcome} is undefined at some point: what is said is of the "
    "others."
)
CLOSING = "{method}, {samples:,} base samples, {played}, seed {seed}, exportsim {exportsim}, {seconds:.1f} s"


def describe(found: Sensitivity) -> Document:
    """What ``exportsim sensitivity`` reports; ``indices``, ``convergence`` and ``tornado`` are its tables."""
    return Document(list(_blocks(found)), partial(_data, found))


def _data(found: Sensitivity) -> dict[str, object]:
    own = ("outcome", "policy", "reference", "unit", "method", "samples", "futures", "chance")
    return {
        **{name: getattr(found, name) for name in own},
        "ranking": found.ranking(),
        "indices": found.table,
        "convergence": found.convergence,
        "tornado": found.tornado,
        "provenance": found.provenance,
    }


def said(found: Sensitivity) -> str:
    """The outcome in words."""
    template = UNDER if found.reference is None else BETWEEN
    return template.format(outcome=found.outcome.replace("_", " "), policy=found.policy, reference=found.reference)


def scale(found: Sensitivity, table: pd.DataFrame, columns: list[str]) -> tuple[float, str]:
    """By what amounts are divided, and the unit that they then have."""
    return unit_of(found.unit, (value for column in columns for value in table[column]))


def scale_of_indices(found: Sensitivity) -> tuple[float, str]:
    """The same of the indices: shares are written in per cent."""
    if found.method == "sobol":
        return PERCENT, "% of the variance"
    return scale(found, found.table, ["value"])


def _blocks(found: Sensitivity) -> Iterator[Block]:
    yield Line(found.provenance["title"] or UNTITLED, "strong")
    yield Line(DEPENDS.format(outcome=said(found), futures=counted(found.futures, "future")))
    yield from _indices(found)
    yield from _settling(found)
    yield _tornado(found)
    yield Line()
    yield from map(Line, _notes(found))
    yield Line(_closing(found), "quiet")


def _indices(found: Sensitivity) -> Iterator[Table]:
    factor, unit = scale_of_indices(found)
    names = COLUMNS[found.method]
    values = {(row["parameter"], row["index"]): row for row in found.table.to_dict("records") if not row["other"]}
    rows: list[list[str]] = []
    for parameter in found.ranking():
        error = _error(values[parameter, LEADING[found.method]]["futures_se"], factor)
        rows += _rows_of([parameter], [*(_estimate(values[parameter, name], factor) for name in names), error])
    head = ["uncertainty", *(NAMES.get(name, name) for name in names), "futures"]
    yield Table("indices", f"{INDICES[found.method]}, {unit}", head, rows)
    pairs = found.table[found.table["index"] == "second"].sort_values("value", ascending=False, kind="stable")
    rows = []
    for row in pairs.head(MOST_PAIRS).to_dict("records"):
        rows += _rows_of([row["parameter"], row["other"]], [_estimate(row, factor), _error(row["futures_se"], factor)])
    if rows:
        more = MORE_PAIRS.format(number=len(pairs) - MOST_PAIRS) if len(pairs) > MOST_PAIRS else ""
        head = ["uncertainty", "with", "second", "futures"]
        yield Table("pairs", PAIRS.format(unit=unit), head, rows, more, left=2)


def _settling(found: Sensitivity) -> Iterator[Table]:
    sizes = list(dict.fromkeys(found.convergence["samples"]))
    if len(sizes) == 1:
        return
    factor, unit = scale_of_indices(found)
    leading, ranked = LEADING[found.method], found.ranking()
    values = {
        (row["parameter"], row["samples"]): row
        for row in found.convergence.to_dict("records")
        if row["index"] == leading
    }
    rows = [
        row
        for name in ranked[:MOST_SETTLING]
        for row in _rows_of([name], [_estimate(values[name, size], factor) for size in sizes])
    ]
    title = SETTLING.format(index=NAMES.get(leading, leading).capitalize(), unit=unit)
    note = STRONGEST if len(ranked) > MOST_SETTLING else ""
    yield Table("convergence", title, ["uncertainty", *map(str, sizes)], rows, note)


def _tornado(found: Sensitivity) -> Table:
    factor, unit = scale(found, found.tornado, ["low_mean", "high_mean"])
    rows: list[list[str]] = []
    for name, row in found.tornado.set_index("parameter").loc[found.ranking()].iterrows():
        low, high, apart = (
            [row[column] for column in columns]
            for columns in (
                ("low_mean", "low_low", "low_high"),
                ("high_mean", "high_low", "high_high"),
                ("difference", "difference_low", "difference_high"),
            )
        )
        texts = [estimate(*(value / factor for value in values)) for values in (low, high, apart)]
        if any_doubtful([apart]):
            texts[-1] = f"({texts[-1]})"
        rows += _rows_of([str(name)], texts)
    title = ENDS.format(end=END[found.method], unit=unit)
    return Table("tornado", title, ["uncertainty", "lowest", "highest", "difference"], rows)


def _notes(found: Sensitivity) -> Iterator[str]:
    yield METHODS[found.method]
    yield INTERVALS
    if any_doubtful(found.tornado[["difference", "difference_low", "difference_high"]].itertuples(index=False)):
        yield BRACKETS
    if found.futures == 1:
        yield ONE_FUTURE
    else:
        luck = LUCK.format(futures=found.futures, share=number(100 * found.chance, 1))
        yield luck + (MUCH_LUCK if found.chance > MUCH else ".")
    futures = found.provenance["futures"]
    if left := futures - found.futures:
        yield LEFT_OUT.format(left=left, futures=futures, outcome=found.outcome)


def _closing(found: Sensitivity) -> str:
    done = len(found.points)
    played = f"interrupted after {done:,} of {found.asked:,} points" if found.interrupted else f"{done:,} points"
    return CLOSING.format_map({**found.provenance, "method": found.method, "samples": found.samples, "played": played})


def _estimate(row: Any, factor: float) -> str:
    return estimate(*(row[of] / factor for of in ("value", "low", "high")))


def _rows_of(names: list[str], cells: list[str]) -> list[list[str]]:
    """A row of a table, or several where its paths are long: broken after dots, which tables do not know."""
    columns = []
    for name in names:
        lines = [""]
        for step in re.findall(r"[^.]+\.?", name):
            if lines[-1] and len(lines[-1]) + len(step) > WIDEST:
                lines.append("  ")
            lines[-1] += step
        columns.append(lines)
    many = max(map(len, columns))
    left = [[lines[k] if k < len(lines) else "" for lines in columns] for k in range(many)]
    return [[*left[k], *(cells if k == 0 else [""] * len(cells))] for k in range(many)]


def _error(value: float, factor: float) -> str:
    if math.isnan(value):
        return "–"
    return number(value / factor, 0 if value == 0 else 2 if value < factor else 1)
