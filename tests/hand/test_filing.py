"""Orders that are not applied for while a measure holds, and lines that order again only some time after it."""

from exportsim.chance import address, uniform

HOLD = "{on: day 0, name: hold, applications: hold}"
GO = "{on: day 5, name: go, applications: open}"
NONE_ON_HOLD = "demand: {x: {filing: {hold: 0}}}"
ELSEWHERE = """
suppliers: {elsewhere: {country: ZA, slots: 1, lead_time: 5d}}
demand: {x: {sources: {maker: {}, elsewhere: {weight: 1e-9}}}}
"""


def test_unfiled_on_hold_and_filed_when_it_ends(play):
    play(NONE_ON_HOLD, measures=f"[{HOLD}, {GO}]").tells("""
        day 0   measure hold
                x/1 ordered 100.00, sourced maker 100.00, unfiled office 100.00
        day 5   measure go
                x/1 applied office 100.00, review_started office/desk
        day 6   x/1 review_ended office/desk, approved office 100.00
        day 16  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_filed_a_lag_after_the_hold_unless_the_next_one_begins_in_that_minute(play):
    line = "demand: {x: {filing: {hold: 0, lag: 3d}}}"
    again = "{on: day 8, name: again, applications: hold}, {on: day 20, name: end, applications: open}"
    play(line, measures=f"[{HOLD}, {GO}, {again}]").only("measure unfiled applied").tells("""
        day 0   measure hold
                x/1 unfiled office 100.00
        day 5   measure go
        day 8   measure again
        day 20  measure end
        day 23  x/1 applied office 100.00
    """)


def test_a_lag_goes_on_where_another_regime_allows_it_as_well(play):
    line = """
    authorities: {office: {case_by_case: {approval: 1}}}
    demand: {x: {filing: {hold: 0, lag: 3d}}}
    """
    then = "{on: day 6, name: then, applications: case_by_case}"
    play(line, measures=f"[{HOLD}, {GO}, {then}]").only("unfiled applied").tells("""
        day 0  x/1 unfiled office 100.00
        day 8  x/1 applied office 100.00
    """)


def test_filed_in_the_minute_in_which_patience_would_run_out(play):
    line = "demand: {x: {filing: {hold: 0, lag: 3d}, patience: {unserved: 8d}}}"
    play(line, measures=f"[{HOLD}, {GO}]").only("unfiled applied withdrawn").tells("""
        day 0  x/1 unfiled office 100.00
        day 8  x/1 applied office 100.00
    """)


def test_given_up_unfiled_it_goes_elsewhere(play):
    line = "demand: {x: {filing: {hold: 0}, patience: {unserved: 4d}}}"
    play(ELSEWHERE, line, measures=f"[{HOLD}, {GO}]").tells("""
        day 0  measure hold
               x/1 ordered 100.00, sourced maker 100.00, unfiled office 100.00
        day 4  x/1 withdrawn unfiled 100.00, sourced elsewhere 100.00
        day 5  measure go
        day 9  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_given_up_unfiled_with_nobody_left_it_is_lost(play):
    line = "demand: {x: {filing: {hold: 0}, patience: {unserved: 4d}}}"
    play(line, measures=f"[{HOLD}]").only("unfiled withdrawn lost").tells("""
        day 0  x/1 unfiled office 100.00
        day 4  x/1 withdrawn unfiled 100.00, lost excluded 100.00
    """)


def test_once_the_cell_is_exempt_the_permit_is_there_after_the_lag(play):
    line = "demand: {x: {filing: {hold: 0, lag: 2d}}}"
    play(line, measures=f"[{HOLD}, {{on: day 5, name: free, applications: exempt}}]").only(
        "unfiled applied approved"
    ).tells("""
        day 0  x/1 unfiled office 100.00
        day 7  x/1 approved office 100.00
    """)


def test_who_tries_all_the_same_is_reviewed_and_denied(play):
    measures = "[{on: day 0, name: stop, applications: deny}]"
    play("demand: {x: {filing: {deny: 1}}}", measures=measures).tells("""
        day 0  measure stop
               x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, denied office, lost excluded 100.00
    """)


def test_who_is_filed_is_drawn_for_each_order_and_attempt(play):
    shares = "demand: {x: {filing: {hold: 0.3, deny: 0.5}}}"
    orders = "\n".join(f"day {day} 1.00" for day in range(30))
    luck = [uniform(4, 9, address("line/x"), number, address("filing"), 1) for number in range(1, 31)]
    assert {u < 0.3 for u in luck} == {True, False} == {u < 0.5 for u in luck}
    for applications, share in (("hold", 0.3), ("deny", 0.5)):
        measures = f"[{{on: day 0, applications: {applications}}}]"
        found = (
            play(shares, orders=orders, measures=measures, seed=4, future=9).only("applied unfiled unserved").facts()
        )
        otherwise = {"hold": "unfiled office", "deny": "unserved"}[applications]
        said = ["applied office 1.00" if u < share else f"{otherwise} 1.00" for u in luck]
        assert [what for _, _, what in found] == said


def test_a_line_orders_again_some_time_after_a_hold(play):
    line = "demand: {x: {sources: {maker: {restart: 10d}}}}"
    orders = "day 0 1.00\nday 3 2.00\nday 15 3.00"
    play(line, orders=orders, measures=f"[{{on: day 2, name: hold, applications: hold}}, {GO}]").only(
        "measure unserved sourced applied"
    ).tells("""
        day 0   x/1 sourced maker 1.00, applied office 1.00
        day 2   measure hold
        day 3   x/2 unserved 2.00
        day 5   measure go
        day 15  x/2 sourced maker 2.00, applied office 2.00
                x/3 sourced maker 3.00, applied office 3.00
    """)


def test_a_new_stop_in_the_minute_of_the_restart_begins_it_anew(play):
    line = "demand: {x: {sources: {maker: {restart: 10d}}}}"
    again = "{on: day 15, name: again, permits: suspended}, {on: day 20, name: end, permits: in_force}"
    play(line, measures=f"[{HOLD}, {GO}, {again}]").only("measure unserved sourced").tells("""
        day 0   measure hold
                x/1 unserved 100.00
        day 5   measure go
        day 15  measure again
        day 20  measure end
        day 30  x/1 sourced maker 100.00
    """)


def test_who_files_all_the_same_orders_during_the_stop_and_before_the_restart(play):
    line = "demand: {x: {filing: {hold: 1}, sources: {maker: {restart: 10d}}}}"
    orders = "day 0 1.00\nday 6 2.00"
    play(line, orders=orders, measures=f"[{HOLD}, {GO}]").only("unserved sourced applied").tells("""
        day 0  x/1 sourced maker 1.00, applied office 1.00
        day 6  x/2 sourced maker 2.00, applied office 2.00
    """)


def test_a_stop_of_before_the_run_ends_on_its_own_date(play):
    line = "demand: {x: {sources: {maker: {restart: 10d}}}}"
    history = "history: [{on: day -9, name: hold, applications: hold}, {on: day -4, name: go, applications: open}]"
    play(line, history).only("unserved sourced").tells("""
        day 0  x/1 unserved 100.00
        day 6  x/1 sourced maker 100.00
    """)


def test_with_no_time_to_a_restart_the_end_of_the_stop_is_enough(play):
    line = "demand: {x: {sources: {maker: {restart: 0d}}}}"
    play(line, measures=f"[{HOLD}, {GO}]").only("unserved sourced").tells("""
        day 0  x/1 unserved 100.00
        day 5  x/1 sourced maker 100.00
    """)


def test_who_files_on_hold_alone_is_kept_by_the_restart_after_a_denial_of_all(play):
    line = "demand: {x: {filing: {hold: 1, deny: 0}, sources: {maker: {restart: 10d}}}}"
    stop = "{on: day 0, name: stop, applications: deny}"
    play(line, orders="day 6 1.00", measures=f"[{stop}, {GO}]").only("unserved sourced").tells("""
        day 6   x/1 unserved 1.00
        day 15  x/1 sourced maker 1.00
    """)


def test_unfiled_until_a_general_licence_those_who_use_it_have_it_after_the_lag_and_the_others_apply(play):
    line = "demand: {x: {filing: {hold: 0, lag: 2d}}}"
    licence = "{on: day 5, name: licence, applications: exempt, take_up: 0.5}"
    uses = [uniform(1, 1, address("line/x"), number, address("take_up"), 0) < 0.5 for number in range(1, 5)]
    assert uses == [True, False, False, True], "this future does not serve: choose another"
    orders = "\n".join("day 0 1.00" for _ in uses)
    quick = "authorities: {office: {review: [{stage: desk, officers: 9, work: 1d}]}}"
    play(line, quick, orders=orders, measures=f"[{HOLD}, {licence}]", future=1).only(
        "unfiled applied review_ended approved"
    ).tells("""
        day 0  x/1 unfiled office 1.00
               x/2 unfiled office 1.00
               x/3 unfiled office 1.00
               x/4 unfiled office 1.00
        day 7  x/1 approved office 1.00
               x/2 applied office 1.00
               x/3 applied office 1.00
               x/4 approved office 1.00
        day 8  x/2 review_ended office/desk, approved office 1.00
               x/3 review_ended office/desk, approved office 1.00
    """)


def test_presumed_to_be_denied_some_file_and_some_of_these_are_approved(play):
    """Filing and approval are drawn apart; who is not filed finds its source closed."""
    shares = "demand: {x: {filing: {deny: 0.6}}}"
    measures = "[{on: day 0, applications: deny, approval: 0.5}]"
    orders = "\n".join("day 0 1.00" for _ in range(12))
    found = play(shares, "authorities: {office: {review: []}}", orders=orders, measures=measures, seed=2).only(
        "unserved applied approved denied"
    )
    expected = []
    for number in range(1, 13):
        files, approved = (
            uniform(2, 0, address("line/x"), number, address(purpose), 1) for purpose in ("filing", "approval")
        )
        if files >= 0.6:
            expected.append(("day 0", f"x/{number}", "unserved 1.00"))
            continue
        expected.append(("day 0", f"x/{number}", "applied office 1.00"))
        expected.append(("day 0", f"x/{number}", "approved office 1.00" if approved < 0.5 else "denied office"))
    said = [what.split()[0] for _, _, what in expected]
    assert min(map(said.count, ("unserved", "approved", "denied"))) > 1, "this future does not serve: choose another"
    assert found.facts() == expected


def test_a_renewal_is_filed_whatever_the_line_does_on_hold(play):
    """Its number, below no share, would keep a new application back."""
    line = "{period: {end: day 30}, demand: {x: {parts: 2, filing: {hold: 0}}}}"
    hold, go = "{on: day 10, name: hold, applications: hold}", "{on: day 20, name: go, applications: open}"
    play(
        line, "authorities: {office: {validity: 15d}}", orders="day 0 100.00\nday 12 1.00", measures=f"[{hold}, {go}]"
    ).only("measure expired applied unfiled held approved").tells("""
        day 0   x/1 applied office 100.00
        day 1   x/1 approved office 100.00
        day 10  measure hold
        day 12  x/2 unfiled office 1.00
        day 16  x/1 expired office 50.00, applied office 50.00
        day 17  x/1 held office
        day 20  measure go
                x/1 approved office 50.00
                x/2 applied office 1.00
        day 21  x/2 approved office 1.00
    """)


def test_a_renewal_is_filed_in_a_cell_that_is_denied_and_denied(play):
    line = "demand: {x: {parts: 2, filing: {deny: 0}}}"
    measures = "[{on: day 10, name: stop, applications: deny}]"
    play(line, "authorities: {office: {validity: 15d}}", measures=measures).only(
        "expired applied review_started denied unserved lost"
    ).tells("""
        day 0   x/1 applied office 100.00, review_started office/desk
        day 16  x/1 expired office 50.00, applied office 50.00, review_started office/desk
        day 17  x/1 denied office, lost excluded 50.00
    """)
