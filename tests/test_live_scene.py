"""The live page without a browser: controls, settings, links and scenes are those of the scenario and its runs."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

import exportsim as xs
from exportsim import language
from exportsim.analysis import intervals
from exportsim.analysis.ledger_rows import UNDECIDED, applications, office_of
from exportsim.cli import exportsim
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError, ScenarioError
from exportsim.live.charts import suppliers
from exportsim.live.charts.fans import Fan, names_at_ends
from exportsim.live.charts.plane import BOLD, HEIGHT, WIDTH, Plane, width_of
from exportsim.live.controls import MOST_OF_A_KIND, MOST_UNCHOSEN, Controls, Span, controls_of, step_of
from exportsim.live.differences import Differences
from exportsim.live.faults import said_faults, said_of_scenario
from exportsim.live.hello import hello
from exportsim.live.measures import DATE, additions_of, measures_of
from exportsim.live.orders import life_of, orders_of
from exportsim.live.scene import AT_REST, Scene
from exportsim.live.session import Live
from exportsim.live.setting import MOST_OVERRIDES, Setting, changed_paths, made_elsewhere
from exportsim.packed_rows import rows_of
from exportsim.report.measures import measure_sentences
from exportsim.scenario import digest, explicit, explicit_text
from exportsim.scenario.addresses import node_at
from exportsim.scenario.differences import Difference, world_differences
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import Duration, Rate
from exportsim.scenario.text import plain
from exportsim.study.office_by_quarter import office_by_quarter, quarter_ends

SCENARIOS = Path(__file__).parents[1] / "scenarios"
FILE = SCENARIOS / "quickstart.yaml"
FILES = ("quickstart.yaml", "canada-turkiye.yaml", "company.yaml")
HOLD = "policies.no-new-licences.measures.measure-1.on"
WORK = "authorities.ecju.review.review.work"
OFFICERS = "authorities.ecju.review.review.officers"


@pytest.fixture(scope="module")
def scenario() -> xs.Scenario:
    return xs.load(FILE)


def set_to(scenario: xs.Scenario, *pairs: tuple[str, str], policies: tuple[str, ...] = ("no-new-licences",)) -> Setting:
    return Setting(pairs, policies, scenario.reference, scenario)


def played(setting: Setting, futures: int = 10) -> xs.Result:
    what_if = xs.WhatIf(setting.scenario)
    setting.put_to(what_if)
    return what_if.result(futures)


# ------------------------------------------------------------------ controls


@pytest.mark.parametrize("file", FILES)
def test_every_control_can_be_set_to_all_that_it_allows(file: str) -> None:
    scenario = xs.load(SCENARIOS / file)
    controls = controls_of(scenario)
    assert controls and len({control.id for control in controls}) == len(controls)
    assert len({control.path for control in controls}) == len(controls)
    values: tuple[dict[str, str], ...] = ({}, {}, {})  # all at once: as they are, at their least, at their most
    for control in controls:
        if control.kind == "date":
            assert str(control.least) <= control.value <= str(control.most)
            several = [control.value] * 3
        elif control.kind == "number":
            least, most = float(control.least or 0), float(control.most or 0)
            assert least < most and control.step is not None and control.step <= most - least
            own = least if control.number is None else control.number
            assert least <= own <= most
            several = [control.text(number) for number in (own, least, most)]
        else:
            several = [control.value, control.choices[0], control.choices[-1]]
        for place, value in zip(values, several, strict=True):
            if place is not values[0] or control.number is not None:
                place[control.path] = value
    settings = [Setting(tuple(each.items()), (), scenario.reference, scenario) for each in values]
    made = [xs.vary(scenario, setting.changes()) for setting in settings]
    assert differences(made[0], scenario) == []
    least_tree, most_tree = (from_python(explicit(each)) for each in made[1:])
    for control in controls:
        if control.kind == "number":
            ends = [plain(node) for tree in (least_tree, most_tree) if (node := node_at(tree, control.path))]
            assert len(ends) == 2 and ends[0] != ends[1]


def differences(one: xs.Scenario, other: xs.Scenario) -> list[Difference]:
    """In what worlds differ once times are told in one unit: ``1y`` is ``12mo``."""
    return [each for each in world_differences(one, other) if in_minutes(each.here) != in_minutes(each.there)]


def in_minutes(value: object) -> object:
    try:
        return Duration.parse(value).minutes
    except ValueError:
        return value


def test_controls_are_the_dates_what_is_uncertain_and_the_office() -> None:
    scenario = xs.replace(xs.load(SCENARIOS / "canada-turkiye.yaml"), controls=[])
    controls = {control.path: control for control in controls_of(scenario)}
    stop = controls["policies.historical.measures.measure-1.on"]
    assert (stop.kind, stop.value, stop.about, stop.policy) == ("date", "2019-10-11", "policy", "historical")
    assert stop.title == "Applications for Türkiye are held undecided" and stop.group == "What was done"
    ramp_up = controls["suppliers.aselsan.ramp_up"]
    assert (ramp_up.least, ramp_up.most, ramp_up.number, ramp_up.suffix) == (3, 30, 12, "mo")
    assert (ramp_up.value, ramp_up.unit, ramp_up.about, ramp_up.policy) == ("1y", "months", "assumption", None)
    assert controls["demand.tb2-sensors.patience.suspension.weibull.mean"].number == 12  # months, of a year
    officers = controls["authorities.gac.review.consultation.officers"]
    assert (officers.least, officers.most, officers.step) == (4, 9, 1)  # as they are uncertain
    assert controls["authorities.gac.review.decision.officers"].group == "Officers"
    assert sum("consultation.officers" in path for path in controls) == 1
    plain = [control.json() for control in controls.values()]
    assert json.loads(json.dumps(plain))[0]["id"] == plain[0]["id"]


def test_of_a_kind_that_nobody_could_look_through_there_are_none() -> None:
    crowded = xs.replace(xs.load(SCENARIOS / "canada-turkiye.yaml"), controls=[], uncertainties={})
    assert not [control for control in controls_of(crowded) if control.group == "Trust"]  # of five lines
    groups = [control.group for control in controls_of(xs.load(FILE))]
    assert groups == ["What was done"] * 2 + ["Existing licences suspended as well"] * 2 + [
        "Officers",
        "Officers' work",
    ]


def test_lines_order_again_and_no_more_is_there_than_can_be_looked_through() -> None:
    scenario = xs.load(FILE)
    controls = controls_of(scenario)
    line, source = next((name, next(iter(line.sources))) for name, line in scenario.demand.items())
    again = xs.vary(scenario, {f"demand.{line}.sources.{source}.restart": "6mo"})
    (added,) = {control.path: control for control in controls_of(again)}.keys() - {each.path for each in controls}
    (restart,) = [control for control in controls_of(again) if control.path == added]
    assert (restart.number, restart.suffix, restart.group) == (6, "mo", "When lines order again")
    assert restart.least == 1.5 and restart.most == 24
    lines = {f"line-{place}": scenario.demand[line] for place in range(400)}
    national = xs.replace(again, demand=lines, controls=[], uncertainties={}, expect=[])
    of_kinds = [control for control in controls_of(national) if control.kind != "date"]
    assert {control.group for control in of_kinds} == {"Officers", "Officers' work"}  # of 400 lines none has its own
    several = {f"line-{place}": again.demand[line] for place in range(20)}  # more together than one looks through
    crowd = xs.replace(national, demand=several)
    counted = Counter(control.group for control in controls_of(crowd) if control.kind != "date")
    assert set(counted.values()) <= set(range(MOST_OF_A_KIND + 1)) and counted["When lines order again"] == 20
    assert counted.total() <= MOST_UNCHOSEN


@pytest.mark.parametrize(
    ("span", "step"),
    [
        (Span(0, 1), 0.01),
        (Span(0.2, 0.95), 0.01),
        (Span(6, 30, "mo"), 0.5),
        (Span(0, 0.3, "y"), 0.01),
        (Span(1, 80, "", True), 1),
        (Span(1, 1000, "", True), 10),
        (Span(1, 5_000, "k"), 50),
    ],
)
def test_steps_are_round(span: Span, step: float) -> None:
    assert step_of(span) == step


def test_measures_on_the_time_axis_are_those_of_the_policy_in_words(scenario: xs.Scenario) -> None:
    found = measures_of(scenario, "licences-suspended")
    assert [measure.words for measure in found] == measure_sentences(scenario, "licences-suspended")
    assert [measure.path for measure in found][:2] == [HOLD, "policies.licences-suspended.measures.measure-1.on"]
    assert {measure.id for measure in found} <= {control.id for control in controls_of(scenario)}
    assert found[0].label == "applications on hold" and found[0].date == "2019-10-15"


def test_measures_are_found_where_the_file_has_them_whatever_was_taken_away_or_added(scenario: xs.Scenario) -> None:
    first, second = (f"policies.no-new-licences.measures.measure-{number}" for number in (1, 2))
    added = "policies.no-new-licences.measures.more"
    value = additions_of(scenario)[0]["value"].replace(DATE, "2023-02-01")
    setting = set_to(scenario, (first, "null"), (added, value), (f"{added}.on", "2023-03-01"))
    result = played(setting, 1)
    found = measures_of(result.scenario, "no-new-licences", setting)
    assert [(measure.measure, measure.date) for measure in found] == [(second, "2021-12-15"), (added, "2023-03-01")]
    figure = figure_of(Scene(result, setting).json(), "exports")
    handles = [mark["about"] for mark in figure["marks"] if mark["tag"] == "circle"]
    assert [(handle["path"], handle["measure"]) for handle in handles] == [
        (f"{second}.on", second), (f"{added}.on", added),
    ]  # fmt: skip
    moved = set_to(scenario, *setting.overrides, (handles[0]["path"], "2022-01-15"))
    dates = [measure.date for measure in measures_of(played(moved, 1).scenario, "no-new-licences", moved)]
    assert dates == ["2022-01-15", "2023-03-01"]


@pytest.mark.parametrize("file", ["canada-turkiye.yaml", "company.yaml"])
def test_each_measure_that_can_be_added_is_valid_and_said_in_words(file: str) -> None:
    scenario = xs.load(SCENARIOS / file)
    policy = next(name for name in scenario.policies if name != scenario.reference)
    found = additions_of(scenario)
    assert len({each["words"] for each in found}) == len(found) >= 8
    day = scenario.period.end.isoformat()
    for each in found:
        pair = (f"policies.{policy}.measures.added-1", each["value"].replace(DATE, day))
        made = xs.vary(scenario, Setting((pair,), (policy,), scenario.reference, scenario).changes())
        assert made.policies[policy].measures[-1].name == "added-1"
        assert each["words"].lower()[1:] in " ".join(measure_sentences(made, policy)).lower()


# ------------------------------------------------------------------ controls that a scenario chooses

CHOSEN = """
controls:
  - {path: policies.no-new-licences.measures.measure-1.on, title: The stop, group: Decisions, help: What it is.}
  - {path: suppliers.turkish.ramp_up, range: [0mo, 24mo], step: 1mo, title: Ramp-up}
  - {path: policies.no-new-licences.measures.measure-1.applications, choices: [hold, deny, case_by_case]}
  - {path: suppliers.british.lead_time}
  - {path: authorities.ecju.review.review.officers, about: policy, group: Decisions}
  - {path: demand.radar-parts.orders, range: [5/y, 30/y]}
  - {path: demand.radar-parts.value.lognormal.mean, range: [400k, 1.6M]}
"""


def test_a_scenario_chooses_its_controls_names_and_orders_them() -> None:
    scenario = xs.loads(FILE.read_text(encoding="utf-8") + CHOSEN)
    stop, ramp_up, act, lead_time, officers, orders, value, *others = controls_of(scenario)
    assert (stop.title, stop.group, stop.help, stop.kind) == ("The stop", "Decisions", "What it is.", "date")
    assert (ramp_up.title, ramp_up.number, ramp_up.most, ramp_up.step) == ("Ramp-up", 12, 24, 1)
    assert (act.kind, act.value, act.choices, act.about) == (
        "choice", "hold", ("hold", "deny", "case_by_case"), "policy",
    )  # fmt: skip
    assert lead_time.path == "suppliers.british.lead_time.lognormal.median" and lead_time.number == 90
    assert (officers.about, officers.group) == ("policy", "Decisions")
    assert (orders.number, orders.suffix, orders.text(20)) == (12, "/y", "20/y")
    assert (value.number, value.unit, value.text(500)) == (800, "GBP thousand", "500k")
    assert [control.kind for control in others] == ["date"] * 3 + ["number"]  # which can be moved whatever is chosen
    assert [control.chosen for control in others] == [True] * 3 + [False]  # and what is there besides, apart
    plain = xs.load(FILE)
    assert digest(scenario) == digest(plain) and scenario != plain  # nothing that is played depends on it
    assert xs.loads(explicit_text(scenario)) == scenario


@pytest.mark.parametrize("file", ["canada-turkiye.yaml", "uk-licensing.yaml"])
def test_shipped_scenarios_say_what_can_be_changed_of_them_within_the_ranges_of_their_doubts(file: str) -> None:
    scenario = xs.load(SCENARIOS / file)
    chosen = controls_of(scenario)[: len(scenario.controls)]
    assert chosen and [control.path for control in chosen] == [control.path for control in scenario.controls]
    assert all(control.title and control.number is not None for control in chosen)
    in_doubt = {control.path: control for control in controls_of(xs.replace(scenario, controls=[]))}
    for control in chosen:
        if control.path in scenario.uncertainties and "officers" not in control.path:
            known = in_doubt[control.path]
            assert (control.least, control.most) == (known.least, known.most)


@pytest.mark.parametrize(
    ("written", "line", "words"),
    [
        ("{path: suppliers.turkih.ramp_up}", "path", "there is no `turkih` in `suppliers`, did you mean `turkish`?"),
        ("{path: suppliers.turkish.ramp_up, range: [24mo, 6mo]}", "range", "the least (24mo) must be less than the"),
        ("{path: suppliers.turkish.slots, range: [-1, 6]}", "range", "found `-1`, expected a number of at least 1"),
        ("{path: suppliers.turkish.price, range: [1, 2d]}", "range", "expected two amounts of one kind"),
        ("{path: suppliers.turkish.price, range: [1, 2], step: 0}", "step", "expected an amount above 0"),
        ("{path: policies.no-new-licences.measures.0.applications}", "", "expected a `range` or `choices`"),
        ("{path: policies.no-new-licences.measures.0.permits, choices: [hold, in_force]}", "choices", "found `hold`"),
        ("{path: suppliers.british.slots, range: [1, 2], choices: [1, 2]}", "", "either a `range` or `choices`"),
        ("{path: suppliers.british.slots, choices: [1, 2], step: 1}", "", "`step` goes with a range"),
        ("{path: suppliers.british.slots, titel: x}", "titel", "did you mean `title`?"),
        ("{path: suppliers.british.slots}\n  - {path: suppliers.british.slots}", "path", "control 1 is of"),
    ],
)
def test_a_control_that_is_none_is_refused_with_its_place(written: str, line: str, words: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        xs.loads(FILE.read_text(encoding="utf-8") + f"\ncontrols:\n  - {written}\n")
    (fault,) = refused.value.faults
    assert words in fault.message and fault.line > 0
    assert fault.path.startswith("controls.") and fault.path.endswith(line)


def test_a_control_goes_with_what_it_is_of() -> None:
    scenario = xs.loads(FILE.read_text(encoding="utf-8") + CHOSEN)
    setting = set_to(scenario, ("policies.no-new-licences.measures", "[]"))
    made = xs.vary(scenario, setting.changes())
    assert [control.path for control in made.controls] == [
        control.path for control in scenario.controls if "measures" not in control.path
    ]
    assert [control.path for control in xs.vary(scenario, {OFFICERS: 12}).controls] == [
        control.path for control in scenario.controls
    ]


# ------------------------------------------------------------------ settings


SETTINGS: list[tuple[tuple[str, str], ...]] = [
    (),
    ((HOLD, "2020-06-01"),),
    ((HOLD, "2020-06-01"), (OFFICERS, "35"), ("suppliers.turkish.ramp_up", "18mo")),
    (("policies.no-new-licences.measures.2", "{on: 2022-06-01, permits: suspended, destinations: [TR]}"),),
    (("policies.no-new-licences.measures.measure-2", "null"),),
    (("title", "Ä “title” & more = 100 %; #1"),),
    (("demand.radar-parts.patience", "{review: 9mo}"), ("suppliers.other", "{country: FR, slots: 3, lead_time: 30d}")),
    (("suppliers.british.lead_time", "{lognormal: {median: 1.25y, p90: 2y}}"), ("suppliers.turkish.price", "1.125")),
]


@pytest.mark.parametrize("pairs", SETTINGS)
def test_a_link_a_message_a_command_and_a_file_say_the_same_as_the_setting(
    scenario: xs.Scenario, pairs: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    setting = set_to(scenario, *pairs)
    assert Setting.from_link(setting.link(), scenario) == setting
    assert Setting.from_json(json.loads(json.dumps(setting.json())), scenario) == setting
    made = xs.vary(scenario, setting.changes())
    words = shlex.split(setting.command(str(FILE), 10))
    overrides = [words[place + 1] for place, word in enumerate(words) if word == "--set"]
    assert xs.load(FILE, overrides=overrides) == made
    assert words[-4:] == ["--policy", "no-new-licences", "--futures", "10"]
    (tmp_path / "quickstart.yaml").write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(setting.overlay("quickstart.yaml"), encoding="utf-8")
    assert xs.load(tmp_path / "mine.yaml") == made


def test_a_file_of_one_date_says_of_other_measures_what_the_scenario_says_of_them(scenario: xs.Scenario) -> None:
    """A list is laid over as a whole, but for what is so by default."""
    assert set_to(scenario, (HOLD, "2020-06-01")).overlay("quickstart.yaml").splitlines()[1:] == [
        "extends: quickstart.yaml",
        "policies:",
        "  no-new-licences:",
        "    measures:",
        '      - {source: uk-turkiye, applications: hold, "on": 2020-06-01}',
        '      - {source: uk-turkiye, applications: open, "on": 2021-12-15}',
        "expect: []",
    ]


# One draw for several values

TIED = """
uncertainties:
  how_many_orders: {draw: {uniform: [0.8, 1.2]}, scales: [demand.radar-parts.orders, suppliers.turkish.ramp_up]}
  slots: {draw: [10, 20, 30], sets: [suppliers.british.slots, suppliers.turkish.slots]}
  lead_time: {draw: {triangular: [60d, 120d, 240d]}, sets: [suppliers.british.lead_time, suppliers.turkish.lead_time]}
  how_long: {draw: {uniform: [0.5, 2]}, scales: [authorities.ecju.review.review.work]}
"""
DRAWN: list[tuple[tuple[str, str], ...]] = [
    (("uncertainties.how_many_orders", "0.9"),),
    (("uncertainties.how_many_orders", "1.1"), ("uncertainties.slots", "30"), ("uncertainties.lead_time", "90d")),
    (("suppliers.british.slots", "25"), ("uncertainties.slots", "10"), ("uncertainties.how_long", "0.75")),
]


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tied") / "tied.yaml"
    file.write_text(FILE.read_text(encoding="utf-8") + TIED, encoding="utf-8")
    return file


def test_one_draw_for_several_values_is_one_control(tied: Path) -> None:
    by_path = {control.path: control for control in controls_of(xs.load(tied))}
    orders, slots, lead, work = (
        by_path[f"uncertainties.{name}"] for name in ("how_many_orders", "slots", "lead_time", "how_long")
    )
    assert (orders.kind, orders.value, orders.number, orders.least, orders.most) == ("number", "1", 1, 0.8, 1.2)
    assert orders.title == "How many orders" and orders.help.endswith("orders: radar-parts; ramp up: Turkish industry.")
    assert (slots.kind, slots.value, slots.choices) == ("choice", "20", ("20", "10", "30"))
    assert (lead.number, lead.least, lead.most, lead.suffix, lead.unit) == (None, 60, 240, "d", "days")
    assert "lognormal" in lead.value and "120d" in lead.value  # they differ in the file
    assert work.about == "assumption" and not any(
        path.startswith("authorities.ecju.review.review.work") for path in by_path
    )


@pytest.mark.parametrize("pairs", DRAWN)
def test_a_draw_is_the_same_in_a_link_a_message_a_command_and_a_file(
    tied: Path, pairs: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    scenario = xs.load(tied)
    setting = set_to(scenario, *pairs)
    assert Setting.from_link(setting.link(), scenario) == setting
    assert Setting.from_json(json.loads(json.dumps(setting.json())), scenario) == setting
    made = xs.vary(scenario, setting.changes())
    draws = {path.removeprefix("uncertainties."): value for path, value in pairs if path.startswith("unc")}
    factor = float(draws.get("how_many_orders", "1"))
    orders, ramp_up = made.demand["radar-parts"].orders, made.suppliers["turkish"].ramp_up
    assert str(orders) == str(Rate.parse(f"{12 * factor:g}/y")) and str(ramp_up) == f"{factor:g}y"
    own = dict(pairs).get("suppliers.british.slots")  # what is set by itself counts, whichever was first
    assert str(made.suppliers["british"].slots) == (own or draws.get("slots", "20"))
    words = shlex.split(setting.command(str(tied), 10))
    overrides = [words[place + 1] for place, word in enumerate(words) if word == "--set"]
    assert xs.load(tied, overrides=overrides) == made
    (tmp_path / "tied.yaml").write_text(tied.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(setting.overlay("tied.yaml"), encoding="utf-8")
    assert xs.load(tmp_path / "mine.yaml") == made
    assert ("10.5bd" in explicit_text(made)) == ("how_long" in draws)


@pytest.mark.parametrize("value", ["soon", "[1, 2]", "-1", "{draw: [1], scales: [title]}", "null"])
def test_a_draw_that_cannot_be_is_refused_in_words(tied: Path, value: str) -> None:
    setting = set_to(xs.load(tied), ("uncertainties.how_many_orders", value))
    if value == "null":  # the draw is taken away, and what it would have scaled stays
        assert setting.placed == setting.overrides and xs.vary(setting.scenario, setting.changes())
        return
    with pytest.raises(ScenarioError) as refused:
        setting.put_to(xs.WhatIf(setting.scenario))
    assert "how_many_orders" in str(refused.value) or "orders" in str(refused.value)


PLACED_BY_A_DRAW = """
  begin: {draw: ["2019-11-01", "2020-06-01"], sets: [policies.no-new-licences.measures.0.on]}
controls:
  - {path: suppliers.british.slots, range: [1, 60]}
  - {path: suppliers.british.lead_time, range: [1mo, 24mo]}
  - {path: authorities.ecju.review.review.work.lognormal.median, range: [1bd, 30bd]}
  - {path: demand.radar-parts.orders, range: [1/y, 40/y]}
"""


@pytest.mark.parametrize(
    ("pairs", "path", "value", "by"),
    [
        ((("uncertainties.begin", "2020-06-01"),), HOLD, "2020-06-01", "Begin"),
        ((("uncertainties.slots", "30"),), "suppliers.british.slots", "30", "Slots"),
        ((("uncertainties.lead_time", "60d"),), "suppliers.british.lead_time", "1.97125256674mo", "Lead time"),
        ((("uncertainties.how_long", "0.5"),), f"{WORK}.lognormal.median", "7bd", "How long"),
        ((("uncertainties.how_many_orders", "0.9"),), "demand.radar-parts.orders", "10.8/y", "How many orders"),
        (
            ((HOLD.removesuffix(".on"), "{on: 2020-07-01, applications: deny}"),),
            HOLD,
            "2020-07-01",
            "All applications are held",
        ),
    ],
)
def test_what_a_draw_or_a_whole_sets_is_what_the_controls_of_its_values_show(
    tied: Path, pairs: tuple[tuple[str, str], ...], path: str, value: str, by: str
) -> None:
    scenario = xs.loads(tied.read_text(encoding="utf-8") + PLACED_BY_A_DRAW)
    finder = Controls(scenario)
    differences = Differences(finder, finder.found(), [])
    found = differences.elsewhere(set_to(scenario, *pairs))[path]
    assert (found["value"], found["by"]) == (value, pairs[0][0]) and by in found["called"]
    played = node_at(from_python(explicit(xs.vary(scenario, set_to(scenario, *pairs).changes()))), path)
    assert played is not None and str(plain(played)) in (value, "60d")  # a time is shown in the slider's months
    own = differences.elsewhere(set_to(scenario, *pairs, (path, value)))  # its own control counts
    assert path not in own and differences.elsewhere(set_to(scenario)) == {}


def test_a_scenario_chooses_a_draw_for_several_values(tied: Path) -> None:
    chosen = "controls: [{path: uncertainties.how_many_orders, title: How much is ordered, group: Market}]\n"
    scenario = xs.loads(tied.read_text(encoding="utf-8") + chosen)
    first = controls_of(scenario)[0]
    assert (first.path, first.title, first.group, first.most) == (
        "uncertainties.how_many_orders", "How much is ordered", "Market", 1.2,
    )  # fmt: skip
    with pytest.raises(ScenarioError, match="has the range of its draw"):
        xs.loads(tied.read_text(encoding="utf-8") + chosen.replace("title:", "range: [0.5, 2], title:"))


def test_rates_that_are_uncertain_have_a_control() -> None:
    rates = "uncertainties: {demand.radar-parts.orders: {uniform: [10/y, 20/y]}}\n"
    scenario = xs.loads(FILE.read_text(encoding="utf-8") + rates)
    (control,) = (control for control in controls_of(scenario) if control.path.endswith(".orders"))
    assert (control.number, control.least, control.most, control.unit) == (12, 10, 20, "a year")
    assert xs.vary(scenario, set_to(scenario, (control.path, control.text(15))).changes())


def test_another_reference_and_other_policies_are_in_all_of_them(scenario: xs.Scenario) -> None:
    setting = Setting((), ("licences-suspended", "as-before"), "no-new-licences", scenario)
    assert setting.asked == "licences-suspended" and Setting.from_link(setting.link(), scenario) == setting
    what_if = xs.WhatIf(scenario)
    setting.put_to(what_if)
    assert what_if.scenario.reference == "no-new-licences"
    command = setting.command("my.yaml")
    assert command == (
        "exportsim run my.yaml --set reference=no-new-licences --policy licences-suspended --policy as-before"
    )
    whole = Setting.of(scenario)
    assert whole.command("my file.yaml") == "exportsim run 'my file.yaml'" and whole.asked == "no-new-licences"
    assert "policy=" not in whole.link() and whole.changes() == {}


def test_a_setting_takes_the_place_of_the_one_before_it(scenario: xs.Scenario) -> None:
    what_if = xs.WhatIf(scenario)
    set_to(scenario, (HOLD, "2020-06-01")).put_to(what_if)
    set_to(scenario, (OFFICERS, "35")).put_to(what_if)
    assert list(what_if.changes) == [OFFICERS] and what_if.policies == ("as-before", "no-new-licences")
    with pytest.raises(ScenarioError, match="2019-02-31"):
        set_to(scenario, (HOLD, "2019-02-31")).put_to(what_if)
    assert list(what_if.changes) == [OFFICERS]


def test_what_is_set_is_read_as_the_command_line_reads_it(scenario: xs.Scenario) -> None:
    for path, value, words in (
        ("demand.radar-parts.value.lognormal.mean", "400.000", "400000"),
        (OFFICERS, "-1", "-1"),
        (OFFICERS, "a lot", "whole number"),
        ("suppliers.turkish.slotts", "3", "slots"),
        ("policies.no-new-licences.measures.9.on", "2020-01-01", "measures"),
    ):
        with pytest.raises(ScenarioError, match=words):
            set_to(scenario, (path, value)).put_to(xs.WhatIf(scenario))
        with pytest.raises(ScenarioError, match=words):
            xs.load(FILE, overrides=[f"{path}={value}"])


@pytest.mark.parametrize(
    "given",
    [
        None, [], {}, {"overrides": [], "policies": []}, {"overrides": "x", "policies": [], "reference": "as-before"},
        {"overrides": [["a"]], "policies": [], "reference": "as-before"},
        {"overrides": [["a", 1]], "policies": [], "reference": "as-before"},
        {"overrides": [], "policies": [1], "reference": "as-before"},
        {"overrides": [], "policies": ["nobody"], "reference": "as-before"},
        {"overrides": [], "policies": [], "reference": "nobody"},
        {"overrides": [["", "1"]], "policies": [], "reference": "as-before"},
        {"overrides": [["a" * 301, "1"]], "policies": [], "reference": "as-before"},
        {"overrides": [["a", "1" * 4001]], "policies": [], "reference": "as-before"},
        {"overrides": [[f"a{number}", "1"] for number in range(MOST_OVERRIDES + 1)], "policies": [],
         "reference": "as-before"},
        {"overrides": [["demand.radar-parts.orders", '{"r\\u0065gister": "x.csv"}']], "policies": [],
         "reference": "as-before"},
        {"overrides": [["demand.radar-parts.orders.register", "x.csv"]], "policies": [], "reference": "as-before"},
        {"overrides": [["extends", "other.yaml"]], "policies": [], "reference": "as-before"},
        {"overrides": [["reference", "no-new-licences"]], "policies": [], "reference": "as-before"},
        {"overrides": [["title", "[1"]], "policies": [], "reference": "as-before"},
    ],
)  # fmt: skip
def test_what_is_no_setting_is_refused_in_words(scenario: xs.Scenario, given: object) -> None:
    with pytest.raises(ExportsimError):
        Setting.from_json(given, scenario)


@pytest.mark.parametrize("link", ["#set=", "#policy=nobody", "#" + "a=1&" * 500, "#set=" + "x" * 40_000])
def test_what_is_no_link_is_refused_in_words(scenario: xs.Scenario, link: str) -> None:
    with pytest.raises(ExportsimError):
        Setting.from_link(link, scenario)


def test_a_link_says_if_it_was_made_elsewhere(scenario: xs.Scenario) -> None:
    link = set_to(scenario, (HOLD, "2020-06-01")).link()
    assert made_elsewhere(link, scenario) == "" == made_elsewhere("#set=a%3D1", scenario)
    assert "another file" in made_elsewhere(link, xs.vary(scenario, {OFFICERS: 41}))
    old = re.sub("version=.*", "version=0.0.9", link)
    assert "version 0.0.9" in made_elsewhere(old, scenario) and "another file" not in made_elsewhere(old, scenario)
    both = made_elsewhere(old, xs.vary(scenario, {OFFICERS: 41}))
    assert "another file" in both and "version 0.0.9" in both


# ------------------------------------------------------------------ scenes


def test_the_numbers_of_a_scene_are_those_of_the_command_that_it_gives(scenario: xs.Scenario) -> None:
    setting = set_to(scenario, (HOLD, "2020-06-01"), (OFFICERS, "35"))
    scene = Scene(played(setting, 12), setting).json()
    words = shlex.split(setting.command(str(FILE), 12))
    printed = json.loads(CliRunner().invoke(exportsim, [*words[1:], "--json"]).stdout)
    assert scene["finding"] == printed["answer"]["finding"] and scene["futures"] == 12
    assert scene["sentences"][:-1] == printed["answer"]["sentences"]
    rows = {row[0]: row for row in scene["account"]["rows"]}
    for policy, account in printed["account"]["policies"].items():
        title = scenario.policies[policy].title
        assert amount(rows[title][1]) == pytest.approx(account["exports"] / 1e6, abs=0.051)


def amount(written: str) -> float:
    return float(written.replace(",", ""))


def test_a_scene_is_plain_and_small_and_lies_within_its_figures(scenario: xs.Scenario) -> None:
    setting = set_to(scenario)
    scene = Scene(played(setting), setting).json()
    assert len(json.dumps(scene, ensure_ascii=False, separators=(",", ":")).encode()) < 60_000
    assert [figure["id"] for figure in scene["figures"]] == ["exports", "suppliers", "fates", "office"]
    assert set(scene) == {
        "futures", "finding", "sentences", "changed", "figures", "account", "warnings", "link",
    }  # fmt: skip
    assert scene["changed"] == ""
    for figure in scene["figures"]:
        assert (figure["width"], figure["height"]) == (WIDTH, HEIGHT)
        keys = [mark["key"] for mark in figure["marks"]]
        assert len(set(keys)) == len(keys)
        for mark in figure["marks"]:
            across = [value for name, value in mark["at"].items() if name in ("x", "x1", "x2", "cx")]
            down = [value for name, value in mark["at"].items() if name in ("y", "y1", "y2", "cy")]
            numbers = re.findall(r"[MHL](-?[\d.]+)", str(mark["at"].get("d", "")))
            assert all(0 <= float(value) <= WIDTH for value in [*across, *numbers]), mark
            assert all(0 <= float(value) <= HEIGHT for value in down), mark
        assert figure["title"] and figure["caption"]
        columns, rows = figure["table"]["columns"], figure["table"]["rows"]
        assert rows and all(len(row) == len(columns) for row in rows)


def test_measures_are_marked_where_they_can_be_moved_from(scenario: xs.Scenario) -> None:
    setting = set_to(scenario, policies=("licences-suspended",))
    figure = Scene(played(setting, 2), setting).json()["figures"][0]
    handles = [mark for mark in figure["marks"] if mark["tag"] == "circle"]
    controls = {control.id: control for control in controls_of(scenario)}
    assert len(handles) == 4
    for handle in handles:
        about = handle["about"]
        control = controls[about["drag"]]
        days = (handle["at"]["cx"] - about["x0"]) / about["per_day"]
        moved = date.fromisoformat(about["day0"]).toordinal() + round(days)
        assert date.fromordinal(moved).isoformat() == about["date"] == control.value
        assert (about["least"], about["most"]) == (control.least, control.most)
    assert len({handle["at"]["cy"] for handle in handles}) == 2  # two of one day, beside each other
    words = [mark["text"] for mark in figure["marks"] if mark["key"].startswith("measure") and "text" in mark]
    assert words == ["Oct 2019: permits suspended", "Dec 2021: applications open"]


def test_the_table_of_exports_has_the_numbers_of_the_result(scenario: xs.Scenario) -> None:
    setting = set_to(scenario)
    result = played(setting)
    table = Scene(result, setting).json()["figures"][0]["table"]
    own = result.by_quarter()
    own = own[own["policy"] == "no-new-licences"]
    found = [amount(row[3]) for row in table["rows"]]
    assert np.allclose(found, own["mean"] / 1e3, atol=0.51) and len(found) == 28
    ends = [[amount(end) for end in row[4].split(" to ")] for row in table["rows"]]
    assert np.allclose(ends, own[["q05", "q95"]] / 1e3, atol=0.51)
    assert table["rows"][0][0] == "Q1 2018"


def test_what_is_other_than_before_is_said_and_drawn(scenario: xs.Scenario) -> None:
    first = set_to(scenario)
    before = Scene(played(first), first)
    later = set_to(scenario, (HOLD, "2021-06-01"))
    scene = Scene(played(later), later, before).json()
    assert re.fullmatch(
        "“What was done”: exports are now GBP [0-9.]+ million, GBP [0-9.]+ million more than before.", scene["changed"]
    )
    assert [mark["key"] for mark in scene["figures"][0]["marks"]].count("before") == 1
    again = Scene(played(later), later, Scene(played(later), later, before)).json()
    assert again["changed"].endswith("as before.") and not any(
        mark["key"] == "before" for mark in again["figures"][0]["marks"]
    )
    other = set_to(scenario, policies=("licences-suspended",))
    assert Scene(played(other), other, before).json()["changed"].startswith("Now looked at: “Existing licences")
    assert changed_paths(first, later) == [HOLD]


def test_what_changed_is_rounded_as_the_answer_is(scenario: xs.Scenario) -> None:
    first, later = set_to(scenario), set_to(scenario, (HOLD, "2022-01-01"))
    for policy, there in (("no-new-licences", "licences-suspended"), ("licences-suspended", "no-new-licences")):
        setting = Setting(later.overrides, (policy, there), scenario.reference, scenario)
        scene = Scene(played(setting, 13), setting, Scene(played(first, 13), first)).json()
        (exports,) = re.findall(r"exports (?:are now|of) (GBP [0-9.]+ million)", scene["changed"])
        assert f"come to {exports} under" in scene["sentences"][0]


def test_days_are_written_on_the_page_as_in_its_sentences(scenario: xs.Scenario) -> None:
    for used in ("en", "fr"):
        with language.use(used):
            told = hello(scenario, Setting.of(scenario), (), {}, 10)["language"]
            for day in (date(2022, 4, 12), date(2022, 4, 1)):
                form = told["first_day" if day.day == 1 else "day"]
                words = form.format(day=day.day, month=told["months"].split(" ")[day.month - 1], year=day.year)
                assert words == language.day(day)


def test_one_future_and_the_reference_alone_have_a_scene(scenario: xs.Scenario) -> None:
    for setting in (set_to(scenario), set_to(scenario, policies=())):
        scene = Scene(played(setting, 1), setting).json()
        assert scene["sentences"] and scene["figures"][0]["table"]["rows"]
        assert not any("band" in mark["class"] for mark in scene["figures"][0]["marks"])


def figure_of(scene: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (figure for figure in scene["figures"] if figure["id"] == name)
    return found  # type: ignore[no-any-return]


def test_shares_of_suppliers_are_those_of_the_result_and_lie_on_each_other(scenario: xs.Scenario) -> None:
    setting = set_to(scenario)
    result = played(setting)
    figure = figure_of(Scene(result, setting).json(), "suppliers")
    table = result.hysteresis("no-new-licences").set_index(["supplier", "figure"])["mean"]
    titles = {scenario.suppliers[name].title: name for name in scenario.suppliers}
    for _, title, *shares in figure["table"]["rows"]:
        for when, share in zip(("before", "during", "after"), shares, strict=True):
            assert amount(share.removesuffix(" %")) == pytest.approx(100 * table[titles[title], when], abs=0.51)
    bars = [mark for mark in figure["marks"] if "flow" in mark.get("about", {})]
    heights: dict[float, float] = {}
    for bar in bars:
        heights[bar["at"]["x"]] = heights.get(bar["at"]["x"], 0) + bar["at"]["height"]
    assert len(heights) == 3 and max(heights.values()) - min(heights.values()) < 0.5  # all of a market each time
    assert {bar["about"]["flow"] for bar in bars} == {">delivered/british", ">delivered/turkish"}
    assert figure["title"].startswith("British industry:")


def test_where_nothing_is_restricted_suppliers_share_the_whole_period(scenario: xs.Scenario) -> None:
    setting = set_to(scenario, policies=())
    scene = Scene(played(setting), setting).json()
    table = figure_of(scene, "suppliers")["table"]
    assert table["columns"][2:] == ["Licences as before"]
    assert sum(amount(row[2].removesuffix(" %")) for row in table["rows"]) == pytest.approx(100, abs=1)
    assert [figure["id"] for figure in scene["figures"]] == ["exports", "suppliers", "office"]


def test_the_largest_suppliers_are_drawn_and_policies_below_their_bars_are_apart() -> None:
    scenario = xs.load(SCENARIOS / "canada-turkiye.yaml")
    setting = Setting((), ("nato-carve-out",), "historical", scenario)
    figure = figure_of(Scene(played(setting, 4), setting).json(), "suppliers")
    rows = {row[1]: amount(row[2].removesuffix(" %")) for row in figure["table"]["rows"]}
    assert rows["Hensoldt (Argos-II, made in South Africa)"] > 10 and rows["ASELSAN (CATS)"] > 10
    bars: dict[float, float] = {}
    for mark in (mark for mark in figure["marks"] if "flow" in mark.get("about", {})):
        bars[mark["at"]["x"]] = bars.get(mark["at"]["x"], 0) + mark["at"]["height"]
    assert min(bars.values()) > 0.9 * (suppliers.BOTTOM - suppliers.TOP)
    is_whole = min(bars.values()) >= suppliers.WHOLE * (suppliers.BOTTOM - suppliers.TOP)
    assert ("What is missing" in figure["caption"]) is not is_whole
    below = [mark for mark in figure["marks"] if mark["class"] == "tick"]
    assert " ".join(mark["text"] for mark in below) == "What was done As it was, but NATO programmes open throughout"
    for one, other in itertools.combinations(below, 2):
        (left, top), (right, low) = sorted((mark["at"]["x"], mark["at"]["y"]) for mark in (one, other))
        room = width_of(one["text"] if one["at"]["x"] == left else other["text"])
        assert left + room <= right or abs(top - low) > 10


def test_names_of_lines_do_not_lie_on_each_other_nor_leave_the_figure() -> None:
    plane = Plane(date(2020, 1, 1), date(2021, 1, 1), 10.0, 50.0, 700.0, 40.0, 300.0)
    for ends in ((0.0, 0.0), (10.0, 10.0), (0.1, 0.0), (5.0, 5.0)):
        found = {name: Fan([end], []) for name, end in zip(("policy", "reference"), ends, strict=True)}
        names = [*names_at_ends(plane, [50.0, 700.0], found, {"policy": "word " * 100, "reference": "Before"})]
        first, last = (mark["at"]["y"] for mark in names)
        assert plane.top < first < last < plane.bottom and last - first >= 12
        assert all(BOLD * width_of(mark["text"]) <= 660 for mark in names)


def test_titles_that_turn_the_direction_of_writing_are_seen_through(scenario: xs.Scenario) -> None:
    policies = {name: xs.replace(policy, title="a\u202eb") for name, policy in scenario.policies.items()}
    odd = xs.replace(scenario, title="a\u202eb", policies=policies)
    told = hello(odd, Setting.of(odd), (), {}, 10)
    assert told["title"] == "a\\u202eb"
    assert len({policy["title"] for policy in told["policies"]}) == len(policies)  # and told apart


def test_flows_are_the_fates_of_the_result_and_meet_their_sides(scenario: xs.Scenario) -> None:
    setting = set_to(scenario)
    result = played(setting)
    figure = figure_of(Scene(result, setting).json(), "fates")
    table = result.fates("no-new-licences")
    whole = table["value"].sum()
    found = sum(amount(row[2]) for row in figure["table"]["rows"])
    assert found == pytest.approx(whole / 1e6, rel=0.02)
    flows = [mark for mark in figure["marks"] if mark["tag"] == "path"]
    assert len(flows) >= 4 and all(mark["about"]["flow"].count(">") == 1 for mark in flows)
    drawn = 0.0
    for mark in flows:
        first, last = re.match(r"M[\d.]+ ([\d.]+)", mark["at"]["d"]), re.search(r"([\d.]+)Z$", mark["at"]["d"])
        assert first and last and float(last[1]) >= float(first[1])
        drawn += float(last[1]) - float(first[1])
    fates = [mark for mark in figure["marks"] if mark["tag"] == "rect" and mark["about"]["flow"].startswith(">")]
    assert drawn == pytest.approx(sum(mark["at"]["height"] for mark in fates), rel=0.02)


@pytest.mark.parametrize("futures", [1, 7])
def test_what_waits_and_what_is_closed_in_time_is_counted_as_outcomes_are(scenario: xs.Scenario, futures: int) -> None:
    setting = set_to(scenario, policies=("licences-suspended",))
    result = played(setting, futures)
    for policy in result.policies:
        found = office_by_quarter(result, "ecju", policy)
        outcomes = result.outcomes.loc[policy]
        assert found.waiting[:, -1].tolist() == outcomes["backlog"].tolist()
        shares = found.in_time.sum(axis=1) / found.closed.sum(axis=1)
        assert np.allclose(shares, outcomes["within_standard"])
        assert found.waiting.shape == (futures, 28)
    figure = figure_of(Scene(result, setting).json(), "office")
    assert len(figure["table"]["rows"]) == 28 and "Export Control Joint Unit" in figure["title"]


def test_what_waits_at_the_end_of_a_quarter_is_counted_one_by_one(scenario: xs.Scenario) -> None:
    ledger = xs.simulate(scenario, "no-new-licences")
    made = applications(rows_of(ledger), compile_plan(scenario))
    found = office_of(rows_of(ledger), 0, compile_plan(scenario), quarter_ends(compile_plan(scenario)))
    for place, end in enumerate(quarter_ends(compile_plan(scenario)).tolist()):
        waiting = sum(
            applied < end and not (by != UNDECIDED and ended < end)
            for applied, ended, by in zip(made.applied.tolist(), made.ended.tolist(), made.by.tolist(), strict=True)
        )
        assert found.waiting[place] == waiting


def test_what_is_other_than_before_is_marked_in_every_figure(scenario: xs.Scenario) -> None:
    first, later = set_to(scenario), set_to(scenario, (HOLD, "2021-06-01"))
    before = Scene(played(first), first)
    before.json()
    scene = Scene(played(later), later, before).json()
    for name in ("suppliers", "fates"):
        assert any(mark["class"].endswith(" changed") for mark in figure_of(scene, name)["marks"])
    assert any(mark["class"] == "before" for mark in figure_of(scene, "office")["marks"])
    same = Scene(played(later), later)
    same.json()
    for figure in Scene(played(later), later, same).json()["figures"]:
        assert not any("changed" in mark["class"] or mark["class"] == "before" for mark in figure["marks"])


# ------------------------------------------------------------------ orders


def test_orders_that_went_a_way_are_those_of_the_fates(scenario: xs.Scenario) -> None:
    setting = set_to(scenario, (HOLD, "2020-06-01"))
    result = played(setting, 4)
    flows = [mark["about"]["flow"] for mark in figure_of(Scene(result, setting).json(), "fates")["marks"]
             if mark["tag"] == "path"]  # fmt: skip
    assert "delivered/british>delivered/turkish" in flows
    for flow in (*flows, ">delivered/turkish", "delivered/british>"):
        found = orders_of(result, "no-new-licences", flow)
        assert found and json.loads(json.dumps(found)) == found
        values = [order["order"] for order in found]
        assert len(values) <= 60
    taken = orders_of(result, "no-new-licences", "delivered/british>delivered/turkish")
    of_futures = [result.fates("no-new-licences", future=future).assign(future=future) for future in range(4)]
    table = pd.concat(of_futures)
    own = table[(table["reference_fate"] == "delivered/british") & (table["policy_fate"] == "delivered/turkish")]
    own = own.sort_values(["cents", "future", "order"], ascending=[False, True, True])
    assert [(order["future"], order["order"]) for order in taken] == list(
        own[["future", "order"]].head(60).itertuples(index=False, name=None)
    )
    assert taken[0]["policy_fate"] == "Turkish industry" and taken[0]["title"] == "radar-parts"
    assert taken[0]["value"].startswith("GBP ")


def test_fates_that_were_put_together_are_known_by_what_they_are_called() -> None:
    scenario = xs.load(SCENARIOS / "canada-turkiye.yaml")
    setting = Setting((), ("historical",), scenario.reference, scenario)
    result = played(setting, 3)
    marks = figure_of(Scene(result, setting).json(), "fates")["marks"]
    flows = {mark["about"]["flow"] for mark in marks if "flow" in mark.get("about", {})}
    put = [flow for flow in flows if "together/" in flow]
    assert put
    for flow in put:
        assert orders_of(result, "historical", flow)


@pytest.mark.parametrize("flow", ["", "delivered/british", "a>b", "delivered/british>nobody", "a>b>c"])
def test_what_is_no_way_is_refused_in_words(scenario: xs.Scenario, flow: str) -> None:
    with pytest.raises(ExportsimError, match="flow"):
        orders_of(played(set_to(scenario), 1), "no-new-licences", flow)


def test_a_life_is_that_of_the_trace_in_both_worlds(scenario: xs.Scenario) -> None:
    setting = set_to(scenario, (HOLD, "2020-06-01"))
    result = played(setting, 4)
    first = orders_of(result, "no-new-licences", "delivered/british>delivered/turkish")[0]
    life = life_of(result, "no-new-licences", first["future"], first["line"], first["order"])
    days = [part for part in life["told"] if part["kind"] == "day"]
    assert all(len(day["columns"]) == 2 for day in days) and json.loads(json.dumps(life)) == life
    own = xs.trace(result.scenario, "no-new-licences", f"{first['line']}/{first['order']}", future=first["future"])
    sentences = {sentence for day in days for sentence in day["columns"][0]}
    assert {sentence for sentence in own.frame()["sentence"] if sentence} <= sentences
    alone = life_of(result, "as-before", first["future"], first["line"], first["order"])
    assert all(len(part["columns"]) == 1 for part in alone["told"] if part["kind"] == "day")
    for policy, future, line, order in (
        ("nobody", 0, "radar-parts", 1),
        ("as-before", 9, "radar-parts", 1),
        ("as-before", 0, "nothing", 1),
        ("as-before", 0, "radar-parts", 100_000),
    ):
        with pytest.raises(ExportsimError):
            life_of(result, policy, future, line, order)


def test_warnings_are_told_of_a_setting_that_stays_though_nobody_looked_for_them() -> None:
    scenario = xs.load(FILE)
    setting = set_to(scenario, (OFFICERS, "1"))
    what_if = xs.WhatIf(scenario, warn=False, policies=["no-new-licences"])
    setting.put_to(what_if)
    assert Scene(what_if.result(3), setting).json()["warnings"] == []
    told = Scene(what_if.result(AT_REST), setting).json()["warnings"]
    odd = xs.vary(scenario, {OFFICERS: 1}).origin.warnings
    assert odd and told[: len(odd)] == [said_of_scenario(warning, what_if.scenario) for warning in odd]
    assert told[0].startswith(
        "Officers: review, Export Control Joint Unit: review at Export Control Joint Unit: at least"
    )


ODD: list[tuple[dict[str, str], str]] = [
    (
        {"policies.no-new-licences.measures.measure-2.on": "2018-05-05"},
        "What was done, “All applications are decided as usual”: “all applications are decided as usual” on 5 May 2018 "
        "changes nothing in any future: it comes before “all applications are held undecided” on 15 October 2019 (“All "
        "applications are held undecided” under “What was done”), which nothing lifts until the period ends",
    ),
    (
        {"policies.licences-suspended.measures.measure-1.permits": "in_force"},
        "Existing licences suspended as well, “All permits are in force”: it changes nothing in any future: “all "
        "permits are in force” is what holds on 15 October 2019 in its scope already",
    ),
    (
        {"policies.licences-suspended.measures.2": "{on: 2019-10-15, applications: deny, destinations: [TR]}"},
        "Existing licences suspended as well, “Applications for Türkiye are denied”: sets “Applications” on 15 October "
        "2019 differently from “All applications are held undecided” under “What was done”, for 1 cell such as Export "
        "Control Joint Unit × Türkiye × Radar parts × none; this one holds",
    ),
    ({"suppliers.other": "{title: Others, country: FR, slots: 3, lead_time: 30d}"}, "Others: no demand line buys"),
    ({"demand.radar-parts.trust": "{loss: {hold: 1}, half_life: never}"}, "no trust left in “British industry”, none"),
]


@pytest.mark.parametrize(("changes", "words"), ODD)
def test_warnings_name_measures_parts_and_days_as_the_page_does(
    scenario: xs.Scenario, changes: dict[str, str], words: str
) -> None:
    made = xs.vary(scenario, set_to(scenario, *changes.items()).changes())
    told = [said_of_scenario(warning, made) for warning in made.origin.warnings]
    assert any(words in each for each in told), told
    assert not any(re.search(r"`|\d{4}-\d{2}-\d{2}|\w_\w|policies\.|[a-z]: hold", each) for each in told)


def test_warnings_of_what_was_played_name_policies_by_their_titles(scenario: xs.Scenario) -> None:
    nothing = {"policies.licences-suspended.measures.measure-1.permits": "in_force"}
    setting = set_to(scenario, *nothing.items(), policies=("no-new-licences", "licences-suspended"))
    setting = Setting(setting.overrides, setting.policies, "no-new-licences", scenario)
    told = Scene(played(setting), setting, at_rest=1).json()["warnings"]
    assert (
        "Existing licences suspended as well: it changes nothing in any of 10 futures: every order fares as under "
        "“What was done”"
    ) in told


def test_warnings_of_measures_say_which_is_meant_where_another_was_taken_away() -> None:
    scenario = xs.load(SCENARIOS / "canada-turkiye.yaml")
    made = xs.vary(scenario, {"policies.historical.measures.measure-5": None})  # the sixth is the fifth then
    (told, *_) = (said_of_scenario(warning, made) for warning in made.origin.warnings)
    assert told.startswith("What was done, “Suspended permits for Türkiye are cancelled”: it changes nothing")
    with language.use("fr"):
        assert "«\xa0Les licences suspendues vers la Türkiye sont annulées\xa0»\xa0: " in said_of_scenario(
            made.origin.warnings[0], made
        )


HELD = "What was done, “All applications are held undecided”: "
DECIDED = "What was done, “All applications are decided as usual”: "
HELD_IN_FRENCH = "What was done, «\xa0Toutes les demandes sont laissées en suspens\xa0»\xa0: "
DECIDED_IN_FRENCH = "What was done, «\xa0Toutes les demandes sont décidées comme d’habitude\xa0»\xa0: "
REFUSED: list[tuple[tuple[tuple[str, str], ...], str, str]] = [
    (
        ((HOLD, "soon"),),
        f"{HELD}From when: found “soon”, expected a date",
        f"{HELD_IN_FRENCH}À partir de quand\xa0: found",
    ),
    (
        (("policies.no-new-licences.measures.1.applications", "forbid"),),
        f"{DECIDED}Applications: found “forbid”, expected one of “no order",
        f"{DECIDED_IN_FRENCH}Demandes\xa0: found «\xa0forbid",
    ),
    (  # that was the second of the file, and is the first of what is left
        ((HOLD.removesuffix(".on"), "null"), ("policies.no-new-licences.measures.measure-2.announced", "2030-01-01")),
        f"{DECIDED}“announced” (1 January 2030) must lie before “From when”",
        f"{DECIDED_IN_FRENCH}«\xa0announced\xa0» (1er janvier 2030)",
    ),
    (
        ((HOLD.removesuffix(".on"), "null"), ("policies.no-new-licences.measures.measure-2.on", "2031-01-01")),
        f"{DECIDED}From when: 1 January 2031 is after the end",
        f"{DECIDED_IN_FRENCH}À partir de quand\xa0: 1er janvier",
    ),
    (
        (("policies.no-new-licences.measures.measure-1.officers", "{review: -1}"),),
        f"{HELD}found “-1”, expected",
        f"{HELD_IN_FRENCH}found",
    ),
    (
        (("policies.no-new-licences.measures.added-1", "{on: 2020-01-01}"),),
        "What is added to “What was done”: expected either something to do (“Applications”, “Permits”",
        "Ce qui est ajouté à «\xa0What was done\xa0»\xa0: expected either something to do («\xa0Demandes\xa0»",
    ),
    (((OFFICERS, "-3"),), "Officers: review, Export Control Joint Unit: found “-3”", "Officers\xa0: review, Export"),
    (
        (("suppliers.turkish.slots", "0"),),
        "Slots: Turkish industry: found “0”",
        "Slots\xa0: Turkish industry\xa0: found",
    ),
    ((("period.start", "2030-01-01"),), "Period, end: the period ends", "Period, end\xa0: the period"),
    (
        (("authorities.ecju.review.nobody.officers", "3"),),
        "Officers: nobody, Export Control Joint Unit: there is no “nobody”",
        "Officers\xa0: nobody, Export Control Joint Unit\xa0: there is no «\xa0nobody\xa0»",
    ),
]


@pytest.mark.parametrize(("pairs", "words", "in_french"), REFUSED)
def test_what_is_refused_is_said_by_what_the_page_calls_it(
    scenario: xs.Scenario, pairs: tuple[tuple[str, str], ...], words: str, in_french: str
) -> None:
    setting = set_to(scenario, *pairs)
    with pytest.raises(ScenarioError) as refused:
        setting.put_to(xs.WhatIf(scenario))
    (told, *others) = said_faults(refused.value, setting)
    assert told.startswith(words), told
    with language.use("fr"):
        (en_francais, *_) = said_faults(refused.value, setting)
        assert en_francais.startswith(in_french), en_francais
    assert not any(re.search(r"`|policies\.|measure-\d|measures\[|authorities\.", each) for each in (told, *others))


def test_what_is_refused_is_said_by_the_title_that_the_scenario_chose(tied: Path) -> None:
    text = tied.read_text(encoding="utf-8") + f"controls: [{{path: {OFFICERS}, title: How many decide}}]\n"
    scenario = xs.loads(text)
    for path, value, words in (
        (OFFICERS, "-3", "How many decide: found “-3”"),
        ("uncertainties.lead_time", "soon", "Lead time: "),
    ):
        setting = set_to(scenario, (path, value))
        with pytest.raises(ScenarioError) as refused:
            setting.put_to(xs.WhatIf(scenario))
        assert said_faults(refused.value, setting)[0].startswith(words)
    odd = xs.loads(text.replace("officers: 40", "officers: 1"))
    assert odd.origin.warnings and said_of_scenario(odd.origin.warnings[0], odd).startswith("How many decide: ")


# Names without titles

UNNAMED = {"british": "british_works", "turkish": "turkish_works", "ecju": "the_office", "radar": "radar_kit"} | {
    name: name.replace("-", "_")
    for name in ("radar-parts", "no-new-licences", "licences-suspended", "as-before", "turkish-navy")
}
#: What of the page is for its scripts: names by which they know things, values as ``--set`` takes them, looks.
NOT_SAID = {
    *("path", "id", "key", "class", "tag", "kind", "at", "value", "choices", "policy", "policies", "name", "reference"),
    *("line", "measure", "flow", "drag", "setting", "language", "link", "suffix", "beside", "does", "reach", "about"),
}


@pytest.fixture(scope="module")
def unnamed() -> xs.Scenario:
    """A scenario of which nothing has a title, and all names have more than one word."""

    def named(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                UNNAMED.get(key, key): named(value) for key, value in node.items() if key not in ("title", "source")
            }
        if isinstance(node, list):
            return [named(value) for value in node]
        return UNNAMED.get(node, node) if isinstance(node, str) else node

    tree = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    made = {key: value for key, value in tree.items() if key not in ("sources", "expect")}
    return xs.loads(json.dumps(named(made), default=str))


def said_in(node: Any, key: str = "") -> list[str]:
    """All that is said to a person in what a page is told."""
    if isinstance(node, dict):
        return [each for name, value in node.items() if name not in NOT_SAID for each in said_in(value, name)]
    if isinstance(node, list | tuple):
        return [each for value in node for each in said_in(value, key)]
    return [node] if isinstance(node, str) else []


def test_what_has_no_title_is_said_in_words_all_over_the_page(unnamed: xs.Scenario) -> None:
    live = Live(unnamed, "unnamed.yaml", futures=10, memory=1 << 28)
    policies = ("no_new_licences", "licences_suspended")
    setting = Setting((("authorities.the_office.review.review.officers", "1"),), policies, "as_before", unnamed)
    result = played(setting)
    scene = Scene(result, setting, at_rest=1).json()
    orders = orders_of(result, setting.asked, ">delivered/turkish_works")
    life = life_of(result, setting.asked, orders[0]["future"], orders[0]["line"], orders[0]["order"])
    tooltips = [
        mark["about"]["title"]
        for figure in scene["figures"]
        for mark in figure["marks"]
        if "title" in mark.get("about", {})
    ]
    other = live.differences.said((("suppliers.turkish_works.ramp_up", "18mo"),))
    told = [*said_in(live.hello), *said_in(scene), *tooltips, *said_in(orders), *said_in(life), *other.values()]
    assert {"no new licences", "turkish works", "radar parts"} <= {*told}
    assert any("turkish navy (Türkiye) ordered radar kit" in each for each in told)
    assert [each for each in told if "_" in each] == []
    assert life["told"][0]["text"] == f"radar parts {orders[0]['order']}: radar kit for turkish navy"


# How sure it is, at rest


def test_how_sure_means_are_is_told_at_rest(scenario: xs.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    resampled: list[int] = []
    found = intervals.resampled

    def noted(table: Any, level: float) -> Any:
        resampled.append(len(table))
        return found(table, level)

    monkeypatch.setattr(intervals, "resampled", noted)
    setting = set_to(scenario, policies=("no-new-licences", "licences-suspended"))
    what_if = xs.WhatIf(scenario)
    setting.put_to(what_if)
    result = what_if.result(20)
    few = Scene(result, setting, at_rest=30).json()
    of_few = len(resampled)
    rest = Scene(result, setting, at_rest=20).json()
    assert of_few == 2  # by which it is told that a change cannot be told from none, of exports and of what arrives
    whole = [row for row in few["account"]["rows"] if len(row) == len(few["account"]["columns"])]
    place = few["account"]["columns"].index("95 % range of the change")
    assert [row[place] for row in whole] == ["", "…", "…"]
    assert all(" to " in row[place] for row in rest["account"]["rows"][1:])
    assert few["sentences"][-1] == "How far chance may move this is told of more futures."
    assert rest["sentences"][-1].startswith("Chance alone puts the change between")
    assert few["sentences"][:-1] == rest["sentences"][:-1] == [*result.answer().sentences]
    alone = Scene(result, Setting((), ("as-before",), "as-before", scenario), at_rest=30).json()
    assert "chance" not in " ".join(alone["sentences"])
