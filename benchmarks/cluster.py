"""Two workers of a cluster beside two threads, on one sweep: python benchmarks/cluster.py [points].

Both play the same 200 points of canada-turkiye.yaml, 20 futures each, turn by turn; the median of three ratios is told.
The engine is compiled everywhere before the clock starts.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import exportsim as xs

FILE = Path(__file__).parents[1] / "scenarios" / "canada-turkiye.yaml"
PATH = "suppliers.aselsan.ramp_up"
REPEATS = 3


def main() -> None:
    """Measure, and tell."""
    from distributed import Client, LocalCluster

    logging.getLogger("distributed").setLevel(logging.ERROR)
    scenario = xs.load(FILE)
    over = {PATH: [f"{days}d" for days in range(200, 200 + int(sys.argv[1] if len(sys.argv) > 1 else 200))]}

    def seconds(executor: Executor | None) -> tuple[float, Any]:
        begun = time.perf_counter()
        found = xs.sweep(
            scenario, over, futures=20, policies=["historical"], outcome=["exports"], workers=2, executor=executor
        )
        return time.perf_counter() - begun, found.table

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster) as client,
    ):
        executor = client.get_executor()
        seconds(executor)
        seconds(None)
        ratios = []
        for _ in range(REPEATS):
            threads, here = seconds(None)
            workers, there = seconds(executor)
            assert here.equals(there), "the two have found different things"
            ratios.append(threads / workers)
            print(f"two threads {threads:.2f} s, two workers {workers:.2f} s: {threads / workers:.0%}", flush=True)
        print(f"efficiency of the workers, median: {statistics.median(ratios):.0%} of the threads'")


if __name__ == "__main__":
    main()
