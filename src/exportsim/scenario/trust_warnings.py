"""Lines that may lose all their trust in a source for good, told before anything is played."""

from __future__ import annotations

from collections.abc import Iterator

from exportsim.scenario.candidates import kinds_of_loss
from exportsim.scenario.cells import Cells, cells_of_line, licensor
from exportsim.scenario.courses import possible_acts
from exportsim.scenario.messages import Complaint
from exportsim.scenario.schema import DemandLine, Loss, Scenario


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
    biting = [measure for measure in measures if any(act in kinds_of_loss(each) for each in possible_acts(measure))]
    authorities = {cell[0] for cell in cells.among(cells.of_any(map(cells.reached, biting)))}
    found = set()
    for supplier in line.sources:
        office = licensor(scenario, line, supplier)
        if office is None:
            continue
        authority = scenario.authorities[office]
        reviews = [authority.approval, *([authority.case_by_case.approval] if authority.case_by_case else [])]
        if office in authorities or (act == "deny" and min(reviews) < 1):
            found.add(supplier)
    return found
