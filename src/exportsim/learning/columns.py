"""The cells of a log's file, whatever its form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exportsim.plan import Int

LARGEST = 500_000_000  # bytes of a file


class Columns(NamedTuple):
    """The cells of a log: of each column the number of each row's text, and the texts; and the rows' lines."""

    texts: Sequence[tuple[Int, Sequence[str]]]
    lines: Int
