"""The experiment: every policy against the same futures."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from exportsim import engine as engines
from exportsim.analysis.outcomes import measure
from exportsim.compile import compile_plan
from exportsim.experiment.choices import BOUND, chosen, whole
from exportsim.experiment.gathering import Gathering
from exportsim.experiment.progress import Progress
from exportsim.experiment.result import Result
from exportsim.ledger import Ledger
from exportsim.provenance import provenance
from exportsim.scenario import Scenario, checked

if TYPE_CHECKING:
    from exportsim.engine.extensions import Observer, Rule


def run(
    scenario: Scenario,
    *,
    futures: int = 100,
    seed: int = 1,
    policies: Iterable[str] | None = None,
    engine: str = "reference",
    progress: Progress | None = None,
    keep_series: bool = True,
    keep_ledgers: bool = False,
) -> Result:
    """Play every policy of a scenario against the same futures.

    Parameters
    ----------
    scenario : Scenario
    futures : int
        How many: futures 0 to ``futures - 1`` are played.
    seed : int
        From 0 to 2³² − 1. Futures of the same seed and number are the same, whatever else is.
    policies : iterable of str, optional
        Those to play, all by default. The reference is always played.
    engine : str
        ``"reference"``, or ``"compiled"``: the same ledgers, sooner, once it is compiled (half a minute, once).
    progress : Progress, optional
        Told after every play.
    keep_series : bool
        Keep the monthly series future by future (some tens of kilobytes a play), rather than their total alone.
    keep_ledgers : bool
        Keep every ledger (some hundreds of kilobytes a play).

    Returns
    -------
    Result
        Interrupted (Ctrl-C) after the first future, it holds the futures in which every policy was played.

    Raises
    ------
    ExportsimError
        If a policy or the engine does not exist, or a number is out of bounds.
    """
    futures = whole(futures, "futures", least=1, most=BOUND)
    seed = whole(seed, "seed")
    chosen(engine, engines.ENGINES, "engine")
    scenario = checked(scenario)
    names = _policies(scenario, policies)
    plan = compile_plan(scenario)
    gathering = Gathering(names, keep_series=keep_series, keep_ledgers=keep_ledgers)
    started, clock = datetime.now(UTC), time.perf_counter()
    try:
        for future in range(futures):
            for name in names:
                number = plan.names.policies.index(name)
                ledger = engines.simulate(plan, number, seed=seed, future=future, engine=engine)
                gathering.add(ledger, measure(ledger, plan))
                if progress is not None:
                    progress.played(gathering.plays, futures * len(names))
    except KeyboardInterrupt:
        if not gathering.futures:
            raise
    origin = provenance(
        scenario,
        policies=names,
        futures=gathering.futures,
        seed=seed,
        engine=engine,
        started=started,
        seconds=time.perf_counter() - clock,
        interrupted=gathering.futures < futures,
    )
    return gathering.result(scenario, plan, origin)


def simulate(
    scenario: Scenario,
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
    scenario : Scenario
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


def _policies(scenario: Scenario, asked: Iterable[str] | None) -> tuple[str, ...]:
    """The policies to play, in the order of the scenario, the reference among them."""
    names = tuple(scenario.policies)
    wanted = set(names if asked is None else [chosen(name, names, "policy") for name in asked]) | {scenario.reference}
    return tuple(name for name in names if name in wanted)
