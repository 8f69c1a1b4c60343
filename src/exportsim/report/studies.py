"""What the descriptions of all studies have in common: their frame, and differences in cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exportsim.analysis.intervals import Interval, Verdict, verdict
from exportsim.report.document import UNTITLED, Block, Cell, Line
from exportsim.report.number_format import counted

DIFFERENCE = ["difference", "difference_low", "difference_high"]  # columns of a study's table


def blocks_of_study(title: str, body: Iterable[Block], notes: Iterable[str], closing: str) -> list[Block]:
    """What every kind of study reports: a title, its own blocks, how to read them, and where they come from."""
    return [Line(title or UNTITLED, "strong"), *body, Line(), *map(Line, notes), Line(closing, "quiet")]


def attributes(study: object, *names: str) -> dict[str, object]:
    """Some attributes of a study by their names, as the data of a document."""
    return {name: getattr(study, name) for name in names}


def played(number: int, noun: str, *, interrupted: bool, of: int | None = None) -> str:
    """How much was played: ``20 futures``, ``interrupted after 12 futures``, ``interrupted after 3 of 8 points``."""
    if not interrupted:
        return counted(number, noun)
    return f"interrupted after {counted(number, noun) if of is None else f'{number} of {of} {noun}s'}"


def beyond(most: int, number: int, more: str) -> str:
    """The note under a table that shows the first so many of a number of rows, if there are more."""
    return more.format(number=number - most) if number > most else ""


def difference_cell(difference: Sequence[float] | Interval, text: str) -> Cell:
    """A difference (its mean and the ends of its interval come first) in a table, marked where it is none or may be."""
    word = verdict(*difference[:3])
    return Cell("same", same=True) if word is Verdict.SAME else Cell(text, doubtful=word is Verdict.DOUBTFUL)


def any_doubtful(differences: Iterable[Sequence[float] | Interval]) -> bool:
    """Whether some difference cannot be told from none."""
    return any(verdict(*difference[:3]) is Verdict.DOUBTFUL for difference in differences)
