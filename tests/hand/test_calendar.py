"""Working time: business days run on the authority's calendar, everything else on the clock."""

import pytest

FEDERAL = "day 140"  # Victoria Day (20 May 2024)
WORKING = """
authorities:
  office:
    calendar: {{weekend: [sat, sun], holidays: {holidays}}}
    review: [{{stage: desk, officers: 1, work: {work}}}]
"""


@pytest.mark.parametrize(
    ("case", "holidays", "work", "arrival", "end"),
    [
        ("a Friday's working day ends at that Friday's midnight", "[]", "1bd", "day 4", "day 5"),
        ("half a Friday is left, half of Monday follows", "[]", "1bd", "day 4 12:00", "day 7 12:00"),
        ("what begins on a Saturday begins with Monday", "[]", "1bd", "day 5 10:00", "day 8"),
        ("what begins on a holiday begins with the next working day", "[day 0]", "1bd", "day 0 15:00", "day 2"),
        ("a holiday in between is passed over", "[day 2]", "2bd", "day 1", "day 4"),
        ("a holiday before a weekend makes it longer", "[day 4]", "1bd", "day 3 06:00", "day 7 06:00"),
        ("a holiday on a Saturday changes nothing", "[day 5]", "1bd", "day 4 12:00", "day 7 12:00"),
        ("half a business day is twelve hours", "[]", "0.5bd", "day 4 18:00", "day 7 06:00"),
        ("a week of business days is a week", "[]", "5bd", "day 2 09:00", "day 9 09:00"),
        ("no work ends at once, weekend or not", "[]", "0bd", "day 5 10:00", "day 5 10:00"),
        ("no work ends at once, holiday or not", "[day 0]", "0bd", "day 0", "day 0"),
        ("days on the clock do not know weekends", "[]", "1d", "day 4 12:00", "day 5 12:00"),
        ("hours on the clock do not know holidays", "[day 0]", "8h", "day 0", "day 0 08:00"),
    ],
)
def test_work(play, case, holidays, work, arrival, end):
    played = play(WORKING.format(holidays=holidays, work=work), orders=f"{arrival} 1.00")
    played.only("review_started review_ended").tells(f"""
        {arrival}  x/1 review_started office/desk
        {end}      x/1 review_ended office/desk
    """)


@pytest.mark.parametrize(
    ("case", "calendar", "arrival", "end"),
    [
        # Day 0 is Monday, 1 January 2024.
        (
            "a federal office keeps days that others work",
            "holidays: {country: CA, category: government}",
            FEDERAL,
            "day 142",
        ),
        ("which public holidays alone do not give it", "holidays: CA", FEDERAL, "day 141"),
        ("nor a mapping without a category", "holidays: {country: CA}", FEDERAL, "day 141"),
        ("a day besides", "holidays: {country: CA, also: [day 2]}", "day 2", "day 4"),
        ("a holiday that is worked", "holidays: {country: CA, except: [day 0]}", "day 0", "day 1"),
        ("a subdivision's day", "holidays: {country: CA-ON}", "day 49", "day 51"),
        ("a weekend of other days", "weekend: {day 0: [sun, mon]}", "day 6", "day 9"),
        ("the day before a weekend changes", "weekend: {day 0: [fri, sat], day 11: [sat, sun]}", "day 4", "day 7"),
        ("from the day on which it changes", "weekend: {day 0: [fri, sat], day 11: [sat, sun]}", "day 11", "day 12"),
        (
            "what lies after that day is the new one's",
            "weekend: {day 0: [fri, sat], day 11: [sat, sun]}",
            "day 12",
            "day 15",
        ),
        ("one from before the run holds", "weekend: {2006-09-01: [fri, sat]}", "day 4", "day 7"),
        ("the last of those before the run", "weekend: {2006-09-01: [fri, sat], 2022-01-01: [mon]}", "day 4", "day 5"),
        ("however they are ordered", "weekend: {2022-01-01: [mon], 2006-09-01: [fri, sat]}", "day 4", "day 5"),
        ("one after the run never comes", "weekend: {day 0: [mon], 2060-01-01: [tue]}", "day 1", "day 2"),
        ("no weekend at all from a day on", "weekend: {day 0: [sat, sun], day 5: []}", "day 5", "day 6"),
    ],
)
def test_a_calendar_of_an_office(play, case, calendar, arrival, end):
    world = f"""
    authorities:
      office: {{calendar: {{{calendar}}}, review: [{{stage: desk, officers: 1, work: 1bd}}]}}
    period: {{end: day 200}}
    """
    play(world, orders=f"{arrival} 1.00").only("review_started review_ended").tells(f"""
        {arrival}  x/1 review_started office/desk
        {end}      x/1 review_ended office/desk
    """)


def test_a_permit_can_be_valid_for_business_days(play):
    world = """
    authorities: {office: {calendar: {weekend: [sat, sun]}, review: [], validity: 2bd}}
    period: {end: day 9}
    """
    play(world, orders="day 4 1.00").only("approved expired").tells("""
        day 4  x/1 approved office 1.00
        day 8  x/1 expired office 1.00, approved office 1.00
    """)


def test_every_authority_has_its_own_calendar(play):
    world = """
    authorities: {bureau: {country: PL, calendar: {weekend: []}, review: [{stage: desk, officers: 1, work: 1bd}]}}
    suppliers: {mill: {country: PL, authority: bureau, slots: 1, lead_time: 10d}}
    demand: {y: {buyer: buyer, destination: TR, goods: lamps, sources: {mill: {}}}}
    """
    orders = {"x": "day 5 1.00", "y": "day 5 2.00"}
    play(WORKING.format(holidays="[]", work="1bd"), world, orders=orders).only("review_ended").tells("""
        day 6  y/1 review_ended bureau/desk
        day 8  x/1 review_ended office/desk
    """)


def test_work_that_outlasts_the_run_never_ends(play):
    play(WORKING.format(holidays="[]", work="90bd")).tells("""
        day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
    """)
