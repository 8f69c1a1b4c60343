"""Measures that wait for a figure to pass a limit, and are undone when it falls below another."""

import math

from exportsim.chance import PURPOSES, address, uniform

SLOW = "authorities: {office: {review: [{stage: desk, officers: 1, work: 5d}]}}"


LOOK = "[{name: look, when: {in_review: {above: %d, below: %d}, every: %s}, officers: {desk: 1}}]"


def test_in_review_crossed_both_ways_and_again(play):
    orders = "day 0 1.00\nday 0 2.00\nday 0 3.00\nday 10 4.00\nday 10 5.00"
    play(
        SLOW,
        orders=orders,
        measures="""
        - {name: rush, when: {in_review: {above: 1, below: 1}, every: 1d}, officers: {desk: 5},
           then: {officers: {desk: 1}}}
    """,
    ).only("measure review_started review_ended").tells("""
        day 0   x/1 review_started office/desk
        day 1   measure rush at 3
                x/2 review_started office/desk
                x/3 review_started office/desk
        day 5   x/1 review_ended office/desk
        day 6   x/2 review_ended office/desk
                x/3 review_ended office/desk
        day 7   measure rush: then 1 officers at desk at 0
        day 10  x/4 review_started office/desk
        day 11  measure rush at 2
                x/5 review_started office/desk
        day 15  x/4 review_ended office/desk
        day 16  x/5 review_ended office/desk
        day 17  measure rush: then 1 officers at desk at 0
    """)


def test_between_the_limits_nothing_happens(play):
    play(SLOW, orders="day 0 1.00\nday 0 2.00\nday 0 3.00", measures=LOOK % (2, 1, "1d")).only(
        "measure review_ended"
    ).tells("""
        day 1   measure look at 3
        day 5   x/1 review_ended office/desk
        day 10  x/2 review_ended office/desk
        day 15  x/3 review_ended office/desk
        day 16  measure look: then nothing at 0
    """)


def test_at_the_lower_limit_is_not_below_it(play):
    play(SLOW, orders="day 0 1.00\nday 0 2.00\nday 0 3.00", measures=LOOK % (2, 2, "1d")).only(
        "measure review_ended"
    ).tells("""
        day 1   measure look at 3
        day 5   x/1 review_ended office/desk
        day 10  x/2 review_ended office/desk
        day 11  measure look: then nothing at 1
        day 15  x/3 review_ended office/desk
    """)


def test_at_the_limit_is_not_above_it(play):
    play(
        SLOW,
        orders="day 0 1.00\nday 0 2.00",
        measures="""
        - {name: rush, when: {in_review: {above: 2, below: 1}, every: 1d}, officers: {desk: 5}}
    """,
    ).only("measure").tells("")


def test_a_case_by_case_review_counts_as_review_and_the_gate_does_not(play):
    world = """
    authorities:
      office:
        review: []
        case_by_case: {review: [{stage: board, officers: 1, work: 5d}]}
    """
    play(
        world,
        orders="day 0 1.00\nday 0 2.00",
        measures="""
        - {on: day 0, name: sift, applications: case_by_case}
        - {on: day 4, name: stop, applications: hold}
        - {name: rush, when: {in_review: {above: 1, below: 1}, every: 1d}, officers: {board: 5},
           then: {officers: {board: 1}}}
    """,
    ).only("measure review_ended held").tells("""
        day 0  measure sift
        day 1  measure rush at 2
        day 4  measure stop
        day 5  x/1 review_ended office/board, held office
        day 6  x/2 review_ended office/board, held office
        day 7  measure rush: then 1 officers at board at 0
    """)


def test_held_crossed_both_ways(play):
    play(
        orders="day 0 1.00\nday 0 2.00\nday 10 3.00\nday 10 4.00",
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {name: clear, when: {held: {above: 1, below: 1}, every: 1d}, applications: open, then: {applications: hold}}
    """,
    ).only("measure held approved").tells("""
        day 0   measure stop
        day 1   x/1 held office
        day 2   x/2 held office
        day 3   measure clear at 2
                x/1 approved office 1.00
                x/2 approved office 2.00
        day 4   measure clear: then applications hold at 0
        day 11  x/3 held office
        day 12  x/4 held office
        day 13  measure clear at 2
                x/3 approved office 3.00
                x/4 approved office 4.00
        day 14  measure clear: then applications hold at 0
    """)


def test_in_force_crossed_both_ways(play):
    world = "suppliers: {maker: {slots: 9, lead_time: 50d}}\nperiod: {end: day 5}"
    play(
        world,
        orders="day 0 1.00\nday 0 2.00",
        measures="""
        - {name: brake, when: {in_force: {above: 1, below: 1}, every: 1d}, permits: suspended,
           then: {permits: in_force}}
    """,
    ).only("measure approved suspended reinstated").tells("""
        day 1  x/1 approved office 1.00
        day 2  x/2 approved office 2.00
        day 3  measure brake at 2
               x/1 suspended brake 1.00
               x/2 suspended brake 2.00
        day 4  measure brake: then permits in_force at 0
               x/1 reinstated brake: then permits in_force 1.00
               x/2 reinstated brake: then permits in_force 2.00
        day 5  measure brake at 2
               x/1 suspended brake 1.00
               x/2 suspended brake 2.00
    """)


def test_delivered_in_a_window_crossed_both_ways_with_its_cents_as_the_figure(play):
    play(
        orders="day 0 60.00\nday 0 50.00",
        measures="""
        - {name: brake, when: {delivered: {above: 100, below: 60}, every: 1d, window: 12d}, applications: hold,
           then: {applications: open}}
    """,
    ).only("measure delivered").tells("""
        day 11  x/1 delivered #1 60.00
        day 21  x/2 delivered #1 50.00
        day 22  measure brake at 11000
        day 24  measure brake: then applications open at 5000
    """)


def test_only_what_is_delivered_under_licence_counts(play):
    world = """
    suppliers: {elsewhere: {country: ZA, slots: 1, lead_time: 1d}}
    demand: {y: {buyer: buyer, destination: TR, goods: lamps, sources: {elsewhere: {}}}}
    """
    play(
        world,
        orders={"x": "day 0 60.00", "y": "day 0 500.00"},
        measures="""
        - {name: brake, when: {delivered: {above: 0, below: 0}, every: 1d, window: 99d}, applications: hold}
    """,
    ).only("measure").tells("""
        day 12  measure brake at 6000
    """)


def test_only_the_cells_of_the_scope_count(play):
    play(
        SLOW,
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders="day 0 1.00\nday 4 2.00 nato",
        measures="""
        - {name: all, when: {in_review: {above: 0, below: 0}, every: 1d}, officers: {desk: 1}}
        - {name: friends, when: {in_review: {above: 0, below: 0}, every: 1d}, officers: {desk: 1}, programmes: [nato]}
        - {name: others, when: {in_review: {above: 0, below: 0}, every: 1d}, officers: {desk: 1},
           except: {programmes: [none]}}
    """,
    ).only("measure").tells("""
        day 1  measure all at 1
        day 5  measure friends at 1
               measure others at 1
    """)


def test_checks_come_every_so_often_from_the_start_of_the_period(play):
    orders = "day -20 1.00\nday -20 2.00\nday -2 3.00\nday -2 4.00\nday 10 5.00\nday 10 6.00\nday 12 7.00"
    play(SLOW, "period: {warm_up: 20d}", orders=orders, measures=LOOK % (1, 1, "7d")).only(
        "measure review_ended"
    ).tells("""
        day -15  x/1 review_ended office/desk
        day -10  x/2 review_ended office/desk
        day 0    measure look at 2
        day 3    x/3 review_ended office/desk
        day 8    x/4 review_ended office/desk
        day 15   x/5 review_ended office/desk
        day 20   x/6 review_ended office/desk
        day 25   x/7 review_ended office/desk
        day 28   measure look: then nothing at 0
    """)


def test_without_a_then_a_measure_acts_anew_after_each_fall(play):
    play(
        SLOW,
        orders="day 0 1.00\nday 0 2.00\nday 20 3.00\nday 20 4.00",
        measures="""
        - {name: stop, when: {in_review: {above: 1, below: 1}, every: 1d}, permits: suspended}
        - {on: day 15, name: go, permits: in_force}
    """,
    ).only("measure").tells("""
        day 1   measure stop at 2
        day 11  measure stop: then nothing at 0
        day 15  measure go
        day 21  measure stop at 2
        day 31  measure stop: then nothing at 0
    """)


def test_other_traffic_counts_in_review_where_the_scope_names_authorities_only(play):
    world = """
    authorities: {office: {review: [{stage: desk, officers: 0, work: 1d}], traffic: {applications: 36.525/y}}}
    period: {end: day 29}
    """
    arrivals, reached = [], 0.0
    while reached < 30:
        u = uniform(1, 0, address("authority/office"), len(arrivals) + 1, PURPOSES["arrival"], 0)
        reached += -10 * math.log(1 - u)
        arrivals.append(reached)
    second = math.ceil(arrivals[1])
    count = sum(arrival < second for arrival in arrivals)
    assert second < 29, "this future does not serve: choose another"
    play(
        world,
        orders="day 29 1.00",
        measures="""
        - {name: place, when: {in_review: {above: 1, below: 0}, every: 1d}, applications: hold, destinations: [TR]}
        - {name: work, when: {in_review: {above: 1, below: 0}, every: 1d}, applications: hold, authorities: [office]}
        - {name: anything, when: {in_review: {above: 1, below: 0}, every: 1d}, applications: hold}
        - {name: no, when: {in_review: {above: 1, below: 0}, every: 1d}, applications: hold,
           except: {authorities: [office]}}
    """,
    ).only("measure").tells(f"""
        day {second}  measure work at {count}
                      measure anything at {count}
    """)
