"""The measures of a policy on its time axis, and those that can be added to it, in plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from exportsim.live.controls import id_of
from exportsim.live.setting import Setting
from exportsim.report.measures import done, measure_sentence
from exportsim.report.number_format import capital
from exportsim.report.plots.time_axis import deed_words
from exportsim.scenario import Scenario, explicit
from exportsim.scenario.addresses import located
from exportsim.scenario.policies import HISTORY, listed_at, measures_listed
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.schema import Measure

DATE = "DATE"
"""What stands for its date in a measure that can be added."""
REMOVED = ("", "null", "~")  # what takes away what is there
MOST_DESTINATIONS = 8  # each of which can be meant by itself
ACTS: tuple[Mapping[str, str], ...] = (
    *({"applications": regime} for regime in ("hold", "deny", "case_by_case", "open", "exempt")),
    *({"permits": state} for state in ("suspended", "in_force")),
    *({"cancel": which} for which in ("suspended", "all")),
)


class OnTimeAxis(NamedTuple):
    """A measure on the time axis of a policy."""

    id: str
    """Of the control of its date."""
    measure: str
    """Where the file, or what was added to it, has it: ``null`` there takes it away."""
    path: str
    """The same of its date."""
    date: str
    words: str
    label: str
    least: str
    most: str

    def json(self) -> dict[str, str]:
        """Itself as plain values."""
        return self._asdict()


def measures_of(scenario: Scenario, policy: str, setting: Setting | None = None) -> tuple[OnTimeAxis, ...]:
    """The measures of a policy that have a date, those of what it extends and of the history among them, by date.

    Where a scenario stands as a setting has it, measures are found where the setting's own scenario has them: what is
    taken away before them moves none.
    """
    found, known = [], dict[str | None, list[str]]()
    for lister, place, measure in measures_listed(scenario, policy):
        if lister not in known:
            known[lister] = addresses_by_file(scenario, lister, setting)
        if measure.on is not None:
            address, period = known[lister][place], scenario.period
            path = f"{address}.on"
            found.append(
                OnTimeAxis(
                    id_of(path),
                    address,
                    path,
                    measure.on.isoformat(),
                    measure_sentence(scenario, measure),
                    deed_words(measure, scenario),
                    min(period.start, measure.on).isoformat(),
                    period.end.isoformat(),
                )
            )
    return tuple(sorted(found, key=lambda each: each.date))


def addresses_by_file(scenario: Scenario, lister: str | None, setting: Setting | None) -> list[str]:
    """Where the measures of a list are found: those that are left of the setting's own scenario, then those added.

    Of a list that a setting replaces as a whole, they are where the scenario has them.
    """
    base = HISTORY if lister is None else f"policies.{lister}.measures"
    paths = () if setting is None else [path for path, _ in setting.overrides]
    if setting is None or any(path == base or base.startswith(f"{path}.") for path in paths):
        return listed_at(scenario, lister)
    own = [pair for pair in setting.overrides if pair[0].rpartition(".")[0] == base]
    if not own:
        return listed_at(setting.scenario, lister)
    tree = from_python(explicit(setting.scenario))
    whole = {located(tree, path): (path, value) for path, value in own}
    found = []
    for address in listed_at(setting.scenario, lister):
        _, value = whole.pop(located(tree, address), ("", "{}"))
        if value.strip() not in REMOVED:
            found.append(address)
    return found + [path for path, value in whole.values() if value.strip() not in REMOVED]


def additions_of(scenario: Scenario) -> list[dict[str, Any]]:
    """Measures that can be added to a policy, each in words and as ``--set`` takes it, with :data:`DATE` for its date.

    What is set is written as JSON, which the page's script reads, too.

    It is added under a name that no measure of the policy has, ``policies.POLICY.measures.NAME``.
    """
    destinations = list(dict.fromkeys(line.destination for line in scenario.demand.values()))
    alone = [[name] for name in destinations] if 1 < len(destinations) <= MOST_DESTINATIONS else []
    by_case = all(authority.case_by_case is not None for authority in scenario.authorities.values())
    found = []
    for reach in ([], *alone):
        for act in ACTS:
            if act.get("applications") == "case_by_case" and not by_case:
                continue
            form: dict[str, Any] = {**act, **({"destinations": reach} if reach else {})}
            measure = Measure.model_validate({"on": scenario.period.start, **form})
            value = json.dumps({"on": DATE, **form})
            found.append({"words": capital(done(scenario, measure)), "value": value})
    return found
