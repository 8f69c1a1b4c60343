"""The page on history says what a run gives; and what it looks at in a ledger is counted as it says."""

from __future__ import annotations

import re
import sys
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.scenario import explicit, load

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "benchmarks"))  # its programs import each other

import licence_waits  # noqa: E402
import validation  # noqa: E402

PAGE = validation.PAGE.read_text(encoding="utf-8")


def test_the_page_begins_as_written() -> None:
    found = re.search(r"validation.py` on (\d{4}-\d\d-\d\d);", PAGE)
    assert found is not None
    assert PAGE.startswith(validation.head(date.fromisoformat(found[1])))


EPISODES = list(validation.EPISODES)


@pytest.mark.parametrize(
    "name", [*EPISODES[:1], *(pytest.param(name, marks=pytest.mark.long) for name in EPISODES[1:])]
)
def test_the_figures_of_the_page_are_those_of_a_run(name: str) -> None:
    number = 1 + list(validation.EPISODES).index(name)
    assert validation.section(name) == "\n## " + PAGE.split("\n## ")[number]


def test_the_page_has_every_episode_and_no_more() -> None:
    assert len(PAGE.split("\n## ")) == 1 + len(validation.EPISODES) == len(validation.texts())
    told = re.findall(r"scenarios/validation/([\w-]+)\.yaml", PAGE)
    assert sorted(set(told)) == sorted(file.stem for file in validation.SCENARIOS.glob("*.yaml"))


@pytest.mark.parametrize(
    ("recorded", "verdict"),
    [(0.9, "below the range"), (1, "in the range"), (3, "in the range"), (3.1, "above the range")],
)
def test_a_verdict_says_where_the_record_lies(recorded: float, verdict: str) -> None:
    assert validation.Range(1, 2, 3).verdict(recorded) == verdict


def test_the_prediction_for_2023_is_made_with_the_office_of_the_national_scenario() -> None:
    """What is chosen to meet 2022 is the same in both, and so is how many applications there are for whom."""
    ours, theirs = (explicit(load(file)) for file in (validation.SCENARIOS / "uk-2023.yaml", licence_waits.SCENARIO))
    office, other = (form["authorities"]["ecju"] for form in (ours, theirs))
    for part in ("calendar", "service_standard", "validity", "approval"):
        assert office[part] == other[part]
    said = ("source", "notes")
    stages, others = ([{k: v for k, v in s.items() if k not in said} for s in o["review"]] for o in (office, other))
    assert stages == others
    assert ours["history"][0]["approval"] == theirs["history"][0]["approval"]
    before = "2021-01-01"
    assert office["traffic"]["applications"][before] == other["traffic"]["applications"]
    apart = ("turkiye", "israel", "saudi-arabia")
    for name in apart:  # one in eleven goes elsewhere
        whole = rate(theirs["demand"][name]["orders"])
        assert rate(ours["demand"][name]["orders"][before]) == pytest.approx(10 / 11 * whole, abs=1)
    allies = sum(rate(line["orders"]) for name, line in theirs["demand"].items() if name not in apart)
    assert rate(ours["demand"]["allies"]["orders"][before]) == allies


def rate(written: str) -> float:
    return float(written.removesuffix("/y"))


# --------------------------------------------------------------------------------------------- a ledger made by hand


DAY = 1440
START = datetime(2020, 1, 1)


def ledger_of(*rows: tuple[float, Fact, int, int]) -> Ledger:
    """From (day, fact, order, cents), all of one line and of first attempts."""
    names = compile_plan(load(ROOT / "scenarios" / "quickstart.yaml")).names
    table = [(int(day * DAY), int(fact), 0, order, 1, 0, 0, cents) for day, fact, order, cents in rows]
    return Ledger.of(table, names=names, origin=START, policy=0, seed=1, future=0)


def test_the_backlog_is_what_is_held_on_the_day_and_clears_as_it_is_decided() -> None:
    """Five are held: one is withdrawn before the day, three end 1, 2 and 6 weeks after it, one never."""
    held = [(day, Fact.HELD, day, 5) for day in range(1, 6)]
    ends = [(8, Fact.WITHDRAWN, 1, 5), (17, Fact.APPROVED, 2, 5), (24, Fact.DENIED, 3, 5), (52, Fact.APPROVED, 4, 5)]
    late = [(20, Fact.HELD, 6, 5), (21, Fact.APPROVED, 6, 5), (60, Fact.WITHDRAWN, 2, 5)]
    ledger = ledger_of(*sorted([*held, *ends, *late]))
    day = date(2020, 1, 11)
    assert sorted(validation.waiting(ledger, day)) == [-1, 7 * DAY, 14 * DAY, 42 * DAY]
    assert validation.weeks_to_clear(ledger, day, 0.25) == 1
    assert validation.weeks_to_clear(ledger, day, 0.5) == 2
    assert validation.weeks_to_clear(ledger, day, 0.75) == 6
    assert validation.weeks_to_clear(ledger, day, 0.9) == float("inf")


def test_a_permit_is_in_force_until_it_is_used_up_or_expires() -> None:
    ledger = ledger_of(
        *((0, Fact.ORDERED, order, 7) for order in (1, 2, 3, 4)),
        *((1, Fact.APPROVED, order, 7) for order in (1, 2, 3)),
        (2, Fact.DELIVERED, 1, 4),
        (3, Fact.DELIVERED, 1, 3),
        (4, Fact.EXPIRED, 2, 7),
        (5, Fact.APPROVED, 4, 7),
    )
    counts = {day: validation.in_force(ledger, date(2020, 1, 1 + day)) for day in range(1, 7)}
    assert counts == {1: 0, 2: 3, 3: 3, 4: 2, 5: 1, 6: 2}


def test_working_days_are_counted_on_the_authoritys_calendar() -> None:
    """The stages' work is in working days, and nothing else takes time where nobody waits: their sum comes out."""
    scenario = ROOT / "scenarios" / "validation" / "uk-turkiye-2019.yaml"
    plan = compile_plan(load(scenario, overrides={"authorities.ecju.review.review.work": "7.5bd"}))
    ledger = simulate(plan, 0, seed=1, future=0, engine="compiled")
    found = licence_waits.decisions(ledger, plan, date(2019, 1, 1), date(2020, 1, 1))
    assert len(found.days) > 200
    assert found.days == pytest.approx(np.full(len(found.days), 7.5), abs=1e-9)
    decided = (ledger.fact == Fact.APPROVED) | (ledger.fact == Fact.DENIED)
    in_2019 = validation.between(ledger, date(2019, 1, 1), date(2020, 1, 1))
    assert len(found.days) == int((decided & in_2019).sum())
    assert int(found.denied.sum()) == validation.number(ledger, Fact.DENIED, date(2019, 1, 1), date(2020, 1, 1))
