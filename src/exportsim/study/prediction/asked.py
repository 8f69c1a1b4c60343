"""Which figures are forecast: those of a record, or some outcomes by period, destination and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np

from exportsim.analysis.counter import Counter
from exportsim.analysis.ledger_rows import Plays
from exportsim.analysis.outcomes import groups_by, outcomes, values
from exportsim.analysis.tally import count_on, end_count, highest_numbers
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.outcomes import MONEY
from exportsim.packed_rows import Mask
from exportsim.plan import Float, Plan
from exportsim.playing.block import Reader, Task
from exportsim.scenario import Scenario
from exportsim.scenario.quantities import show
from exportsim.scenario.schema_paths import near
from exportsim.study.calibration.figures import Figures
from exportsim.study.calibration.observations import (
    LISTED,
    SELECTORS,
    Observation,
    is_of_none,
    kind_of,
    of_words,
)
from exportsim.working_time import DAY

MONTHS = {"year": 12, "quarter": 3, "month": 1}  # of a period
BY = (*MONTHS, *SELECTORS)
MOST = 2000  # figures

Selectors = tuple[tuple[str, str], ...]


class PredictedFigure(NamedTuple):
    """One figure that is forecast."""

    outcome: str
    period: str
    """As in a record; empty if it is of the whole run and no record can hold it."""
    start: int
    """Minute from ``period.start`` of the scenario."""
    end: int
    """The first minute after it."""
    selectors: Selectors
    """What it is of: pairs of a selector and a name of the scenario."""
    unit: str

    @property
    def of(self) -> str:
        """What it is of, in words; empty if of all."""
        return of_words(self.selectors)

    @property
    def series(self) -> tuple[object, ...]:
        """What figures of several periods have in common."""
        return self.outcome, self.selectors

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from others."""
        return self.outcome, self.start, self.end, self.selectors


def figure_of(parts: Sequence[object]) -> PredictedFigure:
    """A figure that was saved with its fields in their order."""
    found = PredictedFigure(*parts)  # type: ignore[arg-type]
    return found._replace(selectors=tuple((selector, name) for selector, name in found.selectors))


def recorded_figure(observation: Observation) -> PredictedFigure:
    """The figure that an observation is of."""
    return PredictedFigure(*(getattr(observation, name) for name in PredictedFigure._fields))


def figures_asked(scenario: Scenario, plan: Plan, names: Iterable[str], by: Sequence[str]) -> list[PredictedFigure]:
    """Some outcomes by what they are to be told apart by. What no record can hold is of the whole run alone."""
    apart = list(dict.fromkeys(by))
    for name in apart:
        if name not in BY:
            raise ExportsimError(f"by: found {show(name)}{near(name, BY)}")
    if len(periods := [name for name in apart if name in MONTHS]) > 1:
        raise ExportsimError(f"by: found {' and '.join(periods)}, expected one kind of period")
    units = {outcome.name: outcome.unit for outcome in outcomes(plan)}
    spans = list(_spans(scenario, MONTHS[periods[0]] if periods else 0))
    selectors = [name for name in SELECTORS if name in apart]
    figures = []
    for outcome in dict.fromkeys(names):
        kind = kind_of(outcome)
        if kind is None:
            unit = units[chosen(outcome, (*dict.fromkeys((*LISTED, *units)),), "outcome")]
            figures.append(PredictedFigure(outcome, "", 0, plan.end, (), unit))
            continue
        for selector in selectors:
            if is_of_none(kind, selector):
                raise ExportsimError(f"by: `{outcome}` is of no {selector}")
        unit = plan.currency if kind.unit == MONEY else kind.unit
        labels = groups_by(plan, selectors).labels if selectors else [()]
        # What is licensed by no authority is no figure of one.
        of = [tuple(zip(selectors, map(str, label), strict=True)) for label in labels if all(label)]
        figures += [PredictedFigure(outcome, *span, each, unit) for each, span in product(of, spans)]
    return figures


def _spans(scenario: Scenario, months: int) -> Iterator[tuple[str, int, int]]:
    """Periods of so many months, in the calendar and within the scenario's: as written, start, end. Of 0, the whole.

    Of a month that lies in it only in part there is no figure.
    """
    start, past = scenario.period.start, scenario.period.end + timedelta(days=1)
    first, last = (12 * day.year + day.month - 1 for day in (start, past))
    whole = start.day == past.day == 1
    if not months and not whole:
        yield "", 0, (past - start).days * DAY
        return
    first += start.day > 1
    cuts = range(first - first % months, last, months) if months else [first]
    for cut in cuts:
        one, end = max(cut, first), min(cut + months, last) if months else last
        if one < end:
            yield _written(one, end), (_day(one) - start).days * DAY, (_day(end) - start).days * DAY


def _written(first: int, past: int) -> str:
    """Months as a record has them: ``2016``, ``2016-03``, ``2016-01/2016-03``, ``2016/2019``."""
    years = first % 12 == past % 12 == 0
    ends = [f"{month // 12:04}" if years else f"{month // 12:04}-{month % 12 + 1:02}" for month in (first, past - 1)]
    return "/".join(dict.fromkeys(ends))


def _day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


class FiguresMeasurer:
    """Reads the figures of every future under the first policy; shape (futures, figures)."""

    compiled = (highest_numbers, count_on, end_count)

    def __init__(self, figures: Sequence[PredictedFigure]) -> None:
        self._figures = tuple(figures)

    def reader(self, plan: Plan, task: Task[Float]) -> Reader[Float]:
        """A reader for one thread."""
        read = _reading(plan, self._figures)
        return lambda futures, plays: np.array([read(ledgers) for _, ledgers in zip(futures, plays, strict=True)])

    def joined(self, parts: Sequence[Float]) -> Float:
        """What was read of futures that follow each other."""
        return np.concatenate(parts)


def _reading(plan: Plan, figures: Sequence[PredictedFigure]) -> Callable[[Plays], Float]:
    """What reads figures of a play: dated ones as a record has them, others as a run counts them."""
    dated = np.array([kind_of(figure.outcome) is not None for figure in figures])
    known = Figures(plan, [figure for figure, is_dated in zip(figures, dated, strict=True) if is_dated])
    names = [outcome.name for outcome in outcomes(plan)]
    columns = [names.index(figure.outcome) for figure, is_dated in zip(figures, dated, strict=True) if not is_dated]
    return partial(_read, dated, known, columns, Counter(plan), plan)


def _read(dated: Mask, known: Figures, columns: list[int], counter: Counter, plan: Plan, ledgers: Plays) -> Float:
    """The figures of a play; money in currency units, NaN where undefined."""
    found = np.empty(len(dated))
    found[dated] = known.of(ledgers[0])
    if columns:
        counted = counter.figures(1)
        counter.count_plays(ledgers, counted)
        found[~dated] = values(counted, plan)[0, columns]
    return found
