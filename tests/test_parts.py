"""A study in parts: each point in one of them, by jobs that know nothing of each other; the whole, from the store."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import exportsim as xs
from exportsim.playing.store.parts import MOST, Part, lacking, part_of
from pressing import Finger
from shell import Shell
from worlds import as_file, steady_sources

TEXT = as_file(steady_sources(policies__idle={"measures": []}))
UNCERTAIN = (
    TEXT + "uncertainties: {suppliers.north.slots: {uniform: [1, 9]}, suppliers.north.price: {uniform: [1, 2]}}\n"
)
OVER = {"suppliers.north.slots": [1, 2, 3, 4, 5, 6, 7]}
WORDS = ["sweep", "my.yaml", "--over", "suppliers.north.slots=1,2,3,4,5,6,7", "--futures", "3", "--store", "plays"]


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("my.yaml").write_text(TEXT)
    return Shell(capsys)


@pytest.fixture
def world() -> xs.Scenario:
    return xs.loads(TEXT)


def told(caught: list[str]) -> list[str]:
    return [each for each in caught if each.startswith("store: ")]


@given(st.integers(1, 60), st.integers(0, 200))
def test_parts_together_are_the_whole_and_each_point_is_in_one(of: int, asked: int) -> None:
    parts = [Part(number, of).points(asked) for number in range(1, of + 1)]
    assert sorted(point for part in parts for point in part) == list(range(asked))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert lacking(range(asked), of) == [number for number, part in enumerate(parts, 1) if part]
    assert all(lacking(part, of) == [number] for number, part in enumerate(parts, 1) if part)


@pytest.mark.parametrize(
    "written", ["", "0/3", "4/3", "1", "1/0", "-1/3", "1.5/3", "one/two", "1/2/3", f"1/{MOST + 1}", (0, 1), (1, 2, 3)]
)
def test_no_part_is_refused_with_what_one_is(written: Any) -> None:
    with pytest.raises(xs.ExportsimError, match="expected such as `7/100`"):
        part_of(written)


def test_a_part_is_read_from_text_and_pairs() -> None:
    assert part_of("7/100") == part_of(" 7 / 100 ") == part_of((7, 100)) == Part(7, 100)
    assert str(Part(7, 100)) == "7/100" and list(Part(7, 100).points(220)) == [6, 106, 206]


def test_parts_played_one_after_the_other_come_to_the_whole(world: xs.Scenario, tmp_path: Path) -> None:
    """And what a part has played is played neither by the whole nor by the same part again."""
    store, caught = tmp_path / "plays", list[str]()
    for number in (3, 1):
        part = xs.play_part(xs.sweep, world, OVER, part=(number, 3), store=store, futures=3)
        assert list(part.table["point"]) == list(range(number - 1, 7, 3)) and part.table["played"].all()
        assert (part.number, part.of, part.asked, part.whole) == (
            number,
            3,
            len(part.table),
            7,
        ) and not part.interrupted
    again = xs.play_part(xs.sweep, world, OVER, part="1/3", store=store, futures=3)
    assert list(again.table["point"]) == [0, 3, 6] and not again.table["played"].any()
    found = xs.sweep(world, OVER, store=store, futures=3, announce=caught.append)
    assert told(caught) == ["store: of 3 parts not finished: 2; 2 of 7 points are not there, and are played now"]
    pd.testing.assert_frame_equal(found.table, xs.sweep(world, OVER, futures=3).table)
    caught.clear()
    xs.sweep(world, OVER, store=store, futures=3, announce=caught.append)
    assert told(caught) == ["store: all 3 parts are finished"]


@pytest.mark.parametrize(
    "other",
    [
        {"futures": 4},
        {"seed": 2},
        {"over": {"suppliers.north.slots": [1, 2, 3, 4, 5, 6, 8]}},
        {"policies": ["idle"]},
    ],
)
def test_nothing_is_said_of_parts_to_another_question(world: xs.Scenario, tmp_path: Path, other: Any) -> None:
    store, caught = tmp_path / "plays", list[str]()
    xs.play_part(xs.sweep, world, OVER, part="1/3", store=store, futures=3)
    asked = {"over": OVER, "futures": 3, "seed": 1} | other
    xs.sweep(world, asked.pop("over"), store=store, announce=caught.append, **asked)
    assert told(caught) == []


def test_nothing_is_played_by_the_whole_once_all_parts_are(world: xs.Scenario, tmp_path: Path) -> None:
    for number in (1, 2):
        xs.play_part(xs.sweep, world, OVER, part=(number, 2), store=tmp_path / "plays", futures=3)
    plays = sorted((tmp_path / "plays/plays").rglob("*.parquet"))
    times = [path.stat().st_mtime_ns for path in plays]
    xs.sweep(world, OVER, store=tmp_path / "plays", futures=3)
    assert sorted((tmp_path / "plays/plays").rglob("*.parquet")) == plays and len(plays) == 7 * len(world.policies)
    assert [path.stat().st_mtime_ns for path in plays] == times


def test_more_parts_than_points_leave_some_with_nothing_to_do(world: xs.Scenario, tmp_path: Path) -> None:
    part = xs.play_part(xs.sweep, world, OVER, part="9/10", store=tmp_path / "plays", futures=3)
    assert part.asked == len(part.table) == 0 and not part.interrupted


def test_a_sensitivity_analysis_is_played_in_parts(tmp_path: Path) -> None:
    world, asked = xs.loads(UNCERTAIN), {"policy": "idle", "method": "morris", "samples": 8, "futures": 2}
    for number in (1, 2, 3):
        part = xs.play_part(xs.sensitivity, world, part=(number, 3), store=tmp_path / "plays", **asked)
        assert part.whole == 24 and len(part.table) == 8
    caught: list[str] = []
    found = xs.sensitivity(world, store=tmp_path / "plays", announce=caught.append, **asked)
    assert told(caught) == ["store: all 3 parts are finished"]
    pd.testing.assert_frame_equal(found.table, xs.sensitivity(world, **asked).table)


def test_what_plays_no_points_has_no_parts(world: xs.Scenario, tmp_path: Path) -> None:
    with pytest.raises(xs.ExportsimError, match="found 'run', expected `sweep` or `sensitivity`"):
        xs.play_part(xs.run, world, part="1/3", store=tmp_path / "plays")
    assert not (tmp_path / "plays").exists()


def test_a_part_that_is_interrupted_keeps_what_it_has_finished(world: xs.Scenario, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"part": "1/1", "store": tmp_path / "plays", "futures": 3, "workers": 1}
    part = xs.play_part(xs.sweep, world, OVER, progress=Finger(3 * 2 * len(world.policies)), **settings)
    assert part.interrupted and 2 <= len(part.table) < 7 == part.asked
    again = xs.play_part(xs.sweep, world, OVER, **settings)
    assert not again.interrupted and 2 <= sum(~again.table["played"]) < 7 == len(again.table)


def test_the_command_says_which_points_a_part_has(shell: Shell) -> None:
    said = shell(*WORDS, "--part", "2/3")
    assert said.status == 0 and "Part 2 of 3: 2 of 7 points\nThese are the points 1, 4\n" in said.out
    assert "In the store: 2 of them; played now: 2\n" in said.out
    many = shell(*WORDS[:3], "suppliers.north.slots=" + ",".join(map(str, range(1, 51))), *WORDS[4:], "--part", "1/2")
    assert "These are the points 0, 2, 4," in many.out and "each 2 after the one" in many.out
    assert (
        "not finished: 1,3; 2 of 7 points are not there" in shell(*WORDS).err
    )  # of the others some are those of `many`


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (WORDS[:-2], "give --store DIR"),
        ([*WORDS, "--out", "a.csv"], "give --out and --figures to the command without it"),
        ([*WORDS, "--figures", "drawn"], "give --out and --figures to the command without it"),
        ([*WORDS[:-2], "--store", "plays", "--part", "8/7"], "--part: found `8/7`, expected such as `7/100`"),
    ],
)
def test_mistakes_are_told(shell: Shell, words: list[str], message: str) -> None:
    said = shell(*words, *([] if "--part" in words else ["--part", "1/3"]))
    assert said.status == 2 and message in said.err


def test_jobs_at_once_come_to_the_same_as_one(shell: Shell) -> None:
    """As a scheduler starts them: processes of their own, two of them for the same part."""
    commands = [[sys.executable, "-m", "exportsim", *WORDS, "--part", f"{part}/3", "--json"] for part in (1, 2, 3, 3)]
    jobs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    found = [json.loads(job.communicate(timeout=300)[0]) for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0, 0, 0]
    assert sorted(row["point"] for part in found[:3] for row in part["points"]) == list(range(7))
    whole = shell(*WORDS, "--json")
    assert "store: all 3 parts are finished" in whole.err
    assert json.loads(whole.out)["rows"] == json.loads(shell(*WORDS[:-2], "--json").out)["rows"]


def test_an_executor_that_only_takes_jobs_is_refused_with_what_to_do(world: xs.Scenario) -> None:
    class Jobs:
        def submit(self, *_: Any) -> None:
            raise AssertionError

        def map_array(self, *_: Any) -> None:
            raise AssertionError

    with pytest.raises(xs.ExportsimError, match=r"Jobs, which has no `map` and no `shutdown`.*`play_part`"):
        xs.run(world, futures=2, executor=Jobs())  # type: ignore[arg-type]
