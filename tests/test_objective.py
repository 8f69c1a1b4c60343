"""What a scenario's objective comes to, recomputed from the outcomes that it weighs, and that it is one everywhere."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import exportsim as xs
from exportsim.cli import exportsim
from exportsim.outcomes import less_is_better
from exportsim.scenario import build, digest, explicit, explicit_text, loads, replace

QUICKSTART = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
PLAIN = xs.load(QUICKSTART)
SUPPLIER = next(iter(PLAIN.suppliers))
WEIGHTS = {"exports": 1, f"delivered/{SUPPLIER}": -0.3, "lost": 0.1, "delay": "-12.5k", "within_standard": "2M"}
SCENARIO = replace(PLAIN, objective={"title": "Trade without delay", "weights": WEIGHTS, "source": "judgement"})
FUTURES = 12


@pytest.fixture(scope="module")
def result() -> xs.Result:
    return xs.run(SCENARIO, futures=FUTURES)


def written(weights: dict[str, Any]) -> xs.Scenario:
    return replace(PLAIN, objective={"weights": weights})


# ------------------------------------------------------------------ what it comes to


def test_it_is_the_sum_of_what_it_weighs_rounded_once(result: xs.Result) -> None:
    """In cents, days and shares, with the weights read by eye."""
    by_eye = [Decimal("1"), Decimal("-0.3"), Decimal("0.1"), Decimal("-12500"), Decimal("2000000")]
    for _, play in result.outcomes.iterrows():
        money = [Fraction(round(play[name] * 100), 100) for name in list(WEIGHTS)[:3]]
        values = [*money, Fraction(play["delay"]), Fraction(play["within_standard"])]
        exact = sum((Fraction(weight) * value for weight, value in zip(by_eye, values, strict=True)), Fraction())
        assert play["objective"] == exact.numerator / exact.denominator
    assert result.units["objective"] == "GBP" and list(result.units)[-1] == "objective"


def test_a_sum_of_floats_would_not_be_the_same() -> None:
    """So that the test above can fail: adding up as a computer does is off in the last digits."""
    weights = {"ordered": 0.1, "lost": 0.2, "pending": 0.7}
    outcomes = xs.run(written(weights), futures=30).outcomes
    added = sum(weight * outcomes[name] for name, weight in weights.items())
    assert (added != outcomes["objective"]).any()
    assert np.allclose(added, outcomes["objective"], rtol=1e-12)


def test_it_is_undefined_where_what_it_weighs_is() -> None:
    """Without a service standard there is no share within it; a weight of zero does not make that a number."""
    without = build(explicit(PLAIN) | {"authorities": {name: _without_standard(part) for name, part in explicit(PLAIN)[
        "authorities"].items()}})  # fmt: skip
    found = xs.run(replace(without, objective={"weights": {"exports": 1, "within_standard": "1M"}}), futures=3)
    assert found.outcomes["within_standard"].isna().all() and found.outcomes["objective"].isna().all()


def _without_standard(authority: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in authority.items() if key != "service_standard"}


def test_nothing_else_depends_on_it(result: xs.Result) -> None:
    plain = xs.run(PLAIN, futures=FUTURES)
    assert "objective" not in plain.units
    assert np.array_equal(plain.values, result.values[..., :-1], equal_nan=True)


# ------------------------------------------------------------------ it is a part of the scenario


def test_its_explicit_form_is_a_scenario_and_a_scenario_without_one_is_what_it_was() -> None:
    assert loads(explicit_text(SCENARIO), folder=SCENARIO.folder) == SCENARIO
    assert "objective" not in explicit(PLAIN)
    assert digest(SCENARIO) != digest(PLAIN) == digest(replace(SCENARIO, objective=None))


def test_a_weight_is_set_like_any_value() -> None:
    light = xs.load(QUICKSTART, overrides={"objective": {"weights": WEIGHTS}, "objective.weights.exports": 0})
    assert light.objective is not None and light.objective.weights["exports"] == 0


# ------------------------------------------------------------------ which is better


@pytest.mark.parametrize(
    ("outcome", "weights", "less"),
    [
        ("exports", {}, False),
        ("lost", {}, True),
        ("delivered", {}, False),
        ("delivered", {"delivered": -0.5}, True),  # a destination that is not to receive, say
        ("lost", {"lost": 0.5}, False),
        ("lost", {"lost": 0.0}, True),  # what counts nothing says nothing
        (f"final_share/{SUPPLIER}", {f"final_share/{SUPPLIER}": -1e6}, True),
        ("objective", {"exports": -1.0}, False),
    ],
)
def test_the_objective_says_what_is_better_before_the_table_does(
    outcome: str, weights: dict[str, float], less: bool
) -> None:
    assert less_is_better(outcome, weights) is less


def test_policies_are_ranked_in_the_direction_of_the_outcome() -> None:
    found = xs.run(written({"exports": -1}), futures=FUTURES)
    means = found.outcomes["exports"].groupby("policy").mean()
    assert found.ranking("exports").index[0] == means.idxmin()
    assert found.ranking("exports", most=True).index[0] == means.idxmax()
    assert list(found.ranking("objective").index) == list(found.ranking("exports").index)
    plain = xs.run(PLAIN, futures=FUTURES)
    lost = plain.outcomes["lost"].groupby("policy").mean()
    assert plain.ranking("exports").index[0] == means.idxmax()
    assert list(plain.ranking("lost")["mean"]) == sorted(lost)


def test_regret_of_a_sweep_has_the_direction_too() -> None:
    over = {f"suppliers.{SUPPLIER}.slots": [2, 6]}
    table = xs.sweep(written({"exports": -1}), over, futures=4)
    means = table.table[table.table["outcome"] == "exports"].pivot(index="point", columns="policy", values="mean")
    short = means.sub(means.min(axis=1), axis=0)
    assert table.regret("exports")["worst"].to_dict() == pytest.approx(short.max().to_dict())
    assert table.regret("objective")["worst"].to_dict() == pytest.approx(short.max().to_dict())
    assert table.regret("exports", most=True)["worst"].to_dict() != table.regret("exports")["worst"].to_dict()


def test_weights_can_be_swept() -> None:
    swept = xs.sweep(written({"exports": 1, "delay": "-1k"}), {"objective.weights.exports": [1, 2, -1]}, futures=3)
    rows = swept.table.pivot(index=["point", "policy"], columns="outcome", values="mean")
    for point, weight in enumerate((1, 2, -1)):
        assert np.allclose(rows.loc[point]["objective"], weight * rows.loc[point]["exports"] - 1000 * rows.loc[point][
            "delay"])  # fmt: skip


# ------------------------------------------------------------------ an outcome like any other


def test_it_is_compared_and_has_an_interval_below_zero() -> None:
    found = xs.run(written({"exports": -1}), futures=FUTURES)
    summary, exports = found.summary().xs("objective", level="outcome"), found.summary().xs("exports", level="outcome")
    assert np.allclose(summary["mean"], -exports["mean"]) and (summary["high"] < 0).all()
    differences = found.compare()
    assert np.allclose(
        differences.xs("objective", level="outcome")["mean"], -differences.xs("exports", level="outcome")["mean"]
    )


def test_expectations_speak_of_it_and_of_amounts_below_zero() -> None:
    first, *others = PLAIN.policies
    expect = [
        {"policy": first, "outcome": "objective", "at_most": "-1k"},
        {"policy": first, "outcome": "objective", "between": ["-100bn", -1.5]},
        {"policy": first, "outcome": "objective", "at_least": "-1k"},
        {"policy": first, "outcome": "objective", "below": others[0]},
    ]
    found = xs.check_expectations(replace(written({"exports": -1}), expect=expect), plays=0, futures=20)
    assert list(found.table["verdict"]) == ["held", "held", "failed", "held"]
    with pytest.raises(xs.ScenarioError, match="an amount that is not negative"):
        replace(PLAIN, expect=[{"policy": first, "outcome": "exports", "at_least": "-1k"}])


def test_scenarios_that_weigh_otherwise_are_not_compared_by_it() -> None:
    alike = xs.compare({"one": SCENARIO, "other": SCENARIO}, futures=2)
    assert "objective" in alike.units
    assert "objective" not in xs.compare({"one": SCENARIO, "other": written({"exports": 1})}, futures=2).units


def test_it_is_read_back_from_a_store(tmp_path: Path) -> None:
    weighs = written({"exports": 1})
    first = xs.run(weighs, futures=3, store=tmp_path)
    again = xs.run(weighs, futures=3, store=tmp_path)
    other = xs.run(written({"exports": 2}), futures=3, store=tmp_path)
    assert np.array_equal(first.values, again.values, equal_nan=True)
    assert np.array_equal(other.values[..., -1], 2 * first.values[..., -1])


def test_the_command_line_knows_it(tmp_path: Path) -> None:
    file, swept = tmp_path / "mine.yaml", tmp_path / "sweep.parquet"
    file.write_text(explicit_text(SCENARIO), encoding="utf-8")
    check = CliRunner().invoke(exportsim, ["check", str(file)])
    assert "each day of “delay” counts GBP −12,500" in check.output
    assert "each GBP of “exports” counts 1\n" in check.output
    assert "all of “within standard”, a share of 1, counts GBP 2,000,000" in check.output
    command = ["sweep", str(file), "--over", f"suppliers.{SUPPLIER}.slots=2,6", "--futures", "3"]
    answer = CliRunner().invoke(exportsim, [*command, "--outcome", "objective", "--json", "--out", str(swept)])
    assert answer.exit_code == 0, answer.output
    assert list(json.loads(answer.stdout)["regret"]) == ["objective"]
    assert xs.open_sweep(swept).provenance["objective"]["delay"] == -12500
    assert not math.isnan(xs.open_sweep(swept).regret("objective")["worst"].iloc[0])
