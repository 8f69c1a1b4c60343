"""Permits cancelled: the source is excluded, work in hand is finished and stranded, the remainder goes elsewhere."""

ELSEWHERE = """
suppliers:
  elsewhere: {country: ZA, slots: 1, lead_time: 5d}
demand:
  x: {sources: {maker: {weight: 1000000000}, elsewhere: {weight: 0.000000001}}, parts: 2}
"""
IN_FORCE = """
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00
"""
PROGRAMMES = """
suppliers: {maker: {slots: 9}}
demand: {x: {programmes: {nato: 0.5}}}
"""


def test_the_part_in_production_is_finished_and_stranded_while_the_remainder_is_made_elsewhere(play):
    play(ELSEWHERE, measures="[{on: day 15, name: end, cancel: all}]").tells(
        IN_FORCE
        + """
        day 11  x/1 finished #1 50.00, delivered #1 50.00
        day 15  measure end
                x/1 cancelled end 50.00, sourced elsewhere 50.00
        day 20  x/1 finished #2 50.00, delivered #2 50.00
        day 21  x/1 finished #2 50.00 [1 maker], stranded #2 50.00 [1 maker]
    """
    )


def test_parts_that_waited_are_stranded_at_once(play):
    play(
        ELSEWHERE,
        measures="""
        - {on: day 5, name: stop, permits: suspended}
        - {on: day 30, name: end, cancel: suspended}
    """,
    ).tells(
        IN_FORCE
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 11  x/1 finished #1 50.00
        day 21  x/1 finished #2 50.00
        day 30  measure end
                x/1 cancelled end 100.00, stranded #1 50.00, stranded #2 50.00, sourced elsewhere 100.00
        day 35  x/1 finished #1 50.00, delivered #1 50.00
        day 40  x/1 finished #2 50.00, delivered #2 50.00
    """
    )


def test_without_another_source_the_remainder_is_lost(play):
    play("demand: {x: {parts: 2}}", measures="[{on: day 15, name: end, cancel: all}]").tells(
        IN_FORCE
        + """
        day 11  x/1 finished #1 50.00, delivered #1 50.00
        day 15  measure end
                x/1 cancelled end 50.00, lost excluded 50.00
        day 21  x/1 finished #2 50.00, stranded #2 50.00
    """
    )


def test_the_slot_is_kept_until_the_work_in_hand_is_finished(play):
    play(
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders="day 0 1.00\nday 0 2.00 nato",
        measures="""
        - {on: day 5, name: end, cancel: all, programmes: [none]}
    """,
    ).only("cancelled lost finished stranded delivered").tells("""
        day 5   x/1 cancelled end 1.00, lost excluded 1.00
        day 11  x/1 finished #1 1.00, stranded #1 1.00
        day 21  x/2 finished #1 2.00, delivered #1 2.00
    """)


def test_a_part_that_waits_for_a_slot_leaves_the_queue_at_once(play):
    play(
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders="day 0 1.00\nday 0 2.00 nato\nday 0 3.00",
        measures="""
        - {on: day 5, name: end, cancel: all, programmes: [nato]}
    """,
    ).only("cancelled lost finished stranded delivered").tells("""
        day 5   x/2 cancelled end 2.00, lost excluded 2.00
        day 11  x/1 finished #1 1.00, delivered #1 1.00
        day 21  x/3 finished #1 3.00, delivered #1 3.00
    """)


def test_cancel_suspended_spares_permits_in_force(play):
    play(
        PROGRAMMES,
        orders="day 0 1.00\nday 0 2.00 nato",
        measures="""
        - {on: day 5, name: stop, permits: suspended, programmes: [nato]}
        - {on: day 8, name: end, cancel: suspended}
    """,
    ).only("measure suspended cancelled lost delivered").tells("""
        day 5   measure stop
                x/2 suspended stop 2.00
        day 8   measure end
                x/2 cancelled end 2.00, lost excluded 2.00
        day 11  x/1 delivered #1 1.00
    """)


def test_cancel_all_cancels_both_in_order_of_arrival(play):
    play(
        PROGRAMMES,
        orders="day 0 1.00\nday 0 2.00 nato",
        measures="""
        - {on: day 5, name: stop, permits: suspended, programmes: [nato]}
        - {on: day 8, name: end, cancel: all}
    """,
    ).only("measure suspended cancelled lost delivered").tells("""
        day 5   measure stop
                x/2 suspended stop 2.00
        day 8   measure end
                x/1 cancelled end 1.00, lost excluded 1.00
                x/2 cancelled end 2.00, lost excluded 2.00
    """)


def test_one_measure_suspends_first_and_cancels_then(play):
    play(
        PROGRAMMES,
        orders="day 0 1.00\nday 0 2.00",
        measures="""
        - {on: day 5, name: end, permits: suspended, cancel: suspended}
    """,
    ).only("measure suspended cancelled lost").tells("""
        day 5  measure end
               x/1 suspended end 1.00
               x/2 suspended end 2.00
               x/1 cancelled end 1.00, lost excluded 1.00
               x/2 cancelled end 2.00, lost excluded 2.00
    """)


def test_applications_are_not_cancelled(play):
    play(
        orders="day 0 1.00\nday 5 2.00",
        measures="""
        - {on: day 6, name: end, cancel: all}
    """,
    ).only("approved cancelled lost delivered").tells("""
        day 1   x/1 approved office 1.00
        day 6   x/1 cancelled end 1.00, lost excluded 1.00
                x/2 approved office 2.00
        day 21  x/2 delivered #1 2.00
    """)


def test_cancelled_for_one_authority_an_order_may_apply_to_another(play):
    world = """
    authorities: {bureau: {country: PL, calendar: {weekend: []}, review: [{stage: desk, officers: 1, work: 2d}]}}
    suppliers: {mill: {country: PL, authority: bureau, slots: 1, lead_time: 10d}}
    demand: {x: {sources: {maker: {weight: 1000000000}, mill: {weight: 0.000000001}}}}
    """
    play(world, measures="[{on: day 5, name: end, cancel: all, authorities: [office]}]").tells(
        IN_FORCE
        + """
        day 5   measure end
                x/1 cancelled end 100.00, sourced mill 100.00, applied bureau 100.00, review_started bureau/desk
        day 7   x/1 review_ended bureau/desk, approved bureau 100.00
        day 11  x/1 finished #1 100.00 [1 maker], stranded #1 100.00 [1 maker]
        day 17  x/1 finished #1 100.00, delivered #1 100.00
    """
    )


def test_a_permit_issued_by_the_consequences_of_a_cancellation_is_not_cancelled_with_it(play):
    world = """
    suppliers: {mill: {country: CA, authority: office, slots: 1, lead_time: 10d}}
    demand: {x: {sources: {maker: {weight: 1000000000}, mill: {weight: 0.000000001}}}}
    """
    play(world, measures="[{on: day 5, name: end, applications: exempt, cancel: all}]").tells(
        IN_FORCE
        + """
        day 5   measure end
                x/1 cancelled end 100.00, sourced mill 100.00, approved office 100.00
        day 11  x/1 finished #1 100.00 [1 maker], stranded #1 100.00 [1 maker]
        day 15  x/1 finished #1 100.00, delivered #1 100.00
    """
    )
