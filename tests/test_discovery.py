"""Where a policy fails: planted boxes are found by both methods, and what cannot be answered is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exportsim
from exportsim import ExportsimError, Sweep
from exportsim.report.discovery import describe
from exportsim.report.json import as_json
from exportsim.report.text import page
from exportsim.study.discovery import METHODS, UNDEFINED
from exportsim.study.discovery_boxes import roundest
from exportsim.study.parameter_axes import amount, axes, names
from shell import Shell
from worlds import one_office

NUMBER = 300
PATHS = ("suppliers.t.ramp_up", "demand.x.trust.half_life", "suppliers.t.slots", "demand.x.orders")


def planted(by: str = "numbers", number: int = NUMBER, fails: Any = None, noise: float = 0.0) -> Sweep:
    """A sweep whose policy `bad` exports 50M in a box, 150M elsewhere."""
    source = np.random.default_rng(5)
    ramp, half = source.uniform(6, 36, number).round(3), source.uniform(0.5, 5, number).round(3)
    slots, orders = source.integers(1, 7, number), source.choice(["10/y", "20/y", "null"], number)
    points = pd.DataFrame(
        {"point": range(number), PATHS[0]: [f"{v}mo" for v in ramp], PATHS[1]: [f"{v}y" for v in half]}
    )
    points = points.assign(**{PATHS[2]: slots, PATHS[3]: orders})
    inside = {
        "numbers": (ramp > 17) & (half < 2),
        "words": (ramp > 17) & (orders == "20/y"),
        "two": ((ramp > 30) & (half < 3)) | ((orders == "10/y") & (slots <= 2)),
        "chance": source.random(number) < 0.3,
    }[by]
    if fails is not None:
        inside = np.full(number, fails)
    inside = inside ^ (source.random(number) < noise)
    rows = [
        points.assign(
            policy=policy, outcome="exports", mean=mean, low=mean - 1e6, high=mean + 1e6, sd=1e6, n=10,
            difference=mean - 160e6, difference_low=mean - 161e6, difference_high=mean - 159e6, unit="GBP",
        )
        for policy, mean in (("ref", np.full(number, 160e6)), ("bad", np.where(inside, 50e6, 150e6)))
    ]  # fmt: skip
    table = pd.concat(rows).sort_values("point", kind="stable", ignore_index=True)
    origin = {"title": "Planted", "exportsim": "0", "reference": "ref", "futures": 10}
    origin |= {"interrupted": False, "sweep": {"over": {}, "asked": number, "points": number}}
    return Sweep(table=table, provenance=origin)


@pytest.mark.parametrize("method", METHODS)
def test_a_planted_box_is_found(method: str) -> None:
    """Failing is ramp_up > 17mo and half_life < 2y, and nothing else: limits within a tenth of the range of that, by a
    density and coverage of nine tenths."""
    found = exportsim.discover(planted(), "bad", below="100M", method=method, resamples=4)
    (box,) = found.boxes
    sides = {found.axes[side.axis].path: side for side in box.sides}
    assert set(sides) == {PATHS[0], PATHS[1]}
    assert sides[PATHS[0]].over == pytest.approx(17, abs=1) and sides[PATHS[1]].under == pytest.approx(2, abs=0.15)
    assert box.coverage >= 0.9 and box.density >= 0.9
    points = found.points
    inside = (points[PATHS[0]] > sides[PATHS[0]].over) & (points[PATHS[1]] < sides[PATHS[1]].under)
    assert (inside == (points["box"] == 1)).all() and box.points == inside.sum()
    assert box.failing == (inside & points["fails"]).sum() and box.density == box.failing / box.points
    assert box.coverage == box.failing / points["fails"].sum() == found.coverage
    assert all(limit.quasi_p < 1e-6 for limit in box.limits)
    assert found.stability["restricted"].to_dict() == {PATHS[0]: 1, PATHS[1]: 1, PATHS[2]: 0, PATHS[3]: 0}
    assert min(found.held_out) > 0.8
    assert found.tradeoff["chosen"].sum() == 1


@pytest.mark.parametrize("method", METHODS)
def test_words_are_limits_too(method: str) -> None:
    found = exportsim.discover(planted("words"), "bad", below=100e6, method=method, resamples=0)
    (box,) = found.boxes
    assert {limit.path for limit in box.limits} == {PATHS[0], PATHS[3]} and box.density >= 0.9
    assert "orders: x = 20/y" in found.sentences[1] and found.stability["restricted"].isna().all()


def test_a_reader_is_told_titles_and_words_and_data_keep_names_and_paths() -> None:
    sweep = planted()
    sweep.provenance["titles"] = {"policies": {"bad": "All stopped"}, "suppliers": {"t": "Turkish yards"}}
    found = exportsim.discover(sweep, "bad", below="100M", resamples=2)
    said = page(describe(found)).text()
    assert "“All stopped” fails in" in found.sentences[0] and "ramp up: Turkish yards > " in found.sentences[1]
    assert found.sentences[1] in " ".join(said.split())
    assert "suppliers." not in said and "ramp_up" not in said and "method PRIM" in said
    document = as_json(describe(found))
    limits = {limit["path"]: limit["text"] for limit in document["boxes"][0]["limits"]}
    assert limits[PATHS[0]].startswith("ramp_up > ") and document["policy"] == "bad"
    assert set(found.table["path"]) == set(limits) and set(document["stability"]) == set(PATHS)


@pytest.mark.parametrize("method", METHODS)
def test_two_boxes_are_found_one_after_the_other(method: str) -> None:
    found = exportsim.discover(planted("two"), "bad", below="100M", method=method, resamples=0)
    assert len(found.boxes) >= 2 and found.coverage > 0.85 and found.density > 0.85
    assert found.coverage > max(box.coverage for box in found.boxes)
    one = exportsim.discover(planted("two"), "bad", below="100M", method=method, resamples=0, boxes=1)
    assert len(one.boxes) == 1 and one.boxes[0].limits == found.boxes[0].limits


def test_what_chance_has_made_does_not_hold_among_other_points() -> None:
    found = exportsim.discover(planted("chance"), "bad", below="100M", method="tree", resamples=20)
    # Three in ten fail wherever one looks.
    assert found.held_out[1] == pytest.approx(0.3, abs=0.07)


def test_quasi_p_by_hand() -> None:
    """Without the limit on half_life, as many fail of so many; the binomial tail of the box's is its quasi-p."""
    from scipy.stats import binom

    found = exportsim.discover(planted(noise=0.05), "bad", below="100M", method="tree", resamples=0, boxes=1)
    box, points = found.boxes[0], found.points
    side, limit = next((s, li) for s, li in zip(box.sides, box.limits, strict=True) if li.path == PATHS[1])
    wider = np.ones(len(points), dtype=bool)
    for other in box.sides:
        if other != side:
            wider &= other.holds(points[found.axes[other.axis].path].to_numpy())
    chance = points["fails"][wider].mean()
    assert limit.quasi_p == pytest.approx(binom.sf(box.failing - 1, box.points, chance), rel=1e-9)


def test_difference_and_regret_are_of_their_points() -> None:
    lost = exportsim.discover(planted(), "bad", below="-50M", figure="difference", method="tree", resamples=0)
    rued = exportsim.discover(planted(), "bad", above="50M", figure="regret", method="tree", resamples=0)
    assert (lost.points["fails"] == rued.points["fails"]).all() and lost.table.equals(rued.table)
    assert set(rued.points["value"]) == {10e6, 110e6}


@pytest.mark.parametrize(
    ("sweep", "asked", "message"),
    [
        (planted(fails=False), {"below": "100M"}, "fails nowhere: its mean of exports goes from 150,000,000"),
        (planted(fails=True), {"below": "100M"}, "fails everywhere"),
        (planted(number=1), {"below": "100M"}, "found 1 points"),
        (planted(), {}, "either `below` or `above`"),
        (planted(), {"below": 1, "above": 2}, "either `below` or `above`"),
        (planted(), {"below": "soon"}, "expected an amount of money"),
        (planted(), {"below": 1, "method": "cart"}, "unknown method"),
        (planted(), {"below": 1, "figure": "regrets"}, "did you mean `regret`"),
        (planted(), {"below": 1, "outcome": "export"}, "did you mean `exports`"),
        (planted(), {"below": 1, "boxes": 0}, "boxes: found 0"),
    ],
)
def test_what_cannot_be_answered_is_said(sweep: Sweep, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ExportsimError, match=message):
        exportsim.discover(sweep, "bad", **asked)


def test_a_policy_that_is_not_there_is_told_with_the_near_miss() -> None:
    with pytest.raises(ExportsimError, match="did you mean `bad`"):
        exportsim.discover(planted(), "bed", below=1)


@pytest.mark.parametrize(
    ("outside", "inside", "limit"),
    [(16.93, 17.21, 17), (17.21, 16.93, 17), (17.05, 17.17, 17.1), (2, 3, 2), (3, 2, 3), (0.0008, 0.0019, 0.001)],
)
def test_limits_are_the_roundest_numbers_that_part_the_same_points(outside: float, inside: float, limit: float) -> None:
    assert roundest(outside, inside) == limit


def test_axes_have_units_and_short_names() -> None:
    points = pd.DataFrame(
        {
            "a.x": ["3mo", "2y"],
            "b.x": ["5M", "250k"],
            "n": [1, 2],
            "w": ["null", "1y"],
            "r": ["24/y", "2/mo"],
            "m": ["1bd", "1d"],
        }
    )
    found = axes(points, list(points))
    assert [axis.unit for axis in found] == ["mo", "M", "", "", "/y", ""]
    assert [axis.values.tolist() for axis in found] == [[3, 24], [5, 0.25], [1, 2], [0, 1], [24, 24], [0, 1]]
    assert names(["a.b.c", "x.b.c", "a.d"]) == ["a.b.c", "x.b.c", "d"]
    assert amount("-5k", "EUR", "") == -5000 and amount("30%", "share", "") == 0.3 and amount("2w", "days", "") == 14


# The command


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    planted().save("sweep.parquet")
    planted().save("sweep.csv")
    Path("text.parquet").write_text("no")
    exportsim.discover(planted(), "bad", below="100M", method="tree", resamples=0).save("limits.parquet")
    return Shell(capsys)


def test_a_sweep_is_read_back_as_it_was_written(shell: Shell) -> None:
    found, was = exportsim.open_sweep("sweep.parquet"), planted()
    pd.testing.assert_frame_equal(found.table, was.table, check_dtype=False)
    pd.testing.assert_frame_equal(found.points, was.points, check_dtype=False)
    assert (found.paths, found.reference, found.asked, found.interrupted) == (PATHS, "ref", NUMBER, False)
    assert found.provenance == was.provenance


def undefined_somewhere() -> Sweep:
    """As planted, but every third point has no mean under `bad`, and every fifth none under the reference."""
    found = planted()
    holes = (found.table["policy"] == "bad") & (found.table["point"] % 3 == 0)
    more = (found.table["policy"] == "ref") & (found.table["point"] % 5 == 0)
    columns = ["mean", "low", "high", "difference", "difference_low", "difference_high"]
    found.table.loc[holes | more, columns] = np.nan
    return found


@pytest.mark.parametrize(("figure", "gone"), [("mean", NUMBER // 3), ("regret", NUMBER - 160)])
def test_points_at_which_the_outcome_is_undefined_count_as_is_asked_and_are_told(figure: str, gone: int) -> None:
    """Of 300 points 100 have no mean; 160 = 300 · 2/3 · 4/5 have one under both policies."""
    asked = {"below": "100M"} if figure == "mean" else {"above": "60M"}
    found = {
        word: exportsim.discover(
            undefined_somewhere(), "bad", **asked, figure=figure, undefined=word, method="tree", resamples=0
        )
        for word in UNDEFINED
    }
    out, fail, fine = found["leave-out"], found["fail"], found["pass"]
    assert [each.undefined for each in found.values()] == [gone] * 3
    assert [len(each.points) for each in found.values()] == [NUMBER - gone, NUMBER, NUMBER]
    assert not out.points["value"].isna().any() and fail.points["value"].isna().sum() == gone
    assert fine.points["fails"].sum() == out.points["fails"].sum() == fail.points["fails"].sum() - gone
    name = "regret in exports" if figure == "regret" else "exports"
    assert f"{NUMBER - gone} worlds; {gone} more, in which {name} is undefined, are left out." in out.sentences[0]
    assert f"{gone} of these, in which {name} is undefined, count as failing." in fail.sentences[0]
    assert f"{gone} of these, in which {name} is undefined, count as not failing." in fine.sentences[0]
    assert as_json(describe(fail))["undefined"] == {"worlds": gone, "as": "fail"}
    assert fail.provenance["discovery"]["undefined"] == "fail"


def test_too_few_points_with_an_outcome_are_too_few_and_it_is_said_where_they_went() -> None:
    found = planted()
    found.table.loc[found.table["point"] >= 10, ["mean", "low", "high"]] = np.nan
    with pytest.raises(ExportsimError, match=r"found 10 points .* \(290 more are left out, where it is undefined"):
        exportsim.discover(found, "bad", below="100M")
    with pytest.raises(ExportsimError, match=r"fails everywhere: .* goes from .* and is undefined at 290 points"):
        exportsim.discover(found, "bad", below="200M", undefined="fail")
    with pytest.raises(ExportsimError, match="expected one of"):
        exportsim.discover(found, "bad", below="200M", undefined="drop")


def test_regret_leaves_out_points_that_are_undefined_under_some_policy_and_says_how_many() -> None:
    table = undefined_somewhere().regret("exports")
    assert (table["n"] == 160).all() and (table["left_out"] == 140).all()
    assert not table["mean"].isna().any()


def test_the_command_tells_where(shell: Shell) -> None:
    asked = ("discover", "sweep.parquet", "--policy", "bad", "--below", "100M", "--method", "tree", "--resamples", "3")
    said = shell(*asked, "--out", "found.csv")
    assert said.status == 0 and max(map(len, said.out.splitlines())) <= 80 and not said.err
    assert "exports below GBP 100" in said.out and "ramp up: t > 17" in said.out
    assert len(pd.read_csv("found.csv")) == 2
    told = json.loads(shell(*asked, "--json").out)
    assert told["boxes"][0]["limits"][0]["unit"] == "mo" and told["stability"][PATHS[0]] == 1
    assert shell(*asked).out.splitlines() == said.out.splitlines()[:-1]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("sweep.parquet", "--policy", "bad"), "give either --below X or --above X"),
        (("sweep.csv", "--policy", "bad", "--below", "1"), "found a CSV"),
        (("text.parquet", "--policy", "bad", "--below", "1"), "not a Parquet file"),
        (("gone.parquet", "--policy", "bad", "--below", "1"), "cannot be read"),
        (("limits.parquet", "--policy", "bad", "--below", "1"), "this is no sweep"),
        (("sweep.parquet", "--policy", "bad", "--below", "1"), "fails nowhere"),
    ],
)
def test_mistakes_are_told(shell: Shell, asked: tuple[str, ...], message: str) -> None:
    said = shell("discover", *asked)
    assert said.status == 2 and message in said.err and "Traceback" not in said.err


def test_where_a_real_scenario_fails_is_known_beforehand() -> None:
    """What is ordered less than a lead time before the end is not delivered, and slots never run out: exports fall as
    the lead time rises, whatever the slots. So they are below their median at the sixteen longest lead times of 32."""
    form = one_office(
        authorities__office__review=[{"stage": "desk", "officers": 10, "work": "0d"}],
        suppliers__maker__slots=500, suppliers__maker__lead_time="10d",
        demand={"line": {"buyer": "buyer", "destination": "TR", "goods": "lamps", "orders": "200/y", "value": 100,
                         "sources": {"maker": {}}}},
        uncertainties={"suppliers.maker.lead_time": {"uniform": ["10d", "300d"]}, "suppliers.maker.slots": [500, 600]},
        policies={"free": {"measures": []}},
    )  # fmt: skip
    scenario = exportsim.build(form)
    found = exportsim.sweep(scenario, samples=32, futures=2, outcome=["exports"])
    axis = axes(found.points, found.paths)[0]
    level = float(found.table["mean"].median())
    failing = sorted(axis.values)[16]
    for method in METHODS:
        answer = exportsim.discover(found, "free", below=level, method=method, resamples=0)
        (box,) = answer.boxes
        (side,) = box.sides
        assert answer.axes[side.axis].path == "suppliers.maker.lead_time"
        if method == "tree":
            assert sorted(axis.values)[15] <= side.over < failing and box.coverage == box.density == 1
        else:
            assert side.over == pytest.approx(failing, abs=30) and box.coverage > 0.85 and box.density > 0.85
