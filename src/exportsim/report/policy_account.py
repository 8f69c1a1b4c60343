"""The account of the policies: what becomes of all that is ordered or open at the start, in cells that add up.

The row of the reference and each policy's change from it are rounded so that they add up (largest remainder), and what
a policy comes to is their sum: so the cells add up across a row and down to the change, and are those of the sentences.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from exportsim.analysis.intervals import Interval, Verdict, intervals, verdict
from exportsim.digits import money_of, rounded
from exportsim.language import text
from exportsim.report.document import WIDTH, Cell, Row, Table
from exportsim.report.names import exporters, titles
from exportsim.report.number_format import percentage
from exportsim.report.studies import difference_cell
from exportsim.study.result import Result

COLUMNS = ("exports", "elsewhere", "lost", "pending")
BESIDE = 110  # columns of a terminal in which changes stand beside what they are changes of


class PolicyAccount:
    """What becomes under each policy of what is ordered or open at the start, in money of one unit.

    Attributes
    ----------
    authorities : tuple of str
        Whose licences make a delivery an export here; other authorities' exports are elsewhere.
    policies : list of str
        The reference, then the others, the greatest loss of exports first.
    money : Money
    """

    def __init__(self, result: Result, authorities: Sequence[str], asked: str) -> None:
        self.result, self.reference, self.authorities = result, result.scenario.reference, tuple(authorities)
        self.asked = asked
        self.titles = titles(result.scenario, "policies")
        self.plays = dict(zip(result.policies, self._plays(), strict=True))  # by policy, shape (futures, 4)
        self.means = {policy: values.mean(axis=0) for policy, values in self.plays.items()}
        self.changes = dict(self._changes())
        others = [policy for policy in result.policies if policy != self.reference]
        self.policies = [self.reference, *sorted(others, key=lambda policy: self.changes[policy, "exports"].mean)]
        least = self.changes[asked, "exports"].mean if asked in others else 0.0
        self.money = money_of(result.scenario.currency, np.ravel(list(self.means.values())).tolist(), least)
        self._levels, self._differences = self._steps()

    def level(self, policy: str, column: str) -> int:
        """What a policy comes to, in steps of the last digit."""
        return self._levels[policy][COLUMNS.index(column)]

    def change(self, policy: str, column: str) -> int:
        """By how much that differs from the reference."""
        return self._differences[policy][COLUMNS.index(column)]

    def total(self, policy: str) -> int:
        """All that is ordered or open at the start."""
        return sum(self._levels[policy])

    def verdict(self, policy: str, column: str = "exports") -> Verdict:
        """What the interval of a change says."""
        return verdict(*self.changes[policy, column][:3])

    def share(self, policy: str) -> float:
        """Exports as a share of the reference's; NaN where it has none."""
        there = self.means[self.reference][0]
        return float(self.means[policy][0] / there) if there > 0 else math.nan

    def table(self, width: int = WIDTH) -> Table:
        """The account as one table: changes beside the levels where there is room, else below them."""
        beside, uneven = width >= BESIDE, len({self.total(policy) for policy in self.policies}) > 1
        heads = [text("account.exports"), text("account.percent"), *(text(f"account.{name}") for name in COLUMNS[1:])]
        heads += [text("account.total")] if uneven else []
        rows: list[Row] = []
        for policy in self.policies:
            level = self._level_cells(policy, uneven)
            if policy == self.reference:
                blank = [""] * len(level) if beside and len(self.policies) > 1 else []
                rows.append([text("account.reference", policy=self.titles[policy]), *level, *blank])
                continue
            title = Cell(self.titles[policy], "strong" if policy == self.asked else "")
            if beside:
                rows.append([title, *level, *self._change_cells(policy, uneven)])
            else:
                pairs = zip(level, self._change_cells(policy, uneven), strict=True)
                rows.append([title, *(Cell(one, below=change.bracketed) for one, change in pairs)])
        caption = text("account.caption", unit=self.money.unit, number=self.result.futures)
        if len(self.policies) > 1 and beside:
            heads += [text("account.change_in", column=head) for head in heads]
        elif len(self.policies) > 1:
            caption = text("account.below", caption=caption)
        return Table("account", caption, [text("account.policy"), *heads], rows, self._note(uneven))

    def document(self) -> dict[str, Any]:
        """The same as a mapping of plain values, exact, for ``--json``."""
        return {
            "authorities": list(self.authorities),
            "unit": self.money.currency,
            "policies": self.result.account(authorities=self.authorities),
            "changes": self.result.account(self.reference, authorities=self.authorities),
        }

    def _note(self, uneven: bool) -> str:
        scenario = self.result.scenario
        total = self.money.full(self.total(self.reference))
        sentences = [text("account.adds_up") if uneven else text("account.adds_up_to", total=total)]
        if set(self.authorities) != set(scenario.authorities):
            sentences.append(text("account.whose", exports=exporters(scenario, self.authorities)))
        changes = [self.verdict(policy, column) for policy in self.policies[1:] for column in COLUMNS]
        if Verdict.DOUBTFUL in changes:
            sentences.append(text("account.brackets", number=self.result.futures))
        if Verdict.UNKNOWN in changes:
            sentences.append(text("account.one_future"))
        return " ".join(sentences)

    def _level_cells(self, policy: str, uneven: bool) -> list[str]:
        cells = [self.money.cell(self.level(policy, column)) for column in COLUMNS]
        cells.insert(1, percentage(self.share(policy)))
        return [*cells, *([self.money.cell(self.total(policy))] if uneven else [])]

    def _change_cells(self, policy: str, uneven: bool) -> list[Cell]:
        cells = [
            difference_cell(self.changes[policy, column], self.money.cell(self.change(policy, column), plus=True))
            for column in COLUMNS
        ]
        relative = percentage(self.share(policy) - 1, plus=True)
        cells.insert(1, cells[0] if cells[0].same else cells[0]._replace(text=relative))
        total = self.money.cell(sum(self._differences[policy]), plus=True)
        return [*cells, *([Cell(total)] if uneven else [])]

    def _plays(self) -> Iterator[np.ndarray]:
        place = {name: column for column, name in enumerate(self.result.units)}
        for values in self.result.values:
            delivered, lost, pending = (values[:, place[name]] for name in ("delivered", "lost", "pending"))
            exports = sum((values[:, place[f"exports/{name}"]] for name in self.authorities), np.zeros(len(values)))
            # Floats of cents: their sums are put back to whole cents, so that what is the same is.
            yield np.column_stack([np.round(exports, 2), np.round(delivered - exports, 2), lost, pending])

    def _changes(self) -> Iterator[tuple[tuple[str, str], Interval]]:
        for policy, values in self.plays.items():
            columns = list((values - self.plays[self.reference]).round(2).T)
            found = intervals(columns, shares=[False] * len(columns))
            yield from zip(((policy, column) for column in COLUMNS), found, strict=True)

    def _steps(self) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """What each policy comes to and differs by, in steps of the last digit."""
        step = self.money.step
        there = rounded(self.means[self.reference] / step)
        differences, levels = {}, {}
        for policy, means in self.means.items():
            differences[policy] = rounded((means - self.means[self.reference]) / step)
            levels[policy] = [level + change for level, change in zip(there, differences[policy], strict=True)]
        return levels, differences
