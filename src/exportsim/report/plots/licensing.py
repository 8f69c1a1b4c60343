"""What lies with the authorities: permits and applications over time, and how long applications wait for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.analysis.ledger_rows import UNDECIDED
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.plan import Float
from exportsim.report.document import Table
from exportsim.report.number_format import digits, percent_number
from exportsim.report.number_format import number as written
from exportsim.report.plots.flags import Flag
from exportsim.report.plots.registry import figure, once
from exportsim.report.plots.results import by_policy, by_year, last_months, mean_text, policies_of, series_of
from exportsim.report.plots.sheet import Drawing, sheet
from exportsim.report.plots.styles import DASHES, SOLID, Look
from exportsim.report.plots.time_axis import month_ends, time_axis
from exportsim.report.result import left_out
from exportsim.study.naming import policy_title, title_of
from exportsim.study.result import Result
from exportsim.working_time import DAY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exportsim.report.amounts import Amounts

__all__ = ["permits_and_review", "processing_times"]

STOCKS = ("in_force", "suspended", "in_review", "held")
FUTURES = 50
STANDARDS = 3  # the axis is so many service standards long
WITHOUT = 180 * DAY  # its length where there is none


def _numbers_of_stocks(amounts: Amounts, closely: str) -> Table:
    result, stocks = amounts.result, standing(amounts.result, closely)
    ends = last_months(result).values()
    columns = [[mean_text(stocks[name][end]) for end in ends] for name in STOCKS]
    caption = text("figures.permits_and_review.numbers", policy=policy_title(result, closely))
    return by_year("numbers-stocks", caption, result, [text(f"figures.stocks.{name}") for name in STOCKS], columns)


@figure(
    Result,
    70,
    drawings=lambda result: by_policy(result) if result.plan.names.authorities else {},
    numbers=_numbers_of_stocks,
)
def permits_and_review(result: Result, policy: str, **how: Unpack[Drawing]) -> Axes:
    """Permits in force and suspended, applications in review and held, at each month's end: means of the futures.

    The numbers are those of :meth:`exportsim.Result.series`.
    """
    policy = chosen(policy, result.policies, "policy")
    stocks = standing(result, policy)
    with sheet(result, **how) as drawn:
        ends, style = month_ends(result), drawn.style
        looks = (
            (Look(style.licensed[0], SOLID), 2.2),
            (Look(style.unlicensed[1], DASHES[0]), 1.6),
            (Look(style.ink, DASHES[1]), 1.6),
            (Look(style.unlicensed[0], SOLID), 1.1),
        )
        for name, (look, width) in zip(STOCKS, looks, strict=True):
            words = text(f"figures.stocks.{name}")
            drawn.line(ends, stocks[name], look, f"stock/{name}", label=words, linewidth=width)
        drawn.ax.set_ylim(bottom=0)
        drawn.describe(
            _stocks_lead(stocks, policy_title(result, policy)),
            text("figures.permits_and_review.shown", policy=policy_title(result, policy)),
            text("figures.permits_and_review.without"),
        )
        time_axis(drawn, result, policy)
    return drawn.ax


def _stocks_lead(stocks: dict[str, Float], policy: str) -> str:
    """How many permits and applications are stopped at most at one time."""
    most = {name: float(np.max(stocks[name])) for name in ("suspended", "held")}
    said = {name: written(value, 0 if value >= 10 else 1) for name, value in most.items()}
    stopped = [name for name, value in most.items() if value >= 0.05]
    key = "both" if len(stopped) == 2 else stopped[0] if stopped else "none"
    return text(f"figures.permits_and_review.lead_{key}", policy=policy, **said)


def _numbers_of_times(amounts: Amounts, closely: str) -> Table:
    result, names = amounts.result, ("processing_time_median", "processing_time_p90", "within_standard")
    return Table(
        "numbers-processing",
        text("figures.processing_times.numbers"),
        text("figures.processing_times.columns").split("|"),
        [
            [policy_title(result, policy), *(amounts.text(amounts.of(policy, name), name) for name in names)]
            for policy in result.policies
        ],
        " ".join(left_out(amounts, names)),
    )


@figure(
    Result,
    80,
    drawings=lambda result: once(result.plan.names.authorities),
    numbers=_numbers_of_times,
)
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
    authority : str, optional
        The first that has a service standard by default, or the first.
    futures : int
        How many of the result's futures to take together.
    """
    number = _authority(result, authority)
    name, names = result.plan.names.authorities[number], policies_of(result.policies, policies)
    standard, calendar = (int(column[number]) for column in result.plan.authorities[-2:])
    horizon = STANDARDS * standard if standard > 0 else WITHOUT
    days = np.linspace(0, horizon / DAY, 241)
    limit = standard / DAY
    days_of = "working_days" if calendar >= 0 else "days"
    with sheet(result, **how) as drawn:
        at_limit: dict[str, float] = {}
        for policy in names:
            share = decided_within(result, policy, name, np.append(days, limit), horizon, futures)
            at_limit[policy] = float(share[-1])
            drawn.line(
                days, 100 * share[:-1], drawn.look(policy), f"decided/{policy}", label=policy_title(result, policy)
            )
        if standard > 0:
            dash = (0, (2, 2))
            drawn.ax.axvline(limit, color=drawn.style.ink, linewidth=1, linestyle=dash, gid="standard")
            words = text(f"figures.processing_times.standard_{days_of}", standard=digits(limit))
            drawn.flag(Flag(limit, words, dash))
        drawn.ax.set_xlim(0, horizon / DAY)
        drawn.ax.set_ylim(0, 100)
        drawn.grid()
        pooled, title = min(futures, result.futures), title_of(result, "authorities", name)
        drawn.describe(
            _times_lead(result, at_limit, digits(limit) if standard > 0 else "", days_of, title),
            text("figures.processing_times.shown", authority=title),
            text("figures.processing_times.counted", number=pooled),
            x=text(f"figures.processing_times.axis_{days_of}"),
        )
    return drawn.ax


def _times_lead(result: Result, at_limit: dict[str, float], limit: str, days: str, authority: str) -> str:
    """What is decided within the standard under the policies where that is least and most."""
    known = {policy: share for policy, share in at_limit.items() if not np.isnan(share)}
    if not limit or not known:
        return text("figures.processing_times.lead_plain", authority=authority)
    least, most = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    said = {"limit": limit, "least": percent_number(known[least]), "authority": authority}
    if said["least"] == percent_number(known[most]):
        return text(f"figures.processing_times.lead_same_{days}", **said)
    kind = "lead_of_several" if len(result.scenario.authorities) > 1 else "lead"
    return text(
        f"figures.processing_times.{kind}_{days}",
        lowest=policy_title(result, least),
        most=percent_number(known[most]),
        highest=policy_title(result, most),
        **said,
    )


def standing(result: Result, policy: str) -> dict[str, Float]:
    """How many permits and applications stand where at each month's end: means over futures."""
    table, month = series_of(result, policy)
    stocks = {name: np.zeros(len(months(result.plan)[1])) for name in STOCKS}
    for name, sums in stocks.items():
        np.add.at(sums, month, table[name].to_numpy(dtype=float))
    return stocks


def decided_within(
    result: Result, policy: str, authority: str, days: Float, horizon: int, futures: int = FUTURES
) -> Float:
    """The share of applications decided within so many days, from 0 to 1; NaN if there is none to be watched."""
    taken, left = result.waiting_times(authority, policy, futures=futures)
    taken = taken[left >= horizon]
    if not len(taken):
        return np.full(days.shape, np.nan)
    decided = np.sort(taken[taken != UNDECIDED])
    share: Float = np.searchsorted(decided, days * DAY, side="right") / len(taken)
    return share


def _authority(result: Result, asked: str | None) -> int:
    names, standard = result.plan.names.authorities, result.plan.authorities.standard
    if not names:
        raise ExportsimError("there are no processing times: the scenario has no authority")
    if asked is not None:
        return names.index(chosen(asked, names, "authority"))
    return int(np.argmax(standard > 0))
