"""Policies of several scenarios against the same futures: where their worlds have the same orders, and only there.

What chance decides is addressed by names, so the same line has the same orders in every scenario that says the same of
it. Then a policy of one file can be compared with a policy of another, future by future and paired, and the difference
is that of the policies and of what differs between the worlds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from exportsim.analysis import comparison
from exportsim.arguments import chosen, listed
from exportsim.errors import ExportsimError
from exportsim.playing.settings import SettingsKeywords
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.scenario.differences import Difference, order_differences, world_differences
from exportsim.study.result import Result
from exportsim.study.run import run
from exportsim.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["file", "policy", "outcome"]
RULE = "to be compared, files must have the same orders in every future"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Comparison(Study):
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

    @property
    def policies(self) -> list[tuple[str, str]]:
        """File and policy of each row."""
        return _policies(self.results)

    @property
    def futures(self) -> int:
        """How many futures were played in every file: those that count."""
        return min(result.futures for result in self.results.values())

    @property
    def units(self) -> dict[str, str]:
        """The unit of each outcome that all files have."""
        return _units(self.results)

    def summary(self) -> pd.DataFrame:
        """The mean of each outcome under each policy of each file, with its 95 % interval."""
        table = comparison.summarised(_outcomes(self.results), self.units)
        return _by_file(table, self.policies).set_index(KEYS)

    def compare(self) -> pd.DataFrame:
        """The mean difference of each from the reference, paired future by future, with its 95 % interval."""
        return self.table.set_index(KEYS)

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

    Returns
    -------
    Comparison

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
        _comparable(first, standard, name, scenario)
    file, policy = (first, standard.reference) if reference is None else _pair(reference)
    chosen(file, list(known), "file in the reference")
    chosen(policy, list(known[file].policies), f"policy of {file}")
    results: dict[str, Result] = {}
    for name, scenario in known.items():
        results[name] = run(scenario, **settings)
        settings["futures"] = results[name].futures  # interrupted, those that follow need not play more than this
    _check_same_orders(results)
    policies = _policies(results)
    table = comparison.compared(_outcomes(results), _units(results), str(policies.index((file, policy))))
    interrupted = any(result.interrupted for result in results.values())
    origins = {name: dict(result.provenance) for name, result in results.items()}
    return Comparison(
        table=_by_file(table, policies),
        provenance={**origins[first], "interrupted": interrupted, "files": origins},
        results=results,
        reference=(file, policy),
        differences={name: world_differences(standard, scenario) for name, scenario in others},
    )


def _by_name(scenarios: Mapping[str, ScenarioOrPath] | Iterable[ScenarioOrPath]) -> Mapping[str, ScenarioOrPath]:
    """Scenarios by their names, which are made where none are given."""
    if isinstance(scenarios, Mapping):
        return scenarios
    given = [] if isinstance(scenarios, str | PathLike | Scenario) else list(scenarios)
    names = [_name(scenario) for scenario in given]
    if len(set(names)) < len(names) or not all(names):
        names = [str(number) for number in range(1, len(given) + 1)]
    return dict(zip(names, given, strict=True))


def _name(scenario: ScenarioOrPath) -> str:
    """A scenario's title, or the name of its file; nothing for what is neither, which is found out later."""
    if isinstance(scenario, Scenario):
        return scenario.title
    return Path(scenario).stem if isinstance(scenario, str | PathLike) else ""


def _policies(results: Mapping[str, Result]) -> list[tuple[str, str]]:
    return [(file, policy) for file, result in results.items() for policy in result.policies]


def _units(results: Mapping[str, Result]) -> dict[str, str]:
    first, *others = results.values()
    return {name: unit for name, unit in first.units.items() if all(name in other.units for other in others)}


def _outcomes(results: Mapping[str, Result]) -> pd.DataFrame:
    """The outcomes of every play; policies are numbered, for two files may have one of the same name."""
    import pandas as pd

    futures, names = min(result.futures for result in results.values()), list(_units(results))
    tables = {
        str(number): results[file].outcomes.loc[policy][names].iloc[:futures]
        for number, (file, policy) in enumerate(_policies(results))
    }
    return pd.concat(tables, names=["policy", "future"])


def _comparable(first: str, standard: Scenario, name: str, scenario: Scenario) -> None:
    found = order_differences(standard, scenario)
    if found:
        told = "\n".join(f"  {each.path}: {_where(each, first, name)}" for each in found)
        raise ExportsimError(f"{name} cannot be compared with {first}: {RULE}, and these differ in\n{told}")


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


def _by_file(table: pd.DataFrame, policies: list[tuple[str, str]]) -> pd.DataFrame:
    """A table whose policies are numbered, with their files and names in columns instead."""
    flat = table.reset_index()
    rows = [policies[int(number)] for number in flat.pop("policy")]
    flat.insert(0, "file", [file for file, _ in rows])
    flat.insert(1, "policy", [policy for _, policy in rows])
    return flat


def _pair(reference: tuple[str, str]) -> tuple[str, str]:
    names = listed(reference, "reference")
    if len(names) != 2:
        raise ExportsimError(f"reference: found {reference!r}, expected the name of a scenario and that of a policy")
    return names[0], names[1]
