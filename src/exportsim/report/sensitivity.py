"""What is reported of a sensitivity analysis."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from exportsim.report.document import Block, Document, Line, Table
from exportsim.report.number_format import counted, estimate, number, unit_of
from exportsim.report.studies import DIFFERENCE, any_doubtful, attributes, beyond, blocks_of_study
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
INDEX = ("value", "low", "high")  # columns of the tables
LOWEST, HIGHEST = ("low_mean", "low_low", "low_high"), ("high_mean", "high_low", "high_high")
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


def describe(study: Sensitivity) -> Document:
    """What ``exportsim sensitivity`` reports; ``indices``, ``convergence`` and ``tornado`` are its tables."""
    done = f"{len(study.points):,}"
    played = f"interrupted after {done} of {study.asked:,} points" if study.interrupted else f"{done} points"
    asked = {"method": study.method, "samples": study.samples, "played": played}
    closing = CLOSING.format_map({**study.provenance, **asked})
    return Document(
        blocks_of_study(study.provenance["title"], _body(study), _notes(study), closing),
        lambda: {
            **attributes(study, "outcome", "policy", "reference", "unit", "method", "samples", "futures", "chance"),
            "ranking": study.ranking(),
            "indices": study.table,
            **attributes(study, "convergence", "tornado", "provenance"),
        },
    )


def said(study: Sensitivity) -> str:
    """The outcome in words."""
    template = UNDER if study.reference is None else BETWEEN
    return template.format(outcome=study.outcome.replace("_", " "), policy=study.policy, reference=study.reference)


def scale(study: Sensitivity, table: pd.DataFrame, columns: list[str]) -> tuple[float, str]:
    """By what amounts are divided, and the unit that they then have."""
    return unit_of(study.unit, (value for column in columns for value in table[column]))


def scale_of_indices(study: Sensitivity) -> tuple[float, str]:
    """The same of the indices: shares are written in per cent."""
    return (PERCENT, "% of the variance") if study.method == "sobol" else scale(study, study.table, ["value"])


def _body(study: Sensitivity) -> Iterator[Block]:
    yield Line(DEPENDS.format(outcome=said(study), futures=counted(study.futures, "future")))
    (factor, unit), leading, ranking = scale_of_indices(study), LEADING[study.method], study.ranking()

    names = COLUMNS[study.method]
    rows = {(row["parameter"], row["index"]): row for row in study.table.to_dict("records") if not row["other"]}
    entries = [
        ([path], [*(_estimate(rows[path, name], factor) for name in names), _error(rows[path, leading], factor)])
        for path in ranking
    ]
    head = ["uncertainty", *(NAMES.get(name, name) for name in names), "futures"]
    yield _table("indices", f"{INDICES[study.method]}, {unit}", head, entries)

    pairs = study.table[study.table["index"] == "second"].sort_values("value", ascending=False, kind="stable")
    if len(pairs):
        entries = [
            ([row["parameter"], row["other"]], [_estimate(row, factor), _error(row, factor)])
            for row in pairs.head(MOST_PAIRS).to_dict("records")
        ]
        more = beyond(MOST_PAIRS, len(pairs), MORE_PAIRS)
        head = ["uncertainty", "with", "second", "futures"]
        yield _table("pairs", PAIRS.format(unit=unit), head, entries, more, left=2)

    settling = study.convergence[study.convergence["index"] == leading].to_dict("records")
    sizes = list(dict.fromkeys(study.convergence["samples"]))
    if len(sizes) > 1:
        values = {(row["parameter"], row["samples"]): _estimate(row, factor) for row in settling}
        entries = [([path], [values[path, size] for size in sizes]) for path in ranking[:MOST_SETTLING]]
        title = SETTLING.format(index=NAMES.get(leading, leading).capitalize(), unit=unit)
        note = STRONGEST if len(ranking) > MOST_SETTLING else ""
        yield _table("convergence", title, ["uncertainty", *map(str, sizes)], entries, note)

    factor, unit = scale(study, study.tornado, ["low_mean", "high_mean"])
    entries = []
    for row in study.tornado.set_index("parameter").loc[ranking].reset_index().to_dict("records"):
        *ends, difference = (_estimate(row, factor, columns) for columns in (LOWEST, HIGHEST, DIFFERENCE))
        doubtful = any_doubtful([[row[name] for name in DIFFERENCE]])
        entries.append(([row["parameter"]], [*ends, f"({difference})" if doubtful else difference]))
    title = ENDS.format(end=END[study.method], unit=unit)
    yield _table("tornado", title, ["uncertainty", "lowest", "highest", "difference"], entries)


def _notes(study: Sensitivity) -> Iterator[str]:
    yield METHODS[study.method]
    yield INTERVALS
    if any_doubtful(study.tornado[DIFFERENCE].itertuples(index=False)):
        yield BRACKETS
    if study.futures == 1:
        yield ONE_FUTURE
    else:
        luck = LUCK.format(futures=study.futures, share=number(100 * study.chance, 1))
        yield luck + (MUCH_LUCK if study.chance > MUCH else ".")
    futures = study.provenance["futures"]
    if left := futures - study.futures:
        yield LEFT_OUT.format(left=left, futures=futures, outcome=study.outcome)


def _table(
    name: str,
    title: str,
    head: Sequence[str],
    entries: Iterable[tuple[list[str], list[str]]],
    note: str = "",
    left: int = 1,
) -> Table:
    """A table of paths and what is known of each; a long path takes several rows, for tables do not break at dots."""
    rows: list[list[str]] = []
    for paths, texts in entries:
        lines = list(zip_longest(*map(_lines, paths), fillvalue=""))
        rows += [[*line, *(texts if k == 0 else [""] * len(texts))] for k, line in enumerate(lines)]
    return Table(name, title, head, rows, note, left)


def _lines(path: str) -> list[str]:
    lines = [""]
    for step in re.findall(r"[^.]+\.?", path):
        if lines[-1] and len(lines[-1]) + len(step) > WIDEST:
            lines.append("  ")
        lines[-1] += step
    return lines


def _estimate(row: Mapping[Hashable, float], factor: float, columns: Sequence[str] = INDEX) -> str:
    return estimate(*(row[name] / factor for name in columns))


def _error(row: Mapping[Hashable, float], factor: float) -> str:
    """The standard error of an index by the choice of the futures."""
    error = row["futures_se"]
    return "–" if math.isnan(error) else number(error / factor, 0 if error == 0 else 2 if error < factor else 1)
