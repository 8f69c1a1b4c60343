"""What authorities do, in the reference engine: measures by date, after evidence and at thresholds; and incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from exportsim.chance import PURPOSES, minute_of
from exportsim.engine.clock import At, Settled
from exportsim.engine.reference import OrderLife
from exportsim.engine.state import AttemptEnded, Life, Order, Run
from exportsim.lifecycle import Fact, Moment
from exportsim.plan import (
    ACTS,
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
    TRIGGER_WHEN,
    Policy,
)
from exportsim.rules import evidence_chance, loss_of, outcome_of, stop_of

REVIEW_AGAIN = BACKLOGS.index("review")
FIRST_INCIDENT = 1 << 31  # incidents come after the measures of the same minute


@dataclass(frozen=True)
class Branch:
    """One thing a measure may do, as plain numbers; -1 leaves things as they are. The columns of the plan."""

    number: int
    cells: list[int]
    traffic: list[int]
    """The authorities whose other applications are meant, too."""
    applications: int
    permits: int
    cancel: int
    officers: list[int]
    approval: float
    validity: int
    validity_works: int
    backlog: int
    take_up: float
    work: list[int]
    priority: int


class Authorities:
    """The policy of a run: when it acts, and what an act does to the run."""

    def __init__(self, run: Run, lives: OrderLife, policy: Policy) -> None:
        self.run, self.lives, self.sourcing, self.policy = run, lives, lives.sourcing, policy
        self.env = run.env

    def start(self) -> None:
        """Let the measures and the incidents begin."""
        for measure, trigger in enumerate(self.policy.trigger.tolist()):
            if trigger == TRIGGER_ON:
                self.env.process(self.on_date(measure))
            elif trigger == TRIGGER_WHEN:
                self.env.process(self.when_threshold(measure))
        for incident in range(len(self.run.plan.names.incidents)):
            self.env.process(self.incidents(incident))

    # ------------------------------------------------------------------ when

    def on_date(self, measure: int) -> Life:
        """A measure on a date; one of before the run in its first minute, and its trust has been lost since."""
        minute = int(self.policy.minute[measure])
        yield At(self.env, max(minute, self.run.plan.start), Moment.MEASURE, measure)
        yield from self.act(self.branch(measure, self.drawn_outcome(measure, 1)), decided=minute)

    def after_evidence(self, measure: int, number: int) -> Life:
        """A measure some time after evidence of an incident."""
        delay = self.run.chance.draw(
            int(self.policy.delay[measure]), int(self.policy.digest[measure]), number, PURPOSES["delay"], 0
        )
        yield At(self.env, self.env.now + delay, Moment.MEASURE, measure, number)
        yield from self.act(self.branch(measure, self.drawn_outcome(measure, number)))

    def when_threshold(self, measure: int) -> Life:
        """A measure that acts above a limit, and undoes itself below another."""
        policy, check, acts = self.policy, 0, 0
        acting = False
        while True:
            yield At(self.env, check, Moment.MEASURE, measure)
            figure = self.figure(measure)
            if not acting and figure > policy.above[measure]:
                acting, acts = True, acts + 1
                yield from self.act(self.branch(measure, self.drawn_outcome(measure, acts)), figure)
            elif acting and figure < policy.below[measure]:
                acting = False
                yield from self.act(self.branch(measure, int(policy.then[measure])), figure)
            check += int(policy.every[measure])

    def incidents(self, incident: int) -> Life:
        """An incident on its date, or incidents at their rate from period.start on."""
        run, incidents = self.run, self.run.plan.incidents
        stream, date = int(incidents.digest[incident]), int(incidents.minute[incident])
        curve = np.array([0]), np.array([0]), incidents.rate[incident : incident + 1]
        hazard = number = 0
        while True:
            number += 1
            hazard += run.chance.gap(stream, number)
            minute = date if date >= 0 else minute_of(hazard, *curve)
            if minute >= run.plan.end or (date >= 0 and number > 1):
                return
            yield At(self.env, minute, Moment.MEASURE, FIRST_INCIDENT + incident)
            run.write(Fact.INCIDENT, -1, 0, 0, -1, incident, 0)
            since = self.env.now - int(incidents.window[incident])
            scope = incidents.scope[incident]
            value = sum(
                cents for when, line, _, cents in run.deliveries if scope[line] and since <= when < self.env.now
            )
            found = evidence_chance(value, int(incidents.exposure[incident]))
            if run.chance.number(stream, number, PURPOSES["evidence"], 0) < found:
                run.write(Fact.EVIDENCE, -1, 0, 0, -1, incident, value)
                for measure, trigger in enumerate(self.policy.trigger.tolist()):
                    if trigger == TRIGGER_AFTER and self.policy.incident[measure] == incident:
                        self.env.process(self.after_evidence(measure, number))

    def drawn_outcome(self, measure: int, number: int) -> int:
        """The branch that chance takes of a measure's outcomes."""
        first, count = int(self.policy.branch_first[measure]), int(self.policy.branch_count[measure])
        if count == 1:
            return first
        u = self.run.chance.number(int(self.policy.digest[measure]), number, PURPOSES["outcome"], 0)
        return first + int(outcome_of(self.policy.chance[first : first + count], u))

    def branch(self, measure: int, number: int) -> Branch:
        """A branch of a measure, with the measure's scope."""
        policy = self.policy
        act = {name: getattr(policy, name)[number] for name in ACTS}
        return self.branch_of(number, policy.scope[measure], policy.traffic[measure], act)

    def branch_of(self, number: int, cells: Any, traffic: Any, act: Mapping[str, Any]) -> Branch:
        """A branch from masks of cells and of authorities with their other applications, and an act in numbers."""
        plain = {name: np.asarray(value).tolist() for name, value in act.items()}
        return Branch(number, np.flatnonzero(cells).tolist(), np.flatnonzero(traffic).tolist(), **plain)

    def figure(self, measure: int) -> int:
        """The figure that a threshold watches, now."""
        policy = self.policy
        return self.figure_in(
            FIGURES[policy.figure[measure]], policy.scope[measure], policy.traffic[measure], int(policy.window[measure])
        )

    def figure_in(self, figure: str, cells: Any, traffic: Any, window: int) -> int:
        """A figure over cells (a mask) and the other traffic of some authorities (a mask)."""
        run = self.run
        if figure == "in_review":
            places = [*cells, *traffic]
            return sum(bool(places[order.cell]) for order in run.in_review.values())
        if figure == "held":
            return sum(bool(cells[order.cell]) for order in run.held.values())
        if figure == "in_force":
            return sum(bool(cells[order.cell]) for order in run.permitted.values() if not order.suspended)
        since = self.env.now - window
        return sum(cents for when, _, cell, cents in run.deliveries if cells[cell] and since <= when < self.env.now)

    # ------------------------------------------------------------------ what

    def act(self, branch: Branch, figure: int = -1, decided: int | None = None) -> Life:
        """Everything that an act does, in its order (``docs/model.md``, Measures)."""
        run = self.run
        run.write(Fact.MEASURE, -1, 0, 0, -1, branch.number, figure)
        minute = self.env.now if decided is None else decided
        self.set_terms(branch)
        self.set_pace(branch)
        new_applications, new_permits = self.set_regimes(branch)
        self.note_stops(new_applications | new_permits, minute)
        for _, order in sorted(run.unfiled.items()):
            if order.cell in new_applications:
                self.lives.reconsider_filing(order)
        for order in self.permits_in(new_permits):
            change = self.lives.suspend if branch.permits == SUSPENDED else self.lives.reinstate
            change(order, branch.number)
            yield Settled(self.env)
        yield from self.set_officers(branch)
        doomed = self.permits_to_cancel(branch)
        self.cost_trust(branch, new_applications, new_permits, doomed, minute)
        for order in doomed:
            self.lives.interrupt(order, AttemptEnded(Fact.CANCELLED, branch.number))
            yield Settled(self.env)
        for _, order in sorted(run.held.items()):
            # Whoever comes to the gate in this very act has been decided under the new regime: held.
            if order.cell in new_applications and branch.applications != HOLD:
                assert order.decision is not None
                order.decision.succeed(branch.backlog == REVIEW_AGAIN)
                yield Settled(self.env)
        if new_applications or new_permits:
            yield from self.sourcing.try_unserved()

    def set_terms(self, branch: Branch) -> None:
        """Set what holds of decisions and permits in the cells in scope. Who denies without a chance denies all."""
        run = self.run
        for cell in branch.cells:
            if branch.approval != LEFT:
                run.approval_set[cell], run.approval_denied[cell] = branch.approval, max(branch.approval, 0.0)
            elif branch.applications == DENY:
                run.approval_denied[cell] = 0.0
            if branch.validity != LEFT:
                run.validity_set[cell] = branch.validity, bool(branch.validity_works)
            if branch.take_up != LEFT:
                run.take_up[cell] = branch.take_up

    def set_pace(self, branch: Branch) -> None:
        """Set what officers' time is multiplied with, and who is taken up before others."""
        run = self.run
        places = [*branch.cells, *map(run.place_of_others, branch.traffic)]
        for place in places:
            for stage, factor in enumerate(branch.work):
                if factor != LEFT:
                    run.work_factor[place][stage] = factor
        if branch.priority != LEFT:
            for officers in run.officers:
                officers.ranked = True
            for place in places:
                run.priority[place] = branch.priority

    def set_regimes(self, branch: Branch) -> tuple[set[int], set[int]]:
        """Set the regimes of the cells in scope; return those whose applications, and whose permits, changed."""
        run = self.run
        new_applications, new_permits = set(), set()
        for cell in branch.cells:
            if branch.applications >= 0 and run.applications[cell] != branch.applications:
                run.applications[cell] = branch.applications
                new_applications.add(cell)
            if branch.permits >= 0 and run.permits[cell] != branch.permits:
                run.permits[cell], run.stopped_by[cell] = branch.permits, branch.number
                new_permits.add(cell)
        return new_applications, new_permits

    def note_stops(self, changed: set[int], minute: int) -> None:
        """Note in which cells a stop holds or has ended at a minute, and after that let lines order again."""
        run, ended = self.run, set()
        for cell in changed:
            stop = stop_of(run.applications[cell], run.permits[cell])
            if stop >= 0:
                run.stop[cell], run.stop_ended[cell] = stop, NEVER
            elif run.stop[cell] >= 0 and run.stop_ended[cell] == NEVER:
                run.stop_ended[cell] = minute
                ended.add(cell)
        for source, restart in enumerate(run.restart if ended else []):
            line, authority = int(run.plan.sources.line[source]), run.authority[source]
            own = any(run.plan.line_cell[line, cell] and run.plan.cell_authority[cell] == authority for cell in ended)
            if restart > 0 and own and minute + restart > self.env.now:
                self.env.process(self.sourcing.reopen(source, minute + restart))

    def permits_in(self, cells: set[int]) -> list[Order]:
        """The orders with a permit in some cells, in order of arrival."""
        return [order for _, order in sorted(self.run.permitted.items()) if order.cell in cells] if cells else []

    def set_officers(self, branch: Branch) -> Life:
        """Change the number of officers; who waits is taken up at once."""
        for stage, number in enumerate(branch.officers):
            if number >= 0 and number != self.run.officers[stage].number:
                self.run.officers[stage].resize(number)
                yield Settled(self.env)

    def permits_to_cancel(self, branch: Branch) -> list[Order]:
        """The orders whose permit the act cancels."""
        if branch.cancel < 0:
            return []
        everything = CANCELS[branch.cancel] == "all"
        return [order for order in self.permits_in(set(branch.cells)) if everything or order.suspended]

    def cost_trust(
        self, branch: Branch, new_applications: set[int], new_permits: set[int], doomed: list[Order], minute: int
    ) -> None:
        """Take from each line the trust that the act costs, and note that it was disrupted."""
        run, plan = self.run, self.run.plan
        regime = loss_of(branch.applications)
        cancelled = {order.source for order in doomed}
        costs = [(regime, new_applications if regime >= 0 else set())]
        costs += [(LOSS_SUSPEND, new_permits if branch.permits == SUSPENDED else set())]
        for line in range(len(plan.names.lines)):
            bitten = False
            cells = np.flatnonzero(plan.line_cell[line]).tolist()
            for source in run.sources[line]:
                authority = int(plan.sources.authority[source])
                if authority < 0:
                    continue
                for act, changed in costs:
                    if any(cell in changed and plan.cell_authority[cell] == authority for cell in cells):
                        self.sourcing.lose_trust(source, act, minute)
                        bitten = True
                if source in cancelled:
                    self.sourcing.lose_trust(source, LOSS_CANCEL, minute)
                    bitten = True
            if bitten:
                self.sourcing.disrupt(line, minute)
