"""Values of a scenario in a line, as a reader would say them."""

from __future__ import annotations

from typing import Any


def said(value: Any) -> str:
    """A value of the explicit form in a line: ``lognormal (median 45d, p90 90d)``."""
    if isinstance(value, dict):
        if len(value) == 1:
            ((key, below),) = value.items()
            if isinstance(below, dict | list):
                return f"{key} ({said(below)})"
        return ", ".join(f"{key} {_inner(below)}" for key, below in value.items() if below not in ({}, []))
    if isinstance(value, list):
        return ", ".join(map(_inner, value))
    return str(value)


def _inner(value: Any) -> str:
    return f"({said(value)})" if isinstance(value, dict) and len(value) > 1 else said(value)
