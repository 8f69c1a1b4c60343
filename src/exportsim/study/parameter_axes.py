"""The varied paths of a sweep as axes: values as written, as numbers in one unit where they are quantities."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic_core import PydanticCustomError

from exportsim.plan import Float
from exportsim.scenario.marks import is_doubtful, meant
from exportsim.scenario.quantities import MINUTES, MULTIPLES, Duration, Money, Rate

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12  # significant, of a value told in another unit than it was written in


@dataclass(frozen=True, eq=False)
class Axis:
    """A varied path.

    Attributes
    ----------
    values : ndarray of float64, shape (points,)
        In :attr:`unit`; where :attr:`words` are there, the place of each point's value among them.
    unit : str
        As written in a scenario file: ``mo``, ``bd``, ``/y``, ``M``; nothing for plain numbers and words.
    """

    path: str
    name: str
    values: Float
    unit: str = ""
    words: tuple[str, ...] = ()

    def said(self, value: float) -> str:
        """A value with its unit: ``17.3mo``; or the word at that place."""
        return self.words[int(value)] if self.words else f"{plain(value)}{self.unit}"

    @property
    def label(self) -> str:
        """The name and the unit in words, for a figure."""
        words = {"min": "minutes", "h": "hours", "d": "days", "bd": "business days", "w": "weeks", "mo": "months"}
        words |= {"y": "years", "/d": "a day", "/w": "a week", "/mo": "a month", "/y": "a year"}
        words |= {"k": "thousand", "M": "million", "bn": "billion"}
        return f"{self.name}, {words[self.unit]}" if self.unit else self.name


def axes(points: pd.DataFrame, paths: Sequence[str]) -> tuple[Axis, ...]:
    """The axes of a sweep."""
    return tuple(_axis(path, name, list(points[path])) for path, name in zip(paths, names(paths), strict=True))


def names(paths: Sequence[str]) -> list[str]:
    """The end of each path, as short as tells it from the others: ``ramp_up``, ``patience.review``."""
    found = []
    for path in paths:
        steps, rest = path.split("."), [other.split(".") for other in paths if other != path]
        length = next(n for n in range(1, len(steps) + 1) if all(o[-n:] != steps[-n:] for o in rest) or n == len(steps))
        found.append(".".join(steps[-length:]))
    return found


def plain(value: float) -> str:
    """A number without an exponent, and without more digits than it has."""
    text = f"{Decimal(repr(float(value))):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _axis(path: str, name: str, given: Sequence[Any]) -> Axis:
    if all(isinstance(value, int | float | np.number) for value in given):
        return Axis(path, name, np.array(given, dtype=np.float64))
    texts = list(map(str, given))
    kinds: tuple[Callable[[list[str]], tuple[list[Decimal], str] | None], ...] = (_durations, _rates, _money)
    for kind in kinds:
        try:
            found = kind(texts)
        except PydanticCustomError:  # not a quantity of this kind
            continue
        if found is not None:
            return Axis(path, name, np.array([float(f"{value:.{DIGITS}g}") for value in found[0]]), found[1])
    words = tuple(dict.fromkeys(texts))
    return Axis(path, name, np.array([words.index(text) for text in texts], dtype=np.float64), "", words)


def _durations(texts: list[str]) -> tuple[list[Decimal], str] | None:
    """In the least of the units used. Business days are no time on the clock: with it, they are words."""
    found = [Duration.parse(text) for text in texts]
    if len({each.working for each in found}) > 1:
        return None
    unit = min((each.unit for each in found), key=lambda unit: MINUTES[unit])
    return [each.number * MINUTES[each.unit] / MINUTES[unit] for each in found], unit


def _rates(texts: list[str]) -> tuple[list[Decimal], str]:
    """In the one unit used, or a year."""
    found = [Rate.parse(text) for text in texts]
    units = {each.unit for each in found}
    if len(units) == 1:
        return [each.number for each in found], f"/{units.pop()}"
    return [each.per_year for each in found], "/y"


def _money(texts: list[str]) -> tuple[list[Decimal], str] | None:
    """In the greatest of the multiples used."""
    found = [Money.parse(text) for text in texts]
    unit = max((each.multiple for each in found), key=lambda multiple: MULTIPLES[multiple])
    return [each.number * MULTIPLES[each.multiple] / MULTIPLES[unit] for each in found], unit


def amount(given: float | str, unit: str, what: str) -> float:
    """An amount of an outcome, as a number or as it would be written: ``100M``, ``30 %``, ``90d``.

    Parameters
    ----------
    unit : str
        The outcome's: a currency, ``days`` or ``share``.

    Returns
    -------
    float
        In the outcome's unit.
    """
    from exportsim.errors import ExportsimError

    if isinstance(given, int | float | np.number) and not isinstance(given, bool) and np.isfinite(given):
        return float(given)
    text = str(given).strip()
    sign, bare = (-1.0, text[1:]) if text.startswith(("-", "−")) else (1.0, text)
    expected = {"days": "a number of days such as `90` or `90d`", "share": "a share such as `0.3` or `30%`"}.get(
        unit, "an amount of money such as `250k` or `100M`"
    )
    if isinstance(given, str):
        try:
            if unit == "share":
                match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", bare)
                if match:
                    return sign * float(match[1]) / (100 if match[2] else 1)
            elif unit == "days":
                clock = Duration.parse(bare if bare.endswith(("d", "h", "n", "w", "o", "y")) else f"{bare}d")
                if not clock.working and not is_doubtful(bare):
                    return sign * clock.minutes / 1440
            else:
                return sign * Money.parse(bare).cents / 100
        except PydanticCustomError:
            pass
    raise ExportsimError(f"{what}: found {given!r}, expected {meant(bare) or expected}")
