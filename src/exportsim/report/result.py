"""What ``exportsim run`` prints: the answer in sentences, an account of the policies, and what else was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from exportsim.analysis.intervals import CONSTANT, interval
from exportsim.analysis.outcomes import bounds_of, outcomes
from exportsim.language import text
from exportsim.names import outcome_title, quoted, titles
from exportsim.outcomes import SHARE, SHOWN, in_words
from exportsim.report import doubt, registers
from exportsim.report.aim import aim
from exportsim.report.amounts import Amounts
from exportsim.report.answer import Answer, answer_from
from exportsim.report.breakdowns import breakdowns
from exportsim.report.document import WIDTH, Block, Cell, Document, Heading, Line, Row, Table
from exportsim.report.number_format import number
from exportsim.report.policy_account import PolicyAccount, account_of
from exportsim.report.processing_times import processing_times
from exportsim.report.studies import any_doubtful, attributes, blocks_of_study, played
from exportsim.study.result import Result

WHY_UNDEFINED = ("delay", "final_share", "within_standard")  # each has an entry that says why
MOST_AT_ONCE = 5  # policies beside each other
SMALL = 0.01  # of all that is delivered: a supplier with less under every policy is one of the others


def describe(
    result: Result,
    *,
    policy: str | None = None,
    by: Sequence[str] = (),
    everything: bool = False,
    brief: bool = False,
    width: int = WIDTH,
) -> Document:
    """What ``exportsim run`` reports: the sentences alone (``brief``), with the account, with parts of it, with all.

    The data hold ``answer`` (policy, finding, sentences, explanations); ``account`` (the authorities whose exports
    are meant, and by policy the exact means of what becomes of all that is ordered or open at the start, and their
    changes); ``outcomes`` (unit and definition of each), ``summary`` and ``comparison``: by policy and outcome
    ``mean``, ``low`` and ``high`` (95 % interval), ``sd``, ``n``, ``method`` and ``unit``, and for a comparison the
    other columns of :func:`exportsim.analysis.comparison.compared`; ``doubt``, null or what
    :func:`exportsim.report.doubt.describe` says; ``registers``, if there are any: the
    rows of each file that were read, used once, used more than once, not used, and outside the run; ``warnings`` and
    ``provenance``.
    """
    scenario, account = result.scenario, account_of(result, policy)
    answer = answer_from(account)
    body = [*_said(answer, everything), *([] if brief else _shown(account, answer, by, everything, width))]
    notes = [] if brief else [*_notes(result, everything), *([] if everything else [text("run.more")])]
    units = {
        outcome.name: {"unit": outcome.unit, "definition": outcome.definition} for outcome in outcomes(result.plan)
    }
    return Document(
        blocks_of_study(scenario.title, body, notes, closing(result)),
        lambda: {
            "title": scenario.title,
            "period": {"start": str(scenario.period.start), "end": str(scenario.period.end)},
            **attributes(scenario, "currency", "reference"),
            "answer": answer.document(),
            "account": account.document(),
            "outcomes": units,
            "summary": result.summary(),
            "comparison": result.compare(),
            "doubt": None if result.doubt is None else doubt.data(result.doubt),
            **({"registers": accounts} if (accounts := result.provenance.get("registers")) else {}),
            "warnings": [warning.document() for warning in result.warnings],
            "provenance": result.provenance,
        },
        width,
    )


def _said(answer: Answer, everything: bool) -> Iterator[Block]:
    """The answer, and what its doubt contains."""
    yield from map(Line, answer.sentences)
    yield Line(answer.explanations[0] if everything else answer.doubt, "quiet")


def _shown(account: PolicyAccount, answer: Answer, by: Sequence[str], everything: bool, width: int) -> Iterator[Block]:
    """The account, what explains it, and the tables that were asked for."""
    table = account.table(width, everything=everything)
    if not table.caption:
        yield Line()
    yield table
    if everything:
        yield from map(Line, answer.explanations[1:])
        yield from aim(account.result, account.asked)
    yield from breakdowns(account, by, width)
    yield from processing_times(account, by)
    if everything:
        amounts = Amounts(account.result)
        yield Heading(text("run.all"))
        yield Line(text("run.units", unit=amounts.unit))
        yield from tables(amounts)
        if account.result.doubt is not None:
            yield from doubt.blocks(account.result.doubt, (amounts.factor, amounts.word))
        if accounts := account.result.provenance.get("registers"):
            yield registers.table(accounts)


def tables(amounts: Amounts, *, alone: bool = False) -> Iterator[Table]:
    """The tables of outcomes, most important first; each with its units and notes if it is to be read alone."""
    result, reference = amounts.result, amounts.result.scenario.reference
    named = titles(result.scenario, "policies")

    def few(*names: str) -> str:
        return " ".join(left_out(amounts, names)) if alone else ""

    def by_policy(outcome: str) -> list[str]:
        return [amounts.text(amounts.of(policy, outcome), outcome) for policy in result.policies]

    head = [text("account.policy"), *map(in_words, SHOWN)]
    if alone:
        head[1:] = [text("run.with_unit", name=in_words(name), unit=amounts.unit_of(name)) for name in SHOWN]
    policies = [
        text("account.reference", policy=named[policy]) if policy == reference else named[policy]
        for policy in result.policies
    ]
    rows = list(zip(policies, *map(by_policy, SHOWN), strict=True))
    note = text("run.one_played") if alone and result.futures == 1 else few(*SHOWN)
    yield Table("outcomes", text("run.by_policy_means" if alone else "run.by_policy"), head, rows, note)
    if amounts.others:
        cells = [[amounts.cell(amounts.change(policy, name), name) for name in SHOWN] for policy in amounts.others]
        note = text("run.doubtful") if alone and any(cell.doubtful for row in cells for cell in row) else ""
        changes: list[Row] = [[named[policy], *row] for policy, row in zip(amounts.others, cells, strict=True)]
        yield Table("differences", text("run.differences", reference=quoted(named[reference])), head, changes, note)
    head = [text("run.supplier"), *(named[policy] for policy in result.policies)]
    delivered: list[Row] = [[name, *cells] for name, cells in _by_supplier(amounts, "delivered")]
    if not alone:
        delivered.append([Cell(cell, "strong") for cell in (text("run.all_suppliers"), *by_policy("delivered"))])
    title = text("run.delivered_unit", unit=amounts.unit) if alone else text("run.delivered")
    yield Table("delivered", title, head, delivered, beside=MOST_AT_ONCE)
    shares: list[Row] = [[name, *cells] for name, cells in _by_supplier(amounts, "final_share")]
    yield Table("final_share", text("run.last_year"), head, shares, few("final_share"), beside=MOST_AT_ONCE)


def _by_supplier(amounts: Amounts, outcome: str) -> Iterator[tuple[str, list[str]]]:
    """An outcome of each supplier under each policy; of those together that deliver next to nothing."""
    result = amounts.result
    most = {
        name: max(
            amounts.of(policy, f"delivered/{name}").mean / max(amounts.of(policy, "delivered").mean, 0.01)
            for policy in result.policies
        )
        for name in result.plan.names.suppliers
    }
    small = [name for name, share in most.items() if 0 < share < SMALL]
    small = small if len(small) > 1 else []
    named = titles(result.scenario, "suppliers")
    for name, share in most.items():
        if share > 0 and name not in small:
            own = f"{outcome}/{name}"
            yield named[name], [amounts.text(amounts.of(policy, own), own) for policy in result.policies]
    if small:
        own, unit = f"{outcome}/{small[0]}", result.units[f"{outcome}/{small[0]}"]
        columns = [list(result.units).index(f"{outcome}/{name}") for name in small]
        sums = result.values[:, :, columns].sum(axis=2)
        found = [interval(values, share=unit == SHARE, bounds=bounds_of(own, unit)) for values in sums]
        yield text("names.others", number=len(small)), [amounts.text(each, own) for each in found]


def closing(result: Result) -> str:
    """In one line: how many futures, seed, engine, version and how long."""
    futures = played(result.futures, "future", interrupted=result.interrupted)
    origin, seconds = result.provenance, result.provenance["seconds"]
    took = number(seconds, 1 if seconds < 100 else 0)
    version = {name: origin[name] for name in ("seed", "engine", "exportsim")}
    return text("run.closing", played=futures, took=took, **version)


def _notes(result: Result, everything: bool) -> Iterator[str]:
    if result.doubt is None and "doubt" in result.provenance:
        yield text("doubt.none_played", asked=result.provenance["doubt"]["asked"])
    elif result.doubt is not None and result.doubt.interrupted and not everything:  # else its tables say it
        yield text("doubt.interrupted", points=len(result.doubt.points), asked=result.doubt.asked)
    yield from _precision(result)
    yield from registers.sentences(result.provenance.get("registers", []))
    yield from registers.of_decisions(result.provenance.get("decisions", []))
    if not everything:
        return
    amounts = Amounts(result)
    differences = [amounts.change(policy, name) for policy in amounts.others for name in SHOWN]
    means = [amounts.of(policy, name) for policy in result.policies for name in SHOWN]
    if result.futures == 1:
        yield text("run.one_future")
    elif any(interval.method == CONSTANT for interval in means + differences):
        yield text("run.constants")
    if any_doubtful(differences):
        yield text("run.brackets", futures=result.futures)
    yield from left_out(amounts, (*SHOWN, "final_share"))


def _precision(result: Result) -> Iterator[str]:
    """What came of the precision that was asked for."""
    precision = result.provenance.get("precision")
    if precision is None or result.interrupted:
        return
    outcome, asked, futures = outcome_title(result.scenario, precision["outcome"]), precision["asked"], result.futures
    if asked.endswith("%"):
        reference = quoted(titles(result.scenario, "policies")[result.scenario.reference])
        asked = text("run.of_mean", asked=asked, reference=reference)
    if left := futures - precision["defined"]:
        yield text("run.undefined_in", left=left, futures=futures, outcome=outcome)
    key = "run.reached" if precision["reached"] else "run.not_reached"
    yield text(key, futures=futures, outcome=outcome, asked=asked)


def left_out(amounts: Amounts, outcomes: Sequence[str]) -> Iterator[str]:
    """Sentences that say of which outcomes futures are left out in which they are undefined, and how many remain."""
    result, futures = amounts.result, amounts.result.futures
    named = titles(result.scenario, "policies")
    for outcome in outcomes:
        parts = [name for name in amounts.units if name.partition("/")[0] == outcome]
        numbers = [(amounts.of(policy, name).n, policy) for policy in result.policies for name in parts]
        few, policy = min(numbers, key=itemgetter(0))
        if few < futures:
            defined = "in_none" if not few else "in_one" if few == 1 else "in_some"
            known = text(f"run.{defined}", few=few, futures=futures)
            why = outcome if outcome in WHY_UNDEFINED else "others"
            yield text(f"run.undefined_{why}", noun=in_words(outcome), policy=quoted(named[policy]), known=known)
