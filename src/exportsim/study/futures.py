"""The futures that a result is of, to be read for whatever is asked of them beside their outcomes.

What is read under a name is remembered for as long as the result. Ledgers that were kept are read; others are played
again, which gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from exportsim.ledger import Ledger
from exportsim.packed_rows import rows_of
from exportsim.plan import Int, Plan
from exportsim.playing.block import Measurer
from exportsim.playing.ledgers import Acts, Ledgers
from exportsim.playing.measurers import EachFuture
from exportsim.playing.play import Design, play_all
from exportsim.playing.settings import Settings, SettingsKeywords, settings_of

if TYPE_CHECKING:
    from exportsim.engine.compiled.so_far import PlaySoFar
    from exportsim.engine.extensions import Rule

Part = TypeVar("Part")
Read = TypeVar("Read")
AResult = TypeVar("AResult", bound="HasFutures")
ReadingOfOne = Callable[[Plan, str], Callable[[Int], Read]]  # of a plan and a policy: of the rows of its ledger


class HasFutures(Protocol):
    """A result, as far as it is asked for its futures."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Where it comes from."""

    @property
    def plan(self) -> Plan:
        """The scenario in numbers."""

    @property
    def policies(self) -> tuple[str, ...]:
        """Those that were played."""

    @property
    def futures(self) -> int:
        """How many there are."""

    @property
    def ledgers(self) -> Mapping[tuple[str, int], Ledger]:
        """By policy and future, if they were kept."""

    @property
    def rules(self) -> Mapping[str, tuple[Rule, ...]]:
        """By policy."""


@dataclass(frozen=True)
class LedgersGiven:
    """Ledgers all of which were kept."""

    ledgers: Mapping[tuple[str, int], Ledger]

    def rows(self, policy: str, future: int) -> Int:
        """The rows of one of them."""
        return rows_of(self.ledgers[policy, future])

    def keep(self, policy: str, future: int, rows: Int) -> None:
        """Nothing is ever played."""
        raise AssertionError

    def so_far(self, acts: Acts, before: int, future: int) -> None:
        """Nothing needs to be known of how a play stood."""

    def keep_so_far(self, acts: Acts, future: int, so_far: PlaySoFar) -> None:
        """Nothing is ever played."""
        raise AssertionError


@dataclass
class Futures:
    """The futures from the first to the last that ``settings`` ask for, under the policies of a plan."""

    plan: Plan
    settings: Settings
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    ledgers: Ledgers | None = None
    remembered: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def measured(self, measurer: Measurer[Part], policies: Sequence[str], first: int, past: int) -> Part:
        """What a measurer reads of policies, in this order, in the futures from one to before another."""
        names = tuple(policies)
        design = Design(self.plan, names, names[0], measurer, first=first, rules=self.rules, ledgers=self.ledgers)
        return play_all(design, replace(self.settings, futures=past))

    def read(self, name: str, measurer: Measurer[Part], policies: Sequence[str], past: int | None = None) -> Part:
        """The same in all futures, or the first ones: once, however often it is asked for under this name."""
        past = self.settings.futures if past is None else past
        key = (name, *policies, past)
        if key not in self.remembered:
            self.remembered[key] = self.measured(measurer, policies, 0, past)
        part: Part = self.remembered[key]
        return part

    def read_of_each(
        self, name: str, reading: ReadingOfOne[Read], policies: Sequence[str], past: int | None = None
    ) -> list[list[Read]]:  # fmt: skip
        """By policy and future, what is read of each ledger by itself."""

        def begin(plan: Plan) -> Callable[[int, Sequence[Int]], list[Read]]:
            readings = [reading(plan, policy) for policy in policies]
            return lambda _, ledgers: [read(rows) for read, rows in zip(readings, ledgers, strict=True)]

        return [list(of_policy) for of_policy in zip(*self.read(name, EachFuture(begin), policies, past), strict=True)]


#: By result, its futures, with what was read of them; they go when the result does.
_FUTURES: WeakKeyDictionary[HasFutures, Futures] = WeakKeyDictionary()


def futures_of(result: HasFutures) -> Futures:
    """The futures of a result, to be read for more."""
    if result not in _FUTURES:
        origin = result.provenance
        keywords: SettingsKeywords = {"futures": result.futures, "seed": origin["seed"], "engine": origin["engine"]}
        given = LedgersGiven(result.ledgers) if result.ledgers else None
        _FUTURES[result] = Futures(result.plan, settings_of(keywords), result.rules, given)
    return _FUTURES[result]


def had_from(result: AResult, futures: Futures) -> AResult:
    """A result of futures that are kept elsewhere."""
    _FUTURES[result] = futures
    return result
