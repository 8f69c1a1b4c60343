"""Further studies in a report: each is a section of what its own command tells of it, and of its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.outcomes import SHOWN
from exportsim.report import calibration, discovery, sensitivity, sweep
from exportsim.report.document import Block, Document, Figure, Row, Table
from exportsim.report.html.figures import figures_of_study
from exportsim.report.number_format import number, places
from exportsim.study.calibration import Calibration
from exportsim.study.discovery import Discovery
from exportsim.study.result import Result
from exportsim.study.sensitivity import Sensitivity
from exportsim.study.study import TableStudy
from exportsim.study.study_file import TableOfStudy
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 48  # of a table that only a file has
DIGITS, DECIMALS = 3, 4  # of its numbers


class Section(NamedTuple):
    """What a report says of another study."""

    title: str
    notes: list[str]
    blocks: list[Block]


def sections(studies: Sequence[TableStudy], result: Result) -> list[Section]:
    """The sections, in the order in which the studies were given."""
    return [_section(study, number, result) for number, study in enumerate(studies, start=1)]


def _section(study: TableStudy, place: int, result: Result) -> Section:
    title, document = _described(study)
    blocks = document.blocks if document else [_table(study.table)]
    drawn: Iterable[Figure] = ()
    if isinstance(study, Sweep | Discovery | Sensitivity | Calibration):
        drawn = figures_of_study(study, f"study-{place}")
    here, there = result.provenance["scenario"], study.provenance["scenario"]
    said = (
        text("page.studies.of_this", digest=there)
        if here == there
        else text("page.studies.of_another", digest=there, here=here)
    )
    notes = [said] if document else [said, text("page.studies.file_only")]
    return Section(title, notes, [*drawn, *_named(blocks, f"study-{place}")])


def _described(study: TableStudy) -> tuple[str, Document | None]:
    """The title of a study's section, and what its command tells of it; of a table alone there is no more."""
    match study:
        case Sweep():
            return text("page.studies.sweep"), sweep.describe(study, (_outcome(study),))
        case Sensitivity():
            return text("page.studies.sensitivity"), sensitivity.describe(study)
        case Discovery():
            return text("page.studies.discovery"), discovery.describe(study)
        case Calibration():
            return text("page.studies.calibration"), calibration.describe(study)
        case TableOfStudy():
            return text(f"page.studies.{study.kind}"), None
    raise ExportsimError(
        f"studies: found a {type(study).__name__}, expected a Sweep, Sensitivity, Discovery or Calibration"
    )


def _outcome(study: Sweep) -> str:
    """The outcome that is told of a sweep: the first of those that are shown, else the first that it has."""
    has = list(dict.fromkeys(study.table["outcome"]))
    return next((name for name in SHOWN if name in has), has[0])


def _named(blocks: Iterable[Block], prefix: str) -> Iterator[Block]:
    """The blocks with tables whose names no other study has."""
    for place, block in enumerate(blocks):
        yield block._replace(name=f"{prefix}-{place}-{block.name}") if isinstance(block, Table) else block


def _table(table: pd.DataFrame) -> Table:
    """A table of pandas in a few digits."""
    shown, more = table.head(MOST_ROWS), len(table) > MOST_ROWS
    rows: list[Row] = [list(map(_cell, row)) for row in shown.itertuples(index=False)]
    said = text("page.studies.table", rows=len(shown), all=len(table)) if more else text("page.studies.table_all")
    return Table("table", said, list(table.columns), rows, text("page.studies.rows_left") if more else "")


def _cell(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if value != value:
        return "–"
    return number(value, 0 if float(value).is_integer() else max(0, places(abs(value), DIGITS, most=DECIMALS)))
