"""What may hold on which day under a policy: read off its measures, without playing.

Where a measure waits for an incident or a threshold, or chance takes one of its outcomes, all that may come of it is
kept. So what is certain here is certain in every future.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from datetime import date
from operator import itemgetter
from typing import Generic, TypeVar

from exportsim.scenario.cells import Cell, Cells
from exportsim.scenario.measures import TERMS
from exportsim.scenario.policies import authorities_reached, names_authorities_only, resolved_measures
from exportsim.scenario.schema import Act, Measure, Scenario, days_of, stages_of

_DENIAL = "denial"  # the chance of approval where applications are denied

Setting = TypeVar("Setting", str, int)
Key = TypeVar("Key", Cell, tuple[str, str], tuple[object, str])


class Record(Generic[Key, Setting]):
    """By cell or stage: which settings are possible from which day on, and by which measure they came."""

    def __init__(self) -> None:
        self._steps: dict[Key, list[tuple[date, frozenset[Setting], int]]] = {}
        self._any_time: dict[Key, frozenset[Setting]] = defaultdict(frozenset)

    def begin(self, key: Key, setting: Setting) -> None:
        """Say what holds at first."""
        self._steps[key] = [(date.min, frozenset((setting,)), -1)]

    def __contains__(self, key: object) -> bool:
        return key in self._steps

    def allow(self, key: Key, settings: Iterable[Setting]) -> None:
        """Say what may be set at any time."""
        self._any_time[key] |= frozenset(settings)

    def put(self, key: Key, day: date, settings: frozenset[Setting], may_stay: bool, setter: int) -> None:
        """Say what a measure sets; days must not go back."""
        _, before, _ = self._steps[key][-1]
        self._steps[key].append((day, settings | before if may_stay else settings, setter))

    def _until(self, key: Key, day: date) -> int:
        """How many steps there have been once the measures of a day have acted."""
        return bisect_right(self._steps[key], day, key=itemgetter(0))

    def on(self, key: Key, day: date) -> frozenset[Setting]:
        """What may hold on a day, after the measures of that day."""
        return self._steps[key][self._until(key, day) - 1][1] | self._any_time[key]

    def now(self, key: Key) -> frozenset[Setting]:
        """What may hold after all that has been put."""
        return self._steps[key][-1][1] | self._any_time[key]

    def last_setter(self, key: Key) -> int:
        """The measure that set what holds at the end; -1 for none."""
        return self._steps[key][-1][2]

    def ever(self, key: Key, first: date) -> frozenset[Setting]:
        """All that may hold on some day, from a first one on."""
        steps = self._steps[key][self._until(key, first) - 1 :]
        return self._any_time[key].union(*(settings for _, settings, _ in steps))


class Course:
    """A policy from day to day; ``days`` are those on which measures act."""

    def __init__(self, scenario: Scenario, policy: str, cells: Cells) -> None:
        self.policy = policy
        self.measures = resolved_measures(scenario, policy)
        self.reached = [cells.among(cells.reached(measure)) for measure in self.measures]
        self.applications: Record[Cell, str] = Record()
        self.permits: Record[Cell, str] = Record()
        self.officers: Record[tuple[str, str], int] = Record()
        self.terms: dict[str, Record[Cell, str]] = {key: Record() for key in (*TERMS, _DENIAL)}
        self.factors: Record[tuple[object, str], str] = Record()
        """What work is multiplied with, by cell and stage, and for other applications by authority and stage; nothing
        where no measure sets it."""
        self.idle: set[int] = set()
        self._begins, _ = days_of(scenario.period)
        for cell in cells.cells:
            self.applications.begin(cell, "open")
            self.permits.begin(cell, "in_force")
            for terms in self.terms.values():
                terms.begin(cell, "standard")
        self._offices: dict[str, set[str]] = {}
        for name, authority in scenario.authorities.items():
            self._offices[name] = {stage.stage for stage in stages_of(authority) if stage.sits is None}
            for stage in stages_of(authority):
                self.officers.begin((name, stage.stage), stage.officers or 0)
        if any(act.work is not None for measure in self.measures for act in possible_acts(measure)):
            for kind in (*scenario.authorities, *cells.cells):
                for known in self._offices[kind if isinstance(kind, str) else kind[0]]:
                    self.factors.begin((kind, known), "standard")
        self.days = sorted({measure.on for measure in self.measures if measure.on is not None})
        # What has no date may act at any time, and so before all that has one.
        for index in sorted(range(len(self.measures)), key=lambda index: self.measures[index].on or date.min):
            if not self._changes(index, self.measures[index]):
                self.idle.add(index)

    def _changes(self, index: int, measure: Measure) -> bool:
        """Record what a measure may set, and say whether that is anything but what holds already."""
        acts, cells, day = possible_acts(measure), self.reached[index], measure.on
        changes = day is None and bool(cells)
        records = {"applications": self.applications, "permits": self.permits} | self.terms
        for key, record in records.items():
            settings = frozenset(value for act in acts if (value := _setting(act, key)) is not None)
            may_stay = any(_setting(act, key) is None for act in acts)
            for cell in cells if settings else ():
                if day is None:
                    record.allow(cell, settings)
                elif record.now(cell) != settings or len(settings) > 1:
                    changes = True
                    record.put(cell, day, settings, may_stay, index)
        for act in acts:
            if self.is_before_the_run(measure):
                pass  # there is no permit to cancel
            elif act.cancel == "all":
                changes |= bool(cells)
            elif act.cancel == "suspended":
                changes |= any("suspended" in self.permits.now(cell) for cell in cells)
            for office in authorities_reached(self._offices, measure, measure.except_):
                for stage in act.officers.keys() & self._offices[office]:
                    number = frozenset((act.officers[stage],))
                    if day is None:
                        self.officers.allow((office, stage), number)
                    elif self.officers.now((office, stage)) != number:
                        self.officers.put((office, stage), day, number, len(acts) > 1, index)
                    else:
                        continue
                    changes = True
        return self._changes_factors(index, measure, acts) or changes

    def _changes_factors(self, index: int, measure: Measure, acts: Sequence[Act]) -> bool:
        """The same of what work is multiplied with."""
        changes = False
        kinds: list[object] = [*self.reached[index]]
        if names_authorities_only(measure):
            kinds += authorities_reached(self._offices, measure, measure.except_)
        for kind in kinds if any(act.work is not None for act in acts) else ():
            for stage in self._offices[kind if isinstance(kind, str) else kind[0]]:  # type: ignore[index]
                written = [act.factor(stage) for act in acts]
                settings = frozenset(str(factor) for factor in written if factor is not None)
                if not settings:
                    continue
                if measure.on is None:
                    self.factors.allow((kind, stage), settings)
                elif self.factors.now((kind, stage)) != settings:
                    self.factors.put((kind, stage), measure.on, settings, None in written, index)
                else:
                    continue
                changes = True
        return changes

    def permits_may_expire(self, cell: Cell) -> bool:
        """Whether anybody in a cell may apply and be approved: where it is exempt, who does not use the licence."""
        regimes = self.applications.ever(cell, self._begins)
        not_all = "exempt" in regimes and min(map(_taking, self.terms["take_up"].ever(cell, self._begins))) < 1
        return not_all or not regimes <= {"exempt", "deny"}

    def least_applying(self, cell: Cell, day: date, unsure: Set[str]) -> float:
        """The least share of the orders in a cell that are applied for from a day on until a measure acts.

        Regimes that are not sure to have any, be it for want of filing, are given.
        """
        possible = self.applications.on(cell, day) if cell in self.applications else unsure
        if possible & unsure:
            return 0.0
        return 1 - max(map(_taking, self.terms["take_up"].on(cell, day))) if "exempt" in possible else 1.0

    def is_before_the_run(self, measure: Measure) -> bool:
        """Whether a measure was decided before the run, and so acts before there is an order."""
        return measure.on is not None and measure.on < self._begins


def _setting(act: Act, key: str) -> str | None:
    """What an act sets by a key, in words. Denial without a chance of approval takes away one that was given."""
    if key == _DENIAL:
        return "standard" if act.applications == "deny" and act.approval is None else _setting(act, "approval")
    if key == "take_up" and act.applications == "exempt" and act.take_up is None:
        return "standard"
    if key == "priority" and act.priority == "normal":
        return "standard"
    value = getattr(act, key)
    return None if value is None else str(value)


def _taking(take_up: str) -> float:
    """How many orders use a general licence by what is set."""
    return 1.0 if take_up == "standard" else float(take_up)


def possible_acts(measure: Measure) -> Sequence[Act]:
    """What a measure may do: itself or those of its outcomes that have a chance, and its release."""
    acts: list[Act] = [outcome for outcome in measure.outcomes if outcome.chance > 0] or [measure]
    return [*acts, *([measure.then] if measure.then is not None else [])]
