"""The experiment: every policy against the same futures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exportsim import engine as engines
from exportsim.analysis.outcomes import outcomes
from exportsim.analysis.plausibility import noticed
from exportsim.analysis.series import Entries, total
from exportsim.analysis.untouched_orders import shares
from exportsim.arguments import chosen, whole
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError
from exportsim.ledger import Ledger
from exportsim.outcomes import BY
from exportsim.plan import Float, Int, Plan
from exportsim.playing.cluster_watch import PATIENCE
from exportsim.playing.interruption import stoppable
from exportsim.playing.measurers import MOST_TABLES, Outcomes, OutcomesMeasurer
from exportsim.playing.play import Design, compile_ahead, play
from exportsim.playing.progress import Progress, Stage
from exportsim.playing.settings import FUTURES, Settings, SettingsKeywords, settings_of
from exportsim.playing.store import PLAYS, Store
from exportsim.playing.store.scenario_plays import ScenarioPlays, refuse
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.study.doubt import plays_of, point_run, refuse_rules, with_doubt
from exportsim.study.futures import Totals, futures_played, had_from
from exportsim.study.order_by_order import parts
from exportsim.study.points import PointRun
from exportsim.study.precision import Aim, Look, aim_of, futures_next, look, record_of
from exportsim.study.result import Result
from exportsim.study.study import Recorder, policies_played

if TYPE_CHECKING:
    from exportsim.engine.extensions import Observer, Rule


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
    by: Sequence[str] = (),
    uncertain: int = 0,
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
        What plays the futures instead, to the same result: processes, or a cluster (``Client(…).get_executor()``).
    store : path-like or Store, optional
        A folder that keeps what is finished, see :class:`exportsim.playing.store.Store`.
    patience : str or float
        How long to wait, in seconds or as ``"5min"``, for a cluster without a sign of life, however long a block takes.
    rules : mapping of str to sequence of Rule, optional
        By policy, measures written in Python (reference engine only), see :class:`exportsim.Rule`. With processes or a
        cluster they must be such as can be pickled.
    precision : str or float, optional
        Rather than ``futures``: as many as it takes for half of the 95 % interval of every difference from the
        reference to be no wider than this, in the outcome's unit (``500_000``, ``"500k"``) or as a share of its mean
        under the reference (``"1%"``); the rule is in :mod:`exportsim.study.precision`.
    outcome, minimum, maximum : optional
        With ``precision``: of which outcome (``"exports"``), and the fewest and most futures (100 and 10,000).
    progress : Progress, optional
        Told how far it is.
    announce : callable, optional
        Told in a sentence what will take long: the compilation of the engine, and points of what is uncertain.
    keep_series, keep_ledgers : bool
        Keep the monthly series future by future, rather than their total alone (some tens of kilobytes a play); every
        ledger (some hundreds).
    by : sequence of str
        By what outcomes will be told apart, as in :meth:`Result.compare`: by all or any of these, with no play more.
    uncertain : int
        Find the range over inputs as well, :attr:`Result.doubt`: at how many points of the scenario's
        ``uncertainties`` to play 25 of the futures again (:func:`exportsim.doubt`). None by default, so that a call
        takes the time that its futures take, and the same for every scenario; ``exportsim run`` plays 32.

    Returns
    -------
    Result
        Interrupted (Ctrl-C), it holds the futures 0, 1, … in which every policy was played, at least those under way;
        while points are played, all futures and the finished points. A second Ctrl-C waits for and gives nothing.

    Raises
    ------
    ExportsimError
        If a policy or the engine does not exist, a number is out of bounds, or the store cannot be written.
    LostError
        If workers were lost for good, or patience with them is at an end; ``kept`` is the Result of what was finished.
    """
    settings = settings_of(
        SettingsKeywords(
            futures=FUTURES if futures is None else futures, seed=seed, engine=engine, workers=workers,
            executor=executor, store=store, patience=patience, progress=progress, announce=announce,
        )
    )  # fmt: skip
    scenario = checked(scenario)
    own_rules = _rules(scenario, rules, engine)
    plan = compile_plan(scenario)
    units = {known.name: known.unit for known in outcomes(plan)}
    aim = aim_of(precision, outcome, units, minimum, maximum, futures)
    table_bytes = MOST_TABLES // settings.workers
    later = store is None and executor is None and engine == "compiled" and not keep_series  # sums of months
    measurer = OutcomesMeasurer(not later, keep_series, keep_ledgers, table_bytes, parts(by, BY))
    design = Design(plan, policies_played(scenario, policies), scenario.reference, measurer, rules=own_rules)
    points = None if uncertain == 0 else _points(scenario, uncertain, design, settings)
    stored = None if store is None else _stored(store, scenario, plan, design, measurer, announce)
    return _with_points(scenario, design, settings, stored, aim, points)


def _stored(
    store: str | os.PathLike[str] | Store,
    scenario: Scenario,
    plan: Plan,
    design: Design[Outcomes],
    measurer: OutcomesMeasurer,
    announce: Callable[[str], None] | None,
) -> ScenarioPlays:
    """The plays that a store has of a scenario, unless more is asked for than it keeps."""
    wanted = {name: getattr(measurer, name) for name in ("keep_series", "keep_ledgers")}
    refuse(wanted | {"rules": bool(design.rules), "by": bool(measurer.by)})
    return ScenarioPlays(Store.at(store).folder / PLAYS, scenario, plan, monthly=True, warn=announce)


def _points(scenario: Scenario, number: int, design: Design[Outcomes], settings: Settings) -> PointRun:
    """The points of what is uncertain that are played as well."""
    refuse_rules(design.rules)
    return point_run(scenario, number, "uncertain", design.policies, settings)


def _with_points(
    scenario: Scenario,
    design: Design[Outcomes],
    settings: Settings,
    stored: ScenarioPlays | None,
    aim: Aim | None,
    points: PointRun | None,
) -> Result:
    """Play a design, and after it the points of what is uncertain."""
    compile_ahead(design, settings)
    playing = replace(settings, announce=None)
    if points is not None and settings.progress is not None:
        after = plays_of(points, settings.futures if aim is None else aim.minimum)
        playing = replace(playing, progress=Stage(settings.progress, after=after))
    with stoppable():  # Ctrl-C after the last future takes nothing away
        result = _run(scenario, design, playing, stored, aim)
        return result if points is None or result.interrupted else with_doubt(result, points, settings)


def _run(
    scenario: Scenario, design: Design[Outcomes], settings: Settings, stored: ScenarioPlays | None, aim: Aim | None
) -> Result:
    """Play a design, to a number of futures or to a precision."""
    recorder = Recorder(scenario, settings)
    names, plan = design.policies, design.plan
    columns = [known.name for known in outcomes(plan)]
    played_parts: list[Outcomes] = []
    looks: list[Look] = []
    done, futures = 0, settings.futures if aim is None else aim.minimum
    with recorder.until_ended():
        while done < futures:
            further, until = replace(design, first=done), replace(settings, futures=futures)
            for played in play(further, until, None if stored is None else lambda _: stored, partly=True):
                played_parts.append(played.part)
                done = played.past
            if aim is None or done < futures:
                break
            figures = np.concatenate([part.values for part in played_parts], axis=1)[..., columns.index(aim.outcome)]
            looks.append(look(figures, names.index(design.reference), aim))
            if not looks[-1].enough:
                futures = futures_next(looks[-1], aim)
    recorder.need(done > 0)
    outcomes_read = design.measurer.joined(played_parts)
    entries, ledgers = outcomes_read.entries, outcomes_read.ledgers
    in_order = [(name, future) for name in names for future in range(done)]
    keywords: SettingsKeywords = {"futures": done, "seed": settings.seed, "engine": settings.engine}
    futures_read = futures_played(plan, keywords, design.rules, ledgers)
    totals: Mapping[str, Entries] = Totals(futures_read, names)
    if entries:
        totals = {name: total([entries[name, future] for future in range(done)]) for name in names}
    elif any(len(sums.key) for sums in outcomes_read.totals):
        totals = dict(zip(names, outcomes_read.totals, strict=True))
    rules = {policy: [rule.name for rule in own] for policy, own in design.rules.items()}
    result = result_of(
        recorder,
        Found(scenario, plan, names, outcomes_read.values, outcomes_read.untouched, totals),
        interrupted=done < futures,
        question={
            "precision": None if aim is None else record_of(aim, looks),
            **({"rules": rules} if rules else {}),
        },
        entries={play: entries[play] for play in in_order if entries},
        ledgers={play: ledgers[play] for play in in_order if ledgers},
        rules={name: design.rules.get(name, ()) for name in names} if rules else {},
        grouped=outcomes_read.grouped,
    )
    return had_from(result, futures_read)


class Found(NamedTuple):
    """What a result is made of."""

    scenario: Scenario
    plan: Plan
    policies: tuple[str, ...]
    values: Float  # (policies, futures, outcomes)
    untouched: Int  # (policies, futures, 2): untouched orders, and all
    totals: Mapping[str, Entries]  # by policy


def result_of(
    recorder: Recorder, found: Found, *, interrupted: bool, question: Mapping[str, Any], **kept: Any
) -> Result:  # fmt: skip
    """The result of what was found, with where it comes from and what the plays show to make no sense."""
    scenario, plan, names, values, counted, totals = found
    futures = values.shape[1]
    untouched = dict(zip(names, shares(counted), strict=True))
    columns = [known.name for known in outcomes(plan)]
    warnings = noticed(scenario, names, columns, values, untouched)
    origin = recorder.provenance(names, interrupted=interrupted, futures=futures, noticed=warnings, **question)
    return recorder.finished(
        Result(
            provenance=origin,
            scenario=scenario,
            plan=plan,
            policies=names,
            futures=futures,
            values=values,
            untouched=untouched,
            totals=totals,
            noticed=warnings,
            **kept,
        )
    )


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


def _rules(
    scenario: Scenario, rules: Mapping[str, Sequence[Rule]] | None, engine: str
) -> Mapping[str, tuple[Rule, ...]]:
    """Rules by policy, if there are any."""
    for policy in rules or {}:
        chosen(policy, tuple(scenario.policies), "policy")
    if rules and engine != "reference":
        raise ExportsimError("rules are Python: they need engine `reference`")
    return {policy: tuple(own) for policy, own in (rules or {}).items() if own}
