"""What is asked of plays beside the plays themselves, as shares of these, processor time in one process.

A comparison by year, line and supplier, asked for with the run and afterwards, beside the run; a point of a sweep with
all outcomes, beside its plays; a position of a slider, two policies with all that a page shows of them, beside its
plays; and the intervals of many figures at once, beside one by one. Round by round in turn, medians of the ratios.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from timing import Figure, show, timed

import exportsim as xs
from exportsim.analysis.intervals import interval, intervals
from exportsim.compile import compile_plan
from exportsim.outcomes import SHARE
from exportsim.playing.measurers import OutcomesMeasurer
from exportsim.playing.play import Design, play_all
from exportsim.playing.settings import settings_of
from exportsim.scenario import Scenario

SCENARIO = Path(__file__).parent.parent / "scenarios" / "canada-turkiye.yaml"
POLICY, PATH = "historical", "suppliers.aselsan.ramp_up"
BY = ("year", "line", "supplier")
Call = Callable[[], object]


def plays(scenario: Scenario, policies: Sequence[str], futures: int) -> None:
    """Play and count outcomes, as a sweep does at a point, and nothing of the rest of a study."""
    design = Design(compile_plan(scenario), tuple(policies), scenario.reference, OutcomesMeasurer(monthly=False))
    play_all(design, settings_of({"futures": futures, "workers": 1}))


def page(scenario: Scenario, futures: int) -> None:
    """A position of a slider: outcomes, comparison, months, suppliers' shares and what became of the orders."""
    result = xs.run(scenario, futures=futures, policies=[POLICY], workers=1)
    result.summary(), result.compare(), result.series(), result.account(by=["year"]), result.waterfall(POLICY)


def pairs(scenario: Scenario, futures: int) -> dict[str, tuple[Call, Call, float]]:
    """By name: what is asked, beside what, and the most that it may take of that."""
    everyone, two = tuple(scenario.policies), (scenario.reference, POLICY)
    result = xs.run(scenario, futures=futures)
    units = list(result.units.values())
    less = result.values - result.values[everyone.index(scenario.reference)]
    columns = list(less.swapaxes(1, 2).reshape(-1, futures))
    shares = [unit == SHARE for unit in units] * len(everyone)

    def run(**asked: Sequence[str]) -> xs.Result:
        return xs.run(scenario, futures=futures, workers=1, **asked)  # type: ignore[arg-type]

    def sweep() -> object:
        return xs.sweep(scenario, {PATH: ["1y"]}, futures=futures, workers=1)

    changed = xs.load(SCENARIO, overrides={PATH: "1y"})
    return {
        "a run, then by year, line, supplier / a run": (lambda: run().compare(by=BY), run, 2.5),
        "a run asked for these / a run": (lambda: run(by=BY).compare(by=BY), run, 1.3),
        "a point of a sweep / its plays": (sweep, lambda: plays(changed, everyone, futures), 1.25),
        "a position of a slider / its plays": (
            lambda: page(scenario, futures),
            lambda: plays(scenario, two, futures),
            4,
        ),
        "intervals at once / one by one": (
            lambda: intervals(np.array(columns), shares=shares),
            lambda: [interval(column, share=share) for column, share in zip(columns, shares, strict=True)],
            0.5,
        ),
    }


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--futures", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    figures = []
    for what, (asked, beside, most) in pairs(xs.load(SCENARIO), chosen.futures).items():
        asked(), beside()  # compiled by now
        rounds = [(timed(asked)[0], timed(beside)[0]) for _ in range(chosen.rounds)]
        seconds = statistics.median(one for one, _ in rounds)
        figures.append(Figure(what, seconds, statistics.median(one / other for one, other in rounds), most=most))
    return show("ratio", figures)


if __name__ == "__main__":
    sys.exit(main())
