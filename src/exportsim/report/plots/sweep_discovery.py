"""Where a policy fails, as figures: the first box among the points, and what else could have been chosen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.errors import ExportsimError
from exportsim.language import listed, text
from exportsim.report.number_format import percent_number
from exportsim.report.plots.registry import figure
from exportsim.report.plots.sheet import Drawing, Sheet, sheet
from exportsim.report.plots.sweeps import dress
from exportsim.study.discovery import Discovery
from exportsim.study.naming import path_words, policy_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["failures", "trade_off"]


@figure(
    Discovery,
    10,
    drawings=lambda study: {f"{box}": (box,) for box in range(1, len(study.boxes) + 1) if len(study.axes) > 1},
)
def failures(found: Discovery, box: int = 1, **how: Unpack[Drawing]) -> Axes:
    """Failing points and others over the two paths that a box limits most, and the box.

    The two paths are those of the least quasi-p; where the box limits one, the other is the most often limited. Boxes
    are numbered from 1.
    """
    if not 1 <= box <= len(found.boxes):
        raise ExportsimError(f"box: found {box}, expected a number from 1 to {len(found.boxes)}")
    if len(found.axes) < 2:
        raise ExportsimError("one path is varied, and a scatter of points needs two")
    shown = found.boxes[box - 1]
    by_quasi_p = sorted(zip(shown.limits, shown.sides, strict=True), key=lambda pair: pair[0].quasi_p)
    other = [str(path) for path in found.stability.index]
    names = list(dict.fromkeys([*(limit.path for limit, _ in by_quasi_p), *other]))[:2]
    across, up = (next(axis for axis in found.axes if axis.path == name) for name in names)
    fails = found.points["fails"].to_numpy(bool)
    with sheet(found, **how) as drawn:
        jitter = [_aside(len(axis.words), len(fails), step) for axis, step in ((across, 0.618034), (up, 0.754878))]
        x, y = across.values + jitter[0], up.values + jitter[1]
        drawn.ax.plot(x[~fails], y[~fails], "o", color=drawn.style.waiting, markersize=3.5, gid="others")
        drawn.ax.plot(x[fails], y[fails], "D", color=drawn.style.hues[1], markersize=4, gid="failing")
        dress(drawn, across)
        dress(drawn, up, along="y")
        drawn.ax.margins(0.04)
        _frame(drawn, found, box, (names[0], names[1]))
        limits = listed(found.limits_in_words(shown))
        hidden = sorted({limit.path for limit in shown.limits} - set(names))
        said = {"coverage": percent_number(shown.coverage), "density": percent_number(shown.density)}
        drawn.describe(
            text("figures.failures.lead", policy=policy_title(found, found.policy), limits=limits, **said),
            text("figures.failures.shown", policy=policy_title(found, found.policy)),
            text("figures.failures.frame", **said),
            text("figures.failures.hidden", paths=listed([path_words(found, path) for path in hidden]))
            if hidden
            else "",
        )
    return drawn.ax


@figure(Discovery, 20)
def trade_off(found: Discovery, **how: Unpack[Drawing]) -> Axes:
    """Coverage and density of what could have been chosen, and what was."""
    coverage, density = 100 * found.tradeoff["coverage"], 100 * found.tradeoff["density"]
    chosen = found.tradeoff["chosen"]
    with sheet(found, **how) as drawn:
        drawn.ax.plot(coverage, density, "-o", color=drawn.style.hues[0], linewidth=0.8, markersize=4, gid="steps")
        drawn.ax.plot(coverage[chosen], density[chosen], "D", color=drawn.style.hues[1], markersize=8, gid="chosen")
        drawn.ax.set_xlim(0, 103)
        drawn.ax.set_ylim(0, 103)
        drawn.grid()
        best = found.tradeoff[chosen].iloc[0]
        drawn.describe(
            text(
                "figures.trade_off.lead",
                coverage=percent_number(float(best["coverage"])),
                density=percent_number(float(best["density"])),
            ),
            text(f"figures.trade_off.{found.method}", policy=policy_title(found, found.policy)),
            text("figures.trade_off.diamond"),
            x=text("figures.trade_off.across"),
            y=text("figures.trade_off.up"),
        )
    return drawn.ax


def _aside(words: int, number: int, step: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Points of a word beside each other, by a rule."""
    if not words:
        return np.zeros(number)
    return np.asarray(0.5 * (np.arange(number) * step % 1 - 0.5))


def _frame(drawn: Sheet, found: Discovery, box: int, paths: tuple[str, str]) -> None:
    """The box on the two paths shown: a rectangle each for the words within."""
    from matplotlib.patches import Rectangle

    ranges = []
    for path, (low, high) in zip(paths, (drawn.ax.get_xlim(), drawn.ax.get_ylim()), strict=True):
        parts = [(low, high)]
        for side in found.boxes[box - 1].sides:
            if found.axes[side.axis].path == path:
                if side.words is not None:
                    parts = [(word - 0.4, word + 0.4) for word in sorted(side.words)]
                else:
                    (start, end), under = parts[0], side.under
                    parts = [(side.over if math.isfinite(side.over) else start, under if math.isfinite(under) else end)]
        ranges.append(parts)
    for left, right in ranges[0]:
        for bottom, top in ranges[1]:
            corner, width, height, colour = (left, bottom), right - left, top - bottom, drawn.style.hues[0]
            drawn.ax.add_patch(Rectangle(corner, width, height, facecolor=colour, alpha=0.13, gid="box"))
            drawn.ax.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=colour, linewidth=1.4))
