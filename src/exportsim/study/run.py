"""The experiment: every policy against the same futures."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from exportsim import engine as engines
from exportsim.analysis.outcomes import outcomes
from exportsim.arguments import BOUND, chosen, listed, whole
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError, LostError
from exportsim.ledger import Ledger
from exportsim.playing.compilation import get_ready
from exportsim.playing.crew import usable_cores
from exportsim.playing.delegation import Delegates, executing
from exportsim.playing.patience import PATIENCE, seconds
from exportsim.playing.progress import Progress
from exportsim.playing.store import Store
from exportsim.playing.store.shelf import refuse
from exportsim.playing.team import Team
from exportsim.playing.worker import Task
from exportsim.provenance import provenance
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.study.gathering import gathered
from exportsim.study.precision import OUTCOME, Aim, Look, search, told
from exportsim.study.precision import aim as precision_aimed_at
from exportsim.study.result import Result

if TYPE_CHECKING:
    from exportsim.engine.extensions import Observer, Rule

FUTURES = 100
MOST_WORKERS = 1024


def run(
    scenario: ScenarioOrPath,
    *,
    futures: int | None = None,
    seed: int = 1,
    policies: Iterable[str] | None = None,
    engine: str = "compiled",
    workers: int | None = None,
    executor: Executor | None = None,
    store: str | os.PathLike[str] | Store | None = None,
    patience: str | float = PATIENCE,
    rules: Mapping[str, Sequence[Rule]] | None = None,
    precision: str | float | None = None,
    outcome: str | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
    keep_series: bool = False,
    keep_ledgers: bool = False,
) -> Result:
    """Play every policy of a scenario against the same futures.

    Parameters
    ----------
    scenario : Scenario or path-like
    futures : int
        How many: futures 0 to ``futures - 1`` are played. 100 by default.
    seed : int
        From 0 to 2³² − 1. Futures of the same seed and number are the same, whatever else is.
    policies : iterable of str, optional
        Those to play, all by default. The reference is always played.
    engine : str
        ``"compiled"``, or ``"reference"``: the same ledgers, some forty times slower, and little to compile first.
    workers : int, optional
        How many futures to play at once, each in a thread. By default as many as there are usable cores; one with the
        reference engine, which gains nothing from more. The result is the same.
    executor : Executor, optional
        Whoever is to play the futures instead: anything with the protocol of :class:`concurrent.futures.Executor`, be
        it processes or a cluster (``distributed.Client(…).get_executor()``). The result is the same.
    store : path-like or Store, optional
        A folder in which what is finished is kept, and looked up before it is played; see
        :class:`exportsim.playing.store.Store`.
    patience : str or float
        How long to wait for a cluster that does nothing, in seconds or as ``"5min"``: whose scheduler does not answer,
        or none of whose workers gives a sign of life. However long a block takes is no matter.
    rules : mapping of str to sequence of Rule, optional
        By policy, measures written in Python (reference engine only), see :class:`exportsim.Rule`. With processes or a
        cluster they must be such as can be pickled.
    precision : str or float, optional
        Rather than ``futures``: as many are played as it takes for half of the 95 % interval of every policy's
        difference from the reference to be no wider than this, in the outcome's unit (``500_000``, ``"500k"``) or as a
        share of its mean under the reference (``"1%"``). See :mod:`exportsim.study.precision` for the rule. The
        result is that of as many futures asked for.
    outcome : str, optional
        Of which; ``"exports"`` by default.
    minimum, maximum : int, optional
        Of futures, with ``precision``: by default 100 and 10,000. Provenance says whether the maximum was enough.
    progress : Progress, optional
        Told how far it is.
    announce : callable, optional
        Told in a sentence what will take long before the first play: the compilation of the engine, once.
    keep_series : bool
        Keep the monthly series future by future (some tens of kilobytes a play), rather than their total alone.
    keep_ledgers : bool
        Keep every ledger (some hundreds of kilobytes a play).

    Returns
    -------
    Result
        Interrupted (Ctrl-C) after the first future, it holds the futures 0, 1, … in which every policy was played. A
        second Ctrl-C waits for nothing and gives nothing.

    Raises
    ------
    ExportsimError
        If a policy or the engine does not exist, a number is out of bounds, or the store cannot be written.
    LostError
        If workers were lost for good, or patience with them is at an end; its ``kept`` is the Result of what was
        finished.
    """
    seed = whole(seed, "seed")
    chosen(engine, engines.ENGINES, "engine")
    scenario = checked(scenario)
    ours = _rules(scenario, rules, engine)
    names = policies_played(scenario, policies)
    plan = compile_plan(scenario)
    units = {each.name: each.unit for each in outcomes(plan)}
    aim = _aim(futures, precision, outcome, minimum, maximum, units)
    asked = FUTURES if futures is None else futures
    most = whole(asked, "futures", least=1, most=BOUND) if aim is None else aim.maximum
    members, waiting = crew(workers, engine, most), seconds(patience)
    task = Task(
        plan=plan,
        policies=tuple(plan.names.policies.index(name) for name in names),
        reference=names.index(scenario.reference),
        futures=most,
        seed=seed,
        engine=engine,
        workers=members,
        keep_series=keep_series,
        keep_ledgers=keep_ledgers,
        rules=tuple(tuple(ours.get(name, ())) for name in names) if ours else (),
    )
    shelf = None
    if store is not None:
        refuse({"keep_series": keep_series, "keep_ledgers": keep_ledgers, "rules": bool(ours)})
        shelf = Store.at(store).shelf(scenario, plan, warn=announce)
    if executor is None:
        get_ready(task, announce)
    started, clock = datetime.now(UTC), time.perf_counter()
    looks: list[Look] = []
    with ExitStack() as stack:
        team: Team | Delegates
        if executor is None and shelf is None:
            team = Team(task, progress)
        else:
            team = Delegates(task, stack.enter_context(executing(executor, members)), shelf, progress, waiting)
        if aim is None:
            team.play(most)
        else:
            column = list(units).index(aim.outcome)
            looks = search(aim, team.play, lambda past: team.values(past)[..., column], task.reference)
    origin = provenance(
        scenario,
        policies=names,
        futures=team.futures,
        seed=seed,
        engine=engine,
        started=started,
        seconds=time.perf_counter() - clock,
        interrupted=team.interrupted,
        precision=None if aim is None else told(aim, looks),
    )
    if ours:
        origin["rules"] = {policy: [rule.name for rule in own] for policy, own in ours.items()}
    if team.lost is not None:
        origin["lost"] = str(team.lost)
    result = gathered(task, team.played(), scenario, origin)
    if team.lost is not None:
        raise LostError(str(team.lost), result)
    return result


def simulate(
    scenario: ScenarioOrPath,
    policy: str,
    *,
    future: int = 0,
    seed: int = 1,
    engine: str = "reference",
    observers: Sequence[Observer] = (),
    rules: Sequence[Rule] = (),
) -> Ledger:
    """Play one policy in one future.

    Parameters
    ----------
    scenario : Scenario or path-like
    policy : str
    future, seed : int
        From 0 to 2³² − 1.
    engine : str
        ``"reference"`` or ``"compiled"``: the same ledger.
    observers : sequence of callables
        Each is called with every :class:`~exportsim.engine.extensions.Observation` as it happens (reference engine
        only).
    rules : sequence of Rule
        Measures written in Python, see :class:`~exportsim.engine.extensions.Rule` (reference engine only).

    Returns
    -------
    Ledger

    Raises
    ------
    ExportsimError
        If the policy or the engine does not exist, or a number is out of bounds.
    """
    scenario = checked(scenario)
    chosen(policy, tuple(scenario.policies), "policy")
    chosen(engine, engines.ENGINES, "engine")
    future, seed = whole(future, "future"), whole(seed, "seed")
    plan = compile_plan(scenario)
    number = plan.names.policies.index(policy)
    return engines.simulate(plan, number, seed=seed, future=future, engine=engine, observers=observers, rules=rules)


def _aim(
    futures: int | None,
    precision: str | float | None,
    outcome: str | None,
    minimum: int | None,
    maximum: int | None,
    units: dict[str, str],
) -> Aim | None:
    """The precision aimed at, if it is not a number of futures."""
    if precision is None:
        for name, given in (("outcome", outcome), ("minimum", minimum), ("maximum", maximum)):
            if given is not None:
                raise ExportsimError(f"{name}: goes with a precision, and none was given")
        return None
    if futures is not None:
        raise ExportsimError("futures and precision: the one decides the other, give one of them")
    return precision_aimed_at(precision, OUTCOME if outcome is None else outcome, units, minimum, maximum)


def policies_played(scenario: Scenario, asked: Iterable[str] | None) -> tuple[str, ...]:
    """The policies to play, in the order of the scenario, the reference among them."""
    names = tuple(scenario.policies)
    wanted = set(names if asked is None else [chosen(name, names, "policy") for name in listed(asked, "policies")]) | {
        scenario.reference
    }
    return tuple(name for name in names if name in wanted)


def _rules(scenario: Scenario, rules: Mapping[str, Sequence[Rule]] | None, engine: str) -> Mapping[str, Sequence[Rule]]:
    """Rules by policy, if there are any."""
    for policy in rules or {}:
        chosen(policy, tuple(scenario.policies), "policy")
    if rules and engine != "reference":
        raise ExportsimError("rules are Python: they need engine `reference`")
    return {policy: tuple(own) for policy, own in (rules or {}).items() if own}


def crew(workers: int | None, engine: str, futures: int) -> int:
    """How many workers there are to be."""
    asked = None if workers is None else whole(workers, "workers", least=1, most=MOST_WORKERS)
    return min(asked or (usable_cores() if engine == "compiled" else 1), futures)
