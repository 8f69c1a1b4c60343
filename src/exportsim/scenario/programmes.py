"""What programmes an order can have: the chances of a line as they are written, added exactly.

Binary fractions do not add as decimal ones do: 0.7 + 0.2 + 0.1 is less than 1, and more so in one order than in
another. Whether an order can be without a programme must not hang on that.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

NO_PROGRAMME = "none"
TOLERANCE = Fraction(1, 10**9)  # chances that differ from 1 by no more add up to 1


def as_written(number: float) -> Fraction:
    """A number as its digits say, not as binary keeps it: 0.1 is a tenth."""
    return Fraction(repr(float(number)))


def total_chance(programmes: Mapping[str, float]) -> Fraction:
    """What the chances of a line's programmes add up to."""
    return sum(map(as_written, programmes.values()), Fraction(0))


def shares(programmes: Mapping[str, float]) -> dict[str, Fraction]:
    """The chance of each programme that an order can have, in alphabetical order, and last that of having none.

    Chances that add up to 1, or so nearly that rounding may be meant, are parts of the whole: no order has none.
    """
    total = total_chance(programmes)
    unit = total if abs(total - 1) <= TOLERANCE else Fraction(1)
    chances = {name: as_written(programmes[name]) / unit for name in sorted(programmes) if programmes[name] > 0}
    return chances if total >= unit else chances | {NO_PROGRAMME: 1 - total}
