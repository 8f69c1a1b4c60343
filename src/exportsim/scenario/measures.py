# ruff: noqa: RUF012 (pydantic gives every instance its own copy of a default)
"""Policies as types: their measures, what sets each off, what it does, and to which cells."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from exportsim.scenario.distributions import DurationDistribution, Model, impossible
from exportsim.scenario.fields import (
    Country,
    Date,
    FactorsOrStandard,
    LastingOrStandard,
    Name,
    Part,
    Probability,
    ProbabilityOrStandard,
    Whole,
)
from exportsim.scenario.quantities import Duration, Money
from exportsim.scenario.schema_paths import WHOLE
from exportsim.scenario.stages import WORKING

Applications = Literal["exempt", "open", "case_by_case", "hold", "deny"]
Permits = Literal["in_force", "suspended"]
Priority = Literal["first", "normal", "last", "standard"]
Cancel = Literal["suspended", "all"]
Backlog = Literal["decide", "review"]


LASTING = "lasting"
"""Beside a duration: it is more than nothing."""

TERMS = ("approval", "validity", "take_up", "priority")
"""What a measure may set in its cells that `standard` undoes."""


class Scope(Model):
    """Which cells: every list defaults to all; the programme `none` names orders without one."""

    authorities: list[Name] | None = Field(default=None, min_length=1)
    """Of which authorities; all, if left out. Example: `[gac]`"""
    destinations: list[Country] | None = Field(default=None, min_length=1)
    """To which countries; all, if left out. Example: `[TR]`"""
    goods: list[Name] | None = Field(default=None, min_length=1)
    """Of which goods; all, if left out. Example: `[sensors]`"""
    programmes: list[Name] | None = Field(default=None, min_length=1)
    """Of which programmes; all, if left out. Example: `[nato, none]`"""


class Act(Model):
    """What a measure does."""

    applications: Applications | None = None
    """What becomes of applications from then on. Example: `hold`"""
    permits: Permits | None = None
    """Whether permits can be used from then on. Example: `suspended`"""
    cancel: Cancel | None = None
    """Which permits end at once: those suspended, or all. Example: `all`"""
    officers: dict[Name, Annotated[Whole, Field(ge=0, le=1_000_000)]] = {}
    """How many there are from then on, by stage. Example: `{assessment: 30}`"""
    approval: ProbabilityOrStandard | None = None
    """The chance that an application is approved from then on; `standard`: the authority's own. Example: `0.2`"""
    validity: Annotated[LastingOrStandard | None, WORKING] = None
    """How long permits can be used that are issued from then on, at least a day; `standard`: as the authority says.

    Example: `1y`
    """
    take_up: ProbabilityOrStandard | None = None
    """Beside `applications: exempt`: the share of orders that use the general licence; all, if left out.

    Example: `0.7`
    """

    backlog: Backlog | None = None
    """Beside what ends a hold: whether what was held is decided that day, as if left out, or goes through review again.

    Example: `review`
    """

    @model_validator(mode="after")
    def _after_a_hold(self) -> Self:
        if self.backlog is not None and self.applications in (None, "hold"):
            others = ", ".join(f"`{regime}`" for regime in ("exempt", "open", "case_by_case"))
            raise impossible(f"`backlog` goes with what ends a hold: `applications: ` {others} or `deny`")
        return self

    work: FactorsOrStandard | None = None
    """What officers' time is multiplied with in work that is begun from then on, at all stages or by stage.

    Example: `{consultation: 2}`
    """
    priority: Priority | None = None
    """Who is taken up before others, among those who wait for an officer: `standard` is `normal`. Example: `first`"""

    def factor(self, stage: str) -> float | str | None:
        """What work at a stage is multiplied with, None if it is left as it is."""
        return self.work.get(stage) if isinstance(self.work, dict) else self.work

    @model_validator(mode="after")
    def _with_a_general_licence(self) -> Self:
        if self.take_up is not None and self.applications != "exempt":
            raise impossible("`take_up` goes with `applications: exempt`")
        return self

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is done."""
        return all(getattr(self, key) in (None, {}) for key in Act.model_fields)


class Outcome(Act):
    """One of several acts, of which chance takes one. With nothing but a chance, nothing is done."""

    chance: Probability
    """How likely it is; the chances of all outcomes add up to 1. Example: `0.7`"""


class Limits(Model):
    # A count, or money where value is meant: which, the figure decides.
    above: Money
    """Above this the measure acts. Example: `100`"""
    below: Money
    """Below this `then` acts, and the measure may act again. Example: `40`"""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.below.cents > self.above.cents:
            raise impossible(f"below ({self.below}) must not be greater than above ({self.above})")
        return self


class When(Model):
    """A threshold on one figure in the measure's scope, looked at regularly."""

    in_review: Annotated[Limits, WHOLE] | None = None
    """Applications in review, a number. Example: `{above: 100, below: 40}`"""
    held: Annotated[Limits, WHOLE] | None = None
    """Applications on hold, a number. Example: `{above: 20, below: 5}`"""
    in_force: Annotated[Limits, WHOLE] | None = None
    """Permits in force, a number. Example: `{above: 50, below: 10}`"""
    delivered: Limits | None = None
    """What was delivered with permits within `window`, money. Example: `{above: 50M, below: 10M}`"""
    every: Duration
    """How often it is looked at, from the start of the period; at least a day. Example: `1mo`"""
    window: Annotated[Duration | None, LASTING] = None
    """For `delivered`: over how long. Example: `1y`"""

    @property
    def figure(self) -> str:
        """The name of the figure that is watched."""
        return next(name for name in FIGURES if getattr(self, name) is not None)

    @property
    def limits(self) -> Limits:
        limits: Limits = getattr(self, self.figure)
        return limits

    @model_validator(mode="after")
    def _one_figure(self) -> Self:
        watched = [name for name in FIGURES if getattr(self, name) is not None]
        if len(watched) != 1:
            raise impossible("expected exactly one of " + ", ".join(f"`{name}`" for name in FIGURES))
        if (self.window is None) == (watched == ["delivered"]):
            raise impossible("`window` goes with `delivered`, and `delivered` needs it")
        if self.every.minutes < 1440:
            raise impossible(f"`every` ({self.every}) must be at least 1d")
        return self


FIGURES = ("in_review", "held", "in_force", "delivered")


def _listed(written: object) -> object:
    return [written] if isinstance(written, dict | Scope) else written


Except = Annotated[list[Scope], BeforeValidator(_listed, json_schema_input_type=Scope | list[Scope])]


class Measure(Act, Scope, Part):
    """One act of an authority: when, what, and on which cells."""

    name: str | None = Field(default=None, min_length=1, max_length=60)
    """How output speaks of it (by default, what sets it off), and the name of its luck (by default, its place).

    Example: `cancellation`
    """
    on: Date | None = None
    """The day on which it acts, at 00:00; this, `after` or `when`. Example: `2020-10-05`"""
    announced: Date | None = None
    """With `on`: the earlier day on which it becomes known, from which on lines with `anticipation` order ahead.

    Example: `2020-06-01`
    """
    after: Name | None = None
    """The incident whose evidence it follows. Example: `diversion`"""
    delay: DurationDistribution = Duration.parse("0d")
    """With `after`: how long after the evidence. Example: `{triangular: [3mo, 6mo, 1y]}`"""
    when: When | None = None
    """The threshold at which it acts. Example: `{in_review: {above: 100, below: 40}, every: 1mo}`"""
    then: Act | None = None
    """With `when`: what is done when the figure has fallen below the lower limit.

    Example: `{officers: {assessment: 20}}`
    """
    except_: Except = Field(default=[], alias="except")
    """What it leaves alone. Example: `{programmes: [nato]}`"""
    outcomes: list[Outcome] = []
    """Instead of one act several, of which chance takes one.

    Example: `[{chance: 0.3, cancel: suspended}, {chance: 0.7, permits: in_force}]`
    """

    @model_validator(mode="after")
    def _whole_measure(self) -> Self:
        if sum(trigger is not None for trigger in (self.on, self.after, self.when)) != 1:
            raise impossible("expected exactly one of `on` (a date), `after` (an incident) and `when` (a threshold)")
        if self.announced is not None and (self.on is None or self.outcomes):
            raise impossible("`announced` goes with `on`, of a measure without `outcomes`")
        if self.announced is not None and self.on is not None and self.announced >= self.on:
            raise impossible(f"`announced` ({self.announced}) must lie before `on` ({self.on})")
        if self.after is None and self.delay != Duration.parse("0d"):
            raise impossible("`delay` goes with `after`")
        if self.when is None and self.then is not None:
            raise impossible("`then` goes with `when`")
        if self.is_nothing != bool(self.outcomes):
            things = ", ".join(f"`{key}`" for key in Act.model_fields)
            raise impossible(f"expected either something to do ({things}) or `outcomes`")
        total = sum(outcome.chance for outcome in self.outcomes)
        if self.outcomes and abs(total - 1) > 1e-9:
            raise impossible(f"the chances of the outcomes add up to {total:g}, not to 1")
        return self


class Policy(Part):
    title: str = ""
    """What output calls it. Example: `No new licences`"""
    extends: Name | None = None
    """Another policy, whose measures come first. Example: `no-new-licences`"""
    except_: Except = Field(default=[], alias="except")
    """What the measures of the other policy leave alone. Example: `{programmes: [nato]}`"""
    measures: list[Measure] = []
    """What is done; with nothing, all stays as it is. Example: `[{on: 2026-03-01, applications: hold}]`"""
