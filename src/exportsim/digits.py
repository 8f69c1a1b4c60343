"""Amounts in digits: in which power of a thousand, with how many decimals, rounded so that what is printed adds up."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from exportsim import language

Exact: TypeAlias = float | Fraction  # taken for exactly what it is

MOST_DECIMALS = 12
MARKS = {"-": "minus", ",": "thousands", ".": "decimal"}  # as Python writes them, by what they are called
DIGITS = 3  # that the largest amount of a table has at least
SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"), (1.0, ""))


def scale_of(amounts: Iterable[float]) -> tuple[float, str]:
    """The power of a thousand in which all of some amounts are told: the greatest of which the largest of them has ten.

    Of ten rather than of one, so that the small amounts beside it keep some digits.
    """
    largest = max((abs(amount) for amount in amounts if math.isfinite(amount)), default=0.0)
    factor, word = next(((factor, word) for factor, word in SCALES if largest >= 10 * factor), SCALES[-1])
    return factor, language.text(f"numbers.{word}") if word else ""


def unit_in_words(currency: str, word: str) -> str:
    """A unit of money: ``CAD million``."""
    return language.text("numbers.unit", currency=currency, word=word) if word else currency


def with_scale(written: str, value: float, factor: float) -> str:
    """A written number with the power of a thousand in which it is told: ``12.5 million``."""
    word = next(word for scale, word in SCALES if scale == factor)
    if not word:
        return written
    return language.text("numbers.scaled", number=written, word=language.text(f"numbers.{word}", number=value))


def in_currency(currency: str, amount: str) -> str:
    """An amount of money: ``CAD 12.5 million``."""
    return language.text("numbers.money", currency=currency, amount=amount)


def places(value: float, digits: int, most: int = 2) -> int:
    """Decimals that show so many significant digits: no more than ``most``, negative above."""
    if value == 0 or not math.isfinite(value):
        return 0
    return min(most, digits - 1 - math.floor(math.log10(value)))


def number(value: float, decimals: int) -> str:
    """A number with so many decimals, or rounded to a power of ten if they are negative; as the language writes it."""
    digits = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    if not digits.strip("-0.,"):
        digits = digits.lstrip("-")
    return digits.translate(_marks(language.in_use()))


@lru_cache
def _marks(used: str) -> Mapping[int, str]:
    """How a language writes what is between digits."""
    with language.use(used):
        return str.maketrans({mark: language.text(f"numbers.{name}") for mark, name in MARKS.items()})


def in_every_language(written: str) -> str:
    """What :func:`number` wrote, as programs read it: ``-1234.5``; anything else as it is."""
    decimal, thousands, minus = (
        re.escape(language.text(f"numbers.{mark}")) for mark in ("decimal", "thousands", "minus")
    )
    found = re.fullmatch(rf"({minus}?)(\d{{1,3}}(?:{thousands}\d{{3}})*)(?:{decimal}(\d+))?", written)
    if found is None:
        return written
    sign, whole, part = found.groups()
    return "-" * bool(sign) + re.sub(thousands, "", whole) + (f".{part}" if part else "")


def short(value: float, significant: int = 3) -> str:
    """A number in so many digits that count, whole beyond them, without zeros at its end: ``12.5``, ``1,234``."""
    value, decimals = shortened(value, significant), max(0, places(value, significant, MOST_DECIMALS))
    while decimals and round(value, decimals - 1) == value:
        decimals -= 1
    return number(value, decimals)


def shortened(value: float, significant: int = 3) -> float:
    """The number that :func:`short` writes."""
    return round(value, max(0, places(value, significant, MOST_DECIMALS)))


class Money(NamedTuple):
    """In which unit the money of a table and of its sentences is written."""

    currency: str
    factor: float
    word: str
    decimals: int

    @property
    def unit(self) -> str:
        """``CAD million``."""
        return unit_in_words(self.currency, self.word)

    @property
    def step(self) -> float:
        """What one of the last digit is worth."""
        return self.factor / 10.0**self.decimals

    def cell(self, steps: int, *, plus: bool = False) -> str:
        """So many steps as a number alone: ``1,085``."""
        return ("+" if plus and steps > 0 else "") + number(steps / 10.0**self.decimals, self.decimals)

    def amount(self, steps: int) -> str:
        """So many steps with the scale: ``1,085 million``."""
        return with_scale(self.cell(steps), steps / 10.0**self.decimals, self.factor)

    def full(self, steps: int) -> str:
        """So many steps with currency and scale: ``CAD 1,085 million``."""
        return in_currency(self.currency, self.amount(steps))

    def near(self, value: float) -> int:
        """The whole number of steps that is nearest."""
        return round(value / self.step)


def money_of(currency: str, amounts: Sequence[float], least: float = 0.0) -> Money:
    """One unit for some amounts, with decimals enough for the largest of them, and for the least that matters."""
    factor, word = scale_of(amounts)
    largest = max(map(abs, amounts), default=0.0) / factor
    decimals = max(0, places(largest, DIGITS), places(abs(least) / factor, 2))
    return Money(currency, factor, word, decimals if largest else 0)


def rounded(values: Iterable[Exact], total: Exact | None = None, unit: Exact = 1) -> list[int]:
    """How many whole units to print of each value, so that they add up to the units nearest to their total.

    All are rounded down, and those with the largest remainders get one unit more, of equal remainders the first: so
    none is off by a unit or more, and what is a whole number of units stays as it is. ``unit`` is what one of the last
    digit is worth. ``total`` is what the values add up to, their sum if it is left out: the parts on either side of an
    account are given what both sides add up to, and add up to the same in print.
    """
    exact = [Fraction(value) / Fraction(unit) for value in values]
    units = [math.floor(value) for value in exact]
    wanted = round(sum(exact, Fraction(0)) if total is None else Fraction(total) / Fraction(unit))
    missing = wanted - sum(units)
    assert 0 <= missing <= len(units), "the values do not add up to their total"
    by_remainder = sorted(range(len(units)), key=lambda place: units[place] - exact[place])
    for place in by_remainder[:missing]:
        units[place] += 1
    return units
