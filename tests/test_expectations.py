"""Expectations: said in a file, checked, played, and told apart into held, failed and undecided."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exportsim as xs
from exportsim.analysis.intervals import Interval
from exportsim.compile import compile_plan
from exportsim.engine.compiled import Player, orders_expected
from exportsim.errors import ExportsimError, ScenarioError
from exportsim.lifecycle import Fact
from exportsim.report.document import Table
from exportsim.report.expectations import _interval_text, _money_factor, describe
from exportsim.scenario import digest, explicit, explicit_text, replace, vary
from exportsim.scenario.schema import Expectation
from exportsim.study import model_checks as examination_checks
from exportsim.study import smaller_world
from exportsim.study.expectations import FAILED, HELD, UNDECIDED, Finding, _is_so
from exportsim.study.model_checks import (
    before_a_difference,
    conservation,
    littles_law,
    null_policy,
)
from exportsim.study.smaller_world import smaller
from shell import Shell
from worlds import as_file, radar

WORLD = as_file(
    radar(
        title="A small office",
        authorities__bafa__service_standard="20d",
        authorities__bafa__review__0__work={"exponential": {"mean": "8d"}},
        suppliers__hensoldt__slots=9,
        suppliers__kongsberg={"country": "NO", "slots": 9, "lead_time": "40d"},
        demand__navy__orders="30/y",
        demand__navy__value={"uniform": ["1M", "3M"]},
        demand__navy__sources={"hensoldt": {"weight": 3}, "kongsberg": {}},
        policies__storm={"measures": [{"on": "2020-07-01", "applications": "deny"}]},
    )
)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(capsys)


def world(*expected: dict[str, Any]) -> xs.Scenario:
    scenario = xs.loads(WORLD)
    return replace(scenario, expect=list(expected)) if expected else scenario


def examined(*expected: dict[str, Any], **options: Any) -> list[str]:
    options = {"futures": 40, "plays": 0, "workers": 1} | options
    return [finding.verdict for finding in xs.check_expectations(world(*expected), **options).findings]


SAID: dict[str, Any] = {"policy": "storm", "outcome": "exports"}


# ------------------------------------------------------------------------------------------------------ in the file


EXPECTED = (
    SAID | {"year": 2021, "below": "calm", "source": "judgement", "notes": "It was denied."},
    {"policy": "calm", "outcome": "delay", "line": "navy", "between": ["20d", "90d"]},
    {
        "set": {"authorities.bafa.review.desk.officers": 2},
        "policy": "calm",
        "outcome": "within_standard",
        "is": "above",
    },
)


def test_the_explicit_form_has_them_and_the_digest_has_not() -> None:
    scenario, bare = world(*EXPECTED), world()
    assert explicit(scenario)["expect"] == list(EXPECTED)
    assert xs.loads(explicit_text(scenario)) == scenario != bare
    assert digest(scenario) == digest(bare)
    assert digest(scenario) == digest(bare)


def test_no_result_depends_on_them() -> None:
    one, other = (xs.run(scenario, futures=3, workers=1) for scenario in (world(*EXPECTED), world()))
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert one.provenance["scenario"] == other.provenance["scenario"]


def test_with_values_replaced_nothing_is_expected() -> None:
    """Which also keeps a shorter period from making faults of them."""
    assert vary(world(*EXPECTED), {"period.end": "2020-06-01", "policies.storm": None}).expect == []
    assert len(vary(world(*EXPECTED), {}).expect) == 3
    assert replace(world(*EXPECTED), policies={"any": {}}, reference="any").expect == []


@pytest.mark.parametrize(
    ("expected", "sentence"),
    [
        (EXPECTED[0], "storm: exports in 2021 below calm"),
        (EXPECTED[1], "calm: delay of navy between 20d and 90d"),
        (EXPECTED[2], "calm, with authorities bafa review desk officers = 2: within standard above what it is without"),
        (SAID | {"supplier": "hensoldt", "at_most": "5M"}, "storm: exports by hensoldt at most 5M"),
        (SAID | {"destination": "NO", "not_above": "calm"}, "storm: exports to NO not above calm"),
        (SAID | {"set": {"title": "x"}, "not": "above"}, "storm, with title = x: exports not above what it is without"),
    ],
)  # fmt: skip
def test_each_can_be_read_aloud(expected: dict[str, Any], sentence: str) -> None:
    assert Expectation.model_validate(expected).said() == sentence


# ---------------------------------------------------------------------------------------------------- what is said


@pytest.mark.parametrize(
    ("said", "low", "high", "verdict"),
    [
        ({"below": "calm"}, -2, -1, True),
        ({"below": "calm"}, 0, 0, False),
        ({"below": "calm"}, -1, 0, None),
        ({"below": "calm"}, 0, 1, False),
        ({"above": "calm"}, 1, 2, True),
        ({"above": "calm"}, 0, 0, False),
        ({"above": "calm"}, -1, 1, None),
        ({"not_above": "calm"}, 0, 0, True),
        ({"not_above": "calm"}, -1, 0, True),
        ({"not_above": "calm"}, -1, 1, None),
        ({"not_above": "calm"}, 1, 2, False),
        ({"not_below": "calm"}, 0, 1, True),
        ({"not_below": "calm"}, -2, -1, False),
        ({"set": {"title": "x"}, "is": "below"}, -2, -1, True),
        ({"set": {"title": "x"}, "is": "above"}, -2, -1, False),
        ({"set": {"title": "x"}, "not": "below"}, 0, 0, True),
        ({"set": {"title": "x"}, "not": "above"}, 1, 2, False),
        ({"at_least": 5}, 5, 6, True),
        ({"at_least": 5}, 4, 6, None),
        ({"at_least": 5}, 3, 4.99, False),
        ({"at_most": 5}, 4, 5, True),
        ({"at_most": 5}, 5.01, 6, False),
        ({"between": [2, 5]}, 2, 5, True),
        ({"between": [2, 5]}, 1, 3, None),
        ({"between": [2, 5]}, 6, 7, False),
        ({"between": [2, 5]}, 0, 1, False),
        ({"below": "calm"}, math.nan, math.nan, None),
    ],
)
def test_an_interval_lies_where_it_is_said_or_elsewhere_or_on_both_sides(
    said: dict[str, Any], low: float, high: float, verdict: bool | None
) -> None:
    assert _is_so(Expectation.model_validate(SAID | said), low, high) is verdict


def test_what_is_true_by_construction_held_and_its_contrary_failed() -> None:
    """Before the first measure the policies are one; after it nothing is licensed but what was."""
    assert examined(
        SAID | {"year": 2021, "below": "calm"},
        SAID | {"year": 2021, "not_below": "calm"},
        SAID | {"outcome": "ordered", "not_above": "calm"},
        SAID | {"outcome": "ordered", "above": "calm"},
        {"policy": "calm", "outcome": "exports", "supplier": "kongsberg", "at_most": 0},
        {"policy": "calm", "outcome": "delay", "line": "navy", "at_least": "30d"},
        {"policy": "calm", "outcome": "within_standard", "between": [0, 1]},
    ) == [HELD, FAILED, HELD, FAILED, HELD, HELD, HELD]


def test_a_change_is_compared_with_the_scenario_as_it_stands() -> None:
    slower = {"set": {"suppliers.hensoldt.lead_time": "60d"}, "policy": "calm", "outcome": "delay"}
    twice = {"set": {"authorities.bafa.review.desk.officers": 2}, "policy": "calm", "outcome": "processing_time_median"}
    assert examined(slower | {"is": "above"}, slower | {"not": "above"}, twice | {"not": "above"}) == [
        HELD,
        FAILED,
        HELD,
    ]


def test_a_change_may_be_compared_with_an_amount_and_with_a_policy_under_the_same_change() -> None:
    gone = {"set": {"demand.navy.orders": "0/y"}, "policy": "storm", "outcome": "exports"}
    assert examined(gone | {"at_most": 0}, gone | {"not_below": "calm"}, gone | {"below": "calm"}) == [
        HELD,
        HELD,
        FAILED,
    ]


def test_the_figures_are_those_of_a_run_and_the_level_is_shared() -> None:
    examination = xs.check_expectations(world(*EXPECTED), futures=40, plays=0, workers=1)
    result = xs.run(world(), futures=40, workers=1)
    table = result.compare(reference="calm", by=["year"]).loc["storm", 2021, "exports"]
    found = examination.findings[0].interval
    assert found.mean == pytest.approx(table["mean"], rel=1e-12)
    assert found.half > 1.05 * (table["high"] - table["low"]) / 2  # 98.3 % rather than 95 %
    alone = xs.check_expectations(world(EXPECTED[0]), futures=40, plays=0, workers=1).findings[0].interval
    assert (alone.low, alone.high) == pytest.approx((table["low"], table["high"]), rel=1e-9)


def test_what_lies_at_the_bound_or_rests_on_few_futures_is_undecided() -> None:
    mean = xs.run(world(), futures=40, workers=1).summary().loc[("calm", "exports"), "mean"]
    assert examined({"policy": "calm", "outcome": "exports", "at_least": round(mean)}) == [UNDECIDED]
    assert examined(EXPECTED[0], futures=9) == [UNDECIDED]
    assert examined(EXPECTED[0], futures=10) == [HELD]


def test_what_is_undefined_everywhere_is_undecided() -> None:
    """Without applications there is no processing time."""
    nobody = {"set": {"demand.navy.orders": "0/y"}, "policy": "calm", "outcome": "processing_time_median"}
    assert examined(nobody | {"at_most": "900d"}) == [UNDECIDED]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"level": 1.0}, "level: found 1.0"),
        ({"level": math.nan}, "level: found nan"),
        ({"futures": 0}, "futures: found 0"),
        ({"plays": -1}, "plays: found -1"),
    ],
)
def test_numbers_out_of_bounds_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ExportsimError, match=said):
        xs.check_expectations(world(), **given)


def test_a_change_that_makes_no_valid_scenario_is_told_before_anything_is_played(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Player, "play", None)
    unknown = {"set": {"demand.navy.goods": "sonar"}, "policy": "calm", "outcome": "exports", "not": "above"}
    with pytest.raises(ScenarioError) as caught:
        examined(unknown)
    assert "expect.0.set: demand.navy.goods: there are no goods `sonar`" in str(caught.value)
    shorter = {"set": {"period.end": "2020-12-31"}, "policy": "calm", "outcome": "exports", "year": 2021, "at_least": 1}
    with pytest.raises(ExportsimError, match=r"expect\.0: with what it sets, nothing is of all of these: year 2021"):
        examined(shorter)


# ------------------------------------------------------------------------------------------------------- the rules


def ledgers() -> tuple[Any, xs.Ledger, xs.Ledger]:
    from exportsim.compile import compile_plan

    scenario = world()
    return compile_plan(scenario), *(xs.simulate(scenario, policy, engine="compiled") for policy in ("calm", "storm"))


def changed(ledger: xs.Ledger, **columns: Any) -> xs.Ledger:
    return dataclasses.replace(ledger, **columns)


def test_the_rules_hold_of_a_sound_scenario_and_are_looked_at() -> None:
    found = xs.check_expectations(world(), futures=1, plays=2).checks
    assert [check.name for check in found] == list(examination_checks.RULES)
    assert not any(check.broken for check in found)
    # A plan; two futures of three policies in pairs, the empty one among them.
    assert [check.plays for check in found] == [1, 2, 6, 4, 4, 4, 4]
    assert xs.check_expectations(world(), futures=1, plays=0).checks == []


def test_a_large_world_is_divided_for_the_rules_and_a_small_one_is_not() -> None:
    large = xs.load(Path(__file__).parents[1] / "scenarios" / "uk-licensing.yaml")
    divided, times = smaller(large)
    assert (smaller(world())[1], smaller(divided)[1], times) == (1, 1, 46)
    assert orders_expected(compile_plan(divided)) == pytest.approx(orders_expected(compile_plan(large)) / 46, rel=1e-3)
    stages = divided.authorities["ecju"].review
    assert [stage.officers for stage in stages] == [2, 109, 109, 109]
    assert divided.suppliers["british"].slots == 435
    assert divided.policies["more-officers"].measures[0].officers == {"casework": 3}
    assert explicit(divided)["demand"]["turkiye"]["orders"] == "11.304348/y"


def test_what_is_none_stays_none_and_a_register_is_taken_whole(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("day\n" + "2020-05-04\n" * 3000, encoding="utf-8")
    form = explicit(world()) | {"demand": explicit(world())["demand"]}
    form["demand"]["navy"]["orders"] = {"register": "orders.csv", "date": "day"}
    sits = {"stage": "committee", "sits": {"every": "1w", "from": "2020-01-06", "most": 12}}
    form["authorities"]["bafa"]["review"] += [{"stage": "closed", "officers": 0, "work": "1d"}, sits]
    (tmp_path / "my.yaml").write_text(as_file(form), encoding="utf-8")
    divided, times = smaller(xs.load(tmp_path / "my.yaml"))
    assert times == 3 and orders_expected(compile_plan(divided)) == 3000
    desk, closed, committee = divided.authorities["bafa"].review
    assert desk.officers == 1 and closed.officers == 0 and committee.sits is not None and committee.sits.most == 4


def test_the_page_says_in_what_world_the_rules_were_checked(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    Path("my.yaml").write_text(WORLD, encoding="utf-8")
    said = shell("test", "my.yaml", "--futures", "2", "--plays", "1")
    assert "The rules were checked in a world" not in said.out
    monkeypatch.setattr(smaller_world, "MOST", 10)
    said = shell("test", "my.yaml", "--futures", "2", "--plays", "1")
    assert "The rules were checked in a world with one in 7 of the orders" in " ".join(said.out.split())
    assert said.status == 0


def test_a_ledger_that_parts_before_its_measures_do_is_seen() -> None:
    plan, calm, storm = ledgers()
    assert before_a_difference(plan, calm, storm) == []
    amount = storm.amount.copy()
    amount[3] += 1
    assert "row 3" in before_a_difference(plan, calm, changed(storm, amount=amount))[0]
    late = storm.amount.copy()
    late[-1] += 1  # after the first measure they may differ
    assert before_a_difference(plan, calm, changed(storm, amount=late)) == []
    with_late = calm.amount.copy()
    with_late[-1] += 1  # without any difference they may never
    assert before_a_difference(plan, calm, changed(calm, amount=with_late))


def test_measures_of_no_effect_with_an_effect_are_seen() -> None:
    _, calm, storm = ledgers()
    assert null_policy(calm, calm) == []
    assert null_policy(calm, storm)
    shorter = changed(calm, **{name: getattr(calm, name)[:-1] for name in xs.ledger.COLUMNS})
    assert "nothing in the other" in null_policy(calm, shorter)[0]


def test_a_cent_too_many_is_seen() -> None:
    plan, calm, _ = ledgers()
    assert list(conservation(calm, plan)) == []
    amount = calm.amount.copy()
    amount[np.flatnonzero(calm.fact == Fact.DELIVERED)[0]] += 1
    assert any("cents of navy/" in text for text in conservation(changed(calm, amount=amount), plan))


def test_an_end_of_review_of_another_application_breaks_littles_law() -> None:
    plan, calm, _ = ledgers()
    assert list(littles_law(calm, plan)) == []
    ended = np.flatnonzero(calm.fact == Fact.REVIEW_ENDED)
    order = calm.order.copy()
    order[ended[2]] = order[ended[6]]
    assert list(littles_law(changed(calm, order=order), plan))


def test_engines_that_differ_are_a_failure(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    Path("my.yaml").write_text(WORLD, encoding="utf-8")
    simulate = examination_checks.engines.simulate

    def wrong(*arguments: Any, **options: Any) -> xs.Ledger:
        ledger = simulate(*arguments, **options)
        if options["engine"] == "reference":
            ledger.amount[5] += 1
        return ledger

    monkeypatch.setattr(examination_checks.engines, "simulate", wrong)
    said = shell("test", "my.yaml", "--futures", "2", "--plays", "1")
    assert said.status == 1
    assert "failed  both engines" in said.out
    assert "calm, future 0: row 5" in said.out
    assert "1 of 7 rules broken" in said.out


def test_rows_of_permits_do_not_differ_by_the_number_of_their_measure() -> None:
    """The same measure has another number in a policy that has one more before it."""
    policies = {
        "one": {"measures": [{"on": "2020-09-01", "permits": "suspended"}]},
        "two": {
            "measures": [{"on": "2020-03-01", "applications": "open"}, {"on": "2020-09-01", "permits": "suspended"}]
        },
    }
    examination = xs.check_expectations(replace(world(), policies=policies, reference="one"), futures=1, plays=2)
    assert not examination.failed


# ------------------------------------------------------------------------------------------------ the command line


TRUE = "  - {policy: storm, outcome: exports, year: 2021, below: calm}\n"
FALSE = "  - {policy: storm, outcome: exports, year: 2021, above: calm}\n"


def written(name: str, *expected: str) -> None:
    Path(name).write_text(WORLD + ("expect:\n" if expected else "") + "".join(expected), encoding="utf-8")


def test_the_status_says_whether_something_failed(shell: Shell) -> None:
    quickly = "--futures", "12", "--plays", "0", "--workers", "1"
    written("true.yaml", TRUE)
    written("false.yaml", TRUE, FALSE)
    assert shell("test", "true.yaml", *quickly).status == 0
    said = shell("test", "true.yaml", "false.yaml", *quickly)
    assert said.status == 1
    assert said.out.count("held ") == 2 and said.out.count("failed ") == 1
    few = "--futures", "9", "--plays", "0", "--workers", "1"
    assert shell("test", "true.yaml", *few).status == 0
    said = shell("test", "true.yaml", *few, "--strict")
    assert said.status == 1 and "fewer than 10 futures" in said.out


def test_the_page_fits_and_says_what_was_found(shell: Shell) -> None:
    written("my.yaml", TRUE, "  - {policy: calm, outcome: within_standard, at_least: 0.1}\n")
    said = shell("test", "my.yaml", "--futures", "12", "--plays", "1")
    assert all(len(line) <= 80 for line in said.out.splitlines())
    assert "“storm”: exports in 2021 below “calm”" in said.out
    assert "Little's law" in said.out
    assert "97.5 % interval; together they hold at 95 %" in " ".join(said.out.split())
    assert "2 held; 7 rules kept; 12 futures, seed 1" in said.out


def test_the_document_has_all_of_it(shell: Shell) -> None:
    written("my.yaml", TRUE, FALSE)
    said = shell("test", "my.yaml", "--futures", "12", "--plays", "1", "--json")
    told = json.loads(said.out)
    assert (said.status, told["failed"], told["undecided"]) == (1, 1, 0)
    file = told["files"]["my.yaml"]
    assert [each["verdict"] for each in file["expectations"]] == ["held", "failed"]
    assert file["expectations"][0]["expectation"]["below"] == "calm"
    assert file["expectations"][0]["mean"] == file["expectations"][1]["mean"] < 0
    assert [each["name"] for each in file["checks"]] == list(examination_checks.RULES)
    assert file["provenance"]["futures"] == 12


def test_a_file_without_expectations_is_checked_by_the_rules_alone(shell: Shell) -> None:
    written("my.yaml")
    said = shell("test", "my.yaml", "--plays", "1")
    assert said.status == 0 and "expects nothing" in said.out and "7 rules kept" in said.out


def test_all_faults_of_all_files_are_told_at_once(shell: Shell) -> None:
    written("one.yaml", "  - {policy: storn, outcome: exports, below: calm}\n")
    written("two.yaml", "  - {policy: storm, outcome: exports, year: 2031, below: calm}\n")
    said = shell("test", "one.yaml", "two.yaml")
    assert said.status == 2 and not said.out
    assert "one.yaml:17:14: expect.0.policy: there is no policy `storn`, did you mean `storm`?" in said.err
    assert "expected a year of the period, 2020 to 2021, did you mean `2021`?" in said.err
    assert shell("test", "one.yaml", "--level", "2").status == 2


def test_ctrl_c_keeps_the_worlds_that_were_finished(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    from exportsim.study import expectations as examination

    figures, played = examination.figures, []

    def interrupted(*arguments: Any, **options: Any) -> Any:
        if played:
            raise KeyboardInterrupt
        played.append(True)
        return figures(*arguments, **options)

    monkeypatch.setattr(examination, "figures", interrupted)
    changed = "  - {set: {suppliers.hensoldt.slots: 1}, policy: calm, outcome: delay, not: below}\n"
    written("my.yaml", TRUE, changed)
    said = shell("test", "my.yaml", "--futures", "12", "--plays", "0")
    assert said.status == 130
    assert "held " in said.out and "undecided " in said.out and "interrupted" in said.out
    assert shell("test", "my.yaml", "--futures", "12", "--plays", "0").status == 130  # and nothing finished: no page


# -------------------------------------------------------------------------------------------------- what we ship


SHIPPED = [Path(__file__).parents[1] / "scenarios" / f"{name}.yaml" for name in ("quickstart", "canada-turkiye")]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_the_shipped_scenarios_expect_holds(path: Path) -> None:
    examination = xs.check_expectations(xs.load(path), futures=100, plays=0)
    assert {finding.expectation.said(): finding.verdict for finding in examination.findings} == {
        finding.expectation.said(): HELD for finding in examination.findings
    }
    assert examination.findings


def test_a_reader_is_told_titles_and_data_keep_names(shell: Shell) -> None:
    asked = ("test", str(SHIPPED[0]), "--futures", "20", "--plays", "0")
    said = " ".join(shell(*asked).out.split())
    assert "“What was done”: exports" in said and "below “Licences as before”" in said
    assert "no-new-licences" not in said and "as-before" not in said
    ((_, document),) = json.loads(shell(*asked, "--json").out)["files"].items()
    assert document["expectations"][0]["said"] == "no-new-licences: exports in 2021 below as-before"


def test_parts_and_changes_are_told_in_words() -> None:
    expected = {
        "policy": "no-new-licences", "outcome": "delivered", "supplier": "british", "destination": "TR",
        "set": {"suppliers.british.slots": 5}, "not": "below",
    }  # fmt: skip
    suppliers = explicit(xs.load(SHIPPED[0]))["suppliers"]
    suppliers["british"]["title"] = "British yards"
    scenario = replace(xs.load(SHIPPED[0]), suppliers=suppliers, expect=[expected])
    report = xs.check_expectations(scenario, futures=10, plays=0)
    (table,) = (block for block in describe([("my.yaml", report)]).blocks if isinstance(block, Table))
    assert table.rows[0][1] == (
        "“What was done”, with slots: British yards = 5: delivered to Türkiye by “British yards” "
        "not below what it is without"
    )


def found(outcome: str, unit: str, mean: float, low: float, high: float, **relation: Any) -> Finding:
    statement = Expectation.model_validate({"policy": "strict", "outcome": outcome, **relation})
    return Finding(statement, HELD, Interval(mean, low, high, 1.0, 20), unit, 20)


def test_all_money_of_a_page_has_one_unit_as_in_a_run() -> None:
    findings = [
        found("exports", "EUR", 120e6, 110e6, 130e6, at_least="100M"),
        found("lost", "EUR", 900e3, 850e3, 950e3, at_most="2M"),
        found("delay", "days", 40.0, 38.0, 42.0, at_most="90d"),
        found("evidence", "number", 0.5, 0.4, 0.6, at_most=1),
    ]
    factor = _money_factor(findings)
    said = [_interval_text(finding, *factor) for finding in findings]
    assert said == ["120 ±10 EUR million", "0.90 ±0.05 EUR million", "40.0 ±2.0 days", "0.50 ±0.10"]


def test_an_interval_that_reaches_further_one_way_is_told_from_low_to_high() -> None:
    """So that what held is seen to hold: 2.2 to 19.6 million about 6.5 is all above zero, 6.5 ±8.8 is not."""
    finding = found("delivered/smee", "EUR", 6.5e6, 2.2e6, 19.6e6, above="loose")
    assert _interval_text(finding, *_money_factor([finding])) == "+6,500 [+2,200 to +19,600] EUR thousand"
