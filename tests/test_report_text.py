"""Numbers, names and pages as a terminal gets them."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import exportsim
from exportsim import Result
from exportsim.report import contents
from exportsim.report.document import Cell, Document, Line, Table
from exportsim.report.json import as_json
from exportsim.report.number_format import estimate, number, plain, scale_of, visible
from exportsim.report.result import describe
from exportsim.report.text import Page, folded, page
from worlds import steady_sources

HOSTILE = "[bold]Title[/bold] \x1b[31mred\x07\r\n\u202eturned\u2028"


def world(**changes: Any) -> dict[str, Any]:
    usual = steady_sources(
        goods__sensors={"title": "Sensors", "control": "ML5"},
        authorities__gac__validity="2y",
        authorities__gac__approval=0.95,
        authorities__gac__service_standard="10bd",
        suppliers__north__lead_time={"uniform": ["10d", "60d"]},
        demand__line__patience={"review": "60d"},
        policies__idle={"measures": []},
    )
    return usual | changes


@pytest.fixture(scope="module")
def result() -> Result:
    return exportsim.run(exportsim.build(world()), futures=4)


def lines(text: str) -> list[str]:
    assert max(map(cell_len, text.splitlines())) <= 80
    return text.splitlines()


# Numbers


@pytest.mark.parametrize(
    ("mean", "half", "told"),
    [
        (118.234, 3.12, "118.2 ±3.2"),
        (1234.5, 12.3, "1,234 ±13"),
        (1234567.0, 4567.0, "1,234,600 ±4,600"),
        (5.0, 0.996, "5.0 ±1.0"),
        (99.0, 123.4, "100 ±130"),
        (0.12, 0.0001, "0.12 ±0.01"),
        (-12.34, 1.01, "−12.3 ±1.1"),
        (-0.001, 0.3, "0.00 ±0.30"),
        (3.0, 0.0, "3"),
        (2.5, 0.0, "2.50"),
        (123.456, math.nan, "123"),
        (math.nan, math.nan, "–"),
    ],
)
def test_an_estimate_has_no_more_digits_than_its_interval_supports(mean: float, half: float, told: str) -> None:
    assert estimate(mean, mean - half, mean + half) == told


@pytest.mark.parametrize("half", [0.011, 0.099, 0.1, 0.995, 1.0, 9.94, 9.96, 10.01, 99.1, 123.0, 99999.0])
def test_half_a_width_is_never_told_smaller_than_it_is(half: float) -> None:
    assert float(estimate(500.0, 500.0 - half, 500.0 + half, marks=()).split("±")[1].replace(",", "")) >= half


@pytest.mark.parametrize(
    ("mean", "low", "high", "told"),
    [
        (16.2, 1.7, 38.4, "16 [1 to 39]"),
        (16.2, 0.3, 38.4, "16 [0.3 to 39]"),
        (15.4, 0.0, 30.6, "15 [0 to 31]"),  # ± 16 would be less than none of it
        (15.4, 0.2, 30.6, "15 [0.2 to 31]"),  # and would hold the 0 that the interval does not
        (-12.0, -24.2, -0.004, "−12 [−25 to −0.004]"),
        (-12.0, -40.2, 6.1, "−12 [−41 to 7]"),
        (6500.0, 1200.0, 18000.0, "6,500 [1,200 to 18,000]"),
        (6500.0, -1200.0, 14200.0, "6,500 ±7,700"),
        (110.4, 100.2, 120.6, "110 [100.2 to 121]"),
    ],
)
def test_an_interval_that_is_uneven_or_near_a_mark_has_its_ends_told(
    mean: float, low: float, high: float, told: str
) -> None:
    assert estimate(mean, low, high, marks=(0.0, 100.0)) == told
    flipped = estimate(-mean, -high, -low, marks=(0.0, -100.0))
    assert flipped.lstrip("−").partition(" ")[0] == told.lstrip("−").partition(" ")[0]


def test_a_plus_is_before_every_number_above_zero() -> None:
    assert estimate(6500.0, 1200.0, 18000.0, plus=True) == "+6,500 [+1,200 to +18,000]"
    assert estimate(-12.0, -40.2, 6.1, plus=True) == "−12 [−41 to +7]"
    assert estimate(12.0, 11.0, 13.0, plus=True) == "+12.0 ±1.0"


ends = st.floats(-1e6, 1e6).map(lambda value: value / 7 if abs(value) > 0.01 else 0.0)


@given(st.tuples(ends, ends, ends).map(sorted), st.sampled_from([1.0, 1e-3, 100.0]))
def test_what_is_told_of_an_interval_says_of_zero_what_the_interval_says(found: list[float], by: float) -> None:
    """And the ends as they are told hold the interval, and are no more than a digit beyond it."""
    low, mean, high = (by * value for value in found)
    told = estimate(mean, low, high).replace("−", "-").replace(",", "")
    if low == high:
        return
    if "±" in told:
        middle, half = map(Decimal, told.split(" ±"))
        first, last = float(middle - half), float(middle + half)
    else:
        first, last = map(float, told.partition(" [")[2].rstrip("]").split(" to "))
    assert [np.sign(first), np.sign(last)] == [np.sign(low), np.sign(high)]
    slack = max(0.02, 0.15 * max(mean - low, high - mean))
    assert low - slack <= first <= low + slack and high - slack <= last <= high + slack


def test_zero_has_no_sign() -> None:
    assert number(-0.0001, 2) == "0.00"
    assert number(-0.5, 1) == "−0.5"


def test_one_scale_serves_all_amounts() -> None:
    assert scale_of([3.0, 25e6, math.nan]) == (1e6, "million")
    assert scale_of([-9.9e9]) == (1e6, "million")  # so that the small ones beside it keep some digits
    assert scale_of([-1e10]) == (1e9, "billion")
    assert scale_of([0.0]) == scale_of([]) == (1.0, "")


# Text from a scenario


def test_what_could_steer_a_terminal_is_shown_and_not_obeyed() -> None:
    shown = visible(HOSTILE)
    assert shown == "[bold]Title[/bold] \\x1b[31mred\\x07\\r\\n\\u202eturned\\u2028"
    assert visible("Türkiye – 100 %") == "Türkiye – 100 %"


def test_a_terminal_without_utf8_gets_ascii() -> None:
    assert plain("−1 ±2 – … Zürich") == "-1 +-2 - ... Z\\xfcrich"


def test_a_name_is_folded_at_its_hyphens_and_loses_nothing() -> None:
    assert folded("immediate-cancellation", 15) == ["immediate-", "cancellation"]
    assert folded("50 %", 2) == ["50", "%"] and folded("ab", 1) == ["a", "b"]
    assert folded("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert "".join(folded("漢字漢字漢字", 5)) == "漢字漢字漢字"
    assert all(cell_len(line) <= 5 for line in folded("漢字漢字漢字", 5))


def test_markup_in_a_page_is_text() -> None:
    sheet = Page()
    sheet.line(Line("[red]stop[/red] :smile:"))
    sheet.table(Table("t", "", ["[b]a[/b]"], [["[i]x[/i]"]]))
    text = sheet.text(colour=True)
    assert "[red]stop[/red] :smile:" in text and "[i]x[/i]" in text and "\x1b[31m" not in text


def test_colour_comes_only_if_asked_for() -> None:
    sheet = Page()
    sheet.heading("Title")
    assert sheet.text() == "Title\n"
    assert "\x1b[1m" in sheet.text(colour=True)


def test_a_table_that_is_too_wide_puts_estimates_on_two_lines() -> None:
    sheet = Page()
    sheet.table(Table("t", "", ["policy", *"abcdef"], [["p" * 40, *[Cell("−123456 ±123456")] * 6]]))
    assert any(line.count("±123456") == 6 and "−" not in line for line in lines(sheet.text()))


# The answer


def test_the_answer_fits_eighty_columns_and_names_units_reference_and_origin(result: Result) -> None:
    text = page(describe(result, everything=True)).text()
    shown = lines(text)
    assert shown[0] == "A small world"
    assert shown[1].startswith("From 2020 to 2021, licensed exports from Canada")
    assert "Money in EUR million, delay in days; mean and 95 % interval, ± or [low to high]" in shown
    for title in ("Outcomes by policy", "Difference from “free”, in the same futures", "Who delivered"):
        assert title in shown
    seconds = result.provenance["seconds"]
    assert shown[-1] == f"4 futures, seed 1, compiled engine, exportsim {exportsim.__version__}, {seconds:.1f} s"


def test_the_answer_says_what_the_summary_says(result: Result) -> None:
    shown = lines(page(describe(result, everything=True)).text())
    shown = shown[shown.index("Outcomes by policy") :]
    found = result.summary().loc[("strict", "exports")]
    told = estimate(*(found[["mean", "low", "high"]] / 1e6))
    row = next(line for line in shown if line.startswith("strict"))
    assert told in row
    difference = result.compare().loc[("strict", "exports")]
    told = estimate(*(difference[["mean", "low", "high"]] / 1e6))
    assert told in [line for line in shown if line.startswith("strict")][1]


def test_a_difference_that_may_be_none_is_in_brackets_and_none_at_all_is_the_same(result: Result) -> None:
    def with_exports(*values: float) -> str:
        found = result.values.copy()
        exports, free, strict = list(result.units).index("exports"), *map(result.policies.index, ("free", "strict"))
        found[strict, :, exports] = found[free, :, exports] + values
        shown = lines(page(describe(replace(result, values=found), everything=True)).text())
        shown = shown[shown.index("Difference from “free”, in the same futures") :]
        return next(line for line in shown if line.startswith("strict"))

    assert "(0.2 ±2.8)" in with_exports(-2e6, 2e6, 1e6, 0.0)
    assert "1.30 ±0.19" in with_exports(1.2e6, 1.4e6, 1.2e6, 1.4e6)
    assert "(1.30" not in with_exports(1.2e6, 1.4e6, 1.2e6, 1.4e6)
    shown = lines(page(describe(result, everything=True)).text())
    shown = shown[shown.index("Difference from “free”, in the same futures") :]
    idle = next(line for line in shown if line.startswith("idle"))
    assert idle.split() == ["idle", *["same"] * 5]


def test_one_future_has_no_interval_and_the_answer_says_so() -> None:
    text = page(describe(exportsim.run(exportsim.build(world()), futures=1), everything=True)).text()
    assert "±" not in text.replace("interval, ± or", "")
    assert "One future: no interval can be given." in text
    assert "1 future, seed 1" in text


def test_an_answer_with_long_names_and_great_numbers_fits_eighty_columns(result: Result) -> None:
    names = [f"{letter}{'-very-long-policy-name' * 2}{'x' * 15}" for letter in "abcdefg"]
    assert all(len(name) <= 60 for name in names)
    made = world(policies={name: {"measures": []} for name in names})
    made["suppliers"] = {("s" * 60 if name == "north" else name): made["suppliers"][name] for name in made["suppliers"]}
    made["demand"]["line"]["sources"] = {"s" * 60: {}, "south": {}}
    found = exportsim.run(exportsim.build(made), futures=3)
    found = replace(found, values=found.values * (1e9 * (np.arange(3) - 2) ** 3)[:, np.newaxis])
    for ascii in (False, True):
        document = describe(found, everything=True)
        shown = "".join(line.strip() for line in lines(page(document, ascii=ascii).text()))
        assert shown.count("very-long") >= 4 * 7
    assert page(document, ascii=True).text().isascii()


def test_a_title_cannot_steer_the_terminal() -> None:
    scenario = exportsim.build(world(title=HOSTILE))
    for document in (contents.describe(scenario), describe(exportsim.run(scenario, futures=2))):
        text = page(document).text()
        assert "[bold]Title[/bold] \\x1b[31mred" in text
        assert not set(text) & {"\x1b", "\x07", "\r", "\u202e", "\u2028"}


def test_an_undefined_delay_is_a_dash_and_accounted_for(result: Result) -> None:
    found = result.values.copy()
    delay = list(result.units).index("delay")
    found[result.policies.index("strict"), :, delay] = math.nan
    found[:, 0, delay] = math.nan
    text = page(describe(replace(result, values=found), everything=True)).text()
    shown = lines(text)
    shown = shown[shown.index("Outcomes by policy") :]
    assert next(line for line in shown if line.startswith("strict")).endswith("–")
    assert "no delay: under “strict” it is defined in no future, the others are left out." in " ".join(text.split())


def test_where_an_outcome_is_undefined_the_futures_left_out_are_counted_by_outcome(result: Result) -> None:
    found = result.values.copy()
    place = {name: column for column, name in enumerate(result.units)}
    found[result.policies.index("strict"), :2, place["delay"]] = math.nan
    found[result.policies.index("free"), 1:, place["final_share/north"]] = math.nan
    text = " ".join(page(describe(replace(result, values=found), everything=True)).text().split())
    assert "there is no delay: under “strict” it is defined in 2 of 4 futures, the others are left out." in text
    assert "under “free” it is defined in 1 of 4 futures, too few for an interval, the others are left out." in text


# One document, three renderers


def test_a_table_is_split_where_too_many_columns_of_figures_would_stand_beside_each_other() -> None:
    table = Table("t", "Figures", ["name", *"abcdef"], [["row", *"123456"]], beside=5)
    assert lines(page(Document([table], dict)).text()) == [
        "Figures", "name  a  b  c", "─" * 13, "row   1  2  3", "",
        "Figures", "name  d  e  f", "─" * 13, "row   4  5  6",
    ]  # fmt: skip


def test_what_is_undefined_is_null_and_a_table_is_a_mapping_by_its_index_or_a_list() -> None:
    table = pd.DataFrame({"policy": ["a", "b"], "outcome": ["x", "x"], "mean": [math.nan, 1.5], "n": [0, 2]})
    data = {"rows": table, "by": table.set_index(["policy", "outcome"]), "alone": (math.inf, 2.0, "…", None)}
    assert as_json(Document([], lambda: data)) == {
        "rows": [
            {"policy": "a", "outcome": "x", "mean": None, "n": 0},
            {"policy": "b", "outcome": "x", "mean": 1.5, "n": 2},
        ],
        "by": {"a": {"x": {"mean": None, "n": 0}}, "b": {"x": {"mean": 1.5, "n": 2}}},
        "alone": [None, 2.0, "…", None],
    }


# The page of a scenario


def test_the_page_of_a_scenario_tells_its_parts_expectations_and_calendar() -> None:
    text = "\n".join(lines(page(contents.describe(exportsim.build(world()))).text()))
    for said in (
        "1 January 2020 to 31 December 2021; money in EUR",
        "sensors: Sensors (ML5)",
        "gac, CA; permits are valid for 2 years; 95 % of applications are approved;",
        "review: desk (2 officers, 10.5 working days)",
        "line  buyer, TR  sensors    30.0   30.0",
        "free (the reference)",
        "measure-1: From 1 June 2020, applications for Türkiye are denied.",
    ):
        assert said in text, said


def test_the_page_of_a_scenario_tells_what_is_applied_for_during_a_stop_and_ordered_after_it() -> None:
    made = world()
    made["demand"]["line"]["filing"] = {"hold": 0.7, "case_by_case": 0.95, "deny": 0.1, "lag": "2w"}
    made["demand"]["line"]["sources"]["north"]["restart"] = "6mo"
    told = " ".join("\n".join(lines(page(contents.describe(exportsim.build(made))).text())).split())
    for said in (
        "line: north is ordered from again 6 months after a stop of applications or permits ends",
        "line: 70 % of orders are applied for while applications are held",
        "line: 95 % of orders are applied for while applications are decided case by case",
        "line: 10 % of orders are applied for while applications are denied",
        "line: the others are applied for 2 weeks after they may be",
    ):
        assert said in told, said
    untold = page(contents.describe(exportsim.build(world()))).text()
    assert "applied for" not in untold and "ordered from again" not in untold


def test_the_page_of_a_scenario_with_the_longest_names_fits_eighty_columns() -> None:
    made = world()
    made["goods"] = {"g" * 60: {"title": "t" * 200}}
    line = made["demand"]["line"] | {"buyer": "b" * 60, "goods": "g" * 60, "sources": {"s" * 60: {}}}
    made["demand"] = {"d" * 60: line}
    made["suppliers"] = {"s" * 60: made["suppliers"]["north"] | {"authority": "a" * 60}}
    made["authorities"] = {"a" * 60: made["authorities"]["gac"]}
    text = "".join(part.replace(" ", "") for part in lines(page(contents.describe(exportsim.build(made))).text()))
    assert text.count("d" * 16) >= 2 and text.count("t") > 200


def test_the_answer_of_the_reference_alone_has_no_differences() -> None:
    alone = exportsim.run(exportsim.build(world()), futures=2, policies=["free"])
    text = page(describe(alone, everything=True)).text()
    assert "Outcomes by policy" in text and "Difference" not in text


def test_the_page_of_a_scenario_can_be_ascii() -> None:
    assert page(contents.describe(exportsim.build(world(title="Türkiye"))), ascii=True).text().isascii()


def test_the_document_of_a_scenario_gives_units_with_its_values() -> None:
    told = as_json(contents.describe(exportsim.build(world())))
    assert told["demand"][0]["orders_a_year"] == pytest.approx(30)
    assert (told["demand"][0]["value_a_year"], told["demand"][0]["unit"]) == (pytest.approx(30e6), "EUR")
    assert told["policies"]["strict"][0]["when"] == "2020-06-01"
