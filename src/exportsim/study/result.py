"""The Result: what an experiment found, and the tables that can be asked of it. It plots and prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from exportsim.analysis import account as accounts
from exportsim.analysis import comparison
from exportsim.analysis import series as monthly
from exportsim.analysis.outcomes import Grouped, Grouping, bounds_of, outcomes
from exportsim.analysis.untouched_orders import shares
from exportsim.arguments import chosen, listed
from exportsim.errors import ExportsimError, Fault
from exportsim.ledger import Ledger
from exportsim.outcomes import BY
from exportsim.plan import Float, Plan
from exportsim.playing.measurers import EachFuture
from exportsim.scenario.schema import Scenario
from exportsim.study import readings
from exportsim.study.account_table import Shown, readable
from exportsim.study.answer import Answer
from exportsim.study.order_by_order import OrderByOrder, parts

if TYPE_CHECKING:
    import pandas as pd

    from exportsim.engine.extensions import Rule
    from exportsim.study.input_ranges import Doubt

Part = TypeVar("Part")

NOT_KEPT = "the series were not kept future by future; run with keep_series=True"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Result(OrderByOrder):
    """What came of playing policies against the same futures.

    Attributes
    ----------
    scenario : Scenario
    plan : Plan
    policies : tuple of str
        Those played, in the order of the scenario; the reference is always among them.
    futures : int
        Futures in which every policy was played: 0, 1, … ``futures - 1``.
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
    doubt : Doubt or None
        Over what range the result moves with its scenario's ``uncertainties``, if that was asked for (``uncertain``).
    grouped : Grouped or None
        The figures by group, if they were asked for (``by``).
    """

    scenario: Scenario
    plan: Plan
    policies: tuple[str, ...]
    futures: int
    values: Float
    untouched: Mapping[str, float]
    totals: Mapping[str, monthly.Entries]
    entries: Mapping[tuple[str, int], monthly.Entries] = field(default_factory=dict)
    ledgers: Mapping[tuple[str, int], Ledger] = field(default_factory=dict)
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    noticed: tuple[Fault, ...] = ()
    doubt: Doubt | None = None
    grouped: Grouped | None = None

    def _in_short(self) -> str:
        return f"{len(self.policies)} policies, {self.futures} futures"

    def _facts(self) -> dict[str, str]:
        points = {} if self.doubt is None else {"points of what is uncertain": str(len(self.doubt.points))}
        return {"policies": ", ".join(self.policies), "reference": self.scenario.reference} | points

    def _shown(self) -> str:
        exports = self.summary().xs("exports", level="outcome", drop_level=False)
        return exports.to_html(float_format="{:,.0f}".format, border=0)

    def __post_init__(self) -> None:
        for attribute in fields(self):
            value = getattr(self, attribute.name)
            if isinstance(value, dict):
                object.__setattr__(self, attribute.name, MappingProxyType(value))
        self.values.flags.writeable = False

    def __reduce__(self) -> tuple[Callable[[], Result], tuple[()]]:
        """How it is pickled: read-only mappings cannot be, so their content is."""
        state = {attribute.name: getattr(self, attribute.name) for attribute in fields(self)}
        mappings = {name: dict(value) for name, value in state.items() if isinstance(value, Mapping)}
        return partial(type(self), **state | mappings), ()

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
                (policy, future): MappingProxyType(dict(zip(names, row, strict=True)))
                for policy, table in zip(self.policies, self.values.tolist(), strict=True)
                for future, row in enumerate(table)
            }
        )

    def _saved(self) -> pd.DataFrame:
        return self.outcomes.reset_index()

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

    def outcomes_by(self, by: Sequence[str]) -> pd.DataFrame:
        """The outcomes of every play in parts.

        Parameters
        ----------
        by : sequence of str
            As for :meth:`compare`.

        Returns
        -------
        DataFrame
            Indexed by (policy, those of ``by``, future).
        """
        import pandas as pd

        names, grouping, values = self._values_by(by)
        keys = [
            (policy, *label, future) for policy in self.policies for label in grouping.labels
            for future in range(self.futures)
        ]  # fmt: skip
        index = pd.MultiIndex.from_tuples(keys, names=["policy", *names, "future"])
        return pd.DataFrame(values.reshape(len(keys), -1), index=index, columns=list(grouping.outcomes))

    def _values_by(self, by: Sequence[str]) -> tuple[tuple[str, ...], Grouping, Float]:
        """What outcomes are told apart by, the groups, and their values (policies, groups, futures, outcomes)."""
        names = parts(by, BY)
        if not names:
            raise ExportsimError("by: found no name, expected one or more of " + ", ".join(f"`{name}`" for name in BY))
        grouping = Grouping(self.plan, names)
        if self.grouped is not None and set(names) <= set(self.grouped.by):
            figures = grouping.merged(self.grouped)
        else:
            of_futures = self.measured(EachFuture(lambda plan: readings.group_figures(plan, names)))
            figures = np.stack(of_futures, axis=1)
        return names, grouping, grouping.values(figures).swapaxes(1, 2)

    def _figures(self) -> comparison.Figures:
        """The outcomes by policy."""
        return comparison.figures_of(self.values, self.policies, list(self.units))

    @cached_property
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
        return comparison.summarised(self._figures(), self.units)

    def compare(self, reference: str | None = None, *, by: Sequence[str] = ()) -> pd.DataFrame:
        """The mean difference of each policy from a reference, paired future by future, with its 95 % interval.

        Parameters
        ----------
        reference : str, optional
            Any policy that was played; the scenario's reference by default.
        by : sequence of str
            What to tell apart: ``year``, ``line``, ``destination``, ``goods``, ``supplier``, ``authority`` (empty where
            none licenses). The futures are played again for it, unless the run was asked for these (``by``) or kept
            the ledgers.

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
            names, grouping, values = self._values_by(by)
            figures = comparison.figures_of(values, self.policies, grouping.outcomes, names, grouping.labels)
            return comparison.compared(figures, self.units, reference)
        untouched = self.untouched
        if reference != standard:
            policies = [reference, *(name for name in self.policies if name != reference)]
            counts = np.array(self.measured(EachFuture(readings.untouched), policies), dtype=np.int64)
            untouched = dict(zip(policies, shares(counts.swapaxes(0, 1)), strict=True))
        return comparison.compared(self._figures(), self.units, reference, untouched)

    def asked_about(self, policy: str | None = None) -> str:
        """The policy that an answer is about.

        Parameters
        ----------
        policy : str, optional
            Any that was played; by default the first of the file that is not the reference, or else that.

        Returns
        -------
        str

        Raises
        ------
        ExportsimError
            If that policy was not played.
        """
        if policy is not None:
            return chosen(policy, self.policies, "policy")
        reference = self.scenario.reference
        return next((name for name in self.policies if name != reference), reference)

    def answer(self, policy: str | None = None) -> Answer:
        """The answer in sentences: what a policy does to exports, who takes over, whether it comes back.

        Parameters
        ----------
        policy : str, optional
            Any that was played; by default the first of the file that is not the reference.

        Returns
        -------
        Answer
            With ``finding``, ``sentences`` and ``explanations``; its text is shown in a terminal and in a notebook.

        Raises
        ------
        ExportsimError
            If that policy was not played.
        """
        # Sentences are made above studies, which know nothing of them but by this name.
        said: Answer = import_module("exportsim.report.answer").answer(self, policy)
        return said

    def account(
        self, reference: str | None = None, *, by: Sequence[str] = (), authorities: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """What became of all that was ordered or open at the start: open_at_start + ordered = all other columns.

        Parameters
        ----------
        reference : str, optional
            The policy from which differences are wanted, rather than what each policy comes to.
        by : sequence of str
            As for :meth:`compare`. By year, what is open is open at that year's start and
            end (``pending``). By supplier or authority only what was delivered is told apart: ``exports`` and
            ``elsewhere``.
        authorities : sequence of str, optional
            Whose permits make an export; what others let out is then ``elsewhere``. All, unless given.

        Returns
        -------
        DataFrame
            Indexed by policy (and those of ``by``), exact means in currency units in the columns ``open_at_start,
            ordered, exports, elsewhere, lost, pending``.

        Raises
        ------
        ExportsimError
            If that policy was not played, or there is no such part or authority.
        """
        names = parts(by, BY)
        account = self._account(names, authorities)
        if reference is None:
            return accounts.frame(account, self.policies, names, self.futures)
        place = self.policies.index(chosen(reference, self.policies, "policy"))
        apart = accounts.frame(accounts.less(account, place), self.policies, names, self.futures)
        return apart[apart.index.get_level_values("policy") != reference]

    def table(
        self,
        reference: str | None = None,
        *,
        by: Sequence[str] = (),
        authorities: Sequence[str] | None = None,
        outcomes: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """The account, or other outcomes, to be read: titles, money in one unit, cells that add up.

        Parameters
        ----------
        reference, by, authorities
            As for :meth:`account`.
        outcomes : sequence of str, optional
            Of which means are shown, rather than the account.

        Returns
        -------
        DataFrame
            Text, in columns labelled with their units. In the account, the cells of a row add up as it does, and are
            those that ``exportsim run`` prints: the reference's and the changes from it are rounded by largest
            remainder, and what a policy comes to is their sum.
        """
        names = parts(by, BY)
        apart = None if reference is None else chosen(reference, self.policies, "policy")
        account = self._account(names, authorities)
        means = accounts.frame(account, self.policies, names, self.futures)
        if outcomes is not None:
            wanted = listed(outcomes, "outcomes")
            if not set(wanted) <= set(means):
                of_plays = self.outcomes_by(names) if names else self.outcomes
                others = of_plays.groupby(level=list(means.index.names), sort=False).mean()
                means = means.join(others.drop(columns=list(means), errors="ignore"))
            means = means[[chosen(name, list(means.columns), "outcome") for name in wanted]]
        shown = Shown(self.scenario, self.policies, self.futures, self.units, apart, self.asked_about())
        return readable(means, account, shown)

    def _account(self, by: Sequence[str], authorities: Sequence[str] | None) -> accounts.Account:
        if authorities is not None:
            known = self.plan.names.authorities
            authorities = [chosen(name, known, "authority") for name in listed(authorities, "authorities")]
        if not by:
            return accounts.of_outcomes(self.values, list(self.units), authorities)
        names = tuple(dict.fromkeys([*by, *([] if authorities is None else ["authority"])]))
        grouped = self.grouped
        if grouped is None or not set(names) <= set(grouped.by):
            grouped = accounts.grouped_series([self.totals[policy] for policy in self.policies], self.plan, names)
        return accounts.of_groups(grouped, self.plan, by, authorities)

    def ranking(self, outcome: str, *, most: bool | None = None) -> pd.DataFrame:
        """The policies in order of an outcome's mean, and how sure that order is.

        Parameters
        ----------
        outcome : str
        most : bool, optional
            Whether more is better; by default as :meth:`less_is_better` says.

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
        most = not self.less_is_better(name) if most is None else most
        table = self.outcomes[name].unstack("policy")[list(self.policies)]
        return comparison.ranked(table, unit=self.units[name], bounds=bounds_of(name, self.units[name]), most=most)

    def series(self, *, by_future: bool = False) -> pd.DataFrame:
        """What flowed in each month and stood at its end.

        The first time, the futures are played once more for it, unless the run kept their series, or a store did.

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
            everything is zero are left out; a mean counts them.

        Raises
        ------
        ExportsimError
            If it is asked for by future and they were not kept.
        """
        import pandas as pd

        if by_future and not self.entries:
            raise ExportsimError(NOT_KEPT)
        tables = []
        for policy in self.policies:
            if by_future:
                plays = [self.entries[policy, future] for future in range(self.futures)]
                table = monthly.frames(plays, self.plan).rename(columns={"play": "future"})
            else:
                table = monthly.frame(self.totals[policy], self.plan, futures=self.futures)
            tables.append(table.assign(policy=policy))
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
