"""What a scenario says, before anything is simulated: what ``exportsim check`` reports. No NumPy here."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from exportsim.language import text
from exportsim.outcomes import row
from exportsim.report.document import UNTITLED, Block, Document, Heading, Line, Table
from exportsim.report.number_format import counted, number, unit_of
from exportsim.report.studies import attributes
from exportsim.scenario.distributions import mean, uses_business_days
from exportsim.scenario.register import register_accounts
from exportsim.scenario.schema import Authority, Scenario, SourceOfLine, Stage
from exportsim.scenario.workload import Expectations, Step, expectations

DAY = 1440
MOST_DECIMALS = 9

PERIOD = "{start} to {end}{warm_up} · money in {currency}"
WARM_UP = ", after {warm_up} of warm-up"
DEMAND = "Demand, as expected in a year of the period; value in {unit}"
SOURCES = "Sources of each line"
SOURCE = "{supplier} (weight {weight:g}{later})"
NO_MEASURES = "no measures"
PERMITS = {True: "permits never expire", False: "permits for {validity}"}
APPROVES = "approves {percent:g} %"
STANDARD = "standard {standard}"
OTHERS = "other applications {rates}"
STAGE = "{stage} ({officers}, {work})"


def describe(scenario: Scenario) -> Document:
    """A scenario's parts, the orders and values to expect in a year, and its policies as calendars."""
    expected = expectations(scenario)
    return Document(
        list(_blocks(scenario, expected)),
        lambda: {
            "valid": True,
            "title": scenario.title,
            "period": {"start": str(scenario.period.start), "end": str(scenario.period.end)},
            **attributes(scenario, "currency", "reference"),
            **{part: list(getattr(scenario, part)) for part in ("goods", "authorities", "suppliers")},
            "demand": [
                {**line._asdict(), "unit": scenario.currency, "sources": list(scenario.demand[line.line].sources)}
                for line in expected.lines
            ],
            **(
                {}
                if (objective := scenario.objective) is None
                else {
                    "objective": {outcome: float(amount) for outcome, amount in objective.amounts.items()},
                }
            ),
            "registers": [account.document() for account in register_accounts(scenario)],
            "policies": {name: [step._asdict() for step in steps] for name, steps in expected.policies.items()},
        },
    )


def _blocks(scenario: Scenario, expected: Expectations) -> Iterator[Block]:
    period = scenario.period
    yield Line(scenario.title or UNTITLED, "strong")
    warm_up = WARM_UP.format(warm_up=period.warm_up) if period.warm_up.minutes else ""
    yield Line(PERIOD.format(start=period.start, end=period.end, warm_up=warm_up, currency=scenario.currency))
    yield Heading("Goods")
    for name, goods in scenario.goods.items():
        control = f" ({goods.control})" if goods.control else ""
        yield Line(f"{name}: {goods.title}{control}" if goods.title or control else name, indent=2)
    if scenario.authorities:
        yield Heading("Authorities")
    for name, authority in scenario.authorities.items():
        yield Line(_authority(name, authority), indent=2)
        case_by_case = authority.case_by_case.review if authority.case_by_case else []
        for kind, stages in (("review", authority.review), ("case by case", case_by_case)):
            if stages:
                yield Line(f"{kind}: " + " → ".join(map(_stage, stages)), indent=4)
    rows = []
    for name, it in scenario.suppliers.items():
        rows.append([name, it.country, it.authority or "nobody", str(it.slots), _days(it.lead_time), f"{it.price:g}"])
    head = ["supplier", "country", "licensed by", "slots", "lead time", "price"]
    yield Table("suppliers", "Suppliers", head, rows, left=3, indent=2)
    yield from _demand(scenario, expected)
    yield from _objective(scenario)
    yield Heading("Policies")
    for name, steps in expected.policies.items():
        reference = " (the reference)" if name == scenario.reference else ""
        title = scenario.policies[name].title
        yield Line(f"{name}{reference}" + (f": {title}" if title else ""), "strong", indent=2)
        for said in [_step(step, name) for step in steps] or [NO_MEASURES]:
            yield Line(said, indent=4)


def _objective(scenario: Scenario) -> Iterator[Block]:
    if scenario.objective is None:
        return
    yield Heading(text("objective.heading"))
    if scenario.objective.title:
        yield Line(scenario.objective.title, "strong", indent=2)
    for term in objective_terms(scenario):
        yield Line(term, indent=2)


def objective_terms(scenario: Scenario) -> list[str]:
    """What a unit of each outcome counts in the objective."""
    amounts = {} if scenario.objective is None else scenario.objective.amounts
    return [
        text(f"objective.of_{row(outcome).unit}", outcome=outcome, amount=_in_full(amount), currency=scenario.currency)
        for outcome, amount in amounts.items()
    ]


def _in_full(amount: Fraction) -> str:
    """An exact decimal number in full."""
    decimals = next(
        (places for places in range(MOST_DECIMALS) if (amount * 10**places).denominator == 1), MOST_DECIMALS
    )
    return number(float(amount), decimals)


def _demand(scenario: Scenario, expected: Expectations) -> Iterator[Block]:
    factor, unit = unit_of(scenario.currency, [line.value_a_year for line in expected.lines])
    rows = []
    for name, orders, value in expected.lines:
        line = scenario.demand[name]
        rows.append([name, f"{line.buyer}, {line.destination}", line.goods, f"{orders:.1f}", f"{value / factor:.1f}"])
    orders = sum(line.orders_a_year for line in expected.lines)
    value = sum(line.value_a_year for line in expected.lines)
    rows.append(["all", "", "", f"{orders:.1f}", f"{value / factor:.1f}"])
    head = ["line", "buyer", "goods", "orders", "value"]
    yield Table("demand", DEMAND.format(unit=unit), head, rows, left=3, indent=2)
    for account in register_accounts(scenario):
        yield Line(account.summary, indent=2)
    yield Heading(SOURCES)
    for name, line in scenario.demand.items():
        yield Line(f"{name}: " + "; ".join(map(_source, line.sources, line.sources.values())), indent=2)


def _source(supplier: str, source: SourceOfLine) -> str:
    starts = source.qualification.starts if source.qualification else None
    later = "" if starts is None else f", qualifies {'at disruption' if starts == 'disruption' else starts}"
    return SOURCE.format(supplier=supplier, weight=source.weight, later=later)


def _authority(name: str, authority: Authority) -> str:
    parts = [
        f"{name}: {authority.title}, {authority.country}" if authority.title else f"{name}, {authority.country}",
        PERMITS[authority.validity == "never"].format(validity=authority.validity),
        APPROVES.format(percent=100 * authority.approval),
    ]
    if authority.service_standard is not None:
        parts.append(STANDARD.format(standard=authority.service_standard))
    rates = authority.traffic.applications
    if isinstance(rates, dict):
        parts.append(OTHERS.format(rates=", ".join(f"{rate} from {day}" for day, rate in rates.items())))
    elif rates.number:
        parts.append(OTHERS.format(rates=rates))
    return "; ".join(parts)


def _stage(stage: Stage) -> str:
    return STAGE.format(stage=stage.stage, officers=counted(stage.officers, "officer"), work=_days(stage.work))


def _days(distribution: Any) -> str:
    """The mean of a duration, in days of its kind."""
    return f"{mean(distribution) / DAY:.3g} {'bd' if uses_business_days(distribution) else 'd'}"


def _step(step: Step, policy: str) -> str:
    """A measure with the name by which it is addressed, and the policy that lists it, if another does."""
    _, origin, _, name = step.address.split(".")
    listed = name if origin == policy else f"{name} of {origin}"
    return f"{step.when}  {step.what} · {step.scope} · {listed}"
