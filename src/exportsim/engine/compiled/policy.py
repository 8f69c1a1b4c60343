"""What authorities do, in the compiled engine: measures by date, after evidence and at thresholds; and incidents."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.heap import LATER_HALF
from exportsim.engine.compiled.orders import AT_GATE, decide_held, interrupt, reinstate, settle, suspend, try_unserved
from exportsim.engine.compiled.sourcing import disrupt, lose_trust
from exportsim.engine.compiled.tables import (
    ABOVE,
    ACTING,
    ACTS,
    APPLICATIONS_CHANGED,
    AUTHORITY,
    BELOW,
    BRANCH_APPLICATIONS,
    BRANCH_CANCEL,
    BRANCH_CHANCES,
    BRANCH_COUNT,
    BRANCH_FIRST,
    BRANCH_PERMITS,
    CELL,
    CELL_APPLICATIONS,
    CELL_AUTHORITY,
    CELL_PERMITS,
    CELL_STATE,
    DELAY,
    DESKS,
    EVERY,
    EXPOSURE,
    FIGURE,
    FIGURE_WINDOW,
    HAS_PERMIT,
    HELD_NOW,
    IN_FORCE_NOW,
    IN_REVIEW,
    INCIDENT_DIGEST,
    INCIDENT_MINUTE,
    INCIDENT_RATE,
    INCIDENT_SCOPE,
    IS_CANCELLED,
    IS_SUSPENDED,
    LINE_CELLS,
    LINES,
    MEASURE_DIGEST,
    MEASURE_INCIDENT,
    MEASURE_SCOPE,
    MEASURE_TRAFFIC,
    MEASURES,
    NOW,
    OCCURRENCE_HAZARD,
    OCCURRENCES,
    OFFICERS,
    PERMITS_CHANGED,
    RANKS,
    ROW_AMOUNT,
    ROW_CELL,
    ROW_FACT,
    ROW_LINE,
    ROW_MINUTE,
    ROWS,
    SOURCE,
    SOURCE_COUNT,
    SOURCE_FIRST,
    SOURCE_STATE,
    STAGES,
    STANDING,
    STOPPED_BY,
    THEN,
    TRAFFIC,
    TRAFFIC_STATE,
    TRIGGER,
    WINDOW,
    add,
    count,
    entry,
    get,
    put,
    real,
    real_run,
    value,
)
from exportsim.engine.compiled.writing import arrival_gap, draw, number, plan_event, resize, write
from exportsim.jit import compiled_part
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


@compiled_part
def drawn_outcome(w: int, measure: int, act_number: int) -> int:
    """The branch that chance takes of a measure's outcomes."""
    first, outcomes = get(w, measure, BRANCH_FIRST), get(w, measure, BRANCH_COUNT)
    if outcomes == 1:
        return first
    u = number(w, get(w, measure, MEASURE_DIGEST), act_number, FOR_OUTCOME, 0)
    return first + outcome_of(real_run(w, BRANCH_CHANCES, first, first + outcomes), u)


@compiled_part
def check_threshold(w: int, s: int, measure: int) -> None:
    """Look at a threshold: act above one limit, undo it below the other."""
    plan_event(w, s, value(s, NOW) + get(w, measure, EVERY), MEASURE, measure, 0, 0, 0)
    figure = figure_of(w, s, measure)
    if get(s, measure, ACTING) == 0 and figure > get(w, measure, ABOVE):
        put(s, measure, ACTING, 1)
        add(s, measure, ACTS, 1)
        act(w, s, measure, drawn_outcome(w, measure, get(s, measure, ACTS)), figure)
    elif get(s, measure, ACTING) == 1 and figure < get(w, measure, BELOW):
        put(s, measure, ACTING, 0)
        act(w, s, measure, get(w, measure, THEN), figure)


@compiled_part
def figure_of(w: int, s: int, measure: int) -> int:
    """The figure that a threshold watches, now."""
    figure = get(w, measure, FIGURE)
    total = 0
    if figure == FIGURE_IN_REVIEW:
        for authority in range(count(s, TRAFFIC_STATE)):
            if entry(w, MEASURE_TRAFFIC, measure, authority):
                total += get(s, authority, TRAFFIC)
    if figure in (FIGURE_IN_REVIEW, FIGURE_HELD, FIGURE_IN_FORCE):
        column = IN_REVIEW if figure == FIGURE_IN_REVIEW else HELD_NOW if figure == FIGURE_HELD else IN_FORCE_NOW
        for cell in range(count(s, CELL_STATE)):
            if entry(w, MEASURE_SCOPE, measure, cell):
                total += get(s, cell, column)
        return total
    since = value(s, NOW) - get(w, measure, FIGURE_WINDOW)
    row = value(s, ROWS) - 1
    while row >= 0 and get(s, row, ROW_MINUTE) >= since:
        if counts_as_delivered(s, row) and entry(w, MEASURE_SCOPE, measure, get(s, row, ROW_CELL)):
            total += get(s, row, ROW_AMOUNT)
        row -= 1
    return total


@compiled_part
def counts_as_delivered(s: int, row: int) -> bool:
    """Whether a row is a delivery under licence before the present minute."""
    before_now = get(s, row, ROW_MINUTE) < value(s, NOW)
    return before_now and get(s, row, ROW_FACT) == DELIVERED and get(s, row, ROW_CELL) >= 0


@compiled_part
def next_incident(w: int, s: int, incident: int) -> None:
    """Plan an incident's next occurrence: on its date, or at its rate from period.start on."""
    add(s, incident, OCCURRENCES, 1)
    occurrence, date = get(s, incident, OCCURRENCES), get(w, incident, INCIDENT_MINUTE)
    minute = date
    if date < 0:
        hazard = arrival_gap(w, get(w, incident, INCIDENT_DIGEST), occurrence)
        add(s, incident, OCCURRENCE_HAZARD, hazard)
        minute = NEVER
        if real(w, incident, INCIDENT_RATE) > 0.0:
            wait = get(s, incident, OCCURRENCE_HAZARD) / real(w, incident, INCIDENT_RATE) + 0.5
            if wait < NEVER:
                minute = int(wait)
    elif occurrence > 1:
        return
    plan_event(w, s, minute, MEASURE, LATER_HALF + incident, 0, 0, 0)


@compiled_part
def happen(w: int, s: int, incident: int) -> None:
    """An incident happens; evidence may be found, and set measures off."""
    stream, now = get(w, incident, INCIDENT_DIGEST), value(s, NOW)
    occurrence = get(s, incident, OCCURRENCES)
    write(s, INCIDENT, -1, 0, 0, -1, incident, 0, -1)
    since = now - get(w, incident, WINDOW)
    cents = 0
    row = value(s, ROWS) - 1
    while row >= 0 and get(s, row, ROW_MINUTE) >= since:
        if counts_as_delivered(s, row) and entry(w, INCIDENT_SCOPE, incident, get(s, row, ROW_LINE)):
            cents += get(s, row, ROW_AMOUNT)
        row -= 1
    found = evidence_chance(cents, get(w, incident, EXPOSURE))
    if number(w, stream, occurrence, FOR_EVIDENCE, 0) < found:
        write(s, EVIDENCE, -1, 0, 0, -1, incident, cents, -1)
        for measure in range(count(w, MEASURES)):
            if get(w, measure, TRIGGER) == TRIGGER_AFTER and get(w, measure, MEASURE_INCIDENT) == incident:
                delay = draw(
                    w,
                    get(w, measure, DELAY),
                    get(w, measure, MEASURE_DIGEST),
                    occurrence,
                    FOR_DELAY,
                    0,
                )
                plan_event(w, s, now + delay, MEASURE, measure, occurrence, 0, 0)
    next_incident(w, s, incident)


@compiled_part
def act(w: int, s: int, measure: int, branch: int, figure: int) -> None:
    """Everything that an act does, in its order (``docs/model.md``, Measures)."""
    write(s, MEASURE_FACT, -1, 0, 0, -1, branch, figure, -1)
    any_changed = set_regimes(w, s, measure, branch)
    holds = get(w, branch, BRANCH_APPLICATIONS) == HOLD
    to_suspended = get(w, branch, BRANCH_PERMITS) == SUSPENDED
    for o in range(value(s, RANKS)):
        if get(s, o, HAS_PERMIT) != 0 and get(s, get(s, o, CELL), PERMITS_CHANGED) != 0:
            if to_suspended:
                suspend(w, s, o, branch)
            else:
                reinstate(w, s, o, branch)
    for stage in range(count(w, STAGES)):
        officers = entry(w, OFFICERS, branch, stage)
        if officers >= 0 and officers != get(s, stage, DESKS):
            resize(s, stage, officers)
            settle(w, s)
    doom(w, s, measure, branch)
    cost_trust(w, s, branch)
    if get(w, branch, BRANCH_CANCEL) >= 0:
        for o in range(value(s, RANKS)):
            if is_doomed(w, s, measure, branch, o):
                interrupt(w, s, o, CANCELLED, branch, True)
                settle(w, s)
    for o in range(value(s, RANKS)):
        # Whoever comes to the gate in this very act has been decided under the new regime: held.
        if get(s, o, STANDING) == AT_GATE and get(s, get(s, o, CELL), APPLICATIONS_CHANGED) != 0 and not holds:
            decide_held(w, s, o)
            settle(w, s)
    if any_changed:
        try_unserved(w, s)


@compiled_part
def set_regimes(w: int, s: int, measure: int, branch: int) -> bool:
    """Set the regimes of the cells in scope, note which have changed, and whether any has."""
    applications, permits = get(w, branch, BRANCH_APPLICATIONS), get(w, branch, BRANCH_PERMITS)
    any_changed = False
    for cell in range(count(s, CELL_STATE)):
        scope = entry(w, MEASURE_SCOPE, measure, cell) != 0
        new_applications = scope and applications >= 0 and get(s, cell, CELL_APPLICATIONS) != applications
        new_permits = scope and permits >= 0 and get(s, cell, CELL_PERMITS) != permits
        put(s, cell, APPLICATIONS_CHANGED, int(new_applications))
        put(s, cell, PERMITS_CHANGED, int(new_permits))
        if new_applications:
            put(s, cell, CELL_APPLICATIONS, applications)
        if new_permits:
            put(s, cell, CELL_PERMITS, permits)
            put(s, cell, STOPPED_BY, branch)
        any_changed = any_changed or new_applications or new_permits
    return any_changed


@compiled_part
def is_doomed(w: int, s: int, measure: int, branch: int, o: int) -> bool:
    """Whether the act cancels an order's permit."""
    if get(s, o, HAS_PERMIT) == 0 or not entry(w, MEASURE_SCOPE, measure, get(s, o, CELL)):
        return False
    return get(w, branch, BRANCH_CANCEL) == CANCEL_ALL or get(s, o, IS_SUSPENDED) != 0


@compiled_part
def doom(w: int, s: int, measure: int, branch: int) -> None:
    """Note the sources of which the act cancels a permit."""
    for source in range(count(s, SOURCE_STATE)):
        put(s, source, IS_CANCELLED, 0)
    if get(w, branch, BRANCH_CANCEL) >= 0:
        for o in range(value(s, RANKS)):
            if is_doomed(w, s, measure, branch, o):
                put(s, get(s, o, SOURCE), IS_CANCELLED, 1)


@compiled_part
def touches(w: int, s: int, line: int, authority: int, change: int) -> bool:
    """Whether the act changed one of a line's cells at an authority: its applications, or its permits."""
    for cell in range(count(s, CELL_STATE)):
        if get(s, cell, change) != 0 and entry(w, LINE_CELLS, line, cell) and get(w, cell, CELL_AUTHORITY) == authority:
            return True
    return False


@compiled_part
def cost_trust(w: int, s: int, branch: int) -> None:
    """Take from each line the trust that the act costs, and note that it was disrupted."""
    regime = loss_of(get(w, branch, BRANCH_APPLICATIONS))
    suspends = get(w, branch, BRANCH_PERMITS) == SUSPENDED
    for line in range(count(w, LINES)):
        bitten = False
        first = get(w, line, SOURCE_FIRST)
        for source in range(first, first + get(w, line, SOURCE_COUNT)):
            authority = get(w, source, AUTHORITY)
            if authority < 0:
                continue
            if regime >= 0 and touches(w, s, line, authority, APPLICATIONS_CHANGED):
                lose_trust(w, s, source, regime)
                bitten = True
            if suspends and touches(w, s, line, authority, PERMITS_CHANGED):
                lose_trust(w, s, source, LOSS_SUSPEND)
                bitten = True
            if get(s, source, IS_CANCELLED) != 0:
                lose_trust(w, s, source, LOSS_CANCEL)
                bitten = True
        if bitten:
            disrupt(w, s, line)
