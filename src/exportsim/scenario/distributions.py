"""The distributions a scenario may draw from, as written; :mod:`exportsim.compile` turns them into parameters.

A distribution is either a bare quantity (always that much) or a mapping with one key that names its kind. Every kind
is generic in what it measures: :class:`Duration`, :class:`Money` or a plain number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Self, TypeAlias, TypeVar, Union

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    model_validator,
)
from pydantic_core import PydanticCustomError

from exportsim.scenario.marks import meant
from exportsim.scenario.quantities import Duration, Money, as_float, wrong
from exportsim.scenario.schema_paths import WHOLE

Quantity = TypeVar("Quantity", Duration, Money, float)
Z_90 = 1.2815515655446004  # standard normal value not exceeded with probability 0.9


class Model(BaseModel):
    """What every part of a scenario is: frozen, with no unknown keys. :func:`exportsim.scenario.replace` changes it."""

    # Descriptions of fields are read off the source when the JSON Schema is made: pydantic would do so on every import.
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False, defer_build=True)


@cache
def adapter_of(kind: Any) -> TypeAdapter[Any]:
    """What judges the values of a type that is no part of a scenario, such as a distribution: it takes time to make."""
    return TypeAdapter(kind)


def impossible(reason: str) -> PydanticCustomError:
    return PydanticCustomError("impossible", "{reason}", {"reason": reason})


def without_quotes(value: object) -> str:
    """Text in quotes looks like the number that was meant: say what the difference is."""
    return ", without quotes" if isinstance(value, str) and value.replace(".", "", 1).isdecimal() else ""


def number(value: object) -> float:
    """A plain number, kept apart from text and truth values."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise wrong(value, meant(value) or "a number" + without_quotes(value))
    real = as_float(value)
    if not abs(real) <= 1e15:  # also catches NaN
        raise wrong(value, "a number between -1e15 and 1e15")
    return real


def by_shape(*, mapping: str = "", entries: str = "", other: str) -> Discriminator:
    """The alternative that is meant, by its tag: for a mapping or a part made of one, for a list, for all else."""

    # Tags stand in angle brackets so that they are never taken for keys of the file (see ``messages``).
    def tag(written: object) -> str:
        shape = mapping if isinstance(written, dict | BaseModel) else entries if isinstance(written, list) else ""
        return shape or other

    return Discriminator(tag)


def _positive(value: float) -> float:
    if value <= 0:
        raise wrong(f"{value:g}", "a number above 0")
    return value


Number = Annotated[float, BeforeValidator(number)]
Positive = Annotated[Number, AfterValidator(_positive)]


def amount(quantity: Duration | Money | float) -> Decimal:
    """A quantity on the number line: minutes, cents or itself."""
    if isinstance(quantity, Duration):
        return Decimal(quantity.minutes)
    return Decimal(quantity.cents) if isinstance(quantity, Money) else Decimal(str(quantity))


def _above_nothing(name: str, quantity: Duration | Money | float) -> None:
    if amount(quantity) <= 0:
        raise impossible(f"the {name} ({quantity}) must be above 0")


class Kind(Model, Generic[Quantity]):
    """What the kinds of distribution share: one key, which names the kind."""

    bounded: ClassVar[bool] = True
    """Whether no value lies beyond the quantities that are named."""

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        quantities: Sequence[object] = self.quantities()
        if len({quantity.working for quantity in quantities if isinstance(quantity, Duration)}) == 2:
            raise impossible("mixes business days (`bd`) with time on the clock; use one of them in a distribution")
        return self

    def quantities(self) -> list[Quantity]:
        """Every quantity named in it."""
        (written,) = (getattr(self, key) for key in type(self).model_fields)
        if isinstance(written, Quantiles):
            return list(written.quantiles.values())
        if isinstance(written, Model):
            values = (getattr(written, key, None) for key in ("median", "p90", "mean"))
            return [value for value in values if value is not None]
        return list(written)


class Uniform(Kind[Quantity], Generic[Quantity]):
    """Anything between two bounds, equally likely."""

    uniform: tuple[Quantity, Quantity]
    """Low, high."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, high = self.uniform
        if amount(low) >= amount(high):
            raise impossible(f"low ({low}) must be less than high ({high})")
        return self


class Triangular(Kind[Quantity], Generic[Quantity]):
    """Between two bounds, most likely at the mode."""

    triangular: tuple[Quantity, Quantity, Quantity]
    """Low, mode, high."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, mode, high = self.triangular
        if not amount(low) <= amount(mode) <= amount(high) or amount(low) == amount(high):
            raise impossible(f"low ({low}), mode ({mode}) and high ({high}) must be in this order, and low below high")
        return self


class Mean(Model, Generic[Quantity]):
    mean: Quantity

    @model_validator(mode="after")
    def _positive_mean(self) -> Self:
        _above_nothing("mean", self.mean)
        return self


class Exponential(Kind[Quantity], Generic[Quantity]):
    """Memoryless, with a mean."""

    bounded = False
    exponential: Mean[Quantity]


class MeanShape(Mean[Quantity], Generic[Quantity]):
    shape: Annotated[Positive, Field(ge=0.1, le=100)]


class Weibull(Kind[Quantity], Generic[Quantity]):
    """Weibull with a mean and a shape (1 is exponential; above 1, the longer it lasted the sooner it ends)."""

    bounded = False
    weibull: MeanShape[Quantity]


class LognormalParameters(Model, Generic[Quantity]):
    """Either ``median`` and ``p90`` (the 90th percentile), or ``mean`` and ``cv`` (standard deviation over mean)."""

    median: Quantity | None = None
    p90: Quantity | None = None
    mean: Quantity | None = None
    cv: Number | None = None

    @model_validator(mode="after")
    def _one_pair(self) -> Self:
        written = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if written not in (["median", "p90"], ["mean", "cv"]):
            found = ", ".join(f"`{name}`" for name in written) or "nothing"
            raise impossible(f"found {found}, expected either `median` and `p90`, or `mean` and `cv`")
        if self.median is not None and self.p90 is not None:
            _above_nothing("median", self.median)
            if amount(self.p90) <= amount(self.median):
                raise impossible(f"p90 ({self.p90}) must be greater than the median ({self.median})")
        if self.mean is not None and self.cv is not None:
            _above_nothing("mean", self.mean)
            if not 0 < self.cv <= 100:
                raise impossible(f"cv ({self.cv:g}) must be above 0 and at most 100")
        return self


class Lognormal(Kind[Quantity], Generic[Quantity]):
    """Skewed to the right, as most times and values are."""

    bounded = False
    lognormal: LognormalParameters[Quantity]


def _probability_as_key(key: object) -> object:
    """Keys of a mapping are text until someone knows better."""
    try:
        return float(key) if isinstance(key, str) and len(key) <= 40 else key
    except ValueError:
        raise wrong(key, "a probability from 0 to 1") from None


class Quantiles(Model, Generic[Quantity]):
    quantiles: dict[Annotated[Number, BeforeValidator(_probability_as_key), Field(ge=0, le=1)], Quantity]

    @model_validator(mode="before")
    @classmethod
    def _each_once(cls, written: Any) -> Any:
        quantiles = written.get("quantiles") if isinstance(written, dict) else None
        if isinstance(quantiles, dict):
            seen: dict[object, object] = {}
            for key in quantiles:
                value = _probability_as_key(key)
                if value in seen:
                    raise impossible(f"found the quantile `{key}` again, first found as `{seen[value]}`")
                seen[value] = key
        return written

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if len(self.quantiles) < 2:
            raise impossible("at least two quantiles are needed")
        values = [amount(value) for _, value in sorted(self.quantiles.items())]
        if any(later < earlier for earlier, later in pairwise(values)):
            raise impossible("quantiles must not fall as their probabilities rise")
        return self


class Empirical(Kind[Quantity], Generic[Quantity]):
    """One of the listed values, equally likely; or a line drawn through quantiles, flat beyond the outermost."""

    empirical: Annotated[
        Annotated[list[Quantity], Field(min_length=1, max_length=100_000), Tag("<values>")]
        | Annotated[Quantiles[Quantity], Tag("<quantiles>")],
        by_shape(mapping="<quantiles>", other="<values>"),
    ]


_KINDS: tuple[Any, ...] = (Uniform, Triangular, Exponential, Lognormal, Weibull, Empirical)
KINDS = tuple(kind.__name__.lower() for kind in _KINDS)
"""The keys that name a kind."""


def _tag(written: object) -> str | None:
    if isinstance(written, dict | Kind):
        keys = written if isinstance(written, dict) else type(written).model_fields
        return next((f"<{kind}>" for kind in KINDS if kind in keys), None)
    return None if isinstance(written, list) else "<constant>"


# Made here by name, the parts and then the kinds that hold them can be pickled: that looks them up in this module.
for _generic in (Mean, MeanShape, LognormalParameters, Quantiles, *_KINDS):
    for _quantity in (Duration, Money, Number):
        _generic[_quantity]


def _distribution(quantity: Any, *constant: str) -> Any:
    """A quantity as it is, or any kind of distribution of it; ``constant`` goes with the bare quantity alone."""
    kinds = (Annotated[kind[quantity], Tag(f"<{name}>")] for name, kind in zip(KINDS, _KINDS, strict=True))
    return Annotated[
        Union[(Annotated[(quantity, *constant, Tag("<constant>"))], *kinds)],
        Discriminator(
            _tag,
            custom_error_type="distribution",
            custom_error_message="expected a quantity, or a mapping with one of "
            + ", ".join(f"`{kind}`" for kind in KINDS),
        ),
    ]


if TYPE_CHECKING:
    DurationDistribution: TypeAlias = Duration | Kind[Duration]
    MoneyDistribution: TypeAlias = Money | Kind[Money]
    CountDistribution: TypeAlias = float | Kind[float]
else:
    DurationDistribution = _distribution(Duration)
    MoneyDistribution = _distribution(Money)
    # Written as a constant a number of things is whole; the values that a distribution is made of need not be.
    CountDistribution = _distribution(Number, WHOLE)
Distribution: TypeAlias = Duration | Money | float | Kind[Duration] | Kind[Money] | Kind[float]


def uses_business_days(distribution: object) -> bool:
    """Whether a duration distribution counts business days."""
    quantities = distribution.quantities() if isinstance(distribution, Kind) else [distribution]
    return any(isinstance(quantity, Duration) and quantity.working for quantity in quantities)


def numbers(distribution: Distribution) -> list[float]:
    """The quantities that a distribution names, in minutes, cents or plain numbers."""
    quantities = distribution.quantities() if isinstance(distribution, Kind) else [distribution]
    return [float(amount(quantity)) for quantity in quantities]


def mean(distribution: Distribution) -> float:
    """The mean of a distribution, in minutes, cents or plain numbers."""
    named = numbers(distribution)
    if isinstance(distribution, Lognormal) and distribution.lognormal.median is not None:
        median, p90 = named
        sigma = math.log(p90 / median) / Z_90
        return median * math.exp(sigma * sigma / 2)
    if isinstance(distribution, Empirical) and isinstance(distribution.empirical, Quantiles):
        points = sorted(zip(distribution.empirical.quantiles, named, strict=True))
        (first, lowest), (last, highest) = points[0], points[-1]
        between = sum((q - p) * (x + y) / 2 for (p, x), (q, y) in pairwise(points))
        return first * lowest + between + (1 - last) * highest
    return sum(named) / len(named)  # which are either the mean itself or lie around it alike


def deviation(distribution: Distribution) -> float:
    """The standard deviation of a distribution, in minutes, cents or plain numbers; 0 of a bare quantity."""
    named, average = numbers(distribution), mean(distribution)
    match distribution:
        case Uniform():
            return (named[1] - named[0]) / math.sqrt(12)
        case Triangular():
            low, mode, high = named
            return math.sqrt(max(0.0, low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18)
        case Exponential():
            return average
        case Weibull(weibull=parameters):
            inverse = 1 / parameters.shape
            return average * math.sqrt(math.gamma(1 + 2 * inverse) / math.gamma(1 + inverse) ** 2 - 1)
        case Lognormal(lognormal=parameters) if parameters.cv is not None:
            return average * parameters.cv
        case Lognormal():
            return average * math.sqrt(math.expm1((math.log(named[1] / named[0]) / Z_90) ** 2))
        case Empirical(empirical=Quantiles() as line):
            points = sorted(zip(line.quantiles, named, strict=True))
            (first, lowest), (last, highest) = points[0], points[-1]
            between = sum((q - p) * (x * x + x * y + y * y) / 3 for (p, x), (q, y) in pairwise(points))
            square = first * lowest**2 + between + (1 - last) * highest**2
            return math.sqrt(max(0.0, square - average**2))
        case Empirical():
            return math.sqrt(sum((value - average) ** 2 for value in named) / len(named))
    return 0.0


def least(distribution: Distribution) -> float:
    """The least that a distribution can give, in minutes, cents or plain numbers; 0 where it has no bound."""
    return min(numbers(distribution)) if is_bounded(distribution) else 0.0


def greatest(distribution: Distribution) -> float:
    """The most that a distribution can give; the mean of one that has no bound."""
    return max(numbers(distribution)) if is_bounded(distribution) else mean(distribution)


def is_bounded(distribution: Distribution) -> bool:
    return not isinstance(distribution, Kind) or distribution.bounded
