# ruff: noqa: RUF012 (pydantic gives every instance its own copy of a default)
"""Policies as types: their measures, what sets each off, what it does, and to which cells."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from exportsim.scenario.distributions import DurationDistribution, Model, impossible
from exportsim.scenario.fields import Country, Date, Name, Part, Probability, Whole
from exportsim.scenario.quantities import Duration, Money
from exportsim.scenario.schema_paths import WHOLE

Applications = Literal["exempt", "open", "case_by_case", "hold", "deny"]
Permits = Literal["in_force", "suspended"]
Cancel = Literal["suspended", "all"]


LASTING = "lasting"
"""Beside a duration: it is more than nothing."""


class Scope(Model):
    """Which cells: every list defaults to all; the programme `none` names orders without one."""

    authorities: list[Name] | None = Field(default=None, min_length=1)
    destinations: list[Country] | None = Field(default=None, min_length=1)
    goods: list[Name] | None = Field(default=None, min_length=1)
    programmes: list[Name] | None = Field(default=None, min_length=1)


class Act(Model):
    """What a measure does."""

    applications: Applications | None = None
    permits: Permits | None = None
    cancel: Cancel | None = None
    officers: dict[Name, Annotated[Whole, Field(ge=0, le=1_000_000)]] = {}


class Outcome(Act):
    """One of several acts, of which chance takes one. With nothing but a chance, nothing is done."""

    chance: Probability


class Limits(Model):
    # A count, or money where value is meant: which, the figure decides.
    above: Money
    below: Money

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.below.cents > self.above.cents:
            raise impossible(f"below ({self.below}) must not be greater than above ({self.above})")
        return self


class When(Model):
    """A threshold on one figure in the measure's scope, looked at regularly."""

    in_review: Annotated[Limits, WHOLE] | None = None
    held: Annotated[Limits, WHOLE] | None = None
    in_force: Annotated[Limits, WHOLE] | None = None
    delivered: Limits | None = None
    every: Duration
    window: Annotated[Duration | None, LASTING] = None
    """For `delivered`: over how long."""

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
    """How output speaks of it (by default, what sets it off), and the name of its luck (by default, its place)."""
    on: Date | None = None
    after: Name | None = None
    delay: DurationDistribution = Duration.parse("0d")
    when: When | None = None
    then: Act | None = None
    except_: Except = Field(default=[], alias="except")
    outcomes: list[Outcome] = []

    @model_validator(mode="after")
    def _whole_measure(self) -> Self:
        if sum(trigger is not None for trigger in (self.on, self.after, self.when)) != 1:
            raise impossible("expected exactly one of `on` (a date), `after` (an incident) and `when` (a threshold)")
        if self.after is None and self.delay != Duration.parse("0d"):
            raise impossible("`delay` goes with `after`")
        if self.when is None and self.then is not None:
            raise impossible("`then` goes with `when`")
        if bool(self.applications or self.permits or self.cancel or self.officers) == bool(self.outcomes):
            raise impossible(
                "expected either something to do (`applications`, `permits`, `cancel`, `officers`) or `outcomes`"
            )
        total = sum(outcome.chance for outcome in self.outcomes)
        if self.outcomes and abs(total - 1) > 1e-9:
            raise impossible(f"the chances of the outcomes add up to {total:g}, not to 1")
        return self


class Policy(Part):
    title: str = ""
    extends: Name | None = None
    """Another policy, whose measures come first."""
    except_: Except = Field(default=[], alias="except")
    """What the measures of the other policy leave alone."""
    measures: list[Measure] = []
