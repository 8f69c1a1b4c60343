"""YAML 1.2 text as a tree of nodes that know their place. No tags, no constructors: text, numbers, truth, nothing.

The parser's events are taken one by one, so that depth and size are bounded before anything is built. What a scenario
means by its nodes is not known here; how files and overrides are laid over each other is in ``overlay``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from exportsim.errors import Fault, ScenarioError
from exportsim.files import EncodingError, decoded
from exportsim.scenario.marks import meant
from exportsim.scenario.quantities import tame
from exportsim.scenario.yaml_events import NotYamlError, UnlikeError, full_events, quick_events

LARGEST = 5_000_000  # bytes of one file
LONGEST_LINE = 100_000  # characters: what the parser does with a tag grows with the square of its length
DEEPEST = 50
MOST_NODES = 200_000  # aliases count as often as they are used

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {"": None, "~": None} | dict.fromkeys(("null", "Null", "NULL"))
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class Position(NamedTuple):
    """Where something stands: line and column from 1, or 0 where there is no text."""

    file: str
    line: int = 0
    column: int = 0


PYTHON = Position("<python>")


# Nodes are themselves and equal no others: what is known of one can be kept by it.
@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A single value."""

    value: str | int | float | bool | None
    position: Position
    written: str | None = None
    """As it stands in the text, less its quotes; None if it was made in Python."""


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A list."""

    nodes: list[Node]
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """A mapping; its keys are text, whatever they look like."""

    nodes: dict[str, Node]
    keys: dict[str, Position]
    position: Position


Node = Scalar | Items | Entries
Step = str | int
Path = tuple[Step, ...]
Known = Mapping[int, tuple[Node, object]]
"""What is known of nodes, by their identity; they are held, so that no other has it."""
NOTHING: Known = {}


def resolve(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar by the core schema of YAML 1.2, but that no date is made of anything."""
    if text in _WORDS:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _NOT_A_NUMBER.fullmatch(text):
        raise ValueError(f"found `{text}`, expected a finite number")
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        if len(text) > 40:
            raise ValueError(f"found a number of {len(text)} digits, expected one of at most 40")
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(f"found `{text[:40]}`, expected a number that is not as large")
        return value
    return text


def parse(text: str, file: str) -> tuple[Node, list[Fault]]:
    """The tree of a text, and the faults that did not keep it from being read."""
    text = text.removeprefix("\ufeff")
    if odd := _UNPRINTABLE.search(text):
        line, column = text.count("\n", 0, odd.start()) + 1, odd.start() - text.rfind("\n", 0, odd.start())
        message = f"found the character U+{ord(odd[0]):04X}, expected text without control characters"
        raise _broken(Position(file, line, column), message)
    if len(text) > LARGEST:
        raise _broken(Position(file), f"the text has {len(text):,} characters, expected at most {LARGEST:,}")
    for number, line_of_text in enumerate(text.split("\n"), start=1):
        if len(line_of_text) > LONGEST_LINE:
            message = f"found a line of {len(line_of_text):,} characters, expected at most {LONGEST_LINE:,}"
            raise _broken(Position(file, number, 1), message)
    with suppress(UnlikeError, ScenarioError):
        tree, faults = _Tree(file, quick_events(text)).read()
        if not faults:
            return tree, faults
    return _Tree(file, full_events(text)).read()


def decode(content: bytes, file: str) -> str:
    """The text of a file."""
    if len(content) > LARGEST:
        raise _broken(Position(file), f"the file has more than {LARGEST:,} bytes, which is the most that is read")
    try:
        return decoded(content).replace("\r\n", "\n")
    except EncodingError as error:
        *above, line = content[: error.start].split(b"\n")
        column = len(line.decode("utf-8", "replace")) + 1
        raise _broken(Position(file, len(above) + 1, column), str(error)) from None


def below(node: Node | None, step: Step) -> Node | None:
    """What stands one step below a node, if anything does."""
    if isinstance(node, Entries) and isinstance(step, str):
        return node.nodes.get(step)
    if isinstance(node, Items) and isinstance(step, int) and 0 <= step < len(node.nodes):
        return node.nodes[step]
    return None


def walk(node: Node, path: Path = (), known: Known = NOTHING) -> Iterator[tuple[Path, Node]]:
    """A node and all that is in it, each with its path, but nothing of what is known."""
    if id(node) in known:
        return
    yield path, node
    if not isinstance(node, Scalar):
        for step, value in node.nodes.items() if isinstance(node, Entries) else enumerate(node.nodes):
            yield from walk(value, (*path, step), known)


def find(tree: Node, path: Path, *, key: bool = False) -> Position:
    """The place of the value at a path (or of its key), or of the nearest thing above it that there is."""
    node = tree
    for depth, step in enumerate(path, start=1):
        value = below(node, step)
        if value is None:
            break
        if key and depth == len(path) and isinstance(node, Entries):
            return node.keys[str(step)]
        node = value
    return node.position


def plain(node: Node, known: Known = NOTHING) -> Any:
    """A tree as dictionaries, lists and scalars, and as what is known of a node."""
    if id(node) in known:
        return known[id(node)][1]
    if isinstance(node, Entries):
        return {key: plain(value, known) for key, value in node.nodes.items()}
    return [plain(value, known) for value in node.nodes] if isinstance(node, Items) else node.value


def dotted(path: Sequence[Step]) -> str:
    """A path as it is written and shown."""
    return ".".join(tame(str(step)) for step in path)


def _broken(position: Position, message: str, path: Path = ()) -> ScenarioError:
    return ScenarioError([Fault(*position, dotted(path), message)])


def _is_number(event: Any) -> bool:
    """Whether an event is plain text from digit to digit, perhaps with a unit: what a comma may have cut."""
    return type(event).__name__ == "ScalarEvent" and not event.style and event.value[:1].isdigit()


def _cut(before: Any, event: Any) -> str:
    """Two numbers with nothing but a comma between them, if they may be one: ``{p90: 1,5M}`` is 1 and a key."""
    if not _is_number(before) or not _is_number(event) or event.start_mark.index > before.end_mark.index + 1:
        return ""
    number = f"{before.value},{event.value}"
    return number if meant(number) else ""


class _Tree:
    """Builds nodes from events."""

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self.file = file
        self.events = events
        self.faults: list[Fault] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.count = 0

    def read(self) -> tuple[Node, list[Fault]]:
        try:
            next(self.events)  # the start of the stream
            if type(start := next(self.events)).__name__ == "StreamEndEvent":
                raise _broken(
                    Position(self.file, 1, 1), "found nothing, expected a scenario: a mapping of keys to values"
                )
            if start.version is not None and tuple(start.version) != (1, 2):
                raise _broken(self._position(start), "found another version of YAML, expected YAML 1.2")
            node = self._node(next(self.events), ())
            next(self.events)  # the end of the document
            if type(more := next(self.events)).__name__ != "StreamEndEvent":
                raise _broken(self._position(more), "found a second document, expected one scenario a file")
        except NotYamlError as error:
            raise _broken(Position(self.file, *error.place), str(error)) from None
        return node, self.faults

    def _position(self, event: Any) -> Position:
        return Position(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _fault(self, position: Position, path: Path, message: str) -> None:
        self.faults.append(Fault(*position, dotted(path), message))

    def _counted(self, position: Position, path: Path, nodes: int) -> None:
        self.count += nodes
        if self.count > MOST_NODES:
            most = f"more than {MOST_NODES:,} values, each use of an alias counted"
            raise _broken(position, f"found {most}, which is the most that is read", path)

    def _node(self, event: Any, path: Path) -> Node:
        position, kind = self._position(event), type(event).__name__
        if kind == "AliasEvent":
            if event.anchor not in self.anchors:
                raise _broken(position, f"found the alias `*{event.anchor}` before its anchor", path)
            target, size = self.anchors[event.anchor]
            self._counted(position, path, size)
            return target
        if len(path) > DEEPEST:
            raise _broken(position, f"found values nested more than {DEEPEST} deep")
        before = self.count
        self._counted(position, path, 1)
        if event.tag is not None and event.tag != "!":
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")[:40]
            self._fault(position, path, f"found the tag `{tag}`; tags are not used in scenarios")
        node: Node
        if kind == "ScalarEvent":
            node = self._scalar(event, position, path)
        elif kind == "SequenceStartEvent":
            node = self._items(position, path)
        else:
            node = self._entries(position, path)
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, self.count - before)
        return node

    def _items(self, position: Position, path: Path) -> Items:
        node = Items([], position)
        before: Any = None
        close = ""  # the first two numbers that may be one
        apart = False  # whether other numbers have a space after the comma
        while type(item := next(self.events)).__name__ != "SequenceEndEvent":
            close = close or _cut(before, item)
            if _is_number(before) and _is_number(item):
                apart |= item.start_mark.index > before.end_mark.index + 1
            before = item
            node.nodes.append(self._node(item, (*path, len(node.nodes))))
        if close and apart:
            message = f"found `{tame(close)}` in a list, expected {meant(close)}; or a space after each comma"
            self._fault(position, path, message)
        return node

    def _scalar(self, event: Any, position: Position, path: Path) -> Scalar:
        value: str = event.value
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            self._fault(position, path, "found half of a surrogate pair, expected text that is valid Unicode")
            return Scalar(None, position)
        if event.style or event.tag is not None:
            return Scalar(value, position, value)
        try:
            return Scalar(resolve(value), position, value)
        except ValueError as error:
            self._fault(position, path, str(error))
            return Scalar(None, position)

    def _entries(self, position: Position, path: Path) -> Entries:
        node = Entries({}, {}, position)
        before: Any = None
        key_before = ""
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            position = self._position(event)
            if type(event).__name__ != "ScalarEvent" or event.tag is not None or not event.value.isprintable():
                self._fault(position, path, "found a key that is not plain text")
                self._node(event, (*path, "?"))  # the path counts the depth
                self._node(next(self.events), (*path, "?"))
                continue
            key: str = event.value
            written = next(self.events)
            is_empty = type(written).__name__ == "ScalarEvent" and not written.style and not written.value
            if is_empty and (number := _cut(before, event)):
                message = f"found `{tame(number)}`, expected {meant(number)}"
                self._fault(self._position(before), (*path, key_before), message)
                continue
            before, key_before = written, key
            value = self._node(written, (*path, key))
            if key.endswith(":") and not event.style and isinstance(value, Scalar) and value.value is None:
                key = key[:-1]  # `{radar:}`: the parser takes the colon for a part of the key, YAML 1.2 does not
            if key == "<<" and not event.style:
                instead = "write the keys out, or lay files over each other with `extends`"
                self._fault(position, path, f"found the merge key `<<`; {instead}")
            elif key in node.nodes:
                first = node.keys[key].line
                self._fault(position, (*path, key), f"found the key `{tame(key)}` again, first found in line {first}")
            else:
                node.nodes[key], node.keys[key] = value, position
        return node
