"""Which orders came to a fate in one future: what there is to be traced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter

from exportsim.analysis.fates import WHY, Ending, endings
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.language import short_day, text
from exportsim.names import title_of
from exportsim.plan import Plan
from exportsim.report.document import Block, Document, Line, Table
from exportsim.report.number_format import money
from exportsim.report.studies import attributes
from exportsim.report.titles import DAY, days
from exportsim.report.trace import played
from exportsim.scenario import Scenario
from exportsim.scenario.register import licences_of, order_name


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
    """Most cents first; the delayed, most days first."""

    def name(self, ending: Ending) -> str:
        """An order as it is asked for: ``LINE/NUMBER``, the licence's own if the line's register says it."""
        return order_name(self.licences, self.plan.names.lines[ending.line], ending.order)

    @cached_property
    def licences(self) -> dict[str, list[str]]:
        """By line whose register says it, the licences' own numbers."""
        return licences_of(self.scenario)

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
                    **({"delayed_days": later(ending, other) / DAY} if found.fate == "delayed" else {}),
                    "fates": dict(ending.fates),
                    "fates_against": None if other is None else dict(other.fates),
                }
                for ending, other, cents in found.orders
            ],
        },
    )


def _blocks(found: OrdersByFate) -> Iterator[Block]:
    reference = found.reference
    yield Line(_title(found), "strong")
    yield Line(_future(found))
    yield Line()
    if not found.orders:
        yield Line(text("orders.none"))
        return
    came = text("orders.head.delay") if found.fate == "delayed" else text(f"orders.columns.{found.fate}")
    head = [text(f"orders.head.{name}") for name in ("order", "ordered", "ended", "value")] + [came]
    head += [text("orders.head.under", reference=title_of(found.scenario, "policies", reference))] if reference else []
    yield Table("orders", "", head, [_row(found, *order) for order in found.orders], left=3)
    yield Line()
    yield Line(text("orders.follow", number=len(found.orders)))
    options = f"--policy {found.policy} --order {found.name(found.orders[0][0])} --future {found.future}"
    yield Line(options + (f" --reference {reference}" if reference else ""), indent=2)


def _title(found: OrdersByFate) -> str:
    policy = title_of(found.scenario, "policies", found.policy)
    reference = found.reference and title_of(found.scenario, "policies", found.reference)
    if found.fate == "delayed":
        return text("orders.against", policy=policy, reference=reference)
    fate = text(f"orders.fate.{found.fate}")
    if reference:
        return text("orders.and_not", fate=fate, policy=policy, reference=reference)
    return text("orders.under", fate=fate, policy=policy)


def _future(found: OrdersByFate) -> str:
    numbers = {"future": found.future, "seed": found.seed}
    if found.reference is None:
        return text("orders.future", **numbers)
    reference = title_of(found.scenario, "policies", found.reference)
    if found.fate == "delayed":
        return text("orders.future_ended", reference=reference, **numbers)
    return text("orders.future_fates", reference=reference, **numbers)


def _row(found: OrdersByFate, ending: Ending, other: Ending | None, cents: int) -> list[str]:
    ended = text("orders.open") if ending.open else short_day(found.when(ending.ended))
    currency, ordered = found.scenario.currency, short_day(found.when(ending.ordered))
    row = [found.name(ending), ordered, ended, money(ending.cents, currency)]
    if other is None:
        return [*row, money(cents, currency)]
    if found.fate == "delayed":
        return [*row, days(later(ending, other)), short_day(found.when(other.ended))]
    fates = sorted(other.fates, key=other.fates.__getitem__, reverse=True)
    became = text("lists.comma").join(_fate(found.scenario, fate) for fate in fates)
    return [*row, money(cents, currency), became]


def _fate(scenario: Scenario, fate: str) -> str:
    kind, _, supplier = fate.partition("/")
    if kind == "delivered":
        return text("orders.fates.delivered", supplier=title_of(scenario, "suppliers", supplier))
    return text(f"orders.fates.{fate.replace('/', '_')}")


def later(ending: Ending, other: Ending | None) -> int:
    """By how many minutes an order ended later than under the other policy."""
    return 0 if other is None else ending.ended - other.ended


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
    if fate == "delayed":
        orders.sort(key=lambda order: (later(*order[:2]), order[2]), reverse=True)
    else:
        orders.sort(key=itemgetter(2), reverse=True)
    return OrdersByFate(scenario, plan, fate, policy, reference, ledgers[0].future, ledgers[0].seed, orders)
