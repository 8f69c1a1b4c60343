"""All figures of a sweep, or of where a policy fails, as files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from exportsim.report.plots.saving import Format, write_figures
from exportsim.report.plots.sheet import SIZE
from exportsim.report.plots.styles import StyleName
from exportsim.report.plots.sweep_discovery import failures, trade_off
from exportsim.report.plots.sweeps import heat_map, regret, response
from exportsim.study.discovery import Discovery
from exportsim.study.parameter_axes import axes
from exportsim.study.sweep import Sweep

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Figures = Iterator[tuple[str, "Callable[..., Axes]"]]


def save_sweep_figures(
    found: Sweep,
    folder: str | os.PathLike[str],
    *,
    outcome: str = "exports",
    most: bool = True,
    format: Format = "svg",
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
) -> list[Path]:
    """Write the figures of a sweep that fit it into a folder.

    Parameters
    ----------
    found : Sweep
    folder : path-like
        Made if it is not there. Files of the same names are replaced, each whole or not at all.
    outcome : str
    most : bool
        Whether more of it is better.
    format, size, style
        As :func:`exportsim.report.plots.save_figures` takes them.

    Returns
    -------
    list of Path
        A ``response`` by path; where two paths vary a ``heat_map`` by policy but the reference; ``regret`` where there
        are several points and policies.
    """

    def figures() -> Figures:
        varied = [axis for axis in axes(found.points, found.paths) if len(set(axis.values)) > 1]
        policies = list(dict.fromkeys(found.table["policy"]))
        for axis in varied:
            yield f"response-{axis.name}", lambda axis=axis, **how: response(found, axis.path, outcome=outcome, **how)
        if len(varied) == 2:
            paths = (varied[0].path, varied[1].path)
            for policy in policies:
                if policy != found.reference:
                    yield (
                        f"heat_map-{policy}",
                        lambda policy=policy, **how: heat_map(found, policy, paths, outcome=outcome, **how),
                    )
        if len(policies) > 1 and len(found.points) > 1:
            yield "regret", lambda **how: regret(found, outcome=outcome, most=most, **how)

    return write_figures(figures(), folder, format=format, size=size, style=style)


def save_discovery_figures(
    found: Discovery,
    folder: str | os.PathLike[str],
    *,
    format: Format = "svg",
    size: tuple[float, float] = SIZE,
    style: StyleName = "light",
) -> list[Path]:
    """Write the figures of where a policy fails into a folder: each box that can be drawn, and the trade-off.

    Parameters
    ----------
    found : Discovery
    folder, format, size, style
        As :func:`exportsim.report.plots.save_figures` takes them.

    Returns
    -------
    list of Path
    """

    def figures() -> Figures:
        if len(found.axes) > 1:
            for box in range(1, len(found.boxes) + 1):
                yield f"failures-{box}", lambda box=box, **how: failures(found, box, **how)
        yield "trade_off", lambda **how: trade_off(found, **how)

    return write_figures(figures(), folder, format=format, size=size, style=style)
