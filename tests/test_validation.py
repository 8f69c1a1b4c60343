"""The page on history says what a forecast gives, and counts its verdicts as they are."""

from __future__ import annotations

import math
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.lifecycle import Fact
from exportsim.scenario import explicit, load
from exportsim.study.calibration.observations import read_observations

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "benchmarks"))  # its programs import each other

import licence_waits  # noqa: E402
import validation  # noqa: E402

PAGE = validation.PAGE.read_text(encoding="utf-8")
EPISODES = list(validation.EPISODES)
SOON = ("netherlands-turkiye", "canada-turkiye-2018")  # the others take longer


@pytest.mark.parametrize(
    "name", [name if name in SOON else pytest.param(name, marks=pytest.mark.long) for name in EPISODES]
)
def test_the_figures_of_the_page_are_those_of_a_forecast(name: str) -> None:
    assert validation.section(name) == "\n## " + PAGE.split("\n## ")[1 + EPISODES.index(name)]


def test_the_page_has_every_episode_and_no_more() -> None:
    assert len(PAGE.split("\n## ")) == 1 + len(EPISODES) == len(validation.texts())
    told = re.findall(r"scenarios/validation/([\w-]+)\.yaml", PAGE)
    for ending in ("yaml", "csv"):
        assert (
            sorted(set(told))
            == sorted(file.stem for file in validation.SCENARIOS.glob(f"*.{ending}"))
            == sorted(EPISODES)
        )


def scored() -> list[list[str]]:
    """The rows of the page's tables of scores, cell by cell."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]
    return [row for row in rows if len(row) == 9 and "±" in row[2]]


def test_what_is_said_of_all_figures_together_is_what_the_tables_say() -> None:
    """Counted from the page itself."""
    found = [row for row in scored() if not row[0].endswith("(known)")]
    inside = {
        most: sum(any(row[3].startswith(f"in the {share}") for share in (50, 80, 95) if share <= most) for row in found)
        for most in (50, 80, 95)
    }
    wide = sum(float(row[5]) >= 1 for row in found)
    assert wide == sum(row[3].endswith(", wide") for row in found)
    compared = [row for row in found if row[8] != "–"]
    better = sum(float(row[7].replace(",", "")) < float(row[8].replace(",", "")) for row in compared)
    stated = " ".join(PAGE.split("\n## ")[0].split())
    for said in (
        f"Of {len(found)} figures that were not known beforehand, {inside[50]} lie",
        f"{inside[80]} in those that were to hold 80 % and {inside[95]} in those that were to hold 95 %.",
        f"But {wide} of the ranges of 80 %",
        f"in {better} of {len(compared)} figures.",
        f"seed {validation.SEED}, {validation.POINTS} points of what each scenario",
        f"{validation.FUTURES} futures a point",
    ):
        assert said in stated


def test_the_head_of_the_page_is_the_text_with_what_is_counted() -> None:
    written = re.search(r"validation.py` on (\d{4}-\d\d-\d\d);", PAGE)
    assert written is not None
    numbers = re.compile(r"\d+")
    said = numbers.sub("#", PAGE.split("\n## ")[0])
    assert said == numbers.sub("#", validation.head(date.fromisoformat(written[1]), []))


@pytest.mark.parametrize("name", EPISODES)
def test_a_record_holds_what_was_known_and_what_was_not(name: str) -> None:
    scenario = load(validation.file_of(name, "yaml"), allow_outside=True)
    rows = read_observations(validation.file_of(name, "csv"), scenario).rows
    assert scenario.uncertainties and all(row.source for row in rows)
    forecast = [row.period for row in rows if validation.is_forecast(name, row._asdict())]
    expected = {
        "uk-turkiye-2019": ["2021-12-12"],
        "netherlands-turkiye": [],
        "uk-israel-2024": ["2024-09-01", "2024-09-02"],
        "uk-2023": ["2023", "2023", "2023", "2023"],
        "canada-turkiye-2018": ["2019"],
    }
    assert forecast == expected[name]


def test_who_says_that_nothing_changes_is_off_by_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    of = dict.fromkeys(("line", "supplier", "goods", "destination", "authority"), "")
    rows: list[dict[str, Any]] = [
        {**of, "outcome": outcome, "period": period, "observed": value}
        for outcome, period, value in (("exports", "2018", 5.0), ("exports", "2019", 7.5), ("denied", "2019", 3.0))
    ]
    rows.append({**rows[0], "destination": "TR", "observed": 1.0})
    monkeypatch.setattr(validation, "judged", lambda name: rows)
    assert validation.as_before("one", rows[1]) == 2.5
    assert math.isnan(validation.as_before("one", rows[2])) and math.isnan(validation.as_before("one", rows[0]))
    assert math.isnan(validation.as_before("one", {**rows[0], "period": "2018/2019"}))


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.1234, "share", "12.3"),
        (151.4e6, "CAD", "151"),
        (4.24e6, "CAD", "4.2"),
        (1053.2, "number", "1,053"),
        (math.nan, "days", "–"),
    ],
)
def test_numbers_are_written_as_the_tables_have_them(value: float, unit: str, said: str) -> None:
    assert validation.said(value, unit) == said


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


def test_working_days_are_counted_on_the_authoritys_calendar() -> None:
    """The stages' work is in working days, and nothing else takes time where nobody waits: their sum comes out."""
    scenario = ROOT / "scenarios" / "validation" / "uk-turkiye-2019.yaml"
    plan = compile_plan(load(scenario, overrides={"authorities.ecju.review.review.work": "7.5bd"}))
    ledger = simulate(plan, 0, seed=1, future=0, engine="compiled")
    found = licence_waits.decisions(ledger, plan, date(2019, 1, 1), date(2020, 1, 1))
    assert len(found.days) > 200
    assert found.days == pytest.approx(np.full(len(found.days), 7.5), abs=1e-9)
    start, end = (licence_waits.minute_of(ledger, date(year, 1, 1)) for year in (2019, 2020))
    in_2019 = (ledger.minute >= start) & (ledger.minute < end)
    assert len(found.days) == int((np.isin(ledger.fact, (Fact.APPROVED, Fact.DENIED)) & in_2019).sum())
    assert int((found.by == Fact.DENIED).sum()) == int(((ledger.fact == Fact.DENIED) & in_2019).sum())
