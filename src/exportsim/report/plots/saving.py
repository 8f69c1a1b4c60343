"""All figures of a result as files: the same result gives the same bytes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from exportsim.errors import ExportsimError
from exportsim.experiment.result import Result
from exportsim.report.plots.alluvial import fates
from exportsim.report.plots.effects import differences, waterfall
from exportsim.report.plots.exports import cumulated_difference, exports_by_month
from exportsim.report.plots.sheet import SIZE, needed, settings
from exportsim.report.plots.standing import permits_and_review, suppliers_shares
from exportsim.report.plots.styles import StyleName
from exportsim.report.plots.waiting import processing_times

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Format = Literal["svg", "png", "pdf"]
#: What a format would write of the time and the program.
METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "exportsim"},
    "png": {"Software": "exportsim"},
    "pdf": {"CreationDate": None, "Creator": "exportsim", "Producer": None},
}
DPI = 200


def save_figures(
    result: Result,
    folder: str | os.PathLike[str],
    *,
    format: Format = "svg",
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
    transparent: bool = False,
) -> list[Path]:
    """Write all figures of a result into a folder.

    Parameters
    ----------
    result : Result
    folder : path-like
        Made if it is not there. Files of the same names are replaced, each whole or not at all.
    format : str
        ``"svg"``, ``"png"`` or ``"pdf"``.
    size : pair of float
        Inches.
    style : str
        ``"light"`` or ``"dark"``.
    transparent : bool
        Without the style's ground, for a page that has its own.

    Returns
    -------
    list of Path
        Named by their figure, and their policy if they are of one: ``waterfall-no-new-licences.svg``.

    Raises
    ------
    ExportsimError
        If matplotlib is not there, the format does not exist, or the folder cannot be written to.
    """
    if format not in get_args(Format):
        raise ExportsimError(f"format: found {format!r}, expected one of {', '.join(get_args(Format))}")
    needed()
    target, written = Path(folder), []
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".figures-", dir=target) as room:
            for name, draw in figures(result):
                fresh = Path(room) / f"{name}.{format}"
                save(draw(size=size, style=style), fresh, transparent=transparent)
                written.append(fresh.replace(target / fresh.name))
    except OSError as error:
        raise ExportsimError(f"figures: cannot write in {folder}: {error.strerror or error}") from error
    return written


def figures(result: Result) -> Iterator[tuple[str, Callable[..., Axes]]]:
    """All figures of a result, each with its name and what draws it (given ``ax``, ``size`` and ``style``)."""
    others = [policy for policy in result.policies if policy != result.scenario.reference]
    if others:
        yield "differences", lambda **how: differences(result, **how)
        yield "cumulated_difference", lambda **how: cumulated_difference(result, **how)
    if result.plan.names.authorities:
        yield "processing_times", lambda **how: processing_times(result, **how)
    for policy in others or result.policies:
        for draw in (exports_by_month, waterfall, fates, suppliers_shares, permits_and_review):
            if policy in others or draw not in (waterfall, fates):
                yield f"{draw.__name__}-{policy}", lambda draw=draw, policy=policy, **how: draw(result, policy, **how)


def save(ax: Axes, path: str | os.PathLike[str], *, transparent: bool = False) -> None:
    """Write the figure of some axes; its ending is its format.

    Parameters
    ----------
    ax : Axes
    path : path-like
    transparent : bool
        Without a ground.
    """
    ending = Path(path).suffix.removeprefix(".").lower()
    figure = ax.get_figure(root=True)
    assert figure is not None
    with settings():
        figure.savefig(path, dpi=DPI, transparent=transparent, metadata=METADATA.get(ending, {}))
