"""A cluster without workers, lost, or frozen: a sentence, in time, and what is finished is kept."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from exportsim import ExportsimError, LostError, open_store
from exportsim.playing.cluster_watch import ClusterWatch, Watch, seconds, watch_of
from shell import Shell
from worlds import small

pytest.importorskip("distributed")

WORLD = small()
PATIENCE = 6.0  # enough for a machine that has much to do


@pytest.mark.parametrize(
    ("given", "found"), [("60s", 60), ("5min", 300), ("1h", 3600), ("2", 2), ("0.5 s", 0.5), (3, 3), (0.25, 0.25)]
)
def test_times(given: str | float, found: float) -> None:
    assert seconds(given) == found


@pytest.mark.parametrize(
    "given", ["", "0s", 0, -1, "-1s", "1d", "soon", float("nan"), float("inf"), True, None, "1e3s"]
)
def test_what_is_no_time(given: Any) -> None:
    with pytest.raises(ExportsimError, match=r"patience: found .*, expected a time such as 60s or 5min"):
        seconds(given)


def test_threads_are_not_watched() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as threads:
        assert type(watch_of(threads, 1.0)) is Watch


class Client:
    """Answers as a client of a cluster does that is as it is told to be."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        from asyncio import new_event_loop
        from threading import Thread
        from types import SimpleNamespace

        loop = new_event_loop()
        self.loop, self.status, self.answer = SimpleNamespace(asyncio_loop=loop), "running", answer
        self.scheduler = self
        self.address = "tcp://there:8786"
        self.tasks: dict[str, list[str]] = {}
        Thread(target=loop.run_forever, daemon=True).start()

    async def identity(self) -> dict[str, Any]:
        from asyncio import sleep

        found = self.answer()
        if found is None:
            await sleep(60)
        return {"workers": found}

    async def processing(self, workers: None) -> dict[str, list[str]]:
        return self.tasks


def trouble(client: Client, patience: float = 0.4) -> tuple[str, float]:
    """What a watch says, and after how long; nothing after thrice its patience."""
    watch, begun = ClusterWatch(client, patience), time.monotonic()
    while time.monotonic() - begun < 3 * patience:
        time.sleep(0.02)
        try:
            watch.look()
        except LostError as lost:
            return str(lost), time.monotonic() - begun
    return "", time.monotonic() - begun


def test_what_is_said_of_a_cluster_that_does_nothing() -> None:
    start = "cluster: the scheduler at tcp://there:8786"
    said, after = trouble(Client(dict))
    assert said == f"{start} has no workers; waited 0.4 seconds" and after < 0.7
    assert trouble(Client(lambda: None))[0] == f"{start} does not answer; waited 0.4 seconds"
    assert trouble(Client(lambda: 1 / 0))[0] == f"{start} does not answer; waited 0.4 seconds"
    idle = Client(lambda: {"tcp://w:1": {"last_seen": time.time()}})
    assert trouble(idle)[0] == f"{start} has workers, but none that takes anything up; waited 0.4 seconds"
    frozen = Client(lambda: {"tcp://w:1": {"last_seen": 5.0}, "tcp://w:2": {"last_seen": time.time()}})
    frozen.tasks = {"tcp://w:1": ["ours"], "tcp://w:2": []}
    assert trouble(frozen)[0] == f"{start} has had no sign of life of tcp://w:1; waited 0.4 seconds"


def test_a_worker_that_is_long_over_a_block_is_not_lost() -> None:
    busy = Client(lambda: {"tcp://w:1": {"last_seen": time.time()}})
    busy.tasks = {"tcp://w:1": ["ours"]}
    assert trouble(busy)[0] == ""


# Processes of their own


class Cluster:
    """A scheduler and its workers, each of which can be killed or stopped."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.scheduler = self._start("scheduler", "--port", str(self.port), "--no-dashboard", "--host", "127.0.0.1")
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                break
            time.sleep(0.1)

    def worker(self) -> subprocess.Popen[bytes]:
        arguments = ("--nthreads", "1", "--no-dashboard", "--no-nanny", "--host", "127.0.0.1", "--memory-limit", "0")
        return self._start("worker", self.address, *arguments)

    def _start(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, *arguments]
        nowhere = subprocess.DEVNULL
        self._started.append(subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere))
        return self._started[-1]

    def end(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.end()


def run(folder: Path, cluster: Cluster, *more: str) -> subprocess.Popen[str]:
    (folder / "my.yaml").write_text(WORLD)
    command = [
        sys.executable, "-m", "exportsim", "run", "my.yaml", "--engine", "reference", "--cluster", cluster.address,
        "--patience", f"{PATIENCE}s", *more,
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str], within: float) -> tuple[str, str]:
    """What it has said, one line of which is an error, once it has ended with status 3."""
    begun = time.monotonic()
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 3 and len(err.splitlines()) == 1, err
    assert time.monotonic() - begun < within
    return out, err


@pytest.mark.long
def test_no_workers(tmp_path: Path, cluster: Cluster) -> None:
    out, err = ended(run(tmp_path, cluster), within=30)  # imports and all
    assert err == f"error: cluster: the scheduler at {cluster.address} has no workers; waited 6 seconds\n" and not out


@pytest.mark.long
@pytest.mark.parametrize("fate", ["worker killed", "worker frozen", "scheduler killed"])
def test_what_is_finished_is_kept(tmp_path: Path, cluster: Cluster, fate: str) -> None:
    worker = cluster.worker()
    process = run(tmp_path, cluster, "--futures", "100000", "--store", "kept")
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("kept/plays/*/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.1)
    if fate == "worker killed":
        worker.kill()
    elif fate == "worker frozen":
        os.kill(worker.pid, signal.SIGSTOP)
    else:
        cluster.scheduler.kill()
    out, err = ended(process, within=PATIENCE + 15)
    expected = {
        "worker killed": "has no workers; waited 6 seconds",
        "worker frozen": "has had no sign of life of tcp://127.0.0.1:",
        "scheduler killed": "was lost",
    }
    assert f"error: cluster: the scheduler at {cluster.address} {expected[fate]}" in err
    assert "interrupted after" in out and open_store(tmp_path / "kept").files


def test_nobody_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    (tmp_path / "my.yaml").write_text(WORLD)
    shell = partial(Shell(capsys), "run", str(tmp_path / "my.yaml"), "--cluster")
    begun = time.monotonic()
    said = shell(address)
    assert (said.status, said.out) == (3, "") and said.err.startswith(
        f"error: cluster: no scheduler answers at {address} ("
    )
    assert len(said.err.splitlines()) == 1 and time.monotonic() - begun < 10
    for wrong in ("tcp://", "tcp://host", "host", "tcp://host:port", "tcp://host:99999999", "nonsense://"):
        said = shell(wrong)
        assert (said.status, said.out, len(said.err.splitlines())) == (2, "", 1), said
        assert said.err == f"error: cluster: found {wrong}, expected an address such as tcp://host:8786\n"
    assert shell("tcp://host:8786", "--patience", "soon").status == 2


def test_somebody_else_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Something listens and says nothing."""
    (tmp_path / "my.yaml").write_text(WORLD)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        begun = time.monotonic()
        said = Shell(capsys)("run", str(tmp_path / "my.yaml"), "--cluster", address, "--patience", "1s")
    assert said.status == 3 and said.err == f"error: cluster: no scheduler answers at {address}\n"
    assert time.monotonic() - begun < 15
