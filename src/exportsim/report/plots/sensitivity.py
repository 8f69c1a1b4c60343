"""Figures of a sensitivity analysis: its indices, how they settle, and what either end of an uncertainty means."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Unpack

from exportsim.report.plots.labels import Label, label_ends
from exportsim.report.plots.registry import figure
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.report.plots.styles import DASHES, SOLID, Look
from exportsim.report.sensitivity import said, scale, scale_of_indices
from exportsim.study.indices import LEADING
from exportsim.study.sensitivity import Sensitivity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["convergence", "indices", "tornado"]

MOST_LINES = 6  # of parameters that are seen to settle
MOST_LETTERS = 44  # of a parameter's name beside its bar


@figure(Sensitivity, 10, "Either end of each uncertainty")
def tornado(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """The outcome's mean where an uncertainty is lowest and where it is highest, as bars from the mean of all, with
    95 % intervals; the widest on top.

    The numbers are those of :attr:`exportsim.Sensitivity.tornado`.

    Parameters
    ----------
    found : Sensitivity
    """
    factor, unit = scale(found, found.tornado, ["low_mean", "high_mean"])
    order = found.tornado["difference"].abs().sort_values(ascending=False, kind="stable").index
    rows = found.tornado.loc[order].to_dict("records")
    middle = float(found.points["value"].mean()) / factor
    with sheet(found, **how) as drawn:
        colours = {"low": drawn.style.unlicensed[1], "high": drawn.style.licensed[0]}
        for place, row in enumerate(rows):
            for end, hatch in (("low", "///"), ("high", "")):
                mean = row[f"{end}_mean"] / factor
                drawn.ax.barh(
                    place, mean - middle, left=middle, height=0.62, color=colours[end], hatch=hatch,
                    edgecolor=drawn.style.ground, linewidth=0, label=f"{end}est", gid=f"{end}/{row['parameter']}",
                )  # fmt: skip
                low, high, gid = row[f"{end}_low"] / factor, row[f"{end}_high"] / factor, f"interval/{end}"
                shift = place - 0.12 if end == "low" else place + 0.12
                drawn.interval(low, high, shift, drawn.style.ink, linewidth=0.9, gid=f"{gid}/{row['parameter']}")
        drawn.ax.axvline(middle, color=drawn.style.ink, linewidth=0.9)
        drawn.name_rows([_ending(str(row["parameter"]), MOST_LETTERS) for row in rows])
        drawn.ax.set_xlabel(f"{found.outcome.replace('_', ' ')}, {unit}")
        drawn.title(f"Either end of each uncertainty: {said(found)}")
        end = "fifth" if found.method == "sobol" else "quarter"
        drawn.note(
            f"Means where an uncertainty is in its lowest {end} (hatched) and its highest (plain), the others being "
            "anything; thin lines: their 95 % intervals; upright line: the mean of all points."
        )
    return drawn.ax


@figure(Sensitivity, 20, "What the outcome depends on")
def indices(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """Each uncertainty's indices with their 95 % intervals; of Morris's, the mean size of effects against their
    deviation.

    The numbers are those of :attr:`exportsim.Sensitivity.table`.

    Parameters
    ----------
    found : Sensitivity
    """
    if found.method == "morris":
        return _effects(found, **how)
    factor, unit = scale_of_indices(found)
    rows, ranked = _rows(found), found.ranking()
    with sheet(found, **how) as drawn:
        for index, away, colour, marker in (
            ("total", -0.14, drawn.style.hues[0], "o"),
            ("first", 0.14, drawn.style.hues[1], "D"),
        ):
            for place, name in enumerate(ranked):
                row = rows[index, name]
                drawn.interval(row["low"] / factor, row["high"] / factor, place + away, colour)
                value, size = row["value"] / factor, 0.55 * drawn.font
                drawn.points([value], [place + away], marker, colour, markersize=size, gid=f"{index}/{name}")
        drawn.ax.axvline(0, color=drawn.style.ink, linewidth=0.9)
        drawn.name_rows([_ending(name, MOST_LETTERS) for name in ranked])
        drawn.ax.set_xlabel(unit)
        drawn.title(f"What {said(found)} depends on")
        drawn.note(
            "Circles: total effect, what would stay of the variance if all others were known; diamonds: first-order "
            "effect, what would go if this one were. Lines: 95 % intervals from the base samples."
        )
    return drawn.ax


@figure(Sensitivity, 30, "Whether the indices have settled")
def convergence(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """The leading index of the strongest uncertainties as base samples are added, with its 95 % intervals.

    The numbers are those of :attr:`exportsim.Sensitivity.convergence`.

    Parameters
    ----------
    found : Sensitivity
    """
    from matplotlib.ticker import NullLocator

    factor, unit = scale_of_indices(found)
    leading = LEADING[found.method]
    rows = found.convergence[found.convergence["index"] == leading]
    sizes = list(dict.fromkeys(rows["samples"]))
    with sheet(found, **how) as drawn:
        labels = []
        dashes = (SOLID, *DASHES)
        for place, name in enumerate(found.ranking()[:MOST_LINES]):
            row = rows[rows["parameter"] == name]
            look = Look(drawn.style.hues[place % len(drawn.style.hues)], dashes[place % len(dashes)])
            shifted = row["samples"] * 1.025 ** (place - MOST_LINES / 2)  # beside each other, not on top
            value = row["value"] / factor
            drawn.line(shifted, value, look, f"value/{name}", linewidth=1.3)
            errors = [value - row["low"] / factor, row["high"] / factor - value]
            drawn.ax.errorbar(
                shifted, value, errors, fmt="o", color=look.colour, markersize=0.4 * drawn.font, linewidth=1.0
            )
            labels.append(Label(float(value.iloc[-1]), _ending(name, 26), *look))
        drawn.ax.set_xscale("log")
        drawn.ax.set_xticks(sizes, [f"{number:,}" for number in sizes])
        drawn.ax.xaxis.set_minor_locator(NullLocator())
        drawn.ax.set_ylim(bottom=0)
        drawn.grid("y")
        drawn.ax.set_xlabel("base samples, each number the first of the next" if len(sizes) > 1 else "base samples")
        word = "total effect" if found.method == "sobol" else "mean size of effects"
        drawn.ax.set_ylabel(f"{word}, {unit}")
        drawn.title(f"Have the indices settled? {said(found)[0].upper()}{said(found)[1:]}")
        drawn.note(f"The {len(labels)} strongest uncertainties; bars: 95 % intervals from the base samples.")
        label_ends(drawn, labels)
    return drawn.ax


def _effects(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """Of Morris's effects, their mean size against their deviation."""
    factor, unit = scale_of_indices(found)
    rows = _rows(found)
    with sheet(found, **how) as drawn:
        labels = []
        for place, name in enumerate(found.ranking()):
            across, along = rows["mu_star", name], rows["sigma", name]
            colour = drawn.style.hues[place] if place < MOST_LINES else drawn.style.waiting
            drawn.ax.errorbar(
                [across["value"] / factor], [along["value"] / factor], _errors(along, factor), _errors(across, factor),
                fmt="o", color=colour, markersize=0.55 * drawn.font, linewidth=0.9, gid=f"effect/{name}",
            )  # fmt: skip
            labels.append((across["value"] / factor, along["value"] / factor, f"{place + 1}", colour))
        for place, (x, y, text, colour) in enumerate(labels[:MOST_LINES]):
            drawn.ax.annotate(
                text, (x, y), xytext=(4, -11 if place % 2 else 4), textcoords="offset points",
                fontsize=0.92 * drawn.font, color=colour, fontweight="bold",
            )  # fmt: skip
        drawn.ax.set_xlim(left=0)
        drawn.ax.set_ylim(bottom=0)
        drawn.grid()
        drawn.ax.set_xlabel(f"mean size of effects, {unit}")
        drawn.ax.set_ylabel(f"deviation of effects, {unit}")
        drawn.title(f"What {said(found)} depends on")
        names = "; ".join(f"({k})\u00a0{name}" for k, name in enumerate(found.ranking()[:MOST_LINES], start=1))
        drawn.note(
            f"Elementary effects, from an uncertainty's lowest level to its highest: right, they are large; up, they "
            f"differ from place to place. Lines: 95 % intervals. {names}."
        )
    return drawn.ax


def _rows(found: Sensitivity) -> dict[tuple[str, str], dict[Hashable, Any]]:
    """The rows of single parameters, by index and parameter."""
    table = found.table[found.table["other"] == ""]
    return {(row["index"], row["parameter"]): row for row in table.to_dict("records")}


def _errors(row: dict[Hashable, Any], factor: float) -> list[list[float]]:
    """How far an index may be below and above."""
    return [[(row["value"] - row["low"]) / factor], [(row["high"] - row["value"]) / factor]]


def _ending(name: str, most: int) -> str:
    """A path, whose end says most, with its beginning left out where it is long."""
    return name if len(name) <= most else "…" + name[1 - most :]
