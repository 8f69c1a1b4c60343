"""Checks on names: whatever one part calls another must be there. The near miss is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from exportsim.scenario.distributions import Kind
from exportsim.scenario.messages import Complaint
from exportsim.scenario.partial_scenario import Draft
from exportsim.scenario.policies import HISTORY
from exportsim.scenario.quantities import show
from exportsim.scenario.remembered import Remembered
from exportsim.scenario.schema import Act, Incident, Measure, Only, Part, Scope, stages_at, stages_of
from exportsim.scenario.schema_paths import keys_of, near
from exportsim.scenario.text import Path
from exportsim.scenario.writer import NAMED

JUDGEMENT = "judgement"
LONGEST_CHAIN = 50  # policies that extend each other: each has the measures of all below it
MOST_MEASURES = 2000  # of a policy, with those of what it extends and of the history
MOST_SHOWN = 12  # policies of a circle


def references(draft: Draft) -> Iterator[Complaint]:
    """Names that do not exist, sources that are not listed, policies that extend each other in a circle."""
    yield from _world(draft)
    yield from _policies(draft)
    yield from _sources(draft)


def parts(draft: Draft) -> Iterator[tuple[Path, BaseModel]]:
    """Every valid part of a draft with its path, whatever it is in."""
    for above, whole in outermost(draft):
        for path, part in parts_in(whole):
            yield (*above, *path), part


def outermost(draft: Draft) -> Iterator[tuple[Path, BaseModel]]:
    """The parts that are in no other, with their paths."""
    for section in NAMED:
        for name, part in getattr(draft, section).items():
            yield (section, name), part
    for path, measures in draft.measures.items():
        for place, measure in measures.items():
            yield (*path, place), measure
    for place, expectation in draft.expectations.items():
        yield ("expect", place), expectation
    for name, single in (("period", draft.period), ("objective", draft.objective)):
        if single is not None:
            yield (name,), single


def parts_of(value: object, path: Path) -> Iterator[tuple[Path, BaseModel]]:
    """A part and all the parts in it, down to its distributions."""
    if isinstance(value, BaseModel) and not isinstance(value, Kind):
        yield path, value
        for name, field in type(value).model_fields.items():
            yield from parts_of(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from parts_of(entry, (*path, key if isinstance(key, int) else str(key)))
    elif isinstance(value, list):
        yield from parts_of(dict(enumerate(value)), path)


def _parts_in(whole: BaseModel) -> list[tuple[Path, BaseModel]]:
    return [*parts_of(whole, ())]


parts_in = Remembered(_parts_in)
"""A part and all the parts in it, each with its path from there."""


def unknown(
    what: str, name: str, known: Mapping[str, None] | None, path: Path, *, key: bool = False
) -> Iterator[Complaint]:
    """A complaint if a name is not among those that are known; none are, if the part that has them cannot be read."""
    if known is not None and name not in known:
        there_is = "there are" if what == "goods" else "there is"
        yield Complaint(path, f"{there_is} no {what} {show(name)}{near(name, list(known))}", key)


def _world(draft: Draft) -> Iterator[Complaint]:
    names = draft.names
    for name, supplier in draft.suppliers.items():
        if supplier.authority is not None:
            yield from unknown("authority", supplier.authority, names["authorities"], ("suppliers", name, "authority"))
    for name, authority in draft.authorities.items():
        for path, stage in stages_at(authority, ("authorities", name)):
            if stage.only is not None:
                yield from _scope(draft, stage.only, (*path, "only"))
    for name, line in draft.demand.items():
        yield from unknown("goods", line.goods, names["goods"], ("demand", name, "goods"))
        for source in line.sources:
            yield from unknown("supplier", source, names["suppliers"], ("demand", name, "sources", source), key=True)
    for name, incident in draft.incidents.items():
        yield from _scope(draft, incident, ("incidents", name))
    if draft.reference:
        yield from unknown("policy", draft.reference, names["policies"], ("reference",))


# By the lists of a scope, of which an incident and a stage have fewer: what a name in them is of.
_IN_SCOPES = {
    "authorities": "authority",
    "destinations": "demand line with the destination",
    "goods": "goods",
    "programmes": "demand line with the programme",
}


def _scope(draft: Draft, scope: Scope | Only | Incident, path: Path) -> Iterator[Complaint]:
    for kind, what in _IN_SCOPES.items():
        for index, name in enumerate(getattr(scope, kind, None) or ()):
            yield from unknown(what, name, draft.names[kind], (*path, kind, index))


def _policies(draft: Draft) -> Iterator[Complaint]:
    yield from _chains(draft)
    for name, policy in draft.policies.items():
        path: Path = ("policies", name)
        if policy.extends is not None:
            yield from unknown("policy", policy.extends, draft.names["policies"], (*path, "extends"))
        elif policy.except_:
            yield Complaint((*path, "except"), "`except` of a policy goes with `extends`")
        for index, scope in enumerate(policy.except_):
            yield from _scope(draft, scope, (*path, "except", index))
    for listed, measures in draft.measures.items():
        for index, measure in measures.items():
            path = (*listed, index)
            yield from _scope(draft, measure, path)
            for number, scope in enumerate(measure.except_):
                yield from _scope(draft, scope, (*path, "except", number))
            if measure.after is not None:
                yield from unknown("incident", measure.after, draft.names["incidents"], (*path, "after"))
            yield from _stages(draft, measure, path)


def _chains(draft: Draft) -> Iterator[Complaint]:
    """Policies that extend each other in a circle, told once at the first of them, and chains that are too long.

    Every policy is walked over once, however many stand on it.
    """
    heights: dict[str, int] = {}
    totals: dict[str, int] = {}
    in_history = len(draft.measures[HISTORY,])
    if in_history > MOST_MEASURES:
        yield Complaint((HISTORY,), f"found {in_history:,} measures, expected at most {MOST_MEASURES:,}")
    order = {name: number for number, name in enumerate(draft.policies)}
    for start in draft.policies:
        walk: dict[str, int] = {}
        name: str | None = start
        while name is not None and name in draft.policies and name not in heights and name not in walk:
            walk[name] = len(walk)
            name = draft.policies[name].extends
        if name in walk:
            circle = [*walk][walk[name] :]
            first = circle.index(min(circle, key=order.__getitem__))
            circle = [*circle[first:], *circle[: first + 1]]
            shown = circle if len(circle) <= MOST_SHOWN else [*circle[: MOST_SHOWN - 2], "…", circle[-1]]
            yield Complaint(("policies", circle[0], "extends"), f"the policy extends itself: {' → '.join(shown)}")
            heights |= dict.fromkeys(circle, 0)
        height, total = (0, in_history) if name is None else (heights.get(name, 0), totals.get(name, 0))
        for policy in reversed(walk):
            if policy in heights:
                continue
            own = len(draft.measures["policies", policy, "measures"])
            total = totals[policy] = total + own
            if total > MOST_MEASURES >= total - own:
                added = " and of the history" if in_history else ""
                measures = f"{total:,} measures with those of what it extends{added}"
                message = f"found {measures}, expected at most {MOST_MEASURES:,}"
                yield Complaint(("policies", policy, "measures"), message)
            height = heights[policy] = height + 1
            if height == LONGEST_CHAIN + 1:
                message = f"extends a chain of policies that is {height} long, expected at most {LONGEST_CHAIN}"
                yield Complaint(("policies", policy, "extends"), message)


def _stages(draft: Draft, measure: Measure, path: Path) -> Iterator[Complaint]:
    """A stage must be one of an authority in the measure's scope."""
    named = [
        ((*where, key), stage)
        for where, act in acts_of(measure, path)
        for key, by_stage in (("officers", act.officers), ("work", act.work))
        for stage in (by_stage if isinstance(by_stage, dict) else ())
    ]
    names = draft.names["authorities"] if measure.authorities is None else measure.authorities
    if not named or names is None or any(name not in draft.authorities for name in names):
        return  # one of them is faulty in itself: who knows its stages
    stages = {stage.stage: stage for name in names for stage in stages_of(draft.authorities[name]) if not stage.sits}
    sitting = {stage.stage for name in names for stage in stages_of(draft.authorities[name]) if stage.sits}
    for where, stage in named:
        if stage in sitting - stages.keys():
            yield Complaint((*where, stage), f"the stage `{stage}` sits: it has no officers and no work", key=True)
        else:
            yield from unknown("stage", stage, dict.fromkeys(stages), (*where, stage), key=True)


def acts_of(measure: Measure, path: Path) -> Iterator[tuple[Path, Act]]:
    """All that a measure may do, each with its path: itself, its outcomes, its release."""
    yield path, measure
    for index, outcome in enumerate(measure.outcomes):
        yield (*path, "outcomes", index), outcome
    if measure.then is not None:
        yield (*path, "then"), measure.then


def _sources(draft: Draft) -> Iterator[Complaint]:
    if draft.names["sources"] is None:
        return
    known = {**draft.names["sources"], JUDGEMENT: None}
    for path, part in parts(draft):
        if not isinstance(part, Part) or part.source is None:
            continue
        where: Path = (*path, "source")
        if isinstance(part.source, dict):
            fields = [key for key in keys_of(type(part)) if key not in ("source", "notes")]
            for field, value in part.source.items():
                if field not in fields:
                    message = f"there is no field {show(field)} in this part{near(field, fields)}"
                    yield Complaint((*where, field), message, key=True)
                yield from _cited(value, known, (*where, field))
        else:
            yield from _cited(part.source, known, where)


def _cited(value: str | list[str], known: Mapping[str, None], path: Path) -> Iterator[Complaint]:
    for index, key in enumerate([value] if isinstance(value, str) else value):
        if key not in known:
            near_miss = near(key, list(known))
            expected = near_miss if near_miss.startswith(", did") else ", expected a key of `sources`, or `judgement`"
            yield Complaint(
                path if isinstance(value, str) else (*path, index), f"there is no source {show(key)}{expected}"
            )
