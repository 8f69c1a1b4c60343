"""What sweeps show: how an outcome answers to what is varied, and what it costs to have chosen otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Unpack

import numpy as np

from exportsim.analysis.intervals import interval
from exportsim.analysis.outcomes import bounds_of
from exportsim.arguments import chosen, listed
from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.outcomes import SHARE
from exportsim.plan import Float
from exportsim.report.number_format import number, percent_number, places, unit_of
from exportsim.report.plots.axis_numbers import write_numbers
from exportsim.report.plots.registry import Drawings, figure, once
from exportsim.report.plots.results import policies_of
from exportsim.report.plots.sheet import LINE_HEIGHT, Drawing, Sheet, sheet
from exportsim.study.naming import axis_words, outcome_words, path_words, policy_title
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
DARK, LIGHT = "#010101", "#fefefe"
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
    """The outcome, or its difference from what reference."""

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
    words = outcome_words(found, outcome)
    return Shown(
        found,
        rows[["policy", "point", *columns]].set_axis(["policy", "point", "value", "low", "high"], axis=1),
        str(rows["unit"].iloc[0]),
        text("figures.sweeps.difference", outcome=words, reference=policy_title(found, found.reference))
        if apart
        else words,
    )


@figure(
    Sweep,
    10,
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
            drawn.line(
                at, mean / factor, look, f"mean/{name}", label=policy_title(found, name), marker=marker, markersize=4
            )
        if apart:
            drawn.ax.axhline(0, color=drawn.style.ink, linewidth=0.9)
        dress(drawn, axis)
        drawn.grid("y")
        most = max(stretch.points for line in lines.values() for stretch in line)
        if sampled:
            kind = "sampled"
        elif most > 1:
            kind = "several"
        else:
            kind = "each" if found.provenance["futures"] > 1 else "one_future"
        drawn.describe(
            _response_lead(found, axis, lines, asked.words),
            text("figures.response.shown", what=asked.words, unit=unit, path=path_words(found, axis.path)),
            text(f"figures.response.{kind}", number=most, groups=BINS),
        )
        for name, own in rows.items():
            drawn.note(_left_out(found, outcome, int(own["value"].isna().sum()), len(own), name))
    return drawn.ax


def _response_lead(found: Sweep, axis: Axis, lines: dict[str, list[Stretch]], what: str) -> str:
    """Under which policy it moves most along the path, and between what."""
    spans = {name: max(s.mean for s in line) - min(s.mean for s in line) for name, line in lines.items()}
    largest = max(spans, key=spans.__getitem__)
    line = lines[largest]
    own = str(found.table["unit"].iloc[0])
    factor, unit = unit_of(own, (stretch.mean for stretch in line))
    ends = (min(s.mean for s in line) / factor, max(s.mean for s in line) / factor)
    decimals = places(max(map(abs, ends)), 3)
    said = {"what": what, "policy": policy_title(found, largest), "path": path_words(found, axis.path)}
    if not spans[largest]:
        return text("figures.response.lead_none", **said)
    low, high = (number(end, decimals) for end in ends)
    return text("figures.response.lead", low=low, high=high, unit=unit, **said)


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


@figure(Sweep, 20, drawings=_by_policy_over_two_paths)
def heat_map(
    found: Sweep,
    policy: str,
    paths: tuple[str, str] | None = None,
    *,
    outcome: str = "exports",
    figure: str = "difference",
    **how: Unpack[Drawing],
) -> Axes:
    """The outcome under a policy over two varied paths: cells of a grid, dots of a sample. The colours go from the
    least to the largest; of differences below and above 0 they part there, and a line is drawn.

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
    apart = figure == "difference"
    is_grid = max(len(np.unique(axis.values)) for axis in (across, up)) <= MOST_VALUES
    image: ScalarMappable
    cells = _cells(across, up, values) if is_grid else values
    parts = apart and bool(np.nanmin(cells) < 0 < np.nanmax(cells))
    with sheet(found, **how) as drawn:
        colours = _colours(drawn, cells, parts=parts)
        notes: list[str] = []
        if is_grid:
            image = drawn.ax.pcolormesh(cells, edgecolors=drawn.style.ground, linewidth=0.5, gid="cells", **colours)
            if parts:
                _part_cells(drawn, cells)
            if cells.size <= MOST_NUMBERS:
                _write_cells(drawn, cells, image)
            for side, axis in ((drawn.ax.xaxis, across), (drawn.ax.yaxis, up)):
                labels = axis.words or [plain(value) for value in np.unique(axis.values)]
                side.set_ticks(np.arange(len(labels)) + 0.5, [drawn.short(label) for label in labels])
                side.set_label_text(axis_words(found, axis))
            shared = "shared" if len(found.points) > cells.size else "cells"
            notes = [text("figures.heat_map.line") if parts else "", text(f"figures.heat_map.{shared}"), *notes]
        else:
            image = drawn.ax.scatter(
                across.values, up.values, c=values, s=22, edgecolors=drawn.style.soft, linewidths=0.3, gid="points",
                **colours,
            )  # fmt: skip
            dress(drawn, across)
            dress(drawn, up, along="y")
        _name_colours(drawn, image, cells, asked.words if parts else "", unit)
        left = _left_out(found, outcome, int(column.isna().sum()), len(column), policy)
        drawn.describe(
            _heat_lead(found, policy, cells, asked.words, unit),
            text("figures.heat_map.shown", what=asked.words, unit=unit, policy=policy_title(found, policy)),
            *notes,
            left,
        )
    return drawn.ax


def _colours(drawn: Sheet, values: Float, *, parts: bool) -> dict[str, Any]:
    """The scale of colours: over what there is, parted at zero where it lies on both sides of it."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if not parts:
        return {"cmap": "cividis", "vmin": low, "vmax": high if high > low else low + (abs(low) or 1)}
    largest = max(-low, high)
    return {"cmap": "RdBu", "vmin": -largest, "vmax": largest}


def _name_colours(drawn: Sheet, image: ScalarMappable, values: Float, parted: str, unit: str) -> None:
    """The bar of colours, with what its ends are."""
    bar = drawn.figure.colorbar(image, ax=drawn.ax, pad=0.02, aspect=14 if drawn.narrow else 20)
    bar.ax.tick_params(color=drawn.style.rule, labelcolor=drawn.style.ink, labelsize=drawn.small)
    write_numbers(bar.ax.yaxis)
    bar.outline.set_visible(False)
    low, high = image.get_clim()
    decimals = places(max(abs(low), abs(high)), 3)
    kind = "parted" if parted else "all"
    for key, value, side, height in (("low", low, "top", -0.02), ("high", high, "bottom", 1.02)):
        words = text(f"figures.heat_map.{key}_{kind}", value=number(value, decimals))
        bar.ax.annotate(
            words, (1, height), xycoords="axes fraction", ha="right", va=side, fontsize=drawn.small,
            color=drawn.style.ink, annotation_clip=False, gid=f"colour/{key}",
        )  # fmt: skip
    drawn.head += LINE_HEIGHT * drawn.small  # for the name of the upper end
    bar.set_label(unit, color=drawn.style.ink, fontsize=drawn.small)


def _heat_lead(found: Sweep, policy: str, cells: Float, what: str, unit: str) -> str:
    """Between what the outcome is, over all that is varied."""
    low, high = float(np.nanmin(cells)), float(np.nanmax(cells))
    decimals = places(max(abs(low), abs(high)), 3)
    said = {"what": what, "policy": policy_title(found, policy), "unit": unit}
    if number(low, decimals) == number(high, decimals):
        return text("figures.heat_map.lead_same", value=number(low, decimals), **said)
    return text("figures.heat_map.lead", low=number(low, decimals), high=number(high, decimals), **said)


def _part_cells(drawn: Sheet, cells: Float) -> None:
    """A line along the edges between cells below zero and cells above."""
    rows, columns = np.nonzero(cells[:, :-1] * cells[:, 1:] < 0)
    drawn.ax.vlines(columns + 1, rows, rows + 1, colors=DARK, gid="no-difference")
    rows, columns = np.nonzero(cells[:-1] * cells[1:] < 0)
    drawn.ax.hlines(rows + 1, columns, columns + 1, colors=DARK, gid="no-difference")


def _write_cells(drawn: Sheet, cells: Float, image: ScalarMappable) -> None:
    """Write each cell's value in it, dark on light and light on dark."""
    for (row, column), value in np.ndenumerate(cells):
        red, green, blue, _ = image.to_rgba(np.array([value]))[0]
        colour = DARK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else LIGHT
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


def _if_none_is_best_everywhere(study: Sweep) -> Drawings:
    """One drawing, where there is a choice: elsewhere regret is the difference from the one best policy."""
    if len(_policies_in(study)) < 2 or len(study.points) < 2:
        return {}
    outcomes = list(dict.fromkeys(study.table["outcome"]))
    outcome = "exports" if "exports" in outcomes else outcomes[0]
    table = study.regret(outcome, most=not study.less_is_better(outcome))
    return once(not table["n"].iloc[0] or float(table["best"].max()) < 1)


@figure(Sweep, 30, drawings=_if_none_is_best_everywhere)
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
            drawn.beside(row, text("figures.regret.best", percent=percent_number(float(table.loc[name, "best"]))))
        drawn.name_rows([policy_title(found, name) for name in names])
        drawn.ax.margins(x=0.04)
        drawn.describe(
            _regret_lead(found, table),
            text(
                "figures.regret.most" if most else "figures.regret.least",
                outcome=outcome_words(found, outcome),
                unit=unit,
            ),
            text("figures.regret.marks"),
            _left_out(found, outcome, int(table["left_out"].iloc[0]), len(found.points)),
        )
    return drawn.ax


def _regret_lead(found: Sweep, table: pd.DataFrame) -> str:
    """Which policy is best most often, and which has the smallest worst regret."""
    most, safest = str(table["best"].idxmax()), str(table["worst"].idxmin())
    share = percent_number(float(table["best"].max()))
    said = {"policy": policy_title(found, most), "percent": share}
    if most == safest:
        return text("figures.regret.lead_both", **said)
    return text("figures.regret.lead", safest=policy_title(found, safest), **said)


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


def _left_out(found: Sweep, outcome: str, left: int, points: int, policy: str | None = None) -> str:
    """A note of how many points an outcome is undefined at, if there are such."""
    if not left:
        return ""
    words = outcome_words(found, outcome)
    if policy is None:
        return text("figures.sweeps.left_out", number=left, points=points, outcome=words)
    title = policy_title(found, policy)
    return text("figures.sweeps.left_out_under", number=left, points=points, outcome=words, policy=title)


def dress(drawn: Sheet, axis: Axis, *, along: Literal["x", "y"] = "x") -> None:
    """Ticks and label of a varied path."""
    ax = drawn.ax
    side = ax.xaxis if along == "x" else ax.yaxis
    side.set_label_text(axis_words(drawn.study, axis))
    values = np.unique(axis.values)
    if axis.words:
        side.set_ticks(range(len(axis.words)), [drawn.short(word) for word in axis.words])
    elif len(values) <= MOST_TICKS and not _crowded(values):
        side.set_ticks(values.tolist(), [number(value, len(plain(value).partition(".")[2])) for value in values])


def _crowded(values: Float) -> bool:
    """Whether labels at some values would touch."""
    return len(values) > 1 and float(np.diff(values).min()) < 0.07 * float(np.ptp(values))
