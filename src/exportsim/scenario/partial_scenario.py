"""A scenario as far as it could be understood: what the checks across parts look at.

One slip in one part must not hide what is wrong elsewhere, nor make its name unknown to the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from exportsim.scenario import schema
from exportsim.scenario.distributions import adapter_of
from exportsim.scenario.programmes import NO_PROGRAMME
from exportsim.scenario.remembered import Remembered
from exportsim.scenario.text import Path
from exportsim.scenario.writer import NAMED

Part = TypeVar("Part", bound=BaseModel)
Key = TypeVar("Key", str, int)
Names = dict[str, None]
"""Names in their order; whether one is among them is found at once, however many there are."""


LEAVES = ("uncertainties", "objective", "expect", "controls")  # sections on which no other depends


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts that are valid in themselves, and the names of all."""

    scenario: schema.Scenario | None
    """The whole, if it is valid."""
    period: schema.Period | None
    goods: dict[str, schema.Goods]
    authorities: dict[str, schema.Authority]
    suppliers: dict[str, schema.Supplier]
    demand: dict[str, schema.DemandLine]
    incidents: dict[str, schema.Incident]
    policies: dict[str, schema.Policy]
    """Without their measures."""
    measures: dict[Path, dict[int, schema.Measure]]
    """By where they are listed: in the history, then by each policy."""
    reference: str | None
    uncertainties: dict[str, schema.Uncertainty]
    tree: Mapping[str, object]
    """All as plain data, or as fields."""
    objective: schema.Objective | None
    has_objective: bool
    """Whether there is one, valid or not."""
    expectations: dict[int, schema.Expectation]
    controls: dict[int, schema.PageControl]
    names: dict[str, Names | None]
    """By section, and of all destinations and programmes; None where they cannot be read."""
    suspect: frozenset[Path]
    """Paths of fields for which something else stands."""
    many: schema.Many


# What stands for a field that is not valid, so that the rest of its part can be looked at.
_STOPGAPS: dict[type[BaseModel], dict[str, object]] = {
    schema.Supplier: {"country": "ZZ", "slots": 1, "lead_time": "1d"},
    schema.DemandLine: {
        "buyer": "anyone",
        "destination": "ZZ",
        "goods": "anything",
        "orders": "0/y",
        "value": "1",
        "sources": {"anyone": {}},
    },
    schema.Incident: {"window": "1d", "exposure": "1"},
}


def draft_of(data: Mapping[str, object], scenario: schema.Scenario | None, many: schema.Many) -> Draft:
    """The draft of plain data of which something is wrong, or of a scenario and its fields."""
    suspect: set[Path] = set()

    def section(part: type[Part], name: str) -> dict[str, Part]:
        return _valid_of(part, _mapping(data.get(name)), (name,), suspect)

    policies = _mapping(data.get("policies"))
    measures: dict[Path, dict[int, object]] = {("history",): _listed(data.get("history"))}
    measures |= {
        ("policies", name, "measures"): _listed(_field(policy, "measures")) for name, policy in policies.items()
    }
    reference = data.get("reference")
    return Draft(
        scenario=scenario,
        period=_valid(schema.Period, data.get("period")),
        goods=section(schema.Goods, "goods"),
        authorities=section(schema.Authority, "authorities"),
        suppliers=section(schema.Supplier, "suppliers"),
        demand=section(schema.DemandLine, "demand"),
        incidents=section(schema.Incident, "incidents"),
        policies=_valid_of(schema.Policy, {name: _without_measures(policy) for name, policy in policies.items()}),
        measures={path: _valid_of(schema.Measure, listed) for path, listed in measures.items()},
        reference=reference if isinstance(reference, str) else None,
        uncertainties=_uncertainties(data.get("uncertainties"), scenario),
        tree=data,
        objective=_valid(schema.Objective, data.get("objective")),
        has_objective=data.get("objective") is not None,
        expectations=_valid_of(schema.Expectation, _listed(data.get("expect"))),
        controls=_valid_of(schema.PageControl, _listed(data.get("controls"))),
        names=_names(data),
        suspect=frozenset(suspect),
        many=many,
    )


def _names(data: Mapping[str, object]) -> dict[str, Names | None]:
    names: dict[str, Names | None] = {"destinations": None, "programmes": None}
    for section in (*NAMED, "sources"):
        entries = data.get(section, None if schema.Scenario.model_fields[section].is_required() else {})
        names[section] = dict.fromkeys(entries) if isinstance(entries, dict) else None
    if names["demand"] is not None:
        lines = _mapping(data["demand"]).values()
        programmes = (name for line in lines for name in _mapping(_field(line, "programmes")))
        many = any(_field(_field(line, "orders"), "by") is not None for line in lines)  # not known of which
        names["destinations"] = None if many else dict.fromkeys(str(_field(line, "destination")) for line in lines)
        names["programmes"] = dict.fromkeys([*programmes, NO_PROGRAMME])
    return names


def _uncertainties(entries: object, scenario: schema.Scenario | None) -> dict[str, schema.Uncertainty]:
    if scenario is not None and entries is scenario.uncertainties:
        return scenario.uncertainties
    valid: dict[str, schema.Uncertainty] = {}
    for path, entry in _mapping(entries).items():
        with suppress(ValidationError):
            valid[path] = adapter_of(schema.Uncertainty).validate_python(entry)
    return valid


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _listed(value: object) -> dict[int, object]:
    return dict(enumerate(value)) if isinstance(value, list) else {}


def _field(part: object, name: str) -> object:
    """A field of a part, or of what is to be one."""
    return part.get(name) if isinstance(part, dict) else getattr(part, name, None)


def _without_measures(policy: object) -> object:
    if isinstance(policy, schema.Policy):
        return _bare(policy)
    return {**_mapping(policy), "measures": []}


def _bare_of(policy: schema.Policy) -> schema.Policy:
    return policy.model_copy(update={"measures": []})


_bare = Remembered(_bare_of)


def _valid_of(
    part: type[Part], entries: Mapping[Key, object], path: Path = (), suspect: set[Path] | None = None
) -> dict[Key, Part]:
    parts = {key: _valid(part, entry, (*path, key), suspect) for key, entry in entries.items()}
    return {key: valid for key, valid in parts.items() if valid is not None}


def _valid(part: type[Part], value: object, path: Path = (), suspect: set[Path] | None = None) -> Part | None:
    """A part if it is valid, or would be with a stopgap for each of its faulty fields: these are suspect."""
    if isinstance(value, part):  # what judges a kind of part takes time to make, and would let it pass
        return value
    try:
        return part.model_validate(value)
    except ValidationError as error:
        if suspect is None or part not in _STOPGAPS or not isinstance(value, dict):
            return None
        faulty = {str(detail["loc"][0]) for detail in error.errors(include_url=False) if detail["loc"]}
    suspect.update((*path, field) for field in faulty)
    stopgaps = {field: stopgap for field, stopgap in _STOPGAPS[part].items() if field in faulty}
    return _valid(part, {field: entry for field, entry in value.items() if field not in faulty} | stopgaps)
