"""Registers that tell of decisions: how they are read, how long they bind, and what does not depend on policies."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exportsim import ScenarioError
from exportsim.compile import Compiled, compile_plan, decisions_on_record
from exportsim.divergence import first_difference
from exportsim.engine import simulate
from exportsim.engine.compiled import Players
from exportsim.lifecycle import Fact
from exportsim.packed_rows import ledger_of
from exportsim.plan import NEVER
from exportsim.playing.store.scenario_plays import digests
from exportsim.report.registers import of_decisions
from exportsim.scenario import Scenario, build
from worlds import one_office

DAY = 1440
RECORDS = """\
received,decided,outcome,expires
2020-01-01,2020-01-09,Issued,2020-06-30
2020-01-02,2020-03-05,Refused,
2020-01-03,2020-01-03,Withdrawn by applicant,
2020-02-10,,,
2020-02-20,2020-04-01,ISSUED,
2020-03-20,2020-03-21,Refused,
"""
MEANT = {"approved": ["Issued", "ISSUED"], "denied": "Refused", "withdrawn": "Withdrawn by applicant"}
TOLD = {"decided": "decided", "outcome": "outcome", "outcomes": MEANT, "expires": "expires"}
FREE: dict[str, Any] = {"free": {"measures": []}}


def hold(day: str, **more: Any) -> dict[str, Any]:
    return {"measures": [{"on": day, "applications": "hold", **more}]}


def world(folder: Path, policies: dict[str, Any] = FREE, records: str = RECORDS, **register: Any) -> Scenario:
    Path(folder, "log.csv").write_text(records, encoding="utf-8")
    orders = {"register": "log.csv", "date": "received"} | (register or TOLD)
    return build(one_office(demand__x__orders=orders, policies=policies, reference=next(iter(policies))), folder=folder)


def told(scenario: Scenario) -> dict[str, Any]:
    (found,) = decisions_on_record(scenario)
    return found._asdict()


def faults(folder: Path, records: str, **register: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        world(folder, records="received,decided,outcome,expires,id\n" + records, **(TOLD | register))
    return str(caught.value)


def test_what_is_recorded_stands_in_the_plan_by_date(tmp_path: Path) -> None:
    plan = compile_plan(world(tmp_path))
    assert [n // DAY if n < NEVER else None for n in plan.streams.record_decided.tolist()] == [8, 64, 2, None, 91, 80]
    assert plan.streams.record_outcome.tolist() == [0, 1, 2, -1, 0, 1]
    assert [n // DAY if n < NEVER else None for n in plan.streams.record_expires.tolist()] == [181, *[None] * 5]


def test_all_that_is_decided_was_approved_where_no_outcome_is_read(tmp_path: Path) -> None:
    plan = compile_plan(world(tmp_path, decided="decided"))
    assert plan.streams.record_outcome.tolist() == [0, 0, 0, -1, 0, 0]
    assert set(plan.streams.record_expires.tolist()) == {NEVER}


@pytest.mark.parametrize(
    ("policies", "as_of", "until"),
    [
        (FREE, None, None),
        (FREE, "2020-03-01", "2020-03-01"),
        (FREE | {"same": {"measures": []}}, None, None),
        ({"a": hold("2020-02-01"), "b": hold("2020-02-01", name="the-same")}, None, None),
        (FREE | {"held": hold("2020-02-15")}, None, "2020-02-15"),
        (FREE | {"held": hold("2020-02-15")}, "2020-02-14", "2020-02-14"),
        (FREE | {"late": hold("2020-05-01"), "held": hold("2020-02-15")}, "2020-02-16", "2020-02-15"),
    ],
)  # fmt: skip
def test_records_bind_until_any_policies_differ_or_to_the_day_of_which_the_register_tells(
    tmp_path: Path, policies: dict[str, Any], as_of: str | None, until: str | None
) -> None:
    scenario = world(tmp_path, policies, **TOLD, **({} if as_of is None else {"as_of": as_of}))
    assert told(scenario)["until"] == until
    bound = int(compile_plan(scenario).lines.bound_until[0])
    assert bound == (NEVER if until is None else (date.fromisoformat(until) - date(2020, 1, 1)).days * DAY)


def test_it_is_said_how_many_are_decided_as_recorded_and_how_many_are_open(tmp_path: Path) -> None:
    assert told(world(tmp_path)) == {
        "line": "x",
        "until": None,
        "decided": 5,
        "open": 1,
        "decided_later": 0,
        "stages_of": None,
        "standing": 0,
    }
    march = told(world(tmp_path, **TOLD, as_of="2020-03-01"))
    assert march == {
        "line": "x", "until": "2020-03-01", "decided": 2, "open": 3, "decided_later": 2,
        "stages_of": None, "standing": 0,
    }  # fmt: skip
    assert of_decisions([march]) == [
        "x: applications decided as recorded before 1 March 2020: 2; 3 are open then, and the model decides them under"
        " every policy"
    ]
    plan = compile_plan(world(tmp_path, **TOLD, as_of="2020-03-01"))
    ledger = simulate(plan, 0, seed=1, future=0)
    assert int((ledger.fact == Fact.LEFT_OPEN).sum()) == 3


def test_until_records_end_all_is_the_same_whatever_the_policies_are(tmp_path: Path) -> None:
    """Those of a run are played in steps that they share, and each alone; before the last step all have the same."""
    policies = FREE | {"held": hold("2020-03-06"), "lifted": hold("2020-04-02")}
    plan = compile_plan(world(tmp_path, policies))
    until = first_difference(plan)
    assert until == 65 * DAY
    rows = [each.copy() for each in Players(plan, range(3)).play(seed=1, future=0)]
    ledgers = [ledger_of(each, plan, policy, 1, 0) for policy, each in enumerate(rows)]
    alone = compile_plan(world(tmp_path, **TOLD, as_of="2020-03-06"))
    expected = simulate(alone, 0, seed=1, future=0, engine="reference").rows()
    for policy, ledger in enumerate(ledgers):
        assert ledger.rows() == simulate(plan, policy, seed=1, future=0, engine="reference").rows()
        before = [row for row in ledger.rows() if row[0] < until]
        assert before == [row for row in expected if row[0] < until]
        assert [row[0] // DAY for row in before if row[1] in (Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN)] == [2, 8, 64]
    assert ledgers[0].rows() == expected


def test_a_policy_that_changes_nothing_changes_nothing(tmp_path: Path) -> None:
    without = simulate(compile_plan(world(tmp_path)), 0, seed=1, future=0)
    beside = compile_plan(world(tmp_path, FREE | {"same": {"measures": []}}))
    for policy in range(2):
        assert simulate(beside, policy, seed=1, future=0).rows() == without.rows()


def test_what_is_kept_of_plays_goes_by_all_policies_where_records_bind(tmp_path: Path) -> None:
    plain = [digests(world(tmp_path, each, date="received")) for each in (FREE, FREE | {"held": hold("2020-02-15")})]
    assert plain[0][0] == plain[1][0]
    bound = [digests(world(tmp_path, each)) for each in (FREE, FREE | {"held": hold("2020-02-15")})]
    assert bound[0][0] != bound[1][0]
    assert bound[0][1]["free"] == bound[1][1]["free"]


@pytest.mark.parametrize(
    ("records", "register", "said"),
    [
        ("2020-01-05,2020-01-04,Issued,,1", {}, "found `2020-01-04` in `decided`, which is before its `received`"),
        ("2020-01-05,soon,Issued,,1", {}, "in `decided`, expected a date such as `2020-10-05`, or nothing"),
        ("2020-01-05,2020-01-06,Gone,,1", {}, "found `Gone` in `outcome`, expected `Issued` or `ISSUED` or `Refused`"),
        ("2020-01-05,2020-01-06,,,1", {}, "found nothing in `outcome`"),
        ("2020-01-05,2020-01-06,Issued,2020-01-06,1", {}, "found `2020-01-06` in `expires`, which is not after its"),
        ("2020-01-05,05/02/2020,Issued,,1", {}, "with `date_format:"),
        (
            "2020-01-05,2020-01-06,Issued,,1\n2020-01-05,2020-01-07,Issued,,1",
            {"id": "id"},
            "row 2: found `2020-01-07` in `decided`, expected `2020-01-06` as in row 1 of the same licence",
        ),
        (
            "2020-01-05,2020-01-06,Issued,,1\n2020-01-05,,,,1",
            {"id": "id"},
            "row 2: found nothing in `decided`, expected `2020-01-06` as in row 1",
        ),
        ("2020-01-05,,,,1", {"decided": None}, "found `outcome` without `decided`"),
        ("2020-01-05,,,,1", {"outcome": None}, "found `outcomes` without `outcome`"),
        ("2020-01-05,,,,1", {"outcomes": {"approved": "a", "denied": "a"}}, "for `approved` and for `denied`"),
        ("2020-01-05,,,,1", {"decided": "decission"}, "has no column `decission`"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(tmp_path: Path, records: str, register: dict[str, Any], said: str) -> None:
    assert said in faults(tmp_path, records, **register)


def test_rows_of_a_licence_are_decided_together(tmp_path: Path) -> None:
    records = "received,decided,outcome,expires,id\n2020-01-05,2020-01-09,Issued,,1\n2020-01-03,2020-01-09,Issued,,1\n"
    plan = compile_plan(world(tmp_path, records=records + "2020-01-04,,,,2\n", **TOLD, id="id"))
    assert (plan.streams.record_minute // DAY).tolist() == [2, 3]
    assert np.minimum(plan.streams.record_decided // DAY, 99).tolist() == [8, 99]


def test_blanks_and_what_is_no_outcome_of_an_open_case_do_not_matter(tmp_path: Path) -> None:
    records = "received,decided,outcome,expires\n2020-01-05, ,Pending,2021-01-01\n"
    plan = compile_plan(world(tmp_path, records=records))
    assert plan.streams.record_outcome.tolist() == [-1]
    assert set(plan.streams.record_expires.tolist()) == {NEVER}


STAGES = """
received,decided,outcome,id,state,since
2020-01-01,2020-01-09,approved,1,Closed,
2020-01-02,2020-03-05,denied,2,Technical,2020-02-01
2020-01-03,,,3,,
2020-02-10,,,4,Received,2020-02-11
2020-02-20,,,5,tech,
2020-03-20,,,6,,
"""
STAND = {
    "decided": "decided", "outcome": "outcome", "as_of": "2020-03-01", "stage": "state", "stage_since": "since",
    "stages": {"intake": "Received", "desk": ["Technical", "tech"]},
}  # fmt: skip
REVIEW = [
    {"stage": "intake", "officers": 1, "work": "1d"},
    {"stage": "desk", "officers": 1, "work": "2d"},
    {"stage": "arms", "officers": 1, "work": "2d", "only": {"goods": ["guns"]}},
]


def staged(folder: Path, records: str = STAGES, policies: dict[str, Any] = FREE, **register: Any) -> Scenario:
    Path(folder, "log.csv").write_text(records.lstrip(), encoding="utf-8")
    orders = {key: value for key, value in (STAND | register).items() if value is not None}
    return build(
        one_office(
            demand__x__orders={"register": "log.csv", "date": "received"} | orders,
            authorities__office__review=REVIEW, goods__guns={}, policies=policies, reference=next(iter(policies)),
        ),
        folder=folder,
    )  # fmt: skip


def test_open_applications_stand_in_the_plan_at_the_stages_that_their_cells_mean(tmp_path: Path) -> None:
    scenario = staged(tmp_path)
    streams = compile_plan(scenario).streams
    assert streams.record_stage.tolist() == [-1, 1, -1, 0, 1, -1]
    assert streams.record_turn.tolist() == [0, 2, 1, 3, 4, 5]
    (said,) = of_decisions([told(scenario)])
    assert said.endswith("4 are open then, and the model decides them under every policy; 3 of them are at the stage"
                         " that the register names")  # fmt: skip


def test_an_empty_cell_may_mean_a_stage_and_names_of_stages_mean_themselves(tmp_path: Path) -> None:
    blank = staged(tmp_path, stages=STAND["stages"] | {"intake": ["Received", ""]})
    assert compile_plan(blank).streams.record_stage.tolist() == [-1, 1, 0, 0, 1, 0]
    plain = STAGES.replace("Technical", "desk").replace("tech", "desk").replace("Received", "intake")
    assert compile_plan(staged(tmp_path, plain, stages=None)).streams.record_stage.tolist() == [-1, 1, -1, 0, 1, -1]


def test_of_a_day_before_its_own_a_register_names_no_stage(tmp_path: Path) -> None:
    scenario = staged(tmp_path, policies=FREE | {"held": hold("2020-02-25")})
    streams = compile_plan(scenario).streams
    assert set(streams.record_stage.tolist()) == {-1}
    assert streams.record_turn.tolist() == list(range(6))
    (said,) = of_decisions([told(scenario)])
    assert said.endswith("; where they stood then the register does not say, as its stages are of 1 March 2020: they go"
                         " to their first")  # fmt: skip
    later = Compiled(scenario).with_policies(staged(tmp_path, policies=FREE | {"held": hold("2020-03-25")}))
    assert later is not None
    assert later.streams.record_stage.tolist() == [-1, 1, -1, 0, 1, -1]


@pytest.mark.parametrize(
    ("before", "after", "register", "said"),
    [
        ("tech,", "Techncal,", {}, "row 5: found `Techncal` in `state`, did you mean `Technical`?"),
        ("Closed", "Received", {}, "row 1: found `Received` in `state`, expected no stage: it is decided"),
        ("tech,", "Arms,", {"stages": {"desk": ["Technical", "tech"], "intake": "Received", "arms": "Arms"}},
         "row 5: found `Arms` in `state`: no application of this line comes to the stage `arms`"),
        ("tech,", "arms,", {"stages": None}, "row 5: found `arms` in `state`, expected one of `intake`, `desk`"),
        ("", "", {"stages": {"dask": "tech"}}, "`office` has no stage `dask`, did you mean `desk`?"),
        ("", "", {"stages": {"desk": "tech", "intake": "tech"}}, "found `tech` for `desk` and for `intake`"),
        ("", "", {"stage": None, "stage_since": None}, "found `stages` without `stage`"),
        ("", "", {"stage": None, "stages": None}, "found `stage_since` without `stage`"),
        ("", "", {"as_of": None}, "found `stage` without `as_of`"),
        ("", "", {"stage": "stat"}, "has no column `stat`, did you mean `state`?"),
        ("2020-02-11", "2020-02-09", {}, "row 4: found `2020-02-09` in `since`, expected a day from its `received` to"),
        ("2020-02-11", "2020-03-01", {}, "to the one before `as_of`, 2020-03-01"),
        ("2020-02-11", "soon", {}, "found `soon` in `since`, expected a date such as `2020-10-05`, or nothing"),
        ("2020-01-03,,,3,,", "2020-01-03,,,4,tech,", {"id": "id"}, "expected `tech` as in row 3 of the same licence"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_stages_is_told(
    tmp_path: Path, before: str, after: str, register: dict[str, Any], said: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        staged(tmp_path, STAGES.replace(before, after, 1), **register)
    assert said in str(caught.value)
