"""Which supplier an attempt is made with, and when a permit is needed at all."""

from exportsim.chance import PURPOSES, address, uniform

# A second source without a permit, taken only when the first cannot be: the weights leave it one chance in 10¹⁸.
ELSEWHERE = """
suppliers:
  elsewhere: {country: ZA, slots: 1, lead_time: 5d}
demand:
  x: {sources: {maker: {weight: 1000000000}, elsewhere: {weight: 0.000000001}}}
"""


def test_a_supplier_without_an_authority_needs_no_permit(play):
    play("suppliers: {maker: {authority: null}}").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00
        day 10  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_a_delivery_within_the_authoritys_own_country_needs_no_permit(play):
    play("demand: {x: {destination: CA}}").tells("""
        day 0   x/1 ordered 100.00, sourced maker 100.00
        day 10  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_it_is_the_authoritys_country_that_counts_not_the_suppliers(play):
    play("suppliers: {maker: {country: TR}}").only("sourced applied").tells("""
        day 0   x/1 sourced maker 100.00, applied office 100.00
    """)


def test_measures_do_not_reach_a_supplier_who_needs_no_permit(play):
    everything = "[{on: day 0, name: stop, applications: deny, permits: suspended, cancel: all}]"
    play("demand: {x: {destination: CA}}", measures=everything).tells("""
        day 0   measure stop
                x/1 ordered 100.00, sourced maker 100.00
        day 10  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_a_source_is_taken_with_probability_proportional_to_its_weight(play):
    world = """
    suppliers: {maker: {authority: null, slots: 100}, elsewhere: {country: ZA, slots: 100, lead_time: 5d}}
    demand: {x: {sources: {maker: {weight: 3}, elsewhere: {weight: 1}}}}
    """
    orders = "\n".join(f"day {day} 1.00" for day in range(60))
    luck = [uniform(5, 2, address("line/x"), number, PURPOSES["source"], 1) for number in range(1, 61)]
    taken = ["maker" if u < 0.75 else "elsewhere" for u in luck]
    assert len(set(taken)) == 2
    play(world, orders=orders, seed=5, future=2).only("sourced").tells(
        "\n".join(f"day {day}  x/{day + 1} sourced {supplier} 1.00" for day, supplier in enumerate(taken))
    )


def test_a_closed_source_is_no_candidate_whatever_its_weight(play):
    play(ELSEWHERE, measures="[{on: day 0, name: stop, applications: deny}]").tells("""
        day 0  measure stop
               x/1 ordered 100.00, sourced elsewhere 100.00
        day 5  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_a_held_or_suspended_source_remains_a_candidate(play):
    stop = "[{on: day 0, name: stop, applications: hold, permits: suspended}]"
    play(ELSEWHERE, measures=stop).only("sourced").tells("""
        day 0  x/1 sourced maker 100.00
    """)


def test_denied_an_order_goes_to_the_next_source_at_once(play):
    play(ELSEWHERE, "authorities: {office: {approval: 0}}").tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, denied office, sourced elsewhere 100.00
        day 6  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_denied_everywhere_an_order_is_lost(play):
    play("authorities: {office: {approval: 0}}").tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, denied office, lost excluded 100.00
    """)


def test_an_order_can_be_sourced_anew_twice(play):
    world = """
    authorities:
      office: {approval: 0}
      bureau: {country: PL, approval: 0, calendar: {weekend: []}, review: [{stage: desk, officers: 1, work: 2d}]}
    suppliers:
      mill: {country: PL, authority: bureau, slots: 1, lead_time: 10d}
      elsewhere: {country: ZA, slots: 1, lead_time: 5d}
    demand:
      x: {sources: {maker: {weight: 1000000000}, mill: {weight: 1}, elsewhere: {weight: 0.000000001}}}
    """
    play(world).tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, denied office
               x/1 sourced mill 100.00, applied bureau 100.00, review_started bureau/desk
        day 3  x/1 review_ended bureau/desk, denied bureau, sourced elsewhere 100.00
        day 8  x/1 finished #1 100.00, delivered #1 100.00
    """)


def test_two_sources_of_one_authority_are_excluded_one_by_one(play):
    world = """
    authorities: {office: {approval: 0}}
    suppliers: {mill: {country: CA, authority: office, slots: 1, lead_time: 10d}}
    demand: {x: {sources: {maker: {weight: 1000000000}, mill: {weight: 0.000000001}}}}
    """
    play(world).tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
        day 1  x/1 review_ended office/desk, denied office
               x/1 sourced mill 100.00, applied office 100.00, review_started office/desk
        day 2  x/1 review_ended office/desk, denied office, lost excluded 100.00
    """)
