"""Whose turn it is: all sessions play in one thread, one step each, and who sees nothing yet comes first.

A step uses all cores, so two at once would be no sooner. What is cut short is not lost: what was played is kept. Where
some change their setting without pause, there is always somebody who sees nothing yet: so whoever has stopped changing
theirs is owed a share of the time, and gets it in slices that keep the others waiting for a moment only.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from contextvars import copy_context
from enum import IntEnum
from queue import SimpleQueue
from typing import Protocol

from exportsim.language import in_use, use

REST = 1.0  # seconds for which a setting has stood that is no longer being changed
SHARE = 0.25  # of the time goes to whoever rests, while others see nothing yet
SLICE = 0.15  # seconds of it at once, after which it is cut short
MOST_PAID_BACK = 1.0  # seconds
PAUSE = 0.08  # seconds after a first answer, in which a browser on this machine paints it, or the next setting comes


class Need(IntEnum):
    """What somebody waits for."""

    NOTHING = 0
    MORE_FUTURES = 1
    FIRST_ANSWER = 2


class Waiting(Protocol):
    """Somebody with steps to be done."""

    def need(self) -> Need:
        """What is waited for; asked from any thread."""

    def rests(self) -> bool:
        """Whether the same has been waited for since :data:`REST` seconds."""

    def step(self) -> None:
        """Do one step, in the thread that plays."""

    def failed(self, error: Exception) -> None:
        """A step ended by a mistake of the program, which has been told where the server was started."""


class Turns:
    """Does the steps of all that wait, each in turn, in a thread of its own."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._order: list[Waiting] = []  # who had the last turn stands last
        self._owed = 0.0  # seconds, to whoever rests
        self._uncut = 0.0  # until when the step that is being done is not cut short
        self._paused = 0.0  # until when no more futures are begun
        self._thread = threading.Thread(target=spoken(), args=[self._play], name="turns", daemon=True)
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

    def more_put_off(self) -> bool:
        """Whether more futures are put off for now, because somebody sees nothing yet."""
        with self._changed:
            return time.monotonic() >= self._uncut and self._first(Need.FIRST_ANSWER) is not None

    def _first(self, need: Need, *, resting: bool = False) -> Waiting | None:
        """Who is next of those that wait for something."""
        return next((one for one in self._order if one.need() is need and (not resting or one.rests())), None)

    def _next(self) -> tuple[Waiting, float] | None:
        """Who is next, and how many seconds those who rest are owed for each that it takes."""
        with self._changed:
            while not self._ended:
                rests = self._first(Need.MORE_FUTURES, resting=True)
                sees_nothing = self._first(Need.FIRST_ANSWER)
                self._owed = self._owed if rests is not None else min(self._owed, 0.0)
                self._uncut, by = time.monotonic() + self._owed, 0.0
                if sees_nothing is None and (pause := self._paused - time.monotonic()) > 0:
                    self._changed.wait(pause)
                    continue
                if sees_nothing is None:
                    one = self._first(Need.MORE_FUTURES)
                elif rests is not None and self._owed >= SLICE:
                    one, by = rests, -1.0
                else:
                    one, by = sees_nothing, SHARE / (1 - SHARE)
                if one is not None:
                    self._order.remove(one)
                    self._order.append(one)
                    return one, by
                self._changed.wait()
            return None

    def _play(self) -> None:
        while (found := self._next()) is not None:
            (one, by), began = found, time.monotonic()
            is_first = one.need() is Need.FIRST_ANSWER
            try:
                one.step()
            except Exception as error:  # a mistake of the program in one session must not end all others
                traceback.print_exc()
                one.failed(error)
            # What a step takes longer than its slice is paid back.
            ended = time.monotonic()
            self._owed = min(max(self._owed + by * (ended - began), -MOST_PAID_BACK), SLICE)
            if is_first:
                self._paused = ended + PAUSE


class Aside:
    """Does what takes long, one after the other, in a thread of its own: no turn waits for it."""

    def __init__(self) -> None:
        self._awaited: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread = threading.Thread(target=spoken(), args=[self._work], name="aside", daemon=True)

    def do(self, work: Callable[[], None]) -> None:
        """Do something, after what was given before; it ends without an exception."""
        if self._thread.ident is None:
            self._thread.start()
        self._awaited.put(work)

    def _work(self) -> None:
        while True:
            self._awaited.get()()


def spoken() -> Callable[..., None]:
    """What a thread does its work by, in the language of whoever begins it: it is looked up once, not for each word."""
    with use(in_use()):
        return copy_context().run
