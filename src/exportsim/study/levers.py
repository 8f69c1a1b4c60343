"""Levers: what can be set between two ends, as the values that are tried, in the order in which they are sought."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exportsim.errors import ExportsimError
from exportsim.scenario.marks import unmistakable
from exportsim.scenario.quantities import show

MOST_VALUES = 10_000
MOST_LEVERS = 2
_RANGE = re.compile(r"\s*(\S+?)\s*\.\.\s*(\S+)\s*")
_AMOUNT = re.compile(r"([+-]?\d+(?:\.\d+)?)([a-zA-Z%/]*)", re.ASCII)
FORM = "its two ends, such as `40..80` or `30d..90d`, or its values"


@dataclass(frozen=True)
class Lever:
    """A path, and the values that may stand there; the first is the cheapest."""

    path: str
    values: tuple[Any, ...]

    @property
    def rises(self) -> bool:
        """Whether its values become larger, as far as they are numbers."""
        first, last = (_AMOUNT.fullmatch(str(value)) for value in (self.values[0], self.values[-1]))
        return first is None or last is None or Decimal(first[1]) <= Decimal(last[1])


def levers_of(given: Mapping[str, Any]) -> tuple[Lever, ...]:
    """The levers of a mapping: by path the two ends, as text or a pair, or a list of values."""
    if not isinstance(given, Mapping) or not given:
        raise ExportsimError(f"levers: found {given!r}, expected paths, each with {FORM}")
    if len(given) > MOST_LEVERS:
        raise ExportsimError(f"levers: found {len(given)}, expected one or two: more of them have no frontier to show")
    return tuple(Lever(path, _values(path, values)) for path, values in given.items())


def _values(path: str, given: Any) -> tuple[Any, ...]:
    if isinstance(given, str):
        match = _RANGE.fullmatch(given)
        if match is None:
            raise ExportsimError(f"levers: {path}: found {show(given)}, expected {FORM}")
        return _between(path, match[1], match[2])
    if isinstance(given, tuple) and len(given) == 2:
        return _between(path, *map(str, given))
    if not isinstance(given, Iterable) or isinstance(given, Mapping):
        raise ExportsimError(f"levers: {path}: found {given!r}, expected {FORM}")
    values = tuple(given)
    if len(values) < 2:
        found = f"{show(values[0])} alone" if values else "no value"
        raise ExportsimError(f"levers: {path}: found {found}, expected {FORM}")
    return values


def _between(path: str, first: str, last: str) -> tuple[Any, ...]:
    """All values from one end to the other, in steps of the last decimal that is written."""
    ends = [_AMOUNT.fullmatch(end) for end in (first, last)]
    if ends[0] is None or ends[1] is None or ends[0][2] != ends[1][2]:
        found = f"found `{first}..{last}`"
        raise ExportsimError(
            f"levers: {path}: {found}, expected two numbers in one unit (`30d..90d`), or a list of values"
        )
    numbers = [Decimal(end[1]) for end in ends if end is not None]
    step = min(Decimal(1).scaleb(int(number.as_tuple().exponent)) for number in numbers)
    number = int(abs(numbers[1] - numbers[0]) / step)
    if not number:
        raise ExportsimError(f"levers: {path}: found `{first}` twice, expected two ends that differ")
    if number >= MOST_VALUES:
        found = f"found {number + 1:,} values from `{first}` to `{last}`"
        raise ExportsimError(
            f"levers: {path}: {found}, expected at most {MOST_VALUES:,}; write fewer decimals, or list values"
        )
    sign = 1 if numbers[1] > numbers[0] else -1
    return tuple(_written(numbers[0] + sign * place * step, ends[0][2]) for place in range(number + 1))


def _written(number: Decimal, unit: str) -> int | float | str:
    if unit:
        return unmistakable(f"{number:f}{unit}")
    return int(number) if number == number.to_integral_value() and number.as_tuple().exponent == 0 else float(number)
