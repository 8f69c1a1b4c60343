"""What is reported of a search for the least value of a lever: the answer in a sentence, its doubt, and the curve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from exportsim.language import text
from exportsim.names import quoted
from exportsim.report.document import Block, Document, Line, Row, Table
from exportsim.report.number_format import number, percent_number, three_digits, unit_of
from exportsim.report.studies import attributes, blocks_of_study, counted
from exportsim.study.naming import outcome_words, path_words, policy_title
from exportsim.study.parameter_axes import plain
from exportsim.study.seek import ALWAYS, NEVER, Seek

MOST_ROWS = 25  # of values about the answer


def describe(found: Seek) -> Document:
    """What ``exportsim seek`` reports; the data hold every value that was played."""
    points = counted(len(found.table), "point")
    said = {"points": points, "futures": counted(found.futures, "future")}
    closing = text("seek.closing", **{**found.provenance, **said})
    return Document(
        blocks_of_study(found.provenance["title"], _body(found), _notes(found), closing),
        lambda: {
            **attributes(found, "probability", "futures", "needed", "unit", "answers"),
            "target": found.provenance["seek"]["target"],
            "policy": found.target.policy,
            "levers": found.provenance["seek"]["levers"],
            "sentences": sentences(found),
            "points": found.table,
            "provenance": found.provenance,
        },
    )


def sentences(found: Seek) -> list[str]:
    """The answer, what chance leaves open of it, and whether more of the lever is always better."""
    if not len(found.answers):
        return [_so_far(found)]
    if len(found.levers) > 1:
        return [_ends(found), *(_with_other(found, answer) for answer in _records(found.answers))]
    (answer,) = _records(found.answers)
    return [sentence for sentence in (_answer(found, answer), _doubt(found, answer), _fall(found, answer)) if sentence]


def _so_far(found: Seek) -> str:
    """What the values that were played say before the answer was found."""
    path = found.levers[0].path
    enough = [_shown(row[path]) for row in _records(found.table) if row["met"] >= found.needed]
    said = _said(found, {}) | {"number": len(found.table), "least": enough[0] if enough else ""}
    return text(f"seek.interrupted.{'enough' if enough else 'none'}", **said)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def wanted(found: Seek) -> str:
    """What is wanted of the outcome: ``share within the standard at least 0.7``."""
    key, outcome = found.target.key, outcome_words(found, found.target.outcome)
    return text("seek.wanted", outcome=outcome, relation=text(f"expect.relation.{key}", than=_bound(found)))


def _bound(found: Seek) -> Any:
    return next(bound for bound in found.target.amounts if bound is not None)


def _said(found: Seek, answer: dict[str, Any]) -> dict[str, Any]:
    lever = found.levers[0]
    return {
        **{name: _shown(value) for name, value in answer.items()},
        "lever": quoted(path_words(found, lever.path)),
        "first_value": lever.values[0],
        "last_value": lever.values[-1],
        "policy": quoted(policy_title(found, found.target.policy)),
        "wanted": wanted(found),
        "percent": percent_number(found.probability),
        "needed": found.needed,
        "futures": found.futures,
    }


def _shown(value: Any) -> str:
    return plain(value) if isinstance(value, float) else str(value)


def _answer(found: Seek, answer: dict[str, Any]) -> str:
    direction = "least" if found.levers[0].rises else "most"
    kind = answer["case"] if answer["case"] in (ALWAYS, NEVER) else direction
    return text(f"seek.answer.{kind}", **_said(found, answer))


def _doubt(found: Seek, answer: dict[str, Any]) -> str:
    """How many more or less the number of futures leaves open."""
    low, high, least = answer["low"], answer["high"], answer["least"]
    if low is None:
        return text("seek.doubt.refuted", futures=found.futures)
    if high is None:
        return text("seek.doubt.open", low=_shown(low), futures=found.futures)
    if low == high == least:
        return text("seek.doubt.none", futures=found.futures)
    return text("seek.doubt.range", low=_shown(low), high=_shown(high), futures=found.futures)


def _fall(found: Seek, answer: dict[str, Any]) -> str:
    return "" if answer["steady"] else text("seek.falls", points=len(found.table), **_said(found, answer))


def _ends(found: Seek) -> str:
    """The answer with both ends of the second lever."""
    first, last = (_least(answer) for answer in (_records(found.answers)[0], _records(found.answers)[-1]))
    other = found.levers[1].path
    ends = {
        "other": quoted(path_words(found, other)),
        "first": _shown(found.answers[other].iloc[0]),
        "last": _shown(found.answers[other].iloc[-1]),
        "at_first": first,
        "at_last": last,
    }
    key = "frontier_at" if len(found.answers) == 1 else "frontier_of"
    return text(f"seek.{key}.{'least' if found.levers[0].rises else 'most'}", **_said(found, {}), **ends)


def _least(answer: dict[str, Any]) -> str:
    """The value sought, and what chance leaves open of it."""
    low, high = answer["low"], answer["high"]
    if answer["least"] is None:
        return text("seek.none")
    if low == high:
        return _shown(answer["least"])
    if high is None:
        return text("seek.least_open", least=_shown(answer["least"]), low=_shown(low))
    return text("seek.least_range", least=_shown(answer["least"]), low=_shown(low), high=_shown(high))


def _with_other(found: Seek, answer: dict[str, Any]) -> str:
    """The answer with one value of the second lever."""
    other = found.levers[1].path
    said = _answer(found, answer)
    return text("seek.with_other", other=path_words(found, other), value=_shown(answer[other]), answer=said)


def _body(found: Seek) -> Iterator[Block]:
    if len(found.levers) == 1 or not len(found.answers):
        yield from map(Line, sentences(found))
        yield _curve(found)
    else:
        yield Line(_ends(found))
        yield _frontier(found)


def _notes(found: Seek) -> list[str]:
    undefined = int(found.table["undefined"].max())
    notes = [text("seek.undefined", number=undefined)] if undefined else []
    if len(found.levers) > 1 and not all(found.answers["steady"]):
        notes.append(text("seek.unsteady"))
    return notes


def _curve(found: Seek) -> Table:
    """The values that were played: the share of futures, and the outcome; of many those about the answer."""
    path, table = found.levers[0].path, found.table
    least = found.answers["least"].iloc[0] if len(found.answers) else None
    at = len(table) if least is None else list(table[path]).index(least)
    first = max(0, min(at - MOST_ROWS // 2, len(table) - MOST_ROWS))
    shown = table.iloc[first : first + MOST_ROWS]
    factor, unit = unit_of(found.unit, table["mean"].dropna())
    rows: list[Row] = [
        [
            _shown(row[path]),
            str(row["met"]),
            text("seek.percents", share=percent_number(row["share"]), low=percent_number(row["low"]),
                 high=percent_number(row["high"])),
            *(("", "", "") if pd.isna(row["mean"]) else
              (three_digits(row[name] / factor) for name in ("mean", "q10", "q90"))),
        ]
        for row in _records(shown)
    ]  # fmt: skip
    title = text("seek.curve", outcome=outcome_words(found, found.target.outcome), unit=unit)
    head = [path_words(found, path), *(text(f"seek.head.{name}") for name in ("met", "share", "mean", "q10", "q90"))]
    return Table("curve", title, head, rows)


def _frontier(found: Seek) -> Table:
    own, other = (lever.path for lever in found.levers)
    rows: list[Row] = []
    for answer in _records(found.answers):
        none = text("seek.none")
        ends = [none if answer[name] is None else _shown(answer[name]) for name in ("least", "low", "high")]
        rows.append([_shown(answer[other]), *ends, number(answer["met"] or answer["met_last"], 0)])
    head = [
        path_words(found, other),
        path_words(found, own),
        *(text(f"seek.head.{name}") for name in ("low", "high", "met")),
    ]
    return Table("frontier", text("seek.frontier"), head, rows)
