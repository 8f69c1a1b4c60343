"""Estimates as text and in cells: money in one power of a thousand, and whether a difference is one at all."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

from exportsim.analysis import comparison
from exportsim.analysis.intervals import Interval, mean_alone
from exportsim.digits import in_currency, short, unit_in_words, with_scale
from exportsim.language import text
from exportsim.outcomes import SHARE, SHOWN, unit_words
from exportsim.report.document import Cell, Estimated
from exportsim.report.number_format import percent, scale_of, scaled
from exportsim.report.studies import difference_cell
from exportsim.study.result import Result

if TYPE_CHECKING:
    import pandas as pd

Figures = dict[tuple[str, str], Interval]


class Amounts:
    """The intervals of a result's outcomes, each found when it is first asked for, and how they are written."""

    def __init__(self, result: Result) -> None:
        self.result, self.units = result, result.units
        self.currency = result.scenario.currency
        self._reference = result.scenario.reference
        self.others = [policy for policy in result.policies if policy != self._reference]
        self._found: dict[tuple[str, bool], dict[str, Interval]] = {}  # by outcome, and whether differences: by policy

    @cached_property
    def _scale(self) -> tuple[float, str]:
        money = [name for name in SHOWN if self.units[name] == self.currency]
        return scale_of(self.of(policy, name).mean for policy in self.result.policies for name in money)

    @property
    def factor(self) -> float:
        """The power of a thousand in which money is written."""
        return self._scale[0]

    @property
    def word(self) -> str:
        """What that is called."""
        return self._scale[1]

    @property
    def unit(self) -> str:
        """The unit of money."""
        return unit_in_words(self.currency, self.word)

    def of(self, policy: str, outcome: str) -> Interval:
        """An outcome under a policy."""
        return self._of_policies(outcome, differences=False)[policy]

    def change(self, policy: str, outcome: str) -> Interval:
        """Its difference from the reference."""
        return self._of_policies(outcome, differences=True)[policy]

    def mean(self, policy: str, outcome: str) -> float:
        """The mean of an outcome under a policy, without its interval, which takes longer to find."""
        column, row = list(self.units).index(outcome), self.result.policies.index(policy)
        return mean_alone(self.result.values[row, :, column])

    def mean_change(self, policy: str, outcome: str) -> float:
        """The mean of its difference from the reference, without its interval."""
        column, rows = list(self.units).index(outcome), map(self.result.policies.index, (policy, self._reference))
        here, there = (self.result.values[row, :, column] for row in rows)
        return mean_alone(here - there)

    def _of_policies(self, outcome: str, *, differences: bool) -> dict[str, Interval]:
        """By policy, what :meth:`Result.summary` or :meth:`Result.compare` says of an outcome, without a table."""
        known = self._found.get((outcome, differences))
        if known is None:
            column = list(self.units).index(outcome)
            figures = comparison.figures_of(self.result.values[..., [column]], self.result.policies, [outcome])
            if differences:
                policies, standard = comparison.beside(figures, self._reference)
                figures = policies._replace(table=policies.table - standard)
            found = comparison.means_of(figures, self.units, differences=differences).each()
            known = dict(zip((str(key[0]) for key in figures.keys), found, strict=True))
            self._found[outcome, differences] = known
        return known

    def unit_of(self, outcome: str) -> str:
        """The unit in which an outcome is written."""
        unit = self.units[outcome]
        return self.unit if unit == self.currency else text("table.share") if unit == SHARE else unit_words(unit)

    def text(self, interval: Interval, outcome: str = "exports") -> str:
        """A figure without its unit: ``118.2 ±3.2``."""
        unit = self.units[outcome]
        by = {SHARE: 100.0, self.currency: 1 / self.factor}.get(unit, 1.0)
        said = percent(interval) if unit == SHARE else scaled(interval, by)
        return Estimated(said, (by * interval.mean, by * interval.low, by * interval.high))

    def number(self, mean: float, outcome: str = "exports") -> str:
        """A mean alone."""
        return self.text(Interval(mean, math.nan, math.nan, math.nan, 0), outcome)

    def words(self, interval: Interval, outcome: str = "exports") -> str:
        """A figure with its unit: ``CAD 118.2 ±3.2 million``, ``12.3 ±0.4 days``, ``30 ±2 %``."""
        said = self.text(interval, outcome)
        if self.units[outcome] == self.currency:
            return in_currency(self.currency, with_scale(said, interval.mean / self.factor, self.factor))
        return f"{said} {self.unit_of(outcome)}"

    def mean_in_words(self, mean: float) -> str:
        """A mean of money with its unit and without its interval, rounded as in the answer: ``CAD 1,068 million``."""
        mean /= self.factor
        return in_currency(self.currency, with_scale(short(mean), mean, self.factor))

    def size(self, interval: Interval, outcome: str = "exports") -> str:
        """The same of a difference, without its sign."""
        if interval.mean < 0:
            interval = interval._replace(mean=-interval.mean, low=-interval.high, high=-interval.low)
        return self.words(interval, outcome)

    def cell(self, difference: Interval, outcome: str = "exports") -> Cell:
        """A difference in a table, marked where it is none or may be."""
        return difference_cell(difference, self.text(difference, outcome))


def intervals_of(table: pd.DataFrame) -> list[Interval]:
    """The intervals in the rows of a table."""
    return [Interval(*row) for row in table[list(Interval._fields)].itertuples(index=False)]


def figures(table: pd.DataFrame, outcome: str | None = None) -> Figures:
    """The intervals of a table by the two levels of its index; with a third level, those of one outcome."""
    if outcome is not None:
        table = table[table.index.get_level_values("outcome") == outcome]
    keys = [(str(one), str(other)) for one, other, *_ in table.index]
    return dict(zip(keys, intervals_of(table), strict=True))
