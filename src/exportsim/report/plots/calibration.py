"""Figures of a calibration: the record over what the fitted model would have recorded, and a pair of parameters."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.report.number_format import number, scale_of
from exportsim.report.plots.saving import write_figures
from exportsim.report.plots.sheet import SIZE, sheet
from exportsim.report.plots.styles import StyleName
from exportsim.study.calibration.posterior import interval
from exportsim.study.calibration.result import Calibration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exportsim.study.result import Result

MOST_DOTS = 1500
MOST_PLACES = 12  # with a label of their own


def predictive_check(
    found: Calibration,
    outcome: str | None = None,
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
) -> Axes:
    """The observed figures of one outcome with their errors, over what the fitted model would have recorded.

    Parameters
    ----------
    found : Calibration
    outcome : str, optional
        The record's first by default.
    ax, size, style
        See :func:`exportsim.report.plots.exports_by_month`.

    Returns
    -------
    Axes
        Bands hold 50 % and 95 % of replicas: values of the posterior, single futures, errors of measurement.
    """
    names = list(dict.fromkeys(found.fit["outcome"]))
    outcome = names[0] if outcome is None else chosen(outcome, names, "outcome")
    places = np.flatnonzero(found.fit["outcome"] == outcome)
    rows = found.fit.iloc[places]
    unit = str(rows["unit"].iloc[0])
    factor, word = scale_of(rows["observed"]) if unit == found.scenario.currency else (1.0, "")
    with sheet(cast("Result", found), ax, size=size, style=style) as drawn:
        for at, place in enumerate(places.tolist()):
            replicas = found.prediction.replicas[:, place] / factor
            for level, colour in ((0.95, drawn.style.licensed[3]), (0.5, drawn.style.licensed[2])):
                low, high = interval(replicas, level)
                drawn.ax.bar(at, high - low, bottom=low, width=0.6, color=colour, linewidth=0, gid=f"band/{level}")
            drawn.ax.hlines(
                float(np.median(replicas)), at - 0.3, at + 0.3, color=drawn.style.licensed[0], linewidth=1.4
            )
        drawn.ax.errorbar(
            range(len(rows)),
            rows["observed"] / factor,
            yerr=rows["error"] / factor,
            fmt="o",
            color=drawn.style.ink,
            ecolor=drawn.style.ink,
            markersize=4.5,
            capsize=3,
            linewidth=1.2,
            zorder=3,
            gid="observed",
        )
        labels = [
            drawn.short(f"{period}\n{of}" if of else period)
            for period, of in zip(rows["period"], rows["of"], strict=True)
        ]
        step = -(-len(labels) // MOST_PLACES)
        drawn.ax.set_xticks(range(0, len(labels), step), labels[::step])
        drawn.ax.tick_params(axis="x", length=0)
        drawn.ax.grid(axis="y", color=drawn.style.rule, linewidth=0.5)
        drawn.ax.set_axisbelow(True)
        drawn.ax.set_ylabel(f"{outcome.replace('_', ' ')}, {f'{unit} {word}'.strip()}")
        drawn.title(f"{outcome.replace('_', ' ').capitalize()}: the record and the fitted model")
        drawn.note(
            "Points: the record, ± one standard deviation of its error. Bands: 50 % and 95 % of what a record might "
            "have been, over values of the posterior, single futures and errors; line: the median."
        )
    return drawn.ax


def posterior_pair(
    found: Calibration,
    one: str | None = None,
    other: str | None = None,
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
) -> Axes:
    """What the record allows of two parameters together.

    Parameters
    ----------
    found : Calibration
        Of two parameters at least.
    one, other : str, optional
        Paths, the pair with the strongest correlation by default.
    ax, size, style
        See :func:`exportsim.report.plots.exports_by_month`.

    Returns
    -------
    Axes
        The axes span the priors' 95 % intervals at least.
    """
    if not len(found.pairs):
        raise ExportsimError("a pair needs two parameters, and one was fitted")
    paths = [each.path for each in found.parameters]
    first = found.pairs.iloc[0]
    one = chosen(one if one is not None else str(first["one"]), paths, "parameter")
    other = chosen(other if other is not None else str(first["other"]), paths, "parameter")
    values = found.posterior_values()
    table = {str(row["path"]): row for row in found.estimates.to_dict("records")}
    correlation = np.corrcoef(values[one].rank(), values[other].rank())[0, 1]
    with sheet(cast("Result", found), ax, size=size, style=style) as drawn:
        dots = values.iloc[:: max(1, len(values) // MOST_DOTS)]
        drawn.ax.plot(
            dots[one], dots[other], ".", color=drawn.style.licensed[1], markersize=2.5, alpha=0.5, gid="posterior"
        )
        for path, line in ((one, drawn.ax.axvline), (other, drawn.ax.axhline)):
            for bound in ("low", "high"):
                line(float(table[path][bound]), color=drawn.style.soft, linewidth=0.8, linestyle=(0, (3, 2)))
        drawn.ax.plot(
            [float(table[one]["estimate"])], [float(table[other]["estimate"])], "D",
            color=drawn.style.hues[1], markersize=6, markeredgecolor=drawn.style.ground, gid="best",
        )  # fmt: skip
        for path, limits in ((one, drawn.ax.set_xlim), (other, drawn.ax.set_ylim)):
            row = table[path]
            low = min(row["prior_low"], values[path].min())
            high = max(row["prior_high"], values[path].max())
            limits(low, high)
        drawn.ax.set_xlabel(drawn.short(_labelled(one, str(table[one]["unit"]))))
        drawn.ax.set_ylabel(drawn.short(_labelled(other, str(table[other]["unit"]))))
        drawn.title("What the record allows of two numbers together")
        drawn.note(
            f"{one} across, {other} up. Dots: the posterior, rank correlation {number(float(correlation), 2)}; dashed: "
            "95 % intervals of each; diamond: the best values. The axes span the priors."
        )
    return drawn.ax


def save_calibration(found: Calibration, folder: str | os.PathLike[str]) -> list[Path]:
    """Write the figures of a calibration into a folder, as SVG.

    Parameters
    ----------
    found : Calibration
    folder : path-like
        Made if it is not there. Files of the same names are replaced, each whole or not at all.

    Returns
    -------
    list of Path

    Raises
    ------
    ExportsimError
        If matplotlib is not there, or the folder cannot be written to.
    """
    names = list(dict.fromkeys(found.fit["outcome"]))
    drawings: list[tuple[str, Callable[..., Axes]]] = [
        (f"predictive_check-{name}", partial(predictive_check, found, name)) for name in names
    ]
    if len(found.pairs):
        drawings.append(("posterior_pair", partial(posterior_pair, found)))
    return write_figures(drawings, folder)


def _labelled(path: str, unit: str) -> str:
    """The end of a path, with the unit of its numbers."""
    end = ".".join(path.split(".")[-2:])
    return f"{end}, {unit}" if unit else end
