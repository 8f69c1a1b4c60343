"""Further studies in a report: each is a section of what its own command tells of it, and of its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.outcomes import SHOWN
from exportsim.report import backlog, calibration, discovery, prediction, sensitivity, sweep
from exportsim.report.document import Block, Document, Figure, Table
from exportsim.report.html.figures import figures_of_study
from exportsim.study.backlog import Backlog
from exportsim.study.calibration import Calibration
from exportsim.study.discovery import Discovery
from exportsim.study.prediction import Forecast
from exportsim.study.result import Result
from exportsim.study.sensitivity import Sensitivity
from exportsim.study.study import TableStudy
from exportsim.study.sweep import Sweep


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
    prefix = f"study-{place}"
    return Section(title, list(_notes(study, result)), [*_drawn(study, prefix), *_named(document.blocks, prefix)])


def _notes(study: TableStudy, result: Result) -> Iterator[str]:
    """Of which scenario, and by which version, the study was made."""
    here, there = result.provenance["scenario"], study.provenance["scenario"]
    if here == there:
        yield text("page.studies.of_this", digest=there)
    else:
        yield text("page.studies.of_another", digest=there, here=here)
    version, made = result.provenance["exportsim"], study.provenance["exportsim"]
    if version != made:
        yield text("page.studies.other_version", made=made, version=version)


def _drawn(study: TableStudy, prefix: str) -> Iterable[Figure]:
    """The figures of a study."""
    if isinstance(study, Backlog):  # its tables are the figures
        return []
    assert isinstance(study, Sweep | Discovery | Sensitivity | Calibration | Forecast), "it was described"
    return figures_of_study(study, prefix)


def _described(study: TableStudy) -> tuple[str, Document]:
    """The title of a study's section, and what its command tells of it."""
    match study:
        case Sweep():
            return text("page.studies.sweep"), sweep.describe(study, (_outcome(study),))
        case Sensitivity():
            return text("page.studies.sensitivity"), sensitivity.describe(study)
        case Discovery():
            return text("page.studies.discovery"), discovery.describe(study)
        case Calibration():
            return text("page.studies.calibration"), calibration.describe(study)
        case Forecast():
            return text("page.studies.forecast"), prediction.describe(study)
        case Backlog():
            return text("page.studies.backlog"), backlog.describe(study)
    raise ExportsimError(
        f"studies: found a {type(study).__name__}, expected a Sweep, Sensitivity, Discovery, Calibration, Forecast "
        "or Backlog"
    )


def _outcome(study: Sweep) -> str:
    """The outcome that is told of a sweep: the first of those that are shown, else the first that it has."""
    has = list(dict.fromkeys(study.table["outcome"]))
    return next((name for name in SHOWN if name in has), has[0])


def _named(blocks: Iterable[Block], prefix: str) -> Iterator[Block]:
    """The blocks with tables whose names no other study has."""
    for place, block in enumerate(blocks):
        yield block._replace(name=f"{prefix}-{place}-{block.name}") if isinstance(block, Table) else block
