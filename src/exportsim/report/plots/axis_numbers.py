"""How the numbers along an axis are written: as in sentences, with the marks of the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exportsim.report.number_format import number

if TYPE_CHECKING:
    from matplotlib.axis import Axis

MOST_DECIMALS = 9
WIDE_NUMBER, WIDE_NUMBERS = 5, 0.9  # letters of a number along an axis; how many that are longer go into an inch
NEAR = 1e-6  # of the distance between ticks: what floats have left of a number


def write_numbers(axis: Axis) -> None:
    """Write an axis' numbers as sentences have them; nothing of an axis of dates, of names, or in powers of ten."""
    from matplotlib.ticker import AutoLocator, FuncFormatter, MaxNLocator, ScalarFormatter

    def written(value: float, _: int | None) -> str:
        ticks = np.asarray(axis.get_majorticklocs(), dtype=np.float64)
        return number(value, _decimals(ticks))

    if type(axis.get_major_formatter()) is not ScalarFormatter:
        return
    axis.set_major_formatter(FuncFormatter(written))
    widest = max((len(written(value, None)) for value in axis.get_majorticklocs()), default=0)
    if axis is axis.axes.xaxis and widest > WIDE_NUMBER and isinstance(axis.get_major_locator(), AutoLocator):
        axis.set_major_locator(MaxNLocator(max(2, int(WIDE_NUMBERS * axis.axes.bbox.width / axis.axes.figure.dpi))))


def _decimals(ticks: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
    """The fewest decimals that tell all ticks."""
    close = NEAR * float(np.diff(ticks).min()) if len(ticks) > 1 else 0.0
    return next((k for k in range(MOST_DECIMALS) if (abs(ticks.round(k) - ticks) <= close).all()), MOST_DECIMALS)
