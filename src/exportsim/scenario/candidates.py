"""From when on a line's sources may be usable, and what else is read off a scenario once for all that judges it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate

from exportsim.language import text
from exportsim.scenario.calendars import days_sat, working_days
from exportsim.scenario.cells import Cells, by_place, cells_of
from exportsim.scenario.courses import Course, possible_acts
from exportsim.scenario.distributions import least
from exportsim.scenario.register_records import Records
from exportsim.scenario.schema import Act, Authority, DemandLine, Loss, Scenario, Sits, days_of

LOSSES = tuple(Loss.model_fields)
REGIMES = ("case_by_case", "hold", "deny")  # that cost trust where a cell is changed to them


class View:
    """A scenario with the records of its registers, the courses of its policies and the candidates of its lines."""

    def __init__(self, scenario: Scenario, records: Mapping[str, Records]) -> None:
        self.scenario, self.records = scenario, records
        self.first, self.past = days_of(scenario.period)
        self.cells = Cells(cells_of(scenario))
        self.places = by_place(self.cells.cells)
        self._worked: dict[str, list[int]] = {}
        self._sat: dict[tuple[str, int, date], list[date]] = {}

    @cached_property
    def courses(self) -> dict[str, Course]:
        return {policy: Course(self.scenario, policy, self.cells) for policy in self.scenario.policies}

    @cached_property
    def candidates(self) -> dict[str, Candidates]:
        return {name: Candidates(self, name) for name in self.scenario.demand}

    def working_days(self, authority: str, first: date, past: date) -> int:
        """How many days of the period an authority works, from one to before another."""
        start, calendar = self.scenario.period.start, self.scenario.authorities[authority].calendar
        if authority not in self._worked:
            worked = working_days(calendar, start, (self.past - start).days)
            self._worked[authority] = [0, *accumulate(map(int, worked))]
        before = self._worked[authority]
        return before[(past - start).days] - before[(first - start).days]

    def sittings(self, authority: str, sits: Sits, first: date, past: date) -> int:
        """On how many days of the run from one to before another a stage of an authority sits."""
        key = authority, sits.every.minutes, sits.from_
        if key not in self._sat:
            calendar = self.scenario.authorities[authority].calendar
            worked = working_days(calendar, self.first, (self.past - self.first).days)
            self._sat[key] = [self.first + timedelta(days=place) for place in days_sat(sits, self.first, worked)]
        return bisect_left(self._sat[key], past) - bisect_left(self._sat[key], first)

    def under(self, policies: Sequence[str]) -> str:
        """Which policies something is true of, in words."""
        if len(policies) == len(self.courses) > 1:
            return text("warnings.every_policy")
        return text("warnings.policies", number=len(policies), policies=text("lists.comma").join(policies))


class Candidates:
    """The sources of one line."""

    def __init__(self, view: View, name: str) -> None:
        self.line: DemandLine = view.scenario.demand[name]
        self._view = view
        self._offices = {source: view.scenario.suppliers[source].authority for source in self.line.sources}
        self._cells = {
            source: view.places.get((str(office), self.line.destination, self.line.goods), frozenset())
            for source, office in self._offices.items()
        }
        self._trust: dict[tuple[str, str], tuple[list[date], list[float]]] = {}
        self.disruption = self._disrupting_measure()
        self.earliest = self._usable()
        usable = [(when, source) for source, when in self.earliest.items() if when is not None]
        if any(self._may_be_denied(source) for _, source in usable):
            first, _ = min(usable)
            self.disruption = min(first.date(), self.disruption or date.max)
            self.earliest = self._usable()

    def _disrupting_measure(self) -> date | None:
        """The first day on which a measure may cost the line trust."""
        licensed = frozenset().union(*self._cells.values())
        days = [
            measure.on or self._view.first
            for course in self._view.courses.values()
            for index, measure in enumerate(course.measures)
            if index not in course.idle and course.reached[index] & licensed
            for act in possible_acts(measure)
            if kinds_of_loss(act)
        ]
        return min(days, default=None)

    def _may_be_denied(self, source: str, *, after_all: bool = False) -> bool:
        """Whether an ordinary review may deny an application, or, if so asked, any review."""
        office = self._offices[source]
        if office is None or not self._cells[source]:
            return False
        authority = self._view.scenario.authorities[office]
        return (lowest_approval(authority) if after_all else authority.approval) < 1 or any(
            isinstance(act.approval, float) and act.approval < 1
            for course in self._view.courses.values()
            for reached, measure in zip(course.reached, course.measures, strict=True)
            if reached & self._cells[source]
            for act in possible_acts(measure)
        )

    def _usable(self) -> dict[str, datetime | None]:
        """By source: from when on it may be used, None if that is past the end."""
        earliest: dict[str, datetime | None] = {}
        for name, source in self.line.sources.items():
            programme = source.qualification
            start: date | None = self._view.first
            minutes = 0.0
            if programme is not None:
                start = programme.starts if isinstance(programme.starts, date) else self.disruption
                minutes = max(1.0, min(least(programme.time), 1e9))
            when = None if start is None else datetime.combine(start, time.min) + timedelta(minutes=minutes)
            late = when is not None and when >= datetime.combine(self._view.past, time.min)
            earliest[name] = None if late else when
        return earliest

    def least_share(self, source: str, course: Course, first: date, end: date) -> float:
        """The least share of the line's orders that go to a source between two days, under a policy."""
        if self.line.sources[source].qualification is not None or self._may_be_stopped(source, course):
            return 0.0
        if (key := (course.policy, source)) not in self._trust:
            self._trust[key] = self._least_trusts(source, course)
        days, trusts = self._trust[key]
        trust = trusts[bisect_right(days, first) - 1]
        weight = self.line.sources[source].weight
        others = sum(
            other.weight
            for name, other in self.line.sources.items()
            if name != source and (when := self.earliest[name]) is not None and when.date() < end
        )
        if others:
            return weight * trust / (weight * trust + others)
        # Alone, a source gets all of the orders, unless all trust in it may be gone at once.
        loss = self.line.trust.loss
        return 0.0 if trust == 0 and any(getattr(loss, kind) >= 1 for kind in LOSSES) else 1.0

    def _may_be_stopped(self, source: str, course: Course) -> bool:
        """Whether the line may not order from a source for a time, because of a measure."""
        if self.line.sources[source].restart is None:
            return False
        return any(
            index not in course.idle and course.reached[index] & self._cells[source]
            for index in range(len(course.measures))
        )

    def _least_trusts(self, source: str, course: Course) -> tuple[list[date], list[float]]:
        """Days, and what is left from each on of the trust in a source once all is lost that may be."""
        loss = self.line.trust.loss
        if not any(getattr(loss, kind) for kind in LOSSES):
            return [date.min], [1.0]
        if loss.deny > 0 and self._may_be_denied(source, after_all=True):
            return [date.min], [0.0]
        days, trusts = [date.min], [1.0]
        acting = [
            measure
            for index, measure in enumerate(course.measures)
            if index not in course.idle and course.reached[index] & self._cells[source]
        ]
        for measure in sorted(acting, key=lambda measure: measure.on or date.min):
            left = min(_left(act, loss) for act in possible_acts(measure))
            # What waits for something may act again and again.
            trusts.append(trusts[-1] * left if measure.on is not None or left == 1 else 0.0)
            days.append(measure.on or date.min)
        return days, trusts


def lowest_approval(authority: Authority) -> float:
    """The lowest of the chances with which the reviews of an authority approve."""
    further = authority.case_by_case
    return authority.approval if further is None else min(authority.approval, further.approval)


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
