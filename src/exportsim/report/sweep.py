"""What is reported of a sweep."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from exportsim.outcomes import LESS, SHARE
from exportsim.report.amounts import any_doubtful, difference_cell
from exportsim.report.document import UNTITLED, Block, Cell, Document, Heading, Line, Table, cells
from exportsim.report.number_format import counted, estimate, number, unit_of
from exportsim.report.result import ONE_FUTURE
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

OUTCOME = "exports"
MOST_ROWS = 48  # of an outcome's table
MOST_PATHS = 3  # with a column of their own
WIDEST = 12  # of a value in such a column
LETTERS = "abc"

UNITS = "Mean and 95 % interval, ± or [low to high]; difference from {reference}, in the same futures"
VARIED = "What is varied"
MORE_ROWS = "and {number} rows more; --out FILE writes all"
REGRET = "Regret in {outcome}: how much {better} than the best policy of each point"
NO_REGRET = "No regret: at every point {outcome} is undefined under some policy."
POINTS_LEFT_OUT = "{left} of {points} points are left out, where {outcome} is undefined under some policy."
BRACKETS = "In brackets: the interval holds 0, so it cannot be told from no difference."
UNDEFINED = "In {rows} of {all} rows, told as –, {outcome} is undefined in every future."
SOME_UNDEFINED = (
    "In {rows} rows {outcome} is undefined in some futures, which are left out; the fewest that remain are {fewest} of "
    "{futures}."
)
UNBALANCED = "Sobol' points are balanced in powers of two, and {samples} is none."
CLOSING = "{played}, {futures} each, seed {seed}, exportsim {exportsim}, {seconds:.1f} s"


def describe(found: Sweep, outcomes: tuple[str, ...] = ()) -> Document:
    """What ``exportsim sweep`` reports.

    The data hold ``paths``, ``reference``, ``points`` and ``rows`` (with the columns of the tables), ``regret`` (by
    outcome and policy) and ``provenance``.
    """
    outcomes = outcomes or (OUTCOME,)
    return Document(list(_blocks(found, outcomes)), partial(_data, found, outcomes))


def _data(found: Sweep, outcomes: tuple[str, ...]) -> dict[str, object]:
    return {
        "paths": found.paths,
        "reference": found.reference,
        "points": found.points,
        "rows": found.table,
        "regret": {outcome: found.regret(outcome, most=outcome not in LESS) for outcome in outcomes},
        "provenance": found.provenance,
    }


def _blocks(found: Sweep, outcomes: tuple[str, ...]) -> Iterator[Block]:
    yield Line(found.provenance["title"] or UNTITLED, "strong")
    yield Line(UNITS.format(reference=found.reference))
    yield Heading(VARIED)
    letters = LETTERS if len(found.paths) <= MOST_PATHS else "-" * len(found.paths)
    for letter, path in zip(letters, found.paths, strict=False):
        yield Line(f"{letter}  {path}: {_range(found.points[path])}", indent=2)
    for outcome in outcomes:
        rows = found.table[found.table["outcome"] == outcome]
        factor, unit = unit_of(rows["unit"].iloc[0], rows["mean"])
        yield _table(found, rows, factor, f"{outcome}, {unit}")
        if len(found.points) > 1 and rows["policy"].nunique() > 1:
            yield from _regret(found, outcome, factor)
    yield Line()
    yield from map(Line, _notes(found, outcomes))
    yield Line(_closing(found), "quiet")


def _table(found: Sweep, rows: pd.DataFrame, factor: float, title: str) -> Table:
    paths = found.paths if len(found.paths) <= MOST_PATHS else ()
    marks = (0.0, 1.0, -1.0) if rows["unit"].iloc[0] == SHARE else (0.0,)
    content = []
    for row in rows.head(MOST_ROWS).to_dict("records"):
        own = estimate(*(row[of] / factor for of in ("mean", "low", "high")), marks=marks)
        apart = [row[f"difference{of}"] for of in ("", "_low", "_high")]
        other = Cell("reference", "quiet")
        if row["policy"] != found.reference:
            other = difference_cell(apart, estimate(*(value / factor for value in apart), marks=marks))
        where = (str(row["point"]), *(_value(row[path]) for path in paths))
        content.append([*cells(*where, row["policy"], own), other])
    head = ["point", *LETTERS[: len(paths)], "policy", "mean", "difference"]
    more = len(rows) - MOST_ROWS
    note = MORE_ROWS.format(number=more) if more > 0 else ""
    return Table("points", title, head, content, note, left=2 + len(paths), fold=1 + len(paths))


def _regret(found: Sweep, outcome: str, factor: float) -> Iterator[Block]:
    table = found.regret(outcome, most=outcome not in LESS)
    left = int(table["left_out"].iloc[0])
    if left == len(found.points):
        yield Line()
        yield Line(NO_REGRET.format(outcome=outcome))
        return
    rows = [
        cells(
            str(policy),
            number(row["mean"] / factor, 2),
            number(row["worst"] / factor, 2),
            str(row["worst_point"]),
            number(100 * row["best"], 0),
        )
        for policy, row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    title = REGRET.format(outcome=outcome, better="more" if outcome in LESS else "less")
    yield Table("regret", title, ["policy", "mean", "worst", "at point", "best, %"], rows)
    if left:
        yield Line(POINTS_LEFT_OUT.format(left=left, points=len(found.points), outcome=outcome))


def _notes(found: Sweep, outcomes: tuple[str, ...]) -> Iterator[str]:
    rows = found.table[found.table["outcome"].isin(outcomes) & (found.table["policy"] != found.reference)]
    if any_doubtful(rows[["difference", "difference_low", "difference_high"]].itertuples(index=False)):
        yield BRACKETS
    futures = found.provenance["futures"]
    for outcome in outcomes:
        own = found.table[found.table["outcome"] == outcome]
        some = own[(own["n"] < futures) & (own["n"] > 0)]["n"]
        if without := int(own["mean"].isna().sum()):
            yield UNDEFINED.format(rows=without, all=len(own), outcome=outcome)
        if len(some):
            yield SOME_UNDEFINED.format(rows=len(some), outcome=outcome, fewest=some.min(), futures=futures)
    if futures == 1:
        yield ONE_FUTURE
    drawn = found.provenance["sweep"].get("samples", 1)
    if found.provenance["sweep"].get("method") == "sobol" and drawn & (drawn - 1):
        yield UNBALANCED.format(samples=drawn)


def _closing(found: Sweep) -> str:
    done = len(found.points)
    played = f"interrupted after {done} of {found.asked} points" if found.interrupted else counted(done, "point")
    futures = counted(found.provenance["futures"], "future")
    return CLOSING.format_map({**found.provenance, "played": played, "futures": futures})


def _range(column: pd.Series[Any]) -> str:
    """The values of a path: all of them if they are few."""
    values = list(dict.fromkeys(map(_value, column)))
    if len(values) <= 8:
        return ", ".join(values)
    if column.dtype.kind in "if":
        return f"{_value(column.min())} to {_value(column.max())}, {len(values)} values"
    return f"{values[0]}, {values[1]} … {len(values)} values"


def _value(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
