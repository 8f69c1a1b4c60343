"""Applications that a stage sends back with questions: the officer is free, the applicant answers, work begins anew."""

import pytest

from exportsim.chance import address, uniform


def world(returns, officers=1, more=""):
    stage = f"{{stage: desk, officers: {officers}, work: 1d, returns: {returns}}}"
    return f"authorities: {{office: {{review: [{stage}{more}]}}}}"


def test_an_application_goes_back_once_and_is_worked_on_again(play):
    play(world("{chance: 1, answer: 5d}")).tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, returned office/desk
        day 6   x/1 answered office/desk, review_started office/desk
        day 7   x/1 review_ended office/desk, approved office 100.00
        day 17  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_it_goes_back_no_more_than_so_often_and_from_each_stage(play):
    board = ", {stage: board, officers: 1, work: 2d, returns: {chance: 1, answer: 1d}}"
    play(world("{chance: 1, answer: 5d, most: 2}", more=board)).only("returned answered approved").tells("""
        day 1   x/1 returned office/desk
        day 6   x/1 answered office/desk
        day 7   x/1 returned office/desk
        day 12  x/1 answered office/desk
        day 15  x/1 returned office/board
        day 16  x/1 answered office/board
        day 18  x/1 approved office 100.00
    """)


def test_the_officer_is_free_meanwhile_and_the_answered_joins_the_end_of_the_queue(play):
    """Answered on day 2, in the minute in which the desk is free again: who came before is taken up first."""
    play(world("{chance: 1, answer: 1d}"), orders="day 0 1.00\nday 0 2.00\nday 0 3.00").only(
        "review_started returned answered approved"
    ).tells("""
        day 0  x/1 review_started office/desk
        day 1  x/1 returned office/desk
               x/2 review_started office/desk
        day 2  x/2 returned office/desk
               x/3 review_started office/desk
               x/1 answered office/desk
        day 3  x/3 returned office/desk
               x/1 review_started office/desk
               x/2 answered office/desk
        day 4  x/1 approved office 1.00
               x/2 review_started office/desk
               x/3 answered office/desk
        day 5  x/2 approved office 2.00
               x/3 review_started office/desk
        day 6  x/3 approved office 3.00
    """)


def test_who_goes_back_is_drawn_at_each_visit(play):
    def u(number, visit):
        return uniform(4, 9, address("line/x"), number, address("returns/desk"), 1 + 65536 * visit)

    found = play(
        world("{chance: 0.5, answer: 1d, most: 3}"), orders="\n".join(f"day {9 * k} 1.00" for k in range(11)),
        seed=4, future=9,
    ).facts()  # fmt: skip
    times = [sum(row[1:] == (f"x/{n}", "returned office/desk") for row in found) for n in range(1, 12)]
    expected = [next((v for v in range(3) if u(n, v) >= 0.5), 3) for n in range(1, 12)]
    assert times == expected
    assert len(set(expected)) > 2


def test_work_and_answer_are_drawn_anew_at_each_visit(play, day):
    """The index of a visit is attempt + 65536 × returns so far; of a distribution uniform over two days."""
    world_ = """
    authorities: {office: {review: [{stage: desk, officers: 1, work: {uniform: [0d, 2d]},
        returns: {chance: 1, answer: {uniform: [0d, 2d]}, most: 2}}]}}
    """
    drawn = {
        (what, visit): round(2880 * uniform(1, 0, address("line/x"), 1, address(f"{what}/desk"), 1 + 65536 * visit))
        for what in ("work", "answer")
        for visit in range(3)
    }
    minutes, expected = 0, []
    for visit in range(3):
        minutes += drawn["work", visit]
        if visit < 2:
            expected.append((minutes, "returned office/desk"))
            minutes += drawn["answer", visit]
            expected.append((minutes, "answered office/desk"))
    found = play(world_).only("returned answered").facts()
    assert [(when, what) for when, _, what in found] == [(day(minute), what) for minute, what in expected]


def test_patience_goes_on_while_it_is_with_the_applicant(play):
    play(world("{chance: 1, answer: 5d}"), "demand: {x: {patience: {review: 3d}}}").tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, returned office/desk
        day 3  x/1 withdrawn review 100.00, lost excluded 100.00
    """)


def test_an_answer_comes_before_patience_runs_out_in_the_same_minute(play):
    """Answered and taken up, it is withdrawn under the officer's hands, who finishes; nothing goes back then."""
    play(world("{chance: 1, answer: 5d, most: 9}"), "demand: {x: {patience: {review: 6d}}}").only(
        "answered review_started withdrawn review_ended returned"
    ).tells("""
        day 0  x/1 review_started office/desk
        day 1  x/1 review_ended office/desk, returned office/desk
        day 6  x/1 answered office/desk, review_started office/desk, withdrawn review 100.00
        day 7  x/1 review_ended office/desk
    """)


def test_a_hold_reaches_it_when_it_is_decided(play):
    """The measure acts while it is with the applicant: nothing happens to it until the work is done again."""
    play(world("{chance: 1, answer: 5d}"), measures="[{on: day 3, name: stop, applications: hold}]").only(
        "measure answered held"
    ).tells("""
        day 3  measure stop
        day 6  x/1 answered office/desk
        day 7  x/1 held office
    """)


def test_officers_change_in_the_minute_of_the_answer(play):
    """The measure comes first: there is nobody to take it up until there are officers again."""
    measures = "[{on: day 6, name: none, officers: {desk: 0}}, {on: day 8, name: some, officers: {desk: 1}}]"
    play(world("{chance: 1, answer: 5d}"), measures=measures).only("measure answered review_started").tells("""
        day 0  x/1 review_started office/desk
        day 6  measure none
               x/1 answered office/desk
        day 8  measure some
               x/1 review_started office/desk
    """)


def test_what_is_with_the_applicant_is_not_in_review(play):
    threshold = "[{when: {in_review: {above: 1, below: 1}, every: 1d}, name: many, officers: {desk: 1}}]"
    play(
        world("{chance: 1, answer: 2d}", officers=2), "period: {end: day 4}",
        orders="day 0 00:01 1.00\nday 0 00:01 2.00", measures=threshold,
    ).only("measure returned answered").tells("""
        day 1        measure many at 2
        day 1 00:01  x/1 returned office/desk
                     x/2 returned office/desk
        day 2        measure many: then nothing at 0
        day 3 00:01  x/1 answered office/desk
                     x/2 answered office/desk
        day 4        measure many at 2
    """)  # fmt: skip


@pytest.mark.parametrize(("chance", "times"), [("0", 0), ("1", 1)])
def test_other_applications_go_back_too(play, chance, times):
    traffic = "authorities: {office: {traffic: {applications: 60/y}}}"
    found = play(world(f"{{chance: {chance}, answer: 1d}}"), traffic, "period: {end: day 30}").facts()
    approved = [whose for _, whose, what in found if what.startswith("approved") and whose.startswith("other/")]
    assert approved
    for whose in approved:
        assert sum(row[1:] == (whose, "returned office/desk") for row in found) == times


def test_an_answer_to_an_application_that_was_withdrawn_is_none_to_the_next(play):
    """The answer to the first office comes while the second has sent the next application back."""
    elsewhere = """
    authorities:
      bureau:
        country: US
        calendar: {weekend: []}
        review: [{stage: desk, officers: 1, work: 1d, returns: {chance: 1, answer: 30d}}]
    suppliers: {plant: {country: US, authority: bureau, slots: 1, lead_time: 10d}}
    demand: {x: {patience: {review: 3d}, sources: {maker: {weight: 1000000}, plant: {weight: 1}}}}
    """
    play(world("{chance: 1, answer: 5d}"), elsewhere).tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, returned office/desk
        day 3  x/1 withdrawn review 100.00, sourced plant 100.00, applied bureau 100.00, review_started bureau/desk
        day 4  x/1 review_ended bureau/desk, returned bureau/desk
        day 6  x/1 withdrawn review 100.00, lost excluded 100.00
    """)
