"""Engines: what runs time. Each turns a plan, a policy and a future into a ledger, and into nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exportsim.errors import ExportsimError
from exportsim.ledger import Ledger
from exportsim.plan import Plan

ENGINES = ("reference",)


def simulate(
    plan: Plan,
    policy: int,
    *,
    seed: int,
    future: int,
    engine: str = "reference",
    observers: Sequence[Any] = (),
    rules: Sequence[Any] = (),
) -> Ledger:
    """Play one policy against one future.

    Parameters
    ----------
    plan : Plan
    policy : int
        Index of the policy in the plan.
    seed, future : int
        From 0 to 2³² − 1.
    engine : str
        One of :data:`ENGINES`.
    observers : sequence of callable
        Each is called with every :class:`~exportsim.engine.extensions.Observation` as it happens.
    rules : sequence of Rule
        Measures written in Python, see :class:`~exportsim.engine.extensions.Rule`.

    Returns
    -------
    Ledger

    Raises
    ------
    ExportsimError
        If there is no such engine.
    """
    if engine not in ENGINES:
        raise ExportsimError(f"found engine `{engine}`, expected one of " + ", ".join(f"`{name}`" for name in ENGINES))
    from exportsim.engine.play import play

    return play(plan, policy, seed=seed, future=future, observers=observers, rules=rules)
