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
from exportsim.scenario.text import DEEPEST, PYTHON, Entries, Items, Node, Path, Place, Scalar, dotted
from exportsim.scenario.writer import explicit_form


def from_python(value: object, place: Place = PYTHON, faults: list[Fault] | None = None, path: Path = ()) -> Node:
    """The tree of a value made in Python: mappings, lists, scalars, dates, quantities and parts of scenarios."""
    if len(path) > DEEPEST:
        raise ScenarioError([Fault(*place, "", f"found values nested more than {DEEPEST} deep")])
    if isinstance(value, BaseModel | Duration | Money | Rate):
        value = explicit_form(value)
    if isinstance(value, Mapping):
        keys = {key.isoformat() if isinstance(key, date) else str(key): entry for key, entry in value.items()}
        nodes = {key: from_python(entry, place, faults, (*path, key)) for key, entry in keys.items()}
        return Entries(nodes, dict.fromkeys(nodes, place), place)
    if isinstance(value, list | tuple):
        return Items([from_python(item, place, faults, (*path, index)) for index, item in enumerate(value)], place)
    if value is None or isinstance(value, str | bool):
        return Scalar(value, place)
    if isinstance(value, numbers.Integral):
        return Scalar(int(value), place)
    if isinstance(value, date):
        return Scalar(value.isoformat(), place)
    message = f"found {type(value).__name__}, expected a mapping, a list, text or a number"
    if isinstance(value, numbers.Real | Decimal):
        number = as_float(value)
        if math.isfinite(number):
            return Scalar(int(number) if isinstance(value, Decimal) and number.is_integer() else number, place)
        message = f"found `{value}`, expected a finite number"
    if faults is not None:
        faults.append(Fault(*place, dotted(path), message))
    return Scalar(None, place)
