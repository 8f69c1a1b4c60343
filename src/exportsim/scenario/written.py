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
from exportsim.scenario.text import (
    NOTHING,
    Entries,
    Items,
    Known,
    Node,
    Path,
    Position,
    Scalar,
    below,
    parse,
    plain,
    walk,
)

_THREE_DIGITS = re.compile(r"\s*[+-]?\d+\.\d{3}(?!\d)\D*", re.ASCII)
_AMOUNTS: dict[str, type] = {"money": Money, "days": Duration, "share": str}
MOST_IN_TUPLE = 3  # low, mode, high: beyond them there are only lists
_NO_AMOUNT = ("shape", "cv")  # of a distribution


def cells_as_written(tree: Entries, known: Known = NOTHING) -> Entries:
    """A tree in which all that a register's ``where`` compares with is text, as it stands in the file.

    What is known was never in a file, and stays as it is.
    """
    nodes = dict(tree.nodes)
    for section in nodes.keys() & {"demand", "uncertainties", "expect"}:
        nodes[section] = _as_written(nodes[section], (section,), known)
    return replace(tree, nodes=nodes)


def values_of(written: str, path: str, option: str) -> tuple[Any, list[Fault]]:
    """What an option of the command line has for a path, values or a distribution, and what is wrong with it."""
    node, faults = parse(written, option)
    position = Position(option)
    uncertainties = Entries({path: node}, {path: position}, position)
    tree = cells_as_written(Entries({"uncertainties": uncertainties}, {"uncertainties": position}, position))
    messages = [fault.message for fault in faults] + [complaint.message for complaint in doubtful(tree)]
    return plain(tree)["uncertainties"][path], [Fault(option, 0, 0, path, message) for message in messages]


def _as_written(node: Node, path: Path, known: Known) -> Node:
    if id(node) in known:
        return node
    if isinstance(node, Entries):
        return replace(node, nodes={key: _as_written(value, (*path, key), known) for key, value in node.nodes.items()})
    if isinstance(node, Items):
        nodes = [_as_written(value, (*path, index), known) for index, value in enumerate(node.nodes)]
        return replace(node, nodes=nodes)
    if node.written is None or node.value is None or isinstance(node.value, str):
        return node
    path = _stands_at(path)
    is_cell = len(path) > 4 and path[0] == "demand" and path[2:4] == ("orders", "where")
    return replace(node, value=node.written) if is_cell else node


def _stands_at(path: Path) -> Path:
    """Where in a scenario the value at a path is to stand: there, or where an uncertainty or an expectation puts it."""
    if path[0] == "uncertainties" and len(path) > 2 and isinstance(path[2], int):
        return (*str(path[1]).split("."), *path[3:])
    if path[0] == "expect" and path[2:3] == ("set",) and len(path) > 3:
        return (*str(path[3]).split("."), *path[4:])
    return path


def doubtful(tree: Node, known: Known = NOTHING) -> Iterator[Complaint]:
    """Every number of a tree that is to be written so that nobody can misread it, outside of what is known."""
    for path, node in walk(tree, known=known):
        if not isinstance(node, Scalar) or node.written is None or not _THREE_DIGITS.fullmatch(node.written):
            continue
        written = node.written
        kinds, is_text = _kinds(tree, path), isinstance(node.value, str)
        if Money in kinds and not is_text:
            is_wrong = True
        elif Duration in kinds or Rate in kinds:
            is_wrong = is_text and is_doubtful(written)
        else:
            is_wrong = int in kinds and is_doubtful(written)
        if is_wrong:
            yield Complaint(path, f"found {show(written.strip())}, expected {meant(written)}")


def _kinds(tree: Node, path: Path) -> frozenset[type | None]:
    """What a number at a path is: quantities, and int for a count."""
    if path[0] == "uncertainties" and path[2:3] == ("draw",):  # it is of the values that it sets, all of one kind
        first = below(below(below(below(tree, "uncertainties"), path[1]), "sets"), 0)
        if not isinstance(first, Scalar) or not isinstance(first.value, str):
            return frozenset()
        path = ("uncertainties", first.value, *path[3:])
    if path[0] == "expect" and path[2:3] in (("at_least",), ("at_most",), ("between",)):
        return frozenset([_AMOUNTS.get(_unit_of(below(below(below(tree, "expect"), path[1]), "outcome")))])
    if path[0] == "uncertainties" and len(path) > 2 and not isinstance(path[2], int):
        kinds = _types(tuple(str(path[1]).split(".")))
        distributions = {Money: MoneyDistribution, Duration: DurationDistribution, int: CountDistribution}
        return frozenset(
            kind
            for kind, distribution in distributions.items()
            if kind in kinds and path[-1] not in _NO_AMOUNT and types_at(distribution, path[2:])
        )
    return _types(_stands_at(path))


def _types(path: Path) -> frozenset[type | None]:
    """The types of what may stand at a path; all entries of a long list are alike."""
    return _types_of(tuple(min(step, MOST_IN_TUPLE) if isinstance(step, int) else step for step in path))


@lru_cache(maxsize=1024)
def _types_of(path: Path) -> frozenset[type | None]:
    types = types_at(Scenario, path)
    is_count = len(path) > 2 and (path[0], path[2]) == ("demand", "parts") and path[-1] not in _NO_AMOUNT
    return frozenset([*types, int] if is_count else types)  # a number to the types, a count to its readers


def _unit_of(outcome: Node | None) -> str:
    """In what an outcome is measured; nothing if that cannot be told."""
    try:
        return row(str(outcome.value)).unit if isinstance(outcome, Scalar) else ""
    except KeyError:
        return ""
