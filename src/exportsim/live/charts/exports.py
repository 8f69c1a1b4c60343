"""Exports over time under the policy that is looked at and the reference, with the policy's measures to be moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from exportsim.analysis.counting_tables import months
from exportsim.digits import unit_in_words
from exportsim.language import text
from exportsim.live.charts.fans import Amounts, Fan, bands, fan_of, means, names_at_ends
from exportsim.live.charts.plane import (
    HEIGHT,
    LINE,
    WIDTH,
    Figure,
    Mark,
    Plane,
    Table,
    figure,
    label,
    line,
    mark,
    table,
    top_of,
    width_of,
)
from exportsim.live.measures import OnTimeAxis
from exportsim.plan import Plan
from exportsim.report.number_format import scale_of, three_digits
from exportsim.report.periods import quarter_words
from exportsim.report.plots.findings import quarters_lead
from exportsim.report.plots.flags import lanes
from exportsim.report.plots.time_axis import mark_words, marks
from exportsim.study.monthly_exports import months_together, quarterly
from exportsim.study.naming import policy_title
from exportsim.study.result import Result

LEFT, RIGHT, BELOW, ABOVE = 52.0, WIDTH - 14.0, 26.0, 16.0
HANDLE = 6  # pixels, half of what is drawn of a measure to be taken hold of
HANDLES = 15  # pixels, between those of one day


def exports_of(result: Result, policy: str) -> Fan:
    """Exports of each quarter under a policy, in currency units."""
    return fan_of(quarterly(result, policy))


def exports_figure(
    result: Result, policy: str, measures: Sequence[OnTimeAxis], own: Fan, before: Amounts | None = None
) -> Figure:
    """The figure; ``before`` are the means that it is compared with, if they are of the same quarters."""
    reference = result.scenario.reference
    names = {"reference": reference} | ({"policy": policy} if policy != reference else {})
    amounts = {name: own if played == policy else exports_of(result, played) for name, played in names.items()}
    scale, word = scale_of(value for each in amounts.values() for row in each.bands for value in row)
    unit = unit_in_words(result.scenario.currency, word)
    found = {name: each.scaled(scale) for name, each in amounts.items()}
    before = None if before is None or len(before) != len(own.mean) else [amount / scale for amount in before]
    flags = _flags(result, policy, measures)
    plane = _plane(result, found, before, flags)
    edges = [plane.x_of_minute(minute) for minute in _edges(result.plan)]
    of = "quarter" if months_together(result.plan) > 1 else "month"
    drawn = [*plane.axes(), *bands(plane, edges, found, several=result.futures > 1)]
    if before is not None:
        drawn.append(mark("path", "before", "before", {"d": plane.step_path(edges, before)}))
    titles = {name: policy_title(result, played) for name, played in names.items()}
    drawn += [*means(plane, edges, found), *names_at_ends(plane, edges, found, titles)]
    drawn += _measures(plane, flags)
    return figure(
        "exports",
        quarters_lead(result, policy, reference),
        [
            text(f"figures.exports_by_quarter.shown_{of}", unit=unit),
            text("figures.exports_by_quarter.bands") if result.futures > 1 else "",
            text("live.exports.before") if before is not None else "",
            text("live.exports.drag") if measures else "",
        ],
        drawn,
        partial(_table, result, found, names, unit),
    )


class Flagged(NamedTuple):
    """What is done on one day, with the measures that can be moved from it."""

    key: str
    day: date
    words: str
    exact: bool
    movable: list[OnTimeAxis]


def _flags(result: Result, policy: str, measures: Sequence[OnTimeAxis]) -> list[Flagged]:
    """The days on which measures act, those of the file by their dates and others by when they first do."""
    by_day: dict[date, list[OnTimeAxis]] = {}
    for measure in measures:
        by_day.setdefault(date.fromisoformat(measure.date), []).append(measure)
    acting = {_day(result.plan, found.minute): found for found in marks(result, policy)}
    flags = []
    for day in sorted({*by_day, *acting}):
        movable, found = by_day.get(day, []), acting.get(day)
        words = movable[0].label if found is None else mark_words(found, result.plan.origin)
        key = movable[0].id if movable else f"day-{day}"
        flags.append(Flagged(key, day, words, found is None or found.exact, movable))
    period = result.scenario.period
    return [flag for flag in flags if period.start <= flag.day <= period.end]


def _day(plan: Plan, minute: int) -> date:
    return (plan.origin + timedelta(minutes=minute)).date()


def _edges(plan: Plan) -> list[int]:
    """The minutes at which quarters, or months, begin and end; of whole quarters only."""
    long = months_together(plan)
    return [0, *months(plan)[1][long - 1 :: long].tolist()]


def _plane(result: Result, found: dict[str, Fan], before: Amounts | None, flags: Sequence[Flagged]) -> Plane:
    period = result.scenario.period
    amounts = [amount for each in found.values() for amount in each.bands[-1]] + (before or [])
    first, past = period.start, period.end + timedelta(days=1)
    plane = Plane(first, past, top_of(amounts), LEFT, RIGHT, ABOVE, HEIGHT - BELOW)
    rows = max((lane for lane, _ in _lanes(plane, flags)), default=-1) + 1
    return plane._replace(top=ABOVE + rows * LINE)


def _lanes(plane: Plane, flags: Sequence[Flagged]) -> list[tuple[int, float]]:
    """For each day the row of its words, 0 the lowest, and where they begin."""
    places = [plane.x(flag.day) for flag in flags]
    starts = [min(x + 3, WIDTH - width_of(flag.words)) for flag, x in zip(flags, places, strict=True)]
    ends = [start + width_of(flag.words) for flag, start in zip(flags, starts, strict=True)]
    return list(zip(lanes(places, starts, ends), starts, strict=True))


def _measures(plane: Plane, flags: Sequence[Flagged]) -> Iterator[Mark]:
    """A line at each day with what is done in words, and a handle for each measure that can be moved."""
    for flag, (lane, start) in zip(flags, _lanes(plane, flags), strict=True):
        x, y = plane.x(flag.day), plane.top - 8 - lane * LINE
        name = "measure" if flag.exact else "measure about"
        yield line(name, f"measure-{flag.key}", x, y - 10, x, plane.bottom)
        yield label(name, f"measure-{flag.key}-text", start, y, flag.words)
        for place, measure in enumerate(flag.movable):
            at = {"cx": round(x, 1), "cy": round(plane.top + 10 + place * HANDLES, 1), "r": HANDLE}
            yield mark(
                "circle",
                "handle",
                f"handle-{measure.id}",
                at,
                title=measure.words,
                drag=measure.id,
                path=measure.path,
                measure=measure.measure,
                x0=round(plane.x(plane.first), 2),
                per_day=round(plane.a_day, 6),
                day0=plane.first.isoformat(),
                date=measure.date,
                least=measure.least,
                most=measure.most,
            )


def _table(result: Result, found: dict[str, Fan], names: dict[str, str], unit: str) -> Table:
    """The same numbers: the mean of each quarter, and between what nine in ten futures are."""
    starts, long = months(result.plan)[0], months_together(result.plan)
    columns = [text("live.exports.when")]
    for played in names.values():
        title = policy_title(result, played)
        columns += [title] + ([text("live.exports.most_of", policy=title)] if result.futures > 1 else [])
    rows = []
    for place, start in enumerate(starts[::long][: len(next(iter(found.values())).mean)]):
        row = [quarter_words(start, whole=long > 1)]
        for each in found.values():
            row.append(three_digits(each.mean[place]))
            if result.futures > 1:
                low, high = (three_digits(each.bands[end][place]) for end in (0, -1))
                row.append(text("numbers.range", low=low, high=high))
        rows.append(row)
    return table(text("live.exports.numbers", unit=unit), columns, rows)
