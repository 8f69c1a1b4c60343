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

from exportsim.analysis.counting_tables import licensing, places
from exportsim.analysis.figures import quotient
from exportsim.analysis.outcomes import groups_by
from exportsim.analysis.quantities import OPEN, SERIES
from exportsim.analysis.series import Entries
from exportsim.digits import Exact, rounded
from exportsim.outcomes import told_by
from exportsim.plan import Float, Plan

if TYPE_CHECKING:
    import pandas as pd

BEFORE = ("open_at_start", "ordered")
AFTER = ("exports", "elsewhere", "lost", "pending")
COLUMNS = (*BEFORE, *AFTER)
OPEN_AT_START, ORDERED, EXPORTS, ELSEWHERE, LOST, PENDING = range(len(COLUMNS))

#: The column of each quantity of a series that is in the account, of the others -1.
TOLD = {"ordered": ORDERED, "delivered": EXPORTS, "lost": LOST, OPEN: PENDING}
OF_QUANTITY = np.array([TOLD.get(quantity.name, -1) for quantity in SERIES])


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
        added: NDArray[Any] = cents.astype(np.int64).astype(object).sum(axis=1)
        return added

    table = sums(*COLUMNS)
    if authorities is not None:
        exports = sums(*(f"exports/{name}" for name in authorities)).sum(axis=1)
        table[:, EXPORTS], table[:, ELSEWHERE] = exports, sums("delivered")[:, 0] - exports
    return Account(COLUMNS, [()], table[:, np.newaxis, :])


def of_series(
    totals: Iterable[Entries], plan: Plan, by: Sequence[str], authorities: Iterable[str] | None = None
) -> Account:
    """The account of groups, from each policy's series: nothing need be played again.

    A series has no stock at the start: what was open then is what came to an end or is pending and was not ordered.
    """
    groups, where, columns = groups_by(plan, by), places(plan), columns_by(by)
    names = plan.names.authorities if authorities is None else authorities
    exporting = np.isin(licensing(plan), [plan.names.authorities.index(name) for name in names])
    ends_year = np.diff(groups.year, append=-1) != 0
    tables = []
    for entries in totals:
        place, quantity = np.divmod(entries.key, len(SERIES))
        month, place = np.divmod(place, len(where.line))
        line, supplier = where.line[place], where.supplier[place]
        column = OF_QUANTITY[quantity]
        column[(column == EXPORTS) & ~exporting[line, supplier]] = ELSEWHERE
        told = (column >= 0) & ((column != PENDING) | ends_year[month])
        group = groups.number[groups.year[month], line, supplier]
        table = np.zeros((len(groups.labels), len(COLUMNS)), dtype=object)
        np.add.at(table, (group[told], column[told]), entries.cents[told].astype(object))
        table[:, OPEN_AT_START] = table[:, len(BEFORE) :].sum(axis=1) - table[:, ORDERED]
        tables.append(table[:, [COLUMNS.index(name) for name in columns]])
    return Account(columns, groups.labels, np.stack(tables))


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
