"""How long a buyer waits for a permit, and what becomes of the work on an application that is withdrawn."""

ELSEWHERE = """
suppliers:
  elsewhere: {country: ZA, slots: 1, lead_time: 5d}
demand:
  x: {sources: {maker: {weight: 1000000000}, elsewhere: {weight: 0.000000001}}, patience: {review: 3d}}
"""
SLOW = "authorities: {office: {review: [{stage: desk, officers: 1, work: 5d}]}}"


def test_patience_runs_out_under_work_the_officer_finishes_and_the_next_case_waits_for_him(play):
    play(ELSEWHERE, SLOW, orders="day 0 100.00\nday 3 50.00").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 3   x/1 withdrawn review 100.00, sourced elsewhere 100.00
                x/2 ordered 50.00, sourced maker 50.00, applied office 50.00
        day 5   x/1 review_ended office/desk [1 maker]
                x/2 review_started office/desk
        day 6   x/2 withdrawn review 50.00, sourced elsewhere 50.00
        day 8   x/1 finished #1 100.00, delivered #1 100.00
        day 10  x/2 review_ended office/desk [1 maker]
        day 13  x/2 finished #1 50.00, delivered #1 50.00
    """)


def test_a_withdrawn_application_leaves_its_queue_at_once(play):
    world = """
    demand:
      x: {patience: {review: 3d}}
      y: {buyer: buyer, destination: TR, goods: lamps, sources: {maker: {}}}
    """
    play(SLOW, world, orders={"y": "day 0 1.00\nday 2 2.00", "x": "day 1 3.00"}).only(
        "applied review_started review_ended withdrawn lost"
    ).tells("""
        day 0   y/1 applied office 1.00, review_started office/desk
        day 1   x/1 applied office 3.00
        day 2   y/2 applied office 2.00
        day 4   x/1 withdrawn review 3.00, lost excluded 3.00
        day 5   y/1 review_ended office/desk
                y/2 review_started office/desk
        day 10  y/2 review_ended office/desk
    """)


def test_patience_goes_on_at_the_gate(play):
    play(
        "demand: {x: {patience: {review: 3d}}}",
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: go, applications: open}
    """,
    ).tells("""
        day 0  measure stop
               x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, held office
        day 3  x/1 withdrawn review 100.00, lost excluded 100.00
        day 5  measure go
    """)


def test_patience_goes_on_through_case_by_case_review(play):
    world = """
    authorities: {office: {case_by_case: {review: [{stage: board, officers: 1, work: 5d}]}}}
    demand: {x: {patience: {review: 4d}}}
    """
    play(world, measures="[{on: day 0, name: sift, applications: case_by_case}]").tells("""
        day 0  measure sift
               x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, referred office, review_started office/board
        day 4  x/1 withdrawn review 100.00, lost excluded 100.00
        day 6  x/1 review_ended office/board
    """)


def test_patience_that_runs_out_in_the_minute_of_the_decision_is_too_late(play):
    play("demand: {x: {patience: {review: 1d}}}").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00
        day 11  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_patience_of_a_minute_less_than_the_review_is_not_enough(play):
    play("demand: {x: {patience: {review: 1439min}}}").tells("""
        day 0        x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 0 23:59  x/1 withdrawn review 100.00, lost excluded 100.00
        day 1        x/1 review_ended office/desk
    """)


def test_no_patience_at_all_ends_in_the_minute_of_the_application(play):
    play("demand: {x: {patience: {review: 0d}}}").tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
               x/1 withdrawn review 100.00, lost excluded 100.00
        day 1  x/1 review_ended office/desk
    """)


def test_every_attempt_has_its_own_patience(play):
    world = """
    authorities: {bureau: {country: PL, calendar: {weekend: []}, review: [{stage: desk, officers: 1, work: 5d}]}}
    suppliers: {mill: {country: PL, authority: bureau, slots: 1, lead_time: 10d}}
    demand: {x: {sources: {maker: {weight: 1000000000}, mill: {weight: 0.000000001}}, patience: {review: 3d}}}
    """
    play(SLOW, world).tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 3  x/1 withdrawn review 100.00, sourced mill 100.00, applied bureau 100.00, review_started bureau/desk
        day 5  x/1 review_ended office/desk [1 maker]
        day 6  x/1 withdrawn review 100.00, lost excluded 100.00
        day 8  x/1 review_ended bureau/desk
    """)


def test_patience_for_review_ends_with_the_permit(play):
    play("demand: {x: {patience: {review: 2d}}}").only("approved withdrawn delivered").tells("""
        day 1   x/1 approved office 100.00
        day 11  x/1 delivered #1 100.00
    """)
