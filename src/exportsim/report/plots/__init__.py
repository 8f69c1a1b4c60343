"""Figures of studies, by matplotlib: one function a figure, which takes axes or makes some, and returns them.

Each takes ``ax=`` (axes to draw on; of a new figure by default), ``size=`` (width and height in inches of a new figure)
and ``style=`` (``"light"`` or ``"dark"``). Of a result, ``policy`` is the one looked at, whose measures are marked;
``reference`` is the scenario's by default, and ``policies`` are all of them. What a module names in its ``__all__`` is
here too. matplotlib is imported where a figure is drawn, for it takes time.
"""

# ruff: noqa: F403 - what each module draws is listed there
from exportsim.report.plots.alluvial import *
from exportsim.report.plots.calibration import *
from exportsim.report.plots.effects import *
from exportsim.report.plots.exports import *
from exportsim.report.plots.licensing import *
from exportsim.report.plots.prediction import *
from exportsim.report.plots.registry import FIGURES
from exportsim.report.plots.registry import figures as figures
from exportsim.report.plots.saving import *
from exportsim.report.plots.seeking import *
from exportsim.report.plots.sensitivity import *
from exportsim.report.plots.suppliers import *
from exportsim.report.plots.sweep_discovery import *
from exportsim.report.plots.sweeps import *

__all__ = sorted([*FIGURES, "figures", "save", "save_figures"])
