"""Spreading work over any executor: in chunks as large as is worth while, as many at once as it can make use of.

An executor is whatever has the protocol of :class:`concurrent.futures.Executor`: threads, processes, or a cluster's
(``distributed.Client.get_executor()``). It does not say how many workers it has, and a cluster's may come and go. Both
sizes are measured: a chunk has as many items as take about half a second, and a chunk that came back in less than twice
the time that it took found idle workers, so that one more is sent.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Generic, NamedTuple, Protocol, Self, TypeVar

from exportsim.errors import ExportsimError
from exportsim.playing.blocks import ContentMissingError
from exportsim.playing.model import Model, ours
from exportsim.playing.patience import PATIENCE, Watch, watch_of

CHUNK = 0.5  # seconds
AT_FIRST = 4  # chunks sent before anything is known, of one item each
LISTENING = 0.2  # seconds: on some systems waiting hears of Ctrl-C only when it is over
OF_CLUSTERS = ("distributed", "dask")  # whose failures are a worker's or a network's


class Bare(Protocol):
    """What can be sent without what a worker that has seen it keeps."""

    def bare(self) -> Self:
        """The same without it."""


Item = TypeVar("Item", bound=Bare)
Found = TypeVar("Found")


class _Report(NamedTuple, Generic[Found]):
    """What a worker sends back of a chunk."""

    found: list[Found] | None  # None: what had been left out was not there, or another model would be played
    seconds: float
    model: Model  # that it plays


def spread(
    executor: Executor,
    work: Callable[[Item], Found],
    items: Iterable[Item],
    *,
    once: bool = False,
    patience: float = PATIENCE,
) -> Iterator[tuple[int, Found]]:
    """Have work done on items, and tell what came of each as soon as it is there.

    Parameters
    ----------
    patience : float
        How many seconds to wait for a cluster that does nothing.
    """
    done: SimpleQueue[Future[_Report[Found]]] = SimpleQueue()
    under_way: dict[Future[_Report[Found]], tuple[list[tuple[int, Item]], float]] = {}
    waiting = iter(enumerate(items))
    size, at_once, sent = 1, AT_FIRST, 0
    watch, model = watch_of(executor, patience), ours()

    def send(chunk: list[tuple[int, Item]], bare: bool) -> None:
        told = [item.bare() if bare else item for _, item in chunk]
        try:
            future = executor.submit(_do, work, told, model)
        except (BrokenExecutor, RuntimeError) as error:
            raise watch.lost(error) from error
        under_way[future] = chunk, time.monotonic()
        future.add_done_callback(done.put)

    try:
        while True:
            while len(under_way) < at_once and (chunk := list(islice(waiting, size))):
                send(chunk, bare=once and sent >= AT_FIRST)
                sent += 1
            if not under_way:
                return
            future = _next(done, watch)
            chunk, begun = under_way.pop(future)
            report = _report(future, watch)
            if report.model != model:
                raise ExportsimError(f"a worker has {report.model}, expected {model}: install the same everywhere")
            if report.found is None:
                send(chunk, bare=False)
                continue
            if time.monotonic() - begun < 2 * report.seconds + 0.01:
                at_once += 1
            size = max(1, min(4 * size, round(CHUNK * len(chunk) / max(report.seconds, 1e-6))))
            yield from ((number, found) for (number, _), found in zip(chunk, report.found, strict=True))
    finally:
        for future in under_way:
            with contextlib.suppress(Exception):  # a cluster that is gone cannot be told
                future.cancel()


def _do(work: Callable[[Item], Found], items: Sequence[Item], model: Model) -> _Report[Found]:
    """Done by a worker."""
    if model != ours():
        return _Report(None, 0.0, ours())
    begun = time.perf_counter()
    try:
        found: list[Found] | None = [work(item) for item in items]
    except ContentMissingError:
        found = None
    return _Report(found, time.perf_counter() - begun, ours())


def _next(done: SimpleQueue[Future[_Report[Found]]], watch: Watch) -> Future[_Report[Found]]:
    while True:
        with contextlib.suppress(Empty):
            future = done.get(timeout=LISTENING)
            watch.heard()
            return future
        watch.look()


def _report(future: Future[_Report[Found]], watch: Watch) -> _Report[Found]:
    try:
        return future.result()
    except (BrokenExecutor, CancelledError) as error:
        raise watch.lost(error) from error
    except Exception as error:
        if type(error).__module__.split(".")[0] in OF_CLUSTERS:
            raise watch.lost(error) from error
        raise
