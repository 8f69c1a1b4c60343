"""What measures set of decisions and permits: chances of approval, how long permits are valid."""

DENIED = "authorities: {office: {approval: 0}}"
BOARD = "authorities: {office: {case_by_case: {approval: 0, review: [{stage: board, officers: 1, work: 2d}]}}}"


def test_an_approval_is_set_and_set_back(play):
    play(
        DENIED,
        orders="day 0 1.00\nday 10 2.00\nday 20 3.00",
        measures="""
        - {on: day 5, name: generous, approval: 1}
        - {on: day 15, name: back, approval: standard}
    """,
    ).only("measure approved denied").tells("""
        day 1   x/1 denied office
        day 5   measure generous
        day 11  x/2 approved office 2.00
        day 15  measure back
        day 21  x/3 denied office
    """)


def test_the_measures_of_the_minute_decide_what_is_reviewed_by_then(play):
    play(
        DENIED,
        orders="day 0 1.00",
        measures="[{on: day 1, name: generous, approval: 1}]",
    ).only("measure review_ended approved").tells("""
        day 1  measure generous
               x/1 review_ended office/desk, approved office 1.00
    """)


def test_an_approval_holds_after_case_by_case_review_too_and_in_its_scope_alone(play):
    play(
        BOARD,
        "demand: {y: {buyer: buyer, destination: PL, goods: lamps, sources: {maker: {}}}}",
        orders={"x": "day 1 1.00", "y": "day 20 2.00"},
        measures="""
        - {on: day 0, name: sift, applications: case_by_case}
        - {on: day 0, name: friends, approval: 1, destinations: [TR]}
    """,
    ).only("measure referred approved denied").tells("""
        day 0   measure sift
                measure friends
        day 2   x/1 referred office
        day 4   x/1 approved office 1.00
        day 21  y/1 referred office
        day 23  y/1 denied office
    """)


def test_denial_with_an_approval_decides_who_is_held_and_who_is_in_review(play):
    play(
        "authorities: {office: {review: [{stage: desk, officers: 2, work: 2d}]}}",
        orders="day 0 1.00\nday 4 2.00\nday 8 3.00",
        measures="""
        - {on: day 0, name: stop, applications: hold}
        - {on: day 5, name: presume, applications: deny, approval: 1}
        - {on: day 6, name: strict, applications: deny}
    """,
    ).only("measure held approved denied unserved lost").tells("""
        day 0  measure stop
        day 2  x/1 held office
        day 5  measure presume
               x/1 approved office 1.00
        day 6  measure strict
               x/2 denied office, lost excluded 2.00
        day 8  x/3 unserved 3.00
    """)


def test_an_approval_given_before_the_denial_is_none_under_it_and_holds_again_after_it(play):
    play(
        DENIED,
        orders="day 0 1.00\nday 8 3.00",
        measures="""
        - {on: day 0, name: generous, approval: 1}
        - {on: day 1, name: refuse, applications: deny}
        - {on: day 7, name: open, applications: open}
    """,
    ).only("measure approved denied").tells("""
        day 0  measure generous
        day 1  measure refuse
               x/1 denied office
        day 7  measure open
        day 9  x/2 approved office 3.00
    """)


def test_an_approval_costs_no_trust_and_disrupts_nobody(play):
    play(
        "suppliers: {other: {country: US, slots: 1, lead_time: 10d}}",
        "demand: {x: {sources: {other: {qualification: {starts: disruption, time: 5d}}}}}",
        orders="day 0 1.00",
        measures="[{on: day 3, name: fewer, approval: 0, validity: 30d}]",
    ).only("measure qualified").tells("day 3 measure fewer")


VALID = "authorities: {office: {validity: 30d}}"


def test_a_validity_is_that_of_permits_issued_from_then_on(play):
    play(
        VALID,
        "suppliers: {maker: {slots: 9, lead_time: 50d}}",
        orders="day 0 1.00\nday 4 2.00\nday 10 3.00",
        measures="""
        - {on: day 5, name: shorter, validity: 3d}
        - {on: day 8, name: back, validity: standard}
    """,
    ).only("measure approved expired").tells("""
        day 1   x/1 approved office 1.00
        day 5   measure shorter
                x/2 approved office 2.00
        day 8   measure back
                x/2 expired office 2.00
        day 9   x/2 approved office 2.00
        day 11  x/3 approved office 3.00
        day 31  x/1 expired office 1.00
        day 32  x/1 approved office 1.00
        day 39  x/2 expired office 2.00
        day 40  x/2 approved office 2.00
        day 41  x/3 expired office 3.00
        day 42  x/3 approved office 3.00
    """)


def test_a_permit_of_the_minute_of_a_measure_has_its_validity_and_never_is_never(play):
    play(
        "authorities: {office: {validity: 3d, calendar: {weekend: [sat, sun]}}}",
        "suppliers: {maker: {slots: 9, lead_time: 50d}}",
        orders="day 0 1.00\nday 3 2.00",
        measures="""
        - {on: day 1, name: working, validity: 5bd}
        - {on: day 4, name: endless, validity: never}
    """,
    ).only("measure approved expired delivered").tells("""
        day 1   measure working
                x/1 approved office 1.00
        day 4   measure endless
                x/2 approved office 2.00
        day 8   x/1 expired office 1.00
        day 9   x/1 approved office 1.00
        day 51  x/1 delivered #1 1.00
        day 54  x/2 delivered #1 2.00
    """)


def test_outcomes_and_thresholds_set_terms_too(play):
    play(
        DENIED,
        orders="day 0 1.00\nday 6 2.00\nday 7 3.00\nday 13 4.00",
        measures="""
        - {on: day 3, name: luck, outcomes: [{chance: 1, approval: 1}, {chance: 0, approval: 0}]}
        - {name: many, when: {in_force: {above: 1, below: 1}, every: 5d}, approval: 0, then: {approval: standard}}
    """,
    ).only("measure approved denied").tells("""
        day 1   x/1 denied office
        day 3   measure luck: approval 1
        day 7   x/2 approved office 2.00
        day 8   x/3 approved office 3.00
        day 10  measure many at 2
        day 14  x/4 denied office
        day 30  measure many: then approval standard at 0
    """)


# Of seed 1 and future 0, the luck of the first orders of `x` in this is 0.78, 0.20, 0.60 and 0.13.
TAKEN_UP = "applications: exempt, take_up: 0.5"


def test_who_uses_a_general_licence_has_a_permit_at_once_and_the_others_apply(play):
    play(
        "suppliers: {maker: {slots: 9}}",
        orders="day 0 1.00\nday 0 2.00\nday 0 3.00\nday 0 4.00",
        measures=f"[{{on: day 0, name: licence, {TAKEN_UP}}}]",
    ).only("measure applied approved delivered").tells("""
        day 0   measure licence
                x/1 applied office 1.00
                x/2 approved office 2.00
                x/3 applied office 3.00
                x/4 approved office 4.00
        day 1   x/1 approved office 1.00
        day 2   x/3 approved office 3.00
        day 10  x/2 delivered #1 2.00
                x/4 delivered #1 4.00
        day 11  x/1 delivered #1 1.00
        day 12  x/3 delivered #1 3.00
    """)


def test_who_is_held_or_in_review_when_a_general_licence_comes_uses_it_or_is_decided_as_usual(play):
    play(
        DENIED,
        orders="day 0 1.00\nday 0 2.00\nday 0 3.00",
        measures=f"""
        - {{on: day 0, name: stop, applications: hold}}
        - {{on: day 2, name: licence, {TAKEN_UP}}}
    """,
    ).only("measure review_ended held approved denied lost").tells("""
        day 0  measure stop
        day 1  x/1 review_ended office/desk, held office
        day 2  measure licence
               x/1 denied office, lost excluded 1.00
               x/2 review_ended office/desk, approved office 2.00
        day 3  x/3 review_ended office/desk, denied office, lost excluded 3.00
    """)


def test_an_exemption_without_a_take_up_exempts_all(play):
    play(
        orders="day 0 1.00\nday 6 2.00",
        measures="""
        - {on: day 0, name: nobody, applications: exempt, take_up: 0}
        - {on: day 5, name: all, applications: exempt}
    """,
    ).only("measure applied approved").tells("""
        day 0  measure nobody
               x/1 applied office 1.00
        day 1  x/1 approved office 1.00
        day 5  measure all
        day 6  x/2 approved office 2.00
    """)
