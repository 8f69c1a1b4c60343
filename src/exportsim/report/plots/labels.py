"""Labels beside what they name, moved apart where they would overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from exportsim.report.plots.styles import Dash

if TYPE_CHECKING:
    from matplotlib.text import Annotation

    from exportsim.report.plots.sheet import Sheet


class Label(NamedTuple):
    """A label for the end of a line."""

    height: float
    """In data."""
    text: str
    colour: str
    dash: Dash
    width: float = 1.3


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places apart until there is a gap between all, as little as may be."""
    if len(places) > 1:
        gap = min(gap, (high - low) / (len(places) - 1))
    order = sorted(range(len(places)), key=lambda number: places[number])
    # Blocks of labels that touch: each lies where its labels would on average like it to.
    blocks: list[tuple[float, int]] = []  # first place, labels
    for number in order:
        first, count = places[number], 1
        first = min(max(first, low), high)
        while blocks and blocks[-1][0] + blocks[-1][1] * gap > first:
            before, many = blocks.pop()
            first = (many * before + count * (first - many * gap)) / (many + count)
            count += many
            first = min(max(first, low), max(low, high - (count - 1) * gap))
        blocks.append((first, count))
    flat = [first + step * gap for first, count in blocks for step in range(count)]
    moved = [0.0] * len(places)
    for number, place in zip(order, flat, strict=True):
        moved[number] = place
    return moved


def label_ends(sheet: Sheet, labels: Sequence[Label]) -> None:
    """Name lines at the right of the axes, each with a piece of its line."""
    ax, style = sheet.ax, sheet.style
    written: list[Annotation] = []
    for label in labels:
        line = {"arrowstyle": "-", "color": label.colour, "linestyle": label.dash, "linewidth": label.width}
        text = ax.annotate(
            sheet.short(label.text), xy=(1, label.height), xycoords=ax.get_yaxis_transform(), xytext=(30, 0),
            textcoords="offset points", va="center", ha="left", fontsize=0.92 * sheet.font, color=style.ink,
            annotation_clip=False, arrowprops=line | {"shrinkA": 0, "shrinkB": 1, "relpos": (0, 0.5)}, gid="end-label",
        )  # fmt: skip
        written.append(text)

    def apart() -> None:
        low, high = ax.get_ylim()
        point = (high - low) / sheet.size()[1]
        places = spread([label.height for label in labels], 1.25 * 0.92 * sheet.font * point, low, high)
        for text, label, place in zip(written, labels, places, strict=True):
            text.set_position((30, (place - label.height) / point))

    sheet.later(apart)
