"""What the model leaves out: read from ``model_limits.txt``, for the documentation and for every report."""

from __future__ import annotations

from importlib import resources

_topics, CONSEQUENCE = (
    resources.files("exportsim.report").joinpath("model_limits.txt").read_text(encoding="utf-8").strip().split("\n\n")
)
#: What is left out, and what that means, topic by topic.
OMISSIONS = tuple((topic, text) for topic, _, text in (line.partition(": ") for line in _topics.split("\n")))
