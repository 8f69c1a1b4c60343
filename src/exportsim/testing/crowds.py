"""Strategies for crowded worlds: all that happens happens at a few midnights, to many orders at once.

What a world of :mod:`exportsim.testing.worlds` has now and then, these have nearly always: whole days and no time at
all, records of a register on one minute, reviews, permits, patience, production and measures that meet, and chains of
attempts, as validity and patience are short and denials common. They are where two engines differ if they can.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from exportsim.testing.policies import announcements, policies, without_contradictions
from exportsim.testing.quantities import made_once
from exportsim.testing.registers import (
    FIRST_DAY,
    Written,
    registers,
    with_stages_of_somebody,
    without_decisions_of_nobody,
    without_filing_of_nothing,
)
from exportsim.testing.worlds import (
    INCIDENTS,
    PROGRAMMES,
    SHARES,
    anticipations,
    committees,
    deliveries,
    incidents,
    sent_back,
    stages,
    with_deliveries,
    with_stages_for_some,
)

LENGTH = 30
DAYS = tuple(str(FIRST_DAY + timedelta(days=day)) for day in (0, 5, 10, 1, 11, 12, 20, LENGTH - 1))
BEFORE = str(FIRST_DAY - timedelta(days=10))  # before the run, or its warm-up


@made_once
def spans(*, calendar: bool = False) -> SearchStrategy[Any]:
    """Whole days, most of them the days between the dates that count; on an authority's calendar, too, if one says."""
    units = ("d", "d", "bd") if calendar else ("d",)
    one = st.builds("{}{}".format, st.sampled_from((1, 5, 10, 0, 2, 5)), st.sampled_from(units))
    if calendar:  # one distribution mixes no units
        return one
    return st.one_of(one, one, st.lists(one, min_size=2, max_size=3).map(lambda values: {"empirical": values}))


@made_once
def _reviews(names: Sequence[str], *, min_size: int = 0) -> SearchStrategy[list[Written]]:
    further = {"share": SHARES, "returns": sent_back(spans())}
    desks = {"officers": st.sampled_from([1, 2, 3, 2, 1, 0]), "work": spans(calendar=True)}
    stage = st.one_of(*[st.fixed_dictionaries(desks, optional=further)] * 4, committees(further))
    return stages(names, stage, min_size=min_size)


@made_once
def _authorities() -> SearchStrategy[Written]:
    case_by_case = st.fixed_dictionaries(
        {"approval": st.sampled_from([0.5, 1.0, 0.0]), "review": _reviews(("minister",))}
    )
    return st.fixed_dictionaries(
        {
            "country": st.sampled_from(["CA", "ZA"]),
            "review": st.one_of(*[_reviews(("intake", "decision"), min_size=1)] * 3, st.just([])),
            "calendar": st.fixed_dictionaries(
                {"weekend": st.sampled_from([[], ["sat", "sun"], ["mon", "wed", "fri"]])}
            ),
            "approval": st.sampled_from([1.0, 0.5, 0.9]),
            "validity": st.sampled_from(["never", "5d", "10d", "1d", "2bd"]),
            "case_by_case": case_by_case,
        }
    )


@made_once
def _suppliers(licensed_by: Sequence[str]) -> SearchStrategy[Written]:
    supplier = {"country": st.sampled_from(["CA", "TR"]), "slots": st.sampled_from([1, 2, 3]), "lead_time": spans()}
    ramp_up = {"ramp_up": st.sampled_from(["0d", "10d", "5d"])}
    licence: dict[Any, SearchStrategy[Any]] = {"authority": st.sampled_from(licensed_by)}
    licensed = st.fixed_dictionaries(supplier | licence, optional=ramp_up)
    return st.one_of(*[licensed] * 5, st.fixed_dictionaries(supplier, optional=ramp_up))


@made_once
def _sources(names: Sequence[str]) -> SearchStrategy[Written]:
    starts, success = st.sampled_from(["disruption", *DAYS[:3], BEFORE]), st.sampled_from([1.0, 0.5])
    qualification = st.fixed_dictionaries({"starts": starts, "time": spans(), "success": success})
    weight = {"weight": st.sampled_from([1, 10])}
    usable = st.fixed_dictionaries(weight)
    restarts = st.fixed_dictionaries({**weight, "restart": st.sampled_from(["5d", "0d", "1d", "10d"])})
    source = st.one_of(usable, usable, restarts, st.fixed_dictionaries({**weight, "qualification": qualification}))
    return st.dictionaries(st.sampled_from(names), source, min_size=min(len(names), 2), max_size=3)


@made_once
def _habits() -> SearchStrategy[Written]:
    patience = st.one_of(st.just("never"), st.just("never"), spans())
    losses = ("case_by_case", "hold", "deny", "suspend", "cancel")
    return st.fixed_dictionaries(
        {
            "destination": st.sampled_from(["TR", "AE"]),
            "value": st.sampled_from([100, "10.01", "0.07"]),
            "parts": st.sampled_from([1, 2, 3, 4, 1, 2, 3, 12]),
            "patience": st.fixed_dictionaries(dict.fromkeys(("review", "suspension", "unserved"), patience)),
        },
        optional={
            "programmes": st.sampled_from(PROGRAMMES),
            "anticipation": anticipations(),
            "filing": st.fixed_dictionaries(
                dict.fromkeys(("hold", "case_by_case", "deny"), st.sampled_from([0.5, 0.0, 0.9])),
                optional={"lag": st.sampled_from(["5d", "1d", "10d", "0d"])},
            ),
            "trust": st.fixed_dictionaries(
                {"loss": st.fixed_dictionaries({}, optional=dict.fromkeys(losses, st.sampled_from([0.5, 1.0])))},
                optional={"half_life": st.sampled_from(["10d", "never"])},
            ),
        },
    )


@made_once
def _bursts(expected: int) -> SearchStrategy[Written]:
    """So many arrivals within one day that some share a minute."""
    return st.sampled_from(DAYS[:3]).map(
        lambda day: {day: f"{expected}/d", str(date.fromisoformat(day) + timedelta(days=1)): "0/y"}
    )


@st.composite
def _lines(draw: DrawFn, makers: Sequence[str], folder: Path | None) -> Written:
    line = {"buyer": "baykar", "goods": "imaging", "sources": draw(_sources(makers))} | draw(_habits())
    orders: SearchStrategy[Any] = _bursts(90)
    if folder is not None:
        own = line["destination"], line["goods"]
        programmes = tuple(line.get("programmes", ()))
        records = registers(DAYS[:3], folder, ("",), programmes, own=own, goods=("imaging",))
        orders = st.one_of(*[records] * 5, _bursts(120))
    return with_deliveries(line | {"orders": draw(orders)}, draw(deliveries()))


@st.composite
def crowds(draw: DrawFn, *, folder: Path | None = None) -> Written:
    """Everything of a crowded scenario but its policies.

    Without a folder, where registers are written, no orders share a midnight, but many share a day.
    """
    offices = ["gac", "bis"][: draw(st.integers(1, 2))]
    makers = ["wescam", "hensoldt", "aselsan"][: draw(st.sampled_from([2, 3, 1]))]
    world: Written = {
        "exportsim": 1,
        "period": {"start": DAYS[0], "end": DAYS[-1], "warm_up": draw(st.sampled_from(["0d", "5d"]))},
        "currency": "CAD",
        "goods": {"imaging": {}},
        "authorities": {name: draw(_authorities()) for name in offices},
        "suppliers": {name: draw(_suppliers(tuple(offices))) for name in makers},
        "demand": {name: draw(_lines(makers, folder)) for name in ["sensors", "optics"][: draw(st.integers(1, 2))]},
    }
    without_filing_of_nothing(world)
    without_decisions_of_nobody(world)
    with_stages_for_some(draw, world)
    with_stages_of_somebody(draw, world)
    for authority in world["authorities"].values():
        if authority["review"] and draw(st.booleans()):
            authority["traffic"] = {"applications": draw(_bursts(20))}
    if names := INCIDENTS[: draw(st.sampled_from([0, 1, 2]))]:
        world["incidents"] = {name: draw(incidents(DAYS)) for name in names}
    return world


ACTS = (
    {"permits": "suspended"},
    {"applications": "hold"},
    {"permits": "in_force"},
    {"cancel": "all"},
    {"applications": "open"},
    {"cancel": "suspended"},
    {"applications": "deny"},
    {"applications": "case_by_case"},
    {"applications": "exempt"},
    {"permits": "suspended", "applications": "hold"},
    {"permits": "in_force", "applications": "open"},
    {"cancel": "all", "applications": "hold"},
)


@st.composite
def busy_policies(draw: DrawFn, world: Written) -> Written:
    """Policies that act on most of the dates that count, and what :func:`exportsim.testing.policies` draws besides."""
    days = draw(st.lists(st.sampled_from(DAYS), min_size=2, max_size=5, unique=True).map(sorted))
    acts = [{"on": day} | draw(announcements(day)) | draw(st.sampled_from(ACTS)) for day in days]
    return {"measures": without_contradictions([*acts, *draw(policies(world, max_measures=2))["measures"]])}
