"""What the page is made of: tables, cells and figures as plain values. How they look is the templates' business."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup


class Cell(NamedTuple):
    """One cell of a table."""

    text: str
    doubtful: bool = False
    """Not distinguishable from no difference."""
    same: bool = False
    """No difference in any future."""


class Table(NamedTuple):
    """A table whose first column names its rows."""

    name: str
    """Unique on the page."""
    caption: str
    head: list[str]
    rows: list[list[Cell]]
    note: str = ""


class Figure(NamedTuple):
    """A drawing, what it shows, and the numbers in it."""

    name: str
    title: str
    caption: str
    drawing: Markup
    numbers: Table


def cells(*texts: str) -> list[Cell]:
    """Plain cells."""
    return [Cell(text) for text in texts]
