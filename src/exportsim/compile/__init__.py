"""Scenario → Plan: the only package that sees both. Names become indices, durations minutes, money cents.

Everything here is arithmetic on what the user wrote; nothing is random and nothing is decided.
"""

from __future__ import annotations

from exportsim.compile.measures import act_branch, authorities_reached, scope_mask, traffic_mask
from exportsim.compile.world import Compiler
from exportsim.plan import Plan
from exportsim.scenario.policies import act_text
from exportsim.scenario.schema import Scenario

__all__ = ["act_branch", "act_text", "authorities_reached", "compile_plan", "scope_mask", "traffic_mask"]


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
