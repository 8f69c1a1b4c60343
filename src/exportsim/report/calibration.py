"""What is reported of a calibration."""

from __future__ import annotations

import math
from collections.abc import Iterator

from exportsim.language import text
from exportsim.names import quoted
from exportsim.report.document import Block, Cell, Document, Heading, Line, Row, Table
from exportsim.report.number_format import digits, number, places, unit_of
from exportsim.report.studies import attributes, beyond, blocks_of_study, played
from exportsim.study.calibration.result import TRADE_OFF, UNIDENTIFIED, Calibration
from exportsim.study.naming import outcome_words, paths_in_words, policy_title

MOST_FIGURES = 40  # rows of the table of the fit
MOST_PAIRS = 10
EDGE = 0.01  # of a prior: a best value as near to an end would like to go further


def describe(calibration: Calibration) -> Document:
    """What ``exportsim calibrate`` reports.

    The data hold ``policy``, ``values`` (by path, as in a scenario file), ``parameters``, ``pairs`` and ``fit`` (with
    the columns of the tables), ``chi_square``, ``degrees``, ``chi_square_chance``, ``predictive_chance`` and
    ``provenance``.
    """
    origin = calibration.provenance
    asked = origin["calibration"]
    trials = played(asked["trials"], "trial", interrupted=origin["interrupted"], of=asked["asked"])
    seconds = number(origin["seconds"], 1)
    closing = text("calibration.closing", **{**origin, "trials": trials, "seconds": seconds})
    goodness = ("chi_square", "degrees", "chi_square_chance", "predictive_chance", "provenance")
    return Document(
        blocks_of_study(origin["title"], _body(calibration), _notes(calibration), closing),
        lambda: {
            **attributes(calibration, "policy", "values"),
            "parameters": calibration.estimates,
            **attributes(calibration, "pairs", "fit", *goodness),
        },
    )


def _body(calibration: Calibration) -> Iterator[Block]:
    yield Line(
        text(
            "calibration.fitted",
            record=calibration.observations.name,
            policy=quoted(policy_title(calibration, calibration.policy)),
        )
    )
    named = paths_in_words(calibration, calibration.estimates["path"])
    rows: list[Row] = [
        [
            named[row["path"]],
            f"{_short(row['estimate'])}{row['unit']}",
            _range(row["low"], row["high"]),
            _range(row["prior_low"], row["prior_high"]),
            f"{number(100 * row['width'], 0)} %",
            text("studies.yes") if row["identified"] else Cell(text("studies.no"), "strong"),
        ]
        for row in calibration.estimates.to_dict("records")
    ]
    head = _heads("parameter", "best", "interval", "prior", "share", "identified")
    yield Table("parameters", text("calibration.parameters"), head, rows)
    trading = calibration.pairs[calibration.pairs["trades_off"]].head(MOST_PAIRS)
    rows = [
        [named[row["one"]], named[row["other"]], number(row["correlation"], 2)] for row in trading.to_dict("records")
    ]
    if rows:
        yield Table("pairs", text("calibration.pairs"), _heads("one", "other", "correlation"), rows, left=2)
    for kind, table in calibration.fit.groupby("unit", sort=False):
        factor, unit = unit_of(str(kind), table["observed"])
        rows = [
            [
                f"{outcome_words(calibration, str(row['outcome']))} {row['of']}".strip(),
                row["period"],
                f"{_short(row['observed'] / factor)} ±{_short(row['error'] / factor, 2)}",
                _short(row["predicted"] / factor),
                _range(row["low"] / factor, row["high"] / factor),
                number(row["z"], 1),
            ]
            for row in table.head(MOST_FIGURES).to_dict("records")
        ]
        head = _heads("outcome", "period", "observed", "predicted", "interval", "z")
        note = beyond(MOST_FIGURES, len(table), "calibration.more")
        yield Table(f"fit-{kind}", text("calibration.record", unit=unit), head, rows, note, left=2)
    yield Heading(text("calibration.goodness"))
    square, degrees = number(calibration.chi_square, 1), calibration.degrees
    chance = number(calibration.chi_square_chance, 2) if degrees else ""
    if degrees:
        yield Line(text("calibration.chi_square", square=square, degrees=degrees, chance=chance))
    else:
        yield Line(text("calibration.nothing_to_test", square=square))
    if not math.isnan(calibration.predictive_chance):
        yield Line(text("calibration.predictive", chance=number(calibration.predictive_chance, 2)))


def _notes(calibration: Calibration) -> Iterator[str]:
    yield text("calibration.deviations")
    if not calibration.estimates["identified"].all():
        yield text("calibration.not_identified", share=digits(100 * UNIDENTIFIED))
    if calibration.pairs["trades_off"].any():
        yield text("calibration.correlated", least=digits(TRADE_OFF))
    at_ends = [share < EDGE or share > 1 - EDGE for share in calibration.top.tolist()]
    named = paths_in_words(calibration, [parameter.path for parameter in calibration.parameters])
    paths = [words for words, at_end in zip(named.values(), at_ends, strict=True) if at_end]
    if paths:
        yield text("calibration.at_the_end", paths=text("lists.semicolon").join(paths))
    asked = calibration.provenance["calibration"]
    if asked["undefined"]:
        yield text("calibration.undefined", trials=asked["undefined"])
    left = asked["left_out"]
    if left["best"]:
        yield text("calibration.left_out", best=left["best"], futures=calibration.provenance["futures"])
    if left["replicas"]:
        yield text("calibration.replicas_left_out", **{name: number(count, 0) for name, count in left.items()})


def _heads(*names: str) -> list[str]:
    return [text(f"calibration.head.{name}") for name in names]


def _range(low: float, high: float) -> str:
    return text("numbers.range", low=_short(low), high=_short(high))


def _short(value: float, significant: int = 3) -> str:
    """A number with so many significant digits."""
    return "–" if math.isnan(value) else number(value, max(0, places(abs(value), significant, most=4)))
