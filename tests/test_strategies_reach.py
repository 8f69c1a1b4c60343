"""The strategies make everything that a scenario may say: each key, each alternative of a value, in a measured share.

What they never make, no property test ever sees. The list of what there is to make is read off the types of the schema,
so a key that is new is on it at once; below it stands what takes several keys to say. ``pytest -s`` shows the shares.
"""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydantic import BaseModel, Discriminator, Tag

from exportsim import testing
from exportsim.scenario import Scenario, build
from exportsim.scenario.distributions import Kind
from exportsim.scenario.policies import chain_of
from exportsim.scenario.quantities import MINUTES, MULTIPLES, Duration, Money, Rate
from exportsim.scenario.schema import Measure, Register

pytestmark = pytest.mark.long

EXAMPLES = 40  # from each beginning
# As Hypothesis goes on from what it has made, a long row of examples is less various than some short ones. And as what
# it makes depends on the modules that are loaded, more is looked at as long as something seems too rare.
BEGINNINGS, MOST = 5, 36
LEAST = 0.01  # the share of scenarios in which each key and each alternative is, at least
OFTEN = 0.03  # and what is named below

RATE_UNITS = ("d", "w", "mo", "y")
WRITTEN_IN: dict[type, tuple[str, ...]] = {Duration: (*MINUTES,), Rate: RATE_UNITS, Money: (*MULTIPLES,)}
QUANTITIES = {Duration: "duration", Money: "money", float: "number"}


# ------------------------------------------------------------------ what there is to make, by the types


def alias(model: type[BaseModel], field: str) -> str:
    return model.model_fields[field].alias or field


def name_of(model: type) -> str:
    """The name of a type, without what it is generic in."""
    return model.__name__.partition("[")[0]


def tagged(annotation: Any) -> tuple[Any, dict[str, Any]] | None:
    """The function that tells the alternatives of a type apart, and the alternatives by their tag; None if untagged."""
    if get_origin(annotation) is not Annotated:
        return None
    inner, *more = get_args(annotation)
    which = next((one.discriminator for one in more if isinstance(one, Discriminator)), None)
    if which is None:
        return None
    found = {}
    for alternative in get_args(inner):
        kind, *metadata = get_args(alternative)
        found[next(one.tag for one in metadata if isinstance(one, Tag))] = kind if len(metadata) == 1 else alternative
    return which, found


def spoken(where: str, alternatives: dict[str, Any]) -> str:
    """Distributions are told apart by what they are of, wherever they stand."""
    constant = alternatives.get("<constant>")
    if constant is None:
        return where
    while get_origin(constant) is Annotated:
        constant = get_args(constant)[0]
    return f"a distribution of {QUANTITIES[constant]}"


def several(annotation: Any) -> list[Any]:
    """The alternatives of an untagged union, but nothing at all."""
    if get_origin(annotation) not in (Union, types.UnionType):
        return []
    return [one for one in get_args(annotation) if one is not type(None)]


def plain(annotation: Any) -> type:
    """The Python type of an alternative."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return str if get_origin(annotation) is Literal else get_origin(annotation) or annotation


def makeable(annotation: Any, where: str, seen: set[type]) -> Iterator[str]:
    """Everything that a value of a type may say."""
    if choice := tagged(annotation):
        where = spoken(where, choice[1])
        for tag, inner in choice[1].items():
            yield f"{where}: {tag}"
            yield from makeable(inner, where, seen)
    elif get_origin(annotation) is Annotated:
        yield from makeable(get_args(annotation)[0], where, seen)
    elif get_origin(annotation) is Literal:
        yield from (f"{where} = {value}" for value in get_args(annotation))
    elif alternatives := several(annotation):
        for one in alternatives:
            if len(alternatives) > 1:
                yield f"{where}: a {plain(one).__name__}"
            yield from makeable(one, where, seen)
    elif get_origin(annotation) in (list, dict, tuple):
        for one in get_args(annotation):
            yield from makeable(one, where, seen)
    elif annotation in WRITTEN_IN:
        yield from (f"{name_of(annotation)} in {unit or 'one'}" for unit in WRITTEN_IN[annotation])
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in seen:
        seen.add(annotation)
        for field, kind in fields_of(annotation).items():
            key = f"{name_of(annotation)}.{alias(annotation, field)}"
            yield key
            yield from makeable(kind, key, seen)


def fields_of(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a model with their types, all that is annotated."""
    hints = get_type_hints(model, include_extras=True)
    return {field: hints[field] for field in model.model_fields}


# ------------------------------------------------------------------ what a scenario says


def made(annotation: Any, value: Any, where: str) -> Iterator[str]:
    """What a value says, in the words of :func:`makeable`."""
    if isinstance(value, Duration | Rate | Money):
        yield f"{name_of(type(value))} in {(value.multiple if isinstance(value, Money) else value.unit) or 'one'}"
    if isinstance(annotation, TypeVar) or value is None:
        return
    if choice := tagged(annotation):
        where, tag = spoken(where, choice[1]), choice[0](value)
        yield f"{where}: {tag}"
        yield from made(choice[1][tag], value, where)
    elif get_origin(annotation) is Annotated:
        yield from made(get_args(annotation)[0], value, where)
    elif get_origin(annotation) is Literal:
        yield f"{where} = {value}"
    elif alternatives := several(annotation):
        for one in alternatives:
            if len(alternatives) == 1:
                yield from made(one, value, where)
            elif isinstance(value, plain(one)) and not (get_origin(one) is Literal and value not in get_args(one)):
                yield f"{where}: a {plain(one).__name__}"
                yield from made(one, value, where)
    elif get_origin(annotation) in (list, tuple):
        for one in value:
            yield from made(get_args(annotation)[0], one, where)
    elif get_origin(annotation) is dict:
        for key, one in value.items():
            yield from made(get_args(annotation)[0], key, where)
            yield from made(get_args(annotation)[1], one, where)
    elif isinstance(value, BaseModel):
        yield from said(value)


def said(part: BaseModel) -> Iterator[str]:
    """What a part of a scenario says: the keys that were given to it, and their values."""
    for field, kind in fields_of(type(part)).items():
        if field in part.model_fields_set:
            key = f"{name_of(type(part))}.{alias(type(part), field)}"
            yield key
            yield from made(kind, getattr(part, field), key)


# ------------------------------------------------------------------ what takes several keys to say


def measures(scenario: Scenario) -> list[Measure]:
    return [measure for policy in scenario.policies.values() for measure in policy.measures]


def orders(scenario: Scenario) -> list[Any]:
    return [line.orders for line in scenario.demand.values()]


def rates(scenario: Scenario) -> list[Any]:
    return [*orders(scenario), *(one.traffic.applications for one in scenario.authorities.values())]


def registers(scenario: Scenario) -> list[Register]:
    return [one for one in orders(scenario) if isinstance(one, Register)]


def written_registers(mapping: dict[str, Any]) -> list[dict[str, Any]]:
    """The registers of a scenario as its file would say."""
    lines = mapping["demand"].values()
    return [line["orders"] for line in lines if isinstance(line["orders"], dict) and "register" in line["orders"]]


def validities(scenario: Scenario) -> list[Duration]:
    return [one.validity for one in scenario.authorities.values() if isinstance(one.validity, Duration)]


def most_parts(scenario: Scenario) -> float:
    return max(line.parts if isinstance(line.parts, float) else 0.0 for line in scenario.demand.values())


def durations(value: Any) -> Iterator[Duration]:
    if isinstance(value, Duration):
        yield value
    elif isinstance(value, Kind):
        yield from (one for one in value.quantities() if isinstance(one, Duration))
    elif isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield from durations(getattr(value, name))
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from durations(one)


def same_date(scenario: Scenario) -> bool:
    """Whether two things happen at one midnight: measures, incidents, changes of rates, qualifications."""
    days = [one.on for one in [*measures(scenario), *scenario.incidents.values()] if one.on is not None]
    days += [day for one in rates(scenario) if isinstance(one, dict) for day in one]
    for line in scenario.demand.values():
        starts = [use.qualification.starts for use in line.sources.values() if use.qualification is not None]
        days += [day for day in starts if isinstance(day, date)]
    return len(set(days)) < len(days)


NAMED: dict[str, Callable[[Scenario], Any]] = {
    "several incidents": lambda one: len(one.incidents) > 1,
    "an incident of some goods": lambda one: any(case.goods for case in one.incidents.values()),
    "an incident of some destinations": lambda one: any(case.destinations for case in one.incidents.values()),
    "a register with programmes": lambda one: any(each.programme for each in registers(one)),
    "a register with `where`": lambda one: any(each.where for each in registers(one)),
    "two lines with registers": lambda one: len({each.register_ for each in registers(one)}) > 1,
    "a line of licences": lambda one: any(each.id for each in registers(one)),
    "values that are drawn where there is none": lambda one: any(each.blank for each in registers(one)),
    "one spelling of several": lambda one: any(
        isinstance(cells, list) for each in registers(one) for where in each.selections for cells in where.values()
    ),
    "decisions of which a register tells": lambda one: any(each.decided for each in registers(one)),
    "the stages at which applications stand": lambda one: any(each.stage for each in registers(one)),
    "a value that only the register says": lambda one: any(line.value is None for line in one.demand.values()),
    "a named measure": lambda one: any(measure.name for measure in measures(one)),
    "a name that two policies share": lambda one: (
        max(Counter(measure.name for measure in measures(one) if measure.name).values(), default=0) > 1
    ),
    "a measure with an exception": lambda one: any(measure.except_ for measure in measures(one)),
    "a measure with several exceptions": lambda one: any(len(measure.except_) > 1 for measure in measures(one)),
    "a policy with an exception": lambda one: any(policy.except_ for policy in one.policies.values()),
    "a policy with several exceptions": lambda one: any(len(policy.except_) > 1 for policy in one.policies.values()),
    "a policy that extends": lambda one: any(policy.extends for policy in one.policies.values()),
    "a policy that extends one that extends": lambda one: any(len(chain_of(one.policies, p)) > 2 for p in one.policies),
    "three or more dated rates": lambda one: any(isinstance(each, dict) and len(each) > 2 for each in rates(one)),
    "orders from the warm-up on": lambda one: any(
        isinstance(each, dict) and min(each) < one.period.start for each in orders(one)
    ),
    "validity in months": lambda one: any(each.unit == "mo" for each in validities(one)),
    "validity in years": lambda one: any(each.unit == "y" for each in validities(one)),
    "validity in business days": lambda one: any(each.working for each in validities(one)),
    "a period of under 30 days": lambda one: (one.period.end - one.period.start).days < 29,
    "a period of over 60 days": lambda one: (one.period.end - one.period.start).days > 60,
    "a warm-up": lambda one: one.period.warm_up.minutes,
    "a warm-up that is no whole day": lambda one: one.period.warm_up.minutes % 1440,
    "ten parts or more": lambda one: most_parts(one) >= 10,
    "chances that are 1 but not in floats": lambda one: any(
        1 - 1e-9 < sum(line.programmes.values()) < 1 for line in one.demand.values()
    ),
    "a programme without a chance": lambda one: any(0 in line.programmes.values() for line in one.demand.values()),
    "a reference that is not the first": lambda one: one.reference != next(iter(one.policies)),
    "no time at all": lambda one: any(not each.minutes for each in durations(one)),
    "dates that meet": same_date,
}


WRITTEN_SO: dict[str, Callable[[Register], Any]] = {
    "a line that is many": lambda one: one.by,
    "many by destination and goods": lambda one: one.by is not None and len(one.by.columns) == 2,
    "many by spellings": lambda one: one.by is not None and one.by.spellings,
    "many of licences": lambda one: one.id,
}
"""What is said of a line that is many, and no longer of the lines that are made of it."""


# ------------------------------------------------------------------ the shares


class Shares:
    """In what share of scenarios each thing is."""

    def __init__(self, folder: Any, *, crowded: bool, beginnings: int) -> None:
        self.found: Counter[str] = Counter()
        self.scenarios = self.durations = self.whole = 0
        self.mappings = testing.mappings(folder=folder, crowded=crowded)
        for number in range(beginnings):
            self.look(number)
        while not crowded and number < MOST and self.rare():
            number += 1
            self.look(number)

    def rare(self) -> dict[str, float]:
        """What is in fewer scenarios than it should be, and in what share."""
        least = dict.fromkeys(EVERYTHING, LEAST) | dict.fromkeys([*NAMED, *WRITTEN_SO], OFTEN)
        return {what: self[what] for what, share in least.items() if self[what] < share}

    def look(self, beginning: int) -> None:
        """Count what some scenarios say, from one beginning."""

        @seed(beginning)
        @settings(
            max_examples=EXAMPLES, phases=[Phase.generate], database=None, deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(self.mappings)
        def count(mapping: dict[str, Any]) -> None:
            scenario = build(mapping, allow_outside=True)
            self.scenarios += 1
            # Lines that are made of one are in the scenario, and what makes them of it in its file alone.
            many = [Register.model_validate(each) for each in written_registers(mapping) if "by" in each]
            self.found.update({*said(scenario), *(key for each in many for key in said(each))})
            self.found.update(name for name, has in WRITTEN_SO.items() if any(map(has, many)))
            self.found.update(name for name, has in NAMED.items() if has(scenario))
            drawn = [one.minutes for one in durations(scenario)]
            self.durations += len(drawn)
            self.whole += sum(minutes % 1440 == 0 for minutes in drawn)

        count()

    def __getitem__(self, what: str) -> float:
        return self.found[what] / self.scenarios


EVERYTHING = list(dict.fromkeys(makeable(Scenario, "", set())))


@pytest.fixture(scope="module")
def shares(tmp_path_factory: pytest.TempPathFactory) -> Shares:
    return Shares(tmp_path_factory.mktemp("registers"), crowded=False, beginnings=BEGINNINGS)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Shares:
    return Shares(tmp_path_factory.mktemp("registers"), crowded=True, beginnings=2)


def test_every_key_and_every_alternative_of_the_schema_is_made_often_enough(shares: Shares, crowded: Shares) -> None:
    print(f"\n{'share':>7} {'crowded':>8}  of {shares.scenarios} and {crowded.scenarios} scenarios")
    for what in [*EVERYTHING, *NAMED, *WRITTEN_SO]:
        print(f"{shares[what]:7.1%} {crowded[what]:8.1%}  {what}")
    assert shares.rare() == {}


def test_nothing_is_made_that_the_schema_does_not_list(shares: Shares) -> None:
    """So that what is counted and what is listed are one vocabulary."""
    assert set(shares.found) - set(EVERYTHING) - set(NAMED) - set(WRITTEN_SO) == set()


def test_most_durations_are_whole_days(shares: Shares, crowded: Shares) -> None:
    """Ties are where an order of one minute that is wrong is seen."""
    assert shares.whole / shares.durations > 0.6
    assert crowded.whole / crowded.durations > 0.9
    assert shares["no time at all"] > 0.5
    assert shares["dates that meet"] > 0.5


def test_a_key_that_is_never_made_is_seen() -> None:
    class Wider(Scenario):
        colour: Literal["red", "green"] = "red"

    more = set(makeable(Wider, "", set())) - set(makeable(Scenario, "", set()))
    assert {one for one in more if "colour" in one} == {"Wider.colour", "Wider.colour = red", "Wider.colour = green"}
