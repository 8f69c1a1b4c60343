"""The rows of luck, of what is foreseen of a future: see :mod:`exportsim.engine.compiled.rows`."""

from __future__ import annotations


class LuckNumbers:
    """What is foreseen: a window of a future, and how many arrive in it; at first, nothing."""

    seed: int
    future: int
    window: int = -1
    orders: int


class Announcement:
    """A measure that is announced: from that minute on, orders may come ahead of it."""

    since: int
    minute: int


class Here:
    """Which orders of a stream are foreseen: so many after number ``before``, in LUCK from ``first`` on.

    Order ``n`` is in column ``base + n``.
    """

    first: int
    orders: int
    before: int
    base: int


class Arrived:
    """How many of a stream have arrived before a window, and the hazard accumulated by the last of them."""

    number: int
    hazard: int
