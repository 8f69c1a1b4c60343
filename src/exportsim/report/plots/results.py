"""What figures of results share: which drawings fit one, policies by name, and its numbers by year."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.analysis.series import frame
from exportsim.arguments import chosen, listed
from exportsim.language import text
from exportsim.plan import Float, Int
from exportsim.report.document import Cell, Table
from exportsim.report.number_format import estimate
from exportsim.report.plots.registry import Drawings, by_name, once
from exportsim.study.monthly_exports import monthly
from exportsim.study.result import Result

if TYPE_CHECKING:
    import pandas as pd


def others_of(result: Result) -> list[str]:
    """The policies but the reference."""
    return [policy for policy in result.policies if policy != result.scenario.reference]


def if_compared(result: Result) -> Drawings:
    """One drawing, if there is a policy beside the reference."""
    return once(others_of(result))


def by_other_policy(result: Result) -> Drawings:
    """A drawing for each policy but the reference."""
    return by_name(others_of(result))


def by_policy(result: Result) -> Drawings:
    """The same; of the reference, where it alone was played."""
    return by_name(others_of(result) or result.policies)


def reference_of(result: Result, reference: str | None) -> str:
    """The policy compared with."""
    return result.scenario.reference if reference is None else chosen(reference, result.policies, "policy")


def policies_of(known: Sequence[str], policies: Sequence[str] | None, *, but: str | None = None) -> list[str]:
    """The policies to show: all by default; not the one that they are compared with."""
    names = known if policies is None else [chosen(name, known, "policy") for name in listed(policies, "policies")]
    return [name for name in dict.fromkeys(names) if name != but]


def exports_of(result: Result, policy: str) -> Float:
    """By future and month, in currency units."""
    exports: Float = monthly(result).exports[result.policies.index(policy)] / 100
    return exports


def series_of(result: Result, policy: str) -> tuple[pd.DataFrame, Int]:
    """The rows of a policy in the series of a result, without spreading those of all others; and their months."""
    table, origin = frame(result.totals[policy], result.plan, futures=result.futures), result.plan.origin
    when = table["month"].dt
    return table, np.asarray(12 * (when.year - origin.year) + when.month - origin.month, dtype=np.int64)


def last_months(result: Result) -> dict[int, int]:
    """The number of the last month of each year of the period."""
    return {label.year: number for number, label in enumerate(months(result.plan)[0])}


def means_by_year(result: Result, policy: str) -> dict[int, float]:
    """The mean exports of each year of the period, in currency units."""
    ends = last_months(result)
    starts = [0, *(end + 1 for end in ends.values())][:-1]
    yearly = np.add.reduceat(exports_of(result, policy).mean(axis=0), starts)
    return dict(zip(ends, yearly.tolist(), strict=True))


def by_year(
    name: str, caption: str, result: Result, head: Sequence[str], columns: Iterable[Iterable[str | Cell]]
) -> Table:
    """A table of numbers with a row for each year."""
    rows = [[str(year), *row] for year, *row in zip(last_months(result), *columns, strict=True)]
    return Table(name, caption, [text("table.year"), *head], rows)


def mean_text(value: float) -> str:
    """A mean in three digits."""
    return estimate(value, math.nan, math.nan)
