"""Groups that are worked on otherwise: whose work is longer, and who needs a stage."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2_contingency, kruskal

import exportsim as xs
from event_logs import events_of, written
from exportsim.learning.groups import unlike_shares, unlike_times
from exportsim.learning.learned import Found, found_in
from exportsim.learning.log import read_log
from exportsim.learning.page import cannot_tell, describe
from exportsim.report.text import page

REPETITIONS = 40
OFTEN = 33  # of these at least an interval of 95 % holds the truth, but for two series in a thousand


def office(*review: dict[str, Any], longer: float = 1.0) -> dict[str, Any]:
    """An office for two destinations, and a third that has few cases; work may be longer for one of them."""
    line = {"buyer": "x", "value": "50k", "sources": {"m": {}}}
    return {
        "exportsim": 1, "title": "known", "period": {"start": "2019-01-01", "end": "2020-12-31"}, "currency": "EUR",
        "goods": {"radar": {}},
        "authorities": {"office": {"country": "NL", "review": list(review)}},
        "suppliers": {"m": {"country": "NL", "authority": "office", "slots": 1000, "lead_time": "1d"}},
        "demand": {
            "a": line | {"destination": "TR", "goods": "radar", "orders": "150/y"},
            "b": line | {"destination": "SA", "goods": "radar", "orders": "110/y"},
            "c": line | {"destination": "NO", "goods": "radar", "orders": "4/y"},
        },
        "history": [{"on": "2019-01-01", "destinations": ["SA"], "work": {"desk": longer}}],
        "policies": {"now": {}},
    }  # fmt: skip


DESK = {"stage": "desk", "officers": 6, "work": {"lognormal": {"median": "3bd", "p90": "8bd"}}}


def found_of(world: dict[str, Any], path: Path, future: int = 0) -> Found:
    rows = [row | {"activity": row["activity"].removesuffix("-2")} for row in events_of(xs.build(world), future=future)]
    return found_in(read_log(written(path, rows)), {}, country="NL")


def test_work_that_is_longer_for_a_group_is_found_again_as_often_as_its_interval_says(tmp_path: Path) -> None:
    world, held = office(DESK, longer=1.6), 0
    for future in range(REPETITIONS):
        (stage,) = found_of(world, tmp_path / "log.csv", future).stages
        assert {each.name: each.scope for each in stage.factors} == {"sa": {"destinations": ["SA"]}}
        (factor,) = stage.factors
        held += factor.times.low <= 1.6 <= factor.times.high
        assert stage.work.mean.value / 1440 == pytest.approx(3.98, rel=0.15)  # that of the others
    assert held >= OFTEN


def test_groups_that_are_alike_are_taken_for_different_as_seldom_as_is_said(tmp_path: Path) -> None:
    world = office(DESK | {"share": 0.5})
    unlike = 0
    for future in range(REPETITIONS):
        stages = found_of(world, tmp_path / "log.csv", future).stages
        unlike += any(stage.factors or stage.only or stage.pooled for stage in stages)
    assert unlike <= 4  # two tests at one in a hundred each: more than four of forty come once in a thousand series


def test_the_draft_has_the_work_of_groups_in_its_history_and_plays_it(tmp_path: Path) -> None:
    rows = events_of(xs.build(office(DESK, longer=1.6)))
    learned = xs.learn(written(tmp_path / "log.csv", rows), country="NL", futures=10)
    (measure,) = learned.scenario.history
    assert measure.destinations == ["SA"] and measure.work == {"desk": pytest.approx(1.6, abs=0.25)}
    assert measure.on == learned.demand.first
    guess = next(each for each in learned.guesses if each.path == f"history.{measure.name}.work.desk")
    assert guess.median_low < 0 < guess.median_high
    number = next(each for each in learned.numbers if each.path == f"history.{measure.name}")
    assert number.figure == "times" and float(number.low) < 1.6 < float(number.high)
    assert not xs.run(learned.scenario, futures=2).noticed


MINISTRY = {"stage": "ministry", "officers": 2, "work": {"uniform": ["3bd", "6bd"]}, "share": 0.6}
ADVICE = {"stage": "advice", "officers": 60, "work": {"uniform": ["3bd", "6bd"]}}


def test_a_stage_that_some_go_past_is_for_the_others_alone(tmp_path: Path) -> None:
    held, past = 0, 0
    for future in range(REPETITIONS):
        found = found_of(office(DESK, MINISTRY | {"only": {"destinations": ["TR"]}}), tmp_path / "log.csv", future)
        stage = next(each for each in found.stages if each.name == "ministry")
        assert stage.only == {"destinations": ["TR"]} and stage.past is not None and stage.past.value == 0
        held += stage.share.low <= 0.6 <= stage.share.high
        past += stage.past.n
    assert held >= OFTEN and past > 100 * REPETITIONS
    scenario = xs.loads(found.draft.yaml())
    ministry = scenario.authorities["office"].review[1]
    assert ministry.only is not None and ministry.only.destinations == ["TR"]
    assert "authorities.office.review.ministry.only" in {number.path for number in found.draft.numbers}
    assert not xs.run(scenario, futures=2).noticed


def test_where_nobody_waits_each_group_has_a_stage_of_its_own(tmp_path: Path) -> None:
    parts = [
        ADVICE | {"stage": "advice", "share": 0.8, "only": {"destinations": ["TR"]}},
        ADVICE | {"stage": "advice-2", "share": 0.2, "only": {"destinations": ["SA"]}},
    ]
    held = 0
    for future in range(REPETITIONS // 2):
        found = found_of(office(DESK, *parts), tmp_path / "log.csv", future)
        shares = {each.name: each for each in found.stages if each.activity == "advice"}
        assert {name: each.only for name, each in shares.items()} == {
            "advice-tr": {"destinations": ["TR"]}, "advice-sa": {"destinations": ["SA"]}
        }  # fmt: skip
        for name, truth in (("advice-tr", 0.8), ("advice-sa", 0.2)):
            held += shares[name].share.low <= truth <= shares[name].share.high
    assert held >= OFTEN
    scenario = xs.loads(found.draft.yaml())
    assert [stage.stage for stage in scenario.authorities["office"].review] == ["desk", "advice-tr", "advice-sa"]


def test_where_officers_are_waited_for_groups_stay_together_and_it_is_said(tmp_path: Path) -> None:
    luck, free = random.Random(5), [datetime(2020, 1, 1)] * 2
    rows, applied = [], datetime(2020, 1, 1)
    for number in range(600):
        applied += timedelta(minutes=int(luck.expovariate(1 / 1440)))
        row = {"case": str(number), "destination": "TR" if number % 2 else "SA"}
        rows.append(row | {"activity": "desk", "start": f"{applied:%Y-%m-%d %H:%M}",
                           "end": f"{applied + timedelta(minutes=60):%Y-%m-%d %H:%M}"})  # fmt: skip
        if luck.random() < (0.8 if number % 2 else 0.3):
            free.sort()
            begun = max(applied + timedelta(minutes=60), free[0])
            free[0] = begun + timedelta(minutes=int(luck.expovariate(1 / 4000)))
            rows.append(row | {"activity": "advice", "start": f"{begun:%Y-%m-%d %H:%M}",
                               "end": f"{free[0]:%Y-%m-%d %H:%M}"})  # fmt: skip
    columns = ("case", "activity", "start", "end", "destination")
    learned = xs.learn(written(tmp_path / "log.csv", rows, columns), futures=1)
    stage = learned.stages[1]
    assert (stage.officers.how, stage.officers.number) == ("full", 2) and stage.pooled and stage.only is None
    assert stage.share.value == pytest.approx(0.55, abs=0.06)
    assert any("Who needs “advice”, group by group" in sentence for sentence in cannot_tell(learned))


def test_a_stage_of_cases_of_no_line_is_for_all(tmp_path: Path) -> None:
    """A stage for some alone takes none of what is too little for a line: so it is not, if more than few of it come."""
    few = ["NO", "SE", "FI"]
    world = office(DESK, MINISTRY | {"officers": 9, "only": {"destinations": ["TR", *few]}})
    world["demand"] |= {each: world["demand"]["c"] | {"destination": each, "orders": "5/y"} for each in few}
    found = found_of(world, tmp_path / "log.csv")
    stage = found.stages[1]
    assert found.demand.others is not None and stage.only is None and stage.pooled
    assert stage.share.value == pytest.approx(0.36, abs=0.08)


def test_the_tests_of_groups_are_those_of_the_books() -> None:
    luck = np.random.default_rng(3)
    times, group = luck.exponential(3, 200).round(), luck.integers(0, 3, 200)
    by_book = kruskal(*(times[group == each] for each in range(3))).pvalue
    assert unlike_times(times, group, 3) == pytest.approx(by_book, rel=1e-9)
    few = np.append(group, [3] * 5)  # a group of five is not asked
    assert unlike_times(np.append(times, [99.0] * 5), few, 4) == pytest.approx(by_book, rel=1e-9)
    yes, of = np.array([30, 40, 55]), np.array([100, 90, 110])
    by_book = chi2_contingency(np.stack([yes, of - yes]), correction=False).pvalue
    assert unlike_shares(yes, of) == pytest.approx(by_book, rel=1e-9)
    assert unlike_shares(np.array([0, 0]), np.array([5, 9])) == 1 == unlike_times(np.ones(50), group[:50], 3)


def test_what_is_said_of_groups_stands_on_the_page(tmp_path: Path) -> None:
    rows = events_of(xs.build(office(DESK, MINISTRY | {"only": {"destinations": ["TR"]}}, longer=1.6)))
    said = page(describe(xs.learn(written(tmp_path / "log.csv", rows), country="NL", futures=1))).text()
    assert "times as long" in said and "came to the stage nonetheless" in said
