"""Numbers along the axes of figures, as the language writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exportsim.report.number_format import number

if TYPE_CHECKING:
    from matplotlib.axis import Axis

WIDE_NUMBER, WIDE_NUMBERS = 5, 0.9  # letters of a number along an axis; how many that are longer go into an inch


def written_as_numbers(axis: Axis) -> None:
    """Let numbers along an axis be written as the language does, unless it has words of its own."""
    from matplotlib.ticker import AutoLocator, FuncFormatter, MaxNLocator, ScalarFormatter

    plainly = axis.get_major_formatter()
    if type(plainly) is not ScalarFormatter:
        return
    plainly.set_scientific(False)
    plainly.set_useOffset(False)

    def said_at(value: float, place: int | None) -> str:
        plainly.set_locs(axis.get_majorticklocs().tolist())
        shown = plainly(value, place)
        return number(value, len(shown.partition(".")[2])) if shown else ""

    axis.set_major_formatter(FuncFormatter(said_at))
    widest = max((len(said_at(value, None)) for value in axis.get_majorticklocs()), default=0)
    if axis is axis.axes.xaxis and widest > WIDE_NUMBER and isinstance(axis.get_major_locator(), AutoLocator):
        axis.set_major_locator(MaxNLocator(max(2, int(WIDE_NUMBERS * axis.axes.bbox.width / axis.axes.figure.dpi))))
