"""Many futures at once: the same result whoever plays them, in whatever order, and however it is cut short."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

import exportsim
from exportsim import ExportsimError, Result, Scenario
from exportsim.playing import compilation as ready
from exportsim.playing import totals as sums
from exportsim.playing import worker
from exportsim.playing.claims import Claims
from exportsim.playing.worker import Worker


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return exportsim.load(Path(__file__).parents[1] / "scenarios" / "quickstart.yaml")  # three policies


def assert_same(one: Result, other: Result) -> None:
    """Bit for bit, in everything but the time it took."""
    assert (one.policies, one.futures) == (other.policies, other.futures)
    np.testing.assert_array_equal(one.values, other.values)
    for policy in one.policies:
        for ours, theirs in zip(one.totals[policy], other.totals[policy], strict=True):
            np.testing.assert_array_equal(ours, theirs)
    pd.testing.assert_frame_equal(one.summary(), other.summary(), check_exact=True)
    pd.testing.assert_frame_equal(one.series(), other.series(), check_exact=True)


@pytest.fixture(scope="module")
def plainly(scenario: Scenario) -> Result:
    return exportsim.run(scenario, futures=30, seed=3, workers=1, keep_series=True, keep_ledgers=True)


@pytest.mark.parametrize("workers", [1, 2, 3, 40])
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_the_result_is_the_same_whoever_plays(scenario: Scenario, plainly: Result, workers: int, engine: str) -> None:
    found = exportsim.run(scenario, futures=30, seed=3, workers=workers, engine=engine)
    assert_same(found, plainly)
    assert not found.interrupted and not found.entries and not found.ledgers


@pytest.mark.parametrize("workers", [1, 3])
def test_series_and_ledgers_kept_are_in_their_places_whoever_plays(
    scenario: Scenario, plainly: Result, workers: int
) -> None:
    found = exportsim.run(scenario, futures=30, seed=3, workers=workers, keep_series=True, keep_ledgers=True)
    assert_same(found, plainly)
    assert list(found.ledgers) == list(plainly.ledgers)
    assert all(found.ledgers[key] == plainly.ledgers[key] for key in plainly.ledgers)
    for key, entries in plainly.entries.items():
        assert all(np.array_equal(*pair) for pair in zip(entries, found.entries[key], strict=True))


def test_a_scenario_too_large_for_tables_is_added_up_play_by_play(
    scenario: Scenario, plainly: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MOST_TABLES", 0)
    monkeypatch.setattr(sums.Tables, "count", lambda *_: pytest.fail("a table of all plays"))
    assert_same(exportsim.run(scenario, futures=30, seed=3, workers=2), plainly)


def test_a_journal_posted_late_or_early_gives_the_same(
    scenario: Scenario, plainly: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = sums.Tables.finish

    def at_once(self: sums.Tables, future: int) -> None:
        finish(self, future)
        for journal, table in zip(self._journals, self._tables, strict=True):
            journal.post(table)

    monkeypatch.setattr(sums.Tables, "finish", at_once)
    assert_same(exportsim.run(scenario, futures=30, seed=3, workers=2), plainly)


# Interruption


class Pressing:
    """Presses Ctrl-C after so many plays."""

    def __init__(self, plays: int) -> None:
        self.plays = plays
        self.told: list[tuple[int, int]] = []
        self.threads: set[threading.Thread] = set()

    def played(self, done: int, total: int) -> None:
        self.told.append((done, total))
        self.threads.add(threading.current_thread())
        if done >= self.plays:
            raise KeyboardInterrupt


@pytest.mark.parametrize("keep_series", [False, True])
@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_interrupted_it_keeps_the_first_futures_and_nothing_of_the_others(
    scenario: Scenario, workers: int, keep_series: bool, engine: str
) -> None:
    options: dict[str, Any] = {"seed": 3, "keep_series": keep_series}
    pressing = Pressing(40)
    found = exportsim.run(scenario, futures=20_000, workers=workers, engine=engine, progress=pressing, **options)
    assert found.interrupted and 40 // 3 - workers <= found.futures < 20_000
    assert found.provenance["interrupted"] and found.provenance["futures"] == found.futures
    assert_same(found, exportsim.run(scenario, futures=found.futures, workers=1, **options))


def test_interrupted_before_any_future_is_complete_there_is_no_result(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = Worker.play

    def slowly(self: Worker, place: int, future: int) -> None:
        time.sleep(0.2)
        play(self, place, future)

    monkeypatch.setattr(Worker, "play", slowly)
    with pytest.raises(KeyboardInterrupt):
        exportsim.run(scenario, futures=4, workers=2, progress=Pressing(1))


def test_progress_rises_to_the_end_and_is_told_by_the_thread_that_asked(scenario: Scenario) -> None:
    pressing = Pressing(10**9)
    exportsim.run(scenario, futures=50, workers=2, progress=pressing)
    done = [told for told, _ in pressing.told]
    assert done == sorted(set(done)) and pressing.told[-1] == (150, 150)
    assert pressing.threads == {threading.current_thread()}


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_in_a_worker_is_raised_as_it_is(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    play = Worker.play

    def wrong(self: Worker, place: int, future: int) -> None:
        if future == 7:
            raise ExportsimError("an order too many")
        play(self, place, future)

    monkeypatch.setattr(Worker, "play", wrong)
    before = threading.active_count()
    with pytest.raises(ExportsimError, match="an order too many"):
        exportsim.run(scenario, futures=1000, workers=workers)
    assert threading.active_count() == before


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2", True])
def test_workers_are_a_whole_number(scenario: Scenario, wrong: Any) -> None:
    with pytest.raises(ExportsimError, match=r"workers: found .*, expected a whole number from 1"):
        exportsim.run(scenario, futures=1, workers=wrong)


# Who plays which future


@given(st.integers(1, 4), st.data())
def test_whatever_the_workers_do_what_counts_has_no_gap(crew: int, data: DataObject) -> None:
    """Workers take their steps in any order, and somewhere between these they are told to stop."""
    claims = Claims(12)
    at: dict[int, tuple[int, int]] = {}  # by worker: its future and the policies played of three
    idle, counted = set(range(crew)), set()
    stop_after, steps = data.draw(st.integers(0, 60)), 0
    while idle or at:
        if steps == stop_after:
            claims.stop()
        steps += 1
        one = data.draw(st.sampled_from(sorted(idle | at.keys())))
        if one in idle:
            idle.discard(one)
            future = claims.claim()
            if future is not None:
                at[one] = (future, 0)
            continue
        future, played = at.pop(one)
        if played < 3 and claims.leave(future):
            continue  # it goes home
        if played < 3:
            at[one] = (future, played + 1)
        elif claims.finish(future):
            counted.add(future)
            idle.add(one)
        else:
            idle.add(one)
    assert counted == set(range(claims.complete))
    assert steps <= stop_after or claims.complete <= 12


def test_a_future_is_finished_only_if_a_later_one_is() -> None:
    claims = Claims(9)
    assert [claims.claim() for _ in range(3)] == [0, 1, 2]
    assert claims.finish(1)
    claims.stop()
    assert not claims.leave(0)
    assert claims.leave(2)
    assert claims.finish(0)
    assert claims.complete == 2 and claims.claim() is None


# Compilation


def said(scenario: Scenario, kept: Callable[[object], bool], monkeypatch: pytest.MonkeyPatch, engine: str) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(ready, "is_kept", kept)
    exportsim.run(scenario, futures=1, engine=engine, announce=told.append)
    return told


@pytest.mark.parametrize(("engine", "seconds"), [("compiled", 25), ("reference", 10)])
def test_compiling_is_announced_once_before_it_begins(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, engine: str, seconds: int
) -> None:
    assert said(scenario, lambda _: True, monkeypatch, engine) == []
    sentence = f"compiling the engine, once: about {seconds} seconds"
    assert said(scenario, lambda _: False, monkeypatch, engine) == [sentence]
