"""The ledgers of a result's policies, future by future, for whoever looks at them later.

Ledgers that were kept are read; others are played again, which gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from exportsim.analysis.counter import rows_of
from exportsim.experiment.claims import Claims
from exportsim.experiment.crew import play_all, usable_cores
from exportsim.experiment.worker import player
from exportsim.ledger import Ledger
from exportsim.plan import Int

if TYPE_CHECKING:
    from exportsim.experiment.result import Result


class Use(Protocol):
    """What is done with a future's ledgers; a thread has its own."""

    def take(self, future: int, ledgers: Sequence[Int]) -> None:
        """Look at the rows of every policy, good until the next future."""


Used = TypeVar("Used", bound=Use)


def over_futures(result: Result, policies: Sequence[str], use: Callable[[], Used]) -> list[Used]:
    """Have the ledgers of all futures used, by as many threads as the engine can make use of.

    Parameters
    ----------
    result : Result
    policies : sequence of str
    use : callable
        Makes the use of a thread.

    Returns
    -------
    list
        What was made, when all futures have been used.

    Raises
    ------
    KeyboardInterrupt
        At Ctrl-C: a part of the futures is no answer here.
    """
    crew = usable_cores() if result.provenance["engine"] == "compiled" else 1
    uses = [use() for _ in range(min(crew, result.futures))]
    claims = Claims(result.futures)
    play_all([_Reader(result, policies, one) for one in uses], claims, result.futures, None)
    if claims.complete < result.futures:
        raise KeyboardInterrupt
    return uses


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

    def __init__(self, result: Result, policies: Sequence[str], use: Use) -> None:
        self._use, self._seed = use, int(result.provenance["seed"])
        numbers = [result.plan.names.policies.index(name) for name in policies]
        engine = str(result.provenance["engine"])
        self._players = [
            _Kept(result, name) if result.ledgers else player(result.plan, number, engine)
            for name, number in zip(policies, numbers, strict=True)
        ]
        self.plays = 0

    def work(self, claims: Claims, told: Callable[[], None]) -> None:
        while (future := claims.claim()) is not None and not claims.leave(future):
            self._use.take(future, [one.play(seed=self._seed, future=future) for one in self._players])
            self.plays += 1
            claims.finish(future)
            told()
