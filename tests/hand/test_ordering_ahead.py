"""Ordering ahead: of what is announced and makes things worse, so many orders come before it instead of after."""

import pytest

from exportsim.chance import PURPOSES, address, uniform

AHEAD = "demand: {x: {anticipation: {share: 0.5, within: 20d}}}"
STOP = "[{on: day 30, announced: day 10, name: stop, applications: hold}]"
MINUTES = 20 * 1440


def _moved(number, seed=1, share=0.5, since=10, on=30):
    """When an order comes ahead, if it does."""
    if uniform(seed, 0, address("line/x"), number, PURPOSES["ahead"], 0) >= share:
        return None
    u = uniform(seed, 0, address("line/x"), number, PURPOSES["ahead_when"], 0)
    return since * 1440 + int(u * (on - since) * 1440)


def _ordered(played):
    return [(when, whose) for when, whose, said in played.facts() if said.startswith("ordered")]


def _expected(days, day, move=_moved, **where):
    """When which orders come, by minute, then by number."""
    placed = []
    for number, own in enumerate(days, 1):
        ahead = move(number, **where) if 30 <= own < 50 else None
        placed.append((own * 1440 if ahead is None else ahead, number))
    return [(day(minute), f"x/{number}") for minute, number in sorted(placed)]


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_so_many_of_the_orders_after_a_measure_come_between_its_announcement_and_it(play, day, share):
    days = [5, 15, 29, *range(30, 51), 60]
    orders = "\n".join(f"day {day} 1.00" for day in days)
    world = AHEAD.replace("0.5", str(share))
    played = play(world, orders=orders, measures=STOP)
    assert _ordered(played) == _expected(days, day, share=share)
    moved = [number for number, own in enumerate(days, 1) if 30 <= own < 50 and _moved(number, share=share) is not None]
    assert 0 < len(moved) < 20  # some come ahead, and some do not


def test_who_orders_ahead_keeps_number_and_luck(play):
    world = "demand: {x: {value: {uniform: [1, 1000]}, anticipation: {share: 1, within: 20d}}}"
    orders = "\n".join(f"day {day} 1.00 {programme}" for day, programme in ((1, "nato"), (35, "other"), (45, "nato")))
    world += "\n"
    named = "demand: {x: {programmes: {nato: 0.5, other: 0.5}}}"
    measures = "[{on: day 30, announced: day 10, applications: hold, programmes: [nato]}]"
    played = play(world, named, orders=orders, measures=measures).only("ordered")
    (first, third, second) = played.facts()
    assert [each[1] for each in (first, third, second)] == ["x/1", "x/3", "x/2"]
    assert [each[2].split()[1] for each in (first, third, second)] == ["nato", "nato", "other"]
    assert second[0] == "day 35"  # the measure makes nothing worse for it


def test_an_order_that_comes_ahead_in_the_minute_of_another_comes_by_its_number(play, day):
    minute = 29 * 1440 + int(uniform(1, 0, address("line/x"), 2, PURPOSES["ahead_when"], 0) * 1440)
    when = day(minute)
    orders = f"{when} 1.00\nday 40 2.00"
    world = """
    authorities: {office: {review: []}}
    suppliers: {maker: {lead_time: 1d}}
    demand: {x: {anticipation: {share: 1, within: 20d}}}
    """
    measures = "[{on: day 30, announced: day 29, name: stop, applications: hold}]"
    play(world, orders=orders, measures=measures).only("ordered measure").tells(f"""
        {when}  x/1 ordered 1.00
               x/2 ordered 2.00
        day 30  measure stop
    """)


def test_of_two_announcements_the_earlier_moves_an_order_once(play, day):
    measures = """
      - {on: day 34, announced: day 3, name: second, permits: suspended}
      - {on: day 30, announced: day 10, name: first, applications: hold}
    """
    days = [*range(25, 54)]
    world = "demand: {x: {anticipation: {share: 1, within: 20d}}}"
    played = play(world, orders="\n".join(f"day {day} 1.00" for day in days), measures=measures)

    expected = []
    for number, own in enumerate(days, 1):
        u = uniform(1, 0, address("line/x"), number, PURPOSES["ahead_when"], 0)
        since, on = (3, 34) if 34 <= own < 54 else (10, 30)
        moves = 30 <= own < 54
        expected.append((since * 1440 + int(u * (on - since) * 1440) if moves else own * 1440, number))
    assert _ordered(played) == [(day(minute), f"x/{number}") for minute, number in sorted(expected)]


@pytest.mark.parametrize(
    "act",
    [
        "applications: open",
        "applications: exempt",
        "permits: in_force",
        "officers: {desk: 0}",
        "approval: 0.5",
        "work: 1",
    ],
)
def test_nobody_orders_ahead_of_what_makes_nothing_worse(play, act):
    measures = f"[{{on: day 30, announced: day 10, {act}}}]"
    world = "{authorities: {office: {approval: 0.5}}, demand: {x: {anticipation: {share: 1, within: 20d}}}}"
    assert _ordered(play(world, orders="day 31 1.00", measures=measures)) == [("day 31", "x/1")]


@pytest.mark.parametrize(
    "act",
    [
        "applications: deny",
        "applications: hold",
        "permits: suspended",
        "cancel: all",
        "approval: 0.9",
        "work: {desk: 1.5}",
    ],
)
def test_all_order_ahead_of_what_makes_it_worse(play, act, day):
    measures = f"[{{on: day 30, announced: day 10, {act}}}]"
    world = "demand: {x: {anticipation: {share: 1, within: 20d}}}"
    assert _ordered(play(world, orders="day 31 1.00", measures=measures)) == [(day(_moved(1, share=2)), "x/1")]


def test_what_was_announced_before_the_run_moves_orders_from_its_first_minute_on(play, day):
    measures = "[{on: day 30, announced: day -400, applications: hold}]"
    world = "demand: {x: {anticipation: {share: 1, within: 20d}}}"
    played = play(world, orders="day 31 1.00", measures=measures)
    assert _ordered(played) == [(day(_moved(1, share=2, since=0)), "x/1")]


def test_a_measure_before_the_run_moves_nothing(play):
    measures = "[{on: day 0, announced: day -400, applications: hold}]"
    world = "demand: {x: {anticipation: {share: 1, within: 20d}}}"
    assert _ordered(play(world, orders="day 1 1.00", measures=measures)) == [("day 1", "x/1")]
