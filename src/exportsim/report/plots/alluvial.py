"""Fates as an alluvial: what became of all orders under the reference, left, and under a policy, right."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Unpack

from exportsim.analysis.fates import fates as fates_of
from exportsim.arguments import chosen
from exportsim.language import text
from exportsim.report.document import Table
from exportsim.report.number_format import number, percent_number, places, unit_of
from exportsim.report.plots.registry import figure
from exportsim.report.plots.results import by_other_policy, reference_of
from exportsim.report.plots.sheet import PAD, SIZE, Drawing, Sheet, sheet
from exportsim.report.plots.styles import fill_of
from exportsim.study.naming import fate_words, policy_title
from exportsim.study.order_by_order import moved_by_fate
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exportsim.report.amounts import Amounts

__all__ = ["fates"]

MOST_MOVES = 15  # rows of the table of numbers

LEAST = 0.9  # over the square of the width in inches: the share of value below which fates are put together
BETWEEN = 0.025  # of the height, between two fates
THICK = 0.035  # of the width, of a fate
MOST_LABEL, MOST_LINES = 0.28, 2  # of the width, of what stands beside a fate; and its lines
TALL = 3.0  # inches, of a sheet that has room for as many lines
MOST_HEAD = 0.42  # of the width, of what stands above a side
KINDS = ("licensed", "taken_over", "lost", "waiting")  # of fates, from above
BEFORE = "before"
TOGETHER = "together"  # what small fates are called, with their kind and number


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

    @property
    def middle(self) -> float:
        """Half way down."""
        return self.top + self.value / 2


class Ribbon(NamedTuple):
    """A flow between two fates, and at what height it begins and ends, in value from above."""

    flow: Flow
    begin: float
    end: float


def _numbers_of_fates(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    table = result.fates(closely).sort_values("value", ascending=False, kind="stable")
    moves = table[["reference_fate", "policy_fate", "value"]].head(MOST_MOVES).itertuples(index=False)
    left = len(table) - MOST_MOVES
    titles = {"reference": policy_title(result, result.scenario.reference), "policy": policy_title(result, closely)}
    return Table(
        "numbers-fates",
        text("figures.fates.numbers", unit=amounts.unit, **titles),
        text("figures.fates.columns", **titles).split("|"),
        [[fate_words(result, str(a)), fate_words(result, str(b)), amounts.number(value)] for a, b, value in moves],
        text("figures.fates.more_moves", number=left) if left > 0 else "",
    )


@figure(Result, 50, drawings=by_other_policy, numbers=_numbers_of_fates)
def fates(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """The value of the orders by how it ended under the reference (left) and under the policy (right).

    What keeps its fate is drawn faintly; small fates are put together, the smaller the figure the more of them. What
    ended before the period is left out where it is small.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    ax = how.get("ax")
    width = how.get("size", SIZE)[0] if ax is None else ax.get_window_extent().width / ax.figure.dpi
    kinds, moved, before = flows(result, policy, reference, least=LEAST / width**2)
    sides = columns_of(kinds, moved)
    nodes = [node for side in sides for node in side]
    factor, unit = unit_of(result.scenario.currency, (node.value for node in nodes))
    titles = {"reference": policy_title(result, reference), "policy": policy_title(result, policy)}
    with sheet(result, **how) as drawn:
        _draw_ribbons(drawn, kinds, ribbons_of(kinds, moved, sides))
        for side, of_side in enumerate(sides):
            _nodes(drawn, kinds, of_side, side, factor)
        drawn.ax.set_xlim(0, 1)
        drawn.ax.set_ylim(max((node.top + node.value for node in nodes), default=1.0), 0)
        drawn.ax.set_yticks([])
        drawn.ax.set_xticks([])
        for spine in drawn.ax.spines.values():
            spine.set_visible(False)
        _heads(drawn, list(titles.values()))
        whole = math.fsum(flow.value for flow in moved)
        otherwise = math.fsum(flow.value for flow in moved if flow.reference != flow.policy)
        left_out = number(before / factor, places(before / factor, 2)) if before else ""
        drawn.describe(
            text("figures.fates.lead", percent=percent_number(otherwise / whole if whole else 0), **titles),
            text("figures.fates.shown" if result.futures > 1 else "figures.fates.shown_of_one", unit=unit, **titles),
            text("figures.fates.faint"),
            text("figures.fates.before", value=left_out, unit=unit) if before else "",
        )
    return drawn.ax


class Together(NamedTuple):
    """Fates, of which small ones are put together by kind, and the flows between them one by one."""

    named: dict[str, str]
    """By fate: its name, or what those put together are called."""
    kinds: dict[str, str]
    """By such a name its kind, in the order in which they are drawn."""
    flows: list[Flow]
    before: float
    """What is left out because it ended before the period."""


def flows(
    result: Result, policy: str, reference: str | None = None, *, least: float = LEAST / SIZE[0] ** 2
) -> tuple[dict[str, str], list[Flow], float]:
    """The kinds of the fates in their order, the flows as drawn, and what is left out because it ended before.

    Flows and what is left out add up to the value of all orders. Fates below the least share on both sides are put
    together by kind.
    """
    named, kinds, found, before = together(result, policy, reference, least=least)
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for flow in found:
        sums[named[flow.reference], named[flow.policy]] += flow.value
    return kinds, [Flow(*pair, value) for pair, value in sums.items()], before


def together(result: Result, policy: str, reference: str | None = None, *, least: float) -> Together:
    """The fates that are drawn where those below the least share on both sides are put together."""
    found = [
        Flow(before, after, cents / (100 * result.futures))
        for before, after, cents in moved_by_fate(result, policy, reference)
    ]
    least *= math.fsum(flow.value for flow in found)
    ended = math.fsum(flow.value for flow in found if BEFORE in flow[:2])
    if ended < least:
        found = [flow for flow in found if BEFORE not in flow[:2]]
    sizes: tuple[defaultdict[str, float], ...] = (defaultdict(float), defaultdict(float))
    for flow in found:
        sizes[0][flow.reference] += flow.value
        sizes[1][flow.policy] += flow.value
    largest = {fate: max(size[fate] for size in sizes) for fate in {*sizes[0], *sizes[1]}}
    named: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for kind in KINDS:
        of_kind = [fate for fate in fates_of(result.plan) if fate in largest and _kind(fate, result) == kind]
        small = [fate for fate in of_kind if largest[fate] < least and fate != BEFORE]
        for fate in sorted(of_kind, key=small.__contains__):
            alone = fate not in small or len(small) == 1
            named[fate] = fate if alone else f"{TOGETHER}/{kind}/{len(small)}"
            kinds[named[fate]] = kind
    return Together(named, kinds, found, ended if ended < least else 0.0)


def called(result: Result, fate: str) -> str:
    """A fate in words, or what those put together are called."""
    if not fate.startswith(f"{TOGETHER}/"):
        return fate_words(result, fate)
    _, kind, count = fate.split("/")
    return text(f"figures.fates.{kind}", number=int(count))


def _heads(drawn: Sheet, titles: list[str]) -> None:
    """What stands above the two sides: the policies."""
    like = drawn.ax.yaxis.label
    like.set_fontsize(drawn.small)
    heads = [drawn.wrapped(title, like, 72 * MOST_HEAD * drawn.width)[:3] for title in titles]
    edges = drawn.left + PAD, drawn.left + drawn.width - PAD
    for side, (lines, edge) in enumerate(zip(heads, edges, strict=True)):
        head = drawn.ax.annotate(
            "\n".join(lines), (edge, 1), xycoords=(drawn.figure.dpi_scale_trans, "axes fraction"), xytext=(0, 5),
            textcoords="offset points", ha="right" if side else "left", va="bottom", fontsize=drawn.small,
            fontweight="bold", color=drawn.style.ink, annotation_clip=False, gid=f"head/{side}",
        )  # fmt: skip
        head.set_in_layout(False)
    drawn.head += 1.25 * drawn.small * max(map(len, heads)) + 6


def _kind(fate: str, result: Result) -> str:
    name, _, rest = fate.partition("/")
    if name == "delivered":
        return "licensed" if result.scenario.suppliers[rest].authority else "taken_over"
    return "lost" if name == "lost" else "waiting"


def columns_of(kinds: dict[str, str], moved: list[Flow]) -> tuple[list[Node], list[Node]]:
    """The fates of both sides, each from above."""
    return _column(kinds, moved, side=0), _column(kinds, moved, side=1)


def ribbons_of(kinds: dict[str, str], moved: list[Flow], sides: tuple[list[Node], list[Node]]) -> Iterator[Ribbon]:
    """The flows, each between the first of the two fates' heights that no other has taken."""
    starts, ends = ({node.name: node.top for node in side} for side in sides)
    order = list(kinds)
    for flow in sorted(moved, key=lambda flow: (order.index(flow.reference), order.index(flow.policy))):
        yield Ribbon(flow, starts[flow.reference], ends[flow.policy])
        starts[flow.reference] += flow.value
        ends[flow.policy] += flow.value


def _column(kinds: dict[str, str], moved: list[Flow], *, side: int) -> list[Node]:
    """The fates of one side, from above."""
    gap = BETWEEN * math.fsum(flow.value for flow in moved)
    nodes, top = [], 0.0
    for name in kinds:
        value = math.fsum(flow.value for flow in moved if flow[side] == name)
        if value:
            nodes.append(Node(name, value, top))
            top += value + gap
    return nodes


def _draw_ribbons(drawn: Sheet, kinds: dict[str, str], ribbons: Iterable[Ribbon]) -> None:
    """Draw the flows."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    for flow, begin, end in ribbons:
        same = flow.reference == flow.policy
        colour, _ = fill_of(drawn.style, kinds[flow.policy])
        corners = [
            (THICK, begin), (0.5, begin), (0.5, end), (1 - THICK, end),
            (1 - THICK, end + flow.value), (0.5, end + flow.value), (0.5, begin + flow.value),
            (THICK, begin + flow.value), (THICK, begin),
        ]  # fmt: skip
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        fill, alpha = (drawn.style.waiting, 0.25) if same else (colour, 0.6)
        name = f"flow/{flow.reference}/{flow.policy}"
        drawn.ax.add_patch(PathPatch(Path(corners, codes), facecolor=fill, linewidth=0, alpha=alpha, gid=name))


def _nodes(drawn: Sheet, kinds: dict[str, str], nodes: list[Node], side: int, factor: float) -> None:
    """The fates of one side, with their names and values beside them."""
    from matplotlib.patches import Rectangle

    ax, size, written, sizes = drawn.ax, drawn.small, [], []
    assert isinstance(drawn.study, Result)
    like = ax.yaxis.label
    like.set_fontsize(size)
    most = MOST_LINES if drawn.height >= TALL else 1
    for node in nodes:
        fill, hatch = fill_of(drawn.style, kinds[node.name])
        corner = (side * (1 - THICK), node.top)
        edge, gid = drawn.style.ground, f"fate/{side}/{node.name}"
        box = Rectangle(corner, THICK, node.value, facecolor=fill, hatch=hatch, edgecolor=edge, linewidth=0, gid=gid)
        ax.add_patch(box)
        amount = number(node.value / factor, 0 if node.value >= 100 * factor else 1)
        name = called(drawn.study, node.name)
        lines = drawn.wrapped(f"{amount}\u00a0 {name}", like, MOST_LABEL * 72 * drawn.width)
        if len(lines) > most:
            lines = [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]
        sizes.append((0.1 + 1.2 * len(lines)) * size)
        arrow = {"arrowstyle": "-", "color": drawn.style.soft, "linewidth": 0.6, "shrinkA": 1, "shrinkB": 1}
        label = ax.annotate(
            "\n".join(lines), (side, node.middle), xytext=(10 if side else -10, 0), textcoords="offset points",
            ha="left" if side else "right", va="center", fontsize=size, color=drawn.style.ink, annotation_clip=False,
            arrowprops=arrow | {"relpos": (0 if side else 1, 0.5)},
        )  # fmt: skip
        written.append(label)
    drawn.move_apart(written, [node.middle for node in nodes], sizes)
