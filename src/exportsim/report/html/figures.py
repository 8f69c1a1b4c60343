"""The figures of a page: each wide and narrow, with its caption and the numbers in it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from markupsafe import Markup

from exportsim.language import text
from exportsim.report.amounts import Amounts
from exportsim.report.document import Figure
from exportsim.report.html.drawing import drawing
from exportsim.report.number_format import visible
from exportsim.report.plots import registry
from exportsim.report.plots.sheet import SIZE, Study

NARROW = (3.6, 3.7)  # inches: on a phone, and two beside each other on paper
FIRST, FIRST_SIZE = "cumulated_difference", (7.0, 3.7)  # the one of page one
MOST_OF_STUDY = 6  # drawings of a study that is put into a report


def figures_of_result(amounts: Amounts, closely: str) -> list[Figure]:
    """The figures of the register that have a table of numbers, about one policy; that of page one first."""
    drawn = []
    for entry in registry.figures_of(amounts.result):
        drawings = entry.drawings(amounts.result)
        arguments = drawings.get("", drawings.get(closely))
        if arguments is None or entry.numbers is None:
            continue
        size = FIRST_SIZE if entry.name == FIRST else SIZE
        title = entry.title.format(policy=visible(closely))
        figure = _figure(entry, amounts.result, arguments, entry.name, title, size)
        drawn.append(figure._replace(numbers=entry.numbers(amounts, closely)))
    return sorted(drawn, key=lambda figure: figure.name != FIRST)


def figures_of_study(study: Study, prefix: str) -> Iterator[Figure]:
    """The first figures that fit another study."""
    found = (
        (entry, ending, arguments)
        for entry in registry.figures_of(study)
        for ending, arguments in entry.drawings(study).items()
    )
    for number, (entry, ending, arguments) in enumerate(found):
        if number < MOST_OF_STUDY:
            title = f"{entry.title}: {visible(ending)}" if ending else entry.title
            yield _figure(entry, study, arguments, f"{prefix}-{number}", title, SIZE)


def _figure(
    entry: registry.Figure,
    study: Study,
    arguments: tuple[object, ...],
    name: str,
    title: str,
    size: tuple[float, float],
) -> Figure:
    label = text("page.figures.label", title=title, caption=entry.caption)
    wide, narrow = (
        _drawn(entry, study, arguments, f"{name}{ending}".replace("_", "-"), label, inches)
        for ending, inches in (("", size), ("-narrow", NARROW))
    )
    return Figure(name, title, entry.caption, wide, narrow=narrow)


def _drawn(
    entry: registry.Figure,
    study: Study,
    arguments: tuple[object, ...],
    name: str,
    label: str,
    size: tuple[float, float],
) -> Markup:
    with _letters_that_the_font_lacks():
        return drawing(entry.draw(study, *arguments, size=size), name, label)


@contextmanager
def _letters_that_the_font_lacks() -> Iterator[None]:
    """They are drawn as boxes, without a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        yield
