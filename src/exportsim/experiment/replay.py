"""Every play of a result once more, to read from its ledgers what was not kept: ledgers that were kept are read, others
are played again, which gives the same ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from exportsim.analysis.counter import rows_of
from exportsim.experiment.claims import Claims
from exportsim.experiment.crew import play_all, usable_cores
from exportsim.experiment.worker import Player, player
from exportsim.plan import Int

if TYPE_CHECKING:
    from exportsim.experiment.result import Result

Take = Callable[[int, int, Int], None]


def replay(result: Result, take: Take, *, policies: Sequence[str] | None = None, futures: int | None = None) -> None:
    """Have every play read.

    Parameters
    ----------
    result : Result
    take : callable
        Given the place of the policy in ``policies``, the number of the future and the rows of the ledger, which are
        good until it returns. Called from several threads at once: each call writes in places of its own.
    policies : sequence of str, optional
        All of the result by default.
    futures : int, optional
        How many of the result's futures, all by default.

    Raises
    ------
    KeyboardInterrupt
        If interrupted before the end: a part of the plays is no answer here.
    """
    names = result.policies if policies is None else tuple(policies)
    number = result.futures if futures is None else min(futures, result.futures)
    crew = usable_cores() if result.provenance["engine"] == "compiled" and not result.ledgers else 1
    claims = Claims(number)
    play_all([_Worker(result, names, take) for _ in range(min(crew, number))], claims, number, None)
    if claims.complete < number:
        raise KeyboardInterrupt


class _Worker:
    """Plays every policy in the futures that it claims, and has each play read."""

    def __init__(self, result: Result, names: Sequence[str], take: Take) -> None:
        self._result, self._names, self._take = result, names, take
        self._seed = int(result.provenance["seed"])
        self._players: list[Player] = []
        if not result.ledgers:
            plan, engine = result.plan, str(result.provenance["engine"])
            self._players = [player(plan, plan.names.policies.index(name), engine) for name in names]
        self.plays = 0

    def work(self, claims: Claims, told: Callable[[], None]) -> None:
        """Play futures until there is no more, or until they are stopped."""
        while (future := claims.claim()) is not None and not claims.leave(future):
            for place, name in enumerate(self._names):
                self._take(place, future, self._rows(place, name, future))
            self.plays += 1
            claims.finish(future)
            told()

    def _rows(self, place: int, name: str, future: int) -> Int:
        if self._players:
            return self._players[place].play(seed=self._seed, future=future)
        return rows_of(self._result.ledgers[name, future])
