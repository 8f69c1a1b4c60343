"""Policies of several scenarios against the same futures: where their worlds have the same orders, and only there.

What chance decides is addressed by names, so the same line has the same orders in every scenario that says the same of
it. Then a policy of one file can be compared with a policy of another, future by future and paired, and the difference
is that of the policies and of what differs between the worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exportsim.analysis import comparison
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.playing.progress import Progress
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.scenario.differences import Difference, order_differences, world_differences
from exportsim.study.result import Result
from exportsim.study.run import run

if TYPE_CHECKING:
    import pandas as pd

RULE = "to be compared, files must have the same orders in every future"


@dataclass(frozen=True, eq=False)
class Across:
    """What came of it."""

    results: Mapping[str, Result]
    reference: tuple[str, str]
    differences: Mapping[str, list[Difference]]
    interrupted: bool

    @property
    def policies(self) -> list[tuple[str, str]]:
        """File and policy of each row."""
        return [(file, policy) for file, result in self.results.items() for policy in result.policies]

    @property
    def futures(self) -> int:
        """How many futures were played in every file: those that count."""
        return min(result.futures for result in self.results.values())

    @property
    def units(self) -> dict[str, str]:
        """The unit of each outcome that all files have."""
        first, *others = self.results.values()
        return {name: unit for name, unit in first.units.items() if all(name in other.units for other in others)}

    def summary(self) -> pd.DataFrame:
        """The mean of each outcome under each policy of each file, with its 95 % interval."""
        return _by_file(comparison.summarised(self._outcomes(), self.units), self.policies)

    def compare(self) -> pd.DataFrame:
        """The mean difference of each from the reference, paired future by future, with its 95 % interval."""
        number = self.policies.index(self.reference)
        return _by_file(comparison.compared(self._outcomes(), self.units, str(number)), self.policies)

    def _outcomes(self) -> pd.DataFrame:
        """The outcomes of every play; policies are numbered, for two files may have one of the same name."""
        import pandas as pd

        tables = {
            str(number): self.results[file].outcomes.loc[policy][list(self.units)].iloc[: self.futures]
            for number, (file, policy) in enumerate(self.policies)
        }
        return pd.concat(tables, names=["policy", "future"])


def across(
    scenarios: Mapping[str, ScenarioOrPath],
    *,
    reference: tuple[str, str] | None = None,
    futures: int = 100,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
) -> Across:
    """Play the policies of several scenarios against the same futures."""
    known = {name: checked(scenario) for name, scenario in scenarios.items()}
    (first, standard), *others = known.items()
    for name, scenario in others:
        _comparable(first, standard, name, scenario)
    file, policy = reference or (first, standard.reference)
    chosen(file, list(known), "file in the reference")
    chosen(policy, list(known[file].policies), f"policy of {file}")
    results: dict[str, Result] = {}
    interrupted = False
    for name, scenario in known.items():
        found = run(scenario, futures=futures, seed=seed, workers=workers, progress=progress, announce=announce)
        results[name], futures = found, found.futures  # interrupted, those that follow need not play more than this
        interrupted |= found.interrupted
    _same_orders(results)
    differences = {name: world_differences(standard, scenario) for name, scenario in others}
    return Across(results, (file, policy), differences, interrupted)


def _comparable(first: str, standard: Scenario, name: str, scenario: Scenario) -> None:
    found = order_differences(standard, scenario)
    if found:
        told = "\n".join(f"  {each.path}: {_where(each, first, name)}" for each in found)
        raise ExportsimError(f"{name} cannot be compared with {first}: {RULE}, and these differ in\n{told}")


def _where(difference: Difference, first: str, name: str) -> str:
    if difference.here is None or difference.there is None:
        return f"only in {name if difference.here is None else first}"
    return f"{difference.here} in {first}, {difference.there} in {name}"


def _same_orders(results: Mapping[str, Result]) -> None:
    """What the rule promises, seen to: in every future the same value was ordered."""
    tables = [result.outcomes["ordered"].unstack("future") for result in results.values()]
    shared = min(table.shape[1] for table in tables)
    for table in tables:
        assert (table.iloc[:, :shared] == tables[0].iloc[0, :shared]).all(axis=None), "files differ in their orders"


def _by_file(table: pd.DataFrame, policies: list[tuple[str, str]]) -> pd.DataFrame:
    """A table whose policies are numbered, with their files and names instead."""
    import pandas as pd

    keys = [(*policies[int(number)], outcome) for number, outcome in table.index]
    table.index = pd.MultiIndex.from_tuples(keys, names=["file", "policy", "outcome"])
    return table
