"""How long to wait for a cluster that does nothing: no scheduler that answers, no workers, or none that is alive.

Whoever plays elsewhere may take as long as it takes over a block. So it is not blocks that are waited for: what is
looked at is whether the scheduler answers, and whether a worker that has something to do gives a sign of life, as it
does every second or so. Other executors say themselves when they are lost.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from typing import Any

from exportsim.errors import ExportsimError, LostError
from exportsim.scenario.quantities import as_float

PATIENCE = 60.0  # seconds
OFTEN = 1.0  # seconds between two looks, at most
_UNITS = {"": 1, "s": 1, "min": 60, "h": 3600}
_WRITTEN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|min|h|)\s*", re.ASCII)
Answer = tuple[Mapping[str, Any], Mapping[str, Any]]  # workers by address, and what each has to do


def seconds(patience: str | float) -> float:
    """How many seconds ``60s``, ``5min``, ``1h`` or a number are."""
    time_in_seconds = math.nan
    if isinstance(patience, str) and (written := _WRITTEN.fullmatch(patience)):
        time_in_seconds = float(written[1]) * _UNITS[written[2]]
    elif isinstance(patience, int | float) and not isinstance(patience, bool):
        time_in_seconds = as_float(patience)
    if not 0 < time_in_seconds < math.inf:
        raise ExportsimError(f"patience: found {patience!r}, expected a time such as 60s or 5min")
    return time_in_seconds


class Watch:
    """Watches nobody: for executors that say themselves when they are lost."""

    def heard(self) -> None:
        """Something came back."""

    def look(self) -> None:
        """Look after them, while nothing comes back."""

    def lost(self, error: BaseException) -> LostError:
        """What to say of a failure of theirs."""
        reason = " ".join(str(error).split())
        return LostError(f"workers were lost ({type(error).__name__}{': ' if reason else ''}{reason})")


class ClusterWatch(Watch):
    """Watches the cluster of a ``distributed.Client``; patience is in seconds."""

    def __init__(self, client: Any, patience: float) -> None:
        self._client, self._patience = client, patience
        self._address = str(client.scheduler.address)
        self._well = self._asked_at = time.monotonic()
        self._asked: Future[Answer] | None = None
        self._signs: dict[str, tuple[float, float]] = {}  # by worker: its last sign of life, and when that was new here
        self._trouble = "does not answer"

    def heard(self) -> None:
        self._well = time.monotonic()

    def look(self) -> None:
        """Look whether the scheduler answers, and whether a worker that has something to do is alive."""
        now = time.monotonic()
        if self._asked is None and now - self._asked_at >= min(OFTEN, self._patience / 5):
            self._asked, self._asked_at = self._ask(), now
        if self._asked is not None and self._asked.done():
            answer, self._asked = self._asked, None
            if answer.cancelled() or answer.exception() is not None:
                self._trouble = "does not answer"
            else:
                self._judge(*answer.result(), now)
        elif self._asked is not None and now - self._asked_at > self._patience / 2:
            self._trouble = "does not answer"
        if now - self._well > self._patience:
            waited = f"waited {self._patience:g} seconds"
            raise LostError(f"cluster: the scheduler at {self._address} {self._trouble}; {waited}")

    def lost(self, error: BaseException) -> LostError:
        if self._client.status != "running":
            return LostError(f"cluster: the scheduler at {self._address} was lost")
        return super().lost(error)

    def _ask(self) -> Future[Answer]:
        scheduler = self._client.scheduler

        async def ask() -> Answer:
            return (await scheduler.identity())["workers"], await scheduler.processing(workers=None)

        from asyncio import run_coroutine_threadsafe  # late: it is for clusters alone, and takes time to import

        return run_coroutine_threadsafe(ask(), self._client.loop.asyncio_loop)

    def _judge(self, workers: Mapping[str, Any], tasks: Mapping[str, Any], now: float) -> None:
        for address, worker in workers.items():
            sign = float(worker["last_seen"])  # by a clock that is not ours: what counts is that it changes
            if self._signs.get(address, (math.nan, now))[0] != sign:
                self._signs[address] = sign, now
        busy = {address: self._signs[address][1] for address in workers if tasks.get(address)}
        if busy:
            self._well = max(self._well, *busy.values())
            self._trouble = f"has had no sign of life of {', '.join(sorted(busy))}"
        elif workers:
            self._trouble = "has workers, but none that takes anything up"
        else:
            self._trouble = "has no workers"


def watch_of(executor: Executor, patience: float) -> Watch:
    """Whoever is to watch an executor."""
    client = getattr(executor, "_client", None)
    if type(executor).__module__.split(".")[0] == "distributed" and client is not None:
        return ClusterWatch(client, patience)
    return Watch()
