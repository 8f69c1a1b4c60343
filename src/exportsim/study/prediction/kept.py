"""Forecasts as they are kept: a CSV that only grows, a row for each figure, with when and by what it was made.

A row holds the forecast itself, as :data:`~exportsim.study.prediction.scoring.LIKELY` values that are equally likely,
so that it can be scored years later without the scenario or the version that made it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from exportsim import files
from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.files import EncodingError, decoded
from exportsim.plan import Float
from exportsim.scenario.quantities import show, tame
from exportsim.scenario.schema_paths import near
from exportsim.study.calibration.observations import (
    LISTED,
    PERIODS,
    SELECTORS,
    days_of,
    kind_of,
    of_words,
)
from exportsim.study.prediction.scoring import SHARES, Range, equally_likely
from exportsim.study.table_file import unarmed, writable_at

ORIGIN = ("made", "exportsim", "scenario", "title", "policy", "seed", "samples", "futures")
RANGES = tuple(f"{end}_{100 * share:.0f}" for share in SHARES for end in Range._fields)
COLUMNS = (*ORIGIN, "outcome", "period", *SELECTORS, "unit", "median", *RANGES, "undefined", "values")
CASE = "days_to_decision"
SHARE_OF = {CASE: 1.0, "days_to_half": 0.5, "days_to_nine_in_ten": 0.9, "days_to_all": 1.0}
"""By outcome that is of open applications the share of them that have been decided by then."""
LARGEST = 1_000_000_000  # bytes
PATIENCE = 10.0  # seconds for which another that writes is waited for
FAULTS_TOLD = 10


class KeptForecast(NamedTuple):
    """One row: the forecast of one figure."""

    origin: tuple[str, ...]
    """By :data:`ORIGIN`, as written."""
    outcome: str
    period: str
    days: tuple[date, date]
    """The first of the period, and the first after it."""
    selectors: tuple[tuple[str, str], ...]
    unit: str
    values: Float
    """Equally likely, in order."""
    undefined: float = 0.0
    """The share of futures in which there is no such figure."""

    @property
    def key(self) -> tuple[object, ...]:
        """What tells its figure from others."""
        return self.outcome, self.days, self.selectors

    @property
    def of(self) -> str:
        """What it is of, in words; empty if of all."""
        return of_words(self.selectors)


class KeptForecasts(NamedTuple):
    """What a file holds."""

    rows: tuple[KeptForecast, ...]
    name: str
    """The file's, without its folder."""
    digest: str
    """SHA-256 of its bytes."""


def add(records: Sequence[Mapping[str, object]], path: str | os.PathLike[str]) -> None:
    """Add rows, each by its columns, to a file of forecasts.

    What was there before stays: the file is written beside its place, whole, and nobody else adds to it meanwhile.
    """
    import pandas as pd

    if Path(path).suffix != ".csv":
        raise ExportsimError(f"{path}: found the ending `{Path(path).suffix}`, expected .csv")
    target = writable_at(path)
    table = unarmed(pd.DataFrame.from_records(records, columns=list(COLUMNS)))
    with _alone(target, os.fspath(path)):
        before = files.read_within(path, LARGEST) if files.there(target) is not None else b""
        kept_forecasts(path, before)  # what is added to is a file of forecasts
        added = table.to_csv(index=False, header=not before, lineterminator="\n")
        ends = b"" if not before or before.endswith(b"\n") else b"\n"
        with files.explained(f"{path}: cannot write"):
            files.write(target, before + ends + added.encode())


def made_by(provenance: Mapping[str, Any], policy: str, samples: int, futures: int) -> dict[str, object]:
    """By :data:`ORIGIN`, when and by what forecasts were made."""
    return {
        "made": provenance["started"], "exportsim": provenance["exportsim"], "scenario": provenance["scenario"],
        "title": tame(provenance["title"]), "policy": policy, "seed": provenance["seed"],
        "samples": samples, "futures": futures,
    }  # fmt: skip


def likely_text(values: Float) -> str:
    """Values that are equally likely, as they are written."""
    return " ".join(repr(float(f"{value:.9g}")) for value in equally_likely(values).tolist())


def check_kept(path: str | os.PathLike[str], reads: Sequence[str | os.PathLike[str]]) -> None:
    """See that forecasts can be added to a file, before they are made."""
    if Path(path).suffix != ".csv":
        raise ExportsimError(f"{path}: found the ending `{Path(path).suffix}`, expected .csv")
    if files.there(writable_at(path, reads)) is not None:
        read_kept(path)


def read_kept(path: str | os.PathLike[str]) -> KeptForecasts:
    """The forecasts of a file; a forecast that is in it several times is there once, as first made."""
    content = files.read_within(path, LARGEST)
    if not content:
        raise ExportsimError(f"{path}: it is empty, expected forecasts that `exportsim predict --keep` has written")
    rows = kept_forecasts(path, content)
    first: dict[tuple[object, ...], KeptForecast] = {}
    for row in rows:
        first.setdefault((row.origin[1:], row.key, row.values.tobytes()), row)
    return KeptForecasts(tuple(first.values()), Path(path).name, hashlib.sha256(content).hexdigest())


def kept_forecasts(path: str | os.PathLike[str], content: bytes) -> list[KeptForecast]:
    """The rows of a file of forecasts; none of an empty one."""
    name = os.fspath(path)
    try:
        text = decoded(content) if content else ""
    except EncodingError as error:
        raise ExportsimError(f"{name}: {error}") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    found, faults = [], []
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 20))
    try:
        header = next(rows, list(COLUMNS))
        if header != list(COLUMNS):
            odd = next((title for title in header if title not in COLUMNS), "")
            hint = f"; found {show(odd)}{near(odd, COLUMNS)}" if odd else ""
            message = f"this is no file of forecasts: its columns are not `{','.join(COLUMNS)}`{hint}"
            raise ScenarioError([Fault(name, 1, 1, "", message)])
        for fields in rows:
            if not fields:
                continue
            try:
                found.append(_row(fields))
            except _WrongError as wrong:
                column = COLUMNS.index(wrong.column) + 1 if wrong.column else 1
                faults.append(Fault(name, rows.line_num, column, wrong.column, wrong.message))
    except csv.Error as error:
        raise ScenarioError([*faults, Fault(name, rows.line_num, 1, "", f"this is not CSV: {error}")]) from None
    if faults:
        raise ScenarioError(faults[:FAULTS_TOLD])
    return found


class _WrongError(Exception):
    """What is wrong in a row, and in which column."""

    def __init__(self, column: str, message: str) -> None:
        self.column, self.message = column, message


def _row(fields: Sequence[str]) -> KeptForecast:
    if len(fields) != len(COLUMNS):
        raise _WrongError("", f"found {len(fields)} fields, expected {len(COLUMNS)} as in the header")
    row = dict(zip(COLUMNS, fields, strict=True))
    outcome, days = row["outcome"], days_of(row["period"])
    if kind_of(outcome) is None and outcome not in SHARE_OF:
        raise _WrongError("outcome", f"unknown outcome {show(outcome)}{near(outcome, (*LISTED, *SHARE_OF))}")
    if days is None:
        raise _WrongError("period", f"found {show(row['period'])}, expected {PERIODS}")
    try:
        values = np.array(row["values"].split(), dtype=np.float64)
    except ValueError:
        values = np.array([math.nan])
    if not len(values) or not np.isfinite(values).all():
        raise _WrongError("values", f"found {show(row['values'][:40])}, expected numbers with blanks between them")
    selectors = tuple((name, row[name]) for name in SELECTORS if row[name])
    origin = tuple(row[name] for name in ORIGIN)
    try:
        undefined = float(row["undefined"] or 0)
    except ValueError:
        undefined = math.nan
    if not 0 <= undefined <= 1:
        raise _WrongError("undefined", f"found {show(row['undefined'])}, expected a share from 0 to 1")
    return KeptForecast(origin, outcome, row["period"], days, selectors, row["unit"], np.sort(values), undefined)


@contextmanager
def _alone(target: Path, asked: str) -> Iterator[None]:
    """See that nobody else adds to a file meanwhile: what one adds would be lost in what the other writes."""
    mark = target.with_name(f"{target.name}.adding")
    until = time.monotonic() + PATIENCE
    with files.explained(f"{asked}: cannot write"):
        while True:
            try:
                files.make_new_folder(mark)
                break
            except FileExistsError:
                if time.monotonic() > until:
                    raise ExportsimError(
                        f"{asked}: somebody else is adding to it; if nobody is, remove the folder {mark.name}"
                    ) from None
            time.sleep(0.05)
    try:
        yield
    finally:
        files.remove_empty_folder(mark)
