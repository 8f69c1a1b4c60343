"""How long applications wait for a decision, against the service standard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.analysis.ledger_rows import UNDECIDED, Waits, waits_of
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.plan import Float
from exportsim.playing.measurers import EachFuture
from exportsim.report.document import Table
from exportsim.report.plots.choice_of_axes import policies_of
from exportsim.report.plots.labels import Label, label_ends
from exportsim.report.plots.registry import Drawings, figure
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.report.result import left_out
from exportsim.study.result import Result
from exportsim.working_time import DAY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exportsim.report.amounts import Amounts

__all__ = ["processing_times"]

FUTURES = 50
STANDARDS = 3  # the axis is so many service standards long
WITHOUT = 180 * DAY  # its length where there is none


def _numbers(amounts: Amounts, closely: str) -> Table:
    result, names = amounts.result, ("processing_time_median", "processing_time_p90", "within_standard")
    return Table(
        "numbers-processing",
        "Days from application to decision, and what was decided within the standard: means of the futures",
        ["policy", "median, days", "90th percentile, days", "within standard, %"],
        [[policy, *(amounts.text(amounts.of(policy, name), name) for name in names)] for policy in result.policies],
        " ".join(left_out(result, amounts.summary, names)),
    )


def _if_licensed(result: Result) -> Drawings:
    return {"": ()} if result.plan.names.authorities else {}


@figure(Result, 80, "How long review takes", drawings=_if_licensed, numbers=_numbers)
def processing_times(
    result: Result,
    policies: Sequence[str] | None = None,
    *,
    authority: str | None = None,
    futures: int = FUTURES,
    **how: Unpack[Drawing],
) -> Axes:
    """Of the applications made, the share decided within so many days, against the authority's service standard.

    Days are working days if the standard is in them. Decided is approved or denied. Those withdrawn or held are among
    the applications and are not decided: a line that stays below 100 % tells of them. So that all have had the same
    time, only applications are counted that were made early enough for the whole axis to lie within the period.

    Parameters
    ----------
    result : Result
    policies : sequence of str, optional
        All by default.
    authority : str, optional
        The first that has a service standard by default, or the first.
    futures : int
        How many of the result's futures to take together.

    Raises
    ------
    ExportsimError
        If there is no such authority or policy.
    """
    number = _authority(result, authority)
    name, names = result.plan.names.authorities[number], policies_of(result.policies, policies)
    standard, calendar = (int(column[number]) for column in result.plan.authorities[-2:])
    horizon = STANDARDS * standard if standard > 0 else WITHOUT
    days = np.linspace(0, horizon / DAY, 241)
    with sheet(result, **how) as drawn:
        labels = []
        for policy in names:
            share = decided_within(result, policy, name, days, horizon, futures)
            drawn.line(days, 100 * share, drawn.look(policy), f"decided/{policy}")
            if not np.isnan(share[-1]):
                labels.append(Label(100 * float(share[-1]), policy, *drawn.look(policy)))
        unit = "working days" if calendar >= 0 else "days"
        if standard > 0:
            drawn.ax.axvline(standard / DAY, color=drawn.style.ink, linewidth=1, linestyle=(0, (2, 2)), gid="standard")
            drawn.ax.annotate(
                f"standard: {standard / DAY:g}", (standard / DAY, 0), xycoords=drawn.ax.get_xaxis_transform(),
                xytext=(4, 4), textcoords="offset points", fontsize=0.92 * drawn.font, color=drawn.style.ink,
            )  # fmt: skip
        drawn.ax.set_xlim(0, horizon / DAY)
        drawn.ax.set_ylim(0, 100)
        drawn.grid()
        drawn.ax.set_ylabel("% decided")
        drawn.ax.set_xlabel(f"{unit} since the application")
        drawn.title(f"Applications decided by {result.scenario.authorities[name].title or name}")
        pooled = min(futures, result.futures)
        drawn.note(
            f"Applications of {pooled} future{'s' if pooled != 1 else ''} together, made early enough to be watched "
            "for the whole axis. Withdrawn or held, they are not decided."
        )
        label_ends(drawn, labels)
    return drawn.ax


def decided_within(
    result: Result, policy: str, authority: str, days: Float, horizon: int, futures: int = FUTURES
) -> Float:
    """The share of applications decided within so many days.

    Returns
    -------
    ndarray of float64, shape of ``days``
        From 0 to 1; NaN if there is no such application.
    """
    taken, left = waits(result, authority, policy, futures)
    taken = taken[left >= horizon]
    if not len(taken):
        return np.full(days.shape, np.nan)
    decided = np.sort(taken[taken != UNDECIDED])
    share: Float = np.searchsorted(decided, days * DAY, side="right") / len(taken)
    return share


def waits(result: Result, authority: str, policy: str, futures: int) -> Waits:
    """The applications made in the period, of all futures together; not the authority's other traffic."""
    number = result.plan.names.authorities.index(authority)
    reading = EachFuture(lambda plan: lambda _, ledgers: waits_of(ledgers[0], number, plan))
    return Waits(*map(np.concatenate, zip(*result.measured(reading, [policy], past=futures), strict=True)))


def _authority(result: Result, asked: str | None) -> int:
    names, standard = result.plan.names.authorities, result.plan.authorities.standard
    if not names:
        raise ExportsimError("there are no processing times: the scenario has no authority")
    if asked is not None:
        return names.index(chosen(asked, names, "authority"))
    return int(np.argmax(standard > 0))
