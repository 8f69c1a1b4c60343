"""What is reported of a calibration."""

from __future__ import annotations

import math
from collections.abc import Iterator

from exportsim.report.document import Block, Cell, Document, Heading, Line, Row, Table
from exportsim.report.number_format import number, places, unit_of
from exportsim.report.studies import attributes, beyond, blocks_of_study, played
from exportsim.study.calibration.result import TRADE_OFF, UNIDENTIFIED, Calibration

MOST_FIGURES = 40  # rows of the table of the fit
MOST_PAIRS = 10
EDGE = 0.01  # of a prior: a best value as near to an end would like to go further

FITTED = "Fitted to {record}, under the policy {policy}"
PARAMETERS = "Parameters: best value, 95 % interval, that of the prior, and the one as a share of the other"
PAIRS = "Parameters that trade off: the record allows more of one with less or more of the other"
RECORD = "The record and the model, {unit}"
MORE = "and {number} figures more; --json tells all"
GOODNESS = "Goodness of fit"
CHI_SQUARE = "Chi-square {square} with {degrees} degrees of freedom: a worse fit has a chance of {chance}."
NOTHING_TO_TEST = "Chi-square {square}: as many parameters as observations, so that there is nothing left to test."
PREDICTIVE = (
    "Posterior predictive p-value {chance}: the share of replicas of the record that are no nearer to the model than "
    "the record is."
)
DEVIATIONS = (
    "± is one standard deviation of the measurement. The 95 % of a figure hold a single future measured with its "
    "error; z is the deviation in standard deviations of such a future."
)
NOT_IDENTIFIED = (
    "Not identified: the interval has {share:.0f} % or more of the width of the prior's. The record says next to "
    "nothing of such a number; its best value is as good as others."
)
CORRELATED = "Pairs are told from a rank correlation of {least} on, over the posterior."
AT_THE_END = "At the end of its prior, and might like to go further: {paths}."
UNDEFINED = "At {trials} trials the observed figures were undefined in more than half of the futures."
LEFT_OUT = (
    "At the best values {best} of {futures} futures are left out, in which some observed figure is undefined: what is "
    "predicted is of the others."
)
REPLICAS_LEFT_OUT = (
    "At values of the posterior {replicas:,} of {drawn:,} futures are left out for that: the 95 % of each figure and "
    "the posterior predictive p-value are of the others."
)
CLOSING = "{trials}, {futures} futures each, seed {seed}, exportsim {exportsim}, {seconds:.1f} s"


def describe(calibration: Calibration) -> Document:
    """What ``exportsim calibrate`` reports.

    The data hold ``policy``, ``values`` (by path, as in a scenario file), ``parameters``, ``pairs`` and ``fit`` (with
    the columns of the tables), ``chi_square``, ``degrees``, ``chi_square_chance``, ``predictive_chance`` and
    ``provenance``.
    """
    origin = calibration.provenance
    asked = origin["calibration"]
    trials = played(asked["trials"], "trial", interrupted=origin["interrupted"], of=asked["asked"])
    closing = CLOSING.format_map({**origin, "trials": trials})
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
    yield Line(FITTED.format(record=calibration.observations.name, policy=calibration.policy))
    rows: list[Row] = [
        [
            row["path"],
            f"{_short(row['estimate'])}{row['unit']}",
            f"{_short(row['low'])} to {_short(row['high'])}",
            f"{_short(row['prior_low'])} to {_short(row['prior_high'])}",
            f"{number(100 * row['width'], 0)} %",
            "yes" if row["identified"] else Cell("no", "strong"),
        ]
        for row in calibration.estimates.to_dict("records")
    ]
    yield Table("parameters", PARAMETERS, ["path", "best", "95 %", "prior", "share", "identified"], rows)
    trading = calibration.pairs[calibration.pairs["trades_off"]].head(MOST_PAIRS)
    rows = [[row["one"], row["other"], number(row["correlation"], 2)] for row in trading.to_dict("records")]
    if rows:
        yield Table("pairs", PAIRS, ["one", "other", "correlation"], rows, left=2)
    for kind, table in calibration.fit.groupby("unit", sort=False):
        factor, unit = unit_of(str(kind), table["observed"])
        rows = [
            [
                f"{row['outcome']} {row['of']}".strip(),
                row["period"],
                f"{_short(row['observed'] / factor)} ±{_short(row['error'] / factor, 2)}",
                _short(row["predicted"] / factor),
                f"{_short(row['low'] / factor)} to {_short(row['high'] / factor)}",
                number(row["z"], 1),
            ]
            for row in table.head(MOST_FIGURES).to_dict("records")
        ]
        head = ["outcome", "period", "observed", "predicted", "95 %", "z"]
        note = beyond(MOST_FIGURES, len(table), MORE)
        yield Table(f"fit-{kind}", RECORD.format(unit=unit), head, rows, note, left=2)
    yield Heading(GOODNESS)
    square, degrees = number(calibration.chi_square, 1), calibration.degrees
    chance = number(calibration.chi_square_chance, 2) if degrees else ""
    yield Line((CHI_SQUARE if degrees else NOTHING_TO_TEST).format(square=square, degrees=degrees, chance=chance))
    if not math.isnan(calibration.predictive_chance):
        yield Line(PREDICTIVE.format(chance=number(calibration.predictive_chance, 2)))


def _notes(calibration: Calibration) -> Iterator[str]:
    yield DEVIATIONS
    if not calibration.estimates["identified"].all():
        yield NOT_IDENTIFIED.format(share=100 * UNIDENTIFIED)
    if calibration.pairs["trades_off"].any():
        yield CORRELATED.format(least=TRADE_OFF)
    at_ends = [share < EDGE or share > 1 - EDGE for share in calibration.top.tolist()]
    paths = [parameter.path for parameter, at_end in zip(calibration.parameters, at_ends, strict=True) if at_end]
    if paths:
        yield AT_THE_END.format(paths=", ".join(paths))
    asked = calibration.provenance["calibration"]
    if asked["undefined"]:
        yield UNDEFINED.format(trials=asked["undefined"])
    left = asked["left_out"]
    if left["best"]:
        yield LEFT_OUT.format(best=left["best"], futures=calibration.provenance["futures"])
    if left["replicas"]:
        yield REPLICAS_LEFT_OUT.format(**left)


def _short(value: float, digits: int = 3) -> str:
    """A number with so many significant digits."""
    return "–" if math.isnan(value) else number(value, max(0, places(abs(value), digits, most=4)))
