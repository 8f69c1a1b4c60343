# ruff: noqa: RUF012 (pydantic gives every instance its own copy of a default)
"""The world of a scenario as types, and the scenario itself. Nothing here looks across parts (see ``checks``).

Every part is frozen and refuses unknown keys. Whatever carries numbers also carries ``source``: a key of the
scenario's ``sources``, the word ``judgement``, or a mapping from its fields to either. Demand is in ``demand``,
policies are in ``measures``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from pydantic import BeforeValidator, Discriminator, Field, PrivateAttr, Tag, model_validator

from exportsim.errors import Fault
from exportsim.notebook import card
from exportsim.scenario.demand import (
    DemandLine,
    Filing,
    Loss,
    Patience,
    Qualification,
    Rates,
    Register,
    SourceOfLine,
    Trust,
)
from exportsim.scenario.distributions import (
    DurationDistribution,
    Model,
    Positive,
    by_shape,
    impossible,
    without_quotes,
)
from exportsim.scenario.expectation import Expectation
from exportsim.scenario.fields import (
    Country,
    Date,
    DurationOrNever,
    Name,
    Part,
    Probability,
    TextOrNumber,
    Whole,
)
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
from exportsim.scenario.page_controls import PageControl
from exportsim.scenario.quantities import MINUTES_A_DAY, Duration, Money, Rate, wrong
from exportsim.scenario.stages import WORKING, CaseByCase, Only, Returns, Sits, Stage
from exportsim.scenario.tied_draws import TiedDraw

# What is also found here, though it is declared elsewhere.
__all__ = [
    "FIGURES",
    "WORKING",
    "Act",
    "CaseByCase",
    "DemandLine",
    "Except",
    "Expectation",
    "Filing",
    "Limits",
    "Loss",
    "Measure",
    "Objective",
    "Only",
    "Outcome",
    "PageControl",
    "Part",
    "Patience",
    "Policy",
    "Qualification",
    "Register",
    "Returns",
    "Scope",
    "Sits",
    "SourceOfLine",
    "Stage",
    "Trust",
    "When",
]


class Period(Model):
    """The time that is counted, and the time before it in which the world fills up."""

    start: Date
    """The first day that is counted. Example: `2016-01-01`"""
    end: Date
    """Inclusive: the run stops before the midnight after it. Example: `2025-12-31`"""
    warm_up: Duration = Duration.parse("0d")
    """How long the world fills up before `start`: rounded up to whole days. Example: `1y`"""


def days_of(period: Period) -> tuple[date, date]:
    """The day on whose midnight a run begins, and the day after the last of its period.

    A warm-up is rounded up to whole days, so that days stay days: a year of 365.25 days reaches back 366.
    """
    warm_up = -(-period.warm_up.minutes // MINUTES_A_DAY)
    return period.start - timedelta(days=warm_up), period.end + timedelta(days=1)


class Goods(Part):
    title: str = ""
    """What output calls them. Example: `Radar parts`"""
    control: str = ""
    """The control list entry, for the reader. Example: `ML5`"""


class NationalHolidays(Model):
    """The holidays of a country as one office keeps them."""

    country: Annotated[str, Field(min_length=1)]
    """A country (`CA`) or a subdivision (`CA-ON`): its public holidays. Example: `CA`"""
    category: str | None = None
    """Whose holidays are kept besides, such as `government`: a category that is known of the country.

    Example: `government`
    """
    also: list[Date] = []
    """Days that the office keeps besides. Example: `[2017-07-03]`"""
    except_: list[Date] = Field(default=[], alias="except")
    """Holidays on which it works. Example: `[2021-09-30]`"""


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
    """Days of the week; or such days by the date from which they are the weekend, the first no later than the run.

    Example: `[fri, sat]`
    """
    holidays: Holidays | None = None
    """A country (`CA`), a subdivision (`CA-ON`), a list of dates, or a mapping that says whose holidays are kept.

    Example: `GB-ENG`
    """


class Traffic(Part):
    """Other applications, which use the same officers and nothing else; outcomes but their own leave them out."""

    applications: Rates = Rate.parse("0/y")
    """How many there are; by date, if that changes. Example: `{2024-01-01: 990/y, 2025-01-01: 780/y}`"""


class Authority(Part):
    title: str = ""
    """What output calls it. Example: `Export Control Joint Unit`"""
    country: Country
    """Where it is; to its own country nothing needs a permit. Example: `GB`"""
    calendar: Calendar = Calendar()
    """Which days it works: business days (`bd`) count on it. Example: `{holidays: GB-ENG}`"""
    service_standard: Annotated[Duration | None, WORKING] = None
    """Within what time it means to decide; only counted against, it changes nothing. Example: `20bd`"""
    validity: Annotated[DurationOrNever, WORKING, LASTING] = "never"
    """How long a permit can be used after its issue; then what is undelivered is applied for again. Example: `2y`"""
    approval: Probability = 1.0
    """The chance that an application is approved, where applications are `open`. Example: `0.95`"""
    review: list[Stage] = []
    """Stages that every application passes, in turn. Example: `[{stage: assessment, officers: 3, work: 10bd}]`"""
    case_by_case: CaseByCase | None = None
    """The further review where a measure sets applications to `case_by_case`. Example: `{approval: 0.8}`"""
    traffic: Traffic = Traffic()
    """Applications of everybody else. Example: `{applications: 780/y}`"""


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
    """What output calls it. Example: `L3Harris Wescam`"""
    country: Country
    """Where it is. Example: `CA`"""
    authority: Name | None = None
    """Whose permit its exports need; without one they need none. Example: `gac`"""
    slots: Annotated[Whole, Field(ge=1, le=1_000_000)]
    """How many parts of orders it can produce at once; the others wait in turn. Example: `10`"""
    lead_time: DurationDistribution
    """How long one part is in production. Example: `{triangular: [30d, 60d, 120d]}`"""
    price: Annotated[Positive, Field(ge=0.000_001, le=1000)] = 1.0
    """What it asks, as a multiple of the order's value. Example: `1.2`"""
    ramp_up: Duration = Duration.parse("0d")
    """Over what time its slots open, if no line could use it from the start: the first at once, the last at the end.

    Example: `18mo`
    """


class Incident(Part):
    title: str = ""
    """What output calls it. Example: `Sensors found elsewhere`"""
    on: Date | None = None
    """The day on which it happens; this or `rate`. Example: `2020-10-01`"""
    rate: Rate | None = None
    """How often it happens; this or `on`. Example: `0.3/y`"""
    destinations: list[Country] | None = Field(default=None, min_length=1)
    """Only deliveries to these countries count; to all, if left out. Example: `[TR]`"""
    goods: list[Name] | None = Field(default=None, min_length=1)
    """Only deliveries of these goods count; of all, if left out. Example: `[sensors]`"""
    window: Annotated[Duration, LASTING]
    """How far back deliveries count. Example: `3y`"""
    exposure: Money
    """The delivered value at which evidence is found with chance 1 − 1/e. Example: `20M`"""

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


def _kind_of_uncertainty(written: object) -> str:
    if isinstance(written, TiedDraw) or (isinstance(written, dict) and "draw" in written):
        return "<tied>"
    return "<list>" if isinstance(written, list) else "<distribution>"


Uncertainty = Annotated[
    Annotated[list[TextOrNumber], Field(min_length=1, max_length=200), Tag("<list>")]
    | Annotated[TiedDraw, Tag("<tied>")]
    | Annotated[dict[str, Any], Tag("<distribution>")],
    Discriminator(_kind_of_uncertainty),
]


Steps = tuple[str, ...]


class ManyLines(NamedTuple):
    """The lines that were made of one."""

    lines: tuple[str, ...]
    kinds: tuple[str, ...]
    """What tells them apart: `destination`, `goods`, or both."""
    apart: Mapping[str, tuple[Steps, ...]]
    """By line of which something is said under its own name, where."""


Many = Mapping[str, ManyLines]
"""By the line of a file that is many, the lines that were made of it."""


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
    made: Many = {}

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
    """The version of the file format. Example: `1`"""
    title: str = ""
    """What is asked, in a line; output begins with it. Example: `Radar parts from Britain to Türkiye`"""
    description: str = ""
    """The same in a few sentences, for the reader. Example: `What if licences had been suspended?`"""
    period: Period
    """What time is looked at. Example: `{start: 2016-01-01, end: 2025-12-31, warm_up: 1y}`"""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """The currency of all its amounts. Example: `CAD`"""
    sources: dict[str, str] = {}
    """Where numbers come from, by a key that `source` names. Example: `{uk-2022: Official statistics of 2022}`"""
    goods: dict[Name, Goods] = Field(min_length=1)
    """What is traded. Example: `{radar: {title: Radar parts}}`"""
    authorities: dict[Name, Authority] = {}
    """Who issues permits. Example: `{ecju: {country: GB, approval: 0.97}}`"""
    suppliers: dict[Name, Supplier] = Field(min_length=1)
    """Who delivers. Example: `{british: {country: GB, authority: ecju, slots: 20, lead_time: 90d}}`"""
    demand: dict[Name, DemandLine] = Field(min_length=1)
    """Who orders what, and of whom.

    Example: `{parts: {buyer: navy, destination: TR, goods: radar, orders: 12/y, value: 1M, sources: {british: {}}}}`
    """
    incidents: dict[Name, Incident] = {}
    """What may come to light, for measures that follow it.

    Example: `{diversion: {rate: 0.3/y, window: 3y, exposure: 20M}}`
    """
    history: list[Measure] = []
    """What was decided before the choice between policies, the same under all of them: measures `on` a date.

    Example: `[{on: 2015-06-01, applications: hold, destinations: [TR]}]`
    """
    policies: dict[Name, Policy] = Field(min_length=1)
    """What is compared: for each policy the measures that are taken.

    Example: `{as-now: {}, stop: {measures: [{on: 2026-03-01, applications: hold}]}}`
    """
    reference: Name = ""
    """The policy that the others are compared with; the first one by default. Example: `as-now`"""
    objective: Objective | None = None
    """What matters, and how much: a weighted sum of outcomes, by which policies can be put in order.

    Example: `{weights: {exports: 1, received/TR: -0.5, evidence: -10M}, source: judgement}`
    """
    uncertainties: dict[str, Uncertainty] = {}
    """Values that are not known, by dotted path: a distribution, or a list of values; or by any name, one draw for
    several values, which sets or scales them.

    Example: `{suppliers.british.slots: [10, 20, 40]}`
    """
    expect: Annotated[list[Expectation], Field(max_length=100)] = []
    """What people who know the domain say of the outcomes. Nothing that is played depends on it.

    Example: `[{policy: stop, outcome: exports, below: as-now}]`
    """
    controls: Annotated[list[PageControl], Field(max_length=200)] = []
    """What can be changed on the live page, in its order there. Nothing that is played depends on it.

    Example: `[{path: suppliers.british.slots, title: British slots, range: [5, 40], group: Industry}]`
    """
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
