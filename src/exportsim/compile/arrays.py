"""Lists to the arrays of the plan, whatever their length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from exportsim.plan import Float, Int


def ints(values: Iterable[Any]) -> Int:
    """A vector of int64."""
    return np.array(list(values), dtype=np.int64)


def floats(values: Iterable[Any]) -> Float:
    """A vector of float64."""
    return np.array(list(values), dtype=np.float64)


def int_rows(rows: Sequence[Any], width: int) -> Int:
    """A matrix of int64, of a given width even without rows."""
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)


def float_rows(rows: Sequence[Any], width: int) -> Float:
    """A matrix of float64, of a given width even without rows."""
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)
