"""What holds of any ledger, recomputed from its facts and the scenario alone.

:func:`check` is for tests, this project's and its users'. Each rule is one small function in :data:`INVARIANTS`, which
says in its first sentence what must hold and yields a row and a few words for every place where it does not. A rule is
added by writing such a function and naming it in the list of its module.
"""

from __future__ import annotations

from exportsim.invariants import minute, offices, orders, permits, policy, production, regimes
from exportsim.invariants.record import Record
from exportsim.invariants.rule import Rule
from exportsim.ledger import Ledger
from exportsim.scenario.schema import Scenario

__all__ = ["INVARIANTS", "BrokenInvariant", "check", "violations"]

INVARIANTS: tuple[Rule, ...] = (
    *orders.RULES,
    *offices.RULES,
    *regimes.RULES,
    *permits.RULES,
    *production.RULES,
    *policy.RULES,
    *minute.RULES,
)


class BrokenInvariant(AssertionError):  # noqa: N818  it says what it is: a bug
    """A ledger that cannot be true: always a bug of an engine, never a mistake of the user."""


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
    record = Record(ledger, scenario)
    found: list[tuple[int, str]] = []
    for rule in INVARIANTS:
        name = rule.__name__.replace("_", " ")
        found += [(row, _sentence(record, row, text, name)) for row, text in rule(record)]
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


def _sentence(record: Record, row: int, text: str, rule: str) -> str:
    if not 0 <= row < len(record.rows):
        return f"at the end: {text} [{rule}]"
    order = record.order_of[row]
    who = f", {order.name}" if order is not None else ""
    return f"row {row}, minute {record.rows[row][0]}{who}: {record.facts[row].word}: {text} [{rule}]"
