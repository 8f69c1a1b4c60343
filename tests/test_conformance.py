"""The conformance set: small cases as data, each played by both engines and compared with its facts, row for row."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

import exportsim as xs
from exportsim.engine import ENGINES
from exportsim.invariants import check
from exportsim.lifecycle import Fact

FOLDER = Path(__file__).parent / "conformance"
FILES = sorted(FOLDER.glob("*.yaml"))
COLUMNS = ["day", "time", "fact", "line", "order", "attempt", "supplier", "detail", "cents"]
Row = tuple[str, ...]


def case(file: Path) -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))


def expected(text: str) -> list[Row]:
    """A table of facts; blanks beside a comma say nothing."""
    head, *rows = [tuple(field.strip() for field in row) for row in csv.reader(text.strip().splitlines())]
    assert list(head) == COLUMNS
    return rows


def found(ledger: xs.Ledger) -> list[Row]:
    """A ledger in the columns of a table of facts."""
    rows = []
    for row in ledger.frame().itertuples(index=False):
        day, minute = divmod(row.minute, 1440)
        numbers = ["" if pd.isna(number) else str(number) for number in (row.order, row.attempt, row.cents)]
        time = f"{minute // 60:02d}:{minute % 60:02d}"
        rows.append((str(day), time, row.fact, row.line, *numbers[:2], row.supplier, row.detail, numbers[2]))
    return rows


def as_told(rows: list[Row], told: list[Row]) -> list[Row]:
    """The rows found, without the time of those of which it is told that they may be at any time of their day."""
    beside = [*told, *[("",) * len(COLUMNS)] * len(rows)]
    return [(row[0], "any", *row[2:]) if other[1] == "any" else row for row, other in zip(rows, beside, strict=False)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_case_has_the_facts_that_it_states(file: Path, engine: str, tmp_path: Path) -> None:
    told = case(file)
    for name, content in told["registers"].items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    scenario = xs.build(told["scenario"], folder=tmp_path)
    assert list(told["facts"]) == list(scenario.policies)
    for policy, facts in told["facts"].items():
        for future, seed in ((0, 1), (7, 2024)):  # nothing in a case is left to chance
            ledger = xs.simulate(scenario, policy, engine=engine, future=future, seed=seed)
            assert as_told(found(ledger), expected(facts)) == expected(facts)
            check(ledger, scenario)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_case_says_what_it_is_about(file: Path) -> None:
    told = case(file)
    assert list(told) == ["title", "rule", "scenario", "registers", "facts"]
    assert told["title"] and told["rule"].strip().endswith(".")


def test_every_fact_is_in_some_case() -> None:
    words = {row[2] for file in FILES for facts in case(file)["facts"].values() for row in expected(facts)}
    assert words == {fact.word for fact in Fact}
