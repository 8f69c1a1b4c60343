"""Applications pass the stages, one officer a case, first come first served."""

import math

from exportsim.chance import PURPOSES, address, uniform


def _first_other_application(per_year, seed, future):
    """Minutes at which the first two other applications arrive."""
    gaps = [
        -math.log(1 - uniform(seed, future, address("authority/office"), number, PURPOSES["arrival"], 0))
        for number in (1, 2)
    ]
    return [round(sum(gaps[:n]) / per_year * 365.25 * 1440) for n in (1, 2)]


def test_an_order_is_reviewed_permitted_produced_and_delivered(play):
    play().tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1   x/1 review_ended office/desk, approved office 100.00
        day 11  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_one_officer_serves_first_come_first_served(play):
    play(orders="day 0 1.00\nday 0 2.00\nday 1 3.00").only("review_started review_ended").tells("""
        day 0  x/1 review_started office/desk
        day 1  x/1 review_ended office/desk
               x/2 review_started office/desk
        day 2  x/2 review_ended office/desk
               x/3 review_started office/desk
        day 3  x/3 review_ended office/desk
    """)


def test_two_officers_work_on_two_cases(play):
    world = "authorities: {office: {review: [{stage: desk, officers: 2, work: 1d}]}}"
    play(world, orders="day 0 1.00\nday 0 2.00\nday 0 3.00").only("review_started review_ended").tells("""
        day 0  x/1 review_started office/desk
               x/2 review_started office/desk
        day 1  x/1 review_ended office/desk
               x/3 review_started office/desk
               x/2 review_ended office/desk
        day 2  x/3 review_ended office/desk
    """)


def test_a_case_passes_the_stages_in_turn_and_goes_on_before_the_next_is_taken_up(play):
    stages = "[{stage: intake, officers: 1, work: 1d}, {stage: board, officers: 1, work: 2d}]"
    play(f"authorities: {{office: {{review: {stages}}}}}", orders="day 0 1.00\nday 0 2.00").only(
        "review_started review_ended approved"
    ).tells("""
        day 0  x/1 review_started office/intake
        day 1  x/1 review_ended office/intake, review_started office/board
               x/2 review_started office/intake
        day 2  x/2 review_ended office/intake
        day 3  x/1 review_ended office/board, approved office 1.00
               x/2 review_started office/board
        day 5  x/2 review_ended office/board, approved office 2.00
    """)


def test_without_stages_a_decision_takes_no_time(play):
    play("authorities: {office: {review: []}}").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, approved office 100.00
        day 10  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_work_of_no_time_ends_before_the_next_order_of_its_minute_arrives(play):
    world = "authorities: {office: {review: [{stage: desk, officers: 1, work: 0d}]}}"
    play(world, "period: {end: day 0}", orders="day 0 1.00\nday 0 2.00").tells("""
        day 0  x/1 ordered 1.00, sourced maker 1.00, applied office 1.00, review_started office/desk
               x/1 review_ended office/desk, approved office 1.00
               x/2 ordered 2.00, sourced maker 2.00, applied office 2.00, review_started office/desk
               x/2 review_ended office/desk, approved office 2.00
    """)


def test_without_officers_nothing_is_taken_up(play):
    play("authorities: {office: {review: [{stage: desk, officers: 0, work: 1d}]}}").tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00
    """)


def test_authorities_do_not_share_officers(play):
    world = """
    authorities: {bureau: {country: PL, calendar: {weekend: []}, review: [{stage: desk, officers: 1, work: 3d}]}}
    suppliers: {mill: {country: PL, authority: bureau, slots: 1, lead_time: 10d}}
    demand: {y: {buyer: buyer, destination: TR, goods: lamps, sources: {mill: {}}}}
    """
    play(world, orders={"x": "day 0 1.00", "y": "day 0 2.00"}).only("review_started review_ended").tells("""
        day 0  x/1 review_started office/desk
               y/1 review_started bureau/desk
        day 1  x/1 review_ended office/desk
        day 3  y/1 review_ended bureau/desk
    """)


def test_approval_is_by_chance(play):
    orders = "\n".join(f"day {day} 1.00" for day in range(60))
    luck = [uniform(4, 9, address("line/x"), number, PURPOSES["approval"], 1) for number in range(1, 61)]
    decided = ["approved office 1.00" if u < 0.3 else "denied office" for u in luck]
    assert len(set(decided)) == 2
    expected = "\n".join(f"day {day + 1}  x/{day + 1} {fact}" for day, fact in enumerate(decided))
    world = "authorities: {office: {approval: 0.3}}"
    play(world, orders=orders, seed=4, future=9).only("approved denied").tells(expected)


def test_other_applications_use_the_same_officers_and_nothing_else(play, day):
    first, second = _first_other_application(20, 1, 0)
    assert second - first > 3 * 1440 + 10, "this future does not serve: choose another"
    world = f"""
    authorities: {{office: {{approval: 0, traffic: {{applications: 20/y}}}}}}
    period: {{end: day {second // 1440 - 1}}}
    """
    play(world, orders=f"{day(first + 5)} 1.00").tells(f"""
        {day(first)}             other/1 applied office 0.00, review_started office/desk
        {day(first + 5)}         x/1 ordered 1.00, sourced maker 1.00, applied office 1.00
        {day(first + 1440)}      other/1 review_ended office/desk, denied office
                                   x/1 review_started office/desk
        {day(first + 2 * 1440)}  x/1 review_ended office/desk, denied office, lost excluded 1.00
    """)


def test_of_one_minute_an_order_comes_before_another_application(play, day):
    first, second = _first_other_application(20, 1, 0)
    world = f"""
    authorities: {{office: {{traffic: {{applications: 20/y}}}}}}
    period: {{end: day {second // 1440 - 1}}}
    """
    play(world, orders=f"{day(first)} 1.00").only("applied review_started").tells(f"""
        {day(first)}         x/1 applied office 1.00, review_started office/desk
                               other/1 applied office 0.00
        {day(first + 1440)}  other/1 review_started office/desk
    """)


def test_no_measure_decides_on_other_applications(play, day):
    first, second = _first_other_application(20, 1, 0)
    world = f"""
    authorities: {{office: {{traffic: {{applications: 20/y}}}}}}
    period: {{end: day {second // 1440 - 1}}}
    """
    play(world, orders=f"day {second // 1440 - 1} 23:59 1.00", measures="[{on: day 0, applications: deny}]").only(
        "applied approved denied held"
    ).tells(f"""
        {day(first)}         other/1 applied office 0.00
        {day(first + 1440)}  other/1 approved office 0.00
    """)
