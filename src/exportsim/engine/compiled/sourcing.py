"""Who may supply an order, in the compiled engine: candidates, trust, and the tries of qualification."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.luck_rows import SOURCE
from exportsim.engine.compiled.rows import (
    CELLS,
    EXCLUDED,
    LOSSES,
    PULLS,
    cell_at,
    entry,
    line_at,
    line_state_at,
    order_at,
    pull_at,
    real_entry,
    real_run,
    source_at,
    source_state_at,
    state_of,
    stream_at,
    world_of,
)
from exportsim.engine.compiled.writing import draw, number, number_of, plan_event
from exportsim.jit import compiled_part
from exportsim.lifecycle import Moment
from exportsim.plan import AT_DISRUPTION, DENY
from exportsim.rules import is_closed, is_filed, is_on_record, pick, trust_at

FOR_SOURCE, FOR_QUALIFICATION, FOR_FILING = PURPOSES["source"], PURPOSES["qualification"], PURPOSES["filing"]
QUALIFICATION = int(Moment.QUALIFICATION)


@compiled_part
def cell_of(w: int, s: int, o: int, source: int) -> int:
    """The cell of an order at the authority that licenses a source."""
    order = order_at(s, o)
    row = source_at(w, source).authority * world_of(w).places + line_at(w, order.line).place
    return entry(w, CELLS, row, order.programme)


@compiled_part
def trust_in(w: int, s: int, source: int, minute: int) -> float:
    """A line's trust in a source, at a minute."""
    state = source_state_at(s, source)
    half_life = line_at(w, source_at(w, source).line).half_life
    return trust_at(state.trust, state.trust_since, minute, half_life)


@compiled_part
def filing_luck(w: int, s: int, o: int, attempt: int) -> float:
    """The luck of the filing of an order's attempt; where all is filed, none is needed."""
    order = order_at(s, o)
    if line_at(w, order.line).not_all_file == 0:
        return 0.5
    return number(w, stream_at(w, order.line).digest, order.number, FOR_FILING, attempt)


@compiled_part
def is_shut(w: int, s: int, o: int, source: int, luck: float) -> bool:
    """Whether a licensed source is closed to new attempts of the order."""
    line, cell = line_at(w, order_at(s, o).line), cell_at(s, cell_of(w, s, o, source))
    if line.not_all_file == 0:
        return cell.applications == DENY
    return is_closed(
        cell.applications,
        cell.stop,
        cell.stop_ended,
        state_of(s).now,
        source_at(w, source).restart,
        luck,
        line.filing_hold,
        line.filing_deny,
    )


@compiled_part
def would_file(w: int, s: int, o: int) -> bool:
    """Whether the order of an attempt is filed under the present regime of its cell."""
    order = order_at(s, o)
    line = line_at(w, order.line)
    if line.not_all_file == 0:
        return True
    luck = filing_luck(w, s, o, order.attempt)
    applications = cell_at(s, order.cell).applications
    return is_filed(applications, luck, line.filing_hold, line.filing_case_by_case, line.filing_deny)


@compiled_part
def pull(w: int, s: int, o: int, source: int, luck: float) -> float:
    """Weight × trust of a source, 0 if it is no candidate for this order."""
    line = line_at(w, order_at(s, o).line)
    if source_state_at(s, source).qualified == 0 or entry(s, EXCLUDED, o, source - line.source_first) != 0:
        return 0.0
    if source_at(w, source).authority >= 0 and is_shut(w, s, o, source, luck):
        return 0.0
    return source_at(w, source).weight * trust_in(w, s, source, state_of(s).now)


@compiled_part
def recorded_pull(w: int, s: int, source: int) -> float:
    """Weight of a source that a recorded application can be of: one that needs a permit, whatever holds now."""
    may_be = source_state_at(s, source).qualified != 0 and source_at(w, source).authority >= 0
    return source_at(w, source).weight if may_be else 0.0


@compiled_part
def choose(w: int, s: int, o: int) -> int:
    """One of the order's candidates, by weight × trust; -1 if it has none."""
    order = order_at(s, o)
    line, luck = line_at(w, order.line), filing_luck(w, s, o, order.attempt + 1)
    on_record = is_on_record(order.attempt + 1, order.placed, line.bound_until)
    for k in range(line.source_count):
        source = line.source_first + k
        pull_at(s, k).weight = recorded_pull(w, s, source) if on_record else pull(w, s, o, source, luck)
    u = 0.5  # where there is one source, it takes no luck
    if line.source_count > 1:
        u = number_of(w, s, o, order.attempt + 1, FOR_SOURCE, SOURCE)
    chosen = pick(real_run(s, PULLS, 0, line.source_count), u)
    return line.source_first + chosen if chosen >= 0 else -1


@compiled_part
def has_candidate(w: int, s: int, o: int) -> bool:
    """Whether the order has a candidate now."""
    order = order_at(s, o)
    line, luck = line_at(w, order.line), filing_luck(w, s, o, order.attempt + 1)
    for source in range(line.source_first, line.source_first + line.source_count):
        if pull(w, s, o, source, luck) > 0.0:
            return True
    return False


@compiled_part
def lose_trust(w: int, s: int, source: int, act: int, minute: int) -> None:
    """Multiply a line's trust in a source by 1 − loss of an act, at a minute (perhaps before the run)."""
    state = source_state_at(s, source)
    state.trust = trust_in(w, s, source, minute) * (1.0 - real_entry(w, LOSSES, source_at(w, source).line, act))
    state.trust_since = minute


@compiled_part
def disrupt(w: int, s: int, line_number: int, minute: int) -> None:
    """At a line's first disruption (perhaps before the run), the sources that waited for it start qualifying."""
    if line_state_at(s, line_number).disrupted != 0:
        return
    line_state_at(s, line_number).disrupted = 1
    line = line_at(w, line_number)
    for source in range(line.source_first, line.source_first + line.source_count):
        if source_at(w, source).starts == AT_DISRUPTION:
            source_state_at(s, source).begins = minute
            try_to_qualify(w, s, source)


@compiled_part
def try_to_qualify(w: int, s: int, source: int) -> None:
    """Begin a try at qualifying a source, which takes at least a minute."""
    state, qualifying = source_state_at(s, source), source_at(w, source)
    state.tries += 1
    minutes = draw(w, qualifying.time, qualifying.digest, 0, FOR_QUALIFICATION, state.tries)
    state.begins += max(minutes, 1)
    # What was over before the run's first minute is found in it.
    plan_event(w, s, max(state.begins, world_of(w).start), QUALIFICATION, source, 0, 0, 0)
