"""Figures of a sensitivity analysis: its indices, how they settle, and what either end of an uncertainty means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from exportsim.report.plots.registry import figure
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.report.plots.styles import DASHES, SOLID, Look
from exportsim.report.sensitivity import said, scale, scale_of_indices
from exportsim.study.indices import LEADING
from exportsim.study.sensitivity import Sensitivity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["convergence", "indices", "tornado"]

END = {"sobol": "fifth", "morris": "quarter"}
MOST_LINES = 6  # of parameters that are seen to settle
MOST_LETTERS = 44  # of a parameter's name beside its bar


@figure(Sensitivity, 10, "Either end of each uncertainty")
def tornado(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """The outcome's mean where an uncertainty is lowest and where it is highest, as bars from the mean of all, with
    95 % intervals; the widest on top.

    The numbers are those of :attr:`exportsim.Sensitivity.tornado`.
    """
    factor, unit = scale(found, found.tornado, ["low_mean", "high_mean"])
    order = found.tornado["difference"].abs().sort_values(ascending=False, kind="stable").index
    table = found.tornado.loc[order]
    ends = {
        end: (table[[f"{end}_mean", f"{end}_low", f"{end}_high"]] / factor).to_numpy().tolist()
        for end in ("low", "high")
    }
    middle = float(found.points["value"].mean()) / factor
    with sheet(found, **how) as drawn:
        looks = {"low": (drawn.style.unlicensed[1], "///", -0.12), "high": (drawn.style.licensed[0], "", 0.12)}
        for row, name in enumerate(table["parameter"]):
            for end, (colour, hatch, shift) in looks.items():
                mean, low, high = ends[end][row]
                drawn.ax.barh(
                    row, mean - middle, left=middle, height=0.62, color=colour, hatch=hatch,
                    edgecolor=drawn.style.ground, linewidth=0, label=f"{end}est", gid=f"{end}/{name}",
                )  # fmt: skip
                gid = f"interval/{end}/{name}"
                drawn.interval(low, high, row + shift, drawn.style.ink, linewidth=0.9, gid=gid)
        drawn.ax.axvline(middle, color=drawn.style.ink, linewidth=0.9)
        drawn.name_rows([_ending(name, MOST_LETTERS) for name in table["parameter"]])
        drawn.describe(
            f"Either end of each uncertainty: {said(found)}",
            f"Means where an uncertainty is in its lowest {END[found.method]} (hatched) and its highest (plain), the "
            "others being anything; thin lines: their 95 % intervals; upright line: the mean of all points.",
            x=f"{found.outcome.replace('_', ' ')}, {unit}",
        )
    return drawn.ax


@figure(Sensitivity, 20, "What the outcome depends on")
def indices(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """Each uncertainty's indices with their 95 % intervals; of Morris's, the mean size of effects against their
    deviation.

    The numbers are those of :attr:`exportsim.Sensitivity.table`.
    """
    if found.method == "morris":
        return _effects(found, **how)
    (estimates, unit), ranked = _estimates(found), found.ranking()
    with sheet(found, **how) as drawn:
        size = 0.55 * drawn.font
        for index, shift, colour, marker in (
            ("total", -0.14, drawn.style.hues[0], "o"),
            ("first", 0.14, drawn.style.hues[1], "D"),
        ):
            for row, name in enumerate(ranked):
                value, low, high = estimates[index, name]
                drawn.interval(low, high, row + shift, colour)
                drawn.ax.plot([value], [row + shift], marker, color=colour, markersize=size, gid=f"{index}/{name}")
        drawn.ax.axvline(0, color=drawn.style.ink, linewidth=0.9)
        drawn.name_rows([_ending(name, MOST_LETTERS) for name in ranked])
        drawn.describe(
            f"What {said(found)} depends on",
            "Circles: total effect, what would stay of the variance if all others were known; diamonds: first-order "
            "effect, what would go if this one were. Lines: 95 % intervals from the base samples.",
            x=unit,
        )
    return drawn.ax


@figure(Sensitivity, 30, "Whether the indices have settled")
def convergence(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """The leading index of the strongest uncertainties as base samples are added, with its 95 % intervals.

    The numbers are those of :attr:`exportsim.Sensitivity.convergence`.
    """
    from matplotlib.ticker import NullLocator

    factor, unit = scale_of_indices(found)
    rows = found.convergence[found.convergence["index"] == LEADING[found.method]]
    sizes, strongest = list(dict.fromkeys(rows["samples"])), found.ranking()[:MOST_LINES]
    with sheet(found, **how) as drawn:
        dashes = (SOLID, *DASHES)
        for number, name in enumerate(strongest):
            row = rows[rows["parameter"] == name]
            look = Look(drawn.style.hues[number % len(drawn.style.hues)], dashes[number % len(dashes)])
            shifted = row["samples"] * 1.025 ** (number - MOST_LINES / 2)  # beside each other, not on top
            value = row["value"] / factor
            drawn.line(shifted, value, look, f"value/{name}", label=_ending(name, 26), linewidth=1.3)
            errors = [value - row["low"] / factor, row["high"] / factor - value]
            drawn.ax.errorbar(
                shifted, value, errors, fmt="o", color=look.colour, markersize=0.4 * drawn.font, linewidth=1.0
            )
        drawn.ax.set_xscale("log")
        drawn.ax.set_xticks(sizes, [f"{number:,}" for number in sizes])
        drawn.ax.xaxis.set_minor_locator(NullLocator())
        drawn.ax.set_ylim(bottom=0)
        drawn.grid("y")
        subject = said(found)
        drawn.describe(
            f"Have the indices settled? {subject[0].upper()}{subject[1:]}",
            f"The {len(strongest)} strongest uncertainties; bars: 95 % intervals from the base samples.",
            x="base samples, each number the first of the next" if len(sizes) > 1 else "base samples",
            y=f"{'total effect' if found.method == 'sobol' else 'mean size of effects'}, {unit}",
        )
    return drawn.ax


def _effects(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """Of Morris's effects, their mean size against their deviation."""
    (estimates, unit), ranked = _estimates(found), found.ranking()
    with sheet(found, **how) as drawn:
        for number, name in enumerate(ranked):
            x, x_low, x_high = estimates["mu_star", name]
            y, y_low, y_high = estimates["sigma", name]
            colour = drawn.style.hues[number] if number < MOST_LINES else drawn.style.waiting
            drawn.ax.errorbar(
                [x], [y], [[y - y_low], [y_high - y]], [[x - x_low], [x_high - x]], fmt="o", color=colour,
                markersize=0.55 * drawn.font, linewidth=0.9, gid=f"effect/{name}",
            )  # fmt: skip
            if number < MOST_LINES:
                drawn.ax.annotate(
                    f"{number + 1}", (x, y), xytext=(4, -11 if number % 2 else 4), textcoords="offset points",
                    fontsize=0.92 * drawn.font, color=colour, fontweight="bold",
                )  # fmt: skip
        drawn.ax.set_xlim(left=0)
        drawn.ax.set_ylim(bottom=0)
        drawn.grid()
        names = "; ".join(f"({number})\u00a0{name}" for number, name in enumerate(ranked[:MOST_LINES], start=1))
        drawn.describe(
            f"What {said(found)} depends on",
            f"Elementary effects, from an uncertainty's lowest level to its highest: right, they are large; up, they "
            f"differ from place to place. Lines: 95 % intervals. {names}.",
            x=f"mean size of effects, {unit}",
            y=f"deviation of effects, {unit}",
        )
    return drawn.ax


def _estimates(found: Sensitivity) -> tuple[dict[tuple[str, str], list[float]], str]:
    """The value, low and high of single parameters by index and parameter, and the unit that they are in."""
    factor, unit = scale_of_indices(found)
    table = found.table[found.table["other"] == ""]
    values = (table[["value", "low", "high"]] / factor).to_numpy().tolist()
    return dict(zip(zip(table["index"], table["parameter"], strict=True), values, strict=True)), unit


def _ending(name: str, most: int) -> str:
    """A path, whose end says most, with its beginning left out where it is long."""
    return name if len(name) <= most else "…" + name[1 - most :]
