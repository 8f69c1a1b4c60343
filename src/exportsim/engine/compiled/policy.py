"""What authorities do, in the compiled engine: measures by date, after evidence and at thresholds; and incidents."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.heap import LATER_HALF
from exportsim.engine.compiled.orders import decide_held, interrupt, reconsider_filing, settle, try_unserved
from exportsim.engine.compiled.permits import reinstate, suspend
from exportsim.engine.compiled.rows import (
    BRANCH_CHANCES,
    BRANCH_FACTORS,
    CELL_AUTHORITIES,
    CELL_STATES,
    INCIDENT_SCOPE,
    LINE_CELLS,
    LINES,
    MEASURE_SCOPE,
    MEASURE_TRAFFIC,
    MEASURES,
    OFFICERS,
    SOURCE_STATES,
    STAGES,
    TRAFFIC,
    WORK_FACTORS,
    branch_at,
    cell_at,
    count,
    desk_at,
    entry,
    fact_at,
    incident_at,
    incident_state_at,
    line_at,
    measure_at,
    measure_state_at,
    order_at,
    real_run,
    set_entry,
    source_at,
    source_state_at,
    state_of,
    traffic_at,
    world_of,
)
from exportsim.engine.compiled.sourcing import disrupt, lose_trust
from exportsim.engine.compiled.standings import AT_GATE, UNFILED
from exportsim.engine.compiled.writing import arrival_gap, draw, number, plan_event, resize, write
from exportsim.jit import compiled_part
from exportsim.lifecycle import Fact, Moment
from exportsim.packed_rows import unpacked_part
from exportsim.plan import (
    BACKLOGS,
    CANCELS,
    DENY,
    FIGURES,
    HOLD,
    LEFT,
    LOSS_CANCEL,
    LOSS_SUSPEND,
    NEVER,
    SUSPENDED,
    TRIGGER_AFTER,
    TRIGGER_ON,
)
from exportsim.rules import evidence_chance, loss_of, outcome_of, stop_of

MEASURE, RESTART = int(Moment.MEASURE), int(Moment.RESTART)
REVIEW_AGAIN = BACKLOGS.index("review")
MEASURE_FACT, INCIDENT, EVIDENCE = int(Fact.MEASURE), int(Fact.INCIDENT), int(Fact.EVIDENCE)
CANCELLED, DELIVERED = int(Fact.CANCELLED), int(Fact.DELIVERED)
FOR_ARRIVAL, FOR_EVIDENCE, FOR_DELAY = PURPOSES["arrival"], PURPOSES["evidence"], PURPOSES["delay"]
FOR_OUTCOME = PURPOSES["outcome"]
FIGURE_IN_REVIEW, FIGURE_HELD, FIGURE_DELIVERED = (FIGURES.index(name) for name in ("in_review", "held", "delivered"))
CANCEL_ALL = CANCELS.index("all")


@compiled_part
def is_of_line(w: int, line: int, cell: int) -> bool:
    """Whether an order of a line can be in a cell."""
    return (entry(w, LINE_CELLS, line, cell >> 6) >> (cell & 63)) & 1 != 0


@compiled_part
def drawn_outcome(w: int, measure_number: int, act_number: int) -> int:
    """The branch that chance takes of a measure's outcomes."""
    measure = measure_at(w, measure_number)
    if measure.branch_count == 1:
        return measure.branch_first
    u = number(w, measure.digest, act_number, FOR_OUTCOME, 0)
    chances = real_run(w, BRANCH_CHANCES, measure.branch_first, measure.branch_first + measure.branch_count)
    return measure.branch_first + outcome_of(chances, u)


@compiled_part
def check_threshold(w: int, s: int, measure_number: int) -> None:
    """Look at a threshold: act above one limit, undo it below the other."""
    measure, state = measure_at(w, measure_number), measure_state_at(s, measure_number)
    plan_event(w, s, state_of(s).now + measure.every, MEASURE, measure_number, 0, 0, 0)
    figure = figure_of(w, s, measure_number)
    if state.acting == 0 and figure > measure.above:
        state.acting = 1
        state.acts += 1
        act(w, s, measure_number, drawn_outcome(w, measure_number, state.acts), figure)
    elif state.acting == 1 and figure < measure.below:
        state.acting = 0
        act(w, s, measure_number, measure.then, figure)


@compiled_part
def figure_of(w: int, s: int, measure_number: int) -> int:
    """The figure that a threshold watches, now."""
    measure = measure_at(w, measure_number)
    if measure.figure == FIGURE_DELIVERED:
        return delivered_in(w, s, MEASURE_SCOPE, measure_number, measure.window)
    total = 0
    if measure.figure == FIGURE_IN_REVIEW:
        for authority in range(count(s, TRAFFIC)):
            if entry(w, MEASURE_TRAFFIC, measure_number, authority):
                total += traffic_at(s, authority).in_review
    for k in range(count(s, CELL_STATES)):
        if entry(w, MEASURE_SCOPE, measure_number, k):
            cell = cell_at(s, k)
            if measure.figure == FIGURE_IN_REVIEW:
                total += cell.in_review
            elif measure.figure == FIGURE_HELD:
                total += cell.held
            else:
                total += cell.in_force
    return total


@compiled_part
def delivered_in(w: int, s: int, scope: int, row: int, window: int) -> int:
    """The value delivered under licence in a window before the present minute, in cells or (of an incident) lines."""
    state = state_of(s)
    total, since = 0, state.now - window
    for k in range(state.ledger_rows - 1, -1, -1):
        words = fact_at(s, k)
        fact = unpacked_part(words.when, words.amount, words.who, words.what)
        if fact.minute < since:
            break
        licensed = fact.minute < state.now and fact.fact == DELIVERED and fact.cell >= 0
        if licensed and entry(w, scope, row, fact.line if scope == INCIDENT_SCOPE else fact.cell):
            total += fact.amount
    return total


@compiled_part
def next_incident(w: int, s: int, incident_number: int) -> None:
    """Plan an incident's next occurrence: on its date, or at its rate from period.start on."""
    incident, state = incident_at(w, incident_number), incident_state_at(s, incident_number)
    state.count += 1
    minute = incident.minute
    if minute < 0:
        state.hazard += arrival_gap(w, incident.digest, state.count)
        minute = NEVER
        if incident.rate > 0.0:
            wait = state.hazard / incident.rate + 0.5
            if wait < NEVER:
                minute = int(wait)
    elif state.count > 1:
        return
    plan_event(w, s, minute, MEASURE, LATER_HALF + incident_number, 0, 0, 0)


@compiled_part
def happen(w: int, s: int, incident_number: int) -> None:
    """An incident happens; evidence may be found, and set measures off."""
    incident, occurrence = incident_at(w, incident_number), incident_state_at(s, incident_number).count
    write(s, INCIDENT, -1, 0, 0, -1, incident_number, 0, -1)
    cents = delivered_in(w, s, INCIDENT_SCOPE, incident_number, incident.window)
    if number(w, incident.digest, occurrence, FOR_EVIDENCE, 0) < evidence_chance(cents, incident.exposure):
        write(s, EVIDENCE, -1, 0, 0, -1, incident_number, cents, -1)
        for measure_number in range(count(w, MEASURES)):
            measure = measure_at(w, measure_number)
            if measure.trigger == TRIGGER_AFTER and measure.incident == incident_number:
                delay = draw(w, measure.delay, measure.digest, occurrence, FOR_DELAY, 0)
                plan_event(w, s, state_of(s).now + delay, MEASURE, measure_number, occurrence, 0, 0)
    next_incident(w, s, incident_number)


@compiled_part
def act(w: int, s: int, measure: int, branch_number: int, figure: int) -> None:
    """Everything that an act does, in its order (``docs/model.md``, Measures)."""
    branch = branch_at(w, branch_number)
    holds = branch.applications == HOLD
    write(s, MEASURE_FACT, -1, 0, 0, -1, branch_number, figure, -1)
    any_changed = set_regimes(w, s, measure, branch_number)
    if world_of(w).not_all_file != 0:
        note_stops(w, s, decided_in(w, s, measure))
        for o in range(state_of(s).ranks):
            order = order_at(s, o)
            if order.standing == UNFILED and cell_at(s, order.cell).applications_changed != 0:
                reconsider_filing(w, s, o)
    set_pace(w, s, measure, branch_number)
    for o in range(state_of(s).ranks):
        order = order_at(s, o)
        if order.has_permit != 0 and cell_at(s, order.cell).permits_changed != 0:
            if branch.permits == SUSPENDED:
                suspend(w, s, o, branch_number)
            else:
                reinstate(w, s, o, branch_number)
    for stage in range(count(w, STAGES)):
        officers = entry(w, OFFICERS, branch_number, stage)
        if officers >= 0 and officers != desk_at(s, stage).number:
            resize(s, stage, officers)
            settle(w, s)
    note_cancellations(w, s, measure, branch_number)
    cost_trust(w, s, branch_number, decided_in(w, s, measure))
    if branch.cancel >= 0:
        for o in range(state_of(s).ranks):
            if is_cancelled(w, s, measure, branch_number, o):
                interrupt(w, s, o, CANCELLED, branch_number)
                settle(w, s)
    for o in range(state_of(s).ranks):
        # Whoever comes to the gate in this very act has been decided under the new regime: held.
        order = order_at(s, o)
        if order.standing == AT_GATE and cell_at(s, order.cell).applications_changed != 0 and not holds:
            decide_held(w, s, o, branch.backlog == REVIEW_AGAIN)
            settle(w, s)
    if any_changed:
        try_unserved(w, s)


@compiled_part
def set_regimes(w: int, s: int, measure: int, branch_number: int) -> bool:
    """Set the regimes of the cells in scope, note which have changed, and whether any has."""
    branch = branch_at(w, branch_number)
    any_changed = False
    for k in range(count(s, CELL_STATES)):
        cell, scope = cell_at(s, k), entry(w, MEASURE_SCOPE, measure, k) != 0
        new_applications = scope and branch.applications >= 0 and cell.applications != branch.applications
        new_permits = scope and branch.permits >= 0 and cell.permits != branch.permits
        cell.applications_changed = int(new_applications)
        cell.permits_changed = int(new_permits)
        if scope:
            set_terms(w, s, k, branch_number)
        if new_applications:
            cell.applications = branch.applications
        if new_permits:
            cell.permits = branch.permits
            cell.stopped_by = branch_number
        any_changed = any_changed or new_applications or new_permits
    return any_changed


@compiled_part
def note_stops(w: int, s: int, minute: int) -> None:
    """Note in which cells a stop holds or has ended at a minute, and after that let lines order again."""
    any_ended = False
    for k in range(count(s, CELL_STATES)):
        cell = cell_at(s, k)
        cell.stop_ends = 0
        if cell.applications_changed == 0 and cell.permits_changed == 0:
            continue
        stop = stop_of(cell.applications, cell.permits)
        if stop >= 0:
            cell.stop = stop
            cell.stop_ended = NEVER
        elif cell.stop >= 0 and cell.stop_ended == NEVER:
            cell.stop_ended = minute
            cell.stop_ends = 1
            any_ended = True
    if not any_ended:
        return
    for source_number in range(count(s, SOURCE_STATES)):
        source = source_at(w, source_number)
        if source.restart > 0 and minute + source.restart > state_of(s).now:
            for k in range(count(s, CELL_STATES)):
                own = is_of_line(w, source.line, k) and entry(w, CELL_AUTHORITIES, k, 0) == source.authority
                if own and cell_at(s, k).stop_ends != 0:
                    plan_event(w, s, minute + source.restart, RESTART, source_number, 0, 0, 0)
                    break


@compiled_part
def reopen(w: int, s: int, source_number: int) -> None:
    """A line orders from a source again, unless that has been stopped anew."""
    source = source_at(w, source_number)
    for k in range(count(s, CELL_STATES)):
        own = is_of_line(w, source.line, k) and entry(w, CELL_AUTHORITIES, k, 0) == source.authority
        if own and cell_at(s, k).stop_ended + source.restart == state_of(s).now:
            try_unserved(w, s)
            return


@compiled_part
def set_terms(w: int, s: int, k: int, branch_number: int) -> None:
    """Set what holds of decisions and permits in a cell. Who denies without a chance denies all."""
    branch, cell = branch_at(w, branch_number), cell_at(s, k)
    if branch.approval != LEFT:
        cell.approval = branch.approval
        cell.approval_denied = max(branch.approval, 0.0)
    elif branch.applications == DENY:
        cell.approval_denied = 0.0
    if branch.validity != LEFT:
        cell.validity = branch.validity
        cell.validity_works = branch.validity_works
    if branch.take_up != LEFT:
        cell.take_up = branch.take_up


@compiled_part
def set_pace(w: int, s: int, measure: int, branch_number: int) -> None:
    """Set what officers' time is multiplied with, and who is taken up before others."""
    priority, cells = branch_at(w, branch_number).priority, count(s, CELL_STATES)
    if priority != LEFT:
        state_of(s).is_ranked = 1
    for k in range(cells):
        if entry(w, MEASURE_SCOPE, measure, k):
            set_factors(w, s, k, branch_number)
            if priority != LEFT:
                cell_at(s, k).priority = priority
    for authority in range(count(s, TRAFFIC)):
        if entry(w, MEASURE_TRAFFIC, measure, authority):
            set_factors(w, s, cells + authority, branch_number)
            if priority != LEFT:
                traffic_at(s, authority).priority = priority


@compiled_part
def set_factors(w: int, s: int, row: int, branch_number: int) -> None:
    """Set what officers' time is multiplied with in a cell, or in the other applications of an authority."""
    for stage in range(count(w, STAGES)):
        factor = entry(w, BRANCH_FACTORS, branch_number, stage)
        if factor != LEFT:
            state_of(s).has_factors = 1
            set_entry(s, WORK_FACTORS, row, stage, factor)


@compiled_part
def is_cancelled(w: int, s: int, measure: int, branch: int, o: int) -> bool:
    """Whether the act cancels an order's permit."""
    order = order_at(s, o)
    if order.has_permit == 0 or not entry(w, MEASURE_SCOPE, measure, order.cell):
        return False
    return branch_at(w, branch).cancel == CANCEL_ALL or order.is_suspended != 0


@compiled_part
def note_cancellations(w: int, s: int, measure: int, branch: int) -> None:
    """Note the sources of which the act cancels a permit."""
    for source in range(count(s, SOURCE_STATES)):
        source_state_at(s, source).is_cancelled = 0
    if branch_at(w, branch).cancel >= 0:
        for o in range(state_of(s).ranks):
            if is_cancelled(w, s, measure, branch, o):
                source_state_at(s, order_at(s, o).source).is_cancelled = 1


@compiled_part
def touches(w: int, s: int, line: int, authority: int, of_permits: bool) -> bool:
    """Whether the act changed one of a line's cells at an authority: its applications, or its permits."""
    for k in range(count(s, CELL_STATES)):
        cell = cell_at(s, k)
        changed = cell.permits_changed if of_permits else cell.applications_changed
        if changed != 0 and is_of_line(w, line, k) and entry(w, CELL_AUTHORITIES, k, 0) == authority:
            return True
    return False


@compiled_part
def decided_in(w: int, s: int, measure_number: int) -> int:
    """The minute from which on an act costs trust: of a measure that was decided before the run, that of its date."""
    measure = measure_at(w, measure_number)
    return measure.minute if measure.trigger == TRIGGER_ON else state_of(s).now


@compiled_part
def cost_trust(w: int, s: int, branch_number: int, minute: int) -> None:
    """Take from each line the trust that the act costs, and note that it was disrupted."""
    branch = branch_at(w, branch_number)
    regime = loss_of(branch.applications)
    suspends = branch.permits == SUSPENDED
    for line_number in range(count(w, LINES)):
        line, bitten = line_at(w, line_number), False
        for source in range(line.source_first, line.source_first + line.source_count):
            authority = source_at(w, source).authority
            if authority < 0:
                continue
            if regime >= 0 and touches(w, s, line_number, authority, False):
                lose_trust(w, s, source, regime, minute)
                bitten = True
            if suspends and touches(w, s, line_number, authority, True):
                lose_trust(w, s, source, LOSS_SUSPEND, minute)
                bitten = True
            if source_state_at(s, source).is_cancelled != 0:
                lose_trust(w, s, source, LOSS_CANCEL, minute)
                bitten = True
        if bitten:
            disrupt(w, s, line_number, minute)
