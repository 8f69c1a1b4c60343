"""What was observed: a CSV of figures with their errors, each read with the place of whatever is wrong in it."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import PydanticCustomError

from exportsim import files
from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.files import EncodingError, decoded
from exportsim.outcomes import DAYS, MONEY, NUMBER, RECORDED, SHARE, WITHIN, Outcome
from exportsim.scenario import Scenario
from exportsim.scenario.marks import is_doubtful, meant, unmistakable
from exportsim.scenario.quantities import Money, show, wrong
from exportsim.scenario.schema_paths import near
from exportsim.working_time import DAY

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
TIMES = re.compile(r"(processing|clearing)_time_(median|p90)(_bd)?")
LISTED = (
    *SUMS,
    *("decided", "denied_share", "within_20bd"),
    *("processing_time_median", "processing_time_p90", "processing_time_median_bd"),
    *("waiting", "clearing_time_median", "clearing_time_p90", "in_force"),
)

PERIODS = "a year (`2016`), a month (`2016-03`), a day (`2016-03-01`), or the first and last of several (`2017/2020`)"
_SPAN = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


class Of(StrEnum):
    """What is counted in a figure of a record that is no sum of facts."""

    CLOSED = "applications closed in the period"
    WAITING = "applications neither decided nor withdrawn as the period ends"
    IN_FORCE = "permits in force as the period ends"


class Kind(NamedTuple):
    """What a figure of a record is: a sum, else a number, a share or a quantile of times."""

    unit: str
    sum: Outcome | None = None
    of: Of = Of.CLOSED
    """What it is of if it is no sum."""
    within: int = 0
    """Whole days: it is the share of applications that are closed within them."""
    tenths: int = 0
    """It is the quantile of times below which so many tenths of them lie."""
    working: bool = False
    """Whether times are counted in the authority's working days."""


#: Other figures by name: numbers, and the share of the applications decided that are denied.
COUNTED = {
    "decided": Kind(NUMBER),
    "denied_share": Kind(SHARE),
    "waiting": Kind(NUMBER, of=Of.WAITING),
    "in_force": Kind(NUMBER, of=Of.IN_FORCE),
}


def kind_of(outcome: str) -> Kind | None:
    """What a figure is by its name; None if no record can hold it."""
    if outcome in SUMS:
        return Kind(SUMS[outcome].unit, SUMS[outcome])
    if within := WITHIN.fullmatch(outcome):
        return Kind(SHARE, within=int(within[1]), working=within[2] == "bd")
    if times := TIMES.fullmatch(outcome):
        of, working = Of.CLOSED if times[1] == "processing" else Of.WAITING, times[3] is not None
        return Kind(WORKING_DAYS if working else DAYS, of=of, tenths=5 if times[2] == "median" else 9, working=working)
    return COUNTED.get(outcome)


def of_words(selectors: Iterable[tuple[str, str]]) -> str:
    """What a figure is of, in words; empty if of all."""
    return ", ".join(name for _, name in selectors)


def is_of_none(kind: Kind, selector: str) -> bool:
    """Whether a figure is of no supplier or authority, as what buyers order is."""
    return selector in ("supplier", "authority") and kind.sum is not None and "supplier" not in kind.sum.by


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
        return of_words(self.selectors)


class World(NamedTuple):
    """What a record is read against."""

    currency: str
    start: date
    past: date
    """The first day after it."""
    names: Mapping[str, Sequence[str]] | None
    """By selector what it may name; None if that may be anything."""


def world_of(scenario: Scenario) -> World:
    """What a record of a scenario is read against."""
    names = {
        "line": list(scenario.demand),
        "supplier": list(scenario.suppliers),
        "goods": list(scenario.goods),
        "destination": sorted({line.destination for line in scenario.demand.values()}),
        "authority": list(scenario.authorities),
    }
    return World(scenario.currency, scenario.period.start, scenario.period.end + timedelta(days=1), names)


class Observations(NamedTuple):
    """The record."""

    rows: tuple[Observation, ...]
    name: str
    """The file's, without its folder."""
    digest: str
    """SHA-256 of its bytes."""


def observation_of(row: Sequence[Any]) -> Observation:
    """A figure that was saved with its fields in their order."""
    found = Observation(*row)
    return found._replace(selectors=tuple((selector, name) for selector, name in found.selectors))


def read_observations(data: str | os.PathLike[str] | pd.DataFrame, scenario: Scenario | World) -> Observations:
    """Read a record of a scenario, or of whatever forecasts were of.

    Parameters
    ----------
    data : path-like or DataFrame
        CSV in UTF-8, or the same as a table. Columns: ``outcome`` (one of :data:`SUMS` and :data:`COUNTED`,
        ``within_20bd`` and its like, ``processing_time_median``, ``clearing_time_p90`` and, in working days, those with
        ``_bd``), ``period``, ``value``, ``error`` (one standard deviation, above 0), ``source``, and any of
        :data:`SELECTORS`, empty for all. Shares are from 0 to 1, money is written as in a scenario: exactly three
        digits after the point are refused in text, and taken in a column of numbers of a table.
    """
    name, content, numbers = _content(data)
    try:
        text = decoded(content)
    except EncodingError as error:
        raise ExportsimError(f"{name}: {error}") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    reading = _Reading(name, scenario if isinstance(scenario, World) else world_of(scenario), numbers)
    try:
        reading.header = [title.strip() for title in next(rows, [])]
        _columns(name, reading.header)
        read = [reading.row(fields, rows.line_num) for fields in rows if fields]
    except csv.Error as error:
        raise ScenarioError([*reading.faults, Fault(name, rows.line_num, 1, "", f"this is not CSV: {error}")]) from None
    if faults := reading.faults[:FAULTS_TOLD]:
        if more := len(reading.faults) - len(faults):
            faults[-1] = replace(faults[-1], message=f"{faults[-1].message} (and {more:,} more)")
        raise ScenarioError(faults)
    observations = tuple(observation for observation in read if observation is not None)
    if not 1 <= len(observations) <= MOST:
        raise ExportsimError(f"{name}: found {len(observations):,} observations, expected 1 to {MOST}")
    return Observations(observations, Path(name).name, hashlib.sha256(content).hexdigest())


def _content(data: str | os.PathLike[str] | pd.DataFrame) -> tuple[str, bytes, frozenset[str]]:
    """Name and bytes of a record, and the columns of a table that nobody wrote: there are numbers in them, no text."""
    if not isinstance(data, str | os.PathLike):
        numbers = (column for column in ("value", "error") if column in data and data[column].dtype.kind in "iuf")
        return "<table>", data.to_csv(index=False, lineterminator="\n").encode(), frozenset(numbers)
    name = os.fspath(data)
    return name, files.read_within(name, LARGEST), frozenset()


def _columns(name: str, header: Sequence[str]) -> None:
    known = (*NEEDED, *SELECTORS)
    faults = [f"there is no column `{title}`" for title in NEEDED if title not in header]
    faults += [f"unknown column {show(title)}{near(title, known)}" for title in header if title not in known]
    faults += [f"found the column `{title}` twice" for title in known if header.count(title) > 1]
    if faults:
        raise ScenarioError([Fault(name, 1, 1, "", fault) for fault in faults])


class _Reading:
    """One pass over the rows, with the faults found so far."""

    def __init__(self, name: str, world: World, numbers: frozenset[str]) -> None:
        self._name, self._numbers = name, numbers
        self._currency, self._start, self._end, self._names = world
        self._seen: dict[tuple[object, ...], int] = {}
        self._line = 0
        self.header: Sequence[str] = ()
        self.faults: list[Fault] = []

    def row(self, fields: Sequence[str], line: int) -> Observation | None:
        """The observation of a row, None if there is something wrong with it."""
        self._line, count, expected = line, len(fields), len(self.header)
        if count != expected:
            self._wrong("", f"found {count} field{'s' * (count != 1)}, expected {expected} as in the header")
            return None
        before = len(self.faults)
        row = {title: field.strip() for title, field in zip(self.header, fields, strict=True)}
        outcome, kind = row["outcome"], kind_of(row["outcome"])
        if kind is None:
            self._wrong("outcome", f"unknown outcome {show(outcome)}{near(outcome, LISTED)}")
            return None
        unit = self._currency if kind.unit == MONEY else kind.unit
        start, end = self._span(row["period"])
        value, error = (self._amount(column, row[column], unit) for column in ("value", "error"))
        if error <= 0:
            self._wrong("error", f"found {show(row['error'])}, expected a standard deviation above 0")
        if unit == SHARE and value > 1:
            self._wrong("value", f"found {show(row['value'])}, expected a share from 0 to 1")
        if not row["source"]:
            self._wrong("source", "found nothing, expected where the figure comes from, or `judgement`")
        selectors = tuple(self._selected(row, outcome, kind))
        key = (outcome, start, end, selectors)
        if key in self._seen:
            self._wrong("period", f"the same figure is in line {self._seen[key]}")
        self._seen.setdefault(key, line)
        if len(self.faults) > before:
            return None
        return Observation(outcome, row["period"], start, end, selectors, value, error, unit, row["source"])

    def _selected(self, row: Mapping[str, str], outcome: str, kind: Kind) -> Iterator[tuple[str, str]]:
        for selector, name in ((selector, row.get(selector)) for selector in SELECTORS):
            if not name:
                continue
            names = [name] if self._names is None else self._names[selector]
            if is_of_none(kind, selector):
                self._wrong(selector, f"`{outcome}` is of no {selector}: leave this empty")
            elif name not in names:
                self._wrong(selector, f"unknown {selector} {show(name)}{near(name, names)}")
            else:
                yield selector, name

    def _span(self, text: str) -> tuple[int, int]:
        """Minutes at which a period begins and ends."""
        days = days_of(text)
        if days is None:
            self._wrong("period", f"found {show(text)}, expected {PERIODS}")
            return 0, 0
        start, past = days
        if start < self._start or past > self._end:
            runs = f"which runs from {self._start} to {self._end - timedelta(days=1)}"
            self._wrong("period", f"{show(text)} is not within the scenario's period, {runs}")
        return (start - self._start).days * DAY, (past - self._start).days * DAY

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
        number = self.header.index(column) + 1 if column in self.header else 1
        self.faults.append(Fault(self._name, self._line, number, column, message))


def days_of(period: str) -> tuple[date, date] | None:
    """The first day of a period as written, and the first day after it; None if it is none."""
    first, slash, last = period.partition("/")
    start, end = _bounds(first), _bounds(last if slash else first)
    if start is None or end is None or len(first) != len(last or first) or start[0] >= end[1]:
        return None
    return start[0], end[1]


def _bounds(text: str) -> tuple[date, date] | None:
    """The first day of a year, a month or a day, and the first day after it."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    try:
        first = date(year, month, day)
        if match[3] is not None:
            return first, first + timedelta(days=1)
        after = (year + 1, 1) if match[2] is None else (year + month // 12, month % 12 + 1)
        return first, date(*after, 1)
    except (ValueError, OverflowError):  # the last day of all
        return None
