"""Doubt about inputs: a point is a run of its own, ranges are percentiles of points' means, chance is told apart."""

from __future__ import annotations

import json
import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exportsim
from exportsim import Doubt, ExportsimError, LostError, Result, ScenarioError, load, loads
from exportsim.plan import Float
from exportsim.playing.block import Block
from exportsim.playing.measurers import Outcomes
from exportsim.playing.settings import settings_of
from exportsim.playing.store.scenario_plays import ScenarioPlays
from exportsim.report.doubt import describe, range_text
from exportsim.report.html.page import _command, focus_of
from exportsim.report.text import page
from exportsim.scenario import vary
from exportsim.study import doubt as doubt_study
from exportsim.study import input_ranges
from exportsim.study.doubt import point_run, with_doubt
from exportsim.study.input_ranges import InputRange
from exportsim.study.points import PointRun, unit_points
from pressing import Finger
from shell import Shell
from worlds import as_file, one_office, two_sources

# Ten orders of 100 each, one a month from a register, and a maker who delivers each after its lead time: nothing is
# left to chance. The ban stops orders that have no permit yet.
BAN = {"on": "2020-05-01", "applications": "deny", "destinations": ["TR"]}
STEADY = as_file(
    one_office(
        title="Steady",
        authorities__office__review=[{"stage": "desk", "officers": 10, "work": "1d"}],
        suppliers__maker__slots=100, suppliers__maker__lead_time="10d",
        demand__x__buyer="buyer",
        demand__x__orders={"register": "orders.csv", "date": "day", "value": "worth"}, demand__x__value=None,
        policies={"free": {"measures": []}, "ban": {"measures": [BAN]}},
        uncertainties={"suppliers.maker.lead_time": ["10d", "100d"]},
    )
).replace("  x:", "  line:")  # fmt: skip
REGISTER = "day,worth\n" + "".join(f"2020-{month:02d}-06,100\n" for month in range(1, 11))

HOLD = {"on": "2020-06-01", "applications": "hold", "destinations": ["TR"]}
CERTAIN = as_file(two_sources(policies__loose={"title": "Held", "measures": [HOLD]}))
UNCERTAIN = """\
uncertainties:
  suppliers.north.slots: {uniform: [1, 6]}
  authorities.gac.approval: {triangular: [0.5, 0.9, 1]}
  demand.line.orders: [10/y, 20/y, 30/y]
"""


@pytest.fixture
def shell(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_figure: None
) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_text(REGISTER)
    Path("steady.yaml").write_text(STEADY)
    Path("certain.yaml").write_text(CERTAIN)
    Path("my.yaml").write_text(CERTAIN + UNCERTAIN)
    return Shell(capsys)


@pytest.fixture
def result() -> Result:
    return exportsim.run(loads(CERTAIN + UNCERTAIN), futures=6, seed=7, uncertain=4)


def made_of(plays: Float) -> Doubt:
    """A Doubt of plays that are made up: exports, under two policies; shape (points, policies, futures)."""
    origin = {"title": "Made up", "interrupted": False, "doubt": {"asked": len(plays)}}
    return Doubt(
        provenance=origin,
        scenario=loads(CERTAIN),
        points=pd.DataFrame({"point": range(len(plays))}),
        plays=plays[..., np.newaxis].copy(),
        policies=("free", "strict"),
        units={"exports": "EUR"},
    )


# What it is


def test_two_points_by_hand(shell: Shell) -> None:
    """An order of 100 comes on the 6th of each month from January to October; decided after a day, delivered after the
    lead time. Of ten days: all ten arrive, 1000. Of 100: those ordered until 21 September, nine. The ban from May
    leaves those of January to April: 400 either way. Sobol's two points are one in each half: one of each lead time."""
    found = exportsim.doubt("steady.yaml", points=2, futures=3)
    assert sorted(found.points["suppliers.maker.lead_time"]) == ["100d", "10d"]
    exports = found.values[..., list(found.units).index("exports")]
    assert sorted(exports.tolist()) == [[900.0, 400.0], [1000.0, 400.0]]
    assert found.range("exports", "free") == InputRange(900.0, 1000.0, 0.0, 2)
    assert found.range("exports", "ban", "free") == InputRange(-600.0, -500.0, 0.0, 2)
    assert found.range("exports", "ban") == InputRange(400.0, 400.0, 1.0, 2)
    assert found.futures == 3 and found.policies == ("free", "ban") and found.paths == ("suppliers.maker.lead_time",)


def test_a_range_is_from_the_tenth_to_the_ninetieth_percentile_of_means() -> None:
    """Of ten points each stands for a tenth: the tenth percentile is halfway between the first and the second."""
    means = np.arange(10.0)[:, None, None] * 100
    plays = means + np.array([-1.0, 1.0]) + np.zeros((10, 2, 2))
    plays[:, 1] = 5 - plays[:, 0]
    found = made_of(np.random.default_rng(1).permutation(plays))
    assert found.range("exports", "free") == pytest.approx((50, 850, 0, 10))
    assert found.range("exports", "free", share=0.6) == pytest.approx((150, 750, 0, 10))
    low, high, chance, _ = found.range("exports", "strict", "free")
    assert (low, high) == (5 - 1700, 5 - 100) and chance == pytest.approx(0)


def test_points_where_nothing_is_defined_are_left_out_and_so_are_futures() -> None:
    plays = np.array([[1.0, 3.0], [math.nan, math.nan], [5.0, math.nan]])[:, None] + np.zeros((3, 2, 2))
    found = made_of(plays)
    low, high, chance, points = found.range("exports", "free")
    assert (low, high, points) == (2.0, 5.0, 2) and math.isnan(chance)  # one future is left, of which nothing is known
    nowhere = made_of(np.full((3, 2, 2), math.nan)).range("exports", "free")
    assert nowhere.points == 0 and all(map(math.isnan, nowhere[:3]))


def test_every_point_is_a_run_of_its_own(result: Result) -> None:
    """Recomputed plainly: the scenario with the point's values in it, run in the same futures."""
    found = result.doubt
    assert found is not None and found.futures == 6 and len(found.points) == 4
    means, ends = [], []
    for number, point in enumerate(found.points[list(found.paths)].to_dict("records")):
        alone = exportsim.run(vary(result.scenario, {str(k): v for k, v in point.items()}), futures=6, seed=7)
        np.testing.assert_array_equal(found.plays[number], alone.values)
        outcomes = alone.outcomes["exports"].unstack("policy")
        means.append(float((outcomes["strict"] - outcomes["free"]).mean()))
        ends.append(float(outcomes["loose"].mean()))
    assert found.range("exports", "loose").low == pytest.approx(min(ends))
    low, high, *_ = found.range("exports", "strict", "free")
    assert (low, high) == pytest.approx((min(means), max(means)))
    rows = found.table.set_index(["policy", "outcome"]).loc[("strict", "exports")]
    assert rows["difference"].tolist() == pytest.approx(means) and set(rows["unit"]) == {"EUR"}


def test_the_points_are_those_of_a_sweep_and_more_of_them_begin_with_the_same(result: Result) -> None:
    found = result.doubt
    assert found is not None
    swept = exportsim.sweep(result.scenario, samples=4, futures=6, seed=7)
    pd.testing.assert_frame_equal(found.points, swept.points)
    assert found.table["mean"].to_numpy() == pytest.approx(swept.table["mean"].to_numpy(), rel=1e-12, nan_ok=True)
    assert found.table["difference"].to_numpy() == pytest.approx(
        swept.table["difference"].to_numpy(), rel=1e-9, nan_ok=True
    )
    more = exportsim.doubt(result, points=8)
    pd.testing.assert_frame_equal(more.points.head(4), found.points)
    np.testing.assert_array_equal(more.plays[:4], found.plays)


def test_it_takes_the_first_futures_of_a_result_twenty_five_at_most(shell: Shell) -> None:
    scenario = load("my.yaml")
    long = exportsim.run(scenario, futures=30, policies=["strict"], uncertain=2)
    assert long.doubt is not None and long.doubt.futures == 25 and long.doubt.policies == ("free", "strict")
    afterwards = exportsim.doubt(exportsim.run(scenario, futures=30, policies=["strict"]), points=2)
    np.testing.assert_array_equal(afterwards.plays, long.doubt.plays)
    assert exportsim.doubt(long, points=2, futures=99).futures == 30
    precise = exportsim.run(scenario, precision="90%", minimum=4, maximum=5, uncertain=2)
    assert precise.doubt is not None and precise.doubt.futures == precise.futures <= 5


def test_each_uncertain_number_takes_a_value_in_every_part_of_what_it_may_be() -> None:
    for seed in range(5):
        parts = np.sort(np.floor(32 * unit_points(12, 32, doubt_study.METHOD, seed)), axis=0)
        assert (parts == np.arange(32)[:, None]).all()


# Chance


@pytest.mark.long
def test_where_no_input_matters_the_spread_is_chance() -> None:
    """Points that differ by luck alone: the mean square between them over that within has an F distribution."""
    luck = np.random.default_rng(5)
    future = luck.normal(0, 50, (1, 1, 25))  # what a future does to all points alike
    shares = [
        made_of(1000 + future + luck.normal(0, 10, (32, 2, 25))).range("exports", "free").chance for _ in range(300)
    ]
    expected = stats.f(31, 31 * 24).expect(lambda ratio: min(1.0, 1 / ratio))
    assert np.mean(shares) == pytest.approx(expected, abs=4 * np.std(shares) / math.sqrt(300))
    assert expected > 0.85
    still = made_of(np.full((8, 2, 5), 7.0)).range("exports", "free")
    assert still == InputRange(7.0, 7.0, 1.0, 8)


def test_of_many_futures_chance_is_next_to_nothing_and_of_few_it_is_its_share() -> None:
    """Inputs move the mean with a standard deviation of 10; luck at a point is 30 a future."""
    luck = np.random.default_rng(6)
    inputs = luck.normal(0, 10, (400, 1, 1))
    for futures, expected in ((9, 100 / 200), (25, 36 / 136), (3000, 0.3 / 100.3)):
        plays = inputs + luck.normal(0, 20, (1, 1, futures)) + luck.normal(0, 30, (400, 2, futures))
        assert made_of(plays).range("exports", "free").chance == pytest.approx(expected, abs=0.08)
    assert math.isnan(made_of(plays[..., :1]).range("exports", "free").chance)


# What they leave out


def test_a_run_outside_what_its_points_come_to_is_told(shell: Shell) -> None:
    """Lead times of 10 days in the file; the points have 200 and 300, with which late orders do not come in time."""
    text = STEADY.replace("[10d, 100d]", "[200d, 300d]")
    assert text != STEADY
    Path("odd.yaml").write_text(text)
    told = exportsim.run("odd.yaml", futures=3, uncertain=2)
    (message,) = [
        fault.message for fault in told.noticed if "lies outside" in fault.message and "exports" in fault.message
    ]
    assert "in the same 3 futures the mean of exports, in EUR, lies outside the means of all 2 input sets" in message
    free = sorted(told.doubt.values[:, 0, list(told.doubt.units).index("exports")]) if told.doubt else []
    assert f"under free (1,000; the input sets {free[0]:.0f} to {free[1]:.0f})" in message
    recorded = told.provenance["warnings"]
    assert {"path": "uncertainties", "message": message} in recorded
    certain = exportsim.run("odd.yaml", futures=3)
    assert not any("input sets" in fault.message for fault in certain.noticed)
    # What was noticed of the file and of the run stays; each stands once, in one order.
    assert all(warning in recorded for warning in certain.provenance["warnings"]) and certain.provenance["warnings"]
    assert recorded == sorted(recorded, key=lambda warning: (warning["path"], warning["message"]))
    assert len(recorded) == len({(warning["path"], warning["message"]) for warning in recorded})
    said = shell("run", "odd.yaml", "--futures", "3", "--uncertain", "2")
    assert f"warning: odd.yaml: uncertainties: {message}" in said.err


def test_a_run_at_an_end_of_its_inputs_is_not_meant() -> None:
    """Of four points from 0 to 300 each stands for a quarter: 75 beside them is as near as their own neighbours."""
    plays = np.arange(4.0)[:, None, None] * 100 + np.zeros((4, 2, 3))

    def left_out(own: float) -> list[str]:
        return made_of(plays.copy()).left_out(np.full((2, 5, 1), own))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(input_ranges, "RANGED", ("exports",))
        assert left_out(-75.0) == left_out(375.0) == left_out(150.0) == []
        (below,) = left_out(-76.0)
        assert "under free (−76.0; the input sets 0 to 300) and under strict (−76.0" in below
        assert len(left_out(376.0)) == 1


# How it is played


def test_a_run_asks_for_none_by_itself_and_is_the_same_with_it(result: Result) -> None:
    alone = exportsim.run(result.scenario, futures=6, seed=7)
    assert alone.doubt is None and "doubt" not in alone.provenance
    np.testing.assert_array_equal(alone.values, result.values)
    pd.testing.assert_frame_equal(alone.series(), result.series())


def test_executors_and_workers_find_the_same(result: Result) -> None:
    found = result.doubt
    assert found is not None
    with ThreadPoolExecutor(2) as executor:
        there = exportsim.doubt(result, points=4, executor=executor)
    np.testing.assert_array_equal(there.plays, found.plays)
    np.testing.assert_array_equal(exportsim.doubt(result, points=4, workers=1).plays, found.plays)


def test_a_store_keeps_the_points(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[Block[Outcomes]] = []
    missing = ScenarioPlays.missing

    def noted(self: ScenarioPlays, block: Block[Outcomes]) -> Block[Outcomes] | None:
        rest = missing(self, block)
        played.extend([] if rest is None else [rest])
        return rest

    monkeypatch.setattr(ScenarioPlays, "missing", noted)
    scenario = load("my.yaml")
    first = exportsim.run(scenario, futures=4, uncertain=4, store="plays").doubt
    assert len(played) == 5  # the run's, and a point's each
    played.clear()
    again = exportsim.run(scenario, futures=4, uncertain=4, store="plays").doubt
    assert first is not None and again is not None and not played
    np.testing.assert_array_equal(first.plays, again.plays)
    more = exportsim.run(scenario, futures=4, uncertain=8, store="plays").doubt
    assert more is not None and len(played) == 4
    np.testing.assert_array_equal(more.plays[:4], first.plays)


def test_progress_is_of_the_run_and_the_points_together(shell: Shell) -> None:
    finger = Finger(10**9)
    exportsim.run(load("my.yaml"), futures=4, uncertain=8, workers=1, progress=finger)
    told = finger.told[1:]
    assert {total for _, total in told} == {4 * 3 + 8 * 4 * 3} and told[-1][0] == 4 * 3 + 8 * 4 * 3
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.9, None), (2.4, "about 5 seconds"), (30.0, "about 60 seconds"), (300.0, "about 10 minutes")],
)
def test_how_long_the_points_will_take_is_told_to_who_watches(shell: Shell, seconds: float, told: str | None) -> None:
    """Six plays took so long, and twelve are to come; what takes no two seconds is not worth telling."""
    found = exportsim.run("my.yaml", futures=2)
    found = replace(found, provenance={**found.provenance, "seconds": seconds})
    for watching in (None, Finger(10**9)):
        heard: list[str] = []
        settings = settings_of({"announce": heard.append, "progress": watching})
        with_doubt(found, point_run(found.scenario, 2, "uncertain", found.policies, settings), settings)
        said = f"2 points of what is uncertain follow, 2 futures each: {told}"
        assert heard == ([said] if told and watching else [])


def test_ctrl_c_among_the_points_keeps_the_run_and_the_first_points(shell: Shell) -> None:
    scenario = load("my.yaml")
    whole = exportsim.run(scenario, futures=5, uncertain=32)
    found = exportsim.run(scenario, futures=5, uncertain=32, workers=1, progress=Finger(5 * 3 + 4 * 5 * 3))
    assert not found.interrupted and found.futures == 5 and found.doubt is not None and whole.doubt is not None
    points = len(found.doubt.points)
    assert 2 <= points < 32 and found.doubt.interrupted and found.doubt.asked == 32
    np.testing.assert_array_equal(found.doubt.plays, whole.doubt.plays[:points])
    assert found.provenance["doubt"]["points"] == points and found.provenance["doubt"]["interrupted"]
    said = page(describe(found.doubt)).text()
    assert f"Interrupted: {points} of 32 input sets were played." in said
    assert f"interrupted after {points} of 32 points" in said


def test_ctrl_c_before_the_second_point_keeps_the_run_alone(shell: Shell) -> None:
    scenario = load("my.yaml")
    found = exportsim.run(scenario, futures=5, uncertain=4, workers=1, progress=Finger(5 * 3))
    assert found.futures == 5 and found.doubt is None
    assert found.provenance["doubt"]["points"] == 0 and found.provenance["doubt"]["interrupted"]
    with pytest.raises(KeyboardInterrupt):
        exportsim.doubt(scenario, points=4, futures=300, progress=Finger(1))


def test_workers_that_are_lost_among_the_points_leave_the_run(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(self: PointRun, settings: Any) -> Any:
        yield 0, np.zeros((3, 5, len(self.units)))
        yield 1, np.zeros((3, 5, len(self.units)))
        raise LostError("the workers are gone")

    monkeypatch.setattr(PointRun, "play", lost)
    with pytest.raises(LostError) as raised:
        exportsim.run(load("my.yaml"), futures=5, uncertain=4)
    kept = raised.value.kept
    assert isinstance(kept, Result) and kept.futures == 5 and kept.doubt is not None and len(kept.doubt.points) == 2
    assert kept.provenance["doubt"]["lost"] == "the workers are gone"
    for more in ([], ["--all"]):
        said = shell("run", "my.yaml", "--futures", "5", *more)
        assert said.status == 3 and "kept 2 of 32 points of what is uncertain" in said.err
        assert "error: the workers are gone" in said.err
        assert said.out.count("Interrupted: 2 of 32 input sets were played.") == 1


# Mistakes


@pytest.mark.parametrize("number", [-1, 1, 2.5, True, "many", None])
def test_numbers_of_points_have_bounds(result: Result, number: Any) -> None:
    with pytest.raises(ExportsimError, match=r"uncertain: found .*, expected a whole number from 2"):
        exportsim.run(result.scenario, uncertain=number)
    with pytest.raises(ExportsimError, match=r"points: found .*, expected a whole number from 2"):
        exportsim.doubt(result, points=number)


def test_what_cannot_be_asked_is_told_before_anything_is_played(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, result: Result
) -> None:
    found = result.doubt
    assert found is not None
    with pytest.raises(ExportsimError, match="unknown outcome `export`; did you mean `exports`"):
        found.range("export", "free")
    for policies in (("stict",), ("free", "stict")):
        with pytest.raises(ExportsimError, match="unknown policy `stict`; did you mean `strict`"):
            found.range("exports", *policies)
    for share in (0, 1, -0.5, 80):
        with pytest.raises(ExportsimError, match="share: found"):
            found.range("exports", "free", share=share)
    monkeypatch.setattr("exportsim.study.run._run", lambda *_: pytest.fail("it was played"))
    with pytest.raises(ExportsimError, match="uncertain: the scenario has no `uncertainties` to take points of"):
        exportsim.run("certain.yaml", uncertain=4)
    drawn = loads(CERTAIN + "uncertainties: {authorities.gac.approval: {lognormal: {mean: 0.9, cv: 0.5}}}")
    with pytest.raises(
        ScenarioError, match=r"point.*authorities.gac.approval: found `1\.\d+`, expected a number of at"
    ):
        exportsim.run(drawn, uncertain=8)
    rule: Any = object()
    with pytest.raises(ExportsimError, match="rules: of strict; a range over inputs is played without them"):
        exportsim.run("my.yaml", uncertain=4, engine="reference", rules={"strict": [rule]})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["my.yaml", "--uncertain", "-1"], "uncertain: found -1, expected a whole number from 2"),
        (["my.yaml", "--uncertain", "x"], "'x' is not a valid integer"),
        (["my.yaml", "--uncertain", "8", "--certain"], "--uncertain asks for what --certain leaves out"),
        (["certain.yaml", "--uncertain", "8"], "uncertain: the scenario has no `uncertainties` to take points of"),
    ],
)
def test_options_that_cannot_be_are_mistakes(shell: Shell, options: list[str], told: str) -> None:
    for command in (["run", *options], ["report", *options, "--out", "r.html"]):
        said = shell(*command)
        assert said.status == 2 and told in said.err and said.out == ""


# What is kept, written and printed


def test_a_result_with_doubt_is_pickled_shown_and_saved(result: Result, tmp_path: Path) -> None:
    found = pickle.loads(pickle.dumps(result)).doubt
    assert found.range("exports", "strict", "free") == result.doubt.range("exports", "strict", "free")  # type: ignore[union-attr]
    assert repr(found) == "<Doubt of 'A small world': 4 of 4 points, 3 paths>"
    assert "difference_low" in found._repr_html_() and "points of what is uncertain" in result._repr_html_()
    found.save(tmp_path / "doubt.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "doubt.parquet"), found.table)
    for array in (found.plays, found.values, result.doubt.plays):  # type: ignore[union-attr]
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_command_line_plays_thirty_two_points_where_something_is_uncertain(shell: Shell) -> None:
    asked = ["run", "my.yaml", "--futures", "3", "--json"]
    found = json.loads(shell(*asked).out)
    doubt, result = found["doubt"], exportsim.run("my.yaml", futures=3, uncertain=32)
    assert result.doubt is not None
    assert (doubt["points"], doubt["asked"], doubt["futures"], doubt["share"]) == (32, 32, 3, 0.8)
    assert doubt["paths"] == ["suppliers.north.slots", "authorities.gac.approval", "demand.line.orders"]
    for policy in result.policies:
        assert list(doubt["ranges"][policy]) == ["exports", "elsewhere", "lost", "pending"]
        for outcome, row in doubt["ranges"][policy].items():
            assert [row["low"], row["high"], row["chance"]] == [*result.doubt.range(outcome, policy)[:3]]
            difference = [row[f"difference_{name}"] for name in ("low", "high", "chance")]
            assert difference == [*result.doubt.range(outcome, policy, "free")[:3]] and row["unit"] == "EUR"
    assert found["provenance"]["doubt"]["method"] == "sobol"
    certain = json.loads(shell(*asked, "--certain").out)
    assert certain["doubt"] is None and certain["summary"] == found["summary"]
    assert json.loads(shell(*asked, "--uncertain", "0").out)["doubt"] is None
    assert json.loads(shell("run", "certain.yaml", "--futures", "3", "--json").out)["doubt"] is None
    several = ["--uncertain", "5", "--store", "plays"]
    stored = [json.loads(shell(*asked, *several).out)["doubt"] for _ in range(2)]
    assert stored[0] == stored[1] and stored[0]["points"] == 5


def test_the_page_of_a_run_has_the_ranges(shell: Shell) -> None:
    said = shell("run", "steady.yaml", "--futures", "3", "--uncertain", "2", "--policy", "ban", "--all")
    assert said.status == 0
    text = " ".join(said.out.split())
    assert "Range over inputs: 8 in 10 of the input sets, EUR" in text
    assert "free 900 to 1,000" in text and "ban −600 to −500" in text
    assert "The scenario calls 1 input uncertain. Of 2 values of it, the middle 8 in 10" in text
    assert max(map(len, said.out.splitlines())) <= 80
    assert "Range over inputs" not in shell("run", "steady.yaml", "--futures", "3", "--certain", "--all").out


def test_a_range_has_the_digits_that_tell_its_ends_apart() -> None:
    assert range_text(-1197.87, -1013.8) == "−1,200 to −1,010"
    assert range_text(-6.44, 0.0) == "−6.4 to 0.0"
    assert range_text(12.0, 12.0) == "12.0" and range_text(0.0, 0.0) == "0"
    assert range_text(math.nan, math.nan) == "–"


def test_ctrl_c_on_the_command_line_says_what_was_kept(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = exportsim.run

    def interrupted(scenario: Any, **asked: Any) -> Result:
        return usual(scenario, **asked | {"progress": Finger(5 * 3 + 4 * 5 * 3), "workers": 1})

    monkeypatch.setattr(exportsim, "run", interrupted)
    said = shell("run", "my.yaml", "--futures", "5", "--out", "answer")
    assert said.status == 130 and "of 32 points of what is uncertain" in said.err
    origin = json.loads(Path("answer/provenance.json").read_text())
    kept = pd.read_parquet("answer/doubt.parquet")["point"].nunique()
    assert origin["doubt"]["points"] == kept < 32 and not origin["interrupted"]
    monkeypatch.setattr(exportsim, "run", usual)
    assert shell("report", "answer", "--out", "r.html", "-q").status == 0  # the points that were kept, and no others
    assert f"--uncertain {kept}" in Path("r.html").read_text()


def test_a_folder_has_the_points_and_is_played_again_with_them(shell: Shell) -> None:
    assert shell("run", "my.yaml", "--futures", "3", "--uncertain", "4", "--out", "answer", "-q").status == 0
    result = exportsim.run("my.yaml", futures=3, uncertain=4)
    assert result.doubt is not None
    pd.testing.assert_frame_equal(pd.read_parquet("answer/doubt.parquet"), result.doubt.table)
    assert len(pd.read_csv("answer/doubt.csv")) == len(result.doubt.table)
    assert shell("report", "answer", "--out", "r.html", "-q").status == 0
    table = result.doubt.table
    table.loc[1, "mean"] += 0.01
    table.to_parquet("answer/doubt.parquet", index=False)
    said = shell("report", "answer", "--out", "other.html")
    assert said.status == 2 and "differ from doubt.parquet" in said.err
    for option in ("--certain", "--uncertain"):
        said = shell("report", "answer", "--out", "other.html", option, *(["4"] if option == "--uncertain" else []))
        assert said.status == 2 and f"{option} goes with a scenario file" in said.err
    assert shell("run", "my.yaml", "--futures", "3", "--certain", "--out", "answer", "-q", "--force").status == 0
    assert not Path("answer/doubt.parquet").exists() and not Path("answer/doubt.csv").exists()


def test_the_command_on_a_page_says_whether_inputs_were_doubted(shell: Shell) -> None:
    for file, points, told in (
        ("my.yaml", 4, "--seed 1 --uncertain 4 --out"),
        ("my.yaml", 0, "--seed 1 --certain --out"),
        ("certain.yaml", 0, "--seed 1 --out"),
    ):
        result = exportsim.run(file, futures=3, uncertain=points)
        assert told in _command(result, file, focus_of(result, None), (), ())
