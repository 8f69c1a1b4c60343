"""What is wrong or odd, as a page says it to somebody who has no file open."""

from __future__ import annotations

from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.language import text
from exportsim.names import title_of
from exportsim.report.measures import done
from exportsim.report.number_format import capital
from exportsim.scenario import Scenario
from exportsim.scenario.policies import HISTORY, listed_at


def said(fault: Fault) -> str:
    """A fault: where it stands in the file or, of what was set, at which path."""
    return str(fault) if fault.line or not fault.path else f"{fault.path}: {fault.message}"


def said_faults(error: ExportsimError) -> list[str]:
    """What is wrong, each fault by itself."""
    return [said(fault) for fault in error.faults] if isinstance(error, ScenarioError) else [str(error)]


def said_of_scenario(fault: Fault, scenario: Scenario) -> str:
    """What is odd about a scenario; of a measure, what it does: by its path it might be taken for one left out."""
    base, _, _ = fault.path.partition(".measures.")
    policy = None if fault.path.startswith(f"{HISTORY}.") else base.removeprefix("policies.")
    if policy is not None and policy not in scenario.policies:
        return said(fault)
    listed = scenario.history if policy is None else scenario.policies[policy].measures
    for address, measure in zip(listed_at(scenario, policy), listed, strict=True):
        if fault.path == address or fault.path.startswith(f"{address}."):
            whose = text("live.group.history") if policy is None else title_of(scenario, "policies", policy)
            measure_words = capital(done(scenario, measure))
            return text("live.warning", policy=whose, measure=measure_words, message=fault.message)
    return said(fault)
