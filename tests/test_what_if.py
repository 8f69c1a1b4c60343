"""What if: a setting that changes gives what a fresh run gives, and plays only what the change touches."""

from __future__ import annotations

import atexit
import pickle
import shutil
import tempfile
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import exportsim as xs
from exportsim import testing
from exportsim.analysis.counter import Count, Counter
from exportsim.compile import compile_plan
from exportsim.divergence import measures, parting_of
from exportsim.engine.compiled import Player, Players
from exportsim.engine.compiled.so_far import PlaySoFar
from exportsim.errors import ExportsimError, ScenarioError
from exportsim.packed_rows import rows_of
from exportsim.plan import Int
from exportsim.playing.memory import OVERHEAD, LedgersInMemory, Memory
from exportsim.playing.small_ledgers import pack, unpack

FILE = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
HOLD = "policies.no-new-licences.measures.measure-1.on"
SUSPENSION = "policies.licences-suspended.measures.measure-1.on"
SLOTS = "suppliers.turkish.slots"
REGISTERS = Path(tempfile.mkdtemp(prefix="registers-"))
atexit.register(shutil.rmtree, REGISTERS, ignore_errors=True)


def origin(result: xs.Result) -> dict[str, Any]:
    """Where a result comes from, but for when it was played."""
    return {name: value for name, value in result.provenance.items() if name not in ("started", "seconds")}


def assert_same(found: xs.Result, fresh: xs.Result) -> None:
    """All that can be asked of two results is the same, to the last bit."""
    assert origin(found) == origin(fresh)
    assert np.array_equal(found.values, fresh.values, equal_nan=True)
    assert found.policies == fresh.policies and found.warnings == fresh.warnings
    np.testing.assert_equal(dict(found.untouched), dict(fresh.untouched))
    questions: list[Callable[[xs.Result], pd.DataFrame]] = [
        xs.Result.summary, xs.Result.compare, xs.Result.series, xs.Result.by_quarter, xs.Result.account,
        lambda result: result.account(by=["year"]),
    ]  # fmt: skip
    for policy in fresh.policies:
        questions += [
            lambda result, policy=policy: result.fates(policy),  # type: ignore[misc]
            lambda result, policy=policy: result.waterfall(policy),  # type: ignore[misc]
            lambda result, policy=policy: result.hysteresis(policy),  # type: ignore[misc]
        ]
    for ask in questions:
        pd.testing.assert_frame_equal(ask(found), ask(fresh))
    for authority in fresh.plan.names.authorities:
        for policy in fresh.policies:
            taken, left = fresh.waiting_times(authority, policy)
            assert all(map(np.array_equal, found.waiting_times(authority, policy), (taken, left)))


def fresh_run(what_if: xs.WhatIf, futures: int) -> xs.Result:
    return xs.run(what_if.scenario, policies=what_if.policies, futures=futures)


def test_a_sequence_of_changes_gives_what_fresh_runs_give_and_plays_what_they_touch() -> None:
    what_if = xs.WhatIf(FILE)
    steps: list[tuple[Callable[[], None], int, int]] = [  # what is done, how many futures, how many plays that takes
        (lambda: None, 4, 12),
        (lambda: None, 6, 6),  # two more futures of three policies
        (lambda: what_if.change({SUSPENSION: "2020-02-01"}), 6, 6),  # one policy
        (lambda: what_if.change({HOLD: "2019-08-01"}), 6, 12),  # it and the one that extends it
        (lambda: what_if.take_back(HOLD), 3, 0),  # what was there before
        (lambda: what_if.change({"reference": "no-new-licences"}), 6, 0),
        (lambda: what_if.change({}, policies=["licences-suspended"]), 6, 0),
        (lambda: what_if.change({SLOTS: 3}), 5, 10),  # the world, for two policies
        (lambda: what_if.change({"title": "Other words"}), 5, 0),
        (what_if.take_back, 6, 0),
        (lambda: what_if.change({}, policies=list(what_if.scenario.policies)), 6, 0),
    ]
    for act, futures, plays in steps:
        act()
        before = what_if.memory.plays
        found = what_if.result(futures)
        assert_same(found, fresh_run(what_if, futures))
        assert what_if.memory.plays - before == plays


@given(st.data())
def test_whatever_is_changed_in_whatever_world_the_answer_is_that_of_a_fresh_run(data: st.DataObject) -> None:
    mapping = data.draw(testing.mappings(max_days=200, folder=REGISTERS))
    what_if = xs.WhatIf(xs.build(mapping, allow_outside=True), memory=data.draw(st.sampled_from([0, 20_000, 1 << 26])))
    days, names = testing.important_days(mapping), list(mapping["policies"])
    dated = [
        f"policies.{policy}.measures.{number}.on"
        for policy, written in mapping["policies"].items()
        for number, measure in enumerate(written["measures"])
        if "on" in measure
    ]
    world = {f"suppliers.{name}.slots": st.integers(1, 5) for name in mapping["suppliers"]}
    for _ in range(data.draw(st.integers(1, 4))):
        kind = data.draw(st.sampled_from(["date", "world", "reference", "policies", "back", "futures"]))
        before = what_if.changes
        try:
            if kind == "date" and dated:
                what_if.change({data.draw(st.sampled_from(dated)): data.draw(st.sampled_from(days))})
            elif kind == "world":
                path = data.draw(st.sampled_from(sorted(world)))
                what_if.change({path: data.draw(world[path])})
            elif kind == "reference":
                what_if.change({"reference": data.draw(st.sampled_from(names))})
            elif kind == "policies":
                what_if.change({}, policies=data.draw(st.lists(st.sampled_from(names), unique=True)))
            elif kind == "back" and before:
                what_if.take_back(data.draw(st.sampled_from(sorted(before))))
        except ScenarioError:  # such a date does not go with the others: all is as it was
            assert what_if.changes == before
        futures = data.draw(st.integers(1, 4))
        assert_same(what_if.result(futures), fresh_run(what_if, futures))
        assert what_if.memory.size <= what_if.memory.most


def test_what_was_dropped_is_played_again_and_memory_keeps_within_its_bound() -> None:
    roomy, narrow = xs.WhatIf(FILE), xs.WhatIf(FILE, memory=30_000)
    for what_if in (roomy, narrow):
        result = what_if.result(4)
        result.waterfall("no-new-licences"), what_if.result(4)
    assert roomy.memory.plays == 12 < narrow.memory.plays
    assert narrow.memory.size <= 30_000 < roomy.memory.size


def test_a_play_that_is_stopped_keeps_what_is_finished() -> None:
    what_if = xs.WhatIf(FILE, workers=1)
    found = what_if.result(40, stop=lambda: True)
    assert found.interrupted and 0 < found.futures < 40
    played = what_if.memory.plays
    assert played >= 3 * found.futures
    short = xs.run(FILE, futures=found.futures)
    assert np.array_equal(found.values, short.values, equal_nan=True)
    pd.testing.assert_frame_equal(found.fates("no-new-licences"), short.fates("no-new-licences"))
    assert_same(what_if.result(40), xs.run(FILE, futures=40))
    assert what_if.memory.plays == 120


def test_progress_is_told_of_the_plays_that_a_change_takes() -> None:
    seen: list[tuple[int, int]] = []

    class Seen:
        def played(self, done: int, total: int) -> None:
            seen.append((done, total))

    xs.WhatIf(FILE).result(5, progress=Seen())
    assert seen[-1] == (15, 15)


def test_a_change_that_is_not_valid_changes_nothing() -> None:
    what_if = xs.WhatIf(FILE)
    what_if.change({SLOTS: 3})
    before = what_if.scenario
    for path, value, words in (
        ("suppliers.turkish.slotts", 3, "slots"),
        (SLOTS, -1, "-1"),
        (HOLD, "2019-02-31", "2019-02-31"),
        ("reference", "nobody", "nobody"),
    ):
        with pytest.raises(ScenarioError, match=words):
            what_if.change({path: value})
        assert what_if.scenario is before and dict(what_if.changes) == {SLOTS: 3}
    with pytest.raises(ExportsimError, match="unknown policy"):
        what_if.change({}, policies=["nobody"])
    with pytest.raises(ExportsimError, match="expected a list of names"):
        xs.WhatIf(FILE, policies="no-new-licences")
    with pytest.raises(ExportsimError, match="was not changed"):
        what_if.take_back(HOLD)
    with pytest.raises(ExportsimError, match="expected a mapping"):
        what_if.change([f"{SLOTS}=3"])  # type: ignore[arg-type]
    assert what_if.policies == tuple(before.policies)


def test_without_warnings_all_else_is_the_same() -> None:
    quiet, warned = (xs.WhatIf(FILE, warn=warn) for warn in (False, True))
    for what_if in (quiet, warned):
        what_if.change({"authorities.ecju.review.review.officers": 1})
    one, other = quiet.result(3), warned.result(3)
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert other.warnings == (*other.scenario.origin.warnings, *one.warnings) and other.scenario.origin.warnings
    with pytest.raises(ScenarioError, match="slots"):
        quiet.change({"suppliers.turkish.slotts": 3})


def test_changes_alone_take_back_those_before() -> None:
    what_if = xs.WhatIf(FILE)
    what_if.change({SLOTS: 3})
    what_if.change({HOLD: "2019-08-01"}, alone=True)
    assert dict(what_if.changes) == {HOLD: "2019-08-01"}


def test_a_path_that_is_changed_again_is_changed_last() -> None:
    by_name, by_number = SUSPENSION, SUSPENSION.replace("measure-1", "0")
    what_if = xs.WhatIf(FILE)
    for path, day in ((by_name, "2020-01-01"), (by_number, "2020-02-01"), (by_name, "2020-03-01")):
        what_if.change({path: day})
        assert str(what_if.scenario.policies["licences-suspended"].measures[0].on) == day


def test_two_share_a_memory_and_play_at_once() -> None:
    one = xs.WhatIf(FILE)
    other = xs.WhatIf(FILE, memory=one.memory)
    results: dict[xs.WhatIf, xs.Result] = {}
    other.change({SUSPENSION: "2020-02-01"})

    def play(what_if: xs.WhatIf) -> None:
        results[what_if] = what_if.result(12)

    threads = [threading.Thread(target=play, args=[what_if]) for what_if in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for what_if, found in results.items():
        assert_same(found, fresh_run(what_if, 12))
    assert one.memory.plays <= 72
    third = xs.WhatIf(FILE, memory=one.memory)
    before = one.memory.plays
    third.result(12)
    assert one.memory.plays == before


def test_a_result_is_one_like_any_other() -> None:
    result = xs.WhatIf(FILE).result(3)
    loaded = pickle.loads(pickle.dumps(result))
    pd.testing.assert_frame_equal(loaded.series(), result.series())
    pd.testing.assert_frame_equal(loaded.waterfall("no-new-licences"), result.waterfall("no-new-licences"))
    assert "licences-suspended" in result.totals and "nobody" not in result.totals


def test_it_shows_itself() -> None:
    what_if = xs.WhatIf(FILE)
    what_if.change({SLOTS: 3, "title": "<b>"})
    assert repr(what_if) == "<WhatIf of '<b>': 2 changes>"
    assert SLOTS in what_if._repr_html_() and "<b>" not in what_if._repr_html_()


# ------------------------------------------------------------------ where policies part


@given(st.data(), st.booleans(), st.integers(0, 3))
def test_a_policy_played_on_from_where_it_parts_is_the_policy_played(
    data: st.DataObject, crowded: bool, future: int
) -> None:
    scenario = data.draw(testing.scenarios(max_days=200, folder=REGISTERS, crowded=crowded))
    plan = compile_plan(scenario)
    one, other = data.draw(st.permutations(range(len(scenario.policies))))[:2]
    acts = [measures(plan, policy) for policy in (one, other)]
    players = Players(plan, [one, other], copy_at=parting_of(*acts))
    whole = [rows.copy() for rows in players.play(seed=1, future=future)]
    so_far = players.so_far()
    parts = players.goes_on and plan.start < parting_of(*acts) < plan.end
    event(f"policies part: {parts}")
    assert (so_far is not None) == parts
    for policy, rows in zip((one, other), whole, strict=True):
        alone = Player(plan, policy).play(seed=1, future=future)
        assert np.array_equal(alone, rows)
        if so_far is not None:
            before = whole[0][: so_far.rows]
            later = data.draw(st.integers(so_far.minute, plan.end))
            goes_on = Players(plan, [policy], copy_at=later)
            copied = goes_on.copied is not None and later > so_far.minute
            for _ in range(2):  # in memory in which another play has been
                assert np.array_equal(goes_on.play_on(so_far, before, seed=1, future=future, copied=copied), alone)
                goes_on.play(seed=1, future=future + 1)
            if copied:
                goes_on.play_on(so_far, before, seed=1, future=future, copied=True)
                further = goes_on.so_far()
                assert further is not None
                anew = Players(plan, [policy]).play_on(further, alone[: further.rows], seed=1, future=future)
                assert np.array_equal(anew, alone)


def test_a_policy_whose_date_moves_is_played_on_from_there_and_room_is_made_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    went_on: list[int] = []
    play_on = Players.play_on

    def noted(self: Players, so_far: PlaySoFar, before: Int, **asked: Any) -> Int:
        went_on.append(so_far.minute)
        self._rooms = dict.fromkeys(self._rooms, 1)  # too little, whatever was needed
        self._make_room()
        return play_on(self, so_far, before, **asked)

    monkeypatch.setattr(Players, "play_on", noted)
    what_if = xs.WhatIf(FILE, policies=["no-new-licences"])
    dates = ["2019-10-15", "2019-11-15", "2021-10-15", "2019-04-15", "2019-05-15"]
    copies = []
    for day in dates:
        what_if.change({HOLD: day})
        found = what_if.result(3)
        assert np.array_equal(found.values, fresh_run(what_if, 3).values, equal_nan=True)
        copies.append({(minute, went_on.count(minute)) for minute in went_on})
        went_on.clear()
    days = [(date.fromisoformat(day) - date(2018, 1, 1)).days * 1440 for day in dates]
    # Of the first date it is known, then, for a date a month later and one much later; before that, nothing is.
    assert copies == [set(), {(days[0], 3)}, {(days[0], 3)}, set(), {(days[3], 3)}]


def test_how_a_play_stood_serves_only_policies_that_act_alike_until_then() -> None:
    what_if = xs.WhatIf(FILE)
    for changes, policy in (
        ({HOLD: "2020-06-01"}, "no-new-licences"),  # of a play without measures it is known how it stood in June
        ({HOLD: "2019-10-15", "reference": "no-new-licences", SUSPENSION: "2021-01-01"}, "licences-suspended"),
        ({SUSPENSION: "2020-08-01"}, "licences-suspended"),  # and this one had a measure before that
    ):
        what_if.change(changes, policies=[policy])
        assert np.array_equal(what_if.result(4).values, fresh_run(what_if, 4).values, equal_nan=True)


def test_what_a_policy_has_in_common_with_others_is_not_counted_again_nor_kept_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[tuple[int, int]] = []
    unpacked: list[str] = []
    count_on, read = Counter._count_on, LedgersInMemory.rows

    def noted(self: Counter, rows: Int, first: int, past: int, count: Count, tables: list[Int]) -> None:
        counted.append((first, past))
        count_on(self, rows, first, past, count, tables)

    def noted_read(self: LedgersInMemory, policy: str, future: int) -> Int | None:
        found = read(self, policy, future)
        unpacked.extend([policy] if found is not None else [])
        return found

    monkeypatch.setattr(Counter, "_count_on", noted)
    monkeypatch.setattr(LedgersInMemory, "rows", noted_read)
    what_if = xs.WhatIf(FILE, policies=["no-new-licences"], workers=1)
    what_if.change({HOLD: "2019-10-15"})
    what_if.result(3)
    trunk = [past for first, past in counted if first == 0]
    before = what_if.memory.size
    assert len(counted) == 9 and min(trunk) > 100  # of each future what both have in common, and each
    counted.clear()
    what_if.change({HOLD: "2019-11-15"})
    found = what_if.result(3)
    assert [first for first, _ in counted] == trunk and not unpacked
    alone = what_if.memory.size - before
    assert np.array_equal(found.values, fresh_run(what_if, 3).values, equal_nan=True)
    np.testing.assert_equal(dict(found.untouched), dict(fresh_run(what_if, 3).untouched))
    assert alone < before / 3


def test_memory_for_one_session_is_enough_to_play_only_what_moves() -> None:
    what_if = xs.WhatIf(FILE, policies=["no-new-licences"])
    what_if.result(20)
    bound = int(1.6 * what_if.memory.size)
    what_if = xs.WhatIf(FILE, policies=["no-new-licences"], memory=bound)
    for day in range(1, 8):
        before = what_if.memory.plays
        what_if.change({HOLD: f"2020-01-{day:02d}"})
        what_if.result(20).waterfall("no-new-licences")
        assert what_if.memory.plays - before == (40 if day == 1 else 20)
        assert what_if.memory.size <= bound


# ------------------------------------------------------------------ what is kept


far = st.integers(-(1 << 63), (1 << 63) - 1)
near = st.integers(-3, 3)


@given(st.integers(1, 9).flatmap(lambda width: st.lists(st.lists(far | near, min_size=width, max_size=width))))
def test_rows_are_the_same_when_they_are_unpacked(written: list[list[int]]) -> None:
    rows = np.array(written, dtype=np.int64).reshape(len(written), len(written[0]) if written else 4)
    found = np.full_like(rows, 99)
    unpack(pack(rows), found)
    assert np.array_equal(found, rows)


def test_a_fact_takes_some_two_words() -> None:
    rows = rows_of(xs.simulate(FILE, "as-before", engine="compiled"))
    assert 0 < pack(rows).size <= 26 * len(rows)


def test_what_was_not_used_for_longest_goes_first() -> None:
    memory = Memory(3 * (OVERHEAD + 100))
    for key in "abc":
        memory.put(key, key.upper(), 100)
    assert memory.get("a") == "A"
    memory.put("d", "D", 100)
    assert [memory.get(key) for key in "abcd"] == ["A", None, "C", "D"]
    memory.put("a", "new", 40)
    assert memory.get("a") == "new" and memory.size == 3 * OVERHEAD + 240
    memory.put("e", "too much", 10_000)
    assert memory.get("e") is None and memory.size <= memory.most


def test_ledgers_that_are_kept_are_found_by_what_was_played() -> None:
    memory = Memory(1 << 20)
    ledgers = LedgersInMemory(memory, {"one": "x", "other": "x", "third": "y"}, "world")
    rows = np.arange(18).reshape(2, 9)
    ledgers.keep("one", 5, rows, None)
    found = ledgers.rows("other", 5)
    assert found is not None and np.array_equal(found, rows)
    assert ledgers.rows("third", 5) is None and ledgers.rows("one", 4) is None
    assert memory.plays == 1
