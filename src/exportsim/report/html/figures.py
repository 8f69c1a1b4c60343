"""The figures of the page, each with a caption and the numbers that it shows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from exportsim.report.amounts import Amounts
from exportsim.report.document import Figure
from exportsim.report.html.drawing import drawing
from exportsim.report.number_format import visible


def figures(amounts: Amounts, focus: str | None) -> Iterator[Figure]:
    """Draw the figures of the register that have a table of numbers, about the policy in focus if there is one."""
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
        yield Figure(each.name, title, each.caption, drawn, each.numbers(amounts, closely))
