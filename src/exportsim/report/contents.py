"""What a scenario says, before anything is simulated: the page that ``exportsim check`` prints. No NumPy here."""

from __future__ import annotations

from typing import Any

from exportsim.report.number_format import scale_of
from exportsim.report.text_page import Page
from exportsim.scenario.distributions import uses_business_days
from exportsim.scenario.register_account import register_accounts
from exportsim.scenario.schema import Authority, Scenario, Stage
from exportsim.scenario.workload import Expectations, Step, expectations, mean

DAY = 1440


def contents(scenario: Scenario, *, ascii: bool = False) -> Page:
    """The page of a scenario: its parts, the orders and values to expect in a year, its policies as a calendar."""
    expected = expectations(scenario)
    period = scenario.period
    page = Page(ascii=ascii)
    page.line(scenario.title or "Untitled scenario", style="bold")
    warm_up = f", after {period.warm_up} of warm-up" if period.warm_up.minutes else ""
    page.line(f"{period.start} to {period.end}{warm_up} · money in {scenario.currency}")

    page.heading("Goods")
    for name, goods in scenario.goods.items():
        control = f" ({goods.control})" if goods.control else ""
        page.line(f"{name}: {goods.title}{control}" if goods.title or control else name, indent=2)
    if scenario.authorities:
        page.heading("Authorities")
    for name, authority in scenario.authorities.items():
        page.line(_authority(name, authority), indent=2)
        for kind, stages in (("review", authority.review), ("case by case", _case_by_case(authority))):
            if stages:
                page.line(f"{kind}: " + " → ".join(map(_stage, stages)), indent=4)

    page.heading("Suppliers")
    page.table(
        ["supplier", "country", "licensed by", "slots", "lead time", "price"],
        [
            [
                name,
                supplier.country,
                supplier.authority or "nobody",
                str(supplier.slots),
                _days(supplier.lead_time),
                f"{supplier.price:g}",
            ]
            for name, supplier in scenario.suppliers.items()
        ],
        left=3,
        indent=2,
    )
    _demand(page, scenario, expected)
    page.heading("Policies")
    for name, steps in expected.policies.items():
        reference = " (the reference)" if name == scenario.reference else ""
        title = scenario.policies[name].title
        page.line(f"{name}{reference}" + (f": {title}" if title else ""), indent=2, style="bold")
        for step in steps:
            page.line(_step(step, name), indent=4)
        if not steps:
            page.line("no measures", indent=4)
    return page


def document(scenario: Scenario) -> dict[str, Any]:
    """The same as a mapping for ``--json``, with units in the names of its keys."""
    expected = expectations(scenario)
    return {
        "valid": True,
        "title": scenario.title,
        "period": {"start": str(scenario.period.start), "end": str(scenario.period.end)},
        "currency": scenario.currency,
        "reference": scenario.reference,
        "goods": list(scenario.goods),
        "authorities": list(scenario.authorities),
        "suppliers": list(scenario.suppliers),
        "demand": [
            {
                "line": line.line,
                "orders_a_year": line.orders_a_year,
                "value_a_year": line.value_a_year,
                "unit": scenario.currency,
                "sources": list(scenario.demand[line.line].sources),
            }
            for line in expected.lines
        ],
        "registers": [account.document() for account in register_accounts(scenario)],
        "policies": {name: [step._asdict() for step in steps] for name, steps in expected.policies.items()},
    }


def _demand(page: Page, scenario: Scenario, expected: Expectations) -> None:
    factor, word = scale_of([line.value_a_year for line in expected.lines])
    page.heading(f"Demand, as expected in a year of the period; value in {scenario.currency} {word}".rstrip())
    rows = []
    for found in expected.lines:
        line = scenario.demand[found.line]
        rows.append(
            [
                found.line,
                f"{line.buyer}, {line.destination}",
                line.goods,
                f"{found.orders_a_year:.1f}",
                f"{found.value_a_year / factor:.1f}",
            ]
        )
    total = sum(line.value_a_year for line in expected.lines)
    orders = sum(line.orders_a_year for line in expected.lines)
    rows.append(["all", "", "", f"{orders:.1f}", f"{total / factor:.1f}"])
    page.table(["line", "buyer", "goods", "orders", "value"], rows, left=3, indent=2)
    for account in register_accounts(scenario):
        page.line(account.said, indent=2)
    page.heading("Sources of each line")
    for name, line in scenario.demand.items():
        sources = []
        for supplier, source in line.sources.items():
            starts = source.qualification.starts if source.qualification else None
            later = "" if starts is None else f", qualifies {'at disruption' if starts == 'disruption' else starts}"
            sources.append(f"{supplier} (weight {source.weight:g}{later})")
        page.line(f"{name}: " + "; ".join(sources), indent=2)


def _authority(name: str, authority: Authority) -> str:
    told = [
        f"{name}: {authority.title}, {authority.country}" if authority.title else f"{name}, {authority.country}",
        "permits never expire" if authority.validity == "never" else f"permits for {authority.validity}",
        f"approves {100 * authority.approval:g} %",
    ]
    if authority.service_standard is not None:
        told.append(f"standard {authority.service_standard}")
    rates = authority.traffic.applications
    if isinstance(rates, dict):
        told.append("other applications " + ", ".join(f"{rate} from {day}" for day, rate in rates.items()))
    elif rates.number:
        told.append(f"other applications {rates}")
    return "; ".join(told)


def _case_by_case(authority: Authority) -> list[Stage]:
    return authority.case_by_case.review if authority.case_by_case else []


def _stage(stage: Stage) -> str:
    officers = "1 officer" if stage.officers == 1 else f"{stage.officers} officers"
    return f"{stage.stage} ({officers}, {_days(stage.work)})"


def _days(distribution: Any) -> str:
    """The mean of a duration, in days of its kind."""
    return f"{mean(distribution) / DAY:.3g} {'bd' if uses_business_days(distribution) else 'd'}"


def _step(step: Step, policy: str) -> str:
    """A measure with the name by which it is addressed, and the policy that lists it, if another does."""
    _, origin, _, name = step.address.split(".")
    listed = name if origin == policy else f"{name} of {origin}"
    return f"{step.when}  {step.what} · {step.scope} · {listed}"
