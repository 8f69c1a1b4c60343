"""A Sobol' study of sixteen parameters: python benchmarks/study.py [base samples].

Of canada-turkiye.yaml, (16 + 2) × base samples points (1,024 of them: 18,432), 20 futures each, two policies.
Tells how long it took, how much of the work is the main thread's alone (sending, collecting, indices and their
intervals), and what that comes to on more cores: it stays as it is, and the rest is shared. On a cluster points are
judged by the workers; here they are by the main thread, so that is taken out of its part.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import exportsim as xs
from exportsim.playing.executor import usable_cores
from exportsim.study import points as point_runs

FILE = Path(__file__).parents[1] / "scenarios" / "canada-turkiye.yaml"
CORES = (100, 1000)


def main() -> None:
    """Measure, and tell."""
    samples = int(sys.argv[1] if len(sys.argv) > 1 else 1024)
    scenario = xs.load(FILE)
    xs.run(scenario, futures=1)
    judged, spent = point_runs.judged, 0.0

    def timed(*arguments: object) -> object:
        nonlocal spent
        begun = time.thread_time()
        found = judged(*arguments)  # type: ignore[arg-type]
        spent += time.thread_time() - begun
        return found

    point_runs.judged = timed  # type: ignore[assignment]
    begun, used, alone = time.perf_counter(), time.process_time(), time.thread_time()
    found = xs.sensitivity(scenario, policy="historical", outcome="exports", samples=samples, futures=20)
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    alone = time.thread_time() - alone - spent
    points = len(found.points)
    print(f"{points:,} points × 20 futures × 2 policies on {usable_cores()} cores: {seconds:.0f} s")
    print(f"work: {used:.0f} s of processor time, of which judging points {spent:.0f} s, the main thread {alone:.0f} s")
    for cores in CORES:
        print(f"projected on {cores:,} cores: {alone + (used - alone) / cores:.0f} s")
    print(found.table.to_string())


if __name__ == "__main__":
    main()
