"""The compiled engine beside the reference engine: one policy, the same futures, the same ledgers.

The engines take turns, future by future. What counts is the ratio of medians and of sums: a play takes the compiled
engine so little that one future's ratio says nothing. Exits with status 1 if a bound is not reached, or if a ledger
differs.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from timing import Figure, show, timed

from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.engine.compiled import Player
from exportsim.ledger import Ledger
from exportsim.plan import Plan
from exportsim.scenario import load

SCENARIO = Path(__file__).parent.parent / "scenarios" / "canada-turkiye.yaml"
POLICY = "unrestricted"
SEED = 1
LEAST = 100


def engines(plan: Plan, policy: int) -> dict[str, Callable[[int], Ledger]]:
    """The engines as ``exportsim run`` uses them: the compiled one plays future after future in the same memory."""
    player = Player(plan, policy)
    return {
        "reference": lambda future: simulate(plan, policy, seed=SEED, future=future, engine="reference"),
        "compiled": lambda future: player.ledger(seed=SEED, future=future),
    }


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--futures", type=int, default=50)
    parser.add_argument("--policy", default=POLICY)
    chosen = parser.parse_args()
    plan = compile_plan(load(SCENARIO))
    policy = plan.names.policies.index(chosen.policy)
    played = engines(plan, policy)
    seconds: dict[str, list[float]] = {engine: [] for engine in played}
    for future in range(chosen.futures + 1):
        ledgers = []
        for engine, play in played.items():
            took, ledger = timed(partial(play, future))
            ledgers.append(ledger)
            if future:  # the first is compiled and warms up
                seconds[engine].append(took)
        if ledgers[0] != ledgers[1]:
            raise SystemExit(f"future {future}: the ledgers differ")
    figures = []
    for what, of in (("medians", statistics.median), ("sums", sum)):
        reference, compiled = (of(seconds[engine]) for engine in ("reference", "compiled"))
        figures += [
            Figure(f"reference, {what}", reference, reference / compiled, least=LEAST),
            Figure(f"compiled, {what}", compiled, 1.0),
        ]
    equal = f"{SCENARIO.stem}, {chosen.policy}: {chosen.futures + 1} futures, every ledger equal, row for row"
    return show("ratio", figures, ["", equal])


if __name__ == "__main__":
    sys.exit(main())
