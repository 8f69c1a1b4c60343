"""Which of a scenario's values can be changed on the live page, and how they are shown there, as types.

Nothing that is played depends on it. What must hold besides is in ``page_control_checks``.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from exportsim.scenario.distributions import Model, impossible
from exportsim.scenario.fields import TextOrNumber


class PageControl(Model):
    """One value that can be changed on the live page."""

    path: Annotated[str, Field(min_length=1, max_length=300)]
    """Where it stands, as `--set` knows it, or `uncertainties.NAME` for what one draw sets or scales.
    Example: `suppliers.aselsan.ramp_up`"""
    title: str = ""
    """What it is called; by default its path in words. Example: `When ASELSAN can deliver`"""
    group: str = ""
    """Under what heading it stands, with others of that group. Example: `Who takes over`"""
    unit: str = ""
    """Its unit in words; by default that in which it is written. Example: `months`"""
    range: Annotated[list[TextOrNumber], Field(min_length=2, max_length=2)] | None = None
    """The least and the most; by default those of its uncertainty. Example: `[6mo, 30mo]`"""
    step: TextOrNumber | None = None
    """By how much it goes on, in the same unit; by default about a hundredth of the range. Example: `1mo`"""
    choices: Annotated[list[TextOrNumber], Field(min_length=2, max_length=50)] | None = None
    """Rather than a range the values to choose from. Example: `[hold, deny]`"""
    about: Literal["policy", "assumption"] | None = None
    """Whether somebody decides it or nobody knows it; by default a policy for what stands in one. Example: `policy`"""
    help: str = ""
    """What one should know of it. Example: `The first delivery came 16 months after the suspension.`"""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.range is not None and self.choices is not None:
            raise impossible("expected either a `range` or `choices`, not both")
        if self.step is not None and self.choices is not None:
            raise impossible("`step` goes with a range, and there are `choices`")
        return self

    @property
    def allowed(self) -> list[str | int | float]:
        """The values that it names."""
        return [*(self.range or ()), *(self.choices or ())]
