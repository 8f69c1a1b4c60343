"""Officers of a draft: those that a log names, and those whose number changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exportsim as xs
from event_logs import events_of, with_officers, written
from exportsim.learning.changes import numbers_over_time
from exportsim.learning.event_log import COLUMNS
from exportsim.learning.learned import Found, found_in
from exportsim.learning.log import read_log
from exportsim.learning.page import cannot_tell, describe
from exportsim.learning.stages import StageFound
from exportsim.report.text import page

NAMED = (*COLUMNS, "officer")
REPETITIONS = 40
OFTEN = 33  # of these at least an interval of 95 % holds the truth, but for two series in a thousand


def desk(officers: int, work: str = "3bd", then: int | None = None) -> xs.Scenario:
    """An office of one stage, whose officers may change on 2 March 2020."""
    world: dict[str, Any] = {
        "exportsim": 1, "title": "known", "period": {"start": "2019-01-01", "end": "2020-12-31"}, "currency": "EUR",
        "goods": {"radar": {}},
        "authorities": {"office": {"country": "NL", "review": [
            {"stage": "desk", "officers": officers, "work": {"exponential": {"mean": work}}}
        ]}},
        "suppliers": {"m": {"country": "NL", "authority": "office", "slots": 1000, "lead_time": "1d"}},
        "demand": {"a": {"buyer": "x", "destination": "TR", "goods": "radar", "orders": "300/y", "value": "50k",
                         "sources": {"m": {}}}},
        "policies": {"now": {}},
    }  # fmt: skip
    if then is not None:
        world["history"] = [{"on": "2020-03-02", "officers": {"desk": then}}]
    return xs.build(world)


def found_of(rows: list[dict[str, str]], path: Path) -> Found:
    return found_in(read_log(written(path, rows, NAMED)), {}, country="NL")


def stage_of(found: Found | xs.Learned) -> StageFound:
    (stage,) = found.stages
    return stage


# Officers whose number changes


@pytest.mark.parametrize(("first", "then"), [(5, 3), (3, 7)])
def test_a_change_of_the_officers_is_found_again_as_often_as_its_interval_says(
    first: int, then: int, tmp_path: Path
) -> None:
    scenario, held, day = desk(first, "3bd", then), 0, date(2020, 3, 2).toordinal()
    for future in range(REPETITIONS // 2):
        found = found_of(events_of(scenario, future=future), tmp_path / "log.csv")
        officers = stage_of(found).officers
        if officers.how == "changed" and len(officers.changes) == 1 and officers.number == first:
            (change,) = officers.changes
            most = change.number if change.waited else 99
            held += change.low <= day <= change.high and change.low <= change.day <= change.high
            assert change.number <= then <= most
    assert held >= OFTEN / 2


def test_officers_whose_number_does_not_change_have_no_changes(tmp_path: Path) -> None:
    for future in range(REPETITIONS // 2):
        officers = stage_of(found_of(events_of(desk(3), future=future), tmp_path / "log.csv")).officers
        assert officers.how == "full" and officers.number == 3 and not officers.changes


def test_a_change_stands_in_the_history_of_the_draft_and_is_moved_as_a_guess(tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", events_of(desk(5, "3bd", 3)))
    learned = xs.learn(path, country="NL", futures=10)
    (measure,) = learned.scenario.history
    assert measure.officers == {"desk": 3} and measure.authorities == ["office"]
    rows = {(each.path, each.figure): each for each in learned.numbers}
    assert rows[f"history.{measure.name}", "officers"].value == "3"
    assert rows[f"history.{measure.name}", "date"].low <= "2020-03-02" <= rows[f"history.{measure.name}", "date"].high
    guess = next(each for each in learned.guesses if each.path.endswith("desk.officers"))
    assert (guess.low, guess.used, guess.high) == ("4, then 2", "5, then 3", "6, then 4")
    assert guess.median_low > 0 > guess.median_high
    assert learned.played.quantiles[:, 0].min() <= learned.recorded[0] <= learned.played.quantiles[:, 0].max()


def test_numbers_that_come_and_go_by_chance_are_no_change() -> None:
    luck = np.random.default_rng(2)
    minutes = np.arange(400) * 1440
    for _ in range(20):
        numbers = luck.choice([4, 5], 400, p=[0.3, 0.7])
        first, waited, changes = numbers_over_time(minutes, numbers, minutes, numbers)
        assert (first, waited) == (5, True) and not changes
    numbers[:200], numbers[200:] = 4, 5
    assert [change.number for change in numbers_over_time(minutes, numbers, minutes, numbers)[2]] == [5]


def test_where_nobody_waits_after_a_change_there_are_as_many_as_are_at_work_or_more() -> None:
    minutes = np.arange(100) * 1440
    waited, beyond = np.full(60, 3), np.array([2, 5, 4, 6, 4, 5, 1])
    starts = np.append(minutes[:60], minutes[70:77])
    at_work = np.append(waited, beyond)
    first, sure, changes = numbers_over_time(minutes[:60], waited, starts, at_work)
    (change,) = changes
    assert (first, sure, change.number, change.waited, change.n) == (3, True, 6, False, 5)
    assert (change.low, change.high) == (minutes[59] // 1440 + 1, minutes[71] // 1440)
    turned = 99 * 1440 - starts[::-1]
    first, sure, changes = numbers_over_time(99 * 1440 - minutes[:60][::-1], waited, turned, at_work[::-1])
    assert (first, sure, changes[0].number, changes[0].waited) == (6, False, 3, True)


def test_who_is_taken_up_at_once_tells_when_there_are_more_or_fewer() -> None:
    days = np.arange(200)
    numbers = np.where(days < 100, 3, 5)
    waited = (days < 95) | (days > 110)  # on the days between nobody has waited
    at_work = np.where(days < 100, 3, np.where(days < 104, 2, np.where(days < 111, 4, 5)))
    (change,) = numbers_over_time(days[waited] * 1440, numbers[waited], days * 1440, at_work)[2]
    assert (change.day, change.low, change.high, change.number) == (104, 95, 104, 5)
    back = days[::-1]  # and the same from its end: five, then three
    (change,) = numbers_over_time(days[waited[back]] * 1440, numbers[back][waited[back]], days * 1440, at_work[back])[2]
    assert (change.day, change.low, change.high, change.number) == (96, 96, 105, 3)


# Officers that the log names


@pytest.mark.parametrize("ends_alone", [False, True])
def test_officers_that_are_named_are_as_many_where_nobody_waits_or_only_ends_are_recorded(
    ends_alone: bool, tmp_path: Path
) -> None:
    number = 4 if ends_alone else 12
    scenario = desk(number)
    for future in range(REPETITIONS // 4):
        rows = with_officers(events_of(scenario, future=future), number)
        rows = [row | {"start": ""} if ends_alone else row for row in rows]
        found = found_of(rows, tmp_path / "log.csv")
        officers, named = stage_of(found).officers, stage_of(found).named
        assert named is not None and named.people == number and named.several == named.shared == 0
        assert officers.how == "named" and officers.low <= number <= officers.high
        assert officers.number == number and officers.otherwise is not None


def test_it_is_said_whether_the_officers_that_are_named_are_those_at_work_at_once(tmp_path: Path) -> None:
    rows = with_officers(events_of(desk(3)), 3)
    learned = xs.learn(written(tmp_path / "log.csv", rows, NAMED), country="NL", futures=1)
    assert learned.log.columns["officer"] == "officer" and stage_of(learned).officers.how == "full"
    said = page(describe(learned)).text()
    assert "Officers named at “desk”: 3, 3 for most of the time, as many as by what is in hand at once." in said
    ends = [row | {"start": ""} for row in rows]
    alone = xs.learn(written(tmp_path / "ends.csv", ends, NAMED), country="NL", futures=4)
    assert "which the draft takes" in page(describe(alone)).text()
    assert any("if as many as are named take up who came first" in sentence for sentence in cannot_tell(alone))
    assert not any("is a guess" in sentence for sentence in cannot_tell(alone))


def test_an_officer_with_several_applications_in_hand_is_as_many_as_these(tmp_path: Path) -> None:
    rows = [row | {"officer": "one"} for row in events_of(desk(3))]
    found = found_of(rows, tmp_path / "log.csv")
    named = stage_of(found).named
    assert named is not None and (named.people, named.number) == (1, 1) and named.several > 0.3
    assert (stage_of(found).officers.how, stage_of(found).officers.number) == ("full", 3)
    learned = xs.learn(tmp_path / "log.csv", country="NL", futures=1)
    assert "more than one application in hand" in page(describe(learned)).text()


def test_officers_of_two_stages_are_not_counted_at_each(tmp_path: Path) -> None:
    rows = []
    for row in events_of(desk(12)):
        rows.append(row | {"officer": "anyone" if row["activity"] == "desk" else ""})
        if row["activity"] == "desk" and row["end"]:
            rows.append(
                row | {"activity": "letter", "start": row["end"], "end": "2022-01-01 10:00", "officer": "anyone"}
            )
    found = found_of(rows, tmp_path / "log.csv")
    assert [stage.named is not None and stage.named.shared for stage in found.stages[:2]] == [1, 1]
    assert {stage.officers.how for stage in found.stages[:2]} == {"free"}


def test_officers_come_and_go(tmp_path: Path) -> None:
    """One leaves, and another comes: two at a time, of three that are named."""
    rows = [
        {"case": str(number), "activity": "desk", "start": f"{day} 09:00", "end": f"{day} 16:00", "officer": who}
        for number in range(400)
        for day in [date.fromordinal(date(2020, 1, 1).toordinal() + number // 2)]
        for who in [("left" if number < 200 else "came") if number % 2 else "stays"]
    ]
    path = written(tmp_path / "log.csv", rows, ("case", "activity", "start", "end", "officer"))
    named = stage_of(found_in(read_log(path), {})).named
    assert named is not None and (named.people, named.number, named.low, named.high) == (3, 2, 2, 2)


def test_the_officers_of_a_log_in_xes_are_known(tmp_path: Path) -> None:
    event = (
        '<event><string key="concept:name" value="a"/><string key="org:resource" value="{}"/>'
        '<string key="lifecycle:transition" value="{}"/><date key="time:timestamp" value="2020-01-0{}T10:00:00Z"/>'
        "</event>"
    )
    trace = '<trace><string key="concept:name" value="1"/>{}{}</trace>'.format(
        event.format("", "start", 1), event.format("Ms Bee", "complete", 3)
    )
    (tmp_path / "log.xes").write_text(f"<log>{trace}</log>")
    log = read_log(tmp_path / "log.xes")
    assert log.columns["officer"] == "org:resource" and log.officer.of(0) == "Ms Bee"
