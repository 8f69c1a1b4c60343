"""The least of a lever with which a target is met: by hand, by a law of chance, and where more is worse."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

import exportsim as xs
from exportsim.language import use
from exportsim.report.plots import FIGURES
from exportsim.report.seek import describe, sentences
from exportsim.report.text import page
from exportsim.study.levers import levers_of
from exportsim.study.seek import ALWAYS, FOUND, NEVER, SPREAD, needed, needs_of
from pressing import Finger
from shell import Shell

# Twenty applications on one day, a day of work each: k officers decide k a day, so 2 k of 20 within two days.
QUEUE = """
exportsim: 1
title: A queue
period: {start: 2024-01-01, end: 2024-12-31}
currency: EUR
goods: {lamps: {}}
authorities:
  office:
    title: The office
    country: CA
    service_standard: 2d
    review: [{stage: desk, officers: 3, work: 1d, source: judgement}]
    source: judgement
suppliers: {north: {country: CA, authority: office, slots: 99, lead_time: 1d, source: judgement}}
demand:
  line: {buyer: b, destination: TR, goods: lamps, orders: {register: orders.csv, date: day, value: worth},
         sources: {north: {}}, source: judgement}
policies: {now: {title: As now}, stop: {measures: [{on: 2024-01-01, applications: deny, source: judgement}]}}
"""
OFFICERS = "authorities.office.review.desk.officers"
STANDARD = "authorities.office.service_standard"
SHARE = "within_standard>=0.7"  # 14 of 20: seven officers
# One order, of which the permit is approved by chance.
CHANCE = QUEUE.replace("service_standard: 2d", "service_standard: 2d\n    approval: 0.5")
APPROVAL = "authorities.office.approval"


def world(folder: Path, text: str = QUEUE, orders: int = 20) -> xs.Scenario:
    (folder / "orders.csv").write_text("day,worth\n" + "2024-02-01,1000\n" * orders)
    return xs.loads(text, folder=folder)


def answer(found: xs.Seek) -> dict[str, Any]:
    (row,) = found.answers.to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_the_least_is_the_one_that_is_known_by_hand(tmp_path: Path) -> None:
    for probability in (0.5, 0.9, 1):
        found = xs.seek(world(tmp_path), {OFFICERS: "1..40"}, target=SHARE, probability=probability, futures=60)
        got = answer(found)
        assert (got["case"], got["least"], got["before"], got["met"], got["met_before"]) == (FOUND, 7, 6, 60, 0)
        assert got["steady"] and got["falls_from"] is None and got["low"] == 7
    known = found.table.set_index(OFFICERS)["mean"]
    assert known.to_dict() == pytest.approx({k: min(1.0, 2 * k / 20) for k in known.index})
    assert len(found.table) < 20  # by halving
    first, doubt = sentences(found)
    assert first == (
        "7 is the least value of “officers: desk, The office” with which within standard is at least 0.7 in 100 % of "
        "futures or more, under “As now”: it is so in 60 of 60, and with 6 in 0"
    )
    assert "no value that was played is enough beyond it" in doubt  # 60 futures are no proof of all


def test_the_other_way_round_the_greatest_is_sought(tmp_path: Path) -> None:
    """With three officers, 14 applications take five days: no standard but that of five days and more is met."""
    found = xs.seek(world(tmp_path), {STANDARD: "9d..1d"}, target="within_standard<=0.7", futures=60)
    assert answer(found)["least"] == "4d" and answer(found)["before"] == "5d"
    assert "“service standard: The office”" in sentences(found)[0] and "4d is the greatest value" in sentences(found)[0]


def test_where_chance_decides_the_least_is_that_of_the_law(tmp_path: Path) -> None:
    """One order, approved with probability q: it is exported in a share q of futures."""
    number, asked = 400, 0.7
    found = xs.seek(
        world(tmp_path, CHANCE, 1), {APPROVAL: "0.01..0.99"}, target="exports>=1k", probability=asked, futures=number
    )
    got = answer(found)
    error = math.sqrt(asked * (1 - asked) / number)
    assert got["case"] == FOUND and got["steady"] and abs(got["least"] - asked) < 3 * error
    assert got["low"] < got["least"] < got["high"] and got["low"] <= asked <= got["high"]
    assert got["high"] - got["low"] == pytest.approx(2 * 1.96 * error, rel=0.4)
    counts = found.table.sort_values(APPROVAL)["met"].to_numpy()
    assert (np.diff(counts) >= 0).all()  # the same luck everywhere
    assert got["met"] >= found.needed == 280 > got["met_before"]
    more = sentences(found)[1]
    assert more == (
        f"The doubt of 400 futures leaves {got['low']} to {got['high']} open, and {got['high']} is enough beyond it"
    )


def chance_held(truth: float, futures: int, step: float = 0.0) -> float:
    """How often what is left open holds the truth, by enumeration: of one order that is approved with the value of the
    lever, so many futures meet the target as a binomial variable has it, and with a value a step below, of those some.

    The least that may be is not above the truth if enough futures meet the target with it; the least that is enough
    beyond doubt is not below it if with the value before too few do.
    """
    may, _, sure = needs_of(truth, futures)
    counts = np.arange(may, futures + 1)
    fewer = binom.cdf(sure - 1, counts, (truth - step) / truth)
    return float((binom.pmf(counts, futures, truth) * fewer).sum())


@pytest.mark.parametrize("futures", [50, 100, 200, 400])
def test_what_is_left_open_holds_the_truth_as_often_as_is_said(futures: int) -> None:
    """In 95 % of searches, on average over what is asked for; by Wilson's interval never in many fewer."""
    shares = [chance_held(truth, futures) for truth in np.round(np.arange(0.5, 0.96, 0.005), 3).tolist()]
    assert np.mean(shares) == pytest.approx(0.95, abs=0.003) and min(shares) > 0.925


@pytest.mark.long
def test_how_often_the_doubt_holds_the_truth(tmp_path: Path) -> None:
    """Of thirty searches with other luck, the truth is within what is left open in nearly all."""
    scenario, held = world(tmp_path, CHANCE, 1), 0
    for seed in range(30):
        found = xs.seek(
            scenario, {APPROVAL: "0.01..0.99"}, target="exports>=1k", probability=0.7, futures=100, seed=seed
        )
        got = answer(found)
        held += got["low"] - 0.01 <= 0.7 <= got["high"]
    assert held >= 26


@pytest.mark.parametrize(("levers", "case"), [("7..40", ALWAYS), ("1..6", NEVER)])
def test_always_and_never_are_said_with_both_ends(tmp_path: Path, levers: str, case: str) -> None:
    found = xs.seek(world(tmp_path), {OFFICERS: levers}, target=SHARE, futures=50)
    got, (said, *_) = answer(found), sentences(found)
    assert got["case"] == case and got["least"] == (7 if case == ALWAYS else None)
    if case == ALWAYS:
        assert said.startswith("7, the first value of") and "in 50 of 50 futures" in said and "with 40 in 50" in said
    else:
        assert said.startswith("No value of") and "in 0 of 50 with 1 and in 0 with 6; asked is 90 %" in said
    assert describe(found).data()["answers"] is found.answers


def test_where_more_is_worse_that_is_found_and_said(tmp_path: Path) -> None:
    found = xs.seek(world(tmp_path), {OFFICERS: [1, 9, 3, 8, 12]}, target=SHARE, futures=50)
    got = answer(found)
    assert not got["steady"] and (got["falls_from"], got["falls_to"]) == (9, 3)
    assert (got["met_from"], got["met_to"], got["least"]) == (50, 0, 9)
    assert "it is so in 50 futures with 9, and in 0 with 3" in sentences(found)[-1]
    assert "More is not always better" not in " ".join(sentences(found)[:-1])


def test_of_many_values_those_are_played_that_a_curve_points_to(tmp_path: Path) -> None:
    """Enough from the 19th to the 40th of 120 values, and then no more."""
    values = [9 if 18 <= place < 40 else 2 + place % 2 for place in range(120)]
    found = xs.seek(world(tmp_path), {OFFICERS: values}, target=SHARE, futures=50)
    got = answer(found)
    assert not got["steady"] and got["least"] == 9 and got["before"] in (2, 3) and got["met_before"] == 0
    assert SPREAD <= len(found.table) < 80


def test_what_is_undefined_does_not_meet_the_target(tmp_path: Path) -> None:
    """Where nothing is applied for, nothing is decided within the standard."""
    text = QUEUE.replace("orders: {register: orders.csv, date: day, value: worth}", "orders: 1/y, value: 1k")
    found = xs.seek(world(tmp_path, text), {OFFICERS: "1..5"}, target="within_standard>=0.5", futures=50)
    undefined = int(found.table["undefined"].iloc[0])
    assert 5 < undefined < 40 and (found.table["met"] == 50 - undefined).all()
    assert answer(found)["case"] == NEVER and any("is undefined" in str(block) for block in describe(found).blocks)


def test_two_levers_have_a_frontier(tmp_path: Path) -> None:
    """Of 20, k officers decide k s within s days: 14 take ⌈14 / s⌉."""
    found = xs.seek(world(tmp_path), {OFFICERS: "1..40", STANDARD: "1d..4d"}, target=SHARE, futures=50)
    assert list(found.answers["least"]) == [14, 7, 5, 4] and list(found.answers[STANDARD]) == ["1d", "2d", "3d", "4d"]
    assert sentences(found)[0] == (
        "The least value of “officers: desk, The office” with which within standard is at least 0.7 in 90 % of futures "
        "or more, under “As now”: 14 where “service standard: The office” is 1d, and 4 where it is 4d"
    )
    assert sentences(found)[2].startswith("service standard: The office 2d: 7 is the least value")
    (table,) = (block for block in describe(found).blocks if hasattr(block, "rows"))
    assert [list(row[:2]) for row in table.rows] == [["1d", "14"], ["2d", "7"], ["3d", "5"], ["4d", "4"]]


def test_the_figures_show_the_answer(tmp_path: Path) -> None:
    one = xs.seek(world(tmp_path), {OFFICERS: "1..40"}, target=SHARE, futures=50)
    two = xs.seek(world(tmp_path), {OFFICERS: "1..40", STANDARD: "1d..4d"}, target=SHARE, futures=50)
    drawn = xs.plots.share_met(one)
    lines = {line.get_gid(): line for line in drawn.lines}
    assert set(lines["least"].get_xdata()) == {7} and set(lines["asked"].get_ydata()) == {90}
    curve = dict(zip(lines["share"].get_xdata(), lines["share"].get_ydata(), strict=True))
    assert curve[6] == 0 and curve[7] == 100 and list(curve) == sorted(curve)
    (line,) = (line for line in xs.plots.frontier(two).lines if line.get_gid() == "least")
    assert list(zip(line.get_xdata(), line.get_ydata(), strict=True)) == [(1, 14), (2, 7), (3, 5), (4, 4)]
    assert [name for name, _ in xs.plots.figures(one)] == ["share_met"]
    assert [name for name, _ in xs.plots.figures(two)] == ["frontier"] and {"share_met", "frontier"} <= FIGURES.keys()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"levers": {}}, "levers: found"),
        (
            {"levers": {"authorities.office.review.desk.oficers": "1..9"}},
            "levers: authorities.office.review.desk.oficers: unknown key `oficers`, did you mean `officers`?",
        ),
        ({"levers": {OFFICERS: "1.5..9.5"}}, f"levers: {OFFICERS}: found `1.5`, expected a whole number"),
        (
            {"levers": {APPROVAL: [0.5, 2]}},
            f"levers: {APPROVAL}: found `2`, expected a number of at most 1",
        ),
        ({"levers": {OFFICERS: "1-9"}}, f"levers: {OFFICERS}: found `1-9`, expected its two ends, such as `40..80`"),
        ({"levers": {OFFICERS: "1..9d"}}, "expected two numbers in one unit"),
        ({"levers": {OFFICERS: "9..9"}}, f"levers: {OFFICERS}: found `9` twice, expected two ends that differ"),
        ({"levers": {OFFICERS: "1.0000..9.0000"}}, "found 80,001 values"),
        ({"levers": {OFFICERS: [3]}}, f"levers: {OFFICERS}: found `3` alone, expected its two ends"),
        # What a lever breaks elsewhere is told with its value.
        (
            {"levers": {"goods": [{"lamps": {}}, {"lights": {}}]}},
            "levers: demand.line.goods: there are no goods `lamps`, expected `lights`, where goods is a mapping",
        ),
        ({"levers": {OFFICERS: 3}}, "found 3, expected its two ends"),
        ({"levers": {OFFICERS: "1..9", STANDARD: "1d..9d", "suppliers.north.slots": "1..9"}}, "expected one or two"),
        ({"target": "within_standart>=0.7"}, "unknown outcome `within_standart`; did you mean `within_standard`"),
        ({"target": "within_standard>0.7"}, "expected such as `within_standard>=0.7`"),
        ({"target": "within_standard>=70d"}, "target: found `70d`, expected a share from 0 to 1"),
        ({"target": "exports>=much"}, "target: found `much`, expected an amount of money"),
        ({"probability": 0}, "probability: found 0"),
        ({"probability": 1.1}, "probability: found 1.1"),
        ({"policy": "nwo"}, "unknown policy `nwo`; did you mean `now`"),
    ],
)
def test_mistakes_are_told_before_anything_is_played(tmp_path: Path, given: dict[str, Any], message: str) -> None:
    asked: dict[str, Any] = {"levers": {OFFICERS: "1..9"}, "target": SHARE} | given
    with pytest.raises(xs.ExportsimError) as raised:
        xs.seek(world(tmp_path), asked.pop("levers"), futures=10**8, **asked)
    assert message in str(raised.value)


def test_another_policy_can_be_looked_at(tmp_path: Path) -> None:
    found = xs.seek(world(tmp_path), {OFFICERS: "1..9"}, target="exports>=20k", policy="stop", futures=50)
    assert answer(found)["case"] == NEVER and found.provenance["policies"] == ["stop"]
    assert answer(xs.seek(world(tmp_path), {OFFICERS: "1..9"}, target="exports>=20k", futures=50))["case"] == ALWAYS


def test_the_steps_of_a_lever_are_its_last_decimal() -> None:
    def values(written: Any) -> tuple[Any, ...]:
        return levers_of({"a": written})[0].values

    assert values("40..43") == values((40, 43)) == (40, 41, 42, 43) and values("3..1") == (3, 2, 1)
    assert values("0.8..1.0") == (0.8, 0.9, 1.0) and values("0.98..1") == (0.98, 0.99, 1.0)
    assert values("30d..32d") == ("30d", "31d", "32d") and values("1.5M..1.7M") == ("1.5M", "1.6M", "1.7M")
    assert values(["6mo", "1y"]) == ("6mo", "1y") and values("0.125M..0.127M")[0] == "0.1250M"
    assert levers_of({"a": "1..3"})[0].rises and not levers_of({"a": "9d..3d"})[0].rises


def test_how_many_futures_are_needed() -> None:
    assert needed(0.9, 200) == 180 and needed(0.9, 10) == 9 and needed(0.001, 10) == 1 and needed(1, 7) == 7
    for probability, futures in ((0.9, 200), (0.5, 40), (0.7, 400)):
        may, need, sure = needs_of(probability, futures)
        assert may < need < sure <= futures
    assert needs_of(0.9, 20)[2] == 21  # twenty of twenty are no proof


# Ctrl-C


def test_an_interrupted_search_tells_what_was_played_and_goes_on_from_there(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"levers": {OFFICERS: "1..40"}, "target": SHARE, "futures": 20, "workers": 1}
    whole = xs.seek(world(tmp_path), **asked)
    found = xs.seek(world(tmp_path), **asked, store=tmp_path / "plays", progress=Finger(190))
    assert found.interrupted and found.answers.empty and list(found.answers) == list(whole.answers)
    played = len(found.table)
    assert 2 <= played < len(whole.table) and repr(found).endswith(f"{played} values played>")
    same = whole.table[whole.table[OFFICERS].isin(found.table[OFFICERS])].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.table, same)
    (said,) = sentences(found)
    least = next(row[OFFICERS] for row in found.table.to_dict("records") if row["met"] == 20)
    assert said.startswith(
        f"The search was interrupted before its answer was found. {played} values were played: of these {least} is the "
        "first of “officers: desk, The office” with which within standard is at least 0.7 in 90 % of futures or more"
    )
    assert said in page(describe(found)).text().replace("\n  ", " ") and not list(xs.plots.figures(found))
    with pytest.raises(xs.ExportsimError, match="the search ended before its answer was found"):
        xs.plots.share_met(found)
    plays = set((tmp_path / "plays").rglob("*.parquet"))
    times = {path: path.stat().st_mtime_ns for path in plays}
    again = xs.seek(world(tmp_path), **asked, store=tmp_path / "plays")
    pd.testing.assert_frame_equal(again.table, whole.table)
    pd.testing.assert_frame_equal(again.answers, whole.answers)
    assert {path: path.stat().st_mtime_ns for path in plays} == times and len(plays) >= played


def test_interrupted_where_nothing_is_enough_yet_that_is_said(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"levers": {OFFICERS: "1..6"}, "target": SHARE, "futures": 400}
    found = xs.seek(world(tmp_path), **asked, workers=1, progress=Finger(900))
    assert (
        "values of “officers: desk, The office” were played, and none is enough for what is asked"
        in (sentences(found)[0])
    )
    with use("fr"):
        assert "aucune ne suffit" in page(describe(found)).text().replace("\n  ", " ")


def test_before_the_first_value_there_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        xs.seek(world(tmp_path), {OFFICERS: "1..40"}, target=SHARE, futures=500, workers=1, progress=Finger(1))


def test_a_search_that_is_stopped_from_outside_ends_at_once_and_is_gone_on_with(shell: Shell) -> None:
    words = ["seek", "my.yaml", "--lever", f"{OFFICERS}=1..9999", "--target", SHARE, "--futures", "400"]
    words += ["--workers", "1", "--store", "plays"]
    search = subprocess.Popen(
        [sys.executable, "-m", "exportsim", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8",
    )  # fmt: skip
    until = time.monotonic() + 240
    while not list(Path().glob("plays/plays/**/*.parquet")) and time.monotonic() < until:
        time.sleep(0.01)
    search.send_signal(signal.SIGINT)
    pressed = time.monotonic()
    out, err = search.communicate(timeout=60)
    assert search.returncode == 130 and time.monotonic() - pressed < 20 and "Traceback" not in err
    if out:  # the first value was finished
        assert "The search was interrupted before its answer was found." in out
        assert "kept 0 of 1 answers, and the values that were played in plays: the same command goes on" in err
    else:
        assert err.endswith("interrupted\n")
    said = shell(*words, "--json")
    assert said.status == 0 and json.loads(said.out)["answers"][0]["least"] == 7


def test_a_search_has_no_parts_and_says_why(shell: Shell) -> None:
    words = ["seek", "my.yaml", "--lever", f"{OFFICERS}=1..9", "--target", SHARE, "--store", "plays", "--part", "1/2"]
    said = shell(*words)
    assert said.status == 2 and "a search has no parts, for each value that it tries follows from" in said.err
    with pytest.raises(xs.ExportsimError, match="study: a search has no parts"):
        xs.play_part(xs.seek, "my.yaml", {OFFICERS: "1..9"}, target=SHARE, part="1/2", store="plays")


# The command


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    world(tmp_path)
    Path("my.yaml").write_text(QUEUE)
    return Shell(capsys)


def test_the_command_says_the_answer_first(shell: Shell) -> None:
    words = ["seek", "my.yaml", "--lever", f"{OFFICERS}=1..40", "--target", SHARE, "--futures", "50"]
    said = shell(*words, "--figures", "drawn", "--out", "curve.csv")
    assert said.status == 0 and said.out.startswith("A queue\n7 is the least value of “officers: desk, The office”")
    assert Path("drawn/share_met.svg").exists() and Path("curve.csv").read_text().startswith(f"{OFFICERS},met,share")
    found = json.loads(shell(*words, "--json").out)
    assert found["answers"][0]["least"] == 7 and found["needed"] == 45 and found["target"] == SHARE
    assert next(row[OFFICERS] for row in found["points"] if row["met"] == 50) == 7


def test_the_command_takes_lists_and_two_levers_and_a_store(shell: Shell) -> None:
    words = ["--lever", f"{STANDARD}=1d, 2d", "--target", SHARE, "--futures", "50", "--json", "--store", "plays"]
    for _ in range(2):
        found = json.loads(shell("seek", "my.yaml", "--lever", f"{OFFICERS}=1..40", *words).out)
        assert [row["least"] for row in found["answers"]] == [14, 7]
    said = shell("seek", "my.yaml", "--lever", f"{OFFICERS}=1..40", "--lever", f"{OFFICERS}=1,2", "--target", SHARE)
    assert said.status == 2 and "given twice" in said.err
    said = shell("seek", "my.yaml", "--lever", f"{OFFICERS}=1..40", "--target", "within_standard")
    assert said.status == 2 and "--target: found" in said.err
