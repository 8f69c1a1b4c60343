"""Lists to the arrays of the plan, whatever their length; and what is written to the columns of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import Any, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from exportsim.compile.distributions import Table
from exportsim.plan import Drawn, Float, Int
from exportsim.scenario.quantities import Duration, Money

Columns = TypeVar("Columns", bound=tuple[Any, ...])
Cell = TypeVar("Cell", np.int64, np.float64, np.bool_)


def matrix(rows: Sequence[Sequence[Any] | NDArray[Any]], width: int, kind: type[Cell]) -> NDArray[Cell]:
    """Rows of one length, of a given width even where there are none."""
    return np.array(rows, dtype=kind).reshape(len(rows), width)


def columns(
    part: type[Columns],
    written: Sequence[BaseModel],
    distributions: Table,
    calendars: Iterable[int] = repeat(-1),
    **values: Any,
) -> Columns:
    """A part of the plan: each column by ``values``, or else what every written part has under its name.

    A part of a part counts, too, by its own name or with that of the part: ``patience_review`` is `patience.review`.
    ``calendars`` are the authorities by whose working days the distributions of each part are.
    """
    arrays: dict[str, Any] = {}
    for name, kind in kinds_of(part).items():
        column = values[name] if name in values else [_written(model, name) for model in written]
        if kind == Drawn:
            column = map(distributions.add, column, calendars)
        if isinstance(column, np.ndarray) or kind not in (Drawn, Int, Float):
            arrays[name] = column
        else:
            arrays[name] = np.array([*map(plain_number, column)], dtype=np.float64 if kind == Float else np.int64)
    return part(**arrays)


def _written(model: BaseModel, name: str) -> Any:
    if name in type(model).model_fields:
        return getattr(model, name)
    (below,) = (
        getattr(part, key)
        for section, part in model
        if isinstance(part, BaseModel)
        for key in {name, name.removeprefix(f"{section}_")}
        if key in type(part).model_fields
    )
    return below


@cache
def kinds_of(part: type[tuple[Any, ...]]) -> Mapping[str, Any]:
    """What the columns of a part of the plan are, by name."""
    return get_type_hints(part, include_extras=True)


def plain_number(written: Any) -> Any:
    """Minutes of a duration, cents of money, -1 for `never` and for what is not there; a number as it is."""
    if isinstance(written, Duration):
        return written.minutes
    if isinstance(written, Money):
        return written.cents
    return -1 if written is None or written == "never" else written
