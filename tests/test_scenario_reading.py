"""Reading scenarios: YAML 1.2, faults with their places, files laid over each other, overrides."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from exportsim.errors import ScenarioError
from exportsim.scenario import build, explicit, load, loads, read_register, vary, warnings_of
from exportsim.scenario.distributions import Lognormal
from exportsim.scenario.quantities import Duration, Money
from exportsim.scenario.schema import Scenario, Supplier
from worlds import one_office

WORLD = """\
exportsim: 1
period: {start: 2020-01-01, end: 2021-12-31}
currency: EUR
goods: {radar: {}}
authorities:
  bafa:
    country: DE
    review:
      - {stage: intake, officers: 1, work: 5bd}
      - {stage: desk, officers: 2, work: {lognormal: {median: 5bd, p90: 9bd}}}
suppliers:
  hensoldt: {country: DE, authority: bafa, slots: 1, lead_time: 30d}
  saab: {country: SE, slots: 2, lead_time: 60d}
demand:
  navy: {buyer: navy, destination: NO, goods: radar, orders: 5/y, value: 1M, sources: {hensoldt: {}, saab: {}}}
policies:
  calm: {}
  strict:
    measures:
      - {on: 2020-06-01, applications: hold}
"""


def faults_of(content: str, **keywords: object) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        loads(content, name="world.yaml", **keywords)  # type: ignore[arg-type]
    return [str(fault) for fault in caught.value.faults]


def world(**keywords: object) -> Scenario:
    return loads(WORLD, **keywords)  # type: ignore[arg-type]


class TestYaml:
    def test_norway_is_no_and_not_false(self) -> None:
        assert world().demand["navy"].destination == "NO"

    def test_on_is_a_key_and_not_true(self) -> None:
        assert world().policies["strict"].measures[0].on == date(2020, 6, 1)

    def test_words_that_were_truth_in_older_yaml_are_text(self) -> None:
        for word in ("yes", "off", "y", "No"):
            assert loads(f"title: {word}\n{WORLD}").title == word

    def test_a_number_with_underscores_is_a_quantity_of_ours_and_not_of_yaml(self) -> None:
        assert loads(WORLD.replace("1M", "1_000_000")).demand["navy"].value == Money.parse("1000000")
        assert "found `1_000`, expected a whole number" in faults_of(WORLD.replace("slots: 1", "slots: 1_000"))[0]

    def test_an_alias_repeats_what_its_anchor_names(self) -> None:
        scenario = loads(WORLD.replace("lead_time: 30d", "lead_time: &time 30d").replace("60d", "*time"))
        assert scenario.suppliers["saab"].lead_time == Duration.parse("30d")

    def test_a_byte_order_mark_and_the_line_ends_of_windows_are_no_fault(self, tmp_path: Path) -> None:
        file = tmp_path / "world.yaml"
        file.write_bytes(b"\xef\xbb\xbf" + WORLD.replace("\n", "\r\n").encode())
        assert load(file) == world()

    def test_an_alias_bomb_is_refused_at_once(self) -> None:
        lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
        lines += [
            f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]" for old, new in zip("abcdefghi", "bcdefghij", strict=True)
        ]
        start = time.process_time()
        (fault,) = faults_of("\n".join(lines))
        assert "more than 200,000 values" in fault
        assert time.process_time() - start < 2

    @pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
    def test_deep_nesting_is_refused_at_once(self, opening: str) -> None:
        start = time.process_time()
        (fault,) = faults_of(opening * 20_000)
        assert "nested more than 50 deep" in fault
        assert time.process_time() - start < 2

    def test_a_large_file_is_refused_unread(self, tmp_path: Path) -> None:
        file = tmp_path / "large.yaml"
        file.write_text("# " + "x" * 5_000_001)
        with pytest.raises(ScenarioError, match="more than 5,000,000 bytes"):
            load(file)

    def test_a_file_that_is_not_utf_8_is_refused_with_the_place_of_the_byte(self, tmp_path: Path) -> None:
        file = tmp_path / "latin.yaml"
        file.write_bytes("exportsim: 1\ntitle: Türkiye\n".encode("latin-1"))
        with pytest.raises(ScenarioError) as caught:
            load(file)
        assert str(caught.value) == f"{file}:2:9: found the byte 0xFC, expected text in UTF-8: save it as UTF-8"

    def test_a_file_that_is_not_there_is_a_fault_and_no_traceback(self, tmp_path: Path) -> None:
        with pytest.raises(ScenarioError, match="cannot be read: No such file"):
            load(tmp_path / "nowhere.yaml")
        with pytest.raises(ScenarioError, match="cannot be read"):
            load(tmp_path)


class TestFaults:
    def test_ten_slips_are_one_round_trip_in_the_order_of_the_file(self) -> None:
        content = (
            WORLD.replace("currency: EUR", "currency: eur")
            .replace("officers: 1", "officers: one")
            .replace("p90: 9bd", "p90: 9")
            .replace("authority: bafa", "authority: baffa")
            .replace("slots: 2", "slot: 2")
            .replace("goods: radar", "goods: rader")
            .replace("5/y", "5")
            .replace("applications: hold", "applications: held")
        )
        assert faults_of(content) == [
            "world.yaml:3:11: currency: found `eur`, did you mean `EUR`?",
            "world.yaml:9:35: authorities.bafa.review.intake.officers: found `one`, expected a whole number",
            "world.yaml:10:73: authorities.bafa.review.desk.work.lognormal.p90: found `9`, expected a duration "
            "with its unit, such as `90d`, `10bd`, `8h`, `18mo` or `5y`",
            "world.yaml:12:38: suppliers.hensoldt.authority: there is no authority `baffa`, did you mean `bafa`?",
            "world.yaml:13:23: suppliers.saab.slot: unknown key `slot`, did you mean `slots`?",
            "world.yaml:15:47: demand.navy.goods: there are no goods `rader`, did you mean `radar`?",
            "world.yaml:15:62: demand.navy.orders: found `5`, expected a rate with its unit, such as `20/y`, `3/mo` or "
            "`1.5/d`",
            "world.yaml:20:40: policies.strict.measures.measure-1.applications: found `held`, did you mean `hold`?",
        ]

    def test_a_slip_in_one_part_does_not_make_its_name_unknown_to_the_others(self) -> None:
        (fault,) = faults_of(WORLD.replace("slots: 1", "slots: none"))
        assert "suppliers.hensoldt.slots" in fault

    def test_a_missing_section_is_told_once_and_not_by_everyone_who_names_it(self) -> None:
        (fault,) = faults_of(WORLD.replace("goods: {radar: {}}\n", ""))
        assert fault == "world.yaml:1:1: the key `goods` is missing"

    def test_the_name_that_python_gives_a_field_is_no_key(self) -> None:
        content = WORLD.replace("applications: hold", "applications: hold, except_: {goods: [radar]}")
        assert "unknown key `except_`, did you mean `except`?" in faults_of(content)[0]

    def test_a_bound_on_orders_can_be_raised(self) -> None:
        many = WORLD.replace("5/y", "50/y")
        assert "more than the bound of 100" in faults_of(many, max_orders=100)[0]
        assert loads(many, max_orders=110)


class TestWarnings:
    def test_a_measure_that_overrides_an_inherited_one_of_the_same_day_is_odd_but_legal(self) -> None:
        content = WORLD + "  stricter: {extends: strict, measures: [{on: 2020-06-01, applications: deny}]}\n"
        (warning,) = warnings_of(loads(content, name="world.yaml"))
        assert str(warning) == (
            "world.yaml:21:42: policies.stricter.measures.measure-1: sets `applications` on 2020-06-01 differently "
            "from `policies.strict.measures.measure-1`, for 1 cell such as bafa × NO × radar × none; this one holds"
        )

    def test_an_exception_within_a_rule_of_the_same_day_is_neither(self) -> None:
        content = WORLD.replace("value: 1M", "value: 1M, programmes: {nato: 0.1}")
        content += "      - {on: 2020-06-01, applications: open, programmes: [nato]}\n"
        assert warnings_of(loads(content)) == []

    def test_a_supplier_that_nobody_buys_from_is_odd_but_legal(self) -> None:
        (warning,) = warnings_of(loads(WORLD.replace(", saab: {}", "")))
        assert warning.path == "suppliers.saab"
        assert warning.message == "no demand line buys from this supplier"

    TRUSTING = WORLD.replace("value: 1M", "value: 1M, trust: {loss: {%s}, half_life: %s}")

    @pytest.mark.parametrize("act", ["hold", "deny"])
    def test_trust_that_is_lost_for_good_is_odd_but_legal(self, act: str) -> None:
        measure = f"{{on: 2020-06-01, applications: {act}}}"
        content = self.TRUSTING.replace("{on: 2020-06-01, applications: hold}", measure)
        (warning,) = warnings_of(loads(content % (f"{act}: 1", "never"), name="world.yaml"))
        assert warning.path == f"demand.navy.trust.loss.{act}"
        assert (warning.file, warning.line) == ("world.yaml", 15)
        assert warning.message == (
            "found a loss of 1 with `half_life: never`: once this comes about, the line has no trust left in "
            "`hensoldt`, none returns, and no order of it goes there any more"
        )

    def test_a_denial_by_chance_loses_trust_for_good_too(self) -> None:
        content = self.TRUSTING % ("deny: 1", "never")
        assert warnings_of(loads(content)) == []
        (warning,) = warnings_of(loads(content.replace("country: DE\n", "country: DE\n    approval: 0.9\n", 1)))
        assert warning.path == "demand.navy.trust.loss.deny"

    def test_what_a_measure_spares_loses_no_trust(self) -> None:
        spared = "{on: 2020-06-01, applications: hold, except: {destinations: [NO]}}"
        content = self.TRUSTING.replace("{on: 2020-06-01, applications: hold}", spared) % ("hold: 1", "never")
        assert not [warning for warning in warnings_of(loads(content)) if "trust" in warning.path]

    @pytest.mark.parametrize(
        ("losses", "half_life"), [("hold: 0.99", "never"), ("hold: 1", "10y"), ("suspend: 1", "never"), ("", "never")]
    )
    def test_trust_that_returns_or_is_not_lost_by_any_policy_is_not(self, losses: str, half_life: str) -> None:
        assert warnings_of(loads(self.TRUSTING % (losses, half_life))) == []


class TestOverlay:
    def test_mappings_merge_lists_replace_and_null_removes(self, tmp_path: Path) -> None:
        (tmp_path / "world.yaml").write_text(WORLD)
        over = tmp_path / "over.yaml"
        over.write_text(
            "extends: world.yaml\n"
            "suppliers: {saab: null, hensoldt: {slots: 9}}\n"
            "authorities: {bafa: {review: [{stage: only, officers: 1, work: 1bd}]}}\n"
            "demand: {navy: {sources: {saab: null}}}\n"
        )
        scenario = load(over)
        assert list(scenario.suppliers) == ["hensoldt"]
        assert scenario.suppliers["hensoldt"].slots == 9
        assert scenario.suppliers["hensoldt"].country == "DE"
        assert [stage.stage for stage in scenario.authorities["bafa"].review] == ["only"]

    def test_a_distribution_replaces_another_kind_of_distribution(self, tmp_path: Path) -> None:
        (tmp_path / "world.yaml").write_text(WORLD.replace("lead_time: 60d", "lead_time: {uniform: [1d, 2d]}"))
        over = tmp_path / "over.yaml"
        over.write_text("extends: world.yaml\nsuppliers: {saab: {lead_time: {lognormal: {median: 3d, p90: 4d}}}}\n")
        assert isinstance(load(over).suppliers["saab"].lead_time, Lognormal)

    def test_faults_point_into_the_file_that_the_value_came_from(self, tmp_path: Path) -> None:
        (tmp_path / "world.yaml").write_text(WORLD.replace("slots: 2", "slots: two"))
        over = tmp_path / "over.yaml"
        over.write_text("extends: world.yaml\nsuppliers: {hensoldt: {slots: nine}}\n")
        with pytest.raises(ScenarioError) as caught:
            load(over)
        assert [(Path(fault.file).name, fault.line, fault.column) for fault in caught.value.faults] == [
            ("over.yaml", 2, 31),
            ("world.yaml", 13, 30),
        ]

    def test_a_key_named_register_elsewhere_is_merged_as_any_other(self, tmp_path: Path) -> None:
        (tmp_path / "world.yaml").write_text(WORLD + "sources: {law: A law}\n")
        over = tmp_path / "over.yaml"
        over.write_text("extends: world.yaml\nsources: {register: A register of licences}\n")
        assert load(over).sources == {"law": "A law", "register": "A register of licences"}

    def test_a_register_belongs_to_the_folder_of_the_file_that_names_it(self, tmp_path: Path) -> None:
        below = tmp_path / "below"
        below.mkdir()
        (below / "orders.csv").write_text("date,value\n2020-05-05,100\n")
        register = "orders: {register: orders.csv, date: date, value: value}"
        (below / "world.yaml").write_text(WORLD.replace("orders: 5/y, value: 1M", register))
        over = tmp_path / "over.yaml"
        over.write_text("extends: below/world.yaml\n")
        assert explicit(load(over))["demand"]["navy"]["orders"]["register"] == "below/orders.csv"


class TestOverrides:
    @pytest.mark.parametrize(
        ("override", "path", "value"),
        [
            ("suppliers.saab.slots=8", ("suppliers", "saab", "slots"), 8),
            ("suppliers.saab.ramp_up=6mo", ("suppliers", "saab", "ramp_up"), "6mo"),
            ("authorities.bafa.review.0.officers=7", ("authorities", "bafa", "review", 0, "officers"), 7),
            ("authorities.bafa.review.desk.officers=7", ("authorities", "bafa", "review", 1, "officers"), 7),
            ("authorities.bafa.calendar.weekend=[fri]", ("authorities", "bafa", "calendar", "weekend"), ["fri"]),
            (
                "suppliers.saab.lead_time={uniform: [1d, 2d]}",
                ("suppliers", "saab", "lead_time"),
                {"uniform": ["1d", "2d"]},
            ),
            ("title= a = b ", ("title",), "a = b"),
        ],
    )
    def test_a_dotted_path_sets_one_value(self, override: str, path: tuple[str | int, ...], value: object) -> None:
        found = explicit(world(overrides=[override]))
        for step in path:
            found = found[step]  # type: ignore[index]
        assert found == value

    def test_null_removes(self) -> None:
        scenario = world(overrides=["suppliers.saab=null", "demand.navy.sources.saab="])
        assert list(scenario.suppliers) == ["hensoldt"]

    def test_values_made_in_python_do_as_well(self) -> None:
        lead_time = Duration.parse("7d")
        scenario = world(overrides={"suppliers.saab.lead_time": lead_time, "period.end": date(2022, 1, 1)})
        assert scenario.suppliers["saab"].lead_time == lead_time
        assert scenario.period.end == date(2022, 1, 1)

    @pytest.mark.parametrize(
        ("override", "fault"),
        [
            (
                "supplier.saab.slots=8",
                "override supplier.saab.slots: supplier: unknown key `supplier`, did you mean `suppliers`?",
            ),
            (
                "suppliers.sab.slots=8",
                "override suppliers.sab.slots: suppliers.sab.slots: "
                "there is no `sab` in `suppliers`, did you mean `saab`?",
            ),
            (
                "suppliers.saab.slot=8",
                "override suppliers.saab.slot: suppliers.saab.slot: unknown key `slot`, did you mean `slots`?",
            ),
            (
                "suppliers.saab.slots=eight",
                "override suppliers.saab.slots: suppliers.saab.slots: found `eight`, expected a whole number",
            ),
            (
                "authorities.bafa.review.dusk.officers=1",
                "override authorities.bafa.review.dusk.officers: authorities.bafa.review.dusk.officers: "
                "there is no `dusk` in the list `authorities.bafa.review`, did you mean `desk`?",
            ),
            (
                "suppliers.saab.lead_time.lognormal.p90=5d",
                "override suppliers.saab.lead_time.lognormal.p90: suppliers.saab.lead_time.lognormal.p90: "
                "`suppliers.saab.lead_time` is `60d`, which has nothing called `lognormal` in it",
            ),
            ("suppliers.saab.slots", "override: found `suppliers.saab.slots`, expected `path=value`"),
            ("title=[1", None),
        ],
    )
    def test_an_override_that_leads_nowhere_is_told_with_the_near_miss(self, override: str, fault: str | None) -> None:
        (found,) = faults_of(WORLD, overrides=[override])
        assert found == fault if fault else "this is not YAML" in found

    def test_varying_a_scenario_leaves_the_first_as_it_was(self) -> None:
        first = world()
        second = vary(first, {"suppliers.saab.slots": 5})
        assert (first.suppliers["saab"].slots, second.suppliers["saab"].slots) == (2, 5)


class TestPython:
    def test_a_scenario_can_be_built_of_parts_dates_and_quantities(self) -> None:
        mapping = explicit(world())
        mapping["suppliers"]["saab"] = Supplier(country="SE", slots=2, lead_time=Duration.parse("60d"))
        mapping["period"] = {"start": date(2020, 1, 1), "end": date(2021, 12, 31)}
        mapping["demand"]["navy"]["value"] = Money.parse("1M")
        assert build(mapping) == world()

    def test_its_faults_have_paths_but_no_places(self) -> None:
        mapping = explicit(world())
        mapping["suppliers"]["saab"]["slots"] = float("nan")
        with pytest.raises(ScenarioError) as caught:
            build(mapping)
        assert str(caught.value) == "<python>: suppliers.saab.slots: found `nan`, expected a finite number"

    def test_a_mapping_that_holds_itself_is_refused(self) -> None:
        mapping: dict[str, object] = {}
        mapping["goods"] = mapping
        with pytest.raises(ScenarioError, match="nested more than 50 deep"):
            build(mapping)


def test_half_a_cent_in_a_register_goes_up_as_it_does_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("date,value\n2020-01-01,12.3450\n2020-01-02,12.3350\n", encoding="utf-8")
    content = WORLD.replace("orders: 5/y, value: 1M", "orders: {register: orders.csv, date: date, value: value}")
    scenario = loads(content, folder=tmp_path)
    assert [record.cents for record in read_register(scenario, "navy")] == [1235, 1234]
    assert Money.parse("12.3450").cents == Money.parse(12.345).cents == 1235


class TestNoFaultHidesAnother:
    """A fault of one section beside one of another, which does not depend on it: both are told at once."""

    TWICE: ClassVar = {"measures": [{"name": "stop", "on": "2020-06-01", "applications": "hold"}] * 2}
    FAULTS: ClassVar = {
        "uncertainties": {"suppliers.other.slotz": [1], "suppliers.nobody.slots": [1], "suppliers.maker.slots": [0],
                          "authorities.office.approval": {"uniform": [0.9, 0.5]}},
        "objective": {"weights": {"exportz": 1}},
        "objective of another type": {"weights": {"exports": "x"}},
        "objective that is none": {"weights": ["exports"]},  # the scenario is not valid by its types, either
        "expect": [{"policy": "nobody", "outcome": "exports", "at_least": 1},
                   {"set": {"suppliers.other.slotz": 1}, "policy": "as-before", "outcome": "exports", "at_least": 1}],
        "policies": TWICE,
    }  # fmt: skip

    @pytest.mark.parametrize("one", FAULTS)
    @pytest.mark.parametrize("other", FAULTS)
    def test_of_two_sections(self, one: str, other: str) -> None:
        alone = [self._faults(self._with(section)) for section in (one, other)]
        assert all(alone)
        if one.split()[0] != other.split()[0]:
            assert self._faults(self._with(one, other)) == alone[0] | alone[1]

    def test_of_a_part_and_of_an_uncertainty_of_another(self) -> None:
        whole = self._faults(self._with("uncertainties"))
        with_part = self._with("uncertainties")
        with_part["suppliers"]["other"]["lead_time"] = 30
        part = "suppliers.other.lead_time"
        found = self._faults(with_part)
        assert {path for path, _ in found} - {path for path, _ in whole} == {part}
        left_out = {path for path, _ in whole} - {path for path, _ in found}
        assert left_out == {"uncertainties.suppliers.other.slotz"}  # it is in the part that cannot be judged

    def _with(self, *sections: str) -> dict[str, Any]:
        form = one_office(
            suppliers__other={"country": "ZA", "slots": 9, "lead_time": "30d"},
            demand__x__sources={"maker": {}, "other": {}},
            policies={"as-before": {}, "strict": self.TWICE if "policies" in sections else {}},
            reference="as-before",
        )
        faults = {section.split()[0]: self.FAULTS[section] for section in sections if section != "policies"}
        return form | faults

    def _faults(self, form: dict[str, Any]) -> set[tuple[str, str]]:
        with pytest.raises(ScenarioError) as caught:
            build(form)
        return {(fault.path, fault.message) for fault in caught.value.faults}
