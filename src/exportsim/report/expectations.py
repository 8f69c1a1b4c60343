"""An examination as a page and as a JSON document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from exportsim.analysis.intervals import FEWEST
from exportsim.outcomes import DAYS, SHARE
from exportsim.report.number_format import scale_of, scaled
from exportsim.report.text_page import Cell, Page
from exportsim.scenario.expectation import AGAINST_AN_AMOUNT
from exportsim.scenario.writer import explicit_form
from exportsim.study.expectations import FAILED, HELD, UNDECIDED, Examination, Finding

STYLES = {HELD: "green", FAILED: "red", UNDECIDED: "yellow"}


def answer(found: Examination, file: str, *, last: bool = True, ascii: bool = False) -> Page:
    """The page that ``exportsim test`` prints of a file."""
    page = Page(ascii=ascii)
    page.line(f"{file}: {found.provenance['title'] or 'untitled scenario'}", style="bold")
    if found.findings:
        page.heading("What it expects")
        page.table(["", "expected", "found"], [_row(finding) for finding in found.findings], left=2, fold=1)
    if found.checks:
        page.heading("Rules that every scenario keeps")
        rows = [
            [_verdict(FAILED if check.broken else HELD), Cell(check.name), Cell(check.rule), Cell(str(check.plays))]
            for check in found.checks
        ]
        page.table(["", "rule", "", "plays"], rows, left=3, fold=2)
        for check in found.checks:
            for text in check.broken:
                page.line(f"{check.name}: {text}", style="red")
    page.line()
    for note in _notes(found):
        page.line(note)
    page.line(_closing(found), style="dim")
    if not last:
        page.line()
    return page


def document(found: Sequence[tuple[str, Examination]]) -> dict[str, Any]:
    """The same of several files as a mapping for ``--json``.

    Returns
    -------
    dict
        ``failed`` and ``undecided``, their numbers in all, and ``files``: by file, ``expectations`` (``verdict``,
        ``said``, ``expectation`` as in the file, ``mean``, ``low``, ``high``, ``n``, ``method``, ``unit``, ``so``),
        ``checks`` (``verdict``, ``name``, ``rule``, ``plays``, ``broken``), ``level``, ``interrupted`` and
        ``provenance``. What is undefined is null.
    """
    return {
        "failed": sum(examination.failed for _, examination in found),
        "undecided": sum(examination.undecided for _, examination in found),
        "files": {file: _document(examination) for file, examination in found},
    }


def _document(found: Examination) -> dict[str, Any]:
    return {
        "expectations": [
            {
                "verdict": finding.verdict,
                "said": finding.expectation.said(),
                "expectation": explicit_form(finding.expectation),
                **{name: _defined(getattr(finding.interval, name)) for name in ("mean", "low", "high")},
                "n": finding.interval.n,
                "method": finding.interval.method,
                "unit": finding.unit,
                "so": finding.so,
            }
            for finding in found.findings
        ],
        "checks": [
            {"verdict": FAILED if check.broken else HELD, **check._asdict(), "broken": list(check.broken)}
            for check in found.checks
        ],
        "level": found.level,
        "interrupted": found.interrupted,
        "provenance": dict(found.provenance),
    }


def _defined(value: float) -> float | None:
    return None if math.isnan(value) else value


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
    told = "–" if math.isnan(interval.mean) else f"{text} {word}"
    return [_verdict(finding.verdict), Cell(finding.expectation.said()), Cell(told)]


def _verdict(word: str) -> Cell:
    return Cell(word, STYLES[word])


def _notes(found: Examination) -> Iterator[str]:
    if not found.findings:
        yield "The scenario expects nothing; see `expect` in docs/expectations.md."
        return
    number = len(found.findings)
    each = 100 * (1 - (1 - found.level) / number)
    together = f"; together they hold at {100 * found.level:g} %" if number > 1 else ""
    yield (
        f"Found: the mean, or the mean difference in the same futures, "
        f"± half or [low to high] of its {each:.4g} % interval{together}."
    )
    if any(finding.verdict == UNDECIDED for finding in found.findings):
        few = any(finding.interval.n < FEWEST for finding in found.findings)
        yield (
            "Undecided: the interval lies on both sides; more futures would tell."
            if not few
            else f"Undecided: the interval lies on both sides, or rests on fewer than {FEWEST} futures."
        )


def _closing(found: Examination) -> str:
    origin = found.provenance
    verdicts = [finding.verdict for finding in found.findings]
    told = ", ".join(f"{verdicts.count(word)} {word}" for word in STYLES if word in verdicts)
    broken = sum(bool(check.broken) for check in found.checks)
    rules = f"{len(found.checks)} rules kept" if not broken else f"{broken} of {len(found.checks)} rules broken"
    parts = [told, rules if found.checks else "", "interrupted" if found.interrupted else ""]
    futures = f"{origin['futures']} future{'s' if origin['futures'] != 1 else ''}"
    parts.append(f"{futures}, seed {origin['seed']}, exportsim {origin['exportsim']}, {origin['seconds']:.1f} s")
    return "; ".join(part for part in parts if part)
