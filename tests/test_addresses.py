"""A value is addressed by the names of what it is in, wherever an address is given, and set, added or removed there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportsim import compile as compiling
from exportsim.errors import ScenarioError
from exportsim.scenario import Scenario, explicit, loads, vary
from exportsim.scenario.addresses import CommandLine, located, shown
from exportsim.scenario.policies import addresses_of, luck_of, resolved_measures
from exportsim.scenario.python_nodes import from_python
from shell import Shell

WORLD = """
exportsim: 1
period: {start: 2020-01-01, end: 2021-12-31}
currency: EUR
goods: {radar: {}}
authorities:
  bafa:
    country: DE
    review:
      - {stage: intake, officers: 1, work: 1d}
      - {stage: desk, officers: 2, work: {empirical: {quantiles: {0.1: 1d, 0.5: 4d, 1: 9d}}}}
suppliers: {hensoldt: {country: DE, authority: bafa, slots: 1, lead_time: 30d}}
demand:
  navy: {buyer: navy, destination: NO, goods: radar, orders: 5/y, value: 1M, sources: {hensoldt: {}}}
  army: {buyer: army, destination: SE, goods: radar, orders: 5/y, value: 1M, sources: {hensoldt: {}}}
incidents: {raid: {on: 2020-03-01, window: 1y, exposure: 1M}}
policies:
  calm: {}
  strict:
    measures:
      - {name: stop, on: 2020-06-01, applications: hold, destinations: [NO, SE], except: {programmes: [none]}}
      - {after: raid, permits: suspended, delay: {uniform: [1d, 9d]}}
      - {name: v1.2, on: 2020-09-01, applications: open}
  stricter: {extends: strict, measures: [{name: last, on: 2021-01-01, cancel: all}]}
"""
MEASURES = "policies.strict.measures"


def world(*overrides: str, **more: Any) -> Scenario:
    return loads(WORLD, overrides=CommandLine(overrides), **more)


def value_at(scenario: Scenario, *path: str | int) -> Any:
    found: Any = explicit(scenario)
    for step in path:
        found = found[step]
    return found


def measures_of(scenario: Scenario, policy: str = "strict") -> list[Any]:
    return [measure.get("name", "") for measure in value_at(scenario, "policies", policy, "measures")]


EXCEPT = ("policies", "strict", "measures", 0, "except", 0, "programmes")
SET = [
    (f"{MEASURES}.stop.on", "2020-07-01", ("policies", "strict", "measures", 0, "on")),
    (f"{MEASURES}.0.on", "2020-07-01", ("policies", "strict", "measures", 0, "on")),
    (f"{MEASURES}.measure-2.delay", "5d", ("policies", "strict", "measures", 1, "delay")),
    (f"{MEASURES}.measure-2.delay.uniform.0", "2d", ("policies", "strict", "measures", 1, "delay", "uniform", 0)),
    (f"{MEASURES}.measure-3.on", "2020-10-01", ("policies", "strict", "measures", 2, "on")),  # its name has a point
    ("policies.stricter.measures.last.cancel", "suspended", ("policies", "stricter", "measures", 0, "cancel")),
    ("authorities.bafa.review.desk.officers", 7, ("authorities", "bafa", "review", 1, "officers")),
    ("authorities.bafa.review.desk.work.empirical.quantiles.0.5", "5d",
     ("authorities", "bafa", "review", 1, "work", "empirical", "quantiles", "0.5")),
    ("demand.navy.sources.hensoldt.weight", 2, ("demand", "navy", "sources", "hensoldt", "weight")),
    ("incidents.raid.on", "2020-04-01", ("incidents", "raid", "on")),
    (f"{MEASURES}.stop.except.0.programmes", ["none"], EXCEPT),
    (f"{MEASURES}.stop.except.programmes", ["none"], EXCEPT),
]  # fmt: skip


@pytest.mark.parametrize(("address", "value", "path"), SET, ids=[address for address, _, _ in SET])
def test_an_address_leads_to_the_same_place_for_a_file_a_scenario_and_the_command_line(
    address: str, value: Any, path: tuple[str | int, ...]
) -> None:
    written = f"{address}={value}".replace("'", "")
    found = [world(written), vary(world(), {address: value}), loads(WORLD, overrides={address: value})]
    assert [value_at(scenario, *path) for scenario in found] == [value] * 3
    assert found[0] == found[1] == found[2]


WHOLE = [
    (f"{MEASURES}.stop={{on: 2020-08-01, applications: deny}}", ["stop", "", "v1.2"]),  # it keeps its name
    (f"{MEASURES}.stop={{name: halt, on: 2020-08-01, applications: deny}}", ["halt", "", "v1.2"]),
    (f"{MEASURES}.0={{on: 2020-08-01, applications: deny}}", ["", "", "v1.2"]),
    (f"{MEASURES}=[]", []),
    (f"{MEASURES}.end={{on: 2021-08-01, applications: exempt}}", ["stop", "", "v1.2", "end"]),
    (f"{MEASURES}.3={{on: 2021-08-01, applications: exempt}}", ["stop", "", "v1.2", ""]),
    (f"{MEASURES}.measure-4={{on: 2021-08-01, applications: exempt}}", ["stop", "", "v1.2", ""]),
    (f"{MEASURES}.stop=null", ["", "v1.2"]),
    (f"{MEASURES}.measure-2=null", ["stop", "v1.2"]),
    (f"{MEASURES}.1=", ["stop", "v1.2"]),
    (f"{MEASURES}=null", []),
]


@pytest.mark.parametrize(("override", "names"), WHOLE, ids=[override for override, _ in WHOLE])
def test_a_whole_measure_is_set_added_or_removed(override: str, names: list[str]) -> None:
    found = world(override)
    assert measures_of(found) == names
    address, _, written = override.partition("=")
    if written == "null":
        assert vary(world(), {address: None}) == found


def test_what_is_added_to_a_list_that_is_not_there_begins_it() -> None:
    found = world("policies.calm.measures.pause={on: 2020-02-01, applications: hold}")
    assert measures_of(found, "calm") == ["pause"]
    offices = world(
        "authorities.bafa.case_by_case={}",
        "authorities.bafa.case_by_case.review.minister={officers: 1, work: 3d}",
        "authorities.bafa.review.legal={officers: 3, work: 2d}",
    ).authorities["bafa"]
    assert [stage.stage for stage in offices.review] == ["intake", "desk", "legal"]
    assert offices.case_by_case is not None and offices.case_by_case.review[0].stage == "minister"


def test_names_in_a_list_are_their_own_addresses() -> None:
    where = ("policies", "strict", "measures", 0, "destinations")
    assert value_at(world(f"{MEASURES}.stop.destinations.SE=null"), *where) == ["NO"]
    once_more = world(f"{MEASURES}.stop.destinations=[NO]", f"{MEASURES}.stop.destinations.SE=SE")
    assert value_at(once_more, *where) == ["NO", "SE"]


def test_all_addresses_of_one_command_are_of_the_scenario_as_it_was() -> None:
    """What is removed does not move what is still to be changed."""
    found = world(f"{MEASURES}.stop=null", f"{MEASURES}.measure-2.delay=4d", f"{MEASURES}.2=null")
    assert measures_of(found) == [""]
    assert value_at(found, "policies", "strict", "measures", 0, "delay") == "4d"


def test_uncertainties_are_addressed_by_what_they_are_of() -> None:
    path = f"{MEASURES}.stop.on"
    found = world(f"uncertainties.{path}=[2020-06-01, 2020-07-01]")
    assert list(found.uncertainties) == [path]
    assert vary(found, {f"uncertainties.{path}": None}).uncertainties == {}
    assert vary(found, {f"uncertainties.{path}.1": "2020-08-01"}).uncertainties == {path: ["2020-06-01", "2020-08-01"]}
    for address in (f"{MEASURES}.0.on", f"{MEASURES}.measure-3.on"):
        assert list(vary(found, {"uncertainties": {address: ["2020-06-01"]}}).uncertainties) == [address]


def test_what_expectations_set_is_addressed_in_the_same_way() -> None:
    expected = "expect:\n  - {policy: strict, outcome: exports, is: above, set: {ADDRESS: 2020-07-01}}\n"
    for address in (f"{MEASURES}.stop.on", f"{MEASURES}.measure-3.on"):
        assert loads(WORLD + expected.replace("ADDRESS", address)).expect[0].set == {address: "2020-07-01"}
    with pytest.raises(ScenarioError, match=r"there is no `stip` in the list .*, did you mean `stop`"):
        loads(WORLD + expected.replace("ADDRESS", f"{MEASURES}.stip.on"))


FAULTS = [
    (f"{MEASURES}.stip.on=2020-07-01",
     f"there is no `stip` in the list `{MEASURES}`, did you mean `stop`?"),
    (f"{MEASURES}.measure-9.on=2020-07-01",
     f"there is no `measure-9` in the list `{MEASURES}`, did you mean `measure-3`?"),
    (f"{MEASURES}.measure-9={{on: 2020-07-01}}",
     f"there is no `measure-9` in the list `{MEASURES}`, did you mean `measure-3`?"),
    ("policies.stricter.measures.stop.on=2020-07-01",
     "there is no `stop` in the list `policies.stricter.measures`; `strict` has it, which this policy extends: "
     f"`{MEASURES}.stop`"),
    ("policies.stricter.measures.measure-2=null",
     "there is no `measure-2` in the list `policies.stricter.measures`; `strict` has it, which this policy extends: "
     f"`{MEASURES}.measure-2`"),
    (f"{MEASURES}.halt=null",
     f"there is no `halt` in the list `{MEASURES}`, expected one of `stop`, `measure-2`, `measure-3`"),
    (f"{MEASURES}.7=null",
     f"there is no `7` in the list `{MEASURES}`, expected one of `stop`, `measure-2`, `measure-3`"),
    (f"{MEASURES}.stop.cancel=null", f"there is no `cancel` in `{MEASURES}.stop`, expected one of `name`, `on`, "
     "`applications`, `destinations`, `except`"),
    (f"{MEASURES}.stop.on.day=1", f"`{MEASURES}.stop.on` is `2020-06-01`, which has nothing called `day` in it"),
    ("suppliers.hensoldt.slots.first=1", "`suppliers.hensoldt.slots` is `1`, which has nothing called `first` in it"),
    (f"{MEASURES}.stop.outcomes.one={{chance: 1, cancel: all}}",
     f"there is no `one` in the list `{MEASURES}.stop.outcomes`; it is empty, and `0` adds one"),
    ("authorities.bafa.review.legal=3",
     "there is no `legal` in the list `authorities.bafa.review`, expected one of `intake`, `desk`"),
    (f"{MEASURES}.stop.destinations.DE=SE",
     f"there is no `DE` in the list `{MEASURES}.stop.destinations`, expected one of `NO`, `SE`"),
]  # fmt: skip


@pytest.mark.parametrize(("override", "fault"), FAULTS, ids=[override for override, _ in FAULTS])
def test_an_address_that_leads_nowhere_is_refused_with_what_could_be_meant(override: str, fault: str) -> None:
    address = override.partition("=")[0]
    with pytest.raises(ScenarioError) as caught:
        world(override)
    (found,) = caught.value.faults
    assert (found.file, found.message) == (f"--set {address}", fault)


def test_a_name_that_two_bear_is_ambiguous() -> None:
    content = WORLD.replace("stage: intake", "stage: desk")
    with pytest.raises(ScenarioError) as caught:
        loads(content, overrides=["authorities.bafa.review.desk.officers=3"])
    messages = [fault.message for fault in caught.value.faults]
    assert any(message.endswith("are called `desk`: give a number, 0 and 1") for message in messages)
    renamed = loads(content, overrides=["authorities.bafa.review.0.stage=intake"])
    assert [stage.stage for stage in renamed.authorities["bafa"].review] == ["intake", "desk"]


def test_a_measure_that_bears_the_name_of_a_place_comes_first() -> None:
    content = WORLD.replace("name: stop", "name: measure-2")
    found = loads(content, overrides=[f"{MEASURES}.measure-2.on=2020-07-01", f"{MEASURES}.1.delay=3d"])
    assert value_at(found, "policies", "strict", "measures", 0, "on") == "2020-07-01"
    assert addresses_of(found, "strict")[1] == f"{MEASURES}.1"


def test_messages_speak_of_a_measure_by_its_name() -> None:
    with pytest.raises(ScenarioError) as caught:
        world(f"{MEASURES}.0.on=2030-01-01", f"{MEASURES}.1.after=flood", f"{MEASURES}.measure-3.applications=opne")
    assert [fault.path for fault in caught.value.faults] == [
        f"{MEASURES}.stop.on", f"{MEASURES}.measure-2.after", f"{MEASURES}.measure-3.applications"
    ]  # fmt: skip


def test_check_shows_the_name_of_each_measure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(WORLD, encoding="utf-8")
    shell = Shell(capsys)
    page = " ".join(shell("check", str(file)).out.split())
    for words in (
        "stop: From 1 June 2020, applications for Norway and Sweden (except those without a programme) are held",
        " measure-2: Between 1 day and 9 days after evidence of diversion is found (raid), all permits are suspended.",
        " measure-3: From 1 September 2020, all applications are decided as usual.",
        " last: On 1 January 2021, all permits are cancelled.",
        " stop of strict: From 1 June 2020, ",
    ):
        assert words in f"{page} "
    steps = json.loads(shell("check", str(file), "--json").out)["policies"]["stricter"]
    assert f"{MEASURES}.measure-2" in [step["address"] for step in steps]
    refused = shell("check", str(file), "--set", f"{MEASURES}.stap.on=2020-07-01")
    assert refused.status == 2 and "did you mean `stop`?" in refused.err


def test_addresses_of_measures_change_no_luck() -> None:
    """What a measure is called in an address is no name of its: it draws as it did."""
    scenario = world()
    assert luck_of(scenario, "stricter") == ["measure/stop", "policy/strict/2", "measure/v1.2", "measure/last"]
    assert [measure.name for measure in resolved_measures(scenario, "strict")] == ["stop", "after raid", "v1.2"]
    later = vary(scenario, {f"{MEASURES}.measure-2.delay": "3d"})
    digests = [compiling.compile_plan(each).policies[1].digest.tolist() for each in (scenario, later)]
    assert digests[0] == digests[1]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_every_path_is_found_again_by_the_address_that_is_shown_for_it(data: st.DataObject) -> None:
    names = data.draw(
        st.lists(st.sampled_from([None, "a", "b", "0", "1", "measure-1", "measure-2", "v.1"]), max_size=5)
    )
    members = [{"name": name} if name else {} for name in names]
    tree = from_python({"policies": {"p": {"measures": members}}})
    for index in range(len(names)):
        path = ("policies", "p", "measures", index)
        address = shown(tree, path)
        if str(index) not in names or address != f"policies.p.measures.{index}":
            assert located(tree, address) == path
