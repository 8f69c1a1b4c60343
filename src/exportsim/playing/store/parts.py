"""Parts of a study that several jobs play into one store: which points each has, and what a store knows of them.

Part K of N has the points K − 1, K − 1 + N, K − 1 + 2N, …: parts have nothing in common, make up the whole, and take
about as long as each other. A part that is begun leaves its N under the study's digest, so that the whole can say later
which parts lack something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.playing.store import Store
from exportsim.scenario.quantities import show

PARTS = "parts"
MOST = 1_000_000
_WRITTEN = re.compile(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*")
_NAME = re.compile(r"([0-9a-f]{32})-of-(\d{1,9})")


class Part(NamedTuple):
    """One of so many parts, numbered from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def points(self, asked: int) -> range:
        """Which of so many points it has."""
        return range(self.number - 1, asked, self.of)


class PartStore(Store):
    """A store into which a part is played."""

    def __init__(self, folder: Path, part: Part) -> None:
        super().__init__(folder)
        self.part = part


def part_of(written: str | tuple[int, int]) -> Part:
    """A part as it is written: ``7/100``."""
    match = _WRITTEN.fullmatch(written if isinstance(written, str) else "/".join(map(str, written)))
    if match is not None and 1 <= int(match[1]) <= int(match[2]) <= MOST:
        return Part(int(match[1]), int(match[2]))
    said = show(written) if isinstance(written, str) else repr(written)
    raise ExportsimError(f"part: found {said}, expected such as `7/100`: the 7th of 100 parts, at most {MOST:,}")


def register(store: Store, study: str, of: int) -> None:
    """Note that a study is played in so many parts."""
    mark = store.folder / PARTS / f"{study}-of-{of}"
    with files.explained(f"store: cannot write {mark}"):
        files.make_folder(mark.parent)
        if files.there(mark) is None:
            files.write(mark, "", lasting=False)


def registered(store: Store, study: str) -> list[int]:
    """In how many parts a study has been played, once or several times."""
    folder = store.folder / PARTS
    with files.explained(f"store: cannot list {folder}"):
        names = files.names(folder) if files.is_folder(folder) else []
    matches = (_NAME.fullmatch(name) for name in names)
    return sorted(int(match[2]) for match in matches if match is not None and match[1] == study)


def lacking(points: Iterable[int], of: int) -> list[int]:
    """The parts that some points are of."""
    return sorted({point % of + 1 for point in points})
