"""What was decided before: the history that all policies have in common, and measures before the run's first minute."""

from exportsim.chance import PURPOSES, address, uniform

TWO = """
suppliers: {elsewhere: {country: ZA, slots: 99, lead_time: 5d}}
demand:
  x:
    sources: {maker: {}, elsewhere: {}}
    trust: {loss: {hold: 0.8}, half_life: 10d}
"""
FREE = "history: [{on: day -7, name: free, applications: exempt}]"


def test_a_world_may_begin_exempt_and_a_policy_end_that(play):
    measures = "[{on: day 2, name: control, applications: open}]"
    play(FREE, orders="day 0 100.00\nday 1 50.00\nday 2 10.00", measures=measures).tells("""
        day 0  measure free
               x/1 ordered 100.00, sourced maker 100.00, approved office 100.00
        day 1  x/2 ordered 50.00, sourced maker 50.00, approved office 50.00
        day 2  measure control
               x/3 ordered 10.00, sourced maker 10.00, applied office 10.00, review_started office/desk
        day 3  x/3 review_ended office/desk, approved office 10.00
        day 10  x/1 finished #1 100.00, delivered #1 100.00
        day 20  x/2 finished #1 50.00, delivered #1 50.00
        day 30  x/3 finished #1 10.00, delivered #1 10.00
    """)


def test_what_lies_before_the_run_acts_in_its_first_minute_by_date_and_before_what_is_of_that_day(play):
    history = """
    history:
      - {on: day 0, name: today, officers: {desk: 1}}
      - {on: day -1, name: late, applications: open}
      - {on: day -30, name: early, applications: hold}
    """
    measures = "[{on: day 0, name: own, officers: {desk: 2}}, {on: day -1, name: before, applications: exempt}]"
    play(history, orders="day 0 100.00", measures=measures).tells("""
        day 0  measure early
               measure late
               measure before
               measure today
               measure own
               x/1 ordered 100.00, sourced maker 100.00, approved office 100.00
        day 10  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_on_one_day_the_history_acts_before_the_policy_and_nobody_excepts_it(play):
    world = """
    history: [{on: day 1, name: stop, applications: hold, permits: suspended}]
    policies:
      base: {measures: [{on: day 1, name: lift, permits: in_force}]}
      tested: {extends: base, except: {authorities: [office]}}
    """
    play(world, orders="day 0 100.00").tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  measure stop
               measure lift
               x/1 review_ended office/desk, held office
    """)


def test_a_run_with_a_warm_up_begins_with_what_was_decided_before_it(play):
    world = "period: {warm_up: 3d}\nhistory: [{on: day -4, name: free, applications: exempt}]"
    measures = "[{on: day -2, name: control, applications: open}]"
    play(world, orders="day -3 100.00\nday -2 50.00", measures=measures).tells("""
        day -3  measure free
               x/1 ordered 100.00, sourced maker 100.00, approved office 100.00
        day -2  measure control
               x/2 ordered 50.00, sourced maker 50.00, applied office 50.00, review_started office/desk
        day -1  x/2 review_ended office/desk, approved office 50.00
        day 7  x/1 finished #1 100.00, delivered #1 100.00
        day 17  x/2 finished #1 50.00, delivered #1 50.00
    """)


def test_trust_has_been_returning_since_the_day_on_which_it_was_lost(play):
    luck = [uniform(3, 0, address("line/x"), number, PURPOSES["source"], 1) for number in range(1, 101)]
    history = "history: [{on: day -20, applications: hold}, {on: day -10, applications: open}]"
    trust = 1 - 0.8 / 2 / 2 / 2  # after three half-lives
    played = play(TWO, history, orders="\n".join("day 10 1.00" for _ in range(100)), seed=3)
    chosen = [said.split()[1] for _, _, said in played.facts() if said.startswith("sourced")]
    assert chosen == ["maker" if u < trust / (1 + trust) else "elsewhere" for u in luck]
    assert chosen != ["maker" if u < 0.6 / 1.6 else "elsewhere" for u in luck]  # as if it were lost when the run begins


def test_a_second_source_has_been_qualifying_since_a_disruption_before_the_run(play):
    world = """
    suppliers: {elsewhere: {country: ZA, slots: 3, ramp_up: 8d, lead_time: 5d}}
    demand: {x: {sources: {maker: {}, elsewhere: {qualification: {starts: disruption, time: 10d}}}}}
    history: [{on: day -12, name: stop, applications: deny}]
    """
    play(world, orders="day 0 100.00").tells("""
        day 0  measure stop
               x qualified elsewhere
               slot_opened elsewhere #1
               x/1 ordered 100.00, sourced elsewhere 100.00
        day 2  slot_opened elsewhere #2
        day 5  x/1 finished #1 100.00, delivered #1 100.00
        day 6  slot_opened elsewhere #3
    """)


def test_a_disruption_before_the_run_from_which_a_source_qualifies_within_it_wakes_who_waits(play):
    world = """
    suppliers: {elsewhere: {country: ZA, slots: 1, lead_time: 5d}}
    demand: {x: {sources: {maker: {}, elsewhere: {qualification: {starts: disruption, time: 10d}}}}}
    history: [{on: day -8, name: stop, applications: deny}]
    """
    play(world, orders="day 0 100.00\nday 2 50.00").only("ordered unserved qualified sourced").tells("""
        day 0  x/1 ordered 100.00, unserved 100.00
        day 2  x qualified elsewhere
               x/1 sourced elsewhere 100.00
               x/2 ordered 50.00, sourced elsewhere 50.00
    """)


def test_a_permit_issued_where_all_have_been_suspended_since_before_the_run_is_suspended(play):
    history = "history: [{on: day -8, name: stop, permits: suspended}]"
    measures = "[{on: day 3, name: lift, permits: in_force}]"
    play(history, orders="day 0 100.00", measures=measures).tells("""
        day 0  measure stop
               x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, approved office 100.00, suspended stop 100.00
        day 3  measure lift
               x/1 reinstated lift 100.00
        day 11  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_an_outcome_of_the_history_is_drawn_by_its_place_there(play):
    history = """
    history:
      - {on: day -3, applications: open}
      - {on: day -9, outcomes: [{chance: 0.5, applications: exempt}, {chance: 0.5, officers: {desk: 2}}]}
    """
    taken = set()
    for future in range(8):
        played = play(history, orders="day 0 100.00", future=future)
        u = uniform(1, future, address("history/2"), 1, PURPOSES["outcome"], 0)
        said = [said for _, _, said in played.facts() if said.startswith("measure")]
        expected = "applications exempt" if u < 0.5 else "2 officers at desk"
        assert said[0].endswith(expected)
        taken.add(expected)
    assert len(taken) == 2
