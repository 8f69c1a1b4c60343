"""Hypothesis strategies for scenarios and their parts, for this project's tests and for its users'.

The worlds are small, so that one simulation takes a few milliseconds, and full of ties: whole days, no time at all,
many orders a day, several officers and slots, measures on the dates of others. All rules of the model are reached.
Everything is drawn as the mapping a scenario file would hold; :func:`scenarios` builds it. Needs ``hypothesis``
(``pip install exportsim[test]``).

Examples
--------
>>> from hypothesis import given, strategies as st
>>> import exportsim
>>> from exportsim import invariants, testing
>>> @given(testing.scenarios(), st.integers(0, 5))
... def test_my_engine_keeps_the_rules(scenario, future):
...     for policy in scenario.policies:
...         ledger = exportsim.simulate(scenario, policy=policy, future=future)
...         invariants.check(ledger, scenario)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from exportsim.scenario.schema import Scenario

Written = dict[str, Any]
"""A part of a scenario as a file would hold it."""

FIRST_DAY = date(2020, 1, 1)
COUNTRIES = ("CA", "ZA", "TR", "AE")
PROGRAMMES = ("nato", "exceptional")
APPLICATIONS = ("hold", "open", "deny", "exempt", "case_by_case")
LISTS = ("authorities", "destinations", "goods", "programmes")


# Quantities and distributions


def durations(*, zero: bool = True) -> SearchStrategy[str]:
    """Durations on the clock, mostly a few whole days.

    Parameters
    ----------
    zero : bool
        Whether no time at all is among them.

    Examples
    --------
    >>> testing.durations().example()
    '2d'
    """
    days = st.integers(0 if zero else 1, 10).map("{}d".format)
    return st.one_of(days, days, st.sampled_from(["30d", "6h", "90min", "1w", "1mo"]))


def business_days(*, zero: bool = True) -> SearchStrategy[str]:
    """Durations on an authority's calendar."""
    days = st.integers(0 if zero else 1, 6).map("{}bd".format)
    return st.one_of(days, days, st.sampled_from(["0.5bd", "10bd"]))


def money() -> SearchStrategy[Any]:
    """Amounts, odd cents among them."""
    return st.sampled_from([100, "10.01", "99.95", 3, "0.01", "1k", "2.5k", "0.07"])


def distributions(unit: str = "d", *, zero: bool = True) -> SearchStrategy[Any]:
    """Distributions of a duration, of every kind, mostly over whole days.

    Parameters
    ----------
    unit : str
        ``d``, ``h``, ``bd``, …: one distribution mixes no units.
    zero : bool
        Whether durations of no time are among them.

    Examples
    --------
    >>> testing.distributions("bd").example()
    {'empirical': ['1bd', '3bd']}
    """
    return _distributions(lambda number: f"{number}{unit}", st.integers(0 if zero else 1, 10))


def values() -> SearchStrategy[Any]:
    """Distributions of the value of an order."""
    return st.one_of(money(), _distributions(lambda number: number, st.sampled_from([100, 3, 10, 500, 2000])))


def counts() -> SearchStrategy[Any]:
    """Distributions of the number of an order's parts."""
    few = st.integers(1, 5)
    return st.one_of(few, few, _distributions(lambda number: number, few))


def _distributions(write: Callable[[int], Any], numbers: SearchStrategy[int]) -> SearchStrategy[Any]:
    def rising(count: int) -> SearchStrategy[list[int]]:
        return st.lists(numbers, min_size=count, max_size=count, unique=True).map(sorted)

    written = numbers.map(write)
    above_nothing = numbers.filter(bool).map(write)
    listed = st.lists(written, min_size=1, max_size=4).map(lambda values: {"empirical": values})
    curves = st.one_of(
        rising(2).map(lambda two: {"uniform": [*map(write, two)]}),
        rising(3).map(lambda three: {"triangular": [*map(write, three)]}),
        rising(2).map(lambda two: {"triangular": [write(two[0]), write(two[0]), write(two[1])]}),
        above_nothing.map(lambda mean: {"exponential": {"mean": mean}}),
        rising(3).map(lambda three: {"lognormal": {"median": write(three[1]), "p90": write(three[2])}}),
        st.builds(lambda mean, cv: {"lognormal": {"mean": mean, "cv": cv}}, above_nothing, st.sampled_from([0.5, 2.0])),
        st.builds(
            lambda mean, shape: {"weibull": {"mean": mean, "shape": shape}}, above_nothing, st.sampled_from([2, 0.7])
        ),
        rising(3).map(
            lambda three: {"empirical": {"quantiles": dict(zip((0.1, 0.5, 0.9), map(write, three), strict=True))}}
        ),
    )
    return st.one_of(written, written, listed, curves)


def _or_never(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.one_of(st.just("never"), strategy)


# The parts of a world


def calendars(days: Sequence[str]) -> SearchStrategy[Written]:
    """Calendars, with listed holidays among `days`; long weekends make many reviews start in one minute."""
    weekends = st.sampled_from(
        [["sat", "sun"], [], ["fri"], ["mon", "wed", "thu", "sat", "sun"], ["tue", "wed", "thu", "fri", "sat", "sun"]]
    )
    holidays = st.one_of(st.lists(st.sampled_from(days), max_size=3, unique=True), st.sampled_from(["CA", "ZA", "TR"]))
    return st.fixed_dictionaries({}, optional={"weekend": weekends, "holidays": holidays})


def reviews(names: Sequence[str], *, min_size: int = 0) -> SearchStrategy[list[Written]]:
    """Lists of stages, named from `names`, with few officers."""

    @st.composite
    def draw_stages(draw: DrawFn) -> list[Written]:
        number = draw(st.integers(min_size, len(names)))
        work = st.one_of(distributions("d"), distributions("bd"), distributions("h"))
        officers = st.sampled_from([1, 2, 1, 3, 2, 1, 0])
        return [{"stage": name, "officers": draw(officers), "work": draw(work)} for name in names[:number]]

    return draw_stages()


@st.composite
def authorities(draw: DrawFn, days: Sequence[str], expected: Sequence[float] = (0, 5, 20)) -> Written:
    """One authority.

    Parameters
    ----------
    days : sequence of str
        The dates that count, from the first to the last of the period.
    expected : sequence of float
        How many other applications may be expected in the period.

    Examples
    --------
    >>> testing.authorities(["2020-01-01", "2020-03-01"]).example()
    {'country': 'CA', 'review': [{'stage': 'intake', 'officers': 1, 'work': '1bd'}]}
    """
    probability = st.sampled_from([1.0, 0.5, 0.9, 1.0, 0.95, 0.0])
    validity = st.sampled_from(["30d", "10d", "3d", "60d", "20bd", "5bd"])  # nothing short: each end is a new attempt
    authority: Written = {
        "country": draw(st.sampled_from(COUNTRIES[:3])),
        "review": draw(reviews(["intake", "decision"])),
    }
    authority |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "calendar": calendars(days),
                "service_standard": st.one_of(durations(), business_days()),
                "validity": st.one_of(st.just("never"), validity),
                "approval": probability,
            },
        )
    )
    if draw(st.integers(0, 3)):
        further = st.fixed_dictionaries({"approval": probability}, optional={"review": reviews(["minister"])})
        authority["case_by_case"] = draw(further)
    if authority["review"] and (number := draw(st.sampled_from(expected))):
        authority["traffic"] = {"applications": draw(_rates(days, number))}
    return authority


def suppliers(licensed_by: Sequence[str] = ()) -> SearchStrategy[Written]:
    """One supplier, perhaps licensed by one of the authorities named."""
    licence: SearchStrategy[Any] = st.sampled_from(licensed_by) if licensed_by else st.nothing()
    return st.fixed_dictionaries(
        {
            "country": st.sampled_from(COUNTRIES),
            "slots": st.sampled_from([1, 2, 3]),
            "lead_time": st.one_of(distributions("d"), distributions("h")),
        }
        | ({"authority": licence} if licensed_by else {}),
        optional={"price": st.sampled_from([1.15, 0.95, 0.333]), "ramp_up": st.sampled_from(["0d", "4d", "9d", "1mo"])},
    )


def qualifications(days: Sequence[str]) -> SearchStrategy[Written]:
    """How a source becomes usable: from a date or at the disruption."""
    return st.fixed_dictionaries(
        {
            "starts": st.one_of(st.just("disruption"), st.sampled_from(days)),
            "time": distributions("d"),
        },
        optional={"success": st.sampled_from([0.5, 0.9, 1.0])},
    )


@st.composite
def demand_lines(
    draw: DrawFn,
    days: Sequence[str],
    supplier_names: Sequence[str],
    goods: Sequence[str] = ("imaging",),
    *,
    expected: Sequence[float] = (8, 3, 20, 40),
    folder: Path | None = None,
) -> Written:
    """One demand line.

    Parameters
    ----------
    days : sequence of str
        The dates that count.
    supplier_names, goods : sequence of str
        What it may name.
    expected : sequence of float
        How many orders may be expected in the period.
    folder : Path, optional
        Where registers are written; without it no line has one. The orders of a register share their midnights.
    """
    names = draw(st.lists(st.sampled_from(supplier_names), min_size=1, max_size=3, unique=True))
    source = st.fixed_dictionaries(
        {}, optional={"weight": st.sampled_from([1, 10, 0.5]), "qualification": qualifications(days)}
    )
    loss = st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("case_by_case", "hold", "deny", "suspend", "cancel"), st.sampled_from([0.5, 1.0, 0.1, 0.9])
        ),
    )
    some = st.one_of(distributions("d", zero=False), st.sampled_from(["5d", "15d", "0d"]))
    patience = st.one_of(some, some, some, st.just("never"))
    line: Written = {
        "buyer": "baykar",
        "destination": draw(st.sampled_from(["TR", "AE", "CA"])),
        "goods": draw(st.sampled_from(goods)),
        "value": draw(values()),
        "parts": draw(counts()),
        "sources": {name: draw(source) for name in names},
    } | draw(
        st.fixed_dictionaries(
            {},
            optional={
                "programmes": st.sampled_from([{"nato": 0.4}, {"nato": 0.3, "exceptional": 0.7}]),
                "patience": st.fixed_dictionaries(
                    {}, optional={"review": patience, "suspension": patience, "unserved": patience}
                ),
                "trust": st.fixed_dictionaries(
                    {"loss": loss}, optional={"half_life": _or_never(st.sampled_from(["10d", "100d"]))}
                ),
            },
        )
    )
    if folder is not None and draw(st.booleans()):
        line["orders"] = draw(_registers(days, folder))
        if draw(st.booleans()):
            line["orders"]["value"] = "value"
    else:
        line["orders"] = draw(_rates(days, draw(st.sampled_from(expected))))
    return line


@st.composite
def _rates(draw: DrawFn, days: Sequence[str], expected: float) -> Any:
    """A constant rate, one that changes, or a burst within one day."""
    span = (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days + 1
    kind = draw(st.sampled_from(["constant", "dated", "burst"]))
    rate = f"{expected / span * 365.25:.3f}/y"
    if kind == "constant":
        return rate
    day = draw(st.sampled_from(days[:-1]))
    after = str(date.fromisoformat(day) + timedelta(days=1))
    if kind == "burst":
        return {day: f"{expected:g}/d", after: "0/y"}
    return {days[0]: draw(st.sampled_from([rate, "0/y"])), after: rate}


@st.composite
def _registers(draw: DrawFn, days: Sequence[str], folder: Path) -> Written:
    moments = st.one_of(
        st.sampled_from(days), st.builds("{}T{}".format, st.sampled_from(days), st.sampled_from(["09:00", "23:59"]))
    )
    records = draw(
        st.lists(st.tuples(moments, st.sampled_from(["100", "10.01", "0.05", "7"])), min_size=1, max_size=15)
    )
    text = "date,value\n" + "".join(f"{moment},{value}\n" for moment, value in records)
    file = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.csv"
    if not file.exists():
        file.write_text(text)
    return {"register": str(file), "date": "date"}


def incidents(days: Sequence[str]) -> SearchStrategy[Written]:
    """One incident, on a date or at a rate, whose evidence is easily found."""
    trigger = st.one_of(
        st.sampled_from(days).map(lambda day: {"on": day}),
        st.sampled_from(["8/y", "2/mo"]).map(lambda rate: {"rate": rate}),
    )
    rest = st.fixed_dictionaries(
        {
            "window": st.sampled_from(["30d", "1y", "1d"]),
            "exposure": st.sampled_from([1, 100, "1k"]),
        },
        optional={"destinations": st.just(["TR", "AE", "CA"])},
    )
    return st.builds(lambda one, other: one | other, trigger, rest)


# Worlds, measures and policies


@st.composite
def worlds(draw: DrawFn, *, max_days: int = 400, folder: Path | None = None) -> Written:
    """Everything of a scenario but its policies.

    Parameters
    ----------
    max_days : int
        The longest period, at least 30.
    folder : Path, optional
        Where registers are written; without it orders arrive at a rate alone.
    """
    short = st.integers(30, min(60, max_days))
    length = draw(st.one_of(short, short, short, st.integers(30, max_days)))
    warm_up = draw(st.sampled_from(["0d", "10d"]))
    days = [
        str(FIRST_DAY + timedelta(days=day)) for day in sorted({0, 1, 5, 10, 11, 12, 20, 29, length // 2, length - 1})
    ]
    world: Written = {
        "exportsim": 1,
        "period": {"start": days[0], "end": days[-1], "warm_up": warm_up},
        "currency": "CAD",
        "goods": {name: {} for name in ["imaging", "engines"][: draw(st.integers(1, 2))]},
    }
    offices = ["gac", "ncacc", "bis"][: draw(st.sampled_from([1, 2, 1, 3]))]
    world["authorities"] = {name: draw(authorities(days)) for name in offices}
    makers = ["wescam", "hensoldt", "aselsan", "cats"][: draw(st.integers(1, 4))]
    licensed = [[], offices, offices]  # most are licensed: the rules are about them
    world["suppliers"] = {name: draw(suppliers(draw(st.sampled_from(licensed[::-1])))) for name in makers}
    lines = ["sensors", "optics", "spares"][: draw(st.sampled_from([1, 2, 1, 3]))]
    world["demand"] = {name: draw(demand_lines(days, makers, list(world["goods"]), folder=folder)) for name in lines}
    if draw(st.booleans()):
        world["incidents"] = {"karabakh": draw(incidents(days))}
        named = sorted({line["destination"] for line in world["demand"].values()})
        if "destinations" in world["incidents"]["karabakh"]:
            world["incidents"]["karabakh"]["destinations"] = named
    return world


def measures(world: Mapping[str, Any]) -> SearchStrategy[Written]:
    """One measure that makes sense in this world: on a date, after an incident or on a threshold.

    Examples
    --------
    >>> testing.measures(world).example()
    {'on': '2020-01-11', 'applications': 'hold', 'destinations': ['TR']}
    """
    return _measures(world)


@st.composite
def _measures(draw: DrawFn, world: Mapping[str, Any]) -> Written:
    measure = draw(_scopes(world))
    trigger = draw(st.sampled_from(["on", "on", "on", "when"] + ["after", "after"] * bool(world.get("incidents"))))
    if trigger == "on":
        measure["on"] = draw(st.sampled_from(important_days(world)))
    elif trigger == "after":
        measure["after"] = draw(st.sampled_from(sorted(world["incidents"])))
        if draw(st.booleans()):
            measure["delay"] = draw(distributions("d"))
    else:
        measure["when"] = draw(_thresholds())
        if draw(st.booleans()):
            measure["then"] = draw(_acts(world, measure))
    if draw(st.integers(0, 3)) == 3:
        chances = draw(st.sampled_from([[0.6, 0.4], [0.5, 0.25, 0.25], [1.0, 0.0]]))
        nothing: SearchStrategy[Written] = st.just({})
        measure["outcomes"] = [
            {"chance": chance} | draw(st.one_of(_acts(world, measure), _acts(world, measure), nothing))
            for chance in chances
        ]
    else:
        measure |= draw(_acts(world, measure))
    if draw(st.integers(0, 3)) == 3:
        measure["except"] = [draw(_scopes(world).filter(bool))]
    return measure


def important_days(world: Mapping[str, Any]) -> list[str]:
    """Dates of the period on which something happens in the generated worlds, the likeliest first."""
    start, end = (date.fromisoformat(world["period"][name]) for name in ("start", "end"))
    length = (end - start).days + 1
    days = (10, 20, 5, 11, 12, length // 2, length * 2 // 3, 0, 1, 29, length - 1)
    return [str(start + timedelta(days=day)) for day in dict.fromkeys(days) if day < length]


def _scope_values(world: Mapping[str, Any]) -> dict[str, list[str]]:
    lines = world["demand"].values()
    return {
        "authorities": sorted(world["authorities"]),
        "destinations": sorted({line["destination"] for line in lines}),
        "goods": sorted({line["goods"] for line in lines}),
        "programmes": ["none", *sorted({name for line in lines for name in line.get("programmes", {})})],
    }


def _scopes(world: Mapping[str, Any]) -> SearchStrategy[Written]:
    return st.fixed_dictionaries(
        {},
        optional={
            what: st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
            for what, names in _scope_values(world).items()
        },
    )


def _thresholds() -> SearchStrategy[Written]:
    limits = st.sampled_from([(1, 0), (3, 1), (0, 0), (6, 2), (2, 2)]).map(
        lambda two: {"above": two[0], "below": two[1]}
    )
    worth = st.sampled_from([("100", 0), ("1k", "100")]).map(lambda two: {"above": two[0], "below": two[1]})
    every = st.sampled_from(["1d", "5d", "10d", "1mo"])
    counted = [st.fixed_dictionaries({"every": every, figure: limits}) for figure in ("in_review", "held", "in_force")]
    delivered = {"every": every, "delivered": worth, "window": st.sampled_from(["10d", "1mo"])}
    return st.one_of(*counted, st.fixed_dictionaries(delivered))


@st.composite
def _acts(draw: DrawFn, world: Mapping[str, Any], scope: Mapping[str, Any]) -> Written:
    """Something for a measure of this scope to do: one thing, or several."""
    offices = [world["authorities"][name] for name in scope.get("authorities", world["authorities"])]
    regimes = [
        regime for regime in APPLICATIONS if regime != "case_by_case" or all("case_by_case" in it for it in offices)
    ]
    stages = [
        {stage["stage"] for stage in office["review"] + office.get("case_by_case", {}).get("review", [])}
        for office in offices
    ]
    possible: dict[str, SearchStrategy[Any]] = {
        "applications": st.sampled_from(regimes),
        "permits": st.sampled_from(["suspended", "in_force"]),
        "cancel": st.sampled_from(["suspended", "all"]),
    }
    if shared := sorted(set.intersection(*stages)):
        number = st.sampled_from([2, 1, 3, 0])
        possible["officers"] = st.dictionaries(st.sampled_from(shared), number, min_size=1, max_size=2)
    chosen = draw(st.lists(st.sampled_from(list(possible)), min_size=1, max_size=2, unique=True))
    return {name: draw(possible[name]) for name in chosen}


@st.composite
def courses(draw: DrawFn, world: Mapping[str, Any]) -> list[Written]:
    """Measures that take one scope through several regimes: held and opened again, suspended and reinstated, …

    Examples
    --------
    >>> testing.courses(world).example()
    [{'on': '2020-01-06', 'permits': 'suspended'}, {'on': '2020-01-11', 'permits': 'in_force'}]
    """
    able = [name for name, office in world["authorities"].items() if "case_by_case" in office]
    scope = draw(st.one_of(st.just({}), _scopes(world), st.just({"authorities": able} if able else {})))
    offices = scope.get("authorities", list(world["authorities"]))
    further = ["case_by_case", "case_by_case"] if set(offices) <= set(able) else []
    regimes = st.sampled_from(["hold", "open", "deny", "exempt", *further]).map(lambda regime: {"applications": regime})
    reinstating = st.sampled_from([{"permits": "in_force"}, {"permits": "in_force"}, {"cancel": "suspended"}])
    days = draw(st.lists(st.sampled_from(important_days(world)), min_size=2, max_size=5, unique=True).map(sorted))
    if draw(st.booleans()):
        return [{"on": day} | draw(regimes) | scope for day in days]
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
    kept: list[Written] = []
    drawn = draw(st.lists(measures(world), max_size=max_measures))
    if draw(st.integers(0, 3)):
        drawn += draw(courses(world))
    for measure in drawn:
        if not any(_contradict(earlier, measure) for earlier in kept):
            kept.append(measure)
    return {"measures": kept}


def _contradict(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two measures of one list might be refused: the same day, the same thing, scopes that cross."""
    if "on" not in one or one.get("on") != other.get("on"):
        return False
    things = [
        {
            key
            for act in (measure, *measure.get("outcomes", []))
            for key in ("applications", "permits", "officers")
            if key in act
        }
        for measure in (one, other)
    ]
    if not things[0] & things[1]:
        return False
    pairs = [(one.get(name), other.get(name)) for name in LISTS]
    if any(a is not None and b is not None and not set(a) & set(b) for a, b in pairs):
        return False
    if "except" in one or "except" in other:
        return True
    narrower = all(a is None or (b is not None and set(b) <= set(a)) for a, b in pairs)
    same = all((a is None) == (b is None) and set(a or []) == set(b or []) for a, b in pairs)
    return same or not narrower


@st.composite
def mappings(draw: DrawFn, *, max_days: int = 400, max_policies: int = 3, folder: Path | None = None) -> Written:
    """Valid scenarios as the mappings that files would hold; see :func:`scenarios`."""
    world = draw(worlds(max_days=max_days, folder=folder))
    chosen: Written = {}
    for name in ["historical", "doctrine", "other"][: draw(st.integers(1, max_policies))]:
        policy: Written = draw(policies(world))
        if bool(chosen) and draw(st.booleans()):
            policy["extends"] = draw(st.sampled_from(list(chosen)))
            if draw(st.booleans()):
                policy["except"] = [draw(_scopes(world).filter(bool))]
        chosen[name] = policy
    return world | {"policies": {"unrestricted": {"measures": []}} | chosen}


def scenarios(*, max_days: int = 400, max_policies: int = 3, folder: Path | None = None) -> SearchStrategy[Scenario]:
    """Valid scenarios: small worlds with every rule of the model somewhere among them.

    Parameters
    ----------
    max_days : int
        The longest period, at least 30.
    max_policies : int
        The most policies beside ``unrestricted``, which has no measures.
    folder : Path, optional
        A folder that outlives the test, where registers are written; without it orders arrive at a rate alone.

    Returns
    -------
    SearchStrategy of Scenario

    Examples
    --------
    >>> @given(testing.scenarios(max_days=60))
    ... def test_it(scenario):
    ...     ...
    """
    return mappings(max_days=max_days, max_policies=max_policies, folder=folder).map(_build)


def _build(mapping: Written) -> Scenario:
    from exportsim import scenario  # late: it brings the reader of files with it

    build: Callable[[Written], Scenario] = getattr(scenario, "build", Scenario.model_validate)
    return build(mapping)
