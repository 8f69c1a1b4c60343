"""Fates as an alluvial: what became of all orders under the reference, left, and under a policy, right."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Unpack

from exportsim.arguments import chosen
from exportsim.report.document import Table
from exportsim.report.number_format import number, unit_of
from exportsim.report.plots.choice_of_axes import by_other_policy, reference_of, titled
from exportsim.report.plots.labels import spread
from exportsim.report.plots.registry import figure
from exportsim.report.plots.sheet import SIZE, Drawing, Sheet, sheet
from exportsim.report.plots.styles import Style
from exportsim.report.plots.years import in_words
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exportsim.report.amounts import Amounts

__all__ = ["fates"]

MOST_MOVES = 15  # rows of the table of numbers

LEAST = 0.9  # over the square of the width in inches: the share of value below which fates are put together
BETWEEN = 0.025  # of the height, between two fates
THICK = 0.035  # of the width, of a fate
LICENSED, UNLICENSED, LOST, WAITING = range(4)
TOGETHER = {
    LICENSED: "other licensed",
    UNLICENSED: "others",
    LOST: "lost",
    WAITING: "pending, before",
}


class Flow(NamedTuple):
    """Value that had one fate under the reference and has one under the policy, in currency units a future."""

    reference: str
    policy: str
    value: float


class Node(NamedTuple):
    """A fate on one side."""

    name: str
    value: float
    top: float
    """Where it begins, from above, in value."""


def _numbers_of_fates(amounts: Amounts, closely: str) -> Table:
    reference = amounts.result.scenario.reference
    table = amounts.result.fates(closely).sort_values("value", ascending=False, kind="stable")
    moves = table[["reference_fate", "policy_fate", "value"]].head(MOST_MOVES).itertuples(index=False)
    left = len(table) - MOST_MOVES
    return Table(
        "numbers-fates",
        f"Orders by fate under {reference} → under {closely}, {amounts.unit}: means of the futures",
        ["fates", "value"],
        [[f"{in_words(str(a))} → {in_words(str(b))}", amounts.number(value)] for a, b, value in moves],
        f"{left} smaller moves are left out." if left > 0 else "",
    )


@figure(Result, 50, "What became of all orders under {policy}", drawings=by_other_policy, numbers=_numbers_of_fates)
def fates(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """The value of the orders by how it ended under the reference (left) and under the policy (right).

    The flows are those of :func:`flows`. What keeps its fate is drawn faintly.

    Parameters
    ----------
    result : Result
    policy : str
        On the right.
    reference : str, optional
        On the left, the reference by default.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    ax = how.get("ax")
    width = how.get("size", SIZE)[0] if ax is None else ax.get_window_extent().width / ax.figure.dpi
    kinds, moved = flows(result, policy, reference, least=LEAST / width**2)
    left, right = (_column(kinds, moved, side=side) for side in (0, 1))
    factor, unit = unit_of(result.scenario.currency, (node.value for node in (*left, *right)))
    with sheet(result, **how) as drawn:
        _ribbons(drawn, kinds, moved, left, right)
        for side, nodes in enumerate((left, right)):
            _nodes(drawn, kinds, nodes, side, factor)
        total = math.fsum(flow.value for flow in moved)
        drawn.ax.set_xlim(0, 1)
        drawn.ax.set_ylim(max(_height(total, left), _height(total, right)), 0)
        drawn.ax.set_yticks([])
        drawn.ax.set_xticks([0, 1], [drawn.short(name) for name in (reference, policy)])
        drawn.ax.xaxis.tick_top()
        for tick, inner in zip(drawn.ax.get_xticklabels(), ("right", "left"), strict=True):
            tick.set(horizontalalignment=inner, fontweight="bold")
        drawn.ax.tick_params(axis="x", length=0)
        for spine in drawn.ax.spines.values():
            spine.set_visible(False)
        drawn.title(f"Fates of orders under {titled(result, policy)}")
        drawn.note(f"{unit}{', mean of futures' if result.futures > 1 else ''}. Faint: the same fate under both.")
    return drawn.ax


def flows(
    result: Result, policy: str, reference: str | None = None, *, least: float = LEAST / SIZE[0] ** 2
) -> tuple[dict[str, int], list[Flow]]:
    """The flows as drawn, with fates below the least share on both sides put together by kind.

    Returns
    -------
    list of Flow
        They add up to what both policies share: the value of all orders.
    """
    table = result.fates(policy, reference)
    means = (table["cents"] / (100 * result.futures)).tolist()
    raw = [Flow(*flow) for flow in zip(table["reference_fate"], table["policy_fate"], means, strict=True)]
    total = math.fsum(flow.value for flow in raw)
    sizes: list[dict[str, float]] = [{}, {}]
    for flow in raw:
        for side, name in enumerate(flow[:2]):
            sizes[side][name] = sizes[side].get(name, 0.0) + flow.value
    named: dict[str, str] = {}
    kinds: dict[str, int] = {}
    order = sorted(table["reference_fate"].cat.categories, key=lambda fate: _kind(fate, result))
    for kind in TOGETHER:
        of_kind = [fate for fate in order if _kind(fate, result) == kind and any(fate in side for side in sizes)]
        small = [fate for fate in of_kind if max(side.get(fate, 0.0) for side in sizes) < least * total]
        for fate in of_kind:
            together = fate in small and len(small) > 1
            named[fate] = TOGETHER[kind] if together else fate.removeprefix("delivered/").replace("/", ": ")
        kinds |= {named[fate]: kind for fate in (*[f for f in of_kind if f not in small], *small)}
    sums: dict[tuple[str, str], float] = {}
    for flow in raw:
        pair = named[flow.reference], named[flow.policy]
        sums[pair] = sums.get(pair, 0.0) + flow.value
    return kinds, [Flow(*pair, value) for pair, value in sums.items()]


def _kind(fate: str, result: Result) -> int:
    name, _, rest = fate.partition("/")
    if name == "delivered":
        return LICENSED if result.scenario.suppliers[rest].authority else UNLICENSED
    return LOST if name == "lost" else WAITING


def _column(kinds: dict[str, int], moved: list[Flow], *, side: int) -> list[Node]:
    """The fates of one side, from above."""
    gap = BETWEEN * math.fsum(flow.value for flow in moved)
    nodes, top = [], 0.0
    for name in kinds:
        value = math.fsum(flow.value for flow in moved if flow[side] == name)
        if value:
            nodes.append(Node(name, value, top))
            top += value + gap
    return nodes


def _height(total: float, nodes: list[Node]) -> float:
    return nodes[-1].top + nodes[-1].value if nodes else total or 1.0


def _ribbons(drawn: Sheet, kinds: dict[str, int], moved: list[Flow], left: list[Node], right: list[Node]) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    order = list(kinds)
    starts, ends = ({node.name: node.top for node in nodes} for nodes in (left, right))
    for flow in sorted(moved, key=lambda flow: (order.index(flow.reference), order.index(flow.policy))):
        begin, end = starts[flow.reference], ends[flow.policy]
        starts[flow.reference] += flow.value
        ends[flow.policy] += flow.value
        same = flow.reference == flow.policy
        colour, _ = _dressed(kinds[flow.policy], drawn.style)
        corners = [
            (THICK, begin), (0.5, begin), (0.5, end), (1 - THICK, end),
            (1 - THICK, end + flow.value), (0.5, end + flow.value), (0.5, begin + flow.value),
            (THICK, begin + flow.value), (THICK, begin),
        ]  # fmt: skip
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        fill, alpha = (drawn.style.waiting, 0.25) if same else (colour, 0.6)
        name = f"flow/{flow.reference}/{flow.policy}"
        drawn.ax.add_patch(PathPatch(Path(corners, codes), facecolor=fill, linewidth=0, alpha=alpha, gid=name))


def _nodes(drawn: Sheet, kinds: dict[str, int], nodes: list[Node], side: int, factor: float) -> None:
    """The fates of one side, with their names and values beside them."""
    from matplotlib.patches import Rectangle

    ax, written = drawn.ax, []
    for node in nodes:
        fill, hatch = _dressed(kinds[node.name], drawn.style)
        corner = (side * (1 - THICK), node.top)
        edge, gid = drawn.style.ground, f"fate/{side}/{node.name}"
        box = Rectangle(corner, THICK, node.value, facecolor=fill, hatch=hatch, edgecolor=edge, linewidth=0, gid=gid)
        ax.add_patch(box)
        middle = node.top + node.value / 2
        places = 0 if node.value >= 100 * factor else 1
        name = drawn.short(node.name)
        amount = number(node.value / factor, places)
        arrow = {"arrowstyle": "-", "color": drawn.style.soft, "linewidth": 0.6, "shrinkA": 1, "shrinkB": 1}
        label = ax.annotate(
            f"{amount}  {name}" if side else f"{name}  {amount}", (side, middle), xytext=(12 if side else -12, 0),
            textcoords="offset points", ha="left" if side else "right", va="center", fontsize=0.88 * drawn.font,
            color=drawn.style.ink, annotation_clip=False, arrowprops=arrow | {"relpos": (0 if side else 1, 0.5)},
        )  # fmt: skip
        written.append(label)

    def apart() -> None:
        height = ax.get_ylim()[0]
        point = height / drawn.size()[1]
        middles = [node.top + node.value / 2 for node in nodes]
        gap = 1.2 * 0.88 * drawn.font * point
        for text, middle, place in zip(written, middles, spread(middles, gap, 0, height), strict=True):
            text.set_position((12 if side else -12, (middle - place) / point))

    drawn.later(apart)


def _dressed(kind: int, style: Style) -> tuple[str, str]:
    return {
        LICENSED: (style.licensed[0], ""),
        UNLICENSED: (style.unlicensed[1], "///"),
        LOST: (style.unlicensed[0], ""),
        WAITING: (style.waiting, "..."),
    }[kind]
