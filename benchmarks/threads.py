"""Two threads against one: every policy of a shipped scenario against 1000 futures with the compiled engine.

Seconds on the clock, in turn; what counts is the median of the ratios. That the answers are equal is checked. It says
something only where two cores are free.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

from timing import Figure, show

import exportsim
from exportsim import Result
from exportsim.scenario import Scenario

SCENARIO = Path(__file__).parent.parent / "scenarios" / "canada-turkiye.yaml"
SEED = 1


def played(scenario: Scenario, futures: int, workers: int) -> tuple[float, Result]:
    """The seconds that an experiment takes, and its result."""
    start = time.perf_counter()
    result = exportsim.run(scenario, futures=futures, seed=SEED, engine="compiled", workers=workers)
    return time.perf_counter() - start, result


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--futures", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    scenario = exportsim.load(SCENARIO)
    played(scenario, 1, 1)  # compiled by now
    ones, twos = [], []
    for _ in range(chosen.rounds):
        one, alone = played(scenario, chosen.futures, 1)
        two, together = played(scenario, chosen.futures, 2)
        if not alone.outcomes.equals(together.outcomes):
            raise SystemExit("two threads give another answer than one")
        ones.append(one)
        twos.append(two)
    ratio = statistics.median(one / two for one, two in zip(ones, twos, strict=True))
    figures = [
        Figure("one thread", statistics.median(ones), 1.0),
        Figure("two threads", statistics.median(twos), ratio),
    ]
    return show("times as fast", figures)


if __name__ == "__main__":
    sys.exit(main())
