"""Stages that only some applications need: a share by chance, or those of some destinations, goods and programmes."""

from exportsim.chance import address, uniform

STAGES = "authorities: {{office: {{review: [{{stage: desk, officers: 1, work: 1d}}, {board}]}}}}"


def world(board):
    return STAGES.format(board="{stage: board, officers: 1, work: 2d, " + board + "}")


def test_a_share_of_applications_is_drawn_for_each(play):
    luck = [uniform(4, 9, address("line/x"), number, address("share/board"), 1) for number in range(1, 31)]
    needed = [u < 0.4 for u in luck]
    assert len(set(needed)) == 2
    expected = "\n".join(
        f"day {3 * k + 1} x/{k + 1} review_started office/board" for k, needs in enumerate(needed) if needs
    )
    orders = "\n".join(f"day {3 * k} 1.00" for k in range(30))
    found = play(world("share: 0.4"), orders=orders, seed=4, future=9).facts()
    assert [f"{when} {whose} {what}" for when, whose, what in found if what.endswith("started office/board")] == (
        expected.splitlines()
    )


def test_a_stage_that_none_needs_is_not_there(play):
    play(world("share: 0")).only("review_started approved").tells("""
        day 0  x/1 review_started office/desk
        day 1  x/1 approved office 100.00
    """)


def test_an_application_that_needs_no_stage_is_decided_at_once(play):
    play("authorities: {office: {review: [{stage: desk, officers: 0, work: 1d, share: 0}]}}").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, approved office 100.00
        day 10  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_a_stage_for_a_programme_lets_others_past_and_holds_no_desk_for_them(play):
    programmes = "demand: {x: {programmes: {nato: 0.5}}}"
    orders = "day 0 1.00 nato\nday 0 2.00\nday 0 3.00 nato"
    play(world("only: {programmes: [nato]}"), programmes, orders=orders).only(
        "review_started review_ended approved"
    ).tells("""
        day 0  x/1 review_started office/desk
        day 1  x/1 review_ended office/desk, review_started office/board
               x/2 review_started office/desk
        day 2  x/2 review_ended office/desk, approved office 2.00
               x/3 review_started office/desk
        day 3  x/1 review_ended office/board, approved office 1.00
               x/3 review_ended office/desk, review_started office/board
        day 5  x/3 review_ended office/board, approved office 3.00
    """)


def test_a_stage_for_orders_without_a_programme(play):
    programmes = "demand: {x: {programmes: {nato: 0.5}}}"
    orders = "day 0 1.00 nato\nday 3 2.00"
    play(world("only: {programmes: [none]}"), programmes, orders=orders).only("approved").tells("""
        day 1  x/1 approved office 1.00
        day 6  x/2 approved office 2.00
    """)


def test_a_share_draws_among_those_that_the_stage_is_for(play):
    programmes = "demand: {x: {programmes: {nato: 0.5}}}"
    orders = "\n".join(f"day {3 * k} 1.00 {'nato' if k % 2 else ''}" for k in range(30))
    luck = [uniform(1, 0, address("line/x"), number, address("share/board"), 1) for number in range(1, 31)]
    needed = [k for k in range(30) if k % 2 and luck[k] < 0.5]
    assert 0 < len(needed) < 15
    found = play(world("share: 0.5, only: {programmes: [nato]}"), programmes, orders=orders).facts()
    assert [whose for _, whose, what in found if what == "review_started office/board"] == [
        f"x/{k + 1}" for k in needed
    ]


def test_other_applications_go_past_a_stage_that_is_for_some(play):
    traffic = "authorities: {office: {traffic: {applications: 60/y}}}"
    found = play(world("only: {destinations: [TR]}"), traffic, "period: {end: day 30}").facts()
    at_board = [whose for _, whose, what in found if what == "review_started office/board"]
    assert at_board == ["x/1"]
    assert sum(whose.startswith("other/") and what.startswith("approved") for _, whose, what in found) > 0


def test_other_applications_need_a_stage_by_chance_too(play):
    traffic = "authorities: {office: {traffic: {applications: 60/y}}}"
    luck = [uniform(1, 0, address("authority/office"), number, address("share/board"), 1) for number in range(1, 30)]
    found = play(world("share: 0.5"), traffic).facts()
    at_board = [whose for _, whose, what in found if what == "review_started office/board" and whose[0] == "o"]
    assert len(at_board) > 2
    assert at_board == [f"other/{k + 1}" for k, u in enumerate(luck) if u < 0.5][: len(at_board)]


def test_a_later_attempt_is_drawn_anew(play):
    """Patience ends the first attempt at the desk; the second is with another office's maker, whose board is drawn."""
    second = """
    authorities: {bureau: {country: PL, calendar: {weekend: []},
        review: [{stage: board, officers: 1, work: 2d, share: 0.5}]}}
    suppliers: {mill: {country: PL, authority: bureau, slots: 1, lead_time: 10d}}
    demand: {x: {patience: {review: 12h}, sources: {maker: {weight: 1000000000}, mill: {weight: 0.000000001}}}}
    """
    luck = [uniform(1, 0, address("line/x"), number, address("share/board"), 2) for number in range(1, 9)]
    orders = "\n".join(f"day {9 * k} 1.00" for k in range(8))
    found = play(second, orders=orders).facts()
    at_board = [whose for _, whose, what in found if what == "review_started bureau/board"]
    assert at_board == [f"x/{k + 1}" for k, u in enumerate(luck) if u < 0.5]
    assert 0 < len(at_board) < 8


def test_a_regime_changes_in_the_minute_in_which_the_last_needed_stage_ends(play):
    """The measure comes first: the application goes past the stage that it does not need, and is held."""
    play(world("share: 0"), measures="[{on: day 1, name: stop, applications: hold}]").only(
        "review_ended held measure"
    ).tells("""
        day 1  measure stop
               x/1 review_ended office/desk, held office
    """)


def test_case_by_case_review_may_need_no_stage_either(play):
    further = "authorities: {office: {case_by_case: {review: [{stage: minister, officers: 1, work: 5d, share: 0}]}}}"
    play(further, measures="[{on: day 0, name: closer, applications: case_by_case}]").only(
        "referred approved"
    ).tells("""
        day 1  x/1 referred office, approved office 100.00
    """)
