"""A block: some futures of one scenario under some policies, played in whatever thread, process or machine.

What is wanted of the futures is said by a *measurer*, which reads the ledgers of all policies of one future after the
other. What it makes of a block are exact numbers that can be put together with those of other blocks, so a study comes
to the same wherever its blocks are played.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, NamedTuple, Protocol, TypeVar, cast

from exportsim import engine as engines
from exportsim.analysis.ledger_rows import rows_of
from exportsim.compile import compile_plan
from exportsim.engine.extensions import Rule
from exportsim.ledger import Ledger
from exportsim.plan import Int, Plan
from exportsim.scenario import Scenario

MOST_KEPT = 16  # scenarios and plans that a process keeps

Part = TypeVar("Part")
PartRead = TypeVar("PartRead", covariant=True)


class Reader(Protocol[PartRead]):
    """Reads one future after the other; each thread has its own."""

    def read(self, future: int, ledgers: Sequence[Int]) -> None:
        """Read the rows of every policy's ledger; they are good until the next future."""

    def part(self) -> PartRead:
        """What has been read since this was last asked."""


class Measurer(Protocol[Part]):
    """What is to be read of every future. It can be sent to another process."""

    @property
    def compiled(self) -> Sequence[object]:
        """The compiled functions that reading needs."""

    def reader(self, plan: Plan, task: Task[Part]) -> Reader[Part]:
        """A reader for one thread."""

    def joined(self, parts: Sequence[Part]) -> Part:
        """What was read of futures that follow each other, as of one block."""


class ContentMissingError(Exception):
    """A block came without its scenario, and that is not known here."""


class Packed(NamedTuple):
    """A scenario or plan as it is sent, known everywhere by a digest; without its bytes where it is known already."""

    key: str
    content: bytes | None

    @classmethod
    def of(cls, content: bytes) -> Packed:
        """What :func:`pack` has made."""
        return cls(hashlib.sha256(content).hexdigest(), content)


@dataclass(frozen=True, eq=False)
class Task(Generic[Part]):
    """What is played in every block of it."""

    content: Plan | Packed
    policies: tuple[str, ...]  # in the order of the scenario
    reference: str  # one of them
    seed: int
    engine: str
    measurer: Measurer[Part]
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)  # by policy
    ledgers: Mapping[tuple[str, int], Ledger] = field(default_factory=dict)  # kept: read instead of played

    @cached_property
    def without_content(self) -> Task[Part]:
        """The same for a process that has had it before."""
        assert isinstance(self.content, Packed)
        return replace(self, content=self.content._replace(content=None))


class Block(NamedTuple, Generic[Part]):
    """Futures ``first`` to ``past - 1`` of a task."""

    task: Task[Part]
    first: int
    past: int

    def without_content(self) -> Block[Part]:
        """The same for a process that has had its scenario before."""
        return self._replace(task=self.task.without_content)

    @property
    def plays(self) -> int:
        """Of one policy in one future each."""
        return len(self.task.policies) * (self.past - self.first)


class Player(Protocol):
    """Plays one policy of a plan, future after future."""

    def play(self, *, seed: int, future: int) -> Int:
        """The rows of a ledger, good until the next play."""


class ReferencePlayer(NamedTuple):
    """The reference engine."""

    plan: Plan
    policy: int
    rules: Sequence[Rule]

    def play(self, *, seed: int, future: int) -> Int:
        """The rows of a ledger."""
        return rows_of(engines.simulate(self.plan, self.policy, seed=seed, future=future, rules=self.rules))


class KeptLedgers(NamedTuple):
    """Ledgers that were played before."""

    ledgers: Mapping[tuple[str, int], Ledger]
    policy: str

    def play(self, *, seed: int, future: int) -> Int:
        """The rows of a ledger."""
        return rows_of(self.ledgers[self.policy, future])


class Worker(Generic[Part]):
    """Plays all policies of a future, has them read, and goes on to the next; each thread has its own."""

    def __init__(self, task: Task[Part]) -> None:
        self.task = task
        plan = plan_of(task.content)
        self._players = [_player(plan, policy, task) for policy in task.policies]
        self._reader = task.measurer.reader(plan, task)

    def play(self, first: int, past: int) -> Part:
        """Play a block."""
        for future in range(first, past):
            self._reader.read(future, [one.play(seed=self.task.seed, future=future) for one in self._players])
        return self._reader.part()


def play_block(block: Block[Part]) -> Part:
    """Play a block, in this thread."""
    worker: Worker[Part] | None = getattr(_this_thread, "worker", None)
    if worker is None or worker.task is not block.task:
        worker = Worker(block.task)
    _this_thread.worker = None  # an error leaves a block half read
    part = worker.play(block.first, block.past)
    _this_thread.worker = worker
    return part


def pack(content: Scenario | Plan) -> bytes:
    """A scenario or a plan in little room."""
    return zlib.compress(pickle.dumps(content, pickle.HIGHEST_PROTOCOL), 1)


def unpack(packed: bytes) -> Scenario | Plan:
    """What was packed."""
    content = pickle.loads(zlib.decompress(packed))
    assert isinstance(content, Scenario | Plan)
    return content


def content_of(packed: Packed) -> Scenario | Plan:
    """What was packed. A process keeps the last few."""
    return _kept("content", packed, unpack)


def plan_of(content: Plan | Packed) -> Plan:
    """The plan to be played. A process compiles it once."""

    def compiled(packed: bytes) -> Plan:
        unpacked = unpack(packed)
        return compile_plan(unpacked) if isinstance(unpacked, Scenario) else unpacked

    return _kept("plan", content, compiled) if isinstance(content, Packed) else content


def _player(plan: Plan, policy: str, task: Task[Part]) -> Player:
    """What plays a policy; rules need the reference engine."""
    if task.ledgers:
        return KeptLedgers(task.ledgers, policy)
    number = plan.names.policies.index(policy)
    if task.engine == "compiled":
        from exportsim.engine.compiled import Player as CompiledPlayer

        return CompiledPlayer(plan, number)
    return ReferencePlayer(plan, number, task.rules.get(policy, ()))


Made = TypeVar("Made")
_this_thread = threading.local()
_last: OrderedDict[tuple[str, str], object] = OrderedDict()
_lock = threading.Lock()


def _kept(kind: str, packed: Packed, make: Callable[[bytes], Made]) -> Made:
    key = kind, packed.key
    with _lock:
        if key in _last:
            _last.move_to_end(key)
            return cast(Made, _last[key])
    if packed.content is None:
        raise ContentMissingError
    made = make(packed.content)
    with _lock:
        _last[key] = made
        while len(_last) > MOST_KEPT:
            _last.popitem(last=False)
    return made
