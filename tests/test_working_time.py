"""Working time, against counting minute by minute."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from exportsim.plan import NEVER
from exportsim.working_time import advance, elapsed

DAY = 1440
MOST = 12  # days


def _tables(working):
    """One authority's rows of the calendar, as the plan has them."""
    days = np.array(working, dtype=np.int64)
    before = np.concatenate([[0], days.cumsum()]).astype(np.int64)
    nth = np.full(len(days) + 1, len(days), dtype=np.int64)
    numbers = np.flatnonzero(days)
    nth[: len(numbers)] = numbers
    return days, before, nth


def _counted(working, origin, minute, minutes):
    """Walk on, minute by minute, until enough of them were working time."""
    passed = 0
    while passed < minutes:
        day = (minute - origin) // DAY
        if day >= len(working):
            return NEVER
        passed += working[day]
        minute += 1
    return minute


calendars = st.lists(st.integers(0, 1), min_size=1, max_size=MOST)
origins = st.sampled_from([0, -DAY, -5 * DAY, -731 * DAY])
# Minutes are best where days begin and end.
offsets = st.builds(
    lambda day, minute: day * DAY + minute, st.integers(0, MOST), st.sampled_from([0, 1, 719, 720, 1439])
)


@given(calendars, origins, offsets, offsets)
def test_work_ends_where_counting_minutes_ends(working, origin, start, minutes):
    assume(start < len(working) * DAY)
    days, before, nth = _tables(working)
    assert advance(origin, days, before, nth, origin + start, minutes) == _counted(
        working, origin, origin + start, minutes
    )


@given(calendars, origins, st.integers(0, MOST * DAY))
def test_elapsed_is_what_counting_minutes_counts(working, origin, minute):
    days, before, _ = _tables(working)
    counted = sum(working[m // DAY] for m in range(min(minute, len(working) * DAY)))
    assert elapsed(origin, days, before, origin + minute) == counted


@given(calendars, origins, offsets)
def test_no_work_takes_no_time_whatever_the_day(working, origin, start):
    assert advance(origin, *_tables(working), origin + start, 0) == origin + start


@given(calendars, origins, offsets, offsets, offsets)
def test_more_work_never_ends_earlier(working, origin, start, less, more):
    tables = _tables(working)
    assert advance(origin, *tables, origin + start, less) <= advance(origin, *tables, origin + start, less + more)


@given(calendars, origins, offsets, offsets, offsets)
def test_two_pieces_of_work_end_where_the_whole_ends(working, origin, start, first, second):
    tables = _tables(working)
    halfway = advance(origin, *tables, origin + start, first)
    if halfway < NEVER:
        assert advance(origin, *tables, halfway, second) == advance(origin, *tables, origin + start, first + second)


def test_work_begun_after_the_end_of_the_tables_never_ends():
    assert advance(0, *_tables([1, 1]), 2 * DAY, 1) == NEVER


def test_work_that_fills_the_tables_ends_with_them():
    assert advance(0, *_tables([1, 0, 1]), 0, 2 * DAY) == 3 * DAY
    assert advance(0, *_tables([1, 0, 1]), 0, 2 * DAY + 1) == NEVER
