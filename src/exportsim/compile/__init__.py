"""Scenario → Plan: the only package that sees both. Names become indices, durations minutes, money cents.

Everything here is arithmetic on what the user wrote; nothing is random and nothing is decided.
"""

from __future__ import annotations

from collections.abc import Sequence

from exportsim.compile.measures import act_branch, authorities_reached, scope_mask, traffic_mask
from exportsim.compile.recorded import RecordedDecisions, left_open, recorded_decisions
from exportsim.compile.world import Compiler
from exportsim.plan import Plan
from exportsim.scenario.policies import act_text, resolved_measures
from exportsim.scenario.register import tells_of_decisions
from exportsim.scenario.schema import Measure, Scenario

__all__ = [
    "Compiled",
    "RecordedDecisions",
    "act_branch",
    "act_text",
    "authorities_reached",
    "compile_plan",
    "decisions_on_record",
    "left_open",
    "scope_mask",
    "traffic_mask",
]


def compile_plan(scenario: Scenario) -> Plan:
    """Turn a scenario into numbers.

    Parameters
    ----------
    scenario : Scenario
        A checked scenario (from :func:`exportsim.load`, or built in Python).

    Returns
    -------
    Plan

    Raises
    ------
    ScenarioError
        If a register cannot be read, or two names have the same digest (rename one of them).
    """
    return Compiler(scenario).plan()


def decisions_on_record(scenario: Scenario) -> list[RecordedDecisions]:
    """What becomes of the decisions of which registers of a scenario tell, line by line; none if none tells of any."""
    if not tells_of_decisions(scenario):
        return []
    return recorded_decisions(compile_plan(scenario), list(scenario.demand.values()))


class Compiled:
    """A scenario turned into numbers, which serve for others with the same world.

    Parameters
    ----------
    scenario : Scenario

    Attributes
    ----------
    plan : Plan
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario, self._compiler = scenario, Compiler(scenario)
        self.plan = self._compiler.plan()

    def with_policies(self, scenario: Scenario) -> Plan | None:
        """The plan of a scenario whose world is the same, as :func:`compile_plan` makes it.

        None if its policies are others, or measures follow incidents after other delays, which are part of the world in
        numbers.
        """
        if tuple(scenario.policies) != tuple(self._scenario.policies):
            return None
        measures = [resolved_measures(scenario, policy) for policy in scenario.policies]
        if _delays(measures) != _delays([resolved_measures(self._scenario, policy) for policy in scenario.policies]):
            return None
        return self._compiler.with_policies(self.plan, scenario, measures)


def _delays(measures: Sequence[Sequence[Measure]]) -> list[list[object]]:
    return [[measure.delay if measure.after else None for measure in listed] for listed in measures]
