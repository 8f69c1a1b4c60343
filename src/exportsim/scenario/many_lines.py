"""Paths through a line that is many: `demand.licences.patience.review` is of all lines that were made of `licences`.

Of which lines a path is: of those of which nothing else is said at the same place. What each line has of its own, and
what says which lines there are, is of no such path.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from exportsim.errors import Fault
from exportsim.scenario.addresses import Overrides, UnknownPathError
from exportsim.scenario.schema import Many, ManyLines, Steps
from exportsim.scenario.schema_paths import nearest
from exportsim.scenario.text import Entries, Items, Node, Path, Scalar, Step, dotted, walk

SECTION = "demand"
#: What of a register says which lines are made of it, and of which rows each is.
SAYS_WHICH = ("register", "date", "date_format", "delimiter", "encoding", "where", "by")
_LINE = re.compile(rf"\b{SECTION}\.([\w-]+)")


def said_in(node: Node) -> tuple[Steps, ...]:
    """Where something is said in what is said of a line."""
    ends = (path for path, found in walk(node) if path and not isinstance(found, Entries))
    return tuple(dict.fromkeys(tuple(step for step in path if isinstance(step, str)) for path in ends))


def with_said(many: Many, paths: Iterable[str]) -> Many:
    """The lines, of some of which more is said under their own names, by path."""
    found = dict(many)
    for path in paths:
        section, _, rest = path.strip().partition(".")
        line, *steps = rest.split(".")
        for name, of in found.items():
            if section == SECTION and line in of.lines and steps:
                apart = {**of.apart, line: (*of.apart.get(line, ()), tuple(steps))}
                found[name] = of._replace(apart=apart)
    return found


def is_through(path: str, many: Many, tree: Node) -> bool:
    """Whether a path leads through a line that is many, or might have been meant to."""
    steps = path.split(".")
    if not many or len(steps) < 3 or steps[0] != SECTION or steps[1] in (there := _there(tree)):
        return False
    return steps[1] in many or nearest(steps[1], [*there, *many]) in many


def through(path: str, many: Many, tree: Node, others: Collection[Steps] = ()) -> list[str]:
    """The paths of the lines that one through the line that they were made of is of; others say more of some of them.

    Raises
    ------
    UnknownPathError
        If there is no such line, or the path is of none of the lines.
    """
    _, name, *rest = path.split(".")
    if (of := many.get(name)) is None:
        meant = nearest(name, [*_there(tree), *many])
        raise UnknownPathError(f"there is no `{name}` in `{SECTION}`", f", did you mean `{meant}`?")
    _refuse(name, of, rest)
    there = _there(tree)
    lines = [line for line in of.lines if line in there]
    free = [line for line in lines if not _meets(rest, [*of.apart.get(line, ()), *_of(line, others)])]
    if lines and not free:
        raise UnknownPathError(f"of each of the lines that were made of `{name}`, its own `{dotted(rest)}` is said")
    return [dotted((SECTION, line, *rest)) for line in free]


def _there(tree: Node) -> Collection[str]:
    demand = tree.nodes.get(SECTION) if isinstance(tree, Entries) else None
    return demand.nodes if isinstance(demand, Entries) else ()


def _refuse(name: str, of: ManyLines, rest: Sequence[str]) -> None:
    own = [*of.kinds, "title"]
    if rest[0] in own:
        raise UnknownPathError(f"each of the lines that were made of `{name}` has a `{rest[0]}` of its own")
    if rest[0] == "orders" and (len(rest) == 1 or rest[1] in SAYS_WHICH):
        said = f"`{dotted(rest)}` says which lines are made of `{name}`"
        raise UnknownPathError(f"{said}: it can be set where the file is read, and varies in no study")


def _of(line: str, paths: Iterable[Steps]) -> Iterator[Steps]:
    return (path[2:] for path in paths if path[:2] == (SECTION, line))


def _meets(rest: Sequence[str], said: Iterable[Sequence[str]]) -> bool:
    """Whether something is said at a place, above it or below it."""
    return any(all(one == other for one, other in zip(rest, steps, strict=False)) for steps in said)


# ------------------------------------------------------------------ what is uncertain


class Spread(NamedTuple):
    """A scenario's tree whose uncertainties are of lines that there are."""

    tree: Entries
    faults: list[Fault]
    written: Mapping[str, tuple[int, ...]]
    """By uncertainty that is of more paths than are written, of which of those each is; nothing for its name alone."""


def with_uncertainties(tree: Entries, many: Many) -> Spread:
    """The tree in which an uncertainty through a line that is many is one draw for all of its lines."""
    section = tree.nodes.get("uncertainties")
    if not many or not isinstance(section, Entries):
        return Spread(tree, [], {})
    own = [tuple(path.split(".")) for path in _paths(section) if not is_through(path, many, tree)]
    faults: list[Fault] = []
    written: dict[str, tuple[int, ...]] = {}
    nodes: dict[str, Node] = {}
    for name, node in section.nodes.items():
        key = next((key for key in ("sets", "scales") if _list(node, key) is not None), None)
        if key is None and is_through(name, many, tree):
            position = section.keys[name]
            try:
                paths: list[Node] = [Scalar(path, position) for path in through(name, many, tree, own)]
            except UnknownPathError as problem:
                faults.append(Fault(*position, dotted(("uncertainties", name)), str(problem)))
                continue
            whole: dict[str, Node] = {"draw": node, "sets": Items(paths, position)}
            nodes[name] = Entries(whole, dict.fromkeys(whole, position), node.position)
            written[name] = ()
        elif key is not None and isinstance(node, Entries) and (listed := _list(node, key)) is not None:
            found, of, wrong = list[Node](), list[int](), len(faults)
            for number, entry in enumerate(listed.nodes):
                each = [entry]
                if isinstance(entry, Scalar) and isinstance(entry.value, str) and is_through(entry.value, many, tree):
                    try:
                        each = [Scalar(path, entry.position) for path in through(entry.value, many, tree, own)]
                    except UnknownPathError as problem:
                        at: tuple[Step, ...] = ("uncertainties", name, key, number)
                        faults.append(Fault(*entry.position, dotted(at), str(problem)))
                found += each
                of += [number] * len(each)
            if len(faults) > wrong:
                continue
            if of != list(range(len(of))):
                written[name] = tuple(of)
            nodes[name] = Entries(node.nodes | {key: Items(found, listed.position)}, node.keys, node.position)
        else:
            nodes[name] = node
    whole_section = Entries(nodes, {name: section.keys[name] for name in nodes}, section.position)
    return Spread(Entries(tree.nodes | {"uncertainties": whole_section}, tree.keys, tree.position), faults, written)


def _list(node: Node | None, key: str) -> Items | None:
    found = node.nodes.get(key) if isinstance(node, Entries) and "draw" in node.nodes else None
    return found if isinstance(found, Items) else None


def _paths(section: Entries) -> Iterator[str]:
    """The paths of what is uncertain."""
    for name, node in section.nodes.items():
        lists = [found for key in ("sets", "scales") if (found := _list(node, key)) is not None]
        if not lists:
            yield name
        for listed in lists:
            yield from (
                entry.value for entry in listed.nodes if isinstance(entry, Scalar) and isinstance(entry.value, str)
            )


def as_written(path: Path, spread: Spread) -> Path:
    """Where what stands at a path among uncertainties is written."""
    if path[:1] != ("uncertainties",) or len(path) < 2 or (of := spread.written.get(str(path[1]))) is None:
        return path
    if not of:
        return (*path[:2], *path[3:]) if path[2:3] == ("draw",) else path[:2]
    at = path[3] if len(path) > 3 and path[2] in ("sets", "scales") else None
    return (*path[:3], of[at], *path[4:]) if isinstance(at, int) and at < len(of) else path


def told_of_all(said: str, many: Many) -> str:
    """A sentence or a path that speaks of one of many lines, in the words of the line that they were made of."""
    of = {line: name for name, each in many.items() for line in each.lines}
    return _LINE.sub(lambda found: f"{SECTION}.{of.get(found[1], found[1])}", said)


def in_two(overrides: Overrides, many: Many, tree: Node) -> tuple[Overrides, Overrides]:
    """Overrides through lines that are many, which come first, and those that say more of some of these, or others."""
    if not many:
        return (), overrides
    if isinstance(overrides, Mapping):
        first = {path: value for path, value in overrides.items() if is_through(path, many, tree)}
        return first, {path: value for path, value in overrides.items() if path not in first}
    listed: Sequence[str] = [overrides] if isinstance(overrides, str) else overrides
    kind = type(listed) if isinstance(listed, tuple) else tuple
    all_of = [item for item in listed if is_through(item.partition("=")[0].strip(), many, tree)]
    return kind(all_of), kind(item for item in listed if item not in all_of)


def paths_of_overrides(overrides: Overrides) -> list[str]:
    """The paths of some overrides."""
    if isinstance(overrides, Mapping):
        return list(overrides)
    return [item.partition("=")[0] for item in ([overrides] if isinstance(overrides, str) else overrides)]
