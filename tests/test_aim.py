"""The aim of a restriction beside its cost: its sentences and its table say what the plays have, counted anew."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import exportsim as xs
from exportsim.cli import exportsim
from exportsim.report.aim import aim, best_of_points, destinations_reached, ranking
from exportsim.report.document import Block, Line, Table
from exportsim.scenario import explicit_text, replace

SCENARIOS = Path(__file__).parents[1] / "scenarios"
CANADA = xs.load(SCENARIOS / "canada-turkiye.yaml")
FUTURES = 20


@pytest.fixture(scope="module")
def canada() -> xs.Result:
    return xs.run(CANADA, futures=FUTURES, policies=["historical", "suspension-only"], keep_ledgers=True)


@pytest.fixture(scope="module")
def licensing() -> xs.Result:
    return xs.run(SCENARIOS / "uk-licensing.yaml", futures=4)


def sentences(blocks: list[Block]) -> str:
    return "\n".join(block.text for block in blocks if isinstance(block, Line))


def table(blocks: list[Block]) -> Table:
    (found,) = (block for block in blocks if isinstance(block, Table))
    return found


def test_destinations_are_those_whose_applications_or_permits_a_policy_regulates(licensing: xs.Result) -> None:
    """As the file says: officers reach no destination, an exception spares none that has other goods."""
    scenario, plan = licensing.scenario, licensing.plan
    allies = next(name for name, policy in scenario.policies.items() if policy.title.startswith("A general licence"))
    officers = next(name for name, policy in scenario.policies.items() if "officers" in policy.title)
    (measure,) = scenario.policies[allies].measures
    assert set(destinations_reached(plan, allies)) == set(measure.destinations or ())
    assert destinations_reached(plan, officers) == destinations_reached(plan, scenario.reference) == []
    assert aim(licensing, officers) == aim(licensing, scenario.reference) == []


def test_what_arrived_and_what_came_from_elsewhere_are_the_ledgers(canada: xs.Result) -> None:
    """Delivered parts, counted row by row: to Türkiye, and of these through suppliers whom Canada licenses."""
    received, exported = {}, {}
    for policy in ("historical", "unrestricted"):
        received[policy] = exported[policy] = 0.0
        for future in range(FUTURES):
            rows = canada.ledgers[policy, future].frame()
            rows = rows[(rows["fact"] == "delivered") & (rows["minute"] >= 0)]
            to = rows[rows["line"].map(lambda line: CANADA.demand[line].destination == "TR")]
            licensed = to["supplier"].map(lambda supplier: CANADA.suppliers[supplier].authority is not None)
            received[policy] += to["cents"].sum() / 100 / FUTURES
            exported[policy] += to.loc[licensed, "cents"].sum() / 100 / FUTURES
    less, kept = (sums["unrestricted"] - sums["historical"] for sums in (received, exported))
    said = sentences(aim(canada, "historical"))
    share = re.search(r"exported to Türkiye, (\d+)\N{NO-BREAK SPACE}% came from elsewhere", said)
    assert share is not None and int(share[1]) == round(100 * (1 - less / kept))
    (row,) = (row for row in table(aim(canada, "historical")).cells if row[0].text == "What was done")
    assert float(re.findall(r"[\d.]+", row[2].text)[0]) == pytest.approx(less / 1e6, rel=0.1)


def test_the_amount_and_the_share_are_those_of_the_answer(canada: xs.Result) -> None:
    said, answer = sentences(aim(canada, "historical")), " ".join(canada.answer("historical").sentences)
    kept = re.search(r"Of the CAD ([\d,]+ million) that", said)
    assert kept is not None and f"{kept[1]} less" in answer and kept[1][-9] != "0"
    share = re.search(r"Türkiye receives ([\d.]+\s%)", answer)
    assert share is not None and f"(−{share[1]})" in said


def test_evidence_is_a_share_of_futures(canada: xs.Result) -> None:
    found = canada.outcomes["evidence"].unstack("future") > 0
    shown = {row[0].text: row[-1].text for row in table(aim(canada, "historical")).cells}
    assert shown == {
        CANADA.policies[policy].title: str(round(100 * found.loc[policy].mean())) for policy in canada.policies
    }


def test_a_difference_that_may_be_none_is_not_called_one(licensing: xs.Result) -> None:
    change = licensing.compare().xs("received/TR", level="outcome")
    for policy in licensing.policies[1:]:
        if destinations_reached(licensing.plan, policy) == ["TR"]:
            word = change.loc[policy, "verdict"]
            assert ("cannot be told" in sentences(aim(licensing, policy))) == (word == "not distinguishable from none")
            break
    else:
        pytest.fail("no policy reaches Türkiye alone")


def test_policies_stand_in_order_with_how_often_each_is_best(canada: xs.Result) -> None:
    found = ranking(canada, "received/TR")
    plays = canada.outcomes["received/TR"].unstack("policy")
    order = plays.mean().sort_values(ascending=False)
    best = (plays.eq(plays.max(axis=1), axis=0)).mean()
    assert [row[0].text for row in table(found).cells] == [CANADA.policies[policy].title for policy in order.index]
    assert [row[2].text for row in table(found).cells] == [str(round(100 * best[policy])) for policy in order.index]
    assert "more of which is better" in table(found).caption


def test_the_objective_turns_the_order_and_gives_its_title() -> None:
    weighed = replace(CANADA, objective={"title": "Little for Türkiye", "weights": {"received/TR": -1}})
    found = xs.run(weighed, futures=6, policies=["suspension-only"], uncertain=0)
    assert "less of which is better" in table(ranking(found, "received/TR")).caption
    assert "By Little for Türkiye, more" in table(ranking(found, "objective")).caption
    orders = [[row[0].text for row in table(ranking(found, name)).cells] for name in ("received/TR", "objective")]
    assert orders[0] == orders[1]


def test_input_sets_are_counted_in_which_a_policy_is_the_best() -> None:
    """By hand, from the means of each point; a point at which some policy has no mean does not count."""
    found = xs.run(SCENARIOS / "canada-turkiye.yaml", futures=4, policies=["suspension-only"], uncertain=4)
    assert found.doubt is not None
    column = list(found.doubt.units).index("received/TR")
    means = found.doubt.values[:, :, column]
    by_hand = {
        policy: float(np.mean(means[:, place] == means.max(axis=1)))
        for place, policy in enumerate(found.doubt.policies)
    }
    assert best_of_points(found.doubt, "received/TR") == by_hand
    assert table(ranking(found, "received/TR")).head[-1] == "input sets, %"
    assert "of the 4 input sets" in table(ranking(found, "received/TR")).note


def test_run_prints_the_order_by_the_objective_or_by_what_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    quick = xs.load(SCENARIOS / "quickstart.yaml")
    weighed = replace(quick, objective={"title": "Trade", "weights": {"exports": 1, "delay": "-2.5k"}})
    file.write_text(explicit_text(weighed), encoding="utf-8")

    def answer(*more: str) -> str:
        found = CliRunner().invoke(exportsim, ["run", str(file), "--futures", "3", *more])
        return found.output if found.exit_code == 0 else f"{found.exit_code}: {found.exception or found.output}"

    said = " ".join(answer().split())
    assert "By Trade, more of which is better" in said
    assert "It is a sum: each GBP of “exports” counts 1; each day of “delay” counts GBP −2,500." in said
    assert "of which is better" not in answer("--brief")
    assert "By lost, less of which is better" in answer("--outcome", "lost")
    assert json.loads(answer("--outcome", "lost", "--json"))["ranking"]["outcome"] == "lost"
    assert "did you mean `exports`?" in answer("--outcome", "exprts")


def test_a_change_that_would_read_as_nothing_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(exportsim, ["new", "my.yaml"]).exit_code == 0
    result = xs.run("my.yaml", futures=30)
    policy = next(name for name in result.policies if name != result.scenario.reference)
    received = result.compare().loc[(policy, "received/TR")]
    share = received["mean"] / result.summary().loc[(result.scenario.reference, "received/TR"), "mean"]
    assert received["low"] > 0 and 0 < share < 0.005  # clear of chance, and of no account
    said = sentences(aim(result, policy))
    assert "received nearly the same" in said and "less than half a per cent" in said and "0.00" not in said
