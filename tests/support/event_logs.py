"""Event logs of offices that are known, for those who learn from logs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import exportsim as xs
from exportsim.learning.event_log import COLUMNS


def events_of(scenario: xs.Scenario, *, future: int = 0) -> list[dict[str, str]]:
    """The rows of the log of one future of a scenario's reference, as texts."""
    table = xs.event_log(scenario, xs.simulate(scenario, scenario.reference, future=future, engine="compiled"))
    texts = table.assign(**{name: table[name].dt.strftime("%Y-%m-%d %H:%M").fillna("") for name in ("start", "end")})
    return [dict(zip(COLUMNS, map(str, row), strict=True)) for row in texts.itertuples(index=False)]


def written(path: Path, rows: Iterable[dict[str, str]], head: Sequence[str] = COLUMNS) -> Path:
    """Rows as a CSV with some columns."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, head, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path
