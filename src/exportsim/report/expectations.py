"""What is reported of expectations: which expectations hold, and whether every rule is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from exportsim.analysis.intervals import FEWEST
from exportsim.outcomes import DAYS, SHARE
from exportsim.report.document import Block, Cell, Document, Line, Row, Table
from exportsim.report.number_format import counted, is_money, scale_of, scaled
from exportsim.report.studies import attributes, blocks_of_study
from exportsim.scenario.expectation import AGAINST_AN_AMOUNT
from exportsim.scenario.writer import explicit_form
from exportsim.study.expectations import FAILED, HELD, UNDECIDED, ExpectationReport, Finding
from exportsim.study.model_checks import Check

CELLS = {HELD: Cell(HELD, "good"), FAILED: Cell(FAILED, "bad"), UNDECIDED: Cell(UNDECIDED, "open")}

EXPECTED = "What it expects"
RULES = "Rules that every scenario keeps"
NOTHING_EXPECTED = "The scenario expects nothing; see `expect` in docs/expectations.md."
FOUND = (
    "Found: the mean, or the mean difference in the same futures, ± half or [low to high] of its {each:.4g} % "
    "interval{together}."
)
TOGETHER = "; together they hold at {level:g} %"
MORE_FUTURES = "Undecided: the interval lies on both sides; more futures would tell."
TOO_FEW = "Undecided: the interval lies on both sides, or rests on fewer than {fewest} futures."
KEPT, BROKEN = "{rules} rules kept", "{broken} of {rules} rules broken"
CLOSING = "{futures}, seed {seed}, exportsim {exportsim}, {seconds:.1f} s"


def describe(examined: Sequence[tuple[str, ExpectationReport]]) -> Document:
    """What ``exportsim test`` reports of some files.

    The data hold ``failed`` and ``undecided``, their numbers in all, and ``files``: by file, ``expectations``
    (``verdict``, ``said``, ``expectation`` as in the file, ``mean``, ``low``, ``high``, ``n``, ``method``, ``unit``,
    ``so``), ``checks`` (``verdict``, ``name``, ``rule``, ``plays``, ``broken``), ``level``, ``interrupted`` and
    ``provenance``.
    """
    blocks: list[Block] = []
    for file, report in examined:
        title = f"{file}: {report.provenance['title'] or 'untitled scenario'}"
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
        expected: list[Row] = [
            [CELLS[finding.verdict], finding.expectation.said(), _interval_text(finding, *factor)]
            for finding in report.findings
        ]
        yield Table("expectations", EXPECTED, ["", "expected", "found"], expected, left=2, fold=1)
    if report.checks:
        rules: list[Row] = []
        for check in report.checks:
            rules.append([CELLS[_verdict(check)], check.name, check.rule, str(check.plays)])
        yield Table("rules", RULES, ["", "rule", "", "plays"], rules, left=3, fold=2)
    for check in report.checks:
        for text in check.broken:
            yield Line(f"{check.name}: {text}", "bad")


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
        by, word = 100.0, "%" if by_itself else "points"
    elif unit == DAYS:
        by, word = 1.0, "days"
    elif is_money(unit):
        by, word = 1 / factor, f"{unit} {scale}".strip()
    else:
        by, word = 1.0, ""
    marks = [by * mark for mark in (0.0, *finding.expectation.bounds) if mark is not None]
    text = scaled(interval, by, marks=[*marks, 100.0, -100.0] if unit == SHARE else marks, plus=not by_itself)
    return "–" if math.isnan(interval.mean) else f"{text} {word}".strip()


def _notes(report: ExpectationReport) -> Iterator[str]:
    number = len(report.findings)
    if not number:
        yield NOTHING_EXPECTED
        return
    together = TOGETHER.format(level=100 * report.level) if number > 1 else ""
    yield FOUND.format(each=100 * (1 - (1 - report.level) / number), together=together)
    if any(finding.verdict == UNDECIDED for finding in report.findings):
        few = any(finding.interval.n < FEWEST for finding in report.findings)
        yield TOO_FEW.format(fewest=FEWEST) if few else MORE_FUTURES


def _closing(report: ExpectationReport) -> str:
    verdicts = [finding.verdict for finding in report.findings]
    parts = [", ".join(f"{verdicts.count(word)} {word}" for word in CELLS if word in verdicts)]
    if report.checks:
        broken = sum(bool(check.broken) for check in report.checks)
        parts.append((BROKEN if broken else KEPT).format(broken=broken, rules=len(report.checks)))
    parts.append("interrupted" if report.interrupted else "")
    futures = counted(report.provenance["futures"], "future")
    parts.append(CLOSING.format_map({**report.provenance, "futures": futures}))
    return "; ".join(part for part in parts if part)
