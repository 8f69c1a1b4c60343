"""The sheet that a figure is drawn on: axes with a title above and a note below that fit, whatever the size.

The title is what is found, the line below it what is shown. Text from a scenario is never read as mathematics, nor does
it steer anything. What must be placed by the size of things (labels, marks) is placed last, when the layout is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict
from weakref import WeakKeyDictionary

import numpy as np

from exportsim.language import text as said
from exportsim.plan import Float
from exportsim.report.number_format import capital, number, visible
from exportsim.report.plots.axis_numbers import write_numbers
from exportsim.report.plots.flags import Flag, cut_lines, place_flags, spread, text_width
from exportsim.report.plots.styles import DASHES, SOLID, Dash, Look, Style, StyleName, style_of
from exportsim.study.calibration import Calibration
from exportsim.study.discovery import Discovery
from exportsim.study.prediction import Forecast, Scores
from exportsim.study.result import Result
from exportsim.study.seek import Seek
from exportsim.study.sensitivity import Sensitivity
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation, Text
    from numpy.typing import ArrayLike

Study = Result | Sweep | Discovery | Sensitivity | Calibration | Seek | Forecast | Scores

SIZE = (7.0, 4.3)  # inches
NARROW = (3.65, 4.9)  # inches: 350 points across on a phone, on which letters keep their size
PAD = 0.06  # inches between text and the edge of what an axes has for itself
LINE_HEIGHT = 1.3
LETTERS = 9.0  # points, of the smallest text on a sheet that is NARROW or larger
HINTED = 0.95  # on a coarse screen letters are fitted to its points, which makes lines up to a twentieth longer
MOST_TITLE = {False: 3, True: 5}  # lines, by whether the sheet is narrow
MOST_SUBTITLE = {False: 2, True: 4}
# On a sheet that is not high they have as many lines as it has inches, or one fewer.
MOST_NOTE = 0.3  # of the figure's height
MOST_NAME = {False: 0.36, True: 0.31}  # of the width, of the names of rows, by whether the sheet is narrow
MOST_LABEL = {False: 0.24, True: 0.32}  # of labels at the ends of lines, by whether the sheet is narrow
MOST_NAME_LINES = 3
LABEL_LINES = 1.0  # from line to line of a name, in its height
LABELS = {False: 0.5, True: 0.42}  # of the height, of labels at the ends of lines, by whether there are flags
ROWS = 0.55  # of the height, of what is named in rows
BARE = 1.5  # times these, where neither title nor note takes of the height

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
    bare: bool
    """Without title, subtitle and note, for a page that says them itself: see :func:`said_of`."""


class Said(NamedTuple):
    """What is said around a figure."""

    title: str
    """What is found."""
    subtitle: str
    """What is shown, and in which unit."""
    note: str


_SAID: WeakKeyDictionary[Axes, Said] = WeakKeyDictionary()


def said_of(ax: Axes) -> Said:
    """What is said around the figure that was drawn on some axes, in full, whether or not it is drawn."""
    return _SAID[ax]


class Label(NamedTuple):
    """A label for the end of a line."""

    height: float
    """In data."""
    text: str
    colour: str
    dash: Dash
    width: float = 1.3
    bold: bool = False
    name: str = ""
    """What of the text is cut first where there is no room for all."""


class Sheet:
    """Axes, and what is written around them."""

    def __init__(self, study: Study, ax: Axes, style: Style, *, bare: bool = False) -> None:
        self.study, self.ax, self.style, self._bare = study, ax, style, bare
        figure = ax.get_figure(root=True)
        assert figure is not None
        self.figure: Figure = figure
        self._title, self._subtitle, self._notes = "", "", list[str]()
        self._labels: list[Label] = []
        self._flags: list[Flag] = []
        self._later: list[Callable[[], None]] = []
        self.left, self.width, self.height = self._slot()
        self.narrow = self.width < 5
        self.small = LETTERS * max(0.66, min(1, self.width / 3.4, self.height / 3.6))
        """Points."""
        self.font = 1.08 * self.small
        self.head = 4.0
        """Points above the axes that are taken."""

    def describe(self, title: str, subtitle: str, *notes: str, x: str = "", y: str = "") -> None:
        """Say what is found, what the figure shows, what is to be known of it, and what its axes are."""
        self._title, self._subtitle = (capital(visible(words)) for words in (title, subtitle))
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

    def flag(self, flag: Flag) -> None:
        """Name a place along the axes above them, with a line up to the name."""
        self._flags.append(flag)

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
        """Let the axes be rows from above, each with its name at the left, in several lines where it is long."""
        most, room = 72 * MOST_NAME[self.narrow] * self.width, ROWS * (BARE if self._bare else 1)
        pitch = 72 * room * self.height / max(len(names), 1)
        lines = min(MOST_NAME_LINES, max(1, int(pitch / (1.4 * self.small))))
        like = self.ax.yaxis.label
        like.set_fontsize(self.small)
        wrapped = ["\n".join(self._fitted(visible(name), like, lines, most)) for name in names]
        self.ax.set_yticks(range(len(names)), wrapped)
        self.ax.set_ylim(len(names) - 0.4, -0.6)
        self.ax.tick_params(axis="y", length=0)
        self.ax.spines["left"].set_visible(False)
        self.grid("x")

    def beside(self, row: int, text: str, *, colour: str | None = None) -> None:
        """Write something at the right of a row."""
        lines = text.replace(" [", "\n[") if self.narrow else text
        self.ax.annotate(
            lines, (1, row), xycoords=self.ax.get_yaxis_transform(), xytext=(6, 0), textcoords="offset points",
            va="center", fontsize=self.small, color=colour or self.style.ink, annotation_clip=False,
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

        self._label_ends()
        for name in (*self.ax.texts, *self.ax.get_yticklabels()):
            if "\n" in name.get_text():
                name.set_linespacing(LABEL_LINES)  # so that a name in lines stays clear of the next
        note = "\n".join([*self._notes, origin_of(self.study)])
        _SAID[self.ax] = Said(self._title, self._subtitle, note)
        subtitle = self.ax.annotate(
            "", (self.left + PAD, 1), xycoords=(self.figure.dpi_scale_trans, "axes fraction"), xytext=(0, 0),
            textcoords="offset points", ha="left", va="bottom", fontsize=self.small, linespacing=LINE_HEIGHT,
            color=self.style.soft, annotation_clip=False, gid="subtitle",
        )  # fmt: skip
        subtitle.set_in_layout(False)  # there is room for it under the title
        if not self._bare:
            self._write_below(note)
        self._dress()
        self._write_above(subtitle)
        for artist in self.ax.findobj(Text):  # those that were there before, too
            if isinstance(artist, Text):
                artist.set_parse_math(False)
        self._lay_out()
        if self._flags:
            self.head += place_flags(self, self._flags)
            self._write_above(subtitle)
            self._lay_out()
        for act in self._later:
            act()

    def _lay_out(self) -> None:
        engine = self.figure.get_layout_engine()
        if engine is not None:
            engine.execute(self.figure)

    def _write_above(self, subtitle: Annotation) -> None:
        """Title and subtitle above what stands on the axes, from the left edge of the sheet wherever the axes begin."""
        from matplotlib.transforms import blended_transform_factory

        size = 1.2 * self.font
        title = self.ax.set_title("", loc="left", fontsize=size, fontweight="bold", color=self.style.ink)
        most = min(MOST_SUBTITLE[self.narrow], round(self.height) - 1)
        lines = [] if self._bare else self._fitted(self._subtitle, subtitle, most)
        subtitle.set_text("\n".join(lines))
        subtitle.set_position((0, self.head))
        text = (
            (" " if self.head else "")  # a blank keeps room for what stands on the axes
            if self._bare
            else "\n".join(self._fitted(self._title, title, min(MOST_TITLE[self.narrow], round(self.height))))
        )
        over = self.head + LINE_HEIGHT * self.small * len(lines) + 4
        self.ax.set_title(text, loc="left", pad=over, fontsize=size, fontweight="bold", color=self.style.ink)
        title.set_parse_math(False)
        title.set_transform(blended_transform_factory(self.figure.dpi_scale_trans, title.get_transform()))
        title.set_x(self.left + PAD)

    def _write_below(self, text: str) -> None:
        """The note, whose last line says where the numbers come from."""
        ax, inches, left = self.ax, self.figure.dpi_scale_trans, self.left + PAD
        label = ax.xaxis.label
        write = partial(
            ax.annotate, xytext=(0, -3 if label.get_text() else 0), textcoords="offset points", ha="left", va="top",
            fontsize=self.small, linespacing=LINE_HEIGHT, color=self.style.soft, annotation_clip=False,
        )  # fmt: skip
        note = write("", (left, 0), xycoords=(inches, label), gid="note")
        *before, origin = text.split("\n")
        last = self.wrapped(origin, note)
        room = int(MOST_NOTE * 72 * self.height / (LINE_HEIGHT * self.small)) - len(last)
        lines = [line for paragraph in before for line in self.wrapped(paragraph, note)]
        note.set_text("\n".join([*cut_lines(lines, room, note, self._room()), *last]))
        # The layout is to make room for the note's height; its width, begun left of the axes, would push them away.
        note.set_in_layout(False)
        strut = "\n".join(" " for _ in note.get_text().split("\n"))
        write(strut, (0, 0), xycoords=("axes fraction", label))

    def size(self) -> tuple[float, float]:
        """Width and height of the axes, in points."""
        box = self.ax.get_window_extent()
        dpi = self.figure.dpi
        return 72 * box.width / dpi, 72 * box.height / dpi

    def short(self, name: str) -> str:
        """A name that leaves room for what it names."""
        name, most = visible(name), max(12, int(9 + 3.8 * self.width))
        return name if len(name) <= most else name[: most - 1] + "…"

    def wrapped(self, text: str, like: Text, most: float | None = None) -> list[str]:
        """Text in lines as wide as the sheet, or of so many points; a word that is wider is cut."""
        room, lines, line = self._room(most), [], ""
        for word in text.replace(" %", "\u00a0%").split(" "):
            parts = [word] if text_width(word, like) <= room else re.findall(r"[^-]+-?|-", word)
            for number_of, part in enumerate(parts):
                longer = f"{line} {part}" if line and not number_of else line + part
                if line and text_width(longer, like) > room:
                    lines.append(line)
                    longer = part
                while text_width(longer, like) > room:
                    longer = longer[:-2] + "…"
                line = longer
        return [*lines, line]

    def _room(self, most: float | None = None) -> float:
        """How wide a line of text may be: as the sheet, or so many points."""
        return HINTED * (72 * (self.width - 2 * PAD) if most is None else most)

    def _fitted(self, text: str, like: Text, lines: int, most: float | None = None, name: str = "") -> list[str]:
        """A text in no more than so many lines: the name in it is cut first, else its end."""
        wrapped, words = self.wrapped(text, like, most), name.split(" ")
        while len(wrapped) > lines and len(words) > 1:
            words.pop()
            shorter = said("names.cut", start=" ".join(words).rstrip(" ,;:"))
            wrapped = self.wrapped(text.replace(name, shorter, 1), like, most)
        return cut_lines(wrapped, lines, like, self._room(most))

    def move_apart(self, labels: Sequence[Annotation], heights: Sequence[float], sizes: Sequence[float]) -> None:
        """Move labels up or down until none touches another; each has a height in data, and a size in points."""
        if not labels:
            return

        def apart() -> None:
            bottom, top = self.ax.get_ylim()
            point = (top - bottom) / self.size()[1]
            reach = [abs(point) * size for size in sizes]
            lowest, highest = (reach[heights.index(end(heights))] / 2 for end in (min, max))
            low, high = min(bottom, top) + lowest, max(bottom, top) - highest
            moved = spread(heights, reach, low, max(low, high))
            for label, height, to in zip(labels, heights, moved, strict=True):
                label.set_y((to - height) / point)

        self.later(apart)

    def _label_ends(self) -> None:
        """Write the labels at the right of the axes, each with a piece of its line."""
        written, like, sizes = [], self.ax.yaxis.label, []
        like.set_fontsize(self.small)
        most = 72 * MOST_LABEL[self.narrow] * self.width
        share = LABELS[bool(self._flags)] * (BARE if self._bare else 0.65 if self.narrow else 1)
        room = 72 * share * self.height / max(len(self._labels), 1)
        lines = min(MOST_NAME_LINES, max(1, int(room / (1.2 * self.small))))
        for label in self._labels:
            line = {"arrowstyle": "-", "color": label.colour, "linestyle": label.dash, "linewidth": label.width}
            wrapped = self._fitted(visible(label.text), like, lines, most, visible(label.name))
            text = self.ax.annotate(
                "\n".join(wrapped), xy=(1, label.height), xycoords=self.ax.get_yaxis_transform(),
                xytext=(14 if self.narrow else 22, 0), textcoords="offset points", va="center", ha="left",
                fontsize=self.small, color=self.style.ink, fontweight="bold" if label.bold else "normal",
                annotation_clip=False, arrowprops=line | {"shrinkA": 0, "shrinkB": 1, "relpos": (0, 0.5)},
                gid="end-label",
            )  # fmt: skip
            sizes.append((1.2 * len(wrapped) + 0.1) * self.small)
            written.append(text)
        self.move_apart(written, [label.height for label in self._labels], sizes)

    def _slot(self) -> tuple[float, float, float]:
        """Where what the axes have for themselves begins, and how wide and high it is, in inches."""
        figure, spec = self.figure, self.ax.get_subplotspec()
        if spec is None or self.ax.figure is not figure:
            box = self.ax.get_window_extent()
            return box.x0 / figure.dpi, box.width / figure.dpi, box.height / figure.dpi
        column, row = (
            figure.get_figwidth() / spec.get_gridspec().ncols,
            figure.get_figheight() / spec.get_gridspec().nrows,
        )
        return spec.colspan.start * column, len(spec.colspan) * column, len(spec.rowspan) * row

    def _dress(self) -> None:
        ax, style = self.ax, self.style
        ax.set_facecolor("none")
        for side, spine in ax.spines.items():
            spine.set_visible(side in ("left", "bottom") and spine.get_visible())
            spine.set_color(style.rule)
        ax.tick_params(which="both", color=style.rule, labelcolor=style.ink, labelsize=self.small)
        for axis, most in ((ax.xaxis, 0.64 * self.width), (ax.yaxis, 0.5 * self.height)):
            write_numbers(axis)
            axis.label.set_color(style.ink)
            axis.label.set_fontsize(self.small)
            axis.label.set_text("\n".join(self.wrapped(axis.label.get_text(), axis.label, 72 * most)))
            axis.get_offset_text().set_color(style.ink)
            axis.get_offset_text().set_fontsize(self.small)


@contextmanager
def sheet(
    study: Study,
    ax: Axes | None = None,
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
    bare: bool = False,
) -> Iterator[Sheet]:
    """Draw what a study shows on some axes, or on those of a new figure; it is finished when all has been drawn."""
    chosen = style_of(style)
    from matplotlib.figure import Figure

    with settings():
        is_own = ax is None
        if ax is None:
            # Not by pyplot, which keeps figures alive and asks for a screen.
            ax = Figure(figsize=size, facecolor=chosen.ground, layout="constrained").subplots()
        drawn = Sheet(study, ax, chosen, bare=bare)
        yield drawn
        drawn.finish()
        if is_own:
            # All stands where it is to stand. To lay it out again each time it is drawn takes longest of all, and moves
            # it by a little each time.
            drawn.figure.set_layout_engine(None)


def origin_of(study: Study) -> str:
    """Where the numbers of a study come from: scenario, futures, seed, and the sources of what went in."""
    title = visible(study.provenance["title"]) or said("figures.origin.untitled")
    if isinstance(study, Scores):
        return said("figures.origin.scores", number=len(study.table), title=title)
    seed = study.provenance["seed"]
    if isinstance(study, Sweep | Discovery) or (isinstance(study, Forecast) and not study.certain):
        played = int(study.provenance["futures"])
        points = number(len(study.points), 0)
        return said("figures.origin.points", number=played, title=title, points=points, seed=seed)
    played = study.futures
    futures = number(played, 0)
    if not study.scenario.sources:
        return said("figures.origin.no_sources", number=played, futures=futures, title=title, seed=seed)
    sources = said("figures.origin.sources", number=len(study.scenario.sources))
    return said("figures.origin.futures", number=played, futures=futures, title=title, seed=seed, sources=sources)


def settings() -> AbstractContextManager[None]:
    """matplotlib's settings for as long as something is drawn: the same whatever the user's own."""
    from matplotlib import style

    return style.context(["default", SETTINGS])
