"""What figures of sweeps share: rows and axes of what was varied, and ticks and notes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from exportsim.arguments import chosen
from exportsim.plan import Float
from exportsim.report.plots.sheet import Sheet
from exportsim.study.parameter_axes import Axis, axes, plain
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

FIGURES = ("mean", "difference")
MOST_TICKS = 9


def axis_of(found: Sweep, path: str | None) -> Axis:
    """The axis of a varied path; of the first, if none is named."""
    path = found.paths[0] if path is None else chosen(path, found.paths, "path")
    return axes(found.points, found.paths)[found.paths.index(path)]


def varied(found: Sweep) -> list[Axis]:
    """The axes on which there is more than one value."""
    return [axis for axis in axes(found.points, found.paths) if len(set(axis.values)) > 1]


def policies_in(found: Sweep) -> list[str]:
    """The policies of a sweep."""
    return list(dict.fromkeys(found.table["policy"]))


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
        own = self.rows[self.rows["policy"] == chosen(policy, policies_in(self.sweep), "policy")]
        return own.set_index("point").reindex(self.sweep.points["point"])


def shown(found: Sweep, outcome: str, figure: str) -> Shown:
    """What a figure is asked to show."""
    chosen(outcome, list(dict.fromkeys(found.table["outcome"])), "outcome")
    apart = chosen(figure, FIGURES, "figure") == "difference"
    rows = found.table[found.table["outcome"] == outcome]
    columns = ["difference", "difference_low", "difference_high"] if apart else ["mean", "low", "high"]
    return Shown(
        found,
        rows[["policy", "point", *columns]].set_axis(["policy", "point", "value", "low", "high"], axis=1),
        str(rows["unit"].iloc[0]),
        f"difference in {worded(outcome)}" if apart else worded(outcome),
        f": difference from {found.reference}" if apart else "",
    )


def worded(outcome: str) -> str:
    """An outcome's name as words."""
    return outcome.replace("_", " ")


def note_undefined(drawn: Sheet, outcome: str, values: Mapping[str, pd.Series[float]]) -> None:
    """Note at how many points an outcome is undefined, which are left out; by policy, if there are several."""
    for policy, column in values.items():
        if left := int(column.isna().sum()):
            under = f" under {policy}" if len(values) > 1 else ""
            drawn.note(f"{left} of {len(column)} points are left out, where {worded(outcome)} is undefined{under}.")


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
