"""The orders that went one way, to be listed where somebody asks what a flow or a bar is made of; and one order's life.

A way is the fate of an order's value under the reference and under the policy, as ``delivered/wescam>lost/refused``; an
end that is left out is any. Fates that a figure has put together are known by what they are called there.
"""

from __future__ import annotations

from typing import Any

from exportsim.analysis.fates import fates
from exportsim.arguments import chosen, whole
from exportsim.errors import ExportsimError
from exportsim.live.charts.fates import LEAST
from exportsim.plan import Int
from exportsim.playing.measurers import EachFuture
from exportsim.report.document import Block, Dated, Heading, Line
from exportsim.report.number_format import money
from exportsim.report.order_history import SIDE_BY_SIDE
from exportsim.report.plots.alluvial import together
from exportsim.report.trace import trace
from exportsim.scenario.register import licences_of, order_name
from exportsim.study import readings
from exportsim.study.naming import fate_words, title_of
from exportsim.study.result import Result

MOST_ORDERS, MOST_FUTURES = 60, 10  # listed, and of the first so many futures


def orders_of(result: Result, policy: str, flow: str) -> list[dict[str, Any]]:
    """The orders that went a way, the largest first, with the future that each is of.

    Raises
    ------
    ExportsimError
        If there is no such policy or way.
    """
    known = fates(result.plan)
    ends = flow.split(">")
    if len(ends) != 2:
        raise ExportsimError(f"flow: found `{flow[:80]}`, expected two fates with `>` between them")
    before, after = (_fates_meant(result, policy, end, known) for end in ends)
    pair = result.scenario.reference, chosen(policy, result.policies, "policy")
    past = min(result.futures, MOST_FUTURES)
    found = []
    of_each: list[Int] = result.measured(EachFuture(readings.moves), pair, past=past)
    for future, moves in enumerate(of_each):
        for line, order, there, here, cents in moves.tolist():
            if there in before and here in after:
                found.append((cents, future, line, order, there, here))
    found.sort(key=lambda each: (-each[0], each[1:]))
    return [
        {
            "line": result.plan.names.lines[line],
            "title": title_of(result, "demand", result.plan.names.lines[line]),
            "order": order,
            "called": _called(result, line, order),
            "value": money(cents, result.scenario.currency),
            "future": future,
            "reference_fate": fate_words(result, known[there]),
            "policy_fate": fate_words(result, known[here]),
        }
        for cents, future, line, order, there, here in found[:MOST_ORDERS]
    ]


def _called(result: Result, line: int, order: int) -> str:
    """An order's number, the licence's own if the line's register says it."""
    licences = result.plan.names.licences
    return licences[line][order - 1] if licences and licences[line] else str(order)


def _fates_meant(result: Result, policy: str, end: str, known: tuple[str, ...]) -> set[int]:
    """The numbers of the fates that are meant by an end of a way."""
    if not end:
        return set(range(len(known)))
    meant = {fate for fate, name in together(result, policy, least=LEAST).named.items() if name == end} or {end}
    if not meant <= set(known):
        raise ExportsimError(f"flow: there is no fate `{end[:80]}`")
    return {known.index(fate) for fate in meant}


def life_of(result: Result, policy: str, future: int, line: str, order: int) -> dict[str, Any]:
    """An order's life under a policy, beside its life under the reference: sentences by date, as plain values.

    Of the parts of ``told``, a heading and a line are ``text``; what happened on a day is its ``date`` and a list of
    sentences for each policy.

    Raises
    ------
    ExportsimError
        If there is no such order, future or policy.
    """
    chosen(policy, result.policies, "policy")
    future, order = whole(future, "future", most=result.futures - 1), whole(order, "order")
    reference = None if policy == result.scenario.reference else result.scenario.reference
    seed = result.provenance["seed"]
    licences = licences_of(result.scenario).get(line, [])
    name = order_name({line: licences} if 0 < order <= len(licences) else {}, line, order)
    found = trace(result.scenario, policy, name, future=future, seed=seed, reference=reference)
    told = [part for block in found.describe(width=SIDE_BY_SIDE).blocks if (part := _plainly(block))]
    called = f"{title_of(result, 'demand', line)} {_called(result, result.plan.names.lines.index(line), order)}"
    told[0]["text"] = told[0]["text"].replace(name, called, 1)  # the first says which order it is, as a command has it
    return {"line": line, "order": order, "future": future, "told": told}


def _plainly(block: Block) -> dict[str, Any]:
    """A block of an order's history as plain values; nothing of a blank line."""
    match block:
        case Dated(date=date, columns=columns):
            return {"kind": "day", "date": date, "columns": [list(column) for column in columns]}
        case Heading(text=said):
            return {"kind": "heading", "text": said}
        case Line(text=said) if said:
            return {"kind": "line", "text": said}
    return {}
