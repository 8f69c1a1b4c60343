"""What measures do and reach, as it is changed on the live page: each field can be set, and is said."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import exportsim as xs
from exportsim.live.acts import MOST_STAGES, forms_of, said_of
from exportsim.live.measures import measures_of
from exportsim.live.scene import Scene
from exportsim.live.setting import Setting
from exportsim.report.measures import AXES
from exportsim.scenario.schema import Act, stages_of

SCENARIOS = Path(__file__).parents[1] / "scenarios"
FILES = ("canada-turkiye.yaml", "uk-licensing.yaml", "netherlands-china.yaml", "company.yaml", "quickstart.yaml")
BESIDE: dict[str, dict[str, str]] = {
    "backlog": {"applications": "open"},  # without which it says nothing
    "take_up": {"applications": "exempt"},
}


def set_to(scenario: xs.Scenario, *pairs: tuple[str, str]) -> tuple[xs.Scenario, Setting]:
    setting = Setting(pairs, tuple(scenario.policies), scenario.reference, scenario)
    return xs.vary(scenario, setting.changes()), setting


def amounts(amount: dict[str, Any]) -> list[object]:
    """The ends of a number's range and where it begins, as they are set."""
    ends = [number / amount["times"] for number in (amount["least"], amount["start"], amount["most"])]
    plain = [int(end) if end == int(end) else end for end in ends]  # as a script writes them
    return [f"{end}{amount['suffix']}" for end in plain] if amount["suffix"] else [*plain]


@pytest.mark.parametrize("file", FILES)
def test_all_that_a_measure_may_do_can_be_set_and_is_said(file: str) -> None:
    scenario = xs.load(SCENARIOS / file)
    policy = next(name for name in scenario.policies if name != scenario.reference)
    path, said = f"policies.{policy}.measures.added-1", set()
    forms = forms_of(scenario)
    before = {"on": (scenario.period.end - timedelta(days=1)).isoformat(), "applications": "hold"}
    hold = (f"policies.{policy}.measures.added-0", json.dumps(before))
    for field in forms["fields"]:
        key, stage = field["key"], field["stage"]
        offered = [choice["value"] for choice in field["choices"]]
        if field["amount"]:
            offered += amounts(field["amount"])
        assert offered and field["title"]
        for value in offered:
            act = {**BESIDE.get(key, {}), key: {stage: value} if stage else value}
            pair = (path, json.dumps({"on": forms["period"]["most"], **act}))
            made, setting = set_to(scenario, *([hold] if key == "backlog" else []), pair)
            assert made.policies[policy].measures[-1].model_dump()[key] not in (None, {})
            words = said_of(made, setting)[path]
            said.add(words)
            for choice in field["choices"]:
                if choice["value"] == value and key not in BESIDE:
                    assert words == choice["words"]
    assert len(said) > 20


@pytest.mark.parametrize("file", FILES)
def test_all_that_a_measure_may_be_limited_to_can_be_set(file: str) -> None:
    scenario = xs.load(SCENARIOS / file)
    forms = forms_of(scenario)
    for measure in forms["measures"]:
        for axis in forms["axes"]:
            every = [choice["value"] for choice in axis["choices"]]
            assert set(measure["reach"].get(axis["key"], ())) <= set(every)
    policy = next(name for name in scenario.policies if name != scenario.reference)
    path, day = f"policies.{policy}.measures.added-1", scenario.period.end.isoformat()
    for axis in forms["axes"]:
        for choice in axis["choices"]:
            scope = {axis["key"]: [choice["value"]]}
            for reach in (scope, {"except": [scope]}):
                made, setting = set_to(scenario, (path, json.dumps({"on": day, "permits": "suspended", **reach})))
                assert choice["words"] and said_of(made, setting)[path] != "All permits are suspended"
    assert {axis["key"] for axis in forms["axes"]} <= set(AXES)


def test_measures_are_told_as_the_file_has_them() -> None:
    scenario = xs.load(SCENARIOS / "canada-turkiye.yaml")
    told = {measure["path"]: measure for measure in forms_of(scenario)["measures"]}
    listed = [measure for policy in scenario.policies.values() for measure in policy.measures]
    assert len(told) == len(listed)
    for measure, found in zip(listed, told.values(), strict=True):
        acts = measure.outcomes or [measure]
        for act, does in zip(acts, found["acts"], strict=True):
            assert Act.model_validate(does["does"]) == Act.model_validate(
                act.model_dump(include=set(Act.model_fields), exclude_none=True)
            )
            assert does["path"].startswith(found["path"])
        assert found["on"] == (measure.on and measure.on.isoformat())
        assert found["reach"] == measure.model_dump(include=set(AXES), exclude_none=True)
    assert any(len(found["acts"]) == 3 for found in told.values())  # left to chance, each act by itself
    spared = forms_of(xs.load(SCENARIOS / "uk-licensing.yaml"))["measures"]
    assert [{"programmes": ["f-35"]}] in [found["except"] for found in spared]


def test_stages_have_fields_unless_they_are_too_many() -> None:
    scenario = xs.load(SCENARIOS / "quickstart.yaml")
    fields = forms_of(scenario)["fields"]
    assert [(field["key"], field["stage"]) for field in fields if field["stage"]] == [
        ("officers", "review"),
        ("work", "review"),
    ]
    stage = next(stage.model_dump(by_alias=True) for stage in stages_of(scenario.authorities["ecju"]))
    many = [{**stage, "stage": f"desk-{place}"} for place in range(MOST_STAGES + 1)]
    crowded = xs.vary(scenario, {"authorities.ecju.review": many})
    assert not [field for field in forms_of(crowded)["fields"] if field["stage"]]


def test_what_is_changed_is_said_where_the_file_has_it_and_nothing_else() -> None:
    scenario = xs.load(SCENARIOS / "canada-turkiye.yaml")
    first = "policies.historical.measures.measure-1"
    made, setting = set_to(
        scenario,
        ("policies.historical.measures.nato", "null"),
        (f"{first}.applications", "deny"),
        (f"{first}.approval", "0.25"),
        (f"{first}.goods", '["satellite"]'),
        ("policies.historical.measures.mine", '{"on": "2022-01-01", "permits": "suspended"}'),
        ("suppliers.aselsan.ramp_up", "6mo"),
    )
    assert said_of(made, setting) == {
        first: "Applications for Satellite equipment to Türkiye are denied but for 25 % of those that are reviewed",
        "policies.historical.measures.mine": "All permits are suspended",
    }
    assert said_of(scenario, Setting.of(scenario)) == {}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("policies.no-new-licences.measures", '[{"on": "2022-01-01", "permits": "suspended"}]'),
        ("policies.no-new-licences.measures", '[{"on": "2022-01-01", "permits": "suspended", "name": "a"}]'),
        ("policies.no-new-licences", '{"measures": [{"on": "2022-01-01", "permits": "suspended"}]}'),
        ("policies.other", '{"measures": [{"on": "2022-01-01", "permits": "suspended"}]}'),
        ("history", '[{"on": "2019-01-01", "approval": 0.9}]'),
    ],
)
def test_measures_that_are_replaced_as_a_whole_are_found_where_they_are_then(path: str, value: str) -> None:
    scenario = xs.load(SCENARIOS / "quickstart.yaml")
    made, setting = set_to(scenario, (path, value))
    found = measures_of(made, "no-new-licences", setting)
    assert [measure.date for measure in found] == sorted(
        {"2019-10-15", "2021-12-15"} - ({"2019-10-15", "2021-12-15"} if "no-new" in path else set())
        | ({"2022-01-01"} if "no-new" in path else set())
        | ({"2019-01-01"} if path == "history" else set())
    )
    for measure in found:
        moved = xs.vary(made, {measure.path: "2022-02-02"})
        assert any(
            each.on is not None and each.on.isoformat() == "2022-02-02"
            for each in (*moved.history, *moved.policies["no-new-licences"].measures)
        )
    said_of(made, setting)
    result = xs.run(made, policies=["no-new-licences"], futures=2)
    assert Scene(result, setting).json()["figures"]
