"""Names above the axes of places along them, such as the dates of measures, in as many lanes as they need.

A line goes up from each place to its name. No name lies on another, and a line crosses as few names as may be.
Names beside the axes are moved apart here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

from exportsim.language import text
from exportsim.report.plots.styles import Dash, Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

BESIDE = 5.0  # points between two names of a lane
LEAD = 3.0  # points from the axes to the lowest lane
LINES = 1.1  # from line to line of a name, in the height of its font
LANE = 1.28  # of the size of the letters
WIDER = 1.04  # than measured, that a name may come out


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

    def wrapped(self, text: str, like: Text, most: float | None = None) -> list[str]:
        """A text in lines that the sheet has room for, or of so many points."""


def place_flags(drawn: Flagged, flags: Sequence[Flag]) -> float:
    """Write the names, now that the axes are laid out; how many points above the axes they take."""
    ax, style = drawn.ax, drawn.style
    dpi = drawn.figure.dpi
    box = ax.get_window_extent()
    left, right = ax.get_xlim()
    places = [72 / dpi * (box.x0 + (flag.at - left) / (right - left) * box.width) for flag in flags]
    like = ax.yaxis.label
    like.set_fontsize(drawn.small)
    # To the right of their places, or as far as the sheet goes.
    edge = 72 * (drawn.left + drawn.width) - 6
    names = [_fitting(drawn, flag, like, places, place, edge) for flag, place in zip(flags, places, strict=True)]
    widths = [max(text_width(line, like) for line in name) for name in names]
    heights = [len(name) for name in names]
    starts = [min(place, edge - WIDER * width) for place, width in zip(places, widths, strict=True)]
    found = lanes(places, starts, [start + width for start, width in zip(starts, widths, strict=True)], heights)
    for flag, name, place, start, lane in zip(flags, names, places, starts, found, strict=True):
        height = LEAD + lane * LANE * drawn.small
        top = height + ((len(name) - 1) * LANE + 0.9) * drawn.small
        line = ax.annotate(
            "", (flag.at, 1), xycoords=ax.get_xaxis_transform(), xytext=(0, top),
            textcoords="offset points", annotation_clip=False, gid="measure-line", color=style.ink,
            arrowprops={"arrowstyle": "-", "color": style.soft, "linewidth": 0.7, "linestyle": flag.dash,
                        "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        words = ax.annotate(
            "\n".join(name), (flag.at, 1), xycoords=ax.get_xaxis_transform(), xytext=(start - place + 2, height),
            textcoords="offset points", ha="left", va="bottom", fontsize=drawn.small, color=style.ink,
            linespacing=LINES, annotation_clip=False, gid="measure", zorder=4,
            bbox={"facecolor": style.ground, "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
        for artist in (line, words):
            artist.set_in_layout(False)
            artist.set_parse_math(False)
    return LEAD + max(map(sum, zip(found, heights, strict=True))) * LANE * drawn.small


def _fitting(
    drawn: Flagged, flag: Flag, like: Text, places: Sequence[float], place: float, edge: float
) -> tuple[str, ...]:
    """The name of a place: in two lines where it would else be moved over the line of another place, and where the
    sheet is not wide enough for it, as much of the short one as it has room for.
    """
    start = edge - WIDER * text_width(flag.text, like)
    if any(start - BESIDE < other < place for other in places):
        lines = drawn.wrapped(flag.text, like, edge - place)
        if len(lines) == 2 and not any("…" in line for line in lines):
            return tuple(lines)
    lines = drawn.wrapped(flag.text, like)
    return (lines[0] if len(lines) == 1 else drawn.wrapped(flag.short or flag.text, like)[0],)


def cut_lines(lines: list[str], most: int, like: Text, room: float) -> list[str]:
    """No more than so many lines; the last is cut after a word where it has several, and no wider than the room."""
    if len(lines) <= most:
        return lines
    if most <= 0:
        return []
    last = lines[most - 1]
    before, _, _ = last.rpartition(" ")
    tried = [text("names.cut", start=start.rstrip(" ,;:")) for start in (last, before) if start]
    return [*lines[: most - 1], next((line for line in tried if text_width(line, like) <= room), f"{last[:-1]}…")]


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


def lanes(
    places: Sequence[float], starts: Sequence[float], ends: Sequence[float], heights: Sequence[int] | None = None
) -> list[int]:
    """The lane of each name, 0 the lowest, given places from the left, where the names begin and end, and how many
    lanes each takes, one if it is not said.

    A name is above those that it would lie on, and above those whose lines would cross it.
    """
    found = [0] * len(places)
    for one in reversed(range(len(places))):
        below = [
            found[other] + (heights[other] if heights else 1)
            for other in range(one + 1, len(places))
            if starts[one] - BESIDE < places[other] < ends[one] + BESIDE
            or (starts[other] - BESIDE < ends[one] and starts[one] - BESIDE < ends[other])
        ]
        found[one] = max(below, default=0)
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
