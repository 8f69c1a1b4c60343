"""What may be written where, read off the types: the keys a mapping may have, the annotation at a path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel, Tag

#: Beside a type: numbers there, and in all below it, are whole, though the type is a wider one.
WHOLE = "whole"
#: Beside a type: numbers there have at most six digits after the point.
MILLIONTHS = "millionths"

LONGEST_WORD = 80  # letters of a word for which a near one is looked for
MOST_WORDS = 60  # compared with it letter by letter
MOST_APART = 3  # letters by which one of many is longer or shorter


def near(word: str, words: Sequence[str]) -> str:
    """The end of a sentence that tells the nearest of some words, or all of them if they are few."""
    if close := nearest(word, words):
        return f", did you mean `{close}`?"
    if words and len(words) <= 12:
        one_of = "" if len(words) == 1 else "one of "
        return f", expected {one_of}" + ", ".join(f"`{known}`" for known in words)
    return ""


def nearest(word: str, words: Sequence[str]) -> str | None:
    """The one of some words that was probably meant, if any is near."""
    exactly = [known for known in words if known.lower() == word.lower()]
    return next(iter(exactly or _closest(word, words)), None)


def _closest(word: str, words: Sequence[str]) -> list[str]:
    """The nearest of some words, if any is near; of many, only among those that begin and end in the same way.

    Comparing letter by letter is dear: with a word for each of many names, or with long ones, it would take longer than
    all else that is done with a scenario.
    """
    if len(word) > LONGEST_WORD:
        return []
    if len(words) > MOST_WORDS:
        alike = (known for known in words if known[:2] == word[:2] or known[-2:] == word[-2:])
        words = [known for known in alike if abs(len(known) - len(word)) <= MOST_APART][:MOST_WORDS]
    return get_close_matches(word, words, n=1, cutoff=0.6)


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys that a part may have in a file, in their order."""
    return [field.alias or name for name, field in model.model_fields.items()]


def models_at(root: type[BaseModel], path: Sequence[str | int]) -> list[type[BaseModel]]:
    """The parts that may stand at a path; tags of pydantic's in the path choose between them."""
    return [member for member, _ in _members_at(root, path) if _is_model(member)]


def types_at(root: object, path: Sequence[str | int]) -> list[type]:
    """The types of what may stand at a path; an entry of a list may be given by its number or by its name."""
    return [member for member, _ in _members_at(root, path) if isinstance(member, type)]


def takes_list(root: type[BaseModel], path: Sequence[str | int]) -> bool:
    """Whether what may stand at a path is a list and never a mapping."""
    members = [member for member, _ in _members_at(root, path)]
    is_mapping = any(get_origin(member) is dict or _is_model(member) for member in members)
    return not is_mapping and any(get_origin(member) is list for member in members)


def takes_whole(root: type[BaseModel], path: Sequence[str]) -> bool:
    """Whether the number at a path has to be a whole one, by its type."""
    numbers = [
        member is int or WHOLE in notes
        for member, notes in _members_at(root, path, entries_are_alike=True)
        if not _is_model(member)
    ]
    return bool(numbers) and all(numbers)


def takes_millionths(root: type[BaseModel], path: Sequence[str]) -> bool:
    """Whether the number at a path may have six digits after the point and no more."""
    return any(MILLIONTHS in notes for _, notes in _members_at(root, path, entries_are_alike=True))


Annotations = list[tuple[object, list[object]]]
"""Annotations, or alternatives of some, each with what it and those above it are annotated with."""


def _members_at(root: object, path: Sequence[str | int], *, entries_are_alike: bool = False) -> Annotations:
    """The alternatives of what may stand at a path, of which a step may be text where a list has a number."""
    annotations: Annotations = [(root, [])]
    for step in path:
        annotations = [
            (below, notes + more)
            for annotation, notes in annotations
            for way in ((step, 0) if entries_are_alike else (step,))
            for below, more in _below(annotation, way)
        ]
    return [(member, notes + more) for annotation, notes in annotations for member, more in _members(annotation)]


def _is_model(member: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(member, type) and issubclass(member, BaseModel)


def _members(annotation: object) -> Annotations:
    """The alternatives of an annotation, each with what it is annotated with."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        return [(member, notes + more) for member, more in _members(inner)]
    if origin in (Union, UnionType):
        return [member for alternative in get_args(annotation) for member in _members(alternative)]
    return [] if annotation is NoneType else [(annotation, [])]


def _below(annotation: object, step: str | int) -> Iterator[tuple[object, list[object]]]:
    """What may stand a step below an annotation, with what the alternative above it is annotated with."""
    for member, notes in _members(annotation):
        origin, arguments = get_origin(member), get_args(member)
        if isinstance(step, str) and step.startswith("<"):
            if any(isinstance(note, Tag) and note.tag == step for note in notes):
                yield member, notes
        elif _is_model(member):
            for name, field in member.model_fields.items():
                if step in (field.alias, name):
                    yield Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation, notes
        elif origin is dict and isinstance(step, str):
            yield arguments[1], notes
        elif origin is list:
            yield arguments[0], notes
        elif origin is tuple and isinstance(step, int) and step < len(arguments):
            yield arguments[step], notes
