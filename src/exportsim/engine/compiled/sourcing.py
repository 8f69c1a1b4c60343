"""Who may supply an order, in the compiled engine: candidates, trust, and the tries of qualification."""

from __future__ import annotations

import numpy as np

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.tables import (
    ATTEMPT,
    AUTHORITY,
    BEGINS,
    BOUNDS,
    CELL_APPLICATIONS,
    CELL_STATE,
    CELLS,
    COUNTERS,
    DIGEST,
    DISRUPTED,
    EXCLUDED,
    HALF_LIFE,
    LINE,
    LINE_REALS,
    LINES,
    NOW,
    NUMBER,
    ORDER_LINE,
    ORDERS,
    PLACE,
    PLACES,
    PROGRAMME,
    QUALIFIED,
    RUN_STREAM,
    SOURCE_COUNT,
    SOURCE_FIRST,
    SOURCE_REALS,
    SOURCE_STATE,
    SOURCES,
    STARTS,
    TIME,
    TRIES,
    TRUST_SINCE,
    WEIGHT,
    State,
    World,
    add,
    get,
    given,
    put,
    real,
)
from exportsim.engine.compiled.writing import draw, number, plan_event
from exportsim.jit import compiled, reals
from exportsim.lifecycle import Moment
from exportsim.plan import AT_DISRUPTION, DENY
from exportsim.rules import pick, trust_at

FOR_SOURCE, FOR_QUALIFICATION = PURPOSES["source"], PURPOSES["qualification"]
QUALIFICATION = int(Moment.QUALIFICATION)


@compiled
def cell_of(w: World, s: State, o: int, source: int) -> int:
    """The cell of an order at the authority that licenses a source."""
    line = get(s, ORDERS, o, ORDER_LINE)
    row = given(w, SOURCES, source, AUTHORITY) * given(w, BOUNDS, 0, PLACES) + given(w, LINES, line, PLACE)
    return given(w, CELLS, row, get(s, ORDERS, o, PROGRAMME))


@compiled
def pull(w: World, s: State, o: int, source: int) -> float:
    """Weight × trust of a source, 0 if it is no candidate for this order."""
    line = get(s, ORDERS, o, ORDER_LINE)
    if (
        get(s, SOURCE_STATE, source, QUALIFIED) == 0
        or get(s, ORDERS, o, EXCLUDED + source - given(w, LINES, line, SOURCE_FIRST)) != 0
    ):
        return 0.0
    if (
        given(w, SOURCES, source, AUTHORITY) >= 0
        and get(s, CELL_STATE, cell_of(w, s, o, source), CELL_APPLICATIONS) == DENY
    ):
        return 0.0
    since = get(s, SOURCE_STATE, source, TRUST_SINCE)
    trust = trust_at(reals(s.trust)[source], since, get(s, COUNTERS, 0, NOW), given(w, LINES, line, HALF_LIFE))
    return real(w, SOURCE_REALS, source, WEIGHT) * trust


@compiled
def choose(w: World, s: State, o: int) -> int:
    """One of the order's candidates, by weight × trust; -1 if it has none."""
    line = get(s, ORDERS, o, ORDER_LINE)
    first, sources = given(w, LINES, line, SOURCE_FIRST), given(w, LINES, line, SOURCE_COUNT)
    pulls = np.empty(sources)
    for k in range(sources):
        pulls[k] = pull(w, s, o, first + k)
    u = number(w, get(s, ORDERS, o, RUN_STREAM), get(s, ORDERS, o, NUMBER), FOR_SOURCE, get(s, ORDERS, o, ATTEMPT) + 1)
    chosen = pick(pulls, u)
    return first + chosen if chosen >= 0 else -1


@compiled
def has_candidate(w: World, s: State, o: int) -> bool:
    """Whether the order has a candidate now."""
    line = get(s, ORDERS, o, ORDER_LINE)
    first = given(w, LINES, line, SOURCE_FIRST)
    for source in range(first, first + given(w, LINES, line, SOURCE_COUNT)):  # noqa: SIM110  Numba has no any()
        if pull(w, s, o, source) > 0.0:
            return True
    return False


@compiled
def lose_trust(w: World, s: State, source: int, act: int) -> None:
    """Multiply a line's trust in a source by 1 − loss of an act."""
    line = given(w, SOURCES, source, LINE)
    since = get(s, SOURCE_STATE, source, TRUST_SINCE)
    now = trust_at(reals(s.trust)[source], since, get(s, COUNTERS, 0, NOW), given(w, LINES, line, HALF_LIFE))
    reals(s.trust)[source] = now * (1.0 - real(w, LINE_REALS, line, act))
    put(s, SOURCE_STATE, source, TRUST_SINCE, get(s, COUNTERS, 0, NOW))


@compiled
def disrupt(w: World, s: State, line: int) -> None:
    """At a line's first disruption, the sources that waited for it start qualifying."""
    if get(s, DISRUPTED, line, 0):
        return
    put(s, DISRUPTED, line, 0, 1)
    first = given(w, LINES, line, SOURCE_FIRST)
    for source in range(first, first + given(w, LINES, line, SOURCE_COUNT)):
        if given(w, SOURCES, source, STARTS) == AT_DISRUPTION:
            put(s, SOURCE_STATE, source, BEGINS, get(s, COUNTERS, 0, NOW))
            try_to_qualify(w, s, source)


@compiled
def try_to_qualify(w: World, s: State, source: int) -> None:
    """Begin a try at qualifying a source, which takes at least a minute."""
    add(s, SOURCE_STATE, source, TRIES, 1)
    minutes = draw(
        w,
        given(w, SOURCES, source, TIME),
        given(w, SOURCES, source, DIGEST),
        0,
        FOR_QUALIFICATION,
        get(s, SOURCE_STATE, source, TRIES),
    )
    add(s, SOURCE_STATE, source, BEGINS, max(minutes, 1))
    plan_event(w, s, get(s, SOURCE_STATE, source, BEGINS), QUALIFICATION, source, 0, 0, 0)
