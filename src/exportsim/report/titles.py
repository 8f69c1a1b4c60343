"""How an order's history names things: by their titles; dates, amounts and waits as in a letter."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property

from exportsim.analysis.measures_in_force import Act
from exportsim.analysis.trace import Life
from exportsim.scenario.policies import act_text, resolved_measures
from exportsim.scenario.schema import Act as Written
from exportsim.scenario.schema import Measure, Scenario
from exportsim.scenario.workload import scope_text

DAY = 1440
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

MEASURE, MEASURE_OF = "measure '{name}'", "measure '{name}' of {date}"
PART, ONLY_PART = "Part {number} of {parts}", "The order"


def day(when: date) -> str:
    """A date as it is written in a letter: ``12 Mar 2019``."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def money(cents: int, currency: str) -> str:
    """An amount in three digits: ``CAD 5.23M``."""
    for factor, letter in ((10**11, "B"), (10**8, "M"), (10**5, "k")):
        if cents >= 0.9995 * factor:
            text = f"{cents / factor:.{max(0, 3 - len(str(round(cents / factor))))}f}"
            digits = text.rstrip("0").rstrip(".") if "." in text else text
            return f"{currency} {digits}{letter}"
    return f"{currency} {cents / 100:.2f}".removesuffix(".00")


def days(minutes: int) -> str:
    """A wait in whole days, to the nearest."""
    number = (minutes + DAY // 2) // DAY
    return f"{number:,} day{'s' if number != 1 else ''}"


class Titles:
    """What things are called that the history of an order names."""

    def __init__(self, scenario: Scenario, life: Life) -> None:
        self.scenario, self.life, self.names = scenario, life, life.plan.names
        self.demand = scenario.demand[self.names.lines[life.line]]

    def when(self, minute: int) -> datetime:
        """The moment of a minute."""
        return self.life.plan.origin + timedelta(minutes=minute)

    def measure(self, act: Act) -> str:
        """The measure of an act, by its name, with its date where that does not say it."""
        name, when = self.names.measures[act.policy][act.branch], self.when(act.minute)
        dated = name.startswith(when.date().isoformat())
        return (MEASURE if dated else MEASURE_OF).format(name=name, date=day(when))

    def does(self, act: Act) -> str:
        """What an act does, and to which applications and permits."""
        policy = self.life.plan.policies[act.policy]
        measure = self._measures[self.names.policies[act.policy]][act.measure]
        taken: Written | None = measure
        if act.branch == policy.then[act.measure]:
            taken = measure.then
        elif measure.outcomes:
            taken = measure.outcomes[act.branch - int(policy.branch_first[act.measure])]
        return f"{act_text(taken or Written()).replace('_', ' ')}; {scope_text(measure)}"

    def title(self, section: str, index: int) -> str:
        """One of the suppliers, authorities or incidents by its title, or its name."""
        name = getattr(self.names, section)[index]
        return str(getattr(self.scenario, section)[name].title or name)

    def goods(self) -> str:
        """What was ordered, by its title, or its name."""
        return self.scenario.goods[self.demand.goods].title or self.demand.goods

    def amount(self, cents: int) -> str:
        """An amount of money."""
        return money(cents, self.scenario.currency)

    def part(self, number: int) -> str:
        """Which part of how many: ``Part 2 of 4``; ``The order`` where there is but one."""
        return (ONLY_PART if self.life.parts == 1 else PART).format(number=number, parts=self.life.parts)

    @cached_property
    def _measures(self) -> dict[str, list[Measure]]:
        return {policy: resolved_measures(self.scenario, policy) for policy in self.scenario.policies}
