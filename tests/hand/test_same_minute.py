"""What happens in one minute happens in the stated order: by class, then by number, then by attempt."""

from itertools import combinations

import pytest

from exportsim.lifecycle import Moment

# For each class, a world and orders of which one event falls on day 10, and what the ledger says of it. Every line has
# a letter of its own; they stand in the file from the last class to the first, so that an order of a later class has
# the smaller number.
ARRIVAL = """
suppliers: {shop: {country: ZA, slots: 9, lead_time: 50d}}
demand: {a: {buyer: buyer, destination: TR, goods: lamps, sources: {shop: {}}}}
"""
PATIENCE = """
suppliers: {future: {country: ZA, slots: 9, lead_time: 50d}}
demand:
  u: {buyer: buyer, destination: TR, goods: lamps, patience: {unserved: 10d},
      sources: {future: {qualification: {starts: day 90, time: 5d}}}}
"""
CALL_OFF = """
suppliers: {kiln: {country: ZA, slots: 9, lead_time: 0d}}
demand: {k: {buyer: buyer, destination: TR, goods: lamps, deliveries: {first: 10d}, sources: {kiln: {}}}}
"""
PRODUCTION_END = """
suppliers: {mill: {country: ZA, slots: 9, lead_time: 10d}}
demand: {p: {buyer: buyer, destination: TR, goods: lamps, sources: {mill: {}}}}
"""
# Two lines of one ward, whose hold ended before.
WARD = """
authorities: {ward: {country: PL, review: []}}
suppliers: {keeper: {country: PL, authority: ward, slots: 9, lead_time: 50d}}
history:
  - {on: day 0, applications: hold, authorities: [ward]}
  - {on: day 4, applications: open, authorities: [ward]}
"""
FILING = (
    WARD
    + """
demand: {f: {buyer: buyer, destination: TR, goods: lamps, sources: {keeper: {}}, filing: {hold: 0, lag: 6d}}}
"""
)
RESTART = (
    WARD
    + """
demand: {t: {buyer: buyer, destination: TR, goods: lamps, sources: {keeper: {restart: 6d}}}}
"""
)
EXPIRY = """
authorities: {short: {country: PL, review: [], validity: 10d}}
suppliers: {slow: {country: PL, authority: short, slots: 9, lead_time: 80d}}
demand: {e: {buyer: buyer, destination: TR, goods: lamps, sources: {slow: {}}}}
"""
ANSWER = """
authorities:
  school: {country: PL, calendar: {weekend: []},
      review: [{stage: desk, officers: 9, work: 3d, returns: {chance: 1, answer: 7d}}]}
suppliers: {pupil: {country: PL, authority: school, slots: 9, lead_time: 50d}}
demand: {n: {buyer: buyer, destination: TR, goods: lamps, sources: {pupil: {}}}}
"""
SITTING = """
authorities:
  court: {country: PL, calendar: {weekend: []}, review: [{stage: bench, sits: {every: 10d, from: day 0}}]}
suppliers: {clerk: {country: PL, authority: court, slots: 9, lead_time: 50d}}
demand: {s: {buyer: buyer, destination: TR, goods: lamps, sources: {clerk: {}}}}
"""
REVIEW_END = """
authorities: {bureau: {country: PL, calendar: {weekend: []}, review: [{stage: desk, officers: 9, work: 10d}]}}
suppliers: {smith: {country: PL, authority: bureau, slots: 9, lead_time: 50d}}
demand: {r: {buyer: buyer, destination: TR, goods: lamps, sources: {smith: {}}}}
"""
QUALIFICATION = """
suppliers: {late: {country: ZA, slots: 9, lead_time: 50d}}
demand:
  q: {buyer: buyer, destination: TR, goods: lamps, sources: {late: {qualification: {starts: day 0, time: 10d}}}}
"""
RECORDED_DECISION = "demand: {o: {buyer: buyer, destination: TR, goods: lamps, sources: {maker: {}}}}"
LEFT_OPEN = """
demand: {l: {buyer: buyer, destination: TR, goods: lamps, sources: {maker: {}}, orders: {as_of: day 10}}}
"""
EVENTS = {
    Moment.ARRIVAL: (ARRIVAL, {"a": "day 10 1.00"}, "a/1 ordered 1.00"),
    Moment.PATIENCE: (PATIENCE, {"u": "day 0 1.00"}, "u/1 lost unserved 1.00"),
    Moment.CALL_OFF: (CALL_OFF, {"k": "day 0 1.00"}, "k/1 finished #1 1.00"),  # in no time, and so at once
    Moment.PRODUCTION_END: (PRODUCTION_END, {"p": "day 0 1.00"}, "p/1 finished #1 1.00"),
    Moment.FILING: (FILING, {"f": "day 0 1.00"}, "f/1 applied ward 1.00"),
    Moment.EXPIRY: (EXPIRY, {"e": "day 0 1.00"}, "e/1 expired short 1.00"),
    Moment.ANSWER: (ANSWER, {"n": "day 0 1.00"}, "n/1 answered school/desk"),
    Moment.SITTING: (SITTING, {"s": "day 0 1.00"}, "s/1 review_started court/bench"),
    Moment.RECORDED_DECISION: (RECORDED_DECISION, {"o": "day 0 1.00 : day 10 denied"}, "o/1 denied office"),
    Moment.LEFT_OPEN: (LEFT_OPEN, {"l": "day 0 1.00 : open"}, "l/1 left_open office 1.00"),
    Moment.REVIEW_END: (REVIEW_END, {"r": "day 0 1.00"}, "r/1 review_ended bureau/desk"),
    Moment.RESTART: (RESTART, {"t": "day 0 1.00"}, "t/1 sourced keeper 1.00"),
    Moment.QUALIFICATION: (QUALIFICATION, {"q": "day 20 1.00"}, "q qualified late"),
    Moment.MEASURE: ("", {}, "measure look"),
}
LOOK = "[{on: day 10, name: look, cancel: suspended}]"


def _on_day_10(play, moments):
    """What those events say, in the order of the ledger."""
    said = {EVENTS[moment][2] for moment in moments}
    worlds = [EVENTS[moment][0] for moment in EVENTS if moment in moments]
    orders = {line: records for moment in moments for line, records in EVENTS[moment][1].items()}
    played = play(*worlds, orders=orders | {"x": "day 50 1.00"}, measures=LOOK if Moment.MEASURE in moments else "[]")
    found = [f"{whose} {fact}".strip() for when, whose, fact in played.facts() if when == "day 10"]
    return [fact for fact in found if fact in said]


@pytest.mark.parametrize(("first", "second"), list(combinations(Moment, 2)), ids=lambda moment: moment.name.lower())
def test_of_two_classes_in_one_minute_the_earlier_comes_first(play, first, second):
    assert _on_day_10(play, [first, second]) == [EVENTS[first][2], EVENTS[second][2]]


def test_all_classes_in_one_minute(play):
    assert _on_day_10(play, list(Moment)) == [EVENTS[moment][2] for moment in Moment]


# ------------------------------------------------------------------ ties within a class


def test_measures_come_in_the_order_listed_then_incidents(play):
    world = """
    incidents:
      war: {on: day 20, window: 30d, exposure: 0.01}
      raid: {on: day 20, window: 5d, exposure: 0.01}
    """
    play(
        world,
        measures="""
        - {after: raid, name: after raid, applications: open}
        - {name: figure, when: {delivered: {above: 10, below: 0}, every: 20d, window: 20d}, applications: open}
        - {after: war, name: after war, applications: open}
        - {on: day 20, name: date, applications: open}
    """,
    ).only("measure incident evidence").tells("""
        day 20  measure figure at 10000
                measure date
                incident war
                evidence war 100.00
                measure after war
                incident raid
    """)


def test_a_measure_after_evidence_takes_its_place_in_the_list(play):
    world = "incidents: {war: {on: day 20, window: 30d, exposure: 0.01}}"
    first = "{on: day 25, name: date, applications: hold}"
    second = "{after: war, name: doctrine, delay: 5d, applications: open}"
    play(world, measures=f"[{first}, {second}]").only("measure").tells("""
        day 25  measure date
                measure doctrine
    """)
    play(world, measures=f"[{second}, {first}]").only("measure").tells("""
        day 25  measure doctrine
                measure date
    """)


def test_qualifications_come_by_line_and_source_then_slots_open(play):
    world = """
    suppliers:
      early: {country: ZA, slots: 3, lead_time: 5d, ramp_up: 10d}
      late: {country: ZA, slots: 1, lead_time: 5d}
    demand:
      x: {sources: {maker: null, late: {qualification: {starts: day 5, time: 5d}},
                    early: {qualification: {starts: day 1, time: 9d}}}}
      y: {buyer: buyer, destination: TR, goods: lamps,
          sources: {early: {qualification: {starts: day 0, time: 5d}},
                    late: {qualification: {starts: day 0, time: 10d}}}}
    """
    play(world, orders={"x": "day 50 1.00", "y": "day 50 1.00"}).only("qualified slot_opened").tells("""
        day 5   y qualified early
                slot_opened early #1
        day 10  x qualified late
                x qualified early
                y qualified late
                slot_opened early #2
        day 15  slot_opened early #3
    """)


def test_reviews_end_by_the_number_of_the_order_whoever_began_first(play):
    world = """
    authorities:
      office: {review: [{stage: desk, officers: 9, work: 3d}]}
      bureau: {country: PL, calendar: {weekend: []}, review: [{stage: desk, officers: 9, work: 6d}]}
    suppliers: {smith: {country: PL, authority: bureau, slots: 9, lead_time: 5d},
                gate: {country: ZA, slots: 1, lead_time: 5d}}
    demand:
      x: {patience: {unserved: 50d}}
      y: {buyer: buyer, destination: PL, goods: lamps, sources: {maker: {}}}
      z: {buyer: buyer, destination: TR, goods: lamps, sources: {smith: {}}}
    """
    play(
        world,
        orders={"x": "day 9 1.00", "y": "day 0 2.00", "z": "day 1 3.00"},
        measures="""
        - {on: day 0, name: stop, applications: deny, authorities: [office]}
        - {on: day 4, name: go, applications: open, authorities: [office]}
    """,
    ).only("review_started review_ended").tells("""
        day 1   z/1 review_started bureau/desk
        day 4   y/1 review_started office/desk
        day 7   y/1 review_ended office/desk
                z/1 review_ended bureau/desk
        day 9   x/1 review_started office/desk
        day 12  x/1 review_ended office/desk
    """)


def test_production_ends_by_the_number_of_the_order_whoever_began_first(play):
    world = """
    suppliers: {maker: {lead_time: 5d}, mill: {country: ZA, slots: 9, lead_time: 6d}}
    demand: {y: {buyer: buyer, destination: TR, goods: lamps, sources: {mill: {}}}}
    authorities: {office: {review: [{stage: desk, officers: 1, work: 3d}]}}
    """
    play(world, orders={"x": "day 0 1.00", "y": "day 2 2.00"}).only("approved finished").tells("""
        day 3  x/1 approved office 1.00
        day 8  x/1 finished #1 1.00
               y/1 finished #1 2.00
    """)


def test_of_one_order_the_earlier_attempt_comes_first(play):
    world = """
    suppliers: {elsewhere: {country: ZA, slots: 1, lead_time: 6d}}
    demand: {x: {sources: {maker: {weight: 1000000000}, elsewhere: {weight: 0.000000001}}}}
    """
    play(world, measures="[{on: day 5, name: end, cancel: all}]").only(
        "cancelled finished stranded delivered"
    ).tells("""
        day 5   x/1 cancelled end 100.00
        day 11  x/1 finished #1 100.00 [1 maker], stranded #1 100.00 [1 maker]
                x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_permits_expire_by_the_number_of_the_order(play):
    world = """
    authorities:
      office: {review: [{stage: desk, officers: 1, work: 3d}], validity: 2d}
      bureau: {country: PL, review: [], validity: 4d}
    suppliers: {maker: {lead_time: 80d}, smith: {country: PL, authority: bureau, slots: 9, lead_time: 80d}}
    demand: {y: {buyer: buyer, destination: TR, goods: lamps, sources: {smith: {}}}}
    period: {end: day 5}
    """
    play(world, orders={"x": "day 0 1.00", "y": "day 1 2.00"}).only("approved expired").tells("""
        day 1  y/1 approved bureau 2.00
        day 3  x/1 approved office 1.00
        day 5  x/1 expired office 1.00
               y/1 expired bureau 2.00, approved bureau 2.00
    """)


def test_patience_runs_out_by_the_number_of_the_order(play):
    world = """
    demand:
      x: {patience: {unserved: 10d}}
      y: {buyer: buyer, destination: TR, goods: lamps, sources: {maker: {}}, patience: {unserved: 8d}}
    """
    play(world, orders={"x": "day 1 1.00", "y": "day 3 2.00"}, measures="[{on: day 0, applications: deny}]").only(
        "lost"
    ).tells("""
        day 11  x/1 lost unserved 1.00
                y/1 lost unserved 2.00
    """)


def test_the_order_at_hand_goes_on_before_those_it_makes_room_for(play):
    world = """
    authorities: {office: {review: [{stage: desk, officers: 1, work: 1d}, {stage: seal, officers: 1, work: 0d}]}}
    period: {end: day 1}
    """
    play(world, orders="day 0 1.00\nday 0 2.00").tells("""
        day 0  x/1 ordered 1.00, sourced maker 1.00, applied office 1.00, review_started office/desk
               x/2 ordered 2.00, sourced maker 2.00, applied office 2.00
        day 1  x/1 review_ended office/desk, review_started office/seal
               x/2 review_started office/desk
               x/1 review_ended office/seal, approved office 1.00
    """)
