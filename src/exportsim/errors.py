"""What a user can have done wrong. A broken invariant is never one of these: it is a bug, and an AssertionError."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class ExportsimError(Exception):
    """A mistake in what the user asked for, told in the user's terms."""


class LostError(ExportsimError):
    """Whoever was to play is gone, or has done nothing for too long.

    Attributes
    ----------
    kept : Result, Sweep or Sensitivity, optional
        What had been finished by then, as after Ctrl-C; None if that is nothing.
    """

    def __init__(self, message: str, kept: Any = None) -> None:
        self.kept = kept
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a scenario: where it stands, and what is wrong there.

    Attributes
    ----------
    file : str
        The file as the user named it (or ``<python>`` for a scenario built in Python).
    line, column : int
        Position in the file, both from 1; 0 where there is no text to point at.
    path : str
        Dotted path in the file: ``suppliers.aselsan.slots``.
    message : str
        What was found, what was expected, and the near miss if there is one.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def document(self) -> dict[str, str | int]:
        """Itself as a mapping, for JSON."""
        return {"file": self.file, "line": self.line, "column": self.column, "path": self.path, "message": self.message}

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class ScenarioError(ExportsimError):
    """All the faults of a scenario, found in one reading.

    Attributes
    ----------
    faults : tuple of Fault
        In the order of the file.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
