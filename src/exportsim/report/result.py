"""The answer of a run: what each policy comes to, how it differs from the reference, and who delivered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

from exportsim.analysis.intervals import CONSTANT, Interval
from exportsim.analysis.outcomes import outcomes
from exportsim.language import text
from exportsim.outcomes import SHOWN
from exportsim.report import doubt
from exportsim.report.amounts import Amounts
from exportsim.report.document import Block, Cell, Document, Line, Row, Table
from exportsim.report.studies import any_doubtful, attributes, blocks_of_study, played
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
DIFFERENCES = "Difference from {reference}, in the same futures"
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
    other columns of :func:`exportsim.analysis.comparison.compared`; ``doubt``, null or what
    :func:`exportsim.report.doubt.describe` says; ``warnings`` and ``provenance``.
    """
    amounts = Amounts(result)
    scenario = result.scenario
    units = {
        outcome.name: {"unit": outcome.unit, "definition": outcome.definition} for outcome in outcomes(result.plan)
    }
    return Document(
        blocks_of_study(scenario.title, _body(amounts), _notes(amounts), closing(result)),
        lambda: {
            "title": scenario.title,
            "period": {"start": str(scenario.period.start), "end": str(scenario.period.end)},
            **attributes(scenario, "currency", "reference"),
            "outcomes": units,
            "summary": result.summary(),
            "comparison": result.compare(),
            "doubt": None if result.doubt is None else doubt.data(result.doubt),
            "warnings": [warning.document() for warning in result.warnings],
            "provenance": result.provenance,
        },
    )


def _body(amounts: Amounts) -> Iterator[Block]:
    period = amounts.result.scenario.period
    yield Line(f"{period.start} to {period.end}")
    yield Line(UNITS.format(unit=amounts.unit))
    yield from tables(amounts)
    yield from _doubt(amounts)


def _doubt(amounts: Amounts) -> Iterator[Block]:
    """The range over inputs, if it was asked for."""
    result = amounts.result
    if result.doubt is not None:
        yield from doubt.blocks(result.doubt, (amounts.factor, amounts.word))
    elif "doubt" in result.provenance:
        yield Line()
        yield Line(text("doubt.none_played", asked=result.provenance["doubt"]["asked"]))


def tables(amounts: Amounts, *, alone: bool = False) -> Iterator[Table]:
    """The tables of the answer, most important first; each with its units and notes if it is to be read alone."""
    result, reference = amounts.result, amounts.result.scenario.reference

    def few(*names: str) -> str:
        return " ".join(left_out(result, amounts.summary, names)) if alone else ""

    def by_policy(outcome: str) -> list[str]:
        return [amounts.text(amounts.of(policy, outcome), outcome) for policy in result.policies]

    head = ["policy", *(f"{name}, {amounts.unit_of(name)}" if alone else name for name in SHOWN)]
    titles = [f"{policy} (reference)" if alone and policy == reference else policy for policy in result.policies]
    rows = list(zip(titles, *map(by_policy, SHOWN), strict=True))
    note = ONE_PLAYED if alone and result.futures == 1 else few(*SHOWN)
    yield Table("outcomes", BY_POLICY + (MEANS if alone else ""), head, rows, note)
    if amounts.others:
        cells = [[amounts.cell(amounts.change(policy, name), name) for name in SHOWN] for policy in amounts.others]
        note = DOUBTFUL if alone and any(cell.doubtful for row in cells for cell in row) else ""
        changes: list[Row] = [[policy, *row] for policy, row in zip(amounts.others, cells, strict=True)]
        yield Table("differences", DIFFERENCES.format(reference=reference), head, changes, note)
    suppliers = [
        supplier
        for supplier in result.plan.names.suppliers
        if any(amounts.of(policy, f"delivered/{supplier}").mean > 0 for policy in result.policies)
    ]  # those that delivered anything under any policy
    head = ["supplier", *result.policies]
    delivered: list[Row] = [[name, *by_policy(f"delivered/{name}")] for name in suppliers]
    if not alone:
        delivered.append([Cell(text, "strong") for text in ("all", *by_policy("delivered"))])
    title = f"{DELIVERED}, {amounts.unit}" if alone else DELIVERED
    yield Table("delivered", title, head, delivered, beside=MOST_AT_ONCE)
    shares = [[name, *by_policy(f"final_share/{name}")] for name in suppliers]
    yield Table("final_share", LAST_YEAR, head, shares, few("final_share"), beside=MOST_AT_ONCE)


def closing(result: Result) -> str:
    """In one line: how many futures, seed, engine, version and how long."""
    futures = played(result.futures, "future", interrupted=result.interrupted)
    seconds = result.provenance["seconds"]
    took = f"{seconds:.1f}" if seconds < 100 else f"{seconds:.0f}"
    return CLOSING.format_map({**result.provenance, "played": futures, "took": took})


def _notes(amounts: Amounts) -> Iterator[str]:
    result = amounts.result
    differences = [interval for (_, name), interval in amounts.differences.items() if name in SHOWN]
    means = [interval for (_, name), interval in amounts.summary.items() if name in SHOWN]
    if result.futures == 1:
        yield ONE_FUTURE
    elif any(interval.method == CONSTANT for interval in means + differences):
        yield CONSTANTS
    if any_doubtful(differences):
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
        numbers = [(row.n, policy) for (policy, name), row in summary.items() if name.partition("/")[0] == outcome]
        (few, policy), futures = min(numbers, key=itemgetter(0)), result.futures
        if few < futures:
            reason, noun = UNDEFINED.get(outcome, ("nothing was decided", outcome.replace("_", " ")))
            known = "in no future" if not few else f"in {few} of {futures} futures"
            known += ", too few for an interval" if few == 1 else ""
            yield LEFT_OUT.format(reason=reason, noun=noun, policy=policy, known=known)
