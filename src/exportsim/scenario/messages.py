"""Pydantic's errors as sentences of ours: where it is, what was found, what was expected, and the near miss."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from exportsim.scenario.distributions import KINDS
from exportsim.scenario.quantities import Duration, show
from exportsim.scenario.schema_paths import keys_of, models_at, near
from exportsim.scenario.text import Entries, Items, Node, Path, Place

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class Complaint(NamedTuple):
    """Something wrong at a path; about its key rather than its value, if so said."""

    path: Path
    message: str
    key: bool = False
    place: Place | None = None
    """Where it stands, if not at its path in the scenario."""


_PATTERNS = {
    r"^[A-Z]{2}$": "the two capital letters of a country, such as `CA`",
    r"^[A-Z]{3}$": "the three capital letters of a currency, such as `CAD`",
    r"^[A-Za-z0-9][A-Za-z0-9_-]*$": "a name of letters, digits, `-` and `_` that starts with a letter or a digit",
}
_KINDS_OF_THING = {
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "text",
    "string_sub_type": "text",
    "string_unicode": "text that is valid Unicode",
}
_BOUNDS = {
    "greater_than": ("gt", "a number above"),
    "greater_than_equal": ("ge", "a number of at least"),
    "less_than": ("lt", "a number below"),
    "less_than_equal": ("le", "a number of at most"),
}


def complaints(error: ValidationError, tree: Node, root: type[BaseModel]) -> Iterator[Complaint]:
    """What an error of pydantic's says of a tree, one complaint for each fault."""
    for detail in error.errors(include_url=False):
        yield _complaint(detail, tree, root)


def _complaint(detail: ErrorDetails, tree: Node, root: type[BaseModel]) -> Complaint:
    kind, location = detail["type"], detail["loc"]
    if location and location[-1] == "[key]":
        return Complaint(_in_file(location[:-1], tree), _sentence(detail), key=True)
    if kind == "extra_forbidden":
        known = [key for model in models_at(root, location[:-1]) for key in keys_of(model)]
        name = str(location[-1])
        near_miss = near(name, list(dict.fromkeys(known)))
        return Complaint((*_in_file(location[:-1], tree), name), f"unknown key {show(name)}{near_miss}", key=True)
    if kind == "missing":
        return Complaint(_in_file(location[:-1], tree), _missing(location))
    return Complaint(_in_file(location, tree), _sentence(detail))


def _in_file(location: tuple[int | str, ...], tree: Node) -> Path:
    """A location without pydantic's tags; the last step is kept as it is: the file may lack it."""
    path: list[str | int] = []
    node: Node | None = tree
    for step in location:
        if isinstance(step, str) and step.startswith("<"):
            continue
        path.append(step)
        if isinstance(node, Entries) and isinstance(step, str):
            # Fields whose names are words of Python's end in an underscore.
            if step not in node.nodes and step.rstrip("_") in node.nodes:
                path[-1] = step.rstrip("_")
            node = node.nodes.get(str(path[-1]))
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node.nodes):
            node = node.nodes[step]
        elif isinstance(step, int):
            path.pop()  # one scope may stand where a list of them is meant
    return tuple(path)


_TUPLES = {"uniform": "low and high", "triangular": "low, mode and high"}


def _missing(location: tuple[int | str, ...]) -> str:
    step = location[-1]
    if isinstance(step, int):
        return f"found {_counted(step, 'value')}, expected {_TUPLES[str(location[-2])]}"
    return f"the key `{step}` is missing"


def _figure(bound: float) -> str:
    return f"{bound:,.0f}" if float(bound).is_integer() else f"{bound:g}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what if number == 1 else what[:-1] + 'ies' if what.endswith('y') else what + 's'}"


def _sentence(detail: ErrorDetails) -> str:
    kind, found = detail["type"], detail["input"]
    context: dict[str, Any] = detail.get("ctx") or {}
    if kind in ("wrong", "impossible"):
        or_never = detail["loc"][-1:] == ("<given>",) or detail["loc"][-2:] == ("<given>", "<constant>")
        return detail["msg"] + (", or `never`" if or_never and context.get("expected") == Duration.expected else "")
    if kind == "distribution":
        return _distribution(found)
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(context["expected"])) or [str(context["expected"])]
        if len(words) == 1:
            return f"found {show(found)}, expected `{words[0]}`"
        return f"found {show(found)}{near(found if isinstance(found, str) else '', words)}"
    if kind in _KINDS_OF_THING:
        quotes = " (in quotes, if that is meant)" if "string" in kind and isinstance(found, bool | int | float) else ""
        return f"found {show(found)}, expected {_KINDS_OF_THING[kind]}{quotes}"
    if kind == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        expected = _PATTERNS.get(pattern, f"text of the form `{pattern}`")
        capitals = str(found).upper()
        if capitals != found and re.match(pattern, capitals):
            return f"found {show(found)}, did you mean `{capitals}`?"
        return f"found {show(found)}, expected {expected}"
    if kind in _BOUNDS:
        name, words_ = _BOUNDS[kind]
        return f"found {show(found)}, expected {words_} {_figure(context[name])}"
    if kind in ("too_short", "too_long"):
        if str(detail["loc"][-1]) in _TUPLES:
            return f"found {_counted(len(found), 'value')}, expected {_TUPLES[str(detail['loc'][-1])]}"
        least = kind == "too_short"
        bound = context["min_length" if least else "max_length"]
        number = _counted(len(found), "entry") if found else "nothing"
        return f"found {number}, expected at {'least' if least else 'most'} {_counted(bound, 'entry')}"
    if kind == "string_too_long":
        return f"found {show(found)}, expected at most {context['max_length']} characters"
    if kind == "string_too_short":
        return "found nothing, expected text"
    return f"found {show(found)}, which cannot stand here"


def _distribution(found: object) -> str:
    expected = "a quantity, or a mapping with one of " + ", ".join(f"`{kind}`" for kind in KINDS)
    if isinstance(found, dict) and len(found) == 1:
        word = str(next(iter(found)))
        near_miss = near(word, KINDS)
        if "did you mean" in near_miss:
            return f"unknown distribution {show(word)}{near_miss}"
        return f"unknown distribution {show(word)}, expected {expected}"
    return f"found {show(found)}, expected {expected}"
