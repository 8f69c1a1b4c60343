"""When what is open today is decided, and whether an order comes in time: by hand, and against the ledgers."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exportsim as xs
from exportsim import ExportsimError
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.lifecycle import Fact
from exportsim.plan import NEVER
from exportsim.report.backlog import describe
from exportsim.report.html.studies import sections
from exportsim.report.text import page
from exportsim.scenario import Scenario, build
from worlds import one_office

DAY = 1440
RECORDS = """\
received,decided,licence
2020-01-02,2020-01-20,A-1
2020-01-03,,A-2
2020-01-04,2020-01-05,A-3
2020-01-05,,A-4
2020-02-20,,A-5
"""
HOLD = {"measures": [{"on": "2020-01-12", "applications": "hold"}]}


def office(folder: Path, **changes: Any) -> Scenario:
    """One officer, two days an application; on 10 January A-1, A-2 and A-4 are open."""
    Path(folder, "log.csv").write_text(RECORDS, encoding="utf-8")
    orders = {"register": "log.csv", "date": "received", "decided": "decided", "id": "licence", "as_of": "2020-01-10"}
    written = {
        "authorities__office__review": [{"stage": "desk", "officers": 1, "work": "2d"}],
        "suppliers__maker__lead_time": "10d",
        "demand__x__orders": orders,
        "demand__x__value": "1M",
        "policies": {"free": {"measures": []}, "held": HOLD},
        "reference": "free",
    }
    return build(one_office(**(written | changes)), folder=folder)


def days(found: xs.Backlog, policy: str, case: str) -> list[date | None]:
    place = [each.name for each in found.cases].index(case)
    ends = found.ends[found.policies.index(policy), :, place]
    return [found.day(minute) for minute in ends.tolist()]


def test_open_applications_are_followed_to_the_day_of_their_decision(tmp_path: Path) -> None:
    found = xs.backlog(office(tmp_path), futures=2)
    assert [case.name for case in found.cases] == ["x/A-1", "x/A-2", "x/A-4"]
    assert found.open_on == date(2020, 1, 10)
    decided = [days(found, "free", case.name)[0] for case in found.cases]
    assert decided == [date(2020, 1, 12), date(2020, 1, 14), date(2020, 1, 16)]
    assert [days(found, "held", case.name) for case in found.cases] == [[None] * 2] * 3
    groups = found.table[(found.table.policy == "free") & (found.table.case == "")]
    assert groups.share.tolist() == [0.5, 0.9, 1.0]
    assert groups["median"].tolist() == [date(2020, 1, 14), date(2020, 1, 16), date(2020, 1, 16)]
    held = found.table[found.table.policy == "held"]
    assert held["median"].isna().all()
    assert set(held.undecided) == {1.0}


def test_what_is_found_is_what_the_ledgers_say(tmp_path: Path) -> None:
    """Under luck, both engines, case by case; days between which it lies are days on which it was in some future."""
    work = {"exponential": {"mean": "5d"}}
    world = office(
        tmp_path,
        authorities__office__review=[{"stage": "desk", "officers": 1, "work": work}],
        authorities__office__approval=0.5,
        demand__x__patience={"review": {"exponential": {"mean": "20d"}}},
    )
    found = xs.backlog(world, futures=30, seed=4)
    assert np.array_equal(xs.backlog(world, futures=30, seed=4, engine="reference").ends, found.ends)
    plan = compile_plan(world)
    for policy in range(2):
        for future in range(30):
            ledger = simulate(plan, policy, seed=4, future=future)
            for place, number in enumerate((1, 2, 4)):
                ends = [
                    row[0]
                    for row in ledger.rows()
                    if row[2:5] == (0, number, 1) and row[1] in (Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN)
                ]
                assert found.ends[policy, future, place] == min(ends, default=NEVER)
    case = found.table[(found.table.policy == "free") & (found.table.case == "x/A-2")].iloc[0]
    drawn = sorted(days(found, "free", "x/A-2"), key=lambda day: day or date.max)
    assert case["median"] == drawn[14]  # half of thirty are on the fifteenth or before
    assert (case.low_80, case.high_80) == (drawn[2], drawn[26])
    assert case.low_95 <= case.low_80 <= case.low_50 <= case["median"]


def test_an_order_is_decided_and_delivered_in_time_or_not(tmp_path: Path) -> None:
    """The officer has A-4 to 16 January, then the order; the maker has four before it, the first to 15 January."""
    found = xs.backlog(office(tmp_path), order="2020-01-15", line="x", by="2020-01-20", value="2M", futures=3)
    comes = [date(2020, 1, 18), date(2020, 1, 18), date(2020, 2, 24)]
    assert [found.day(minute) for minute in found.comes[0, 0]] == comes
    assert [found.in_time(0, what) for what in range(3)] == [1.0, 1.0, 0.0]
    assert [found.in_time(1, what) for what in range(3)] == [0.0, 0.0, 0.0]
    on_the_day = xs.backlog(office(tmp_path), order=date(2020, 1, 15), line="x", by=date(2020, 2, 24), futures=3)
    assert on_the_day.in_time(0, 2) == 1.0
    rows = on_the_day.table[(on_the_day.table.policy == "free") & on_the_day.table.in_time.notna()]
    assert rows.case.tolist() == ["decided", "licensed", "delivered"]
    assert rows.in_nine_of_ten.tolist() == comes
    assert [case.name for case in found.cases] == ["x/A-1", "x/A-2", "x/A-4"]


def test_an_order_may_be_asked_about_where_no_register_tells_of_decisions(tmp_path: Path) -> None:
    found = xs.backlog(
        office(tmp_path, demand__x__orders="20/y"), order="2020-03-01", line="x", by="2020-12-01", futures=5
    )
    assert found.cases == ()
    assert found.open_on is None
    assert found.comes.shape == (2, 5, 3)
    assert (found.comes[0] < NEVER).all()
    assert "x-order" not in json.dumps(found.provenance)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"line": "x"}, "found “line” without `order`"),
        ({"order": "2020-03-01"}, "found `order` without `line`"),
        ({"order": "soon", "line": "x"}, "order: found “soon”, expected a date"),
        ({"order": "2020-03-01", "line": "y"}, "unknown demand line `y`"),
        ({"order": "2030-03-01", "line": "x"}, "expected a day of the period"),
        ({"order": "2020-03-01", "line": "x", "by": "2020-02-01"}, "by: found 2020-02-01, which is before the order"),
        ({"order": "2020-03-01", "line": "x", "value": "much"}, "value: found “much”, expected"),
        ({"store": "plays"}, "a store keeps outcomes"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(tmp_path: Path, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ExportsimError, match=said):
        xs.backlog(office(tmp_path), **asked)


def test_where_nothing_is_open_that_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportsimError, match="nothing is open"):
        xs.backlog(office(tmp_path, demand__x__orders="20/y"))


def test_a_value_is_asked_for_where_none_can_be_drawn(tmp_path: Path) -> None:
    Path(tmp_path, "valued.csv").write_text("date,value\n2020-01-01,5\n", encoding="utf-8")
    orders = {"register": "valued.csv", "date": "date", "value": "value"}
    world = office(tmp_path, demand__x__orders=orders, demand__x__value=None)
    with pytest.raises(ExportsimError, match="say `value`, too"):
        xs.backlog(world, order="2020-03-01", line="x")
    assert xs.backlog(world, order="2020-03-01", line="x", value="7k", futures=1).comes.shape == (2, 1, 3)


def test_it_is_said_in_sentences_and_as_data(tmp_path: Path) -> None:
    found = xs.backlog(office(tmp_path), order="2020-01-15", line="x", by="2020-01-20", futures=3)
    document = describe(found)
    said = " ".join(page(document).text().split())
    assert said.index("is decided by 20 January 2020") < said.index("3 applications are open on 10 January 2020.")
    assert "Under “free” half of them are decided by 14 January 2020" in said
    assert "the last by 16 January 2020." in said
    assert "is decided by 20 January 2020 in 100 % of futures, licensed in 100 % and delivered in 0 %." in said
    assert "Under “held” half of them are decided by a day after the end" in said
    data = document.data()
    assert data["open_on"] == "2020-01-10"
    assert data["order"] == {"line": "x", "on": "2020-01-15", "by": "2020-01-20", "value": None}
    assert len(data["rows"]) == 2 * (3 + 3 + 3)  # groups, cases, how far the order comes
    assert json.loads(json.dumps(data["rows"]))[0]["median"] == "2020-01-14"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"order": "2020-01-15", "line": "x", "by": "2020-01-20", "value": "2M"},
        {"order": "2020-01-15", "line": "x"},
    ],
)
def test_it_is_read_back_whole_and_told_in_a_report(tmp_path: Path, asked: dict[str, Any]) -> None:
    world = office(tmp_path)
    found = xs.backlog(world, futures=3, **asked)
    found.save(tmp_path / "b.parquet")
    read = xs.open_study(tmp_path / "b.parquet")
    assert isinstance(read, xs.Backlog)
    for field in fields(found):
        one, other = (getattr(each, field.name) for each in (found, read))
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other, field.name
    assert read.ends.dtype == found.ends.dtype == np.int64
    assert page(describe(read)).text() == page(describe(found)).text()
    assert read.table.equals(found.table)
    result = xs.run(world, futures=2)
    (section,) = sections([read], result)
    assert section.title == "When what is open is decided"
    assert any("3 applications are open" in getattr(block, "text", "") for block in section.blocks)
