"""What sweeps show: how an outcome answers to what is varied, and what it costs to have chosen otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Unpack

import numpy as np

from exportsim.analysis.intervals import interval
from exportsim.analysis.outcomes import bounds_of
from exportsim.arguments import chosen, listed
from exportsim.errors import ExportsimError
from exportsim.outcomes import SHARE
from exportsim.plan import Float
from exportsim.report.number_format import number, unit_of
from exportsim.report.plots.registry import Drawings, figure, once
from exportsim.report.plots.results import policies_of
from exportsim.report.plots.sheet import Drawing, Sheet, sheet
from exportsim.study.parameter_axes import Axis, axes, plain
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable

__all__ = ["heat_map", "regret", "response"]

MOST_VALUES = 12  # of a path: with more it is a sample, and put in bins
BINS = 8
MOST_NUMBERS = 40  # cells with their value written in them
MOST_TICKS = 9


class Stretch(NamedTuple):
    """A stretch of the axis with the mean of the points there."""

    middle: float
    mean: float
    low: float
    high: float
    points: int


class Shown(NamedTuple):
    """What a figure shows of a sweep: an outcome, or its difference from the reference."""

    sweep: Sweep
    rows: pd.DataFrame
    """``policy``, ``point``, ``value``, ``low`` and ``high``."""
    unit: str
    words: str
    against: str
    """What it is the difference from, for a title."""

    def under(self, policy: str) -> pd.DataFrame:
        """The rows of a policy, in the order of the points."""
        own = self.rows[self.rows["policy"] == chosen(policy, _policies_in(self.sweep), "policy")]
        return own.set_index("point").reindex(self.sweep.points["point"])


def _shown(found: Sweep, outcome: str, figure: str) -> Shown:
    """What a figure is asked to show."""
    chosen(outcome, list(dict.fromkeys(found.table["outcome"])), "outcome")
    apart = chosen(figure, ("mean", "difference"), "figure") == "difference"
    rows = found.table[found.table["outcome"] == outcome]
    columns = ["difference", "difference_low", "difference_high"] if apart else ["mean", "low", "high"]
    return Shown(
        found,
        rows[["policy", "point", *columns]].set_axis(["policy", "point", "value", "low", "high"], axis=1),
        str(rows["unit"].iloc[0]),
        f"difference in {_worded(outcome)}" if apart else _worded(outcome),
        f": difference from {found.reference}" if apart else "",
    )


@figure(
    Sweep,
    10,
    "How the outcome answers to what is varied",
    drawings=lambda study: {axis.name: (axis.path,) for axis in _varied(study)},
)
def response(
    found: Sweep,
    path: str | None = None,
    policies: Sequence[str] | None = None,
    *,
    outcome: str = "exports",
    figure: str = "mean",
    **how: Unpack[Drawing],
) -> Axes:
    """The outcome, or its difference from the reference, against one varied path: a line per policy and its 95 %
    interval; of a sample dots, and means of eight groups of as many points.

    The path is the first by default. ``figure`` is ``"mean"``, or ``"difference"`` from the reference, which is then
    left out.
    """
    axis, asked = _axis_of(found, path), _shown(found, outcome, figure)
    apart = figure == "difference"
    names = policies_of(_policies_in(found), policies, but=found.reference if apart else None)
    rows = {name: asked.under(name) for name in names}
    lines = {name: stretches(found, axis.path, name, outcome=outcome, figure=figure) for name in names}
    factor, unit = unit_of(asked.unit, (stretch.mean for line in lines.values() for stretch in line))
    sampled = len(np.unique(axis.values)) > MOST_VALUES
    with sheet(found, **how) as drawn:
        for name in names:
            look = drawn.look(name)
            if sampled:
                dots = rows[name]["value"] / factor
                drawn.ax.plot(
                    axis.values, dots, ".", color=look.colour, alpha=0.35, markersize=3.5, gid=f"points/{name}"
                )
            at, mean, low, high, _ = np.array(lines[name]).T
            if axis.words:
                drawn.ax.vlines(at, low / factor, high / factor, color=look.colour, linewidth=1.6)
            else:
                drawn.band(at, low / factor, high / factor, look.colour, 0.18, f"interval/{name}")
            marker = "" if sampled else "o"
            drawn.line(at, mean / factor, look, f"mean/{name}", label=name, marker=marker, markersize=4)
        if apart:
            drawn.ax.axhline(0, color=drawn.style.ink, linewidth=0.9)
        dress(drawn, axis)
        drawn.grid("y")
        most = max(stretch.points for line in lines.values() for stretch in line)
        if sampled:
            note = f"Dots: points. Lines: means of {BINS} groups of as many points, and their 95 % intervals."
        elif most > 1:
            note = f"Means of up to {most} points at each value, in which other paths vary, and 95 % intervals."
        else:
            note = "Means over futures and their 95 % intervals." if found.provenance["futures"] > 1 else ""
        drawn.describe(
            f"{_worded(outcome).capitalize()} against {axis.name}{asked.against}",
            note,
            f"{axis.name}: {axis.path}." if axis.path != axis.name else "",
            y=f"{asked.words}, {unit}",
        )
        for name, own in rows.items():
            under = f" under {name}" if len(names) > 1 else ""
            drawn.note(_left_out(outcome, int(own["value"].isna().sum()), len(own), under))
    return drawn.ax


def stretches(found: Sweep, path: str, policy: str, *, outcome: str = "exports", figure: str = "mean") -> list[Stretch]:
    """The line of a policy in :func:`response`."""
    axis, asked = _axis_of(found, path), _shown(found, outcome, figure)
    own = asked.under(policy)
    order = np.argsort(axis.values, kind="stable")
    order = order[~np.isnan(own["value"].to_numpy(np.float64)[order])]
    values = np.unique(axis.values)
    if len(values) > MOST_VALUES:
        groups = [group for group in np.array_split(order, BINS) if len(group)]
    else:
        groups = [group for value in values if len(group := order[axis.values[order] == value])]
    if not groups:
        raise ExportsimError(f"{outcome} is defined at no point under {policy}")
    line = []
    for group in groups:
        rows = own.iloc[group][["value", "low", "high"]]
        if len(group) == 1:
            mean, low, high = rows.to_numpy(np.float64)[0]
        elif "samples" not in found.provenance["sweep"]:
            # Points of a grid are no sample of anything, and share their futures: what their intervals say is kept.
            mean, low, high = rows.mean(skipna=False).to_numpy(np.float64)
        else:
            bounds = bounds_of(outcome, asked.unit, difference=figure == "difference")
            mean, low, high = interval(rows["value"], share=asked.unit == SHARE, bounds=bounds)[:3]
        line.append(Stretch(float(axis.values[group].mean()), float(mean), float(low), float(high), len(group)))
    return line


def _by_policy_over_two_paths(study: Sweep) -> Drawings:
    paths = tuple(axis.path for axis in _varied(study))
    return {name: (name, paths) for name in _policies_in(study) if name != study.reference and len(paths) == 2}


@figure(Sweep, 20, "The outcome over two varied paths", drawings=_by_policy_over_two_paths)
def heat_map(
    found: Sweep,
    policy: str,
    paths: tuple[str, str] | None = None,
    *,
    outcome: str = "exports",
    figure: str = "difference",
    **how: Unpack[Drawing],
) -> Axes:
    """The outcome under a policy over two varied paths: cells of a grid, dots of a sample; the colours of differences
    part at 0, where a line is drawn.

    Cells are in order of the values, each the mean of the points there. The paths, across and up, are the first two by
    default; ``figure`` is ``"mean"``, or ``"difference"`` from the reference.
    """
    if paths is None and len(found.paths) < 2:
        raise ExportsimError("one path is varied, and a heat map needs two")
    pair = found.paths[:2] if paths is None else listed(paths, "paths")
    if len(pair) != 2:
        raise ExportsimError(f"paths: found {len(pair)}, expected two, across and up")
    across, up = (_axis_of(found, path) for path in pair)
    asked = _shown(found, outcome, figure)
    column = asked.under(policy)["value"]
    factor, unit = unit_of(asked.unit, column)
    values = column.to_numpy(np.float64) / factor
    if np.isnan(values).all():
        raise ExportsimError(f"{outcome} is defined at no point under {policy}")
    apart, largest = figure == "difference", float(np.nanmax(np.abs(values))) or 1.0
    colours = {"cmap": "RdBu", "vmin": -largest, "vmax": largest} if apart else {"cmap": "cividis"}
    is_grid = max(len(np.unique(axis.values)) for axis in (across, up)) <= MOST_VALUES
    image: ScalarMappable
    with sheet(found, **how) as drawn:
        notes = [f"Comparison: {across.path}. Up: {up.path}."]
        if is_grid:
            cells = _cells(across, up, values)
            image = drawn.ax.pcolormesh(cells, edgecolors=drawn.style.ground, linewidth=0.5, gid="cells", **colours)
            line = apart and min(cells.shape) > 1 and np.nanmin(cells) < 0 < np.nanmax(cells)
            if line:
                middles = [np.arange(length) + 0.5 for length in cells.shape[::-1]]
                drawn.ax.contour(*middles, cells, levels=[0], colors=[drawn.style.ink], linewidths=1.2)
            if cells.size <= MOST_NUMBERS:
                _write_cells(drawn, cells, image)
            for side, axis in ((drawn.ax.xaxis, across), (drawn.ax.yaxis, up)):
                labels = axis.words or [plain(value) for value in np.unique(axis.values)]
                side.set_ticks(np.arange(len(labels)) + 0.5, [drawn.short(label) for label in labels])
                side.set_label_text(axis.label)
            shared = " and the points that share them" if len(found.points) > cells.size else ""
            notes = ["Line: no difference." if line else "", f"Cells: means over futures{shared}.", *notes]
        else:
            image = drawn.ax.scatter(
                across.values, up.values, c=values, s=22, edgecolors=drawn.style.soft, linewidths=0.3, gid="points",
                **colours,
            )  # fmt: skip
            dress(drawn, across)
            dress(drawn, up, along="y")
        bar = drawn.figure.colorbar(image, ax=drawn.ax, label=f"{asked.words}, {unit}", pad=0.02)
        bar.ax.tick_params(color=drawn.style.rule, labelcolor=drawn.style.ink, labelsize=0.92 * drawn.font)
        bar.ax.yaxis.label.set(color=drawn.style.ink, fontsize=drawn.font)
        bar.outline.set_visible(False)
        left = _left_out(outcome, int(column.isna().sum()), len(column))
        drawn.describe(f"{_worded(outcome).capitalize()} under {policy}{asked.against}", *notes, left)
    return drawn.ax


def _write_cells(drawn: Sheet, cells: Float, image: ScalarMappable) -> None:
    """Write each cell's value in it, dark on light and light on dark."""
    for (row, column), value in np.ndenumerate(cells):
        red, green, blue, _ = image.to_rgba(np.array([value]))[0]
        colour = "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#ffffff"
        text = "" if np.isnan(value) else number(value, 1)
        x, y = column + 0.5, row + 0.5
        drawn.ax.text(x, y, text, ha="center", va="center", fontsize=drawn.small, color=colour, gid="number")


def _cells(across: Axis, up: Axis, values: Float) -> Float:
    """The mean of the points of each cell, rows from below; NaN where there is none."""
    inside = ~np.isnan(values)
    return np.array(
        [
            [
                points.mean() if len(points := values[(up.values == y) & (across.values == x) & inside]) else np.nan
                for x in np.unique(across.values)
            ]
            for y in np.unique(up.values)
        ]
    )


@figure(
    Sweep,
    30,
    "What it costs to have chosen otherwise",
    drawings=lambda study: once(len(_policies_in(study)) > 1 and len(study.points) > 1),
)
def regret(
    found: Sweep,
    policies: Sequence[str] | None = None,
    *,
    outcome: str = "exports",
    most: bool | None = None,
    **how: Unpack[Drawing],
) -> Axes:
    """How far each policy falls short of the best of each point: every point, the middle half, the worst; and at how
    many it is the best.

    The diamonds are the ``worst`` of :meth:`exportsim.Sweep.regret`, the shares its ``best``.

    Each is measured against the best of all policies, whichever are shown; ``most`` says whether more is better,
    and where it does not, :meth:`exportsim.Sweep.less_is_better`.
    """
    most = not found.less_is_better(outcome) if most is None else most
    table = found.regret(outcome, most=most)
    asked = policies_of(_policies_in(found), policies)
    names = [name for name in table.index if name in asked]
    if not table["n"].iloc[0]:
        raise ExportsimError(f"{outcome} is undefined under some policy at every point: there is no regret")
    means = (
        found.table[found.table["outcome"] == outcome].pivot(index="point", columns="policy", values="mean").dropna()
    )
    best = means.max(axis=1) if most else means.min(axis=1)
    short = means.sub(best, axis=0).abs()
    factor, unit = unit_of(str(table["unit"].iloc[0]), table["worst"].tolist())
    with sheet(found, **how) as drawn:
        for row, name in enumerate(names):
            values, colour = short[name].to_numpy(np.float64) / factor, drawn.look(name).colour
            # Beside each other by a rule, not by chance: the golden section spreads any number of them evenly.
            aside = row + 0.5 * (np.arange(len(values)) * 0.6180339887498949 % 1 - 0.5)
            drawn.ax.plot(values, aside, ".", color=colour, alpha=0.4, markersize=4, gid=f"points/{name}")
            lower, middle, upper = np.quantile(values, (0.25, 0.5, 0.75))
            drawn.interval(lower, upper, row, colour, linewidth=4, solid_capstyle="butt", alpha=0.7)
            drawn.ax.plot([middle], [row], "|", color=drawn.style.ink, markersize=11, markeredgewidth=1.6)
            drawn.ax.plot([values.max()], [row], "D", color=colour, markersize=5.5, gid=f"worst/{name}")
            drawn.beside(row, f"best at {100 * table.loc[name, 'best']:.0f} %")
        drawn.name_rows([drawn.short(name) for name in names])
        drawn.ax.margins(x=0.04)
        drawn.describe(
            f"Regret in {_worded(outcome)}: how much {'less' if most else 'more'} than the best policy of each point",
            "Dots: points; bar: the middle half of them, with the median; diamond: the worst.",
            _left_out(outcome, int(table["left_out"].iloc[0]), len(found.points)),
            x=f"regret in {_worded(outcome)}, {unit}",
        )
    return drawn.ax


def _axis_of(found: Sweep, path: str | None) -> Axis:
    """The axis of a varied path; of the first, if none is named."""
    path = found.paths[0] if path is None else chosen(path, found.paths, "path")
    return axes(found.points, found.paths)[found.paths.index(path)]


def _varied(found: Sweep) -> list[Axis]:
    """The axes on which there is more than one value."""
    return [axis for axis in axes(found.points, found.paths) if len(set(axis.values)) > 1]


def _policies_in(found: Sweep) -> list[str]:
    """The policies of a sweep."""
    return list(dict.fromkeys(found.table["policy"]))


def _worded(outcome: str) -> str:
    """An outcome's name as words."""
    return outcome.replace("_", " ")


def _left_out(outcome: str, number: int, points: int, under: str = "") -> str:
    """A note of how many points an outcome is undefined at, if there are such."""
    return f"{number} of {points} points are left out, where {_worded(outcome)} is undefined{under}." if number else ""


def dress(drawn: Sheet, axis: Axis, *, along: Literal["x", "y"] = "x") -> None:
    """Ticks and label of a varied path."""
    ax = drawn.ax
    side = ax.xaxis if along == "x" else ax.yaxis
    side.set_label_text(axis.label)
    values = np.unique(axis.values)
    if axis.words:
        side.set_ticks(range(len(axis.words)), [drawn.short(word) for word in axis.words])
    elif len(values) <= MOST_TICKS and not _crowded(values):
        side.set_ticks(values.tolist(), [plain(value) for value in values])


def _crowded(values: Float) -> bool:
    """Whether labels at some values would touch."""
    return len(values) > 1 and float(np.diff(values).min()) < 0.07 * float(np.ptp(values))
