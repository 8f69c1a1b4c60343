"""Event logs in XES (IEEE 1849-2016), as the same columns that a CSV has.

Read here rather than by a library: of the format only traces, events and their attributes matter, and a document type,
in which whole bombs may be packed, is refused. A `start` and the next `complete` of an activity of a trace are one
row; other transitions are passed over.
"""

from __future__ import annotations

import gzip
import io
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any
from xml.parsers import expat

import numpy as np

from exportsim.errors import Fault, ScenarioError
from exportsim.learning.columns import LARGEST, Columns
from exportsim.scenario.register_forms import Texts

CASE, ACTIVITY, START, END = "case:concept:name", "concept:name", "start_timestamp", "time:timestamp"
ATTRIBUTES = frozenset({"string", "date", "int", "float", "boolean", "id"})
GZIP = b"\x1f\x8b"


class _Reader:
    """Takes the traces of a document, element by element."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[dict[str, str]] = []
        self.lines: list[int] = []
        self._open: list[str] = []
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] = {}
        self._of_trace: list[tuple[dict[str, str], int]] = []
        self.parser: Any = expat.ParserCreate()
        self.parser.StartElementHandler = self._starts
        self.parser.EndElementHandler = self._ends
        self.parser.StartDoctypeDeclHandler = self._refuse

    def fault(self, message: str) -> ScenarioError:
        """Something wrong where the reader is."""
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        return ScenarioError([Fault(self.name, line, column, "", message)])

    def _refuse(self, *_: object) -> None:
        raise self.fault("found a document type; expected a log in XES, which has none")

    def _starts(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        inside = self._open[-1] if self._open else ""
        self._open.append(tag)
        if tag == "trace":
            self._trace, self._of_trace = {}, []
        elif tag == "event":
            self._event = {}
            self._of_trace.append((self._event, self.parser.CurrentLineNumber))
        elif tag in ATTRIBUTES and inside in ("trace", "event"):
            into = self._trace if inside == "trace" else self._event
            into[attributes.get("key", "")] = attributes.get("value", "")

    def _ends(self, tag: str) -> None:
        if self._open.pop() == "trace":
            self._close()

    def _close(self) -> None:
        """Make rows of the events of a trace."""
        common = {f"case:{key}": value for key, value in self._trace.items()}
        under_way: dict[str, deque[dict[str, str]]] = defaultdict(deque)
        for event, line in self._of_trace:
            activity, moment = event.get(ACTIVITY, ""), event.get(END, "")
            own = {key: value for key, value in event.items() if key not in (END, "lifecycle:transition")}
            transition = event.get("lifecycle:transition", "complete").lower()
            if transition == "start":
                row = {**common, **own, START: moment, END: ""}
                under_way[activity].append(row)
            elif transition == "complete" and under_way[activity]:
                row = under_way[activity].popleft()
                row |= {END: moment, **{key: value for key, value in own.items() if not row.get(key)}}
                continue
            elif transition == "complete":
                row = {**common, **own, START: "", END: moment}
            else:
                continue
            self.rows.append(row)
            self.lines.append(line)


def rows_of_xes(name: str, content: bytes) -> tuple[Sequence[str], Columns]:
    """The header and the rows of a log in XES."""
    if content.startswith(GZIP):
        content = _unpacked(name, content)
    reader = _Reader(name)
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise reader.fault(f"this is not XML: {expat.errors.messages[error.code]}") from None
    header = list(dict.fromkeys([CASE, ACTIVITY, START, END, *(key for row in reader.rows for key in row)]))
    texts = [Texts() for _ in header]
    numbers = [
        np.array([known[row.get(key, "")] for row in reader.rows], dtype=np.int64)
        for key, known in zip(header, texts, strict=True)
    ]
    columns = [(column, known.texts) for column, known in zip(numbers, texts, strict=True)]
    return header, Columns(columns, np.array(reader.lines, dtype=np.int64))


def _unpacked(name: str, content: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            found = packed.read(LARGEST + 1)
    except (OSError, EOFError) as error:
        raise ScenarioError([Fault(name, 0, 0, "", f"cannot be unpacked: {error}")]) from None
    if len(found) > LARGEST:
        raise ScenarioError([Fault(name, 0, 0, "", f"unpacked it is more than {LARGEST:,} bytes")])
    return found
