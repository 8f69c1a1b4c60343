"""Delivery plans: when parts are called off, and what each is worth."""

PLAN = """
suppliers: {maker: {authority: null, lead_time: 5d}}
demand: {x: {deliveries: {first: 6d, every: 10d, shares: [1, 2, 4, 4]}}}
"""
OTHER = "demand: {y: {buyer: buyer, destination: TR, goods: lamps, sources: {maker: {}}}}"


def test_parts_are_called_off_by_the_plan_and_worth_their_shares(play):
    play(PLAN, orders="day 0 0.31").tells("""
        day 0   x/1 ordered 0.31, sourced maker 0.31
        day 11  x/1 finished #1 0.02, delivered #1 0.02
        day 21  x/1 finished #2 0.05, delivered #2 0.05
        day 31  x/1 finished #3 0.11, delivered #3 0.11
        day 41  x/1 finished #4 0.13, delivered #4 0.13
    """)


def test_an_order_too_small_for_its_shares_is_worth_a_cent_a_part_at_least(play):
    play(PLAN, orders="day 0 0.10\nday 30 0.01").only("ordered delivered").tells("""
        day 0   x/1 ordered 0.11
        day 11  x/1 delivered #1 0.01
        day 21  x/1 delivered #2 0.02
        day 30  x/2 ordered 0.11
        day 31  x/1 delivered #3 0.04
        day 41  x/1 delivered #4 0.04
        day 46  x/2 delivered #1 0.01
        day 51  x/2 delivered #2 0.02
        day 61  x/2 delivered #3 0.04
        day 71  x/2 delivered #4 0.04
    """)


def test_a_plan_that_production_cannot_keep_holds_nothing_up(play):
    slow = "suppliers: {maker: {lead_time: 12d}}"
    play(PLAN, slow, orders="day 0 1.10").only("finished").tells("""
        day 18  x/1 finished #1 0.10
        day 30  x/1 finished #2 0.20
        day 42  x/1 finished #3 0.40
        day 54  x/1 finished #4 0.40
    """)


def test_the_slot_is_free_until_the_next_part_is_called_off(play):
    """The first of y has the slot meanwhile; the second came while it was taken, and is before the part."""
    plan = "demand: {x: {parts: 2, deliveries: {first: null, shares: null, every: 10d}}}"
    orders = {"x": "day 0 2.00", "y": "day 1 3.00\nday 9 23:59 4.00"}
    play(PLAN, plan, OTHER, orders=orders).only("finished").tells("""
        day 5   x/1 finished #1 1.00
        day 10  y/1 finished #1 3.00
        day 15  y/2 finished #1 4.00
        day 20  x/1 finished #2 1.00
    """)


def test_in_one_minute_a_slot_becomes_free_then_a_part_is_called_off_then_an_order_arrives(play):
    plan = "demand: {x: {parts: 2, deliveries: {first: null, shares: null, every: 10d}}}"
    orders = {"x": "day 0 2.00", "y": "day 1 3.00\nday 10 4.00"}
    play(PLAN, plan, OTHER, orders=orders).only("finished").tells("""
        day 5   x/1 finished #1 1.00
        day 10  y/1 finished #1 3.00
        day 15  x/1 finished #2 1.00
        day 20  y/2 finished #1 4.00
    """)


def test_what_is_called_off_before_the_permit_is_begun_with_it(play):
    play("demand: {x: {parts: 2, deliveries: {first: 12h, every: 10d}}}").only("approved finished").tells("""
        day 1   x/1 approved office 100.00
        day 11  x/1 finished #1 50.00
        day 21  x/1 finished #2 50.00
    """)


TWICE = "demand: {x: {parts: 2, deliveries: {every: 20d}}}"
BEGUN = """
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00
"""


def test_the_plan_counts_from_the_order_whatever_the_attempt(play):
    play(
        TWICE,
        "demand: {x: {sources: {neighbour: {weight: 0.000000001}}}}",
        "suppliers: {neighbour: {country: ZA, slots: 1, lead_time: 3d}}",
        measures="[{on: day 12, name: end, cancel: all}]",
    ).tells(
        BEGUN
        + """
        day 11  x/1 finished #1 50.00, delivered #1 50.00
        day 12  measure end
                x/1 cancelled end 50.00, sourced neighbour 50.00
        day 23  x/1 finished #2 50.00, delivered #2 50.00
    """
    )


def test_called_off_under_a_suspended_permit_it_is_begun_and_in_the_minute_of_lost_patience_too(play):
    """Patience ends on the day on which the second part is called off, and after it: work in hand is stranded."""
    play(
        TWICE,
        "demand: {x: {patience: {suspension: 15d}}}",
        measures="[{on: day 5, name: stop, permits: suspended}]",
    ).tells(
        BEGUN
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 11  x/1 finished #1 50.00
        day 20  x/1 withdrawn suspension 100.00, stranded #1 50.00, lost excluded 100.00
        day 30  x/1 finished #2 50.00, stranded #2 50.00
    """
    )


def test_called_off_in_the_minute_in_which_the_permit_expires_it_is_begun_and_waits_for_the_new_one(play):
    play(TWICE, "authorities: {office: {validity: 19d}}", "suppliers: {maker: {lead_time: 12h}}").tells(
        BEGUN
        + """
        day 1 12:00   x/1 finished #1 50.00, delivered #1 50.00
        day 20        x/1 expired office 50.00, applied office 50.00, review_started office/desk
        day 20 12:00  x/1 finished #2 50.00
        day 21        x/1 review_ended office/desk, approved office 50.00, delivered #2 50.00
    """
    )
