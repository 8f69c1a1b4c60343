"""What is to be compiled before anything can be played, and that it takes a while."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exportsim.caching import is_kept
from exportsim.language import text

SECONDS = {"reference": 8, "compiled": 30}  # on a usual machine, about


def compiled_for(engine: str) -> list[object]:
    """The compiled functions that an engine needs."""
    if engine != "compiled":
        return []
    from exportsim.engine.compiled.loop import play_steps

    return [play_steps]


def is_ready(engine: str, needed: Sequence[object], announce: Callable[[str], None] | None) -> bool:
    """Whether nothing needed is to be compiled; if something is, that is announced."""
    if all(map(is_kept, needed)):
        return True
    if announce is not None:
        announce(text("progress.compile", seconds=SECONDS[engine]))
    return False
