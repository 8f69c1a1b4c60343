"""What was observed: a CSV of figures with their errors, each read with the place of whatever is wrong in it."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic_core import PydanticCustomError

from exportsim import files
from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.files import EncodingError, decoded
from exportsim.outcomes import DAYS, MONEY, NUMBER, RECORDED, SHARE
from exportsim.scenario import Scenario
from exportsim.scenario.marks import is_doubtful, meant, unmistakable
from exportsim.scenario.quantities import Money, show, wrong
from exportsim.scenario.schema_paths import near

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("outcome", "period", "value", "error", "source")
SELECTORS = ("line", "supplier", "goods", "destination", "authority")
LARGEST = 10_000_000  # bytes
MOST = 500  # observations: their covariance has the square of it
FAULTS_TOLD = 10

WORKING_DAYS = "working days"
#: The figures that are sums, by name.
SUMS = {outcome.name: outcome for outcome in RECORDED}
WITHIN = re.compile(r"within_([1-9][0-9]{0,3})(bd|d)")
TIMES = re.compile(r"processing_time_(median|p90)(_bd)?")
LISTED = (*SUMS, "within_20bd", "processing_time_median", "processing_time_p90", "processing_time_median_bd")

_SPAN = re.compile(r"(\d{4})(?:-(\d\d))?", re.ASCII)
_SPANS = "a year (`2016`), a month (`2016-03`), or the first and the last of several (`2017/2020`)"


class Observation(NamedTuple):
    """One figure of the record."""

    outcome: str
    period: str
    """As written."""
    start: int
    """Minute from ``period.start`` of the scenario."""
    end: int
    """The first minute after it."""
    selectors: tuple[tuple[str, str], ...]
    """What it is of: pairs of a selector and a name of the scenario, in the order of :data:`SELECTORS`."""
    value: float
    error: float
    """One standard deviation of the measurement, in the unit of the value."""
    unit: str
    source: str

    @property
    def of(self) -> str:
        """What it is of, in words; empty if of all."""
        return ", ".join(name for _, name in self.selectors)


class Observations(NamedTuple):
    """The record."""

    rows: tuple[Observation, ...]
    name: str
    """The file's, without its folder."""
    digest: str
    """SHA-256 of its bytes."""


def read_observations(data: str | os.PathLike[str] | pd.DataFrame, scenario: Scenario) -> Observations:
    """Read a record.

    Parameters
    ----------
    data : path-like or DataFrame
        CSV in UTF-8, or the same as a table. Columns: ``outcome`` (one of :data:`SUMS`, ``within_20bd`` and its like,
        ``processing_time_median``, ``processing_time_p90`` and, in working days, those with ``_bd``), ``period``,
        ``value``, ``error`` (one standard deviation, above 0), ``source``, and any of :data:`SELECTORS`, empty for
        all. Shares are from 0 to 1, money is written as in a scenario: exactly three digits after the point
        are refused in text, and taken in a column of numbers of a table.
    """
    name, content = _content(data)
    try:
        text = decoded(content)
    except EncodingError as error:
        raise ExportsimError(f"{name}: {error}") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    reading = _Reading(name, scenario, _columns_of_numbers(data))
    try:
        header = [title.strip() for title in next(rows, [])]
        _columns(name, header)
        found = tuple(
            each for fields in rows if fields for each in reading.row(dict(zip(header, fields, strict=False)), header,
                                                                      len(fields), rows.line_num)
        )  # fmt: skip
    except csv.Error as error:
        raise ScenarioError([*reading.faults, Fault(name, rows.line_num, 1, "", f"this is not CSV: {error}")]) from None
    if reading.faults:
        told = reading.faults[:FAULTS_TOLD]
        if more := len(reading.faults) - len(told):
            last = told[-1]
            told[-1] = Fault(last.file, last.line, last.column, last.path, f"{last.message} (and {more:,} more)")
        raise ScenarioError(told)
    if not 1 <= len(found) <= MOST:
        raise ExportsimError(f"{name}: found {len(found):,} observations, expected 1 to {MOST}")
    return Observations(found, Path(name).name, hashlib.sha256(content).hexdigest())


def unit_of(outcome: str, currency: str) -> str:
    """The unit of an outcome that can be observed; empty if there is no such outcome."""
    if outcome in SUMS:
        unit = SUMS[outcome].unit
        return currency if unit == MONEY else unit
    if WITHIN.fullmatch(outcome):
        return SHARE
    times = TIMES.fullmatch(outcome)
    return "" if times is None else WORKING_DAYS if times[2] else DAYS


def _content(data: str | os.PathLike[str] | pd.DataFrame) -> tuple[str, bytes]:
    if not isinstance(data, str | os.PathLike):
        return "<table>", data.to_csv(index=False, lineterminator="\n").encode()
    name = os.fspath(data)
    try:
        content = files.read(Path(data), LARGEST + 1)
    except (OSError, ValueError) as error:
        raise ExportsimError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > LARGEST:
        raise ExportsimError(f"{name}: has more than {LARGEST:,} bytes, which is the most that is read")
    return name, content


def _columns_of_numbers(data: str | os.PathLike[str] | pd.DataFrame) -> frozenset[str]:
    """The columns of a table that nobody wrote: there are numbers in them, and no text."""
    if isinstance(data, str | os.PathLike):
        return frozenset()
    return frozenset(column for column in ("value", "error") if column in data and data[column].dtype.kind in "iuf")


def _columns(name: str, header: Sequence[str]) -> None:
    known = (*NEEDED, *SELECTORS)
    faults = [f"there is no column `{title}`" for title in NEEDED if title not in header]
    faults += [f"unknown column {show(title)}{near(title, known)}" for title in header if title not in known]
    faults += [f"found the column `{title}` twice" for title in known if header.count(title) > 1]
    if faults:
        raise ScenarioError([Fault(name, 1, 1, "", fault) for fault in faults])


class _Reading:
    """One pass over the rows, with the faults found so far."""

    def __init__(self, name: str, scenario: Scenario, numbers: frozenset[str]) -> None:
        self._name, self._currency, self._numbers = name, scenario.currency, numbers
        self._start = scenario.period.start
        self._end = scenario.period.end + timedelta(days=1)
        self._names: dict[str, list[str]] = {
            "line": list(scenario.demand),
            "supplier": list(scenario.suppliers),
            "goods": list(scenario.goods),
            "destination": sorted({line.destination for line in scenario.demand.values()}),
            "authority": list(scenario.authorities),
        }
        self._seen: dict[tuple[object, ...], int] = {}
        self._header: Sequence[str] = ()
        self._line = 0
        self.faults: list[Fault] = []

    def row(self, fields: Mapping[str, str], header: Sequence[str], count: int, line: int) -> Iterator[Observation]:
        """The observation of a row, if there is nothing wrong with it."""
        self._header, self._line = header, line
        if count != len(header):
            self._wrong("", f"found {count} field{'s' * (count != 1)}, expected {len(header)} as in the header")
            return
        before = len(self.faults)
        given = {key: value.strip() for key, value in fields.items()}
        outcome = given["outcome"]
        unit = unit_of(outcome, self._currency)
        if not unit:
            self._wrong("outcome", f"unknown outcome {show(outcome)}{near(outcome, LISTED)}")
            return
        start, end = self._span(given["period"])
        value, error = self._amount("value", given["value"], unit), self._amount("error", given["error"], unit)
        if error <= 0:
            self._wrong("error", f"found {show(given['error'])}, expected a standard deviation above 0")
        if unit == SHARE and value > 1:
            self._wrong("value", f"found {show(given['value'])}, expected a share from 0 to 1")
        if not given["source"]:
            self._wrong("source", "found nothing, expected where the figure comes from, or `judgement`")
        selectors = tuple(self._selected(given, outcome))
        key = (outcome, start, end, selectors)
        if key in self._seen:
            self._wrong("period", f"the same figure is in line {self._seen[key]}")
        self._seen.setdefault(key, line)
        if len(self.faults) == before:
            yield Observation(outcome, given["period"], start, end, selectors, value, error, unit, given["source"])

    def _selected(self, given: Mapping[str, str], outcome: str) -> Iterator[tuple[str, str]]:
        for selector in SELECTORS:
            name = given.get(selector, "")
            if not name:
                continue
            names = self._names[selector]
            if selector in ("supplier", "authority") and outcome in SUMS and "supplier" not in SUMS[outcome].by:
                self._wrong(selector, f"`{outcome}` is of no {selector}: leave this empty")
            elif name not in names:
                self._wrong(selector, f"unknown {selector} {show(name)}{near(name, names)}")
            else:
                yield selector, name

    def _span(self, text: str) -> tuple[int, int]:
        """Minutes at which a period begins and ends."""
        first, slash, last = text.partition("/")
        start, end = _bounds(first), _bounds(last if slash else first)
        if start is None or end is None or len(first) != len(last or first) or start[0] >= end[1]:
            self._wrong("period", f"found {show(text)}, expected {_SPANS}")
            return 0, 0
        if start[0] < self._start or end[1] > self._end:
            runs = f"which runs from {self._start} to {self._end - timedelta(days=1)}"
            self._wrong("period", f"{show(text)} is not within the scenario's period, {runs}")
        return tuple((day - self._start).days * 1440 for day in (start[0], end[1]))  # type: ignore[return-value]

    def _amount(self, column: str, text: str, unit: str) -> float:
        """A figure in its unit, 1 where it cannot be read."""
        try:
            if unit == self._currency:
                return float(Money.parse(unmistakable(text) if column in self._numbers else text).cents) / 100
            if (unit == NUMBER and column not in self._numbers and is_doubtful(text)) or "," in text:
                raise wrong(text, meant(text) or "a number")
            value = float(text)
        except PydanticCustomError as error:
            self._wrong(column, error.message())
            return 1.0
        except ValueError:
            value = math.nan
        if not 0 <= value <= 1e15:
            self._wrong(column, f"found {show(text)}, expected a number that is not negative ({unit})")
            return 1.0
        return value

    def _wrong(self, column: str, message: str) -> None:
        place = self._header.index(column) + 1 if column in self._header else 1
        self.faults.append(Fault(self._name, self._line, place, column, message))


def _bounds(text: str) -> tuple[date, date] | None:
    """The first day of a year or month and the first day after it."""
    match = _SPAN.fullmatch(text)
    try:
        if match is None:
            return None
        if match[2] is None:
            return date(int(match[1]), 1, 1), date(int(match[1]) + 1, 1, 1)
        first = datetime(int(match[1]), int(match[2]), 1)
        return first.date(), (first + timedelta(days=31)).date().replace(day=1)
    except ValueError:
        return None
