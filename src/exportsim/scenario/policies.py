"""What a policy does once everything that it extends is written out, and what its measures are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from exportsim.scenario.measures import TERMS
from exportsim.scenario.remembered import Remembered
from exportsim.scenario.schema import Act, Measure, Policy, Scenario, Scope, days_of

SCOPES = tuple(Scope.model_fields)
HISTORY = "history"
"""The key under which measures stand that all policies have in common."""


class Listed(NamedTuple):
    """A measure as it is listed: in the history, or by a policy."""

    lister: str | None
    """The policy that lists it; None for the history, which all have in common."""
    place: int
    """Its place in that list, from 0."""
    measure: Measure


def measures_listed(scenario: Scenario, policy: str) -> list[Listed]:
    """The measures under a policy, in the order in which those of one minute act.

    First the history, then what the policy extends, then its own. What was decided before the run acts in its first
    minute: that stands at the head, by date. An inherited measure has the exceptions of the policies that inherit it;
    the history is nobody's to except.
    """
    known = _listed_in(scenario)
    if policy not in known:
        known[policy] = _listed(scenario, policy)
    return [*known[policy]]


def _listed(scenario: Scenario, policy: str) -> list[Listed]:
    chain = chain_of(scenario.policies, policy)
    listed = [Listed(None, place, measure) for place, measure in enumerate(scenario.history)]
    for position, name in enumerate(chain):
        exceptions: list[Scope] = [scope for heir in chain[position + 1 :] for scope in scenario.policies[heir].except_]
        for place, measure in enumerate(scenario.policies[name].measures):
            # Valid parts make a valid whole: no need to judge them again.
            spared = measure.model_copy(update={"except_": [*measure.except_, *exceptions]})
            listed.append(Listed(name, place, spared))
    first, _ = days_of(scenario.period)
    return sorted(listed, key=lambda each: min(each.measure.on or first, first))


def _none_yet(_: Scenario) -> dict[str, Any]:
    return {}


# By policy, what was found of a scenario: there are many who ask.
_listed_in: Remembered[Scenario, dict[str, list[Listed]]] = Remembered(_none_yet, most=16)
_resolved_in: Remembered[Scenario, dict[str, list[Measure]]] = Remembered(_none_yet, most=16)


def resolved_measures(scenario: Scenario, policy: str) -> list[Measure]:
    """The measures under a policy with their names, in the order of :func:`measures_listed`."""
    known = _resolved_in(scenario)
    if policy not in known:
        known[policy] = _resolved(scenario, policy)
    return [*known[policy]]


def _resolved(scenario: Scenario, policy: str) -> list[Measure]:
    measures = [each.measure for each in measures_listed(scenario, policy)]
    return [
        measure.model_copy(update={"name": name}) for measure, name in zip(measures, names_of(measures), strict=True)
    ]


def luck_of(scenario: Scenario, policy: str) -> list[str]:
    """What the luck of each measure of a policy is called, in the order of :func:`resolved_measures`.

    By its name, or else by who lists it and its place there: never by when it acts, so that another date draws nothing
    anew, and a policy has the luck of the one that it extends.
    """
    return [
        f"measure/{measure.name}"
        if measure.name is not None
        else f"{'history' if lister is None else f'policy/{lister}'}/{place + 1}"
        for lister, place, measure in measures_listed(scenario, policy)
    ]


def chain_of(policies: Mapping[str, Policy], policy: str) -> list[str]:
    """A policy and all that it stands on, the lowest first; in a circle, each once."""
    chain: dict[str, None] = {}
    name: str | None = policy
    while name is not None and name in policies and name not in chain:
        chain[name] = None
        name = policies[name].extends
    return [*chain][::-1]


def names_of(measures: list[Measure]) -> list[str]:
    """What the measures of a policy are called: their own name, or one made of what sets them off.

    Made names that come again are numbered: ``2020-10-05 (2)``.
    """
    taken = {measure.name for measure in measures if measure.name is not None}
    numbers: dict[str, int] = {}  # where counting goes on for a made name
    names: list[str] = []
    for measure in measures:
        name = made = measure.name or trigger(measure)
        number = numbers.get(made, 1)
        while measure.name is None and name in taken:
            number += 1
            name = f"{made} ({number})"
        numbers[made] = number
        taken.add(name)
        names.append(name)
    return names


def names_in_addresses(names: Sequence[str | None]) -> list[str]:
    """What the measures that one policy lists are called in addresses: ``policies.historical.measures.cancel``.

    By their names; without one by their place there, counted from 1: ``measure-2``. So is one whose name has a point in
    it, which an address cannot hold. Where another measure bears that very name, nothing is left but its number.
    """
    numbered = [f"measure-{number}" for number in range(1, len(names) + 1)]
    taken = set(names)
    return [
        name if name and "." not in name else "" if by_number in taken else by_number
        for name, by_number in zip(names, numbered, strict=True)
    ]


def addresses_of(scenario: Scenario, policy: str) -> list[str]:
    """Where each measure of a policy is found, in the order of :func:`resolved_measures`."""
    listers = (None, *chain_of(scenario.policies, policy))
    found = {lister: listed_at(scenario, lister) for lister in listers}
    return [found[lister][place] for lister, place, _ in measures_listed(scenario, policy)]


def listed_at(scenario: Scenario, lister: str | None) -> list[str]:
    """Where each measure is found that a policy lists itself; or, with None, the history."""
    listed = scenario.history if lister is None else scenario.policies[lister].measures
    names = names_in_addresses([measure.name for measure in listed])
    path = HISTORY if lister is None else f"policies.{lister}.measures"
    return [f"{path}.{name or index}" for index, name in enumerate(names)]


def makes_worse(act: Act, approval: float, stages: Iterable[str]) -> bool:
    """Whether an act makes things worse for who needs a permit of an authority that has these stages and approval.

    It is read from what is written, whatever holds by then: that is what buyers order ahead of.
    """
    stops = act.applications in ("case_by_case", "hold", "deny") or act.permits == "suspended"
    less = isinstance(act.approval, float) and act.approval < approval
    slower = any(isinstance(factor := act.factor(stage), float) and factor > 1 for stage in stages)
    return stops or act.cancel is not None or less or slower


def act_text(act: Act, order: Callable[[Iterable[str]], list[str]] = sorted) -> str:
    """What an act does, in a few words: ``applications hold, cancel suspended``; ``nothing`` if nothing."""
    done = [
        f"{key} {getattr(act, key)}" for key in ("applications", "permits", "cancel", "backlog") if getattr(act, key)
    ]
    done += [f"{act.officers[stage]} officers at {stage}" for stage in order(act.officers)]
    done += [f"{key} {_plain(value)}" for key in TERMS if (value := getattr(act, key)) is not None]
    if isinstance(act.work, dict):
        done += [f"work {_plain(act.work[stage])} at {stage}" for stage in order(act.work)]
    elif act.work is not None:
        done.append(f"work {_plain(act.work)}")
    return ", ".join(done) or "nothing"


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def trigger(measure: Measure) -> str:
    """What sets a measure off, in words."""
    if measure.on is not None:
        return measure.on.isoformat()
    if measure.when is not None:
        return f"when {measure.when.figure} above {measure.when.limits.above}"
    return f"after {measure.after}"


def authorities_reached(known: Iterable[str], scope: Scope, exceptions: Iterable[Scope] = ()) -> list[str]:
    """Those of the authorities in a scope that no exception of authorities only spares: whose officers are meant."""
    names = list(known)
    spared = {
        name for exception in exceptions if names_authorities_only(exception) for name in exception.authorities or names
    }
    return [name for name in names if (scope.authorities is None or name in scope.authorities) and name not in spared]


def names_authorities_only(scope: Scope) -> bool:
    """Whether a scope says nothing of destinations, goods and programmes."""
    return scope.destinations is None and scope.goods is None and scope.programmes is None
