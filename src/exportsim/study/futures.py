"""The futures that a result is of, to be read for whatever is asked of them beside their outcomes.

What is read under a name is remembered for as long as the result. Ledgers that were kept are read; others are played
again, which gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from exportsim.analysis.series import Entries
from exportsim.ledger import Ledger
from exportsim.packed_rows import rows_of
from exportsim.plan import Int, Plan
from exportsim.playing.block import Measurer
from exportsim.playing.ledgers import Ledgers
from exportsim.playing.measurers import MOST_TABLES, EachFuture, OutcomesMeasurer
from exportsim.playing.play import Design, play_all
from exportsim.playing.settings import Settings, SettingsKeywords, settings_of

if TYPE_CHECKING:
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
class LedgersGiven(Ledgers):
    """Ledgers all of which were kept."""

    ledgers: Mapping[tuple[str, int], Ledger]

    def rows(self, policy: str, future: int) -> Int:
        """The rows of one of them."""
        return rows_of(self.ledgers[policy, future])


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

    def monthly_sums(self, policy: str, policies: Sequence[str]) -> Entries:
        """By month, what flowed and stood under a policy, added up; the first time, of all these policies at once."""
        measurer = OutcomesMeasurer(table_bytes=MOST_TABLES // self.settings.workers)
        return self.read("monthly sums", measurer, policies).totals[policies.index(policy)]


class Totals(Mapping[str, Entries]):
    """By policy the monthly sums over all futures, which are read when one is first asked for."""

    def __init__(self, futures: Futures, policies: Sequence[str]) -> None:
        self._futures, self._policies = futures, tuple(policies)

    def __getitem__(self, policy: str) -> Entries:
        if policy not in self._policies:
            raise KeyError(policy)
        return self._futures.monthly_sums(policy, self._policies)

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def __len__(self) -> int:
        return len(self._policies)


#: By result, its futures, with what was read of them; they go when the result does.
_FUTURES: WeakKeyDictionary[HasFutures, Futures] = WeakKeyDictionary()


def futures_of(result: HasFutures) -> Futures:
    """The futures of a result, to be read for more."""
    if result not in _FUTURES:
        origin = result.provenance
        keywords: SettingsKeywords = {"futures": result.futures, "seed": origin["seed"], "engine": origin["engine"]}
        _FUTURES[result] = futures_played(result.plan, keywords, result.rules, result.ledgers)
    return _FUTURES[result]


def futures_played(
    plan: Plan,
    keywords: SettingsKeywords,
    rules: Mapping[str, tuple[Rule, ...]],
    ledgers: Mapping[tuple[str, int], Ledger],
) -> Futures:
    """Futures that were played, to be read for more in threads of this process, wherever they were played."""
    return Futures(plan, settings_of(keywords), rules, LedgersGiven(ledgers) if ledgers else None)


def had_from(result: AResult, futures: Futures) -> AResult:
    """A result of futures that are kept elsewhere."""
    _FUTURES[result] = futures
    return result
