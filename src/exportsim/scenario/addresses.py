"""Where a value stands in a scenario, as a dotted path: ``policies.historical.measures.cancel.on``.

A step names a key of a mapping or a member of a list: a stage by its ``stage``, a measure by its ``name`` or else its
place in its policy (``measure-2``), a country, a name or a date by itself, and anything by its number, counted from 0.
Names come before numbers. A value put at an address replaces what is there or is added, and null removes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from exportsim.errors import Fault, ScenarioError
from exportsim.scenario import text
from exportsim.scenario.distributions import KINDS
from exportsim.scenario.policies import names_in_addresses
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import show
from exportsim.scenario.schema import Scenario
from exportsim.scenario.schema_paths import near, takes_list
from exportsim.scenario.text import DEEPEST, Entries, Items, Node, Place, Scalar, dotted

Overrides = Mapping[str, object] | Sequence[str]

_NAME_KEYS = {"measures": "name", "review": "stage"}  # by the key of a list: the key that names its members
# Mappings from names that the user chose: a name that is not there is a slip, not a new entry.
_NAMED = frozenset(["goods", "authorities", "suppliers", "demand", "incidents", "policies", "demand.*.sources"])
_REMOVED = Scalar(None, Place("<removed>"))
"""What stands for a removed member of a list until all overrides are in place: the others keep their numbers."""


MOST_REMEMBERED = 16
_remembered: dict[int, tuple[Items, tuple[str, ...], tuple[list[str], dict[str, list[int]]]]] = {}


class CommandLine(tuple[str, ...]):
    """Overrides as the command line has them: faults in them name its option."""


class UnknownPathError(Exception):
    """A path that leads nowhere: where it ends, and what could have been meant."""

    def __init__(self, problem: str, instead: str = "") -> None:
        super().__init__(problem + instead)
        self.problem = problem


def override(tree: Node, overrides: Overrides) -> tuple[Node, list[Fault]]:
    """A tree with values put at addresses, all of which are of the tree as it was given."""
    faults: list[Fault] = []
    source = "--set" if isinstance(overrides, CommandLine) else "override"
    removed = False
    for path, value in _by_path(overrides, source, faults):
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
            tree = put(tree, path, node, place)
            removed |= isinstance(node, Scalar) and node.value is None
        except UnknownPathError as problem:
            faults.append(Fault(*place, shown, str(problem)))
        except ScenarioError as error:
            faults.extend(Fault(*place, shown, fault.message) for fault in error.faults)
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


def put(tree: Node, address: str, value: Node, place: Place) -> Node:
    """A tree with a value put at an address; nodes are shared, not changed.

    Removed members of lists are still to be swept out, see :func:`swept`.
    """
    steps = address.split(".")
    if len(steps) > DEEPEST:
        raise UnknownPathError(f"found a path of {len(steps):,} steps, expected at most {DEEPEST}")
    try:
        return _put(tree, steps, value, place, ())
    except UnknownPathError as error:
        if inherited := _inherited(tree, steps):
            raise UnknownPathError(error.problem, inherited) from None
        raise


def swept(tree: Node) -> Node:
    """A tree without the removed members of its lists."""
    if isinstance(tree, Entries):
        return Entries({key: swept(node) for key, node in tree.nodes.items()}, tree.keys, tree.place)
    if isinstance(tree, Items):
        return Items([swept(node) for node in tree.nodes if node is not _REMOVED], tree.place)
    return tree


def located(tree: Node, address: str) -> text.Path:
    """The same address with the numbers in lists of what it calls by name, as far as it leads anywhere."""
    steps: Sequence[str] = address.split(".")
    path: list[str | int] = []
    node: Node | None = tree
    while steps and node is not None:
        above = tuple(map(str, path))
        try:
            index = _index(node, steps[0], above) if isinstance(node, Items) else None
        except UnknownPathError:
            index = None
        if isinstance(node, Items) and index is not None:
            path.append(index)
            node, steps = node.nodes[index], steps[1:]
        elif isinstance(node, Entries):
            key, steps = _key(node, steps, above)
            path.append(key)
            node = node.nodes.get(key)
        else:
            break
    return (*path, *steps)


def node_at(tree: Node, address: str) -> Node | None:
    """What stands at an address, if anything does."""
    node: Node | None = tree
    for step in located(tree, address):
        if isinstance(node, Entries):
            node = node.nodes.get(str(step))
        else:
            node = node.nodes[step] if isinstance(node, Items) and isinstance(step, int) else None
    return node


def shown(tree: Node, path: text.Path) -> str:
    """A path as it is shown: stages and measures by name, as an address takes them."""
    steps: list[str | int] = []
    node: Node | None = tree
    for number, step in enumerate(path):
        steps.append(step)
        if isinstance(node, Entries):
            node = node.nodes.get(str(step))
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node.nodes):
            above = tuple(map(str, path[:number]))
            if above[-1:] and above[-1] in _NAME_KEYS:
                names, numbers = _names(node, above), _numbers(node, above)
                if names[step] and len(numbers[names[step]]) == 1:
                    steps[-1] = names[step]
            node = node.nodes[step]
        else:
            node = None
    return dotted(steps)


def _put(tree: Node, steps: Sequence[str], value: Node, place: Place, above: tuple[str, ...]) -> Node:
    if above[-1:] == ("except",):  # one scope may stand where a list of them is meant
        if isinstance(tree, Entries) and steps[0] == "0":
            tree = Items([tree], tree.place)
        elif isinstance(tree, Items) and len(tree.nodes) == 1 and isinstance(tree.nodes[0], Entries):
            steps = list(steps) if steps[0].isdecimal() else ["0", *steps]
    removes = isinstance(value, Scalar) and value.value is None
    if isinstance(tree, Items):
        return _put_in_list(tree, steps, value, place, above)
    if not isinstance(tree, Entries):
        raise UnknownPathError(
            f"`{dotted(above)}` is {show(tree.value)}, which has nothing called {show(steps[0])} in it"
        )
    nodes, keys = dict(tree.nodes), dict(tree.keys)
    key, rest = _key(tree, steps, above)
    named = dotted(above) in _NAMED or dotted((*above[:1], "*", *above[2:])) in _NAMED
    if key not in nodes and ((removes and not rest) or (rest and named)):
        raise UnknownPathError(
            f"there is no {show(key)} in `{dotted(above) or 'the scenario'}`", near(key, list(nodes))
        )
    if rest:
        old = nodes.get(key)
        if old is None or (isinstance(old, Scalar) and old.value is None):
            is_list = takes_list(Scenario, (*above, key))
            old = Items([], place) if is_list else Entries({}, {}, place)
            keys[key] = place
        nodes[key] = _put(old, rest, value, place, (*above, key))
    elif removes:
        del nodes[key], keys[key]
    else:
        nodes[key], keys[key] = value, place
    return Entries(nodes, keys, tree.place)


def _put_in_list(tree: Items, steps: Sequence[str], value: Node, place: Place, above: tuple[str, ...]) -> Items:
    step, rest, nodes = steps[0], steps[1:], [*tree.nodes]
    removes = isinstance(value, Scalar) and value.value is None
    index = _index(tree, step, above)
    by_name = index is not None and _own_name(nodes[index], above) == step
    if index is None:
        if rest or removes or not _can_be_added(value, step, above, len(nodes)):
            raise _missing(tree, step, above, adds=not rest and not removes)
        by_name = step not in (str(len(nodes)), f"measure-{len(nodes) + 1}")
        index = len(nodes)
        nodes.append(value)
    if rest:
        nodes[index] = _put(nodes[index], rest, value, place, (*above, step))
    elif removes:
        nodes[index] = _REMOVED
    else:
        nodes[index] = _called(value, step, place, above) if by_name else value
    return Items(nodes, tree.place)


def _can_be_added(value: Node, step: str, above: tuple[str, ...], length: int) -> bool:
    """Whether a value may be a new member of a list, under the next number or under its name."""
    if step == str(length):
        return True
    if above[-1] in _NAME_KEYS:
        of_a_place = above[-1] == "measures" and step.startswith("measure-") and step[8:].isdecimal()
        return isinstance(value, Entries) and not step.isdecimal() and (not of_a_place or step[8:] == str(length + 1))
    return isinstance(value, Scalar) and value.value == step


def _called(value: Node, name: str, place: Place, above: tuple[str, ...]) -> Node:
    """A member that is put in its place by name bears it, unless it says another."""
    key = _NAME_KEYS.get(above[-1])
    if key is None or not isinstance(value, Entries) or key in value.nodes:
        return value
    return Entries({key: Scalar(name, place), **value.nodes}, {key: place, **value.keys}, value.place)


def _missing(tree: Items, step: str, above: tuple[str, ...], *, adds: bool) -> UnknownPathError:
    names = [name for name in _names(tree, above) if name]
    number = len(tree.nodes)
    entries = "1 entry" if number == 1 else f"{number} entries"
    known = f"; it has {entries}, numbered from 0" if number else "; it is empty"
    more = f", and `{number}` adds one" if adds else ""
    return UnknownPathError(
        f"there is no {show(step)} in the list `{dotted(above)}`", near(step, names) if names else known + more
    )


def _key(tree: Entries, steps: Sequence[str], above: tuple[str, ...]) -> tuple[str, Sequence[str]]:
    """The key of a mapping that an address begins with, and the rest of it; some keys have points in them."""
    if any("." in key for key in tree.nodes):
        for length in range(len(steps), 1, -1):
            if (key := ".".join(steps[:length])) in tree.nodes:
                return key, steps[length:]
    if above == ("uncertainties",):
        return ".".join(steps), []  # whose keys are addresses
    return steps[0], steps[1:]


def _index(tree: Items, step: str, above: tuple[str, ...]) -> int | None:
    """The number in a list of the member of this name, or of this number; None if there is none."""
    bearers = _numbers(tree, above).get(step, []) if step else []
    if len(bearers) > 1:
        numbers = " and ".join(map(str, bearers))
        raise UnknownPathError(
            f"{len(bearers)} members of the list `{dotted(above)}` are called {show(step)}: give a number, {numbers}"
        )
    if bearers:
        return bearers[0]
    index = int(step[:9]) if step.isascii() and step.isdigit() else len(tree.nodes)
    return index if index < len(tree.nodes) and tree.nodes[index] is not _REMOVED else None


def _names(tree: Items, above: tuple[str, ...]) -> list[str]:
    """What the members of a list are called in an address; nothing for those that have no name."""
    return _named(tree, above)[0]


def _numbers(tree: Items, above: tuple[str, ...]) -> dict[str, list[int]]:
    """The same the other way round: by name, the numbers of the members that bear it."""
    return _named(tree, above)[1]


def _named(tree: Items, above: tuple[str, ...]) -> tuple[list[str], dict[str, list[int]]]:
    """Names and numbers of a list's members, remembered: there may be a fault in each of thousands of them."""
    known = _remembered.get(id(tree))
    if known is None or known[0] is not tree or known[1] != above:
        names = _listed_names(tree, above)
        numbers: dict[str, list[int]] = {}
        for number, name in enumerate(names):
            numbers.setdefault(name, []).append(number)
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        known = _remembered[id(tree)] = tree, above, (names, numbers)
    return known[2]


def _listed_names(tree: Items, above: tuple[str, ...]) -> list[str]:
    if not above or above[-1] in KINDS or above[0] == "uncertainties":
        return [""] * len(tree.nodes)  # values
    names = [_own_name(node, above) for node in tree.nodes]
    if above[-1] == "measures":
        places = names_in_addresses(names)
        return ["" if node is _REMOVED else name for node, name in zip(tree.nodes, places, strict=True)]
    return [name or "" for name in names]


def _own_name(node: Node, above: tuple[str, ...]) -> str | None:
    """The name that a member of a list bears itself."""
    if isinstance(node, Entries) and above[-1] in _NAME_KEYS:
        name = node.nodes.get(_NAME_KEYS[above[-1]])
        return name.value if isinstance(name, Scalar) and isinstance(name.value, str) else None
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def _inherited(tree: Node, steps: Sequence[str]) -> str:
    """Which policy lists a measure that another extends, if an address looks for it there."""
    if steps[:1] != ["policies"] or steps[2:3] != ["measures"] or len(steps) < 4:
        return ""
    policy, seen, name = steps[1], set[str](), steps[3]
    while policy not in seen:
        seen.add(policy)
        listed = node_at(tree, f"policies.{policy}.measures")
        if isinstance(listed, Items) and name in _names(listed, ("policies", policy, "measures")):
            here = policy == steps[1]
            return (
                "" if here else f"; `{policy}` has it, which this policy extends: `policies.{policy}.measures.{name}`"
            )
        base = node_at(tree, f"policies.{policy}.extends")
        policy = base.value if isinstance(base, Scalar) and isinstance(base.value, str) else policy
    return ""


def _all_at(node: Node, place: Place) -> Node:
    if isinstance(node, Entries):
        below = {key: _all_at(value, place) for key, value in node.nodes.items()}
        return Entries(below, dict.fromkeys(below, place), place)
    if isinstance(node, Items):
        return Items([_all_at(value, place) for value in node.nodes], place)
    return Scalar(node.value, place, node.written)
