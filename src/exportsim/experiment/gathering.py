"""From what workers wrote to a Result: the futures that count, and the workers' sums added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from exportsim.analysis.outcomes import values
from exportsim.analysis.series import total
from exportsim.analysis.untouched import shares
from exportsim.experiment.result import Result
from exportsim.experiment.sums import Sums
from exportsim.experiment.worker import Book, Task
from exportsim.scenario.schema import Scenario


def gathered(
    task: Task, book: Book, sums: Sequence[Sums], futures: int, scenario: Scenario, provenance: Mapping[str, Any]
) -> Result:
    """The result of an experiment.

    Parameters
    ----------
    task : Task
    book : Book
        What the workers wrote.
    sums : sequence of Sums
        Theirs, of the futures that count.
    futures : int
        How many count.
    scenario : Scenario
    provenance : mapping

    Raises
    ------
    ExportsimError
        If a sum has grown past 64 bits.
    """
    names = tuple(task.plan.names.policies[policy] for policy in task.policies)
    found = values(book.figures[:, :futures], task.plan)
    found.flags.writeable = False
    entries = {(names[place], future): book.entries[place, future] for place, future in _kept(book.entries, futures)}
    ledgers = {(names[place], future): book.ledgers[place, future] for place, future in _kept(book.ledgers, futures)}
    if task.keep_series:
        totals = [total([entries[name, future] for future in range(futures)]) for name in names]
    else:
        totals = [total(parts) for parts in zip(*(each.totals() for each in sums), strict=True)]
    return Result(
        scenario=scenario,
        plan=task.plan,
        policies=names,
        futures=futures,
        interrupted=bool(provenance["interrupted"]),
        provenance=MappingProxyType(dict(provenance)),
        values=found,
        untouched=MappingProxyType(dict(zip(names, shares(book.untouched[:, :futures]), strict=True))),
        totals=MappingProxyType(dict(zip(names, totals, strict=True))),
        entries=MappingProxyType(entries),
        ledgers=MappingProxyType(ledgers),
    )


def _kept(written: Mapping[tuple[int, int], object], futures: int) -> list[tuple[int, int]]:
    """Places and futures of what was written of the futures that count, policy by policy."""
    return sorted(key for key in written if key[1] < futures)
