"""Runs that are killed and go on: python benchmarks/kills.py [times].

A run of quickstart.yaml with a store is killed at a random moment (SIGKILL), and run again in this process: its result
must be that of a run without a store, it must play exactly the blocks of which not all was there, and every file must
be sound.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import exportsim as xs
from exportsim.playing import play as playing
from exportsim.playing.block import Block, Part

FILE = str(Path(__file__).parents[1] / "scenarios" / "quickstart.yaml")
FUTURES = 1000
LATEST = 1.5  # seconds after the first play
PROGRAM = """
import sys, exportsim as xs
scenario = xs.load(sys.argv[1])
xs.run(scenario, futures=2)
print("ready", flush=True)
xs.run(scenario, futures=int(sys.argv[2]), store=sys.argv[3])
"""


def main() -> None:
    """Kill, go on, and tell how often all was well."""
    times, luck = int(sys.argv[1] if len(sys.argv) > 1 else 20), random.Random(7)
    scenario = xs.load(FILE)
    whole = xs.run(scenario, futures=FUTURES)
    played: list[int] = []
    play = playing.play_block

    def noted(block: Block[Part]) -> Part:
        played.append(block.first)
        return play(block)

    playing.play_block = noted
    well = 0
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            store = str(Path(folder, "plays"))
            moment = luck.uniform(0, LATEST)
            _killed(store, moment)
            there = xs.Store.at(store).contents()
            finished = set.intersection(
                *(set(there.loc[there["policy"] == policy, "first"]) for policy in scenario.policies)
            )
            played.clear()
            found = xs.run(scenario, futures=FUTURES, store=store)
            good = (
                np.array_equal(found.values, whole.values, equal_nan=True)
                and sorted(played) == [first for first in range(0, FUTURES, 50) if first not in finished]
                and not xs.open_store(store).verify()
            )
            well += good
            print(f"killed after {moment:.2f} s: {len(finished)} blocks kept, {len(played)} played, {good}", flush=True)
    print(f"{well} of {times} went on where they stopped")


def _killed(store: str, moment: float) -> None:
    arguments = [sys.executable, "-c", PROGRAM, FILE, str(FUTURES), store]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)


if __name__ == "__main__":
    main()
