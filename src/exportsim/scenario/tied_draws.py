"""One draw for several values of a scenario: put in the place of each of them, or each multiplied by it.

Numbers that nobody knows are often not known together: whatever trust is worth, it is worth it to every buyer, and if
orders come a fifth less often than was thought, they do so for all goods.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Self

from pydantic import Field, Tag, model_validator

from exportsim.scenario.distributions import Model, by_shape, impossible
from exportsim.scenario.fields import TextOrNumber
from exportsim.scenario.quantities import show

Draw = Annotated[
    Annotated[list[TextOrNumber], Field(min_length=1, max_length=200), Tag("<list>")]
    | Annotated[dict[str, Any], Tag("<distribution>")],
    by_shape(entries="<list>", other="<distribution>"),
]


MOST_VALUES = 10_000  # as many as there may be lines of a register


class TiedDraw(Model):
    """One draw for several values."""

    draw: Draw
    """What is drawn: a distribution, or a list of values; plain numbers, if values are scaled by it.

    Example: `{uniform: [0.8, 1.2]}`
    """
    sets: list[str] = Field(default=[], max_length=MOST_VALUES)
    """The values that are what is drawn, by dotted path. Example: `[demand.jets.trust.loss.cancelled]`"""
    scales: list[str] = Field(default=[], max_length=MOST_VALUES)
    """The values that are multiplied by what is drawn. Example: `[demand.jets.orders, demand.radar.orders]`"""

    @model_validator(mode="after")
    def _one_use(self) -> Self:
        if bool(self.sets) == bool(self.scales):
            found = "both" if self.sets else "neither"
            raise impossible(f"found {found} of `sets` and `scales`, expected the paths of one of them")
        for path, times in Counter(self.paths).items():
            if times > 1:
                raise impossible(f"found the path {show(path)} twice")
        return self

    @property
    def paths(self) -> list[str]:
        """Those of all its values."""
        return self.sets or self.scales


def drawn(uncertainty: object) -> Any:
    """What an uncertainty draws: a list of values, or a distribution as written."""
    return uncertainty.draw if isinstance(uncertainty, TiedDraw) else uncertainty


def paths_of(name: str, uncertainty: object) -> list[str]:
    """The paths of the values that an uncertainty is of: its own name, unless one draw is for several."""
    return uncertainty.paths if isinstance(uncertainty, TiedDraw) else [name]
