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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from exportsim import engine as engines
from exportsim.analysis.ledger_rows import Plays, Stretch
from exportsim.compile import compile_plan
from exportsim.packed_rows import rows_of
from exportsim.plan import Plan
from exportsim.playing.ledgers import Ledgers
from exportsim.scenario import Scenario

if TYPE_CHECKING:
    from exportsim.engine.extensions import Rule

MOST_REMEMBERED = 16  # scenarios, and plans

Part = TypeVar("Part")
Player: TypeAlias = Callable[[int], Plays]  # of a future; its ledgers are good until the next

#: Reads futures that follow each other: their numbers, and of each the rows of every policy's ledger, which are good
#: until the next future. Each thread has its own.
Reader: TypeAlias = Callable[[range, Iterable[Plays]], Part]


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


@dataclass(frozen=True)
class Packed:
    """A scenario or plan as it is sent, known everywhere by a digest; without its bytes where it is known already."""

    digest: str
    content: bytes | None = field(compare=False)

    @classmethod
    def of(cls, content: bytes) -> Packed:
        """What :func:`pack` has made."""
        return cls(hashlib.sha256(content).hexdigest(), content)

    def without_content(self) -> Packed:
        """The same for a process that has had it before."""
        return replace(self, content=None)


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
    ledgers: Ledgers | None = None

    @cached_property
    def without_content(self) -> Task[Part]:
        """The same for a process that has had it before."""
        assert isinstance(self.content, Packed)
        return replace(self, content=self.content.without_content())


class Block(NamedTuple, Generic[Part]):
    """Futures ``first`` to ``past - 1`` of a task."""

    task: Task[Part]
    first: int
    past: int

    def without_content(self) -> Block[Part]:
        """The same for a process that has had its scenario before."""
        return self._replace(task=self.task.without_content)


class Worker(NamedTuple, Generic[Part]):
    """What a thread goes on with."""

    task: Task[Part]
    play: Player
    read: Reader[Part]


_this_thread = threading.local()


def play_block(block: Block[Part]) -> Part:
    """Play a block, in this thread, which goes on with the player and the reader of the block before."""
    task = block.task
    worker: Worker[Part] | None = getattr(_this_thread, "worker", None)
    if worker is None or worker.task is not task:
        plan = plan_of(task.content)
        worker = Worker(task, _player(plan, task), task.measurer.reader(plan, task))
    _this_thread.worker = None  # an error leaves a block half read
    futures = range(block.first, block.past)
    part: Part = worker.read(futures, map(worker.play, futures))
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


@lru_cache(MOST_REMEMBERED)
def content_of(packed: Packed) -> Scenario | Plan:
    """What was packed. A process remembers the last few, by their digests."""
    if packed.content is None:
        raise ContentMissingError
    return unpack(packed.content)


def plan_of(content: Plan | Packed) -> Plan:
    """The plan to be played."""
    return _compiled(content) if isinstance(content, Packed) else content


@lru_cache(MOST_REMEMBERED)
def _compiled(packed: Packed) -> Plan:
    content = content_of(packed)
    return compile_plan(content) if isinstance(content, Scenario) else content


def _player(plan: Plan, task: Task[Part]) -> Player:
    """What gives the ledgers of the policies: those that were kept, and the others played together."""
    ledgers = task.ledgers
    if ledgers is None:
        return _that_plays(plan, task, task.policies)
    playing = cache(partial(_that_plays_lacking, plan, task, ledgers))

    def play(future: int) -> Plays:
        found = {policy: rows for policy in task.policies if (rows := ledgers.rows(policy, future)) is not None}
        lacking = tuple(dict.fromkeys(policy for policy in task.policies if policy not in found))
        if not lacking:
            return Plays(found[policy] for policy in task.policies)
        played = playing(lacking)(future)  # in most blocks always the same
        for policy, rows in zip(lacking, played, strict=True):
            ledgers.keep(policy, future, rows, played.copied or played.begun)
        if lacking == task.policies:
            return played
        found |= zip(lacking, played, strict=True)
        return played.among([found[policy] for policy in task.policies], [*map(task.policies.index, lacking)])

    return play


def _that_plays_lacking(plan: Plan, task: Task[Part], ledgers: Ledgers, lacking: tuple[str, ...]) -> Player:
    """What plays policies that are lacking."""
    if task.engine == "compiled":
        from exportsim.playing.lacking import LackingPlayer

        return LackingPlayer(plan, (*task.policies, task.reference), lacking, task.seed, ledgers)
    return _that_plays(plan, task, lacking)


def _that_plays(plan: Plan, task: Task[Part], policies: tuple[str, ...]) -> Player:
    """What plays policies; rules need the reference engine."""
    numbers, seed = [plan.names.policies.index(policy) for policy in policies], task.seed
    if task.engine == "compiled":
        return _compiled_player(plan, numbers, seed)
    rules = [task.rules.get(policy, ()) for policy in policies]
    return lambda future: Plays(
        rows_of(engines.simulate(plan, number, seed=seed, future=future, rules=own))
        for number, own in zip(numbers, rules, strict=True)
    )


def _compiled_player(plan: Plan, policies: Sequence[int], seed: int) -> Player:
    """What plays policies with the compiled engine, what they have in common once."""
    from exportsim.engine.compiled import Players

    players = Players(plan, policies)
    steps = [(step.player, step.other) for step in players.steps]

    def play(future: int) -> Plays:
        ledgers = players.play(seed=seed, future=future)
        return Plays(ledgers, [Stretch(*step, *of_step) for step, of_step in zip(steps, players.shared(), strict=True)])

    return play
