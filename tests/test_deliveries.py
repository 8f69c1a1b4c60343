"""Delivery plans and renewals: what is noticed, and that each key changes what a licensing officer would expect."""

from __future__ import annotations

from typing import Any

import pytest

import exportsim as xs
from exportsim.lifecycle import Fact
from exportsim.scenario import build, warnings_of
from worlds import changed, one_office

World = dict[str, Any]


def world(**changes: Any) -> World:
    """Four years of an office that takes a month, and a maker that takes three for a part."""
    usual = one_office(
        period={"start": "2020-01-01", "end": "2023-12-31"},
        authorities__office={"country": "CA", "review": [{"stage": "desk", "officers": 50, "work": "30d"}]},
        suppliers__maker={"country": "CA", "authority": "office", "slots": 50, "lead_time": "90d"},
        demand={
            "line": {
                "buyer": "army", "destination": "TR", "goods": "radios", "orders": "20/y", "value": "1M", "parts": 2,
                "sources": {"maker": {}},
            },
        },
        goods={"radios": {}},
        policies={"as-now": {}},
    )  # fmt: skip
    return changed(usual, **changes)


def outcome(name: str, **changes: Any) -> float:
    return float(xs.run(build(world(**changes)), futures=2).outcomes[name].mean())


def noticed(written: World) -> list[tuple[str, str]]:
    return [(warning.path, warning.message) for warning in warnings_of(build(written))]


# ------------------------------------------------------------------ what is noticed

AT = "demand.line.deliveries"


def test_a_first_part_that_is_called_off_after_the_period_is_noticed() -> None:
    first = {"uniform": ["1461d", "2000d"]}
    said = (
        "the first part of an order is called off 1,461 days or more after it, which is longer than the period: "
        "none of these orders is delivered"
    )
    assert noticed(world(demand__line__deliveries={"first": first})) == [(f"{AT}.first", said)]
    assert noticed(world(demand__line__deliveries={"first": {"uniform": ["1460d", "2000d"]}})) == []


def test_a_time_between_the_parts_of_orders_of_one_part_is_noticed() -> None:
    said = "`every` is the time between parts, and its orders have one part: it changes nothing"
    for line in ({"parts": 1}, {"parts": None, "shares": [7]}):
        deliveries = {"every": "30d"} | ({"shares": line["shares"]} if "shares" in line else {})
        written = world(demand__line__parts=line["parts"], demand__line__deliveries=deliveries)
        assert noticed(written) == [(f"{AT}.every", said)]
    assert noticed(world(demand__line__deliveries={"every": "30d"})) == []


# ------------------------------------------------------------------ each key matters


@pytest.mark.parametrize("key", ["first", "every"])
def test_what_is_called_off_later_is_delivered_later(key: str) -> None:
    soon, late = (
        {"demand__line__deliveries": {key: after}} for after in ("60d", {"triangular": ["300d", "400d", "500d"]})
    )
    assert outcome("delay", **soon) < outcome("delay", **late)
    assert outcome("delivered", **soon) > outcome("delivered", **late)


def test_what_is_worth_more_at_the_end_comes_later() -> None:
    first, last = (
        {"demand__line__parts": None, "demand__line__deliveries": {"every": "1y", "shares": shares}}
        for shares in ([9, 1], [1, 9])
    )
    assert outcome("delay", **first) < outcome("delay", **last)
    assert outcome("delivered", **first) > outcome("delivered", **last)


def test_a_permit_that_is_renewed_more_often_costs_more_applications_and_holds_goods_back() -> None:
    long, short = ({"authorities__office__validity": validity} for validity in ("5y", "85d"))
    assert outcome("delay", **long) < outcome("delay", **short)
    ledgers = [xs.simulate(build(world(**validity)), "as-now", future=0) for validity in (long, short)]
    never, often = (int((ledger.fact == Fact.APPLIED).sum()) for ledger in ledgers)
    assert often > 1.8 * never  # one renewal an order, but for those that the period cuts off
    assert [int((ledger.fact == Fact.STRANDED).sum()) for ledger in ledgers] == [0, 0]
