"""Names, addresses and the time of the run, held against the scenario."""

from __future__ import annotations

from fractions import Fraction

from exportsim.invariants.compiled import Compiled, Faults, PlanRule, same, stages_of
from exportsim.invariants.stated import NO_PROGRAMME, digest
from exportsim.lifecycle import REASONS
from exportsim.scenario import Scenario


def names_are_those_of_the_file(compiled: Compiled) -> Faults:
    """Whatever has an index has the name that the file gives it, in the order of the file."""
    names, scenario = compiled.plan.names, compiled.scenario
    yield from same("names.lines", names.lines, list(scenario.demand))
    yield from same("names.suppliers", names.suppliers, list(scenario.suppliers))
    yield from same("names.authorities", names.authorities, list(scenario.authorities))
    yield from same("names.incidents", names.incidents, list(scenario.incidents))
    yield from same("names.goods", names.goods, list(scenario.goods))
    yield from same("names.policies", names.policies, list(scenario.policies))
    yield from same("names.reasons", names.reasons, [str(reason) for reason in REASONS])
    stages = []
    for name, authority in compiled.authorities:
        stages += [f"{name}/{stage.stage}" for stage in stages_of(authority)]
    yield from same("names.stages", names.stages, stages)


def destinations_and_programmes_are_those_of_the_lines(compiled: Compiled) -> Faults:
    """Each destination and programme of a line has one name; of programmes having none is first, then by letter."""
    names = compiled.plan.names
    destinations = {line.destination for _, line in compiled.lines}
    yield from same("names.destinations", sorted(names.destinations), sorted(destinations))
    programmes = {name for _, line in compiled.lines for name in line.programmes}
    yield from same("names.programmes", names.programmes, [NO_PROGRAMME, *sorted(programmes - {NO_PROGRAMME})])


def luck_is_addressed_by_name(compiled: Compiled) -> Faults:
    """Streams, sources, suppliers, authorities, incidents and the work of stages draw their luck at their own names."""
    plan = compiled.plan
    lines, authorities = [name for name, _ in compiled.lines], compiled.authority_names
    streams = [f"line/{name}" for name in lines] + [f"authority/{name}" for name in authorities]
    sources = [f"source/{name}/{supplier}" for name, line in compiled.lines for supplier in line.sources]
    work = [f"work/{name.rpartition('/')[2]}" for name in plan.names.stages]
    yield from same("streams.digest", plan.streams.digest, [*map(digest, streams)])
    yield from same("sources.digest", plan.sources.digest, [*map(digest, sources)])
    yield from same(
        "suppliers.digest", plan.suppliers.digest, [digest(f"supplier/{name}") for name in compiled.supplier_names]
    )
    yield from same(
        "authorities.digest", plan.authorities.digest, [digest(f"authority/{name}") for name in authorities]
    )
    yield from same(
        "incidents.digest", plan.incidents.digest, [digest(f"incident/{name}") for name, _ in compiled.incidents]
    )
    yield from same("stages.purpose", plan.stages.purpose, [*map(digest, work)])
    for column, what in (("need", "share/"), ("sent_back", "returns/"), ("answered", "answer/")):
        purposes = [digest(name.replace("work/", what, 1)) for name in work]
        yield from same(f"stages.{column}", getattr(plan.stages, column), purposes)


def the_run_lasts_from_the_warm_up_to_the_end(compiled: Compiled) -> Faults:
    """Minute 0 begins the period, the run begins on a midnight that leaves time for the warm-up and ends with a day."""
    plan, period = compiled.plan, compiled.scenario.period
    yield from same("origin", str(plan.origin), f"{period.start.isoformat()} 00:00:00")
    yield from same("start", plan.start, compiled.minute(compiled.first_day))
    yield from same("end", plan.end, len(compiled.days()) * 24 * 60 + compiled.minute(compiled.first_day))
    yield from same("currency", plan.currency, compiled.scenario.currency)
    yield from same("objective", plan.objective, _weights(compiled.scenario))


def _weights(scenario: Scenario) -> tuple[tuple[str, Fraction], ...]:
    """What the objective says a unit of each outcome counts, read off its text: `-2.5M` is -2.5 times a million."""
    written = {} if scenario.objective is None else scenario.objective.weights
    multiples = {"k": 10**3, "M": 10**6, "bn": 10**9}
    weights = []
    for outcome, weight in written.items():
        text = str(weight).replace(" ", "").replace("_", "")
        suffix = next((each for each in multiples if text.endswith(each)), "")
        weights.append((outcome, Fraction(text.removesuffix(suffix)) * multiples.get(suffix, 1)))
    return tuple(weights)


RULES: tuple[PlanRule, ...] = (
    names_are_those_of_the_file,
    destinations_and_programmes_are_those_of_the_lines,
    luck_is_addressed_by_name,
    the_run_lasts_from_the_warm_up_to_the_end,
)
