"""A calibration as a page and as a JSON document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from exportsim.report.number_format import number, scale_of
from exportsim.report.text_page import Cell, Page
from exportsim.study.calibration.result import TRADE_OFF, UNIDENTIFIED, Calibration

MOST_FIGURES = 40  # rows of the table of the fit
MOST_PAIRS = 10
EDGE = 0.01  # of a prior: a best value as near to an end would like to go further


def answer(found: Calibration, *, ascii: bool = False) -> Page:
    """The page that ``exportsim calibrate`` prints."""
    page = Page(ascii=ascii)
    page.line(found.provenance["title"] or "Untitled scenario", style="bold")
    page.line(f"Fitted to {found.observations.name}, under the policy {found.policy}")
    _parameters(page, found)
    _pairs(page, found)
    _fit(page, found)
    page.heading("Goodness of fit")
    for sentence in _goodness(found):
        page.line(sentence)
    page.line()
    for note in _notes(found):
        page.line(note)
    page.line(_closing(found), style="dim")
    return page


def document(found: Calibration) -> dict[str, Any]:
    """The same as a mapping for ``--json``.

    Returns
    -------
    dict
        ``policy``, ``values`` (by path, as in a scenario file), ``parameters``, ``pairs`` and ``fit`` (lists of
        mappings with the columns of the tables), ``chi_square``, ``degrees``, ``chi_square_chance``,
        ``predictive_chance`` and ``provenance``. What is undefined is null.
    """
    return {
        "policy": found.policy,
        "values": found.values,
        "parameters": [_plain(row) for row in found.estimates.to_dict("records")],
        "pairs": [_plain(row) for row in found.pairs.to_dict("records")],
        "fit": [_plain(row) for row in found.fit.to_dict("records")],
        **_plain(
            {
                "chi_square": found.chi_square,
                "degrees": found.degrees,
                "chi_square_chance": found.chi_square_chance,
                "predictive_chance": found.predictive_chance,
            }
        ),
        "provenance": dict(found.provenance),
    }


def _parameters(page: Page, found: Calibration) -> None:
    page.heading("Parameters: best value, 95 % interval, that of the prior, and the one as a share of the other")
    cells = []
    for row in found.estimates.to_dict("records"):
        unit = row["unit"]
        told = Cell("yes") if row["identified"] else Cell("no", "bold")
        cells.append(
            [
                Cell(row["path"]),
                Cell(f"{_short(row['estimate'])}{unit}"),
                Cell(f"{_short(row['low'])} to {_short(row['high'])}"),
                Cell(f"{_short(row['prior_low'])} to {_short(row['prior_high'])}"),
                Cell(f"{number(100 * row['width'], 0)} %"),
                told,
            ]
        )
    page.table(["path", "best", "95 %", "prior", "share", "identified"], cells)


def _pairs(page: Page, found: Calibration) -> None:
    trading = found.pairs[found.pairs["trades_off"]]
    if not len(trading):
        return
    page.heading("Parameters that trade off: the record allows more of one with less or more of the other")
    cells = [
        [Cell(row["one"]), Cell(row["other"]), Cell(number(row["correlation"], 2))]
        for row in trading.head(MOST_PAIRS).to_dict("records")
    ]
    page.table(["one", "other", "correlation"], cells, left=2)


def _fit(page: Page, found: Calibration) -> None:
    for unit, rows in found.fit.groupby("unit", sort=False):
        factor, word = scale_of(rows["observed"]) if len(str(unit)) == 3 and str(unit).isupper() else (1.0, "")
        page.heading(f"The record and the model, {f'{unit} {word}'.strip()}")
        cells = [
            [
                Cell(f"{row['outcome']} {row['of']}".strip()),
                Cell(row["period"]),
                Cell(f"{_short(row['observed'] / factor)} ±{_short(row['error'] / factor, 2)}"),
                Cell(_short(row["predicted"] / factor)),
                Cell(f"{_short(row['low'] / factor)} to {_short(row['high'] / factor)}"),
                Cell(number(row["z"], 1)),
            ]
            for row in rows.head(MOST_FIGURES).to_dict("records")
        ]
        page.table(["outcome", "period", "observed", "predicted", "95 %", "z"], cells, left=2)
        if len(rows) > MOST_FIGURES:
            page.line(f"and {len(rows) - MOST_FIGURES} figures more; --json tells all", style="dim")


def _goodness(found: Calibration) -> Iterator[str]:
    square = number(found.chi_square, 1)
    if found.degrees:
        yield (
            f"Chi-square {square} with {found.degrees} degrees of freedom: a worse fit has a chance of "
            f"{number(found.chi_square_chance, 2)}."
        )
    else:
        yield f"Chi-square {square}: as many parameters as observations, so that there is nothing left to test."
    if not math.isnan(found.predictive_chance):
        yield (
            f"Posterior predictive p-value {number(found.predictive_chance, 2)}: the share of replicas of the record "
            "that are no nearer to the model than the record is."
        )


def _notes(found: Calibration) -> Iterator[str]:
    yield (
        "± is one standard deviation of the measurement. The 95 % of a figure hold a single future measured with its "
        "error; z is the deviation in standard deviations of such a future."
    )
    if not found.estimates["identified"].all():
        yield (
            f"Not identified: the interval has {100 * UNIDENTIFIED:.0f} % or more of the width of the prior's. The "
            "record says next to nothing of such a number; its best value is as good as others."
        )
    if found.pairs["trades_off"].any():
        yield f"Pairs are told from a rank correlation of {TRADE_OFF} on, over the posterior."
    ends = [share < EDGE or share > 1 - EDGE for share in found.top.tolist()]
    at_edge = [each.path for each, is_end in zip(found.parameters, ends, strict=True) if is_end]
    if at_edge:
        yield f"At the end of its prior, and might like to go further: {', '.join(at_edge)}."
    undefined = found.provenance["calibration"]["undefined"]
    if undefined:
        yield f"At {undefined} trials the observed figures were undefined in more than half of the futures."
    left = found.provenance["calibration"]["left_out"]
    if left["best"]:
        yield (
            f"At the best values {left['best']} of {found.provenance['futures']} futures are left out, in which some "
            "observed figure is undefined: what is predicted is of the others."
        )
    if left["replicas"]:
        yield (
            f"At values of the posterior {left['replicas']:,} of {left['drawn']:,} futures are left out for that: the "
            "95 % of each figure and the posterior predictive p-value are of the others."
        )


def _closing(found: Calibration) -> str:
    origin, own = found.provenance, found.provenance["calibration"]
    trials = f"{own['trials']} trials"
    if origin["interrupted"]:
        trials = f"interrupted after {own['trials']} of {own['asked']} trials"
    return (
        f"{trials}, {origin['futures']} futures each, seed {origin['seed']}, exportsim {origin['exportsim']}, "
        f"{origin['seconds']:.1f} s"
    )


def _short(value: float, digits: int = 3) -> str:
    """A number with so many significant digits."""
    if math.isnan(value):
        return "–"
    if value == 0 or not math.isfinite(value):
        return number(value, 0)
    return number(value, min(4, digits - 1 - math.floor(math.log10(abs(value)))) if abs(value) < 10**digits else 0)


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}
