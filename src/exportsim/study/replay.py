"""A result's futures once more, for something else: ledgers that were kept are read, others played again, the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from exportsim.plan import Int
from exportsim.playing.block import Measurer
from exportsim.playing.measurers import EachFuture
from exportsim.playing.play import Design, play_all
from exportsim.playing.settings import settings_of

if TYPE_CHECKING:
    from exportsim.study.result import Result

Part = TypeVar("Part")


def measured(
    result: Result, policies: Sequence[str], measurer: Measurer[Part], *, first: int = 0, past: int | None = None
) -> Part:
    """What a measurer reads of a result's futures, all of them by default, under some of its policies."""
    origin = result.provenance
    past = result.futures if past is None else min(past, result.futures)
    design = Design(
        result.plan, tuple(policies), policies[0], measurer, first=first, rules=result.rules, ledgers=result.ledgers
    )
    return play_all(design, settings_of({"futures": past, "seed": origin["seed"], "engine": origin["engine"]}))


def over_plays(
    result: Result, policies: Sequence[str], take: Callable[[int, int, Int], None], *, futures: int | None = None
) -> None:
    """Have every ledger read by itself: ``take`` is given the place of the policy, the future and the rows.

    It is called from several threads at once: each call writes in places of its own.
    """

    def read(future: int, ledgers: Sequence[Int]) -> None:
        for place, rows in enumerate(ledgers):
            take(place, future, rows)

    measured(result, policies, EachFuture(lambda _: read), past=futures)
