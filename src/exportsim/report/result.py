"""The answer of a run: what each policy comes to, how it differs from the reference, and who delivered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from exportsim.analysis.intervals import CONSTANT, Interval
from exportsim.analysis.outcomes import outcomes
from exportsim.report.amounts import SHOWN, Amounts, any_doubtful
from exportsim.report.document import UNTITLED, Block, Cell, Document, Line, Table
from exportsim.report.number_format import counted
from exportsim.study.result import Result

#: Why an outcome can be undefined in a future, and what is then missing.
UNDEFINED = {
    "delay": ("nothing was delivered", "delay"),
    "final_share": ("nothing was delivered in the last year", "share of it"),
    "within_standard": ("no application was judged", "share within the standard"),
}
UNITS = "Money in {unit}, delay in days; mean and 95 % interval, ± or [low to high]"
BY_POLICY = "Outcomes by policy"
MEANS = ": means of the futures and their 95 % intervals, ± or [low to high]"
DIFFERENCE = "Difference from {reference}, in the same futures"
DELIVERED = "Who delivered"
LAST_YEAR = "Share of what was delivered in the last year, %"
ONE_FUTURE = "One future: no interval can be given."
ONE_PLAYED = "One future was played: no interval can be given."
CONSTANTS = "Without an interval: the same in every future."
DOUBTFUL = "In brackets: not distinguishable from no difference."
BRACKETS = "In brackets: the interval holds 0, so {futures} futures cannot tell it from no difference."
UNDEFINED_IN = "In {left} of {futures} futures {outcome} is undefined under some policy: left out here."
REACHED = "It took {futures} futures to know differences in {outcome} to ±{asked}."
NOT_REACHED = (
    "{futures} futures were not enough to know differences in {outcome} to ±{asked}; --max-futures allows more."
)
LEFT_OUT = "Where {reason} there is no {noun}: under {policy} it is defined {known}, the others are left out."
CLOSING = "{played}, seed {seed}, {engine} engine, exportsim {exportsim}, {took} s"
MOST_AT_ONCE = 5  # policies beside each other


def describe(result: Result) -> Document:
    """What ``exportsim run`` reports.

    The data hold ``outcomes`` (unit and definition of each), ``summary`` and ``comparison``: by policy and outcome
    ``mean``, ``low`` and ``high`` (95 % interval), ``sd``, ``n``, ``method`` and ``unit``, and for a comparison the
    other columns of :func:`exportsim.analysis.comparison.compared`; ``warnings`` and ``provenance``.
    """
    return Document(list(_blocks(Amounts(result))), partial(_data, result))


def _data(result: Result) -> dict[str, object]:
    scenario = result.scenario
    return {
        "title": scenario.title,
        "period": {"start": str(scenario.period.start), "end": str(scenario.period.end)},
        "currency": scenario.currency,
        "reference": scenario.reference,
        "outcomes": {
            outcome.name: {"unit": outcome.unit, "definition": outcome.definition} for outcome in outcomes(result.plan)
        },
        "summary": result.summary(),
        "comparison": result.compare(),
        "warnings": [warning.document() for warning in result.warnings],
        "provenance": result.provenance,
    }


def _blocks(amounts: Amounts) -> Iterator[Block]:
    result = amounts.result
    period = result.scenario.period
    yield Line(result.scenario.title or UNTITLED, "strong")
    yield Line(f"{period.start} to {period.end}")
    yield Line(UNITS.format(unit=amounts.unit))
    yield from tables(amounts)
    yield Line()
    yield from map(Line, _notes(amounts))
    yield Line(closing(result), "quiet")


def tables(amounts: Amounts, *, alone: bool = False) -> Iterator[Table]:
    """The tables of the answer, most important first; each with its units and notes if it is to be read alone."""
    result, reference = amounts.result, amounts.result.scenario.reference
    head = ["policy", *(f"{name}, {amounts.unit_of(name)}" if alone else name for name in SHOWN)]
    few: Iterable[str] = [ONE_PLAYED] if result.futures == 1 else left_out(result, amounts.summary, SHOWN)
    policies = [
        (policy, f"{policy} (reference)" if alone and policy == reference else policy) for policy in result.policies
    ]
    rows = [
        [Cell(title), *(Cell(amounts.text(amounts.of(policy, name), name)) for name in SHOWN)]
        for policy, title in policies
    ]
    yield Table("outcomes", BY_POLICY + (MEANS if alone else ""), head, rows, " ".join(few) if alone else "")
    if amounts.others:
        rows = [
            [Cell(policy), *(amounts.cell(amounts.change(policy, name), name) for name in SHOWN)]
            for policy in amounts.others
        ]
        doubtful = any(cell.doubtful for row in rows for cell in row)
        yield Table(
            "differences", DIFFERENCE.format(reference=reference), head, rows, DOUBTFUL if alone and doubtful else ""
        )
    suppliers = [
        supplier
        for supplier in result.plan.names.suppliers
        if any(amounts.of(policy, f"delivered/{supplier}").mean > 0 for policy in result.policies)
    ]  # those that delivered anything under any policy
    rows = [_row(amounts, supplier, f"delivered/{supplier}") for supplier in suppliers]
    if not alone:
        rows.append([cell._replace(style="strong") for cell in _row(amounts, "all", "delivered")])
    head = ["supplier", *result.policies]
    title = f"{DELIVERED}, {amounts.unit}" if alone else DELIVERED
    yield Table("delivered", title, head, rows, beside=MOST_AT_ONCE)
    rows = [_row(amounts, supplier, f"final_share/{supplier}") for supplier in suppliers]
    few = left_out(result, amounts.summary, ("final_share",))
    yield Table("final_share", LAST_YEAR, head, rows, " ".join(few) if alone else "", beside=MOST_AT_ONCE)


def _row(amounts: Amounts, title: str, outcome: str) -> list[Cell]:
    """An outcome under each policy."""
    policies = amounts.result.policies
    return [Cell(title), *(Cell(amounts.text(amounts.of(policy, outcome), outcome)) for policy in policies)]


def closing(result: Result) -> str:
    """In one line: how many futures, seed, engine, version and how long."""
    played = counted(result.futures, "future")
    seconds = result.provenance["seconds"]
    played = f"interrupted after {played}" if result.interrupted else played
    took = f"{seconds:.1f}" if seconds < 100 else f"{seconds:.0f}"
    return CLOSING.format_map({**result.provenance, "played": played, "took": took})


def _notes(amounts: Amounts) -> Iterator[str]:
    result = amounts.result
    shown = [found for (_, name), found in (*amounts.summary.items(), *amounts.differences.items()) if name in SHOWN]
    if result.futures == 1:
        yield ONE_FUTURE
    elif any(found.method == CONSTANT for found in shown):
        yield CONSTANTS
    if any_doubtful(found for (_, name), found in amounts.differences.items() if name in SHOWN):
        yield BRACKETS.format(futures=result.futures)
    yield from _precision(result)
    yield from left_out(result, amounts.summary, (*SHOWN, "final_share"))


def _precision(result: Result) -> Iterator[str]:
    """What came of the precision that was asked for."""
    precision = result.provenance.get("precision")
    if precision is None or result.interrupted:
        return
    of = f" of {result.scenario.reference}'s mean" if precision["asked"].endswith("%") else ""
    outcome, asked, futures = precision["outcome"], precision["asked"] + of, result.futures
    if left := futures - precision["defined"]:
        yield UNDEFINED_IN.format(left=left, futures=futures, outcome=outcome)
    yield (REACHED if precision["reached"] else NOT_REACHED).format(futures=futures, outcome=outcome, asked=asked)


def left_out(result: Result, summary: Mapping[tuple[str, str], Interval], outcomes: Sequence[str]) -> Iterator[str]:
    """Sentences that say of which outcomes futures are left out in which they are undefined, and how many remain."""
    for outcome in outcomes:
        own = [(found.n, policy) for (policy, name), found in summary.items() if name.partition("/")[0] == outcome]
        (few, policy), futures = min(own, key=lambda each: each[0]), result.futures
        if few < futures:
            reason, noun = UNDEFINED.get(outcome, ("nothing was decided", outcome.replace("_", " ")))
            known = "in no future" if not few else f"in {few} of {futures} futures"
            known += ", too few for an interval" if few == 1 else ""
            yield LEFT_OUT.format(reason=reason, noun=noun, policy=policy, known=known)
