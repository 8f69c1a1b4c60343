"""A block: some futures of one scenario under some policies, played by itself, in whatever thread, process or machine.

What comes of a block is exact numbers that can be put together in any order: outcomes future by future, and monthly
sums. So an experiment comes to the same wherever its blocks are played. How many futures a block has is decided by the
scenario alone, so that two runs have the same blocks, whatever machine they are on: a store can find them again.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import NamedTuple, TypeVar, cast

import numpy as np

from exportsim.analysis.outcomes import values
from exportsim.analysis.series import Entries, total
from exportsim.compile import compile_plan
from exportsim.engine.compiled import orders_expected
from exportsim.engine.extensions import Rule
from exportsim.ledger import Ledger
from exportsim.plan import Float, Int, Plan
from exportsim.playing.worker import Book, Task, Worker
from exportsim.scenario import Scenario

MOST_FUTURES = 50  # of a block: a second is lost at most when a run is killed
MOST_ORDERS = 50_000  # of all futures of a block, as expected; but a block has a future at least
KEPT = 16  # scenarios and plans that a process keeps


class Parcel(NamedTuple):
    """A scenario, or what it was compiled to, as it is sent; without its content where that is known already."""

    key: str
    content: bytes | None

    def bare(self) -> Parcel:
        """The same without its content."""
        return self._replace(content=None)


class Block(NamedTuple):
    """What is to be played."""

    parcel: Parcel
    policies: tuple[str, ...]  # in the order of the scenario
    reference: str
    first: int  # future
    past: int  # the last
    seed: int
    engine: str
    rules: tuple[tuple[Rule, ...], ...] = ()  # by policy; none at all if empty
    monthly: bool = True  # sums are wanted
    series: bool = False  # future by future
    ledgers: bool = False

    def bare(self) -> Block:
        """The same without the parcel's content."""
        return self._replace(parcel=self.parcel.bare())

    @property
    def plays(self) -> int:
        """Of one policy in one future each."""
        return len(self.policies) * (self.past - self.first)


class Played(NamedTuple):
    """What came of a block."""

    values: Float  # (policies, futures, outcomes)
    untouched: Int  # (policies, futures, 2): untouched orders, and all
    totals: list[Entries]  # by policy
    entries: dict[tuple[int, int], Entries]  # by policy's place and future, if kept
    ledgers: dict[tuple[int, int], Ledger]  # the same


class ContentMissingError(Exception):
    """A parcel came without its content, and it is not known here."""


def pressed(content: Scenario | Plan) -> bytes:
    """A scenario or a plan in little room."""
    return zlib.compress(pickle.dumps(content, pickle.HIGHEST_PROTOCOL), 1)


def unpressed(given: bytes) -> Scenario | Plan:
    """What was put into little room."""
    content = pickle.loads(zlib.decompress(given))
    assert isinstance(content, Scenario | Plan)
    return content


def parcel_of(given: bytes) -> Parcel:
    """A parcel of what was put into little room, known everywhere and for ever by what it holds."""
    return Parcel(hashlib.sha256(given).hexdigest(), given)


def ranges(plan: Plan, first: int, past: int) -> Iterator[tuple[int, int]]:
    """The futures of blocks: first and past the last of each, cut at the multiples of a number."""
    size = max(1, min(MOST_FUTURES, int(MOST_ORDERS / max(1.0, orders_expected(plan)))))
    while first < past:
        until = min(past, (first // size + 1) * size)
        yield first, until
        first = until


def play(block: Block) -> Played:
    """Play a block, in this thread."""
    plan = plan_of(block.parcel)
    names = plan.names.policies
    task = Task(
        plan=plan,
        policies=tuple(names.index(policy) for policy in block.policies),
        reference=block.policies.index(block.reference),
        futures=block.past - block.first,
        seed=block.seed,
        engine=block.engine,
        workers=1,
        keep_series=block.series,
        keep_ledgers=block.ledgers,
        first=block.first,
        rules=block.rules,
    )
    book = Book(task)
    worker = Worker(task, book)
    for future in range(block.first, block.past):
        for place in range(len(task.policies)):
            worker.play(place, future)
        worker.compare(future)
        worker.sums.finish(future)
    totals = worker.sums.totals() if block.monthly else [total([])] * len(task.policies)
    return Played(values(book.figures, plan), book.untouched, totals, book.entries, book.ledgers)


def joined(parts: Sequence[Played]) -> Played:
    """What came of blocks whose futures follow each other, as of one."""
    return Played(
        np.concatenate([part.values for part in parts], axis=1),
        np.concatenate([part.untouched for part in parts], axis=1),
        [total(sums) for sums in zip(*(part.totals for part in parts), strict=True)],
        {key: found for part in parts for key, found in part.entries.items()},
        {key: found for part in parts for key, found in part.ledgers.items()},
    )


def content_of(parcel: Parcel) -> Scenario | Plan:
    """What is in a parcel. A process keeps the last few."""
    return _kept("content", parcel, unpressed)


def plan_of(parcel: Parcel) -> Plan:
    """The plan of what is in a parcel, so that a process compiles it once."""

    def made(given: bytes) -> Plan:
        content = unpressed(given)
        return compile_plan(content) if isinstance(content, Scenario) else content

    return _kept("plan", parcel, made)


Made = TypeVar("Made")
_last: OrderedDict[tuple[str, str], object] = OrderedDict()
_lock = Lock()


def _kept(kind: str, parcel: Parcel, make: Callable[[bytes], Made]) -> Made:
    key = kind, parcel.key
    with _lock:
        if key in _last:
            _last.move_to_end(key)
            return cast(Made, _last[key])
    if parcel.content is None:
        raise ContentMissingError
    made = make(parcel.content)
    with _lock:
        _last[key] = made
        while len(_last) > KEPT:
            _last.popitem(last=False)
    return made
