"""A record of licences replayed as orders: none is missing or changed, and a stop to one destination stops it alone.

The published record is 41,884 rows and not part of the package; it is replayed where it is found
(``benchmarks/register.py`` says where). Everything is also tested on a record made up in the same shape: the same
columns, a few destinations that have most licences, values as skewed (logarithms with a standard deviation of 2.7) and
some that are nothing.
"""

from __future__ import annotations

import csv
import random
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from statistics import stdev

import numpy as np
import pytest

from exportsim import invariants
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.ledger import COLUMNS as COLUMNS_OF_LEDGER
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import Plan
from exportsim.scenario import Scenario, load

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))  # its programs import each other

import register

COLUMNS = ("licence", "date", "destination", "military", "value_gbp", "refused")
DESTINATIONS = {"United States of America": 30, "Turkey": 10, "Israel": 8, "Saudi Arabia": 5, "Norway": 20, "Chile": 1}
LINES = {"Turkey": "turkey", "Israel": "israel", "Saudi Arabia": "saudi-arabia"}
ROWS = 3000
HOLD, LIFTING = date(2010, 1, 1), date(2011, 1, 1)


def made_up(file: Path, rows: int = ROWS, seed: int = 1) -> Path:
    """Write a record in the shape of the published one: in order of date, numbered, whole pounds."""
    luck = random.Random(seed)
    days = sorted(date(2008, 1, 2) + timedelta(days=luck.randrange(1825)) for _ in range(rows))
    where = luck.choices(list(DESTINATIONS), weights=list(DESTINATIONS.values()), k=rows)
    with file.open("w", newline="", encoding="utf-8") as written:
        writer = csv.writer(written)
        writer.writerow(COLUMNS)
        for number, (day, destination) in enumerate(zip(days, where, strict=True), start=1):
            pounds = 0 if luck.random() < 0.02 else round(15_800 * luck.lognormvariate(0, 2.7))
            writer.writerow([number, day, destination, int(luck.random() < 0.65), pounds, int(luck.random() < 0.018)])
    return file


class Replay:
    """A record, and its scenario played."""

    def __init__(self, record: Path, folder: Path) -> None:
        with record.open(newline="", encoding="utf-8") as rows:
            self.rows = list(csv.DictReader(rows))
        # So many case officers that nobody waits on the busiest day.
        officers = {"authorities.ecju.review.casework.officers": 500}
        self.scenario: Scenario = load(register.write(record, folder), overrides=officers)
        self.plan: Plan = compile_plan(self.scenario)
        self.as_it_was, self.held = (
            simulate(self.plan, policy, seed=1, future=0, engine="compiled") for policy in (0, 1)
        )

    def of(self, line: str, ledger: Ledger, fact: Fact) -> np.ndarray:
        """Which rows of a ledger are a fact of one line."""
        return (ledger.line == self.plan.names.lines.index(line)) & (ledger.fact == fact)


@pytest.fixture(scope="module", params=["made up", "published"])
def replay(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Replay:
    folder = tmp_path_factory.mktemp("register")
    if request.param == "published":
        if not register.RECORD.is_file():
            pytest.skip("the published record is not here; EXPORTSIM_REGISTER may name it")
        return Replay(register.RECORD, folder)
    return Replay(made_up(folder / "made-up.csv"), folder)


def minute_of(day: date) -> int:
    return (datetime(day.year, day.month, day.day) - datetime(2008, 1, 1)).days * 1440


def cents(written: str) -> int:
    """To the nearest cent; less than one is one."""
    return max(1, int((Decimal(written) * 100).quantize(Decimal(1), ROUND_HALF_EVEN)))


def test_a_made_up_record_has_the_shape_of_the_published_one(tmp_path: Path) -> None:
    with made_up(tmp_path / "made-up.csv").open(newline="", encoding="utf-8") as written:
        rows = list(csv.DictReader(written))
    assert tuple(rows[0]) == COLUMNS
    values = sorted(int(row["value_gbp"]) for row in rows)
    # The standard error of a standard deviation σ is about σ / √(2n): 0.035, and this four times that.
    assert stdev(np.log([value for value in values if value])) == pytest.approx(2.7, abs=0.14)
    assert 0 in values and sum(values[-len(values) // 100 :]) > sum(values) / 3
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)


def test_the_published_record_is_the_one_that_is_spoken_of() -> None:
    if not register.RECORD.is_file():
        pytest.skip("the published record is not here; EXPORTSIM_REGISTER may name it")
    with register.RECORD.open(newline="", encoding="utf-8") as written:
        rows = list(csv.DictReader(written))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 41_884
    assert sum(row["refused"] == "1" for row in rows) == 751
    assert Counter(row["destination"] for row in rows if row["destination"] in LINES) == {
        "Turkey": 1270,
        "Israel": 1160,
        "Saudi Arabia": 738,
    }


def test_every_row_is_an_order_of_its_day_and_value(replay: Replay) -> None:
    recorded = Counter(
        (
            LINES.get(row["destination"], "elsewhere"),
            minute_of(date.fromisoformat(row["date"])),
            cents(row["value_gbp"]),
        )
        for row in replay.rows
    )
    ledger = replay.as_it_was
    placed = ledger.fact == Fact.ORDERED
    found = zip(
        ledger.line[placed].tolist(), ledger.minute[placed].tolist(), ledger.amount[placed].tolist(), strict=True
    )
    assert Counter((replay.plan.names.lines[line], minute, amount) for line, minute, amount in found) == recorded


def test_a_hold_on_one_destination_stops_it_and_hides_no_denial(replay: Replay) -> None:
    ledger = replay.held
    within = (ledger.minute >= minute_of(HOLD)) & (ledger.minute < minute_of(LIFTING))
    assert not (replay.of("turkey", ledger, Fact.APPROVED) & within).any()
    assert not (replay.of("turkey", ledger, Fact.DENIED) & within).any()
    held = applications(ledger, replay.of("turkey", ledger, Fact.HELD) & within)
    waiting = held - applications(ledger, replay.of("turkey", ledger, Fact.WITHDRAWN) & within)
    at_once = ledger.minute == minute_of(LIFTING)
    decided = replay.of("turkey", ledger, Fact.APPROVED) | replay.of("turkey", ledger, Fact.DENIED)
    assert len(waiting) > 10 and applications(ledger, decided & at_once) >= waiting
    assert not applications(ledger, decided & ~at_once) & waiting


def applications(ledger: Ledger, rows: np.ndarray) -> set[tuple[int, int]]:
    """Order and attempt of some rows of one line."""
    return set(zip(ledger.order[rows].tolist(), ledger.attempt[rows].tolist(), strict=True))


def test_a_hold_on_one_destination_leaves_the_others_as_they_were(replay: Replay) -> None:
    """Nobody waits for an officer, so that nothing passes from one line to another."""
    turkey = replay.plan.names.lines.index("turkey")

    def others(ledger: Ledger) -> np.ndarray:
        kept = (ledger.line != turkey) & (ledger.fact != Fact.MEASURE)
        return np.stack([getattr(ledger, column)[kept] for column in COLUMNS_OF_LEDGER])

    assert np.array_equal(others(replay.held), others(replay.as_it_was))
    assert replay.held != replay.as_it_was


def test_a_replay_keeps_the_invariants(tmp_path: Path) -> None:
    replay = Replay(made_up(tmp_path / "made-up.csv", rows=400, seed=2), tmp_path)
    for ledger in (replay.as_it_was, replay.held):
        invariants.check(ledger, replay.scenario)


def test_both_engines_replay_a_record_alike(tmp_path: Path) -> None:
    replay = Replay(made_up(tmp_path / "made-up.csv", rows=400, seed=3), tmp_path)
    assert simulate(replay.plan, 1, seed=1, future=0, engine="reference") == replay.held


def test_ten_times_as_many_are_each_row_ten_times(tmp_path: Path) -> None:
    record = made_up(tmp_path / "made-up.csv", rows=200)
    once, tenfold = tmp_path / "once", tmp_path / "tenfold"
    for folder in (once, tenfold):
        folder.mkdir()
    few = compile_plan(load(register.write(record, once)))
    many = compile_plan(load(register.write(record, tenfold, 10), overrides=register.more_officers(10)))
    assert many.streams.record_count.tolist() == [10 * count for count in few.streams.record_count]
    assert many.streams.record_cents.sum() == 10 * few.streams.record_cents.sum()
    assert many.stages.officers.tolist() == [10 * officers for officers in few.stages.officers]


def test_the_nation_ten_times_over_has_ten_times_everything() -> None:
    file = register.SCENARIOS / "uk-licensing.yaml"
    few, many = compile_plan(load(file)), compile_plan(load(file, overrides=register.national(10)))
    assert many.streams.rate == pytest.approx(10 * few.streams.rate)
    assert many.stages.officers.tolist() == [10 * officers for officers in few.stages.officers]
    assert many.suppliers.slots.tolist() == [10 * slots for slots in few.suppliers.slots]
