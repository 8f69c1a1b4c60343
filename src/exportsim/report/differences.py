"""What is reported of two scenario files: in what they differ, each with its words and its address."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from exportsim.language import text
from exportsim.names import told_apart, words
from exportsim.report.document import Block, Document, Heading, Line
from exportsim.report.number_format import value_text
from exportsim.scenario import Scenario, digest
from exportsim.scenario.differences import Difference, Differences, differences, is_order
from exportsim.scenario.schema import Register
from exportsim.study.naming import path_with_titles

DIGITS = 12  # of a register's SHA-256


def describe(files: tuple[str, str], first: Scenario, other: Scenario) -> Document:
    """In what two scenarios differ; the data say the same by ``path``, ``here`` and ``there``."""
    found = differences(first, other)
    return Document(
        list(_blocks(files, first, other, found)),
        lambda: {
            "same": not any(found),
            "files": list(files),
            "digests": [digest(scenario) for scenario in (first, other)],
            **{kind: [change._asdict() for change in changes] for kind, changes in found._asdict().items()},
        },
    )


def _blocks(files: tuple[str, str], first: Scenario, other: Scenario, found: Differences) -> Iterator[Block]:
    names = [Path(file).name for file in files]
    files = files if names[0] == names[1] else (names[0], names[1])
    if not any(found):
        yield Line(text("differences.none", first=files[0], other=files[1]))
        return
    number = sum(map(len, found))
    yield Line(text("differences.found", number=number, first=files[0], other=files[1]))
    for kind, changes in found._asdict().items():
        if changes:
            yield Heading(text(f"differences.{kind}"))
        for change in changes:
            what = path_with_titles(change.path, partial(_title, first, other))
            yield Line(change.path, indent=2)
            yield Line(text("differences.each", what=what, change=_change(change, files, first, other)), indent=4)


def _change(change: Difference, files: tuple[str, str], first: Scenario, other: Scenario) -> str:
    here, there = _value(change.path, change.here, first), _value(change.path, change.there, other)
    if change.here is None or change.there is None:
        value, file = (there, files[1]) if change.here is None else (here, files[0])
        return text("differences.only", value=value, file=file)
    key = "differences.order" if is_order(change) else "differences.changed"
    return text(key, here=here, first=files[0], there=there, other=files[1])


def _value(path: str, value: object, scenario: Scenario) -> str:
    """A value in a line; a register by its name and what it holds."""
    steps = path.split(".")
    if steps[0] == "demand" and steps[2:] == ["orders", "register"] and value is not None:
        orders = scenario.demand[steps[1]].orders
        assert isinstance(orders, Register)
        return text("differences.register", file=orders.register_, digest=str(value)[:DIGITS])
    if isinstance(value, dict):
        value = {key: below for key, below in value.items() if below != ""}  # a title that was not given
    return text("compare.none") if value in ({}, [], "") else value_text(value)


def _title(first: Scenario, other: Scenario, section: str, name: str) -> str:
    """A part by its title in the scenario that has it."""
    for scenario in (first, other):
        if name in getattr(scenario, section, {}):
            part = getattr(scenario, section)[name]
            return told_apart({name: part.title or words(name)})[name]
    return words(name)
