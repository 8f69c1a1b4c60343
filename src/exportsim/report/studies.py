"""What the descriptions of all studies have in common: their frame, and differences in cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from exportsim.language import text
from exportsim.report.document import Block, Cell, Line
from exportsim.report.number_format import number

if TYPE_CHECKING:
    from exportsim.analysis.intervals import Interval

DIFFERENCE = ["difference", "difference_low", "difference_high"]  # columns of a study's table


def blocks_of_study(title: str, body: Iterable[Block], notes: Iterable[str], closing: str) -> list[Block]:
    """What every kind of study reports: a title, its own blocks, how to read them, and where they come from."""
    return [Line(title or text("studies.untitled"), "strong"), *body, Line(), *map(Line, notes), Line(closing, "quiet")]


def attributes(study: object, *names: str) -> dict[str, object]:
    """Some attributes of a study by their names, as the data of a document."""
    return {name: getattr(study, name) for name in names}


def counted(done: int, noun: str) -> str:
    """So many futures, points or trials: ``1 future``, ``20 futures``."""
    return text(f"studies.{noun}", number=done, amount=number(done, 0))


def played(done: int, noun: str, *, interrupted: bool, of: int | None = None) -> str:
    """How much was played: ``20 futures``, ``interrupted after 12 futures``, ``interrupted after 3 of 8 points``."""
    if not interrupted:
        return counted(done, noun)
    if of is None:
        return text(f"studies.interrupted.{noun}", number=done, amount=number(done, 0))
    return text(f"studies.interrupted_of.{noun}", amount=number(done, 0), of=number(of, 0))


def beyond(most: int, all_rows: int, more: str) -> str:
    """The note under a table that shows the first so many of all rows, if there are more; ``more`` is its key."""
    return text(more, number=number(all_rows - most, 0)) if all_rows > most else ""


def difference_cell(difference: Sequence[float] | Interval, shown: str) -> Cell:
    """A difference (its mean and the ends of its interval come first) in a table, marked where it is none or may be."""
    same, doubtful = _same_or_doubtful(difference)
    return Cell(text("studies.same"), same=True) if same else Cell(shown, doubtful=doubtful)


def any_doubtful(differences: Iterable[Sequence[float] | Interval]) -> bool:
    """Whether some difference cannot be told from none."""
    return any(_same_or_doubtful(difference)[1] for difference in differences)


def _same_or_doubtful(difference: Sequence[float] | Interval) -> tuple[bool, bool]:
    """Whether a difference is none, and whether it cannot be told from none."""
    from exportsim.analysis.intervals import (  # late: what is described without intervals needs no NumPy
        Verdict,
        verdict,
    )

    word = verdict(*difference[:3])
    return word is Verdict.SAME, word is Verdict.DOUBTFUL
