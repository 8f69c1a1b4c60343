"""What an attempt has left behind does not touch the next one, however soon it follows."""

OTHER = """
suppliers: {other: {country: CA, authority: office, slots: 1, lead_time: 10d}}
demand: {x: {sources: {maker: {weight: 1000000000}, other: {weight: 0.000000001}}}}
"""


def test_the_expiry_of_a_cancelled_permit_does_not_end_the_next_one(play):
    world = """
    authorities: {office: {validity: 20d}}
    suppliers: {other: {lead_time: 18d}}
    period: {end: day 30}
    """
    play(OTHER, world, measures="[{on: day 5, name: end, cancel: all}]").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00
        day 5   measure end
                x/1 cancelled end 100.00, sourced other 100.00, applied office 100.00, review_started office/desk
        day 6   x/1 review_ended office/desk, approved office 100.00
        day 11  x/1 finished #1 100.00 [1 maker], stranded #1 100.00 [1 maker]
        day 24  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_an_application_that_comes_to_the_gate_in_the_act_that_holds_it_is_held_once(play):
    world = "authorities: {office: {review: []}}"
    measures = "[{on: day 5, name: stop, applications: hold, cancel: all}, {on: day 20, name: go, applications: open}]"
    play(OTHER, world, measures=measures).tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, approved office 100.00
        day 5   measure stop
                x/1 cancelled stop 100.00, sourced other 100.00, applied office 100.00, held office
        day 10  x/1 finished #1 100.00 [1 maker], stranded #1 100.00 [1 maker]
        day 20  measure go
                x/1 approved office 100.00
        day 30  x/1 finished #1 100.00, delivered #1 100.00
    """)
