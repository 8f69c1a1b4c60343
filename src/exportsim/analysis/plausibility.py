"""What makes no sense once it has been played: only futures can tell.

The other part, what can be seen in the file alone, is :mod:`exportsim.scenario.plausibility`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from exportsim.errors import Fault
from exportsim.plan import Float
from exportsim.scenario.policies import resolved_measures
from exportsim.scenario.schema import Scenario

PLAYED = "<played>"
"""What stands for the file in what was noticed in the plays."""
MOST = 0.5  # of the value, that may be pending at the end without a word


def noticed(
    scenario: Scenario,
    policies: Sequence[str],
    names: Sequence[str],
    values: Float,
    untouched: Mapping[str, float],
) -> tuple[Fault, ...]:
    """What was noticed in some plays, from their outcomes, shape (policies, futures, outcomes), and by policy the share
    of orders that fare as under the reference.
    """
    found = [*_pending(scenario, policies, names, values), *_nothing(scenario, policies, values, untouched)]
    return tuple(Fault(PLAYED, 0, 0, path, message) for path, message in found)


def _pending(
    scenario: Scenario, policies: Sequence[str], names: Sequence[str], values: Float
) -> Iterator[tuple[str, str]]:
    """Policies under which most of the value is open at the end."""
    sums = {
        name: [math.fsum(table[:, names.index(name)].tolist()) for table in values]
        for name in ("pending", "ordered", "open_at_start")
    }
    shares = {}
    for place, policy in enumerate(policies):
        due = sums["ordered"][place] + sums["open_at_start"][place]
        if due > 0 and sums["pending"][place] > MOST * due:
            shares[policy] = sums["pending"][place] / due
    if shares:
        each = ", ".join(f"{policy} ({100 * share:.3g} %)" for policy, share in shares.items())
        yield (
            "period.end",
            f"on {scenario.period.end} more than half of the value ordered is still pending, neither delivered nor "
            f"lost, under {each}: outcomes depend on what comes after the period",
        )


def _nothing(
    scenario: Scenario, policies: Sequence[str], values: Float, untouched: Mapping[str, float]
) -> Iterator[tuple[str, str]]:
    """Policies that change nothing in any future."""
    reference = policies.index(scenario.reference)
    standard = resolved_measures(scenario, scenario.reference)
    futures = values.shape[1]
    played = f"any of {futures:,} futures" if futures > 1 else "the future played"
    for place, policy in enumerate(policies):
        if resolved_measures(scenario, policy) == standard:
            continue  # it says itself that it changes nothing
        if untouched[policy] == 1.0 and np.array_equal(values[place], values[reference], equal_nan=True):
            message = f"it changes nothing in {played}: every order fares as under {scenario.reference}"
            yield f"policies.{policy}", message
