"""The distributions a scenario may draw from, as written; :mod:`exportsim.compile` turns them into numbers.

A distribution is either a bare quantity (always that much) or a mapping with one key that names its kind. Every kind
is generic in what it measures: :class:`Duration`, :class:`Money` or a plain number.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from exportsim.scenario.marks import meant
from exportsim.scenario.quantities import Duration, Money, as_float, wrong
from exportsim.scenario.schema_paths import WHOLE

Quantity = TypeVar("Quantity", Duration, Money, float)


class Model(BaseModel):
    """What every part of a scenario is: frozen, with no unknown keys. :func:`exportsim.scenario.replace` changes it."""

    # Descriptions of fields are read off the source when the JSON Schema is made: pydantic would do so on every import.
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False, defer_build=True)


def impossible(reason: str) -> PydanticCustomError:
    return PydanticCustomError("impossible", "{reason}", {"reason": reason})


def without_quotes(given: object) -> str:
    """Text in quotes looks like the number that was meant: say what the difference is."""
    return ", without quotes" if isinstance(given, str) and given.replace(".", "", 1).isdecimal() else ""


def number(given: object) -> float:
    """A plain number, kept apart from text and truth values."""
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        raise wrong(given, meant(given) or "a number" + without_quotes(given))
    value = as_float(given)
    if not abs(value) <= 1e15:  # also catches NaN
        raise wrong(given, "a number between -1e15 and 1e15")
    return value


def _positive(value: float) -> float:
    if value <= 0:
        raise wrong(f"{value:g}", "a number above 0")
    return value


Number = Annotated[float, BeforeValidator(number)]
Positive = Annotated[float, BeforeValidator(number), AfterValidator(_positive)]


def amount(value: Any) -> Decimal:
    """A quantity on the number line: minutes, cents or itself."""
    if isinstance(value, Duration):
        return Decimal(value.minutes)
    return Decimal(value.cents) if isinstance(value, Money) else Decimal(str(value))


class Kind(Model):
    """What the kinds of distribution share."""

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if len({quantity.working for quantity in self.quantities() if isinstance(quantity, Duration)}) == 2:
            raise impossible("mixes business days (`bd`) with time on the clock; use one of them in a distribution")
        return self

    def quantities(self) -> list[Any]:
        """Every quantity named in it."""
        raise NotImplementedError


class Uniform(Kind, Generic[Quantity]):
    """Anything between two bounds, equally likely."""

    uniform: tuple[Quantity, Quantity]
    """Low, high."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, high = self.uniform
        if amount(low) >= amount(high):
            raise impossible(f"low ({low}) must be less than high ({high})")
        return self

    def quantities(self) -> list[Any]:
        return [*self.uniform]


class Triangular(Kind, Generic[Quantity]):
    """Between two bounds, most likely at the mode."""

    triangular: tuple[Quantity, Quantity, Quantity]
    """Low, mode, high."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, mode, high = self.triangular
        if not amount(low) <= amount(mode) <= amount(high) or amount(low) == amount(high):
            raise impossible(f"low ({low}), mode ({mode}) and high ({high}) must be in this order, and low below high")
        return self

    def quantities(self) -> list[Any]:
        return [*self.triangular]


class Mean(Model, Generic[Quantity]):
    mean: Quantity

    @model_validator(mode="after")
    def _above_nothing(self) -> Self:
        if amount(self.mean) <= 0:
            raise impossible(f"the mean ({self.mean}) must be above 0")
        return self


class Exponential(Kind, Generic[Quantity]):
    """Memoryless, with a mean."""

    exponential: Mean[Quantity]

    def quantities(self) -> list[Any]:
        return [self.exponential.mean]


class MeanShape(Mean[Quantity], Generic[Quantity]):
    shape: Annotated[Positive, Field(ge=0.1, le=100)]


class Weibull(Kind, Generic[Quantity]):
    """Weibull with a mean and a shape (1 is exponential; above 1, the longer it lasted the sooner it ends)."""

    weibull: MeanShape[Quantity]

    def quantities(self) -> list[Any]:
        return [self.weibull.mean]


class LognormalParameters(Model, Generic[Quantity]):
    """Either ``median`` and ``p90`` (the 90th percentile), or ``mean`` and ``cv`` (standard deviation over mean)."""

    median: Quantity | None = None
    p90: Quantity | None = None
    mean: Quantity | None = None
    cv: Number | None = None

    @model_validator(mode="after")
    def _one_pair(self) -> Self:
        given = {name for name in ("median", "p90", "mean", "cv") if getattr(self, name) is not None}
        if given not in ({"median", "p90"}, {"mean", "cv"}):
            found = ", ".join(f"`{name}`" for name in ("median", "p90", "mean", "cv") if name in given) or "nothing"
            raise impossible(f"found {found}, expected either `median` and `p90`, or `mean` and `cv`")
        if self.median is not None and self.p90 is not None:
            if amount(self.median) <= 0:
                raise impossible(f"the median ({self.median}) must be above 0")
            if amount(self.p90) <= amount(self.median):
                raise impossible(f"p90 ({self.p90}) must be greater than the median ({self.median})")
        if self.mean is not None and self.cv is not None:
            if amount(self.mean) <= 0:
                raise impossible(f"the mean ({self.mean}) must be above 0")
            if not 0 < self.cv <= 100:
                raise impossible(f"cv ({self.cv:g}) must be above 0 and at most 100")
        return self


class Lognormal(Kind, Generic[Quantity]):
    """Skewed to the right, as most times and values are."""

    lognormal: LognormalParameters[Quantity]

    def quantities(self) -> list[Any]:
        parameters = self.lognormal
        return [value for value in (parameters.median, parameters.p90, parameters.mean) if value is not None]


def _probability_as_key(given: object) -> object:
    """Keys of a mapping are text until someone knows better."""
    try:
        return float(given) if isinstance(given, str) and len(given) <= 40 else given
    except ValueError:
        raise wrong(given, "a probability from 0 to 1") from None


class Quantiles(Model, Generic[Quantity]):
    quantiles: dict[Annotated[Number, BeforeValidator(_probability_as_key), Field(ge=0, le=1)], Quantity]

    @model_validator(mode="before")
    @classmethod
    def _each_once(cls, given: Any) -> Any:
        quantiles = given.get("quantiles") if isinstance(given, dict) else None
        if isinstance(quantiles, dict):
            seen: dict[object, object] = {}
            for key in quantiles:
                value = _probability_as_key(key)
                if value in seen:
                    raise impossible(f"found the quantile `{key}` again, first found as `{seen[value]}`")
                seen[value] = key
        return given

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if len(self.quantiles) < 2:
            raise impossible("at least two quantiles are needed")
        values = [amount(value) for _, value in sorted(self.quantiles.items())]
        if any(later < earlier for earlier, later in pairwise(values)):
            raise impossible("quantiles must not fall as their probabilities rise")
        return self


def _values_or_quantiles(given: object) -> str:
    return "<quantiles>" if isinstance(given, dict | Quantiles) else "<values>"


class Empirical(Kind, Generic[Quantity]):
    """One of the listed values, equally likely; or a line drawn through quantiles, flat beyond the outermost."""

    empirical: Annotated[
        Annotated[list[Quantity], Field(min_length=1, max_length=100_000), Tag("<values>")]
        | Annotated[Quantiles[Quantity], Tag("<quantiles>")],
        Discriminator(_values_or_quantiles),
    ]

    def quantities(self) -> list[Any]:
        return list(self.empirical if isinstance(self.empirical, list) else self.empirical.quantiles.values())


KINDS = ("uniform", "triangular", "exponential", "lognormal", "weibull", "empirical")


# Tags stand in angle brackets so that they are never taken for keys of the file (see ``messages``).
def _kind_of(given: object) -> str | None:
    if isinstance(given, dict):
        return next((f"<{kind}>" for kind in KINDS if kind in given), None)
    if isinstance(given, Kind):
        return f"<{type(given).__name__.split('[')[0].lower()}>"
    return None if isinstance(given, list) else "<constant>"


_which = Discriminator(
    _kind_of,
    custom_error_type="distribution",
    custom_error_message="expected a quantity, or a mapping with one of " + ", ".join(f"`{kind}`" for kind in KINDS),
)

# Made here by name, the parts within the kinds can be pickled: that looks them up in this module.
for _part in (Mean, MeanShape, LognormalParameters, Quantiles):
    for _quantity in (Duration, Money, Number):
        _part[_quantity]

DurationDistribution = Annotated[
    Annotated[Duration, Tag("<constant>")]
    | Annotated[Uniform[Duration], Tag("<uniform>")]
    | Annotated[Triangular[Duration], Tag("<triangular>")]
    | Annotated[Exponential[Duration], Tag("<exponential>")]
    | Annotated[Lognormal[Duration], Tag("<lognormal>")]
    | Annotated[Weibull[Duration], Tag("<weibull>")]
    | Annotated[Empirical[Duration], Tag("<empirical>")],
    _which,
]
MoneyDistribution = Annotated[
    Annotated[Money, Tag("<constant>")]
    | Annotated[Uniform[Money], Tag("<uniform>")]
    | Annotated[Triangular[Money], Tag("<triangular>")]
    | Annotated[Exponential[Money], Tag("<exponential>")]
    | Annotated[Lognormal[Money], Tag("<lognormal>")]
    | Annotated[Weibull[Money], Tag("<weibull>")]
    | Annotated[Empirical[Money], Tag("<empirical>")],
    _which,
]
# Written as a constant a number of things is whole; the values that a distribution is made of need not be.
CountDistribution = Annotated[
    Annotated[Number, WHOLE, Tag("<constant>")]
    | Annotated[Uniform[Number], Tag("<uniform>")]
    | Annotated[Triangular[Number], Tag("<triangular>")]
    | Annotated[Exponential[Number], Tag("<exponential>")]
    | Annotated[Lognormal[Number], Tag("<lognormal>")]
    | Annotated[Weibull[Number], Tag("<weibull>")]
    | Annotated[Empirical[Number], Tag("<empirical>")],
    _which,
]


def uses_business_days(distribution: Any) -> bool:
    """Whether a duration distribution counts business days."""
    quantities = distribution.quantities() if isinstance(distribution, Kind) else [distribution]
    return any(isinstance(quantity, Duration) and quantity.working for quantity in quantities)
