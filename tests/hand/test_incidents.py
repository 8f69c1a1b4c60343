"""Incidents, the evidence they bring to light, and the measures that follow it."""

import math

import pytest

from exportsim.chance import PURPOSES, address, uniform

# The exposure is a cent: whatever was delivered is evidence for certain.
WAR = """
incidents: {war: {on: day 20, window: 15d, exposure: 0.01}}
"""
CEASE = "[{after: war, name: cease, delay: 3d, applications: hold}]"


def test_evidence_is_found_of_what_was_delivered_and_a_doctrine_acts_after_its_delay(play):
    play(
        WAR, orders="day 0 60.00\nday 0 50.00", measures="[{after: war, name: end, delay: 0.5d, cancel: all}]"
    ).tells("""
        day 0         x/1 ordered 60.00, sourced maker 60.00, applied office 60.00, review_started office/desk
                      x/2 ordered 50.00, sourced maker 50.00, applied office 50.00
        day 1         x/1 review_ended office/desk, approved office 60.00
                      x/2 review_started office/desk
        day 2         x/2 review_ended office/desk, approved office 50.00
        day 11        x/1 finished #1 60.00, delivered #1 60.00
        day 20        incident war
                      evidence war 60.00
        day 20 12:00  measure end
                      x/2 cancelled end 50.00, lost excluded 50.00
        day 21        x/2 finished #1 50.00, stranded #1 50.00
    """)


def test_where_nothing_was_delivered_there_is_no_evidence(play):
    play(WAR, orders="day 10 100.00", measures=CEASE).only("incident evidence measure").tells("""
        day 20  incident war
    """)


def test_what_was_delivered_without_a_licence_is_no_evidence(play):
    play(WAR, "suppliers: {maker: {authority: null}}", measures=CEASE).only(
        "delivered incident evidence measure"
    ).tells("""
        day 10  x/1 delivered #1 100.00
        day 20  incident war
    """)


def test_a_doctrine_without_delay_acts_in_the_minute_of_the_evidence(play):
    play(WAR, measures="[{after: war, name: cease, applications: hold}]").only("incident evidence measure").tells("""
        day 20  incident war
                evidence war 100.00
                measure cease
    """)


@pytest.mark.parametrize(("window", "found"), [("9d", "evidence war 100.00"), ("12959min", "")])
def test_the_window_reaches_back_so_far_and_no_further(play, window, found):
    play(WAR, f"incidents: {{war: {{window: {window}}}}}").only("delivered incident evidence").tells(f"""
        day 11  x/1 delivered #1 100.00
        day 20  incident war
                {found}
    """)


def test_what_is_delivered_in_the_minute_of_the_incident_is_too_late(play):
    play(WAR, "incidents: {war: {on: day 11}}").only("delivered incident evidence").tells("""
        day 11  incident war
                x/1 delivered #1 100.00
    """)


def test_what_a_measure_releases_in_the_minute_of_the_incident_is_too_late(play):
    play(
        WAR,
        measures="""
        - {on: day 5, name: stop, permits: suspended}
        - {on: day 20, name: go, permits: in_force}
    """,
    ).only("measure delivered incident evidence").tells("""
        day 5   measure stop
        day 20  measure go
                x/1 delivered #1 100.00
                incident war
    """)


@pytest.mark.parametrize(
    ("scope", "cents"),
    [
        ("destinations: [TR]", "3.00"),
        ("destinations: [PL]", "4.00"),
        ("goods: [lamps]", "5.00"),
        ("goods: [wires]", "2.00"),
        ("destinations: [TR], goods: [wires]", "2.00"),
        ("destinations: [TR, PL]", "7.00"),
    ],
)
def test_what_was_delivered_in_scope_counts(play, scope, cents):
    world = """
    goods: {wires: {}}
    suppliers: {maker: {slots: 9}}
    demand:
      y: {buyer: buyer, destination: TR, goods: wires, sources: {maker: {}}}
      z: {buyer: buyer, destination: PL, goods: lamps, sources: {maker: {}}}
    """
    orders = {"x": "day 0 1.00", "y": "day 0 2.00", "z": "day 0 4.00"}
    play(WAR, world, f"incidents: {{war: {{{scope}}}}}", orders=orders).only("evidence").tells(f"""
        day 20  evidence war {cents}
    """)


def test_outcomes_of_chance_one_and_zero_are_certain(play):
    play(
        WAR,
        orders="day 0 60.00\nday 0 50.00",
        measures="""
        - after: war
          name: verdict
          outcomes: [{chance: 0, permits: suspended}, {chance: 1, cancel: all}, {chance: 0}]
    """,
    ).only("measure suspended cancelled").tells("""
        day 20  measure verdict: cancel all
                x/2 cancelled verdict: cancel all 50.00
    """)


def test_an_outcome_may_be_to_do_nothing(play):
    play(
        WAR,
        measures="""
        - {on: day 5, name: verdict, outcomes: [{chance: 0, permits: suspended}, {chance: 1}]}
    """,
    ).only("measure suspended delivered").tells("""
        day 5   measure verdict: nothing
        day 11  x/1 delivered #1 100.00
    """)


@pytest.mark.parametrize("future", range(6))
def test_chance_takes_an_outcome(play, future):
    u = uniform(1, future, address("measure/verdict"), 1, PURPOSES["outcome"], 0)
    taken = "cancel all" if u < 0.5 else "permits suspended"
    play(
        WAR,
        orders="day 0 60.00\nday 0 50.00",
        future=future,
        measures="""
        - {after: war, name: verdict, outcomes: [{chance: 0.5, cancel: all}, {chance: 0.5, permits: suspended}]}
    """,
    ).only("measure").tells(f"""
        day 20  measure verdict: {taken}
    """)


def test_evidence_is_by_chance(play):
    found = []
    for future in range(30):
        u = uniform(1, future, address("incident/war"), 1, PURPOSES["evidence"], 0)
        found.append(u < 1 - math.exp(-100 / 70))
        played = play(WAR, "incidents: {war: {exposure: 70}}", future=future)
        played.only("evidence").tells("day 20 evidence war 100.00" if found[-1] else "")
    assert 5 < sum(found) < 28


def test_every_evidence_sets_off_the_doctrine(play):
    world = """
    incidents:
      raid: {on: day 25, window: 15d, exposure: 0.01}
    """
    play(
        WAR,
        world,
        measures="""
        - {after: war, name: stop, delay: 2d, applications: hold}
        - {after: raid, name: go, delay: 2d, applications: open}
    """,
    ).only("incident evidence measure").tells("""
        day 20  incident war
                evidence war 100.00
        day 22  measure stop
        day 25  incident raid
                evidence raid 100.00
        day 27  measure go
    """)


def test_incidents_at_a_rate_come_at_their_addresses_from_the_start_of_the_period(play, day):
    world = "incidents: {war: {on: null, rate: 73.05/y, window: 15d, exposure: 0.01}}\nperiod: {warm_up: 30d}"
    minutes, reached = [], 0.0
    while reached < 100:
        u = uniform(1, 0, address("incident/war"), len(minutes) + 1, PURPOSES["arrival"], 0)
        reached += -5 * math.log(1 - u)
        minutes.append(round(reached * 1440))
    expected = "\n".join(f"{day(minute)} incident war" for minute in minutes[:-1])
    play(world).only("incident").tells(expected)


def test_a_delay_is_drawn_anew_for_each_evidence(play, day):
    world = "incidents: {war: {on: null, rate: 73.05/y, window: 99d, exposure: 0.01}}"
    played = play(
        world,
        measures="""
        - {after: war, name: look, delay: {uniform: [0d, 10d]}, cancel: suspended}
    """,
    )
    evidence = [(when, said) for when, _, said in played.facts() if said.startswith("evidence")]
    incidents = [when for when, _, said in played.facts() if said.startswith("incident")]
    measures = [when for when, _, said in played.facts() if said.startswith("measure")]
    due = []
    for when, _ in evidence:
        number = incidents.index(when) + 1
        u = uniform(1, 0, address("measure/look"), number, PURPOSES["delay"], 0)
        due.append(_minute(when) + math.floor(14400 * u + 0.5))
    assert len(due) > 8
    assert measures == [day(minute) for minute in sorted(due) if minute < 100 * 1440]


def _minute(when):
    number, _, time = when.removeprefix("day ").partition(" ")
    hours, _, minutes = time.partition(":")
    return int(number) * 1440 + int(hours or 0) * 60 + int(minutes or 0)
