"""From when on a line's sources may be usable: read off the file, without playing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from exportsim.scenario.cells import Cell, Place
from exportsim.scenario.courses import Course, possible_acts
from exportsim.scenario.distributions import least
from exportsim.scenario.schema import Act, DemandLine, Loss, Scenario, days_of

KINDS = tuple(Loss.model_fields)
REGIMES = ("case_by_case", "hold", "deny")  # that cost trust where a cell is changed to them


class Candidates:
    """The sources of one line."""

    def __init__(
        self, scenario: Scenario, name: str, courses: Mapping[str, Course], places: Mapping[Place, frozenset[Cell]]
    ) -> None:
        self.line: DemandLine = scenario.demand[name]
        self._scenario = scenario
        self._first, self._past = days_of(scenario.period)
        where = self.line.destination, self.line.goods
        self._cells = {
            source: places.get((str(scenario.suppliers[source].authority), *where), frozenset())
            for source in self.line.sources
        }
        self._trust: dict[tuple[str, str], tuple[list[date], list[float]]] = {}
        self.disruption = self._disrupting_measure(courses)
        self.earliest = self._usable()
        if any(self._may_be_denied(source) for source, when in self.earliest.items() if when is not None):
            usable = min(when for when in self.earliest.values() if when is not None).date()
            self.disruption = usable if self.disruption is None else min(self.disruption, usable)
            self.earliest = self._usable()

    def _disrupting_measure(self, courses: Mapping[str, Course]) -> date | None:
        licensed = frozenset().union(*self._cells.values())
        days = [
            measure.on or self._first
            for course in courses.values()
            for index, measure in enumerate(course.measures)
            if index not in course.idle and course.reached[index] & licensed
            for act in possible_acts(measure)
            if kinds_of_loss(act)
        ]
        return min(days, default=None)

    def _may_be_denied(self, source: str, *, after_all: bool = False) -> bool:
        """Whether an ordinary review may deny an application, or, if so asked, any review."""
        supplier = self._scenario.suppliers[source]
        if supplier.authority is None or not self._cells[source]:
            return False
        authority = self._scenario.authorities[supplier.authority]
        further = authority.case_by_case
        return authority.approval < 1 or (after_all and further is not None and further.approval < 1)

    def _usable(self) -> dict[str, datetime | None]:
        found: dict[str, datetime | None] = {}
        for name, source in self.line.sources.items():
            programme = source.qualification
            start: date | None = self._first
            if programme is not None:
                start = programme.starts if isinstance(programme.starts, date) else self.disruption
            when = None if start is None else datetime.combine(start, datetime.min.time())
            if when is not None and programme is not None:
                when += timedelta(minutes=max(1.0, min(least(programme.time), 1e9)))
            late = when is not None and when >= datetime.combine(self._past, datetime.min.time())
            found[name] = None if late else when
        return found

    def least_share(self, source: str, course: Course, first: date, end: date) -> float:
        """The least share of the line's orders that go to a source between two days, under a policy."""
        if self.line.sources[source].qualification is not None:
            return 0.0
        weight, trust = self.line.sources[source].weight, self._least_trust(source, course, first)
        others = sum(
            other.weight
            for name, other in self.line.sources.items()
            if name != source and (when := self.earliest[name]) is not None and when.date() < end
        )
        if others:
            return weight * trust / (weight * trust + others)
        # Alone, a source gets all of the orders, unless all trust in it may be gone at once.
        loss = self.line.trust.loss
        return 0.0 if trust == 0 and any(getattr(loss, kind) >= 1 for kind in KINDS) else 1.0

    def _least_trust(self, source: str, course: Course, day: date) -> float:
        """What is left of the trust in a source once all has been lost that may have been, on a day."""
        key = course.policy, source
        if key not in self._trust:
            self._trust[key] = self._least_trusts(source, course)
        days, trusts = self._trust[key]
        return trusts[bisect_right(days, day) - 1]

    def _least_trusts(self, source: str, course: Course) -> tuple[list[date], list[float]]:
        """The same from the first day on: the days on which it changes, and what it is from each of them."""
        loss = self.line.trust.loss
        if not any(getattr(loss, kind) for kind in KINDS):
            return [date.min], [1.0]
        if loss.deny > 0 and self._may_be_denied(source, after_all=True):
            return [date.min], [0.0]
        days, trusts = [date.min], [1.0]
        acting = [
            measure
            for index, measure in enumerate(course.measures)
            if index not in course.idle and course.reached[index] & self._cells[source]
        ]
        for measure in sorted(acting, key=lambda each: each.on or date.min):
            left = min(_left(act, loss) for act in possible_acts(measure))
            # What waits for something may act again and again.
            trusts.append(trusts[-1] * left if measure.on is not None or left == 1 else 0.0)
            days.append(measure.on or date.min)
        return days, trusts


def kinds_of_loss(act: Act) -> list[str]:
    """For what an act may cost trust, as :class:`~exportsim.scenario.schema.Loss` names it."""
    kinds: list[str] = [str(act.applications)] if act.applications in REGIMES else []
    kinds += ["suspend"] if act.permits == "suspended" else []
    kinds += ["cancel"] if act.cancel is not None else []
    return kinds


def _left(act: Act, loss: Loss) -> float:
    """What may be left of trust after an act. Under `deny` each application that is at hand costs trust again."""
    if act.applications == "deny" and loss.deny > 0:
        return 0.0
    left = 1.0
    for kind in kinds_of_loss(act):
        left *= 1 - getattr(loss, kind)
    return left
