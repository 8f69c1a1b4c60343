"""What is reported of forecasts of when applications are decided: by a later day, and of those that are still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from exportsim.language import day, text
from exportsim.names import quoted, visible
from exportsim.report.document import Block, Line, Row, Table
from exportsim.report.doubt import NOTHING
from exportsim.report.number_format import number, percent_number, places
from exportsim.report.studies import beyond
from exportsim.study.prediction.later import Scores

MOST_CASES = 20  # in the table of text
MOST_TOLD = 6  # forecasts, each in a sentence


def of_decisions(scores: Scores) -> Iterator[Block]:
    """By forecast how many applications were decided and were expected to be, and each of them."""
    if scores.extract is None:
        return
    cases = scores.decisions
    for key, rows in list(cases.groupby(["made", "policy", "period", "until"]))[:MOST_TOLD]:
        made, policy, period, until = map(str, key)
        yield Line(
            text(
                "prediction.decisions.by_then",
                number=len(rows), made=made[:10], policy=quoted(policy), open_on=_day(period), until=_day(until),
                decided=number(int(rows["decided"].sum()), 0),
                expected=number(rows["probability"].sum(), 1), brier=_short(rows["brier"].mean(), 2),
                log_score=_short(rows["log_score"].mean(), 2), crps=_short(rows["crps"].mean(), 2),
            )
        )  # fmt: skip
    if len(cases):
        yield _each(scores)


def _each(scores: Scores) -> Table:
    head = [text(f"prediction.decisions.head.{name}") for name in ("case", "made", "policy", "probability", "came")]
    head += [text("prediction.decisions.head.days"), text("prediction.head.percentile"), text("prediction.head.crps")]
    rows: list[Row] = [_row(row) for row in scores.decisions.head(MOST_CASES).to_dict("records")]
    note = beyond(MOST_CASES, len(scores.decisions), "prediction.more")
    return Table("decisions", text("prediction.decisions.cases"), head, rows, note, left=3)


def _row(row: Mapping[Any, Any]) -> Row:
    came = bool(row["decided"])
    return [
        visible(str(row["of"])),
        row["made"][:10],
        visible(str(row["policy"])),
        percent_number(row["probability"]),
        text(f"prediction.decisions.{'decided' if came else 'open'}"),
        number(row["observed"], 0) if came else NOTHING,
        percent_number(row["percentile"]) if came else NOTHING,
        _short(row["crps"], 2),
    ]


def _day(written: str) -> str:
    return day(date.fromisoformat(written))


def _short(value: float, significant: int = 3) -> str:
    return number(value, max(0, places(abs(value), significant, most=4)))
