"""Write docs/validation.md: what is forecast of an episode from what was known before it, and what then happened.

``python benchmarks/validation.py`` forecasts every scenario of ``scenarios/validation`` over all that it calls
uncertain, holds the forecast against the record beside it, and puts the figures into ``validation_page.md``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import pandas as pd

import exportsim as xs
from exportsim.outcomes import NUMBER, SHARE, in_words
from exportsim.report.periods import period_words
from exportsim.report.prediction import verdict_words
from exportsim.study.calibration.observations import SELECTORS, Of, days_of, kind_of
from exportsim.study.prediction.scoring import MIDDLE, SHARES, tallied

ROOT = Path(__file__).parent.parent
SCENARIOS = ROOT / "scenarios" / "validation"
PAGE = ROOT / "docs" / "validation.md"
TEXT = ROOT / "benchmarks" / "validation_page.md"
SEED = 1
POINTS, FUTURES = 128, 20
NOTHING = "–"


class Episode(NamedTuple):
    """What is forecast of an episode."""

    policy: str
    since: date
    """The first day of which nothing was known when the scenario was made."""
    beside: Sequence[tuple[str, str]] = ()
    """Figures that nobody has recorded, by outcome and year: they are forecast and cannot be judged."""
    points: int = POINTS
    futures: int = FUTURES


# In the order of the text.
EPISODES = {
    "uk-turkiye-2019": Episode(
        "what-was-done", date(2019, 10, 15),
        [("approved", "2018"), ("approved", "2020"), ("waiting", "2020"),
         ("approved", "2022"), ("approved_value", "2022")],
    ),
    "netherlands-turkiye": Episode(
        "historical", date(2019, 10, 11),
        [("waiting", "2020"), ("denied", "2020"), ("denied", "2021"), ("applied", "2022"), ("denied", "2022")],
    ),
    "uk-israel-2024": Episode("what-was-done", date(2024, 9, 2), [("approved", "2023"), ("in_force", "2023")]),
    "uk-2023": Episode("as-foreseen", date(2023, 1, 1), [("approved", "2023"), ("denied", "2023")], 32, 5),
    "canada-turkiye-2018": Episode(
        "unrestricted", date(2019, 1, 1),
        [("approved", "2018"), ("approved", "2019"), ("approved_value", "2018"), ("approved_value", "2019")],
    ),
}  # fmt: skip


def file_of(name: str, ending: str) -> Path:
    """The scenario (``yaml``) or the record (``csv``) of an episode."""
    return SCENARIOS / f"{name}.{ending}"


@cache
def forecast_of(name: str) -> xs.Forecast:
    """The forecast of an episode, held against its record."""
    episode = EPISODES[name]
    return xs.predict(
        xs.load(file_of(name, "yaml"), allow_outside=True),
        policy=episode.policy,
        record=file_of(name, "csv"),
        outcomes=list(dict.fromkeys(outcome for outcome, _ in episode.beside)),
        by=["year"],
        samples=episode.points,
        futures=episode.futures,
        seed=SEED,
    )


# ------------------------------------------------------------------------------------------------------- the figures


def is_forecast(name: str, row: Mapping[Any, Any]) -> bool:
    """Whether a figure of the record was not known when the scenario was made: all of its period was to come.

    What stands as a period ends is known with the day after it.
    """
    days = days_of(row["period"])
    assert days is not None
    kind = kind_of(row["outcome"])
    stands = kind is not None and kind.of is not Of.CLOSED
    return (days[1] if stands else days[0]) >= EPISODES[name].since


def judged(name: str) -> list[dict[str, Any]]:
    """The scores of an episode's figures: those that are forecast, then those that were known."""
    rows = forecast_of(name).scores.to_dict("records")
    return sorted(rows, key=lambda row: not is_forecast(name, row))


def as_before(name: str, row: Mapping[Any, Any]) -> float:
    """How far off it would have been to say what the record has of the year before; NaN if it has nothing of it."""
    if not row["period"].isdecimal():
        return math.nan
    before = str(int(row["period"]) - 1)
    same = [other for other in judged(name) if other["period"] == before and alike(other, row)]
    return abs(same[0]["observed"] - row["observed"]) if same else math.nan


def alike(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    """Whether two figures are of one outcome of one thing."""
    return all(one[column] == other[column] for column in ("outcome", *SELECTORS))


# -------------------------------------------------------------------------------------------------------- the tables


def said(value: float, unit: str) -> str:
    """A number as the tables have it: shares in percent, money in millions."""
    if math.isnan(value):
        return NOTHING
    if unit == SHARE:
        return f"{100 * value:.1f}"
    if unit.isupper():
        value /= 1e6
    return f"{value:,.0f}" if value >= 100 or unit == NUMBER else f"{value:.1f}"


def unit_words(unit: str) -> str:
    """What is said behind a figure's name."""
    return {SHARE: ", %", NUMBER: ""}.get(unit, f", {unit} million" if unit.isupper() else f", {unit}")


def figure_words(row: Mapping[Any, Any]) -> str:
    """What a figure is."""
    return f"{in_words(row['outcome'])}, {period_words(row['period'])}{unit_words(row['unit'])}"


def range_words(row: Mapping[Any, Any], share: float = MIDDLE) -> str:
    """The range that is to hold so many."""
    low, high = (said(row[f"{end}_{100 * share:.0f}"], row["unit"]) for end in ("low", "high"))
    return f"{low} to {high}"


def scores_table(name: str) -> str:
    """A row for each figure of the record."""
    chance = forecast_of(name).table.set_index(["outcome", "period"])["chance"]
    names = "figure", "forecast: median (80 %)", "happened", "verdict", "percentile", "width", "inputs, %", "CRPS"
    return "\n".join(
        [
            f"| {' | '.join(names)} | as the year before |",
            "|---|---|---|---|---|---|---|---|---|",
            *(_scores_row(name, row, float(chance[row["outcome"], row["period"]])) for row in judged(name)),
        ]
    )


def _scores_row(name: str, row: Mapping[Any, Any], chance: float) -> str:
    unit = row["unit"]
    known = "" if is_forecast(name, row) else " (known)"
    inputs = NOTHING if math.isnan(chance) else f"{100 * (1 - chance):.0f}"
    cells = [
        f"{figure_words(row)}{known}",
        f"{said(row['median'], unit)} ({range_words(row)})",
        f"{said(row['observed'], unit)} ±{said(row['error'], unit)}",
        verdict_words(row),
        f"{100 * row['percentile']:.0f}",
        f"{row['relative_width']:.2f}",
        inputs,
        said(row["crps"], unit),
        said(as_before(name, row), unit),
    ]
    return f"| {' | '.join(cells)} |"


def beside_table(name: str) -> str:
    """A row for each figure that is forecast and recorded nowhere."""
    table = forecast_of(name).table
    rows = [
        row
        for outcome, year in EPISODES[name].beside
        for row in table[(table["outcome"] == outcome) & (table["period"] == year)].to_dict("records")
    ]
    return "\n".join(
        [
            "| not recorded | forecast: median | 50 % | 80 % | 95 % |",
            "|---|---|---|---|---|",
            *(
                f"| {figure_words(row)} | {said(row['median'], row['unit'])} | "
                f"{' | '.join(range_words(row, share) for share in SHARES)} |"
                for row in rows
            ),
        ]
    )


# ---------------------------------------------------------------------------------------------------------- the page


def texts() -> list[str]:
    """The text before the episodes, and that of each."""
    head_text, *sections = TEXT.read_text(encoding="utf-8").split("\n## ")
    return [head_text, *(f"\n## {section}" for section in sections)]


def section(name: str) -> str:
    """Forecast an episode, and put its figures into its text."""
    text = texts()[1 + list(EPISODES).index(name)]
    how = EPISODES[name]
    return Template(text).substitute(
        scores=scores_table(name), beside=beside_table(name), points=how.points, futures=how.futures
    )


def head(day: date, all_forecast: Sequence[tuple[str, Mapping[Any, Any]]]) -> str:
    """What stands before the episodes: how all figures did together that were not known before."""
    tally = tallied([row for _, row in all_forecast])
    half, middle, nearly_all = tally.inside
    compared = [(row, as_before(name, row)) for name, row in all_forecast]
    better = [row["crps"] < error for row, error in compared if not math.isnan(error)]
    return Template(texts()[0]).substitute(
        day=day, seed=SEED, points=POINTS, futures=FUTURES, figures=tally.figures, half=half, middle=middle,
        nearly_all=nearly_all, wide=tally.wide, compared=len(better), better=sum(better),
    )  # fmt: skip


def forecast_figures() -> Iterator[tuple[str, dict[str, Any]]]:
    """The figures of all episodes that were not known before, with the name of the episode."""
    for name in EPISODES:
        for row in judged(name):
            if is_forecast(name, row):
                yield name, row


def main() -> None:
    """Forecast every episode and write the page."""
    sections = [section(name) for name in EPISODES]
    PAGE.write_text("".join([head(date.today(), list(forecast_figures())), *sections]), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    shown = pd.DataFrame([{"episode": name, **row} for name, row in forecast_figures()])
    print(shown[["episode", "outcome", "period", "observed", "median", "inside", "relative_width", "crps"]].to_string())


if __name__ == "__main__":
    main()
