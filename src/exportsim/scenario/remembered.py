"""What was found of a thing that does not change, kept by the thing itself.

A scenario of which one value is changed over and over has the same other parts, which are read, judged and written down
once. Parts are equal if they say the same, but to compare them takes as long as what is saved: so it is by identity.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

MOST = 2048  # things of which something is remembered

Thing = TypeVar("Thing")
Found = TypeVar("Found")


class Remembered(Generic[Thing, Found]):
    """A function of a thing that does not change, which is found once for each of the last things.

    Parameters
    ----------
    find : callable
        What is found must not be changed by whoever gets it.
    most : int
        Of so many things; they are held as long.
    """

    def __init__(self, find: Callable[[Thing], Found], most: int = MOST) -> None:
        self._find, self._most = find, most
        self._known: dict[int, tuple[Thing, Found]] = {}

    def __call__(self, thing: Thing) -> Found:
        known = self._known.get(id(thing))
        if known is None or known[0] is not thing:
            known = thing, self._find(thing)
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[id(thing)] = known
        return known[1]
