"""What a person wrote, where the value that YAML makes of it does not tell: cells of registers, and doubtful numbers.

``0010`` in a register's ``where`` is a text and no number. ``400.000`` or ``20.000/y`` may be a thousand times as much
as it seems, and is refused: money in every case; rates, times and counts where a thousandfold could be meant
(``0.125/y`` can not). Chances, weights, shares, prices and shapes are never doubted, nor are numbers from Python, which
nobody wrote. Money in quotes is refused where it is read, see ``Money.parse``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from exportsim.errors import Fault
from exportsim.outcomes import row
from exportsim.scenario.distributions import CountDistribution, DurationDistribution, MoneyDistribution
from exportsim.scenario.marks import is_doubtful, meant
from exportsim.scenario.messages import Complaint
from exportsim.scenario.quantities import Duration, Money, Rate, show
from exportsim.scenario.schema import Scenario
from exportsim.scenario.schema_paths import types_at
from exportsim.scenario.text import Entries, Items, Node, Path, Place, Scalar, parse, plain, walk

_THREE_DIGITS = re.compile(r"\s*[+-]?\d+\.\d{3}(?!\d)\D*", re.ASCII)
_AMOUNTS: dict[str, Any] = {"money": Money, "days": Duration, "share": str}
MOST_IN_TUPLE = 3  # low, mode, high: beyond them there are only lists
_NO_AMOUNT = ("shape", "cv")  # of a distribution


def cells_as_written(tree: Entries) -> Entries:
    """A tree in which all that a register's ``where`` compares with is text, as it stands in the file."""
    nodes = dict(tree.nodes)
    for section in nodes.keys() & {"demand", "uncertainties", "expect"}:
        nodes[section] = _as_written(nodes[section], (section,))
    return replace(tree, nodes=nodes)


def values_of(written: str, path: str, place: str) -> tuple[Any, list[Fault]]:
    """The values or the distribution for a path as given on the command line, and what is wrong with how
    it is written.
    """
    node, odd = parse(written, place)
    here = Place(place)
    found = Entries({path: node}, {path: here}, here)
    tree = cells_as_written(Entries({"uncertainties": found}, {"uncertainties": here}, here))
    messages = [fault.message for fault in odd] + [complaint.message for complaint in doubtful(tree)]
    return plain(tree)["uncertainties"][path], [Fault(place, 0, 0, path, message) for message in messages]


def _as_written(node: Node, path: Path) -> Node:
    if isinstance(node, Entries):
        return replace(node, nodes={key: _as_written(below, (*path, key)) for key, below in node.nodes.items()})
    if isinstance(node, Items):
        return replace(node, nodes=[_as_written(below, (*path, index)) for index, below in enumerate(node.nodes)])
    if node.written is None or node.value is None or isinstance(node.value, str):
        return node
    return replace(node, value=node.written) if _is_cell(_stands_at(path)) else node


def _is_cell(path: Path) -> bool:
    return path[:1] == ("demand",) and path[2:4] == ("orders", "where") and len(path) == 5


def _stands_at(path: Path) -> Path:
    """Where in a scenario the value at a path is to stand: there, or where an uncertainty or an expectation puts it."""
    if path[0] == "uncertainties" and len(path) > 2 and isinstance(path[2], int):
        return (*str(path[1]).split("."), *path[3:])
    if path[0] == "expect" and path[2:3] == ("set",) and len(path) > 3:
        return (*str(path[3]).split("."), *path[4:])
    return path


def doubtful(tree: Node) -> Iterator[Complaint]:
    """Every number of a tree that is to be written so that nobody can misread it."""
    for path, node in walk(tree):
        written = node.written if isinstance(node, Scalar) else None
        if written is None or not _THREE_DIGITS.fullmatch(written):
            continue
        kinds, is_text = _kinds(tree, path), isinstance(node.value, str)
        if Money in kinds and not is_text:
            is_wrong = True
        elif Duration in kinds or Rate in kinds:
            is_wrong = is_text and is_doubtful(written)
        else:
            is_wrong = int in kinds and is_doubtful(written)
        if is_wrong:
            yield Complaint(path, f"found {show(written.strip())}, expected {meant(written)}")


def _kinds(tree: Node, path: Path) -> frozenset[Any]:
    """What a number at a path is: quantities, and int for a count."""
    if path[0] == "expect" and path[2:3] in (("at_least",), ("at_most",), ("between",)):
        return frozenset([_AMOUNTS.get(_unit_of(tree, path[1]))])
    if path[0] == "uncertainties" and len(path) > 2 and not isinstance(path[2], int):
        kinds = _types(tuple(str(path[1]).split(".")))
        distributions = {Money: MoneyDistribution, Duration: DurationDistribution, int: CountDistribution}
        return frozenset(
            kind
            for kind, distribution in distributions.items()
            if kind in kinds and path[-1] not in _NO_AMOUNT and types_at(distribution, path[2:])
        )
    return _types(_stands_at(path))


def _types(path: Path) -> frozenset[Any]:
    return _types_of(tuple(min(step, MOST_IN_TUPLE) if isinstance(step, int) else step for step in path))


@lru_cache(maxsize=1024)
def _types_of(path: Path) -> frozenset[Any]:
    """Kept by path, since all entries of a long list are alike."""
    found = set(types_at(Scenario, path))
    if len(path) > 2 and (path[0], path[2]) == ("demand", "parts") and path[-1] not in _NO_AMOUNT:
        found.add(int)  # a number to the types, a count to its readers
    return frozenset(found)


def _unit_of(tree: Node, index: str | int) -> str:
    """In what the outcome of an expectation is measured; nothing if that cannot be told."""
    expected = tree.nodes.get("expect") if isinstance(tree, Entries) else None
    entry = expected.nodes[index] if isinstance(expected, Items) and isinstance(index, int) else None
    outcome = entry.nodes.get("outcome") if isinstance(entry, Entries) else None
    try:
        return row(str(outcome.value)).unit if isinstance(outcome, Scalar) else ""
    except KeyError:
        return ""
