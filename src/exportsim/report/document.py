"""What is reported of anything, once: blocks to be read and data for other programs.

Each kind of result has a function ``describe`` that makes a document, and the templates of its sentences, in a module
of its own. How a document looks is the business of :mod:`exportsim.report.text` (a terminal),
:mod:`exportsim.report.html` and :mod:`exportsim.report.json`, which know nothing of what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH = 80

Style = Literal["", "strong", "quiet", "good", "bad", "open"]
Numbers = tuple[float, float, float]  # mean, low, high; NaN where there is none


class Cell(NamedTuple):
    """One cell of a table."""

    text: str
    style: Style = ""
    doubtful: bool = False
    """A difference that is not distinguishable from none."""
    same: bool = False
    """No difference in any future."""
    numbers: Numbers | None = None
    """What an estimate is of, unrounded."""
    below: str = ""
    """What stands on a second line."""

    @property
    def bracketed(self) -> str:
        """Its text, in brackets where it may be no difference."""
        return f"({self.text})" if self.doubtful else self.text


class Estimated(str):
    """The text of an estimate, which still knows its numbers."""

    def __new__(cls, text: str, numbers: Numbers) -> Self:
        """The text as it is printed; the numbers in the unit that it is printed in."""
        made = super().__new__(cls, text)
        made.numbers = numbers
        return made

    numbers: Numbers


Row = Sequence[str | Cell]


class Heading(NamedTuple):
    """The title of what follows."""

    text: str


class Line(NamedTuple):
    """A sentence, or a blank line."""

    text: str = ""
    style: Style = ""
    indent: int = 0


class Table(NamedTuple):
    """A table whose first column names its rows."""

    name: str
    """Unique in the document."""
    caption: str
    head: Sequence[str]
    rows: Sequence[Row]
    note: str = ""
    left: int = 1
    """How many columns hold text; the others hold figures."""
    fold: int = 0
    """Which column is folded where the table is too wide."""
    indent: int = 0
    beside: int = 0
    """How many columns of figures stand beside each other at most; no limit if zero."""

    @property
    def cells(self) -> list[list[Cell]]:
        """The rows, each text as a cell."""
        return [[_cell(each) for each in row] for row in self.rows]


def _cell(given: str | Cell) -> Cell:
    """A text as a cell, and what numbers it still knows."""
    cell = given if isinstance(given, Cell) else Cell(given)
    return cell._replace(text=str(cell.text), numbers=getattr(cell.text, "numbers", cell.numbers))


class Dated(NamedTuple):
    """What happened on a day: one column of sentences, or two beside each other."""

    date: str
    columns: Sequence[Sequence[str]]
    style: Style = ""


class Figure(NamedTuple):
    """A drawing, what it shows, and the numbers in it."""

    name: str
    title: str
    caption: str
    drawing: Markup
    numbers: Table | None = None
    narrow: Markup | None = None
    """The same, drawn for a narrow screen."""
    subtitle: str = ""
    """What is shown, and in which unit."""
    note: str = ""


Block = Heading | Line | Table | Dated | Figure


@dataclass(frozen=True)
class Document:
    """What is reported: blocks, and the same (or more) as data, which :func:`exportsim.report.json.plain` converts."""

    blocks: Sequence[Block]
    data: Callable[[], Mapping[str, object]]
    width: int = WIDTH
    """Columns of a terminal that it is made for."""
