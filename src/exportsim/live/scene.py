"""A scene of the live page: what a result says under a setting, in sentences, figures and numbers, as plain values.

All numbers are those of the result, and all sentences those that are said of it elsewhere too; what is added is where
they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from exportsim.errors import Fault
from exportsim.language import text
from exportsim.live.charts.exports import exports_figure, exports_of
from exportsim.live.charts.fans import Fan
from exportsim.live.charts.fates import fates_figure
from exportsim.live.charts.office import AtOffice, office_figure, office_of
from exportsim.live.charts.plane import Figure, Table, table
from exportsim.live.charts.suppliers import Market, suppliers_figure
from exportsim.live.faults import Names
from exportsim.live.measures import OnTimeAxis, measures_of
from exportsim.live.setting import Setting
from exportsim.report.answer import Alone, speaker_of
from exportsim.report.plots.alluvial import Flow
from exportsim.report.plots.findings import amount_words
from exportsim.report.policy_account import CHANGE, PolicyAccount, account_of
from exportsim.study.naming import policy_title
from exportsim.study.result import Result

MOST_WARNINGS = 20
AT_REST = 100  # futures, of a setting that is not about to be changed
BESIDE_CHANGE = 3  # columns of the account before the range: policy, exports and their change


@dataclass
class Found:
    """What was found for the figures, with which those of the next scene are compared."""

    markets: Sequence[Market] = ()
    flows: Sequence[Flow] = ()
    authority: str = ""
    office: AtOffice | None = None


class Scene:
    """What a result says under a setting.

    Parameters
    ----------
    result : Result
    setting : Setting
        That it is of.
    before : Scene, optional
        What it is compared with: that of the setting before, or one that was kept.
    at_rest : int
        From how many futures on it is looked through for what is odd, and told how sure its means are.
    stop : callable, optional
        Asked between its parts whether nobody wants it any more.
    """

    def __init__(
        self,
        result: Result,
        setting: Setting,
        before: Scene | None = None,
        *,
        at_rest: int = AT_REST,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self.result, self.setting, self.at_rest, self._stop = result, setting, at_rest, stop
        self.policy, self.reference = setting.asked, result.scenario.reference
        self.before = None if before is None else before.alone()
        self.found = Found()

    def alone(self) -> Scene:
        """The same without what it is compared with, of which nothing needs to be kept."""
        alone = Scene(self.result, self.setting)
        kept = ("exports", "means", "found")
        alone.__dict__.update({name: value for name, value in self.__dict__.items() if name in kept})
        return alone

    def json(self, *, tables: bool = True) -> dict[str, Any]:
        """Itself as plain values, for a browser; without the tables of the figures where another follows at once.

        Raises
        ------
        KeyboardInterrupt
            If nobody wants it any more.
        """
        speaker = speaker_of(self.account)
        self._go_on()
        sentences = [*speaker.sentences(), *self.chance(speaker)]
        self._go_on()
        return {
            "futures": self.result.futures,
            "finding": speaker.finding(),
            "sentences": sentences,
            "changed": self.changed(),
            "figures": [
                each | {"table": each["table"]()} if tables else {key: each[key] for key in each if key != "table"}
                for each in self.figures()
            ],
            "account": self.account_table(),
            "warnings": self.warned(),
            "link": self.setting.link(),
        }

    @property
    def is_of_few(self) -> bool:
        """Whether more futures of it follow: between what chance leaves a mean is told of these."""
        return 1 < self.result.futures < self.at_rest

    def chance(self, speaker: Alone) -> list[str]:
        """What chance does to the change of exports; of few futures that it is still to be told, in as much room."""
        if self.is_of_few:
            return [text("live.chance_later")] if self.policy != self.reference else []
        return [*speaker.chance()]

    def _go_on(self) -> None:
        if self._stop is not None and self._stop():
            raise KeyboardInterrupt

    def warnings(self) -> Sequence[Fault]:
        """What is odd; of a setting in which nobody looked for that, when many futures show that it stays."""
        known = self.result.scenario.origin.warnings
        if known or self.result.futures < self.at_rest:
            return self.result.warnings
        return *self.setting.warnings(), *self.result.noticed

    def warned(self) -> list[str]:
        """The first of these in words."""
        warnings = self.warnings()[:MOST_WARNINGS]
        return [*map(Names(self.result.scenario).warning, warnings)] if warnings else []

    @cached_property
    def account(self) -> PolicyAccount:
        """The account of the policies."""
        return account_of(self.result, self.policy)

    @cached_property
    def exports(self) -> Fan:
        """Exports of each quarter under the policy that is looked at."""
        return exports_of(self.result, self.policy)

    @cached_property
    def means(self) -> dict[str, float]:
        """By policy, the mean exports that the answer is about."""
        return {policy: float(means[0]) for policy, means in self.account.means.items()}

    def measures(self) -> tuple[OnTimeAxis, ...]:
        """The measures of the policy that is looked at, which can be moved on the time axis."""
        return measures_of(self.result.scenario, self.policy, self.setting)

    def figures(self) -> list[Figure]:
        """The figures, in the order in which they are shown."""
        result, policy, before, found = self.result, self.policy, self.before, self.found
        then = None if before is None or before.exports.mean == self.exports.mean else before.exports.mean
        measures = self.measures()
        figures = [exports_figure(result, policy, measures, self.exports, then)]
        self._go_on()
        drawn, found.markets = suppliers_figure(result, policy, before.found.markets if before else ())
        figures.append(drawn)
        self._go_on()
        if policy != self.reference:
            drawn, found.flows = fates_figure(result, policy, before.found.flows if before else ())
            figures.append(drawn)
            self._go_on()
        authority = office_of(result, policy)
        if authority is not None:
            office = before.found.office if before is not None and before.found.authority == authority else None
            drawn, found.office = office_figure(result, policy, authority, office)
            found.authority = authority
            figures.append(drawn)
            self._go_on()
        return figures

    def changed(self) -> str:
        """What is other than in the scene that it is compared with, in one sentence; nothing if nothing is."""
        before = self.before
        if before is None:
            return ""
        now, then, words = self.means[self.policy], before.means[before.policy], self.exports_in_words()
        if before.policy != self.policy:
            return text("live.changed.policy", **words)
        if now == then:
            return text("live.changed.same", **words)
        word, change = "more" if now > then else "less", amount_words(self.result, abs(now - then))
        return text(f"live.changed.{word}", change=change, **words)

    def exports_in_words(self) -> dict[str, str]:
        """The policy that is looked at, and its exports as the answer has them."""
        exports = self.account.money.full(self.account.level(self.policy, "exports"))
        return {"policy": policy_title(self.result, self.policy), "exports": exports}

    def account_table(self) -> Table:
        """The account, with between what the mean change of exports is by chance."""
        account = self.account
        block = account.table(CHANGE)
        head, rows = [*block.head], [[cell.bracketed for cell in row] for row in block.cells]
        if len(account.policies) > 1 and self.result.futures > 1:
            head.insert(BESIDE_CHANGE, text("live.account.range"))
            for policy, row in zip(account.policies, rows, strict=True):
                row.insert(BESIDE_CHANGE, "" if policy == account.reference else self.range_of(policy))
        return table(block.caption, head, rows, block.note)

    def range_of(self, policy: str) -> str:
        """Between what the mean change of exports is by chance (95 %); nothing yet of few futures."""
        if self.is_of_few:
            return text("live.account.later")
        money, change = self.account.money, self.account.changes[policy, "exports"]
        low, high = (money.cell(money.near(end), plus=True) for end in (change.low, change.high))
        return text("numbers.range", low=low, high=high)
