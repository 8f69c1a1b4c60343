"""The compiled engine beside other programs for the same case: M/M/5 at load 0.8, 200,000 applications (``mm5.yaml``).

Round by round every program plays once, all after one another in one process (the C++ program in one of its own, which
times itself); what counts is the median, over rounds, of its processor time over the compiled engine's in that round.
Every round is another future. The compiled engine plays as ``exportsim run`` lets it: one player, future after future
in the same memory, and so does the C++ program. Both warm up in each round: a rival leaves no memory at hand. It is
checked that all do the same: each mean wait agrees with Erlang C, and the C++ program's ledger is the engine's, by
checksum.

Exits with status 1 if a bound is not reached.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import mm5
from timing import Figure, show, timed

from exportsim.engine.compiled import Player
from exportsim.ledger import Ledger
from exportsim.plan import Float, Plan

SEED = 1
RUNS = 5  # of the compiled engine and of the C++ program in a round, after one to warm up: the median counts
FEW = 1000  # applications, to warm up
LEVEL = 1e-3  # at which a mean wait differs from Erlang C, shared by all programs (Bonferroni)


class Rival(NamedTuple):
    """Another program: its module, and how often as long as the compiled engine it is to take."""

    what: str
    module: str
    least: float
    slow: bool
    needs: str = "pip install '.[bench]'"
    """What it needs."""


RIVALS = (
    Rival("SimPy, processes", "mm5_simpy", 60, slow=False),
    Rival("SimPy, callbacks", "mm5_callbacks", 15, slow=False),
    Rival("cimba", "mm5_cimba", 3.5, slow=False, needs="Python 3.12 or newer, and pip install cimba==0.9.6"),
    Rival("Ciw", "mm5_ciw", 100, slow=True),
    Rival("salabim", "mm5_salabim", 100, slow=True),
)
MOST_OVER_CPP = 1.5
PROGRAMS = len(RIVALS) + 2


class Times:
    """Seconds of one program, round by round, and how they compare with the compiled engine's."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.ratios: list[float] = []

    def add(self, seconds: float, compiled: float) -> None:
        """A round's seconds, of the program and of the compiled engine."""
        self.seconds.append(seconds)
        self.ratios.append(seconds / compiled)


def check(what: str, wait: Float) -> str:
    """A line that says what a program's mean wait is.

    Raises
    ------
    SystemExit
        If it differs from Erlang C.
    """
    chance = mm5.doubt(wait)
    said = f"{what}: mean wait {wait.mean():.1f}, Erlang C {mm5.mean_wait():.1f}, p = {chance:.3f}"
    if chance < LEVEL / PROGRAMS:
        raise SystemExit(f"{said}: this is another queue")
    return said


def compiled(player: Player, future: int) -> tuple[float, Ledger]:
    """The compiled engine's seconds, and its ledger."""
    play = partial(player.play, seed=SEED, future=future)
    play()
    each = [timed(play)[0] for _ in range(RUNS)]
    return statistics.median(each), player.ledger(seed=SEED, future=future)


def imported(rivals: tuple[Rival, ...]) -> dict[Rival, Callable[..., list[mm5.Visit] | Float]]:
    """The rivals whose libraries are installed."""
    found = {}
    for rival in rivals:
        try:
            found[rival] = importlib.import_module(rival.module).simulate
        except ModuleNotFoundError as error:
            print(f"{rival.what}: left out, {error}; it needs {rival.needs}", file=sys.stderr)
    return found


def measure(case: Plan, applications: int, rounds: int, slow_rounds: int, program: Path | None) -> int:
    """Let everyone play, and print how long it took."""
    rivals = imported(RIVALS)
    times = {what: Times() for what in ["compiled engine", "C++", *(rival.what for rival in rivals)]}
    said = []
    player = Player(case, 0)
    compiled(player, 0)  # compiled by the first call
    for play in rivals.values():
        play(FEW, mm5.GAP, mm5.WORK, mm5.OFFICERS, seed=1)  # cimba compiles, too
    for future in range(1, rounds + 1):
        ours, ledger = compiled(player, future)
        times["compiled engine"].add(ours, ours)
        if future == 1:
            said.append(check("compiled engine", mm5.waits_of(ledger)))
        if program is not None:
            played = mm5.play(program, case, seed=SEED, future=future, runs=RUNS)
            if played.checksum != mm5.checksum(ledger):
                raise SystemExit(f"future {future}: the ledger of the C++ program is another")
            times["C++"].add(played.seconds, ours)
        del ledger
        for rival, play in rivals.items():
            if future <= (slow_rounds if rival.slow else rounds):
                seconds, visits = timed(partial(play, applications, mm5.GAP, mm5.WORK, mm5.OFFICERS, seed=future))
                times[rival.what].add(seconds, ours)
                if future == 1:
                    said.append(check(rival.what, mm5.waits(visits)))
    least = {rival.what: rival.least for rival in rivals}
    figures = [
        Figure(what, statistics.median(each.seconds), statistics.median(each.ratios), least.get(what))
        for what, each in times.items()
        if each.seconds
    ]
    if program is None:
        said.append("C++: left out, there is no g++")
    else:
        said.append(f"C++: the same ledgers, by checksum, in {rounds} futures")
        over = statistics.median(1 / ratio for ratio in times["C++"].ratios)
        seconds = statistics.median(times["compiled engine"].seconds)
        figures.append(Figure("compiled engine over C++", seconds, over, most=MOST_OVER_CPP))
    return show("ratio", figures, ["", *said])


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--slow-rounds", type=int, default=3, help="rounds of Ciw and salabim")
    parser.add_argument("--applications", type=int, default=mm5.APPLICATIONS)
    chosen = parser.parse_args()
    case = mm5.plan(chosen.applications)
    with tempfile.TemporaryDirectory() as folder:
        return measure(case, chosen.applications, chosen.rounds, chosen.slow_rounds, mm5.build(Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
