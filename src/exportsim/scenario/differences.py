"""In what two scenarios differ, path by path, and whether they have the same orders in every future.

An order is made of what its line draws under the seed: when it comes of itself, its value, its programme, the number of
its parts. These are addressed by the line's name, so two scenarios have the same orders if they share period, currency
and, line by line, what is in :data:`OF_ORDERS`. Everything else may differ: authorities, suppliers, the lines' sources,
patience, trust and anticipation, incidents and policies. None of it changes an order, though it may come ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from exportsim.scenario.schema import Scenario
from exportsim.scenario.writer import content

OF_ORDERS = ("destination", "goods", "orders", "value", "parts", "programmes")
#: What tells the reader something and moves nothing.
TOLD = frozenset(["title", "description", "notes", "source", "sources", "control", "uncertainties", "buyer"])
#: What is compared rather than shared.
COMPARED = frozenset(["policies", "reference"])


class Difference(NamedTuple):
    """One value in which two scenarios differ, by the names that it has in ``--json``."""

    path: str
    here: object
    """In the first; None if it is not there."""
    there: object
    """In the other."""


def world_differences(first: Scenario, other: Scenario) -> list[Difference]:
    """In what the worlds of two scenarios differ."""
    worlds = ({key: value for key, value in content(one).items() if key not in COMPARED} for one in (first, other))
    return list(_differences((), *worlds))


def order_differences(first: Scenario, other: Scenario) -> list[Difference]:
    """In what differs what decides the orders: in nothing, if every future has the same orders in both."""
    return list(_differences((), _of_orders(first), _of_orders(other)))


def _of_orders(scenario: Scenario) -> dict[str, object]:
    form = content(scenario)
    lines = {name: {key: line[key] for key in OF_ORDERS if key in line} for name, line in form["demand"].items()}
    return {"period": form["period"], "currency": form["currency"], "demand": lines}


def _differences(path: tuple[str, ...], first: object, other: object) -> Iterator[Difference]:
    first, other = _by_stage(first), _by_stage(other)
    if isinstance(first, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*first, *other]):
            if key not in TOLD:
                yield from _differences((*path, str(key)), first.get(key), other.get(key))
    elif first != other:
        yield Difference(".".join(path), first, other)


def _by_stage(value: object) -> object:
    """Stages by name instead of by place."""
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(entry, dict) and "stage" in entry for entry in value)
    ):
        return value
    return {entry["stage"]: {key: below for key, below in entry.items() if key != "stage"} for entry in value}
