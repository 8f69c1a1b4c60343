"""Very many demand lines told in a few words: those of which the same is said are told together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from exportsim.digits import number
from exportsim.language import text
from exportsim.scenario.schema import DemandLine, Register, Scenario
from exportsim.scenario.workload import LineExpectation
from exportsim.scenario.writer import explicit_form, in_json

MOST_LINES, FEW_LINES = 40, 20  # lines that are all told one by one; how many are, where there are more


def highest(lines: Sequence[LineExpectation]) -> list[LineExpectation]:
    """The lines that have a row of their own, in their order: of very many, those of the highest value."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    chosen = set(sorted(lines, key=lambda line: -line.value_a_year)[:FEW_LINES])
    return [line for line in lines if line in chosen]


def together(scenario: Scenario, said: Callable[[DemandLine], Hashable]) -> dict[str, DemandLine]:
    """By what they are called together, lines of which the same is said; each by itself, if there are few."""
    if len(scenario.demand) <= MOST_LINES:
        return scenario.demand
    alike: dict[Hashable, list[str]] = {}
    for name, line in scenario.demand.items():
        alike.setdefault(said(line), []).append(name)
    return {called(names): scenario.demand[names[0]] for names in alike.values()}


def called(names: Sequence[str]) -> str:
    """What some lines are called together: by the first of them."""
    first, others = names[0], len(names) - 1
    return text("contents.lines_alike", number=others, line=first, amount=number(others, 0)) if others else first


def of_registers(scenario: Scenario) -> list[str]:
    """The lines whose orders come from registers."""
    names = [name for name, line in scenario.demand.items() if isinstance(line.orders, Register)]
    return few(names)


def few(names: list[str]) -> list[str]:
    """Some lines, as one if they are very many."""
    return [called(names)] if len(names) > MOST_LINES else names


def lines_without_rows(scenario: Scenario) -> dict[str, DemandLine]:
    """The lines, those together that differ in nothing but the rows of a register that they are of."""
    if len(scenario.demand) <= MOST_LINES:
        return scenario.demand
    return {name: _without_rows(line) for name, line in together(scenario, _all_but_rows).items()}


def _without_rows(line: DemandLine) -> DemandLine:
    if not isinstance(line.orders, Register):
        return line
    return line.model_copy(update={"title": "", "orders": line.orders.model_copy(update={"where": {}})})


def _all_but_rows(line: DemandLine) -> str:
    if not isinstance(line.orders, Register):
        return in_json(explicit_form(line))
    form = explicit_form(_without_rows(line))
    return in_json({key: value for key, value in form.items() if key not in ("destination", "goods")})
