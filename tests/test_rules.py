"""Truth tables of the small rules that both engines share."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportsim.plan import (
    APPLICATIONS,
    CASE_BY_CASE,
    DENY,
    EXEMPT,
    HOLD,
    IN_FORCE,
    LOSS_CASE_BY_CASE,
    LOSS_DENY,
    LOSS_HOLD,
    MOST_ATTEMPTS,
    MOST_VISITS,
    NEVER,
    OPEN,
    STANDARD,
    SUSPENDED,
)
from exportsim.rules import (
    APPROVED,
    DENIED,
    HELD,
    REFERRED,
    decision,
    evidence_chance,
    is_closed,
    is_filed,
    loss_of,
    minute_ahead,
    multiplied,
    outcome_of,
    part_value,
    pick,
    programme_of,
    round_index,
    slot_delay,
    stop_of,
    term,
    treated_as,
    trust_at,
    visit_index,
)

EPSILON = 2.0**-53  # the smallest number that chance gives

# ------------------------------------------------------------------ decision

# By regime and whether the case-by-case review is over; the luck is 0.4, below the one probability or above it.
LUCKY_AT_ORDINARY, LUCKY_AT_SPECIAL = (0.5, 0.3), (0.3, 0.5)
DECISIONS = [
    (EXEMPT, False, APPROVED, APPROVED),
    (EXEMPT, True, APPROVED, APPROVED),
    (OPEN, False, APPROVED, DENIED),
    (OPEN, True, APPROVED, DENIED),
    (CASE_BY_CASE, False, REFERRED, REFERRED),
    (CASE_BY_CASE, True, DENIED, APPROVED),
    (HOLD, False, HELD, HELD),
    (HOLD, True, HELD, HELD),
    (DENY, False, DENIED, DENIED),
    (DENY, True, DENIED, DENIED),
]


def test_the_table_of_decisions_is_complete():
    assert {(regime, referred) for regime, referred, *_ in DECISIONS} == set(
        itertools.product(range(len(APPLICATIONS)), (False, True))
    )


@pytest.mark.parametrize(("regime", "referred", "ordinary", "special"), DECISIONS)
def test_decision(regime, referred, ordinary, special):
    assert decision(regime, referred, 0.4, *LUCKY_AT_ORDINARY, 0.0) == ordinary
    assert decision(regime, referred, 0.4, *LUCKY_AT_SPECIAL, 0.0) == special


@pytest.mark.parametrize("referred", [False, True])
def test_where_applications_are_denied_a_measure_may_have_given_a_chance(referred):
    assert decision(DENY, referred, 0.4, 0.3, 0.3, 0.5) == APPROVED
    assert decision(DENY, referred, 0.4, 0.5, 0.5, 0.3) == DENIED


@pytest.mark.parametrize("regime", range(len(APPLICATIONS)))
def test_who_does_not_use_a_general_licence_goes_as_under_open(regime):
    assert treated_as(regime, 0.4, 0.5) == regime
    assert treated_as(regime, 0.4, 0.3) == (OPEN if regime == EXEMPT else regime)


@pytest.mark.parametrize(
    ("minutes", "millionths", "expected"),
    [(0, 2_000_000, 0), (3, 500_000, 2), (1, 500_000, 1), (1, 499_999, 0), (1440, 1_000_000, 1440),
     (1_000_001, 333_333, 333_333), (NEVER, 1_000_000_000, 1000 * NEVER)],
)  # fmt: skip
def test_work_is_multiplied_exactly_and_half_a_minute_is_one(minutes, millionths, expected):
    assert multiplied(minutes, millionths) == expected


@given(st.integers(0, NEVER), st.integers(1, 10**9))
def test_work_is_multiplied_as_fractions_are(minutes, millionths):
    assert multiplied(minutes, millionths) == math.floor(Fraction(minutes * millionths, 10**6) + Fraction(1, 2))


def test_a_term_is_what_was_set_or_else_the_standard():
    assert [term(set_to, 0.7) for set_to in (STANDARD, 0.0, 0.2, 1.0)] == [0.7, 0.0, 0.2, 1.0]


@given(st.sampled_from([EPSILON, 0.5, 1 - EPSILON]), st.sampled_from([(OPEN, False), (CASE_BY_CASE, True)]))
def test_an_approval_of_one_is_certain_and_of_zero_impossible(u, case):
    assert decision(*case, u, 1.0, 1.0, 0.0) == APPROVED
    assert decision(*case, u, 0.0, 0.0, 1.0) == DENIED


# ------------------------------------------------------------------ pick


@pytest.mark.parametrize(
    ("pulls", "u", "taken"),
    [
        ([], 0.5, -1),
        ([0.0], 0.5, -1),
        ([0.0, 0.0], 0.5, -1),
        ([2.0], EPSILON, 0),
        ([2.0], 1 - EPSILON, 0),
        ([1.0, 3.0], EPSILON, 0),
        ([1.0, 3.0], 0.2499, 0),
        ([1.0, 3.0], 0.25, 1),
        ([1.0, 3.0], 1 - EPSILON, 1),
        ([0.0, 3.0], EPSILON, 1),
        ([3.0, 0.0], 1 - EPSILON, 0),
        ([1.0, 0.0, 1.0], 0.4999, 0),
        ([1.0, 0.0, 1.0], 0.5, 2),
        ([0.1, 0.2, 0.3], 1 - EPSILON, 2),
    ],
)
def test_pick(pulls, u, taken):
    assert pick(np.array(pulls, dtype=np.float64), u) == taken


@given(
    st.lists(st.one_of(st.just(0.0), st.floats(1e-9, 1e9)), min_size=1, max_size=6),
    st.floats(EPSILON, 1 - EPSILON),
)
def test_who_has_no_pull_is_never_picked(pulls, u):
    taken = pick(np.array(pulls), u)
    assert (taken == -1) == (sum(pulls) == 0)
    assert taken == -1 or pulls[taken] > 0


@given(st.floats(1e-6, 1e6), st.floats(EPSILON, 1 - EPSILON))
def test_only_the_proportions_of_pulls_matter(scale, u):
    assert pick(np.array([1.0, 2.0, 5.0]) * 2.0 ** round(math.log2(scale)), u) == pick(np.array([1.0, 2.0, 5.0]), u)


# ------------------------------------------------------------------ programmes and outcomes


@pytest.mark.parametrize(
    ("cumulated", "u", "programme"),
    [
        ([], 0.5, 0),
        ([0.0], EPSILON, 0),
        ([1.0], 1 - EPSILON, 1),
        ([0.2, 0.5], EPSILON, 1),
        ([0.2, 0.5], 0.1999, 1),
        ([0.2, 0.5], 0.2, 2),
        ([0.2, 0.5], 0.4999, 2),
        ([0.2, 0.5], 0.5, 0),
        ([0.0, 1.0], EPSILON, 2),
    ],
)
def test_programme_of(cumulated, u, programme):
    assert programme_of(np.array(cumulated, dtype=np.float64), u) == programme


@pytest.mark.parametrize(
    ("cumulated", "u", "outcome"),
    [
        ([1.0], 0.7, 0),
        ([0.6, 1.0], 0.5999, 0),
        ([0.6, 1.0], 0.6, 1),
        ([0.0, 1.0], EPSILON, 1),
        ([1.0, 1.0], 1 - EPSILON, 0),
        ([0.0, 1.0, 1.0], EPSILON, 1),
        ([0.3, 0.6, 0.9999999999999999], 1 - EPSILON, 2),
    ],
)
def test_outcome_of(cumulated, u, outcome):
    assert outcome_of(np.array(cumulated), u) == outcome


# ------------------------------------------------------------------ trust


@pytest.mark.parametrize(
    ("trust", "passed", "half_life", "now"),
    [
        (1.0, 5000, 100, 1.0),
        (0.4, 0, 100, 0.4),
        (0.4, 100, 100, 0.7),
        (0.4, 200, 100, 0.85),
        (0.0, 100, 100, 0.5),
        (0.4, 5000, -1, 0.4),
        (0.0, 5000, -1, 0.0),
        (0.4, 0, 0, 0.4),
        (0.4, 1, 0, 1.0),
    ],
)
def test_trust_at(trust, passed, half_life, now):
    assert trust_at(trust, 1000, 1000 + passed, half_life) == pytest.approx(now, rel=1e-15)


@given(st.floats(0, 1), st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 10**7))
def test_trust_never_falls_by_itself_and_never_exceeds_one(trust, first, second, half_life):
    early = trust_at(trust, 0, first, half_life)
    late = trust_at(trust, 0, first + second, half_life)
    assert trust <= early + 1e-15
    assert early <= late + 1e-15
    assert late <= 1.0


@given(st.floats(0, 1), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_trust_returns_alike_whether_looked_at_on_the_way_or_not(trust, first, second, half_life):
    on_the_way = trust_at(trust_at(trust, 0, first, half_life), first, first + second, half_life)
    assert on_the_way == pytest.approx(trust_at(trust, 0, first + second, half_life), abs=1e-12)


# ------------------------------------------------------------------ parts, evidence, slots, losses, luck of reviews


def test_no_two_reviews_of_an_order_have_the_same_luck():
    indices = [round_index(attempt, n) for attempt in (1, 2, MOST_ATTEMPTS) for n in (0, 1, 2, MOST_VISITS - 1)]
    assert indices[0] == 1, "the first review has the index of its attempt"
    assert len(set(indices)) == len(indices)
    assert max(indices) < 2**32, "an index has 32 bits"


def test_no_two_visits_of_an_order_to_a_stage_have_the_same_luck():
    visits = [visit_index(attempt, n, times, 2) for attempt in (1, 2) for n in (0, 1, 7) for times in (0, 1, 2)]
    assert visits[:3] == [1, 1 + 65536, 1 + 2 * 65536]
    assert len(set(visits)) == len(visits)
    assert [visit_index(3, n, 0, 0) for n in (0, 1, 2)] == [round_index(3, n) for n in (0, 1, 2)]


@pytest.mark.parametrize(
    ("value", "shares"),
    [(10_000, [3333, 3333, 3334]), (3, [1, 1, 1]), (5, [1, 1, 3]), (1, [1]), (7, [7]), (10_001, [5000, 5001])],
)
def test_part_value(value, shares):
    assert [part_value(value, len(shares), part + 1) for part in range(len(shares))] == shares


@given(st.integers(1, 10**15), st.integers(1, 1000))
def test_parts_add_up_to_the_value_to_the_cent(value, parts):
    parts = min(parts, value)
    shares = [part_value(value, parts, part) for part in range(1, parts + 1)]
    assert sum(shares) == value
    assert min(shares) >= 1
    assert len(set(shares[:-1])) <= 1
    assert shares[-1] - shares[0] < parts


@pytest.mark.parametrize(
    ("delivered", "exposure", "chance"),
    [
        (0, 100, 0.0),
        (100, 100, 1 - math.exp(-1)),
        (10**15, 1, 1.0),
        (300, 100, 1 - math.exp(-3)),
    ],
)
def test_evidence_chance(delivered, exposure, chance):
    assert evidence_chance(delivered, exposure) == pytest.approx(chance, rel=1e-14)


@pytest.mark.parametrize(
    ("slots", "ramp_up", "delays"),
    [
        (1, 1000, [0]),
        (2, 1000, [0, 1000]),
        (3, 1000, [0, 500, 1000]),
        (4, 1000, [0, 333, 667, 1000]),
        (3, 1, [0, 1, 1]),
        (3, 0, [0, 0, 0]),
    ],
)
def test_slot_delay(slots, ramp_up, delays):
    assert [slot_delay(slot + 1, slots, ramp_up) for slot in range(slots)] == delays


@pytest.mark.parametrize(
    ("u", "minute"),
    [(EPSILON, -100), (0.0049, -100), (0.005, -99), (0.5, 0), (0.9999, 99), (1 - EPSILON, 99)],
)
def test_minute_ahead(u, minute):
    assert minute_ahead(-100, 100, u) == minute


@given(st.integers(-(10**9), 10**9), st.integers(1, 3 * 10**8), st.floats(EPSILON, 1 - EPSILON))
def test_who_comes_ahead_comes_before_the_measure(since, minutes, u):
    assert since <= minute_ahead(since, since + minutes, u) < since + minutes
    assert minute_ahead(since, since + minutes, 1 - EPSILON) == since + minutes - 1


@given(st.integers(2, 1000), st.integers(0, 10**7))
def test_slots_open_evenly_to_the_nearest_minute(slots, ramp_up):
    for slot in {1, 2, slots // 2 + 1, slots}:
        assert abs(slot_delay(slot, slots, ramp_up) - (slot - 1) * ramp_up / (slots - 1)) <= 0.5


@pytest.mark.parametrize(
    ("regime", "loss"),
    [(EXEMPT, -1), (OPEN, -1), (CASE_BY_CASE, LOSS_CASE_BY_CASE), (HOLD, LOSS_HOLD), (DENY, LOSS_DENY)],
)
def test_loss_of(regime, loss):
    assert loss_of(regime) == loss


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (decision, (OPEN, False, 0.4, 0.5, 0.3, 0.1)),
        (term, (0.2, 0.5)),
        (multiplied, (77, 1_500_001)),
        (treated_as, (EXEMPT, 0.4, 0.3)),
        (pick, (np.array([1.0, 3.0]), 0.6)),
        (programme_of, (np.array([0.2, 0.5]), 0.3)),
        (outcome_of, (np.array([0.2, 1.0]), 0.3)),
        (trust_at, (0.3, 5, 77, 1000)),
        (part_value, (100, 3, 3)),
        (evidence_chance, (100, 77)),
        (slot_delay, (2, 3, 1001)),
        (minute_ahead, (-7, 1000, 0.3)),
        (loss_of, (HOLD,)),
        (round_index, (3, 5)),
        (visit_index, (3, 5, 1, 2)),
    ],
)
def test_interpreted_and_compiled_agree(function, arguments):
    assert function(*arguments) == function.py_func(*arguments)


@pytest.mark.parametrize(
    ("applications", "filed"),
    [(EXEMPT, "yyy"), (OPEN, "yyy"), (CASE_BY_CASE, "yyn"), (HOLD, "ynn"), (DENY, "nnn")],
)
def test_who_is_filed(applications: int, filed: str) -> None:
    """Of 0.1, 0.5 and 0.9, with shares of 0.3 on hold and 0.7 case by case; nothing said, all are, but at deny."""
    found = [is_filed(applications, u, 0.3, 0.7, 0.05) for u in (0.1, 0.5, 0.9)]
    assert ["ny"[each] for each in found] == list(filed)
    for u in (0.1, 0.9):
        assert is_filed(applications, u, -1.0, -1.0, -1.0) == (applications != DENY)
    assert is_filed(DENY, 0.01, -1.0, -1.0, 0.05)


def test_what_is_a_stop() -> None:
    for applications in (EXEMPT, OPEN, CASE_BY_CASE):
        assert stop_of(applications, IN_FORCE) == -1
        assert stop_of(applications, SUSPENDED) == HOLD
    assert stop_of(HOLD, IN_FORCE) == stop_of(HOLD, SUSPENDED) == HOLD
    assert stop_of(DENY, IN_FORCE) == stop_of(DENY, SUSPENDED) == DENY


@pytest.mark.parametrize(
    ("applications", "stop", "ended", "restart", "u", "closed"),
    [
        (OPEN, -1, NEVER, 10, 0.9, False),  # never stopped
        (HOLD, HOLD, NEVER, 10, 0.9, True),
        (HOLD, HOLD, NEVER, 10, 0.2, False),  # tries all the same
        (HOLD, HOLD, NEVER, -1, 0.9, False),  # stops do not matter
        (OPEN, HOLD, 91, 10, 0.9, True),
        (OPEN, HOLD, 90, 10, 0.9, False),  # the time is over
        (OPEN, HOLD, 100, 0, 0.9, False),
        (OPEN, DENY, 91, 10, 0.2, True),
        (OPEN, DENY, 91, 10, 0.05, False),
        (DENY, DENY, NEVER, -1, 0.2, True),
        (DENY, DENY, NEVER, 10, 0.05, False),
    ],
)
def test_which_source_is_closed(applications: int, stop: int, ended: int, restart: int, u: float, closed: bool) -> None:
    """At minute 100, with shares of 0.3 on hold and 0.1 at deny."""
    assert is_closed(applications, stop, ended, 100, restart, u, 0.3, 0.1) == closed
