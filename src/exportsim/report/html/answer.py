"""The answer in three sentences, made from the numbers: how exports change, who steps in, and whether it comes back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from exportsim.analysis.intervals import Verdict, verdict
from exportsim.report.amounts import Amounts, joined
from exportsim.report.number_format import visible

MOST_NAMED = 3  # suppliers in a sentence

ALONE = "Under {policy}, the only policy played, exports come to {exports} from {start} to {end}."
ALONE_OPEN = "Of what is ordered, {lost} is lost and {pending} is still open at the end."
ALONE_DELAY = "A part is delivered {delay} after its order, on average over value."
ALONE_NOTHING = "Nothing is delivered in any future."

EXPORTS = (
    "From {start} to {end}, exports under {policy} are {size} {word} than under {reference}, where they are {there}."
)
EXPORTS_IF = {
    Verdict.SAME: "From {start} to {end}, exports under {policy} are those under {reference} in every future: {there}.",
    Verdict.DOUBTFUL: "From {start} to {end}, exports under {policy} are not distinguishable from those under "
    "{reference}, {there}: the difference is {change}.",
}
SEVERAL = "From {start} to {end}, exports are {there} under {reference}; compared with that they are {clauses}."
MOVED, MOVED_BETWEEN = "{size} {word} under {policy}", "from {least} to {most}{between}"
BETWEEN, ONE_BETWEEN = ", with {number} other policies between", ", with 1 other policy between"
ALIKE = {
    Verdict.DOUBTFUL: "not distinguishable from that under {policies}",
    Verdict.SAME: "the same in every future under {policies}",
}
INSTEAD = "Under {policy}, {who}; what is lost is {lost}, and what is still open at the end is {pending}."
WHO, NOBODY = "more is delivered by {gains}", "nobody delivers more that could be told from chance"
OTHERS, ONE_OTHER = "{number} others less each", "one other less"
CHANGE = "{size} {word}"
CHANGE_IF = {
    Verdict.SAME: "the same in every future",
    Verdict.DOUBTFUL: "not distinguishably different ({change})",
}
RETURN = "In the last year of the period {supplier} delivers {here} of the value, against {there} under {reference}."
RETURN_IF = {
    Verdict.SAME: "In the last year every supplier's share of deliveries is that under {reference}.",
    Verdict.DOUBTFUL: "In the last year no supplier's share of deliveries is distinguishable from that under "
    "{reference}: the largest change is that of {supplier}, {here} against {there}.",
}
NO_RETURN = "In the last year nothing is delivered in any future, so who comes back cannot be said."


def sentences(amounts: Amounts, focus: str | None) -> list[Markup]:
    """Three sentences, about the policy in focus; without one there is only the reference."""
    if focus is None:
        return _alone(amounts)
    one = len(amounts.others) == 1
    exports = _difference(amounts, focus, "exports", EXPORTS, EXPORTS_IF) if one else _several(amounts)
    return [exports, _instead(amounts, focus), _return(amounts, focus)]


def name(text: str) -> Markup:
    """A name that the scenario gives, told apart from the words around it."""
    return Markup("<b>{}</b>").format(visible(text))


def _difference(
    amounts: Amounts, policy: str, outcome: str, usual: str, otherwise: Mapping[Verdict, str], **more: Markup
) -> Markup:
    """How an outcome under a policy differs from that under the reference: by what its interval says."""
    change, reference = amounts.change(policy, outcome), amounts.result.scenario.reference
    return Markup(otherwise.get(verdict(*change[:3]), usual)).format(
        policy=name(policy),
        reference=name(reference),
        here=amounts.words(amounts.of(policy, outcome), outcome),
        there=amounts.words(amounts.of(reference, outcome), outcome),
        change=amounts.words(change, outcome),
        size=amounts.size(change, outcome),
        word="higher" if change.mean > 0 else "lower",
        **_period(amounts),
        **more,
    )


def _alone(amounts: Amounts) -> list[Markup]:
    policy = amounts.result.scenario.reference
    outcomes = ("exports", "lost", "pending", "delay")
    words = {outcome: amounts.words(amounts.of(policy, outcome), outcome) for outcome in outcomes}
    nothing = math.isnan(amounts.of(policy, "delay").mean)
    templates = (ALONE, ALONE_OPEN, ALONE_NOTHING if nothing else ALONE_DELAY)
    return [Markup(template).format(policy=name(policy), **_period(amounts), **words) for template in templates]


def _several(amounts: Amounts) -> Markup:
    """How exports change under each policy: those that lower them, that raise them, that cannot be told from none."""
    reference = amounts.result.scenario.reference
    ranked = sorted(amounts.others, key=lambda policy: abs(amounts.change(policy, "exports").mean))
    verdicts = {policy: verdict(*amounts.change(policy, "exports")[:3]) for policy in ranked}
    moved = [policy for policy in ranked if verdicts[policy] not in ALIKE]
    clauses = []
    for rises in (False, True):
        along = [policy for policy in moved if (amounts.change(policy, "exports").mean > 0) == rises]
        said = [_difference(amounts, policy, "exports", MOVED, {}) for policy in along]
        if len(said) > 1:
            between = (
                "" if len(said) == 2 else (ONE_BETWEEN if len(said) == 3 else BETWEEN).format(number=len(said) - 2)
            )
            clauses.append(Markup(MOVED_BETWEEN).format(least=said[0], most=said[-1], between=between))
        else:
            clauses += said
    for kind, template in ALIKE.items():
        alike = [name(policy) for policy in ranked if verdicts[policy] is kind]
        clauses += [Markup(template).format(policies=_listed(alike))] if alike else []
    there = amounts.words(amounts.of(reference, "exports"))
    return Markup(SEVERAL).format(
        there=there, reference=name(reference), clauses=Markup("; ").join(clauses), **_period(amounts)
    )


def _instead(amounts: Amounts, focus: str) -> Markup:
    """Who delivers more, what nobody delivers, what comes too late to be counted."""
    changes = {s: amounts.change(focus, f"delivered/{s}") for s in amounts.result.plan.names.suppliers}
    more = [
        supplier
        for supplier, change in changes.items()
        if verdict(*change[:3]) in (Verdict.MORE, Verdict.UNKNOWN) and change.mean > 0
    ]
    more.sort(key=lambda supplier: -changes[supplier].mean)
    gains = [Markup("{} {}").format(name(s), amounts.size(changes[s])) for s in more[:MOST_NAMED]]
    if rest := len(more) - len(gains):
        gains.append(Markup(OTHERS if rest > 1 else ONE_OTHER).format(number=rest))
    return Markup(INSTEAD).format(
        policy=name(focus),
        who=Markup(WHO).format(gains=_listed(gains)) if gains else NOBODY,
        **{outcome: _difference(amounts, focus, outcome, CHANGE, CHANGE_IF) for outcome in ("lost", "pending")},
    )


def _return(amounts: Amounts, focus: str) -> Markup:
    """The supplier whose share of the last year changed most."""
    changes = {s: amounts.change(focus, f"final_share/{s}").mean for s in amounts.result.plan.names.suppliers}
    defined = {supplier: change for supplier, change in changes.items() if not math.isnan(change)}
    if not defined:
        return Markup(NO_RETURN)
    supplier = max(defined, key=lambda supplier: abs(defined[supplier]))
    return _difference(amounts, focus, f"final_share/{supplier}", RETURN, RETURN_IF, supplier=name(supplier))


def _listed(texts: Iterable[Markup]) -> Markup:
    return Markup(joined(map(str, texts)))


def _period(amounts: Amounts) -> dict[str, str]:
    period = amounts.result.scenario.period
    return {"start": str(period.start), "end": str(period.end)}
