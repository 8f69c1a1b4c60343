"""The case that the compiled engine and its rivals play, ``mm5.yaml``: as numbers, in theory, and in C++.

Five officers, exponential gaps and work, a load of 0.8: the queue M/M/5, so the mean wait is known (Erlang 1917).
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from exportsim.compile import compile_plan
from exportsim.ledger import COLUMNS, Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import Float, Plan
from exportsim.scenario import load

HERE = Path(__file__).parent
OFFICERS, GAP, WORK = 5, 100.0, 400.0  # as in mm5.yaml; minutes
APPLICATIONS = 200_000
BATCH = 2000  # applications

#: What a rival records of an application: when it was applied for, and when its review started and ended (and it was
#: approved).
Visit = tuple[float, float, float]


def plan(applications: int = APPLICATIONS) -> Plan:
    """The case as numbers, cut off when about so many applications have come."""
    whole = compile_plan(load(HERE / "mm5.yaml"))
    return whole if applications == APPLICATIONS else whole._replace(end=round(applications * GAP))


# ------------------------------------------------------------------ theory


def mean_wait() -> float:
    """The mean wait for an officer, in minutes, by the formula of Erlang C."""
    offered = WORK / GAP
    blocked = 1.0
    for number in range(1, OFFICERS + 1):
        blocked = offered * blocked / (number + offered * blocked)
    load_of_one = offered / OFFICERS
    waiting = blocked / (1 - load_of_one * (1 - blocked))
    return waiting * WORK / (OFFICERS - offered)


def waits(visits: Sequence[Visit] | Float) -> Float:
    """The wait of each application, in the order in which they came."""
    times = np.asarray(visits)
    applied, started, _ = times[np.lexsort(times.T[::-1])].T
    wait: Float = started - applied
    return wait


def waits_of(ledger: Ledger) -> Float:
    """The same, from a ledger of the case; applications that were still in the queue at its end are not counted."""
    applied, started = ledger.fact == Fact.APPLIED, ledger.fact == Fact.REVIEW_STARTED
    # First come, first served: both are in the order of the applications' numbers.
    wait = ledger.minute[started] - ledger.minute[applied][: started.sum()]
    return np.asarray(wait, dtype=np.float64)


def doubt(wait: Float) -> float:
    """The chance, if theory is right, of a mean wait at least as far from it as this one.

    Student's t over the means of successive batches of applications (Law and Carson 1979), the first left out because
    it begins with an empty office. An M/M/5 queue at load 0.8 forgets within about 90 applications, so that batches of
    `BATCH` are as good as independent.
    """
    batches = len(wait) // BATCH
    means = wait[BATCH : BATCH * batches].reshape(-1, BATCH).mean(axis=1)
    return float(stats.ttest_1samp(means, mean_wait()).pvalue)


# ------------------------------------------------------------------ the program in C++


def checksum(ledger: Ledger) -> int:
    """The sum of a ledger's numbers, each mixed with its place by the finalizer of SplitMix64, modulo 2⁶⁴."""
    table = np.column_stack([getattr(ledger, column) for column in COLUMNS]).view(np.uint64).ravel()
    place = np.arange(1, len(table) + 1, dtype=np.uint64)
    z = table + place * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return int((z ^ z >> np.uint64(31)).sum(dtype=np.uint64))


class Played(NamedTuple):
    """What the program prints."""

    seconds: float
    rows: int
    checksum: int


def build(folder: Path) -> Path | None:
    """Compile the C++ program into a folder; None where there is no compiler.

    No option lets the compiler change what a floating-point operation gives, or a ledger would not be the engine's.
    """
    compiler = shutil.which("g++")
    if compiler is None:
        return None
    program = folder / "mm5"
    source = str(HERE / "mm5.cpp")
    subprocess.run([compiler, "-std=c++17", "-O3", "-ffp-contract=off", source, "-o", str(program)], check=True)
    return program


def play(program: Path, case: Plan, *, seed: int, future: int, runs: int) -> Played:
    """Let the C++ program play a future once to warm up and some times more."""
    arguments = [str(program), *map(str, (seed, future, case.end, runs))]
    printed = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    seconds, rows, total = printed.split()
    return Played(float(seconds), int(rows), int(total))
