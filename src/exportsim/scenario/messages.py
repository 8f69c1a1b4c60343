"""Pydantic's errors as sentences of ours: where it is, what was found, what was expected, and the near miss."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from exportsim.scenario.distributions import KINDS
from exportsim.scenario.quantities import Duration, show
from exportsim.scenario.schema_paths import keys_of, models_at, near, nearest
from exportsim.scenario.text import Node, Path, Position, Step, below

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class Complaint(NamedTuple):
    """Something wrong at a path; about its key rather than its value, if so said."""

    path: Path
    message: str
    key: bool = False
    position: Position | None = None
    """Where it stands, if not at its path in the scenario."""


_PATTERNS = {
    r"^[A-Z]{2}$": "the two capital letters of a country, such as `CA`",
    r"^[A-Z]{3}$": "the three capital letters of a currency, such as `CAD`",
    r"^[A-Za-z0-9][A-Za-z0-9_-]*$": "a name of letters, digits, `-` and `_` that starts with a letter or a digit",
}
# By the type of pydantic's error: what is expected, with the bounds that its context names.
_EXPECTED = {
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "text",
    "string_sub_type": "text",
    "string_unicode": "text that is valid Unicode",
    "string_too_long": "at most {max_length} characters",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
}
_TUPLES = {"uniform": "low and high", "triangular": "low, mode and high"}


def complaints(error: ValidationError, tree: Node, root: type[BaseModel]) -> Iterator[Complaint]:
    """What an error of pydantic's says of a tree, one complaint for each fault."""
    details = error.errors(include_url=False)
    meant = set(_meant(details, root))
    for detail in details:
        location, above = detail["loc"], detail["loc"][:-1]
        if location[-1:] == ("[key]",):
            yield Complaint(_in_file(above, tree), _sentence(detail), key=True)
        elif detail["type"] == "extra_forbidden":
            name = str(location[-1])
            message = f"unknown key {show(name)}{near(name, _known(root, above))}"
            yield Complaint((*_in_file(above, tree), name), message, key=True)
        elif detail["type"] == "missing" and location in meant:
            continue  # said beside the key that stands for it
        elif detail["type"] == "missing":
            yield Complaint(_in_file(above, tree), _missing(location))
        else:
            yield Complaint(_in_file(location, tree), _sentence(detail))


def _known(root: type[BaseModel], above: Sequence[int | str]) -> list[str]:
    """The keys that a part may have."""
    return list(dict.fromkeys(key for model in models_at(root, above) for key in keys_of(model)))


def _meant(details: Sequence[ErrorDetails], root: type[BaseModel]) -> Iterator[tuple[int | str, ...]]:
    """Where the near misses of unknown keys would stand: one that is missing is not said to be so as well."""
    for detail in details:
        if detail["type"] == "extra_forbidden":
            *above, name = detail["loc"]
            if word := nearest(str(name), _known(root, above)):
                yield (*above, word)


def _in_file(location: tuple[int | str, ...], tree: Node) -> Path:
    """A location without pydantic's tags; the last step is kept as it is: the file may lack it."""
    path: list[Step] = []
    node: Node | None = tree
    for step in location:
        key = step
        if isinstance(step, str):
            if step.startswith("<"):
                continue
            # Fields whose names are words of Python's end in an underscore.
            if below(node, step) is None and below(node, step.rstrip("_")) is not None:
                key = step.rstrip("_")
        elif below(node, step) is None:
            continue  # one scope may stand where a list of them is meant
        path.append(key)
        node = below(node, key)
    return tuple(path)


def _missing(location: tuple[int | str, ...]) -> str:
    step = location[-1]
    if isinstance(step, int):
        return f"found {counted(step, 'value')}, expected {_TUPLES[str(location[-2])]}"
    return f"the key `{step}` is missing"


def counted(number: int, what: str) -> str:
    """So many of something: ``1 entry``, ``1,200 rows``."""
    return f"{number:,} {what if number == 1 else what[:-1] + 'ies' if what.endswith('y') else what + 's'}"


WORDS_INSTEAD = {"<chance>": ["standard"], "<lasting>": ["never", "standard"], "<factor>": ["standard"]}
"""Words that may stand in the place of a value, by its tag (see ``fields``)."""


def _sentence(detail: ErrorDetails) -> str:
    """What is wrong, and what is expected, with the words that may stand there instead of a value."""
    words, found = WORDS_INSTEAD.get(str(detail["loc"][-1])), detail["input"]
    if words is None or detail["type"] == "impossible":
        return _of_value(detail)
    if isinstance(found, str) and (word := nearest(found, words)):
        return f"found {show(found)}, did you mean `{word}`?"
    return f"{_of_value(detail)}, or " + " or ".join(f"`{word}`" for word in words)


def _of_value(detail: ErrorDetails) -> str:
    kind, location, found = detail["type"], detail["loc"], detail["input"]
    context: dict[str, Any] = detail.get("ctx") or {}
    if kind in ("wrong", "impossible"):
        or_never = location[-1:] == ("<given>",) or location[-2:] == ("<given>", "<constant>")
        return detail["msg"] + (", or `never`" if or_never and context.get("expected") == Duration.expected else "")
    if kind == "distribution":
        return _distribution(found)
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(context["expected"])) or [str(context["expected"])]
        # Alone, a word is what is expected, however near it is.
        instead = (
            f", expected `{words[0]}`" if len(words) == 1 else near(found if isinstance(found, str) else "", words)
        )
        return f"found {show(found)}{instead}"
    if kind == "string_pattern_mismatch":
        pattern, capitals = str(context["pattern"]), str(found).upper()
        if capitals != found and re.match(pattern, capitals):
            return f"found {show(found)}, did you mean `{capitals}`?"
        return f"found {show(found)}, expected {_PATTERNS.get(pattern, f'text of the form `{pattern}`')}"
    if kind in ("too_short", "too_long"):
        if (key := str(location[-1])) in _TUPLES:
            return f"found {counted(len(found), 'value')}, expected {_TUPLES[key]}"
        bound, length = ("least", "min_length") if kind == "too_short" else ("most", "max_length")
        entries = counted(len(found), "entry") if found else "nothing"
        return f"found {entries}, expected at {bound} {counted(context[length], 'entry')}"
    if kind == "string_too_short":
        return "found nothing, expected text"
    if kind not in _EXPECTED:
        return f"found {show(found)}, which cannot stand here"
    bounds = {
        name: f"{bound:,.0f}" if bound % 1 == 0 else f"{bound:g}"
        for name, bound in context.items()
        if isinstance(bound, int | float)
    }
    quotes = " (in quotes, if that is meant)" if "string" in kind and isinstance(found, bool | int | float) else ""
    return f"found {show(found)}, expected {_EXPECTED[kind].format_map(bounds)}{quotes}"


def _distribution(found: object) -> str:
    expected = ", expected a quantity, or a mapping with one of " + ", ".join(f"`{kind}`" for kind in KINDS)
    if not isinstance(found, dict) or len(found) != 1:
        return f"found {show(found)}{expected}"
    word = str(next(iter(found)))
    near_miss = near(word, KINDS)
    return f"unknown distribution {show(word)}{near_miss if 'did you mean' in near_miss else expected}"
