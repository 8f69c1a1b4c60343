"""Figures of a sensitivity analysis: its indices, how they settle, and what either end of an uncertainty means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from exportsim.language import text
from exportsim.report.number_format import number, percent_number, three_digits
from exportsim.report.plots.registry import figure
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.report.plots.styles import DASHES, SOLID, Look
from exportsim.report.sensitivity import scale, scale_of_indices
from exportsim.study.indices import LEADING
from exportsim.study.naming import outcome_words, path_words, policy_title
from exportsim.study.sensitivity import Sensitivity

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["convergence", "indices", "tornado"]

MOST_LINES = 6  # of parameters that are seen to settle
MOST_BARS = 10  # of parameters beside each other


@figure(Sensitivity, 10)
def tornado(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """The outcome's mean where an uncertainty is lowest and where it is highest, as bars from the mean of all, with
    95 % intervals; the widest on top, of more than ten those.

    The numbers are those of :attr:`exportsim.Sensitivity.tornado`.
    """
    factor, unit = scale(found, found.tornado, ["low_mean", "high_mean"])
    order = found.tornado["difference"].abs().sort_values(ascending=False, kind="stable").index
    table = found.tornado.loc[order[:MOST_BARS]]
    ends = {
        end: (table[[f"{end}_mean", f"{end}_low", f"{end}_high"]] / factor).to_numpy().tolist()
        for end in ("low", "high")
    }
    middle = float(found.points["value"].mean()) / factor
    with sheet(found, **how) as drawn:
        looks = {"low": (drawn.style.unlicensed[1], "///", -0.12), "high": (drawn.style.licensed[0], "", 0.12)}
        for row, name in enumerate(table["parameter"]):
            for end, (colour, hatch, shift) in looks.items():
                label = text(f"sensitivity.head.{end}est")
                mean, low, high = ends[end][row]
                drawn.ax.barh(
                    row, mean - middle, left=middle, height=0.62, color=colour, hatch=hatch,
                    edgecolor=drawn.style.ground, linewidth=0, label=label, gid=f"{end}/{name}",
                )  # fmt: skip
                gid = f"interval/{end}/{name}"
                drawn.interval(low, high, row + shift, drawn.style.ink, linewidth=0.9, gid=gid)
        drawn.ax.axvline(middle, color=drawn.style.ink, linewidth=0.9)
        drawn.name_rows([path_words(found, name) for name in table["parameter"]])
        widest = table.iloc[0]
        span = abs(float(widest["difference"])) / factor
        drawn.describe(
            text(
                "figures.tornado.lead",
                what=_subject(found),
                parameter=path_words(found, str(widest["parameter"])),
                span=three_digits(span),
                unit=unit,
            ),
            text("figures.tornado.shown", what=_subject(found), unit=unit),
            text(f"figures.tornado.{found.method}"),
            _not_shown(found, len(table)),
        )
    return drawn.ax


@figure(Sensitivity, 20)
def indices(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """Each uncertainty's indices with their 95 % intervals; of Morris's, the mean size of effects against their
    deviation.

    The numbers are those of :attr:`exportsim.Sensitivity.table`.
    """
    if found.method == "morris":
        return _effects(found, **how)
    (estimates, unit), ranked = _estimates(found), found.ranking()[:MOST_BARS]
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
        drawn.name_rows([path_words(found, name) for name in ranked])
        drawn.describe(
            text(
                "figures.indices.lead",
                what=_subject(found),
                parameter=path_words(found, ranked[0]),
                percent=percent_number(estimates["total", ranked[0]][0] / 100),
            ),
            text("figures.indices.shown", what=_subject(found), unit=unit),
            text("figures.indices.marks"),
            _not_shown(found, len(ranked)),
        )
    return drawn.ax


@figure(Sensitivity, 30)
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
        for place, name in enumerate(strongest):
            row = rows[rows["parameter"] == name]
            look = Look(drawn.style.hues[place % len(drawn.style.hues)], dashes[place % len(dashes)])
            shifted = row["samples"] * 1.025 ** (place - MOST_LINES / 2)  # beside each other, not on top
            value = row["value"] / factor
            drawn.line(shifted, value, look, f"value/{name}", label=path_words(found, name), linewidth=1.3)
            errors = [value - row["low"] / factor, row["high"] / factor - value]
            drawn.ax.errorbar(
                shifted, value, errors, fmt="o", color=look.colour, markersize=0.4 * drawn.font, linewidth=1.0
            )
        drawn.ax.set_xscale("log")
        drawn.ax.set_xticks(sizes, [number(size, 0) for size in sizes])
        drawn.ax.xaxis.set_minor_locator(NullLocator())
        drawn.ax.set_ylim(bottom=0)
        drawn.grid("y")
        drawn.describe(
            _convergence_lead(found, rows, sizes),
            text(f"figures.convergence.{found.method}", number=len(strongest), unit=unit, what=_subject(found)),
            text("figures.convergence.bars"),
            x=text("figures.convergence.axis", number=len(sizes)),
        )
    return drawn.ax


def _convergence_lead(found: Sensitivity, rows: pd.DataFrame, sizes: list[int]) -> str:
    """From how many base samples on the same uncertainty is the strongest."""
    first = {}
    for size in sizes:
        own = rows[rows["samples"] == size]
        first[size] = str(own["parameter"].iloc[int(own["value"].argmax())])
    last = first[sizes[-1]]
    since = sizes[-1]
    for size in reversed(sizes):
        if first[size] != last:
            break
        since = size
    key = "lead_late" if since == sizes[-1] and len(sizes) > 1 else "lead"
    return text(f"figures.convergence.{key}", parameter=path_words(found, str(last)), samples=number(since, 0))


def _subject(found: Sensitivity) -> str:
    """The outcome under its policy, or its difference from the reference, in words."""
    words = {"outcome": outcome_words(found, found.outcome), "policy": policy_title(found, found.policy)}
    if found.reference is None:
        return text("figures.sensitivity.under", **words)
    return text("figures.sensitivity.between", reference=policy_title(found, found.reference), **words)


def _not_shown(found: Sensitivity, shown: int) -> str:
    """How many parameters there are besides those shown."""
    left = len(found.ranking()) - shown
    return text("figures.sensitivity.not_shown", number=left) if left > 0 else ""


def _effects(found: Sensitivity, **how: Unpack[Drawing]) -> Axes:
    """Of Morris's effects, their mean size against their deviation."""
    (estimates, unit), ranked = _estimates(found), found.ranking()
    with sheet(found, **how) as drawn:
        for place, name in enumerate(ranked):
            x, x_low, x_high = estimates["mu_star", name]
            y, y_low, y_high = estimates["sigma", name]
            colour = drawn.style.hues[place] if place < MOST_LINES else drawn.style.waiting
            drawn.ax.errorbar(
                [x], [y], [[y - y_low], [y_high - y]], [[x - x_low], [x_high - x]], fmt="o", color=colour,
                markersize=0.55 * drawn.font, linewidth=0.9, gid=f"effect/{name}",
            )  # fmt: skip
            if place < MOST_LINES:
                drawn.ax.annotate(
                    f"{place + 1}", (x, y), xytext=(4, -11 if place % 2 else 4), textcoords="offset points",
                    fontsize=drawn.small, color=colour, fontweight="bold",
                )  # fmt: skip
        drawn.ax.set_xlim(left=0)
        drawn.ax.set_ylim(bottom=0)
        drawn.grid()
        numbered = text("lists.comma").join(
            text("figures.indices.numbered", place=place, parameter=path_words(found, name))
            for place, name in enumerate(ranked[:MOST_LINES], start=1)
        )
        names = text("figures.indices.all_numbered", numbered=numbered)
        effect = estimates["mu_star", ranked[0]][0]
        drawn.describe(
            text(
                "figures.indices.lead_effects",
                what=_subject(found),
                parameter=path_words(found, ranked[0]),
                effect=three_digits(effect),
                unit=unit,
            ),
            text("figures.indices.shown_effects", what=_subject(found), unit=unit),
            names,
            text("figures.indices.marks_effects"),
            x=text("figures.indices.across"),
            y=text("figures.indices.up"),
        )
    return drawn.ax


def _estimates(found: Sensitivity) -> tuple[dict[tuple[str, str], list[float]], str]:
    """The value, low and high of single parameters by index and parameter, and the unit that they are in."""
    factor, unit = scale_of_indices(found)
    table = found.table[found.table["other"] == ""]
    values = (table[["value", "low", "high"]] / factor).to_numpy().tolist()
    return dict(zip(zip(table["index"], table["parameter"], strict=True), values, strict=True)), unit
