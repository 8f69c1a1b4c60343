"""A measure written in Python that other processes can import."""

from __future__ import annotations

from typing import Any


def closed_to_turkiye(view: Any) -> dict[str, Any]:
    """Deny applications for Türkiye."""
    return {"applications": "deny", "destinations": ["TR"]}
