"""In what two scenarios differ, path by path, and whether they have the same orders in every future.

An order is made of what its line draws under the seed: when it comes of itself, its value, its programme, the number of
its parts. These are addressed by the line's name, so two scenarios have the same orders if they share period, currency
and, line by line, what is in :data:`OF_ORDERS`. Everything else may differ: authorities, suppliers, the lines' sources,
patience, trust and anticipation, incidents and policies. None of it changes an order, though it may come ahead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from exportsim.scenario.policies import HISTORY, names_in_addresses
from exportsim.scenario.schema import Scenario
from exportsim.scenario.writer import NAMED, content, explicit_form, in_json

OF_ORDERS = ("destination", "goods", "orders", "value", "parts", "programmes")
#: What tells the reader something and moves nothing.
TOLD = frozenset(["title", "description", "notes", "source", "control", "uncertainties", "buyer"])
#: What is compared rather than shared.
COMPARED = frozenset(["policies", "reference"])
#: Of these the order decides who comes first in a minute, and between equals.
ORDERED = frozenset(["demand", "suppliers", "authorities", "incidents", "demand.*.sources"])
IN_ORDER = frozenset([*(kind.rpartition(".")[2] for kind in ORDERED), "review"])
#: Mappings from names that the user chose: none of them is a key, whatever it is called.
OF_NAMES = frozenset([*NAMED, "sources", "demand.*.sources", "demand.*.programmes"])

Path = tuple[str, ...]


class Difference(NamedTuple):
    """One value in which two scenarios differ, by the names that it has in ``--json``."""

    path: str
    here: object
    """In the first; None if it is not there."""
    there: object
    """In the other."""


class Differences(NamedTuple):
    """All in which two scenarios differ."""

    played: list[Difference]
    """What may move an outcome."""
    told: list[Difference]
    """What tells the reader something, and what an analysis may vary."""
    expected: list[Difference]
    """What is expected of outcomes, and what the live page shows."""


def differences(first: Scenario, other: Scenario) -> Differences:
    """In what two scenarios differ: registers by what they hold, measures and stages by their names."""
    found = Differences([], [], [])
    for path, is_told, here, there in _between((), content(first), content(other)):
        (found.told if is_told else found.played).append(Difference(".".join(path), here, there))
    for section in ("expect", "controls"):
        forms = (explicit_form(getattr(scenario, section)) for scenario in (first, other))
        found.expected.extend(
            Difference(".".join(path), here, there) for path, _, here, there in _between((section,), *forms)
        )
    return found


def is_order(change: Difference) -> bool:
    """Whether the same parts stand in another order: a list of their names, where else there is a mapping."""
    return isinstance(change.here, list) and change.path.rpartition(".")[2] in IN_ORDER


def world_differences(first: Scenario, other: Scenario) -> list[Difference]:
    """In what the worlds of two scenarios differ."""
    return [change for change in differences(first, other).played if change.path.partition(".")[0] not in COMPARED]


def order_differences(first: Scenario, other: Scenario) -> list[Difference]:
    """In what differs what decides the orders: in nothing, if every future has the same orders in both."""
    found = _between((), _of_orders(first), _of_orders(other), ordered=False)
    return [Difference(".".join(path), here, there) for path, is_told, here, there in found if not is_told]


def _of_orders(scenario: Scenario) -> dict[str, object]:
    form = content(scenario)
    lines = {name: {key: line[key] for key in OF_ORDERS if key in line} for name, line in form["demand"].items()}
    return {"period": form["period"], "currency": form["currency"], "demand": lines}


def _between(
    path: Path, first: Any, other: Any, *, told: bool = False, ordered: bool = True
) -> Iterator[tuple[Path, bool, Any, Any]]:
    """Where two forms differ, whether that only tells something, and what stands there in each."""
    if isinstance(first, list) and isinstance(other, list) and path[-1:] in [("measures",), (HISTORY,), ("expect",)]:
        for place, here, there in _aligned(first, other, is_named=path[-1] != "expect"):
            yield from _between((*path, place), here, there, told=told)
        return
    by_stage = _has_stages(first) or _has_stages(other)
    first, other = _by_stage(first), _by_stage(other)
    if isinstance(first, dict) and isinstance(other, dict):
        kind = ".".join("*" if place == 1 and len(path) > 1 else step for place, step in enumerate(path))
        for key in dict.fromkeys([*first, *other]):
            of_names = by_stage or kind in OF_NAMES
            is_told = told or (key == "sources" and not path) or (key in TOLD and not of_names)
            yield from _between((*path, str(key)), first.get(key), other.get(key), told=is_told, ordered=ordered)
        if ordered and (by_stage or kind in ORDERED) and (orders := _orders(first, other)):
            yield path, told, *orders
    elif first != other:
        yield path, told, first, other


def _orders(first: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[list[str], list[str]] | None:
    """The names that two mappings share, in the order of each, if that is not the same."""
    here, there = [name for name in first if name in other], [name for name in other if name in first]
    return None if here == there else (here, there)


def _aligned(first: list[Any], other: list[Any], *, is_named: bool) -> Iterator[tuple[str, Any, Any]]:
    """The members of two lists beside each other, by their names or else those alike, each as an address calls it."""
    names = [
        names_in_addresses([each.get("name") for each in listed]) if is_named else [""] * len(listed)
        for listed in (first, other)
    ]
    tokens = [[each.get("name") or in_json(each) for each in listed] for listed in (first, other)]
    matcher = SequenceMatcher(None, tokens[0], tokens[1], autojunk=False)
    for _, begin, end, begin_other, end_other in matcher.get_opcodes():
        for place in range(max(end - begin, end_other - begin_other)):
            one, two = begin + place, begin_other + place
            if one < end:
                yield names[0][one] or str(one), first[one], other[two] if two < end_other else None
            else:
                yield names[1][two] or str(two), None, other[two]


def _has_stages(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) and "stage" in each for each in value)


def _by_stage(value: Any) -> Any:
    """Stages by name instead of by place."""
    if not _has_stages(value):
        return value
    return {entry["stage"]: {key: below for key, below in entry.items() if key != "stage"} for entry in value}
