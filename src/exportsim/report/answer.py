"""The answer in sentences, made from the numbers: what a policy does to exports, who takes over, whether it comes back.

Each sentence follows from a rule that ``docs/answer.md`` states, and its figures are those of the account of the
policies, of the fates, of hysteresis and of the outcomes: nothing is computed here that cannot be asked for elsewhere.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cached_property
from itertools import product

from exportsim import language
from exportsim.analysis.intervals import Interval, Verdict, verdict
from exportsim.digits import rounded, with_scale
from exportsim.language import listed, text
from exportsim.names import quoted, titles
from exportsim.report.aim import received_in_short
from exportsim.report.amounts import Amounts
from exportsim.report.assumptions import assumptions
from exportsim.report.moved_orders import BEFORE, DELIVERED, LOST, PENDING, Fate, MovedOrders
from exportsim.report.names import cut_to_fit, exporters
from exportsim.report.number_format import percentage, whole_percentage
from exportsim.report.policy_account import COLUMNS, PolicyAccount, account_of
from exportsim.scenario import Scenario
from exportsim.study.answer import Answer as Answer
from exportsim.study.input_ranges import InputRange
from exportsim.study.order_by_order import coming_back
from exportsim.study.result import Result

LONGEST_FINDING = 90  # characters
MOST_NAMED = 3  # suppliers in a sentence
SMALL = 0.05  # of all that changes hands: a supplier with less is one of the others


def answer(result: Result, policy: str | None = None) -> Answer:
    """The answer that a result gives about a policy, in sentences.

    Parameters
    ----------
    result : Result
    policy : str, optional
        Any that was played; by default the first of the file that is not the reference.

    Returns
    -------
    Answer
        Its text is shown in a terminal and in a notebook.

    Raises
    ------
    ExportsimError
        If that policy was not played.
    """
    return answer_from(account_of(result, policy))


def answer_from(account: PolicyAccount) -> Answer:
    """The answer about the policy that an account was made for."""
    speaker = speaker_of(account)
    sentences, explanations = tuple(speaker.sentences()), tuple(speaker.explanations())
    return Answer(account.asked, speaker.finding(), sentences, speaker.doubt(), explanations)


def speaker_of(account: PolicyAccount) -> Alone:
    """Who makes the sentences about the policy that an account was made for, one by one."""
    return Compared(account) if account.asked != account.reference else Alone(account)


class Alone:
    """What is said where there is only the reference."""

    def __init__(self, account: PolicyAccount) -> None:
        self.account, self.result, self.money = account, account.result, account.money
        self.scenario: Scenario = account.result.scenario
        self.policy = account.asked
        self.title = account.titles[self.policy]
        self.exports = exporters(self.scenario, account.authorities)
        self.here = account.level(self.policy, "exports")

    def finding(self) -> str:
        """The title that is the finding."""
        return self.fitting(["alone"], amount=self.money.full(self.here))

    def sentences(self) -> Iterator[str]:
        """The answer."""
        words = {"period": period(self.scenario), "exports": self.exports, "policy": quoted(self.title)}
        yield text("answer.alone", here=self.money.full(self.here), **words)
        total = self.account.total(self.policy)
        if total:
            parts = {name: self.account.level(self.policy, name) for name in COLUMNS}
            clauses = [
                text(f"answer.becomes_{name}", amount=self.money.amount(steps))
                for name, steps in parts.items()
                if steps
            ]
            yield text("answer.alone_account", total=self.money.full(total), parts=listed(clauses))

    def doubt(self) -> str:
        """What the doubt of the figures contains, in few words."""
        return text("answer.doubt_alone", unsourced=self.unsourced())

    def explanations(self) -> Iterator[str]:
        """The same at length, and what explains surprising figures."""
        yield self.inputs()

    def chance(self) -> Iterator[str]:
        """What chance does to the change of exports, alone: nothing is said of inputs."""
        yield from ()

    def unsourced(self) -> str:
        """How many inputs have no source, and whether ranges that they are given were left out."""
        left_out = bool(self.scenario.uncertainties) and self.result.doubt is None
        return text(f"answer.unsourced{'_left_out' if left_out else ''}", **self.counts)

    def inputs(self) -> str:
        """What part of the inputs is judgement, and that no doubt about them is in the figures."""
        varied = "inputs_left_out" if self.result.doubt is None else "inputs_varied"
        key = f"answer.{varied if self.scenario.uncertainties else 'inputs'}"
        return text(key, **self.counts)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many numbers are put in, and how many of these are judgement or have no source."""
        counts = assumptions(self.scenario).counts
        return {"judged": counts["judgement"] + counts["nothing"], "inputs": sum(counts.values())}

    def fitting(self, kinds: Sequence[str], **words: str) -> str:
        """A finding no longer than a title may be: whose exports are meant goes first, then the amount, then words."""
        whose = [exporters(self.scenario, self.account.authorities, short=short) for short in (False, True)]
        phrases = [*whose, text("names.exports")]
        for kind, phrase in product(kinds, phrases):
            finding = text(f"finding.{kind}", policy=self.title, exports=phrase, **words)
            if len(finding) <= LONGEST_FINDING:
                return finding
        room = LONGEST_FINDING - (len(finding) - len(self.title))
        return text(f"finding.{kinds[-1]}", policy=cut_to_fit(self.title, room), exports=phrases[-1], **words)


class Compared(Alone):
    """What is said of a policy compared with the reference."""

    def __init__(self, account: PolicyAccount) -> None:
        super().__init__(account)
        self.reference = account.reference
        self.there = account.level(self.reference, "exports")
        self.change = account.change(self.policy, "exports")
        self.verdict = account.verdict(self.policy)
        self.moved = MovedOrders(self.result, self.policy, account.authorities)
        self.suppliers = titles(self.scenario, "suppliers")
        self.amounts = Amounts(self.result)

    def finding(self) -> str:
        share = self.account.share(self.policy) - 1
        words = {"percent": percentage(abs(share)), "amount": self.money.full(abs(self.change))}
        if self.verdict is Verdict.SAME:
            return self.fitting(["same"], **words)
        if self.verdict is Verdict.DOUBTFUL:
            return self.fitting(["doubtful"], **words)
        if math.isnan(share) and self.here:
            return self.fitting(["none_without"], amount=self.money.full(self.here))
        if self.verdict is Verdict.UNKNOWN:
            return self.fitting(
                ["one_future_less" if share < 0 else "one_future_more" if share > 0 else "one_future_same"], **words
            )
        word = "less" if share < 0 else "more"
        return self.fitting([word, f"{word}_short"], **words)

    def sentences(self) -> Iterator[str]:
        yield " ".join([self.effect(), *self.range_over_inputs()])
        if self.result.untouched.get(self.policy) == 1:
            yield text("answer.untouched", policy=quoted(self.title), reference=self.of_reference)
        if self.verdict not in (Verdict.SAME, Verdict.DOUBTFUL) and self.change:
            moved = [*(self.taken_over() if self.change < 0 else self.gained_from())]
            if self.verdict is not Verdict.UNKNOWN:
                moved += received_in_short(self.result, self.policy)
            if moved:
                yield " ".join(moved)
        yield from self.return_of()

    def explanations(self) -> Iterator[str]:
        yield self.doubt_at_length()
        for column, kind in (("lost", LOST), ("pending", PENDING)):
            if self.verdict is Verdict.MORE:  # the answer has said so
                continue
            if self.account.verdict(self.policy, column) is Verdict.LESS and self.account.change(self.policy, column):
                yield from self.less_of(column, kind)

    @property
    def of_reference(self) -> str:
        """The reference's title in a sentence."""
        return quoted(self.account.titles[self.reference])

    def effect(self) -> str:
        """How exports change: by what the interval of the change says."""
        money = self.money
        words = {
            "period": period(self.scenario),
            "exports": self.exports,
            "policy": quoted(self.title),
            "reference": self.of_reference,
            "here": money.full(self.here),
            "there": money.amount(self.there),
        }
        if self.verdict is Verdict.SAME or (self.verdict is Verdict.UNKNOWN and not self.change):
            if not self.there:
                return text("answer.none", **words)
            key = "answer.same" if self.verdict is Verdict.SAME else "answer.one_future_same"
            return text(key, **words | {"there": money.full(self.there)})
        if self.verdict is Verdict.DOUBTFUL:
            return text("answer.doubtful", number=self.result.futures, **words, **self.by_chance)
        word = "less" if self.change < 0 else "more"
        if not self.there:
            return text("answer.more_than_none", **words)
        prefix = "one_future_" if self.verdict is Verdict.UNKNOWN else ""
        size, percent = money.amount(abs(self.change)), percentage(self.account.share(self.policy) - 1, plus=True)
        if not self.here:
            return text(f"answer.{prefix}nothing", **words | {"there": money.full(self.there)})
        return text(f"answer.{prefix}{word}", size=size, percent=percent, **words)

    def taken_over(self) -> Iterator[str]:
        """What becomes of that which is not exported any more."""
        gained = self.money.near(sum(self.moved.gained.values()))
        parts = self.parts(self.moved.away, gained - self.change, "taken_over")
        if parts:
            key = "answer.taken_over_but_gained" if gained > 0 else "answer.taken_over"
            yield text(
                key,
                size=self.money.amount(-self.change),
                there=self.money.full(self.there),
                parts=parts,
                policy=quoted(self.title),
                gained=self.money.amount(gained),
            )

    def gained_from(self) -> Iterator[str]:
        """What becomes under the reference of that which is exported under the policy alone."""
        away = self.money.near(sum(self.moved.away.values()))
        parts = self.parts(self.moved.gained, away + self.change, "delivered")
        if parts:
            key = "answer.gained_but_away" if away > 0 else "answer.gained"
            yield text(
                key,
                size=self.money.amount(self.change),
                here=self.money.full(self.here),
                parts=parts,
                reference=self.of_reference,
                away=self.money.amount(away),
            )

    def parts(self, fates: Counter[Fate], total: int, taken: str) -> str:
        """Fates with their amounts, which add up to a total: suppliers first, then what nobody has delivered."""
        whole = sum(fates.values())
        suppliers = sorted((fate for fate in fates if fate[0] == DELIVERED), key=lambda fate: -fates[fate])
        named = [fate for fate in suppliers if fates[fate] >= SMALL * whole][:MOST_NAMED]
        if len(suppliers) == len(named) + 1:  # "1 other" is said by its name
            named = suppliers
        groups = [(fates[fate], self.suppliers[fate[1]]) for fate in named]
        if rest := suppliers[len(named) :]:
            groups.append((sum(fates[fate] for fate in rest), text("names.others", number=len(rest))))
        kinds = (PENDING, LOST, BEFORE)
        ends = [sum(value for fate, value in fates.items() if fate[0] == kind) for kind in kinds]
        steps = _adding_up([value / self.money.step for value in [*(value for value, _ in groups), *ends]], total)
        alone = sum(map(bool, steps)) == 1
        amounts = [text("answer.all") if alone else self.money.amount(amount) for amount in steps]
        by = [(words, supplier) for words, amount, (_, supplier) in zip(amounts, steps, groups, strict=False) if amount]
        said = [text(f"answer.part_{taken}_first", amount=amount, supplier=name) for amount, name in by[:1]]
        said += [text("answer.part_by", amount=amount, supplier=name) for amount, name in by[1:]]
        clauses = [listed(said)] if said else []
        clauses += [
            text(f"answer.part_{kind}", amount=words)
            for kind, words, amount in zip(kinds, amounts[len(groups) :], steps[len(groups) :], strict=True)
            if amount
        ]
        return text("lists.semicolon").join(clauses)

    def return_of(self) -> Iterator[str]:
        """Whether the supplier whose deliveries change most comes back: its shares before, during and after."""
        supplier = self.most_changed()
        if supplier is None or self.verdict in (Verdict.SAME, Verdict.DOUBTFUL):
            return
        found = coming_back(self.result, self.policy, supplier)
        title, reference = self.suppliers[supplier], self.of_reference
        shares = {name: found[supplier, name].mean if found else math.nan for name in ("before", "during", "after")}
        is_known = not any(map(math.isnan, shares.values()))
        if is_known and found["", "lifted"].mean == found["", "restricted"].mean == 1:
            words = {name: whole_percentage(share) for name, share in shares.items()}
            regained, futures = found[supplier, "regained"].mean, found[supplier, "regained"].n
            if futures == self.result.futures > 1 and shares["during"] < shares["before"] / 2:
                again = round(regained * futures)
                yield text("answer.returns_regained", supplier=title, again=again, futures=futures, **words)
            else:
                yield text("answer.returns", supplier=title, **words)
            return
        outcome = f"final_share/{supplier}"
        here, there, change = self.of(outcome)
        if math.isnan(here) or math.isnan(there):
            yield text("answer.last_year_nothing", policy=quoted(self.title))
            return
        word = verdict(*change[:3])
        if word is Verdict.SAME or (word is Verdict.DOUBTFUL and self.verdict is not Verdict.LESS):
            return  # nothing that would have to come back
        key = "last_year_doubtful" if word is Verdict.DOUBTFUL else "last_year"
        words = {"here": whole_percentage(here), "there": whole_percentage(there)}
        yield text(f"answer.{key}", supplier=title, policy=quoted(self.title), reference=reference, **words)

    def most_changed(self) -> str | None:
        """The supplier with a licence of the authorities whose deliveries change most, the way that exports do."""
        licensed = [
            name for name, part in self.scenario.suppliers.items() if part.authority in self.account.authorities
        ]
        changes = {name: self.amounts.mean_change(self.policy, f"delivered/{name}") for name in licensed}
        along = {name: change for name, change in changes.items() if change * self.change > 0}
        return max(along, key=lambda name: abs(along[name])) if along else None

    def less_of(self, column: str, kind: str) -> Iterator[str]:
        """Why less is lost, or open at the end: what becomes of such orders of the reference under the policy."""
        whence = Counter[str]()
        for (there, here), value in self.moved.moves.items():
            if there[0] == kind and here[0] != kind:
                whence[there[1]] += value
        why, value = max(whence.items(), key=lambda item: item[1])
        parts = Counter[Fate]()
        for (there, here), moved in self.moved.moves.items():
            if there == (kind, why) and here[0] != kind:
                parts[here] += moved
        steps = self.money.near(value)
        if steps:
            key = f"answer.less_{column}_{why}" if why else f"answer.less_{column}"
            yield text(
                key,
                policy=quoted(self.title),
                reference=self.of_reference,
                size=self.money.full(abs(self.account.change(self.policy, column))),
                parts=self.parts(parts, steps, "delivered"),
            )

    def doubt(self) -> str:
        if self.verdict is Verdict.UNKNOWN:
            return text("answer.doubt_one_future", unsourced=self.unsourced())
        return text(f"answer.doubt_{self.of_chance()}", unsourced=self.unsourced(), **self.by_chance)

    def of_chance(self) -> str:
        """What chance does to the change of exports, as a part of a key of the catalogue."""
        if self.verdict is Verdict.DOUBTFUL:
            return "doubtful"
        change = self.account.changes[self.policy, "exports"]
        if change.low == change.high:
            return "no_chance"
        return "only_chance" if self.over_inputs is None else "chance_alone"

    def chance(self) -> Iterator[str]:
        if self.verdict in (Verdict.LESS, Verdict.MORE):
            yield text(f"answer.chance_{self.of_chance()}", **self.by_chance)
        elif self.verdict is Verdict.UNKNOWN:
            yield text("answer.chance_one_future")

    @cached_property
    def by_chance(self) -> dict[str, str | int]:
        """Between what chance leaves the mean change of exports."""
        change = self.account.changes[self.policy, "exports"]
        ends = {"low": self.signed(change.low), "high": self.with_scale(change.high)}
        return {**ends, "futures": self.result.futures}

    def doubt_at_length(self) -> str:
        """What the doubt of the change of exports contains: chance alone, or the inputs too."""
        change, found = self.account.changes[self.policy, "exports"], self.over_inputs
        inputs = self.inputs()
        if self.verdict is Verdict.UNKNOWN:
            return text("answer.one_future_only", inputs=inputs)
        if self.verdict is Verdict.SAME:
            return text("answer.same_doubt", futures=self.result.futures, inputs=inputs)
        ends, constant = self.by_chance, change.low == change.high
        if found is None:
            return text(f"answer.{'no_chance' if constant else 'only_chance'}", inputs=inputs, **ends)
        doubt = self.result.doubt
        assert doubt is not None
        known = not math.isnan(found.chance) and found.low < found.high
        sets = {"points": found.points, "number": len(doubt.paths), "paths": len(doubt.paths), "futures": doubt.futures}
        key = "answer.range_points_chance" if known else "answer.range_points"
        mean = text(f"answer.mean_{'constant' if constant else 'known'}", **ends)
        return " ".join([text(key, chance=whole_percentage(found.chance) if known else "", **sets), mean, inputs])

    @cached_property
    def over_inputs(self) -> InputRange | None:
        """The range of the change of exports over inputs, if it was played."""
        if self.result.doubt is None:
            return None
        names = tuple(f"exports/{name}" for name in self.account.authorities)
        found = self.result.doubt.range(names, self.policy, self.reference)
        return None if math.isnan(found.low) else found

    def range_over_inputs(self) -> Iterator[str]:
        """The sentence that says it."""
        found = self.over_inputs
        if found is None or found.low == found.high == 0:
            return
        low, high = (self.money.near(end) for end in (found.low, found.high))
        assert self.result.doubt is not None
        paths = {"number": len(self.result.doubt.paths), "paths": len(self.result.doubt.paths)}
        if high < 0:
            ends = {"low": self.money.cell(-high), "high": self.money.amount(-low)}
        elif low > 0:
            ends = {"low": self.money.cell(low), "high": self.money.amount(high)}
        else:
            ends = {"low": self.signed(found.low), "high": self.with_scale(found.high)}
        kind = "less" if high < 0 else "more" if low > 0 else "both"
        one = "_one" if low == high else ""
        yield text(f"answer.range_{kind}{one}", **ends, **paths)

    def signed(self, value: float) -> str:
        """An end of a range of changes, with its sign."""
        return self.money.cell(self.money.near(value), plus=True)

    def with_scale(self, value: float) -> str:
        """The last end of a range of changes, with the scale of both."""
        return with_scale(self.signed(value), value / self.money.factor, self.money.factor)

    def of(self, outcome: str) -> tuple[float, float, Interval]:
        """The mean of an outcome under the policy and under the reference, and the interval of the difference."""
        here, there = (self.amounts.of(name, outcome).mean for name in (self.policy, self.reference))
        return here, there, self.amounts.change(self.policy, outcome)


def _adding_up(values: Sequence[float], total: int) -> list[int]:
    """Parts of a total that has been rounded by itself, so that theirs may be just out of reach of it."""
    least = sum(map(math.floor, values))
    return rounded(values, min(max(total, least), least + len(values)))


def period(scenario: Scenario) -> str:
    """The period at the beginning of a sentence: ``From 2016 to 2025``, ``From March 2016 to June 2025``."""
    start, end = scenario.period.start, scenario.period.end
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        if start.year == end.year:
            return text("answer.period_year", year=str(start.year))
        return text("answer.period", first=str(start.year), last=str(end.year))
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        first, last = (text("answer.month", month=language.month(when), year=when.year) for when in (start, end))
        return text("answer.period_months", first=first, last=last)
    return text("answer.period_days", first=language.day(start), last=language.day(end))
