"""Policies of several files as a page and as a JSON document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from exportsim.analysis.intervals import Interval, Verdict, verdict
from exportsim.report.number_format import scale_of, scaled
from exportsim.report.result_text import difference
from exportsim.report.text_page import Cell, Page
from exportsim.report.values import said
from exportsim.study.several_files import Comparison

if TYPE_CHECKING:
    import pandas as pd

OUTCOME = "exports"
MOST_TOLD = 20  # differences of a file


def answer(found: Comparison, *, ascii: bool = False) -> Page:
    """The page that ``exportsim compare`` prints."""
    first, *others = found.results
    scenario = found.results[first].scenario
    exports, differences = _intervals(found.summary()), _intervals(found.compare())
    factor, word = scale_of(each.mean for each in exports.values())
    page = Page(ascii=ascii)
    page.line(f"{scenario.title or 'Untitled scenario'} and {len(others)} more", style="bold")
    page.line(f"{scenario.period.start} to {scenario.period.end}")
    page.line(f"Money in {f'{scenario.currency} {word}'.strip()}; mean and 95 % interval, ± or [low to high]")
    for name, told in found.differences.items():
        page.heading(f"What {name} has otherwise than {first}")
        for line in _told(told):
            page.line(line, indent=2)
    page.heading(
        f"Exports, and their difference from {found.reference[1]} of {found.reference[0]}, in the same futures"
    )
    rows = [
        [
            Cell(file),
            Cell(policy),
            Cell(scaled(exports[file, policy], 1 / factor)),
            _difference(differences, key, factor),
        ]
        for key in found.policies
        for file, policy in [key]
    ]
    page.table(["file", "policy", "exports", "difference"], rows, left=2, fold=1)
    page.line()
    if any(verdict(*each[:3]) is Verdict.DOUBTFUL for each in differences.values()):
        page.line("In brackets: not distinguishable from no difference.")
    if found.futures == 1:
        page.line("One future: no interval can be given.")
    origin = found.results[first].provenance
    played = f"{found.futures} future{'s' if found.futures != 1 else ''}"
    played = f"interrupted after {played}" if found.interrupted else played
    page.line(f"{played}, seed {origin['seed']}, exportsim {origin['exportsim']}", style="dim")
    return page


def document(found: Comparison) -> dict[str, Any]:
    """The same as a mapping for ``--json``, with every outcome that the files share."""
    return {
        "reference": {"file": found.reference[0], "policy": found.reference[1]},
        "futures": found.futures,
        "worlds": {name: [each._asdict() for each in told] for name, told in found.differences.items()},
        "summary": _nested(found.summary()),
        "comparison": _nested(found.compare()),
        "warnings": {
            name: [warning.document() for warning in result.warnings] for name, result in found.results.items()
        },
        "provenance": {name: dict(result.provenance) for name, result in found.results.items()},
    }


def _told(differences: list[Any]) -> Iterator[str]:
    for each in differences[:MOST_TOLD]:
        yield f"{each.path}: {_value(each.there)} (there {_value(each.here)})"
    if len(differences) > MOST_TOLD:
        yield f"and {len(differences) - MOST_TOLD} more; --json tells all"
    if not differences:
        yield "nothing: the worlds are the same"


def _value(value: Any) -> str:
    return "nothing" if value is None else said(value) or "none"


def _difference(differences: dict[tuple[str, str], Interval], key: tuple[str, str], factor: float) -> Cell:
    if key not in differences:
        return Cell("reference", "dim")
    found = differences[key]
    return difference(verdict(*found[:3]), scaled(found, 1 / factor))


def _intervals(table: pd.DataFrame) -> dict[tuple[str, str], Interval]:
    exports = table.xs(OUTCOME, level="outcome")[list(Interval._fields)]
    return {
        (str(file), str(policy)): Interval(*row)
        for (file, policy), row in zip(exports.index, exports.itertuples(index=False), strict=True)
    }


def _nested(table: pd.DataFrame) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for row in table.reset_index().to_dict("records"):
        file, policy, outcome = (str(row.pop(level)) for level in ("file", "policy", "outcome"))
        found = {str(key): None if isinstance(v, float) and math.isnan(v) else v for key, v in row.items()}
        nested.setdefault(file, {}).setdefault(policy, {})[outcome] = found
    return nested
