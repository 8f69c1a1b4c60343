"""A sensitivity analysis as a page and as a JSON document."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from exportsim.analysis.intervals import Verdict, verdict
from exportsim.report.number_format import estimate, number, scale_of
from exportsim.report.text_page import Page
from exportsim.study.indices import LEADING
from exportsim.study.sensitivity import Sensitivity

if TYPE_CHECKING:
    import pandas as pd

WIDEST = 30  # of a line of a path
MOST_PAIRS = 10
MOST_SETTLING = 6  # parameters of which it is told how they settled
PERCENT = 0.01
COLUMNS = {"sobol": ("total", "first"), "morris": ("mu_star", "mu", "sigma")}
NAMES = {"mu_star": "mean size", "mu": "mean", "sigma": "deviation"}
MUCH = 0.1  # of the variance left to the luck of the futures


def answer(found: Sensitivity, *, ascii: bool = False) -> Page:
    """The page that ``exportsim sensitivity`` prints."""
    page = Page(ascii=ascii)
    page.line(found.provenance["title"] or "Untitled scenario", style="bold")
    page.line(f"What {said(found)} depends on: its mean over the same {_futures(found)} at every point")
    _indices(page, found)
    _settling(page, found)
    _tornado(page, found)
    page.line()
    for note in _notes(found):
        page.line(note)
    page.line(_closing(found), style="dim")
    return page


def document(found: Sensitivity) -> dict[str, Any]:
    """The same as a mapping for ``--json``.

    Returns
    -------
    dict
        ``outcome``, ``policy``, ``reference``, ``unit``, ``method``, ``samples``, ``futures``, ``chance``, ``ranking``;
        ``indices``, ``convergence`` and ``tornado`` (lists of mappings with the columns of the tables); ``provenance``.
        What is undefined is null.
    """
    return {
        "outcome": found.outcome,
        "policy": found.policy,
        "reference": found.reference,
        "unit": found.unit,
        "method": found.method,
        "samples": found.samples,
        "futures": found.futures,
        "chance": None if math.isnan(found.chance) else found.chance,
        "ranking": found.ranking(),
        "indices": _rows(found.table),
        "convergence": _rows(found.convergence),
        "tornado": _rows(found.tornado),
        "provenance": dict(found.provenance),
    }


def said(found: Sensitivity) -> str:
    """The outcome in words."""
    outcome = found.outcome.replace("_", " ")
    if found.reference is None:
        return f"{outcome} under {found.policy}"
    return f"the difference in {outcome} between {found.policy} and {found.reference}"


def scale(found: Sensitivity, table: pd.DataFrame, columns: list[str]) -> tuple[float, str]:
    """By what amounts are divided, and the unit that they then have."""
    if len(found.unit) != 3 or not found.unit.isupper():
        return 1.0, found.unit
    factor, word = scale_of(value for column in columns for value in table[column])
    return factor, f"{found.unit} {word}".strip()


def scale_of_indices(found: Sensitivity) -> tuple[float, str]:
    """The same of the indices: shares are told in per cent."""
    if found.method == "sobol":
        return PERCENT, "% of the variance"
    return scale(found, found.table, ["value"])


def _indices(page: Page, found: Sensitivity) -> None:
    factor, unit = scale_of_indices(found)
    names = COLUMNS[found.method]
    title = "Indices" if found.method == "sobol" else "Elementary effects, from lowest to highest level"
    page.heading(f"{title}, {unit}")
    rows = {(row["parameter"], row["index"]): row for row in found.table.to_dict("records") if not row["other"]}
    cells = [
        row
        for parameter in found.ranking()
        for row in _rows_of(
            [parameter],
            [
                *(_estimate(rows[parameter, name], factor) for name in names),
                _error(rows[parameter, LEADING[found.method]]["futures_se"], factor),
            ],
        )
    ]
    page.table(["uncertainty", *(NAMES.get(name, name) for name in names), "futures"], cells)
    pairs = found.table[found.table["index"] == "second"].sort_values("value", ascending=False, kind="stable")
    if len(pairs):
        page.heading(f"Pairs: what two do together beyond what each does, {unit}")
        page.table(
            ["uncertainty", "with", "second", "futures"],
            [
                line
                for row in pairs.head(MOST_PAIRS).to_dict("records")
                for line in _rows_of(
                    [row["parameter"], row["other"]], [_estimate(row, factor), _error(row["futures_se"], factor)]
                )
            ],
            left=2,
        )
        if len(pairs) > MOST_PAIRS:
            page.line(f"and {len(pairs) - MOST_PAIRS} pairs more; --out FILE writes all", style="dim")


def _settling(page: Page, found: Sensitivity) -> None:
    sizes = list(dict.fromkeys(found.convergence["samples"]))
    if len(sizes) == 1:
        return
    factor, unit = scale_of_indices(found)
    leading = LEADING[found.method]
    page.heading(f"{NAMES.get(leading, leading).capitalize()} by number of base samples, {unit}")
    rows = {
        (row["parameter"], row["samples"]): row
        for row in found.convergence.to_dict("records")
        if row["index"] == leading
    }
    ranked = found.ranking()
    page.table(
        ["uncertainty", *map(str, sizes)],
        [
            row
            for name in ranked[:MOST_SETTLING]
            for row in _rows_of([name], [_estimate(rows[name, size], factor) for size in sizes])
        ],
    )
    if len(ranked) > MOST_SETTLING:
        page.line("the strongest; --json has all", style="dim")


def _tornado(page: Page, found: Sensitivity) -> None:
    factor, unit = scale(found, found.tornado, ["low_mean", "high_mean"])
    end = "fifth" if found.method == "sobol" else "quarter"
    page.heading(f"Means where an uncertainty is in its lowest and its highest {end}, {unit}")
    rows = found.tornado.set_index("parameter").loc[found.ranking()]
    cells: list[list[str]] = []
    for name, row in rows.iterrows():
        low, high = (
            estimate(*(row[f"{end}_{of}"] / factor for of in ("mean", "low", "high"))) for end in ("low", "high")
        )
        apart = [row[f"difference{of}"] for of in ("", "_low", "_high")]
        difference = estimate(*(value / factor for value in apart))
        if verdict(*apart) is Verdict.DOUBTFUL:
            difference = f"({difference})"
        cells += _rows_of([str(name)], [low, high, difference])
    page.table(["uncertainty", "lowest", "highest", "difference"], cells)


def _notes(found: Sensitivity) -> Iterator[str]:
    if found.method == "sobol":
        yield (
            "First: the part of the variance that would go if this one were known; total: the part that would stay if "
            "all others were. What total has beyond first is interplay with others."
        )
    else:
        yield (
            "What one uncertainty alone changes, over all trajectories: the mean of its size, the mean, and how much "
            "it differs from place to place (deviation), which is interplay or a bend."
        )
    yield (
        "± half or [low to high]: the 95 % interval that the samples leave; futures: the "
        "standard error of the leading index by the choice of the futures."
    )
    apart = found.tornado[["difference", "difference_low", "difference_high"]].itertuples(index=False)
    if any(verdict(*each) is Verdict.DOUBTFUL for each in apart):
        yield "In brackets: the interval holds 0, so it cannot be told from no difference."
    if found.futures == 1:
        yield "One future: how much is its luck cannot be told."
    else:
        yield (
            f"Luck of these {found.futures} futures: {number(100 * found.chance, 1)} % of the variance between points"
            + (", which is much; more futures make it less." if found.chance > MUCH else ".")
        )
    left = found.provenance["futures"] - found.futures
    if left:
        yield (
            f"{left} of {found.provenance['futures']} futures are left out, in which {found.outcome} is undefined at "
            "some point: what is said is of the others."
        )


def _closing(found: Sensitivity) -> str:
    origin, done = found.provenance, len(found.points)
    played = f"interrupted after {done:,} of {found.asked:,} points" if found.interrupted else f"{done:,} points"
    return (
        f"{found.method}, {found.samples:,} base samples, {played}, seed {origin['seed']}, "
        f"exportsim {origin['exportsim']}, {origin['seconds']:.1f} s"
    )


def _estimate(row: Any, factor: float) -> str:
    return estimate(*(row[of] / factor for of in ("value", "low", "high")))


def _rows_of(names: list[str], cells: list[str]) -> list[list[str]]:
    """A row of a table, or several where its paths are long: broken after dots, which tables do not know."""
    columns = []
    for name in names:
        lines = [""]
        for step in re.findall(r"[^.]+\.?", name):
            if lines[-1] and len(lines[-1]) + len(step) > WIDEST:
                lines.append("  ")
            lines[-1] += step
        columns.append(lines)
    many = max(map(len, columns))
    left = [[lines[k] if k < len(lines) else "" for lines in columns] for k in range(many)]
    return [[*left[k], *(cells if k == 0 else [""] * len(cells))] for k in range(many)]


def _error(value: float, factor: float) -> str:
    if math.isnan(value):
        return "–"
    return number(value / factor, 0 if value == 0 else 2 if value < factor else 1)


def _futures(found: Sensitivity) -> str:
    return f"{found.futures} future{'s' if found.futures != 1 else ''}"


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}
        for row in table.to_dict("records")
    ]
