"""Every number that a scenario puts in, with where it comes from: sources, judgement, or nothing said.

A part that names no source of its own stands under that of the part that holds it. What is left at the default of the
file format, and of which no source speaks, is no assumption of the scenario's author and is only counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from exportsim.report.number_format import value_text
from exportsim.scenario import Scenario
from exportsim.scenario.fields import Part, Source
from exportsim.scenario.policies import resolved_measures
from exportsim.scenario.references import JUDGEMENT
from exportsim.scenario.schema import Policy
from exportsim.scenario.workload import calendar
from exportsim.scenario.writer import explicit_form

SECTIONS = {
    "authorities": "Authorities",
    "suppliers": "Suppliers",
    "demand": "Demand",
    "incidents": "Incidents",
    "policies": "Policies",
}
#: Fields that name or describe: no number is in them.
DESCRIBING = frozenset(
    ["title", "source", "notes", "country", "authority", "buyer", "destination", "goods", "control", "stage", "name"]
)


class Number(NamedTuple):
    """One input."""

    field: str
    value: str
    sources: tuple[str, ...]
    """Keys of the scenario's ``sources``."""
    judged: bool

    @property
    def kind(self) -> str:
        """``source``, ``judgement``, ``both`` or ``nothing``."""
        if self.sources:
            return "both" if self.judged else "source"
        return "judgement" if self.judged else "nothing"


class Group(NamedTuple):
    """The numbers of one part."""

    title: str
    notes: str
    numbers: list[Number]


class Assumptions(NamedTuple):
    """All of them, by section of the file."""

    sections: list[tuple[str, str, list[Group]]]
    """The name of the section, its title, its parts."""
    sources: list[tuple[str, str]]
    """Key and text."""
    counts: Mapping[str, int]
    """How many numbers are of each kind."""

    @property
    def number_of(self) -> dict[str, int]:
        """The place of each source in the list, from 1."""
        return {key: place for place, (key, _) in enumerate(self.sources, 1)}


def assumptions(scenario: Scenario) -> Assumptions:
    """What a scenario assumes."""
    sections = []
    for section, title in SECTIONS.items():
        groups: list[Group] = []
        for name, part in getattr(scenario, section).items():
            groups += _of_policy(scenario, name, part) if isinstance(part, Policy) else _of_part(name, part, ())
        if groups:
            sections.append((section, title, groups))
    counts = dict.fromkeys(("source", "both", "judgement", "nothing"), 0)
    for _, _, groups in sections:
        for group in groups:
            for number in group.numbers:
                counts[number.kind] += 1
    return Assumptions(sections, list(scenario.sources.items()), counts)


def _of_part(title: str, part: Part, inherited: tuple[str, ...]) -> Iterator[Group]:
    """The numbers of a part, then those of the parts in it."""
    numbers, below = [], list[tuple[str, Part, tuple[str, ...]]]()
    for name, field in type(part).model_fields.items():
        value, keys = getattr(part, name), _keys(part.source, name, inherited)
        word = field.alias or name
        parts = dict(_parts(word, value))
        if parts:
            below += [(step, each, keys) for step, each in parts.items()]
        elif name not in DESCRIBING and value not in (None, [], {}) and _given(part, name, value):
            numbers.append(_number(word, value_text(explicit_form(value)), keys))
    if numbers or part.notes:
        shown = f"{title}: {described}" if (described := getattr(part, "title", "")) else title
        yield Group(shown, (part.notes or "").strip(), numbers)
    for step, each, keys in below:
        yield from _of_part(f"{title} › {step}", each, keys)


def _of_policy(scenario: Scenario, name: str, policy: Policy) -> Iterator[Group]:
    """The measures that a policy adds itself, in words."""
    steps = {step.name: step for step in calendar(scenario, name)}
    inherited = len(resolved_measures(scenario, name)) - len(policy.measures)
    numbers = []
    for measure in resolved_measures(scenario, name)[inherited:]:  # inherited ones stand with the policy that has them
        step = steps[measure.name or ""]
        told = f"{step.what} · {step.scope}" + (f" – {measure.notes.strip()}" if measure.notes else "")
        numbers.append(_number(step.when, told, _keys(measure.source, "", _keys(policy.source, "measures", ()))))
    title = f"{name}: {policy.title}" if policy.title else name
    stands = f", standing on {policy.extends}" if policy.extends else ""
    yield Group(title + stands, (policy.notes or "").strip(), numbers)


def _parts(name: str, value: object) -> Iterator[tuple[str, Part]]:
    if isinstance(value, Part):
        yield name, value
    elif isinstance(value, list) and value and all(isinstance(each, Part) for each in value):
        for each in value:
            yield f"{name} › {each.stage}", each
    elif isinstance(value, dict) and value and all(isinstance(each, Part) for each in value.values()):
        for key, each in value.items():
            yield str(key), each


def _number(field: str, value: str, keys: tuple[str, ...]) -> Number:
    return Number(field, value, tuple(key for key in keys if key != JUDGEMENT), JUDGEMENT in keys)


def _keys(source: Source, field: str, inherited: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that speak of a field; of all fields together where none is given."""
    if source is None:
        return inherited
    if isinstance(source, dict):
        if not field:
            return tuple(dict.fromkeys(key for each in source.values() for key in _listed(each)))
        return _listed(source.get(field, []))
    return _listed(source)


def _listed(keys: str | list[str]) -> tuple[str, ...]:
    return (keys,) if isinstance(keys, str) else tuple(keys)


def _given(part: Part, field: str, value: object) -> bool:
    """Whether the scenario says something of a field: a value other than the default, or a source."""
    default = type(part).model_fields[field].get_default(call_default_factory=True)
    return value != default or (isinstance(part.source, dict) and field in part.source)
