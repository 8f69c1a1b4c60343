"""What figures of a result find, in a sentence that is their title."""

from __future__ import annotations

import math

from exportsim.analysis.intervals import Interval, Verdict, interval, verdict
from exportsim.digits import in_currency, with_scale
from exportsim.language import listed, text
from exportsim.report.number_format import percent_number, three_digits, unit_of
from exportsim.report.plots.results import means_by_year
from exportsim.study.naming import fate_words, policy_title, title_of
from exportsim.study.result import Result

MOST = 0.5  # of a difference: a part that is most of it
SOME = 0.1  # of a difference: a part that is named
SLIGHT = 0.05  # of exports: less is no fall and no return


def difference(result: Result, policy: str, reference: str, outcome: str = "exports") -> Interval:
    """A policy's outcome less another's, paired future by future."""
    column = list(result.units).index(outcome)
    one, other = (result.values[result.policies.index(name), :, column] for name in (policy, reference))
    return interval(one - other)


def amount_words(result: Result, value: float) -> str:
    """An amount of money in three digits: ``CAD 658 million``."""
    factor, _ = unit_of(result.scenario.currency, [abs(value)])
    amount = abs(value) / factor
    return in_currency(result.scenario.currency, with_scale(three_digits(amount), amount, factor))


def exports_lead(result: Result, policy: str, reference: str) -> str:
    """How far a policy moves exports, and to whom most of it went."""
    words = {"policy": policy_title(result, policy), "reference": policy_title(result, reference)}
    found = difference(result, policy, reference)
    match verdict(found.mean, found.low, found.high):
        case Verdict.SAME:
            return text("figures.lead.same", **words)
        case Verdict.DOUBTFUL:
            return text("figures.lead.doubtful", **words)
        case _ if found.mean == 0:
            return text("figures.lead.same", **words)
    before = sum(means_by_year(result, reference).values())
    share = f" {percent_number(abs(found.mean) / before)}" if before > 0 else ""
    if not share:
        return text(f"figures.lead.{'higher' if found.mean > 0 else 'lower'}_amount",
                    amount=amount_words(result, found.mean), **words)  # fmt: skip
    share = share.strip()
    if found.mean > 0:
        return text("figures.lead.higher", percent=share, **words)
    taken = taken_over(result, policy, reference)
    if taken:
        supplier, value = taken[0]
        part = value / -found.mean
        title = title_of(result, "suppliers", supplier)
        if MOST <= part <= 1:
            return text("figures.lead.lower_most_to", percent=share, supplier=title, **words)
        if SOME <= part <= 1:
            return text("figures.lead.lower_part_to", percent=share, supplier=title, part=percent_number(part), **words)
    return text("figures.lead.lower", percent=share, **words)


def taken_over(result: Result, policy: str, reference: str) -> list[tuple[str, float]]:
    """What each supplier that needs no licence takes over of the exports, in currency units, the most first."""
    table = result.waterfall(policy, reference)
    bars = zip(table["bar"], table["mean"], strict=True)
    taken = [(str(bar).partition("/")[2], -float(mean)) for bar, mean in bars if str(bar).startswith("taken_over/")]
    return sorted(taken, key=lambda each: -each[1])


def waterfall_lead(result: Result, policy: str, reference: str) -> str:
    """Who takes over most, or what else becomes of the exports."""
    table = result.waterfall(policy, reference)
    changes = table[table["part"] == "change"]
    lost = -float(changes.loc[changes["mean"] < 0, "mean"].sum())
    words = {"policy": policy_title(result, policy)}
    if lost <= 0:
        return text("figures.waterfall.lead_none", **words)
    taken = [(name, value) for name, value in taken_over(result, policy, reference) if value >= SOME * lost][:2]
    if taken:
        parts = [
            text(
                "figures.waterfall.part",
                supplier=title_of(result, "suppliers", name),
                amount=amount_words(result, value),
            )
            for name, value in taken
        ]
        return text("figures.waterfall.lead", number=len(parts), parts=listed(parts), **words)
    mean, bar = min(zip(changes["mean"], changes["bar"], strict=True))
    said = {"fate": fate_words(result, str(bar)), "amount": amount_words(result, float(mean))}
    return text("figures.waterfall.lead_other", **said, **words)


def quarters_lead(result: Result, policy: str, reference: str) -> str:
    """How far exports fall in the worst year, and whether they come back."""
    words = {"policy": policy_title(result, policy), "reference": policy_title(result, reference)}
    under, without = means_by_year(result, policy), means_by_year(result, reference)
    ratios = {year: under[year] / without[year] for year in under if without[year] > 0}
    found = difference(result, policy, reference)
    clear = verdict(found.mean, found.low, found.high) in (Verdict.LESS, Verdict.MORE, Verdict.UNKNOWN)
    if policy == reference or not ratios or not clear or abs(found.mean) == 0:
        key = "plain" if policy != reference else "alone"
        return text(f"figures.exports_by_quarter.lead_{key}", **words)
    lowest, last = min(ratios, key=lambda year: ratios[year]), max(ratios)
    if ratios[lowest] > 1 - SLIGHT:
        return text("figures.exports_by_quarter.lead_plain", **words)
    said = {
        "lowest": percent_number(ratios[lowest]),
        "year": lowest,
        "last": percent_number(ratios[last]),
        "last_year": last,
    }
    back = last != lowest and ratios[last] > ratios[lowest] + SLIGHT
    return text(f"figures.exports_by_quarter.lead_{'back' if back else 'fall'}", **said, **words)


def shares_lead(result: Result, policy: str, reference: str) -> str:
    """The share of the last year that differs most from that without the policy."""
    column = {name: number for number, name in enumerate(result.units)}
    found: list[tuple[float, float, str]] = []
    for supplier in result.plan.names.suppliers:
        place = column[f"final_share/{supplier}"]
        under, without = (
            interval(result.values[result.policies.index(name), :, place]).mean for name in (policy, reference)
        )
        if not math.isnan(under) and not math.isnan(without):
            found.append((under, without, supplier))
    words = {"policy": policy_title(result, policy), "reference": policy_title(result, reference)}
    if not found:
        return text("figures.suppliers_shares.lead_plain", policy=words["policy"])
    if policy == reference:
        under, _, supplier = max(found)
        title = title_of(result, "suppliers", supplier)
        return text("figures.suppliers_shares.lead_alone", supplier=title, under=percent_number(under))
    under, without, supplier = max(found, key=lambda each: abs(each[0] - each[1]))
    title = title_of(result, "suppliers", supplier)
    if abs(under - without) < SLIGHT / 5:
        return text("figures.suppliers_shares.lead_same", **words)
    return text(
        "figures.suppliers_shares.lead",
        supplier=title,
        under=percent_number(under),
        without=percent_number(without),
        **words,
    )
