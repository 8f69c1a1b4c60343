"""What is reported of a backlog: when open applications are decided, and whether an order comes in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from math import ceil, sqrt
from typing import Any

from exportsim import language
from exportsim.language import text
from exportsim.names import quoted
from exportsim.plan import Int
from exportsim.report.document import Block, Document, Line, Row, Table
from exportsim.report.number_format import percentage
from exportsim.report.studies import attributes, beyond, blocks_of_study, played
from exportsim.study.backlog import COMES, IN_TEN, RANGES, SHARES, Backlog, at
from exportsim.study.naming import policy_title, title_of

MOST_CASES = 20  # in the table of text
NORMAL = 1.96  # standard deviations to either side hold 95 %


def describe(backlog: Backlog) -> Document:
    """What ``exportsim backlog`` reports.

    The data hold ``open_on``, ``applications`` (how many are open), ``rows`` (the table of :class:`Backlog`, days as
    text), ``order`` (what was asked about, if an order was) and ``provenance``.
    """
    origin = backlog.provenance
    futures = played(origin["futures"], "future", interrupted=backlog.interrupted)
    closing = text("backlog.closing", **{**origin, "futures": futures, "seconds": round(origin["seconds"], 1)})
    notes = [text("backlog.chance_only", points=ceil(100 * NORMAL * sqrt(0.25 / origin["futures"])))]
    if more := beyond(MOST_CASES, len(backlog.cases), "backlog.more"):
        notes.insert(0, more)
    return Document(blocks_of_study(origin["title"], _body(backlog), notes, closing), partial(_data, backlog))


def _data(backlog: Backlog) -> dict[str, Any]:
    days = [{name: _plain(value) for name, value in row.items()} for row in backlog.table.to_dict("records")]
    asked = backlog.asked
    return {
        **attributes(backlog, "policies"),
        "open_on": None if backlog.open_on is None else str(backlog.open_on),
        "applications": len(backlog.cases),
        "rows": days,
        "order": None if asked is None else {k: None if v is None else str(v) for k, v in asked._asdict().items()},
        "provenance": backlog.provenance,
    }


def _plain(value: Any) -> Any:
    """A day as text, and nothing for what is not there."""
    return str(value) if isinstance(value, date) else None if value != value else value


def _body(backlog: Backlog) -> Iterator[Block]:
    """First what was asked, if an order was asked about; then what is open."""
    yield from map(Line, _of_order(backlog))
    if backlog.cases and backlog.open_on is not None:
        yield Line(text("backlog.open", number=len(backlog.cases), day=language.day(backlog.open_on)))
        for number, policy in enumerate(backlog.policies):
            yield Line(text("backlog.decided", policy=_policy(backlog, policy), **_said(backlog, number)))
    if backlog.cases:
        yield _groups(backlog)
        yield _cases(backlog)


def _said(backlog: Backlog, policy: int) -> dict[str, str]:
    everything = backlog.groups()[""]
    half, most, last = (backlog.when(policy, everything, share) for share in SHARES)
    return {
        "half": _day(backlog, at(half, 0.5)),
        "low": _day(backlog, at(half, 0.1)),
        "high": _day(backlog, at(half, 0.9)),
        "most": _day(backlog, at(most, 0.5)),
        "last": _day(backlog, at(last, 0.5)),
    }


def _of_order(backlog: Backlog) -> Iterator[str]:
    asked = backlog.asked
    if asked is None:
        return
    said = {"line": quoted(title_of(backlog, "demand", asked.line)), "on": language.day(asked.on)}
    for number, policy in enumerate(backlog.policies):
        said |= {"policy": _policy(backlog, policy)}
        if asked.by is not None:
            shares = {name: percentage(backlog.in_time(number, what)) for what, name in enumerate(COMES)}
            yield text("backlog.in_time", by=language.day(asked.by), **said, **shares)
        days = {name: _day(backlog, at(backlog.comes[number, :, what], IN_TEN)) for what, name in enumerate(COMES)}
        yield text("backlog.in_nine_of_ten", **said, **days)


def _groups(backlog: Backlog) -> Table:
    head = [text(f"backlog.head.{name}") for name in ("policy", "group", "share", "median")]
    head += [text("backlog.head.range", share=round(100 * width)) for width in RANGES]
    rows: list[Row] = []
    for number, policy in enumerate(backlog.policies):
        for line, places in backlog.groups().items():
            group = title_of(backlog, "demand", line) if line else text("backlog.all")
            for share in SHARES:
                minutes = backlog.when(number, places, share)
                named = [policy_title(backlog, policy), group, text(f"backlog.shares.{round(100 * share)}")]
                rows.append([*named, _day(backlog, at(minutes, 0.5), short=True), *_ranges(backlog, minutes)])
    return Table("groups", text("backlog.groups"), [*head], rows, left=3)


def _cases(backlog: Backlog) -> Table:
    titles = [policy_title(backlog, policy) for policy in backlog.policies]
    head = [text("backlog.head.case"), *(text("backlog.head.case_under", policy=title) for title in titles)]
    rows: list[Row] = []
    for place, case in enumerate(backlog.cases[:MOST_CASES]):
        cells = []
        for policy in range(len(titles)):
            minutes = backlog.ends[policy, :, place]
            said = {"median": _day(backlog, at(minutes, 0.5), short=True), "range": _ranges(backlog, minutes)[1]}
            cells.append(text("backlog.median_and_range", **said))
        rows.append([case.name, *cells])
    return Table("cases", text("backlog.cases"), head, rows)


def _ranges(backlog: Backlog, minutes: Int) -> list[str]:
    found = []
    for width in RANGES:
        ends = [_day(backlog, at(minutes, (1 + side * width) / 2), short=True) for side in (-1, 1)]
        found.append(ends[0] if ends[0] == ends[1] else text("backlog.range", low=ends[0], high=ends[1]))
    return found


def _policy(backlog: Backlog, policy: str) -> str:
    return quoted(policy_title(backlog, policy))


def _day(backlog: Backlog, minute: int, *, short: bool = False) -> str:
    """The day of a minute in words, or that it is after the end."""
    day = backlog.day(minute)
    if day is None:
        return text("backlog.later_short" if short else "backlog.later")
    return language.short_day(day) if short else language.day(day)
