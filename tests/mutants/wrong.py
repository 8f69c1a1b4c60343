"""Deliberately wrong engines: for each a name and what is to be changed, as module, text and other text.

Every text must stand in its module exactly once, or the mutant says so and fails: whoever rewords a line that is
wronged here rewords it here too.
"""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """What is wrong, the changes that make it so, and the runs worked out by hand that see what no invariant does."""

    name: str
    changes: tuple[tuple[str, str, str], ...]
    by_hand: str = ""


def wrong(name: str, module: str, old: str, new: str, *more: tuple[str, str, str], by_hand: str = "") -> Mutant:
    """A mutant of one change, or of several."""
    return Mutant(name, ((module, old, new), *more), by_hand)


HEAP, WRITING, SOURCING, ORDERS, POLICY, ARRIVALS, LOOP = (
    f"exportsim.engine.compiled.{name}"
    for name in ("heap", "writing", "sourcing", "orders", "policy", "arrivals", "loop")
)

# The compiled engine alone is wrong: its ledger differs from the reference's.
KERNELS = (
    # The order of one minute.
    wrong("of one order the later attempt first", HEAP, "(note < other_note)", "(note > other_note)"),
    wrong(
        "the classes of a minute in another order",
        HEAP,
        "(moment << ENTITY_BITS) | entity",
        "((moment ^ 1) << ENTITY_BITS) | entity",
        (LOOP, "& ((1 << CLASS_BITS) - 1)\n", "& ((1 << CLASS_BITS) - 1) ^ 1\n"),
    ),
    wrong(
        "the last order of a minute first",
        HEAP,
        "(moment << ENTITY_BITS) | entity",
        "(moment << ENTITY_BITS) | ((1 << ENTITY_BITS) - 1 - entity)",
        (LOOP, "key & ((1 << ENTITY_BITS) - 1)", "(1 << ENTITY_BITS) - 1 - (key & ((1 << ENTITY_BITS) - 1))"),
    ),
    wrong(
        "the heap looks at three of four below",
        HEAP,
        "lesser(heap, child + 2, child + 3))",
        "child + 2)",
    ),
    wrong(
        "what happens at the end still happens", WRITING, "if minute >= value(w, END):", "if minute > value(w, END):"
    ),
    wrong(
        "whoever it made room for goes on before the order at hand",
        ORDERS,
        "tell(w, s, o, REVIEW_ENDED, stage, 0)\n            leave(s, stage)\n",
        "tell(w, s, o, REVIEW_ENDED, stage, 0)\n            leave(s, stage)\n            settle(w, s)\n",
    ),
    # Queues and time.
    wrong("last come first served", WRITING, "o = get(s, desk, QUEUE_FIRST)", "o = get(s, desk, QUEUE_LAST)"),
    wrong(
        "fewer officers drop what they hold",
        WRITING,
        "put(s, desk, DESKS, number)",
        "put(s, desk, DESKS, number)\n    put(s, desk, TAKEN, min(get(s, desk, TAKEN), number))",
    ),
    wrong(
        "a withdrawn application keeps its turn",
        ORDERS,
        "standing in (QUEUED, WAITS_FOR_SLOT)",
        "standing == WAITS_FOR_SLOT",
    ),
    wrong("authorities work on holidays", WRITING, "if calendar < 0:", "if True:"),
    # Patience.
    wrong("patience is a minute longer", ORDERS, "+ minutes, PATIENCE", "+ minutes + 1, PATIENCE"),
    wrong(
        "patience is never stopped",
        ORDERS,
        'no longer counts."""\n    add(s, o, TOKEN, 1)',
        'no longer counts."""\n    add(s, o, TOKEN, 0)',
    ),
    # Sourcing and trust.
    wrong(
        "excluded sources are tried again",
        SOURCING,
        " or entry(s, EXCLUDED, o, source - get(w, line, SOURCE_FIRST)) != 0:",
        ":",
    ),
    wrong(
        "programmes are not carved out",
        SOURCING,
        "entry(w, CELLS, row, get(s, o, PROGRAMME))",
        "entry(w, CELLS, row, 0)",
    ),
    wrong("trust is not applied", SOURCING, "real(w, source, WEIGHT) * trust", "real(w, source, WEIGHT)"),
    wrong(
        "trust does not recover",
        SOURCING,
        "trust = trust_at(real(s, source, TRUST), since, value(s, NOW), get(w, line, HALF_LIFE))\n    return",
        "trust = real(s, source, TRUST)\n    return",
    ),
    wrong("tries at qualifying are not counted", SOURCING, "add(s, source, TRIES, 1)", "put(s, source, TRIES, 1)"),
    wrong("a try at qualifying may take no time", SOURCING, "max(minutes, 1)", "minutes"),
    wrong("every disruption is the first", SOURCING, "if get(s, line, DISRUPTED):", "if False:"),
    wrong(
        "nobody has been qualifying since before the run",
        LOOP,
        "put(s, source, BEGINS, starts)",
        "put(s, source, BEGINS, max(starts, value(w, START)))",
    ),
    wrong(
        "slots due before the run open as if qualified in it",
        LOOP,
        "due = max(since + delay, value(s, NOW))",
        "due = value(s, NOW) + delay",
    ),
    wrong(
        "slots open from the qualification found first",
        LOOP,
        "if since < get(s, supplier, RAMPING_SINCE):",
        "if get(s, supplier, RAMPING_SINCE) == 1 << 40:",
    ),
    wrong("slots open all at once", LOOP, "delay = slot_delay(slot, slots, get(w, supplier, RAMP_UP))", "delay = 0"),
    wrong(
        "unserved orders are not tried at a qualification",
        LOOP,
        "        settle(w, s)\n    try_unserved(w, s)",
        "        settle(w, s)",
    ),
    wrong(
        "unserved orders are tried in the wrong order",
        ORDERS,
        "for o in range(value(s, RANKS)):\n        if get(s, o, STANDING) == UNSERVED",
        "for o in range(value(s, RANKS) - 1, -1, -1):\n        if get(s, o, STANDING) == UNSERVED",
    ),
    # Regimes, permits, production.
    wrong(
        "the regime of the day of application decides",
        ORDERS,
        "put(s, o, IS_REFERRED, 0)",
        "put(s, o, IS_REFERRED, 0)\n    NOTED[o] = get(s, cell, CELL_APPLICATIONS)",
        (
            ORDERS,
            "add(s, get(s, o, CELL), HELD_NOW, -1)\n    go_on",
            "NOTED[o] = get(s, get(s, o, CELL), CELL_APPLICATIONS)\n"
            "    add(s, get(s, o, CELL), HELD_NOW, -1)\n    go_on",
        ),
        (
            ORDERS,
            "decided = decision(\n            get(s, cell, CELL_APPLICATIONS),",
            "decided = decision(\n            NOTED[o],",
        ),
    ),
    wrong("an exempt order expires", ORDERS, "issue_permit(w, s, o, False)", "issue_permit(w, s, o, True)"),
    wrong("permits never expire", ORDERS, "get(s, o, HAS_PERMIT) != 0 and get(s, o, ATTEMPT) == attempt", "False"),
    wrong(
        "an old permit's expiry ends a new one",
        ORDERS,
        "get(s, o, HAS_PERMIT) != 0 and get(s, o, ATTEMPT) == attempt",
        "get(s, o, HAS_PERMIT) != 0",
    ),
    wrong(
        "an expiry excludes the source",
        ORDERS,
        "EXPIRED, get(w, get(s, o, SOURCE), AUTHORITY), False)",
        "EXPIRED, get(w, get(s, o, SOURCE), AUTHORITY), True)",
    ),
    wrong(
        "a permit is in force in a suspended cell", ORDERS, "if get(s, cell, CELL_PERMITS) == SUSPENDED:", "if False:"
    ),
    wrong(
        "goods are delivered under suspension",
        ORDERS,
        "leave(s, slot)\n        if get(s, o, IS_SUSPENDED) == 0:",
        "leave(s, slot)\n        if True:",
    ),
    wrong(
        "work in hand is not stranded",
        ORDERS,
        "        tell_of(w, s, o, attempt, source, STRANDED, part, cents)\n",
        "",
    ),
    wrong("the lead time of every attempt is the first's", ORDERS, "attempt << 16 | part", "1 << 16 | part"),
    wrong(
        "patience for a source is drawn at the attempt before",
        ORDERS,
        "index = get(s, o, ATTEMPT) + 1",
        "index = get(s, o, ATTEMPT)",
    ),
    # Measures, thresholds, evidence.
    wrong(
        "permits are reinstated in the wrong order",
        POLICY,
        "for o in range(value(s, RANKS)):\n        if get(s, o, HAS_PERMIT) != 0 and",
        "for o in range(value(s, RANKS) - 1, -1, -1):\n        if get(s, o, HAS_PERMIT) != 0 and",
    ),
    wrong(
        "permits are cancelled in the wrong order",
        POLICY,
        "for o in range(value(s, RANKS)):\n"
        "            if is_doomed(w, s, measure, branch, o):\n                interrupt",
        "for o in range(value(s, RANKS) - 1, -1, -1):\n"
        "            if is_doomed(w, s, measure, branch, o):\n                interrupt",
    ),
    wrong(
        "held applications are decided in the wrong order",
        POLICY,
        "for o in range(value(s, RANKS)):\n        # Whoever",
        "for o in range(value(s, RANKS) - 1, -1, -1):\n        # Whoever",
    ),
    wrong("held applications are decided under a hold", POLICY, " != 0 and not holds:", " != 0:"),
    wrong(
        "trust is lost after permits are cancelled",
        POLICY,
        "    doom(w, s, measure, branch)\n    cost_trust(w, s, branch)\n",
        "    doom(w, s, measure, branch)\n",
        (
            POLICY,
            "    for o in range(value(s, RANKS)):\n        # Whoever",
            "    cost_trust(w, s, branch)\n    for o in range(value(s, RANKS)):\n        # Whoever",
        ),
    ),
    wrong(
        "a threshold acts at its limit", POLICY, "figure > get(w, measure, ABOVE)", "figure >= get(w, measure, ABOVE)"
    ),
    wrong(
        "a threshold is released at its limit",
        POLICY,
        "figure < get(w, measure, BELOW)",
        "figure <= get(w, measure, BELOW)",
    ),
    wrong(
        "a delivery of the incident's minute is evidence",
        POLICY,
        "get(s, row, ROW_MINUTE) < value(s, NOW)",
        "get(s, row, ROW_MINUTE) <= value(s, NOW)",
    ),
    wrong(
        "the window of evidence is a minute short",
        POLICY,
        "since = now - get(w, incident, WINDOW)",
        "since = now - get(w, incident, WINDOW) + 1",
    ),
    wrong("an incident at a rate happens once", POLICY, "elif occurrence > 1:", "if occurrence > 1:"),
    # Arrivals.
    wrong(
        "records of a register come a minute late",
        ARRIVALS,
        "occurrence - 1, RECORD_MINUTE), 0",
        "occurrence - 1, RECORD_MINUTE) + 1, 0",
    ),
    wrong(
        "other applications are not counted in review",
        ARRIVALS,
        "add(s, authority, TRAFFIC, 1)",
        "add(s, authority, TRAFFIC, 0)",
    ),
)

RULES_MODULE, CHANCE, TIME = "exportsim.rules", "exportsim.chance", "exportsim.working_time"
POLICIES, PROGRAMMES = "exportsim.scenario.policies", "exportsim.scenario.programmes"

# What both engines share is wrong, so they agree: an invariant sees it, or a run worked out by hand.
RULES = (
    wrong("odd cents are dropped", RULES_MODULE, "share if part < parts else value - share * (parts - 1)", "share"),
    wrong("a held application is approved", RULES_MODULE, "        return HELD\n", "        return APPROVED\n"),
    wrong(
        "a denied application is approved",
        RULES_MODULE,
        "if applications == DENY:\n        return DENIED",
        "if applications == DENY:\n        return APPROVED",
    ),
    wrong("nothing is referred", RULES_MODULE, "if not referred:", "if False:"),
    wrong("slots open one step late", RULES_MODULE, "2 * (slot - 1) * ramp_up", "2 * slot * ramp_up"),
    wrong(
        "trust does not recover, for both",
        RULES_MODULE,
        "if half_life < 0 or trust >= 1.0:",
        "if True:",
        by_hand="test_trust.py",
    ),
    wrong("a hold costs no trust", RULES_MODULE, "return LOSS_HOLD", "return -1"),
    wrong(
        "the first candidate is always taken",
        RULES_MODULE,
        "if u * total < reached:",
        "if True:",
        by_hand="test_sourcing.py",
    ),
    wrong("evidence is always found", RULES_MODULE, "1.0 - exp(-delivered / exposure)", "1.0"),
    wrong(
        "every measure's first outcome is taken",
        RULES_MODULE,
        "for k in range(len(cumulated) - 1):\n        if u < cumulated[k]:",
        "for k in range(len(cumulated) - 1):\n        if True:",
        by_hand="test_incidents.py",
    ),
    wrong(
        "a day's work ends the next working day",
        TIME,
        "n = (target - 1) // DAY",
        "n = target // DAY",
        by_hand="test_calendar.py",
    ),
    wrong(
        "drawn values are rounded down",
        CHANCE,
        "max(math.floor(value + 0.5), 0)",
        "max(math.floor(value), 0)",
        by_hand="test_addresses.py",
    ),
    wrong(
        "a stream keeps its first rate",
        CHANCE,
        "while piece > 0 and hazards[piece] > hazard:",
        "while piece > 0:",
        by_hand="test_addresses.py",
    ),
    wrong(
        "an order may always be without a programme",
        PROGRAMMES,
        "found if total >= whole else",
        "found if False else",
        by_hand="test_addresses.py",
    ),
    wrong(
        "a measure that is moved draws anew",
        POLICIES,
        'f"policy/{origin}/{place}"',
        'f"policy/{origin}/{place}/{measure.on}"',
        by_hand="test_addresses.py",
    ),
    wrong(
        "a policy shares no luck with what it extends",
        POLICIES,
        'f"policy/{origin}/{place}"',
        'f"policy/{policy}/{place}"',
        by_hand="test_addresses.py",
    ),
)

# What a reworded line makes of a mutant, for the test that it is told.
OUTDATED = (wrong("of a line that was reworded", RULES_MODULE, "return EVERYTHING", "return NOTHING"),)
