"""Engines: what runs time. Each turns a plan, a policy and a future into a ledger, and into nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exportsim.errors import ExportsimError
from exportsim.ledger import Ledger
from exportsim.plan import Plan

if TYPE_CHECKING:
    from exportsim.engine.extensions import Observer, Rule

ENGINES = ("reference", "compiled")


def simulate(
    plan: Plan,
    policy: int,
    *,
    seed: int,
    future: int,
    engine: str = "reference",
    observers: Sequence[Observer] = (),
    rules: Sequence[Rule] = (),
) -> Ledger:
    """Play one policy against one future."""
    if engine not in ENGINES:
        raise ExportsimError(f"found engine `{engine}`, expected one of " + ", ".join(f"`{name}`" for name in ENGINES))
    if engine == "compiled":
        if observers or rules:
            raise ExportsimError("observers and rules are Python: they need engine `reference`")
        from exportsim.engine import compiled

        return compiled.play(plan, policy, seed=seed, future=future)
    from exportsim.engine.play import play

    return play(plan, policy, seed=seed, future=future, observers=observers, rules=rules)
