"""Every number that a scenario puts in, with where it comes from: sources, judgement, or nothing said.

A part that names no source of its own stands under that of the part that holds it. What is left at the default of the
file format, and of which no source speaks, is no assumption of the scenario's author and is only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from exportsim.language import text
from exportsim.report.many_lines import lines_without_rows
from exportsim.report.measures import measure_sentence
from exportsim.report.number_format import value_text
from exportsim.scenario import Scenario
from exportsim.scenario.fields import Part, Source
from exportsim.scenario.policies import HISTORY, measures_listed, resolved_measures
from exportsim.scenario.references import JUDGEMENT
from exportsim.scenario.schema import Policy
from exportsim.scenario.writer import explicit_form

SECTIONS = ("authorities", "suppliers", "demand", "incidents", HISTORY, "policies")
#: Fields that name or describe: no number is in them.
DESCRIBING = frozenset(
    ["title", "source", "notes", "country", "authority", "buyer", "destination", "goods", "control", "stage", "name"]
)


Keys = tuple[str, ...]  # of the scenario's ``sources``; ``judgement`` is one of them


class Number(NamedTuple):
    """One input."""

    field: str
    value: str
    keys: Keys

    @property
    def sources(self) -> Keys:
        """The keys without that of judgement."""
        return tuple(key for key in self.keys if key != JUDGEMENT)

    @property
    def judged(self) -> bool:
        """Whether judgement is in it."""
        return JUDGEMENT in self.keys

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

    sections: list[tuple[str, list[Group]]]
    """The name of the section, its parts."""
    sources: list[tuple[str, str]]
    """Key and text."""

    @property
    def counts(self) -> Counter[str]:
        """How many numbers are of each kind."""
        return Counter(number.kind for _, groups in self.sections for group in groups for number in group.numbers)

    @property
    def number_of(self) -> dict[str, int]:
        """The place of each source in the list, from 1."""
        return {key: number for number, (key, _) in enumerate(self.sources, 1)}


def assumptions(scenario: Scenario) -> Assumptions:
    """What a scenario assumes."""
    sections = []
    for section in SECTIONS:
        groups: list[Group] = _of_history(scenario) if section == HISTORY else []
        parts = lines_without_rows(scenario) if section == "demand" else getattr(scenario, section)
        for name, part in parts.items() if section != HISTORY else ():
            groups += _of_policy(scenario, name, part) if isinstance(part, Policy) else _of_part(name, part, ())
        if groups:
            sections.append((section, groups))
    return Assumptions(sections, list(scenario.sources.items()))


def _of_part(title: str, part: Part, inherited: Keys) -> Iterator[Group]:
    """The numbers of a part, then those of the parts in it."""
    numbers: list[Number] = []
    below: list[Iterator[Group]] = []
    for name, field in type(part).model_fields.items():
        value, keys = getattr(part, name), _keys(part.source, name, inherited)
        word = field.alias or name
        if parts := _parts(word, value):
            below += [_of_part(f"{title} › {step}", inner, keys) for step, inner in parts.items()]
        elif name not in DESCRIBING and value not in (None, [], {}) and _speaks_of(part, name, value):
            numbers.append(Number(word, value_text(explicit_form(value)), keys))
    if numbers or part.notes:
        described = getattr(part, "title", "")
        shown = text("page.joined_names", name=title, title=described) if described else title
        yield Group(shown, (part.notes or "").strip(), numbers)
    yield from chain.from_iterable(below)


def _of_history(scenario: Scenario) -> list[Group]:
    """The measures that all policies have in common, in words."""
    policy = next(iter(scenario.policies))
    numbers = _listed_by(scenario, policy, None, ())
    return [Group(text("page.inputs.history"), "", numbers)] if numbers else []


def _listed_by(scenario: Scenario, policy: str, lister: str | None, inherited: Keys) -> list[Number]:
    """The measures of a policy that one lists, in words."""
    numbers = []
    found = zip(measures_listed(scenario, policy), resolved_measures(scenario, policy), strict=True)
    for measure in (measure for (listed_by, _, _), measure in found if listed_by == lister):
        notes = f" – {measure.notes.strip()}" if measure.notes else ""
        keys = _keys(measure.source, "", inherited)
        numbers.append(Number(measure.name or "", f"{measure_sentence(scenario, measure)}{notes}", keys))
    return numbers


def _of_policy(scenario: Scenario, name: str, policy: Policy) -> Iterator[Group]:
    """The measures that a policy adds itself, in words: inherited ones stand with the policy that has them."""
    numbers = _listed_by(scenario, name, name, _keys(policy.source, "measures", ()))
    title = text("page.joined_names", name=name, title=policy.title) if policy.title else name
    if policy.extends:
        title = text("page.inputs.standing_on", policy=title, other=policy.extends)
    yield Group(title, (policy.notes or "").strip(), numbers)


def _parts(name: str, value: object) -> dict[str, Part]:
    """The parts that a field holds: one, a list of stages, or several by their names."""
    if isinstance(value, Part):
        return {name: value}
    if isinstance(value, list) and all(isinstance(stage, Part) for stage in value):
        return {f"{name} › {stage.stage}": stage for stage in value}
    if isinstance(value, dict) and all(isinstance(part, Part) for part in value.values()):
        return {str(key): part for key, part in value.items()}
    return {}


def _keys(source: Source, field: str, inherited: Keys) -> Keys:
    """The keys that speak of a field; of all fields together where none is given."""
    if source is None:
        return inherited
    if isinstance(source, dict):
        return _listed(source.get(field, [])) if field else tuple(dict.fromkeys(chain(*map(_listed, source.values()))))
    return _listed(source)


def _listed(keys: str | list[str]) -> Keys:
    return (keys,) if isinstance(keys, str) else tuple(keys)


def _speaks_of(part: Part, field: str, value: object) -> bool:
    """Whether the scenario says something of a field: a value other than the default, or a source."""
    default = type(part).model_fields[field].get_default(call_default_factory=True)
    return value != default or (isinstance(part.source, dict) and field in part.source)
