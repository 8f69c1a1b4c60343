"""Estimates as text: money in one power of a thousand throughout the page, and whether a difference is one at all."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING

from exportsim.analysis.intervals import Interval
from exportsim.analysis.outcomes import DAYS, SHARE
from exportsim.experiment.result import Result
from exportsim.report.html.parts import Cell
from exportsim.report.wording import estimate, scale_of

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ("exports", "substituted", "lost", "pending", "delay")


class Finding(Enum):
    """What the interval of a difference says."""

    SAME = "the same in every future"
    DOUBTFUL = "not distinguishable from none"
    LESS = "less"
    MORE = "more"


def finding(difference: Interval) -> Finding | None:
    """What a difference comes to; None where nothing is known of it (fewer than two futures)."""
    if math.isnan(difference.mean) or math.isnan(difference.low):
        return None
    if difference.low == difference.high == 0:
        return Finding.SAME
    if difference.low <= 0 <= difference.high and difference.sd != 0:
        return Finding.DOUBTFUL
    return Finding.MORE if difference.mean > 0 else Finding.LESS


class Amounts:
    """The summary and the comparison of a result, and how their figures are written.

    Parameters
    ----------
    result : Result
    """

    def __init__(self, result: Result) -> None:
        self.result = result
        self.summary = _figures(result.summary())
        self.differences = _figures(result.compare())
        self.currency = result.scenario.currency
        money = [name for name in SHOWN if result.units[name] == self.currency]
        self.factor, self.word = scale_of(
            self.summary[policy, name].mean for policy in result.policies for name in money
        )
        self.unit = f"{self.currency} {self.word}".strip()

    def of(self, policy: str, outcome: str) -> Interval:
        """An outcome under a policy."""
        return self.summary[policy, outcome]

    def change(self, policy: str, outcome: str) -> Interval:
        """Its difference from the reference."""
        return self.differences[policy, outcome]

    def unit_of(self, outcome: str) -> str:
        """The unit in which an outcome is written."""
        unit = self.result.units[outcome]
        return {self.currency: self.unit, DAYS: "days", SHARE: "%"}[unit]

    def text(self, found: Interval, outcome: str = "exports") -> str:
        """A figure without its unit: ``118.2 ±3.2``."""
        return self.number(found.mean, found.half, outcome)

    def number(self, mean: float, half: float = math.nan, outcome: str = "exports") -> str:
        """The same from a mean and half an interval."""
        by = {self.currency: 1 / self.factor, DAYS: 1.0, SHARE: 100.0}[self.result.units[outcome]]
        return estimate(by * mean, by * half)

    def words(self, found: Interval, outcome: str = "exports") -> str:
        """A figure with its unit: ``CAD 118.2 ±3.2 million``, ``12.3 ±0.4 days``, ``30 ±2 %``."""
        text = self.text(found, outcome)
        if self.result.units[outcome] == self.currency:
            return f"{self.currency} {text} {self.word}".strip()
        return f"{text} {self.unit_of(outcome)}"

    def size(self, found: Interval, outcome: str = "exports") -> str:
        """The same of a difference, without its sign."""
        return self.words(found._replace(mean=abs(found.mean)), outcome)

    def cell(self, difference: Interval, outcome: str = "exports") -> Cell:
        """A difference in a table, marked where it is none or may be."""
        found = finding(difference)
        if found is Finding.SAME:
            return Cell("same", same=True)
        return Cell(self.text(difference, outcome), doubtful=found is Finding.DOUBTFUL)


def intervals_of(table: pd.DataFrame) -> list[Interval]:
    """The intervals in the rows of a table."""
    return [Interval(*row) for row in table[list(Interval._fields)].itertuples(index=False)]


def joined(texts: Iterable[str]) -> str:
    """``a, b and c``."""
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last


def _figures(table: pd.DataFrame) -> dict[tuple[str, str], Interval]:
    keys = [(str(policy), str(outcome)) for policy, outcome in table.index]
    return dict(zip(keys, intervals_of(table), strict=True))
