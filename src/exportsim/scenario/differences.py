"""In what two scenarios differ, path by path, and whether they have the same orders in every future.

An order is made of what its line draws under the seed: when it comes, its value, its programme, the number of its
parts. These are addressed by the line's name, so two scenarios have the same orders if they share period, currency and,
line by line, what is in :data:`OF_ORDERS`. Everything else may differ: authorities, suppliers, the lines' sources,
patience and trust, incidents and policies. None of it changes an order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from exportsim.scenario.schema import Scenario
from exportsim.scenario.writer import content

OF_ORDERS = ("destination", "goods", "orders", "value", "parts", "programmes")
#: What tells the reader something and moves nothing.
TOLD = frozenset(["title", "description", "notes", "source", "sources", "control", "uncertainties", "buyer"])
#: What is compared rather than shared.
COMPARED = frozenset(["policies", "reference"])


class Difference(NamedTuple):
    """One value in which two scenarios differ."""

    path: str
    here: Any
    """In the first; None if it is not there."""
    there: Any
    """In the other."""


def world_differences(first: Scenario, other: Scenario) -> list[Difference]:
    """In what the worlds of two scenarios differ."""
    one, two = (
        {key: value for key, value in content(scenario).items() if key not in COMPARED} for scenario in (first, other)
    )
    return list(_differences((), one, two))


def order_differences(first: Scenario, other: Scenario) -> list[Difference]:
    """In what two scenarios differ that decides the orders: there is none if every future has the same
    orders in both.
    """
    return list(_differences((), _of_orders(first), _of_orders(other)))


def _of_orders(scenario: Scenario) -> dict[str, Any]:
    form = content(scenario)
    lines = {name: {key: line[key] for key in OF_ORDERS if key in line} for name, line in form["demand"].items()}
    return {"period": form["period"], "currency": form["currency"], "demand": lines}


def _differences(path: tuple[str, ...], here: Any, there: Any) -> Iterator[Difference]:
    here, there = _named(here), _named(there)
    if isinstance(here, dict) and isinstance(there, dict):
        for key in dict.fromkeys([*here, *there]):
            if key not in TOLD:
                yield from _differences((*path, str(key)), here.get(key), there.get(key))
    elif here != there:
        yield Difference(".".join(path), here, there)


def _named(value: Any) -> Any:
    """Stages by name instead of by place."""
    if isinstance(value, list) and value and all(isinstance(each, dict) and "stage" in each for each in value):
        return {each["stage"]: {key: below for key, below in each.items() if key != "stage"} for each in value}
    return value
