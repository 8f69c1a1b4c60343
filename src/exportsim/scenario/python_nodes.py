"""The tree of a value made in Python, as that of a text is in ``text``."""

from __future__ import annotations

import math
import numbers
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from exportsim.errors import Fault, ScenarioError
from exportsim.scenario.quantities import Duration, Money, Rate, as_float
from exportsim.scenario.remembered import Remembered
from exportsim.scenario.schema import Scenario
from exportsim.scenario.text import DEEPEST, PYTHON, Entries, Items, Known, Node, Path, Position, Scalar, dotted
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


def tree_of(scenario: Scenario, leave: Collection[str] = ()) -> Entries:
    """The tree of a scenario's explicit form, without some sections; what it shares with another one has its nodes."""
    sections: dict[str, Node] = {}
    for name, field in Scenario.model_fields.items():
        value = getattr(scenario, name)
        if value is not None and name not in leave:
            sections[field.alias or name] = _section(value)
    return Entries(sections, dict.fromkeys(sections, PYTHON), PYTHON)


def known_in(tree: Entries, scenario: Scenario) -> Known:
    """The parts of a scenario by the identity of their nodes in its tree, which are held so that no other has it."""
    known: dict[int, tuple[Node, BaseModel]] = {}
    for name, field in Scenario.model_fields.items():
        section = tree.nodes.get(field.alias or name)
        if parts := parts_in(getattr(scenario, name)):
            assert isinstance(section, Entries | Items)
            nodes = section.nodes.values() if isinstance(section, Entries) else section.nodes
            known |= {id(node): (node, part) for node, part in zip(nodes, parts, strict=True)}
    return known


def parts_in(section: object) -> list[BaseModel]:
    """The parts that a section has under their names, or in a list; none if it has anything else."""
    entries = [*section.values()] if isinstance(section, dict) else section if isinstance(section, list) else []
    return entries if all(isinstance(entry, BaseModel) for entry in entries) else []


def _section(value: object) -> Node:
    if not parts_in(value):
        return from_python(explicit_form(value))
    if isinstance(value, dict):
        nodes = {str(name): _part(part) for name, part in value.items()}
        return Entries(nodes, dict.fromkeys(nodes, PYTHON), PYTHON)
    assert isinstance(value, list)
    return Items([_part(part) for part in value], PYTHON)


def _tree_of_part(part: BaseModel) -> Node:
    return from_python(explicit_form(part))


_part = Remembered(_tree_of_part)
