"""What a rule is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from exportsim.invariants.ledger_reading import LedgerReading

Broken = Iterator[tuple[int, str]]
"""The rows at which a rule is broken (past the last: at the end), and in what way."""


class Rule(Protocol):
    """A function that yields what is wrong; its name is the rule in words."""

    __name__: str

    def __call__(self, reading: LedgerReading, /) -> Broken: ...
