"""The tree of a value made in Python, as that of a text is in ``text``."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from exportsim.errors import Fault, ScenarioError
from exportsim.scenario.quantities import Duration, Money, Rate, as_float
from exportsim.scenario.text import DEEPEST, PYTHON, Entries, Items, Node, Path, Position, Scalar, dotted
from exportsim.scenario.writer import explicit_form


def from_python(value: object, position: Position = PYTHON, faults: list[Fault] | None = None, path: Path = ()) -> Node:
    """The tree of a value made in Python: mappings, lists, scalars, dates, quantities and parts of scenarios."""
    if len(path) > DEEPEST:
        raise ScenarioError([Fault(*position, "", f"found values nested more than {DEEPEST} deep")])
    if isinstance(value, BaseModel | Duration | Money | Rate):
        value = explicit_form(value)
    if isinstance(value, Mapping):
        keys = {key.isoformat() if isinstance(key, date) else str(key): entry for key, entry in value.items()}
        nodes = {key: from_python(entry, position, faults, (*path, key)) for key, entry in keys.items()}
        return Entries(nodes, dict.fromkeys(nodes, position), position)
    if isinstance(value, list | tuple):
        return Items(
            [from_python(item, position, faults, (*path, index)) for index, item in enumerate(value)], position
        )
    if value is None or isinstance(value, str | bool):
        return Scalar(value, position)
    if isinstance(value, numbers.Integral):
        return Scalar(int(value), position)
    if isinstance(value, date):
        return Scalar(value.isoformat(), position)
    message = f"found {type(value).__name__}, expected a mapping, a list, text or a number"
    if isinstance(value, numbers.Real | Decimal):
        number = as_float(value)
        if math.isfinite(number):
            return Scalar(int(number) if isinstance(value, Decimal) and number.is_integer() else number, position)
        message = f"found `{value}`, expected a finite number"
    if faults is not None:
        faults.append(Fault(*position, dotted(path), message))
    return Scalar(None, position)
