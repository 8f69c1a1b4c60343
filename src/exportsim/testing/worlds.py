"""Strategies for worlds and their parts: everything of a scenario but its policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from exportsim.testing.quantities import business_days, counts, distributions, durations, made_once, values
from exportsim.testing.registers import (
    DESTINATIONS,
    FIRST_DAY,
    Written,
    registers,
    with_stages_of_somebody,
    without_decisions_of_nobody,
    without_filing_of_nothing,
)

COUNTRIES = ("CA", "ZA", "TR", "AE")
PROGRAMMES: tuple[dict[str, float], ...] = (
    {"nato": 0.4},
    {"nato": 0.3, "exceptional": 0.7},
    {"nato": 0.7, "exceptional": 0.2, "own": 0.1},  # in floats these add up to less than 1
    {"own": 0},
)
INCIDENTS = ("karabakh", "leak", "audit")
DAYS_IN = {"y": 365.25, "mo": 30.4375, "w": 7, "d": 1}
EARLY = {"0d": 0, "10d": 10, "36h": 1}
"""The days before the period on which a run begins, by its warm-up."""
SHARES = st.sampled_from([0.5, 0.9, 1.0, 0.0])
"""How many applications need a stage."""


@made_once
def calendars(days: Sequence[str]) -> SearchStrategy[Written]:
    """Calendars, with listed holidays among `days`; long weekends make many reviews start in one minute."""
    one = st.sampled_from(
        [["sat", "sun"], [], ["fri"], ["mon", "wed", "thu", "sat", "sun"], ["tue", "wed", "thu", "fri", "sat", "sun"]]
    )
    # From long before any run, and from a day of it.
    dated = st.builds(lambda first, day, then: {"2010-01-01": first, day: then}, one, st.sampled_from(days), one)
    weekends = st.one_of(one, one, one, dated)
    listed = st.lists(st.sampled_from(days), max_size=3, unique=True)
    habits = st.builds(
        lambda habits, also, work: {**habits, "also": also, "except": [day for day in work if day not in also]},
        st.sampled_from([{"country": "CA", "category": "government"}, {"country": "AE"}, {"country": "CA-ON"}]),
        listed,
        listed,
    )
    holidays = st.one_of(listed, st.sampled_from(["CA", "ZA", "TR"]), habits)
    return st.fixed_dictionaries({}, optional={"weekend": weekends, "holidays": holidays})


@made_once
def reviews(names: Sequence[str], *, min_size: int = 0) -> SearchStrategy[list[Written]]:
    """Lists of stages, named from `names`, with few officers."""
    work = st.one_of(distributions("d"), distributions("bd"), distributions("h"), durations())
    further = {"share": SHARES, "returns": sent_back(durations())}
    desks = {"officers": st.sampled_from([1, 2, 1, 3, 2, 1, 0]), "work": work}
    one = st.one_of(*[st.fixed_dictionaries(desks, optional=further)] * 4, committees(further))
    return stages(names, one, min_size=min_size)


def committees(further: Mapping[str, SearchStrategy[Any]]) -> SearchStrategy[Written]:
    """Stages that sit, often; with what else they may have."""
    first = st.sampled_from([str(FIRST_DAY + timedelta(days=day)) for day in (0, 5, 10, -3, 1)])
    every = {"every": st.sampled_from(["5d", "1d", "1w", "2d", "2w"]), "from": first}
    sits = st.fixed_dictionaries(every, optional={"most": st.sampled_from([1, 2, 3])})
    return st.fixed_dictionaries({"sits": sits}, optional=further)


@made_once
def sent_back(times: SearchStrategy[Any]) -> SearchStrategy[Written]:
    """How often applications go back from a stage, and what time answers take."""
    return st.fixed_dictionaries(
        {"chance": st.sampled_from([0.5, 1.0, 0.9, 0.0]), "answer": times},
        optional={"most": st.sampled_from([1, 2, 3])},
    )


def stages(names: Sequence[str], one: SearchStrategy[Written], *, min_size: int = 0) -> SearchStrategy[list[Written]]:
    """Lists of as many stages as there are names at most, with the first of the names."""
    return st.lists(one, min_size=min_size, max_size=len(names)).map(
        lambda stages: [{"stage": name} | stage for name, stage in zip(names, stages, strict=False)]
    )


def with_stages_for_some(draw: DrawFn, world: Written) -> None:
    """Say of some stages of a world for which of its orders they are."""
    lines = world["demand"].values()
    known = {
        "destinations": sorted({line["destination"] for line in lines}),
        "goods": sorted({line["goods"] for line in lines}),
        "programmes": ["none", *sorted({name for line in lines for name in line.get("programmes", {})})],
    }
    lists = {what: st.lists(st.sampled_from(names), min_size=1, max_size=2) for what, names in known.items()}
    only = st.fixed_dictionaries({}, optional=lists).filter(bool)
    for authority in world["authorities"].values():
        for stage in (*authority["review"], *authority.get("case_by_case", {}).get("review", ())):
            if draw(st.integers(0, 5)) == 5:
                stage["only"] = draw(only)


@made_once
def _habits_of_authorities(days: Sequence[str]) -> SearchStrategy[Written]:
    """Calendar, standard, validity, approval and case-by-case review."""
    probability = st.sampled_from([1.0, 0.5, 0.9, 1.0, 0.95, 0.0])
    # Few are short: each end is a new attempt.
    validity = ["never", "never", "30d", "10d", "3d", "60d", "20bd", "5bd", "1mo", "2.5mo", "0.2y"]
    further = st.fixed_dictionaries({"approval": probability}, optional={"review": reviews(("minister",))})
    often = st.one_of(further, further, further, st.none())
    optional = {
        "calendar": calendars(days),
        "service_standard": st.one_of(durations(), business_days()),
        "validity": st.sampled_from(validity),
        "approval": probability,
    }
    return st.builds(
        lambda habits, case_by_case: habits | ({"case_by_case": case_by_case} if case_by_case else {}),
        st.fixed_dictionaries({}, optional=optional),
        often,
    )


@st.composite
def authorities(draw: DrawFn, days: Sequence[str], expected: Sequence[float] = (0, 5, 20)) -> Written:
    """One authority, given the dates that count, from the first to the last of the period.

    Examples
    --------
    >>> testing.authorities(["2020-01-01", "2020-03-01"]).example()
    {'country': 'CA', 'review': [{'stage': 'intake', 'officers': 1, 'work': '1bd'}]}
    """
    authority: Written = {
        "country": draw(st.sampled_from(COUNTRIES[:3])),
        "review": draw(reviews(("intake", "decision"))),
    } | draw(_habits_of_authorities(days))
    if authority["review"] and (number := draw(st.sampled_from(expected))):
        authority["traffic"] = {"applications": draw(_rates(days, number))}
    return authority


@made_once
def suppliers(licensed_by: Sequence[str] = ()) -> SearchStrategy[Written]:
    """One supplier, perhaps licensed by one of the authorities named."""
    licence = {"authority": st.sampled_from(licensed_by)} if licensed_by else {}
    return st.fixed_dictionaries(
        {
            "country": st.sampled_from(COUNTRIES),
            "slots": st.sampled_from([1, 2, 3]),
            "lead_time": st.one_of(distributions("d"), distributions("h"), durations()),
        }
        | licence,
        optional={
            "price": st.sampled_from([1.15, 0.95, 0.333]),
            "ramp_up": st.sampled_from(["0d", "4d", "9d", "1mo", "1w"]),
        },
    )


@made_once
def qualifications(days: Sequence[str]) -> SearchStrategy[Written]:
    """How a source becomes usable: from a date or at the disruption."""
    return st.fixed_dictionaries(
        {
            "starts": st.one_of(st.just("disruption"), st.sampled_from(days)),
            "time": distributions("d"),
        },
        optional={"success": st.sampled_from([0.5, 0.9, 1.0])},
    )


@made_once
def anticipations() -> SearchStrategy[Written]:
    """How many orders come ahead of an announced measure, of those of how long after it."""
    return st.fixed_dictionaries(
        {"share": st.sampled_from([0.5, 1.0, 0.9, 0.1]), "within": st.sampled_from(["10d", "1mo", "5d", "1y", "1min"])}
    )


@made_once
def _habits_of_lines() -> SearchStrategy[Written]:
    """Programmes, patience and trust."""
    some = st.one_of(distributions("d", zero=False), st.sampled_from(["5d", "15d", "0d"]))
    # One of a list: alternatives that are given to `one_of` again count once, and those of its parts as its own.
    patience = st.sampled_from([some, some, st.just("never")]).flatmap(lambda chosen: chosen)
    losses = ("case_by_case", "hold", "deny", "suspend", "cancel")
    loss = st.fixed_dictionaries({}, optional=dict.fromkeys(losses, st.sampled_from([0.5, 1.0, 0.1, 0.9])))
    half_life = st.sampled_from(["10d", "never", "100d", "2mo", "1y"])
    # With what takes whole days measures, lags and patience meet at midnights.
    shares = dict.fromkeys(("hold", "case_by_case", "deny"), st.sampled_from([0.5, 0.0, 0.9, 1.0]))
    lags = st.sampled_from(["0d", "5d", "1d", "9d", "36h", "1mo"])
    filing = st.fixed_dictionaries({}, optional=shares | {"lag": lags})
    return st.fixed_dictionaries(
        {},
        optional={
            "programmes": st.sampled_from(PROGRAMMES),
            "patience": st.fixed_dictionaries(
                {}, optional=dict.fromkeys(("review", "suspension", "unserved"), patience)
            ),
            "filing": st.one_of(st.just({}), filing),
            "trust": st.fixed_dictionaries({"loss": loss}, optional={"half_life": half_life}),
            "anticipation": anticipations(),
        },
    )


@made_once
def deliveries() -> SearchStrategy[Written]:
    """A delivery plan in whose times parts are called off together, and with much else; or none."""
    after = st.sampled_from(["5d", "10d", "0d", {"empirical": ["5d", "10d"]}, {"uniform": ["0d", "20d"]}])
    shares = st.sampled_from([[1, 2, 4, 4], [3, 1], [1], [1, 1, 1], [1_000_000, 1]])
    planned = st.fixed_dictionaries({}, optional={"first": after, "every": after, "shares": shares})
    return st.sampled_from([st.just({}), st.just({}), planned]).flatmap(lambda chosen: chosen)


def with_deliveries(line: Written, planned: Written) -> Written:
    """A line with a delivery plan; how many parts its orders have, shares say, if there are any."""
    written = line | ({"deliveries": planned} if planned else {})
    return {key: value for key, value in written.items() if key != "parts" or "shares" not in planned}


@st.composite
def demand_lines(
    draw: DrawFn,
    days: Sequence[str],
    supplier_names: Sequence[str],
    goods: Sequence[str] = ("imaging",),
    *,
    expected: Sequence[float] = (8, 3, 20, 40),
    folder: Path | None = None,
    early: Sequence[str] = (),
) -> Written:
    """One demand line, given the dates that count.

    Registers, whose orders share their midnights, are written to the folder; without one no line has any.
    """
    names = draw(st.lists(st.sampled_from(supplier_names), min_size=1, max_size=3, unique=True))
    restarts = st.sampled_from(["5d", "0d", "1d", "9d", "36h", "1mo"])
    use = {
        "weight": st.sampled_from([1, 10, 0.5]), "qualification": qualifications(days),
        "restart": st.one_of(st.none(), restarts),
    }  # fmt: skip
    line: Written = {
        "buyer": "baykar",
        "destination": draw(st.sampled_from(DESTINATIONS)),
        "goods": draw(st.sampled_from(goods)),
        "value": draw(values()),
        "parts": draw(counts()),
        "sources": {name: draw(st.fixed_dictionaries({}, optional=use)) for name in names},
    } | draw(_habits_of_lines())
    if folder is not None and draw(st.booleans()):
        line["orders"] = register = draw(
            registers(
                (*days, *early), folder, programmes=tuple(line.get("programmes", ())), values=draw(st.booleans()),
                own=(line["destination"], line["goods"]), goods=goods,
            )
        )  # fmt: skip
        if "value" in register and "blank" not in register and draw(st.booleans()):
            del line["value"]  # the register says
    else:
        line["orders"] = draw(_rates([*early, *days], draw(st.sampled_from(expected))))
    return with_deliveries(line, draw(deliveries()))


@st.composite
def _rates(draw: DrawFn, days: Sequence[str], expected: float) -> Any:
    """A constant rate, one that changes once or more, or a burst within one day."""
    span = (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days + 1
    kind = draw(st.sampled_from(["constant", "dated", "burst", "steps"] if len(days) > 3 else ["constant"]))
    unit = draw(st.sampled_from(list(DAYS_IN)))
    rate = f"{expected / span * DAYS_IN[unit]:.3f}/{unit}"
    if kind == "constant":
        return rate
    if kind == "steps":
        steps = draw(st.lists(st.sampled_from(days), min_size=3, max_size=5, unique=True).map(sorted))
        return {step: draw(st.sampled_from([rate, "0/y", f"{3 * expected / span:.3f}/d"])) for step in steps}
    day = draw(st.sampled_from(days[:-1]))
    after = str(date.fromisoformat(day) + timedelta(days=1))
    if kind == "burst":
        return {day: f"{expected:g}/d", after: "0/y"}
    return {days[0]: draw(st.sampled_from([rate, "0/y"])), after: rate}


@made_once
def incidents(
    days: Sequence[str], destinations: Sequence[str] = (), goods: Sequence[str] = ()
) -> SearchStrategy[Written]:
    """One incident, on a date or at a rate, whose evidence is easily found; perhaps of some destinations or goods."""
    dated = st.sampled_from([{"on": day} for day in days])
    trigger = st.one_of(dated, st.sampled_from([{"rate": rate} for rate in ("8/y", "2/mo", "1/w", "0.1/d")]))
    limits = {
        name: st.lists(st.sampled_from(listed), min_size=1, max_size=2, unique=True)
        for name, listed in (("destinations", destinations), ("goods", goods))
        if listed
    }
    rest = st.fixed_dictionaries(
        {
            "window": st.sampled_from(["30d", "1y", "1d", "2mo"]),
            "exposure": st.sampled_from([1, 100, "1k", "0.001M", "0.000001bn"]),
        },
        optional=limits,
    )
    return st.builds(lambda one, other: one | other, trigger, rest)


@st.composite
def worlds(draw: DrawFn, *, max_days: int = 400, folder: Path | None = None) -> Written:
    """Everything of a scenario but its policies; its period is of ``max_days`` at most, which are 30 or more."""
    brief, short = st.integers(1, 29), st.integers(30, min(60, max_days))
    length = draw(st.one_of(short, short, short, brief, st.integers(30, max_days)))
    warm_up = draw(st.sampled_from(["0d", "10d", "36h"]))
    days = [
        str(FIRST_DAY + timedelta(days=day))
        for day in sorted({0, 1, 5, 10, 11, 12, 20, 29, length // 2, length - 1})
        if day < length
    ]
    early = [str(FIRST_DAY - timedelta(days=EARLY[warm_up]))] if EARLY[warm_up] else []
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
    world["suppliers"] = {name: draw(suppliers(tuple(draw(st.sampled_from(licensed[::-1]))))) for name in makers}
    lines = ["sensors", "optics", "spares"][: draw(st.sampled_from([1, 2, 1, 3]))]
    world["demand"] = {
        name: draw(demand_lines(days, makers, list(world["goods"]), folder=folder, early=early)) for name in lines
    }
    without_filing_of_nothing(world)
    without_decisions_of_nobody(world)
    with_stages_for_some(draw, world)
    with_stages_of_somebody(draw, world)
    destinations, goods = (
        tuple(sorted({line[what] for line in world["demand"].values()})) for what in ("destination", "goods")
    )
    if names := INCIDENTS[: draw(st.sampled_from([0, 1, 2, 0, 1, 3]))]:
        world["incidents"] = {name: draw(incidents(tuple(days), destinations, goods)) for name in names}
    return world
