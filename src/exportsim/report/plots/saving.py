"""Figures as files: the same study gives the same bytes."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.report.plots.registry import figures
from exportsim.report.plots.sheet import SIZE, Study, settings
from exportsim.report.plots.styles import StyleName

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["save", "save_figures"]

Format = Literal["svg", "png", "pdf"]
#: What a format would write of the time and the program.
METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": "exportsim"},
    "png": {"Software": "exportsim"},
    "pdf": {"CreationDate": None, "Creator": "exportsim", "Producer": None},
}
DPI = 200


def save_figures(
    study: Study,
    folder: str | os.PathLike[str],
    *,
    format: Format = "svg",
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
    transparent: bool = False,
    outcome: str = "exports",
    most: bool | None = None,
) -> list[Path]:
    """Write all figures that fit a study into a folder, each as soon as it is drawn.

    Parameters
    ----------
    folder : path-like
        Made if it is not there. Files of the same names are replaced, each whole or not at all.
    format : str
        ``"svg"``, ``"png"`` or ``"pdf"``.
    transparent : bool
        Without the style's ground, for a page that has its own.
    outcome : str
        What those figures show that can show any outcome.
    most : bool, optional
        Whether more of it is better; by default as the study says.

    Returns
    -------
    list of Path
        Named by their figure, and what they are of if there are several: ``waterfall-no-new-licences.svg``.

    Raises
    ------
    ExportsimError
        If the format does not exist, or the folder cannot be written to.
    """
    if format not in get_args(Format):
        raise ExportsimError(f"format: found {format!r}, expected one of {', '.join(get_args(Format))}")
    drawings, target = dict(figures(study, outcome=outcome, most=most)), Path(folder)
    written = [target / f"{name}.{format}" for name in files.safe_names(drawings)]
    with files.explained(f"figures: cannot write in {folder}"):
        files.make_folder(target)
        files.clean(target)
        for path, draw in zip(written, drawings.values(), strict=True):
            files.write(path, rendered(draw(size=size, style=style), format, transparent=transparent))
    return written


def save(ax: Axes, path: str | os.PathLike[str], *, transparent: bool = False) -> None:
    """Write the figure of some axes, with or without a ground; the ending of the file is its format.

    Raises
    ------
    ExportsimError
        If there is no such format, or the file cannot be written.
    """
    target = Path(path)
    format = target.suffix.removeprefix(".").lower()
    if format not in get_args(Format):
        raise ExportsimError(f"{path}: found the ending `{target.suffix}`, expected .{', .'.join(get_args(Format))}")
    with files.explained(f"{path}: cannot write"):
        files.write(Path(os.path.realpath(target)), rendered(ax, format, transparent=transparent))


def rendered(ax: Axes, format: str, *, transparent: bool = False) -> bytes:
    """The figure of some axes, in a format."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    buffer = BytesIO()
    with settings():
        figure.savefig(buffer, format=format, dpi=DPI, transparent=transparent, metadata=METADATA.get(format, {}))
    return buffer.getvalue()
