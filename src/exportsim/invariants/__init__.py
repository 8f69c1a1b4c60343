"""What holds of any ledger and of any plan, recomputed from facts and the scenario alone.

:func:`check` looks at a ledger, :func:`check_plan` at the plan that both engines read. Both are for tests, this
project's and its users'. Each rule is one small function in :data:`INVARIANTS` or :data:`PLAN_INVARIANTS`, which says
in its first sentence what must hold and yields every place where it does not, with a few words. A rule is added by
writing such a function and naming it in the list of its module.
"""

from __future__ import annotations

from exportsim.invariants import (
    ahead,
    compiled_demand,
    compiled_distributions,
    compiled_names,
    compiled_offices,
    compiled_policies,
    filing,
    luck,
    minute,
    offices,
    orders,
    permits,
    policy,
    production,
    recorded,
    regimes,
    sittings,
)
from exportsim.invariants.compiled import Compiled, PlanRule, shapes
from exportsim.invariants.ledger_reading import LedgerReading
from exportsim.invariants.rule import Rule
from exportsim.ledger import Ledger
from exportsim.plan import Plan
from exportsim.scenario.schema import Scenario

__all__ = [
    "INVARIANTS",
    "PLAN_INVARIANTS",
    "BrokenInvariant",
    "check",
    "check_plan",
    "plan_violations",
    "violations",
]

INVARIANTS: tuple[Rule, ...] = (
    *orders.RULES,
    *ahead.RULES,
    *offices.RULES,
    *sittings.RULES,
    *recorded.RULES,
    *regimes.RULES,
    *filing.RULES,
    *permits.RULES,
    *production.RULES,
    *policy.RULES,
    *luck.RULES,
    *minute.RULES,
)

PLAN_INVARIANTS: tuple[PlanRule, ...] = (
    *compiled_names.RULES,
    *compiled_distributions.RULES,
    *compiled_demand.RULES,
    *compiled_offices.RULES,
    *compiled_policies.RULES,
)


class BrokenInvariant(AssertionError):  # noqa: N818  it says what it is: a bug
    """A ledger or a plan that cannot be true: always a bug of exportsim, never a mistake of the user."""


def violations(ledger: Ledger, scenario: Scenario) -> list[str]:
    """Everything in a ledger that cannot be true of its scenario.

    Parameters
    ----------
    ledger : Ledger
        What happened in one run, from beginning to end.
    scenario : Scenario
        The scenario that was played.

    Returns
    -------
    list of str
        One sentence each, with the row, the minute, the order and the rule; empty if all is well.
    """
    reading = LedgerReading(ledger, scenario)
    found: list[tuple[int, str]] = []
    for rule in INVARIANTS:
        name = rule.__name__.replace("_", " ")
        found += [(row, _sentence(reading, row, text, name)) for row, text in rule(reading)]
    return [sentence for _, sentence in sorted(found, key=lambda one: one[0])]


def check(ledger: Ledger, scenario: Scenario) -> None:
    """Make sure that a ledger keeps every rule.

    Parameters
    ----------
    ledger : Ledger
    scenario : Scenario
        The scenario that was played.

    Raises
    ------
    BrokenInvariant
        With everything that is wrong, a line each.

    Examples
    --------
    >>> ledger = exportsim.simulate(scenario, policy=scenario.reference, future=3)
    >>> exportsim.invariants.check(ledger, scenario)
    """
    if found := violations(ledger, scenario):
        raise BrokenInvariant("\n".join(found))


def plan_violations(plan: Plan, scenario: Scenario) -> list[str]:
    """Everything in a plan that is not what its scenario says.

    Parameters
    ----------
    plan : Plan
        What both engines read, from :func:`exportsim.compile.compile_plan`.
    scenario : Scenario
        The scenario that it was made from.

    Returns
    -------
    list of str
        One sentence each, with the place in the plan and the rule; empty if all is well.
    """
    compiled = Compiled(plan, scenario)
    if found := [f"{path}: {text}" for path, text in shapes(compiled)]:
        return found
    return [
        f"{path}: {text} [{rule.__name__.replace('_', ' ')}]"
        for rule in PLAN_INVARIANTS
        for path, text in rule(compiled)
    ]


def check_plan(plan: Plan, scenario: Scenario) -> None:
    """Make sure that a plan is what its scenario says, number for number.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario
        The scenario that it was made from.

    Raises
    ------
    BrokenInvariant
        With everything that is wrong, a line each.

    Examples
    --------
    >>> exportsim.invariants.check_plan(exportsim.compile.compile_plan(scenario), scenario)
    """
    if found := plan_violations(plan, scenario):
        raise BrokenInvariant("\n".join(found))


def _sentence(reading: LedgerReading, row: int, text: str, rule: str) -> str:
    if not 0 <= row < len(reading.rows):
        return f"at the end: {text} [{rule}]"
    order = reading.order_of[row]
    who = f", {order.name}" if order is not None else ""
    return f"row {row}, minute {reading.rows[row][0]}{who}: {reading.facts[row].word}: {text} [{rule}]"
