"""What is reported of expectations: which expectations hold, and whether every rule is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from exportsim.analysis.intervals import FEWEST
from exportsim.digits import unit_in_words
from exportsim.language import country, text
from exportsim.names import quoted
from exportsim.outcomes import DAYS, SHARE
from exportsim.report.document import Block, Cell, Document, Line, Row, Style, Table
from exportsim.report.number_format import digits, is_money, number, scale_of, scaled
from exportsim.report.studies import attributes, blocks_of_study, counted
from exportsim.scenario.expectation import AGAINST_AN_AMOUNT, Called
from exportsim.scenario.writer import explicit_form
from exportsim.study.expectations import FAILED, HELD, UNDECIDED, ExpectationReport, Finding
from exportsim.study.model_checks import RULES, Check
from exportsim.study.naming import outcome_words, path_words, title_of

#: The section in which the name stands that a key of an expectation has.
SECTION_OF_KEY = {"policy": "policies", "line": "demand", "goods": "goods", "supplier": "suppliers"}
STYLES: dict[str, Style] = {HELD: "good", FAILED: "bad", UNDECIDED: "open"}


def describe(examined: Sequence[tuple[str, ExpectationReport]]) -> Document:
    """What ``exportsim test`` reports of some files.

    The data hold ``failed`` and ``undecided``, their numbers in all, and ``files``: by file, ``expectations``
    (``verdict``, ``said``, ``expectation`` as in the file, ``mean``, ``low``, ``high``, ``n``, ``method``, ``unit``,
    ``so``), ``checks`` (``verdict``, ``name``, ``rule``, ``plays``, ``broken``, ``smaller``), ``level``,
    ``interrupted`` and ``provenance``.
    """
    blocks: list[Block] = []
    for file, report in examined:
        title = text("expect.title", file=file, title=report.provenance["title"] or text("studies.untitled"))
        blocks += [Line()] if blocks else []
        blocks += blocks_of_study(title, _body(report), _notes(report), _closing(report))
    return Document(
        blocks,
        lambda: {
            "failed": sum(report.failed for _, report in examined),
            "undecided": sum(report.undecided for _, report in examined),
            "files": {file: _data_of(report) for file, report in examined},
        },
    )


def _data_of(report: ExpectationReport) -> dict[str, object]:
    return {
        "expectations": [
            {
                "verdict": finding.verdict,
                "said": finding.expectation.said(),
                "expectation": explicit_form(finding.expectation),
                **attributes(finding.interval, "mean", "low", "high", "n", "method"),
                **attributes(finding, "unit", "so"),
            }
            for finding in report.findings
        ],
        "checks": [{"verdict": _verdict(check), **check._asdict()} for check in report.checks],
        **attributes(report, "level", "interrupted", "provenance"),
    }


def _body(report: ExpectationReport) -> Iterator[Block]:
    if report.findings:
        factor = _money_factor(report.findings)
        called = Called(partial(_part, report), partial(outcome_words, report), partial(path_words, report))
        expected: list[Row] = [
            [_cell(finding.verdict), finding.expectation.said(called), _interval_text(finding, *factor)]
            for finding in report.findings
        ]
        yield Table(
            "expectations", text("expect.expected"), ["", _head("expected"), _head("found")], expected, left=2, fold=1
        )
    if report.checks:
        rules: list[Row] = []
        for check in report.checks:
            name = text(f"rules.name.{RULES[check.name]}")
            rules.append([_cell(_verdict(check)), name, check.rule, number(check.plays, 0)])
        yield Table("rules", text("expect.rules"), ["", _head("rule"), "", _head("plays")], rules, left=3, fold=2)
    for check in report.checks:
        for broken in check.broken:
            yield Line(f"{check.name}: {broken}", "bad")


def _part(report: ExpectationReport, key: str, name: Any) -> str:
    """A policy, a year, a country or another part of what is looked at, as a reader knows it."""
    if key == "destination":
        return country(name)
    section = SECTION_OF_KEY.get(key)
    return str(name) if section is None else quoted(title_of(report, section, name))


def _cell(verdict: str) -> Cell:
    return Cell(text(f"expect.verdict.{verdict}"), STYLES[verdict])


def _head(name: str) -> str:
    return text(f"expect.head.{name}")


def _verdict(check: Check) -> str:
    return FAILED if check.broken else HELD


def _money_factor(findings: Sequence[Finding]) -> tuple[float, str]:
    """In what power of a thousand all money of a table is told, as in the answer of a run."""
    money = [finding for finding in findings if is_money(finding.unit)]
    bounds = [bound for finding in money for bound in finding.expectation.bounds if bound is not None]
    return scale_of([*(finding.interval.mean for finding in money), *bounds])


def _interval_text(finding: Finding, factor: float, scale: str) -> str:
    """The interval of a figure, its ends on the right side of what it is held against."""
    interval, unit = finding.interval, finding.unit
    by_itself = finding.expectation.key in AGAINST_AN_AMOUNT
    if unit == SHARE:
        by, word = 100.0, text("expect.share") if by_itself else text("expect.points")
    elif unit == DAYS:
        by, word = 1.0, text("expect.days")
    elif is_money(unit):
        by, word = 1 / factor, unit_in_words(unit, scale)
    else:
        by, word = 1.0, ""
    marks = [by * mark for mark in (0.0, *finding.expectation.bounds) if mark is not None]
    shown = scaled(interval, by, marks=[*marks, 100.0, -100.0] if unit == SHARE else marks, plus=not by_itself)
    return "–" if math.isnan(interval.mean) else f"{shown} {word}".strip()


def _notes(report: ExpectationReport) -> Iterator[str]:
    times = max((check.smaller for check in report.checks), default=1)
    if times > 1:
        yield text("expect.smaller", times=number(times, 0))
    findings = len(report.findings)
    if not findings:
        yield text("expect.nothing")
        return
    each = digits(float(f"{100 * (1 - (1 - report.level) / findings):.4g}"))
    if findings == 1:
        yield text("expect.found", each=each)
    else:
        yield text("expect.found_together", each=each, level=digits(100 * report.level))
    if any(finding.verdict == UNDECIDED for finding in report.findings):
        few = any(finding.interval.n < FEWEST for finding in report.findings)
        yield text("expect.too_few", fewest=FEWEST) if few else text("expect.more_futures")


def _closing(report: ExpectationReport) -> str:
    verdicts = [finding.verdict for finding in report.findings]
    numbers = [text(f"expect.{word}_number", number=verdicts.count(word)) for word in STYLES if word in verdicts]
    parts = [text("lists.comma").join(numbers)]
    if report.checks:
        broken = sum(bool(check.broken) for check in report.checks)
        rules = len(report.checks)
        parts.append(text("expect.broken", broken=broken, rules=rules) if broken else text("expect.kept", number=rules))
    parts.append(text("expect.interrupted") if report.interrupted else "")
    futures = counted(report.provenance["futures"], "future")
    seconds = number(report.provenance["seconds"], 1)
    parts.append(text("expect.closing", **{**report.provenance, "futures": futures, "seconds": seconds}))
    return text("lists.semicolon").join(part for part in parts if part)
