"""What a point of a sweep costs beside a bare run of the same scenario: python benchmarks/sweep.py [points]."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import exportsim as xs

FILE = Path(__file__).parents[1] / "scenarios" / "canada-turkiye.yaml"
PATH = "suppliers.aselsan.ramp_up"
REPEATS = 3


def main() -> None:
    """Measure with all policies and with two, keeping one outcome and all of them."""
    values = [f"{months}mo" for months in range(6, 6 + int(sys.argv[1] if len(sys.argv) > 1 else 5))]
    scenario = xs.load(FILE)
    points = [xs.load(FILE, overrides={PATH: value}) for value in values]
    xs.sweep(scenario, {PATH: values[:1]}, futures=20)
    for policies in (None, ["historical"]):
        for outcome in (["exports"], None):
            ratios, bare = [], 0.0
            for _ in range(REPEATS):
                start = time.process_time()
                for point in points:
                    xs.run(point, futures=100, policies=policies)
                bare = time.process_time() - start
                start = time.process_time()
                xs.sweep(scenario, {PATH: values}, futures=100, policies=policies, outcome=outcome)
                ratios.append((time.process_time() - start) / bare - 1)
            told = (
                f"{'all' if policies is None else 'two'} policies, {'all outcomes' if outcome is None else 'exports'}"
            )
            print(
                f"{told}: {bare / len(points):.3f} s a bare run, overhead {statistics.median(ratios):.1%}", flush=True
            )


if __name__ == "__main__":
    main()
