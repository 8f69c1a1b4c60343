"""Forecasts of when open applications are decided, against a later extract of their register: by hand and by chance."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exportsim as xs
from exportsim import ExportsimError, ScenarioError
from exportsim.report.prediction import describe_scores
from exportsim.report.text import page
from exportsim.scenario import Scenario, build
from exportsim.study.prediction.decisions import Extract, Told, judged, told
from exportsim.study.prediction.kept import CASE, KeptForecast, read_kept
from shell import Shell
from worlds import one_office

EARLY = """\
received,decided,licence
2020-01-02,,A-1
2020-01-03,,A-2
2020-01-04,2020-01-05,A-3
2020-01-05,,A-4
"""
LATE = """\
received,decided,licence
2020-01-05,2020-01-14,A-4
2020-01-02,2020-01-13,A-1
2020-01-03,2020-01-20,A-2
2020-01-04,2020-01-05,A-3
2020-01-12,2020-01-12,A-6
"""
OPEN_ON = date(2020, 1, 10)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Shell(capsys)


def office(folder: Path, records: str = EARLY, as_of: str | None = "2020-01-10", **changes: Any) -> Scenario:
    """One officer, two days an application, who decides A-1, A-2 and A-4 in turn from 10 January on."""
    Path(folder, "log.csv").write_text(records, encoding="utf-8")
    orders = {"register": "log.csv", "date": "received", "decided": "decided", "id": "licence"}
    written = {
        "authorities__office__review": [{"stage": "desk", "officers": 1, "work": "2d"}],
        "demand__x__orders": orders | ({} if as_of is None else {"as_of": as_of}),
        "demand__x__value": "1M",
        "policies": {"free": {"measures": []}, "held": {"measures": [{"on": "2020-01-11", "applications": "hold"}]}},
        "reference": "free",
    }
    return build(one_office(**(written | changes)), folder=folder)


def kept(folder: Path) -> Path:
    file = folder / "forecasts.csv"
    assert xs.backlog(office(folder), futures=2).keep(file) == 2 * (3 + 3)
    return file


def test_forecasts_are_kept_in_days_from_the_day_on_which_cases_are_open(tmp_path: Path) -> None:
    rows = read_kept(kept(tmp_path)).rows
    said = {(row.origin[4], row.outcome, row.of): (row.values.tolist(), row.undefined) for row in rows}
    free = {key[1:]: days for key, (days, undefined) in said.items() if key[0] == "free" and undefined == 0}
    assert free == {
        ("days_to_decision", "x/A-1"): [2, 2],
        ("days_to_decision", "x/A-2"): [4, 4],
        ("days_to_decision", "x/A-4"): [6, 6],
        ("days_to_half", ""): [4, 4],
        ("days_to_nine_in_ten", ""): [6, 6],
        ("days_to_all", ""): [6, 6],
    }
    end = [float((office(tmp_path).period.end + timedelta(days=1) - OPEN_ON).days)] * 2
    assert {key[1:]: each for key, each in said.items() if key[0] == "held"} == dict.fromkeys(free, (end, 1.0))
    assert {row.period for row in rows} == {"2020-01-10"}
    assert {row.unit for row in rows} == {"days"}


def test_what_is_decided_and_what_is_open_is_scored_up_to_the_day_of_the_extract(tmp_path: Path) -> None:
    """On 15 January A-1 has been decided for two days, A-4 for one, A-2 not yet: five days are known."""
    file = kept(tmp_path)
    found = xs.score(file, decisions=office(tmp_path, LATE, "2020-01-15"))
    assert found.waiting == 0
    assert set(found.table.until) == {"2020-01-15"}
    free = found.table[found.table.policy == "free"].set_index(["outcome", "of"])
    columns = ["decided", "observed", "probability", "brier", "crps"]
    said = {key: tuple(row) for key, row in zip(free.index, free[columns].itertuples(index=False), strict=True)}
    nothing = pytest.approx(math.nan, nan_ok=True)
    assert said == {
        ("days_to_decision", "x/A-1"): (True, 3, 1, 0, 1),  # forecast after 2
        ("days_to_decision", "x/A-2"): (False, nothing, 1, 1, 1),  # after 4
        ("days_to_decision", "x/A-4"): (True, 4, 0, 1, 1),  # after 6, of which a day is known
        ("days_to_half", ""): (True, 4, 1, 0, 0),
        ("days_to_nine_in_ten", ""): (False, nothing, 0, 0, 0),
        ("days_to_all", ""): (False, nothing, 0, 0, 0),
    }
    # Two futures tell no chance below a quarter from none.
    assert free.log_score["days_to_decision"].tolist() == pytest.approx([-math.log(p) for p in (0.75, 0.25, 0.25)])
    held = found.table[found.table.policy == "held"].set_index(["outcome", "of"])
    assert held.probability.tolist() == [0] * 6
    assert held.brier.tolist() == [1, 0, 1, 1, 0, 0]
    assert held.crps["days_to_decision"].tolist() == [2, 0, 1]
    assert found.scores[["policy", "of", "percentile"]].values.tolist() == [
        ["free", "x/A-1", 1.0], ["free", "x/A-4", 0.0], ["free", "", 0.5],
        ["held", "x/A-1", 0.0], ["held", "x/A-4", 0.0], ["held", "", 0.0],
    ]  # fmt: skip


def test_of_what_no_extract_holds_nothing_is_said(tmp_path: Path) -> None:
    file = kept(tmp_path)
    without = LATE.replace("2020-01-03,2020-01-20,A-2\n", "")
    found = xs.score(file, decisions=office(tmp_path, without, "2020-01-15"))
    assert found.waiting == 2 * (1 + 3)  # the case, and all that it is among
    assert set(found.table.of) == {"x/A-1", "x/A-4"}


def test_a_line_has_its_own_cases_and_forecasts_of_another_day_are_others(tmp_path: Path) -> None:
    def forecast(outcome: str, of: str, day: date = OPEN_ON) -> KeptForecast:
        days = day, day + timedelta(days=1)
        return KeptForecast(("",) * 8, outcome, str(day), days, (("line", of),) if of else (), "days", np.ones(1), 0.0)

    later = OPEN_ON + timedelta(days=1)
    of_cases = [forecast(CASE, case) for case in ("x/1", "x/2", "x-y/1")] + [forecast(CASE, "x-y/2", later)]
    groups = [forecast("days_to_all", of) for of in ("", "x", "x-y")] + [forecast("days_to_all", "x-y", later)]
    decided = {"x/1": OPEN_ON, "x/2": None, "x-y/1": later, "x-y/2": None}
    extract = Extract("", "", decided, dict.fromkeys(decided, OPEN_ON + timedelta(days=9)))
    known = [what.decided for row, what in told([*of_cases, *groups], extract) if row.outcome != CASE]
    assert known == [None, None, later, None]


def test_beyond_the_end_of_a_run_nothing_is_forecast(tmp_path: Path) -> None:
    """The run ends on the last day of 2020: who is undecided then stands there, and may be decided long after."""
    row = KeptForecast(("",) * 8, "days_to_decision", "2020-01-10", (OPEN_ON, OPEN_ON + timedelta(days=1)),
                       (("line", "x/A-1"),), "days", np.array([10.0, 20.0, 30.0, 30.0]), 0.5)  # fmt: skip
    late = OPEN_ON + timedelta(days=100)
    seen, values, columns = judged(row, Told(late, OPEN_ON + timedelta(days=40)))
    assert seen is None
    assert (columns["decided"], columns["probability"], columns["brier"]) == (False, 0.5, 0.25)
    seen, values, columns = judged(row, Told(late, OPEN_ON + timedelta(days=20)))
    assert seen is not None and seen.value == 20.0
    assert values.tolist() == [10.0, 20.0]
    pairs = [abs(one - other) for one in row.values for other in row.values]
    assert columns["crps"] == pytest.approx(30 / 4 - sum(pairs) / 32)


def test_honest_forecasts_are_found_honest_whenever_the_extract_is_made() -> None:
    """Of days drawn as forecast: as many come as were expected, anywhere in what was forecast to come by then."""
    draws = np.random.default_rng(1)
    shares = (np.arange(200) + 0.5) / 200
    chances, came, below = [], [], []
    for until in np.repeat([5, 15, 40], 700).tolist():
        scale = draws.uniform(5, 40)
        values = -scale * np.log1p(-shares)
        row = KeptForecast(("",) * 8, "days_to_decision", "2020-01-10", (OPEN_ON, OPEN_ON), (), "days", values, 0.0)
        day = int(draws.exponential(scale))
        decided = OPEN_ON + timedelta(days=day) if day < until else None
        seen, given, columns = judged(row, Told(OPEN_ON + timedelta(days=until), decided))
        chances.append(columns["probability"])
        came.append(columns["decided"])
        if seen is not None:
            below.append(float((given < seen.value + draws.uniform()).mean()))  # whole days stand for all of the day
    chances, came = np.array(chances), np.array(came)
    deviation = math.sqrt(float((chances * (1 - chances)).sum()))
    assert abs(came.sum() - chances.sum()) < 4 * deviation
    in_tenths = np.histogram(below, bins=10, range=(0, 1))[0]
    expected = len(below) / 10
    assert ((in_tenths - expected) ** 2 / expected).sum() < 33  # of nine degrees of freedom, one in ten thousand


def test_a_forecast_that_is_right_on_average_pays_less_than_one_that_is_not() -> None:
    """What is cut off at the day of the extract is scored properly: the truth is the best forecast."""
    draws = np.random.default_rng(2)
    shares = (np.arange(100) + 0.5) / 100
    paid: dict[float, float] = {}
    days = draws.exponential(20.0, 3000)
    for scale in (10.0, 20.0, 40.0):
        values = -scale * np.log1p(-shares)
        row = KeptForecast(("",) * 8, "days_to_decision", "2020-01-10", (OPEN_ON, OPEN_ON), (), "days", values, 0.0)
        scores = []
        for day in np.round(days).tolist():
            decided = OPEN_ON + timedelta(days=day) if day < 25 else None
            columns = judged(row, Told(OPEN_ON + timedelta(days=25), decided))[2]
            scores.append([columns["crps"], columns["brier"], columns["log_score"]])
        paid[scale] = np.mean(scores, axis=0)
    for score in range(3):
        assert paid[20.0][score] < min(paid[10.0][score], paid[40.0][score])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"demand__x__orders": "20/y"}, "no register says what was decided"),
        ({"as_of": None}, "the register of the line x has no `as_of`"),
    ],
)
def test_what_cannot_be_held_against_forecasts_is_told(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    file = kept(tmp_path)
    with pytest.raises(ExportsimError, match=said):
        xs.score(file, decisions=office(tmp_path, LATE, **({"as_of": "2020-01-15"} | changes)))


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    plain = {"register": "log.csv", "date": "received", "decided": "decided", "as_of": "2020-01-10"}
    with pytest.raises(ExportsimError, match="keep: the register of the line x has no `id`"):
        xs.backlog(office(tmp_path, demand__x__orders=plain), futures=1).keep(tmp_path / "f.csv")
    asked = xs.backlog(office(tmp_path, demand__x__orders="2/y"), order="2020-03-01", line="x", futures=1)
    with pytest.raises(ExportsimError, match="keep: nothing is open"):
        asked.keep(tmp_path / "f.csv")
    with pytest.raises(ExportsimError, match="found neither `record` nor `decisions`"):
        xs.score(kept(tmp_path))
    file = tmp_path / "forecasts.csv"
    file.write_text(file.read_text().replace(",days,2.0,", ",days,2.0,", 1).replace(",1.0,", ",2.0,"), encoding="utf-8")
    with pytest.raises(ScenarioError, match="expected a share from 0 to 1"):
        read_kept(file)


def test_it_is_said_in_sentences_and_as_data(tmp_path: Path) -> None:
    found = xs.score(kept(tmp_path), decisions=office(tmp_path, LATE, "2020-01-15"))
    document = describe_scores(found)
    said = " ".join(page(document).text().split())
    assert said.startswith("forecasts.csv, held against log.csv ")
    assert "of 3 applications that were open on 10 January 2020, 2.0 were to be decided before 15 January 2020" in said
    assert "and 2 were; mean score of Brier 0.67" in said
    data = document.data()
    rows = pd.DataFrame(data["decisions"]) if not isinstance(data["decisions"], pd.DataFrame) else data["decisions"]
    assert len(rows) == 6
    assert data["waiting"] == 0


def test_the_commands_keep_and_score_decisions(shell: Shell) -> None:
    written = (
        "exportsim: 1\ntitle: Office\nperiod: {start: 2020-01-01, end: 2020-12-31}\ncurrency: EUR\ngoods: {lamps: {}}\n"
        "authorities: {office: {country: CA, review: [{stage: desk, officers: 1, work: 2d}]}}\n"
        "suppliers: {maker: {country: CA, authority: office, slots: 9, lead_time: 10d}}\n"
        "demand:\n  x:\n    buyer: navy\n    destination: TR\n    goods: lamps\n    value: 1M\n"
        "    sources: {maker: {}}\n"
        "    orders: {register: early.csv, date: received, decided: decided, id: licence, as_of: 2020-01-10}\n"
        "policies: {free: {measures: []}}\n"
    )
    Path("office.yaml").write_text(written, encoding="utf-8")
    Path("early.csv").write_text(EARLY, encoding="utf-8")
    Path("late.csv").write_text(LATE, encoding="utf-8")
    said = shell("backlog", "office.yaml", "--futures", "2", "--keep", "f.csv", "--quiet")
    assert said.status == 0, said.err
    later = ("--set", "demand.x.orders.register=late.csv", "--set", "demand.x.orders.as_of=2020-01-15")
    said = shell("score", "f.csv", "--decisions", "office.yaml", *later)
    assert said.status == 0, said.err
    assert "2.0 were to be decided before 15 January 2020" in " ".join(said.out.split())
    document = json.loads(shell("score", "f.csv", "--decisions", "office.yaml", *later, "--json").out)
    assert [row["decided"] for row in document["decisions"]] == [True, False, True]
    said = shell("score", "f.csv", "--record", "r.csv", "--set", "a=1")
    assert said.status == 2 and "there is none" in said.err
    said = shell("backlog", "office.yaml", "--keep", "early.csv")
    assert said.status == 2 and "this would replace early.csv" in said.err
