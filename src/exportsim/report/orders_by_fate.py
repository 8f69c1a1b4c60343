"""Which orders came to a fate in one future, as a page and as JSON: what there is to be traced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from exportsim.analysis.order_ends import WHY, Ending, endings
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.plan import Plan
from exportsim.report.text_page import Page
from exportsim.report.titles import day, money
from exportsim.report.trace import played
from exportsim.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Found:
    """The orders that came to a fate.

    Attributes
    ----------
    orders : list of (Ending, Ending or None, int)
        How each ended, how it ended under the other policy, and how many cents came to the fate; most cents first.
    """

    scenario: Scenario
    plan: Plan
    fate: str
    policy: str
    reference: str | None
    future: int
    seed: int
    orders: list[tuple[Ending, Ending | None, int]]

    def page(self, *, ascii: bool = False) -> Page:
        """A table of the orders, at most 80 columns wide."""
        page = Page(ascii=ascii)
        besides = f", and not under {self.reference}" if self.reference else ""
        besides = f", against {self.reference}" if self.fate == "delayed" else besides
        page.line(f"{self.fate.capitalize()} under {self.policy}{besides}", style="bold")
        page.line(f"Future {self.future}, seed {self.seed}{self._last_column()}")
        page.line()
        if not self.orders:
            page.line("No order.")
            return page
        head = ["order", "ordered", "ended", "value", self.fate]
        rows = [self._row(*each) for each in self.orders]
        page.table([*head, f"under {self.reference}"] if self.reference else head, rows, left=3)
        page.line()
        first = self.orders[0][0]
        reference = f" --reference {self.reference}" if self.reference else ""
        page.line(f"{len(rows)} order{'s' if len(rows) > 1 else ''}. To follow the first, give:")
        page.line(f"--policy {self.policy} --order {self._name(first)} --future {self.future}{reference}", indent=2)
        return page

    def document(self) -> dict[str, Any]:
        """The same as a mapping of plain values, for ``--json``. Money is in cents."""
        return {
            "fate": self.fate,
            "policy": self.policy,
            "reference": self.reference,
            "future": self.future,
            "seed": self.seed,
            "currency": self.scenario.currency,
            "orders": [
                {
                    "order": self._name(here),
                    "ordered": self._when(here.ordered).isoformat(),
                    "ended": None if here.open else self._when(here.ended).isoformat(),
                    "cents": here.cents,
                    f"{self.fate}_cents": cents,
                    "fates": dict(here.fates),
                    "fates_against": None if there is None else dict(there.fates),
                }
                for here, there, cents in self.orders
            ],
        }

    def _last_column(self) -> str:
        if self.reference is None:
            return ""
        last = "when it ended" if self.fate == "delayed" else "its fates, most of its value first"
        return f"; in the last column, under {self.reference}: {last}"

    def _row(self, here: Ending, there: Ending | None, cents: int) -> list[str]:
        ended = "open" if here.open else day(self._when(here.ended))
        currency = self.scenario.currency
        row = [
            self._name(here),
            day(self._when(here.ordered)),
            ended,
            money(here.cents, currency),
            money(cents, currency),
        ]
        return row if there is None else [*row, self._ended(there)]

    def _ended(self, there: Ending) -> str:
        """Its fates elsewhere; of those delivered only when, where that is what was asked for."""
        if self.fate == "delayed":
            return day(self._when(there.ended))
        return ", ".join(name for name, _ in sorted(there.fates.items(), key=lambda item: -item[1]))

    def _name(self, ending: Ending) -> str:
        return f"{self.plan.names.lines[ending.line]}/{ending.order}"

    def _when(self, minute: int) -> Any:
        return self.plan.origin + timedelta(minutes=minute)


def find(
    scenario: Scenario,
    policy: str,
    fate: str,
    *,
    future: int = 0,
    seed: int = 1,
    reference: str | None = None,
    engine: str = "compiled",
) -> Found:
    """The orders that came to a fate under a policy, in one future."""
    fate = chosen(fate.lower(), tuple(WHY), "fate")
    chosen(policy, tuple(scenario.policies), "policy")
    if fate == "delayed" and reference is None:
        reference = scenario.reference
        if policy == reference:
            raise ExportsimError(f"fate `delayed`: `{policy}` is the reference itself; give the policy it is against")
    plan, ledgers = played(scenario, policy, reference, future=future, seed=seed, engine=engine)
    here, *others = (endings(plan, ledger) for ledger in ledgers)
    there = others[0] if others else {}
    orders = [
        (ending, there.get(key), cents)
        for key, ending in here.items()
        if (cents := WHY[fate](ending, there.get(key))) and (key not in there or not WHY[fate](there[key], ending))
    ]
    orders.sort(key=lambda each: -each[2])
    return Found(scenario, plan, fate, policy, reference, ledgers[0].future, ledgers[0].seed, orders)
