"""The account: what became of all that was ordered or open at the start.

For every policy, and for every group that orders can be told apart by, to the cent,

    open_at_start + ordered = exports + elsewhere + lost + pending,

so the differences between two policies add up as well. An order is with several suppliers, or none, so by supplier or
authority only what was delivered is told apart. Exports may be those of some authorities alone; what others let out is
then elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.analysis.checked_sums import check_sums
from exportsim.analysis.figures import FIGURES, quotient
from exportsim.digits import Exact, rounded
from exportsim.outcomes import told_by
from exportsim.plan import Float, Int, Plan

if TYPE_CHECKING:
    import pandas as pd

BEFORE = ("open_at_start", "ordered")
AFTER = ("exports", "elsewhere", "lost", "pending")
COLUMNS = (*BEFORE, *AFTER)
EXPORTS, ELSEWHERE = COLUMNS.index("exports"), COLUMNS.index("elsewhere")


class Account(NamedTuple):
    """The account of policies, added up over futures."""

    columns: tuple[str, ...]  # those of COLUMNS that are told apart
    labels: Sequence[tuple[str | int, ...]]  # of each group
    cents: NDArray[Any]  # (policies, groups, columns) whole numbers of any size


def columns_by(by: Sequence[str]) -> tuple[str, ...]:
    """What of the account is told apart by all of these."""
    return tuple(name for name in COLUMNS if name in told_by(*by))


def of_outcomes(values: Float, names: Sequence[str], authorities: Iterable[str] | None = None) -> Account:
    """The account of all together, from outcomes of shape (policies, futures, outcomes)."""

    def sums(*wanted: str) -> NDArray[Any]:
        """Over futures, shape (policies, wanted)."""
        cents = np.rint(100 * values[..., [names.index(name) for name in wanted]])
        return cents.astype(np.int64).astype(object).sum(axis=1)

    table = sums(*COLUMNS)
    if authorities is not None:
        exports = sums(*(f"exports/{name}" for name in authorities)).sum(axis=1)
        table[:, EXPORTS], table[:, ELSEWHERE] = exports, sums("delivered")[:, 0] - exports
    return Account(COLUMNS, [()], table[:, np.newaxis, :])


def of_groups(figures: Sequence[Int], labels: Sequence[tuple[str | int, ...]], by: Sequence[str]) -> Account:
    """The account of groups, from the figures of each future, of shape (policies, groups, figures)."""
    columns = columns_by(by)
    told = np.stack(figures)[..., [FIGURES.index(name) for name in columns]]
    check_sums(told)
    return Account(columns, labels, told.astype(object).sum(axis=0))


def frame(account: Account, policies: Sequence[str], by: Sequence[str], futures: int) -> pd.DataFrame:
    """The means of the futures."""
    import pandas as pd

    keys = [(policy, *label) for policy in policies for label in account.labels]
    index = pd.MultiIndex.from_tuples(keys, names=["policy", *by]) if by else pd.Index(policies, name="policy")
    means = quotient(account.cents.reshape(-1, len(account.columns)), 100 * futures)
    return pd.DataFrame(means, index=index, columns=list(account.columns))


def less(account: Account, reference: int) -> Account:
    """By how much the account of each policy differs from that of the reference."""
    return account._replace(cents=account.cents - account.cents[reference])


def printed(account: Account, unit: Exact) -> list[list[int]]:
    """The rows of the account, policy by policy, in units of so many of its cents, of which either side has as many."""
    rows = account.cents.reshape(-1, len(account.columns)).tolist()
    if account.columns != COLUMNS:
        return [rounded(row, unit=unit) for row in rows]
    sides = [(row[: len(BEFORE)], row[len(BEFORE) :]) for row in rows]
    return [[*rounded(before, unit=unit), *rounded(after, sum(before), unit)] for before, after in sides]


def authorities_reached(plan: Plan, policies: Iterable[str]) -> tuple[str, ...]:
    """The authorities in whose cells orders can be that measures of these policies reach; none if no measure does."""
    cells = np.zeros(len(plan.cell_authority), dtype=bool)
    for policy in policies:
        cells |= plan.policies[plan.names.policies.index(policy)].scope.any(axis=0)
    cells &= plan.line_cell.any(axis=0)
    return tuple(plan.names.authorities[number] for number in np.unique(plan.cell_authority[cells]).tolist())
