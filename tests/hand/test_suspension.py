"""Permits suspended and reinstated: production goes on, delivery waits, and so does the buyer, for a while."""

ELSEWHERE = """
suppliers:
  elsewhere: {country: ZA, slots: 1, lead_time: 5d}
demand:
  x: {sources: {maker: {weight: 1000000000}, elsewhere: {weight: 0.000000001}}, parts: 2}
"""
TWO_PARTS = "demand: {x: {parts: 2}}"
IN_FORCE = """
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00
"""


def test_suspended_during_production_a_finished_part_waits_for_reinstatement(play):
    play(
        TWO_PARTS,
        measures="""
        - {on: day 5, name: stop, permits: suspended}
        - {on: day 15, name: go, permits: in_force}
    """,
    ).tells(
        IN_FORCE
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 11  x/1 finished #1 50.00
        day 15  measure go
                x/1 reinstated go 100.00, delivered #1 50.00
        day 21  x/1 finished #2 50.00, delivered #2 50.00
    """
    )


def test_suspended_after_production_everything_that_waited_is_delivered_at_once(play):
    play(
        TWO_PARTS,
        measures="""
        - {on: day 5, name: stop, permits: suspended}
        - {on: day 40, name: go, permits: in_force}
    """,
    ).tells(
        IN_FORCE
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 11  x/1 finished #1 50.00
        day 21  x/1 finished #2 50.00
        day 40  measure go
                x/1 reinstated go 100.00, delivered #1 50.00, delivered #2 50.00
    """
    )


def test_the_figure_of_a_suspension_is_what_is_undelivered(play):
    play(TWO_PARTS, measures="[{on: day 15, name: stop, permits: suspended}]").only("delivered suspended").tells("""
        day 11  x/1 delivered #1 50.00
        day 15  x/1 suspended stop 50.00
    """)


def test_permits_are_suspended_and_reinstated_in_order_of_arrival(play):
    world = """
    authorities: {office: {review: [{stage: desk, officers: 9, work: 1d}]}}
    suppliers: {maker: {slots: 9}}
    demand: {y: {buyer: buyer, destination: TR, goods: lamps, sources: {maker: {}}}}
    """
    play(
        world,
        orders={"x": "day 1 1.00\nday 2 2.00", "y": "day 0 3.00"},
        measures="""
        - {on: day 5, name: stop, permits: suspended}
        - {on: day 40, name: go, permits: in_force}
    """,
    ).only("measure suspended reinstated delivered").tells("""
        day 5   measure stop
                y/1 suspended stop 3.00
                x/1 suspended stop 1.00
                x/2 suspended stop 2.00
        day 40  measure go
                y/1 reinstated go 3.00, delivered #1 3.00
                x/1 reinstated go 1.00, delivered #1 1.00
                x/2 reinstated go 2.00, delivered #1 2.00
    """)


def test_a_permit_issued_in_a_suspended_cell_is_suspended(play):
    play(measures="[{on: day 0, name: stop, permits: suspended}]").tells("""
        day 0   measure stop
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00, suspended stop 100.00
        day 11  x/1 finished #1 100.00
    """)


def test_a_permit_of_an_exempt_and_suspended_cell_is_suspended(play):
    play(measures="[{on: day 0, name: stop, applications: exempt, permits: suspended}]").tells("""
        day 0   measure stop
                x/1 ordered 100.00, sourced maker 100.00, approved office 100.00, suspended stop 100.00
        day 10  x/1 finished #1 100.00
    """)


def test_suspending_what_is_suspended_does_nothing(play):
    play(
        measures="""
        - {on: day 5, name: stop, permits: suspended}
        - {on: day 6, name: again, permits: suspended}
    """
    ).tells(
        IN_FORCE
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 6   measure again
        day 11  x/1 finished #1 100.00
    """
    )


def test_a_permit_that_is_used_up_is_neither_suspended_nor_cancelled(play):
    play(measures="[{on: day 20, name: stop, permits: suspended, cancel: all}]").tells(
        IN_FORCE
        + """
        day 11  x/1 finished #1 100.00, delivered #1 100.00
        day 20  measure stop
    """
    )


def test_suspended_in_the_minute_in_which_a_part_is_finished_it_waits(play):
    play(measures="[{on: day 11, name: stop, permits: suspended}]").tells(
        IN_FORCE
        + """
        day 11  measure stop
                x/1 suspended stop 100.00, finished #1 100.00
    """
    )


def test_reinstated_in_the_minute_in_which_a_part_is_finished_it_is_delivered(play):
    play(
        measures="""
        - {on: day 5, name: stop, permits: suspended}
        - {on: day 11, name: go, permits: in_force}
    """
    ).tells(
        IN_FORCE
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 11  measure go
                x/1 reinstated go 100.00, finished #1 100.00, delivered #1 100.00
    """
    )


def test_patience_for_suspension_ends_the_attempt_and_strands_what_was_made(play):
    play(
        ELSEWHERE,
        "demand: {x: {patience: {suspension: 12d}}}",
        measures="""
        - {on: day 5, name: stop, permits: suspended}
    """,
    ).tells(
        IN_FORCE
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 11  x/1 finished #1 50.00
        day 17  x/1 withdrawn suspension 100.00, stranded #1 50.00, sourced elsewhere 100.00
        day 21  x/1 finished #2 50.00 [1 maker], stranded #2 50.00 [1 maker]
        day 22  x/1 finished #1 50.00, delivered #1 50.00
        day 27  x/1 finished #2 50.00, delivered #2 50.00
    """
    )


def test_every_suspension_has_its_own_patience(play):
    world = """
    suppliers: {maker: {lead_time: 30d}}
    demand: {x: {patience: {suspension: 6d}}}
    """
    play(
        world,
        measures="""
        - {on: day 5, name: stop, permits: suspended}
        - {on: day 10, name: go, permits: in_force}
        - {on: day 12, name: stop again, permits: suspended}
    """,
    ).tells(
        IN_FORCE
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 10  measure go
                x/1 reinstated go 100.00
        day 12  measure stop again
                x/1 suspended stop again 100.00
        day 18  x/1 withdrawn suspension 100.00, lost excluded 100.00
        day 31  x/1 finished #1 100.00, stranded #1 100.00
    """
    )


def test_patience_for_suspension_that_runs_out_in_the_minute_of_reinstatement_is_too_late(play):
    play(
        "demand: {x: {patience: {suspension: 10d}}}",
        measures="""
        - {on: day 5, name: stop, permits: suspended}
        - {on: day 15, name: go, permits: in_force}
    """,
    ).tells(
        IN_FORCE
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 11  x/1 finished #1 100.00
        day 15  measure go
                x/1 reinstated go 100.00, delivered #1 100.00
    """
    )


def test_patience_for_suspension_runs_from_the_permit_where_the_cell_was_suspended_before(play):
    stop = "[{on: day 0, name: stop, permits: suspended}]"
    play("demand: {x: {patience: {suspension: 4d}}}", measures=stop).tells("""
        day 0   measure stop
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00, suspended stop 100.00
        day 5   x/1 withdrawn suspension 100.00, lost excluded 100.00
        day 11  x/1 finished #1 100.00, stranded #1 100.00
    """)


def test_a_reinstated_order_goes_on_with_the_parts_that_are_left(play):
    play(
        "demand: {x: {parts: 3}}",
        measures="""
        - {on: day 15, name: stop, permits: suspended}
        - {on: day 25, name: go, permits: in_force}
    """,
    ).only("finished delivered suspended reinstated").tells("""
        day 11  x/1 finished #1 33.33, delivered #1 33.33
        day 15  x/1 suspended stop 66.67
        day 21  x/1 finished #2 33.33
        day 25  x/1 reinstated go 66.67, delivered #2 33.33
        day 31  x/1 finished #3 33.34, delivered #3 33.34
    """)


def test_a_suspended_permit_keeps_its_place_in_the_queue_of_the_slots(play):
    play(
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders="day 0 1.00\nday 0 2.00 nato\nday 0 3.00",
        measures="""
        - {on: day 5, name: stop, permits: suspended, programmes: [nato]}
    """,
    ).only("finished delivered suspended").tells("""
        day 5   x/2 suspended stop 2.00
        day 11  x/1 finished #1 1.00, delivered #1 1.00
        day 21  x/2 finished #1 2.00
        day 31  x/3 finished #1 3.00, delivered #1 3.00
    """)
