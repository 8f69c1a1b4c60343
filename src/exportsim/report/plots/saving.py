"""All figures of a result as files: the same result gives the same bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.report.plots.alluvial import fates
from exportsim.report.plots.effects import differences, waterfall
from exportsim.report.plots.exports import cumulated_difference, exports_by_month
from exportsim.report.plots.processing_times_figure import processing_times
from exportsim.report.plots.sheet import SIZE, needed, settings
from exportsim.report.plots.stocks_and_shares import permits_and_review, suppliers_shares
from exportsim.report.plots.styles import StyleName
from exportsim.study.result import Result

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
    return write_figures(figures(result), folder, format=format, size=size, style=style, transparent=transparent)


def write_figures(
    figures: Iterable[tuple[str, Callable[..., Axes]]],
    folder: str | os.PathLike[str],
    *,
    format: Format = "svg",
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
    transparent: bool = False,
) -> list[Path]:
    """Write figures into a folder, each as soon as it is drawn.

    Parameters
    ----------
    figures : iterable of pairs
        Of each its name and what draws it, given ``size`` and ``style``.
    folder, format, size, style, transparent
        As :func:`save_figures` takes them.

    Returns
    -------
    list of Path
    """
    if format not in get_args(Format):
        raise ExportsimError(f"format: found {format!r}, expected one of {', '.join(get_args(Format))}")
    needed()
    drawings, target = list(figures), Path(folder)
    written = [target / f"{name}.{format}" for name in files.safe_names(name for name, _ in drawings)]
    try:
        files.make_folder(target)
        files.clean(target)
        for path, (_, draw) in zip(written, drawings, strict=True):
            files.write(path, drawn(draw(size=size, style=style), format, transparent=transparent))
    except OSError as error:
        raise ExportsimError(f"figures: cannot write in {folder}: {files.reason_of(error)}") from error
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
        A file that is there is replaced.
    transparent : bool
        Without a ground.

    Raises
    ------
    ExportsimError
        If there is no such format, or the file cannot be written.
    """
    target = Path(path)
    format = target.suffix.removeprefix(".").lower()
    if format not in get_args(Format):
        raise ExportsimError(f"{path}: found the ending `{target.suffix}`, expected .{', .'.join(get_args(Format))}")
    try:
        files.write(Path(os.path.realpath(target)), drawn(ax, format, transparent=transparent))
    except OSError as error:
        raise ExportsimError(f"{path}: cannot write: {files.reason_of(error)}") from error


def drawn(ax: Axes, format: str, *, transparent: bool = False) -> bytes:
    """The figure of some axes, in a format."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    buffer = BytesIO()
    with settings():
        figure.savefig(buffer, format=format, dpi=DPI, transparent=transparent, metadata=METADATA.get(format, {}))
    return buffer.getvalue()
