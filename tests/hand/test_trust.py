"""Trust: what acts and denials cost, what that does to the choice of a source, and how it returns."""

from exportsim.chance import PURPOSES, address, uniform

TRUST = """
suppliers: {elsewhere: {country: ZA, slots: 99, lead_time: 5d}}
demand:
  x:
    sources: {maker: {}, elsewhere: {}}
    trust: {loss: {%s}, half_life: %s}
"""
FAVOURED = """
suppliers: {elsewhere: {country: ZA, slots: 99, lead_time: 5d}}
demand:
  x:
    sources: {maker: {weight: 1000000000}, elsewhere: {weight: 0.000000001}}
    trust: {loss: {%s}, half_life: %s}
"""
ORDERS = "\n".join(f"day {50 + number // 4} 1.00" for number in range(1, 101))


def _choices(trust, seed):
    """Who is taken, by number of the order, if the maker is trusted so far and both weigh the same."""
    luck = [uniform(seed, 0, address("line/x"), number, PURPOSES["source"], 1) for number in range(1, 101)]
    return ["maker" if u < trust / (1 + trust) else "elsewhere" for u in luck]


def _assert_chosen(played, trust, seed=3):
    chosen = [said.split()[1] for _, _, said in played.facts() if said.startswith("sourced")]
    assert chosen == _choices(trust, seed)
    assert all(chosen != _choices(other, seed) for other in (1, 0.7, 0.5, 0.25, 0.1) if abs(other - trust) > 1e-9)


def test_at_first_a_source_is_trusted_fully(play):
    _assert_chosen(play(TRUST % ("hold: 0.5", "never"), orders=ORDERS, seed=3), 1)


def test_an_act_costs_its_loss(play):
    measures = "[{on: day 1, applications: hold}]"
    _assert_chosen(play(TRUST % ("hold: 0.5", "never"), orders=ORDERS, measures=measures, seed=3), 0.5)


def test_a_measure_that_does_two_things_costs_both_once(play):
    measures = "[{on: day 1, applications: hold, permits: suspended}]"
    _assert_chosen(play(TRUST % ("hold: 0.5, suspend: 0.5", "never"), orders=ORDERS, measures=measures, seed=3), 0.25)


def test_a_measure_that_changes_many_cells_costs_once(play):
    programmes = "demand: {x: {programmes: {nato: 0.5, exceptional: 0.25}}}"
    measures = "[{on: day 1, applications: hold}]"
    _assert_chosen(play(TRUST % ("hold: 0.5", "never"), programmes, orders=ORDERS, measures=measures, seed=3), 0.5)


def test_two_measures_cost_twice(play):
    measures = "[{on: day 1, applications: hold}, {on: day 2, permits: suspended}]"
    _assert_chosen(play(TRUST % ("hold: 0.5, suspend: 0.8", "never"), orders=ORDERS, measures=measures, seed=3), 0.1)


def test_a_measure_that_changes_nothing_costs_nothing(play):
    measures = "[{on: day 1, applications: hold}, {on: day 2, applications: hold}]"
    _assert_chosen(play(TRUST % ("hold: 0.5", "never"), orders=ORDERS, measures=measures, seed=3), 0.5)


def test_what_missing_trust_is_halves_every_half_life(play):
    world = TRUST % ("hold: 0.6", "10d")
    orders = "\n".join("day 20 1.00" for _ in range(100))
    played = play(world, orders=orders, measures="[{on: day 10, applications: hold}]", seed=3)
    _assert_chosen(played, 1 - 0.6 / 2)


def test_fully_distrusted_a_source_is_no_candidate(play):
    play(FAVOURED % ("hold: 1", "never"), measures="[{on: day 0, name: stop, applications: hold}]").tells("""
        day 0  measure stop
               x/1 ordered 100.00, sourced elsewhere 100.00
        day 5  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_if_nobody_is_trusted_an_order_is_unserved_and_not_lost(play):
    world = "demand: {x: {trust: {loss: {suspend: 1}, half_life: 10d}}}"
    play(
        world,
        measures="""
        - {on: day 0, name: stop, permits: suspended}
        - {on: day 5, name: go, permits: in_force}
    """,
    ).only("measure unserved sourced").tells("""
        day 0  measure stop
               x/1 unserved 100.00
        day 5  measure go
               x/1 sourced maker 100.00
    """)


def test_a_denial_costs_trust_for_the_orders_that_follow(play):
    play(
        FAVOURED % ("deny: 1", "never"),
        "authorities: {office: {approval: 0}}",
        orders="day 0 1.00\nday 1 2.00\nday 2 3.00",
    ).only("denied sourced").tells("""
        day 0  x/1 sourced maker 1.00
        day 1  x/1 denied office, sourced elsewhere 1.00
               x/2 sourced elsewhere 2.00
        day 2  x/3 sourced elsewhere 3.00
    """)


def test_a_cancellation_costs_trust_where_it_cancels_a_permit_and_nowhere_else(play):
    other = """
    demand:
      y:
        buyer: buyer
        destination: TR
        goods: lamps
        sources: {maker: {weight: 1000000000}, elsewhere: {weight: 0.000000001}}
        trust: {loss: {cancel: 1}}
    """
    play(
        FAVOURED % ("cancel: 1", "never"),
        other,
        orders={"x": "day 0 1.00\nday 10 2.00", "y": "day 10 3.00"},
        measures="""
        - {on: day 5, name: end, cancel: all}
    """,
    ).only("measure cancelled sourced").tells("""
        day 0   x/1 sourced maker 1.00
        day 5   measure end
                x/1 cancelled end 1.00, sourced elsewhere 1.00
        day 10  x/2 sourced elsewhere 2.00
                y/1 sourced maker 3.00
    """)


def test_trust_is_lost_before_the_cancelled_are_sourced_anew(play):
    world = """
    suppliers:
      mill: {country: CA, authority: office, slots: 1, lead_time: 10d}
      elsewhere: {country: ZA, slots: 1, lead_time: 5d}
    demand:
      x:
        sources: {maker: {weight: 1000000000}, mill: {weight: 1}, elsewhere: {weight: 0.000000001}}
        trust: {loss: {suspend: 1}}
    """
    play(world, measures="[{on: day 5, name: end, permits: suspended, cancel: all}]").only(
        "measure suspended cancelled sourced"
    ).tells("""
        day 0  x/1 sourced maker 100.00
        day 5  measure end
               x/1 suspended end 100.00, cancelled end 100.00, sourced elsewhere 100.00
    """)


def test_a_line_without_a_cell_in_scope_keeps_its_trust(play):
    world = FAVOURED % ("hold: 1", "never")
    stop = "[{on: day 0, name: stop, applications: hold, except: {destinations: [TR]}}]"
    play(world, measures=stop).only("sourced").tells("""
        day 0  x/1 sourced maker 100.00
    """)


def test_lifting_a_measure_costs_nothing(play):
    world = FAVOURED % ("hold: 0.5, suspend: 0.5, deny: 0.5, case_by_case: 0.5, cancel: 0.5", "never")
    play(
        world,
        measures="""
        - {on: day 0, name: free, applications: exempt}
        - {on: day 1, name: open, applications: open, permits: in_force}
    """,
        orders="day 2 1.00",
    ).only("sourced").tells("""
        day 2  x/1 sourced maker 1.00
    """)
