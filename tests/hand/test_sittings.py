"""Stages that sit: on its day, at midnight, a committee deals with the first who wait, in no time."""

from exportsim.chance import address, uniform


def world(sits, before="", more="", calendar=""):
    stage = f"{{stage: board, sits: {sits}{more}}}"
    return f"authorities: {{office: {{{calendar}review: [{before}{stage}]}}}}"


DESK = "{stage: desk, officers: 9, work: 1d}, "


def test_an_application_waits_for_the_next_sitting_and_passes_in_no_time(play):
    play(world("{every: 1w, from: day 3}"), orders="day 0 100.00").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00
        day 3   x/1 review_started office/board, review_ended office/board, approved office 100.00
        day 13  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_who_comes_in_the_minute_of_a_sitting_is_too_late(play):
    """Arrivals come last in a minute; a review that ends in it comes before the sitting."""
    play(world("{every: 5d, from: day 0}"), orders="day 0 1.00\nday 5 2.00").only("review_started").tells("""
        day 5   x/1 review_started office/board
        day 10  x/2 review_started office/board
    """)
    play(world("{every: 5d, from: day 0}", DESK), orders="day 0 1.00\nday 4 2.00").only(
        "review_started review_ended approved"
    ).tells("""
        day 0  x/1 review_started office/desk
        day 1  x/1 review_ended office/desk
        day 4  x/2 review_started office/desk
        day 5  x/2 review_ended office/desk
               x/1 review_started office/board, review_ended office/board, approved office 1.00
               x/2 review_started office/board, review_ended office/board, approved office 2.00
    """)


def test_it_deals_with_so_many_at_most_the_first_come_first(play):
    orders = "\n".join(f"day 0 {n}.00" for n in range(1, 6))
    play(world("{every: 3d, from: day 1, most: 2}"), orders=orders).only("approved").tells("""
        day 1  x/1 approved office 1.00
               x/2 approved office 2.00
        day 4  x/3 approved office 3.00
               x/4 approved office 4.00
        day 7  x/5 approved office 5.00
    """)


def test_a_day_that_is_not_worked_is_put_off_to_the_next_that_is(play):
    """Day 0 is a Monday: Friday the 4th, Saturday the 5th and Sunday the 6th; every day from Friday on."""
    week = "calendar: {weekend: [sat, sun]}, "
    orders = "\n".join(f"day {day} {day}.00" for day in (1, 4, 5, 6))
    play(world("{every: 1d, from: day 4}", calendar=week), orders=orders).only("approved").tells("""
        day 4  x/1 approved office 1.00
        day 7  x/2 approved office 4.00
               x/3 approved office 5.00
               x/4 approved office 6.00
    """)


def test_sittings_that_fall_on_one_day_are_one(play):
    """Put off from Saturday and from Sunday to a Monday on which it sits anyway: one sitting of at most one."""
    week = "calendar: {weekend: [sat, sun]}, "
    orders = "\n".join(f"day {day} {day}.00" for day in (4, 5, 6))
    play(world("{every: 1d, from: day 5, most: 1}", calendar=week), orders=orders).only("approved").tells("""
        day 7  x/1 approved office 4.00
        day 8  x/2 approved office 5.00
        day 9  x/3 approved office 6.00
    """)


def test_days_are_counted_from_one_before_the_run(play):
    play(world("{every: 1w, from: day -10}"), orders="day 0 1.00").only("approved").tells("""
        day 4  x/1 approved office 1.00
    """)


def test_a_measure_comes_before_the_sitting_of_its_day(play):
    play(world("{every: 5d, from: day 5}"), measures="[{on: day 5, name: stop, applications: hold}]").only(
        "measure review_ended held"
    ).tells("""
        day 5  measure stop
               x/1 review_ended office/board, held office
    """)


def test_patience_that_runs_out_on_the_day_of_the_sitting_is_too_late(play):
    play(world("{every: 5d, from: day 5}"), "demand: {x: {patience: {review: 5d}}}").only(
        "approved withdrawn"
    ).tells("""
        day 5  x/1 approved office 100.00
    """)
    play(world("{every: 6d, from: day 6}"), "demand: {x: {patience: {review: 5d}}}").only(
        "approved withdrawn"
    ).tells("""
        day 5  x/1 withdrawn review 100.00
    """)


def test_who_is_denied_at_a_sitting_and_applies_again_waits_for_the_next(play):
    """Two makers at one office, which denies the first attempt (drawn): the second is not of this sitting."""
    luck = [uniform(1, f, address("line/x"), 1, address("approval"), 1) for f in range(99)]
    future = next(f for f, u in enumerate(luck) if u >= 0.5)
    second = """
    authorities: {office: {approval: 0.5}}
    suppliers: {mill: {country: CA, authority: office, slots: 1, lead_time: 10d}}
    demand: {x: {sources: {mill: {}}}}
    """
    found = play(world("{every: 5d, from: day 5}"), second, future=future).only("denied applied review_started").facts()
    assert [row[0] for row in found] == ["day 0", "day 5", "day 5", "day 5", "day 10"][: len(found)]
    assert [row[2].split()[0] for row in found][:4] == ["applied", "review_started", "denied", "applied"]


def test_one_committee_after_the_other_on_the_same_day(play):
    """By the order of stages: what the first passes on the second deals with, on that day; the other way round not."""
    second = ", {stage: council, sits: {every: 5d, from: day 5}}"
    stages = "[{stage: board, sits: {every: 5d, from: day 5}}" + second + "]"
    play(f"authorities: {{office: {{review: {stages}}}}}").only("review_ended approved").tells("""
        day 5  x/1 review_ended office/board, review_ended office/council, approved office 100.00
    """)


def test_a_committee_may_send_back_and_deals_with_it_again(play):
    play(world("{every: 5d, from: day 5}", more=", returns: {chance: 1, answer: 5d}")).only(
        "review_ended returned answered approved"
    ).tells("""
        day 5   x/1 review_ended office/board, returned office/board
        day 10  x/1 answered office/board
        day 15  x/1 review_ended office/board, approved office 100.00
    """)


def test_other_applications_are_dealt_with_in_the_same_queue(play):
    traffic = "authorities: {office: {traffic: {applications: 60/y}}}"
    found = play(world("{every: 10d, from: day 10, most: 3}"), traffic, orders="day 9 1.00").facts()
    for day in (10, 20, 30):
        at = [whose for when, whose, what in found if when == f"day {day}" and what.startswith("review_started")]
        assert len(at) <= 3
        assert len(at) > 0
    assert any(whose == "x/1" and what.startswith("approved") for _, whose, what in found)


def test_it_deals_with_the_first_by_rank_of_those_who_wait(play):
    """Lamps come first by a measure: of three that wait, those who are dealt with are the third and the first."""
    world_ = """
    goods: {wires: {}}
    authorities: {office: {review: [{stage: board, sits: {every: 5d, from: day 5, most: 2}}]}}
    demand: {y: {buyer: buyer, destination: TR, goods: wires, sources: {maker: {}}}}
    """
    measures = "[{on: day 2, name: lamps first, goods: [lamps], priority: first}]"
    play(world_, orders={"y": "day 0 1.00\nday 0 2.00", "x": "day 1 3.00"}, measures=measures).only(
        "approved"
    ).tells("""
        day 5   x/1 approved office 3.00
                y/1 approved office 1.00
        day 10  y/2 approved office 2.00
    """)
