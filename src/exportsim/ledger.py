"""The Ledger: what happened in one run, a row per fact, in order. It states facts and computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exportsim.lifecycle import MEANINGS, Fact
from exportsim.notebook import card
from exportsim.plan import Int, Names

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20  # facts that a notebook shows
COLUMNS = ("minute", "fact", "line", "order", "attempt", "supplier", "detail", "amount")
Row = tuple[int, int, int, int, int, int, int, int]


@dataclass(frozen=True, eq=False)
class Ledger:
    """The facts of one run.

    Attributes
    ----------
    minute, fact, line, order, attempt, supplier, detail, amount : ndarray of int64, shape (rows,)
        Columns. ``minute`` counts from ``period.start``; ``fact`` is a :class:`~exportsim.lifecycle.Fact`; ``line``
        and ``supplier`` are indices into ``names``, -1 for none (other applications have no line); ``order`` is the
        order's number in its line (or the application's in its traffic), from 1, and ``attempt`` counts from 1, both 0
        for none; ``detail`` and ``amount`` are read as :data:`~exportsim.lifecycle.MEANINGS` says (``amount`` in cents
        where money is meant), -1 and 0 for none.
    names : Names
        What the indices stand for.
    origin : datetime
        The moment of minute 0.
    policy : int
        Index of the policy that was played.
    seed, future : int
        Address of the future it was played against.
    """

    minute: Int
    fact: Int
    line: Int
    order: Int
    attempt: Int
    supplier: Int
    detail: Int
    amount: Int
    names: Names
    origin: datetime
    policy: int
    seed: int
    future: int

    @classmethod
    def of(cls, rows: Sequence[Row], *, names: Names, origin: datetime, policy: int, seed: int, future: int) -> Ledger:
        """Build a ledger from its rows, each a tuple in the order of :data:`COLUMNS`."""
        table = np.array(rows, dtype=np.int64).reshape(len(rows), len(COLUMNS))
        columns = dict(zip(COLUMNS, np.ascontiguousarray(table.T), strict=True))
        return cls(**columns, names=names, origin=origin, policy=policy, seed=seed, future=future)

    def __len__(self) -> int:
        return len(self.minute)

    def __eq__(self, other: object) -> bool:
        """Equal row for row, bit for bit. What the measures are called does not count, when they act does."""
        if not isinstance(other, Ledger):
            return NotImplemented
        return all(np.array_equal(getattr(self, column), getattr(other, column)) for column in COLUMNS)

    def __repr__(self) -> str:
        return f"<Ledger of {self._policy_name!r} in future {self.future}: {len(self):,} facts>"

    def _repr_html_(self) -> str:
        first = self.frame().head(SHOWN).to_html(index=False, border=0)
        facts = {"policy": self._policy_name, "future": f"{self.future} of seed {self.seed}", "facts": f"{len(self):,}"}
        return card(f"Ledger, its first {min(SHOWN, len(self))} facts", facts, first)

    def rows(self) -> list[Row]:
        """The rows as tuples of integers, in the order of :data:`COLUMNS`."""
        return list(zip(*(getattr(self, column).tolist() for column in COLUMNS), strict=True))

    def frame(self) -> pd.DataFrame:
        """The facts as a table for reading.

        Returns
        -------
        pandas.DataFrame
            Columns ``minute`` (from ``period.start``), ``when`` (datetime), ``fact``, ``line``, ``order``, ``attempt``,
            ``supplier``, ``detail`` (words) and ``cents``. What does not apply is missing (``<NA>`` or an empty text).
            If a register has an ``id``, ``licence`` is beside ``order``: the licence's own number.
        """
        import pandas as pd

        words = np.array([fact.word for fact in Fact], dtype=object)
        detail = np.full(len(self), "", dtype=object)
        for fact in Fact:
            rows = (self.fact == fact) & (self.detail >= 0)
            listed = MEANINGS[fact].detail
            if not listed or not rows.any():
                continue
            if listed == "number":
                detail[rows] = self.detail[rows].astype(str)
            else:
                detail[rows] = np.array(self._listed(listed), dtype=object)[self.detail[rows]]
        amounts = np.array([bool(MEANINGS[fact].amount) for fact in Fact])[self.fact]
        thresholds = (self.fact == Fact.MEASURE) & (self.amount < 0)  # a measure without a figure
        when = pd.Timestamp(self.origin) + pd.to_timedelta(self.minute, unit="min")
        table = pd.DataFrame(
            {
                "minute": self.minute,
                "when": when,
                "fact": words[self.fact],
                "line": _words(self.line, self.names.lines),
                "order": pd.Series(self.order, dtype="Int64").where(self.order > 0),
                "attempt": pd.Series(self.attempt, dtype="Int64").where(self.attempt > 0),
                "supplier": _words(self.supplier, self.names.suppliers),
                "detail": detail,
                "cents": pd.Series(self.amount, dtype="Int64").where(amounts & ~thresholds),
            }
        )
        if any(self.names.licences):
            table.insert(list(table).index("attempt"), "licence", self._licences())
        return table

    def _licences(self) -> NDArray[np.object_]:
        """Of each row, the number of the licence that its order is; empty if it has none."""
        words = np.full(len(self), "", dtype=object)
        for line, licences in enumerate(self.names.licences):
            rows = (self.line == line) & (self.order > 0)
            if licences and rows.any():
                words[rows] = np.array(licences, dtype=object)[self.order[rows] - 1]
        return words

    @property
    def _policy_name(self) -> str:
        return self.names.policies[self.policy]

    def _listed(self, what: str) -> tuple[str, ...]:
        listed: tuple[str, ...] = self.names.measures[self.policy] if what == "measures" else getattr(self.names, what)
        return listed


def _words(indices: Int, names: tuple[str, ...]) -> NDArray[np.object_]:
    """The name of each index, the empty text for -1 (which, as an index, is the last)."""
    words: NDArray[np.object_] = np.array([*names, ""], dtype=object)[indices]
    return words
