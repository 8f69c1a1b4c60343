"""Deliberately wrong engines: for each a name and what is to be changed in which function.

A change is made on the syntax tree: in the named function the old expression, or run of statements, must stand exactly
once (or the change says which of several it means), or the mutant says so and fails. How a line is laid out and what
stands beside it does not matter; whoever rewords an expression that is wronged here rewords it here too.
"""

from __future__ import annotations

from typing import NamedTuple


class Change(NamedTuple):
    """In a function (``module:name``) the ``which``-th place with the old is given the new; 0 if there is but one."""

    function: str
    old: str
    new: str
    which: int = 0


class Mutant(NamedTuple):
    """What is wrong, the changes that make it so, and the runs worked out by hand that see what no invariant does."""

    name: str
    changes: tuple[Change, ...]
    by_hand: str = ""


def wrong(name: str, function: str, old: str, new: str, *more: Change, which: int = 0, by_hand: str = "") -> Mutant:
    """A mutant of one change, or of several."""
    return Mutant(name, (Change(function, old, new, which), *more), by_hand)


HEAP, WRITING, SOURCING, ORDERS, REVIEW, PERMITS, POLICY, LUCK, ARRIVALS, LOOP, SHARING = (
    f"exportsim.engine.compiled.{name}:"
    for name in (
        "heap",
        "writing",
        "sourcing",
        "orders",
        "review",
        "permits",
        "policy",
        "luck",
        "arrivals",
        "loop",
        "sharing",
    )
)
DIVERGENCE = "exportsim.divergence:"
BACKWARDS = "range(state_of(s).ranks - 1, -1, -1)"
VISIT = "visit_index(order.attempt, order.round, order.returns, stage.most)"
CANCELS = """
if branch.cancel >= 0:
    for o in range(state_of(s).ranks):
        if is_cancelled(w, s, measure, branch_number, o):
            interrupt(w, s, o, CANCELLED, branch_number)
            settle(w, s)
"""

# The compiled engine alone is wrong: its ledger differs from the reference's.
KERNELS = (
    # Ordering ahead.
    wrong("all order ahead", LUCK + "time_ahead", "line.ahead_share", "1.0"),
    wrong(
        "orders arrive as under a policy that has announced nothing",
        ARRIVALS + "arrival_key",
        "world_of(w).arriving",
        "world_of(w).luck",
        Change(ARRIVALS + "arrive", "world_of(w).arriving", "world_of(w).luck"),
    ),
    wrong(
        "orders come ahead from the day after the announcement on",
        LUCK + "time_ahead",
        "announced.since",
        "announced.since + 1440",
    ),
    # What was decided before the run.
    wrong(
        "what was decided before the run costs trust in its first minute",
        POLICY + "decided_in",
        "measure.minute if measure.trigger == TRIGGER_ON else state_of(s).now",
        "state_of(s).now",
    ),
    wrong(
        "what was decided before the run acts on its date",
        LOOP + "plan_measures",
        "max(measure.minute, world_of(w).start)",
        "measure.minute",
    ),
    # The order of one minute.
    wrong("of one order the later attempt first", HEAP + "is_before", "note < other_note", "note > other_note"),
    wrong(
        "the classes of a minute in another order",
        HEAP + "event_key",
        "moment << ENTITY_BITS",
        "(moment ^ 1) << ENTITY_BITS",
        Change(
            LOOP + "happens",
            "(key >> ENTITY_BITS) & ((1 << CLASS_BITS) - 1)",
            "((key >> ENTITY_BITS) & ((1 << CLASS_BITS) - 1)) ^ 1",
        ),
    ),
    wrong(
        "the last order of a minute first",
        HEAP + "event_key",
        "(minute << (ENTITY_BITS + CLASS_BITS)) | (moment << ENTITY_BITS) | entity",
        "(minute << (ENTITY_BITS + CLASS_BITS)) | (moment << ENTITY_BITS) | ((1 << ENTITY_BITS) - 1 - entity)",
        Change(
            HEAP + "entity_of",
            "key & ((1 << ENTITY_BITS) - 1)",
            "(1 << ENTITY_BITS) - 1 - (key & ((1 << ENTITY_BITS) - 1))",
        ),
    ),
    wrong("the heap looks at three of four below", HEAP + "pop", "lesser(heap, child + 2, child + 3)", "child + 2"),
    wrong(
        "what happens at the end still happens",
        WRITING + "plan_event",
        "minute >= world.end",
        "minute > world.end",
        Change(
            LUCK + "merge",
            "event_key(end_of_window(w, luck_of(f).window) - start, 0, 0)",
            "event_key(end_of_window(w, luck_of(f).window) - start + 1, 0, 0)",
        ),
        Change(LOOP + "play_until", "min(past, world.end) - world.start", "min(past, world.end + 1) - world.start"),
    ),
    wrong(
        "whoever it made room for goes on before the order at hand",
        ORDERS + "end_review",
        "leave(s, stage)",
        "leave(s, stage)\nsettle(w, s)",
        which=1,
    ),
    # Queues and time.
    wrong("last come first served", WRITING + "call", "p = desk.queue_first", "p = desk.queue_last"),
    wrong(
        "fewer officers drop what they hold",
        WRITING + "resize",
        "desk_at(s, desk_number).number = number",
        "desk_at(s, desk_number).number = number\n"
        "desk_at(s, desk_number).taken = min(desk_at(s, desk_number).taken, number)",
    ),
    wrong(
        "a withdrawn application keeps its turn",
        ORDERS + "interrupt",
        "standing == QUEUED",
        "False",
    ),
    wrong("authorities work on holidays", WRITING + "later", "calendar < 0", "True"),
    # Patience.
    wrong(
        "patience is a minute longer",
        PERMITS + "start_patience",
        "state_of(s).now + minutes",
        "state_of(s).now + minutes + 1",
    ),
    wrong("patience is never stopped", PERMITS + "stop_patience", "order_at(s, o).token += 1", "order_at(s, o)"),
    # Sourcing and trust.
    wrong(
        "excluded sources are tried again",
        SOURCING + "pull",
        "entry(s, EXCLUDED, o, source - line.source_first) != 0",
        "False",
    ),
    wrong("a line orders again as soon as a stop ends", SOURCING + "is_shut", "source_at(w, source).restart", "-1"),
    wrong("all that is ordered is filed", SOURCING + "would_file", "line.not_all_file == 0", "True"),
    wrong(
        "a lag goes on under a regime that does not allow it",
        ORDERS + "reconsider_filing",
        "would_file(w, s, o) != (order.lag & 1 != 0)",
        "would_file(w, s, o) and order.lag & 1 == 0",
    ),
    wrong("a lag that was ended ends all the same", ORDERS + "end_lag", "order.lag & FIELD == lag", "True"),
    wrong(
        "a stop of before the run ends in its first minute",
        POLICY + "act",
        "note_stops(w, s, decided_in(w, s, measure))",
        "note_stops(w, s, state_of(s).now)",
    ),
    wrong("no restart tries the unserved", POLICY + "reopen", "try_unserved(w, s)", "pass"),
    wrong("programmes are not carved out", SOURCING + "cell_of", "order.programme", "0"),
    wrong(
        "trust is not applied",
        SOURCING + "pull",
        "source_at(w, source).weight * trust_in(w, s, source, state_of(s).now)",
        "source_at(w, source).weight",
    ),
    wrong(
        "trust does not recover",
        SOURCING + "pull",
        "trust_in(w, s, source, state_of(s).now)",
        "source_state_at(s, source).trust",
    ),
    wrong("tries at qualifying are not counted", SOURCING + "try_to_qualify", "state.tries += 1", "state.tries = 1"),
    wrong("a try at qualifying may take no time", SOURCING + "try_to_qualify", "max(minutes, 1)", "minutes"),
    wrong(
        "every disruption is the first", SOURCING + "disrupt", "line_state_at(s, line_number).disrupted != 0", "False"
    ),
    wrong(
        "nobody has been qualifying since before the run",
        LOOP + "start",
        "source_state_at(s, source).begins = starts",
        "source_state_at(s, source).begins = max(starts, world_of(w).start)",
    ),
    wrong(
        "slots due before the run open as if qualified in it",
        LOOP + "end_try",
        "due = max(state.begins + delay, state_of(s).now)",
        "due = state_of(s).now + delay",
    ),
    wrong(
        "slots open from the qualification found first",
        LOOP + "end_try",
        "state.begins < supplier_state_at(s, source.supplier).ramping_since",
        "supplier_state_at(s, source.supplier).ramping_since == 1 << 40",
    ),
    wrong(
        "slots open all at once",
        LOOP + "end_try",
        "delay = slot_delay(slot, supplier.slots, supplier.ramp_up)",
        "delay = 0",
    ),
    wrong("unserved orders are not tried at a qualification", LOOP + "end_try", "try_unserved(w, s)", ""),
    wrong(
        "unserved orders are tried in the wrong order",
        ORDERS + "try_unserved",
        "range(state_of(s).ranks)",
        BACKWARDS,
    ),
    # Regimes, permits, production.
    wrong(
        "the regime of the day of application decides",
        REVIEW + "be_reviewed",
        "to_first_stage(w, s, o)",
        "to_first_stage(w, s, o)\nNOTED[o] = cell_at(s, order_at(s, o).cell).applications",
        Change(
            ORDERS + "decide_held",
            "cell_at(s, order_at(s, o).cell).held -= 1",
            "NOTED[o] = cell_at(s, order_at(s, o).cell).applications\ncell_at(s, order_at(s, o).cell).held -= 1",
        ),
        Change(REVIEW + "pass_stages", "treatment(w, s, o)", "NOTED[o]"),
    ),
    wrong(
        "a stage for some is needed by all",
        REVIEW + "needs",
        "stage.share >= 1.0",
        "True",
    ),
    wrong(
        "a stage's share is drawn anew at no attempt", REVIEW + "needs", "round_index(order.attempt, order.round)", "1"
    ),
    wrong("an application goes back without end", REVIEW + "is_returned", "order.returns < stage.most", "True"),
    wrong("whether one goes back is drawn once", REVIEW + "is_returned", VISIT, "order.attempt"),
    wrong("work done again takes as long as before", WRITING + "work_of", VISIT, "order.attempt"),
    wrong("returns are counted over all stages", ORDERS + "leave_stage", "order.returns = 0", ""),
    wrong("what is with the applicant is in review", REVIEW + "send_back", "count_in_review(w, s, o, -1)", ""),
    wrong(
        "a committee deals with one too many",
        ORDERS + "sit",
        "dealt_with < stage.sits_most",
        "dealt_with <= stage.sits_most",
    ),
    wrong("a backlog is reviewed with the luck of before", REVIEW + "begin_again", "next_round(w, s, o)", ""),
    wrong("a backlog is decided that day", ORDERS + "decide_held", "not review_again", "True"),
    wrong("a committee sits once", ORDERS + "sit", "plan_sitting(w, s, stage_number, sitting + 1)", ""),
    wrong("an answer finds who has withdrawn", REVIEW + "end_answer", "order.attempt != attempt", "False"),
    wrong("other applications need what is for some", REVIEW + "needs", "stage.others == 0", "False"),
    wrong(
        "an order needs what is for others",
        REVIEW + "needs",
        "entry(w, STAGE_CELLS, order.stage, order.cell) == 0",
        "False",
    ),
    wrong("permits never expire", ORDERS + "expire", "order.has_permit == 0", "True"),
    wrong("an old permit's expiry ends a new one", ORDERS + "expire", "order.attempt != attempt", "False"),
    wrong(
        "permits expire where none is needed",
        ORDERS + "expire",
        "treatment(w, s, o) == EXEMPT",
        "False",
    ),
    wrong("a renewal has the luck of the application before", ORDERS + "expire", "next_round(w, s, o)", ""),
    wrong(
        "patience for suspension runs on while a permit is renewed",
        ORDERS + "expire",
        "stop_patience(s, o)",
        "",
    ),
    wrong("goods are delivered while a permit is renewed", ORDERS + "end_part", "order.standing == PERMITTED", "True"),
    wrong(
        "what waited for a renewed permit waits on",
        PERMITS + "begin_or_deliver",
        "deliver_waiting(w, s, o)",
        "order.open",
    ),
    wrong(
        "who is denied a renewal keeps a place in the queue for a slot",
        ORDERS + "end_attempt",
        "order.production == WAITS_FOR_SLOT",
        "False",
    ),
    wrong(
        "an exempt order expires",
        REVIEW + "apply",
        "issue_permit(w, s, o, False, NEVER)",
        "issue_permit(w, s, o, True, NEVER)",
    ),
    wrong("a permit is in force in a suspended cell", PERMITS + "issue_permit", "cell.permits == SUSPENDED", "False"),
    wrong("goods are delivered under suspension", ORDERS + "end_part", "order.is_suspended == 0", "True"),
    wrong(
        "work in hand is not stranded",
        ORDERS + "end_part",
        "write_of(w, s, o, attempt, source, STRANDED, part, cents)",
        "",
    ),
    wrong(
        "the lead time of every attempt is the first's",
        WRITING + "lead_time_of",
        "order.attempt << 16 | order.part",
        "1 << 16 | order.part",
    ),
    wrong("parts are called off from the permit on", PERMITS + "call_off_of", "order.placed", "state_of(s).now"),
    wrong(
        "who waits no more has a part called off",
        ORDERS + "call_off",
        "order_at(s, o).production == NOT_CALLED_OFF",
        "True",
    ),
    wrong(
        "patience for a source is drawn at the attempt before",
        ORDERS + "next_attempt",
        "index = order.attempt + 1",
        "index = order.attempt",
    ),
    wrong(
        "an approval that a measure sets is the authority's",
        REVIEW + "pass_stages",
        "term(cell.approval, authority.approval)",
        "authority.approval",
    ),
    wrong(
        "a denial leaves the chance that was given before it",
        POLICY + "set_terms",
        "branch.applications == DENY",
        "False",
    ),
    wrong(
        "a permit is valid as long as the authority says",
        PERMITS + "issue_permit",
        "validity == STANDARD",
        "True",
    ),
    wrong("all use a general licence", REVIEW + "treatment", "cell.take_up >= 1.0", "True"),
    # The pace of review.
    wrong("work takes as long as usual", REVIEW + "start_review", "state_of(s).has_factors != 0", "False"),
    wrong(
        "work at one stage is multiplied as at the first",
        REVIEW + "start_review",
        "entry(s, WORK_FACTORS, kind_of(w, s, o), order.stage)",
        "entry(s, WORK_FACTORS, kind_of(w, s, o), 0)",
    ),
    wrong("nobody is taken up first", WRITING + "call", "state.is_ranked != 0", "False"),
    wrong(
        "of one rank the last to come is taken up first",
        WRITING + "first_by_rank",
        "rank_of(s, p) < rank",
        "rank_of(s, p) <= rank",
    ),
    wrong("other applications are never ranked", POLICY + "set_pace", "range(count(s, TRAFFIC))", "range(0)"),
    # Measures, thresholds, evidence.
    wrong("permits are reinstated in the wrong order", POLICY + "act", "range(state_of(s).ranks)", BACKWARDS, which=2),
    wrong("permits are cancelled in the wrong order", POLICY + "act", "range(state_of(s).ranks)", BACKWARDS, which=3),
    wrong(
        "held applications are decided in the wrong order",
        POLICY + "act",
        "range(state_of(s).ranks)",
        BACKWARDS,
        which=4,
    ),
    wrong("held applications are decided under a hold", POLICY + "act", "not holds", "True"),
    wrong(
        "trust is lost after permits are cancelled",
        POLICY + "act",
        "cost_trust(w, s, branch_number, decided_in(w, s, measure))",
        "",
        Change(POLICY + "act", CANCELS, CANCELS + "cost_trust(w, s, branch_number, decided_in(w, s, measure))\n"),
    ),
    wrong(
        "a threshold acts at its limit",
        POLICY + "check_threshold",
        "figure > measure.above",
        "figure >= measure.above",
    ),
    wrong(
        "a threshold is released at its limit",
        POLICY + "check_threshold",
        "figure < measure.below",
        "figure <= measure.below",
    ),
    wrong(
        "a delivery of the incident's minute is evidence",
        POLICY + "delivered_in",
        "fact.minute < state.now",
        "fact.minute <= state.now",
    ),
    wrong(
        "the window of evidence is a minute short",
        POLICY + "delivered_in",
        "state.now - window",
        "state.now - window + 1",
    ),
    wrong("the cell of a delivery is the next", "exportsim.packed_rows:unpacked", "(what & CELL) - 1", "what & CELL"),
    wrong(
        "the supplier reaches into the line",
        "exportsim.packed_rows:unpacked",
        "who >> LINE_SHIFT",
        "who >> LINE_SHIFT - 1",
    ),
    wrong(
        "an incident at a rate happens once", POLICY + "next_incident", "minute < 0", "minute < 0 and state.count < 2"
    ),
    # Arrivals.
    wrong(
        "records of a register come a minute late",
        LUCK + "foresee_arrivals",
        "record_at(w, arrivals.record_first + k).minute",
        "record_at(w, arrivals.record_first + k).minute + 1",
        which=2,
    ),
    wrong(
        "other applications are not counted in review",
        ARRIVALS + "arrive",
        "traffic_at(s, licensor).in_review += 1",
        "",
    ),
    # Luck that is foreseen.
    wrong("every attempt has the luck foreseen of the first", WRITING + "foreseen_row", "index == 1", "True"),
    wrong(
        "the lead times foreseen of one source are those of any",
        WRITING + "lead_time_of",
        "order.source == arrivals.source",
        "True",
    ),
    wrong(
        "the work foreseen of one stage is that of the stage before",
        WRITING + "work_of",
        "FIRST_WORK + k",
        "FIRST_WORK + max(k - 1, 0)",
    ),
    wrong(
        "the last order of a window is taken for one of the next",
        WRITING + "foreseen_row",
        "order.number > here.before",
        "order.number >= here.before",
    ),
    wrong(
        "what was foreseen of another future is taken for this one's",
        LUCK + "look_ahead",
        "luck.future != world.future",
        "False",
    ),
    wrong(
        "nothing comes after a window",
        LUCK + "merge",
        "set_event(arriving, place, end, -1)",
        "set_event(arriving, place, 1 << 62, -1)",
    ),
    wrong(
        "every window starts afresh",
        LUCK + "foresee_arrivals",
        "after.number, after.hazard = number, hazard",
        "after.number, after.hazard = number, 0",
    ),
    wrong(
        "the arrival with which a window ends is passed over",
        LUCK + "foresee_arrivals",
        "after.number, after.hazard = number, hazard",
        "after.number, after.hazard = number + 1, reached",
    ),
    wrong(
        "the registers of a window are those of the first",
        LUCK + "foresee_orders",
        "stream_at(w, line_number).record_first + number - 1",
        "stream_at(w, line_number).record_first",
    ),
    # What policies share.
    wrong(
        "what is shared goes on for a minute too long",
        LOOP + "play_steps",
        "play_until(w, s, steps[k, PAST])",
        "play_until(w, s, steps[k, PAST] + 1)",
    ),
    wrong(
        "measures of what is shared are planned again",
        LOOP + "plan_measures",
        "first <= minute < past",
        "minute < past",
    ),
    wrong("what is gone on with leaves out orders", LOOP + "take_over", "copy(s, other, ORDERS, state.ranks)", ""),
    wrong("what is gone on with leaves out queues", LOOP + "take_over", "copy(s, other, PLACES, 2 * state.ranks)", ""),
    wrong(
        "what is gone on with leaves out the first table",
        LOOP + "take_over",
        "range(DESKS, MEASURE_STATES + 1)",
        "range(DESKS + 1, MEASURE_STATES + 1)",
    ),
    wrong(
        "what is gone on with leaves out how many have arrived",
        LOOP + "take_over",
        "SINGLE + STATE_NUMBERS",
        "SINGLE + STATE_NUMBERS - 4",
    ),
    wrong(
        "records bind for a minute more",
        REVIEW + "follow_record",
        "record.decided >= until",
        "record.decided > until",
    ),
    wrong("what is recorded as denied is approved", REVIEW + "decide_as_recorded", "RECORDED_DENIED", "-1"),
    wrong("what is open goes to its first stage", REVIEW + "review_left_open", "record.stage < 0", "True"),
    wrong(
        "what is open goes to the first stage of its part of the review",
        REVIEW + "review_left_open",
        "order.stage = record.stage",
        "",
    ),
    wrong(
        "who stands at a stage may go past it",
        REVIEW + "review_left_open",
        "join_stage(w, s, o)\nreturn WAITS",
        "return pass_stages(w, s, o, False)",
    ),
    wrong(
        "what is open goes to its stage in the order in which it came",
        REVIEW + "follow_record",
        "record.turn",
        "o",
    ),
    wrong("a recorded expiry is not kept", PERMITS + "issue_permit", "expires_at < NEVER", "False"),
    wrong("who is on record is not in review", REVIEW + "follow_record", "cell_at(s, order.cell).in_review += 1", ""),
    wrong(
        "a recorded application may be of a source that needs no permit",
        SOURCING + "recorded_pull",
        "source_at(w, source).authority >= 0",
        "True",
    ),
    wrong(
        "others go on with what has gone too far",
        SHARING + "steps_of",
        "[(group, player, past) for group in groups]",
        "[(group, player, past) for group in groups[::-1]]",
    ),
    wrong(
        "a policy is taken for one that does more",
        DIVERGENCE + "parting_of",
        "one ^ other",
        "one - other",
    ),
    wrong(
        "what a measure reaches does not part policies",
        DIVERGENCE + "measures",
        "del parts['digest']",
        "del parts['digest'], parts['scope']",
    ),
)

RULES_MODULE, CHANCE, ELEMENTARY = "exportsim.rules:", "exportsim.chance:", "exportsim.elementary:"
TIME = "exportsim.working_time:"
POLICIES, PROGRAMMES = "exportsim.scenario.policies:", "exportsim.scenario.programmes:"

# What both engines share is wrong, so they agree: an invariant sees it, or a run worked out by hand.
RULES = (
    wrong(
        "orders come ahead a minute late",
        RULES_MODULE + "minute_ahead",
        "int(u * (measure - since))",
        "int(u * (measure - since)) + 1",
    ),
    wrong(
        "what a policy excepts it excepts from the history",
        POLICIES + "_listed",
        "Listed(None, place, measure)",
        "Listed(None, place, measure.model_copy(update={'except_': [*scenario.policies[policy].except_]}))",
        by_hand="test_history.py",
    ),
    wrong(
        "records bind orders that come when they end",
        RULES_MODULE + "is_on_record",
        "placed < bound_until",
        "placed <= bound_until",
    ),
    wrong("odd cents are dropped", RULES_MODULE + "part_value", "value - share * (parts - 1)", "share"),
    wrong(
        "shares of little value are dropped",
        RULES_MODULE + "share_value",
        "value // total * shares[k] + value % total * shares[k] // total",
        "value // total * shares[k]",
    ),
    wrong("all parts are called off with the first", RULES_MODULE + "called_off", "(part - 1) * every", "0"),
    wrong("a held application is approved", RULES_MODULE + "decision", "HELD", "APPROVED"),
    wrong("a denied application is approved", RULES_MODULE + "decision", "DENIED", "APPROVED", which=1),
    wrong("what is set is not what holds", RULES_MODULE + "term", "set_to if set_to >= 0.0 else standard", "standard"),
    wrong("those use a general licence who should not", RULES_MODULE + "treated_as", "u >= take_up", "u < take_up"),
    wrong(
        "half a minute is none",
        RULES_MODULE + "multiplied",
        "2 * rest * millionths + AS_DRAWN",
        "2 * rest * millionths",
    ),
    wrong("nothing is referred", RULES_MODULE + "decision", "not referred", "False"),
    wrong("slots open one step late", RULES_MODULE + "slot_delay", "slot - 1", "slot"),
    wrong(
        "trust does not recover, for both",
        RULES_MODULE + "trust_at",
        "half_life < 0 or trust >= 1.0",
        "True",
        by_hand="test_trust.py",
    ),
    wrong("a hold costs no trust", RULES_MODULE + "loss_of", "LOSS_HOLD", "-1"),
    wrong(
        "the first candidate is always taken",
        RULES_MODULE + "pick",
        "u * total < reached",
        "True",
        by_hand="test_sourcing.py",
    ),
    wrong(
        "who would be filed on hold orders under every stop",
        RULES_MODULE + "is_closed",
        "deny if stop == DENY else hold",
        "hold",
        by_hand="test_filing.py",
    ),
    wrong(
        "all are filed in a cell on hold",
        RULES_MODULE + "is_filed",
        "hold < 0.0 or u < hold",
        "True",
        by_hand="test_filing.py",
    ),
    wrong("evidence is always found", RULES_MODULE + "evidence_chance", "1.0 - exp(-delivered / exposure)", "1.0"),
    wrong(
        "every measure's first outcome is taken",
        RULES_MODULE + "outcome_of",
        "u < cumulated[k]",
        "True",
        by_hand="test_incidents.py",
    ),
    wrong(
        "a day's work ends the next working day",
        TIME + "advance",
        "n = (target - 1) // DAY",
        "n = target // DAY",
        by_hand="test_calendar.py",
    ),
    wrong(
        "drawn values are rounded down",
        ELEMENTARY + "as_whole",
        "np.floor(number + 0.5)",
        "np.floor(number)",
        by_hand="test_addresses.py",
    ),
    wrong(
        "a stream keeps its first rate",
        CHANCE + "minute_of",
        "piece > 0 and hazards[piece] > hazard",
        "piece > 0",
        by_hand="test_addresses.py",
    ),
    wrong(
        "an order may always be without a programme",
        PROGRAMMES + "shares",
        "total >= unit",
        "False",
        by_hand="test_addresses.py",
    ),
    wrong(
        "a measure that is moved draws anew",
        POLICIES + "luck_of",
        "place + 1",
        'f"{place + 1}/{measure.on}"',
        by_hand="test_addresses.py",
    ),
    wrong(
        "a policy shares no luck with what it extends",
        POLICIES + "luck_of",
        'f"policy/{lister}"',
        'f"policy/{policy}"',
        by_hand="test_addresses.py",
    ),
)

# What a reworded expression makes of a mutant, for the test that it is reported.
OUTDATED = (wrong("of an expression that was reworded", RULES_MODULE + "loss_of", "EVERYTHING", "NOTHING"),)
