# ruff: noqa: RUF012 (pydantic gives every instance its own copy of a default)
"""Stages of review as types: which applications pass them, who works there, and for how long."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from exportsim.scenario.distributions import DurationDistribution, Model, impossible
from exportsim.scenario.fields import Country, Date, Name, Part, Probability, Whole
from exportsim.scenario.quantities import Duration

DAY = 1440
WORKING = "working"
"""Beside a time: it may run on an authority's calendar."""


class Only(Model):
    """Which applications: every list defaults to all; the programme `none` names orders without one."""

    destinations: list[Country] | None = Field(default=None, min_length=1)
    """To which countries; all, if left out. Example: `[TR]`"""
    goods: list[Name] | None = Field(default=None, min_length=1)
    """Of which goods; all, if left out. Example: `[sensors]`"""
    programmes: list[Name] | None = Field(default=None, min_length=1)
    """Of which programmes; all, if left out. Example: `[nato, none]`"""

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if self.destinations is None and self.goods is None and self.programmes is None:
            raise impossible("expected at least one of `destinations`, `goods` and `programmes`")
        return self


class Returns(Model):
    """How often a stage sends an application back to who made it, with questions."""

    chance: Probability
    """The chance that an application goes back when the work on it ends. Example: `0.3`"""
    answer: DurationDistribution
    """How long its maker takes to answer: time that is not the authority's. Example: `{uniform: [5d, 60d]}`"""
    most: Annotated[Whole, Field(ge=1, le=1000)] = 1
    """How often one application goes back from this stage at most. Example: `3`"""


class Sits(Model):
    """When a committee meets, instead of officers at their desks."""

    every: Duration
    """After how many days or weeks it meets again; on the next working day, if it falls on another. Example: `2w`"""
    from_: Date = Field(alias="from")
    """The day of its first meeting, from which the others are counted. Example: `2016-01-05`"""
    most: Annotated[Whole, Field(ge=1, le=1_000_000)] | None = None
    """How many applications it deals with on one day at most; all that wait, if left out. Example: `20`"""

    @model_validator(mode="after")
    def _on_days(self) -> Self:
        if self.every.unit not in ("d", "w") or self.every.minutes < DAY or self.every.minutes % DAY:
            raise impossible(f"`every` ({self.every}) must be whole days or weeks")
        return self


class Stage(Part):
    """One step of review, with officers of its own or a committee that sits."""

    stage: Name
    """The name of the stage. Example: `assessment`"""
    officers: Annotated[Whole, Field(ge=0, le=1_000_000)] | None = None
    """How many applications are worked on at once, one by each officer; the others wait in turn. Example: `20`"""
    work: Annotated[DurationDistribution | None, WORKING] = None
    """An officer's time for one application. Example: `{lognormal: {median: 10bd, p90: 30bd}}`"""
    sits: Sits | None = None
    """Instead of `officers` and `work`: the days on which a committee deals with what waits, in no time.

    Example: `{every: 2w, from: 2016-01-05, most: 20}`
    """
    only: Only | None = None
    """The applications that may need it; others, and all of `traffic`, go past it. Example: `{destinations: [TR]}`"""
    share: Probability = 1.0
    """How many of these need it, drawn for each; the others go past it. Example: `0.4`"""
    returns: Returns | None = None
    """Whether applications go back from it, with questions: work on them is done again when they are answered.

    Example: `{chance: 0.3, answer: 20d, most: 2}`
    """

    @model_validator(mode="after")
    def _desks_or_days(self) -> Self:
        if self.sits is not None:
            beside = [f"`{key}`" for key in ("officers", "work") if getattr(self, key) is not None]
            if beside:
                raise impossible(f"a stage that sits has no {' and no '.join(beside)}")
        elif self.officers is None or self.work is None:
            missing = [f"`{key}`" for key in ("officers", "work") if getattr(self, key) is None]
            raise impossible(f"expected `officers` and `work`, or `sits`; found no {' and no '.join(missing)}")
        return self


class CaseByCase(Part):
    """The further review of applications in `case_by_case` cells."""

    approval: Probability = 1.0
    """The chance that an application is approved after this review. Example: `0.8`"""
    review: list[Stage] = []
    """Its stages, in turn, after the ordinary ones. Example: `[{stage: council, officers: 2, work: 10bd}]`"""
