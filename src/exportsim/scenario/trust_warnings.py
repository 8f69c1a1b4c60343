"""Lines that may lose all their trust in a source for good, told before anything is played."""

from __future__ import annotations

from collections.abc import Iterator

from exportsim.scenario.conflicts import Cells, cells_of_line
from exportsim.scenario.messages import Complaint
from exportsim.scenario.schema import DemandLine, Loss, Measure, Scenario


def trust_warnings(scenario: Scenario) -> Iterator[Complaint]:
    """Losses of 1 that some policy brings about, where trust never returns: the source is no candidate any more."""
    for name, line in scenario.demand.items():
        if line.trust.half_life != "never":
            continue
        for act in Loss.model_fields:
            if getattr(line.trust.loss, act) < 1:
                continue
            if reached := sorted(_reached(scenario, line, act)):
                listed = ", ".join(f"`{supplier}`" for supplier in reached)
                message = (
                    f"found a loss of 1 with `half_life: never`: once this comes about, the line has no trust left in "
                    f"{listed}, none returns, and no order of it goes there any more"
                )
                yield Complaint(("demand", name, "trust", "loss", act), message)


def _reached(scenario: Scenario, line: DemandLine, act: str) -> set[str]:
    """The sources of a line at which an act may cost trust: by a measure of some policy, or by a denial."""
    measures = [measure for policy in scenario.policies.values() for measure in policy.measures]
    cells = Cells(cells_of_line(scenario, line))
    acted_on = cells.of_any(cells.of(measure) for measure in measures if _does(measure, act))
    authorities = {cell[0] for cell in cells.among(acted_on)}
    found = set()
    for supplier in line.sources:
        licensor = scenario.suppliers[supplier].authority
        if licensor is None or scenario.authorities[licensor].country == line.destination:
            continue
        authority = scenario.authorities[licensor]
        reviews = [authority.approval, *([authority.case_by_case.approval] if authority.case_by_case else [])]
        if licensor in authorities or (act == "deny" and min(reviews) < 1):
            found.add(supplier)
    return found


def _does(measure: Measure, act: str) -> bool:
    """Whether a measure may do what costs trust under this name."""
    acts = [measure, *measure.outcomes, *([measure.then] if measure.then is not None else [])]
    if act == "suspend":
        return any(each.permits == "suspended" for each in acts)
    if act == "cancel":
        return any(each.cancel is not None for each in acts)
    return any(each.applications == act for each in acts)
