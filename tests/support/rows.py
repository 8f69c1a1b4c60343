"""Rows of a ledger that were written down by hand."""

from __future__ import annotations

import numpy as np

from exportsim.ledger import COLUMNS, Row
from exportsim.packed_rows import packed
from exportsim.plan import Int


def rows_stating(*facts: Row) -> Int:
    """The rows that an engine gives of some facts, each a tuple in the order of a ledger's columns."""
    stated = np.array(facts, dtype=np.int64).reshape(-1, len(COLUMNS)).T
    return np.column_stack(packed(*stated, cell=np.full(len(facts), -1)))
