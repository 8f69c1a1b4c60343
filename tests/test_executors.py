"""Whoever plays them, futures come to the same: threads, processes, a cluster one of whose workers is killed."""

from __future__ import annotations

import itertools
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import pytest

import exportsim
from closing import closed_to_turkiye
from exportsim import ExportsimError, LostError, Result, Rule, Scenario, build
from exportsim.playing import block as blocks
from exportsim.playing import executor as spreading
from exportsim.playing import model as models
from exportsim.playing import play as plays
from exportsim.playing.executor import spread
from exportsim.playing.model import Model, this_model
from exportsim.scenario import replace, vary
from worlds import two_sources

OVER = {"suppliers.north.slots": [1, 2, 3], "suppliers.south.ramp_up": ["30d", "1y"]}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return build(two_sources())


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


def same(one: Result, other: Result) -> None:
    np.testing.assert_array_equal(one.values, other.values)
    assert one.untouched == other.untouched and one.policies == other.policies
    pd.testing.assert_frame_equal(one.series(), other.series(), check_exact=True)


@pytest.mark.parametrize("futures", [1, 50, 130])
def test_threads_and_processes_find_what_a_run_finds(scenario: Scenario, processes: Executor, futures: int) -> None:
    alone = exportsim.run(scenario, futures=futures, seed=3)
    with ThreadPoolExecutor(3) as threads:
        same(alone, exportsim.run(scenario, futures=futures, seed=3, executor=threads))
    same(alone, exportsim.run(scenario, futures=futures, seed=3, executor=processes))


def test_series_and_ledgers_come_back_if_they_are_kept(scenario: Scenario, processes: Executor) -> None:
    kept = {"keep_series": True, "keep_ledgers": True}
    alone = exportsim.run(scenario, futures=60, **kept)
    there = exportsim.run(scenario, futures=60, executor=processes, **kept)
    pd.testing.assert_frame_equal(alone.series(by_future=True), there.series(by_future=True))
    for key, ledger in alone.ledgers.items():
        pd.testing.assert_frame_equal(ledger.frame(), there.ledgers[key].frame())


def test_precision_takes_as_many_futures_anywhere(scenario: Scenario, processes: Executor) -> None:
    alone = exportsim.run(scenario, precision="4%", minimum=30, maximum=400)
    there = exportsim.run(scenario, precision="4%", minimum=30, maximum=400, executor=processes)
    same(alone, there)
    assert alone.futures > 30 and alone.provenance["precision"] == there.provenance["precision"]


def test_a_sweep_is_the_same_anywhere(scenario: Scenario, processes: Executor) -> None:
    alone = exportsim.sweep(scenario, OVER, futures=60, workers=1)
    for other in (
        exportsim.sweep(scenario, OVER, futures=60, executor=processes),
        exportsim.sweep(scenario, OVER, futures=60, workers=3),
    ):
        pd.testing.assert_frame_equal(alone.table, other.table, check_exact=True)


def test_rules_in_python_are_played_by_processes(scenario: Scenario, processes: Executor) -> None:
    """The rule does what the measure of `strict` does, so `free` with it has the outcomes of `strict`."""
    rules = {"free": [Rule("closing", closed_to_turkiye, on=date(2020, 6, 1))]}
    there = exportsim.run(scenario, futures=3, engine="reference", rules=rules, executor=processes)
    same(there, exportsim.run(scenario, futures=3, engine="reference", rules=rules))
    free, strict = there.values
    np.testing.assert_array_equal(free, strict)
    assert there.provenance["rules"] == {"free": ["closing"]}
    without = exportsim.run(scenario, futures=3, engine="reference")
    assert (without.values[0] != free).any()
    # What is looked at later is played again, with the rule.
    kept = exportsim.run(scenario, futures=3, engine="reference", rules=rules, keep_ledgers=True)
    pd.testing.assert_frame_equal(there.fates("strict"), kept.fates("strict"))
    pd.testing.assert_frame_equal(there.waterfall("strict"), kept.waterfall("strict"))
    with pytest.raises(ExportsimError, match="what rules written in Python restrict is not known"):
        there.hysteresis("strict")
    assert kept.answer("strict").sentences and there.answer("strict").sentences == kept.answer("strict").sentences


def test_rules_need_the_reference_engine_and_a_policy(scenario: Scenario) -> None:
    rule = Rule("closing", closed_to_turkiye, on=date(2020, 6, 1))
    with pytest.raises(ExportsimError, match="need engine `reference`"):
        exportsim.run(scenario, rules={"free": [rule]})
    with pytest.raises(ExportsimError, match="did you mean `free`"):
        exportsim.run(scenario, rules={"fre": [rule]}, engine="reference")


# A cluster


class Cluster:
    """A scheduler and two workers, processes of their own."""

    def __init__(self) -> None:
        from distributed import Client, LocalCluster

        self.cluster: Any = LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        )
        self.client = Client(self.cluster, set_as_default=False)

    def pids(self) -> dict[str, int]:
        return dict(self.client.run(os.getpid))

    def close(self) -> None:
        self.client.close()
        self.cluster.close()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    import logging

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    made = Cluster()
    yield made
    made.close()


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_finds_the_same_though_a_worker_is_killed(scenario: Scenario, cluster: Cluster) -> None:
    alone = exportsim.sweep(scenario, OVER | {"demand.line.parts": [1, 2, 3, 4]}, futures=50, outcome=["exports"])
    pids = cluster.pids()

    class Killer:
        killed = 0

        def played(self, done: int, total: int) -> None:
            if not self.killed and done > total / 4:
                self.killed = next(iter(pids.values()))
                os.kill(self.killed, signal.SIGKILL)

    killer = Killer()
    executor = cluster.client.get_executor()
    there = exportsim.sweep(
        scenario, OVER | {"demand.line.parts": [1, 2, 3, 4]}, futures=50, outcome=["exports"], executor=executor,
        progress=killer,
    )  # fmt: skip
    assert killer.killed and killer.killed not in cluster.pids().values()
    pd.testing.assert_frame_equal(alone.table, there.table, check_exact=True)
    same(exportsim.run(scenario, futures=200), exportsim.run(scenario, futures=200, executor=executor))


# Spreading


class Direct(Executor):
    """Does at once what it is given, and writes down what that was."""

    def __init__(self) -> None:
        self.sent: list[list[Any]] = []

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.sent.append(arguments[1])
        try:
            future.set_result(function(*arguments, **options))
        except BaseException as error:
            future.set_exception(error)
        return future


class Number(int):
    """A number with something left out where it is known already."""

    def without_content(self) -> Self:
        return type(self)(-int(self))


def squared(number: Number) -> int:
    return int(number) ** 2


def slow(number: Number) -> int:
    time.sleep(0.02)
    return int(number)


def unknown_without_content(number: Number) -> int:
    if number < 0 and number % 7 == 0:
        raise blocks.ContentMissingError
    return abs(int(number))


def test_every_item_is_done_once_whatever_its_chunk() -> None:
    executor = Direct()
    found = list(spread(executor, squared, [Number(n) for n in range(1000)]))
    assert sorted(found) == [(n, n * n) for n in range(1000)]
    assert sum(map(len, executor.sent)) == 1000 and len(executor.sent) < 50


def test_chunks_are_as_long_as_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "CHUNK", 0.1)
    executor = Direct()
    list(spread(executor, slow, [Number(n) for n in range(60)]))
    assert all(len(chunk) <= 6 for chunk in executor.sent) and max(map(len, executor.sent)) >= 3


def test_what_is_left_out_and_not_there_is_sent_again() -> None:
    executor = Direct()
    found = list(spread(executor, unknown_without_content, [Number(n) for n in range(1, 400)], once=True))
    assert sorted(found) == [(n - 1, n) for n in range(1, 400)]
    assert any(number < 0 for chunk in executor.sent for number in chunk)


@pytest.mark.parametrize(
    "other", [this_model()._replace(version="0.0.1"), this_model()._replace(digest="0123456789abcdef")]
)
def test_a_worker_that_plays_another_model_is_refused(other: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of another version; and of the same one, but with other source."""
    done: list[int] = []

    def work(number: Number) -> int:
        done.append(number)
        return int(number)

    class Elsewhere(Direct):
        def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
            with monkeypatch.context() as there:
                there.setattr(spreading, "this_model", lambda: other)
                return super().submit(function, *arguments, **options)

    message = f"a worker has {other}, expected {this_model()}: install the same"
    with pytest.raises(ExportsimError, match=re.escape(message)):
        list(spread(Elsewhere(), work, [Number(1)]))
    assert not done  # it is not even asked


def test_nothing_that_another_model_has_played_gets_into_the_store(scenario: Scenario, tmp_path: Path) -> None:
    class Reporting(ThreadPoolExecutor):
        """Does not look at which model is wanted, and says which it has played."""

        def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
            def elsewhere() -> Any:
                report = function(*arguments, **options)
                return report._replace(model=Model(this_model().version, "0123456789abcdef"))

            return super().submit(elsewhere)

    with Reporting(1) as executor, pytest.raises(ExportsimError, match=r"a worker has exportsim .* expected exportsim"):
        exportsim.run(scenario, futures=60, executor=executor, store=tmp_path / "kept")
    assert exportsim.open_store(tmp_path / "kept").files == []


def test_the_model_is_of_the_sources_and_the_calendars(monkeypatch: pytest.MonkeyPatch) -> None:
    model = models.model.__wrapped__
    assert model() == models.model()
    with monkeypatch.context() as changed:
        changed.setattr(models.metadata, "version", lambda _: "0.0")
        assert model() != models.model()
    monkeypatch.setattr(models, "digest_of", lambda _: b"others")
    assert model() != models.model()


def test_lost_workers_are_a_clear_error() -> None:
    class Lost(Executor):
        def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(BrokenProcessPool("a process was terminated abruptly"))
            return future

    with pytest.raises(LostError, match=r"workers were lost \(BrokenProcessPool: a process was terminated"):
        list(spread(Lost(), squared, [Number(1)]))


class Breaking(Direct):
    """Is lost after a number of blocks."""

    def __init__(self, blocks: int) -> None:
        super().__init__()
        self.left = blocks

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        self.left -= len(arguments[1]) if arguments[0] is blocks.play_block else 0
        if self.left >= 0:
            return super().submit(function, *arguments, **options)
        future: Future[Any] = Future()
        future.set_exception(BrokenProcessPool("a process was terminated abruptly"))
        return future


@pytest.mark.long
def test_what_was_finished_before_workers_were_lost_is_kept(scenario: Scenario) -> None:
    uncertain = replace(
        scenario,
        uncertainties={"suppliers.south.lead_time": ["30d", "300d"], "suppliers.north.lead_time": ["1d", "300d"]},
    )
    with pytest.raises(LostError, match="workers were lost") as lost:
        exportsim.run(scenario, futures=500, executor=Breaking(2))
    result = lost.value.kept
    assert result.interrupted and result.provenance["lost"] == str(lost.value)
    same(result, exportsim.run(scenario, futures=result.futures))
    with pytest.raises(LostError, match="workers were lost") as lost:
        exportsim.sweep(scenario, OVER, futures=10, executor=Breaking(4))
    assert lost.value.kept.interrupted and 0 < len(lost.value.kept.points) < 6
    with pytest.raises(LostError, match="workers were lost") as lost:
        exportsim.sensitivity(uncertain, policy="strict", samples=512, futures=2, executor=Breaking(400))
    assert lost.value.kept.interrupted and 8 <= lost.value.kept.samples < 512
    for study in (
        lambda: exportsim.run(scenario, futures=500, executor=Breaking(0)),
        lambda: exportsim.sweep(scenario, OVER, futures=10, executor=Breaking(0)),
        lambda: exportsim.sensitivity(uncertain, policy="strict", samples=16, futures=2, executor=Breaking(0)),
    ):
        with pytest.raises(LostError, match="workers were lost") as lost:
            study()
        assert lost.value.kept is None


def test_what_the_work_raises_is_raised_and_the_rest_is_called_off() -> None:
    with ThreadPoolExecutor(1) as threads, pytest.raises(ZeroDivisionError):
        for _ in spread(threads, lambda item: 1 // item, map(Number, itertools.chain([0], range(1, 10_000)))):
            pass
    with pytest.raises(ExportsimError, match="workers were lost"):
        list(spread(threads, squared, [Number(1)]))


def test_points_of_one_sweep_are_not_taken_for_those_of_another(scenario: Scenario) -> None:
    """Workers keep what they have opened, and a sweep may lie in memory where one before it lay."""
    for days in range(30, 330, 30):
        changed = {"suppliers.north.lead_time": f"{days}d"}
        found = exportsim.sweep(scenario, {path: [value] for path, value in changed.items()}, futures=3, workers=1)
        alone = exportsim.run(vary(scenario, changed), futures=3).summary()["mean"]
        here = found.table.set_index(["policy", "outcome"])["mean"]
        pd.testing.assert_series_equal(here, alone, check_exact=True)


def test_what_is_over_in_a_moment_begins_no_thread(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    class Noted(spreading.Threads):
        def __init__(self, number: int) -> None:
            begun.append(number)
            super().__init__(number)

    monkeypatch.setattr(plays, "Threads", Noted)
    at_once = exportsim.run(scenario, futures=3, workers=2)
    assert not begun
    monkeypatch.setattr(plays, "MOMENT", 1e9)
    assert np.array_equal(exportsim.run(scenario, futures=3, workers=2).values, at_once.values, equal_nan=True)
    assert begun == [2]


def test_an_error_in_this_thread_is_that_of_the_work() -> None:
    def fail(block: object) -> None:
        raise ValueError("no")

    future = spreading.Here().submit(fail, 1)
    with pytest.raises(ValueError, match="no"):
        future.result()
    assert spreading.Here().submit(lambda one, *, more: one + more, 1, more=2).result() == 3
