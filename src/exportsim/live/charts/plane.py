"""What figures of the live page share: marks, places on a plane of pixels, axes, and numbers along them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from exportsim.language import text
from exportsim.report.number_format import number

WIDTH, HEIGHT = 720, 320
LETTER = 6.1  # pixels, of the average letter of a label
BOLD = 1.2  # times as wide, a bold one
LINE = 15  # pixels, from label to label
TICKS = 5  # along an axis of amounts, about
YEARS = 12  # along the time axis at most

Mark = dict[str, Any]
Table = dict[str, Any]
Figure = dict[str, Any]


def mark(tag: str, name: str, key: str, at: dict[str, Any], text: str = "", **about: Any) -> Mark:
    """An element of SVG: what it is, its classes, the key by which a browser keeps it, its attributes and its text."""
    made: Mark = {"tag": tag, "class": name, "key": key, "at": at}
    if text:
        made["text"] = text
    if about:
        made["about"] = about
    return made


def pixel(value: float) -> float:
    """A place to a tenth of a pixel."""
    value = round(value, 1)
    return int(value) if value == int(value) else value


def label(name: str, key: str, x: float, y: float, words: str, anchor: str = "start", **about: Any) -> Mark:
    """A text at a place."""
    where = {} if anchor == "start" else {"text-anchor": anchor}
    return mark("text", name, key, {"x": pixel(x), "y": pixel(y), **where}, words, **about)


def line(name: str, key: str, x1: float, y1: float, x2: float, y2: float, **about: Any) -> Mark:
    """A straight line."""
    return mark("line", name, key, {"x1": pixel(x1), "y1": pixel(y1), "x2": pixel(x2), "y2": pixel(y2)}, **about)


def rect(name: str, key: str, x: float, y: float, width: float, height: float, **about: Any) -> Mark:
    """A rectangle."""
    at = {"x": pixel(x), "y": pixel(y), "width": pixel(max(width, 0)), "height": pixel(max(height, 0))}
    return mark("rect", name, key, at, **about)


def width_of(words: str) -> float:
    """How many pixels a label takes, about."""
    return LETTER * len(words)


def wrapped(words: str, room: float, most: int) -> list[str]:
    """A text in lines that fit, no more than so many; what is left over is cut."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    letters = max(2, int(room / LETTER))
    kept = [*lines[: most - 1], " ".join(lines[most - 1 :])] if len(lines) > most else lines
    return [each if len(each) <= letters else _cut(each, letters) for each in kept]


def _cut(words: str, letters: int) -> str:
    return text("names.cut", start=words[: letters - 1].rstrip(" ,;:"))


class Plane(NamedTuple):
    """Where the days of a period and amounts stand in a figure."""

    first: date
    past: date
    """The day after the last."""
    most: float
    """The amount at the top."""
    left: float
    right: float
    top: float
    bottom: float

    @property
    def a_day(self) -> float:
        """Pixels of a day."""
        return (self.right - self.left) / (self.past - self.first).days

    def x(self, day: date) -> float:
        """Where a day begins."""
        return self.left + (day - self.first).days * self.a_day

    def x_of_minute(self, minute: int) -> float:
        """Where a minute of the period is."""
        return self.left + minute / 1440 * self.a_day

    def y(self, amount: float) -> float:
        """Where an amount is."""
        return self.bottom - amount / self.most * (self.bottom - self.top)

    def axes(self, name: str = "axis") -> Iterator[Mark]:
        """Lines at round amounts with their numbers, and years; the name tells those of one figure apart."""
        step = round_step(self.most / TICKS)
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        for place in range(int(self.most / step + 1e-9) + 1):
            amount, key = place * step, f"{name}-amount-{place}"
            yield line("grid", key, self.left, self.y(amount), self.right, self.y(amount))
            yield label("tick", f"{key}-text", self.left - 6, self.y(amount) + 4, number(amount, decimals), "end")
        starts = [date(year, 1, 1) for year in range(self.first.year, self.past.year + 1)]
        starts = [start for start in starts if self.first <= start < self.past]
        for start in starts[:: max(1, -(-len(starts) // YEARS))]:
            x, year = self.x(start), start.year
            yield line("grid", f"{name}-year-{year}", x, self.bottom, x, self.bottom + 5)
            yield label("tick", f"{name}-year-{year}-text", x + 3, self.bottom + 15, str(year))

    def step_path(self, edges: Sequence[float], amounts: Sequence[float]) -> str:
        """A line that stays at each amount from edge to edge."""
        return _path("M", self._corners(edges, amounts))

    def band_path(self, edges: Sequence[float], low: Sequence[float], high: Sequence[float]) -> str:
        """What lies between two such lines."""
        corners = self._corners(edges, high), self._corners(edges, low)[::-1]
        first, second = ([(round(x), round(y)) for x, y in each] for each in corners)  # a band has no sharp edge
        return _path("M", first) + _path("L", second) + "Z"

    def _corners(self, edges: Sequence[float], amounts: Sequence[float]) -> list[tuple[float, float]]:
        across, down = [*map(pixel, edges)], [pixel(self.y(amount)) for amount in amounts]
        return [(across[place + side], y) for place, y in enumerate(down) for side in (0, 1)]


def _path(begin: str, corners: Sequence[tuple[float, float]]) -> str:
    """Corners as the description of a path, which goes level or upright wherever it can."""
    steps, (x, y) = [f"{begin}{corners[0][0]} {corners[0][1]}"] if corners else [], corners[0] if corners else (0, 0)
    for across, down in corners[1:]:
        if across != x and down != y:
            steps.append(f"L{across} {down}")
        elif across != x:
            steps.append(f"H{across}")
        elif down != y:
            steps.append(f"V{down}")
        x, y = across, down
    return "".join(steps)


def round_step(value: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that is no less than a value above nothing."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(round(times * power, 12) for times in (1, 2, 5, 10) if times * power >= value * (1 - 1e-9))


def top_of(amounts: Sequence[float]) -> float:
    """The amount at the top of a figure: a round one no less than all of these."""
    most = max(amounts, default=0.0)
    if most <= 0:
        return 1.0
    step = round_step(most / TICKS)
    return math.ceil(most / step - 1e-9) * step


def figure(name: str, title: str, caption: Sequence[str], marks: Sequence[Mark], table: Callable[[], Table]) -> Figure:
    """A figure, with what makes the table of its numbers."""
    said = " ".join(sentence for sentence in caption if sentence)
    return {
        "id": name,
        "title": title,
        "caption": said,
        "width": WIDTH,
        "height": HEIGHT,
        "marks": list(marks),
        "table": table,
    }


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> Table:
    """A table of text."""
    return {"caption": caption, "columns": list(columns), "rows": [list(row) for row in rows], "note": note}
