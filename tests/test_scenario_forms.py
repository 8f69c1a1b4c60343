"""The other forms of a scenario: explicit, replaced, digested, as JSON Schema; and what importing it costs."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportsim import testing
from exportsim.errors import ScenarioError
from exportsim.scenario import (
    checked,
    digest,
    explicit,
    explicit_text,
    load,
    loads,
    read_register,
    replace,
    resolved_measures,
    vary,
)
from exportsim.scenario.distributions import mean
from exportsim.scenario.editors import json_schema
from exportsim.scenario.schema import Scenario
from exportsim.scenario.text import parse, plain
from exportsim.scenario.workload import calendar, expectations

WORLD = """\
exportsim: 1
period: {start: 2020-01-01, end: 2020-12-31, warm_up: 1y}
currency: EUR
goods: {radar: {}}
authorities:
  bafa: {country: DE, calendar: {holidays: [2020-05-01]}, review: [{stage: desk, officers: 1, work: 5bd}]}
suppliers:
  hensoldt: {country: DE, authority: bafa, slots: 1, lead_time: 30d, price: 1.05}
demand:
  navy:
    buyer: navy
    destination: NO
    goods: radar
    orders: {2019-01-01: 4/y, 2020-07-01: 8/y}
    value: {empirical: {quantiles: {0.25: 100k, 0.75: 99.95}}}
    programmes: {nato: 0.125}
    sources: {hensoldt: {qualification: {starts: disruption, time: 1y}}}
incidents:
  raid: {on: 2020-03-03, window: 1y, exposure: 1M}
policies:
  calm: {}
  strict:
    measures:
      - {on: 2020-06-01, applications: hold}
      - {after: raid, delay: {uniform: [10d, 20d]}, outcomes: [{chance: 0.5, cancel: all}, {chance: 0.5}]}
      - {on: 2020-06-01, permits: suspended, name: stop, except: {goods: [radar]}}
      - {when: {held: {above: 9, below: 3}, every: 1mo}, officers: {desk: 3}, then: {officers: {desk: 1}}}
  mild: {extends: strict, except: {programmes: [nato]}, measures: [{on: 2020-02-01, applications: open}]}
""".replace("100k, 0.75: 99.95", "99.95, 0.75: 100k")


def world() -> Scenario:
    return loads(WORLD)


class TestExplicit:
    def test_the_explicit_form_is_the_same_scenario(self) -> None:
        assert loads(explicit_text(world())) == world()

    def test_resolving_twice_changes_nothing(self) -> None:
        once = explicit_text(world())
        assert explicit_text(loads(once)) == once

    def test_every_default_is_filled_in(self) -> None:
        form = explicit(world())
        assert form["reference"] == "calm"
        assert form["suppliers"]["hensoldt"]["ramp_up"] == "0d"
        assert form["demand"]["navy"]["trust"]["half_life"] == "never"

    def test_policies_that_extend_others_are_kept_as_written(self) -> None:
        assert explicit(world())["policies"]["mild"]["extends"] == "strict"

    def test_norway_stays_norway_for_readers_of_older_yaml_too(self) -> None:
        assert 'destination: "NO"' in explicit_text(world())

    @given(title=st.text())
    @settings(max_examples=60, deadline=None)
    def test_any_text_survives(self, title: str) -> None:
        scenario = replace(world(), title=title)
        assert loads(explicit_text(scenario)).title == title

    @given(scenario=testing.scenarios())
    @settings(max_examples=25, deadline=None)
    def test_any_scenario_survives(self, scenario: Scenario) -> None:
        again = loads(explicit_text(scenario), folder=scenario.folder)
        assert again == scenario
        assert digest(again) == digest(scenario)


class TestReplace:
    def test_a_replaced_scenario_is_checked_anew_as_a_whole(self) -> None:
        with pytest.raises(ScenarioError, match="there are no goods `radar`, expected `sonar`"):
            replace(world(), goods={"sonar": {}})

    def test_a_replaced_part_is_checked_too(self) -> None:
        supplier = world().suppliers["hensoldt"]
        assert replace(supplier, slots=3).slots == 3
        with pytest.raises(ScenarioError, match="slots: found `0`, expected a number of at least 1"):
            replace(supplier, slots=0)
        with pytest.raises(TypeError, match="Supplier has no field slot"):
            replace(supplier, slot=1)

    def test_the_folder_goes_with_it(self, tmp_path: Path) -> None:
        scenario = loads(WORLD, folder=tmp_path)
        assert replace(scenario, title="new").folder == str(tmp_path)
        assert pickle.loads(pickle.dumps(scenario)).folder == str(tmp_path)
        assert copy.deepcopy(scenario).folder == str(tmp_path)

    def test_where_it_comes_from_makes_no_difference_to_equality(self, tmp_path: Path) -> None:
        assert loads(WORLD, folder=tmp_path) == world()

    def test_a_constructed_scenario_can_be_checked_afterwards(self) -> None:
        faulty = Scenario.model_validate(explicit(world()) | {"reference": "clam"})
        with pytest.raises(ScenarioError, match="did you mean `calm`"):
            checked(faulty)
        assert checked(world()) == world()


class TestDigest:
    def test_it_is_stable(self) -> None:
        assert digest(world()) == digest(loads(explicit_text(world())))
        assert digest(world()) != digest(replace(world(), title="other"))

    def test_it_knows_the_content_of_registers(self, tmp_path: Path) -> None:
        orders = "{register: orders.csv, date: date, value: value}"
        content = WORLD.replace("{2019-01-01: 4/y, 2020-07-01: 8/y}", orders)
        (tmp_path / "orders.csv").write_text("date,value\n2020-05-05,100\n")
        before = digest(loads(content, folder=tmp_path))
        (tmp_path / "orders.csv").write_text("date,value\n2020-05-05,1000\n")
        assert digest(loads(content, folder=tmp_path)) != before


class TestPolicies:
    def test_inherited_measures_come_first_with_the_exceptions_of_the_heir(self) -> None:
        measures = resolved_measures(world(), "mild")
        assert [measure.name for measure in measures] == [
            "2020-06-01",
            "after raid",
            "stop",
            "when held above 9",
            "2020-02-01",
        ]
        assert [len(measure.except_) for measure in measures] == [1, 1, 2, 1, 0]

    def test_made_names_that_come_again_are_numbered(self) -> None:
        again = WORLD.replace(
            "  mild:", "      - {on: 2020-06-01, cancel: all}\n      - {on: 2020-06-01, cancel: all}\n  mild:"
        )
        names = [measure.name for measure in resolved_measures(loads(again), "strict")]
        assert names[-2:] == ["2020-06-01 (2)", "2020-06-01 (3)"]

    def test_the_calendar_tells_dated_measures_by_date_and_the_others_after(self) -> None:
        steps = calendar(world(), "mild")
        assert [(step.when, step.what, step.scope) for step in steps] == [
            ("2020-02-01", "applications open", "everything"),
            ("2020-06-01", "applications hold", "everything, except nato"),
            ("2020-06-01", "permits suspended", "everything, except radar, except nato"),
            ("about 15d after raid", "0.5 cancel all or 0.5 nothing", "everything, except nato"),
            (
                "when held above 9, every 1mo; then below 3",
                "3 officers at desk; then 1 officers at desk",
                "everything, except nato",
            ),
        ]


class TestExpectations:
    def test_rates_and_mean_values_make_orders_and_value_a_year(self) -> None:
        (line,) = expectations(world()).lines
        days = (182 * 4 + 184 * 8) / 366
        assert line.orders_a_year == pytest.approx(days)
        assert line.value_a_year == pytest.approx(days * (0.25 * 99.95 + 0.5 * (99.95 + 100_000) / 2 + 0.25 * 100_000))

    def test_the_mean_of_a_lognormal_follows_from_its_median_and_ninth_decile(self) -> None:
        line = loads(
            WORLD.replace("{empirical: {quantiles: {0.25: 99.95, 0.75: 100k}}}", "{lognormal: {median: 1M, p90: 2M}}")
        )
        # sigma = ln 2 / 1.28155 = 0.54087; exp(sigma² / 2) = 1.15751
        assert mean(line.demand["navy"].value) == pytest.approx(1.15751e8, rel=1e-5)


class TestRegister:
    def scenario(self, tmp_path: Path, rows: str, extra: str = "") -> Scenario:
        (tmp_path / "orders.csv").write_text(rows, encoding="utf-8")
        orders = f"{{register: orders.csv, date: date, value: value{extra}}}"
        content = WORLD.replace("{2019-01-01: 4/y, 2020-07-01: 8/y}", orders)
        return loads(content, folder=tmp_path)

    def test_records_have_a_minute_cents_and_a_programme(self, tmp_path: Path) -> None:
        rows = "date,value,kind\n2020-05-05,100,nato\n2020-05-06T13:45:59,99.9551,\n"
        assert read_register(self.scenario(tmp_path, rows, ", programme: kind"), "navy") == [
            (datetime(2020, 5, 5), 10000, "nato"),
            (datetime(2020, 5, 6, 13, 45), 9996, "none"),
        ]

    def test_where_compares_as_text(self, tmp_path: Path) -> None:
        rows = "date,value,refused,land\n2020-05-05,100,0,Norway\n2020-05-06,100,1,Norway\n2020-05-07,100,0,Sweden\n"
        scenario = self.scenario(tmp_path, rows, ", where: {refused: 0, land: Norway}")
        assert [record.when.date() for record in read_register(scenario, "navy")] == [date(2020, 5, 5)]

    def test_the_faults_of_a_long_register_are_counted_after_the_tenth(self, tmp_path: Path) -> None:
        with pytest.raises(ScenarioError) as caught:
            self.scenario(tmp_path, "date,value\n" + "yesterday,1\n" * 500)
        assert len(caught.value.faults) == 10
        assert str(caught.value.faults[-1]).endswith("(and 490 more in this file)")

    def test_a_register_that_changes_is_read_again(self, tmp_path: Path) -> None:
        assert len(read_register(self.scenario(tmp_path, "date,value\n2020-05-05,1\n"), "navy")) == 1
        assert len(read_register(self.scenario(tmp_path, "date,value\n2020-05-05,1\n2020-05-06,1\n"), "navy")) == 2


class TestJsonSchema:
    def test_it_is_json_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(json_schema())

    def test_a_scenario_and_its_explicit_form_are_valid(self) -> None:
        validator = jsonschema.Draft202012Validator(json_schema())
        written = plain(parse(WORLD, "world.yaml")[0])
        assert list(validator.iter_errors(written)) == []
        assert list(validator.iter_errors(explicit(world()))) == []

    def test_every_shipped_scenario_is_valid(self) -> None:
        validator = jsonschema.Draft202012Validator(json_schema())
        for file in sorted((Path(__file__).parents[1] / "scenarios").glob("*.yaml")):
            written = plain(parse(file.read_text(encoding="utf-8"), file.name)[0])
            if "extends" in written:  # a part of a scenario: the schema is of whole ones
                written = explicit(load(file))
            assert list(validator.iter_errors(written)) == [], file
            assert load(file)

    @pytest.mark.parametrize(
        ("good", "bad"),
        [
            ("slots: 1", "slot: 1"),
            ("slots: 1", "slots: 0"),
            ("30d", "30"),
            ("applications: hold", "applications: held"),
        ],
    )
    def test_it_refuses_slips(self, good: str, bad: str) -> None:
        written = plain(parse(WORLD.replace(good, bad), "world.yaml")[0])
        assert list(jsonschema.Draft202012Validator(json_schema()).iter_errors(written))

    def test_a_file_that_extends_another_may_leave_out_what_that_one_has(self) -> None:
        validator = jsonschema.Draft202012Validator(json_schema())
        assert list(validator.iter_errors({"extends": "world.yaml", "title": "Another"})) == []
        assert list(validator.iter_errors({"title": "Another"}))

    def test_it_explains_fields(self) -> None:
        said = json_schema()["$defs"]["Qualification"]["properties"]["success"]
        assert said["description"] == "The chance that a try succeeds; after a failure the next one begins."
        assert said["examples"] == [0.8]


def test_importing_the_scenario_package_brings_no_arrays() -> None:
    code = "import sys, exportsim.scenario; print({'numpy', 'pandas', 'numba', 'scipy', 'holidays'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("number", ["sNaN", "-sNaN12", "NaN", "Infinity", "1e999999"])
@pytest.mark.parametrize("path", ["suppliers.aselsan.slots", "demand.tb2-sensors.value", "authorities.gac.approval"])
def test_a_decimal_that_is_no_number_is_a_fault(number: str, path: str) -> None:
    scenario = load(Path(__file__).parents[1] / "scenarios" / "canada-turkiye.yaml")
    with pytest.raises(ScenarioError, match="expected a finite number"):
        vary(scenario, {path: Decimal(number)})


@pytest.mark.parametrize("number", [10**400, -(10**400), Fraction(10**400)])
def test_a_number_beyond_all_bounds_is_a_fault(number: object) -> None:
    scenario = load(Path(__file__).parents[1] / "scenarios" / "canada-turkiye.yaml")
    for path in ("suppliers.aselsan.slots", "demand.tb2-sensors.value", "authorities.gac.approval"):
        with pytest.raises(ScenarioError):
            vary(scenario, {path: number})
