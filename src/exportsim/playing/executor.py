"""Work over any executor: in chunks as large as is worth while, as many at once as it can make use of.

An executor is whatever has the protocol of :class:`concurrent.futures.Executor`: threads, processes, or a cluster's
(``distributed.Client.get_executor()``). It does not say how many workers it has, and a cluster's may come and go. Both
sizes are measured: a chunk has as many items as take about half a second, and a chunk that came back in less than twice
the time that it took found idle workers, so that one more is sent. Threads of our own need less: their chunks are
short, so that Ctrl-C waits for those that are begun.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar

from exportsim.errors import ExportsimError
from exportsim.playing.block import ContentMissingError
from exportsim.playing.cluster_watch import PATIENCE, Watch, watch_of
from exportsim.playing.interruption import Stop
from exportsim.playing.model import Model, this_model

CHUNK = 0.5  # seconds
THREADS_CHUNK = 0.1
AT_FIRST = 4  # chunks sent before anything is known, of one item each
LISTENING = 0.2  # seconds: on some systems waiting hears of Ctrl-C only when it is over
FINISHING = 5.0  # seconds after Ctrl-C in which threads may finish what they have begun
OF_CLUSTERS = ("distributed", "dask")  # whose failures are a worker's or a network's


class Item(Protocol):
    """What can be sent without what a worker that has seen it keeps."""

    def without_content(self) -> Self:
        """The same without it."""


Sent = TypeVar("Sent", bound=Item)
Done = TypeVar("Done")


class Report(NamedTuple, Generic[Done]):
    """What a worker sends back of a chunk."""

    done: list[Done] | None  # None: what had been left out was not there, or another model would be played
    seconds: float
    model: Model  # that it plays


class Threads(ThreadPoolExecutor):
    """Threads of this process."""

    def __init__(self, number: int) -> None:
        super().__init__(number, thread_name_prefix="exportsim")
        self.number = number


class Here(Executor):
    """This thread, at once."""

    number = 1

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """Do it."""
        future: Future[Any] = Future()
        try:
            future.set_result(work(*given, **named))
        except Exception as error:
            future.set_exception(error)
        return future


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(
    executor: Executor,
    work: Callable[[Sent], Done],
    items: Iterable[Sent],
    *,
    once: bool = False,  # send what the items have in common a few times only: workers keep it
    patience: float = PATIENCE,  # seconds to wait for a cluster that does nothing
    stop: Stop | None = None,  # once an end is asked for, nothing more is sent; threads finish what they have begun
) -> Iterator[tuple[int, Done]]:
    """Have work done on items; yields the number of an item, and what came of it, as soon as it is there."""
    done: SimpleQueue[Future[Report[Done]]] = SimpleQueue()
    under_way: dict[Future[Report[Done]], tuple[list[tuple[int, Sent]], float]] = {}
    waiting = iter(enumerate(items))
    threads = executor.number if isinstance(executor, Threads | Here) else None
    size, sent, at_once = 1, 0, AT_FIRST if threads is None else 1 if isinstance(executor, Here) else 2 * threads
    seconds = CHUNK if threads is None else THREADS_CHUNK
    watch, model, stop = watch_of(executor, patience), this_model(), stop or Stop(at_once=True)

    def send(chunk: list[tuple[int, Sent]], known: bool) -> None:
        contents = [item.without_content() if known else item for _, item in chunk]
        try:
            future = executor.submit(_do, work, contents, model)
        except (BrokenExecutor, RuntimeError) as error:
            raise watch.lost(error) from error
        under_way[future] = chunk, time.monotonic()
        future.add_done_callback(done.put)

    try:
        while not stop.asked:
            while len(under_way) < at_once and (chunk := list(islice(waiting, size))):
                send(chunk, known=once and sent >= AT_FIRST)
                sent += 1
            if not under_way:
                return
            future = _next(done, watch, stop)
            if future is None:
                break
            chunk, begun = under_way.pop(future)
            report = _report(future, watch)
            if report.model != model:
                raise ExportsimError(f"a worker has {report.model}, expected {model}: install the same everywhere")
            if report.done is None:
                send(chunk, known=False)
                continue
            if threads is None and time.monotonic() - begun < 2 * report.seconds + 0.01:
                at_once += 1
            size = max(1, min(4 * size, round(seconds * len(chunk) / max(report.seconds, 1e-6))))
            yield from zip(_numbers(chunk), report.done, strict=True)
        if threads is not None:
            begun_chunks = {future: chunk for future, (chunk, _) in under_way.items() if not future.cancel()}
            yield from _finished(begun_chunks, watch)
    finally:
        for future in under_way:
            with suppress(Exception):  # a cluster that is gone cannot be told
                future.cancel()


def _do(work: Callable[[Sent], Done], items: Sequence[Sent], model: Model) -> Report[Done]:
    """Done by a worker."""
    if model != this_model():
        return Report(None, 0.0, this_model())
    begun = time.perf_counter()
    try:
        done: list[Done] | None = [work(item) for item in items]
    except ContentMissingError:
        done = None
    return Report(done, time.perf_counter() - begun, this_model())


def _next(done: SimpleQueue[Future[Report[Done]]], watch: Watch, stop: Stop) -> Future[Report[Done]] | None:
    """The next chunk that is done; none once an end is asked for."""
    while not stop.asked:
        with stop.heard(), suppress(Empty):
            future = done.get(timeout=LISTENING)
            watch.heard()
            return future
        with stop.heard():
            watch.look()
    return None


def _finished(
    begun: Mapping[Future[Report[Done]], Sequence[tuple[int, Sent]]], watch: Watch
) -> Iterator[tuple[int, Done]]:
    """What comes in a little while of chunks that are begun."""
    until = time.monotonic() + FINISHING
    for future, chunk in begun.items():
        try:
            report = _report(future, watch, max(0.0, until - time.monotonic()))
        except TimeoutError:
            return
        yield from zip(_numbers(chunk), report.done or (), strict=True)


def _numbers(chunk: Sequence[tuple[int, Sent]]) -> list[int]:
    return [number for number, _ in chunk]


def _report(future: Future[Report[Done]], watch: Watch, timeout: float | None = None) -> Report[Done]:
    try:
        return future.result(timeout)
    except (BrokenExecutor, CancelledError) as error:
        raise watch.lost(error) from error
    except Exception as error:
        if type(error).__module__.split(".")[0] in OF_CLUSTERS:
            raise watch.lost(error) from error
        raise
