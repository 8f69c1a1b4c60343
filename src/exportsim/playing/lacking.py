"""Playing the ledgers that are lacking: all together, or one on from where its policy parts from one that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exportsim.engine.compiled import Players
from exportsim.engine.compiled.sharing import measures, parting_of
from exportsim.plan import NEVER, Int, Plan
from exportsim.playing.ledgers import Ledgers

MOST_COPIES = 16  # of how the plays of one future stood, as a policy's date moves on


class LackingPlayer:
    """Plays some of a plan's policies, of which the others are kept; how a play stood where they part is kept, too."""

    def __init__(
        self, plan: Plan, policies: Sequence[str], lacking: Sequence[str], seed: int, ledgers: Ledgers
    ) -> None:
        numbers = {policy: plan.names.policies.index(policy) for policy in policies}
        acts = {policy: measures(plan, number) for policy, number in numbers.items()}
        self._acts, self._seed, self._ledgers = acts[lacking[0]], seed, ledgers
        self._partings = {
            policy: parting_of(self._acts, other) for policy, other in acts.items() if policy not in lacking
        }
        parting = min((parting_of(self._acts, other) for other in acts.values()), default=NEVER)
        self._apart = (plan.end - plan.start) // MOST_COPIES
        self._players = Players(plan, [numbers[policy] for policy in lacking], copy_at=parting)

    def __call__(self, future: int, kept: Mapping[str, Int]) -> list[Int]:
        """The rows of the lacking ledgers of a future."""
        alone = len(self._players.policies) == 1 and self._players.goes_on
        played = self._played_on(future, kept) if alone else None
        if played is None:
            played = self._players.play(seed=self._seed, future=future)
            self._keep(future)
        return played

    def _played_on(self, future: int, kept: Mapping[str, Int]) -> list[Int] | None:
        """The ledger of the only policy, if it is known how a play like it stood before it parts from one kept."""
        for policy, parting in self._partings.items():
            so_far = self._ledgers.so_far(self._acts, parting, future)
            if so_far is not None and policy in kept:
                copied = self._players.copied is not None and self._players.copied - so_far.minute >= self._apart
                rows = self._players.play_on(so_far, kept[policy], seed=self._seed, future=future, copied=copied)
                if copied:
                    self._keep(future)
                return [rows]
        return None

    def _keep(self, future: int) -> None:
        so_far = self._players.so_far()
        if so_far is not None:
            self._ledgers.keep_so_far(self._acts, future, so_far)
