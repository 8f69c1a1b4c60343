"""As many futures as it takes for an interval to be as narrow as was asked for."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exportsim
from exportsim import ExportsimError, Result, Scenario
from exportsim.analysis.intervals import interval
from exportsim.cli import main
from exportsim.study.precision import Aim, Look, aim_of, futures_next, look
from pressing import Finger

SCENARIO = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
UNITS = {"exports": "GBP", "delay": "days", "within_standard": "share"}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return exportsim.load(SCENARIO)


@pytest.fixture(scope="module")
def found(scenario: Scenario) -> Result:
    return exportsim.run(scenario, precision="3%", seed=5, workers=2, keep_series=True)


def halves(result: Result, outcome: str = "exports") -> pd.Series:
    table = result.compare().xs(outcome, level="outcome")
    return (table["high"] - table["low"]) / 2


def test_the_result_is_as_precise_as_was_asked_for(found: Result) -> None:
    target = 0.03 * found.summary().loc[("as-before", "exports"), "mean"]
    assert halves(found).max() <= target
    said = found.provenance["precision"]
    assert said["reached"] is True and said["target"] == pytest.approx(target, rel=1e-12)
    assert said["half_width"] == pytest.approx(halves(found).max(), rel=1e-12)


def test_it_is_bit_for_bit_that_of_as_many_futures(scenario: Scenario, found: Result) -> None:
    fixed = exportsim.run(scenario, futures=found.futures, seed=5, workers=1)
    np.testing.assert_array_equal(found.values, fixed.values)
    pd.testing.assert_frame_equal(found.compare(), fixed.compare(), check_exact=True)
    pd.testing.assert_frame_equal(found.series(), fixed.series(), check_exact=True)
    assert found.untouched == fixed.untouched and not found.interrupted
    assert "precision" not in fixed.provenance
    again = exportsim.run(scenario, precision="3%", seed=5, workers=1)
    assert again.provenance["precision"] == found.provenance["precision"]


def test_no_earlier_look_was_enough(scenario: Scenario, found: Result) -> None:
    looks = found.provenance["precision"]["looks"]
    assert looks[0] == 100 and looks[-1] == found.futures and len(looks) > 1
    for futures in looks[:-1]:
        fewer = exportsim.run(scenario, futures=futures, seed=5)
        assert halves(fewer).max() > 0.03 * fewer.summary().loc[("as-before", "exports"), "mean"]


def test_what_the_maximum_does_not_reach_is_said(scenario: Scenario) -> None:
    result = exportsim.run(scenario, precision=1, minimum=20, maximum=30)
    said = result.provenance["precision"]
    assert result.futures == 30 and not result.interrupted
    assert (said["reached"], said["looks"], said["target"]) == (False, [20, 30], 1.0)


def test_another_outcome_may_be_aimed_at(scenario: Scenario) -> None:
    result = exportsim.run(scenario, precision="10", outcome="delay", minimum=20)
    assert halves(result, "delay").max() <= 10


def test_interrupted_it_says_so_and_keeps_the_first_futures(scenario: Scenario) -> None:
    result = exportsim.run(scenario, precision=1, progress=Finger(401))
    assert result.interrupted and result.futures >= 100
    assert result.provenance["precision"]["reached"] is False
    fixed = exportsim.run(scenario, futures=result.futures)
    np.testing.assert_array_equal(result.values, fixed.values)
    pd.testing.assert_frame_equal(result.series(), fixed.series(), check_exact=True)


@pytest.mark.parametrize(
    ("asked", "outcome", "width", "relative"),
    [
        ("1%", "exports", 0.01, True),
        (" 0.5 % ", "exports", 0.005, True),
        ("500k", "exports", 500_000, False),
        (500_000, "exports", 500_000, False),
        ("1.2bn", "exports", 1.2e9, False),
        (2.5, "delay", 2.5, False),
        ("0.01", "within_standard", 0.01, False),
    ],
)
def test_a_precision_is_a_share_of_the_references_mean_or_an_amount(
    asked: Any, outcome: str, width: float, relative: bool
) -> None:
    read = aim_of(asked, outcome, UNITS, None, None)
    assert (read.width, read.relative) == (width, relative)
    assert (read.minimum, read.maximum) == (100, 10_000)


@pytest.mark.parametrize("asked", ["x", "", "%", "0", "0%", "-1%", -5, True, "nan", "inf", math.nan, "1 %%"])
def test_what_is_no_precision_is_refused(asked: Any) -> None:
    with pytest.raises(ExportsimError, match=r"precision: found .*, expected a share of the reference's mean"):
        aim_of(asked, "exports", UNITS, None, None)


def test_money_is_no_measure_of_days() -> None:
    with pytest.raises(ExportsimError, match="precision: found '5k'"):
        aim_of("5k", "delay", UNITS, None, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precision": "1%", "futures": 3}, "futures and precision: the one decides the other"),
        ({"maximum": 3}, "maximum: goes with a precision"),
        ({"outcome": "lost"}, "outcome: goes with a precision"),
        ({"precision": "1%", "outcome": "exprts"}, "did you mean `exports`"),
        ({"precision": "1%", "minimum": 30, "maximum": 20}, "minimum: found 30, expected no more than the maximum, 20"),
        ({"precision": "1%", "minimum": 1}, "minimum: found 1, expected a whole number from 2"),
    ],
)
def test_what_does_not_go_together_is_refused(scenario: Scenario, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ExportsimError, match=message):
        exportsim.run(scenario, **options)


def test_the_widest_difference_counts_and_without_any_the_references_own_interval() -> None:
    source = np.random.default_rng(1)
    figures = source.normal(10, [[1.0], [2.0], [3.0]], size=(3, 50))
    three = Aim("exports", False, "", 0.1, True, 100, 1000)
    widest = max(interval(figures[place] - figures[1]).half for place in (0, 2))
    assert look(figures, 1, three).half == widest
    assert look(figures, 1, three).target == pytest.approx(0.1 * figures[1].mean())
    assert look(figures[:1], 0, three).half == interval(figures[0]).half


def test_an_interval_that_is_not_known_is_not_narrow() -> None:
    figures = np.array([[1.0, 2.0, 3.0], [math.nan, math.nan, 4.0]])
    assert not look(figures, 0, Aim("delay", False, "", 1e9, False, 3, 10)).enough


@pytest.mark.parametrize(
    ("half", "futures"),
    [(1.01, 125), (1.2, 159), (9, 200), (math.inf, 200)],  # a quarter more; 1.1 × 100 × 1.2²; at most twice
)
def test_the_next_look_is_where_it_is_thought_to_be_enough(half: float, futures: int) -> None:
    assert futures_next(Look(100, half, 1.0, 100), Aim("", False, "", 1.0, False, 100, 1000)) == futures


def test_no_more_are_played_than_the_maximum() -> None:
    assert futures_next(Look(100, 9.0, 0.0, 100), Aim("", False, "", 0.0, False, 100, 120)) == 120


# On the command line


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["run", str(SCENARIO), *arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), " ".join(out.split()), " ".join(err.split())


def test_the_command_line_says_how_many_it_took(capsys: pytest.CaptureFixture[str], found: Result) -> None:
    status, out, _ = said(capsys, "--precision", "3%", "--seed", "5")
    assert status == 0
    aim = "to ±3% of the mean under “Licences as before”."
    assert f"It took {found.futures} futures to know differences in exports {aim}" in out
    assert f" {found.futures} futures, seed 5," in out


def test_the_command_line_says_what_was_not_enough(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, "--precision", "0.1", "--outcome", "delay", "--max-futures", "20")
    assert "20 futures were not enough to know differences in delay to ±0.1; --max-futures allows more." in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--precision", "1%", "--futures", "9"], "give it without --futures"),
        (["--max-futures", "9"], "--max-futures goes with --precision"),
        (["--precision", "lots"], "precision: found 'lots'"),
    ],
)
def test_the_command_line_refuses_what_does_not_go_together(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    status, out, err = said(capsys, *arguments)
    assert (status, out) == (2, "") and message in err


def test_a_difference_that_may_be_none_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, "--futures", "20", "--all")
    assert "In brackets: the interval holds 0, so 20 futures cannot tell it from no difference." in out
    assert re.search(r"\d \[\d+\.\d+ to \d", out)  # intervals that reach further one way than the other
