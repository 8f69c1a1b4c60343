"""What a figure is asked to show: policies and authorities by name, and the time that its months span."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.arguments import chosen, listed
from exportsim.plan import Float, Int
from exportsim.study.result import Result
from exportsim.working_time import DAY

if TYPE_CHECKING:
    from exportsim.report.plots.sheet import Sheet


def reference_of(result: Result, reference: str | None) -> str:
    """The policy compared with."""
    return result.scenario.reference if reference is None else chosen(reference, result.policies, "policy")


def policies_of(result: Result, policies: Sequence[str] | None, *, but: str | None = None) -> list[str]:
    """The policies to show: all by default; not the one that they are compared with."""
    names = (
        result.policies
        if policies is None
        else [chosen(name, result.policies, "policy") for name in listed(policies, "policies")]
    )
    return [name for name in dict.fromkeys(names) if name != but]


def at(result: Result, minutes: Int) -> Float:
    """Minutes as matplotlib counts time: days from an epoch of its own."""
    from matplotlib.dates import date2num

    return float(date2num(result.plan.origin.replace(tzinfo=None))) + minutes / DAY


def month_ends(result: Result) -> Float:
    """The end of each month of the period, as matplotlib counts time."""
    return at(result, months(result.plan)[1])


def span(sheet: Sheet) -> None:
    """Let the axes run over the whole period, with ticks at years or months."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    plan = sheet.result.plan
    start, end = at(sheet.result, np.array([0, plan.end]))
    sheet.ax.set_xlim(float(start), float(end))
    locator = AutoDateLocator(minticks=3, maxticks=max(4, int(1.6 * sheet.width)))
    sheet.ax.xaxis.set_major_locator(locator)
    sheet.ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    sheet.ax.grid(axis="y", color=sheet.style.rule, linewidth=0.5, zorder=0)
    sheet.ax.set_axisbelow(True)
