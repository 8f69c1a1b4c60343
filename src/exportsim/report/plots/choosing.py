"""What a figure is asked to show: policies and authorities by name, and the time that its months span."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from exportsim.analysis.terms import months
from exportsim.errors import ExportsimError
from exportsim.experiment.choices import chosen
from exportsim.experiment.result import Result

if TYPE_CHECKING:
    from exportsim.report.plots.sheet import Sheet


def reference_of(result: Result, against: str | None) -> str:
    """The policy compared with."""
    return result.scenario.reference if against is None else chosen(against, result.policies, "policy")


def policies_of(result: Result, policies: Sequence[str] | None, *, but: str | None = None) -> list[str]:
    """The policies to show: all by default; not the one that they are compared with."""
    if isinstance(policies, str):
        raise ExportsimError(f"policies: found the text {policies!r}, expected a list of names such as [{policies!r}]")
    names = result.policies if policies is None else [chosen(name, result.policies, "policy") for name in policies]
    return [name for name in dict.fromkeys(names) if name != but]


def month_ends(result: Result) -> list[datetime]:
    """The end of each month of the period."""
    plan = result.plan
    return [(plan.origin + timedelta(minutes=int(minute))).replace(tzinfo=None) for minute in months(plan)[1]]


def span(sheet: Sheet) -> None:
    """Let the axes run over the whole period, with ticks at years or months."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    start = sheet.result.plan.origin.replace(tzinfo=None)
    sheet.ax.set_xlim(start, month_ends(sheet.result)[-1])  # type: ignore[arg-type]  # dates are numbers to it
    locator = AutoDateLocator(minticks=3, maxticks=max(4, int(1.6 * sheet.width)))
    sheet.ax.xaxis.set_major_locator(locator)
    sheet.ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    sheet.ax.grid(axis="y", color=sheet.style.rule, linewidth=0.5, zorder=0)
    sheet.ax.set_axisbelow(True)
