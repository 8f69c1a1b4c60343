"""What authorities do, in the compiled engine: measures by date, after evidence and at thresholds; and incidents."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.orders import AT_GATE, decide_held, interrupt, reinstate, settle, suspend, try_unserved
from exportsim.engine.compiled.sourcing import disrupt, lose_trust
from exportsim.engine.compiled.tables import (
    ABOVE,
    ACTING,
    ACTS,
    AUTHORITY,
    BELOW,
    BRANCH_APPLICATIONS,
    BRANCH_CANCEL,
    BRANCH_CHANCES,
    BRANCH_COUNT,
    BRANCH_FIRST,
    BRANCH_OFFICERS,
    BRANCH_PERMITS,
    BRANCHES,
    CANCELLED_SOURCES,
    CELL,
    CELL_APPLICATIONS,
    CELL_AUTHORITIES,
    CELL_PERMITS,
    CELL_STATE,
    CHANGED,
    COUNT,
    COUNTERS,
    DELAY,
    DESK_STATE,
    DESKS,
    EVERY,
    EXPOSURE,
    FIGURE,
    FIGURE_WINDOW,
    HAS_PERMIT,
    HAZARD,
    HELD_NOW,
    IN_FORCE_NOW,
    IN_REVIEW,
    INCIDENT_DIGEST,
    INCIDENT_MINUTE,
    INCIDENT_RATES,
    INCIDENT_SCOPE,
    INCIDENT_STATE,
    INCIDENTS,
    IS_SUSPENDED,
    LINE_CELLS,
    LINES,
    MEASURE_DIGEST,
    MEASURE_INCIDENT,
    MEASURE_SCOPE,
    MEASURE_STATE,
    MEASURE_TRAFFIC,
    MEASURES,
    NOW,
    ORDERS,
    RANKS,
    ROWS,
    SOURCE,
    SOURCE_COUNT,
    SOURCE_FIRST,
    SOURCE_STATE,
    SOURCES,
    STAGES,
    STANDING,
    STOPPED_BY,
    THEN,
    TRAFFIC,
    TRIGGER,
    WINDOW,
    State,
    World,
    add,
    count,
    get,
    given,
    put,
    real,
    real_run,
    size,
)
from exportsim.engine.compiled.writing import arrival_gap, draw, number, plan_event, resize, write, written
from exportsim.jit import compiled
from exportsim.lifecycle import Fact, Moment
from exportsim.plan import CANCELS, FIGURES, HOLD, LOSS_CANCEL, LOSS_SUSPEND, NEVER, SUSPENDED, TRIGGER_AFTER
from exportsim.rules import evidence_chance, loss_of, outcome_of

MEASURE = int(Moment.MEASURE)
MEASURE_FACT, INCIDENT, EVIDENCE = int(Fact.MEASURE), int(Fact.INCIDENT), int(Fact.EVIDENCE)
CANCELLED, DELIVERED = int(Fact.CANCELLED), int(Fact.DELIVERED)
FOR_ARRIVAL, FOR_EVIDENCE, FOR_DELAY = PURPOSES["arrival"], PURPOSES["evidence"], PURPOSES["delay"]
FOR_OUTCOME = PURPOSES["outcome"]
FIGURE_IN_REVIEW, FIGURE_HELD, FIGURE_IN_FORCE = (FIGURES.index(name) for name in ("in_review", "held", "in_force"))
CANCEL_ALL = CANCELS.index("all")
FIRST_INCIDENT = 1 << 31  # incidents come after the measures of the same minute


@compiled
def drawn_outcome(w: World, measure: int, act_number: int) -> int:
    """The branch that chance takes of a measure's outcomes."""
    first, outcomes = given(w, MEASURES, measure, BRANCH_FIRST), given(w, MEASURES, measure, BRANCH_COUNT)
    if outcomes == 1:
        return first
    u = number(w, given(w, MEASURES, measure, MEASURE_DIGEST), act_number, FOR_OUTCOME, 0)
    return first + outcome_of(real_run(w, BRANCH_CHANCES, first, first + outcomes), u)


@compiled
def check_threshold(w: World, s: State, measure: int) -> None:
    """Look at a threshold: act above one limit, undo it below the other."""
    plan_event(w, s, get(s, COUNTERS, 0, NOW) + given(w, MEASURES, measure, EVERY), MEASURE, measure, 0, 0, 0)
    figure = figure_of(w, s, measure)
    if get(s, MEASURE_STATE, measure, ACTING) == 0 and figure > given(w, MEASURES, measure, ABOVE):
        put(s, MEASURE_STATE, measure, ACTING, 1)
        add(s, MEASURE_STATE, measure, ACTS, 1)
        act(w, s, measure, drawn_outcome(w, measure, get(s, MEASURE_STATE, measure, ACTS)), figure)
    elif get(s, MEASURE_STATE, measure, ACTING) == 1 and figure < given(w, MEASURES, measure, BELOW):
        put(s, MEASURE_STATE, measure, ACTING, 0)
        act(w, s, measure, given(w, MEASURES, measure, THEN), figure)


@compiled
def figure_of(w: World, s: State, measure: int) -> int:
    """The figure that a threshold watches, now."""
    figure = given(w, MEASURES, measure, FIGURE)
    total = 0
    if figure == FIGURE_IN_REVIEW:
        for authority in range(size(s, TRAFFIC)):
            if given(w, MEASURE_TRAFFIC, measure, authority):
                total += get(s, TRAFFIC, authority, 0)
    if figure in (FIGURE_IN_REVIEW, FIGURE_HELD, FIGURE_IN_FORCE):
        column = IN_REVIEW if figure == FIGURE_IN_REVIEW else HELD_NOW if figure == FIGURE_HELD else IN_FORCE_NOW
        for cell in range(size(s, CELL_STATE)):
            if given(w, MEASURE_SCOPE, measure, cell):
                total += get(s, CELL_STATE, cell, column)
        return total
    since = get(s, COUNTERS, 0, NOW) - given(w, MEASURES, measure, FIGURE_WINDOW)
    row = get(s, COUNTERS, 0, ROWS) - 1
    while row >= 0 and written(s, row, 0) >= since:
        if counts_as_delivered(s, row) and given(w, MEASURE_SCOPE, measure, written(s, row, 8)):
            total += written(s, row, 7)
        row -= 1
    return total


@compiled
def counts_as_delivered(s: State, row: int) -> bool:
    """Whether a row is a delivery under licence before the present minute."""
    before_now = written(s, row, 0) < get(s, COUNTERS, 0, NOW)
    return before_now and written(s, row, 1) == DELIVERED and written(s, row, 8) >= 0


@compiled
def next_incident(w: World, s: State, incident: int) -> None:
    """Plan an incident's next occurrence: on its date, or at its rate from period.start on."""
    add(s, INCIDENT_STATE, incident, COUNT, 1)
    occurrence, date = get(s, INCIDENT_STATE, incident, COUNT), given(w, INCIDENTS, incident, INCIDENT_MINUTE)
    minute = date
    if date < 0:
        hazard = arrival_gap(w, given(w, INCIDENTS, incident, INCIDENT_DIGEST), occurrence)
        add(s, INCIDENT_STATE, incident, HAZARD, hazard)
        minute = NEVER
        if real(w, INCIDENT_RATES, incident, 0) > 0.0:
            wait = get(s, INCIDENT_STATE, incident, HAZARD) / real(w, INCIDENT_RATES, incident, 0) + 0.5
            if wait < NEVER:
                minute = int(wait)
    elif occurrence > 1:
        return
    plan_event(w, s, minute, MEASURE, FIRST_INCIDENT + incident, 0, 0, 0)


@compiled
def happen(w: World, s: State, incident: int) -> None:
    """An incident happens; evidence may be found, and set measures off."""
    stream, now = given(w, INCIDENTS, incident, INCIDENT_DIGEST), get(s, COUNTERS, 0, NOW)
    occurrence = get(s, INCIDENT_STATE, incident, COUNT)
    write(s, INCIDENT, -1, 0, 0, -1, incident, 0, -1)
    since = now - given(w, INCIDENTS, incident, WINDOW)
    value = 0
    row = get(s, COUNTERS, 0, ROWS) - 1
    while row >= 0 and written(s, row, 0) >= since:
        if counts_as_delivered(s, row) and given(w, INCIDENT_SCOPE, incident, written(s, row, 2)):
            value += written(s, row, 7)
        row -= 1
    found = evidence_chance(value, given(w, INCIDENTS, incident, EXPOSURE))
    if number(w, stream, occurrence, FOR_EVIDENCE, 0) < found:
        write(s, EVIDENCE, -1, 0, 0, -1, incident, value, -1)
        for measure in range(count(w, MEASURES)):
            if (
                given(w, MEASURES, measure, TRIGGER) == TRIGGER_AFTER
                and given(w, MEASURES, measure, MEASURE_INCIDENT) == incident
            ):
                delay = draw(
                    w,
                    given(w, MEASURES, measure, DELAY),
                    given(w, MEASURES, measure, MEASURE_DIGEST),
                    occurrence,
                    FOR_DELAY,
                    0,
                )
                plan_event(w, s, now + delay, MEASURE, measure, occurrence, 0, 0)
    next_incident(w, s, incident)


@compiled
def act(w: World, s: State, measure: int, branch: int, figure: int) -> None:
    """Everything that an act does, in its order (``docs/model.md``, Measures)."""
    write(s, MEASURE_FACT, -1, 0, 0, -1, branch, figure, -1)
    any_changed = set_regimes(w, s, measure, branch)
    holds = given(w, BRANCHES, branch, BRANCH_APPLICATIONS) == HOLD
    to_suspended = given(w, BRANCHES, branch, BRANCH_PERMITS) == SUSPENDED
    for o in range(get(s, COUNTERS, 0, RANKS)):
        if get(s, ORDERS, o, HAS_PERMIT) != 0 and get(s, CHANGED, 1, get(s, ORDERS, o, CELL)):
            if to_suspended:
                suspend(w, s, o, branch)
            else:
                reinstate(w, s, o, branch)
    for stage in range(count(w, STAGES)):
        officers = given(w, BRANCHES, branch, BRANCH_OFFICERS + stage)
        if officers >= 0 and officers != get(s, DESK_STATE, stage, DESKS):
            resize(s, stage, officers)
            settle(w, s)
    doom(w, s, measure, branch)
    cost_trust(w, s, branch)
    if given(w, BRANCHES, branch, BRANCH_CANCEL) >= 0:
        for o in range(get(s, COUNTERS, 0, RANKS)):
            if is_doomed(w, s, measure, branch, o):
                interrupt(w, s, o, CANCELLED, branch, True)
                settle(w, s)
    for o in range(get(s, COUNTERS, 0, RANKS)):
        # Whoever comes to the gate in this very act has been decided under the new regime: held.
        if get(s, ORDERS, o, STANDING) == AT_GATE and get(s, CHANGED, 0, get(s, ORDERS, o, CELL)) != 0 and not holds:
            decide_held(w, s, o)
            settle(w, s)
    if any_changed:
        try_unserved(w, s)


@compiled
def set_regimes(w: World, s: State, measure: int, branch: int) -> bool:
    """Set the regimes of the cells in scope, note which have changed, and whether any has."""
    applications, permits = given(w, BRANCHES, branch, BRANCH_APPLICATIONS), given(w, BRANCHES, branch, BRANCH_PERMITS)
    any_changed = False
    for cell in range(size(s, CELL_STATE)):
        scope = given(w, MEASURE_SCOPE, measure, cell)
        put(
            s,
            CHANGED,
            0,
            cell,
            scope and applications >= 0 and get(s, CELL_STATE, cell, CELL_APPLICATIONS) != applications,
        )
        put(s, CHANGED, 1, cell, scope and permits >= 0 and get(s, CELL_STATE, cell, CELL_PERMITS) != permits)
        if get(s, CHANGED, 0, cell):
            put(s, CELL_STATE, cell, CELL_APPLICATIONS, applications)
            any_changed = True
        if get(s, CHANGED, 1, cell):
            put(s, CELL_STATE, cell, CELL_PERMITS, permits)
            put(s, CELL_STATE, cell, STOPPED_BY, branch)
            any_changed = True
    return any_changed


@compiled
def is_doomed(w: World, s: State, measure: int, branch: int, o: int) -> bool:
    """Whether the act cancels an order's permit."""
    if get(s, ORDERS, o, HAS_PERMIT) == 0 or not given(w, MEASURE_SCOPE, measure, get(s, ORDERS, o, CELL)):
        return False
    return given(w, BRANCHES, branch, BRANCH_CANCEL) == CANCEL_ALL or get(s, ORDERS, o, IS_SUSPENDED) != 0


@compiled
def doom(w: World, s: State, measure: int, branch: int) -> None:
    """Note the sources of which the act cancels a permit."""
    for source in range(size(s, SOURCE_STATE)):
        put(s, CANCELLED_SOURCES, source, 0, 0)
    if given(w, BRANCHES, branch, BRANCH_CANCEL) >= 0:
        for o in range(get(s, COUNTERS, 0, RANKS)):
            if is_doomed(w, s, measure, branch, o):
                put(s, CANCELLED_SOURCES, get(s, ORDERS, o, SOURCE), 0, 1)


@compiled
def touches(w: World, s: State, line: int, authority: int, what: int) -> bool:
    """Whether the act changed one of a line's cells at an authority: its applications (0), its permits (1)."""
    for cell in range(size(s, CELL_STATE)):
        if (
            get(s, CHANGED, what, cell)
            and given(w, LINE_CELLS, line, cell)
            and given(w, CELL_AUTHORITIES, cell, 0) == authority
        ):
            return True
    return False


@compiled
def cost_trust(w: World, s: State, branch: int) -> None:
    """Take from each line the trust that the act costs, and note that it was disrupted."""
    regime = loss_of(given(w, BRANCHES, branch, BRANCH_APPLICATIONS))
    suspends = given(w, BRANCHES, branch, BRANCH_PERMITS) == SUSPENDED
    for line in range(count(w, LINES)):
        bitten = False
        first = given(w, LINES, line, SOURCE_FIRST)
        for source in range(first, first + given(w, LINES, line, SOURCE_COUNT)):
            authority = given(w, SOURCES, source, AUTHORITY)
            if authority < 0:
                continue
            if regime >= 0 and touches(w, s, line, authority, 0):
                lose_trust(w, s, source, regime)
                bitten = True
            if suspends and touches(w, s, line, authority, 1):
                lose_trust(w, s, source, LOSS_SUSPEND)
                bitten = True
            if get(s, CANCELLED_SOURCES, source, 0):
                lose_trust(w, s, source, LOSS_CANCEL)
                bitten = True
        if bitten:
            disrupt(w, s, line)
