"""Stages for some applications alone: what is refused, what is noticed, what is said, and that each key matters."""

from __future__ import annotations

from typing import Any

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


# ------------------------------------------------------------------ what is refused


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
