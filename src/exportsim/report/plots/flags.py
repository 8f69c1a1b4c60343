"""Names above the axes of places along them, such as the dates of measures, in as many lanes as they need.

A line goes up from each place to its name. No name lies on another, and a line crosses as few names as may be.
Names beside the axes are moved apart here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

from exportsim.report.plots.styles import Dash, Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

BESIDE = 5.0  # points between two names of a lane
LEAD = 3.0  # points from the axes to the lowest lane
LANE = 1.28  # of the size of the letters


class Flag(NamedTuple):
    """A place along the axes, and its name."""

    at: float
    """In data."""
    text: str
    dash: Dash
    short: str = ""
    """Instead of the name where the sheet is not wide enough for it."""


class Flagged(Protocol):
    """The sheet that names are written on."""

    ax: Axes
    style: Style
    figure: Figure
    left: float
    width: float
    small: float

    def wrapped(self, text: str, like: Text) -> list[str]:
        """A text in lines that the sheet has room for."""


def place_flags(drawn: Flagged, flags: Sequence[Flag]) -> float:
    """Write the names, now that the axes are laid out; how many points above the axes they take."""
    ax, style = drawn.ax, drawn.style
    dpi = drawn.figure.dpi
    box = ax.get_window_extent()
    left, right = ax.get_xlim()
    places = [72 / dpi * (box.x0 + (flag.at - left) / (right - left) * box.width) for flag in flags]
    like = ax.yaxis.label
    like.set_fontsize(drawn.small)
    names = [_fitting(drawn, flag, like) for flag in flags]
    widths = [text_width(name, like) for name in names]
    # To the right of their places, or as far as the sheet goes.
    edge = 72 * (drawn.left + drawn.width) - 6
    starts = [min(place, edge - 1.04 * width) for place, width in zip(places, widths, strict=True)]
    found = lanes(places, starts, [start + width for start, width in zip(starts, widths, strict=True)])
    for flag, name, place, start, lane in zip(flags, names, places, starts, found, strict=True):
        height = LEAD + lane * LANE * drawn.small
        line = ax.annotate(
            "", (flag.at, 1), xycoords=ax.get_xaxis_transform(), xytext=(0, height + 0.9 * drawn.small),
            textcoords="offset points", annotation_clip=False, gid="measure-line", color=style.ink,
            arrowprops={"arrowstyle": "-", "color": style.soft, "linewidth": 0.7, "linestyle": flag.dash,
                        "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        text = ax.annotate(
            name, (flag.at, 1), xycoords=ax.get_xaxis_transform(), xytext=(start - place + 2, height),
            textcoords="offset points", ha="left", va="bottom", fontsize=drawn.small, color=style.ink,
            annotation_clip=False, gid="measure", zorder=4,
            bbox={"facecolor": style.ground, "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
        for artist in (line, text):
            artist.set_in_layout(False)
            artist.set_parse_math(False)
    return LEAD + (max(found) + 1) * LANE * drawn.small


def _fitting(drawn: Flagged, flag: Flag, like: Text) -> str:
    """The name of a place, or as much of the short one as the sheet has room for."""
    lines = drawn.wrapped(flag.text, like)
    return lines[0] if len(lines) == 1 else drawn.wrapped(flag.short or flag.text, like)[0]


def text_width(text: str, like: Text) -> float:
    """How wide a line of text is in the type of another, in points."""
    font = like.get_fontproperties()
    return _width(text, tuple(font.get_family()), font.get_weight(), font.get_size_in_points())


@lru_cache(maxsize=1 << 16)  # what is wrapped in one figure is wrapped in others; to measure it takes long
def _width(text: str, family: tuple[str, ...], weight: str | int, points: float) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=list(family), weight=weight, size=points)
    width: float = text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
    return width


def lanes(places: Sequence[float], starts: Sequence[float], ends: Sequence[float]) -> list[int]:
    """The lane of each name, 0 the lowest, given places from the left and where the names begin and end.

    A name is above those that it would lie on, and above those whose lines would cross it.
    """
    found = [0] * len(places)
    for one in reversed(range(len(places))):
        below = [
            found[other]
            for other in range(one + 1, len(places))
            if starts[one] - BESIDE < places[other] < ends[one] + BESIDE
            or (starts[other] - BESIDE < ends[one] and starts[one] - BESIDE < ends[other])
        ]
        found[one] = max(below, default=-1) + 1
    return found


def spread(positions: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Move positions of things of some sizes apart until none lies on another, as little as may be."""
    order = sorted(range(len(positions)), key=lambda place: positions[place])
    steps = [(sizes[one] + sizes[other]) / 2 for one, other in pairwise(order)]
    squeezed = min(1.0, (high - low) / sum(steps)) if sum(steps) > 0 else 1.0
    offsets = [squeezed * offset for offset in accumulate(steps, initial=0.0)]
    # Blocks of labels that touch: each lies where its labels would on average like it to.
    blocks: list[tuple[float, int, int]] = []  # first position, its place in the order, labels
    for start, place in enumerate(order):
        first, begin, count = min(max(positions[place], low), high), start, 1
        while blocks and blocks[-1][0] + offsets[begin] - offsets[blocks[-1][1]] > first:
            before, earlier, many = blocks.pop()
            first = (many * before + count * (first - offsets[begin] + offsets[earlier])) / (many + count)
            begin, count = earlier, many + count
            first = min(max(first, low), max(low, high - offsets[begin + count - 1] + offsets[begin]))
        blocks.append((first, begin, count))
    moved = (first + offsets[begin + step] - offsets[begin] for first, begin, count in blocks for step in range(count))
    return [position for _, position in sorted(zip(order, moved, strict=True))]
