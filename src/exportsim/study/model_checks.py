"""Rules that every scenario must keep, whatever it says: checked on the ledgers of its own policies.

A broken one is a bug of exportsim and never a mistake of the user. ``invariants`` looks at a ledger by itself; here are
also the rules that hold between ledgers (P3, P6 of the model) and, in whole minutes and cents, Little's law.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations, takewhile
from typing import Any, NamedTuple

import numpy as np

from exportsim import engine as engines
from exportsim.analysis.measures_in_force import Act, Acts
from exportsim.analysis.outcomes import measure
from exportsim.compile import compile_plan
from exportsim.invariants import plan_violations, violations
from exportsim.language import text
from exportsim.ledger import Ledger
from exportsim.lifecycle import MEANINGS, Fact
from exportsim.packed_rows import Stated, columns, ledger_of, of_those, rows_of
from exportsim.plan import Int, Plan
from exportsim.playing.measurers import EachFuture
from exportsim.playing.play import Design, play_all
from exportsim.playing.settings import settings_of
from exportsim.scenario import Scenario, explicit, replace
from exportsim.scenario.schema import Scope
from exportsim.study.smaller_world import smaller

PLAYS = 3  # futures
MOST_SHOWN = 3  # of what is wrong, for each rule

#: The rules by their names, each with the key under which the catalogue states it.
RULES = {
    "the plan": "plan",
    "null policy": "null",
    "before a difference": "identity",
    "conservation": "conservation",
    "Little's law": "little",
    "invariants": "invariants",
    "both engines": "twins",
}
PLAN, NULL, IDENTITY, CONSERVATION, LITTLE, INVARIANTS, TWINS = RULES


class Check(NamedTuple):
    """One rule, and where it is broken."""

    name: str
    rule: str
    plays: int  # plans, ledgers, or pairs of them, that were looked at
    broken: tuple[str, ...]  # a sentence for each of the first few places where it is broken
    smaller: int = 1  # by how much the world in which it was looked at is divided


class Look(NamedTuple):
    """What was found of a rule in one place."""

    rule: str
    where: str
    broken: list[str]


def checks(scenario: Scenario, seed: int, plays: int, announce: Callable[[str], None] | None) -> list[Check]:
    """Check the rules in the first few futures, under every policy; of a large scenario in a smaller world."""
    divided, times = smaller(scenario)
    empty, idle, played = _with_null_policies(divided)
    plan = compile_plan(played)
    policies = tuple(plan.names.policies)
    of_plan = Look(PLAN, "the plan", list(plan_violations(plan, played)))

    def check(future: int, rows: Sequence[Int]) -> list[Look]:
        ledgers = {
            name: ledger_of(own, plan, number, seed, future)
            for number, (name, own) in enumerate(zip(policies, rows, strict=True))
        }
        return list(_checked(ledgers, plan, played, tuple(scenario.policies), empty, idle))

    settings = settings_of({"futures": plays, "seed": seed, "announce": announce})
    futures = play_all(Design(plan, policies, played.reference, EachFuture(lambda _: check)), settings)
    looks = [of_plan, *(look for future in futures for look in future)]
    return [
        Check(
            name,
            text(f"rules.{key}"),
            sum(look.rule == name for look in looks),
            tuple(f"{look.where}: {text}" for look in looks if look.rule == name for text in look.broken)[:MOST_SHOWN],
            times,
        )
        for name, key in RULES.items()
    ]


def _checked(
    ledgers: Mapping[str, Ledger], plan: Plan, played: Scenario, policies: Sequence[str], empty: str, idle: str
) -> Iterator[Look]:
    """The rules in one future, of which all ledgers are given."""
    future = f"future {ledgers[empty].future}"
    yield Look(NULL, f"{idle}, {future}", null_policy(ledgers[empty], ledgers[idle]))
    for one, other in combinations([name for name in ledgers if name != idle], 2):
        yield Look(IDENTITY, f"{one} and {other}, {future}", before_a_difference(plan, ledgers[one], ledgers[other]))
    for name in policies:
        where, ledger = f"{name}, {future}", ledgers[name]
        yield Look(CONSERVATION, where, list(conservation(ledger, plan)))
        yield Look(LITTLE, where, list(littles_law(ledger, plan)))
        yield Look(INVARIANTS, where, list(violations(ledger, played)))
        twin = engines.simulate(plan, ledger.policy, seed=ledger.seed, future=ledger.future, engine="reference")
        yield Look(TWINS, where, _first_difference(_facts(ledger), _facts(twin)))


def _with_null_policies(scenario: Scenario) -> tuple[str, str, Scenario]:
    """The scenario with two policies more: one without measures, one whose measures set what is set already."""
    empty, idle = (_free(name, scenario.policies) for name in ("no-measures", "idle-measures"))
    period = scenario.period
    quarter = timedelta(days=(period.end - period.start).days // 4)
    measures: list[dict[str, Any]] = []
    for days, act in (
        (quarter, {"applications": "open"}),
        (2 * quarter, {"permits": "in_force", "cancel": "suspended"}),
    ):
        left_alone = _set_by_history(scenario, next(iter(act)))
        if {} not in left_alone:
            measures.append({"on": period.start + days, "except": left_alone} | act)
    of_history = _set_by_history(scenario, "officers")
    for name, authority in scenario.authorities.items():
        if any(name in scope.get("authorities", scenario.authorities) for scope in of_history):
            continue
        further = authority.case_by_case.review if authority.case_by_case is not None else []
        officers = {stage.stage: stage.officers for stage in (*authority.review, *further) if stage.sits is None}
        if officers:
            measures.append({"on": period.start + 3 * quarter, "authorities": [name], "officers": officers})
    policies = explicit(scenario)["policies"] | {empty: {"measures": []}, idle: {"measures": measures}}
    return empty, idle, replace(scenario, policies=policies, uncertainties={})


def _set_by_history(scenario: Scenario, key: str) -> list[dict[str, Any]]:
    """The scopes in which the history sets something: a measure that changes nothing leaves them alone."""
    return [
        {axis: names for axis in Scope.model_fields if (names := getattr(measure, axis)) is not None}
        for measure in scenario.history
        if any(getattr(act, key) for act in (measure, *measure.outcomes))
    ]


def _free(name: str, taken: Mapping[str, object]) -> str:
    while name in taken:
        name += "-too"
    return name


def null_policy(empty: Ledger, idle: Ledger) -> list[str]:
    """What measures that change nothing have changed."""
    return _first_difference(_but_measures(empty), _but_measures(idle))


def before_a_difference(plan: Plan, one: Ledger, other: Ledger) -> list[str]:
    """In what two ledgers of one future differ before their policies' measures do."""
    effects = [  # of the acts that may have done anything at all
        [
            _effect(plan, act)
            for act in Acts(plan, rows_of(ledger), ledger.policy)
            if act.cells.any() or act.officers.any()
        ]
        for ledger in (one, other)
    ]
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*effects, strict=False)))
    until = min((of_policy[shared][0] for of_policy in effects if len(of_policy) > shared), default=plan.end + 1)
    announced = [_announcements(plan, ledger.policy) for ledger in (one, other)]
    until = min([until, *(minute for minute, *_ in announced[0] ^ announced[1])])
    first, second = (of_those(facts, facts.minute < until) for facts in map(_but_measures, (one, other)))
    return _first_difference(first, second)


def _announcements(plan: Plan, policy: int) -> set[tuple[int, int, bytes]]:
    """From when on orders come ahead under a policy: of which measure, and which orders."""
    measures = plan.policies[policy]
    return {
        (int(measures.announced[number]), int(measures.minute[number]), measures.hastened[number].tobytes())
        for number in np.flatnonzero(measures.hastened.any(axis=1))
    }


def _effect(plan: Plan, act: Act) -> tuple[Any, ...]:
    """When a measure acted and was decided, how it left things, and which permits it cancels."""
    policy = plan.policies[act.policy]
    decided, cancel = int(policy.minute[act.measure]), int(policy.cancel[act.branch])
    applications, permits, officers, _, *more = act.after
    arrays = applications, permits, officers, *more, act.cancels
    return act.minute, decided, cancel, *(array.tobytes() for array in arrays)


def conservation(ledger: Ledger, plan: Plan) -> Iterator[str]:
    """Where value appears or disappears."""
    ordered: dict[tuple[int, int], int] = {}
    for minute, fact, line, order, _, _, _, cents in ledger.rows():
        key, name = (line, order), f"{plan.names.lines[line]}/{order}"
        if fact == Fact.ORDERED:
            ordered[key] = cents
        elif fact in (Fact.DELIVERED, Fact.LOST):
            ordered[key] -= cents
            if ordered[key] < 0 or (fact == Fact.LOST and ordered[key]):
                yield f"at minute {minute}, {ordered[key]} cents of {name} are open"
    sums = measure(ledger, plan).outcomes
    came = sum(round(sums[name] * 100) for name in ("ordered", "open_at_start"))
    went = sum(round(sums[name] * 100) for name in ("delivered", "lost", "pending"))
    if came != went:
        yield f"{came} cents came, {went} went or are open"


def littles_law(ledger: Ledger, plan: Plan) -> Iterator[str]:
    """Where the number in a place, over time, does not add up to the stays there (Little 1961, along one path)."""
    moves: dict[str, list[tuple[int, int]]] = defaultdict(list)
    stays: dict[str, int] = defaultdict(int)
    since: dict[tuple[str, tuple[int, int, int]], tuple[int, int]] = {}
    for station, key, minute, change in _moves(ledger, plan):
        moves[station].append((minute, change))
        entered, number = since.pop((station, key), (minute, 0))
        stays[station] += number * (minute - entered)
        if number + change < 0:
            yield f"at minute {minute}, more leave {station} than have entered"
        if number + change:
            since[station, key] = minute, number + change
    for (station, _), (entered, number) in since.items():
        stays[station] += number * (plan.end - entered)
    for station, changes in moves.items():
        minutes, steps = np.array(changes, dtype=np.int64).T
        integral = int(steps.cumsum() @ np.diff(minutes, append=plan.end))
        if integral != stays[station]:
            yield f"{station}: {integral} is the integral, {stays[station]} the sum of the stays"


def _moves(ledger: Ledger, plan: Plan) -> Iterator[tuple[str, tuple[int, int, int], int, int]]:
    """Who enters (1, or cents) and leaves (negative) which place when."""
    at_the_gate = set()
    for minute, fact, line, order, attempt, _, detail, cents in ledger.rows():
        key = (line, order, attempt)
        if fact in (Fact.REVIEW_STARTED, Fact.REVIEW_ENDED):
            yield plan.names.stages[detail], key, minute, 1 if fact == Fact.REVIEW_STARTED else -1
        elif fact == Fact.ORDERED:
            yield "open value", (line, order, 0), minute, cents
        elif fact in (Fact.DELIVERED, Fact.LOST):
            yield "open value", (line, order, 0), minute, -cents
        elif fact == Fact.HELD:
            at_the_gate.add(key)
            yield "the gate", key, minute, 1
        elif fact in (Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN, Fact.REFERRED) and key in at_the_gate:
            at_the_gate.remove(key)
            yield "the gate", key, minute, -1


def _facts(ledger: Ledger) -> Stated[Int]:
    return columns(rows_of(ledger))


def _but_measures(ledger: Ledger) -> Stated[Int]:
    """Everything but measures. What acted on a permit has a number of its own in each policy."""
    every = _facts(ledger)
    named = [fact for fact in Fact if MEANINGS[fact].detail == "measures"]
    unnamed = every._replace(detail=np.where(np.isin(every.fact, named), -1, every.detail))
    return of_those(unnamed, every.fact != Fact.MEASURE)


def _first_difference(first: Stated[Int], second: Stated[Int]) -> list[str]:
    """Where two ledgers part, in a sentence; nothing if they are one."""
    lengths = len(first.fact), len(second.fact)
    both = min(lengths)
    both_columns = zip(first, second, strict=True)
    differ = np.flatnonzero(np.any([one[:both] != other[:both] for one, other in both_columns], axis=0))
    if not len(differ) and lengths[0] == lengths[1]:
        return []
    row = int(differ[0]) if len(differ) else both
    one, other = (
        f"{Fact(int(facts.fact[row])).word} at minute {facts.minute[row]}" if row < length else "nothing"
        for facts, length in zip((first, second), lengths, strict=True)
    )
    return [f"row {row}: {one} in one, {other} in the other"]
