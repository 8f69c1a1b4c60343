"""What a scenario leads one to expect before anything runs: orders and values a year, policies as a calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from exportsim.scenario.distributions import mean
from exportsim.scenario.policies import act_text, addresses_of, measures_listed, resolved_measures
from exportsim.scenario.quantities import MINUTES_A_DAY, Duration, Rate
from exportsim.scenario.register import records_of
from exportsim.scenario.register_records import Records, bounds
from exportsim.scenario.schema import DemandLine, Measure, Only, Register, Scenario, Scope

DAYS_A_YEAR = 365.25


class LineExpectation(NamedTuple):
    """What a demand line can be expected to order within the period, a year."""

    line: str
    orders_a_year: float
    value_a_year: float
    """In the scenario's currency."""


class Step(NamedTuple):
    """One measure of a policy in words."""

    when: str
    """A date, or what it waits for."""
    what: str
    scope: str
    name: str
    address: str
    """Where it is found: ``policies.historical.measures.cancel``."""


class Expectations(NamedTuple):
    lines: list[LineExpectation]
    policies: dict[str, list[Step]]
    """By policy: dated measures in the order of their dates, then the others."""
    history: list[Step]
    """What all policies have in common, by date."""


def expectations(scenario: Scenario) -> Expectations:
    """What a scenario leads one to expect."""
    records = records_of(scenario)
    lines = [_of_line(scenario, name, line, records.get(name)) for name, line in scenario.demand.items()]
    policies = {name: calendar(scenario, name) for name in scenario.policies}
    return Expectations(lines, policies, calendar(scenario, None))


def calendar(scenario: Scenario, policy: str | None) -> list[Step]:
    """The measures of a policy, resolved, or of the history: dated ones by date, then those that wait for something."""
    return [
        Step(_when(measure), what(measure), scope_text(measure), measure.name or "", address)
        for measure, address in in_order(scenario, policy)
    ]


def in_order(scenario: Scenario, policy: str | None) -> list[tuple[Measure, str]]:
    """The measures of a policy but for the history, or (None) those of the history, with their names, and addresses.

    They are told by date, then those that wait for something.
    """
    of = policy if policy is not None else next(iter(scenario.policies))
    measures = zip(
        measures_listed(scenario, of), resolved_measures(scenario, of), addresses_of(scenario, of), strict=True
    )
    told = [(measure, address) for each, measure, address in measures if (each.lister is None) == (policy is None)]
    return sorted(told, key=lambda placed: placed[0].on or date.max)


def expected_arrivals(rates: Rate | dict[date, Rate], start: date, end: date) -> float:
    """The expected number of arrivals between two days, the second not included."""
    pieces = [(start, rates)] if isinstance(rates, Rate) else sorted(rates.items())
    ends = [day for day, _ in pieces[1:]] + [end]
    return sum(
        max(0, (min(until, end) - max(day, start)).days) * float(rate.per_year) / DAYS_A_YEAR
        for (day, rate), until in zip(pieces, ends, strict=True)
    )


def _of_line(scenario: Scenario, name: str, line: DemandLine, records: Records | None) -> LineExpectation:
    start, end = scenario.period.start, scenario.period.end + timedelta(days=1)
    years = (end - start).days / DAYS_A_YEAR
    drawn = 0.0 if line.value is None else mean(line.value) / 100
    if records is not None:
        first, past = bounds((start, end))
        cents = [each for minute, each in zip(records.minutes, records.cents, strict=True) if first <= minute < past]
        known = [each for each in cents if each >= 0]
        value = sum(known) / 100 + (len(cents) - len(known)) * drawn
        return LineExpectation(name, len(cents) / years, value / years)
    assert not isinstance(line.orders, Register)
    orders = expected_arrivals(line.orders, start, end) / years
    return LineExpectation(name, orders, orders * drawn)


def _when(measure: Measure) -> str:
    if measure.on is not None:
        return measure.on.isoformat()
    if measure.when is not None:
        limits = measure.when.limits
        return f"when {measure.when.figure} above {limits.above}, every {measure.when.every}" + (
            f"; then below {limits.below}" if measure.then is not None else ""
        )
    if not isinstance(measure.delay, Duration):
        return f"about {mean(measure.delay) / MINUTES_A_DAY:.0f}d after {measure.after}"
    return f"{measure.delay} after {measure.after}" if measure.delay.minutes else f"after {measure.after}"


def what(measure: Measure) -> str:
    """What a measure does, in a few words: ``applications hold, cancel suspended``."""
    if measure.outcomes:
        return " or ".join(f"{outcome.chance:g} {act_text(outcome, list)}" for outcome in measure.outcomes)
    then = "" if measure.then is None else f"; then {act_text(measure.then, list)}"
    return act_text(measure, list) + then


def scope_text(measure: Measure) -> str:
    """What a measure reaches, in a few words: ``TR × imaging, except nato``; ``everything`` if all."""
    exceptions = dict.fromkeys(names_text(scope) for scope in measure.except_)
    return ", except ".join((names_text(measure), *exceptions))


def names_text(scope: Scope | Only) -> str:
    """What a scope names, in a few words: ``TR × imaging``; ``everything`` if nothing."""
    lists = (getattr(scope, axis, None) for axis in Scope.model_fields)
    return " × ".join("/".join(names) for names in lists if names) or "everything"
