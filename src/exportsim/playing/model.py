"""Which model is played: two processes that play the same one come to the same numbers, whatever their version says."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from exportsim.caching import digest_of
from exportsim.playing import measurers
from exportsim.version import __version__

CALENDARS = "holidays"  # the one library that says what happens: which days are worked


class Model(NamedTuple):
    """What is played, as two processes tell each other."""

    version: str  # of exportsim
    digest: str

    def __str__(self) -> str:
        return f"exportsim {self.version} (model {self.digest})"


@cache
def model() -> str:
    """The version of the model: a digest of all that decides what happens and how it is counted.

    That is the source files of this package, and the calendars of holidays.
    """
    sources = digest_of(Path(str(measurers.__file__)))
    return hashlib.sha256(sources + metadata.version(CALENDARS).encode()).hexdigest()[:16]


def this_model() -> Model:
    """What this process plays."""
    return Model(__version__, model())
