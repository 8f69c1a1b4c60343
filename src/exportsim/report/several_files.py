"""What is reported of the policies of several files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from exportsim.report.amounts import any_doubtful, difference_cell, figures
from exportsim.report.document import UNTITLED, Block, Cell, Document, Heading, Line, Table
from exportsim.report.number_format import counted, scale_of, scaled, value_text
from exportsim.report.result import DOUBTFUL, ONE_FUTURE
from exportsim.study.several_files import Comparison

if TYPE_CHECKING:
    from exportsim.scenario.differences import Difference

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


def describe(found: Comparison) -> Document:
    """What ``exportsim compare`` reports; the data hold every outcome that the files share."""
    return Document(list(_blocks(found)), partial(_data, found))


def _data(found: Comparison) -> dict[str, object]:
    return {
        "reference": {"file": found.reference[0], "policy": found.reference[1]},
        "futures": found.futures,
        "worlds": {name: [each._asdict() for each in told] for name, told in found.differences.items()},
        "summary": found.summary(),
        "comparison": found.compare(),
        "warnings": {
            name: [warning.document() for warning in result.warnings] for name, result in found.results.items()
        },
        "provenance": {name: result.provenance for name, result in found.results.items()},
    }


def _blocks(found: Comparison) -> Iterator[Block]:
    first, *others = found.results
    scenario, origin = found.results[first].scenario, found.results[first].provenance
    exports, differences = figures(found.summary(), OUTCOME), figures(found.compare(), OUTCOME)
    factor, word = scale_of(each.mean for each in exports.values())
    yield Line(TITLE.format(title=scenario.title or UNTITLED, others=len(others)), "strong")
    yield Line(f"{scenario.period.start} to {scenario.period.end}")
    yield Line(UNITS.format(unit=f"{scenario.currency} {word}".strip()))
    for name, told in found.differences.items():
        yield Heading(OTHERWISE.format(file=name, first=first))
        for text in _changes(told):
            yield Line(text, indent=2)
    rows = [
        [
            Cell(file),
            Cell(policy),
            Cell(scaled(exports[file, policy], 1 / factor)),
            difference_cell(apart, scaled(apart, 1 / factor))
            if (apart := differences.get((file, policy)))
            else Cell("reference", "quiet"),
        ]
        for file, policy in found.policies
    ]
    title = EXPORTS.format(file=found.reference[0], policy=found.reference[1])
    yield Table("exports", title, ["file", "policy", "exports", "difference"], rows, left=2, fold=1)
    yield Line()
    if any_doubtful(differences.values()):
        yield Line(DOUBTFUL)
    if found.futures == 1:
        yield Line(ONE_FUTURE)
    played = counted(found.futures, "future")
    played = f"interrupted after {played}" if found.interrupted else played
    yield Line(CLOSING.format_map({**origin, "played": played}), "quiet")


def _changes(differences: Sequence[Difference]) -> Iterator[str]:
    for each in differences[:MOST_DIFFERENCES]:
        yield CHANGED.format(path=each.path, there=_value(each.there), here=_value(each.here))
    if len(differences) > MOST_DIFFERENCES:
        yield MORE.format(number=len(differences) - MOST_DIFFERENCES)
    if not differences:
        yield THE_SAME


def _value(value: object) -> str:
    return "nothing" if value is None else value_text(value) or "none"
