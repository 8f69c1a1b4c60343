"""Sums over futures of many columns at once, the same on every machine: correctly rounded ones, and those of resamples.

Neither goes by way of BLAS. What that adds up in which order depends on the processor, on how many columns there are
and on how many cores; and of a matrix as small as one of resamples, its second thread costs more than it does.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from exportsim.jit import compiled
from exportsim.plan import Float

Places: TypeAlias = NDArray[np.uint32]

ABREAST = 16  # columns of which a processor adds as many at once as it can
MOST_PARTIALS = 64  # doubles reach over 2,098 bits, of which each holds 53


def exact_sums(table: Float) -> Float:
    """The sum of each row, correctly rounded: what ``math.fsum`` gives of finite numbers."""
    sums = np.empty(len(table))
    _add_exactly(np.ascontiguousarray(table), np.empty(MOST_PARTIALS), sums)
    return sums


def resampled_sums(places: Places, table: Float) -> Float:
    """The sum of each resample of each row of a table, shape (rows, resamples).

    ``places``, of shape (resamples, values), says which values of a row each resample takes. They are added in that
    order.
    """
    rows, values = table.shape
    columns = np.zeros((values, -(-rows // ABREAST) * ABREAST))
    columns[:, :rows] = table.T
    sums = np.empty((len(places), columns.shape[1]))
    _add_places(places, columns, sums)
    return np.ascontiguousarray(sums[:, :rows].T)


@compiled
def _add_exactly(table: Float, partials: Float, sums: Float) -> None:
    """Add up each row without rounding, as partial sums that do not overlap, and round once (Shewchuk 1997, fig. 3)."""
    for row in range(table.shape[0]):
        count = 0
        for column in range(table.shape[1]):
            x = table[row, column]
            kept = 0
            for place in range(count):
                y = partials[place]
                if abs(x) < abs(y):
                    x, y = y, x
                high = x + y
                low = y - (high - x)
                partials[kept] = low
                kept += low != 0.0
                x = high
            partials[kept] = x
            count = kept + 1
        high, low = 0.0, 0.0
        while count > 0 and low == 0.0:
            count -= 1
            x = high
            high = x + partials[count]
            low = partials[count] - (high - x)
        # What is rounded away may be half of the last digit: then the next partial sum decides, if there is one.
        if count > 0 and (low > 0.0) == (partials[count - 1] > 0.0) and low != 0.0:
            x = high + 2.0 * low
            high = x if x - high == 2.0 * low else high
        sums[row] = high


@compiled
def _add_places(places: Places, table: Float, sums: Float) -> None:
    """Add up rows of a table, shape (values, columns); four at a time, so that sums are read and written less often."""
    values = places.shape[1]
    for resample in range(places.shape[0]):
        taken, of_columns = places[resample], sums[resample]
        of_columns[:] = 0.0
        rest = values % 4
        for place in range(rest):
            one = table[taken[place]]
            for column in range(len(of_columns)):
                of_columns[column] += one[column]
        for place in range(rest, values, 4):
            one, two = table[taken[place]], table[taken[place + 1]]
            three, four = table[taken[place + 2]], table[taken[place + 3]]
            for column in range(len(of_columns)):
                so_far = of_columns[column] + one[column] + two[column]
                of_columns[column] = so_far + three[column] + four[column]
