"""What may be written where, read off the types: the keys a mapping may have, the annotation at a path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag

#: Beside a type: numbers there, and in all below it, are whole, though the type is a wider one.
WHOLE = "whole"

LONGEST_WORD = 80  # letters of a word for which a near one is looked for
MOST_WORDS = 60  # compared with it letter by letter
MOST_APART = 3  # letters by which one of many is longer or shorter


def near(word: str, words: Sequence[str]) -> str:
    """The end of a sentence that tells the nearest of some words, or all of them if they are few."""
    exactly = [known for known in words if known.lower() == word.lower()]
    close = exactly or _closest(word, words)
    if close:
        return f", did you mean `{close[0]}`?"
    if words and len(words) <= 12:
        one_of = "" if len(words) == 1 else "one of "
        return f", expected {one_of}" + ", ".join(f"`{known}`" for known in words)
    return ""


def _closest(word: str, words: Sequence[str]) -> list[str]:
    """The nearest of some words, if any is near; of many, only among those that begin and end in the same way.

    Comparing letter by letter is dear: with a word for each of many names, or with long ones, it would take longer than
    all else that is done with a scenario.
    """
    if len(word) > LONGEST_WORD:
        return []
    if len(words) > MOST_WORDS:
        alike = (each for each in words if each[:2] == word[:2] or each[-2:] == word[-2:])
        length = len(word)
        words = [each for each in alike if abs(len(each) - length) <= MOST_APART][:MOST_WORDS]
    return get_close_matches(word, words, n=1, cutoff=0.6)


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys that a part may have in a file, in their order."""
    return [field.alias or name for name, field in model.model_fields.items()]


def models_at(root: type[BaseModel], path: Sequence[str | int]) -> list[type[BaseModel]]:
    """The parts that may stand at a path; tags of pydantic's in the path choose between them."""
    return [member for member in types_at(root, path) if issubclass(member, BaseModel)]


def types_at(root: Any, path: Sequence[str | int]) -> list[type]:
    """The types of what may stand at a path; an entry of a list may be given by its number or by its name."""
    return [member for member in _members_at(root, path) if isinstance(member, type)]


def takes_list(root: Any, path: Sequence[str | int]) -> bool:
    """Whether what may stand at a path is a list and never a mapping."""
    members = _members_at(root, path)
    mapping = any(
        get_origin(each) is dict or (isinstance(each, type) and issubclass(each, BaseModel)) for each in members
    )
    return not mapping and any(get_origin(member) is list for member in members)


def _members_at(root: Any, path: Sequence[str | int]) -> list[Any]:
    annotations: list[Any] = [root]
    for step in path:
        annotations = [below for annotation in annotations for below, _ in _below(annotation, step)]
    return [member for annotation in annotations for member, _ in _members(annotation)]


def takes_whole(root: type[BaseModel], path: Sequence[str]) -> bool:
    """Whether the number at a path has to be a whole one, by its type."""
    annotations: list[tuple[Any, bool]] = [(root, False)]
    for step in path:
        annotations = [
            (below, whole or WHOLE in more)
            for annotation, whole in annotations
            for way in (step, 0)  # 0 for a list, of which every entry is alike
            for below, more in _below(annotation, way)
        ]
    found = [
        whole or member is int or WHOLE in extra
        for annotation, whole in annotations
        for member, extra in _members(annotation)
        if not (isinstance(member, type) and issubclass(member, BaseModel))
    ]
    return bool(found) and all(found)


def _members(annotation: Any) -> Iterator[tuple[Any, list[Any]]]:
    """The alternatives of an annotation, each with what it is annotated with."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extra = get_args(annotation)
        for member, more in _members(inner):
            yield member, extra + more
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    elif annotation is not NoneType:
        yield annotation, []


def _below(annotation: Any, step: str | int) -> Iterator[tuple[Any, list[Any]]]:
    """What may stand a step below an annotation, with what the alternative above it is annotated with."""
    members = list(_members(annotation))
    if isinstance(step, str) and step.startswith("<"):
        for member, extra in members:
            if any(isinstance(item, Tag) and item.tag == step for item in extra):
                yield member, extra
        return
    for member, extra in members:
        origin, arguments = get_origin(member), get_args(member)
        if isinstance(member, type) and issubclass(member, BaseModel):
            for name, field in member.model_fields.items():
                if step in (field.alias, name):
                    yield Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation, extra
        elif origin is dict and isinstance(step, str):
            yield arguments[1], extra
        elif origin is list:
            yield arguments[0], extra
        elif origin is tuple and isinstance(step, int) and step < len(arguments):
            yield arguments[step], extra
