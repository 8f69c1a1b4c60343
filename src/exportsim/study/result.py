"""The Result: what an experiment found, and the tables that can be asked of it. It plots and prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from exportsim.analysis import comparison, fate_tables
from exportsim.analysis import series as monthly
from exportsim.analysis.hysteresis import Hysteresis
from exportsim.analysis.hysteresis import frame as hysteresis_frame
from exportsim.analysis.outcomes import Grouping, bounds_of, outcomes
from exportsim.analysis.untouched_orders import shares
from exportsim.arguments import chosen, listed, whole
from exportsim.errors import ExportsimError, Fault
from exportsim.ledger import Ledger
from exportsim.outcomes import BY
from exportsim.plan import Float, Plan
from exportsim.playing.block import Measurer
from exportsim.playing.measurers import EachFuture
from exportsim.playing.play import Design, play_all
from exportsim.playing.settings import settings_of
from exportsim.scenario.schema import Scenario
from exportsim.study import readings
from exportsim.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from exportsim.engine.extensions import Rule
    from exportsim.study.doubt import Doubt

Part = TypeVar("Part")

NOT_KEPT = "the series were not kept future by future; run with keep_series=True"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Result(Study):
    """What came of playing policies against the same futures.

    Attributes
    ----------
    table : DataFrame
        :attr:`outcomes`, with the policy and the future in columns.
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
        mappings = {name: dict(value) for name, value in state.items() if isinstance(value, MappingProxyType)}
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

    @cached_property
    def table(self) -> pd.DataFrame:
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

        names = _chosen_parts(by, BY)
        if not names:
            raise ExportsimError("by: found no name, expected one or more of " + ", ".join(f"`{name}`" for name in BY))
        grouping = Grouping(self.plan, names)
        figures = self.measured(EachFuture(lambda plan: readings.group_figures(plan, names)))
        values = grouping.values(np.stack(figures)).transpose(1, 2, 0, 3)  # policies, groups, futures, outcomes
        keys = [
            (policy, *label, future) for policy in self.policies for label in grouping.labels
            for future in range(self.futures)
        ]  # fmt: skip
        index = pd.MultiIndex.from_tuples(keys, names=["policy", *names, "future"])
        return pd.DataFrame(values.reshape(len(keys), -1), index=index, columns=list(grouping.outcomes))

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
            What to tell apart: ``year``, ``line``, ``destination``, ``goods``, ``supplier``, ``authority`` (empty where
            none licenses). The futures are played again for it, unless the ledgers were kept.

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
            return comparison.compared(self.outcomes_by(by), self.units, reference)
        untouched = self.untouched
        if reference != standard:
            policies = [reference, *(name for name in self.policies if name != reference)]
            counts = np.array(self.measured(EachFuture(readings.untouched), policies), dtype=np.int64)
            untouched = dict(zip(policies, shares(counts.swapaxes(0, 1)), strict=True))
        return comparison.compared(self.outcomes, self.units, reference, untouched)

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

    def fates(
        self, policy: str, reference: str | None = None, *, by: Sequence[str] = (), future: int | None = None
    ) -> pd.DataFrame:
        """How the value of the orders moved between the fates they have under two policies.

        Ledgers that were kept are read; others are played again, which gives the same ledgers.

        Parameters
        ----------
        policy : str
        reference : str, optional
            As for :meth:`compare`.
        by : sequence of str
            What to tell apart: ``line``, ``destination``, ``goods``.
        future : int, optional
            One of them, order by order.

        Returns
        -------
        DataFrame
            Of all futures: columns ``reference_fate`` and ``policy_fate`` (ordered categoricals,
            ``delivered/SUPPLIER``, ``lost/…``, ``pending``, ``before``), ``value`` (mean of a future in currency
            units), ``cents`` (sum over futures) and ``share`` (of what has that fate under the reference), after those
            of ``by``. Of one future: ``line``, the other columns of ``by``, ``order`` (its number in the line),
            ``reference_fate``, ``policy_fate``, ``value`` and ``cents``. Rows of nothing are left out.
        """
        pair, groups = self._pair(policy, reference), self._groups(by)
        if future is not None:
            number = whole(future, "future", most=self.futures - 1)
            (moves,) = self.measured(EachFuture(readings.moves), pair, first=number, past=number + 1)
            return fate_tables.moves_frame(moves, groups, self.plan)
        rows = fate_tables.fate_rows(self.plan, groups.of_line)
        (sums,) = self.measured(readings.SumOfFutures(partial(readings.move_sums, rows=rows)), pair)
        return fate_tables.fates_frame(sums, rows, groups, self.plan, self.futures)

    def waterfall(self, policy: str, reference: str | None = None, *, by: Sequence[str] = ()) -> pd.DataFrame:
        """From the exports under the reference to those under a policy, bar by bar.

        Parameters are those of :meth:`fates`.

        Returns
        -------
        DataFrame
            A row per bar (and per group of ``by``, whose columns come first), in the order of drawing: ``bar`` and its
            ``part``, ``mean, low, high, sd, n, method, unit`` over futures (95 %) and ``cents``, the exact sum over
            them. Part ``exports``: the totals ``reference`` and ``policy``. Part ``kept``: ``kept/same`` and
            ``kept/other``, exported under both, by the same or by another licensed supplier. Part ``change``,
            negative: ``delayed`` beyond the period, ``taken_over/SUPPLIER`` by one that needs no licence,
            ``lost/refused``, ``lost/cancelled``, ``lost/impatient``, ``lost/unserved``, ``before`` (delivered or lost
            before the period); positive: ``gained/FATE``, what had that fate under the reference. Part ``difference``:
            their sum. What is kept or changes by nothing in every future is left out.
        """
        pair, groups = self._pair(policy, reference), self._groups(by)
        rows = fate_tables.bar_rows(self.plan, groups.of_line)
        sums = self.measured(EachFuture(partial(readings.move_sums, rows=rows)), pair)
        return fate_tables.waterfall_frame(np.stack(sums), rows, groups, self.plan)

    def hysteresis(self, policy: str, reference: str | None = None) -> pd.DataFrame:
        """Who delivers before, during and after a policy's restriction, and whether it comes back.

        Parameters are those of :meth:`fates`.

        Returns
        -------
        DataFrame
            Columns ``supplier``, ``figure``, ``mean, low, high, sd, n, method, unit`` over the futures in which the
            figure is defined. Without a supplier: ``restricted``, the share of futures with a restriction, ``lifted``,
            the share of these in which it ends within the period, and ``restriction``, its days where it does. Of each
            supplier: its share of the value delivered to its market ``before``, ``during`` and ``after``;
            ``regained``, the share of futures (with a restriction that ends, and deliveries by it before) in which it
            has half its old share again; ``time_to_half``, the days from the end of the restriction to that.
            Intervals (95 %) of shares of futures are Wilson's, others those of outcomes.
        """
        pair, plan = self._pair(policy, reference), self.plan
        hysteresis = Hysteresis(plan, *map(plan.names.policies.index, pair))
        figures = self.measured(EachFuture(lambda _: lambda future, ledgers: hysteresis.figures(*ledgers)), pair)
        return hysteresis_frame(np.stack(figures), plan)

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

    def measured(
        self,
        measurer: Measurer[Part],
        policies: Sequence[str] | None = None,
        *,
        first: int = 0,
        past: int | None = None,
    ) -> Part:
        """What a measurer reads of these futures: of the ledgers that were kept, else they are played again, the same.

        Parameters
        ----------
        measurer : Measurer
            Such as :class:`exportsim.playing.measurers.EachFuture` makes of a function.
        policies : sequence of str, optional
            Whose ledgers it reads, in this order; all that were played by default.
        first, past : int
            The futures from the one to before the other; all of them by default.
        """
        policies = self.policies if policies is None else tuple(listed(policies, "policies"))
        past = self.futures if past is None else min(past, self.futures)
        design = Design(self.plan, policies, policies[0], measurer, first=first, rules=self.rules, ledgers=self.ledgers)
        origin = self.provenance
        return play_all(design, settings_of({"futures": past, "seed": origin["seed"], "engine": origin["engine"]}))

    def _pair(self, policy: str, reference: str | None) -> tuple[str, str]:
        """The reference and the policy."""
        reference = self.scenario.reference if reference is None else reference
        return chosen(reference, self.policies, "policy"), chosen(policy, self.policies, "policy")

    def _groups(self, by: Sequence[str]) -> fate_tables.Groups:
        """The lines in groups."""
        return fate_tables.groups(self.plan, _chosen_parts(by, fate_tables.BY))


def _chosen_parts(by: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """By what to tell apart."""
    return tuple(dict.fromkeys(chosen(name, known, "name in by:") for name in listed(by, "by")))
