"""What a measure does, in which order, on which cells; and policies that stand on others."""

import pytest


def test_a_measure_acts_in_its_order(play):
    world = """
    demand:
      y: {buyer: buyer, destination: PL, goods: lamps, sources: {maker: {}}}
    suppliers: {maker: {lead_time: 50d}}
    period: {end: day 10}
    """
    orders = {"x": "day 0 1.00\nday 2 2.00\nday 3 3.00\nday 9 12:00 4.00\nday 9 13:00 5.00", "y": "day 5 6.00"}
    play(
        world,
        orders=orders,
        measures="""
        - {on: day 2, name: stop, applications: hold, permits: suspended, destinations: [TR]}
        - {on: day 2, name: refuse, applications: deny, destinations: [PL]}
        - {on: day 10, name: go, applications: open, permits: in_force, cancel: all, officers: {desk: 2}}
    """,
    ).tells("""
        day 0         x/1 ordered 1.00, sourced maker 1.00, applied office 1.00, review_started office/desk
        day 1         x/1 review_ended office/desk, approved office 1.00
        day 2         measure stop
                      x/1 suspended stop 1.00
                      measure refuse
                      x/2 ordered 2.00, sourced maker 2.00, applied office 2.00, review_started office/desk
        day 3         x/2 review_ended office/desk, held office
                      x/3 ordered 3.00, sourced maker 3.00, applied office 3.00, review_started office/desk
        day 4         x/3 review_ended office/desk, held office
        day 5         y/1 ordered 6.00, unserved 6.00
        day 9 12:00   x/4 ordered 4.00, sourced maker 4.00, applied office 4.00, review_started office/desk
        day 9 13:00   x/5 ordered 5.00, sourced maker 5.00, applied office 5.00
        day 10        measure go
                      x/1 reinstated go 1.00
                      x/5 review_started office/desk
                      x/1 cancelled go 1.00, lost excluded 1.00
                      x/2 approved office 2.00
                      x/3 approved office 3.00
                      y/1 sourced maker 6.00, applied office 6.00
        day 10 12:00  x/4 review_ended office/desk, approved office 4.00
                      y/1 review_started office/desk
    """)


def test_more_officers_take_up_waiting_work_at_once(play):
    world = "authorities: {office: {review: [{stage: desk, officers: 1, work: 5d}]}}"
    play(
        world,
        orders="day 0 1.00\nday 0 2.00\nday 0 3.00",
        measures="""
        - {on: day 2, name: more, officers: {desk: 3}}
    """,
    ).only("measure review_started review_ended").tells("""
        day 0  x/1 review_started office/desk
        day 2  measure more
               x/2 review_started office/desk
               x/3 review_started office/desk
        day 5  x/1 review_ended office/desk
        day 7  x/2 review_ended office/desk
               x/3 review_ended office/desk
    """)


def test_fewer_officers_finish_what_they_hold(play):
    world = "authorities: {office: {review: [{stage: desk, officers: 2, work: 5d}]}}"
    play(
        world,
        orders="day 0 1.00\nday 1 2.00\nday 1 3.00\nday 1 4.00",
        measures="""
        - {on: day 2, name: fewer, officers: {desk: 1}}
    """,
    ).only("measure review_started review_ended").tells("""
        day 0   x/1 review_started office/desk
        day 1   x/2 review_started office/desk
        day 2   measure fewer
        day 5   x/1 review_ended office/desk
        day 6   x/2 review_ended office/desk
                x/3 review_started office/desk
        day 11  x/3 review_ended office/desk
                x/4 review_started office/desk
        day 16  x/4 review_ended office/desk
    """)


@pytest.mark.parametrize(
    ("exception", "spared"),
    [("{authorities: [office]}", True), ("{authorities: [office], destinations: [TR]}", False)],
)
def test_officers_are_spared_by_an_exception_of_authorities_only(play, exception, spared):
    world = "authorities: {office: {review: [{stage: desk, officers: 1, work: 5d}]}}"
    taken_up = "day 5" if spared else "day 2"
    play(
        world,
        orders={"x": "day 0 1.00\nday 1 2.00"},
        measures=f"[{{on: day 2, name: more, officers: {{desk: 2}}, except: {exception}}}]",
    ).only("review_started").tells(f"""
        day 0       x/1 review_started office/desk
        {taken_up}  x/2 review_started office/desk
    """)


def test_without_officers_work_waits_until_there_are_some(play):
    play(
        orders="day 3 1.00",
        measures="""
        - {on: day 2, name: strike, officers: {desk: 0}}
        - {on: day 9, name: work, officers: {desk: 1}}
    """,
    ).only("measure applied review_started").tells("""
        day 2  measure strike
        day 3  x/1 applied office 1.00
        day 9  measure work
               x/1 review_started office/desk
    """)


def test_officers_change_only_at_the_authorities_in_scope(play):
    world = """
    authorities:
      office: {review: [{stage: desk, officers: 0, work: 1d}]}
      bureau: {country: PL, calendar: {weekend: []}, review: [{stage: desk, officers: 0, work: 1d}]}
    suppliers: {mill: {country: PL, authority: bureau, slots: 1, lead_time: 10d}}
    demand: {y: {buyer: buyer, destination: TR, goods: lamps, sources: {mill: {}}}}
    """
    play(
        world,
        orders={"x": "day 0 1.00", "y": "day 0 2.00"},
        measures="""
        - {on: day 2, name: work, officers: {desk: 1}, authorities: [bureau]}
        - {on: day 3, name: all work, officers: {desk: 1}}
    """,
    ).only("measure review_started").tells("""
        day 2  measure work
               y/1 review_started bureau/desk
        day 3  measure all work
               x/1 review_started office/desk
    """)


def test_measures_of_one_day_act_in_the_order_listed_and_the_later_overrides_cell_by_cell(play):
    play(
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders="day 1 1.00\nday 1 2.00 nato",
        measures="""
        - {on: day 1, name: stop, applications: deny}
        - {on: day 1, name: friends, applications: open, programmes: [nato]}
    """,
    ).only("measure unserved sourced").tells("""
        day 1  measure stop
               measure friends
               x/1 unserved 1.00
               x/2 sourced maker 2.00
    """)


def test_a_measure_without_a_name_is_called_by_its_date(play):
    play(orders="day 9 1.00", measures="[{on: day 1, applications: hold}, {on: day 1, permits: suspended}]").only(
        "measure"
    ).tells("""
        day 1  measure 2024-01-02
               measure 2024-01-02 (2)
    """)


def test_measures_that_change_nothing_leave_the_ledger_as_it_is_but_for_their_rows(play):
    idle = """
        - {on: day 0, applications: open, permits: in_force, officers: {desk: 1}}
        - {on: day 5, cancel: suspended}
        - {on: day 1, cancel: all}
        - {on: day 80, permits: in_force, cancel: all}
    """
    orders = "\n".join(f"day {day} 3.00" for day in (1, 2, 3, 5, 8, 13))
    without, with_them = play(orders=orders), play(orders=orders, measures=idle)
    rows = [row for row in with_them.facts() if not row[2].startswith("measure")]
    assert len(with_them.facts()) - len(rows) == 4
    assert rows == without.facts()


# ------------------------------------------------------------------ scopes

WIDE = """
authorities: {bureau: {country: DE, calendar: {weekend: []}, review: []}, office: {review: []}}
suppliers: {mill: {country: DE, authority: bureau, slots: 9, lead_time: 10d}, maker: {slots: 9}}
goods: {wires: {}}
period: {end: day 1}
demand:
  x: {programmes: {nato: 0.5}}
  x-pl: {buyer: buyer, destination: PL, goods: lamps, programmes: {nato: 0.5}, sources: {maker: {}}}
  x-wires: {buyer: buyer, destination: TR, goods: wires, programmes: {nato: 0.5}, sources: {maker: {}}}
  x-mill: {buyer: buyer, destination: TR, goods: lamps, programmes: {nato: 0.5}, sources: {mill: {}}}
"""
ALL = {f"{line}/{number}" for line in ("x", "x-pl", "x-wires", "x-mill") for number in (1, 2)}
NATO = {name for name in ALL if name.endswith("2")}


@pytest.mark.parametrize(
    ("scope", "reached"),
    [
        ("", ALL),
        ("authorities: [office]", ALL - {"x-mill/1", "x-mill/2"}),
        ("destinations: [PL]", {"x-pl/1", "x-pl/2"}),
        ("goods: [wires]", {"x-wires/1", "x-wires/2"}),
        ("programmes: [nato]", NATO),
        ("programmes: [none]", ALL - NATO),
        ("programmes: [none, nato]", ALL),
        ("authorities: [bureau], programmes: [nato]", {"x-mill/2"}),
        ("authorities: [bureau], destinations: [PL]", set()),
        ("except: {programmes: [nato]}", ALL - NATO),
        ("except: {authorities: [bureau]}", ALL - {"x-mill/1", "x-mill/2"}),
        ("except: {destinations: [TR], goods: [lamps]}", {"x-pl/1", "x-pl/2", "x-wires/1", "x-wires/2"}),
        ("except: [{goods: [wires]}, {destinations: [PL]}]", {"x/1", "x/2", "x-mill/1", "x-mill/2"}),
        ("programmes: [nato], except: {goods: [wires]}", NATO - {"x-wires/2"}),
        ("destinations: [PL], except: {destinations: [PL]}", set()),
    ],
)
def test_a_measure_reaches_the_cells_of_its_scope_less_the_exceptions(play, scope, reached):
    orders = dict.fromkeys(("x", "x-pl", "x-wires", "x-mill"), "day 1 1.00\nday 1 2.00 nato")
    measure = f"[{{on: day 0, applications: hold{', ' if scope else ''}{scope}}}]"
    facts = play(WIDE, orders=orders, measures=measure).facts()
    assert {whose for _, whose, said in facts if said.startswith("held")} == reached
    assert {whose for _, whose, said in facts if said.startswith("approved")} == ALL - reached


# ------------------------------------------------------------------ policies on policies

CARVED = """
demand: {x: {programmes: {nato: 0.5}}}
policies: {carved: {extends: tested, except: {programmes: [nato]}, measures: %s}}
"""
STOP = "[{on: day 0, name: stop, applications: deny}]"


def test_a_policy_takes_the_measures_of_another_less_its_exception(play):
    play(CARVED % "[]", orders="day 0 1.00\nday 0 2.00 nato", measures=STOP, policy="carved").only(
        "measure unserved sourced"
    ).tells("""
        day 0  measure stop
               x/1 unserved 1.00
               x/2 sourced maker 2.00
    """)


def test_the_policy_that_is_stood_on_is_left_as_it_was(play):
    play(CARVED % "[]", orders="day 0 1.00\nday 0 2.00 nato", measures=STOP).only("measure unserved sourced").tells("""
        day 0  measure stop
               x/1 unserved 1.00
               x/2 unserved 2.00
    """)


def test_its_own_measures_come_after_and_know_no_exception(play):
    own = "[{on: day 5, name: go, applications: open}, {on: day 9, name: stop again, applications: hold}]"
    play(CARVED % own, orders="day 0 1.00\nday 8 2.00 nato", measures=STOP, policy="carved").only(
        "measure unserved sourced held approved"
    ).tells("""
        day 0  measure stop
               x/1 unserved 1.00
        day 5  measure go
               x/1 sourced maker 1.00
        day 6  x/1 approved office 1.00
        day 8  x/2 sourced maker 2.00
        day 9  measure stop again
               x/2 held office
    """)
