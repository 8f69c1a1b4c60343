"""Who delivers: suppliers' shares of their market, one on the other, before, during and after a restriction."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from exportsim.analysis.counting_tables import supplied
from exportsim.analysis.intervals import mean_alone
from exportsim.language import listed, text
from exportsim.live.charts.plane import HEIGHT, WIDTH, Figure, Mark, Table, figure, label, line, rect, table, wrapped
from exportsim.report.number_format import percent_number, whole_percentage
from exportsim.report.plots.findings import shares_lead
from exportsim.report.plots.suppliers import hysteresis_lead
from exportsim.study.naming import policy_title, title_of
from exportsim.study.order_by_order import shares_in_phases
from exportsim.study.result import Result

MOST_MARKETS, MOST_SUPPLIERS = 3, 6  # drawn: those that deliver most
SMALL = 0.01  # of a market at any time: a supplier with less is not drawn
WHOLE = 0.985  # of a market: of a bar that is as high nothing is missed
TOP, BOTTOM, HIGH = 44.0, HEIGHT - 30.0, 15.0  # HIGH: pixels of a share that has room for its number
BAR, BETWEEN = 36.0, 8.0
BETWEEN_POLICIES = 130.0  # whose titles are long


class Market(NamedTuple):
    """Suppliers of the same lines, and their shares of what is delivered there, one on the other."""

    name: str
    title: str
    suppliers: list[str]
    shares: dict[str, list[float]]  # by supplier, at each time; NaN where nothing is delivered


def suppliers_figure(result: Result, policy: str, before: Sequence[Market] = ()) -> tuple[Figure, list[Market]]:
    """The figure, and the markets in it; ``before`` are those that they are compared with."""
    reference = result.scenario.reference
    phases = shares_in_phases(result, policy) if policy != reference else {}
    is_restricted = any(math.isfinite(share) for shares in phases.values() for share in shares[1:])
    if is_restricted:
        columns, shares = text("figures.hysteresis.when").split("|"), phases
        caption = text("live.suppliers.restricted", policy=policy_title(result, policy))
    else:
        names = list(dict.fromkeys((reference, policy)))
        columns = [policy_title(result, name) for name in names]
        shares = _of_all(result, names)
        caption = text("live.suppliers.whole")
    found = _markets(result, policy, shares, together=not is_restricted)
    between = BETWEEN if is_restricted else BETWEEN_POLICIES
    drawn = [*_draw(result, found[:MOST_MARKETS], columns, between, {market.name: market for market in before})]
    lead = _lead(result, policy, found, phases) if is_restricted else shares_lead(result, policy, reference)

    def numbers() -> Table:
        rows = [
            [market.title, title_of(result, "suppliers", name), *map(_percent, market.shares[name])]
            for market in found
            for name in market.suppliers
        ]
        head = [text("live.suppliers.market"), text("table.supplier"), *columns]
        return table(text("live.suppliers.numbers"), head, rows)

    left_out = len(found) - len(found[:MOST_MARKETS])
    notes = [text("live.suppliers.more", number=left_out)] if left_out else []
    if any(0 < high < WHOLE for market in found[:MOST_MARKETS] for high in _heights(market)):
        notes.append(text("live.suppliers.others"))
    return figure("suppliers", lead, [caption, *notes], drawn, numbers), found


def _heights(market: Market) -> list[float]:
    """What the suppliers of a market that are drawn have together, at each time."""
    return [math.fsum(share for share in column if share > 0) for column in zip(*market.shares.values(), strict=True)]


def _of_all(result: Result, policies: Sequence[str]) -> dict[str, list[float]]:
    """Each supplier's share of all that is delivered in the period, under each policy."""
    place = {name: column for column, name in enumerate(result.units)}
    rows = [result.policies.index(policy) for policy in policies]
    values = {
        name: [mean_alone(result.values[row, :, place[f"delivered/{name}"]]) for row in rows]
        for name in result.plan.names.suppliers
    }
    totals = [math.fsum(column) for column in zip(*values.values(), strict=True)]
    return {
        name: [value / total if total else math.nan for value, total in zip(each, totals, strict=True)]
        for name, each in values.items()
    }


def _markets(result: Result, policy: str, shares: dict[str, list[float]], *, together: bool) -> list[Market]:
    """Suppliers by the lines that they are sources of, those of the largest market first; or all of them together."""
    names, place = result.plan.names, {name: column for column, name in enumerate(result.units)}
    policies = [result.policies.index(name) for name in {policy, result.scenario.reference}]
    value = {name: float(result.values[policies][:, :, place[f"delivered/{name}"]].sum()) for name in names.suppliers}
    uses = supplied(result.plan)
    groups: dict[tuple[int, ...], list[str]] = {}
    for column, name in enumerate(names.suppliers):
        if np.nanmax([SMALL / 2, *shares[name]]) >= SMALL:
            groups.setdefault(() if together else tuple(np.flatnonzero(uses[:, column]).tolist()), []).append(name)
    found = []
    for lines, group in groups.items():
        licensed = [name for name in group if result.scenario.suppliers[name].authority is not None]
        largest = sorted(group, key=lambda name: -value[name])[:MOST_SUPPLIERS]
        order = sorted(largest, key=lambda name: name not in licensed)
        title = listed([title_of(result, "demand", names.lines[each]) for each in lines]) if lines else ""
        known = {name: shares[name] for name in order}
        found.append(Market("+".join(names.lines[each] for each in lines) or "all", title, order, known))
    return sorted(found, key=lambda market: -sum(value[name] for name in market.suppliers))


def _lead(result: Result, policy: str, markets: Sequence[Market], shares: dict[str, list[float]]) -> str:
    """What becomes of the first supplier that needs a permit, in the largest market that has one."""
    named = [name for market in markets for name in market.suppliers]
    licensed = [name for name in named if result.scenario.suppliers[name].authority is not None]
    first = next(iter(licensed or named))
    return hysteresis_lead(result, policy, first, shares[first])


def _draw(
    result: Result, markets: Sequence[Market], columns: Sequence[str], between: float, before: dict[str, Market]
) -> Iterator[Mark]:
    room = WIDTH / max(1, len(markets))
    for number, market in enumerate(markets):
        left, key = number * room + 4, f"market-{market.name}"
        for row, words in enumerate(wrapped(market.title, room - 12, 2)):
            yield label("head", f"{key}-head-{row}", left, 14 + 15 * row, words)
        for when, words in enumerate(columns):
            x = left + when * (BAR + between)
            if between > BETWEEN:
                for row, part in enumerate(wrapped(words, BAR + between - 6, 2)):
                    yield label("tick", f"{key}-{when}-{row}", x, BOTTOM + 13 + 13 * row, part, title=words)
            else:
                (fitting,) = wrapped(words, BAR + between + 4, 1)
                yield label("tick", f"{key}-{when}", x + BAR / 2, BOTTOM + 15, fitting, "middle", title=words)
            yield from _bar(result, market, when, words, x, before.get(market.name))
        yield line("axis", f"{key}-axis", left, BOTTOM, left + len(columns) * (BAR + between) - between, BOTTOM)
        yield from _names(result, market, left + len(columns) * (BAR + between), room * (number + 1) - 4)


def _bar(result: Result, market: Market, when: int, words: str, x: float, before: Market | None) -> Iterator[Mark]:
    """The shares at one time, one on the other."""
    y, key = BOTTOM, f"market-{market.name}-{when}"
    for place, name in enumerate(market.suppliers):
        share = market.shares[name][when]
        if not share > 0:
            continue
        high = share * (BOTTOM - TOP)
        y -= high
        title = title_of(result, "suppliers", name)
        said = text("live.suppliers.share", supplier=title, share=whole_percentage(share), when=words)
        kind = "licensed" if result.scenario.suppliers[name].authority is not None else "other"
        classes = f"series-{place} {kind}{' changed' if _is_other(before, name, when, share) else ''}"
        yield rect(classes, f"{key}-{name}", x, y, BAR, high, title=said, flow=f">delivered/{name}")
        if high >= HIGH:
            yield label("in", f"{key}-{name}-text", x + BAR / 2, y + high / 2 + 4, percent_number(share), "middle")


def _is_other(before: Market | None, name: str, when: int, share: float) -> bool:
    """Whether a share is another per cent than it was."""
    then = [] if before is None else before.shares.get(name, [])
    return when < len(then) and math.isfinite(then[when]) and round(100 * then[when]) != round(100 * share)


def _names(result: Result, market: Market, left: float, right: float) -> Iterator[Mark]:
    """What the colours are, from above as they lie on each other."""
    row = 0.0
    for place in reversed(range(len(market.suppliers))):
        name = market.suppliers[place]
        title = title_of(result, "suppliers", name)
        lines = wrapped(title, right - left - 14, 2)
        y = TOP + 10 + 14 * row
        kind = "licensed" if result.scenario.suppliers[name].authority is not None else "other"
        yield rect(f"series-{place} {kind}", f"key-{market.name}-{name}", left, y - 9, 10, 10, title=title)
        for number, words in enumerate(lines):
            yield label("name", f"key-{market.name}-{name}-{number}", left + 14, y + 14 * number, words)
        row += len(lines) + 0.3


def _percent(share: float) -> str:
    return text("numbers.percent", number=percent_number(share)) if math.isfinite(share) else "–"
