"""Orders that no source can take now: they wait, and are tried again in order of arrival."""

STOP = "[{on: day 0, name: stop, applications: deny}]"
STOP_AND_GO = """
        - {on: day 0, name: stop, applications: deny}
        - {on: day 5, name: go, applications: open}
"""


def test_served_when_a_source_qualifies(play):
    world = """
    suppliers: {elsewhere: {country: ZA, slots: 1, lead_time: 5d}}
    demand: {x: {sources: {maker: {}, elsewhere: {qualification: {starts: day 3, time: 4d}}}}}
    """
    play(world, measures=STOP).tells("""
        day 0   measure stop
                x/1 ordered 100.00, unserved 100.00
        day 7   x qualified elsewhere
                x/1 sourced elsewhere 100.00
        day 12  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_served_when_the_regime_changes(play):
    play(measures=STOP_AND_GO).tells("""
        day 0   measure stop
                x/1 ordered 100.00, unserved 100.00
        day 5   measure go
                x/1 sourced maker 100.00, applied office 100.00, review_started office/desk
        day 6   x/1 review_ended office/desk, approved office 100.00
        day 16  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_lost_when_patience_runs_out(play):
    play("demand: {x: {patience: {unserved: 4d}}}", measures=STOP_AND_GO).tells("""
        day 0  measure stop
               x/1 ordered 100.00, unserved 100.00
        day 4  x/1 lost unserved 100.00
        day 5  measure go
    """)


def test_served_in_the_minute_in_which_patience_would_run_out(play):
    play("demand: {x: {patience: {unserved: 5d}}}", measures=STOP_AND_GO).only("unserved sourced lost").tells("""
        day 0  x/1 unserved 100.00
        day 5  x/1 sourced maker 100.00
    """)


def test_several_are_served_in_order_of_arrival(play):
    world = "demand: {y: {buyer: buyer, destination: TR, goods: lamps, sources: {maker: {}}}}"
    play(world, orders={"y": "day 0 1.00\nday 2 2.00", "x": "day 1 3.00"}, measures=STOP_AND_GO).only(
        "measure unserved sourced applied review_started"
    ).tells("""
        day 0  measure stop
               y/1 unserved 1.00
        day 1  x/1 unserved 3.00
        day 2  y/2 unserved 2.00
        day 5  measure go
               y/1 sourced maker 1.00, applied office 1.00, review_started office/desk
               x/1 sourced maker 3.00, applied office 3.00
               y/2 sourced maker 2.00, applied office 2.00
        day 6  x/1 review_started office/desk
        day 7  y/2 review_started office/desk
    """)


def test_tried_in_vain_an_order_leaves_no_fact(play):
    play(
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders="day 0 1.00\nday 1 2.00 nato",
        measures="""
        - {on: day 0, name: stop, applications: deny}
        - {on: day 5, name: friends, applications: open, programmes: [nato]}
    """,
    ).only("measure unserved sourced lost").tells("""
        day 0  measure stop
               x/1 unserved 1.00
        day 1  x/2 unserved 2.00
        day 5  measure friends
               x/2 sourced maker 2.00
    """)


def test_denied_by_the_only_source_that_is_ready_an_order_waits_for_the_others(play):
    world = """
    authorities: {office: {approval: 0}}
    suppliers: {elsewhere: {country: ZA, slots: 1, lead_time: 5d}}
    demand: {x: {sources: {maker: {}, elsewhere: {qualification: {starts: disruption, time: 3d}}}}}
    """
    play(world).tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, denied office, unserved 100.00
        day 4  x qualified elsewhere
               x/1 sourced elsewhere 100.00
        day 9  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_patience_is_new_whenever_an_order_is_unserved_again(play):
    world = """
    demand: {x: {patience: {unserved: 4d}, sources: {maker: {}, neighbour: {weight: 0.000000001}}}}
    authorities: {bureau: {country: ZA}}
    suppliers: {neighbour: {country: ZA, authority: bureau, slots: 1, lead_time: 10d}}
    """
    play(
        world,
        measures="""
        - {on: day 0, name: stop, applications: deny}
        - {on: day 3, name: go, applications: open, authorities: [office]}
        - {on: day 4, name: stop again, applications: hold, authorities: [office]}
        - {on: day 5, name: go again, applications: open, authorities: [office]}
        - {on: day 6, name: refuse, applications: deny, authorities: [office], cancel: all}
    """,
    ).tells("""
        day 0   measure stop
                x/1 ordered 100.00, unserved 100.00
        day 3   measure go
                x/1 sourced maker 100.00, applied office 100.00, review_started office/desk
        day 4   measure stop again
                x/1 review_ended office/desk, held office
        day 5   measure go again
                x/1 approved office 100.00
        day 6   measure refuse
                x/1 cancelled refuse 100.00, unserved 100.00
        day 10  x/1 lost unserved 100.00
        day 15  x/1 finished #1 100.00, stranded #1 100.00
    """)


def test_a_change_of_officers_alone_is_no_reason_to_try_again(play):
    world = """
    demand: {x: {sources: {maker: {}}, trust: {loss: {hold: 1}, half_life: 10d}}}
    """
    play(
        world,
        orders="day 0 1.00",
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 3, name: more, officers: {desk: 2}}
        - {on: day 5, name: go, applications: open}
    """,
    ).only("measure unserved sourced").tells("""
        day 0  measure stop
               x/1 unserved 1.00
        day 3  measure more
        day 5  measure go
               x/1 sourced maker 1.00
    """)
