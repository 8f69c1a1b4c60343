"""Rules about measures and incidents: they come when they are written, and see the figures that the ledger gives."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate

from exportsim.invariants.ledger_reading import Branch, LedgerReading, bounds, names_authorities_only, reaches
from exportsim.invariants.rule import Broken, Rule
from exportsim.lifecycle import Fact, State
from exportsim.scenario.schema import Measure, When

COUNTED = {"in_review": State.IN_REVIEW, "held": State.HELD}


def _by_measure(reading: LedgerReading) -> list[tuple[Measure, list[tuple[int, Branch]]]]:
    """Each measure of the policy, and the rows at which it acted."""
    found: list[tuple[Measure, list[tuple[int, Branch]]]] = []
    for branch in reading.branches:
        if not found or found[-1][0] is not branch.measure:
            found.append((branch.measure, []))
    places = {id(measure): rows for measure, rows in found}
    for row, branch in reading.acts():
        places[id(branch.measure)].append((row, branch))
    return found


def measures_act_when_they_should(reading: LedgerReading) -> Broken:
    """A measure on a date acts then, once, or in the run's first minute; one after an incident after each evidence."""
    for row in reading.by_fact[Fact.MEASURE]:
        if not 0 <= reading.rows[row][6] < len(reading.branches):
            yield row, "the policy has no such measure"
    for measure, acts in _by_measure(reading):
        if measure.on is not None:
            minute = max(reading.minute_of(measure.on), reading.start)
            yield from _expected(reading, acts, [minute] if minute < reading.end else [], measure)
        elif measure.after is not None:
            least, most = bounds(measure.delay)
            incident = reading.names.incidents.index(measure.after)
            evidence = [
                reading.minutes[row] for row in reading.by_fact[Fact.EVIDENCE] if reading.rows[row][6] == incident
            ]
            if least == most:
                due = [minute + least for minute in evidence if minute + least < reading.end]
                yield from _expected(reading, acts, due, measure)
            for position, (row, _) in enumerate(acts):
                if position >= bisect_right(evidence, reading.minutes[row] - least):
                    yield row, "there is no evidence for it"


def _expected(reading: LedgerReading, acts: list[tuple[int, Branch]], due: list[int], measure: Measure) -> Broken:
    found = [reading.minutes[row] for row, _ in acts]
    for row, _ in acts:
        if reading.minutes[row] not in due:
            yield row, f"{measure.name} does not act now"
    if len(found) != len(due) and set(found) <= set(due):
        yield len(reading.rows), f"{measure.name} acts at minutes {due}, and not at {found}"


def thresholds_are_crossed_as_the_figures_say(reading: LedgerReading) -> Broken:
    """A measure on a threshold acts at each check at which its figure is past the limit, with that figure, in turn."""
    every_row = reading.by_fact[Fact.MEASURE]
    for measure, acts in _by_measure(reading):
        if measure.when is None:
            continue
        figures = _Figures(reading, measure, measure.when)
        above, below = (_limit(limit, measure.when) for limit in (measure.when.limits.above, measure.when.limits.below))
        every = measure.when.every.minutes
        by_minute = {reading.minutes[row]: (row, branch) for row, branch in acts}
        busy_minutes = {reading.minutes[row] for row in every_row}
        if len(by_minute) < len(acts):
            yield acts[-1][0], "it acts twice in one minute"
        for row, _ in acts:
            if reading.minutes[row] < 0 or reading.minutes[row] % every:
                yield row, f"it is looked at every {every} minutes"
        acting = False
        for minute in range(0, reading.end, every):
            if minute in by_minute:
                row, branch = by_minute[minute]
                figure = figures.at(minute, row)
                if reading.rows[row][7] != figure:
                    yield row, f"the figure is {figure}, not {reading.rows[row][7]}"
                if branch.release != acting or (figure >= below if acting else figure <= above):
                    yield row, f"{measure.name} does not act at {figure}: it acts above {above}, and then below {below}"
                acting = not branch.release
            elif minute not in busy_minutes:
                figure = figures.at(minute, bisect_left(reading.minutes, minute))
                if figure < below if acting else figure > above:
                    yield (
                        bisect_left(reading.minutes, minute),
                        f"{measure.name} should act at minute {minute}: {figure}",
                    )
        if acts and acting is acts[-1][1].release:
            yield acts[-1][0], "it acts and is undone in turn"


def _limit(limit: object, when: When) -> int:
    cents: int = limit.cents  # type: ignore[attr-defined]
    return cents if when.figure == "delivered" else cents // 100


class _Figures:
    """The figure that a threshold watches, at any row."""

    def __init__(self, reading: LedgerReading, measure: Measure, when: When) -> None:
        self.window = when.window.minutes if when.window is not None else 0
        self.delivered = when.figure == "delivered"
        covered = Branch(-1, measure, measure, False).covers
        changes: list[tuple[int, int]] = []
        for number, attempt in enumerate(reading.attempt_of):
            if attempt is None or attempt.cell is None or not covered(attempt.cell):
                continue
            if self.delivered:
                if reading.facts[number] is Fact.DELIVERED:
                    changes.append((reading.minutes[number], reading.rows[number][7]))
            else:
                state, before, after = State.PRODUCING, reading.before, reading.after
                if when.figure in COUNTED:
                    state, before, after = COUNTED[when.figure], reading.review_before, reading.review_after
                change = (after[number] is state) - (before[number] is state)
                if change:
                    changes.append((number, change))
        if when.figure == "in_review":
            changes = sorted(changes + _traffic(reading, measure))
        self.places = [place for place, _ in changes]
        self.sums = [0, *accumulate(change for _, change in changes)]

    def at(self, minute: int, row: int) -> int:
        """The figure at a check in some minute, before a row."""
        if self.delivered:
            until, since = bisect_left(self.places, minute), bisect_left(self.places, minute - self.window)
            return self.sums[until] - self.sums[since]
        return self.sums[bisect_left(self.places, row)]


def _traffic(reading: LedgerReading, measure: Measure) -> list[tuple[int, int]]:
    """How other applications change the number in review, where the scope names authorities only."""
    if not names_authorities_only(measure):
        return []
    changes = []
    for order in reading.traffic.values():
        if reaches(measure, order.authority):
            comes, goes = (Fact.APPLIED, Fact.ANSWERED), (Fact.APPROVED, Fact.DENIED, Fact.RETURNED)
            changes += [(row, 1) for row in order.rows if reading.facts[row] in comes]
            changes += [(row, -1) for row in order.rows if reading.facts[row] in goes]
    return changes


def incidents_happen_and_evidence_counts_what_was_delivered(reading: LedgerReading) -> Broken:
    """An incident happens on its date, and its evidence is found then, with the value delivered in its window."""
    for index, name in enumerate(reading.names.incidents):
        written = reading.scenario.incidents[name]
        rows = [row for row in reading.by_fact[Fact.INCIDENT] if reading.rows[row][6] == index]
        if written.on is not None:
            minute = reading.minute_of(written.on)
            for row in rows:
                if reading.minutes[row] != minute:
                    yield row, f"it happens at minute {minute}"
            if len(rows) != (reading.start <= minute < reading.end):
                yield len(reading.rows), f"{name} happens {len(rows)} times"
        for row in rows:
            if reading.minutes[row] < 0 and written.on is None:
                yield row, "incidents come from the start of the period on"
    for row in reading.by_fact[Fact.EVIDENCE]:
        minute, index, cents = reading.minutes[row], reading.rows[row][6], reading.rows[row][7]
        before = row - 1
        if before < 0 or reading.facts[before] is not Fact.INCIDENT or reading.rows[before][6] != index:
            yield row, "evidence is of the incident in the row before"
        written = reading.scenario.incidents[reading.names.incidents[index]]
        value = 0
        for number in reading.by_fact[Fact.DELIVERED]:
            attempt = reading.attempt_of[number]
            if attempt is None or attempt.cell is None:
                continue
            line = reading.lines[attempt.order.line]
            reached = written.destinations is None or line.destination in written.destinations
            if reached and (written.goods is None or line.goods in written.goods):
                value += reading.rows[number][7] * (minute - written.window.minutes <= reading.minutes[number] < minute)
        if value != cents or value <= 0:
            yield row, f"{value} cents were delivered in its window, not {cents}"


RULES: tuple[Rule, ...] = (
    measures_act_when_they_should,
    thresholds_are_crossed_as_the_figures_say,
    incidents_happen_and_evidence_counts_what_was_delivered,
)
