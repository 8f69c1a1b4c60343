"""The ledgers of a result's policies, future by future, for whoever looks at them later.

Ledgers that were kept are read; others are played again, which gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from exportsim.analysis.ledger_rows import rows_of
from exportsim.ledger import Ledger
from exportsim.plan import Int
from exportsim.playing.claims import Claims
from exportsim.playing.crew import play_all, usable_cores
from exportsim.playing.worker import player

if TYPE_CHECKING:
    from exportsim.study.result import Result


class Use(Protocol):
    """What is done with a future's ledgers; a thread has its own."""

    def take(self, future: int, ledgers: Sequence[Int]) -> None:
        """Look at the rows of every policy, good until the next future."""


Used = TypeVar("Used", bound=Use)
Take = Callable[[int, int, Int], None]


class Again:
    """The ledgers of some policies of a result, one future at a time."""

    def __init__(self, result: Result, policies: Sequence[str]) -> None:
        self._seed = int(result.provenance["seed"])
        engine, names = str(result.provenance["engine"]), result.plan.names.policies
        self._players = [
            _Kept(result, name)
            if result.ledgers
            else player(result.plan, names.index(name), engine, result.rules.get(name, ()))
            for name in policies
        ]

    def play(self, future: int) -> list[Int]:
        """The rows of every policy, good until the next future."""
        return [one.play(seed=self._seed, future=future) for one in self._players]


def over_futures(
    result: Result, policies: Sequence[str], use: Callable[[], Used], *, futures: int | None = None
) -> list[Used]:
    """Have the ledgers of futures used, by as many threads as the engine can make use of."""
    number = result.futures if futures is None else min(futures, result.futures)
    crew = usable_cores() if result.provenance["engine"] == "compiled" else 1
    uses = [use() for _ in range(min(crew, number))]
    claims = Claims(number)
    play_all([_Reader(Again(result, policies), one) for one in uses], claims, number, None)
    if claims.complete < number:
        raise KeyboardInterrupt
    return uses


def over_plays(result: Result, policies: Sequence[str], take: Take, *, futures: int | None = None) -> None:
    """The same, play by play: ``take`` is given the place of the policy, the future and the rows of the ledger.

    It is called from several threads at once: each call writes in places of its own.
    """
    over_futures(result, policies, lambda: _Each(take), futures=futures)


class _Each:
    """Has every ledger of a future read by itself."""

    def __init__(self, read: Take) -> None:
        self._read = read

    def take(self, future: int, ledgers: Sequence[Int]) -> None:
        for place, rows in enumerate(ledgers):
            self._read(place, future, rows)


class _Kept:
    """A player of ledgers that were kept."""

    def __init__(self, result: Result, policy: str) -> None:
        self._result, self._policy = result, policy

    def play(self, *, seed: int, future: int) -> Int:
        return rows_of(self.ledger(seed=seed, future=future))

    def ledger(self, *, seed: int, future: int) -> Ledger:
        return self._result.ledgers[self._policy, future]


class _Reader:
    """Plays the futures that it claims, and has them used."""

    def __init__(self, again: Again, use: Use) -> None:
        self._again, self._use = again, use
        self.plays = 0

    def work(self, claims: Claims, told: Callable[[], None]) -> None:
        while (future := claims.claim()) is not None and not claims.leave(future):
            self._use.take(future, self._again.play(future))
            self.plays += 1
            claims.finish(future)
            told()
