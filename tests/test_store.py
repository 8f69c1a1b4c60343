"""The store: what is there is not played again, what is damaged is, and nothing that happens to a run harms it."""

from __future__ import annotations

import base64
import errno
import json
import os
import random
import resource
import signal
import subprocess
import sys
import textwrap
import time
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import exportsim
from exportsim import ExportsimError, Result, Scenario, files, loads, open_store
from exportsim.files import FileSystem, exchanged
from exportsim.playing import store
from exportsim.playing.block import Block
from exportsim.playing.measurers import Outcomes
from exportsim.playing.store import scenario_plays
from exportsim.playing.store.scenario_plays import ScenarioPlays
from exportsim.scenario import vary
from shell import Shell
from worlds import as_file, two_sources

WORLD = as_file(two_sources())
FUTURES = 130  # three blocks
LONG = pytest.mark.long
Blocks = list[Block[Outcomes]]


@pytest.fixture
def scenario() -> Scenario:
    return loads(WORLD)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Blocks:
    """The blocks that are played because a store has not all of them."""
    blocks: Blocks = []
    missing = ScenarioPlays.missing

    def noted(self: ScenarioPlays, block: Block[Outcomes]) -> Block[Outcomes] | None:
        rest = missing(self, block)
        blocks.extend([] if rest is None else [rest])
        return rest

    monkeypatch.setattr(ScenarioPlays, "missing", noted)
    return blocks


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(WORLD)
    return Shell(capsys)


def same(one: Result, other: Result) -> None:
    np.testing.assert_array_equal(one.values, other.values)
    assert one.untouched == other.untouched and one.policies == other.policies
    pd.testing.assert_frame_equal(one.series(), other.series(), check_exact=True)


def test_what_is_there_is_not_played_again(scenario: Scenario, played: Blocks, tmp_path: Path) -> None:
    alone = exportsim.run(scenario, futures=FUTURES)
    same(alone, exportsim.run(scenario, futures=FUTURES, store=tmp_path))
    assert sorted((block.first, block.past) for block in played) == [(0, 50), (50, 100), (100, 130)]
    played.clear()
    same(alone, exportsim.run(scenario, futures=FUTURES, store=tmp_path))
    assert not played
    same(exportsim.run(scenario, futures=200), exportsim.run(scenario, futures=200, store=tmp_path))
    assert sorted((block.first, block.past) for block in played) == [(100, 150), (150, 200)]


@pytest.mark.parametrize(
    "changed",
    [
        {"demand.line.orders": "31/y"},
        {"suppliers.south.ramp_up": "91d"},
        {"policies.strict.measures": [{"on": "2020-06-02", "applications": "deny"}]},
        {"policies.free.measures": [{"on": "2020-06-02", "applications": "hold"}]},
    ],
)
def test_another_scenario_is_another(
    scenario: Scenario, played: Blocks, tmp_path: Path, changed: dict[str, Any]
) -> None:
    exportsim.run(scenario, futures=4, store=tmp_path)
    other = vary(scenario, changed)
    played.clear()
    same(exportsim.run(other, futures=4), exportsim.run(other, futures=4, store=tmp_path))
    assert played


@pytest.mark.parametrize("changed", [{"title": "Another"}, {"uncertainties": {"suppliers.north.slots": [1, 2]}}])
def test_what_plays_no_part_changes_nothing(
    scenario: Scenario, played: Blocks, tmp_path: Path, changed: dict[str, Any]
) -> None:
    exportsim.run(scenario, futures=4, store=tmp_path)
    played.clear()
    exportsim.run(vary(scenario, changed), futures=4, store=tmp_path)
    assert not played


def test_seed_and_futures_are_part_of_the_address(scenario: Scenario, played: Blocks, tmp_path: Path) -> None:
    for options in ({"seed": 1, "futures": 4}, {"seed": 2, "futures": 4}, {"seed": 1, "futures": 5}):
        same(exportsim.run(scenario, **options), exportsim.run(scenario, store=tmp_path, **options))
    assert len(played) == 3


def test_a_policy_that_is_added_is_played_beside_the_reference(
    scenario: Scenario, played: Blocks, tmp_path: Path
) -> None:
    exportsim.run(scenario, futures=4, store=tmp_path)
    more = vary(scenario, {"policies.loose": {"measures": [{"on": "2020-06-01", "applications": "hold"}]}})
    played.clear()
    same(exportsim.run(more, futures=4), exportsim.run(more, futures=4, store=tmp_path))
    assert [block.task.policies for block in played] == [("free", "loose")]


def test_what_a_policy_stands_on_is_part_of_it(scenario: Scenario, played: Blocks, tmp_path: Path) -> None:
    heir = {"policies.heir": {"extends": "strict", "measures": []}}
    exportsim.run(vary(scenario, heir), futures=4, store=tmp_path)
    played.clear()
    changed = vary(scenario, heir | {"policies.strict.measures": [{"on": "2020-09-01", "applications": "deny"}]})
    same(exportsim.run(changed, futures=4), exportsim.run(changed, futures=4, store=tmp_path))
    assert [block.task.policies for block in played] == [("free", "strict", "heir")]


def test_another_model_is_another(
    scenario: Scenario, played: Blocks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exportsim.run(scenario, futures=4, store=tmp_path)
    assert open_store(tmp_path).contents()["usable"].all() and not open_store(tmp_path).prune(dry=True)
    for module in (scenario_plays, store):
        monkeypatch.setattr(module, "model", lambda: "another")
    played.clear()
    exportsim.run(scenario, futures=4, store=tmp_path)
    assert played
    opened = open_store(tmp_path)
    assert sorted(opened.contents()["usable"]) == [False, False, True, True]
    assert len(opened.prune(dry=True)) == 2 and len(opened.files) == 4
    assert len(opened.prune()) == 2 and len(opened.files) == 2 and opened.contents()["usable"].all()


@pytest.mark.parametrize("harm", ["truncated", "emptied", "a bit in the middle", "another file's content"])
def test_damage_is_found_named_and_played_again(scenario: Scenario, played: Blocks, tmp_path: Path, harm: str) -> None:
    alone = exportsim.run(scenario, futures=4, store=tmp_path)
    (path, other) = open_store(tmp_path).files
    sound = path.read_bytes()
    content = {
        "truncated": sound[: len(sound) // 2],
        "emptied": b"",
        "a bit in the middle": sound[:300] + bytes([sound[300] ^ 4]) + sound[301:],
        "another file's content": other.read_bytes(),
    }[harm]
    path.write_bytes(content)
    assert [damage.path for damage in open_store(tmp_path).verify()] == [path] * (harm != "another file's content")
    told: list[str] = []
    played.clear()
    same(alone, exportsim.run(scenario, futures=4, store=tmp_path, announce=told.append))
    assert len(played) == 1 and len(told) == 1 and str(path) in told[0] and "it is played again" in told[0]
    assert not open_store(tmp_path).verify() and path.read_bytes() == sound


def test_any_flipped_bit_is_found_or_changes_nothing_that_is_read(scenario: Scenario, tmp_path: Path) -> None:
    alone = exportsim.run(scenario, futures=4, store=tmp_path)
    (path, _) = open_store(tmp_path).files
    sound, luck = path.read_bytes(), random.Random(1)
    for place in luck.sample(range(len(sound)), 40):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ (1 << luck.randrange(8))]) + sound[place + 1 :])
        same(alone, exportsim.run(scenario, futures=4, store=tmp_path))
        path.write_bytes(sound)


def test_a_full_disk_is_an_error_and_leaves_the_store_good(scenario: Scenario, tmp_path: Path) -> None:
    """The system refuses to write more than so many bytes to a file, which is how a full disk looks from here."""
    exportsim.run(scenario, futures=4, store=tmp_path)
    before, old = len(open_store(tmp_path).files), resource.getrlimit(resource.RLIMIT_FSIZE)
    usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, old[1]))
    try:
        with pytest.raises(ExportsimError, match=r"store: cannot write .*large"):
            exportsim.run(scenario, futures=4, seed=2, store=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, usual)
    assert len(open_store(tmp_path).files) == before and not open_store(tmp_path).verify()
    assert not list(tmp_path.glob("plays/*/.new-*"))
    same(exportsim.run(scenario, futures=4, seed=2), exportsim.run(scenario, futures=4, seed=2, store=tmp_path))


@pytest.mark.parametrize("moment", [pytest.param(0.05, marks=LONG), 0.3, pytest.param(0.6, marks=LONG)])
def test_killed_a_run_goes_on_where_it_stopped(
    scenario: Scenario, played: Blocks, tmp_path: Path, moment: float
) -> None:
    world = tmp_path / "small.yaml"
    world.write_text(WORLD)
    program = f"""
        import exportsim
        scenario = exportsim.load({str(world)!r})
        exportsim.run(scenario, futures=4)
        print("ready", flush=True)
        exportsim.run(scenario, futures=5000, store={str(tmp_path / "plays")!r}, workers=1)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    there = exportsim.playing.store.Store.at(tmp_path / "plays").contents()
    finished = set(there.loc[there["policy"] == "free", "first"]) & set(there.loc[there["policy"] == "strict", "first"])
    found = exportsim.run(scenario, futures=1000, store=tmp_path / "plays")
    same(found, exportsim.run(scenario, futures=1000))
    assert sorted(block.first for block in played) == [first for first in range(0, 1000, 50) if first not in finished]
    assert not open_store(tmp_path / "plays").verify()


@pytest.mark.long
def test_two_runs_share_a_store(scenario: Scenario, tmp_path: Path) -> None:
    world = tmp_path / "small.yaml"
    world.write_text(WORLD)
    command = [sys.executable, "-c", "from exportsim.cli import main; main()", "run", str(world), "--json", "--store"]
    command += [str(tmp_path / "plays"), "--futures", "300"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    first, second = (json.loads(each.communicate()[0]) for each in both)
    assert first["summary"] == second["summary"] and all(each.returncode == 0 for each in both)
    opened = open_store(tmp_path / "plays")
    assert not opened.verify() and len(opened.files) == 12
    same(exportsim.run(scenario, futures=300), exportsim.run(scenario, futures=300, store=opened))


def test_a_sweep_goes_on_too_and_new_points_alone_are_played(
    scenario: Scenario, played: Blocks, tmp_path: Path
) -> None:
    over = {"suppliers.north.slots": [1, 2, 3]}
    alone = exportsim.sweep(scenario, over, futures=6)
    pd.testing.assert_frame_equal(alone.table, exportsim.sweep(scenario, over, futures=6, store=tmp_path).table)
    played.clear()
    pd.testing.assert_frame_equal(alone.table, exportsim.sweep(scenario, over, futures=6, store=tmp_path).table)
    assert not played
    exportsim.sweep(scenario, {"suppliers.north.slots": [1, 2, 3, 4]}, futures=6, store=tmp_path)
    assert len(played) == 1
    varied = open_store(tmp_path).contents()["varied"].map(json.loads)
    assert sorted(each["suppliers.north.slots"] for each in varied) == [1, 1, 2, 2, 3, 3, 4, 4]


def test_it_is_read_lazily_and_by_duckdb(scenario: Scenario, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    result = exportsim.run(scenario, futures=60, store=tmp_path)
    dataset = open_store(tmp_path).dataset()
    means = dataset.to_table(columns=["policy", "exports"]).to_pandas().groupby("policy")["exports"].mean()
    for policy in result.policies:
        assert means[policy] == pytest.approx(result.outcomes.loc[policy, "exports"].mean(), rel=1e-12)
    plays = str(tmp_path / "plays" / "*" / "*.parquet")
    rows = duckdb.sql(
        f"select policy, count(*), max(exports) from '{plays}' group by policy order by policy"
    ).fetchall()
    assert rows == [(policy, 60, result.outcomes.loc[policy, "exports"].max()) for policy in ("free", "strict")]


def test_each_future_is_read_once(scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block of 4 futures and one of 6 are there, what a sweep kept of the same, and another model's."""
    for futures in (4, 6):
        exportsim.run(scenario, futures=futures, store=tmp_path)
    exportsim.sweep(scenario, {"suppliers.north.slots": [2]}, futures=6, store=tmp_path)
    with monkeypatch.context() as context:
        context.setattr(scenario_plays, "model", lambda: "another")
        exportsim.run(scenario, futures=9, store=tmp_path)
    assert len(open_store(tmp_path).files) == 8
    rows = open_store(tmp_path).dataset().to_table(columns=["policy", "future"]).to_pandas()
    assert sorted(map(tuple, rows.to_numpy().tolist())) == [(p, n) for p in ("free", "strict") for n in range(6)]


def test_a_folder_that_is_no_store_is_refused(scenario: Scenario, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ExportsimError, match="not empty and no store"):
        exportsim.run(scenario, futures=1, store=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    with pytest.raises(ExportsimError, match="there is no store here"):
        open_store(tmp_path)
    (tmp_path / store.MARK).write_text('{"store": 2}')
    with pytest.raises(ExportsimError, match="found a store of layout 2, expected 1"):
        open_store(tmp_path)
    with pytest.raises(ExportsimError, match="keep_ledgers: a store keeps outcomes"):
        exportsim.run(scenario, futures=1, store=tmp_path / "plays", keep_ledgers=True)


def test_many_may_make_a_folder_a_store_at_once(tmp_path: Path) -> None:
    for turn in range(50):
        place, ready = tmp_path / str(turn), Barrier(4)

        def make(place: Path = place, ready: Barrier = ready) -> None:
            ready.wait()
            store.Store.at(place)

        with ThreadPoolExecutor(4) as threads:
            for each in [threads.submit(make) for _ in range(4)]:
                each.result()


def test_what_a_killed_run_left_is_pruned_when_it_is_old(scenario: Scenario, tmp_path: Path) -> None:
    exportsim.run(scenario, futures=1, store=tmp_path)
    folder, token = open_store(tmp_path).files[0].parent, "0123456789abcdef"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    machine = files.temporary_name()[: len(".exportsim-01234567-")]
    left = [
        folder / f".exportsim-00000000-1-{token}",
        folder / f".new-{token}{token}",
        folder / f"{machine}{gone.pid}-{token}",
    ]
    fresh = [
        folder / f".exportsim-00000000-2-{token}",
        folder / f".new-{token[::-1]}{token}",
        folder / f"{machine}1-{token}",
    ]
    for path in (*left, *fresh, folder / "notes.parquet", folder / ".exportsim-mine"):
        path.write_bytes(b"half")
    for path in left[:2]:
        os.utime(path, (0, 0))
    assert sorted(open_store(tmp_path).prune()) == sorted(left) and all(path.exists() for path in fresh)
    assert len(open_store(tmp_path).files) == 2 and (folder / "notes.parquet").exists()


# What is not as it should be: words, within bounds


def played_into(tmp_path: Path, scenario: Scenario) -> Path:
    exportsim.run(scenario, futures=4, store=tmp_path)
    return open_store(tmp_path).files[0]


@pytest.mark.parametrize("content", [b"", b'{"store": 1', b'{"store": 1}\xff', b"[" * 1000, b'{"shore": 1}\n', b"[]"])
def test_a_damaged_mark_closes_nothing_and_is_written_again(
    scenario: Scenario, played: Blocks, tmp_path: Path, content: bytes
) -> None:
    played_into(tmp_path, scenario)
    mark = tmp_path / store.MARK
    sound = mark.read_bytes()
    mark.write_bytes(content)
    (damage,) = open_store(tmp_path).verify()
    assert damage.path == mark and "the next run writes it again" in damage.reason
    assert len(open_store(tmp_path).contents()) == 2 and not open_store(tmp_path).prune()
    played.clear()
    exportsim.run(scenario, futures=4, store=tmp_path)
    assert not played and mark.read_bytes() == sound and not open_store(tmp_path).verify()


def crafted(path: Path, table: pa.Table, **metadata: bytes) -> None:
    """A file whose table is another, with the metadata of the old one."""
    own = {**(pq.read_metadata(path).metadata or {}), **{key.encode(): value for key, value in metadata.items()}}
    pq.write_table(table.replace_schema_metadata(own), path, compression="zstd")


def zeros(count: int) -> bytes:
    """Bytes of 0, in whole millions, compressed as one million is: each part is compressed alone, so all are alike."""
    part = 1_000_000
    compressing = zlib.compressobj(9)
    begun = compressing.compress(bytes(part)) + compressing.flush(zlib.Z_FULL_FLUSH)
    head, one, end = begun[:2], begun[2:], compressing.flush()[:-4]
    checksum = (count % 65521 << 16 | 1).to_bytes(4, "big")  # Adler-32 of zeros
    return head + one * (count // part) + end + checksum


@pytest.mark.parametrize(
    "harm",
    ["rows", "texts", "columns", pytest.param("series", marks=LONG), "deep", "types", "past", "pipe", "folder"],
)
def test_a_crafted_file_takes_little_and_is_played_again(
    scenario: Scenario, played: Blocks, tmp_path: Path, harm: str
) -> None:
    alone = exportsim.run(scenario, futures=4)
    path = played_into(tmp_path, scenario)
    table, own = pq.read_table(path), pq.read_metadata(path).metadata
    if harm == "rows":
        crafted(path, pa.table({"scenario": pa.array(np.zeros(100_000_000, dtype=np.int64))}))
    elif harm == "texts":
        long = pa.array(["x" * 1_000_000]).dictionary_encode()
        texts = pa.DictionaryArray.from_arrays(np.zeros(10_000, dtype=np.int32), long.dictionary)
        crafted(path, pa.table({"scenario": texts}))
    elif harm == "columns":
        crafted(path, pa.table({str(number): [1] for number in range(11_000)}))
    elif harm == "series":
        crafted(path, table, **{"exportsim-series": base64.b85encode(zeros(1_000_000_000))})
    elif harm == "deep":
        crafted(path, table, exportsim=b"[" * 1_000_000)
    elif harm == "types":
        crafted(path, table, exportsim=own[b"exportsim"].replace(b'"seed": 1', b'"seed": []'))
    elif harm == "past":
        crafted(path, table, exportsim=own[b"exportsim"].replace(b'"past": 4', b'"past": 4000000000'))
    else:
        path.unlink()
        (os.mkfifo if harm == "pipe" else os.mkdir)(path)
    if harm != "folder":
        assert path.is_fifo() or path.stat().st_size < 25_000_000
    tracemalloc.start()
    pa_before, limit = pa.total_allocated_bytes(), 1 << 30
    (damage,) = open_store(tmp_path).verify()
    assert damage.path == path and "Error" not in damage.reason
    assert open_store(tmp_path).contents()["policy"].notna().all()
    assert tracemalloc.get_traced_memory()[1] < limit and pa.total_allocated_bytes() - pa_before < limit
    tracemalloc.stop()
    assert open_store(tmp_path).prune(dry=True) == ([] if harm in ("pipe", "folder") else [path])
    if harm == "folder":
        with pytest.raises(ExportsimError, match="store: cannot write"):
            exportsim.run(scenario, futures=4, store=tmp_path)
        return
    played.clear()
    told: list[str] = []
    same(alone, exportsim.run(scenario, futures=4, store=tmp_path, announce=told.append))
    assert len(played) == 1 and any(str(path) in each for each in told)


class Denied(FileSystem):
    """Refuses one thing for want of permission, of the paths that end so."""

    def __init__(self, name: str, ending: str) -> None:
        def refused(path: Path, *rest: Path) -> Any:
            if str(path).endswith(ending):
                raise PermissionError(errno.EACCES, "Permission denied")
            return getattr(FileSystem, name)(self, path, *rest)

        setattr(self, name, refused)


def test_what_may_not_be_read_is_told_and_not_taken_for_damaged(
    scenario: Scenario, played: Blocks, tmp_path: Path, shell: Shell
) -> None:
    path = played_into(tmp_path / "plays", scenario)
    with exchanged(Denied("open", path.name)):
        (damage,) = open_store("plays").verify()
        assert damage.reason == "it cannot be read: Permission denied" and not open_store("plays").prune()
        said = shell("run", "small.yaml", "--futures", "4", "--store", "plays")
        assert said.status == 0 and "it cannot be read: Permission denied; it is played again" in said.err
    for name, ending, told in (
        ("names", "plays", "store: cannot list "),
        ("open", store.MARK, "there is no store here that can be read (Permission denied)"),
    ):
        with exchanged(Denied(name, ending)):
            said = shell("store", "verify", "plays")
        assert said.status == 2 and told in said.err and "Traceback" not in said.err
    path.write_bytes(b"")
    with exchanged(Denied("remove", path.name)):
        said = shell("store", "prune", "plays")
    assert said.status == 2 and "store: cannot remove " in said.err


def test_pruning_beside_a_run_that_writes_takes_nothing_that_is_sound(scenario: Scenario, tmp_path: Path) -> None:
    """Between finding a file damaged and removing it, a run puts a sound one in its place; others vanish."""
    path = played_into(tmp_path, scenario)
    other = open_store(tmp_path).files[1]
    sound = path.read_bytes()
    path.write_bytes(b"half")
    looked: list[Path] = []

    class Beside(FileSystem):
        def open(self, path_: Path) -> int:
            if path_ == path:
                looked.append(path_)
            if path_ == path and len(looked) == 3:  # said to be damaged by then
                path.write_bytes(sound)
            return super().open(path_)

        def names(self, folder: Path) -> list[str]:
            found = super().names(folder)
            return (
                [*found, f"{folder.name}{'0' * 30}.parquet", files.temporary_name()] if len(folder.name) == 2 else found
            )

    with exchanged(Beside()):
        opened = open_store(tmp_path)
        opened.prune()
        assert len(opened.contents()) == 2 and not opened.verify()
    assert path.read_bytes() == sound and other.exists()


def test_a_store_may_lie_on_another_disk(scenario: Scenario, played: Blocks, tmp_path: Path) -> None:
    played_into(tmp_path / "here", scenario)
    (tmp_path / "here" / "plays").rename(tmp_path / "there")
    (tmp_path / "here" / "plays").symlink_to(tmp_path / "there")
    played.clear()
    exportsim.run(scenario, futures=4, store=tmp_path / "here")
    assert not played and len(open_store(tmp_path / "here").files) == 2


# The command line


def test_commands_list_verify_and_prune(shell: Shell) -> None:
    assert shell("run", "small.yaml", "--futures", "60", "--store", "plays", "--quiet").status == 0
    said = shell("store", "ls", "plays")
    assert said.status == 0 and "A small world" in said.out and "4 files" in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    assert len(json.loads(shell("store", "ls", "plays", "--json").out)) == 4
    assert shell("store", "verify", "plays").out == "4 files, none damaged\n"
    path = open_store("plays").files[0]
    path.write_bytes(path.read_bytes()[:-50])
    said = shell("store", "verify", "plays")
    assert said.status == 1 and said.out.startswith(f"{path}: it cannot be read") and "1 damaged" in said.out
    assert shell("store", "prune", "plays", "--dry-run").out == f"{path}\n1 file would be removed\n"
    assert shell("store", "prune", "plays").out == f"{path}\n1 file removed\n"
    assert shell("store", "verify", "plays").out == "3 files, none damaged\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["store", "ls", "nowhere"], "nowhere: there is no store here"),
        (["run", "small.yaml", "--store", "."], "not empty and no store"),
        (["run", "small.yaml", "--processes", "0"], "processes: found 0"),
        (["run", "small.yaml", "--processes", "2", "--workers", "2"], "three ways of playing"),
        (["run", "small.yaml", "--cluster", "nonsense://"], "cluster: found nonsense://, expected an address such as"),
        (["run", "small.yaml", "--store", "plays", "--out", "answer"], "--store and --out"),
    ],
)
def test_what_cannot_be_is_a_mistake(shell: Shell, arguments: list[str], told: str) -> None:
    said = shell(*arguments)
    assert said.status == 2 and told in said.err and "Traceback" not in said.err


def test_processes_on_the_command_line_say_the_same(shell: Shell) -> None:
    usual = json.loads(shell("run", "small.yaml", "--futures", "3", "--json").out)
    there = json.loads(shell("run", "small.yaml", "--futures", "3", "--json", "--processes", "1").out)
    assert usual["summary"] == there["summary"]


@pytest.mark.parametrize("command", ["compare", pytest.param("test", marks=pytest.mark.long)])
def test_what_is_compared_or_tested_may_be_played_in_processes_and_kept(
    shell: Shell, played: Blocks, command: str
) -> None:
    """And what a comparison or a test has kept, a run need not play."""
    expected = "[{policy: strict, outcome: exports, below: free, source: judgement}]"
    for file, slots in (("one.yaml", 2), ("other.yaml", 1)):
        text = f"extends: small.yaml\nsuppliers: {{north: {{slots: {slots}}}}}\nexpect: {expected}\n"
        Path(file).write_text(text)
    asked = (command, "one.yaml", "other.yaml", "--futures", "12", "--json", *(["--plays", "0"] * (command == "test")))
    usual = shell(*asked)
    elsewhere = shell(*asked, "--processes", "1", "--store", "plays")
    assert len(played) == 2 and len(open_store("plays").files) == 4
    played.clear()
    again = shell(*asked, "--store", "plays")
    assert shell("run", "one.yaml", "--futures", "12", "--store", "plays").status == 0 and not played
    for said in (elsewhere, again):
        assert said.status == usual.status == 0
        assert _without_times(json.loads(said.out)) == _without_times(json.loads(usual.out))


def _without_times(document: Any) -> Any:
    """JSON but for when it was made, and how long it took."""
    if isinstance(document, dict):
        return {key: _without_times(part) for key, part in document.items() if key not in ("started", "seconds")}
    return [_without_times(part) for part in document] if isinstance(document, list) else document
