"""Are known parameters recovered within their 95 % interval in 95 % of cases?

A small world is played once with known values, drawn from the priors, in a future of another seed; errors of
measurement are added; and the calibration is to find the values. Repeated, each time with other values, another future
and other errors, intervals that are right hold the values in 95 % of cases: values from the priors make that exact for
Bayesian intervals (Cook, Gelman and Rubin 2006), whatever the shape of the posterior.

    python benchmarks/calibration_recovery.py --repetitions 120

Prints for each parameter in how many repetitions its interval held the value, and the binomial chance of so few or
fewer if the intervals were right.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import binom

import exportsim as xs
from exportsim.playing.settings import settings_of
from exportsim.study.calibration import calibrate
from exportsim.study.calibration.observations import read_observations
from exportsim.study.calibration.parameters import fitted_parameters, point
from exportsim.study.calibration.posterior import interval
from exportsim.study.calibration.trials import Trials

LEVEL = 0.95

#: An authority with other traffic, and one buyer: small enough to be played in a tenth of a millisecond.
WORLD = """
exportsim: 1
period: {start: 2016-01-01, end: 2019-12-31, warm_up: 6mo}
currency: EUR
goods: {parts: {}}
authorities:
  office:
    country: DE
    validity: 2y
    approval: 0.95
    review: [{stage: review, officers: 14, work: {lognormal: {median: 12bd, p90: 30bd}}}]
    traffic: {applications: 60/y}
suppliers: {maker: {country: DE, authority: office, slots: 50, lead_time: 60d}}
demand:
  line:
    {buyer: navy, destination: TR, goods: parts, orders: 40/y, value: {lognormal: {mean: 1M, cv: 0.5}}, parts: 2,
     sources: {maker: {weight: 1}}, patience: {review: 2y, suspension: 1y, unserved: 1y}}
policies: {as-before: {}}
"""
FIT = {
    "demand.line.orders": {"uniform": ["20/y", "80/y"]},
    "demand.line.value.lognormal.mean": {"uniform": ["500k", "2M"]},
    "authorities.office.review.review.work.lognormal.median": {"uniform": ["6bd", "25bd"]},
}
#: What is observed, with the error of its measurement: a share of the value, or a share in itself.
OBSERVED = [
    *((("ordered_number", str(year)), 0.05) for year in (2016, 2017, 2018, 2019)),
    *((("exports", str(year)), 0.05) for year in (2016, 2017, 2018, 2019)),
    *((("within_20bd", str(year)), 0.02) for year in (2017, 2019)),
]


def once(number: int, *, trials: int, futures: int) -> tuple[list[bool], float]:
    """Whether each parameter's interval holds its value, and the posterior predictive p-value."""
    scenario = xs.loads(WORLD)
    chance = np.random.default_rng([2026, number])
    fitted = fitted_parameters(scenario, FIT)
    shares = chance.random(len(fitted))
    rows = [
        {"outcome": outcome, "period": period, "value": 0.5, "error": 1, "source": "simulated"}
        for (outcome, period), _ in OBSERVED
    ]
    table = pd.DataFrame(rows)
    world = Trials(
        scenario, "as-before", read_observations(table, scenario).rows, fitted,
        settings_of({"futures": 1, "seed": 1_000_000 + number, "workers": 1}), most=1,
    )  # fmt: skip
    truth = world.played(point(fitted, shares))[0]
    errors = np.array([error if name.startswith("within") else error * value
                       for ((name, _), error), value in zip(OBSERVED, truth, strict=True)])  # fmt: skip
    measured = np.clip(truth + errors * chance.standard_normal(len(truth)), 0, None)
    measured = [min(value, 1.0) if name.startswith("within") else value
                for ((name, _), _), value in zip(OBSERVED, measured, strict=True)]  # fmt: skip
    found = calibrate(
        scenario, table.assign(value=measured, error=errors), FIT, trials=trials, futures=futures, workers=1
    )
    bounds = [interval(column) for column in found.posterior.T]
    return [low <= share <= high for (low, high), share in zip(bounds, shares, strict=True)], found.predictive_chance


def main() -> None:
    """Repeat, and print what came of it."""
    reading = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reading.add_argument("--repetitions", type=int, default=120)
    reading.add_argument("--trials", type=int, default=96)
    reading.add_argument("--futures", type=int, default=60)
    reading.add_argument("--processes", type=int, default=2)
    asked = reading.parse_args()
    clock = time.perf_counter()
    play = partial(once, trials=asked.trials, futures=asked.futures)
    with ProcessPoolExecutor(asked.processes) as processes:
        each = list(processes.map(play, range(asked.repetitions)))
    held = np.array([within for within, _ in each])
    for path, column in zip(FIT, held.T, strict=True):
        low = binom.cdf(column.sum(), len(column), LEVEL)
        print(f"{path}: {column.sum()} of {len(column)} held ({100 * column.mean():.1f} %), chance of so few {low:.3f}")
    extreme = np.mean([p < 0.05 for _, p in each])
    print(f"posterior predictive p-value below 0.05 in {100 * extreme:.1f} % of repetitions")
    print(f"{asked.trials} trials of {asked.futures} futures each, {time.perf_counter() - clock:.0f} s in all")


if __name__ == "__main__":
    main()
