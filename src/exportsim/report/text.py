"""Documents on a terminal: headings, sentences and tables, 80 columns wide or as asked, and in colour if any.

Everything that is put on a page is taken as plain text: markup and control characters in it are shown, not obeyed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date
from io import StringIO
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from exportsim.language import short_day, template
from exportsim.report.document import WIDTH, Cell, Dated, Document, Figure, Heading, Line, Style, Table
from exportsim.report.number_format import plain, visible

NARROWEST = 10  # that a table's column is folded to
LONGEST_PIECE = 20  # of a name that is not broken before estimates are
LONGEST_WORD = 12  # of a title that is not folded
LONGEST_LEFT = 16  # of the other columns set left, where there is no room


#: How each style is set.
STYLES: dict[Style, str] = {
    "": "", "strong": "bold", "quiet": "dim", "good": "green", "bad": "red", "open": "yellow",
}  # fmt: skip


def page(document: Document, *, ascii: bool = False) -> Page:
    """A document as a page of text."""
    sheet = Page(ascii=ascii, width=document.width)
    for block in document.blocks:
        match block:
            case Heading():
                sheet.heading(block.text)
            case Line():
                sheet.line(block)
            case Dated():
                sheet.dated(block)
            case Table():
                for part in _side_by_side(block):
                    if part.caption:
                        sheet.heading(part.caption)
                    sheet.table(part)
                if block.note:
                    sheet.line(Line(block.note, "quiet"))
            case Figure():
                sheet.line(Line(f"{block.title}. {block.caption}"))
    return sheet


class Page:
    """Blocks of text, one after the other."""

    def __init__(self, *, ascii: bool = False, width: int = WIDTH) -> None:
        self._ascii, self.width = ascii, width
        self._lines: list[Text] = []

    def line(self, line: Line) -> None:
        """A sentence, on as many lines as it needs."""
        words = re.split(" (?!%)", self._plain(line.text))  # a number stays with its sign of per cent
        row = " " * line.indent + words[0]
        for word in words[1:]:
            if cell_len(row) + 1 + cell_len(word) > self.width:
                self._add(row, line.style)
                row = " " * (line.indent + 2) + word
            else:
                row += " " + word
        self._add(row, line.style)

    def heading(self, text: str) -> None:
        """The title of what follows, after a blank line."""
        if self._lines:
            self.line(Line())
        self.line(Line(text, "strong"))

    def dated(self, dated: Dated) -> None:
        """What happened on a day, in one column or in two beside each other."""
        date_room = _date_room()
        room = (self.width - date_room - 2) if len(dated.columns) == 1 else (self.width - date_room - 5) // 2
        texts = ["\n".join(map(self._plain, sentences)) for sentences in dated.columns]
        row = [Cell(text, dated.style) for text in (f"{dated.date:>{date_room}}", *texts)]
        self._row(row, [date_room, *[room] * len(texts)], len(row), between=("  ", " | "))

    def table(self, table: Table) -> None:
        """A table whose first columns are set left and whose other columns are set right."""
        left, fold, indent, room = table.left, table.fold, table.indent, self.width - table.indent
        cells = [list(map(self._set, row)) for row in table.cells]
        titles = list(map(self._plain, table.head))
        least = max(map(_unbroken, [titles[fold], *(row[fold].text for row in cells)]))
        widths = _widths(titles, cells, fold, left, room)
        to = self._plain(template("numbers.interval").partition("{low} ")[2].partition("{high}")[0])
        # Estimates on two lines; then on three.
        for blank in (rf" (?={re.escape(self._plain('±'))}|\[)", rf" (?={re.escape(to)})"):
            if widths[fold] < least:
                broken = [[cell._replace(text=re.sub(blank, "\n", cell.text)) for cell in row[left:]] for row in cells]
                cells = [[*row[:left], *figures] for row, figures in zip(cells, broken, strict=True)]
                widths = _widths(titles, cells, fold, left, room)
        widths[fold] = max(widths[fold], min(least, NARROWEST))  # names are broken rather than that lines are too long
        self._row([Cell(title, "strong") for title in titles], widths, left, indent)
        self._add(" " * indent + self._plain("─") * min(sum(widths) + 2 * (len(widths) - 1), room), "quiet")
        for row in cells:
            self._row(row, widths, left, indent)

    def text(self, *, colour: bool = False) -> str:
        """The page as text, with colours as terminals take them if asked for."""
        sheet = StringIO()
        console = Console(
            file=sheet,
            width=self.width,
            force_terminal=colour,
            force_jupyter=False,  # where it would show the text by itself, and give none
            color_system="standard" if colour else None,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
        )
        for row in self._lines:
            console.print(row, no_wrap=True, overflow="ignore", crop=False)
        return sheet.getvalue()

    def _row(
        self, row: Sequence[Cell], widths: Sequence[int], left: int, indent: int = 0, between: Sequence[str] = ("  ",)
    ) -> None:
        columns = [folded(cell.text, width) for cell, width in zip(row, widths, strict=True)]
        for pieces in zip_longest(*columns, fillvalue=""):
            text = Text(" " * indent)
            for column, (cell, piece, width) in enumerate(zip(row, pieces, widths, strict=True)):
                room = " " * (width - cell_len(piece))
                text.append(between[min(column, len(between)) - 1] if column else "")
                text.append(piece + room if column < left else room + piece, style=STYLES[cell.style])
            text.rstrip()
            self._lines.append(text)

    def _add(self, text: str, style: Style = "") -> None:
        for row in folded(text, self.width, keep=True):
            self._lines.append(Text(row, style=STYLES[style]))

    def _set(self, cell: Cell) -> Cell:
        """A cell as it is set: a difference that is none, or may be, is faint, and in brackets if it may be."""
        text = self._plain(cell.bracketed)
        text += f"\n{self._plain(cell.below)}" if cell.below else ""
        return Cell(text, "quiet" if cell.doubtful or cell.same else cell.style)

    def _plain(self, text: str) -> str:
        text = visible(text)
        return plain(text) if self._ascii else text


def _date_room() -> int:
    """Columns of the longest date."""
    return max(len(short_day(date(2000, month, day))) for month in range(1, 13) for day in (1, 10))


def _side_by_side(table: Table) -> Iterator[Table]:
    """A table, or several of nearly equal width with no more columns of figures than may stand beside each other."""
    figures = len(table.head) - table.left
    size = math.ceil(figures / math.ceil(figures / table.beside)) if table.beside and figures else max(figures, 1)
    for start in range(table.left, max(len(table.head), table.left + 1), size):
        shown = [*range(table.left), *range(start, min(start + size, len(table.head)))]
        yield table._replace(head=[table.head[k] for k in shown], rows=[[row[k] for k in shown] for row in table.rows])


def folded(text: str, width: int, *, keep: bool = False) -> list[str]:
    """A text on lines of a width, broken at blanks, after hyphens and points, or where it must be."""
    lines: list[str] = []
    for row in text.split("\n"):
        rest = row
        while cell_len(rest) > width:
            head = set_cell_size(rest, width).rstrip() if not keep else set_cell_size(rest, width)
            cut = 0 if keep else max((place for place in range(1, len(head) + 1) if _may_end(rest, place)), default=0)
            if cut < max(1, width // 3):
                cut = max(1, len(head))
            lines.append(rest[:cut].rstrip())
            rest = rest[cut:].lstrip()
        lines.append(rest)
    return lines


def _may_end(text: str, place: int) -> bool:
    """Whether a line may end there: at a blank, after a hyphen, or after a point that is not within a number."""
    before, after = text[place - 1], text[place : place + 1]
    return before in "- " or (before == "." and not after.isdigit())


def _widths(titles: Sequence[str], cells: Sequence[Sequence[Cell]], fold: int, left: int, room: int) -> list[int]:
    """The width of each column: what its cells and its title's longest word need; for the folded one, what is left.

    Where nothing is left for it, the other columns set left are folded too.
    """
    widths: list[int] = []
    for k, title in enumerate(titles):
        words = title.replace("-", "- ").split(" ")
        widths.append(max(_wide(*(row[k].text for row in cells)), min(_wide(*words), LONGEST_WORD)))
    widths[fold] = max(widths[fold], _wide(titles[fold]))
    room -= 2 * (len(widths) - 1)
    if sum(widths) - widths[fold] + NARROWEST > room:
        widths[:left] = [width if k == fold else min(width, LONGEST_LEFT) for k, width in enumerate(widths[:left])]
    widths[fold] = min(widths[fold], room - sum(widths) + widths[fold])
    return widths


def _unbroken(text: str) -> int:
    """The width that a name needs to be broken only where it may be."""
    return min(LONGEST_PIECE, _wide(*re.split(r"(?<=[-.])| ", text.replace("\n", " "))))


def _wide(*texts: str) -> int:
    return max((cell_len(line) for text in texts for line in text.split("\n")), default=0)
