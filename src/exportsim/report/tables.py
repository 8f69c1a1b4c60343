"""The answer of a run as a page: what each policy comes to, how it differs from the reference, and who delivered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from exportsim.analysis.intervals import BOOTSTRAP, CONSTANT, Interval
from exportsim.experiment.result import Result
from exportsim.report.page import Cell, Page
from exportsim.report.wording import estimate, scale_of

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ("exports", "substituted", "lost", "pending", "delay")
MOST_AT_ONCE = 5  # policies beside each other

Figures = dict[tuple[str, str], Interval]


def answer(result: Result, *, ascii: bool = False) -> Page:
    """The page that ``exportsim run`` prints.

    Parameters
    ----------
    result : Result
    ascii : bool
        Use ASCII alone.

    Returns
    -------
    Page
        At most 80 columns wide. Money is told in one power of a thousand throughout.
    """
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
    page.line(f"Money in {unit}, delay in days; means, ± half the 95 % interval of the mean")

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
        yield Cell(estimate(found.mean / divisor, found.half / divisor))


def _differences(figures: Figures, policy: str, factor: float, result: Result) -> Iterator[Cell]:
    for name in SHOWN:
        divisor = factor if result.units[name] == result.scenario.currency else 1.0
        found = figures[policy, name]
        text = estimate(found.mean / divisor, found.half / divisor)
        if found.low == found.high == 0:
            yield Cell("same", "dim")
        elif _doubtful(found):
            yield Cell(f"({text})", "dim")
        else:
            yield Cell(text)


def _deliverers(figures: Figures, result: Result, policies: Sequence[str], factor: float) -> Iterator[list[Cell]]:
    for supplier in _suppliers(figures, result):
        found = [figures[policy, f"delivered/{supplier}"] for policy in policies]
        yield [Cell(supplier), *(Cell(estimate(each.mean / factor, each.half / factor)) for each in found)]
    found = [figures[policy, "delivered"] for policy in policies]
    yield [Cell("all", "bold"), *(Cell(estimate(each.mean / factor, each.half / factor), "bold") for each in found)]


def _shares(figures: Figures, result: Result, policies: Sequence[str]) -> Iterator[list[Cell]]:
    for supplier in _suppliers(figures, result):
        found = [figures[policy, f"final_share/{supplier}"] for policy in policies]
        yield [Cell(supplier), *(Cell(estimate(100 * each.mean, 100 * each.half)) for each in found)]


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
    if any(_doubtful(found) for (_, name), found in differences.items() if name in SHOWN):
        yield f"In brackets: the interval holds 0, so {result.futures} futures cannot tell it from no difference."
    if any(found.method == BOOTSTRAP for found in shown):
        yield "Some intervals reach further one way than the other; ± is half their width."
    yield from _precision(result)
    fewest = min(found.n for found in shown)
    if fewest < result.futures:
        yield f"Where nothing was delivered there is no delay: some rest on {fewest} of {result.futures} futures."


def _precision(result: Result) -> Iterator[str]:
    """What came of the precision that was asked for."""
    said = result.provenance.get("precision")
    if said is None or result.interrupted:
        return
    of = f" of {result.scenario.reference}'s mean" if said["asked"].endswith("%") else ""
    known = f"to know differences in {said['outcome']} to ±{said['asked']}{of}"
    if said["reached"]:
        yield f"It took {result.futures} futures {known}."
    else:
        yield f"{result.futures} futures were not enough {known}; --max-futures allows more."


def _doubtful(difference: Interval) -> bool:
    """Whether the interval holds no difference, and the difference is not simply none."""
    return difference.low <= 0 <= difference.high and difference.sd != 0


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
