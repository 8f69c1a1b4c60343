"""What is kept of the plays of an experiment while it goes on, so that it may be interrupted at any moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from exportsim.analysis import series as monthly
from exportsim.analysis.outcomes import Measured
from exportsim.experiment.result import Result
from exportsim.ledger import Ledger
from exportsim.plan import Plan
from exportsim.scenario.schema import Scenario


class Gathering:
    """Plays as they come in, future by future and in each in the order of the policies.

    Parameters
    ----------
    policies : sequence of str
        Those that every future is played under.
    keep_series, keep_ledgers : bool
        As in :func:`exportsim.experiment.run.run`.
    """

    def __init__(self, policies: Sequence[str], *, keep_series: bool, keep_ledgers: bool) -> None:
        self._policies = tuple(policies)
        self._keep_series = keep_series
        self._keep_ledgers = keep_ledgers
        # One append commits a play, so that an interruption finds it whole or not at all.
        self._plays: list[tuple[dict[str, float], monthly.Entries | None, Ledger | None]] = []

    @property
    def plays(self) -> int:
        """Plays so far."""
        return len(self._plays)

    @property
    def futures(self) -> int:
        """Futures in which every policy has been played."""
        return len(self._plays) // len(self._policies)

    def add(self, ledger: Ledger, measured: Measured) -> None:
        """Take in the next play."""
        kept = ledger if self._keep_ledgers else None
        self._plays.append((measured.outcomes, measured.series, kept))
        if not self._keep_series and len(self._plays) % len(self._policies) == 0:
            self._fold()

    def result(self, scenario: Scenario, plan: Plan, provenance: Mapping[str, Any]) -> Result:
        """The result of the futures in which every policy was played."""
        whole = {
            (policy, future): self._plays[future * len(self._policies) + place]
            for place, policy in enumerate(self._policies)
            for future in range(self.futures)
        }
        months = {
            policy: tuple(kept for future in range(self.futures) if (kept := whole[policy, future][1]) is not None)
            for policy in self._policies
        }
        if not self._keep_series:
            months = {policy: (monthly.total(kept),) for policy, kept in months.items()}
        return Result(
            scenario=scenario,
            plan=plan,
            policies=self._policies,
            futures=self.futures,
            interrupted=bool(provenance["interrupted"]),
            provenance=MappingProxyType(dict(provenance)),
            plays=MappingProxyType({key: MappingProxyType(play[0]) for key, play in whole.items()}),
            months=MappingProxyType(months),
            ledgers=MappingProxyType({key: play[2] for key, play in whole.items() if play[2] is not None}),
        )

    def _fold(self) -> None:
        """Add the series of the last future to the totals, which stand with the last play of each policy.

        The older play is emptied in the step that fills the newer one: a slice is assigned whole.
        """
        n = len(self._policies)
        if len(self._plays) < 2 * n:
            return
        older, newer = self._plays[-2 * n : -n], self._plays[-n:]
        emptied = [(outcomes, None, ledger) for outcomes, _, ledger in older]
        folded = [
            (outcomes, monthly.total([entries for entries in (old[1], entries) if entries is not None]), ledger)
            for old, (outcomes, entries, ledger) in zip(older, newer, strict=True)
        ]
        self._plays[-2 * n :] = [*emptied, *folded]
