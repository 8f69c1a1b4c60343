"""Futures of which ledgers and what was read of them are kept in memory, for results that differ in little.

What is kept is found by what was played: the world, the policy, the seed, the future. So it serves every setting in
which these are the same, and what it does not serve is read of ledgers that are kept, or played.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from exportsim.analysis.series import Entries
from exportsim.plan import Int
from exportsim.playing.block import Measurer
from exportsim.playing.measurers import Outcomes, OutcomesMeasurer
from exportsim.playing.memory import LedgersInMemory, Memory
from exportsim.playing.play import Design, play
from exportsim.study.futures import Futures, Read, ReadingOfOne

Part = TypeVar("Part")

MOST_NUMBERS = 8  # of futures, for each of which what was read is kept


@dataclass(kw_only=True)
class KeptFutures(Futures):
    """Futures of one setting."""

    memory: Memory
    keys: Mapping[str, tuple[Any, ...]]  # by policy: what is played under it
    world: tuple[Any, ...]  # what is the same under all of them

    def __post_init__(self) -> None:
        self.ledgers = self._kept = LedgersInMemory(self.memory, self.keys, self.world)

    def read(self, name: str, measurer: Measurer[Part], policies: Sequence[str], past: int | None = None) -> Part:
        """What a measurer reads of the first futures, going on from what it has read of fewer of them."""
        past = self.settings.futures if past is None else past
        key = ("read", name, *(self.keys[policy] for policy in policies))
        before, part = self._read_before(key, past)
        if before < past:
            further = self.measured(measurer, policies, before, past)
            part = further if part is None else measurer.joined([part, further])
            self._remember(key, past, part)
        known: Part = part
        return known

    def read_of_each(
        self, name: str, reading: ReadingOfOne[Read], policies: Sequence[str], past: int | None = None
    ) -> list[list[Read]]:  # fmt: skip
        """By policy and future, what is read of each ledger by itself; what is known of a policy serves anew."""
        one_by_one = [Futures.read_of_each(self, name, reading, [policy], past) for policy in policies]
        return [futures for (futures,) in one_by_one]

    def outcomes(self, policies: Sequence[str], reference: str) -> dict[str, Outcomes]:
        """By policy its outcomes, compared with the reference: of all futures, or after Ctrl-C of the first ones."""
        past, found, lacking = self.settings.futures, dict[str, Outcomes](), dict[int, list[str]]()
        for policy in policies:
            before, part = self._read_before(("outcomes", self.keys[reference], self.keys[policy]), past)
            if part is not None:
                found[policy] = part
            if before < past:
                lacking.setdefault(before, []).append(policy)
        for first, counted in lacking.items():
            standards = None if reference in counted else self._standards(reference, first, past)
            needed = {*counted, *([reference] if standards is None else [])}
            names = tuple(policy for policy in policies if policy in needed)
            measurer = OutcomesMeasurer(monthly=False, standards=standards)
            design = Design(self.plan, names, reference, measurer, first=first, ledgers=self.ledgers)
            for played in play(design, self.settings, partly=True):
                for policy in counted:
                    number = names.index(policy)
                    one = slice(number, number + 1)
                    part = Outcomes(played.part.values[one], played.part.untouched[one], [], {}, {})
                    found[policy] = measurer.joined([found[policy], part]) if policy in found else part
                    self._remember(("outcomes", self.keys[reference], self.keys[policy]), played.past, found[policy])
        return found

    def _standards(self, reference: str, first: int, past: int) -> dict[int, Int] | None:
        """By future, how the orders fare under the reference, if that is known of all of them."""
        known = {future: self._kept.lives(reference, future) for future in range(first, past)}
        lives = {future: found for future, found in known.items() if found is not None}
        return lives if len(lives) == len(known) else None

    def monthly_sums(self, policy: str, policies: Sequence[str]) -> Entries:
        """By month, what flowed and stood under a policy, added up; what is known of one serves anew."""
        return Futures.monthly_sums(self, policy, [policy])

    def _read_before(self, key: tuple[Any, ...], past: int) -> tuple[int, Any]:
        """What is known of the most futures that are not too many, and how many these are."""
        known = self.memory.get(key) or {}
        before = max((number for number in known if number <= past), default=0)
        return before, known.get(before)

    def _remember(self, key: tuple[Any, ...], past: int, part: object) -> None:
        known = [*(self.memory.get(key) or {}).items()]
        kept = dict([*known[1 - MOST_NUMBERS :], (past, part)])
        self.memory.put(key, kept, bytes_of(kept))


def of_first(futures: KeptFutures, number: int) -> KeptFutures:
    """The first ones of some futures."""
    return replace(futures, settings=replace(futures.settings, futures=number, progress=None))


def bytes_of(thing: Any) -> int:
    """How much room the arrays of a thing take."""
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    if isinstance(thing, Mapping):
        thing = thing.values()
    elif not isinstance(thing, list | tuple):
        return 0
    return sum(map(bytes_of, thing))
