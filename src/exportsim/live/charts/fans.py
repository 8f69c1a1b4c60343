"""Amounts over time under a policy and the reference: their means as lines, and bands that hold so many futures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from exportsim.live.charts.plane import BOLD, LINE, Mark, Plane, label, mark, wrapped
from exportsim.plan import Float
from exportsim.study.monthly_exports import SHARES

BANDS = ((0, 4, "90"), (1, 3, "50"))  # which quantiles they lie between

Amounts = list[float]


class Fan(NamedTuple):
    """An amount of each quarter."""

    mean: Amounts
    bands: list[Amounts]  # by quantile

    def scaled(self, by: float) -> Fan:
        """The same in a power of a thousand."""
        return Fan([amount / by for amount in self.mean], [[amount / by for amount in row] for row in self.bands])


def fan_of(table: Float) -> Fan:
    """The mean and the quantiles of a table of shape (futures, quarters)."""
    return Fan(table.mean(axis=0).tolist(), np.quantile(table, SHARES, axis=0).tolist())


def bands(plane: Plane, edges: Sequence[float], found: Mapping[str, Fan], *, several: bool) -> Iterator[Mark]:
    """Between what half and nine in ten of the futures are."""
    for low, high, held in BANDS if several else ():
        for name, each in found.items():
            path = plane.band_path(edges, each.bands[low], each.bands[high])
            yield mark("path", f"band-{held} {name}", f"band-{held}-{name}", {"d": path})


def means(plane: Plane, edges: Sequence[float], found: Mapping[str, Fan]) -> Iterator[Mark]:
    """The means."""
    for name, each in found.items():
        yield mark("path", f"mean {name}", f"mean-{name}", {"d": plane.step_path(edges, each.mean)})


def names_at_ends(
    plane: Plane, edges: Sequence[float], found: Mapping[str, Fan], titles: Mapping[str, str]
) -> Iterator[Mark]:
    """The titles of the lines at their ends, the higher above."""
    above = plane.top + 10 - LINE
    order = sorted(found, key=lambda name: -found[name].mean[-1] if found[name].mean else 0.0)
    for row, name in enumerate(order):
        if found[name].mean:
            y = plane.y(found[name].mean[-1])
            wanted = y + 14 if row else min(y - 6, plane.bottom - 4 - LINE)
            above = min(plane.bottom - 4, max(wanted, above + LINE))
            (words,) = wrapped(titles[name], (plane.right - plane.left) / BOLD, 1)
            yield label(f"name {name}", f"name-{name}", edges[-1] - 2, above, words, "end")
