"""What is reported of expectations: which expectations hold, and whether every rule is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

from exportsim.analysis.intervals import FEWEST
from exportsim.outcomes import DAYS, SHARE
from exportsim.report.document import Block, Cell, Document, Line, Style, Table
from exportsim.report.number_format import counted, scale_of, scaled
from exportsim.scenario.expectation import AGAINST_AN_AMOUNT
from exportsim.scenario.writer import explicit_form
from exportsim.study.expectations import FAILED, HELD, UNDECIDED, ExpectationReport, Finding

STYLES: dict[str, Style] = {HELD: "good", FAILED: "bad", UNDECIDED: "open"}

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
    for file, found in examined:
        blocks += [Line(), *_blocks(file, found)] if blocks else _blocks(file, found)
    return Document(blocks, partial(_data, examined))


def _data(examined: Sequence[tuple[str, ExpectationReport]]) -> dict[str, object]:
    return {
        "failed": sum(examination.failed for _, examination in examined),
        "undecided": sum(examination.undecided for _, examination in examined),
        "files": {file: _data_of(examination) for file, examination in examined},
    }


def _data_of(found: ExpectationReport) -> dict[str, object]:
    return {
        "expectations": [
            {
                "verdict": finding.verdict,
                "said": finding.expectation.said(),
                "expectation": explicit_form(finding.expectation),
                **{name: getattr(finding.interval, name) for name in ("mean", "low", "high", "n", "method")},
                "unit": finding.unit,
                "so": finding.so,
            }
            for finding in found.findings
        ],
        "checks": [{"verdict": FAILED if check.broken else HELD, **check._asdict()} for check in found.checks],
        "level": found.level,
        "interrupted": found.interrupted,
        "provenance": found.provenance,
    }


def _blocks(file: str, found: ExpectationReport) -> Iterator[Block]:
    yield Line(f"{file}: {found.provenance['title'] or 'untitled scenario'}", "strong")
    if found.findings:
        yield Table("expectations", EXPECTED, ["", "expected", "found"], [*map(_row, found.findings)], left=2, fold=1)
    if found.checks:
        rows = [
            [_verdict(FAILED if check.broken else HELD), Cell(check.name), Cell(check.rule), Cell(str(check.plays))]
            for check in found.checks
        ]
        yield Table("rules", RULES, ["", "rule", "", "plays"], rows, left=3, fold=2)
        for check in found.checks:
            for text in check.broken:
                yield Line(f"{check.name}: {text}", "bad")
    yield Line()
    yield from map(Line, _notes(found))
    yield Line(_closing(found), "quiet")


def _row(finding: Finding) -> list[Cell]:
    interval, unit = finding.interval, finding.unit
    by_itself = finding.expectation.key in AGAINST_AN_AMOUNT
    if unit == SHARE:
        by, word = 100.0, "%" if by_itself else "points"
    elif unit == DAYS:
        by, word = 1.0, "days"
    else:
        factor, word = scale_of([interval.mean])
        by, word = 1 / factor, f"{unit} {word}".strip()
    marks = [by * mark for mark in (0.0, *finding.expectation.bounds) if mark is not None]
    text = scaled(interval, by, marks=[*marks, 100.0, -100.0] if unit == SHARE else marks, plus=not by_itself)
    shown = "–" if math.isnan(interval.mean) else f"{text} {word}"
    return [_verdict(finding.verdict), Cell(finding.expectation.said()), Cell(shown)]


def _verdict(word: str) -> Cell:
    return Cell(word, STYLES[word])


def _notes(found: ExpectationReport) -> Iterator[str]:
    number = len(found.findings)
    if not number:
        yield NOTHING_EXPECTED
        return
    together = TOGETHER.format(level=100 * found.level) if number > 1 else ""
    yield FOUND.format(each=100 * (1 - (1 - found.level) / number), together=together)
    if any(finding.verdict == UNDECIDED for finding in found.findings):
        few = any(finding.interval.n < FEWEST for finding in found.findings)
        yield TOO_FEW.format(fewest=FEWEST) if few else MORE_FUTURES


def _closing(found: ExpectationReport) -> str:
    verdicts = [finding.verdict for finding in found.findings]
    parts = [", ".join(f"{verdicts.count(word)} {word}" for word in STYLES if word in verdicts)]
    if found.checks:
        broken = sum(bool(check.broken) for check in found.checks)
        parts.append((BROKEN if broken else KEPT).format(broken=broken, rules=len(found.checks)))
    parts.append("interrupted" if found.interrupted else "")
    futures = counted(found.provenance["futures"], "future")
    parts.append(CLOSING.format_map({**found.provenance, "futures": futures}))
    return "; ".join(part for part in parts if part)
