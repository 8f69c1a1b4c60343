"""Expectations as types: what people who know the domain say of the outcomes, and the sentence that says it.

Whether what a statement speaks of is there is seen to in ``statement_checks``. Whether it holds is for an experiment to
say, see :func:`exportsim.check_expectations`; a result never depends on what was expected of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from exportsim.language import text
from exportsim.outcomes import BY, DAYS, MONEY, SHARE, Outcome, in_words, row
from exportsim.scenario.distributions import impossible
from exportsim.scenario.fields import Country, Name, Part, TextOrNumber, Whole
from exportsim.scenario.quantities import Duration, Money

#: The keys of which an expectation has one.
AGAINST_A_POLICY = ("below", "above", "not_below", "not_above")
AGAINST_AN_AMOUNT = ("at_least", "at_most", "between")
AGAINST_UNCHANGED = ("is_", "not_")
KEYS = (*AGAINST_A_POLICY, *AGAINST_AN_AMOUNT, *AGAINST_UNCHANGED)

Side = Literal["below", "above"]


class Called(NamedTuple):
    """What the things of which a statement speaks are called."""

    part: Callable[[str, Any], str]
    """A policy, or what is looked at alone: the key that names it, and the name."""
    outcome: Callable[[str], str]
    path: Callable[[str], str]


AS_WRITTEN = Called(lambda key, name: str(name), in_words, lambda path: path.replace(".", " "))


class Expectation(Part):
    """One statement on an outcome's mean over futures: against a policy, an amount, or the scenario without `set`."""

    policy: Name
    """The policy that is spoken of. Example: `stop`"""
    outcome: str
    """The outcome that is spoken of. Example: `exports`"""
    year: Whole | None = None
    """Only what happened in this year. Example: `2024`"""
    line: Name | None = None
    """Only orders of this demand line. Example: `parts`"""
    destination: Country | None = None
    """Only what goes to this country. Example: `TR`"""
    goods: Name | None = None
    """Only these goods. Example: `radar`"""
    supplier: Name | None = None
    """Only what this supplier delivers. Example: `british`"""
    set: dict[str, Any] | None = Field(default=None, min_length=1)
    """Values to put in place of the scenario's, by dotted path; the statement is of the scenario so changed.

    Example: `{suppliers.british.slots: 5}`
    """
    below: Name | None = None
    """A policy whose outcome is greater, in the same futures. Example: `as-now`"""
    above: Name | None = None
    """A policy whose outcome is less. Example: `stop`"""
    not_below: Name | None = None
    """A policy whose outcome is not greater. Example: `stop`"""
    not_above: Name | None = None
    """A policy whose outcome is not less. Example: `as-now`"""
    at_least: TextOrNumber | None = None
    """Money, a duration on the clock, or a share from 0 to 1, as the outcome is measured. Example: `5M`"""
    at_most: TextOrNumber | None = None
    """The same, the most that it may be. Example: `0.7`"""
    between: Annotated[list[TextOrNumber], Field(min_length=2, max_length=2)] | None = None
    """The least and the most that it may be. Example: `[5M, 9M]`"""
    is_: Side | None = Field(default=None, alias="is")
    """With `set`: on which side of the scenario as it stands. Example: `below`"""
    not_: Side | None = Field(default=None, alias="not")
    """With `set`: on which side it is not; `not: above` is at most what it was. Example: `above`"""

    @model_validator(mode="after")
    def _one_statement(self) -> Self:
        if sum(getattr(self, key) is not None for key in KEYS) != 1:
            raise impossible("expected exactly one of " + ", ".join(f"`{key.rstrip('_')}`" for key in KEYS))
        if self.set is None and (self.is_ or self.not_) is not None:
            raise impossible(
                f"`{self.key}` compares with the scenario without `set`, and there is none; "
                f"to compare with a policy, give `{'not_' if self.not_ else ''}{self.is_ or self.not_}: POLICY`"
            )
        return self

    @property
    def key(self) -> str:
        """What it says, as the key that says it: ``below``, ``between``, ``not`` …"""
        return next(key for key in KEYS if getattr(self, key) is not None).rstrip("_")

    @property
    def rival(self) -> str | None:
        """The policy that it is compared with, if it is with one."""
        return self.below or self.above or self.not_below or self.not_above

    @property
    def selected(self) -> dict[str, Any]:
        """What is looked at alone, by :data:`exportsim.outcomes.BY`; of an authority there is ``exports/AUTHORITY``."""
        return {key: value for key in BY if (value := getattr(self, key, None)) is not None}

    @property
    def amounts(self) -> tuple[TextOrNumber | None, TextOrNumber | None]:
        """The least and the most that the outcome may be, as written; None where there is no such bound."""
        return (self.between[0], self.between[1]) if self.between else (self.at_least, self.at_most)

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The same as numbers, in the unit of the outcome: currency units, days, or a share."""
        least, most = (None if written is None else amount(written, row(self.outcome)) for written in self.amounts)
        return least, most

    def said(self, called: Called | None = None) -> str:
        """The statement in a line, things named as written: ``historical: exports in 2021 below unrestricted``.

        For a person to read it, ``called`` says what things are called.
        """
        called = called or AS_WRITTEN
        changed = text("lists.comma").join(
            text("expect.of.value", path=called.path(path), value=value) for path, value in (self.set or {}).items()
        )
        outcome = called.outcome(self.outcome)
        for key, name in self.selected.items():
            outcome = text(f"expect.of.{key}", outcome=outcome, name=called.part(key, name))
        if self.between:
            relation = text("expect.relation.between", low=self.between[0], high=self.between[1])
        elif (side := self.is_ or self.not_) is not None:
            relation = text(f"expect.relation.is_{'not_' if self.not_ else ''}{side}")
        else:
            than = getattr(self, self.key) if self.rival is None else called.part("policy", self.rival)
            relation = text(f"expect.relation.{self.key}", than=than)
        policy = called.part("policy", self.policy)
        if changed:
            return text("expect.of.changed", policy=policy, changed=changed, outcome=outcome, relation=relation)
        return text("expect.of.plain", policy=policy, outcome=outcome, relation=relation)


def amount(written: TextOrNumber, of: Outcome) -> float:
    """An amount as a number: of currency units, of days, a share, or a number as it is."""
    unit, shown = of.unit, str(written).strip()
    if unit == MONEY:
        if of.signed and shown.startswith("-"):
            return -Money.parse(shown[1:] if isinstance(written, str) else -written).cents / 100
        return Money.parse(written).cents / 100
    if unit == DAYS:
        duration = Duration.parse(written)
        if duration.working:
            raise impossible(f"found `{written}`, expected a time on the clock, such as `14d`, as it is measured")
        return duration.minutes / 1440
    if isinstance(written, str) or not 0 <= written <= (1 if unit == SHARE else math.inf):
        raise impossible(f"found `{written}`, expected " + ("a share from 0 to 1" if unit == SHARE else "a number"))
    return float(written)
