"""What is reported of a forecast, and of how forecasts did."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from exportsim.digits import in_currency, with_scale
from exportsim.language import listed, text
from exportsim.names import quoted, visible
from exportsim.outcomes import NUMBER, SHARE, unit_words
from exportsim.report.document import Block, Cell, Document, Heading, Line, Row, Style, Table
from exportsim.report.doubt import NOTHING, range_text
from exportsim.report.number_format import capital, is_money, number, percent_number, percentage, places, unit_of
from exportsim.report.periods import period_words
from exportsim.report.scored_decisions import of_decisions
from exportsim.report.studies import attributes, beyond, blocks_of_study, played
from exportsim.study.naming import outcome_words, policy_title
from exportsim.study.prediction.forecast import Forecast, Judged
from exportsim.study.prediction.later import Scores
from exportsim.study.prediction.scoring import MIDDLE, SHARES, histogram

MOST_FIGURES = 40  # rows of a table
FEWEST = 10  # figures of which it can be said whether ranges are as wide as they should be
UNLIKELY = 0.05
INSIDE = {0.5: "in_50", 0.8: "in_80", 0.95: "in_95"}  # by the range that holds a figure, where it lies
MOST_NAMED = 3  # figures of a record that nobody has forecast


def describe(forecast: Forecast) -> Document:
    """What ``exportsim predict`` reports.

    The data hold ``policy``, ``sentences`` (the answer), ``figures`` (with the columns of
    :attr:`exportsim.Forecast.table`), ``points``, ``futures``, ``paths``, ``samples``, and what :func:`judgement` has
    of the record: ``scores``, ``verdict``, ``histogram``, ``inside`` and ``provenance``.
    """
    origin = forecast.provenance
    asked = origin["forecast"]
    points = played(len(forecast.pool), "point", interrupted=forecast.interrupted, of=asked["asked"])
    key = "certain" if forecast.certain else "closing"
    said = {"points": points, "seconds": number(origin["seconds"], 1), "futures": number(forecast.futures, 0)}
    closing = text(f"prediction.{key}", **{**origin, **said})
    return Document(
        blocks_of_study(origin["title"], _forecast(forecast), _notes(forecast), closing),
        lambda: {
            "policy": forecast.policy,
            "sentences": list(sentences(forecast)),
            "figures": forecast.table,
            "points": len(forecast.pool),
            "futures": forecast.futures,
            "paths": asked["paths"],
            "samples": asked["samples"],
            **judgement(forecast),
        },
    )


def describe_scores(scores: Scores) -> Document:
    """What ``exportsim score`` reports.

    The data hold ``forecasts`` (how many there are), ``waiting`` (how many are of figures that the record does not
    hold), ``not_forecast`` (how many figures of the record nobody has forecast), ``decisions`` (the rows of
    :class:`exportsim.Scores` that are of single applications), and what :func:`judgement` has.
    """
    forecasts, against = scores.forecasts, [each for each in (scores.record, scores.extract) if each is not None]
    names = listed([visible(each.name) for each in against])
    title = text("prediction.held_against", forecasts=visible(forecasts.name), record=names)
    digests = text("lists.comma").join(each.digest[:16] for each in against)
    closing = text("prediction.scored", digest=digests, exportsim=scores.provenance["exportsim"])
    return Document(
        blocks_of_study(title, [*_answer_of_scores(scores), *_scores(scores)], _notes_of_scores(scores), closing),
        lambda: {
            "forecasts": len(forecasts.rows),
            "waiting": scores.waiting,
            "not_forecast": len(scores.not_forecast),
            "decisions": scores.decisions,
            **judgement(scores),
        },
    )


def judgement(study: Judged) -> dict[str, object]:
    """How figures did, as data: each, all together in sentences, by tenths of the forecasts, and by ranges."""
    inside = {f"{100 * share:.0f}": count for share, count in zip(SHARES, study.tally.inside, strict=True)}
    return {
        "scores": study.scores,
        "verdict": list(verdict(study)),
        "histogram": histogram(study.scores["below"].to_numpy(float), study.scores["up_to"].to_numpy(float)).tolist(),
        "inside": inside,
        **attributes(study, "provenance"),
    }


def sentences(forecast: Forecast) -> Iterator[str]:
    """The answer: how the figures of the record did, and the first figure asked for that is none of them."""
    yield from verdict(forecast)
    asked = _first_asked(forecast)
    if asked is not None:
        yield _range_in_words(forecast, asked)


def _first_asked(forecast: Forecast) -> int | None:
    """The last period of the first figure that is defined, and is in no record that others were held against."""
    judged = {(row["outcome"], row["period"], row["of"]) for row in forecast.scores.to_dict("records")}
    left = [
        number
        for number, figure in enumerate(forecast.figures)
        if len(forecast.values(number)) and (figure.outcome, figure.period, figure.of) not in judged
    ]
    alike = [number for number in left if forecast.figures[number].series == forecast.figures[left[0]].series]
    return alike[-1] if alike else None


def _range_in_words(forecast: Forecast, asked: int) -> str:
    """Within what a figure lies with 80 %, and what part of that is chance."""
    row, values = forecast.table.to_dict("records")[asked], forecast.values(asked)
    low, high = (float(row[f"{end}_{100 * MIDDLE:.0f}"]) for end in ("low", "high"))
    unit, factor = str(row["unit"]), unit_of(str(row["unit"]), [high])[0]
    said = {
        "figure": capital(_figure(forecast, row)),
        "period": period_words(row["period"]) or text("prediction.whole_run"),
        "policy": quoted(policy_title(forecast, forecast.policy)),
        "median": _in_unit(unit, factor, row["median"]),
        "range": _in_unit(unit, factor, low, high),
        "futures": number(len(values), 0),
    }
    if values.min() == values.max():
        return text("prediction.answer.same", **said)
    if forecast.certain or math.isnan(row["chance"]):
        return text("prediction.answer.range", **said)
    parts = {"chance": percentage(row["chance"]), "inputs": percentage(1 - row["chance"])}
    return text("prediction.answer.parts", **said, **parts)


def _in_unit(unit: str, factor: float, *ends: float) -> str:
    """A number, or the two ends of a range, with the unit."""
    by = 0.01 if unit == SHARE else factor
    said = range_text(*(end / by for end in ends)) if len(ends) > 1 else _short(ends[0] / by)
    if is_money(unit):
        return in_currency(unit, with_scale(said, ends[-1] / by, by))
    if unit == SHARE:
        return text("numbers.percent", number=said)
    return said if unit == NUMBER else f"{said} {unit_words(unit)}"


def verdict(study: Judged) -> Iterator[str]:
    """How figures did together, in sentences; none where no figure has been recorded."""
    tally = study.tally
    figures = tally.figures
    if not figures:
        return
    half, middle, nearly_all = tally.inside
    yield text(
        "prediction.inside",
        record=listed([visible(name) for name in study.against]),
        number=figures, half=half, middle=middle, nearly_all=nearly_all, share=percentage(middle / figures),
    )  # fmt: skip
    if figures < FEWEST:
        yield text("prediction.too_few", fewest=FEWEST)
    else:
        chance, expected = tally.chance_inside(MIDDLE), number(MIDDLE * figures, 0)
        key = "as_wide" if chance >= UNLIKELY else "narrow" if middle < MIDDLE * figures else "wide"
        yield text(f"prediction.{key}", expected=expected, middle=middle, chance=_chance(chance))
        if tally.chance_above < UNLIKELY:
            side = "above" if 2 * tally.above > tally.apart else "under"
            count = tally.above if side == "above" else tally.apart - tally.above
            yield text(f"prediction.{side}", count=count, number=figures, chance=_chance(tally.chance_above))
    if tally.wide:
        yield text("prediction.say_little", number=tally.wide, figures=figures)


def verdict_words(row: Mapping[Any, Any]) -> str:
    """How one figure did: in which range it lies, and whether that says little because it is wide."""
    if math.isnan(row["inside"]):
        where = text("prediction.where.above" if row["percentile"] > 0.5 else "prediction.where.below")
    else:
        where = text(f"prediction.where.{INSIDE[row['inside']]}")
    return where if row["relative_width"] < 1 else text("prediction.where.wide", where=where)


def _forecast(forecast: Forecast) -> Iterator[Block]:
    yield from map(Line, sentences(forecast))
    policy, points = quoted(policy_title(forecast, forecast.policy)), len(forecast.pool)
    futures = number(forecast.pool.shape[0] * forecast.futures, 0)
    key = "only_chance" if forecast.certain else "over_inputs"
    inputs = {} if forecast.certain else {"points": points, "number": len(forecast.provenance["forecast"]["paths"])}
    yield Line(text(f"prediction.{key}", policy=policy, futures=futures, **inputs))
    for kind, table in forecast.table.groupby("unit", sort=False):
        factor, unit = unit_of(str(kind), table["median"].dropna())
        rows: list[Row] = [
            [
                _figure(forecast, row),
                period_words(row["period"]) or text("prediction.whole_run"),
                _short(row["median"] / factor),
                *(_range(row, share, factor) for share in SHARES),
                NOTHING if math.isnan(row["chance"]) else percent_number(row["chance"]),
            ]
            for row in table.head(MOST_FIGURES).to_dict("records")
        ]
        head = [_head("figure"), _head("period"), _head("median"), *_shares(), _head("chance")]
        note = beyond(MOST_FIGURES, len(table), "prediction.more")
        yield Table(f"forecast-{kind}", text("prediction.forecast", unit=unit), head, rows, note, left=2)
    if forecast.record is not None:
        yield Heading(text("prediction.record", record=visible(forecast.record.name)))
        yield from _scores(forecast)


def _answer_of_scores(scores: Scores) -> Iterator[Block]:
    forecasts = len(scores.forecasts.rows)
    if not len(scores.table):
        yield Line(text("prediction.none_yet", number=forecasts, amount=number(forecasts, 0)))
    yield from of_decisions(scores)
    yield from map(Line, verdict(scores))


def _scores(study: Judged) -> Iterator[Table]:
    for kind, table in study.scores.groupby("unit", sort=False):
        factor, unit = unit_of(str(kind), table["observed"])
        rows: list[Row] = [
            [
                _figure(study, row),
                period_words(row["period"]),
                *([row["made"][:10]] if "made" in row else []),
                f"{_short(row['observed'] / factor)} ±{_short(row['error'] / factor, 2)}",
                _short(row["median"] / factor),
                _range(row, MIDDLE, factor),
                percent_number(row["percentile"]),
                Cell(verdict_words(row), _style(row)),
                _short(row["crps"] / factor, 2),
            ]
            for row in table.head(MOST_FIGURES).to_dict("records")
        ]
        made = ["made"] if "made" in table else []
        names = ["figure", "period", *made, "recorded", "median", "middle", "percentile", "verdict", "crps"]
        note = beyond(MOST_FIGURES, len(table), "prediction.more")
        caption = text("prediction.scores", unit=unit)
        yield Table(f"scores-{kind}", caption, list(map(_head, names)), rows, note, left=2 + len(made))


def _notes(forecast: Forecast) -> Iterator[str]:
    yield text("prediction.chance_is" if not forecast.certain else "prediction.ranges_are")
    yield from _how_scored(forecast)
    undefined = forecast.table["undefined"]
    if (undefined > 0).any():
        yield text("prediction.undefined", number=int((undefined > 0).sum()), share=percentage(float(undefined.max())))


def _notes_of_scores(scores: Scores) -> Iterator[str]:
    yield from _how_scored(scores)
    if scores.extract is not None and len(scores.decisions):
        yield text("prediction.decisions.how")
    if len(scores.table) and scores.waiting:
        yield text("prediction.waiting", number=scores.waiting, amount=number(scores.waiting, 0))
    if missed := scores.not_forecast:
        first = [(outcome_words(scores, row.outcome), row.of, period_words(row.period)) for row in missed[:MOST_NAMED]]
        which = listed([" ".join(filter(None, words)) for words in first])
        yield text("prediction.not_forecast", number=len(missed), which=which)


def _how_scored(study: Judged) -> Iterator[str]:
    if study.tally.figures:
        yield text("prediction.how_scored")
        if study.tally.figures >= FEWEST:
            yield text("prediction.dependent")


def _figure(study: Judged, row: Mapping[Any, Any]) -> str:
    return visible(f"{outcome_words(study, str(row['outcome']))} {row['of']}".strip())


def _range(row: Mapping[Any, Any], share: float, factor: float) -> str:
    low, high = (float(row[f"{end}_{100 * share:.0f}"]) / factor for end in ("low", "high"))
    return range_text(low, high)


def _style(row: Mapping[Any, Any]) -> Style:
    return "bad" if math.isnan(row["inside"]) else "good" if row["inside"] <= MIDDLE else "open"


def _shares() -> list[str]:
    return [text("numbers.percent", number=number(100 * share, 0)) for share in SHARES]


def _head(name: str) -> str:
    return text(f"prediction.head.{name}")


def _chance(chance: float) -> str:
    return number(chance, places(chance, 1, most=4))


def _short(value: float, significant: int = 3) -> str:
    """A number with so many significant digits."""
    return NOTHING if math.isnan(value) else number(value, max(0, places(abs(value), significant, most=4)))
