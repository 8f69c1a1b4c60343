"""Figures of forecasts: fans over time with the record on them, and where in their forecasts figures lie."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.arguments import chosen
from exportsim.digits import short
from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.outcomes import NUMBER
from exportsim.report.number_format import capital, unit_of
from exportsim.report.periods import period_words
from exportsim.report.plots.registry import by_name, figure, once
from exportsim.report.plots.sheet import Drawing, Sheet, sheet
from exportsim.study.naming import outcome_words
from exportsim.study.prediction.forecast import Forecast, Judged
from exportsim.study.prediction.scoring import BINS, MIDDLE, SHARES, histogram

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["forecast_fan", "percentile_histogram"]

FEWEST = 3  # periods that follow each other, to be drawn as a fan; fewer stand beside each other
BAND = 0.28  # of a band's colour, over its ground
MOST_LABELS = 12  # periods with a label of their own


def _series(forecast: Forecast) -> dict[str, list[int]]:
    """The figures of each outcome of each thing, by a name for it, in the order of their periods."""
    found: dict[str, list[int]] = {}
    for number, each in enumerate(forecast.figures):
        name = "-".join([each.outcome, *(name for _, name in each.selectors)])
        if not np.isnan(forecast.table["median"].iloc[number]):
            found.setdefault(name, []).append(number)
    return {name: sorted(numbers, key=lambda number: forecast.figures[number][2:4]) for name, numbers in found.items()}


@figure(Forecast, 10, drawings=lambda study: by_name(_series(study)))
def forecast_fan(found: Forecast, series: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """The forecast of one outcome of one thing by period: the median, and bands that are to hold 50, 80 and 95 %, with
    the record on them.

    A series is called by its outcome and what it is of, ``approved-TR``; by default it is the first.
    """
    known = _series(found)
    if not known:
        raise ExportsimError("no figure is defined in any future: there is nothing to draw")
    name = next(iter(known)) if series is None else chosen(series, list(known), "series")
    numbers = known[name]
    rows = found.table.iloc[numbers]
    figures = [found.figures[number] for number in numbers]
    factor, unit = unit_of(figures[0].unit, rows["median"])
    with sheet(found, **how) as drawn:
        follow = all(one.end == other.start for one, other in pairwise(figures))
        _draw(drawn, rows, factor, as_fan=follow and len(figures) >= FEWEST)
        recorded = _draw_record(drawn, found, numbers, factor)
        labels = [drawn.short(period_words(each.period) or text("prediction.whole_run")) for each in figures]
        labelled = _labelled([each.period for each in figures])
        drawn.ax.set_xticks(labelled, [labels[place] for place in labelled])
        drawn.ax.tick_params(axis="x", length=0)
        drawn.grid("y")
        words = capital(" ".join([outcome_words(found, figures[0].outcome), figures[0].of]).strip())
        drawn.describe(
            _lead(words, rows, factor, "" if figures[0].unit == NUMBER else f" ({unit})", recorded, labels[-1]),
            text("figures.forecast_fan.shown", outcome=words, unit=unit),
            " ".join(
                [
                    text(f"figures.forecast_fan.{'marks_chance' if found.certain else 'marks'}"),
                    *([text("figures.forecast_fan.points")] if len(recorded) else []),
                ]
            ),
        )
    return drawn.ax


def _labelled(periods: list[str]) -> list[int]:
    """The places of the periods that have a label: where there are many parts of years, those that begin one."""
    if len(periods) > MOST_LABELS:
        begin = [place for place, period in enumerate(periods) if period[4:7] == "-01"]
        step = -(-max(len(begin), 1) // MOST_LABELS)
        if len(begin) > 1:
            return begin[::step]
    return list(range(0, len(periods), -(-len(periods) // MOST_LABELS)))


def _draw(drawn: Sheet, rows: pd.DataFrame, factor: float, *, as_fan: bool) -> None:
    """The bands, widest first, and the median."""
    at = np.arange(len(rows))
    colour = drawn.style.licensed[0]
    for share in SHARES[::-1]:  # laid one over the other, so that the narrowest is the strongest on any ground
        low, high = (rows[f"{end}_{100 * share:.0f}"].to_numpy(float) / factor for end in ("low", "high"))
        if as_fan:
            drawn.band(at, low, high, colour, BAND, f"band/{share}")
        else:
            drawn.ax.bar(
                at, high - low, bottom=low, width=0.6, color=colour, alpha=BAND, linewidth=0, gid=f"band/{share}"
            )
    median = rows["median"].to_numpy(float) / factor
    if as_fan:
        drawn.ax.plot(at, median, color=drawn.style.ink, linewidth=1.4, gid="median")
    else:
        drawn.ax.hlines(median, at - 0.3, at + 0.3, color=drawn.style.ink, linewidth=1.4, gid="median")


def _draw_record(drawn: Sheet, found: Forecast, numbers: list[int], factor: float) -> pd.DataFrame:
    """The record's points; their scores."""
    places = {(*found.figures[number][:2], found.figures[number].of): at for at, number in enumerate(numbers)}
    keys = list(found.scores[["outcome", "period", "of"]].itertuples(index=False, name=None))
    here = [key in places for key in keys]
    recorded = found.scores[here]
    if len(recorded):
        at = [places[key] for key, is_here in zip(keys, here, strict=True) if is_here]
        drawn.ax.errorbar(
            at, recorded["observed"] / factor, yerr=recorded["error"] / factor, fmt="o", color=drawn.style.hues[1],
            ecolor=drawn.style.hues[1], markersize=4.5, capsize=3, linewidth=1.2, zorder=3, gid="recorded",
        )  # fmt: skip
    return recorded


def _lead(words: str, rows: pd.DataFrame, factor: float, unit: str, recorded: pd.DataFrame, period: str) -> str:
    """What is found: how many figures of the record lie where they should, else the last range."""
    if len(recorded):
        inside = int((recorded["inside"] <= MIDDLE).sum())
        return text("figures.forecast_fan.lead_record", outcome=words, inside=inside, number=len(recorded))
    low, high = (short(rows[f"{end}_{100 * MIDDLE:.0f}"].iloc[-1] / factor) for end in ("low", "high"))
    return text("figures.forecast_fan.lead_forecast", outcome=words, low=low, high=high + unit, period=period)


@figure(Judged, 20, drawings=lambda study: once(len(study.scores)))
def percentile_histogram(found: Judged, **how: Unpack[Drawing]) -> Axes:
    """How many figures lie in each tenth of their forecasts: as many in each if the forecasts are as they should be,
    more at the ends if their ranges are too narrow."""
    number = len(found.scores)
    if not number:
        raise ExportsimError("no figure that was forecast has been recorded: there is nothing to draw")
    from matplotlib.ticker import MaxNLocator

    counts = histogram(found.scores["below"].to_numpy(float), found.scores["up_to"].to_numpy(float))
    with sheet(found, **how) as drawn:  # type: ignore[arg-type]
        width = 100 / BINS
        drawn.ax.bar(
            (np.arange(BINS) + 0.5) * width, counts, width=0.92 * width, color=drawn.style.licensed[1], linewidth=0,
            gid="figures",
        )  # fmt: skip
        drawn.ax.axhline(number / BINS, color=drawn.style.ink, linewidth=1.0, linestyle=(0, (3, 2)), gid="expected")
        drawn.ax.set_xlim(0, 100)
        drawn.ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        drawn.grid("y")
        drawn.describe(
            text("figures.percentile_histogram.lead", inside=found.tally.inside[SHARES.index(MIDDLE)], number=number),
            text("figures.percentile_histogram.shown"),
            text("figures.percentile_histogram.marks"),
            x=text("figures.percentile_histogram.x"),
            y=text("figures.percentile_histogram.y"),
        )
    return drawn.ax
