"""Playing the ledgers that are lacking: all together, or one on from where it is known how a play like it stood."""

from __future__ import annotations

from collections.abc import Sequence

from exportsim.analysis.ledger_rows import Plays, Standing, Stretch
from exportsim.divergence import measures, parting_of
from exportsim.engine.compiled import Players
from exportsim.plan import NEVER, Plan
from exportsim.playing.ledgers import Ledgers, SoFar

MOST_COPIES = 16  # of how the plays of one future stood, as a policy's date moves on


class LackingPlayer:
    """Plays some of a plan's policies; how a play stood where they part from others is kept."""

    def __init__(self, plan: Plan, others: Sequence[str], lacking: Sequence[str], seed: int, ledgers: Ledgers) -> None:
        numbers = {policy: plan.names.policies.index(policy) for policy in (*lacking, *others)}
        acts = {policy: measures(plan, number) for policy, number in numbers.items()}
        self._acts, self._seed, self._ledgers = acts[lacking[0]], seed, ledgers
        parting = min((parting_of(self._acts, other) for other in acts.values()), default=NEVER)
        self._apart = (plan.end - plan.start) // MOST_COPIES
        self._players = Players(plan, [numbers[policy] for policy in lacking], copy_at=parting)
        self._alone = len(lacking) == 1 and self._players.goes_on
        steps = [(step.player, step.other) for step in self._players.steps]
        self._steps = [(number, step) for number, step in enumerate(steps) if step[0] < len(lacking)]

    def __call__(self, future: int) -> Plays:
        """The lacking ledgers of a future."""
        so_far = self._ledgers.so_far(self._acts, future) if self._alone else None
        if so_far is not None:
            return self._played_on(so_far, future)
        ledgers = self._players.play(seed=self._seed, future=future)
        shared = self._players.shared()
        stretches = [Stretch(*step, *shared[number]) for number, step in self._steps]
        play = self._players.so_far()
        if play is None:
            return Plays(ledgers, stretches)
        first = self._steps[0][1][0]
        key = self._ledgers.keep_so_far(self._acts, future, play, ledgers[first][: play.rows], None)
        return Plays(ledgers, stretches, copied=Standing(first, play.rows, key))

    def _played_on(self, so_far: SoFar, future: int) -> Plays:
        """The only ledger, gone on with from where it is known how a play like it stood."""
        copied = self._players.copied is not None and self._players.copied - so_far.play.minute >= self._apart
        rows = self._players.play_on(so_far.play, so_far.rows(), seed=self._seed, future=future, copied=copied)
        begun = Standing(0, so_far.play.rows, so_far.key)
        ends = [0, begun.rows, len(rows)]
        play = self._players.so_far() if copied else None
        standing = None
        if play is not None:
            key = self._ledgers.keep_so_far(self._acts, future, play, rows[: play.rows], so_far)
            standing = Standing(0, play.rows, key)
            ends.insert(2, play.rows)
        stretches = [Stretch(0, 0 if first else -1, *ends[first : first + 2]) for first in range(len(ends) - 1)]
        return Plays([rows], stretches, begun=begun, copied=standing)
