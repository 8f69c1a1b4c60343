"""The table of outcomes, and that it is in step with what is counted. It is known by names alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import exportsim as xs
from exportsim.analysis.figures import FIGURES, FORMULAS
from exportsim.analysis.outcomes import measure
from exportsim.compile import compile_plan
from exportsim.engine.compiled import Player
from exportsim.language import catalogue
from exportsim.outcomes import BY, MONEY, NUMBER, OBJECTIVE, OUTCOMES, RECORDED, SECTION, row, told_by

EVERYTHING = Path(__file__).parent / "scenarios" / "everything.yaml"
SHIPPED = Path(__file__).parents[1] / "scenarios" / "canada-turkiye.yaml"
NAMES = [outcome.name for outcome in OUTCOMES]


def test_every_outcome_is_a_sum_with_a_figure_of_its_name_or_has_a_formula() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert set(FORMULAS) <= set(NAMES)
    parts_of_quotients = {"waited_high", "waited_low", "closed", "closed_in_time", "judged", "judged_in_time"}
    parts_of_quotients |= {"decided", "processing_minutes"}
    assert parts_of_quotients < set(FIGURES)
    assert {*FIGURES, *FORMULAS} - parts_of_quotients == set(NAMES)
    assert {name.partition("/")[2] for name in NAMES} == {"", *SECTION}


def test_every_outcome_has_words_and_there_are_no_others() -> None:
    entries = {row.name.partition("/")[0] + "_each" * ("/" in row.name) for row in (*OUTCOMES, *RECORDED, OBJECTIVE)}
    for part in ("name", "definition"):
        above = f"outcomes.{part}."
        assert {key.removeprefix(above) for key in catalogue("en") if key.startswith(above)} == entries
    units = {row.unit for row in (*OUTCOMES, *RECORDED)}
    assert units <= {key.removeprefix("outcomes.unit.") for key in catalogue("en") if key.startswith("outcomes.unit.")}


def test_every_outcome_is_counted() -> None:
    found = [
        measure(Player(plan, policy).ledger(seed=1, future=future), plan).outcomes
        for plan in (compile_plan(xs.load(path)) for path in (EVERYTHING, SHIPPED))
        for policy in range(len(plan.names.policies))
        for future in range(2)
    ]
    counted = {row(name).name for outcomes in found for name, value in outcomes.items() if np.nan_to_num(value) != 0}
    assert counted == {*NAMES, OBJECTIVE.name}


def test_what_is_of_no_supplier_is_not_told_by_suppliers_nor_by_who_licenses_them() -> None:
    of_deliveries = {"exports", "delivered", "elsewhere", "premium", "delay"}
    of_applications = {"processing_time_mean", "within_standard", "within_standard_cohort", "backlog"}
    for by in (["supplier"], ["authority"], ["year", "supplier"], BY):
        assert set(told_by(*by)) == of_deliveries | of_applications
    of_orders = {"lost", "ordered", "pending", "open_at_start"}
    told = of_deliveries | of_applications | of_orders
    assert set(told_by()) == set(told_by("year", "line", "destination", "goods")) == told


@pytest.mark.parametrize("number", range(1, len(BY) + 1))
def test_what_adds_up_comes_first(number: int) -> None:
    units = [row(name).unit for name in told_by(*BY[:number])]
    assert units == sorted(units, key=lambda unit: unit not in (MONEY, NUMBER))


def test_a_row_is_found_by_the_name_that_a_scenario_gives_it() -> None:
    assert row("delivered").name == "delivered" and row("delivered/aselsan").name == "delivered/SUPPLIER"
    assert row("exports").name == "exports" and row("exports/gac").name == "exports/AUTHORITY"
    for unknown in ("gains", "delay/aselsan", "received", ""):
        with pytest.raises(KeyError):
            row(unknown)


def test_a_record_has_sums_of_facts_and_names_them_once() -> None:
    names = [outcome.name for outcome in RECORDED]
    assert len(names) == len(set(names))
    assert all(outcome.record is not None and outcome.adds_up for outcome in RECORDED)
