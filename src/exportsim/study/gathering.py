"""From what was played to a Result."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from exportsim.analysis.outcomes import outcomes
from exportsim.analysis.plausibility import noticed
from exportsim.analysis.series import total
from exportsim.analysis.untouched_orders import shares
from exportsim.playing.blocks import Played
from exportsim.playing.worker import Task
from exportsim.provenance import warned
from exportsim.scenario import warnings_of
from exportsim.scenario.schema import Scenario
from exportsim.study.result import Result


def gathered(task: Task, played: Played, scenario: Scenario, provenance: Mapping[str, Any]) -> Result:
    """The result of an experiment."""
    names = tuple(task.plan.names.policies[policy] for policy in task.policies)
    futures = played.values.shape[1]
    played.values.flags.writeable = False
    entries = {(names[place], future): played.entries[place, future] for place, future in sorted(played.entries)}
    ledgers = {(names[place], future): played.ledgers[place, future] for place, future in sorted(played.ledgers)}
    totals = played.totals
    if task.keep_series:
        totals = [total([entries[name, future] for future in range(futures)]) for name in names]
    untouched = dict(zip(names, shares(played.untouched), strict=True))
    outcome_names = [outcome.name for outcome in outcomes(task.plan)]
    warnings = noticed(scenario, names, outcome_names, played.values, untouched)
    all_of_them = {"warnings": warned([*warnings_of(scenario), *warnings])}
    return Result(
        scenario=scenario,
        plan=task.plan,
        policies=names,
        futures=futures,
        interrupted=bool(provenance["interrupted"]),
        provenance=MappingProxyType(dict(provenance) | all_of_them),
        values=played.values,
        untouched=MappingProxyType(untouched),
        noticed=warnings,
        totals=MappingProxyType(dict(zip(names, totals, strict=True))),
        entries=MappingProxyType(entries),
        ledgers=MappingProxyType(ledgers),
        rules=MappingProxyType(dict(zip(names, task.rules, strict=True)) if task.rules else {}),
    )
