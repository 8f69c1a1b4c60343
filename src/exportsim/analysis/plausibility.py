"""What makes no sense once it has been played: only futures can tell.

The other part, what can be seen in the file alone, is :mod:`exportsim.scenario.plausibility`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from exportsim.digits import number, short
from exportsim.errors import Fault
from exportsim.language import text
from exportsim.plan import Float
from exportsim.scenario.policies import resolved_measures
from exportsim.scenario.schema import Scenario

PLAYED = "<played>"
"""What stands for the file in what was noticed in the plays."""
MOST = 0.5  # of the value, that may be pending at the end without a word


def noticed(
    scenario: Scenario, policies: Sequence[str], names: Sequence[str], values: Float, untouched: Mapping[str, float]
) -> tuple[Fault, ...]:
    """What was noticed in some plays, from their outcomes, shape (policies, futures, outcomes), and by policy the share
    of orders that fare as under the reference.
    """
    messages = [*_pending(scenario, policies, names, values), *_nothing(scenario, policies, values, untouched)]
    return tuple(Fault(PLAYED, 0, 0, path, message) for path, message in messages)


def _pending(
    scenario: Scenario, policies: Sequence[str], names: Sequence[str], values: Float
) -> Iterator[tuple[str, str]]:
    """Policies under which most of the value is open at the end."""
    columns = [names.index(name) for name in ("pending", "ordered", "open_at_start")]
    listed = []
    for policy, outcomes in zip(policies, values, strict=True):
        pending, *sums = (math.fsum(outcomes[:, column].tolist()) for column in columns)
        due = sum(sums)
        if due > 0 and pending > MOST * due:
            listed.append(text("warnings.pending_under", policy=policy, percent=short(100 * pending / due)))
    if listed:
        policies = text("lists.comma").join(listed)
        yield "period.end", text("warnings.pending", day=scenario.period.end, policies=policies)


def _nothing(
    scenario: Scenario, policies: Sequence[str], values: Float, untouched: Mapping[str, float]
) -> Iterator[tuple[str, str]]:
    """Policies that change nothing in any future, though their measures are not those of the reference."""
    reference = values[policies.index(scenario.reference)]
    standard = resolved_measures(scenario, scenario.reference)
    key = "warnings.same_in_all" if len(reference) > 1 else "warnings.same_in_one"
    message = text(key, futures=number(len(reference), 0), reference=scenario.reference)
    for policy, outcomes in zip(policies, values, strict=True):
        alike = untouched[policy] == 1.0 and np.array_equal(outcomes, reference, equal_nan=True)
        if alike and resolved_measures(scenario, policy) != standard:
            yield f"policies.{policy}", message
