"""What an authority has to do with applications for orders, quarter by quarter, in every future."""

from __future__ import annotations

from functools import partial

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.analysis.ledger_rows import Office, office_of
from exportsim.plan import Int, Plan
from exportsim.study.futures import HasFutures, futures_of
from exportsim.study.monthly_exports import months_together


def quarter_ends(plan: Plan) -> Int:
    """The minutes at which quarters end, or months in a short period; the last, if it is not whole, with the period."""
    ends, long = months(plan)[1], months_together(plan)
    return np.unique(np.append(ends[long - 1 :: long], ends[-1:]))


def office_by_quarter(result: HasFutures, authority: str, policy: str) -> Office:
    """The applications to an authority under a policy: arrays of shape (futures, quarters)."""
    number, ends = result.plan.names.authorities.index(authority), quarter_ends(result.plan)
    (plays,) = futures_of(result).read_of_each(
        f"office {authority}", lambda plan, _: partial(office_of, authority=number, plan=plan, ends=ends), [policy]
    )
    return Office(*map(np.stack, zip(*plays, strict=True)))
