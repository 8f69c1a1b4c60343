"""A scenario file in one layout: its own words, values and remarks, with the same indents, spaces and line ends.

Nothing is put in another order, and no value is spelled otherwise. A block keeps its lines; what stands in braces or
brackets stands on one line if it fits there and has no remark in it, and else becomes a block. That is the layout in
which :mod:`exportsim.scenario.writer` writes. Remarks stay before, behind or below what they stood at.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from exportsim.errors import Fault, ScenarioError
from exportsim.scenario.text import Items, Node, Position, Scalar, parse
from exportsim.scenario.writer import INDENT, WIDTH, quoted

APART = 2  # spaces before a remark that stands behind a value, at least
STEP = len(INDENT)


def laid_out(content: str, name: str) -> str:
    """A text of a scenario file in the one layout.

    Raises
    ------
    ScenarioError
        If it is not YAML as scenarios have it, or would come to say something else.
    """
    content = content.removeprefix("\ufeff")
    tree, faults = parse(content, name)
    if faults:
        raise ScenarioError(faults)
    source = _Source(content)
    result = _Writer(source).text()
    after, faults = parse(result, name)
    kept = [remark.text for remark in _remarks(result, _tokens(result))] == [each.text for each in source.remarks]
    if faults or not kept or not _same(tree, after):
        message = "this file is written in a way that cannot be laid out anew without changing what it says"
        raise ScenarioError([Fault(*Position(name), "", message)])
    return result


def _same(one: Node, other: Node) -> bool:
    """Whether two trees say the same in the same words, in the same order."""
    if isinstance(one, Scalar) or isinstance(other, Scalar):
        if not isinstance(one, Scalar) or not isinstance(other, Scalar):
            return False
        is_none = one.value is None and other.value is None  # which may be written out
        return is_none or (type(one.value), one.value, one.written) == (type(other.value), other.value, other.written)
    if isinstance(one, Items) or isinstance(other, Items):
        if not isinstance(one, Items) or not isinstance(other, Items):
            return False
        pairs = zip(one.nodes, other.nodes, strict=False)
        return len(one.nodes) == len(other.nodes) and all(_same(*pair) for pair in pairs)
    return list(one.nodes) == list(other.nodes) and all(_same(one.nodes[key], other.nodes[key]) for key in one.nodes)


class _Remark(NamedTuple):
    start: int
    text: str
    column: int
    is_behind: bool
    """Whether something stands before it on its line."""


def _tokens(content: str) -> list[Any]:
    from ruamel.yaml import YAML

    return list(YAML(typ="safe", pure=True).scan(content))


def _remarks(content: str, tokens: list[Any]) -> Iterator[_Remark]:
    """What is written between the tokens of a text after a ``#``."""
    before = 0
    for token in tokens:
        start = token.start_mark.index
        for match in re.finditer(r"#[^\n]*", content[before:start]) if start > before else ():
            place = before + match.start()
            column = _column(content, place)
            yield _Remark(place, match[0].rstrip(), column, bool(content[place - column : place].strip()))
        before = max(before, token.end_mark.index)


def _column(content: str, place: int) -> int:
    return place - content.rfind("\n", 0, place) - 1


@dataclass(slots=True)
class _Part:
    """A value as it stands in the text."""

    start: int
    end: int
    column: int
    marks: str = ""
    """Its anchor, or the mark that makes text of it."""
    written: str = ""
    """A scalar as written, or an alias; empty if nothing is there."""
    value: str = ""
    kind: str = "scalar"
    """Or ``mapping``, or ``list``."""
    in_brackets: bool = False
    pairs: list[tuple[_Part, _Part]] = field(default_factory=list)
    """Of a mapping; members of a list have themselves as keys."""

    @property
    def is_whole(self) -> bool:
        """Whether it is one line by itself wherever it stands: a scalar or nothing at all."""
        return self.kind == "scalar" or (self.in_brackets and not self.pairs)


class _Source:
    """A text taken apart: its values with their places, and its remarks."""

    def __init__(self, content: str) -> None:
        from ruamel.yaml import YAML

        self.content = content
        tokens = _tokens(content)
        kinds = [type(token).__name__ for token in tokens]
        self.dashes = [
            token.start_mark.index for token, kind in zip(tokens, kinds, strict=True) if kind == "BlockEntryToken"
        ]
        self.head = [self._of(token) for token, kind in zip(tokens, kinds, strict=True) if kind == "DirectiveToken"]
        self.head += ["---"] if "DocumentStartToken" in kinds else []
        self._scalars = {
            token.end_mark.index: token.start_mark.index
            for token, kind in zip(tokens, kinds, strict=True)
            if kind == "ScalarToken"
        }
        self.remarks = list(_remarks(content, tokens))
        self._starts = [remark.start for remark in self.remarks]
        self._events: Iterator[Any] = YAML(typ="safe", pure=True).parse(content)
        next(self._events), next(self._events)  # the starts of the stream and of the document
        self.root = self._part(next(self._events))

    def _of(self, token: Any) -> str:
        return self.content[token.start_mark.index : token.end_mark.index].strip()

    def column(self, place: int) -> int:
        """How many characters stand before a place on its line."""
        return _column(self.content, place)

    def begins_line(self, place: int) -> bool:
        """Whether nothing stands before a place on its line."""
        return not self.content[place - self.column(place) : place].strip()

    def is_apart(self, place: int) -> bool:
        """Whether the line above that of a place is empty."""
        begin = place - self.column(place)
        return begin > 1 and not self.content[self.content.rfind("\n", 0, begin - 1) + 1 : begin].strip()

    def has_remark(self, part: _Part) -> bool:
        """Whether a remark stands within a part."""
        return bisect_left(self._starts, part.start) < bisect_left(self._starts, part.end)

    def dash(self, part: _Part) -> int:
        """Where the dash of a member of a block stands."""
        place: int = self.dashes[bisect_left(self.dashes, part.start) - 1]
        return place

    def _part(self, event: Any) -> _Part:
        start, end, kind = event.start_mark.index, event.end_mark.index, type(event).__name__
        part = _Part(start, end, event.start_mark.column)
        if kind == "AliasEvent":
            part.written = f"*{event.anchor}"
            return part
        marks = [f"&{event.anchor}"] if event.anchor is not None else []
        part.marks = " ".join(marks + (["!"] if event.tag is not None else []))
        if kind == "ScalarEvent":
            part.value = event.value
            if event.value or event.style:
                part.written = self.content[self._scalars[end] : end]
            return part
        part.in_brackets = bool(event.flow_style)
        part.kind = "list" if kind == "SequenceStartEvent" else "mapping"
        while not type(event := next(self._events)).__name__.endswith("EndEvent"):
            key = self._part(event)
            part.pairs.append((key, key if part.kind == "list" else self._part(next(self._events))))
        part.end = event.end_mark.index
        if part.pairs and not part.in_brackets:
            part.column = self.column(self.dash(part.pairs[0][0]) if part.kind == "list" else part.pairs[0][0].start)
        return part


class _Writer:
    """Writes the parts of a source line by line, with its remarks where they belong."""

    def __init__(self, source: _Source) -> None:
        self.source = source
        self.lines: list[str] = []
        self.next = 0  # the first remark that is not written yet
        self.is_open = True  # whether a remark can still be written behind the last line

    def text(self) -> str:
        """The whole text."""
        root = self.source.root
        if self.source.head:
            place = self.source.content.find("---")
            self._before(max(place, 0), 0, is_first=True)
            self._line("\n".join(self.source.head))
        if root.is_whole:
            self._line(" ".join(filter(None, [root.marks, root.written or "null"])))
        else:
            if root.marks:
                self._line(root.marks)
            self._entries(root, 0)
        self._before(len(self.source.content) + 1, 0, is_first=True, is_end=True)
        return "\n".join(self.lines).rstrip("\n") + "\n"

    # Remarks

    def _until(self, place: int) -> list[_Remark]:
        """The remarks before a place that are not written yet."""
        past = bisect_right(self.source._starts, place - 1)
        found = self.source.remarks[self.next : past]
        self.next = max(self.next, past)
        return found

    def _before(self, place: int, indent: int, *, is_first: bool, is_end: bool = False) -> None:
        """Write what stands before something: remarks, and an empty line if there is one."""
        for remark in self._until(place):
            self._remark(remark, indent, is_first=is_first)
            is_first = is_first and remark.is_behind
        if not is_end and not is_first and self.source.begins_line(place) and self.source.is_apart(place):
            self._empty_line()

    def _remark(self, remark: _Remark, indent: int, *, is_first: bool = False) -> None:
        if remark.is_behind and self.lines and self.is_open:
            column = max(remark.column, len(self.lines[-1]) + APART)
            self.lines[-1] = self.lines[-1].ljust(column) + remark.text
            self.is_open = False
            return
        if not is_first and not remark.is_behind and self.source.is_apart(remark.start):
            self._empty_line()
        self._line(" " * indent + remark.text)
        self.is_open = False

    def _closing(self, part: _Part, indent: int) -> None:
        """Write the remarks at the end of a part that belong to it and not to what comes next."""
        coming = -1 if part.end >= len(self.source.content.rstrip()) else self.source.column(part.end)
        while self.next < len(self.source.remarks):
            remark = self.source.remarks[self.next]
            is_deeper = part.in_brackets or (remark.column >= part.column and remark.column > coming)
            if remark.start >= part.end or not (remark.is_behind or is_deeper):
                return
            self.next += 1
            self._remark(remark, indent)

    # Lines

    def _line(self, line: str) -> None:
        self.lines.append(line)
        self.is_open = True

    def _empty_line(self) -> None:
        if self.lines and self.lines[-1]:
            self._line("")
            self.is_open = False

    def _entries(self, part: _Part, indent: int, lead: str | None = None) -> None:
        """The lines of a part as a block; its first entry stands behind a lead, if there is one."""
        for number, (key, value) in enumerate(part.pairs):
            is_member = part.kind == "list"
            place = self.source.dash(key) if is_member and not part.in_brackets else key.start
            start = lead if number == 0 else None
            if start is None:
                self._before(place, indent, is_first=number == 0)
                start = " " * indent
            if is_member:
                self._member(start + "- ", value, indent)
            else:
                self._pair(start + _key(key, value) + ":", value, indent)
        self._closing(part, indent)

    def _pair(self, start: str, value: _Part, indent: int) -> None:
        if self._is_line(value, len(start) + 1):
            self._one_line(start, value, indent)
        else:
            self._line(" ".join(filter(None, [start, value.marks])))
            self._entries(value, indent + STEP)

    def _member(self, start: str, value: _Part, indent: int) -> None:
        if self._is_line(value, len(start) - 1):  # as the writer counts
            self._one_line(start.rstrip(), value, indent)
        elif value.marks:
            self._line(start + value.marks)
            self._entries(value, indent + STEP)
        else:
            for remark in self._until(value.pairs[0][0].start):  # behind the dash, where no line is yet
                self._remark(remark._replace(is_behind=False), indent, is_first=True)
            self._entries(value, indent + STEP, start)

    def _is_line(self, part: _Part, column: int) -> bool:
        """Whether a part stands on one line, or on the lines of its text, beginning in a column."""
        if part.kind == "scalar":
            return True
        if not part.in_brackets or self.source.has_remark(part):
            return not part.pairs and not self.source.has_remark(part)
        return not part.pairs or column + len(_flow(part)) <= WIDTH

    def _one_line(self, start: str, part: _Part, indent: int) -> None:
        behind = self._until(part.start)  # between a key and its value
        if not all(remark.is_behind for remark in behind):
            for remark in behind:
                self._remark(remark._replace(is_behind=False), indent, is_first=True)
            behind = []
        first, *others = self._written(part, len(start) + 1, indent + STEP)
        self._line(f"{start} {first}".rstrip())
        for line in others:
            self._line(line)
        if part.written[:1] in (">", "|"):
            self.is_open = False
        for remark in behind:
            self._remark(remark, indent)

    def _written(self, part: _Part, column: int, indent: int) -> list[str]:
        """The lines of a part that is no block."""
        if part.kind != "scalar":
            return [_flow(part)]
        marks = f"{part.marks} " if part.marks else ""
        lines = part.written.split("\n")
        if len(lines) == 1:
            return [marks + part.written]
        if part.written[0] in ">|":
            return _text_block(marks, part, indent)
        first, *others = (line.strip(" \t") for line in lines)
        whole = " ".join([first, *others])
        if all(others) and part.written[0] not in "'\"" and column + len(marks) + len(whole) <= WIDTH:
            return [marks + whole]
        return [marks + first, *(" " * indent + line if line else "" for line in others)]


def _text_block(marks: str, part: _Part, indent: int) -> list[str]:
    """The lines of a text under ``>`` or ``|``, at another indent."""
    head, *lines = part.written.split("\n")
    indicator = head.split("#")[0].strip()
    if lines and not lines[-1].strip():
        lines.pop()  # what follows the last line break
    if "+" not in indicator:
        while lines and not lines[-1].strip():
            lines.pop()
    inner = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), 0)
    if any(letter.isdigit() for letter in indicator) or not lines:
        return [marks + quoted(part.value)]
    return [marks + head.strip(), *(" " * indent + line[inner:] if line[inner:] else "" for line in lines)]


def _flow(part: _Part) -> str:
    """A part on one line, in braces or brackets if it has parts itself."""
    if part.kind == "list":
        text = "[" + ", ".join(_flow(value) for value, _ in part.pairs) + "]"
    elif part.kind == "mapping":
        text = "{" + ", ".join(f"{_key(key, value)}: {_flow(value)}" for key, value in part.pairs) + "}"
    elif "\n" not in part.written:
        text = part.written or "null"
    elif part.written[0] in "'\"" or "\n" in part.value:
        text = quoted(part.value)
    else:
        text = " ".join(line.strip(" \t") for line in part.written.split("\n"))
    return " ".join(filter(None, [part.marks, text]))


def _key(key: _Part, value: _Part) -> str:
    if key.written.endswith(":") and value.kind == "scalar" and not value.written:
        return _flow(key)[:-1]  # the parser takes the colon of `{radar:}` for a part of the key
    return _flow(key)
