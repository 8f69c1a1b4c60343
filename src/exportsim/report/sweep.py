"""What is reported of a sweep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from exportsim.language import text
from exportsim.names import quoted
from exportsim.outcomes import SHARE
from exportsim.report.document import Block, Cell, Document, Heading, Line, Row, Table
from exportsim.report.number_format import estimate, number, unit_of
from exportsim.report.studies import (
    DIFFERENCE,
    any_doubtful,
    attributes,
    beyond,
    blocks_of_study,
    counted,
    difference_cell,
    played,
)
from exportsim.study.naming import outcome_words, paths_in_words, policy_title
from exportsim.study.parameter_axes import plain
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

OUTCOME = "exports"
MOST_ROWS = 48  # of an outcome's table
MOST_PATHS = 3  # with a column of their own
WIDEST = 12  # of a value in such a column
LETTERS = "abc"
DRAWN = re.compile(r"(\d+\.\d{3,})([a-zA-Z%/]*)")  # with more digits than tell one value from the other


def describe(sweep: Sweep, outcomes: tuple[str, ...] = ()) -> Document:
    """What ``exportsim sweep`` reports.

    The data hold ``paths``, ``reference``, ``points`` and ``rows`` (with the columns of the tables), ``regret`` (by
    outcome and policy) and ``provenance``.
    """
    outcomes = outcomes or (OUTCOME,)
    points = played(len(sweep.points), "point", interrupted=sweep.interrupted, of=sweep.asked)
    futures = counted(sweep.provenance["futures"], "future")
    said = {**sweep.provenance, "played": points, "futures": futures}
    closing = text("sweep.closing", **said | {"seconds": number(said["seconds"], 1)})
    blocks = blocks_of_study(sweep.provenance["title"], _body(sweep, outcomes), _notes(sweep, outcomes), closing)
    return Document(
        blocks,
        lambda: {
            **attributes(sweep, "paths", "reference", "points"),
            "rows": sweep.table,
            "regret": {outcome: sweep.regret(outcome) for outcome in outcomes},
            "provenance": sweep.provenance,
        },
    )


def _body(sweep: Sweep, outcomes: tuple[str, ...]) -> Iterator[Block]:
    yield Line(text("sweep.units", reference=quoted(policy_title(sweep, sweep.reference))))
    yield Heading(text("sweep.varied"))
    letters = LETTERS if len(sweep.paths) <= MOST_PATHS else "-" * len(sweep.paths)
    for letter, (path, words) in zip(letters, paths_in_words(sweep, sweep.paths).items(), strict=False):
        said = text("sweep.path", words=words, values=_range(sweep.points[path]))
        yield Line(f"{letter}  {said}", indent=2)
    for outcome in outcomes:
        rows = sweep.table[sweep.table["outcome"] == outcome]
        factor, unit = unit_of(rows["unit"].iloc[0], rows["mean"])
        yield _table(sweep, rows, factor, text("sweep.outcome", outcome=outcome_words(sweep, outcome), unit=unit))
        if len(sweep.points) > 1 and rows["policy"].nunique() > 1:
            yield from _regret(sweep, outcome, factor)


def _table(sweep: Sweep, rows: pd.DataFrame, factor: float, title: str) -> Table:
    paths = sweep.paths if len(sweep.paths) <= MOST_PATHS else ()
    marks = (0.0, 1.0, -1.0) if rows["unit"].iloc[0] == SHARE else (0.0,)
    content: list[Row] = []
    for row in rows.head(MOST_ROWS).to_dict("records"):
        mean, difference = ([row[name] for name in names] for names in (("mean", "low", "high"), DIFFERENCE))
        texts = [estimate(*(value / factor for value in values), marks=marks) for values in (mean, difference)]
        is_reference = row["policy"] == sweep.reference
        other = Cell(text("studies.reference"), "quiet") if is_reference else difference_cell(difference, texts[1])
        content.append(
            [
                str(row["point"]),
                *(_value(row[path]) for path in paths),
                policy_title(sweep, row["policy"]),
                texts[0],
                other,
            ]
        )
    point, policy, mean_of = (text(f"sweep.head.{name}") for name in ("point", "policy", "mean"))
    head = [point, *LETTERS[: len(paths)], policy, mean_of, text("studies.difference")]
    note = beyond(MOST_ROWS, len(rows), "studies.all_shown")
    return Table("points", title, head, content, note, left=2 + len(paths), fold=1 + len(paths))


def _regret(sweep: Sweep, outcome: str, factor: float) -> Iterator[Block]:
    table, words = sweep.regret(outcome), outcome_words(sweep, outcome)
    left = int(table["left_out"].iloc[0])
    if left == len(sweep.points):
        yield Line()
        yield Line(text("sweep.no_regret", outcome=words))
        return
    rows = [
        [
            policy_title(sweep, row["policy"]),
            *(number(row[name] / factor, 2) for name in ("mean", "worst")),
            str(row["worst_point"]),
            number(100 * row["best"], 0),
        ]
        for row in table.rename_axis("policy").reset_index().to_dict("records")
    ]
    more = sweep.less_is_better(outcome)
    title = text("sweep.regret_more", outcome=words) if more else text("sweep.regret_less", outcome=words)
    head = [text(f"sweep.head.{name}") for name in ("policy", "mean", "worst", "at_point", "best")]
    yield Table("regret", title, head, rows)
    if left:
        yield Line(text("sweep.left_out", left=left, points=len(sweep.points), outcome=words))


def _notes(sweep: Sweep, outcomes: tuple[str, ...]) -> Iterator[str]:
    rows = sweep.table[sweep.table["outcome"].isin(outcomes) & (sweep.table["policy"] != sweep.reference)]
    if any_doubtful(rows[DIFFERENCE].itertuples(index=False)):
        yield text("studies.brackets")
    futures = sweep.provenance["futures"]
    for outcome in outcomes:
        own = sweep.table[sweep.table["outcome"] == outcome]
        some = own[(own["n"] < futures) & (own["n"] > 0)]["n"]
        if without := int(own["mean"].isna().sum()):
            yield text("sweep.undefined", rows=without, all=len(own), outcome=outcome_words(sweep, outcome))
        if len(some):
            words = outcome_words(sweep, outcome)
            yield text("sweep.some_undefined", rows=len(some), outcome=words, fewest=some.min(), futures=futures)
    if futures == 1:
        yield text("studies.one_future")
    drawn = sweep.provenance["sweep"].get("samples", 1)
    if sweep.provenance["sweep"].get("method") == "sobol" and drawn & (drawn - 1):
        yield text("sweep.unbalanced", samples=drawn)


def _range(column: pd.Series[Any]) -> str:
    """The values of a path: all of them if they are few."""
    values = list(dict.fromkeys(map(_value, column)))
    if len(values) <= 8:
        return text("lists.comma").join(values)
    if column.dtype.kind in "if":
        return text("sweep.range", low=_value(column.min()), high=_value(column.max()), number=len(values))
    return text("sweep.words", first=values[0], second=values[1], number=len(values))


def _value(value: Any) -> str:
    shown = f"{value:.6g}" if isinstance(value, float) else str(value)
    if (quantity := DRAWN.fullmatch(shown)) is not None:
        shown = f"{plain(float(f'{float(quantity[1]):.4g}'))}{quantity[2]}"
    return shown if len(shown) <= WIDEST else shown[: WIDEST - 1] + "…"
