"""One file laid over another: ``extends``. Single values are put over both by their addresses, in ``addresses``.

Mappings merge, lists replace, null removes. Every node keeps the place that it was written in. Whether the result is a
scenario is for the schema to say.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from exportsim import files
from exportsim.errors import Fault, ScenarioError
from exportsim.scenario import text
from exportsim.scenario.addresses import node_at, put
from exportsim.scenario.distributions import KINDS
from exportsim.scenario.path_guard import refusal
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import show
from exportsim.scenario.text import Entries, Node, Place, Scalar, plain

LONGEST_CHAIN = 20  # files that extend each other
PYTHON = "<python>"


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
        where = f"demand.{line}.orders.register"
        node = node_at(tree, where)
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value.isprintable():
            continue  # what is no name of a file is for the schema to refuse
        if not Path(node.value).is_absolute():
            relative = os.path.relpath(os.path.realpath(old / node.value), os.path.realpath(new))
            moved = put(moved, where, Scalar(Path(relative).as_posix(), node.place), node.place)
    assert isinstance(moved, Entries)
    return moved
