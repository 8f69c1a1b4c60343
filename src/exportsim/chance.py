"""Chance: addresses → uniforms → values. All of exportsim's luck lives here.

A random number is not drawn from a sequence; it is looked up at an address (Salmon, Moraes, Dror and Shaw, 2011,
*Parallel random numbers: as easy as 1, 2, 3*), so it depends on nothing but what it is for. Both engines call these
functions, compiled once.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np

from exportsim.elementary import as_real, as_whole, exp, log, normal_quantile
from exportsim.jit import compiled, inlined
from exportsim.plan import (
    CONSTANT,
    EXPONENTIAL,
    LOGNORMAL,
    NEVER,
    QUANTILES,
    TRIANGULAR,
    UNIFORM,
    VALUES,
    WEIBULL,
    Float,
    Int,
    Plan,
)

ONE_ARRIVAL = float(2**32)  # hazard is counted in 2⁻³² of an expected arrival

LATEST = float(NEVER)

_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
# Multipliers and key increments of Philox-4x32 (Salmon et al. 2011, table 2).
_M_0, _M_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W_0, _W_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)


def address(name: str) -> int:
    """The 32-bit digest by which a stream or a purpose is addressed."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


# What can be decided by chance, but for the work of stages (``work/STAGE``, kept in the plan).
PURPOSES = {
    name: address(name)
    for name in (
        "arrival", "value", "programme", "parts", "source", "approval", "lead_time", "patience/review",
        "patience/suspension", "patience/unserved", "qualification", "success", "evidence", "delay", "outcome",
        "deliveries/first", "deliveries/every", "take_up", "filing", "ahead", "ahead_when",
    )
}  # fmt: skip


@inlined
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[Any, Any, Any, Any]:
    """Philox-4x32-10: four 32-bit words of counter, two of key, four of result."""
    x0, x1, x2, x3 = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    y0, y1 = np.uint64(k0), np.uint64(k1)
    for _ in range(10):
        p0 = _M_0 * x0
        p1 = _M_1 * x2
        x0, x1, x2, x3 = (p1 >> _HALF) ^ x1 ^ y0, p1 & _MASK, (p0 >> _HALF) ^ x3 ^ y1, p0 & _MASK
        y0 = (y0 + _W_0) & _MASK
        y1 = (y1 + _W_1) & _MASK
    return x0, x1, x2, x3


@inlined
def uniform(seed: int, future: int, stream: int, entity: int, purpose: int, index: int) -> float:
    """The number in (0, 1) at an address: 52 bits and a half, so that neither end is reached."""
    x0, x1, _, _ = philox(stream, entity, purpose, index, seed, future)
    bits = ((x0 << _HALF) | x1) >> np.uint64(12)
    return (as_real(int(np.int64(bits))) + 0.5) * 2.0**-52


@inlined
def by_parameters(kind: int, a: float, b: float, c: float, u: float) -> float:
    """The value that a distribution does not exceed with probability ``u``, if it is one of the kinds before VALUES.

    Parameters
    ----------
    kind, a, b, c
        A row of :class:`exportsim.plan.Distributions`.
    u : float
        In (0, 1).
    """
    if kind == CONSTANT:
        return a
    if kind == UNIFORM:
        return a + (b - a) * u
    if kind == TRIANGULAR:  # low a, mode b, high c
        if u * (c - a) < b - a:
            return a + math.sqrt(u * (b - a) * (c - a))
        return c - math.sqrt((1.0 - u) * (c - b) * (c - a))
    if kind == EXPONENTIAL:  # mean a
        return -a * log(1.0 - u)
    if kind == LOGNORMAL:  # of the logarithm: mean a, standard deviation b
        return exp(a + b * normal_quantile(u))
    return a * exp(b * log(-log(1.0 - u)))  # WEIBULL: scale a, 1/shape b


@compiled
def by_points(kind: int, x: Float, y: Float, u: float) -> float:
    """The same for VALUES and QUANTILES, which are a distribution's points."""
    if kind == VALUES:
        return float(y[min(int(u * len(y)), len(y) - 1)])
    last = len(x) - 1  # QUANTILES: straight lines between, flat beyond
    if u <= x[0]:
        return float(y[0])
    for k in range(last):
        if u <= x[k + 1]:
            return float(y[k] + (y[k + 1] - y[k]) * ((u - x[k]) / (x[k + 1] - x[k])))
    return float(y[last])


@compiled
def quantile(kind: int, a: float, b: float, c: float, x: Float, y: Float, u: float) -> float:
    """The value that any distribution does not exceed with probability ``u``."""
    return by_parameters(kind, a, b, c, u) if kind < VALUES else by_points(kind, x, y, u)


@inlined
def whole(value: float) -> int:
    """A drawn value to the nearest whole minute or cent, never below 0 nor beyond ``NEVER``."""
    value = value if value < LATEST else LATEST
    return as_whole(value if value > 0.0 else 0.0)


@compiled
def draw(
    kind: int, a: float, b: float, c: float, x: Float, y: Float,
    seed: int, future: int, stream: int, entity: int, purpose: int, index: int,
) -> int:  # fmt: skip
    """A whole value of a distribution, at an address."""
    return whole(quantile(kind, a, b, c, x, y, uniform(seed, future, stream, entity, purpose, index)))


@inlined
def gap_of(u: float) -> int:
    """The hazard between an arrival and the one before it: exponential, in 2⁻³² arrivals, at least one of them."""
    gap = as_whole(-log(1.0 - u) * ONE_ARRIVAL)
    return gap if gap > 1 else 1


@inlined
def gap(seed: int, future: int, stream: int, number: int, purpose: int) -> int:
    """The hazard before an arrival, at its address."""
    return gap_of(uniform(seed, future, stream, number, purpose, 0))


@inlined
def minute_of(hazard: int, starts: Int, hazards: Int, rates: Float) -> int:
    """The minute at which a stream's accumulated hazard reaches ``hazard``; ``NEVER`` if it does not.

    Parameters
    ----------
    hazard : int
        In 2⁻³² arrivals.
    starts, hazards, rates : ndarray, shape (pieces,)
        See :class:`exportsim.plan.Streams`.
    """
    piece = len(starts) - 1
    while piece > 0 and hazards[piece] > hazard:
        piece -= 1
    if rates[piece] <= 0.0:
        return NEVER
    wait = (hazard - hazards[piece]) / rates[piece] + 0.5
    return NEVER if wait >= NEVER else starts[piece] + math.floor(wait)


class Chance:
    """One future's luck over one plan, for readers and for the reference engine.

    Parameters
    ----------
    plan : Plan
    seed, future : int
        From 0 to 2³² − 1.
    """

    def __init__(self, plan: Plan, seed: int, future: int) -> None:
        for name, value in (("seed", seed), ("future", future)):
            if not 0 <= value < 2**32:
                raise ValueError(f"{name} is {value}, expected a whole number from 0 to 4294967295")
        self.seed, self.future = seed, future
        table = plan.distributions
        self._rows = [
            (
                int(table.kind[row]), float(table.a[row]), float(table.b[row]), float(table.c[row]),
                table.x[table.first[row] : table.first[row] + table.points[row]],
                table.y[table.first[row] : table.first[row] + table.points[row]],
            )
            for row in range(len(table.kind))
        ]  # fmt: skip
        self._constants = [whole(row[1]) if row[0] == CONSTANT else -1 for row in self._rows]

    def number(self, stream: int, entity: int, purpose: int, index: int) -> float:
        """The number in (0, 1) at an address."""
        return float(uniform(self.seed, self.future, stream, entity, purpose, index))

    def draw(self, distribution: int, stream: int, entity: int, purpose: int, index: int) -> int:
        """A whole value of a distribution (minutes, cents, a number) at an address."""
        constant = self._constants[distribution]
        if constant >= 0:
            return constant
        return int(draw(*self._rows[distribution], self.seed, self.future, stream, entity, purpose, index))

    def gap(self, stream: int, number: int) -> int:
        """The hazard before an arrival, in 2⁻³² arrivals."""
        return int(gap(self.seed, self.future, stream, number, PURPOSES["arrival"]))


assert tuple(range(8)) == (CONSTANT, UNIFORM, TRIANGULAR, EXPONENTIAL, LOGNORMAL, WEIBULL, VALUES, QUANTILES), (
    "quantile() tells the kinds by their order"
)
