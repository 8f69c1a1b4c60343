"""Chance: numbers at addresses, and the values that distributions make of them.

Statistical tests use fixed seeds, so they say the same every time; the level that each is held to is ``LEVEL``: of a
hundred thousand honest implementations ten would fail one.
"""

import itertools
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from exportsim import chance
from exportsim.chance import PURPOSES, Chance, address, draw, gap, minute_of, philox, quantile, uniform, whole
from exportsim.compile import compile_plan
from exportsim.compile.distributions import parameters
from exportsim.plan import NEVER
from exportsim.scenario import build
from exportsim.scenario.distributions import CountDistribution, DurationDistribution, MoneyDistribution

LEVEL = 1e-4
EPSILON = 2.0**-53
NOTHING = np.zeros(0)

# ------------------------------------------------------------------ Philox


@pytest.mark.parametrize(
    ("counter", "key", "result"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
@pytest.mark.parametrize("form", [philox, philox.py_func], ids=["compiled", "interpreted"])
def test_published_known_answers(form, counter, key, result):
    """Salmon et al. 2011, the known-answer file of Random123: philox4x32-10."""
    words = [int(word, 16) for word in (counter + " " + key).split()]
    assert [int(word) for word in form(*words)] == [int(word, 16) for word in result.split()]


def test_a_number_depends_on_every_word_of_its_address():
    numbers = {uniform(*(place == changed for place in range(6))) for changed in range(7)}
    assert len(numbers) == 7


def test_seed_zero_is_a_seed():
    assert uniform(0, 0, 1, 1, 1, 1) == uniform(0, 0, 1, 1, 1, 1) != uniform(1, 0, 1, 1, 1, 1)
    plan = compile_plan(_scenario())
    assert Chance(plan, 0, 0).number(1, 1, 1, 1) == uniform(0, 0, 1, 1, 1, 1)


@pytest.mark.parametrize(("seed", "future"), [(-1, 0), (2**32, 0), (0, -1), (0, 2**32)])
def test_seeds_and_futures_have_thirty_two_bits(seed, future):
    with pytest.raises(ValueError, match=r"expected a whole number from 0 to 4294967295"):
        Chance(compile_plan(_scenario()), seed, future)


@pytest.mark.parametrize(("bits", "number"), [(0, EPSILON), (0xFFFFFFFF, 1 - EPSILON)])
def test_numbers_lie_strictly_between_zero_and_one(monkeypatch, bits, number):
    monkeypatch.setattr(chance, "philox", lambda *_: (np.uint64(bits),) * 4)
    assert uniform.py_func(1, 2, 3, 4, 5, 6) == number
    assert 0 < number < 1


def test_numbers_of_consecutive_addresses_are_uniform():
    numbers = [uniform(7, future, 11, order, 13, 0) for future in range(100) for order in range(100)]
    assert scipy.stats.kstest(numbers, "uniform").pvalue > LEVEL


@pytest.mark.parametrize("place", range(6))
def test_numbers_of_neighbouring_addresses_are_unrelated(place):
    pairs = []
    for here in range(4000):
        words = [3, 5, 7, 11, 13, 17]
        words[place] = here
        other = words.copy()
        other[place] = here + 1
        pairs.append((uniform(*words), uniform(*other)))
    assert scipy.stats.pearsonr(*zip(*pairs, strict=True)).pvalue > LEVEL


def test_purposes_have_different_digests():
    assert len(set(PURPOSES.values())) == len(PURPOSES)
    assert all(0 <= number < 2**32 for number in PURPOSES.values())


def test_a_digest_is_the_first_32_bits_of_sha_256():
    assert address("abc") == 0xBA7816BF  # FIPS 180-4, the first example


# ------------------------------------------------------------------ distributions


def _row(kind, written):
    """The parameters of a distribution as quantile() takes them."""
    shape, a, b, c, points = parameters(TypeAdapter(kind).validate_python(written))
    x = np.array([x for x, _ in points])
    return shape, a, b, c, x, np.array([y for _, y in points])


DAY = 1440.0
SIGMA = math.sqrt(math.log(1 + 0.8**2))
# As written, and the same in SciPy's words: minutes, cents or plain numbers.
IN_SCIPY = [
    (DurationDistribution, {"uniform": ["10d", "30d"]}, scipy.stats.uniform(10 * DAY, 20 * DAY)),
    (
        DurationDistribution,
        {"triangular": ["30d", "300d", "600d"]},
        scipy.stats.triang(270 / 570, 30 * DAY, 570 * DAY),
    ),
    (DurationDistribution, {"triangular": ["0d", "0d", "60d"]}, scipy.stats.triang(0, 0, 60 * DAY)),
    (DurationDistribution, {"triangular": ["0d", "60d", "60d"]}, scipy.stats.triang(1, 0, 60 * DAY)),
    (DurationDistribution, {"exponential": {"mean": "90d"}}, scipy.stats.expon(scale=90 * DAY)),
    (
        DurationDistribution,
        {"lognormal": {"median": "60d", "p90": "120d"}},
        scipy.stats.lognorm(math.log(2) / scipy.stats.norm.ppf(0.9), scale=60 * DAY),
    ),
    (
        MoneyDistribution,
        {"lognormal": {"mean": "5M", "cv": 0.8}},
        scipy.stats.lognorm(SIGMA, scale=5e8 * math.exp(-(SIGMA**2) / 2)),
    ),
    (
        DurationDistribution,
        {"weibull": {"mean": "365.25d", "shape": 2}},
        scipy.stats.weibull_min(2, scale=365.25 * DAY / math.gamma(1.5)),
    ),
    (
        DurationDistribution,
        {"weibull": {"mean": "40d", "shape": 0.7}},
        scipy.stats.weibull_min(0.7, scale=40 * DAY / math.gamma(1 + 1 / 0.7)),
    ),
    (CountDistribution, {"uniform": [100, 900]}, scipy.stats.uniform(100, 800)),
]
OTHERS = [
    (DurationDistribution, "90d"),
    (MoneyDistribution, {"empirical": ["3k", "1k", "2k"]}),
    (DurationDistribution, {"empirical": {"quantiles": {0.1: "10d", 0.5: "20d", 0.9: "100d"}}}),
]
EVERY = [(kind, written) for kind, written, _ in IN_SCIPY] + OTHERS


def told(part):
    """A part of a case in a test's name, the same in every process: types and SciPy's objects tell addresses."""
    return str(part) if isinstance(part, str | dict) else ""


GRID = np.concatenate([[EPSILON, 1e-12, 1e-6], np.linspace(1e-4, 1 - 1e-4, 1999), [1 - 1e-6, 1 - 1e-12, 1 - EPSILON]])


@pytest.mark.parametrize(("kind", "written", "known"), IN_SCIPY, ids=told)
def test_a_quantile_is_scipys(kind, written, known):
    row = _row(kind, written)
    inner = GRID[(GRID > 1e-7) & (GRID < 1 - 1e-7)]
    found = np.array([quantile(*row, u) for u in inner])
    assert found == pytest.approx(known.ppf(inner), rel=1e-8)


@pytest.mark.parametrize(("kind", "written", "known"), IN_SCIPY, ids=told)
def test_draws_have_the_distribution_and_its_mean(kind, written, known):
    row = _row(kind, written)
    drawn = np.array([draw(*row, 1, future, 2, 3, 4, 5) for future in range(4000)])
    assert scipy.stats.kstest(drawn, known.cdf).pvalue > LEVEL
    bound = scipy.stats.norm.isf(LEVEL / 2) * known.std() / math.sqrt(len(drawn))
    assert drawn.mean() == pytest.approx(known.mean(), abs=bound)


@pytest.mark.parametrize(("kind", "written"), EVERY, ids=told)
def test_a_quantile_rises_with_the_number(kind, written):
    row = _row(kind, written)
    found = [quantile(*row, u) for u in GRID]
    assert all(late >= early * (1 - 1e-13) for early, late in itertools.pairwise(found))
    assert found[-1] > found[0] or written == "90d"


@pytest.mark.parametrize(("kind", "written"), EVERY, ids=told)
@pytest.mark.parametrize("u", [EPSILON, 1 - EPSILON])
def test_a_quantile_is_finite_and_not_negative_at_the_ends(kind, written, u):
    assert 0 <= quantile(*_row(kind, written), u) < math.inf


@pytest.mark.parametrize(("kind", "written"), EVERY, ids=told)
def test_interpreted_and_compiled_draw_the_same_bits(kind, written):
    row = _row(kind, written)
    assert [quantile(*row, u) for u in GRID] == [quantile.py_func(*row, float(u)) for u in GRID]


@pytest.mark.parametrize("written", ["uniform", "triangular"])
def test_bounds_are_never_passed(written):
    bounds = ["10d", "30d"] if written == "uniform" else ["10d", "11d", "30d"]
    row = _row(DurationDistribution, {written: bounds})
    assert all(10 * DAY <= quantile(*row, u) <= 30 * DAY for u in GRID)


def test_a_bare_quantity_is_always_that_much():
    assert {draw(*_row(DurationDistribution, "90d"), 1, future, 2, 3, 4, 5) for future in range(50)} == {129_600}


def test_values_of_a_list_are_equally_likely():
    row = _row(MoneyDistribution, {"empirical": ["3k", "1k", "2k"]})
    assert [quantile(*row, u) for u in (EPSILON, 0.333, 0.334, 0.666, 0.667, 1 - EPSILON)] == [
        100_000, 100_000, 200_000, 200_000, 300_000, 300_000,
    ]  # fmt: skip


def test_between_quantiles_there_are_straight_lines_and_beyond_them_it_is_flat():
    row = _row(DurationDistribution, {"empirical": {"quantiles": {0.1: "10d", 0.5: "20d", 0.9: "100d"}}})
    days = [quantile(*row, u) / DAY for u in (EPSILON, 0.1, 0.3, 0.5, 0.6, 0.9, 1 - EPSILON)]
    assert days == pytest.approx([10, 10, 15, 20, 40, 100, 100], rel=1e-12)


def test_the_median_and_the_ninetieth_percentile_are_those_written():
    row = _row(DurationDistribution, {"lognormal": {"median": "60d", "p90": "120d"}})
    assert quantile(*row, 0.5) == pytest.approx(60 * DAY, rel=1e-10)
    assert quantile(*row, 0.9) == pytest.approx(120 * DAY, rel=1e-10)


@pytest.mark.parametrize(
    ("value", "result"),
    [(0.0, 0), (0.49, 0), (0.5, 1), (1.49, 1), (1.5, 2), (2.5, 3), (-0.4, 0), (-7.0, 0), (1e6 + 0.5, 1_000_001)],
)
def test_a_draw_is_rounded_to_the_nearest_and_halves_go_up(value, result):
    assert whole(value) == result
    assert isinstance(whole(value), int)


@pytest.mark.parametrize("value", [float(NEVER), float(NEVER) * 2, 1e300, math.inf])
def test_a_draw_beyond_all_time_is_never(value):
    assert whole(value) == NEVER


# ------------------------------------------------------------------ arrivals


def _scenario(orders="20/y", **changes):
    line = {"buyer": "b", "destination": "TR", "goods": "g", "orders": orders, "value": 5, "sources": {"s": {}}}
    return build(
        {
            "exportsim": 1,
            "period": {"start": "2020-01-01", "end": "2023-12-31"},
            "currency": "EUR",
            "goods": {"g": {}},
            "suppliers": {"s": {"country": "ZA", "slots": 1, "lead_time": "10d"}},
            "demand": {"x": line | changes},
            "policies": {"p": {"measures": []}},
        }
    )


def _arrivals(plan, future, seed=1):
    """The minutes at which the orders of the first line arrive."""
    first, pieces = plan.streams.first[0], plan.streams.pieces[0]
    curve = [getattr(plan.streams, name)[first : first + pieces] for name in ("start", "hazard", "rate")]
    hazard, minutes = 0, []
    while True:
        hazard += gap(seed, future, int(plan.streams.digest[0]), len(minutes) + 1, PURPOSES["arrival"])
        minute = minute_of(hazard, *curve)
        if minute >= plan.end:
            return minutes
        minutes.append(minute)


def test_arrivals_in_each_piece_of_a_rate_are_poisson_and_independent():
    dates = {"2020-01-01": "12/y", "2021-01-01": "0/y", "2021-07-01": "40/y", "2023-01-01": "5/y"}
    plan = compile_plan(_scenario(dates))
    ends = [(np.datetime64(date) - np.datetime64("2020-01-01")).astype(int) * 1440 for date in [*dates, "2024-01-01"]]
    futures = 600
    counts = np.array([np.histogram(_arrivals(plan, future), bins=ends)[0] for future in range(futures)])
    days = np.diff(ends) / 1440
    for count, length, rate in zip(counts.T, days, (12, 0, 40, 5), strict=True):
        expected = rate * length / 365.25
        if not rate:
            assert not count.any()
            continue
        total = scipy.stats.poisson(expected * futures)
        assert total.cdf(count.sum()) > LEVEL / 2 and total.sf(count.sum() - 1) > LEVEL / 2
        dispersion = scipy.stats.chi2(futures - 1)
        statistic = (futures - 1) * count.var(ddof=1) / count.mean()
        assert dispersion.cdf(statistic) > LEVEL / 2 and dispersion.sf(statistic) > LEVEL / 2
    assert scipy.stats.pearsonr(counts[:, 0], counts[:, 2]).pvalue > LEVEL
    assert scipy.stats.pearsonr(counts[:, 2], counts[:, 3]).pvalue > LEVEL


def test_within_a_piece_arrivals_are_uniform():
    plan = compile_plan(_scenario({"2020-01-01": "7/y", "2021-01-01": "40/y", "2022-01-01": "7/y"}))
    year = 365 * 1440
    first = 366 * 1440
    minutes = [m - first for future in range(60) for m in _arrivals(plan, future) if first <= m < first + year]
    assert scipy.stats.kstest(np.array(minutes) / year, "uniform").pvalue > LEVEL


@pytest.mark.parametrize("later", ["0/y", "1/y", "19.9/y", "500/y"])
def test_changing_the_rate_from_a_date_on_moves_no_earlier_arrival(later):
    date = 731 * 1440  # 2022-01-01
    steady = compile_plan(_scenario({"2020-01-01": "20/y"}))
    changed = compile_plan(_scenario({"2020-01-01": "20/y", "2022-01-01": later}))
    for future in range(20):
        before = [minute for minute in _arrivals(steady, future) if minute < date]
        assert [minute for minute in _arrivals(changed, future) if minute < date] == before
        assert len(before) > 10


def test_a_rate_in_pieces_that_are_alike_is_the_steady_rate():
    steady = compile_plan(_scenario("20/y"))
    pieces = compile_plan(_scenario({"2020-01-01": "20/y", "2021-03-01": "20/y", "2022-08-09": "20/y"}))
    for future in range(20):
        apart = np.array(_arrivals(steady, future)) - np.array(_arrivals(pieces, future))
        assert np.abs(apart).max() <= 1  # where a piece begins its hazard is rounded, to 2⁻³² of an arrival


@given(st.lists(st.integers(1, 2**40), min_size=2, max_size=2).map(sorted))
def test_more_hazard_is_never_earlier(hazards):
    curve = (
        np.array([-1440, 0, 5000, 9000]),
        np.array([0, 0, 5000 * 2**20, 5000 * 2**20]),
        np.array([0.0, 2.0**20, 0.0, 2.0**25]),
    )
    early, late = (minute_of(hazard, *curve) for hazard in hazards)
    assert 0 <= early <= late


def test_where_the_rate_stays_at_zero_nothing_arrives_any_more():
    curve = np.array([0, 100]), np.array([0, 100 * 2**32]), np.array([2.0**32, 0.0])
    assert minute_of(50 * 2**32, *curve) == 50
    assert minute_of(101 * 2**32, *curve) == NEVER


def test_a_gap_is_exponential_and_never_nothing():
    gaps = np.array([gap(1, future, 2, 3, PURPOSES["arrival"]) for future in range(4000)])
    assert scipy.stats.kstest(gaps / 2.0**32, "expon").pvalue > LEVEL
    assert gaps.min() >= 1


def test_the_smallest_gap_is_one(monkeypatch):
    monkeypatch.setattr(chance, "uniform", lambda *_: EPSILON)
    assert gap.py_func(1, 2, 3, 4, 5) == 1


# ------------------------------------------------------------------ the reader of chance


def test_the_readers_draws_are_those_at_the_addresses():
    plan = compile_plan(_scenario(value={"uniform": ["1k", "9k"]}))
    luck = Chance(plan, 3, 4)
    row = _row(MoneyDistribution, {"uniform": ["1k", "9k"]})
    distribution = int(plan.lines.value[0])
    assert [luck.draw(distribution, 5, order, 6, 7) for order in range(20)] == [
        draw(*row, 3, 4, 5, order, 6, 7) for order in range(20)
    ]
    assert luck.gap(5, 6) == gap(3, 4, 5, 6, PURPOSES["arrival"])
