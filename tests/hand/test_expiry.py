"""Permits expire and are renewed: supplier, slot and finished parts stay, and what is undelivered is applied for."""

import math

from exportsim.chance import address, uniform


def _valid(days, end=99):
    return f"authorities: {{office: {{validity: {days}d}}}}\nperiod: {{end: day {end}}}"


IN_FORCE = """
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00
"""


def test_expired_with_a_part_in_production_the_remainder_is_applied_for_and_the_part_is_delivered(play):
    play(_valid(15), "demand: {x: {parts: 2}}").tells(
        IN_FORCE
        + """
        day 11  x/1 finished #1 50.00, delivered #1 50.00
        day 16  x/1 expired office 50.00, applied office 50.00, review_started office/desk
        day 17  x/1 review_ended office/desk, approved office 50.00
        day 21  x/1 finished #2 50.00, delivered #2 50.00
    """
    )


def test_expired_while_it_waits_for_a_slot_it_keeps_its_place(play):
    play(_valid(15, end=31), "demand: {x: {parts: 2}}", orders="day 0 100.00\nday 0 10.00").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
                x/2 ordered 10.00, sourced maker 10.00, applied office 10.00
        day 1   x/1 review_ended office/desk, approved office 100.00
                x/2 review_started office/desk
        day 2   x/2 review_ended office/desk, approved office 10.00
        day 11  x/1 finished #1 50.00, delivered #1 50.00
        day 16  x/1 expired office 50.00, applied office 50.00, review_started office/desk
        day 17  x/1 review_ended office/desk, approved office 50.00
                x/2 expired office 10.00, applied office 10.00, review_started office/desk
        day 18  x/2 review_ended office/desk, approved office 10.00
        day 21  x/2 finished #1 5.00, delivered #1 5.00
        day 31  x/1 finished #2 50.00, delivered #2 50.00
    """)


def test_expired_in_the_minute_in_which_a_part_is_finished_the_part_waits_for_the_new_permit(play):
    play(_valid(10)).tells(
        IN_FORCE
        + """
        day 11  x/1 expired office 100.00, applied office 100.00, review_started office/desk
                x/1 finished #1 100.00
        day 12  x/1 review_ended office/desk, approved office 100.00, delivered #1 100.00
    """
    )


def test_renewed_in_the_minute_in_which_a_part_is_finished_the_part_does_not_wait(play):
    """Review ends before production does, and the new permit is there."""
    play(_valid(9)).tells(
        IN_FORCE
        + """
        day 10  x/1 expired office 100.00, applied office 100.00, review_started office/desk
        day 11  x/1 review_ended office/desk, approved office 100.00
                x/1 finished #1 100.00, delivered #1 100.00
    """
    )


def test_renewed_by_an_office_that_decides_at_once_the_permit_lapses_for_no_minute(play):
    play(_valid(10), "authorities: {office: {review: []}}", "suppliers: {maker: {lead_time: 15d}}").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, approved office 100.00
        day 10  x/1 expired office 100.00, applied office 100.00, approved office 100.00
        day 15  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_valid_for_a_minute_longer_than_production_is_long_enough(play):
    play("authorities: {office: {validity: 14401min}}").tells(
        IN_FORCE
        + """
        day 11  x/1 finished #1 100.00, delivered #1 100.00
    """
    )


def test_expired_while_suspended_what_waits_goes_on_waiting_and_the_new_permit_is_suspended(play):
    play(
        _valid(15),
        "demand: {x: {parts: 2}}",
        measures="""
        - {on: day 5, name: stop, permits: suspended}
        - {on: day 25, name: go, permits: in_force}
    """,
    ).tells(
        IN_FORCE
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 11  x/1 finished #1 50.00
        day 16  x/1 expired office 100.00, applied office 100.00, review_started office/desk
        day 17  x/1 review_ended office/desk, approved office 100.00, suspended stop 100.00
        day 21  x/1 finished #2 50.00
        day 25  measure go
                x/1 reinstated go 100.00, delivered #1 50.00, delivered #2 50.00
    """
    )


def test_neither_suspended_nor_cancelled_while_it_is_renewed_but_then_at_once(play):
    """The stop is lifted and set again while there is no permit; the measure that cancels finds none."""
    play(
        _valid(15),
        "demand: {x: {parts: 2}}\nauthorities: {office: {review: [{stage: desk, officers: 1, work: 1d}]}}",
        measures="""
        - {on: day 15, name: slow, officers: {desk: 0}}
        - {on: day 18, name: end, cancel: all}
        - {on: day 19, name: stop, permits: suspended}
        - {on: day 22, name: quick, officers: {desk: 1}}
        - {on: day 30, name: go, permits: in_force}
    """,
    ).tells(
        IN_FORCE
        + """
        day 11  x/1 finished #1 50.00, delivered #1 50.00
        day 15  measure slow
        day 16  x/1 expired office 50.00, applied office 50.00
        day 18  measure end
        day 19  measure stop
        day 21  x/1 finished #2 50.00
        day 22  measure quick
                x/1 review_started office/desk
        day 23  x/1 review_ended office/desk, approved office 50.00, suspended stop 50.00
        day 30  measure go
                x/1 reinstated go 50.00, delivered #2 50.00
    """
    )


def test_patience_for_suspension_ends_with_the_permit(play):
    """It would have run out while the permit was renewed; it runs anew, under the new one."""
    world = "demand: {x: {patience: {suspension: 276h}}}\nsuppliers: {maker: {lead_time: 80d}}"
    play(
        _valid(15, end=30),
        world,
        measures="""
        - {on: day 5, name: stop, permits: suspended}
    """,
    ).only("suspended expired withdrawn approved").tells("""
        day 1         x/1 approved office 100.00
        day 5         x/1 suspended stop 100.00
        day 16        x/1 expired office 100.00
        day 17        x/1 approved office 100.00, suspended stop 100.00
        day 28 12:00  x/1 withdrawn suspension 100.00
    """)


def test_patience_for_review_runs_anew_in_a_renewal_and_what_waited_is_stranded(play):
    """The first review took a day and left two of patience unused; at the end of the second the goods go nowhere."""
    play(
        _valid(15),
        "demand: {x: {parts: 3, patience: {review: 6d}}}",
        measures="[{on: day 10, name: stop, applications: hold}]",
    ).tells(
        IN_FORCE
        + """
        day 10  measure stop
        day 11  x/1 finished #1 33.33, delivered #1 33.33
        day 16  x/1 expired office 66.67, applied office 66.67, review_started office/desk
        day 17  x/1 review_ended office/desk, held office
        day 21  x/1 finished #2 33.33
        day 22  x/1 withdrawn review 66.67, stranded #2 33.33, lost excluded 66.67
        day 31  x/1 finished #3 33.34, stranded #3 33.34
    """
    )


def test_held_again_it_is_decided_when_the_hold_ends(play):
    play(
        _valid(15),
        "demand: {x: {parts: 2}}",
        measures="""
        - {on: day 10, name: stop, applications: hold}
        - {on: day 21, name: go, applications: open}
    """,
    ).tells(
        IN_FORCE
        + """
        day 10  measure stop
        day 11  x/1 finished #1 50.00, delivered #1 50.00
        day 16  x/1 expired office 50.00, applied office 50.00, review_started office/desk
        day 17  x/1 review_ended office/desk, held office
        day 21  measure go
                x/1 approved office 50.00
                x/1 finished #2 50.00, delivered #2 50.00
    """
    )


def test_withdrawn_while_it_waits_for_an_officer_and_for_a_slot_it_leaves_both_queues(play):
    """x/3 is taken up by the officer as soon as there is one, and by the slot as soon as x/1's part is finished."""
    play(
        _valid(6, end=27),
        "demand: {x: {patience: {review: 3d}, sources: {maker: {}, other: {weight: 0.000000001}}}}",
        "suppliers: {other: {country: ZA, slots: 9, lead_time: 3d}, maker: {lead_time: 13d}}",
        orders="day 0 100.00\nday 0 10.00\nday 10 12:00 1.00",
        measures="[{on: day 7, name: slow, officers: {desk: 0}}, {on: day 12, name: quick, officers: {desk: 1}}]",
    ).tells(
        """
        day 0         x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
                      x/2 ordered 10.00, sourced maker 10.00, applied office 10.00
        day 1         x/1 review_ended office/desk, approved office 100.00
                      x/2 review_started office/desk
        day 2         x/2 review_ended office/desk, approved office 10.00
        day 7         measure slow
                      x/1 expired office 100.00, applied office 100.00
        day 8         x/2 expired office 10.00, applied office 10.00
        day 10        x/1 withdrawn review 100.00, sourced other 100.00
        day 10 12:00  x/3 ordered 1.00, sourced maker 1.00, applied office 1.00
        day 11        x/2 withdrawn review 10.00, sourced other 10.00
        day 12        measure quick
                      x/3 review_started office/desk
        day 13        x/3 review_ended office/desk, approved office 1.00
                      x/1 finished #1 100.00, delivered #1 100.00
        day 14        x/1 finished #1 100.00 [1 maker], stranded #1 100.00 [1 maker]
                      x/2 finished #1 10.00, delivered #1 10.00
        day 19        x/3 expired office 1.00, applied office 1.00, review_started office/desk
        day 20        x/3 review_ended office/desk, approved office 1.00
        day 26        x/3 expired office 1.00, applied office 1.00, review_started office/desk
        day 27        x/3 review_ended office/desk, approved office 1.00
                      x/3 finished #1 1.00, delivered #1 1.00
    """
    )


def test_every_permit_has_its_own_validity(play):
    play(_valid(10, end=34), "suppliers: {maker: {lead_time: 80d}}").only("approved expired").tells("""
        day 1   x/1 approved office 100.00
        day 11  x/1 expired office 100.00
        day 12  x/1 approved office 100.00
        day 22  x/1 expired office 100.00
        day 23  x/1 approved office 100.00
        day 33  x/1 expired office 100.00
        day 34  x/1 approved office 100.00
    """)


def test_a_renewal_has_luck_of_its_own(play, day):
    """Work and approval are drawn for each review of an attempt, at the attempt and 65536 times the renewals."""

    def number(future, purpose, review):
        return uniform(1, future, address("line/x"), 1, address(purpose), 1 + 65536 * review)

    approved = [True, True, False]
    future = next(n for n in range(100) if [number(n, "approval", review) < 0.5 for review in range(3)] == approved)
    works = [math.floor(1440 * (1 + 8 * number(future, "work/desk", review)) + 0.5) for review in range(3)]
    assert len(set(works)) == 3
    first, second, third = works[0], sum(works[:2]) + 15 * 1440, sum(works) + 30 * 1440
    drawn = "authorities: {office: {approval: 0.5, review: [{stage: desk, officers: 1, work: {uniform: [1d, 9d]}}]}}"
    played = play(_valid(15), drawn, "suppliers: {maker: {lead_time: 80d}}", future=future)
    played.only("approved expired denied").tells(f"""
        {day(first)}              x/1 approved office 100.00
        {day(first + 15 * 1440)}  x/1 expired office 100.00
        {day(second)}             x/1 approved office 100.00
        {day(second + 15 * 1440)} x/1 expired office 100.00
        {day(third)}              x/1 denied office
    """)


def test_a_permit_that_is_used_up_or_cancelled_does_not_expire(play):
    play(_valid(15), measures="[{on: day 20, name: stop, permits: suspended}]").tells(
        IN_FORCE
        + """
        day 11  x/1 finished #1 100.00, delivered #1 100.00
        day 20  measure stop
    """
    )
    play(_valid(15), measures="[{on: day 6, name: end, cancel: all}]").tells(
        IN_FORCE
        + """
        day 6   measure end
                x/1 cancelled end 100.00, lost excluded 100.00
        day 11  x/1 finished #1 100.00, stranded #1 100.00
    """
    )


def test_expired_in_a_denied_cell_it_is_reviewed_and_denied_and_work_in_hand_is_stranded_when_finished(play):
    play(
        _valid(15),
        "demand: {x: {parts: 2}}",
        measures="""
        - {on: day 5, name: refuse, applications: deny}
    """,
    ).tells(
        IN_FORCE
        + """
        day 5   measure refuse
        day 11  x/1 finished #1 50.00, delivered #1 50.00
        day 16  x/1 expired office 50.00, applied office 50.00, review_started office/desk
        day 17  x/1 review_ended office/desk, denied office, lost excluded 50.00
        day 21  x/1 finished #2 50.00, stranded #2 50.00
    """
    )


FREE = "[{on: day 0, name: free, applications: exempt}]"


def test_what_needed_no_application_never_expires(play):
    """The lead time is longer than a permit is valid: what is built is delivered, since nothing runs out."""
    play(_valid(5), measures=FREE).tells("""
        day 0   measure free
                x/1 ordered 100.00, sourced maker 100.00, approved office 100.00
        day 10  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_exempt_in_the_minute_of_sourcing_nothing_expires_and_who_applied_before_it_has_a_permit_that_does(play):
    """The measure comes before the order in its minute; a minute sooner, the other has applied."""
    play(
        _valid(12, end=15),
        "suppliers: {maker: {slots: 2, lead_time: 80d}}",
        orders="day 0 23:59 7.00\nday 1 9.00",
        measures="[{on: day 1, name: free, applications: exempt}, {on: day 13, name: licence, applications: open}]",
    ).tells("""
        day 0 23:59   x/1 ordered 7.00, sourced maker 7.00, applied office 7.00, review_started office/desk
        day 1         measure free
                      x/2 ordered 9.00, sourced maker 9.00, approved office 9.00
        day 1 23:59   x/1 review_ended office/desk, approved office 7.00
        day 13        measure licence
        day 13 23:59  x/1 expired office 7.00, applied office 7.00, review_started office/desk
        day 14 23:59  x/1 review_ended office/desk, approved office 7.00
    """)


def test_when_the_cell_is_exempt_no_more_what_was_exempt_still_does_not_expire(play):
    """It is suspended, reinstated and cancelled like any other; the next one has a permit that expires."""
    play(
        _valid(5, end=29),
        "suppliers: {maker: {slots: 2, lead_time: 80d}}",
        orders="day 0 7.00\nday 3 9.00",
        measures="""
        - {on: day 0, name: free, applications: exempt}
        - {on: day 2, name: licence, applications: open}
        - {on: day 15, name: stop, permits: suspended}
        - {on: day 17, name: go, permits: in_force}
        - {on: day 28, name: end, cancel: all}
    """,
    ).only("measure approved expired suspended reinstated cancelled lost").tells("""
        day 0   measure free
                x/1 approved office 7.00
        day 2   measure licence
        day 4   x/2 approved office 9.00
        day 9   x/2 expired office 9.00
        day 10  x/2 approved office 9.00
        day 15  measure stop
                x/1 suspended stop 7.00
                x/2 suspended stop 9.00
                x/2 expired office 9.00
        day 16  x/2 approved office 9.00, suspended stop 9.00
        day 17  measure go
                x/1 reinstated go 7.00
                x/2 reinstated go 9.00
        day 21  x/2 expired office 9.00
        day 22  x/2 approved office 9.00
        day 27  x/2 expired office 9.00
        day 28  measure end
                x/1 cancelled end 7.00, lost excluded 7.00
                x/2 approved office 9.00
    """)


def test_held_and_then_exempt_an_applicant_has_a_permit_that_expires_where_one_is_needed_again(play):
    measures = """
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: free, applications: exempt}
    """
    begun = """
        day 0   measure stop
                x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, held office
        day 5   measure free
                x/1 approved office 100.00
    """
    play(_valid(10), measures=measures).tells(
        begun
        + """
        day 15  x/1 finished #1 100.00, delivered #1 100.00
    """
    )
    play(_valid(10), measures=measures + "    - {on: day 15, name: licence, applications: open}").tells(
        begun
        + """
        day 15  measure licence
                x/1 expired office 100.00, applied office 100.00, review_started office/desk
                x/1 finished #1 100.00
        day 16  x/1 review_ended office/desk, approved office 100.00, delivered #1 100.00
    """
    )


def test_expired_while_the_cell_is_exempt_it_never_expires_afterwards(play):
    """The day of expiry came and went without an event: nothing is applied for when licences are needed again."""
    play(
        _valid(5),
        "suppliers: {maker: {lead_time: 20d}}",
        measures="[{on: day 3, name: free, applications: exempt}, {on: day 9, name: licence, applications: open}]",
    ).tells(
        IN_FORCE
        + """
        day 3   measure free
        day 9   measure licence
        day 21  x/1 finished #1 100.00, delivered #1 100.00
    """
    )
