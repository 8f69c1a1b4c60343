"""What the method of a run is, in the order of the STRESS-DES checklist.

Monks, Currie, Onggo, Robinson, Kunc and Taylor (2019), Strengthening the reporting of empirical simulation studies:
introducing the STRESS guidelines, Journal of Simulation 13(1), 55-67. The sentences are in ``method.html``; here is
what they need to know of the run.
"""

from __future__ import annotations

from typing import NamedTuple

from exportsim.lifecycle import MEANINGS, MOMENTS, PASSAGES, State
from exportsim.outcomes import OUTCOMES, Outcome
from exportsim.study.result import Result


class Passage(NamedTuple):
    """What can happen to an order in one state."""

    state: str
    facts: list[tuple[str, str]]
    """What happens, and the state that it leads to."""


class Method(NamedTuple):
    """The facts in the description of the method."""

    passages: list[Passage]
    moments: list[str]
    """The order in which events of one minute are taken."""
    outcomes: list[Outcome]
    officers: list[tuple[str, str, int]]
    """Authority, stage, officers."""
    slots: list[tuple[str, int]]
    traffic: list[str]
    """Authorities with other applications."""
    registers: list[str]
    """Lines whose orders come from a register."""


def method(result: Result) -> Method:
    """Gather what is to be said of the method."""
    scenario = result.scenario
    registers = [name for name, line in scenario.demand.items() if hasattr(line.orders, "register_")]
    officers = [
        (name, stage.stage, stage.officers)
        for name, authority in scenario.authorities.items()
        for stage in [*authority.review, *(authority.case_by_case.review if authority.case_by_case else [])]
    ]
    traffic = [
        name
        for name, authority in scenario.authorities.items()
        if isinstance(rates := authority.traffic.applications, dict) or rates.number
    ]
    return Method(
        passages=list(_passages()),
        moments=list(MOMENTS.values()),
        outcomes=list(OUTCOMES),
        officers=officers,
        slots=[(name, supplier.slots) for name, supplier in scenario.suppliers.items()],
        traffic=traffic,
        registers=registers,
    )


def _passages() -> list[Passage]:
    found: dict[State | None, list[tuple[str, str]]] = {}
    for before, fact, after in PASSAGES:
        told = (MEANINGS[fact].says, "goes on" if after is before else after.value)
        if told not in found.setdefault(before, []):
            found[before].append(told)
    return [Passage("not there yet" if state is None else state.value, facts) for state, facts in found.items()]
