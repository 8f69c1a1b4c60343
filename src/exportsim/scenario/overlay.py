"""One file laid over another: ``extends``. Single values are put over both by their addresses, in ``addresses``.

Mappings merge, lists replace, null removes. Every node keeps the place that it was written in. Whether the result is a
scenario is for the schema to say.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

from exportsim import files
from exportsim.errors import Fault, ScenarioError
from exportsim.scenario import text
from exportsim.scenario.addresses import node_at, put
from exportsim.scenario.distributions import KINDS
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import show
from exportsim.scenario.schema import Origin
from exportsim.scenario.text import Entries, Node, Scalar, plain

LONGEST_CHAIN = 20  # files that extend each other


class Reading:
    """Reads a scenario with all that it extends; what is wrong with how they are written is in ``faults``."""

    def __init__(self, origin: Origin) -> None:
        self.folder = Path(origin.folder)
        self.within = None if origin.allow_outside else self.folder
        self.files: list[str] = []
        self.faults: list[Fault] = []

    def file(self, file: str, chain: tuple[str, ...] = ()) -> Node:
        """The tree of a file, which others extend by way of each other."""
        content = content_of(file)
        self.files.append(file)
        tree, faults = text.parse(text.decode(content, file), file)
        return self._over_its_base(tree, faults, Path(file).parent, (*chain, os.path.realpath(file)))

    def text(self, content: str, name: str) -> Node:
        """The tree of a text, whose relative paths start at the folder."""
        return self._over_its_base(*text.parse(content.replace("\r\n", "\n"), name), self.folder, ())

    def mapping(self, mapping: Mapping[str, object]) -> Node:
        """The tree of a mapping made in Python."""
        faults: list[Fault] = []
        return self._over_its_base(from_python(mapping, faults=faults), faults, self.folder, ())

    def _over_its_base(self, tree: Node, faults: list[Fault], folder: Path, chain: tuple[str, ...]) -> Node:
        self.faults += faults
        if not isinstance(tree, Entries) or "extends" not in tree.nodes:
            return tree
        name = tree.nodes["extends"]
        if not isinstance(name, Scalar) or not isinstance(name.value, str) or not name.value:
            message = f"found {show(plain(name))}, expected the name of a file"
        elif not (message := self._refusal(name.value, folder, chain)):
            file = folder / name.value
            base = self.file(str(file), chain)
            if isinstance(base, Entries):
                return merge(_moved_registers(base, file.parent, folder), without(tree, "extends"))
            message = f"`{name.value}` is not a mapping of keys to values"
        raise ScenarioError([*faults, Fault(*name.position, "extends", message)])

    def _refusal(self, name: str, folder: Path, chain: tuple[str, ...]) -> str:
        """Why a file that is extended is not read, or nothing."""
        if not name.isprintable():
            return "this is not the name of a file"
        if refused := refusal(name, folder, self.within):
            return refused
        file = folder / name
        if any(files.same(file, link) for link in chain):
            return f"`{name}` extends itself, by way of " + " and ".join(Path(link).name for link in chain)
        if len(chain) > LONGEST_CHAIN:
            return f"found more than {LONGEST_CHAIN} files that extend each other"
        if not os.path.isfile(file):  # noqa: PTH113 - to which a name that is too long is no file, and no error
            return f"there is no file {show(name)} beside this one"
        return ""


def content_of(file: str) -> bytes:
    """The bytes of a scenario file, or of one that is too long a byte more than is read."""
    try:
        return files.read(Path(file), text.LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = files.reason_of(error) if isinstance(error, OSError) else "this is not the name of a file"
        raise ScenarioError([Fault(file, 0, 0, "", f"cannot be read: {reason}")]) from None


def refusal(name: str, folder: Path, within: Path | None) -> str:
    """Why a file must not be read, or nothing: only what is in a scenario's own folder, links followed, may be.

    A scenario that came by post must not be able to name the reader's own files: what it names is read, shown where it
    is faulty, and copied into the folder that ``--out`` writes.
    """
    try:
        if within is None or Path(os.path.realpath(folder / name)).is_relative_to(os.path.realpath(within)):
            return ""
    except (OSError, ValueError):
        return f"{show(name)} is not the name of a file"
    allowed = "move it there, or allow it with `allow_outside=True`"
    return f"{show(name)} is outside the folder of the scenario; {allowed}"


def merge(base: Node, over: Node, path: text.Path = ()) -> Node:
    """One tree laid over another.

    A mapping that names a distribution replaces what was there, and so does a change between dated rates and a
    register: merged, they would be neither.
    """
    if not isinstance(base, Entries) or not isinstance(over, Entries):
        return over
    is_distribution = len(over.nodes) == 1 and not over.nodes.keys().isdisjoint(KINDS)
    is_orders = len(path) == 3 and path[0] == "demand" and path[2] == "orders"
    if is_distribution or (is_orders and ("register" in over.nodes) != ("register" in base.nodes)):
        return over
    nodes, keys = dict(base.nodes), dict(base.keys)
    for key, node in over.nodes.items():
        if key in nodes and isinstance(node, Scalar) and node.value is None:
            del nodes[key], keys[key]
        else:
            nodes[key] = merge(nodes[key], node, (*path, key)) if key in nodes else node
            keys[key] = over.keys[key]
    return Entries(nodes, keys, over.position)


def laid_over(before: Any, after: Any, brief: Any = None) -> Any:
    """What must be laid over one mapping to make another of it: lists and distributions are replaced as wholes.

    ``brief`` is the other as it is written where a part of it is replaced: less what is so by default.
    """
    brief = after if brief is None else brief
    if not isinstance(before, dict) or not isinstance(after, dict) or (len(after) == 1 and next(iter(after)) in KINDS):
        return brief
    gone = {key: None for key in before if key not in after}
    return gone | {
        key: laid_over(before.get(key), value, brief.get(key))
        for key, value in after.items()
        if key not in before or before[key] != value
    }


def without(tree: Entries, key: str) -> Entries:
    """A mapping less one of its keys."""
    nodes = {name: node for name, node in tree.nodes.items() if name != key}
    return Entries(nodes, {name: tree.keys[name] for name in nodes}, tree.position)


def _moved_registers(tree: Entries, old: Path, new: Path) -> Node:
    """A relative register belongs to the file that names it, wherever that is laid under."""
    demand = tree.nodes.get("demand")
    if os.path.realpath(old) == os.path.realpath(new) or not isinstance(demand, Entries):
        return tree
    moved: Node = tree
    keys = ("orders.register", "orders.by.spellings")
    for line, key in product(demand.nodes, keys):
        address = f"demand.{line}.{key}"
        node = node_at(tree, address)
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value.isprintable():
            continue  # what is no name of a file is for the schema to refuse
        if not Path(node.value).is_absolute():
            relative = os.path.relpath(os.path.realpath(old / node.value), os.path.realpath(new))
            moved = put(moved, address, Scalar(Path(relative).as_posix(), node.position))
    return moved
