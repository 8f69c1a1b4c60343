"""Numbers and names as text: never more digits than the interval supports, never a name that moves the cursor."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable

SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"), (1.0, ""))

#: What a terminal that is not UTF-8 gets instead.
PLAIN = {"±": "+-", "–": "-", "−": "-", "×": "x", "…": "...", "·": "|", "─": "-", "≤": "<=", "→": "->", "\u00a0": " "}


def scale_of(amounts: Iterable[float]) -> tuple[float, str]:
    """The power of a thousand in which all of some amounts are told: the greatest of which the largest of them has ten.

    Of ten rather than of one, so that the small amounts beside it keep some digits.
    """
    largest = max((abs(amount) for amount in amounts if math.isfinite(amount)), default=0.0)
    return next(((factor, word) for factor, word in SCALES if largest >= 10 * factor), SCALES[-1])


def estimate(mean: float, half: float) -> str:
    """A mean and half the width of its interval, such as ``118.2 ±3.2``.

    Parameters
    ----------
    mean : float
        NaN if undefined, which is told as a dash.
    half : float
        NaN if unknown, 0 if the figure is the same in every future.

    Returns
    -------
    str
        The half-width has two digits, rounded up so that it never claims too much, and the mean ends where it ends;
        neither has more than two decimals.
    """
    if math.isnan(mean):
        return "–"
    if math.isnan(half):
        return number(mean, _places(abs(mean), 3))
    if half == 0:
        return number(mean, 0 if float(mean).is_integer() else 2)
    places = _places(half, 2)
    places = _places(_rounded_up(half, places), 2)  # 0.996 has become 1.0
    return f"{number(mean, places)} ±{number(_rounded_up(half, places), places)}"


def number(value: float, places: int) -> str:
    """A number with so many decimals, or rounded to a power of ten if they are negative; with a true minus sign."""
    text = f"{round(value, places):.{max(places, 0)}f}"
    return text.replace("-", "−") if text.strip("-0.") else text.lstrip("-")


def visible(text: str) -> str:
    """Text from a scenario with everything that could steer a terminal made visible.

    Control characters, line and paragraph separators, and marks that turn the direction of writing are shown as
    escapes (``\\x1b``).
    """
    return "".join(
        character.encode("unicode_escape", "backslashreplace").decode()
        if unicodedata.category(character) in _STEERING
        else character
        for character in text
    )


def plain(text: str, encoding: str = "ascii") -> str:
    """Text for a terminal that has not all of Unicode; what it has no equivalent for is shown as an escape."""
    for character, instead in PLAIN.items():
        if character in text and not character.encode(encoding, "ignore"):
            text = text.replace(character, instead)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def escaped(document: str) -> str:
    """JSON that says the same, with escapes for whatever could steer a terminal or cannot be written at all."""
    return _BEYOND.sub(lambda found: _escape(found[0]), document)


def _escape(character: str) -> str:
    steers = unicodedata.category(character) in _STEERING - {"Co", "Cn"}
    return json.dumps(character)[1:-1] if steers and character != "\x7f" else "\\u007f" if steers else character


_BEYOND = re.compile(r"[^\x00-\x7e]")  # JSON writes controls below as escapes by itself
_STEERING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _places(value: float, digits: int) -> int:
    """Decimals that show so many significant digits: at most 2, negative above."""
    if value == 0 or not math.isfinite(value):
        return 0
    return min(2, digits - 1 - math.floor(math.log10(value)))


def _rounded_up(value: float, places: int) -> float:
    step = 10.0**-places
    return math.ceil(round(value / step, 6)) * step
