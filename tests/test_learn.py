"""A draft from an event log: known offices are found again, and what cannot be read is said with its place."""

from __future__ import annotations

import csv
import gzip
import json
import math
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import ciw
import numpy as np
import pytest

import exportsim as xs
from event_logs import events_of, written
from exportsim.cli import main
from exportsim.errors import ExportsimError, ScenarioError
from exportsim.learning import intervals
from exportsim.learning.event_log import COLUMNS
from exportsim.learning.fits import LEVELS, fit
from exportsim.learning.in_hand import InHand
from exportsim.learning.learned import Found, found_in
from exportsim.learning.log import LogForm, read_log
from exportsim.learning.officers import officers_by_ends, starts_with
from exportsim.learning.page import cannot_tell, describe
from exportsim.report.text import page

REPETITIONS = 40
OFTEN = 33  # of these at least an interval of 95 % holds the truth, but for two series in a thousand


def office(**review: Any) -> dict[str, Any]:
    """A world with an office of three stages that is known, half of its time at work."""
    return {
        "exportsim": 1, "title": "known", "period": {"start": "2018-01-01", "end": "2020-12-31"}, "currency": "EUR",
        "goods": {"radar": {}, "optics": {}},
        "authorities": {"office": {
            "country": "NL", "approval": 0.9, "calendar": {"holidays": "NL"},
            "review": [
                {"stage": "intake", "officers": 1, "work": {"exponential": {"mean": "0.3bd"}}},
                {"stage": "assessment", "officers": 9, "work": {"lognormal": {"median": "3bd", "p90": "8bd"}},
                 "returns": {"chance": 0.2, "answer": {"exponential": {"mean": "10d"}}, "most": 2}},
                {"stage": "ministry", "officers": 4, "work": {"uniform": ["2bd", "6bd"]}, "share": 0.3},
            ],
        }},
        "suppliers": {"m": {"country": "NL", "authority": "office", "slots": 1000, "lead_time": "1d"}},
        "demand": {
            "a": {"buyer": "x", "destination": "TR", "goods": "radar", "orders": "180/y",
                  "value": {"lognormal": {"median": "100k", "p90": "1M"}}, "sources": {"m": {}}},
            "b": {"buyer": "y", "destination": "SA", "goods": "optics", "orders": "120/y", "value": "50k",
                  "sources": {"m": {}}},
        },
        "policies": {"now": {}},
    }  # fmt: skip


@pytest.fixture(scope="module")
def known() -> xs.Scenario:
    return xs.build(office())


@pytest.fixture(scope="module")
def log(known: xs.Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("log") / "log.csv", events_of(known))


@pytest.fixture(scope="module")
def learned(log: Path) -> xs.Learned:
    return xs.learn(log, country="NL", futures=10)


@pytest.fixture(scope="module")
def series(known: xs.Scenario, tmp_path_factory: pytest.TempPathFactory) -> list[Found]:
    """What is found in the logs of many futures of one office."""
    folder = tmp_path_factory.mktemp("series")
    found = []
    for future in range(REPETITIONS):
        path = written(folder / f"{future}.csv", events_of(known, future=future))
        found.append(found_in(read_log(path), {}, country="NL"))
    return found


TRUE = {
    ("authorities.office.review.intake.officers", "officers"): 1,
    ("authorities.office.review.assessment.officers", "officers"): 9,
    ("authorities.office.review.ministry.officers", "officers"): 4,
    ("authorities.office.review.intake.work", "mean"): 0.3,
    ("authorities.office.review.assessment.work", "median"): 3,
    ("authorities.office.review.assessment.work", "p90"): 8,
    ("authorities.office.review.assessment.returns.chance", "share"): 0.2,
    ("authorities.office.review.assessment.returns.answer", "mean"): 10,
    ("authorities.office.review.ministry.work", "mean"): 4,
    ("authorities.office.review.ministry.work", "median"): 4,
    ("authorities.office.review.ministry.work", "p90"): 5.6,
    ("authorities.office.review.ministry.share", "share"): 0.3,
    ("authorities.office.approval", "share"): 0.9,
    ("demand.tr-radar.orders", "rate"): 180,
    ("demand.sa-optics.orders", "rate"): 120,
    ("demand.tr-radar.value", "median"): 100_000,
    ("demand.tr-radar.value", "p90"): 1_000_000,
}


def amount(written_as: str) -> float:
    """A number as it stands in a draft, without its unit."""
    return math.inf if written_as == "any" else float(written_as.removesuffix("/y").rstrip("bd"))


@pytest.mark.parametrize(("path", "figure"), TRUE)
def test_a_known_office_is_found_again_as_often_as_its_intervals_say(
    series: list[Found], path: str, figure: str
) -> None:
    numbers = [
        number for found in series for number in found.draft.numbers if number.path == path and number.figure == figure
    ]
    assert len(numbers) >= OFTEN  # another kind of distribution, known by other figures, is taken now and then
    held = sum(amount(each.low) <= TRUE[path, figure] <= amount(each.high) for each in numbers)
    assert held >= len(numbers) - (REPETITIONS - OFTEN), [(each.low, each.high) for each in numbers]


def test_the_draft_has_the_calendar_the_order_and_the_kinds_of_the_office(learned: xs.Learned) -> None:
    drafted = learned.scenario.authorities["office"]
    assert drafted.calendar.weekend == ["sat", "sun"] and drafted.calendar.holidays == "NL"
    assert [stage.stage for stage in drafted.review] == ["intake", "assessment", "ministry"]
    assert [stage.officers for stage in drafted.review] == [1, 9, 4]
    assert drafted.review[1].returns is not None and drafted.review[1].returns.most == 2
    assert learned.course.marks == ("application",) and learned.course.outside == learned.course.beside == 0


def test_played_back_the_draft_takes_the_times_of_its_log(learned: xs.Learned) -> None:
    assert learned.played.mean == pytest.approx(learned.recorded, rel=0.05)
    said = page(describe(learned)).text().split("\n")
    assert said[1].startswith("The draft decides half of its applications within ") and "within 5 %" in "".join(
        said[:4]
    )


def test_every_number_of_the_draft_has_a_comment_with_its_interval(learned: xs.Learned) -> None:
    lines = learned.text.splitlines()
    assert len(learned.numbers) > 15
    joined = " ".join(line.strip().lstrip("# ") for line in lines)
    for number in learned.numbers:
        assert f"{number.low} to {number.high}" in joined, number
    assert learned.table["n"].min() > 0


def test_the_draft_loads_and_runs_as_it_is(learned: xs.Learned, tmp_path: Path) -> None:
    target = tmp_path / "draft.yaml"
    learned.write(target)
    again = xs.load(target)
    assert again == learned.scenario
    assert xs.run(again, futures=2).outcomes.notna().any(axis=None)
    with pytest.raises(ExportsimError, match="not replaced"):
        learned.write(target)
    learned.write(target, force=True)
    with pytest.raises(ExportsimError):
        learned.write(learned.log.file, force=True)


def test_guesses_are_in_the_order_of_what_they_matter(learned: xs.Learned) -> None:
    sizes = [max(abs(each) for each in (g.median_low, g.median_high) if not math.isnan(each)) for g in learned.guesses]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0
    fewer = next(g for g in learned.guesses if g.path.endswith("assessment.officers"))
    assert fewer.low == "8" and fewer.median_low > 0 > fewer.median_high
    rates = next(g for g in learned.guesses if "orders" in g.path)
    assert rates.median_low < 0 < rates.median_high
    said = {guess.what for guess in learned.guesses}
    assert {"time before the log, if as much came", "who is taken up first: tr-radar"} <= said


# What is found of one stage


def test_in_hand_counts_who_is_there_and_who_ends_makes_room() -> None:
    hand = InHand(np.array([0, 0, 10]), np.array([10, 20, 30]))
    assert hand.most == 2 and hand.time_above(1) == 20 and hand.time_above(2) == 0
    assert hand.at(np.array([0, 5, 10, 25, 40])).tolist() == [0, 2, 2, 1, 0]
    assert hand.time_at(2, np.array([0, 10, 30])).tolist() == [0, 10, 20]


def queue(number: int, arrivals: np.ndarray, work: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """When each was taken up and had ended, first come first served: the slow way."""
    free, starts = [0] * number, []
    for ready, lasts in zip(arrivals.tolist(), work.tolist(), strict=True):
        first = min(range(number), key=free.__getitem__)
        starts.append(max(ready, free[first]))
        free[first] = starts[-1] + lasts
    return np.array(starts), np.array(starts) + work


def test_the_starts_that_go_with_ends_are_those_of_the_queue() -> None:
    random_numbers = np.random.default_rng(1)
    arrivals = np.cumsum(random_numbers.exponential(100, 500)).astype(int)
    starts, ends = queue(3, arrivals, random_numbers.exponential(250, 500).astype(int))
    assert (starts > arrivals).mean() > 0.3
    assert starts_with(3, arrivals, ends).tolist() == starts.tolist()
    assert starts_with(2, arrivals, ends).tolist() != starts.tolist()


@pytest.mark.parametrize("number", [1, 4, 12])
def test_officers_are_found_from_ends_alone_if_many_wait(number: int) -> None:
    held = 0
    for seed in range(20):
        random_numbers = np.random.default_rng(seed)
        arrivals = np.cumsum(random_numbers.exponential(100, 3000)).astype(int)
        _, ends = queue(number, arrivals, random_numbers.exponential(90 * number, 3000).astype(int))
        found = officers_by_ends(arrivals, ends)
        assert found.how == "even"
        held += found.low <= number <= found.high
    assert held >= 16


def test_where_nobody_waits_ends_say_that_all_is_work() -> None:
    random_numbers = np.random.default_rng(3)
    arrivals = np.cumsum(random_numbers.exponential(100, 2000)).astype(int)
    _, ends = queue(50, arrivals, random_numbers.exponential(500, 2000).astype(int))
    found = officers_by_ends(arrivals, ends)
    assert found.how == "quiet" and found.high == math.inf and found.starts is not None
    assert found.starts.tolist() == arrivals.tolist()


@pytest.mark.parametrize("kind", ["constant", "exponential", "lognormal", "quantiles", "values"])
def test_the_kind_of_a_distribution_is_found(kind: str) -> None:
    random_numbers = np.random.default_rng(5)
    values = {
        "constant": np.full(100, 1440.0),
        "exponential": random_numbers.exponential(5000, 400),
        "lognormal": random_numbers.lognormal(8, 1, 400),
        "quantiles": np.concatenate([random_numbers.uniform(1000, 2000, 300), random_numbers.uniform(9000, 9900, 300)]),
        "values": np.array([1440.0, 2880.0, 9000.0]),
    }[kind]
    assert fit(values, lambda value: value).kind == kind


def test_a_line_of_quantiles_has_the_mean_of_its_values() -> None:
    values = np.random.default_rng(7).pareto(2.5, 5000) * 1000
    found = fit(values, lambda value: value)
    assert found.kind == "quantiles" and isinstance(found.value, dict)
    points = found.value["empirical"]["quantiles"]
    assert tuple(points) == LEVELS and list(points.values()) == sorted(points.values())
    levels, line = np.array(LEVELS), np.array(list(points.values()))
    assert (np.diff(levels) * (line[1:] + line[:-1]) / 2).sum() == pytest.approx(values.mean(), rel=1e-9)


def test_intervals_of_shares_and_rates_are_those_of_the_tables() -> None:
    # Clopper and Pearson (1934): 3 of 10. Garwood (1936): 10 in a year.
    assert intervals.share(3, 10)[1:3] == pytest.approx((0.0667, 0.6525), abs=1e-4)
    assert intervals.share(0, 10)[:3] == (0, 0, pytest.approx(0.3085, abs=1e-4))
    assert intervals.rate(10, 1.0)[1:3] == pytest.approx((4.795, 18.390), abs=1e-3)


# Logs of others


def ciw_log(path: Path) -> Path:
    """The log of another simulator: two stages, of which two in five cases need the second; times in days."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(3.0), None],
        service_distributions=[ciw.dists.Exponential(1.0), ciw.dists.Lognormal(0.5, 0.6)],
        routing=[[0.0, 0.4], [0.0, 0.0]],
        number_of_servers=[5, 4],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(1500)
    origin = datetime(2019, 1, 1)

    def moment(days: float) -> str:
        return (origin + timedelta(minutes=round(days * 1440))).strftime("%Y-%m-%d %H:%M")

    rows = []
    for record in simulation.get_all_records():
        case = {"case": str(record.id_number)}
        if record.node == 1:
            arrived = moment(record.arrival_date)
            rows.append(case | {"activity": "received", "start": arrived, "end": arrived})
        begun, ended = moment(record.service_start_date), moment(record.service_end_date)
        rows.append(case | {"activity": f"Desk {record.node}", "start": begun, "end": ended})
    return written(path, rows, COLUMNS[:4])


def test_the_log_of_another_simulator_gives_its_office(tmp_path: Path) -> None:
    learned = xs.learn(ciw_log(tmp_path / "ciw.csv"), futures=10)
    review = learned.scenario.authorities["office"].review
    assert [(stage.stage, stage.officers) for stage in review] == [("desk-1", 5), ("desk-2", 4)]
    assert learned.scenario.authorities["office"].calendar.weekend == []
    found = {(number.path, number.figure): number for number in learned.numbers}
    for path, figure, truth in (
        ("authorities.office.review.desk-1.work", "mean", 1.0),
        ("authorities.office.review.desk-2.work", "median", math.exp(0.5)),
        ("authorities.office.review.desk-2.share", "share", 0.4),
        ("demand.applications.orders", "rate", 3 * 365.25),
    ):
        number = found[path, figure]
        assert amount(number.low) <= truth <= amount(number.high), number
    assert learned.played.mean == pytest.approx(learned.recorded, rel=0.05)


STEPS = ("Aanvraag ontvangen", "Ontvankelijkheidstoets", "Inhoudelijke toets", "Advies", "Ontwerpbesluit", "Besluit")


def environmental_log(path: Path) -> Path:
    """A process of environmental permits as an office publishes it: case, activity, start, end; nine to five."""
    luck = random.Random(4)

    def opened(moment: datetime) -> datetime:
        """The first moment from then on in which the office is open."""
        while moment.weekday() >= 5 or moment.hour >= 17:
            moment = (moment + timedelta(days=1)).replace(hour=9, minute=0)
        return max(moment, moment.replace(hour=9, minute=0)) if moment.hour < 9 else moment

    def after(moment: datetime, hours: float) -> datetime:
        """So many hours of the office later."""
        left, at = timedelta(hours=hours), opened(moment)
        while (today := at.replace(hour=17, minute=0) - at) < left:
            left -= today
            at = opened(at.replace(hour=17, minute=0))
        return at + left

    rows, arrived = [], datetime(2015, 1, 5, 9)
    for number in range(1200):
        arrived = opened(arrived + timedelta(hours=luck.expovariate(1 / 14)))
        at = arrived
        for step in STEPS:
            if step == "Advies" and luck.random() < 0.55:
                continue
            begun = at if step == STEPS[0] else after(at, luck.expovariate(1 / 12))
            at = begun if step == STEPS[0] else after(begun, luck.lognormvariate(2, 0.8))
            rows.append([f"Z-{2015}-{number}", step, f"{begun:%d-%m-%Y %H:%M}", f"{at:%d-%m-%Y %H:%M}"])
    with path.open("w", newline="", encoding="cp1252") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([["case", "activity", "start", "end"], *rows])
    return path


def test_a_process_of_environmental_permits_gives_a_draft_that_runs(tmp_path: Path) -> None:
    learned = xs.learn(environmental_log(tmp_path / "wabo.csv"), country="NL", futures=10)
    review = learned.scenario.authorities["office"].review
    assert [stage.stage for stage in review] == [
        "ontvankelijkheidstoets", "inhoudelijke-toets", "advies", "ontwerpbesluit", "besluit"
    ]  # fmt: skip
    assert learned.course.marks == ("Aanvraag ontvangen",)
    assert learned.scenario.authorities["office"].calendar.weekend == ["sat", "sun"]
    assert learned.log.form.delimiter == ";" and learned.log.form.date_format == "%d-%m-%Y %H:%M"
    assert review[2].share == pytest.approx(0.45, abs=0.04)
    assert {stage.officers.how for stage in learned.stages} == {"apart"}  # who waits does so while officers are free
    assert any("wait while officers are free" in sentence for sentence in cannot_tell(learned))
    waits = [guess for guess in learned.guesses if guess.what.endswith("if waiting is for them")]
    assert len(waits) == 5 and sum(guess.median_low for guess in waits) < 0 and math.isnan(waits[0].median_high)
    assert learned.played.mean == pytest.approx(learned.recorded, rel=0.05)
    assert xs.run(learned.scenario, futures=2).futures == 2


# What is wrong with a log


def rows_of(*rows: str, head: str = "case,activity,start,end") -> str:
    return "\n".join([head, *rows]) + "\n"


def read(tmp_path: Path, content: str | bytes, **asked: Any) -> Any:
    path = tmp_path / "log.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_log(path, **asked)


@pytest.mark.parametrize(
    ("content", "asked", "said"),
    [
        (rows_of("1,a,2020-01-01,2020-01-02", head="dossiers,activity,start,end"), {}, r"log.csv:1:1: case: no column"),
        (rows_of("1,a,2020-01-01,2020-01-02"), {"columns": {"case": "cases"}}, r"did you mean `case`\?"),
        (rows_of("1,a,x,y", head="case,activity,from,to"), {}, "name it with `end=`"),
        (
            rows_of("1,a,2020-01-01,2020-01-02", "1,b,2020-01-02,soon"),
            {},
            r"log.csv:3:4: found `soon`, expected a date",
        ),
        (rows_of("1,a,02/03/2020,04/05/2020"), {}, r"cannot be told apart: say which is first by `date_format=`"),
        (rows_of("1,a,2020-01-01"), {}, r"log.csv:2:1: found 3 fields, expected 4"),
        (rows_of(), {}, "there are no rows"),
        (rows_of(",a,2020-01-01,2020-01-02"), {}, "no row has a case, an activity and a time"),
        ("<log><!DOCTYPE x><trace/></log>", {}, "this is not XML"),
        ("<!DOCTYPE x><log/>", {}, "found a document type"),
        (b"\x1f\x8bnothing", {}, "cannot be unpacked"),
        (rows_of("1,a,2020-01-01,2020-01-02,1;2", head="case,activity,start,end,value"), {}, "expected an amount"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, content: str | bytes, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(ScenarioError, match=said):
        read(tmp_path, content, **asked)


def test_faults_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = ["1,a,2024-01-02,2024-01-xx", "2,a,2024-13-02,2024-01-05", "3,a,2024-01-yy,2024-01-zz"]
    (tmp_path / "l.csv").write_text("\n".join(["case,activity,start,end", *rows]) + "\n")
    with pytest.raises(ScenarioError) as error:
        xs.learn(tmp_path / "l.csv")
    assert [(fault.line, fault.column) for fault in error.value.faults] == [(2, 4), (3, 3), (4, 3), (4, 4)]


def test_many_faults_are_told_in_part(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as error:
        read(tmp_path, rows_of("1,a,2020-01-01,2020-01-02", *(f"1,a,x{row},2020-01-02" for row in range(30))))
    assert len(error.value.faults) == 21 and str(error.value).endswith("and 10 more")


def test_rows_that_say_too_little_or_run_backwards_are_left_out_and_counted(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        rows_of("1,a,2020-01-01,2020-01-03", ",a,2020-01-01,2020-01-02", "2,a,2020-01-05,2020-01-02", "3,,,", "4,b,,"),
    )
    assert [(each.why, each.rows, each.line) for each in found.left_out] == [("blank", 3, 3), ("backwards", 1, 4)]
    assert found.cases == ("1",) and found.rows == 5


def test_columns_dates_and_amounts_are_known_as_offices_write_them(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        rows_of(
            '7;"intake";13-01-2020 09:30;14-01-2020 10:00;"1.234,50";TURKIJE;verleend',
            "7;besluit;20-01-2020 09:30;;;;",
            head="Case ID;Activity;Start Time;Complete Timestamp;Value;Destination;Outcome",
        ),
    )
    assert found.columns["case"] == "Case ID" and found.columns["end"] == "Complete Timestamp"
    assert found.form == LogForm(";", "utf-8-sig", "%d-%m-%Y %H:%M", None, None)
    assert (found.end - found.start).tolist()[0] == 24 * 60 + 30 and found.end.tolist()[1] == -1
    assert found.value.tolist() == [123450] and found.words["destination"].of(0) == "TURKIJE"


def test_moments_are_read_by_the_clock_on_the_wall(tmp_path: Path) -> None:
    found = read(
        tmp_path, rows_of("1,a,2020-01-13T09:30:00.123+01:00,2020-07-13T09:30:59Z", "2,a,2020-01-13 09:30,2020-01-14")
    )
    assert found.start.tolist()[0] == found.start.tolist()[1] and found.end.tolist()[0] % 1440 == 9 * 60 + 30


@pytest.fixture
def decided(tmp_path: Path) -> Iterator[Path]:
    yield written(
        tmp_path / "decided.csv",
        [
            {"case": str(number), "activity": "work", "start": f"2020-01-{day:02} 09:00",
             "end": f"2020-02-{day:02} 10:00", "outcome": "verleend" if number % 3 else "geweigerd"}
            for number in range(60) for day in [1 + number % 28]
        ],
    )  # fmt: skip


def test_outcomes_that_are_not_known_are_asked_for(decided: Path) -> None:
    with pytest.raises(ExportsimError, match=r"the outcome `(verleend|geweigerd)` is not known; say what it is"):
        found_in(read_log(decided), {})
    with pytest.raises(ExportsimError, match="approved: found `granted`, expected one of the outcomes of the log"):
        found_in(read_log(decided), {"approved": ["granted"]})
    found = found_in(read_log(decided), {"approved": ["verleend"], "denied": ["geweigerd"]})
    assert found.approval is not None and found.approval.everywhere.value == pytest.approx(2 / 3)


def test_outcomes_that_are_named_need_a_column(tmp_path: Path) -> None:
    found = read(tmp_path, rows_of("1,a,2020-01-01,2020-01-02"))
    with pytest.raises(ExportsimError, match=r"approved: there is no column of outcomes; name it with `outcome=`"):
        found_in(found, {"approved": ["granted"]})


# Ends alone, outcomes and groups


@pytest.fixture(scope="module")
def unlike(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of an office that approves half of what goes to one country, whose applicants lose patience."""
    world = office()
    world["history"] = [{"on": "2018-01-01", "approval": 0.5, "destinations": ["TR"]}]
    for line in world["demand"].values():
        line["patience"] = {"review": {"exponential": {"mean": "150d"}}}
    world["demand"]["c"] = world["demand"]["b"] | {"destination": "NO", "orders": "3/y"}
    rows = events_of(xs.build(world))
    return written(tmp_path_factory.mktemp("unlike") / "log.csv", rows)


def test_groups_that_are_decided_otherwise_have_an_approval_of_their_own(unlike: Path) -> None:
    found = found_in(read_log(unlike), {}, country="NL")
    measures = {measure["name"]: measure for measure in found.draft.tree["history"]}
    assert measures["approval-tr-radar"]["approval"] == pytest.approx(0.5, abs=0.06)
    assert measures["approval-sa-optics"]["approval"] == pytest.approx(0.9, abs=0.05)
    assert [line.name for line in found.demand.lines] == ["tr-radar", "sa-optics"]
    assert found.demand.others is not None  # what goes to Norway is too little for a line
    assert "applications" in found.draft.tree["authorities"]["office"]["traffic"]
    patience = next(each for each in found.draft.numbers if each.path == "demand.tr-radar.patience")
    assert amount(patience.low) <= 150 <= amount(patience.high)
    scenario = xs.loads(found.draft.yaml())
    result = xs.run(scenario, futures=20)
    assert not result.noticed
    approved = result.summary().loc[("as-now", "exports"), "mean"]
    assert approved > 0


def test_where_all_are_decided_alike_one_approval_holds(learned: xs.Learned) -> None:
    assert learned.approval is not None and not learned.approval.groups
    assert not learned.scenario.history and learned.scenario.authorities["office"].approval == pytest.approx(
        0.9, abs=0.03
    )


def test_a_destination_that_is_no_country_has_a_code_that_none_has(tmp_path: Path) -> None:
    content = rows_of(
        *(f"{number},a,2020-01-{1 + number % 28:02},2020-02-01,{where}" for number in range(120)
          for where in [("NORVAY", "Norway", "the Netherlands", "NL")[number % 4]]),
        head="case,activity,start,end,destination",
    )  # fmt: skip
    found = found_in(read(tmp_path, content), {}, country="SE")
    lines = {line.words[0]: line for line in found.demand.lines}
    assert lines["NORVAY"].destination == "XB" and lines["NORVAY"].meant == "NO"
    assert lines["Norway"].destination == "NO" and lines["Norway"].meant is None
    assert lines["the Netherlands"].destination == "NL" and "NL" not in lines  # they are one, however they are written
    assert xs.loads(found.draft.yaml()).demand.keys() == {"norvay", "norway", "the-netherlands"}
    home = found_in(read(tmp_path, content), {}, country="NL")  # nothing needs a permit at home
    assert len(home.demand.lines) == 2 and home.demand.others is not None


def test_years_that_differ_have_rates_of_their_own(tmp_path: Path) -> None:
    days = [date(2019, 1, 1) + timedelta(days=2 * number) for number in range(182)]
    days += [date(2020, 1, 1) + timedelta(days=number // 3) for number in range(900)]
    rows = [f"{number},a,{day},{day + timedelta(days=3)}" for number, day in enumerate(days)]
    found = found_in(read(tmp_path, rows_of(*rows)), {})
    (line,) = found.demand.lines
    assert list(line.rates) == [date(2019, 1, 1), date(2020, 1, 1)]
    first, second = line.rates.values()
    assert first.n == 182 and second.n == 900 and second.value > 5 * first.value
    assert set(found.draft.tree["demand"]["applications"]["orders"]) == {"2019-01-01", "2020-01-01"}


def test_rare_and_repeated_steps_count_as_time_and_are_said(tmp_path: Path) -> None:
    rows = []
    for number in range(200):
        day = date(2020, 1, 1) + timedelta(days=number)
        steps = ["a", "b", "c"] if number % 10 else ["a", "b", "a", "b", "c"]
        steps += ["odd"] if number == 7 else []
        for place, step in enumerate(steps):
            rows.append(f"{number},{step},{day + timedelta(days=place)},{day + timedelta(days=place + 1)}")
    found = found_in(read(tmp_path, rows_of(*rows)), {})
    assert found.course.stages == ("a", "b", "c") and found.course.rare == ("odd",)
    assert found.course.outside == 20 and [stage.name for stage in found.stages][:3] == ["a", "b", "c"]
    back = found.stages[1].returns
    assert back is not None and back.chance.value == 0.1  # b, and after a second time at a, b again
    assert back.answer.mean.value == 1440


STRANGE = (
    "a",
    "A",
    "B b",
    "über",
    "x\ny",
    "\u2028policies: {}",
    "# no",
    "*",
    "a: b",
    "'",
    '"',
    "{",
    "Ω",
    "-",
    "0",
    "yes",
)


@pytest.mark.parametrize("seed", range(60))
def test_any_log_gives_a_draft_that_can_be_read(seed: int, tmp_path: Path) -> None:
    """Few or many cases of any words, with holes, out of order, of one day or of years: it is drafted, or refused."""
    luck = random.Random(seed)
    words = luck.sample(STRANGE, luck.randint(1, len(STRANGE)))
    day, rows = datetime(2021, 3, 1), []
    for case in range(luck.choice([1, 2, 30, 120])):
        at = day + timedelta(hours=case * luck.choice([0, 1, 30]))
        for _ in range(luck.randint(1, 5)):
            start = at + timedelta(minutes=luck.choice([0, 0, 60, 9000]))
            at = start + timedelta(minutes=luck.choice([0, 1, 500, 20000]))
            rows.append({
                "case": str(case), "activity": luck.choice(words),
                "destination": luck.choice(["", "TR", "Mars", *words]),
                "start": luck.choice(["", f"{start:%Y-%m-%d %H:%M}"]) if seed % 2 else f"{start:%Y-%m-%d %H:%M}",
                "end": luck.choice(["", f"{at:%Y-%m-%d %H:%M}"]) if seed % 3 else f"{at:%Y-%m-%d %H:%M}",
                "goods": luck.choice(words), "value": luck.choice(["", "0", "1.23", "12345678"]),
                "outcome": luck.choice(["", "granted", "refused", "withdrawn"]),
            })  # fmt: skip
    path = written(tmp_path / "log.csv", rows, luck.sample(COLUMNS, 8) if seed % 5 else COLUMNS[:4])
    try:
        found = found_in(read_log(path), {}, fewest=luck.choice([1, 20]))
    except ExportsimError as error:
        reasons = (
            "nothing in it takes any time",
            "no case has a destination",
            "no row has a case, an activity and a time",
        )
        assert any(reason in str(error) for reason in reasons)
        return
    scenario = xs.loads(found.draft.yaml(), name="draft")
    assert scenario.policies.keys() == {"as-now"} and scenario.demand
    if seed % 6 == 0:  # played and told, too
        learned = xs.learn(path, futures=2)
        assert "What was found" in page(describe(learned)).text() and learned.guesses


def test_of_a_log_that_is_cut_off_open_cases_are_not_taken_for_finished(tmp_path: Path) -> None:
    rows = [
        f"{number},{step},{day},{day + timedelta(days=1)}"
        for number in range(100)
        for place, step in enumerate(("a", "b", "c"))
        for day in [date(2020, 1, 1) + timedelta(days=number + 2 * place)]
        if day < date(2020, 4, 1)
    ]
    found = found_in(read(tmp_path, rows_of(*rows)), {})
    open_cases = (~found.course.finished).sum()
    assert 2 <= open_cases <= 4 and found.stages[2].share.value == 1


def test_a_stage_with_little_work_keeps_to_the_weekend_of_the_others(tmp_path: Path) -> None:
    """Fridays end on Saturday at midnight where only days are recorded: then the day itself counts."""
    rows, day = [], date(2020, 1, 6)
    for number in range(300):
        day += timedelta(days=1)
        while day.weekday() in (4, 5):
            day += timedelta(days=1)
        following = day + timedelta(days=3 if day.weekday() == 3 else 1)
        rows.append(f"{number},desk,{day},{following}")
        if number % 10 == 0:
            rows.append(f"{number},council,{following},{following + timedelta(days=7)}")
    found = found_in(read(tmp_path, rows_of(*rows)), {})
    assert found.days.calendar.weekend == ["fri", "sat"] and found.days.whole_days and found.days.hours == (0, 24)
    assert [stage.working for stage in found.stages] == [True, True]
    assert found.stages[0].work.value == "1bd" and found.stages[1].work.value == "5bd"


# XES


def as_xes(rows: list[dict[str, str]]) -> str:
    """Rows as a log in XES, beginnings and ends as events of their own."""
    traces: dict[str, list[str]] = {}
    for row in rows:
        for transition, moment in (("start", row["start"]), ("complete", row["end"])):
            if moment:
                traces.setdefault(row["case"], []).append(
                    f'<event><string key="concept:name" value="{row["activity"]}"/>'
                    f'<string key="lifecycle:transition" value="{transition}"/>'
                    f'<date key="time:timestamp" value="{moment.replace(" ", "T")}:00.000+01:00"/></event>'
                )
    about = {row["case"]: row for row in rows}
    body = "".join(
        f'<trace><string key="concept:name" value="{case}"/>'
        + "".join(f'<string key="{key}" value="{about[case][key]}"/>' for key in ("destination", "goods", "outcome"))
        +         f'<float key="value" value="{about[case]["value"]}"/>{"".join(events)}</trace>'
        for case, events in traces.items()
    )  # fmt: skip
    about_all = '<string key="concept:name" value="l"/>'
    return f'<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">{about_all}{body}</log>'


@pytest.mark.parametrize("packed", [False, True])
def test_a_log_in_xes_says_the_same_as_a_csv(known: xs.Scenario, log: Path, tmp_path: Path, packed: bool) -> None:
    content = as_xes(events_of(known)).encode()
    path = tmp_path / "log.xes"
    path.write_bytes(gzip.compress(content) if packed else content)
    one, other = found_in(read_log(path), {}, country="NL"), found_in(read_log(log), {}, country="NL")
    assert one.draft.numbers == other.draft.numbers
    named = {key: one.draft.tree[key] for key in ("authorities", "demand", "period")}
    assert named == {key: other.draft.tree[key] for key in named}


# The command


def test_the_command_writes_a_draft_and_a_page(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft, html = tmp_path / "draft.yaml", tmp_path / "page.html"
    asked = ["learn", str(log), "--country", "NL", "--futures", "2", "--out", str(draft), "--page", str(html)]
    assert run(asked) == 0
    told = capsys.readouterr()
    assert "What the log cannot tell" in told.out and f"Written to {draft}" in told.out and told.err == ""
    assert "<table>" in html.read_text() and "What was found" in html.read_text()
    assert xs.load(draft).authorities["office"].country == "NL"
    assert run(asked) == 2 and "give `--force`" in capsys.readouterr().err
    assert run([*asked, "--force", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert len(data["numbers"]) > 15 and data["recorded"]["median"] > 0 and data["cannot"] and data["guesses"]
    assert data["columns"]["case"] == "case" and len(data["played"]["median"]) == 2
    assert run(["check", str(draft)]) == 0


def test_the_command_speaks_french(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "draft.yaml"
    assert run(["learn", str(log), "--futures", "1", "--language", "fr", "--out", str(draft)]) == 0
    assert "Ce que le journal ne peut pas dire" in capsys.readouterr().out
    assert "# Ébauche tirée" in draft.read_text(encoding="utf-8") and xs.load(draft)


def test_what_is_wrong_is_told_in_the_words_of_the_command(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text(rows_of("1,a,x,y", head="case,activity,from,to"))
    assert run(["learn", str(bare)]) == 2
    assert "name it with `--end`, one of `case`, `activity`, `from`, `to`" in capsys.readouterr().err
    assert run(["learn", str(log), "--out", str(log)]) == 2
    assert run(["learn", str(tmp_path / "none.csv")]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_a_log_that_is_too_large_is_refused_and_not_cut(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exportsim.learning.log.LARGEST", len(log.read_bytes()) - 1)
    with pytest.raises(ExportsimError, match="which is the most that is read"):
        xs.learn(log)
    monkeypatch.setattr("exportsim.learning.log.LARGEST", len(log.read_bytes()))
    assert xs.learn(log, futures=1).log.rows


def run(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


# The log of a play


def test_the_log_of_a_play_has_a_row_for_each_application_and_visit(known: xs.Scenario) -> None:
    ledger = xs.simulate(known, "now")
    table, facts = xs.event_log(known, ledger), ledger.frame()
    assert list(table.columns) == list(COLUMNS) and table["start"].is_monotonic_increasing
    assert len(table) == facts["fact"].isin(["applied", "review_started"]).sum()
    assert table["end"].notna().sum() == facts["fact"].isin(["applied", "review_ended"]).sum()
    of_one = table[table["case"] == "a/1"]
    assert of_one["activity"].tolist()[:2] == ["application", "intake"] and set(of_one["destination"]) == {"TR"}
    decided = facts[facts["fact"].isin(["approved", "denied"])]
    assert table.groupby("case")["outcome"].first().ne("").sum() == len(decided)
