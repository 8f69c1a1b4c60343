"""Strategies for measures and policies that make sense in a world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from exportsim.scenario import build
from exportsim.scenario.conflicts import ends_of_holds
from exportsim.testing.quantities import distributions, made_once
from exportsim.testing.registers import Written

APPLICATIONS = ("hold", "open", "deny", "exempt", "case_by_case")
NAMES = ("brake", "verdict")
SETTING = {"applications", "permits", "officers", "approval", "validity", "take_up", "work", "priority"}  # what lasts
TAKE_UP = st.sampled_from([0.5, "standard", 0.25, 0, 1, "standard"])
LISTS = ("authorities", "destinations", "goods", "programmes")


@st.composite
def measures(draw: DrawFn, world: Mapping[str, Any], *, days: Sequence[str] = ()) -> Written:
    """One measure that makes sense in this world: on a date, after an incident or on a threshold; or on one of `days`.

    Examples
    --------
    >>> testing.measures(world).example()
    {'on': '2020-01-11', 'applications': 'hold', 'destinations': ['TR']}
    """
    measure = draw(scopes(world))
    triggers = [*("on",) * 3, *("when",) * 2, *("after",) * (2 * bool(world.get("incidents")))]
    trigger = "on" if days else draw(st.sampled_from(triggers))
    if trigger == "on":
        measure["on"] = draw(st.sampled_from(days or [*important_days(world), days_before(world)[0]]))
    elif trigger == "after":
        measure["after"] = draw(st.sampled_from(sorted(world["incidents"])))
        if draw(st.booleans()):
            measure["delay"] = draw(distributions("d"))
    else:
        measure["when"] = draw(_thresholds())
        if draw(st.booleans()):
            measure["then"] = draw(_acts(world, measure))
    if trigger == "on":
        measure |= draw(announcements(measure["on"]))
    if "announced" not in measure and draw(st.integers(0, 3)) == 3:
        chances = draw(st.sampled_from([[0.6, 0.4], [0.5, 0.25, 0.25], [1.0, 0.0]]))
        act = st.one_of(_acts(world, measure), _acts(world, measure), st.just(Written()))
        measure["outcomes"] = [{"chance": chance} | draw(act) for chance in chances]
    else:
        measure |= draw(_acts(world, measure))
    if draw(st.integers(0, 3)) == 3:
        measure["except"] = draw(exceptions(world))
    return measure


@made_once
def announcements(day: str) -> SearchStrategy[Written]:
    """Perhaps the day on which a measure is announced: the one before, some that count, one before the run."""
    before = [str(date.fromisoformat(day) - timedelta(days=days)) for days in (5, 1, 10, 20, 400)]
    return st.one_of(st.just({}), st.sampled_from(before).map(lambda announced: {"announced": announced}))


def important_days(world: Mapping[str, Any]) -> list[str]:
    """Dates of the period on which something happens in the generated worlds, the likeliest first."""
    start, end = (date.fromisoformat(world["period"][name]) for name in ("start", "end"))
    length = (end - start).days + 1
    days = (10, 20, 5, 11, 12, length // 2, length * 2 // 3, 0, 1, 29, length - 1)
    return [str(start + timedelta(days=day)) for day in dict.fromkeys(days) if day < length]


def days_before(world: Mapping[str, Any]) -> list[str]:
    """Dates before the period on which something was decided: within the warm-up, if there is one, and before it."""
    start = date.fromisoformat(world["period"]["start"])
    return [str(start - timedelta(days=day)) for day in (10, 11, 1, 40, 400)]


@st.composite
def histories(draw: DrawFn, world: Mapping[str, Any]) -> list[Written]:
    """What was decided under all policies, most of it before the run, some of it on one day.

    Examples
    --------
    >>> testing.histories(world).example()
    [{'on': '2019-12-22', 'applications': 'exempt'}]
    """
    days = [*days_before(world), *important_days(world)[:2]]
    drawn = without_contradictions(draw(st.lists(measures(world, days=days), min_size=1, max_size=3)))
    if draw(st.booleans()):
        drawn[-1]["name"] = "decree"
    return drawn


def scopes(world: Mapping[str, Any]) -> SearchStrategy[Written]:
    """Scopes and exceptions: any of the four lists, from what the world has."""
    lines = world["demand"].values()
    known = (
        sorted(world["authorities"]),
        sorted({line["destination"] for line in lines}),
        sorted({line["goods"] for line in lines}),
        ["none", *sorted({name for line in lines for name in line.get("programmes", {})})],
    )
    some = (st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True) for names in known)
    return st.fixed_dictionaries({}, optional=dict(zip(LISTS, some, strict=True)))


def exceptions(world: Mapping[str, Any]) -> SearchStrategy[list[Written] | Written]:
    """What a measure or a policy spares: a scope, or a list of some."""
    spared = scopes(world).filter(bool)
    return st.one_of(spared, st.lists(spared, min_size=1, max_size=3), st.lists(spared, min_size=2, max_size=3))


@made_once
def _thresholds() -> SearchStrategy[Written]:
    limits, worth = (
        st.sampled_from([{"above": above, "below": below} for above, below in pairs])
        for pairs in (((1, 0), (3, 1), (0, 0), (6, 2), (2, 2)), (("100", 0), ("1k", "100"), ("0.001M", "0.1k")))
    )
    every = st.sampled_from(["1d", "5d", "10d", "1mo", "1w"])
    counted = [st.fixed_dictionaries({"every": every, figure: limits}) for figure in ("in_review", "held", "in_force")]
    delivered = {"every": every, "delivered": worth, "window": st.sampled_from(["10d", "1mo"])}
    return st.one_of(*counted, st.fixed_dictionaries(delivered))


@st.composite
def _acts(draw: DrawFn, world: Mapping[str, Any], scope: Mapping[str, Any]) -> Written:
    """Something for a measure of this scope to do: one thing, or several."""
    offices = [world["authorities"][name] for name in scope.get("authorities", world["authorities"])]
    able = all("case_by_case" in office for office in offices)
    regimes = [regime for regime in (*APPLICATIONS, "case_by_case") if regime != "case_by_case" or able]
    stages = [
        {
            stage["stage"]
            for stage in office["review"] + office.get("case_by_case", {}).get("review", [])
            if "officers" in stage
        }
        for office in offices
    ]
    possible: dict[str, SearchStrategy[Any]] = {
        "applications": st.sampled_from(regimes),
        "permits": st.sampled_from(["suspended", "in_force"]),
        "cancel": st.sampled_from(["suspended", "all"]),
        "approval": st.sampled_from([0.5, 0, 1, "standard", 0.2]),
        "validity": st.sampled_from(["10d", "1d", "standard", "never", "5bd", "1mo"]),
    }
    factor = st.sampled_from([2, 0.5, "standard", 1.25, 3])
    possible |= {"work": factor, "priority": st.sampled_from(["first", "last", "normal", "standard"])}
    if shared := sorted(set.intersection(*stages)):
        number = st.sampled_from([2, 1, 3, 0])
        possible["officers"] = st.dictionaries(st.sampled_from(shared), number, min_size=1, max_size=2)
        of_stages = st.dictionaries(st.sampled_from(shared), factor, min_size=1, max_size=2)
        possible["work"] = st.one_of(of_stages, factor, of_stages)
    chosen = draw(st.lists(st.sampled_from(["applications", *possible]), min_size=1, max_size=3, unique=True))
    act = {name: draw(possible[name]) for name in chosen}
    if act.get("applications") == "exempt" and draw(st.sampled_from([True, True, False])):
        act["take_up"] = draw(TAKE_UP)
    return act


def with_backlogs(draw: DrawFn, scenario: Written) -> None:
    """Say of measures that may end a hold what becomes of what was held."""
    lists = {None: scenario.get("history", [])} | {
        name: policy["measures"] for name, policy in scenario["policies"].items()
    }
    acts = {
        (lister, place): [measure, *measure.get("outcomes", ()), *filter(None, [measure.get("then")])]
        for lister, listed in lists.items()
        for place, measure in enumerate(listed)
    }
    if not any(act.get("applications") == "hold" for several in acts.values() for act in several):
        return
    for key, near in ends_of_holds(build(scenario, allow_outside=True), scenario["policies"]).items():
        for act in acts[key] if near is None else ():
            if act.get("applications", "hold") != "hold":
                act |= draw(st.sampled_from([{"backlog": "review"}, {}, {"backlog": "review"}, {"backlog": "decide"}]))


@st.composite
def courses(draw: DrawFn, world: Mapping[str, Any]) -> list[Written]:
    """Measures that take one scope through several regimes: held and opened again, suspended and reinstated, …

    Examples
    --------
    >>> testing.courses(world).example()
    [{'on': '2020-01-06', 'permits': 'suspended'}, {'on': '2020-01-11', 'permits': 'in_force'}]
    """
    able = [name for name, office in world["authorities"].items() if "case_by_case" in office]
    scope = draw(st.one_of(st.just({}), scopes(world), st.just({"authorities": able} if able else {})))
    offices = scope.get("authorities", list(world["authorities"]))
    further = ["case_by_case", "case_by_case"] if set(offices) <= set(able) else []
    regimes: SearchStrategy[Written] = st.sampled_from([
        *({"applications": regime} for regime in ("hold", "open", "deny", "exempt", "hold", *further)),
        {"applications": "exempt", "take_up": 0.5},
        {"outcomes": [{"chance": 0.6, "applications": "open"}, {"chance": 0.4, "applications": "deny"}]},
    ])  # fmt: skip
    reinstating = st.sampled_from([{"permits": "in_force"}, {"permits": "in_force"}, {"cancel": "suspended"}])
    dates = important_days(world)
    days = draw(st.lists(st.sampled_from(dates), min_size=min(2, len(dates)), max_size=5, unique=True).map(sorted))
    if draw(st.booleans()):
        return [{"on": day} | deepcopy(draw(regimes)) | scope for day in days]  # each is changed by itself
    suspending: SearchStrategy[Written] = st.just({"permits": "suspended"})
    return [{"on": day} | draw(reinstating if turn % 2 else suspending) | scope for turn, day in enumerate(days)]


@st.composite
def policies(draw: DrawFn, world: Mapping[str, Any], *, max_measures: int = 5) -> Written:
    """One policy of its own measures, none of which contradicts another on the same day.

    Examples
    --------
    >>> testing.policies(world).example()
    {'measures': [{'on': '2020-01-11', 'permits': 'suspended'}]}
    """
    names = NAMES[: draw(st.sampled_from([0, 1, 2]))]
    drawn = draw(st.lists(measures(world), max_size=max_measures))
    if draw(st.integers(0, 3)):
        drawn += draw(courses(world))
    consistent = without_contradictions(drawn)
    for name, measure in zip(names, reversed(consistent), strict=False):
        measure["name"] = name  # two policies that have it share its luck
    return {"measures": consistent}


def without_contradictions(measures: Iterable[Written]) -> list[Written]:
    """Of some measures those that contradict none before them."""
    consistent: list[Written] = []
    for measure in measures:
        if not any(contradict(earlier, measure) for earlier in consistent):
            consistent.append(measure)
    return consistent


def contradict(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two measures of one list might be refused: the same day, the same thing, scopes that cross."""
    if "on" not in one or one.get("on") != other.get("on"):
        return False
    acts = ((measure, *measure.get("outcomes", [])) for measure in (one, other))
    things = [{key for act in own for key in act} for own in acts]
    if not things[0] & things[1] & SETTING:
        return False
    pairs = [(one.get(name), other.get(name)) for name in LISTS]
    if any(a is not None and b is not None and not set(a) & set(b) for a, b in pairs):
        return False
    if "except" in one or "except" in other:
        return True
    narrower = all(a is None or (b is not None and set(b) <= set(a)) for a, b in pairs)
    same = all((a is None) == (b is None) and set(a or []) == set(b or []) for a, b in pairs)
    return same or not narrower
