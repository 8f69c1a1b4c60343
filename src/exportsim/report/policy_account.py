"""The account of the policies: what becomes of all that is ordered or open at the start, in cells that add up.

The row of the reference and each policy's change from it are rounded so that they add up (largest remainder), and what
a policy comes to is their sum: so the cells add up across a row and down to the change, and are those of the sentences.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from exportsim.analysis.account import AFTER, authorities_reached, money_of_account, of_outcomes, printed
from exportsim.analysis.intervals import Interval, Verdict, intervals, verdict
from exportsim.language import text
from exportsim.names import quoted, titles
from exportsim.report.document import WIDTH, Cell, Row, Table
from exportsim.report.names import exporters
from exportsim.report.number_format import percentage
from exportsim.report.studies import difference_cell
from exportsim.study.result import Result

COLUMNS = AFTER
CHANGE = 96  # columns of a terminal in which the change of exports stands beside them in money and in per cent
BESIDE = 140  # in which all changes stand beside what they are changes of
BESIDE_IF_ASKED = 110


def account_of(result: Result, policy: str | None = None) -> PolicyAccount:
    """The account of the policies for an answer: exports are those of the authorities that the measures reach."""
    authorities = authorities_reached(result.plan, result.policies) or list(result.scenario.authorities)
    return PolicyAccount(result, authorities, result.asked_about(policy))


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
        self.changes = Changes(self.plays, self.reference)
        others = [policy for policy in result.policies if policy != self.reference]
        self.policies = [self.reference, *sorted(others, key=lambda policy: self.changes[policy, "exports"].mean)]
        account = of_outcomes(result.values, list(result.units), authorities)
        reference, about = map(result.policies.index, (self.reference, asked))
        self.money = money_of_account(account, result.scenario.currency, result.futures, reference, about)
        steps = printed(account, result.futures, self.money, reference)[:, 0, -len(COLUMNS) :]
        self._levels: dict[str, list[int]] = dict(zip(result.policies, steps.tolist(), strict=True))
        self._differences: dict[str, list[int]] = dict(
            zip(result.policies, (steps - steps[reference]).tolist(), strict=True)
        )

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

    def table(self, width: int = WIDTH, *, everything: bool = False) -> Table:
        """The account as one table, a row a policy: the change of exports beside them, and as much more as fits.

        With ``everything``, or where there is room for it, it has the changes of all columns.
        """
        if everything or width >= BESIDE:
            return self._with_all_changes(beside=width >= BESIDE_IF_ASKED)
        compared, uneven = len(self.policies) > 1, self._uneven
        in_money, in_percent = compared and (width >= CHANGE or not self._relative), compared and self._relative
        heads = [text(f"account.{name}") for name in COLUMNS] + ([text("account.total")] if uneven else [])
        heads[1:1] = [
            *([text("account.change")] if in_money else []),
            *([text("account.percent" if in_money else "account.change")] if in_percent else []),
        ]
        rows: list[Row] = []
        for policy in self.policies:
            level: list[str | Cell] = [*self._level_cells(policy)]
            change = self._change_cells(policy, COLUMNS[:1])
            shown = [*([change[0]] if in_money else []), *([change[1]] if in_percent else [])]
            if policy == self.reference:
                words = [text("account.compared_with"), ""]
                shown = [Cell(word) for word in words[: len(shown)]]
            level[1:2] = shown
            rows.append([self._title(policy), *level])
        head = text("account.policy_in", unit=self.money.unit, number=self.result.futures)
        return Table("account", "", [head, *heads], rows, self._note(["exports"]))

    @property
    def _uneven(self) -> bool:
        """Whether not all policies have as much to account for."""
        return len({self.total(policy) for policy in self.policies}) > 1

    @property
    def _relative(self) -> bool:
        """Whether a change of exports can be told in per cent."""
        return bool(self.means[self.reference][0] > 0)

    def _title(self, policy: str) -> Cell:
        return Cell(self.titles[policy], "strong" if policy == self.asked != self.reference else "")

    def _with_all_changes(self, *, beside: bool) -> Table:
        """Changes beside the levels, or below them."""
        heads = [text("account.exports"), text("account.percent"), *(text(f"account.{name}") for name in COLUMNS[1:])]
        heads += [text("account.total")] if self._uneven else []
        rows: list[Row] = []
        for policy in self.policies:
            level = self._level_cells(policy)
            if policy == self.reference:
                blank = [""] * len(level) if beside and len(self.policies) > 1 else []
                rows.append([text("account.reference", policy=self.titles[policy]), *level, *blank])
            elif beside:
                rows.append([self._title(policy), *level, *self._change_cells(policy)])
            else:
                pairs = zip(level, self._change_cells(policy), strict=True)
                rows.append([self._title(policy), *(Cell(one, below=change.bracketed) for one, change in pairs)])
        caption = text("account.caption", unit=self.money.unit, number=self.result.futures)
        if len(self.policies) > 1 and beside:
            heads += [text("account.change_in", column=head) for head in heads]
        elif len(self.policies) > 1:
            caption = text("account.below", caption=caption)
        note = " ".join([self._adds_up(), self._note(COLUMNS)]).strip()
        return Table("account", caption, [text("account.policy"), *heads], rows, note)

    def document(self) -> dict[str, Any]:
        """The same as a mapping of plain values, exact, for ``--json``."""
        return {
            "authorities": list(self.authorities),
            "unit": self.money.currency,
            "policies": self.result.account(authorities=self.authorities),
            "changes": self.result.account(self.reference, authorities=self.authorities),
        }

    def _adds_up(self) -> str:
        """What the columns add up to."""
        if self._uneven:
            return text("account.adds_up")
        return text("account.adds_up_to", total=self.money.full(self.total(self.reference)))

    def _note(self, compared: Sequence[str]) -> str:
        """What must be known of the table, whose changes are those of some columns."""
        scenario, sentences = self.result.scenario, []
        if uneven := self.total(self.asked) - self.total(self.reference):
            key = "account.uneven_less" if uneven < 0 else "account.uneven_more"
            sentences.append(text(key, policy=quoted(self.titles[self.asked]), amount=self.money.full(abs(uneven))))
        if set(self.authorities) != set(scenario.authorities):
            sentences.append(text("account.whose", exports=exporters(scenario, self.authorities)))
        changes = [self.verdict(policy, column) for policy in self.policies[1:] for column in compared]
        if Verdict.DOUBTFUL in changes:
            sentences.append(text("account.brackets", number=self.result.futures))
        if Verdict.UNKNOWN in changes:
            sentences.append(text("account.one_future"))
        return " ".join(sentences)

    def _level_cells(self, policy: str) -> list[str]:
        cells = [self.money.cell(self.level(policy, column)) for column in COLUMNS]
        cells.insert(1, percentage(self.share(policy)))
        return [*cells, *([self.money.cell(self.total(policy))] if self._uneven else [])]

    def _change_cells(self, policy: str, columns: Sequence[str] = COLUMNS) -> list[Cell]:
        cells = [
            difference_cell(self.changes[policy, column], self.money.cell(self.change(policy, column), plus=True))
            for column in columns
        ]
        relative = percentage(self.share(policy) - 1, plus=True)
        cells.insert(1, cells[0] if cells[0].same else cells[0]._replace(text=relative))
        total = self.money.cell(sum(self._differences[policy]), plus=True)
        return [*cells, *([Cell(total)] if self._uneven else [])]

    def _plays(self) -> Iterator[np.ndarray]:
        place = {name: column for column, name in enumerate(self.result.units)}
        for values in self.result.values:
            delivered, lost, pending = (values[:, place[name]] for name in ("delivered", "lost", "pending"))
            exports = sum((values[:, place[f"exports/{name}"]] for name in self.authorities), np.zeros(len(values)))
            # Floats of cents: their sums are put back to whole cents, so that what is the same is.
            yield np.column_stack([np.round(exports, 2), np.round(delivered - exports, 2), lost, pending])


class Changes(dict[tuple[str, str], Interval]):
    """By policy and column, the change from the reference: those of a column are found when one is asked for."""

    def __init__(self, plays: dict[str, np.ndarray], reference: str) -> None:
        super().__init__()
        self._plays, self._reference = plays, reference

    def __missing__(self, asked: tuple[str, str]) -> Interval:
        place = COLUMNS.index(asked[1])
        there = self._plays[self._reference][:, place]
        columns = [(values[:, place] - there).round(2) for values in self._plays.values()]
        found = intervals(columns, shares=[False] * len(columns))
        self.update(zip(((policy, asked[1]) for policy in self._plays), found, strict=True))
        return self[asked]
