"""Whose turn it is: all sessions play in one thread, one step each, and who sees nothing yet comes first.

A step uses all cores, so two at once would be no sooner. What is cut short is not lost: what was played is kept.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from contextvars import copy_context
from enum import IntEnum
from queue import SimpleQueue
from typing import Protocol


class Need(IntEnum):
    """What somebody waits for."""

    NOTHING = 0
    MORE_FUTURES = 1
    FIRST_ANSWER = 2


class Waiting(Protocol):
    """Somebody with steps to be done."""

    def need(self) -> Need:
        """What is waited for; asked from any thread."""

    def step(self) -> None:
        """Do one step, in the thread that plays."""

    def failed(self, error: Exception) -> None:
        """A step ended by a mistake of the program, which has been told where the server was started."""


class Turns:
    """Does the steps of all that wait, each in turn, in a thread of its own."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._order: list[Waiting] = []  # who had the last turn stands last
        self._thread = threading.Thread(
            target=copy_context().run, args=[self._play], name="turns", daemon=True
        )  # it speaks the language of whoever began
        self._ended = False

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """End after the step that is being done."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def join(self, one: Waiting) -> None:
        """Take somebody in."""
        with self._changed:
            self._order.append(one)
            self._changed.notify_all()

    def leave(self, one: Waiting) -> None:
        """Forget somebody."""
        with self._changed:
            if one in self._order:
                self._order.remove(one)

    def look(self) -> None:
        """Somebody needs something else than before."""
        with self._changed:
            self._changed.notify_all()

    def ahead_of(self, one: Waiting) -> int:
        """How many others come before the first answer of this one."""
        with self._changed:
            before = self._order[: self._order.index(one)] if one in self._order else self._order
            return sum(other.need() is Need.FIRST_ANSWER for other in before)

    def first_answer_awaited(self) -> bool:
        """Whether somebody sees nothing yet, for whom more futures of others are put off."""
        with self._changed:
            return any(one.need() is Need.FIRST_ANSWER for one in self._order)

    def _next(self) -> Waiting | None:
        with self._changed:
            while not self._ended:
                for need in (Need.FIRST_ANSWER, Need.MORE_FUTURES):
                    for one in self._order:
                        if one.need() is need:
                            self._order.remove(one)
                            self._order.append(one)
                            return one
                self._changed.wait()
            return None

    def _play(self) -> None:
        while (one := self._next()) is not None:
            try:
                one.step()
            except Exception as error:  # a mistake of the program in one session must not end all others
                traceback.print_exc()
                one.failed(error)


class Aside:
    """Does what takes long, one after the other, in a thread of its own: no turn waits for it."""

    def __init__(self) -> None:
        self._awaited: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread = threading.Thread(
            target=copy_context().run, args=[self._work], name="aside", daemon=True
        )  # it speaks the language of whoever began, and is not waited for at the end

    def do(self, work: Callable[[], None]) -> None:
        """Do something, after what was given before; it ends without an exception."""
        if self._thread.ident is None:
            self._thread.start()
        self._awaited.put(work)

    def _work(self) -> None:
        while True:
            self._awaited.get()()
