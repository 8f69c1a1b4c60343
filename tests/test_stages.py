"""Stages for some applications alone: what is refused, what is noticed, what is said, and that each key matters."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import exportsim as xs
from exportsim.errors import ScenarioError
from exportsim.report.contents import describe
from exportsim.report.text import page
from exportsim.scenario import build, warnings_of
from worlds import changed, one_office

World = dict[str, Any]


def world(*stages: World, **changes: Any) -> World:
    """Two years of a hundred orders, half of them for a programme, and an office with these stages."""
    usual = one_office(
        period={"start": "2022-01-01", "end": "2023-12-31"},
        goods={"radios": {}, "lamps": {}},
        authorities__office={"country": "CA", "review": list(stages), "case_by_case": {}},
        suppliers__maker__slots=100,
        demand={
            "line": {
                "buyer": "army", "destination": "TR", "goods": "radios", "orders": "100/y", "value": "1M",
                "programmes": {"nato": 0.5}, "sources": {"maker": {}},
            },
            "lamps": {
                "buyer": "army", "destination": "AE", "goods": "lamps", "orders": "10/y", "value": "1M",
                "sources": {"maker": {}},
            },
        },
        policies={"as-now": {}},
    )  # fmt: skip
    return changed(usual, **changes)


def stage(officers: int = 50, work: Any = "10bd", **keys: Any) -> World:
    return {"stage": "desk", "officers": officers, "work": work, **keys}


def noticed(written: World) -> list[tuple[str, str]]:
    return [(warning.path, warning.message) for warning in warnings_of(build(written))]


# ------------------------------------------------------------------ what is noticed

NEEDS = "desk at office: at least {coming} applications a year of 10 working days need {needed} officers, and there "
AT_OFFICERS = "authorities.office.review.desk.officers"


@pytest.mark.parametrize(
    ("keys", "coming", "needed"),
    [  # 110 orders a year of 10 working days each are 110 / 365.25 × 365 × 10 / 260 = 4.23 officers
        ({}, "110", "4.23"),
        ({"share": 0.5}, "55", "2.11"),
        ({"only": {"destinations": ["AE"]}}, "10", "0.384"),
        ({"only": {"goods": ["radios"]}}, "100", "3.84"),
        ({"only": {"programmes": ["nato"]}}, "50", "1.92"),
        ({"only": {"programmes": ["none"]}}, "60", "2.31"),
        ({"only": {"programmes": ["none"], "destinations": ["TR"]}, "share": 0.4}, "20", "0.769"),
    ],
)
def test_work_is_counted_of_those_that_need_a_stage(keys: World, coming: str, needed: str) -> None:
    said = NEEDS.format(coming=coming, needed=needed) + "are none (2022 to 2023, policy as-now)"
    assert noticed(world(stage(0, **keys))) == [(AT_OFFICERS, said)]
    assert noticed(world(stage(int(float(needed)) + 1, **keys))) == []


def test_other_applications_are_counted_where_they_need_a_stage() -> None:
    traffic = {"authorities__office__traffic": {"applications": "200/y"}}
    ((_, message),) = noticed(world(stage(0, share=0.5), **traffic))
    assert "at least 155 applications" in message  # half of 110 and of 200
    ((_, message),) = noticed(world(stage(0, only={"destinations": ["TR"]}), **traffic))
    assert "at least 100 applications" in message


def test_who_goes_past_a_stage_that_is_too_small_goes_on_to_the_next() -> None:
    """The desk can do nothing, and lets half past; the board has all of those to do."""
    board = {"stage": "board", "officers": 0, "work": "10bd"}
    first, second = noticed(world(stage(0, share=0.5), board))
    assert "desk at office: at least 55 " in first[1]
    assert "board at office: at least 55 " in second[1]


def test_a_stage_that_nobody_needs() -> None:
    at = "authorities.office.review.desk"
    assert noticed(world(stage(share=0))) == [(f"{at}.share", "no application needs this stage")]
    nobody = {"destinations": ["TR"], "goods": ["lamps"]}
    assert noticed(world(stage(only=nobody))) == [
        (
            f"{at}.only",
            "no application needs this stage: no order that this authority licenses is in its scope (TR × lamps)",
        )
    ]


def test_work_that_is_done_again_counts_again() -> None:
    """One in two goes back, twice at most: 1 + 1/2 + 1/4 times the work."""
    returns = {"returns": {"chance": 0.5, "answer": "9d", "most": 2}}
    said = (
        NEEDS.format(coming="110", needed="7.4").replace("10 working", "17.5 working")
        + "are none (2022 to 2023, policy as-now)"
    )
    assert noticed(world(stage(0, **returns))) == [(AT_OFFICERS, said)]
    assert noticed(world(stage(8, **returns))) == []


def test_a_committee_that_deals_with_less_than_comes() -> None:
    """110 orders a year, 26 sittings of four."""
    at = "authorities.office.review.board.sits"
    board = {"stage": "board", "sits": {"every": "2w", "from": "2022-01-03", "most": 4}}
    assert noticed(world(board)) == [
        (
            f"{at}.most",
            "board at office: at least 110 times a year an application is to be dealt with, and it sits 26 "
            "times, for at most 4 applications each (2022 to 2023, policy as-now)",
        )
    ]
    assert noticed(world(changed(board, sits__most=5))) == []
    assert noticed(world(changed(board, sits__most=None))) == []


def test_a_committee_that_never_sits() -> None:
    board = {"stage": "board", "sits": {"every": "2w", "from": "2024-01-03"}}
    path, message = noticed(world(board))[0]
    assert path == "authorities.office.review.board.sits"
    assert message == "it never sits in the run: its first sitting would be after 2023-12-31"


# ------------------------------------------------------------------ what is refused


SITS = {"every": "2w", "from": "2022-01-03"}


@pytest.mark.parametrize(
    ("board", "fault"),
    [
        ({"officers": 2, "work": "1d", "sits": SITS}, ": a stage that sits has no `officers` and no `work`"),
        ({"work": "1d", "sits": SITS}, ": a stage that sits has no `work`"),
        ({"officers": 2}, ": expected `officers` and `work`, or `sits`; found no `work`"),
        ({}, ": expected `officers` and `work`, or `sits`; found no `officers` and no `work`"),
        ({"sits": SITS | {"every": "36h"}}, ".sits: `every` (36h) must be whole days or weeks"),
        ({"sits": SITS | {"every": "1.5d"}}, ".sits: `every` (1.5d) must be whole days or weeks"),
        ({"sits": SITS | {"every": "1mo"}}, ".sits: `every` (1mo) must be whole days or weeks"),
        ({"sits": SITS | {"every": "0d"}}, ".sits: `every` (0d) must be whole days or weeks"),
        ({"sits": SITS | {"most": 0}}, ".sits.most: found `0`"),
        ({"sits": {"every": "2w"}}, ".sits: the key `from` is missing"),
        ({"officers": 1, "work": "1d", "returns": {"chance": 0.3}}, ".returns: the key `answer` is missing"),
        ({"officers": 1, "work": "1d", "returns": {"chance": 2, "answer": "1d"}}, ".returns.chance: found `2`"),
        ({"officers": 1, "work": "1d", "returns": {"chance": 0.3, "answer": "5bd"}}, ".returns.answer: "),
        ({"officers": 1, "work": "1d", "returns": {"chance": 0.3, "answer": "5d", "moost": 2}}, ".returns.moost: unk"),
    ],
)
def test_what_a_stage_cannot_be(board: World, fault: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        build(world({"stage": "board", **board}))
    (found,) = caught.value.faults
    assert f"{found.path}: {found.message}".startswith(f"authorities.office.review.board{fault}")


def test_a_measure_on_the_officers_of_a_stage_that_sits() -> None:
    policies = {"as-now": {"measures": [{"on": "2022-06-01", "officers": {"board": 3}}]}}
    with pytest.raises(ScenarioError, match="the stage `board` sits: it has no officers and no work"):
        build(world({"stage": "board", "sits": SITS}, policies=policies))


# ------------------------------------------------------------------ what is refused of who needs a stage


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"share": 1.5}, "share: found `1.5`, expected a number of at most 1"),
        ({"shares": 0.5}, "shares: unknown key `shares`, did you mean `share`?"),
        ({"only": {}}, "only: expected at least one of `destinations`, `goods` and `programmes`"),
        (
            {"only": {"destinations": ["TK"]}},
            "only.destinations.0: there is no demand line with the destination `TK`, expected",
        ),
        ({"only": {"goods": ["radio"]}}, "only.goods.0: there are no goods `radio`, did you mean `radios`?"),
        (
            {"only": {"programmes": ["natu"]}},
            "only.programmes.0: there is no demand line with the programme `natu`, did you mean `nato`?",
        ),
        ({"only": {"authorities": ["office"]}}, "only.authorities: unknown key `authorities`"),
    ],
)
def test_what_cannot_be(keys: World, fault: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        build(world(stage(**keys)))
    (found,) = caught.value.faults
    assert f"{found.path}: {found.message}".startswith(f"authorities.office.review.desk.{fault}")


# ------------------------------------------------------------------ what is said


def test_check_says_who_needs_a_stage() -> None:
    said = page(
        describe(build(world(stage(share=0.4, only={"destinations": ["TR"], "programmes": ["nato", "none"]}))))
    ).text()
    assert "desk (50 officers, 10 working days; for TR × nato/none only; 40 % need it)" in " ".join(said.split())


# ------------------------------------------------------------------ that it matters


def delay(**keys: Any) -> float:
    """The mean days from order to delivery, where the office has little more officers than it needs."""
    return float(xs.run(build(world(stage(5, **keys))), futures=10).outcomes["delay"].mean())


def test_triage_relieves_the_office() -> None:
    """The fewer applications need a stage that is nearly too small, the sooner goods are delivered."""
    everybody, most, few = delay(), delay(share=0.7), delay(share=0.2)
    assert everybody > most > few


def test_a_stage_for_one_destination_alone_relieves_the_office() -> None:
    assert delay() > delay(only={"programmes": ["nato"]}) > delay(only={"destinations": ["AE"]})


def test_questions_take_the_applicants_time_and_the_officers() -> None:
    """The more goes back, the later goods are delivered; the office's clock stands still meanwhile."""
    found = []
    for chance in (0, 0.5, 1):
        returns = {"chance": chance, "answer": "60d"}
        written = world(stage(60, work="1d", returns=returns), authorities__office__service_standard="10d")
        found.append(xs.run(build(written), futures=10).outcomes.mean())
    for name in ("delay", "elapsed_time_median", "processing_time_p90"):
        assert found[0][name] < found[2][name], name
    assert found[0]["delay"] < found[1]["delay"] < found[2]["delay"]
    assert found[2]["elapsed_time_median"] - found[2]["processing_time_median"] == 60
    assert found[2]["processing_time_median"] == 2  # two times a day of work
    assert [each["within_standard"] for each in found] == [1, 1, 1]
    assert [each["within_standard_cohort"] for each in found] == [1, 1, 1]


def test_longer_answers_and_more_questions_are_waited_for_by_the_applicant_alone() -> None:
    def of(**returns: Any) -> pd.Series:
        desk = stage(60, work="1d", returns={"chance": 1, "answer": "20d"} | returns)
        return xs.run(build(world(desk)), futures=4).outcomes.mean()

    for key, values in {"answer": ("20d", "40d", "80d"), "most": (1, 2, 4)}.items():
        few, more, most = (of(**{key: value}) for value in values)
        for name in ("delay", "elapsed_time_median"):
            assert few[name] < more[name] < most[name], (key, name)
        assert (few["processing_time_median"] == most["processing_time_median"]) == (key == "answer")


def test_a_committee_that_meets_for_the_first_time_later_delays() -> None:
    def delay_from(day: str) -> float:
        board = {"stage": "board", "sits": {"every": "1w", "from": day}}
        return float(xs.run(build(world(board)), futures=4).outcomes["delay"].mean())

    assert delay_from("2022-01-03") < delay_from("2022-05-02") < delay_from("2022-12-05")


WEEKEND = {"2021-12-01": ["sat", "sun"]}


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({}, {"holidays": {"country": "CA"}}),
        ({"holidays": {"country": "CA"}}, {"holidays": {"country": "CA", "category": "government"}}),
        ({"holidays": {"country": "CA"}}, {"holidays": {"country": "CA", "also": ["2022-03-15", "2023-03-15"]}}),
        ({"holidays": {"country": "CA", "except": ["2022-07-01"]}}, {"holidays": {"country": "CA"}}),
        ({"weekend": WEEKEND}, {"weekend": WEEKEND | {"2022-07-01": ["fri", "sat", "sun"]}}),
        (
            {"weekend": WEEKEND | {"2023-01-01": ["fri", "sat", "sun"]}},
            {"weekend": WEEKEND | {"2022-07-01": ["fri", "sat", "sun"]}},
        ),
    ],
)
def test_the_more_days_are_not_worked_the_later_goods_come(less: World, more: World) -> None:
    shorter, longer = (
        xs.run(build(world(stage(50), authorities__office__calendar=calendar)), futures=4).outcomes["delay"].mean()
        for calendar in (less, more)
    )
    assert shorter < longer


def test_a_committee_that_sits_seldom_or_deals_with_few_delays() -> None:
    def delay_with(**sits: Any) -> float:
        written = world({"stage": "board", "sits": {"from": "2022-01-03", **sits}})
        return float(xs.run(build(written), futures=10).outcomes["delay"].mean())

    assert delay_with(every="1w") < delay_with(every="4w") < delay_with(every="12w")
    assert delay_with(every="2w") < delay_with(every="2w", most=5) < delay_with(every="2w", most=3)


HOLD = {"on": "2022-02-01", "applications": "hold", "name": "stop"}
END = {"on": "2022-08-01", "applications": "open", "name": "end"}


def test_a_backlog_that_is_reviewed_again_comes_later() -> None:
    policies = {backlog: {"measures": [HOLD, END | {"backlog": backlog}]} for backlog in ("decide", "review")} | {
        "free": {}
    }
    means = xs.run(build(world(stage(6), policies=policies)), futures=10).outcomes["delay"].groupby("policy").mean()
    assert means["free"] < means["decide"] < means["review"]


@pytest.mark.parametrize("applications", [{}, {"applications": "hold"}])
def test_a_backlog_goes_with_what_ends_a_hold(applications: World) -> None:
    measure = {"on": "2022-08-01", "permits": "suspended", **applications, "backlog": "review"}
    with pytest.raises(ScenarioError, match="`backlog` goes with what ends a hold"):
        build(world(stage(), policies={"as-now": {"measures": [measure]}}))
    with pytest.raises(ScenarioError, match="`revew`"):
        build(world(stage(), policies={"as-now": {"measures": [HOLD, END | {"backlog": "revew"}]}}))


AGAIN = END | {"backlog": "review"}
NONE_BY_THEN = (
    "found `review`, but no application in its scope (everything) can be on hold when it acts: "
    "expected a measure before it with `applications: hold`"
)


@pytest.mark.parametrize(
    ("stop", "fault"),
    [
        (HOLD | {"applications": "deny"}, NONE_BY_THEN),
        (
            HOLD | {"on": "2022-09-01"},
            f"{NONE_BY_THEN}; `policies.as-now.measures.stop` acts later, "
            "or another measure has ended its hold by then",
        ),
    ],
)
def test_a_backlog_of_no_hold_is_a_fault(stop: World, fault: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        build(world(stage(), policies={"as-now": {"measures": [stop, AGAIN]}}))
    assert [(each.path, each.message) for each in caught.value.faults] == [
        ("policies.as-now.measures.end.backlog", fault)
    ]


OTHER = HOLD | {"applications": "open", "on": "2022-05-01", "name": "other"}
EITHER = HOLD | {"outcomes": [{"chance": 0.0, "applications": "hold"}, {"chance": 1.0, "permits": "suspended"}]}
WATCHED = {"when": {"held": {"above": 5, "below": 2}, "every": "1mo"}, "applications": "hold", "name": "watch"}


@pytest.mark.parametrize(
    ("measures", "ends_a_hold"),
    [
        ([HOLD, AGAIN], True),
        ([HOLD, OTHER, AGAIN], False),  # has ended it before
        ([HOLD, OTHER | {"programmes": ["nato"]}, AGAIN], True),  # of some alone
        ([{key: EITHER[key] for key in ("on", "name", "outcomes")}, AGAIN], True),  # whatever the chance is set to
        ([WATCHED, OTHER, AGAIN], True),  # at any time
        ([WATCHED | {"then": {"applications": "open", "backlog": "review"}}], True),
        ([WATCHED | {"applications": "deny", "then": {"applications": "open", "backlog": "review"}}], False),
        ([HOLD | {"on": "2021-06-01"}, AGAIN], True),  # from before the run
        ([HOLD | {"programmes": ["nato"]}, AGAIN | {"programmes": ["none"]}], False),
    ],
)
def test_a_backlog_is_a_fault_only_where_it_is_certain_that_no_hold_ends(
    measures: list[World], ends_a_hold: bool
) -> None:
    def is_valid(**lists: Any) -> bool:
        try:
            build(world(stage(), demand__line__programmes={"nato": 0.5}, **lists))
        except ScenarioError as error:
            assert all("can be on hold when it acts" in each.message for each in error.faults)
            return False
        return True

    assert is_valid(policies={"as-now": {"measures": measures}}) == ends_a_hold
    # A policy that stands on another may bring the hold that the other's measure ends.
    *before, end = measures
    assert is_valid(policies={"base": {"measures": [end]}, "as-now": {"extends": "base", "measures": before}}) == (
        ends_a_hold
    )
    if all("on" in measure and "outcomes" not in measure for measure in measures):
        assert is_valid(history=before, policies={"as-now": {"measures": [end]}}) == ends_a_hold
        assert is_valid(history=measures, policies={"as-now": {}}) == ends_a_hold


def test_a_trace_tells_of_questions_sittings_and_a_second_review() -> None:
    board = {"stage": "board", "sits": {"every": "2w", "from": "2022-01-03"}}
    stages = [stage(9, returns={"chance": 1, "answer": "20d"}), board]
    policies = {"as-now": {"measures": [HOLD, END | {"backlog": "review"}]}}
    scenario = build(world(*stages, policies=policies))
    told = " ".join(str(xs.trace(scenario, "as-now", "line/1", future=1, engine="reference")).split())
    for words in (
        "sent the application back with questions",
        "answered after 20 days, and the application was at",
        "sat and took it up",
        "dealt with it",
    ):
        assert words in told, words
    rows = xs.simulate(scenario, "as-now", future=1, engine="reference").frame()
    held = int(rows[(rows["fact"] == "held") & (rows["line"] == "line")]["order"].iloc[0])
    again = " ".join(str(xs.trace(scenario, "as-now", f"line/{held}", future=1, engine="reference")).split())
    assert "it was reviewed again from the first stage on" in again
