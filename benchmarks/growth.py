"""How the compiled engine grows: processor time and memory an order, from 10,000 orders to 1,000,000.

The case is ``simple-case.yaml`` with so many times the orders, the officers and the slots (to whole numbers), so that
office and supplier are as busy as before and nothing but size changes. Each size is measured in a process of its own;
memory is what the largest resident size grows by during the first play, whose rows are read and not kept. Every play
has new memory. What the system takes to provide it depends on the machine more than on the engine, and is counted, and
also told apart; with ``NUMPY_MADVISE_HUGEPAGE=0`` it may be less. Exits with status 1 if an order costs much more at a
larger size, or takes more memory at the last than it may.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from timing import Figure, show

HERE = Path(__file__).parent
SIZES = (10_000, 100_000, 1_000_000)
YEARS, ORDERS = 10, 400  # of simple-case.yaml: years, and orders a year
OFFICERS = {"intake": 2, "consultation": 6}
SLOTS = 25
SEED = 1
MOST = 2.5
MOST_BYTES = 650  # an order of the last size
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes, of ru_maxrss


def overrides(orders: int) -> dict[str, Any]:
    """What makes the simple case one of so many orders."""
    times = orders / (YEARS * ORDERS)
    staff = {f"authorities.gac.review.{stage}.officers": round(number * times) for stage, number in OFFICERS.items()}
    return {
        "demand.sensors.orders": f"{ORDERS * times:.0f}/y",
        "suppliers.wescam.slots": round(SLOTS * times),
        **staff,
    }


def measure(orders: int, runs: int) -> dict[str, float]:
    """Seconds of a play (the median) and how many of them the system's, orders, facts, and bytes that a play needs."""
    # Not above: the process that starts the others must stay small, because Linux counts its size as theirs.
    import statistics

    from timing import timed

    from exportsim.compile import compile_plan
    from exportsim.engine.compiled import Player
    from exportsim.lifecycle import Fact
    from exportsim.packed_rows import stating
    from exportsim.plan import Int, Plan
    from exportsim.scenario import load

    def play(plan: Plan) -> Int:
        return Player(plan, 0).play(seed=SEED, future=0)

    case = HERE / "simple-case.yaml"
    play(compile_plan(load(case, overrides={"demand.sensors.orders": "1/y"})))  # compiled by now
    plan = compile_plan(load(case, overrides=overrides(orders), max_orders=2 * orders))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = play(plan)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    came, facts = int(stating(rows, Fact.ORDERED).sum()), len(rows)
    del rows
    seconds, system = [], []
    for _ in range(runs):
        began = resource.getrusage(resource.RUSAGE_SELF).ru_stime
        seconds.append(timed(lambda: play(plan))[0])
        system.append(resource.getrusage(resource.RUSAGE_SELF).ru_stime - began)
    return {
        "seconds": statistics.median(seconds),
        "system": statistics.median(system),
        "orders": came,
        "facts": facts,
        "bytes": (after - before) * UNIT,
    }


def main() -> int:
    """Measure every size, or, asked for one, that one, for the process that asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one, chosen.runs)))
        return 0
    figures: list[Figure] = []
    said = [""]
    first = 0.0  # microseconds an order at the first size
    for size in chosen.sizes:
        command = [sys.executable, __file__, "--one", str(size), "--runs", str(chosen.runs)]
        seen = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        each = 1e6 * seen["seconds"] / seen["orders"]
        size_of_one = seen["bytes"] / seen["orders"]
        first = first or each
        most = MOST if figures else None
        figures.append(Figure(f"{size:,} orders", seen["seconds"], each / first, most=most))
        said.append(
            f"{size:,} orders: {each:.2f} µs an order, {1e6 * seen['system'] / seen['orders']:.2f} of it the system's,"
            f" {size_of_one:.0f} bytes and {seen['facts'] / seen['orders']:.1f} facts"
        )
    said.append(f"bytes an order of the last size: at most {MOST_BYTES}")
    return show("time an order", figures, said) or int(size_of_one > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
