"""What is reported of a draft: what was found and how surely, what the log cannot tell, and how much that matters."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import numpy as np

from exportsim.digits import number, short
from exportsim.language import day, listed, text
from exportsim.learning.learned import Learned
from exportsim.learning.people import SELDOM, Named
from exportsim.learning.playback import NEAR
from exportsim.learning.stages import StageFound
from exportsim.names import quoted
from exportsim.report.document import Block, Document, Heading, Line, Row, Table
from exportsim.report.number_format import percentage
from exportsim.report.studies import attributes, blocks_of_study

IRREGULAR = 1.5  # the variance of weekly numbers over their mean, from which it is said
ALIKE = 0.005  # days: what moves a median by less does not move it


def describe(learned: Learned) -> Document:
    """What ``exportsim learn`` reports.

    The data hold ``sentences`` (the answer), ``numbers`` (the rows of the table), ``recorded`` and ``played`` (the
    median and the 90th percentile of the log, and of the draft's futures, in days), ``guesses``, ``columns``,
    ``left_out``, ``cannot`` (sentences) and ``provenance``.
    """
    title = text("learn.title", file=quoted(learned.provenance["learn"]["log"]))
    closing = text("learn.closing", **learned.provenance)
    return Document(blocks_of_study(title, _body(learned), [], closing), partial(_data, learned), width=110)


@contextmanager
def prepared(out: str | None, log: str | os.PathLike[str], *, force: bool) -> Iterator[Callable[[Document], None]]:
    """See that the page can be written before the work of making it; what is yielded writes a document as one."""
    if out is None:
        yield lambda _: None
        return
    from exportsim.report.html import prepared_page, study_page

    with prepared_page(out, force=force, reads=[log], argument="--page", kind="page") as put:
        yield lambda document: put(study_page(_title(document), list(document.blocks)[1:]))


def _title(document: Document) -> str:
    first = next(iter(document.blocks))
    assert isinstance(first, Line)
    return first.text


def _data(learned: Learned) -> dict[str, object]:
    quantiles = learned.played.quantiles
    return {
        "sentences": list(sentences(learned)),
        "numbers": learned.table,
        "recorded": dict(zip(("median", "p90"), learned.recorded.tolist(), strict=True)),
        "played": {"median": quantiles[:, 0].tolist(), "p90": quantiles[:, 1].tolist()},
        "guesses": [guess._asdict() for guess in learned.guesses],
        "columns": dict(learned.log.columns),
        "rows": learned.log.rows,
        "left_out": [each._asdict() for each in learned.log.left_out],
        "cannot": list(cannot_tell(learned)),
        **attributes(learned, "provenance"),
    }


def _body(learned: Learned) -> Iterator[Block]:
    times = list(_times(learned))
    yield from map(Line, sentences(learned))
    yield Line()
    yield from map(Line, _read(learned))
    if times:
        yield Heading(text("learn.headings.played"))
        head = [text(f"learn.played.head.{name}") for name in ("time", "log", "draft", "futures", "off")]
        cells: list[Row] = [
            [text(f"learn.times.{row.name}"), row.log, row.draft, row.futures, number(100 * row.off, 1)]
            for row in times
        ]
        yield Table("played", text("learn.played.caption"), head, cells)
    yield Heading(text("learn.headings.cannot"))
    yield from (Line(sentence, indent=2) for sentence in cannot_tell(learned))
    if learned.guesses:
        yield Line()
        yield _guesses(learned)
    yield Heading(text("learn.headings.numbers"))
    head = [text(f"learn.head.{name}") for name in ("path", "figure", "value", "interval", "n")]
    rows = [
        [each.path, text(f"learn.figures.{each.figure}"), each.value,
         text("numbers.range", low=each.low, high=each.high), number(each.n, 0)]
        for each in learned.numbers
    ]  # fmt: skip
    yield Table("numbers", text("learn.numbers"), head, rows, left=2)
    yield Line()
    yield Line(text("learn.head.how"))
    found: dict[str, list[str]] = {}
    for each in learned.numbers:
        if each.path not in found.setdefault(each.how, []):
            found[each.how].append(each.path)
    for how, paths in found.items():
        yield Line(text("learn.found", paths=listed(paths), how=how), indent=2)


def _read(learned: Learned) -> Iterator[str]:
    """What was read, as what, and what was left out."""
    log, course = learned.log, learned.course
    yield text(
        "learn.read",
        events=number(len(log.case), 0),
        cases=number(len(log.cases), 0),
        first=day(learned.demand.first),
        last=day(learned.scenario.period.end),
    )
    taken = [
        text("learn.column", role=text(f"learn.roles.{role}"), column=quoted(name))
        for role, name in log.columns.items()
    ]
    yield text("learn.columns", columns=listed(taken))
    if log.unused:
        yield text("learn.unused", names=listed([quoted(name) for name in log.unused]))
    if log.form.date_format is not None:
        yield text("learn.dates", form=log.form.date_format)
    for left in log.left_out:
        yield text(f"learn.left_out.{left.why}", number=left.rows, amount=number(left.rows, 0), line=left.line)
    for kind, names in (("marks", course.marks), ("rare", course.rare)):
        if names:
            yield text(f"learn.{kind}", names=listed([quoted(name) for name in names]))
    if course.outside:
        share = number(100 * course.outside / len(log.case), 1)
        yield text("learn.outside", number=course.outside, amount=number(course.outside, 0), share=share)
    if course.beside:
        yield text("learn.beside", number=course.beside, amount=number(course.beside, 0))
    named = [each for each in {each.activity: each for each in learned.stages}.values() if each.named is not None]
    shared = [quoted(each.activity) for each in named if each.named is not None and each.named.shared > SELDOM]
    if shared:
        yield text("learn.shared", names=listed(shared))
    for stage in named:
        if stage.named is not None and stage.named.shared <= SELDOM:
            yield _named(stage, stage.named)
    for line in learned.demand.lines:
        if line.meant is not None:
            yield text("learn.no_country", word=quoted(line.words[0]), code=line.destination, meant=line.meant)


def _named(stage: StageFound, named: Named) -> str:
    """The officers that the log names at a stage, and whether they are as many as are found without their names."""
    found = stage.officers
    said = {"people": number(named.people, 0), "number": named.number, "stage": quoted(stage.activity)}
    if named.several > SELDOM:
        key = "several"
    elif found.how == "named":
        assert found.otherwise is not None
        low, high = found.otherwise
        key = "used" if low <= named.number <= high else "instead"
        said |= {"low": number(low, 0), "high": text("learn.comment.any") if math.isinf(high) else number(high, 0)}
    else:
        likely = [found.number, *(change.number for change in found.changes)]
        key = "agree" if found.how in ("full", "changed") and named.number in likely else "differ"
    return text(f"learn.named.{key}", **said, several=number(100 * named.several, 0))


class _Time(NamedTuple):
    """A time from application to decision: in the log, on average over the draft's futures, and among these."""

    name: str
    log: str
    draft: str
    futures: str
    off: float
    """By how much of it the draft is off the log."""
    among: bool
    """Whether the log's is among those of futures."""


def _times(learned: Learned) -> Iterator[_Time]:
    """The draft's times beside those of the log; none where nothing is decided."""
    recorded, means = learned.recorded, learned.played.mean
    if np.isnan(recorded).any() or np.isnan(means).any():
        return
    for place, name in enumerate(("median", "p90")):
        of_futures, log = learned.played.quantiles[:, place], recorded[place]
        low, high = np.nanmin(of_futures), np.nanmax(of_futures)
        yield _Time(
            name, short(log), short(means[place]), text("numbers.range", low=short(low), high=short(high)),
            means[place] / log - 1 if log else 0.0, bool(low <= log <= high),
        )  # fmt: skip


def sentences(learned: Learned) -> Iterator[str]:
    """The answer: how long the draft takes beside the log, and whether it may be used."""
    rows = list(_times(learned))
    if not rows:
        yield text("learn.played.nothing")
        return
    half, most = rows
    futures = len(learned.played.quantiles)
    said = {"number": futures, "futures": number(futures, 0)}
    yield text(
        "learn.played.answer",
        draft=half.draft, log=half.log, range=half.futures, off=percentage(half.off, plus=True),
        draft_most=most.draft, log_most=most.log, range_most=most.futures, off_most=percentage(most.off, plus=True),
    )  # fmt: skip
    far = any(abs(row.off) > NEAR for row in rows)
    verdict = "near" if not far else "luck" if all(row.among for row in rows) else "far"
    yield text(f"learn.played.{verdict}", **said)
    by_play = [quoted(stage.name) for stage in learned.stages if stage.matched != 1]
    if by_play:
        yield text("learn.played.matched", names=listed(by_play))


def cannot_tell(learned: Learned) -> Iterator[str]:
    """What the log does not say, each with what the draft takes instead."""
    course, days, demand = learned.course, learned.days, learned.demand
    if not all(course.timed):
        for key, named in (("ends", False), ("ends_named", True)):
            names = [
                quoted(stage.activity)
                for stage in learned.stages
                if not stage.timed and stage.sits is None and (stage.officers.how == "named") == named
            ]
            if names:
                yield text(f"learn.cannot.{key}", number=len(names), names=listed(names))
    apart = [quoted(stage.name) for stage in learned.stages if stage.officers.how == "apart"]
    if apart:
        yield text("learn.cannot.apart", number=len(apart), names=listed(apart))
    free = [quoted(stage.name) for stage in learned.stages if stage.officers.how in ("free", "quiet")]
    if free:
        yield text("learn.cannot.free", number=len(free), names=listed(free))
    if course.piled:
        yield text("learn.cannot.piled", names=listed([quoted(name) for name in course.piled]))
    committees = [quoted(stage.name) for stage in learned.stages if stage.sits is not None]
    if committees:
        yield text("learn.cannot.sits", names=listed(committees))
    pooled = [quoted(stage.name) for stage in learned.stages if stage.pooled]
    if pooled:
        yield text("learn.cannot.pooled", names=listed(pooled))
    yield text("learn.cannot.shifts", first=days.hours[0], last=days.hours[1])
    yield text("learn.cannot.priorities")
    if "applied" not in learned.log.columns and not course.marks:
        yield text("learn.cannot.first")
    yield text("learn.cannot.empty")
    if learned.approval is None:
        yield text("learn.cannot.outcome")
    if demand.irregular > IRREGULAR:
        yield text("learn.cannot.irregular", index=short(demand.irregular), weeks=demand.weeks)
    if not {"destination", "goods"} & learned.log.columns.keys():
        yield text("learn.cannot.groups")
    yield text("learn.cannot.after")


def _guesses(learned: Learned) -> Table:
    rows = [
        [each.what, each.used, each.low, _moved(each.median_low), each.high, _moved(each.median_high)]
        for each in learned.guesses
    ]
    head = [text(f"learn.guesses.head.{name}") for name in ("what", "used", "low", "at_low", "high", "at_high")]
    return Table("guesses", text("learn.guesses.caption"), head, rows, fold=0)


def _moved(days: float) -> str:
    if math.isnan(days):
        return ""
    return text("learn.guesses.same") if abs(days) < ALIKE else f"{'+' if days > 0 else ''}{number(days, 2)}"
