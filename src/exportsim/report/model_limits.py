"""What the model leaves out, for the documentation and for every report."""

from __future__ import annotations

from exportsim.language import text

TOPICS = ("prices", "strategy", "demand", "permits", "review", "diversion", "others")


def limits() -> list[tuple[str, str]]:
    """What is left out and what that means, topic by topic."""
    return [(text(f"limits.topic.{topic}"), text(f"limits.what.{topic}")) for topic in TOPICS]


def consequence() -> str:
    """What all of it means for an answer."""
    return text("limits.consequence")
