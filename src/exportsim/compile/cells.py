"""Which cells an order can be in: by the authorities that license a source of its line, and by its programme.

A measure acts on these alone. What is possible is told by what is written, exactly: a programme that has a chance, or
that a record within the run has; a line that orders at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exportsim.plan import Int, Lines, Sources
from exportsim.scenario.programmes import shares
from exportsim.scenario.quantities import Rate
from exportsim.scenario.schema import DemandLine, Register

Mask = NDArray[np.bool_]


def programmes_of(line: DemandLine, recorded: Sequence[str | None]) -> set[str]:
    """The programmes that the orders of a line can have, ``none`` among them if they can have none."""
    if isinstance(line.orders, Register):
        told = {name for name in recorded if name is not None}
        return told | set(shares(line.programmes)) if None in recorded else told
    rates = [line.orders] if isinstance(line.orders, Rate) else line.orders.values()
    return set(shares(line.programmes)) if any(rate.per_year > 0 for rate in rates) else set()


def cells_of_lines(lines: Lines, sources: Sources, authority: Int, place: Int, programme: Int) -> Mask:
    """The cells that an order of each line can be in, (L, C), by authority, place and programme of each cell, (C,)."""
    licenses = np.zeros((len(lines.place), len(authority)), dtype=bool)
    for line, licensor in zip(sources.line.tolist(), sources.authority.tolist(), strict=True):
        licenses[line] |= authority == licensor  # -1, where no permit is needed, is no cell's
    mask: Mask = licenses & (lines.place[:, np.newaxis] == place) & lines.may_have[:, programme]
    return mask
