"""How long the command line takes with the compiled engine, as its user waits for it: seconds on the clock.

The first compilation (with an empty cache), the start-up once compiled (one future), and a whole answer: every policy
of a shipped scenario against 1000 futures.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCENARIO = Path(__file__).parent.parent / "scenarios" / "canada-turkiye.yaml"


def seconds(cache: str, futures: int) -> float:
    """Seconds of one ``exportsim run --certain``, with a folder in which compiled code is kept."""
    command = [sys.executable, "-m", "exportsim", "run", str(SCENARIO), "--certain", "--futures", str(futures)]
    start = time.perf_counter()
    subprocess.run(
        [*command, "--engine", "compiled"],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"NUMBA_CACHE_DIR": cache},
    )
    return time.perf_counter() - start


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--futures", type=int, default=1000)
    parser.add_argument(
        "--runs", type=int, default=5, help="of which the median is taken; the first compilation is one"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        first = seconds(cache, 1)
        start_up = statistics.median(seconds(cache, 1) for _ in range(chosen.runs))
        answer = statistics.median(seconds(cache, chosen.futures) for _ in range(chosen.runs))
    asked = f"exportsim run {SCENARIO.name} --certain --engine compiled"
    print(f"{asked} --futures 1, nothing compiled: {first:.1f} s")
    print(f"{asked} --futures 1: {start_up:.2f} s")
    print(f"{asked} --futures {chosen.futures}: {answer:.1f} s")


if __name__ == "__main__":
    main()
