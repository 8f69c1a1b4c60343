"""What became of all orders under the reference, left, and under the policy, right, as flows between the two."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from exportsim.language import text
from exportsim.live.charts.plane import (
    BOLD,
    HEIGHT,
    WIDTH,
    Figure,
    Mark,
    Table,
    figure,
    label,
    mark,
    pixel,
    rect,
    table,
    wrapped,
)
from exportsim.report.number_format import number, percent_number, three_digits, unit_of
from exportsim.report.plots.alluvial import Flow, Node, called, columns_of, flows, ribbons_of
from exportsim.report.plots.flags import spread
from exportsim.study.naming import policy_title
from exportsim.study.result import Result

LEAST = 0.02  # of the value of all orders: smaller fates are put together
LEFT, RIGHT, THICK = 190.0, WIDTH - 190.0, 14.0
TOP, BOTTOM = 26.0, HEIGHT - 6.0
ROW, LABELLED = 14.0, 2  # pixels of a line of a label, and how many it has at most
LEAST_SEEN = 0.6  # pixels of a flow that is drawn
MOST_ROWS = 30  # of the table

Sides = tuple[list[Node], list[Node]]


def fates_figure(result: Result, policy: str, before: Sequence[Flow] = ()) -> tuple[Figure, list[Flow]]:
    """The figure, and the flows in it; ``before`` are those that they are compared with."""
    reference = result.scenario.reference
    kinds, moved, ended = flows(result, policy, reference, least=LEAST)
    sides = columns_of(kinds, moved)
    whole = math.fsum(flow.value for flow in moved)
    factor, unit = unit_of(result.scenario.currency, (node.value for side in sides for node in side))
    high = max((node.top + node.value for side in sides for node in side), default=1.0)
    by = (BOTTOM - TOP) / high
    then = {(flow.reference, flow.policy): flow.value for flow in before}
    drawn = [
        *_ribbons(result, kinds, moved, sides, by, factor, unit, then),
        *(each for side in (0, 1) for each in _nodes(result, kinds, sides[side], side, by, factor)),
    ]
    titles = {"reference": policy_title(result, reference), "policy": policy_title(result, policy)}
    for side, name in enumerate(("reference", "policy")):
        x, anchor = ((0, "start"), (WIDTH, "end"))[side]
        (words,) = wrapped(titles[name], (WIDTH / 2 - 12) / BOLD, 1)
        drawn.append(label(f"head {name}", f"head-{side}", x, 14, words, anchor))
    otherwise = math.fsum(flow.value for flow in moved if flow.reference != flow.policy)
    caption = [
        text("figures.fates.shown" if result.futures > 1 else "figures.fates.shown_of_one", unit=unit),
        text("figures.fates.faint"),
        text("figures.fates.before", value=number(ended / factor, 2), unit=unit) if ended else "",
    ]

    def numbers() -> Table:
        largest = sorted(moved, key=lambda flow: -flow.value)[:MOST_ROWS]
        rows = [[called(result, a), called(result, b), three_digits(value / factor)] for a, b, value in largest]
        said = text("figures.fates.numbers", unit=unit, **titles)
        return table(said, text("figures.fates.columns", **titles).split("|"), rows)

    lead = text("figures.fates.lead", percent=percent_number(otherwise / whole if whole else 0), **titles)
    return figure("fates", lead, caption, drawn, numbers), moved


def _ribbons(
    result: Result,
    kinds: dict[str, str],
    moved: list[Flow],
    sides: Sides,
    by: float,
    factor: float,
    unit: str,
    then: dict[tuple[str, str], float],
) -> Iterator[Mark]:
    middle = (LEFT + RIGHT) / 2
    for flow, begin, end in ribbons_of(kinds, moved, sides):
        if by * flow.value < LEAST_SEEN:
            continue
        heights = [TOP + by * height for height in (begin, end, end + flow.value, begin + flow.value)]
        first, last, last_below, first_below = map(pixel, heights)
        left, right = LEFT + THICK, RIGHT - THICK
        path = (
            f"M{left} {first}C{middle} {first} {middle} {last} {right} {last}V{last_below}"
            f"C{middle} {last_below} {middle} {first_below} {left} {first_below}Z"
        )
        stays = flow.reference == flow.policy
        amount = f"{three_digits(flow.value / factor)} {unit.partition(' ')[2]}".strip()
        words = {"before": called(result, flow.reference), "after": called(result, flow.policy), "amount": amount}
        moved_much = bool(then) and abs(then.get((flow.reference, flow.policy), 0.0) - flow.value) * by >= 1
        classes = f"flow {'stays' if stays else kinds[flow.policy]}{' changed' if moved_much else ''}"
        said = text("live.fates.stays" if stays else "live.fates.flow", **words)
        yield mark("path", classes, f"flow/{flow.reference}/{flow.policy}", {"d": path}, title=said,
                   flow=f"{flow.reference}>{flow.policy}")  # fmt: skip


def _nodes(
    result: Result, kinds: dict[str, str], nodes: list[Node], side: int, by: float, factor: float
) -> Iterator[Mark]:
    """The fates of one side, each with its amount and name beside it, moved apart where they would lie on another."""
    x, edge, anchor = ((LEFT, LEFT - 6, "end"), (RIGHT - THICK, RIGHT + 6, "start"))[side]
    labels = []
    for node in nodes:
        amount = number(node.value / factor, 0 if node.value >= 100 * factor else 1)
        labels.append(wrapped(f"{amount} {called(result, node.name)}", LEFT - 10, LABELLED))
    middles = [TOP + by * node.middle for node in nodes]
    places = spread(middles, [ROW * len(lines) + 2 for lines in labels], TOP + 6, BOTTOM - 4)
    for node, lines, place in zip(nodes, labels, places, strict=True):
        key = f"fate-{side}-{node.name}"
        flow = f"{node.name}>" if side == 0 else f">{node.name}"
        yield rect(f"fate {kinds[node.name]}", key, x, TOP + by * node.top, THICK, by * node.value, flow=flow,
                   title=called(result, node.name))  # fmt: skip
        for row, words in enumerate(lines):
            y = place + 4 + ROW * (row - (len(lines) - 1) / 2)
            yield label("name", f"{key}-{row}", edge, y, words, anchor)
