"""What may be written where, read off the types: the keys a mapping may have, the annotation at a path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag


def near(word: str, words: Sequence[str]) -> str:
    """The end of a sentence that tells the nearest of some words, or all of them if they are few."""
    exactly = [known for known in words if known.lower() == word.lower()]
    close = exactly or get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f", did you mean `{close[0]}`?"
    if words and len(words) <= 12:
        one_of = "" if len(words) == 1 else "one of "
        return f", expected {one_of}" + ", ".join(f"`{known}`" for known in words)
    return ""


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys that a part may have in a file, in their order."""
    return [field.alias or name for name, field in model.model_fields.items()]


def models_at(root: type[BaseModel], path: Sequence[str | int]) -> list[type[BaseModel]]:
    """The parts that may stand at a path; tags of pydantic's in the path choose between them."""
    return [member for member in types_at(root, path) if issubclass(member, BaseModel)]


def types_at(root: Any, path: Sequence[str | int]) -> list[type]:
    """The types of what may stand at a path; an entry of a list may be given by its number or by its name."""
    annotations: list[Any] = [root]
    for step in path:
        annotations = [below for annotation in annotations for below in _below(annotation, step)]
    members = [member for annotation in annotations for member, _ in _members(annotation)]
    return [member for member in members if isinstance(member, type)]


def _members(annotation: Any) -> Iterator[tuple[Any, list[str]]]:
    """The alternatives of an annotation, each with its tags."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extra = get_args(annotation)
        tags = [item.tag for item in extra if isinstance(item, Tag)]
        for member, more in _members(inner):
            yield member, tags + more
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    elif annotation is not NoneType:
        yield annotation, []


def _below(annotation: Any, step: str | int) -> Iterator[Any]:
    members = list(_members(annotation))
    if isinstance(step, str) and step.startswith("<"):
        yield from (member for member, tags in members if step in tags)
        return
    for member, _ in members:
        origin, arguments = get_origin(member), get_args(member)
        if isinstance(member, type) and issubclass(member, BaseModel):
            yield from (
                Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
                for name, field in member.model_fields.items()
                if step in (field.alias, name)
            )
        elif origin is dict and isinstance(step, str):
            yield arguments[1]
        elif origin is list:
            yield arguments[0]
        elif origin is tuple and isinstance(step, int) and step < len(arguments):
            yield arguments[step]
