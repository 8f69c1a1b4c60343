"""The sheet that a figure is drawn on: axes with a title above and a note below that fit, whatever the size.

Text from a scenario is never read as mathematics, nor does it steer anything. What must be placed by the size of things
(labels, marks) is placed last, when the layout is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict

import numpy as np

from exportsim.plan import Float
from exportsim.report.number_format import counted, visible
from exportsim.report.plots.styles import DASHES, SOLID, Dash, Look, Style, StyleName, style_of
from exportsim.study.calibration import Calibration
from exportsim.study.discovery import Discovery
from exportsim.study.result import Result
from exportsim.study.sensitivity import Sensitivity
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation, Text
    from numpy.typing import ArrayLike

Study = Result | Sweep | Discovery | Sensitivity | Calibration

SIZE = (7.0, 4.3)  # inches
PAD = 0.06  # inches between text and the edge of what an axes has for itself
LINE_HEIGHT = 1.3
HINTED = 0.95  # on a coarse screen letters are fitted to its points, which makes lines up to a twentieth longer
MOST_TITLE = 3  # lines
MOST_NOTE = 0.4  # of the figure's height

#: On top of matplotlib's own; text is text.
SETTINGS: dict[str, object] = {
    "font.family": ["DejaVu Sans"],
    "text.usetex": False,
    "text.parse_math": False,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "path",
    "svg.hashsalt": "exportsim",
}


class Drawing(TypedDict, total=False):
    """What every figure takes by keyword, whatever it shows."""

    ax: Axes | None
    """To draw on; of a new figure by default."""
    size: tuple[float, float]
    """Width and height in inches of a new figure."""
    style: StyleName


class Label(NamedTuple):
    """A label for the end of a line."""

    height: float
    """In data."""
    text: str
    colour: str
    dash: Dash
    width: float = 1.3


class Sheet:
    """Axes, and what is written around them."""

    def __init__(self, study: Study, ax: Axes, style: Style) -> None:
        self.study, self.ax, self.style = study, ax, style
        figure = ax.get_figure(root=True)
        assert figure is not None
        self.figure: Figure = figure
        self._title, self._notes = "", list[str]()
        self._labels: list[Label] = []
        self._later: list[Callable[[], None]] = []
        self.left, self.width = self._slot()
        self.font = min(9.0, max(6.5, 5.4 + 0.52 * self.width))
        """Points."""
        self.small = 0.8 * self.font

    def describe(self, title: str, *notes: str, x: str = "", y: str = "") -> None:
        """Say what the figure shows, what is to be known of it, and what its axes are."""
        self._title = visible(title)
        for text in notes:
            self.note(text)
        if x:
            self.ax.set_xlabel(x)
        if y:
            self.ax.set_ylabel(y)

    def note(self, text: str) -> None:
        """A paragraph below the figure, if there is something to say."""
        if text:
            self._notes.append(visible(text))

    def label_end(self, label: Label) -> None:
        """Name a line at the right of the axes, beside a piece of it."""
        self._labels.append(label)

    def later(self, act: Callable[[], None]) -> None:
        """Do something when the layout is known."""
        self._later.append(act)

    def look(self, policy: str) -> Look:
        """How a policy looks: the same in all figures of a study, and the reference as plain ink."""
        played = self.study.provenance
        if policy == played["reference"]:
            return Look(self.style.ink, SOLID)
        number = [name for name in played["policies"] if name != played["reference"]].index(policy)
        return Look(self.style.hues[number % len(self.style.hues)], DASHES[number % len(DASHES)])

    def grid(self, axis: Literal["x", "y", "both"] = "both") -> None:
        """Lines behind everything, at the ticks."""
        self.ax.grid(axis=axis, color=self.style.rule, linewidth=0.5)
        self.ax.set_axisbelow(True)

    def name_rows(self, names: Sequence[str]) -> None:
        """Let the axes be rows from above, each with its name at the left."""
        self.ax.set_yticks(range(len(names)), names)
        self.ax.set_ylim(len(names) - 0.4, -0.6)
        self.ax.tick_params(axis="y", length=0)
        self.ax.spines["left"].set_visible(False)
        self.grid("x")

    def beside(self, row: int, text: str, *, colour: str | None = None, size: float = 0.92) -> None:
        """Write something at the right of a row."""
        self.ax.annotate(
            text, (1, row), xycoords=self.ax.get_yaxis_transform(), xytext=(6, 0), textcoords="offset points",
            va="center", fontsize=size * self.font, color=colour or self.style.ink, annotation_clip=False,
        )  # fmt: skip

    def line(
        self, x: ArrayLike, y: Float | pd.Series[float], look: Look, gid: str, *, label: str = "", **more: Any
    ) -> None:
        """Draw a line as it looks; with a label, name it at its end if it has one."""
        self.ax.plot(x, y, color=look.colour, linestyle=look.dash, gid=gid, **{"linewidth": 1.6, **more})
        end = float(np.asarray(y)[-1])
        if label and not np.isnan(end):
            self.label_end(Label(end, label, *look))

    def band(self, x: ArrayLike, low: ArrayLike, high: ArrayLike, colour: str, alpha: float, gid: str) -> None:
        """Fill what lies between two lines."""
        self.ax.fill_between(x, low, high, color=colour, alpha=alpha, linewidth=0, gid=gid)

    def interval(self, low: float, high: float, row: float, colour: str, **more: Any) -> None:
        """Draw an interval along a row."""
        self.ax.plot([low, high], [row, row], color=colour, **{"linewidth": 1.6, **more})

    def finish(self) -> None:
        """Dress the axes, write what stands around them, and place what depends on their size."""
        from matplotlib.text import Text
        from matplotlib.transforms import blended_transform_factory

        self._label_ends()
        ax, inches, left = self.ax, self.figure.dpi_scale_trans, self.left + PAD
        title = ax.set_title("", loc="left", fontsize=1.15 * self.font, fontweight="bold", color=self.style.ink, pad=14)
        # From the left edge of the sheet, wherever the axes begin: beside the labels that stand left of them.
        title.set_transform(blended_transform_factory(inches, title.get_transform()))
        title.set_x(left)
        title.set_text("\n".join(_cut(self.wrapped(self._title, title), MOST_TITLE)))
        label = ax.xaxis.label
        write_below = partial(
            ax.annotate, xytext=(0, -3 if label.get_text() else 0), textcoords="offset points", ha="left", va="top",
            fontsize=self.small, linespacing=LINE_HEIGHT, color=self.style.soft, annotation_clip=False,
        )  # fmt: skip
        note = write_below("", (left, 0), xycoords=(inches, label), gid="note")
        last = self.wrapped(origin_of(self.study), note)
        room = int(MOST_NOTE * 72 * self.figure.get_figheight() / (LINE_HEIGHT * self.small)) - len(last)
        lines = [line for text in self._notes for line in self.wrapped(text, note)]
        note.set_text("\n".join([*_cut(lines, room), *last]))
        # The layout is to make room for the note's height; its width, begun left of the axes, would push them away.
        note.set_in_layout(False)
        strut = "\n".join(" " for _ in note.get_text().split("\n"))
        write_below(strut, (0, 0), xycoords=("axes fraction", label))
        self._dress()
        for artist in ax.findobj(Text):  # those that were there before, too
            if isinstance(artist, Text):
                artist.set_parse_math(False)
        engine = self.figure.get_layout_engine()
        if engine is not None:
            engine.execute(self.figure)
        for act in self._later:
            act()

    def size(self) -> tuple[float, float]:
        """Width and height of the axes, in points."""
        box = self.ax.get_window_extent()
        dpi = self.figure.dpi
        return 72 * box.width / dpi, 72 * box.height / dpi

    def short(self, name: str) -> str:
        """A name that leaves room for what it names."""
        most = max(12, int(9 + 3.8 * self.width))
        return name if len(name) <= most else name[: most - 1] + "…"

    def wrapped(self, text: str, like: Text) -> list[str]:
        """Text in lines as wide as the sheet; a word that is wider is cut."""
        room = HINTED * 72 * (self.width - 2 * PAD)
        lines, line = [], ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, like) > room:
                lines.append(line)
                longer = word
            while text_width(longer, like) > room:
                longer = longer[:-2] + "…"
            line = longer
        return [*lines, line]

    def move_apart(self, labels: Sequence[Annotation], heights: Sequence[float], gap: float) -> None:
        """Move labels up or down until so many points are between them; heights are in data, like the axes."""

        def apart() -> None:
            bottom, top = self.ax.get_ylim()
            point = (top - bottom) / self.size()[1]
            moved = spread(heights, gap * abs(point), min(bottom, top), max(bottom, top))
            for label, height, to in zip(labels, heights, moved, strict=True):
                label.set_y((to - height) / point)

        self.later(apart)

    def _label_ends(self) -> None:
        """Write the labels at the right of the axes, each with a piece of its line."""
        size, written = 0.92 * self.font, []
        for label in self._labels:
            line = {"arrowstyle": "-", "color": label.colour, "linestyle": label.dash, "linewidth": label.width}
            text = self.ax.annotate(
                self.short(label.text), xy=(1, label.height), xycoords=self.ax.get_yaxis_transform(), xytext=(30, 0),
                textcoords="offset points", va="center", ha="left", fontsize=size, color=self.style.ink,
                annotation_clip=False, arrowprops=line | {"shrinkA": 0, "shrinkB": 1, "relpos": (0, 0.5)},
                gid="end-label",
            )  # fmt: skip
            written.append(text)
        self.move_apart(written, [label.height for label in self._labels], 1.25 * 0.92 * self.font)

    def _slot(self) -> tuple[float, float]:
        """Where what the axes have for themselves begins, and how wide it is, in inches."""
        figure, spec = self.figure, self.ax.get_subplotspec()
        if spec is None or self.ax.figure is not figure:
            box = self.ax.get_window_extent()
            return box.x0 / figure.dpi, box.width / figure.dpi
        column = figure.get_figwidth() / spec.get_gridspec().ncols
        return spec.colspan.start * column, len(spec.colspan) * column

    def _dress(self) -> None:
        ax, style = self.ax, self.style
        ax.set_facecolor("none")
        for side, spine in ax.spines.items():
            spine.set_visible(side in ("left", "bottom") and spine.get_visible())
            spine.set_color(style.rule)
        ax.tick_params(which="both", color=style.rule, labelcolor=style.ink, labelsize=0.92 * self.font)
        for axis in (ax.xaxis, ax.yaxis):
            axis.label.set_color(style.ink)
            axis.label.set_fontsize(self.font)
            axis.get_offset_text().set_color(style.ink)
            axis.get_offset_text().set_fontsize(0.92 * self.font)


@contextmanager
def sheet(
    study: Study, ax: Axes | None = None, size: tuple[float, float] = SIZE, style: StyleName = "light"
) -> Iterator[Sheet]:
    """Draw what a study shows on some axes, or on those of a new figure; it is finished when all has been drawn."""
    chosen = style_of(style)
    from matplotlib.figure import Figure

    with settings():
        if ax is None:
            # Not by pyplot, which keeps figures alive and asks for a screen.
            ax = Figure(figsize=size, facecolor=chosen.ground, layout="constrained").subplots()
        drawn = Sheet(study, ax, chosen)
        yield drawn
        drawn.finish()


def origin_of(study: Study) -> str:
    """Where the numbers of a study come from: scenario, futures, seed, and the sources of what went in."""
    seed, scenario = study.provenance["seed"], visible(study.provenance["title"]) or "Untitled scenario"
    if isinstance(study, Sweep | Discovery):
        points, futures = counted(len(study.points), "point"), counted(study.provenance["futures"], "future")
        return f"{scenario}: {points}, {futures} each, seed {seed}."
    sources, futures = len(study.scenario.sources), f"{study.futures:,} future{'' if study.futures == 1 else 's'}"
    inputs = f"inputs from {counted(sources, 'source')} and judgement, named in the scenario"
    return f"{scenario}: {futures}, seed {seed}; {inputs if sources else 'inputs without sources'}."


def settings() -> AbstractContextManager[None]:
    """matplotlib's settings for as long as something is drawn: the same whatever the user's own."""
    from matplotlib import style

    return style.context(["default", SETTINGS])


def _cut(lines: list[str], most: int) -> list[str]:
    """No more than so many lines."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], lines[most - 1][:-1] + "…"] if most > 0 else []


def text_width(text: str, like: Text) -> float:
    """How wide a line of text is in the type of another, in points."""
    from matplotlib.textpath import text_to_path

    width: float = text_to_path.get_text_width_height_descent(text, like.get_fontproperties(), ismath=False)[0]
    return width


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart until there is a gap between all, as little as may be."""
    if len(positions) > 1:
        gap = min(gap, (high - low) / (len(positions) - 1))
    order = sorted(range(len(positions)), key=lambda number: positions[number])
    # Blocks of labels that touch: each lies where its labels would on average like it to.
    blocks: list[tuple[float, int]] = []  # first position, labels
    for number in order:
        first, count = min(max(positions[number], low), high), 1
        while blocks and blocks[-1][0] + blocks[-1][1] * gap > first:
            before, many = blocks.pop()
            first = (many * before + count * (first - many * gap)) / (many + count)
            count += many
            first = min(max(first, low), max(low, high - (count - 1) * gap))
        blocks.append((first, count))
    moved = (first + step * gap for first, count in blocks for step in range(count))
    return [position for _, position in sorted(zip(order, moved, strict=True))]
