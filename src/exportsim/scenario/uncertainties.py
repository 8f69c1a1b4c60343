"""Checks on ``uncertainties``: each path leads to a value, and each value that it may take could stand there.

How is simple: each listed value, or the least and the greatest quantity of a distribution, is put in its place, and
the scenario is judged again. Values that belong together (a median and a 90th percentile) are not judged one at a time,
each with what the file happens to have for the other: a fault of a part in which another uncertainty stands, too, is
left to be found at the points, where both have values of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from exportsim.scenario.addresses import UnknownPathError, located, put, swept
from exportsim.scenario.distributions import (
    KINDS,
    CountDistribution,
    DurationDistribution,
    Kind,
    MoneyDistribution,
    amount,
    impossible,
)
from exportsim.scenario.messages import Complaint, complaints
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import Duration, Money, Rate, show
from exportsim.scenario.schema import Scenario
from exportsim.scenario.schema_paths import models_at
from exportsim.scenario.text import Entries, Node, Path, plain
from exportsim.scenario.writer import explicit, explicit_form


def uncertainties(scenario: Scenario) -> Iterator[Complaint]:
    """Paths that lead nowhere, and values that could not stand there."""
    values: dict[str, list[Any]] = {}
    for path, uncertainty in scenario.uncertainties.items():
        if isinstance(uncertainty, list):
            values[path] = uncertainty
            continue
        values[path] = []
        kind = next(iter(uncertainty), "")
        if len(uncertainty) != 1 or kind not in KINDS:
            expected = "a list of values, or one of " + ", ".join(f"`{name}`" for name in KINDS)
            message = f"found {show(kind) if kind else 'nothing'}, expected {expected}"
            yield Complaint(("uncertainties", path), message)
            continue
        try:
            quantities = sorted(_typed(uncertainty).quantities(), key=amount)
            values[path] = [explicit_form(quantity) for quantity in dict.fromkeys((quantities[0], quantities[-1]))]
        except PydanticCustomError as problem:
            yield Complaint(("uncertainties", path), problem.message())
        except ValidationError as error:
            first = next(complaints(error, from_python(uncertainty), BaseModel))
            yield Complaint(("uncertainties", path, *first.path), first.message)
    if values:
        for path, (message, key) in misplaced(scenario, values).items():
            yield Complaint(("uncertainties", path), message, key)


def misplaced(scenario: Scenario, values: Mapping[str, Sequence[Any]]) -> dict[str, tuple[str, bool]]:
    """What is wrong with values, each in its place, whatever the others may be."""
    bare = scenario.model_copy(update={"uncertainties": {}, "expect": []})
    tree = from_python(explicit(bare))
    places: dict[str, Path] = {}
    wrong: dict[str, tuple[str, bool]] = {}
    for path in values:
        try:
            put(tree, path, from_python("?"))
            places[path] = located(tree, path)
        except UnknownPathError as problem:
            wrong[path] = (str(problem), True)
    inside = Counter(place[:depth] for place in places.values() for depth in range(len(place) + 1))
    for path in places:
        for value in values[path]:
            changed = put(tree, path, from_python(value))
            changed = swept(changed) if value is None else changed
            for fault in _faults(changed, places[path]):
                # A fault of a part in which another value is put as well may not be one with that.
                others = inside[fault.path] - (places[path][: len(fault.path)] == fault.path)
                if not others:
                    wrong.setdefault(path, (fault.message, fault.key and len(fault.path) <= len(places[path])))
    return {path: wrong[path] for path in values if path in wrong}


def _faults(tree: Node, path: Path) -> Iterator[Complaint]:
    """What is wrong with a tree that was changed at a path: only the authority, the line … that it is in is judged."""
    part = path[:2]
    models = models_at(Scenario, part)
    node: Node = tree
    model: type[BaseModel] = Scenario
    if len(models) == 1 and len(part) == 2:
        for step in part:
            assert isinstance(node, Entries)
            node = node.nodes[str(step)]
        model = models[0]
    else:
        part = ()
    try:
        model.model_validate(plain(node))
    except ValidationError as error:
        for fault in complaints(error, node, model):
            yield fault._replace(path=(*part, *fault.path))


def _typed(distribution: dict[str, Any]) -> Kind[Duration] | Kind[Money] | Kind[float]:
    """The distribution by the first unit that fits the first of its quantities."""
    quantity: Any = distribution
    while isinstance(quantity, dict | list):
        quantity = next(iter(quantity.values() if isinstance(quantity, dict) else quantity), None)
    kind: Any = MoneyDistribution
    if isinstance(quantity, int | float):
        kind = CountDistribution
    elif _is(Duration, quantity):
        kind = DurationDistribution
    elif _is(Rate, quantity):
        raise impossible(f"found {show(quantity)} in a distribution; rates vary over a list of values")
    typed: Kind[Duration] | Kind[Money] | Kind[float] = TypeAdapter(kind).validate_python(distribution)
    return typed


def _is(quantity: type[Duration | Rate], written: object) -> bool:
    try:
        quantity.parse(written)
    except PydanticCustomError:
        return False
    return True
