"""Strategies for quantities and distributions: whole days and no time at all, so that much happens in one minute."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made")


def made_once(function: Callable[Arguments, Made]) -> Callable[Arguments, Made]:
    """Make a strategy once for the same arguments: Hypothesis looks long at every strategy that it has not seen."""
    remembered = lru_cache(maxsize=1024)(function)

    @wraps(function)
    def made(*args: Arguments.args, **named: Arguments.kwargs) -> Made:
        hashable = (tuple(argument) if isinstance(argument, list) else argument for argument in args)
        return remembered(*hashable, **named)  # type: ignore[arg-type]

    return made


@made_once
def durations(*, zero: bool = True) -> SearchStrategy[str]:
    """Durations on the clock, mostly a few whole days; no time at all is among them unless told otherwise.

    Examples
    --------
    >>> testing.durations().example()
    '2d'
    """
    days = st.integers(0 if zero else 1, 10).map("{}d".format)
    return st.one_of(days, days, st.sampled_from(["30d", "6h", "90min", "1w", "1mo", "0.1y"]))


@made_once
def business_days(*, zero: bool = True) -> SearchStrategy[str]:
    """Durations on an authority's calendar."""
    days = st.integers(0 if zero else 1, 6).map("{}bd".format)
    return st.one_of(days, days, st.sampled_from(["0.5bd", "10bd"]))


@made_once
def money() -> SearchStrategy[Any]:
    """Amounts, odd cents among them."""
    return st.sampled_from([100, "10.01", "99.95", 3, "0.01", "1k", "2.5k", "0.07", "0.5M", "0.001bn"])


@made_once
def distributions(unit: str = "d", *, zero: bool = True) -> SearchStrategy[Any]:
    """Distributions of a duration, of every kind, mostly over whole days; one mixes no units.

    Examples
    --------
    >>> testing.distributions("bd").example()
    {'empirical': ['1bd', '3bd']}
    """
    return drawn_with(lambda number: f"{number}{unit}", st.integers(0 if zero else 1, 10))


@made_once
def values() -> SearchStrategy[Any]:
    """Distributions of the value of an order."""
    return st.one_of(money(), drawn_with(lambda number: number, st.sampled_from([100, 3, 10, 500, 2000])))


@made_once
def counts() -> SearchStrategy[Any]:
    """Distributions of the number of an order's parts: a few, and now and then many."""
    few = st.integers(1, 5)
    return st.one_of(few, few, drawn_with(lambda number: number, few), st.sampled_from([12, 25, 60]))


def drawn_with(write: Callable[[int], Any], numbers: SearchStrategy[int]) -> SearchStrategy[Any]:
    """Distributions of every kind over some numbers, each written in its own way."""

    def rising(count: int) -> SearchStrategy[list[int]]:
        return st.lists(numbers, min_size=count, max_size=count, unique=True).map(sorted)

    written = numbers.map(write)
    above_nothing = numbers.filter(bool).map(write)
    listed = st.lists(written, min_size=1, max_size=4).map(lambda values: {"empirical": values})
    curves = st.one_of(
        rising(2).map(lambda two: {"uniform": [*map(write, two)]}),
        rising(3).map(lambda three: {"triangular": [*map(write, three)]}),
        rising(2).map(lambda two: {"triangular": [write(two[0]), write(two[0]), write(two[1])]}),
        above_nothing.map(lambda mean: {"exponential": {"mean": mean}}),
        rising(3).map(lambda three: {"lognormal": {"median": write(three[1]), "p90": write(three[2])}}),
        st.builds(lambda mean, cv: {"lognormal": {"mean": mean, "cv": cv}}, above_nothing, st.sampled_from([0.5, 2.0])),
        st.builds(
            lambda mean, shape: {"weibull": {"mean": mean, "shape": shape}}, above_nothing, st.sampled_from([2, 0.7])
        ),
        rising(3).map(
            lambda three: {"empirical": {"quantiles": dict(zip((0.1, 0.5, 0.9), map(write, three), strict=True))}}
        ),
    )
    return st.one_of(written, written, listed, curves)
