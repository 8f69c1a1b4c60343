"""What is reported of the policies of several files."""

from __future__ import annotations

from collections.abc import Iterator

from exportsim.report.amounts import Figures, figures
from exportsim.report.document import UNTITLED, Block, Cell, Document, Heading, Line, Row, Table
from exportsim.report.number_format import scaled, unit_of, value_text
from exportsim.report.result import DOUBTFUL, ONE_FUTURE
from exportsim.report.studies import any_doubtful, blocks_of_study, difference_cell, played
from exportsim.study.several_files import Comparison

OUTCOME = "exports"
MOST_DIFFERENCES = 20  # of a file

TITLE = "{title} and {others} more"
UNITS = "Money in {unit}; mean and 95 % interval, ± or [low to high]"
OTHERWISE = "What {file} has otherwise than {first}"
CHANGED = "{path}: {there} (there {here})"
MORE = "and {number} more; --json tells all"
THE_SAME = "nothing: the worlds are the same"
EXPORTS = "Exports, and their difference from {policy} of {file}, in the same futures"
CLOSING = "{played}, seed {seed}, exportsim {exportsim}"


def describe(comparison: Comparison) -> Document:
    """What ``exportsim compare`` reports; the data hold every outcome that the files share."""
    first, *others = comparison.results.values()
    title = TITLE.format(title=first.scenario.title or UNTITLED, others=len(others))
    differences = figures(comparison.compare(), OUTCOME)
    notes = [DOUBTFUL] if any_doubtful(differences.values()) else []
    notes += [ONE_FUTURE] if comparison.futures == 1 else []
    futures = played(comparison.futures, "future", interrupted=comparison.interrupted)
    closing = CLOSING.format_map({**first.provenance, "played": futures})
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
    yield Line(f"{scenario.period.start} to {scenario.period.end}")
    yield Line(UNITS.format(unit=unit))
    for name, changes in comparison.differences.items():
        yield Heading(OTHERWISE.format(file=name, first=first))
        for change in changes[:MOST_DIFFERENCES]:
            there, here = _value(change.there), _value(change.here)
            yield Line(CHANGED.format(path=change.path, there=there, here=here), indent=2)
        if len(changes) > MOST_DIFFERENCES:
            yield Line(MORE.format(number=len(changes) - MOST_DIFFERENCES), indent=2)
        if not changes:
            yield Line(THE_SAME, indent=2)
    rows: list[Row] = []
    for key in comparison.policies:
        difference = Cell("reference", "quiet")
        if interval := differences.get(key):
            difference = difference_cell(interval, scaled(interval, 1 / factor))
        rows.append([*key, scaled(exports[key], 1 / factor), difference])
    title = EXPORTS.format(file=comparison.reference[0], policy=comparison.reference[1])
    yield Table("exports", title, ["file", "policy", "exports", "difference"], rows, left=2, fold=1)


def _value(value: object) -> str:
    return "nothing" if value is None else value_text(value) or "none"
