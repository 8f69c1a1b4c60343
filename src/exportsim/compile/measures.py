"""Measures as arrays: which cells they reach, when they act, and what each of their branches does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exportsim.compile.arrays import kinds_of, matrix, plain_number
from exportsim.plan import (
    ACTS,
    APPLICATIONS,
    AS_DRAWN,
    BACKLOGS,
    CANCELS,
    FIGURES,
    LEFT,
    NEVER,
    PERMITS,
    PRIORITIES,
    STANDARD,
    TRIGGER_AFTER,
    TRIGGER_ON,
    TRIGGER_WHEN,
    Float,
    Plan,
    Policy,
)
from exportsim.scenario import policies
from exportsim.scenario.policies import act_text, makes_worse
from exportsim.scenario.quantities import Duration
from exportsim.scenario.schema import Act, Measure, Only, Scope

DAY = 1440
Mask = NDArray[np.bool_]


def scope_mask(plan: Plan, scope: Scope, exceptions: Iterable[Scope] = ()) -> Mask:
    """The cells of a scope in which orders can be, less those of its exceptions; shape (C,)."""
    mask: Mask = mask_of(plan, scope) & plan.line_cell.any(axis=0)
    for exception in exceptions:
        mask &= ~mask_of(plan, exception)
    return mask


def mask_of(plan: Plan, scope: Scope | Only | None) -> Mask:
    """The cells that are in a scope, whether orders can be in them or not: all without one."""

    def listed(chosen: Sequence[str] | None, among: Sequence[str]) -> Mask:
        return np.array([chosen is None or name in chosen for name in among], dtype=bool)

    names, lines = plan.names, plan.lines
    of_place = np.zeros(plan.cell.shape[1], dtype=bool)
    if scope is None:
        return np.ones(len(plan.cell_authority), dtype=bool)
    destinations, goods = listed(scope.destinations, names.destinations), listed(scope.goods, names.goods)
    of_place[lines.place] = destinations[lines.destination] & goods[lines.goods]
    mask: Mask = (
        listed(getattr(scope, "authorities", None), names.authorities)[plan.cell_authority] & of_place[plan.cell_place]
    )
    mask &= listed(scope.programmes, names.programmes)[plan.cell_programme]
    return mask


def authorities_reached(plan: Plan, scope: Scope, exceptions: Iterable[Scope] = ()) -> list[bool]:
    """The authorities in a scope, less those that an exception of authorities only spares."""
    reached = policies.authorities_reached(plan.names.authorities, scope, exceptions)
    return [authority in reached for authority in plan.names.authorities]


def traffic_mask(plan: Plan, scope: Scope, exceptions: Iterable[Scope] = ()) -> list[bool]:
    """The authorities whose other traffic counts: those reached by a scope that names authorities only."""
    if not policies.names_authorities_only(scope):
        return [False] * len(plan.names.authorities)
    return authorities_reached(plan, scope, exceptions)


def hastened_mask(plan: Plan, measure: Measure) -> Mask:
    """The orders, by line and programme, that may come ahead of a measure; shape (L, programmes).

    They are those of lines that order ahead, in whose cells it makes things worse, once it is announced.
    """
    mask: Mask = np.zeros(plan.lines.may_have.shape, dtype=bool)
    if measure.announced is None or measure.on is None or _minute(plan, measure.on) <= plan.start:
        return mask
    stages: dict[str, list[str]] = {name: [] for name in plan.names.authorities}
    for authority, stage in (name.split("/") for name in plan.names.stages):
        stages[authority].append(stage)
    approvals = plan.authorities.approval.tolist()
    of_authority = np.array(list(map(makes_worse, repeat(measure), approvals, stages.values())), dtype=bool)
    worse = scope_mask(plan, measure, measure.except_) & of_authority[plan.cell_authority]
    for line, cells in enumerate(plan.line_cell & worse):
        mask[line, plan.cell_programme[cells]] = plan.lines.ahead_share[line] > 0
    return mask


def _minute(plan: Plan, day: date) -> int:
    return (day - plan.origin.date()).days * DAY


def act_branch(plan: Plan, act: Act, reached: Sequence[bool]) -> dict[str, Any]:
    """An act in numbers, by the columns of :class:`Policy` that say what is done.

    ``reached`` says of each authority whether its officers are meant (:func:`authorities_reached`).
    """
    meant = dict(zip(plan.names.authorities, reached, strict=True))
    officers = [
        act.officers.get(stage, -1) if meant[authority] and not sits else -1
        for (authority, stage), sits in zip(
            (name.split("/") for name in plan.names.stages), plan.stages.sits, strict=True
        )
    ]
    return {
        "applications": -1 if act.applications is None else APPLICATIONS.index(act.applications),
        "permits": -1 if act.permits is None else PERMITS.index(act.permits),
        "cancel": -1 if act.cancel is None else CANCELS.index(act.cancel),
        "officers": officers,
        "backlog": -1 if act.backlog is None else BACKLOGS.index(act.backlog),
        "approval": _term(act.approval),
        "validity": NEVER if act.validity == "never" else _term(act.validity),
        "take_up": _take_up(act),
        "work": [_millionths(act.factor(name.split("/")[1])) for name in plan.names.stages],
        "priority": LEFT if act.priority is None else PRIORITIES.index(act.priority.replace("standard", "normal")),
        "validity_works": int(isinstance(act.validity, Duration) and act.validity.working),
    }


def _term(written: Any) -> Any:
    """A number that an act sets, or what it says instead."""
    return STANDARD if written == "standard" else plain_number(written)


def _millionths(factor: float | str | None) -> int:
    if factor is None:
        return LEFT
    return AS_DRAWN if isinstance(factor, str) else int(Decimal(str(factor)) * AS_DRAWN)


def _take_up(act: Act) -> float:
    """Whoever exempts without saying how many make use of it exempts all."""
    if act.applications != "exempt":
        return LEFT
    return 1.0 if act.take_up is None or act.take_up == "standard" else act.take_up


def _acts(branches: Sequence[Mapping[str, Any]], stages: int) -> dict[str, Any]:
    """The columns of what branches do; those of officers and of work have an entry for each stage."""
    kinds = kinds_of(Policy)
    arrays = {}
    for name in ACTS:
        column = np.array([branch[name] for branch in branches], dtype=np.float64 if kinds[name] == Float else np.int64)
        arrays[name] = column.reshape(len(branches), stages) if name in ("officers", "work") else column
    return arrays


def compile_measures(
    plan: Plan, measures: Sequence[Measure], delays: Sequence[int], streams: Sequence[int]
) -> tuple[Policy, tuple[str, ...]]:
    """Turn the measures of a policy into arrays, and give the names of their branches."""
    rows: list[dict[str, Any]] = []
    branches: list[dict[str, Any]] = []
    chances: list[float] = []
    labels: list[str] = []
    hastened: list[Mask] = []
    for measure, delay, stream in zip(measures, delays, streams, strict=True):
        name, when, first = str(measure.name), measure.when, len(branches)
        acts: list[Act] = [*measure.outcomes] or [measure]
        reached = 0.0
        for act in acts:
            reached += getattr(act, "chance", 1.0)
            chances.append(reached)
            labels.append(f"{name}: {act_text(act)}" if measure.outcomes else name)
        if when is not None:
            acts.append(measure.then or Act())
            chances.append(1.0)
            labels.append(f"{name}: then {act_text(acts[-1])}")
        authorities = authorities_reached(plan, measure, measure.except_)
        hastened.append(hastened_mask(plan, measure).ravel())
        announced = measure.announced if hastened[-1].any() else None
        branches += [act_branch(plan, act, authorities) for act in acts]
        unit = 1 if when is not None and when.figure == "delivered" else 100  # a number was read as money: cents
        rows.append(
            {
                "trigger": TRIGGER_ON if measure.on else TRIGGER_AFTER if measure.after else TRIGGER_WHEN,
                "minute": _minute(plan, measure.on) if measure.on else -1,
                "announced": max(_minute(plan, announced), plan.start) if announced else -1,
                "incident": plan.names.incidents.index(measure.after) if measure.after else -1,
                "delay": delay,
                "digest": stream,
                "branch_first": first,
                "branch_count": len(measure.outcomes) or 1,
                "then": len(branches) - 1 if when is not None else -1,
                "figure": FIGURES.index(when.figure) if when is not None else -1,
                "above": when.limits.above.cents // unit if when is not None else 0,
                "below": when.limits.below.cents // unit if when is not None else 0,
                "every": when.every.minutes if when is not None else 0,
                "window": when.window.minutes if when is not None and when.window is not None else 0,
            }
        )
    keys = Policy._fields[: Policy._fields.index("scope")]
    arrays: dict[str, Any] = {key: [row[key] for row in rows] for key in keys}
    triggers: dict[str, Any] = {key: np.array(values, dtype=np.int64) for key, values in arrays.items()}
    policy = Policy(
        **triggers,
        scope=matrix([scope_mask(plan, m, m.except_) for m in measures], len(plan.cell_authority), np.bool_),
        hastened=matrix(hastened, plan.lines.may_have.size, np.bool_),
        traffic=matrix([traffic_mask(plan, m, m.except_) for m in measures], len(plan.names.authorities), np.bool_),
        chance=np.array(chances, dtype=np.float64),
        **_acts(branches, len(plan.names.stages)),
    )
    return policy, tuple(labels)
