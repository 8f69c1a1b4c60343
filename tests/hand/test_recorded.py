"""What a register records of decisions happens as it is recorded, until records bind no more."""

import pytest

from exportsim.errors import ScenarioError

LATER = "policies: {later: {measures: [{on: day 6, applications: hold, name: later}]}}"
"""A policy beside the one that is played, which differs from it from day 6 on."""


def test_decisions_happen_when_they_were_recorded_and_take_no_officer(play):
    play(orders="day 0 1.00 : day 7 approved\nday 2 2.00 : day 3 denied\nday 4 4.00 : day 5 withdrawn").tells("""
        day 0   x/1 ordered 1.00, sourced maker 1.00, applied office 1.00
        day 2   x/2 ordered 2.00, sourced maker 2.00, applied office 2.00
        day 3   x/2 denied office, lost excluded 2.00
        day 4   x/3 ordered 4.00, sourced maker 4.00, applied office 4.00
        day 5   x/3 withdrawn review 4.00, lost excluded 4.00
        day 7   x/1 approved office 1.00
        day 17  x/1 finished #1 1.00, delivered #1 1.00
    """)


def test_where_policies_differ_the_model_decides_whatever_is_recorded(play):
    orders = "day 0 1.00 : day 5 approved\nday 1 2.00 : day 6 denied\nday 2 4.00 : open\nday 6 8.00 : day 7 denied"
    play(LATER, orders=orders).tells("""
        day 0   x/1 ordered 1.00, sourced maker 1.00, applied office 1.00
        day 1   x/2 ordered 2.00, sourced maker 2.00, applied office 2.00
        day 2   x/3 ordered 4.00, sourced maker 4.00, applied office 4.00
        day 5   x/1 approved office 1.00
        day 6   x/2 left_open office 2.00, review_started office/desk
                x/3 left_open office 4.00
                x/4 ordered 8.00, sourced maker 8.00, applied office 8.00
        day 7   x/2 review_ended office/desk, approved office 2.00
                x/3 review_started office/desk
        day 8   x/3 review_ended office/desk, approved office 4.00
                x/4 review_started office/desk
        day 9   x/4 review_ended office/desk, approved office 8.00
        day 15  x/1 finished #1 1.00, delivered #1 1.00
        day 25  x/2 finished #1 2.00, delivered #1 2.00
        day 35  x/3 finished #1 4.00, delivered #1 4.00
        day 45  x/4 finished #1 8.00, delivered #1 8.00
    """)


def test_the_policy_that_differs_has_the_same_records_before_and_its_measure_first(play):
    play(LATER, orders="day 0 1.00 : day 5 approved\nday 1 2.00 : open", policy="later").only(
        "approved measure left_open review_ended held"
    ).tells("""
        day 5   x/1 approved office 1.00
        day 6   measure later
                x/2 left_open office 2.00
        day 7   x/2 review_ended office/desk, held office
    """)


def test_the_day_of_which_a_register_tells_ends_its_records_alone(play):
    world = """
    demand:
      x: {orders: {as_of: day 3}}
      y: {buyer: buyer, destination: TR, goods: lamps, sources: {maker: {}}}
    """
    orders = {"x": "day 0 1.00 : day 3 approved", "y": "day 0 2.00 : day 4 denied\nday 0 3.00 : open"}
    play(world, orders=orders).only("left_open review_ended approved denied").tells("""
        day 3   x/1 left_open office 1.00
        day 4   x/1 review_ended office/desk, approved office 1.00
                y/1 denied office
    """)


def test_records_bind_whatever_regime_holds_and_what_is_open_is_decided_by_it(play):
    world = "demand: {x: {orders: {as_of: day 5}}}\nhistory: [{on: day 0, applications: deny}]"
    play(world, orders="day 0 1.00 : day 2 approved\nday 1 2.00 : open").tells("""
        day 0   measure 2024-01-01
                x/1 ordered 1.00, sourced maker 1.00, applied office 1.00
        day 1   x/2 ordered 2.00, sourced maker 2.00, applied office 2.00
        day 2   x/1 approved office 1.00
        day 5   x/2 left_open office 2.00, review_started office/desk
        day 6   x/2 review_ended office/desk, denied office, lost excluded 2.00
        day 12  x/1 finished #1 1.00, delivered #1 1.00
    """)


def test_patience_for_review_runs_from_where_records_bind_no_more(play):
    world = """
    demand: {x: {patience: {review: 3d}, orders: {as_of: day 20}}}
    authorities: {office: {review: [{stage: desk, officers: 1, work: 9d}]}}
    """
    play(world, orders="day 0 1.00 : day 12 denied\nday 0 2.00 : open").only("denied left_open withdrawn").tells("""
        day 12  x/1 denied office
        day 20  x/2 left_open office 2.00
        day 23  x/2 withdrawn review 2.00
    """)


def test_a_permit_expires_when_that_is_recorded_and_is_renewed_by_the_model(play):
    world = "suppliers: {maker: {lead_time: 20d}}\nauthorities: {office: {validity: 5d}}"
    play(world, orders="day 0 1.00 : day 2 approved until day 9\nday 30 2.00 : day 30 approved").tells("""
        day 0   x/1 ordered 1.00, sourced maker 1.00, applied office 1.00
        day 2   x/1 approved office 1.00
        day 9   x/1 expired office 1.00, applied office 1.00, review_started office/desk
        day 10  x/1 review_ended office/desk, approved office 1.00
        day 15  x/1 expired office 1.00, applied office 1.00, review_started office/desk
        day 16  x/1 review_ended office/desk, approved office 1.00
        day 21  x/1 expired office 1.00, applied office 1.00, review_started office/desk
        day 22  x/1 review_ended office/desk, approved office 1.00, finished #1 1.00, delivered #1 1.00
        day 30  x/2 ordered 2.00, sourced maker 2.00, applied office 2.00, approved office 2.00
        day 35  x/2 expired office 2.00, applied office 2.00, review_started office/desk
        day 36  x/2 review_ended office/desk, approved office 2.00
        day 41  x/2 expired office 2.00, applied office 2.00, review_started office/desk
        day 42  x/2 review_ended office/desk, approved office 2.00
        day 47  x/2 expired office 2.00, applied office 2.00, review_started office/desk
        day 48  x/2 review_ended office/desk, approved office 2.00
        day 50  x/2 finished #1 2.00, delivered #1 2.00
    """)


def test_what_is_recorded_is_of_a_source_that_needs_a_permit_and_what_follows_of_any(play):
    world = """
    suppliers: {home: {country: TR, slots: 1, lead_time: 1d}}
    demand: {x: {sources: {home: {weight: 1e6}, maker: {weight: 1e-6}}}}
    """
    play(world, orders="day 0 1.00 : day 2 denied").tells("""
        day 0   x/1 ordered 1.00, sourced maker 1.00, applied office 1.00
        day 2   x/1 denied office, sourced home 1.00
        day 3   x/1 finished #1 1.00, delivered #1 1.00
    """)


def test_the_second_attempt_of_a_recorded_order_is_reviewed_by_officers(play):
    world = """
    suppliers: {smith: {country: CA, authority: office, slots: 1, lead_time: 1d}}
    demand: {x: {sources: {smith: {weight: 1e-9}, maker: {weight: 1e9}}}}
    """
    play(world, orders="day 0 1.00 : day 2 denied").tells("""
        day 0   x/1 ordered 1.00, sourced maker 1.00, applied office 1.00
        day 2   x/1 denied office, sourced smith 1.00, applied office 1.00, review_started office/desk
        day 3   x/1 review_ended office/desk, approved office 1.00
        day 4   x/1 finished #1 1.00, delivered #1 1.00
    """)


def test_applications_on_record_count_as_in_review(play):
    measures = """
    [{when: {in_review: {above: 1, below: 1}, every: 1d}, name: full, approval: 0.5, then: {approval: standard}}]
    """
    world = "demand: {x: {orders: {as_of: day 50}}}"
    play(world, orders="day 0 1.00 : day 3 approved\nday 0 2.00 : day 4 approved", measures=measures).only(
        "measure"
    ).tells("""
        day 1   measure full at 2
        day 5   measure full: then approval standard at 0
    """)


@pytest.mark.parametrize(
    ("world", "said"),
    [
        ("demand: {x: {anticipation: {share: 0.5, within: 30d}}}", "no order comes ahead of its date"),
        ("demand: {x: {destination: CA}}", "no source of this line needs a permit"),
        ("demand: {x: {sources: {maker: {qualification: {starts: day 0, time: 1d}}}}}", "is usable from the start"),
        ("demand: {x: {orders: {as_of: day 0}}}", "expected a day of the run after its first"),
        ("demand: {x: {orders: {as_of: day 100}}}", "expected a day of the run after its first"),
    ],
)
def test_what_cannot_be_replayed_is_refused(play, world, said):
    with pytest.raises(ScenarioError, match=said):
        play(world, orders="day 0 1.00 : open")


TWO_STAGES = """
authorities:
  office:
    review: [{stage: intake, officers: 1, work: 1d}, {stage: desk, officers: 1, work: 3d}]
    case_by_case: {approval: 0.0, review: [{stage: council, officers: 1, work: 5d}]}
suppliers: {maker: {slots: 9}}
demand: {x: {orders: {as_of: day 10}}}
"""


def test_an_open_application_stands_in_the_stage_that_its_record_names_with_the_work_there_before_it(play):
    orders = "day 0 1.00 : open\nday 1 2.00 : open at desk\nday 2 4.00 : open at intake\nday 3 8.00 : open at desk"
    play(TWO_STAGES, orders=orders).only("left_open review_started review_ended approved").tells("""
        day 10  x/1 left_open office 1.00, review_started office/intake
                x/2 left_open office 2.00, review_started office/desk
                x/3 left_open office 4.00
                x/4 left_open office 8.00
        day 11  x/1 review_ended office/intake
                x/3 review_started office/intake
        day 12  x/3 review_ended office/intake
        day 13  x/2 review_ended office/desk, approved office 2.00
                x/4 review_started office/desk
        day 16  x/4 review_ended office/desk, approved office 8.00
                x/1 review_started office/desk
        day 19  x/1 review_ended office/desk, approved office 1.00
                x/3 review_started office/desk
        day 22  x/3 review_ended office/desk, approved office 4.00
    """)


def test_who_came_to_a_stage_first_is_taken_up_there_first(play):
    orders = """
    day 0 1.00 : open at desk since day 8
    day 1 2.00 : open at desk
    day 2 4.00 : open at desk since day 3
    day 3 8.00 : open at desk since day 3
    """
    world = "authorities: {office: {review: [{stage: desk, officers: 1, work: 3d}]}}"
    play(TWO_STAGES, world, orders=orders).only("left_open review_started").tells("""
        day 10  x/2 left_open office 2.00, review_started office/desk
                x/3 left_open office 4.00
                x/4 left_open office 8.00
                x/1 left_open office 1.00
        day 13  x/3 review_started office/desk
        day 16  x/4 review_started office/desk
        day 19  x/1 review_started office/desk
    """)


def test_who_stands_in_the_further_review_is_decided_after_it_and_its_draws_of_share_are_of_later_stages(play):
    play(
        TWO_STAGES,
        "authorities: {office: {review: [{stage: intake, officers: 1, work: 1d, share: 0.0},"
        " {stage: desk, officers: 1, work: 3d}]}}",
        orders="day 0 1.00 : open at council\nday 1 2.00 : open at intake",
        measures="[{on: day 0, applications: case_by_case}]",
    ).only("left_open review_started review_ended referred denied").tells("""
        day 10  x/1 left_open office 1.00, review_started office/council
                x/2 left_open office 2.00, review_started office/intake
        day 11  x/2 review_ended office/intake, review_started office/desk
        day 14  x/2 review_ended office/desk, referred office
        day 15  x/1 review_ended office/council, denied office
                x/2 review_started office/council
        day 20  x/2 review_ended office/council, denied office
    """)


def test_a_register_does_not_say_where_applications_stood_on_a_day_before_its_own(play):
    orders = "day 0 1.00 : open at desk since day 4\nday 1 2.00 : open at desk since day 2"
    play(TWO_STAGES, LATER, orders=orders).only("left_open review_started").tells("""
        day 6   x/1 left_open office 1.00, review_started office/intake
                x/2 left_open office 2.00
        day 7   x/1 review_started office/desk
                x/2 review_started office/intake
        day 10  x/2 review_started office/desk
    """)


def test_at_a_stage_that_sits_those_who_stand_there_are_dealt_with_at_its_first_sitting(play):
    world = """
    authorities:
      office: {review: [{stage: desk, officers: 1, work: 3d}, {stage: bench, sits: {every: 10d, from: day 0, most: 1}}]}
    """
    play(TWO_STAGES, world, orders="day 0 1.00 : open at bench since day 9\nday 1 2.00 : open at bench").only(
        "left_open review_started approved"
    ).tells("""
        day 10  x/2 left_open office 2.00
                x/1 left_open office 1.00
                x/2 review_started office/bench, approved office 2.00
        day 20  x/1 review_started office/bench, approved office 1.00
    """)
