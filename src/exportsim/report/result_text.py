"""The answer of a run as a page: what each policy comes to, how it differs from the reference, and who delivered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from exportsim.analysis.intervals import CONSTANT, Interval, Verdict, verdict
from exportsim.report.number_format import percent, scale_of, scaled
from exportsim.report.text_page import Cell, Page
from exportsim.study.result import Result

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ("exports", "substituted", "lost", "pending", "delay")
#: Why an outcome can be undefined in a future, and what is then missing.
UNDEFINED = {
    "delay": ("nothing was delivered", "delay"),
    "final_share": ("nothing was delivered in the last year", "share of it"),
    "within_standard": ("no application was judged", "share within the standard"),
}
MOST_AT_ONCE = 5  # policies beside each other

Figures = dict[tuple[str, str], Interval]


def answer(result: Result, *, ascii: bool = False) -> Page:
    """The page that ``exportsim run`` prints."""
    scenario, reference = result.scenario, result.scenario.reference
    by_policy = _figures(result.summary())
    differences = _figures(result.compare())
    money = [name for name in SHOWN if result.units[name] == scenario.currency]
    factor, word = scale_of(by_policy[policy, name].mean for policy in result.policies for name in money)
    unit = f"{scenario.currency} {word}".strip()
    period = f"{scenario.period.start} to {scenario.period.end}"

    page = Page(ascii=ascii)
    page.line(scenario.title or "Untitled scenario", style="bold")
    page.line(period)
    page.line(f"Money in {unit}, delay in days; mean and 95 % interval, ± or [low to high]")

    page.heading("Outcomes by policy")
    rows = [[Cell(policy), *_estimates(by_policy, policy, factor, result)] for policy in result.policies]
    page.table(["policy", *SHOWN], rows)

    others = [policy for policy in result.policies if policy != reference]
    if others:
        page.heading(f"Difference from {reference}, in the same futures")
        compared = [[Cell(policy), *_differences(differences, policy, factor, result)] for policy in others]
        page.table(["policy", *SHOWN], compared)

    for policies in _by_fives(result.policies):
        page.heading("Who delivered")
        page.table(["supplier", *policies], list(_deliverers(by_policy, result, policies, factor)))
    for policies in _by_fives(result.policies):
        page.heading("Share of what was delivered in the last year, %")
        page.table(["supplier", *policies], list(_shares(by_policy, result, policies)))

    page.line()
    for note in _notes(result, by_policy, differences):
        page.line(note)
    page.line(closing(result), style="dim")
    return page


def closing(result: Result) -> str:
    """In one line: how many futures, seed, engine, version and how long."""
    origin = result.provenance
    played = f"{result.futures} future{'s' if result.futures != 1 else ''}"
    played = f"interrupted after {played}" if result.interrupted else played
    seconds = origin["seconds"]
    took = f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"
    return f"{played}, seed {origin['seed']}, {origin['engine']} engine, exportsim {origin['exportsim']}, {took}"


def _estimates(figures: Figures, policy: str, factor: float, result: Result) -> Iterator[Cell]:
    for name in SHOWN:
        divisor = factor if result.units[name] == result.scenario.currency else 1.0
        found = figures[policy, name]
        yield Cell(scaled(found, 1 / divisor))


def _differences(figures: Figures, policy: str, factor: float, result: Result) -> Iterator[Cell]:
    for name in SHOWN:
        divisor = factor if result.units[name] == result.scenario.currency else 1.0
        found = figures[policy, name]
        yield difference(verdict(*found[:3]), scaled(found, 1 / divisor))


def _deliverers(figures: Figures, result: Result, policies: Sequence[str], factor: float) -> Iterator[list[Cell]]:
    for supplier in _suppliers(figures, result):
        found = [figures[policy, f"delivered/{supplier}"] for policy in policies]
        yield [Cell(supplier), *(Cell(scaled(each, 1 / factor)) for each in found)]
    found = [figures[policy, "delivered"] for policy in policies]
    yield [Cell("all", "bold"), *(Cell(scaled(each, 1 / factor), "bold") for each in found)]


def _shares(figures: Figures, result: Result, policies: Sequence[str]) -> Iterator[list[Cell]]:
    for supplier in _suppliers(figures, result):
        found = [figures[policy, f"final_share/{supplier}"] for policy in policies]
        yield [Cell(supplier), *(Cell(percent(each)) for each in found)]


def _suppliers(figures: Figures, result: Result) -> list[str]:
    """Those that delivered anything under any policy."""
    return [
        supplier
        for supplier in result.plan.names.suppliers
        if any(figures[policy, f"delivered/{supplier}"].mean > 0 for policy in result.policies)
    ]


def _notes(result: Result, figures: Figures, differences: Figures) -> Iterator[str]:
    shown = [found for (_, name), found in (*figures.items(), *differences.items()) if name in SHOWN]
    if result.futures == 1:
        yield "One future: no interval can be given."
    elif any(found.method == CONSTANT for found in shown):
        yield "Without an interval: the same in every future."
    if any(verdict(*found[:3]) is Verdict.DOUBTFUL for (_, name), found in differences.items() if name in SHOWN):
        yield f"In brackets: the interval holds 0, so {result.futures} futures cannot tell it from no difference."
    yield from _precision(result)
    yield from left_out(result, figures, (*SHOWN, "final_share"))


def _precision(result: Result) -> Iterator[str]:
    """What came of the precision that was asked for."""
    said = result.provenance.get("precision")
    if said is None or result.interrupted:
        return
    of = f" of {result.scenario.reference}'s mean" if said["asked"].endswith("%") else ""
    known = f"to know differences in {said['outcome']} to ±{said['asked']}{of}"
    left = result.futures - said["defined"]
    if left:
        yield f"In {left} of {result.futures} futures {said['outcome']} is undefined under some policy: left out here."
    if said["reached"]:
        yield f"It took {result.futures} futures {known}."
    else:
        yield f"{result.futures} futures were not enough {known}; --max-futures allows more."


def difference(word: Verdict, text: str) -> Cell:
    """A difference in a table: marked where it is none or may be."""
    match word:
        case Verdict.SAME:
            return Cell("same", "dim")
        case Verdict.DOUBTFUL:
            return Cell(f"({text})", "dim")
    return Cell(text)


def left_out(result: Result, figures: Mapping[tuple[str, str], Interval], outcomes: Sequence[str]) -> Iterator[str]:
    """Sentences that say of which outcomes futures are left out in which they are undefined, and how many remain."""
    for outcome in outcomes:
        own = [(found.n, policy) for (policy, name), found in figures.items() if name.partition("/")[0] == outcome]
        (few, policy), futures = min(own, key=lambda each: each[0]), result.futures
        if few < futures:
            reason, noun = UNDEFINED.get(outcome, ("nothing was decided", outcome.replace("_", " ")))
            known = "in no future" if not few else f"in {few} of {futures} futures"
            known += ", too few for an interval" if few == 1 else ""
            yield f"Where {reason} there is no {noun}: under {policy} it is defined {known}, the others are left out."


def _by_fives(policies: Sequence[str]) -> Iterator[Sequence[str]]:
    chunks = math.ceil(len(policies) / MOST_AT_ONCE)
    size = math.ceil(len(policies) / chunks)
    for start in range(0, len(policies), size):
        yield policies[start : start + size]


def _figures(table: pd.DataFrame) -> Figures:
    return {
        (str(policy), str(outcome)): Interval(*figures)
        for policy, outcome, *figures in table[list(Interval._fields)].reset_index().itertuples(index=False)
    }
