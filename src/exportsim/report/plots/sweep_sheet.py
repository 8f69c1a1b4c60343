"""The sheet that figures of sweeps are drawn on, and what they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from exportsim.arguments import chosen, listed
from exportsim.plan import Float
from exportsim.report.number_format import scale_of, visible
from exportsim.report.plots.sheet import Sheet, needed, settings
from exportsim.report.plots.styles import DASHES, SOLID, Look, Style, style_of
from exportsim.study.parameter_axes import Axis, plain
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

FIGURES = ("mean", "difference")
MOST_TICKS = 9


class SweepSheet(Sheet):
    """A sheet that knows a provenance alone."""

    def __init__(self, provenance: Mapping[str, Any], points: int, ax: Axes, style: Style) -> None:
        self._provenance, self._points = provenance, points
        super().__init__(None, ax, style)  # type: ignore[arg-type]  # there is no result, and nothing here asks for it

    def look(self, policy: str) -> Look:
        """How a policy looks: as in the figures of a result with the same policies."""
        reference = self._provenance["reference"]
        if policy == reference:
            return Look(self.style.ink, SOLID)
        place = [name for name in self._provenance["policies"] if name != reference].index(policy)
        return Look(self.style.hues[place % len(self.style.hues)], DASHES[place % len(DASHES)])

    def origin(self) -> str:
        """Where the numbers come from."""
        origin, futures = self._provenance, self._provenance["futures"]
        points = f"{self._points} point{'s' if self._points != 1 else ''}"
        each = f"{points}, {futures} future{'s' if futures != 1 else ''} each"
        return f"{visible(origin['title'] or 'Untitled scenario')}: {each}, seed {origin['seed']}."


@contextmanager
def sweep_sheet(
    provenance: Mapping[str, Any], points: int, ax: Axes | None, size: tuple[float, float], style: str
) -> Iterator[SweepSheet]:
    """As :func:`exportsim.report.plots.sheet.sheet`, for a sweep of so many points."""
    look = style_of(style)
    needed()
    from matplotlib.figure import Figure

    with settings():
        if ax is None:
            ax = Figure(figsize=size, facecolor=look.ground, layout="constrained").subplots()
        drawn = SweepSheet(provenance, points, ax, look)
        yield drawn
        drawn.finish()


def rows_of(found: Sweep, outcome: str, figure: str) -> pd.DataFrame:
    """An outcome's rows: ``point``, ``policy``, ``value``, ``low``, ``high`` and ``unit``."""
    chosen(outcome, list(dict.fromkeys(found.table["outcome"])), "outcome")
    chosen(figure, FIGURES, "figure")
    rows = found.table[found.table["outcome"] == outcome]
    names = ["mean", "low", "high"] if figure == "mean" else ["difference", "difference_low", "difference_high"]
    return rows[["point", "policy", *names, "unit"]].set_axis(
        ["point", "policy", "value", "low", "high", "unit"], axis=1
    )


def policies_of(found: Sweep, policies: Sequence[str] | None, *, but: str | None = None) -> list[str]:
    """The policies to show: all by default."""
    there = list(dict.fromkeys(found.table["policy"]))
    names = there if policies is None else [chosen(name, there, "policy") for name in listed(policies, "policies")]
    return [name for name in dict.fromkeys(names) if name != but]


def scaled(values: Sequence[float] | Float, unit: str) -> tuple[float, str]:
    """What to divide an outcome by, and the unit that is left."""
    factor, word = scale_of(values) if len(unit) == 3 and unit.isupper() else (1.0, "")
    return factor, f"{unit} {word}".strip()


def told(outcome: str) -> str:
    """An outcome's name as words."""
    return outcome.replace("_", " ")


def note_undefined(drawn: SweepSheet, outcome: str, values: Mapping[str, pd.Series[float]]) -> None:
    """Say at how many points an outcome is undefined, which are left out; by policy, if there are several."""
    for policy, column in values.items():
        left = int(column.isna().sum())
        if left:
            under = f" under {policy}" if len(values) > 1 else ""
            drawn.note(f"{left} of {len(column)} points are left out, where {told(outcome)} is undefined{under}.")


def dress(drawn: SweepSheet, axis: Axis, *, along: str = "x") -> None:
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
