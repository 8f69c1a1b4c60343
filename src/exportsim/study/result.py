"""The Result: what an experiment found, and the tables that can be asked of it. It plots and prints nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exportsim.analysis import comparison
from exportsim.analysis import series as monthly
from exportsim.analysis.outcomes import bounds_of, outcomes
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError, Fault
from exportsim.ledger import Ledger
from exportsim.notebook import card
from exportsim.plan import Float, Plan
from exportsim.scenario.schema import Scenario
from exportsim.study import grouped as compare
from exportsim.study import two_policies as fates

if TYPE_CHECKING:
    import pandas as pd

    from exportsim.engine.extensions import Rule


NOT_KEPT = "the series were not kept future by future; run with keep_series=True"


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """What came of playing policies against the same futures.

    Attributes
    ----------
    scenario : Scenario
    plan : Plan
    policies : tuple of str
        Those played, in the order of the scenario; the reference is always among them.
    futures : int
        Futures in which every policy was played: 0, 1, … ``futures - 1``.
    interrupted : bool
        Whether more futures were asked for.
    provenance : mapping
        All that is needed to play it again.
    values : ndarray of float64, shape (policies, futures, outcomes)
        Every outcome of every play, NaN where undefined. Read-only.
    untouched : mapping
        By policy: the share of orders with a fact in the period whose facts are all the same under the reference.
    totals : mapping
        By policy: the series of its plays added up.
    entries : mapping
        By (policy, future): the series of that play, if they were kept.
    ledgers : mapping
        By (policy, future), if they were kept.
    rules : mapping
        By policy: its measures written in Python, if there are any.
    noticed : tuple of Fault
        What the plays show to make no sense; see :attr:`warnings`.
    """

    scenario: Scenario
    plan: Plan
    policies: tuple[str, ...]
    futures: int
    interrupted: bool
    provenance: Mapping[str, Any]
    values: Float
    untouched: Mapping[str, float]
    totals: Mapping[str, monthly.Entries]
    entries: Mapping[tuple[str, int], monthly.Entries] = field(default_factory=lambda: MappingProxyType({}))
    ledgers: Mapping[tuple[str, int], Ledger] = field(default_factory=lambda: MappingProxyType({}))
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=lambda: MappingProxyType({}))
    noticed: tuple[Fault, ...] = ()

    def __repr__(self) -> str:
        title = self.scenario.title or "untitled"
        return f"<Result of {title!r}: {len(self.policies)} policies, {self.futures} futures>"

    def _repr_html_(self) -> str:
        facts = {
            "policies": ", ".join(self.policies),
            "reference": self.scenario.reference,
            "futures": f"{self.futures}, interrupted" if self.interrupted else f"{self.futures}",
            "seed": str(self.provenance["seed"]),
        }
        exports = self.summary().xs("exports", level="outcome").to_html(float_format="{:,.0f}".format, border=0)
        return card(f"{self.scenario.title or 'Result'}: exports", facts, exports)

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: read-only mappings cannot be, so their content is."""
        return {
            name: dict(value) if isinstance(value, MappingProxyType) else value for name, value in vars(self).items()
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, MappingProxyType(value) if isinstance(value, dict) else value)
        self.values.flags.writeable = False

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What is well-formed but makes no sense: what the scenario shows, then what its plays do."""
        return (*self.scenario.origin.warnings, *self.noticed)

    @property
    def plays(self) -> Mapping[tuple[str, int], Mapping[str, float]]:
        """By (policy, future): the outcomes of that play, by name."""
        names = list(self.units)
        return MappingProxyType(
            {
                (policy, future): MappingProxyType(dict(zip(names, found, strict=True)))
                for policy, table in zip(self.policies, self.values.tolist(), strict=True)
                for future, found in enumerate(table)
            }
        )

    @property
    def outcomes(self) -> pd.DataFrame:
        """Every outcome of every play.

        Returns
        -------
        DataFrame
            Indexed by (policy, future), a column per outcome: money in currency units, times in days, shares from
            0 to 1, NaN where undefined.
        """
        import pandas as pd

        index = pd.MultiIndex.from_product([self.policies, range(self.futures)], names=["policy", "future"])
        columns = list(self.units)
        return pd.DataFrame(self.values.reshape(len(index), len(columns)).copy(), index=index, columns=columns)

    @property
    def units(self) -> dict[str, str]:
        """The unit of each outcome."""
        return {outcome.name: outcome.unit for outcome in outcomes(self.plan)}

    def summary(self) -> pd.DataFrame:
        """The mean of each outcome under each policy, with its 95 % interval.

        Returns
        -------
        DataFrame
            Indexed by (policy, outcome), with columns ``mean, low, high, sd, n, method, unit``; ``n`` is the number of
            futures in which the outcome is defined, ``method`` says how the interval was found
            (:mod:`exportsim.analysis.intervals`).
        """
        return comparison.summarised(self.outcomes, self.units)

    def compare(self, reference: str | None = None, *, by: Sequence[str] = ()) -> pd.DataFrame:
        """The mean difference of each policy from a reference, paired future by future, with its 95 % interval.

        Parameters
        ----------
        reference : str, optional
            Any policy that was played; the scenario's reference by default.
        by : sequence of str
            What to tell apart: ``year``, ``line``, ``destination``, ``goods``, ``supplier``. The futures are played
            again for it, unless the ledgers were kept.

        Returns
        -------
        DataFrame
            Indexed by (policy, those of ``by``, outcome) without the reference. Columns ``mean, low, high, sd, n,
            method``, ``below, above``, ``q05, q25, q50, q75, q95``, ``correlation``, ``variance_ratio``, ``untouched``
            and ``unit``, see :func:`exportsim.analysis.comparison.compared`. By parts there are the outcomes of which
            the parts make the whole (:mod:`exportsim.analysis.outcomes`), and ``untouched`` is undefined.

        Raises
        ------
        ExportsimError
            If that policy was not played, or there is no such part.
        """
        standard = self.scenario.reference
        reference = standard if reference is None else chosen(reference, self.policies, "policy")
        if by:
            return comparison.compared(compare.grouped_outcomes(self, by), self.units, reference)
        untouched = self.untouched if reference == standard else compare.untouched_shares(self, reference)
        return comparison.compared(self.outcomes, self.units, reference, untouched)

    def ranking(self, outcome: str, *, most: bool = True) -> pd.DataFrame:
        """The policies in order of an outcome's mean, and how sure that order is.

        Parameters
        ----------
        outcome : str
        most : bool
            Whether more is better.

        Returns
        -------
        DataFrame
            Indexed by policy, the best first. Columns ``mean, low, high``, ``best`` (probability of being the best),
            ``mean_rank``, ``ahead, ahead_low, ahead_high, ahead_method`` (of the next), ``n``, ``left_out`` (futures in
            which the outcome is undefined under some policy, which do not count) and ``unit``, see
            :func:`exportsim.analysis.comparison.ranked`.

        Raises
        ------
        ExportsimError
            If there is no such outcome.
        """
        name = chosen(outcome, tuple(self.units), "outcome")
        table = self.outcomes[name].unstack("policy")[list(self.policies)]
        return comparison.ranked(table, unit=self.units[name], bounds=bounds_of(name, self.units[name]), most=most)

    def fates(
        self, policy: str, reference: str | None = None, *, by: Sequence[str] = (), future: int | None = None
    ) -> pd.DataFrame:
        """How each cent moved between two policies; see :func:`exportsim.study.two_policies.fates`."""
        return fates.fates(self, policy, reference, by=by, future=future)

    def waterfall(self, policy: str, reference: str | None = None, *, by: Sequence[str] = ()) -> pd.DataFrame:
        """From one policy's exports to another's; see :func:`exportsim.study.two_policies.waterfall`."""
        return fates.waterfall(self, policy, reference, by=by)

    def hysteresis(self, policy: str, reference: str | None = None) -> pd.DataFrame:
        """Who delivers before, during and after; see :func:`exportsim.study.two_policies.hysteresis`."""
        return fates.hysteresis(self, policy, reference)

    def series(self, *, by_future: bool = False) -> pd.DataFrame:
        """What flowed in each month and stood at its end.

        Parameters
        ----------
        by_future : bool
            A row per future, rather than the mean over futures.

        Returns
        -------
        DataFrame
            Columns ``policy``, ``future`` (if by future), ``month`` (its first day), ``line``, ``supplier``,
            ``authority``, ``destination``, ``goods``, ``programme``, and for each quantity of
            :data:`exportsim.analysis.quantities.SERIES` its number and its value in currency units. Rows in which
            everything is nought are left out; a mean counts them.

        Raises
        ------
        ExportsimError
            If it is asked for by future and they were not kept.
        """
        import pandas as pd

        if by_future:
            if not self.entries:
                raise ExportsimError(NOT_KEPT)
            tables = [
                monthly.frames([self.entries[policy, future] for future in range(self.futures)], self.plan)
                .rename(columns={"play": "future"})
                .assign(policy=policy)
                for policy in self.policies
            ]
        else:
            tables = [
                monthly.frame(self.totals[policy], self.plan, futures=self.futures).assign(policy=policy)
                for policy in self.policies
            ]
        table = pd.concat(tables, ignore_index=True)
        table["policy"] = pd.Categorical(table["policy"], categories=self.policies)
        leading = ["policy", "future"] if by_future else ["policy"]
        return table[[*leading, *table.columns.drop(leading)]]

    def series_of(self, policy: str, future: int) -> pd.DataFrame:
        """The series of one play, as :meth:`series` without ``policy`` and ``future``."""
        chosen(policy, self.policies, "policy")
        if not self.entries:
            raise ExportsimError(NOT_KEPT)
        if not 0 <= future < self.futures:
            raise ExportsimError(f"future {future} was not played; expected 0 to {self.futures - 1}")
        return monthly.frame(self.entries[policy, future], self.plan)
