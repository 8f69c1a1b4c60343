"""The events of a text in YAML: by libyaml, where it tells the same as ruamel's parser, and else by ruamel's.

ruamel reads YAML 1.2, and what it says of faults is what is shown. It is written in Python, and takes ten times as long
as libyaml, which reads YAML 1.1. The two differ in few things, and whatever may be one of these is not read by libyaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# A tab or another end of a line than "\n", of which there are fewer in YAML 1.2, and marks of documents.
_UNLIKE = re.compile(r"[\t\r\x85\u2028\u2029\ufeff]|^(?:---|\.\.\.|%)", re.MULTILINE)
_COLLECTIONS = frozenset({"SequenceStartEvent", "MappingStartEvent"})

_TOKENS = {
    "<block mapping start>": "the start of a mapping",
    "<block sequence start>": "the start of a list",
    "<scalar>": "text",
    "<alias>": "an alias",
    "<anchor>": "an anchor",
    "<tag>": "a tag",
    "<stream end>": "the end of the file",
    "<document start>": "the start of a document",
    "<document end>": "the end of a document",
}
_UNEXPECTED = re.compile(r"expected (?P<expected>.+?), but (?:got|found) \(?'(?P<found>[^']+)',?\)?")


def _plainly(problem: str) -> str:
    """What the parser says, without the names of its tokens."""
    match = _UNEXPECTED.fullmatch(problem)
    if match is None:
        return problem
    found = _TOKENS.get(match["found"], f"`{match['found']}`")
    if match["expected"] in ("<block end>", "'<document start>'"):
        return f"found {found}, which does not go with the lines before it; are they indented alike?"
    return f"found {found}, expected {match['expected'].replace(chr(39), '`')}"


class NotYamlError(Exception):
    """What is wrong with a text, and where: line and column from 1, or nothing if it is not known."""

    def __init__(self, message: str, *place: int) -> None:
        super().__init__(f"this is not YAML: {message}")
        self.place = place


class UnlikeError(Exception):
    """Raised where libyaml may tell something else than ruamel: the text is to be read once more, as a whole."""


def quick_events(text: str) -> Iterator[Any]:
    """The events of libyaml, for a text without faults whose values all stand there and have no anchor and no tag.

    Raises
    ------
    UnlikeError
        At the latest where something else is told, or if there is no libyaml.
    """
    try:
        from yaml import CBaseLoader, YAMLError, parse
    except ImportError:  # PyYAML was installed without it
        raise UnlikeError from None
    if _UNLIKE.search(text):
        raise UnlikeError
    try:
        for number, event in enumerate(parse(text, Loader=CBaseLoader)):
            kind = type(event).__name__
            if kind == "ScalarEvent":
                # Where nothing stands they differ in its place, and in a text that is but one value in what ends it.
                if event.tag or event.anchor or number == 2 or not (event.value or event.style):
                    raise UnlikeError
            elif kind == "AliasEvent" or (kind in _COLLECTIONS and (event.tag or event.anchor)):
                raise UnlikeError
            yield event
    except (YAMLError, ValueError):
        raise UnlikeError from None


def full_events(text: str) -> Iterator[Any]:
    """The events of ruamel's parser, which does not recurse: how deep values are is for the caller to bound.

    Raises
    ------
    NotYamlError
        At the first fault.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark, begun = error.problem_mark or error.context_mark, error.context_mark
        context = f" ({error.context} begun at line {begun.line + 1})" if error.context and begun else ""
        place = (mark.line + 1, mark.column + 1) if mark else ()
        raise NotYamlError(f"{_plainly(str(error.problem))}{context}", *place) from None
    except (YAMLError, ValueError) as error:  # the latter for a version of YAML of many digits
        raise NotYamlError(str(error).splitlines()[0][:100]) from None
