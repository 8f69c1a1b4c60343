"""Who plays which future. Futures are claimed one by one, in order, so that any number of workers do the same."""

from __future__ import annotations

from threading import Lock


class Claims:
    """The futures of an experiment, handed out; and after an interruption, those that count.

    What counts is always 0, 1, … without a gap. A worker that is told to stop leaves its future unless a later one is
    complete already; a future that is complete after an earlier one was left does not count. Every method may be called
    from any thread.
    """

    def __init__(self, futures: int, first: int = 0) -> None:
        self._lock = Lock()
        self._next, self._past = first, futures
        self._last_complete = first - 1
        self._stopped = False

    @property
    def complete(self) -> int:
        """How many futures count, once no worker is at work."""
        return min(self._next, self._past)

    def claim(self) -> int | None:
        """The next future to play, or None if there is no more."""
        with self._lock:
            if self._stopped or self._next >= self._past:
                return None
            self._next += 1
            return self._next - 1

    def stop(self) -> None:
        """No more futures are to be begun, nor finished if they need not be."""
        self._stopped = True

    def leave(self, future: int) -> bool:
        """Whether to leave a claimed future unfinished. It does not count then."""
        if not self._stopped:
            return False
        with self._lock:
            if self._last_complete > future:
                return False
            self._past = min(self._past, future)
            return True

    def finish(self, future: int) -> bool:
        """A future has been played under every policy. Whether it counts."""
        with self._lock:
            if future >= self._past:
                return False
            self._last_complete = max(self._last_complete, future)
            return True
