"""The draft played back: how long its applications take beside those of the log, and how much each guess matters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from exportsim.analysis.ledger_rows import applications
from exportsim.compile import compile_plan
from exportsim.digits import number as digits
from exportsim.language import text
from exportsim.learning.draft import OFFICE, POLICY, change_name, factor_name
from exportsim.learning.intervals import rate
from exportsim.learning.stages import StageFound, scaled, span
from exportsim.learning.visits import Course
from exportsim.lifecycle import Fact
from exportsim.plan import Float, Int, Plan
from exportsim.playing.measurers import EachFuture
from exportsim.playing.settings import Settings
from exportsim.scenario import Scenario, vary
from exportsim.scenario.quantities import MINUTES_A_DAY, MINUTES_A_YEAR, Rate
from exportsim.scenario.schema import days_of
from exportsim.scenario.writer import explicit_form
from exportsim.study.futures import Futures

LEVELS = (0.5, 0.9)
FUTURES = 20
MOST_PLAYED = 1_500_000  # applications in all that is played of guesses
WARM_UP = "1y"
FEWEST = 2  # futures of each guess
NEAR = 0.05  # of the log's own: how far off a draft that is played back may be


class Times(NamedTuple):
    """Days from application to decision: the median and the 90th percentile of each future; shape (futures, 2)."""

    quantiles: Float

    @property
    def mean(self) -> Float:
        """Over the futures in which there are any; NaN if there are in none."""
        return np.array([_mean(of_futures) for of_futures in self.quantiles.T])


def _mean(values: Float) -> float:
    """The mean of what is there."""
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else math.nan


class Guess(NamedTuple):
    """What the median becomes if a number is another that it may be as well."""

    path: str
    what: str
    used: str
    low: str
    high: str
    median_low: float  # days, NaN where there is no such end
    median_high: float

    @property
    def matters(self) -> float:
        """The days by which the median moves between the ends, or from one end to the draft's own."""
        return self.median_high - self.median_low


class Variant(NamedTuple):
    """A guess to be played: the values at its ends, each a mapping for `vary`, None for no such end."""

    path: str
    what: str
    used: str
    low: str
    high: str
    at_low: Mapping[str, Any] | None
    at_high: Mapping[str, Any] | None


def of_log(course: Course) -> Float:
    """The median and the 90th percentile of the log, in days."""
    over = course.finished & ~course.withdrawn
    times = (course.ended - course.applied)[over] / MINUTES_A_DAY
    return np.quantile(times, LEVELS) if len(times) else np.full(len(LEVELS), math.nan)


def played(scenario: Scenario, settings: Settings, last: date) -> Times:
    """What the draft's applications of the days until the last one of the log take, all traffic among them."""
    begin, _ = days_of(scenario.period)
    until = (last.toordinal() + 1 - begin.toordinal()) * MINUTES_A_DAY

    def reader(plan: Plan) -> Callable[[int, Sequence[Int]], Float]:
        return lambda _, ledgers: _quantiles(ledgers[0], plan, until)

    plan = compile_plan(scenario)
    futures = Futures(plan, replace(settings, progress=None, announce=None))
    return Times(np.array(futures.measured(EachFuture(reader), (POLICY,), 0, settings.futures)))


def _quantiles(rows: Int, plan: Plan, until: int) -> Float:
    made = applications(rows, plan)
    kept = np.isin(made.by, (Fact.APPROVED, Fact.DENIED)) & (made.applied >= 0) & (made.applied < until)
    times = (made.ended - made.applied)[kept] / MINUTES_A_DAY
    return np.quantile(times, LEVELS) if len(times) else np.full(len(LEVELS), math.nan)


def variants(scenario: Scenario, stages: Sequence[StageFound], cases: int) -> list[Variant]:
    """The numbers that may be others, by what each end of theirs would be."""
    found = []
    for stage in stages:
        path = f"authorities.{OFFICE}.review.{stage.name}"
        if stage.sits is None:
            found += [*_of_officers(path, stage), *_of_work(path, stage), *_of_factors(stage)]
        if stage.share.low < stage.share.value < 1:
            found.append(
                _of_share(f"{path}.share", stage, "share", stage.share.value, stage.share.low, stage.share.high)
            )
        if stage.returns is not None:
            each = stage.returns.chance
            found.append(_of_share(f"{path}.returns.chance", stage, "returns", each.value, each.low, each.high))
    return [*found, _of_rates(scenario, cases), *_of_the_rest(scenario)]


def _of_the_rest(scenario: Scenario) -> Iterator[Variant]:
    """What no number of the log says: that the office was not empty before, and that one group goes before others."""
    none = text("learn.guess.none")
    lines = scenario.demand
    if not any(isinstance(line.orders, dict) for line in lines.values()):  # whose first date is that of the log
        yield Variant(
            "period.warm_up", text("learn.guess.empty"), "0d", none, WARM_UP, None, {"period.warm_up": WARM_UP}
        )
    if len(lines) > 1:
        name = next(iter(lines))
        scope = {"destinations": [lines[name].destination], "goods": [lines[name].goods]}
        first = {"on": scenario.period.start.isoformat(), "name": "first", "priority": "first", **scope}
        said = text("learn.guess.first", line=name)
        yield Variant("history", said, text("learn.guess.in_turn"), none, name, None, {"history.first": first})


def _of_share(path: str, stage: StageFound, what: str, value: float, low: float, high: float) -> Variant:
    said = text(f"learn.guess.{what}", stage=stage.name)
    return Variant(path, said, digits(value, 3), digits(low, 3), digits(high, 3), {path: low}, {path: high})


def _of_officers(path: str, stage: StageFound) -> list[Variant]:
    """One officer fewer and one more, or as few and as many as there may be; of ends alone with their work."""
    found = stage.officers
    if found.how == "apart":
        return [
            Variant(
                f"{path}.officers", text("learn.guess.waits", stage=stage.name), str(found.number), str(number),
                text("learn.guess.none"), {f"{path}.officers": number, f"{path}.work": work.value}, None,
            )
            for number, work in stage.others
        ]  # fmt: skip
    what = text("learn.guess.officers", stage=stage.name)
    if not stage.timed:
        ends: list[Mapping[str, Any] | None] = [None, None]
        words = [text("learn.guess.none"), text("learn.guess.none")]
        for number, work in stage.others:
            place = 0 if number < found.number else 1
            ends[place] = {f"{path}.officers": number, f"{path}.work": work.value}
            words[place] = str(number)
        what = text("learn.guess.split", stage=stage.name)
        return [Variant(f"{path}.officers", what, str(found.number), words[0], words[1], ends[0], ends[1])]
    numbers = {f"{path}.officers": found.number} | {
        f"history.{change_name(stage, change)}.officers.{stage.name}": change.number for change in found.changes
    }
    fewer = {place: number - _step(number) for place, number in numbers.items()}
    more = {place: number + _step(number) for place, number in numbers.items()}
    at_low = fewer if min(fewer.values()) > 0 else None
    fewest = _said(fewer) if at_low else text("learn.guess.none")
    return [Variant(f"{path}.officers", what, _said(numbers), fewest, _said(more), at_low, more)]


def _step(number: int) -> int:
    """By how many officers a number of them is moved: a tenth, one at least."""
    return max(1, number // 10)


def _said(numbers: Mapping[str, int]) -> str:
    return text("learn.guess.then").join(map(str, numbers.values()))


def _of_work(path: str, stage: StageFound) -> list[Variant]:
    """All work shorter or longer, as far as its mean may be off."""
    middle = stage.work.mean
    if not 0 < middle.low < middle.high < math.inf:
        return []
    used, low, high = (span(each, working=stage.working) for each in middle[:3])
    at_low, at_high = (
        {f"{path}.work": scaled(stage.work.value, each / middle.value)} for each in (middle.low, middle.high)
    )
    return [Variant(f"{path}.work", text("learn.guess.work", stage=stage.name), used, low, high, at_low, at_high)]


def _of_factors(stage: StageFound) -> Iterator[Variant]:
    """The work for groups that differ in it."""
    for factor in stage.factors:
        path = f"history.{factor_name(stage, factor)}.work.{stage.name}"
        what = text("learn.guess.factor", stage=stage.name, line=factor.name)
        used, low, high = (f"{each:.3g}" for each in factor.times[:3])
        yield Variant(path, what, used, low, high, {path: float(low)}, {path: float(high)})


def _of_rates(scenario: Scenario, cases: int) -> Variant:
    """All that comes, as much less or more as chance would have it in so many."""
    begin, end = days_of(scenario.period)
    years = (end - begin).days * MINUTES_A_DAY / MINUTES_A_YEAR
    found = rate(cases, years)
    at_low, at_high = (
        {path: _rates_scaled(value, end / found.value) for path, value in _rates_of(scenario)}
        for end in (found.low, found.high)
    )
    used, low, high = (digits(each, 1) for each in found[:3])
    path = f"demand.*.orders, authorities.{OFFICE}.traffic"
    return Variant(path, text("learn.guess.rates"), used, low, high, at_low, at_high)


def _rates_of(scenario: Scenario) -> list[tuple[str, Any]]:
    found = [(f"demand.{name}.orders", explicit_form(line.orders)) for name, line in scenario.demand.items()]
    traffic = explicit_form(scenario.authorities[OFFICE].traffic.applications)
    return [*found, (f"authorities.{OFFICE}.traffic.applications", traffic)]


def _rates_scaled(value: Any, by: float) -> Any:
    if isinstance(value, dict):
        return {day: _rates_scaled(each, by) for day, each in value.items()}
    written = Rate.parse(value)
    return str(Rate(written.number * Decimal(f"{by:.6g}"), written.unit))


def guesses(
    scenario: Scenario, asked: Sequence[Variant], settings: Settings, last: date, base: Times, cases: int
) -> list[Guess]:
    """Play the ends of guesses, in the same futures, and say by how much each moves the median."""
    plays = sum(end is not None for each in asked for end in (each.at_low, each.at_high))
    futures = min(settings.futures, max(FEWEST, MOST_PLAYED // (cases * max(plays, 1))))
    fewer = replace(settings, futures=futures)
    usual = _mean(base.quantiles[:futures, 0])
    done, found = 0, []
    for each in asked:
        medians = []
        for end in (each.at_low, each.at_high):
            if end is None:
                medians.append(math.nan)
                continue
            medians.append(float(played(vary(scenario, end), fewer, last).mean[0]) - usual)
            done += 1
            if settings.progress is not None:
                settings.progress.played(done * futures, plays * futures)
        found.append(Guess(each.path, each.what, each.used, each.low, each.high, medians[0], medians[1]))
    return sorted(found, key=lambda guess: -max(_size(guess.median_low), _size(guess.median_high)))


def _size(days: float) -> float:
    return 0.0 if math.isnan(days) else abs(days)
