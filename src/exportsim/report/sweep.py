"""A sweep as a page and as a JSON document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from exportsim.analysis.intervals import Verdict, verdict
from exportsim.outcomes import LESS, SHARE
from exportsim.report.number_format import estimate, number, scale_of
from exportsim.report.result_text import difference
from exportsim.report.text_page import Cell, Page
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

OUTCOME = "exports"
MOST_ROWS = 48  # of an outcome's table
MOST_PATHS = 3  # with a column of their own
WIDEST = 12  # of a value in such a column
LETTERS = "abc"


def answer(found: Sweep, outcomes: tuple[str, ...] = (), *, ascii: bool = False) -> Page:
    """The page that ``exportsim sweep`` prints."""
    page = Page(ascii=ascii)
    page.line(found.provenance["title"] or "Untitled scenario", style="bold")
    page.line(f"Mean and 95 % interval, ± or [low to high]; difference from {found.reference}, in the same futures")
    page.heading("What is varied")
    for letter, path in zip(_letters(found), found.paths, strict=True):
        page.line(f"{letter}  {path}: {_range(found.points[path])}", indent=2)
    for outcome in outcomes or (OUTCOME,):
        rows = found.table[found.table["outcome"] == outcome]
        unit = rows["unit"].iloc[0]
        factor, word = scale_of(rows["mean"]) if len(unit) == 3 and unit.isupper() else (1.0, "")
        page.heading(f"{outcome}, {f'{unit} {word}'.strip()}")
        _table(page, found, rows, factor)
        if len(found.points) > 1 and rows["policy"].nunique() > 1:
            _regret(page, found, outcome, factor)
    page.line()
    for note in _notes(found, outcomes or (OUTCOME,)):
        page.line(note)
    page.line(_closing(found), style="dim")
    return page


def document(found: Sweep, outcomes: tuple[str, ...] = ()) -> dict[str, Any]:
    """The same as a mapping for ``--json``.

    Returns
    -------
    dict
        ``paths``, ``reference``, ``points`` and ``rows`` (lists of mappings with the columns of the tables), ``regret``
        (by outcome and policy) and ``provenance``. What is undefined is null.
    """
    return {
        "paths": list(found.paths),
        "reference": found.reference,
        "points": _rows(found.points),
        "rows": _rows(found.table),
        "regret": {
            outcome: {
                row.pop("policy"): row for row in _rows(found.regret(outcome, most=outcome not in LESS).reset_index())
            }
            for outcome in outcomes or (OUTCOME,)
        },
        "provenance": dict(found.provenance),
    }


def _table(page: Page, found: Sweep, rows: pd.DataFrame, factor: float) -> None:
    paths = found.paths if len(found.paths) <= MOST_PATHS else ()
    cells = []
    marks = (0.0, 1.0, -1.0) if rows["unit"].iloc[0] == SHARE else (0.0,)
    for row in rows.head(MOST_ROWS).to_dict("records"):
        own = estimate(*(row[of] / factor for of in ("mean", "low", "high")), marks=marks)
        apart = [row[f"difference{of}"] for of in ("", "_low", "_high")]
        other = Cell("reference", "dim")
        if row["policy"] != found.reference:
            other = difference(verdict(*apart), estimate(*(value / factor for value in apart), marks=marks))
        where = [Cell(str(row["point"])), *(Cell(_value(row[path])) for path in paths)]
        cells.append([*where, Cell(row["policy"]), Cell(own), other])
    left = 2 + len(paths)
    head = ["point", *LETTERS[: len(paths)], "policy", "mean", "difference"]
    page.table(head, cells, left=left, fold=left - 1)
    if len(rows) > MOST_ROWS:
        page.line(f"and {len(rows) - MOST_ROWS} rows more; --out FILE writes all", style="dim")


def _regret(page: Page, found: Sweep, outcome: str, factor: float) -> None:
    table = found.regret(outcome, most=outcome not in LESS)
    left = int(table["left_out"].iloc[0])
    if left == len(found.points):
        page.line()
        page.line(f"No regret: at every point {outcome} is undefined under some policy.")
        return
    better = "more" if outcome in LESS else "less"
    page.heading(f"Regret in {outcome}: how much {better} than the best policy of each point")
    cells = [
        [
            Cell(str(policy)),
            Cell(number(row["mean"] / factor, 2)),
            Cell(number(row["worst"] / factor, 2)),
            Cell(str(row["worst_point"])),
            Cell(number(100 * row["best"], 0)),
        ]
        for policy, row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    page.table(["policy", "mean", "worst", "at point", "best, %"], cells)
    if left:
        page.line(f"{left} of {len(found.points)} points are left out, where {outcome} is undefined under some policy.")


def _notes(found: Sweep, outcomes: tuple[str, ...]) -> Iterator[str]:
    rows = found.table[found.table["outcome"].isin(outcomes) & (found.table["policy"] != found.reference)]
    apart = rows[["difference", "difference_low", "difference_high"]].itertuples(index=False)
    if any(verdict(*each) is Verdict.DOUBTFUL for each in apart):
        yield "In brackets: the interval holds 0, so it cannot be told from no difference."
    for outcome in outcomes:
        told = found.table[found.table["outcome"] == outcome]
        without, futures = int(told["mean"].isna().sum()), found.provenance["futures"]
        some = told[(told["n"] < futures) & (told["n"] > 0)]["n"]
        if without:
            yield f"In {without} of {len(told)} rows, told as –, {outcome} is undefined in every future."
        if len(some):
            yield (
                f"In {len(some)} rows {outcome} is undefined in some futures, which are left out; the fewest that "
                f"remain are {some.min()} of {futures}."
            )
    if found.provenance["futures"] == 1:
        yield "One future: no interval can be given."
    drawn = found.provenance["sweep"].get("samples", 1)
    if found.provenance["sweep"].get("method") == "sobol" and drawn & (drawn - 1):
        yield f"Sobol' points are balanced in powers of two, and {drawn} is none."


def _closing(found: Sweep) -> str:
    origin, done = found.provenance, len(found.points)
    played = f"{done} point{'s' if done != 1 else ''}"
    if found.interrupted:
        played = f"interrupted after {done} of {found.asked} points"
    futures = f"{origin['futures']} future{'s' if origin['futures'] != 1 else ''} each"
    return f"{played}, {futures}, seed {origin['seed']}, exportsim {origin['exportsim']}, {origin['seconds']:.1f} s"


def _letters(found: Sweep) -> list[str]:
    if len(found.paths) > MOST_PATHS:
        return ["-"] * len(found.paths)
    return list(LETTERS[: len(found.paths)])


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


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}
        for row in table.to_dict("records")
    ]
