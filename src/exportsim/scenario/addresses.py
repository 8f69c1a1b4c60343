"""Where a value stands in a scenario, as a dotted path: ``policies.historical.measures.cancel.on``.

A step names a key of a mapping or a member of a list: a stage by its ``stage``, a measure by its ``name`` or else its
place in its policy (``measure-2``), a country, a name or a date by itself, and anything by its number, counted from 0.
Names come before numbers. A value put at an address replaces what is there or is added, and null removes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from exportsim.errors import Fault, ScenarioError
from exportsim.scenario import text
from exportsim.scenario.distributions import KINDS
from exportsim.scenario.policies import HISTORY, names_in_addresses
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import show
from exportsim.scenario.schema import Scenario
from exportsim.scenario.schema_paths import near, takes_list
from exportsim.scenario.text import DEEPEST, Entries, Items, Node, Position, Scalar, Step, below, dotted

Overrides = Mapping[str, object] | Sequence[str]
Above = tuple[str, ...]  # the steps to what an address goes on in

_NAME_KEYS = {
    "measures": "name",
    HISTORY: "name",
    "review": "stage",
}  # by the key of a list: the key that names its members
# Mappings from names that the user chose: a name that is not there is a slip, not a new entry.
_NAMED = frozenset(["goods", "authorities", "suppliers", "demand", "incidents", "policies", "demand.*.sources"])
_REMOVED = Scalar(None, Position("<removed>"))
"""What stands for a removed member of a list until all overrides are in place: the others keep their numbers."""


class CommandLine(tuple[str, ...]):
    """Overrides as the command line has them: faults in them name its option."""


class AsWritten(str):
    """A value in a mapping of overrides that is read as the command line's are: ``8`` is a number."""


class UnknownPathError(Exception):
    """A path that leads nowhere: where it ends, and what could have been meant."""

    def __init__(self, problem: str, instead: str = "") -> None:
        super().__init__(problem + instead)
        self.problem = problem


def override(
    tree: Node, overrides: Overrides, each: Callable[[str, Node], Sequence[str]] = lambda path, _: [path]
) -> tuple[Node, list[Fault]]:
    """A tree with values put at addresses, all of which are of the tree as it was given.

    What ``each`` gives of an address are those at which its value is put.
    """
    faults: list[Fault] = []
    source = "--set" if isinstance(overrides, CommandLine) else "override"
    removed = False
    for path, value in _by_path(overrides, source, faults):
        address = dotted(path.split("."))
        position = Position(f"{source} {address}")
        try:
            node: Node = Scalar(None, position)
            if isinstance(overrides, Mapping) and not isinstance(value, AsWritten):
                node = from_python(value, position, faults)
            elif str(value).strip():
                node, odd = text.parse(str(value), position.file)
                faults.extend(Fault(*position, address, fault.message) for fault in odd)
                node = _all_at(node, position)
            for one in each(path, tree):
                tree = put(tree, one, node)
            removed |= _removes(node)
        except UnknownPathError as problem:
            faults.append(Fault(*position, address, str(problem)))
        except ScenarioError as error:
            faults.extend(Fault(*position, address, fault.message) for fault in error.faults)
    return swept(tree) if removed else tree, faults


def _by_path(overrides: Overrides, source: str, faults: list[Fault]) -> Iterator[tuple[str, object]]:
    if isinstance(overrides, Mapping):
        yield from overrides.items()
        return
    for item in [overrides] if isinstance(overrides, str) else overrides:
        path, equals, written = item.partition("=")
        if equals and path.strip():
            yield path.strip(), written
        else:
            faults.append(Fault(source, 0, 0, "", f"found {show(item)}, expected `path=value`"))


def _all_at(node: Node, position: Position) -> Node:
    if isinstance(node, Entries):
        values = {key: _all_at(value, position) for key, value in node.nodes.items()}
        return Entries(values, dict.fromkeys(values, position), position)
    if isinstance(node, Items):
        return Items([_all_at(value, position) for value in node.nodes], position)
    return Scalar(node.value, position, node.written)


def put(tree: Node, address: str, value: Node) -> Node:
    """A tree with a value put at an address; nodes are shared, not changed.

    Removed members of lists are still to be swept out, see :func:`swept`.
    """
    steps = address.split(".")
    if len(steps) > DEEPEST:
        raise UnknownPathError(f"found a path of {len(steps):,} steps, expected at most {DEEPEST}")
    try:
        return _put(tree, steps, value, ())
    except UnknownPathError as error:
        if inherited := _inherited(tree, steps):
            raise UnknownPathError(error.problem, inherited) from None
        raise


def swept(tree: Node) -> Node:
    """A tree without the removed members of its lists."""
    if isinstance(tree, Entries):
        return Entries({key: swept(node) for key, node in tree.nodes.items()}, tree.keys, tree.position)
    if isinstance(tree, Items):
        return Items([swept(node) for node in tree.nodes if node is not _REMOVED], tree.position)
    return tree


def located(tree: Node, address: str) -> text.Path:
    """The same address with the numbers in lists of what it calls by name, as far as it leads anywhere."""
    steps: Sequence[str] = address.split(".")
    path: list[Step] = []
    node: Node | None = tree
    while steps and isinstance(node, Entries | Items):
        above = tuple(map(str, path))
        if isinstance(node, Entries):
            key, steps = _key(node, steps, above)
            path.append(key)
        else:
            try:
                index = _index(node, steps[0], above)
            except UnknownPathError:
                index = None
            if index is None:
                break
            path.append(index)
            steps = steps[1:]
        node = below(node, path[-1])
    return (*path, *steps)


def node_at(tree: Node, address: str) -> Node | None:
    """What stands at an address, if anything does."""
    node: Node | None = tree
    for step in located(tree, address):
        node = below(node, step)
    return node


def shown(tree: Node, path: text.Path) -> str:
    """A path as it is shown: stages and measures by name, as an address takes them."""
    steps: list[Step] = []
    node: Node | None = tree
    for number, step in enumerate(path):
        steps.append(step)
        if isinstance(node, Items) and isinstance(step, int) and step < len(node.nodes):
            above = tuple(map(str, path[:number]))
            if above[-1:] and above[-1] in _NAME_KEYS:
                name = _names(node, above)[step]
                if name and len(_numbers(node, above)[name]) == 1:
                    steps[-1] = name
        node = below(node, step)
    return dotted(steps)


def _removes(value: Node) -> bool:
    return isinstance(value, Scalar) and value.value is None


def _put(tree: Node, steps: Sequence[str], value: Node, above: Above) -> Node:
    if above[-1:] == ("except",):  # one scope may stand where a list of them is meant
        if isinstance(tree, Entries) and steps[0] == "0":
            tree = Items([tree], tree.position)
        elif isinstance(tree, Items) and len(tree.nodes) == 1 and isinstance(tree.nodes[0], Entries):
            steps = list(steps) if steps[0].isdecimal() else ["0", *steps]
    if isinstance(tree, Items):
        return _put_in_list(tree, steps, value, above)
    if not isinstance(tree, Entries):
        problem = f"`{dotted(above)}` is {show(tree.value)}, which has nothing called {show(steps[0])} in it"
        raise UnknownPathError(problem)
    nodes, keys = dict(tree.nodes), dict(tree.keys)
    key, rest = _key(tree, steps, above)
    is_named = not _NAMED.isdisjoint([dotted(above), dotted((*above[:1], "*", *above[2:]))])
    if key not in nodes and ((rest and is_named) or (not rest and _removes(value))):
        problem = f"there is no {show(key)} in `{dotted(above) or 'the scenario'}`"
        raise UnknownPathError(problem, near(key, list(nodes)))
    if rest:
        old = nodes.get(key)
        if old is None or _removes(old):
            is_list = takes_list(Scenario, (*above, key))
            old = Items([], value.position) if is_list else Entries({}, {}, value.position)
            keys[key] = value.position
        nodes[key] = _put(old, rest, value, (*above, key))
    elif _removes(value):
        del nodes[key], keys[key]
    else:
        nodes[key], keys[key] = value, value.position
    return Entries(nodes, keys, tree.position)


def _put_in_list(tree: Items, steps: Sequence[str], value: Node, above: Above) -> Items:
    step, rest, nodes = steps[0], steps[1:], [*tree.nodes]
    index = _index(tree, step, above)
    by_name = index is not None and _own_name(nodes[index], above) == step
    if index is None:
        adds = not rest and not _removes(value)
        if not adds or not _can_be_added(value, step, above, len(nodes)):
            raise _missing(tree, step, above, adds=adds)
        index = len(nodes)
        by_name = step not in (str(index), f"measure-{index + 1}")
        nodes.append(value)
    if rest:
        nodes[index] = _put(nodes[index], rest, value, (*above, step))
    elif _removes(value):
        nodes[index] = _REMOVED
    else:
        nodes[index] = _called(value, step, above) if by_name else value
    return Items(nodes, tree.position)


def _can_be_added(value: Node, step: str, above: Above, length: int) -> bool:
    """Whether a value may be a new member of a list, under the next number or under its name."""
    if step == str(length):
        return True
    if above[-1] in _NAME_KEYS:
        is_ordinal = _NAME_KEYS[above[-1]] == "name" and step.startswith("measure-") and step[8:].isdecimal()
        return isinstance(value, Entries) and not step.isdecimal() and (not is_ordinal or step[8:] == str(length + 1))
    return isinstance(value, Scalar) and value.value == step


def _called(value: Node, name: str, above: Above) -> Node:
    """A member that is put in its place by name bears it, unless it says another."""
    key = _NAME_KEYS.get(above[-1])
    if key is None or not isinstance(value, Entries) or key in value.nodes:
        return value
    name_node = Scalar(name, value.position)
    return Entries({key: name_node, **value.nodes}, {key: value.position, **value.keys}, value.position)


def _missing(tree: Items, step: str, above: Above, *, adds: bool) -> UnknownPathError:
    names, number = [name for name in _names(tree, above) if name], len(tree.nodes)
    entries = "1 entry" if number == 1 else f"{number} entries"
    size = f"; it has {entries}, numbered from 0" if number else "; it is empty"
    instead = near(step, names) if names else size + (f", and `{number}` adds one" if adds else "")
    return UnknownPathError(f"there is no {show(step)} in the list `{dotted(above)}`", instead)


def _key(tree: Entries, steps: Sequence[str], above: Above) -> tuple[str, Sequence[str]]:
    """The key of a mapping that an address begins with, and the rest of it; some keys have points in them."""
    if any("." in key for key in tree.nodes):
        for length in range(len(steps), 1, -1):
            if (key := ".".join(steps[:length])) in tree.nodes:
                return key, steps[length:]
    if above == ("uncertainties",):
        return ".".join(steps), []  # whose keys are addresses
    return steps[0], steps[1:]


def _index(tree: Items, step: str, above: Above) -> int | None:
    """The number in a list of the member of this name, or of this number; None if there is none."""
    bearers = _numbers(tree, above).get(step, []) if step else []
    if len(bearers) > 1:
        members = f"{len(bearers)} members of the list `{dotted(above)}` are called {show(step)}"
        raise UnknownPathError(f"{members}: give a number, {' and '.join(map(str, bearers))}")
    if bearers:
        return bearers[0]
    index = int(step[:9]) if step.isascii() and step.isdigit() else len(tree.nodes)
    return index if index < len(tree.nodes) and tree.nodes[index] is not _REMOVED else None


# Names and numbers of a list's members are remembered: there may be a fault in each of thousands of them.
@lru_cache(maxsize=16)
def _names(tree: Items, above: Above) -> list[str]:
    """What the members of a list are called in an address; nothing for those that have no name."""
    if not above or above[-1] in KINDS or above[0] == "uncertainties":
        return [""] * len(tree.nodes)  # values
    names = [_own_name(node, above) for node in tree.nodes]
    if _NAME_KEYS.get(above[-1]) == "name":
        names = [
            "" if node is _REMOVED else name for node, name in zip(tree.nodes, names_in_addresses(names), strict=True)
        ]
    return [name or "" for name in names]


@lru_cache(maxsize=16)
def _numbers(tree: Items, above: Above) -> dict[str, list[int]]:
    """The same the other way round: by name, the numbers of the members that bear it."""
    numbers: dict[str, list[int]] = {}
    for number, name in enumerate(_names(tree, above)):
        numbers.setdefault(name, []).append(number)
    return numbers


def _own_name(node: Node, above: Above) -> str | None:
    """The name that a member of a list bears itself."""
    key = _NAME_KEYS.get(above[-1])
    if isinstance(node, Entries) and key is not None:
        node = node.nodes.get(key, _REMOVED)
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def _inherited(tree: Node, steps: Sequence[str]) -> str:
    """Who lists a measure of a policy, if not the policy in which an address looks for it."""
    if steps[:1] != ["policies"] or steps[2:3] != ["measures"] or len(steps) < 4:
        return ""
    own, name = steps[1], steps[3]
    policy, seen = own, set[str]()
    while policy not in seen:
        seen.add(policy)
        measures = node_at(tree, f"policies.{policy}.measures")
        if isinstance(measures, Items) and name in _names(measures, ("policies", policy, "measures")):
            address = f"policies.{policy}.measures.{name}"
            return "" if policy == own else f"; `{policy}` has it, which this policy extends: `{address}`"
        base = node_at(tree, f"policies.{policy}.extends")
        policy = base.value if isinstance(base, Scalar) and isinstance(base.value, str) else policy
    history = node_at(tree, HISTORY)
    if isinstance(history, Items) and name in _names(history, (HISTORY,)):
        return f"; it stands in the history, which all policies have in common: `{HISTORY}.{name}`"
    return ""
