"""Nobody waits in silence: what takes more than a moment says on a terminal what it does, and only there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import exportsim as xs
from exportsim.cli import exportsim
from exportsim.report import progress
from exportsim.report.progress import PLAY, shown

QUICKSTART = str(Path(__file__).parents[1] / "scenarios" / "quickstart.yaml")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def shown_of(stream: StringIO, *words: Any, quiet: bool = False, moments: int = 1) -> str:
    """What is on a stream after so many moments of work, at the first and last of which a play is done."""
    with shown(stream, *words, quiet=quiet) as told:
        for done in range(moments):
            time.sleep(progress.PATIENCE * 3)
            if told is not None:
                told.played(done, moments)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.1)


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is said of each step, in order."""
    said: list[Any] = []

    @contextmanager
    def noted(_: object, word: Any = PLAY, *, quiet: bool = False) -> Iterator[None]:
        said.append(word)
        yield None

    monkeypatch.setattr(progress, "shown", noted)
    return said


def test_what_takes_more_than_a_moment_is_said_on_a_terminal() -> None:
    assert "drawing the figures" in shown_of(Terminal(), "draw")


def test_nothing_is_said_elsewhere_nor_quietly_nor_of_a_moment() -> None:
    assert shown_of(StringIO(), "draw") == ""
    assert shown_of(Terminal(), "draw", quiet=True) == ""
    stream = Terminal()
    with shown(stream, "draw"):
        pass
    time.sleep(progress.PATIENCE * 2)  # it would be shown by now
    assert stream.getvalue() == ""


def test_a_play_says_what_is_done_before_while_and_after() -> None:
    stream = Terminal()
    with shown(stream) as told:
        assert told is not None
        seen = []
        for done in (None, 5, 10):
            if done is not None:
                told.played(done, 10)
            time.sleep(progress.PATIENCE * 3)
            seen.append(stream.getvalue())
    assert "preparing to play" in seen[0] and "playing" not in seen[0]
    assert "playing" in seen[1] and "50%" in seen[1] and "working out the answer" not in seen[1]
    assert "working out the answer" in seen[2]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["run", QUICKSTART, "--futures", "2"], ["read", PLAY, "answer"]),
        (["run", QUICKSTART, "--futures", "2", "--out", "answer"], ["read", PLAY, "write", "answer"]),
        (["check", QUICKSTART], ["read", "answer"]),
        (["trace", QUICKSTART, "--policy", "as-before", "--why", "delivered"], ["read", "look"]),
        (
            ["sweep", QUICKSTART, "--over", "suppliers.british.slots=2,3", "--futures", "2", "--figures", "figures"],
            ["read", PLAY, "write", "draw", "answer"],
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_every_step_of_a_command_says_what_it_is(
    command: list[str], said: list[Any], words: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(exportsim, command)
    assert answer.exit_code == 0, answer.output
    assert words == said


@pytest.mark.long
def test_a_search_says_that_it_searches(words: list[Any], tmp_path: Path) -> None:
    slots = {"suppliers.british.slots": list(range(1, 25))}
    xs.sweep(QUICKSTART, slots, futures=1, outcome=["exports"]).save(tmp_path / "sweep.parquet")
    means = xs.open_sweep(tmp_path / "sweep.parquet").table.set_index("policy").loc["as-before", "mean"]
    below = str(int(means.median()))
    answer = CliRunner().invoke(
        exportsim, ["discover", str(tmp_path / "sweep.parquet"), "--policy", "as-before", "--below", below]
    )
    assert answer.exit_code == 0, answer.output
    assert words[0] == "search"
