"""Strategies for registers: files of dated records, as various offices write them, and the lines that read them."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from exportsim import files
from exportsim.scenario.quantities import Duration
from exportsim.testing.quantities import made_once

Written = dict[str, Any]
"""A part of a scenario as a file would hold it."""

FIRST_DAY = date(2020, 1, 1)
ELSEWHEN = (str(FIRST_DAY - timedelta(days=400)), str(FIRST_DAY + timedelta(days=500)))  # days of no run
KINDS = {"sensor": ("7", "1.5"), "turret": ("8", "2.5"), "Sensor": ("07", "1.5")}
"""Of what is in a record, with its lot and size; one of them has two spellings."""
TAKEN: tuple[Any, ...] = (
    {"kind": "sensor"}, {"lot": 7}, {"size": "1.5"}, {"kind": "turret", "lot": 8}, {"kind": ["sensor", "Sensor"]},
    {"lot": [7, "07"], "size": "1.5"}, [{"kind": "Sensor"}, {"kind": ["turret", "Sensor"], "lot": 8}],
    [{"size": ["1.5"]}, {"kind": "turret"}],
)  # fmt: skip
"""By what a line takes its records from a register."""
MARKS: tuple[dict[str, str], ...] = (
    {}, {}, {"decimal": "."}, {"decimal": ","}, {"decimal": ".", "thousands": ","}, {"decimal": ",", "thousands": "."},
    {"thousands": "'"}, {"thousands": " "},
)  # fmt: skip
"""How a register writes its amounts."""
ENCODINGS = ("cp1252", "iso-8859-9", "utf-16", "utf-8")
DATE_FORMATS = ("%d/%m/%Y", "%d.%m.%Y %H:%M", "%Y%m%d", "%d %b %y", "%m/%d/%Y")
COLUMNS = (
    "date", "value", "programme", "kind", "lot", "size", "decided", "outcome", "expires", "stage", "since", "licence",
    "country", "category", "remark",
)  # fmt: skip
WORDS = {"approved": ["Erteilt", "erteilt"], "denied": "Abgelehnt", "withdrawn": ["Zurückgezogen"]}
"""What an office of its own words calls its outcomes."""
STAGE = ("stage", "stages", "stage_since")
FIRST_STAGE = "intake"  # to which all applications come, where there is one
STAGES = {FIRST_STAGE: ["Received", "received again"]}
"""And its first stage."""

DESTINATIONS = ("TR", "AE", "CA")
SPELLINGS = {
    "destination": {"TR": ("TURKIJE", "Türkiye"), "AE": ("Émirats",), "CA": ("Canada",), "none": ("onbekend",)},
    "goods": {"imaging": ("ML15", "ml 15"), "engines": ("ML10",), "none": ("ML99",)},
}
"""How destinations and goods are written in a register that has neither codes nor names; `none` is what is left out."""
NOBODY_KNOWS = "?"
"""What stands in a register and in no file of spellings."""
LEFT_OUT = 9  # the number of a place of which no line is made, if one can be


class Record(NamedTuple):
    """A row of a register, before it is written."""

    moment: str
    value: str
    programme: str
    kind: str
    decided: tuple[int | None, str, int | None]
    """After how many days, if it is; how; and after how many days more its permit expires."""
    licence: int
    country: int
    category: int


class _Sheet(NamedTuple):
    """How a file is written, beside what the scenario says of it."""

    ends: str
    blank_rows: int
    begins: str


def _each(*alternatives: Sequence[Written]) -> list[Written]:
    """Every choice of one of each of some alternatives, joined."""
    return [{key: value for part in chosen for key, value in part.items()} for chosen in product(*alternatives)]


def _or_none(key: str, values: Iterable[Any]) -> list[Written]:
    return [{}, *({key: value} for value in values)]


# One choice among all, rather than one after the other: what is drawn late is nearly always the simplest there is.
WRITTEN = _each(
    _or_none("delimiter", [";", "\t", "|", ","]), _or_none("encoding", ENCODINGS), _or_none("date_format", DATE_FORMATS)
)  # fmt: skip
"""How a file is written, as far as its scenario says."""
_TOLD = _each(
    [{"decided": "decided"}],
    [{}, {"outcome": "outcome"}, {"outcome": "outcome", "outcomes": WORDS}],
    [{}, {"expires": "expires"}],
    [
        {},
        {"as_of": ""},
        *_each([{"as_of": "", "stage": "stage"}], [{}, {"stages": STAGES}], [{}, {"stage_since": "since"}]),
    ],
)
READ = _each([{}] * 5 + [{"programme": "programme"}] * 3, [{}] * len(TAKEN) + [{"where": where} for where in TAKEN])
"""Which rows a line reads, and of which programmes."""
TOLD: list[Written] = [{}] * (len(_TOLD) // 2) + _TOLD
"""What a register tells of decisions."""
BY = _each(
    [{"destination": "country"}, {"goods": "category"}, *[{"destination": "country", "goods": "category"}] * 2],
    [{}, {"spellings": ""}], [{}, {"unmapped": "left_out"}], [{}, {"fewest": 2}],
)  # fmt: skip
"""By which columns a line is many."""


@made_once
def _choices(days: Sequence[str], *, many: bool) -> SearchStrategy[tuple[Written, Written, Written]]:
    """How a register is written, how a line reads it, and by what the line is many, if it is."""

    def chosen(
        written: Written, marks: Written, read: Written, told: Written, licences: Written, day: str, by: Written
    ) -> tuple[Written, Written, Written]:
        return written | marks, read | told | ({"as_of": day} if "as_of" in told else {}) | licences, by

    return st.builds(
        chosen,
        st.sampled_from([{}] * (len(WRITTEN) // 2) + WRITTEN),
        st.sampled_from(MARKS),
        st.sampled_from(READ),
        st.sampled_from(TOLD),
        st.sampled_from([{}, {}, {"id": "licence"}]),
        st.sampled_from(days),
        st.sampled_from([{}] * (2 * len(BY)) + BY) if many else st.just({}),
    )


@made_once
def _records(days: Sequence[str], hours: Sequence[str], programmes: Sequence[str]) -> SearchStrategy[list[Record]]:
    """A few records, most of them at midnight, and several on one minute; some are of other periods."""
    moments = st.builds(
        "{}{}".format, st.sampled_from([*list(days) * (1 + 20 // len(days)), *ELSEWHEN]), st.sampled_from(hours)
    )
    values = st.sampled_from(["100", "10.01", "0.05", "7", "1234.5", ""])
    decisions = st.tuples(
        st.sampled_from([1, 5, 9, 0, 30, None]), st.sampled_from(["approved", "denied", "withdrawn", "approved"]),
        st.sampled_from([None, 40, 5, 1]),
    )  # fmt: skip
    more = st.integers(1, 8), st.integers(0, LEFT_OUT), st.integers(0, LEFT_OUT)
    record = st.builds(
        Record, moments, values, st.sampled_from(["", *programmes]), st.sampled_from(list(KINDS)), decisions, *more
    )
    return st.lists(record, min_size=1, max_size=15)


@st.composite
def registers(
    draw: DrawFn,
    days: Sequence[str],
    folder: Path,
    hours: Sequence[str] = ("", "", "T09:00", "T23:59"),
    programmes: Sequence[str] = (),
    *,
    values: bool = False,
    own: tuple[str, str] | None = None,
    goods: Sequence[str] = (),
) -> Written:
    """Registers of a few records, most of them at midnight, and several on one minute; some are of other periods.

    They are written as various offices write them, which the register says.

    Parameters
    ----------
    days : sequence of str
        The dates that count.
    folder : Path
        Where files are written; it must outlive the test.
    hours : sequence of str
        Times of day, as they are written behind a date.
    programmes : sequence of str
        Those that the line declares, which its records may have.
    values : bool
        Whether the line takes its orders' values from the register, too.
    own : tuple of str, optional
        The destination and goods of the line, which may then be many: one of those that are made of it is of them.
    goods : sequence of str
        Those of the scenario.

    Examples
    --------
    >>> testing.registers(["2020-01-01"], folder).example()
    {'register': '/tmp/6c1e.csv', 'date': 'date', 'delimiter': ';', 'id': 'licence'}
    """
    form, read, by = draw(_choices(tuple(days), many=own is not None))
    sheet = draw(st.builds(_Sheet, st.sampled_from(["\n", "\r\n"]), st.integers(0, 2), st.sampled_from(["", "\ufeff"])))
    if values:
        read = read | {"value": "value"} | draw(st.sampled_from([{}, {"blank": "drawn"}]))
    records = draw(_records(tuple(days), tuple(hours), tuple(programmes)))
    if by and own is not None:
        sample = _let_in(records[0], read.get("where", {}))
        first = sample._replace(moment=str(days[0]), country=DESTINATIONS.index(own[0]), category=goods.index(own[1]))
        # Two licences, so that this line is never too small, and always there.
        records = [first, first._replace(licence=9), *records]
        if "spellings" in by:
            file = _file(folder, _spellings(goods, form.get("delimiter", ",")), form.get("encoding"), "")
            by = by | {"spellings": file}
    rows = [COLUMNS, *_rows(records, form, read, by, goods)]
    text = io.StringIO()
    table = csv.writer(text, delimiter=form.get("delimiter", ","), lineterminator=sheet.ends)
    table.writerows([*rows, *[[""] * len(COLUMNS)] * sheet.blank_rows])
    name = _file(folder, text.getvalue(), form.get("encoding"), sheet.begins)
    return {"register": name, "date": "date"} | form | read | ({"by": by} if by else {})


def _let_in(record: Record, where: Any) -> Record:
    """The record, of a kind that rows must have."""
    for selection in where if isinstance(where, list) else [where]:
        for kind, (lot, size) in KINDS.items():
            cells = {"kind": kind, "lot": lot, "size": size}
            if all(cells[column] in map(str, said if isinstance(said, list) else [said])
                   for column, said in selection.items()):  # fmt: skip
                return record._replace(kind=kind) if selection else record
    raise AssertionError(f"no kind of record is what {where} asks for")


def _rows(
    records: Sequence[Record], form: Mapping[str, str], read: Mapping[str, Any], by: Mapping[str, Any],
    goods: Sequence[str],
) -> list[list[str]]:  # fmt: skip
    """The cells of the records, row by row; rows of one licence have one programme and one decision."""
    whole = records
    if "id" in read:
        of = {record.licence: record for record in reversed(records)}
        last = {record.licence: record.moment for record in sorted(records, key=lambda each: each.moment)}
        whole = [of[each.licence]._replace(moment=last[each.licence]) for each in records]
    words = WORDS if "outcomes" in read else {}
    states = STAGES[FIRST_STAGE] if "stages" in read else [FIRST_STAGE]
    found = []
    for number, (record, of_licence) in enumerate(zip(records, whole, strict=True)):
        after, outcome, valid = of_licence.decided
        decided = "" if after is None else _day(_later(of_licence.moment, after), form)
        expires = "" if after is None or valid is None else _day(_later(of_licence.moment, after + valid), form)
        said = words.get(outcome, outcome)
        is_open = of_licence.moment[:10] < read.get("as_of", "") and (
            after is None or _later(of_licence.moment, after)[:10] >= read["as_of"]
        )
        stage = states[of_licence.country % len(states)] if is_open and of_licence.country < LEFT_OUT else ""
        found.append([
            _day(record.moment, form), _amount(record.value, form, drawn="blank" in read), of_licence.programme,
            record.kind, *KINDS[record.kind], decided, said if isinstance(said, str) else said[number % len(said)],
            expires, stage, _day(of_licence.moment, form) if stage else "", f"D-{record.licence}",
            _place("destination", record.country, DESTINATIONS, by), _place("goods", record.category, goods, by),
            "two\nlines" if number == 1 else "",
        ])  # fmt: skip
    return found


def _place(kind: str, number: int, names: Sequence[str], by: Mapping[str, Any]) -> str:
    """What is written for a destination or goods: its name, or one of its spellings, if there is a file of these."""
    if number == LEFT_OUT and by:
        return NOBODY_KNOWS if "unmapped" in by else SPELLINGS[kind]["none"][0] if "spellings" in by else names[0]
    name = names[number % len(names)] if names else ""
    spellings = SPELLINGS[kind].get(name, ())
    return spellings[number % len(spellings)] if "spellings" in by and spellings and number >= len(names) else name


def _spellings(goods: Sequence[str], delimiter: str) -> str:
    """The file that says what is meant by each spelling of a destination or goods."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter)
    table.writerow(["spelling", "goods", "destination", "who says so"])
    for kind, of in SPELLINGS.items():
        for name, spellings in of.items():
            if kind == "goods" and name not in ("none", *goods):
                continue
            table.writerows(
                [spelling, *((name, "") if kind == "goods" else ("", name)), "the desk"] for spelling in spellings
            )
    return text.getvalue()


def _amount(value: str, form: Mapping[str, str], *, drawn: bool) -> str:
    """An amount as the register writes it; nothing where its scenario would have it drawn."""
    if not value:
        return "" if drawn else "12"
    units, _, cents = value.partition(".")
    units = f"{int(units):,}".replace(",", form.get("thousands", ""))
    return units + (form.get("decimal", ".") + cents if cents else "")


def _day(moment: str, form: Mapping[str, str]) -> str:
    return datetime.fromisoformat(moment).strftime(form["date_format"]) if "date_format" in form else moment


def _later(moment: str, days: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(days=days)).isoformat()


def _file(folder: Path, text: str, encoding: str | None, begins: str) -> str:
    """A file of this content, under a name that another content would not have."""
    content = text.encode(encoding) if encoding not in (None, "utf-8") else (begins + text).encode()
    file = folder / f"{hashlib.sha256(content).hexdigest()[:16]}.csv"
    if not file.exists():
        files.write(file, content, lasting=False)
    return str(file)


# ------------------------------------------------------------------ lines that read them


def destinations_of(line: Mapping[str, Any]) -> tuple[str, ...]:
    """Where orders of a line may go, also where it is many."""
    by = line["orders"].get("by", {}) if isinstance(line["orders"], dict) else {}
    return DESTINATIONS if "destination" in by else (line["destination"],)


def one_line_of(name: str, line: Mapping[str, Any]) -> str:
    """What a line is called; one that is many, the one of its own destination and goods that is made of it."""
    by = line["orders"].get("by", {}) if isinstance(line["orders"], dict) else {}
    return "-".join([name, *(line[kind] for kind in ("destination", "goods") if kind in by)])


def _offices_of(world: Written, line: Mapping[str, Any], destination: str) -> dict[str, str]:
    """By source of a line that needs a permit for a destination, the authority that gives it."""
    licensors = {name: world["suppliers"][name].get("authority") for name in line["sources"]}
    return {
        name: office
        for name, office in licensors.items()
        if office is not None and world["authorities"][office]["country"] != destination
    }


def without_filing_of_nothing(world: Written) -> None:
    """Say nothing of applications where none is made: a source that needs no permit has no restart."""
    for line in world["demand"].values():
        of = [_offices_of(world, line, destination) for destination in destinations_of(line)]
        for name, source in line["sources"].items():
            if not all(name in offices for offices in of):
                source.pop("restart", None)
        if not all(of):
            line.pop("filing", None)


def without_decisions_of_nobody(world: Written) -> None:
    """Say nothing of decisions where nobody knows whose they are, nor of days before the run; let none come ahead."""
    for line in world["demand"].values():
        register = line["orders"]
        if not isinstance(register, dict) or "decided" not in register:
            continue
        line.pop("anticipation", None)
        _of_one_office(world, line)
        for destination in destinations_of(line):
            of = _offices_of(world, line, destination)
            usable = any("qualification" not in line["sources"][name] for name in of)
            if len(set(of.values())) != 1 or not usable:
                _without(register, "decided", "outcome", "outcomes", "expires", "as_of", *STAGE)
        begins = date.fromisoformat(world["period"]["start"])
        days = math.ceil(Duration.parse(world["period"].get("warm_up", "0d")).minutes / 1440)
        if register.get("as_of", "9999") <= str(begins - timedelta(days=days)):
            _without(register, "as_of", *STAGE)


def _of_one_office(world: Written, line: Written) -> None:
    """Leave a line the sources of one office from which its orders need a permit, wherever they go, if it has any."""
    of_each = [_offices_of(world, line, destination) for destination in destinations_of(line)]
    for name, office in of_each[0].items():
        if all(of.get(name) == office for of in of_each):
            others = {other for of in of_each for other in of if of[other] != office}
            line["sources"] = {key: use for key, use in line["sources"].items() if key not in others}
            line["sources"][name].pop("qualification", None)
            return


def with_stages_of_somebody(draw: DrawFn, world: Written) -> None:
    """Let what registers say of stages mean some to which all applications of their lines come, if there are any."""
    for line in world["demand"].values():
        register = line["orders"]
        if not isinstance(register, dict) or "stage" not in register:
            continue
        every = _stages_of_all(world, line)
        if FIRST_STAGE not in every or ("stages" not in register and draw(st.booleans())):
            register.setdefault("stages", {FIRST_STAGE: FIRST_STAGE})
        if not every:
            _without(register, *STAGE)
        elif "stages" in register:
            words = [
                word for cells in register["stages"].values() for word in ([cells] if isinstance(cells, str) else cells)
            ]
            meant: dict[str, list[str]] = {}
            for word in words:
                meant.setdefault(draw(st.sampled_from(every)), []).append(word)
            if draw(st.integers(0, 3)) == 3:
                meant.setdefault(draw(st.sampled_from(every)), []).append("")
            register["stages"] = {stage: cells[0] if len(cells) == 1 else cells for stage, cells in meant.items()}


def _stages_of_all(world: Written, line: Mapping[str, Any]) -> list[str]:
    """The stages that applications of a line come to, whatever their destination and goods."""
    found: list[str] = []
    places = destinations_of(line)
    for destination in places:
        for office in sorted(set(_offices_of(world, line, destination).values())):
            authority = world["authorities"][office]
            found += (
                stage["stage"]
                for stage in (*authority["review"], *authority.get("case_by_case", {}).get("review", ()))
                if not {"destinations", "goods"} & stage.get("only", {}).keys()
            )
    return [stage for stage in dict.fromkeys(found) if found.count(stage) == len(places)]


def _without(register: Written, *keys: str) -> None:
    for key in keys:
        register.pop(key, None)
