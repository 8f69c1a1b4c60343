"""What a restriction is aimed at, beside what it costs, and the policies in order of what is said to matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from exportsim import language
from exportsim.analysis.intervals import Verdict, verdict
from exportsim.language import text
from exportsim.names import outcome_title, titles
from exportsim.outcomes import OBJECTIVE, SHARE
from exportsim.plan import Plan
from exportsim.report.amounts import Amounts, intervals_of
from exportsim.report.contents import objective_terms
from exportsim.report.document import Block, Cell, Document, Heading, Line, Row, Table
from exportsim.report.number_format import number, percent, percentage, scaled, unit_of
from exportsim.report.policy_account import account_of
from exportsim.study.input_ranges import Doubt
from exportsim.study.result import Result

MOST_NAMED = 3  # destinations, each with a sentence and a column
NEARLY = 0.005  # of what was received: a change that would read as 0 %
EVIDENCE, EXPORTS = "evidence", "exports"


def aim(result: Result, policy: str) -> list[Block]:
    """What arrived where a policy's restrictions reach, and what came to light, beside what the policies cost.

    Nothing for a policy that restricts nothing, such as one that changes officers only.
    """
    reached = destinations_reached(result.plan, policy)
    if policy == result.scenario.reference or not reached:
        return []
    return list(_Aim(result, policy, reached).blocks())


def received_in_short(result: Result, policy: str) -> list[str]:
    """How much less arrived, from anybody, at the one destination that a policy's restrictions reach; else nothing."""
    reached = destinations_reached(result.plan, policy)
    if policy == result.scenario.reference or len(reached) != 1:
        return []
    found = _Aim(result, policy, reached)
    outcome = f"received/{found.named[0]}"
    said, whole = found.verdict(outcome), found.amounts.mean(found.reference, outcome)
    change = found.amounts.change(policy, outcome).mean / whole if whole else np.nan
    percent = percentage(change, plus=True) if said == "nearly" else percentage(abs(change))
    country = language.country(found.named[0])
    return [text(f"aim.short_{said}", destination=country, percent=percent, futures=result.futures)]


def destinations_reached(plan: Plan, policy: str) -> list[str]:
    """The destinations to which a policy's measures say how applications and permits stand."""
    rows = plan.policies[plan.names.policies.index(policy)]
    regime = (rows.applications >= 0) | (rows.permits >= 0) | (rows.cancel >= 0)
    cells = np.zeros(len(plan.cell_authority), dtype=np.bool_)
    for measure, (first, count) in enumerate(zip(rows.branch_first, rows.branch_count, strict=True)):
        if regime[first : first + count].any():
            cells |= rows.scope[measure]
    destinations = plan.lines.destination[(plan.line_cell & cells).any(axis=1)]
    return [name for place, name in enumerate(plan.names.destinations) if place in destinations]


class _Aim:
    """One policy, the destinations that it reaches, and the figures of all policies."""

    def __init__(self, result: Result, policy: str, reached: list[str]) -> None:
        self.result, self.policy, self.reference = result, policy, result.scenario.reference
        self.amounts, self.titles = Amounts(result), titles(result.scenario, "policies")
        changes = {name: abs(self.amounts.mean_change(policy, f"received/{name}")) for name in reached}
        self.named = sorted(reached, key=lambda name: -changes[name])[:MOST_NAMED]
        self.more = len(reached) - len(self.named)

    def blocks(self) -> Iterator[Block]:
        yield Heading(text("aim.heading"))
        for name in self.named:
            yield Line(self.received(name))
        if (said := self.replaced()) is not None:
            yield Line(said)
        if self.result.scenario.incidents:
            yield Line(self.evidence())
        yield self.table()

    def verdict(self, outcome: str) -> str:
        """What is said of a change, as a part of a key of the catalogue."""
        change, whole = self.amounts.change(self.policy, outcome), self.amounts.mean(self.reference, outcome)
        words = {Verdict.SAME: "same", Verdict.LESS: "less", Verdict.MORE: "more"}
        said = words.get(verdict(*change[:3]), "doubtful")
        if said in ("less", "more") and abs(change.mean) < NEARLY * whole:
            said = "nearly"  # clear of chance, and of no account
        return said

    def received(self, destination: str) -> str:
        """How much less arrived, from anybody."""
        outcome = f"received/{destination}"
        change, whole = self.amounts.change(self.policy, outcome), self.amounts.of(self.reference, outcome)
        return text(
            f"aim.received_{self.verdict(outcome)}",
            destination=language.country(destination),
            change=self.amounts.size(change, outcome),
            percent=percentage(abs(change.mean) / whole.mean) if whole.mean else "–",
            whole=self.amounts.mean_in_words(whole.mean),
            policy=self.title(self.policy),
            reference=self.title(self.reference),
            futures=self.result.futures,
        )

    def replaced(self) -> str | None:
        """How much of the exports that the policy kept back came from elsewhere; None if it kept none back."""
        kept, missing = (self.exported[self.reference] - self.exported[self.policy], 0.0)
        for name in self.named:
            missing -= self.amounts.change(self.policy, f"received/{name}").mean
        if self.more or kept <= 0 or verdict(*self.amounts.change(self.policy, EXPORTS)[:3]) is not Verdict.LESS:
            return None
        share = 1 - missing / kept
        said = "all" if share >= 1 else "some" if share > 0 else "none"
        return text(
            f"aim.replaced_{said}",
            kept=self.kept_in_words(kept),
            destinations=language.listed([language.country(name) for name in self.named]),
            percent=_whole_percent(share),
            policy=self.title(self.policy),
        )

    def kept_in_words(self, kept: float) -> str:
        """What was kept back: where that is the change of the answer's account, as it is rounded there to add up."""
        account = account_of(self.result, self.policy)
        change = account.means[self.policy][0] - account.means[self.reference][0]
        if round(kept + change, 2) == 0:
            return account.money.full(-account.change(self.policy, EXPORTS))
        return self.amounts.mean_in_words(kept)

    @cached_property
    def exported(self) -> dict[str, float]:
        """By policy: the mean exports to the destinations that are named."""
        asked = (self.policy, self.reference)
        if set(self.result.plan.names.destinations) <= set(self.named):
            return {policy: self.amounts.of(policy, EXPORTS).mean for policy in asked}
        by_destination = self.result.account(by=["destination"])["exports"].unstack("destination")
        exports = by_destination[self.named].sum(axis=1)
        return {policy: float(exports[policy]) for policy in asked}

    def found(self, policy: str) -> float:
        """The share of futures in which evidence was found."""
        column = list(self.result.units).index(EVIDENCE)
        return float((self.result.values[self.result.policies.index(policy), :, column] > 0).mean())

    def evidence(self) -> str:
        """In how many futures evidence was found, beside the reference."""
        change = verdict(*self.amounts.change(self.policy, EVIDENCE)[:3])
        said = {Verdict.SAME: "same", Verdict.LESS: "other", Verdict.MORE: "other"}.get(change, "doubtful")
        return text(
            f"aim.evidence_{said}",
            share=_whole_percent(self.found(self.policy)),
            before=_whole_percent(self.found(self.reference)),
            policy=self.title(self.policy),
            reference=self.title(self.reference),
            futures=self.result.futures,
        )

    def table(self) -> Table:
        """The cost and the aim of every policy beside each other."""
        outcomes = [EXPORTS, *(f"received/{name}" for name in self.named)]
        received = [text("aim.received", destination=language.country(name)) for name in self.named]
        head = [text("aim.policy"), text("aim.exports"), *received]
        if self.result.scenario.incidents:
            head.append(text("aim.evidence"))
        rows: list[Row] = []
        for policy in self.result.policies:
            if policy == self.reference:
                cells = [Cell(text("aim.reference"), "quiet") for _ in outcomes]
            else:
                cells = [self.amounts.cell(self.amounts.change(policy, name), name) for name in outcomes]
            if self.result.scenario.incidents:
                cells.append(Cell(number(100 * self.found(policy), 0)))
            rows.append([self.title(policy), *cells])
        kind = "caption" if self.result.scenario.incidents else "caption_without"
        caption = text(f"aim.{kind}", reference=self.title(self.reference), unit=self.amounts.unit)
        note = text("aim.more", number=self.more) if self.more else ""
        return Table("aim", caption, head, rows, note)

    def title(self, policy: str) -> str:
        return self.titles[policy]


def ranking(result: Result, outcome: str) -> list[Block]:
    """The policies in order of an outcome, the best first: how sure that is, and over how many inputs."""
    found = result.ranking(outcome)
    if not found["n"].iloc[0]:
        return [Line(text("ranking.undefined", outcome=_named(result, outcome)))]
    unit = str(found["unit"].iloc[0])
    factor, words = unit_of(unit, found["mean"])
    show = percent if unit == SHARE else lambda interval: scaled(interval, 1 / factor)
    means = intervals_of(found.assign(sd=np.nan, method=""))
    head = [text("ranking.policy"), text("ranking.mean"), text("ranking.best")]
    columns = [[show(mean) for mean in means], [number(100 * share, 0) for share in found["best"]]]
    if result.doubt is not None:
        best = best_of_points(result.doubt, outcome)
        head.append(text("ranking.inputs"))
        columns.append([number(100 * best[policy], 0) for policy in found.index])
    named = [titles(result.scenario, "policies")[policy] for policy in found.index]
    direction = "less" if result.less_is_better(outcome) else "more"
    caption = text(
        f"ranking.{direction}",
        outcome=_named(result, outcome),
        unit=text("table.share") if unit == SHARE else words,
    )
    left = int(found["left_out"].iloc[0])
    terms = objective_terms(result.scenario) if outcome == OBJECTIVE.name else []
    notes = [text("ranking.weighs", terms=text("lists.semicolon").join(terms))] if terms else []
    notes += [text("ranking.left_out", number=left)] if left else []
    if result.doubt is not None:
        notes.append(text("ranking.best_of_inputs", points=len(result.doubt.points)))
    return [
        Table(
            "ranking",
            caption,
            head,
            list(zip(named, *columns, strict=True)),
            " ".join(notes),
        )
    ]


def with_ranking(document: Document, result: Result, outcome: str | None = None) -> Document:
    """What is reported of a result, with the order of its policies by an outcome; by its objective if none is named."""
    outcome = OBJECTIVE.name if outcome is None and result.scenario.objective is not None else outcome
    if outcome is None or len(result.policies) < 2:
        return document
    last = max((place for place, block in enumerate(document.blocks) if block == Line()), default=len(document.blocks))
    blocks = [*document.blocks[:last], *ranking(result, outcome), *document.blocks[last:]]
    table = result.ranking(outcome).reset_index()
    return replace(
        document, blocks=blocks, data=lambda: {**document.data(), "ranking": {"outcome": outcome, "policies": table}}
    )


def best_of_points(doubt: Doubt, outcome: str) -> dict[str, float]:
    """By policy: at what share of the points of what is uncertain it is the best; equals share, and points at which the
    outcome is undefined under some policy do not count.
    """
    means = doubt.values[:, :, list(doubt.units).index(outcome)]
    means = means[np.isfinite(means).all(axis=1)]
    first = means == (means.min if doubt.less_is_better(outcome) else means.max)(axis=1, keepdims=True)
    shares = (first / first.sum(axis=1, keepdims=True)).mean(axis=0) if len(means) else np.full(first.shape[1], np.nan)
    return dict(zip(doubt.policies, shares.tolist(), strict=True))


def _named(result: Result, outcome: str) -> str:
    """An outcome as a reader knows it: the objective by its title."""
    objective = result.scenario.objective
    title = objective.title if outcome == OBJECTIVE.name and objective is not None else ""
    return title or outcome_title(result.scenario, outcome)


def _whole_percent(share: float) -> str:
    return text("aim.percent", percent=number(100 * share, 0)) if np.isfinite(share) else "–"
