"""What a regime decides: new, in review, at the gate."""

import pytest

BOARD = """
authorities:
  office:
    case_by_case: {review: [{stage: board, officers: 1, work: 2d}]}
"""


def test_hold_then_open_is_decided_the_same_minute(play):
    play(
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: go, applications: open}
    """
    ).tells("""
        day 0   measure stop
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, held office
        day 5   measure go
                x/1 approved office 100.00
        day 15  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_hold_then_open_can_still_be_a_denial(play):
    play(
        "authorities: {office: {approval: 0}}",
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: go, applications: open}
    """,
    ).tells("""
        day 0   measure stop
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, held office
        day 5   measure go
                x/1 denied office, lost excluded 100.00
    """)


def test_hold_then_deny_denies(play):
    play(
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: refuse, applications: deny}
    """
    ).tells("""
        day 0   measure stop
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, held office
        day 5   measure refuse
                x/1 denied office, lost excluded 100.00
    """)


def test_hold_then_case_by_case_refers_to_officers_of_its_own(play):
    play(
        BOARD,
        orders="day 0 1.00\nday 0 2.00",
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: sift, applications: case_by_case}
    """,
    ).tells("""
        day 0   measure stop
                x/1 ordered 1.00, sourced maker 1.00, applied office 1.00, review_started office/desk
                x/2 ordered 2.00, sourced maker 2.00, applied office 2.00
        day 1   x/1 review_ended office/desk, held office
                x/2 review_started office/desk
        day 2   x/2 review_ended office/desk, held office
        day 5   measure sift
                x/1 referred office, review_started office/board
                x/2 referred office
        day 7   x/1 review_ended office/board, approved office 1.00
                x/2 review_started office/board
        day 9   x/2 review_ended office/board, approved office 2.00
        day 17  x/1 finished #1 1.00, delivered #1 1.00
        day 27  x/2 finished #1 2.00, delivered #1 2.00
    """)


def test_hold_then_exempt_approves_whatever_the_chance(play):
    play(
        "authorities: {office: {approval: 0}}",
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: free, applications: exempt}
    """,
    ).tells("""
        day 0   measure stop
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, held office
        day 5   measure free
                x/1 approved office 100.00
        day 15  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_hold_then_hold_decides_nothing(play):
    play(
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: again, applications: hold}
    """
    ).tells("""
        day 0   measure stop
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, held office
        day 5   measure again
    """)


def test_case_by_case_refers_after_the_ordinary_review(play):
    play(BOARD, measures="[{on: day 0, name: sift, applications: case_by_case}]").tells("""
        day 0   measure sift
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, referred office, review_started office/board
        day 3   x/1 review_ended office/board, approved office 100.00
        day 13  x/1 finished #1 100.00, delivered #1 100.00
    """)


@pytest.mark.parametrize(
    ("ordinary", "special", "decided"), [(1, 0, "denied office"), (0, 1, "approved office 100.00")]
)
def test_case_by_case_has_an_approval_of_its_own(play, ordinary, special, decided):
    world = f"""
    authorities:
      office:
        approval: {ordinary}
        case_by_case: {{approval: {special}, review: []}}
    """
    play(world, measures="[{on: day 0, applications: case_by_case}]").only("referred approved denied").tells(f"""
        day 1  x/1 referred office, {decided}
    """)


def test_hold_during_the_case_by_case_review_holds_after_it(play):
    play(
        BOARD,
        measures="""
        - {on: day 0, name: sift, applications: case_by_case}
        - {on: day 2, name: stop, applications: hold}
        - {on: day 6, name: sift again, applications: case_by_case}
    """,
    ).tells("""
        day 0   measure sift
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, referred office, review_started office/board
        day 2   measure stop
        day 3   x/1 review_ended office/board, held office
        day 6   measure sift again
                x/1 approved office 100.00
        day 16  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_open_during_the_case_by_case_review_decides_at_its_end(play):
    play(
        BOARD,
        "authorities: {office: {approval: 0}}",
        measures="""
        - {on: day 0, name: sift, applications: case_by_case}
        - {on: day 2, name: go, applications: open}
    """,
    ).tells("""
        day 0   measure sift
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, referred office, review_started office/board
        day 2   measure go
        day 3   x/1 review_ended office/board, denied office, lost excluded 100.00
    """)


def test_in_an_exempt_cell_the_permit_is_there_without_an_application(play):
    play("authorities: {office: {approval: 0}}", measures="[{on: day 0, name: free, applications: exempt}]").tells("""
        day 0   measure free
                x/1 ordered 100.00, sourced maker 100.00, approved office 100.00
        day 10  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_a_cell_exempted_during_review_is_approved_at_its_end(play):
    world = "authorities: {office: {approval: 0, review: [{stage: desk, officers: 1, work: 3d}]}}"
    free = "[{on: day 1, name: free, applications: exempt}]"
    play(world, measures=free).only("measure review_ended approved").tells("""
        day 1  measure free
        day 3  x/1 review_ended office/desk, approved office 100.00
    """)


def test_deny_during_review_denies_at_its_end(play):
    world = "authorities: {office: {review: [{stage: desk, officers: 1, work: 3d}]}}"
    play(world, measures="[{on: day 1, name: refuse, applications: deny}]").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   measure refuse
        day 3   x/1 review_ended office/desk, denied office, lost excluded 100.00
    """)


def test_hold_and_open_again_during_review_leave_no_trace(play):
    world = "authorities: {office: {review: [{stage: desk, officers: 1, work: 3d}]}}"
    play(
        world,
        measures="""
        - {on: day 1, name: stop, applications: hold}
        - {on: day 2, name: go, applications: open}
    """,
    ).tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   measure stop
        day 2   measure go
        day 3   x/1 review_ended office/desk, approved office 100.00
        day 13  x/1 finished #1 100.00, delivered #1 100.00
    """)


@pytest.mark.parametrize("regime", ["hold", "deny"])
def test_a_moratorium_on_new_permits_does_not_touch_those_in_force(play, regime):
    play(measures=f"[{{on: day 5, name: stop, applications: {regime}}}]").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00
        day 5   measure stop
        day 11  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_held_applications_are_decided_in_order_of_arrival_each_with_its_consequences(play):
    world = """
    authorities: {office: {review: [{stage: desk, officers: 9, work: 1d}]}}
    suppliers: {elsewhere: {country: ZA, slots: 9, lead_time: 5d}}
    demand:
      x: {sources: {maker: {weight: 1000000000}, elsewhere: {weight: 0.000000001}}}
      y: {buyer: buyer, destination: TR, goods: lamps,
          sources: {maker: {weight: 1000000000}, elsewhere: {weight: 0.000000001}}}
    period: {end: day 5}
    """
    play(
        world,
        orders={"x": "day 1 1.00\nday 2 2.00", "y": "day 0 3.00"},
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: refuse, applications: deny}
    """,
    ).only("measure denied sourced").tells("""
        day 0  measure stop
               y/1 sourced maker 3.00
        day 1  x/1 sourced maker 1.00
        day 2  x/2 sourced maker 2.00
        day 5  measure refuse
               y/1 denied office, sourced elsewhere 3.00
               x/1 denied office, sourced elsewhere 1.00
               x/2 denied office, sourced elsewhere 2.00
    """)


def test_only_what_is_held_in_a_changed_cell_is_decided(play):
    play(
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders="day 0 1.00\nday 0 2.00 nato",
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: friends, applications: open, programmes: [nato]}
    """,
    ).only("measure held approved").tells("""
        day 0  measure stop
        day 1  x/1 held office
        day 2  x/2 held office
        day 5  measure friends
               x/2 approved office 2.00
    """)
