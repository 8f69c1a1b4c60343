"""What the command line costs with the compiled engine: seconds of processor time, and how many times those of a rival.

The first compilation (with an empty cache), the start-up once compiled (one future), and a whole answer: every policy
of a shipped scenario against 1000 futures. The rival is ``python -c 'import numba'``, which all of that cannot do
without.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from start_up import process_time
from timing import Figure, show

SCENARIO = Path(__file__).parent.parent / "scenarios" / "canada-turkiye.yaml"
RIVAL = ("-c", "import numba")
MOST_COMPILATION, MOST_START_UP = 60, 5  # times the rival's


def run(cache: str, futures: int) -> float:
    """Seconds of one ``exportsim run --certain``, with a folder in which compiled code is kept."""
    asked = ("run", str(SCENARIO), "--certain", "--engine", "compiled", "--futures", str(futures))
    return process_time(("-m", "exportsim", *asked), NUMBA_CACHE_DIR=cache)


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--futures", type=int, default=1000)
    parser.add_argument(
        "--runs", type=int, default=5, help="of which the median is taken; the first compilation is one"
    )
    chosen = parser.parse_args()
    process_time(RIVAL)  # it may write byte code
    process_time(("-m", "exportsim", "check", str(SCENARIO)))
    with tempfile.TemporaryDirectory() as cache:
        first, beside = run(cache, 1), process_time(RIVAL)
        in_turn = [(process_time(RIVAL), run(cache, 1)) for _ in range(chosen.runs)]
        answer = statistics.median(run(cache, chosen.futures) for _ in range(chosen.runs))
    rival, start_up = (statistics.median(seconds) for seconds in zip(*in_turn, strict=True))
    times = statistics.median(ours / theirs for theirs, ours in in_turn)
    return show(
        "times",
        [
            Figure("python -c 'import numba'", rival, 1),
            Figure("--futures 1, nothing compiled", first, first / beside, most=MOST_COMPILATION),
            Figure("--futures 1", start_up, times, most=MOST_START_UP),
            Figure(f"--futures {chosen.futures}", answer, answer / rival),
        ],
        [f"each but the first: exportsim run {SCENARIO.name} --certain --engine compiled"],
    )


if __name__ == "__main__":
    sys.exit(main())
