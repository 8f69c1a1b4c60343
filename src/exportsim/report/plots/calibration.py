"""Figures of a calibration: the record over what the fitted model would have recorded, and a pair of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.report.number_format import capital, number, unit_of
from exportsim.report.plots.registry import by_name, figure, once
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.study.calibration.posterior import interval
from exportsim.study.calibration.result import Calibration
from exportsim.study.naming import outcome_words, path_words
from exportsim.study.parameter_axes import unit_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["posterior_pair", "predictive_check"]

MOST_DOTS = 1500
MOST_LABELS = 12  # with a label of their own
STRONG, WEAK = 0.5, 0.2  # rank correlations


@figure(Calibration, 10, drawings=lambda study: by_name(study.fit["outcome"].unique()))
def predictive_check(found: Calibration, outcome: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """The observed figures of one outcome with their errors, over what the fitted model would have recorded: bands hold
    50 % and 95 % of it.

    What it would have recorded are replicas: values of the posterior, single futures, errors of measurement. The
    outcome is the record's first by default.
    """
    names = list(dict.fromkeys(found.fit["outcome"]))
    outcome = names[0] if outcome is None else chosen(outcome, names, "outcome")
    observed = np.flatnonzero(found.fit["outcome"] == outcome)
    rows = found.fit.iloc[observed]
    factor, unit = unit_of(str(rows["unit"].iloc[0]), rows["observed"])
    inside = 0
    with sheet(found, **how) as drawn:
        for at, row in enumerate(observed.tolist()):
            replicas = found.prediction.replicas[:, row] / factor
            for level, colour in ((0.95, drawn.style.licensed[3]), (0.5, drawn.style.licensed[2])):
                low, high = interval(replicas, level)
                drawn.ax.bar(at, high - low, bottom=low, width=0.6, color=colour, linewidth=0, gid=f"band/{level}")
            low, high = interval(replicas, 0.95)
            inside += int(low <= float(found.fit["observed"].iloc[row]) / factor <= high)
            middle = float(np.median(replicas))
            drawn.ax.hlines(middle, at - 0.3, at + 0.3, color=drawn.style.licensed[0], linewidth=1.4)
        drawn.ax.errorbar(
            range(len(rows)), rows["observed"] / factor, yerr=rows["error"] / factor, fmt="o", color=drawn.style.ink,
            ecolor=drawn.style.ink, markersize=4.5, capsize=3, linewidth=1.2, zorder=3, gid="observed",
        )  # fmt: skip
        labels = [
            drawn.short(f"{period}\n{of}" if of else period)
            for period, of in zip(rows["period"], rows["of"], strict=True)
        ]
        step = -(-len(labels) // MOST_LABELS)
        drawn.ax.set_xticks(range(0, len(labels), step), labels[::step])
        drawn.ax.tick_params(axis="x", length=0)
        drawn.grid("y")
        words = outcome_words(found, outcome)
        drawn.describe(
            text("figures.predictive_check.lead", inside=inside, number=len(rows), outcome=capital(words)),
            text("figures.predictive_check.shown", outcome=capital(words), unit=unit),
            text("figures.predictive_check.marks"),
        )
    return drawn.ax


@figure(Calibration, 20, drawings=lambda study: once(len(study.pairs)))
def posterior_pair(
    found: Calibration, one: str | None = None, other: str | None = None, **how: Unpack[Drawing]
) -> Axes:
    """The posterior of two parameters, those with the strongest correlation by default, with the best values and the
    95 % interval of each.

    The two are named by their paths. The axes span the priors' 95 % intervals at least.
    """
    if not len(found.pairs):
        raise ExportsimError("a pair needs two parameters, and one was fitted")
    paths, strongest = [parameter.path for parameter in found.parameters], found.pairs.iloc[0]
    one = chosen(one if one is not None else str(strongest["one"]), paths, "parameter")
    other = chosen(other if other is not None else str(strongest["other"]), paths, "parameter")
    values = found.posterior_values()
    estimates = {row["path"]: row for row in found.estimates.to_dict("records")}
    correlation = np.corrcoef(values[one].rank(), values[other].rank())[0, 1]
    with sheet(found, **how) as drawn:
        dots = values.iloc[:: max(1, len(values) // MOST_DOTS)]
        drawn.ax.plot(
            dots[one], dots[other], ".", color=drawn.style.licensed[1], markersize=2.5, alpha=0.5, gid="posterior"
        )
        for path, line in ((one, drawn.ax.axvline), (other, drawn.ax.axhline)):
            for bound in ("low", "high"):
                line(estimates[path][bound], color=drawn.style.soft, linewidth=0.8, linestyle=(0, (3, 2)))
        x, y = ([estimates[path]["estimate"]] for path in (one, other))
        drawn.ax.plot(
            x, y, "D", color=drawn.style.hues[1], markersize=6, markeredgecolor=drawn.style.ground, gid="best"
        )
        for path, limits in ((one, drawn.ax.set_xlim), (other, drawn.ax.set_ylim)):
            low, high = estimates[path]["prior_low"], estimates[path]["prior_high"]
            limits(min(low, values[path].min()), max(high, values[path].max()))
        names = [path_words(found, path) for path in (one, other)]
        labels = [_labelled(name, estimates[path]["unit"]) for name, path in zip(names, (one, other), strict=True)]
        size = abs(float(correlation))
        strength = "strong" if size >= STRONG else "weak" if size >= WEAK else "none"
        drawn.describe(
            text(f"figures.posterior_pair.lead_{strength}", one=names[0], other=names[1]),
            text("figures.posterior_pair.shown", correlation=number(float(correlation), 2)),
            text("figures.posterior_pair.marks"),
            x=labels[0],
            y=labels[1],
        )
    return drawn.ax


def _labelled(name: str, unit: str) -> str:
    """A parameter with the unit of its numbers."""
    return text("figures.with_unit", what=name, unit=unit_words(unit)) if unit else name
