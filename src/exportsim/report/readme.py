"""The README of a result's folder: what each file and column is, and in which unit. Its words are in ``readme.txt``."""

from __future__ import annotations

from importlib import resources
from textwrap import fill

from exportsim.analysis.intervals import LEVEL
from exportsim.analysis.quantities import SERIES, SPEND
from exportsim.outcomes import OUTCOMES
from exportsim.report.document import UNTITLED
from exportsim.report.number_format import visible
from exportsim.report.result import closing
from exportsim.study.result import Result

WARNINGS = "Warnings: well-formed, but does it make sense?"
IN_MONTH = {True: "number, at the end of the month", False: "number, in the month"}


def readme(result: Result) -> str:
    """A data dictionary as text: paragraphs, and sections with a title and a line for each entry."""
    currency = result.scenario.currency
    outcomes = [
        f"{outcome.name}: [{currency if outcome.unit == 'money' else outcome.unit}] {outcome.definition}"
        for outcome in OUTCOMES
    ]
    quantities = [
        f"{quantity.name}: [{currency if quantity.name == SPEND else IN_MONTH[quantity.stock]}] {quantity.what}"
        for quantity in SERIES
    ]
    words = resources.files("exportsim.report").joinpath("readme.txt").read_text(encoding="utf-8")
    sections = (
        words.rstrip("\n")
        .format(
            level=f"{100 * LEVEL:g} %",
            reference=result.scenario.reference,
            currency=currency,
            outcomes="\n".join(outcomes),
            quantities="\n".join(quantities),
        )
        .split("\n\n")
    )
    if result.warnings:
        entries = [f"{visible(warning.path)}: {visible(warning.message)}" for warning in result.warnings]
        sections.insert(0, "\n".join([WARNINGS, *entries]))
    head = [visible(result.scenario.title) or UNTITLED, closing(result)]
    return "\n\n".join([*head, *map(_section, sections)]) + "\n"


def _section(text: str) -> str:
    title, *entries = text.split("\n")
    if not entries:
        return fill(title, 80)
    wrapped = [fill(entry, 80, initial_indent="  ", subsequent_indent="      ") for entry in entries]
    return "\n".join([title, "-" * len(title), *wrapped])
