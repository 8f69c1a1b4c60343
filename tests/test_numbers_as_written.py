"""A number that may be a thousand times as much as it seems is refused where a person wrote it, and never written."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from exportsim.cli import exportsim
from exportsim.errors import ExportsimError, ScenarioError
from exportsim.scenario import build, explicit, explicit_text, load, loads, vary
from exportsim.scenario.marks import is_doubtful, meant, unmistakable
from exportsim.scenario.quantities import Duration, Money, Rate
from exportsim.study.calibration.observations import read_observations
from exportsim.study.parameter_axes import amount
from exportsim.study.precision import aim_of

QUICKSTART = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
WORLD = """exportsim: 1
period: {start: 2020-01-01, end: 2021-12-31}
currency: EUR
goods: {radar: {}}
authorities: {bafa: {country: DE, approval: 0.995, review: [{stage: desk, officers: 1, work: 5bd}]}}
suppliers: {hensoldt: {country: DE, authority: bafa, slots: 1, lead_time: 30d, price: 1.125}}
demand:
  navy:
    buyer: navy
    destination: NO
    goods: radar
    orders: 1/y
    value: 1M
    sources: {hensoldt: {weight: 2.500}}
    trust: {loss: {hold: 0.125}}
policies: {calm: {}}
"""
THOUSANDS = "three digits after a point may be thousands"


def refused(content: str, **options: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        loads(content, **options)
    return [fault.message for fault in caught.value.faults]


def test_shares_weights_prices_and_shapes_may_have_three_digits_after_the_point() -> None:
    shaped = "{weibull: {mean: 1M, shape: 1.125}}"
    assert loads(WORLD.replace("1M", shaped)).suppliers["hensoldt"].price == 1.125
    assert loads(WORLD.replace("1M", "{lognormal: {mean: 1M, cv: 1.125}}"))
    assert loads(WORLD + f"uncertainties: {{demand.navy.value: {shaped}, demand.navy.parts: [1, 2]}}\n")
    uncertain = "uncertainties: {suppliers.hensoldt.price: [1.125, 2.500], authorities.bafa.approval: [0.125, 0.995]}\n"
    assert loads(WORLD + uncertain)


@pytest.mark.parametrize(
    ("written", "fine"),
    [
        ("value: 0.125M", True),
        ("value: 400.000k", True),
        ("value: 400.00", True),
        ("value: 400.0001", True),
        ("value: 0.125", False),
        ("value: 400.000", False),
        ("value: 1_234.500", False),
        ("value: {uniform: [1, 400.000]}", False),
        ("value: {empirical: {quantiles: {0.125: 1, 0.995: 400.000}}}", False),
        ("value: {empirical: {quantiles: {0.125: 1, 0.995: 400}}}", True),
        ("value: 1M\n    parts: 1.000", False),
        ("value: 1M\n    parts: {uniform: [1, 2.000]}", False),
        ("value: 1M\n    parts: {weibull: {mean: 2, shape: 1.125}}", True),
    ],
)
def test_an_amount_and_a_count_may_not(written: str, fine: bool) -> None:
    content = WORLD.replace("value: 1M", written)
    if fine:
        assert loads(content)
    else:
        (message,) = refused(content)
        assert message.endswith(THOUSANDS) or "1234500" in message


@pytest.mark.parametrize(
    ("written", "fine"), [("20.000/y", False), ("0.125/d", True), ("1.1250/y", True), ("20.00/y", True)]
)
def test_nor_a_rate_that_could_be_a_thousandfold(written: str, fine: bool) -> None:
    content = WORLD.replace("1/y", written)
    assert loads(content) if fine else refused(content) == [f"found `{written}`, expected {meant(written)}"]


@pytest.mark.parametrize(("written", "fine"), [("1.500d", False), ("0.125d", True), ("30.4375d", True)])
def test_nor_a_time(written: str, fine: bool) -> None:
    content = WORLD.replace("30d", written)
    assert loads(content) if fine else refused(content) == [f"found `{written}`, expected {meant(written)}"]


def test_nor_a_value_that_is_set() -> None:
    (message,) = refused(WORLD, overrides=["demand.navy.value=400.000"])
    assert message == f"found `400.000`, expected `400000` or `400`: {THOUSANDS}"
    assert refused(WORLD, overrides=["demand.navy.value={uniform: [1, 400.000]}"]) == [message]
    (message,) = refused(WORLD, overrides=["demand.navy.orders=20.000/y"])
    assert message == f"found `20.000/y`, expected `20000/y` or `20/y`: {THOUSANDS}"


def test_nor_one_of_a_sweep_or_of_a_fit(tmp_path: Path) -> None:
    path = f"demand.{next(iter(load(QUICKSTART).demand))}.value"
    over = CliRunner().invoke(exportsim, ["sweep", str(QUICKSTART), "--over", f"{path}=1M,400.000"])
    assert isinstance(over.exception, ScenarioError) or over.exit_code == 2
    assert f"{path}: found `400.000`, expected `400000` or `400`" in str(over.exception) + over.output
    record = tmp_path / "record.csv"
    record.write_text("outcome,period,value,error,source\nexports,2018,1M,1M,x\n", encoding="utf-8")
    fit = ["calibrate", str(QUICKSTART), "--data", str(record), "--fit", f"{path}={{uniform: [1, 400.000]}}"]
    found = CliRunner().invoke(exportsim, fit)
    assert "found `400.000`, expected `400000` or `400`" in str(found.exception) + found.output


@pytest.mark.parametrize("value", [400.125, 0.125, Decimal("1234.500"), 400.0])
def test_a_number_from_python_is_what_it_is_and_its_file_can_be_read(value: Any) -> None:
    scenario = vary(loads(WORLD), {"demand.navy.value": value})
    assert scenario.demand["navy"].value == Money(Decimal(str(float(value))))
    assert loads(explicit_text(scenario)) == scenario == build(explicit(scenario))


def test_text_from_python_was_written_by_a_person_if_it_is_money() -> None:
    with pytest.raises(ScenarioError, match=THOUSANDS):
        vary(loads(WORLD), {"demand.navy.value": "400.000"})
    made = vary(loads(WORLD), {"demand.navy.orders": "1.125/y", "suppliers.hensoldt.lead_time": "12.345d"})
    assert loads(explicit_text(made)) == made


def test_the_file_of_uncertain_and_expected_numbers_can_be_read() -> None:
    times, note = ["12.345d", "13d"], "1.500 items in the record"
    uncertain = {
        "demand.navy.value": [400.125, 1234.5],
        "suppliers.hensoldt.price": [1.125],
        "suppliers.hensoldt.lead_time": times,
    }
    expected = {"policy": "calm", "outcome": "exports", "at_least": 400.125, "notes": note}
    scenario = build(explicit(loads(WORLD)) | {"uncertainties": uncertain, "expect": [expected]})
    again = loads(explicit_text(scenario))
    assert explicit_text(again) == explicit_text(scenario)
    assert again.uncertainties | {"suppliers.hensoldt.lead_time": times} == scenario.uncertainties
    assert (again.expect[0].at_least, again.expect[0].notes) == (400.125, note)


@given(
    number=st.decimals(0, 10**9, places=4, allow_nan=False),
    unit=st.sampled_from(["", "k", "M", "d", "bd", "mo", "/y", "/d"]),
)
def test_no_quantity_is_written_so_that_it_would_be_refused(number: Decimal, unit: str) -> None:
    kind = Money if unit in ("", "k", "M") else Rate if unit[0] == "/" else Duration
    made = kind(number, unit.strip("/"))  # type: ignore[operator]
    text = str(made)
    assert not is_doubtful(text) or unit in ("k", "M")
    if unit == "":
        assert Money.parse(text) == Money(number)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("400.000", ["400000", "400"]),
        ("400.125", ["400125", "400.1250"]),
        ("400,125/y", ["400125/y", "400.1250/y"]),
        ("0,125", ["0.1250"]),
        ("1,5", ["1.5"]),
        ("1.250.000", ["1250000"]),
        ("1.250.000,5", ["1250000.5"]),
        ("-1,5M", ["-1.5M"]),
        ("12.34", []),
        ("12.3456", []),
        ("1,23,456", []),
        ("2020-10-05", []),
        ("a,b", []),
        ("5", []),
    ],
)
def test_every_reading_of_a_number_with_marks_is_named_as_it_is_to_be_written(text: str, readings: list[str]) -> None:
    named = meant(text).partition(":")[0]
    assert named == " or ".join(f"`{reading}`" for reading in readings)
    for reading in readings:
        assert not meant(reading)


def test_a_number_that_cannot_be_misread_is_left_as_it_is() -> None:
    for text in ("5", "1.25", "1.2500", "0.5M", "text", "12.345.678"):
        assert unmistakable(text) == (text if text != "12.345.678" else "12.3450.678")


@pytest.mark.parametrize(
    ("asked", "outcome", "fine"),
    [
        ("400.000", "exports", False),
        ("0.125M", "exports", True),
        ("1,5%", "exports", False),
        ("0.125%", "exports", True),
        ("0.005", "final_share/x", True),
        (400.125, "exports", True),
    ],
)
def test_a_precision_is_an_amount_too(asked: Any, outcome: str, fine: bool) -> None:
    units = {"exports": "EUR", "final_share/x": "share"}
    if fine:
        assert aim_of(asked, outcome, units, None, None).width > 0
    else:
        with pytest.raises(ExportsimError, match=r"precision: found .*, expected `"):
            aim_of(asked, outcome, units, None, None)


@pytest.mark.parametrize(("text", "unit"), [("400.000", "EUR"), ("1,5M", "EUR"), ("1.500d", "days"), ("0,3", "share")])
def test_and_so_is_a_level_to_look_for(text: str, unit: str) -> None:
    with pytest.raises(ExportsimError) as caught:
        amount(text, unit, "below")
    assert str(caught.value) == f"below: found {text!r}, expected {meant(text)}"


class TestRecord:
    HEAD = "outcome,period,value,error,source\n"

    @pytest.mark.parametrize(
        ("row", "found"),
        [
            ("exports,2018,400.000,1M,x", "400.000"),
            ("exports,2018,1M,400.000,x", "400.000"),
            ("applied,2018,1.500,2,x", "1.500"),
            ('applied,2018,"1,500",2,x', "1,500"),
            ('within_20bd,2018,"0,6",0.1,x', "0,6"),
        ],
    )
    def test_its_figures_are_written_as_in_a_scenario(self, tmp_path: Path, row: str, found: str) -> None:
        file = tmp_path / "record.csv"
        file.write_text(f"{self.HEAD}{row}\n", encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            read_observations(file, load(QUICKSTART))
        (fault,) = caught.value.faults
        assert fault.message == f"found `{found}`, expected {meant(found)}"

    def test_shares_times_and_numbers_of_a_table_are_what_they_are(self, tmp_path: Path) -> None:
        file = tmp_path / "record.csv"
        rows = "within_20bd,2018,0.995,0.125,x\nprocessing_time_median,2018,20.125,1,x\n"
        file.write_text(self.HEAD + rows, encoding="utf-8")
        assert [row.value for row in read_observations(file, load(QUICKSTART)).rows] == [0.995, 20.125]
        table = pd.DataFrame(
            {"outcome": ["exports"], "period": ["2018"], "value": [400.125], "error": [1.5], "source": ["x"]}
        )
        assert [row.value for row in read_observations(table, load(QUICKSTART)).rows] == [400.13]
        with pytest.raises(ScenarioError, match=THOUSANDS):
            read_observations(table.assign(value=["400.125"]), load(QUICKSTART))

    def test_a_file_in_utf_16_is_to_be_saved_as_utf_8(self, tmp_path: Path) -> None:
        file = tmp_path / "record.csv"
        file.write_text(self.HEAD + "exports,2018,1M,1M,x\n", encoding="utf-16")
        with pytest.raises(ExportsimError, match="found text in UTF-16, expected UTF-8: save it as UTF-8"):
            read_observations(file, load(QUICKSTART))
