"""What is reported of a part of a study: which points it has, and that they are in the store."""

from __future__ import annotations

from collections.abc import Iterator

from exportsim.language import text
from exportsim.report.document import Block, Document, Line
from exportsim.report.number_format import number
from exportsim.report.studies import blocks_of_study, played
from exportsim.study.part import StudyPart

MOST_POINTS = 20  # that are named


def describe(part: StudyPart) -> Document:
    """What a command with ``--part`` reports; the data hold every point of the part that is in the store."""
    done = played(len(part.table), "point", interrupted=part.interrupted, of=part.asked)
    closing = text("part_of_study.closing", **{**part.provenance, "played": done})
    return Document(
        blocks_of_study(part.provenance["title"], _body(part), [], closing),
        lambda: {
            "part": part.number,
            "of": part.of,
            "asked": part.asked,
            "whole": part.whole,
            "points": part.table,
            "provenance": part.provenance,
        },
    )


def _body(part: StudyPart) -> Iterator[Block]:
    here, points = int(part.table["played"].sum()), part.provenance["part"]["points"]
    amounts = {"whole": number(part.whole, 0), "asked": number(part.asked, 0)}
    yield Line(text("part_of_study.has", number=part.number, of=part.of, **amounts))
    if part.asked:
        numbers = list(range(part.number - 1, part.whole, part.of))
        named = text("lists.comma").join(map(str, numbers[:MOST_POINTS]))
        key = "part_of_study.points" if part.asked <= MOST_POINTS else "part_of_study.first_points"
        yield Line(text(key, points=named, step=part.of))
    yield Line(text("part_of_study.stored", points=number(points, 0), here=number(here, 0)))
