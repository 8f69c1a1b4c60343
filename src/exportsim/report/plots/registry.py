"""The register of figures: each is entered beside the function that draws it, and everything else reads it from here.

From it come the files that are written of a study, the figures of the report with their captions and numbers, and the
names of ``exportsim.plots``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from exportsim.language import template, text
from exportsim.report.plots.sheet import Study, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exportsim.report.amounts import Amounts
    from exportsim.report.document import Table

S = TypeVar("S")
Draw = TypeVar("Draw", bound="Callable[..., Axes]")
#: By what the name of a drawing's file ends with: what the function takes after the study.
Drawings = Mapping[str, tuple[object, ...]]


class Figure(NamedTuple):
    """A figure of the register."""

    draw: Callable[..., Axes]
    of: type
    place: int
    """Where it stands among the figures of a study, in tens."""
    drawings: Callable[..., Drawings]
    """Which drawings fit a study; none where there is nothing to be seen."""
    numbers: Callable[[Amounts, str], Table] | None

    @property
    def name(self) -> str:
        """That of its function."""
        return self.draw.__name__

    @property
    def title(self) -> str:
        """What it is a figure of, for a list of figures; ``{policy}`` is the policy looked at."""
        return template(f"figures.{self.name}.name")

    @property
    def caption(self) -> str:
        """How it is read."""
        return text(f"figures.{self.name}.caption")

    def about(self, study: Study, policy: str | None = None) -> Callable[..., Axes] | None:
        """What draws it (given ``ax``, ``size``, ``style`` and ``bare``) of a study, or of one policy in it.

        None where there is nothing to be seen. Where it shows all policies, this one is picked out.
        """
        drawings = self.drawings(study)
        arguments = drawings.get("", drawings.get(policy or ""))
        if arguments is None:
            return None
        picked = {"policy": policy} if "policy" in _keywords(self.draw) and policy is not None else {}
        return partial(self.draw, study, *arguments, **picked)


FIGURES: dict[str, Figure] = {}


def once(wanted: object = True) -> Drawings:
    """One drawing of a study, if it is wanted."""
    return {"": ()} if wanted else {}


def by_name(names: Iterable[str]) -> Drawings:
    """A drawing for each name, which the figure takes after the study."""
    return {name: (name,) for name in names}


def figure(
    of: type[S],
    place: int,
    *,
    drawings: Callable[[S], Drawings] = once,
    numbers: Callable[[Amounts, str], Table] | None = None,
) -> Callable[[Draw], Draw]:
    """Enter the function that follows, which draws a kind of study, in the register.

    What it is called and how it is read is in the catalogue, under ``figures`` and its name. A figure of a result that
    has ``numbers`` is in the report.
    """

    def entered(draw: Draw) -> Draw:
        FIGURES[draw.__name__] = Figure(draw, of, place, drawings, numbers)
        # `**how` stands for what a sheet takes; those who ask for help are to see it.
        signature, (_, *common) = inspect.signature(draw), inspect.signature(sheet).parameters.values()
        own = [parameter for parameter in signature.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD]
        how = [
            inspect.Parameter(parameter.name, parameter.KEYWORD_ONLY, default=parameter.default) for parameter in common
        ]
        draw.__dict__["__signature__"] = signature.replace(parameters=[*own, *how])
        return draw

    return entered


def figures_of(study: Study) -> list[Figure]:
    """The register's figures of a kind of study, in order."""
    return sorted((entry for entry in FIGURES.values() if isinstance(study, entry.of)), key=lambda entry: entry.place)


def figures(study: Study, **asked: object) -> Iterator[tuple[str, Callable[..., Axes]]]:
    """All figures that fit a study, each with its name and what draws it (given ``ax``, ``size`` and ``style``).

    What is asked by keyword, such as ``outcome="delay"``, is shown by those figures that take it.
    """
    for entry in figures_of(study):
        keywords = _keywords(entry.draw)
        own = {name: value for name, value in asked.items() if name in keywords}
        for ending, arguments in entry.drawings(study).items():
            yield f"{entry.name}-{ending}" if ending else entry.name, partial(entry.draw, study, *arguments, **own)


def _keywords(draw: Callable[..., Axes]) -> set[str]:
    """What a figure takes by keyword alone."""
    parameters = inspect.signature(draw).parameters.values()
    return {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
