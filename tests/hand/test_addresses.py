"""What is drawn is drawn at its address: the table of ``docs/model.md``, row by row.

Every distribution here is uniform, so that a draw can be worked out from its number with a pencil.
"""

import math

import pytest

from exportsim.chance import address, uniform

SEED, FUTURE = 11, 5


def _number(stream, entity, purpose, index):
    return uniform(SEED, FUTURE, address(stream), entity, address(purpose), index)


def _between(low, high, *place):
    """A whole number of minutes or cents between two bounds."""
    return math.floor(low + (high - low) * _number(*place) + 0.5)


def _days(low, high, *place):
    return _between(low * 1440, high * 1440, *place)


@pytest.fixture
def drawn(play):
    """Play in the future of these tests."""
    return lambda *worlds, **further: play(*worlds, seed=SEED, future=FUTURE, **further)


AT_A_RATE = "demand: {x: {orders: 73.05/y, value: {uniform: [100, 900]}, parts: {uniform: [1, 9]}, programmes: {%s}}}"


def test_value_programme_and_parts_of_an_order(drawn):
    world = "suppliers: {maker: {authority: null, slots: 999, lead_time: 0d}}"
    played = drawn(world, AT_A_RATE % "nato: 0.3, eu: 0.4", orders={})
    ordered = [said for _, _, said in played.only("ordered").facts()]
    expected, parts = [], []
    for number in range(1, len(ordered) + 1):
        u = _number("line/x", number, "programme", 0)
        programme = "eu " if u < 0.4 else "nato " if u < 0.7 else ""  # in alphabetical order
        cents = _between(10_000, 90_000, "line/x", number, "value", 0)
        expected.append(f"ordered {programme}{cents // 100}.{cents % 100:02d}")
        parts.append(math.floor(1 + 8 * _number("line/x", number, "parts", 0) + 0.5))
    assert len(ordered) > 12
    assert ordered == expected
    finished = [whose for _, whose, _ in played.only("finished").facts()]
    assert [finished.count(f"x/{number}") for number in range(1, len(ordered) + 1)] == parts


def test_a_programme_of_chance_one_is_certain(drawn):
    played = drawn(AT_A_RATE % "nato: 1", orders={})
    assert {said.split()[1] for _, _, said in played.only("ordered").facts()} == {"nato"}


def test_work_is_drawn_for_each_stage_and_attempt(drawn, day):
    world = """
    authorities:
      office:
        approval: 0
        review:
          - {stage: desk, officers: 1, work: {uniform: [1d, 9d]}}
          - {stage: board, officers: 1, work: {uniform: [1d, 9d]}}
    suppliers: {mill: {country: CA, authority: office, slots: 1, lead_time: 1d}}
    demand: {x: {sources: {maker: {}, mill: {}}}}
    """
    ends = [0]
    for attempt in (1, 2):
        for stage in ("desk", "board"):
            ends.append(ends[-1] + _days(1, 9, "line/x", 1, f"work/{stage}", attempt))
    drawn(world).only("review_ended").tells(f"""
        {day(ends[1])}  x/1 review_ended office/desk
        {day(ends[2])}  x/1 review_ended office/board
        {day(ends[3])}  x/1 review_ended office/desk
        {day(ends[4])}  x/1 review_ended office/board
    """)


def test_approval_is_drawn_for_each_attempt(drawn):
    world = """
    authorities: {office: {approval: 0.5}}
    suppliers: {mill: {country: CA, authority: office, slots: 99, lead_time: 1d}, maker: {slots: 99}}
    demand: {x: {sources: {maker: {}, mill: {}}}}
    """
    orders = "\n".join("day 0 1.00" for _ in range(20))
    played = drawn(world, "authorities: {office: {review: []}}", orders=orders).only("approved denied lost")
    expected = []
    for number in range(1, 21):
        for attempt in (1, 2):
            approved = _number("line/x", number, "approval", attempt) < 0.5
            expected.append(("day 0", f"x/{number}", "approved office 1.00" if approved else "denied office"))
            if approved:
                break
        else:
            expected.append(("day 0", f"x/{number}", "lost excluded 1.00"))
    assert {said for *_, said in expected} == {"approved office 1.00", "denied office", "lost excluded 1.00"}
    assert played.facts() == expected


def test_who_is_approved_case_by_case_at_a_half_is_approved_at_nine_tenths(play):
    orders = "\n".join("day 0 1.00" for _ in range(60))

    def approved(probability, regime):
        world = f"""
        authorities: {{office: {{review: [], approval: {probability}, case_by_case: {{approval: {probability}}}}}}}
        """
        measures = f"[{{on: day 0, applications: {regime}}}]"
        return {whose for _, whose, _ in play(world, orders=orders, measures=measures).only("approved").facts()}

    assert 15 < len(approved(0.5, "open")) < 45
    assert approved(0.5, "open") == approved(0.5, "case_by_case") < approved(0.9, "case_by_case")


def test_lead_times_are_drawn_for_each_attempt_and_part(drawn, day):
    world = """
    authorities: {office: {review: []}}
    suppliers: {maker: {lead_time: {uniform: [5d, 9d]}}, mill: {country: ZA, slots: 1, lead_time: {uniform: [5d, 9d]}}}
    demand: {x: {sources: {maker: {weight: 1000000000}, mill: {weight: 0.000000001}}, parts: 2}}
    """
    first = [_days(5, 9, "line/x", 1, "lead_time", 65536 + part) for part in (1, 2)]
    second = [_days(5, 9, "line/x", 1, "lead_time", 2 * 65536 + part) for part in (1, 2)]
    cancelled = 2 * 1440
    drawn(world, measures="[{on: day 2, cancel: all}]").only("finished").tells(f"""
        {day(first[0])}                           x/1 finished #1 50.00 [1 maker]
        {day(cancelled + second[0])}              x/1 finished #1 50.00
        {day(cancelled + second[0] + second[1])}  x/1 finished #2 50.00
    """)
    drawn(world).only("finished").tells(f"""
        {day(first[0])}             x/1 finished #1 50.00
        {day(first[0] + first[1])}  x/1 finished #2 50.00
    """)


def test_every_order_of_every_line_has_a_lead_time_of_its_own(drawn, day):
    """Some are needed long after the order has arrived: of the engine's windows of luck, in the next one."""
    world = """
    authorities: {office: {review: [{stage: desk, officers: 99, work: 3d}]}}
    suppliers: {maker: {slots: 99, lead_time: {uniform: [1d, 9d]}}}
    demand: {y: {buyer: buyer, destination: PL, goods: lamps, sources: {maker: {}}}}
    """
    arrivals = 0, 19, 38, 39, 58, 59, 79
    orders = "\n".join(f"day {arrival} 1.00" for arrival in arrivals)
    played = drawn(world, orders={"x": orders, "y": orders}).only("finished")
    expected = {
        f"{line}/{number}": day((arrival + 3) * 1440 + _days(1, 9, f"line/{line}", number, "lead_time", 65537))
        for line in ("x", "y")
        for number, arrival in enumerate(arrivals, 1)
    }
    assert {whose: when for when, whose, _ in played.facts()} == expected


def test_patience_is_drawn_for_each_attempt(drawn, day):
    world = """
    authorities: {office: {review: [{stage: desk, officers: 9, work: 50d}]}}
    suppliers: {mill: {country: CA, authority: office, slots: 99, lead_time: 1d}}
    demand: {x: {sources: {maker: {}, mill: {}}, patience: {review: {uniform: [1d, 9d]}}}}
    """
    first = _days(1, 9, "line/x", 1, "patience/review", 1)
    second = first + _days(1, 9, "line/x", 1, "patience/review", 2)
    drawn(world).only("withdrawn lost").tells(f"""
        {day(first)}   x/1 withdrawn review 100.00
        {day(second)}  x/1 withdrawn review 100.00, lost excluded 100.00
    """)


def test_patience_for_suspension_and_unserved(drawn, day):
    world = """
    authorities: {office: {review: []}}
    suppliers: {future: {country: ZA, slots: 1, lead_time: 5d}, maker: {lead_time: 50d}}
    demand:
      x:
        sources: {maker: {}, future: {qualification: {starts: day 90, time: 5d}}}
        patience: {suspension: {uniform: [1d, 9d]}, unserved: {uniform: [1d, 9d]}}
    """
    suspended = 1440 + _days(1, 9, "line/x", 1, "patience/suspension", 1)
    lost = suspended + _days(1, 9, "line/x", 1, "patience/unserved", 2)
    drawn(world, measures="[{on: day 1, permits: suspended}]").only("withdrawn unserved lost").tells(f"""
        {day(suspended)}  x/1 withdrawn suspension 100.00, unserved 100.00
        {day(lost)}       x/1 lost unserved 100.00
    """)


def test_every_try_to_qualify_takes_its_own_time(drawn, day):
    world = """
    suppliers: {mill: {country: ZA, slots: 1, lead_time: 5d}}
    demand:
      x:
        sources: {maker: null, mill: {qualification: {starts: day 3, time: {uniform: [1d, 5d]}, success: 0.2}}}
    """
    minute, tries = 3 * 1440, 0
    while True:
        tries += 1
        minute += _days(1, 5, "source/x/mill", 0, "qualification", tries)
        if _number("source/x/mill", 0, "success", tries) < 0.2:
            break
    assert tries > 1, "this future does not serve: choose another"
    drawn(world).only("qualified").tells(f"{day(minute)} x qualified mill")


def test_a_measure_of_the_same_name_has_the_same_luck_in_every_policy(drawn):
    worlds = """
    incidents: {war: {on: day 20, window: 15d, exposure: 0.01}}
    policies:
      other:
        measures:
          - {on: day 1, cancel: suspended}
          - {after: war, name: verdict, delay: {uniform: [1d, 9d]},
             outcomes: [{chance: 0.5, permits: suspended}, {chance: 0.5, cancel: suspended}]}
    """
    measures = """
        - {after: war, name: verdict, delay: {uniform: [1d, 9d]},
           outcomes: [{chance: 0.5, permits: suspended}, {chance: 0.5, cancel: suspended}]}
    """
    one = drawn(worlds, measures=measures).only("measure").facts()
    other = drawn(worlds, measures=measures, policy="other").only("measure").facts()
    assert len(one) == 1
    assert other[1:] == one


VERDICT = """
        - {after: war, delay: {uniform: [1d, 9d]}, applications: hold}
        - {on: %s, outcomes: [{chance: 0.5, officers: {desk: 3}}, {chance: 0.5, officers: {desk: 4}}]}
        - {after: war, name: verdict, delay: {uniform: [1d, 9d]}, applications: open}
"""
WAR = "incidents: {war: {on: day 20, window: 15d, exposure: 0.01}}"


def test_a_measure_without_a_name_has_the_luck_of_its_place_in_the_policy_that_lists_it(drawn, day):
    """In every policy that extends it, whatever stands before it there and whenever it acts."""
    heir = """
    policies:
      heir: {extends: tested, except: {destinations: [PL]}, measures: [
        {after: war, delay: {uniform: [1d, 9d]}, officers: {desk: 2}}]}
    demand: {y: {buyer: buyer, destination: PL, goods: lamps, sources: {maker: {}}}}
    """
    orders = {"x": "day 0 100.00", "y": "day 0 100.00"}
    first, named = (_days(1, 9, stream, 1, "delay", 0) for stream in ("policy/tested/1", "measure/verdict"))
    own = _days(1, 9, "policy/heir/1", 1, "delay", 0)
    officers = 3 if _number("policy/tested/2", 1, "outcome", 0) < 0.5 else 4
    for date in ("day 3", "day 40"):
        for policy, times in (("tested", [first, named]), ("heir", [first, named, own])):
            played = drawn(heir, WAR, orders=orders, measures=VERDICT % date, policy=policy).only("measure")
            assert [when for when, _, said in played.facts() if "after war" in said or "verdict" in said] == [
                day(20 * 1440 + minutes) for minutes in sorted(times)
            ]
            (outcome,) = (said for when, _, said in played.facts() if when == date)
            assert outcome.endswith(f"{officers} officers at desk")


def test_measures_that_are_alike_in_two_policies_have_luck_of_their_own(drawn):
    other = "policies: {other: {measures: [{after: war, delay: {uniform: [1d, 9d]}, applications: hold}]}}"
    measures = "[{after: war, delay: {uniform: [1d, 9d]}, applications: hold}]"
    times = [drawn(other, WAR, measures=measures, policy=policy).only("measure").facts()[0][0]
             for policy in ("tested", "other")]  # fmt: skip
    assert times[0] != times[1]


def test_chances_that_add_up_to_one_leave_nobody_without_a_programme(drawn):
    """0.7 + 0.2 + 0.1 is less than 1 in binary, and a measure on orders without a programme would bite the line."""
    world = "demand: {x: {programmes: {a: 0.7, b: 0.2, c: 0.1}, orders: 40/y, value: 1, trust: {loss: {hold: 1}}}}"
    later = """
    suppliers: {later: {country: ZA, slots: 1, lead_time: 1d}}
    demand: {x: {sources: {later: {qualification: {starts: disruption, time: 1d}}}}}
    """
    stop = "[{on: day 1, name: stop, applications: hold, programmes: [%s]}]"
    assert drawn(world, later, orders={}, measures=stop % "none").only("qualified").facts() == []
    assert drawn(world, later, orders={}, measures=stop % "c").only("qualified").facts() != []
