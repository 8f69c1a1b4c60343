"""Permits expire: the remainder starts a new attempt, and no source is excluded."""


def _valid(days, end=99):
    return f"authorities: {{office: {{validity: {days}d}}}}\nperiod: {{end: day {end}}}"


IN_FORCE = """
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00
"""


def test_expired_with_a_part_in_production_the_remainder_is_applied_for_anew(play):
    play(_valid(15), "demand: {x: {parts: 2}}").tells(
        IN_FORCE
        + """
        day 11  x/1 finished #1 50.00, delivered #1 50.00
        day 16  x/1 expired office 50.00, sourced maker 50.00, applied office 50.00, review_started office/desk
        day 17  x/1 review_ended office/desk, approved office 50.00
        day 21  x/1 finished #2 50.00 [1 maker], stranded #2 50.00 [1 maker]
        day 31  x/1 finished #2 50.00, delivered #2 50.00
    """
    )


def test_expired_between_parts_nothing_is_stranded(play):
    play(_valid(15, end=31), "demand: {x: {parts: 2}}", orders="day 0 100.00\nday 0 10.00").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
                x/2 ordered 10.00, sourced maker 10.00, applied office 10.00
        day 1   x/1 review_ended office/desk, approved office 100.00
                x/2 review_started office/desk
        day 2   x/2 review_ended office/desk, approved office 10.00
        day 11  x/1 finished #1 50.00, delivered #1 50.00
        day 16  x/1 expired office 50.00, sourced maker 50.00, applied office 50.00, review_started office/desk
        day 17  x/1 review_ended office/desk, approved office 50.00
                x/2 expired office 10.00, sourced maker 10.00, applied office 10.00, review_started office/desk
        day 18  x/2 review_ended office/desk, approved office 10.00
        day 21  x/2 finished #1 5.00 [1 maker], stranded #1 5.00 [1 maker]
        day 31  x/1 finished #2 50.00, delivered #2 50.00
    """)


def test_expired_in_the_minute_in_which_a_part_is_finished_it_is_stranded(play):
    play(_valid(10, end=11)).tells(
        IN_FORCE
        + """
        day 11  x/1 expired office 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
                x/1 finished #1 100.00 [1 maker], stranded #1 100.00 [1 maker]
    """
    )


def test_valid_for_a_minute_longer_than_production_is_long_enough(play):
    play("authorities: {office: {validity: 14401min}}").tells(
        IN_FORCE
        + """
        day 11  x/1 finished #1 100.00, delivered #1 100.00
    """
    )


def test_expired_while_suspended_what_waited_is_stranded_and_the_new_permit_is_suspended(play):
    play(
        _valid(15, end=21),
        "demand: {x: {parts: 2}}",
        measures="""
        - {on: day 5, name: stop, permits: suspended}
    """,
    ).tells(
        IN_FORCE
        + """
        day 5   measure stop
                x/1 suspended stop 100.00
        day 11  x/1 finished #1 50.00
        day 16  x/1 expired office 100.00, stranded #1 50.00
                x/1 sourced maker 100.00, applied office 100.00, review_started office/desk
        day 17  x/1 review_ended office/desk, approved office 100.00, suspended stop 100.00
        day 21  x/1 finished #2 50.00 [1 maker], stranded #2 50.00 [1 maker]
    """
    )


def test_patience_for_suspension_ends_with_the_permit(play):
    world = "demand: {x: {patience: {suspension: 12d}}}\nsuppliers: {maker: {lead_time: 80d}}"
    play(
        _valid(15, end=18),
        world,
        measures="""
        - {on: day 5, name: stop, permits: suspended}
    """,
    ).only("suspended expired withdrawn approved").tells("""
        day 1   x/1 approved office 100.00
        day 5   x/1 suspended stop 100.00
        day 16  x/1 expired office 100.00
        day 17  x/1 approved office 100.00, suspended stop 100.00
    """)


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


def test_expired_in_a_denied_cell_the_remainder_waits_unserved(play):
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
        day 16  x/1 expired office 50.00, unserved 50.00
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
        _valid(12, end=14),
        "suppliers: {maker: {slots: 2, lead_time: 80d}}",
        orders="day 0 23:59 7.00\nday 1 9.00",
        measures="[{on: day 1, name: free, applications: exempt}]",
    ).tells("""
        day 0 23:59   x/1 ordered 7.00, sourced maker 7.00, applied office 7.00, review_started office/desk
        day 1         measure free
                      x/2 ordered 9.00, sourced maker 9.00, approved office 9.00
        day 1 23:59   x/1 review_ended office/desk, approved office 7.00
        day 13 23:59  x/1 expired office 7.00, sourced maker 7.00, approved office 7.00
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


def test_held_and_then_exempt_an_applicant_has_a_permit_that_expires(play):
    play(
        _valid(10, end=15),
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
        day 15  x/1 expired office 100.00, sourced maker 100.00, approved office 100.00
                x/1 finished #1 100.00 [1 maker], stranded #1 100.00 [1 maker]
    """)
