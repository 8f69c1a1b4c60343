"""Durations, rates and money as people write them: ``90d``, ``10bd``, ``18mo``, ``20/y``, ``5M``.

Each is a small frozen value that remembers what was written and gives an exact whole number (minutes, cents) or a
yearly rate. A bare number where a unit is due is refused here, once, for the whole file format.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from exportsim.scenario.marks import is_doubtful, meant, unmistakable

MINUTES_A_DAY = 1440
# A month is a twelfth of a Julian year; a year is 365.25 days (the astronomers' Julian year).
MINUTES = {
    "min": Decimal(1),
    "h": Decimal(60),
    "d": Decimal(MINUTES_A_DAY),
    "bd": Decimal(MINUTES_A_DAY),
    "w": Decimal(7 * MINUTES_A_DAY),
    "mo": Decimal("30.4375") * MINUTES_A_DAY,
    "y": Decimal("365.25") * MINUTES_A_DAY,
}
MINUTES_A_YEAR = int(MINUTES["y"])
MULTIPLES = {"": Decimal(1), "k": Decimal(10) ** 3, "M": Decimal(10) ** 6, "bn": Decimal(10) ** 9}
# Nothing in a scenario lasts longer or costs more; well inside int64 whatever is added up.
LONGEST = 10_000 * MINUTES_A_YEAR
DEAREST = 10**15

_NUMBER = r"[+-]?(?:\d+(?:_\d+)*)(?:\.\d+)?"


def wrong(found: object, expected: str) -> PydanticCustomError:
    """The error of a value that is not what was due; the reader adds the place."""
    return PydanticCustomError(
        "wrong", "found {found}, expected {expected}", {"found": show(found), "expected": expected}
    )


def show(found: object) -> str:
    """A found value as a user would recognise it, and never longer than a line."""
    if isinstance(found, dict):
        return "a mapping"
    if isinstance(found, list | tuple):
        return "a list"
    if found is None:
        return "nothing"
    return f"`{tame(str(found).lower() if isinstance(found, bool) else str(found))}`"


def tame(text: str) -> str:
    """Text of the user's that fits in a line of ours: short, and without what moves a cursor."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:61])
    return shown if len(shown) <= 60 else shown[:59] + "…"


def as_float(written: Any) -> float:
    """A number as a real one: NaN if it is none (also one that must not be touched), infinite if it is too large."""
    try:
        return float(written)
    except ValueError:  # a signalling NaN
        return math.nan
    except OverflowError:
        return math.inf if written > 0 else -math.inf


def whole(amount: Decimal) -> int:
    """The nearest whole number; a half goes up."""
    return int(amount.to_integral_value(ROUND_HALF_UP))


class _Written:
    """What the three quantities share: parsed from one text, written back as one text."""

    expected: ClassVar[str]
    pattern: ClassVar[str]

    @classmethod
    def parse(cls, written: object) -> Self:
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": cls.pattern, "description": cls.expected}


@dataclass(frozen=True, slots=True)
class Duration(_Written):
    """A span of time: a number and a unit.

    Attributes
    ----------
    number : Decimal
    unit : str
        ``min``, ``h``, ``d``, ``w``, ``mo`` (30.4375 d), ``y`` (365.25 d), or ``bd``: business days on an
        authority's calendar.
    """

    number: Decimal
    unit: str
    expected: ClassVar[str] = "a duration with its unit, such as `90d`, `10bd`, `8h`, `18mo` or `5y`"
    pattern: ClassVar[str] = r"^\s*(\d+(_\d+)*(\.\d+)?)\s*(min|h|d|bd|w|mo|y)\s*$"
    _form: ClassVar[re.Pattern[str]] = re.compile(rf"\s*({_NUMBER})\s*(min|h|d|bd|w|mo|y)\s*", re.ASCII)

    @classmethod
    def parse(cls, written: object) -> Duration:
        if isinstance(written, Duration):
            return written
        match = cls._form.fullmatch(written) if isinstance(written, str) and len(written) <= 40 else None
        if match is None:
            raise wrong(written, meant(written) or cls.expected)
        duration = cls(Decimal(match[1].replace("_", "")), match[2])
        if duration.number < 0:
            raise wrong(written, "a duration that is not negative")
        if duration.number * MINUTES[duration.unit] > LONGEST:
            raise wrong(written, "a duration of at most 10000 years")
        return duration

    @property
    def minutes(self) -> int:
        """Whole minutes; of working time if the unit is ``bd``."""
        return whole(self.number * MINUTES[self.unit])

    @property
    def working(self) -> bool:
        """Whether it runs on an authority's calendar rather than on the clock."""
        return self.unit == "bd"

    def __str__(self) -> str:
        return _certain(f"{_plain(self.number)}{self.unit}")


@dataclass(frozen=True, slots=True)
class Rate(_Written):
    """So many in a unit of time: ``20/y``, ``3/mo``, ``1.5/d``."""

    number: Decimal
    unit: str
    expected: ClassVar[str] = "a rate with its unit, such as `20/y`, `3/mo` or `1.5/d`"
    pattern: ClassVar[str] = r"^\s*(\d+(_\d+)*(\.\d+)?)\s*/\s*(d|w|mo|y)\s*$"
    _form: ClassVar[re.Pattern[str]] = re.compile(rf"\s*({_NUMBER})\s*/\s*(d|w|mo|y)\s*", re.ASCII)

    @classmethod
    def parse(cls, written: object) -> Rate:
        if isinstance(written, Rate):
            return written
        match = cls._form.fullmatch(written) if isinstance(written, str) and len(written) <= 40 else None
        if match is None:
            raise wrong(written, meant(written) or cls.expected)
        rate = cls(Decimal(match[1].replace("_", "")), match[2])
        if rate.number < 0:
            raise wrong(written, "a rate that is not negative")
        if rate.per_year > 10**9:
            raise wrong(written, "a rate of at most 1000000000 a year")
        return rate

    @property
    def per_year(self) -> Decimal:
        """Expected number in a year of 365.25 days."""
        return self.number * MINUTES["y"] / MINUTES[self.unit]

    def __str__(self) -> str:
        return _certain(f"{_plain(self.number)}/{self.unit}")


@dataclass(frozen=True, slots=True)
class Money(_Written):
    """An amount in the scenario's currency: ``5M``, ``250k``, ``1.2bn``, ``1200``, ``99.95``."""

    number: Decimal
    multiple: str = ""
    expected: ClassVar[str] = "an amount of money such as `1200`, `250k`, `5M` or `1.2bn`"
    pattern: ClassVar[str] = r"^\s*(\d+(_\d+)*(\.\d+)?)\s*(k|M|bn)?\s*$"
    _form: ClassVar[re.Pattern[str]] = re.compile(
        rf"\s*({_NUMBER}\.?|[+-]?\.\d+)([eE][+-]?\d{{1,3}}|\s*(k|M|bn)|)\s*", re.ASCII
    )

    @classmethod
    def parse(cls, written: object) -> Money:
        """The amount that a number is, or a text says.

        Exactly three digits after the point of a text without a suffix are refused: half of the world parts thousands
        so. A number is taken as it is; how a number in a scenario's text was written is seen to in ``doubtful``.
        """
        if isinstance(written, Money):
            return written
        text = str(written) if isinstance(written, int | float) and not isinstance(written, bool) else written
        match = cls._form.fullmatch(text) if isinstance(text, str) and len(text) <= 40 else None
        if match is None:
            raise wrong(written, meant(written) or cls.expected + _without_sign(written))
        if isinstance(written, str) and not match[2] and (readings := meant(written.replace("_", ""))):
            raise wrong(written, readings)
        exponent = "" if match[3] else match[2]
        money = cls(Decimal(match[1].replace("_", "") + exponent), match[3] or "")
        if money.number < 0:
            raise wrong(written, "an amount that is not negative")
        if money.number * MULTIPLES[money.multiple] * 100 > DEAREST:
            raise wrong(written, "an amount of at most 10000bn")
        return money

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        text = {"type": "string", "pattern": cls.pattern}
        return {"anyOf": [{"type": "number", "minimum": 0}, text], "description": cls.expected}

    @property
    def cents(self) -> int:
        """Whole cents."""
        return whole(self.number * MULTIPLES[self.multiple] * 100)

    def __str__(self) -> str:
        return f"{_plain(self.number)}{self.multiple}" if self.multiple else unmistakable(_plain(self.number))


def suffix_of(written: object) -> str:
    """The unit in which a quantity is written: ``mo``, ``M``, ``/y``; nothing for a plain number."""
    for kind in (Duration, Rate, Money):
        with suppress(ValueError):
            quantity = kind.parse(written)
            return quantity.multiple if isinstance(quantity, Money) else _unit(quantity)
    return ""


def _unit(quantity: Duration | Rate) -> str:
    return quantity.unit if isinstance(quantity, Duration) else f"/{quantity.unit}"


def in_unit(written: object, suffix: str) -> float | None:
    """A quantity as a number in a unit; None if it is none, or cannot be told in that."""
    if isinstance(written, bool) or written is None or isinstance(written, dict | list):
        return None
    found: float | None = None
    with suppress(ValueError):
        if suffix in MINUTES:
            duration = Duration.parse(written)
            if duration.working == (suffix == "bd"):
                found = float(duration.number * MINUTES[duration.unit] / MINUTES[suffix])
        elif suffix.startswith("/"):
            rate = Rate.parse(written)
            found = float(rate.number * MINUTES[suffix[1:]] / MINUTES[rate.unit])
        elif isinstance(written, int | float) and not suffix:
            found = float(written)
        else:
            money = Money.parse(written)
            found = float(money.number * MULTIPLES[money.multiple] / MULTIPLES[suffix])
    return None if found is None else float(f"{found:.12g}")


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _certain(text: str) -> str:
    """As it can be read again from a file, where what is doubtful is refused."""
    return unmistakable(text) if is_doubtful(text) else text


def _without_sign(written: object) -> str:
    """Amounts are in the scenario's currency: its sign or its letters are one too many."""
    match = re.search(r"[^\W\d_]{2,4}|[$¢-¥₠-⃀]", written) if isinstance(written, str) else None
    return f", without `{match[0]}`" if match and re.search(r"\d", str(written)) else ""
