"""What may hold on which day under a policy: read off its measures, without playing.

Where a measure waits for an incident or a threshold, or chance takes one of its outcomes, all that may come of it is
kept. So what is certain here is certain in every future.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Generic, TypeVar

from exportsim.scenario.cells import Cell, Cells
from exportsim.scenario.policies import authorities_reached, resolved_measures
from exportsim.scenario.schema import Act, Measure, Scenario, stages_of

Setting = TypeVar("Setting", str, int)
Key = TypeVar("Key", Cell, tuple[str, str])


class Record(Generic[Key, Setting]):
    """By cell or stage: which settings are possible from which day on, and by which measure they came."""

    def __init__(self) -> None:
        self._days: dict[Key, list[date]] = {}
        self._possible: dict[Key, list[frozenset[Setting]]] = {}
        self._setters: dict[Key, list[int]] = {}
        self._any_time: dict[Key, frozenset[Setting]] = {}

    def begin(self, key: Key, setting: Setting) -> None:
        """Say what holds at first."""
        self._days[key], self._possible[key], self._setters[key] = [date.min], [frozenset((setting,))], [-1]

    def __contains__(self, key: object) -> bool:
        return key in self._days

    def allow(self, key: Key, settings: Iterable[Setting]) -> None:
        """Say what may be set at any time."""
        self._any_time[key] = self._any_time.get(key, frozenset()) | frozenset(settings)

    def put(self, key: Key, day: date, settings: frozenset[Setting], may_stay: bool, setter: int) -> None:
        """Say what a measure sets; days must not go back."""
        before = self._possible[key][-1]
        self._days[key].append(day)
        self._possible[key].append(settings | before if may_stay else settings)
        self._setters[key].append(setter)

    def on(self, key: Key, day: date) -> frozenset[Setting]:
        """What may hold on a day, after the measures of that day."""
        place = bisect_right(self._days[key], day) - 1
        return self._possible[key][place] | self._any_time.get(key, frozenset())

    def now(self, key: Key) -> frozenset[Setting]:
        """What may hold after all that has been put."""
        return self._possible[key][-1] | self._any_time.get(key, frozenset())

    def last_setter(self, key: Key) -> int:
        """The measure that set what holds at the end; -1 for none."""
        return self._setters[key][-1]

    def ever(self, key: Key, first: date) -> frozenset[Setting]:
        """All that may hold on some day, from a first one on."""
        place = bisect_right(self._days[key], first) - 1
        return frozenset().union(*self._possible[key][place:], self._any_time.get(key, frozenset()))


class Course:
    """A policy from day to day.

    Attributes
    ----------
    days : list of date
        On which measures act.
    """

    def __init__(self, scenario: Scenario, policy: str, cells: Cells) -> None:
        self.policy = policy
        self.measures = resolved_measures(scenario, policy)
        self.reached = [cells.among(cells.reached(measure)) for measure in self.measures]
        self.applications: Record[Cell, str] = Record()
        self.permits: Record[Cell, str] = Record()
        self.officers: Record[tuple[str, str], int] = Record()
        self.idle: set[int] = set()
        for cell in cells.cells:
            self.applications.begin(cell, "open")
            self.permits.begin(cell, "in_force")
        for name, authority in scenario.authorities.items():
            for stage in stages_of(authority):
                self.officers.begin((name, stage.stage), stage.officers)
        self._offices = {
            name: {stage.stage for stage in stages_of(authority)} for name, authority in scenario.authorities.items()
        }
        dated = [index for index, measure in enumerate(self.measures) if measure.on is not None]
        dated.sort(key=lambda index: (self.measures[index].on, index))
        self.days = sorted({measure.on for measure in self.measures if measure.on is not None})
        for index, measure in enumerate(self.measures):
            if measure.on is None:
                self._allow(index, measure)
        for index in dated:
            self._put(index, self.measures[index])

    def stages(self, measure: Measure, act: Act) -> list[tuple[str, str]]:
        """The stages whose officers an act of a measure changes."""
        names = authorities_reached(self._offices, measure, measure.except_)
        return [(name, stage) for name in names for stage in act.officers if stage in self._offices[name]]

    def _allow(self, index: int, measure: Measure) -> None:
        """What may act at any time may set this at any time."""
        cells, officers = self.reached[index], False
        for act in possible_acts(measure):
            for cell in cells:
                self.applications.allow(cell, (act.applications,) if act.applications else ())
                self.permits.allow(cell, (act.permits,) if act.permits else ())
            for name, stage in self.stages(measure, act):
                self.officers.allow((name, stage), (act.officers[stage],))
                officers = True
        if not cells and not officers:
            self.idle.add(index)

    def _put(self, index: int, measure: Measure) -> None:
        acts, cells, day = possible_acts(measure), self.reached[index], measure.on
        assert day is not None
        idle = True
        for setting, record in (("applications", self.applications), ("permits", self.permits)):
            set_to = frozenset(value for act in acts if (value := getattr(act, setting)) is not None)
            if not set_to:
                continue
            may_stay = any(getattr(act, setting) is None for act in acts)
            for cell in cells:
                if record.now(cell) != set_to or len(set_to) > 1:
                    idle = False
                    record.put(cell, day, set_to, may_stay, index)
        for act in acts:
            if act.cancel == "all" and cells:
                idle = False
            if act.cancel == "suspended" and any("suspended" in self.permits.now(cell) for cell in cells):
                idle = False
            for name, stage in self.stages(measure, act):
                number = frozenset((act.officers[stage],))
                if self.officers.now((name, stage)) != number:
                    idle = False
                    self.officers.put((name, stage), day, number, len(acts) > 1, index)
        if idle:
            self.idle.add(index)


def possible_acts(measure: Measure) -> Sequence[Act]:
    """What a measure may do: itself or those of its outcomes that have a chance, and its release."""
    acts: list[Act] = [outcome for outcome in measure.outcomes if outcome.chance > 0] or [measure]
    return [*acts, *([measure.then] if measure.then is not None else [])]
