"""Checks on ``uncertainties``: each path leads to a value, and each value that it may take could stand there.

What is well-formed and odd is noticed as well: a number for all where the scenario draws one for each.

How is simple: each listed value, or the least and the greatest quantity of a distribution, is put in its place, and
the scenario is judged again. Values that belong together (a median and a 90th percentile) are not judged one at a time,
each with what the file happens to have for the other: a fault of a part in which another uncertainty stands, too, is
left to be found at the points, where both have values of their own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from exportsim.scenario.addresses import UnknownPathError, located, node_at, put, shown, swept
from exportsim.scenario.distributions import (
    KINDS,
    CountDistribution,
    DurationDistribution,
    Kind,
    MoneyDistribution,
    adapter_of,
    amount,
    deviation,
    impossible,
    mean,
)
from exportsim.scenario.messages import Complaint, complaints
from exportsim.scenario.partial_scenario import LEAVES, Draft
from exportsim.scenario.python_nodes import from_python, tree_of
from exportsim.scenario.quantities import Duration, Money, Rate, show
from exportsim.scenario.remembered import Remembered
from exportsim.scenario.scaling import scaled_at
from exportsim.scenario.schema import Scenario
from exportsim.scenario.schema_paths import models_at
from exportsim.scenario.text import Entries, Node, Path, dotted, plain
from exportsim.scenario.tied_draws import TiedDraw, drawn, paths_of
from exportsim.scenario.writer import explicit_form

MOST_REMEMBERED = 512  # parts that were found valid, or not


def uncertainties(draft: Draft) -> Iterator[Complaint]:
    """Paths that lead nowhere, and values that could not stand there.

    Where another part of the scenario is not valid, only what is in valid parts is judged in its place.
    """
    values: dict[str, list[Any]] = {}
    places: dict[str, Path] = {}  # where each path is written
    for name, uncertainty in draft.uncertainties.items():
        where: Path = ("uncertainties", name)
        tied = uncertainty if isinstance(uncertainty, TiedDraw) else None
        try:
            ends = _ends_of(drawn(uncertainty))
        except PydanticCustomError as problem:
            yield Complaint((*where, "draw") if tied else where, problem.message())
            ends = []
        except ValidationError as error:
            first = next(complaints(error, from_python(drawn(uncertainty)), BaseModel))
            yield Complaint((*where, *(("draw",) if tied else ()), *first.path), first.message)
            ends = []
        for number, path in enumerate(paths_of(name, uncertainty)):
            place = where if tied is None else (*where, "sets" if tied.sets else "scales", number)
            if path in places:
                yield Complaint(place, f"`{dotted(places[path][:2])}` varies {show(path)} already")
                continue
            places[path], values[path] = place, ends
            if tied is not None and tied.scales:
                try:
                    values[path] = _scaled_ends(draft, path, ends)
                except PydanticCustomError as problem:
                    del values[path]
                    yield Complaint(place, problem.message())
    if values:
        found = _in_parts(draft, values) if draft.scenario is None else misplaced(draft.scenario, values)
        for path, (message, key) in found.items():
            yield Complaint(places[path], message, key and places[path][-1] == path)


def _ends_of(draw: Any) -> list[Any]:
    """Values that may be drawn: all of a list, of a distribution the least and the greatest quantity in it."""
    if isinstance(draw, list):
        return draw
    kind = next(iter(draw), "")
    if len(draw) != 1 or kind not in KINDS:
        expected = "a list of values, or one of " + ", ".join(f"`{name}`" for name in KINDS)
        raise impossible(f"found {show(kind) if kind else 'nothing'}, expected {expected}")
    return [*_ends(json.dumps(draw))]


def _scaled_ends(draft: Draft, path: str, factors: list[Any]) -> list[Any]:
    """What a value comes to, multiplied by each of some factors; nothing where there is no valid scenario yet."""
    for factor in factors:
        if isinstance(factor, bool) or not isinstance(factor, int | float) or factor < 0:
            raise impossible(f"found {show(factor)}, expected numbers from 0 on to multiply by")
    if draft.scenario is None:
        return []
    tree = tree_of_world(draft.scenario)
    return [scaled_at(tree, path, factor) for factor in factors]


@lru_cache(MOST_REMEMBERED)
def _ends(distribution: str) -> tuple[Any, ...]:
    """The least and the greatest quantity in a distribution, written as JSON; once, if they are the same."""
    written = json.loads(distribution)
    yearly = in_years(written)
    quantities = sorted(_typed(yearly).quantities(), key=amount)
    ends = dict.fromkeys((quantities[0], quantities[-1]))
    return tuple(f"{end}/y" if yearly != written else explicit_form(end) for end in ends)


def in_years(distribution: Any) -> Any:
    """A distribution as written, with rates in it as numbers a year; its shape is a number already."""
    if isinstance(distribution, Mapping):
        return {key: in_years(value) for key, value in distribution.items()}
    if isinstance(distribution, list | tuple):
        return [in_years(value) for value in distribution]
    is_rate = isinstance(distribution, str) and "/" in distribution
    return float(Rate.parse(distribution).per_year) if is_rate else distribution


def misplaced(scenario: Scenario, values: Mapping[str, Sequence[Any]]) -> dict[str, tuple[str, bool]]:
    """What is wrong with values, each in its place, whatever the others may be."""
    return misplaced_in(tree_of_world(scenario), values)


def _world_of(scenario: Scenario) -> Node:
    return tree_of(scenario, leave=("uncertainties", "expect", "controls"))


tree_of_world = Remembered(_world_of, most=8)
"""The explicit form of a scenario, without what is said about its values, as a tree."""


def _in_parts(draft: Draft, values: Mapping[str, Sequence[Any]]) -> dict[str, tuple[str, bool]]:
    """The same beside what is wrong elsewhere: of values in parts that are valid by themselves."""
    tree = from_python({name: part for name, part in draft.tree.items() if name not in LEAVES})
    sound: dict[str, Sequence[Any]] = {}
    for path, listed in values.items():
        steps = path.split(".")
        names = draft.names.get(steps[0])
        if names is None or len(steps) < 3:
            continue
        part = located(tree, ".".join(steps[:2]))
        if steps[1] not in names or (len(models_at(Scenario, part)) == 1 and not any(_faults(tree, part))):
            sound[path] = listed
    return misplaced_in(tree, sound)


def misplaced_in(tree: Node, values: Mapping[str, Sequence[Any]]) -> dict[str, tuple[str, bool]]:
    """The same of a scenario's tree."""
    places: dict[str, Path] = {}
    wrong: dict[str, tuple[str, bool]] = {}
    known = {path: _key_of(tree, path, values) for path in values}
    for path in values:
        try:
            if known[path] not in _SOUND:
                put(tree, path, from_python("?"))
            places[path] = located(tree, path)
        except UnknownPathError as problem:
            wrong[path] = (str(problem), True)
    inside = Counter(place[:depth] for place in places.values() for depth in range(len(place) + 1))
    for path in places:
        if known[path] in _SOUND:
            continue
        for value in values[path]:
            changed = put(tree, path, from_python(value))
            changed = swept(changed) if value is None else changed
            for fault in _faults(changed, places[path]):
                # A fault of a part in which another value is put as well may not be one with that.
                others = inside[fault.path] - (places[path][: len(fault.path)] == fault.path)
                if not others:
                    wrong.setdefault(path, (fault.message, fault.key and len(fault.path) <= len(places[path])))
    if len(_SOUND) > MOST_SOUND:
        _SOUND.clear()
    _SOUND.update(key for path, key in known.items() if key is not None and path not in wrong)
    return {path: wrong[path] for path in values if path in wrong}


MOST_SOUND = 4096
#: Paths with values of which nothing was wrong in an authority, a supplier … as it was written, by all of these: a
#: scenario of which one value is changed over and over has the same others.
_SOUND: set[tuple[str, ...]] = set()


def _key_of(tree: Node, path: str, values: Mapping[str, Sequence[Any]]) -> tuple[str, ...] | None:
    """A path with its values, the part that it is in, and what else is uncertain there.

    None for what is in no part that could be judged by itself.
    """
    part = path.split(".")[:2]
    if len(part) < 2 or len(models_at(Scenario, part)) != 1:
        return None
    node = node_at(tree, ".".join(part))
    others = [other for other in values if other.split(".")[:2] == part]
    return None if node is None else (path, repr(list(values[path])), _written(node), *others)


def _text_of(node: Node) -> str:
    return repr(plain(node))


_written = Remembered(_text_of)


#: By kind, or by how it is written, the number within a distribution that its mean follows; in a list by its place.
_WITHIN = {
    "uniform": "uniform.1",
    "triangular": "triangular.1",
    "exponential": "exponential.mean",
    "lognormal": "lognormal.mean",
    "median": "lognormal.median",
    "weibull": "weibull.mean",
}


def number_within(written: dict[str, Any]) -> str:
    """The path below a distribution as written of the number in it that its mean follows; nothing if there is none."""
    (kind,) = written
    return _WITHIN.get("median" if kind == "lognormal" and "median" in written[kind] else kind, "")


def without_spread(scenario: Scenario) -> Iterator[Complaint]:
    """Uncertainties that put one number for all in the place of a distribution, whose spread the run has."""
    if not scenario.uncertainties:
        return
    tree = tree_of_world(scenario)
    sets = [(name, path) for name, each in scenario.uncertainties.items() for path in paths_of(name, each)
            if not isinstance(each, TiedDraw) or each.sets]  # fmt: skip
    for name, address in sets:
        found = node_at(tree, address)
        written = None if found is None else plain(found)
        if not isinstance(written, dict) or len(written) != 1 or written.keys().isdisjoint(KINDS):
            continue
        distribution = _typed(written)
        if spread := deviation(distribution):
            (kind,) = written
            within = number_within(written)
            number = f", such as `{shown(tree, located(tree, address))}.{within}`" if within else ""
            yield Complaint(
                ("uncertainties", name),
                f"one number for all takes the place of a distribution ({kind}, standard deviation "
                f"{100 * spread / mean(distribution):.3g} % of the mean): the input sets lack a spread that the run "
                f"has, and the range over inputs may leave out what the run comes to; vary a number within it{number}",
            )


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
    data = plain(node)
    if _is_valid(model, json.dumps(data)):
        return
    try:
        model.model_validate(data)
    except ValidationError as error:
        for fault in complaints(error, node, model):
            yield fault._replace(path=(*part, *fault.path))


@lru_cache(MOST_REMEMBERED)  # a scenario of which other parts change is checked again and again
def _is_valid(model: type[BaseModel], written: str) -> bool:
    """Whether a part is valid, written as JSON."""
    try:
        model.model_validate(json.loads(written))
    except ValidationError:
        return False
    return True


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
    typed: Kind[Duration] | Kind[Money] | Kind[float] = adapter_of(kind).validate_python(distribution)
    return typed


def _is(quantity: type[Duration], written: object) -> bool:
    try:
        quantity.parse(written)
    except PydanticCustomError:
        return False
    return True
