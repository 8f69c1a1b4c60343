"""Lists to the arrays of the plan, whatever their length; and what is written to the columns of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, get_type_hints

import numpy as np
from pydantic import BaseModel

from exportsim.plan import Drawn, Float, Int
from exportsim.scenario.quantities import Duration, Money

Columns = TypeVar("Columns", bound=tuple[Any, ...])


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


def columns(part: type[Columns], written: Sequence[BaseModel], row: Callable[[int, Any], int], **given: Any) -> Columns:
    """A part of the plan: each column as given, or else what every written part has under its name.

    ``row`` makes rows of the table of distributions, from the number of a part and what is written there.
    """
    found: dict[str, Any] = {}
    for name, kind in _kinds(part).items():
        values = given[name] if name in given else [getattr(each, name) for each in written]
        if kind == Drawn:
            found[name] = ints(row(number, value) for number, value in enumerate(values))
        elif isinstance(values, np.ndarray) or kind not in (Int, Float):
            found[name] = values
        else:
            found[name] = (ints if kind == Int else floats)(map(plain_number, values))
    return part(**found)


@cache
def _kinds(part: type[tuple[Any, ...]]) -> Mapping[str, Any]:
    return get_type_hints(part, include_extras=True)


def plain_number(written: Any) -> Any:
    """Minutes of a duration, cents of money, -1 for `never` and for what is not there; a number as it is."""
    if isinstance(written, Duration):
        return written.minutes
    if isinstance(written, Money):
        return written.cents
    return -1 if written is None or written == "never" else written
