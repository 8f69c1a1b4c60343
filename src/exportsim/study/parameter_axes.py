"""The varied paths of a sweep as axes: values as written, as numbers in one unit where they are quantities."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from exportsim import language
from exportsim.errors import ExportsimError
from exportsim.plan import Float
from exportsim.scenario.marks import is_doubtful, meant
from exportsim.scenario.quantities import MINUTES, MULTIPLES, Duration, Money, Rate

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12  # significant, of a value shown in another unit than it was written in
AMOUNTS = {"days": "a number of days such as `90` or `90d`", "share": "a share such as `0.3` or `30%`"}
MONEY = "an amount of money such as `250k` or `100M`"


@dataclass(frozen=True, eq=False)
class Axis:
    """A varied path: its values by point, in a unit as written in a scenario file, or as places among its words."""

    path: str
    name: str
    values: Float
    unit: str = ""
    words: tuple[str, ...] = ()

    def text(self, value: float) -> str:
        """A value with its unit: ``17.3mo``; or the word at that place."""
        return self.words[int(value)] if self.words else f"{plain(value)}{self.unit}"

    @property
    def label(self) -> str:
        """The name and the unit in words, for a figure."""
        if not self.unit:
            return self.name
        return language.text("figures.with_unit", what=self.name, unit=unit_words(self.unit))


def axes(points: pd.DataFrame, paths: Sequence[str]) -> tuple[Axis, ...]:
    """The axes of a sweep."""
    return tuple(_axis(path, name, list(points[path])) for path, name in zip(paths, names(paths), strict=True))


def names(paths: Sequence[str]) -> list[str]:
    """The end of each path, as short as tells it from the others: ``ramp_up``, ``patience.review``."""
    short = []
    for path in paths:
        ends = [path.split(".", steps)[-1] for steps in range(path.count("."), -1, -1)]
        others = [f".{other}" for other in paths if other != path]
        short.append(next((end for end in ends if not any(o.endswith(f".{end}") for o in others)), path))
    return short


def unit_words(unit: str) -> str:
    """The unit of an axis in words, ``business days``, ``a month``, ``million``; as it is if it is none of these."""
    entry = unit.replace("/", "a_").lower()
    return language.text(f"figures.units.{entry}") if language.has(f"figures.units.{entry}") else unit


def plain(value: float) -> str:
    """A number without an exponent, and without more digits than it has."""
    text = f"{Decimal(repr(float(value))):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _axis(path: str, name: str, column: Sequence[Any]) -> Axis:
    if all(isinstance(value, int | float | np.number) for value in column):
        return Axis(path, name, np.array(column, dtype=np.float64))
    texts = list(map(str, column))
    kinds: tuple[Callable[[list[str]], tuple[list[Decimal], str]], ...] = (_durations, _rates, _money)
    for kind in kinds:
        with suppress(ValueError):  # these are no quantities of this kind
            numbers, unit = kind(texts)
            return Axis(path, name, np.array([float(f"{number:.{DIGITS}g}") for number in numbers]), unit)
    words = tuple(dict.fromkeys(texts))
    return Axis(path, name, np.array([words.index(text) for text in texts], dtype=np.float64), "", words)


def _durations(texts: list[str]) -> tuple[list[Decimal], str]:
    """In the least of the units used."""
    durations = [Duration.parse(text) for text in texts]
    if len({duration.working for duration in durations}) > 1:
        raise ValueError("business days are no time on the clock: together, they are words")
    unit = min((duration.unit for duration in durations), key=lambda unit: MINUTES[unit])
    return [duration.number * MINUTES[duration.unit] / MINUTES[unit] for duration in durations], unit


def _rates(texts: list[str]) -> tuple[list[Decimal], str]:
    """In the one unit used, or a year."""
    rates = [Rate.parse(text) for text in texts]
    units = {rate.unit for rate in rates}
    if len(units) == 1:
        return [rate.number for rate in rates], f"/{units.pop()}"
    return [rate.per_year for rate in rates], "/y"


def _money(texts: list[str]) -> tuple[list[Decimal], str]:
    """In the greatest of the multiples used."""
    amounts = [Money.parse(text) for text in texts]
    unit = max((money.multiple for money in amounts), key=lambda multiple: MULTIPLES[multiple])
    return [money.number * MULTIPLES[money.multiple] / MULTIPLES[unit] for money in amounts], unit


def amount(written: float | str, unit: str, what: str) -> float:
    """An amount of an outcome in its unit (a currency, ``days`` or ``share``): a number, or ``100M``, ``30 %``."""
    if isinstance(written, int | float | np.number) and not isinstance(written, bool) and np.isfinite(written):
        return float(written)
    text = str(written).strip()
    sign, bare = (-1.0, text[1:]) if text.startswith(("-", "−")) else (1.0, text)
    if isinstance(written, str):
        with suppress(ValueError):
            return sign * _parsed(bare, unit)
    raise ExportsimError(f"{what}: found {written!r}, expected {meant(bare) or AMOUNTS.get(unit, MONEY)}")


def _parsed(text: str, unit: str) -> float:
    if unit == "share":
        if match := re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", text):
            return float(match[1]) / (100 if match[2] else 1)
    elif unit == "days":
        clock = Duration.parse(text if text.endswith(("d", "h", "n", "w", "o", "y")) else f"{text}d")
        if not clock.working and not is_doubtful(text):
            return clock.minutes / 1440
    else:
        return Money.parse(text).cents / 100
    raise ValueError(text)
