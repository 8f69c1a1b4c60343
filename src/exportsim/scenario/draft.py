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
    Goods,
    Incident,
    Measure,
    Period,
    Policy,
    Scenario,
    Supplier,
)

Some = TypeVar("Some", bound=BaseModel)
SECTIONS = ("goods", "authorities", "suppliers", "demand", "incidents", "policies")


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts that are valid in themselves, and the names of all.

    Attributes
    ----------
    scenario : Scenario or None
        None unless every part is valid.
    measures : dict
        The valid measures by policy and by their number in it.
    names : dict
        All names of each section, whether or not their parts are valid; None where a section cannot be read.
    destinations, programmes : list of str
        All that any demand line has.
    """

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
    names: dict[str, list[str] | None]
    destinations: list[str]
    programmes: list[str]


def whole(scenario: Scenario) -> Draft:
    """The draft of a scenario whose parts are all valid."""
    lines = scenario.demand.values()
    return Draft(
        scenario=scenario,
        period=scenario.period,
        goods=scenario.goods,
        authorities=scenario.authorities,
        suppliers=scenario.suppliers,
        demand=scenario.demand,
        incidents=scenario.incidents,
        policies=scenario.policies,
        measures={name: dict(enumerate(policy.measures)) for name, policy in scenario.policies.items()},
        reference=scenario.reference,
        uncertainties=scenario.uncertainties,
        names={section: [*getattr(scenario, section)] for section in (*SECTIONS, "sources")},
        destinations=[*dict.fromkeys(line.destination for line in lines)],
        programmes=[*dict.fromkeys(name for line in lines for name in line.programmes)],
    )


def partial(data: Mapping[str, Any]) -> Draft:
    """The draft of plain data of which something is wrong."""
    policies, measures = _policies(_mapping(data.get("policies")))
    lines = [_mapping(line) for line in _mapping(data.get("demand")).values()]
    reference = data.get("reference")
    return Draft(
        scenario=None,
        period=_valid(Period, data.get("period")),
        goods=_each(Goods, data.get("goods")),
        authorities=_each(Authority, data.get("authorities")),
        suppliers=_each(Supplier, data.get("suppliers")),
        demand=_each(DemandLine, data.get("demand")),
        incidents=_each(Incident, data.get("incidents")),
        policies=policies,
        measures=measures,
        reference=reference if isinstance(reference, str) else None,
        uncertainties={},
        names={section: _names(data, section) for section in (*SECTIONS, "sources")},
        destinations=[*dict.fromkeys(str(line.get("destination")) for line in lines)],
        programmes=[*dict.fromkeys(name for line in lines for name in _mapping(line.get("programmes")))],
    )


def _names(data: Mapping[str, Any], section: str) -> list[str] | None:
    given = data.get(section, None if Scenario.model_fields[section].is_required() else {})
    return [*given] if isinstance(given, dict) else None


def _mapping(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _valid(part: type[Some], given: Any) -> Some | None:
    try:
        return part.model_validate(given)
    except ValidationError:
        return None


def _each(part: type[Some], given: Any) -> dict[str, Some]:
    parts = {name: _valid(part, entry) for name, entry in _mapping(given).items()}
    return {name: entry for name, entry in parts.items() if entry is not None}


def _policies(given: dict[str, Any]) -> tuple[dict[str, Policy], dict[str, dict[int, Measure]]]:
    """The policies, each without those of its measures that are not valid."""
    policies, measures = {}, {}
    for name, entry in given.items():
        listed = _mapping(entry).get("measures", [])
        each = {index: _valid(Measure, entry) for index, entry in enumerate(listed if isinstance(listed, list) else [])}
        measures[name] = {index: measure for index, measure in each.items() if measure is not None}
        policy = _valid(Policy, _mapping(entry) | {"measures": []})
        if policy is not None:
            policies[name] = policy
    return policies, measures
