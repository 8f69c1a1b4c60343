"""How things show themselves in a notebook: a heading and what is to be known of them, as HTML that needs no style."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape


def card(heading: str, facts: Mapping[str, str], body: str = "") -> str:
    """A heading, facts by name, and HTML below them that is already safe."""
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th><td style="text-align:left">{escape(fact)}</td></tr>'
        for name, fact in facts.items()
    )
    return f"<div><strong>{escape(heading)}</strong><table>{rows}</table>{body}</div>"
