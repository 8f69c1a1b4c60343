"""What measures set of the pace of review: how long work takes, and who is taken up first."""

TWO_LINES = "demand: {y: {buyer: buyer, destination: PL, goods: lamps, sources: {maker: {}}}}"
SLOW = "authorities: {office: {review: [{stage: desk, officers: 1, work: 2d}]}}"


def test_work_begun_from_then_on_takes_longer_until_it_is_as_usual(play):
    play(
        orders="day 0 1.00\nday 4 12:00 2.00\nday 5 12:00 3.00\nday 10 4.00",
        measures="""
        - {on: day 5, name: slower, work: 2}
        - {on: day 10, name: back, work: standard}
    """,
    ).only("measure review_started review_ended").tells("""
        day 0         x/1 review_started office/desk
        day 1         x/1 review_ended office/desk
        day 4 12:00   x/2 review_started office/desk
        day 5         measure slower
        day 5 12:00   x/2 review_ended office/desk
                      x/3 review_started office/desk
        day 7 12:00   x/3 review_ended office/desk
        day 10        measure back
                      x/4 review_started office/desk
        day 11        x/4 review_ended office/desk
    """)


def test_work_at_one_stage_leaves_the_others_and_the_last_act_sets(play):
    play(
        """
        authorities:
          office: {review: [{stage: desk, officers: 1, work: 1d}, {stage: board, officers: 1, work: 1d}]}
        """,
        orders="day 1 1.00\nday 9 2.00",
        measures="""
        - {on: day 0, name: all, work: 3}
        - {on: day 0, name: board, work: {board: 0.5}}
        - {on: day 8, name: desk, work: {desk: standard}}
    """,
    ).only("measure review_started review_ended").tells("""
        day 0         measure all
                      measure board
        day 1         x/1 review_started office/desk
        day 4         x/1 review_ended office/desk, review_started office/board
        day 4 12:00   x/1 review_ended office/board
        day 8         measure desk
        day 9         x/2 review_started office/desk
        day 10        x/2 review_ended office/desk, review_started office/board
        day 10 12:00  x/2 review_ended office/board
    """)


def test_half_a_minute_is_one_and_other_cells_are_left(play):
    play(
        TWO_LINES,
        "authorities: {office: {review: [{stage: desk, officers: 9, work: 3min}]}}",
        orders={"x": "day 0 1.00", "y": "day 0 2.00"},
        measures="[{on: day 0, name: faster, work: 0.5, destinations: [TR]}]",
    ).only("measure review_ended").tells("""
        day 0        measure faster
        day 0 00:02  x/1 review_ended office/desk
        day 0 00:03  y/1 review_ended office/desk
    """)


def test_working_days_are_multiplied_before_they_are_counted(play):
    play(
        "authorities: {office: {calendar: {weekend: [sat, sun]}, review: [{stage: desk, officers: 1, work: 2bd}]}}",
        orders="day 3 1.00",
        measures="[{on: day 0, name: slower, work: 1.5}]",
    ).only("measure review_ended").tells("""
        day 0  measure slower
        day 8  x/1 review_ended office/desk
    """)


def test_who_is_first_is_taken_up_before_those_who_came_earlier_and_work_in_hand_is_finished(play):
    play(
        TWO_LINES,
        SLOW,
        orders={"x": "day 0 1.00\nday 0 12:00 2.00", "y": "day 1 3.00\nday 1 12:00 4.00"},
        measures="[{on: day 0, name: friends, priority: first, destinations: [PL]}]",
    ).only("measure review_started").tells("""
        day 0  measure friends
               x/1 review_started office/desk
        day 2  y/1 review_started office/desk
        day 4  y/2 review_started office/desk
        day 6  x/2 review_started office/desk
    """)


def test_a_change_ranks_those_who_wait_anew_in_the_minute_in_which_an_officer_is_free(play):
    play(
        TWO_LINES,
        SLOW,
        orders={"x": "day 0 1.00\nday 0 12:00 2.00\nday 1 3.00", "y": "day 1 4.00\nday 1 12:00 5.00"},
        measures="""
        - {on: day 2, name: friends, priority: first, destinations: [PL]}
        - {on: day 4, name: back, priority: standard}
    """,
    ).only("measure review_started").tells("""
        day 0  x/1 review_started office/desk
        day 2  measure friends
               y/1 review_started office/desk
        day 4  measure back
               x/2 review_started office/desk
        day 6  x/3 review_started office/desk
        day 8  y/2 review_started office/desk
    """)


def test_more_officers_of_the_same_act_take_up_by_the_new_ranks(play):
    play(
        TWO_LINES,
        SLOW,
        orders={"x": "day 0 1.00\nday 0 12:00 2.00\nday 0 12:00 3.00", "y": "day 0 18:00 4.00"},
        measures="[{on: day 1, name: surge, priority: last, officers: {desk: 3}, destinations: [TR]}]",
    ).only("measure review_started").tells("""
        day 0  x/1 review_started office/desk
        day 1  measure surge
               y/1 review_started office/desk
               x/2 review_started office/desk
        day 2  x/3 review_started office/desk
    """)


def test_a_withdrawn_application_leaves_its_place_among_those_of_its_rank(play):
    play(
        TWO_LINES,
        "demand: {y: {patience: {review: 1d}}}",
        SLOW,
        orders={"x": "day 0 1.00\nday 0 12:00 2.00", "y": "day 0 18:00 3.00"},
        measures="[{on: day 0, name: friends, priority: first, destinations: [PL]}]",
    ).only("measure review_started withdrawn").tells("""
        day 0         measure friends
                      x/1 review_started office/desk
        day 1 18:00   y/1 withdrawn review 3.00
        day 2         x/2 review_started office/desk
    """)


def test_other_applications_are_ranked_where_authorities_are_named_alone(play):
    """Others come last and the orders for one destination do not: of those who wait, the order is next."""
    facts = play(
        "authorities: {office: {traffic: {applications: 700/y}}}",
        orders={"x": "day 20 1.00"},
        measures="""
        - {on: day 0, name: others-last, priority: last, authorities: [office]}
        - {on: day 0, name: but-orders, priority: normal, destinations: [TR]}
    """,
    ).facts()
    came = next(
        number for number, (_, whose, what) in enumerate(facts) if whose == "x/1" and what.startswith("applied")
    )
    others = [what for _, whose, what in facts[:came] if whose.startswith("other/")]
    waiting = sum(what.startswith("applied") for what in others) - sum(
        what.startswith("review_started") for what in others
    )
    assert waiting > 1
    begun = [whose for _, whose, what in facts[came:] if what.startswith("review_started")]
    assert begun[0] == "x/1"
