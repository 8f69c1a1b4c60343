"""Processes to play in, which end with the command whatever they are doing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

T = TypeVar("T")
CTRL_C = {signal.SIGINT}


class Processes(ProcessPoolExecutor):
    """A pool of processes that Ctrl-C does not reach: it is for this process alone.

    They are started afresh, for a copy of this process may hold locks of threads that it has not.
    """

    def __init__(self, number: int) -> None:
        super().__init__(
            number, mp_context=get_context("spawn"), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
        )
        self._under_way: set[Future[Any]] = set()

    def submit(self, function: Callable[..., T], /, *arguments: Any, **keywords: Any) -> Future[T]:
        with _without_control_c():  # a process inherits it: Ctrl-C would reach it before it has begun
            future = super().submit(function, *arguments, **keywords)
        # Pools of Python 3.11 that are killed fail, with a traceback, over futures that were cancelled one by one; what
        # has not begun is ended with all the others.
        vars(future)["cancel"] = lambda: False
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def end(self) -> None:
        """End all processes: what is still at work is not heard, and whoever waits for it would hang."""
        processes, busy = list((getattr(self, "_processes", None) or {}).values()), bool(self._under_way)
        self.shutdown(wait=False, cancel_futures=True)
        if busy:
            for process in processes:
                process.kill()


@contextmanager
def _without_control_c() -> Iterator[None]:
    """Put off Ctrl-C for a moment, where a system can."""
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, CTRL_C)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
