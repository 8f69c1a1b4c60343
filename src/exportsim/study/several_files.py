"""Policies of several scenarios against the same futures: where their worlds have the same orders, and only there.

What chance decides is addressed by names, so the same line has the same orders in every scenario that says the same of
it. Then a policy of one file can be compared with a policy of another, future by future and paired, and the difference
is that of the policies and of what differs between the worlds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from exportsim.analysis import comparison
from exportsim.arguments import chosen, listed
from exportsim.errors import ExportsimError
from exportsim.outcomes import OBJECTIVE
from exportsim.playing.settings import SettingsKeywords
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.scenario.differences import Difference, order_differences, world_differences
from exportsim.study.result import Result
from exportsim.study.run import run
from exportsim.study.study import TableStudy

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["file", "policy", "outcome"]
RULE = "to be compared, files must have the same orders in every future"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Comparison(TableStudy):
    """Policies of several files against one of them.

    Attributes
    ----------
    table : DataFrame
        As :meth:`compare` has it, with the columns ``file``, ``policy`` and ``outcome``.
    results : mapping of str to Result
        By file.
    reference : tuple of str
        The file and its policy with which the others are compared.
    differences : mapping
        By file, in what its world differs from that of the first.
    """

    results: Mapping[str, Result]
    reference: tuple[str, str]
    differences: Mapping[str, list[Difference]]

    @cached_property
    def table(self) -> pd.DataFrame:
        position = str(self.policies.index(self.reference))
        return self._by_file(comparison.compared(comparison.figures_in(self._outcomes()), self.units, position))

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
        first, *others = (result.units for result in self.results.values())
        shared = {name: unit for name, unit in first.items() if all(name in units for units in others)}
        if len({frozenset(result.plan.objective) for result in self.results.values()}) > 1:
            shared.pop(OBJECTIVE.name, None)  # objectives that weigh otherwise are not compared
        return shared

    def summary(self) -> pd.DataFrame:
        """The mean of each outcome under each policy of each file, with its 95 % interval."""
        return self._by_file(comparison.summarised(comparison.figures_in(self._outcomes()), self.units)).set_index(KEYS)

    def compare(self) -> pd.DataFrame:
        """The mean difference of each from the reference, paired future by future, with its 95 % interval."""
        return self.table.set_index(KEYS)

    def _outcomes(self) -> pd.DataFrame:
        """The outcomes of every play; policies are numbered, for two files may have one of the same name."""
        import pandas as pd

        names = list(self.units)
        tables = {
            str(number): self.results[file].outcomes.loc[policy][names].iloc[: self.futures]
            for number, (file, policy) in enumerate(self.policies)
        }
        return pd.concat(tables, names=["policy", "future"])

    def _by_file(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table whose policies are numbered, with their files and names in columns instead."""
        flat = table.reset_index()
        rows = [self.policies[int(number)] for number in flat.pop("policy")]
        flat.insert(0, "file", [file for file, _ in rows])
        flat.insert(1, "policy", [policy for _, policy in rows])
        return flat

    def _in_short(self) -> str:
        return f"{len(self.policies)} policies of {len(self.results)} files, {self.futures} futures"


def compare(
    scenarios: Mapping[str, ScenarioOrPath] | Iterable[ScenarioOrPath],
    *,
    reference: tuple[str, str] | None = None,
    **settings: Unpack[SettingsKeywords],
) -> Comparison:
    """Play the policies of several scenarios against the same futures, and compare them with one policy of one of them.

    Parameters
    ----------
    scenarios : mapping of str to Scenario or path-like, or iterable of Scenario or path-like
        By the names that they are to have. In an iterable, a file has its name without folder and ending and a Scenario
        its title, or all have their numbers from ``"1"`` where that does not tell them apart. Their orders must be the
        same: the period, the currency, and of each demand line the destination, goods, orders, value, parts and
        programmes.
    reference : pair of str, optional
        The scenario's name, and its policy with which all others are compared; the first one's reference by default.
    **settings
        ``futures``, ``seed``, ``engine``, ``workers``, ``executor``, ``store``, ``patience``, ``progress`` and
        ``announce``, as :func:`exportsim.run` takes them.

    Raises
    ------
    ExportsimError
        If there are not two scenarios or more, their orders differ, or there is no such reference.
    """
    known = {name: checked(scenario) for name, scenario in _by_name(scenarios).items()}
    if len(known) < 2:
        raise ExportsimError("scenarios: one has nothing to be compared with; give two or more")
    (first, standard), *others = known.items()
    for name, scenario in others:
        if differences := order_differences(standard, scenario):
            listing = "\n".join(f"  {difference.path}: {_where(difference, first, name)}" for difference in differences)
            raise ExportsimError(f"{name} cannot be compared with {first}: {RULE}, and these differ in\n{listing}")
    file, policy = (first, standard.reference) if reference is None else _pair(reference)
    chosen(file, list(known), "file in the reference")
    chosen(policy, list(known[file].policies), f"policy of {file}")
    results: dict[str, Result] = {}
    for name, scenario in known.items():
        results[name] = run(scenario, **settings)
        settings["futures"] = results[name].futures  # interrupted, those that follow need not play more than this
    _check_same_orders(results)
    origins = {name: dict(result.provenance) for name, result in results.items()}
    interrupted = any(result.interrupted for result in results.values())
    return Comparison(
        provenance={**origins[first], "interrupted": interrupted, "files": origins},
        results=results,
        reference=(file, policy),
        differences={name: world_differences(standard, scenario) for name, scenario in others},
    )


def _by_name(scenarios: Mapping[str, ScenarioOrPath] | Iterable[ScenarioOrPath]) -> Mapping[str, ScenarioOrPath]:
    """Scenarios by their names, which are made where there are none."""
    if isinstance(scenarios, Mapping):
        return scenarios
    listing = [] if isinstance(scenarios, str | PathLike | Scenario) else list(scenarios)
    # What is no scenario either is found out later.
    names = [
        scenario.title if isinstance(scenario, Scenario) else Path(scenario).stem for scenario in listing
        if isinstance(scenario, Scenario | str | PathLike)
    ]  # fmt: skip
    if len(set(names)) < len(listing) or not all(names):
        names = [str(number) for number in range(1, len(listing) + 1)]
    return dict(zip(names, listing, strict=True))


def _where(difference: Difference, first: str, name: str) -> str:
    if difference.here is None or difference.there is None:
        return f"only in {name if difference.here is None else first}"
    return f"{difference.here} in {first}, {difference.there} in {name}"


def _check_same_orders(results: Mapping[str, Result]) -> None:
    """What the rule promises: in every future the same value was ordered."""
    tables = [result.outcomes["ordered"].unstack("future") for result in results.values()]
    shared = min(table.shape[1] for table in tables)
    for table in tables:
        assert (table.iloc[:, :shared] == tables[0].iloc[0, :shared]).all(axis=None), "files differ in their orders"


def _pair(reference: tuple[str, str]) -> tuple[str, str]:
    names = listed(reference, "reference")
    if len(names) != 2:
        raise ExportsimError(f"reference: found {reference!r}, expected the name of a scenario and that of a policy")
    return names[0], names[1]
