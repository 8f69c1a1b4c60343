"""One file laid over another, and single values over both: ``extends`` of files, and overrides by dotted path.

Mappings merge, lists replace, null removes. Every node keeps the place that it was written in. Whether the result is a
scenario is for the schema to say.
"""

from __future__ import annotations

import numbers
import os
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel

from exportsim import files
from exportsim.errors import Fault, ScenarioError
from exportsim.scenario import text
from exportsim.scenario.distributions import KINDS
from exportsim.scenario.path_guard import refusal
from exportsim.scenario.quantities import Duration, Money, Rate, as_float, show
from exportsim.scenario.schema_paths import near
from exportsim.scenario.text import DEEPEST, Entries, Items, Node, Place, Scalar, dotted, plain
from exportsim.scenario.writer import explicit_form

LONGEST_CHAIN = 20  # files that extend each other
PYTHON = "<python>"
Overrides = Mapping[str, object] | Sequence[str]


class CommandLine(tuple[str, ...]):
    """Overrides as the command line has them: faults in them name its option."""


def read_file(
    file: str, within: Path | None, chain: tuple[str, ...] = (), read: list[str] | None = None
) -> tuple[Node, list[Fault]]:
    """The tree of a file with all that it extends, none of which may be outside a folder if one is given.

    The files that were read are added to ``read``.
    """
    try:
        content = files.read(Path(file), text.LARGEST + 1)
    except OSError as error:
        raise ScenarioError([Fault(file, 0, 0, "", f"cannot be read: {files.reason_of(error)}")]) from None
    except ValueError:
        raise ScenarioError([Fault(file, 0, 0, "", "cannot be read: this is not the name of a file")]) from None
    if read is not None:
        read.append(file)
    tree, faults = text.parse(text.decode(content, file), file)
    return _with_base(tree, faults, Path(file).parent, within, (*chain, os.path.realpath(file)), read)


def read_text(
    content: str, name: str, folder: Path, within: Path | None, read: list[str] | None = None
) -> tuple[Node, list[Fault]]:
    """The tree of a text, whose relative paths start at a folder."""
    tree, faults = text.parse(content.replace("\r\n", "\n"), name)
    return _with_base(tree, faults, folder, within, (), read)


def read_mapping(given: Mapping[str, object], folder: Path, within: Path | None) -> tuple[Node, list[Fault]]:
    """The tree of a mapping made in Python."""
    faults: list[Fault] = []
    tree = from_python(given, Place(PYTHON), faults)
    return _with_base(tree, faults, folder, within, ())


def _with_base(
    tree: Node,
    faults: list[Fault],
    folder: Path,
    within: Path | None,
    chain: tuple[str, ...],
    read: list[str] | None = None,
) -> tuple[Node, list[Fault]]:
    if not isinstance(tree, Entries) or "extends" not in tree.nodes:
        return tree, faults
    base_name = tree.nodes["extends"]
    if not isinstance(base_name, Scalar) or not isinstance(base_name.value, str) or not base_name.value:
        message = f"found {show(plain(base_name))}, expected the name of a file"
        raise ScenarioError([*faults, Fault(*base_name.place, "extends", message)])
    if not base_name.value.isprintable():
        raise ScenarioError([*faults, Fault(*base_name.place, "extends", "this is not the name of a file")])
    if message := _unread(base_name.value, folder, within, chain):
        raise ScenarioError([*faults, Fault(*base_name.place, "extends", message)])
    base_file = folder / base_name.value
    base, faults_of_base = read_file(str(base_file), within, chain, read)
    if not isinstance(base, Entries):
        message = f"`{base_name.value}` is not a mapping of keys to values"
        raise ScenarioError([*faults, Fault(*base_name.place, "extends", message)])
    base = _moved_registers(base, base_file.parent, folder)
    return merge(base, without(tree, "extends")), faults + faults_of_base


def _unread(name: str, folder: Path, within: Path | None, chain: tuple[str, ...]) -> str:
    """Why a file that is extended is not read, or nothing."""
    file = folder / name
    if refused := refusal(name, folder, within):
        return refused
    if any(files.same(file, link) for link in chain):
        return f"`{name}` extends itself, by way of " + " and ".join(Path(link).name for link in chain)
    if len(chain) > LONGEST_CHAIN:
        return f"found more than {LONGEST_CHAIN} files that extend each other"
    if not os.path.isfile(file):  # noqa: PTH113 - to which a name that is too long is no file, and no error
        return f"there is no file {show(name)} beside this one"
    return ""


def merge(base: Node, over: Node, path: tuple[str, ...] = ()) -> Node:
    """One tree laid over another.

    A mapping that names a distribution replaces what was there, and so does a change between dated rates and a
    register: merged, they would be neither.
    """
    if not isinstance(base, Entries) or not isinstance(over, Entries):
        return over
    distribution = len(over.nodes) == 1 and next(iter(over.nodes)) in KINDS
    orders = len(path) == 3 and path[0] == "demand" and path[2] == "orders"
    if distribution or (orders and ("register" in over.nodes) != ("register" in base.nodes)):
        return over
    nodes, keys = dict(base.nodes), dict(base.keys)
    for key, node in over.nodes.items():
        if key in nodes and isinstance(node, Scalar) and node.value is None:
            del nodes[key], keys[key]
        else:
            nodes[key] = merge(nodes[key], node, (*path, key)) if key in nodes else node
            keys[key] = over.keys[key]
    return Entries(nodes, keys, over.place)


def without(tree: Entries, key: str) -> Entries:
    """A mapping less one of its keys."""
    return Entries(
        {name: node for name, node in tree.nodes.items() if name != key},
        {name: place for name, place in tree.keys.items() if name != key},
        tree.place,
    )


def _moved_registers(tree: Entries, old: Path, new: Path) -> Entries:
    """A relative register belongs to the file that names it, wherever that is laid under."""
    demand = tree.nodes.get("demand")
    if os.path.realpath(old) == os.path.realpath(new) or not isinstance(demand, Entries):
        return tree
    moved: Node = tree
    for line in demand.nodes:
        where = ["demand", line, "orders", "register"]
        node = _at(tree, where)
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value.isprintable():
            continue  # what is no name of a file is for the schema to refuse
        if not Path(node.value).is_absolute():
            relative = os.path.relpath(os.path.realpath(old / node.value), os.path.realpath(new))
            moved = put(moved, where, Scalar(Path(relative).as_posix(), node.place), node.place)
    assert isinstance(moved, Entries)
    return moved


def _at(tree: Node, path: Sequence[str]) -> Node | None:
    node: Node | None = tree
    for step in path:
        node = node.nodes.get(step) if isinstance(node, Entries) else None
    return node


# Mappings from names that the user chose: a name that is not there is a slip, not a new entry.
_NAMED = frozenset(["goods", "authorities", "suppliers", "demand", "incidents", "policies", "demand.*.sources"])


class UnknownPathError(Exception):
    """A path that leads nowhere; the message says where it ends."""


def override(tree: Node, overrides: Overrides) -> tuple[Node, list[Fault]]:
    """A tree with single values replaced, each given by its dotted path."""
    faults: list[Fault] = []
    source = "--set" if isinstance(overrides, CommandLine) else "override"
    given: list[tuple[str, object]]
    if isinstance(overrides, Mapping):
        given = list(overrides.items())
    else:
        given = []
        for item in [overrides] if isinstance(overrides, str) else overrides:
            path, equals, written = item.partition("=")
            if equals and path.strip():
                given.append((path.strip(), written))
            else:
                faults.append(Fault(source, 0, 0, "", f"found {show(item)}, expected `path=value`"))
    for path, value in given:
        shown = dotted(path.split("."))
        place = Place(f"{source} {shown}")
        try:
            node: Node
            if isinstance(overrides, Mapping):
                node = from_python(value, place, faults)
            elif str(value).strip():
                node, more = text.parse(str(value), place.file)
                faults.extend(Fault(*place, shown, fault.message) for fault in more)
                node = _all_at(node, place)
            else:
                node = Scalar(None, place)
            steps = path.split(".")
            if len(steps) > DEEPEST:
                raise UnknownPathError(f"found a path of {len(steps):,} steps, expected at most {DEEPEST}")
            tree = put(tree, steps, node, place)
        except UnknownPathError as problem:
            faults.append(Fault(*place, shown, str(problem)))
        except ScenarioError as error:
            faults.extend(Fault(*place, shown, fault.message) for fault in error.faults)
    return tree, faults


def put(tree: Node, steps: Sequence[str], value: Node, place: Place, above: tuple[str, ...] = ()) -> Node:
    """A tree with one value put at a path; nodes are shared, not changed."""
    step, rest = steps[0], steps[1:]
    removes = not rest and isinstance(value, Scalar) and value.value is None
    if isinstance(tree, Items):
        index = _index(tree, step, above)
        below = [*tree.nodes]
        if removes:
            del below[index]
        else:
            below[index] = put(below[index], rest, value, place, (*above, step)) if rest else value
        return Items(below, tree.place)
    if not isinstance(tree, Entries):
        raise UnknownPathError(f"`{dotted(above)}` is {show(tree.value)}, which has nothing called {show(step)} in it")
    nodes, keys = dict(tree.nodes), dict(tree.keys)
    named = dotted(above) in _NAMED or dotted((*above[:1], "*", *above[2:])) in _NAMED
    if step not in nodes and (removes or (rest and named)):
        raise UnknownPathError(
            f"there is no {show(step)} in `{dotted(above) or 'the scenario'}`{near(step, list(nodes))}"
        )
    if removes:
        del nodes[step], keys[step]
        return Entries(nodes, keys, tree.place)
    if rest:
        old = nodes.get(step)
        if old is None or (isinstance(old, Scalar) and old.value is None):
            old = Entries({}, {}, place)
            keys[step] = place
        nodes[step] = put(old, rest, value, place, (*above, step))
    else:
        nodes[step], keys[step] = value, place
    return Entries(nodes, keys, tree.place)


def located(tree: Node, steps: Sequence[str]) -> text.Path:
    """A dotted path with the places in lists of what it calls by name, as far as it leads anywhere."""
    path: list[str | int] = []
    node: Node | None = tree
    for number, step in enumerate(steps):
        if isinstance(node, Items):
            try:
                path.append(_index(node, step, tuple(steps[:number])))
            except UnknownPathError:
                break
            node = node.nodes[int(path[-1])]
        else:
            path.append(step)
            node = node.nodes.get(step) if isinstance(node, Entries) else None
    return tuple(path)


def _index(tree: Items, step: str, above: tuple[str, ...]) -> int:
    """The place in a list of a number, or of the stage or measure of this name."""
    names = []
    for index, node in enumerate(tree.nodes):
        for key in ("stage", "name"):
            name = node.nodes.get(key) if isinstance(node, Entries) else None
            if isinstance(name, Scalar) and isinstance(name.value, str):
                names.append(name.value)
                if name.value == step:
                    return index
    if step.isascii() and step.isdigit() and int(step[:9]) < len(tree.nodes):
        return int(step)
    known = f"; it has {len(tree.nodes)} entries, numbered from 0" if tree.nodes else "; it is empty"
    raise UnknownPathError(
        f"there is no {show(step)} in the list `{dotted(above)}`" + (near(step, names) if names else known)
    )


def _all_at(node: Node, place: Place) -> Node:
    if isinstance(node, Entries):
        below = {key: _all_at(value, place) for key, value in node.nodes.items()}
        return Entries(below, dict.fromkeys(below, place), place)
    if isinstance(node, Items):
        return Items([_all_at(value, place) for value in node.nodes], place)
    return Scalar(node.value, place, node.written)


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
