"""How long applications took, in parts: who is served sooner under a policy, and who waits longer for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from exportsim.analysis.intervals import intervals
from exportsim.digits import number
from exportsim.language import text
from exportsim.names import quoted
from exportsim.plan import Float
from exportsim.report.breakdowns import titles_of_parts
from exportsim.report.document import Cell, Row, Table
from exportsim.report.policy_account import PolicyAccount
from exportsim.report.studies import any_doubtful, difference_cell

TAKEN, BY_OTHERS = "processing_time_mean", "traffic_processing_time_mean"
DECIMALS = 1  # of days


def processing_times(account: PolicyAccount, by: Sequence[str]) -> Iterator[Table]:
    """A table for each name in ``by``, where a part of it has applications: mean days under reference and policy."""
    for name in dict.fromkeys(by):
        times = _times(account, name)
        if times:
            yield _table(account, name, times)


def _times(account: PolicyAccount, name: str) -> dict[str, Float]:
    """By the title of each part, its mean days: shape (reference and policy, futures); NaN where nothing was decided.

    Other applications, of which only the authority is known, are the last part; before them stand all orders.
    """
    result = account.result
    table = result.outcomes_by([name])[TAKEN]
    groups = [str(group) for group in table.index.get_level_values(name).unique()]
    rows = [result.policies.index(policy) for policy in (account.reference, account.asked)]
    values = table.to_numpy().reshape(len(result.policies), len(groups), result.futures)[rows]
    shown, columns = titles_of_parts(result.scenario, name), list(result.units)
    times = {shown.get(group, group): values[:, k] for k, group in enumerate(groups)}
    whole, others = (result.values[rows][..., columns.index(outcome)] for outcome in (TAKEN, BY_OTHERS))
    times = {title: part for title, part in times.items() if not np.isnan(part).all()}
    if not times:
        return {}
    more = {text("times.all_orders"): whole, text("times.other_applications"): others}
    return times | {title: part for title, part in more.items() if not np.isnan(part).all()}


def _table(account: PolicyAccount, name: str, times: dict[str, Float]) -> Table:
    alone = account.asked == account.reference
    changes = intervals([part[1] - part[0] for part in times.values()], shares=[False] * len(times))
    rows: list[Row] = []
    for (title, part), change in zip(times.items(), changes, strict=True):
        cells: list[str | Cell] = [_days(_mean(days)) for days in (part[:1] if alone else part)]
        if not alone:
            shown = _days(change.mean)
            cells.append(difference_cell(change, f"+{shown}" if change.mean > 0 else shown))
        rows.append([title, *cells])
    title, heads = text("times.by", part=text(f"parts.{name}")), [text("times.days")]
    if not alone:
        policies = {"policy": account.titles[account.asked], "reference": account.titles[account.reference]}
        title = text("parts.against", title=title, **{side: quoted(said) for side, said in policies.items()})
        heads = [text(f"times.{head}") for head in ("reference", "policy", "change")]
    doubtful = not alone and any_doubtful(changes)
    note = text("account.brackets", number=account.result.futures) if doubtful else ""
    return Table(f"times_by_{name}", title, [text(f"parts.{name}"), *heads], rows, note)


def _mean(days: Float) -> float:
    known = days[~np.isnan(days)]
    return float(known.mean()) if len(known) else np.nan


def _days(days: float) -> str:
    return text("times.none") if np.isnan(days) else number(days, DECIMALS)
