# ruff: noqa: RUF012 (pydantic gives every instance its own copy of a default)
"""The world of a scenario as types, and the scenario itself. Nothing here looks across parts (see ``checks``).

Every part is frozen and refuses unknown keys. Whatever carries numbers also carries ``source``: a key of the
scenario's ``sources``, the word ``judgement``, or a mapping from its fields to either. Policies are in ``measures``.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from pydantic import BeforeValidator, Discriminator, Field, PrivateAttr, Tag, model_validator
from pydantic_core import PydanticCustomError

from exportsim.errors import Fault
from exportsim.notebook import card
from exportsim.scenario.distributions import (
    CountDistribution,
    DurationDistribution,
    Model,
    MoneyDistribution,
    Positive,
    by_shape,
    impossible,
    without_quotes,
)
from exportsim.scenario.expectation import Expectation
from exportsim.scenario.fields import (
    Cell,
    Country,
    Date,
    DistributionOrNever,
    DurationOrNever,
    Name,
    Part,
    Probability,
    TextOrNumber,
    Whole,
    iso_date,
)
from exportsim.scenario.marks import decimal_mark
from exportsim.scenario.measures import (
    FIGURES,
    LASTING,
    Act,
    Except,
    Limits,
    Measure,
    Outcome,
    Policy,
    Scope,
    When,
)
from exportsim.scenario.objective import Objective
from exportsim.scenario.quantities import MINUTES_A_DAY, Duration, Money, Rate, wrong

# What is also found here, though it is declared elsewhere.
__all__ = [
    "FIGURES",
    "Act",
    "Except",
    "Expectation",
    "Limits",
    "Measure",
    "Objective",
    "Outcome",
    "Part",
    "Policy",
    "Scope",
    "When",
]


class Period(Model):
    """The time that is counted, and the time before it in which the world fills up."""

    start: Date
    end: Date
    """Inclusive: the run stops before the midnight after it."""
    warm_up: Duration = Duration.parse("0d")
    """How long the world fills up before `start`: rounded up to whole days."""


def days_of(period: Period) -> tuple[date, date]:
    """The day on whose midnight a run begins, and the day after the last of its period.

    A warm-up is rounded up to whole days, so that days stay days: a year of 365.25 days reaches back 366.
    """
    warm_up = -(-period.warm_up.minutes // MINUTES_A_DAY)
    return period.start - timedelta(days=warm_up), period.end + timedelta(days=1)


class Goods(Part):
    title: str = ""
    control: str = ""
    """The control list entry, for the reader."""


class NationalHolidays(Model):
    """The holidays of a country as one office keeps them."""

    country: Annotated[str, Field(min_length=1)]
    """A country (`CA`) or a subdivision (`CA-ON`): its public holidays."""
    category: str | None = None
    """Whose holidays are kept besides, such as `government`: a category that is known of the country."""
    also: list[Date] = []
    """Days that the office keeps besides."""
    except_: list[Date] = Field(default=[], alias="except")
    """Holidays on which it works."""


Holidays = Annotated[
    Annotated[str, Tag("<country>")]
    | Annotated[list[Date], Tag("<dates>")]
    | Annotated[NationalHolidays, Tag("<kept>")],
    by_shape(mapping="<kept>", entries="<dates>", other="<country>"),
]

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[str, ...] = get_args(Weekday)
Weekend = Annotated[list[Weekday], Field(max_length=6)]
Weekends = Annotated[
    Annotated[Weekend, Tag("<days>")] | Annotated[dict[Date, Weekend], Field(min_length=1), Tag("<dated>")],
    by_shape(mapping="<dated>", other="<days>"),
]


class Calendar(Model):
    """Which days an authority works."""

    weekend: Weekends = ["sat", "sun"]
    """Days of the week; or such days by the date from which they are the weekend, the first no later than the run."""
    holidays: Holidays | None = None
    """A country (`CA`), a subdivision (`CA-ON`), a list of dates, or a mapping that says whose holidays are kept."""


WORKING = "working"
"""Beside a time: it may run on an authority's calendar."""


class Stage(Part):
    """One step of review, with officers of its own."""

    stage: Name
    officers: Annotated[Whole, Field(ge=0, le=1_000_000)]
    work: Annotated[DurationDistribution, WORKING]


class CaseByCase(Part):
    """The further review of applications in `case_by_case` cells."""

    approval: Probability = 1.0
    review: list[Stage] = []


DatedRates = Annotated[dict[Date, Rate], Field(min_length=1)]
Rates = Annotated[
    Annotated[Rate, Tag("<rate>")] | Annotated[DatedRates, Tag("<dated>")], by_shape(mapping="<dated>", other="<rate>")
]


class Traffic(Part):
    """Other applications, which use the same officers and nothing else."""

    applications: Rates = Rate.parse("0/y")


class Authority(Part):
    title: str = ""
    country: Country
    calendar: Calendar = Calendar()
    service_standard: Annotated[Duration | None, WORKING] = None
    validity: Annotated[DurationOrNever, WORKING, LASTING] = "never"
    approval: Probability = 1.0
    review: list[Stage] = []
    case_by_case: CaseByCase | None = None
    traffic: Traffic = Traffic()


def stages_of(authority: Authority) -> list[Stage]:
    """All its stages, those of the case-by-case review last."""
    return [*authority.review, *(authority.case_by_case.review if authority.case_by_case is not None else ())]


def stages_at(authority: Authority, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Stage]]:
    """The same, each with its path below that of the authority."""
    ordinary = len(authority.review)
    return [
        ((*path, "review", index) if index < ordinary else (*path, "case_by_case", "review", index - ordinary), stage)
        for index, stage in enumerate(stages_of(authority))
    ]


class Supplier(Part):
    title: str = ""
    country: Country
    authority: Name | None = None
    slots: Annotated[Whole, Field(ge=1, le=1_000_000)]
    lead_time: DurationDistribution
    price: Annotated[Positive, Field(ge=0.000_001, le=1000)] = 1.0
    ramp_up: Duration = Duration.parse("0d")


Mark = Literal[".", ","]
Separator = Literal[".", ",", " ", "'"]


def _thousands(written: object) -> object:
    if written not in get_args(Separator):
        raise wrong(written, "one of `.`, `,`, `'` and a space, in quotes")
    return written


class Register(Model):
    """Orders from a CSV of dated records."""

    register_: str = Field(alias="register", min_length=1)
    """The file, relative to the scenario."""
    date: str
    """The column with the date (or date and time) of each order."""
    value: str | None = None
    """The column with its value; without one the line's `value` is drawn."""
    programme: str | None = None
    """The column with its programme; empty for none. Without one the line's `programmes` are drawn."""
    where: dict[str, Cell] = {}
    """Only rows whose cells say this, letter by letter: `0010` is not `10`. Blanks around do not count."""
    decimal: Mark | None = None
    """The decimal mark of its amounts, `.` or `,`; a point if nothing is said. With one, `400.000` is no doubt."""
    thousands: Annotated[Separator | None, BeforeValidator(_thousands, json_schema_input_type=Separator)] = None
    """What stands between thousands in its amounts: `.`, `,`, `'` or a space; nothing if nothing is said."""

    @model_validator(mode="after")
    def _two_marks(self) -> Self:
        if self.thousands is not None and decimal_mark(self.decimal, self.thousands) == self.thousands:
            raise impossible(f"`decimal` and `thousands` are both `{self.thousands}`, expected two marks that differ")
        return self

    def __hash__(self) -> int:
        return hash((self.register_, self.date))  # what a file holds is kept by the registers that are read of it


def _orders(written: object) -> str:
    if isinstance(written, Register) or (
        isinstance(written, dict) and ("register" in written or "register_" in written)
    ):
        return "<register>"
    return "<dated>" if isinstance(written, dict) else "<rate>"


Orders = Annotated[
    Annotated[Rate, Tag("<rate>")] | Annotated[DatedRates, Tag("<dated>")] | Annotated[Register, Tag("<register>")],
    Discriminator(_orders),
]


def _starts(written: object) -> object:
    try:
        return written if written == "disruption" else iso_date(written)
    except PydanticCustomError:
        raise wrong(written, "`disruption` or a date") from None


class Qualification(Part):
    """The programme by which a source becomes usable: tried until it succeeds."""

    starts: Annotated[Literal["disruption"] | date, BeforeValidator(_starts, json_schema_input_type=str)]
    time: DurationDistribution
    success: Annotated[Probability, Field(gt=0)] = 1.0


class SourceOfLine(Part):
    weight: Annotated[Positive, Field(ge=1e-9, le=1e9)] = 1.0
    qualification: Qualification | None = None
    """None: usable from the start."""


class Patience(Part):
    """How long a buyer waits before it goes elsewhere."""

    review: DistributionOrNever = "never"
    suspension: DistributionOrNever = "never"
    unserved: DistributionOrNever = "never"


class Loss(Model):
    """The share of trust that an act of the source's authority costs."""

    case_by_case: Probability = 0.0
    hold: Probability = 0.0
    deny: Probability = 0.0
    suspend: Probability = 0.0
    cancel: Probability = 0.0


class Trust(Part):
    loss: Loss = Loss()
    half_life: Annotated[DurationOrNever, LASTING] = "never"


class DemandLine(Part):
    title: str = ""
    buyer: Name
    destination: Country
    goods: Name
    orders: Orders
    value: MoneyDistribution | None = None
    """The value of an order; needed unless a register gives it."""
    parts: CountDistribution = 1.0
    programmes: dict[Name, Probability] = {}
    """The chance of each programme; the rest of the orders have none."""
    sources: dict[Name, SourceOfLine] = Field(min_length=1)
    patience: Patience = Patience()
    trust: Trust = Trust()


class Incident(Part):
    title: str = ""
    on: Date | None = None
    rate: Rate | None = None
    destinations: list[Country] | None = Field(default=None, min_length=1)
    goods: list[Name] | None = Field(default=None, min_length=1)
    window: Annotated[Duration, LASTING]
    exposure: Money
    """The delivered value at which evidence is found with chance 1 − 1/e."""

    @model_validator(mode="after")
    def _one_trigger(self) -> Self:
        if (self.on is None) == (self.rate is None):
            raise impossible("expected exactly one of `on` (a date) and `rate`")
        if self.exposure.cents <= 0:
            raise impossible("exposure must be above 0")
        return self


def _version(written: object) -> object:
    if written != 1 or isinstance(written, bool):
        raise wrong(written, "1, the version of the format" + without_quotes(written))
    return written


Uncertainty = Annotated[
    Annotated[list[TextOrNumber], Field(min_length=1, max_length=200), Tag("<list>")]
    | Annotated[dict[str, Any], Tag("<distribution>")],
    by_shape(entries="<list>", other="<distribution>"),
]


class Origin(NamedTuple):
    """Where a scenario comes from and how it was checked: what goes with it but is not part of what it says."""

    folder: str = "."
    """Where relative paths in it start."""
    max_orders: int = 2_000_000
    allow_outside: bool = False
    """Whether files outside the folder may be read."""
    warnings: tuple[Fault, ...] = ()
    checked: bool = False
    files: tuple[str, ...] = ()
    """Those it was read from: its own and what that extends. Not known of what was made from it in Python."""

    def reading(self) -> dict[str, Any]:
        """How the scenario was read, as keywords for reading what is made of it."""
        return {"folder": self.folder, "max_orders": self.max_orders, "allow_outside": self.allow_outside}

    def __eq__(self, other: object) -> bool:
        """Scenarios that say the same are equal, wherever they come from."""
        return isinstance(other, Origin)

    def __hash__(self) -> int:
        return 0


class Scenario(Model):
    """A world and the policies to compare in it: what the user wrote, typed, checked and immutable."""

    exportsim: Annotated[Literal[1], BeforeValidator(_version)]
    """The version of the file format."""
    title: str = ""
    description: str = ""
    period: Period
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    sources: dict[str, str] = {}
    goods: dict[Name, Goods] = Field(min_length=1)
    authorities: dict[Name, Authority] = {}
    suppliers: dict[Name, Supplier] = Field(min_length=1)
    demand: dict[Name, DemandLine] = Field(min_length=1)
    incidents: dict[Name, Incident] = {}
    policies: dict[Name, Policy] = Field(min_length=1)
    reference: Name = ""
    """The policy that the others are compared with; the first one by default."""
    objective: Objective | None = None
    """What matters, and how much: a weighted sum of outcomes, by which policies can be put in order."""
    uncertainties: dict[str, Uncertainty] = {}
    expect: Annotated[list[Expectation], Field(max_length=100)] = []
    """What people who know the domain say of the outcomes. Nothing that is played depends on it."""
    _origin: Origin = PrivateAttr(default=Origin())

    def __repr__(self) -> str:
        sizes = f"demand lines {len(self.demand)}, suppliers {len(self.suppliers)}, policies {len(self.policies)}"
        return f"<Scenario {self.title or 'untitled'!r}: {sizes}>"

    def _repr_html_(self) -> str:
        facts = {
            "period": f"{self.period.start} to {self.period.end}",
            "currency": self.currency,
            "authorities": ", ".join(self.authorities),
            "suppliers": ", ".join(self.suppliers),
            "demand": ", ".join(self.demand),
            "policies": ", ".join(self.policies),
            "reference": self.reference,
        }
        return card(self.title or "Scenario", {name: fact for name, fact in facts.items() if fact})

    def __dir__(self) -> list[str]:
        """What a user calls; what pydantic adds is left out, and works all the same."""
        own = {name for name in vars(type(self)) if not name.startswith("model_")}
        return sorted(own | type(self).model_fields.keys())

    @property
    def origin(self) -> Origin:
        """Where it comes from; equality does not look at it."""
        return self._origin

    @property
    def folder(self) -> str:
        """Where the relative paths of its registers start."""
        return self._origin.folder

    @model_validator(mode="before")
    @classmethod
    def _reference_by_default(cls, written: Any) -> Any:
        if isinstance(written, dict) and "reference" not in written and isinstance(written.get("policies"), dict):
            first = next(iter(written["policies"]), None)
            return written | ({"reference": first} if isinstance(first, str) else {})
        return written
