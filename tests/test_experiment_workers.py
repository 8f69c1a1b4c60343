"""Many futures at once: the same result whoever plays them, in whatever order, and however it is cut short."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exportsim
from exportsim import ExportsimError, Result, Scenario
from exportsim.analysis import counter
from exportsim.analysis.counter import Journal
from exportsim.plan import Int
from exportsim.playing import compilation as ready
from exportsim.playing import play as playing
from exportsim.playing.block import Block, Part
from exportsim.playing.measurers import OutcomesReader
from exportsim.study.study import Recorder

experiment_run = import_module("exportsim.study.run")  # the function has its name


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


@pytest.mark.parametrize("engine", ["compiled", "reference"])  # months are added up when asked for, or with the run
def test_a_scenario_too_large_for_tables_is_added_up_play_by_play(
    scenario: Scenario, plainly: Result, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    counted: list[tuple[int, int]] = []
    usual = OutcomesReader._single

    def single(self: OutcomesReader, number: int, future: int, journal: Journal) -> None:
        counted.append((number, future))
        usual(self, number, future, journal)

    monkeypatch.setattr(experiment_run, "MOST_TABLES", 0)
    monkeypatch.setattr("exportsim.study.futures.MOST_TABLES", 0)
    monkeypatch.setattr(OutcomesReader, "_single", single)
    assert_same(exportsim.run(scenario, futures=30, seed=3, workers=2, engine=engine), plainly)
    assert {*counted} == {(policy, future) for policy in range(3) for future in range(30)}


def test_months_are_added_up_when_they_are_first_asked_for(
    scenario: Scenario, plainly: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[int] = []
    usual = counter.post

    def post(table: Int, journal: Int, noted: int) -> None:
        posted.append(noted)
        usual(table, journal, noted)

    monkeypatch.setattr(counter, "post", post)
    found = exportsim.run(scenario, futures=30, seed=3, workers=1)
    found.summary(), found.compare(), found.account()
    assert not posted
    with pytest.raises(KeyError):
        found.totals["nobody"]
    assert list(found.totals) == list(scenario.policies) and len(found.totals) == 3
    assert not posted
    assert_same(found, plainly)
    before = len(posted)
    assert before > 0
    found.series()
    assert len(posted) == before  # once, and of all policies at once


@pytest.mark.parametrize("rows", [1, 7, 100])
def test_in_whatever_pieces_ledgers_are_counted_they_come_to_the_same(
    scenario: Scenario, plainly: Result, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(counter, "PIECE", rows)
    assert_same(exportsim.run(scenario, futures=30, seed=3, workers=2), plainly)


@pytest.mark.parametrize("futures", [1, 7, 50])
def test_however_futures_are_cut_they_come_to_the_same(
    scenario: Scenario, plainly: Result, monkeypatch: pytest.MonkeyPatch, futures: int
) -> None:
    monkeypatch.setattr(playing, "MOST_FUTURES", futures)
    monkeypatch.setattr(playing, "BLOCKS_A_THREAD", 1)
    assert_same(exportsim.run(scenario, futures=30, seed=3, workers=1), plainly)


def test_threads_play_the_shortest_blocks_last(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that none has much to do still when the others have nothing; one thread alone has no others."""
    play, blocks = playing.play_block, dict[int, int]()

    def noted(block: Block[Part]) -> Part:
        blocks[block.first] = block.past - block.first
        return play(block)

    monkeypatch.setattr(playing, "play_block", noted)
    exportsim.run(scenario, futures=200, workers=2)
    sizes = [blocks[first] for first in sorted(blocks)]
    assert sum(sizes) == 200 and sizes == sorted(sizes, reverse=True) and 0 < 4 * sizes[-1] <= sizes[0]
    blocks.clear()
    exportsim.run(scenario, futures=200, workers=1)
    assert sum(blocks.values()) == 200 and len(set(blocks.values())) == 1


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


@pytest.fixture
def control_c(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Makes futures slow, and presses Ctrl-C so many seconds after the first is begun."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    read, timers = OutcomesReader.read, list[threading.Timer]()

    def prepare(seconds: float, *presses: float) -> None:
        def slowly(self: OutcomesReader, future: int, ledgers: Sequence[Int]) -> None:
            while len(timers) < len(presses):
                timers.append(threading.Timer(presses[len(timers)], os.kill, (os.getpid(), signal.SIGINT)))
                timers[-1].start()
            time.sleep(seconds)
            read(self, future, ledgers)

        monkeypatch.setattr(OutcomesReader, "read", slowly)

    yield prepare
    for timer in timers:
        timer.join()
    signal.signal(signal.SIGINT, usual)


@pytest.mark.parametrize("workers", [1, 3])
def test_control_c_keeps_what_is_under_way(scenario: Scenario, control_c: Callable[..., None], workers: int) -> None:
    control_c(0.05, 0.01)
    begun = time.monotonic()
    found = exportsim.run(scenario, futures=10_000, workers=workers, seed=3, engine="reference")
    assert found.interrupted and 1 <= found.futures < 1000 and time.monotonic() - begun < 20
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert_same(found, exportsim.run(scenario, futures=found.futures, seed=3))


def test_control_c_twice_ends_at_once_with_nothing(scenario: Scenario, control_c: Callable[..., None]) -> None:
    control_c(1.5, 0.1, 0.4)
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        exportsim.run(scenario, futures=4, workers=1)
    assert time.monotonic() - begun < 5  # the four take six
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_control_c_while_the_engine_is_compiled_ends_it_at_once(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> bool:
        signal.raise_signal(signal.SIGINT)
        return True

    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(ready, "is_kept", interrupted)
    with pytest.raises(KeyboardInterrupt):
        exportsim.run(scenario, futures=4)
    signal.signal(signal.SIGINT, usual)


def test_control_c_after_the_last_future_takes_nothing_away(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*given: Any, **named: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return provenance(*given, **named)

    provenance = Recorder.provenance
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(Recorder, "provenance", interrupted)
    found = exportsim.run(scenario, futures=4)
    signal.signal(signal.SIGINT, usual)
    assert (found.futures, found.interrupted) == (4, False)


def test_progress_rises_to_the_end_and_is_told_by_the_thread_that_asked(scenario: Scenario) -> None:
    pressing = Pressing(10**9)
    exportsim.run(scenario, futures=50, workers=2, progress=pressing)
    done = [told for told, _ in pressing.told]
    assert done == sorted(set(done)) and pressing.told[-1] == (150, 150)
    assert pressing.threads == {threading.current_thread()}


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_in_a_thread_is_raised_as_it_is(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    read = OutcomesReader.read

    def wrong(self: OutcomesReader, future: int, ledgers: Sequence[Int]) -> None:
        if future == 7:
            raise ExportsimError("an order too many")
        read(self, future, ledgers)

    monkeypatch.setattr(OutcomesReader, "read", wrong)
    before = set(threading.enumerate())  # of which one that an earlier test began may end meanwhile
    with pytest.raises(ExportsimError, match="an order too many"):
        exportsim.run(scenario, futures=1000, workers=workers)
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2", True])
def test_workers_are_a_whole_number(scenario: Scenario, wrong: Any) -> None:
    with pytest.raises(ExportsimError, match=r"workers: found .*, expected a whole number from 1"):
        exportsim.run(scenario, futures=1, workers=wrong)


# Compilation


def said(scenario: Scenario, kept: Callable[[object], bool], monkeypatch: pytest.MonkeyPatch, engine: str) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(ready, "is_kept", kept)
    exportsim.run(scenario, futures=1, engine=engine, announce=told.append)
    return told


@pytest.mark.parametrize(("engine", "seconds"), [("compiled", 30), ("reference", 8)])
def test_compiling_is_announced_once_before_it_begins(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, engine: str, seconds: int
) -> None:
    assert said(scenario, lambda _: True, monkeypatch, engine) == []
    sentence = f"compiling the engine, once: about {seconds} seconds"
    assert said(scenario, lambda _: False, monkeypatch, engine) == [sentence]
