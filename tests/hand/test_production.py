"""Slots, first come first served; qualification, its tries, and slots that open one by one."""

from exportsim.chance import PURPOSES, address, uniform

UNLICENSED = "suppliers: {maker: {authority: null, slots: %d, lead_time: %s}}\ndemand: {x: {parts: %d}}"


def test_one_slot_makes_the_parts_of_two_orders_in_turn(play):
    play(UNLICENSED % (1, "5d", 2), orders="day 0 2.00\nday 0 4.00").only("finished").tells("""
        day 5   x/1 finished #1 1.00
        day 10  x/2 finished #1 2.00
        day 15  x/1 finished #2 1.00
        day 20  x/2 finished #2 2.00
    """)


def test_two_slots_make_parts_of_two_orders_but_never_two_parts_of_one(play):
    play(UNLICENSED % (2, "5d", 2), orders="day 0 2.00\nday 1 4.00").only("finished").tells("""
        day 5   x/1 finished #1 1.00
        day 6   x/2 finished #1 2.00
        day 10  x/1 finished #2 1.00
        day 11  x/2 finished #2 2.00
    """)


def test_production_of_no_time_ends_in_the_minute_in_which_it_begins(play):
    play(UNLICENSED % (1, "0d", 2), orders="day 0 2.00").tells("""
        day 0  x/1 ordered 2.00, sourced maker 2.00
               x/1 finished #1 1.00, delivered #1 1.00, finished #2 1.00, delivered #2 1.00
    """)


def test_lines_share_the_slots_of_a_supplier(play):
    other = "demand: {y: {buyer: buyer, destination: PL, goods: lamps, sources: {maker: {}}}}"
    play(UNLICENSED % (1, "5d", 1), other, orders={"x": "day 1 2.00", "y": "day 0 4.00"}).only("finished").tells("""
        day 5   y/1 finished #1 4.00
        day 10  x/1 finished #1 2.00
    """)


# ------------------------------------------------------------------ qualification


def _qualifying(qualification, supplier="slots: 3, lead_time: 30d"):
    return f"""
    suppliers: {{elsewhere: {{country: ZA, {supplier}}}}}
    demand: {{x: {{sources: {{elsewhere: {{qualification: {{{qualification}}}}}, maker: null}}}}}}
    """


def test_a_source_qualifies_some_time_after_its_date(play):
    play(_qualifying("starts: day 3, time: 4d")).tells("""
        day 0   x/1 ordered 100.00, unserved 100.00
        day 7   x qualified elsewhere
                x/1 sourced elsewhere 100.00
        day 37  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_qualifying_takes_at_least_a_minute(play):
    play(_qualifying("starts: day 3, time: 0d")).only("qualified").tells("""
        day 3 00:01  x qualified elsewhere
    """)


def test_a_failed_try_is_followed_by_another(play):
    luck = (uniform(1, 8, address("source/x/elsewhere"), 0, PURPOSES["success"], number) for number in range(1, 20))
    tries = 1 + next(failed for failed, u in enumerate(luck) if u < 0.3)
    assert tries > 2, "this future does not serve: choose another"
    play(_qualifying("starts: day 3, time: 4d, success: 0.3"), future=8).only("qualified sourced").tells(f"""
        day {3 + 4 * tries}  x qualified elsewhere
                             x/1 sourced elsewhere 100.00
    """)


def test_ramp_up_opens_slots_one_by_one_the_first_at_once_the_last_at_its_end(play):
    world = _qualifying("starts: day 0, time: 2d", "slots: 3, lead_time: 30d, ramp_up: 20d")
    play(world, orders="day 0 1.00\nday 0 2.00\nday 0 3.00\nday 0 4.00").tells("""
        day 0   x/1 ordered 1.00, unserved 1.00
                x/2 ordered 2.00, unserved 2.00
                x/3 ordered 3.00, unserved 3.00
                x/4 ordered 4.00, unserved 4.00
        day 2   x qualified elsewhere
                slot_opened elsewhere #1
                x/1 sourced elsewhere 1.00
                x/2 sourced elsewhere 2.00
                x/3 sourced elsewhere 3.00
                x/4 sourced elsewhere 4.00
        day 12  slot_opened elsewhere #2
        day 22  slot_opened elsewhere #3
        day 32  x/1 finished #1 1.00, delivered #1 1.00
        day 42  x/2 finished #1 2.00, delivered #1 2.00
        day 52  x/3 finished #1 3.00, delivered #1 3.00
        day 62  x/4 finished #1 4.00, delivered #1 4.00
    """)


def test_without_ramp_up_all_slots_are_there_at_once(play):
    play(_qualifying("starts: day 0, time: 2d"), orders="day 0 1.00\nday 0 2.00").only("qualified finished").tells("""
        day 2   x qualified elsewhere
        day 32  x/1 finished #1 1.00
                x/2 finished #1 2.00
    """)


def test_a_supplier_that_some_line_can_use_from_the_start_does_not_ramp_up(play):
    other = "demand: {y: {buyer: buyer, destination: PL, goods: lamps, sources: {elsewhere: {}}}}"
    world = _qualifying("starts: day 0, time: 2d", "slots: 2, lead_time: 30d, ramp_up: 20d")
    play(world, other, orders={"x": "day 0 1.00", "y": "day 1 2.00"}).tells("""
        day 0   x/1 ordered 1.00, unserved 1.00
        day 1   y/1 ordered 2.00, sourced elsewhere 2.00
        day 2   x qualified elsewhere
                x/1 sourced elsewhere 1.00
        day 31  y/1 finished #1 2.00, delivered #1 2.00
        day 32  x/1 finished #1 1.00, delivered #1 1.00
    """)


def test_ramp_up_counts_from_the_first_line_that_qualifies(play):
    other = """
    demand:
      y:
        buyer: buyer
        destination: PL
        goods: lamps
        sources: {elsewhere: {qualification: {starts: day 0, time: 5d}}}
    """
    world = _qualifying("starts: day 0, time: 2d", "slots: 2, lead_time: 30d, ramp_up: 10d")
    play(world, other, orders={"x": "day 0 1.00", "y": "day 0 2.00"}).only(
        "qualified slot_opened sourced finished"
    ).tells("""
        day 2   x qualified elsewhere
                slot_opened elsewhere #1
                x/1 sourced elsewhere 1.00
        day 5   y qualified elsewhere
                y/1 sourced elsewhere 2.00
        day 12  slot_opened elsewhere #2
        day 32  x/1 finished #1 1.00
        day 42  y/1 finished #1 2.00
    """)


# ------------------------------------------------------------------ disruption

AT_DISRUPTION = """
authorities: {office: {approval: %d}}
suppliers: {elsewhere: {country: ZA, slots: 9, lead_time: 5d}}
demand: {x: {sources: {maker: {}, elsewhere: {qualification: {starts: disruption, time: 3d}}}}}
"""


def test_the_first_measure_that_bites_is_the_disruption_even_if_it_costs_no_trust(play):
    play(
        AT_DISRUPTION % 1,
        measures="""
        - {on: day 10, name: stop, applications: hold}
        - {on: day 20, name: refuse, applications: deny}
    """,
    ).only("measure qualified").tells("""
        day 10  measure stop
        day 13  x qualified elsewhere
        day 20  measure refuse
    """)


def test_the_first_denial_is_the_disruption(play):
    play(AT_DISRUPTION % 0, orders="day 4 1.00").only("denied qualified").tells("""
        day 5  x/1 denied office
        day 8  x qualified elsewhere
    """)


def test_nothing_happens_without_a_disruption(play):
    play(
        AT_DISRUPTION % 1,
        measures="""
        - {on: day 10, name: free, applications: exempt}
        - {on: day 20, name: open, applications: open}
        - {on: day 30, name: go, permits: in_force}
        - {on: day 40, name: more, officers: {desk: 3}}
    """,
    ).only("qualified").tells("")


def test_a_measure_on_other_cells_is_no_disruption(play):
    other = "demand: {y: {buyer: buyer, destination: PL, goods: lamps, sources: {maker: {}}}}"
    play(
        AT_DISRUPTION % 1,
        other,
        orders={"x": "day 0 1.00", "y": "day 0 2.00"},
        measures="""
        - {on: day 10, name: stop, applications: hold, destinations: [PL]}
    """,
    ).only("measure qualified").tells("""
        day 10  measure stop
    """)


def test_a_cancellation_is_a_disruption_only_where_it_cancels(play):
    play(
        AT_DISRUPTION % 1,
        orders="day 12 1.00",
        measures="""
        - {on: day 10, name: end, cancel: all}
        - {on: day 20, name: end again, cancel: all}
    """,
    ).only("measure cancelled unserved qualified sourced").tells("""
        day 10  measure end
        day 12  x/1 sourced maker 1.00
        day 20  measure end again
                x/1 cancelled end again 1.00, unserved 1.00
        day 23  x qualified elsewhere
                x/1 sourced elsewhere 1.00
    """)


def test_one_disruption_starts_qualifying_once(play):
    play(
        AT_DISRUPTION % 1,
        orders="day 0 1.00",
        measures="""
        - {on: day 10, name: stop, applications: hold}
        - {on: day 11, name: refuse, applications: deny}
        - {on: day 30, name: suspend, permits: suspended}
    """,
    ).only("qualified").tells("""
        day 13  x qualified elsewhere
    """)


# ------------------------------------------------------------------ qualifying since before the run


def test_qualified_before_the_run_a_source_is_there_in_its_first_minute(play):
    """After the measures of that minute, before its orders."""
    play(_qualifying("starts: day -30, time: 4d"), measures="[{on: day 0, name: stop, applications: hold}]").tells("""
        day 0   measure stop
                x qualified elsewhere
                x/1 ordered 100.00, sourced elsewhere 100.00
        day 30  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_qualifying_since_before_the_run_its_time_counts_from_its_date(play):
    for time, minute in (("30d", "day 0"), ("43201min", "day 0 00:01"), ("34d", "day 4")):
        played = play(_qualifying(f"starts: day -30, time: {time}"), orders="day 9 1.00")
        played.only("qualified").tells(f"{minute} x qualified elsewhere")


def test_the_first_minute_is_that_of_the_warm_up(play):
    world = _qualifying("starts: day -30, time: 4d")
    play("period: {warm_up: 5d}", world).only("qualified").tells("day -5 x qualified elsewhere")
    during = _qualifying("starts: day -3, time: 1d")
    play("period: {warm_up: 5d}", during).only("qualified").tells("day -2 x qualified elsewhere")


def test_tries_that_failed_before_the_run_are_over(play):
    luck = (uniform(1, 8, address("source/x/elsewhere"), 0, PURPOSES["success"], number) for number in range(1, 20))
    tries = 1 + next(failed for failed, u in enumerate(luck) if u < 0.3)
    assert tries > 2, "this future does not serve: choose another"
    for days in (4 * tries - 3, 4 * tries, 4 * tries + 30):
        world = _qualifying(f"starts: day -{days}, time: 4d, success: 0.3")
        played = play(world, future=8, orders="day 9 1.00").only("qualified")
        played.tells(f"day {max(0, 4 * tries - days)} x qualified elsewhere")


def test_slots_open_from_the_day_of_qualification_though_it_is_before_the_run(play):
    """Qualified on day −6, the four slots open on days −6, −2, 2 and 6."""
    world = _qualifying("starts: day -10, time: 4d", "slots: 4, lead_time: 30d, ramp_up: 12d")
    play(world, orders="day 0 1.00\nday 0 2.00\nday 0 3.00").tells("""
        day 0   x qualified elsewhere
                slot_opened elsewhere #1
                slot_opened elsewhere #2
                x/1 ordered 1.00, sourced elsewhere 1.00
                x/2 ordered 2.00, sourced elsewhere 2.00
                x/3 ordered 3.00, sourced elsewhere 3.00
        day 2   slot_opened elsewhere #3
        day 6   slot_opened elsewhere #4
        day 30  x/1 finished #1 1.00, delivered #1 1.00
                x/2 finished #1 2.00, delivered #1 2.00
        day 32  x/3 finished #1 3.00, delivered #1 3.00
    """)


def test_slots_open_from_the_earliest_qualification_whichever_line_stands_first(play):
    """For x on day −4, for y on day −9: the last of four slots opens twelve days after the latter."""
    other = """
    demand:
      y:
        buyer: buyer
        destination: PL
        goods: lamps
        sources: {elsewhere: {qualification: {starts: day -10, time: 1d}}}
    """
    world = _qualifying("starts: day -8, time: 4d", "slots: 4, lead_time: 30d, ramp_up: 12d")
    play(world, other, orders={"x": "day 9 1.00", "y": "day 9 2.00"}).only("qualified slot_opened").tells("""
        day 0  x qualified elsewhere
               slot_opened elsewhere #1
               y qualified elsewhere
               slot_opened elsewhere #2
               slot_opened elsewhere #3
        day 3  slot_opened elsewhere #4
    """)
