"""``exportsim compare``: files that share their orders are compared, others refused, and what differs is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import exportsim
from exportsim import ExportsimError, load
from exportsim.scenario.differences import order_differences, world_differences
from shell import Shell
from worlds import as_file, steady_sources

TEXT = as_file(steady_sources(goods__sensors__title="Sensors"))
OTHER = """\
extends: base.yaml
title: Another title
suppliers: {north: {slots: 1, lead_time: 60d}}
authorities: {gac: {review: [{stage: desk, officers: 1, work: 5bd}]}}
policies: {late: {measures: [{on: 2021-06-01, applications: deny, destinations: [TR]}]}}
"""


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(TEXT)
    Path("other.yaml").write_text(OTHER)
    return Shell(capsys)


def test_policies_of_two_files_stand_in_one_table_with_what_differs(shell: Shell) -> None:
    said = shell("compare", "base.yaml", "other.yaml", "--futures", "5")
    assert said.status == 0
    assert "suppliers.north.slots: 1 in other, 2 in base" in said.out
    assert "authorities.gac.review.desk.officers: 1 in other, 2 in base" in said.out
    assert "Another title" not in said.out and "policies.late" not in said.out
    rows = [line.split()[:2] for line in said.out.splitlines() if line.startswith(("base ", "other "))]
    assert rows == [[f, p] for f, ps in (("base", "free strict"), ("other", "free strict late")) for p in ps.split()]
    assert "5 futures, seed 1" in said.out.splitlines()[-1]


def test_differences_are_paired_future_by_future(shell: Shell) -> None:
    found = exportsim.compare({"base": load("base.yaml"), "other": load("other.yaml")}, futures=6)
    base, other = (exportsim.run(load(file), futures=6).outcomes["exports"] for file in ("base.yaml", "other.yaml"))
    expected = (other.loc["strict"] - base.loc["free"]).mean()
    difference = found.compare().loc[("other", "strict", "exports")]
    assert difference["mean"] == pytest.approx(expected, rel=1e-12)
    assert difference["sd"] == pytest.approx((other.loc["strict"] - base.loc["free"]).std(), rel=1e-12)
    assert ("base", "free", "exports") not in found.compare().index


def test_the_same_policy_of_the_same_world_is_told_to_be_the_same(shell: Shell) -> None:
    Path("copy.yaml").write_text("extends: base.yaml\ndescription: moves nothing\n")
    said = shell("compare", "base.yaml", "copy.yaml", "--futures", "3")
    assert "in nothing: the worlds are the same" in said.out
    rows = {
        tuple(line.split()[:2]): line.split()[2:] for line in said.out.splitlines() if line[:5] in ("base ", "copy ")
    }
    assert rows["copy", "free"][-1] == "same"
    assert rows["copy", "strict"] == rows["base", "strict"]


def test_what_chance_could_have_done_is_in_brackets(shell: Shell) -> None:
    Path("close.yaml").write_text("extends: base.yaml\ndemand: {line: {sources: {north: {weight: 9.02}}}}\n")
    said = shell("compare", "base.yaml", "close.yaml", "--futures", "30", "--json")
    exports = json.loads(said.out)["comparison"]["close"]["free"]["exports"]
    assert exports["low"] <= 0 <= exports["high"]
    said = shell("compare", "base.yaml", "close.yaml", "--futures", "30")
    row = next(line for line in said.out.splitlines() if line.split()[:2] == ["close", "free"])
    assert row.endswith(")") == (exports["sd"] != 0) and ("In brackets" in said.out) == row.endswith(")")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ("period: {end: 2022-12-31}", "period.end"),
        ("period: {warm_up: 1y}", "period.warm_up"),
        ("currency: CAD", "currency"),
        ("demand: {line: {orders: 31/y}}", "demand.line.orders"),
        ("demand: {line: {value: 1M}}", "demand.line.value"),
        ("demand: {line: {parts: 2}}", "demand.line.parts"),
        ("demand: {line: {programmes: {nato: 0.1}}}", "demand.line.programmes.nato"),
        ("demand: {line: {destination: SA}}", "demand.line.destination"),
    ],
)
def test_what_has_other_orders_is_refused_with_the_path(shell: Shell, change: str, path: str) -> None:
    Path("far.yaml").write_text(f"extends: base.yaml\n{change}\n" + ("" if "SA" not in change else SA))
    said = shell("compare", "base.yaml", "far.yaml")
    assert said.status == 2 and said.out == ""
    assert said.err.startswith("error: far cannot be compared with base") and f"  {path}" in said.err


SA = "policies: {strict: {measures: [{on: 2020-06-01, applications: deny, destinations: [SA]}]}}\n"


def test_a_line_that_only_one_file_has_is_refused(shell: Shell) -> None:
    line = TEXT[TEXT.index("  line:") : TEXT.index("policies:")].replace("line:", "more:")
    Path("far.yaml").write_text("extends: base.yaml\ndemand:\n" + line)
    said = shell("compare", "base.yaml", "far.yaml")
    assert said.status == 2 and "demand.more: only in far" in said.err


def test_registers_count_by_what_they_hold(shell: Shell) -> None:
    for name, rows in (("one", "2020-03-01,5\n"), ("same", "2020-03-01,5\n"), ("two", "2020-03-02,5\n")):
        Path(f"{name}.csv").write_text(f"day,worth\n{rows}")
        orders = f"demand: {{line: {{orders: {{register: {name}.csv, date: day, value: worth}}}}}}\n"
        Path(f"{name}.yaml").write_text(f"extends: base.yaml\n{orders}")
    one, same, two = (load(f"{name}.yaml") for name in ("one", "same", "two"))
    assert order_differences(one, same) == [] and world_differences(one, same) == []
    assert [each.path for each in order_differences(one, two)] == ["demand.line.orders.register"]


def test_the_rule_holds_the_same_orders_come_in_every_future(shell: Shell) -> None:
    """What may differ is changed all at once, and no order is another one."""
    base, other = load("base.yaml"), load("other.yaml")
    assert order_differences(base, other) == []
    for future in range(5):
        frames = [
            exportsim.simulate(scenario, policy, future=future, engine="compiled").frame()
            for scenario, policy in ((base, "free"), (other, "strict"))
        ]
        orders = [frame[frame["fact"] == "ordered"][["minute", "order", "cents"]].to_numpy() for frame in frames]
        np.testing.assert_array_equal(*orders)


def test_a_broken_promise_of_the_rule_is_a_bug_and_not_an_answer(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("far.yaml").write_text("extends: base.yaml\ndemand: {line: {orders: 31/y}}\n")
    monkeypatch.setattr("exportsim.study.several_files.order_differences", lambda *_: [])
    with pytest.raises(AssertionError, match="orders"):
        exportsim.compare({"base": load("base.yaml"), "far": load("far.yaml")}, futures=3)


def test_any_policy_of_any_file_can_be_the_reference(shell: Shell) -> None:
    for given in ("other.yaml:late", "other:late"):
        said = shell("compare", "base.yaml", "other.yaml", "--futures", "3", "--reference", given)
        row = next(line for line in said.out.splitlines() if line.split()[:2] == ["other", "late"])
        assert said.status == 0 and row.endswith("reference")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["base.yaml"], "one file has nothing to be compared with"),
        (["base.yaml", "./base.yaml"], "a file is given twice"),
        (["base.yaml", "nowhere.yaml"], "nowhere.yaml"),
        (["base.yaml", "other.yaml", "--reference", "late"], "expected FILE:POLICY"),
        (["base.yaml", "other.yaml", "--reference", "othr:late"], "did you mean `other`?"),
        (["base.yaml", "other.yaml", "--reference", "other:lat"], "did you mean `late`?"),
        (["base.yaml", "other.yaml", "--futures", "0"], "futures: found 0"),
    ],
)
def test_what_cannot_be_is_a_mistake(shell: Shell, arguments: list[str], told: str) -> None:
    said = shell("compare", *arguments)
    assert said.status == 2 and told in said.err and said.out == "" and "Traceback" not in said.err


def test_json_holds_worlds_summary_comparison_and_provenance(shell: Shell) -> None:
    said = shell("compare", "base.yaml", "other.yaml", "--futures", "2", "--json")
    found = json.loads(said.out, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
    assert found["reference"] == {"file": "base", "policy": "free"} and found["futures"] == 2
    assert {"path": "suppliers.north.slots", "here": 2, "there": 1} in found["worlds"]["other"]
    assert list(found["comparison"]["base"]) == ["strict"] and list(found["summary"]["other"]) == [
        "free",
        "strict",
        "late",
    ]
    assert found["provenance"]["other"]["seed"] == 1


def test_in_python_an_unknown_reference_is_an_error(shell: Shell) -> None:
    with pytest.raises(ExportsimError, match="file in the reference"):
        exportsim.compare({"base": load("base.yaml"), "other": load("other.yaml")}, reference=("bse", "free"))


def test_in_python_the_same_is_compared_by_the_same_name(shell: Shell) -> None:
    printed = json.loads(shell("compare", "base.yaml", "other.yaml", "--futures", "2", "--json").out)
    study = exportsim.compare(["base.yaml", "other.yaml"], futures=2)
    assert study.reference == ("base", "free")
    assert (
        study.compare().loc[("other", "late", "exports"), "mean"]
        == printed["comparison"]["other"]["late"]["exports"]["mean"]
    )


def test_scenarios_are_named_by_their_titles_or_by_numbers(shell: Shell) -> None:
    base, other = load("base.yaml"), load("other.yaml")
    assert list(exportsim.compare([base, other], futures=2).results) == ["A small world", "Another title"]
    assert list(exportsim.compare([base, base], futures=2).results) == ["1", "2"]


@pytest.mark.parametrize("given", [["base.yaml"], [], "base.yaml"])
def test_in_python_one_scenario_has_nothing_to_be_compared_with(shell: Shell, given: list[str]) -> None:
    with pytest.raises(ExportsimError, match="scenarios: "):
        exportsim.compare(given)
