"""Which orders came to a fate in one future: what there is to be traced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from exportsim.analysis.fates import WHY, Ending, endings
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.plan import Plan
from exportsim.report.document import Block, Document, Line, Table
from exportsim.report.number_format import counted
from exportsim.report.studies import attributes
from exportsim.report.titles import day, money
from exportsim.report.trace import played
from exportsim.scenario import Scenario

TITLE, AND_NOT_UNDER, AGAINST = "{fate} under {policy}", ", and not under {reference}", ", against {reference}"
FUTURE, LAST_COLUMN = "Future {future}, seed {seed}", "; in the last column, under {reference}: {last}"
WHEN, FATES = "when it ended", "its fates, most of its value first"
NO_ORDER = "No order."
FOLLOW = "{orders}. To follow the first, give:"


@dataclass(frozen=True, eq=False)
class OrdersByFate:
    """The orders that came to a fate: how each ended, how under the other policy, and how many cents came to it."""

    scenario: Scenario
    plan: Plan
    fate: str
    policy: str
    reference: str | None
    future: int
    seed: int
    orders: list[tuple[Ending, Ending | None, int]]
    """Most cents first."""

    def name(self, ending: Ending) -> str:
        """An order as it is asked for: ``LINE/NUMBER``."""
        return f"{self.plan.names.lines[ending.line]}/{ending.order}"

    def when(self, minute: int) -> datetime:
        """The moment of a minute."""
        return self.plan.origin + timedelta(minutes=minute)


def describe(found: OrdersByFate) -> Document:
    """What ``exportsim trace --why`` reports."""
    return Document(
        list(_blocks(found)),
        lambda: {
            **attributes(found, "fate", "policy", "reference", "future", "seed"),
            "currency": found.scenario.currency,
            "orders": [
                {
                    "order": found.name(ending),
                    "ordered": found.when(ending.ordered).isoformat(),
                    "ended": None if ending.open else found.when(ending.ended).isoformat(),
                    "cents": ending.cents,
                    f"{found.fate}_cents": cents,
                    "fates": dict(ending.fates),
                    "fates_against": None if other is None else dict(other.fates),
                }
                for ending, other, cents in found.orders
            ],
        },
    )


def _blocks(found: OrdersByFate) -> Iterator[Block]:
    reference, delayed = found.reference, found.fate == "delayed"
    besides = (AGAINST if delayed else AND_NOT_UNDER).format(reference=reference) if reference else ""
    last = LAST_COLUMN.format(reference=reference, last=WHEN if delayed else FATES) if reference else ""
    yield Line(TITLE.format(fate=found.fate.capitalize(), policy=found.policy) + besides, "strong")
    yield Line(FUTURE.format(future=found.future, seed=found.seed) + last)
    yield Line()
    if not found.orders:
        yield Line(NO_ORDER)
        return
    head = ["order", "ordered", "ended", "value", found.fate, *([f"under {reference}"] if reference else [])]
    yield Table("orders", "", head, [_row(found, *order) for order in found.orders], left=3)
    yield Line()
    yield Line(FOLLOW.format(orders=counted(len(found.orders), "order")))
    options = f"--policy {found.policy} --order {found.name(found.orders[0][0])} --future {found.future}"
    yield Line(options + (f" --reference {reference}" if reference else ""), indent=2)


def _row(found: OrdersByFate, ending: Ending, other: Ending | None, cents: int) -> list[str]:
    ended = "open" if ending.open else day(found.when(ending.ended))
    amounts = (money(amount, found.scenario.currency) for amount in (ending.cents, cents))
    row = [found.name(ending), day(found.when(ending.ordered)), ended, *amounts]
    if other is None:
        return row
    if found.fate == "delayed":
        return [*row, day(found.when(other.ended))]
    return [*row, ", ".join(sorted(other.fates, key=other.fates.__getitem__, reverse=True))]


def find(
    scenario: Scenario,
    policy: str,
    fate: str,
    *,
    future: int = 0,
    seed: int = 1,
    reference: str | None = None,
    engine: str = "compiled",
) -> OrdersByFate:
    """The orders that came to a fate under a policy, in one future."""
    fate = chosen(fate.lower(), WHY, "fate")
    chosen(policy, tuple(scenario.policies), "policy")
    if fate == "delayed" and reference is None:
        reference = scenario.reference
        if policy == reference:
            raise ExportsimError(f"fate `delayed`: `{policy}` is the reference itself; give the policy it is against")
    plan, ledgers = played(scenario, policy, reference, future=future, seed=seed, engine=engine)
    ends, *others = (endings(plan, ledger) for ledger in ledgers)
    under_other = others[0] if others else {}
    orders = [
        (ending, other, cents)
        for key, ending in ends.items()
        for other in [under_other.get(key)]
        if (cents := ending.came_to(fate, other)) and (other is None or not other.came_to(fate, ending))
    ]
    orders.sort(key=itemgetter(2), reverse=True)
    return OrdersByFate(scenario, plan, fate, policy, reference, ledgers[0].future, ledgers[0].seed, orders)
