"""Who may supply an order, in the compiled engine: candidates, trust, and the tries of qualification."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.tables import (
    ATTEMPT,
    AUTHORITY,
    BEGINS,
    CELL_APPLICATIONS,
    CELLS,
    DIGEST,
    DISRUPTED,
    EXCLUDED,
    HALF_LIFE,
    LINE,
    LOSS,
    NOW,
    NUMBER,
    ORDER_LINE,
    PLACE,
    PLACES,
    PROGRAMME,
    PULL,
    PULLS,
    QUALIFIED,
    RUN_STREAM,
    SOURCE_COUNT,
    SOURCE_FIRST,
    START,
    STARTS,
    TIME,
    TRIES,
    TRUST,
    TRUST_SINCE,
    WEIGHT,
    add,
    entry,
    get,
    put,
    real,
    real_run,
    set_real,
    value,
)
from exportsim.engine.compiled.writing import draw, number, plan_event
from exportsim.jit import compiled_part
from exportsim.lifecycle import Moment
from exportsim.plan import AT_DISRUPTION, DENY
from exportsim.rules import pick, trust_at

FOR_SOURCE, FOR_QUALIFICATION = PURPOSES["source"], PURPOSES["qualification"]
QUALIFICATION = int(Moment.QUALIFICATION)


@compiled_part
def cell_of(w: int, s: int, o: int, source: int) -> int:
    """The cell of an order at the authority that licenses a source."""
    line = get(s, o, ORDER_LINE)
    row = get(w, source, AUTHORITY) * value(w, PLACES) + get(w, line, PLACE)
    return entry(w, CELLS, row, get(s, o, PROGRAMME))


@compiled_part
def pull(w: int, s: int, o: int, source: int) -> float:
    """Weight × trust of a source, 0 if it is no candidate for this order."""
    line = get(s, o, ORDER_LINE)
    if get(s, source, QUALIFIED) == 0 or entry(s, EXCLUDED, o, source - get(w, line, SOURCE_FIRST)) != 0:
        return 0.0
    if get(w, source, AUTHORITY) >= 0 and get(s, cell_of(w, s, o, source), CELL_APPLICATIONS) == DENY:
        return 0.0
    since = get(s, source, TRUST_SINCE)
    trust = trust_at(real(s, source, TRUST), since, value(s, NOW), get(w, line, HALF_LIFE))
    return real(w, source, WEIGHT) * trust


@compiled_part
def choose(w: int, s: int, o: int) -> int:
    """One of the order's candidates, by weight × trust; -1 if it has none."""
    line = get(s, o, ORDER_LINE)
    first, sources = get(w, line, SOURCE_FIRST), get(w, line, SOURCE_COUNT)
    for k in range(sources):
        set_real(s, k, PULL, pull(w, s, o, first + k))
    u = number(w, get(s, o, RUN_STREAM), get(s, o, NUMBER), FOR_SOURCE, get(s, o, ATTEMPT) + 1)
    chosen = pick(real_run(s, PULLS, 0, sources), u)
    return first + chosen if chosen >= 0 else -1


@compiled_part
def has_candidate(w: int, s: int, o: int) -> bool:
    """Whether the order has a candidate now."""
    line = get(s, o, ORDER_LINE)
    first = get(w, line, SOURCE_FIRST)
    for source in range(first, first + get(w, line, SOURCE_COUNT)):  # noqa: SIM110  Numba has no any()
        if pull(w, s, o, source) > 0.0:
            return True
    return False


@compiled_part
def lose_trust(w: int, s: int, source: int, act: int) -> None:
    """Multiply a line's trust in a source by 1 − loss of an act."""
    line = get(w, source, LINE)
    since = get(s, source, TRUST_SINCE)
    now = trust_at(real(s, source, TRUST), since, value(s, NOW), get(w, line, HALF_LIFE))
    set_real(s, source, TRUST, now * (1.0 - real(w, line, LOSS + act)))
    put(s, source, TRUST_SINCE, value(s, NOW))


@compiled_part
def disrupt(w: int, s: int, line: int) -> None:
    """At a line's first disruption, the sources that waited for it start qualifying."""
    if get(s, line, DISRUPTED):
        return
    put(s, line, DISRUPTED, 1)
    first = get(w, line, SOURCE_FIRST)
    for source in range(first, first + get(w, line, SOURCE_COUNT)):
        if get(w, source, STARTS) == AT_DISRUPTION:
            put(s, source, BEGINS, value(s, NOW))
            try_to_qualify(w, s, source)


@compiled_part
def try_to_qualify(w: int, s: int, source: int) -> None:
    """Begin a try at qualifying a source, which takes at least a minute."""
    add(s, source, TRIES, 1)
    minutes = draw(
        w,
        get(w, source, TIME),
        get(w, source, DIGEST),
        0,
        FOR_QUALIFICATION,
        get(s, source, TRIES),
    )
    add(s, source, BEGINS, max(minutes, 1))
    # What was over before the run's first minute is found in it.
    plan_event(w, s, max(get(s, source, BEGINS), value(w, START)), QUALIFICATION, source, 0, 0, 0)
