"""Orders arrive, are numbered, and are worth what their records say."""

import math

import pytest

from exportsim.chance import PURPOSES, address, uniform

UNLICENSED = """
suppliers: {maker: {authority: null}}
"""


def test_orders_of_a_line_are_numbered_by_date_then_by_row(play):
    play(orders="day 2 20.00\nday 1 10.00\nday 1 11.00").only("ordered").tells("""
        day 1  x/1 ordered 10.00
               x/2 ordered 11.00
        day 2  x/3 ordered 20.00
    """)


def test_orders_of_one_minute_come_by_the_order_of_their_lines_in_the_file(play):
    world = "demand: {y: {buyer: buyer, destination: TR, goods: lamps, sources: {maker: {}}}}"
    play(world, orders={"y": "day 0 50.00", "x": "day 0 100.00"}).tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
                y/1 ordered 50.00, sourced maker 50.00, applied office 50.00
        day 1   x/1 review_ended office/desk, approved office 100.00
                y/1 review_started office/desk
        day 2   y/1 review_ended office/desk, approved office 50.00
        day 11  x/1 finished #1 100.00, delivered #1 100.00
        day 21  y/1 finished #1 50.00, delivered #1 50.00
    """)


def test_a_record_with_a_time_of_day_arrives_at_that_minute(play):
    play(UNLICENSED, orders="day 0 08:30 1.00").tells("""
        day 0 08:30   x/1 ordered 1.00, sourced maker 1.00
        day 10 08:30  x/1 finished #1 1.00, delivered #1 1.00
    """)


def test_records_before_the_warm_up_or_after_the_end_are_not_read(play):
    world = "period: {start: day 0, end: day 99, warm_up: 5d}"
    records = "day -6 1.00\nday -5 2.00\nday 99 23:59 3.00\nday 100 4.00"
    play(world, orders=records).only("ordered").tells("""
        day -5        x/1 ordered 2.00
        day 99 23:59  x/2 ordered 3.00
    """)


def test_the_warm_up_runs_in_negative_minutes(play):
    play(UNLICENSED, "period: {start: day 0, end: day 99, warm_up: 5d}", orders="day -4 1.00").tells("""
        day -4  x/1 ordered 1.00, sourced maker 1.00
        day 6   x/1 finished #1 1.00, delivered #1 1.00
    """)


def test_the_last_day_is_part_of_the_period_and_the_midnight_after_it_is_not(play):
    play(UNLICENSED, orders="day 89 23:59 1.00\nday 90 2.00").tells("""
        day 89 23:59  x/1 ordered 1.00, sourced maker 1.00
        day 90        x/2 ordered 2.00, sourced maker 2.00
        day 99 23:59  x/1 finished #1 1.00, delivered #1 1.00
    """)


def test_the_odd_cents_are_in_the_last_part(play):
    play(UNLICENSED, "demand: {x: {parts: 3}}", orders="day 0 100.00").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00
        day 10  x/1 finished #1 33.33, delivered #1 33.33
        day 20  x/1 finished #2 33.33, delivered #2 33.33
        day 30  x/1 finished #3 33.34, delivered #3 33.34
    """)


def test_an_order_has_no_more_parts_than_cents(play):
    play(UNLICENSED, "demand: {x: {parts: 5}}", orders="day 0 0.02").tells("""
        day 0   x/1 ordered 0.02, sourced maker 0.02
        day 10  x/1 finished #1 0.01, delivered #1 0.01
        day 20  x/1 finished #2 0.01, delivered #2 0.01
    """)


def test_a_value_below_one_cent_is_one_cent(play):
    play(UNLICENSED, "demand: {x: {parts: 5}}", orders="day 0 0.0010").tells("""
        day 0   x/1 ordered 0.01, sourced maker 0.01
        day 10  x/1 finished #1 0.01, delivered #1 0.01
    """)


def test_an_order_has_the_programme_of_its_record(play):
    play("demand: {x: {programmes: {nato: 0.5}}}", orders="day 0 1.00 nato\nday 1 2.00").only("ordered").tells("""
        day 0  x/1 ordered nato 1.00
        day 1  x/2 ordered 2.00
    """)


def test_arrivals_at_a_rate_are_those_of_their_addresses(play, day):
    per_year, seed, future = 73.05, 7, 3
    world = f"demand: {{x: {{orders: {per_year}/y, value: 5}}}}"
    found = play(world, orders={}, seed=seed, future=future).facts()
    minutes, reached = [], 0.0
    while True:
        u = uniform(seed, future, address("line/x"), len(minutes) + 1, PURPOSES["arrival"], 0)
        reached += -math.log(1 - u) / per_year * 365.25 * 1440
        if reached >= 100 * 1440:
            break
        minutes.append(round(reached))
    whens = [when for when, _, said in found if said == "ordered 5.00"]
    assert len(minutes) > 10
    assert whens == [day(minute) for minute in minutes]


@pytest.mark.parametrize("rate", ["0/y", "{day 50: 0/y}"])
def test_at_a_rate_of_zero_nothing_arrives(play, rate):
    assert play(f"demand: {{x: {{orders: {rate}, value: 5}}}}", orders={}).facts() == []


def test_before_the_first_date_of_a_dated_rate_nothing_arrives(play):
    found = play("demand: {x: {orders: {day 50: 365.25/y}, value: 5}}", orders={}).facts()
    dates = [int(when.split()[1]) for when, _, said in found if said == "ordered 5.00"]
    assert len(dates) > 20
    assert min(dates) >= 50
