"""Event logs of offices that are known, for those who learn from logs."""

from __future__ import annotations

import csv
import random
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


def with_officers(rows: Iterable[dict[str, str]], number: int) -> list[dict[str, str]]:
    """The rows of a log, each visit to a stage by one of those of its officers who are free, of so many at each."""
    luck, free_from, found = random.Random(1), {}, []
    for row in sorted(rows, key=lambda each: (each["start"], each["end"] or "9")):
        if row["activity"] != "application":
            until = free_from.setdefault(row["activity"], [""] * number)
            who = luck.choice([each for each in range(number) if until[each] <= row["start"]])
            until[who] = row["end"] or "9"
            row = row | {"officer": f"{row['activity']} {who}"}
        found.append(row)
    return found
