"""The spelled-out logarithm, exponential and normal quantile: accurate, and the same bits everywhere."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from exportsim.elementary import exp, log, normal_quantile

ULPS = 3  # how far from the platform's library, itself within one, a value may lie
RANDOM = np.random.default_rng(20201005)
# Positive numbers of every size, and those close to 1, where a logarithm is hardest.
POSITIVE = np.concatenate(
    [
        np.exp(RANDOM.uniform(-700, 700, 2000)),
        1 + RANDOM.uniform(-0.3, 0.42, 2000),
        1 + RANDOM.uniform(-1e-9, 1e-9, 500),
        [1.0, 0.5, 2.0, math.sqrt(0.5), np.nextafter(math.sqrt(0.5), 0), 2.0**-1022, 1.7e308, 5e-324],
    ]
)
EXPONENTS = np.concatenate([RANDOM.uniform(-690, 690, 2000), RANDOM.uniform(-1, 1, 2000), [0.0, 1.0, -1.0, 1e-300]])
TAILS = np.exp2(-RANDOM.uniform(1, 53, 1500))
UNIFORMS = np.concatenate([RANDOM.uniform(0, 1, 2000), TAILS, 1 - TAILS, [2.0**-53, 1 - 2.0**-53, 0.5, 0.075, 0.925]])


def _ulps(value, true):
    return abs(value - true) / math.ulp(true)


def test_logarithm_is_within_three_units_in_the_last_place():
    assert max(_ulps(log(x), math.log(x)) for x in POSITIVE) <= ULPS


def test_exponential_is_within_three_units_in_the_last_place():
    assert max(_ulps(exp(x), math.exp(x)) for x in EXPONENTS) <= ULPS


def test_normal_quantile_agrees_with_scipys():
    assert max(abs(normal_quantile(u) / ndtri(u) - 1) for u in UNIFORMS if u != 0.5) < 1e-14


@pytest.mark.parametrize(("function", "values"), [(log, POSITIVE), (exp, EXPONENTS), (normal_quantile, UNIFORMS)])
def test_interpreted_and_compiled_give_the_same_bits(function, values):
    def bits(value):
        return struct.pack("<d", value)

    assert [bits(function(x)) for x in values] == [bits(function.py_func(float(x))) for x in values]


def test_the_logarithm_of_one_is_nothing():
    assert log(1.0) == 0.0


def test_the_exponential_of_nothing_is_one():
    assert exp(0.0) == 1.0


def test_the_median_is_nothing():
    assert normal_quantile(0.5) == 0.0


def test_far_below_the_exponential_is_zero_and_far_above_it_is_held():
    assert exp(-701.0) == 0.0
    assert exp(-1e18) == 0.0
    assert exp(701.0) == exp(700.0) == exp(1e18)
    assert math.isfinite(exp(1e18))


@given(st.floats(2.0**-53, 1 - 2.0**-53))
def test_the_normal_quantile_is_odd_about_the_median(u):
    mirrored = 1.0 - u
    if 1.0 - mirrored == u:
        assert normal_quantile(mirrored) == pytest.approx(-normal_quantile(u), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("function", "values"), [(log, np.sort(POSITIVE)), (exp, np.sort(EXPONENTS)), (normal_quantile, np.sort(UNIFORMS))]
)
def test_each_rises(function, values):
    found = np.array([function(x) for x in values])
    apart = np.diff(values) > 1e-12 * np.maximum(np.abs(values[1:]), function is exp)
    assert (np.diff(found)[apart] > 0).all()
