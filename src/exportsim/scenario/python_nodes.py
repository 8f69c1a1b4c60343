"""The tree of a value made in Python, as that of a text is in ``text``."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from exportsim.errors import Fault, ScenarioError
from exportsim.scenario import text
from exportsim.scenario.quantities import Duration, Money, Rate, as_float
from exportsim.scenario.text import DEEPEST, Entries, Items, Node, Place, Scalar, dotted
from exportsim.scenario.writer import explicit_form


def from_python(given: object, place: Place, faults: list[Fault], path: text.Path = ()) -> Node:
    """The tree of a value made in Python: mappings, lists, scalars, dates, quantities and parts of scenarios."""
    if len(path) > DEEPEST:
        raise ScenarioError([Fault(*place, "", f"found values nested more than {DEEPEST} deep")])
    if isinstance(given, BaseModel | Duration | Money | Rate):
        given = explicit_form(given)
    if isinstance(given, Mapping):
        nodes = {}
        for key, value in given.items():
            name = key.isoformat() if isinstance(key, date) else str(key)
            nodes[name] = from_python(value, place, faults, (*path, name))
        return Entries(nodes, dict.fromkeys(nodes, place), place)
    if isinstance(given, list | tuple):
        items = [from_python(value, place, faults, (*path, index)) for index, value in enumerate(given)]
        return Items(items, place)
    if given is None or isinstance(given, str | bool):
        return Scalar(given, place)
    if isinstance(given, numbers.Integral):
        return Scalar(int(given), place)
    if isinstance(given, numbers.Real | Decimal):
        value = as_float(given)
        if value - value == 0:
            return Scalar(int(value) if isinstance(given, Decimal) and value.is_integer() else value, place)
        faults.append(Fault(*place, dotted(path), f"found `{given}`, expected a finite number"))
        return Scalar(None, place)
    if isinstance(given, date):
        return Scalar(given.isoformat(), place)
    message = f"found {type(given).__name__}, expected a mapping, a list, text or a number"
    faults.append(Fault(*place, dotted(path), message))
    return Scalar(None, place)
