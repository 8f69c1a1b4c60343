"""The answer in three sentences, made from the numbers: how exports change, who steps in, and whether it comes back."""

from __future__ import annotations

import math

from markupsafe import Markup

from exportsim.analysis.intervals import Interval, Verdict, verdict
from exportsim.report.amounts import Amounts, joined
from exportsim.report.number_format import number, visible

MOST_NAMED = 3  # suppliers in a sentence


def sentences(amounts: Amounts, focus: str | None) -> list[Markup]:
    """Three sentences, about the policy in focus; without one there is only the reference."""
    if focus is None:
        return _alone(amounts)
    others = [policy for policy in amounts.result.policies if policy != amounts.result.scenario.reference]
    exports = _one(amounts, others[0]) if len(others) == 1 else _several(amounts, others)
    return [exports, _instead(amounts, focus), _return(amounts, focus)]


def name(text: str) -> Markup:
    """A name that the scenario gives, told apart from the words around it."""
    return Markup("<b>{}</b>").format(visible(text))


def _names(texts: list[str]) -> Markup:
    return Markup(joined([str(name(text)) for text in texts]))


def _alone(amounts: Amounts) -> list[Markup]:
    policy = amounts.result.scenario.reference
    told = {outcome: amounts.words(amounts.of(policy, outcome), outcome) for outcome in ("exports", "lost", "pending")}
    first = Markup("Under {}, the only policy played, exports come to {} {}.").format(
        name(policy), told["exports"], _period(amounts)
    )
    second = Markup("Of what is ordered, {} is lost and {} is still open at the end.").format(
        told["lost"], told["pending"]
    )
    delay = amounts.of(policy, "delay")
    third = (
        Markup("Nothing is delivered in any future.")
        if math.isnan(delay.mean)
        else Markup("A part is delivered {} after its order, on average over value.").format(
            amounts.words(delay, "delay")
        )
    )
    return [first, second, third]


def _one(amounts: Amounts, policy: str) -> Markup:
    reference = amounts.result.scenario.reference
    change, there = amounts.change(policy, "exports"), amounts.words(amounts.of(reference, "exports"))
    what = Markup("{}, exports under {}").format(_period(amounts).capitalize(), name(policy))
    match verdict(*change[:3]):
        case Verdict.SAME:
            return Markup("{} are those under {} in every future: {}.").format(what, name(reference), there)
        case Verdict.DOUBTFUL:
            return Markup("{} are not distinguishable from those under {}, {}: the difference is {}.").format(
                what, name(reference), there, amounts.words(change)
            )
    return Markup("{} are {} {} than under {}, where they are {}.").format(
        what, amounts.size(change), "higher" if change.mean > 0 else "lower", name(reference), there
    )


def _several(amounts: Amounts, others: list[str]) -> Markup:
    reference = amounts.result.scenario.reference
    changes = {policy: amounts.change(policy, "exports") for policy in others}
    ranked = sorted(others, key=lambda policy: abs(changes[policy].mean))
    clauses = []
    for word, rises in (("lower", False), ("higher", True)):
        moved = [
            policy
            for policy in ranked
            if verdict(*changes[policy][:3]) not in (Verdict.SAME, Verdict.DOUBTFUL)
            and (changes[policy].mean > 0) == rises
        ]
        if moved:
            clauses.append(_range(amounts, changes, moved, word))
    for kind in (Verdict.DOUBTFUL, Verdict.SAME):
        alike = [policy for policy in ranked if verdict(*changes[policy][:3]) is kind]
        if alike:
            said = "not distinguishable from that" if kind is Verdict.DOUBTFUL else "the same in every future"
            clauses.append(Markup("{} under {}").format(said, _names(alike)))
    return Markup("{}, exports are {} under {}; compared with that they are {}.").format(
        _period(amounts).capitalize(), amounts.words(amounts.of(reference, "exports")), name(reference),
        Markup("; ").join(clauses),
    )  # fmt: skip


def _range(amounts: Amounts, changes: dict[str, Interval], moved: list[str], word: str) -> Markup:
    told = [Markup("{} {} under {}").format(amounts.size(changes[p]), word, name(p)) for p in moved]
    if len(moved) == 1:
        return told[0]
    between = len(moved) - 2
    middle = f", with {between} other polic{'ies' if between > 1 else 'y'} between" if between else ""
    return Markup("from {} to {}{}").format(told[0], told[-1], middle)


def _instead(amounts: Amounts, focus: str) -> Markup:
    """Who delivers more, what nobody delivers, what comes too late to be counted."""
    changes = {s: amounts.change(focus, f"delivered/{s}") for s in amounts.result.plan.names.suppliers}
    more = sorted(
        (
            s
            for s, change in changes.items()
            if verdict(*change[:3]) in (Verdict.MORE, Verdict.UNKNOWN) and change.mean > 0
        ),
        key=lambda supplier: -changes[supplier].mean,
    )
    gains = [Markup("{} {}").format(name(s), amounts.size(changes[s])) for s in more[:MOST_NAMED]]
    rest = len(more) - len(gains)
    if rest:
        gains.append(Markup("{} others less each").format(number(rest, 0)) if rest > 1 else Markup("one other less"))
    who = Markup("more is delivered by {}").format(Markup(joined(map(str, gains)))) if gains else None
    who = who or Markup("nobody delivers more that could be told from chance")
    return Markup("Under {}, {}; what is lost is {}, and what is still open at the end is {}.").format(
        name(focus),
        who,
        _moved(amounts, amounts.change(focus, "lost"), "lost"),
        _moved(amounts, amounts.change(focus, "pending"), "pending"),
    )


def _moved(amounts: Amounts, change: Interval, outcome: str) -> str:
    match verdict(*change[:3]):
        case Verdict.SAME:
            return "the same in every future"
        case Verdict.DOUBTFUL:
            return f"not distinguishably different ({amounts.words(change, outcome)})"
    return f"{amounts.size(change, outcome)} {'higher' if change.mean > 0 else 'lower'}"


def _return(amounts: Amounts, focus: str) -> Markup:
    """The supplier whose share of the last year changed most."""
    reference = amounts.result.scenario.reference
    changes = {s: amounts.change(focus, f"final_share/{s}") for s in amounts.result.plan.names.suppliers}
    defined = {supplier: change for supplier, change in changes.items() if not math.isnan(change.mean)}
    if not defined:
        return Markup("In the last year nothing is delivered in any future, so who comes back cannot be said.")
    supplier = max(defined, key=lambda each: abs(defined[each].mean))
    outcome, change = f"final_share/{supplier}", defined[supplier]
    here, there = (amounts.words(amounts.of(policy, outcome), outcome) for policy in (focus, reference))
    match verdict(*change[:3]):
        case Verdict.SAME:
            return Markup("In the last year every supplier's share of deliveries is that under {}.").format(
                name(reference)
            )
        case Verdict.DOUBTFUL:
            return Markup(
                "In the last year no supplier's share of deliveries is distinguishable from that under {}: the largest "
                "change is that of {}, {} against {}."
            ).format(name(reference), name(supplier), here, there)
    return Markup("In the last year of the period {} delivers {} of the value, against {} under {}.").format(
        name(supplier), here, there, name(reference)
    )


def _period(amounts: Amounts) -> str:
    period = amounts.result.scenario.period
    return f"from {period.start} to {period.end}"
