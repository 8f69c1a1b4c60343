"""What a figure is asked to show: policies by name, and the time that its months span; and what fits a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.arguments import chosen, listed
from exportsim.plan import Float, Int
from exportsim.report.plots.registry import Drawings
from exportsim.study.result import Result
from exportsim.working_time import DAY

if TYPE_CHECKING:
    from exportsim.report.plots.sheet import Sheet


def others_of(result: Result) -> list[str]:
    """The policies but the reference."""
    return [policy for policy in result.policies if policy != result.scenario.reference]


def if_compared(result: Result) -> Drawings:
    """One drawing, if there is a policy beside the reference."""
    return {"": ()} if others_of(result) else {}


def by_other_policy(result: Result) -> Drawings:
    """A drawing for each policy but the reference."""
    return {policy: (policy,) for policy in others_of(result)}


def by_policy(result: Result) -> Drawings:
    """The same; of the reference, where it alone was played."""
    return {policy: (policy,) for policy in others_of(result) or result.policies}


def reference_of(result: Result, reference: str | None) -> str:
    """The policy compared with."""
    return result.scenario.reference if reference is None else chosen(reference, result.policies, "policy")


def policies_of(there: Sequence[str], policies: Sequence[str] | None, *, but: str | None = None) -> list[str]:
    """The policies to show: all by default; not the one that they are compared with."""
    names = there if policies is None else [chosen(name, there, "policy") for name in listed(policies, "policies")]
    return [name for name in dict.fromkeys(names) if name != but]


def titled(result: Result, policy: str) -> str:
    """A policy by its name and title."""
    title = result.scenario.policies[policy].title
    return f"{policy} ({title})" if title else policy


def at(result: Result, minutes: Int) -> Float:
    """Minutes as matplotlib counts time: days from an epoch of its own."""
    from matplotlib.dates import date2num

    return float(date2num(result.plan.origin.replace(tzinfo=None))) + minutes / DAY


def month_ends(result: Result) -> Float:
    """The end of each month of the period, as matplotlib counts time."""
    return at(result, months(result.plan)[1])


def span(sheet: Sheet, result: Result) -> None:
    """Let the axes run over the whole period, with ticks at years or months."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    start, end = at(result, np.array([0, result.plan.end]))
    sheet.ax.set_xlim(float(start), float(end))
    locator = AutoDateLocator(minticks=3, maxticks=max(4, int(1.6 * sheet.width)))
    sheet.ax.xaxis.set_major_locator(locator)
    sheet.ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    sheet.grid("y")
