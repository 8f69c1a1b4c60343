"""A document as JSON: tables as lists or by their keys, and what is undefined as null."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from exportsim.report.document import Document


def as_json(document: Document) -> dict[str, Any]:
    """The data of a document as a mapping that JSON can hold."""
    return {key: plain(value) for key, value in document.data().items()}


def plain(value: object) -> Any:
    """A value as JSON can hold it. A table with a named index becomes a mapping by it, another a list of rows."""
    if hasattr(value, "to_dict"):  # of pandas, which not every document needs
        return _table(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(below) for key, below in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(below) for below in value]
    return value


def _table(table: Any) -> Any:
    import pandas as pd

    levels = [name for name in table.index.names if name is not None]
    if isinstance(table, pd.Series):
        return {str(key): plain(value) for key, value in table.to_dict().items()}
    if not levels:
        return [plain(row) for row in table.to_dict("records")]
    nested: dict[str, Any] = {}
    for row in table.reset_index().to_dict("records"):
        *outer, last = (str(row.pop(level)) for level in levels)
        below = nested
        for key in outer:
            below = below.setdefault(key, {})
        below[last] = plain(row)
    return nested
