"""A setting that changes, beside fresh runs: a position of a slider when nothing is kept, and when a date was moved.

The founding case under two policies, with what a page shows: outcomes and comparison; and then quarters, fates, the
waterfall and who delivers before, during and after. Each in turn, round by round, always of a date that was not there
before; medians of processor time and of its ratio to a fresh run that is asked the same. What passes on the clock, with
as many threads as there are cores, and what is kept in memory are printed below.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from timing import Figure, show, timed

import exportsim as xs

SCENARIO = Path(__file__).parent.parent / "scenarios" / "canada-turkiye.yaml"
POLICY, FIRST, DATE = "historical", date(2019, 10, 12), "policies.historical.measures.0.on"
MOST_BYTES = 60e6  # of 100 futures under two policies, with all that is read of them
Ask = Callable[[xs.Result], object]


def compared(result: xs.Result) -> None:
    """Outcomes and comparison."""
    result.summary(), result.compare()


def all_that_a_page_shows(result: xs.Result) -> None:
    """The same with quarters, fates and shares."""
    compared(result)
    result.by_quarter(), result.fates(POLICY), result.waterfall(POLICY), result.hysteresis(POLICY)


def days() -> Iterator[dict[str, str]]:
    """Changes of a date, another each time."""
    for number in range(10_000):
        yield {DATE: (FIRST + timedelta(days=number)).isoformat()}


def ways(scenario: xs.Scenario, futures: int) -> dict[str, Callable[[dict[str, str], Ask], object]]:
    """By name: how the answer is had for a change of date."""
    moving = xs.WhatIf(scenario, policies=[POLICY])
    all_that_a_page_shows(moving.result(futures))

    def fresh(change: dict[str, str], ask: Ask) -> object:
        return ask(xs.run(xs.vary(scenario, change), policies=[POLICY], futures=futures))

    def cold(change: dict[str, str], ask: Ask) -> object:
        what_if = xs.WhatIf(scenario, policies=[POLICY])
        what_if.change(change)
        return ask(what_if.result(futures))

    def moved(change: dict[str, str], ask: Ask) -> object:
        moving.change(change)
        return ask(moving.result(futures))

    return {"a fresh run": fresh, "nothing kept": cold, "a date moved": moved}


def memory(scenario: xs.Scenario) -> int:
    """Bytes that are kept of 100 futures under two policies."""
    what_if = xs.WhatIf(scenario, policies=[POLICY])
    all_that_a_page_shows(what_if.result(100))
    return what_if.memory.size


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--futures", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    scenario, changes = xs.load(SCENARIO), days()
    known = ways(scenario, chosen.futures)
    figures, said = [], []
    bounds = {"nothing kept": 1.4, "a date moved": 0.9}
    for asked, ask in (("outcomes and comparison", compared), ("and quarters, fates, shares", all_that_a_page_shows)):
        for answer in known.values():
            answer(next(changes), ask)  # compiled by now
        rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in known}
        for _ in range(chosen.rounds):
            for name, answer in known.items():
                change, begun = next(changes), time.perf_counter()
                seconds, _ = timed(lambda answer=answer, change=change, ask=ask: answer(change, ask))  # type: ignore[misc]
                rounds[name].append((seconds, time.perf_counter() - begun))
        for name, measured in rounds.items():
            beside = [seconds / other for (seconds, _), (other, _) in zip(measured, rounds["a fresh run"], strict=True)]
            seconds, clock = (statistics.median(part) for part in zip(*measured, strict=True))
            most = bounds.get(name)
            figures.append(Figure(f"{name}: {asked}", seconds, statistics.median(beside), most=most))
            said.append(f"{name}: {asked}: {clock:.3f} s on the clock")
    kept = memory(scenario)
    said.append(f"kept of 100 futures under two policies: {kept / 1e6:.1f} MB, at most {MOST_BYTES / 1e6:.0f}")
    return show("ratio", figures, said) or int(kept > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
