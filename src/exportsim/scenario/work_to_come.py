"""Which orders of a register are work for officers, from which day and stage on; not what is decided as recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from exportsim.scenario.cells import licensor
from exportsim.scenario.policies import resolved_measures
from exportsim.scenario.quantities import MINUTES_A_DAY, Duration
from exportsim.scenario.register import stages_of_line, telling
from exportsim.scenario.register_records import Records
from exportsim.scenario.schema import Measure, Scenario, days_of, stages_of

Kind = tuple[str | None, int]  # of orders: their programme, None if it is drawn, and the number of their first stage


def work_to_come(scenario: Scenario, name: str, records: Records) -> Mapping[Kind, Sequence[int]]:
    """By kind the ordinals of the days on which orders of a line come to officers, in order.

    While records bind, what is recorded as decided comes to nobody; what is open where they end comes then.
    """
    line = scenario.demand[name]
    register, decisions = telling(line), records.decisions
    if register is None or decisions is None:
        return {(programme, 0): days for programme, days in records.days().items()}
    until = min(register.as_of or date.max, first_difference(scenario)).toordinal()
    stages = _stages(scenario, name) if register.as_of is not None and until == register.as_of.toordinal() else []
    found: dict[Kind, list[int]] = {}
    for place, minute in enumerate(records.minutes):
        day, stage = minute // MINUTES_A_DAY, 0
        if day < until:
            if 0 <= decisions.decided[place] < until * MINUTES_A_DAY:
                continue
            day = until
            stage = stages[decisions.stages[place]] if stages and decisions.stages[place] >= 0 else 0
        programme = None if records.programmes is None else records.names[records.programmes[place]]
        found.setdefault((programme, stage), []).append(day)
    return {kind: sorted(days) for kind, days in found.items()}


def first_difference(scenario: Scenario) -> date:
    """The first day on which policies may differ, as far as their measures say; the last of all days if none do."""
    acts = [{_written(measure): measure for measure in resolved_measures(scenario, name)} for name in scenario.policies]
    common = set(acts[0]).intersection(*acts)
    apart = [measure for measures in acts for text, measure in measures.items() if text not in common]
    first, _ = days_of(scenario.period)
    return min((max(_first_day(scenario, measure), first) for measure in apart), default=date.max)


def _written(measure: Measure) -> str:
    """All that a measure says that may make a difference: its name does where something of it is drawn."""
    is_drawn = measure.outcomes or (measure.after is not None and not isinstance(measure.delay, Duration))
    return repr(measure.model_copy(update={"source": None} | ({} if is_drawn else {"name": None})))


def _first_day(scenario: Scenario, measure: Measure) -> date:
    """The first day on which a measure may do anything."""
    if measure.on is not None:
        return min(measure.on, measure.announced or measure.on)
    incident = None if measure.after is None else scenario.incidents[measure.after].on
    return incident or scenario.period.start


def _stages(scenario: Scenario, name: str) -> list[int]:
    """By stage that a line's applications come to, its number among all of its authority."""
    line = scenario.demand[name]
    named = stages_of_line(line, scenario.authorities, scenario.suppliers)
    office = next(filter(None, (licensor(scenario, line, source) for source in line.sources)), None)
    every = stages_of(scenario.authorities[office]) if office is not None else []
    numbers = {stage.stage: number for number, stage in enumerate(every)}
    return [numbers[stage] for stage in named or ()]
