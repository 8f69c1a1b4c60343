"""Event logs of offices that are known: as exportsim plays them, for those who learn from logs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from exportsim import Scenario, simulate
from exportsim.lifecycle import Fact

HEAD = ("case", "activity", "start", "end", "destination", "goods", "value", "outcome")
DECIDED = {int(Fact.APPROVED): "approved", int(Fact.DENIED): "denied", int(Fact.WITHDRAWN): "withdrawn"}


def events_of(scenario: Scenario, *, future: int = 0, engine: str = "reference") -> list[dict[str, str]]:
    """The events of the applications of orders: a row for the application itself, and one for each visit to a stage."""
    policy = scenario.reference
    ledger = simulate(scenario, policy, future=future, engine=engine)
    stages, when = ledger.names.stages, _moments(ledger.origin)
    rows: list[dict[str, str]] = []
    begun: dict[tuple[int, int, int], dict[str, str]] = {}
    outcome: dict[tuple[int, int], str] = {}
    values: dict[tuple[int, int], int] = {}
    for minute, fact, line, order, _, _, detail, amount in ledger.rows():
        if line < 0:
            continue
        case = f"{ledger.names.lines[line]}/{order}"
        known = scenario.demand[ledger.names.lines[line]]
        row = {"case": case, "destination": known.destination, "goods": known.goods, "end": ""}
        if fact == Fact.ORDERED:
            values[line, order] = amount
        elif fact == Fact.APPLIED:
            rows.append(row | {"activity": "application", "start": when(minute), "end": when(minute)})
        elif fact == Fact.REVIEW_STARTED:
            begun[line, order, detail] = row | {"activity": stages[detail].rpartition("/")[2], "start": when(minute)}
            rows.append(begun[line, order, detail])
        elif fact == Fact.REVIEW_ENDED:
            begun[line, order, detail]["end"] = when(minute)
        elif fact in DECIDED and (line, order) not in outcome:
            outcome[line, order] = DECIDED[fact]
    cases = {f"{ledger.names.lines[line]}/{order}": (line, order) for line, order in values}
    for row in rows:
        key = cases[row["case"]]
        row["value"], row["outcome"] = f"{values[key] / 100:.2f}", outcome.get(key, "")
    return rows


def _moments(origin: datetime) -> Callable[[int], str]:
    return lambda minute: (origin + timedelta(minutes=minute)).isoformat(" ", "minutes")


def written(path: Path, rows: Iterable[dict[str, str]], head: Sequence[str] = HEAD) -> Path:
    """Rows as a CSV with some columns."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, head, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path
