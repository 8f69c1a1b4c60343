"""The account: what became of all that was ordered or open at the start.

For every policy, and for every group that orders can be told apart by, to the cent,

    open_at_start + ordered = exports + elsewhere + lost + pending,

so the differences between two policies add up as well. An order is with several suppliers, or none, so by supplier or
authority only what was delivered is told apart. Exports may be those of some authorities alone; what others let out is
then elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.analysis.checked_sums import MOST, check_sums, too_large
from exportsim.analysis.counting_tables import licensing, places
from exportsim.analysis.figures import (
    DELIVERED,
    ELSEWHERE,
    EXPORTS,
    FIGURES,
    LOST,
    OPEN_AT_START,
    ORDERED,
    PENDING,
    quotient,
)
from exportsim.analysis.ledger_rows import is_export
from exportsim.analysis.outcomes import Grouped, add_up, groups_by
from exportsim.analysis.quantities import OPEN, SERIES
from exportsim.analysis.series import Entries
from exportsim.digits import Exact, Money, money_of, rounded
from exportsim.outcomes import told_by
from exportsim.plan import Float, Int, Plan

if TYPE_CHECKING:
    import pandas as pd

BEFORE = ("open_at_start", "ordered")
AFTER = ("exports", "elsewhere", "lost", "pending")
COLUMNS = (*BEFORE, *AFTER)

#: The figure of each quantity of a series that is in the account, of the others -1.
TOLD = {"ordered": ORDERED, "delivered": DELIVERED, "lost": LOST, OPEN: PENDING}
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
        added: NDArray[Any] = np.vectorize(int, otypes=[object])(cents).sum(axis=1)
        return added

    table = sums(*COLUMNS)
    if authorities is not None:
        exports = sums(*(f"exports/{name}" for name in authorities)).sum(axis=1)
        table[:, COLUMNS.index("exports")] = exports
        table[:, COLUMNS.index("elsewhere")] = sums("delivered")[:, 0] - exports
    return Account(COLUMNS, [()], table[:, np.newaxis, :])


def grouped_series(totals: Sequence[Entries], plan: Plan, by: Sequence[str]) -> Grouped:
    """The figures of the account by group, of all futures in one, from each policy's series: nothing is played again.

    A series has no stock at the start: what was open then is what came to an end or is pending and was not ordered.
    """
    groups, where = groups_by(plan, by), places(plan)
    exporting, ends_year = is_export(licensing(plan)), np.diff(groups.year, append=-1) != 0
    figures = np.zeros((len(totals), 1, len(groups.labels), len(FIGURES)), dtype=np.int64)
    for entries, table in zip(totals, figures[:, 0], strict=True):
        if float(np.abs(entries.cents).astype(float).sum()) > MOST:
            raise too_large()
        place, quantity = np.divmod(entries.key, len(SERIES))
        month, place = np.divmod(place, len(where.line))
        line, supplier = where.line[place], where.supplier[place]
        figure, group = OF_QUANTITY[quantity], groups.number[groups.year[month], line, supplier]
        told = (figure >= 0) & ((figure != PENDING) | ends_year[month])
        np.add.at(table, (group[told], figure[told]), entries.cents[told])
        exported = (figure == DELIVERED) & exporting[line, supplier]
        np.add.at(table, (group[exported], EXPORTS), entries.cents[exported])
        table[:, ELSEWHERE] = table[:, DELIVERED] - table[:, EXPORTS]
        table[:, OPEN_AT_START] = table[:, [DELIVERED, LOST, PENDING]].sum(axis=1) - table[:, ORDERED]
    return Grouped(tuple(by), figures)


def of_groups(grouped: Grouped, plan: Plan, by: Sequence[str], authorities: Iterable[str] | None = None) -> Account:
    """The account of groups, from figures of these or smaller ones: by authority too, if some are told apart."""
    figures, groups, columns = grouped.figures, groups_by(plan, grouped.by), columns_by(by)
    check_sums(figures)
    if float(np.abs(figures).max(initial=0)) * figures.shape[1] > MOST:
        raise too_large()
    added = grouped._replace(figures=figures.sum(axis=1))

    def told(by: Sequence[str]) -> tuple[Sequence[tuple[str | int, ...]], Int]:
        labels = groups_by(plan, by).labels
        return labels, add_up(added, groups, by, labels)

    labels, sums = told(by)
    cents = sums[..., [FIGURES.index(name) for name in columns]]
    if authorities is not None:
        names, known = tuple(dict.fromkeys([*by, "authority"])), set(authorities)
        exported = np.zeros(sums.shape[:-1], dtype=np.int64)
        finer, of_finer = told(names)
        for place, label in enumerate(finer):
            if label[names.index("authority")] in known:
                exported[:, labels.index(label[: len(by)])] += of_finer[:, place, DELIVERED]
        cents[..., columns.index("exports")] = exported
        cents[..., columns.index("elsewhere")] = sums[..., DELIVERED] - exported
    return Account(columns, labels, cents.astype(object))


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


def money_of_account(account: Account, currency: str, futures: int, reference: int, asked: int) -> Money:
    """The unit of an account's money, with decimals enough for its largest part and for what a policy does to exports.

    ``reference`` and ``asked`` are numbers of policies.
    """
    means = account.cents[..., [account.columns.index(name) for name in AFTER if name in account.columns]]
    exports = account.cents[..., account.columns.index("exports")].sum(axis=1) if "exports" in account.columns else None
    least = 0.0 if exports is None else float(exports[asked] - exports[reference])
    amounts = quotient(means.reshape(1, -1), 100 * futures)[0].tolist() if means.size else []
    return money_of(currency, amounts, least / (100 * futures))


def printed(account: Account, futures: int, money: Money, reference: int) -> NDArray[np.int64]:
    """What is printed of an account, in steps of the last digit, of its shape: the one way to round it.

    The cells of the reference and those of each policy's change from it are rounded so that they add up (largest
    remainder), and what a policy comes to is their sum. So the cells add up across a row, and what is printed of two
    policies differs by what is printed of their difference.
    """
    unit = 100 * futures * Fraction(money.factor) / 10**money.decimals
    changes = less(account, reference).cents
    changes[reference] = account.cents[reference]
    rows = [_printed_row(row, account.columns, unit) for row in changes.reshape(-1, len(account.columns)).tolist()]
    steps: NDArray[np.int64] = np.array(rows, dtype=np.int64).reshape(account.cents.shape)
    others = np.arange(len(steps)) != reference
    steps[others] += steps[reference]
    return steps


def _printed_row(row: list[int], columns: tuple[str, ...], unit: Exact) -> list[int]:
    """One row in steps, of which either side of the account has as many."""
    if columns != COLUMNS:
        return rounded(row, unit=unit)
    before, after = row[: len(BEFORE)], row[len(BEFORE) :]
    return [*rounded(before, unit=unit), *rounded(after, sum(before), unit)]


def authorities_reached(plan: Plan, policies: Iterable[str]) -> tuple[str, ...]:
    """The authorities in whose cells orders can be that measures of these policies reach; none if no measure does."""
    cells = np.zeros(len(plan.cell_authority), dtype=bool)
    for policy in policies:
        cells |= plan.policies[plan.names.policies.index(policy)].scope.any(axis=0)
    cells &= plan.line_cell.any(axis=0)
    return tuple(plan.names.authorities[number] for number in np.unique(plan.cell_authority[cells]).tolist())
