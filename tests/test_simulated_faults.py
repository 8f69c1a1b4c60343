"""A disk that fails once, at every step and in every way: what is there stays good, and the next run mends the rest.

A thousand schedules over whole commands: a run that writes a folder (a new one, in the place of an earlier one, by
force beside a user's files), a run and a sweep with a store, a page, and pruning. After each the user's files are as
they were, what exportsim wrote is whole, or is seen not to be, and the same command on a sound disk ends as if nothing
had been. A failure names its seed and its schedule: `_play` plays it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest

import exportsim
from exportsim import cli, files, open_store, open_sweep
from exportsim.files import FileSystem
from exportsim.plan import Plan
from exportsim.playing import play as playing
from exportsim.playing.block import Block, pack
from exportsim.playing.measurers import Outcomes
from exportsim.report import folder as folders
from exportsim.report.html import page as page_of
from exportsim.report.html.writing import sealed
from exportsim.report.replacing import is_sealed
from exportsim.report.result import describe
from exportsim.scenario import register
from exportsim.scenario.text import parse
from faults import Death, Disk, Kind, Schedule, disk, schedules
from worlds import as_file, one_source

SEED = 1
WORLD = as_file(one_source(demand__line__orders={"register": "orders.csv", "date": "day"}))
USERS = {
    "my.yaml": WORLD,
    "orders.csv": "day\n2020-02-01\n2020-05-01\n",
    "thesis.tex": "years of work",
    ".exportsim-notes": "mine",
    "answers/thesis.tex": "years of work",
}
Snapshot = dict[str, str]


class Case(NamedTuple):
    """A command, and how it finds the folder that it is in."""

    command: tuple[str, ...]
    before: tuple[tuple[str, ...], ...]  # commands
    rounds: int  # of schedules: each step fails in so many ways
    prepare: Callable[[], None] = lambda: None


def mistreat() -> None:
    """A folder of results that has been worked in."""
    Path("answer/notes.txt").write_text("mine", encoding="utf-8")
    Path("answer/summary.csv").write_text("changed", encoding="utf-8")
    Path("answer/registers/more.csv").write_text("mine", encoding="utf-8")


def damage() -> None:
    """A store with a damaged file, one of another model, one that is left and one of somebody else's."""
    first, second, *_ = open_store("plays").files
    first.write_bytes(b"PAR1" + first.read_bytes()[8:])
    content = second.read_bytes()
    second.with_name(f"{second.name[:2]}{'0' * 30}.parquet").write_bytes(content[:200] + content[300:])
    second.with_name(files.temporary_name()).write_bytes(b"half")
    second.with_name("mine.parquet").write_bytes(b"mine")


RUN = ("run", "my.yaml", "--quiet", "--futures", "2")
STORED = (*RUN, "--store", "plays", "--workers", "1")
OUT = (*RUN, "--out", "answer")
OLD = (*OUT, "--seed", "2")
PAGE = ("report", "my.yaml", "--futures", "2", "--quiet", "--out", "page.html")
SWEEP = (
    "sweep", "my.yaml", "--over", "suppliers.north.slots=1,2", "--futures", "2", "--store", "plays", "--workers", "1",
    "--out", "x.parquet",
)  # fmt: skip
CASES = {
    "a new folder": Case(OUT, (), 2),
    "a folder replaced": Case(OUT, (OLD,), 1),
    "a folder replaced by force": Case((*OUT, "--force"), (OLD,), 1, mistreat),
    "a page": Case(PAGE, ((*PAGE, "--seed", "2"),), 5),
    "a new store": Case(STORED, (), 4),
    "a store that has some": Case((*STORED, "--seed", "2"), (STORED,), 5),
    "a sweep": Case(SWEEP, ((*RUN, "--store", "plays"),), 2),
    "pruning": Case(("store", "prune", "plays"), ((*RUN, "--store", "plays"), (*STORED, "--seed", "2")), 2, damage),
}


def go(*arguments: str) -> tuple[int, str]:
    """What a command says on standard error, and its status."""
    register._read.cache_clear()  # or a register would be read the first time only
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        try:
            cli.main(list(arguments))
        except SystemExit as end:
            return int(end.code or 0), said.getvalue()


def snapshot(folder: Path) -> Snapshot:
    """All files, by what is in them; of a sweep by its table, since it holds the time."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.name == "x.parquet":
            content = open_sweep(path).table.to_csv().encode()
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(content).hexdigest()
    return found


def without_left(found: Snapshot) -> Snapshot:
    """Less what has the name of a temporary file, or is in such a folder."""
    return {name: digest for name, digest in found.items() if not any(map(files.is_temporary, name.split("/")))}


@pytest.fixture(scope="module", autouse=True)
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is written is worked out once for each seed: the disk is looked at here, not what is counted."""
    home = tmp_path_factory.mktemp("quick")
    for name in ("my.yaml", "orders.csv"):
        (home / name).write_text(USERS[name], encoding="utf-8")
    run, play, write, blocks = exportsim.run, playing.play_block, folders.write, dict[Any, Outcomes]()
    results = {seed: run(exportsim.load(home / "my.yaml"), futures=2, seed=seed, keep_series=True) for seed in (1, 2)}
    put: dict[int, list[tuple[str, bytes | str]]] = {}
    origins: dict[int, dict[str, Any]] = {}

    class Noted:
        """Takes what a folder takes."""

        def __init__(self, seed: int) -> None:
            self.new, self.seed = home, seed
            put[seed] = []

        def put(self, name: str, content: bytes | str) -> None:
            put[self.seed].append((name, content))
            (home / name).parent.mkdir(exist_ok=True)
            (home / name).write_bytes(content.encode() if isinstance(content, str) else content)

        def finish(self, provenance: dict[str, Any]) -> None:
            origins[self.seed] = provenance

    for seed, result in results.items():
        write(result, Noted(seed))  # type: ignore[arg-type]
    text = page_of(results[1])
    described = {seed: describe(result) for seed, result in results.items()}

    def run_quickly(scenario: Any, *, seed: int, store: str | None = None, **how: Any) -> Any:
        return results[seed] if store is None else run(scenario, seed=seed, store=store, **how)

    def write_quickly(result: Any, target: Any) -> None:
        seed = result.provenance["seed"]
        for name, content in put[seed]:
            target.put(name, content)
        target.finish(origins[seed])

    def play_quickly(block: Block[Outcomes]) -> Outcomes:
        content = block.task.content
        key = (pack(content) if isinstance(content, Plan) else content.digest, block.task.seed, block.first)
        if key not in blocks:
            blocks[key] = play(block)
        return blocks[key]

    def describe_quickly(result: Any) -> Any:
        return next((said for seed, said in described.items() if results[seed] is result), None) or describe(result)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exportsim, "run", run_quickly)
        patch.setattr(playing, "play_block", play_quickly)
        patch.setattr(folders, "write", write_quickly)
        patch.setattr("exportsim.report.result.describe", describe_quickly)
        patch.setattr("exportsim.scenario.text.parse", cache(parse))  # that is asked of no disk
        patch.setattr("exportsim.report.html.page", lambda result, **_: f"{text}{result.provenance['seed']}")
        yield


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """Gives the folder in which a case starts, made once."""
    made: dict[str, Path] = {}
    here = Path.cwd()

    def make(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("start")
            os.chdir(made[name])
            for user, text in USERS.items():
                Path(user).parent.mkdir(exist_ok=True)
                Path(user).write_text(text, encoding="utf-8")
            for command in CASES[name].before:
                assert go(*command) == (0, "")
            CASES[name].prepare()
        return made[name]

    yield make
    os.chdir(here)


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("part", range(2))
def test_whatever_fails_once_nothing_is_lost_and_the_next_run_mends_it(
    name: str, part: int, started: Callable[[str], Path], tmp_path: Path
) -> None:
    case, start = CASES[name], started(name)
    undisturbed, room = tmp_path / "undisturbed", tmp_path / "room"
    shutil.copytree(start, undisturbed)
    os.chdir(undisturbed)
    with disk() as sound:
        assert go(*case.command)[0] == 0
    before, after = snapshot(start), snapshot(undisturbed)
    assert before != after
    for schedule in _schedules(case, sound)[part::2]:
        os.chdir(tmp_path)
        shutil.rmtree(room, ignore_errors=True)
        shutil.copytree(start, room)
        os.chdir(room)
        try:
            _play(case, schedule, before, after, sound)
        except BaseException as error:
            error.add_note(f"{name}: seed {SEED}, {schedule} ({sound.asked[schedule.step]})")
            raise


def _schedules(case: Case, sound: Disk) -> list[Schedule]:
    """Each step fails in some ways; where files take their place, the process is killed too, if it was not yet."""
    chosen = dict.fromkeys(schedules(len(sound.asked), case.rounds, SEED))
    for step, what in enumerate(sound.asked):
        if what in ("replace", "remove"):
            chosen[Schedule(step, "killed")] = None
        if what in ("rename folder", "remove folder"):  # of which there are few
            chosen |= dict.fromkeys(Schedule(step, kind) for kind in get_args(Kind))
    return list(chosen)


def _play(case: Case, schedule: Schedule, before: Snapshot, after: Snapshot, sound: Disk) -> None:
    """One schedule, and what must be true after it."""
    status, said = None, ""
    with disk(schedule) as failing:
        try:
            status, said = go(*case.command)
        except Death:
            assert failing.dead
    assert failing.asked[: schedule.step + 1] == sound.asked[: schedule.step + 1]
    found = snapshot(Path())
    if status is None:
        found = without_left(found)
    elif status == 0 and "prune" in case.command:
        assert without_left(after).items() <= without_left(found).items() <= without_left(before).items()
    elif status == 0:
        assert without_left(found) == without_left(after)
    elif status == 2:
        assert said.startswith(("error: ", "my.yaml:", "orders.csv")) or "fault" in said, said
    else:
        assert status == 130 and schedule.kind == "interrupted", (status, said)
    _nothing_is_lost(found, before, after, schedule)
    with disk():
        assert go(*case.command)[0] == 0
        assert without_left(snapshot(Path())) == without_left(after)
        if Path("plays").exists():
            assert go("store", "prune", "plays")[0] == 0
            assert not open_store("plays").verify()
    left = [path for path in snapshot(Path()) if any(map(files.is_temporary, path.split("/")))]
    assert not left


def _nothing_is_lost(found: Snapshot, before: Snapshot, after: Snapshot, schedule: Schedule) -> None:
    """All is as it was or as it was to be; only of a folder of results may some be away, which then says so."""
    users = {name for name in before if before[name] == after.get(name)}
    away = not schedule.kind.startswith("killed") or "answer/provenance.json" in found
    for name in users:
        if away or not name.startswith("answer/") or name.endswith(("notes.txt", "more.csv")):
            assert found[name] == before[name], name
    for name, digest in found.items():
        # A sweep that is interrupted writes the points that it has.
        assert (
            (schedule.kind == "interrupted" and name == "x.parquet")
            or digest in (before.get(name), after.get(name))
            or any(map(files.is_temporary, name.split("/")))
        ), name
    if "answer/provenance.json" in found:
        content = Path("answer/provenance.json").read_bytes()
        assert is_sealed(content)
        own = {name.removeprefix("answer/"): digest for name, digest in found.items() if name.startswith("answer/")}
        new = found["answer/provenance.json"] == after["answer/provenance.json"]
        expected = after if new else before
        for name in json.loads(content)["files"]:
            assert own[name] == expected[f"answer/{name}"], name
    for name in before.keys() & after.keys():
        if not name.startswith("answer/"):
            assert name in found, name


def test_a_page_is_written_as_it_is_sealed() -> None:
    """The page of these tests is one."""
    assert sealed("x").startswith(b"x\n<!-- exportsim sha256:")


@pytest.mark.long
def test_there_are_a_thousand_schedules_and_every_thing_asked_of_the_disk_fails_in_every_way(
    started: Callable[[str], Path], tmp_path: Path
) -> None:
    seen: set[tuple[str, str]] = set()
    number = 0
    for name, case in CASES.items():
        shutil.copytree(started(name), tmp_path / name)
        os.chdir(tmp_path / name)
        with disk() as sound:
            go(*case.command)
        for schedule in _schedules(case, sound):
            seen.add((sound.asked[schedule.step], schedule.kind))
            number += 1
    asked = [
        name for name in vars(FileSystem) if not name.startswith("_") and name not in ("is_running", "now", "status")
    ]
    assert seen == {(name.replace("_", " "), kind) for name in asked for kind in get_args(Kind)}
    assert number >= 1000
