"""What a result says of a policy, in sentences; they are made by :mod:`exportsim.report.answer`."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What is said of a policy.

    Attributes
    ----------
    policy : str
        The one that the answer is about.
    finding : str
        A title of no more than 90 characters.
    sentences : tuple of str
        The answer, one to three.
    doubt : str
        What the doubt of its figures contains, in few words.
    explanations : tuple of str
        The same at length; then what explains surprising figures.
    """

    policy: str
    finding: str
    sentences: tuple[str, ...]
    doubt: str
    explanations: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self.finding, "", *self.sentences, "", *self.explanations])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        said, explained = (escape(" ".join(part)) for part in (self.sentences, self.explanations))
        return f"<div><strong>{escape(self.finding)}</strong><p>{said}</p><p><small>{explained}</small></p></div>"

    def document(self) -> dict[str, Any]:
        """The same as a mapping of plain values, for ``--json``."""
        return {
            "policy": self.policy,
            "finding": self.finding,
            "sentences": list(self.sentences),
            "doubt": self.doubt,
            "explanations": list(self.explanations),
        }
