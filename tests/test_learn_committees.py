"""Committees of a draft: found by the days on which work ends, and told from work that ends on some days alone."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exportsim as xs
from event_logs import events_of, written
from exportsim.learning.learned import Found, found_in
from exportsim.learning.log import read_log
from exportsim.learning.page import cannot_tell
from exportsim.learning.rhythms import rhythm_of

REPETITIONS = 20


def office(sits: dict[str, Any], *, returns: bool = False) -> xs.Scenario:
    """An office whose committee sits on Mondays, of which many are holidays, before a letter is written."""
    committee: dict[str, Any] = {"stage": "committee", "sits": {"from": "2018-12-31", **sits}, "share": 0.6}
    if returns:
        committee["returns"] = {"chance": 0.3, "answer": "20d", "most": 2}
    return xs.build({
        "exportsim": 1, "title": "known", "period": {"start": "2019-01-01", "end": "2020-12-31"}, "currency": "EUR",
        "goods": {"radar": {}},
        "authorities": {"office": {"country": "GB", "calendar": {"holidays": "GB"}, "review": [
            {"stage": "desk", "officers": 4, "work": {"exponential": {"mean": "3bd"}}},
            committee,
            {"stage": "letter", "officers": 3, "work": {"exponential": {"mean": "1bd"}}},
        ]}},
        "suppliers": {"m": {"country": "GB", "authority": "office", "slots": 1000, "lead_time": "1d"}},
        "demand": {"a": {"buyer": "x", "destination": "TR", "goods": "radar", "orders": "250/y", "value": "50k",
                         "sources": {"m": {}}}},
        "policies": {"now": {}},
    })  # fmt: skip


def found_of(rows: list[dict[str, str]], path: Path) -> Found:
    return found_in(read_log(written(path, rows)), {}, country="GB")


@pytest.mark.parametrize(
    ("sits", "ends_alone"),
    [({"every": "1w"}, False), ({"every": "2w"}, True), ({"every": "4w"}, False), ({"every": "2w", "most": 6}, False)],
)
def test_a_committee_is_found_again(sits: dict[str, Any], ends_alone: bool, tmp_path: Path) -> None:
    scenario, held = office(sits), 0
    for future in range(REPETITIONS // 2):
        rows = events_of(scenario, future=future)
        if ends_alone:
            rows = [row | {"start": ""} if row["activity"] == "committee" else row for row in rows]
        found = found_of(rows, tmp_path / "log.csv")
        assert [stage.name for stage in found.stages[:3]] == ["desk", "committee", "letter"]
        desk, committee, letter = found.stages[:3]
        assert desk.sits is None and letter.sits is None and found.course.piled == ()
        assert committee.sits is not None and f"{committee.sits.weeks}w" == sits["every"]
        assert (committee.sits.first - date(2018, 12, 31)).days % (7 * committee.sits.weeks) == 0
        assert committee.sits.most == sits.get("most") and committee.sits.foreseen.value > 0.99
        assert found.days.calendar.weekend == ["sat", "sun"] and found.days.calendar.holidays == "GB"
        held += committee.share.low <= 0.6 <= committee.share.high
    assert held >= 7  # of ten at 95 %: fewer come once in a thousand series
    written_as = xs.loads(found.draft.yaml()).authorities["office"].review[1]
    assert written_as.sits is not None and written_as.sits.most == sits.get("most") and written_as.officers is None


def test_a_committee_is_played_as_it_sat(tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", events_of(office({"every": "2w"}, returns=True)))
    learned = xs.learn(path, country="GB", futures=10)
    assert learned.played.mean == pytest.approx(learned.recorded, rel=0.05)
    back = learned.stages[1].returns
    assert back is not None and back.chance.low <= 0.3 <= back.chance.high
    assert back.answer.mean.value / 1440 == pytest.approx(20, abs=5)
    assert any("sittings of “committee”" in sentence for sentence in cannot_tell(learned))
    (number,) = (each for each in learned.numbers if each.path.endswith("committee.sits"))
    assert float(number.low) > 0.98 and "one in 2 weeks" in number.how
    assert not any("committee.officers" in each.path or "committee.work" in each.path for each in learned.guesses)


def test_a_council_that_meets_at_two_in_the_afternoon_is_a_committee(tmp_path: Path) -> None:
    """On every second Tuesday, but for one of them on a Wednesday, with what has come by noon of the day."""
    luck, rows = random.Random(3), []
    for number in range(400):
        applied = datetime(2020, 1, 6, 9) + timedelta(days=number * 1.5)
        while applied.weekday() > 4:
            applied += timedelta(days=1)
        done = applied + timedelta(hours=luck.uniform(1, 6))
        meets = datetime(2020, 1, 7, 14)
        while meets < done:
            meets += timedelta(days=14)
        meets += timedelta(days=1) if meets == datetime(2020, 6, 9, 14) else timedelta()
        case = {"case": str(number)}
        rows.append(case | {"activity": "desk", "start": f"{applied:%Y-%m-%d %H:%M}", "end": f"{done:%Y-%m-%d %H:%M}"})
        rows.append(case | {"activity": "council", "start": "", "end": f"{meets:%Y-%m-%d %H:%M}"})
    path = written(tmp_path / "log.csv", rows, ("case", "activity", "start", "end"))
    council = found_in(read_log(path), {}).stages[1]
    assert council.sits is not None and (council.sits.weeks, council.sits.most) == (2, None)
    assert 0.9 < council.sits.foreseen.value < 1 and council.sits.first.weekday() == 1


def test_work_that_ends_on_some_days_alone_but_late_is_no_committee_and_it_is_said(tmp_path: Path) -> None:
    luck, rows = random.Random(3), []
    for number in range(300):
        applied = datetime(2020, 1, 6, 9) + timedelta(days=number)
        thursday = applied + timedelta(days=(3 - applied.weekday()) % 7 + 7 * luck.randint(0, 5))
        rows.append({"case": str(number), "activity": "desk", "start": f"{applied:%Y-%m-%d} 09:00",
                     "end": f"{thursday:%Y-%m-%d} 15:00"})  # fmt: skip
    path = written(tmp_path / "log.csv", rows, ("case", "activity", "start", "end"))
    learned = xs.learn(path, futures=1)
    assert learned.course.piled == ("desk",) and learned.stages[0].sits is None
    assert learned.scenario.authorities["office"].calendar.weekend == []  # nothing is known of it
    assert any("“desk” ends on days of a certain rhythm alone" in sentence for sentence in cannot_tell(learned))


def test_a_moment_on_days_of_a_rhythm_that_is_no_committee_stays_a_moment(tmp_path: Path) -> None:
    rows = []
    for number in range(300):
        applied = datetime(2020, 1, 6, 9) + timedelta(days=number)
        posted = applied + timedelta(days=(3 - applied.weekday()) % 7 + 7 * (number % 5))
        moment = f"{posted:%Y-%m-%d} 15:00"
        rows.append({"case": str(number), "activity": "desk", "start": f"{applied:%Y-%m-%d} 09:00",
                     "end": f"{applied:%Y-%m-%d} 15:00"})  # fmt: skip
        rows.append({"case": str(number), "activity": "post", "start": moment, "end": moment})
    found = found_in(read_log(written(tmp_path / "log.csv", rows, ("case", "activity", "start", "end"))), {})
    assert found.course.stages == ("desk",) and found.course.marks == ("post",) and found.course.piled == ("post",)


def test_what_takes_the_same_time_after_a_committee_is_none(tmp_path: Path) -> None:
    luck, rows = random.Random(3), []
    for number in range(300):
        applied = datetime(2020, 1, 6, 9) + timedelta(days=number * 1.5, hours=luck.uniform(0, 5))
        meets = (applied + timedelta(days=(1 - applied.weekday()) % 7 or 7)).replace(hour=14, minute=0)
        case = {"case": str(number), "start": ""}
        rows.append(
            case | {"activity": "desk", "start": f"{applied:%Y-%m-%d %H:%M}", "end": f"{applied:%Y-%m-%d} 23:00"}
        )
        for activity, end in (("council", meets), ("letter", meets + timedelta(days=2))):
            rows.append(case | {"activity": activity, "end": f"{end:%Y-%m-%d %H:%M}"})
    stages = found_in(read_log(written(tmp_path / "log.csv", rows, ("case", "activity", "start", "end"))), {}).stages
    assert [(stage.name, stage.sits is not None) for stage in stages] == [
        ("desk", False), ("council", True), ("letter", False)
    ]  # fmt: skip
    assert stages[2].work.mean.value == pytest.approx(2 * 1440)


def test_days_have_a_rhythm_as_seldom_by_chance_as_is_said() -> None:
    luck, found = np.random.default_rng(4), 0
    for _ in range(400):
        days = luck.choice(np.flatnonzero(np.arange(400) % 7 < 5), luck.integers(2, 12))
        found += rhythm_of(days * 1440) is not None
    assert found <= 11  # of four hundred at one in a hundred: more come twice in a thousand series
    every_week = np.arange(7) * 7 * 1440
    assert rhythm_of(every_week) == (1, 0) and rhythm_of(every_week[:4]) is None
    assert rhythm_of(every_week * 3) == (3, 0)
