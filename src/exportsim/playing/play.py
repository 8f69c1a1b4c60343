"""Playing futures: the one way there is. Blocks go over an executor, and come back in whatever order.

A *design* says which scenarios are played under which policies, a *measurer* what is read of every future (see
:mod:`exportsim.playing.measurers`), the *settings* how many futures are played, by what and where. To look at the same
futures for something else is to play them with another measurer, or to read the ledgers that were kept.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from exportsim.engine.compiled import orders_expected
from exportsim.errors import LostError
from exportsim.plan import Plan
from exportsim.playing.block import Block, Measurer, Packed, Task, pack, play_block
from exportsim.playing.compilation import compiled_for, is_ready
from exportsim.playing.executor import Here, Threads, spread
from exportsim.playing.interruption import Stop, stoppable
from exportsim.playing.ledgers import Ledgers
from exportsim.playing.settings import Settings

if TYPE_CHECKING:
    from exportsim.engine.extensions import Rule

MOST_FUTURES = 50  # of a block
MOST_ORDERS = 50_000  # of a block's futures under one policy, as expected; but a block has a future at least
#: Of a block's plays that are not to be kept in a store: a tenth of a second, so that Ctrl-C waits no longer.
MOST_ORDERS_PLAYED = {"compiled": 70_000, "reference": 500}
MOMENT = 2  # times shorter than such a block is what one thread does at once
BLOCKS_A_THREAD = 4  # at least
LAST_BLOCKS = 4  # times smaller than the others are the last ones of threads, so that all end at about the same time

Part = TypeVar("Part")


@dataclass(frozen=True)
class Design(Generic[Part]):
    """What is played."""

    plan: Plan  # of the scenario as it stands: by the orders that it expects, futures are cut into blocks
    policies: tuple[str, ...]  # in the order of the scenario
    reference: str  # one of them
    measurer: Measurer[Part]
    points: Sequence[bytes] = ()  # packed scenarios; the plan itself if there are none
    first: int = 0  # future; those before have been played
    apart: bool = False  # whether each point has futures of its own: those after the point's before it
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)  # by policy
    ledgers: Ledgers | None = None  # that may be there already


class Played(NamedTuple, Generic[Part]):
    """What came of a point: of futures from the design's first to ``past - 1``."""

    point: int
    past: int
    part: Part


class Kept(Protocol[Part]):
    """What was finished before of one point, and where it is kept."""

    def missing(self, block: Block[Part]) -> Block[Part] | None:
        """What of a block is to be played, if anything is."""

    def keep(self, played: Block[Part], part: Part) -> None:
        """Keep what came of what was missing."""

    def joined(self, block: Block[Part]) -> Part:
        """What came of a block, all of which is there."""

    def is_there(self, block: Block[Part]) -> bool:
        """Whether all of a block seems to be there."""


def play(
    design: Design[Part], settings: Settings, kept: Callable[[int], Kept[Part]] | None = None, *, partly: bool = False
) -> Iterator[Played[Part]]:
    """Play a design; yields points, each as soon as all of its futures are played.

    ``kept`` has, by the number of a point, what of it was finished before. Where workers were lost, the error comes
    after all points that were finished. The first Ctrl-C ends it as well, as an exception if nothing is finished; with
    ``partly``, a point counts of which only the first futures were played by then.
    """
    points, futures = max(len(design.points), 1), settings.futures - design.first
    cuts = _cuts(design, settings, kept is not None)
    done = design.first * len(design.policies)
    total = done + points * futures * len(design.policies)
    parts: dict[int, dict[int, Part]] = {}  # by point and cut
    lost: LostError | None = None
    finished = 0
    with stoppable() as stop:
        try:
            for number, part in _blocks_played(design, settings, kept, cuts, stop):
                point, cut = divmod(number, len(cuts))
                parts.setdefault(point, {})[cut] = part
                first, past = cuts[cut]
                done += (past - first) * len(design.policies)
                if len(parts[point]) == len(cuts):
                    finished += 1
                    yield _joined(point, parts.pop(point), cuts, design)
                if settings.progress is not None and not stop.asked:
                    with stop.heard():
                        settings.progress.played(done, total)
        except LostError as error:
            lost = error
        for point in sorted(parts) if partly else ():
            if 0 in parts[point]:
                finished += 1
                yield _joined(point, parts[point], cuts, design)
        if lost is not None:
            raise lost
        if stop.asked and not finished and not (partly and design.first):
            raise KeyboardInterrupt


def points_lacking(design: Design[Part], settings: Settings, kept: Callable[[int], Kept[Part]]) -> list[int]:
    """The points of which a store has not all blocks; nothing is read of what is there."""
    cuts = _cuts(design, settings, True)
    blocks = enumerate(_blocks(design, settings, cuts))
    return sorted({number // len(cuts) for number, block in blocks if not kept(number // len(cuts)).is_there(block)})


def play_all(design: Design[Part], settings: Settings) -> Part:
    """Play all futures of a design without points; Ctrl-C is an exception."""
    (played,) = play(design, settings)
    return played.part


def compile_ahead(design: Design[Part], settings: Settings) -> None:
    """Compile what threads will need, unless it is there; whoever measures how long playing takes does it before.

    This takes a future under all policies, which a measurer may read together; it is not counted. Here, and not in the
    threads.
    """
    needed = [*design.measurer.compiled, *compiled_for(settings.engine)]
    if settings.executor is None and not is_ready(settings.engine, needed, settings.announce):
        first_point = replace(design, points=design.points[:1])
        for block in _blocks(first_point, settings, [(design.first, design.first + 1)]):
            play_block(block)


def _blocks_played(
    design: Design[Part],
    settings: Settings,
    kept: Callable[[int], Kept[Part]] | None,
    cuts: Sequence[tuple[int, int]],
    stop: Stop,
) -> Iterator[tuple[int, Part]]:
    """Play blocks, but for those of which something is kept; blocks are numbered point by point."""
    complete: deque[tuple[int, Part]] = deque()
    sent: dict[int, tuple[int, Block[Part], Block[Part], Kept[Part] | None]] = {}  # by its place in what is sent

    def missing() -> Iterator[Block[Part]]:
        places = itertools.count()
        for number, block in enumerate(_blocks(design, settings, cuts)):
            if stop.asked:
                return
            before = None if kept is None else kept(number // len(cuts))
            rest = block if before is None else before.missing(block)
            if rest is not None:
                sent[next(places)] = number, block, rest, before
                yield rest
            elif before is not None:
                complete.append((number, before.joined(block)))

    once = settings.executor is not None and not design.points
    with _executor(design, settings, stop) as executor:
        if not stop.asked:
            with stop.at_once():
                compile_ahead(design, settings)
        for place, part in spread(executor, play_block, missing(), once=once, patience=settings.patience, stop=stop):
            number, block, rest, before = sent.pop(place)
            if before is not None:
                before.keep(rest, part)
                part = before.joined(block)
            yield number, part
            while complete:
                yield complete.popleft()
        yield from complete


def _blocks(design: Design[Part], settings: Settings, cuts: Sequence[tuple[int, int]]) -> Iterator[Block[Part]]:
    """The blocks of all points."""
    alone = settings.executor is None and not design.points
    for point, content in enumerate(design.points or [b"" if alone else pack(design.plan)]):
        before = point * settings.futures if design.apart else 0
        task = Task(
            design.plan if alone else Packed.of(content), design.policies, design.reference, settings.seed,
            settings.engine, design.measurer, design.rules, design.ledgers,
        )  # fmt: skip
        for first, past in cuts:
            yield Block(task, before + first, before + past)


def _cuts(design: Design[Part], settings: Settings, kept: bool) -> list[tuple[int, int]]:
    """The futures of blocks: first, and past the last, of each.

    What may be kept in a store is cut at the multiples of a number that the scenario alone decides, so that two runs
    have the same blocks on whatever machine they are. Threads have shorter ones, and the shortest at the end.
    """
    orders = max(1.0, orders_expected(design.plan))
    size = min(MOST_FUTURES, int(MOST_ORDERS / orders))
    threads = settings.workers if settings.executor is None and not kept else 0
    if threads and _is_a_moment(design, settings):
        threads = 1
    if threads:
        quick = int(MOST_ORDERS_PLAYED[settings.engine] / (orders * len(design.policies)))
        # Of many points a thread plays whole ones, each of which has a plan of its own to be made.
        share = -(-(settings.futures - design.first) * max(len(design.points), 1) // (BLOCKS_A_THREAD * threads))
        size = min(size, quick, share)
    cuts, first, size = [], design.first, max(1, size)
    while first < settings.futures:
        past = (first // size + 1) * size
        if threads > 1 and not design.points:
            left = settings.futures - first
            past = first + max(1, size // LAST_BLOCKS, min(size, left // (2 * threads)))
        cuts.append((first, min(past, settings.futures)))
        first = past
    return cuts


@contextmanager
def _executor(design: Design[Part], settings: Settings, stop: Stop) -> Iterator[Executor]:
    """The executor given, or threads. After Ctrl-C, what is still at work in them is not waited for.

    To begin threads takes longer than what is done in a moment.
    """
    if settings.executor is not None:
        yield settings.executor
        return
    if _is_a_moment(design, settings):
        yield Here()
        return
    threads = Threads(settings.workers)
    try:
        yield threads
    finally:
        threads.shutdown(wait=not stop.asked, cancel_futures=True)


def _is_a_moment(design: Design[Part], settings: Settings) -> bool:
    """Whether so few orders are expected in all plays that threads of this process would be begun in vain."""
    if settings.executor is not None or design.points:
        return False
    plays = len(design.policies) * (settings.futures - design.first)
    return orders_expected(design.plan) * plays <= MOST_ORDERS_PLAYED[settings.engine] / MOMENT


def _joined(
    point: int, parts: Mapping[int, Part], cuts: Sequence[tuple[int, int]], design: Design[Part]
) -> Played[Part]:
    """What came of the blocks of a point before the first that is missing."""
    first_parts = [parts[cut] for cut in itertools.takewhile(parts.__contains__, itertools.count())]
    return Played(point, cuts[len(first_parts) - 1][1], design.measurer.joined(first_parts))
