"""Figures of a result, by matplotlib: one function a figure, which takes axes or makes some, and returns them.

matplotlib is imported where a figure is drawn, and is not needed for anything else.
"""

from exportsim.report.plots.alluvial import fates
from exportsim.report.plots.effects import differences, waterfall
from exportsim.report.plots.exports import cumulated_difference, exports_by_month
from exportsim.report.plots.processing_times_figure import processing_times
from exportsim.report.plots.saving import figures, save, save_figures
from exportsim.report.plots.stocks_and_shares import permits_and_review, suppliers_shares
from exportsim.report.plots.sweep_discovery import failures, trade_off
from exportsim.report.plots.sweep_saving import save_discovery_figures, save_sweep_figures
from exportsim.report.plots.sweeps import heat_map, regret, response

__all__ = [
    "cumulated_difference",
    "differences",
    "exports_by_month",
    "failures",
    "fates",
    "figures",
    "heat_map",
    "permits_and_review",
    "processing_times",
    "regret",
    "response",
    "save",
    "save_discovery_figures",
    "save_figures",
    "save_sweep_figures",
    "suppliers_shares",
    "trade_off",
    "waterfall",
]
