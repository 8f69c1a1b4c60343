"""What is reported of the policies of several files."""

from __future__ import annotations

from collections.abc import Iterator

from exportsim.language import day, text
from exportsim.report.amounts import Figures, figures
from exportsim.report.document import Block, Cell, Document, Heading, Line, Row, Table
from exportsim.report.number_format import scaled, unit_of, value_text
from exportsim.report.studies import any_doubtful, blocks_of_study, difference_cell, played
from exportsim.study.several_files import Comparison

OUTCOME = "exports"
MOST_DIFFERENCES = 20  # of a file


def describe(comparison: Comparison) -> Document:
    """What ``exportsim compare`` reports; the data hold every outcome that the files share."""
    first, *others = comparison.results.values()
    title = text("compare.title", title=first.scenario.title or text("studies.untitled"), number=len(others))
    differences = figures(comparison.compare(), OUTCOME)
    notes = [text("studies.brackets")] if any_doubtful(differences.values()) else []
    notes += [text("studies.one_future")] if comparison.futures == 1 else []
    futures = played(comparison.futures, "future", interrupted=comparison.interrupted)
    closing = text("compare.closing", **{**first.provenance, "played": futures})
    body = _body(comparison, figures(comparison.summary(), OUTCOME), differences)
    results = comparison.results.items()
    return Document(
        blocks_of_study(title, body, notes, closing),
        lambda: {
            "reference": dict(zip(("file", "policy"), comparison.reference, strict=True)),
            "futures": comparison.futures,
            "worlds": {name: [change._asdict() for change in own] for name, own in comparison.differences.items()},
            "summary": comparison.summary(),
            "comparison": comparison.compare(),
            "warnings": {name: [warning.document() for warning in result.warnings] for name, result in results},
            "provenance": {name: result.provenance for name, result in results},
        },
    )


def _body(comparison: Comparison, exports: Figures, differences: Figures) -> Iterator[Block]:
    first = next(iter(comparison.results))
    scenario = comparison.results[first].scenario
    factor, unit = unit_of(scenario.currency, (interval.mean for interval in exports.values()))
    yield Line(text("compare.period", start=day(scenario.period.start), end=day(scenario.period.end)))
    yield Line(text("compare.units", unit=unit))
    for name, changes in comparison.differences.items():
        yield Heading(text("compare.differs", file=name, first=first))
        for change in changes[:MOST_DIFFERENCES]:
            there, here = _value(change.there), _value(change.here)
            said = {"path": change.path, "there": there, "file": name, "here": here, "first": first}
            yield Line(text("compare.changed", **said), indent=2)
        if len(changes) > MOST_DIFFERENCES:
            yield Line(text("compare.more", number=len(changes) - MOST_DIFFERENCES), indent=2)
        if not changes:
            yield Line(text("compare.no_difference"), indent=2)
    rows: list[Row] = []
    for key in comparison.policies:
        difference = Cell(text("studies.reference"), "quiet")
        if interval := differences.get(key):
            difference = difference_cell(interval, scaled(interval, 1 / factor))
        rows.append([*key, scaled(exports[key], 1 / factor), difference])
    title = text("compare.exports", file=comparison.reference[0], policy=comparison.reference[1])
    head = [*(text(f"compare.head.{name}") for name in ("file", "policy", "exports")), text("studies.difference")]
    yield Table("exports", title, head, rows, left=2, fold=1)


def _value(value: object) -> str:
    return text("compare.nothing") if value is None else value_text(value) or text("compare.none")
