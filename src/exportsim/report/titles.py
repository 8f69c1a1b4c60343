"""How an order's history names things: by their titles; dates, amounts and waits as in a letter."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from exportsim.analysis.measures_in_force import Act
from exportsim.analysis.trace import Life
from exportsim.language import day, text
from exportsim.names import title_of, words
from exportsim.report.measures import done
from exportsim.report.number_format import money, number
from exportsim.scenario.policies import resolved_measures
from exportsim.scenario.schema import Act as Written
from exportsim.scenario.schema import Measure, Scenario

DAY = 1440


def days(minutes: int) -> str:
    """A wait in whole days, to the nearest."""
    whole = (minutes + DAY // 2) // DAY
    return text("durations.d", number=whole, amount=number(whole, 0))


class Titles:
    """What things are called that the history of an order names."""

    def __init__(self, scenario: Scenario, life: Life) -> None:
        self.scenario, self.life, self.names = scenario, life, life.plan.names
        self.demand = scenario.demand[self.names.lines[life.line]]

    def when(self, minute: int) -> datetime:
        """The moment of a minute."""
        return self.life.plan.origin + timedelta(minutes=minute)

    def name(self, act: Act) -> str:
        """The name that the measure of an act was given; nothing if none."""
        name = self._measure(act).name or ""
        return name if name in self._given else ""

    def measure(self, act: Act) -> str:
        """The measure of an act, by its name and its date; by its date alone where it has no name."""
        decided = self._measure(act).on  # perhaps before the run, in whose first minute it acts then
        name, when = self.name(act), self.when(act.minute).date() if decided is None else decided
        if not name:
            return text("trace.measure_of_day", date=day(when))
        if name.startswith(when.isoformat()):
            return text("trace.measure_named", name=words(name))
        return text("trace.measure_named_of_day", name=words(name), date=day(when))

    def does(self, act: Act) -> str:
        """What an act does, and to which applications and permits."""
        policy, measure = self.life.plan.policies[act.policy], self._measure(act)
        taken: Written | None = measure
        if act.branch == policy.then[act.measure]:
            taken = measure.then
        elif measure.outcomes:
            taken = measure.outcomes[act.branch - int(policy.branch_first[act.measure])]
        return done(self.scenario, measure, taken or Written())

    def title(self, section: str, index: int) -> str:
        """One of the suppliers, authorities or incidents by its title, or its name."""
        return title_of(self.scenario, section, getattr(self.names, section)[index])

    @property
    def policy(self) -> str:
        """The policy under which the order lives."""
        return title_of(self.scenario, "policies", self.life.policy)

    def goods(self) -> str:
        """What was ordered, by its title, or its name."""
        return title_of(self.scenario, "goods", self.demand.goods)

    @property
    def buyer(self) -> str:
        """Who orders."""
        return words(self.demand.buyer)

    def amount(self, cents: int) -> str:
        """An amount of money."""
        return money(cents, self.scenario.currency)

    def part(self, number: int) -> str:
        """Which part of how many: ``Part 2 of 4``; ``The order`` where there is but one."""
        if self.life.parts == 1:
            return text("trace.only_part")
        return text("trace.part", part=number, parts=self.life.parts)

    def _measure(self, act: Act) -> Measure:
        return self._measures[self.names.policies[act.policy]][act.measure]

    @cached_property
    def _measures(self) -> dict[str, list[Measure]]:
        return {policy: resolved_measures(self.scenario, policy) for policy in self.scenario.policies}

    @cached_property
    def _given(self) -> set[str | None]:
        lists = [self.scenario.history, *(policy.measures for policy in self.scenario.policies.values())]
        return {measure.name for listed in lists for measure in listed}
