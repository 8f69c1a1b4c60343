"""Sums of whole numbers that are right or known to be wrong: one that leaves 64 bits is :data:`OVERFLOWN` for good."""

from __future__ import annotations

from exportsim.errors import ExportsimError
from exportsim.jit import compiled
from exportsim.plan import Int

OVERFLOWN = -(1 << 63)
MOST = (1 << 63) - 1
NONE = -1  # a quantile of nothing


def check_sums(sums: Int) -> None:
    """Raise an error if a sum has grown past 64 bits."""
    if sums.size and sums.min() == OVERFLOWN:
        raise too_large()


def too_large() -> ExportsimError:
    """The error that says so."""
    return ExportsimError(
        "sums of money have grown past 92 quadrillion: play fewer futures, or give values in thousands"
    )


@compiled
def plus(a: int, b: int) -> int:
    """The sum of two whole numbers, or OVERFLOWN."""
    # No bound can itself overflow. All are looked at, since which way a sum goes is nothing a processor can guess.
    if (a == OVERFLOWN) | (b == OVERFLOWN) | (a > MOST - max(b, 0)) | (a < -MOST - min(b, 0)):
        return OVERFLOWN
    return a + b


@compiled
def spend(cents: int, price: int) -> int:
    """What the buyer pays for a value of so many cents, to the nearest cent, halves up."""
    millions = cents // 1_000_000
    rest = cents - millions * 1_000_000
    if float(millions) * float(price) > 9e18 or price > 9_000_000_000_000:
        return OVERFLOWN
    return plus(millions * price, (rest * price + 500_000) // 1_000_000)


@compiled
def smallest(values: Int, first: int, last: int, k: int) -> int:
    """The k-th smallest (from 0) of ``values[first:last]``, which it shuffles (Hoare 1961, algorithm 65, FIND)."""
    low, high, wanted = first, last - 1, first + k
    while low < high:
        pivot = values[wanted]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while pivot < values[j]:
                j -= 1
            if i <= j:
                value = values[i]
                values[i] = values[j]
                values[j] = value
                i += 1
                j -= 1
        if j < wanted:
            low = i
        if wanted < i:
            high = j
    return int(values[wanted])


@compiled
def interpolated(values: Int, first: int, past: int, tenths: int) -> int:
    """The quantile of ``values[first:past]`` below which so many tenths of them lie, in tenths of their unit.

    It is at rank (n − 1) · tenths / 10, counted from 0, on a straight line between the two values about it (Hyndman and
    Fan 1996, definition 7; NumPy's ``linear``): of five tenths, the middle value, or halfway between the middle two.
    """
    if past <= first:
        return NONE
    rank = (past - first - 1) * tenths
    below = smallest(values, first, past, rank // 10)
    if rank % 10 == 0:
        return 10 * below
    above = values[first + rank // 10 + 1]  # what follows is not less, once the value below is in its place
    for index in range(first + rank // 10 + 2, past):
        above = min(above, values[index])
    return int(10 * below + (rank % 10) * (above - below))
