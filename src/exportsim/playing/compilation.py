"""Getting an engine ready: what is not compiled yet is compiled before anything is played, and said to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from exportsim.caching import is_kept
from exportsim.playing.block import Block, Part, play_block

SENTENCE = "compiling the engine, once: about {seconds} seconds"
SECONDS = {"reference": 10, "compiled": 25}


def is_ready(engine: str, needed: Sequence[object], announce: Callable[[str], None] | None) -> bool:
    """Whether nothing needed is to be compiled; if something is, that is announced."""
    if all(map(is_kept, needed)):
        return True
    if announce is not None:
        announce(SENTENCE.format(seconds=SECONDS[engine]))
    return False


def get_ready(block: Block[Part], announce: Callable[[str], None] | None) -> None:
    """Compile what a block needs, unless it is there.

    This takes a play of its reference, which is not counted; here, and not in the workers' threads.
    """
    task = block.task
    needed = list(task.measurer.compiled)
    if task.engine == "compiled" and not task.ledgers:
        from exportsim.engine.compiled.loop import run

        needed.append(run)
    if not is_ready(task.engine, needed, announce):
        play_block(block._replace(task=replace(task, policies=(task.reference,)), past=block.first + 1))
