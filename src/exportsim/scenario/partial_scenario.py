"""A scenario as far as it could be understood: what the checks across parts look at.

One slip in one part must not hide what is wrong elsewhere, nor make its name unknown to the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from exportsim.scenario.schema import (
    Authority,
    DemandLine,
    Expectation,
    Goods,
    Incident,
    Measure,
    Period,
    Policy,
    Scenario,
    Supplier,
)
from exportsim.scenario.text import Path

Some = TypeVar("Some", bound=BaseModel)
Names = dict[str, None]
"""Names in their order; whether one is among them is found at once, however many there are."""
SECTIONS = ("goods", "authorities", "suppliers", "demand", "incidents", "policies")


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts that are valid in themselves, and the names of all."""

    scenario: Scenario | None
    period: Period | None
    goods: dict[str, Goods]
    authorities: dict[str, Authority]
    suppliers: dict[str, Supplier]
    demand: dict[str, DemandLine]
    incidents: dict[str, Incident]
    policies: dict[str, Policy]
    measures: dict[str, dict[int, Measure]]
    reference: str | None
    uncertainties: dict[str, Any]
    expectations: dict[int, Expectation]
    names: dict[str, Names | None]
    destinations: Names
    programmes: Names
    suspect: frozenset[Path] = frozenset()


# What stands for a field that is not valid, so that the rest of its part can be looked at.
_STOPGAPS: dict[type[BaseModel], dict[str, Any]] = {
    Supplier: {"country": "ZZ", "slots": 1, "lead_time": "1d"},
    DemandLine: {
        "buyer": "anyone",
        "destination": "ZZ",
        "goods": "anything",
        "orders": "0/y",
        "value": "1",
        "sources": {"anyone": {}},
    },
    Incident: {"window": "1d", "exposure": "1"},
}


def whole(scenario: Scenario) -> Draft:
    """The draft of a scenario whose parts are all valid."""
    lines = scenario.demand.values()
    parts: dict[str, Any] = {
        name: getattr(scenario, name) for name in (*SECTIONS, "period", "reference", "uncertainties")
    }
    return Draft(
        scenario=scenario,
        **parts,
        measures={name: dict(enumerate(policy.measures)) for name, policy in scenario.policies.items()},
        expectations=dict(enumerate(scenario.expect)),
        names={section: dict.fromkeys(getattr(scenario, section)) for section in (*SECTIONS, "sources")},
        destinations=dict.fromkeys(line.destination for line in lines),
        programmes=dict.fromkeys(name for line in lines for name in line.programmes),
    )


def partial(data: Mapping[str, Any]) -> Draft:
    """The draft of plain data of which something is wrong."""
    suspect: set[Path] = set()
    policies, measures = _policies(_mapping(data.get("policies")))
    lines = [_mapping(line) for line in _mapping(data.get("demand")).values()]
    reference = data.get("reference")
    return Draft(
        scenario=None,
        period=_valid(Period, data.get("period")),
        goods=_each(Goods, data, "goods", suspect),
        authorities=_each(Authority, data, "authorities", suspect),
        suppliers=_each(Supplier, data, "suppliers", suspect),
        demand=_each(DemandLine, data, "demand", suspect),
        incidents=_each(Incident, data, "incidents", suspect),
        policies=policies,
        measures=measures,
        reference=reference if isinstance(reference, str) else None,
        uncertainties={},
        expectations=_numbered(Expectation, data.get("expect")),
        names={section: _names(data, section) for section in (*SECTIONS, "sources")},
        destinations=dict.fromkeys(str(line.get("destination")) for line in lines),
        programmes=dict.fromkeys(name for line in lines for name in _mapping(line.get("programmes"))),
        suspect=frozenset(suspect),
    )


def _names(data: Mapping[str, Any], section: str) -> Names | None:
    given = data.get(section, None if Scenario.model_fields[section].is_required() else {})
    return dict.fromkeys(given) if isinstance(given, dict) else None


def _mapping(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _valid(part: type[Some], given: Any) -> Some | None:
    try:
        return part.model_validate(given)
    except ValidationError:
        return None


def _numbered(part: type[Some], given: Any) -> dict[int, Some]:
    """The valid parts of a list by their number in it."""
    each = {index: _valid(part, entry) for index, entry in enumerate(given if isinstance(given, list) else [])}
    return {index: found for index, found in each.items() if found is not None}


def _each(part: type[Some], data: Mapping[str, Any], section: str, suspect: set[Path]) -> dict[str, Some]:
    parts = {}
    for name, given in _mapping(data.get(section)).items():
        found = _valid(part, given)
        if found is None and part in _STOPGAPS and isinstance(given, dict):
            faulty = _faulty_fields(part, given)
            stopgaps = {key: value for key, value in _STOPGAPS[part].items() if key in faulty}
            found = _valid(part, {key: value for key, value in given.items() if key not in faulty} | stopgaps)
            suspect.update((section, name, field) for field in faulty)
        if found is not None:
            parts[name] = found
    return parts


def _faulty_fields(part: type[BaseModel], given: Any) -> set[str]:
    try:
        part.model_validate(given)
    except ValidationError as error:
        return {str(detail["loc"][0]) for detail in error.errors(include_url=False) if detail["loc"]}
    return set()


def _policies(given: dict[str, Any]) -> tuple[dict[str, Policy], dict[str, dict[int, Measure]]]:
    """The policies, each without those of its measures that are not valid."""
    policies, measures = {}, {}
    for name, entry in given.items():
        measures[name] = _numbered(Measure, _mapping(entry).get("measures"))
        policy = _valid(Policy, _mapping(entry) | {"measures": []})
        if policy is not None:
            policies[name] = policy
    return policies, measures
