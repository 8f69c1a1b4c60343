"""The tables and rows of luck, of what is foreseen of a future: see :mod:`exportsim.engine.compiled.rows`."""

from __future__ import annotations

# Tables of luck. LUCK has a column an order and a row a kind; ARRIVING and MERGING pairs of an event's key and a place
# in LUCK; HERE and ARRIVED a row a stream; UNIFORMS for use at once; ENDS of windows; MOVED when who comes ahead comes.
LUCK, ARRIVING, MERGING, HERE, ARRIVED, UNIFORMS, ENDS, MOVED = range(8)
# What is foreseen of an order: when it arrives; what it is; the numbers in (0, 1) of its first choice of a source and
# of its first approval; the lead times of so many parts from one source; the work of one authority's stages.
MINUTE, CENTS, PROGRAMME, PARTS, SOURCE, APPROVAL, FIRST_LEAD = range(7)
LEADS = 8
FIRST_WORK = FIRST_LEAD + LEADS
BATCH = 128  # draws that are made one after the other


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


class Record:
    """An order of a register; -1 is what is to be drawn. What is recorded of its decision is as in the plan."""

    minute: int
    cents: int
    programme: int
    decided: int
    outcome: int
    expires: int
    stage: int
    turn: int
