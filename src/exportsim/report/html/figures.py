"""The figures of the page, each with a caption and the numbers that it shows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from exportsim.report.amounts import Amounts
from exportsim.report.document import Cell, Figure
from exportsim.report.html.drawing import drawing
from exportsim.report.number_format import visible


def figures(amounts: Amounts, focus: str | None) -> Iterator[Figure]:
    """Draw the figures of the register that have a table of numbers.

    Parameters
    ----------
    focus : str or None
        The policy that is looked at closely; None if there is only the reference.
    """
    from exportsim.report.plots.registry import figures_of

    result = amounts.result
    closely = focus or result.scenario.reference
    for each in figures_of(result):
        drawings = each.drawings(result)
        arguments = drawings.get("", drawings.get(closely))
        if arguments is None or each.numbers is None:
            continue
        title = each.title.format(policy=visible(closely))
        label = f"{title}. {each.caption} The numbers are in the table that follows."
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph", UserWarning)  # what the font lacks is drawn as a box
            drawn = drawing(each.draw(result, *arguments), each.name.replace("_", "-"), label)
        table = each.numbers(amounts, closely)
        rows = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in table.rows]
        yield Figure(each.name, title, each.caption, drawn, table._replace(rows=rows))
