"""What a scenario says, before anything is simulated: what ``exportsim check`` reports. No NumPy here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from exportsim import language
from exportsim.language import text
from exportsim.names import outcome_title, quoted
from exportsim.outcomes import row
from exportsim.report.document import Block, Document, Heading, Line, Row, Table
from exportsim.report.measures import duration, measure_sentence, span
from exportsim.report.number_format import digits, number, unit_of
from exportsim.report.registers import of_decisions, sentences
from exportsim.report.studies import attributes
from exportsim.scenario.distributions import mean, uses_business_days
from exportsim.scenario.quantities import Rate
from exportsim.scenario.register import tells_of_decisions
from exportsim.scenario.register_account import register_accounts
from exportsim.scenario.schema import Authority, DemandLine, Filing, Measure, Scenario, SourceOfLine, Stage, Supplier
from exportsim.scenario.workload import Expectations, LineExpectation, Step, expectations, in_order, names_text

DAY = 1440
MOST_DECIMALS = 9
MOST_LINES, FEW_LINES = 40, 20  # lines that are all told one by one; how many are, where there are more


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
            **({"decisions": decisions} if (decisions := decisions_of(scenario)) else {}),
            **({"history": _steps(scenario, None, expected.history)} if scenario.history else {}),
            "policies": {name: _steps(scenario, name, steps) for name, steps in expected.policies.items()},
        },
    )


def _steps(scenario: Scenario, policy: str | None, steps: list[Step]) -> list[dict[str, str]]:
    """Measures as they are told to other programs."""
    return [
        step._asdict() | {"sentence": measure_sentence(scenario, measure)}
        for step, (measure, _) in zip(steps, in_order(scenario, policy), strict=True)
    ]


def _blocks(scenario: Scenario, expected: Expectations) -> Iterator[Block]:
    yield Line(scenario.title or text("studies.untitled"), "strong")
    yield Line(_period(scenario))
    yield Heading(text("contents.goods"))
    for name in scenario.goods:
        yield Line(_goods(scenario, name), indent=2)
    if scenario.authorities:
        yield Heading(text("contents.authorities"))
    for name, authority in scenario.authorities.items():
        yield Line(_authority(name, authority), indent=2)
        if authority.review:
            yield Line(text("contents.review", stages=_stages(authority.review)), indent=4)
        if authority.case_by_case and authority.case_by_case.review:
            yield Line(text("contents.case_by_case", stages=_stages(authority.case_by_case.review)), indent=4)
    head = [
        text(f"contents.head.{name}") for name in ("supplier", "country", "licensed_by", "slots", "lead_time", "price")
    ]
    rows = [_supplier(name, supplier) for name, supplier in scenario.suppliers.items()]
    yield Table("suppliers", text("contents.suppliers"), head, rows, left=3, indent=2)
    yield from _demand(scenario, expected)
    yield from _objective(scenario)
    if scenario.history:
        yield Heading(text("contents.history"))
    for measure, address in in_order(scenario, None):
        yield Line(_of_history(scenario, measure, address), indent=2)
    yield Heading(text("contents.policies"))
    for name in scenario.policies:
        yield Line(_policy(scenario, name), "strong", indent=2)
        measures = [_measure(scenario, name, measure, address) for measure, address in in_order(scenario, name)]
        for sentence in measures or [text("contents.no_measures")]:
            yield Line(sentence, indent=4)


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
        text(
            f"objective.of_{row(name).unit}",
            outcome=quoted(outcome_title(scenario, name)),
            amount=_in_full(amount),
            currency=scenario.currency,
        )
        for name, amount in amounts.items()
    ]


def _in_full(amount: Fraction) -> str:
    """An exact decimal number in full."""
    decimals = next(
        (places for places in range(MOST_DECIMALS) if (amount * 10**places).denominator == 1), MOST_DECIMALS
    )
    return number(float(amount), decimals)


def _demand(scenario: Scenario, expected: Expectations) -> Iterator[Block]:
    factor, unit = unit_of(scenario.currency, [line.value_a_year for line in expected.lines])
    rows: list[Row] = []
    told = _told_apart(expected.lines)
    for name, orders, value in told:
        line = scenario.demand[name]
        amounts = number(orders, 1), number(value / factor, 1)
        rows.append([name, f"{line.buyer}, {line.destination}", line.goods, *amounts])
    if rest := [line for line in expected.lines if line not in set(told)]:
        of_rest = sum(line.orders_a_year for line in rest), sum(line.value_a_year for line in rest) / factor
        rows.append([text("names.others", number=len(rest)), "", "", *(number(amount, 1) for amount in of_rest)])
    orders = sum(line.orders_a_year for line in expected.lines)
    value = sum(line.value_a_year for line in expected.lines)
    rows.append([text("contents.all"), "", "", number(orders, 1), number(value / factor, 1)])
    head = [text(f"contents.head.{name}") for name in ("line", "buyer", "goods", "orders", "value")]
    yield Table("demand", text("contents.demand", unit=unit), head, rows, left=3, indent=2)
    accounts = [account.document() for account in register_accounts(scenario)]
    yield from (Line(said, indent=2) for said in [*sentences(accounts), *of_decisions(decisions_of(scenario))])
    yield Heading(text("contents.sources"))
    for name, said_of in _alike(scenario).items():
        yield from (Line(said, indent=2) for said in _orders_from(name, said_of))


def _told_apart(lines: Sequence[LineExpectation]) -> list[LineExpectation]:
    """The lines that have a row of their own, in their order: of very many, those of the highest value."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    highest = set(sorted(lines, key=lambda line: -line.value_a_year)[:FEW_LINES])
    return [line for line in lines if line in highest]


def _alike(scenario: Scenario) -> dict[str, DemandLine]:
    """By what they are called together, lines of whose orders the same is said; each by itself, if there are few."""
    if len(scenario.demand) <= MOST_LINES:
        return scenario.demand
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, line in scenario.demand.items():
        alike.setdefault(tuple(_orders_from("", line)), []).append(name)
    called: dict[str, DemandLine] = {}
    for first, *others in alike.values():
        amount = number(len(others), 0)
        together = text("contents.lines_alike", number=len(others), line=first, amount=amount) if others else first
        called[together] = scenario.demand[first]
    return called


def _orders_from(name: str, line: DemandLine) -> Iterator[str]:
    """From whom a line orders, when it orders from them again, and what it does while measures hold."""
    sources = text("lists.semicolon").join(map(_source, line.sources, line.sources.values()))
    yield text("contents.sources_of", line=name, sources=sources)
    for supplier, source in line.sources.items():
        if source.restart is not None:
            yield text("contents.restart", line=name, supplier=supplier, after=duration(source.restart))
    yield from _filing(name, line.filing)
    if line.anticipation is not None:
        share, within = digits(100 * line.anticipation.share), duration(line.anticipation.within)
        yield text("contents.anticipation", line=name, share=share, within=within)


def decisions_of(scenario: Scenario) -> list[dict[str, Any]]:
    """What becomes of the decisions of which its registers tell, as plain values."""
    if not tells_of_decisions(scenario):
        return []
    from exportsim.compile import decisions_on_record  # of numbers: not asked for without need

    return [each._asdict() for each in decisions_on_record(scenario)]


def _period(scenario: Scenario) -> str:
    period, currency = scenario.period, scenario.currency
    start, end = language.day(period.start), language.day(period.end)
    if not period.warm_up.minutes:
        return text("contents.period", start=start, end=end, currency=currency)
    warm_up = duration(period.warm_up)
    return text("contents.period_warm_up", start=start, end=end, warm_up=warm_up, currency=currency)


def _goods(scenario: Scenario, name: str) -> str:
    title, control = scenario.goods[name].title, scenario.goods[name].control
    if title and control:
        return text("contents.goods_titled_controlled", name=name, title=title, control=control)
    if control:
        return text("contents.goods_controlled", name=name, control=control)
    return text("contents.goods_titled", name=name, title=title) if title else name


def _supplier(name: str, supplier: Supplier) -> Row:
    licensed_by = supplier.authority or text("contents.nobody")
    slots, price = number(supplier.slots, 0), digits(supplier.price)
    return [name, supplier.country, licensed_by, slots, _days(supplier.lead_time), price]


def _source(supplier: str, source: SourceOfLine) -> str:
    said = {"supplier": supplier, "weight": digits(source.weight)}
    if source.qualification is None:
        return text("contents.source", **said)
    if source.qualification.starts == "disruption":
        return text("contents.source_disruption", **said)
    return text("contents.source_later", date=language.day(source.qualification.starts), **said)


def _filing(line: str, filing: Filing) -> Iterator[str]:
    """How many orders are applied for while applications are not open, and when the others are."""
    for regime in ("hold", "case_by_case", "deny"):
        if (share := getattr(filing, regime)) is not None:
            yield text(f"contents.filing_{regime}", line=line, share=digits(100 * share))
    if filing.lag.minutes:
        yield text("contents.filing_lag", line=line, lag=duration(filing.lag))


def _authority(name: str, authority: Authority) -> str:
    said = {"name": name, "title": authority.title, "country": authority.country}
    parts = [
        text("contents.authority_titled", **said) if authority.title else text("contents.authority", **said),
        text("contents.never_expire")
        if authority.validity == "never"
        else text("contents.permits_for", validity=duration(authority.validity)),
        text("contents.approves", percent=digits(100 * authority.approval)),
    ]
    if authority.service_standard is not None:
        parts.append(text("contents.standard", standard=duration(authority.service_standard)))
    rates = authority.traffic.applications
    if isinstance(rates, dict):
        dated = [
            text("contents.rate_from", rate=_rate(rate), date=language.day(day)) for day, rate in sorted(rates.items())
        ]
        parts.append(text("contents.others", rates=text("lists.comma").join(dated)))
    elif rates.number:
        parts.append(text("contents.others", rates=_rate(rates)))
    return text("lists.semicolon").join(parts)


def _rate(rate: Rate) -> str:
    return text(f"rates.{rate.unit}", amount=digits(float(rate.number)))


def _stages(stages: list[Stage]) -> str:
    return text("contents.then").join(map(_stage, stages))


def _stage(stage: Stage) -> str:
    said = {"stage": stage.stage, **_for(stage)}
    if stage.sits is not None:
        most, every = stage.sits.most, duration(stage.sits.every)
        if most is None:
            return text("contents.sits", every=every, **said)
        return text("contents.sits_most", number=most, most=number(most, 0), every=every, **said)
    officers = stage.officers or 0
    return text("contents.stage", number=officers, officers=number(officers, 0), work=_days(stage.work), **said)


def _for(stage: Stage) -> dict[str, str]:
    """Of which applications a stage is, in the words that follow its work."""
    said = []
    if stage.only is not None:
        said.append(text("contents.only", those=names_text(stage.only)))
    if stage.share < 1:
        said.append(text("contents.share", percent=digits(100 * stage.share)))
    if stage.returns is not None:
        percent, most = digits(100 * stage.returns.chance), stage.returns.most
        answer = _days(stage.returns.answer)
        said.append(text("contents.returns", number=most, most=number(most, 0), percent=percent, answer=answer))
    return {"those": "".join(said)}


def _days(distribution: Any) -> str:
    """The mean of a duration, in days of its kind."""
    days = mean(distribution) / DAY
    return span(Decimal(f"{days:.3g}"), "bd" if uses_business_days(distribution) else "d")


def _policy(scenario: Scenario, name: str) -> str:
    title = scenario.policies[name].title
    if name == scenario.reference:
        return (
            text("contents.reference_titled", name=name, title=title)
            if title
            else text("contents.reference", name=name)
        )
    return text("contents.policy_titled", name=name, title=title) if title else name


def _measure(scenario: Scenario, policy: str, measure: Measure, address: str) -> str:
    """A measure with the name by which it is addressed, and the policy that lists it, if another does."""
    _, origin, _, name = address.split(".")
    sentence = measure_sentence(scenario, measure)
    if origin == policy:
        return text("contents.measure", sentence=sentence, name=name)
    return text("contents.measure_of", sentence=sentence, name=name, policy=origin)


def _of_history(scenario: Scenario, measure: Measure, address: str) -> str:
    """A measure of the history with the name by which it is addressed."""
    return text("contents.measure", sentence=measure_sentence(scenario, measure), name=address.split(".")[1])
