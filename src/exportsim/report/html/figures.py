"""The figures of a page: each wide and narrow, with its caption and the numbers in it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from exportsim.language import text
from exportsim.report.amounts import Amounts
from exportsim.report.document import Figure
from exportsim.report.html.drawing import drawing
from exportsim.report.plots import registry
from exportsim.report.plots.sheet import NARROW, SIZE, Study, said_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIRST, FIRST_SIZE = "cumulated_difference", (7.0, 3.5)  # the one of page one
NARROW_SIZE = (NARROW[0], 3.7)  # on a phone, and two beside each other on paper; without what the page says itself
MOST_OF_STUDY = 6  # drawings of a study that is put into a report

Draw = Callable[..., "Axes"]


def figures_of_result(amounts: Amounts, closely: str) -> list[Figure]:
    """The figures of the register that have a table of numbers, about one policy; that of page one first."""
    drawn = []
    for entry in registry.figures_of(amounts.result):
        draw = entry.about(amounts.result, closely)
        if draw is None or entry.numbers is None:
            continue
        size = FIRST_SIZE if entry.name == FIRST else SIZE
        figure = _figure(draw, entry, entry.name, size)
        drawn.append(figure._replace(numbers=entry.numbers(amounts, closely)))
    return sorted(drawn, key=lambda figure: figure.name != FIRST)


def figures_of_study(study: Study, prefix: str) -> Iterator[Figure]:
    """The first figures that fit another study."""
    found = ((entry, arguments) for entry in registry.figures_of(study) for arguments in entry.drawings(study).values())
    for number, (entry, arguments) in enumerate(islice(found, MOST_OF_STUDY)):
        yield _figure(partial(entry.draw, study, *arguments), entry, f"{prefix}-{number}", SIZE)


def _figure(draw: Draw, entry: registry.Figure, name: str, size: tuple[float, float]) -> Figure:
    """A figure as the page has it, which says itself what stands around the drawing."""
    with _letters_that_the_font_lacks():
        wide, narrow = draw(size=size, bare=True), draw(size=NARROW_SIZE, bare=True)
        said, anchor = said_of(wide), name.replace("_", "-")
        label = text("page.figures.label", title=said.title, subtitle=said.subtitle, caption=entry.caption)
        return Figure(
            name,
            said.title,
            entry.caption,
            drawing(wide, anchor, label),
            narrow=drawing(narrow, f"{anchor}-narrow", label),
            subtitle=said.subtitle,
            note=said.note,
        )


@contextmanager
def _letters_that_the_font_lacks() -> Iterator[None]:
    """They are drawn as boxes, without a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        yield
