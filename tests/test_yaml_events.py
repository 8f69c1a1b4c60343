"""The quick parser of YAML and the full one: wherever the quick one reads a text, it tells the same of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exportsim.errors import ScenarioError
from exportsim.scenario import text, yaml_events
from exportsim.scenario.text import Entries, Items, Node, Scalar

ROOT = Path(__file__).parent.parent
FILES = [
    file for folder in ("scenarios", "tests", "docs", "benchmarks") for file in sorted((ROOT / folder).rglob("*.yaml"))
]
CONTENTS = {file: text.decode(file.read_bytes(), file.name) for file in FILES if file.stat().st_size < text.LARGEST}
SHIPPED = [file for file in FILES if file.parent == ROOT / "scenarios"]
PIECES = [
    "a", "b: ", "b:", " ", "  ", "\n", "\n  ", "\n    ", "\n- ", "- ", "-", "? ", "?", "{", "}", "[", "]", ", ", ",",
    ": ", ":", "#", " # c\n", "'x y'", "'it''s'", '"q\\n z"', '"', "'", "|\n", "|\n   t\n", ">-\n   t\n   u\n",
    "|2\n", ">+\n", "|+\n  t\n\n\n", ">\n  t\n\n   u\n  v\n", "&a ", "*a", "*a ", "!t ", "!", "!!str ", "%YAML 1.2\n",
    "---\n", "--- ", "...\n", "\t", "\x85", "\u2028", "\u2029", "é", "😀", "1.5", "1,5", "1,5M", "http://x", "a:b",
    "@", "`", "~", "null", "<<", "\\", '"\\/"', '"\\u00e9"', '"\\ud800"', '"\\x41"', '"a\\\n b"', '"a\n\n b"', "a b",
    "x#y", "\ufeff", "=", "% ", "\r", "0o7", "key: value\n", "- item\n", "{a: 1, b: [2, 3]}\n", "{a: 1,\n  b: 2}\n",
    "k" * 1100, "radar:}",
]  # fmt: skip


def told(events: Iterator[Any]) -> list[tuple[object, ...]]:
    """All that is read of events: what they are, and where values begin and end."""
    found = []
    for event in events:
        kind, begins = type(event).__name__, event.start_mark
        said: tuple[object, ...] = (kind,)
        if kind == "ScalarEvent":
            said += (event.value, event.style or None, event.end_mark.index)
        if kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent", "AliasEvent"):
            said += (event.anchor, begins.line, begins.column, begins.index, getattr(event, "tag", None))
        found.append(said)
    return found


def described(node: Node) -> object:
    """A tree with all that is known of it."""
    if isinstance(node, Scalar):
        return (type(node.value), node.value, node.written, node.position)
    if isinstance(node, Items):
        return ([described(each) for each in node.nodes], node.position)
    assert isinstance(node, Entries)
    return ([(key, described(each)) for key, each in node.nodes.items()], list(node.keys.items()), node.position)


def read(content: str) -> object:
    """The tree of a text and its faults."""
    try:
        tree, faults = text.parse(content, "a.yaml")
    except ScenarioError as error:
        return error.faults
    return described(tree), faults


def both_ways(content: str) -> tuple[object, object]:
    """What is read of a text as it is read by default, and what by the full parser alone."""
    with pytest.MonkeyPatch.context() as patch:
        quick = read(content)
        patch.setitem(sys.modules, "yaml", None)  # it cannot be imported
        return quick, read(content)


def holds_alike(content: str) -> bool:
    """Whether the quick parser reads a text; if it does, the full one has told the same."""
    try:
        quick = told(yaml_events.quick_events(content))
    except yaml_events.UnlikeError:
        return False
    assert quick == told(yaml_events.full_events(content))
    return True


@pytest.mark.parametrize("file", CONTENTS, ids=lambda file: file.stem)
def test_a_file_is_read_alike(file: Path) -> None:
    holds_alike(CONTENTS[file])
    quick, full = both_ways(CONTENTS[file])
    assert quick == full


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_scenarios_are_read_by_the_quick_parser(file: Path) -> None:
    assert holds_alike(CONTENTS[file])


@pytest.mark.parametrize(
    "content",
    [
        "a: \n", "a:\n  b: &x 1\n", "a: &x {}\nb: *x\n", "a: !t 1\n", "a: ! 1\n", "a:\t1\n", "a: b\x85c: 1\n",
        "a: b\u2028\n", "---\na: 1\n", "a: 1\n...\n", "%YAML 1.2\n---\na: 1\n", "|\n#", "a\n", "{radar:}", "a: [1, 2\n",
    ],
)  # fmt: skip
def test_what_the_two_may_tell_otherwise_is_left_to_the_full_parser(content: str) -> None:
    with pytest.raises(yaml_events.UnlikeError):
        list(yaml_events.quick_events(content))
    quick, full = both_ways(content)
    assert quick == full


def test_a_text_with_a_fault_is_read_by_the_full_parser_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(text, "full_events", lambda content: asked.append(content) or yaml_events.full_events(content))
    _tree, faults = text.parse("a: 1\na: 2\n", "a.yaml")
    assert [fault.message for fault in faults] == ["found the key `a` again, first found in line 1"]
    assert asked == ["a: 1\na: 2\n"]
    text.parse("a: 1\nb: 2\n", "a.yaml")
    assert len(asked) == 1


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("k: |\n   t\n#c\n")
@settings(max_examples=4 * settings.default.max_examples, deadline=None)
def test_any_text_is_read_alike(content: str) -> None:
    for whole in (content, f"k: {content}\nz: 1\n", f"k:\n  l: {content}\n  m: 1\n", f"k: {{l: {content}, m: 1}}\n"):
        holds_alike(whole)
        quick, full = both_ways(whole)
        assert quick == full


@given(
    file=st.sampled_from([file for file, content in CONTENTS.items() if len(content) < 6000]),
    where=st.floats(0, 1),
    piece=st.sampled_from(PIECES),
    length=st.integers(0, 3),
)
@settings(deadline=None)
def test_a_file_with_a_slip_is_read_alike(file: Path, where: float, piece: str, length: int) -> None:
    content = CONTENTS[file]
    at = int(where * len(content))
    changed = content[:at] + piece + content[at + length :]
    holds_alike(changed)
    quick, full = both_ways(changed)
    assert quick == full
