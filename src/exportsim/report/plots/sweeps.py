"""What sweeps show: how an outcome answers to what is varied, and what it costs to have chosen otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np

from exportsim.analysis.intervals import interval
from exportsim.analysis.outcomes import bounds_of
from exportsim.arguments import chosen, listed
from exportsim.errors import ExportsimError
from exportsim.outcomes import SHARE
from exportsim.plan import Float
from exportsim.report.number_format import number, unit_of
from exportsim.report.plots.choice_of_axes import policies_of
from exportsim.report.plots.labels import Label, label_ends
from exportsim.report.plots.registry import Drawings, figure
from exportsim.report.plots.sheet import Drawing, Sheet, sheet
from exportsim.report.plots.sweep_points import (
    axis_of,
    dress,
    note_undefined,
    policies_in,
    rows_of,
    varied,
    worded,
)
from exportsim.study.parameter_axes import Axis, plain
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable

__all__ = ["heat_map", "regret", "response"]

MOST_VALUES = 12  # of a path: with more it is a sample, and put in bins
BINS = 8
MOST_NUMBERS = 40  # cells with their value written in them


class Stretch(NamedTuple):
    """A place on the axis with the mean of the points there."""

    place: float
    mean: float
    low: float
    high: float
    points: int


def _by_path(found: Sweep) -> Drawings:
    return {axis.name: (axis.path,) for axis in varied(found)}


@figure(Sweep, 10, "How the outcome answers to what is varied", drawings=_by_path)
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

    The lines are those of :func:`stretches`; of a sample, each point is a dot as well.

    Parameters
    ----------
    found : Sweep
    path : str, optional
        The first by default.
    policies : sequence of str, optional
        All by default; of differences, all but the reference.
    outcome : str
    figure : str
        ``"mean"``, or ``"difference"`` from the reference.
    """
    axis = axis_of(found, path)
    names = policies_of(policies_in(found), policies, but=found.reference if figure == "difference" else None)
    rows = rows_of(found, outcome, figure)
    lines = {name: stretches(found, axis.path, name, outcome=outcome, figure=figure) for name in names}
    means = (stretch.mean for line in lines.values() for stretch in line)
    factor, unit = unit_of(str(rows["unit"].iloc[0]), means)
    sampled = len(np.unique(axis.values)) > MOST_VALUES
    with sheet(found, **how) as drawn:
        for name in names:
            look = drawn.look(name)
            if sampled:
                own = rows[rows["policy"] == name].set_index("point")["value"].reindex(found.points["point"])
                gid = f"points/{name}"
                drawn.points(axis.values, own / factor, ".", look.colour, alpha=0.35, markersize=3.5, gid=gid)
            place, mean, low, high, _ = np.array(lines[name]).T
            if axis.words:
                drawn.ax.vlines(place, low / factor, high / factor, color=look.colour, linewidth=1.6)
            else:
                drawn.band(place, low / factor, high / factor, look.colour, 0.18, f"interval/{name}")
            drawn.line(place, mean / factor, look, f"mean/{name}", marker="" if sampled else "o", markersize=4)
        if figure == "difference":
            drawn.ax.axhline(0, color=drawn.style.ink, linewidth=0.9)
        dress(drawn, axis)
        drawn.grid("y")
        what = f"difference in {worded(outcome)}" if figure == "difference" else worded(outcome)
        drawn.ax.set_ylabel(f"{what}, {unit}")
        against = f": difference from {found.reference}" if figure == "difference" else ""
        drawn.title(f"{worded(outcome).capitalize()} against {axis.name}{against}")
        most = max(stretch.points for line in lines.values() for stretch in line)
        if sampled:
            drawn.note(f"Dots: points. Lines: means of {BINS} groups of as many points, and their 95 % intervals.")
        elif most > 1:
            drawn.note(f"Means of up to {most} points at each value, in which other paths vary, and 95 % intervals.")
        elif found.provenance["futures"] > 1:
            drawn.note("Means over futures and their 95 % intervals.")
        if axis.path != axis.name:
            drawn.note(f"{axis.name}: {axis.path}.")
        note_undefined(drawn, outcome, {name: rows[rows["policy"] == name]["value"] for name in names})
        label_ends(drawn, [Label(lines[name][-1].mean / factor, name, *drawn.look(name)) for name in names])
    return drawn.ax


def stretches(found: Sweep, path: str, policy: str, *, outcome: str = "exports", figure: str = "mean") -> list[Stretch]:
    """The line of a policy in :func:`response`."""
    axis = axis_of(found, path)
    rows = rows_of(found, outcome, figure)
    own = rows[rows["policy"] == chosen(policy, policies_in(found), "policy")].set_index("point")
    own = own.reindex(found.points["point"])
    order, unit = np.argsort(axis.values, kind="stable"), str(rows["unit"].iloc[0])
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
        each = own.iloc[group]
        if len(group) == 1:
            mean, low, high = each[["value", "low", "high"]].to_numpy(np.float64)[0]
        elif "samples" not in found.provenance["sweep"]:
            # Points of a grid are no sample of anything, and share their futures: what their intervals say is kept.
            mean, low, high = each[["value", "low", "high"]].mean(skipna=False).to_numpy(np.float64)
        else:
            bounds = bounds_of(outcome, unit, difference=figure == "difference")
            mean, low, high = interval(each["value"], share=unit == SHARE, bounds=bounds)[:3]
        line.append(Stretch(float(axis.values[group].mean()), float(mean), float(low), float(high), len(group)))
    return line


def _by_policy_over_two_paths(found: Sweep) -> Drawings:
    two = tuple(axis.path for axis in varied(found))
    return {policy: (policy, two) for policy in policies_in(found) if policy != found.reference and len(two) == 2}


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

    Cells are in order of the values, each the mean of the points there.

    Parameters
    ----------
    found : Sweep
    policy : str
    paths : pair of str, optional
        Comparison and up; the first two by default.
    outcome : str
    figure : str
        ``"mean"``, or ``"difference"`` from the reference: its colours part at 0, and a line is drawn there.
    """
    if paths is None and len(found.paths) < 2:
        raise ExportsimError("one path is varied, and a heat map needs two")
    pair = found.paths[:2] if paths is None else listed(paths, "paths")
    if len(pair) != 2:
        raise ExportsimError(f"paths: found {len(pair)}, expected two, across and up")
    across, up = (axis_of(found, path) for path in pair)
    rows = rows_of(found, outcome, figure)
    own = rows[rows["policy"] == chosen(policy, policies_in(found), "policy")].set_index("point")
    values = own["value"].reindex(found.points["point"]).to_numpy(np.float64)
    factor, unit = unit_of(str(rows["unit"].iloc[0]), values)
    values = values / factor
    if np.isnan(values).all():
        raise ExportsimError(f"{outcome} is defined at no point under {policy}")
    largest = float(np.nanmax(np.abs(values))) or 1.0
    apart = figure == "difference"
    colours = {"cmap": "RdBu", "vmin": -largest, "vmax": largest} if apart else {"cmap": "cividis"}
    grid = max(len(np.unique(axis.values)) for axis in (across, up)) <= MOST_VALUES
    cells = _cells(across, up, values)
    image: ScalarMappable
    with sheet(found, **how) as drawn:
        if grid:
            image = drawn.ax.pcolormesh(cells, edgecolors=drawn.style.ground, linewidth=0.5, gid="cells", **colours)
            if apart and min(cells.shape) > 1 and np.nanmin(cells) < 0 < np.nanmax(cells):
                middles = [np.arange(length) + 0.5 for length in cells.shape[::-1]]
                drawn.ax.contour(*middles, cells, levels=[0], colors=[drawn.style.ink], linewidths=1.2)
                drawn.note("Line: no difference.")
            if cells.size <= MOST_NUMBERS:
                _write_cells(drawn, cells, image)
            for side, axis in ((drawn.ax.xaxis, across), (drawn.ax.yaxis, up)):
                labels = axis.words or [plain(value) for value in np.unique(axis.values)]
                side.set_ticks(np.arange(len(labels)) + 0.5, [drawn.short(label) for label in labels])
                side.set_label_text(axis.label)
        else:
            image = drawn.ax.scatter(
                across.values, up.values, c=values, s=22, edgecolors=drawn.style.soft, linewidths=0.3, gid="points",
                **colours,
            )  # fmt: skip
            dress(drawn, across)
            dress(drawn, up, along="y")
        what = f"difference in {worded(outcome)}" if apart else worded(outcome)
        bar = drawn.figure.colorbar(image, ax=drawn.ax, label=f"{what}, {unit}", pad=0.02)
        bar.ax.tick_params(color=drawn.style.rule, labelcolor=drawn.style.ink, labelsize=0.92 * drawn.font)
        bar.ax.yaxis.label.set(color=drawn.style.ink, fontsize=drawn.font)
        bar.outline.set_visible(False)
        from_reference = f": difference from {found.reference}" if apart else ""
        drawn.title(f"{worded(outcome).capitalize()} under {policy}{from_reference}")
        if grid:
            shared = " and the points that share them" if len(found.points) > cells.size else ""
            drawn.note(f"Cells: means over futures{shared}.")
        drawn.note(f"Comparison: {across.path}. Up: {up.path}.")
        note_undefined(drawn, outcome, {policy: own["value"]})
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
    columns, rows = np.unique(across.values), np.unique(up.values)
    cells = np.full((len(rows), len(columns)), np.nan)
    for r, row in enumerate(rows):
        for c, column in enumerate(columns):
            here = values[(up.values == row) & (across.values == column) & ~np.isnan(values)]
            if len(here):
                cells[r, c] = here.mean()
    return cells


def _if_choosing_matters(found: Sweep) -> Drawings:
    return {"": ()} if len(policies_in(found)) > 1 and len(found.points) > 1 else {}


@figure(Sweep, 30, "What it costs to have chosen otherwise", drawings=_if_choosing_matters)
def regret(
    found: Sweep,
    policies: Sequence[str] | None = None,
    *,
    outcome: str = "exports",
    most: bool = True,
    **how: Unpack[Drawing],
) -> Axes:
    """How far each policy falls short of the best of each point: every point, the middle half, the worst; and at how
    many it is the best.

    The diamonds are the ``worst`` of :meth:`exportsim.Sweep.regret`, the shares its ``best``.

    Parameters
    ----------
    found : Sweep
    policies : sequence of str, optional
        All by default. Each is measured against the best of all.
    outcome : str
    most : bool
        Whether more is better.
    """
    table = found.regret(outcome, most=most)
    asked = policies_of(policies_in(found), policies)
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
            drawn.points(values, aside, ".", colour, alpha=0.4, markersize=4, gid=f"points/{name}")
            lower, middle, upper = np.quantile(values, (0.25, 0.5, 0.75))
            drawn.interval(lower, upper, row, colour, linewidth=4, solid_capstyle="butt", alpha=0.7)
            drawn.points([middle], [row], "|", drawn.style.ink, markersize=11, markeredgewidth=1.6)
            drawn.points([values.max()], [row], "D", colour, markersize=5.5, gid=f"worst/{name}")
            drawn.beside(row, f"best at {100 * table.loc[name, 'best']:.0f} %")
        drawn.name_rows([drawn.short(name) for name in names])
        drawn.ax.margins(x=0.04)
        drawn.ax.set_xlabel(f"regret in {worded(outcome)}, {unit}")
        drawn.title(
            f"Regret in {worded(outcome)}: how much {'less' if most else 'more'} than the best policy of each point"
        )
        drawn.note("Dots: points; bar: the middle half of them, with the median; diamond: the worst.")
        left = int(table["left_out"].iloc[0])
        if left:
            drawn.note(f"{left} of {len(found.points)} points are left out, where {worded(outcome)} is undefined.")
    return drawn.ax
