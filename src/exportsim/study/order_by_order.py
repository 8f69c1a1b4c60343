"""What is read of a result's ledgers, order by order: fates, and what follows from them.

Ledgers that were kept are read; others are played again, which gives the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from exportsim.analysis import fate_tables, hysteresis
from exportsim.analysis.fates import fates
from exportsim.analysis.intervals import mean_alone
from exportsim.analysis.ledger_rows import Waits, waits_of
from exportsim.arguments import chosen, listed, whole
from exportsim.errors import ExportsimError
from exportsim.ledger import Ledger
from exportsim.plan import Float, Int, Plan
from exportsim.playing.block import Measurer
from exportsim.playing.measurers import EachFuture
from exportsim.scenario.schema import Scenario
from exportsim.study import monthly_exports, readings
from exportsim.study.futures import futures_of
from exportsim.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from exportsim.engine.extensions import Rule

Part = TypeVar("Part")

PHASES = 3  # before, during and after a restriction


class OrderByOrder(Study):
    """Policies that were played against the same futures."""

    scenario: Scenario
    plan: Plan
    policies: tuple[str, ...]
    futures: int
    ledgers: Mapping[tuple[str, int], Ledger]
    rules: Mapping[str, tuple[Rule, ...]]

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
        return fate_tables.fates_frame(self._moved(pair, groups.of_line), groups, self.plan, self.futures)

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
        if parts(by, fate_tables.BY):
            moves = self.measured(EachFuture(partial(readings.move_sums, rows=rows)), pair)
            sums = np.stack(moves)
        else:
            sums = self._of_pair(pair).bars
        return fate_tables.waterfall_frame(sums, rows, groups, self.plan)

    def taken_over(self, policy: str, reference: str | None = None) -> pd.DataFrame:
        """Who delivers under a policy what was exported under the reference, of those who need no permit for it.

        Parameters are those of :meth:`fates`.

        Returns
        -------
        DataFrame
            Columns ``supplier, mean, low, high`` (95 %, in currency units), the largest first: the bars
            ``taken_over/SUPPLIER`` of :meth:`waterfall`, as positive amounts.
        """
        bars = self.waterfall(policy, reference)
        kind, _, supplier = zip(*(bar.partition("/") for bar in bars["bar"]), strict=True)
        found = bars.assign(supplier=supplier, mean=-bars["mean"], low=-bars["high"], high=-bars["low"])
        found = found[[each == "taken_over" for each in kind]].sort_values("mean", ascending=False, kind="stable")
        return found[["supplier", "mean", "low", "high"]].reset_index(drop=True)

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
        return hysteresis.frame(self._hysteresis(self._pair(policy, reference)), self.plan)

    def by_quarter(self) -> pd.DataFrame:
        """Exports of each quarter under each policy: their mean, and between what the futures are.

        Returns
        -------
        DataFrame
            Columns ``policy``, ``from`` (the first day), and in currency units ``mean`` and the quantiles over futures
            ``q05, q25, q50, q75, q95``: half of them are between the second and the fourth, nine in ten between the
            first and the last. Quarters are of three months from the start of the period; a last one that is not whole
            is left out. A period of less than two years is told by single months.
        """
        return monthly_exports.by_quarter(self)

    def waiting_times(self, authority: str, policy: str | None = None, *, futures: int | None = None) -> Waits:
        """How long applications to an authority take, those made for orders in the period, of futures together.

        Parameters
        ----------
        authority : str
        policy : str, optional
            The reference by default.
        futures : int, optional
            How many of the futures, the first ones; all of them by default.

        Returns
        -------
        Waits
            Arrays of minutes, on the calendar of the authority's service standard if that is in working days, by
            application: ``taken`` from application to approval or denial, -1 where it was withdrawn or is undecided;
            ``left`` from application to the end of the period.
        """
        number = self.plan.names.authorities.index(chosen(authority, self.plan.names.authorities, "authority"))
        name = chosen(self.scenario.reference if policy is None else policy, self.policies, "policy")
        past = self.futures if futures is None else min(futures, self.futures)
        (plays,) = futures_of(self).read_of_each(
            f"waits for {authority}", lambda plan, _: partial(waits_of, authority=number, plan=plan), [name], past
        )
        return Waits(*map(np.concatenate, zip(*plays, strict=True)))

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
        return futures_of(self).measured(measurer, policies, first, past)

    def _of_pair(self, pair: tuple[str, str]) -> readings.OfPair:
        """What is asked about a pair of policies: it is played once for all that, which is kept."""
        has_rules = any(self.rules.get(policy) for policy in pair)
        measurer = readings.PairMeasurer(pair, self._bar_rows, self._fate_rows, has_rules)
        return futures_of(self).read("pair", measurer, pair)

    @cached_property
    def _bar_rows(self) -> fate_tables.Rows:
        """The bars of the waterfall, of all lines together."""
        return fate_tables.bar_rows(self.plan, self._groups(()).of_line)

    @cached_property
    def _fate_rows(self) -> fate_tables.Rows:
        """The moves between fates, line by line."""
        return fate_tables.fate_rows(self.plan)

    def _hysteresis(self, pair: tuple[str, str]) -> Float:
        """The figures of hysteresis of each future."""
        figures = self._of_pair(pair).hysteresis
        if not figures.shape[1]:
            raise ExportsimError("hysteresis: what rules written in Python restrict is not known")
        return figures

    def _moved(self, pair: tuple[str, str], of_line: Int) -> fate_tables.Moved:
        """What moved between the fates of a pair in all futures, in groups of lines."""
        return fate_tables.moved(self._of_pair(pair).moves, self._fate_rows, of_line, self.plan)

    def _pair(self, policy: str, reference: str | None) -> tuple[str, str]:
        """The reference and the policy."""
        reference = self.scenario.reference if reference is None else reference
        return chosen(reference, self.policies, "policy"), chosen(policy, self.policies, "policy")

    def _groups(self, by: Sequence[str]) -> fate_tables.Groups:
        """The lines in groups."""
        return fate_tables.groups(self.plan, parts(by, fate_tables.BY))


def moved_by_line(result: OrderByOrder, policy: str) -> Iterator[tuple[int, int, int, int]]:
    """What moved from the reference to a policy in all futures, without a table.

    The number of the line, those of the fates under both, and cents.
    """
    lines = np.arange(len(result.plan.names.lines))
    found = result._moved(result._pair(policy, None), lines)
    return zip(*(column.tolist() for column in found), strict=True)


def moved_by_fate(result: OrderByOrder, policy: str, reference: str | None = None) -> list[tuple[str, str, int]]:
    """What moved in all futures, without a table: the fates under the reference and under a policy, and cents."""
    found = result._moved(result._pair(policy, reference), np.zeros(len(result.plan.names.lines), dtype=np.int64))
    known = fates(result.plan)
    numbers = zip(found.reference.tolist(), found.policy.tolist(), found.cents.tolist(), strict=True)
    return [(known[before], known[after], cents) for before, after, cents in numbers]


def shares_in_phases(result: OrderByOrder, policy: str) -> dict[str, list[float]]:
    """By supplier its mean shares before, during and after a restriction, as :meth:`OrderByOrder.hysteresis` has them.

    NaN where there is nothing to have a share of. There are none where measures are rules in Python.
    """
    figures = result._of_pair(result._pair(policy, None)).hysteresis
    if not figures.shape[1]:
        return {}
    first, width = len(hysteresis.RESTRICTION), len(hysteresis.OF_SUPPLIER)
    return {
        name: [mean_alone(figures[:, first + width * place + when]) for when in range(PHASES)]
        for place, name in enumerate(result.plan.names.suppliers)
    }


class MeanAlone(NamedTuple):
    """A mean without its interval, which takes longer to find."""

    mean: float
    n: int
    """Futures in which the figure is defined."""


def coming_back(result: OrderByOrder, policy: str, supplier: str) -> dict[tuple[str, str], MeanAlone]:
    """By supplier and figure, the means that :meth:`OrderByOrder.hysteresis` has of a restriction and of a supplier.

    There are none where measures are rules in Python.
    """
    figures = result._of_pair(result._pair(policy, None)).hysteresis
    if not figures.shape[1]:
        return {}
    first, width = len(hysteresis.RESTRICTION), len(hysteresis.OF_SUPPLIER)
    begin = first + width * result.plan.names.suppliers.index(supplier)
    columns = {("", name): place for place, (name, _) in enumerate(hysteresis.RESTRICTION)}
    columns |= {(supplier, name): begin + place for place, (name, _) in enumerate(hysteresis.OF_SUPPLIER)}
    return {
        key: MeanAlone(mean_alone(figures[:, place]), int(np.isfinite(figures[:, place]).sum()))
        for key, place in columns.items()
    }


def parts(by: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """By what to tell apart."""
    return tuple(dict.fromkeys(chosen(name, known, "name in by:") for name in listed(by, "by")))
