"""Checks on ``uncertainties``: each path leads to a value, and each value that it may take could stand there.

How is simple: each listed value, or the least and the greatest quantity of a distribution, is put in its place, and
the scenario is judged again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from exportsim.scenario.distributions import (
    KINDS,
    CountDistribution,
    DurationDistribution,
    MoneyDistribution,
    amount,
)
from exportsim.scenario.messages import Complaint, complaints
from exportsim.scenario.overlay import UnknownPathError, from_python, put
from exportsim.scenario.quantities import Duration, Money, Rate, show
from exportsim.scenario.schema import Scenario
from exportsim.scenario.text import Node, Path, Place, plain
from exportsim.scenario.writer import explicit, explicit_form

_HERE = Place("<uncertainties>")


def uncertainties(scenario: Scenario) -> Iterator[Complaint]:
    """Paths that lead nowhere, and values that could not stand there."""
    if not scenario.uncertainties:
        return
    tree = from_python(explicit(scenario.model_copy(update={"uncertainties": {}, "expect": []})), _HERE, [])
    for path, uncertainty in scenario.uncertainties.items():
        where: Path = ("uncertainties", path)
        try:
            put(tree, path.split("."), from_python("?", _HERE, []), _HERE)
        except UnknownPathError as problem:
            yield Complaint(where, str(problem), key=True)
            continue
        if isinstance(uncertainty, list):
            values = uncertainty
        else:
            kind = next(iter(uncertainty), "")
            if len(uncertainty) != 1 or kind not in KINDS:
                expected = "a list of values, or one of " + ", ".join(f"`{name}`" for name in KINDS)
                yield Complaint(where, f"found {show(kind) if kind else 'nothing'}, expected {expected}")
                continue
            typed, found = _judged(uncertainty)
            if typed is None:
                yield Complaint((*where, *found[0]), found[1])
                continue
            quantities = sorted(typed.quantities(), key=amount)
            values = [explicit_form(quantity) for quantity in dict.fromkeys((quantities[0], quantities[-1]))]
        yield from _each(tree, path, values, where)


def _each(tree: Node, path: str, values: list[Any], where: Path) -> Iterator[Complaint]:
    """One complaint for an uncertainty: its first value that could not stand at its path."""
    for value in values:
        changed = put(tree, path.split("."), from_python(value, _HERE, []), _HERE)
        try:
            Scenario.model_validate(plain(changed))
        except ValidationError as error:
            first = next(complaints(error, changed, Scenario))
            key = len(first.path) <= len(path.split(".")) and first.key
            yield Complaint(where, first.message, key)
            return


def _judged(distribution: dict[str, Any]) -> tuple[Any, tuple[Path, str]]:
    """The distribution by the first unit that fits all of its quantities, or what is wrong with it."""
    quantity = _first(distribution)
    adapter: TypeAdapter[Any]
    if isinstance(quantity, int | float):
        adapter = TypeAdapter(CountDistribution)
    elif _is(Duration, quantity):
        adapter = TypeAdapter(DurationDistribution)
    elif _is(Rate, quantity):
        return None, ((), f"found {show(quantity)} in a distribution; rates vary over a list of values")
    else:
        adapter = TypeAdapter(MoneyDistribution)
    try:
        return adapter.validate_python(distribution), ((), "")
    except ValidationError as error:
        tree = from_python(distribution, _HERE, [])
        detail = next(complaints(error, tree, BaseModel))
        return None, (detail.path, detail.message)


def _first(given: Any) -> Any:
    """The first quantity in a distribution as written."""
    while isinstance(given, dict | list):
        given = next(iter(given.values() if isinstance(given, dict) else given), None)
    return given


def _is(quantity: type[Duration | Money | Rate], given: object) -> bool:
    try:
        quantity.parse(given)
    except Exception:
        return False
    return True
