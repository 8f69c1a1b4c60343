"""What measures do, and what they reach, as fields that can be changed: which there are, and how each measure has them.

A field is a key of a measure. What is put in place of it is given as ``--set`` takes it, at the measure's address and
the key: ``policies.stop.measures.measure-1.applications``. Of a measure that is added, all is in its one value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from exportsim.language import country, text
from exportsim.live.controls import id_of
from exportsim.live.measures import addresses_by_file
from exportsim.live.setting import Setting
from exportsim.names import title_of, words
from exportsim.report.measures import AXES, NONE, done, measure_sentence
from exportsim.report.number_format import capital, digits
from exportsim.scenario import Scenario, explicit
from exportsim.scenario.addresses import node_at
from exportsim.scenario.policies import listed_at
from exportsim.scenario.programmes import shares
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import MINUTES
from exportsim.scenario.schema import Act, Measure, stages_of
from exportsim.scenario.text import plain
from exportsim.study.parameter_axes import unit_words

MOST_STAGES = 8  # of which each has a field for its officers and one for its work
MOST_TIMES = 10  # that work takes as long
MOST_MONTHS = 120  # that permits are valid
#: What a person may choose, by key: each value with the end of the entry that says it.
CHOICES: dict[str, dict[str, str]] = {
    "applications": {regime: regime for regime in ("hold", "deny", "case_by_case", "open", "exempt")},
    "permits": {state: state for state in ("suspended", "in_force")},
    "cancel": {which: f"cancel_{which}" for which in ("suspended", "all")},
    "backlog": {way: f"backlog_{way}" for way in ("decide", "review")},
    "priority": {turn: f"priority_{turn}" for turn in ("first", "normal", "last")},
    "approval": {"standard": "approval_standard"},
    "take_up": {},
    "validity": {"standard": "validity_standard", "never": "validity_never"},
    "work": {"standard": "work_standard"},
}

#: What goes only with something that becomes of applications.
BESIDE = {"backlog": ["deny", "case_by_case", "open", "exempt"], "take_up": ["exempt"]}


class Amount(NamedTuple):
    """A number that a field may have instead of a choice."""

    least: float
    most: float
    step: float
    start: float
    """What it is when nobody has said another yet."""
    unit: str = ""
    suffix: str = ""
    """What follows it for ``--set``."""
    times: float = 1
    """How many of what is shown are one of what is set: 100 for per cent."""


AMOUNTS = {
    "approval": Amount(0, 100, 1, 50, "%", times=100),
    "take_up": Amount(0, 100, 1, 50, "%", times=100),
    "validity": Amount(1, MOST_MONTHS, 1, 12, suffix="mo"),
    "work": Amount(0.1, MOST_TIMES, 0.1, 2),
}


def forms_of(scenario: Scenario) -> dict[str, Any]:
    """What a measure of a scenario may do and reach, and all measures as the file has them, as plain values."""
    period = scenario.period
    return {
        "period": {"least": period.start.isoformat(), "most": period.end.isoformat()},
        "fields": [*_fields(scenario)],
        "axes": [*_axes(scenario)],
        "measures": [*_measures(scenario)],
        "units": _units(),
    }


def said_of(scenario: Scenario, setting: Setting) -> dict[str, str]:
    """What each measure does, in words, that a setting has changed or added; by where the setting's own file has it.

    Parameters
    ----------
    scenario : Scenario
        As the setting has it.
    setting : Setting
    """
    paths = [path for path, _ in setting.placed]
    said = {}
    for policy in (*(name for name in setting.scenario.policies if name in scenario.policies), None):
        listed = scenario.history if policy is None else scenario.policies[policy].measures
        for address, measure in zip(addresses_by_file(scenario, policy, setting), listed, strict=True):
            if any(path == address or path.startswith(f"{address}.") for path in paths):
                said[address] = capital(done(scenario, measure))
    return said


def _fields(scenario: Scenario) -> Iterator[dict[str, Any]]:
    """What a measure may do: each with its choices in words, and the number that it may be."""
    by_case = any(authority.case_by_case is not None for authority in scenario.authorities.values())
    for key, choices in CHOICES.items():
        values = [value for value in choices if value != "case_by_case" or by_case]
        offered = [{"value": value, "words": _choice(choices[value])} for value in values]
        yield _field(key, text(f"live.acts.{key}"), offered, AMOUNTS.get(key))
    for stage, officers in _stages(scenario).items():
        most = max(2 * officers, 10)
        yield _field(
            "officers", text("live.acts.officers_at", stage=words(stage)), [], Amount(0, most, 1, officers), stage
        )
    for stage in _stages(scenario):
        usual = [{"value": "standard", "words": _choice("work_at_standard", words(stage))}]
        yield _field("work", text("live.acts.work_at", stage=words(stage)), usual, AMOUNTS["work"], stage)


def _field(
    key: str, title: str, choices: list[dict[str, str]], amount: Amount | None, stage: str = ""
) -> dict[str, Any]:
    return {
        "key": key,
        "stage": stage,
        "title": title,
        "choices": choices,
        "amount": None if amount is None else amount._asdict(),
        "beside": BESIDE.get(key, []),
    }


def _choice(entry: str, stage: str = "") -> str:
    """What a choice does, of everything."""
    return capital(text(f"measures.all.{entry}", scope="", value="", stage=stage))


def _stages(scenario: Scenario) -> dict[str, int]:
    """The stages at which officers work, with the most that an authority has there; none if there are too many."""
    found: dict[str, int] = {}
    for authority in scenario.authorities.values():
        for stage in stages_of(authority):
            if stage.officers is not None:
                found[stage.stage] = max(found.get(stage.stage, 0), stage.officers)
    return found if len(found) <= MOST_STAGES else {}


def _axes(scenario: Scenario) -> Iterator[dict[str, Any]]:
    """What a measure may be limited to, where there is more than one of it or a measure is limited to it."""
    lines = scenario.demand.values()
    names: dict[str, list[str]] = {
        "authorities": [*scenario.authorities],
        "goods": [*scenario.goods],
        "destinations": [line.destination for line in lines],
        "programmes": [name for line in lines for name in shares(line.programmes)],
    }
    for axis in AXES:
        found = list(dict.fromkeys(names[axis]))
        if len(found) > 1 or any(getattr(scope, axis) for scope in _scopes(scenario)):
            offered = [{"value": name, "words": _called(scenario, axis, name)} for name in found]
            yield {
                "key": axis,
                "title": text(f"live.reach.{axis}"),
                "choices": sorted(offered, key=lambda each: each["words"].casefold()),
            }


def _scopes(scenario: Scenario) -> Iterator[Any]:
    listed = [*scenario.history, *(measure for policy in scenario.policies.values() for measure in policy.measures)]
    for measure in listed:
        yield from (measure, *measure.except_)


def _called(scenario: Scenario, axis: str, name: str) -> str:
    if axis == "destinations":
        return capital(country(name))
    if axis == "programmes":
        return capital(text("measures.programmes.without") if name == NONE else words(name))
    return capital(title_of(scenario, axis, name))


def _measures(scenario: Scenario) -> Iterator[dict[str, Any]]:
    """All measures as the file has them: of each policy its own, then the history."""
    tree = from_python(explicit(scenario))
    for policy in (*scenario.policies, None):
        listed = scenario.history if policy is None else scenario.policies[policy].measures
        for address, measure in zip(listed_at(scenario, policy), listed, strict=True):
            node = node_at(tree, address)
            assert node is not None
            written: dict[str, Any] = plain(node)
            yield {
                "path": address,
                "id": id_of(address),
                "title": capital(done(scenario, measure)),
                "help": measure_sentence(scenario, measure),
                "policy": policy,
                "group": text("live.group.history") if policy is None else title_of(scenario, "policies", policy),
                "on": None if measure.on is None else measure.on.isoformat(),
                "acts": [*_acts(scenario, address, measure, written)],
                "reach": {axis: written[axis] for axis in AXES if written.get(axis)},
                "except": written.get("except", []),
            }


def _acts(scenario: Scenario, address: str, measure: Measure, written: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What it does, or each of the acts that it may come to, and what it does when a figure has fallen."""
    if not measure.outcomes:
        yield _act(address, "", written)
    for place, outcome in enumerate(measure.outcomes):
        title = text("live.acts.outcome", chance=digits(100 * outcome.chance))
        yield _act(f"{address}.outcomes.{place}", title, written["outcomes"][place])
    if measure.then is not None:
        yield _act(f"{address}.then", text("live.acts.then"), written["then"])


def _act(path: str, title: str, written: dict[str, Any]) -> dict[str, Any]:
    done = {key: written[key] for key in Act.model_fields if written.get(key) not in (None, {})}
    return {"path": path, "title": title, "does": done}


def _units() -> dict[str, str]:
    """The units in which a duration may be written, in words."""
    return {unit: unit_words(unit) for unit in MINUTES}
