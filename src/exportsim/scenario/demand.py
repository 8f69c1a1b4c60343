# ruff: noqa: RUF012 (pydantic gives every instance its own copy of a default)
"""Demand as types: lines of orders, the registers they may come from, and what buyers choose, await and trust."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from exportsim.scenario.distributions import (
    CountDistribution,
    DurationDistribution,
    Model,
    MoneyDistribution,
    Positive,
    by_shape,
    impossible,
)
from exportsim.scenario.fields import (
    Cell,
    Country,
    Date,
    DistributionOrNever,
    DurationOrNever,
    Name,
    Part,
    Probability,
    Whole,
    iso_date,
)
from exportsim.scenario.marks import decimal_mark
from exportsim.scenario.measures import LASTING
from exportsim.scenario.quantities import Duration, Rate, wrong

DatedRates = Annotated[dict[Date, Rate], Field(min_length=1)]
Rates = Annotated[
    Annotated[Rate, Tag("<rate>")] | Annotated[DatedRates, Tag("<dated>")], by_shape(mapping="<dated>", other="<rate>")
]


Mark = Literal[".", ","]
Separator = Literal[".", ",", " ", "'"]


Delimiter = Literal[",", ";", "|", "\t"]
Cells = Annotated[list[Cell], Field(min_length=1, max_length=1000)]
by_spelling = Discriminator(lambda written: "<cells>" if isinstance(written, list) else "<cell>")
Outcome = Literal["approved", "denied", "withdrawn"]
CellOrCells = Annotated[Annotated[Cell, Tag("<cell>")] | Annotated[Cells, Tag("<cells>")], by_spelling]
Selected = dict[str, CellOrCells]
Selections = Annotated[list[Selected], Field(min_length=1, max_length=1000)]


def _delimiter(written: object) -> object:
    if written not in get_args(Delimiter):
        raise wrong(written, 'one of `,`, `;`, `|` and a tab (`"\\t"`), in quotes')
    return written


def _encoding(written: str | None) -> str | None:
    try:
        known = written is None or codecs.lookup(written).encode("a")[1] == 1
    except (LookupError, ValueError, TypeError):
        known = False
    if not known:
        raise wrong(written, "the name of an encoding, such as `utf-8`, `cp1252` or `iso-8859-9`")
    return written


def _date_format(written: str | None) -> str | None:
    """A format that tells every day from every other, and no zone."""
    if written is None:
        return None
    with suppress(ValueError, re.error):  # the latter if a code comes twice
        days = [datetime(2021, 11, 22), datetime(2022, 10, 13)]
        if [datetime.strptime(day.strftime(written), written) for day in days] == days:
            return written
    raise wrong(written, "a format of dates with day, month and year, such as `%d/%m/%Y` or `%Y-%m-%d %H:%M`")


def _thousands(written: object) -> object:
    if written not in get_args(Separator):
        raise wrong(written, "one of `.`, `,`, `'` and a space, in quotes")
    return written


class By(Model):
    """What makes many lines of one: a line for each destination and goods that its register has."""

    destination: str | None = None
    """The column with the destination of each row. Example: `country`"""
    goods: str | None = None
    """The column with its goods. Example: `category`"""
    spellings: str | None = Field(default=None, min_length=1)
    """A CSV with the columns `spelling`, `destination` and `goods`: what is meant by what stands in those columns.

    Codes of countries and names of goods need no entry; `none` leaves such rows out. Example: `spellings.csv`
    """
    unmapped: Literal["left_out"] | None = None
    """What becomes of rows of which that is not known: `left_out`; if nothing is said, they are a fault.

    Example: `left_out`
    """
    fewest: Annotated[Whole, Field(ge=2)] | None = None
    """Destinations and goods with fewer rows in the run are one line, with the destination and goods of this one.

    Example: `10`
    """

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.destination is None and self.goods is None:
            raise impossible("found neither `destination` nor `goods`, expected the column of one of them, or of both")
        return self

    @property
    def columns(self) -> dict[str, str]:
        """The columns that it goes by, by what stands in them."""
        both = {"destination": self.destination, "goods": self.goods}
        return {kind: column for kind, column in both.items() if column is not None}


def _where(written: object) -> str:
    return "<any>" if isinstance(written, list) else "<all>"


def _cells_of(meant: Mapping[Any, str | list[str]]) -> Iterator[tuple[Any, str]]:
    """Each cell of a column with what it means."""
    for name, cells in meant.items():
        for cell in [cells] if isinstance(cells, str) else cells:
            yield name, cell.strip()


class Register(Model):
    """Orders from a CSV of dated records."""

    register_: str = Field(alias="register", min_length=1)
    """The file, relative to the scenario. Example: `licences.csv`"""
    date: str
    """The column with the date (or date and time) of each order. Example: `received`"""
    value: str | None = None
    """The column with its value; without one the line's `value` is drawn. Example: `amount`"""
    programme: str | None = None
    """The column with its programme; empty for none. Without one the line's `programmes` are drawn.

    Example: `programme`
    """
    id: str | None = None
    """The column with the number of its licence: rows of one licence are one order, on the first of their dates.

    Its value is the sum of theirs. Example: `licence`
    """
    where: Annotated[
        Annotated[Selected, Tag("<all>")] | Annotated[Selections, Tag("<any>")], Discriminator(_where)
    ] = {}
    """Only rows whose cells say this, or one of these, letter by letter: `0010` is not `10`. Blanks do not count.

    A list of several such mappings takes the rows of any of them. Example: `{country: [TR, Turkey]}`
    """
    by: By | None = None
    """The columns by which this line is many: one for each destination and goods, alike in all else.

    Example: `{destination: country, goods: category, spellings: spellings.csv, fewest: 10}`
    """
    decided: str | None = None
    """The column with the day on which it was decided, empty while it is open: so it happens, as long as records bind.

    Example: `decided`
    """
    outcome: str | None = None
    """The column with what was decided; all that is decided was approved, if left out. Example: `outcome`"""
    outcomes: dict[Outcome, CellOrCells] = {}
    """What its cells say for `approved`, `denied` and `withdrawn`; these words themselves, if left out.

    Example: `{approved: [Issued, Granted], denied: Refused}`
    """
    expires: str | None = None
    """The column with the day on which its permit expires; after the authority's `validity` where it is empty.

    Example: `valid_until`
    """
    as_of: Date | None = None
    """The day of which it tells: records bind to its first minute, and what is open then is in review.

    Example: `2026-03-01`
    """
    stage: str | None = None
    """The column with the stage of review at which it stands on the day `as_of`, while it is open.

    Where it is empty the case goes to its first stage. Example: `state`
    """
    stages: dict[Name, CellOrCells] = {}
    """What its cells say for each stage, by the authority's names; these names themselves, if left out.

    `""` is an empty cell. Example: `{intake: Received, assessment: [In review, Referred]}`
    """
    stage_since: str | None = None
    """The column with the day since which it stands there: who came to a stage first is taken up first.

    Where it is empty, and without it, that goes by the day of the order. Example: `state_since`
    """
    blank: Literal["drawn"] | None = None
    """What an empty `value` means: `drawn` from the line's `value`; if left out, it is a fault. Example: `drawn`"""
    date_format: Annotated[str | None, AfterValidator(_date_format)] = None
    """How its dates are written, in the codes of C and Python; as `2020-10-05` if left out. Example: `"%d/%m/%Y"`"""
    decimal: Mark | None = None
    """The decimal mark of its amounts, `.` or `,`; a point if nothing is said. With one, `400.000` is no doubt.

    Example: `","`
    """
    thousands: Annotated[Separator | None, BeforeValidator(_thousands, json_schema_input_type=Separator)] = None
    """What stands between thousands in its amounts: `.`, `,`, `'` or a space; nothing if nothing is said.

    Example: `"."`
    """

    delimiter: Annotated[Delimiter | None, BeforeValidator(_delimiter, json_schema_input_type=Delimiter)] = None
    """What stands between its columns: `,`, `;`, `|` or a tab (`"\\t"`); a comma if left out. Example: `";"`"""
    encoding: Annotated[str | None, AfterValidator(_encoding)] = None
    """The encoding of its text; UTF-8 if left out. Example: `cp1252`"""

    @model_validator(mode="after")
    def _two_marks(self) -> Self:
        if self.thousands is not None and decimal_mark(self.decimal, self.thousands) == self.thousands:
            raise impossible(f"`decimal` and `thousands` are both `{self.thousands}`, expected two marks that differ")
        return self

    @model_validator(mode="after")
    def _blank_value(self) -> Self:
        if self.blank is not None and self.value is None:
            raise impossible("found `blank` without `value`, the column whose empty cells it is about")
        return self

    @property
    def selections(self) -> list[Selected]:
        """What a row's cells must say, all that is in one of these."""
        return self.where if isinstance(self.where, list) else [self.where]

    @model_validator(mode="after")
    def _decisions(self) -> Self:
        for key in ("outcome", "expires", "as_of"):
            if getattr(self, key) is not None and self.decided is None:
                raise impossible(f"found `{key}` without `decided`, the column with the day of the decision")
        if self.stage is not None and self.as_of is None:
            raise impossible("found `stage` without `as_of`, the day on which applications stood there")
        if self.stage_since is not None and self.stage is None:
            raise impossible("found `stage_since` without `stage`, the column with the stage")
        for one, several in (("outcome", self.outcomes), ("stage", self.stages)):
            if several and getattr(self, one) is None:
                raise impossible(f"found `{one}s` without `{one}`, the column whose cells they are")
            meant: dict[str, str] = {}
            for name, cell in _cells_of(several):
                if meant.setdefault(cell, name) != name:
                    raise impossible(f"found `{cell}` for `{meant[cell]}` and for `{name}`")
        return self

    def outcome_of(self) -> dict[str, Outcome]:
        """What the cells of its outcomes mean, by how they are written."""
        if not self.outcomes:
            return {outcome: outcome for outcome in get_args(Outcome)}
        return {cell: outcome for outcome, cell in _cells_of(self.outcomes)}

    def stage_of(self, stages: Iterable[str]) -> dict[str, str]:
        """What the cells of its stages mean, by how they are written; ``stages`` are the authority's."""
        return {cell: stage for stage, cell in _cells_of(self.stages or {stage: stage for stage in stages})}

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

    starts: Annotated[
        Literal["disruption"] | date, BeforeValidator(_starts, json_schema_input_type=Literal["disruption"] | Date)
    ]
    """When it begins: on a date, or at the `disruption`, the first measure or denial that hits the line.

    Example: `disruption`
    """
    time: DurationDistribution
    """How long one try takes. Example: `{triangular: [6mo, 1y, 2y]}`"""
    success: Annotated[Probability, Field(gt=0)] = 1.0
    """The chance that a try succeeds; after a failure the next one begins. Example: `0.8`"""


class SourceOfLine(Part):
    weight: Annotated[Positive, Field(ge=1e-9, le=1e9)] = 1.0
    """Its share of the line's orders, against the weights of the other sources, times the buyer's trust.

    Example: `3`
    """
    qualification: Qualification | None = None
    """The programme that makes it usable; if left out, it is usable from the start.

    Example: `{starts: disruption, time: 1y}`
    """
    restart: Duration | None = None
    """How long after a hold, a denial of all or a suspension the line orders from it again, and during none of these.

    If left out, it orders whenever applications are not to be denied. Example: `6mo`
    """


class Filing(Part):
    """How likely it is that an order is filed, that is applied for, while applications are not open."""

    hold: Probability | None = None
    """While they are on hold; all, if left out. Example: `0.5`"""
    case_by_case: Probability | None = None
    """While they are decided case by case; all, if left out. Example: `0.9`"""
    deny: Probability | None = None
    """While they are to be denied; none, if left out. Example: `0.1`"""
    lag: Duration = Duration.parse("0d")
    """How long after the regime has changed those are filed that were not. Example: `1mo`"""


class Patience(Part):
    """How long a buyer waits before it goes elsewhere."""

    review: DistributionOrNever = "never"
    """How long for a permit, from the application. Example: `{weibull: {mean: 9mo, shape: 2}}`"""
    suspension: DistributionOrNever = "never"
    """How long for the end of a suspension; anew in each. Example: `6mo`"""
    unserved: DistributionOrNever = "never"
    """How long for any source that may supply it; then the order is lost. Example: `1y`"""


class Loss(Model):
    """The share of trust that an act of the source's authority costs."""

    case_by_case: Probability = 0.0
    """When applications become case by case. Example: `0.1`"""
    hold: Probability = 0.0
    """When applications are put on hold. Example: `0.3`"""
    deny: Probability = 0.0
    """When applications are to be denied, and at each denial. Example: `0.5`"""
    suspend: Probability = 0.0
    """When permits are suspended. Example: `0.5`"""
    cancel: Probability = 0.0
    """When a permit of the line is cancelled. Example: `0.8`"""


class Trust(Part):
    loss: Loss = Loss()
    """What each act costs. Example: `{hold: 0.3, suspend: 0.5}`"""
    half_life: Annotated[DurationOrNever, LASTING] = "never"
    """In what time half of the lost trust is back. Example: `2y`"""


class Anticipation(Part):
    """How buyers order ahead of what is announced and makes things worse for them."""

    share: Probability
    """How many of the orders that would come within that time come before the measure instead. Example: `0.4`"""
    within: Annotated[Duration, LASTING]
    """How long after the measure orders would come of themselves that may come ahead of it. Example: `1y`"""


class Deliveries(Part):
    """When the parts of an order are called off, and what each is worth: the contract's delivery plan."""

    first: DurationDistribution | None = None
    """How long after the order its first part may be begun, drawn once an order; at once if left out. Example: `6mo`"""
    every: DurationDistribution | None = None
    """How long after one part may be begun the next may, drawn once an order; at once if left out. Example: `3mo`"""
    shares: list[Annotated[Whole, Field(ge=1, le=1_000_000)]] | None = Field(
        default=None, min_length=1, max_length=1000
    )
    """What each part is worth, against the others; there are as many parts as shares. Example: `[1, 2, 4, 4]`"""


class DemandLine(Part):
    title: str = ""
    """What output calls it. Example: `Radar parts for the navy`"""
    buyer: Name
    """Who orders; a name for the reader. Example: `turkish-navy`"""
    destination: Country
    """The country that it is for; needed unless a register has it. Example: `TR`"""
    goods: Name
    """Which of `goods`; needed unless a register has it. Example: `radar`"""
    orders: Orders
    """How many there are, at random times; by date, if that changes; or from a register. Example: `20/y`"""
    value: MoneyDistribution | None = None
    """The value of an order; needed unless a register gives it. Example: `{lognormal: {median: 400k, p90: 1.5M}}`"""
    parts: CountDistribution = 1.0
    """In how many parts an order is produced and delivered, one after the other; at most 1000. Example: `2`"""
    deliveries: Deliveries = Deliveries()
    """When its parts may be begun, and what each is worth. Example: `{first: 6mo, every: 3mo, shares: [1, 2, 4, 4]}`"""
    programmes: dict[Name, Probability] = {}
    """The chance of each programme; the rest of the orders have none. Example: `{nato: 0.3}`"""
    sources: dict[Name, SourceOfLine] = Field(min_length=1)
    """Suppliers that can be asked. Example: `{british: {weight: 3}, turkish: {weight: 1}}`"""
    patience: Patience = Patience()
    """How long the buyer waits. Example: `{review: 9mo, suspension: 6mo, unserved: 1y}`"""
    filing: Filing = Filing()
    """How likely orders are applied for while a measure holds. Example: `{hold: 0.5, deny: 0.1, lag: 1mo}`"""
    trust: Trust = Trust()
    """What measures cost a supplier. Example: `{loss: {hold: 0.3}, half_life: 2y}`"""
    anticipation: Anticipation | None = None
    """How many orders come ahead of a measure that is `announced`; if left out, none.

    Example: `{share: 0.4, within: 1y}`
    """

    @property
    def number_of_parts(self) -> CountDistribution:
        """As many as shares, or as `parts` says."""
        return self.parts if self.deliveries.shares is None else float(len(self.deliveries.shares))
