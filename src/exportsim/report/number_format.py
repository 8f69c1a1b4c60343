"""Numbers and names as text: never more digits than the interval supports, never a name that moves the cursor."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import TYPE_CHECKING

from exportsim import language
from exportsim.digits import in_currency, unit_in_words
from exportsim.digits import number as number
from exportsim.digits import places as places
from exportsim.digits import scale_of as scale_of
from exportsim.names import STEERING
from exportsim.names import visible as visible
from exportsim.outcomes import unit_words

if TYPE_CHECKING:
    from exportsim.analysis.intervals import Interval

MOST_MORE = 9  # decimals more than usual of an end that lies near a mark

_ONE_SCALE: ContextVar[tuple[float, str] | None] = ContextVar("one_scale", default=None)

#: What a terminal that is not UTF-8 gets instead.
PLAIN = {
    "±": "+-",
    "–": "-",
    "−": "-",
    "×": "x",
    "…": "...",
    "·": "|",
    "─": "-",
    "≤": "<=",
    "→": "->",
    "\u00a0": " ",
    "\u202f": " ",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "’": "'",
}


def is_money(unit: str) -> bool:
    """Whether a unit is a currency, by its three capital letters."""
    return len(unit) == 3 and unit.isupper()


def unit_of(unit: str, amounts: Iterable[float]) -> tuple[float, str]:
    """By what some amounts are divided, and the unit that they then have: of money, a power of a thousand."""
    if not is_money(unit):
        return 1.0, unit_words(unit)
    factor, word = _ONE_SCALE.get() or scale_of(amounts)
    return factor, unit_in_words(unit, word)


@contextmanager
def one_scale(factor: float, word: str) -> Iterator[None]:
    """Let all money be written in one power of a thousand, whatever the amounts: for a page with one unit."""
    before = _ONE_SCALE.set((factor, word))
    try:
        yield
    finally:
        _ONE_SCALE.reset(before)


def estimate(mean: float, low: float, high: float, *, marks: Iterable[float] = (0.0,), plus: bool = False) -> str:
    """A mean with its interval: ``118.2 ±3.2``, or ``16 [2 to 38]`` where that reaches further one way than the other.

    A mean that is undefined (NaN) is a dash; the ends are NaN if unknown, both the mean if it is that in every future.
    """
    mean, low, high = float(mean), float(low), float(high)  # of NumPy's, True is no number
    sign = "+" if plus and mean > 0 else ""
    if math.isnan(mean):
        return "–"
    if math.isnan(low) or math.isnan(high):
        return sign + number(mean, places(abs(mean), 3))
    half = max(mean - low, high - mean)
    if low == high or half == 0:
        return sign + number(mean, 0 if float(mean).is_integer() else 2)
    decimals = places(_rounded(half, places(half, 2)), 2)  # 0.996 has become 1.0
    step = 10.0**-decimals
    sides = [_rounded(side, decimals) for side in (mean - low, high - mean)]
    marks = tuple(marks)
    if abs(sides[0] - sides[1]) < 1.5 * step:
        reach, middle = max(sides), round(mean, decimals)
        ends = _as_rounded(middle - reach, step), _as_rounded(middle + reach, step)
        if all(_side(ends[k], mark) == _side((low, high)[k], mark) for k in range(2) for mark in marks):
            return f"{sign}{number(mean, decimals)} ±{number(reach, decimals)}"
    shorter = min(mean - low, high - mean)
    if shorter > 0:
        decimals = min(decimals + 1, max(decimals, places(shorter, 2)))  # it has two digits as well
    first, last = (_end(value, decimals, marks, up=up, plus=plus) for value, up in ((low, False), (high, True)))
    return language.text("numbers.interval", mean=f"{sign}{number(mean, decimals)}", low=first, high=last)


def money(cents: int, currency: str) -> str:
    """An amount in three digits: ``CAD 5.23M``."""
    for factor, word in ((10**11, "billion"), (10**8, "million"), (10**5, "thousand")):
        if cents >= 0.9995 * factor:
            places_kept = max(0, 3 - len(str(round(cents / factor))))
            shown = round(cents / factor, places_kept)
            written = number(shown, len(f"{shown:g}".partition(".")[2]))
            return in_currency(currency, language.text(f"numbers.of_{word}", number=written))
    return in_currency(currency, number(cents / 100, 2 if cents % 100 else 0))


def percent(interval: Interval) -> str:
    """A share, or a difference of shares, in per cent."""
    return scaled(interval, 100.0, marks=(0.0, 100.0, -100.0))


def percentage(share: float, *, plus: bool = False) -> str:
    """A share, or a relative change, in whole per cent; finer where it is small or would read as all: ``99.8 %``.

    Undefined (NaN) it is a dash.
    """
    value = 100.0 * share
    if math.isnan(value):
        return "–"
    decimals = 0 if abs(value) >= 9.5 or value == 0 else 1 if abs(value) >= 0.095 else 2
    while decimals < 2 and round(value, decimals) in (-100, 0, 100) and round(value, 9) not in (-100, 0, 100):
        decimals += 1
    sign = "+" if plus and value > 0 else ""
    return language.text("numbers.percent", number=sign + number(value, decimals))


def whole_percentage(share: float) -> str:
    """A share in whole per cent in a sentence; of what is neither none nor all it says neither: ``more than 99 %``."""
    value = 100.0 * share
    if 99 < value < 100 or 0 < value < 1:
        return language.text("numbers.nearly_all" if value > 1 else "numbers.nearly_none")
    return language.text("numbers.percent", number=number(value, 0))


def percent_number(share: float) -> str:
    """A share from 0 to 1 in per cent, the number alone, without decimals unless very small or all but everything."""
    value = 100 * share
    return number(value, 1 if 0 < abs(value) < 0.95 or 99.05 < abs(value) < 100 else 0)


def three_digits(value: float) -> str:
    """A number in three digits, or to the nearest whole one."""
    return number(value, max(0, places(abs(value), 3)))


def capital(sentence: str) -> str:
    """A sentence that begins with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def scaled(interval: Interval, by: float, *, marks: Iterable[float] = (0.0,), plus: bool = False) -> str:
    """An interval as :func:`estimate` writes it, each number so many times as large."""
    return estimate(by * interval.mean, by * interval.low, by * interval.high, marks=marks, plus=plus)


def counted(number: int, noun: str) -> str:
    """So many of something: ``1 future``, ``20 futures``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def value_text(value: object) -> str:
    """A value of the explicit form in a line: ``lognormal (median 45d, p90 90d)``."""
    if isinstance(value, dict):
        if len(value) == 1:
            ((key, below),) = value.items()
            if isinstance(below, dict | list):
                return f"{key} ({value_text(below)})"
        return ", ".join(f"{key} {_inner_text(below)}" for key, below in value.items() if below not in ({}, []))
    if isinstance(value, list):
        return ", ".join(map(_inner_text, value))
    return str(value)


def _inner_text(value: object) -> str:
    return f"({value_text(value)})" if isinstance(value, dict) and len(value) > 1 else value_text(value)


def digits(value: float) -> str:
    """A number with the digits that it was written with, six at most where it has more."""
    shown = float(f"{value:.6g}")
    return number(shown, max(0, -int(Decimal(repr(shown)).normalize().as_tuple().exponent)))


def plain(text: str, encoding: str = "ascii") -> str:
    """Text for a terminal that has not all of Unicode; what it has no equivalent for is shown as an escape."""
    for character, instead in PLAIN.items():
        if character in text and not character.encode(encoding, "ignore"):
            text = text.replace(character, instead)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def escaped(document: str) -> str:
    """JSON that says the same, with escapes for whatever could steer a terminal or cannot be written at all."""
    return _BEYOND.sub(lambda match: _escape(match[0]), document)


def _escape(character: str) -> str:
    steers = unicodedata.category(character) in STEERING - {"Co", "Cn"}
    return json.dumps(character)[1:-1] if steers and character != "\x7f" else "\\u007f" if steers else character


_BEYOND = re.compile(r"[^\x00-\x7e]")  # JSON writes controls below as escapes by itself


def _rounded(value: float, decimals: int, way: Callable[[float], int] = math.ceil) -> float:
    step = 10.0**-decimals
    return way(round(value / step, 6)) * step


def _end(value: float, decimals: int, marks: Sequence[float], *, up: bool, plus: bool) -> str:
    """An end of an interval, rounded outwards, with as many decimals as it takes to be on its side of every mark."""
    for tried in range(decimals, decimals + MOST_MORE):
        rounded = _rounded(value, tried, math.ceil if up else math.floor)
        if all(_side(_as_rounded(rounded, 10.0**-tried), mark) == _side(value, mark) for mark in marks):
            break
    return ("+" if plus and value > 0 else "") + number(rounded, tried)


def _side(value: float, mark: float) -> int:
    """On which side of a mark a value is: -1, 0 on it, or 1."""
    return (value > mark) - (value < mark)


def _as_rounded(value: float, step: float) -> float:
    """A multiple of a step without what floats have left of it."""
    return round(value / step) * step
