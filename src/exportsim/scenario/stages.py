# ruff: noqa: RUF012 (pydantic gives every instance its own copy of a default)
"""Stages of review as types: which applications pass them, who works there, and for how long."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from exportsim.scenario.distributions import DurationDistribution, Model, impossible
from exportsim.scenario.fields import Country, Name, Part, Probability, Whole

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


class Stage(Part):
    """One step of review, with officers of its own."""

    stage: Name
    """The name of the stage. Example: `assessment`"""
    officers: Annotated[Whole, Field(ge=0, le=1_000_000)]
    """How many applications are worked on at once, one by each officer; the others wait in turn. Example: `20`"""
    work: Annotated[DurationDistribution, WORKING]
    """An officer's time for one application. Example: `{lognormal: {median: 10bd, p90: 30bd}}`"""
    only: Only | None = None
    """The applications that may need it; others, and all of `traffic`, go past it. Example: `{destinations: [TR]}`"""
    share: Probability = 1.0
    """How many of these need it, drawn for each; the others go past it. Example: `0.4`"""


class CaseByCase(Part):
    """The further review of applications in `case_by_case` cells."""

    approval: Probability = 1.0
    """The chance that an application is approved after this review. Example: `0.8`"""
    review: list[Stage] = []
    """Its stages, in turn, after the ordinary ones. Example: `[{stage: council, officers: 2, work: 10bd}]`"""
