"""How long every application took to be decided, as its authority's service standard counts: pooled over futures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.ledger_rows import Waits, waits_of
from exportsim.plan import Int
from exportsim.study.replay import over_plays

if TYPE_CHECKING:
    from exportsim.study.result import Result


def waits(result: Result, authority: str, policy: str, futures: int) -> Waits:
    """The applications made in the period; not the authority's other traffic."""
    number = result.plan.names.authorities.index(authority)
    found: dict[int, Waits] = {}

    def take(_: int, future: int, rows: Int) -> None:
        found[future] = waits_of(rows, number, result.plan)

    over_plays(result, [policy], take, futures=futures)
    return Waits(*(np.concatenate([found[future][column] for future in sorted(found)]) for column in range(2)))
