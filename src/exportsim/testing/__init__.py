"""Hypothesis strategies for scenarios and their parts, for this project's tests and for its users'.

The worlds are small, so that one simulation takes a few milliseconds, and full of ties: whole days, no time at all,
many orders a day, several officers and slots, measures on the dates of others. All rules of the model are reached, and
every key of the schema.
Crowded ones (``crowded=True``) are ties and chains of attempts throughout.
Everything is drawn as the mapping a scenario file would hold; :func:`scenarios` builds it. Needs ``hypothesis``
(``pip install exportsim[test]``).

Examples
--------
>>> from hypothesis import given, strategies as st
>>> import exportsim
>>> from exportsim import invariants, testing
>>> @given(testing.scenarios(), st.integers(0, 5))
... def test_my_engine_keeps_the_rules(scenario, future):
...     for policy in scenario.policies:
...         ledger = exportsim.simulate(scenario, policy=policy, future=future)
...         invariants.check(ledger, scenario)
"""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from exportsim.scenario import Scenario, build
from exportsim.testing.annotations import annotated, expectations, marks, uncertainties
from exportsim.testing.crowds import busy_policies, crowds
from exportsim.testing.policies import (
    courses,
    exceptions,
    histories,
    important_days,
    measures,
    policies,
    scopes,
    with_backlogs,
)
from exportsim.testing.quantities import business_days, counts, distributions, durations, money, values
from exportsim.testing.registers import Written, registers
from exportsim.testing.worlds import (
    authorities,
    calendars,
    demand_lines,
    incidents,
    qualifications,
    reviews,
    suppliers,
    worlds,
)

__all__ = [
    "authorities",
    "business_days",
    "busy_policies",
    "calendars",
    "counts",
    "courses",
    "crowds",
    "demand_lines",
    "distributions",
    "durations",
    "exceptions",
    "expectations",
    "histories",
    "important_days",
    "incidents",
    "mappings",
    "measures",
    "money",
    "policies",
    "qualifications",
    "registers",
    "reviews",
    "scenarios",
    "scopes",
    "suppliers",
    "uncertainties",
    "values",
    "worlds",
]


@st.composite
def mappings(
    draw: DrawFn, *, max_days: int = 400, max_policies: int = 3, folder: Path | None = None, crowded: bool = False
) -> Written:
    """Valid scenarios as the mappings that files would hold; see :func:`scenarios`."""
    beside = draw(marks())
    names = ["historical", "doctrine", "other"][: draw(st.integers(1, max_policies))]
    # The one before counts twice, so that chains of several come about.
    bases = [draw(st.sampled_from([None, *names[:place], *names[:place][-1:]])) for place in range(len(names))]
    world = draw(crowds(folder=folder) if crowded else worlds(max_days=max_days, folder=folder))
    chosen: Written = {}
    for name, base in zip(names, bases, strict=True):
        spared = draw(st.one_of(st.none(), exceptions(world))) if base is not None else None
        policy: Written = draw(busy_policies(world) if crowded else policies(world))
        if base is not None:
            policy["extends"] = base
            _name_apart(policy, chosen)
        if spared is not None:
            policy["except"] = spared
        chosen[name] = policy
    _let_records_bind(draw, world, chosen)
    if draw(st.integers(0, 3)) == 3:
        world["history"] = draw(histories(world))
    world["policies"] = {"unrestricted": {"measures": []}} | chosen
    with_backlogs(draw, world)
    return annotated(world, beside)


def _let_records_bind(draw: DrawFn, world: Written, chosen: Written) -> None:
    """Let policies often differ no earlier than on the day of which registers tell: until then records bind."""
    orders = [line["orders"] for line in world["demand"].values() if isinstance(line["orders"], dict)]
    day = max((register["as_of"] for register in orders if "as_of" in register), default="")
    if day and draw(st.integers(0, 2)):
        for policy in chosen.values():
            kept = [each for each in policy["measures"] if str(each.get("on", "")) >= day]
            policy["measures"] = [each for each in kept if str(each.get("announced", day)) >= day]


def _name_apart(policy: Written, others: Written) -> None:
    """Take their names from measures whose names a policy has from what it extends."""
    taken: set[str | None] = set()
    base = policy.get("extends")
    while base is not None:
        taken |= {measure.get("name") for measure in others[base]["measures"]}
        base = others[base].get("extends")
    for measure in policy["measures"]:
        if measure.get("name") in taken:
            measure.pop("name", None)


def scenarios(
    *, max_days: int = 400, max_policies: int = 3, folder: Path | None = None, crowded: bool = False
) -> SearchStrategy[Scenario]:
    """Valid scenarios: small worlds with every rule of the model somewhere among them.

    Parameters
    ----------
    max_days : int
        The longest period, at least 30.
    max_policies : int
        The most policies beside ``unrestricted``, which has no measures.
    folder : Path, optional
        A folder that outlives the test, where registers are written; without it orders arrive at a rate alone.
    crowded : bool
        Whether all happens on a few midnights, to many orders at once: see :mod:`exportsim.testing.crowds`.

    Returns
    -------
    SearchStrategy of Scenario

    Examples
    --------
    >>> @given(testing.scenarios(max_days=60))
    ... def test_it(scenario):
    ...     ...
    """
    drawn = mappings(max_days=max_days, max_policies=max_policies, folder=folder, crowded=crowded)
    return drawn.map(lambda mapping: build(mapping, allow_outside=True))  # registers are where the test wants them
