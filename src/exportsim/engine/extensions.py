"""Python in the reference engine: a callable as a measure, and observers of facts.

A :class:`Rule` is asked at its times what to do, and answers with an act in the words of a scenario file, or with None.
An observer is any callable; it gets every fact as an :class:`Observation` and can change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError
from pydantic_core import PydanticCustomError

from exportsim.compile import act_branch, authorities_reached, scope_mask, traffic_mask
from exportsim.engine.clock import At
from exportsim.errors import ExportsimError
from exportsim.ledger import Row
from exportsim.lifecycle import MEANINGS, Fact, Moment
from exportsim.plan import APPLICATIONS, FIGURES, PERMITS, Names, Plan
from exportsim.scenario.quantities import Duration
from exportsim.scenario.schema import Act, Except, Scope

if TYPE_CHECKING:
    from exportsim.engine.policy import Authorities
    from exportsim.engine.state import Life


@dataclass(frozen=True, slots=True)
class Observation:
    """One fact in words; the columns of :meth:`exportsim.ledger.Ledger.frame`, None for what does not apply."""

    minute: int
    when: datetime
    fact: str
    line: str | None
    order: int | None
    attempt: int | None
    supplier: str | None
    detail: str | int | None
    cents: int | None


Observer = Callable[[Observation], None]


class Decision(Act, Scope):
    """What a rule decides: an act and its scope, as in a scenario file, less the trigger."""

    except_: Except = Field(default=[], alias="except")


@dataclass(frozen=True)
class View:
    """What a rule may look at when it is asked."""

    now: datetime
    _authorities: Authorities
    _rule: str

    def figure(self, name: str, *, window: str = "1y", **scope: Sequence[str]) -> int:
        """A figure in a scope, now.

        Parameters
        ----------
        name : str
            ``in_review`` or ``held`` (applications), ``in_force`` (permits), ``delivered`` (cents under licence).
        window : str
            For ``delivered``: the time up to now that counts.
        **scope
            ``authorities``, ``destinations``, ``goods``, ``programmes``; each defaults to all.
        """
        if name not in FIGURES:
            raise ExportsimError(
                f"found figure `{name}`, expected one of " + ", ".join(f"`{each}`" for each in FIGURES)
            )
        plan = self._authorities.run.plan
        where = self._scope(scope)
        minutes = _minutes(window, self._rule, "window")
        return self._authorities.figure_in(name, scope_mask(plan, where), traffic_mask(plan, where), minutes)

    def regimes(self, **scope: Sequence[str]) -> set[tuple[str, str]]:
        """The regimes (applications, permits) that hold in the cells of a scope."""
        run = self._authorities.run
        cells = scope_mask(run.plan, self._scope(scope)).nonzero()[0].tolist()
        return {(APPLICATIONS[run.applications[cell]], PERMITS[run.permits[cell]]) for cell in cells}

    def _scope(self, given: Mapping[str, Any]) -> Scope:
        scope: Scope = _checked(Scope, given, self._rule)
        _known(self._authorities.run.plan, scope, self._rule)
        return scope


@dataclass(frozen=True)
class Rule:
    """A measure written in Python.

    Parameters
    ----------
    name : str
        How the ledger speaks of it.
    decide : callable
        Takes a :class:`View`; returns None, or a mapping in the words of a scenario's measure: what it does
        (``applications``, ``permits``, ``cancel``, ``officers``, ``approval``, ``validity``, ``take_up``,
        ``work``, ``priority``) and its scope (``destinations`` …).
    on : date
        When it is first asked.
    every : str, optional
        How often it is asked after that, as a duration; once if not given.
    """

    name: str
    decide: Callable[[View], Mapping[str, Any] | Decision | None]
    on: date
    every: str | None = None


def observing(plan: Plan, policy: int, observers: Sequence[Observer]) -> list[Callable[[Row], None]]:
    """Observers of words as observers of rows."""

    def translated(observer: Observer) -> Callable[[Row], None]:
        return lambda row: observer(observation(plan, policy, row))

    return [translated(observer) for observer in observers]


def observation(plan: Plan, policy: int, row: Row) -> Observation:
    """A row in words."""
    minute, number, line, order, attempt, supplier, detail, amount = row
    fact, names = Fact(number), plan.names
    listed = MEANINGS[fact].detail
    spoken: str | int | None = None
    if listed and detail >= 0:
        spoken = detail if listed == "number" else _listed(names, policy, listed)[detail]
    return Observation(
        minute,
        plan.origin + timedelta(minutes=minute),
        fact.word,
        names.lines[line] if line >= 0 else None,
        order or None,
        attempt or None,
        names.suppliers[supplier] if supplier >= 0 else None,
        spoken,
        amount if MEANINGS[fact].amount and amount >= 0 else None,
    )


def _listed(names: Names, policy: int, what: str) -> tuple[str, ...]:
    listed: tuple[str, ...] = names.measures[policy] if what == "measures" else getattr(names, what)
    return listed


def names_with_rules(names: Names, policy: int, rules: Sequence[Rule]) -> Names:
    """The plan's names, with the rules after the policy's own measures."""
    measures = list(names.measures)
    measures[policy] = (*measures[policy], *(rule.name for rule in rules))
    return names._replace(measures=tuple(measures))


def start_rules(authorities: Authorities, rules: Sequence[Rule]) -> None:
    """Let the rules begin; of one minute they come after the policy's own measures."""
    for index, rule in enumerate(rules):
        authorities.env.process(_ask(authorities, rule, index))


def _ask(authorities: Authorities, rule: Rule, index: int) -> Life:
    run, policy = authorities.run, authorities.policy
    plan = run.plan
    minute = (rule.on - plan.origin.date()).days * 1440
    if minute < plan.start:
        raise ExportsimError(f"rule `{rule.name}` starts on {rule.on}, before the run does")
    step = _minutes(rule.every, rule.name, "every") if rule.every is not None else None
    if step == 0:
        raise ExportsimError(f"rule `{rule.name}`: `every` must be above 0")
    while True:
        yield At(authorities.env, minute, Moment.MEASURE, len(policy.trigger) + index)
        decided = rule.decide(View(plan.origin + timedelta(minutes=minute), authorities, rule.name))
        if decided is not None:
            decision = decided if isinstance(decided, Decision) else _checked(Decision, decided, rule.name)
            for scope in (decision, *decision.except_):
                _known(plan, scope, rule.name)
            cells = scope_mask(plan, decision, decision.except_)
            yield from authorities.act(
                authorities.branch_of(
                    len(policy.chance) + index,
                    cells,
                    traffic_mask(plan, decision, decision.except_),
                    act_branch(plan, decision, authorities_reached(plan, decision, decision.except_)),
                )
            )
        if step is None:
            return
        minute += step


def _checked(kind: Any, given: Mapping[str, Any], name: str) -> Any:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ExportsimError(f"rule `{name}`: {where}: {first['msg']}") from None


def _minutes(written: str, name: str, what: str) -> int:
    try:
        duration = Duration.parse(written)
    except PydanticCustomError as error:
        raise ExportsimError(f"rule `{name}`: {what}: {error}") from None
    if duration.working:
        raise ExportsimError(f"rule `{name}`: {what}: found `{written}`, expected time on the clock, such as `14d`")
    return duration.minutes


def _stages(decision: Decision) -> list[str]:
    """The stages that a decision names."""
    return [*decision.officers, *(decision.work if isinstance(decision.work, dict) else ())]


def _known(plan: Plan, scope: Scope, name: str) -> None:
    named = zip(plan.names.stages, plan.stages.sits, strict=True)
    stages = [stage.partition("/")[2] for stage, sits in named if not sits]
    for kind, given, known in (
        ("authority", scope.authorities, plan.names.authorities),
        ("destination", scope.destinations, plan.names.destinations),
        ("good", scope.goods, plan.names.goods),
        ("programme", scope.programmes, plan.names.programmes),
        ("stage", _stages(scope) if isinstance(scope, Decision) else (), stages),
    ):
        for word in given or ():
            if word not in known:
                raise ExportsimError(f"rule `{name}`: there is no {kind} `{word}`, only " + ", ".join(known))
